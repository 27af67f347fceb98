//! The text of a zone against its records: brought up to date before it is shown, and compared when it was edited.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::highlight::Highlight;
use crate::app::describe;
use crate::edit::Text;
use crate::zone::changes::diff;
use crate::zone::managed::is_managed;
use crate::zone::{
    Change, ChangeMap, Contents, Name, Rdata, RecordType, RrKey, RrSet, Snapshot, TextPatch, types,
};
use crate::zonefile::document::{Document, Parked};
use crate::zonefile::{self, Loader, Problem, ReadBefore, Severity, in_text};

/// Zones with more records than this are not searched for the line of the selected one.
const SEARCHED: usize = 100_000;

/// A zone whose text is wanted.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The text as it was last; `None` where there is none yet.
    pub previous: Option<Text>,
    pub base: Arc<Snapshot>,
    pub changes: ChangeMap,
    /// What a zone file includes; `None` for a zone at a server.
    pub included: Option<ReadBefore>,
    /// The record that the cursor shall be put at.
    pub at: Option<(RrKey, Rdata)>,
}

/// The text of a zone, up to date.
#[derive(Debug, Clone)]
pub struct Ready {
    pub text: Text,
    pub highlight: Highlight,
    /// What bringing it up to date did to the text as it was last.
    pub patch: TextPatch,
    /// Where the cursor shall be put.
    pub at: usize,
    /// Why the text is not the one that was kept, or not all that the draft makes of the zone.
    pub trouble: Option<String>,
}

impl Wanted {
    pub fn records(&self) -> usize {
        self.base.record_count() + self.changes.len()
    }

    pub fn ready(mut self) -> Ready {
        let (text, patch, trouble) = self.brought_up();
        let is_searched = self.records() <= SEARCHED;
        let at = self.at.take().filter(|_| is_searched);
        let at = at.and_then(|(key, rdata)| self.place(&text, &key, &rdata)).unwrap_or(0);
        let text = Text::new(&text);
        Ready { highlight: Highlight::new(&text), text, patch, at, trouble }
    }

    /// The text with what the draft makes of the zone, what that did to it, and why that is not all of it.
    fn brought_up(&mut self) -> (String, TextPatch, Option<String>) {
        let contents = Contents { base: &self.base, changes: &self.changes };
        let new = || Document::print(contents, None).into_text();
        let Some(old) = self.previous.as_ref().map(Text::to_string) else {
            return (new(), TextPatch::default(), None);
        };
        let loader = self.included.as_mut().map(|files| files as &mut dyn Loader);
        let is_file = loader.is_some();
        match Document::new(old.clone(), self.base.origin().clone()).reconcile(contents, loader) {
            Ok(applied) => (applied.document.into_text(), applied.patch, None),
            // A file is its owner's: it is never printed anew.
            Err(error) if is_file => {
                (old, TextPatch::default(), Some(format!("not all changes are in this text: {error}")))
            }
            Err(error) => {
                let text = new();
                let patch = TextPatch::between(&old, &text);
                let why = "the text kept of this zone could not be brought up to date; a new one is made, and the \
                           old one is set aside in a file whose name ends in .aside";
                (text, patch, Some(format!("{why}: {error}")))
            }
        }
    }

    /// Where a record stands in the text.
    fn place(&mut self, text: &str, key: &RrKey, rdata: &Rdata) -> Option<usize> {
        self.places(text, &[(key.clone(), rdata.clone())]).pop().flatten()
    }

    /// Where records stand in the text: as records, or parked. The text is read once for all of them.
    pub(super) fn places(&mut self, text: &str, records: &[(RrKey, Rdata)]) -> Vec<Option<usize>> {
        let canonical = |key: &RrKey, rdata: &[u8]| types::canonical(key.rtype, rdata).into_owned();
        let mut wanted: HashMap<(RrKey, Vec<u8>), Option<usize>> =
            records.iter().map(|(key, rdata)| ((key.clone(), canonical(key, rdata)), None)).collect();
        let loader = self.included.as_mut().map(|files| files as &mut dyn Loader);
        let parsed = zonefile::parse_file(text.as_bytes(), Some(self.base.origin()), loader);
        for record in parsed.records {
            let key = RrKey::of_record(record.owner.as_ref(), record.rtype, &record.rdata);
            let own = (key, types::canonical(record.rtype, &record.rdata).into_owned());
            if let Some(place) = wanted.get_mut(&own) {
                place.get_or_insert(record.span.start);
            }
        }
        if wanted.values().any(Option::is_none) {
            let document = Document::new(text, self.base.origin().clone());
            for Parked { owner, rtype, rdata, lines, .. } in document.parked() {
                let key = RrKey::of_record(owner.as_ref(), rtype, &rdata);
                let own = canonical(&key, &rdata);
                if let Some(place) = wanted.get_mut(&(key, own)) {
                    place.get_or_insert(lines.start);
                }
            }
        }
        let place = |(key, rdata): &(RrKey, Rdata)| *wanted.get(&(key.clone(), canonical(key, rdata)))?;
        records.iter().map(place).collect()
    }
}

