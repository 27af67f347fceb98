//! A simulated server on `apply`, and the loop that drives a push against it.

use std::collections::VecDeque;
use std::time::Duration;

use super::*;
use crate::facts::history::Record;
use crate::facts::{Failure, FailureKind};
use crate::push::{Action, Event, Push, Recorded, Recording, Report, Stage, plan};
use crate::wire::ixfr::past;
use crate::zone::changes::diff;
use crate::zone::update::Rcode;

/// What the server does with an update that reaches it.
#[derive(Debug, Clone)]
pub enum Answers {
    /// Carries it out and says so.
    Honestly,
    /// Carries it out; the answer fails in this way.
    Lost(FailureKind),
    /// Does not carry it out; the answer fails in this way.
    Dropped(FailureKind),
    /// Does not carry it out, and says this.
    Says(Rcode),
    /// Says yes at once and carries it out after this much waiting.
    Later(Duration),
    /// Gives no answer and carries it out after this much waiting.
    LostAndLater(Duration),
    /// Says yes and carries out the first operations only, so many.
    Half(usize),
}

pub struct World {
    pub zone: Arc<Snapshot>,
    answers: VecDeque<Answers>,
    /// Somebody else's updates, before the n-th question to the server (the first is 0).
    pub others: Vec<(usize, Vec<Operation>)>,
    /// Questions that fail, by number.
    pub failing: Vec<usize>,
    pub cancel_before: Option<usize>,
    /// Does it go on honestly when there are no more answers?
    pub always_honest: bool,
    /// The SOA that the server compares with is another one than it serves.
    pub hidden_soa: bool,
    /// An RRset of which the server says that it is not what it serves.
    pub lies_about: Option<RrKey>,
    /// What it says to an update without changes.
    pub to_empty: Result<Rcode, Failure>,
    /// How many updates without changes it got.
    pub probes: usize,
    questions: usize,
    pending: Option<(Duration, Update)>,
    pub waited: Duration,
    pub sent: Vec<Update>,
    pub transfers: usize,
    /// What was recorded, and which of it cannot be, by number (the first is 0).
    pub records: Vec<Record>,
    pub unrecorded: Vec<usize>,
    pub may_go_unrecorded: bool,
    pub stages: Vec<Stage>,
    /// Does it tell what it has changed?
    pub keeps_journal: bool,
    versions: Vec<Arc<Snapshot>>,
}

pub fn failure(kind: FailureKind) -> Failure {
    Failure { kind, what: "It failed.".into(), why: "Why.".into(), next: "Next.".into() }
}

impl World {
    pub fn new(records: &[(&str, u32, &str)], answers: impl IntoIterator<Item = Answers>) -> World {
        World {
            zone: Arc::new(zone(records)),
            answers: answers.into_iter().collect(),
            others: Vec::new(),
            failing: Vec::new(),
            cancel_before: None,
            always_honest: false,
            hidden_soa: false,
            lies_about: None,
            to_empty: Ok(Rcode::NOERROR),
            probes: 0,
            questions: 0,
            pending: None,
            waited: Duration::ZERO,
            sent: Vec::new(),
            transfers: 0,
            records: Vec::new(),
            unrecorded: Vec::new(),
            may_go_unrecorded: false,
            stages: Vec::new(),
            keeps_journal: false,
            versions: Vec::new(),
        }
    }

    /// How many questions it was asked.
    pub fn questions(&self) -> usize {
        self.questions
    }

    /// Pushes these edits of the zone as it is now.
    pub fn push(&mut self, kind: ServerKind, edits: Vec<(RrKey, Option<RrSet>)>) -> Report {
        let base = Arc::clone(&self.zone);
        let changes = changes_of(&base, edits);
        let reviewed = plan(&base, &changes, traits(kind)).unwrap();
        let push = Push::new(base, changes, traits(kind), reviewed);
        let recording = Recording { note: "why".into(), may_fail: self.may_go_unrecorded };
        let (mut push, mut actions) = Recorded::new(push, recording);
        loop {
            let mut event = None;
            for action in actions {
                assert!(event.is_none(), "one question at a time");
                match action {
                    Action::Show(stage) => self.stages.push(stage),
                    Action::Finish(report) => {
                        assert!(push.on(Event::Woke).is_empty() && push.on(Event::Cancel).is_empty());
                        return *report;
                    }
                    Action::Record(records) => {
                        let number = self.records.len();
                        self.records.extend(records);
                        let fails = self.unrecorded.contains(&number);
                        let result = if fails { Err(failure(FailureKind::Local)) } else { Ok(()) };
                        event = Some(Event::Recorded(result));
                    }
                    Action::Send(update) => {
                        let last = self.records.last();
                        assert!(
                            matches!(last, Some(Record::Sent(_))),
                            "recorded before it is sent: {last:?}"
                        );
                        event = Some(self.answer(&mut push, Action::Send(update)));
                    }
                    question => event = Some(self.answer(&mut push, question)),
                }
            }
            actions = push.on(event.expect("a push that is not over waits for something"));
        }
    }

