//! The state machine: looks what is registered, asks the person, calls the service, and is sure of what became of it.

use std::time::Duration;

mod asked;
mod calls;
mod end;

use super::steps::Steps;
use super::{
    Action, Answer, Doing, Event, Goal, Job, Left, Loaded, Outcome, Proof, Question, Report, Saved, ServedBy,
    Sighting, Step, StepKind, StepState, Terms,
};
use crate::facts::registration::{Challenge, Offered, Problem, ProblemKind, Registration};
use crate::facts::{Failure, Parent};
use crate::push::Recorded;

/// How often the service may come up with another proof.
const MOST_CHALLENGES: usize = 4;
/// How often a call is repeated of which is certain that it was not done.
const REPEATS: usize = 3;
/// How often it is asked what became of a call.
const LOOKS: usize = 6;
/// How often a push is tried again, over what others made of the zone meanwhile.
pub(super) const PUSHES: usize = 5;

/// A job under way.
#[derive(Debug)]
pub struct Registering {
    pub(super) job: Job,
    pub(super) terms: Terms,
    pub(super) state: State,
    pub(super) steps: Steps,
    /// Records of ours that are in the zone, or may be.
    pub(super) proofs: Vec<Challenge>,
    /// May the last of them be in the zone by our doing? Others than we may have put it there as well.
    pub(super) put: bool,
    /// A proof that somebody else has created.
    pub(super) by_hand: Option<Challenge>,
    /// What is kept on the disk.
    pub(super) kept: Option<Doing>,
    /// Was this job begun by an earlier run?
    resumed: bool,
    pub(super) cancelled: bool,
    pub(super) offered: Vec<Offered>,
    /// The registration as found.
    found: Option<Registration>,
    /// Was it removed in order to be added with another primary?
    was_removed: bool,
    pub(super) loaded: Option<Loaded>,
    question: Option<Question>,
    pub(super) sightings: Vec<Sighting>,
    serving: Vec<Sighting>,
    challenges: usize,
    /// How often the last call was repeated, and how often was asked what became of it.
    repeats: usize,
    looks: usize,
    pub(super) pauses: Pauses,
    pub(super) push: Option<Recorded>,
    pub(super) pushes: usize,
    /// A push may still come to something.
    pub(super) late: bool,
    /// The last call that was made.
    called: Option<Doing>,
    /// Why it is as it is, where it is not as it should be.
    problem: Option<Problem>,
    ending: Option<Outcome>,
    pub(super) left: Option<Left>,
    pub(super) notes: Vec<String>,
}

/// How long was waited.
#[derive(Debug, Default)]
pub(super) struct Pauses {
    last: Duration,
    total: Duration,
}

impl Pauses {
    /// The next pause: each twice the one before, from two seconds to a minute, up to `most` in all.
    pub fn next(&mut self, most: Duration) -> Option<Duration> {
        const FIRST: Duration = Duration::from_secs(2);
        const LONGEST: Duration = Duration::from_secs(60);
        let next = (self.last * 2).clamp(FIRST, LONGEST).min(most.saturating_sub(self.total));
        (self.last, self.total) = (next, self.total + next);
        (!next.is_zero()).then_some(next)
    }

    pub fn total(&self) -> Duration {
        self.total
    }
}

/// What is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Looking,
    AskingOffered,
    AskingChallenge,
    /// The zone; what for?
    Loading(Use),
    AskingParent,
    /// The person.
    Asking,
    /// That the intent is on the disk.
    Keeping(Doing),
    Calling(Call),
    /// The end of a pause before the call is repeated.
    CallPause(Call),
    /// What became of a call.
    Checking(Call, Said),
    CheckPause(Call, Said),
    /// The answer to an action of a push.
    Pushing(Use),
    PushPause(Use),
    Seeing,
    SeePause,
    Erasing,
    Serving,
    ServePause,
    Finished,
}

/// What the zone is needed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// To ask for consent to the proof.
    Consent,
    /// To ask before something is removed.
    Removal,
    Put,
    TakeOut,
}

/// A call that changes something at the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Call {
    Add,
    Remove,
    Change,
}

