//! The record-type table: every type's fields, and all that follows from them (text, wire, forms, order).

use std::borrow::Cow;
use std::fmt;

use super::name::NameRef;
use super::rrset::Rdata;
use super::rtype::RecordType;

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

/// A piece of zone-file text: quotes taken off, escapes still in.
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
    &[]
}

pub fn info(rtype: RecordType) -> Option<&'static TypeInfo> {
    table().iter().find(|info| info.rtype == rtype)
}

/// Reads a type's mnemonic in any case, or TYPEnnn (RFC 3597 section 5).
pub fn parse_type(text: &[u8]) -> Option<RecordType> {
    let text = std::str::from_utf8(text).ok()?;
    (table().iter().find(|info| info.mnemonic.eq_ignore_ascii_case(text))).map(|info| info.rtype)
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
    let _ = (rtype, tokens, origin);
    Err(RdataError { field: 0, token: 0, message: String::new() })
}

/// RDATA from what a form's fields hold, one text per field of the table (for a type that is not in the table:
/// one text, the generic form).
///
/// # Errors
/// [`RdataError`] for the first field that is wrong.
pub fn parse_fields(rtype: RecordType, fields: &[&str], origin: NameRef<'_>) -> Result<Rdata, RdataError> {
    let _ = (rtype, fields, origin);
    Err(RdataError { field: 0, token: 0, message: String::new() })
}

/// Presentation format. With an origin, names below it are written relative to it. RDATA that is not valid for
/// its type is written in the generic form.
pub fn format_rdata(rtype: RecordType, rdata: &[u8], origin: Option<NameRef<'_>>) -> String {
    let _ = (rtype, rdata, origin);
    String::new()
}

/// What a form's fields show for this RDATA, one text per field; `None` where it does not fit its type (then the
/// form offers the generic form as its only field).
pub fn format_fields(rtype: RecordType, rdata: &[u8], origin: Option<NameRef<'_>>) -> Option<Vec<String>> {
    let _ = (rtype, rdata, origin);
    None
}

/// Is this valid RDATA of its type? True for every octet string of an unknown type.
pub fn is_valid(rtype: RecordType, rdata: &[u8]) -> bool {
    let _ = (rtype, rdata);
    true
}

/// RDATA as it is compared: names in lower case (RFC 4034 section 6.2, for every type whose names we know).
pub fn canonical(rtype: RecordType, rdata: &[u8]) -> Cow<'_, [u8]> {
    let _ = rtype;
    Cow::Borrowed(rdata)
}

/// The names inside RDATA, in order, such as the target of an MX.
pub fn names_in(rtype: RecordType, rdata: &[u8]) -> Vec<NameRef<'_>> {
    let _ = (rtype, rdata);
    Vec::new()
}

/// Copies RDATA out of a message and expands the names that servers compress (RFC 3597 section 4: the types of
/// RFC 1035 and a few more; elsewhere the octets are copied as they are). `read_name` appends the name that starts
/// at its offset of the message and returns the offset after it. `None` where a compressed name is broken; RDATA
/// that does not fit its type in another way is copied unchanged.
pub fn decompress(
    rtype: RecordType,
    message: &[u8],
    rdata: std::ops::Range<usize>,
    out: &mut Vec<u8>,
    read_name: impl FnMut(usize, &mut Vec<u8>) -> Option<usize>,
) -> Option<()> {
    let _ = (rtype, read_name);
    out.extend_from_slice(message.get(rdata)?);
    Some(())
}
