//! Dialogs: a question, and buttons that each hold what they will release.

use super::describe::{self, count};
use super::exchange::{Exporting, Imported};
use super::file::ToSave;
use super::loading::FoundDraft;
use super::pushing::Ready;
use super::secondaries::Unfinished;
use super::stepping::Kind;
use super::text::FoundText;
use super::text::leave::Decision;
use super::zones::Destination;
use super::{App, Effect, Overlay, changes};
use crate::edit::Field;
use crate::facts::Failure;
use crate::facts::history::PushRecord;
use crate::key::{Code, Key};
use crate::zone::Draft;

/// A question.
#[derive(Debug)]
pub struct Dialog {
    pub title: &'static str,
    pub text: Vec<String>,
    pub buttons: Vec<Button>,
    /// The marked button: what Enter presses.
    pub selected: usize,
    /// The button that Esc presses: the one that changes nothing.
    pub escape: usize,
    /// What must be typed before the first button can be pressed.
    pub proof: Option<Proof>,
}

/// A zone name to be typed, so that something large is not done by habit; of several zones also how many they are.
#[derive(Debug)]
pub struct Proof {
    pub expected: String,
    pub field: Field,
}

#[derive(Debug)]
pub struct Button {
    pub label: &'static str,
    /// Presses it at once; not while something is being typed.
    pub letter: char,
    then: Then,
}

/// What a button does.
#[derive(Debug)]
pub(super) enum Then {
    Close,
    Quit,
    Review,
    AskDiscard,
    DiscardAndQuit,
    DiscardForGood,
    TakeOver,
    Resume(FoundDraft),
    Merge(FoundDraft),
    AskDrop(FoundDraft),
    Offer(FoundDraft),
    DropFound,
    Push(Box<Ready>),
    Save(Box<ToSave>),
    Import(Box<Imported>),
    Export(Box<Exporting>),
    Text(Decision),
    /// To the terminal's clipboard.
    Copy(String),
    AskNote,
    Sort(Option<super::rows::Column>),
    ReplaceMany(Box<super::replacing::Many>),
    DeleteAll,
    PushJob,
    TakeJobBack,
    RevertLast,
    /// An interrupted push that was told of.
    Settle(Box<PushRecord>),
    RevertInterrupted(Box<PushRecord>),
    /// Puts what is missing of an interrupted push into the draft.
    FinishInterrupted(Box<PushRecord>),
    /// A job at a secondary service that an earlier run has left.
    GoOnRegistering(Box<Unfinished>),
    /// Only takes out what it has left in the zone.
    TidyUp(Box<Unfinished>),
    /// Leaves the job that is under way for later, and goes on to where the person wants to go, or out.
    RestJob(Option<Destination>),
}

