//! Patches: the rows of changed RRsets, each in place of a run of the zone's own, in the order of the zone.
//!
//! They are kept in pieces, so that one edit beside a million others touches one piece; copies share the pieces that
//! neither has changed since. Where the rows of a patch begin in the list is counted from piece to piece.

use std::iter::Peekable;
use std::ops::Range;
use std::sync::Arc;

use super::Row;
use crate::zone::RrKey;

/// A piece holds at most so many. Few in unit tests, so that small zones have several pieces.
const MOST: usize = if cfg!(all(test, debug_assertions)) { 3 } else { 256 };

/// A changed (or left out) RRset's rows, in place of a run of the zone's own.
#[derive(Debug, Clone)]
pub struct Patch {
    pub key: RrKey,
    pub base: Range<usize>,
    pub rows: Vec<Row>,
    /// Which of the zone's own rows each of them was, if any.
    pub own: Vec<Option<u32>>,
    /// Which of them the filter shows; nothing is known of that while there is none.
    pub shown: Vec<bool>,
    /// How many of these do not fit the filter any more.
    pub unfit: usize,
    /// How many rows the patches before it in its piece add to the list.
    shift: isize,
}

impl Patch {
    pub fn new(key: RrKey, base: Range<usize>, rows: Vec<Row>, own: Vec<Option<u32>>) -> Patch {
        Patch { key, base, rows, own, shown: Vec::new(), unfit: 0, shift: 0 }
    }

    /// How many rows it adds to the list.
    fn adds(&self) -> isize {
        // Lengths of lists in memory, far below the limits of isize.
        self.rows.len() as isize - self.base.len() as isize
    }
}

/// A patch with the number of its first row in the list.
#[derive(Debug, Clone, Copy)]
pub struct Placed<'a> {
    pub start: usize,
    pub patch: &'a Patch,
}

impl Placed<'_> {
    /// The number in the list of one of the zone's own rows, which stands behind it and before the next.
    pub fn number_behind(&self, row: usize) -> usize {
        self.start + self.patch.rows.len() + row.saturating_sub(self.patch.base.end)
    }
}

#[derive(Debug, Clone)]
struct Piece {
    /// Never empty.
    patches: Arc<Vec<Patch>>,
    /// How many rows it adds to the list.
    adds: isize,
    /// How many rows the pieces before it add.
    shift: isize,
}

impl Piece {
    fn new(mut patches: Vec<Patch>) -> Piece {
        let mut adds = 0;
        for patch in &mut patches {
            patch.shift = adds;
            adds += patch.adds();
        }
        Piece { patches: Arc::new(patches), adds, shift: 0 }
    }

    fn place<'a>(&self, patch: &'a Patch) -> Placed<'a> {
        Placed { start: patch.base.start.saturating_add_signed(self.shift + patch.shift), patch }
    }

    fn begins(&self, is_before: impl Fn(Placed<'_>) -> bool) -> bool {
        self.patches.first().is_some_and(|patch| is_before(self.place(patch)))
    }
}

/// All of them.
#[derive(Debug, Clone, Default)]
pub struct Patches {
    pieces: Vec<Piece>,
}

impl Patches {
    /// How many rows they add to the list.
    pub fn adds(&self) -> isize {
        self.pieces.last().map_or(0, |piece| piece.shift + piece.adds)
    }

    pub fn iter(&self) -> impl Iterator<Item = Placed<'_>> {
        self.pieces.iter().flat_map(|piece| piece.patches.iter().map(|patch| piece.place(patch)))
    }

    /// The last one of those at the beginning of which this is so.
    fn last_where(&self, is_so: impl Fn(Placed<'_>) -> bool) -> Option<Placed<'_>> {
        let piece = self.pieces.partition_point(|piece| piece.begins(&is_so)).checked_sub(1)?;
        let piece = self.pieces.get(piece)?;
        let at = piece.patches.partition_point(|patch| is_so(piece.place(patch))).checked_sub(1)?;
        piece.patches.get(at).map(|patch| piece.place(patch))
    }

    /// The last one that begins with the row of this number, or before it.
    pub fn up_to_number(&self, number: usize) -> Option<Placed<'_>> {
        self.last_where(|placed| placed.start <= number)
    }

    /// The last one up to a key.
    pub fn up_to_key(&self, key: &RrKey) -> Option<Placed<'_>> {
        self.last_where(|placed| placed.patch.key <= *key)
    }

    pub fn get(&self, key: &RrKey) -> Option<Placed<'_>> {
        self.up_to_key(key).filter(|placed| placed.patch.key == *key)
    }

    /// Changes all of them, where they show what they show.
    pub fn for_each_mut(&mut self, mut change: impl FnMut(&mut Patch)) {
        for piece in &mut self.pieces {
            Arc::make_mut(&mut piece.patches).iter_mut().for_each(&mut change);
        }
    }

    /// Puts patches in the place of those of the same keys, or takes them away; in the order of the zone. Costs as much
    /// as these are, and next to nothing for the others.
    pub fn replace(&mut self, changed: Vec<(RrKey, Option<Patch>)>) {
        let mut changed = changed.into_iter().peekable();
        let mut old = std::mem::take(&mut self.pieces).into_iter().peekable();
        while let Some(piece) = old.next() {
            let next = old.peek().and_then(|piece| piece.patches.first()).map(|patch| &patch.key);
            let is_here = |key: &RrKey| next.is_none_or(|next| key < next);
            match changed.peek() {
                Some((key, _)) if is_here(key) => {
                    let patches = Arc::unwrap_or_clone(piece.patches);
                    self.add(merged(patches, &mut changed, is_here));
                }
                _ => self.pieces.push(piece),
            }
        }
        self.add(changed.filter_map(|(_, patch)| patch).collect());
        let mut shift = 0;
        for piece in &mut self.pieces {
            piece.shift = shift;
            shift += piece.adds;
        }
    }

    fn add(&mut self, patches: Vec<Patch>) {
        let mut patches = patches.into_iter();
        loop {
            let piece: Vec<Patch> = patches.by_ref().take(MOST).collect();
            if piece.is_empty() {
                return;
            }
            self.pieces.push(Piece::new(piece));
        }
    }
}

/// The patches of a piece with the changed ones that belong there.
fn merged(
    old: Vec<Patch>,
    changed: &mut Peekable<impl Iterator<Item = (RrKey, Option<Patch>)>>,
    is_here: impl Fn(&RrKey) -> bool,
) -> Vec<Patch> {
    let mut merged = Vec::with_capacity(old.len() + 1);
    for patch in old {
        while let Some((_, new)) = changed.next_if(|(key, _)| *key < patch.key) {
            merged.extend(new);
        }
        match changed.next_if(|(key, _)| *key == patch.key) {
            Some((_, new)) => merged.extend(new),
            None => merged.push(patch),
        }
    }
    while let Some((_, new)) = changed.next_if(|(key, _)| is_here(key)) {
        merged.extend(new);
    }
    merged
}
