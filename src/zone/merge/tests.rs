//! Decisions: what each leads to, undone and done again, and over the way through a journal.

use std::sync::Arc;

use super::*;
use crate::zone::testing::*;

const A: RecordType = RecordType::A;

fn set(ttl: u32, records: &[&str]) -> Option<RrSet> {
    Some(RrSet::new(ttl, records.iter().map(|record| record_data(record).1).collect()))
}

fn zone_with(records: &[(&str, u32, &str)]) -> Arc<Snapshot> {
    let apex = [("@", 300, "SOA 100"), ("@", 300, "NS ns1")];
    Arc::new(zone(&[&apex, records].concat()))
}

/// A draft with one edit over `before`, brought onto `after`.
fn draft(
    before: &[(&str, u32, &str)],
    edits: Vec<(RrKey, Option<RrSet>)>,
    after: &[(&str, u32, &str)],
) -> Draft {
    let mut draft = Draft::new(zone_with(before));
    draft.edit("edit", edits).expect("an edit");
    draft.rebase(zone_with(after));
    draft
}

/// Undone, done again, and after a crash, the decision is what it was.
fn holds(mut draft: Draft, choice: Choice) -> Draft {
    let open = draft.open_conflicts();
    let before = draft.changes().clone();
    let [conflict] = open.as_slice() else { panic!("{open:?}") };
    let mut journal = draft.entries();
    journal.extend(draft.decide(conflict, choice, "decide"));
    assert_eq!(draft.open_conflicts(), []);
    let decided = draft.changes().clone();
    for (entries, expected) in [
        (journal.clone(), &decided),
        (draft.entries(), &decided),
        ([journal.as_slice(), &[Entry::Undo]].concat(), &before),
        ([journal.as_slice(), &[Entry::Undo, Entry::Redo]].concat(), &decided),
    ] {
        let mut again = Draft::new(Arc::clone(draft.base()));
        again.replay(entries.clone());
        assert_eq!(again.changes(), expected, "{choice:?} {entries:#?}");
    }
    draft.undo().unwrap();
    assert_eq!((draft.changes(), draft.open_conflicts()), (&before, open.clone()));
    let mut again = Draft::new(Arc::clone(draft.base()));
    again.replay(draft.entries());
    assert_eq!((again.changes(), again.open_conflicts()), (&before, open.clone()));
    again.redo().unwrap();
    assert_eq!(again.changes(), &decided);
    draft.redo().unwrap();
    assert_eq!(draft.changes(), &decided);
    draft
}

#[test]
fn each_choice_leads_to_its_contents() {
    let www = || key("www", A);
    let make = || {
        draft(
            &[("www", 300, "A 192.0.2.1"), ("www", 300, "A 192.0.2.2")],
            vec![(www(), set(300, &["A 192.0.2.2", "A 192.0.2.3"]))],
            &[("www", 60, "A 192.0.2.1"), ("www", 60, "A 192.0.2.2"), ("www", 60, "A 192.0.2.4")],
        )
    };
    assert_eq!(holds(make(), Choice::Mine).get(&www()), set(300, &["A 192.0.2.2", "A 192.0.2.3"]));
    let theirs = holds(make(), Choice::Theirs);
    assert!(theirs.changes().is_empty());
    let both = holds(make(), Choice::Both).get(&www());
    assert_eq!(
        both,
        set(60, &["A 192.0.2.2", "A 192.0.2.4", "A 192.0.2.3"]),
        "their TTL, which I left alone"
    );
}

#[test]
fn a_ttl_of_one_side_and_records_of_the_other() {
    let b = || key("b", A);
    let make = |mine: Option<RrSet>, theirs: &[(&str, u32, &str)]| {
        draft(&[("b", 300, "A 192.0.2.1")], vec![(b(), mine)], theirs)
    };
    let theirs = [("b", 300, "A 192.0.2.1"), ("b", 300, "A 192.0.2.9")];
    let mine = holds(make(set(60, &["A 192.0.2.1"]), &theirs), Choice::Both);
    assert_eq!(mine.get(&b()), set(60, &["A 192.0.2.1", "A 192.0.2.9"]));
    let theirs = [("b", 60, "A 192.0.2.1")];
    let mine = holds(make(set(300, &["A 192.0.2.2"]), &theirs), Choice::Both);
    assert_eq!(mine.get(&b()), set(60, &["A 192.0.2.2"]));
}

