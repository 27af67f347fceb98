//! Merging: the RRsets that others changed as well, and what can be decided about them.
//!
//! The RRset is the unit here too: what one side did to the TTL and the other to the records is put together only
//! when the person says so. A CNAME stands alone at its name, so that one side's CNAME against the other's data is a
//! conflict about all that stands at the name, though it is about several RRsets.

use std::collections::BTreeSet;

use super::changes::{Change, ChangeMap};
use super::draft::{Draft, Entry, Step};
use super::name::Name;
use super::rrset::{RrKey, RrSet, same_contents};
use super::rtype::RecordType;
use super::snapshot::{SetId, Snapshot};
use super::types;
use super::update::stands_beside_cname;

/// Something that both sides changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// The RRsets that it is about: one, or all that matter at a name where a CNAME stands against other data.
    pub sets: Vec<Sides>,
    /// Does a CNAME of one side stand against other data of the other?
    pub cname: bool,
}

/// One RRset as each side has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sides {
    pub key: RrKey,
    /// What the person saw when editing.
    pub seen: Option<RrSet>,
    pub mine: Option<RrSet>,
    /// What the zone holds now.
    pub theirs: Option<RrSet>,
}

/// What shall be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    Mine,
    Theirs,
    /// What both did: see [`Sides::both`].
    Both,
}

impl Conflict {
    /// The RRset that it is named after: the first that the person changed.
    pub fn key(&self) -> Option<&RrKey> {
        let changed =
            |sides: &&Sides| !same_contents(sides.seen.as_ref(), sides.mine.as_ref(), sides.key.rtype);
        self.sets.iter().find(changed).or(self.sets.first()).map(|sides| &sides.key)
    }

    pub fn is_about(&self, key: &RrKey) -> bool {
        self.sets.iter().any(|sides| sides.key == *key)
    }

    /// Can both be had? Otherwise a sentence on why not.
    ///
    /// # Errors
    /// The sentence.
    pub fn may_be_both(&self) -> Result<(), String> {
        if self.cname {
            return Err("a CNAME stands alone at its name: it is either side's, not both".into());
        }
        let single = |sides: &&Sides| sides.key.rtype.is_singleton() || sides.key.rtype == RecordType::SOA;
        let several = |sides: &&Sides| sides.both().is_some_and(|set| set.rdata.len() > 1);
        match self.sets.iter().find(single).filter(several) {
            Some(sides) => {
                Err(format!("there can be only one {} record here: choose one side", sides.key.rtype))
            }
            None => Ok(()),
        }
    }
}

impl Sides {
    /// The contents that a choice leads to.
    pub fn contents(&self, choice: Choice) -> Option<RrSet> {
        match choice {
            Choice::Mine => self.mine.clone(),
            Choice::Theirs => self.theirs.clone(),
            Choice::Both => self.both(),
        }
    }

    /// Both sides' changes together: what either side added is there, what either side deleted is not. The TTL is mine
    /// where I changed it, else theirs. `None` where nothing is left.
    pub fn both(&self) -> Option<RrSet> {
        let rtype = self.key.rtype;
        let empty = RrSet::new(0, Vec::new());
        let [seen, mine, theirs] =
            [&self.seen, &self.mine, &self.theirs].map(|set| set.as_ref().unwrap_or(&empty));
        let canonical = |set: &RrSet| -> BTreeSet<Vec<u8>> {
            set.rdata.iter().map(|rdata| types::canonical(rtype, rdata).into_owned()).collect()
        };
        let (in_seen, in_mine, in_theirs) = (canonical(seen), canonical(mine), canonical(theirs));
        let kept = |rdata: &[u8], other: &BTreeSet<Vec<u8>>| {
            let rdata = types::canonical(rtype, rdata);
            other.contains(&*rdata) || !in_seen.contains(&*rdata)
        };
        let from_theirs = theirs.rdata.iter().filter(|rdata| kept(rdata, &in_mine));
        let is_theirs = |rdata: &[u8]| in_theirs.contains(&*types::canonical(rtype, rdata));
        let from_mine = mine.rdata.iter().filter(|rdata| kept(rdata, &in_theirs) && !is_theirs(rdata));
        let rdata: Vec<_> = from_theirs.chain(from_mine).cloned().collect();
        let ttl = match (&self.seen, &self.mine, &self.theirs) {
            (_, Some(mine), None) => mine.ttl,
            (_, None, Some(theirs)) => theirs.ttl,
            (Some(seen), Some(mine), Some(theirs)) if mine.ttl == seen.ttl => theirs.ttl,
            _ => mine.ttl,
        };
        Some(RrSet::new(ttl, rdata)).filter(|set| !set.rdata.is_empty())
    }
}

/// What is to be decided about changes over a zone: each was meant over its `before`.
pub fn conflicts(base: &Snapshot, changes: &ChangeMap) -> Vec<Conflict> {
    conflicts_of(base, changes.iter())
}

