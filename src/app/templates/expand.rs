//! From a template's text and values to zone-file text, line for line: what is left empty empties its lines, and no value
//! can be read as anything but one value.

use std::collections::BTreeMap;

use crate::app::ask::Kind;
use crate::zone::{Name, mailbox};

/// The most octets of a character-string that a value is cut into.
const PIECE: usize = 200;

/// What is wrong with a template, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Of its records, from 1.
    pub line: usize,
    pub message: String,
}

/// A value; empty for one that is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value {
    pub kind: Kind,
    pub text: String,
}

/// Values by what they are called.
pub type Values = BTreeMap<String, Value>;

/// The text with its values. It has as many lines as the template.
///
/// # Errors
/// [`Problem`] for what is written like a value and is none.
pub fn expand(records: &str, values: &Values, origin: &Name) -> Result<String, Problem> {
    let mut text = String::new();
    for (index, line) in records.lines().enumerate() {
        let wrong = |message| Problem { line: index + 1, message };
        let mut is_left_out = false;
        for piece in pieces(line) {
            if let Piece::Value(name) = piece {
                let value = values.get(name);
                let value = value.ok_or_else(|| wrong(format!("{{{name}}} is not asked for")))?;
                is_left_out |= value.text.is_empty();
            }
        }
        if !is_left_out {
            push_line(line, values, origin, &mut text).map_err(wrong)?;
        }
        text.push('\n');
    }
    Ok(text)
}

/// What a template wants to know, in the order in which it stands there.
pub fn names(records: &str) -> Vec<&str> {
    let mut names = Vec::new();
    for piece in records.lines().flat_map(pieces) {
        if let Piece::Value(name) = piece
            && !names.contains(&name)
        {
            names.push(name);
        }
    }
    names
}

/// A text such as a default value, with what it names; unknown names stay.
pub fn fill(text: &str, values: &Values) -> String {
    let piece = |piece| match piece {
        Piece::Text(text) => text.to_owned(),
        Piece::Value(name) => values
            .get(name)
            .map_or_else(|| format!("{{{name}}}"), |value| value.text.trim_end_matches('.').into()),
    };
    pieces(text).into_iter().map(piece).collect()
}

