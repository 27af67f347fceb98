//! The rows of a list of records: the zone in its order with the draft's changes laid over it.
//!
//! The zone's own rows are never copied. Each changed RRset is a patch that stands for a run of them, so that an
//! edit costs as much as there are changes, and a row is found by binary search. A filter is a list of row
//! numbers. What may be done with a row is `records`' business.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::ops::Range;
use std::sync::Arc;

use crate::zone::merge;
use crate::zone::rrset::RrKey;
use crate::zone::{Change, ChangeMap, NameRef, Rdata, RecordType, RrSet, SetId, Snapshot, types};

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
    /// Is it the same record, whatever its TTL?
    fn is(&self, key: &RrKey, rdata: &[u8]) -> bool {
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

/// A look through the zone's own rows for those that a filter lets through. Takes a tenth of a second for a million.
#[derive(Debug, Clone)]
pub struct Search {
    zone: Arc<Snapshot>,
    filter: String,
    /// The rows to look at; `None` for all.
    among: Option<Arc<[u32]>>,
}

/// What a search has found.
#[derive(Debug, Clone, Default)]
pub struct Found {
    filter: String,
    matching: Arc<[u32]>,
}

impl Search {
    /// How many rows it looks at.
    pub fn rows(&self) -> usize {
        self.among.as_ref().map_or(self.zone.record_count(), |among| among.len())
    }

    /// Would it find the same?
    pub fn is_same(&self, other: &Search) -> bool {
        let same_rows = match (&self.among, &other.among) {
            (Some(ours), Some(theirs)) => Arc::ptr_eq(ours, theirs),
            (ours, theirs) => ours.is_none() && theirs.is_none(),
        };
        same_rows && self.filter == other.filter && Arc::ptr_eq(&self.zone, &other.zone)
    }

    pub fn run(self) -> Found {
        let fits = |row: &u32| base_matches(&self.zone, *row as usize, &self.filter);
        let matching = match &self.among {
            Some(among) => among.iter().copied().filter(fits).collect(),
            // Row numbers of a snapshot fit into 32 bits.
            None => (0..self.zone.record_count() as u32).filter(fits).collect(),
        };
        Found { filter: self.filter, matching }
    }
}

/// A changed (or left out) RRset's rows, in place of a run of the zone's own.
#[derive(Debug)]
struct Patch {
    key: RrKey,
    base: Range<usize>,
    rows: Vec<Row>,
    /// The number of its first row in the list.
    start: usize,
}

/// The list.
#[derive(Debug, Default)]
pub struct Rows {
    patches: Vec<Patch>,
    count: usize,
    /// The zone's own rows that may be shown; `None` for all of them.
    choice: Option<Arc<[u32]>>,
    /// In lower case.
    filter: String,
    /// Those of them that the filter lets through; empty without a filter.
    matching: Arc<[u32]>,
    /// The rows shown, where those are not all.
    shown: Option<Vec<u32>>,
}

impl Rows {
    /// The rows of a zone and its changes, without the RRset `hidden`, which is shown elsewhere, but with the parked
    /// records. Keeps no filter.
    pub fn new(base: &Snapshot, changes: &ChangeMap, parked: &[Row], hidden: &RrKey) -> Rows {
        let mut rows = Rows::default();
        rows.set_changes(base, changes, parked, hidden);
        rows
    }

    /// Takes changes and parked records over. Costs as much as there are of them.
    pub fn set_changes(&mut self, base: &Snapshot, changes: &ChangeMap, parked: &[Row], hidden: &RrKey) {
        let mut asides: BTreeMap<&RrKey, Vec<Row>> = BTreeMap::new();
        for row in parked {
            asides.entry(&row.key).or_default().push(row.clone());
        }
        asides.entry(hidden).or_default();
        let mut patches: Vec<Patch> = Vec::with_capacity(changes.len() + asides.len());
        let mut patch = |key: &RrKey, rows: Vec<Row>| {
            let base = match base.find(key) {
                Some(set) => base.rows_of(set),
                None => {
                    let next = base.rows_of(SetId(base.lower_bound(key)));
                    // An empty run: the key comes after every set of the zone.
                    let at = if next.is_empty() { base.record_count() } else { next.start };
                    at..at
                }
            };
            patches.push(Patch { key: key.clone(), base, rows, start: 0 });
        };
        let contested = merge::contested(base, changes);
        let mut changes = changes.iter().peekable();
        let mut asides = asides.into_iter().peekable();
        while let Some(key) =
            changes.peek().map(|(key, _)| *key).into_iter().chain(asides.peek().map(|(key, _)| *key)).min()
        {
            let change = changes.next_if(|(other, _)| *other == key);
            let aside = asides.next_if(|(other, _)| *other == key).map(|(_, rows)| rows).unwrap_or_default();
            let rows = match change {
                _ if key == hidden => Vec::new(),
                Some((_, change)) => changed_rows(key, change, contested.contains(key)),
                None => base.get(key).map_or_else(Vec::new, |set| unchanged_rows(key, &set)),
            };
            let rows = with_parked(rows, aside);
            patch(key, rows);
        }
        let mut shift = 0isize;
        for patch in &mut patches {
            patch.start = patch.base.start.saturating_add_signed(shift);
            // Lengths of lists in memory, far below the limits of isize.
            shift += patch.rows.len() as isize - patch.base.len() as isize;
        }
        self.patches = patches;
        self.count = base.record_count().saturating_add_signed(shift);
        self.refresh_shown(base);
    }

    /// What must be found out before only rows whose name, type or data contain this text are shown, whatever the
    /// case; `None` where they are already, and for an empty text, which shows all at once.
    pub fn search(&mut self, base: &Arc<Snapshot>, filter: &str) -> Option<Search> {
        let filter = filter.to_lowercase();
        if filter == self.filter {
            return None;
        }
        if filter.is_empty() {
            self.set_matching(base, Found { filter, matching: Arc::default() });
            return None;
        }
        let narrows = !self.filter.is_empty() && filter.contains(&self.filter);
        let among = if narrows { Some(Arc::clone(&self.matching)) } else { self.choice.clone() };
        Some(Search { zone: Arc::clone(base), filter, among })
    }

    /// Are the rows shown those that this filter lets through?
    pub fn is_filtered_by(&self, filter: &str) -> bool {
        self.filter == filter.to_lowercase()
    }

    /// Shows what a search has found.
    pub fn set_matching(&mut self, base: &Snapshot, found: Found) {
        (self.filter, self.matching) = (found.filter, found.matching);
        self.refresh_shown(base);
    }

    /// Shows only these rows of the zone's own, or all of them; changed ones are shown in any case. Lifts the filter.
    pub fn choose(&mut self, base: &Snapshot, choice: Option<Arc<[u32]>>) {
        self.choice = choice;
        self.set_matching(base, Found::default());
    }

    /// Rows shown.
    pub fn len(&self) -> usize {
        self.shown.as_ref().map_or(self.count, Vec::len)
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Rows in all, the filter left aside.
    pub fn total(&self) -> usize {
        self.count
    }

    /// The row at a place of the list as shown.
    pub fn get(&self, base: &Snapshot, index: usize) -> Option<Row> {
        match &self.shown {
            Some(shown) => self.at(base, *shown.get(index)? as usize),
            None => self.at(base, index),
        }
    }

    /// Where a record is in the list as shown.
    pub fn find(&self, base: &Snapshot, key: &RrKey, rdata: &[u8]) -> Option<usize> {
        let (rows, start) = match self.patches.binary_search_by(|patch| patch.key.cmp(key)) {
            Ok(at) => {
                let patch = self.patches.get(at)?;
                (patch.rows.len(), patch.start)
            }
            Err(at) => {
                let rows = base.rows_of(base.find(key)?);
                (rows.len(), self.after_patches(at, rows.start))
            }
        };
        let row =
            (start..start + rows).find(|row| self.at(base, *row).is_some_and(|row| row.is(key, rdata)))?;
        match &self.shown {
            Some(shown) => shown.binary_search(&u32::try_from(row).ok()?).ok(),
            None => Some(row),
        }
    }

    /// The places, as shown, of changed rows; those of the patches, since nothing else is changed.
    pub fn changed(&self) -> impl Iterator<Item = usize> {
        self.patches.iter().flat_map(|patch| {
            let marked = patch
                .rows
                .iter()
                .enumerate()
                .filter(|(_, row)| !matches!(row.mark, Mark::Unchanged | Mark::Parked));
            marked.filter_map(|(index, _)| match &self.shown {
                Some(shown) => shown.binary_search(&u32::try_from(patch.start + index).ok()?).ok(),
                None => Some(patch.start + index),
            })
        })
    }

    /// The row with this number, the filter left aside.
    fn at(&self, base: &Snapshot, number: usize) -> Option<Row> {
        let after = self.patches.partition_point(|patch| patch.start <= number);
        let Some(patch) = after.checked_sub(1).and_then(|before| self.patches.get(before)) else {
            return base_row(base, number);
        };
        let inside = number.checked_sub(patch.start)?;
        match inside.checked_sub(patch.rows.len()) {
            None => patch.rows.get(inside).cloned(),
            Some(beyond) => base_row(base, patch.base.end + beyond),
        }
    }

    /// The number of a row of the zone that no patch stands for; `after` patches stand before it.
    fn after_patches(&self, after: usize, row: usize) -> usize {
        match after.checked_sub(1).and_then(|before| self.patches.get(before)) {
            Some(patch) => patch.start + patch.rows.len() + row.saturating_sub(patch.base.end),
            None => row,
        }
    }

    fn refresh_shown(&mut self, base: &Snapshot) {
        let rows = match (&self.choice, self.filter.is_empty()) {
            (None, true) => {
                self.shown = None;
                return;
            }
            (Some(choice), true) => choice,
            (_, false) => &self.matching,
        };
        let mut shown = Vec::with_capacity(rows.len());
        let mut matching = rows.iter().copied().peekable();
        for (index, patch) in self.patches.iter().enumerate() {
            while let Some(row) = matching.next_if(|row| (*row as usize) < patch.base.start) {
                shown.push(self.after_patches(index, row as usize) as u32);
            }
            while matching.next_if(|row| (*row as usize) < patch.base.end).is_some() {}
            for (offset, row) in patch.rows.iter().enumerate() {
                if self.filter.is_empty()
                    || matches(base, row.key.owner.as_ref(), row.key.rtype, &row.rdata, &self.filter)
                {
                    shown.push((patch.start + offset) as u32);
                }
            }
        }
        shown.extend(matching.map(|row| self.after_patches(self.patches.len(), row as usize) as u32));
        self.shown = Some(shown);
    }
}

fn base_row(base: &Snapshot, number: usize) -> Option<Row> {
    let record = base.record(number)?;
    Some(Row {
        key: record.key(),
        ttl: record.ttl,
        rdata: record.rdata.into(),
        mark: Mark::Unchanged,
        was: None,
        conflict: false,
    })
}

fn base_matches(base: &Snapshot, number: usize, filter: &str) -> bool {
    base.record(number).is_some_and(|record| matches(base, record.owner, record.rtype, record.rdata, filter))
}

/// Does the visible text of a row contain this text (lower case)?
fn matches(base: &Snapshot, owner: NameRef<'_>, rtype: RecordType, rdata: &[u8], filter: &str) -> bool {
    let contains = |text: String| text.to_lowercase().contains(filter);
    let origin = base.origin().as_ref();
    contains(owner.relative_to(origin))
        || contains(rtype.to_string())
        || contains(types::format_rdata(rtype, rdata, Some(origin)))
}
