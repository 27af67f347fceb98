//! Loading, reloading, drafts of earlier runs, nameservers.

use super::*;
use crate::app::text::FoundText;
use crate::facts::FailureKind;

fn failure() -> Failure {
    Failure {
        kind: FailureKind::Refused,
        what: "The transfer of example.com was refused.".into(),
        why: "The server does not let the key ns1-key transfer the zone.".into(),
        next: "Allow it on the server, or use --key.".into(),
    }
}

#[test]
fn progress_then_the_zone() {
    let mut test = Test::starting(settings());
    let request = test.last_load();
    test.send(Msg::Loading { request, records: 1234 });
    let screen = test.screen(80, 24);
    assert!(screen.contains("Loading example.com. from ns1.example.com"), "{screen}");
    assert!(screen.contains("1234 records so far"), "{screen}");
    test.keys("-");
    assert_eq!(test.message(), "no command on -; ? shows all");
    test.load(ZONE);
    assert_eq!(test.selected(), "  @ 1h SOA ns1 hostmaster 2026112101 3600 900 1209600 300");
    assert!(matches!(
        &test.effects[1..],
        [
            Effect::History { .. },
            Effect::AskNameserver { .. },
            Effect::AskNameserver { .. },
            Effect::WakeIn(_),
            Effect::AskParent { .. }
        ]
    ));
}

#[test]
fn a_failure_says_what_why_and_what_next() {
    let mut test = Test::starting(settings());
    let request = test.last_load();
    test.send(Msg::Loaded { request, result: Err(failure()) });
    let screen = test.screen(80, 24);
    for text in [&failure().what, &failure().why, &failure().next] {
        assert!(screen.contains(text), "{screen}");
    }
    test.keys("R");
    assert!(test.last_load() > request);
    // The answer of the load before comes too late.
    test.send(Msg::Loaded { request, result: Err(failure()) });
    assert!(test.screen(80, 24).contains("Loading example.com."));
    test.keys("Ctrl-C");
    assert!(matches!(test.effects.last(), Some(Effect::Cancel { .. })));
    assert!(test.screen(80, 24).contains("Loading was stopped"));
    test.keys("q");
    assert!(matches!(test.effects.last(), Some(Effect::Quit)));
}

#[test]
fn reloading_keeps_edits_and_finds_conflicts() {
    let mut test = Test::new();
    test.select("old", "A", "192.0.2.99").keys("-");
    test.select("mail", "A", "192.0.2.25").keys("Enter Ctrl-U '192.0.2.26' Enter R");
    let moved = ZONE.replace("2026112101", "2026112105").replace("192.0.2.25", "192.0.2.27");
    test.load(&moved);
    assert_eq!(
        test.message(),
        "loaded again: serial 2026112101 is now 2026112105; 1 conflict with yours: M shows both sides"
    );
    assert_eq!(test.selected(), "! mail 1h A 192.0.2.26");
    assert_eq!(test.open().draft.changes().len(), 2);
    // On disk it is the same draft over the new zone, conflict included.
    let mut again = Draft::new(zone(&moved));
    again.replay(disk(&test.effects));
    assert_eq!(
        (again.changes(), again.conflicts()),
        (test.open().draft.changes(), test.open().draft.conflicts())
    );

    test.keys("c");
    let screen = test.screen(80, 24).split_whitespace().collect::<Vec<_>>().join(" ");
    for line in ["seen 1h 192.0.2.25", "mine 1h 192.0.2.26", "theirs 1h 192.0.2.27"] {
        assert!(screen.contains(line), "{screen}");
    }
    test.keys("w");
    assert!(
        test.message().starts_with("1 conflict to decide first: M shows both sides"),
        "{}",
        test.message()
    );
    test.keys("Home m");
    assert_eq!(test.open().draft.conflicts(), []);
    let mut again = Draft::new(zone(&moved));
    again.replay(disk(&test.effects));
    assert_eq!((again.changes(), again.conflicts()), (test.open().draft.changes(), vec![]));
    assert_eq!(
        test.changes(),
        ["- mail 3600 A 192.0.2.27", "+ mail 3600 A 192.0.2.26", "- old 86400 A 192.0.2.99"]
    );
}

