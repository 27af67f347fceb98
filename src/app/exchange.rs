//! `:import FILE` takes the record sets of a zone file into the draft, as one step; `:export FILE` writes the zone as
//! text to a file, as the draft makes it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::describe::{self, count};
use super::dialog::{Dialog, Then};
use super::text::document::{Wanted, is_the_servers};
use super::{App, Effect, Overlay, RequestId, Screen, edits, forms, text};
use crate::edit::Text;
use crate::facts::Failure;
use crate::zone::changes::ChangeMap;
use crate::zone::rrset::same_contents;
use crate::zone::{Change, Contents, Name, RecordType, RrKey, RrSet, Snapshot, Soa};
use crate::zonefile::structure::{Finding, findings};
use crate::zonefile::{Loader, Part, Problem, ReadBefore, Severity, read_part};

/// Most lines of a kind in a dialog.
const SHOWN: usize = 5;

/// What is under way.
#[derive(Debug, Default)]
pub struct Exchange {
    importing: Option<RequestId>,
    exporting: Option<RequestId>,
}

/// The zone that records are taken into.
#[derive(Debug, Clone)]
pub struct Importing {
    /// As the person named it.
    pub file: String,
    base: Arc<Snapshot>,
    changes: ChangeMap,
    conflicts: BTreeSet<RrKey>,
    /// Those that stand in files that the zone's own file includes.
    read_only: BTreeSet<RrKey>,
    signed: bool,
    /// For records without a TTL in a file without any, in seconds.
    default_ttl: u32,
}

/// What a file has for the zone.
#[derive(Debug, Clone)]
pub struct Imported {
    /// What was asked for.
    importing: Importing,
    /// The record sets that differ, with their new contents.
    sets: BTreeMap<RrKey, RrSet>,
    /// How many of those are not in the zone yet.
    added: usize,
    /// How many are in the zone as the file has them.
    same: usize,
    /// What is not taken, and what is odd: sentences.
    notes: Vec<String>,
}

/// Why nothing is taken from a file.
#[derive(Debug, Clone)]
pub enum NotImported {
    /// It cannot be read.
    Unreadable(Failure),
    /// What is wrong with it, a line each.
    Wrong(Vec<String>),
}

impl Importing {
    /// What the text of the file has for the zone.
    ///
    /// # Errors
    /// What is wrong with the text, or with the zone that it would make.
    pub fn take(self, text: &[u8], loader: &mut dyn Loader) -> Result<Imported, Vec<String>> {
        let contents = Contents { base: &self.base, changes: &self.changes };
        let origin = self.base.origin();
        let soa_key = RrKey::new(origin.clone(), RecordType::SOA);
        let soa = contents.get(&soa_key);
        let (soa_ttl, soa) = soa
            .and_then(|set| Some((set.ttl, set.rdata.first()?.clone())))
            .ok_or_else(|| vec!["The zone has no SOA.".to_owned()])?;
        let part =
            read_part(text, origin, (soa_ttl, &soa), self.default_ttl, Some(loader)).map_err(in_words)?;
        let serial = Soa::from_rdata(&soa).map_or(0, |soa| soa.serial);
        let (mut sets, mut added, mut same) = (BTreeMap::new(), 0, 0);
        let mut left = Left::default();
        for key in part.records.set_ids().filter_map(|set| part.records.key(set)) {
            let Some(set) = part.records.get(&key) else { continue };
            if key == soa_key && !part.has_soa {
                continue;
            }
            if is_the_servers(self.signed, &self.base, &key) {
                left.the_servers.insert(key.rtype);
                continue;
            }
            let mixed = !set.mixed_ttls.is_empty();
            let mut set = RrSet::new(set.ttl, set.rdata);
            if key == soa_key {
                with_serial(&mut set, serial);
            }
            let now = contents.get(&key);
            if same_contents(now.as_ref(), Some(&set), key.rtype) {
                same += 1;
                continue;
            }
            if self.read_only.contains(&key) {
                left.read_only.push(key);
                continue;
            }
            if self.conflicts.contains(&key) {
                left.conflicts.push(key);
                continue;
            }
            if mixed {
                left.mixed.push(key.clone());
            }
            added += usize::from(now.is_none());
            sets.insert(key, set);
        }
        let notes = left.notes(&part, origin);
        let wrong = self.makes_wrong(&sets);
        match wrong.is_empty() {
            true => Ok(Imported { importing: self, sets, added, same, notes }),
            false => Err(wrong),
        }
    }

