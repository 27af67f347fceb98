//! A zone that is a file.

use super::*;
use crate::app::file::{FileText, Ran, Saved};
use crate::zonefile::ReadBefore;

pub const FILE: &str = "\
; the office
$ORIGIN example.com.
$TTL 1h
@       SOA ns1 hostmaster (
            2026112101 ; serial
            1h 15m 2w 5m )
        NS  ns1
        NS  ns.example.net.
ns1     A   192.0.2.53
www     A   192.0.2.10 ; the shop
";
/// 2026-11-22 02:03 UTC.
pub const NOW: u64 = 1_795_312_980;

pub fn loaded(text: &str, editable: Result<(), String>, after_save: &[&str]) -> Loaded {
    let (zone, _) = crate::zonefile::read_zone(text.as_bytes(), None).unwrap();
    let file = FileText {
        text: Text::new(text),
        included: ReadBefore::default(),
        after_save: after_save.iter().map(ToString::to_string).collect(),
        ..FileText::default()
    };
    Loaded { zone: Arc::new(zone), kind: ServerKind::Unknown, editable, file: Some(file) }
}

fn settings_of_file() -> Settings {
    Settings { server: "/etc/bind/office.zone".into(), key: None, demo: false, ..settings() }
}

/// A file that is being read.
pub fn start() -> Test {
    let mut test = Test::starting(settings_of_file());
    test.send(Msg::Clock(NOW));
    test
}

fn load(test: &mut Test, text: &str) {
    let request = test.last_load();
    let result = Ok(loaded(text, Ok(()), &["rndc", "reload", "example.com"]));
    test.send(Msg::Loaded { request, result });
}

pub fn file(text: &str) -> Test {
    let mut test = start();
    load(&mut test, text);
    test
}

/// Deletes an address and adds another.
pub fn edit(test: &mut Test) {
    test.select("www", "A", "192.0.2.10").keys("- + Enter 'mail' Tab Tab '192.0.2.25' Enter");
    assert_eq!(test.changes().len(), 2, "{:?}", test.changes());
}

/// What is to be written.
pub fn to_write(test: &Test) -> Option<(RequestId, String)> {
    let saves = test.effects.iter().rev();
    saves.into_iter().find_map(|effect| match effect {
        Effect::SaveFile { request, text } => Some((*request, text.to_string())),
        _ => None,
    })
}

pub fn saved(test: &mut Test, result: Result<Saved, Failure>) {
    let (request, _) = to_write(test).unwrap();
    test.send(Msg::Saved { request, result });
}

