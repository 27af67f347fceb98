//! Leaving the text: what its edits make of the zone becomes one step of the draft. With errors nothing is applied
//! and nothing is lost.

use super::document::{Compared, Edited};
use super::highlight::Highlight;
use super::{FoundText, Purpose, TextMode};
use crate::app::describe::{self, count};
use crate::app::dialog::{Dialog, Then};
use crate::app::work::Work;
use crate::app::{App, Effect, Overlay, RequestId, Screen, changes};
use crate::edit::Text;
use crate::zone::draft::{Entry, Step};
use crate::zone::rrset::same_octets;
use crate::zone::{ChangeMap, RrKey, TextPatch};
use crate::zonefile::{Problem, Severity};

/// Where to go from the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    Table,
    Changes,
}

/// What a button of a dialog about the text does.
#[derive(Debug)]
pub enum Decision {
    Apply(Box<Compared>, Target),
    /// Into the person's own editor, at the first error.
    Outside,
    /// To the table; the text stays open.
    Keep,
    /// Back to the text that was left open.
    Show,
    AskDiscard,
    Discard,
    Resume(FoundText),
    /// Of an earlier run: left open, to the table.
    Later(FoundText),
    AskDropFound(FoundText),
    DropFound(FoundText),
    Offer(FoundText),
}

/// Edits of the text that are being compared with the zone.
#[derive(Debug)]
pub(super) struct Comparing {
    pub request: RequestId,
    /// Of the text.
    pub version: u64,
    pub target: Target,
}

/// As many problems are shown in a dialog.
const SHOWN: usize = 3;

pub fn to_table(app: &mut App) {
    leave(app, Target::Table);
}

pub fn to_changes(app: &mut App) {
    leave(app, Target::Changes);
}

/// Back to the table while the text is still being made ready.
pub fn give_up_preparing(app: &mut App) {
    app.text.preparing = None;
    app.screen = Screen::Main;
}

pub(super) fn leave(app: &mut App, target: Target) {
    if app.text.comparing.is_some() {
        return app.say("the text is being compared with the zone");
    }
    if app.broken().is_some() {
        return super::broken::leave(app);
    }
    let Some(open) = app.open() else { return };
    let Some(mode) = &app.text.mode else { return give_up_preparing(app) };
    if !mode.is_changed() {
        let was_changed = mode.buffer.version() > 0;
        app.text.mode = None;
        if was_changed {
            app.drop_text();
        }
        return go_to(app, target);
    }
    let version = mode.buffer.version();
    let edited = Edited {
        before: mode.before.clone(),
        after: mode.buffer.content().clone(),
        base: open.draft.base().clone(),
        signed: open.signed(),
        included: app.included(),
    };
    app.say("comparing the text with the zone");
    let request = app.work(Work::Compare(Box::new(edited)));
    app.text.comparing = Some(Comparing { request, version, target });
}

fn go_to(app: &mut App, target: Target) {
    app.screen = Screen::Main;
    if target == Target::Changes {
        match super::super::file::has_changes(app) {
            Ok(()) => changes::open(app),
            Err(reason) => app.say(reason),
        }
    }
}

impl App {
    /// Text and zone have been compared: where to go now. `None` where that is not wanted any more, or the text has
    /// become another one meanwhile; then it is compared again.
    pub(super) fn compared(&mut self, request: RequestId) -> Option<Target> {
        let Comparing { version, target, .. } =
            self.text.comparing.take_if(|comparing| comparing.request == request)?;
        let is_same = self.text.mode.as_ref().is_some_and(|mode| mode.buffer.version() == version);
        if !is_same {
            leave(self, target);
        }
        is_same.then_some(target)
    }

    /// No text is being edited any more.
    pub(in crate::app) fn drop_text(&mut self) {
        let mended = self.file().is_some_and(super::super::file::File::is_mended);
        self.effect(match self.text.document.clone().filter(|_| mended) {
            Some(text) => Effect::SaveText { text },
            None => Effect::DropText,
        });
    }

