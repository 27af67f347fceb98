//! A zone that is a file and not at a server: its text as it is on disk, and saving what the draft and the text make
//! of it, with a higher serial.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use super::changes::wanted;
use super::describe::{self, count};
use super::dialog::Dialog;
use super::follow::Way;
use super::loading::FoundDraft;
use super::pushing::{Line, Results, Tone};
use super::text::FoundText;
use super::work::Work;
use super::{App, Effect, Overlay, RequestId, Screen};
use crate::edit::Text;
use crate::facts::Failure;
use crate::push::tally;
use crate::zone::draft::Entry;
use crate::zone::{
    Change, ChangeMap, Contents, Draft, RecordType, RrKey, RrSet, Snapshot, Soa, TextPatch, serial,
};
use crate::zonefile::document::Document;
use crate::zonefile::{Loader, ReadBefore, Severity};

/// A zone file as loaded.
#[derive(Debug, Clone, Default)]
pub struct FileText {
    pub text: Text,
    /// What it includes.
    pub included: ReadBefore,
    /// The record sets that stand in included files, each with that file.
    pub included_sets: Arc<BTreeMap<RrKey, Arc<str>>>,
    /// Octets that were no UTF-8, and are written as `\DDD` in the text.
    pub escaped: usize,
    /// What to say when it is opened, as sentences.
    pub warnings: Vec<String>,
    /// The program and its arguments that are run after saving; empty where there is none.
    pub after_save: Vec<String>,
}

/// What came of saving a file: the file is written, in any case.
#[derive(Debug, Clone)]
pub struct Saved {
    /// What the program that was run afterwards said; `None` where there is none.
    pub after: Option<Ran>,
}

/// A program that was run.
#[derive(Debug, Clone)]
pub struct Ran {
    /// How it ended, in words; otherwise why it did not end well.
    pub status: Result<String, String>,
    /// The first lines of what it wrote.
    pub lines: Vec<String>,
}

/// The file of an open zone.
#[derive(Debug, Clone)]
pub struct File {
    on_disk: Text,
    pub included: ReadBefore,
    included_sets: Arc<BTreeMap<RrKey, Arc<str>>>,
    /// Does the text include others than on disk? Then it is only known when it is saved what stands where.
    includes_differ: bool,
    escaped: usize,
    warnings: Vec<String>,
    after_save: Vec<String>,
    /// Is the text another than on disk? (Records may be changed in the draft and not in the text.)
    text_differs: bool,
    /// Did the text on disk have errors when it was opened? What was mended is in no step.
    mended: bool,
    /// The text that an earlier run had, until it is known whether its draft goes on.
    kept: Option<Text>,
    /// A save under way: the text is being made, or written.
    making: Option<RequestId>,
    writing: Option<(RequestId, Box<ToSave>)>,
}

impl File {
    pub(super) fn new(loaded: FileText) -> File {
        File {
            on_disk: loaded.text,
            included: loaded.included,
            included_sets: loaded.included_sets,
            includes_differ: false,
            escaped: loaded.escaped,
            warnings: loaded.warnings,
            after_save: loaded.after_save,
            text_differs: false,
            mended: false,
            kept: None,
            making: None,
            writing: None,
        }
    }

    /// Why a record set cannot be changed here, where it stands in an included file.
    pub fn why_read_only(&self, key: &RrKey) -> Option<String> {
        let file = self.included_sets.get(key).filter(|_| !self.includes_differ)?;
        Some(format!("it stands in {file}, which this file includes: change it there, then R reads it again"))
    }

    /// All of those.
    pub fn read_only_sets(&self) -> BTreeSet<RrKey> {
        self.included_sets.keys().filter(|_| !self.includes_differ).cloned().collect()
    }

    pub fn is_being_saved(&self) -> bool {
        self.writing.is_some()
    }

    /// Is there something in the text that is neither on disk nor in a step of the draft?
    pub fn is_mended(&self) -> bool {
        self.mended
    }

