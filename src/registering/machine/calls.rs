//! Calls that change something at the service: each once, and what became of it is asked for.

use std::time::Duration;

use super::{Call, LOOKS, REPEATS, Registering, Said, State, Use};
use crate::facts::registration::{Problem, ProblemKind, Registration};
use crate::registering::steps::Steps;
use crate::registering::{Action, Goal, Outcome, StepKind, StepState};

/// How often it must be seen that a call was not done before it is repeated: its effect may come late.
const SURE: usize = 2;

/// May it have been done all the same?
fn is_doubtful(problem: &Problem) -> bool {
    match problem.kind {
        ProblemKind::Unknown | ProblemKind::Protocol => true,
        ProblemKind::Remote { status } => status >= 500,
        _ => false,
    }
}

/// Was it not done only for the moment?
fn will_pass(problem: &Problem) -> bool {
    matches!(problem.kind, ProblemKind::NotSent | ProblemKind::RateLimited)
}

impl Call {
    fn step(self) -> StepKind {
        match self {
            Call::Add => StepKind::Register,
            Call::Remove => StepKind::Remove,
            Call::Change => StepKind::Change,
        }
    }
}

impl Registering {
    pub(super) fn call(&mut self, call: Call) -> Vec<Action> {
        if let Some(end) = self.halted() {
            return end;
        }
        self.state = State::Calling(call);
        self.called = self.kept;
        self.looks = 0;
        self.set(call.step(), StepState::Going, "The service is asked to do it.");
        let wanted = self.job.wanted.clone();
        let action = match call {
            Call::Add => Action::Add(wanted),
            Call::Remove => Action::Remove(wanted.place),
            Call::Change => Action::ChangePrimary(wanted),
        };
        vec![Action::Show, action]
    }

    pub(super) fn added(&mut self, answer: Result<(), Problem>) -> Vec<Action> {
        match answer {
            Ok(()) => self.check(Call::Add, Said::Done),
            Err(problem) => match problem.kind.clone() {
                ProblemKind::Challenged(challenge) => {
                    self.problem = Some(problem);
                    self.set(StepKind::Register, StepState::Ahead, "It wants a proof of ownership first.");
                    self.challenged(*challenge)
                }
                ProblemKind::AlreadyRegistered { .. } => {
                    self.problem = Some(problem);
                    self.check(Call::Add, Said::Already)
                }
                _ => self.failed(Call::Add, problem),
            },
        }
    }

    pub(super) fn removed(&mut self, answer: Result<(), Problem>) -> Vec<Action> {
        match answer {
            Ok(()) => self.check(Call::Remove, Said::Done),
            Err(problem) if problem.kind == ProblemKind::NotRegistered => self.gone(),
            Err(problem) => self.failed(Call::Remove, problem),
        }
    }

    pub(super) fn changed(&mut self, answer: Result<(), Problem>) -> Vec<Action> {
        match answer {
            Ok(()) => self.check(Call::Change, Said::Done),
            // Not at this of its places.
            Err(problem) if problem.kind == ProblemKind::Unsupported => {
                self.terms.abilities.change_primary = false;
                self.steps = Steps::of(Goal::ChangePrimary, false);
                self.set(StepKind::Look, StepState::Done, "It is registered.");
                self.load(Use::Removal)
            }
            Err(problem) => self.failed(Call::Change, problem),
        }
    }

    fn failed(&mut self, call: Call, problem: Problem) -> Vec<Action> {
        if is_doubtful(&problem) {
            self.problem = Some(problem);
            return self.check(call, Said::Nothing);
        }
        if will_pass(&problem) {
            return self.repeat(call, problem);
        }
        self.set(call.step(), StepState::Failed, "The service refused it.");
        self.settle(Outcome::Refused(problem))
    }

    /// Calls again after a pause, a few times. It is certain that it was not done.
    fn repeat(&mut self, call: Call, problem: Problem) -> Vec<Action> {
        if let Some(end) = self.halted() {
            return end;
        }
        self.repeats += 1;
        if self.repeats > REPEATS {
            self.set(call.step(), StepState::Failed, "It was not done.");
            // With a proof in the zone, or half of a change done, it is worth coming back.
            return match self.proofs.is_empty() && !self.was_removed {
                true => self.settle(Outcome::Refused(problem)),
                false => self.rest(Outcome::Resting(problem)),
            };
        }
        self.set(call.step(), StepState::Going, format!("{} It is tried again.", problem.why));
        self.state = State::CallPause(call);
        vec![Action::Show, Action::Wait(Duration::from_secs(1 << self.repeats.min(5)))]
    }

