//! What is recorded of a push, and what happens where it cannot be.

use super::world::{Answers, World};
use super::*;
use crate::facts::FailureKind;
use crate::facts::history::{Ending, Record, Verdict};
use crate::push::Outcome;
use crate::zone::update::Rcode;

fn an_edit() -> Vec<(RrKey, Option<RrSet>)> {
    vec![edit("new", 60, &["A 192.0.2.50"]), gone("two", RecordType::TXT)]
}

fn words(records: &[Record]) -> Vec<String> {
    let word = |record: &Record| match record {
        Record::Begun(intent) => format!(
            "begun {} {} -{} +{} {}",
            intent.serial,
            intent.changes.len(),
            intent.tally.deleted,
            intent.tally.added,
            intent.note
        ),
        Record::Rebased { serial, changes } => format!("rebased {serial} {}", changes.len()),
        Record::Sent(message) => format!("sent {message}"),
        Record::Answered(message, answer) => format!("answered {message} {answer}"),
        Record::Ended(end) => format!("{} {} {:?}", end.ending.word(), end.applied, end.serial),
    };
    records.iter().map(word).collect()
}

#[test]
fn what_happened_in_its_order() {
    let mut world = World::new(BASE, [Answers::Honestly]);
    world.push(ServerKind::Bind, an_edit());
    let expected = ["begun 100 2 -1 +1 why", "sent 1", "answered 1 NOERROR", "applied 2 Some(101)"];
    assert_eq!(words(&world.records), expected);
}

#[test]
fn a_refused_and_a_half_done_push() {
    let mut world = World::new(BASE, [Answers::Says(Rcode::REFUSED)]);
    world.push(ServerKind::Bind, an_edit());
    assert_eq!(words(&world.records)[2..], ["answered 1 REFUSED", "refused 0 Some(100)"]);
    let mut world = World::new(BASE, [Answers::Half(1)]);
    let report = world.push(ServerKind::Bind, an_edit());
    assert_eq!(report.outcome, Outcome::Partly);
    let Some(Record::Ended(end)) = world.records.last() else { panic!("no end") };
    assert_eq!((end.ending, end.applied, end.others.len()), (Ending::Partly, 1, 1));
    assert!(end.others.values().all(|verdict| matches!(verdict, Verdict::NotApplied(_))));
}

#[test]
fn a_push_that_ends_before_anything_is_sent_leaves_no_record() {
    let mut world = World::new(BASE, []);
    world.failing = vec![0];
    let report = world.push(ServerKind::Bind, an_edit());
    assert!(matches!(report.outcome, Outcome::CannotReach(_)));
    assert_eq!(world.records, []);
}

#[test]
fn repeated_over_what_others_did_meanwhile() {
    let mut world = World::new(BASE, [Answers::Honestly]);
    let (rtype, rdata) = record_data("TXT x");
    // Question 1 is the update, whose SOA guard fails by that.
    world.others = vec![(1, vec![Operation::Add(name("elsewhere"), rtype, 300, rdata)])];
    let report = world.push(ServerKind::Bind, vec![edit("two", 60, &["TXT two"])]);
    assert_eq!(report.outcome, Outcome::Applied);
    let words = words(&world.records);
    let expected = [
        "begun 100 1 -0 +0 why",
        "sent 1",
        "answered 1 NXRRSET",
        "rebased 101 1",
        "sent 1",
        "answered 1 NOERROR",
        "applied 1 Some(102)",
    ];
    assert_eq!(words, expected);
}

#[test]
fn nothing_is_sent_that_cannot_be_recorded() {
    let mut world = World::new(BASE, []);
    world.unrecorded = vec![0];
    let report = world.push(ServerKind::Bind, an_edit());
    assert!(matches!(&report.outcome, Outcome::NotRecorded(failure) if failure.kind == FailureKind::Local));
    assert_eq!((world.sent.len(), report.verdicts.len()), (0, 0));
}

#[test]
fn the_person_may_say_that_it_goes_without_a_record() {
    let mut world = World::new(BASE, [Answers::Honestly]);
    (world.unrecorded, world.may_go_unrecorded) = (vec![0], true);
    let report = world.push(ServerKind::Bind, an_edit());
    assert_eq!((report.outcome, report.notes.len()), (Outcome::Applied, 1));
}

#[test]
fn trouble_in_the_middle_is_in_the_report_and_stops_nothing() {
    for number in [2, 3] {
        let mut world = World::new(BASE, [Answers::Honestly]);
        world.unrecorded = vec![number];
        let report = world.push(ServerKind::Bind, an_edit());
        assert_eq!(report.outcome, Outcome::Applied);
        assert!(
            report.notes[0].starts_with("The history has no whole record of this push."),
            "{:?}",
            report.notes
        );
    }
}
