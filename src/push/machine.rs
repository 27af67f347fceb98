//! The state machine of a push: fresh base, send message after message, each once, read back until it is decided,
//! report.
//!
//! Each [`Action`] but `Show` and `Finish` is answered by one [`Event`]. An update is sent again only when the server
//! has said, signed, that a prerequisite failed, so that nothing was applied.

use std::sync::Arc;
use std::time::Duration;

mod answer;
mod base;
mod reading;
mod reviewed;
mod since;
mod verdict;

use since::Since;

use super::plan::Guards;
use super::probe::Search;
use super::{Action, Event, Outcome, Plan, Report, ServerTraits, Stage, Verdict, explain};
use crate::facts::Failure;
use crate::zone::changes::{Change, ChangeMap};
use crate::zone::rrset::RrKey;
use crate::zone::update::Rcode;
use crate::zone::{Snapshot, Soa};

/// How long a server may take to show what it has accepted. Time spent on the network comes on top.
const PATIENCE: Duration = Duration::from_secs(10);
const FIRST_WAIT: Duration = Duration::from_millis(250);
const LONGEST_WAIT: Duration = Duration::from_secs(2);
/// How often an update is sent anew after a prerequisite failed for no change of ours.
const REPEATS: u8 = 3;

/// A push under way.
#[derive(Debug)]
pub struct Push {
    traits: ServerTraits,
    /// The zone that the plan stands on.
    base: Arc<Snapshot>,
    changes: ChangeMap,
    /// What is left of them, where the plan was made anew after messages had been carried out.
    rest: Option<ChangeMap>,
    reviewed: Plan,
    plan: Plan,
    /// Messages that were carried out before the plan was made anew.
    earlier: usize,
    /// Messages of the plan that were carried out.
    step: usize,
    /// Messages of the plan that were sent, so one more while an answer is awaited.
    sent: usize,
    /// The SOA that the server has, as last seen.
    soa: Soa,
    /// Does the base hold what the messages of the plan made that were carried out?
    caught_up: bool,
    /// What the last message made, which should be seen by now.
    due: ChangeMap,
    /// The person wants to stop after the message under way.
    stopping: bool,
    serial_before: Option<u32>,
    /// What was sent otherwise than reviewed.
    notes: Vec<String>,
    /// Fewer once the server was seen to compare with something else than it serves.
    guards: Guards,
    repeats: u8,
    state: State,
    pause: Pause,
    /// How the server answered the update, where it did not say NOERROR.
    trouble: Option<Trouble>,
    answer: Option<Rcode>,
    serial_after: Option<u32>,
    /// The zone as last transferred.
    zone: Option<Arc<Snapshot>>,
    /// Was the zone transferred after the update was sent?
    read_back: bool,
    /// For the prerequisite that does not hold although the zone is as it was loaded.
    search: Search,
    /// What the journal tells of changes that are not there.
    since: Since,
    /// Is it searched in order to send with fewer guards? Otherwise in order to say which it is.
    loosening: bool,
}

/// What is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// The SOA before sending.
    Checking,
    /// The zone before sending, of this serial at least.
    Loading(u32),
    /// The end of a pause before loading again.
    LoadingPause(u32),
    /// The answer to the update.
    Sending,
    /// The SOA between two messages.
    Stepping,
    /// The zone after a failed prerequisite.
    Reloading,
    /// The answer to an update without changes, after a refusal: is it the changes, or any update?
    Probing,
    /// The answer to some of the prerequisites without changes: do they hold?
    Searching,
    /// The SOA after a refusal: only to be sure that nothing happened.
    CheckingRefusal,
    /// The SOA after sending.
    ReadingSerial,
    /// The zone after sending.
    ReadingZone,
    /// The end of a pause in reading back.
    ReadingPause,
    /// What changed since before it was sent.
    Tracing,
    Finished,
}

#[derive(Debug, Clone)]
enum Trouble {
    /// Nothing was applied, says the server.
    Refused(Failure),
    /// Nothing should have been applied, but somewhere behind the server it may have been.
    Failed(Failure),
    /// It may have been applied, or may still be.
    Unknown(Failure),
    /// Messages are left that were not sent; a sentence on why.
    Stopped(String),
}

/// Pauses that grow, up to [`PATIENCE`] in all.
#[derive(Debug, Default)]
struct Pause {
    last: Duration,
    total: Duration,
}

impl Pause {
    /// The next pause; `None` when patience is over.
    fn next(&mut self) -> Option<Duration> {
        let next = (self.last * 2).clamp(FIRST_WAIT, LONGEST_WAIT).min(PATIENCE.saturating_sub(self.total));
        (self.last, self.total) = (next, self.total + next);
        (!next.is_zero()).then_some(next)
    }
}

