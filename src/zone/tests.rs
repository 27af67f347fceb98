//! Snapshot, changes and draft against naive models.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;

use super::changes::{Change, ChangeMap, Contents, Rebased, diff, inverse};
use super::draft::{Draft, Entry};
use super::rrset::{RrKey, RrSet, same_contents};
use super::snapshot::{SetId, SnapshotError};
use super::testing::*;
use super::{Name, RecordType, Snapshot, SnapshotBuilder};

type Model = BTreeMap<RrKey, RrSet>;

fn model(zone: &Snapshot) -> Model {
    let mut sets: BTreeMap<RrKey, Vec<(u32, super::Rdata)>> = BTreeMap::new();
    for record in zone.records() {
        sets.entry(record.key()).or_default().push((record.ttl, record.rdata.into()));
    }
    sets.into_iter().map(|(key, records)| (key, RrSet::of_records(records).unwrap())).collect()
}

fn seen(contents: &Contents<'_>) -> Model {
    let keys = contents.keys_at_or_below(&name("@"));
    keys.into_iter().map(|key| (key.clone(), contents.get(&key).unwrap())).collect()
}

fn names() -> Vec<Name> {
    ["@", "a", "A", "b", "c.a", "*.b", "d", "x.c.a", "."].map(name).to_vec()
}

fn set(ttl: u32, records: &[&str]) -> Option<RrSet> {
    Some(RrSet::new(ttl, records.iter().map(|record| record_data(record).1).collect()))
}

/// Edits of single RRsets, some of which take a set away; the SOA is left alone.
fn any_edits() -> impl Strategy<Value = Vec<(RrKey, Option<RrSet>)>> {
    let edit =
        (any_record(), prop::option::weighted(0.7, 1..3u8)).prop_map(|((owner, ttl, record), kept)| {
            let (rtype, rdata) = record_data(&record);
            let rtype = if rtype == RecordType::SOA { RecordType::TXT } else { rtype };
            (key(&owner, rtype), kept.map(|_| RrSet::new(ttl, vec![rdata])))
        });
    prop::collection::vec(edit, 1..4)
}

#[derive(Debug, Clone)]
enum Act {
    Edit(Vec<(RrKey, Option<RrSet>)>),
    Undo,
    Redo,
}

fn any_acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        4 => any_edits().prop_map(Act::Edit),
        2 => Just(Act::Undo),
        1 => Just(Act::Redo),
    ];
    prop::collection::vec(act, 0..20)
}

/// Performs, and returns what a journal would hold.
fn perform(draft: &mut Draft, acts: Vec<Act>) -> Vec<Entry> {
    let entry = |act| match act {
        Act::Edit(edits) => draft.edit("edit", edits),
        Act::Undo => draft.undo().map(|(entry, _)| entry),
        Act::Redo => draft.redo().map(|(entry, _)| entry),
    };
    acts.into_iter().filter_map(entry).collect()
}

