//! Tests of jobs against a simulated service and primary.

mod trouble;
mod world;

use world::{OURS, Trouble, World, job, parent_of};

use super::*;
use crate::facts::registration::ProblemKind;
use crate::zone::changes::Contents;
use crate::zone::testing::{key, name};
use crate::zone::{ChangeMap, RecordType};

fn states(registering: &Registering) -> String {
    let state = |step: &Step| format!("{:?} {:?}", step.kind, step.state);
    registering.steps().iter().map(state).collect::<Vec<_>>().join(", ")
}

#[test]
fn without_a_proof() {
    let mut world = World::new();
    world.wants_proof = false;
    let (report, registering) = world.simply(&job(Goal::Add, Some("192.0.2.1")));
    assert!(matches!(&report.outcome, Outcome::Registered(found) if found.created == Some(1001)));
    assert!(!report.resumable && report.left.is_none() && world.saved.is_none());
    assert_eq!((world.adds, world.posts, world.updates, world.questions.len()), (1, 1, 0, 0));
    assert_eq!(report.serving.len(), 1);
    assert_eq!(
        states(&registering),
        "Look Done, Consent Skipped, Prove Skipped, See Skipped, Register Done, CleanUp Skipped, Serve Done"
    );
    let (report, _) = world.simply(&job(Goal::Add, Some("192.0.2.1")));
    assert!(matches!(report.outcome, Outcome::AlreadyRegistered(_)));
    let (report, _) = world.simply(&job(Goal::Add, Some("192.0.2.2")));
    assert!(matches!(report.outcome, Outcome::OtherPrimary(_)));
    assert_eq!((world.adds, world.posts), (1, 1));
}

#[test]
fn with_a_proof() {
    for beforehand in [false, true] {
        let mut world = World::new();
        world.abilities.challenge_beforehand = beforehand;
        world.blind = 3;
        let zone = Arc::clone(&world.zone);
        let (report, registering) = world.simply(&job(Goal::Add, None));
        assert!(matches!(report.outcome, Outcome::Registered(_)), "{report:?}");
        assert_eq!((world.adds, world.updates, world.texts()), (1, 2, Vec::<String>::new()));
        // Two, four and eight seconds.
        assert_eq!(world.waited, 14);
        let [Question::Proof(proof)] = &world.questions[..] else { panic!("{:?}", world.questions) };
        assert_eq!((proof.ttl, proof.joins, &proof.editable), (60, 0, &Ok(())));
        assert_eq!(proof.served_by, ServedBy::Ours(vec![name("ns1")]));
        assert_eq!(
            states(&registering),
            "Look Done, Consent Done, Prove Done, See Done, Register Done, CleanUp Done, Serve Done"
        );
        assert_eq!(crate::zone::changes::diff(&zone, &world.zone).len(), 1, "but the SOA nothing is changed");
    }
}

#[test]
fn others_in_the_set_stay() {
    let mut world = World::new();
    world.add_text("theirs");
    let (report, _) = world.simply(&job(Goal::Add, None));
    assert!(matches!(report.outcome, Outcome::Registered(_)));
    assert_eq!(world.texts(), ["theirs"]);
    let [Question::Proof(proof)] = &world.questions[..] else { panic!() };
    assert_eq!((proof.ttl, proof.joins), (300, 1));
    assert_eq!(world.zone.get(&key("ownercheck", RecordType::TXT)).unwrap().ttl, 300);
}

#[test]
fn a_proof_that_is_there_already_is_not_ours() {
    let mut world = World::new();
    world.wants_proof = true;
    world.blind = 1;
    world.add_text(OURS);
    let (report, _) = world.simply(&job(Goal::Add, None));
    assert!(matches!(report.outcome, Outcome::Registered(_)));
    assert_eq!((world.texts(), world.updates, world.questions.len()), (vec![OURS.to_owned()], 0, 0));
    assert!(report.notes[0].contains("not put there from here"), "{:?}", report.notes);
}

#[test]
fn other_proofs_take_the_place_of_the_first() {
    let mut world = World::new();
    world.other_proofs = 2;
    let (report, _) = world.simply(&job(Goal::Add, None));
    assert!(matches!(report.outcome, Outcome::Registered(_)), "{report:?}");
    assert_eq!((world.texts().len(), world.questions.len(), world.adds), (0, 3, 1));
    // One that is never content is given up, with nothing left.
    let mut world = World::new();
    world.other_proofs = 20;
    let (report, _) = world.simply(&job(Goal::Add, None));
    assert!(matches!(&report.outcome, Outcome::Refused(problem) if problem.why.contains("each time")));
    assert_eq!((world.texts().len(), world.saved), (0, None));
}

