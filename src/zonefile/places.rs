//! Where in a text the records of RRsets stand, for whoever found something in them.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::{BuildHasher as _, RandomState};
use std::ops::Range;
use std::sync::Arc;

use super::include::{Includes, Loader};
use super::parallel::{self, Part, Parts, Start, TextSource};
use super::problem::{LineStart, Problems, column};
use super::reader::{Reader, State};
use super::record::{ReadRecord, Sink};
use super::zone::Counted;
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

/// Where the records are: each RRset's first one, or the one with this RDATA. Reads the text once more.
pub fn places<'w>(
    text: &[u8],
    origin: Option<&Name>,
    loader: Option<&mut dyn Loader>,
    wanted: impl IntoIterator<Item = (&'w RrKey, Option<&'w Rdata>)>,
) -> Vec<Option<Place>> {
    let wanted = Wanted::of(wanted);
    let mut search = Search::new(&wanted);
    search.read(text, origin, loader, parallel::PART);
    search.finish()
}

/// The same in a text that need not be in memory, and is put there only where more of it must be seen at once than a
/// part.
///
/// # Errors
/// That of [`TextSource::whole`].
pub fn places_in_source<'w>(
    source: &dyn TextSource,
    origin: Option<&Name>,
    loader: Option<&mut dyn Loader>,
    wanted: impl IntoIterator<Item = (&'w RrKey, Option<&'w Rdata>)>,
) -> Result<Vec<Option<Place>>, String> {
    places_in_parts(source, origin, loader, wanted, parallel::PART)
}

/// The same, with the length of the parts that are read beside each other.
pub(super) fn places_in_parts<'w>(
    source: &dyn TextSource,
    origin: Option<&Name>,
    loader: Option<&mut dyn Loader>,
    wanted: impl IntoIterator<Item = (&'w RrKey, Option<&'w Rdata>)>,
    part: usize,
) -> Result<Vec<Option<Place>>, String> {
    let wanted = Wanted::of(wanted);
    let mut search = Search::new(&wanted);
    if parallel::stream(source, state(origin), &mut search, part).is_none() {
        search = Search::new(&wanted);
        search.read(source.whole()?, origin, loader, part);
    }
    Ok(search.finish())
}

fn state(origin: Option<&Name>) -> State {
    State::new(origin.cloned().map(Arc::new))
}

/// What is looked for.
struct Wanted<'w> {
    owners: Owners,
    types: BTreeSet<RecordType>,
    /// The numbers of the sets.
    numbers: HashMap<&'w RrKey, usize>,
    sets: Vec<WantedSet<'w>>,
    /// How many places are asked for.
    count: usize,
}

/// Who asks for what of one RRset, by their numbers.
#[derive(Debug, Default)]
struct WantedSet<'w> {
    /// For its first record.
    first: Vec<usize>,
    /// For that with this RDATA.
    records: HashMap<&'w [u8], Vec<usize>>,
}

impl<'w> Wanted<'w> {
    fn of(wanted: impl IntoIterator<Item = (&'w RrKey, Option<&'w Rdata>)>) -> Wanted<'w> {
        let wanted: Vec<_> = wanted.into_iter().collect();
        let (mut numbers, mut sets) = (HashMap::new(), Vec::<WantedSet<'_>>::new());
        for (asking, (key, record)) in wanted.iter().enumerate() {
            let number = *numbers.entry(*key).or_insert(sets.len());
            if number == sets.len() {
                sets.push(WantedSet::default());
            }
            let Some(set) = sets.get_mut(number) else { continue };
            match record {
                Some(rdata) => set.records.entry(rdata).or_default().push(asking),
                None => set.first.push(asking),
            }
        }
        Wanted {
            owners: Owners::of(wanted.iter().map(|(key, _)| key.owner.as_ref())),
            types: wanted.iter().map(|(key, _)| key.rtype).collect(),
            numbers,
            sets,
            count: wanted.len(),
        }
    }

    /// The number of the set to which a record belongs, and who asks for just this record.
    fn find(&self, record: &ReadRecord<'_>) -> Option<(usize, &[usize])> {
        if !self.types.contains(&record.rtype) {
            return None;
        }
        let key = RrKey::of_record(record.owner, record.rtype, record.rdata);
        let number = *self.numbers.get(&key)?;
        let asking = self.sets.get(number)?.records.get(record.rdata);
        Some((number, asking.map_or(&[], Vec::as_slice)))
    }
}

impl Place {
    fn of(record: ReadRecord<'_>, lines: &mut LineStart) -> Place {
        let text = record.place.text;
        let (line, start) = lines.locate(text, record.span.start);
        Place {
            line,
            column: column(text, start, record.span.start),
            file: record.place.included.map(|(_, file)| Arc::clone(file)),
            in_text: record.place_in_text(),
            span: record.span,
        }
    }
}

