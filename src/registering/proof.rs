//! The record that proves ownership: put into the zone, seen at its nameservers, and taken out again, each by a push of
//! its own. Only its own record is touched: others in the RRset stay.

use std::sync::Arc;
use std::time::Duration;

use super::machine::{State, Use};
use super::{
    Action, Doing, Loaded, Outcome, PROOF_TTL, Registering, Seen, Sighting, StepKind, StepState, around,
};
use crate::facts::registration::{Challenge, Problem, ProblemKind};
use crate::push::{self, Push, Recorded, Recording, ServerTraits};
use crate::zone::{Change, ChangeMap, Rdata, RecordType, RrKey, RrSet, Snapshot};

/// The longest text that a proof may be.
const LONGEST: usize = 1_000;
/// How long the primary may take to serve what it has taken, before the service is asked all the same.
const UNSEEN: Duration = Duration::from_secs(30);
/// How often a record that may still come is looked for before it is taken for absent.
const LATE: usize = 3;
const PUSHES: usize = super::machine::PUSHES;

/// The RDATA of a proof; `None` where it is none that is put anywhere from here.
pub(super) fn record(challenge: &Challenge) -> Option<Rdata> {
    let text = challenge.value.as_bytes();
    if challenge.rtype != RecordType::TXT || text.is_empty() || text.len() > LONGEST {
        return None;
    }
    let mut rdata = Vec::with_capacity(text.len() + 4);
    for part in text.chunks(255) {
        rdata.push(u8::try_from(part.len()).ok()?);
        rdata.extend_from_slice(part);
    }
    Some(rdata.into())
}

/// Does this TXT set hold the proof?
pub fn is_proof(set: &RrSet, challenge: &Challenge) -> bool {
    record(challenge).is_some_and(|record| set.contains(RecordType::TXT, &record))
}

/// May this be put into the zone? What a service asks for is bounded: a text, below the domain.
pub(super) fn may_put(challenge: &Challenge, zone: &Snapshot) -> Result<(), String> {
    if challenge.rtype != RecordType::TXT {
        return Err(format!(
            "the service asks for a record of type {}, and only TXT is created from here",
            challenge.rtype
        ));
    }
    if record(challenge).is_none() {
        return Err("the service asks for a text that is empty or too long".into());
    }
    if !challenge.owner.is_at_or_below(zone.origin()) {
        return Err(format!("{} is not in this zone", challenge.owner));
    }
    Ok(())
}

impl Registering {
    /// Loads the zone, in order to ask or to push.
    pub(super) fn load(&mut self, what: Use) -> Vec<Action> {
        if what != Use::TakeOut
            && let Some(end) = self.halted()
        {
            return end;
        }
        match what {
            Use::Put => self.set(StepKind::Prove, StepState::Going, ""),
            Use::TakeOut => self.set(StepKind::CleanUp, StepState::Going, ""),
            Use::Consent | Use::Removal => {}
        }
        self.state = State::Loading(what);
        vec![Action::Show, Action::Load]
    }

    pub(super) fn loaded_to_push(&mut self, way: Use, loaded: Loaded) -> Vec<Action> {
        if way == Use::Put
            && let Some(end) = self.halted()
        {
            return end;
        }
        let zone = Arc::clone(&loaded.zone);
        if way == Use::Put {
            let last = self.proofs.last().cloned();
            if let Some(challenge) = last.as_ref().filter(|challenge| !self.put && holds(&zone, challenge)) {
                // Somebody else has put it there meanwhile: it is theirs.
                self.by_hand = Some(challenge.clone());
                self.proofs.pop();
                return self.look_for_proof();
            }
            let may = last.as_ref().map_or(Ok(()), |challenge| may_put(challenge, &zone));
            if let Err(why) = may.and(loaded.editable.clone()) {
                return self.settle(Outcome::NotProved(by_hand_instead(&why)));
            }
        }
        let changes = match way {
            Use::Put => put(&zone, &self.proofs),
            _ => taken_out(&zone, &self.proofs),
        };
        if changes.is_empty() {
            return self.unchanged(way);
        }
        if let (Use::TakeOut, Err(why)) = (way, &loaded.editable) {
            return self.push_failed(way, format!("The zone cannot be changed: {why}."));
        }
        let traits = ServerTraits { kind: loaded.kind };
        let plan = match push::plan(&zone, &changes, traits) {
            Ok(plan) => plan,
            Err(error) => return self.not_pushed(way, error.to_string()),
        };
        let note = match way {
            Use::Put => "proof of ownership for a secondary service",
            _ => "the proof of ownership is taken out again",
        };
        // The job is kept on the disk by itself, and a proof must not stay for want of a history.
        let recording = Recording { note: note.into(), may_fail: true };
        let (push, actions) = Recorded::new(Push::new(zone, changes, traits, plan), recording);
        self.push = Some(push);
        self.state = State::Pushing(way);
        self.performing(way, actions)
    }

