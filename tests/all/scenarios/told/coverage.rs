//! Which scenarios and traps the stories stand for, and why the others have none. The numbers are those of the
//! project's reference pages: scenarios P, A, D, C, N, Z, K, M, T (run on real servers there) and X (described there),
//! and traps T-01 to T-47.

use std::collections::BTreeSet;

use super::{access, stories};

/// How far each letter counts.
const SCENARIOS: [(&str, usize); 9] =
    [("P", 27), ("A", 40), ("D", 10), ("C", 10), ("N", 9), ("Z", 8), ("K", 8), ("M", 16), ("T", 12)];
const DESCRIBED: (&str, usize) = ("X", 40);
const TRAPS: (&str, usize) = ("T-", 47);

const NEVER: &str = "we never send that";
const MALFORMED: &str =
    "we never send what is malformed: wire/update writes it, and its tests hold every field";
const HOSTILE: &str = "no server here does that: the scripted one of failures.rs does";

/// What no story stands for, and why.
const WITHOUT: &[(&str, &str)] = &[
    ("P01 P02 P03", "we never ask for a name in use: whole RRsets are guarded"),
    ("P17 P18 P19 P20", MALFORMED),
    ("A19 A20 A21", MALFORMED),
    ("A29", "nothing is both added and deleted in a message: deletes_come_before_adds_and_nothing_is_both"),
    ("M01 M02", "such a zone cannot be loaded: trouble_is_told_apart in primaries.rs"),
    ("M03 M04 M05 M06 M11 M12 T07 T08 T11", MALFORMED),
    ("M13", "we compress no names in RDATA"),
    ("T-30", "a transaction that somebody has open: an_update_that_knot_carries_out_late in hostile_push.rs"),
    ("T-36", "the nameserver pane tells of secondaries that lag: nameservers.rs"),
    ("T-38 X21", "there is no Windows here, and no GSS-TSIG: the words are held in push/tests/explain.rs"),
    ("X04 X17 X18", "one server is updated, and no other is ever tried"),
    ("X05", "the quota of 100 updates at a time is not met by one editor; REFUSED is told as such"),
    ("X32 X33 X34 X38", HOSTILE),
    ("X19 X20", "updates over TLS and QUIC are not there yet"),
    ("X22", "there is no SIG(0)"),
    ("X27", "a zone without SOA cannot be loaded"),
    (
        "X28",
        "several at once on Knot, which puts their updates together: everybody_at_once_on_knot in merging.rs",
    ),
    ("X39", NEVER),
    ("X40", "mixed_ttls_become_one_when_edited_and_stay_else"),
];

fn numbered((letter, last): (&str, usize)) -> impl Iterator<Item = String> {
    (1..=last).map(move |number| format!("{letter}{number:02}"))
}

#[test]
fn every_scenario_and_trap_has_a_story_or_a_reason() {
    let all: BTreeSet<String> = SCENARIOS.into_iter().chain([DESCRIBED, TRAPS]).flat_map(numbered).collect();
    let stories = stories();
    let names: BTreeSet<&str> = stories.iter().map(|story| story.name).collect();
    assert_eq!(names.len(), stories.len(), "two stories have the same name");
    let told: BTreeSet<String> = (stories.iter().map(|story| story.covers).chain([access::COVERS]))
        .flat_map(|covers| covers.split_whitespace().map(str::to_owned))
        .collect();
    let without: BTreeSet<String> =
        WITHOUT.iter().flat_map(|(ids, _)| ids.split_whitespace().map(str::to_owned)).collect();
    let unknown: Vec<_> = told.union(&without).filter(|id| !all.contains(*id)).collect();
    assert!(unknown.is_empty(), "no such scenario or trap: {unknown:?}");
    let both: Vec<_> = told.intersection(&without).collect();
    assert!(both.is_empty(), "with a story, so no reason is needed: {both:?}");
    let neither: Vec<_> = all.iter().filter(|id| !told.contains(*id) && !without.contains(*id)).collect();
    assert!(neither.is_empty(), "neither story nor reason: {neither:?}");
    let count = |wanted: &dyn Fn(&&String) -> bool| told.iter().filter(wanted).count();
    let traps = count(&|id| id.starts_with("T-"));
    let described = count(&|id| id.starts_with('X'));
    println!(
        "{} stories; {} of 140 scenarios, {described} of 40 described ones, {traps} of 47 traps",
        stories.len() + 3,
        told.len() - traps - described
    );
    assert!(stories.len() >= 80);
}