    /// Is there something in the text that is not on disk?
    pub fn has_new_text(&self) -> bool {
        self.text_differs
    }
}

/// A file to be saved: what its text is made from.
#[derive(Debug, Clone)]
pub struct Saving {
    /// The text of the draft, as it was last looked at.
    pub text: Text,
    pub on_disk: Text,
    /// The zone on disk, and what shall be different.
    pub base: Arc<Snapshot>,
    pub changes: ChangeMap,
    pub included: ReadBefore,
    /// Seconds since 1970, where that is known.
    pub now: Option<u64>,
}

/// A file ready to be saved.
#[derive(Debug, Clone)]
pub struct ToSave {
    pub text: Text,
    /// The zone that the text means.
    pub zone: Arc<Snapshot>,
    /// Those asked for, without the serial.
    pub changes: ChangeMap,
    /// Lines of the file that go and come.
    pub lines: (usize, usize),
}

impl Saving {
    /// The text with all changes and a higher serial.
    ///
    /// # Errors
    /// A sentence on why not.
    pub fn to_save(self) -> Result<ToSave, String> {
        let Saving { text, on_disk, base, changes, mut included, now } = self;
        let document = Document::new(text.to_string(), base.origin().clone());
        let brought = |document: &Document, changes: &ChangeMap, included: &mut ReadBefore| {
            document
                .reconcile(Contents { base: &base, changes }, Some(included as &mut dyn Loader))
                .map(|applied| applied.document)
                .map_err(|error| format!("The file cannot be written: {error}."))
        };
        let on_disk = on_disk.to_string();
        if changes.is_empty() && brought(&document, &changes, &mut included)?.text() == on_disk {
            return Err("nothing is changed".into());
        }
        let mut all = changes.clone();
        raise_serial(&base, &mut all, now)?;
        let document = brought(&document, &all, &mut included)?;
        let read = document.records(Some(&mut included));
        let (zone, problems) = match read {
            Ok((zone, problems)) => (Some(zone), problems),
            Err(problems) => (None, problems),
        };
        let error = problems.iter().find(|problem| problem.severity == Severity::Error);
        let Some(zone) = zone.filter(|_| error.is_none()) else {
            let first = error.map_or_else(String::new, ToString::to_string);
            return Err(format!("Not saved: nameservers would refuse the file. {first}"));
        };
        let lines = TextPatch::between(&on_disk, document.text()).lines();
        Ok(ToSave { text: Text::new(document.text()), zone: Arc::new(zone), changes, lines })
    }
}

/// Gives the SOA of the changes a higher serial than the zone has, unless somebody has typed one.
fn raise_serial(base: &Snapshot, changes: &mut ChangeMap, now: Option<u64>) -> Result<(), String> {
    let key = RrKey::new(base.origin().clone(), RecordType::SOA);
    let before = base.get(&key);
    let wanted = changes.get(&key).map_or_else(|| before.clone(), |change| change.after.clone());
    let Some(mut set) = wanted else { return Err("A zone cannot be without its SOA.".into()) };
    let Some(mut soa) = set.rdata.first().and_then(|rdata| Soa::from_rdata(rdata)) else {
        return Err("The SOA cannot be read.".into());
    };
    if !serial::is_after(soa.serial, base.serial()) {
        soa.serial = serial::next_in_file(base.serial(), now);
    }
    set = RrSet::new(set.ttl, vec![soa.to_rdata()]);
    changes.insert(key, Change { before, after: Some(set) });
    Ok(())
}

const TEXT_OPEN: &str = "the text that you left open is not applied yet: t goes back to it";

/// Is there something to review and save?
pub fn has_changes(app: &App) -> Result<(), String> {
    match app.has_new_text() {
        true => Ok(()),
        false => super::edits::has_changes(app).map_err(|nothing| match app.unapplied_text() {
            Some(open) => open,
            None => app.editable().err().unwrap_or(nothing),
        }),
    }
}

