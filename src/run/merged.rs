//! A zone file against a zone that has moved on since the file was made: what the file changes and what others changed,
//! put together RRset by RRset.

use std::sync::Arc;

use serde_json::{Value, json};

use super::pushing::key_in_words;
use crate::zone::changes::diff;
use crate::zone::managed::without_managed;
use crate::zone::merge::{Conflict, Sides};
use crate::zone::{ChangeMap, Draft, Name, Rdata, RrSet, Snapshot, types};
use crate::zonefile::diff::contents_json;

/// What comes of it.
pub struct Merged {
    /// What the file changes, over the zone as it is now; without what is there already.
    pub changes: ChangeMap,
    /// What both sides changed.
    pub conflicts: Vec<Conflict>,
    /// RRsets that others changed.
    theirs: usize,
    /// Serials of the version that the file was made from, and of the zone now.
    serials: [u32; 2],
}

impl Merged {
    /// `then` is the version that the file was made from.
    pub fn new(then: Snapshot, file: &Snapshot, now: &Arc<Snapshot>) -> Merged {
        let theirs = without_managed(diff(&then, now), &then, now).len();
        let serials = [then.serial(), now.serial()];
        let mine = without_managed(diff(&then, file), &then, file);
        let mut draft = Draft::new(Arc::new(then));
        draft.edit("the file", mine.into_iter().map(|(key, change)| (key, change.after)));
        draft.rebase(Arc::clone(now));
        Merged { changes: draft.changes().clone(), conflicts: draft.open_conflicts(), theirs, serials }
    }

    /// What is kept.
    pub fn in_words(&self, zone: &Name) -> String {
        let [then, now] = self.serials;
        let sets = match self.theirs {
            0 => "nothing but the server's own records changed".to_owned(),
            1 => "1 record set changed there since, which is kept".to_owned(),
            sets => format!("{sets} record sets changed there since, which is kept"),
        };
        format!("The file was made from serial {then} of {zone}, the server has {now}: {sets}.")
    }

    /// Every conflict with the contents of all sides.
    pub fn conflicts_in_words(&self, zone: &Name) -> String {
        let mut text = String::from("Not pushed: the file and others changed the same. Nothing was sent.");
        for conflict in &self.conflicts {
            for sides in &conflict.sets {
                text.push_str(&format!("\n{}:", key_in_words(&sides.key, zone)));
                for (name, set) in [("before", &sides.seen), ("file", &sides.mine), ("server", &sides.theirs)]
                {
                    for record in records(sides, set.as_ref()) {
                        text.push_str(&format!("\n  {name:<7} {record}"));
                    }
                }
            }
            if conflict.cname {
                text.push_str("\n  (a CNAME stands alone at its name)");
            }
        }
        text.push_str(
            "\nPut into the file what the server has there, or decide in the editor, which shows both sides. --force says \
             that the file wins, over everything that changed on the server.",
        );
        text
    }
}

/// What both sides changed, where these changes of `then` meet what the zone is now.
pub fn conflicts_over(then: &Arc<Snapshot>, changes: &ChangeMap, now: &Arc<Snapshot>) -> Vec<Conflict> {
    let mut draft = Draft::new(Arc::clone(then));
    draft.edit("mine", changes.iter().map(|(key, change)| (key.clone(), change.after.clone())));
    draft.rebase(Arc::clone(now));
    draft.open_conflicts()
}

/// A list with one object an RRset: `name`, `type`, and its contents as `base`, `mine` and `theirs`, each as in a
/// change. `cname` says that the one side has a CNAME and the other side other data at the name.
pub fn conflicts_json(conflicts: &[Conflict]) -> Value {
    let sets = conflicts.iter().flat_map(|conflict| {
        conflict.sets.iter().map(|Sides { key, seen, mine, theirs }| {
            let contents = |set: &Option<RrSet>| contents_json(key.rtype, set.as_ref());
            json!({
                "name": key.owner.to_string(),
                "type": key.rtype.to_string(),
                "base": contents(seen),
                "mine": contents(mine),
                "theirs": contents(theirs),
                "cname": conflict.cname,
            })
        })
    });
    Value::Array(sets.collect())
}

fn records(sides: &Sides, set: Option<&RrSet>) -> Vec<String> {
    let Some(set) = set else { return vec!["nothing".into()] };
    let record = |(index, rdata): (usize, &Rdata)| {
        format!("{} {}", set.ttl_of(index), types::format_rdata(sides.key.rtype, rdata, None))
    };
    set.rdata.iter().enumerate().map(record).collect()
}