/// However often the record went and came back before: what was seen is not forgotten on the way through the disk.
#[test]
fn a_conflict_survives_undone_edits() {
    let moved = ZONE.replace("192.0.2.10\n", "192.0.2.110\n");
    for (before, after) in [("- - -", ""), ("- - u", ""), ("- u -", "")] {
        let mut test = Test::new();
        test.select("www", "A", "192.0.2.11").keys(before).keys("R");
        test.load(&moved);
        test.keys(after);
        let mut again = Draft::new(zone(&moved));
        again.replay(disk(&test.effects));
        assert_eq!(again.conflicts(), [RrKey::new(name("www"), RecordType::A)], "{before}, {after}");
        assert_eq!(again.changes(), test.open().draft.changes(), "{before}, {after}");
    }
    // What was taken back leaves nothing to undo over contents that others have replaced.
    let mut test = Test::new();
    test.select("www", "A", "192.0.2.11").keys("- - R");
    test.load(&moved);
    test.keys("u");
    assert_eq!((test.message(), test.changes().len()), ("nothing to undo", 0));
}

#[test]
fn their_side_of_a_conflict() {
    let mut test = Test::new();
    test.select("mail", "A", "192.0.2.25").keys("Enter Ctrl-U '192.0.2.26' Enter R");
    test.load(&ZONE.replace("2026112101", "2026112105").replace("192.0.2.25", "192.0.2.27"));
    test.keys("c -");
    assert_eq!(test.changes(), [""; 0]);
    test.keys("Esc");
    test.select("mail", "A", "192.0.2.27");
}

#[test]
fn a_failed_reload_leaves_the_zone_on_the_screen() {
    let mut test = Test::new();
    test.keys("Down - R");
    let request = test.last_load();
    test.send(Msg::Loading { request, records: 7 });
    assert!(test.screen(80, 24).contains("loading again: 7 records"));
    test.send(Msg::Loaded { request, result: Err(failure()) });
    assert_eq!(test.message(), failure().to_string());
    assert_eq!(test.changes(), ["- @ 3600 A 192.0.2.1"]);
}

fn draft_of(keys: &str) -> Vec<Entry> {
    let mut test = Test::new();
    test.keys(keys);
    disk(&test.effects)
}

#[test]
fn the_draft_of_an_earlier_run_is_offered() {
    let entries = draft_of("Down - Down -");
    let mut test = Test::starting(settings());
    test.find_draft(entries.clone());
    test.load(ZONE);
    let screen = test.screen(80, 24);
    assert!(screen.contains("A draft with 2 changes, last written 2026-11-21 14:03."), "{screen}");
    test.keys("d Esc d Enter");
    assert!(screen.contains("@ MX"));
    test.keys("Enter");
    assert_eq!(test.changes(), ["- @ 3600 A 192.0.2.1", "- @ 3600 MX 10 mail"]);
    assert_eq!(disk(&test.effects).len(), 0, "what is on disk stays there");
    test.keys("u");
    assert_eq!(test.changes(), ["- @ 3600 A 192.0.2.1"]);

    let mut test = Test::starting(settings());
    test.send(Msg::DraftFound { entries, base_serial: 1, saved_at: String::new(), aside: "/state".into() });
    test.load(ZONE);
    test.keys("d");
    assert!(test.screen(80, 24).contains("set aside in"), "{}", test.screen(80, 24));
    test.keys("y");
    assert_eq!(test.changes(), [""; 0]);
    assert!(test.did(|effect| matches!(effect, Effect::DiscardFound)));
    assert!(matches!(test.effects.last(), Some(Effect::ClearDraft)));
}

#[test]
fn a_draft_with_conflicts_can_be_merged_at_once() {
    let entries = draft_of("Down -");
    let mut test = Test::starting(settings());
    test.find_draft(entries);
    test.load(&ZONE.replace("192.0.2.1\n", "192.0.2.111\n").replace("2026112101", "2026112105"));
    let screen = test.screen(80, 24);
    assert!(screen.contains("(m) Merge"), "{screen}");
    assert!(screen.contains("2026112101") && screen.contains("2026112105"), "{screen}");
    test.keys("m");
    assert!(matches!(test.app.screen, Screen::Merge(_)), "{}", test.screen(80, 24));
}

#[test]
fn an_earlier_draft_that_is_done_by_now_is_not_offered() {
    let mut test = Test::starting(settings());
    let entries = draft_of("Down - u");
    test.find_draft(entries);
    test.load(ZONE);
    assert!(test.app.overlay.is_none());
    assert!(test.did(|effect| matches!(effect, Effect::ClearDraft)));
}

#[test]
fn a_draft_held_elsewhere_can_be_taken_over() {
    let mut test = Test::starting(settings());
    test.send(Msg::DraftLocked { holder: "process 4711 of anna".into() });
    test.load(ZONE);
    test.keys("-");
    assert!(test.message().contains("process 4711 of anna"), "{}", test.message());
    test.keys(": 'take-over' Enter y");
    assert!(matches!(test.effects.last(), Some(Effect::TakeOver)));
    test.find_draft(draft_of("Down -"));
    test.keys("Enter - ");
    assert_eq!(test.changes().len(), 1);
}

