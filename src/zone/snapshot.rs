//! A zone as transferred: immutable, in arenas.
//!
//! Owner names and RDATA stand in two byte arenas, records in a table of 16-byte rows in zone order (canonical
//! order of owners, then [`RecordType`]'s order, then as received), so that an RRset is a run of rows and a
//! name a run of RRsets. Changes to a zone are never made here: they are a [`super::changes::ChangeMap`] over it.

use std::cmp::Ordering;
use std::ops::Range;

use super::changes::ChangeMap;
use super::name::{Name, NameRef};
use super::rrset::{RrKey, RrSet, covered};
use super::rtype::RecordType;
use super::soa::Soa;
use super::types;

/// Why records do not make a zone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SnapshotError {
    #[error("{0} is not in the zone")]
    OutOfZone(Name),
    #[error("the zone has no SOA record at its apex")]
    NoSoa,
    #[error("the zone has {0} different SOA records at its apex")]
    SeveralSoa(usize),
    #[error("the SOA record at the apex cannot be read")]
    BadSoa,
    #[error("the zone is larger than this program can hold (4 GiB of names or RDATA)")]
    TooLarge,
}

/// The number of an RRset in its snapshot, in zone order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SetId(pub u32);

#[derive(Debug, Clone, Copy)]
struct Row {
    owner: u32,
    rdata: u32,
    ttl: u32,
    length: u16,
    rtype: RecordType,
}

/// One record of a snapshot.
#[derive(Debug, Clone, Copy)]
pub struct RecordRef<'a> {
    pub owner: NameRef<'a>,
    pub rtype: RecordType,
    /// Seconds.
    pub ttl: u32,
    pub rdata: &'a [u8],
}

impl RecordRef<'_> {
    pub fn key(&self) -> RrKey {
        RrKey::of_record(self.owner, self.rtype, self.rdata)
    }
}

/// A zone as transferred or read; never changed.
#[derive(Debug)]
pub struct Snapshot {
    origin: Name,
    soa: Soa,
    names: Vec<u8>,
    rdata: Vec<u8>,
    rows: Vec<Row>,
    /// The first row of each RRset, and the number of rows at the end.
    sets: Vec<u32>,
}

impl Snapshot {
    /// The name of the zone.
    pub fn origin(&self) -> &Name {
        &self.origin
    }

    pub fn soa(&self) -> &Soa {
        &self.soa
    }

    pub fn serial(&self) -> u32 {
        self.soa.serial
    }

    pub fn record_count(&self) -> usize {
        self.rows.len()
    }

    pub fn set_count(&self) -> usize {
        self.sets.len().saturating_sub(1)
    }

