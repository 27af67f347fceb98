//! The record-type table: every type's fields, and all that follows from them (text, wire, forms, order).
//!
//! `table` lists the types, `kind` knows how one field looks on the wire and in text, and this file joins the two.
//! What a number or name in a field means is not its business (rules are in `check`).

mod addresses;
mod bitmap;
mod codes;
mod fields;
mod form;
mod generic;
mod hip;
mod kind;
mod loc;
mod page;
mod read;
mod renaming;
mod scalar;
mod svcb;
mod table;
#[cfg(test)]
pub(crate) mod tests;
mod text;
mod time;
mod tokens;

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use super::name::NameRef;
use super::rrset::Rdata;
use super::rtype::RecordType;

pub use form::{format_fields, joined_text, parse_fields, strings};
pub use kind::{Codes, Kind};
pub use page::{Page, page};
pub use renaming::with_names;
pub use text::push_number;
pub use time::{date, from_rfc3339, in_words, is_moment, timestamp, to_rfc3339};

/// Where a type stands in daily work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Everyday,
    Special,
    /// Made by the server (signatures and the like).
    Managed,
    Obsolete,
}

/// One field of a type's RDATA.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// As the RFC calls it, in lower case: "preference".
    pub name: &'static str,
    /// What it is on the wire and in text.
    pub kind: Kind,
    /// What to enter, in a few words.
    pub hint: &'static str,
    pub example: &'static str,
}

/// One entry of the table.
#[derive(Debug, Clone, Copy)]
pub struct TypeInfo {
    pub rtype: RecordType,
    pub mnemonic: &'static str,
    /// One line: what people use it for.
    pub purpose: &'static str,
    /// "RFC 1035 section 3.4.1".
    pub rfc: &'static str,
    pub standing: Standing,
    pub fields: &'static [Field],
}

/// A piece of zone-file text: quotes taken off, escapes still in. `alpn="h2"` of an SVCB record may come as one
/// piece with its quotes in, or as two, `alpn=` and a quoted `h2`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token<'a> {
    pub text: &'a [u8],
    pub quoted: bool,
}

/// Why text is not RDATA of its type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct RdataError {
    /// Index of the field that is wrong; the number of fields where there is too much.
    pub field: usize,
    /// Index of the token that is wrong; the number of tokens where something is missing at the end.
    pub token: usize,
    /// A sentence for the person who typed it, saying what is expected.
    pub message: String,
}

/// Every known type, everyday ones first.
pub fn table() -> &'static [TypeInfo] {
    table::TABLE
}

/// Where each type of a low number stands in the table, plus one: found without searching, as it is asked for
/// every record. Filled by the compiler.
const PLACES: [u8; 512] = {
    let mut places = [0; 512];
    let mut at = 0;
    while at < table::TABLE.len() {
        let number = table::TABLE[at].rtype.0 as usize;
        if number < places.len() {
            places[number] = at as u8 + 1;
        }
        at += 1;
    }
    places
};

/// The table's entry for a type, or what there is to say of a type that some programs keep for themselves.
pub fn info(rtype: RecordType) -> Option<&'static TypeInfo> {
    match PLACES.get(usize::from(rtype.0)) {
        Some(place) => table().get(usize::from(*place).checked_sub(1)?),
        None => table().iter().chain(table::PRIVATE).find(|info| info.rtype == rtype),
    }
}

/// Reads a type's mnemonic in any case, or TYPEnnn (RFC 3597 section 5); not the types that no record has.
pub fn parse_type(text: &[u8]) -> Option<RecordType> {
    mnemonic(text).or_else(|| numbered_type(text).filter(|rtype| !rtype.is_meta()))
}

/// Where mnemonics stand in the table, plus one: each in its [`slot`] or, where that is taken, in the next free one.
const MNEMONICS: [u8; 512] = {
    let mut places = [0; 512];
    let mut at = 0;
    while at < table::TABLE.len() {
        let mut slot = slot(table::TABLE[at].mnemonic.as_bytes());
        while places[slot] != 0 {
            slot = (slot + 1) % places.len();
        }
        places[slot] = at as u8 + 1;
        at += 1;
    }
    places
};

/// Where to look for a mnemonic first: by its letters, in any case.
const fn slot(mut text: &[u8]) -> usize {
    let mut slot: usize = 0;
    while let Some((letter, rest)) = text.split_first() {
        slot = slot.wrapping_mul(5).wrapping_add((*letter | 0x20) as usize);
        text = rest;
    }
    slot % 512
}