/// What the service said to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    Done,
    /// It was registered before.
    Already,
    Nothing,
}

impl Registering {
    /// Begins a job.
    pub fn new(job: Job, terms: Terms) -> (Registering, Vec<Action>) {
        Registering::begin(job, None, terms)
    }

    /// Goes on with what an earlier run has left, or does something else about the same domain: records of ours in the
    /// zone are known in any case.
    pub fn resume(job: Job, saved: Saved, terms: Terms) -> (Registering, Vec<Action>) {
        Registering::begin(job, Some(saved), terms)
    }

    /// Only takes out of the zone what an earlier run has left there.
    pub fn clean_up(saved: Saved, terms: Terms) -> (Registering, Vec<Action>) {
        let mut registering = Registering::empty(saved.job.clone(), terms);
        registering.remember(saved);
        let actions = registering.settle(Outcome::CleanedUp);
        (registering, actions)
    }

    fn begin(job: Job, saved: Option<Saved>, terms: Terms) -> (Registering, Vec<Action>) {
        let place = job.wanted.place.clone();
        let mut registering = Registering::empty(job, terms);
        if let Some(saved) = saved {
            registering.remember(saved);
        }
        registering.set(StepKind::Look, StepState::Going, "");
        (registering, vec![Action::Show, Action::Get(place)])
    }

    fn empty(job: Job, terms: Terms) -> Registering {
        Registering {
            steps: Steps::of(job.goal, terms.abilities.change_primary),
            job,
            terms,
            state: State::Looking,
            proofs: Vec::new(),
            put: false,
            by_hand: None,
            kept: None,
            resumed: false,
            cancelled: false,
            offered: Vec::new(),
            found: None,
            was_removed: false,
            loaded: None,
            question: None,
            sightings: Vec::new(),
            serving: Vec::new(),
            challenges: 0,
            repeats: 0,
            looks: 0,
            pauses: Pauses::default(),
            push: None,
            pushes: 0,
            late: false,
            called: None,
            problem: None,
            ending: None,
            left: None,
            notes: Vec::new(),
        }
    }

    fn remember(&mut self, saved: Saved) {
        self.resumed = saved.job == self.job && saved.doing != Doing::CleaningUp;
        self.kept = Some(saved.doing);
        // The update may just have been sent when that run ended.
        (self.put, self.late) = (true, true);
        self.proofs = saved.proofs;
    }

    pub fn job(&self) -> &Job {
        &self.job
    }

    /// The steps, in their order.
    pub fn steps(&self) -> &[Step] {
        self.steps.all()
    }

    /// What the person is asked.
    pub fn question(&self) -> Option<&Question> {
        self.question.as_ref()
    }

    /// Who serves the proof, as last seen.
    pub fn sightings(&self) -> &[Sighting] {
        &self.sightings
    }

    /// Who of the service serves the zone, as last seen.
    pub fn serving(&self) -> &[Sighting] {
        &self.serving
    }

    /// The nameservers of the service, as far as it has told them.
    pub fn offered(&self) -> &[Offered] {
        &self.offered
    }

    /// Is it being given up, or tidied up after?
    pub fn is_ending(&self) -> bool {
        self.cancelled || self.ending.is_some()
    }

    pub fn is_finished(&self) -> bool {
        self.state == State::Finished
    }

