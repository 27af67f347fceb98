//! What a server's own journal tells of a zone's past: what was changed from one serial to the next, but neither when nor
//! by whom.

use super::history::PushId;
use crate::zone::draft::Step;
use crate::zone::managed::{is_managed, is_signed};
use crate::zone::{Change, ChangeMap, Snapshot};

/// The changes, as far as the server tells them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Told {
    /// The newest first.
    pub steps: Vec<Turn>,
    /// The serial before the oldest of them. `None` where the server tells nothing.
    pub back_to: Option<u32>,
    /// The serials that were asked for.
    pub asked: Vec<u32>,
}

/// One change of a zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// The serials before and after it.
    pub from: u32,
    pub to: u32,
    /// Without what the server makes by itself.
    pub changes: ChangeMap,
    /// The push of ours that it belongs to; otherwise it is others' work.
    pub ours: Option<PushId>,
}

impl Turn {
    /// What takes it back in this zone.
    pub fn reverse_step(&self, zone: &Snapshot) -> Step {
        let turned = |change: &Change| Change { before: change.after.clone(), after: change.before.clone() };
        let changes = self.changes.iter().map(|(key, change)| (key.clone(), turned(change))).collect();
        step_back(format!("revert serial {} -> {}", self.from, self.to), changes, zone)
    }
}

/// A step of these changes, without what the server of this zone makes by itself, and what is there already.
pub(super) fn step_back(label: String, mut changes: ChangeMap, zone: &Snapshot) -> Step {
    let signed = is_signed(zone);
    changes.retain(|key, change| {
        !is_managed(signed, zone, key) && !change.is_achieved(key.rtype, zone.get(key).as_ref())
    });
    Step::new(label, changes)
}