    /// Asks what became of a call.
    pub(super) fn check(&mut self, call: Call, said: Said) -> Vec<Action> {
        self.state = State::Checking(call, said);
        let detail = match said {
            Said::Nothing => "No useful answer came: asking what became of it.",
            Said::Done | Said::Already => "Asking whether it is there.",
        };
        let detail =
            if call == Call::Remove && said == Said::Done { "Asking whether it is gone." } else { detail };
        self.set(call.step(), StepState::Going, detail);
        vec![Action::Show, Action::Get(self.job.wanted.place.clone())]
    }

    pub(super) fn checked(
        &mut self,
        call: Call,
        said: Said,
        answer: Result<Registration, Problem>,
    ) -> Vec<Action> {
        self.looks += 1;
        let (there, why) = match answer {
            Ok(registration) => (Some(registration), None),
            Err(problem) if problem.kind == ProblemKind::NotRegistered => (None, None),
            Err(problem) => (None, Some(problem)),
        };
        if let Some(problem) = why {
            return self.check_later(call, said, Some(problem));
        }
        match (call, there) {
            (Call::Add, Some(found)) if self.fits(&found) => self.registered(found),
            (Call::Add, Some(found)) => self.settle(Outcome::OtherPrimary(found)),
            (Call::Remove, None) => self.gone(),
            (Call::Remove, Some(found)) if self.is_another(&found) => {
                let note = "It was removed, and somebody has registered it anew since.";
                self.notes.push(note.into());
                self.settle(Outcome::Removed)
            }
            (Call::Change, Some(found)) if self.has_primary(&found) => self.registered(found),
            (Call::Change, None) => {
                self.notes.push("Somebody has removed the registration meanwhile.".into());
                self.settle(Outcome::NotRegistered)
            }
            // Not done, as far as can be seen.
            (Call::Add, None) | (Call::Remove | Call::Change, Some(_)) => self.check_later(call, said, None),
        }
    }

    /// Is this another registration than the one that was to be removed?
    fn is_another(&self, found: &Registration) -> bool {
        let before = self.found.as_ref().and_then(|before| before.created);
        matches!((before, found.created), (Some(before), Some(now)) if before != now)
    }

    /// It was not done, or that could not be asked: looks again a little later, repeats the call, or leaves it at that.
    fn check_later(&mut self, call: Call, said: Said, trouble: Option<Problem>) -> Vec<Action> {
        let sure = trouble.is_none() && self.looks >= SURE;
        let problem = self.problem.clone();
        match said {
            Said::Nothing if sure && self.cancelled => return self.settle(Outcome::Cancelled),
            Said::Nothing if sure => {
                let problem = trouble.or(problem).unwrap_or_else(|| not_seen(call));
                return self.repeat(call, problem);
            }
            Said::Already if sure && self.was_removed => {
                // The removal has not come through everywhere.
                return self.repeat(call, problem.unwrap_or_else(|| not_seen(call)));
            }
            // It belongs to somebody else.
            Said::Already if sure => {
                self.set(call.step(), StepState::Failed, "It is registered there for somebody else.");
                return self.settle(Outcome::Refused(problem.unwrap_or_else(|| not_seen(call))));
            }
            _ => {}
        }
        if self.looks >= LOOKS {
            self.set(call.step(), StepState::Failed, "It is not known what became of it.");
            let problem = trouble.or(problem).unwrap_or_else(|| not_seen(call));
            return self.rest(Outcome::Unknown(problem));
        }
        self.state = State::CheckPause(call, said);
        vec![Action::Show, Action::Wait(Duration::from_secs(1 << (self.looks - 1).min(4)))]
    }

    /// The registration is there, as it shall be.
    pub(super) fn registered(&mut self, found: Registration) -> Vec<Action> {
        let one_call = self.terms.abilities.change_primary;
        let changed = self.job.goal == Goal::ChangePrimary;
        let step = if changed && one_call { StepKind::Change } else { StepKind::Register };
        self.set(step, StepState::Done, "It is registered.");
        self.settle(if changed { Outcome::PrimaryChanged(found) } else { Outcome::Registered(found) })
    }

    /// The registration is gone.
    fn gone(&mut self) -> Vec<Action> {
        self.set(StepKind::Remove, StepState::Done, "It is gone.");
        if self.job.goal != Goal::ChangePrimary {
            return self.settle(Outcome::Removed);
        }
        self.was_removed = true;
        self.found = None;
        self.add()
    }
}

/// For what the service says it did, and does not show.
fn not_seen(call: Call) -> Problem {
    let why = match call {
        Call::Add => "The service said that it is registered, and does not list it.",
        Call::Remove => "The service said that it is removed, and still lists it.",
        Call::Change => "The service said that it has the other primary, and still lists the old one.",
    };
    Problem {
        kind: ProblemKind::Unknown,
        what: "What became of it is not known.".into(),
        why: why.into(),
        next: "Look at the list again in a while.".into(),
    }
}