#[test]
fn a_draft_that_another_editor_takes_is_only_read() {
    let mut test = Test::new();
    test.keys("Down - Down -");
    let entries = disk(&test.effects);
    test.effects.clear();
    // The second step did not reach the disk before.
    let holder = "process 4711 of anna".to_string();
    test.send(Msg::DraftTaken { holder: holder.clone(), entries: entries[..1].to_vec() });
    assert!(test.message().contains("process 4711 of anna"), "{}", test.message());
    assert_eq!(test.changes(), ["- @ 3600 A 192.0.2.1"]);
    let aside =
        |effect: &Effect| matches!(effect, Effect::SetDraftAside { entries: own, .. } if *own == entries);
    assert!(test.did(aside), "what it had typed is kept");
    test.effects.clear();
    for key in ["-", "u", "+", "Enter"] {
        test.keys(key);
        assert_eq!(test.changes().len(), 1, "{key}");
    }
    assert!(disk(&test.effects).is_empty());
    assert!(test.screen(80, 24).contains("read-only"), "{}", test.screen(80, 24));
    test.keys(": 'take-over' Enter y");
    test.find_draft(entries);
    assert!(test.screen(80, 24).contains("Draft of the other editor"), "{}", test.screen(80, 24));
    test.keys("Enter");
    assert_eq!(test.changes().len(), 2);
    // The same with nothing lost, in a form: what is typed stays to be read.
    test.keys("+ Enter 'new' Tab Tab '192.0.2.7'");
    let entries = test.open().draft.entries();
    test.effects.clear();
    test.send(Msg::DraftTaken { holder, entries });
    test.keys("Enter");
    assert!(matches!(test.app.screen, Screen::Form(_)));
    assert_eq!(test.changes().len(), 2);
    assert!(!test.did(|effect| matches!(effect, Effect::SetDraftAside { .. })));
}

#[test]
fn disk_trouble_stays_until_it_is_over() {
    let mut test = Test::new();
    test.send(Msg::Journalled(Err(failure())));
    test.keys("Down Down");
    assert!(test.screen(80, 24).contains("NOT SAVED: The transfer"));
    test.send(Msg::Journalled(Ok(())));
    assert!(!test.screen(80, 24).contains("NOT SAVED"));
}

/// What was restored over somebody else's change was one thing in memory and another on disk.
#[test]
fn a_set_in_conflict_is_edited_only_when_a_side_is_chosen() {
    let mut test = Test::new();
    test.select("mail", "A", "192.0.2.25").keys("- R");
    test.load(&ZONE.replace("192.0.2.25", "192.0.2.225"));
    test.select("mail", "A", "192.0.2.25");
    for key in ["-", "Enter", "Y"] {
        test.keys(key);
        assert!(
            test.message().starts_with("others changed this record set as well"),
            "{key}: {}",
            test.message()
        );
    }
    assert_eq!(test.open().draft.conflicts(), [RrKey::new(name("mail"), RecordType::A)]);
    test.keys("c m Esc -");
    assert_eq!(test.changes(), [] as [&str; 0]);
}

