//! The names of a snapshot by number, and found by name: for a walk over all of it.

use std::hash::{BuildHasher as _, RandomState};
use std::hint::black_box;
use std::ops::Range;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::rules::{READERS, target_at};
use super::types::Types;
use super::view::Census;
use crate::zone::beside::{beside, cut, parts};
use crate::zone::{NameRef, SetId, Snapshot};

/// A zone has many names that lead to others, if one in so many does.
const FEW: usize = 64;
/// Before a table of the names is made, so many times less than there are names are searched for in zone order: perhaps
/// all others lead elsewhere. Where few lead to others, those that are asked for are mostly few, too.
const FIRST: usize = 1024;
const FIRST_OF_FEW: usize = 16;
/// How far behind a name those below it are looked for at once.
const NEAR: usize = 6;

/// The names of one snapshot, in zone order.
#[derive(Debug)]
pub struct Index<'z> {
    zone: &'z Snapshot,
    owners: Vec<NameRef<'z>>,
    /// The first RRset of each name, and the number of RRsets at the end.
    firsts: Vec<u32>,
    types: Vec<Types>,
    /// How many RRsets lead rules to other names.
    readers: usize,
    /// Made only where many names are looked for.
    table: OnceLock<Table>,
    searches: AtomicUsize,
    pub census: Census,
}

/// What stands at a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Records: the name with this number.
    Name(usize),
    /// Nothing; there are names below it (an empty non-terminal, RFC 9499).
    Above,
}

/// The names in a part of the zone.
#[derive(Default)]
struct Part<'z> {
    owners: Vec<NameRef<'z>>,
    firsts: Vec<u32>,
    types: Vec<Types>,
    readers: usize,
    census: Census,
}

impl<'z> Part<'z> {
    /// All names of these RRsets.
    fn of(zone: &'z Snapshot, sets: Range<u32>) -> Part<'z> {
        let mut part = Part::default();
        let origin = zone.origin().as_ref();
        let owner_of =
            |set| zone.record(zone.rows_of(SetId(set)).start).map_or(origin, |record| record.owner);
        let (mut at, end) = (sets.start, sets.end);
        while at < end {
            let (first, owner) = (at, owner_of(at));
            let mut types = Types::NONE;
            while at < end && (at == first || zone.is_same_owner(SetId(first), SetId(at))) {
                let own = zone.rtype(zone.rows_of(SetId(at)).start).map_or(Types::NONE, Types::one);
                part.readers += usize::from(own.meets(READERS));
                types = types | own;
                at += 1;
            }
            part.census.count(owner, types, first == 0, false);
            part.owners.push(owner);
            part.firsts.push(first);
            part.types.push(types);
        }
        part
    }
}

/// The names without records that stand above a name and not above the one before it: neighbours have the same names
/// above them.
fn come_with<'z>(
    owner: NameRef<'z>,
    last: Option<NameRef<'z>>,
    origin: NameRef<'z>,
) -> impl Iterator<Item = NameRef<'z>> {
    let is_new = move |above: &NameRef<'_>| {
        above.wire().len() > origin.wire().len() && !last.is_some_and(|last| last.is_at_or_below(*above))
    };
    std::iter::successors(owner.parent(), |name| name.parent()).take_while(is_new)
}

/// Cuts the RRsets of a zone into parts, each with all of its names.
fn whole_names(zone: &Snapshot) -> Vec<Range<u32>> {
    // Row numbers of a snapshot fit into 32 bits.
    let all = zone.set_count() as u32;
    let begins = |set: &u32| *set == 0 || !zone.is_same_owner(SetId(set - 1), SetId(*set));
    let near = |set: usize| (set as u32..all).find(begins).unwrap_or(all);
    let parts = cut(zone.set_count(), parts(zone.record_count())).into_iter();
    parts.map(|sets| near(sets.start)..near(sets.end)).collect()
}

