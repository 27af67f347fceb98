//! The rows of a list of records: the zone in its order with the draft's changes laid over it.
//!
//! The zone's own rows are never copied. Each changed RRset is a patch that stands for a run of them, so that an
//! edit costs as much as there are changes, and a row is found by binary search. A filter and an order are lists of row
//! numbers. What may be done with a row is `records`' business.

mod marks;
mod order;
mod row;
mod search;
mod selecting;

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::Arc;

use self::marks::Marks;
pub use self::order::{Column, Order, SortBy, Sorting};
pub use self::row::{Mark, Row, changed_rows, unchanged_rows, with_parked};
pub use self::search::{Found, Search};
pub use self::selecting::Chosen;
use crate::bulk::{Filter, Subject};
use crate::zone::merge;
use crate::zone::rrset::RrKey;
use crate::zone::{ChangeMap, RecordType, SetId, Snapshot, types};

/// A changed (or left out) RRset's rows, in place of a run of the zone's own.
#[derive(Debug)]
struct Patch {
    key: RrKey,
    base: Range<usize>,
    rows: Vec<Row>,
    /// Which of the zone's own rows each of them was, if any.
    own: Vec<Option<u32>>,
    /// Which of them the filter shows; nothing is known of that while there is none.
    shown: Vec<bool>,
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
    filter: Filter,
    /// Those of them that the filter lets through; empty without a filter.
    matching: Arc<[u32]>,
    /// Rows that are shown and fit the filter no more: see [`Rows::filter_again`].
    unfit: usize,
    /// How the rows are sorted; `None` for the order of the zone.
    order: Option<Order>,
    /// The rows shown, where those are not all in the order of the zone.
    shown: Option<Vec<u32>>,
    marks: Marks,
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
            let zone = base;
            let base = match zone.find(key) {
                Some(set) => zone.rows_of(set),
                None => {
                    let next = zone.rows_of(SetId(zone.lower_bound(key)));
                    // An empty run: the key comes after every set of the zone.
                    let at = if next.is_empty() { zone.record_count() } else { next.start };
                    at..at
                }
            };
            let own = own_rows(zone, &base, &rows);
            patches.push(Patch { key: key.clone(), base, rows, own, shown: Vec::new(), start: 0 });
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
        let before = std::mem::replace(&mut self.patches, patches);
        self.count = base.record_count().saturating_add_signed(shift);
        self.carry_marks(&before);
        self.carry_shown(base, &before);
        self.refresh_shown();
    }

    /// Rows that were edited since the filter was set, and fit it no more. They stay where they are, under the cursor and
    /// among the others that are being edited, until the filter is set again.
    pub fn unfit(&self) -> usize {
        self.unfit
    }

    /// Shows only what fits the filter now.
    pub fn filter_again(&mut self, base: &Snapshot) {
        self.judge(base);
        self.refresh_shown();
    }

    /// Which of the changed rows fit the filter.
    fn judge(&mut self, base: &Snapshot) {
        self.unfit = 0;
        let (filter, mut buffer) = (&self.filter, String::new());
        for patch in &mut self.patches {
            patch.shown = match filter.is_empty() {
                true => Vec::new(),
                false => patch.rows.iter().map(|row| fits(row, base, filter, &mut buffer)).collect(),
            };
        }
    }

    /// The same where the filter stays and rows are edited: what was shown is shown still.
    fn carry_shown(&mut self, base: &Snapshot, before: &[Patch]) {
        if self.filter.is_empty() {
            return;
        }
        let (filter, matching) = (&self.filter, &self.matching);
        let (mut buffer, mut unfit) = (String::new(), 0);
        for patch in &mut self.patches {
            let old = before.binary_search_by(|old| old.key.cmp(&patch.key)).ok();
            let old = old.and_then(|at| before.get(at));
            let was: HashMap<u32, bool> = (old.iter())
                .flat_map(|old| old.own.iter().zip(&old.shown))
                .filter_map(|(own, shown)| Some(((*own)?, *shown)))
                .collect();
            // Added ones have no number; as many as before, they are the same.
            let same = old.filter(|old| old.rows.len() == patch.rows.len());
            let was_shown = |index: usize, own: Option<u32>| match own {
                Some(own) => was.get(&own).copied().unwrap_or_else(|| matching.binary_search(&own).is_ok()),
                None => same.is_some_and(|old| {
                    old.own.get(index) == Some(&None) && old.shown.get(index) == Some(&true)
                }),
            };
            let rows = patch.rows.iter().zip(&patch.own).enumerate();
            patch.shown = rows
                .map(|(index, (row, own))| {
                    let fits = fits(row, base, filter, &mut buffer);
                    let shown = fits || was_shown(index, *own);
                    unfit += usize::from(shown && !fits);
                    shown
                })
                .collect();
        }
        self.unfit = unfit;
    }

    /// What must be found out before only rows that this filter lets through are shown; `None` where they are already,
    /// and for an empty one, which shows all at once.
    pub fn search(&mut self, base: &Arc<Snapshot>, filter: &Filter) -> Option<Search> {
        if *filter == self.filter {
            return None;
        }
        if filter.is_empty() {
            self.set_matching(base, Found::default());
            return None;
        }
        let narrows = !self.filter.is_empty() && filter.narrows(&self.filter);
        let among = if narrows { Some(Arc::clone(&self.matching)) } else { self.choice.clone() };
        Some(Search { zone: Arc::clone(base), filter: filter.clone(), among })
    }

    /// Are the rows shown those that this filter lets through?
    pub fn is_filtered_by(&self, filter: &Filter) -> bool {
        self.filter == *filter
    }

    /// How the rows are sorted; `None` for the order of the zone.
    pub fn sorted_by(&self) -> Option<SortBy> {
        self.order.as_ref().map(|order| order.by)
    }

    /// The sorting that gives this order to the rows as they are now.
    pub fn sorting(&self, base: &Arc<Snapshot>, by: SortBy) -> Sorting {
        let rows = self.patches.iter().flat_map(|patch| patch.rows.iter().zip(&patch.own));
        let edited = rows.filter_map(|(row, own)| Some(((*own)?, row.ttl, row.rdata.clone())));
        let mut edited: Vec<_> = edited.collect();
        edited.sort_unstable_by_key(|(row, ..)| *row);
        Sorting { zone: Arc::clone(base), by, edited }
    }

    /// Shows the rows in an order, or in that of the zone.
    pub fn set_order(&mut self, order: Option<Order>) {
        self.order = order;
        self.refresh_shown();
    }

    /// Shows what a search has found.
    pub fn set_matching(&mut self, base: &Snapshot, found: Found) {
        (self.filter, self.matching) = (found.filter, found.matching);
        self.filter_again(base);
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
        self.place_of(row)
    }

    /// Where the row with this number is in the list as shown.
    fn place_of(&self, number: usize) -> Option<usize> {
        let wanted = u32::try_from(number).ok()?;
        match (&self.shown, &self.order) {
            (None, _) => Some(number),
            (Some(shown), None) => shown.binary_search(&wanted).ok(),
            (Some(shown), Some(_)) => shown.iter().position(|number| *number == wanted),
        }
    }

    /// The places, as shown, of changed rows, ascending; those of the patches, since nothing else is changed.
    pub fn changed(&self) -> Vec<usize> {
        let is_changed = |row: &Row| !matches!(row.mark, Mark::Unchanged | Mark::Parked);
        let of_patch = |patch: &Patch| {
            let start = patch.start;
            let rows = patch.rows.iter().enumerate().filter(|(_, row)| is_changed(row));
            rows.map(|(index, _)| start + index).collect::<Vec<_>>()
        };
        let numbers = self.patches.iter().flat_map(of_patch);
        match (&self.shown, &self.order) {
            (Some(shown), Some(_)) => {
                let numbers: std::collections::HashSet<usize> = numbers.collect();
                let places = shown.iter().enumerate();
                places
                    .filter(|(_, number)| numbers.contains(&(**number as usize)))
                    .map(|(at, _)| at)
                    .collect()
            }
            _ => numbers.filter_map(|number| self.place_of(number)).collect(),
        }
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

    fn refresh_shown(&mut self) {
        let all = self.choice.is_none() && self.filter.is_empty();
        let chosen = (!all).then(|| self.chosen());
        self.shown = match &self.order {
            Some(order) => Some(self.in_order(order, chosen)),
            None => chosen,
        };
    }

    /// The numbers of the rows that are chosen and that the filter lets through, ascending.
    fn chosen(&self) -> Vec<u32> {
        let rows = match (&self.choice, self.filter.is_empty()) {
            (Some(choice), true) => choice,
            _ => &self.matching,
        };
        let mut shown = Vec::with_capacity(rows.len());
        let mut matching = rows.iter().copied().peekable();
        for (index, patch) in self.patches.iter().enumerate() {
            while let Some(row) = matching.next_if(|row| (*row as usize) < patch.base.start) {
                shown.push(self.after_patches(index, row as usize) as u32);
            }
            while matching.next_if(|row| (*row as usize) < patch.base.end).is_some() {}
            for offset in 0..patch.rows.len() {
                if self.filter.is_empty() || patch.shown.get(offset) == Some(&true) {
                    shown.push((patch.start + offset) as u32);
                }
            }
        }
        shown.extend(matching.map(|row| self.after_patches(self.patches.len(), row as usize) as u32));
        for marked in self.filter.marked() {
            shown.retain(|number| self.is_marked_number(*number as usize) == marked);
        }
        shown
    }
}

