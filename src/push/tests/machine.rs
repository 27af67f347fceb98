//! Pushes from beginning to end against the simulated server.

use std::time::Duration;

use proptest::prelude::*;

use super::world::{Answers, World, failure};
use super::*;
use crate::facts::FailureKind;
use crate::push::{Outcome, Report, Verdict};
use crate::zone::update::Rcode;

fn an_edit() -> Vec<(RrKey, Option<RrSet>)> {
    vec![edit("new", 60, &["A 192.0.2.50"]), gone("two", RecordType::TXT), edit("one", 60, &["A 192.0.2.10"])]
}

pub fn other(owner: &str, record: &str) -> Vec<Operation> {
    let (rtype, rdata) = record_data(record);
    vec![Operation::Add(name(owner), rtype, 300, rdata)]
}

pub fn verdicts(report: &Report) -> Vec<&'static str> {
    let word = |verdict: &Verdict| match verdict {
        Verdict::Applied => "applied",
        Verdict::NotApplied(why) => {
            assert!(why.ends_with('.'), "{why}");
            "not"
        }
        Verdict::ChangedByServer(_, why) => {
            assert!(why.ends_with('.'), "{why}");
            "changed"
        }
        Verdict::ChangedSince(_, why) => {
            assert!(why.ends_with('.'), "{why}");
            "since"
        }
        Verdict::Unknown(why) => {
            assert!(why.ends_with('.'), "{why}");
            "unknown"
        }
    };
    report.verdicts.iter().map(|(_, _, verdict)| word(verdict)).collect()
}

const PATIENCE: Duration = Duration::from_secs(10);

#[test]
fn everything_goes_well() {
    for kind in KINDS {
        let mut world = World::new(BASE, [Answers::Honestly]);
        let report = world.push(kind, an_edit());
        assert_eq!(report.outcome, Outcome::Applied, "{kind:?}");
        assert_eq!(verdicts(&report), ["applied"; 3]);
        assert_eq!((report.serial_before, report.serial_after), (100, Some(101)));
        assert_eq!(report.answer, Some(Rcode::NOERROR));
        assert_eq!(report.zone.unwrap().serial(), 101);
        assert_eq!((world.waited, world.sent.len(), world.transfers), (Duration::ZERO, 1, 1));
    }
}

#[test]
fn the_serial_moved_but_nothing_of_ours() {
    let mut world = World::new(BASE, [Answers::Honestly]);
    world.others = vec![(0, other("elsewhere", "TXT x"))];
    let report = world.push(ServerKind::Bind, an_edit());
    assert_eq!((report.outcome.clone(), report.serial_before), (Outcome::Applied, 101));
    assert_eq!(verdicts(&report), ["applied"; 3]);
}

#[test]
fn an_soa_edit_over_a_moved_serial_is_no_conflict() {
    let mut world = World::new(BASE, [Answers::Honestly]);
    world.others = vec![(0, other("elsewhere", "TXT x"))];
    let report = world.push(ServerKind::Bind, vec![edit("@", 300, &["SOA 100 3600"])]);
    assert_eq!(report.outcome, Outcome::Applied);
    assert_eq!(report.zone.unwrap().soa().refresh, 3600);
    assert_eq!(report.serial_after, Some(102));
}

#[test]
fn somebody_else_changed_the_same() {
    let mut world = World::new(BASE, []);
    world.others = vec![(0, other("two", "TXT other"))];
    let report = world.push(ServerKind::Bind, an_edit());
    assert_eq!(report.outcome, Outcome::Conflict(vec![key("two", RecordType::TXT)]));
    assert_eq!((world.sent.len(), verdicts(&report).len()), (0, 0));
    assert_eq!(report.zone.unwrap().serial(), 101, "the draft's new base");
}