impl Push {
    /// Starts to push `changes`, which were made over `base` and reviewed as the plan `reviewed`.
    pub fn new(
        base: Arc<Snapshot>,
        changes: ChangeMap,
        traits: ServerTraits,
        reviewed: Plan,
    ) -> (Push, Vec<Action>) {
        let push = Push {
            traits,
            soa: base.soa().clone(),
            base,
            changes,
            rest: None,
            plan: reviewed.clone(),
            reviewed,
            earlier: 0,
            step: 0,
            sent: 0,
            caught_up: false,
            due: ChangeMap::new(),
            stopping: false,
            serial_before: None,
            notes: Vec::new(),
            guards: Guards::of(traits),
            repeats: 0,
            state: State::Checking,
            pause: Pause::default(),
            trouble: None,
            answer: None,
            serial_after: None,
            zone: None,
            read_back: false,
            search: Search::new(Vec::new()),
            since: Since::default(),
            loosening: false,
        };
        (push, vec![Action::Show(Stage::CheckingSerial), Action::AskSoa])
    }

    /// Takes what happened and says what to do next. An event that nothing waits for is passed over.
    pub fn on(&mut self, event: Event) -> Vec<Action> {
        match (self.state, event) {
            (State::Finished, _) => Vec::new(),
            (_, Event::Cancel) => self.cancel(),
            (State::Checking, Event::Soa(Ok(soa))) if soa == *self.base.soa() => match self.zone {
                // The plan that was reviewed stands on this zone.
                None => self.send(),
                Some(_) => self.prepare(),
            },
            (State::Checking, Event::Soa(Ok(soa))) => self.load(soa.serial),
            (State::Checking | State::Stepping, Event::Soa(Err(failure))) => self.cannot_reach(failure),
            (State::Stepping, Event::Soa(Ok(soa))) => {
                self.soa = soa;
                self.send()
            }
            (State::Loading(serial), Event::Zone(Ok(zone))) => self.loaded(serial, zone),
            (State::Loading(_) | State::Reloading, Event::Zone(Err(failure))) => self.cannot_reach(failure),
            (State::LoadingPause(serial), Event::Woke) => self.load(serial),
            (State::Sending, Event::Answer(answer)) => self.answered(answer),
            (State::Reloading, Event::Zone(Ok(zone))) => self.reloaded(zone),
            (State::Probing, Event::Probed(answer)) => self.probed(answer),
            (State::Searching, Event::Probed(answer)) => self.searched(answer),
            (State::CheckingRefusal, Event::Soa(answer)) => {
                self.refusal_checked(answer.ok().map(|soa| soa.serial))
            }
            (State::ReadingSerial, Event::Soa(Ok(soa))) => {
                self.serial_after = Some(soa.serial);
                // Once at least the zone itself is read: an unchanged serial proves nothing.
                if soa.serial != self.base.serial() || !self.read_back {
                    self.read_zone()
                } else {
                    self.wait()
                }
            }
            (State::ReadingZone, Event::Zone(Ok(zone))) => self.zone_read(zone),
            (State::ReadingSerial, Event::Soa(Err(failure)))
            | (State::ReadingZone, Event::Zone(Err(failure))) => self.reading_failed(failure),
            (State::ReadingPause, Event::Woke) => self.read_serial(),
            (State::Tracing, Event::Traced(steps)) => self.traced(steps),
            _ => Vec::new(),
        }
    }

    /// The zone that the push is planned on.
    pub(super) fn base(&self) -> &Snapshot {
        &self.base
    }

    pub(super) fn changes(&self) -> &ChangeMap {
        &self.changes
    }

    /// Ends it before anything was sent.
    pub(super) fn give_up(&mut self, outcome: Outcome) -> Vec<Action> {
        self.finish(outcome, Vec::new())
    }

    /// Was a message carried out?
    fn has_begun(&self) -> bool {
        self.earlier + self.step > 0
    }

    /// How many messages there are in all.
    fn total(&self) -> usize {
        self.earlier + self.plan.steps.len()
    }

    /// Sends the next message.
    fn send(&mut self) -> Vec<Action> {
        let Some(step) = self.plan.steps.get(self.step) else { return self.read_back() };
        let update = step.update_over(&self.soa);
        self.sent = self.step + 1;
        self.state = State::Sending;
        let stage = Stage::Sending { step: self.earlier + self.sent, total: self.total() };
        vec![Action::Show(stage), Action::Send(update)]
    }

