//! Putting a snapshot together from records in any order.

use std::sync::atomic::AtomicU32;

use super::order::{Names, Run};
use super::seen::Seen;
use super::stretches::{Merged, Stretches};
use super::{Row, Snapshot, SnapshotError};
use crate::zone::beside::{self, beside};
use crate::zone::name::{Name, NameRef};
use crate::zone::rrset::{RrKey, covered};
use crate::zone::rtype::RecordType;
use crate::zone::soa::Soa;

/// Puts a snapshot together from records in any order.
#[derive(Debug, Clone)]
pub struct SnapshotBuilder {
    origin: Name,
    names: Vec<u8>,
    rdata: Vec<u8>,
    rows: Vec<Row>,
    last_owner: Option<u32>,
    /// The owners of the first rows; empty while nobody asked for that.
    runs: Stretches,
    /// How many rows these are.
    arranged: usize,
}

impl SnapshotBuilder {
    pub fn new(origin: Name) -> SnapshotBuilder {
        SnapshotBuilder {
            origin,
            names: Vec::new(),
            rdata: Vec::new(),
            rows: Vec::new(),
            last_owner: None,
            runs: Stretches::default(),
            arranged: 0,
        }
    }

    /// The name of the zone.
    pub fn origin(&self) -> &Name {
        &self.origin
    }

    /// How many records were given, those that are there twice among them.
    pub fn record_count(&self) -> usize {
        self.rows.len()
    }

    /// Puts the records so far in order, those of an owner and the owners: what a thread does for its part of a zone,
    /// so that [`SnapshotBuilder::finish`] has less to do.
    pub fn arrange(&mut self) {
        let names = Names { origin: self.origin.as_ref(), names: &self.names };
        let mut runs: Vec<Run> = names.runs(&self.rows, self.arranged).collect();
        let mut seen = Seen::default();
        for run in &mut runs {
            let rows = self.rows.get_mut(run.rows()).unwrap_or_default();
            run.settled = settle(&self.rdata, rows, &mut seen);
        }
        self.runs.extend(names, &self.rows, runs, 1);
        self.arranged = self.rows.len();
    }

    /// Moves the records of another builder of the same zone behind those that are here, in which they leave their
    /// room.
    ///
    /// # Errors
    /// [`SnapshotError::TooLarge`]; then nothing is moved.
    pub fn append(&mut self, other: &mut SnapshotBuilder) -> Result<(), SnapshotError> {
        let too_large = |_| SnapshotError::TooLarge;
        let names = u32::try_from(self.names.len()).map_err(too_large)?;
        let rdata = u32::try_from(self.rdata.len()).map_err(too_large)?;
        let rows = u32::try_from(self.rows.len()).map_err(too_large)?;
        u32::try_from(self.names.len() + other.names.len()).map_err(too_large)?;
        u32::try_from(self.rdata.len() + other.rdata.len()).map_err(too_large)?;
        u32::try_from(self.rows.len() + other.rows.len()).map_err(too_large)?;
        self.arrange();
        other.arrange();
        self.names.append(&mut other.names);
        self.rdata.append(&mut other.rdata);
        let moved = |row: Row| Row { owner: row.owner + names, rdata: row.rdata + rdata, ..row };
        self.rows.extend(other.rows.drain(..).map(moved));
        self.runs.append(&mut other.runs, rows);
        self.arranged = self.rows.len();
        (self.last_owner, other.last_owner, other.arranged) = (None, None, 0);
        Ok(())
    }

    /// Records so far.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Adds a record. `rdata` is uncompressed wire form.
    ///
    /// # Errors
    /// [`SnapshotError::OutOfZone`], [`SnapshotError::TooLarge`].
    pub fn push(
        &mut self,
        owner: NameRef<'_>,
        rtype: RecordType,
        ttl: u32,
        rdata: &[u8],
    ) -> Result<(), SnapshotError> {
        let too_large = |_| SnapshotError::TooLarge;
        let is_last = |last: &u32| {
            self.names.get(*last as usize..).is_some_and(|names| names.starts_with(owner.wire()))
        };
        let owner = match self.last_owner.filter(is_last) {
            Some(last) => last,
            None if !owner.is_at_or_below(self.origin.as_ref()) => {
                return Err(SnapshotError::OutOfZone(owner.to_name()));
            }
            None => {
                let start = u32::try_from(self.names.len()).map_err(too_large)?;
                self.names.extend_from_slice(owner.wire());
                self.last_owner = Some(start);
                start
            }
        };
        let start = u32::try_from(self.rdata.len()).map_err(too_large)?;
        let length = u16::try_from(rdata.len()).map_err(too_large)?;
        self.rdata.extend_from_slice(rdata);
        self.rows.push(Row { owner, rdata: start, ttl, length, rtype });
        Ok(())
    }