fn mnemonic(text: &[u8]) -> Option<RecordType> {
    let mut slot = slot(text);
    // There are more slots than mnemonics, so this ends.
    while let Some(info) =
        MNEMONICS.get(slot).and_then(|place| table().get(usize::from(*place).checked_sub(1)?))
    {
        if info.mnemonic.as_bytes().eq_ignore_ascii_case(text) {
            return Some(info.rtype);
        }
        slot = (slot + 1) % MNEMONICS.len();
    }
    None
}

/// TYPEnnn.
fn numbered_type(text: &[u8]) -> Option<RecordType> {
    let (prefix, digits) = text.split_at_checked(4)?;
    let number = u16::try_from(text::decimal(digits)?).ok()?;
    prefix.eq_ignore_ascii_case(b"TYPE").then_some(RecordType(number))
}

/// The type whose mnemonic is nearest to a mistyped one, at most two letters away; the first letter is seldom
/// the wrong one.
pub fn suggest_type(text: &str) -> Option<RecordType> {
    let typed = text.to_ascii_uppercase();
    (table().iter())
        .map(|info| (distance(typed.as_bytes(), info.mnemonic.as_bytes()), info))
        .filter(|(distance, info)| {
            let shorter = info.mnemonic.len().min(typed.len());
            // Of three letters one says nothing, unless the others only changed places.
            *distance < shorter && (*distance < 2 || shorter > 3 || same_letters(&typed, info.mnemonic))
        })
        .filter(|(distance, _)| *distance <= 2)
        .min_by_key(|(distance, info)| (*distance, info.mnemonic.bytes().next() != typed.bytes().next()))
        .map(|(_, info)| info.rtype)
}

/// Has one word the letters of the other, in another order?
fn same_letters(a: &str, b: &str) -> bool {
    let sorted = |word: &str| {
        let mut letters: Vec<u8> = word.bytes().collect();
        letters.sort_unstable();
        letters
    };
    a.len() == b.len() && sorted(a) == sorted(b)
}

/// How many letters must be put in, taken out or changed to make `b` of `a`.
pub(crate) fn distance(a: &[u8], b: &[u8]) -> usize {
    if a.len() > b.len() + 2 {
        return usize::MAX;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (index, letter) in a.iter().enumerate() {
        let mut left = index + 1;
        let mut above_left = std::mem::replace(row.first_mut().unwrap_or(&mut 0), left);
        for (other, cell) in b.iter().zip(row.iter_mut().skip(1)) {
            let changed = above_left + usize::from(letter != other);
            above_left = *cell;
            left = changed.min(left + 1).min(*cell + 1);
            *cell = left;
        }
    }
    row.last().copied().unwrap_or(a.len())
}

impl fmt::Display for RecordType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match info(*self) {
            Some(info) => f.pad(info.mnemonic),
            None => f.pad(&format!("TYPE{}", self.0)),
        }
    }
}