pub fn may_save(app: &App) -> Result<(), String> {
    super::edits::may_edit(app)?;
    let (Screen::Changes(changes), Some(open)) = (&app.screen, app.open()) else {
        return Err("review the changes first".into());
    };
    if open.reloading.is_some() {
        return Err("the file is being read".into());
    }
    if app.text.mode.is_some() {
        return Err(app.unapplied_text().unwrap_or_else(|| TEXT_OPEN.into()));
    }
    if open.file.as_ref().is_some_and(|file| file.making.is_some() || file.writing.is_some()) {
        return Err("the file is being saved".into());
    }
    changes.plan.as_ref().map(|_| ()).map_err(String::clone)
}

/// Makes the text that is to be saved; then it is asked for.
pub fn ask(app: &mut App) {
    let now = app.now;
    let Some((open, file)) = app.open().and_then(|open| Some((open, open.file.as_ref()?))) else { return };
    let saving = Saving {
        text: app.text.document.clone().unwrap_or_else(|| file.on_disk.clone()),
        on_disk: file.on_disk.clone(),
        base: open.draft.base().clone(),
        changes: wanted(open),
        included: file.included.clone(),
        now,
    };
    let request = app.work(Work::Save(Box::new(saving)));
    if let Some(file) = app.file_mut() {
        file.making = Some(request);
    }
}

impl App {
    /// The file that is edited, where it is one.
    pub fn file(&self) -> Option<&File> {
        self.open()?.file.as_ref()
    }

    fn file_mut(&mut self) -> Option<&mut File> {
        self.open_mut()?.file.as_mut()
    }

    /// Is there something in the text of a file that is not on disk?
    pub fn has_new_text(&self) -> bool {
        self.file().is_some_and(File::has_new_text)
    }

    /// A file was opened: its text is the document.
    pub(super) fn file_opened(&mut self) {
        let Some(file) = self.file() else { return };
        let (text, warnings) = (file.on_disk.clone(), file.warnings.join(" "));
        let kept = self.text.document.replace(text);
        if let Some(file) = self.file_mut() {
            file.kept = kept;
        }
        if !warnings.is_empty() {
            self.complain(warnings);
        }
        self.wake_at_midnight();
    }

    /// The text of an earlier run, which may say more than its draft does.
    pub(super) fn document_found(&mut self, document: Option<Text>) {
        match self.file_mut() {
            Some(file) => file.kept = document,
            None => self.text.document = document,
        }
    }

    /// Serials may go by the day.
    pub(super) fn wake_at_midnight(&mut self) {
        const DAY: u64 = 86_400;
        if let Some(now) = self.now.filter(|_| self.file().is_some()) {
            self.effect(Effect::WakeIn(Duration::from_secs(DAY - now % DAY + 1)));
        }
    }

    /// Notes whether the text is another than on disk.
    pub(super) fn note_text(&mut self) {
        let document = self.text.document.clone();
        if let Some(file) = self.file_mut() {
            let document = document.filter(|document| *document != file.on_disk);
            file.text_differs = document.is_some();
            file.includes_differ = !file.included_sets.is_empty()
                && document.is_some_and(|document| includes(&document) != includes(&file.on_disk));
        }
    }

    /// A draft of an earlier run goes on: so does its text, which has comments that no record has. Where the file has
    /// changed since, both are put together, or the text is offered by itself.
    pub(super) fn resume_document(&mut self, found: &FoundDraft) {
        let has_text = |entry: &Entry| matches!(entry, Entry::Step(step) if step.text.is_some());
        if !found.entries.iter().any(has_text) {
            return;
        }
        let Some(open) = self.open_mut() else { return };
        let base = open.draft.base().clone();
        let Some((kept, on_disk, mended)) =
            open.file.as_mut().and_then(|file| Some((file.kept.take()?, file.on_disk.clone(), file.mended)))
        else {
            return;
        };
        let now = self.text.document.clone().filter(|_| mended).unwrap_or(on_disk);
        let mut draft = Draft::new(base);
        draft.replay(found.entries.iter().cloned());
        let before = before_steps(draft, kept.clone());
        self.take_text(before, kept, now, &found.saved_at);
    }

