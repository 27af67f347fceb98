//! Field kinds: how one field of RDATA looks on the wire and in text. The only place that knows it.
//!
//! A kind has three methods: [`Kind::end`] finds the field's octets, [`Kind::write`] makes text of them and
//! [`Kind::read`] makes them from text. Everything else about a type follows from its list of kinds.

use std::fmt::Write;
use std::net::{Ipv4Addr, Ipv6Addr};

use super::super::name::{Name, NameRef};
use super::super::rtype::RecordType;
use super::super::ttl;
use super::{Field, Token, bitmap, loc, svcb, text, time};

/// Numbers that have a name, which is accepted in text; the number is printed.
pub type Codes = &'static [(&'static str, u16)];

/// What a field is on the wire and in text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    U8,
    U16,
    U32,
    /// One octet that may be given by name.
    Code8(Codes),
    /// Two octets that may be given by name.
    Code16(Codes),
    /// A record type, two octets.
    Type,
    /// Seconds, four octets; units are accepted.
    Seconds,
    /// A point in time, four octets, written YYYYMMDDHHmmSS (RFC 4034 section 3.2).
    Time,
    Ipv4,
    Ipv6,
    /// A domain name that servers may compress (RFC 3597 section 4).
    Name,
    /// A domain name that is never compressed.
    PlainName,
    /// One character-string (RFC 1035 section 3.3).
    String,
    /// One or more character-strings, to the end.
    Strings,
    /// A word of letters and digits after its length (CAA).
    Tag,
    /// Octets to the end, written as one quoted string (CAA, URI).
    Text,
    /// Hexadecimal to the end.
    Hex,
    /// Hexadecimal to the end; the octet before it says which digest, and so how long it is.
    Digest(&'static [(u8, usize)]),
    /// Base 64 to the end.
    Base64,
    /// Hexadecimal after its length, `-` when empty (NSEC3).
    Salt,
    /// Base 32 with extended hex alphabet after its length (NSEC3).
    Hash,
    /// A list of record types, to the end (RFC 4034 section 4.1.2).
    Types,
    /// SvcParams, to the end (RFC 9460 section 2).
    SvcParams,
    /// A place on earth, sixteen octets (RFC 1876).
    Location,
}

impl Kind {
    pub(super) fn is_name(self) -> bool {
        matches!(self, Kind::Name | Kind::PlainName)
    }

    /// Does the field take all tokens that are left?
    pub(super) fn takes_the_rest(self) -> bool {
        use Kind::{Base64, Digest, Hex, Location, Strings, SvcParams, Types};
        matches!(self, Strings | Hex | Digest(_) | Base64 | Types | SvcParams | Location)
    }

    /// Where the field that starts at `at` ends; `None` when what stands there is not such a field.
    pub(super) fn end(self, rdata: &[u8], at: usize) -> Option<usize> {
        let rest = rdata.get(at..)?;
        let all = rdata.len();
        let length = || rest.first().map(|length| at + 1 + usize::from(*length));
        let end = match self {
            Kind::U8 | Kind::Code8(_) => at + 1,
            Kind::U16 | Kind::Code16(_) | Kind::Type => at + 2,
            Kind::U32 | Kind::Seconds | Kind::Time | Kind::Ipv4 => at + 4,
            Kind::Ipv6 => at + 16,
            Kind::Name | Kind::PlainName => at + NameRef::split_from(rest)?.0.wire().len(),
            Kind::String | Kind::Salt => length()?,
            Kind::Hash => length().filter(|end| *end > at + 1)?,
            Kind::Tag => {
                let end = length()?;
                let tag = rdata.get(at + 1..end)?;
                (!tag.is_empty() && tag.iter().all(u8::is_ascii_alphanumeric)).then_some(end)?
            }
            Kind::Strings => {
                (!rest.is_empty()).then_some(())?;
                let mut rest = rest;
                while let Some((length, tail)) = rest.split_first() {
                    rest = tail.get(usize::from(*length)..)?;
                }
                all
            }
            Kind::Text => all,
            Kind::Hex | Kind::Base64 => (!rest.is_empty()).then_some(all)?,
            Kind::Digest(lengths) => {
                let which = at.checked_sub(1).and_then(|before| rdata.get(before));
                digest_fits(lengths, which, rest.len()).then_some(all)?
            }
            Kind::Types => bitmap::is_valid(rest).then_some(all)?,
            Kind::SvcParams => svcb::is_valid(rest).then_some(all)?,
            Kind::Location => loc::is_valid(rest.get(..16)?).then_some(at + 16)?,
        };
        (end <= all).then_some(end)
    }

