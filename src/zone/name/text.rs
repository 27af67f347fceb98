//! Names from presentation format (RFC 1035 section 5.1).

use super::{MAX_LABEL, MAX_NAME, NameError, NameRef};

/// Appends the name that a text stands for to `wire`, as [`super::Name::parse`] reads it.
///
/// # Errors
/// Those of [`super::Name::parse`]; then nothing is appended.
pub fn append(text: &[u8], origin: Option<NameRef<'_>>, wire: &mut Vec<u8>) -> Result<(), NameError> {
    let start = wire.len();
    if append_plain(text, origin, wire).is_some() {
        return Ok(());
    }
    wire.truncate(start);
    let appended = append_labels(text, origin, wire);
    if appended.is_err() {
        wire.truncate(start);
    }
    appended
}

/// The same for names without escapes, as nearly all are: copied at once, with lengths where dots stood. `None` says
/// nothing: [`append_labels`] has the last word.
fn append_plain(text: &[u8], origin: Option<NameRef<'_>>, wire: &mut Vec<u8>) -> Option<()> {
    let start = wire.len();
    wire.push(0);
    wire.extend_from_slice(text);
    // Where the length of the label stands that is being read.
    let mut label = start;
    for (at, octet) in text.iter().enumerate() {
        if !SPECIAL.get(usize::from(*octet)).is_some_and(|special| *special) {
            continue;
        }
        if *octet != b'.' {
            return None;
        }
        set_length(wire, label, start + 1 + at)?;
        label = start + 1 + at;
    }
    match text.last()? {
        b'.' => *wire.last_mut()? = 0,
        _ => {
            set_length(wire, label, start + 1 + text.len())?;
            wire.extend_from_slice(origin?.0);
        }
    }
    (wire.len() - start <= MAX_NAME).then_some(())
}

/// The octets that are not simply copied.
const SPECIAL: [bool; 256] = {
    let mut special = [false; 256];
    let mut octet = 0;
    while octet < special.len() {
        special[octet] = matches!(octet as u8, b'.' | b'\\' | b'@' | 0x80..);
        octet += 1;
    }
    special
};

/// Writes the length of the label that ends before `end` to its place.
fn set_length(wire: &mut [u8], label: usize, end: usize) -> Option<()> {
    let length = u8::try_from(end - label - 1).ok().filter(|length| (1..=63).contains(length))?;
    *wire.get_mut(label)? = length;
    Some(())
}

fn append_labels(text: &[u8], origin: Option<NameRef<'_>>, wire: &mut Vec<u8>) -> Result<(), NameError> {
    match text {
        b"@" => {
            wire.extend_from_slice(origin.ok_or(NameError::NoOrigin)?.0);
            return Ok(());
        }
        b"." => {
            wire.push(0);
            return Ok(());
        }
        [] => return Err(NameError::Empty),
        _ => {}
    }
    let start = wire.len();
    let mut rest = text;
    loop {
        let label = wire.len();
        wire.push(0);
        let dot = append_label(&mut rest, label, wire)?;
        if wire.len() - start > MAX_NAME {
            return Err(NameError::TooLong);
        }
        close_label(wire, label)?;
        if !dot {
            wire.extend_from_slice(origin.ok_or(NameError::NoOrigin)?.0);
            break;
        }
        if rest.is_empty() {
            wire.push(0);
            break;
        }
    }
    if wire.len() - start > MAX_NAME { Err(NameError::TooLong) } else { Ok(()) }
}

/// Appends the octets of one label, whose length octet stands at `label`; was there a dot after it?
fn append_label(rest: &mut &[u8], label: usize, wire: &mut Vec<u8>) -> Result<bool, NameError> {
    loop {
        let special = |octet: &u8| matches!(octet, b'.' | b'\\' | 0x80..);
        let plain = rest.iter().position(special).unwrap_or(rest.len());
        let (octets, after) = rest.split_at_checked(plain).unwrap_or_default();
        if wire.len() + octets.len() - label > MAX_LABEL + 1 {
            return Err(NameError::LabelTooLong);
        }
        wire.extend_from_slice(octets);
        match after.split_first() {
            None => {
                *rest = &[];
                return Ok(false);
            }
            Some((b'.', tail)) => {
                *rest = tail;
                return Ok(true);
            }
            Some((b'\\', tail)) => {
                let (value, used) = unescape(tail).ok_or(NameError::BadEscape)?;
                wire.push(value);
                *rest = tail.get(used..).unwrap_or_default();
            }
            Some(_) => return Err(NameError::NotAscii),
        }
        if wire.len() - label > MAX_LABEL + 1 {
            return Err(NameError::LabelTooLong);
        }
    }
}

fn close_label(wire: &mut [u8], start: usize) -> Result<(), NameError> {
    let length = wire.len() - start - 1;
    match wire.get_mut(start) {
        Some(first) if (1..=MAX_LABEL).contains(&length) => {
            // At most 63, checked just above.
            *first = length as u8;
            Ok(())
        }
        _ if length == 0 => Err(NameError::EmptyLabel),
        _ => Err(NameError::LabelTooLong),
    }
}

/// The octet that the text after a backslash stands for, and how many octets of text it took.
pub fn unescape(after_backslash: &[u8]) -> Option<(u8, usize)> {
    match after_backslash {
        [a @ b'0'..=b'9', b @ b'0'..=b'9', c @ b'0'..=b'9', ..] => {
            let value = u16::from(a - b'0') * 100 + u16::from(b - b'0') * 10 + u16::from(c - b'0');
            u8::try_from(value).ok().map(|value| (value, 3))
        }
        [b'0'..=b'9', ..] | [] => None,
        [octet, ..] => Some((*octet, 1)),
    }
}