    /// The file had errors, and this text has none.
    pub(super) fn file_mended(&mut self, text: Text, kept: Option<Text>) {
        let Some(file) = self.file_mut() else { return };
        file.kept = kept;
        file.mended = text != file.on_disk;
        self.text.document = Some(text.clone());
        self.note_text();
        self.effect(Effect::SaveDocument { text });
        self.drop_text();
    }

    /// The file was read again.
    pub(super) fn file_read_again(&mut self, loaded: FileText) {
        let Some(file) = self.file_mut() else { return };
        let (before, now) = (file.on_disk.clone(), loaded.text.clone());
        *file = File { mended: file.mended, ..File::new(loaded) };
        let warnings = file.warnings.join(" ");
        let mine = self.text.document.clone().unwrap_or_else(|| before.clone());
        self.take_text(Some(before), mine, now, "just now");
        if !warnings.is_empty() {
            self.complain(warnings);
        }
    }

    /// Puts the person's text onto that of a file, which may have changed since.
    fn take_text(&mut self, before: Option<Text>, mine: Text, now: Text, saved_at: &str) {
        let merged = before.and_then(|before| {
            if before == now {
                return Some(mine.clone());
            }
            let merged = TextPatch::merged(&before.to_string(), &mine.to_string(), &now.to_string());
            merged.map(|text| Text::new(&text))
        });
        match merged {
            Some(text) => self.text.document = Some(text),
            None => {
                self.text.document = Some(now);
                self.effect(Effect::SaveText { text: mine.clone() });
                self.text.found = Some(FoundText { text: mine, saved_at: saved_at.into(), escaped: 0 });
                self.offer_text();
            }
        }
        if let Some(text) = self.text.document.clone() {
            self.effect(Effect::SaveDocument { text });
        }
        if self.file().is_some_and(File::is_mended) {
            self.drop_text();
        }
        self.note_text();
    }

    /// The text is made: the last question.
    pub(super) fn on_to_save(&mut self, request: RequestId, made: Result<ToSave, String>) {
        if self.file_mut().is_none_or(|file| file.making.take_if(|wanted| *wanted == request).is_none()) {
            return;
        }
        match made {
            Err(reason) => self.complain(reason),
            Ok(to_save) => self.ask_to_save(to_save),
        }
    }

    fn ask_to_save(&mut self, to_save: ToSave) {
        let Some((open, file)) = self.open().and_then(|open| Some((open, open.file.as_ref()?))) else {
            return;
        };
        let base = open.draft.base();
        let change = match to_save.changes.len() {
            0 if file.mended => "the text has no errors any more".into(),
            0 => "no record, only the text: comments and layout".into(),
            sets => {
                format!("{}: {}", count(sets, "record set"), tally(&to_save.changes).in_words())
            }
        };
        let (gone, come) = to_save.lines;
        let mut text = vec![
            format!("File    {}", self.settings.server),
            format!("Serial  {} -> {}", base.serial(), to_save.zone.serial()),
            format!("Change  {change}"),
            format!("Text    {} taken away, {come} put in; all others stay as they are", count(gone, "line")),
        ];
        text.push(match file.after_save.is_empty() {
            true => "Then    nothing: have the nameserver load it yourself (after-save does that)".into(),
            false => format!("Then    {}", file.after_save.join(" ")),
        });
        if file.escaped > 0 {
            text.push(format!(
                "Note    {} that can be no text (no UTF-8) will be written as \\DDD, which means the same in a \
                 zone file",
                count(file.escaped, "octet")
            ));
        }
        text.extend(self.open().and_then(super::changes::brings));
        let danger = super::pushing::danger(base, &to_save.changes, &self.settings);
        let proof = danger.map(|danger| {
            text.push(format!("{danger} Type the name of the zone to save it:"));
            base.origin().to_string()
        });
        self.overlay = Some(Overlay::Dialog(Dialog::save(text, to_save, proof)));
    }

