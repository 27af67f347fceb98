//! The Job screen: the drafts of several zones, reviewed together and pushed one after the other, each with its own proof.
//!
//! No zone is open meanwhile: every one of the job is loaded with its draft, whose changes stay in that zone's draft on
//! the disk until they are pushed. How they are pushed and taken back is in `turns`, proposals for reverse zones in
//! [`pointers`].

mod asking;
pub mod pointers;
pub mod replacing;
mod turns;

use std::collections::{BTreeSet, VecDeque};

pub use self::asking::{ask_push, may_push};
use self::pointers::Pointers;
use self::replacing::Replacing;
use self::turns::{Fate, Running, Turn};
pub use self::turns::{ask_take_back, may_take_back};
use super::changes::{Line, LineKind, difference};
use super::describe::{self, count};
use super::layout::{scroll, wrap};
use super::zones::{Destination, short};
use super::{App, Effect, Loaded, RequestId, Screen, Settings, pushing};
use crate::facts::Failure;
use crate::push::{self, Plan, Prediction, ServerTraits, tally};
use crate::zone::draft::Entry;
use crate::zone::{Draft, Name, reverse};

/// Columns for the frame, the marker and the sign of a line.
const SIGNS: u16 = 10;

/// What a job is begun with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Start {
    pub zones: Vec<Name>,
    /// The zone that the person comes from; otherwise it is the list.
    pub back: Option<Name>,
    /// The reverse zones that there are at servers.
    pub reverse: BTreeSet<Name>,
    /// What is replaced in the zones, as it was typed.
    pub replace: Option<String>,
}

/// A zone as opened for a job.
#[derive(Debug, Clone)]
pub struct Opened {
    pub loaded: Loaded,
    /// Its draft on the disk.
    pub entries: Vec<Entry>,
    /// Server, key and brake.
    pub settings: Settings,
    /// A text or a form waits there that is not finished.
    pub unfinished: bool,
}

/// A zone of the job.
#[derive(Debug)]
pub struct Part {
    pub zone: Name,
    pub state: State,
    pub left_out: bool,
    /// What became of its push.
    pub fate: Option<Fate>,
    /// Came to be looked through, for its reverse records or for what is replaced, and goes where it gets nothing.
    on_trial: bool,
}

#[derive(Debug)]
pub enum State {
    Opening,
    /// Why it cannot be part of the job.
    Trouble(String),
    Open(Box<Ready>),
}

/// A zone with its draft.
#[derive(Debug)]
pub struct Ready {
    pub draft: Draft,
    traits: ServerTraits,
    settings: Settings,
    unfinished: bool,
    /// Why a yes is not enough for it.
    danger: Option<String>,
    /// What would be sent; `None` where nothing is changed.
    plan: Result<Option<Plan>, String>,
    predictions: Vec<Prediction>,
    editable: Result<(), String>,
}

/// The screen.
#[derive(Debug)]
pub struct Job {
    pub parts: Vec<Part>,
    pub start: Start,
    pub lines: Vec<Line>,
    /// The line with the marker.
    pub selected: usize,
    /// The first line on the screen.
    pub offset: usize,
    /// Proposals for reverse zones, in place of the review.
    pub pointers: Option<Pointers>,
    /// What would be replaced in its zones, in place of the review.
    pub replacing: Option<Replacing>,
    running: Option<Running>,
    queue: VecDeque<Turn>,
    /// What was done here, the last one last: the zones whose drafts got a step.
    steps: Vec<Vec<Name>>,
    /// Drafts that are being written.
    writing: usize,
    request: RequestId,
}

impl Ready {
    fn new(opened: Opened) -> Ready {
        let mut draft = Draft::new(opened.loaded.zone);
        draft.replay(opened.entries);
        let traits = ServerTraits { kind: opened.loaded.kind };
        let mut ready = Ready {
            draft,
            traits,
            settings: opened.settings,
            unfinished: opened.unfinished,
            danger: None,
            plan: Ok(None),
            predictions: Vec::new(),
            editable: opened.loaded.editable,
        };
        ready.look();
        ready
    }

    /// Finds out what would be sent, and what would come of it.
    fn look(&mut self) {
        let (base, changes) = (self.draft.base(), self.draft.changes());
        let conflicts = self.draft.conflicts().len();
        self.danger = pushing::danger(base, changes, &self.settings).filter(|_| !changes.is_empty());
        self.plan = match (&self.editable, changes.is_empty(), conflicts) {
            (_, true, _) => Ok(None),
            (Err(why), ..) => Err(format!("read-only: {why}")),
            (_, _, 1..) => Err(format!(
                "others changed {} of these too: Enter goes there, M shows both sides",
                count(conflicts, "record set")
            )),
            _ => push::plan(base, changes, self.traits).map(Some).map_err(|error| error.to_string()),
        };
        self.predictions = match &self.plan {
            Ok(Some(plan)) => push::predict(base, plan, changes, self.traits),
            _ => Vec::new(),
        };
    }
}

