//! SvcParams of SVCB and HTTPS records (RFC 9460 section 2, keys of section 7, RFC 9461 and RFC 9540).
//!
//! On the wire they are valid when keys ascend and lengths fit. A value that does not have its key's form (a
//! port of three octets) is no reason to hide the record: it is written as `keyNNN="octets"`, which takes any.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::net::{Ipv4Addr, Ipv6Addr};

use super::text;
use super::tokens::Tokens;

/// The form of a key's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Keys,
    Alpn,
    Empty,
    Port,
    Ipv4,
    Ipv6,
    Base64,
    Template,
}

/// The keys with a name, by number.
const KEYS: [(&str, Form); 9] = [
    ("mandatory", Form::Keys),
    ("alpn", Form::Alpn),
    ("no-default-alpn", Form::Empty),
    ("port", Form::Port),
    ("ipv4hint", Form::Ipv4),
    ("ech", Form::Base64),
    ("ipv6hint", Form::Ipv6),
    ("dohpath", Form::Template),
    ("ohttp", Form::Empty),
];

/// The keys below this one are known by name to every server. BIND 9.18 knows dohpath besides and Knot 3.2 does not, and
/// both know no ohttp: these are written as `keyNNN`, which all read.
const KNOWN_TO_ALL: u16 = 7;
const MANDATORY: u16 = 0;
const ALPN: u16 = 1;
const NO_DEFAULT_ALPN: u16 = 2;
const DOHPATH: u16 = 7;

/// Key and value of each parameter; ends early where the octets do not fit.
fn params(octets: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    let mut rest = octets;
    std::iter::from_fn(move || {
        let ([key, length], tail) = split_pair(rest)?;
        let (value, after) = tail.split_at_checked(usize::from(length))?;
        rest = after;
        Some((key, value))
    })
}

fn split_pair(octets: &[u8]) -> Option<([u16; 2], &[u8])> {
    let ([a, b, c, d], tail) = octets.split_first_chunk::<4>()?;
    Some(([u16::from_be_bytes([*a, *b]), u16::from_be_bytes([*c, *d])], tail))
}

/// Numbers of two octets.
fn numbers(octets: &[u8]) -> impl Iterator<Item = u16> {
    octets.as_chunks::<2>().0.iter().map(|pair| u16::from_be_bytes(*pair))
}

pub(super) fn is_valid(octets: &[u8]) -> bool {
    let mut used = 0;
    let mut previous = None;
    for (key, value) in params(octets) {
        if previous >= Some(key) {
            return false;
        }
        previous = Some(key);
        used += 4 + value.len();
    }
    used == octets.len()
}

pub(super) fn write(octets: &[u8], out: &mut String) {
    for (index, (key, value)) in params(octets).enumerate() {
        if index > 0 {
            out.push(' ');
        }
        match KEYS.get(usize::from(key)) {
            Some((name, form)) if key < KNOWN_TO_ALL && has_form(key, *form, value, octets) => {
                out.push_str(name);
                write_value(*form, value, out);
            }
            _ => {
                let _ = write!(out, "key{key}");
                if !value.is_empty() {
                    out.push('=');
                    text::quote(value, out);
                }
            }
        }
    }
}

/// The first parameter whose value is not of its form. BIND 9.18 looks at them but for ech, and knows no ohttp.
pub(super) fn bad_parameter(octets: &[u8]) -> Option<String> {
    let is_bad = |(key, value): &(u16, &[u8])| {
        let known = KEYS.get(usize::from(*key)).filter(|(_, form)| *key <= DOHPATH && *form != Form::Base64);
        known.is_some_and(|(_, form)| !has_form(*key, *form, value, octets))
    };
    params(octets).find(is_bad).map(|(key, _)| key_name(key))
}

/// Does the value have its key's form, so that reading the named form gives it back?
fn has_form(key: u16, form: Form, value: &[u8], all: &[u8]) -> bool {
    let present = |wanted: u16| params(all).any(|(key, _)| key == wanted);
    match form {
        Form::Keys => {
            let mut previous = MANDATORY;
            let ascending = |key: u16| std::mem::replace(&mut previous, key) < key;
            !value.is_empty()
                && value.len().is_multiple_of(2)
                && numbers(value).all(ascending)
                && numbers(value).all(present)
        }
        Form::Alpn => !value.is_empty() && alpn_ids(value).all(|id| id.is_some_and(|id| !id.is_empty())),
        Form::Empty => value.is_empty() && (key != NO_DEFAULT_ALPN || present(ALPN)),
        Form::Port => value.len() == 2,
        Form::Ipv4 => !value.is_empty() && value.len().is_multiple_of(4),
        Form::Ipv6 => !value.is_empty() && value.len().is_multiple_of(16),
        Form::Base64 => !value.is_empty(),
        Form::Template => is_template(value),
    }
}