/// What was found so far.
struct Search<'a> {
    wanted: &'a Wanted<'a>,
    counted: Counted,
    /// The first record of each set.
    firsts: Vec<Option<Place>>,
    /// For each who asks.
    found: Vec<Option<Place>>,
    /// How many of them have no answer.
    missing: usize,
}

impl<'a> Search<'a> {
    fn new(wanted: &'a Wanted<'a>) -> Search<'a> {
        Search {
            wanted,
            counted: Counted::new(),
            firsts: vec![None; wanted.sets.len()],
            found: vec![None; wanted.count],
            missing: wanted.count,
        }
    }

    fn read(&mut self, text: &[u8], origin: Option<&Name>, loader: Option<&mut dyn Loader>, part: usize) {
        let mut includes = Includes { loader, ..Includes::default() };
        let mut reader = Reader::part(text, true, state(origin), &mut includes);
        parallel::read(&mut reader, self, part);
    }

    fn has(&self, number: usize) -> bool {
        self.firsts.get(number).is_some_and(Option::is_some)
    }

    /// Takes the next record of a set, and answers those who ask for it.
    fn take(&mut self, number: usize, asking: &[usize], place: Place) {
        let of_set = self.wanted.sets.get(number).filter(|_| !self.has(number));
        for index in of_set.into_iter().flat_map(|set| &set.first).chain(asking) {
            if let Some(found) = self.found.get_mut(*index).filter(|found| found.is_none()) {
                *found = Some(place.clone());
                self.missing -= 1;
            }
        }
        if let Some(first) = self.firsts.get_mut(number) {
            first.get_or_insert(place);
        }
    }

    fn finish(self) -> Vec<Option<Place>> {
        let Search { wanted, firsts, mut found, .. } = self;
        for (set, first) in wanted.sets.iter().zip(firsts) {
            // A record that is spelled another way stands where its set begins.
            for index in set.records.values().flatten() {
                if let Some(found) = found.get_mut(*index).filter(|found| found.is_none()) {
                    *found = first.clone();
                }
            }
        }
        found
    }
}

impl Sink for Search<'_> {
    fn wants(&self, owner: NameRef<'_>) -> bool {
        self.wanted.owners.may_have(owner)
    }

    fn is_done(&self) -> bool {
        self.missing == 0
    }

    fn record(&mut self, record: ReadRecord<'_>, _: &mut Problems) {
        let Some((number, asking)) = self.wanted.find(&record).filter(|_| !self.is_done()) else { return };
        if self.has(number) && asking.is_empty() {
            return;
        }
        let file = record.place.included.map(|(_, file)| Arc::clone(file));
        let place = Place::of(record, self.counted.entry(file).or_default());
        self.take(number, asking, place);
    }
}

impl<'a> Parts for Search<'a> {
    const LINES: bool = true;
    type Part = SearchPart<'a>;

    fn part(&self) -> Option<SearchPart<'a>> {
        Some(SearchPart {
            wanted: self.wanted,
            lines: LineStart::default(),
            seen: HashSet::new(),
            found: Vec::new(),
        })
    }

    fn join(&mut self, part: &mut SearchPart<'a>, start: Start) -> bool {
        for Found { number, asking, mut place } in part.found.drain(..) {
            place.line += start.lines;
            for range in [&mut place.span, &mut place.in_text] {
                *range = range.start + start.octets..range.end + start.octets;
            }
            self.take(number, asking, place);
        }
        (part.lines, part.seen) = (LineStart::default(), HashSet::new());
        true
    }
}

/// What is found in a part of the text.
#[derive(Clone)]
struct SearchPart<'a> {
    wanted: &'a Wanted<'a>,
    lines: LineStart,
    /// The sets of which there was a record.
    seen: HashSet<usize>,
    found: Vec<Found<'a>>,
}

/// A record; its place counts from the start of the part.
#[derive(Clone)]
struct Found<'a> {
    number: usize,
    asking: &'a [usize],
    place: Place,
}

impl Sink for SearchPart<'_> {
    fn wants(&self, owner: NameRef<'_>) -> bool {
        self.wanted.owners.may_have(owner)
    }

    fn record(&mut self, record: ReadRecord<'_>, _: &mut Problems) {
        let Some((number, asking)) = self.wanted.find(&record) else { return };
        if self.seen.insert(number) || !asking.is_empty() {
            let place = Place::of(record, &mut self.lines);
            self.found.push(Found { number, asking, place });
        }
    }
}

impl Part for SearchPart<'_> {
    fn complete(&mut self) {}
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