#[test]
fn somebody_else_did_the_same() {
    let mut world = World::new(BASE, []);
    world.others = vec![(0, other("new", "TXT x"))];
    let report = world.push(ServerKind::Bind, vec![edit("new", 300, &["TXT x"])]);
    assert_eq!(report.outcome, Outcome::NothingToDo);
    assert_eq!((world.sent.len(), verdicts(&report)), (0, vec!["applied"]));
}

#[test]
fn a_different_plan_is_reviewed_again() {
    let mut world = World::new(BASE, []);
    world.others = vec![(0, other("new", "TXT x"))];
    let report =
        world.push(ServerKind::Bind, vec![edit("new", 300, &["TXT x"]), edit("b", 60, &["A 192.0.2.1"])]);
    assert_eq!((report.outcome, world.sent.len()), (Outcome::ReviewAgain, 0));
}

#[test]
fn a_name_that_was_taken_meanwhile() {
    let mut world = World::new(BASE, []);
    world.others = vec![(0, other("new", "TXT x"))];
    let report = world.push(ServerKind::Bind, vec![edit("new", 300, &["CNAME one"])]);
    assert_eq!(report.outcome, Outcome::Conflict(vec![key("new", RecordType::CNAME)]));
    // The same, but found by the server: question 1 is the update.
    let mut world = World::new(BASE, []);
    world.others = vec![(1, other("new", "TXT x"))];
    let report = world.push(ServerKind::Bind, vec![edit("new", 300, &["CNAME one"])]);
    assert_eq!(report.outcome, Outcome::Conflict(vec![key("new", RecordType::CNAME)]));
    assert_eq!(world.sent.len(), 1);
}

#[test]
fn a_busy_zone_fails_the_soa_prerequisite() {
    let mut world = World::new(BASE, [Answers::Honestly]);
    // Before the update (1), and before its first repetition (3).
    world.others = vec![(1, other("elsewhere", "TXT a")), (3, other("elsewhere", "TXT b"))];
    let report = world.push(ServerKind::Bind, an_edit());
    assert_eq!(report.outcome, Outcome::Applied);
    assert_eq!((world.sent.len(), report.serial_before, report.serial_after), (3, 102, Some(103)));
    // Ever again: it gives up, and nothing was applied.
    let mut world = World::new(BASE, []);
    world.others = (0..20).map(|at| (at, other("elsewhere", &format!("TXT {at}")))).collect();
    let report = world.push(ServerKind::Bind, an_edit());
    assert!(matches!(report.outcome, Outcome::Refused(_)), "{:?}", report.outcome);
    assert_eq!(world.sent.len(), 4);
}

#[test]
fn a_conflict_found_by_the_server() {
    let mut world = World::new(BASE, []);
    world.others = vec![(1, other("two", "TXT other"))];
    let report = world.push(ServerKind::PowerDns, an_edit());
    assert_eq!(report.outcome, Outcome::Conflict(vec![key("two", RecordType::TXT)]));
    assert_eq!((world.sent.len(), report.answer), (1, Some(Rcode::NXRRSET)));
}

#[test]
fn a_server_that_stores_another_soa_than_it_serves() {
    let mut world = World::new(BASE, [Answers::Honestly]);
    world.hidden_soa = true;
    let report = world.push(ServerKind::Bind, an_edit());
    assert_eq!(report.outcome, Outcome::Applied);
    assert_eq!(world.sent.len(), 2);
    assert!(lines(&world.sent[0]).contains(&"? @ SOA is".into()));
    assert!(!lines(&world.sent[1]).contains(&"? @ SOA is".into()));
    assert!(report.notes.concat().contains("sent with fewer:TTL not guarded"), "{:?}", report.notes);
}

