//! What would put a mistake right, where that is certain enough to be offered.

use std::ops::Range;

use super::entry::Piece;
use super::problem::Fix;
use crate::zone::types::{self, RdataError, Token};
use crate::zone::{NameRef, RecordType};

/// Text of the file as it goes into an edit. Octets that are no UTF-8 become marks: such text is only offered where
/// it was checked before.
pub fn lossless(text: &[u8]) -> String {
    String::from_utf8_lossy(text).into_owned()
}

/// Text in which octets outside ASCII are written as `\DDD`.
pub fn escaped(text: &[u8]) -> Vec<u8> {
    let mut escaped = Vec::with_capacity(text.len());
    let mut after_backslash = false;
    for octet in text {
        match octet.is_ascii() {
            true => escaped.push(*octet),
            false if after_backslash => escaped.extend_from_slice(format!("{octet:03}").as_bytes()),
            false => escaped.extend_from_slice(format!("\\{octet:03}").as_bytes()),
        }
        after_backslash = *octet == b'\\' && !after_backslash;
    }
    escaped
}

/// A name with characters outside ASCII as A-labels (IDNA 2008 by way of UTS 46, non-transitional).
pub fn to_a_labels(text: &[u8], span: Range<usize>) -> Option<Fix> {
    let text = std::str::from_utf8(text).ok()?;
    let name = text.strip_suffix('.').unwrap_or(text);
    let ascii = idna::domain_to_ascii_cow(name.as_bytes(), idna::AsciiDenyList::EMPTY).ok()?;
    let dot = if name.len() < text.len() { "." } else { "" };
    let replacement = format!("{ascii}{dot}");
    Some(Fix::new(format!("Write {replacement}"), vec![(span, replacement)]))
}

/// For RDATA that could not be read.
pub fn for_rdata(
    rtype: RecordType,
    error: &RdataError,
    pieces: &[Piece],
    tokens: &[Token<'_>],
    origin: NameRef<'_>,
) -> Option<Fix> {
    swapped_mx(rtype, pieces, tokens, origin)
        .or_else(|| split_string(rtype, error, pieces, tokens))
        .or_else(|| without_quotes(error, pieces, tokens, rtype, origin))
}

/// A number, name or address that stands in quotes, without them.
fn without_quotes(
    error: &RdataError,
    pieces: &[Piece],
    tokens: &[Token<'_>],
    rtype: RecordType,
    origin: NameRef<'_>,
) -> Option<Fix> {
    let piece = pieces.get(error.token)?;
    let mut plain = tokens.to_vec();
    let token = plain.get_mut(error.token).filter(|token| token.quoted && !token.text.is_empty())?;
    token.quoted = false;
    let text = lossless(token.text);
    let is_word = token.text.iter().all(|octet| octet.is_ascii_graphic() && !b"\"();".contains(octet));
    let reads = is_word && types::parse_rdata(rtype, &plain, origin).is_ok();
    reads.then(|| Fix::new("Remove the quotes", vec![(piece.outer(), text)]))
}

/// `MX mail 10` for `MX 10 mail`, and the like for other types that begin with a number.
fn swapped_mx(rtype: RecordType, pieces: &[Piece], tokens: &[Token<'_>], origin: NameRef<'_>) -> Option<Fix> {
    let ([first, second], [name, number]) = (pieces, tokens) else { return None };
    types::parse_rdata(rtype, &[*number, *name], origin).ok()?;
    let (name, number) = (lossless(name.text), lossless(number.text));
    let message = format!("Swap them: {number} {name}");
    Some(Fix::new(message, vec![(first.span(), number), (second.span(), name)]))
}

/// A character-string of more than 255 octets as several.
fn split_string(
    rtype: RecordType,
    error: &RdataError,
    pieces: &[Piece],
    tokens: &[Token<'_>],
) -> Option<Fix> {
    if !matches!(rtype, RecordType::TXT | RecordType::SPF) {
        return None;
    }
    let (piece, token) = (pieces.get(error.token)?, tokens.get(error.token)?);
    let text = std::str::from_utf8(token.text).ok().filter(|text| (256..65_536).contains(&text.len()))?;
    let mut parts = vec![String::new()];
    let mut octets = 0;
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        // An escape stays whole.
        let length = match first {
            '\\' if rest.as_bytes().get(1).is_some_and(u8::is_ascii_digit) => 4,
            '\\' => 1 + rest.chars().nth(1)?.len_utf8(),
            other => other.len_utf8(),
        };
        let (unit, after) = rest.split_at_checked(length)?;
        rest = after;
        let weight = if first == '\\' && length == 4 { 1 } else { length - usize::from(first == '\\') };
        if octets + weight > 255 {
            parts.push(String::new());
            octets = 0;
        }
        octets += weight;
        parts.last_mut()?.push_str(unit);
    }
    let count = parts.len();
    if count < 2 {
        return None;
    }
    // What was outside quotes may have quotes that it protects; inside they are protected as well.
    let replacement = format!("\"{}\"", parts.join("\" \""));
    Some(Fix::new(format!("Split it into {count} strings"), vec![(piece.outer(), replacement)]))
}
