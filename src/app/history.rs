//! The History screen: past pushes, what each did, and taking one back; a push that was interrupted. What others did
//! between them is [`others`].

pub mod others;

use std::sync::Arc;

use self::others::Others;
use super::changes::{self, Line, LineKind, difference};
use super::describe::{self, count};
use super::dialog::{Dialog, Then};
use super::layout::{scroll, wrap};
use super::{App, Effect, Overlay, RequestId, Screen};
use crate::facts::Failure;
use crate::facts::history::{End, Listed, Listing, PushId, PushRecord, Standing, Verdict};
use crate::facts::past::{Told, Turn};
use crate::zone::draft::{Draft, Entry, Step};
use crate::zone::{Change, RrKey, types};

/// Columns for the frame, the marker and the sign of a line.
const SIGNS: u16 = 10;

/// What is known of the history, and asked.
#[derive(Debug, Default)]
pub struct Past {
    /// The latest question; older answers are dropped.
    asked: RequestId,
    /// Shall the push that was asked for be taken back at once, and which of its sets?
    reverting: bool,
    /// The question what others did, about the zone of this serial.
    asked_others: Option<(RequestId, u32)>,
    /// What they did to the zone of this serial.
    told: Option<(u32, Arc<Told>)>,
    /// Pushes that were interrupted, to be told of one after the other.
    interrupted: Vec<PushRecord>,
    /// For the next push, in the person's own words.
    pub note: String,
    /// Did the last push of this run change something, and nothing was pushed since?
    pub pushed: bool,
    /// Was the person told that pushes cannot be recorded? Then the next one may go on without.
    pub unrecorded: bool,
}

/// What to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// The newest pushes; only those that changed this set, where one is named.
    List(Option<RrKey>),
    One(PushId),
    /// The last push of this run.
    Last,
    /// The pushes that were interrupted.
    Interrupted,
}

/// What was read.
#[derive(Debug, Clone)]
pub enum Found {
    List(Result<Listing, Failure>),
    One(Result<Box<PushRecord>, Failure>),
    Interrupted(Vec<PushRecord>),
}

/// The screen.
#[derive(Debug)]
pub struct History {
    /// Only what concerns this set.
    pub set: Option<RrKey>,
    /// `None` while it is being read.
    pub listing: Option<Listing>,
    pub others: Others,
    pub rows: Vec<Row>,
    pub selected: usize,
    /// The first line on the screen.
    pub offset: usize,
    /// The one that is looked at.
    pub one: Option<Box<One>>,
}

/// A line of the list, by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Row {
    Push(usize),
    /// What others did.
    Turn(usize),
}

/// What can be looked at, and taken back.
#[derive(Debug, Clone)]
pub enum What {
    Push(Box<PushRecord>),
    Turn(Turn),
}

/// One of them.
#[derive(Debug)]
pub struct One {
    pub what: What,
    pub lines: Vec<Line>,
    /// The first line on the screen.
    pub offset: usize,
}

impl History {
    pub fn keep_in_view(&mut self, height: usize) {
        match &mut self.one {
            Some(one) => one.offset = one.offset.min(one.lines.len().saturating_sub(height)),
            None => {
                // The last line tells of others.
                let (total, height) = (self.total(), height.saturating_sub(1));
                self.selected = self.selected.min(total.saturating_sub(1));
                self.offset = scroll(self.offset, self.selected, height, total);
            }
        }
    }

    /// How many lines the list has.
    pub fn total(&self) -> usize {
        self.rows.len()
    }

    /// What a row is about: a push, or others' work.
    pub fn row(&self, row: Row) -> Option<Result<&Listed, &Turn>> {
        match row {
            Row::Push(number) => self.listing.as_ref()?.pushes.get(number).map(Ok),
            Row::Turn(number) => self.others.turns().get(number).map(Err),
        }
    }

    fn selected_row(&self) -> Option<Result<&Listed, &Turn>> {
        self.row(*self.rows.get(self.selected)?)
    }

    fn can_be_shown(&self) -> bool {
        matches!(self.selected_row(), Some(Ok(Listed::Push(_)) | Err(_)))
    }

    /// Makes the list anew; the marker stays with its line.
    fn arrange(&mut self) {
        let selected = self.rows.get(self.selected).copied().filter(|_| self.selected > 0);
        self.rows = others::rows(self);
        let at = selected.and_then(|selected| self.rows.iter().position(|row| *row == selected));
        self.selected = at.unwrap_or(0);
    }
}

impl App {
    fn ask_history(&mut self, wanted: Wanted) {
        let request = self.next_request();
        self.past.asked = request;
        self.effect(Effect::History { request, wanted });
    }

