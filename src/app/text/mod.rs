//! Text mode: the zone as BIND text, in an editor of its own.
//!
//! The text is opened as it stands for the draft, edited with errors shown where they are, and compared with what it
//! was when it is left: the difference is one step of the draft. What was typed is on disk within a second.

pub mod broken;
pub mod document;
pub mod find;
pub mod highlight;
mod keys;
pub mod leave;
mod outside;
mod park;
pub mod parking;
pub mod problems;

use std::sync::Arc;

use self::document::{Ready, Wanted};
use self::find::Searching;
use self::highlight::Highlight;
use super::findings::in_text::Held;
use super::layout::{Layout, scroll};
use super::work::{Work, Worked};
use super::{App, Effect, RequestId, Screen};
use crate::edit::{Buffer, Changed, Text};
use crate::facts::Failure;
use crate::zone::TextPatch;
use crate::zonefile::{Problem, Severity};

pub use keys::*;
pub use outside::{Outcome, may_open as may_edit_outside, open as edit_outside};

/// The largest text that is edited, in octets: about four million records.
pub const MAX_TEXT: usize = 256 * 1024 * 1024;

/// Lines that stay in sight above and below the cursor.
const MARGIN: usize = 2;

/// The texts of the zone.
#[derive(Debug, Default)]
pub struct Texts {
    /// The zone's document, as it was when it was last looked at.
    pub(super) document: Option<Text>,
    /// The text that is being edited: on the screen, or left open.
    pub mode: Option<Box<TextMode>>,
    /// The text that is being made ready, and what for.
    preparing: Option<(RequestId, Purpose)>,
    /// The edits that are being compared, and what for.
    comparing: Option<leave::Comparing>,
    /// A text that was being edited when an earlier run ended, until the person has decided.
    pub(super) found: Option<FoundText>,
    /// The text could not be saved: stays until it can.
    pub trouble: Option<Failure>,
    /// The text that was discarded last, in this run.
    pub(super) discarded: Option<Text>,
    /// What was cut or copied last.
    clipboard: String,
    /// The zone that this is of, where its names are not those of this one.
    copied_from: Option<crate::zone::Name>,
    /// Looking for parked records, and parking one: the requests under way.
    looking: Option<RequestId>,
    parking: Option<RequestId>,
}

/// What a text is made ready for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Edit,
    /// For the person's own editor.
    Outside,
    /// To go on with the text of an earlier run: to show it, or to leave it open.
    Resume {
        show: bool,
    },
    /// To have it on disk as the zone is now.
    Keep,
}

/// A text found on disk that was being edited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundText {
    pub text: Text,
    /// When it was last written, in words.
    pub saved_at: String,
    /// Octets that were no UTF-8.
    pub escaped: usize,
}

/// A text being edited.
#[derive(Debug)]
pub struct TextMode {
    pub buffer: Buffer,
    /// The text as it was opened.
    before: Text,
    highlight: Highlight,
    /// What is wrong with it, as far as it has been checked; places are those of the text as it is now.
    pub problems: Vec<Problem>,
    /// The check under way, and what has changed since it began.
    checking: Option<(RequestId, Option<Changed>)>,
    /// The version that was checked last, or is being checked.
    checked: Option<u64>,
    /// The first line on the screen, from 0.
    pub top: usize,
    /// Parentheses that are open at the first line on the screen.
    pub depth: u16,
    /// Are line numbers shown?
    pub numbers: bool,
    searching: Searching,
    /// Is the key being handled an Esc that lifted nothing, and was the one before it?
    escaping: bool,
    escaped: bool,
    /// Did this key, or the one before it, cut a line?
    cutting: bool,
    had_cut: bool,
    /// Was the text opened only for the person's own editor, from the table?
    from_table: bool,
    /// Octets that were no UTF-8 when the text was read, and are written as `\DDD` now.
    octets: usize,
}

impl TextMode {
    fn new(ready: Ready) -> TextMode {
        let mut buffer = Buffer::at_start(ready.text.clone());
        buffer.put(ready.at);
        TextMode {
            buffer,
            before: ready.text,
            highlight: ready.highlight,
            problems: Vec::new(),
            checking: None,
            checked: None,
            top: 0,
            depth: 0,
            numbers: false,
            searching: Searching::default(),
            escaping: false,
            escaped: false,
            cutting: false,
            had_cut: false,
            from_table: false,
            octets: 0,
        }
    }

