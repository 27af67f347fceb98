//! The steps of a job as the person sees them.

use super::Goal;

/// One step, and how it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub kind: StepKind,
    pub state: StepState,
    /// What there is to say of it; may be empty.
    pub detail: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepKind {
    /// What is registered so far?
    Look,
    /// The person agrees.
    Agree,
    /// The registration is removed.
    Remove,
    /// The service says whether it wants a proof of ownership, and the person agrees to it.
    Consent,
    /// The proof is put into the zone.
    Prove,
    /// The nameservers serve the proof.
    See,
    /// The service registers the domain.
    Register,
    /// The service gets another primary.
    Change,
    /// The proof is taken out of the zone.
    CleanUp,
    /// The new secondary serves the zone.
    Serve,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepState {
    Ahead,
    Going,
    Done,
    Failed,
    /// It was not needed.
    Skipped,
}

impl StepKind {
    /// The step in a few words.
    pub fn in_words(self) -> &'static str {
        match self {
            StepKind::Look => "Ask what is registered",
            StepKind::Agree => "Your consent",
            StepKind::Remove => "Remove the registration",
            StepKind::Consent => "Proof of ownership",
            StepKind::Prove => "Put the proof into the zone",
            StepKind::See => "See nameservers serve it",
            StepKind::Register => "Register the domain",
            StepKind::Change => "Change the primary",
            StepKind::CleanUp => "Take the proof out again",
            StepKind::Serve => "See the secondary serve the zone",
        }
    }
}

/// The steps of a job, in their order.
#[derive(Debug, Clone)]
pub(super) struct Steps(Vec<Step>);

impl Steps {
    pub fn of(goal: Goal, in_one_call: bool) -> Steps {
        use StepKind::{Agree, Change, CleanUp, Consent, Look, Prove, Register, Remove, See, Serve};
        let kinds: &[StepKind] = match goal {
            Goal::Add => &[Look, Consent, Prove, See, Register, CleanUp, Serve],
            Goal::Remove => &[Look, Agree, Remove, CleanUp],
            Goal::ChangePrimary if in_one_call => &[Look, Change, CleanUp],
            Goal::ChangePrimary => &[Look, Agree, Remove, Consent, Prove, See, Register, CleanUp, Serve],
        };
        let step = |kind: &StepKind| Step { kind: *kind, state: StepState::Ahead, detail: String::new() };
        Steps(kinds.iter().map(step).collect())
    }

    pub fn all(&self) -> &[Step] {
        &self.0
    }

    /// Sets one step; the detail stays where none is given.
    pub fn set(&mut self, kind: StepKind, state: StepState, detail: impl Into<String>) {
        if let Some(step) = self.0.iter_mut().find(|step| step.kind == kind) {
            step.state = state;
            let detail = detail.into();
            if !detail.is_empty() {
                step.detail = detail;
            }
        }
    }

    /// Nothing more is done: what is under way has failed, what is ahead is not needed.
    pub fn end(&mut self) {
        for step in &mut self.0 {
            step.state = match step.state {
                StepState::Ahead => StepState::Skipped,
                StepState::Going => StepState::Failed,
                state => state,
            };
        }
    }
}
