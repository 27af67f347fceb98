//! What an editor must know of a whole text: where each entry begins, what holds before it, and where the touched
//! records stand. Kept small, since a text may have a million records: everything else about an entry is found by
//! reading that entry again.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;
use std::sync::Arc;

use super::super::entry::{Entries, Entry};
use super::super::include::{Includes, Loader};
use super::super::layout::{EntryKind, Layout, TtlFrom};
use super::super::problem::Problems;
use super::super::reader::{Owner, Reader, State, read_raw_name};
use super::super::record::{ReadRecord, Sink};
use crate::zone::name::NameBuffer;
use crate::zone::{ChangeMap, Name, NameRef, Rdata, RecordType, RrKey};

/// One entry of the text.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    start: u32,
    /// That of its records, in seconds; 0 for an entry without.
    pub ttl: u32,
    pub kind: RowKind,
    /// Does it name the owner of the indented lines after it?
    pub has_owner: bool,
    /// Is its TTL written in it?
    pub has_ttl: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowKind {
    /// Of no meaning: blank, `$DATE`.
    Nothing,
    Comment,
    Record,
    Origin,
    Ttl,
    Generate,
    Include,
    /// It could not be read.
    Bad,
}

/// A record of a touched RRset.
#[derive(Debug, Clone)]
pub struct Found {
    pub row: usize,
    pub ttl: u32,
    pub rdata: Rdata,
    pub place: FoundIn,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FoundIn {
    Written,
    /// It is the one with this index that a `$GENERATE` stands for.
    Generated(usize),
    Included,
}

/// What the file does, where it has a choice.
#[derive(Debug, Clone, Copy, Default)]
pub struct Habits {
    /// TTLs written with units, and in plain seconds.
    pub units: usize,
    pub seconds: usize,
    /// Records that leave the owner of the one before out, and that repeat it.
    pub omitted: usize,
    pub repeated: usize,
}

/// The result of going through a text once.
#[derive(Debug)]
pub struct Survey<'a> {
    pub text: &'a str,
    pub rows: Vec<Row>,
    /// The origin, the default TTL, and (while there is no default) the last TTL, each with the row after which it
    /// holds; the first origin holds from the start.
    origins: Vec<(usize, Arc<Name>)>,
    defaults: Vec<(usize, (u32, TtlFrom))>,
    lasts: Vec<(usize, u32)>,
    first_origin: Arc<Name>,
    pub habits: Habits,
    touched: Touched<'a>,
    pub found: BTreeMap<&'a RrKey, Vec<Found>>,
    /// All records that are not touched: the same for the same records in the same order, in which no edit changes
    /// anything. (Of records that the text says twice, the first one's TTL counts.)
    rest: DefaultHasher,
    pub problems: Problems,
    // While reading.
    current: Current,
}

#[derive(Debug, Default)]
struct Current {
    ttl: u32,
    has_ttl: bool,
    has_owner: bool,
    records: usize,
    /// The owner of the last record, in wire form.
    owner: Vec<u8>,
}