    /// The edits of the text have been compared with the zone.
    pub(super) fn on_compared(&mut self, compared: Result<Compared, Vec<Problem>>, target: Target) {
        self.message = None;
        let Some(mode) = &mut self.text.mode else { return };
        match compared {
            Err(problems) => {
                let outside = mode.from_table;
                self.overlay = Some(Overlay::Dialog(errors(&problems, outside)));
                if let Some(first) = problems.iter().find(|problem| problem.severity == Severity::Error) {
                    mode.buffer.put(first.span.start);
                }
                mode.problems = problems;
            }
            Ok(mut compared) => {
                compared.notes.extend(Some(mode.octets).filter(|octets| *octets > 0).map(octets_note));
                compared.notes.extend(self.moved_meanwhile(&compared));
                match compared.notes.is_empty() {
                    true => self.apply_text(compared, target),
                    false => self.overlay = Some(Overlay::Dialog(notes(compared, target))),
                }
            }
        }
    }

    /// The record sets that were changed in the table, or by others, while the text was open.
    fn moved_meanwhile(&self, compared: &Compared) -> Option<String> {
        let open = self.open()?;
        let moved: Vec<&RrKey> = (compared.changes.iter())
            .filter(|(key, change)| {
                let now = open.draft.get(key);
                !change.is_untouched(key.rtype, now.as_ref()) && !change.is_achieved(key.rtype, now.as_ref())
            })
            .map(|(key, _)| key)
            .collect();
        let first = describe::set(moved.first()?, open.draft.base().origin());
        Some(format!(
            "{} changed elsewhere since the text was opened, {first} first: what the text says is taken, and the \
             changes show where somebody else was at it.",
            count(moved.len(), "record set")
        ))
    }

    fn apply_text(&mut self, compared: Compared, target: Target) {
        if self.is_refused() {
            return;
        }
        let Some(mode) = &self.text.mode else { return };
        let text = mode.buffer.content().clone();
        let Compared { changes, patch, .. } = compared;
        let sets = changes.len();
        let label = match sets {
            0 => "text: comments and layout".to_owned(),
            sets => format!("text: {}", count(sets, "record set")),
        };
        self.apply_edits(label, changes, patch, text.clone());
        self.text.mode = None;
        self.drop_text();
        go_to(self, target);
        self.ask_nameservers();
        match sets {
            0 => self.say("the text is kept; no record is different"),
            sets => self
                .say(format!("{} changed in the text; u undoes that, c shows it", count(sets, "record set"))),
        }
    }

    /// A text becomes the document, and what it changes of the zone one step of the draft.
    pub(super) fn apply_edits(&mut self, label: String, changes: ChangeMap, patch: TextPatch, text: Text) {
        let Some(open) = self.open_mut() else { return };
        let as_opened = changes
            .iter()
            .all(|(key, change)| same_octets(open.draft.get(key).as_ref(), change.before.as_ref()));
        if as_opened {
            let edits = changes.into_iter().map(|(key, change)| (key, change.after));
            let entry = open.draft.edit_with_text(label, edits, patch);
            open.refresh();
            if let Some(entry) = entry {
                self.journal(entry);
            }
        } else {
            // Over what the person saw, so that what others did meanwhile is a conflict and not overwritten.
            let step = Step { text: Some(patch), ..Step::new(label, changes) };
            open.draft.replay([Entry::Step(step)]);
            open.refresh();
            self.rewrite_draft();
        }
        self.text.document = Some(text.clone());
        self.note_text();
        self.effect(Effect::SaveDocument { text });
    }