/// The same about some of the changes, in their order: all or none of those at a name.
fn conflicts_of<'a>(
    base: &Snapshot,
    changes: impl Iterator<Item = (&'a RrKey, &'a Change)>,
) -> Vec<Conflict> {
    let mut found = Vec::new();
    let mut rest = changes.peekable();
    while let Some((key, change)) = rest.next() {
        let mut at_name = vec![(key, change)];
        while let Some(next) = rest.next_if(|(other, _)| other.owner == key.owner) {
            at_name.push(next);
        }
        match against_cname(base, &key.owner, &at_name) {
            Some(conflict) => found.push(conflict),
            None => {
                let moved = at_name.iter().filter(|(key, change)| is_moved(base, key, change));
                let conflict = |(key, change): &(&RrKey, &Change)| Conflict {
                    sets: vec![sides(base, key, Some(change))],
                    cname: false,
                };
                found.extend(moved.map(conflict));
            }
        }
    }
    found
}

/// The changed RRsets that are part of a conflict.
pub fn contested(base: &Snapshot, changes: &ChangeMap) -> BTreeSet<RrKey> {
    contested_of(base, changes.iter()).into_iter().filter(|key| changes.contains_key(key)).collect()
}

/// The RRsets that are part of a conflict, if only these changes are looked at: in their order, all or none of those at a
/// name. With them others that stand in the way of a CNAME.
pub fn contested_of<'a>(
    base: &Snapshot,
    changes: impl Iterator<Item = (&'a RrKey, &'a Change)>,
) -> BTreeSet<RrKey> {
    let conflicts = conflicts_of(base, changes).into_iter().flat_map(|conflict| conflict.sets);
    conflicts.map(|sides| sides.key).collect()
}

/// Does the zone hold something else than the person saw?
fn is_moved(base: &Snapshot, key: &RrKey, change: &Change) -> bool {
    !change.is_untouched(key.rtype, base.get(key).as_ref())
}

fn sides(base: &Snapshot, key: &RrKey, change: Option<&Change>) -> Sides {
    let theirs = base.get(key);
    match change {
        Some(Change { before, after }) => {
            Sides { key: key.clone(), seen: before.clone(), mine: after.clone(), theirs }
        }
        // The person did nothing to it, and saw nothing there that would stand in the way.
        None => Sides { key: key.clone(), seen: None, mine: None, theirs },
    }
}

/// The changes at a name, where mine and theirs cannot stand there together.
fn against_cname(base: &Snapshot, owner: &Name, changes: &[(&RrKey, &Change)]) -> Option<Conflict> {
    let wants = |change: &Change| change.after.is_some();
    let cname = RrKey::new(owner.clone(), RecordType::CNAME);
    let wants_cname = changes.iter().any(|(key, change)| is_cname(key) && wants(change));
    if !wants_cname && base.find(&cname).is_none() {
        return None;
    }
    let there: Vec<RrKey> = base.sets_at(owner.as_ref()).filter_map(|set| base.key(SetId(set))).collect();
    let changed = |key: &RrKey| changes.iter().find(|(own, _)| *own == key).map(|(_, change)| *change);
    // What the person took away knowingly, or changed, does not stand in the way.
    let stands = |key: &&RrKey| match changed(key) {
        None => !stands_beside_cname(key.rtype) || is_cname(key),
        Some(change) => is_moved(base, key, change),
    };
    let theirs: Vec<&RrKey> = there.iter().filter(stands).collect();
    let mine = || changes.iter().filter(|(_, change)| wants(change)).map(|(key, _)| *key);
    let is_data = |key: &RrKey| !is_cname(key) && !stands_beside_cname(key.rtype);
    let clash = mine().any(is_cname) && theirs.iter().any(|key| is_data(key))
        || mine().any(is_data) && theirs.iter().any(|key| is_cname(key));
    if !clash {
        return None;
    }
    let keys: BTreeSet<&RrKey> = changes.iter().map(|(key, _)| *key).chain(theirs).collect();
    let sets = keys.into_iter().map(|key| sides(base, key, changed(key))).collect();
    Some(Conflict { sets, cname: true })
}

fn is_cname(key: &RrKey) -> bool {
    key.rtype == RecordType::CNAME
}

impl Draft {
    /// What others changed as well, and is to be decided.
    pub fn open_conflicts(&self) -> Vec<Conflict> {
        conflicts(self.base(), self.changes())
    }

    /// The changed RRsets that nothing can be done with before somebody has decided.
    pub fn conflicts(&self) -> Vec<RrKey> {
        contested(self.base(), self.changes()).into_iter().collect()
    }

    /// Decides a conflict, as one step: undone, it is open again. `None` where there is nothing to decide.
    pub fn decide(&mut self, conflict: &Conflict, choice: Choice, label: impl Into<String>) -> Option<Entry> {
        self.decide_all(std::slice::from_ref(conflict), choice, label)
    }

    /// Decides several in the same way, as one step.
    pub fn decide_all(
        &mut self,
        conflicts: &[Conflict],
        choice: Choice,
        label: impl Into<String>,
    ) -> Option<Entry> {
        let mut step = Step::new(label, ChangeMap::new());
        for sides in conflicts.iter().flat_map(|conflict| &conflict.sets) {
            let key = &sides.key;
            if self.changes().contains_key(key) {
                let seen = Change { before: sides.seen.clone(), after: sides.theirs.clone() };
                step.seen.insert(key.clone(), seen);
            }
            let change = Change { before: self.get(key), after: sides.contents(choice) };
            if !change.is_empty() {
                step.changes.insert(key.clone(), change);
            }
        }
        self.step(step)
    }
}

#[cfg(test)]
mod tests;