impl Dialog {
    pub(super) fn new(
        title: &'static str,
        text: Vec<String>,
        buttons: Vec<(&'static str, char, Then)>,
    ) -> Dialog {
        let buttons = buttons.into_iter().map(|(label, letter, then)| Button { label, letter, then });
        let buttons: Vec<Button> = buttons.collect();
        let escape = buttons.len().saturating_sub(1);
        Dialog { title, text, buttons, selected: 0, escape, proof: None }
    }

    /// Leaving with changes. `unsaved`: why the draft on disk is not what is on the screen; then leaving loses work,
    /// and the way out that changes nothing is marked.
    pub fn quit(changes: usize, unsaved: Option<&Failure>, file: bool) -> Dialog {
        let (done, button) = if file { ("saved to the file", "Save...") } else { ("pushed", "Push...") };
        let what = if changes == 0 { "The text is".into() } else { count(changes, "change") };
        let mut text = vec![format!("{what} not {done} yet.")];
        if let Some(failure) = unsaved {
            text.push("The draft is NOT SAVED: what you did since is lost when you leave.".into());
            text.push(failure.why.clone());
        }
        let keep = if unsaved.is_some() { "Quit all the same" } else { "Keep draft and quit" };
        let buttons = vec![
            (keep, 'k', Then::Quit),
            (button, if file { 's' } else { 'p' }, Then::Review),
            ("Discard...", 'd', Then::AskDiscard),
            ("Cancel", 'c', Then::Close),
        ];
        let mut dialog = Dialog::new("Quit", text, buttons);
        if unsaved.is_some() {
            dialog.selected = dialog.escape;
        }
        dialog
    }

    /// There is nothing to push but a text that is not applied: the way to it is in the place of that to the review.
    pub(super) fn leads_to_text(&mut self, why: String) {
        if let Some(button) = self.buttons.iter_mut().find(|button| matches!(button.then, Then::Review)) {
            *button = Button { label: "To the text", letter: 't', then: Then::Text(Decision::Show) };
        }
        if let Some(first) = self.text.first_mut() {
            *first = format!("{}.", why.replacen("the text", "The text", 1));
        }
    }

    fn discard(changes: usize) -> Dialog {
        let text = vec![
            if changes == 0 {
                "Discard the text?".into()
            } else {
                format!("Discard {}?", count(changes, "change"))
            },
            "What is discarded is set aside: :bring-back gets it back at a later start.".into(),
        ];
        let buttons = vec![("Discard and quit", 'y', Then::DiscardAndQuit), ("Cancel", 'c', Then::Close)];
        Dialog { selected: 1, ..Dialog::new("Discard", text, buttons) }
    }

    /// It cannot be set aside.
    pub fn discard_for_good(failure: &Failure) -> Dialog {
        let text = vec![
            failure.what.clone(),
            failure.why.clone(),
            "Discard it for good? That cannot be undone.".into(),
        ];
        let buttons = vec![("Discard for good", 'y', Then::DiscardForGood), ("Cancel", 'c', Then::Close)];
        Dialog { selected: 1, ..Dialog::new("Discard", text, buttons) }
    }

    /// Another editor is at it right now.
    pub fn take_over(holder: &str) -> Dialog {
        let text = vec![
            format!("{holder} edits this zone."),
            "Take the draft over? That editor can only read then; what was done in it is kept.".into(),
        ];
        let buttons = vec![("Take it over", 'y', Then::TakeOver), ("Cancel", 'n', Then::Close)];
        Dialog { selected: 1, ..Dialog::new("Take over", text, buttons) }
    }

    /// A draft of an earlier run: `draft` is what it makes of the zone as it is now.
    pub fn draft_found(draft: &Draft, found: FoundDraft) -> Dialog {
        let serial = draft.base().serial();
        let mut text = vec![format!(
            "A draft with {}, last written {}.",
            count(draft.changes().len(), "change"),
            found.saved_at
        )];
        let shown = 6;
        let origin = draft.base().origin();
        text.extend(
            draft.changes().keys().take(shown).map(|key| format!("  {}", describe::set(key, origin))),
        );
        if draft.changes().len() > shown {
            text.push(format!("  and {} more", draft.changes().len() - shown));
        }
        let conflicts = draft.conflicts().len();
        let (base, taken) = (found.base_serial, found.taken);
        text.push(match conflicts {
            _ if base == serial => format!("It was made over serial {base}, which the zone still has."),
            0 => format!(
                "It was made over serial {base}; the zone is at {serial} now. Nothing of it was changed by others."
            ),
            _ => format!(
                "It was made over serial {base}; the zone is at {serial} now, and others changed {conflicts} of these."
            ),
        });
        let mut buttons = vec![("Go on with it", 'g', Then::Resume(found.clone()))];
        if conflicts > 0 {
            buttons.push(("Merge", 'm', Then::Merge(found.clone())));
        }
        buttons.push(("Discard...", 'd', Then::AskDrop(found)));
        let title = if taken { "Draft of the other editor" } else { "Draft of an earlier run" };
        Dialog { escape: 0, ..Dialog::new(title, text, buttons) }
    }

    fn drop_found(found: FoundDraft) -> Dialog {
        let text = vec!["Discard this draft? It is set aside in".into(), found.aside.clone()];
        let buttons = vec![("Discard", 'y', Then::DropFound), ("Back", 'b', Then::Offer(found))];
        Dialog { selected: 1, ..Dialog::new("Discard", text, buttons) }
    }

    /// The last question before a push. With `proof`, the zone's name must be typed.
    pub fn push(text: Vec<String>, ready: Ready, proof: Option<String>) -> Dialog {
        let mut dialog = Dialog::last("Push", text, Then::Push(Box::new(ready)), proof);
        dialog.buttons.insert(1, Button { label: "Note...", letter: 'e', then: Then::AskNote });
        dialog.escape = 2;
        dialog.selected = if dialog.proof.is_some() { 0 } else { 2 };
        dialog
    }

    /// The same before a file is saved.
    pub fn save(text: Vec<String>, to_save: ToSave, proof: Option<String>) -> Dialog {
        Dialog::last("Save", text, Then::Save(Box::new(to_save)), proof)
    }

    /// The question before every record is deleted: the zone's name must be typed.
    pub fn delete_all(text: Vec<String>, zone: String) -> Dialog {
        Dialog::last("Delete all", text, Then::DeleteAll, Some(zone))
    }

    pub(super) fn last(title: &'static str, text: Vec<String>, then: Then, proof: Option<String>) -> Dialog {
        let buttons = vec![(title, 'y', then), ("Cancel", 'n', Then::Close)];
        let proof = proof.map(|expected| Proof { expected, field: Field::default() });
        // Typing the name is decision enough; without it Enter must not push.
        let selected = if proof.is_some() { 0 } else { 1 };
        Dialog { selected, proof, ..Dialog::new(title, text, buttons) }
    }

    /// Does it say what there is of a draft of an earlier run?
    pub(super) fn is_about_found_draft(&self) -> bool {
        self.buttons.iter().any(|button| matches!(button.then, Then::Resume(_) | Then::Offer(_)))
    }

    /// The zone is another than the one that was reviewed; what is pushed is compared with the new one first.
    pub(super) fn zone_moved_on(&mut self, serial: u32) {
        if self.buttons.iter().any(|button| matches!(button.then, Then::Push(_))) {
            let said = "Note    the zone moved on meanwhile";
            self.text.retain(|line| !line.starts_with(said));
            self.text.push(format!(
                "{said}, to serial {serial}: what you reviewed is pushed only if it still fits"
            ));
        }
    }

    /// False where nothing is being typed.
    pub fn type_key(&mut self, key: Key) -> bool {
        match &mut self.proof {
            Some(proof) => {
                proof.field.on_key(key);
                true
            }
            None => false,
        }
    }

    /// What Esc does, in the hint bar.
    pub fn escape_word(&self) -> &'static str {
        match self.buttons.get(self.escape).map(|button| &button.then) {
            Some(Then::Resume(_) | Then::Text(Decision::Resume(_))) => "go on with it",
            Some(Then::Text(Decision::Later(_))) => "later",
            _ => "cancel",
        }
    }