    pub(in crate::app) fn decide_on_text(&mut self, decision: Decision) {
        match decision {
            Decision::Apply(compared, target) => self.apply_text(*compared, target),
            Decision::Outside => super::edit_outside(self),
            Decision::Keep => {
                self.screen = Screen::Main;
                self.say("the text stays open, and nothing of it is applied yet: t goes back to it");
            }
            Decision::Show => self.screen = Screen::Text,
            Decision::AskDiscard => self.ask_discard_text(),
            Decision::Discard if self.broken().is_some() => super::broken::discard(self),
            Decision::Discard => {
                self.set_text_aside();
                self.text.mode = None;
                self.drop_text();
                self.screen = Screen::Main;
                self.say("the edits of the text are discarded; :bring-back gets them back");
            }
            Decision::Resume(found) => self.resume_text(found, true),
            Decision::Later(found) => self.resume_text(found, false),
            Decision::AskDropFound(found) => {
                let buttons = vec![
                    ("Discard", 'y', Then::Text(Decision::DropFound(found.clone()))),
                    ("Back", 'b', Then::Text(Decision::Offer(found))),
                ];
                let text = vec!["Discard this text?".into(), SET_ASIDE.into()];
                self.overlay =
                    Some(Overlay::Dialog(Dialog { selected: 1, ..Dialog::new("Discard", text, buttons) }));
            }
            Decision::DropFound(found) => {
                self.keep_discarded(found.text);
                self.drop_text();
                self.say(
                    "the text is discarded, :bring-back gets it back; the zone is as the table shows it",
                );
            }
            Decision::Offer(found) => offer(self, found),
        }
    }

    fn ask_discard_text(&mut self) {
        let Some(mode) = &self.text.mode else { return };
        let (gone, come) = TextPatch::between(&mode.before.to_string(), &mode.buffer.text()).lines();
        let text = vec![format!("Discard the edits of {}?", count(gone.max(come), "line")), SET_ASIDE.into()];
        let buttons =
            vec![("Discard", 'y', Then::Text(Decision::Discard)), ("Back to the text", 'b', Then::Close)];
        self.overlay = Some(Overlay::Dialog(Dialog { selected: 1, ..Dialog::new("Discard", text, buttons) }));
    }

    /// Goes on with a text of an earlier run: at once, or later; then it is left open.
    pub(super) fn resume_text(&mut self, found: FoundText, show: bool) {
        match self.text.document.clone() {
            Some(document) => {
                let mode = TextMode::resumed(document, found);
                self.show_text(mode);
                if !show {
                    self.decide_on_text(Decision::Keep);
                }
            }
            None => {
                self.text.found = Some(found);
                super::prepare(self, Purpose::Resume { show });
            }
        }
    }

    /// Keeps the text that is being edited, here and on disk: it is given up.
    pub(super) fn set_text_aside(&mut self) {
        if let Some(text) = self.text.mode.as_ref().map(|mode| mode.buffer.content().clone()) {
            self.keep_discarded(text);
        }
    }

    fn keep_discarded(&mut self, text: Text) {
        self.effect(Effect::SetAside { text: text.clone() });
        self.text.discarded = Some(text);
    }

    /// The text that was discarded last, where there is one: it is edited again. False where there is none.
    pub(in crate::app) fn bring_text_back(&mut self) -> bool {
        let Some(text) = self.text.discarded.take() else { return false };
        self.effect(Effect::TakeBack { text: text.clone() });
        match self.text.mode.is_some() {
            true => {
                self.screen = Screen::Text;
                self.with_text(|mode| mode.set_text(&text.to_string()));
            }
            false => {
                self.effect(Effect::SaveText { text: text.clone() });
                self.resume_text(FoundText { text, saved_at: String::new(), escaped: 0 }, true);
            }
        }
        self.say("the text that you discarded is here again");
        true
    }
}

const SET_ASIDE: &str = "What is discarded is set aside: :bring-back gets it back.";

impl TextMode {
    /// A text that an earlier run was at, over what it was begun from.
    pub(super) fn resumed(before: crate::edit::Text, found: FoundText) -> TextMode {
        let highlight = Highlight::new(&before);
        let ready =
            super::Ready { highlight, text: before, patch: TextPatch::default(), at: 0, trouble: None };
        let mut mode = TextMode::new(ready);
        mode.set_text(&found.text.to_string());
        mode.follow();
        mode.octets = found.escaped;
        mode
    }