    /// The record in row `row`, 0 to [`Snapshot::record_count`] - 1.
    pub fn record(&self, row: usize) -> Option<RecordRef<'_>> {
        self.rows.get(row).map(|row| self.resolve(row))
    }

    /// The type of the record in a row. For passes over the whole zone: reads nothing else.
    pub fn rtype(&self, row: usize) -> Option<RecordType> {
        self.rows.get(row).map(|row| row.rtype)
    }

    /// The RDATA of the record in a row, without its name.
    pub fn rdata(&self, row: usize) -> &[u8] {
        self.rows.get(row).map_or(&[], |row| self.rdata_of(row))
    }

    pub fn records(&self) -> impl ExactSizeIterator<Item = RecordRef<'_>> {
        self.rows.iter().map(|row| self.resolve(row))
    }

    pub fn set_ids(&self) -> impl Iterator<Item = SetId> + use<> {
        (0..self.set_count() as u32).map(SetId)
    }

    /// The rows of an RRset.
    pub fn rows_of(&self, set: SetId) -> Range<usize> {
        let set = set.0 as usize;
        match (self.sets.get(set), self.sets.get(set + 1)) {
            (Some(start), Some(end)) => *start as usize..*end as usize,
            _ => 0..0,
        }
    }

    /// The RRset that row `row` belongs to.
    pub fn set_of(&self, row: usize) -> SetId {
        SetId(self.sets.partition_point(|start| *start as usize <= row).saturating_sub(1) as u32)
    }

    /// The key of an RRset.
    pub fn key(&self, set: SetId) -> Option<RrKey> {
        self.record(self.rows_of(set).next()?).map(|record| record.key())
    }

    /// The contents of an RRset.
    pub fn contents(&self, set: SetId) -> Option<RrSet> {
        let records = self.rows_of(set).filter_map(|row| self.record(row));
        RrSet::of_records(records.map(|record| (record.ttl, record.rdata.into())).collect())
    }

    /// Where the RRset is, if it is there.
    pub fn find(&self, key: &RrKey) -> Option<SetId> {
        let at = self.lower_bound(key);
        (self.key(SetId(at)).as_ref() == Some(key)).then_some(SetId(at))
    }

    /// The number of RRsets that stand before `key` in zone order.
    pub fn lower_bound(&self, key: &RrKey) -> u32 {
        self.partition(|record| {
            (record.owner, record.rtype, covered(record.rtype, record.rdata))
                < (key.owner.as_ref(), key.rtype, key.covered)
        })
    }

    pub fn get(&self, key: &RrKey) -> Option<RrSet> {
        self.find(key).and_then(|set| self.contents(set))
    }

    /// The RRsets at exactly this name.
    pub fn sets_at(&self, owner: NameRef<'_>) -> Range<u32> {
        self.partition(|record| record.owner < owner)..self.partition(|record| record.owner <= owner)
    }

    /// The RRsets at this name and below it: one run, since canonical order keeps subtrees together.
    pub fn sets_at_or_below(&self, owner: NameRef<'_>) -> Range<u32> {
        self.partition(|record| record.owner < owner)
            ..self.partition(|record| record.owner <= owner || record.owner.is_at_or_below(owner))
    }

    /// How many RRsets, counted from the first, satisfy `before`.
    fn partition(&self, before: impl Fn(RecordRef<'_>) -> bool) -> u32 {
        let starts = self.sets.get(..self.set_count()).unwrap_or_default();
        starts.partition_point(|start| self.record(*start as usize).is_some_and(&before)) as u32
    }

    /// The zone with these changes made. Costs a copy of the zone.
    ///
    /// # Errors
    /// [`SnapshotError`] where the result is no zone, such as one without SOA.
    pub fn with_changes(&self, changes: &ChangeMap) -> Result<Snapshot, SnapshotError> {
        let mut builder = SnapshotBuilder::new(self.origin.clone());
        for set in self.set_ids() {
            let rows = self.rows_of(set);
            let changed = !changes.is_empty() && self.key(set).is_some_and(|key| changes.contains_key(&key));
            if !changed {
                for record in rows.filter_map(|row| self.record(row)) {
                    builder.push(record.owner, record.rtype, record.ttl, record.rdata)?;
                }
            }
        }
        for (key, change) in changes {
            for (index, rdata) in change.after.iter().flat_map(|after| after.rdata.iter().enumerate()) {
                let ttl = change.after.as_ref().map_or(0, |after| after.ttl_of(index));
                builder.push(key.owner.as_ref(), key.rtype, ttl, rdata)?;
            }
        }
        builder.finish()
    }

    fn resolve(&self, row: &Row) -> RecordRef<'_> {
        let name = self.names.get(row.owner as usize..).and_then(NameRef::split_from);
        RecordRef {
            owner: name.map_or(self.origin.as_ref(), |(name, _)| name),
            rtype: row.rtype,
            ttl: row.ttl,
            rdata: self.rdata_of(row),
        }
    }

    fn rdata_of(&self, row: &Row) -> &[u8] {
        let start = row.rdata as usize;
        self.rdata.get(start..start + usize::from(row.length)).unwrap_or_default()
    }
}

/// Puts a snapshot together from records in any order.
#[derive(Debug)]
pub struct SnapshotBuilder {
    origin: Name,
    names: Vec<u8>,
    rdata: Vec<u8>,
    rows: Vec<Row>,
    last_owner: Option<u32>,
}

impl SnapshotBuilder {
    pub fn new(origin: Name) -> SnapshotBuilder {
        SnapshotBuilder { origin, names: Vec::new(), rdata: Vec::new(), rows: Vec::new(), last_owner: None }
    }

    /// The name of the zone.
    pub fn origin(&self) -> &Name {
        &self.origin
    }

    /// Adds the records of another builder of the same zone after those that are here.
    ///
    /// # Errors
    /// [`SnapshotError::TooLarge`]; then nothing is added.
    pub fn append(&mut self, other: SnapshotBuilder) -> Result<(), SnapshotError> {
        let too_large = |_| SnapshotError::TooLarge;
        let names = u32::try_from(self.names.len()).map_err(too_large)?;
        let rdata = u32::try_from(self.rdata.len()).map_err(too_large)?;
        u32::try_from(self.names.len() + other.names.len()).map_err(too_large)?;
        u32::try_from(self.rdata.len() + other.rdata.len()).map_err(too_large)?;
        self.names.extend_from_slice(&other.names);
        self.rdata.extend_from_slice(&other.rdata);
        let moved = |row: Row| Row { owner: row.owner + names, rdata: row.rdata + rdata, ..row };
        self.rows.extend(other.rows.into_iter().map(moved));
        self.last_owner = None;
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
        if !owner.is_at_or_below(self.origin.as_ref()) {
            return Err(SnapshotError::OutOfZone(owner.to_name()));
        }
        let too_large = |_| SnapshotError::TooLarge;
        let owner = match self.last_owner.filter(|last| {
            self.names.get(*last as usize..).is_some_and(|names| names.starts_with(owner.wire()))
        }) {
            Some(last) => last,
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
        };
        let mut rows = self.rows;
        let (rows, sets) = {
            let position = |row: &Row| {
                let record = zone.resolve(row);
                (record.owner, record.rtype, covered(record.rtype, record.rdata))
            };
            let compare = |a: &Row, b: &Row| {
                if a.owner == b.owner && a.rtype == b.rtype && a.rtype != RecordType::RRSIG {
                    return Ordering::Equal;
                }
                position(a).cmp(&position(b))
            };
            // Most servers send zones in order; files are seldom so.
            if !rows.is_sorted_by(|a, b| compare(a, b).is_le()) {
                rows = sorted(&zone, rows, compare);
            }
            // Compacted in place: a second table would be the largest part of what a transfer needs.
            let mut sets: Vec<u32> = Vec::new();
            let (mut kept, mut set_start) = (0, 0);
            let mut last: Option<Row> = None;
            for next in 0..rows.len() {
                let Some(row) = rows.get(next).copied() else { break };
                if last.is_none_or(|last| position(&last) != position(&row)) {
                    set_start = kept;
                    // Row numbers fit: checked at the top.
                    sets.push(set_start as u32);
                } else if is_repeated(&zone, rows.get(set_start..kept).unwrap_or_default(), &row) {
                    continue;
                }
                rows.swap(kept, next);
                kept += 1;
                last = Some(row);
            }
            rows.truncate(kept);
            sets.push(kept as u32);
            (rows, sets)
        };
        (zone.rows, zone.sets) = (rows, sets);
        let soa = zone.get(&RrKey::new(zone.origin.clone(), RecordType::SOA)).ok_or(SnapshotError::NoSoa)?;
        match soa.rdata.as_slice() {
            [only] => zone.soa = Soa::from_rdata(only).ok_or(SnapshotError::BadSoa)?,
            several => return Err(SnapshotError::SeveralSoa(several.len())),
        }
        Ok(zone)
    }
}

