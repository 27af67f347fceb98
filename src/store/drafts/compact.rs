//! A long journal made shorter: the steps of long ago as one, those of the recent past as they are.

use crate::zone::TextPatch;
use crate::zone::changes::ChangeMap;
use crate::zone::draft::{Entry, Step};
use crate::zone::rrset::same_octets;

/// So many of the newest steps can still be undone one by one.
pub(super) const KEPT: usize = 1_000;
/// Unless they touch more record sets than this, all together.
const KEPT_SETS: usize = 50_000;

/// Entries that give the same draft.
pub(super) fn compacted(entries: Vec<Entry>) -> Vec<Entry> {
    let (mut done, mut undone) = (Vec::new(), Vec::new());
    for entry in entries {
        match entry {
            Entry::Step(step) => {
                done.push(step);
                undone.clear();
            }
            Entry::Undo => undone.extend(done.pop()),
            Entry::Redo => done.extend(undone.pop()),
        }
    }
    let mut sets = 0;
    let recent = done.iter().rev().take(KEPT).take_while(|step| {
        sets += step.changes.len();
        sets <= KEPT_SETS
    });
    let old = done.len() - recent.count();
    let recent = done.split_off(old);
    let undos = undone.iter().map(|_| Entry::Undo).collect::<Vec<_>>();
    // Decisions stay as they are: what they say of the zone is true only where they stand.
    let together = |a: &Step, b: &Step| a.seen.is_empty() && b.seen.is_empty();
    let old = done.chunk_by(together).filter_map(as_one).collect::<Vec<_>>();
    let steps = old.into_iter().chain(recent).chain(undone.into_iter().rev());
    steps.map(Entry::Step).chain(undos).collect()
}

/// Steps, one after the other, as a single one; `None` where nothing is left of them.
fn as_one(steps: &[Step]) -> Option<Step> {
    if let [step] = steps {
        return Some(step.clone());
    }
    let mut changes = ChangeMap::new();
    let mut text = TextPatch::default();
    for step in steps {
        for (key, change) in &step.changes {
            match changes.get_mut(key) {
                None => {
                    changes.insert(key.clone(), change.clone());
                }
                Some(earlier) => earlier.after = change.after.clone(),
            }
        }
        text = text.then(step.text.clone().unwrap_or_default());
    }
    changes.retain(|_, change| !same_octets(change.before.as_ref(), change.after.as_ref()));
    let text = Some(text).filter(|text| !text.is_empty());
    let step = Step { text, ..Step::new("the steps of long ago", changes) };
    (!step.changes.is_empty() || step.text.is_some()).then_some(step)
}