proptest! {
    #[test]
    fn snapshot_finds_what_it_holds(zone in any_zone(), wanted in prop::collection::vec(any_record(), 0..10)) {
        let model = model(&zone);
        prop_assert_eq!(zone.set_count(), model.len());
        let wanted = wanted.into_iter().map(|(owner, _, record)| key(&owner, record_data(&record).0));
        for key in model.keys().cloned().chain(wanted) {
            prop_assert_eq!(zone.get(&key), model.get(&key).cloned());
            prop_assert_eq!(zone.find(&key).is_some(), model.contains_key(&key));
            prop_assert_eq!(zone.lower_bound(&key) as usize, model.range(..&key).count());
        }
        for (id, (key, set)) in zone.set_ids().zip(&model) {
            prop_assert_eq!(zone.key(id), Some(key.clone()));
            prop_assert_eq!(zone.contents(id), Some(set.clone()));
            for row in zone.rows_of(id) {
                prop_assert_eq!(zone.set_of(row), id);
            }
        }
        let end = SetId(zone.set_count() as u32);
        prop_assert_eq!((zone.key(end), zone.contents(end), zone.key(SetId(u32::MAX))), (None, None, None));
        prop_assert!(zone.record(zone.record_count()).is_none());
    }

    #[test]
    fn names_are_runs_of_rrsets(zone in any_zone()) {
        let model = model(&zone);
        for owner in names() {
            let keys = |range: std::ops::Range<u32>| -> Vec<RrKey> {
                range.map(|set| zone.key(SetId(set)).unwrap()).collect()
            };
            let at: Vec<RrKey> = model.keys().filter(|key| key.owner == owner).cloned().collect();
            let below: Vec<RrKey> =
                model.keys().filter(|key| key.owner.is_at_or_below(&owner)).cloned().collect();
            prop_assert_eq!(keys(zone.sets_at(owner.as_ref())), at);
            prop_assert_eq!(keys(zone.sets_at_or_below(owner.as_ref())), below);
        }
    }

    #[test]
    fn contents_are_the_snapshot_with_the_changes(a in any_zone(), b in any_zone()) {
        let changes = diff(&a, &b);
        let contents = Contents { base: &a, changes: &changes };
        let model = model(&a.with_changes(&changes).unwrap());
        prop_assert_eq!(&seen(&contents), &model);
        for owner in names() {
            let at: Vec<RrKey> = model.keys().filter(|key| key.owner == owner).cloned().collect();
            prop_assert_eq!(contents.keys_at(&owner), at);
            let below: Vec<RrKey> =
                model.keys().filter(|key| key.owner.is_at_or_below(&owner)).cloned().collect();
            prop_assert_eq!(contents.keys_at_or_below(&owner), below);
        }
        for key in model.keys() {
            prop_assert!(contents.is_there(key));
        }
    }

    #[test]
    fn a_diff_leads_from_one_zone_to_the_other_and_back(a in any_zone(), b in any_zone()) {
        let changes = diff(&a, &b);
        let there = a.with_changes(&changes).unwrap();
        prop_assert!(diff(&there, &b).is_empty());
        prop_assert!(diff(&there.with_changes(&inverse(&changes)).unwrap(), &a).is_empty());
        prop_assert!(diff(&a, &a).is_empty());
        for (key, change) in &changes {
            prop_assert_eq!((&change.before, &change.after), (&a.get(key), &b.get(key)));
        }
    }

    #[test]
    fn undo_takes_back_and_redo_brings_back(base in any_zone(), acts in any_acts()) {
        let mut draft = Draft::new(Arc::new(base));
        perform(&mut draft, acts);
        let end = (draft.changes().clone(), draft.next_labels().0.is_some());
        // Redo what was undone, then go all the way back, keeping what was seen.
        while draft.redo().is_some() {}
        let mut states = vec![draft.changes().clone()];
        while draft.undo().is_some() {
            states.push(draft.changes().clone());
        }
        prop_assert!(draft.changes().is_empty(), "everything undone");
        prop_assert!(states.contains(&end.0));
        for state in states.iter().rev().skip(1) {
            prop_assert!(draft.redo().is_some());
            prop_assert_eq!(draft.changes(), state);
        }
        prop_assert!(draft.redo().is_none());
    }

    #[test]
    fn a_journal_gives_the_same_draft(base in any_zone(), acts in any_acts()) {
        let base = Arc::new(base);
        let mut draft = Draft::new(Arc::clone(&base));
        let journal = perform(&mut draft, acts);
        let mut again = Draft::new(base);
        again.replay(journal);
        prop_assert_eq!(again.changes(), draft.changes());
        prop_assert_eq!(again.next_labels(), draft.next_labels());
        let mut compact = Draft::new(Arc::clone(draft.base()));
        compact.replay(draft.entries());
        prop_assert_eq!((compact.changes(), compact.next_labels()), (draft.changes(), draft.next_labels()));
        loop {
            let (one, other) = (draft.undo(), again.undo());
            prop_assert_eq!(again.changes(), draft.changes());
            prop_assert_eq!(&one, &other);
            if one.is_none() {
                break;
            }
        }
    }

    /// Two ways onto a newer zone: the draft is open while it moves, or its journal is played over the new one.
    #[test]
    fn rebased_and_replayed_agree(old in any_zone(), new in any_zone(), acts in any_acts()) {
        let (old, new) = (Arc::new(old), Arc::new(new));
        let mut open = Draft::new(Arc::clone(&old));
        let journal = perform(&mut open, acts);
        let mine = open.changes().clone();
        open.rebase(Arc::clone(&new));
        for key in mine.keys().chain(open.changes().keys()) {
            let (base, theirs) = (old.get(key), new.get(key));
            let change = mine.get(key);
            let wanted = change.map_or(&base, |change| &change.after);
            let same = |a: &Option<RrSet>, b: &Option<RrSet>| same_contents(a.as_ref(), b.as_ref(), key.rtype);
            match () {
                () if change.is_none() || same(wanted, &theirs) => prop_assert!(!open.changes().contains_key(key)),
                () if same(&base, &theirs) => {
                    prop_assert_eq!(&open.get(key), wanted);
                    let open = open.open_conflicts();
                    prop_assert!(!open.iter().any(|conflict| !conflict.cname && conflict.is_about(key)));
                }
                () => prop_assert!(open.conflicts().contains(key)),
            }
        }
        let mut replayed = Draft::new(Arc::clone(&new));
        replayed.replay(journal);
        prop_assert_eq!(replayed.changes(), open.changes());
        // Undo goes back to the new zone, never to what somebody has replaced.
        while open.undo().is_some() {}
        prop_assert!(open.changes().is_empty(), "{:?}", open.changes());
    }
}

