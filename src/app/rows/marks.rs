//! Which records are marked. They stay marked whatever is filtered, sorted, edited or loaded again.
//!
//! A record that the zone has is a bit, so that marking a million costs 125 kB and no object of its own; an edited record is
//! still the one that it was before. Records that the zone does not have yet stand in a set.

use std::collections::BTreeSet;

use crate::zone::{Rdata, RrKey, Snapshot, types};

/// Marked records.
#[derive(Debug, Clone, Default)]
pub struct Marks {
    /// A bit for each of the zone's own rows, 64 in a word; none while none was ever marked.
    own: Vec<u64>,
    /// How many bits are set.
    count: usize,
    /// Those that are added or parked.
    others: BTreeSet<(RrKey, Rdata)>,
}

impl Marks {
    pub fn count(&self) -> usize {
        self.count + self.others.len()
    }

    pub fn has_own(&self, row: u32) -> bool {
        let word = self.own.get(row as usize / 64);
        word.is_some_and(|word| word >> (row % 64) & 1 == 1)
    }

    pub fn has_other(&self, key: &RrKey, rdata: &Rdata) -> bool {
        // Nearly always there are none, and then nothing is copied.
        !self.others.is_empty() && self.others.contains(&(key.clone(), rdata.clone()))
    }

    pub fn set_own(&mut self, row: u32, marked: bool) {
        if self.has_own(row) == marked {
            return;
        }
        let at = row as usize / 64;
        if self.own.len() <= at {
            self.own.resize(at + 1, 0);
        }
        if let Some(word) = self.own.get_mut(at) {
            *word ^= 1 << (row % 64);
        }
        self.count = if marked { self.count + 1 } else { self.count.saturating_sub(1) };
    }

    pub fn set_other(&mut self, key: &RrKey, rdata: &Rdata, marked: bool) {
        match marked {
            true => self.others.insert((key.clone(), rdata.clone())),
            false => self.others.remove(&(key.clone(), rdata.clone())),
        };
    }

    pub fn others(&self) -> impl Iterator<Item = &(RrKey, Rdata)> {
        self.others.iter()
    }

    /// Those of one RRset.
    pub fn others_of<'a>(&'a self, key: &'a RrKey) -> impl Iterator<Item = &'a Rdata> {
        let first = (key.clone(), Rdata::default());
        self.others.range(first..).take_while(move |(other, _)| other == key).map(|(_, rdata)| rdata)
    }

    /// The zone's own rows that are marked, ascending.
    pub fn own(&self) -> impl Iterator<Item = u32> {
        self.own.iter().enumerate().flat_map(|(at, word)| {
            let mut rest = *word;
            std::iter::from_fn(move || {
                let bit = (rest != 0).then(|| rest.trailing_zeros())?;
                rest &= rest - 1;
                Some(at as u32 * 64 + bit)
            })
        })
    }

    pub fn clear(&mut self) {
        *self = Marks::default();
    }

    /// The marks of the same records in another version of the zone.
    pub fn moved(&self, old: &Snapshot, new: &Snapshot) -> Marks {
        let mut marks = Marks::default();
        let place = |key: &RrKey, rdata: &[u8]| {
            let wanted = types::canonical(key.rtype, rdata);
            let rows = new.find(key).map_or(0..0, |set| new.rows_of(set));
            // Row numbers of a snapshot fit into 32 bits.
            let found = rows.into_iter().find(|row| types::canonical(key.rtype, new.rdata(*row)) == wanted);
            found.map(|row| row as u32)
        };
        let mut mark = |key: &RrKey, rdata: &Rdata| match place(key, rdata) {
            Some(row) => marks.set_own(row, true),
            None => marks.set_other(key, rdata, true),
        };
        // Both zones are in the same order: each search ends near the one before.
        for row in self.own() {
            let Some(record) = old.record(row as usize) else { continue };
            mark(&record.key(), &record.rdata.into());
        }
        for (key, rdata) in &self.others {
            mark(key, rdata);
        }
        marks
    }
}
