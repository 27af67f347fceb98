//! A zone file with errors: its text is opened until they are mended.

use super::files::{FILE, loaded, saved, start, to_write};
use super::*;
use crate::app::file::{FileText, Saved};
use crate::app::text::broken::Broken;
use crate::app::text::{FoundText, Outcome};
use crate::zone::draft::Entry;

pub fn wrong() -> String {
    FILE.replace("192.0.2.10", "192.0.2.310").replace("NS  ns.example", "NX  ns.example")
}

fn broken(text: &str) -> Box<Broken> {
    let problems = crate::zonefile::read_zone(text.as_bytes(), Some(&name("@"))).unwrap_err();
    let failure = failure("office.zone has errors.", &problems[0].message, "Mend them.");
    let file = FileText { text: Text::new(text), ..FileText::default() };
    Box::new(Broken::new(failure, file, Ok(()), problems))
}

pub fn open(test: &mut Test, text: &str) {
    let request = test.last_load();
    test.send(Msg::Broken { request, broken: broken(text) });
}

/// Mends both errors, one after the other.
fn mend(test: &mut Test) {
    test.keys("Ctrl-G '8:10' Enter Del 'S' Ctrl-G '10:21' Enter Del");
}

fn kept(test: &Test) -> Option<String> {
    let last =
        test.effects.iter().rev().find(|effect| matches!(effect, Effect::SaveText { .. } | Effect::DropText));
    match last {
        Some(Effect::SaveText { text }) => Some(text.to_string()),
        _ => None,
    }
}

