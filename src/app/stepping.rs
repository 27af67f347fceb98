//! Edits of many records at once, and going back over them: made beside the loop, on a copy of the open zone, which costs
//! next to nothing, so that the screen never stands still. Few records are done at once, as every small [`Work`].
//!
//! While a step is being made nothing else is edited: keys wait, as they are meant for what will be there then. Esc and
//! Ctrl-C stop it, and nothing is changed. What becomes free after it, perhaps a million of small things, is let go of
//! beside the loop as well.

use std::sync::Arc;

use super::describe::count;
use super::edits::concerns_nameservers;
use super::open::Open;
use super::replacing::Many;
use super::rows::Rows;
use super::work::Work;
use super::{App, Msg, RequestId, many, merge, pasting, replacing};
use crate::key::{Code, Key};
use crate::zone::draft::Entry;
use crate::zone::{Draft, RrKey, RrSet, Snapshot, TextPatch};

/// What is done.
#[derive(Debug, Clone)]
pub enum Kind {
    /// Delete the marked records; where all of them are deleted, bring them back.
    Delete,
    /// Give the sets of the marked records a TTL.
    Ttl(u32),
    Replace(Arc<Many>),
    /// Delete all but the SOA and the nameservers of the zone.
    DeleteAll,
    Undo,
    Redo,
}

/// A step to be made.
#[derive(Debug, Clone)]
pub struct Step {
    open: Box<Open>,
    kind: Kind,
}

/// Edits to be made as one step, and what is said then.
pub(super) struct Wanted {
    pub label: String,
    pub edits: Vec<(RrKey, Option<RrSet>)>,
    pub done: String,
    /// Where nothing is different.
    pub nothing: String,
}

/// The zone with the step made.
#[derive(Debug, Clone)]
pub struct Made {
    draft: Draft,
    rows: Rows,
    /// `None` where nothing is different.
    entry: Option<Entry>,
    said: String,
    touches_nameservers: bool,
    /// What to go to.
    select: Option<RrKey>,
    /// What it does to the document.
    text: Option<TextPatch>,
}

/// What is not needed any more.
#[derive(Debug, Clone)]
pub struct Gone {
    draft: Draft,
    rows: Option<Rows>,
}

/// The step that is being made.
#[derive(Debug)]
pub(super) struct Stepping {
    request: RequestId,
    kind: Kind,
    base: Arc<Snapshot>,
    edition: u64,
    /// Was it about marked records?
    of_marks: bool,
    /// How many steps there were to undo, and to do again.
    depths: (usize, usize),
}

impl Stepping {
    /// Where the zone has moved on: would the same over what it is now still do what was asked for?
    fn still_means_it(&self, open: &Open) -> Result<(), String> {
        let (undo, redo) = open.draft.depths();
        match self.kind {
            // Without marks it would be the selected record.
            Kind::Delete | Kind::Ttl(_) if self.of_marks && !open.has_marks() => {
                Err("the zone has moved on, and the marked records are gone: nothing is changed".into())
            }
            // A step that the zone has by now is taken out of the list, and another one would be next.
            Kind::Undo if undo != self.depths.0 => {
                Err("the zone has moved on, and that step with it: nothing is undone".into())
            }
            Kind::Redo if redo != self.depths.1 => {
                Err("the zone has moved on, and that step with it: nothing is done again".into())
            }
            _ => Ok(()),
        }
    }
}

impl Step {
    /// How many records it is about, or record sets.
    pub fn records(&self) -> usize {
        let draft = &self.open.draft;
        match &self.kind {
            Kind::Delete | Kind::Ttl(_) => self.open.marked(),
            Kind::Replace(many) => many.sets(),
            Kind::DeleteAll => draft.base().record_count() + draft.changes().len(),
            Kind::Undo => draft.next_sizes().0,
            Kind::Redo => draft.next_sizes().1,
        }
    }

    /// "deleting 1000000 records".
    fn in_words(&self) -> String {
        let records = || count(self.records(), "record");
        let sets = || count(self.records(), "record set");
        match &self.kind {
            Kind::Delete => format!("deleting {}", records()),
            Kind::Ttl(_) => format!("giving {} another TTL", records()),
            Kind::Replace(_) => format!("replacing in {}", sets()),
            Kind::DeleteAll => "deleting all records".into(),
            Kind::Undo => format!("undoing changes of {}", sets()),
            Kind::Redo => format!("doing changes of {} again", sets()),
        }
    }

    pub fn run(self) -> Made {
        let Step { mut open, kind } = self;
        let (undone, word) = match &kind {
            Kind::Undo => (true, "undone"),
            Kind::Redo => (false, "done again"),
            Kind::Delete => return edited(open, many::deleted),
            Kind::Ttl(seconds) => return edited(open, |open| many::retimed(open, *seconds)),
            Kind::Replace(many) => return edited(open, |open| replacing::replaced(open, many)),
            Kind::DeleteAll => return edited(open, pasting::all_deleted),
        };
        let before = open.draft.changes().clone();
        let text = if undone { open.draft.undo_text() } else { open.draft.redo_text().cloned() };
        let gone = if undone { open.draft.undo() } else { open.draft.redo() };
        let (entry, said) = match gone {
            Some((entry, label)) => (Some(entry), format!("{word}: {label}")),
            None => (None, format!("nothing is {word}")),
        };
        open.refresh();
        let keys = before.different_keys(open.draft.changes());
        let (select, touches_nameservers) =
            (keys.first().copied().cloned(), concerns_nameservers(&open, keys.into_iter()));
        let Open { draft, records, .. } = *open;
        Made { draft, rows: records.rows, entry, said, touches_nameservers, select, text }
    }
}