#[test]
fn cancelled_while_the_service_does_not_see_it() {
    let mut world = World::new();
    world.blind = usize::MAX;
    let mut seen = 0;
    let mut troubles = std::iter::from_fn(|| {
        seen += 1;
        Some((seen == 60).then_some(Trouble::Cancel))
    });
    let (report, _) = world.run_through(&job(Goal::Add, None), &mut troubles);
    assert_eq!(report.outcome, Outcome::Cancelled);
    assert_eq!((world.texts().len(), world.adds, world.saved), (0, 0, None));
}

#[test]
fn it_rests_and_is_gone_on_with() {
    let mut world = World::new();
    world.blind = usize::MAX;
    let (report, _) = world.simply(&job(Goal::Add, None));
    assert!(matches!(report.outcome, Outcome::Resting(_)) && report.resumable);
    assert!((540..=600).contains(&world.waited), "{}", world.waited);
    assert_eq!(world.texts(), [OURS]);
    // It sees it in the end.
    world.blind = 0;
    let (report, _) = world.simply(&job(Goal::Add, None));
    assert!(matches!(report.outcome, Outcome::Registered(_)) && !report.resumable);
    assert_eq!((world.texts().len(), world.adds, world.questions.len()), (0, 1, 1));
}

/// Whoever removes a domain that rests gives it up.
#[test]
fn removing_takes_out_what_an_unfinished_registration_left() {
    let mut world = World::new();
    world.blind = usize::MAX;
    world.simply(&job(Goal::Add, None));
    let saved = world.saved.clone().unwrap();
    let start = Registering::resume(job(Goal::Remove, None), saved, world.terms());
    let world::Ended::Finished(report, _) = world.run(start, &mut std::iter::empty()) else { panic!() };
    assert_eq!(report.outcome, Outcome::NotRegistered);
    assert_eq!((world.texts().len(), world.removes, world.saved), (0, 0, None));
}

#[test]
fn where_it_cannot_be_put_it_is_said_and_may_be_done_by_hand() {
    let mut world = World::new();
    world.editable = Err("no key".into());
    world.answer = Answer::No;
    world.parent = parent_of(&["ns.elsewhere"]);
    let (report, _) = world.simply(&job(Goal::Add, None));
    assert_eq!(report.outcome, Outcome::Cancelled);
    let [Question::Proof(proof)] = &world.questions[..] else { panic!() };
    assert_eq!(proof.editable, Err("no key".into()));
    assert_eq!(proof.served_by, ServedBy::Elsewhere(vec![name("ns.elsewhere")]));
    // Somebody creates it, after a while.
    world.answer = Answer::ByHand;
    let mut step = 0;
    let mut troubles = std::iter::from_fn(|| {
        step += 1;
        Some(None)
    });
    world.questions.clear();
    let job = job(Goal::Add, None);
    let start = Registering::new(job, world.terms());
    // It is asked for until it is there; here it is there from the start of the second look.
    world.add_text(OURS);
    let world::Ended::Finished(report, _) = world.run(start, &mut troubles) else { panic!() };
    assert!(matches!(report.outcome, Outcome::Registered(_)), "{report:?}");
    assert_eq!((world.texts(), world.updates), (vec![OURS.to_owned()], 0));
}

#[test]
fn what_a_service_may_ask_for_is_bounded() {
    let zone = World::new().zone;
    let challenge =
        |owner: &str, rtype, value: &str| Challenge { owner: name(owner), rtype, value: value.into() };
    assert!(proof::may_put(&challenge("ownercheck", RecordType::TXT, "x"), &zone).is_ok());
    assert!(proof::may_put(&challenge("ownercheck", RecordType::NS, "x"), &zone).is_err());
    assert!(proof::may_put(&challenge("ownercheck", RecordType::TXT, ""), &zone).is_err());
    assert!(proof::may_put(&challenge("o", RecordType::TXT, &"x".repeat(2000)), &zone).is_err());
    assert!(proof::may_put(&challenge("ownercheck.example.net.", RecordType::TXT, "x"), &zone).is_err());
    let long = proof::record(&challenge("o", RecordType::TXT, &"x".repeat(300))).unwrap();
    assert_eq!((long.len(), long[0], long[256]), (302, 255, 45));
}