    /// Is the text another than it was when it was opened?
    pub fn is_changed(&self) -> bool {
        self.buffer.version() > 0 && *self.buffer.content() != self.before
    }

    /// Errors and warnings.
    pub fn counts(&self) -> (usize, usize) {
        let errors = self.problems.iter().filter(|problem| problem.severity == Severity::Error).count();
        (errors, self.problems.len() - errors)
    }

    /// Could the rules not look at the zone, since its text has errors?
    pub fn rules_wait(&self) -> bool {
        let by_rule = |problem: &Problem| problem.message.ends_with(&format!("[{}]", problem.rule));
        self.counts().0 > 0 && !self.problems.iter().any(by_rule)
    }

    /// Is what is shown of problems that of the text as it is?
    pub fn is_checked(&self) -> bool {
        self.checking.is_none() && self.checked == Some(self.buffer.version())
    }

    /// The problem to tell of, and its number from 1: the one under the cursor, else the first on its line.
    pub fn problem_here(&self) -> Option<(usize, &Problem)> {
        let (text, at) = (self.buffer.content(), self.buffer.cursor());
        let line = self.buffer.cursor_line();
        let numbered = (1..).zip(&self.problems);
        let mut here = numbered.filter(|(_, problem)| text.line_of(problem.span.start) == line);
        let under = |(_, problem): &(usize, &Problem)| problem.span.start <= at && at <= problem.span.end;
        here.clone().find(under).or_else(|| here.next())
    }

    /// Follows what was done to the buffer. False where nothing was.
    fn follow(&mut self) -> bool {
        let Some(changed) = self.buffer.take_changed() else { return false };
        let text = self.buffer.content();
        self.highlight.update(text, changed);
        for problem in &mut self.problems {
            problem.span = changed.moved(problem.span.start)..changed.moved(problem.span.end);
        }
        if let Some((_, since)) = &mut self.checking {
            *since = Some(since.map_or(changed, |before| before.then(changed)));
        }
        true
    }

    fn keep_in_view(&mut self, height: usize) {
        let total = self.buffer.content().line_count();
        let line = self.buffer.cursor_line();
        let margin = MARGIN.min(height.saturating_sub(1) / 2);
        self.top = scroll(self.top, (line + margin).min(total.saturating_sub(1)), height, total);
        self.top = self.top.min(line.saturating_sub(margin));
        self.depth = self.highlight.depth_at(self.buffer.content(), self.top);
    }
}

/// Rows of the screen that show text: below them stand the position and what is wrong.
pub fn rows(layout: &Layout) -> super::layout::Span {
    let body = layout.body();
    super::layout::Span { top: body.top, height: body.height.saturating_sub(1).max(1) }
}

/// Shows the zone as text.
pub fn open(app: &mut App) {
    prepare(app, Purpose::Edit);
}

pub fn may_open(app: &App) -> Result<(), String> {
    match app.open() {
        Some(open) if open.reloading.is_some() && app.text.mode.is_none() => {
            Err("the zone is being loaded; Ctrl-C stops that".into())
        }
        Some(_) => Ok(()),
        None => Err("there is no zone yet".into()),
    }
}

fn prepare(app: &mut App, purpose: Purpose) {
    if app.text.mode.is_some() {
        app.screen = Screen::Text;
        return app.say("this is the text that you left open");
    }
    app.screen = Screen::Text;
    ask_for_text(app, purpose);
}

/// What the text of the zone is made from, as it is now.
pub(super) fn wanted(app: &App) -> Option<Wanted> {
    let open = app.open()?;
    Some(Wanted {
        previous: app.text.document.clone(),
        base: open.draft.base().clone(),
        changes: open.draft.changes().clone(),
        included: app.included(),
        at: open.selected().map(|row| (row.key, row.rdata)),
    })
}

fn ask_for_text(app: &mut App, purpose: Purpose) {
    let Some(wanted) = wanted(app) else { return };
    let request = app.work(Work::Document(Box::new(wanted)));
    app.text.preparing = Some((request, purpose));
}

