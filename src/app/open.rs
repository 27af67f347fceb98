//! An open zone: the draft, the two panes that show it, and where the person stands in them.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Loaded;
use super::file::File;
use super::findings::Findings;
use super::layout::{Layout, scroll};
use super::nameservers::Nameservers;
use super::rows::{Found, Order, Row, Rows, Search, SortBy, Sorting};
use crate::bulk::Filter;
use crate::edit::Text;
use crate::facts::ServerKind;
use crate::facts::zones::Visit;
use crate::zone::managed::Signing;
use crate::zone::{ChangeMap, Draft, Rdata, RecordType, RrKey, Snapshot};

/// Up to so many rows a filter is worked out at once: that takes a few milliseconds.
const SEARCHED_AT_ONCE: usize = 20_000;

/// The panes of the main screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pane {
    Nameservers,
    Records,
}

/// The lower pane: every record but the apex NS.
#[derive(Debug, Clone)]
pub struct Records {
    pub rows: Rows,
    /// The selected row, as shown.
    pub selected: usize,
    /// The first row on the screen.
    pub offset: usize,
    /// What the person filters by; empty for everything.
    pub filter: String,
    /// What of it could not be read, and so is left out: a sentence.
    pub filter_trouble: Option<String>,
    /// The same filter as read.
    wanted: Filter,
    /// How the person sorts; `None` for the order of the zone.
    pub sort: Option<SortBy>,
    /// Where a range of rows begins that is being chosen, to be marked.
    pub(super) range: Option<(RrKey, Rdata)>,
    /// What was shown before what refers to a record.
    pub(super) before_references: Option<super::sorting::Before>,
    /// The selected record: the selection stays with it when rows come and go.
    pub(super) anchor: Option<(RrKey, Rdata)>,
}

/// A zone being looked at and edited. A copy of a large one costs next to nothing, but for what is marked of added
/// records and for the places of a list that is filtered or sorted.
#[derive(Debug, Clone)]
pub struct Open {
    pub draft: Draft,
    /// What the server makes in the zone that the draft stands on, where somebody signs it.
    pub signing: Option<Signing>,
    /// Are those records shown?
    pub shows_made: bool,
    pub kind: ServerKind,
    /// Otherwise why the zone is read-only.
    pub editable: Result<(), String>,
    pub pane: Pane,
    pub records: Records,
    pub nameservers: Nameservers,
    /// Changes that the next push leaves out.
    pub left_out: BTreeSet<RrKey>,
    /// What others changed, until it is looked at.
    pub news: ChangeMap,
    /// What the rules find in the draft.
    pub findings: Findings,
    /// Where the zone is a file and not at a server.
    pub file: Option<File>,
    /// The records that are parked in the zone's text, and the text that they were found in.
    pub(super) parked: (Vec<Row>, Option<Text>),
    /// A load under way while the zone as it was stays on the screen: records so far.
    pub reloading: Option<usize>,
}

impl Open {
    pub fn new(loaded: Loaded) -> Open {
        let draft = Draft::new(loaded.zone);
        let apex = apex_ns(draft.base());
        let records = Records {
            rows: Rows::new(draft.base(), draft.changes(), &[], &apex),
            selected: 0,
            offset: 0,
            filter: String::new(),
            filter_trouble: None,
            wanted: Filter::default(),
            sort: None,
            range: None,
            before_references: None,
            anchor: None,
        };
        let nameservers = Nameservers::new(&draft, &apex);
        let mut open = Open {
            signing: None,
            shows_made: false,
            draft,
            kind: loaded.kind,
            editable: loaded.editable,
            pane: Pane::Records,
            records,
            nameservers,
            left_out: BTreeSet::new(),
            news: ChangeMap::new(),
            findings: Findings::default(),
            file: loaded.file.map(File::new),
            parked: (Vec::new(), None),
            reloading: None,
        };
        open.look_at_base();
        open.findings.expire();
        open.select(0);
        open
    }

    /// Finds out what the server makes in the zone, and leaves it out of the list.
    fn look_at_base(&mut self) {
        self.signing = Signing::of(self.draft.base());
        self.choose_rows();
    }