fn fits(row: &Row, base: &Snapshot, filter: &Filter, buffer: &mut String) -> bool {
    let subject = Subject {
        owner: row.key.owner.as_ref(),
        rtype: row.key.rtype,
        ttl: row.ttl,
        rdata: &row.rdata,
        changed: !matches!(row.mark, Mark::Unchanged | Mark::Parked),
    };
    filter.fits(subject, base.origin().as_ref(), buffer)
}

/// Which of the rows of a run each of these rows was, if any.
fn own_rows(zone: &Snapshot, run: &Range<usize>, rows: &[Row]) -> Vec<Option<u32>> {
    fn canonical(rtype: RecordType, rdata: &[u8]) -> Vec<u8> {
        types::canonical(rtype, rdata).into_owned()
    }
    let mut places: Option<HashMap<Vec<u8>, usize>> = None;
    let mut next = run.start;
    let mut own = |row: &Row| {
        let (rtype, wanted) = (row.key.rtype, row.original());
        // Nearly always they stand in the order of the zone.
        let at = if next < run.end && zone.rdata(next) == &**wanted {
            next
        } else {
            let places = places.get_or_insert_with(|| {
                run.clone().map(|at| (canonical(rtype, zone.rdata(at)), at)).collect()
            });
            *places.get(&canonical(rtype, wanted))?
        };
        next = at + 1;
        // Row numbers of a snapshot fit into 32 bits.
        Some(at as u32)
    };
    if run.is_empty() {
        return vec![None; rows.len()];
    }
    rows.iter().map(&mut own).collect()
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
