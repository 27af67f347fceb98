//! Pushes in several messages against the simulated server.

use proptest::prelude::*;

use super::machine::{any_answer, other, verdicts};
use super::world::{Answers, World};
use super::*;
use crate::facts::FailureKind;
use crate::push::{Outcome, Report, Stage, Verdict};
use crate::zone::update::Rcode;

/// Changed names; about 90 of them fit into one message.
const NAMES: usize = 240;

fn text(number: usize, words: &str) -> (RrKey, Option<RrSet>) {
    edit(&format!("n{number:03}"), 300, &[&format!("TXT {words}{number:0200}")])
}

fn new_names() -> Vec<(RrKey, Option<RrSet>)> {
    (0..NAMES).map(|number| text(number, "new")).collect()
}

/// A server that already holds these names, whose contents are changed then: every message is guarded by the SOA.
fn full_world(answers: impl IntoIterator<Item = Answers>) -> (World, Vec<(RrKey, Option<RrSet>)>) {
    let mut world = World::new(BASE, answers);
    world.always_honest = true;
    let mut draft = Draft::new(Arc::clone(&world.zone));
    draft.edit("test", new_names());
    world.zone = Arc::new(world.zone.with_changes(draft.changes()).unwrap());
    (world, (0..NAMES).map(|number| text(number, "old")).collect())
}

fn counted(report: &Report) -> (usize, usize) {
    let verdicts = verdicts(report);
    let count = |word| verdicts.iter().filter(|other| **other == word).count();
    (count("applied"), count("not"))
}

/// The rest is pushed, and everything is there.
fn resumes(mut world: World, edits: Vec<(RrKey, Option<RrSet>)>) {
    world.be_honest();
    if !changes_of(&world.zone, edits.clone()).is_empty() {
        assert_eq!(world.push(ServerKind::Bind, edits.clone()).outcome, Outcome::Applied);
    }
    for (key, set) in edits {
        assert!(same(world.zone.get(&key), set), "{key:?}");
    }
}

fn same(now: Option<RrSet>, wanted: Option<RrSet>) -> bool {
    crate::zone::rrset::same_octets(now.as_ref(), wanted.as_ref())
}

#[test]
fn message_after_message() {
    for kind in KINDS {
        for (mut world, edits) in [(World::new(BASE, []), new_names()), full_world([])] {
            world.always_honest = true;
            let before = world.zone.serial();
            let report = world.push(kind, edits);
            let total = world.sent.len();
            assert!((2..5).contains(&total), "{total} messages");
            assert_eq!(
                (report.outcome.clone(), counted(&report)),
                (Outcome::Applied, (NAMES, 0)),
                "{kind:?}"
            );
            assert_eq!((report.serial_before, report.serial_after), (before, Some(before + total as u32)));
            assert_eq!(world.transfers, 1, "the zone is only read at the end");
            let sending: Vec<_> =
                world.stages.iter().filter(|stage| matches!(stage, Stage::Sending { .. })).copied().collect();
            assert_eq!(sending, (1..=total).map(|step| Stage::Sending { step, total }).collect::<Vec<_>>());
        }
    }
}

#[test]
fn the_soa_is_asked_for_only_where_it_is_a_guard() {
    let mut world = World::new(BASE, []);
    world.always_honest = true;
    world.push(ServerKind::Bind, new_names());
    assert!(world.sent.iter().all(|update| !lines(update).contains(&"? @ SOA is".into())));
    let (mut world, edits) = full_world([]);
    world.push(ServerKind::Bind, edits);
    assert!(world.sent.iter().all(|update| lines(update).contains(&"? @ SOA is".into())));
}

