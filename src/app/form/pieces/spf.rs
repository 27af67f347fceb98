//! SPF: each mechanism a piece, in words, and the lookups counted.

use super::{Apart, Kind, Note, Part, Piece};
use crate::app::form::choices::Choices;
use crate::check::spf::{self, MOST_LOOKUPS, Term};

const VERSION: &str = "v=spf1";
const HINT: &str = "who may send: mx, a, ip4:192.0.2.0/24, ip6:, include:name; at the end -all or ~all";

pub fn apart(text: &str) -> Option<Apart> {
    let (version, rest) = text.split_at_checked(VERSION.len())?;
    if !version.eq_ignore_ascii_case(VERSION) || !(rest.is_empty() || rest.starts_with(' ')) {
        return None;
    }
    let mut pieces = Vec::new();
    let mut head = String::new();
    for term in rest.split_inclusive(' ') {
        match term.trim_end_matches(' ') {
            "" => head.push_str(term),
            value => {
                let blanks = term.len() - value.len();
                pieces.push(piece(std::mem::take(&mut head), value));
                head = " ".repeat(blanks);
            }
        }
    }
    // A new one goes before what decides about all others.
    let closes = |piece: &Piece| {
        let value = piece.value.to_ascii_lowercase();
        value.ends_with("all") || value.starts_with("redirect=")
    };
    let at = pieces.iter().position(closes).unwrap_or(pieces.len());
    pieces.insert(at, Piece { label: "and", ..piece(" ".into(), "") });
    Some(Apart {
        of: Part::Rdata(0),
        kind: Kind::Spf,
        lead: version.into(),
        lead_is_new: false,
        pieces,
        tail: head,
    })
}

fn piece(head: String, value: &str) -> Piece {
    Piece {
        key: String::new(),
        label: "term",
        hint: HINT,
        example: "include:_spf.example.net",
        choices: Choices::NONE,
        head,
        foot: String::new(),
        value: value.into(),
        is_empty_there: false,
    }
}

/// What a term says.
pub fn words(text: &str) -> Note {
    if text.contains(' ') {
        return Note::Doubt("one term, without blanks".into());
    }
    let policy = format!("{VERSION} {}", text.to_ascii_lowercase());
    let Some((_, term)) = spf::terms(&policy).next() else { return Note::Means(String::new()) };
    if let Some(why) = spf::mistake(&term) {
        return Note::Doubt(why.into());
    }
    match in_words(&term) {
        Ok(words) => Note::Means(words),
        Err(doubt) => Note::Doubt(doubt),
    }
}

/// What a right term says; an error for what is hardly meant.
fn in_words(term: &Term<'_>) -> Result<String, String> {
    let value = term.rest.get(1..).unwrap_or_default();
    let does = match term.qualifier {
        None | Some('+') => "may send",
        Some('-') => "must not send",
        Some('~') => "should not send",
        _ => "nothing is said of them",
    };
    let of = if term.rest.starts_with(':') { value } else { "this name" };
    Ok(match term.name {
        "all" => match term.qualifier {
            Some('-') => "all others must not send".into(),
            Some('~') => "all others are suspicious".into(),
            Some('?') => "nothing is said of all others".into(),
            _ => return Err("everybody may send; -all or ~all is usual".into()),
        },
        "ip4" | "ip6" => format!("{value} {does}"),
        "a" => format!("addresses of {of} {does} (1 lookup)"),
        "mx" => format!("mail hosts of {of} {does} (1 lookup)"),
        "include" => format!("who may send for {value} {does} (1 lookup and its own)"),
        "exists" => format!("{does} if {value} has an address (1 lookup)"),
        "ptr" => return Err("slow and not for use: name the addresses".into()),
        "redirect" => format!("else as {value} says (1 lookup and its own)"),
        "exp" => format!("why mail is refused, {value} says"),
        _ => "receivers pass it over".into(),
    })
}

/// The lookups, as far as they can be counted here, and whether the policy has an end.
pub fn summary(text: &str) -> String {
    let policy = text.to_ascii_lowercase();
    let terms: Vec<Term<'_>> = spf::terms(&policy).map(|(_, term)| term).collect();
    let count = terms.iter().filter(|term| term.asks()).count();
    let includes = terms.iter().filter(|term| matches!(term.name, "include" | "redirect")).count();
    let many = if count > MOST_LOOKUPS { ": too many, receivers take it for broken" } else { "" };
    let more = match includes {
        0 => String::new(),
        1 => ", and those of the included policy".into(),
        _ => format!(", and those of {includes} included policies"),
    };
    let end = match terms.iter().any(|term| matches!(term.name, "all" | "redirect")) {
        true => "",
        false => " It has no end: -all or ~all.",
    };
    format!("SPF: {count} of {MOST_LOOKUPS} lookups{more}{many}.{end}")
}