    /// Sorts, drops records that are there twice, and checks that there is one SOA.
    ///
    /// # Errors
    /// [`SnapshotError`] when the records are not a zone.
    pub fn finish(self) -> Result<Snapshot, SnapshotError> {
        if u32::try_from(self.rows.len()).is_err() {
            return Err(SnapshotError::TooLarge);
        }
        let mut zone = Snapshot {
            soa: Soa::default(),
            origin: self.origin,
            names: self.names,
            rdata: self.rdata,
            rows: Vec::new(),
            sets: Vec::new(),
            respelled: false,
            searched: AtomicU32::new(0),
        };
        let (rows, shares) = in_order(&zone, self.rows, self.runs, self.arranged);
        zone.join(rows, shares);
        let soa = zone.get(&RrKey::new(zone.origin.clone(), RecordType::SOA)).ok_or(SnapshotError::NoSoa)?;
        match soa.rdata.as_slice() {
            [only] => zone.soa = Soa::from_rdata(only).ok_or(SnapshotError::BadSoa)?,
            several => return Err(SnapshotError::SeveralSoa(several.len())),
        }
        Ok(zone)
    }
}

/// Some of the rows of a zone that stand together, in zone order: all rows of their owners. They are put in order
/// beside other shares.
struct Share {
    /// The rows, where they were put in order in a table of their own.
    moved: Option<Vec<Row>>,
    /// How many rows there are, and how many of them are kept, at the start of the others.
    given: usize,
    kept: usize,
    /// The first row of each RRset, counted from the first row of the share.
    sets: Vec<u32>,
    /// See [`Snapshot::respelled`].
    respelled: bool,
}

impl Snapshot {
    /// Takes rows over from the shares that they were put in order in.
    fn join(&mut self, mut rows: Vec<Row>, mut shares: Vec<Share>) {
        // Back into the table that there is: new memory costs more than the copy.
        let mut rest = rows.as_mut_slice();
        let moved = shares.iter_mut().filter_map(|share| {
            let moved = share.moved.take()?;
            let (places, others) = std::mem::take(&mut rest).split_at_mut_checked(share.kept)?;
            rest = others;
            // They stand without gaps then.
            share.given = share.kept;
            Some((places, moved))
        });
        beside(moved.collect(), |(places, moved)| {
            places.iter_mut().zip(&moved).for_each(|(place, row)| *place = *row);
        });
        let (mut at, mut kept) = (0, 0);
        for share in shares {
            if at > kept {
                rows.copy_within(at..at + share.given, kept);
            }
            // Row numbers fit: the builder sees to that.
            let first = kept as u32;
            match self.sets.is_empty() {
                true => self.sets = share.sets,
                false => self.sets.extend(share.sets.iter().map(|set| first + set)),
            }
            self.respelled |= share.respelled;
            at += share.given;
            kept += share.kept;
        }
        rows.truncate(kept);
        self.sets.push(kept as u32);
        self.rows = rows;
    }
}

/// Puts rows in zone order, in shares; `runs` are those of the first `arranged` rows.
fn in_order(
    zone: &Snapshot,
    mut rows: Vec<Row>,
    mut runs: Stretches,
    arranged: usize,
) -> (Vec<Row>, Vec<Share>) {
    let names = Names { origin: zone.origin.as_ref(), names: &zone.names };
    let parts = beside::parts(rows.len());
    // Most servers send zones in order; files are seldom so.
    let in_order = |a: &Run, b: &Run| names.compare(&rows, a, b).is_le();
    let mut sorted = arranged == 0 && names.runs(&rows, 0).is_sorted_by(in_order);
    if !sorted {
        runs.extend(names, &rows, names.runs(&rows, arranged).collect(), parts);
        sorted = runs.are_in_order(names, &rows);
    }
    if sorted {
        drop(runs);
        let shares = beside(names.by_owner(&mut rows, parts), |rows| {
            let (owners, respelled) = owners(names, rows);
            compacted(zone, rows, &owners, respelled)
        });
        return (rows, shares);
    }
    // In tables of their own: to move a million rows in place, each to somewhere else, takes five times as long.
    let shares = beside(runs.shares(names, &rows, parts), |runs| {
        let (mut moved, owners, respelled) = moved(names, &rows, runs);
        let share = compacted(zone, &mut moved, &owners, respelled);
        Share { moved: Some(moved), ..share }
    });
    (rows, shares)
}

