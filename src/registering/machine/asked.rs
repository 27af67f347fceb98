//! What the person is asked, and what is found out before that.

use super::{
    Action, Answer, Challenge, Doing, Failure, Goal, Loaded, MOST_CHALLENGES, Offered, Outcome, Parent,
    Proof, Question, Registering, ServedBy, State, StepKind, StepState, Use,
};
use crate::facts::registration::{Problem, ProblemKind, Registration};
use crate::registering::{Removal, around, proof};
use crate::zone::changes::Contents;
use crate::zone::{ChangeMap, Name, RecordType, RrKey};

impl Registering {
    /// The service wants to see a record first.
    pub(super) fn challenged(&mut self, challenge: Challenge) -> Vec<Action> {
        if let Some(end) = self.halted() {
            return end;
        }
        let is_there = self.put && self.proofs.last() == Some(&challenge);
        if is_there || self.by_hand.as_ref() == Some(&challenge) {
            return self.not_seen_yet();
        }
        self.challenges += 1;
        if self.challenges > MOST_CHALLENGES {
            let problem = never_content(self.problem.take());
            return self.settle(Outcome::Refused(problem));
        }
        self.set(StepKind::Consent, StepState::Going, challenge_in_words(&challenge));
        self.question = Some(Question::Proof(Proof {
            challenge,
            ttl: crate::registering::PROOF_TTL,
            joins: 0,
            editable: Ok(()),
            served_by: ServedBy::Nobody,
        }));
        self.load(Use::Consent)
    }

    pub(super) fn loaded_to_ask(&mut self, answer: Result<Loaded, Failure>) -> Vec<Action> {
        if let Some(end) = self.halted() {
            return end;
        }
        self.loaded = None;
        if let Some(Question::Proof(proof)) = &mut self.question {
            let challenge = &proof.challenge;
            proof.editable = match &answer {
                Ok(loaded) => proof::may_put(challenge, &loaded.zone).and_then(|()| loaded.editable.clone()),
                Err(failure) => Err(failure.to_string()),
            };
            let key = RrKey::new(challenge.owner.clone(), RecordType::TXT);
            if let Some(set) = answer.as_ref().ok().and_then(|loaded| loaded.zone.get(&key)) {
                if proof::record(challenge).is_some_and(|record| set.contains(RecordType::TXT, &record)) {
                    // Somebody has put it there already: it is not ours to take out.
                    return self.by_hand();
                }
                (proof.ttl, proof.joins) = (set.ttl, set.rdata.len());
            }
        }
        self.loaded = answer.ok();
        self.state = State::AskingParent;
        vec![Action::AskParent]
    }

    /// Asks the person, now that the zone above was asked.
    pub(super) fn ask(&mut self, parent: Parent) -> Vec<Action> {
        if let Some(end) = self.halted() {
            return end;
        }
        match &mut self.question {
            Some(Question::Proof(proof)) => {
                proof.served_by = served_by(self.loaded.as_ref(), &self.job.wanted.place.domain, parent);
            }
            _ => {
                let Some(registration) = self.found.clone() else {
                    return self.settle(Outcome::NotRegistered);
                };
                self.set(StepKind::Agree, StepState::Going, "");
                let removal = removal(registration, &self.offered, self.loaded.as_ref(), parent);
                self.question = Some(match self.job.goal {
                    Goal::ChangePrimary => Question::Replacement(removal),
                    Goal::Add | Goal::Remove => Question::Removal(removal),
                });
            }
        }
        self.state = State::Asking;
        match self.question.clone() {
            Some(question) => vec![Action::Show, Action::Ask(Box::new(question))],
            None => Vec::new(),
        }
    }

