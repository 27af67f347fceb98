//! The list's marks, and the order of its rows.

use std::collections::HashSet;

use super::{Mark, Order, Patch, Placed, Row, Rows, base_row};
use crate::zone::{Rdata, RrKey, Snapshot};

/// Records chosen out of a list: four octets for each that is not edited.
#[derive(Debug, Clone, Default)]
pub struct Chosen {
    /// The zone's own rows, ascending.
    own: Vec<u32>,
    /// Records of edited sets, as they are now.
    edited: Vec<(RrKey, Rdata)>,
}

impl Chosen {
    pub fn len(&self) -> usize {
        self.own.len() + self.edited.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn records<'a>(&'a self, zone: &'a Snapshot) -> impl Iterator<Item = (RrKey, Rdata)> + 'a {
        let own = self.own.iter().filter_map(|row| zone.record(*row as usize));
        own.map(|record| (record.key(), Rdata::from(record.rdata))).chain(self.edited.iter().cloned())
    }

    /// Deleted and parked records are in no zone.
    fn take(&mut self, own: Option<u32>, row: Option<&Row>) {
        match (row, own) {
            (Some(row), _) if matches!(row.mark, Mark::Deleted | Mark::Parked) => {}
            (Some(row), _) => self.edited.push((row.key.clone(), row.rdata.clone())),
            (None, Some(own)) => self.own.push(own),
            (None, None) => {}
        }
    }
}

impl Rows {
    /// How many rows are marked.
    pub fn marked(&self) -> usize {
        self.marks.count()
    }

    /// Is the row at a place of the list, as shown, marked?
    pub fn is_marked(&self, index: usize) -> bool {
        self.number(index).is_some_and(|number| self.is_marked_number(number))
    }

    pub fn mark(&mut self, index: usize, marked: bool) {
        if let Some(number) = self.number(index) {
            self.set_mark(number, marked);
        }
    }

    /// Marks every row shown, or, with `invert`, those that are not marked instead of those that are.
    pub fn mark_shown(&mut self, invert: bool) {
        match self.shown.take() {
            Some(shown) => {
                for number in &shown {
                    let marked = !invert || !self.is_marked_number(*number as usize);
                    self.set_mark(*number as usize, marked);
                }
                self.shown = Some(shown);
            }
            None => {
                for number in 0..self.count {
                    let marked = !invert || !self.is_marked_number(number);
                    self.set_mark(number, marked);
                }
            }
        }
        self.follow_marks();
    }

    pub fn clear_marks(&mut self) {
        self.marks.clear();
        self.follow_marks();
    }

    fn follow_marks(&mut self) {
        if self.filter.marked().next().is_some() {
            self.refresh_shown();
        }
    }

    /// The marked rows in the order of the zone, whether they are shown or not.
    pub fn marked_rows(&self, base: &Snapshot) -> Vec<Row> {
        let mut rows = Vec::with_capacity(self.marks.count());
        let mut own = self.marks.own().peekable();
        for Placed { patch, .. } in self.patches.iter() {
            while let Some(row) = own.next_if(|row| (*row as usize) < patch.base.start) {
                rows.extend(base_row(base, row as usize));
            }
            while own.next_if(|row| (*row as usize) < patch.base.end).is_some() {}
            let marked = patch.rows.iter().zip(&patch.own).filter(|(row, own)| self.has_mark(row, **own));
            rows.extend(marked.map(|(row, _)| row.clone()));
        }
        rows.extend(own.filter_map(|row| base_row(base, row as usize)));
        rows
    }

    /// The marked records, whether they are shown or not.
    pub fn chosen_marked(&self) -> Chosen {
        let mut chosen = Chosen::default();
        let mut own = self.marks.own().peekable();
        for Placed { patch, .. } in self.patches.iter() {
            while let Some(row) = own.next_if(|row| (*row as usize) < patch.base.start) {
                chosen.take(Some(row), None);
            }
            while own.next_if(|row| (*row as usize) < patch.base.end).is_some() {}
            let marked = patch.rows.iter().zip(&patch.own).filter(|(row, own)| self.has_mark(row, **own));
            marked.for_each(|(row, _)| chosen.take(None, Some(row)));
        }
        own.for_each(|row| chosen.take(Some(row), None));
        chosen
    }

    /// The records shown.
    pub fn chosen_shown(&self) -> Chosen {
        let mut chosen = Chosen::default();
        for number in (0..self.len()).filter_map(|index| self.number(index)) {
            let (own, row) = self.identity(number);
            chosen.take(own, row);
        }
        chosen
    }

    /// How many of the marked rows are not shown.
    pub fn hidden_marks(&self) -> usize {
        let Some(shown) = self.shown.as_ref().filter(|_| self.marked() > 0) else { return 0 };
        let seen = shown.iter().filter(|number| self.is_marked_number(**number as usize)).count();
        self.marked().saturating_sub(seen)
    }

    /// Takes over the marks of the rows of an earlier version of the zone.
    pub fn take_marks(&mut self, earlier: &Rows, old: &Snapshot, new: &Snapshot) {
        self.marks = earlier.marks.moved(old, new);
        let mut keys: Vec<RrKey> = self.marks.others().map(|(key, _)| key.clone()).collect();
        keys.dedup();
        self.carry_marks(Vec::new(), &keys);
    }