#[test]
fn an_editor_that_can_only_read_follows_the_one_that_edits() {
    let (one, two) = (draft_of("Down -"), draft_of("Down - Down -"));
    let holder = "process 4711 of anna since 10:12 UTC".to_string();
    let mut test = Test::starting(settings());
    test.send(Msg::DraftLocked { holder });
    test.send(Msg::DraftSeen { entries: one.clone() });
    test.load(ZONE);
    test.effects.clear();
    assert_eq!(test.changes(), ["- @ 3600 A 192.0.2.1"]);
    insta::assert_snapshot!(test.part((80, 24), 21, 3), @"
    └──────────────────────────────────────────────────────────────────────────────┘
     read-only: process 4711 of anna since 10:12 UTC edits it; W takes it over
     u undo  / filter  w save  R reload  t text  Tab pane  c changes  ? help  q quit
    ");
    test.keys("c");
    test.send(Msg::DraftSeen { entries: two.clone() });
    assert!(test.screen(80, 24).contains("192.0.2.1") && test.screen(80, 24).contains("10 mail"));
    for key in ["-", "w", "u", "Esc", "+", "-", "u"] {
        test.keys(key);
        assert_eq!(test.changes().len(), 2, "{key}");
    }
    // Pushed by the other one.
    test.send(Msg::DraftSeen { entries: Vec::new() });
    assert_eq!(test.changes(), [""; 0]);
    test.send(Msg::DraftSeen { entries: two.clone() });
    // From one that runs it is taken only when that is meant.
    test.keys("W Enter");
    assert!(disk(&test.effects).is_empty() && !test.did(|effect| matches!(effect, Effect::TakeOver)));
    test.send(Msg::DraftFree);
    assert_eq!(test.message(), "the other editor has ended; W makes this one the editor");
    test.keys("+");
    assert_eq!(test.message(), "read-only: the other editor has ended; W makes this one the editor");
    test.keys("W");
    assert!(matches!(test.effects.last(), Some(Effect::TakeOver)));
    test.find_draft(two);
    test.keys("Enter");
    assert_eq!((test.changes().len(), test.app.editable()), (2, Ok(())));
    // What is seen late is not shown over the own draft.
    test.send(Msg::DraftSeen { entries: one });
    assert_eq!(test.changes().len(), 2);
}

/// Everywhere where it is said, but in texts.
#[test]
fn what_another_editor_holds_is_taken_over_from_any_screen_that_says_so() {
    for keys in ["c", "!", "5", "Tab"] {
        let mut test = Test::starting(settings());
        test.send(Msg::DraftLocked { holder: "process 4711 of anna".into() });
        test.send(Msg::DraftSeen { entries: draft_of("Down -") });
        test.load(ZONE);
        test.send(Msg::DraftFree);
        test.keys(keys).keys("W");
        assert!(matches!(test.effects.last(), Some(Effect::TakeOver)), "{keys}: {}", test.message());
        test.find_draft(draft_of("Down -"));
        test.keys("Enter");
        assert_eq!((test.changes().len(), test.app.editable()), (1, Ok(())), "{keys}");
    }
}

#[test]
fn a_draft_that_is_discarded_can_be_brought_back() {
    let mut test = Test::new();
    test.keys("Down - Down - q d");
    insta::assert_snapshot!(test.part((80, 24), 9, 6), @"
    │▌│ Discard 2 changes?                                                       │ │
    │ │ What is discarded is set aside: :bring-back gets it back at a later      │…│
    │ │ start.                                                                   │ │
    │ │                                                                          │ │
    │ │  (y) Discard and quit  ▌(c) Cancel                                       │ │
    │ └──────────────────────────────────────────────────────────────────────────┘ │
    ");
    test.keys("y");
    let discarded = test.latest(|effect| match effect {
        Effect::Discard { entries, text, .. } => Some((entries.clone(), text.is_none())),
        _ => None,
    });
    assert_eq!(discarded, Some((draft_of("Down - Down -"), true)));
    assert!(matches!(test.effects.last(), Some(Effect::Quit)));
    assert!(!test.did(|effect| matches!(effect, Effect::ClearDraft)), "nothing is removed before it is kept");

    let mut test = Test::new();
    test.keys("Down - u : 'bring-back' Enter");
    assert!(matches!(&test.effects[..], [.., Effect::ClearDraft, Effect::BringBack]), "{:?}", test.effects);
    test.find_draft(draft_of("Down - Down -"));
    test.keys("Enter");
    assert_eq!(test.changes().len(), 2);
    test.keys(": 'bring-back' Enter");
    assert!(test.message().starts_with("there is a draft already"), "{}", test.message());

    // The text that was discarded with it comes by the same call, and is asked for once the draft is decided on.
    let mut test = Test::new();
    test.keys(": 'bring-back' Enter");
    test.find_draft(draft_of("Down -"));
    let text = Text::new("; typed\n");
    test.send(Msg::TextBack(FoundText { text, saved_at: "2026-11-21 14:03".into(), escaped: 0 }));
    test.keys("Enter");
    assert_eq!(test.changes().len(), 1);
    assert!(test.screen(80, 24).contains("Text of an earlier run"), "{}", test.screen(80, 24));
    test.keys("g");
    assert_eq!(test.text(), "; typed\n");
}

/// On a full disk it can be discarded all the same, but only when that is said.
#[test]
fn a_draft_that_cannot_be_set_aside_is_kept() {
    let mut test = Test::new();
    test.keys("Down - q d");
    let effects = test.app.update(Msg::Key(Key::char('y')));
    assert!(matches!(&effects[..], [Effect::Discard { .. }]));
    // Nothing is edited meanwhile.
    assert!(test.app.update(Msg::Key(Key::char('+'))).is_empty() && test.app.overlay.is_none());
    test.send(Msg::Discarded(Err(full_disk())));
    assert_eq!(test.changes().len(), 1);
    assert!(test.screen(80, 24).contains("(y) Discard for good"), "{}", test.screen(80, 24));
    test.keys("Esc u");
    assert_eq!(test.changes().len(), 0);
    test.keys("U q d");
    test.app.update(Msg::Key(Key::char('y')));
    test.send(Msg::Discarded(Err(full_disk())));
    test.effects.clear();
    test.keys("y");
    assert!(matches!(&test.effects[..], [Effect::ClearDraft, Effect::Quit]), "{:?}", test.effects);
}
