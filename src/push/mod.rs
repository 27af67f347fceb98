//! Pushing a draft: plan, predict, send, read back, report. Pure: a state machine that is told what happened
//! and says what to do next, the same for the screen and the command line.
//!
//! [`plan`] turns changes into one update message, or several where they do not fit, [`predict`] says what the server will make of it, and
//! [`Push`] walks through DESIGN's steps: fresh base, plan, send, read back until it is decided, report.

mod big;
mod brake;
mod explain;
mod hindsight;
mod machine;
mod message;
mod order;
mod plan;
mod predict;
mod probe;
mod recorded;
mod split;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use crate::facts::history::Record;
use crate::facts::{Failure, ServerKind};
use crate::wire::ixfr::past;
use crate::zone::update::{Operation, Prerequisite, Rcode, Update};
use crate::zone::{Change, ChangeMap, RecordType, RrKey, Snapshot, Soa, serial};

pub use crate::facts::history::Verdict;
pub use brake::{danger, danger_but_for, tally};
pub use explain::not_taken;
pub use machine::Push;
pub use plan::{PlanError, plan};
pub use predict::predict;
pub use recorded::{Recorded, Recording};

/// What happened.
#[derive(Debug, Clone)]
pub enum Event {
    /// The answer to [`Action::AskSoa`], from the server that is updated.
    Soa(Result<Soa, Failure>),
    /// The answer to [`Action::Transfer`].
    Zone(Result<Arc<Snapshot>, Failure>),
    /// The answer to [`Action::Send`]; `Ok` only for one whose signature was verified.
    Answer(Result<Rcode, Failure>),
    /// The same for [`Action::Probe`].
    Probed(Result<Rcode, Failure>),
    /// The answer to [`Action::Trace`]; `None` where the server has no such journal.
    Traced(Result<Option<Vec<past::Step>>, Failure>),
    /// How [`Action::Record`] ended.
    Recorded(Result<(), Failure>),
    /// The time of [`Action::Wait`] is over.
    Woke,
    /// The person wants no more waiting: report with what is known.
    Cancel,
}

/// What to do next.
#[derive(Debug, Clone)]
pub enum Action {
    /// Ask the server that is updated for the zone's SOA, signed, over TCP.
    AskSoa,
    /// Transfer the zone.
    Transfer,
    /// Send this update and tell the answer.
    Send(Update),
    /// Send this update, which has no operations and so cannot change anything, and tell the answer.
    Probe(Update),
    /// Ask for the steps that led from this serial to the zone as last transferred, and tell them, the newest first.
    Trace(u32),
    Wait(Duration),
    /// Write this down in the history, see it onto the disk, and tell how that ended. Only from [`Recorded`].
    Record(Vec<Record>),
    /// Where the push is, for the screen.
    Show(Stage),
    /// The push is over.
    Finish(Box<Report>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    CheckingSerial,
    LoadingZone,
    /// Sending message `step` (from 1) of `total`.
    Sending {
        step: usize,
        total: usize,
    },
    /// The same, and it is the last one that is sent: the person wants to stop.
    Stopping {
        step: usize,
        total: usize,
    },
    ReadingBack,
    WaitingForServer,
    /// After a refusal.
    FindingReason,
}

/// How a push ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Every change is applied.
    Applied,
    /// The server took it, and not every change is there, perhaps none: see the verdicts. One at least is known not to
    /// be as it was asked for.
    Partly,
    /// The server refused it whole; nothing was applied.
    Refused(Failure),
    /// Touched RRsets were changed by somebody else meanwhile. Nothing of it was taken.
    Conflict(Vec<RrKey>),
    /// The zone moved on and the plan is not the one that was reviewed. Nothing of it was taken; review again.
    ReviewAgain,
    /// Nothing was sent or nothing of it was taken, and not for a refusal: a sentence on why and what to do.
    CannotSend(String),
    /// The same, since the server could not be asked or reached.
    CannotReach(Failure),
    /// Nothing was sent, since it could not be recorded in the history.
    NotRecorded(Failure),
    /// Not known: see the verdicts and the failure.
    Unknown(Failure),
    /// The server already holds all of it.
    NothingToDo,
}