impl<'a> Survey<'a> {
    /// Goes through a text. `None` where it is larger than 4 GiB.
    pub fn of(
        text: &'a str,
        origin: &Name,
        changes: &'a ChangeMap,
        loader: Option<&mut dyn Loader>,
    ) -> Option<Survey<'a>> {
        u32::try_from(text.len()).ok()?;
        let first_origin = Arc::new(origin.clone());
        let mut survey = Survey {
            text,
            rows: Vec::new(),
            origins: Vec::new(),
            defaults: Vec::new(),
            lasts: Vec::new(),
            first_origin: Arc::clone(&first_origin),
            habits: Habits::default(),
            touched: Touched::new(changes),
            found: BTreeMap::new(),
            rest: DefaultHasher::new(),
            problems: Problems::default(),
            current: Current::default(),
        };
        let mut includes = Includes { loader, ..Includes::default() };
        let mut reader = Reader::new(text.as_bytes(), State::new(Some(first_origin)), &mut includes);
        reader.read(&mut survey);
        survey.problems = reader.problems;
        Some(survey)
    }

    /// The octets of a row.
    pub fn span(&self, row: usize) -> Range<usize> {
        let start = |row: usize| self.rows.get(row).map_or(self.text.len(), |row| row.start as usize);
        start(row)..start(row + 1)
    }

    /// The lines of a row.
    pub fn lines(&self, row: usize) -> &'a str {
        self.text.get(self.span(row)).unwrap_or_default()
    }

    /// The origin that holds for a row.
    pub fn origin(&self, row: usize) -> &Arc<Name> {
        before(&self.origins, row).unwrap_or(&self.first_origin)
    }

    /// The default TTL that holds for a row.
    pub fn default_ttl(&self, row: usize) -> Option<(u32, TtlFrom)> {
        before(&self.defaults, row).copied()
    }

    /// The last TTL before a row; not known where there is a default, since nothing asks for it there.
    pub fn last_ttl(&self, row: usize) -> Option<u32> {
        before(&self.lasts, row).copied()
    }

    /// The default TTL that a row sets.
    pub fn sets_default(&self, row: usize) -> Option<(u32, TtlFrom)> {
        let at = self.defaults.binary_search_by_key(&row, |(row, _)| *row).ok()?;
        self.defaults.get(at).map(|(_, ttl)| *ttl)
    }

    /// The last TTL that a row leaves behind.
    pub fn sets_last(&self, row: usize) -> Option<u32> {
        let at = self.lasts.binary_search_by_key(&row, |(row, _)| *row).ok()?;
        self.lasts.get(at).map(|(_, ttl)| *ttl)
    }

    /// The nearest row before this one that names an owner.
    pub fn owner_row(&self, row: usize) -> Option<usize> {
        self.rows.get(..row)?.iter().rposition(|row| row.has_owner)
    }

    /// Do two texts say the same of all that is not touched?
    pub fn leaves_the_same(&self, other: &Survey<'_>) -> bool {
        self.rest.finish() == other.rest.finish()
    }

    /// The owner that a row names.
    pub fn named_owner(&self, row: usize) -> Option<Name> {
        let mut entry = Entry::default();
        let text = self.lines(row).as_bytes();
        Entries::new(text, 0, false, true).next(&mut entry);
        let first = entry.pieces.first()?;
        let mut owner = NameBuffer::default();
        read_raw_name(&mut owner, first.text(text), Some(self.origin(row).as_ref().as_ref())).ok()?;
        Some(owner.as_ref().to_name())
    }

    /// The records of a row with their layouts, whose places count from the start of the row. Nothing for an
    /// `$INCLUDE`.
    pub fn read(&self, row: usize) -> Vec<RowRecord> {
        let owner = match self.owner_row(row).and_then(|row| self.named_owner(row)) {
            Some(owner) => Owner::Name(owner.into()),
            None => Owner::None,
        };
        read_lines(self.lines(row), self.state(row, owner))
    }

    /// What holds before a row.
    pub fn state(&self, row: usize, owner: Owner) -> State {
        let mut state = State::new(Some(Arc::clone(self.origin(row))));
        state.owner = owner;
        state.default_ttl = self.default_ttl(row);
        state.last_ttl = self.last_ttl(row);
        state
    }

    /// The last row with a record at this owner of the changes; else the last one at the nearest owner before it.
    pub fn place_for(&self, owner: &Name) -> Option<usize> {
        let slot = self.touched.owners.binary_search(&owner).unwrap_or_else(|slot| slot);
        let own = self.touched.last_rows.get(slot).copied().flatten();
        own.or_else(|| {
            (0..=slot).rev().find_map(|slot| {
                let gap = self.touched.gaps.get(slot)?.as_ref().map(|(_, row)| *row);
                gap.or_else(|| self.touched.last_rows.get(slot.checked_sub(1)?).copied().flatten())
            })
        })
    }

    /// The line end that the text uses.
    pub fn line_end(&self) -> &'static str {
        match memchr::memchr2(b'\n', b'\r', self.text.as_bytes()).and_then(|at| self.text.get(at..at + 2)) {
            Some("\r\n") => "\r\n",
            Some(other) if other.starts_with('\r') => "\r",
            _ => "\n",
        }
    }
}

fn before<T>(list: &[(usize, T)], row: usize) -> Option<&T> {
    let at = list.partition_point(|(set_by, _)| *set_by < row).checked_sub(1)?;
    list.get(at).map(|(_, value)| value)
}

/// A record read again.
#[derive(Debug)]
pub struct RowRecord {
    pub owner: Name,
    pub rtype: RecordType,
    pub ttl: u32,
    pub rdata: Rdata,
    /// `None` where a `$GENERATE` stands for it.
    pub layout: Option<Layout>,
    /// Its entry.
    pub lines: Range<usize>,
}