#[test]
fn the_zones_soa_comes_with_the_last_message() {
    let (mut world, mut edits) = full_world([]);
    edits.push(edit("@", 300, &["SOA 200 3600"]));
    let report = world.push(ServerKind::Bind, edits);
    assert_eq!((report.outcome, report.serial_after), (Outcome::Applied, Some(200)));
    // One that the messages before have overtaken is raised.
    let (mut world, mut edits) = full_world([]);
    edits.push(edit("@", 300, &["SOA 101 3600"]));
    let report = world.push(ServerKind::Bind, edits);
    assert_eq!(report.outcome, Outcome::Applied);
    assert_eq!(report.serial_after, Some(100 + world.sent.len() as u32));
}

#[test]
fn refused_in_the_middle() {
    let (mut world, edits) = full_world([Answers::Honestly, Answers::Says(Rcode::REFUSED)]);
    let report = world.push(ServerKind::Bind, edits.clone());
    assert_eq!((report.outcome.clone(), world.sent.len()), (Outcome::Partly, 2));
    let (applied, not) = counted(&report);
    assert!(applied > 50 && not > 100 && applied + not == NAMES, "{applied} {not}");
    let why = |wanted: &str| {
        let has = |verdict: &Verdict| matches!(verdict, Verdict::NotApplied(why) if why.contains(wanted));
        report.verdicts.iter().filter(|(_, _, verdict)| has(verdict)).count()
    };
    assert!(why("refused") > 50, "{} {}", why("refused"), why("Not sent"));
    assert_eq!(why("refused") + why("Not sent"), not);
    let notes = report.notes.concat();
    assert!(
        notes.contains("1 of 3 messages were carried out. The server refused the update (REFUSED)."),
        "{notes}"
    );
    resumes(world, edits);
}

#[test]
fn an_answer_lost_in_the_middle() {
    // Carried out all the same: known by reading back, and no blind going on.
    let lost = Answers::Lost(FailureKind::TimedOut);
    let (mut world, edits) = full_world([Answers::Honestly, lost]);
    let report = world.push(ServerKind::Bind, edits.clone());
    assert_eq!((report.outcome.clone(), world.sent.len()), (Outcome::Partly, 2));
    assert!(counted(&report).0 > 150);
    assert!(report.notes.concat().contains("2 of 3 messages"), "{:?}", report.notes);
    resumes(world, edits);
    let (mut world, edits) = full_world([Answers::Honestly, Answers::Dropped(FailureKind::Closed)]);
    let report = world.push(ServerKind::Bind, edits.clone());
    assert!(matches!(report.outcome, Outcome::Unknown(_)), "{:?}", report.outcome);
    assert!((1..150).contains(&counted(&report).0));
    assert!(report.notes.concat().contains("1 of 3 messages were carried out; of the next it is not known."));
    resumes(world, edits);
}

#[test]
fn no_connection_in_the_middle() {
    let (mut world, edits) = full_world([Answers::Honestly, Answers::Dropped(FailureKind::Unreachable)]);
    let report = world.push(ServerKind::Bind, edits.clone());
    assert_eq!(report.outcome, Outcome::Partly);
    assert!(report.notes.concat().contains("1 of 3 messages"), "{:?}", report.notes);
    // So does the question for the SOA: 0 SOA, 1 update, 2 SOA.
    let (mut world, edits2) = full_world([]);
    world.failing = vec![2];
    assert_eq!(world.push(ServerKind::Bind, edits2).outcome, Outcome::Partly);
    resumes(world, edits);
}

#[test]
fn others_change_something_else_between_the_messages() {
    let (mut world, edits) = full_world([]);
    // 0 SOA, 1 update, 2 SOA, 3 update: its guard on the SOA fails.
    world.others = vec![(3, other("elsewhere", "TXT a")), (9, other("elsewhere", "TXT b"))];
    let report = world.push(ServerKind::Bind, edits);
    assert_eq!((report.outcome.clone(), counted(&report)), (Outcome::Applied, (NAMES, 0)));
    assert!(world.sent.len() > 3 && world.transfers > 1);
    assert!(world.zone.get(&key("elsewhere", RecordType::TXT)).is_some());
    assert_eq!(report.serial_before, 100);
}

