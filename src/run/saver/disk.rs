//! The thread that writes: what it was ordered, in order; what is typed after a while; and who else wants the draft.

use std::io;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::Instant;

use super::{DELAY, Files, Order, POLL, not_written};
use crate::app::Msg;
use crate::app::text::FoundText;
use crate::edit::{Text, decode};
use crate::facts::remembered::Remembered;
use crate::facts::{Failure, FailureKind, OpenForm};
use crate::run::clock;
use crate::store::documents::DocumentFiles;
use crate::store::drafts::watch::Held;
use crate::store::drafts::{Found, Journal, Opened};
use crate::zone::draft::Entry;

/// The thread's side.
pub(super) struct Disk {
    files: Files,
    messages: Sender<Msg>,
    answers: Sender<Msg>,
    /// `None` when another editor holds it, or the disk does not work.
    journal: Option<Journal>,
    is_held: bool,
    /// The journal that was ours until another editor took it over.
    former: Option<Journal>,
    /// The draft of an earlier run, until the person has decided on it: whatever is written goes behind it.
    found: Option<Found>,
    /// A step could not be written: what follows from it waits until the journal is rewritten.
    is_broken: bool,
    waiting: Vec<Order>,
    are_texts_loaded: bool,
    /// Was the screen told of acknowledged findings, or by the screen?
    has_acknowledged: bool,
    has_read_acknowledged: bool,
    editing: Typed<Text>,
    form: Typed<OpenForm>,
}

/// What is being typed, and when it shall be saved.
type Typed<T> = Option<(T, Instant)>;

fn typed<T>(before: &Typed<T>, now: T) -> Typed<T> {
    let at = before.as_ref().map_or_else(|| Instant::now() + DELAY, |(_, at)| *at);
    Some((now, at))
}

impl Disk {
    pub(super) fn new(files: Files, messages: Sender<Msg>, answers: Sender<Msg>) -> Disk {
        Disk {
            files,
            messages,
            answers,
            journal: None,
            is_held: false,
            former: None,
            found: None,
            is_broken: false,
            waiting: Vec::new(),
            are_texts_loaded: false,
            has_acknowledged: false,
            has_read_acknowledged: false,
            editing: None,
            form: None,
        }
    }

    pub(super) fn run(&mut self, orders: &Receiver<Order>) {
        loop {
            let at = [self.editing.as_ref().map(|(_, at)| *at), self.form.as_ref().map(|(_, at)| *at)];
            let poll = (self.journal.is_some() || self.is_held).then(|| Instant::now() + POLL);
            let order = match at.into_iter().flatten().chain(poll).min() {
                None => orders.recv().map_err(|_| RecvTimeoutError::Disconnected),
                Some(at) => orders.recv_timeout(at.saturating_duration_since(Instant::now())),
            };
            match order {
                Ok(order) => self.perform(order),
                Err(RecvTimeoutError::Timeout) => {
                    self.save_typed(Instant::now());
                    self.see_holder();
                }
                Err(RecvTimeoutError::Disconnected) => {
                    return self.save_typed(Instant::now() + DELAY);
                }
            }
        }
    }