#[test]
fn a_prerequisite_that_fails_for_no_visible_reason() {
    let mut world = World::new(BASE, [Answers::Says(Rcode::NXRRSET)]);
    let report = world.push(ServerKind::Bind, vec![gone("two", RecordType::TXT)]);
    assert!(matches!(report.outcome, Outcome::Refused(_)), "{:?}", report.outcome);
    assert_eq!(world.sent.len(), 1);
    // PowerDNS calls equal contents different: it is asked for less, once it is seen to hold the zone still.
    let mut world = World::new(BASE, [Answers::Says(Rcode::NXRRSET), Answers::Honestly]);
    let report = world.push(ServerKind::PowerDns, an_edit());
    assert_eq!(report.outcome, Outcome::Applied);
    assert!(lines(&world.sent[1]).contains(&"? two TXT exists".into()), "{:?}", lines(&world.sent[1]));
    assert!(report.notes.concat().contains("TXT is guarded by its existence only"), "{:?}", report.notes);
    let mut world = World::new(BASE, [Answers::Says(Rcode::NXRRSET), Answers::Says(Rcode::NXRRSET)]);
    assert!(matches!(world.push(ServerKind::PowerDns, an_edit()).outcome, Outcome::Refused(_)));
}

#[test]
fn fewer_guards_are_never_sent_over_a_zone_that_moved() {
    let mut world = World::new(BASE, [Answers::Says(Rcode::NXRRSET)]);
    // 0 SOA, 1 update, 2 zone, 3 SOA: somebody comes in between.
    world.others = vec![(3, other("two", "TXT other"))];
    let report = world.push(ServerKind::PowerDns, an_edit());
    assert_eq!(report.outcome, Outcome::Conflict(vec![key("two", RecordType::TXT)]));
    assert_eq!(world.sent.len(), 1);
}

/// PowerDNS compares with the text in its database. One TXT record that stands there without quotes took the guard from
/// every set of the push, so that what others changed in those could be overwritten unseen.
#[test]
fn only_the_sets_that_a_server_misjudges_lose_their_guard() {
    let edits = || {
        vec![gone("two", RecordType::TXT), gone("two", RecordType::A), edit("one", 300, &["A 192.0.2.99"])]
    };
    let looser = ["? two TXT exists", "? two A is 192.0.2.11, 192.0.2.12", "? one A is 192.0.2.10"];
    let mut world = World::new(BASE, [Answers::Honestly]);
    world.lies_about = Some(key("two", RecordType::TXT));
    let report = world.push(ServerKind::PowerDns, edits());
    assert_eq!(report.outcome, Outcome::Applied, "{report:?}");
    let sent = lines(&world.sent[1]);
    assert!(looser.iter().all(|line| sent.contains(&(*line).into())), "{sent:?}");
    let notes = report.notes.iter().filter(|note| note.contains("by its existence only"));
    assert_eq!(notes.collect::<Vec<_>>().len(), 1, "{:?}", report.notes);
    // Somebody changes one of the others while it is searched: between the questions, and just before it is sent.
    let questions = world.questions();
    let mut conflicts = 0;
    for at in 2..questions {
        let mut world = World::new(BASE, [Answers::Honestly]);
        world.lies_about = Some(key("two", RecordType::TXT));
        world.others = vec![(at, other("one", "A 192.0.2.55"))];
        let report = world.push(ServerKind::PowerDns, edits());
        let kept = world.zone.get(&key("one", RecordType::A)).unwrap().rdata.len();
        match &report.outcome {
            Outcome::Conflict(keys) => {
                assert_eq!(
                    (keys.as_slice(), kept),
                    (&[key("one", RecordType::A)][..], 2),
                    "before question {at}"
                );
                conflicts += 1;
            }
            // After it was sent.
            Outcome::Partly => assert!(at >= questions - 2, "before question {at}: {report:?}"),
            other => panic!("before question {at}: {other:?}"),
        }
    }
    assert!(conflicts > 3, "{conflicts} of {questions}");
    // Whoever stops it while it is searched stops it.
    for at in 3..questions - 3 {
        let mut world = World::new(BASE, []);
        world.lies_about = Some(key("two", RecordType::TXT));
        world.cancel_before = Some(at);
        let report = world.push(ServerKind::PowerDns, edits());
        assert!(matches!(report.outcome, Outcome::CannotSend(_)), "before question {at}: {report:?}");
    }
}