/// The rows in the order of `compare`; those that are equal keep theirs.
fn sorted(zone: &Snapshot, rows: Vec<Row>, compare: impl Fn(&Row, &Row) -> Ordering) -> Vec<Row> {
    let mut last = (u32::MAX, 0);
    let mut order: Vec<(u128, Row)> = Vec::with_capacity(rows.len());
    for row in rows {
        if row.owner != last.0 {
            last = (row.owner, prefix(zone.resolve(&row).owner, zone.origin.as_ref()));
        }
        order.push((last.1, row));
    }
    order.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| compare(&a.1, &b.1)));
    order.into_iter().map(|(_, row)| row).collect()
}

/// Sixteen octets that put names below `origin` in canonical order as far as they go: where they differ for two
/// names, the names stand in the same order. Comparing them saves most comparisons of names.
fn prefix(name: NameRef<'_>, origin: NameRef<'_>) -> u128 {
    let mut key = [0u8; 16];
    let mut places = key.iter_mut();
    let below = name.wire().len() - origin.wire().len().min(name.wire().len());
    let mut starts = [0u8; 128];
    let (mut count, mut at) = (0, 0);
    while at < below {
        if let Some(start) = starts.get_mut(count) {
            // A name has at most 255 octets and 127 labels.
            *start = at as u8;
            count += 1;
        }
        at += 1 + name.wire().get(at).map_or(0, |length| usize::from(*length));
    }
    for start in starts.get(..count).unwrap_or_default().iter().rev() {
        let start = usize::from(*start);
        let length = name.wire().get(start).map_or(0, |length| usize::from(*length));
        for octet in name.wire().get(start + 1..start + 1 + length).unwrap_or_default() {
            let Some(place) = places.next() else { return u128::from_be_bytes(key) };
            *place = octet.to_ascii_lowercase().max(1);
            // 0 ends a label, so 0 and 1 cannot be told apart: what follows is not compared here.
            if *octet < 2 {
                return u128::from_be_bytes(key);
            }
        }
        if places.next().is_none() {
            break;
        }
    }
    u128::from_be_bytes(key)
}

/// Does the set already hold this record? Compares octets first: canonical forms are only needed where the
/// lengths agree.
fn is_repeated(zone: &Snapshot, set: &[Row], row: &Row) -> bool {
    let record = zone.resolve(row);
    if set.len() > 64 {
        // Large sets come from servers, which hold a record once; comparing all pairs would be quadratic.
        return false;
    }
    set.iter().map(|other| zone.resolve(other)).any(|other| {
        other.rdata == record.rdata
            || other.rdata.len() == record.rdata.len()
                && types::canonical(other.rtype, other.rdata) == types::canonical(record.rtype, record.rdata)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn prefixes_never_contradict_the_order_of_names(labels in prop::collection::vec(
            prop::collection::vec(prop::collection::vec(prop_oneof![0u8..4, Just(b'A'), Just(b'a'), Just(b'z'), any::<u8>()], 1..7), 0..6),
            2,
        )) {
            let origin = Name::parse(b"example.com.", None).unwrap();
            let names: Vec<Name> = labels.iter().map(|labels| {
                let mut wire: Vec<u8> = labels.iter().flat_map(|label| [vec![label.len() as u8], label.clone()].concat()).collect();
                wire.extend_from_slice(origin.wire());
                Name::from_wire(&wire).unwrap()
            }).collect();
            let key = |name: &Name| prefix(name.as_ref(), origin.as_ref());
            let (a, b) = (&names[0], &names[1]);
            if key(a) != key(b) {
                prop_assert_eq!(key(a).cmp(&key(b)), a.cmp(b));
            }
        }
    }
}