    fn perform(&mut self, order: Order) {
        match order {
            Order::Open { asked } => {
                if let Err(failure) = self.open(asked) {
                    self.tell(Msg::Journalled(Err(failure)));
                }
            }
            Order::Append { entry, base_serial } => {
                let written = self.append(&entry, base_serial);
                self.is_broken |= written.is_err();
                self.answer_journal(written);
            }
            Order::Rewrite { entries, base_serial } => {
                let written = self.rewrite(entries, base_serial);
                self.is_broken = written.is_err();
                self.answer_journal(written);
                if !self.is_broken {
                    std::mem::take(&mut self.waiting).into_iter().for_each(|order| self.perform(order));
                }
            }
            Order::Decided => self.found = None,
            Order::DiscardFound => self.discard_found(),
            Order::SetDraftAside(draft) => self.set_draft_aside(&draft),
            Order::Discard(draft, text) => {
                let discarded = self.discard(&draft, text);
                let _ = self.answers.send(Msg::Discarded(discarded));
            }
            Order::BringBack => self.bring_back(),
            Order::Editing(text) => {
                self.waiting.retain(|order| !matches!(order, Order::DropEditing));
                self.editing = typed(&self.editing, text);
            }
            Order::Form(form) => {
                self.waiting.retain(|order| !matches!(order, Order::DropForm));
                self.form = typed(&self.form, form);
            }
            Order::Acknowledged(all) => {
                // What was not read must not be written over.
                if !self.has_read_acknowledged {
                    self.tell(Msg::Failed(not_acknowledged()));
                    return;
                }
                self.has_acknowledged = true;
                if let Some(Err(failure)) = self.while_ours(|files| files.acknowledged.save(&all)) {
                    self.tell(Msg::Failed(failure));
                }
            }
            Order::Aside(text) => {
                let saved = self.files.documents.set_aside(&text.to_string());
                self.tell(Msg::TextSaved(saved));
            }
            Order::TakeBack(text) => {
                let text = text.to_string();
                if let Some(Err(failure)) = self.while_ours(|files| files.documents.take_back(&text)) {
                    self.tell(Msg::Failed(failure));
                }
            }
            order if self.is_broken => {
                // Of each kind the last is enough.
                let kind = std::mem::discriminant(&order);
                self.waiting.retain(|order| std::mem::discriminant(order) != kind);
                self.waiting.push(order);
            }
            Order::Document(text) => {
                let text = text.to_string();
                match self.while_ours(|files| files.documents.save(&text)) {
                    Some(saved) => self.tell(Msg::TextSaved(saved)),
                    None => self.keep_aside(&text),
                }
            }
            Order::DropEditing => {
                self.editing = None;
                if let Some(removed) = self.while_ours(|files| files.documents.remove_editing()) {
                    self.tell(Msg::TextSaved(removed));
                }
            }
            Order::Remember(remembered) => {
                let saved = self.while_ours(|files| files.remembered.save(&remembered));
                if let Some(Err(failure)) = saved {
                    self.tell(Msg::Failed(failure));
                }
            }
            Order::DropForm => {
                self.form = None;
                if let Some(Err(failure)) = self.while_ours(|files| files.form.remove()) {
                    self.tell(Msg::Failed(failure));
                }
            }
        }
    }

    /// Writes a file of the zone that goes with the draft. `None` where the draft is another editor's.
    fn while_ours(
        &mut self,
        write: impl FnOnce(&Files) -> Result<(), Failure>,
    ) -> Option<Result<(), Failure>> {
        // Where it cannot be opened, nobody holds it.
        let _ = self.journal();
        let files = &self.files;
        let written = match &mut self.journal {
            Some(journal) => journal.while_ours(|| write(files)),
            None if self.is_held => return None,
            None => write(files),
        };
        if written.is_err() {
            self.see_holder();
        }
        (!self.is_held).then_some(written)
    }

    /// A text that cannot be the zone's, since that is another editor's: nothing typed is lost.
    fn keep_aside(&mut self, text: &str) {
        match self.files.documents.set_aside(text) {
            Ok(()) => self.tell(Msg::Notice("your text is kept beside the zone's, as .aside".into())),
            Err(failure) => self.tell(Msg::Failed(failure)),
        }
    }

    /// Tells when another editor has taken the draft over, or wants it; and what another one does that holds it.
    fn see_holder(&mut self) {
        if let Some(asker) = self.journal.as_ref().and_then(Journal::wanted_by) {
            // What was typed last goes with the draft.
            self.save_typed(Instant::now() + DELAY);
            if let Some(taken) = self.give_up(asker) {
                self.tell(taken);
            }
        } else if let Some(taken) = self.lose() {
            self.tell(taken);
        } else if self.is_held {
            self.watch();
        }
    }

    /// Tells what is new of a draft that another editor holds.
    fn watch(&mut self) {
        let news = self.files.watch.look();
        match news.held {
            Some(Held::By(holder)) => self.tell(Msg::DraftLocked { holder }),
            Some(Held::ByNobody) => self.tell(Msg::DraftFree),
            None => {}
        }
        if let Some(Found { entries, .. }) = news.draft {
            self.tell(Msg::DraftSeen { entries });
        }
    }

    /// Stops writing, if another editor has taken the draft over: the message that says so.
    fn lose(&mut self) -> Option<Msg> {
        let holder = self.journal.as_ref()?.taken_by()?;
        self.give_up(holder)
    }

    /// Writes no more: the draft is another editor's.
    fn give_up(&mut self, holder: String) -> Option<Msg> {
        let journal = self.journal.take()?;
        let entries = journal.entries_on_disk();
        journal.let_go();
        self.files.watch.begin(&holder);
        (self.is_held, self.is_broken, self.are_texts_loaded) = (true, false, false);
        (self.found, self.former) = (None, Some(journal));
        for order in std::mem::take(&mut self.waiting) {
            if let Order::Document(text) = order {
                self.keep_aside(&text.to_string());
            }
        }
        Some(Msg::DraftTaken { holder, entries })
    }

