//! The zones of a job, pushed one after the other, and taken back.

use super::super::pushing::{self, Tone};
use super::{Job, Part, State};
use crate::app::changes::LineKind;
use crate::app::describe::count;
use crate::app::dialog::{Dialog, Then};
use crate::app::zones::short;
use crate::app::{App, Effect, Overlay, RequestId};
use crate::push::{Action, Event, Outcome, Push, Recorded, Recording, Report, Stage, Verdict, plan};
use crate::zone::changes::inverse;
use crate::zone::draft::{Entry, Step};
use crate::zone::{Change, ChangeMap, Draft, RrKey};
use std::sync::Arc;

/// A zone whose turn will come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turn {
    part: usize,
    /// Its push is taken back.
    back: bool,
}

/// The push under way.
#[derive(Debug)]
pub struct Running {
    pub part: usize,
    back: bool,
    request: RequestId,
    push: Recorded,
    stage: Option<Stage>,
    changes: ChangeMap,
}

impl Running {
    /// "sending the update".
    pub fn in_words(&self) -> String {
        let stage = self.stage.map_or_else(|| "beginning".into(), pushing::stage);
        if self.back { format!("taking back: {stage}") } else { stage }
    }
}

/// What became of a zone's push.
#[derive(Debug)]
pub struct Fate {
    report: Vec<pushing::Line>,
    pushed: Option<Pushed>,
}

/// What this job has made of a zone, all of what was asked for or a part.
#[derive(Debug, Clone)]
struct Pushed {
    /// From the zone before the job to the zone as it is.
    there: ChangeMap,
    /// What was asked for of the same record sets: that is in the draft again once it is taken back.
    wanted: ChangeMap,
}

impl Pushed {
    /// What a push made of a zone that did not do all that it was asked for; `None` where that is nothing, or not known.
    fn part(report: &Report, changes: &ChangeMap) -> Option<Pushed> {
        let zone = report.zone.as_ref().filter(|_| report.outcome == Outcome::Partly)?;
        let there = report.verdicts.iter().filter_map(|(key, _, verdict)| {
            let Change { before, after } = changes.get(key)?;
            let now = match verdict {
                Verdict::Applied => after.clone(),
                // That is somebody else's by now.
                Verdict::ChangedSince(..) => return None,
                _ => zone.get(key),
            };
            let change = Change { before: before.clone(), after: now };
            (!change.is_empty()).then(|| (key.clone(), change))
        });
        let there: ChangeMap = there.collect();
        let wanted = changes.iter().filter(|(key, _)| there.contains_key(key));
        let wanted = wanted.map(|(key, change)| (key.clone(), change.clone())).collect();
        (!there.is_empty()).then_some(Pushed { there, wanted })
    }

    /// Parts what is taken back by now from what is still there.
    fn without(self, report: &Report) -> (ChangeMap, Option<Pushed>) {
        let is_back = |key: &RrKey| {
            let of_key = |(other, _, verdict): &(RrKey, Change, Verdict)| {
                other == key && matches!(verdict, Verdict::Applied)
            };
            report.verdicts.iter().any(of_key)
        };
        let (back, wanted): (ChangeMap, ChangeMap) =
            self.wanted.into_iter().partition(|(key, _)| is_back(key));
        let there: ChangeMap = self.there.into_iter().filter(|(key, _)| !back.contains_key(key)).collect();
        (back, (!there.is_empty()).then_some(Pushed { there, wanted }))
    }
}

impl Fate {
    pub(super) fn lines(&self, line: &mut impl FnMut(LineKind, &str)) {
        for pushing::Line { tone, text } in &self.report {
            let kind = match tone {
                Tone::Good | Tone::Plain => LineKind::Fact,
                Tone::Bad => LineKind::Trouble,
                Tone::Doubt => LineKind::Finding,
            };
            line(kind, text);
        }
    }
}

impl App {
    /// The person said yes.
    pub(in crate::app) fn push_job(&mut self) {
        let Some(job) = self.job_mut() else { return };
        let turns = job.parts.iter().enumerate().filter(|(_, part)| part.is_pushed());
        job.queue = turns.map(|(part, _)| Turn { part, back: false }).collect();
        // What is pushed is not undone but taken back.
        job.steps.clear();
        self.next_turn();
    }

