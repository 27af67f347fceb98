//! The names of a snapshot by number, and by name without searching: for a walk over all of it.

use super::types::Types;
use super::view::Census;
use crate::zone::{NameRef, SetId, Snapshot};

/// The names of one snapshot, in zone order.
#[derive(Debug)]
pub struct Index {
    /// The first RRset of each name, and the number of RRsets at the end.
    firsts: Vec<u32>,
    types: Vec<Types>,
    /// Numbers of names plus one, at the place that the name's hash says or the next free one; 0 where it is free.
    table: Vec<u32>,
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
        let mut census = Census::default();
        // Row numbers of a snapshot fit into 32 bits.
        for ((node, first), types) in (1u32..).zip(&firsts).zip(&types) {
            let Some(record) = zone.record(zone.rows_of(SetId(*first)).start) else { continue };
            census.count(record.owner, *types, node == 1, false);
            let mut at = place(record.owner, table.len());
            while let Some(taken) = table.get_mut(at) {
                if *taken == 0 {
                    *taken = node;
                    break;
                }
                at = (at + 1) & (table.len() - 1);
            }
        }
        firsts.push(zone.set_count() as u32);
        Index { firsts, types, table, census }
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
        let mut at = place(name, self.table.len());
        loop {
            let node = *self.table.get(at)? as usize;
            let node = node.checked_sub(1)?;
            if self.owner(zone, node) == Some(name) {
                return Some(node);
            }
            at = (at + 1) & (self.table.len() - 1);
        }
    }
}

/// Where a name is looked for first, in a table of so many places (a power of two).
fn place(name: NameRef<'_>, places: usize) -> usize {
    const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
    // Sets the bit that tells upper from lower case: what else it makes equal is told apart by a look at the name.
    const FOLD: u64 = 0x2020_2020_2020_2020;
    let (eights, rest) = name.wire().as_chunks::<8>();
    let mut hash = name.wire().len() as u64;
    let mut mix = |word: u64| hash = (hash ^ (word | FOLD)).wrapping_mul(FACTOR).rotate_left(29);
    eights.iter().for_each(|eight| mix(u64::from_le_bytes(*eight)));
    mix(rest.iter().fold(0, |word, octet| word << 8 | u64::from(*octet)));
    // The table is far smaller than 2^32 places.
    (hash ^ hash >> 32) as usize & places.saturating_sub(1)
}