    /// Puts another text in the place of the whole, as one edit of what differs; the cursor goes there.
    pub(super) fn set_text(&mut self, text: &str) {
        let patch = TextPatch::between(&self.buffer.text(), text);
        let first = patch.0.last().map_or(self.buffer.cursor(), |edit| edit.offset);
        self.buffer.together(|buffer| {
            for edit in patch.0 {
                let range = edit.offset..edit.offset + edit.removed.len();
                buffer.replace(range, &edit.inserted, crate::edit::Kind::Single);
            }
        });
        self.buffer.put(first);
    }
}

/// Asks what to do with a text that an earlier run was at.
pub(super) fn offer(app: &mut App, found: FoundText) {
    let document = app.text.document.as_ref().map(|document| document.to_string());
    let mut text = vec![format!("The zone's text was being edited; last saved {}.", found.saved_at)];
    if let Some(document) = document {
        let patch = TextPatch::between(&document, &found.text.to_string());
        if patch.is_empty() {
            return app.drop_text();
        }
        let (gone, come) = patch.lines();
        text.push(format!("{} taken away, {come} put in, not applied yet.", count(gone, "line")));
    }
    let buttons = vec![
        ("Go on with it", 'g', Then::Text(Decision::Resume(found.clone()))),
        ("Later", 'l', Then::Text(Decision::Later(found.clone()))),
        ("Discard...", 'd', Then::Text(Decision::AskDropFound(found))),
    ];
    let mut dialog = Dialog { escape: 1, ..Dialog::new("Text of an earlier run", text, buttons) };
    if app.broken().is_some() {
        // There is no table to go to.
        dialog.buttons.remove(1);
        dialog.escape = 0;
    }
    app.overlay = Some(Overlay::Dialog(dialog));
}

/// The first errors in words, and how many more there are.
pub(super) fn first_errors(problems: &[Problem]) -> Vec<String> {
    let errors = problems.iter().filter(|problem| problem.severity == Severity::Error);
    let more = errors.clone().count().saturating_sub(SHOWN);
    let in_words = |error: &Problem| format!("{}:{} {}", error.line, error.column, error.message);
    errors.take(SHOWN).map(in_words).chain((more > 0).then(|| format!("and {more} more"))).collect()
}

fn errors(problems: &[Problem], outside: bool) -> Dialog {
    let errors: Vec<&Problem> =
        problems.iter().filter(|problem| problem.severity == Severity::Error).collect();
    let mut text = vec![format!("{} in the text: it is not applied.", count(errors.len(), "error"))];
    text.extend(first_errors(problems));
    let mut buttons = vec![
        ("Back to the text", 'b', Then::Close),
        ("To the table, the text stays open", 't', Then::Text(Decision::Keep)),
        ("Discard its edits...", 'd', Then::Text(Decision::AskDiscard)),
    ];
    if outside {
        buttons.insert(0, ("Back to the editor", 'e', Then::Text(Decision::Outside)));
    }
    let escape = usize::from(outside);
    Dialog { escape, ..Dialog::new("Text with errors", text, buttons) }
}

/// What to say of octets that are no UTF-8.
fn octets_note(octets: usize) -> String {
    let count = count(octets, "octet");
    format!(
        "{count} that can be no text (no UTF-8) stand in it as \\DDD, which means the same in a zone file."
    )
}

fn notes(compared: Compared, target: Target) -> Dialog {
    let mut text =
        vec![format!("{} to apply. To know first:", count(compared.changes.len(), "changed record set"))];
    text.extend(compared.notes.iter().cloned());
    let apply = Then::Text(Decision::Apply(Box::new(compared), target));
    let buttons = vec![("Apply", 'y', apply), ("Back to the text", 'b', Then::Close)];
    Dialog::new("Leaving the text", text, buttons)
}
