//! The pieces of presentation format: numbers, character-strings, hexadecimal, base 64, base 32.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::super::name;
use super::{Field, Token};

/// A number in plain decimal digits: no sign, no blanks, no overflow.
pub(super) fn decimal(text: &[u8]) -> Option<u32> {
    if text.is_empty() {
        return None;
    }
    text.iter().try_fold(0u32, |value, octet| {
        let digit = octet.is_ascii_digit().then(|| u32::from(octet - b'0'))?;
        value.checked_mul(10)?.checked_add(digit)
    })
}

/// Appends a number in decimal digits.
pub fn push_number(number: u32, out: &mut String) {
    push_digits(number, 1, out);
}

/// The same with zeros before it up to so many digits.
pub(super) fn push_digits(number: u32, least: usize, out: &mut String) {
    let mut digits = [b'0'; 10];
    let (mut rest, mut used) = (number, 0);
    for digit in digits.iter_mut().rev() {
        // One digit.
        *digit += (rest % 10) as u8;
        rest /= 10;
        used += 1;
        if rest == 0 && used >= least {
            break;
        }
    }
    let written = digits.get(digits.len() - used..).unwrap_or_default();
    out.push_str(std::str::from_utf8(written).unwrap_or_default());
}

/// An IPv4 address as zones have them by the million. `None` says nothing: the parser of the standard library, which
/// takes several times as long, has the last word.
pub(super) fn ipv4(text: &[u8]) -> Option<[u8; 4]> {
    let mut octets = [0; 4];
    let mut rest = text;
    for (at, octet) in octets.iter_mut().enumerate() {
        if at > 0 {
            rest = rest.strip_prefix(b".")?;
        }
        let digits = rest.iter().position(|octet| !octet.is_ascii_digit()).unwrap_or(rest.len());
        let (number, after) = rest.split_at_checked(digits)?;
        if number.len() > 3 || number.starts_with(b"0") && number.len() > 1 {
            return None;
        }
        *octet = u8::try_from(decimal(number)?).ok()?;
        rest = after;
    }
    rest.is_empty().then_some(octets)
}

/// An IPv6 address in groups, likewise.
pub(super) fn ipv6(text: &[u8]) -> Option<[u16; 8]> {
    let mut groups = [0u16; 8];
    // How many groups there are, and how many of them before a "::".
    let (mut count, mut gap) = (0, None);
    let mut rest = text;
    if let Some(after) = rest.strip_prefix(b"::") {
        (gap, rest) = (Some(0), after);
    }
    while !rest.is_empty() {
        let mut group = 0u16;
        let mut digits = 0;
        while let Some(digit) = rest.get(digits).and_then(|octet| char::from(*octet).to_digit(16)) {
            // One digit is less than 16; more than four are refused below.
            group = group << 4 | digit as u16;
            digits += 1;
        }
        if !(1..=4).contains(&digits) {
            return None;
        }
        *groups.get_mut(count)? = group;
        count += 1;
        rest = match rest.get(digits..)? {
            [] => break,
            [b':', b':', after @ ..] if gap.is_none() => {
                gap = Some(count);
                after
            }
            [b':', after @ ..] if !after.is_empty() => after,
            _ => return None,
        };
    }
    match gap {
        None => (count == groups.len()).then_some(groups),
        // A gap of one group at least.
        Some(gap) => {
            let missing = groups.len().checked_sub(count).filter(|missing| *missing > 0)?;
            groups.get_mut(gap..)?.rotate_right(missing);
            Some(groups)
        }
    }
}

/// Takes the escapes of RFC 1035 section 5.1 out of a token.
pub(super) fn unescape(text: &[u8]) -> Result<Cow<'_, [u8]>, String> {
    if memchr::memchr(b'\\', text).is_none() {
        return Ok(text.into());
    }
    let mut octets = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((octet, tail)) = rest.split_first() {
        rest = tail;
        if *octet != b'\\' {
            octets.push(*octet);
            continue;
        }
        let (value, used) = name::unescape(tail).ok_or_else(|| name::NameError::BadEscape.to_string())?;
        octets.push(value);
        rest = tail.get(used..).unwrap_or_default();
    }
    Ok(octets.into())
}