    pub(in crate::app) fn take_job_back(&mut self) {
        let Some(job) = self.job_mut() else { return };
        // The last one first.
        job.queue = pushed(job).map(|part| Turn { part, back: true }).collect();
        self.next_turn();
    }

    fn next_turn(&mut self) {
        let Some(turn) = self.job_mut().and_then(|job| job.queue.pop_front()) else {
            return self.say_end();
        };
        if let Err(why) = self.start_turn(turn) {
            self.stop_job(turn.part, &why);
        }
        self.refresh_job();
    }

    /// An error says why the push cannot be begun.
    fn start_turn(&mut self, turn: Turn) -> Result<(), String> {
        let request = self.next_request();
        let Some(job) = self.job_mut() else { return Ok(()) };
        let zones = job.parts.iter().filter(|part| part.is_pushed() || part.fate.is_some()).count();
        let Some(part) = job.parts.get_mut(turn.part) else { return Ok(()) };
        let State::Open(ready) = &part.state else { return Ok(()) };
        let base = Arc::clone(ready.draft.base());
        let changes = match (turn.back, &part.fate) {
            (false, _) => ready.draft.changes().clone(),
            (true, Some(Fate { pushed: Some(pushed), .. })) => {
                let mut back = Draft::new(Arc::clone(&base));
                back.replay([Entry::Step(Step::new("take back", inverse(&pushed.there)))]);
                if !back.conflicts().is_empty() {
                    return Err(
                        "others changed since what was pushed here; the history can take back the rest"
                            .into(),
                    );
                }
                back.changes().clone()
            }
            (true, _) => return Ok(()),
        };
        let plan = plan(&base, &changes, ready.traits).map_err(|error| error.to_string())?;
        let of = count(zones, "zone");
        let note = if turn.back {
            format!("takes back a job over {of}")
        } else {
            format!("part of a job over {of}")
        };
        let push = Push::new(base, changes.clone(), ready.traits, plan);
        let (push, actions) = Recorded::new(push, Recording { note, may_fail: false });
        if !turn.back {
            part.fate = None;
        }
        job.running = Some(Running { part: turn.part, back: turn.back, request, push, stage: None, changes });
        self.perform_turn(actions);
        Ok(())
    }

    pub(in crate::app) fn on_turn(&mut self, request: RequestId, event: Event) {
        let Some(running) = self.job_mut().and_then(|job| job.running.as_mut()) else { return };
        if running.request == request {
            let actions = running.push.on(event);
            self.perform_turn(actions);
            self.refresh_job();
        }
    }

    /// Waits no more: what is known is reported.
    pub(super) fn stop_turn(&mut self) {
        if let Some(job) = self.job_mut() {
            job.queue.clear();
            if let Some(running) = &mut job.running {
                let actions = running.push.on(Event::Cancel);
                self.perform_turn(actions);
                self.refresh_job();
            }
        }
    }

    fn perform_turn(&mut self, actions: Vec<Action>) {
        for action in actions {
            let Some(job) = self.job_mut() else { return };
            let Some(running) = &mut job.running else { return };
            match action {
                Action::Show(stage) => running.stage = Some(stage),
                Action::Finish(report) => self.finish_turn(*report),
                action => {
                    let request = running.request;
                    let Some(zone) = job.parts.get(running.part).map(|part| part.zone.clone()) else {
                        return;
                    };
                    self.effect(Effect::PushPart { request, zone, action });
                }
            }
        }
    }

