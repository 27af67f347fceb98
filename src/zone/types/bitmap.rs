//! Lists of numbers in bitmaps: record types as NSEC, NSEC3 and CSYNC hold them (RFC 4034 section 4.1.2) and as NXT
//! does (RFC 2535 section 5.2), ports as WKS does (RFC 1035 section 3.4.2).

use super::super::rtype::RecordType;
use super::kind::Codes;
use super::push_type;
use super::text;
use super::tokens::Tokens;

/// Windows in ascending order, each with 1 to 32 octets of which the last is not zero. Nothing at all is an
/// empty list.
pub(super) fn is_valid(octets: &[u8]) -> bool {
    let mut rest = octets;
    let mut previous = None;
    while let [window, length, tail @ ..] = rest {
        let Some((bits, after)) = tail.split_at_checked(usize::from(*length)) else { return false };
        if previous >= Some(*window) || bits.len() > 32 || bits.last().is_none_or(|last| *last == 0) {
            return false;
        }
        previous = Some(*window);
        rest = after;
    }
    rest.is_empty()
}

pub(super) fn write(octets: &[u8], out: &mut String) {
    let mut rest = octets;
    let mut first = true;
    while let [window, length, tail @ ..] = rest {
        let Some((bits, after)) = tail.split_at_checked(usize::from(*length)) else { return };
        for low in numbers(bits) {
            if !first {
                out.push(' ');
            }
            first = false;
            push_type(RecordType(u16::from(*window) << 8 | low), out);
        }
        rest = after;
    }
}

pub(super) fn read(tokens: &mut Tokens<'_, '_>, out: &mut Vec<u8>) -> Result<(), String> {
    let mut types = Vec::with_capacity(8);
    while let Some(token) = tokens.next() {
        let RecordType(number) = any_type(token.text)
            .ok_or_else(|| format!("{} is not a record type", token.text.escape_ascii()))?;
        types.push(number);
    }
    types.sort_unstable();
    let window = |number: u16| number >> 8;
    for types in types.chunk_by(|a, b| window(*a) == window(*b)) {
        let Some(last) = types.last() else { continue };
        // At most 32 octets: the lower half of a number has eight bits.
        let length = ((last & 0xff) >> 3) + 1;
        out.extend_from_slice(&[window(*last) as u8, length as u8]);
        let start = out.len();
        out.resize(start + usize::from(length), 0);
        for number in types {
            if let Some(octet) = out.get_mut(start + usize::from((number & 0xff) >> 3)) {
                *octet |= 0x80 >> (number & 7);
            }
        }
    }
    Ok(())
}

/// A type by mnemonic or as TYPEnnn, also those that no record has: they can stand in a list.
pub(super) fn any_type(text: &[u8]) -> Option<RecordType> {
    super::mnemonic(text).or_else(|| super::numbered_type(text))
}

/// The bits that are set, the highest bit of the first octet being 0.
fn numbers(bits: &[u8]) -> impl Iterator<Item = u16> {
    (0u16..).zip(bits).flat_map(|(at, octet)| {
        (0..8).filter(move |bit| octet & (0x80 >> bit) != 0).map(move |bit| at << 3 | bit)
    })
}

fn set(bits: &mut Vec<u8>, number: u16) {
    let at = usize::from(number >> 3);
    if bits.len() <= at {
        bits.resize(at + 1, 0);
    }
    if let Some(octet) = bits.get_mut(at) {
        *octet |= 0x80 >> (number & 7);
    }
}

/// Types 1 to 127, without zeros at the end.
pub(super) fn is_old(octets: &[u8]) -> bool {
    octets.len() <= 16 && octets.last() != Some(&0) && octets.first().is_none_or(|first| *first < 0x80)
}

pub(super) fn write_old(octets: &[u8], out: &mut String) {
    let types: Vec<String> = numbers(octets).map(|number| RecordType(number).to_string()).collect();
    out.push_str(&types.join(" "));
}

pub(super) fn read_old(tokens: &mut Tokens<'_, '_>, out: &mut Vec<u8>) -> Result<(), String> {
    let mut bits = Vec::new();
    while let Some(token) = tokens.next() {
        // BIND reads the numbers alone as well.
        let number = std::str::from_utf8(token.text).ok().and_then(|text| text.parse().ok()).map(RecordType);
        let RecordType(number) = number
            .or_else(|| any_type(token.text))
            .filter(|rtype| (1..128).contains(&rtype.0))
            .ok_or_else(|| format!("{} is not a record type below 128", token.text.escape_ascii()))?;
        set(&mut bits, number);
    }
    out.append(&mut bits);
    Ok(())
}

/// All ports have 8192 octets; without zeros at the end.
pub(super) fn are_ports(octets: &[u8]) -> bool {
    octets.len() <= 8192 && octets.last() != Some(&0)
}

pub(super) fn write_ports(octets: &[u8], out: &mut String) {
    let ports: Vec<String> = numbers(octets).map(|port| port.to_string()).collect();
    out.push_str(&ports.join(" "));
}

pub(super) fn read_ports(tokens: &mut Tokens<'_, '_>, names: Codes, out: &mut Vec<u8>) -> Result<(), String> {
    let mut bits = Vec::new();
    while let Some(token) = tokens.next() {
        let named = names.iter().find(|(name, _)| name.as_bytes().eq_ignore_ascii_case(token.text));
        let port = match named {
            Some((_, port)) => Some(*port),
            None => text::decimal(token.text).and_then(|port| u16::try_from(port).ok()),
        };
        let port = port.ok_or_else(|| {
            format!("{} is not a port from 0 to 65535, or a name such as smtp", token.text.escape_ascii())
        })?;
        set(&mut bits, port);
    }
    out.append(&mut bits);
    Ok(())
}
