//! Loading the zone, first and again; the draft of an earlier run; the questions to the nameservers.

use super::describe;
use super::dialog::Dialog;
use super::follow::Way;
use super::open::Open;
use super::{App, Effect, Loaded, Overlay, RequestId, Zone};
use crate::facts::Failure;
use crate::zone::Draft;
use crate::zone::draft::Entry;

/// A draft found on disk.
#[derive(Debug, Clone)]
pub struct FoundDraft {
    pub entries: Vec<Entry>,
    /// The serial of the zone that it was made over.
    pub base_serial: u32,
    /// When it was last written, in words.
    pub saved_at: String,
    /// The folder that it is set aside in when it is discarded.
    pub aside: String,
    /// Was it taken over from another editor?
    pub taken: bool,
}

impl App {
    /// Loads the zone; again, where there is one.
    pub(super) fn reload(&mut self) {
        self.stop_following();
        let request = self.next_request();
        self.load = Some(request);
        match &mut self.zone {
            Zone::Open(open) => open.reloading = Some(0),
            zone => *zone = Zone::Loading(0),
        }
        self.effect(Effect::Load { request });
    }

    pub(super) fn may_reload(&self) -> Result<(), String> {
        match self.load {
            Some(_) => Err("the zone is being loaded; Ctrl-C stops that".into()),
            None => Ok(()),
        }
    }

    pub(super) fn stop_loading(&mut self) {
        if let Some(request) = self.load.take() {
            self.effect(Effect::Cancel { request });
        }
        match &mut self.zone {
            Zone::Open(open) => {
                open.reloading = None;
                self.say("loading stopped; this is the zone as it was");
            }
            zone => *zone = Zone::Stopped,
        }
    }

    pub(super) fn on_progress(&mut self, request: RequestId, records: usize) {
        if self.load != Some(request) {
            return;
        }
        match &mut self.zone {
            Zone::Open(open) => open.reloading = Some(records),
            zone => *zone = Zone::Loading(records),
        }
    }

    /// A load has ended. False where it is not wanted any more.
    pub(super) fn end_load(&mut self, request: RequestId) -> bool {
        let wanted = self.load.take_if(|load| *load == request).is_some();
        if let Some(open) = self.open_mut().filter(|_| wanted) {
            open.reloading = None;
        }
        wanted
    }

    pub(super) fn on_loaded(&mut self, request: RequestId, result: Result<Loaded, Failure>) {
        if !self.end_load(request) {
            return;
        }
        match (&mut self.zone, result) {
            (Zone::Open(open), Err(failure)) => {
                open.reloading = None;
                self.complain(failure.to_string());
            }
            (zone, Err(failure)) => {
                *zone = Zone::Failed(failure);
                self.back_to_list();
            }
            (Zone::Open(open), Ok(loaded)) => {
                open.reloading = None;
                open.kind = loaded.kind;
                open.editable = loaded.editable;
                let before = open.draft.base().serial();
                let file = loaded.file;
                self.rebase(loaded.zone, Way::Loaded);
                self.say_rebased(before);
                if let Some(file) = file {
                    self.file_read_again(file);
                }
            }
            (zone, Ok(loaded)) => {
                *zone = Zone::Open(Box::new(Open::new(loaded)));
                self.find_place();
                self.file_opened();
                self.show_theirs();
                self.offer_draft();
                self.offer_text();
                self.ask_interrupted();
                self.find_unfinished();
            }
        }
        self.watch_nameservers();
        self.ask_parent();
    }

    /// Writes the draft on disk anew, after something that is no step.
    pub(super) fn rewrite_draft(&mut self) {
        // Another editor's is left alone.
        let Some(open) = self.open().filter(|_| self.locked.is_none()) else { return };
        let (entries, base_serial) = (open.draft.entries(), open.draft.base().serial());
        self.effect(match entries.is_empty() {
            true => Effect::ClearDraft,
            false => Effect::ReplaceDraft { entries, base_serial },
        });
    }

    fn say_rebased(&mut self, before: u32) {
        let Some(open) = self.open() else { return };
        let serial = open.draft.base().serial();
        let conflicts = open.draft.conflicts().len();
        let changes = open.draft.changes().len();
        let news = match serial == before {
            true => format!("loaded again: still serial {serial}"),
            false => format!("loaded again: serial {before} is now {serial}"),
        };
        match (changes, conflicts) {
            (0, _) => self.say(news),
            (_, 0) => self.say(format!("{news}; your {} kept", describe::count(changes, "change"))),
            _ => self.complain(format!(
                "{news}; {} with yours: M shows both sides",
                describe::count(conflicts, "conflict")
            )),
        }
    }

    pub(super) fn on_draft(&mut self, found: FoundDraft) {
        if self.locked.take().is_some() {
            (self.holder_gone, self.theirs) = (false, None);
            self.say("the draft is yours now");
            if let Some(open) = self.open_mut() {
                // What it shows of the other's draft, which comes again.
                open.draft = Draft::new(open.draft.base().clone());
                open.refresh();
            }
        }
        self.found = Some(found);
        self.offer_draft();
    }

