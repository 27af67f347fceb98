//! Addresses other than those of hosts: hardware addresses, node identifiers, NSAP addresses, address prefixes.

use std::fmt::Write;
use std::net::{Ipv4Addr, Ipv6Addr};

use super::text;

/// Pairs of hexadecimal digits with `-` between (RFC 7043 section 3.2).
pub(super) fn write_eui(octets: &[u8], out: &mut String) {
    for (index, octet) in octets.iter().enumerate() {
        let dash = if index > 0 { "-" } else { "" };
        let _ = write!(out, "{dash}{octet:02x}");
    }
}

pub(super) fn read_eui(text: &[u8], length: usize) -> Option<Vec<u8>> {
    // Two digits each (RFC 7043 section 3.2); BIND and NSD also read one.
    let octet = |pair: &[u8]| match pair {
        [digit] => text::from_hex(&[b'0', *digit]),
        _ => text::from_hex(pair).filter(|octets| octets.len() == 1),
    };
    let octets: Vec<u8> = text.split(|octet| *octet == b'-').map(octet).collect::<Option<Vec<_>>>()?.concat();
    (octets.len() == length).then_some(octets)
}

/// Four groups of hexadecimal digits with `:` between (RFC 6742 section 2.1.2).
pub(super) fn write_groups(octets: &[u8], out: &mut String) {
    for (index, group) in octets.as_chunks::<2>().0.iter().enumerate() {
        let colon = if index > 0 { ":" } else { "" };
        let _ = write!(out, "{colon}{:04x}", u16::from_be_bytes(*group));
    }
}

pub(super) fn read_groups(text: &[u8]) -> Option<[u8; 8]> {
    let mut octets = Vec::with_capacity(8);
    for group in text.split(|octet| *octet == b':') {
        let digits = (1..=4).contains(&group.len()) && group.iter().all(u8::is_ascii_hexdigit);
        let padded = format!("{:0>4}", std::str::from_utf8(group).ok().filter(|_| digits)?);
        octets.extend(text::from_hex(padded.as_bytes())?);
    }
    octets.try_into().ok()
}

/// `0x` and hexadecimal digits, with dots anywhere (RFC 1706 section 7).
pub(super) fn read_nsap(text: &[u8]) -> Option<Vec<u8>> {
    let (prefix, digits) = text.split_at_checked(2)?;
    let digits: Vec<u8> = digits.iter().copied().filter(|octet| *octet != b'.').collect();
    let octets = text::from_hex(&digits).filter(|octets| !octets.is_empty())?;
    prefix.eq_ignore_ascii_case(b"0x").then_some(octets)
}

/// One item of an APL record (RFC 3123 section 4).
struct Prefix<'a> {
    ipv6: bool,
    length: u8,
    excluded: bool,
    /// The address without the zeros at its end.
    address: &'a [u8],
}

/// The first item and what follows it. `None` also for families without a text form, and for zeros at the end of
/// an address, which must be left out.
fn split_prefix(octets: &[u8]) -> Option<(Prefix<'_>, &[u8])> {
    let [family_high, family_low, length, size, rest @ ..] = octets else { return None };
    let ipv6 = match u16::from_be_bytes([*family_high, *family_low]) {
        1 => false,
        2 => true,
        _ => return None,
    };
    let (address, rest) = rest.split_at_checked(usize::from(size & 0x7f))?;
    let (most_bits, most_octets) = if ipv6 { (128, 16) } else { (32, 4) };
    let valid = *length <= most_bits && address.len() <= most_octets && address.last() != Some(&0);
    valid.then_some((Prefix { ipv6, length: *length, excluded: size & 0x80 != 0, address }, rest))
}

pub(super) fn are_prefixes(mut octets: &[u8]) -> bool {
    while !octets.is_empty() {
        let Some((_, rest)) = split_prefix(octets) else { return false };
        octets = rest;
    }
    true
}

pub(super) fn write_prefixes(mut octets: &[u8], out: &mut String) {
    let mut blank = "";
    while let Some((prefix, rest)) = split_prefix(octets) {
        let Prefix { ipv6, length, excluded, address } = prefix;
        let padded = |size: usize| (0..size).map(|at| address.get(at).copied().unwrap_or(0));
        let not = if excluded { "!" } else { "" };
        // Writing to a String cannot fail.
        let _ = if ipv6 {
            let bits = padded(16).fold(0u128, |bits, octet| bits << 8 | u128::from(octet));
            write!(out, "{blank}{not}2:{}/{length}", Ipv6Addr::from(bits))
        } else {
            let bits = padded(4).fold(0u32, |bits, octet| bits << 8 | u32::from(octet));
            write!(out, "{blank}{not}1:{}/{length}", Ipv4Addr::from(bits))
        };
        blank = " ";
        octets = rest;
    }
}

/// `1:192.0.2.0/24`, `!2:2001:db8::/32`.
pub(super) fn read_prefix(text: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(text).ok()?;
    let (excluded, item) = text.strip_prefix('!').map_or((0, text), |item| (0x80, item));
    let (family, prefix) = item.split_once(':')?;
    let (address, length) = prefix.split_once('/')?;
    let (family, most, mut address) = match family {
        "1" => (1, 32, address.parse::<Ipv4Addr>().ok()?.octets().to_vec()),
        "2" => (2, 128, address.parse::<Ipv6Addr>().ok()?.octets().to_vec()),
        _ => return None,
    };
    let length = text::decimal(length.as_bytes()).and_then(|length| u8::try_from(length).ok())?;
    address.truncate(address.iter().rposition(|octet| *octet != 0).map_or(0, |last| last + 1));
    // At most 16 octets are left.
    let mut octets = vec![0, family, length, excluded | address.len() as u8];
    octets.append(&mut address);
    (length <= most).then_some(octets)
}