    /// Says how writing the journal ended.
    fn answer_journal(&mut self, written: Result<(), Failure>) {
        let taken = if written.is_err() { self.lose() } else { None };
        let answer = match taken {
            Some(taken) => taken,
            // What was on the way then is not missing: the screen shows it no more.
            None if self.former.is_some() => {
                self.is_broken = false;
                Msg::Journalled(Ok(()))
            }
            None => Msg::Journalled(written),
        };
        let _ = self.answers.send(answer);
    }

    fn set_draft_aside(&mut self, draft: &Found) {
        let Some(journal) = self.former.as_ref().or(self.journal.as_ref()) else { return };
        self.tell(match journal.set_aside(draft, None) {
            Ok(path) => Msg::Notice(format!(
                "another editor has taken the draft over, without your last changes; yours is kept as {}",
                path.display()
            )),
            Err(failure) => Msg::Failed(failure),
        });
    }

    /// Nothing is removed before all of it is kept.
    fn discard(&mut self, draft: &Found, text: Option<Text>) -> Result<(), Failure> {
        let text = text.map(|text| text.to_string());
        match (draft.entries.is_empty(), text) {
            (false, text) => drop(self.journal()?.set_aside(draft, text.as_deref())?),
            (true, Some(text)) => self.files.documents.set_aside(&text)?,
            (true, None) => {}
        }
        self.rewrite(Vec::new(), 0)?;
        (self.is_broken, self.editing) = (false, None);
        self.waiting.clear();
        self.while_ours(|files| files.documents.remove_editing()).unwrap_or(Ok(()))
    }

    /// The draft that was discarded last, with the text that was open over it; where there is none, the text alone.
    fn bring_back(&mut self) {
        let (documents, mut has_text) = (self.files.documents.clone(), false);
        let keep = |text: &str| {
            has_text = !documents.is_editing();
            let kept = if has_text { documents.save_editing(text) } else { documents.set_aside(text) };
            kept.map_err(|failure| io::Error::other(failure.why))
        };
        match self.journal().and_then(|journal| journal.bring_back(keep)) {
            Ok(Some(found)) => {
                self.on_found(Some(found), true);
                if has_text {
                    self.tell_text_back(|_| Ok(true));
                }
            }
            Ok(None) => self.tell_text_back(|files| files.documents.bring_back()),
            Err(failure) => self.tell(Msg::Failed(failure)),
        }
    }

    fn tell_text_back(&mut self, bring: impl FnOnce(&Files) -> Result<bool, Failure>) {
        let mut loaded = None;
        let brought = self.while_ours(|files| {
            if bring(files)? {
                loaded = load(&files.documents)?;
            }
            Ok(())
        });
        self.tell(match (brought, loaded) {
            (Some(Err(failure)), _) => Msg::Failed(failure),
            (_, Some(Msg::TextsFound { editing: Some(found), .. })) => Msg::TextBack(found),
            _ => Msg::Notice("no discarded draft or text of this zone is kept".into()),
        });
    }

    /// Saves what was typed long enough ago.
    fn save_typed(&mut self, now: Instant) {
        if let Some((text, _)) = self.editing.take_if(|(_, at)| *at <= now) {
            let text = text.to_string();
            match self.while_ours(|files| files.documents.save_editing(&text)) {
                Some(saved) => self.tell(Msg::TextSaved(saved)),
                None => self.keep_aside(&text),
            }
        }
        if let Some((form, _)) = self.form.take_if(|(_, at)| *at <= now)
            && let Some(Err(failure)) = self.while_ours(|files| files.form.save(&form))
        {
            self.tell(Msg::Failed(failure));
        }
    }

    fn append(&mut self, entry: &Entry, base_serial: u32) -> Result<(), Failure> {
        let base_serial = self.found.as_ref().map_or(base_serial, |found| found.base_serial);
        if self.is_broken {
            return Err(not_written("An earlier change could not be written."));
        }
        let journal = self.journal()?;
        journal.set_base_serial(base_serial);
        journal.append(entry)
    }

    fn rewrite(&mut self, mut entries: Vec<Entry>, mut base_serial: u32) -> Result<(), Failure> {
        let is_empty = entries.is_empty();
        if self.is_held && is_empty {
            // The other editor's draft is not ours to remove.
            return Ok(());
        }
        self.journal()?;
        if let Some(found) = &self.found {
            entries = found.entries.iter().cloned().chain(entries).collect();
            base_serial = found.base_serial;
        }
        let journal = self.journal()?;
        journal.set_base_serial(base_serial);
        journal.rewrite(&entries)
    }

    /// The journal; it is tried again to open one that could not be opened.
    fn journal(&mut self) -> Result<&mut Journal, Failure> {
        if self.journal.is_none() && !self.is_held {
            self.open(false)?;
        }
        self.journal.as_mut().ok_or_else(|| not_written("Another editor holds the draft of this zone."))
    }

