//! A zone as transferred: immutable, in arenas.
//!
//! Owner names and RDATA stand in two byte arenas, records in a table of 16-byte rows in zone order (canonical
//! order of owners, then [`RecordType`]'s order, then as received), so that an RRset is a run of rows and a
//! name a run of RRsets. Changes to a zone are never made here: they are a [`super::changes::ChangeMap`] over it.

mod builder;
mod order;
mod seen;
mod stretches;

use std::ops::Range;
use std::sync::atomic::{AtomicU32, Ordering};

use super::changes::ChangeMap;
use super::name::{Name, NameRef};
use super::rrset::{RrKey, RrSet, covered};
use super::rtype::RecordType;
use super::soa::Soa;

pub use builder::SnapshotBuilder;

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

#[derive(Debug, Default, Clone, Copy)]
struct Row {
    owner: u32,
    rdata: u32,
    ttl: u32,
    length: u16,
    rtype: RecordType,
}

impl Row {
    /// Its RDATA in the arena of all.
    fn rdata<'a>(&self, all: &'a [u8]) -> &'a [u8] {
        let start = self.rdata as usize;
        all.get(start..start + usize::from(self.length)).unwrap_or_default()
    }
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
    /// Do records of one name spell it in several ways? Else rows of one name share its octets.
    respelled: bool,
    /// Where the last search ended: most go through the zone in order, so the next one ends near.
    searched: AtomicU32,
}

