//! Lines of journals and of the history: a CRC-32 of the rest, a blank, JSON. And RRsets and changes in them.
//!
//! A line that was torn or changed is never taken for another one. No secret is ever in here.

use std::io;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::zone::changes::{Change, ChangeMap};
use crate::zone::{Name, RecordType, RrKey, RrSet};

/// One changed RRset.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ChangeLine {
    owner: String,
    rtype: u16,
    #[serde(default, skip_serializing_if = "is_zero")]
    covered: u16,
    before: Option<SetLine>,
    after: Option<SetLine>,
}

/// Which RRset.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KeyLine {
    owner: String,
    rtype: u16,
    #[serde(default, skip_serializing_if = "is_zero")]
    covered: u16,
}

/// What an RRset holds.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SetLine {
    ttl: u32,
    /// Hexadecimal octets, so that nothing is lost to text forms.
    rdata: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    mixed_ttls: Vec<u32>,
}

fn is_zero(number: &u16) -> bool {
    *number == 0
}

/// A line with its end.
pub(super) fn encode(line: &impl Serialize) -> io::Result<String> {
    let json = serde_json::to_string(line)?;
    Ok(format!("{:08x} {json}\n", crc32fast::hash(json.as_bytes())))
}

/// What a line without its end holds; `None` for one that is not whole.
pub(super) fn decode<T: DeserializeOwned>(line: &[u8]) -> Option<T> {
    let (checksum, json) = line.split_at_checked(9)?;
    let checksum = std::str::from_utf8(checksum).ok()?.strip_suffix(' ')?;
    if u32::from_str_radix(checksum, 16).ok()? != crc32fast::hash(json) {
        return None;
    }
    serde_json::from_slice(json).ok()
}

pub(super) fn change_lines<'a>(
    changes: impl IntoIterator<Item = (&'a RrKey, &'a Change)>,
) -> Vec<ChangeLine> {
    let line = |(key, change): (&RrKey, &Change)| ChangeLine {
        owner: key.owner.to_string(),
        rtype: key.rtype.0,
        covered: key.covered.0,
        before: change.before.as_ref().map(set_line),
        after: change.after.as_ref().map(set_line),
    };
    changes.into_iter().map(line).collect()
}

/// `None` where one of them makes no sense.
pub(super) fn changes_of(lines: Vec<ChangeLine>) -> Option<ChangeMap> {
    let change = |line: ChangeLine| {
        let ChangeLine { owner, rtype, covered, before, after } = line;
        let key = key_of(KeyLine { owner, rtype, covered })?;
        Some((key, Change { before: side_of(before)?, after: side_of(after)? }))
    };
    lines.into_iter().map(change).collect()
}

pub(super) fn key_of(line: KeyLine) -> Option<RrKey> {
    Some(RrKey {
        owner: Name::parse(line.owner.as_bytes(), None).ok()?,
        rtype: RecordType(line.rtype),
        covered: RecordType(line.covered),
    })
}

/// `None` where it makes no sense, and within that `None` where there is no RRset.
pub(super) fn side_of(side: Option<SetLine>) -> Option<Option<RrSet>> {
    match side {
        Some(line) => set_of(line).map(Some),
        None => Some(None),
    }
}

pub(super) fn key_line(key: &RrKey) -> KeyLine {
    KeyLine { owner: key.owner.to_string(), rtype: key.rtype.0, covered: key.covered.0 }
}

/// Octets in hexadecimal digits.
pub(super) fn hex(octets: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| DIGITS.get(usize::from(nibble)).map_or('0', |digit| char::from(*digit));
    octets.iter().flat_map(|octet| [digit(octet >> 4), digit(octet & 15)]).collect()
}

/// The octets of [`hex`]; `None` where it is something else.
pub(super) fn octets_of(hex: &str) -> Option<Box<[u8]>> {
    let octet = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    let octets = hex.as_bytes().chunks(2).map(octet).collect::<Option<Vec<u8>>>();
    octets.filter(|_| hex.len().is_multiple_of(2)).map(Vec::into_boxed_slice)
}

pub(super) fn set_line(set: &RrSet) -> SetLine {
    SetLine {
        ttl: set.ttl,
        rdata: set.rdata.iter().map(|rdata| hex(rdata)).collect(),
        mixed_ttls: set.mixed_ttls.clone(),
    }
}

fn set_of(line: SetLine) -> Option<RrSet> {
    let rdata = line.rdata.iter().map(|text| octets_of(text)).collect::<Option<Vec<_>>>()?;
    Some(RrSet { ttl: line.ttl, rdata, mixed_ttls: line.mixed_ttls })
}
