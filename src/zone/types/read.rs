//! Fields from text: the half of the field kinds that people meet when they type.

use super::super::name::{self, NameRef};
use super::super::ttl;
use super::kind::{Codes, Kind, are_digits, has_key};
use super::scalar::{check_digest, ipv4, ipv6, number};
use super::tokens::{Tokens, missing, subject};
use super::{Field, Token, addresses, bitmap, generic, hip, loc, svcb, text, time};

impl Kind {
    /// Reads a field from the tokens that are left and appends its octets. The error is a sentence for the
    /// person who typed it.
    pub(super) fn read(
        self,
        field: &Field,
        tokens: &mut Tokens<'_, '_>,
        origin: NameRef<'_>,
        out: &mut Vec<u8>,
    ) -> Result<(), String> {
        let Some(kind) = self.given(out) else {
            let types = "0 none, 1 an IPv4 address, 2 an IPv6 address, 3 a name";
            return Err(format!("{} of a type that has no text form; the types are {types}", subject(field)));
        };
        match kind {
            Kind::U8 | Kind::Code8(_) => {
                out.push(number(field, tokens.one(field)?, u8::MAX.into(), kind.codes())? as u8);
            }
            Kind::U16 | Kind::Code16(_) => {
                let value = number(field, tokens.one(field)?, u16::MAX.into(), kind.codes())? as u16;
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
                name(field, tokens.one(field)?, origin, out)?;
            }
            Kind::PlainNames => {
                while let Some(token) = tokens.next() {
                    name(field, token, origin, out)?;
                }
            }
            Kind::OptionalString if tokens.peek().is_none() => {}
            Kind::String | Kind::OptionalString => text::read_string(field, tokens.one(field)?.text, out)?,
            Kind::Strings => {
                let mut token = tokens.one(field)?;
                loop {
                    text::read_string(field, token.text, out)?;
                    match tokens.next() {
                        Some(next) => token = next,
                        None => break,
                    }
                }
            }
            Kind::Tag => {
                // BIND refuses escapes here.
                let tag = tokens.one(field)?.text;
                if tag.is_empty() || !tag.iter().all(u8::is_ascii_alphanumeric) {
                    return Err(format!("{} made of letters and digits, such as issue", subject(field)));
                }
                text::push_string(field, tag, out)?;
            }
            Kind::Digits => {
                let digits =
                    Some(text::unescape(tokens.one(field)?.text)?).filter(|digits| are_digits(digits));
                let digits =
                    digits.ok_or_else(|| format!("{} a number of four digits or more", subject(field)))?;
                text::push_string(field, &digits, out)?;
            }
            Kind::Text => out.extend_from_slice(&text::unescape(tokens.one(field)?.text)?),
            Kind::Hex | Kind::Digest(_) => {
                let octets = text::from_hex(&tokens.joined(field)?)
                    .ok_or_else(|| format!("{} hexadecimal: pairs of 0-9 and A-F", subject(field)))?;
                if let Kind::Digest(lengths) = kind {
                    check_digest(field, lengths, out.last(), octets.len())?;
                }
                out.extend_from_slice(&octets);
            }
            Kind::KeyIfAny if !has_key(out) && tokens.peek().is_none() => {}
            Kind::KeyIfAny if !has_key(out) => {
                return Err(format!("{} left out where the flags say that there is none", subject(field)));
            }
            Kind::Base64 | Kind::KeyIfAny => {
                base64(field, &tokens.joined(field)?, out)?;
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
            Kind::OldTypes => bitmap::read_old(tokens, out)?,
            Kind::Ports(names) => bitmap::read_ports(tokens, names, out)?,
            Kind::Prefixes => {
                while let Some(token) = tokens.next() {
                    out.extend(addresses::read_prefix(token.text).ok_or_else(|| {
                        format!("{} such as 1:192.0.2.0/24, or !2:2001:db8::/32 to leave out", subject(field))
                    })?);
                }
            }
            Kind::Eui(length) => {
                out.extend(addresses::read_eui(tokens.one(field)?.text, length).ok_or_else(|| {
                    format!("{} {length} pairs of hexadecimal digits with - between", subject(field))
                })?);
            }
            Kind::Groups => {
                out.extend(addresses::read_groups(tokens.one(field)?.text).ok_or_else(|| {
                    format!("{} four groups of 1 to 4 hexadecimal digits with : between", subject(field))
                })?);
            }
            Kind::Nsap => {
                out.extend(addresses::read_nsap(tokens.one(field)?.text).ok_or_else(|| {
                    format!("{} 0x and pairs of hexadecimal digits, with dots anywhere", subject(field))
                })?);
            }
            Kind::NoGateway => {
                if tokens.one(field)?.text != b"." {
                    return Err(format!("{} . where its type is 0", subject(field)));
                }
            }
            Kind::Discovery => out.push((number(field, tokens.one(field)?, 1, &[])? as u8) << 7),
            Kind::RelayType => {
                let relay = number(field, tokens.one(field)?, 127, &[])? as u8;
                if let Some(octet) = out.last_mut() {
                    *octet |= relay;
                }
            }
            Kind::HostAlgorithm => {
                let algorithm = number(field, tokens.one(field)?, u8::MAX.into(), &[])? as u8;
                out.extend_from_slice(&[0, algorithm, 0, 0]);
            }
            Kind::HostTag => {
                let tag = text::from_hex(tokens.one(field)?.text).filter(|tag| !tag.is_empty());
                tag.and_then(|tag| hip::push_tag(&tag, out)).ok_or_else(|| {
                    format!("{} 1 to 255 pairs of hexadecimal digits, without blanks", subject(field))
                })?;
            }
            Kind::HostKey => {
                let mut key = Vec::new();
                base64(field, tokens.one(field)?.text, &mut key)?;
                (!key.is_empty()).then_some(()).ok_or_else(|| missing(field))?;
                hip::push_key(&key, out).ok_or_else(|| format!("{} too long", subject(field)))?;
            }
            Kind::Opaque => out.extend_from_slice(&generic::read(tokens.all())?),
            Kind::Gateway | Kind::Relay => return Err(missing(field)),
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

fn name(field: &Field, token: Token<'_>, origin: NameRef<'_>, out: &mut Vec<u8>) -> Result<(), String> {
    name::append(token.text, Some(origin), out)
        .map_err(|error| format!("{} not a domain name: {error}", subject(field)))
}

fn base64(field: &Field, text: &[u8], out: &mut Vec<u8>) -> Result<(), String> {
    text::read_base64(text, out).ok_or_else(|| format!("{} base 64: A-Z, a-z, 0-9, + and /", subject(field)))
}