impl<'z> Index<'z> {
    pub fn of(zone: &'z Snapshot) -> Index<'z> {
        let mut read = beside(whole_names(zone), |sets| Part::of(zone, sets)).into_iter();
        let mut all = read.next().unwrap_or_default();
        for mut part in read {
            all.owners.append(&mut part.owners);
            all.firsts.append(&mut part.firsts);
            all.types.append(&mut part.types);
            all.readers += part.readers;
            all.census = all.census.and(part.census);
        }
        let Part { owners, mut firsts, types, readers, census } = all;
        firsts.push(zone.set_count() as u32);
        let searches = AtomicUsize::new(0);
        Index { zone, owners, firsts, types, readers, table: OnceLock::new(), searches, census }
    }

    /// How many names have records.
    pub fn len(&self) -> usize {
        self.types.len()
    }

    pub fn types(&self, number: usize) -> Types {
        self.types.get(number).copied().unwrap_or_default()
    }

    /// The RRsets of a name.
    pub fn sets(&self, number: usize) -> impl Iterator<Item = SetId> + use<> {
        let first = |number: usize| self.firsts.get(number).copied().unwrap_or_default();
        (first(number)..first(number + 1)).map(SetId)
    }

    pub fn owner(&self, number: usize) -> Option<NameRef<'z>> {
        self.owners.get(number).copied()
    }

    /// A name, and the names above it that have no records and stand above none before it.
    fn with_above(&self, number: usize) -> impl Iterator<Item = NameRef<'z>> {
        let (owner, last) = (self.owner(number), number.checked_sub(1).and_then(|last| self.owner(last)));
        let origin = self.zone.origin().as_ref();
        owner.into_iter().flat_map(move |owner| std::iter::once(owner).chain(come_with(owner, last, origin)))
    }

    /// What stands at a name of the zone; `None` where neither it nor a name below it has records.
    pub fn find(&self, name: NameRef<'_>) -> Option<Standing> {
        if !name.is_at_or_below(self.zone.origin().as_ref()) {
            return None;
        }
        let is_soon = || {
            let part = if self.readers < self.len() / FEW { FIRST_OF_FEW } else { FIRST };
            self.searches.fetch_add(1, Ordering::Relaxed) < self.len() / part
        };
        match self.table.get() {
            Some(table) => table.find(self, name),
            None if is_soon() => self.search(name),
            None => self.table.get_or_init(|| Table::of(self)).find(self, name),
        }
    }

    /// The number of a name that is at or below the one with the number `from`.
    pub fn find_below(&self, from: usize, name: NameRef<'_>) -> Option<usize> {
        let near = (from..from + NEAR).find(|number| self.owner(*number) == Some(name));
        near.or_else(|| self.find(name)?.number())
    }

    /// Reads a little of what a walk over these names will read: one waits for memory once for all of them, not for each,
    /// since zones have their names and data in the order of their text. Of what they lead to as well, once there is a
    /// table.
    pub fn warm(&self, names: Range<usize>) {
        let mut read = 0;
        let row =
            |number: usize| self.firsts.get(number).map_or(0, |set| self.zone.rows_of(SetId(*set)).start);
        // The last name is left out: where its rows end is not worth a look.
        let rows = || row(names.start)..row(names.end.saturating_sub(1));
        for octets in rows().map(|row| self.zone.rdata(row)) {
            read += octets.last().map_or(0, |octet| usize::from(*octet));
        }
        if let Some(table) = self.table.get() {
            let targets = rows().filter_map(|row| {
                let rdata = self.zone.rdata(row).get(target_at(self.zone.rtype(row)?)?..)?;
                Some(NameRef::split_from(rdata)?.0)
            });
            let hashes: Vec<u64> = targets.map(|name| name.quick_hash(table.seed)).collect();
            for hash in &hashes {
                read += table.entries(*hash).next().map_or(0, |entry| entry as usize & 1);
            }
            let numbers = || hashes.iter().filter_map(|hash| table.entries(*hash).next());
            for owner in numbers().filter_map(|entry| self.owner(number_of(entry))) {
                read += owner.wire().len();
            }
            for owner in numbers().filter_map(|entry| self.owner(number_of(entry))) {
                read += owner.wire().last().map_or(0, |octet| usize::from(*octet));
            }
        }
        for owner in self.owners.get(names).unwrap_or_default() {
            read += owner.wire().first().map_or(0, |octet| usize::from(*octet));
        }
        black_box(read);
    }

    /// As [`Index::find`], by zone order: what is below a name comes right behind where that would stand.
    pub(super) fn search(&self, name: NameRef<'_>) -> Option<Standing> {
        let at = self.owners.partition_point(|owner| *owner < name);
        self.standing(at, name)
    }

    /// What stands at a name, where the one with this number is the first at it or below it.
    fn standing(&self, number: usize, name: NameRef<'_>) -> Option<Standing> {
        let is_there = |number| self.owner(number).is_some_and(|owner| owner.is_at_or_below(name));
        let owner = self.owner(number).filter(|_| is_there(number))?;
        if owner.wire().len() == name.wire().len() {
            return Some(Standing::Name(number));
        }
        let is_first = !number.checked_sub(1).is_some_and(is_there);
        is_first.then_some(Standing::Above)
    }
}