/// The end of a push.
#[derive(Debug, Clone)]
pub struct Report {
    pub outcome: Outcome,
    pub verdicts: Vec<(RrKey, Change, Verdict)>,
    pub serial_before: u32,
    pub serial_after: Option<u32>,
    /// The server's answer to the update, if one came.
    pub answer: Option<Rcode>,
    /// The zone as last transferred: the new base of the draft, whatever the outcome.
    pub zone: Option<Arc<Snapshot>>,
    /// Sentences on what was sent otherwise than reviewed: fewer guards.
    pub notes: Vec<String>,
}

/// What a plan is made from besides the zone.
#[derive(Debug, Clone, Copy, Default)]
pub struct ServerTraits {
    pub kind: ServerKind,
}

/// What is sent, and what a reviewer should know of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The messages in the order in which they are sent; one where everything fits into one, never none.
    pub steps: Arc<[Step]>,
    /// Sentences for the review: "TTL not guarded", "the serial is raised to ...".
    pub notes: Vec<String>,
}

impl Plan {
    /// The operations of all messages, in order.
    pub fn operations(&self) -> impl Iterator<Item = &Operation> {
        self.steps.iter().flat_map(|step| &step.update.operations)
    }

    /// What must be known before it is sent in several messages; `None` where it is one.
    pub fn split_note(&self) -> Option<String> {
        (self.steps.len() > 1).then(|| {
            format!(
                "This does not fit in one message: {} messages, not atomic. Until the last one is there the zone is \
                 between the two states.",
                self.steps.len()
            )
        })
    }

    /// How many prerequisites guard it, in all messages.
    pub fn guard_count(&self) -> usize {
        self.steps.iter().map(|step| step.update.prerequisites.len()).sum()
    }
}

/// One message of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Where it names the SOA, that of the zone before the first step: see [`Step::update_over`].
    pub update: Update,
}

impl Step {
    /// The update for sending over a zone that has this SOA now: its serial moves with every message. An SOA that is
    /// sent gets a higher serial.
    pub fn update_over(&self, soa: &Soa) -> Update {
        let mut update = self.update.clone();
        for prerequisite in &mut update.prerequisites {
            if let Prerequisite::RrsetIs(_, RecordType::SOA, records) = prerequisite {
                *records = vec![soa.to_rdata()];
            }
        }
        for operation in &mut update.operations {
            if let Operation::Add(_, RecordType::SOA, _, rdata) = operation
                && let Some(wanted) = Soa::from_rdata(rdata)
                && !serial::is_after(wanted.serial, soa.serial)
            {
                *rdata = Soa { serial: serial::next(soa.serial), ..wanted }.to_rdata();
            }
        }
        update
    }

    /// Does it name the SOA, so that it must be known which one the server holds?
    pub fn names_soa(&self) -> bool {
        let guard = |guard: &Prerequisite| matches!(guard, Prerequisite::RrsetIs(_, RecordType::SOA, _));
        let add = |operation: &Operation| operation.rtype() == Some(RecordType::SOA);
        self.update.prerequisites.iter().any(guard) || self.update.operations.iter().any(add)
    }
}

/// Adds what came after to what was changed before.
fn follow(done: &mut ChangeMap, next: ChangeMap) {
    for (key, change) in next {
        match done.get_mut(&key) {
            Some(earlier) => earlier.after = change.after,
            None => {
                done.insert(key, change);
            }
        }
    }
}

/// What a server will do with part of a plan, other than carry it out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prediction {
    pub key: RrKey,
    pub kind: PredictionKind,
    /// A sentence: what will happen and what to do instead.
    pub message: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PredictionKind {
    /// NOERROR, and nothing happens.
    Ignored,
    /// The whole message is refused.
    Refused,
    /// More or something else happens than was asked.
    Altered,
}

/// "www.example.com. A", for sentences.
fn describe(key: &RrKey) -> String {
    format!("{} {}", key.owner, key.rtype)
}
