//! What became of each change, by the zone as read back.

use std::collections::{HashMap, HashSet};

use super::{Push, Trouble};
use crate::push::{Action, Outcome, Verdict, hindsight, predict};
use crate::zone::changes::Change;
use crate::zone::{Name, RecordType, RrKey, RrSet, Snapshot};

impl Push {
    /// Does this zone show anything of what should be seen by now?
    pub(super) fn is_visible(&self, zone: &Snapshot) -> bool {
        let shows =
            |(key, change): (&RrKey, &Change)| !change.is_untouched(key.rtype, zone.get(key).as_ref());
        let mut due = self.due.iter().filter(|(key, _)| self.changes.contains_key(key)).peekable();
        match due.peek() {
            Some(_) => due.any(shows),
            None => self.changes.iter().any(shows),
        }
    }

    pub(super) fn conclude(&mut self) -> Vec<Action> {
        if let Some(actions) = self.ask_since() {
            return actions;
        }
        let verdicts = self.verdicts();
        let applied = verdicts.iter().filter(|(_, _, verdict)| *verdict == Verdict::Applied).count();
        let is_open = |verdict: &Verdict| matches!(verdict, Verdict::Applied | Verdict::Unknown(_));
        let none = match (self.has_begun(), &self.zone) {
            (true, Some(zone)) => !self.is_visible(zone),
            _ => verdicts.iter().all(|(_, _, verdict)| matches!(verdict, Verdict::NotApplied(_))),
        };
        let outcome = match &self.trouble {
            _ if applied == verdicts.len() => Outcome::Applied,
            Some(Trouble::Refused(failure)) if applied == 0 => Outcome::Refused(failure.clone()),
            Some(Trouble::Failed(failure)) if none && !self.has_begun() => Outcome::Refused(failure.clone()),
            Some(Trouble::Unknown(failure)) if none => Outcome::Unknown(failure.clone()),
            None if verdicts.iter().all(|(_, _, verdict)| is_open(verdict)) => {
                Outcome::Unknown(hindsight::undecided(self.traits.kind))
            }
            _ => Outcome::Partly,
        };
        self.finish(outcome, verdicts)
    }

    /// What became of each change, by the zone as last read, or by the base when it was not read since.
    fn verdicts(&self) -> Vec<(RrKey, Change, Verdict)> {
        let zone = if self.read_back { self.zone.as_ref() } else { None }.unwrap_or(&self.base);
        let mut reasons = None;
        let verdict = |(key, change): (&RrKey, &Change)| {
            let now = zone.get(key);
            if change.is_achieved(key.rtype, now.as_ref()) {
                return (key.clone(), change.clone(), Verdict::Applied);
            }
            if let Some(serial) = self.since.serial(key) {
                let why = hindsight::changed_since(serial);
                return (key.clone(), change.clone(), Verdict::ChangedSince(now, why));
            }
            let reasons = reasons.get_or_insert_with(|| self.reasons());
            let verdict = match change.is_untouched(key.rtype, now.as_ref()) {
                // A server that passes updates on to its primary has the result only with its next transfer.
                true if self.trouble.is_none()
                    && !reasons.predicted.contains_key(key)
                    && zone.serial() == self.base.serial() =>
                {
                    Verdict::Unknown(hindsight::not_shown(self.traits.kind))
                }
                true => Verdict::NotApplied(self.why_not(key, reasons)),
                false => {
                    let why = self.why_otherwise(key, change, now.as_ref(), reasons);
                    Verdict::ChangedByServer(now, why)
                }
            };
            (key.clone(), change.clone(), verdict)
        };
        self.changes.iter().map(verdict).collect()
    }

    /// What is known of the changes that are not as they were asked for.
    fn reasons(&self) -> Reasons {
        let changes = self.rest.as_ref().unwrap_or(&self.changes);
        let predicted = predict(&self.base, &self.plan, changes, self.traits).into_iter();
        let (mut messages, mut begun) = (HashMap::new(), HashSet::new());
        for (at, step) in self.plan.steps.iter().enumerate() {
            for operation in &step.update.operations {
                let set = (operation.owner().clone(), operation.rtype().unwrap_or(RecordType::ANY));
                if at >= self.step {
                    messages.insert(set, at);
                } else if !self.caught_up {
                    begun.insert(set);
                }
            }
        }
        Reasons { predicted: predicted.map(|found| (found.key, found.message)).collect(), messages, begun }
    }

    fn why_not(&self, key: &RrKey, reasons: &Reasons) -> String {
        match (&self.trouble, reasons.message(key)) {
            (_, Some(message)) if message >= self.sent => "Not sent: the push ended before its message.".into(),
            (Some(Trouble::Refused(_)), Some(_)) => "The server refused the update.".into(),
            (Some(Trouble::Failed(_)), Some(_)) => "The server failed to carry the update out.".into(),
            (Some(Trouble::Unknown(_)), Some(_)) => {
                "The server does not show it yet. It may still carry it out: reload the zone before you push again."
                    .into()
            }
            _ => reasons.predicted.get(key).cloned().unwrap_or_else(|| hindsight::ignored(self.traits.kind)),
        }
    }

    fn why_otherwise(&self, key: &RrKey, change: &Change, now: Option<&RrSet>, reasons: &Reasons) -> String {
        if reasons.has_begun(key) && reasons.message(key).is_some() {
            return "It takes several messages, and the push ended between them.".into();
        }
        reasons
            .predicted
            .get(key)
            .cloned()
            .unwrap_or_else(|| hindsight::altered(self.traits.kind, key, change, now))
    }

    /// Says how far it came where not all messages were sent and carried out.
    pub(super) fn note_end(&mut self) {
        let (mut carried_out, total) = (self.earlier + self.step, self.total());
        let is_seen = self.read_back && self.zone.as_ref().is_some_and(|zone| self.is_visible(zone));
        let mut next = "";
        match &self.trouble {
            Some(Trouble::Failed(_) | Trouble::Unknown(_)) if is_seen => carried_out += 1,
            Some(Trouble::Unknown(_)) => next = "; of the next it is not known",
            _ => {}
        }
        let why = match &self.trouble {
            Some(Trouble::Refused(failure) | Trouble::Failed(failure) | Trouble::Unknown(failure)) => {
                failure.to_string()
            }
            Some(Trouble::Stopped(why)) => why.clone(),
            None => return,
        };
        if (1..total).contains(&carried_out) {
            self.notes.push(format!(
                "{carried_out} of {total} messages were carried out{next}. {why} What is missing is still to be done: push \
                 again to go on."
            ));
        }
    }
}

/// Why changes are not as they were asked for.
struct Reasons {
    predicted: HashMap<RrKey, String>,
    /// The last message of the plan that changes an RRset, of those that were not carried out.
    messages: HashMap<(Name, RecordType), usize>,
    /// What messages of the plan change that were carried out.
    begun: HashSet<(Name, RecordType)>,
}

impl Reasons {
    fn has_begun(&self, key: &RrKey) -> bool {
        self.begun.contains(&(key.owner.clone(), key.rtype))
    }

    fn message(&self, key: &RrKey) -> Option<usize> {
        let at = |rtype| self.messages.get(&(key.owner.clone(), rtype)).copied();
        at(key.rtype).or_else(|| at(RecordType::ANY))
    }
}