    /// Takes what happened and says what to do next. An event that nothing waits for is passed over.
    pub fn on(&mut self, event: Event) -> Vec<Action> {
        match (self.state, event) {
            (State::Finished, _) => Vec::new(),
            (_, Event::Cancel) => self.cancel(),
            (State::Looking, Event::Got(answer)) => self.looked(answer),
            (State::AskingOffered, Event::Offered(answer)) => {
                self.offered = answer.unwrap_or_default();
                self.decide()
            }
            (State::AskingChallenge, Event::Challenge(answer)) => match answer {
                Ok(Some(challenge)) => self.challenged(challenge),
                // Should it want one, it says so when it is asked to register.
                Ok(None) | Err(_) => self.keep(Doing::Adding),
            },
            (State::Loading(Use::Consent | Use::Removal), Event::Loaded(answer)) => {
                self.loaded_to_ask(answer)
            }
            (State::Loading(way), Event::Loaded(Ok(loaded))) => self.loaded_to_push(way, loaded),
            (State::Loading(way), Event::Loaded(Err(failure))) => self.push_failed(way, failure.to_string()),
            (State::AskingParent, Event::Parent(parent)) => self.ask(parent),
            (State::Asking, Event::Answer(answer)) => self.answered(answer),
            (State::Keeping(doing), Event::Written(result)) => self.kept(doing, result),
            (State::Calling(Call::Add), Event::Added(answer)) => self.added(answer),
            (State::Calling(Call::Remove), Event::Removed(answer)) => self.removed(answer),
            (State::Calling(Call::Change), Event::Changed(answer)) => self.changed(answer),
            (State::CallPause(call), Event::Woke) => self.call(call),
            (State::Checking(call, said), Event::Got(answer)) => self.checked(call, said, answer),
            (State::CheckPause(call, said), Event::Woke) => self.check(call, said),
            (State::Pushing(way), Event::Push(event)) => self.pushed(way, event),
            (State::PushPause(way), Event::Woke) => self.load(way),
            (State::Seeing, Event::Proof(sightings)) => self.saw(sightings),
            (State::SeePause, Event::Woke) => self.look_for_proof(),
            (State::Erasing, Event::Written(result)) => self.erased(result),
            (State::Serving, Event::Serving(sightings)) => self.served(sightings),
            (State::ServePause, Event::Woke) => self.look_for_zone(),
            _ => Vec::new(),
        }
    }

    pub(super) fn set(&mut self, kind: StepKind, state: StepState, detail: impl Into<String>) {
        self.steps.set(kind, state, detail);
    }

    /// The end, where the person wants no more and it was not reached already.
    pub(super) fn halted(&mut self) -> Option<Vec<Action>> {
        (self.cancelled && self.ending.is_none()).then(|| self.settle(Outcome::Cancelled))
    }

    fn looked(&mut self, answer: Result<Registration, Problem>) -> Vec<Action> {
        match answer {
            Ok(found) => {
                self.set(StepKind::Look, StepState::Done, "It is registered.");
                self.found = Some(found);
            }
            Err(problem) if problem.kind == ProblemKind::NotRegistered => {
                self.set(StepKind::Look, StepState::Done, "It is not registered.");
                self.problem = Some(problem);
            }
            // Something was begun, and how it stands is not known.
            Err(problem)
                if self.kept.is_some_and(|doing| !matches!(doing, Doing::Proving | Doing::CleaningUp)) =>
            {
                return self.rest(Outcome::Unknown(problem));
            }
            Err(problem) if self.kept.is_some() => return self.rest(Outcome::Refused(problem)),
            Err(problem) => return self.settle(Outcome::Refused(problem)),
        }
        self.state = State::AskingOffered;
        vec![Action::Show, Action::AskOffered(self.job.wanted.place.clone())]
    }

    /// What to do, given what is registered.
    fn decide(&mut self) -> Vec<Action> {
        match (self.job.goal, self.found.clone()) {
            (Goal::Add, Some(found)) if !self.fits(&found) => self.settle(Outcome::OtherPrimary(found)),
            (Goal::Add, Some(found)) if self.resumed => self.registered(found),
            (Goal::Add, Some(found)) => self.settle(Outcome::AlreadyRegistered(found)),
            (Goal::Add, None) => self.add(),
            (Goal::Remove, Some(_)) => self.load(Use::Removal),
            (Goal::Remove, None) if self.resumed => self.settle(Outcome::Removed),
            (Goal::Remove, None) => self.settle(Outcome::NotRegistered),
            (Goal::ChangePrimary, Some(found)) if self.has_primary(&found) => match self.resumed {
                true => self.registered(found),
                false => self.settle(Outcome::AlreadyRegistered(found)),
            },
            (Goal::ChangePrimary, Some(_)) if self.terms.abilities.change_primary => {
                self.keep(Doing::Changing)
            }
            (Goal::ChangePrimary, Some(_)) => self.load(Use::Removal),
            // It was us who removed it.
            (Goal::ChangePrimary, None) if self.resumed && self.kept != Some(Doing::Changing) => {
                self.was_removed = true;
                self.add()
            }
            (Goal::ChangePrimary, None) => match self.problem.take() {
                Some(problem) => self.settle(Outcome::Refused(problem)),
                None => self.settle(Outcome::NotRegistered),
            },
        }
    }

