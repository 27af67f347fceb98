//! What a person is told of a refusal, and of a yes that was none.

use super::world::{Answers, World, failure};
use super::*;
use crate::facts::{Failure, FailureKind};
use crate::push::{Outcome, Report, Verdict};
use crate::zone::update::Rcode;

fn edits() -> Vec<(RrKey, Option<RrSet>)> {
    vec![edit("new", 60, &["A 192.0.2.50"]), edit("two", 60, &["TXT other"])]
}

fn refusal(report: &Report) -> Failure {
    let Outcome::Refused(failure) = &report.outcome else { panic!("{:?}", report.outcome) };
    for sentence in [&failure.what, &failure.why, &failure.next] {
        assert!(
            sentence.ends_with('.') && !sentence.contains("  ") && !sentence.contains(".."),
            "{sentence}"
        );
    }
    // With the frame, fifteen lines of the result screen.
    assert!(failure.to_string().len() < 15 * 76, "{failure}");
    failure.clone()
}

#[test]
fn refused_whatever_is_in_it() {
    let commands = [
        (ServerKind::Bind, "rndc thaw example.com."),
        (ServerKind::Knot, "knotc zone-thaw example.com."),
        (ServerKind::PowerDns, "pdnsutil get-meta example.com;"),
        (ServerKind::Unknown, "The SOA names ns1.example.com"),
    ];
    for (kind, command) in commands {
        for to_empty in [Ok(Rcode::REFUSED), Err(failure(FailureKind::Refused))] {
            let mut world = World::new(BASE, [Answers::Says(Rcode::REFUSED)]);
            world.to_empty = to_empty;
            let told = refusal(&world.push(kind, edits()));
            assert!(told.why.contains("whatever is in it"), "{told}");
            assert!(told.next.to_lowercase().contains(&command.to_lowercase()), "{kind:?}: {told}");
            assert_eq!((world.sent.len(), world.probes), (1, 1));
        }
    }
}

#[test]
fn refused_for_one_of_the_changes() {
    for kind in KINDS {
        let mut world = World::new(BASE, [Answers::Says(Rcode::REFUSED)]);
        let told = refusal(&world.push(kind, edits()));
        assert!(told.why.contains("not all of these: new.example.com. A, two.example.com. TXT."), "{told}");
        let mut world = World::new(BASE, [Answers::Says(Rcode::REFUSED)]);
        let told = refusal(&world.push(kind, vec![edit("new", 60, &["A 192.0.2.50"])]));
        assert!(told.why.contains("not this one: new.example.com. A."), "{told}");
        assert_eq!(
            told.next.contains("\"grant YOUR-KEY name new.example.com. A;\"."),
            kind == ServerKind::Bind
        );
    }
    let hosts = ["a", "b", "c", "d", "e"];
    let mut world = World::new(BASE, [Answers::Says(Rcode::REFUSED)]);
    let many = hosts.iter().map(|host| edit(host, 60, &["A 192.0.2.50"])).collect();
    assert!(refusal(&world.push(ServerKind::Bind, many)).why.contains(" and 2 more."));
}

#[test]
fn a_refusal_that_was_predicted_names_the_change() {
    let mut world = World::new(BASE, [Answers::Says(Rcode::REFUSED)]);
    let told = refusal(&world.push(ServerKind::Bind, vec![edit("_x", 60, &["A 192.0.2.1"])]));
    assert!(told.why.contains("_x.example.com. A, as the review said"), "{told}");
    assert!(told.why.contains("no host name"), "{told}");
}

/// An error code without a signature stays what it was, but for what it means.
#[test]
fn an_unsigned_refusal_of_every_update_keeps_the_words_about_the_key() {
    let mut world = World::new(BASE, [Answers::Dropped(FailureKind::Refused)]);
    world.to_empty = Err(failure(FailureKind::Refused));
    assert_eq!(refusal(&world.push(ServerKind::PowerDns, edits())).why, "Why.");
    let mut world = World::new(BASE, [Answers::Dropped(FailureKind::Refused)]);
    assert!(refusal(&world.push(ServerKind::PowerDns, edits())).why.contains("CNAME beside other"));
}

#[test]
fn the_primary_is_named_where_the_server_is_none() {
    for rcode in [Rcode::NOTAUTH, Rcode::NOTIMP] {
        let mut world = World::new(BASE, [Answers::Says(rcode)]);
        let told = refusal(&world.push(ServerKind::Unknown, edits()));
        assert!(told.next.contains("ns1.example.com (--update-to)"), "{told}");
        assert_eq!(world.probes, 0);
    }
}

