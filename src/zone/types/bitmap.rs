//! Lists of record types as NSEC, NSEC3 and CSYNC hold them (RFC 4034 section 4.1.2).

use std::collections::BTreeMap;
use std::fmt::Write;

use super::super::rtype::RecordType;
use super::kind::Tokens;

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
        for (at, octet) in (0u16..).zip(bits) {
            for bit in (0..8).filter(|bit| octet & (0x80 >> bit) != 0) {
                if !first {
                    out.push(' ');
                }
                first = false;
                let _ = write!(out, "{}", RecordType(u16::from(*window) << 8 | at << 3 | bit));
            }
        }
        rest = after;
    }
}

pub(super) fn read(tokens: &mut Tokens<'_, '_>, out: &mut Vec<u8>) -> Result<(), String> {
    let mut windows: BTreeMap<u8, Vec<u8>> = BTreeMap::new();
    while let Some(token) = tokens.next() {
        let RecordType(number) = any_type(token.text)
            .ok_or_else(|| format!("{} is not a record type", token.text.escape_ascii()))?;
        let [window, low] = number.to_be_bytes();
        let bits = windows.entry(window).or_default();
        let at = usize::from(low >> 3);
        if bits.len() <= at {
            bits.resize(at + 1, 0);
        }
        if let Some(octet) = bits.get_mut(at) {
            *octet |= 0x80 >> (low & 7);
        }
    }
    for (window, bits) in windows {
        // At most 32 octets: `at` is made of five bits.
        out.extend_from_slice(&[window, bits.len() as u8]);
        out.extend_from_slice(&bits);
    }
    Ok(())
}

/// A type by mnemonic or as TYPEnnn, also those that no record has: they can stand in a list.
pub(super) fn any_type(text: &[u8]) -> Option<RecordType> {
    super::mnemonic(text).or_else(|| super::numbered_type(text))
}