#[test]
fn the_text_is_opened_and_the_table_once_it_is_mended() {
    let mut test = start();
    open(&mut test, &wrong());
    insta::assert_snapshot!(test.screen(80, 24), @"
     example.com · /etc/bind/office.zone · has errors
     ; the office
     $ORIGIN example.com.
     $TTL 1h
     @       SOA ns1 hostmaster (
                 2026112101 ; serial
                 1h 15m 2w 5m )
             NS  ns1
    !        NX  ns.example.net.
     ns1     A   192.0.2.53
    !www     A   192.0.2.310 ; the shop










     2 errors in this file. When they are mended, F3 opens the table; until then
     nothing is saved.
     F3 table  Alt-N next error  Alt-L errors  Alt-F fix  Ctrl-W find  Alt-U undo
    ");
    // It is not left for a table that is not there.
    test.keys("F3");
    insta::assert_snapshot!(test.screen(80, 24), @r#"
     example.com · /etc/bind/office.zone · has errors
     ; the office
     $ORIGIN example.com.
     $TTL 1h
     @       SOA ns1 hostmaster (
                 2026112101 ; serial
                 1h 15m 2w 5m )
             NS  ns1
    ! ┌ Zone file with errors ───────────────────────────────────────────────────┐
     n│ 2 errors in the text: the table opens when they are mended.              │
    !w│ 8:9 "NX" is no record type. Is NS meant?                                 │
      │ 10:13 A: the address is an IPv4 address: four numbers from 0 to 255 with │
      │ dots between, such as 192.0.2.1.                                         │
      │                                                                          │
      │ ▌(b) Back to the text   (q) Quit                                         │
      └──────────────────────────────────────────────────────────────────────────┘





     8:9       2 errors

     Enter press  Esc cancel
    "#);
    test.keys("Enter");
    assert!(matches!(test.app.screen, Screen::Text));
    mend(&mut test);
    let mended = FILE.to_owned();
    assert_eq!(kept(&test).as_deref(), Some(&*mended));
    test.keys("F3");
    insta::assert_snapshot!(test.screen(80, 24), @"
     example.com · /etc/bind/office.zone · serial 2026112101 · text changed
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
     the table shows what the text says; w saves the file
     + add  - delete  Enter edit  / filter  w save  t text  Tab pane  ? help  q quit
    ");
    assert_eq!(kept(&test).as_deref(), Some(&*mended), "it is in no step: it stays on disk as a text");

    // Only the serial is another one.
    test.keys("w w y");
    let (_, text) = to_write(&test).unwrap();
    assert_eq!(text, mended.replace("2026112101 ;", "2026112201 ;"));
    saved(&mut test, Ok(Saved { after: None }));
    assert_eq!(kept(&test), None);
    assert!(!test.app.has_new_text());
}

#[test]
fn what_was_mended_and_edited_outlives_a_crash() {
    let mut test = start();
    open(&mut test, &wrong());
    mend(&mut test);
    test.keys("F3").select("www", "A", "192.0.2.10").keys("-");
    let entries: Vec<Entry> = test
        .effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Journal { entry, .. } => Some(entry.clone()),
            _ => None,
        })
        .collect();
    assert_eq!(entries.len(), 1);
    // The text again, with a comment: that is a step.
    test.keys("t Ctrl-Home ';' 'x' Enter F3");
    let document = kept(&test).unwrap();
    assert!(document.starts_with(";x\n") && !document.contains("www"), "{document}");

    let mut again = start();
    let text = Text::new(&document);
    let editing = Some(FoundText { text: text.clone(), saved_at: "just now".into(), escaped: 0 });
    again.send(Msg::TextsFound { document: Some(text), editing });
    let entries = test.open().draft.entries();
    again.find_draft(entries);
    open(&mut again, &wrong());
    assert!(again.screen(80, 24).contains("Text of an earlier run"));
    again.keys("g F3");
    // Its steps are in the text by now.
    assert_eq!(again.app.text.document.as_ref().unwrap().to_string(), document);
    again.keys("g");
    assert_eq!(again.app.text.document.as_ref().unwrap().to_string(), document);
    assert_eq!(kept(&again).as_deref(), Some(&*document));
}

#[test]
fn edits_of_a_text_with_errors_can_be_discarded() {
    let mut test = start();
    open(&mut test, &wrong());
    test.keys("'x' F3 d y");
    assert!(matches!(test.app.screen, Screen::Text) && kept(&test).is_none());
    let mode = test.app.text.mode.as_ref().unwrap();
    assert_eq!(mode.buffer.text(), wrong());
    assert!(!mode.is_changed());
    test.app.bring_back();
    assert!(
        test.app.text.mode.as_ref().is_some_and(|mode| mode.buffer.text() != wrong() && mode.is_changed())
    );
    test.keys("F3 d y");
    test.keys("F3 q");
    assert!(matches!(test.effects.last(), Some(Effect::Quit)));
}

#[test]
fn a_file_that_others_break_does_not_close_the_table() {
    let mut test = start();
    let request = test.last_load();
    test.send(Msg::Loaded { request, result: Ok(loaded(FILE, Ok(()), &[])) });
    test.keys("R");
    open(&mut test, &wrong());
    assert!(test.message().starts_with("Not read again. office.zone has errors."), "{}", test.message());
    assert!(matches!(test.app.screen, Screen::Main) && test.app.may_reload().is_ok());
    assert_eq!(test.open().reloading, None);
}

#[test]
fn a_file_that_others_have_mended_is_read_again() {
    let mut test = start();
    open(&mut test, &wrong());
    test.keys("'x' F9 'reload-text' Enter");
    assert!(test.message().contains("you have edited the text"), "{}", test.message());
    test.keys("Alt-U F9 'reload-text' Enter");
    open(&mut test, &wrong());
    assert!(matches!(test.app.screen, Screen::Text));
    test.keys("F9 'reload-text' Enter");
    let request = test.last_load();
    test.send(Msg::Loaded { request, result: Ok(loaded(FILE, Ok(()), &[])) });
    test.keys("t");
    assert_eq!(test.app.text.mode.as_ref().unwrap().buffer.text(), FILE);
}

#[test]
fn an_editor_of_ones_own_mends_it_too() {
    let mut test = start();
    open(&mut test, &wrong());
    test.keys("F9 'editor' Enter");
    let Some(Effect::EditOutside { text, line }) = test.effects.last().cloned() else { panic!("no editor") };
    assert_eq!((text.to_string(), line), (wrong(), 8));
    let outcome: Outcome = Ok(Some(crate::edit::decode(FILE.as_bytes())));
    test.send(Msg::EditedOutside(outcome));
    test.keys("F3");
    assert!(test.screen(80, 24).contains("192.0.2.10"));
}

#[test]
fn servers_would_refuse_it_so_it_is_not_saved() {
    let mut test = start();
    open(&mut test, &wrong());
    mend(&mut test);
    test.keys("Ctrl-End 'www' Tab 'CNAME' Tab 'ns1' Enter F3");
    // Each line by itself is right: the table is there to put the rest right.
    test.keys("w w");
    assert!(test.message().starts_with("Not saved: nameservers would refuse"), "{}", test.message());
    assert!(to_write(&test).is_none());
}

#[test]
fn errors_of_an_included_file_stand_at_its_directive() {
    struct Hosts;
    impl crate::zonefile::Loader for Hosts {
        fn load(&mut self, _: &str, _: Option<&str>, _: usize) -> Result<crate::zonefile::Loaded, String> {
            let text = b"a A 192.0.2.1\nb A\nc MX mail 10\n".to_vec();
            Ok(crate::zonefile::Loaded { name: "/etc/hosts.zone".into(), text })
        }
    }
    let mut loader = crate::zonefile::Remembering::new(Hosts);
    let text = format!("{FILE}$INCLUDE /hosts.zone\n");
    let problems =
        crate::zonefile::read_zone_file(text.as_bytes(), Some(&name("@")), Some(&mut loader)).unwrap_err();
    let included = loader.files();
    let mut test = start();
    let failure = failure("", "", "");
    let file = FileText { text: Text::new(&text), included, ..FileText::default() };
    let broken = Box::new(Broken::new(failure, file, Ok(()), problems));
    let request = test.last_load();
    test.send(Msg::Broken { request, broken });
    test.keys("Alt-N Alt-N");
    let screen = test.screen(80, 24);
    assert!(screen.contains("!$INCLUDE /hosts.zone"), "{screen}");
    assert!(screen.contains("11:1 (1 of 2) \"/etc/hosts.zone\" 2:4: "), "{screen}");
    // A fix for that file is none for this text.
    test.keys("Alt-F F3");
    assert!(test.screen(80, 24).contains("11:1 \"/etc/hosts.zone\" 2:4: "));
    assert_eq!(test.app.text.mode.as_ref().unwrap().buffer.text(), text);
}
