//! What follows from the answer to a message.

use std::sync::Arc;

use super::{Push, REPEATS, State, Trouble};
use crate::facts::{Failure, FailureKind, ServerKind};
use crate::push::probe::{self, Search};
use crate::push::{Action, Outcome, Stage, explain, predict};
use crate::zone::update::{Prerequisite, Rcode};
use crate::zone::{RecordType, Snapshot, serial};

/// So many RRsets are looked for one by one whose contents cannot be relied on.
const MAX_EXCEPTIONS: usize = 8;

impl Push {
    pub(super) fn answered(&mut self, answer: Result<Rcode, Failure>) -> Vec<Action> {
        self.answer = answer.as_ref().ok().copied();
        match answer {
            Ok(Rcode::NOERROR) => self.carried_out(),
            Ok(Rcode::NXRRSET | Rcode::YXRRSET | Rcode::NXDOMAIN | Rcode::YXDOMAIN) => self.reload(),
            // A server that passes updates on says this too when the primary's answer is lost.
            Ok(Rcode::SERVFAIL) => self.undecided(Trouble::Failed(self.explain(Rcode::SERVFAIL))),
            Ok(rcode) => self.refused(self.explain(rcode)),
            Err(failure) => match failure.kind {
                // No connection, or nothing was sent on it.
                FailureKind::Unreachable | FailureKind::Local => self.cannot_reach(failure),
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
                _ => self.undecided(Trouble::Unknown(failure)),
            },
        }
    }

    /// Whether the message was carried out shows only in the zone.
    pub(super) fn undecided(&mut self, trouble: Trouble) -> Vec<Action> {
        self.trouble = Some(trouble);
        self.due = self.made_by_message(self.step);
        self.read_serial()
    }

    pub(super) fn reload(&mut self) -> Vec<Action> {
        self.state = State::Reloading;
        vec![Action::Show(Stage::LoadingZone), Action::Transfer]
    }

    pub(super) fn refused(&mut self, failure: Failure) -> Vec<Action> {
        // Knot calls a key unknown that its acl does not let make one of the changes.
        let asks = matches!(failure.kind, FailureKind::Refused | FailureKind::UnknownKey);
        self.trouble = Some(Trouble::Refused(failure));
        if asks {
            self.state = State::Probing;
            let question = probe::empty(self.base.origin());
            return vec![Action::Show(Stage::FindingReason), Action::Probe(question)];
        }
        self.probed(Ok(Rcode::NOERROR))
    }

    /// Puts the refusal into words, now that it is known whether the server takes any update from us.
    pub(super) fn probed(&mut self, answer: Result<Rcode, Failure>) -> Vec<Action> {
        let takes_empty = match answer {
            Ok(Rcode::NOERROR) => Some(true),
            Ok(Rcode::REFUSED) => Some(false),
            Err(failure) if matches!(failure.kind, FailureKind::Refused | FailureKind::UnknownKey) => {
                Some(false)
            }
            _ => None,
        };
        if let Some(Trouble::Refused(failure)) = self.trouble.take() {
            let explained = self.with_case(takes_empty, |case| match self.answer {
                Some(rcode) => explain::rcode(rcode, case),
                None => explain::failure(failure, case),
            });
            self.trouble = Some(Trouble::Refused(explained));
        }
        if self.has_begun() {
            return self.read_back();
        }
        self.state = State::CheckingRefusal;
        vec![Action::Show(Stage::ReadingBack), Action::AskSoa]
    }