/// Reads a few lines as they are meant where this state holds.
pub fn read_lines(lines: &str, state: State) -> Vec<RowRecord> {
    struct Records(Vec<RowRecord>);
    impl Sink for Records {
        fn record(&mut self, record: ReadRecord<'_>, _: &mut Problems) {
            if record.place.included.is_some() {
                return;
            }
            self.0.push(RowRecord {
                owner: record.owner.to_name(),
                rtype: record.rtype,
                ttl: record.ttl,
                layout: record.place.layout(),
                lines: record.place.entry.lines.clone(),
                rdata: record.rdata.into(),
            });
        }
    }
    let mut records = Records(Vec::new());
    let mut includes = Includes::default();
    let text = lines.as_bytes();
    let mut reader = Reader::new(text, state, &mut includes);
    reader.read_from(0, usize::MAX, &mut records);
    records.0
}

impl Sink for Survey<'_> {
    const ALL: bool = true;

    fn record(&mut self, record: ReadRecord<'_>, _: &mut Problems) {
        let row = self.rows.len();
        let nth = self.current.records;
        self.current.records += 1;
        let same_owner = self.current.owner == record.owner.wire();
        let place = match (record.place.included, record.place.layout()) {
            (Some(_), _) => FoundIn::Included,
            (None, None) => FoundIn::Generated(nth),
            (None, Some(layout)) => {
                self.current.has_owner = layout.owner.is_some();
                self.current.has_ttl = layout.ttl.is_some();
                let habits = &mut self.habits;
                match (layout.owner, same_owner) {
                    (None, _) => habits.omitted += 1,
                    (Some(_), true) => habits.repeated += 1,
                    _ => {}
                }
                if let Some(ttl) = layout.ttl.and_then(|ttl| record.place.text.get(ttl)) {
                    let count = if has_unit(ttl) { &mut habits.units } else { &mut habits.seconds };
                    *count += 1;
                }
                FoundIn::Written
            }
        };
        if place != FoundIn::Included {
            self.current.ttl = record.ttl;
        }
        if !same_owner {
            self.current.owner.clear();
            self.current.owner.extend_from_slice(record.owner.wire());
        }
        if self.touched.owners.is_empty() {
            self.leave_out(&record);
            return;
        }
        let is_touched = self.touched.note(record.owner, same_owner, row);
        let key = is_touched.then(|| RrKey::of_record(record.owner, record.rtype, record.rdata));
        match key.and_then(|key| self.touched.changes.get_key_value(&key)) {
            Some((key, _)) => {
                let (ttl, rdata) = (record.ttl, record.rdata.into());
                self.found.entry(key).or_default().push(Found { row, ttl, rdata, place });
            }
            None => self.leave_out(&record),
        }
    }

    fn entry(&mut self, lines: &Range<usize>, kind: EntryKind, after: &State) {
        let row = self.rows.len();
        let first = self.text.as_bytes().get(lines.start).copied().unwrap_or(b' ');
        let current = &mut self.current;
        let kind = match kind {
            EntryKind::Blank | EntryKind::Date => RowKind::Nothing,
            EntryKind::Comment => RowKind::Comment,
            EntryKind::Record(_) => RowKind::Record,
            EntryKind::Origin => RowKind::Origin,
            EntryKind::Ttl => RowKind::Ttl,
            EntryKind::Generate { .. } => {
                current.has_ttl = generate_has_ttl(self.text.get(lines.clone()).unwrap_or_default());
                RowKind::Generate
            }
            EntryKind::Include { .. } => RowKind::Include,
            EntryKind::Bad => {
                current.has_owner = !matches!(first, b' ' | b'\t' | b'$');
                RowKind::Bad
            }
        };
        // Fits: the length of the text is checked at the start.
        let start = lines.start as u32;
        let Current { ttl, has_ttl, has_owner, .. } = *current;
        self.rows.push(Row { start, ttl, kind, has_owner, has_ttl });
        (current.ttl, current.has_ttl, current.has_owner, current.records) = (0, false, false, 0);
        let origin = self.origins.last().map_or(&self.first_origin, |(_, origin)| origin);
        if let Some(new) = after.origin.as_ref().filter(|new| !Arc::ptr_eq(new, origin)) {
            self.origins.push((row, Arc::clone(new)));
        }
        let default = self.defaults.last().map(|(_, ttl)| *ttl);
        if let Some(new) = after.default_ttl.filter(|new| Some(*new) != default) {
            self.defaults.push((row, new));
            if kind == RowKind::Ttl {
                let line = self.text.get(lines.clone()).unwrap_or_default();
                let argument = line.split_ascii_whitespace().nth(1).unwrap_or_default();
                let habits = &mut self.habits;
                *(if has_unit(argument.as_bytes()) { &mut habits.units } else { &mut habits.seconds }) += 1;
            }
        }
        let last = self.lasts.last().map(|(_, ttl)| *ttl);
        if let Some(new) = after.last_ttl.filter(|new| after.default_ttl.is_none() && Some(*new) != last) {
            self.lasts.push((row, new));
        }
    }
}

