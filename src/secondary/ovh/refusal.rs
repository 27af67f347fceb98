//! What a refusal of the API means. It comes in two shapes, that of the gateway and that of the services behind it, and
//! at times as a page of HTML.

use serde::Deserialize;
use serde_json::Value;

use super::session::{Request, Session};
use crate::facts::registration::{Problem, ProblemKind};
use crate::secondary::http::Answer;
use crate::secondary::said;

/// An answer that is no success.
#[derive(Debug)]
pub struct Refusal {
    status: u16,
    /// What it calls itself, in capitals: `INVALID_KEY`, `CLIENT::FORBIDDEN`.
    code: String,
    message: Option<String>,
    /// What the account's policies do not allow.
    missing: Vec<String>,
    query_id: Option<String>,
}

/// Every field of both shapes; each may be missing or of another type.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Body {
    class: Value,
    #[serde(rename = "errorCode")]
    error_code: Value,
    message: Value,
    details: Value,
}

impl Refusal {
    pub fn of(answer: &Answer) -> Refusal {
        let body: Body = answer.json().unwrap_or_default();
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let codes: Vec<String> = [&body.error_code, &body.class].into_iter().filter_map(text).collect();
        let missing = ["unauthorizedActionsByAuthentication", "unauthorizedActionsByIAM"];
        let missing = missing.iter().filter_map(|key| body.details.get(key).and_then(text));
        Refusal {
            status: answer.status,
            code: codes.join(" ").to_ascii_uppercase(),
            message: text(&body.message),
            missing: missing.filter(|actions| !actions.is_empty()).collect(),
            query_id: answer.header("X-OVH-QUERYID"),
        }
    }

    /// Was the time of the request too far off?
    pub fn is_late(&self) -> bool {
        self.status == 400 && (self.has("QUERY_TIME_OUT") || self.has("QUERY OUT OF TIME"))
    }

    /// The gateway's own words are always English; some shapes have nothing else.
    fn has(&self, word: &str) -> bool {
        let said = |message: &str| message.to_ascii_uppercase().contains(word);
        self.code.contains(word) || self.message.as_deref().is_some_and(said)
    }

    fn is_bad_signature(&self) -> bool {
        let said =
            self.message.as_deref().is_some_and(|message| message.eq_ignore_ascii_case("invalid signature"));
        self.status == 400 && (self.has("INVALID_SIGNATURE") || said)
    }

    /// Is it about what was asked for, rather than about who asks, when and how?
    pub fn concerns_the_request(&self) -> bool {
        let other = matches!(self.status, 401 | 403 | 429) || self.is_late() || self.is_bad_signature();
        (400..500).contains(&self.status) && !other
    }

    /// In words. `not_found` is what a 404 means here.
    pub fn problem(&self, session: &Session, request: &Request<'_>, not_found: ProblemKind) -> Problem {
        let (kind, next) = self.meaning(request, not_found);
        Problem { kind, what: request.what.into(), why: self.why(session, request), next }
    }

    fn meaning(&self, request: &Request<'_>, not_found: ProblemKind) -> (ProblemKind, String) {
        let verb = request.verb.name();
        let path = request.path.split('?').next().unwrap_or_default();
        let login = "Run zonewright secondary login for a consumer key.";
        match self.status {
            300..400 => (ProblemKind::Protocol, "Check the endpoint.".into()),
            _ if self.is_late() => (
                ProblemKind::ClockOff,
                "Set the clock of this machine, or try again: the API's own clock may be off.".into(),
            ),
            _ if self.is_bad_signature() => (
                ProblemKind::Unauthorized,
                "Check application_secret and consumer_key. OVH says this also where a value is not to its liking."
                    .into(),
            ),
            _ if self.has("INVALID_KEY") || self.has("APPLICATION KEY IS INVALID") => {
                (ProblemKind::Unauthorized, "Check application_key, and that it is of this endpoint.".into())
            }
            _ if self.has("NOT_GRANTED_CALL") => (
                ProblemKind::Forbidden,
                format!("The consumer key lacks the rule {verb} {path}. {login}"),
            ),
            401 => (ProblemKind::Unauthorized, format!("The credentials are not valid, or not any more. {login}")),
            403 if self.has("CREDENTIAL") => (
                ProblemKind::Unauthorized,
                format!("The consumer key is not confirmed yet, has expired, or was withdrawn. {login}"),
            ),
            _ if self.code.contains("QUOTA") => {
                (ProblemKind::Quota, "Remove a registration, or ask OVH for more.".into())
            }
            403 if !self.missing.is_empty() => (
                ProblemKind::Forbidden,
                format!("Add to the account's policy: {}.", said(&self.missing.join(", "))),
            ),
            403 => (ProblemKind::Forbidden, format!("Check that these credentials may call {verb} {path}.")),
            404 => {
                let next = match not_found {
                    ProblemKind::NotRegistered => "There is nothing to do.",
                    _ => "Check the name of the service: vps/NAME or dedicated/server/NAME.",
                };
                (not_found, next.into())
            }
            409 => (ProblemKind::Conflict, "Look at what is registered.".into()),
            429 => (ProblemKind::RateLimited, "Try again in some minutes.".into()),
            460 => (ProblemKind::UnknownService, "The service has expired: renew it, or leave it out.".into()),
            400..500 => (ProblemKind::Invalid, "Correct what was asked for.".into()),
            500.. if request.verb.changes() => {
                (ProblemKind::Unknown, "Look at what is registered before trying again.".into())
            }
            status => (ProblemKind::Remote { status }, "Try again later.".into()),
        }
    }

    fn why(&self, session: &Session, request: &Request<'_>) -> String {
        let host = session.host();
        let mut marks = vec![format!("status {}", self.status)];
        marks.extend(self.query_id.iter().map(|id| format!("query id {id}")));
        let marks = marks.join(", ");
        let unsure = match self.status {
            500.. if request.verb.changes() => " It may have been carried out.",
            _ => "",
        };
        match self.message.as_deref().map(|message| said(&session.without_secrets(message))) {
            Some(message) if !message.is_empty() => format!("{host} says: \"{message}\" ({marks}).{unsure}"),
            _ => format!("{host} does not say why ({marks}).{unsure}"),
        }
    }
}