    /// The zone is as it shall be.
    fn unchanged(&mut self, way: Use) -> Vec<Action> {
        if way == Use::TakeOut && self.late && self.pushes < LATE {
            // An update that was sent may still be on its way.
            self.pushes += 1;
            self.state = State::PushPause(way);
            return vec![Action::Show, Action::Wait(Duration::from_secs(1))];
        }
        self.in_place(way)
    }

    fn in_place(&mut self, way: Use) -> Vec<Action> {
        self.pushes = 0;
        if way == Use::TakeOut {
            self.set(StepKind::CleanUp, StepState::Done, "It is out of the zone.");
            return self.tidied_up();
        }
        self.put = true;
        self.set(StepKind::Prove, StepState::Done, "It is in the zone.");
        self.look_for_proof()
    }

    pub(super) fn pushed(&mut self, way: Use, event: push::Event) -> Vec<Action> {
        let Some(push) = &mut self.push else { return Vec::new() };
        let actions = push.on(event);
        self.performing(way, actions)
    }

    /// Passes the actions of a push on.
    fn performing(&mut self, way: Use, actions: Vec<push::Action>) -> Vec<Action> {
        let mut own = Vec::new();
        for action in actions {
            match action {
                push::Action::Finish(report) => {
                    own.extend(self.push_ended(way, &report));
                    return own;
                }
                push::Action::Show(stage) => {
                    let step = if way == Use::Put { StepKind::Prove } else { StepKind::CleanUp };
                    self.set(step, StepState::Going, stage_in_words(stage));
                    own.push(Action::Show);
                }
                push::Action::Send(_) => {
                    self.put |= way == Use::Put;
                    own.push(Action::Push(action));
                }
                action => own.push(Action::Push(action)),
            }
        }
        own
    }

    fn push_ended(&mut self, way: Use, report: &push::Report) -> Vec<Action> {
        use push::Outcome as End;
        self.push = None;
        match &report.outcome {
            End::Applied | End::NothingToDo => {
                self.late = false;
                self.in_place(way)
            }
            End::Unknown(failure) => {
                self.late = true;
                self.push_failed(way, failure.to_string())
            }
            // Others have changed the zone; what it is now decides.
            End::Partly | End::Conflict(_) | End::ReviewAgain => {
                self.push_failed(way, "The zone was changed by others meanwhile.".into())
            }
            End::CannotReach(failure) | End::NotRecorded(failure) => {
                self.push_failed(way, failure.to_string())
            }
            End::CannotSend(why) => self.push_failed(way, why.clone()),
            End::Refused(failure) => self.not_pushed(way, failure.to_string()),
        }
    }

    /// Tries again after a pause, a few times.
    pub(super) fn push_failed(&mut self, way: Use, why: String) -> Vec<Action> {
        if way == Use::Put
            && let Some(end) = self.halted()
        {
            return end;
        }
        self.pushes += 1;
        if self.pushes > PUSHES {
            return self.not_pushed(way, why);
        }
        let step = if way == Use::Put { StepKind::Prove } else { StepKind::CleanUp };
        self.set(step, StepState::Going, format!("{why} It is tried again."));
        self.state = State::PushPause(way);
        vec![Action::Show, Action::Wait(Duration::from_secs(1 << self.pushes.min(4)))]
    }

    /// It is left at that.
    fn not_pushed(&mut self, way: Use, why: String) -> Vec<Action> {
        if way == Use::TakeOut {
            return self.left_behind(why);
        }
        self.pushes = 0;
        self.set(StepKind::Prove, StepState::Failed, &why);
        self.settle(Outcome::NotProved(by_hand_instead(&why)))
    }

    /// Asks who serves the proof.
    pub(super) fn look_for_proof(&mut self) -> Vec<Action> {
        if let Some(end) = self.halted() {
            return end;
        }
        let Some(challenge) = self.by_hand.clone().or_else(|| self.proofs.last().cloned()) else {
            return self.keep(Doing::Adding);
        };
        self.state = State::Seeing;
        self.set(StepKind::See, StepState::Going, "");
        vec![Action::Show, Action::LookForProof(Box::new(challenge))]
    }