#[test]
fn the_answer_is_lost_and_the_update_applied() {
    use FailureKind::{Closed, ForgedAnswer, TimedOut, Undecodable, Unsigned, WrongAnswer};
    for kind in [TimedOut, Closed, Unsigned, ForgedAnswer, Undecodable, WrongAnswer] {
        let mut world = World::new(BASE, [Answers::Lost(kind)]);
        let report = world.push(ServerKind::Knot, an_edit());
        assert_eq!(report.outcome, Outcome::Applied, "{kind:?}");
        assert_eq!((report.answer, world.sent.len(), world.waited), (None, 1, Duration::ZERO));
    }
}

#[test]
fn the_answer_is_lost_and_the_update_too() {
    for kind in [FailureKind::TimedOut, FailureKind::Closed, FailureKind::Unsigned] {
        let mut world = World::new(BASE, [Answers::Dropped(kind)]);
        let report = world.push(ServerKind::Knot, an_edit());
        assert_eq!(report.outcome, Outcome::Unknown(failure(kind)));
        assert_eq!(verdicts(&report), ["not"; 3]);
        assert_eq!((world.sent.len(), world.waited), (1, PATIENCE), "never sent blindly again");
    }
}

#[test]
fn the_update_is_carried_out_late() {
    for answers in [Answers::Later(Duration::from_secs(3)), Answers::LostAndLater(Duration::from_secs(3))] {
        let mut world = World::new(BASE, [answers.clone()]);
        let report = world.push(ServerKind::Bind, an_edit());
        assert_eq!(report.outcome, Outcome::Applied, "{answers:?}");
        assert!(world.waited >= Duration::from_secs(3) && world.waited < PATIENCE);
        assert_eq!((world.sent.len(), world.transfers), (1, 2));
    }
}

#[test]
fn somebody_elses_change_does_not_hide_that_ours_is_late() {
    let mut world = World::new(BASE, [Answers::Later(Duration::from_secs(3))]);
    world.others = vec![(2, other("elsewhere", "TXT x"))];
    assert_eq!(world.push(ServerKind::Bind, an_edit()).outcome, Outcome::Applied);
}

#[test]
fn yes_and_nothing_done() {
    let mut world = World::new(BASE, [Answers::Says(Rcode::NOERROR)]);
    let report = world.push(ServerKind::Bind, an_edit());
    // Perhaps it was passed on to a primary that has it.
    let Outcome::Unknown(failure) = &report.outcome else { panic!("{:?}", report.outcome) };
    assert!(failure.why.contains("passes updates on") && failure.why.contains("BIND does so"), "{failure}");
    assert_eq!(verdicts(&report), ["unknown"; 3]);
    assert_eq!((world.sent.len(), world.waited), (1, PATIENCE));
}

#[test]
fn half_done() {
    let mut world = World::new(BASE, [Answers::Half(2)]);
    let report = world.push(ServerKind::Bind, an_edit());
    assert_eq!(report.outcome, Outcome::Partly);
    // The second record set was deleted and not added again.
    assert_eq!(verdicts(&report), ["applied", "changed", "not"]);
}

#[test]
fn changed_by_the_server() {
    let mut world = World::new(BASE, [Answers::Honestly]);
    // Somebody (or a policy) clips the TTL between the update and the reading.
    world.others = vec![(2, other("one", "A 192.0.2.10"))];
    let mut edits = an_edit();
    edits[2] = edit("one", 900, &["A 192.0.2.10", "A 192.0.2.99"]);
    let report = world.push(ServerKind::Bind, edits);
    assert_eq!(report.outcome, Outcome::Partly);
    assert_eq!(verdicts(&report), ["applied", "changed", "applied"]);
    let now = world.zone.get(&key("one", RecordType::A));
    assert!(matches!(&report.verdicts[1].2, Verdict::ChangedByServer(set, _) if *set == now));
}