/// An owner among rows in order of their owners.
struct Owner {
    /// Its first row.
    start: u32,
    /// Its rows are in order, and none is there twice.
    settled: bool,
}

/// Finds the owners of rows that are in order, and whether a name is spelled in several ways.
fn owners(names: Names<'_>, rows: &mut [Row]) -> (Vec<Owner>, bool) {
    let (mut owners, mut respelled) = (Vec::new(), false);
    let mut last: Option<Row> = None;
    for (at, row) in rows.iter_mut().enumerate() {
        match last {
            Some(last) if last.owner == row.owner => continue,
            Some(last) if names.owner(&last) == names.owner(row) => respelled |= names.respells(&last, row),
            // Row numbers fit: the builder sees to that.
            _ => owners.push(Owner { start: at as u32, settled: false }),
        }
        last = Some(*row);
    }
    (owners, respelled)
}

/// Copies rows in the order that runs say; tells what [`owners`] does.
fn moved(names: Names<'_>, rows: &[Row], mut runs: Merged<'_>) -> (Vec<Row>, Vec<Owner>, bool) {
    // Rows are far away in memory: where it is known of several which they are, they are fetched beside each other.
    const AT_ONCE: usize = 256;
    let (mut owners, mut respelled) = (Vec::<Owner>::new(), false);
    let mut moved = Vec::with_capacity(runs.row_count());
    let mut last: Option<(Run, Row)> = None;
    let mut next: Vec<Run> = Vec::with_capacity(AT_ONCE);
    loop {
        next.clear();
        next.extend(runs.by_ref().take(AT_ONCE));
        for run in &next {
            let start = moved.len();
            // Mostly one or two: to call for a copy would take longer.
            moved.extend(rows.get(run.rows()).unwrap_or_default().iter().copied());
            match last {
                Some((last, before)) if names.compare(rows, &last, run).is_eq() => {
                    owners.last_mut().into_iter().for_each(|owner| owner.settled = false);
                    for row in moved.iter_mut().skip(start) {
                        respelled |= names.respells(&before, row);
                    }
                }
                // Row numbers fit: the builder sees to that.
                _ => owners.push(Owner { start: start as u32, settled: run.settled }),
            }
            last = moved.last().map(|row| (*run, *row));
        }
        if next.len() < AT_ONCE {
            return (moved, owners, respelled);
        }
    }
}

/// Puts the rows of each owner in order and those that are there twice behind all others. RDATA is far away in memory:
/// that of settled owners is not looked at.
fn compacted(zone: &Snapshot, rows: &mut [Row], owners: &[Owner], respelled: bool) -> Share {
    let mut sets: Vec<u32> = Vec::with_capacity(owners.len());
    let mut kept = 0;
    let mut seen = Seen::default();
    let ends = owners.iter().skip(1).map(|owner| owner.start as usize).chain([rows.len()]);
    for (owner, end) in owners.iter().zip(ends) {
        let start = owner.start as usize;
        let of_owner = rows.get_mut(start..end).unwrap_or_default();
        let settled = owner.settled || settle(&zone.rdata, of_owner, &mut seen);
        let mut last = None;
        for next in start..end {
            let Some(row) = rows.get(next).copied() else { break };
            let kind = Some(kind(&zone.rdata, &row));
            if last != kind {
                seen.clear();
                // Row numbers fit: the builder sees to that.
                sets.push(kept as u32);
                last = kind;
            }
            if !settled && seen.has(row.rtype, row.rdata(&zone.rdata)) {
                continue;
            }
            rows.swap(kept, next);
            kept += 1;
        }
    }
    Share { moved: None, given: rows.len(), kept, sets, respelled }
}

/// What the rows of an owner are ordered by.
fn kind(rdata: &[u8], row: &Row) -> (RecordType, RecordType) {
    (row.rtype, covered(row.rtype, row.rdata(rdata)))
}