impl App {
    pub(super) fn on_worked(&mut self, request: RequestId, worked: Worked) {
        match worked {
            Worked::Document(ready) => {
                if let Some((_, purpose)) = self.text.preparing.take_if(|(wanted, _)| *wanted == request) {
                    self.on_ready(*ready, purpose);
                }
            }
            Worked::Parked(rows) => self.on_parked(request, rows),
            Worked::Moved(moved) => self.on_moved(request, *moved),
            Worked::ToSave(made) => self.on_to_save(request, *made),
            Worked::Checked(problems) => self.on_checked(request, problems),
            Worked::Compared(compared) => {
                if let Some(target) = self.compared(request) {
                    self.on_compared(*compared, target);
                }
            }
            Worked::Mended(zone) => {
                if self.compared(request).is_some() {
                    self.on_mended(zone);
                }
            }
            Worked::Found(found) => self.on_found(request, found),
            Worked::Sorted(order) => self.on_sorted(request, order),
            Worked::Replaced(done) => self.on_replaced(request, *done),
            Worked::News(news) => self.on_news(request, news),
            Worked::Looked(seen) => self.on_looked(request, seen),
            Worked::Stepped(made) => self.on_stepped(request, *made),
            Worked::Gone => {}
        }
    }

    /// Brings the document up to date with the zone, where there is one, and saves it.
    pub(super) fn keep_document(&mut self) {
        if self.text.document.is_some() && self.text.mode.is_none() && self.text.preparing.is_none() {
            ask_for_text(self, Purpose::Keep);
        }
    }

    fn on_ready(&mut self, ready: Ready, purpose: Purpose) {
        if purpose == Purpose::Keep {
            if ready.trouble.is_some() {
                return;
            }
            self.set_document(&ready);
            return self.effect(Effect::SaveDocument { text: ready.text });
        }
        if ready.text.len() > MAX_TEXT {
            self.screen = Screen::Main;
            return self
                .complain("this zone's text is larger than 256 MiB: it can be edited in the table only");
        }
        self.set_document(&ready);
        let found = self.text.found.take_if(|_| matches!(purpose, Purpose::Resume { .. }));
        let mut mode = match found {
            Some(found) => TextMode::resumed(ready.text, found),
            None => TextMode::new(ready),
        };
        mode.from_table = purpose == Purpose::Outside;
        self.show_text(mode);
        match purpose {
            Purpose::Outside => edit_outside(self),
            Purpose::Resume { show: false } => self.decide_on_text(leave::Decision::Keep),
            _ => {}
        }
    }

    /// The document was brought up to date: what that did to it belongs to the newest step, so that the comments come
    /// back when that is undone. A text in whose place a new one had to be made is kept on disk.
    fn set_document(&mut self, ready: &Ready) {
        let old = self.text.document.replace(ready.text.clone());
        if let Some(trouble) = &ready.trouble {
            self.complain(trouble.clone());
            if let Some(text) = old.filter(|old| *old != ready.text) {
                self.effect(Effect::SetAside { text });
            }
        }
        if self.file().is_some() && !ready.patch.is_empty() {
            // At the next start it is needed beside the draft.
            self.effect(Effect::SaveDocument { text: ready.text.clone() });
        }
        self.note_text();
        if self.open_mut().is_some_and(|open| open.draft.attach_text(ready.patch.clone())) {
            self.rewrite_draft();
        }
    }

    fn show_text(&mut self, mode: TextMode) {
        self.text.mode = Some(Box::new(mode));
        self.screen = Screen::Text;
        self.check_text();
    }

    /// Does something with the text; then what follows from it: colours, errors, saving.
    fn with_text(&mut self, act: impl FnOnce(&mut TextMode)) {
        let Some(mode) = &mut self.text.mode else { return };
        let first = mode.buffer.version() == 0;
        act(mode);
        if mode.follow() {
            let (before, text) = (mode.before.clone(), mode.buffer.content().clone());
            if first {
                // So that the next start knows what the edits were made over.
                self.effect(Effect::SaveDocument { text: before });
            }
            self.effect(Effect::SaveText { text });
            self.check_text();
        }
    }

    /// An edit of the text, where that may be edited.
    fn edit_text(&mut self, act: impl FnOnce(&mut Buffer)) {
        if let Err(reason) = self.editable() {
            return self.say(reason);
        }
        self.with_text(|mode| act(&mut mode.buffer));
        let too_large = |mode: &mut Box<TextMode>| {
            let larger = mode.buffer.len() > MAX_TEXT;
            larger && mode.buffer.undo()
        };
        if self.text.mode.as_mut().is_some_and(too_large) {
            self.with_text(|_| {});
            self.complain("not done: the text would be larger than 256 MiB");
        }
    }