/// Somebody took the change back between the server's yes and the reading, and the report blamed the server.
#[test]
fn who_undoes_a_change_before_it_is_read_back_is_told_from_the_server() {
    let back = |record: &str| {
        let [new] = <[Operation; 1]>::try_from(other("one", record)).unwrap();
        vec![Operation::DeleteRrset(name("one"), RecordType::A), new]
    };
    let edits = || vec![edit("new", 60, &["A 192.0.2.50"]), edit("one", 300, &["A 192.0.2.99"])];
    for (record, keeps_journal, others, wanted) in [
        ("A 192.0.2.10", true, "since", "(serial 102)"),
        ("A 192.0.2.77", true, "since", "(serial 102)"),
        ("A 192.0.2.10", false, "not", "does not show it"),
        ("A 192.0.2.77", false, "changed", "somebody else changed it since"),
    ] {
        let mut world = World::new(BASE, [Answers::Honestly]);
        world.keeps_journal = keeps_journal;
        // 0 SOA, 1 update, 2 SOA.
        world.others = vec![(2, back(record))];
        let report = world.push(ServerKind::Bind, edits());
        assert_eq!(report.outcome, Outcome::Partly);
        assert_eq!(verdicts(&report), ["applied", others]);
        let said = format!("{:?}", report.verdicts[1].2);
        assert!(said.contains(wanted), "{said}");
    }
    // The server itself did less than it said: the journal knows of no such change.
    let mut world = World::new(BASE, [Answers::Half(2)]);
    world.keeps_journal = true;
    assert_eq!(verdicts(&world.push(ServerKind::Bind, an_edit())), ["applied", "changed", "not"]);
    // After a lost answer the journal shows that it was carried out.
    let mut world = World::new(BASE, [Answers::Lost(FailureKind::TimedOut)]);
    world.keeps_journal = true;
    world.others = vec![(2, back("A 192.0.2.10"))];
    let report = world.push(ServerKind::Bind, vec![edit("one", 300, &["A 192.0.2.99"])]);
    assert_eq!((report.outcome.clone(), verdicts(&report)), (Outcome::Partly, vec!["since"]));
}

#[test]
fn refusals() {
    for rcode in [Rcode::REFUSED, Rcode::NOTAUTH, Rcode::NOTIMP, Rcode::FORMERR, Rcode::NOTZONE] {
        for kind in KINDS {
            let mut world = World::new(BASE, [Answers::Says(rcode)]);
            let report = world.push(kind, an_edit());
            let Outcome::Refused(failure) = &report.outcome else { panic!("{:?}", report.outcome) };
            assert!(failure.to_string().contains(&rcode.to_string()));
            assert!(failure.why.ends_with('.') && failure.next.ends_with('.') && !failure.why.contains("  "));
            assert_eq!((verdicts(&report), report.answer), (vec!["not"; 3], Some(rcode)));
            assert_eq!((world.sent.len(), world.waited), (1, Duration::ZERO));
        }
    }
    use FailureKind::{BadSignature, ClockOff, NotAuthoritative, Refused, UnknownKey};
    for kind in
        [Refused, NotAuthoritative, UnknownKey, BadSignature, ClockOff, FailureKind::Rcode(Rcode::FORMERR)]
    {
        let mut world = World::new(BASE, [Answers::Dropped(kind)]);
        let report = world.push(ServerKind::PowerDns, an_edit());
        assert!(
            matches!(&report.outcome, Outcome::Refused(failure) if failure.kind == kind),
            "{:?}",
            report.outcome
        );
        // An unsigned refusal is not believed blindly.
        let mut world = World::new(BASE, [Answers::Lost(kind)]);
        assert_eq!(world.push(ServerKind::PowerDns, an_edit()).outcome, Outcome::Applied);
    }
}