#[test]
fn others_change_what_is_still_to_be_changed() {
    let (mut world, edits) = full_world([]);
    let last = edits.last().unwrap().0.owner.clone();
    world.others =
        vec![(3, vec![Operation::Add(last.clone(), RecordType::TXT, 300, record_data("TXT theirs").1)])];
    let report = world.push(ServerKind::Bind, edits);
    assert_eq!(report.outcome, Outcome::Partly);
    assert!(report.notes.concat().contains("Somebody else changed n239.example.com. TXT meanwhile."));
    assert!(matches!(report.verdicts.last().unwrap().2, Verdict::ChangedByServer(..)));
    assert_eq!(world.zone.get(&RrKey::new(last, RecordType::TXT)).unwrap().rdata.len(), 2, "theirs is kept");
}

#[test]
fn stopped_by_the_person() {
    // 0 SOA, 1 update, 2 SOA, 3 update
    for (at, sent) in [(1, 1), (2, 1), (3, 2)] {
        let (mut world, edits) = full_world([]);
        world.cancel_before = Some(at);
        let report = world.push(ServerKind::Bind, edits.clone());
        assert_eq!((report.outcome.clone(), world.sent.len()), (Outcome::Partly, sent), "{at}");
        let (applied, not) = counted(&report);
        assert!(applied > 0 && applied + not == NAMES);
        assert!(report.notes.concat().contains("You stopped it."), "{:?}", report.notes);
        resumes(world, edits);
    }
}

#[test]
fn a_hidden_soa_that_is_first_used_in_the_middle() {
    let mut world = World::new(BASE, []);
    (world.always_honest, world.hidden_soa) = (true, true);
    let mut edits = new_names();
    edits.push(edit("mail", 60, &["A 192.0.2.3"]));
    let report = world.push(ServerKind::Bind, edits);
    assert_eq!(report.outcome, Outcome::Applied);
    assert!(report.notes.concat().contains("sent with fewer"), "{:?}", report.notes);
}

type Edits = Vec<(RrKey, Option<RrSet>)>;

#[test]
fn a_set_too_big_for_a_message() {
    let texts = |words: &str, count: usize| -> Vec<String> {
        (0..count).map(|number| format!("TXT {words}{number:0200}")).collect()
    };
    let set = |texts: &[String], ttl| edit("big", ttl, &texts.iter().map(String::as_str).collect::<Vec<_>>());
    for kind in KINDS {
        let mut world = World::new(BASE, []);
        world.always_honest = true;
        let steps: [(Edits, usize); 5] = [
            (vec![set(&texts("a", 900), 300)], 7),
            (vec![set(&[texts("a", 500), texts("b", 400)].concat(), 300)], 4),
            // The TTL, by adding one record again.
            (vec![set(&[texts("a", 500), texts("b", 400)].concat(), 60)], 1),
            (vec![set(&texts("b", 400), 60)], 1),
            (vec![gone("big", RecordType::TXT)], 1),
        ];
        for (number, (edits, least)) in steps.into_iter().enumerate() {
            let is_ttl = number == 2;
            if is_ttl && matches!(kind, ServerKind::Knot | ServerKind::Unknown) {
                let error = crate::push::plan(&world.zone, &changes_of(&world.zone, edits), traits(kind));
                assert!(error.unwrap_err().to_string().contains("cannot be changed by updates"));
                let ttl =
                    vec![Operation::Add(name("big"), RecordType::TXT, 60, record_data(&texts("b", 1)[0]).1)];
                world.zone = Arc::new(
                    updated(
                        &world.zone,
                        &Update { zone: name("@"), prerequisites: Vec::new(), operations: ttl },
                    )
                    .unwrap(),
                );
                continue;
            }
            let before = world.sent.len();
            let report = world.push(kind, edits.clone());
            assert_eq!(
                (report.outcome, counted_as_applied(&world, &edits)),
                (Outcome::Applied, true),
                "{kind:?} {number}"
            );
            assert!(world.sent.len() - before >= least, "{kind:?} {number}: {}", world.sent.len() - before);
        }
    }
}

