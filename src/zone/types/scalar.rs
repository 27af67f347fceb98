//! Numbers, addresses and digests in text: read with an error that says what is expected.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::kind::Codes;
use super::tokens::{missing, subject};
use super::{Field, Token, text};

/// A number up to `max` in decimal digits, or one of the names.
pub(super) fn number(field: &Field, token: Token<'_>, max: u32, codes: Codes) -> Result<u32, String> {
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

pub(super) fn ipv4(field: &Field, token: Token<'_>) -> Result<Ipv4Addr, String> {
    if let Some(octets) = text::ipv4(token.text) {
        return Ok(octets.into());
    }
    let text = std::str::from_utf8(token.text).unwrap_or_default();
    text.parse().map_err(|_| match text.parse::<Ipv6Addr>() {
        Ok(_) => "this is an IPv6 address: it belongs in an AAAA record".into(),
        Err(_) => format!(
            "{} an IPv4 address: four numbers from 0 to 255 with dots between, such as 192.0.2.1",
            subject(field)
        ),
    })
}

pub(super) fn ipv6(field: &Field, token: Token<'_>) -> Result<Ipv6Addr, String> {
    if let Some(groups) = text::ipv6(token.text) {
        return Ok(groups.into());
    }
    let text = std::str::from_utf8(token.text).unwrap_or_default();
    text.parse().map_err(|_| match text.parse::<Ipv4Addr>() {
        Ok(_) => "this is an IPv4 address: it belongs in an A record".into(),
        Err(_) => {
            format!("{} an IPv6 address such as 2001:db8::1, without a zone or prefix", subject(field))
        }
    })
}

/// Has a digest the length that its type calls for?
pub(super) fn digest_fits(lengths: &[(u8, usize)], which: Option<&u8>, length: usize) -> bool {
    match lengths.iter().find(|(digest, _)| Some(digest) == which) {
        Some((_, wanted)) => length == *wanted,
        None => length > 0,
    }
}

pub(super) fn check_digest(
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
