//! The end of a job: the proof is taken out, what is kept is removed, and the new secondary is waited for.

use super::{Action, Doing, Failure, Left, Outcome, Pauses, Registering, Report, State, StepKind, StepState};
use crate::registering::{Seen, Sighting};

impl Registering {
    /// It is decided: tidies up, then ends with this.
    pub(in crate::registering) fn settle(&mut self, outcome: Outcome) -> Vec<Action> {
        self.question = None;
        self.ending = Some(self.seen_as_a_whole(outcome));
        self.steps.end();
        if !self.put {
            // None was ever sent.
            self.proofs.clear();
        }
        if self.proofs.is_empty() {
            self.set(StepKind::CleanUp, StepState::Skipped, "");
            return self.tidied_up();
        }
        self.keep(Doing::CleaningUp)
    }

    /// The same where half of it was done.
    fn seen_as_a_whole(&mut self, outcome: Outcome) -> Outcome {
        let half = self.was_removed
            && matches!(
                outcome,
                Outcome::Cancelled | Outcome::Refused(_) | Outcome::NotProved(_) | Outcome::NotKept(_)
            );
        if half {
            let note = "The registration was removed, and not added again: add it when you are ready.";
            self.notes.push(note.into());
        }
        match outcome {
            Outcome::Cancelled if half => Outcome::Removed,
            Outcome::Registered(_) | Outcome::PrimaryChanged(_) if self.cancelled => {
                self.notes.push("It was done before it could be cancelled.".into());
                outcome
            }
            outcome => outcome,
        }
    }

    /// Ends so that it can be gone on with. Who has given it up wants at least nothing left in the zone.
    pub(in crate::registering) fn rest(&mut self, outcome: Outcome) -> Vec<Action> {
        if self.cancelled {
            return self.settle(match outcome {
                Outcome::Resting(_) => Outcome::Cancelled,
                outcome => outcome,
            });
        }
        self.question = None;
        self.ending = Some(outcome);
        self.finish()
    }

    /// Nothing of ours is in the zone any more.
    pub(in crate::registering) fn tidied_up(&mut self) -> Vec<Action> {
        self.proofs.clear();
        if self.kept.is_none() {
            return self.wait_for_zone();
        }
        self.state = State::Erasing;
        if matches!(self.ending, Some(Outcome::Unknown(_))) {
            // What was asked of the service may still come to something.
            let doing = self.called.unwrap_or(Doing::Adding);
            return vec![Action::Show, Action::Write(Box::new(self.saved(doing)))];
        }
        self.kept = None;
        vec![Action::Show, Action::Erase]
    }

    pub(super) fn erased(&mut self, result: Result<(), Failure>) -> Vec<Action> {
        if let Err(failure) = result {
            self.notes.push(failure.to_string());
        }
        self.wait_for_zone()
    }

    /// What is ours stays in the zone for now.
    pub(in crate::registering) fn left_behind(&mut self, why: String) -> Vec<Action> {
        self.set(StepKind::CleanUp, StepState::Failed, &why);
        self.left = Some(Left { proofs: self.proofs.clone(), why });
        self.wait_for_zone()
    }

    fn wait_for_zone(&mut self) -> Vec<Action> {
        let is_new = match self.ending {
            Some(Outcome::Registered(_)) => true,
            Some(Outcome::PrimaryChanged(_)) => self.was_removed,
            _ => false,
        };
        if !is_new || self.cancelled || self.offered.is_empty() || self.terms.serving.is_zero() {
            self.set(StepKind::Serve, StepState::Skipped, "");
            return self.finish();
        }
        self.pauses = Pauses::default();
        self.look_for_zone()
    }

    pub(super) fn look_for_zone(&mut self) -> Vec<Action> {
        self.state = State::Serving;
        self.set(StepKind::Serve, StepState::Going, "");
        vec![Action::Show, Action::LookForZone(self.offered.clone())]
    }

    pub(super) fn served(&mut self, sightings: Vec<Sighting>) -> Vec<Action> {
        let there = sightings.iter().filter(|one| one.seen == Seen::There).count();
        let all = sightings.len();
        self.serving = sightings;
        if there == all && all > 0 {
            self.set(StepKind::Serve, StepState::Done, "It serves the zone.");
            return self.finish();
        }
        self.set(StepKind::Serve, StepState::Going, format!("{there} of {all} addresses serve it."));
        match self.pauses.next(self.terms.serving) {
            None => {
                self.set(
                    StepKind::Serve,
                    StepState::Failed,
                    format!("{there} of {all} addresses serve it so far."),
                );
                self.finish()
            }
            Some(pause) => {
                self.state = State::ServePause;
                vec![Action::Show, Action::Wait(pause)]
            }
        }
    }

    pub(super) fn finish(&mut self) -> Vec<Action> {
        self.state = State::Finished;
        self.steps.end();
        let Some(outcome) = self.ending.clone() else { return Vec::new() };
        if let Some(by_hand) = &self.by_hand
            && matches!(outcome, Outcome::Registered(_) | Outcome::PrimaryChanged(_))
        {
            let owner = &by_hand.owner;
            self.notes.push(format!(
                "The record at {owner} was not put there from here, and stays; it is not needed any more."
            ));
        }
        let report = Report {
            outcome,
            offered: self.offered.clone(),
            left: self.left.clone(),
            serving: self.serving.clone(),
            notes: self.notes.clone(),
            resumable: self.kept.is_some(),
        };
        vec![Action::Show, Action::Finish(Box::new(report))]
    }
}