fn counted_as_applied(world: &World, edits: &[(RrKey, Option<RrSet>)]) -> bool {
    edits.iter().all(|(key, set)| same(world.zone.get(key), set.clone()))
}

#[test]
fn a_big_set_is_guarded_by_what_was_made_of_it() {
    let texts: Vec<String> = (0..900).map(|number| format!("TXT {number:0200}")).collect();
    let mut world = World::new(BASE, []);
    world.always_honest = true;
    let edits = vec![edit("big", 300, &texts.iter().map(String::as_str).collect::<Vec<_>>())];
    // Somebody else adds to it in between; 0 SOA, 1 update, 2 SOA, 3 update.
    world.others = vec![(3, other("big", "TXT theirs"))];
    let report = world.push(ServerKind::Bind, edits);
    assert_eq!(report.outcome, Outcome::Partly);
    assert_eq!(verdicts(&report), ["changed"]);
    let why = &report.verdicts[0].2;
    assert!(matches!(why, Verdict::ChangedByServer(Some(set), _) if set.rdata.len() < 300), "{why:?}");
    assert!(lines(&world.sent[1])[0].starts_with("? big TXT is"), "contents while they fit");
}

#[test]
fn a_big_set_without_an_soa_to_go_by() {
    let texts: Vec<String> = (0..900).map(|number| format!("TXT {number:0200}")).collect();
    let mut world = World::new(BASE, []);
    world.always_honest = true;
    let set = edit("big", 300, &texts.iter().map(String::as_str).collect::<Vec<_>>());
    world.push(ServerKind::PowerDns, vec![set]);
    // Only what was seen is taken away, and it is said what is not guarded.
    world.others = vec![(world.sent.len() + 9, other("big", "TXT theirs"))];
    let base = Arc::clone(&world.zone);
    let plan = crate::push::plan(
        &base,
        &changes_of(&base, vec![gone("big", RecordType::TXT)]),
        traits(ServerKind::PowerDns),
    );
    let plan = plan.unwrap();
    assert!(plan.operations().all(|operation| matches!(operation, Operation::DeleteRecord(..))));
    assert!(plan.notes.concat().contains("big.example.com. TXT is not guarded"), "{:?}", plan.notes);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10))]

    /// Whatever happens: the push ends, "applied" is true, and pushing again arrives.
    #[test]
    fn applied_is_never_a_lie(
        good in 0..4usize,
        answer in any_answer(),
        elsewhere in prop::collection::vec(0..16usize, 0..2),
        failing in prop::collection::vec(0..16usize, 0..3),
        cancel_before in prop::option::of(0..16usize),
        kind in prop::sample::select(KINDS.to_vec()),
    ) {
        let answers = std::iter::repeat_n(Answers::Honestly, good).chain([answer]);
        let (mut world, edits) = full_world(answers);
        world.others = elsewhere.into_iter().map(|at| (at, other("elsewhere", &format!("TXT {at}")))).collect();
        (world.failing, world.cancel_before) = (failing, cancel_before);
        let report = world.push(kind, edits.clone());
        for (key, change, verdict) in &report.verdicts {
            let now = report.zone.as_ref().and_then(|zone| zone.get(key));
            match verdict {
                Verdict::Applied => prop_assert!(change.is_achieved(key.rtype, now.as_ref())),
                Verdict::NotApplied(_) if report.zone.is_some() => {
                    prop_assert!(change.is_untouched(key.rtype, now.as_ref()));
                }
                _ => {}
            }
        }
        let all = report.verdicts.iter().all(|(_, _, verdict)| *verdict == Verdict::Applied);
        let is_success = matches!(report.outcome, Outcome::Applied | Outcome::NothingToDo);
        prop_assert_eq!(is_success, all && !report.verdicts.is_empty());
        if !matches!(report.outcome, Outcome::Unknown(_)) {
            resumes(world, edits);
        }
    }
}
