//! Who it was that a change is not there, told from the server's journal: was it carried out, and changed again since?

use std::collections::BTreeMap;

use super::{Push, State, Trouble};
use crate::facts::Failure;
use crate::push::{Action, Stage};
use crate::wire::ixfr::past::Step;
use crate::zone::RrKey;

/// What the journal told.
#[derive(Debug, Default)]
pub(super) struct Since {
    /// It is asked once.
    asked: bool,
    /// The RRsets that were as they were asked for, and the serial with which they no longer were.
    serials: BTreeMap<RrKey, u32>,
}

impl Since {
    /// Nothing is asked any more.
    pub fn give_up(&mut self) {
        self.asked = true;
    }

    /// The serial with which a change that was carried out was changed again.
    pub fn serial(&self, key: &RrKey) -> Option<u32> {
        self.serials.get(key).copied()
    }
}

impl Push {
    /// Asks for the journal where changes are not there although they may have been carried out.
    pub(super) fn ask_since(&mut self) -> Option<Vec<Action>> {
        let zone = self.zone.as_ref().filter(|_| self.read_back && !self.since.asked)?;
        let may_be_done = self.has_begun() || !matches!(self.trouble, Some(Trouble::Refused(_)));
        let is_there = self.changes.iter().all(|(key, change)| {
            let now = zone.get(key);
            change.is_achieved(key.rtype, now.as_ref())
        });
        if is_there || !may_be_done || zone.serial() == self.base.serial() {
            return None;
        }
        self.since.asked = true;
        self.state = State::Tracing;
        Some(vec![Action::Show(Stage::ReadingBack), Action::Trace(self.base.serial())])
    }

    /// Takes the steps since the serial that was asked for, the newest first.
    pub(super) fn traced(&mut self, steps: Result<Option<Vec<Step>>, Failure>) -> Vec<Action> {
        // A server that keeps no journal leaves it open who it was.
        let mut steps = steps.ok().flatten().unwrap_or_default();
        steps.reverse();
        let leads_here = |steps: &[Step]| {
            steps.first().is_some_and(|step| step.from == self.base.serial())
                && steps.last().map(|step| step.to) == self.zone.as_ref().map(|zone| zone.serial())
        };
        if leads_here(&steps) {
            self.since.serials = self.changed_again(&steps);
        }
        self.conclude()
    }

    fn changed_again(&self, steps: &[Step]) -> BTreeMap<RrKey, u32> {
        let mut serials = BTreeMap::new();
        for (key, change) in &self.changes {
            let mut was_there = change.is_achieved(key.rtype, self.base.get(key).as_ref());
            let mut left = None;
            for (serial, after) in
                steps.iter().filter_map(|step| Some((step.to, &step.changes.get(key)?.after)))
            {
                let is_there = change.is_achieved(key.rtype, after.as_ref());
                if was_there && !is_there {
                    left = Some(serial);
                }
                was_there = is_there;
            }
            serials.extend(left.filter(|_| !was_there).map(|serial| (key.clone(), serial)));
        }
        serials
    }
}