    /// Chooses the rows to list. Lifts the filter.
    fn choose_rows(&mut self) {
        let plain =
            self.signing.as_ref().filter(|_| !self.shows_made).map(|signing| Arc::clone(&signing.plain));
        self.records.filter.clear();
        self.records.filter_trouble = None;
        self.records.wanted = Filter::default();
        self.records.rows.choose(self.draft.base(), plain);
    }

    /// Is the zone signed? Then the server makes some of its records.
    pub fn signed(&self) -> bool {
        self.signing.is_some()
    }

    /// How many records that the server makes are not shown.
    pub fn hidden(&self) -> usize {
        match &self.signing {
            Some(signing) if !self.shows_made => {
                self.draft.base().record_count().saturating_sub(signing.plain.len())
            }
            _ => 0,
        }
    }

    /// Shows the records that the server makes, or hides them; the filter and the selected record stay.
    pub fn show_made(&mut self, show: bool) {
        self.shows_made = show;
        let filter = std::mem::take(&mut self.records.filter);
        self.choose_rows();
        self.set_filter(&filter);
    }

    /// The key of the nameservers of the zone itself.
    pub fn apex(&self) -> RrKey {
        apex_ns(self.draft.base())
    }

    /// Brings the panes up to date with the draft; the selection stays with its record.
    pub fn refresh(&mut self) {
        let apex = self.apex();
        self.records.rows.set_changes(self.draft.base(), self.draft.changes(), &self.parked.0, &apex);
        self.nameservers.refresh(&self.draft, &apex);
        let changes = self.draft.changes();
        self.left_out.retain(|key| changes.contains_key(key));
        self.findings.expire();
        self.follow();
    }

    /// Puts the draft onto a newer zone.
    pub fn rebase(&mut self, zone: Arc<Snapshot>) {
        let old = Arc::clone(self.draft.base());
        self.draft.rebase(zone);
        // The filter's list of the zone's own rows is that of the old zone.
        let filter = std::mem::take(&mut self.records.filter);
        let above = self.records.selected.saturating_sub(self.records.offset);
        let apex = self.apex();
        let rows = Rows::new(self.draft.base(), self.draft.changes(), &self.parked.0, &apex);
        let earlier = std::mem::replace(&mut self.records.rows, rows);
        self.records.rows.take_marks(&earlier, &old, self.draft.base());
        self.look_at_base();
        self.refresh();
        self.set_filter(&filter);
        // The selected row stays where it is on the screen, whatever came or went above it.
        self.records.offset = self.records.selected.saturating_sub(above);
    }

    /// Shows only rows that this filter lets through. In a large zone they are still to be searched for: see
    /// [`Open::wanted_search`].
    pub fn set_filter(&mut self, filter: &str) {
        self.records.filter = filter.into();
        let mut wanted = Filter::new(filter, self.draft.base().origin().as_ref());
        self.records.filter_trouble = wanted.take_troubles().into_iter().next();
        self.records.wanted = wanted;
        match self.wanted_search() {
            Some(search) if search.rows() <= SEARCHED_AT_ONCE => self.show_found(search.run()),
            Some(_) => {}
            None => {
                self.records.rows.filter_again(self.draft.base());
                self.follow_filter();
            }
        }
    }

    /// The search for what the person filters by, where the rows shown are not yet those.
    pub fn wanted_search(&mut self) -> Option<Search> {
        self.records.rows.search(self.draft.base(), &self.records.wanted)
    }

    /// Are the rows shown not yet those that the person filters by?
    pub fn is_searching(&self) -> bool {
        !self.records.rows.is_filtered_by(&self.records.wanted)
    }

    /// The sorting that the person wants, where the rows are not yet sorted so.
    pub fn wanted_sorting(&self) -> Option<Sorting> {
        let by = self.records.sort.filter(|by| self.records.rows.sorted_by() != Some(*by))?;
        Some(self.records.rows.sorting(self.draft.base(), by))
    }

    /// Shows the rows in an order, or in that of the zone; the selected record stays the selected one.
    pub fn set_order(&mut self, order: Option<Order>) {
        self.records.rows.set_order(order);
        self.follow();
    }

