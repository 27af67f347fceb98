//! The zone that a push stands on, when it moves on below: the changes are brought along, and planned again.

use std::sync::Arc;

use super::reading::made_by;
use super::reviewed::is_as_reviewed;
use super::{Pause, Push, State};
use crate::push::plan::{Guards, plan_with};
use crate::push::{Action, Outcome, PlanError, Stage, describe};
use crate::wire::update::MAX_UPDATE;
use crate::zone::changes::{Change, ChangeMap, Rebased};
use crate::zone::{RrKey, Snapshot, serial};

impl Push {
    pub(super) fn load(&mut self, serial: u32) -> Vec<Action> {
        self.state = State::Loading(serial);
        vec![Action::Show(Stage::LoadingZone), Action::Transfer]
    }

    pub(super) fn loaded(&mut self, at_least: u32, zone: Arc<Snapshot>) -> Vec<Action> {
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

    /// Brings the changes onto a newer zone, over what was carried out of them. Returns the end of the push where it
    /// cannot go on.
    pub(super) fn rebase(&mut self, zone: Arc<Snapshot>) -> Option<Vec<Action>> {
        self.zone = Some(Arc::clone(&zone));
        let done = match self.caught_up {
            true => ChangeMap::new(),
            false => made_by(&self.base, self.plan.steps.iter().take(self.step)),
        };
        let mut standing = ChangeMap::new();
        let mut conflicts = Vec::new();
        for (key, change) in self.rest.as_ref().unwrap_or(&self.changes) {
            let before = done.get(key).map_or(&change.before, |done| &done.after);
            let change = Change { before: before.clone(), after: change.after.clone() };
            if self.has_begun() && change.is_empty() {
                continue;
            }
            match change.rebase(key.rtype, zone.get(key)) {
                Rebased::Stands(change) => {
                    standing.insert(key.clone(), change);
                }
                Rebased::Done => {}
                Rebased::Conflict => conflicts.push(key.clone()),
            }
        }
        self.soa = zone.soa().clone();
        self.base = zone;
        self.caught_up = true;
        if !conflicts.is_empty() {
            return Some(self.conflict(conflicts));
        }
        if standing.is_empty() {
            return Some(self.nothing_to_do());
        }
        if self.has_begun() {
            self.rest = Some(standing);
        } else {
            self.changes = standing;
        }
        None
    }

    /// Plans for the base as it is now, and sends when that is what was reviewed.
    pub(super) fn prepare(&mut self) -> Vec<Action> {
        let changes = self.rest.as_ref().unwrap_or(&self.changes);
        let plan = match plan_with(&self.base, changes, self.traits, &self.guards, MAX_UPDATE) {
            Ok(plan) => plan,
            Err(PlanError::Nothing) => return self.nothing_to_do(),
            Err(PlanError::Conflict(keys)) => return self.conflict(keys),
            // It was none when it was reviewed: others came between, with the CNAME or with the data.
            Err(PlanError::CnameBesideData(owner)) => {
                let keys = changes.keys().filter(|key| key.owner == owner).cloned().collect();
                return self.conflict(keys);
            }
            // What was reviewed could be planned, so the zone must have changed since.
            Err(error) if self.zone.is_some() => {
                return self.cannot_send(format!("Somebody else changed the zone meanwhile. {error}"));
            }
            Err(error) => return self.cannot_send(error.to_string()),
        };
        let reviewed = self.reviewed.steps.get(self.earlier + self.step..).unwrap_or_default();
        if !is_as_reviewed(&plan.steps, reviewed, self.has_begun()) {
            if self.has_begun() {
                return self.stop("The zone moved on, and what is left takes other messages now.".into());
            }
            self.plan = plan;
            return self.finish(Outcome::ReviewAgain, Vec::new());
        }
        (self.earlier, self.step, self.sent) = (self.earlier + self.step, 0, 0);
        self.plan = plan;
        self.caught_up = false;
        self.notes = self.fewer_guards();
        self.send()
    }

    pub(super) fn conflict(&mut self, keys: Vec<RrKey>) -> Vec<Action> {
        if !self.has_begun() {
            return self.finish(Outcome::Conflict(keys), Vec::new());
        }
        let names: Vec<String> = keys.iter().take(3).map(describe).collect();
        let more = keys.len().saturating_sub(names.len());
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        self.stop(format!("Somebody else changed {}{more} meanwhile.", names.join(", ")))
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
}