    /// Has the text checked, where it has changed and no check is under way.
    fn check_text(&mut self) {
        let (origin, included) = (self.settings.zone.clone(), self.included());
        let rules = Arc::clone(&self.settings.rules);
        let held = Held { rules, acknowledged: Arc::clone(&self.acknowledged), now: self.now };
        let Some(mode) = &self.text.mode else { return };
        let version = mode.buffer.version();
        if mode.checking.is_some() || mode.checked == Some(version) {
            return;
        }
        let text = mode.buffer.content().clone();
        let request = self.work(Work::Check { text, origin, included, held });
        if let Some(mode) = &mut self.text.mode {
            mode.checking = Some((request, None));
            mode.checked = Some(version);
        }
    }

    /// What counts as a finding has become another.
    pub(super) fn recheck_text(&mut self) {
        if let Some(mode) = &mut self.text.mode {
            mode.checked = None;
        }
        self.check_text();
    }

    fn on_checked(&mut self, request: RequestId, problems: Vec<Problem>) {
        let Some(mode) = &mut self.text.mode else { return };
        let Some((_, since)) = mode.checking.take_if(|(wanted, _)| *wanted == request) else { return };
        mode.problems = problems;
        for problem in &mut mode.problems {
            // What was typed meanwhile has moved them.
            let moved = |at| since.map_or(at, |changed| changed.moved(at));
            problem.span = moved(problem.span.start)..moved(problem.span.end);
        }
        self.check_text();
    }

    /// Saves the texts again, after that has not worked.
    pub(super) fn save_texts(&mut self) {
        if let Some(text) = self.text.document.clone() {
            self.effect(Effect::SaveDocument { text });
        }
        if let Some(mode) = self.text.mode.as_ref().filter(|mode| mode.is_changed()) {
            let text = mode.buffer.content().clone();
            self.effect(Effect::SaveText { text });
        }
    }

    pub(super) fn on_text_saved(&mut self, result: Result<(), Failure>) {
        self.text.trouble = result.err();
    }

    /// The texts that are on disk at the start.
    pub(super) fn on_texts(&mut self, document: Option<Text>, found: Option<FoundText>) {
        self.document_found(document);
        self.text.found = found;
        self.offer_text();
    }

    /// A text that an earlier run has discarded.
    pub(super) fn on_text_back(&mut self, found: FoundText) {
        self.text.found = Some(found);
        self.offer_text();
    }

    /// Once the zone is there and its draft is decided on: asks what to do with a text of an earlier run.
    pub(super) fn offer_text(&mut self) {
        if self.overlay.is_some() || self.editable().is_err() {
            return;
        }
        if let Some(found) = self.text.found.take() {
            match self.settings.arrival.again {
                true => self.resume_text(found, true),
                false => leave::offer(self, found),
            }
        }
    }

    pub(super) fn keep_text_in_view(&mut self, layout: &Layout) {
        let height = usize::from(rows(layout).height);
        if let Some(mode) = &mut self.text.mode {
            mode.keep_in_view(height);
        }
    }

    /// Is a text open that is not on the screen?
    pub fn text_is_kept(&self) -> bool {
        self.text.mode.is_some() && !matches!(self.screen, Screen::Text)
    }

    /// That a text with edits is left open, as a sentence.
    pub(super) fn unapplied_text(&self) -> Option<String> {
        let mode = self.text.mode.as_ref().filter(|mode| self.text_is_kept() && mode.is_changed())?;
        let with = match mode.counts().0 {
            0 => String::new(),
            errors => format!(" with {}", super::describe::count(errors, "error")),
        };
        Some(format!("the text is open{with} and not applied: t goes back to it"))
    }

    /// Applies what a step did to the document, where it fits.
    pub(super) fn patch_document(&mut self, patch: Option<TextPatch>) {
        let (Some(mut text), Some(patch)) = (self.text.document.clone(), patch) else { return };
        for edit in &patch.0 {
            let range = edit.offset..edit.offset.saturating_add(edit.removed.len());
            if text.slice(range.clone()) != edit.removed || !text.replace(range, &edit.inserted) {
                // Another text: the next look at it makes it fit.
                return;
            }
        }
        self.text.document = Some(text.clone());
        self.note_text();
        self.effect(Effect::SaveDocument { text });
    }
}