    /// What keeps servers from loading the zone with these sets, and does not without.
    fn makes_wrong(&self, sets: &BTreeMap<RrKey, RrSet>) -> Vec<String> {
        let errors = |changes: &ChangeMap| -> Result<Vec<Finding>, String> {
            let zone = self.base.with_changes(changes).map_err(|error| format!("{error}."))?;
            let mut found = findings(&zone);
            found.retain(|finding| finding.severity == Severity::Error);
            Ok(found)
        };
        let mut with = self.changes.clone();
        for (key, set) in sets {
            with.insert(key.clone(), Change { before: None, after: Some(set.clone()) });
        }
        match (errors(&with), errors(&self.changes)) {
            (Err(why), _) => vec![why],
            (Ok(found), before) => {
                let before = before.unwrap_or_default();
                let new = found.iter().filter(|finding| !before.contains(finding));
                let origin = self.base.origin();
                new.map(|finding| format!("{}: {}", describe::set(&finding.key, origin), finding.message))
                    .collect()
            }
        }
    }
}

/// Gives an SOA another serial.
fn with_serial(set: &mut RrSet, serial: u32) {
    for rdata in &mut set.rdata {
        if let Some(mut soa) = Soa::from_rdata(rdata) {
            soa.serial = serial;
            *rdata = soa.to_rdata();
        }
    }
}

fn in_words(problems: Vec<Problem>) -> Vec<String> {
    let errors = problems.iter().filter(|problem| problem.severity == Severity::Error);
    errors.map(|error| place(error) + &error.message).collect()
}

/// "12:5 ", with the file where it is an included one.
fn place(problem: &Problem) -> String {
    let file = problem.file.as_ref().map_or_else(String::new, |file| format!("{file}:"));
    format!("{file}{}:{} ", problem.line, problem.column)
}

/// Record sets of the file that are not taken as they are.
#[derive(Default)]
struct Left {
    the_servers: BTreeSet<RecordType>,
    conflicts: Vec<RrKey>,
    read_only: Vec<RrKey>,
    mixed: Vec<RrKey>,
}

impl Left {
    fn notes(&self, part: &Part, origin: &Name) -> Vec<String> {
        let mut notes = Vec::new();
        if let Some((records, first)) = &part.outside {
            notes
                .push(format!("Left out: {} outside of the zone, {first} first.", count(*records, "record")));
        }
        if !self.the_servers.is_empty() {
            let types: Vec<String> = self.the_servers.iter().map(RecordType::to_string).collect();
            notes.push(format!("Left out: {}, which signing makes.", types.join(", ")));
        }
        let first = |keys: &[RrKey]| keys.first().map(|key| describe::set(key, origin)).unwrap_or_default();
        if !self.read_only.is_empty() {
            notes.push(format!(
                "Left out: {} in files that the zone's file includes, {} first; change them there.",
                count(self.read_only.len(), "record set"),
                first(&self.read_only)
            ));
        }
        if !self.conflicts.is_empty() {
            notes.push(format!(
                "Left out: {} that others changed as well as you, {} first; choose a side there (c) and import again.",
                count(self.conflicts.len(), "record set"),
                first(&self.conflicts)
            ));
        }
        if !self.mixed.is_empty() {
            notes.push(format!(
                "{} with several TTLs, {} first: a record set has one, and the lowest is taken.",
                count(self.mixed.len(), "record set"),
                first(&self.mixed)
            ));
        }
        let warnings = &part.warnings;
        notes.extend(warnings.iter().take(SHOWN).map(|warning| place(warning) + &warning.message));
        if warnings.len() > SHOWN {
            notes.push(format!("And {} more of that kind.", count(warnings.len() - SHOWN, "warning")));
        }
        notes
    }
}

