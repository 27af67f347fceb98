//! Records that are taken from a text into a zone that is there already: all of it, or a few.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use super::include::{Includes, Loader};
use super::layout::TtlFrom;
use super::problem::{Problem, Problems, Severity};
use super::reader::{Reader, State};
use super::record::{ReadRecord, Sink};
use crate::zone::snapshot::SnapshotError;
use crate::zone::{Name, Rdata, RecordType, RrKey, Snapshot, SnapshotBuilder, types};

/// What a text has for a zone.
#[derive(Debug)]
pub struct Part {
    /// Its records, with the SOA that was given where the text has none.
    pub records: Snapshot,
    pub has_soa: bool,
    /// How many records are not in the zone, and the owner of the first of them.
    pub outside: Option<(usize, Name)>,
    /// How many records were read, repetitions counted.
    pub count: usize,
    pub warnings: Vec<Problem>,
}

/// Reads the records that a text has for the zone `origin`. The text may do without an SOA (then `soa` stands in the
/// result, so that it is a zone), and without any TTL: then `default_ttl` holds, in seconds.
///
/// # Errors
/// All problems, where one of them is an error.
pub fn read_part(
    text: &[u8],
    origin: &Name,
    soa: (u32, &Rdata),
    default_ttl: u32,
    loader: Option<&mut dyn Loader>,
) -> Result<Part, Vec<Problem>> {
    let mut loader = loader;
    // A text says more of its TTLs than a default would leave of it.
    match read_with(text, origin, soa, None, super::zone::reborrow(&mut loader)) {
        Ok(part) => Ok(part),
        Err(_) => read_with(text, origin, soa, Some(default_ttl), loader),
    }
}

fn read_with(
    text: &[u8],
    origin: &Name,
    (ttl, soa): (u32, &Rdata),
    default_ttl: Option<u32>,
    loader: Option<&mut dyn Loader>,
) -> Result<Part, Vec<Problem>> {
    let mut state = State::new(Some(Arc::new(origin.clone())));
    state.default_ttl = default_ttl.map(|ttl| (ttl, TtlFrom::Directive));
    let builder = SnapshotBuilder::new(origin.clone());
    let mut gathered = Gathered { builder, soa: None, outside: None, count: 0 };
    let mut includes = Includes { loader, ..Includes::default() };
    let mut reader = Reader::new(text, state, &mut includes);
    reader.read(&mut gathered);
    let mut problems = reader.problems;
    let Gathered { mut builder, soa: own, outside, count } = gathered;
    let has_soa = own.is_some();
    if !has_soa && let Err(error) = builder.push(origin.as_ref(), RecordType::SOA, ttl, soa) {
        problems.error(0..0, format!("{error}."));
    }
    match builder.finish() {
        Err(error) => {
            let end = text.len();
            problems.error(own.map_or(end..end, |(_, place)| place), format!("This is no zone: {error}."));
            Err(problems.finish(text))
        }
        Ok(records) => {
            let problems = problems.finish(text);
            match problems.iter().any(|problem| problem.severity == Severity::Error) {
                true => Err(problems),
                false => Ok(Part { records, has_soa, outside, count, warnings: problems }),
            }
        }
    }
}

/// The record sets of which a record stands in a file that the text includes, each with that file.
pub fn included_sets(
    text: &[u8],
    origin: &Name,
    loader: Option<&mut dyn Loader>,
) -> BTreeMap<RrKey, Arc<str>> {
    let mut includes = Includes { loader, ..Includes::default() };
    let mut sets = Included(BTreeMap::new());
    Reader::new(text, State::new(Some(Arc::new(origin.clone()))), &mut includes).read(&mut sets);
    sets.0
}

struct Included(BTreeMap<RrKey, Arc<str>>);

impl Sink for Included {
    fn record(&mut self, record: ReadRecord<'_>, _: &mut Problems) {
        if let Some((_, file)) = record.place.included {
            let key = RrKey::of_record(record.owner, record.rtype, record.rdata);
            self.0.entry(key).or_insert_with(|| Arc::clone(file));
        }
    }
}

struct Gathered {
    builder: SnapshotBuilder,
    /// The first SOA, and where it stands.
    soa: Option<(Rdata, Range<usize>)>,
    outside: Option<(usize, Name)>,
    count: usize,
}

impl Sink for Gathered {
    fn record(&mut self, record: ReadRecord<'_>, problems: &mut Problems) {
        self.count += 1;
        let is_soa = record.rtype == RecordType::SOA;
        let canonical = |rdata: &[u8]| types::canonical(RecordType::SOA, rdata).into_owned();
        if is_soa && self.soa.as_ref().is_some_and(|(soa, _)| canonical(soa) != canonical(record.rdata)) {
            return problems.error(record.span, "This is a second SOA record. A zone has one.");
        }
        match self.builder.push(record.owner, record.rtype, record.ttl, record.rdata) {
            Ok(()) if is_soa => {
                let place = record.place_in_text();
                self.soa.get_or_insert((record.rdata.into(), place));
            }
            Ok(()) => {}
            Err(SnapshotError::OutOfZone(owner)) => self.outside.get_or_insert((0, owner)).0 += 1,
            Err(error) => problems.error(record.span, format!("{error}.")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zone::Soa;

    fn part(text: &str) -> Result<Part, Vec<Problem>> {
        let origin = Name::parse(b"example.com.", None).unwrap();
        let soa = Soa { serial: 7, ..Soa::default() }.to_rdata();
        read_part(text.as_bytes(), &origin, (60, &soa), 300, None)
    }

    fn records(part: &Part) -> Vec<String> {
        let line = |record: crate::zone::snapshot::RecordRef<'_>| {
            format!("{} {} {}", record.owner, record.ttl, record.rtype)
        };
        part.records.records().map(line).collect()
    }

    #[test]
    fn a_part_needs_neither_soa_nor_ttl() {
        let found =
            part("www A 192.0.2.1\n$ORIGIN example.net.\nb 60 A 192.0.2.2\nc 60 A 192.0.2.3\n").unwrap();
        assert_eq!(records(&found), ["example.com. 60 SOA", "www.example.com. 300 A"]);
        assert!(!found.has_soa && found.records.serial() == 7);
        let (count, first) = found.outside.unwrap();
        assert_eq!((count, first.to_string(), found.count), (2, "b.example.net.".into(), 3));
        // The TTLs of a text that is complete are its own.
        let found = part("a 20 A 192.0.2.1\nb A 192.0.2.2\n").unwrap();
        assert_eq!(records(&found)[1..], ["a.example.com. 20 A", "b.example.com. 20 A"]);
        let whole = "@ SOA ns h 9 1 1 1 30\n  NS ns\n@ SOA ns h 9 1 1 1 30\n";
        let found = part(whole).unwrap();
        assert_eq!(records(&found), ["example.com. 30 SOA", "example.com. 30 NS"]);
        assert!(found.has_soa && found.records.serial() == 9);
        assert!(part("").unwrap().outside.is_none());
    }

    #[test]
    fn all_errors_are_told() {
        let problems = part("www A 192.0.2.999\nb A\n@ SOA ns h 9 1 1 1 30\n").unwrap_err();
        let lines: Vec<usize> = problems.iter().map(|problem| problem.line).collect();
        assert_eq!(lines, [1, 2], "{problems:?}");
        let problems = part("@ SOA ns h 9 1 1 1 30\n@ SOA ns h 8 1 1 1 30\n").unwrap_err();
        assert!(problems[0].message.contains("second SOA"), "{problems:?}");
        assert!(part("$INCLUDE other\n").is_err());
    }
}