    /// Writes a field whose octets [`Kind::end`] has found.
    pub(super) fn write(self, octets: &[u8], origin: Option<NameRef<'_>>, out: &mut String) {
        let number = || octets.iter().fold(0u32, |value, octet| value << 8 | u32::from(*octet));
        // Writing to a String cannot fail.
        let _ = match self {
            Kind::U8 | Kind::U16 | Kind::U32 | Kind::Code8(_) | Kind::Code16(_) | Kind::Seconds => {
                write!(out, "{}", number())
            }
            // A Type field has two octets.
            Kind::Type => write!(out, "{}", RecordType(number() as u16)),
            Kind::Time => write!(out, "{}", time::format(number())),
            Kind::Ipv4 => write!(out, "{}", Ipv4Addr::from(number())),
            Kind::Ipv6 => {
                let address = octets.iter().fold(0u128, |value, octet| value << 8 | u128::from(*octet));
                write!(out, "{}", Ipv6Addr::from(address))
            }
            Kind::Name | Kind::PlainName => return write_name(octets, origin, out),
            Kind::String => return text::quote(octets.get(1..).unwrap_or_default(), out),
            Kind::Strings => {
                for (index, string) in text::strings(octets).enumerate() {
                    if index > 0 {
                        out.push(' ');
                    }
                    text::quote(string, out);
                }
                return;
            }
            Kind::Tag => {
                out.extend(octets.iter().skip(1).map(|octet| char::from(*octet)));
                return;
            }
            Kind::Text => return text::quote(octets, out),
            Kind::Hex | Kind::Digest(_) => return text::hex(octets, out),
            Kind::Base64 => return text::base64(octets, out),
            Kind::Salt => match octets.get(1..) {
                Some(salt) if !salt.is_empty() => return text::hex(salt, out),
                _ => out.write_char('-'),
            },
            Kind::Hash => return text::base32(octets.get(1..).unwrap_or_default(), out),
            Kind::Types => return bitmap::write(octets, out),
            Kind::SvcParams => return svcb::write(octets, out),
            Kind::Location => return loc::write(octets, out),
        };
    }