    pub(super) fn saw(&mut self, sightings: Vec<Sighting>) -> Vec<Action> {
        let there = |one: &&Sighting| one.seen == Seen::There;
        let count = sightings.iter().filter(there).count();
        let primary = sightings.iter().find(|one| one.is_primary);
        let seen = match (&self.by_hand, primary) {
            (None, Some(primary)) => primary.seen == Seen::There,
            (Some(_), _) => count > 0,
            (None, None) => true,
        };
        let detail = format!("{count} of {} nameservers serve it.", sightings.len());
        self.sightings = sightings;
        let is_over = self.pauses.total() >= UNSEEN && self.by_hand.is_none();
        if seen || is_over || self.terms.acceptance.is_zero() {
            self.set(StepKind::See, StepState::Done, detail);
            return self.keep(Doing::Adding);
        }
        self.set(StepKind::See, StepState::Going, detail);
        self.not_seen_yet()
    }

    /// The proof is not seen: by the service, or by anybody.
    pub(super) fn not_seen_yet(&mut self) -> Vec<Action> {
        match self.pauses.next(self.terms.acceptance) {
            None => {
                let problem = self.problem_of_proof();
                self.rest(Outcome::Resting(problem))
            }
            Some(pause) => {
                self.set(StepKind::See, StepState::Going, "");
                self.state = State::SeePause;
                vec![Action::Show, Action::Wait(pause)]
            }
        }
    }

    fn problem_of_proof(&self) -> Problem {
        let challenge = self.by_hand.as_ref().or(self.proofs.last());
        let (owner, kind) = match challenge {
            Some(challenge) => {
                (challenge.owner.to_string(), ProblemKind::Challenged(Box::new(challenge.clone())))
            }
            None => ("the zone".into(), ProblemKind::Protocol),
        };
        Problem {
            kind,
            what: "The service does not see the proof of ownership yet.".into(),
            why: format!("The record at {owner} may not have reached the nameserver that it asks."),
            next:
                "Go on in a while: add the domain again. To give it up, remove it: that takes the record out."
                    .into(),
        }
    }
}

fn by_hand_instead(why: &str) -> String {
    format!(
        "The proof of ownership cannot be put into the zone: {}. Create the record where the zone is made, then add the domain again.",
        why.trim_end_matches('.')
    )
}

fn holds(zone: &Snapshot, challenge: &Challenge) -> bool {
    let set = zone.get(&RrKey::new(challenge.owner.clone(), RecordType::TXT));
    set.is_some_and(|set| is_proof(&set, challenge))
}

/// What puts the last proof into the zone, in the place of those before it.
fn put(zone: &Snapshot, proofs: &[Challenge]) -> ChangeMap {
    let Some((last, earlier)) = proofs.split_last() else { return ChangeMap::new() };
    let mut changes = taken_out(zone, earlier);
    let Some(record) = record(last) else { return changes };
    let key = RrKey::new(last.owner.clone(), RecordType::TXT);
    let before = zone.get(&key);
    let now = changes.get(&key).map_or_else(|| before.clone(), |change| change.after.clone());
    let after = match now {
        Some(set) if set.contains(RecordType::TXT, &record) => set,
        Some(set) => around::with(set, &record),
        // The TTL of those that it takes the place of does not matter.
        None => RrSet::new(PROOF_TTL, vec![record]),
    };
    changes.insert(key, Change { before, after: Some(after) });
    changes.retain(|_, change| !change.is_empty());
    changes
}

/// What takes these proofs out of the zone, and nothing else.
fn taken_out(zone: &Snapshot, proofs: &[Challenge]) -> ChangeMap {
    let mut changes = ChangeMap::new();
    for challenge in proofs {
        let Some(record) = record(challenge) else { continue };
        let key = RrKey::new(challenge.owner.clone(), RecordType::TXT);
        let unchanged = || Change { before: zone.get(&key), after: zone.get(&key) };
        let Change { before, after } = changes.remove(&key).unwrap_or_else(unchanged);
        let after = after.and_then(|set| around::without(set, RecordType::TXT, &record));
        changes.insert(key, Change { before, after });
    }
    changes.retain(|_, change| !change.is_empty());
    changes
}

fn stage_in_words(stage: push::Stage) -> &'static str {
    match stage {
        push::Stage::CheckingSerial | push::Stage::LoadingZone => "Looking at the zone.",
        push::Stage::Sending { .. } | push::Stage::Stopping { .. } => "Sending the update.",
        push::Stage::ReadingBack => "Reading the zone back.",
        push::Stage::WaitingForServer => "Waiting for the server to show it.",
        push::Stage::FindingReason => "Asking the server for the reason.",
    }
}
