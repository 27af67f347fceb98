//! The names of a snapshot by number, and found by name: for a walk over all of it.

use std::hash::{BuildHasher as _, RandomState};
use std::ops::Range;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::types::Types;
use super::view::Census;
use crate::zone::beside::{beside, parts};
use crate::zone::{NameRef, SetId, Snapshot};

/// The half of an entry that is that of the hash.
const UPPER: u64 = 0xffff_ffff_0000_0000;
/// One name in so many is searched for in zone order before a table of all of them is made.
const FEW: usize = 64;
/// How far behind a name those below it are looked for at once.
const NEAR: usize = 6;

/// The names of one snapshot, in zone order.
#[derive(Debug)]
pub struct Index {
    /// The first RRset of each name, and the number of RRsets at the end.
    firsts: Vec<u32>,
    types: Vec<Types>,
    /// Made only for zones in which many names lead to others.
    table: OnceLock<Table>,
    searches: AtomicUsize,
    /// Made only where many names that are not there are looked for.
    above: OnceLock<Filter>,
    misses: AtomicUsize,
    pub census: Census,
}

/// The names in a part of the zone.
#[derive(Default)]
struct Part {
    firsts: Vec<u32>,
    types: Vec<Types>,
    /// Of RRsets at its beginning that belong to the last name of the part before.
    before: Types,
}

impl Part {
    fn of(zone: &Snapshot, sets: Range<u32>) -> Part {
        let mut part = Part::default();
        for set in sets {
            let own = zone.rtype(zone.rows_of(SetId(set)).start).map_or(Types::NONE, Types::one);
            let continues = set > 0 && zone.is_same_owner(SetId(set - 1), SetId(set));
            match part.types.last_mut() {
                Some(types) if continues => *types = *types | own,
                None if continues => part.before = part.before | own,
                _ => {
                    part.firsts.push(set);
                    part.types.push(own);
                }
            }
        }
        part
    }
}

impl Index {
    pub fn of(zone: &Snapshot) -> Index {
        let sets = zone.set_count();
        let count = parts(zone.record_count());
        let jobs = |all: usize| -> Vec<Range<usize>> {
            (0..count).map(|part| all * part / count..all * (part + 1) / count).collect()
        };
        // Row numbers of a snapshot fit into 32 bits.
        let mut read =
            beside(jobs(sets), |sets| Part::of(zone, sets.start as u32..sets.end as u32)).into_iter();
        let Part { mut firsts, mut types, .. } = read.next().unwrap_or_default();
        for mut part in read {
            if let Some(last) = types.last_mut() {
                *last = *last | part.before;
            }
            firsts.append(&mut part.firsts);
            types.append(&mut part.types);
        }
        firsts.push(sets as u32);
        let census = Census::default();
        let mut index = Index {
            firsts,
            types,
            table: OnceLock::new(),
            searches: AtomicUsize::new(0),
            above: OnceLock::new(),
            misses: AtomicUsize::new(0),
            census,
        };
        let counted = beside(jobs(index.len()), |names| {
            let mut census = Census::default();
            for number in names {
                if let Some(owner) = index.owner(zone, number) {
                    census.count(owner, index.types(number), number == 0, false);
                }
            }
            census
        });
        index.census = counted.into_iter().fold(Census::default(), Census::and);
        index
    }

    /// How many names have records.
    pub fn len(&self) -> usize {
        self.types.len()
    }

    pub fn types(&self, node: usize) -> Types {
        self.types.get(node).copied().unwrap_or_default()
    }

    /// The RRsets of a name.
    pub fn sets(&self, node: usize) -> impl Iterator<Item = SetId> + use<> {
        let end = |node: usize| self.firsts.get(node).copied().unwrap_or_default();
        (end(node)..end(node + 1)).map(SetId)
    }

    pub fn owner<'z>(&self, zone: &'z Snapshot, node: usize) -> Option<NameRef<'z>> {
        let first = SetId(*self.firsts.get(node)?);
        zone.record(zone.rows_of(first).start).map(|record| record.owner)
    }

    /// The number of a name; `None` where no record stands at it.
    pub fn find(&self, zone: &Snapshot, name: NameRef<'_>) -> Option<usize> {
        let table = match self.table.get() {
            Some(table) => table,
            None if self.searches.fetch_add(1, Ordering::Relaxed) < self.len() / FEW => {
                return self.search(zone, name);
            }
            None => self.table.get_or_init(|| Table::of(self, zone)),
        };
        table.find(self, zone, name)
    }

    /// The number of a name that is at or below the one with the number `from`.
    pub fn find_below(&self, zone: &Snapshot, from: usize, name: NameRef<'_>) -> Option<usize> {
        let near = (from..from + NEAR).find(|number| self.owner(zone, *number) == Some(name));
        near.or_else(|| self.find(zone, name))
    }

    /// Does any record stand below a name at which none does?
    pub fn has_below(&self, zone: &Snapshot, name: NameRef<'_>) -> bool {
        let filter = match self.above.get() {
            Some(filter) => Some(filter),
            None if self.misses.fetch_add(1, Ordering::Relaxed) < self.len() / FEW => None,
            None => Some(self.above.get_or_init(|| Filter::of(self, zone))),
        };
        if filter.is_some_and(|filter| !filter.may_have(name)) {
            return false;
        }
        // What is below it comes right behind where it would stand.
        let at = self.lower_bound(zone, name);
        self.owner(zone, at).is_some_and(|owner| owner.is_at_or_below(name))
    }

    fn search(&self, zone: &Snapshot, name: NameRef<'_>) -> Option<usize> {
        let at = self.lower_bound(zone, name);
        (self.owner(zone, at) == Some(name)).then_some(at)
    }

    /// The number of names before this one.
    fn lower_bound(&self, zone: &Snapshot, name: NameRef<'_>) -> usize {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low.midpoint(high);
            match self.owner(zone, middle) {
                Some(owner) if owner < name => low = middle + 1,
                _ => high = middle,
            }
        }
        low
    }
}