    fn with_case<T>(&self, takes_empty: Option<bool>, tell: impl FnOnce(&explain::Case<'_>) -> T) -> T {
        let changes = self.rest.as_ref().unwrap_or(&self.changes);
        let predicted = predict(&self.base, &self.plan, changes, self.traits);
        tell(&explain::Case {
            kind: self.traits.kind,
            zone: &self.base,
            changes,
            predicted: &predicted,
            takes_empty,
        })
    }

    fn explain(&self, rcode: Rcode) -> Failure {
        self.with_case(None, |case| explain::rcode(rcode, case))
    }

    /// Asks for the prerequisite that does not hold, or ends the push when it is found.
    pub(super) fn search_on(&mut self) -> Vec<Action> {
        if let Some(question) = self.search.question(self.base.origin()) {
            self.state = State::Searching;
            return vec![Action::Show(Stage::FindingReason), Action::Probe(question)];
        }
        if self.loosening {
            return self.loosened();
        }
        let rcode = self.answer.unwrap_or(Rcode::NXRRSET);
        let failure = self.with_case(None, |case| explain::unmet(rcode, self.search.culprit(), case));
        if self.has_begun() {
            return self.stop(failure.to_string());
        }
        self.finish(Outcome::Refused(failure), Vec::new())
    }

    pub(super) fn searched(&mut self, answer: Result<Rcode, Failure>) -> Vec<Action> {
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
    pub(super) fn refusal_checked(&mut self, serial: Option<u32>) -> Vec<Action> {
        self.serial_after = serial;
        if serial.is_some_and(|serial| serial != self.base.serial()) {
            return self.read_zone();
        }
        self.conclude()
    }

    /// A prerequisite failed and nothing was applied. When no touched RRset is different, it was the SOA, which busy
    /// and self-signing zones change all the time: plan again and repeat.
    pub(super) fn reloaded(&mut self, zone: Arc<Snapshot>) -> Vec<Action> {
        if self.has_begun() && serial::is_after(self.soa.serial, zone.serial()) {
            // Transfers come from a server that lags behind the one that is updated.
            return self.loaded(self.soa.serial, zone);
        }
        let sent_soa =
            (self.plan.steps.get(self.step)).is_some_and(|step| step.update.prerequisites.iter().any(is_soa));
        // Without the SOA in the message, it was the contents that did not hold.
        let is_same_soa = zone.soa() == &self.soa || self.has_begun() && !sent_soa;
        if let Some(end) = self.rebase(zone) {
            return end;
        }
        let mut gives_up = self.repeats >= REPEATS;
        if is_same_soa {
            // What was sent is what is served, and it did not hold: the server compares with something else.
            match self.traits.kind {
                _ if sent_soa => self.guards.soa = false,
                ServerKind::PowerDns if self.guards.contents && !gives_up => {
                    self.repeats += 1;
                    return self.loosen();
                }
                _ => gives_up = true,
            }
        }
        self.repeats += 1;
        if gives_up {
            // Where the zone moves on all the time, no single prerequisite is at fault.
            let sent = self.plan.steps.get(self.step).filter(|_| is_same_soa);
            self.search =
                Search::new(sent.map_or(Vec::new(), |step| step.update_over(&self.soa).prerequisites));
            return self.search_on();
        }
        if is_same_soa {
            return self.send_looser();
        }
        self.prepare()
    }

    /// Less is guarded from here on, so the server that is updated must be seen to hold this zone still: transfers may
    /// come from one that lags behind it, and others may have come between.
    fn send_looser(&mut self) -> Vec<Action> {
        self.state = State::Checking;
        vec![Action::Show(Stage::CheckingSerial), Action::AskSoa]
    }

    /// Finds the RRsets of which the server calls equal contents different: of these alone the existence is asked for.
    fn loosen(&mut self) -> Vec<Action> {
        let sent = self.plan.steps.get(self.step);
        let guards = sent.map_or(Vec::new(), |step| step.update_over(&self.soa).prerequisites);
        (self.search, self.loosening) = (Search::in_doubt(guards), true);
        self.search_on()
    }

    /// Takes what was found, and goes on with the others.
    fn loosened(&mut self) -> Vec<Action> {
        match self.search.culprit() {
            Some(Prerequisite::RrsetIs(owner, rtype, _)) if self.guards.except.len() < MAX_EXCEPTIONS => {
                self.guards.except.insert((owner.clone(), *rtype));
                let sent = self.plan.steps.get(self.step);
                let mut guards = sent.map_or(Vec::new(), |step| step.update_over(&self.soa).prerequisites);
                guards.retain(|guard| match guard {
                    Prerequisite::RrsetIs(owner, rtype, _) => {
                        !self.guards.except.contains(&(owner.clone(), *rtype))
                    }
                    _ => true,
                });
                self.search = Search::in_doubt(guards);
                return self.search_on();
            }
            None if !self.guards.except.is_empty() => {}
            // One after the other takes too long, or cannot be found.
            _ => self.guards.contents = false,
        }
        self.loosening = false;
        self.send_looser()
    }
}

fn is_soa(prerequisite: &Prerequisite) -> bool {
    matches!(prerequisite, Prerequisite::RrsetIs(_, RecordType::SOA, _))
}