impl Survey<'_> {
    /// Counts a record that is not touched.
    fn leave_out(&mut self, record: &ReadRecord<'_>) {
        let mut owner = [0; crate::zone::name::MAX_NAME];
        let wire = record.owner.wire();
        for (to, from) in owner.iter_mut().zip(wire) {
            *to = from.to_ascii_lowercase();
        }
        self.rest.write(owner.get(..wire.len()).unwrap_or_default());
        self.rest.write_u16(record.rtype.0);
        self.rest.write_u32(record.ttl);
        record.rdata.hash(&mut self.rest);
    }
}

/// Is it a TTL with units?
pub fn has_unit(ttl: &[u8]) -> bool {
    ttl.last().is_some_and(u8::is_ascii_alphabetic)
}

/// Where the TTL of a `$GENERATE` stands, or would stand, and whether it does.
pub fn generate_ttl(lines: &str) -> Option<(usize, bool)> {
    let mut entry = Entry::default();
    let text = lines.as_bytes();
    Entries::new(text, 0, false, true).next(&mut entry);
    let is_number = |index: usize| {
        let piece = entry.pieces.get(index);
        piece.is_some_and(|piece| piece.text(text).first().is_some_and(u8::is_ascii_digit))
    };
    let is_class = entry.pieces.get(3).is_some_and(|piece| {
        let word = piece.text(text);
        word.eq_ignore_ascii_case(b"IN") || word.eq_ignore_ascii_case(b"CLASS1")
    });
    let start = entry.pieces.get(3)?.start;
    Some((start, is_number(3) || is_class && is_number(4)))
}

fn generate_has_ttl(lines: &str) -> bool {
    generate_ttl(lines).is_some_and(|(_, written)| written)
}

/// The owners that changes name, and where they and the owners between them stand.
#[derive(Debug)]
struct Touched<'a> {
    changes: &'a ChangeMap,
    owners: Vec<&'a Name>,
    last_rows: Vec<Option<usize>>,
    /// Before each of the owners and after the last: the highest owner there, in wire form, and its last row.
    gaps: Vec<Option<(Vec<u8>, usize)>>,
    /// Where the last record stood: `Ok` at one of the owners, `Err` in the gap before it.
    slot: Result<usize, usize>,
}

impl<'a> Touched<'a> {
    fn new(changes: &'a ChangeMap) -> Touched<'a> {
        let mut owners: Vec<&Name> = changes.keys().map(|key| &key.owner).collect();
        owners.dedup();
        let last_rows = vec![None; owners.len()];
        let gaps = vec![None; owners.len() + 1];
        Touched { changes, owners, last_rows, gaps, slot: Err(0) }
    }

    /// Takes note of a record; tells whether its owner is one of those touched.
    fn note(&mut self, owner: NameRef<'_>, same_owner: bool, row: usize) -> bool {
        if !same_owner {
            self.slot = self.slot_of(owner);
        }
        match self.slot {
            Ok(slot) => {
                if let Some(last) = self.last_rows.get_mut(slot) {
                    *last = Some(row);
                }
            }
            Err(slot) => {
                let Some(gap) = self.gaps.get_mut(slot) else { return false };
                match gap {
                    Some((highest, last)) => {
                        let order = match same_owner && highest == owner.wire() {
                            true => std::cmp::Ordering::Equal,
                            false => NameRef::split_from(highest)
                                .map_or(std::cmp::Ordering::Greater, |(highest, _)| owner.cmp(&highest)),
                        };
                        if order.is_ge() {
                            *last = row;
                        }
                        if order.is_gt() {
                            highest.clear();
                            highest.extend_from_slice(owner.wire());
                        }
                    }
                    None => *gap = Some((owner.wire().to_vec(), row)),
                }
            }
        }
        self.slot.is_ok()
    }

    fn slot_of(&self, owner: NameRef<'_>) -> Result<usize, usize> {
        // Files are mostly in order: this one is most likely where the last one was.
        if let Err(slot) = self.slot {
            let above = slot.checked_sub(1).and_then(|slot| self.owners.get(slot));
            if above.is_none_or(|above| above.as_ref() < owner)
                && self.owners.get(slot).is_none_or(|below| owner < below.as_ref())
            {
                return Err(slot);
            }
        }
        self.owners.binary_search_by(|other| other.as_ref().cmp(&owner))
    }
}
