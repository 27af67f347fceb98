//! Ctrl-C, and leaving the program: with changes it asks, and it waits for the draft to be on disk.

use super::dialog::Dialog;
use super::{App, Effect, Overlay, Screen, dialog, file, pushing, text};

impl App {
    /// Cancels what is running; otherwise offers to quit.
    pub(super) fn interrupt(&mut self) {
        if self.load.is_some() {
            self.stop_loading();
        } else if matches!(self.screen, Screen::Pushing(_)) {
            pushing::stop_waiting(self);
        } else if matches!(self.overlay, Some(Overlay::Dialog(_))) {
            dialog::escape(self);
        } else if self.overlay.is_some() {
            self.close_overlay();
        } else if matches!(self.screen, Screen::Form(_)) {
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
                }
                self.overlay = Some(Overlay::Dialog(dialog));
            }
        }
    }

    pub(super) fn on_saving(&mut self, saving: bool) {
        self.saving = saving;
        if self.leaving && !saving {
            self.leaving = false;
            // Where it could not be saved, the question says so.
            if self.disk_trouble.is_some() { self.ask_quit() } else { self.effect(Effect::Quit) }
        }
    }

    /// Ends the program, once the draft is on disk.
    pub(super) fn quit(&mut self) {
        if !self.saving {
            return self.effect(Effect::Quit);
        }
        self.leaving = true;
        self.say("the draft is being saved; the editor ends when that is done. Any key stays here");
    }
}