    /// Asks for what an earlier run did not bring to its end.
    pub(super) fn ask_interrupted(&mut self) {
        if self.file().is_none() {
            self.ask_history(Wanted::Interrupted);
        }
    }

    pub(super) fn on_history(&mut self, request: RequestId, found: Found) {
        if self.past.asked != request {
            return;
        }
        match found {
            Found::Interrupted(records) => self.past.interrupted = records,
            Found::List(result) => {
                let Screen::History(history) = &mut self.screen else { return };
                history.listing = Some(result.clone().unwrap_or_default());
                history.arrange();
                if let Err(failure) = result {
                    self.complain(failure.to_string());
                }
            }
            Found::One(Err(failure)) => self.complain(failure.to_string()),
            Found::One(Ok(record)) => {
                let set = match &self.screen {
                    Screen::History(history) => history.set.clone(),
                    _ => None,
                };
                if std::mem::take(&mut self.past.reverting) {
                    self.take_back(&record, set.as_ref());
                } else {
                    self.show_push(*record);
                }
            }
        }
    }

    fn show_push(&mut self, record: PushRecord) {
        let width = self.size.0.saturating_sub(SIGNS);
        if let Screen::History(history) = &mut self.screen {
            let lines = lines(&record, history.set.as_ref(), width);
            let what = What::Push(Box::new(record));
            history.one = Some(Box::new(One { what, lines, offset: 0 }));
        }
    }

    /// The lines anew, for another width.
    pub(super) fn wrap_history(&mut self) {
        let width = self.size.0.saturating_sub(SIGNS);
        let super::Zone::Open(open) = &self.zone else { return };
        if let Screen::History(history) = &mut self.screen
            && let Some(one) = &mut history.one
        {
            let set = history.set.as_ref();
            one.lines = match &one.what {
                What::Push(record) => lines(record, set, width),
                What::Turn(turn) => others::lines(turn, set, open.draft.base().origin(), width),
            };
        }
    }

    /// Takes a push back, as a step of the draft that is reviewed and pushed like any other.
    fn take_back(&mut self, record: &PushRecord, only: Option<&RrKey>) {
        let Some(open) = self.open() else { return };
        let base = open.draft.base();
        if record.standing == Standing::UnderWay {
            return self.complain("this push is still under way; wait until it is over");
        }
        let mut step = record.reverse_step(base);
        step.changes.retain(|key, _| only.is_none_or(|only| only == key));
        if record.end.is_none() {
            drop_the_rest(&mut step, record, &open.draft);
        }
        self.take_step_back(step, format!("revert of {}", record.head.id));
    }

    fn take_step_back(&mut self, step: Step, note: String) {
        if !self.put_in_draft(step, note, "taken back in your draft") {
            self.say("nothing of it is in the zone any more");
        }
    }

    /// Puts a step of the past into the draft, for the next push with this note, and shows it; false where it changes
    /// nothing.
    fn put_in_draft(&mut self, step: Step, note: String, done: &str) -> bool {
        let Some(open) = self.open() else { return false };
        let mut draft = Draft::new(open.draft.base().clone());
        draft.replay(open.draft.entries().into_iter().chain([Entry::Step(step)]));
        if draft.changes() == open.draft.changes() {
            return false;
        }
        let conflicts = draft.conflicts().len();
        let changed = count(draft.changes().len(), "change");
        if let Some(open) = self.open_mut() {
            open.draft = draft;
            open.refresh();
        }
        self.past.note = note;
        self.past.pushed = false;
        self.rewrite_draft();
        self.ask_nameservers();
        changes::open(self);
        match conflicts {
            0 => self.say(format!("{done}: {changed}; w pushes it, u takes it back")),
            _ => self.complain(format!(
                "others changed {conflicts} of these record sets since: decide here, then push"
            )),
        }
        true
    }