    /// From here on nothing goes wrong.
    pub fn be_honest(&mut self) {
        (self.always_honest, self.cancel_before) = (true, None);
        self.answers.clear();
        self.failing.clear();
        self.others.clear();
    }

    fn answer(&mut self, push: &mut Recorded, question: Action) -> Event {
        let number = self.questions;
        self.questions += 1;
        self.keep_version();
        for (_, operations) in self.others.clone().iter().filter(|(at, _)| *at == number) {
            self.carry_out(operations.clone());
            self.keep_version();
        }
        if self.cancel_before == Some(number) {
            // A push that sends one message more than this one waits for its answer.
            match (self.stages.last(), &question) {
                (Some(Stage::Sending { step, total }), Action::Send(_)) if step < total => {
                    let actions = push.on(Event::Cancel);
                    assert!(matches!(actions[..], [Action::Show(Stage::Stopping { .. })]), "{actions:?}");
                }
                _ => return Event::Cancel,
            }
        }
        let fails = self.failing.contains(&number).then(|| failure(FailureKind::TimedOut));
        match question {
            Action::AskSoa => Event::Soa(fails.map_or_else(|| Ok(self.zone.soa().clone()), Err)),
            Action::Transfer => {
                self.transfers += 1;
                Event::Zone(fails.map_or_else(|| Ok(Arc::clone(&self.zone)), Err))
            }
            Action::Send(update) => Event::Answer(self.receive(update)),
            Action::Probe(update) => {
                assert!(update.operations.is_empty());
                self.probes += 1;
                Event::Probed(match update.prerequisites.is_empty() {
                    true => self.to_empty.clone(),
                    false => Ok(self.objection(&update).unwrap_or(Rcode::NOERROR)),
                })
            }
            Action::Wait(pause) => {
                self.waited += pause;
                if self.pending.as_ref().is_some_and(|(due, _)| *due <= self.waited) {
                    let (_, update) = self.pending.take().unwrap();
                    // Without a word where its prerequisites do not hold any more.
                    if let Ok(after) = updated(&self.zone, &update) {
                        self.zone = Arc::new(after);
                    }
                }
                Event::Woke
            }
            Action::Trace(serial) => Event::Traced(Ok(self.keeps_journal.then(|| self.steps_since(serial)))),
            Action::Record(_) | Action::Show(_) | Action::Finish(_) => unreachable!(),
        }
    }

    fn keep_version(&mut self) {
        if self.versions.last().is_none_or(|last| last.serial() != self.zone.serial()) {
            self.versions.push(Arc::clone(&self.zone));
        }
    }

    /// The newest first.
    fn steps_since(&self, serial: u32) -> Vec<past::Step> {
        let step = |pair: &[Arc<Snapshot>]| past::Step {
            from: pair[0].serial(),
            to: pair[1].serial(),
            changes: diff(&pair[0], &pair[1]),
        };
        let start = self.versions.iter().position(|version| version.serial() == serial).expect("known");
        self.versions[start..].windows(2).map(step).rev().collect()
    }

    fn carry_out(&mut self, operations: Vec<Operation>) {
        let update = Update { zone: name("@"), prerequisites: Vec::new(), operations };
        self.zone = Arc::new(updated(&self.zone, &update).unwrap());
    }

    /// What it says to a prerequisite about something that it holds otherwise than it serves.
    fn objection(&self, update: &Update) -> Option<Rcode> {
        let is_lie = |prerequisite: &Prerequisite| match prerequisite {
            Prerequisite::RrsetIs(_, RecordType::SOA, _) => self.hidden_soa,
            Prerequisite::RrsetIs(owner, rtype, _) => {
                self.lies_about.as_ref().is_some_and(|key| key.owner == *owner && key.rtype == *rtype)
            }
            _ => false,
        };
        update.prerequisites.iter().any(is_lie).then_some(Rcode::NXRRSET)
    }

    fn receive(&mut self, update: Update) -> Result<Rcode, Failure> {
        self.sent.push(update.clone());
        if let Some(rcode) = self.objection(&update) {
            return Ok(rcode);
        }
        let after = match updated(&self.zone, &update) {
            Ok(after) => after,
            Err(rcode) => return Ok(rcode),
        };
        let honestly = self.always_honest.then_some(Answers::Honestly);
        match self.answers.pop_front().or(honestly).expect("sent more often than it may") {
            Answers::Honestly => {
                self.zone = Arc::new(after);
                Ok(Rcode::NOERROR)
            }
            Answers::Lost(kind) => {
                self.zone = Arc::new(after);
                Err(failure(kind))
            }
            Answers::Dropped(kind) => Err(failure(kind)),
            Answers::Says(rcode) => Ok(rcode),
            Answers::Later(delay) => {
                // Accepted: its prerequisites are checked.
                self.pending = Some((self.waited + delay, Update { prerequisites: Vec::new(), ..update }));
                Ok(Rcode::NOERROR)
            }
            Answers::LostAndLater(delay) => {
                self.pending = Some((self.waited + delay, update));
                Err(failure(FailureKind::TimedOut))
            }
            Answers::Half(count) => {
                self.carry_out(update.operations.into_iter().take(count).collect());
                Ok(Rcode::NOERROR)
            }
        }
    }
}
