//! Records and their circumstances in words: short texts for lists, messages and labels.

use super::follow;
use super::open::Open;
use super::rows::{Mark, Row};
use super::standing;
use crate::zone::{Name, RecordType, RrKey, managed, types};

/// A TTL in the largest units that give it exactly: "1h", "1h30m", "90061" where that would be long.
pub fn ttl(seconds: u32) -> String {
    let mut text = String::new();
    let mut rest = seconds;
    for (unit, size) in [("w", 604_800), ("d", 86_400), ("h", 3600), ("m", 60), ("s", 1)] {
        if rest >= size {
            text.push_str(&format!("{}{unit}", rest / size));
            rest %= size;
        }
    }
    match text.len() {
        0 => "0s".into(),
        1..=6 => text,
        _ => seconds.to_string(),
    }
}

/// A span of time in one unit, never more than it is: "13 d", "5 h", "7 min".
pub fn span(seconds: u64) -> String {
    match seconds {
        172_800.. => format!("{} d", seconds / 86_400),
        7_200.. => format!("{} h", seconds / 3600),
        _ => format!("{} min", seconds / 60),
    }
}

/// "1 change", "2 changes".
pub fn count(number: usize, one: &str) -> String {
    match number {
        1 => format!("1 {one}"),
        _ => format!("{number} {one}s"),
    }
}

/// An RRset for labels and lists: "www A".
pub fn set(key: &RrKey, origin: &Name) -> String {
    format!("{} {}", key.owner.relative_to(origin), key.rtype)
}

/// RDATA as lists show it.
pub fn data(row: &Row, origin: &Name) -> String {
    types::format_rdata(row.key.rtype, &row.rdata, Some(origin.as_ref()))
}

/// The record as a line of a zone file, absolute.
pub fn line(row: &Row) -> String {
    let data = types::format_rdata(row.key.rtype, &row.rdata, None);
    format!("{} {} IN {} {data}", row.key.owner, row.ttl, row.key.rtype)
}

/// Is it made by the server, so that editing it makes no sense? Signatures and the like are in any case: no push
/// sends them.
pub fn is_managed(open: &Open, key: &RrKey) -> bool {
    is_never_edited(key.rtype) || managed::is_managed(open.signed(), open.draft.base(), key)
}

/// The records that only signing makes, whoever does it.
pub fn is_never_edited(rtype: RecordType) -> bool {
    matches!(rtype, RecordType::RRSIG | RecordType::NSEC | RecordType::NSEC3)
}

/// What there is to say about a row, in a few words.
pub fn note(open: &Open, row: &Row) -> String {
    let origin = open.draft.base().origin();
    if row.conflict {
        return "also changed by somebody else; M shows both".into();
    }
    if let Some(why) = open.file.as_ref().and_then(|file| file.why_read_only(&row.key)) {
        return why;
    }
    if row.mark == Mark::Parked {
        return "parked: kept in the text, not in the zone; x takes it back".into();
    }
    if row.mark == Mark::Deleted {
        return "deleted; - brings it back".into();
    }
    if let Some((old_ttl, old)) = &row.was {
        let old_data = types::format_rdata(row.key.rtype, old, Some(origin.as_ref()));
        let new_data = data(row, origin);
        return match (*old_ttl == row.ttl, old_data == new_data) {
            (true, _) => format!("was {old_data}"),
            (false, true) => format!("TTL was {}", ttl(*old_ttl)),
            (false, false) => format!("was {} {old_data}", ttl(*old_ttl)),
        };
    }
    if let Some(change) = open.news.get(&row.key) {
        return follow::note(change, row);
    }
    if is_managed(open, &row.key) {
        return "made by the server".into();
    }
    let records = open.draft.get(&row.key).map_or(0, |set| set.rdata.len());
    match row.key.rtype {
        RecordType::A | RecordType::AAAA if records > 1 => format!("{records} addresses, served round robin"),
        RecordType::NS if row.key.owner == *origin => standing::in_words(open, row),
        RecordType::NS => "delegation: others answer below this name".into(),
        _ if row.key.owner.as_ref().is_wildcard() => "answers for names here that do not exist".into(),
        rtype => types::info(rtype).map_or_else(String::new, |info| info.purpose.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ttls() {
        for (seconds, text) in [
            (0, "0s"),
            (300, "5m"),
            (3600, "1h"),
            (5400, "1h30m"),
            (86400, "1d"),
            (90061, "90061"),
            (u32::MAX, "4294967295"),
        ] {
            assert_eq!(ttl(seconds), text);
        }
    }

    #[test]
    fn spans() {
        for (seconds, text) in
            [(59, "0 min"), (7199, "119 min"), (7200, "2 h"), (172_800, "2 d"), (2_591_999, "29 d")]
        {
            assert_eq!(span(seconds), text);
        }
    }
}