    /// Tells of a push that was interrupted, once nothing else is on the screen.
    pub(super) fn offer_interrupted(&mut self) {
        if self.past.interrupted.is_empty() || self.overlay.is_some() || !matches!(self.screen, Screen::Main)
        {
            return;
        }
        let Some(open) = self.open() else { return };
        let Some(record) = self.past.interrupted.last() else { return };
        let head = &record.head;
        let total = record.changes.len();
        let there = record.achieved(|key| open.draft.base().get(key));
        let rest = record.changes.keys().filter(|key| open.draft.changes().contains_key(key)).count();
        let mut text = vec![
            format!("A push of {} by {}", types::in_words(head.time), head.who),
            format!("was interrupted after message {} of {}.", answered(record), head.messages),
            format!("{there} of its {} are in the zone.", count(total, "changed record set")),
        ];
        text.push(match (total.saturating_sub(there), rest) {
            (0, _) => "Nothing of it is missing.".into(),
            (missing, rest) if rest >= missing => "The rest is in your draft.".into(),
            (missing, _) => format!("{missing} are not, and {rest} of these are in your draft."),
        });
        if !head.note.is_empty() {
            text.push(format!("Note: {}", head.note));
        }
        let Some(record) = self.past.interrupted.pop() else { return };
        let record = Box::new(record);
        let mut buttons = vec![("Go on from here", 'g', Then::Settle(record.clone()))];
        if rest < total.saturating_sub(there) && self.editable().is_ok() {
            buttons.push((
                "Finish it: the rest into the draft",
                'f',
                Then::FinishInterrupted(record.clone()),
            ));
        }
        if there > 0 && self.editable().is_ok() {
            buttons.push(("Revert what went through", 'r', Then::RevertInterrupted(record)));
        }
        buttons.push(("Ask again at the next start", 'a', Then::Close));
        self.overlay = Some(Overlay::Dialog(Dialog::new("Interrupted push", text, buttons)));
    }

    /// Records what there is of an interrupted push; then it is not told of again.
    pub(super) fn settle(&mut self, record: &PushRecord) {
        let Some(open) = self.open() else { return };
        let base = open.draft.base();
        let end: End = record.end_by(base.serial(), |key| base.get(key));
        self.effect(Effect::CloseRecord { id: record.head.id.clone(), end: Box::new(end) });
    }

    /// What the draft has already of it stays as it is there.
    pub(super) fn finish_interrupted(&mut self, record: &PushRecord) {
        self.settle(record);
        let Some(open) = self.open() else { return };
        let mut step = record.rest_step(open.draft.base());
        step.changes.retain(|key, _| !open.draft.changes().contains_key(key));
        if !self.put_in_draft(step, record.head.note.clone(), "the rest is in your draft") {
            self.say("nothing of this push is missing any more");
        }
    }

    pub(super) fn revert_interrupted(&mut self, record: &PushRecord) {
        self.settle(record);
        self.take_back(record, None);
    }

    /// Reads the last push, to take it back.
    pub(super) fn revert_last(&mut self) {
        self.past.reverting = true;
        self.ask_history(Wanted::Last);
    }
}

/// What the draft still holds of an interrupted push goes with it.
fn drop_the_rest(step: &mut Step, record: &PushRecord, draft: &Draft) {
    for key in record.changes.keys().filter(|key| draft.changes().contains_key(key)) {
        if !step.changes.contains_key(key) {
            let change = Change { before: draft.get(key), after: draft.base().get(key) };
            step.changes.insert(key.clone(), change);
        }
    }
}

fn answered(record: &PushRecord) -> usize {
    record.answers.iter().map(|(number, _)| *number).max().unwrap_or(0)
}

/// "applied", "under way", and what that is.
fn outcome(record: &PushRecord) -> String {
    let why = record.end.as_ref().map_or("", |end| end.why.as_str());
    match record.standing {
        Standing::Interrupted => {
            format!("interrupted after message {} of {}", answered(record), record.head.messages)
        }
        standing if why.is_empty() => standing.word().into(),
        standing => format!("{}. {why}", standing.word()),
    }
}

fn lines(record: &PushRecord, only: Option<&RrKey>, width: u16) -> Vec<Line> {
    let head = &record.head;
    let serial = match record.end.as_ref().and_then(|end| end.serial) {
        Some(after) => format!("{} -> {after}", head.serial),
        None => head.serial.to_string(),
    };
    let mut lines = Vec::new();
    let mut line = |kind, text: &str| {
        for (number, text) in wrap(text.trim_start(), width).into_iter().enumerate() {
            lines.push(Line { change: None, kind, text, continued: number > 0 });
        }
    };
    line(LineKind::Head, &format!("{}  {}", head.id, head.note));
    line(LineKind::Fact, &format!("{} by {}", types::in_words(head.time), head.who));
    line(LineKind::Fact, &outcome(record));
    line(
        LineKind::Fact,
        &format!("serial {serial}; {}: {}", count(head.sets, "record set"), head.tally.in_words()),
    );
    for (message, answer) in record.answers.iter().filter(|(_, answer)| answer != "NOERROR") {
        line(LineKind::Note, &format!("message {message} of {}: {answer}", head.messages));
    }
    for note in record.end.iter().flat_map(|end| &end.notes) {
        line(LineKind::Note, note);
    }
    for (key, change) in record.changes.iter().filter(|(key, _)| only.is_none_or(|only| only == *key)) {
        line(LineKind::Head, &describe::set(key, &head.zone));
        for (kind, text) in difference(key, change) {
            line(kind, &text);
        }
        match record.verdict(key) {
            None | Some(Verdict::Applied) => {}
            Some(Verdict::NotApplied(why)) => line(LineKind::Finding, &format!("not applied. {why}")),
            Some(Verdict::Unknown(why)) => line(LineKind::Finding, &format!("unknown. {why}")),
            Some(Verdict::ChangedSince(_, why)) => {
                line(LineKind::Finding, &format!("applied, then changed. {why}"));
            }
            Some(Verdict::ChangedByServer(now, why)) => {
                line(LineKind::Finding, &format!("something else was read back. {why}"));
                let back = Change { before: change.after.clone(), after: now };
                for (kind, text) in difference(key, &back) {
                    line(kind, &text);
                }
            }
        }
    }
    lines
}

