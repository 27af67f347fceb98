//! Ctrl-C, and leaving the program: with changes it asks, and it waits for the draft to be on disk. Discarding the draft,
//! and getting it back.

use super::commands::Context;
use super::dialog::Dialog;
use super::zones::Destination;
use super::{App, Effect, Overlay, Screen, dialog, file, pushing, text};
use crate::facts::Failure;
use crate::zone::Draft;

/// What leaving waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Leaving {
    /// The draft is being saved. Any key stays here.
    Saved,
    /// The same before another zone is opened.
    For(Destination),
    /// The draft is being set aside.
    Discarded,
}

impl App {
    /// Cancels what is running; otherwise offers to quit.
    pub(super) fn interrupt(&mut self) {
        if self.load.is_some() {
            self.stop_loading();
        } else if matches!(self.screen, Screen::Pushing(_)) {
            pushing::stop_waiting(self);
        } else if matches!(&self.screen, Screen::Job(job) if job.is_running()) {
            super::job::back(self);
        } else if matches!(self.overlay, Some(Overlay::Dialog(_))) {
            dialog::escape(self);
        } else if self.overlay.is_some() {
            self.close_overlay();
        } else if matches!(self.screen_context(), Context::Form | Context::Ask) {
            self.say("leave the form first: Enter accepts, Esc cancels");
        } else if matches!(self.screen, Screen::Text) {
            match self.text.mode {
                Some(_) if self.broken().is_some() => text::leave::to_table(self),
                Some(_) => self.say("F3 goes back to the table; from there q quits"),
                None => text::leave::give_up_preparing(self),
            }
        } else {
            self.ask_quit();
        }
    }

    pub(super) fn ask_quit(&mut self) {
        let text = self.text.mode.as_ref().is_some_and(|mode| mode.is_changed());
        if self.file().is_some_and(file::File::is_being_saved) {
            return self.say("the file is being saved; wait until that has ended");
        }
        if let Some(why) = self.is_job_busy() {
            return self.say(why);
        }
        if self.is_kept_by_job(None) {
            return;
        }
        match self.open().map_or(0, |open| open.draft.changes().len()) {
            0 if !text && !self.has_new_text() => self.quit(),
            // Another editor's draft is no reason to stay.
            _ if !text && self.locked.is_some() => self.quit(),
            changes => {
                let trouble = self.disk_trouble.as_ref().or(self.text.trouble.as_ref());
                let mut dialog = Dialog::quit(changes, trouble, self.file().is_some());
                if text {
                    dialog
                        .text
                        .push("The text that you left open is kept, and offered at the next start.".into());
                    if let Some(why) = self.unapplied_text().filter(|_| file::has_changes(self).is_err()) {
                        dialog.leads_to_text(why);
                    }
                }
                self.overlay = Some(Overlay::Dialog(dialog));
            }
        }
    }

    pub(super) fn on_saving(&mut self, saving: bool) {
        self.saving = saving;
        if saving || self.is_job_saving() {
            return;
        }
        match self.leaving.take_if(|leaving| *leaving != Leaving::Discarded) {
            // Where it could not be saved, the question says so.
            Some(Leaving::Saved) if self.disk_trouble.is_some() => self.ask_quit(),
            Some(Leaving::Saved) => self.effect(Effect::Quit),
            Some(Leaving::For(to)) => self.leave_to(to),
            _ => {}
        }
    }

    pub(super) fn is_discarding(&self) -> bool {
        self.leaving == Some(Leaving::Discarded)
    }

    /// Ends the program, once the draft and the text that was left open are set aside.
    pub(super) fn discard_and_quit(&mut self) {
        let (entries, base_serial) = match self.open() {
            Some(open) => (open.draft.entries(), open.draft.base().serial()),
            None => (Vec::new(), 0),
        };
        let mended = self.file().is_some_and(file::File::is_mended).then(|| self.text.document.clone());
        let text = self.text.mode.as_ref().filter(|mode| mode.is_changed());
        let text = text.map(|mode| mode.buffer.content().clone()).or(mended.flatten());
        self.leaving = Some(Leaving::Discarded);
        self.effect(Effect::Discard { entries, base_serial, text });
    }

    pub(super) fn on_discarded(&mut self, result: Result<(), Failure>) {
        self.leaving = None;
        match result {
            Ok(()) => self.effect(Effect::Quit),
            Err(failure) => self.overlay = Some(Overlay::Dialog(Dialog::discard_for_good(&failure))),
        }
    }

    /// Is there room for a draft that was discarded?
    pub(super) fn may_bring_back(&self) -> Result<(), String> {
        self.editable()?;
        if self.text.mode.as_ref().is_some_and(|mode| mode.is_changed()) {
            return Err("the text is open with edits: apply or discard those first".into());
        }
        if self.text.discarded.is_some() {
            return Ok(());
        }
        match self.open().is_some_and(|open| open.draft.changes().is_empty()) {
            true => Ok(()),
            false => Err("there is a draft already: push it, or leave and discard it".into()),
        }
    }

    /// The text that was discarded in this run is edited again; else the draft that was discarded last, or the text, is
    /// offered as at a start.
    pub(super) fn bring_back(&mut self) {
        if self.bring_text_back() {
            return;
        }
        let Some(open) = self.open_mut() else { return };
        if !open.draft.entries().is_empty() {
            // All of it was undone.
            open.draft = Draft::new(open.draft.base().clone());
            self.effect(Effect::ClearDraft);
        }
        self.effect(Effect::BringBack);
    }

    /// Ends the program, once the draft is on disk.
    pub(super) fn quit(&mut self) {
        if !self.saving && !self.is_job_saving() {
            return self.effect(Effect::Quit);
        }
        self.leaving = Some(Leaving::Saved);
        self.say("the draft is being saved; the editor ends when that is done. Any key stays here");
    }
}