/// Writes octets between quotes: `"` and `\` escaped, what is not printable ASCII as `\DDD`.
pub(super) fn quote(octets: &[u8], out: &mut String) {
    out.reserve(octets.len() + 2);
    out.push('"');
    for octet in octets {
        match octet {
            b'"' | b'\\' => out.extend(['\\', char::from(*octet)]),
            b' '..=b'~' => out.push(char::from(*octet)),
            _ => {
                out.push('\\');
                out.extend([octet / 100, octet / 10 % 10, octet % 10].map(|digit| char::from(b'0' + digit)));
            }
        }
    }
    out.push('"');
}

/// The character-strings that octets are made of, without their length octets.
pub(super) fn strings(octets: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = octets;
    std::iter::from_fn(move || {
        let (length, tail) = rest.split_first()?;
        let (string, after) = tail.split_at_checked(usize::from(*length))?;
        rest = after;
        Some(string)
    })
}

/// Appends a character-string: its length and its octets.
pub(super) fn push_string(field: &Field, string: &[u8], out: &mut Vec<u8>) -> Result<(), String> {
    let length = u8::try_from(string.len()).map_err(|_| {
        format!(
            "the {} has {} octets and a character-string holds 255 at most; where the type allows several, \
             split it: \"first part\" \"second part\"",
            field.name,
            string.len()
        )
    })?;
    out.push(length);
    out.extend_from_slice(string);
    Ok(())
}

/// Appends the character-string that a token stands for.
pub(super) fn read_string(field: &Field, text: &[u8], out: &mut Vec<u8>) -> Result<(), String> {
    push_string(field, &unescape(text)?, out)
}

const HEX: &[u8; 16] = b"0123456789ABCDEF";

pub(super) fn hex(octets: &[u8], out: &mut String) {
    out.reserve(octets.len() * 2);
    for octet in octets {
        for digit in [octet >> 4, octet & 15] {
            out.push(HEX.get(usize::from(digit)).copied().map_or('0', char::from));
        }
    }
}

/// Pairs of hexadecimal digits in any case.
pub(super) fn from_hex(text: &[u8]) -> Option<Vec<u8>> {
    const NONE: u8 = 0xff;
    const DIGITS: [u8; 256] = {
        let mut digits = [NONE; 256];
        let mut octet = 0;
        while octet < 256 {
            digits[octet] = match octet as u8 {
                digit @ b'0'..=b'9' => digit - b'0',
                digit @ b'a'..=b'f' => digit - b'a' + 10,
                digit @ b'A'..=b'F' => digit - b'A' + 10,
                _ => NONE,
            };
            octet += 1;
        }
        digits
    };
    let digit = |octet: &u8| DIGITS.get(usize::from(*octet)).copied().unwrap_or(NONE);
    let (pairs, []) = text.as_chunks::<2>() else { return None };
    let mut all = 0;
    // To the end without a way out in between takes less time.
    let octet = |[high, low]: &[u8; 2]| {
        let (high, low) = (digit(high), digit(low));
        all |= high | low;
        high << 4 | low
    };
    let octets = pairs.iter().map(octet).collect();
    (all < 16).then_some(octets)
}

pub(super) fn base64(octets: &[u8], out: &mut String) {
    STANDARD.encode_string(octets, out);
}

pub(super) fn from_base64(text: &[u8]) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

/// Appends the octets that a text stands for.
pub(super) fn read_base64(text: &[u8], out: &mut Vec<u8>) -> Option<()> {
    STANDARD.decode_vec(text, out).ok()
}

const BASE32: &[u8; 32] = b"0123456789ABCDEFGHIJKLMNOPQRSTUV";