/// How far from the last one the end of a search is looked for, before it is looked for everywhere.
const NEAR: [usize; 4] = [1, 2, 4, 8];

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

    /// The TTL of the record in a row, in the same way.
    pub fn ttl(&self, row: usize) -> Option<u32> {
        self.rows.get(row).map(|row| row.ttl)
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

    /// The octets of the RDATA of a set's records together.
    pub fn octets_of(&self, set: SetId) -> usize {
        self.rows.get(self.rows_of(set)).unwrap_or_default().iter().map(|row| usize::from(row.length)).sum()
    }

    /// The RRset that row `row` belongs to.
    pub fn set_of(&self, row: usize) -> SetId {
        SetId(self.sets.partition_point(|start| *start as usize <= row).saturating_sub(1) as u32)
    }

    /// The key of an RRset.
    pub fn key(&self, set: SetId) -> Option<RrKey> {
        self.record(self.rows_of(set).next()?).map(|record| record.key())
    }

    /// Have these two RRsets one owner? For passes over the whole zone: names are only read where it takes that.
    pub fn is_same_owner(&self, a: SetId, b: SetId) -> bool {
        let row = |set| self.rows.get(self.rows_of(set).start);
        match (row(a), row(b)) {
            (Some(a), Some(b)) => {
                a.owner == b.owner || self.respelled && self.owner_of(a) == self.owner_of(b)
            }
            _ => false,
        }
    }

    /// The contents of an RRset.
    pub fn contents(&self, set: SetId) -> Option<RrSet> {
        let records = self.rows_of(set).filter_map(|row| self.record(row));
        RrSet::of_records(records.map(|record| (record.ttl, record.rdata.into())).collect())
    }

    /// Where the RRset is, if it is there.
    pub fn find(&self, key: &RrKey) -> Option<SetId> {
        let set = SetId(self.lower_bound(key));
        let found = self.record(self.rows_of(set).next()?)?;
        let is_it = found.rtype == key.rtype
            && found.owner == key.owner.as_ref()
            && covered(found.rtype, found.rdata) == key.covered;
        is_it.then_some(set)
    }

    /// Where the RRset is, if it is there and stands after `set`. Takes few steps where it is near.
    pub fn find_after(&self, set: SetId, key: &RrKey) -> Option<SetId> {
        let count = self.set_count();
        let first = count.min(set.0 as usize + 1);
        let mut reach = 1;
        while self.stands_before(count.min(first + reach), key) {
            reach *= 2;
        }
        let at = self.partition(first..count.min(first + reach), |set| self.stands_before(set, key));
        (self.key(SetId(at)).as_ref() == Some(key)).then_some(SetId(at))
    }

    /// The number of RRsets that stand before `key` in zone order.
    pub fn lower_bound(&self, key: &RrKey) -> u32 {
        self.search(|set| self.stands_before(set, key))
    }

    /// Does this RRset stand before `key`? What is no set does not.
    fn stands_before(&self, set: usize, key: &RrKey) -> bool {
        let first = self.sets.get(set).and_then(|start| self.record(*start as usize));
        first.is_some_and(|record| {
            (record.owner, record.rtype, covered(record.rtype, record.rdata))
                < (key.owner.as_ref(), key.rtype, key.covered)
        })
    }

    pub fn get(&self, key: &RrKey) -> Option<RrSet> {
        self.find(key).and_then(|set| self.contents(set))
    }

    /// The RRsets at exactly this name.
    pub fn sets_at(&self, owner: NameRef<'_>) -> Range<u32> {
        let start = self.by_owner(|other| other < owner);
        let is_there = |set: &u32| {
            let row = self.rows_of(SetId(*set)).next();
            row.and_then(|row| self.rows.get(row)).is_some_and(|row| self.owner_of(row) == owner)
        };
        start..(start..).find(|set| !is_there(set)).unwrap_or(start)
    }

    /// The RRsets at this name and below it: one run, since canonical order keeps subtrees together.
    pub fn sets_at_or_below(&self, owner: NameRef<'_>) -> Range<u32> {
        self.by_owner(|other| other < owner)
            ..self.by_owner(|other| other <= owner || other.is_at_or_below(owner))
    }

    /// How many RRsets, counted from the first, have owners that satisfy `before`.
    fn by_owner(&self, before: impl Fn(NameRef<'_>) -> bool) -> u32 {
        let owner = |set: usize| self.sets.get(set).and_then(|start| self.rows.get(*start as usize));
        self.search(|set| owner(set).is_some_and(|row| before(self.owner_of(row))))
    }

    /// How many RRsets, counted from the first, satisfy `before`: from where the last search ended, in steps that double a
    /// few times, then over all that is left.
    fn search(&self, before: impl Fn(usize) -> bool) -> u32 {
        let count = self.set_count();
        let near = (self.searched.load(Ordering::Relaxed) as usize).min(count);
        let (mut low, mut high) = (0, count);
        if near < count && before(near) {
            low = near + 1;
            for at in NEAR.map(|step| near + step) {
                if at >= count || !before(at) {
                    high = at.min(count);
                    break;
                }
                low = at + 1;
            }
        } else {
            high = near;
            for at in NEAR.map(|step| near.checked_sub(step)) {
                match at {
                    Some(at) if !before(at) => high = at,
                    at => {
                        low = at.map_or(0, |at| at + 1);
                        break;
                    }
                }
            }
        }
        let found = self.partition(low..high, before);
        self.searched.store(found, Ordering::Relaxed);
        found
    }

    /// The first of these RRsets that does not satisfy `before`, or the one behind them.
    fn partition(&self, sets: Range<usize>, before: impl Fn(usize) -> bool) -> u32 {
        let (mut low, mut high) = (sets.start, sets.end);
        while low < high {
            let middle = low.midpoint(high);
            if before(middle) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low as u32
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

    fn owner_of(&self, row: &Row) -> NameRef<'_> {
        let name = self.names.get(row.owner as usize..).and_then(NameRef::split_from);
        name.map_or(self.origin.as_ref(), |(name, _)| name)
    }

    fn resolve(&self, row: &Row) -> RecordRef<'_> {
        RecordRef { owner: self.owner_of(row), rtype: row.rtype, ttl: row.ttl, rdata: self.rdata_of(row) }
    }

    fn rdata_of(&self, row: &Row) -> &[u8] {
        row.rdata(&self.rdata)
    }
}