    fn finish_turn(&mut self, report: Report) {
        let Some(job) = self.job_mut() else { return };
        let Some(Running { part: number, back, changes, .. }) = job.running.take() else { return };
        let Some(part) = job.parts.get_mut(number) else { return };
        let Part { zone, state: State::Open(ready), fate, .. } = part else { return };
        let is_done = matches!(report.outcome, Outcome::Applied | Outcome::NothingToDo);
        let has_changed = matches!(report.outcome, Outcome::Applied | Outcome::Partly | Outcome::Unknown(_));
        let name = zone.clone();
        let mut lines = pushing::lines(&report, zone, &pushing::Next::OF_JOB);
        let earlier = fate.take().and_then(|fate| fate.pushed);
        let part = Pushed::part(&report, &changes);
        if let (Some(_), false, Some(line)) = (&part, back, lines.get_mut(1)) {
            line.text =
                "What is missing is still in its draft: w sends it again. r takes back what is there.".into();
        }
        if let Some(now) = &report.zone {
            ready.draft.rebase(Arc::clone(now));
        }
        let pushed = match (back, &report.outcome) {
            (false, Outcome::Applied) => Some(Pushed { there: changes.clone(), wanted: changes }),
            (false, _) => part,
            (true, _) => {
                // As before the job: the zone, and its draft.
                let (again, left) = match (is_done, earlier) {
                    (true, earlier) => (earlier.map(|earlier| earlier.wanted).unwrap_or_default(), None),
                    (false, Some(earlier)) => earlier.without(&report),
                    (false, None) => (ChangeMap::new(), None),
                };
                ready.draft.replay([Entry::Step(Step::new("changes of a job that was taken back", again))]);
                if is_done {
                    lines = vec![pushing::Line {
                        tone: Tone::Good,
                        text: "Taken back: the zone is as it was, and the changes are in its draft again."
                            .into(),
                    }];
                }
                left
            }
        };
        *fate = Some(Fate { report: lines, pushed });
        ready.look();
        self.write_part(number);
        if has_changed {
            self.effect(Effect::AfterPushPart { zone: name });
        }
        match is_done {
            true => self.next_turn(),
            false => self.stop_job(number, "see there"),
        }
    }

    /// The job ends at a zone that could not be pushed, or taken back.
    fn stop_job(&mut self, number: usize, why: &str) {
        let Some(job) = self.job_mut() else { return };
        let waiting = job.queue.len();
        job.queue.clear();
        let Some(name) = job.parts.get(number).map(|part| short(&part.zone)) else { return };
        let first = job.lines.iter().position(|line| line.change == Some(number));
        job.selected = first.unwrap_or(job.selected);
        let pushed = pushed(job).count();
        let rest = if waiting > 0 { format!("; {} not sent", count(waiting, "zone")) } else { String::new() };
        let next = match pushed {
            0 => String::new(),
            _ => format!("; r takes back what was pushed ({})", count(pushed, "zone")),
        };
        self.complain(format!("stopped at {name}: {why}{rest}{next}"));
    }

    fn say_end(&mut self) {
        let Some(job) = self.job_mut() else { return };
        let pushed = pushed(job).count();
        match pushed {
            0 => self.say("all of it is taken back; the changes are in the drafts again. Esc goes back"),
            _ => {
                self.say(format!("done: {} pushed, each as read back. Esc goes back", count(pushed, "zone")))
            }
        }
    }
}

/// The parts that this job has pushed, the last one first.
fn pushed(job: &Job) -> impl Iterator<Item = usize> {
    let is_pushed = |part: &Part| part.fate.as_ref().is_some_and(|fate| fate.pushed.is_some());
    job.parts.iter().enumerate().rev().filter(move |(_, part)| is_pushed(part)).map(|(number, _)| number)
}

pub fn may_take_back(app: &App) -> Result<(), String> {
    super::may_act(app)?;
    match app.job_on_screen().is_some_and(|job| pushed(job).next().is_some()) {
        true => Ok(()),
        false => Err("this job has pushed nothing yet".into()),
    }
}

/// Asks before what was pushed is taken back.
pub fn ask_take_back(app: &mut App) {
    let Some(job) = app.job_on_screen() else { return };
    let mut text = vec!["Take back what this job has pushed? The last zone first:".into()];
    let zones = pushed(job).filter_map(|number| job.parts.get(number));
    text.extend(zones.map(|part| format!("  {}", short(&part.zone))));
    text.push("The zones are then as they were; the changes are in their drafts again.".into());
    app.overlay = Some(Overlay::Dialog(Dialog::last("Take back", text, Then::TakeJobBack, None)));
}