    /// The number of the row at a place of the list as shown.
    fn number(&self, index: usize) -> Option<usize> {
        match &self.shown {
            Some(shown) => shown.get(index).map(|number| *number as usize),
            None => (index < self.count).then_some(index),
        }
    }

    /// Which row of the zone a row is, and the row itself where it stands in a patch.
    fn identity(&self, number: usize) -> (Option<u32>, Option<&Row>) {
        // Row numbers of a snapshot fit into 32 bits.
        let Some(Placed { start, patch }) = self.patches.up_to_number(number) else {
            return (Some(number as u32), None);
        };
        let inside = number.saturating_sub(start);
        match inside.checked_sub(patch.rows.len()) {
            None => (patch.own.get(inside).copied().flatten(), patch.rows.get(inside)),
            Some(beyond) => (Some((patch.base.end + beyond) as u32), None),
        }
    }

    pub(super) fn is_marked_number(&self, number: usize) -> bool {
        match self.identity(number) {
            (Some(own), _) => self.marks.has_own(own),
            (None, Some(row)) => self.marks.has_other(&row.key, &row.rdata),
            (None, None) => false,
        }
    }

    fn has_mark(&self, row: &Row, own: Option<u32>) -> bool {
        own.map_or_else(|| self.marks.has_other(&row.key, &row.rdata), |own| self.marks.has_own(own))
    }

    fn set_mark(&mut self, number: usize, marked: bool) {
        match self.identity(number) {
            (Some(own), _) => self.marks.set_own(own, marked),
            (None, Some(row)) => {
                let (key, rdata) = (row.key.clone(), row.rdata.clone());
                self.marks.set_other(&key, &rdata, marked);
            }
            (None, None) => {}
        }
    }

    /// The marks of rows that the zone does not have, in patches that others come for: where an RRset has as many as
    /// before, each at its place, so that one that is edited stays marked.
    pub(super) fn carried_marks(&self, changed: &[(RrKey, Option<Patch>)]) -> Vec<(RrKey, Rdata)> {
        if self.marks.others().next().is_none() {
            return Vec::new();
        }
        let marked = |row: &Row| self.marks.has_other(&row.key, &row.rdata);
        let mut kept = Vec::new();
        for (key, new) in changed {
            let old = self.patches.get(key).map(|old| old.patch);
            let (Some(old), Some(new)) = (old, new) else { continue };
            if new.rows.len() != old.rows.len() {
                continue;
            }
            let pairs = old.rows.iter().zip(&old.own).zip(new.rows.iter().zip(&new.own));
            let moved = pairs.filter(|((row, was), (_, own))| was.is_none() && own.is_none() && marked(row));
            kept.extend(moved.map(|(_, (row, _))| (row.key.clone(), row.rdata.clone())));
        }
        kept
    }

    /// Keeps these. In the patches that are others now, marks of rows that are gone go as well.
    pub(super) fn carry_marks(&mut self, kept: Vec<(RrKey, Rdata)>, changed: &[RrKey]) {
        for (key, rdata) in kept {
            self.marks.set_other(&key, &rdata, true);
        }
        if self.marks.others().next().is_none() {
            return;
        }
        for key in changed {
            let patch = self.patches.get(key).map(|placed| placed.patch);
            let rows = patch.into_iter().flat_map(|patch| patch.rows.iter().zip(&patch.own));
            let there: HashSet<&Rdata> =
                rows.filter(|(_, own)| own.is_none()).map(|(row, _)| &row.rdata).collect();
            let gone = self.marks.others_of(key).filter(|rdata| !there.contains(rdata));
            for rdata in gone.cloned().collect::<Vec<_>>() {
                self.marks.set_other(key, &rdata, false);
            }
        }
    }

    /// The numbers of the chosen rows, or of all, in an order. Rows that the zone does not have get their places.
    pub(super) fn in_order(&self, order: &Order, chosen: Option<Vec<u32>>) -> Vec<u32> {
        const NOT_SHOWN: u32 = u32::MAX;
        let mut numbers = vec![NOT_SHOWN; order.rows.len()];
        let mut added: Vec<(usize, u32)> = Vec::new();
        let mut take = |number: u32| match self.identity(number as usize) {
            (Some(own), _) => {
                if let Some(place) = numbers.get_mut(own as usize) {
                    *place = number;
                }
            }
            (None, Some(row)) => {
                let place = order.place(row.key.owner.as_ref(), row.key.rtype, row.ttl, &row.rdata);
                added.push((place, number));
            }
            (None, None) => {}
        };
        match chosen {
            Some(chosen) => chosen.into_iter().for_each(&mut take),
            None => (0..self.count as u32).for_each(&mut take),
        }
        added.sort_unstable();
        let mut added = added.into_iter().peekable();
        let mut shown = Vec::with_capacity(self.count.min(numbers.len()) + added.len());
        for (place, row) in order.rows.iter().enumerate() {
            while let Some((_, number)) = added.next_if(|(at, _)| *at <= place) {
                shown.push(number);
            }
            shown.extend(numbers.get(*row as usize).filter(|number| **number != NOT_SHOWN));
        }
        shown.extend(added.map(|(_, number)| number));
        shown
    }
}