#[test]
fn servfail_is_looked_into() {
    let mut world = World::new(BASE, [Answers::Says(Rcode::SERVFAIL)]);
    let report = world.push(ServerKind::Bind, an_edit());
    assert!(matches!(report.outcome, Outcome::Refused(_)), "{:?}", report.outcome);
    let lost = Answers::Lost(FailureKind::Rcode(Rcode::SERVFAIL));
    let mut world = World::new(BASE, [lost]);
    assert_eq!(world.push(ServerKind::Bind, an_edit()).outcome, Outcome::Applied);
}

#[test]
fn an_unsigned_failed_prerequisite_is_never_repeated() {
    let unsigned = || [Answers::Dropped(FailureKind::Rcode(Rcode::NXRRSET))];
    let mut world = World::new(BASE, unsigned());
    let report = world.push(ServerKind::Bind, an_edit());
    assert!(matches!(report.outcome, Outcome::Refused(_)), "{:?}", report.outcome);
    assert_eq!(world.sent.len(), 1);
}

#[test]
fn no_connection_for_the_update() {
    let mut world = World::new(BASE, [Answers::Dropped(FailureKind::Unreachable)]);
    assert!(matches!(world.push(ServerKind::Bind, an_edit()).outcome, Outcome::CannotReach(_)));
    let mut world = World::new(BASE, []);
    world.failing = vec![0];
    assert!(matches!(world.push(ServerKind::Bind, an_edit()).outcome, Outcome::CannotReach(_)));
    assert_eq!(world.sent.len(), 0);
}

#[test]
fn reading_back_fails_for_a_while_or_for_good() {
    let mut world = World::new(BASE, [Answers::Honestly]);
    world.failing = vec![2, 4, 7];
    assert_eq!(world.push(ServerKind::Bind, an_edit()).outcome, Outcome::Applied);
    let mut world = World::new(BASE, [Answers::Honestly]);
    world.failing = (2..200).collect();
    let report = world.push(ServerKind::Bind, an_edit());
    assert!(matches!(report.outcome, Outcome::Unknown(_)));
    assert_eq!((verdicts(&report), world.waited), (vec!["unknown"; 3], PATIENCE));
    assert_eq!((world.sent.len(), report.answer), (1, Some(Rcode::NOERROR)));
}

#[test]
fn cancelled() {
    // 0 SOA, 1 update, 2 SOA, 3 zone, 4 pause
    for at in 0..5 {
        let mut world = World::new(BASE, [Answers::Later(Duration::from_secs(60))]);
        world.cancel_before = Some(at);
        let report = world.push(ServerKind::Bind, an_edit());
        match at {
            0 => assert!(matches!(report.outcome, Outcome::CannotSend(_)), "{:?}", report.outcome),
            _ => assert!(matches!(report.outcome, Outcome::Unknown(_)), "{at}: {:?}", report.outcome),
        }
        let expected = [vec![], vec!["unknown"; 3], vec!["unknown"; 3], vec!["unknown"; 3], vec!["not"; 3]];
        assert_eq!(verdicts(&report), expected[at], "{at}");
    }
}

#[test]
fn a_case_only_change_that_the_server_ignores() {
    let mut world = World::new(BASE, [Answers::Says(Rcode::NOERROR)]);
    let report = world.push(ServerKind::Knot, vec![edit("alias", 300, &["CNAME ONE"])]);
    let [(_, _, Verdict::NotApplied(why))] = report.verdicts.as_slice() else { panic!("{report:?}") };
    assert!(why.contains("only the case"), "the reason is the one that was predicted: {why}");
}