#[test]
fn what_is_no_zone() {
    let build = |records: &[(&str, u32, &str)]| {
        let mut builder = SnapshotBuilder::new(name("@"));
        for (owner, ttl, record) in records {
            let (rtype, rdata) = record_data(record);
            builder.push(name(owner).as_ref(), rtype, *ttl, &rdata)?;
        }
        builder.finish()
    };
    assert_eq!(build(&[]).unwrap_err(), SnapshotError::NoSoa);
    assert_eq!(build(&[("a", 1, "SOA 1")]).unwrap_err(), SnapshotError::NoSoa);
    assert_eq!(build(&[("@", 1, "SOA 1"), ("@", 1, "SOA 2")]).unwrap_err(), SnapshotError::SeveralSoa(2));
    assert_eq!(build(&[("@", 1, "SOA 1"), ("@", 1, "SOA 1")]).unwrap().record_count(), 1, "said twice");
    let outside = build(&[("example.net.", 1, "TXT x")]).unwrap_err();
    assert_eq!(outside, SnapshotError::OutOfZone(name("example.net.")));
    let without = zone(&[("@", 1, "SOA 1")]);
    let deletion = Change { before: set(1, &["SOA 1"]), after: None };
    let result = without.with_changes(&ChangeMap::from([(key("@", RecordType::SOA), deletion)]));
    assert_eq!(result.unwrap_err(), SnapshotError::NoSoa);
}

#[test]
fn repeated_records_and_mixed_ttls() {
    let zone = zone(&[
        ("@", 1, "SOA 1"),
        ("x", 20, "MX 10 Mail"),
        ("X", 10, "MX 20 other"),
        ("x", 30, "MX 10 mail"),
        ("x", 40, "MX 10 Mail"),
    ]);
    let set = zone.get(&key("x", RecordType::MX)).unwrap();
    assert_eq!((set.ttl, set.mixed_ttls, set.rdata.len()), (10, vec![20, 10], 2));
    assert_eq!(zone.with_changes(&ChangeMap::new()).unwrap().get(&key("x", RecordType::MX)).unwrap().ttl, 10);
}

fn base() -> Arc<Snapshot> {
    Arc::new(zone(&[
        ("@", 300, "SOA 100"),
        ("@", 300, "NS ns1"),
        ("a", 300, "MX 10 Mail"),
        ("a", 300, "MX 20 other"),
        ("b", 300, "A 192.0.2.1"),
    ]))
}

fn moved(records: &[(&str, u32, &str)]) -> Arc<Snapshot> {
    let mut all = vec![("@", 300, "SOA 105"), ("@", 300, "NS ns1")];
    all.extend(records);
    Arc::new(zone(&all))
}

#[test]
fn edits_that_change_nothing() {
    let mut draft = Draft::new(base());
    let same = set(300, &["MX 10 Mail", "MX 20 other"]);
    let reordered = set(300, &["MX 20 other", "MX 10 Mail"]);
    assert_eq!(draft.edit("", [(key("a", RecordType::MX), same)]), None);
    assert_eq!(draft.edit("", [(key("a", RecordType::MX), reordered)]), None, "order is no content");
    assert_eq!(draft.edit("", [(key("nope", RecordType::A), None)]), None);
    assert_eq!(draft.edit("", [(key("nope", RecordType::A), Some(RrSet::new(1, vec![])))]), None);
    assert_eq!(draft.undo(), None);
    // A record that equals another is there once.
    let twice = set(300, &["A 192.0.2.2", "A 192.0.2.2"]);
    draft.edit("", [(key("b", RecordType::A), twice)]);
    assert_eq!(draft.get(&key("b", RecordType::A)), set(300, &["A 192.0.2.2"]));
    // Back by hand: nothing is changed any more, but undo still knows.
    draft.edit("", [(key("b", RecordType::A), set(300, &["A 192.0.2.1"]))]);
    assert!(draft.changes().is_empty());
    draft.undo();
    assert_eq!(draft.changes().len(), 1);
}

#[test]
fn a_case_only_edit_is_a_change() {
    let mut draft = Draft::new(base());
    let key = key("a", RecordType::MX);
    draft.edit("", [(key.clone(), set(300, &["MX 10 mail", "MX 20 other"]))]);
    assert_eq!(draft.changes().len(), 1);
    // The server does it: done. The server does not: still wanted.
    let mut done = draft.clone();
    done.rebase(moved(&[("a", 300, "MX 10 mail"), ("a", 300, "MX 20 other"), ("b", 300, "A 192.0.2.1")]));
    assert!(done.changes().is_empty());
    draft.rebase(moved(&[("a", 300, "MX 10 Mail"), ("a", 300, "MX 20 other"), ("b", 300, "A 192.0.2.1")]));
    assert_eq!(draft.changes().len(), 1);
}