    /// Shows what a search has found.
    pub fn show_found(&mut self, found: Found) {
        self.records.rows.set_matching(self.draft.base(), found);
        self.follow_filter();
    }

    /// Selects the first match, where the filter hides what was selected.
    fn follow_filter(&mut self) {
        let found = self.anchored();
        self.select(found.unwrap_or(0));
    }

    /// The selected row of the pane that the person is in.
    pub fn selected(&self) -> Option<Row> {
        match self.pane {
            Pane::Records => self.row(self.records.selected),
            Pane::Nameservers => self.nameservers.selected_row().cloned(),
        }
    }

    /// A row of the lower pane.
    pub fn row(&self, index: usize) -> Option<Row> {
        self.records.rows.get(self.draft.base(), index)
    }

    /// Selects a row of the lower pane, or the last one.
    pub fn select(&mut self, index: usize) {
        self.records.selected = index.min(self.records.rows.len().saturating_sub(1));
        self.records.anchor = self.row(self.records.selected).map(|row| (row.key, row.rdata));
    }

    /// Selects a record in whichever pane it stands; lifts the filter if that hides it, and shows
    /// what the server makes if it is one of those. False if it is not
    /// there.
    pub fn select_record(&mut self, key: &RrKey, rdata: &[u8]) -> bool {
        if *key == self.apex() {
            self.pane = Pane::Nameservers;
            return self.nameservers.select_record(key, rdata);
        }
        self.pane = Pane::Records;
        let find = |open: &Open| open.records.rows.find(open.draft.base(), key, rdata);
        if find(self).is_none() && !self.records.filter.is_empty() {
            self.set_filter("");
        }
        if find(self).is_none() && self.hidden() > 0 {
            self.show_made(true);
        }
        let found = find(self);
        if let Some(index) = found {
            self.select(index);
        }
        found.is_some()
    }

    /// Selects the first record of an RRset, of its new contents if it has some.
    pub fn select_set(&mut self, key: &RrKey) {
        let change = self.draft.changes().get(key);
        let contents = match change {
            Some(change) => change.after.clone().or_else(|| change.before.clone()),
            None => self.draft.get(key),
        };
        if let Some(first) = contents.as_ref().and_then(|set| set.rdata.first()) {
            self.select_record(key, first);
        }
    }

    /// Selects the row nearest to where an RRset would stand that is not there: among all rows, in the order of the zone.
    pub fn select_near(&mut self, key: &RrKey) {
        self.pane = Pane::Records;
        self.records.sort = None;
        self.set_order(None);
        self.set_filter("");
        let rows = 0..self.records.rows.len();
        // The rows are in order: the first one that comes after it.
        let mut range = (rows.start, rows.end);
        while range.0 < range.1 {
            let middle = range.0 + (range.1 - range.0) / 2;
            match self.row(middle) {
                Some(row) if row.key < *key => range.0 = middle + 1,
                _ => range.1 = middle,
            }
        }
        self.select(range.0);
    }

    /// Keeps the selected rows on the screen.
    pub fn keep_in_view(&mut self, layout: &Layout) {
        let lines = self.nameservers.line_count();
        let height = usize::from(layout.record_rows(lines).height);
        let records = &mut self.records;
        records.offset = scroll(records.offset, records.selected, height, records.rows.len());
        let height = usize::from(layout.inside(layout.panes(lines).0).height);
        self.nameservers.keep_in_view(height);
    }

    /// Goes to where the person was the last time, as far as that is still there.
    pub fn restore(&mut self, visit: Visit) {
        self.pane = if visit.upper { Pane::Nameservers } else { Pane::Records };
        self.records.anchor = visit.selected;
        self.records.sort = super::zones::sort_of(&visit.sort);
        self.set_filter(&visit.filter);
    }

    fn follow(&mut self) {
        let found = self.anchored();
        self.select(found.unwrap_or(self.records.selected));
    }

    /// Where the selected record stands now.
    fn anchored(&self) -> Option<usize> {
        let (key, rdata) = self.records.anchor.as_ref()?;
        self.records.rows.find(self.draft.base(), key, rdata)
    }
}

fn apex_ns(zone: &Snapshot) -> RrKey {
    RrKey::new(zone.origin().clone(), RecordType::NS)
}