/// A record that no text holds: it is made by the server or by signing.
pub fn is_the_servers(signed: bool, base: &Snapshot, key: &RrKey) -> bool {
    describe::is_never_edited(key.rtype) || is_managed(signed, base, key)
}

/// A text that was edited.
#[derive(Debug, Clone)]
pub struct Edited {
    /// As it was before.
    pub before: Text,
    pub after: Text,
    pub base: Arc<Snapshot>,
    pub signed: bool,
    /// What a zone file includes; `None` for a zone at a server.
    pub included: Option<ReadBefore>,
}

/// What the edits of a text make of the zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compared {
    pub changes: ChangeMap,
    pub patch: TextPatch,
    /// What is done otherwise than it is written, and what is odd and was not there before.
    pub notes: Vec<String>,
}

/// Most notes shown one by one.
const NOTES: usize = 6;

impl Edited {
    /// # Errors
    /// The problems of the text, where one of them is an error.
    pub fn compare(mut self) -> Result<Compared, Vec<Problem>> {
        let mut included = self.included.take();
        let mut read = |text: &str| {
            let loader = included.as_mut().map(|files| files as &mut dyn Loader);
            zonefile::read_zone_file(text.as_bytes(), Some(self.base.origin()), loader)
        };
        let origin = self.base.origin();
        let (before, after) = (self.before.to_string(), self.after.to_string());
        let (zone, warnings) = read(&after).map_err(|problems| in_text(problems, after.as_bytes()))?;
        let patch = TextPatch::between(&before, &after);
        let (was, old_warnings) = match read(&before) {
            Ok((was, warnings)) => (Some(was), warnings),
            Err(problems) => (None, problems),
        };
        let was = was.as_ref().unwrap_or(&self.base);
        let mut notes = new_warnings(&old_warnings, warnings);
        let mut changes = ChangeMap::new();
        let mut the_servers: BTreeSet<RecordType> = BTreeSet::new();
        for (key, Change { before, after }) in diff(was, &zone) {
            if is_the_servers(self.signed, &self.base, &key) {
                the_servers.insert(key.rtype);
                continue;
            }
            let mixed = after.as_ref().is_some_and(|set| !set.mixed_ttls.is_empty());
            let after = after.map(|set| RrSet::new(set.ttl, set.rdata));
            if let Some(set) = after.as_ref().filter(|_| mixed) {
                notes.push(format!(
                    "{} has several TTLs in the text; a record set has one: the lowest, {}, is taken.",
                    describe::set(&key, origin),
                    describe::ttl(set.ttl)
                ));
            }
            changes.insert(key, Change { before, after });
        }
        if !the_servers.is_empty() {
            let types: Vec<String> = the_servers.iter().map(RecordType::to_string).collect();
            notes.push(format!(
                "{} records are made by the server; those in the text are not sent.",
                types.join(", ")
            ));
        }
        notes.extend(serial_note(&changes, origin));
        Ok(Compared { changes, patch, notes })
    }
}

/// The warnings that were not there before.
fn new_warnings(old: &[Problem], new: Vec<Problem>) -> Vec<String> {
    let known: BTreeSet<&str> = old.iter().map(|problem| &*problem.message).collect();
    let new: Vec<Problem> = (new.into_iter())
        .filter(|problem| problem.severity == Severity::Warning && !known.contains(&*problem.message))
        .collect();
    let mut notes: Vec<String> =
        new.iter().take(NOTES).map(|problem| format!("Line {}: {}", problem.line, problem.message)).collect();
    if new.len() > NOTES {
        notes.push(format!("And {} more like these.", new.len() - NOTES));
    }
    notes
}

/// A serial that is not higher would make servers pass over the SOA that was typed (RFC 2136 section 3.4.2.2).
fn serial_note(changes: &ChangeMap, origin: &Name) -> Option<String> {
    let change = changes.get(&RrKey::new(origin.clone(), RecordType::SOA))?;
    let soa = |set: &Option<RrSet>| crate::zone::Soa::from_rdata(set.as_ref()?.rdata.first()?);
    let (before, after) = (soa(&change.before)?, soa(&change.after)?);
    let lower = crate::zone::serial::is_after(before.serial, after.serial);
    lower.then(|| {
        format!(
            "The serial in the text, {}, is lower than the zone's, {}: servers pass over an SOA with a lower serial.",
            after.serial, before.serial
        )
    })
}