/// RDATA from the tokens of a zone-file entry, generic form (`\# n hex`) included.
///
/// # Errors
/// [`RdataError`] for the first field that is wrong.
pub fn parse_rdata(
    rtype: RecordType,
    tokens: &[Token<'_>],
    origin: NameRef<'_>,
) -> Result<Rdata, RdataError> {
    let mut rdata = Vec::with_capacity(32);
    read_rdata(rtype, tokens, origin, &mut rdata)?;
    Ok(rdata.into_boxed_slice())
}

/// The same in place of what is in `rdata`, which is of no use after an error. For whoever reads a million records.
///
/// # Errors
/// Those of [`parse_rdata`].
pub fn read_rdata(
    rtype: RecordType,
    tokens: &[Token<'_>],
    origin: NameRef<'_>,
    rdata: &mut Vec<u8>,
) -> Result<(), RdataError> {
    rdata.clear();
    let known = info(rtype).filter(|_| !generic::is_generic(tokens));
    let Some(info) = known else {
        if let Some(token) = tokens.iter().position(|token| token.quoted) {
            return Err(RdataError { field: 0, token, message: "hexadecimal data has no quotes".into() });
        }
        let octets = generic::read(tokens).map_err(|message| RdataError { field: 0, token: 0, message })?;
        rdata.extend_from_slice(&octets);
        return Ok(());
    };
    let mut rest = tokens::Tokens::new(tokens);
    for (index, field) in info.fields.iter().enumerate() {
        let first = rest.at;
        field.kind.read(field, &mut rest, origin, rdata).map_err(|message| {
            // Where nothing could be taken something is missing; else the last one taken is wrong.
            let token = if rest.at == first { tokens.len() } else { rest.at - 1 };
            RdataError { field: index, token, message }
        })?;
        let taken = tokens.get(first..rest.at).unwrap_or_default();
        // A parameter has quotes around its value, and none around the whole.
        let is_value = |at: usize| {
            let before = (first + at).checked_sub(1).and_then(|before| tokens.get(before));
            field.kind != Kind::SvcParams || before.is_some_and(|before| before.text.ends_with(b"="))
        };
        let quoted = taken
            .iter()
            .enumerate()
            .find(|(at, token)| token.quoted && !(field.kind.takes_quotes() && is_value(*at)));
        if let Some((at, _)) = quoted {
            let message = format!("the {} stands in quotes; only text has them", field.name);
            return Err(RdataError { field: index, token: first + at, message });
        }
    }
    let fields = info.fields.len();
    if rest.at < tokens.len() {
        let last = info.fields.last().map_or("data", |field| field.name);
        let message = format!("there is more than this type takes: {} ends with the {last}", info.mnemonic);
        return Err(RdataError { field: fields, token: rest.at, message });
    }
    if rdata.len() > usize::from(u16::MAX) {
        return Err(RdataError {
            field: fields.saturating_sub(1),
            token: tokens.len().saturating_sub(1),
            message: too_long(rdata.len()),
        });
    }
    Ok(())
}

fn checked_length(rdata: Vec<u8>) -> Result<Rdata, String> {
    if rdata.len() > usize::from(u16::MAX) {
        return Err(too_long(rdata.len()));
    }
    Ok(rdata.into_boxed_slice())
}

fn too_long(octets: usize) -> String {
    format!("the record has {octets} octets of data and may have 65535")
}

/// One field of some RDATA.
struct Part<'a> {
    /// What it is, after the fields before it.
    kind: Kind,
    before: &'a [u8],
    octets: &'a [u8],
}

/// Goes over the fields of RDATA. False where it does not fit: then some fields may have been visited.
fn walk<'a>(fields: &'static [Field], rdata: &'a [u8], mut visit: impl FnMut(Part<'a>)) -> bool {
    let mut at = 0;
    for field in fields {
        let Some((before, rest)) = rdata.split_at_checked(at) else { return false };
        let Some(kind) = field.kind.given(before) else { return false };
        let Some(octets) = kind.length(before, rest).and_then(|length| rest.get(..length)) else {
            return false;
        };
        at += octets.len();
        visit(Part { kind, before, octets });
    }
    at == rdata.len()
}

/// Presentation format. With an origin, names below it are written relative to it. RDATA that is not valid for
/// its type is written in the generic form.
pub fn format_rdata(rtype: RecordType, rdata: &[u8], origin: Option<NameRef<'_>>) -> String {
    let mut text = String::new();
    push_rdata(rtype, rdata, origin, &mut text);
    text
}

/// Appends the presentation format, as [`format_rdata`] has it.
pub fn push_rdata(rtype: RecordType, rdata: &[u8], origin: Option<NameRef<'_>>, text: &mut String) {
    let before = text.len();
    let fits = info(rtype).is_some_and(|info| {
        walk(info.fields, rdata, |part| {
            if text.len() > before {
                text.push(' ');
            }
            let start = text.len();
            part.kind.write(part.before, part.octets, origin, text);
            // An empty list of parameters or types leaves no blank behind.
            if text.len() == start && start > before {
                text.pop();
            }
        })
    });
    if !fits {
        text.truncate(before);
        text.push_str(&generic::write(rdata));
    }
}

/// Appends a type's mnemonic, or TYPEnnn.
pub fn push_type(rtype: RecordType, text: &mut String) {
    match info(rtype) {
        Some(info) => text.push_str(info.mnemonic),
        None => text.push_str(&rtype.to_string()),
    }
}

/// Is this valid RDATA of its type? True for every octet string of an unknown type.
pub fn is_valid(rtype: RecordType, rdata: &[u8]) -> bool {
    info(rtype).is_none_or(|info| walk(info.fields, rdata, |_| {}))
}

/// The first parameter of an SVCB or HTTPS record whose value is not of its form, as BIND 9.18 has it.
pub fn bad_parameter(rdata: &[u8]) -> Option<String> {
    let (_, parameters) = NameRef::split_from(rdata.get(2..)?)?;
    svcb::bad_parameter(parameters)
}