#[test]
fn a_lagging_transfer_server_is_waited_for() {
    use crate::push::{Action, Event, Push, Stage, plan};
    let base = Arc::new(zone(BASE));
    let changes = changes_of(&base, an_edit());
    let reviewed = plan(&base, &changes, traits(ServerKind::Bind)).unwrap();
    let (mut push, _) = Push::new(Arc::clone(&base), changes, traits(ServerKind::Bind), reviewed);
    let mut ahead = base.soa().clone();
    ahead.serial = 105;
    let mut actions = push.on(Event::Soa(Ok(ahead)));
    let mut waited = Duration::ZERO;
    loop {
        match actions.pop().unwrap() {
            Action::Transfer => actions = push.on(Event::Zone(Ok(Arc::clone(&base)))),
            Action::Wait(pause) => {
                assert!(matches!(actions.pop(), Some(Action::Show(Stage::WaitingForServer))));
                waited += pause;
                actions = push.on(Event::Woke);
            }
            Action::Finish(report) => {
                assert!(matches!(report.outcome, Outcome::CannotSend(why) if why.contains("105")));
                break assert_eq!(waited, PATIENCE);
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn events_that_nobody_waits_for_do_nothing() {
    use crate::push::{Event, Push, plan};
    let base = Arc::new(zone(BASE));
    let changes = changes_of(&base, an_edit());
    let reviewed = plan(&base, &changes, traits(ServerKind::Bind)).unwrap();
    let (mut push, _) = Push::new(Arc::clone(&base), changes, traits(ServerKind::Bind), reviewed);
    assert!(push.on(Event::Woke).is_empty());
    assert!(push.on(Event::Answer(Ok(Rcode::NOERROR))).is_empty());
    assert!(push.on(Event::Zone(Ok(base))).is_empty());
}

pub fn any_answer() -> impl Strategy<Value = Answers> {
    prop_oneof![
        Just(Answers::Honestly),
        Just(Answers::Lost(FailureKind::TimedOut)),
        Just(Answers::Dropped(FailureKind::Closed)),
        Just(Answers::Says(Rcode::NOERROR)),
        Just(Answers::Says(Rcode::REFUSED)),
        (1..12u64).prop_map(|seconds| Answers::Later(Duration::from_secs(seconds))),
        (1..12u64).prop_map(|seconds| Answers::LostAndLater(Duration::from_secs(seconds))),
        (0..4usize).prop_map(Answers::Half),
    ]
}

proptest! {
    /// Whatever happens: the push ends, nothing is sent over somebody else's change, and "applied" is true.
    #[test]
    fn applied_is_never_a_lie(
        answer in any_answer(),
        others in prop::collection::vec((0..12usize, any_record()), 0..4),
        failing in prop::collection::vec(0..12usize, 0..3),
        cancel_before in prop::option::of(0..15usize),
        kind in prop::sample::select(KINDS.to_vec()),
    ) {
        let mut world = World::new(BASE, [answer]);
        world.others = (others.into_iter())
            .map(|(at, (owner, ttl, record))| {
                let (rtype, rdata) = record_data(&record);
                (at, vec![Operation::Add(name(&owner), rtype, ttl, rdata)])
            })
            .collect();
        (world.failing, world.cancel_before) = (failing, cancel_before);
        let edits = vec![edit("a", 60, &["A 192.0.2.1"]), edit("b", 60, &["TXT t1"]), gone("two", RecordType::TXT)];
        let report = world.push(kind, edits);
        let zone = report.zone.clone();
        for (key, change, verdict) in &report.verdicts {
            if *verdict == Verdict::Applied {
                let now = zone.as_ref().unwrap().get(key);
                prop_assert!(change.is_achieved(key.rtype, now.as_ref()));
            }
        }
        let all = report.verdicts.iter().all(|(_, _, verdict)| *verdict == Verdict::Applied);
        let is_success = matches!(report.outcome, Outcome::Applied | Outcome::NothingToDo);
        prop_assert_eq!(is_success, all && !report.verdicts.is_empty());
        prop_assert!(world.sent.len() <= 4);
        if matches!(report.outcome, Outcome::Conflict(_) | Outcome::ReviewAgain | Outcome::CannotSend(_) | Outcome::CannotReach(_)) {
            prop_assert_eq!(world.zone.get(&key("two", RecordType::TXT)).is_some(), true);
        }
    }
}