impl Part {
    fn new(zone: Name, on_trial: bool) -> Part {
        Part { zone, state: State::Opening, left_out: false, fate: None, on_trial }
    }

    fn ready(&self) -> Option<&Ready> {
        match &self.state {
            State::Open(ready) => Some(ready),
            _ => None,
        }
    }

    fn ready_mut(&mut self) -> Option<&mut Ready> {
        match &mut self.state {
            State::Open(ready) => Some(ready),
            _ => None,
        }
    }

    /// Will something of it be pushed?
    fn is_pushed(&self) -> bool {
        !self.left_out && self.ready().is_some_and(|ready| !ready.draft.changes().is_empty())
    }
}

impl Job {
    pub fn is_running(&self) -> bool {
        self.running.is_some()
    }

    fn is_opening(&self) -> bool {
        self.parts.iter().any(|part| matches!(part.state, State::Opening))
    }

    fn part(&self, zone: &Name) -> Option<&Part> {
        self.parts.iter().find(|part| part.zone == *zone)
    }

    fn part_mut(&mut self, zone: &Name) -> Option<&mut Part> {
        self.parts.iter_mut().find(|part| part.zone == *zone)
    }

    /// The part that the marker stands in.
    fn selected_part(&self) -> Option<usize> {
        self.lines.get(self.selected)?.change
    }

    pub fn keep_in_view(&mut self, height: usize) {
        if let Some(pointers) = &mut self.pointers {
            return pointers.keep_in_view(height);
        }
        if let Some(replacing) = &mut self.replacing {
            return replacing.keep_in_view(height);
        }
        self.selected = self.selected.min(self.lines.len().saturating_sub(1));
        self.offset = scroll(self.offset, self.selected, height, self.lines.len());
    }

    /// Writes the review anew; the marker stays in its part.
    fn arrange(&mut self, width: u16) {
        let part = self.selected_part();
        let first =
            |lines: &[Line]| part.and_then(|part| lines.iter().position(|line| line.change == Some(part)));
        let within = self.selected.saturating_sub(first(&self.lines).unwrap_or(0));
        self.lines = lines(self, width.saturating_sub(SIGNS));
        let (start, end) = (first(&self.lines), self.lines.iter().rposition(|line| line.change == part));
        self.selected = start.zip(end).map_or(0, |(start, end)| (start + within).min(end));
    }
}

fn lines(job: &Job, width: u16) -> Vec<Line> {
    let mut lines = Vec::new();
    for (number, part) in job.parts.iter().enumerate() {
        let mut line = |kind, text: &str| {
            for (row, text) in wrap(text.trim_start(), width).into_iter().enumerate() {
                lines.push(Line { change: Some(number), kind, text, continued: row > 0 });
            }
        };
        let name = short(&part.zone);
        let ready = match &part.state {
            State::Opening => {
                line(LineKind::Head, &format!("[.] {name}  loading"));
                continue;
            }
            State::Trouble(why) => {
                line(LineKind::Head, &format!("[!] {name}  not part of the job"));
                line(LineKind::Trouble, why);
                continue;
            }
            State::Open(ready) => ready,
        };
        let changes = ready.draft.changes();
        let running = job.running.as_ref().filter(|running| running.part == number);
        let mark = match (running, part.left_out) {
            (Some(_), _) => "[>]",
            _ if changes.is_empty() => "[-]",
            (None, true) => "[ ]",
            (None, false) => "[x]",
        };
        let what = match (running, changes.is_empty()) {
            (Some(running), _) => running.in_words(),
            (None, true) if part.fate.is_some() => "nothing left to push".into(),
            (None, true) => "nothing changed".into(),
            (None, false) => {
                let left_out = if part.left_out { "; left out" } else { "" };
                format!("{}: {}{left_out}", count(changes.len(), "record set"), tally(changes).in_words())
            }
        };
        line(LineKind::Head, &format!("{mark} {name}  {what}"));
        if let Some(fate) = &part.fate {
            fate.lines(&mut line);
        }
        if let Err(why) = &ready.plan {
            line(LineKind::Trouble, why);
        }
        if let Some(danger) = ready.danger.as_ref().filter(|_| running.is_none()) {
            line(LineKind::Trouble, danger);
        }
        if ready.unfinished {
            line(LineKind::Note, "a text or a form is not finished there: it is not part of this");
        }
        if running.is_some() {
            continue;
        }
        for (key, change) in changes {
            line(LineKind::Fact, &describe::set(key, &part.zone));
            for (kind, text) in difference(key, change) {
                line(kind, &text);
            }
            for prediction in ready.predictions.iter().filter(|prediction| prediction.key == *key) {
                line(LineKind::Finding, &prediction.message);
            }
        }
        let elsewhere = ready.predictions.iter().filter(|prediction| !changes.contains_key(&prediction.key));
        for prediction in elsewhere {
            let place = describe::set(&prediction.key, &part.zone);
            line(LineKind::Finding, &format!("{place}: {}", prediction.message));
        }
        for note in ready.plan.iter().flatten().flat_map(|plan| &plan.notes) {
            line(LineKind::Note, note);
        }
    }
    lines
}