    /// Reads a field from the tokens that are left and appends its octets. The error is a sentence for the
    /// person who typed it.
    pub(super) fn read(
        self,
        field: &Field,
        tokens: &mut Tokens<'_, '_>,
        origin: NameRef<'_>,
        out: &mut Vec<u8>,
    ) -> Result<(), String> {
        match self {
            Kind::U8 | Kind::Code8(_) => {
                out.push(number(field, tokens.one(field)?, u8::MAX.into(), self.codes())? as u8);
            }
            Kind::U16 | Kind::Code16(_) => {
                let value = number(field, tokens.one(field)?, u16::MAX.into(), self.codes())? as u16;
                out.extend_from_slice(&value.to_be_bytes());
            }
            Kind::U32 => {
                let value = number(field, tokens.one(field)?, u32::MAX, &[])?;
                out.extend_from_slice(&value.to_be_bytes());
            }
            Kind::Type => {
                let value = bitmap::any_type(tokens.one(field)?.text)
                    .ok_or_else(|| format!("{} a record type such as A, or TYPE123", subject(field)))?;
                out.extend_from_slice(&value.0.to_be_bytes());
            }
            Kind::Seconds => {
                let value = ttl::parse(tokens.one(field)?.text).ok_or_else(|| {
                    format!("{} a time: seconds such as 3600, or with units such as 1h30m", subject(field))
                })?;
                out.extend_from_slice(&value.to_be_bytes());
            }
            Kind::Time => {
                let value = time::parse(tokens.one(field)?.text)
                    .ok_or_else(|| format!("{} a time written YYYYMMDDHHMMSS, in UTC", subject(field)))?;
                out.extend_from_slice(&value.to_be_bytes());
            }
            Kind::Ipv4 => out.extend_from_slice(&ipv4(field, tokens.one(field)?)?.octets()),
            Kind::Ipv6 => out.extend_from_slice(&ipv6(field, tokens.one(field)?)?.octets()),
            Kind::Name | Kind::PlainName => {
                let name = Name::parse(tokens.one(field)?.text, Some(origin))
                    .map_err(|error| format!("{} not a domain name: {error}", subject(field)))?;
                out.extend_from_slice(name.wire());
            }
            Kind::String => text::push_string(field, &text::unescape(tokens.one(field)?.text)?, out)?,
            Kind::Strings => {
                let mut token = tokens.one(field)?;
                loop {
                    text::push_string(field, &text::unescape(token.text)?, out)?;
                    match tokens.next() {
                        Some(next) => token = next,
                        None => break,
                    }
                }
            }
            Kind::Tag => {
                let tag = text::unescape(tokens.one(field)?.text)?;
                if tag.is_empty() || !tag.iter().all(u8::is_ascii_alphanumeric) {
                    return Err(format!("{} made of letters and digits, such as issue", subject(field)));
                }
                text::push_string(field, &tag, out)?;
            }
            Kind::Text => out.extend_from_slice(&text::unescape(tokens.one(field)?.text)?),
            Kind::Hex | Kind::Digest(_) => {
                let octets = text::from_hex(tokens.joined(field)?.as_slice())
                    .ok_or_else(|| format!("{} hexadecimal: pairs of 0-9 and A-F", subject(field)))?;
                if let Kind::Digest(lengths) = self {
                    check_digest(field, lengths, out.last(), octets.len())?;
                }
                out.extend_from_slice(&octets);
            }
            Kind::Base64 => {
                let octets = text::from_base64(&tokens.joined(field)?)
                    .ok_or_else(|| format!("{} base 64: A-Z, a-z, 0-9, + and /", subject(field)))?;
                out.extend_from_slice(&octets);
            }
            Kind::Salt => {
                let token = tokens.one(field)?.text;
                let hex = if token == b"-" { Some(Vec::new()) } else { text::from_hex(token) };
                let salt = hex.filter(|salt| salt.len() <= 255).ok_or_else(|| {
                    format!("{} hexadecimal, at most 255 octets, or - for none", subject(field))
                })?;
                text::push_string(field, &salt, out)?;
            }
            Kind::Hash => {
                let hash = text::from_base32(tokens.one(field)?.text)
                    .filter(|hash| (1..=255).contains(&hash.len()))
                    .ok_or_else(|| format!("{} base 32 in the hex alphabet: 0-9 and A-V", subject(field)))?;
                text::push_string(field, &hash, out)?;
            }
            Kind::Types => bitmap::read(tokens, out)?,
            Kind::SvcParams => svcb::read(tokens, out)?,
            Kind::Location if tokens.peek().is_none() => return Err(missing(field)),
            Kind::Location => loc::read(tokens, out)?,
        }
        Ok(())
    }

    fn codes(self) -> Codes {
        match self {
            Kind::Code8(codes) | Kind::Code16(codes) => codes,
            _ => &[],
        }
    }
}

/// The tokens of a record, taken one after the other.
pub(super) struct Tokens<'t, 'a> {
    tokens: &'t [Token<'a>],
    /// How many are taken.
    pub at: usize,
}

