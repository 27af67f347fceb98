//! A draft: an immutable zone and one map of changed RRsets, with undo and redo.
//!
//! Every edit is a [`Step`]: a map of RRsets before and after. Undoing swaps the two. What must survive a
//! crash is written by `store` from the [`Entry`] values that each call here returns.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::changes::{Change, ChangeMap, Contents, Rebased, moved};
use super::patch::TextPatch;
use super::rrset::{RrKey, RrSet, same_contents, same_octets};
use super::snapshot::Snapshot;

/// One edit that can be undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What the person did, for the undo message: "add www A".
    pub label: String,
    pub changes: ChangeMap,
    /// What counts as seen of an RRset in the zone, before and after it: a decision about what both sides changed
    /// makes that another. Empty in most steps.
    pub seen: ChangeMap,
    /// What it did to the zone's document, where that is known: comments are no RRsets, and come back by this.
    pub text: Option<TextPatch>,
}

impl Step {
    /// An edit of records.
    pub fn new(label: impl Into<String>, changes: ChangeMap) -> Step {
        Step { label: label.into(), changes, seen: ChangeMap::new(), text: None }
    }

    /// How many RRsets it changes.
    fn size(&self) -> usize {
        self.changes.len() + self.seen.len()
    }

    /// Does it do nothing, neither to records nor to the text?
    fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.seen.is_empty() && self.text.is_none()
    }
}

/// What happened to a draft, in the order it happened: played again it gives the same draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    Step(Step),
    Undo,
    Redo,
}

/// Edits in progress over a snapshot.
#[derive(Debug, Clone)]
pub struct Draft {
    base: Arc<Snapshot>,
    changes: ChangeMap,
    undo: Vec<Step>,
    redo: Vec<Step>,
    /// Another one after each change.
    edition: u64,
}

impl Draft {
    pub fn new(base: Arc<Snapshot>) -> Draft {
        Draft { base, changes: ChangeMap::new(), undo: Vec::new(), redo: Vec::new(), edition: 0 }
    }

    /// The zone that the draft changes.
    pub fn base(&self) -> &Arc<Snapshot> {
        &self.base
    }

    /// What the draft changes. `before` is the content that the person saw when editing.
    pub fn changes(&self) -> &ChangeMap {
        &self.changes
    }