/// The protocol identifiers, each after its length; a final `None` where they do not fit.
fn alpn_ids(value: &[u8]) -> impl Iterator<Item = Option<&[u8]>> {
    let mut rest = value;
    std::iter::from_fn(move || {
        let (length, tail) = rest.split_first()?;
        let (id, after) = match tail.split_at_checked(usize::from(*length)) {
            Some((id, after)) => (Some(id), after),
            None => (None, &[][..]),
        };
        rest = after;
        Some(id)
    })
}

/// A relative URI template with the variable `dns` (RFC 9461 section 5), as far as that can be told simply.
fn is_template(value: &[u8]) -> bool {
    std::str::from_utf8(value).is_ok_and(|text| {
        text.starts_with('/') && text.split_once('{').is_some_and(|(_, e)| e.contains("dns"))
    })
}

fn write_value(form: Form, value: &[u8], out: &mut String) {
    if form != Form::Empty {
        out.push('=');
    }
    // Writing to a String cannot fail.
    let _ = match form {
        Form::Empty => Ok(()),
        Form::Keys => write_list(out, numbers(value).map(written)),
        Form::Port => write_list(out, numbers(value)),
        Form::Ipv4 => write_list(out, value.as_chunks::<4>().0.iter().map(|octets| Ipv4Addr::from(*octets))),
        Form::Ipv6 => write_list(out, value.as_chunks::<16>().0.iter().map(|octets| Ipv6Addr::from(*octets))),
        Form::Base64 => return text::base64(value, out),
        Form::Template => return text::quote(value, out),
        Form::Alpn => {
            let mut list = Vec::with_capacity(value.len());
            for (index, id) in alpn_ids(value).flatten().enumerate() {
                if index > 0 {
                    list.push(b',');
                }
                for octet in id {
                    if matches!(octet, b',' | b'\\') {
                        list.push(b'\\');
                    }
                    list.push(*octet);
                }
            }
            return text::quote(&list, out);
        }
    };
}

fn write_list(out: &mut String, items: impl Iterator<Item = impl std::fmt::Display>) -> std::fmt::Result {
    for (index, item) in items.enumerate() {
        write!(out, "{}{item}", if index > 0 { "," } else { "" })?;
    }
    Ok(())
}

/// How a key is written where every server must read it.
fn written(key: u16) -> String {
    if key < KNOWN_TO_ALL { key_name(key) } else { format!("key{key}") }
}

fn key_name(key: u16) -> String {
    match KEYS.get(usize::from(key)) {
        Some((name, _)) => (*name).into(),
        None => format!("key{key}"),
    }
}

/// Reads all parameters that are left, in any order; on the wire they stand by number.
pub(super) fn read(tokens: &mut Tokens<'_, '_>, out: &mut Vec<u8>) -> Result<(), String> {
    let mut found: BTreeMap<u16, Vec<u8>> = BTreeMap::new();
    let mut named = Vec::new();
    while let Some(token) = tokens.next() {
        let (name, value) = match token.text.iter().position(|octet| *octet == b'=') {
            Some(at) => {
                (token.text.get(..at).unwrap_or_default(), token.text.get(at + 1..).unwrap_or_default())
            }
            None => (token.text, &[][..]),
        };
        // A lexer ends the token `alpn="h2"` at the quote, or leaves the quotes in it.
        let value = match tokens.peek() {
            Some(quoted) if quoted.quoted && value.is_empty() && token.text.ends_with(b"=") => {
                tokens.next();
                quoted.text
            }
            _ => value.strip_prefix(b"\"").and_then(|value| value.strip_suffix(b"\"")).unwrap_or(value),
        };
        let (key, form) = read_key(name).ok_or_else(|| {
            let small = name.to_ascii_lowercase();
            if read_key(&small).is_some() {
                let (name, small) = (name.escape_ascii(), small.escape_ascii());
                return format!("{name} is written in small letters: {small}");
            }
            format!(
                "{} is not a parameter: known are mandatory, alpn, no-default-alpn, port, ipv4hint, ipv6hint, ech, \
                 dohpath and ohttp; any other is written key123=value",
                name.escape_ascii()
            )
        })?;
        let octets = text::unescape(value)?;
        let octets = match form {
            Some(form) => {
                named.push(key);
                read_value(&key_name(key), form, &octets)?
            }
            None => octets.into_owned(),
        };
        if octets.len() > usize::from(u16::MAX) {
            return Err(format!("the value of {} is longer than 65535 octets", key_name(key)));
        }
        if found.insert(key, octets).is_some() {
            return Err(format!("the parameter {} is given twice", key_name(key)));
        }
    }
    check_relations(&found, &named)?;
    for (key, value) in found {
        out.extend_from_slice(&key.to_be_bytes());
        // At most 65535, checked above.
        out.extend_from_slice(&(value.len() as u16).to_be_bytes());
        out.extend_from_slice(&value);
    }
    Ok(())
}

