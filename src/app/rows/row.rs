//! A row: a record as the list shows it, and the rows that a changed RRset makes.

use std::collections::{HashMap, VecDeque};

use crate::zone::{Change, Rdata, RrKey, RrSet, types};

/// How a row differs from the zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    Unchanged,
    Added,
    Changed,
    Deleted,
    /// A comment of the zone's text: kept there, not in the zone.
    Parked,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub key: RrKey,
    /// Seconds.
    pub ttl: u32,
    pub rdata: Rdata,
    pub mark: Mark,
    /// What the server holds in its place, where that is something else: TTL and RDATA.
    pub was: Option<(u32, Rdata)>,
    /// Somebody else changed the RRset since it was edited here.
    pub conflict: bool,
}

impl Row {
    /// The record as the zone has it, where that is another one.
    pub fn original(&self) -> &Rdata {
        self.was.as_ref().map_or(&self.rdata, |(_, rdata)| rdata)
    }

    /// Is it the same record, whatever its TTL?
    pub(super) fn is(&self, key: &RrKey, rdata: &[u8]) -> bool {
        self.key == *key && types::canonical(key.rtype, &self.rdata) == types::canonical(key.rtype, rdata)
    }
}

/// The rows of an RRset that is not changed.
pub fn unchanged_rows(key: &RrKey, set: &RrSet) -> Vec<Row> {
    let row = |(index, rdata): (usize, &Rdata)| Row {
        key: key.clone(),
        ttl: set.ttl_of(index),
        rdata: rdata.clone(),
        mark: Mark::Unchanged,
        was: None,
        conflict: false,
    };
    set.rdata.iter().enumerate().map(row).collect()
}

/// The rows of a changed RRset. Records that went away keep their place: those that others came for show the
/// new value there, the rest stay visible as deleted; new ones come last.
pub fn changed_rows(key: &RrKey, change: &Change, conflict: bool) -> Vec<Row> {
    let empty = RrSet::new(0, Vec::new());
    let before = change.before.as_ref().unwrap_or(&empty);
    let after = change.after.as_ref().unwrap_or(&empty);
    let new_row = |index: usize, rdata: &Rdata, mark, was| Row {
        key: key.clone(),
        ttl: after.ttl_of(index),
        rdata: rdata.clone(),
        mark,
        was,
        conflict,
    };
    let places = |set: &RrSet| -> HashMap<Vec<u8>, usize> {
        let records = set.rdata.iter().enumerate();
        records.map(|(at, rdata)| (types::canonical(key.rtype, rdata).into_owned(), at)).collect()
    };
    let (old_places, new_places) = (places(before), places(after));
    let place = |places: &HashMap<Vec<u8>, usize>, rdata: &[u8]| {
        places.get(types::canonical(key.rtype, rdata).as_ref()).copied()
    };
    let mut added: VecDeque<usize> = (after.rdata.iter().enumerate())
        .filter(|(_, rdata)| place(&old_places, rdata).is_none())
        .map(|(index, _)| index)
        .collect();
    let mut rows = Vec::with_capacity(before.rdata.len() + added.len());
    for (index, old) in before.rdata.iter().enumerate() {
        let was = (before.ttl_of(index), old.clone());
        let kept = place(&new_places, old);
        let row = match kept.or_else(|| added.pop_front()) {
            None => {
                let (ttl, rdata) = was;
                Row { key: key.clone(), ttl, rdata, mark: Mark::Deleted, was: None, conflict }
            }
            Some(at) => {
                let Some(new) = after.rdata.get(at) else { continue };
                if (after.ttl_of(at), new) == (was.0, &was.1) {
                    new_row(at, new, Mark::Unchanged, None)
                } else {
                    new_row(at, new, Mark::Changed, Some(was))
                }
            }
        };
        rows.push(row);
    }
    for at in added {
        if let Some(new) = after.rdata.get(at) {
            rows.push(new_row(at, new, Mark::Added, None));
        }
    }
    rows
}

/// The rows of an RRset with those parked beside it: what was parked just now stands there once, and what is in the zone as
/// well is not parked.
pub fn with_parked(mut rows: Vec<Row>, mut parked: Vec<Row>) -> Vec<Row> {
    let is_there = |rows: &[Row], other: &Row| rows.iter().any(|row| row.is(&other.key, &other.rdata));
    rows.retain(|row| row.mark != Mark::Deleted || !is_there(&parked, row));
    parked.retain(|row| !is_there(&rows, row));
    rows.extend(parked);
    rows
}