    /// The text of an earlier run, where it asks about one.
    pub fn into_found_text(self) -> Option<FoundText> {
        self.buttons.into_iter().find_map(|button| match button.then {
            Then::Text(Decision::Resume(found) | Decision::Offer(found)) => Some(found),
            _ => None,
        })
    }

    fn proven(&self) -> bool {
        self.proof.as_ref().is_none_or(|proof| {
            let typed = proof.field.text();
            let typed = typed.split_whitespace().collect::<Vec<_>>().join(" ");
            let typed = typed.trim_end_matches('.');
            typed.eq_ignore_ascii_case(proof.expected.trim_end_matches('.'))
        })
    }
}

impl App {
    /// Presses the button with this letter.
    pub(super) fn press_letter(&mut self, key: Key) {
        let Some(Overlay::Dialog(dialog)) = &self.overlay else { return };
        let letter = |button: &Button| key.code == Code::Char(button.letter) && !key.ctrl && !key.alt;
        match dialog.buttons.iter().position(letter) {
            Some(index) => self.press_button(index),
            None => {
                let letters: Vec<String> = dialog
                    .buttons
                    .iter()
                    .map(|button| format!("{} {}", button.letter, button.label))
                    .collect();
                self.say(format!("{}; or arrows and Enter", letters.join(", ")));
            }
        }
    }