/// What RFC 9460 asks of parameters among each other. `keyNNN` is taken as it comes.
fn check_relations(found: &BTreeMap<u16, Vec<u8>>, named: &[u16]) -> Result<(), String> {
    if named.contains(&MANDATORY) {
        let listed = found.get(&MANDATORY).map(Vec::as_slice).unwrap_or_default();
        if let Some(missing) = numbers(listed).find(|key| !found.contains_key(key)) {
            return Err(format!("mandatory lists {}, which is not given", key_name(missing)));
        }
    }
    if named.contains(&NO_DEFAULT_ALPN) && !found.contains_key(&ALPN) {
        return Err("no-default-alpn needs alpn beside it".into());
    }
    Ok(())
}

/// A key and the form of its value; no form for `keyNNN`, whose value is octets.
fn read_key(name: &[u8]) -> Option<(u16, Option<Form>)> {
    let named = (0u16..).zip(KEYS).find(|(_, (known, _))| known.as_bytes() == name);
    if let Some((key, (_, form))) = named {
        return Some((key, Some(form)));
    }
    let (prefix, digits) = name.split_at_checked(3)?;
    let number = u16::try_from(text::decimal(digits)?).ok()?;
    // Names are small letters, and numbers have no zeros before them (RFC 9460 section 2.1).
    let plain = digits == b"0" || !digits.starts_with(b"0");
    (prefix == b"key" && plain).then_some((number, None))
}

fn read_value(name: &str, form: Form, value: &[u8]) -> Result<Vec<u8>, String> {
    if form == Form::Empty {
        return if value.is_empty() { Ok(Vec::new()) } else { Err(format!("{name} takes no value")) };
    }
    if value.is_empty() {
        return Err(format!("{name} needs a value"));
    }
    match form {
        Form::Keys => read_keys(value),
        Form::Alpn => read_alpn(value),
        Form::Port => text::decimal(value)
            .and_then(|port| u16::try_from(port).ok())
            .map(|port| port.to_be_bytes().to_vec())
            .ok_or_else(|| "port is a number from 0 to 65535".into()),
        Form::Ipv4 => read_addresses(value, |text| Some(text.parse::<Ipv4Addr>().ok()?.octets()))
            .ok_or_else(|| "ipv4hint is IPv4 addresses with commas between".into()),
        Form::Ipv6 => read_addresses(value, |text| Some(text.parse::<Ipv6Addr>().ok()?.octets()))
            .ok_or_else(|| "ipv6hint is IPv6 addresses with commas between".into()),
        Form::Base64 => text::from_base64(value).ok_or_else(|| format!("{name} is base 64")),
        Form::Template if is_template(value) => Ok(value.to_vec()),
        Form::Template => {
            Err(format!("{name} is a path that begins with / and holds {{?dns}}, such as /dns-query{{?dns}}"))
        }
        Form::Empty => Ok(Vec::new()),
    }
}

fn read_keys(value: &[u8]) -> Result<Vec<u8>, String> {
    let mut keys = Vec::new();
    for name in value.split(|octet| *octet == b',') {
        let (key, _) = read_key(name).ok_or_else(|| {
            format!("mandatory lists parameters with commas between; {} is none", name.escape_ascii())
        })?;
        if key == MANDATORY {
            return Err("mandatory must not list itself".into());
        }
        keys.push(key);
    }
    keys.sort_unstable();
    if !keys.is_sorted_by(|a, b| a < b) {
        return Err("mandatory lists a parameter twice".into());
    }
    Ok(keys.into_iter().flat_map(u16::to_be_bytes).collect())
}

/// A list with commas between, where `\,` and `\\` stand for the characters themselves (RFC 9460 appendix A.1).
fn read_alpn(value: &[u8]) -> Result<Vec<u8>, String> {
    let mut ids = vec![Vec::new()];
    let mut octets = value.iter();
    while let Some(octet) = octets.next() {
        let octet = match octet {
            b',' => {
                ids.push(Vec::new());
                continue;
            }
            b'\\' => octets.next().ok_or("alpn ends in a backslash")?,
            octet => octet,
        };
        if let Some(id) = ids.last_mut() {
            id.push(*octet);
        }
    }
    let mut wire = Vec::with_capacity(value.len() + 1);
    for id in ids {
        let length = u8::try_from(id.len()).ok().filter(|length| *length > 0);
        wire.push(
            length.ok_or("alpn is protocol names of 1 to 255 octets with commas between, such as h2,h3")?,
        );
        wire.extend_from_slice(&id);
    }
    Ok(wire)
}

fn read_addresses<const N: usize>(value: &[u8], read: impl Fn(&str) -> Option<[u8; N]>) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(value).ok()?;
    let addresses: Option<Vec<[u8; N]>> = text.split(',').map(read).collect();
    Some(addresses?.concat())
}