    pub(super) fn save_file(&mut self, to_save: ToSave) {
        let request = self.next_request();
        let text = to_save.text.clone();
        if let Some(file) = self.file_mut() {
            file.writing = Some((request, Box::new(to_save)));
            self.say("saving");
            self.effect(Effect::SaveFile { request, text });
        }
    }

    pub(super) fn on_saved(&mut self, request: RequestId, result: Result<Saved, Failure>) {
        let Some(file) = self.file_mut() else { return };
        let Some((_, to_save)) = file.writing.take_if(|(wanted, _)| *wanted == request) else { return };
        self.message = None;
        let lines = match result {
            Err(failure) => vec![
                line(Tone::Bad, failure.what),
                line(Tone::Plain, failure.why),
                line(Tone::Plain, failure.next),
                line(Tone::Plain, "Your draft is kept."),
            ],
            Ok(saved) => self.took_effect(*to_save, saved),
        };
        self.screen = Screen::Result(Box::new(Results::new(lines)));
    }

    fn took_effect(&mut self, to_save: ToSave, saved: Saved) -> Vec<Line> {
        let ToSave { text, zone, changes, .. } = to_save;
        let Some(open) = self.open() else { return Vec::new() };
        let origin = open.draft.base().origin().clone();
        let (before, after) = (open.draft.base().serial(), zone.serial());
        let mut lines = vec![line(Tone::Good, format!("Saved: {}", self.settings.server))];
        lines.push(line(Tone::Plain, format!("Serial {before} -> {after}.")));
        lines
            .extend(changes.keys().map(|key| line(Tone::Good, format!("  {}", describe::set(key, &origin)))));
        match (&saved.after, self.file().map(|file| file.after_save.join(" ")).unwrap_or_default()) {
            (None, _) => lines.push(line(
                Tone::Doubt,
                "No program is configured to be run after saving: nameservers go on with the zone that they have, \
                 until they load the file. (after-save in the configuration)",
            )),
            (Some(Ran { status: Ok(status), .. }), command) => {
                lines.push(line(Tone::Good, format!("{command}: {status}")));
            }
            (Some(Ran { status: Err(why), .. }), command) => {
                lines.push(line(Tone::Bad, format!("{command}: {why}")));
                lines.push(line(Tone::Plain, "The file is saved; the nameserver may not have loaded it."));
            }
        }
        let said = saved.after.into_iter().flat_map(|ran| ran.lines);
        lines.extend(said.map(|said| line(Tone::Plain, format!("  {said}"))));
        self.text.document = Some(text.clone());
        if let Some(file) = self.file_mut() {
            file.on_disk = text.clone();
            file.escaped = 0;
            if file.includes_differ {
                file.included_sets = Arc::default();
            }
            if std::mem::take(&mut file.mended) {
                self.drop_text();
            }
        }
        self.effect(Effect::SaveDocument { text });
        self.rebase(zone, Way::Loaded);
        self.note_text();
        self.watch_nameservers();
        lines
    }
}

/// The directives that include files.
fn includes(text: &Text) -> Vec<String> {
    let is_include = |line: &&str| line.get(..8).is_some_and(|word| word.eq_ignore_ascii_case("$INCLUDE"));
    text.to_string().lines().map(str::trim).filter(is_include).map(str::to_owned).collect()
}

fn line(tone: Tone, text: impl Into<String>) -> Line {
    Line { tone, text: text.into() }
}

/// The text as it was before the steps of a draft; `None` where their patches do not fit it.
fn before_steps(mut draft: Draft, mut text: Text) -> Option<Text> {
    loop {
        let patch = draft.undo_text();
        if draft.undo().is_none() {
            return Some(text);
        }
        for edit in patch.into_iter().flat_map(|patch| patch.0) {
            let range = edit.offset..edit.offset.saturating_add(edit.removed.len());
            if text.slice(range.clone()) != edit.removed || !text.replace(range, &edit.inserted) {
                return None;
            }
        }
    }
}
