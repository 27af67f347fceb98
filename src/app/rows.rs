//! The rows of a list of records: the zone in its order with the draft's changes laid over it.
//!
//! The zone's own rows are never copied. Each changed RRset is a patch that stands for a run of them, so that an
//! edit costs as much as there are changes, and a row is found by binary search. A filter and an order are lists of row
//! numbers. What may be done with a row is `records`' business.

mod marks;
mod order;
mod patches;
mod row;
mod search;
mod selecting;

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::Arc;

use self::marks::Marks;
pub use self::order::{Column, Order, SortBy, Sorting};
use self::patches::{Patch, Patches, Placed};
pub use self::row::{Mark, Row, changed_rows, unchanged_rows, with_parked};
pub use self::search::{Found, Search};
pub use self::selecting::Chosen;
use crate::bulk::{Filter, Subject};
use crate::zone::merge;
use crate::zone::rrset::RrKey;
use crate::zone::{ChangeMap, RecordType, SetId, Snapshot, types};

/// The list.
#[derive(Debug, Clone, Default)]
pub struct Rows {
    patches: Patches,
    /// What they were made from.
    changes: ChangeMap,
    parked: Vec<Row>,
    hidden: Option<RrKey>,
    /// How many patches were made since the list was.
    made: usize,
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
        let mut rows = Rows { count: base.record_count(), ..Rows::default() };
        rows.set_changes(base, changes, parked, hidden);
        rows
    }

    /// Takes changes and parked records of the same zone over. Costs as much as is different from those before.
    pub fn set_changes(&mut self, base: &Snapshot, changes: &ChangeMap, parked: &[Row], hidden: &RrKey) {
        let changed = self.changed_patches(base, changes, parked, hidden);
        if changed.is_empty() {
            return;
        }
        self.made += changed.len();
        let marked = self.carried_marks(&changed);
        for (key, patch) in &changed {
            let before = self.patches.get(key).map_or(0, |old| old.patch.unfit);
            self.unfit = self.unfit.saturating_sub(before) + patch.as_ref().map_or(0, |patch| patch.unfit);
        }
        let keys: Vec<RrKey> = changed.iter().map(|(key, _)| key.clone()).collect();
        self.patches.replace(changed);
        self.count = base.record_count().saturating_add_signed(self.patches.adds());
        self.carry_marks(marked, &keys);
        self.refresh_shown();
    }

    /// The patches that are others than before, in the order of the zone; `None` where there is none any more.
    fn changed_patches(
        &mut self,
        base: &Snapshot,
        changes: &ChangeMap,
        parked: &[Row],
        hidden: &RrKey,
    ) -> Vec<(RrKey, Option<Patch>)> {
        let before = std::mem::replace(&mut self.changes, changes.clone());
        let mut keys = with_all_at_their_names(before.different_keys(changes), changes);
        let mut asides: Vec<&RrKey> = Vec::new();
        let mut parked_before = Vec::new();
        let parked_differ = self.parked != parked;
        if parked_differ {
            parked_before = std::mem::replace(&mut self.parked, parked.to_vec());
        }
        if self.hidden.as_ref() != Some(hidden) {
            self.hidden = Some(hidden.clone());
            asides.push(hidden);
        }
        if parked_differ {
            asides.extend(parked_before.iter().chain(&self.parked).map(|row| &row.key));
        }
        if !asides.is_empty() {
            keys.extend(asides);
            keys.sort();
            keys.dedup();
        }
        let mut parked: BTreeMap<&RrKey, Vec<Row>> = BTreeMap::new();
        for row in &self.parked {
            parked.entry(&row.key).or_default().push(row.clone());
        }
        let contested = merge::contested_of(base, keys.iter().filter_map(|key| changes.get_key_value(key)));
        let patch = |key: &RrKey| {
            let aside = parked.get(key).cloned();
            let rows = match changes.get(key) {
                _ if key == hidden => Vec::new(),
                Some(change) => changed_rows(key, change, contested.contains(key)),
                None if aside.is_none() => return None,
                None => base.get(key).map_or_else(Vec::new, |set| unchanged_rows(key, &set)),
            };
            let rows = with_parked(rows, aside.unwrap_or_default());
            let run = run_of(base, key);
            let own = own_rows(base, &run, &rows);
            let mut patch = Patch::new(key.clone(), run, rows, own);
            self.carry_shown(base, &mut patch);
            Some(patch)
        };
        keys.into_iter().map(|key| (key.clone(), patch(key))).collect()
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
        self.patches.for_each_mut(|patch| {
            patch.unfit = 0;
            patch.shown = match filter.is_empty() {
                true => Vec::new(),
                false => patch.rows.iter().map(|row| fits(row, base, filter, &mut buffer)).collect(),
            };
        });
    }

    /// The same where the filter stays and rows are edited: what was shown is shown still.
    fn carry_shown(&self, base: &Snapshot, patch: &mut Patch) {
        if self.filter.is_empty() {
            return;
        }
        let (filter, matching) = (&self.filter, &self.matching);
        let mut buffer = String::new();
        let old = self.patches.get(&patch.key).map(|old| old.patch);
        let was: HashMap<u32, bool> = (old.iter())
            .flat_map(|old| old.own.iter().zip(&old.shown))
            .filter_map(|(own, shown)| Some(((*own)?, *shown)))
            .collect();
        // Added ones have no number; as many as before, they are the same.
        let same = old.filter(|old| old.rows.len() == patch.rows.len());
        let was_shown = |index: usize, own: Option<u32>| match own {
            Some(own) => was.get(&own).copied().unwrap_or_else(|| matching.binary_search(&own).is_ok()),
            None => same
                .is_some_and(|old| old.own.get(index) == Some(&None) && old.shown.get(index) == Some(&true)),
        };
        let mut unfit = 0;
        let rows = patch.rows.iter().zip(&patch.own).enumerate();
        patch.shown = rows
            .map(|(index, (row, own))| {
                let fits = fits(row, base, filter, &mut buffer);
                let shown = fits || was_shown(index, *own);
                unfit += usize::from(shown && !fits);
                shown
            })
            .collect();
        patch.unfit = unfit;
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
        let rows = self.patches.iter().flat_map(|placed| placed.patch.rows.iter().zip(&placed.patch.own));
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

    /// How many RRsets are changed.
    pub fn changed_sets(&self) -> usize {
        self.changes.len()
    }

    /// How often the rows of an RRset were made since the list was: what edits have cost.
    pub fn made(&self) -> usize {
        self.made
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
        let (rows, start) = match self.patches.up_to_key(key) {
            Some(placed) if placed.patch.key == *key => (placed.patch.rows.len(), placed.start),
            before => {
                let rows = base.rows_of(base.find(key)?);
                (rows.len(), number_behind(before, rows.start))
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
        let of_patch = |Placed { start, patch }: Placed<'_>| {
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
        let Some(Placed { start, patch }) = self.patches.up_to_number(number) else {
            return base_row(base, number);
        };
        let inside = number.checked_sub(start)?;
        match inside.checked_sub(patch.rows.len()) {
            None => patch.rows.get(inside).cloned(),
            Some(beyond) => base_row(base, patch.base.end + beyond),
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
        let mut before = None;
        for placed in self.patches.iter() {
            let Placed { start, patch } = placed;
            while let Some(row) = matching.next_if(|row| (*row as usize) < patch.base.start) {
                shown.push(number_behind(before, row as usize) as u32);
            }
            while matching.next_if(|row| (*row as usize) < patch.base.end).is_some() {}
            for offset in 0..patch.rows.len() {
                if self.filter.is_empty() || patch.shown.get(offset) == Some(&true) {
                    shown.push((start + offset) as u32);
                }
            }
            before = Some(placed);
        }
        shown.extend(matching.map(|row| number_behind(before, row as usize) as u32));
        for marked in self.filter.marked() {
            shown.retain(|number| self.is_marked_number(*number as usize) == marked);
        }
        shown
    }
}

/// The number of a row of the zone that no patch stands for, where this is the last patch before it.
fn number_behind(before: Option<Placed<'_>>, row: usize) -> usize {
    before.map_or(row, |placed| placed.number_behind(row))
}

/// The run of the zone's own rows that an RRset has; an empty one at its place, where it has none.
fn run_of(zone: &Snapshot, key: &RrKey) -> Range<usize> {
    if let Some(set) = zone.find(key) {
        return zone.rows_of(set);
    }
    let next = zone.rows_of(SetId(zone.lower_bound(key)));
    // An empty run: the key comes after every set of the zone.
    let at = if next.is_empty() { zone.record_count() } else { next.start };
    at..at
}

/// These keys with those of all changes at their names, in order: whether one is in conflict hangs on the others there.
fn with_all_at_their_names<'a>(keys: Vec<&'a RrKey>, changes: &'a ChangeMap) -> Vec<&'a RrKey> {
    let mut all = Vec::with_capacity(keys.len());
    for at_name in keys.chunk_by(|a, b| a.owner == b.owner) {
        all.extend_from_slice(at_name);
        let Some(first) = at_name.first() else { continue };
        // SOA sorts first at a name, so this is where the name's keys begin.
        let start = RrKey::new(first.owner.clone(), RecordType::SOA);
        let others = changes.range(start..).map(|(key, _)| key).take_while(|key| key.owner == first.owner);
        all.extend(others);
    }
    all.sort();
    all.dedup();
    all
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