    /// Once both are there, the zone and a draft of an earlier run: asks what to do with it.
    pub(super) fn offer_draft(&mut self) {
        let Zone::Open(open) = &self.zone else { return };
        let Some(found) = self.found.take() else { return };
        let mut draft = Draft::new(open.draft.base().clone());
        draft.replay(found.entries.iter().cloned());
        match (draft.changes().len(), found.entries.is_empty()) {
            (0, true) => {}
            // All of it is in the zone by now, or was undone.
            (0, false) if self.file().is_some() && !draft.entries().is_empty() => self.resume_draft(found),
            (0, false) => {
                self.effect(Effect::DraftDecided);
                self.rewrite_draft();
            }
            // It was left a moment ago.
            _ if self.settings.arrival.again && !found.taken => self.resume_draft(found),
            _ => {
                // The draft is decided on first; a question about the text that came sooner comes again after it.
                if let Some(Overlay::Dialog(dialog)) = self.overlay.take()
                    && let Some(text) = dialog.into_found_text()
                {
                    self.text.found = Some(text);
                }
                self.overlay = Some(Overlay::Dialog(Dialog::draft_found(&draft, found)));
            }
        }
    }

    /// Goes on with the draft of an earlier run. What was done since, while the disk did not give it out, comes after.
    pub(super) fn resume_draft(&mut self, found: FoundDraft) {
        self.resume_document(&found);
        self.effect(Effect::DraftDecided);
        let Some(open) = self.open_mut() else { return };
        let since = open.draft.entries();
        open.draft = Draft::new(open.draft.base().clone());
        open.draft.replay(found.entries.into_iter().chain(since));
        open.refresh();
        let conflicts = open.draft.conflicts().len();
        let moved = open.draft.base().serial() != found.base_serial;
        let changes = describe::count(open.draft.changes().len(), "change");
        if moved || self.disk_trouble.is_some() {
            self.rewrite_draft();
        }
        match conflicts {
            0 => self.say(format!("your draft is here again: {changes}")),
            _ => self.complain(format!(
                "your draft is here again: {changes}, {conflicts} of them to what others changed meanwhile: M shows both",
            )),
        }
        self.find_place();
        self.ask_nameservers();
    }

    /// Another editor has the draft now. What did not reach the disk before is not in it, and not shown as done.
    pub(super) fn on_taken(&mut self, holder: String, entries: Vec<Entry>) {
        (self.disk_trouble, self.text.trouble, self.found) = (None, None, None);
        // Its buttons would change the draft.
        self.overlay.take_if(|overlay| matches!(overlay, Overlay::Dialog(_)));
        self.complain(format!(
            "another editor ({holder}) has taken this draft over, with what you did so far; you can only read now; W takes it back"
        ));
        self.locked = Some(holder);
        self.holder_gone = false;
        let is_file = self.file().is_some();
        let Some(open) = self.open_mut() else { return };
        let mut theirs = Draft::new(open.draft.base().clone());
        theirs.replay(entries);
        if open.draft.changes() == theirs.changes() {
            return;
        }
        let (entries, base_serial) = (open.draft.entries(), open.draft.base().serial());
        // The text of a file goes with its draft: that stays to be read.
        if !is_file {
            open.draft = theirs;
            open.refresh();
        }
        if !entries.is_empty() {
            self.effect(Effect::SetDraftAside { entries, base_serial });
        }
        super::changes::refresh(self);
        super::merge::refresh(self);
    }

    pub(super) fn on_locked(&mut self, holder: String) {
        self.locked = Some(holder);
        self.holder_gone = false;
    }

    /// The other editor has ended.
    pub(super) fn on_free(&mut self) {
        if self.locked.is_some() {
            self.holder_gone = true;
            self.say("the other editor has ended; W makes this one the editor");
        }
    }

    /// The draft of the editor that holds it, to be looked at.
    pub(super) fn on_seen(&mut self, entries: Vec<Entry>) {
        if self.locked.is_some() {
            self.theirs = Some(entries);
            self.show_theirs();
        }
    }

    /// The text of a file goes with its draft, so that of a file is not shown.
    pub(super) fn show_theirs(&mut self) {
        let is_file = self.file().is_some();
        let Zone::Open(open) = &mut self.zone else { return };
        let Some(entries) = self.theirs.take().filter(|_| !is_file) else { return };
        let mut theirs = Draft::new(open.draft.base().clone());
        theirs.replay(entries);
        if open.draft.changes() != theirs.changes() {
            open.draft = theirs;
            open.refresh();
            super::changes::refresh(self);
            super::merge::refresh(self);
        }
    }

    /// Says why, where the draft is another editor's.
    pub(super) fn is_refused(&mut self) -> bool {
        let refused = self.locked.is_some().then(|| self.editable().err()).flatten();
        refused.map(|reason| self.complain(reason)).is_some()
    }

    pub(super) fn may_take_over(&self) -> Result<(), String> {
        match self.locked {
            Some(_) => Ok(()),
            None => Err("no other editor holds this zone's draft".into()),
        }
    }

    /// From one that runs, only when that is meant.
    pub(super) fn take_over(&mut self) {
        match self.locked.as_ref().filter(|_| !self.holder_gone) {
            Some(holder) => self.overlay = Some(Overlay::Dialog(Dialog::take_over(holder))),
            None => self.effect(Effect::TakeOver),
        }
    }
}