/// Transfers and updates see different views: the guard at fault is found by asking for halves of them.
#[test]
fn a_guard_that_does_not_hold_is_found() {
    let mut world = World::new(BASE, []);
    world.lies_about = Some(key("two", RecordType::TXT));
    let many = ["a", "b", "c", "d", "e"].iter().map(|host| edit(host, 60, &["A 192.0.2.50"])).collect();
    let report = world.push(ServerKind::Knot, [many, edits()].concat());
    let told = refusal(&report);
    assert!(told.why.contains("that two.example.com. TXT is as it was loaded"), "{told}");
    assert!(world.probes >= 2 && world.probes <= 4, "{}", world.probes);
    assert_eq!(world.zone.serial(), 100, "probes change nothing");
    // Given up in the middle: still a refusal, without the culprit.
    let mut world = World::new(BASE, []);
    world.lies_about = Some(key("two", RecordType::TXT));
    let mut questions = World::new(BASE, []);
    questions.lies_about = world.lies_about.clone();
    questions.push(ServerKind::Knot, edits());
    world.cancel_before = Some(questions.questions() - 1);
    let told = refusal(&world.push(ServerKind::Knot, edits()));
    assert!(told.why.contains("what the update is guarded by"), "{told}");
}

fn verdict_of(kind: ServerKind, done: usize) -> String {
    let mut world = World::new(BASE, [Answers::Half(done)]);
    let edits =
        vec![edit("new", 60, &["A 192.0.2.50", "A 192.0.2.51", "A 192.0.2.52"]), edit("z", 60, &["TXT z"])];
    let report = world.push(kind, edits);
    // What the server does not show at all may still come.
    let is_open = matches!(report.verdicts[0].2, Verdict::Unknown(_));
    assert_eq!(matches!(report.outcome, Outcome::Unknown(_)), is_open, "{:?}", report.outcome);
    match &report.verdicts[0].2 {
        Verdict::ChangedByServer(_, why)
        | Verdict::ChangedSince(_, why)
        | Verdict::NotApplied(why)
        | Verdict::Unknown(why) => why.clone(),
        Verdict::Applied => panic!("applied"),
    }
}

#[test]
fn a_limit_is_named_when_it_shows() {
    assert!(verdict_of(ServerKind::Bind, 2).starts_with("1 of 3 records are not there"));
    assert!(verdict_of(ServerKind::Bind, 2).contains("update-policy"));
    for kind in KINDS {
        let none = verdict_of(kind, 0);
        assert!(none.contains("said yes, but its zone is as it was"), "{none}");
    }
}

#[test]
fn a_ttl_that_was_cut_is_told_with_both_numbers() {
    let mut world = World::new(BASE, [Answers::Honestly]);
    // Between the answer and the reading: somebody, or the server's limit.
    world.others = vec![(
        2,
        vec![
            Operation::DeleteRrset(name("new"), RecordType::A),
            Operation::Add(name("new"), RecordType::A, 3600, record_data("A 192.0.2.50").1),
        ],
    )];
    let report = world.push(ServerKind::Bind, vec![edit("new", 86_400, &["A 192.0.2.50"])]);
    let Verdict::ChangedByServer(_, why) = &report.verdicts[0].2 else { panic!("{report:?}") };
    assert!(why.contains("a TTL of 3600, not 86400") && why.contains("max-zone-ttl"), "{why}");
}

/// The line above the hints has 78 columns, and says "read-only: " first.
#[test]
fn why_a_zone_is_read_only_begins_with_the_likeliest_reason() {
    let base = zone(BASE);
    for kind in KINDS {
        for rcode in [Rcode::REFUSED, Rcode::NOTAUTH, Rcode::NOTIMP, Rcode::FORMERR] {
            let told = crate::push::not_taken(rcode, kind, &base);
            let code = format!(" ({rcode}) ");
            let short = told.find(&code).expect("the code is told");
            assert!("read-only: ".len() + short + code.len() <= 78, "{told}");
            assert!(told.ends_with('.'), "{told}");
        }
    }
    assert!(
        crate::push::not_taken(Rcode::REFUSED, ServerKind::Bind, &base)
            .starts_with("updates are refused: frozen")
    );
}