fn edited(mut open: Box<Open>, wanted: impl FnOnce(&Open) -> Wanted) -> Made {
    let Wanted { label, edits, done, nothing } = wanted(&open);
    let touches_nameservers = concerns_nameservers(&open, edits.iter().map(|(key, _)| key));
    let entry = open.draft.edit(label, edits);
    let said = if entry.is_some() { done } else { nothing };
    open.refresh();
    let Open { draft, records, .. } = *open;
    Made { draft, rows: records.rows, entry, said, touches_nameservers, select: None, text: None }
}

impl Gone {
    /// About how many things it is.
    pub fn size(&self) -> usize {
        self.draft.size() + self.rows.as_ref().map_or(0, Rows::changed_sets)
    }
}

impl App {
    /// Begins a step.
    pub(super) fn step(&mut self, kind: Kind) {
        if self.is_refused() {
            return;
        }
        let Some(open) = self.open() else { return };
        let (base, edition) = (Arc::clone(open.draft.base()), open.draft.edition());
        let (of_marks, depths) = (open.has_marks(), open.draft.depths());
        let step = Step { open: Box::new(open.clone()), kind: kind.clone() };
        self.say(format!("{}: Esc stops it, other keys wait", step.in_words()));
        let request = self.work(Work::Step(Box::new(step)));
        self.stepping = Some(Stepping { request, kind, base, edition, of_marks, depths });
    }

    pub(super) fn on_stepped(&mut self, request: RequestId, made: Made) {
        let Some(stepping) = self.stepping.take_if(|stepping| stepping.request == request) else {
            return self.let_go(made.draft, Some(made.rows));
        };
        let is_same = |open: &Open| {
            Arc::ptr_eq(&stepping.base, open.draft.base()) && stepping.edition == open.draft.edition()
        };
        let stands = self.open().map(|open| (is_same(open), stepping.still_means_it(open)));
        match stands.filter(|_| self.may_still(&stepping.kind)) {
            Some((true, _)) => self.take_step(made),
            Some((false, means_it)) => {
                self.let_go(made.draft, Some(made.rows));
                match means_it {
                    // The same over what the zone is now.
                    Ok(()) => self.step(stepping.kind),
                    Err(why) => self.complain(why),
                }
            }
            None => self.let_go(made.draft, Some(made.rows)),
        }
        self.press_held();
    }

    /// Is it still allowed? If not, says why.
    fn may_still(&mut self, kind: &Kind) -> bool {
        if matches!(kind, Kind::Undo | Kind::Redo) {
            return !self.is_refused();
        }
        self.editable().map_err(|why| self.complain(why)).is_ok()
    }

    fn take_step(&mut self, made: Made) {
        let Made { draft, rows, entry, said, touches_nameservers, select, text } = made;
        let Some(open) = self.open_mut() else { return };
        let Some(entry) = entry else {
            self.say(said);
            return self.let_go(draft, Some(rows));
        };
        let draft = std::mem::replace(&mut open.draft, draft);
        let rows = std::mem::replace(&mut open.records.rows, rows);
        open.refresh();
        if let Some(key) = &select {
            open.select_set(key);
        }
        self.let_go(draft, Some(rows));
        self.journal(entry);
        self.say(said);
        if touches_nameservers {
            self.ask_nameservers();
        }
        self.patch_document(text);
        super::changes::refresh(self);
        merge::refresh(self);
    }

    /// Has what is not needed any more let go of beside the loop.
    pub(super) fn let_go(&mut self, draft: Draft, rows: Option<Rows>) {
        self.work(Work::LetGo(Box::new(Gone { draft, rows })));
    }

    pub(super) fn is_stepping(&self) -> bool {
        self.stepping.is_some()
    }

    /// Stops the step that is being made.
    pub(super) fn stop_step(&mut self) {
        if self.stepping.take().is_some() {
            let held = std::mem::take(&mut self.held);
            self.say(match held.iter().any(|msg| matches!(msg, Msg::Paste(_))) {
                true => {
                    "stopped: nothing is changed, and what was pasted meanwhile is dropped: paste it again"
                }
                false => "stopped: nothing is changed",
            });
        }
    }

    /// Takes a key or a paste that comes while a step is being made.
    pub(super) fn hold(&mut self, msg: Msg) {
        let stops = [Key::plain(Code::Esc), Key::ctrl('c')];
        match msg {
            Msg::Key(key) if stops.contains(&key) => self.stop_step(),
            msg => self.held.push_back(msg),
        }
    }
}

pub fn undo(app: &mut App) {
    if app.past.pushed && app.open().is_some_and(|open| open.draft.next_labels().0.is_none()) {
        return super::history::ask_revert_last(app);
    }
    app.step(Kind::Undo);
}

pub fn redo(app: &mut App) {
    app.step(Kind::Redo);
}