impl Standing {
    /// The number of the name, where it has records.
    pub fn number(self) -> Option<usize> {
        match self {
            Standing::Name(number) => Some(number),
            Standing::Above => None,
        }
    }
}

/// The half of an entry that is that of the hash.
const UPPER: u64 = 0xffff_ffff_0000_0000;
/// A free place of a table: no name has this number. (Not zeros, which the system gives as pages that are all the same
/// one until something is written there: to look into them first makes that several times as dear.)
const FREE: u64 = u64::MAX;

/// The numbers of names by their hashes, in shards. A name without records has that of the first one below it.
#[derive(Debug)]
struct Table {
    shards: Vec<Vec<u64>>,
    seed: u64,
}

/// About so many names are in a shard: what is filled stays near the processor.
const SHARD: usize = 1 << 13;

/// The shard of an entry of so many, by its upper half, and the rest of that.
fn shard_of(entry: u64, count: usize) -> (usize, u64) {
    let product = (entry >> 32) * count as u64;
    ((product >> 32) as usize, product & !UPPER)
}

/// Where in a shard of this length an entry may stand: one place after the other.
fn places(rest: u64, length: usize) -> impl Iterator<Item = usize> {
    let first = ((rest * length as u64) >> 32) as usize;
    (first..length).chain(0..first)
}

impl Table {
    fn of(index: &Index<'_>) -> Table {
        let seed = RandomState::new().hash_one(0u8) | 1;
        let (count, shards) = (parts(index.len()), index.len() / SHARD + 1);
        // The number of a name in the lower half, in the upper one that of the name's hash: most names need no look to be
        // told apart.
        let entries = beside(cut(index.len(), count), |names| {
            let about = names.len() / shards;
            let mut entries = vec![Vec::with_capacity(about + about / 4); shards];
            for (number, name) in
                names.flat_map(|number| index.with_above(number).map(move |name| (number, name)))
            {
                let entry = name.quick_hash(seed) & UPPER | number as u64;
                if let Some(entries) = entries.get_mut(shard_of(entry, shards).0) {
                    entries.push(entry);
                }
            }
            entries
        });
        let filled = beside(cut(shards, count), |own| {
            let fill = |shard| {
                filled(
                    entries.iter().filter_map(|part: &Vec<Vec<u64>>| part.get(shard).map(Vec::as_slice)),
                    shards,
                )
            };
            own.map(fill).collect::<Vec<_>>()
        });
        Table { shards: filled.into_iter().flatten().collect(), seed }
    }

    /// The entries where one of this hash may stand.
    fn entries(&self, hash: u64) -> impl Iterator<Item = u64> {
        let (shard, rest) = shard_of(hash, self.shards.len());
        let entries = self.shards.get(shard).map_or(&[][..], Vec::as_slice);
        places(rest, entries.len()).filter_map(|at| entries.get(at).copied())
    }

    fn find(&self, index: &Index<'_>, name: NameRef<'_>) -> Option<Standing> {
        let hash = name.quick_hash(self.seed);
        for entry in self.entries(hash) {
            // There are always some.
            if entry == FREE {
                return None;
            }
            if entry & UPPER == hash & UPPER
                && let Some(standing) = index.standing(number_of(entry), name)
            {
                return Some(standing);
            }
        }
        None
    }
}

/// The number of the name in an entry.
fn number_of(entry: u64) -> usize {
    (entry & !UPPER) as usize
}

/// One of so many shards. An entry stands at the place that its hash says or at the next free one.
fn filled<'e>(entries: impl Iterator<Item = &'e [u64]> + Clone, shards: usize) -> Vec<u64> {
    let count: usize = entries.clone().map(<[u64]>::len).sum();
    let mut shard = vec![FREE; count + count / 2 + 1];
    for entry in entries.flatten() {
        let (_, rest) = shard_of(*entry, shards);
        let free = places(rest, shard.len()).find(|at| shard.get(*at) == Some(&FREE));
        if let Some(place) = free.and_then(|at| shard.get_mut(at)) {
            *place = *entry;
        }
    }
    shard
}
