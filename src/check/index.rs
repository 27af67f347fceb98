//! The names of a snapshot by number, and by name without searching: for a walk over all of it.

use std::hash::{BuildHasher as _, RandomState};

use super::types::Types;
use super::view::Census;
use crate::zone::{NameRef, SetId, Snapshot};

/// The half of an entry that is that of the hash.
const UPPER: u64 = 0xffff_ffff_0000_0000;

/// The names of one snapshot, in zone order.
#[derive(Debug)]
pub struct Index {
    /// The first RRset of each name, and the number of RRsets at the end.
    firsts: Vec<u32>,
    types: Vec<Types>,
    /// Numbers of names plus one in the lower half, at the place that the name's hash says or the next free one; 0
    /// where it is free. The upper half is that of the hash: most names need no look to be told apart.
    table: Vec<u64>,
    seed: u64,
    pub census: Census,
}

impl Index {
    pub fn of(zone: &Snapshot) -> Index {
        let mut firsts: Vec<u32> = Vec::with_capacity(zone.set_count() / 2 + 1);
        let mut types: Vec<Types> = Vec::with_capacity(zone.set_count() / 2);
        for set in zone.set_ids() {
            let own = zone.rtype(zone.rows_of(set).start).map_or(Types::NONE, Types::one);
            match (firsts.last(), types.last_mut()) {
                (Some(first), Some(types)) if zone.is_same_owner(SetId(*first), set) => *types = *types | own,
                _ => {
                    firsts.push(set.0);
                    types.push(own);
                }
            }
        }
        let mut table = vec![0; (types.len() * 2).next_power_of_two()];
        let seed = RandomState::new().hash_one(0u8) | 1;
        let mut census = Census::default();
        // Row numbers of a snapshot fit into 32 bits.
        for ((node, first), types) in (1u64..).zip(&firsts).zip(&types) {
            let Some(record) = zone.record(zone.rows_of(SetId(*first)).start) else { continue };
            census.count(record.owner, *types, node == 1, false);
            let hash = hash(record.owner, seed);
            let last = table.len() - 1;
            let mut at = hash as usize & last;
            while let Some(taken) = table.get_mut(at) {
                if *taken == 0 {
                    *taken = hash & UPPER | node;
                    break;
                }
                at = (at + 1) & last;
            }
        }
        firsts.push(zone.set_count() as u32);
        Index { firsts, types, table, seed, census }
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
        let hash = hash(name, self.seed);
        let last = self.table.len().checked_sub(1)?;
        let mut at = hash as usize & last;
        loop {
            let entry = *self.table.get(at)?;
            // Nothing stands in a free place; there are always some.
            let node = (entry & !UPPER).checked_sub(1)? as usize;
            if entry & UPPER == hash & UPPER && self.owner(zone, node) == Some(name) {
                return Some(node);
            }
            at = (at + 1) & last;
        }
    }
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