#[test]
fn deletion_against_a_change() {
    let b = || key("b", A);
    let make = || draft(&[("b", 300, "A 192.0.2.1")], vec![(b(), None)], &[("b", 300, "A 192.0.2.2")]);
    assert_eq!(holds(make(), Choice::Mine).get(&b()), None);
    assert_eq!(holds(make(), Choice::Theirs).get(&b()), set(300, &["A 192.0.2.2"]));
    assert_eq!(holds(make(), Choice::Both).get(&b()), set(300, &["A 192.0.2.2"]));
}

#[test]
fn a_cname_against_other_data() {
    let cname = || key("www", RecordType::CNAME);
    let a = || key("www", A);
    let their_data = [("www", 300, "A 192.0.2.1"), ("www", 300, "TXT hello")];
    let make = || draft(&[], vec![(cname(), set(60, &["CNAME other"]))], &their_data);
    let open = make().open_conflicts();
    let [conflict] = open.as_slice() else { panic!("{open:?}") };
    assert!(conflict.cname && conflict.may_be_both().is_err());
    assert_eq!((conflict.sets.len(), conflict.key()), (3, Some(&cname())));
    assert_eq!(make().conflicts(), [cname()]);
    let mine = holds(make(), Choice::Mine);
    assert_eq!((mine.get(&cname()), mine.get(&a())), (set(60, &["CNAME other"]), None));
    assert_eq!(mine.changes().len(), 3, "theirs is taken away knowingly");
    assert!(holds(make(), Choice::Theirs).changes().is_empty());
    // The other way round, and where mine only edits.
    let their_cname = [("www", 300, "CNAME other")];
    for before in [&[][..], &[("www", 300, "A 192.0.2.1")]] {
        let make = || draft(before, vec![(a(), set(60, &["A 192.0.2.7"]))], &their_cname);
        assert!(make().open_conflicts()[0].cname);
        let mine = holds(make(), Choice::Mine);
        assert_eq!((mine.get(&cname()), mine.get(&a())), (None, set(60, &["A 192.0.2.7"])));
        assert!(holds(make(), Choice::Theirs).changes().is_empty());
    }
}

#[test]
fn a_swap_that_nobody_disturbed_is_none() {
    let edits = || vec![(key("www", A), None), (key("www", RecordType::CNAME), set(60, &["CNAME other"]))];
    let before = [("www", 300, "A 192.0.2.1")];
    let quiet = draft(&before, edits(), &[("www", 300, "A 192.0.2.1"), ("b", 300, "A 192.0.2.2")]);
    assert_eq!(quiet.open_conflicts(), []);
    // Others changed what the CNAME takes the place of.
    let open = draft(&before, edits(), &[("www", 300, "A 192.0.2.5")]).open_conflicts();
    assert!(matches!(open.as_slice(), [Conflict { cname: true, sets }] if sets.len() == 2));
}

#[test]
fn one_soa_and_one_cname() {
    let cname = key("c", RecordType::CNAME);
    let draft =
        draft(&[("c", 300, "CNAME a")], vec![(cname, set(300, &["CNAME b"]))], &[("c", 300, "CNAME d")]);
    assert!(draft.open_conflicts()[0].may_be_both().unwrap_err().contains("only one CNAME"));
}

/// Redoing or undoing past a conflict never makes it a decision.
#[test]
fn undone_and_done_again_a_conflict_is_still_one() {
    let b = key("b", A);
    let mut draft = draft(
        &[("b", 300, "A 192.0.2.1")],
        vec![(b, set(300, &["A 192.0.2.2"]))],
        &[("b", 300, "A 192.0.2.3")],
    );
    let open = draft.open_conflicts();
    assert_eq!(open.len(), 1);
    draft.undo().unwrap();
    assert_eq!(draft.changes().len(), 0);
    draft.redo().unwrap();
    assert_eq!(draft.open_conflicts(), open);
}

/// What was decided is decided over what was seen then: what comes later is a conflict again.
#[test]
fn a_decision_holds_for_what_was_seen() {
    let b = key("b", A);
    let mut draft = draft(
        &[("b", 300, "A 192.0.2.1")],
        vec![(b, set(300, &["A 192.0.2.2"]))],
        &[("b", 300, "A 192.0.2.3")],
    );
    let conflict = draft.open_conflicts().remove(0);
    draft.decide(&conflict, Choice::Mine, "mine").unwrap();
    draft.rebase(zone_with(&[("b", 300, "A 192.0.2.4")]));
    let again = draft.open_conflicts().remove(0);
    assert_eq!(again.sets[0].seen, set(300, &["A 192.0.2.3"]));
    draft.rebase(zone_with(&[("b", 300, "A 192.0.2.3")]));
    assert_eq!(draft.open_conflicts(), []);
}