impl<'t, 'a> Tokens<'t, 'a> {
    pub fn new(tokens: &'t [Token<'a>]) -> Tokens<'t, 'a> {
        Tokens { tokens, at: 0 }
    }

    pub fn peek(&self) -> Option<Token<'a>> {
        self.tokens.get(self.at).copied()
    }

    pub fn next(&mut self) -> Option<Token<'a>> {
        let token = self.peek()?;
        self.at += 1;
        Some(token)
    }

    fn one(&mut self, field: &Field) -> Result<Token<'a>, String> {
        self.next().ok_or_else(|| missing(field))
    }

    /// All that are left, put together.
    fn joined(&mut self, field: &Field) -> Result<Vec<u8>, String> {
        let mut all = self.one(field)?.text.to_vec();
        while let Some(token) = self.next() {
            all.extend_from_slice(token.text);
        }
        if all.is_empty() {
            return Err(missing(field));
        }
        Ok(all)
    }
}

/// What to say where there is no text for a field.
pub(super) fn missing(field: &Field) -> String {
    format!("{} missing: {}", subject(field), field.hint)
}

/// "the preference is", "the flags are".
pub(super) fn subject(field: &Field) -> String {
    let plural = field.name.ends_with('s') && !field.name.ends_with("ss");
    format!("the {} {}", field.name, if plural { "are" } else { "is" })
}

/// A number up to `max` in decimal digits, or one of the names.
fn number(field: &Field, token: Token<'_>, max: u32, codes: Codes) -> Result<u32, String> {
    if let Some(value) = text::decimal(token.text).filter(|value| *value <= max) {
        return Ok(value);
    }
    let named = codes.iter().find(|(name, _)| name.as_bytes().eq_ignore_ascii_case(token.text));
    match (named, codes.first()) {
        (Some((_, value)), _) => Ok(u32::from(*value)),
        (None, Some((name, _))) => {
            Err(format!("{} a number from 0 to {max}, or a name such as {name}", subject(field)))
        }
        (None, None) => Err(format!("{} a number from 0 to {max}", subject(field))),
    }
}

fn ipv4(field: &Field, token: Token<'_>) -> Result<Ipv4Addr, String> {
    let text = std::str::from_utf8(token.text).unwrap_or_default();
    text.parse().map_err(|_| match text.parse::<Ipv6Addr>() {
        Ok(_) => "this is an IPv6 address: it belongs in an AAAA record".into(),
        Err(_) => format!(
            "{} an IPv4 address: four numbers from 0 to 255 with dots between, such as 192.0.2.1",
            subject(field)
        ),
    })
}

fn ipv6(field: &Field, token: Token<'_>) -> Result<Ipv6Addr, String> {
    let text = std::str::from_utf8(token.text).unwrap_or_default();
    text.parse().map_err(|_| match text.parse::<Ipv4Addr>() {
        Ok(_) => "this is an IPv4 address: it belongs in an A record".into(),
        Err(_) => {
            format!("{} an IPv6 address such as 2001:db8::1, without a zone or prefix", subject(field))
        }
    })
}

fn digest_fits(lengths: &[(u8, usize)], which: Option<&u8>, length: usize) -> bool {
    match lengths.iter().find(|(digest, _)| Some(digest) == which) {
        Some((_, wanted)) => length == *wanted,
        None => length > 0,
    }
}

fn check_digest(
    field: &Field,
    lengths: &[(u8, usize)],
    which: Option<&u8>,
    length: usize,
) -> Result<(), String> {
    if digest_fits(lengths, which, length) {
        return Ok(());
    }
    match lengths.iter().find(|(digest, _)| Some(digest) == which) {
        Some((digest, wanted)) => Err(format!(
            "the {} has {length} octets; one of type {digest} has {wanted} ({} hexadecimal digits)",
            field.name,
            wanted * 2
        )),
        None => Err(missing(field)),
    }
}

/// A name, relative to the origin only where reading it back gives the same octets.
fn write_name(octets: &[u8], origin: Option<NameRef<'_>>, out: &mut String) {
    let Some((name, _)) = NameRef::split_from(octets) else { return };
    match origin {
        Some(origin)
            if !origin.is_root() && name.wire().ends_with(origin.wire()) && name.is_at_or_below(origin) =>
        {
            out.push_str(&name.relative_to(origin));
        }
        _ => {
            let _ = write!(out, "{name}");
        }
    }
}