impl App {
    /// The state where no zone is open and a job is begun, and what to do first.
    pub fn job(settings: Settings, start: Start) -> (App, Vec<Effect>) {
        let mut app = App::blank(settings);
        app.zone = super::Zone::None;
        let request = app.next_request();
        let mut zones = start.zones.clone();
        // Forward zones first: what refers to names comes after them.
        zones.sort_by_key(reverse::is_reverse);
        let replacing = start.replace.as_deref().map(Replacing::new);
        let parts = zones.iter().map(|zone| Part::new(zone.clone(), replacing.is_some())).collect();
        app.screen = Screen::Job(Box::new(Job {
            parts,
            start,
            lines: Vec::new(),
            selected: 0,
            offset: 0,
            pointers: None,
            replacing,
            running: None,
            queue: VecDeque::new(),
            steps: Vec::new(),
            writing: 0,
            request,
        }));
        for zone in zones {
            app.effect(Effect::OpenPart { request, zone });
        }
        app.refresh_job();
        let effects = std::mem::take(&mut app.effects);
        (app, effects)
    }

    fn job_on_screen(&self) -> Option<&Job> {
        match &self.screen {
            Screen::Job(job) => Some(job),
            _ => None,
        }
    }

    fn job_mut(&mut self) -> Option<&mut Job> {
        match &mut self.screen {
            Screen::Job(job) => Some(job),
            _ => None,
        }
    }

    pub(super) fn refresh_job(&mut self) {
        let width = self.size.0;
        if let Some(job) = self.job_mut() {
            job.arrange(width);
        }
    }

    pub(super) fn on_part(&mut self, request: RequestId, zone: &Name, result: Result<Box<Opened>, Failure>) {
        let Some(job) = self.job_mut().filter(|job| job.request == request) else { return };
        let Some(part) = job.part_mut(zone) else { return };
        part.state = match result {
            Ok(opened) => State::Open(Box::new(Ready::new(*opened))),
            Err(failure) => State::Trouble(failure.to_string()),
        };
        match self.job_on_screen().is_some_and(|job| job.replacing.is_some()) {
            // It is not seen, and would be made anew with each of a thousand zones.
            true => self.look_to_replace(zone),
            false => self.refresh_job(),
        }
        self.look_for_pointers();
    }

    pub(super) fn on_part_written(&mut self, zone: &Name, result: Result<(), Failure>) {
        let Some(job) = self.job_mut() else { return };
        job.writing = job.writing.saturating_sub(1);
        if let (Err(failure), Some(part)) = (result, job.part_mut(zone)) {
            part.state = State::Trouble(failure.to_string());
            self.leaving = None;
            self.complain(format!("{}: {failure}", short(zone)));
        }
        self.refresh_job();
        if !self.is_job_saving() {
            self.on_saving(false);
        }
    }

    /// Writes a zone's draft, as it is now, to its place on the disk.
    fn write_part(&mut self, part: usize) {
        let Some(job) = self.job_mut() else { return };
        let Some(Part { zone, state: State::Open(ready), .. }) = job.parts.get(part) else { return };
        let (entries, base_serial) = (ready.draft.entries(), ready.draft.base().serial());
        let zone = zone.clone();
        job.writing += 1;
        // Of several the latest counts, however they end.
        let request = self.next_request();
        self.effect(Effect::WritePart { request, zone, entries, base_serial });
    }

    /// Writes the drafts of parts that got a step together, which can be taken back together.
    fn keep_step(&mut self, parts: Vec<usize>) {
        let Some(job) = self.job_mut() else { return };
        let zones = parts.iter().filter_map(|number| job.parts.get(*number)).map(|part| part.zone.clone());
        let zones: Vec<Name> = zones.collect();
        if !zones.is_empty() {
            job.steps.push(zones);
        }
        parts.into_iter().for_each(|number| self.write_part(number));
        self.refresh_job();
    }

