//! The state machine of a push: fresh base, send once, read back until it is decided, report.
//!
//! Each [`Action`] but `Show` and `Finish` is answered by one [`Event`]. An update is sent again only when the server
//! has said, signed, that a prerequisite failed, so that nothing was applied.

use std::sync::Arc;
use std::time::Duration;

use super::plan::{Guards, plan_with};
use super::probe::{self, Search};
use super::{
    Action, Event, Outcome, Plan, PlanError, Prediction, Report, ServerTraits, Stage, Verdict, explain,
    hindsight, predict,
};
use crate::facts::{Failure, FailureKind, ServerKind};
use crate::wire::update::MAX_UPDATE;
use crate::zone::changes::{Change, ChangeMap, Rebased};
use crate::zone::rrset::RrKey;
use crate::zone::update::{Operation, Prerequisite, Rcode};
use crate::zone::{RecordType, Snapshot, serial, types};

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
    reviewed: Plan,
    plan: Plan,
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
            base,
            changes,
            plan: reviewed.clone(),
            reviewed,
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
        };
        (push, vec![Action::Show(Stage::CheckingSerial), Action::AskSoa])
    }

    /// Takes what happened and says what to do next. An event that nothing waits for is passed over.
    pub fn on(&mut self, event: Event) -> Vec<Action> {
        match (self.state, event) {
            (State::Finished, _) => Vec::new(),
            (_, Event::Cancel) => self.cancel(),
            (State::Checking, Event::Soa(Ok(soa))) if soa == *self.base.soa() => self.prepare(),
            (State::Checking, Event::Soa(Ok(soa))) => self.load(soa.serial),
            (State::Checking, Event::Soa(Err(failure))) => self.cannot_send(failure.to_string()),
            (State::Loading(serial), Event::Zone(Ok(zone))) => self.loaded(serial, zone),
            (State::Loading(_) | State::Reloading, Event::Zone(Err(failure))) => {
                self.cannot_send(failure.to_string())
            }
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

    fn load(&mut self, serial: u32) -> Vec<Action> {
        self.state = State::Loading(serial);
        vec![Action::Show(Stage::LoadingZone), Action::Transfer]
    }

    fn loaded(&mut self, at_least: u32, zone: Arc<Snapshot>) -> Vec<Action> {
        if serial::is_after(at_least, zone.serial()) {
            // Transfers come from a server that lags behind the one that is updated.
            let Some(pause) = self.pause.next() else {
                return self.cannot_send(format!(
                    "The server that transfers the zone has serial {}, the one that takes updates has {at_least}. \
                     Wait until both agree, or transfer from the server that is updated.",
                    zone.serial()
                ));
            };
            self.state = State::LoadingPause(at_least);
            return vec![Action::Show(Stage::WaitingForServer), Action::Wait(pause)];
        }
        self.pause = Pause::default();
        // Whatever made a prerequisite fail, it may have been that the zone moved on.
        self.guards = Guards::of(self.traits);
        match self.rebase(zone) {
            Some(end) => end,
            None => self.prepare(),
        }
    }

    /// Brings the changes onto a newer zone. Returns the end of the push where it cannot go on.
    fn rebase(&mut self, zone: Arc<Snapshot>) -> Option<Vec<Action>> {
        self.zone = Some(Arc::clone(&zone));
        let mut standing = ChangeMap::new();
        let mut conflicts = Vec::new();
        for (key, change) in &self.changes {
            match change.rebase(key.rtype, zone.get(key)) {
                Rebased::Stands(change) => {
                    standing.insert(key.clone(), change);
                }
                Rebased::Done => {}
                Rebased::Conflict => conflicts.push(key.clone()),
            }
        }
        self.base = zone;
        if !conflicts.is_empty() {
            return Some(self.finish(Outcome::Conflict(conflicts), Vec::new()));
        }
        if standing.is_empty() {
            return Some(self.nothing_to_do());
        }
        self.changes = standing;
        None
    }

    /// Plans for the base as it is now, and sends when that is what was reviewed.
    fn prepare(&mut self) -> Vec<Action> {
        self.plan = match plan_with(&self.base, &self.changes, self.traits, self.guards, MAX_UPDATE) {
            Ok(plan) => plan,
            Err(PlanError::Nothing) => return self.nothing_to_do(),
            Err(PlanError::Conflict(keys)) => return self.finish(Outcome::Conflict(keys), Vec::new()),
            // It was none when it was reviewed: others came between, with the CNAME or with the data.
            Err(PlanError::CnameBesideData(owner)) => {
                let keys = self.changes.keys().filter(|key| key.owner == owner).cloned().collect();
                return self.finish(Outcome::Conflict(keys), Vec::new());
            }
            Err(error) => return self.cannot_send(error.to_string()),
        };
        if !is_as_reviewed(&self.plan, &self.reviewed) {
            return self.finish(Outcome::ReviewAgain, Vec::new());
        }
        self.notes = self.fewer_guards();
        self.send()
    }

    fn send(&mut self) -> Vec<Action> {
        let Some(step) = self.plan.steps.first() else { return self.nothing_to_do() };
        self.state = State::Sending;
        let stage = Stage::Sending { step: 1, total: self.plan.steps.len() };
        vec![Action::Show(stage), Action::Send(step.update_over(self.base.soa()))]
    }

    /// Says so where what is sent now is guarded by less than what was reviewed.
    fn fewer_guards(&self) -> Vec<String> {
        if self.guards == Guards::of(self.traits) {
            return Vec::new();
        }
        let why = "The server did not accept the guards that were reviewed, though it holds the zone that they were \
                   made from. The update was sent with fewer:";
        let new = self.plan.notes.iter().filter(|note| !self.reviewed.notes.contains(note)).cloned();
        std::iter::once(why.into()).chain(new).collect()
    }

    fn answered(&mut self, answer: Result<Rcode, Failure>) -> Vec<Action> {
        self.answer = answer.as_ref().ok().copied();
        match answer {
            Ok(Rcode::NOERROR) => self.read_serial(),
            Ok(Rcode::NXRRSET | Rcode::YXRRSET | Rcode::NXDOMAIN | Rcode::YXDOMAIN) => self.reload(),
            // A server that passes updates on says this too when the primary's answer is lost.
            Ok(Rcode::SERVFAIL) => {
                self.trouble = Some(Trouble::Failed(self.explain(Rcode::SERVFAIL)));
                self.read_serial()
            }
            Ok(rcode) => self.refused(self.explain(rcode)),
            Err(failure) => match failure.kind {
                // No connection, or nothing was sent on it.
                FailureKind::Unreachable | FailureKind::Local => self.cannot_send(failure.to_string()),
                FailureKind::Refused
                | FailureKind::NotAuthoritative
                | FailureKind::NotImplemented
                | FailureKind::UnknownKey
                | FailureKind::BadSignature
                | FailureKind::ClockOff => self.refused(failure),
                // Not signed, so it is taken as a hint to look, never to send again.
                FailureKind::Rcode(Rcode::NXRRSET | Rcode::YXRRSET | Rcode::NXDOMAIN | Rcode::YXDOMAIN) => {
                    self.repeats = REPEATS;
                    self.reload()
                }
                FailureKind::Rcode(rcode) if rcode != Rcode::SERVFAIL && rcode != Rcode::NOERROR => {
                    self.refused(failure)
                }
                _ => {
                    self.trouble = Some(Trouble::Unknown(failure));
                    self.read_serial()
                }
            },
        }
    }

    fn reload(&mut self) -> Vec<Action> {
        self.state = State::Reloading;
        vec![Action::Show(Stage::LoadingZone), Action::Transfer]
    }

    fn refused(&mut self, failure: Failure) -> Vec<Action> {
        let asks = failure.kind == FailureKind::Refused;
        self.trouble = Some(Trouble::Refused(failure));
        if asks {
            self.state = State::Probing;
            let question = probe::empty(self.base.origin());
            return vec![Action::Show(Stage::FindingReason), Action::Probe(question)];
        }
        self.probed(Ok(Rcode::NOERROR))
    }

    /// Puts the refusal into words, now that it is known whether the server takes any update from us.
    fn probed(&mut self, answer: Result<Rcode, Failure>) -> Vec<Action> {
        let takes_empty = match answer {
            Ok(Rcode::NOERROR) => Some(true),
            Ok(Rcode::REFUSED) => Some(false),
            Err(failure) if failure.kind == FailureKind::Refused => Some(false),
            _ => None,
        };
        if let Some(Trouble::Refused(failure)) = self.trouble.take() {
            let explained = self.with_case(takes_empty, |case| match self.answer {
                Some(rcode) => explain::rcode(rcode, case),
                None => explain::failure(failure, case),
            });
            self.trouble = Some(Trouble::Refused(explained));
        }
        self.state = State::CheckingRefusal;
        vec![Action::Show(Stage::ReadingBack), Action::AskSoa]
    }

    fn with_case<T>(&self, takes_empty: Option<bool>, tell: impl FnOnce(&explain::Case<'_>) -> T) -> T {
        let predicted = predict(&self.base, &self.plan, &self.changes, self.traits);
        tell(&explain::Case {
            kind: self.traits.kind,
            zone: &self.base,
            changes: &self.changes,
            predicted: &predicted,
            takes_empty,
        })
    }

    fn explain(&self, rcode: Rcode) -> Failure {
        self.with_case(None, |case| explain::rcode(rcode, case))
    }

    /// Asks for the prerequisite that does not hold, or ends the push when it is found.
    fn search_on(&mut self) -> Vec<Action> {
        if let Some(question) = self.search.question(self.base.origin()) {
            self.state = State::Searching;
            return vec![Action::Show(Stage::FindingReason), Action::Probe(question)];
        }
        let rcode = self.answer.unwrap_or(Rcode::NXRRSET);
        let failure = self.with_case(None, |case| explain::unmet(rcode, self.search.culprit(), case));
        self.finish(Outcome::Refused(failure), Vec::new())
    }

    fn searched(&mut self, answer: Result<Rcode, Failure>) -> Vec<Action> {
        match answer {
            Ok(Rcode::NOERROR) => self.search.answered(true),
            Ok(Rcode::NXRRSET | Rcode::YXRRSET | Rcode::NXDOMAIN | Rcode::YXDOMAIN) => {
                self.search.answered(false);
            }
            // It cannot be found.
            _ => self.search = Search::new(Vec::new()),
        }
        self.search_on()
    }

    /// A refusal is mostly not signed. That the serial has not moved bears it out.
    fn refusal_checked(&mut self, serial: Option<u32>) -> Vec<Action> {
        self.serial_after = serial;
        if serial.is_some_and(|serial| serial != self.base.serial()) {
            return self.read_zone();
        }
        self.conclude()
    }

    /// A prerequisite failed and nothing was applied. When no touched RRset is different, it was the SOA, which busy
    /// and self-signing zones change all the time: plan again and repeat.
    fn reloaded(&mut self, zone: Arc<Snapshot>) -> Vec<Action> {
        let is_same_soa = zone.soa() == self.base.soa();
        let sent_soa = self.plan.steps.iter().any(|step| step.update.prerequisites.iter().any(is_soa));
        if let Some(end) = self.rebase(zone) {
            return end;
        }
        let mut gives_up = self.repeats >= REPEATS;
        if is_same_soa {
            // What was sent is what is served, and it did not hold: the server compares with something else.
            match self.traits.kind {
                _ if sent_soa => self.guards.soa = false,
                ServerKind::PowerDns if self.guards.contents => self.guards.contents = false,
                _ => gives_up = true,
            }
        }
        self.repeats += 1;
        if gives_up {
            // Where the zone moves on all the time, no single prerequisite is at fault.
            let sent = self.plan.steps.first().filter(|_| is_same_soa);
            self.search = Search::new(sent.map_or(Vec::new(), |step| step.update.prerequisites.clone()));
            return self.search_on();
        }
        if is_same_soa {
            // Less is guarded from here on, so the server that is updated must be seen to hold this zone still:
            // transfers may come from one that lags behind it.
            self.state = State::Checking;
            return vec![Action::Show(Stage::CheckingSerial), Action::AskSoa];
        }
        self.prepare()
    }

    fn read_serial(&mut self) -> Vec<Action> {
        self.state = State::ReadingSerial;
        vec![Action::Show(Stage::ReadingBack), Action::AskSoa]
    }

    fn read_zone(&mut self) -> Vec<Action> {
        self.state = State::ReadingZone;
        vec![Action::Show(Stage::ReadingBack), Action::Transfer]
    }

    /// Decided once anything of ours is visible, since an update is carried out whole; else the server gets time.
    fn zone_read(&mut self, zone: Arc<Snapshot>) -> Vec<Action> {
        self.serial_after = Some(zone.serial());
        self.zone = Some(zone);
        self.read_back = true;
        let is_visible =
            self.verdicts().iter().any(|(_, _, verdict)| !matches!(verdict, Verdict::NotApplied(_)));
        match self.trouble {
            Some(Trouble::Refused(_)) => self.conclude(),
            _ if is_visible => self.conclude(),
            _ => self.wait(),
        }
    }

    fn wait(&mut self) -> Vec<Action> {
        match self.pause.next() {
            Some(pause) => {
                self.state = State::ReadingPause;
                vec![Action::Show(Stage::WaitingForServer), Action::Wait(pause)]
            }
            None => self.conclude(),
        }
    }

    fn reading_failed(&mut self, failure: Failure) -> Vec<Action> {
        if let Some(Trouble::Refused(_)) = self.trouble {
            return self.conclude();
        }
        match self.pause.next() {
            Some(pause) => {
                self.state = State::ReadingPause;
                vec![Action::Show(Stage::WaitingForServer), Action::Wait(pause)]
            }
            None if self.read_back => self.conclude(),
            None => {
                let why = format!("The zone could not be read back. {failure}");
                self.finish_unknown(self.failure_or(failure), &why)
            }
        }
    }

    /// The failure of the update itself, which says more than one of reading back.
    fn failure_or(&self, other: Failure) -> Failure {
        match &self.trouble {
            Some(Trouble::Refused(failure) | Trouble::Failed(failure) | Trouble::Unknown(failure)) => {
                failure.clone()
            }
            None => other,
        }
    }

    fn finish_unknown(&mut self, failure: Failure, why: &str) -> Vec<Action> {
        let verdict = Verdict::Unknown(why.into());
        let verdicts =
            self.changes.iter().map(|(key, change)| (key.clone(), change.clone(), verdict.clone())).collect();
        self.finish(Outcome::Unknown(failure), verdicts)
    }

    fn conclude(&mut self) -> Vec<Action> {
        let verdicts = self.verdicts();
        let applied = verdicts.iter().filter(|(_, _, verdict)| *verdict == Verdict::Applied).count();
        let none = verdicts.iter().all(|(_, _, verdict)| matches!(verdict, Verdict::NotApplied(_)));
        let outcome = match &self.trouble {
            _ if applied == verdicts.len() => Outcome::Applied,
            Some(Trouble::Refused(failure)) if applied == 0 => Outcome::Refused(failure.clone()),
            Some(Trouble::Failed(failure)) if none => Outcome::Refused(failure.clone()),
            Some(Trouble::Unknown(failure)) if none => Outcome::Unknown(failure.clone()),
            _ => Outcome::Partly,
        };
        self.finish(outcome, verdicts)
    }

    /// What became of each change, by the zone as last read, or by the base when it was not read since.
    fn verdicts(&self) -> Vec<(RrKey, Change, Verdict)> {
        let zone = if self.read_back { self.zone.as_ref() } else { None }.unwrap_or(&self.base);
        let predicted = predict(&self.base, &self.plan, &self.changes, self.traits);
        let verdict = |key: &RrKey, change: &Change| {
            let now = zone.get(key);
            if change.is_achieved(key.rtype, now.as_ref()) {
                Verdict::Applied
            } else if change.is_untouched(key.rtype, now.as_ref()) {
                Verdict::NotApplied(self.why_not(key, &predicted))
            } else {
                let why = reason(key, &predicted)
                    .unwrap_or_else(|| hindsight::altered(self.traits.kind, key, change, now.as_ref()));
                Verdict::ChangedByServer(now, why)
            }
        };
        self.changes.iter().map(|(key, change)| (key.clone(), change.clone(), verdict(key, change))).collect()
    }

    fn why_not(&self, key: &RrKey, predicted: &[Prediction]) -> String {
        match &self.trouble {
            Some(Trouble::Refused(_)) => "The server refused the update.".into(),
            Some(Trouble::Failed(_)) => "The server failed to carry the update out.".into(),
            Some(Trouble::Unknown(_)) => {
                "The server does not show it yet. It may still carry it out: reload the zone \
                                          before you push again."
                    .into()
            }
            None => reason(key, predicted).unwrap_or_else(|| hindsight::ignored(self.traits.kind)),
        }
    }

    fn nothing_to_do(&mut self) -> Vec<Action> {
        let verdicts = self
            .changes
            .iter()
            .map(|(key, change)| (key.clone(), change.clone(), Verdict::Applied))
            .collect();
        self.finish(Outcome::NothingToDo, verdicts)
    }

    fn cannot_send(&mut self, why: String) -> Vec<Action> {
        self.finish(Outcome::CannotSend(why), Vec::new())
    }

    fn cancel(&mut self) -> Vec<Action> {
        match self.state {
            State::Checking | State::Loading(_) | State::LoadingPause(_) | State::Reloading => {
                self.cannot_send(explain::CANCELLED.into())
            }
            State::Probing => {
                self.probed(Ok(self.answer.unwrap_or(Rcode::SERVFAIL)));
                self.conclude()
            }
            State::Searching => {
                self.search = Search::new(Vec::new());
                self.search_on()
            }
            State::CheckingRefusal => self.conclude(),
            _ if self.read_back => {
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
        vec![Action::Finish(Box::new(Report {
            outcome,
            verdicts,
            serial_before: self.base.serial(),
            serial_after: self.serial_after,
            answer: self.answer,
            zone: self.zone.clone(),
            notes: self.notes.clone(),
        }))]
    }
}

fn reason(key: &RrKey, predicted: &[Prediction]) -> Option<String> {
    predicted.iter().find(|prediction| prediction.key == *key).map(|prediction| prediction.message.clone())
}

fn is_soa(prerequisite: &Prerequisite) -> bool {
    matches!(prerequisite, Prerequisite::RrsetIs(_, RecordType::SOA, _))
}

/// Does this plan do what was reviewed? Serials may differ, and the spelling of names, which no transfer keeps; so
/// may the prerequisites, which follow from the zone and the operations.
fn is_as_reviewed(plan: &Plan, reviewed: &Plan) -> bool {
    let same = |a: &Operation, b: &Operation| match (a, b) {
        (
            Operation::Add(a_owner, RecordType::SOA, a_ttl, a),
            Operation::Add(b_owner, RecordType::SOA, b_ttl, b),
        ) => {
            let soa = |rdata: &[u8]| crate::zone::Soa::from_rdata(rdata);
            let same_fields = match (soa(a), soa(b)) {
                (Some(a), Some(b)) => a.same_but_serial(&b),
                _ => false,
            };
            a_owner == b_owner && a_ttl == b_ttl && same_fields
        }
        (Operation::Add(a_owner, a_type, a_ttl, a), Operation::Add(b_owner, b_type, b_ttl, b)) => {
            (a_owner, a_type, a_ttl) == (b_owner, b_type, b_ttl)
                && types::canonical(*a_type, a) == types::canonical(*b_type, b)
        }
        (Operation::DeleteRecord(a_owner, a_type, a), Operation::DeleteRecord(b_owner, b_type, b)) => {
            (a_owner, a_type) == (b_owner, b_type)
                && types::canonical(*a_type, a) == types::canonical(*b_type, b)
        }
        (a, b) => a == b,
    };
    plan.operations().count() == reviewed.operations().count()
        && plan.operations().zip(reviewed.operations()).all(|(a, b)| same(a, b))
}