#[test]
fn nobody_is_asked_about_a_file() {
    let mut test = file(FILE);
    insta::assert_snapshot!(test.screen(80, 24), @"
     example.com · /etc/bind/office.zone · serial 2026112101
    ┌ Nameservers ─────────────────────────────────────────────────────────────────┐
    │▌ ns1.example.com.             192.0.2.53  not asked: this is a file          │
    │  ns.example.net.                          its address is not in this zone    │
    └──────────────────────────────────────────────────────────────────────────────┘
    ┌ Records ──────────────────────────────────────────────────────────── 1 of 3 ─┐
    │  Name                       TTL  Type      Data                              │
    │▌ @                           1h  SOA       ns1 hostmaster 2026112101 3600 90…│
    │  ns1                         1h  A         192.0.2.53                        │
    │  www                         1h  A         192.0.2.10                        │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    └──────────────────────────────────────────────────────────────────────────────┘

     + add  - delete  Enter edit  / filter  w save  t text  Tab pane  ? help  q quit
    ");
    assert!(test.asked.is_empty());
    assert!(!test.did(|effect| matches!(effect, Effect::AskParent { .. } | Effect::Push { .. })));
    test.keys("Tab I");
    assert!(test.screen(80, 24).contains("192.0.2.53: not asked"));
    test.keys("+ 'ns3' Enter");
    assert!(test.screen(80, 24).contains("no address in this file"));
    assert!(test.asked.is_empty());
}

#[test]
fn saving_changes_the_lines_that_it_must() {
    let mut test = file(FILE);
    edit(&mut test);
    test.keys("w w");
    insta::assert_snapshot!(test.screen(80, 24), @"
     example.com · /etc/bind/office.zone · serial 2026112101 · 2 changes
    ┌ Changes ──────────────────────────────────────────────────────────── 1 of 2 ─┐
    │▌[x] mail A                                                                   │
    │     + 1h      192.0.2.25                                                     │
    │ [x] www A                                                                    │
    │     - 1h      192.0.2.10                                                     │
    │                                                                              │
    │    ┌ Save ─────────────────────────────────────────────────────────────┐     │
    │    │ File    /etc/bind/office.zone                                     │     │
    │    │ Serial  2026112101 -> 2026112201                                  │     │
    │    │ Change  2 record sets: 1 record deleted, 1 added                  │     │
    │    │ Text    2 lines taken away, 2 put in; all others stay as they are │     │
    │    │ Then    rndc reload example.com                                   │     │
    │    │                                                                   │     │
    │    │  (y) Save  ▌(n) Cancel                                            │     │
    │    └───────────────────────────────────────────────────────────────────┘     │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    └──────────────────────────────────────────────────────────────────────────────┘

     Enter press  Esc cancel
    ");
    test.keys("Left Enter");
    let (_, text) = to_write(&test).unwrap();
    let wanted = FILE
        .replace("2026112101 ;", "2026112201 ;")
        .replace("ns1     A", "mail    A   192.0.2.25\nns1     A")
        .replace("www     A   192.0.2.10 ; the shop\n", "");
    assert_eq!(text, wanted);
    test.keys("w q q");
    assert_eq!(test.message(), "the file is being saved; wait until that has ended");
    let ran = Ran { status: Ok("done".into()), lines: vec!["zone reload queued".into()] };
    saved(&mut test, Ok(Saved { after: Some(ran) }));
    insta::assert_snapshot!(test.screen(80, 24), @"
     example.com · /etc/bind/office.zone · serial 2026112201
    ┌ Saved ───────────────────────────────────────────────────────────────────────┐
    │ Saved: /etc/bind/office.zone                                                 │
    │ Serial 2026112101 -> 2026112201.                                             │
    │   mail A                                                                     │
    │   www A                                                                      │
    │ rndc reload example.com: done                                                │
    │   zone reload queued                                                         │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    └──────────────────────────────────────────────────────────────────────────────┘

     Enter records  R reload  c changes  ? help
    ");
    assert!(test.changes().is_empty());
    assert_eq!(test.open().draft.base().serial(), 2026112201);
    assert!(!test.app.has_new_text());
    assert!(test.did(|effect| matches!(effect, Effect::ClearDraft)));
    // The next one builds on it.
    test.keys("Enter");
    test.select("mail", "A", "192.0.2.25").keys("- w w y");
    let (_, text) = to_write(&test).unwrap();
    assert_eq!(text, wanted.replace("mail    A   192.0.2.25\n", "").replace("2026112201", "2026112202"));
}

#[test]
fn a_save_that_fails_loses_nothing() {
    let mut test = file(FILE);
    edit(&mut test);
    test.keys("w w y");
    let failure =
        failure("Not saved: it has changed on disk.", "Somebody else has written it.", "R reads it again.");
    saved(&mut test, Err(failure));
    let screen = test.screen(80, 24);
    assert!(screen.contains("changed on disk") && screen.contains("Your draft is kept"), "{screen}");
    assert_eq!(test.changes().len(), 2);
    // Somebody else's comment and record, and ours on top.
    let theirs = FILE.replace("; the office", "; the new office") + "ftp     A   192.0.2.21\n";
    // W reviews again from there; after R what failed before is not on the screen any more.
    assert!(screen.contains("w review again"), "{screen}");
    test.keys("w");
    assert!(matches!(test.app.screen, Screen::Changes(_)));
    test.keys("w y");
    let failure = self::failure(
        "Not saved: it has changed on disk.",
        "Somebody else has written it.",
        "R reads it again.",
    );
    saved(&mut test, Err(failure));
    test.keys("R");
    assert!(!test.screen(80, 24).contains("Not saved"), "{}", test.screen(80, 24));
    load(&mut test, &theirs.replace("2026112101", "2026112107"));
    assert_eq!(test.changes().len(), 2);
    test.keys("1 w w y");
    let (_, text) = to_write(&test).unwrap();
    assert!(text.contains("; the new office\n") && text.contains("ftp     A   192.0.2.21\n"), "{text}");
    assert!(text.contains("2026112201 ; serial") && !text.contains("www") && text.contains("mail"), "{text}");
}

#[test]
fn comments_alone_are_saved_and_survive_a_crash() {
    let mut test = file(FILE);
    assert!(test.keys("w").message().contains("nothing is changed"));
    test.keys("t Ctrl-Home ';2' F3");
    assert!(test.app.has_new_text() && test.changes().is_empty());
    // What is on disk of it.
    let mut entries = Vec::new();
    let mut document = None;
    for effect in &test.effects {
        match effect {
            Effect::Journal { entry, .. } => entries.push(entry.clone()),
            Effect::ReplaceDraft { entries: all, .. } => entries = all.clone(),
            Effect::SaveDocument { text } => document = Some(text.clone()),
            _ => {}
        }
    }
    let again = |now: &str| {
        let mut test = start();
        test.send(Msg::TextsFound { document: document.clone(), editing: None });
        test.find_draft(entries.clone());
        load(&mut test, now);
        test
    };
    let mut test = again(FILE);
    test.keys("w");
    insta::assert_snapshot!(test.screen(80, 24), @"
     example.com · /etc/bind/office.zone · serial 2026112101 · text changed
    ┌ Changes ─────────────────────────────────────────────────────────────────────┐
    │  No record is changed; comments or layout are.                               │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    └──────────────────────────────────────────────────────────────────────────────┘

     u undo  w save  R reload  c records  ? help
    ");
    test.keys("w y");
    let expected = FILE.replace("; the office", ";2; the office").replace("2026112101", "2026112201");
    assert_eq!(to_write(&test).unwrap().1, expected);
    // The file has another record since.
    let mut test = again(&format!("{FILE}b A 192.0.2.2\n"));
    test.keys("w w y");
    assert_eq!(to_write(&test).unwrap().1, expected.clone() + "b A 192.0.2.2\n");
    // Somebody else was at the same line: nothing is written over unseen.
    let mut test = again(&FILE.replace("; the office", "; moved"));
    assert!(test.screen(80, 24).contains("The zone's text was being edited"));
    test.keys("g");
    assert!(test.screen(80, 24).contains(";2; the office"));
}

#[test]
fn a_dynamic_zones_file_is_read_only() {
    let mut test = start();
    let request = test.last_load();
    let result = Ok(loaded(FILE, Err("this is a dynamic zone's file".into()), &[]));
    test.send(Msg::Loaded { request, result });
    assert!(test.screen(80, 24).contains("read-only: this is a dynamic zone's file"));
    assert!(test.keys("-").message().contains("dynamic zone's file"));
    assert!(test.changes().is_empty());
}

#[test]
fn records_of_an_included_file_are_not_changed() {
    use crate::zonefile::{Loaded as Included, Loader, Remembering, read_zone_file};
    struct One;
    impl Loader for One {
        fn load(&mut self, file: &str, _: Option<&str>, _: usize) -> Result<Included, String> {
            Ok(Included { name: file.into(), text: b"inc A 192.0.2.200\n".to_vec() })
        }
    }
    let text = format!("{FILE}$INCLUDE more.zone\n");
    let mut loader = Remembering::new(One);
    let (zone, _) = read_zone_file(text.as_bytes(), None, Some(&mut loader)).unwrap();
    let mut with_file = loaded(FILE, Ok(()), &[]);
    with_file.zone = Arc::new(zone);
    with_file.file.as_mut().unwrap().text = Text::new(&text);
    let mut files = loader.files();
    with_file.file.as_mut().unwrap().included = files.clone();
    let sets = crate::zonefile::included_sets(text.as_bytes(), &name("@"), Some(&mut files));
    assert_eq!(sets.len(), 1);
    with_file.file.as_mut().unwrap().included_sets = Arc::new(sets);
    let mut test = start();
    let request = test.last_load();
    test.send(Msg::Loaded { request, result: Ok(with_file) });
    test.keys("t");
    assert!(test.screen(80, 24).contains("$INCLUDE more.zone"));
    assert_eq!(test.app.text.mode.as_ref().unwrap().counts().0, 0);
    test.keys("F3");
    for key in ["-", "Enter", ": 'ttl' Space '5m' Enter"] {
        test.select("inc", "A", "192.0.2.200").keys(key);
        let message = test.message().to_owned();
        assert!(message.contains("it stands in more.zone, which this file includes"), "{key}: {message}");
    }
    // What is typed into a form is not lost by it.
    test.keys("+ Enter 'inc' Tab Tab '192.0.2.201' Enter");
    assert!(test.message().starts_with("inc A: it stands in more.zone"), "{}", test.message());
    assert!(matches!(test.app.screen, Screen::Form(_)));
    test.keys("Esc Esc");
    assert!(test.changes().is_empty());
    test.select("inc", "A", "192.0.2.200").keys("I");
    let screen = test.screen(132, 43);
    assert!(screen.contains("it stands in more.zone"), "{screen}");
    // Once its records stand in the text itself, they can be edited.
    test.keys("t Ctrl-End Up Ctrl-K 'inc' Tab '60' Tab 'A' Tab '192.0.2.200' Enter F3");
    test.select("inc", "A", "192.0.2.200").keys("-");
    assert_eq!(test.message(), "deleted: inc A; u undoes it");
    test.keys("u u");
    assert_eq!(test.app.text.document.as_ref().unwrap().to_string(), text);
    test.select("inc", "A", "192.0.2.200").keys("-");
    assert!(test.message().starts_with("it stands in"), "{}", test.message());
    test.select("www", "A", "192.0.2.10").keys("- w w y");
    let written = to_write(&test).unwrap().1;
    assert!(written.contains("$INCLUDE more.zone") && !written.contains("www"), "{written}");
}
