//! Leaving the text, with and without errors; texts of earlier runs; the person's own editor.

use super::*;
use crate::app::text::FoundText;
use crate::edit::Decoded;
use proptest::prelude::*;

/// A text with an error, F3 pressed.
fn with_error() -> Test {
    let mut test = Test::new();
    test.keys("t Ctrl-End").write("bad A 1\n").keys("F3");
    test
}

#[test]
fn with_errors_nothing_is_applied_and_nothing_is_lost() {
    let mut test = with_error();
    insta::assert_snapshot!(test.screen(80, 24), @r#"
     example.com · ns1.example.com · serial 2026112101                         demo
                         2w           ; expire
                         5m )         ; minimum
                 NS    ns1
                 NS    ns2.example.net.
                 A     192.0.2.1
                 MX    10 mail
              5m TXT   "v=spf1 mx include:_spf.example.net include:_spf.mailer.exam›
     *┌ Text with errors ────────────────────────────────────────────────────────┐
     f│ 1 error in the text: it is not applied.                                  │
     m│ 26:7 A: the address is an IPv4 address: four numbers from 0 to 255 with  │
     n│ dots between, such as 192.0.2.1.                                         │
      │                                                                          │
     o│ ▌(b) Back to the text   (t) To the table, the text stays open            │
     s│  (d) Discard its edits...                                                │
     s└──────────────────────────────────────────────────────────────────────────┘
     ns.sub      A     192.0.2.77
     www         A     192.0.2.10
                 A     192.0.2.11
    !bad A 1

     26:7      1 error                                                      changed

     Enter press  Esc cancel
    "#);
    let text = test.text();
    assert_eq!(test.changes(), Vec::<String>::new());
    // Enter and Esc go back to the text.
    test.keys("Enter");
    assert!(matches!(test.app.screen, Screen::Text));
    assert_eq!(test.line(), "bad A |1");
    test.keys("F3 Esc");
    assert_eq!(test.text(), text);
    // The table, with the text left open.
    test.keys("F3 t");
    assert!(matches!(test.app.screen, Screen::Main));
    let screen = test.screen(80, 24);
    assert!(screen.lines().next().unwrap().contains("text open"), "{screen}");
    assert_eq!(test.on_disk().1.as_ref(), Some(&text));
    // The program does not end without saying so.
    test.keys("q");
    assert!(test.screen(80, 24).contains("The text that you left open is kept"), "{}", test.screen(80, 24));
    test.keys("c t");
    assert_eq!(test.text(), text);
}

#[test]
fn a_discarded_text_is_asked_for_and_comes_back() {
    let mut test = with_error();
    let text = test.text();
    // One line as many, and never by one key.
    test.keys("d");
    assert!(test.screen(80, 24).contains("Discard the edits of 1 line?"), "{}", test.screen(80, 24));
    test.keys("y");
    assert!(test.app.overlay.is_none() && test.app.text.mode.is_none());
    assert_eq!(test.on_disk().1, None);
    assert!(test.did(|effect| matches!(effect, Effect::SetAside { text: kept } if kept.to_string() == text)));
    // Also beside other edits.
    test.keys("Down - : 'bring-back' Enter");
    assert_eq!((test.text(), test.on_disk().1), (text.clone(), Some(text.clone())));
    assert!(test.did(|effect| matches!(effect, Effect::TakeBack { text: back } if back.to_string() == text)));
    test.keys("F3 d y");
    // That of an earlier run, from the disk.
    test.keys("u : 'bring-back' Enter F3 d y");
    test.app.text.discarded = None;
    test.keys(": 'bring-back' Enter");
    assert!(test.did(|effect| matches!(effect, Effect::BringBack)));
    test.send(Msg::TextBack(found(&text).expect("a text")));
    assert!(test.screen(80, 24).contains("Text of an earlier run"));
    test.keys("g");
    assert_eq!(test.text(), text);
    let mut test = with_error();
    test.keys("Enter Ctrl-End").write("; 1\n; 2\n; 3\n; 4\n").keys("F3 d");
    assert!(test.screen(80, 24).contains("Discard the edits of 5 lines?"), "{}", test.screen(80, 24));
    test.keys("Enter");
    assert!(test.app.text.mode.is_some(), "Enter does not discard");
    test.keys("F3 d y");
    assert!(test.app.text.mode.is_none());
    assert_eq!(test.changes(), Vec::<String>::new());
}