    fn press_button(&mut self, index: usize) {
        let Some(Overlay::Dialog(dialog)) = &self.overlay else { return };
        if index == 0 && !dialog.proven() {
            let several = dialog.proof.as_ref().is_some_and(|proof| proof.expected.contains(' '));
            return self.say(match several {
                true => "type how many zones are in danger and the name of the first, or Esc to cancel",
                false => "type the name of the zone, or Esc to cancel",
            });
        }
        let Some(Overlay::Dialog(mut dialog)) = self.overlay.take() else { return };
        if index < dialog.buttons.len() {
            self.release(dialog.buttons.swap_remove(index).then);
        }
    }

    fn release(&mut self, then: Then) {
        let changes = self.open().map_or(0, |open| open.draft.changes().len());
        match then {
            Then::Close => {}
            Then::Quit => self.quit(),
            Then::Review => changes::open(self),
            Then::AskDiscard => self.overlay = Some(Overlay::Dialog(Dialog::discard(changes))),
            Then::DiscardAndQuit => self.discard_and_quit(),
            Then::TakeOver => self.effect(Effect::TakeOver),
            Then::DiscardForGood => {
                self.effect(Effect::ClearDraft);
                if self.text.mode.is_some() || self.file().is_some_and(super::file::File::is_mended) {
                    self.effect(Effect::DropText);
                }
                self.effect(Effect::Quit);
            }
            Then::Resume(found) => {
                self.resume_draft(found);
                self.offer_text();
            }
            Then::Merge(found) => {
                self.resume_draft(found);
                super::merge::open(self);
                self.offer_text();
            }
            Then::AskDrop(found) => self.overlay = Some(Overlay::Dialog(Dialog::drop_found(found))),
            Then::Offer(found) => self.on_draft(found),
            Then::DropFound => {
                self.effect(Effect::DiscardFound);
                self.rewrite_draft();
                self.offer_text();
            }
            Then::Push(ready) => self.start_push(*ready),
            Then::Save(to_save) => self.save_file(*to_save),
            Then::Import(imported) => self.take_import(*imported),
            Then::Export(exporting) => self.export(*exporting),
            Then::ReplaceMany(many) => self.replace_many(*many),
            Then::DeleteAll => self.step(Kind::DeleteAll),
            Then::Sort(column) => self.sort_by(column),
            Then::PushJob => self.push_job(),
            Then::TakeJobBack => self.take_job_back(),
            Then::Copy(text) => {
                self.effect(Effect::Copy(text));
                self.say("copied to the terminal's clipboard");
            }
            Then::AskNote => super::palette::ask_note(self),
            Then::RevertLast => self.revert_last(),
            Then::Settle(record) => self.settle(&record),
            Then::RevertInterrupted(record) => self.revert_interrupted(&record),
            Then::FinishInterrupted(record) => self.finish_interrupted(&record),
            Then::GoOnRegistering(found) => self.go_on_registering(*found, false),
            Then::TidyUp(found) => self.go_on_registering(*found, true),
            Then::RestJob(to) => self.rest_job(to),
            Then::Text(decision) => self.decide_on_text(decision),
        }
    }
}

pub fn next(app: &mut App) {
    step(app, 1);
}

pub fn previous(app: &mut App) {
    step(app, -1);
}

fn step(app: &mut App, by: isize) {
    if let Some(Overlay::Dialog(dialog)) = &mut app.overlay {
        // A handful of buttons.
        let count = dialog.buttons.len().max(1) as isize;
        dialog.selected = (dialog.selected as isize + by).rem_euclid(count) as usize;
    }
}

pub fn press(app: &mut App) {
    if let Some(Overlay::Dialog(dialog)) = &app.overlay {
        app.press_button(dialog.selected);
    }
}

pub fn escape(app: &mut App) {
    if let Some(Overlay::Dialog(dialog)) = &app.overlay {
        app.press_button(dialog.escape);
    }
}