    fn open(&mut self, asked: bool) -> Result<(), Failure> {
        let opened = if asked { (self.files.take_journal)() } else { (self.files.open_journal)() };
        match opened {
            Ok(Opened::Ours(journal, found)) => {
                self.journal = Some(journal);
                self.is_held = false;
                self.former = None;
                self.load_texts();
                self.on_found(found, asked);
                self.load_form();
                self.load_acknowledged();
            }
            Ok(Opened::HeldBy(holder)) => {
                self.is_held = true;
                self.files.watch.begin(&holder);
                self.tell(Msg::DraftLocked { holder });
                self.watch();
                self.load_acknowledged();
            }
            Err(failure) => {
                // What is typed over the texts would be written over them.
                self.load_texts();
                return Err(failure);
            }
        }
        Ok(())
    }

    fn on_found(&mut self, found: Option<Found>, asked: bool) {
        let found = found.unwrap_or_default();
        if let Some(path) = &found.damaged {
            self.tell(Msg::Failed(Failure {
                kind: FailureKind::Local,
                what: "The draft of an earlier run is damaged on the disk.".into(),
                why: format!(
                    "What follows the damage could not be read; all of it is kept as {}.",
                    path.display()
                ),
                next: "Look at the draft before you go on with it; check the disk.".into(),
            }));
        }
        let aside =
            self.journal.as_ref().map_or_else(String::new, |journal| journal.folder().display().to_string());
        let Found { entries, base_serial, changed, .. } = found.clone();
        if !entries.is_empty() {
            self.found = Some(found);
        } else if !asked {
            return;
        }
        self.tell(Msg::DraftFound { entries, base_serial, saved_at: clock::in_words(changed), aside });
    }

    /// Where the draft cannot be set aside it stays what it was: found, and offered again at the next start.
    fn discard_found(&mut self) {
        let (Some(found), Some(journal)) = (&self.found, &self.journal) else { return };
        match journal.set_aside(found, None) {
            Ok(path) => {
                self.found = None;
                self.tell(Msg::Notice(format!(
                    "the draft is discarded; :bring-back gets it back (kept as {})",
                    path.display()
                )));
            }
            Err(failure) => self.tell(Msg::Failed(failure)),
        }
    }

    fn load_texts(&mut self) {
        if std::mem::replace(&mut self.are_texts_loaded, true) {
            return;
        }
        match load(&self.files.documents) {
            Ok(None) => {}
            Ok(Some(message)) => self.tell(message),
            Err(failure) => self.tell(Msg::Failed(failure)),
        }
    }

    fn load_acknowledged(&mut self) {
        let loaded = self.files.acknowledged.load();
        self.has_read_acknowledged = loaded.is_ok();
        match loaded {
            // Nothing to tell of where nothing was and nothing is.
            Ok(all) if all.is_empty() && !self.has_acknowledged => {}
            Ok(all) => {
                self.has_acknowledged = true;
                self.tell(Msg::AcknowledgedFound(all));
            }
            Err(failure) => self.tell(Msg::Failed(failure)),
        }
    }

    fn load_form(&mut self) {
        match self.files.remembered.load() {
            Ok(remembered) if remembered == Remembered::default() => {}
            Ok(remembered) => self.tell(Msg::Remembered(Box::new(remembered))),
            Err(failure) => self.tell(Msg::Failed(failure)),
        }
        match self.files.form.load() {
            Ok(None) => {}
            Ok(Some(form)) => self.tell(Msg::FormFound(form)),
            Err(failure) => self.tell(Msg::Failed(failure)),
        }
    }

    fn tell(&self, message: Msg) {
        // Nobody listens any more only when the program is about to end.
        let _ = self.messages.send(message);
    }
}

fn not_acknowledged() -> Failure {
    Failure {
        kind: FailureKind::Local,
        what: "What is acknowledged is not saved.".into(),
        why: "What was acknowledged before could not be read, and is not written over.".into(),
        next: "It counts until you leave; mend the disk, then start again.".into(),
    }
}

/// What is on disk of the texts; `None` where there is nothing.
pub(super) fn load(files: &DocumentFiles) -> Result<Option<Msg>, Failure> {
    let (document, editing) = (files.load()?, files.load_editing()?);
    if document.is_none() && editing.is_none() {
        return Ok(None);
    }
    let document = document.map(|stored| Text::new(&decode(&stored.octets).text));
    let editing = editing.map(|stored| {
        let decoded = decode(&stored.octets);
        let saved_at = clock::in_words(stored.changed);
        FoundText { text: Text::new(&decoded.text), saved_at, escaped: decoded.escaped }
    });
    Ok(Some(Msg::TextsFound { document, editing }))
}