    /// Is it registered as it shall be? What is not known does not differ.
    fn fits(&self, found: &Registration) -> bool {
        let wanted = self.job.wanted.primary;
        found.primaries.is_empty() || wanted.is_none_or(|wanted| found.primaries.contains(&wanted))
    }

    /// Is it surely the wanted primary?
    fn has_primary(&self, found: &Registration) -> bool {
        self.job.wanted.primary.is_some_and(|wanted| found.primaries.contains(&wanted))
    }

    /// Registers the domain, with the proof first where it is known already.
    fn add(&mut self) -> Vec<Action> {
        if let Some(end) = self.halted() {
            return end;
        }
        (self.repeats, self.looks) = (0, 0);
        if !self.proofs.is_empty() {
            // The person has agreed to it in the earlier run.
            self.set(StepKind::Consent, StepState::Done, "");
            return self.load(Use::Put);
        }
        if self.terms.abilities.challenge_beforehand {
            self.state = State::AskingChallenge;
            self.set(StepKind::Consent, StepState::Going, "");
            return vec![Action::Show, Action::AskChallenge(self.job.wanted.place.clone())];
        }
        self.keep(Doing::Adding)
    }

    /// Sees the intent onto the disk, then does it.
    pub(super) fn keep(&mut self, doing: Doing) -> Vec<Action> {
        if doing != Doing::CleaningUp
            && let Some(end) = self.halted()
        {
            return end;
        }
        // A proof is new each time.
        if self.kept == Some(doing) && doing != Doing::Proving {
            return self.carry_out(doing);
        }
        self.state = State::Keeping(doing);
        vec![Action::Write(Box::new(self.saved(doing)))]
    }

    fn saved(&self, doing: Doing) -> Saved {
        let created = self.found.as_ref().and_then(|found| found.created);
        Saved { job: self.job.clone(), doing, proofs: self.proofs.clone(), created }
    }

    fn kept(&mut self, doing: Doing, result: Result<(), Failure>) -> Vec<Action> {
        match result {
            Ok(()) => self.kept = Some(doing),
            // What is kept from before names the proofs all the same.
            Err(_) if doing == Doing::CleaningUp => {}
            Err(failure) => {
                if doing == Doing::Proving {
                    self.proofs.pop();
                }
                return self.settle(Outcome::NotKept(failure));
            }
        }
        self.carry_out(doing)
    }

    fn carry_out(&mut self, doing: Doing) -> Vec<Action> {
        match doing {
            Doing::Adding => self.call(Call::Add),
            Doing::Removing => self.call(Call::Remove),
            Doing::Changing => self.call(Call::Change),
            Doing::Proving => {
                self.pushes = 0;
                self.load(Use::Put)
            }
            Doing::CleaningUp => {
                self.set(StepKind::CleanUp, StepState::Going, "");
                self.pushes = 0;
                self.load(Use::TakeOut)
            }
        }
    }

    fn cancel(&mut self) -> Vec<Action> {
        match self.state {
            State::Serving | State::ServePause => self.finish(),
            State::PushPause(Use::TakeOut) | State::Loading(Use::TakeOut) => {
                self.left_behind("You stopped waiting.".into())
            }
            _ if self.ending.is_some() => Vec::new(),
            State::Asking
            | State::Seeing
            | State::SeePause
            | State::CallPause(_)
            | State::PushPause(_)
            | State::Loading(Use::Consent | Use::Removal)
            | State::AskingParent => {
                self.cancelled = true;
                self.question = None;
                self.settle(Outcome::Cancelled)
            }
            State::CheckPause(call, said) => {
                self.cancelled = true;
                self.check(call, said)
            }
            // What is under way is waited for: only its answer tells what is to be taken back.
            _ => {
                self.cancelled = true;
                vec![Action::Show]
            }
        }
    }
}