    /// Why the job cannot be left just now.
    pub(super) fn is_job_busy(&self) -> Option<&'static str> {
        let job = self.job_on_screen()?;
        job.is_running().then_some("a push is under way; Esc stops waiting for it")
    }

    /// Is a draft of the job still on its way to the disk?
    pub(super) fn is_job_saving(&self) -> bool {
        self.job_on_screen().is_some_and(|job| job.writing > 0)
    }
}

/// A job with the marked zones of the list, or with the zone that the person is in.
pub fn begin(app: &mut App) {
    let zones = chosen(app);
    app.leave_to(Destination::Job(zones));
}

fn chosen(app: &App) -> Vec<Name> {
    match &app.screen {
        Screen::Zones(zones) if !zones.marked.is_empty() => zones.marked.iter().cloned().collect(),
        Screen::Zones(zones) => {
            zones.at(zones.selected).map(|listed| listed.zone.clone()).into_iter().collect()
        }
        _ => vec![app.settings.zone.clone()],
    }
}

pub fn may_begin(app: &App) -> Result<(), String> {
    match &app.screen {
        Screen::Zones(_) if app.settings.demo => Err("the demo has no zones of its own to push".into()),
        Screen::Zones(_) => super::zones::has_selection(app),
        _ if app.settings.demo => Err("the demo has one zone: w pushes it".into()),
        _ if app.file().is_some() => Err("a zone file is saved, not pushed: w saves it".into()),
        _ => Ok(()),
    }
}

/// Back to where the person comes from; a push under way is waited for no more.
pub fn back(app: &mut App) {
    if app.job_on_screen().is_some_and(Job::is_running) {
        return app.stop_turn();
    }
    let Some(job) = app.job_on_screen() else { return };
    let to = job.start.back.clone().map_or(Destination::Zones, Destination::Zone);
    app.leave_to(to);
}

pub fn may_act(app: &App) -> Result<(), String> {
    match app.job_on_screen() {
        None => Err("there is no job".into()),
        Some(job) if job.is_opening() => Err("the zones are being loaded".into()),
        Some(_) => app.is_job_busy().map_or(Ok(()), |why| Err(why.into())),
    }
}

/// Leaves the zone under the marker out of the push, or takes it in again; then to the next zone.
pub fn toggle(app: &mut App) {
    let Some(job) = app.job_mut() else { return };
    let Some(number) = job.selected_part() else { return };
    if let Some(part) = job.parts.get_mut(number) {
        part.left_out = !part.left_out;
    }
    app.refresh_job();
    next_zone(app);
}

pub fn can_undo(app: &App) -> Result<(), String> {
    may_act(app)?;
    match app.job_on_screen().is_some_and(|job| !job.steps.is_empty()) {
        true => Ok(()),
        false => {
            Err("no step of this job is left to undo; each zone has its own undo, and r takes a push back"
                .into())
        }
    }
}

/// Takes back what was done last in this job, in all its zones.
pub fn undo(app: &mut App) {
    let Some(job) = app.job_mut() else { return };
    let zones = job.steps.pop().unwrap_or_default();
    let (mut undone, mut what) = (Vec::new(), String::new());
    for (number, part) in job.parts.iter_mut().enumerate().filter(|(_, part)| zones.contains(&part.zone)) {
        let Some(ready) = part.ready_mut() else { continue };
        if let Some((_, label)) = ready.draft.undo() {
            ready.look();
            undone.push(number);
            what = label;
        }
    }
    let zones = count(undone.len(), "zone");
    undone.into_iter().for_each(|number| app.write_part(number));
    app.refresh_job();
    app.say(format!("undone in {zones}: {what}"));
}

/// To the first line of the next zone.
pub fn next_zone(app: &mut App) {
    let Some(job) = app.job_mut() else { return };
    let here = job.selected_part();
    let next = job.lines.iter().skip(job.selected).position(|line| line.change != here);
    job.selected = next.map_or(0, |lines| job.selected + lines);
}

/// To the zone under the marker.
pub fn go_to_zone(app: &mut App) {
    let Some(job) = app.job_on_screen() else { return };
    let Some(part) = job.selected_part().and_then(|number| job.parts.get(number)) else { return };
    app.leave_to(Destination::Zone(part.zone.clone()));
}

/// Loads all again.
pub fn reload(app: &mut App) {
    let Some(job) = app.job_on_screen() else { return };
    let zones = job.parts.iter().map(|part| part.zone.clone()).collect();
    app.leave_to(Destination::Job(zones));
}
