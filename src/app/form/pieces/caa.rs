//! CAA: the authority, and the parameters that tie it to an account and to ways of proof.

use super::{Apart, Kind, Known, Note, Part, Piece, known};
use crate::app::form::choices::Choices;

const NONE: Choices = Choices::NONE;
const METHODS: Choices = Choices(&[
    ("dns-01", "proof by a TXT record (ACME)"),
    ("http-01", "proof by a file on the web server (ACME)"),
    ("tls-alpn-01", "proof by the TLS server (ACME)"),
]);
const AUTHORITY: Known = known(
    "",
    "authority",
    "its domain, as it says itself; a ; for none at all",
    "letsencrypt.org",
    Choices(&[
        ("letsencrypt.org", "Let's Encrypt"),
        ("pki.goog", "Google"),
        ("sectigo.com", "Sectigo"),
        ("digicert.com", "DigiCert"),
        ("buypass.com", "Buypass"),
        (";", "nobody may issue"),
    ]),
);
const PARAMETERS: [Known; 2] = [
    known(
        "accounturi",
        "account",
        "accounturi: only for your account there, a URI that the authority gives",
        "https://acme-v02.api.letsencrypt.org/acme/acct/1234",
        NONE,
    ),
    known(
        "validationmethods",
        "methods",
        "validationmethods: only by these ways of proof, with commas between",
        "dns-01",
        METHODS,
    ),
];
const OTHER: Known = known("", "other", "a parameter and its value", "name=value", NONE);

/// Does the value of such a record name an authority?
fn takes_authority(tag: &str) -> bool {
    ["issue", "issuewild", "issuemail", "issuevmc"].iter().any(|known| tag.trim().eq_ignore_ascii_case(known))
}

pub fn apart(tag: &str, value: &str) -> Option<Apart> {
    let value = value.trim();
    if !takes_authority(tag) || value.starts_with('"') {
        return None;
    }
    let mut parts = value.split(';');
    let authority = parts.next().unwrap_or_default();
    let mut first = AUTHORITY.absent(String::new(), "");
    first.value = authority.trim().into();
    first.foot = authority.get(authority.trim_end().len()..).unwrap_or_default().into();
    let mut pieces = vec![first];
    let mut tail = String::new();
    for part in parts {
        match part.trim() {
            "" => tail.push_str(&format!(";{part}")),
            _ => {
                let head = format!("{};", std::mem::take(&mut tail));
                pieces.push(parameter(part, head));
            }
        }
    }
    for known in &PARAMETERS {
        if !pieces.iter().any(|piece| piece.key == known.key) {
            pieces.push(known.absent(format!("; {}=", known.key), ""));
        }
    }
    Some(Apart { of: Part::Rdata(2), kind: Kind::Caa, lead: String::new(), lead_is_new: false, pieces, tail })
}

fn parameter(part: &str, head: String) -> Piece {
    let (name, value) = part.split_once('=').unwrap_or(("", part));
    let found = PARAMETERS.iter().find(|known| known.key.eq_ignore_ascii_case(name.trim()));
    let (known, start, text) = match found {
        Some(known) => (known, format!("{name}="), value),
        None => (&OTHER, String::new(), part),
    };
    let blanks = text.len() - text.trim_start().len();
    let (blank, rest) = text.split_at_checked(blanks).unwrap_or(("", text));
    let mut piece = known.absent(format!("{head}{start}{blank}"), "");
    piece.value = text.trim().into();
    piece.is_empty_there = piece.value.is_empty();
    piece.foot = rest.get(piece.value.len()..).unwrap_or_default().into();
    piece
}

/// What a piece says, or what is wrong with it.
pub fn words(key: &str, value: &str) -> Option<Note> {
    let doubt = |why: &str| Some(Note::Doubt(why.into()));
    match key {
        "" if value == ";" => None,
        _ if value.contains(';') => doubt("; ends it"),
        "accounturi" if !value.contains(':') => doubt("a URI, such as https://..."),
        "validationmethods" => {
            let known = |method: &str| {
                METHODS.words(method).is_some() || method.starts_with("ca-") || method.is_empty()
            };
            let wrong = value.split(',').map(str::trim).any(|method| !known(method));
            if wrong { doubt("known are dns-01, http-01, tls-alpn-01 and ca-...") } else { None }
        }
        "" if value.contains("://") || value.contains('/') => doubt("a domain, no address of a page"),
        _ => None,
    }
}