    /// The zone as the draft makes it.
    pub fn contents(&self) -> Contents<'_> {
        Contents { base: &self.base, changes: &self.changes }
    }

    pub fn get(&self, key: &RrKey) -> Option<RrSet> {
        self.contents().get(key)
    }

    /// Gives RRsets new contents as one step. `None`, and no step, when nothing is different.
    pub fn edit(
        &mut self,
        label: impl Into<String>,
        edits: impl IntoIterator<Item = (RrKey, Option<RrSet>)>,
    ) -> Option<Entry> {
        self.edit_with_text(label, edits, TextPatch::default())
    }

    /// The same with what it did to the document; that can be all of it, where only comments are edited.
    pub fn edit_with_text(
        &mut self,
        label: impl Into<String>,
        edits: impl IntoIterator<Item = (RrKey, Option<RrSet>)>,
        text: TextPatch,
    ) -> Option<Entry> {
        let changes: ChangeMap = edits
            .into_iter()
            .map(|(key, after)| {
                let before = self.get(&key);
                let after = after.map(|set| set.without_repeats(key.rtype));
                (key, Change { before, after: after.filter(|set| !set.rdata.is_empty()) })
            })
            .filter(|(_, change)| !change.is_empty())
            .collect();
        self.step(Step { text: Some(text).filter(|text| !text.is_empty()), ..Step::new(label, changes) })
    }

    /// Makes a step. `None` where it does nothing.
    pub(super) fn step(&mut self, step: Step) -> Option<Entry> {
        if step.is_empty() {
            return None;
        }
        let base = Arc::clone(&self.base);
        self.perform(step, &|key| base.get(key));
        self.undo.last().cloned().map(Entry::Step)
    }

    /// Takes the last step back; the label of what was undone.
    pub fn undo(&mut self) -> Option<(Entry, String)> {
        let base = Arc::clone(&self.base);
        self.take_back(&|key| base.get(key)).map(|label| (Entry::Undo, label))
    }

    /// Does the last undone step again; its label.
    pub fn redo(&mut self) -> Option<(Entry, String)> {
        let base = Arc::clone(&self.base);
        self.do_again(&|key| base.get(key)).map(|label| (Entry::Redo, label))
    }

    /// Does again what a journal says was done. The zone may have moved on since: the journal is played over what
    /// its steps found in the zone, and the result brought onto the zone as it is now, as by [`Draft::rebase`].
    pub fn replay(&mut self, entries: impl IntoIterator<Item = Entry>) {
        let base = Arc::clone(&self.base);
        let mut found: BTreeMap<RrKey, Option<RrSet>> = BTreeMap::new();
        let zone = |found: &BTreeMap<RrKey, Option<RrSet>>, key: &RrKey| match found.get(key) {
            Some(set) => set.clone(),
            None => base.get(key),
        };
        for entry in entries {
            match entry {
                Entry::Step(step) => {
                    // An RRset without a change in the draft is as the zone was when the step was made; a decision
                    // says what the zone held.
                    let own = step.changes.iter().filter(|(key, _)| !self.changes.contains_key(key));
                    let own = own.map(|(key, change)| (key, &change.before));
                    let decided = step.seen.iter().map(|(key, seen)| (key, &seen.after));
                    let held: Vec<(&RrKey, &Option<RrSet>)> = own.chain(decided).collect();
                    for (key, now) in held {
                        let earlier = found.insert(key.clone(), now.clone());
                        if let Some(earlier) = earlier.filter(|set| !same_octets(set.as_ref(), now.as_ref()))
                        {
                            let went = Change { before: earlier, after: now.clone() };
                            self.move_steps(&|other| (other == key).then(|| went.clone()));
                        }
                    }
                    self.perform(step, &|key| zone(&found, key));
                }
                Entry::Undo => {
                    self.take_back(&|key| zone(&found, key));
                }
                Entry::Redo => {
                    self.do_again(&|key| zone(&found, key));
                }
            }
        }
        self.rebase_from(&|key| zone(&found, key));
    }

    /// What a journal must hold so that [`Draft::replay`] gives this draft, undo and redo included.
    pub fn entries(&self) -> Vec<Entry> {
        let mut steps: Vec<Step> = self.undo.iter().chain(self.redo.iter().rev()).cloned().collect();
        // The first step that touches an RRset says what was seen in its place: so a conflict that is still
        // open, or that was decided by `keep_mine`, is the same again.
        for (key, change) in &self.changes {
            if let Some(first) = steps.iter_mut().find_map(|step| step.changes.get_mut(key)) {
                first.before = change.before.clone();
            }
        }
        let undone = self.redo.iter().map(|_| Entry::Undo);
        steps.into_iter().map(Entry::Step).chain(undone).collect()
    }

    /// What the next undo would do to the document.
    pub fn undo_text(&self) -> Option<TextPatch> {
        self.undo.last()?.text.as_ref().map(TextPatch::inverse)
    }

    /// What the next redo would do to the document.
    pub fn redo_text(&self) -> Option<&TextPatch> {
        self.redo.last()?.text.as_ref()
    }

    /// Notes what the newest step did to the document, after what is known of it already: seen only now that somebody
    /// looks at the text. False where that cannot be told of one step.
    pub fn attach_text(&mut self, patch: TextPatch) -> bool {
        let newest = self.undo.last_mut().filter(|_| self.redo.is_empty());
        if let Some(step) = newest.filter(|_| !patch.is_empty()) {
            step.text = Some(step.text.take().unwrap_or_default().then(patch));
            self.edition += 1;
            return true;
        }
        false
    }

    /// How often it was changed: two copies of one draft in the same edition are the same.
    pub fn edition(&self) -> u64 {
        self.edition
    }

    /// How many RRsets there are in its changes and its steps.
    pub fn size(&self) -> usize {
        self.changes.len() + self.undo.iter().chain(&self.redo).map(Step::size).sum::<usize>()
    }

    /// How many RRsets `undo` and `redo` would change next.
    pub fn next_sizes(&self) -> (usize, usize) {
        (self.undo.last().map_or(0, Step::size), self.redo.last().map_or(0, Step::size))
    }

    /// How many steps there are to undo, and to do again.
    pub fn depths(&self) -> (usize, usize) {
        (self.undo.len(), self.redo.len())
    }

    /// Labels of what `undo` and `redo` would do next.
    pub fn next_labels(&self) -> (Option<&str>, Option<&str>) {
        (self.undo.last().map(|step| step.label.as_str()), self.redo.last().map(|step| step.label.as_str()))
    }

    /// Brings the draft onto a newer zone. A change whose RRset the server still holds as it was stays; one
    /// that the server has meanwhile made itself is done; one whose RRset somebody else changed stays as it is
    /// and is named by [`Draft::conflicts`]. Undo never goes back to contents that somebody else has replaced.
    pub fn rebase(&mut self, base: Arc<Snapshot>) {
        let old = std::mem::replace(&mut self.base, base);
        self.rebase_from(&|key| old.get(key));
    }

    /// Moves steps and changes onto the base.
    fn rebase_from(&mut self, old: Zone<'_>) {
        self.edition += 1;
        let base = Arc::clone(&self.base);
        self.move_steps(&|key| Some(Change { before: old(key), after: base.get(key) }));
        self.changes.retain(|key, change| match change.rebase(key.rtype, base.get(key)) {
            Rebased::Stands(over_new) => {
                *change = over_new;
                !change.is_empty()
            }
            Rebased::Done => false,
            Rebased::Conflict => true,
        });
        // Steps over contents that are no more: what was done with an RRset that now has others, ours or somebody
        // else's, can neither be undone nor done again, unless it is still in the draft.
        let changes = &self.changes;
        let stays = |key: &RrKey| {
            changes.contains_key(key) || same_contents(old(key).as_ref(), base.get(key).as_ref(), key.rtype)
        };
        let of_records = |step: &&mut Step| !(step.changes.is_empty() && step.seen.is_empty());
        for step in self.undo.iter_mut().chain(&mut self.redo).filter(of_records) {
            step.changes.retain(|key, _| stays(key));
            step.seen.retain(|key, _| stays(key));
            if step.changes.is_empty() {
                // Its text says the same as its records did.
                step.text = None;
            }
        }
        self.undo.retain(|step| !step.is_empty());
        self.redo.retain(|step| !step.is_empty());
    }

    /// Makes the steps fit a zone whose RRsets went from one content to another: where a step held the zone's
    /// contents it holds them still.
    fn move_steps(&mut self, went: &dyn Fn(&RrKey) -> Option<Change>) {
        for step in self.undo.iter_mut().chain(&mut self.redo) {
            for (key, change) in step.changes.iter_mut() {
                let Some(Change { before: old, after: new }) = went(key) else { continue };
                if same_octets(old.as_ref(), new.as_ref()) {
                    continue;
                }
                for side in [&mut change.before, &mut change.after] {
                    *side = if same_octets(side.as_ref(), old.as_ref()) {
                        new.clone()
                    } else {
                        moved(side.take(), old.as_ref(), new.as_ref(), key.rtype)
                    };
                }
            }
        }
    }

    fn perform(&mut self, mut step: Step, zone: Zone<'_>) {
        self.go(&mut step, Side::After, zone);
        self.undo.push(step);
        self.redo.clear();
    }

    fn take_back(&mut self, zone: Zone<'_>) -> Option<String> {
        let mut step = self.undo.pop()?;
        self.go(&mut step, Side::Before, zone);
        let label = step.label.clone();
        self.redo.push(step);
        Some(label)
    }

    fn do_again(&mut self, zone: Zone<'_>) -> Option<String> {
        let mut step = self.redo.pop()?;
        self.go(&mut step, Side::After, zone);
        let label = step.label.clone();
        self.undo.push(step);
        Some(label)
    }

    /// Goes to one side of a step.
    fn go(&mut self, step: &mut Step, side: Side, zone: Zone<'_>) {
        self.edition += 1;
        for (key, change) in &step.changes {
            let now = zone(key);
            let was = self.changes.get(key).map(|own| own.before.clone());
            self.set(key, now.clone(), side.of(change).clone());
            // Where a conflict goes away with the change, the way back must bring both.
            if let Some(was) = was
                && !self.changes.contains_key(key)
                && !same_octets(was.as_ref(), now.as_ref())
            {
                let (before, after) = if side == Side::After { (was, now) } else { (now, was) };
                if !step.seen.contains_key(key) {
                    step.seen.insert(key.clone(), Change { before, after });
                }
            }
        }
        for (key, seen) in &step.seen {
            if let Some(own) = self.changes.get_mut(key) {
                own.before = side.of(seen).clone();
            }
        }
    }

    /// Gives an RRset its contents. `now` is what the zone holds.
    fn set(&mut self, key: &RrKey, now: Option<RrSet>, after: Option<RrSet>) {
        // What the person saw stays what it was, even where the zone has moved on: only they can decide that.
        let before = self.changes.remove(key).map_or_else(|| now.clone(), |own| own.before);
        if !same_octets(after.as_ref(), now.as_ref()) {
            self.changes.insert(key.clone(), Change { before, after });
        }
    }
}

/// A side of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Before,
    After,
}

impl Side {
    fn of(self, change: &Change) -> &Option<RrSet> {
        match self {
            Side::Before => &change.before,
            Side::After => &change.after,
        }
    }
}

/// What the zone below a draft holds.
type Zone<'a> = &'a dyn Fn(&RrKey) -> Option<RrSet>;
