//! Forms: RDATA as one text per field, and back.
//!
//! A form shows a string plainly, as people think of it, wherever that reads back as the same octets; a text
//! that begins with a quote is zone-file text. Everything else goes through the same kinds as a zone file.

use super::kind::Kind;
use super::tokens::{Tokens, missing, subject};
use super::{Field, NameRef, Rdata, RdataError, RecordType, generic, info, loc, text};

/// Longest character-string (RFC 1035 section 3.3).
const MAX_STRING: usize = 255;

/// RDATA from what a form's fields hold, one text per field of the table (for a type that is not in the table,
/// and for RDATA that does not fit its type: one text, the generic form).
///
/// # Errors
/// [`RdataError`] for the first field that is wrong.
pub fn parse_fields(rtype: RecordType, fields: &[&str], origin: NameRef<'_>) -> Result<Rdata, RdataError> {
    let error = |field, message| RdataError { field, token: 0, message };
    let only = if fields.len() > 1 { None } else { fields.first().copied() };
    let known = match info(rtype) {
        Some(info) if !only.is_some_and(is_generic) => info.fields,
        _ => {
            let tokens = text::tokenise(only.unwrap_or_default()).map_err(|message| error(0, message))?;
            return generic::read(&tokens).map_err(|message| error(0, message));
        }
    };
    let mut rdata = Vec::new();
    for (index, field) in known.iter().enumerate() {
        let text = fields.get(index).copied().unwrap_or_default();
        read_field(field, text, origin, &mut rdata).map_err(|message| error(index, message))?;
    }
    super::checked_length(rdata).map_err(|message| error(known.len().saturating_sub(1), message))
}

/// Does the text begin with the word `\#`?
fn is_generic(text: &str) -> bool {
    text.split_ascii_whitespace().next() == Some("\\#")
}

fn read_field(field: &Field, text: &str, origin: NameRef<'_>, out: &mut Vec<u8>) -> Result<(), String> {
    let text = text.trim();
    let literal = text.as_bytes();
    let degrees = if field.kind == Kind::Location { loc::from_degrees(text) } else { None };
    let text = degrees.as_deref().unwrap_or(text);
    if !text.starts_with('"') {
        match field.kind {
            Kind::OptionalString if text.is_empty() => return Ok(()),
            Kind::String | Kind::OptionalString => return text::push_string(field, literal, out),
            Kind::Strings | Kind::Text if text.is_empty() => {
                return Err(missing(field));
            }
            Kind::Text => {
                out.extend_from_slice(literal);
                return Ok(());
            }
            Kind::Strings => {
                return literal.chunks(MAX_STRING).try_for_each(|part| text::push_string(field, part, out));
            }
            _ => {}
        }
    }
    let tokens = text::tokenise(text)?;
    if tokens.len() > 1 && !field.kind.takes_the_rest() {
        return Err(format!("{} one value, without blanks", subject(field)));
    }
    let mut tokens = Tokens::new(&tokens);
    field.kind.read(field, &mut tokens, origin, out)?;
    match tokens.peek() {
        Some(_) => Err(format!("there is more here than the {} can hold", field.name)),
        None => Ok(()),
    }
}

/// What a form's fields show for this RDATA, one text per field; `None` where it does not fit its type (then the
/// form offers the generic form as its only field).
pub fn format_fields(rtype: RecordType, rdata: &[u8], origin: Option<NameRef<'_>>) -> Option<Vec<String>> {
    let Some(info) = info(rtype) else {
        return Some(vec![generic::write(rdata)]);
    };
    let mut texts = Vec::with_capacity(info.fields.len());
    let fits = super::walk(info.fields, rdata, |part| {
        let mut text = String::new();
        match plain(part.kind, part.octets) {
            Some(plain) => text.push_str(&plain),
            None => part.kind.write(part.before, part.octets, origin, &mut text),
        }
        texts.push(text);
    });
    fits.then_some(texts)
}

/// A string as people write it, where [`read_field`] makes the same octets of it.
fn plain(kind: Kind, octets: &[u8]) -> Option<String> {
    let content = match kind {
        Kind::String => octets.get(1..)?.to_vec(),
        Kind::OptionalString if octets.len() > 1 => octets.get(1..)?.to_vec(),
        Kind::Text if !octets.is_empty() => octets.to_vec(),
        Kind::Strings => {
            let strings: Vec<&[u8]> = text::strings(octets).collect();
            let (last, full) = strings.split_last()?;
            if last.is_empty() || full.iter().any(|string| string.len() != MAX_STRING) {
                return None;
            }
            strings.concat()
        }
        _ => return None,
    };
    unambiguous(content)
}

/// The text of a TXT record as its readers put it together, however it is cut; `None` where a form cannot show it
/// without quotes.
pub fn joined_text(rdata: &[u8]) -> Option<String> {
    let whole: Vec<u8> = text::strings(rdata).collect::<Vec<_>>().concat();
    unambiguous(whole).filter(|text| !text.is_empty())
}

/// The strings of a TXT record.
pub fn strings(rdata: &[u8]) -> impl Iterator<Item = &[u8]> {
    text::strings(rdata)
}

/// Octets that a form shows as the text that they are, because it takes that text for nothing else.
fn unambiguous(content: Vec<u8>) -> Option<String> {
    let text = String::from_utf8(content).ok()?;
    let ambiguous = text.starts_with('"') || is_generic(&text) || text.trim() != text;
    (!ambiguous && !text.chars().any(char::is_control)).then_some(text)
}