/// Base 32 with extended hex alphabet, without padding (RFC 4648 section 7, RFC 5155 section 3.3).
pub(super) fn base32(octets: &[u8], out: &mut String) {
    for chunk in octets.chunks(5) {
        let bits = (0..5).fold(0u64, |bits, at| bits << 8 | u64::from(chunk.get(at).copied().unwrap_or(0)));
        let digits = (chunk.len() * 8).div_ceil(5);
        for at in 0..digits {
            let digit = (bits >> (35 - 5 * at)) & 31;
            out.push(BASE32.get(digit as usize).copied().map_or('0', char::from));
        }
    }
}

pub(super) fn from_base32(text: &[u8]) -> Option<Vec<u8>> {
    let mut octets = Vec::with_capacity(text.len() * 5 / 8);
    let (mut bits, mut count) = (0u32, 0u32);
    for character in text {
        bits = bits << 5 | char::from(*character).to_digit(32)?;
        count += 5;
        if count >= 8 {
            count -= 8;
            // The upper of the bits collected are one octet; what is above it was taken before.
            octets.push((bits >> count) as u8);
            bits &= (1 << count) - 1;
        }
    }
    // What is left is less than a digit, and zero.
    (count < 5 && bits == 0).then_some(octets)
}

/// Cuts a form's text into tokens as a zone file's lexer does: at blanks and parentheses, quotes taken off.
pub(super) fn tokenise(text: &str) -> Result<Vec<Token<'_>>, String> {
    let mut tokens = Vec::new();
    let mut rest = text.as_bytes();
    let blank = |octet: u8| matches!(octet, b' ' | b'\t' | b'\r' | b'\n' | b'(' | b')');
    while let Some((first, tail)) = rest.split_first() {
        if blank(*first) {
            rest = tail;
            continue;
        }
        let quoted = *first == b'"';
        let body = if quoted { tail } else { rest };
        let length = length_until(body, |octet| octet == b'"' || !quoted && blank(octet));
        let (text, after) = body.split_at_checked(length).unwrap_or((body, &[]));
        rest = match (quoted, after.split_first()) {
            (true, Some((_, after))) => after,
            (true, None) => return Err("the closing quote is missing".into()),
            (false, _) => after,
        };
        tokens.push(Token { text, quoted });
    }
    Ok(tokens)
}

/// How many octets stand before the first that `stop` names; an escaped one does not count.
fn length_until(text: &[u8], stop: impl Fn(u8) -> bool) -> usize {
    let mut escaped = false;
    (text.iter())
        .position(|octet| {
            let here = !escaped && stop(*octet);
            escaped = !escaped && *octet == b'\\';
            here
        })
        .unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, Ipv6Addr};

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn numbers_are_those_of_the_standard_library(number: u32, least in 1..5usize) {
            for number in [number, number >> 20, number >> 28, 0] {
                let mut text = String::from("x");
                push_digits(number, least, &mut text);
                prop_assert_eq!(text, format!("x{number:0least$}"));
            }
        }
    }

    #[test]
    fn usual_addresses_are_read_at_once() {
        for text in ["192.0.2.1", "0.0.0.0", "255.255.255.255"] {
            assert_eq!(ipv4(text.as_bytes()).map(Ipv4Addr::from), text.parse().ok(), "{text}");
        }
        for text in ["::", "::1", "1::", "2001:db8::1:2", "1:2:3:4:5:6:7:8", "2001:DB8:0:0:8:800:200c:417a"] {
            assert_eq!(ipv6(text.as_bytes()).map(Ipv6Addr::from), text.parse().ok(), "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        #[test]
        fn addresses_are_those_of_the_standard_library(text in "[0-9a-f:.]{0,12}|([0-9a-f]{0,5}:{0,2}){0,9}|([0-9]{0,4}[.:]?){0,5}") {
            if let Some(octets) = ipv4(text.as_bytes()) {
                prop_assert_eq!(Ok(Ipv4Addr::from(octets)), text.parse());
            }
            if let Some(groups) = ipv6(text.as_bytes()) {
                prop_assert_eq!(Ok(Ipv6Addr::from(groups)), text.parse());
            }
        }
    }
}
