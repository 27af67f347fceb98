//! Where in a text the records of RRsets stand, for whoever found something in them.

use std::collections::{BTreeSet, HashMap};
use std::hash::{BuildHasher as _, RandomState};
use std::ops::Range;
use std::sync::Arc;

use super::include::Loader;
use super::problem::{Problems, column};
use super::record::{ReadRecord, Sink};
use super::zone::{Counted, read_into};
use crate::zone::{Name, NameRef, Rdata, RecordType, RrKey};

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
    owners: Owners,
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
    let wanted: Vec<_> = wanted.into_iter().collect();
    let mut search = Search {
        owners: Owners::of(wanted.iter().map(|(key, _)| key.owner.as_ref())),
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

/// Says of few names that are not among some that they may be, and never the reverse.
struct Owners {
    bits: Vec<u64>,
    seed: u64,
}

impl Owners {
    fn of<'n>(names: impl ExactSizeIterator<Item = NameRef<'n>>) -> Owners {
        // Sixteen bits for each.
        let words = (names.len() / 4).next_power_of_two();
        let mut owners = Owners { bits: vec![0; words], seed: RandomState::new().hash_one(0u8) };
        for name in names {
            let (word, bit) = owners.place(name);
            if let Some(word) = owners.bits.get_mut(word) {
                *word |= bit;
            }
        }
        owners
    }

    /// The word of a name, and its bit there.
    fn place(&self, name: NameRef<'_>) -> (usize, u64) {
        let hash = name.quick_hash(self.seed);
        // The length is a power of two.
        ((hash >> 6) as usize & self.bits.len().wrapping_sub(1), 1 << (hash & 63))
    }

    fn may_have(&self, name: NameRef<'_>) -> bool {
        let (word, bit) = self.place(name);
        self.bits.get(word).is_some_and(|word| word & bit != 0)
    }
}

impl Sink for Search<'_> {
    fn wants(&self, owner: NameRef<'_>) -> bool {
        self.owners.may_have(owner)
    }

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
