//! Where in a text the records of RRsets stand, for whoever found something in them.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;
use std::sync::Arc;

use super::include::Loader;
use super::problem::{Problems, column};
use super::record::{ReadRecord, Sink};
use super::zone::{Counted, read_into};
use crate::zone::{Name, Rdata, RecordType, RrKey};

/// Where a record begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
    /// Octets of its file.
    pub span: Range<usize>,
    /// The included file in which it is; `None` for the text itself.
    pub file: Option<Arc<str>>,
    /// Where it is in the text itself: the record, or the `$INCLUDE` that led to it.
    pub in_text: Range<usize>,
}

/// What is looked for of one RRset.
#[derive(Debug, Default)]
struct Wanted<'w> {
    first: Option<Place>,
    /// Its first record is wanted by these.
    set: Vec<usize>,
    /// One of its records is wanted by these.
    records: HashMap<&'w [u8], Vec<usize>>,
}

struct Search<'w> {
    wanted: HashMap<RrKey, Wanted<'w>>,
    counted: Counted,
    found: Vec<Option<Place>>,
    /// Of what types anything is wanted.
    types: BTreeSet<RecordType>,
    /// How many are still looked for.
    missing: usize,
}

/// Where the records are: each RRset's first one, or the one with this RDATA. Reads the text once more.
pub fn places<'w>(
    text: &[u8],
    origin: Option<&Name>,
    loader: Option<&mut dyn Loader>,
    wanted: impl IntoIterator<Item = (&'w RrKey, Option<&'w Rdata>)>,
) -> Vec<Option<Place>> {
    let mut search = Search {
        wanted: HashMap::new(),
        counted: Counted::new(),
        found: Vec::new(),
        types: BTreeSet::new(),
        missing: 0,
    };
    for (index, (key, record)) in wanted.into_iter().enumerate() {
        let set = search.wanted.entry(key.clone()).or_default();
        match record {
            Some(rdata) => set.records.entry(rdata).or_default().push(index),
            None => set.set.push(index),
        }
        search.types.insert(key.rtype);
        search.missing += 1;
        search.found.push(None);
    }
    if !search.found.is_empty() {
        read_into(&mut search, text, origin, loader);
    }
    let Search { wanted, mut found, .. } = search;
    for set in wanted.into_values() {
        // A record that is spelled another way stands where its set begins.
        for index in set.set.into_iter().chain(set.records.into_values().flatten()) {
            if let Some(place) = found.get_mut(index).filter(|place| place.is_none()) {
                *place = set.first.clone();
            }
        }
    }
    found
}

impl Sink for Search<'_> {
    fn is_done(&self) -> bool {
        self.missing == 0
    }

    fn record(&mut self, record: ReadRecord<'_>, _: &mut Problems) {
        if self.is_done() || !self.types.contains(&record.rtype) {
            return;
        }
        let key = RrKey::of_record(record.owner, record.rtype, record.rdata);
        let Some(set) = self.wanted.get_mut(&key) else { return };
        let own = set.records.remove(record.rdata);
        if set.first.is_some() && own.is_none() {
            return;
        }
        let file = record.place.included.map(|(_, file)| Arc::clone(file));
        let text = record.place.text;
        let (line, start) = self.counted.entry(file.clone()).or_default().locate(text, record.span.start);
        let column = column(text, start, record.span.start);
        let in_text = record.place_in_text();
        let place = Place { line, column, span: record.span, file, in_text };
        let of_set = if set.first.is_none() { set.set.len() } else { 0 };
        self.missing = self.missing.saturating_sub(of_set + own.as_ref().map_or(0, Vec::len));
        for index in own.into_iter().flatten() {
            if let Some(found) = self.found.get_mut(index) {
                *found = Some(place.clone());
            }
        }
        set.first.get_or_insert(place);
    }
}
