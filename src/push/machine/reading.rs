//! Reading back: until anything of the last message is seen, or patience is over.

use std::collections::HashSet;
use std::sync::Arc;

use super::{Push, State, Trouble};
use crate::facts::Failure;
use crate::push::probe::empty;
use crate::push::{Action, Stage, Step, follow};
use crate::zone::changes::{ChangeMap, Contents, soa_of};
use crate::zone::update::{Operation, Update, apply};
use crate::zone::{Name, RecordType, RrKey, Snapshot};

impl Push {
    /// Reads back what the messages have made that were carried out.
    pub(super) fn read_back(&mut self) -> Vec<Action> {
        if let Some(last) = self.step.checked_sub(1) {
            self.due = self.made_by_message(last);
        }
        self.read_serial()
    }

    /// What a message of the plan makes of the zone, by what the messages before it have made of the same names. What
    /// cannot be told is nothing: it only says what to look for.
    pub(super) fn made_by_message(&self, at: usize) -> ChangeMap {
        let Some(step) = self.plan.steps.get(at).filter(|_| !self.caught_up) else { return ChangeMap::new() };
        let owners: HashSet<&Name> = step.update.operations.iter().map(Operation::owner).collect();
        let on_them = |step: &Step| {
            let operations = step.update.operations.iter();
            let operations = operations.filter(|operation| owners.contains(operation.owner())).cloned();
            Step { update: Update { operations: operations.collect(), ..empty(&step.update.zone) } }
        };
        let before: Vec<Step> = self.plan.steps.iter().take(at).map(on_them).collect();
        let before = made_by(&self.base, before.iter());
        carried_out(&Contents { base: &self.base, changes: &before }, step)
    }

    pub(super) fn read_serial(&mut self) -> Vec<Action> {
        self.state = State::ReadingSerial;
        vec![Action::Show(Stage::ReadingBack), Action::AskSoa]
    }

    pub(super) fn read_zone(&mut self) -> Vec<Action> {
        self.state = State::ReadingZone;
        vec![Action::Show(Stage::ReadingBack), Action::Transfer]
    }

    /// Decided once anything of the last message is visible, since it is carried out whole; else the server gets time.
    pub(super) fn zone_read(&mut self, zone: Arc<Snapshot>) -> Vec<Action> {
        self.serial_after = Some(zone.serial());
        let is_visible = self.is_visible(&zone);
        self.zone = Some(zone);
        self.read_back = true;
        match self.trouble {
            Some(Trouble::Refused(_)) if !self.has_begun() => self.conclude(),
            _ if is_visible => self.conclude(),
            _ => self.wait(),
        }
    }

    pub(super) fn wait(&mut self) -> Vec<Action> {
        match self.pause.next() {
            Some(pause) => {
                self.state = State::ReadingPause;
                vec![Action::Show(Stage::WaitingForServer), Action::Wait(pause)]
            }
            None => self.conclude(),
        }
    }

    pub(super) fn reading_failed(&mut self, failure: Failure) -> Vec<Action> {
        if matches!(self.trouble, Some(Trouble::Refused(_))) && !self.has_begun() {
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
}

/// What these messages make of a zone, one after the other.
pub(super) fn made_by<'s>(base: &Snapshot, steps: impl Iterator<Item = &'s Step>) -> ChangeMap {
    let mut made = ChangeMap::new();
    for step in steps {
        let next = carried_out(&Contents { base, changes: &made }, step);
        follow(&mut made, next);
    }
    made
}

/// What a message makes of a zone once its prerequisites held.
fn carried_out(zone: &Contents<'_>, step: &Step) -> ChangeMap {
    let apex_soa = RrKey::new(zone.base.origin().clone(), RecordType::SOA);
    let soa = soa_of(zone.get(&apex_soa).as_ref()).unwrap_or_default();
    let mut update = step.update_over(&soa);
    update.prerequisites.clear();
    apply(zone, &update).map_or(ChangeMap::new(), |applied| applied.changes)
}
