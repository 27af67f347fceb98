//! SVCB and HTTPS: each parameter a piece.

use super::{Apart, Kind, Known, Part, Piece, known};
use crate::app::form::choices::Choices;
use crate::zone::{Name, RecordType, types};

const NONE: Choices = Choices::NONE;
const ALPN: Known = known(
    "alpn",
    "alpn",
    "protocols with commas: h2, h3; for nameservers dot, doq, h2",
    "h3,h2",
    Choices(&[
        ("h2", "HTTP/2"),
        ("h3,h2", "HTTP/3 and HTTP/2"),
        ("h3", "HTTP/3 only"),
        ("dot", "DNS over TLS"),
    ]),
);
const OFFERED: [Known; 5] = [
    ALPN,
    known("port", "port", "where the service listens, if not at the usual port", "8443", NONE),
    known("ipv4hint", "ipv4hint", "IPv4 addresses to begin with, commas between", "192.0.2.1", NONE),
    known("ipv6hint", "ipv6hint", "IPv6 addresses to begin with, commas between", "2001:db8::1", NONE),
    known(
        "ech",
        "ech",
        "keys for Encrypted ClientHello, in base 64, as the server gives them",
        "AEX+DQ...",
        NONE,
    ),
];
const DOHPATH: Known = known("dohpath", "dohpath", "the path of DNS over HTTPS", "/dns-query{?dns}", NONE);
const MORE: [Known; 1] = [known(
    "mandatory",
    "mandatory",
    "parameters that clients must understand, commas between; seldom needed",
    "alpn",
    NONE,
)];
const OTHER: Known = known("", "other", "a parameter: name=value or key123=value", "key123=x", NONE);

pub fn apart(text: &str, with_path: bool) -> Option<Apart> {
    let mut pieces = Vec::new();
    let mut head = String::new();
    let mut rest = text;
    while !rest.is_empty() {
        let blanks = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        let (blank, after) = rest.split_at_checked(blanks)?;
        head.push_str(blank);
        let (token, after) = after.split_at_checked(token_end(after)?)?;
        if token.is_empty() {
            break;
        }
        pieces.push(piece(token, std::mem::take(&mut head)));
        rest = after;
    }
    let offered = OFFERED.iter().chain(with_path.then_some(&DOHPATH));
    for known in offered {
        if !pieces.iter().any(|piece| piece.key == known.key) {
            pieces.push(known.absent(format!(" {}=", known.key), ""));
        }
    }
    Some(Apart {
        of: Part::Rdata(2),
        kind: Kind::Parameters,
        lead: String::new(),
        lead_is_new: false,
        pieces,
        tail: head,
    })
}

/// Where the first parameter ends; `None` where a quote is open, or what it is cannot be told simply.
fn token_end(text: &str) -> Option<usize> {
    let mut quoted = false;
    let mut escaped = false;
    for (at, character) in text.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => quoted = !quoted,
            '(' | ')' | ';' if !quoted => return None,
            ' ' | '\t' if !quoted => return Some(at),
            _ => {}
        }
    }
    (!quoted && !escaped).then_some(text.len())
}

fn piece(token: &str, head: String) -> Piece {
    let (name, value) = token.split_once('=').map_or((token, None), |(name, value)| (name, Some(value)));
    // As it is written for servers that do not know its name.
    let wanted = if name.eq_ignore_ascii_case("key7") { DOHPATH.key } else { name };
    let found =
        OFFERED.iter().chain([&DOHPATH]).chain(&MORE).find(|known| known.key.eq_ignore_ascii_case(wanted));
    let (known, value) = match (found, value) {
        (Some(known), Some(value)) => (known, value),
        _ => {
            let mut piece = OTHER.absent(head, "");
            piece.value = token.into();
            return piece;
        }
    };
    let inner = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
    let quote = if inner.is_some() { "\"" } else { "" };
    let mut piece = known.absent(format!("{head}{name}={quote}"), quote);
    piece.value = inner.unwrap_or(value).into();
    piece.is_empty_there = piece.value.is_empty();
    piece
}

/// What is wrong with a parameter taken by itself.
pub fn problem(piece: &Piece, origin: &Name) -> Option<String> {
    let text = format!("{}{}{}", piece.head.trim_start(), piece.value, piece.foot);
    let alone = types::parse_fields(RecordType::SVCB, &["1", ".", &text], origin.as_ref());
    // These two are right or wrong with others.
    let with_others = ["mandatory", "no-default-alpn"].iter().any(|name| text.starts_with(name));
    alone.err().filter(|error| error.field == 2 && !with_others).map(|error| error.message)
}