/// Puts the rows of one owner in order; true where none is there twice.
fn settle<'z>(rdata: &'z [u8], rows: &mut [Row], seen: &mut Seen<'z>) -> bool {
    let kind = |row: &Row| kind(rdata, row);
    // One of each kind, as with most owners.
    if rows.is_sorted_by(|a, b| kind(a) < kind(b)) {
        return true;
    }
    if !rows.is_sorted_by_key(kind) {
        rows.sort_by_key(kind);
    }
    rows.chunk_by(|a, b| kind(a) == kind(b)).all(|set| {
        seen.clear();
        set.len() == 1 || !set.iter().any(|row| seen.has(row.rtype, row.rdata(rdata)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Owner, type and the last octet of the RDATA.
    type Told = (&'static str, RecordType, u8);

    fn any_records() -> impl Strategy<Value = Vec<Told>> {
        let owners = vec![
            "a.",
            "A.",
            "b.a.",
            "b.A.",
            "c.",
            "ab.",
            ".",
            "*.a.",
            "-.",
            "longer-than-any-key-1.",
            "LONGER-than-any-key-2.",
        ];
        let types = vec![RecordType::A, RecordType::NS, RecordType::TXT, RecordType::AAAA];
        let record = (prop::sample::select(owners), prop::sample::select(types), 0..4u8);
        prop::collection::vec(record, 0..40)
    }

    fn push(builder: &mut SnapshotBuilder, (owner, rtype, last): Told) {
        let owner = Name::parse(owner.as_bytes(), None).unwrap();
        builder.push(owner.as_ref(), rtype, 60, &[0, 0, 0, last]).unwrap();
    }

    #[test]
    fn a_record_that_is_there_twice_in_a_large_set_is_dropped() {
        for size in [2, 63, 64, 65, 70, 1000u32] {
            let mut builder = SnapshotBuilder::new(Name::root());
            builder.push(Name::root().as_ref(), RecordType::SOA, 60, &Soa::default().to_rdata()).unwrap();
            let owner = Name::parse(b"w.", None).unwrap();
            // Twice each, the second time in capitals: first, last and one between.
            let numbers = (0..size).chain([0, size - 1, size / 2]);
            for (at, number) in numbers.enumerate() {
                let target = format!("host{number}.");
                let target = if at < size as usize { target } else { target.to_uppercase() };
                let target = Name::parse(target.as_bytes(), None).unwrap();
                builder.push(owner.as_ref(), RecordType::NS, 60, target.wire()).unwrap();
            }
            let zone = builder.finish().unwrap();
            assert_eq!(zone.record_count(), 1 + size as usize);
        }
    }

    proptest! {
        /// However records come, and in whichever parts: canonical order of owners, types in order, records as they
        /// came, none twice, and each name spelled as it came.
        #[test]
        fn records_in_parts_make_one_zone(parts in prop::collection::vec((any_records(), any::<bool>()), 1..5)) {
            let mut all: Vec<Told> = Vec::new();
            let mut builder = SnapshotBuilder::new(Name::root());
            builder.push(Name::root().as_ref(), RecordType::SOA, 60, &Soa::default().to_rdata()).unwrap();
            for (records, by_itself) in parts {
                let mut part = SnapshotBuilder::new(Name::root());
                for record in &records {
                    push(if by_itself { &mut part } else { &mut builder }, *record);
                }
                builder.append(&mut part).unwrap();
                prop_assert!(part.is_empty());
                all.extend(records);
            }
            let zone = builder.finish().unwrap();
            let owner = |told: &Told| Name::parse(told.0.as_bytes(), None).unwrap();
            all.sort_by_key(|told| (owner(told), told.1));
            let mut expected: Vec<Told> = Vec::new();
            for told in all {
                let same = |other: &Told| owner(other) == owner(&told) && (other.1, other.2) == (told.1, told.2);
                if !expected.iter().any(same) {
                    expected.push(told);
                }
            }
            let found: Vec<_> = zone.records()
                .filter(|record| record.rtype != RecordType::SOA)
                .map(|record| (record.owner.to_string(), record.rtype, record.rdata[3]))
                .collect();
            let expected: Vec<_> = expected.into_iter().map(|(owner, rtype, last)| (owner.to_string(), rtype, last)).collect();
            prop_assert_eq!(found, expected);
            for (a, b) in zone.set_ids().zip(zone.set_ids().skip(1)) {
                let owner = |set| zone.key(set).map(|key| key.owner);
                prop_assert_eq!(zone.is_same_owner(a, b), owner(a) == owner(b));
            }
            for (a, b) in zone.set_ids().flat_map(|a| zone.set_ids().skip(a.0 as usize + 1).map(move |b| (a, b))) {
                prop_assert_eq!(zone.find_after(a, &zone.key(b).unwrap()), Some(b));
                prop_assert_eq!(zone.find_after(b, &zone.key(a).unwrap()), None);
            }
        }
    }
}