/// The names above others, by their hashes: it says of few names that nothing is below them that something may be, and
/// never the reverse.
#[derive(Debug)]
struct Filter {
    bits: Vec<u64>,
    seed: u64,
}

impl Filter {
    fn of(index: &Index, zone: &Snapshot) -> Filter {
        let seed = RandomState::new().hash_one(0u8) | 1;
        let count = parts(index.len());
        let jobs = (0..count).map(|part| index.len() * part / count..index.len() * (part + 1) / count);
        let origin = zone.origin().wire().len();
        let hashes = beside(jobs.collect(), |names: Range<usize>| {
            let mut hashes = Vec::new();
            let mut last: Option<NameRef<'_>> = None;
            for owner in names.filter_map(|number| index.owner(zone, number)) {
                for above in std::iter::successors(owner.parent(), |name| name.parent()) {
                    // Neighbours have the same names above them.
                    if above.wire().len() <= origin || last.is_some_and(|last| last.is_at_or_below(above)) {
                        break;
                    }
                    hashes.push(hash(above, seed));
                }
                last = Some(owner);
            }
            hashes
        });
        // Sixteen bits for each.
        let words = (hashes.iter().map(Vec::len).sum::<usize>() / 4).next_power_of_two().max(1);
        let mut filter = Filter { bits: vec![0; words], seed };
        for hash in hashes.into_iter().flatten() {
            let (word, bit) = filter.place(hash);
            if let Some(word) = filter.bits.get_mut(word) {
                *word |= bit;
            }
        }
        filter
    }

    /// The word of a hash, and its bit there.
    fn place(&self, hash: u64) -> (usize, u64) {
        // The length is a power of two.
        ((hash >> 6) as usize & self.bits.len().wrapping_sub(1), 1 << (hash & 63))
    }

    fn may_have(&self, name: NameRef<'_>) -> bool {
        let (word, bit) = self.place(hash(name, self.seed));
        self.bits.get(word).is_some_and(|word| word & bit != 0)
    }
}

/// The numbers of names by their hashes, in shards that are filled beside each other.
#[derive(Debug)]
struct Table {
    shards: Vec<Vec<u64>>,
    seed: u64,
}

/// Where entries of a hash may stand: one place after the other.
fn places(hash: u64, length: usize) -> impl Iterator<Item = usize> {
    // The length is a power of two.
    (0..length).map(move |step| (hash as usize).wrapping_add(step) & length.wrapping_sub(1))
}

impl Table {
    fn of(index: &Index, zone: &Snapshot) -> Table {
        let seed = RandomState::new().hash_one(0u8) | 1;
        let count = parts(index.len());
        let jobs = (0..count).map(|part| index.len() * part / count..index.len() * (part + 1) / count);
        let hash_of = |number| index.owner(zone, number).map_or(0, |owner| hash(owner, seed));
        let hashes = beside(jobs.collect(), |names| names.map(hash_of).collect::<Vec<u64>>()).concat();
        let shards = beside((0..count).collect(), |shard| {
            let own = |hash: &u64| shard_of(*hash, count) == shard;
            // Numbers of names plus one in the lower half, at the place that the name's hash says or the next free one;
            // 0 where it is free. The upper half is that of the hash: most names need no look to be told apart.
            let mut entries =
                vec![0; (hashes.iter().filter(|hash| own(hash)).count() * 2).next_power_of_two()];
            for (number, hash) in (1u64..).zip(&hashes).filter(|(_, hash)| own(hash)) {
                let free = places(*hash, entries.len()).find(|at| entries.get(*at) == Some(&0));
                if let Some(entry) = free.and_then(|at| entries.get_mut(at)) {
                    *entry = hash & UPPER | number;
                }
            }
            entries
        });
        Table { shards, seed }
    }

    fn find(&self, index: &Index, zone: &Snapshot, name: NameRef<'_>) -> Option<usize> {
        let hash = hash(name, self.seed);
        let entries = self.shards.get(shard_of(hash, self.shards.len()))?;
        for at in places(hash, entries.len()) {
            let entry = *entries.get(at)?;
            // Nothing stands in a free place; there are always some.
            let number = (entry & !UPPER).checked_sub(1)? as usize;
            if entry & UPPER == hash & UPPER && index.owner(zone, number) == Some(name) {
                return Some(number);
            }
        }
        None
    }
}

/// By bits of the hash that say nothing of the place in a shard.
fn shard_of(hash: u64, count: usize) -> usize {
    (hash >> 48) as usize % count.max(1)
}

/// The hash of a name, without case. The seed is another one each time, so that nobody writes a zone whose names all
/// have the same.
fn hash(name: NameRef<'_>, seed: u64) -> u64 {
    const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
    // Sets the bit that tells upper from lower case: what else it makes equal is told apart by a look at the name.
    const FOLD: u64 = 0x2020_2020_2020_2020;
    let (eights, rest) = name.wire().as_chunks::<8>();
    let mut hash = seed ^ name.wire().len() as u64;
    let mut mix = |word: u64| {
        let product = u128::from(hash ^ (word | FOLD)) * u128::from(FACTOR ^ seed);
        // Both halves.
        hash = product as u64 ^ (product >> 64) as u64;
    };
    eights.iter().for_each(|eight| mix(u64::from_le_bytes(*eight)));
    mix(rest.iter().fold(0, |word, octet| word << 8 | u64::from(*octet)));
    mix(0);
    hash
}
