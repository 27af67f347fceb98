//! What the service says: errors in both shapes that OVH's API has, and the demand for proof of ownership in the
//! wordings that it is seen in, and some more.

use super::listen::Reply;
use super::{Challenge, State};

/// The demand for proof, as it is worded. `{d}` is the domain, `{v}` the value. All have in common the label and, after
/// it, the value; quotes, language and what stands around them differ.
pub const WORDINGS: [&str; 9] = [
    "Domain {d} is already configured on other DNS servers. To prove that you own it, add a TXT field named \
     'ownercheck' with the value '{v}' to it.",
    "Die Inhaberschaft von {d} konnte nicht bestätigt werden. Legen Sie einen TXT-Eintrag 'ownercheck' mit dem Wert \
     '{v}' an.",
    "Kan het eigendom van '{d}' niet vaststellen. Maak een veld 'ownercheck' aan van het type TXT met de waarde '{v}'.",
    "Nepavyko patvirtinti, kad „{d}“ yra jūsų. Sukurkite TXT lauką \"ownercheck\" su reikšme '{v}'.",
    "Error: (460) « Impossible de vérifier que {d} vous appartient : créez le champ TXT « ownercheck » = « {v} », s'il \
     n'existe pas »",
    "Operacja nie powiodła się [You don't own {d}? Please create the subdomain 'ownercheck' (TXT) = '{v}', it isn't \
     there]",
    "ownercheck.{d}. 60 IN TXT \"{v}\" not found",
    "Proof of ownership missing\n\n  name:\townercheck\n  type:\tTXT\n  value:\t{v}\n",
    "<p>Please add <b>ownercheck</b> TXT <code>{v}</code> to {d}</p>",
];

/// The demand for proof.
pub(super) fn demand(state: &State, challenge: Challenge, domain: &str, value: &str) -> Reply {
    let wording = WORDINGS.get(challenge.wording % WORDINGS.len()).copied().unwrap_or_default();
    let message = wording.replace("{d}", domain).replace("{v}", value);
    error(state, challenge.status, "OWNERSHIP_NOT_PROVED", &message)
}

/// An error in the shape of the gateway, or of the services behind it.
pub(super) fn error(state: &State, status: u16, code: &str, message: &str) -> Reply {
    let body = if state.options.errors_of_gateway {
        serde_json::json!({
            "errorCode": code, "httpCode": format!("{status} {}", reason(status)), "message": message,
        })
    } else {
        let class = match status {
            400 => "Client::BadRequest",
            401 => "Client::Unauthorized",
            403 => "Client::Forbidden",
            404 => "Client::NotFound",
            409 => "Client::Conflict",
            _ => "Server::InternalServerError",
        };
        serde_json::json!({ "class": class, "message": message, "details": {} })
    };
    Reply::Json(status, body.to_string())
}

/// The reason phrase of a status.
pub(super) fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        409 => "Conflict",
        412 => "Precondition Failed",
        429 => "Too Many Requests",
        503 => "Service Unavailable",
        _ => "Something Else",
    }
}