#[test]
fn a_servers_change_of_case_is_nobodys_change() {
    let key = key("a", RecordType::MX);
    let mut draft = Draft::new(base());
    draft.edit("", [(key.clone(), set(300, &["MX 10 Mail", "MX 30 new"]))]);
    draft.rebase(moved(&[("a", 300, "MX 10 mail"), ("a", 300, "MX 20 OTHER"), ("b", 300, "A 192.0.2.1")]));
    assert_eq!(draft.conflicts(), []);
    let change = draft.changes().get(&key).unwrap();
    assert_eq!(change.before, set(300, &["MX 10 mail", "MX 20 OTHER"]), "as received");
    assert_eq!(change.after, set(300, &["MX 10 mail", "MX 30 new"]), "no change of case is sent");
}

#[test]
fn an_soa_edit_follows_the_servers_serial() {
    let key = key("@", RecordType::SOA);
    for (mine, then) in
        [("SOA 100 3600", "SOA 105 3600"), ("SOA 200 3600", "SOA 200 3600"), ("SOA 200", "SOA 200")]
    {
        let mut draft = Draft::new(base());
        draft.edit("", [(key.clone(), set(300, &[mine]))]);
        draft.rebase(moved(&[("b", 300, "A 192.0.2.1")]));
        assert_eq!(draft.conflicts(), [], "{mine}");
        assert_eq!(draft.get(&key), set(300, &[then]));
    }
    // A raised serial that the server has passed is done.
    let mut draft = Draft::new(base());
    draft.edit("", [(key.clone(), set(300, &["SOA 103"]))]);
    draft.rebase(moved(&[]));
    assert!(draft.changes().is_empty());
    // Somebody else's change of another field is a conflict.
    let mut draft = Draft::new(base());
    draft.edit("", [(key.clone(), set(300, &["SOA 100 3600"]))]);
    draft.rebase(Arc::new(zone(&[("@", 300, "SOA 105 1800"), ("@", 300, "NS ns1")])));
    assert_eq!(draft.conflicts(), std::slice::from_ref(&key));
    let conflict = draft.open_conflicts().remove(0);
    draft.decide(&conflict, crate::zone::merge::Choice::Mine, "keep mine");
    assert_eq!(draft.conflicts(), []);
}

#[test]
fn conflicts_stay_until_somebody_decides() {
    let key = key("b", RecordType::A);
    let mut draft = Draft::new(base());
    draft.edit("first", [(key.clone(), set(300, &["A 192.0.2.2"]))]);
    draft.rebase(moved(&[("b", 300, "A 192.0.2.3")]));
    assert_eq!(draft.conflicts(), std::slice::from_ref(&key));
    assert_eq!(draft.get(&key), set(300, &["A 192.0.2.2"]), "mine is still there");
    draft.edit("second", [(key.clone(), set(300, &["A 192.0.2.4"]))]);
    assert_eq!(draft.conflicts(), std::slice::from_ref(&key), "another edit does not hide it");
    draft.undo();
    draft.undo();
    assert!(draft.changes().is_empty(), "undone: theirs");
    assert_eq!(draft.get(&key), set(300, &["A 192.0.2.3"]));
    draft.edit("third", [(key.clone(), set(300, &["A 192.0.2.5"]))]);
    assert_eq!(draft.conflicts(), [], "made over what they did");
}

#[test]
fn rebasing_one_change() {
    let rtype = RecordType::A;
    let change = Change { before: set(1, &["A 192.0.2.1"]), after: set(1, &["A 192.0.2.2"]) };
    assert_eq!(change.rebase(rtype, change.before.clone()), Rebased::Stands(change.clone()));
    assert_eq!(change.rebase(rtype, change.after.clone()), Rebased::Done);
    assert_eq!(change.rebase(rtype, None), Rebased::Conflict);
    assert_eq!(change.rebase(rtype, set(2, &["A 192.0.2.1"])), Rebased::Conflict, "a TTL is a change");
    assert!(change.inverse().is_achieved(rtype, change.before.as_ref()));
    assert!(!change.is_ttl_only(rtype));
    assert!(Change { after: set(2, &["A 192.0.2.1"]), ..change.clone() }.is_ttl_only(rtype));
    let deletion = Change { before: set(1, &["A 192.0.2.1"]), after: None };
    assert_eq!(deletion.rebase(rtype, None), Rebased::Done, "somebody else deleted it too");
}