impl Imported {
    /// "12 record sets added, 3 replaced, 2 left as they are".
    fn tally(&self) -> String {
        let (added, replaced) = (self.added, self.sets.len() - self.added);
        let mut words = Vec::new();
        let mut say = |number: usize, what: &str| {
            let unit = if words.is_empty() { count(number, "record set") } else { number.to_string() };
            if number > 0 {
                words.push(format!("{unit} {what}"));
            }
        };
        say(added, "added");
        say(replaced, "replaced");
        say(self.same, "in the zone already");
        match words.is_empty() {
            true => "it has nothing for this zone".into(),
            false => words.join(", "),
        }
    }
}

/// Text to be written to a file.
#[derive(Debug, Clone)]
pub struct Exporting {
    /// As the person named it.
    pub file: String,
    /// May a file that is there be written over?
    pub over: bool,
    what: What,
    /// What is not in it: the ends of a sentence.
    pub notes: Vec<String>,
}

#[derive(Debug, Clone)]
enum What {
    /// The zone as the draft makes it.
    Zone(Box<Wanted>),
    /// A text as it is, of this zone.
    Text { text: Text, origin: Name, included: Option<ReadBefore> },
}

/// A text that is ready to be written.
#[derive(Debug, Clone)]
pub struct Export {
    pub text: String,
    /// `None` where it has errors.
    pub records: Option<usize>,
}

impl Exporting {
    /// The text.
    ///
    /// # Errors
    /// A sentence on why there is none.
    pub fn export(&self) -> Result<Export, String> {
        let (text, origin, mut included) = match self.what.clone() {
            What::Text { text, origin, included } => (text.to_string(), origin, included),
            What::Zone(wanted) => {
                let (origin, included) = (wanted.base.origin().clone(), wanted.included.clone());
                let ready = wanted.ready();
                match ready.trouble {
                    // A file is its owner's, and is not printed anew.
                    Some(trouble) if included.is_some() => return Err(format!("{trouble}.")),
                    _ => (ready.text.to_string(), origin, included),
                }
            }
        };
        let loader = included.as_mut().map(|files| files as &mut dyn Loader);
        let soa = Soa::default().to_rdata();
        let part = read_part(text.as_bytes(), &origin, (0, &soa), 0, loader);
        Ok(Export { records: part.ok().map(|part| part.count), text })
    }
}

/// How writing it ended.
#[derive(Debug, Clone)]
pub enum Exported {
    Written {
        /// Without links.
        path: String,
        records: Option<usize>,
        notes: Vec<String>,
    },
    /// A file is there already: what it is, in words. Nothing is written.
    IsThere {
        what: String,
        exporting: Box<Exporting>,
    },
    Failed(Failure),
}

/// `:import FILE`.
pub fn import(app: &mut App, file: &str) {
    if let Err(reason) = edits::may_edit(app) {
        return app.say(reason);
    }
    let Some(open) = app.open() else { return };
    let importing = Importing {
        file: file.into(),
        base: open.draft.base().clone(),
        changes: open.draft.changes().clone(),
        conflicts: open.draft.conflicts().into_iter().collect(),
        read_only: open.file.as_ref().map(super::file::File::read_only_sets).unwrap_or_default(),
        signed: open.signed(),
        default_ttl: forms::common_ttl(open.draft.base()),
    };
    let request = app.next_request();
    app.exchange.importing = Some(request);
    app.say(format!("reading {file}"));
    app.effect(Effect::Import { request, importing: Box::new(importing) });
}

/// `:export FILE`: what is on the screen where that is the text, else the zone as the draft makes it.
pub fn export(app: &mut App, file: &str) {
    let Some(open) = app.open() else { return };
    let included = open.file.as_ref().map(|file| file.included.clone());
    let mut notes = Vec::new();
    let what = match (&app.screen, &app.text.mode) {
        (Screen::Text, Some(mode)) => {
            let text = mode.buffer.content().clone();
            What::Text { text, origin: open.draft.base().origin().clone(), included }
        }
        (_, mode) => {
            if mode.as_ref().is_some_and(|mode| mode.is_changed()) {
                notes.push("without what you typed in the text and did not apply".into());
            }
            if open.signed() {
                notes.push("without what the server makes by itself".into());
            }
            let Some(wanted) = text::wanted(app) else { return };
            What::Zone(Box::new(wanted))
        }
    };
    app.export(Exporting { file: file.into(), over: false, what, notes });
}