#[test]
fn refused_for_good_leaves_nothing() {
    for kind in [ProblemKind::Quota, ProblemKind::Unauthorized, ProblemKind::Invalid] {
        let mut world = World::new();
        world.refuses = Some(kind.clone());
        let (report, _) = world.simply(&job(Goal::Add, None));
        assert!(matches!(&report.outcome, Outcome::Refused(problem) if problem.kind == kind));
        assert_eq!((world.texts().len(), world.saved, world.posts), (0, None, 1));
    }
}

#[test]
fn removal_is_asked_for_and_warns_of_what_still_points_there() {
    let mut world = World::with_registration("192.0.2.1");
    world.zone = Arc::new(crate::zone::testing::zone(&[
        ("@", 300, "SOA 100"),
        ("@", 300, "NS ns1"),
        ("@", 300, "NS sdns"),
    ]));
    world.parent = parent_of(&["ns1", "sdns"]);
    world.answer = Answer::No;
    let (report, _) = world.simply(&job(Goal::Remove, None));
    assert_eq!((report.outcome, world.removes), (Outcome::Cancelled, 0));
    let [Question::Removal(removal)] = &world.questions[..] else { panic!() };
    assert_eq!((&removal.in_zone, &removal.delegated), (&vec![name("sdns")], &vec![name("sdns")]));
    world.answer = Answer::Yes;
    let (report, registering) = world.simply(&job(Goal::Remove, None));
    assert_eq!((report.outcome.clone(), world.removes, world.saved.is_none()), (Outcome::Removed, 1, true));
    assert_eq!(states(&registering), "Look Done, Agree Done, Remove Done, CleanUp Skipped");
    let (report, _) = world.simply(&job(Goal::Remove, None));
    assert_eq!((report.outcome, world.removes), (Outcome::NotRegistered, 1));
}

#[test]
fn another_primary() {
    // In one call.
    let mut world = World::with_registration("192.0.2.1");
    world.abilities.change_primary = true;
    let (report, _) = world.simply(&job(Goal::ChangePrimary, Some("192.0.2.2")));
    assert!(
        matches!(&report.outcome, Outcome::PrimaryChanged(found) if found.primaries == ["192.0.2.2".parse::<IpAddr>().unwrap()])
    );
    assert_eq!((world.adds, world.removes, world.questions.len()), (0, 0, 0));
    // By removing and adding, with a proof.
    let mut world = World::with_registration("192.0.2.1");
    let (report, _) = world.simply(&job(Goal::ChangePrimary, Some("192.0.2.2")));
    assert!(
        matches!(&report.outcome, Outcome::PrimaryChanged(found) if found.primaries == ["192.0.2.2".parse::<IpAddr>().unwrap()])
    );
    assert_eq!((world.adds, world.removes, world.texts().len()), (1, 1, 0));
    assert!(matches!(&world.questions[..], [Question::Replacement(_), Question::Proof(_)]));
    // The same at a place that turns out not to do it in one call.
    let mut world = World::with_registration("192.0.2.1");
    world.abilities.change_primary = true;
    world.cannot_change = true;
    let (report, registering) = world.simply(&job(Goal::ChangePrimary, Some("192.0.2.2")));
    assert!(matches!(&report.outcome, Outcome::PrimaryChanged(_)), "{report:?}");
    assert_eq!((world.adds, world.removes, world.texts().len()), (1, 1, 0));
    assert!(states(&registering).starts_with("Look Done, Agree Done, Remove Done, Consent Done"));
    // What is not there cannot be changed.
    let (report, _) = World::new().simply(&job(Goal::ChangePrimary, Some("192.0.2.2")));
    assert!(
        matches!(&report.outcome, Outcome::Refused(problem) if problem.kind == ProblemKind::NotRegistered)
    );
}

#[test]
fn nameservers_for_the_zone() {
    let zone = World::new().zone;
    let none = ChangeMap::new();
    let contents = Contents { base: &zone, changes: &none };
    let offered = vec![Offered { name: name("sdns"), addresses: Vec::new() }];
    let added = nameservers_added(contents, &offered);
    let apex = key("@", RecordType::NS);
    assert_eq!(added.get(&apex).unwrap().after.as_ref().unwrap().rdata.len(), 2);
    let with = Contents { base: &zone, changes: &added };
    assert!(nameservers_added(with, &offered).is_empty());
    assert_eq!(
        nameservers_removed(with, &offered).get(&apex).unwrap().after.as_ref().unwrap().rdata.len(),
        1
    );
    assert!(nameservers_removed(contents, &offered).is_empty());
    let own = vec![Offered { name: name("ns1"), addresses: Vec::new() }];
    assert!(nameservers_removed(contents, &own).is_empty(), "one nameserver stays");
}