enum Piece<'t> {
    Text(&'t str),
    /// Stands in braces.
    Value(&'t str),
}

fn pieces(line: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = line;
    let mut from = 0;
    while let Some(found) = rest.get(from..).and_then(|part| part.find('{')) {
        let at = from + found;
        let name = rest.get(at + 1..).and_then(|after| after.split_once('}')).map(|(name, _)| name);
        let plain = |octet: u8| octet.is_ascii_lowercase() || octet.is_ascii_digit() || octet == b'-';
        // SPF macros look much the same: %{i}.
        let is_macro = rest.get(..at).is_some_and(|before| before.ends_with('%'));
        match name.filter(|name| !is_macro && !name.is_empty() && name.bytes().all(plain)) {
            Some(name) => {
                pieces.push(Piece::Text(rest.get(..at).unwrap_or_default()));
                pieces.push(Piece::Value(name));
                rest = rest.get(at + name.len() + 2..).unwrap_or_default();
                from = 0;
            }
            None => from = at + 1,
        }
    }
    pieces.push(Piece::Text(rest));
    pieces
}

fn push_line(line: &str, values: &Values, origin: &Name, text: &mut String) -> Result<(), String> {
    let mut in_quotes = false;
    let pieces = pieces(line);
    for (index, piece) in pieces.iter().enumerate() {
        match piece {
            Piece::Text(piece) => {
                let mut escaped = false;
                for character in piece.chars() {
                    in_quotes ^= character == '"' && !escaped;
                    escaped = character == '\\' && !escaped;
                }
                text.push_str(piece);
            }
            Piece::Value(name) => {
                let Some(value) = values.get(*name) else { continue };
                let goes_on = match pieces.get(index + 1) {
                    Some(Piece::Text(after)) => after
                        .starts_with(|next: char| next == '.' || next == '-' || next.is_ascii_alphanumeric()),
                    Some(Piece::Value(_)) => true,
                    None => false,
                };
                push_value(value, in_quotes, goes_on, origin, text)
                    .map_err(|why| format!("{{{name}}}: {why}"))?;
            }
        }
    }
    Ok(())
}

/// `goes_on`: more of the same word follows.
fn push_value(
    value: &Value,
    in_quotes: bool,
    goes_on: bool,
    origin: &Name,
    text: &mut String,
) -> Result<(), String> {
    match value.kind {
        Kind::Name | Kind::Domain => {
            let name = read_name(&value.text, origin).ok_or("not a domain name")?.to_string();
            let without = name.strip_suffix('.').filter(|name| !name.is_empty() && (goes_on || in_quotes));
            text.push_str(without.unwrap_or(&name));
        }
        Kind::Mail if !in_quotes => {
            text.push_str(&mailbox::to_name(&value.text).ok_or("not a mail address")?.to_string());
        }
        Kind::Ip | Kind::Ip6 | Kind::Address => text.push_str(&value.text),
        Kind::Mail | Kind::Text => push_text(&value.text, in_quotes, text),
    }
    Ok(())
}

/// A name as people write it: with a dot in it it is absolute.
pub fn read_name(text: &str, origin: &Name) -> Option<Name> {
    let root = Name::root();
    let relative = !text.trim_end_matches('.').contains('.');
    Name::parse(text.as_bytes(), Some(if relative { origin } else { &root }.as_ref())).ok()
}

fn push_text(value: &str, in_quotes: bool, text: &mut String) {
    let mut length = 0;
    for character in value.chars() {
        length += character.len_utf8();
        // A character-string holds 255 octets; long texts are several.
        if in_quotes && length > PIECE && value.len() > PIECE {
            text.push_str("\" \"");
            length = character.len_utf8();
        }
        let special = match in_quotes {
            true => matches!(character, '"' | '\\'),
            false => matches!(character, '"' | '\\' | ';' | '(' | ')' | '@' | '$'),
        };
        match character {
            ' ' if !in_quotes => text.push_str("\\032"),
            _ if character.is_control() => {}
            _ => {
                if special {
                    text.push('\\');
                }
                text.push(character);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin() -> Name {
        Name::parse(b"example.com.", None).unwrap()
    }

    fn values(pairs: &[(&str, Kind, &str)]) -> Values {
        let value = |(name, kind, text): &(&str, Kind, &str)| {
            (name.to_string(), Value { kind: *kind, text: text.to_string() })
        };
        pairs.iter().map(value).collect()
    }

    #[test]
    fn values_stand_where_they_belong() {
        let values = values(&[
            ("ip", Kind::Ip, "192.0.2.1"),
            ("ip6", Kind::Ip6, ""),
            ("domain", Kind::Name, "example.com."),
            ("mx", Kind::Name, "mx.example.net"),
            ("host", Kind::Name, "www"),
            ("mail", Kind::Mail, "a.b@example.net"),
            ("text", Kind::Text, "a \"b\" \\; c"),
        ]);
        for (line, expected) in [
            ("@ A {ip}", "@ A 192.0.2.1"),
            ("@ AAAA {ip6}", ""),
            ("@ MX 0 {mx}", "@ MX 0 mx.example.net."),
            ("@ MX 0 {mx}.", "@ MX 0 mx.example.net."),
            ("x CNAME {host}", "x CNAME www.example.com."),
            ("f CNAME f.{domain}.example.", "f CNAME f.example.com.example."),
            (
                "@ TXT \"a={mx}; mailto:{mail} %{i}\"",
                "@ TXT \"a=mx.example.net; mailto:a.b@example.net %{i}\"",
            ),
            ("@ RP {mail} .", "@ RP a\\.b.example.net. ."),
            ("@ TXT \"{text}\"", "@ TXT \"a \\\"b\\\" \\\\; c\""),
            ("@ TXT {text}", "@ TXT a\\032\\\"b\\\"\\032\\\\\\;\\032c"),
            ("{ {} {A} x", "{ {} {A} x"),
        ] {
            assert_eq!(expand(line, &values, &origin()).unwrap(), format!("{expected}\n"), "{line}");
        }
        let wrong = expand("@ A {ip}\n@ A {other}", &values, &origin()).unwrap_err();
        assert_eq!((wrong.line, wrong.message.as_str()), (2, "{other} is not asked for"));
        assert_eq!(names("{a} {b}\n{a} %{c} {"), ["a", "b"]);
        assert_eq!(fill("x.{mx}.{none}", &values), "x.mx.example.net.{none}");
    }

    #[test]
    fn long_texts_are_several_strings() {
        let long = "k".repeat(500);
        let values = values(&[("key", Kind::Text, &long)]);
        let text = expand("@ TXT \"{key}\"", &values, &origin()).unwrap();
        assert_eq!(text.matches("\" \"").count(), 2);
        assert!(text.split('"').all(|piece| piece.len() <= 200));
    }
}