#[test]
fn a_text_left_open_with_errors_is_said_by_every_way_to_the_review() {
    let mut test = with_error();
    test.keys("t w");
    assert_eq!(test.message(), "the text is open with 1 error and not applied: t goes back to it");
    insta::assert_snapshot!(test.keys("q").part((80, 24), 8, 9), @"
    │  @                           1h  A         192.0.2.1                         │
    │ ┌ Quit ────────────────────────────────────────────────────────────────────┐ │
    │ │ The text is open with 1 error and not applied: t goes back to it.        │…│
    │ │ The text that you left open is kept, and offered at the next start.      │ │
    │ │                                                                          │ │
    │ │ ▌(k) Keep draft and quit   (t) To the text   (d) Discard...   (c) Cancel │ │
    │ └──────────────────────────────────────────────────────────────────────────┘ │
    │  ns1                         1h  AAAA      2001:db8::53                      │
    │  old                         1d  A         192.0.2.99                        │
    ");
    test.keys("t");
    assert!(matches!(test.app.screen, Screen::Text));
    // With changes in the table as well there is something to push.
    test.keys("F3 t Down - q");
    assert!(test.screen(80, 24).contains("Push..."));
}

#[test]
fn that_the_rules_wait_for_errors_to_be_mended_is_said() {
    let mut test = Test::starting(Settings { rules: Arc::new(crate::check::Selection::all()), ..settings() });
    test.load(ZONE);
    test.keys("t Ctrl-End").write("bad A 1\n");
    insta::assert_snapshot!(test.part((80, 24), 21, 1), @" 27:1      1 error; the rules wait until that is mended                 changed");
    // No word of it is cut: where there is no room for the sentence, the counts stand alone.
    for width in [40, 50, 60, 70] {
        let line = test.part((width, 24), 21, 1);
        assert!(line.contains("1 error") && line.ends_with(" changed"), "{line}");
        assert_eq!(line.contains("; the rules"), line.contains(" is mended "), "{line}");
    }
}

#[test]
fn what_is_done_otherwise_than_written_is_said_first() {
    let mut test = Test::new();
    test.keys("t Ctrl-End")
        .write("www.example.net. A 192.0.2.1\nshop2 60 A 192.0.2.1\nshop2 90 A 192.0.2.2\n");
    test.keys("F3");
    insta::assert_snapshot!(test.screen(80, 24), @"
     example.com · ns1.example.com · serial 2026112101                         demo
                 NS    ns1
                 NS    ns2.example.net.
                 A     192.0.2.1
                 MX    10 mail
      ┌ Leaving the text ────────────────────────────────────────────────────────┐m›
     *│ 1 changed record set to apply. To know first:                            │
     f│ Line 26: www.example.net. is not in the zone, so this record is left out │
     m│ (BIND and Knot do the same, NSD refuses the file). Is a dot missing, or  │
     n│ one too many?                                                            │
      │ Line 28: shop2.example.com. A has the TTL 90 here and 60 on line 27. A   │
     o│ record set has one TTL (RFC 2181 section 5.2); BIND takes the first, or  │
     s│ the later one where other names stand between, Knot another, NSD keeps   │
     s│ both.                                                                    │
     n│ shop2 A has several TTLs in the text; a record set has one: the lowest,  │
     w│ 1m, is taken.                                                            │
      │                                                                          │
    ?w│ ▌(y) Apply   (b) Back to the text                                        │
     s└──────────────────────────────────────────────────────────────────────────┘
    ?shop2 90 A 192.0.2.2

     29:1      2 warnings                                                   changed

     Enter press  Esc cancel
    ");
    test.keys("b");
    assert!(matches!(test.app.screen, Screen::Text));
    test.keys("F3 y");
    assert_eq!(test.changes(), ["+ shop2 60 A 192.0.2.1", "+ shop2 60 A 192.0.2.2"]);
}

#[test]
fn what_is_left_out_stays_in_the_text() {
    let mut test = Test::new();
    test.keys("t Ctrl-End").write("www.example.net. A 192.0.2.1\n").keys("F3 y t");
    assert!(test.text().contains("www.example.net. A 192.0.2.1\n"));
}

#[test]
fn control_s_goes_on_to_the_review() {
    let mut test = Test::new();
    test.keys("t Ctrl-End").write("new A 192.0.2.7\n").keys("Ctrl-S");
    assert!(matches!(test.app.screen, Screen::Changes(_)));
    assert_eq!(test.changes(), ["+ new 3600 A 192.0.2.7"]);
}

#[test]
fn an_open_text_and_the_table_are_brought_together() {
    let mut test = with_error();
    test.keys("t");
    test.select("old", "A", "192.0.2.99").keys("-");
    test.select("mail", "A", "192.0.2.25").keys("-");
    test.keys("t").find("bad A").keys("Ctrl-K").find("192.0.2.25").keys("End").write("0").keys("F3");
    assert!(test.screen(80, 24).contains("mail A first"), "{}", test.screen(80, 24));
    test.keys("y");
    assert_eq!(
        test.changes(),
        ["- mail 3600 A 192.0.2.25", "+ mail 3600 A 192.0.2.250", "- old 86400 A 192.0.2.99"],
        "what the text did not touch is as the table has it"
    );
}

#[test]
fn what_others_changed_under_an_open_text_is_a_conflict() {
    let mut test = Test::new();
    test.keys("t").find("192.0.2.25").keys("End").write("1").keys("Ctrl-End").write("bad A 1").keys("F3 t");
    let moved = zone(&ZONE.replace("192.0.2.25", "192.0.2.77"));
    test.app.rebase(moved, crate::app::follow::Way::Followed);
    test.keys("t").find("bad A").keys("Ctrl-K F3 y");
    assert_eq!(test.open().draft.conflicts(), [RrKey::new(name("mail"), RecordType::A)]);
}

fn found(text: &str) -> Option<FoundText> {
    Some(FoundText { text: Text::new(text), saved_at: "2026-11-21 14:03".into(), escaped: 0 })
}

#[test]
fn esc_leaves_a_text_of_an_earlier_run_for_later() {
    let mut test = Test::new();
    test.keys("t");
    let document = test.text();
    let edited = document.replace("192.0.2.25", "192.0.2.26");
    for document in [Some(Text::new(&document)), None] {
        let mut test = Test::new();
        test.send(Msg::TextsFound { document, editing: found(&edited) });
        assert_eq!(test.part((80, 24), 23, 1), " Enter press  Esc later");
        test.keys("Esc");
        assert!(matches!(test.app.screen, Screen::Main) && test.app.overlay.is_none());
        assert!(test.screen(80, 24).contains("text open"), "{}", test.screen(80, 24));
        test.keys("Down");
        assert!(
            !test.did(|effect| matches!(effect, Effect::DropText)),
            "it is offered at the next start as well"
        );
        test.keys("t");
        assert_eq!(test.text(), edited);
    }
}

#[test]
fn a_text_of_an_earlier_run_is_asked_about_whatever_comes_from_the_disk_first() {
    let mut test = Test::new();
    test.select("mail", "A", "192.0.2.25").keys("-");
    let entries = disk(&test.effects);
    test.keys("t");
    let document = test.text();
    let edited = document.replace("192.0.2.99", "192.0.2.98");
    for (keys, is_text_first) in [("Enter", true), ("Esc", true), ("Enter", false)] {
        let mut test = Test::new();
        let texts = Msg::TextsFound { document: Some(Text::new(&document)), editing: found(&edited) };
        if is_text_first {
            test.send(texts);
            test.find_draft(entries.clone());
        } else {
            test.find_draft(entries.clone());
            test.send(texts);
        }
        assert!(test.screen(80, 24).contains("Draft of an earlier run"), "{}", test.screen(80, 24));
        test.keys(keys);
        assert!(test.screen(80, 24).contains("Text of an earlier run"), "{}", test.screen(80, 24));
        test.keys("Enter");
        assert_eq!(test.text(), edited);
    }
}

#[test]
fn a_text_of_an_earlier_run_is_offered() {
    let mut test = Test::new();
    test.keys("t");
    let document = test.text();
    let edited = document.replace("192.0.2.25", "192.0.2.26") + "; unfinished (\n";
    let mut test = Test::new();
    test.send(Msg::TextsFound { document: Some(Text::new(&document)), editing: found(&edited) });
    insta::assert_snapshot!(test.screen(80, 24), @"
     example.com · ns1.example.com · serial 2026112101                         demo
    ┌ Nameservers ─────────────────────────────────────────────────────────────────┐
    │▌ ns1.example.com.                         looking up its addresses           │
    │  ns2.example.net.                         looking up its addresses           │
    └──────────────────────────────────────────────────────────────────────────────┘
    ┌ Records ──────────────────────────────────────────────────────────  1 of 15 ─┐
    │  Name                       TTL  Type      Data                              │
    │▌ @                           1h  SOA       ns1 hostmaster 2026112101 3600 90…│
    │  @                           1h  A         192.0.2.1                         │
    │  @   ┌ Text of an earlier run ────────────────────────────────────────┐      │
    │  @   │ The zone's text was being edited; last saved 2026-11-21 14:03. │ple.n…│
    │  *.de│ 1 line taken away, 2 put in, not applied yet.                  │      │
    │  ftp │                                                                │      │
    │  mail│ ▌(g) Go on with it   (l) Later   (d) Discard...                │      │
    │  ns1 └────────────────────────────────────────────────────────────────┘      │
    │  ns1                         1h  AAAA      2001:db8::53                      │
    │  old                         1d  A         192.0.2.99                        │
    │  shop                        5m  CNAME     www                               │
    │  sub                         1h  NS        ns.sub                            │
    │  ns.sub                      1h  A         192.0.2.77                        │
    │  www                         1h  A         192.0.2.10                        │
    └──────────────────────────────────────────────────────────────────────────────┘

     Enter press  Esc later
    ");
    test.keys("d b Enter");
    assert_eq!(test.text(), edited);
    test.keys("F3");
    assert_eq!(test.changes(), ["- mail 3600 A 192.0.2.25", "+ mail 3600 A 192.0.2.26"]);
    assert_eq!(test.on_disk(), (Some(edited.clone()), None));
    // Somebody else was at it since: that is theirs, and what both changed is a conflict.
    let (app, effects) = App::new(settings());
    let mut test = Test { app, effects, ..Test::new() };
    test.send(Msg::TextsFound { document: Some(Text::new(&document)), editing: found(&edited) });
    test.load(&ZONE.replace("192.0.2.25", "192.0.2.77").replace("192.0.2.99", "192.0.2.98"));
    test.keys("Enter F3 y");
    assert_eq!(test.open().draft.conflicts(), [RrKey::new(name("mail"), RecordType::A)]);
    assert_eq!(test.changes().len(), 2, "{:?}", test.changes());
    // Discarded, or the same as the document: gone.
    let mut test = Test::new();
    test.send(Msg::TextsFound { document: Some(Text::new(&document)), editing: found(&edited) });
    test.keys("d y");
    assert!(test.did(|effect| matches!(effect, Effect::SetAside { .. })));
    assert!(matches!(test.effects.last(), Some(Effect::DropText)));
    test.send(Msg::TextsFound { document: Some(Text::new(&document)), editing: found(&document) });
    assert!(test.app.overlay.is_none());
    // Without the document it was made over, the zone itself is taken.
    let mut test = Test::new();
    test.send(Msg::TextsFound { document: None, editing: found(&edited) });
    test.keys("Enter F3");
    assert_eq!(test.changes().len(), 2);
}

/// The text and line handed to the person's own editor.
fn handed_out(test: &Test) -> (String, usize) {
    match test.effects.last() {
        Some(Effect::EditOutside { text, line }) => (text.to_string(), *line),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_persons_own_editor() {
    let mut test = Test::new();
    test.keys("E");
    let (text, _) = handed_out(&test);
    test.send(Msg::EditedOutside(Ok(None)));
    assert!(matches!(test.app.screen, Screen::Main));
    assert_eq!((test.changes(), test.on_disk()), (Vec::new(), (None, None)));
    // An edit is applied as from text mode; octets that are no text are counted.
    test.keys("E");
    let edited = text.replace("192.0.2.25", "192.0.2.26");
    test.send(Msg::EditedOutside(Ok(Some(Decoded { text: edited.clone(), escaped: 2 }))));
    assert!(test.screen(80, 24).contains("2 octets that can be no text"), "{}", test.screen(80, 24));
    test.keys("y");
    assert_eq!(test.changes().len(), 2);
    // An error: back to the editor at its line, or into our own.
    test.keys("E");
    let bad = format!("{edited}bad A 1\n");
    test.send(Msg::EditedOutside(Ok(Some(Decoded { text: bad.clone(), escaped: 0 }))));
    assert!(test.screen(80, 24).contains("Back to the editor"), "{}", test.screen(80, 24));
    test.keys("Enter");
    assert_eq!(handed_out(&test), (bad.clone(), bad.lines().count()));
    test.send(Msg::EditedOutside(Ok(None)));
    test.keys("b");
    assert_eq!(test.line(), "bad A |1");
    // One that cannot be started changes nothing.
    let mut test = Test::new();
    test.keys("E");
    let failure = failure("No.", "x.", "y.");
    test.send(Msg::EditedOutside(Err(failure)));
    assert!(matches!(test.app.screen, Screen::Main) && test.app.text.mode.is_none());
    assert_eq!(test.message(), "No. x. y.");
}

#[test]
fn a_text_that_is_not_saved_says_so() {
    let mut test = Test::new();
    test.keys("t 'x'");
    let failure = failure("The disk is full.", "x.", "y.");
    test.send(Msg::TextSaved(Err(failure)));
    assert!(test.screen(80, 24).contains("NOT SAVED: The disk is full."));
    test.send(Msg::TextSaved(Ok(())));
    assert!(!test.screen(80, 24).contains("NOT SAVED"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    /// Whatever the table has made of the zone: looking at it as text changes nothing, in the draft and in the text.
    #[test]
    fn table_and_text_and_back(keys in prop::collection::vec(prop::sample::select(vec!["-", "Down", "Down", "Y Enter", "u", "U", "Tab", "c - Esc"]), 0..30)) {
        let mut test = Test::new();
        for key in keys {
            test.keys(key);
        }
        test.keys("Esc Esc");
        test.app.overlay = None;
        test.app.screen = Screen::Main;
        let draft = test.open().draft.changes().clone();
        if test.app.editable().is_ok() && draft.keys().all(|key| key.rtype != RecordType::SOA) {
            test.keys("t");
            let text = test.text();
            test.keys("F3 t");
            prop_assert_eq!(test.text(), text);
            test.keys("F3");
            prop_assert_eq!(test.open().draft.changes(), &draft);
        }
    }

    /// Any keys at all: the text is on disk, or applied, or was given up by a decision.
    #[test]
    fn nothing_typed_is_lost(keys in prop::collection::vec(prop::sample::select(vec![
        "'a'", "'('", "Enter", "Tab", "Left", "Down", "Shift-Down", "Ctrl-Space", "Ctrl-K", "Ctrl-U", "Alt-U", "Alt-E", "Alt-X", "Alt-3",
        "Alt-J", "F5", "Esc", "F3", "t", "Ctrl-S", "Alt-N", "Alt-L", "F7", "Alt-R", "y", "Backspace", "Ctrl-Home", "Ctrl-End", "u", "U",
    ]), 0..80)) {
        let mut test = Test::new();
        test.keys("t");
        for key in keys {
            test.keys(key);
            test.screen(80, 24);
            if let Some(mode) = &test.app.text.mode {
                let on_disk = test.on_disk();
                if mode.is_changed() {
                    prop_assert_eq!(on_disk.1, Some(test.text()));
                }
                let anew = crate::zonefile::read_zone(test.text().as_bytes(), Some(&name("@")));
                let problems = anew.map_or_else(|problems| problems, |(_, warnings)| warnings);
                prop_assert_eq!(&mode.problems, &problems);
            }
        }
    }
}