impl App {
    pub(super) fn export(&mut self, exporting: Exporting) {
        let request = self.next_request();
        self.exchange.exporting = Some(request);
        self.say(format!("writing {}", exporting.file));
        self.effect(Effect::Export { request, exporting: Box::new(exporting) });
    }

    pub(super) fn on_imported(&mut self, request: RequestId, result: Result<Imported, NotImported>) {
        if self.exchange.importing.take_if(|wanted| *wanted == request).is_none() {
            return;
        }
        self.message = None;
        match result {
            Err(NotImported::Unreadable(failure)) => self.refuse(failure.to_string()),
            Err(NotImported::Wrong(wrong)) => self.overlay = Some(Overlay::Dialog(refused(&wrong))),
            Ok(imported) if imported.notes.is_empty() => self.take_import(imported),
            Ok(imported) => {
                let mut text =
                    vec![format!("Taken over, {} means: {}.", imported.importing.file, imported.tally())];
                text.extend(imported.notes.iter().cloned());
                let buttons = match imported.sets.is_empty() {
                    true => vec![("Close", 'c', Then::Close)],
                    false => vec![
                        ("Take it over", 'y', Then::Import(Box::new(imported))),
                        ("Cancel", 'n', Then::Close),
                    ],
                };
                self.overlay = Some(Overlay::Dialog(Dialog::new("Import", text, buttons)));
            }
        }
    }

    /// Makes one step of what a file has for the zone.
    pub(super) fn take_import(&mut self, imported: Imported) {
        let Some(open) = self.open() else { return };
        let Importing { file, base, changes, .. } = &imported.importing;
        if !Arc::ptr_eq(base, open.draft.base()) || changes != open.draft.changes() {
            // What it was compared with is no more.
            let file = file.clone();
            return import(self, &file);
        }
        if let Err(reason) = edits::may_edit(self) {
            return self.say(reason);
        }
        let tally = imported.tally();
        let first = imported.sets.keys().next().cloned();
        let edits = imported.sets.into_iter().map(|(key, set)| (key, Some(set))).collect();
        match self.edit(format!("import of {file}"), edits) {
            true => {
                if let (Some(key), Some(open)) = (first, self.open_mut()) {
                    open.select_set(&key);
                }
                self.say(format!("{tally}; u undoes it"));
            }
            false => self.say(tally),
        }
    }

    pub(super) fn on_exported(&mut self, request: RequestId, exported: Exported) {
        if self.exchange.exporting.take_if(|wanted| *wanted == request).is_none() {
            return;
        }
        self.message = None;
        match exported {
            Exported::Failed(failure) => self.refuse(failure.to_string()),
            Exported::Written { path, records: Some(records), notes } => {
                let written = format!("{path} is written: {}", count(records, "record"));
                self.say([vec![written], notes].concat().join(", "));
            }
            Exported::Written { path, records: None, .. } => {
                self.complain(format!("{path} is written as the text is: with errors"));
            }
            Exported::IsThere { what, mut exporting } => {
                exporting.over = true;
                let text =
                    vec![format!("{} is there already: {what}.", exporting.file), "Write over it?".into()];
                let buttons =
                    vec![("Write over", 'y', Then::Export(exporting)), ("Cancel", 'n', Then::Close)];
                let dialog = Dialog { selected: 1, ..Dialog::new("Export", text, buttons) };
                self.overlay = Some(Overlay::Dialog(dialog));
            }
        }
    }
}

fn refused(wrong: &[String]) -> Dialog {
    let mut text = vec![format!("{}: nothing is taken from the file.", count(wrong.len(), "error"))];
    text.extend(wrong.iter().take(SHOWN).cloned());
    if wrong.len() > SHOWN {
        text.push(format!("And {} more.", wrong.len() - SHOWN));
    }
    Dialog::new("Import", text, vec![("Close", 'c', Then::Close)])
}