    pub(super) fn answered(&mut self, answer: Answer) -> Vec<Action> {
        match (self.question.take(), answer) {
            (_, Answer::No) | (None, _) => {
                self.cancelled = true;
                self.settle(Outcome::Cancelled)
            }
            (Some(Question::Proof(proof)), Answer::Yes) if proof.editable.is_ok() => {
                self.set(StepKind::Consent, StepState::Done, "");
                // One before it may still be in the zone; both are taken out in the end.
                self.proofs.push(proof.challenge);
                self.by_hand = None;
                self.keep(Doing::Proving)
            }
            (Some(Question::Proof(proof)), Answer::Yes | Answer::ByHand) => {
                self.question = Some(Question::Proof(proof));
                self.by_hand()
            }
            (Some(Question::Removal(_) | Question::Replacement(_)), Answer::Yes | Answer::ByHand) => {
                self.set(StepKind::Agree, StepState::Done, "");
                self.keep(Doing::Removing)
            }
        }
    }

    /// The proof of the question is, or will be, in the zone without our doing.
    fn by_hand(&mut self) -> Vec<Action> {
        let Some(Question::Proof(proof)) = self.question.take() else {
            return self.settle(Outcome::Cancelled);
        };
        self.set(StepKind::Consent, StepState::Done, "");
        self.set(StepKind::Prove, StepState::Skipped, "It is not put there from here.");
        self.by_hand = Some(proof.challenge);
        self.look_for_proof()
    }
}

/// "ownercheck.example.com. TXT "a1b2c3d4"".
fn challenge_in_words(challenge: &Challenge) -> String {
    format!("{} {} \"{}\"", challenge.owner, challenge.rtype, challenge.value)
}

fn never_content(problem: Option<Problem>) -> Problem {
    let why = "It asks for another proof of ownership each time.";
    let problem = problem.unwrap_or_else(|| Problem {
        kind: ProblemKind::Protocol,
        what: "The domain was not registered.".into(),
        why: String::new(),
        next: "Ask the service why.".into(),
    });
    Problem { kind: ProblemKind::Protocol, why: why.into(), ..problem }
}

/// Whom the world asks for the zone, by what the zone above says.
fn served_by(loaded: Option<&Loaded>, domain: &Name, parent: Parent) -> ServedBy {
    let delegation = match parent {
        Parent::NotKnown(why) => return ServedBy::NotKnown(why),
        Parent::DoesNotDelegate { .. } => return ServedBy::Nobody,
        Parent::Delegates(delegation) => delegation,
    };
    let names: Vec<Name> = delegation.nameservers.into_iter().map(|server| server.name).collect();
    if names.is_empty() {
        return ServedBy::Nobody;
    }
    let key = RrKey::new(domain.clone(), RecordType::NS);
    match loaded.and_then(|loaded| loaded.zone.get(&key)) {
        None => ServedBy::NotKnown("the zone could not be loaded from its primary".into()),
        Some(set) if names.iter().any(|name| set.contains(RecordType::NS, name.wire())) => {
            ServedBy::Ours(names)
        }
        Some(_) => ServedBy::Elsewhere(names),
    }
}

fn removal(
    registration: Registration,
    offered: &[Offered],
    loaded: Option<&Loaded>,
    parent: Parent,
) -> Removal {
    let own = registration.secondary.clone().map(|name| Offered { name, addresses: Vec::new() });
    let mut servers: Vec<Offered> = offered.to_vec();
    servers.extend(own.filter(|own| offered.iter().all(|other| other.name != own.name)));
    let nothing = ChangeMap::new();
    let in_zone = loaded.map_or_else(Vec::new, |loaded| {
        around::in_zone(Contents { base: &loaded.zone, changes: &nothing }, &servers)
    });
    let delegated = match parent {
        Parent::Delegates(delegation) => {
            let of_service = |name: &Name| servers.iter().any(|server| server.name == *name);
            let names = delegation.nameservers.into_iter().map(|server| server.name);
            names.filter(of_service).collect()
        }
        Parent::NotKnown(_) | Parent::DoesNotDelegate { .. } => Vec::new(),
    };
    Removal { registration, in_zone, delegated }
}
