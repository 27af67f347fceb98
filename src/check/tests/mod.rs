//! Tests of the rules: each with a zone that trips it and one that does not; and of the walks over them.

mod edits;
mod fixes;
mod pairs;
mod parts;
mod texts;

use crate::zone::{Name, RecordType, Snapshot, SnapshotBuilder};
use crate::zonefile;

/// 2026-11-22 02:03 UTC.
pub const NOW: u64 = 1_795_312_980;

/// A zone in which no rule finds anything.
pub const BASE: &str = "$ORIGIN example.com.\n$TTL 1h\n@ SOA ns1 hostmaster 2026010101 2h 30m 2w 1h\n@ NS ns1\n\
                        @ NS ns2.example.net.\n@ MX 10 mail\nns1 A 192.0.2.1\nmail A 192.0.2.20\n";

/// The zone of a text, broken as it may be: what the reader would refuse stays in.
pub fn zone(text: &str) -> Snapshot {
    let records = zonefile::parse(text.as_bytes(), None).records;
    assert_eq!(records.len(), text.lines().filter(|line| !line.starts_with('$')).count(), "{text}");
    let soa = records.iter().find(|record| record.rtype == RecordType::SOA).unwrap();
    let mut builder = SnapshotBuilder::new(soa.owner.clone());
    for record in &records {
        builder.push(record.owner.as_ref(), record.rtype, record.ttl, &record.rdata).unwrap();
    }
    builder.finish().unwrap()
}

pub fn name(text: &str) -> Name {
    let origin = Name::parse(b"example.com.", None).unwrap();
    Name::parse(text.as_bytes(), Some(origin.as_ref())).unwrap()
}