    /// The message under way was carried out: goes on with the next, or reads back.
    fn carried_out(&mut self) -> Vec<Action> {
        self.serial_before.get_or_insert(self.base.serial());
        self.step += 1;
        self.repeats = 0;
        match self.plan.steps.get(self.step) {
            None => self.read_back(),
            Some(_) if self.stopping => self.stop("You stopped it.".into()),
            // The serial has moved with the message before.
            Some(next) if next.names_soa() => {
                self.state = State::Stepping;
                vec![Action::AskSoa]
            }
            Some(_) => self.send(),
        }
    }

    /// Is only the SOA asked for, between two messages?
    pub(super) fn is_stepping(&self) -> bool {
        self.state == State::Stepping
    }

    /// Sends no more, and reads back what was carried out.
    fn stop(&mut self, why: String) -> Vec<Action> {
        self.trouble = Some(Trouble::Stopped(why));
        self.read_back()
    }

    /// The failure of the update itself, which says more than one of reading back.
    fn failure_or(&self, other: Failure) -> Failure {
        match &self.trouble {
            Some(Trouble::Refused(failure) | Trouble::Failed(failure) | Trouble::Unknown(failure)) => {
                failure.clone()
            }
            Some(Trouble::Stopped(_)) | None => other,
        }
    }

    fn finish_unknown(&mut self, failure: Failure, why: &str) -> Vec<Action> {
        let verdict = Verdict::Unknown(why.into());
        let verdicts =
            self.changes.iter().map(|(key, change)| (key.clone(), change.clone(), verdict.clone())).collect();
        self.finish(Outcome::Unknown(failure), verdicts)
    }

    fn nothing_to_do(&mut self) -> Vec<Action> {
        if self.has_begun() {
            return self.read_back();
        }
        let verdicts = self
            .changes
            .iter()
            .map(|(key, change)| (key.clone(), change.clone(), Verdict::Applied))
            .collect();
        self.finish(Outcome::NothingToDo, verdicts)
    }

    fn cannot_send(&mut self, why: String) -> Vec<Action> {
        if self.has_begun() {
            return self.stop(why);
        }
        self.finish(Outcome::CannotSend(why), Vec::new())
    }

    fn cannot_reach(&mut self, failure: Failure) -> Vec<Action> {
        if self.has_begun() {
            return self.stop(failure.to_string());
        }
        self.finish(Outcome::CannotReach(failure), Vec::new())
    }

    fn cancel(&mut self) -> Vec<Action> {
        match self.state {
            State::Sending if self.sent < self.plan.steps.len() && !self.stopping => {
                self.stopping = true;
                let (step, total) = (self.earlier + self.sent, self.total());
                vec![Action::Show(Stage::Stopping { step, total })]
            }
            State::Checking
            | State::Loading(_)
            | State::LoadingPause(_)
            | State::Reloading
            | State::Stepping
                if self.has_begun() =>
            {
                self.stop("You stopped it.".into())
            }
            State::Searching if self.loosening && self.has_begun() => self.stop("You stopped it.".into()),
            State::Searching if self.loosening => self.cannot_send(explain::CANCELLED.into()),
            State::Stepping => self.cannot_send(explain::CANCELLED.into()),
            State::Checking | State::Loading(_) | State::LoadingPause(_) | State::Reloading => {
                self.cannot_send(explain::CANCELLED.into())
            }
            State::Probing => {
                let actions = self.probed(Ok(self.answer.unwrap_or(Rcode::SERVFAIL)));
                if self.has_begun() { actions } else { self.conclude() }
            }
            State::Searching => {
                self.search = Search::new(Vec::new());
                self.search_on()
            }
            State::CheckingRefusal | State::Tracing => self.conclude(),
            _ if self.read_back => {
                self.since.give_up();
                // The last reading stands, but what it does not show may still come.
                self.trouble = Some(Trouble::Unknown(self.failure_or(explain::stopped_waiting())));
                self.conclude()
            }
            _ => {
                let failure = self.failure_or(explain::stopped_waiting());
                self.finish_unknown(
                    failure,
                    "You stopped waiting before it was read back. Reload the zone to see it.",
                )
            }
        }
    }

    fn finish(&mut self, outcome: Outcome, verdicts: Vec<(RrKey, Change, Verdict)>) -> Vec<Action> {
        self.state = State::Finished;
        self.note_end();
        vec![Action::Finish(Box::new(Report {
            outcome,
            verdicts,
            serial_before: self.serial_before.unwrap_or(self.base.serial()),
            serial_after: self.serial_after,
            answer: self.answer,
            zone: self.zone.clone(),
            notes: self.notes.clone(),
        }))]
    }
}