/// May the history be looked at?
pub fn may_open(app: &App) -> Result<(), String> {
    match app.file() {
        Some(_) => Err("a zone file has no pushes, and so no history of them".into()),
        None => Ok(()),
    }
}

/// Shows the screen.
pub fn open(app: &mut App) {
    open_of(app, None);
}

fn open_of(app: &mut App, set: Option<RrKey>) {
    let history = History {
        set: set.clone(),
        listing: None,
        others: Others::default(),
        rows: Vec::new(),
        selected: 0,
        offset: 0,
        one: None,
    };
    app.screen = Screen::History(Box::new(history));
    app.past.reverting = false;
    app.ask_others();
    app.ask_history(Wanted::List(set));
}

/// The pushes that changed the selected record's set.
pub fn open_of_set(app: &mut App) {
    if let Some(row) = app.open().and_then(super::open::Open::selected) {
        open_of(app, Some(row.key));
    }
}

/// Shows the selected push.
pub fn show(app: &mut App) {
    ask_selected(app, false);
}

/// Is there a push to take back?
pub fn may_revert(app: &App) -> Result<(), String> {
    app.editable()?;
    has_selection(app)
}

/// Is there a push under the marker?
pub fn has_selection(app: &App) -> Result<(), String> {
    match &app.screen {
        Screen::History(history) if history.one.is_some() || history.can_be_shown() => Ok(()),
        Screen::History(history) if history.listing.is_none() => Err("the history is being read".into()),
        Screen::History(history) if history.total() == 0 => Err("nothing is known of the past".into()),
        _ => Err("this record cannot be read".into()),
    }
}

/// Takes the push on the screen back, or the selected one.
pub fn revert(app: &mut App) {
    let Screen::History(history) = &app.screen else { return };
    match &history.one {
        Some(one) => {
            let (what, set) = (one.what.clone(), history.set.clone());
            match what {
                What::Push(record) => app.take_back(&record, set.as_ref()),
                What::Turn(turn) => app.take_turn_back(&turn, set.as_ref()),
            }
        }
        None => ask_selected(app, true),
    }
}

fn ask_selected(app: &mut App, reverting: bool) {
    let Screen::History(history) = &app.screen else { return };
    match history.selected_row() {
        Some(Ok(Listed::Push(summary))) => {
            let id = summary.head.id.clone();
            app.past.reverting = reverting;
            app.ask_history(Wanted::One(id));
        }
        Some(Err(turn)) => {
            let (turn, set) = (turn.clone(), history.set.clone());
            match reverting {
                true => app.take_turn_back(&turn, set.as_ref()),
                false => app.show_turn(turn),
            }
        }
        _ => {}
    }
}

/// From one push to the list, from the list to the records.
pub fn back(app: &mut App) {
    match &mut app.screen {
        Screen::History(history) if history.one.is_some() => history.one = None,
        _ => {
            app.stop_asking_others();
            app.screen = Screen::Main;
        }
    }
}

/// `:note TEXT`: for the history, with the next push.
pub fn set_note(app: &mut App, text: &str) {
    app.past.note = text.chars().filter(|character| !character.is_control()).collect();
    if matches!(app.screen, Screen::Changes(_)) {
        match super::pushing::may_push(app) {
            Ok(()) => super::pushing::ask(app),
            Err(_) if app.past.note.is_empty() => app.say("the next push has no note"),
            Err(_) => app.say("noted for the next push"),
        }
    }
}

/// The undo that is left after a push: to take the push back.
pub fn ask_revert_last(app: &mut App) {
    let text = vec![
        "Your draft is empty: its changes are pushed.".into(),
        "Take that push back? It becomes a draft, to be reviewed and pushed.".into(),
    ];
    let buttons = vec![("Take it back", 'y', Then::RevertLast), ("Cancel", 'n', Then::Close)];
    app.overlay = Some(Overlay::Dialog(Dialog { selected: 1, ..Dialog::new("Undo", text, buttons) }));
}