/// Are names in the data of this type compared without case? Those of RFC 6840 section 5.1, and NSAP-PTR as BIND has it. In
/// younger types (SVCB, HIP, LP and others) servers compare octets: two records that differ in case are two.
fn compares_names(rtype: RecordType) -> bool {
    matches!(rtype.0, 2..=9 | 12 | 14 | 15 | 17 | 18 | 21 | 23 | 24 | 26 | 30 | 33 | 35 | 36 | 39 | 46)
}

/// RDATA as it is compared: names in lower case where servers compare them so (RFC 4034 section 6.2, RFC 6840
/// section 5.1).
pub fn canonical(rtype: RecordType, rdata: &[u8]) -> Cow<'_, [u8]> {
    let Some(info) =
        info(rtype).filter(|_| compares_names(rtype) && rdata.iter().any(u8::is_ascii_uppercase))
    else {
        return Cow::Borrowed(rdata);
    };
    let mut upper = false;
    let fits = walk(info.fields, rdata, |part| {
        upper |= part.kind.is_name() && part.octets.iter().any(u8::is_ascii_uppercase);
    });
    if !fits || !upper {
        return Cow::Borrowed(rdata);
    }
    let mut lower = Vec::with_capacity(rdata.len());
    walk(info.fields, rdata, |part| {
        if part.kind.is_name() {
            // Length octets are below 64, so they are not touched.
            lower.extend(part.octets.iter().map(u8::to_ascii_lowercase));
        } else {
            lower.extend_from_slice(part.octets);
        }
    });
    Cow::Owned(lower)
}

/// The names inside RDATA, in order, such as the target of an MX. None where it does not fit its type.
pub fn names_in(rtype: RecordType, rdata: &[u8]) -> Vec<NameRef<'_>> {
    let mut names = Vec::new();
    let fits = info(rtype).is_some_and(|info| {
        walk(info.fields, rdata, |part| {
            let mut rest = part.octets;
            while let Some((name, after)) = NameRef::split_from(rest).filter(|_| part.kind.is_name()) {
                names.push(name);
                rest = after;
            }
        })
    });
    if fits { names } else { Vec::new() }
}

/// Copies RDATA out of a message and expands the names that servers compress (RFC 3597 section 4: the types of
/// RFC 1035 and a few more; elsewhere the octets are copied as they are). `read_name` appends the name that starts
/// at its offset of the message and returns the offset after it. `None` where a compressed name is broken; RDATA
/// that does not fit its type in another way is copied unchanged.
pub fn decompress(
    rtype: RecordType,
    message: &[u8],
    rdata: Range<usize>,
    out: &mut Vec<u8>,
    read_name: impl FnMut(usize, &mut Vec<u8>) -> Option<usize>,
) -> Option<()> {
    let octets = message.get(rdata.clone())?;
    let compressed = info(rtype).filter(|info| info.fields.iter().any(|field| field.kind == Kind::Name));
    let start = out.len();
    let fits = match compressed {
        Some(info) => expand(info.fields, message.get(..rdata.end)?, rdata.start, out, read_name)?,
        None => false,
    };
    if !fits {
        out.truncate(start);
        out.extend_from_slice(octets);
    }
    Some(())
}

/// Copies the fields that begin at `at` and end with `message`; false where they do not fit.
fn expand(
    fields: &'static [Field],
    message: &[u8],
    mut at: usize,
    out: &mut Vec<u8>,
    mut read_name: impl FnMut(usize, &mut Vec<u8>) -> Option<usize>,
) -> Option<bool> {
    let start = at;
    for field in fields {
        let (before, rest) = (message.get(start..at)?, message.get(at..)?);
        at = match field.kind.length(before, rest) {
            Some(length) => {
                out.extend_from_slice(rest.get(..length)?);
                at + length
            }
            None if field.kind == Kind::Name && has_pointer(message, at) => read_name(at, out)?,
            None => return Some(false),
        };
    }
    Some(at == message.len())
}

/// Do the labels that begin at `at` lead to a whole compression pointer?
fn has_pointer(message: &[u8], mut at: usize) -> bool {
    loop {
        match message.get(at) {
            Some(length @ 1..=63) => at += 1 + usize::from(*length),
            Some(0xc0..) => return at + 1 < message.len(),
            _ => return false,
        }
    }
}
