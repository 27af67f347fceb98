//! The Merge screen, by keys.

use super::*;
use crate::zone::merge::Conflict;

/// Edits of mine, and the zone as others made it meanwhile.
fn conflicts() -> Test {
    let mut test = Test::new();
    test.select("mail", "A", "192.0.2.25").keys("Enter Ctrl-U '192.0.2.26' Enter");
    test.select("www", "A", "192.0.2.11").keys("-");
    test.select("old", "A", "192.0.2.99").keys("- R");
    let theirs = ZONE
        .replace("2026112101", "2026112105")
        .replace("192.0.2.25", "192.0.2.27")
        .replace("www    3600  A     192.0.2.10\n", "www    300 A 192.0.2.10\nwww 300 A 192.0.2.12\n")
        .replace("www    3600  A     192.0.2.11", "www    300 A 192.0.2.11");
    test.load(&theirs);
    test
}

fn open_conflicts(test: &Test) -> Vec<Conflict> {
    test.open().draft.open_conflicts()
}

#[test]
fn screens() {
    let mut test = conflicts();
    test.keys("M");
    insta::assert_snapshot!(test.screen(80, 24), @"
     example.com · ns1.example.com · serial 2026112105 · 3 changes             demo
    ┌ Merge ────────────────────── 1 of 2 to decide; am, at: all mine, all theirs ─┐
    │ mail A: changed by you and by others                                         │
    │                                                                              │
    │ before                                                                       │
    │     1h      192.0.2.25                                                       │
    │ mine (m)                                                                     │
    │   + 1h      192.0.2.26                                                       │
    │   - 1h      192.0.2.25                                                       │
    │ theirs (t)                                                                   │
    │   + 1h      192.0.2.27                                                       │
    │   - 1h      192.0.2.25                                                       │
    │ both (b): what you did and what they did                                     │
    │   + 1h      192.0.2.27                                                       │
    │   + 1h      192.0.2.26                                                       │
    │   - 1h      192.0.2.25                                                       │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    └──────────────────────────────────────────────────────────────────────────────┘

     u undo  m mine  t theirs  b both  n next  p previous  c changes  ? help
    ");
    test.keys("n");
    insta::assert_snapshot!(test.screen(80, 24), @"
     example.com · ns1.example.com · serial 2026112105 · 3 changes             demo
    ┌ Merge ────────────────────── 2 of 2 to decide; am, at: all mine, all theirs ─┐
    │ www A: changed by you and by others                                          │
    │                                                                              │
    │ before                                                                       │
    │     1h      192.0.2.10                                                       │
    │     1h      192.0.2.11                                                       │
    │ mine (m)                                                                     │
    │     1h      192.0.2.10                                                       │
    │   - 1h      192.0.2.11                                                       │
    │ theirs (t)                                                                   │
    │   ~ 5m      192.0.2.10                                                       │
    │   + 5m      192.0.2.12                                                       │
    │   ~ 5m      192.0.2.11                                                       │
    │ both (b): what you did and what they did                                     │
    │   ~ 5m      192.0.2.10                                                       │
    │   + 5m      192.0.2.12                                                       │
    │   - 1h      192.0.2.11                                                       │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    └──────────────────────────────────────────────────────────────────────────────┘

     u undo  m mine  t theirs  b both  n next  p previous  c changes  ? help
    ");
    insta::assert_snapshot!(test.screen(132, 43), @"
     example.com · ns1.example.com · serial 2026112105 · 3 changes                                                                 demo
    ┌ Merge ────────────────────────────────────────────────────────────────────────── 2 of 2 to decide; am, at: all mine, all theirs ─┐
    │ www A: changed by you and by others                                                                                              │
    │                                                                                                                                  │
    │ before                                    mine (m)                                  theirs (t)                                   │
    │     1h      192.0.2.10                        1h      192.0.2.10                      ~ 5m      192.0.2.10                       │
    │     1h      192.0.2.11                      - 1h      192.0.2.11                      + 5m      192.0.2.12                       │
    │                                                                                       ~ 5m      192.0.2.11                       │
    │                                                                                                                                  │
    │ both (b): what you did and what they did                                                                                         │
    │   ~ 5m      192.0.2.10                                                                                                           │
    │   + 5m      192.0.2.12                                                                                                           │
    │   - 1h      192.0.2.11                                                                                                           │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    └──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────┘

     u undo  m mine  t theirs  b both  am all mine  at all theirs  n next  p previous  c changes  R reload  ? help
    ");
}

#[test]
fn a_cname_on_the_screen() {
    let mut test = Test::new();
    test.keys("+ 'cname' Enter 'new' Tab Tab 'www' Enter R");
    test.load(&format!("{ZONE}new 60 A 192.0.2.200\nnew 60 TXT \"theirs\"\n"));
    test.keys("M");
    insta::assert_snapshot!(test.screen(80, 24), @r#"
     example.com · ns1.example.com · serial 2026112101 · 1 change              demo
    ┌ Merge ──────────────────────────────────────────────────── 1 of 1 to decide ─┐
    │ new CNAME: a CNAME stands alone at its name                                  │
    │ You want a CNAME here, and the zone has other data at this name by now. One  │
    │ side's records go, whichever you choose.                                     │
    │                                                                              │
    │ before                                                                       │
    │     nothing                                                                  │
    │ mine (m)                                                                     │
    │   + 1h      CNAME  www.example.com.                                          │
    │ theirs (t)                                                                   │
    │   + 1m      A      192.0.2.200                                               │
    │   + 1m      TXT    "theirs"                                                  │
    │ both: a CNAME stands alone at its name: it is either side's, not both        │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    └──────────────────────────────────────────────────────────────────────────────┘

     u undo  m mine  t theirs  b both  n next  p previous  c changes  ? help
    "#);
    test.keys("b");
    assert!(test.message().starts_with("a CNAME stands alone"), "{}", test.message());
    test.keys("m");
    insta::assert_snapshot!(test.screen(80, 24), @r#"
     example.com · ns1.example.com · serial 2026112101 · 3 changes             demo
    ┌ Changes ──────────────────────────────────────────────────────────── 2 of 3 ─┐
    │ [x] new A                                                                    │
    │     - 1m      192.0.2.200                                                    │
    │▌[x] new CNAME                                                                │
    │     + 1h      www.example.com.                                               │
    │ [x] new TXT                                                                  │
    │     - 1m      "theirs"                                                       │
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
     new CNAME: yours will be pushed over theirs; all is decided: review it, then
     push
     u undo  - drop  Space leave out  Enter go to  w push  c records  ? help
    "#);
}

#[test]
fn each_decision_is_one_step_and_the_review_follows() {
    let mut test = conflicts();
    test.keys("M m");
    assert_eq!(test.message(), "mail A: yours will be pushed over theirs; 1 left to decide; u undoes it");
    assert!(matches!(test.app.screen, Screen::Merge(_)));
    test.keys("b");
    assert!(matches!(test.app.screen, Screen::Changes(_)));
    assert!(test.message().ends_with("all is decided: review it, then push"), "{}", test.message());
    let decided = [
        "- mail 3600 A 192.0.2.27",
        "+ mail 3600 A 192.0.2.26",
        "- old 86400 A 192.0.2.99",
        "- www 300 A 192.0.2.10",
        "- www 300 A 192.0.2.12",
        "- www 300 A 192.0.2.11",
        "+ www 300 A 192.0.2.10",
        "+ www 300 A 192.0.2.12",
    ];
    assert_eq!(test.changes(), decided);
    // A crash keeps the decisions, and how to take them back.
    let mut again = Draft::new(test.open().draft.base().clone());
    again.replay(disk(&test.effects));
    assert_eq!(again.changes(), test.open().draft.changes());
    assert_eq!(again.next_labels().0, Some("both: www A"));
    test.keys("u");
    assert_eq!(test.message(), "undone: both: www A");
    assert_eq!(open_conflicts(&test).len(), 1);
    test.keys("u");
    assert_eq!(open_conflicts(&test).len(), 2);
    test.keys("U U");
    assert_eq!(test.changes(), decided);
}

#[test]
fn theirs_takes_mine_back_and_undo_brings_the_conflict() {
    let mut test = conflicts();
    let open = open_conflicts(&test);
    test.keys("M t t");
    assert_eq!(test.changes(), ["- old 86400 A 192.0.2.99"]);
    test.keys("u u");
    assert_eq!(open_conflicts(&test), open);
    // From the changes it is the same.
    test.keys("c Home - u");
    assert_eq!(open_conflicts(&test), open);
}

#[test]
fn nothing_to_decide() {
    let mut test = Test::new();
    test.keys("M");
    assert!(test.message().starts_with("nothing is to be decided"), "{}", test.message());
}

#[test]
fn all_that_is_left_is_decided_as_one_step() {
    for (keys, left) in [("a m", 1), ("a t", 0)] {
        let mut test = conflicts();
        test.keys("M").keys(keys);
        let said = test.message().to_owned();
        assert!(said.starts_with("2 record sets: "), "{said}");
        assert!(said.ends_with("all is decided: review it, then push"), "{said}");
        assert_eq!(open_conflicts(&test).len(), 0);
        let overwritten =
            test.changes().iter().filter(|line| line.as_str() == "+ mail 3600 A 192.0.2.26").count();
        assert_eq!(overwritten, left, "{keys}");
        test.keys("u");
        assert_eq!(open_conflicts(&test).len(), 2, "one step");
    }
    // One is decided already, and stays so.
    let mut test = conflicts();
    test.keys("M b a t u");
    assert_eq!(open_conflicts(&test).len(), 1);
    assert_eq!(test.message(), "undone: take theirs: www A");
}

/// The zone moves on between the last frame and the key.
#[test]
fn a_key_decides_only_what_was_on_the_screen() {
    let moved = |to: &str| {
        let mut test = conflicts();
        test.keys("M R");
        test.load(&ZONE.replace("2026112101", "2026112106").replace("192.0.2.25", to));
        test
    };
    for key in ["m", "t", "b", "a m", "a t"] {
        let mut test = moved("192.0.2.28");
        let before = test.changes();
        test.keys(key);
        assert_eq!(test.message(), "others changed this meanwhile: look at it again, then decide", "{key}");
        assert_eq!(test.changes(), before, "{key}");
        assert!(test.screen(80, 24).contains("192.0.2.28"));
        test.keys(key);
        assert_eq!(open_conflicts(&test).len(), 0, "{key}");
    }
    // It is the same as it was: no reason to look again.
    let mut test = moved("192.0.2.27");
    test.keys("m");
    assert_eq!(open_conflicts(&test).len(), 0);
    // It is over: the next one takes its place, and was not seen either.
    let mut test = conflicts();
    test.keys("M R");
    test.load(&ZONE.replace("2026112101", "2026112106").replace("www    3600  A     192.0.2.10\n", ""));
    assert!(test.screen(80, 24).contains("www A: changed by you"), "{}", test.screen(80, 24));
    test.keys("m");
    assert_eq!(open_conflicts(&test).len(), 1);
    // In the review the marker stays with its change, and mine is not kept unseen.
    let mut test = conflicts();
    test.keys("c G k R");
    test.load(&ZONE.replace("2026112101", "2026112106").replace("192.0.2.25", "192.0.2.29"));
    test.keys("Home m");
    assert_eq!(test.message(), "the zone moved on meanwhile: look at it again, then decide");
    test.keys("m");
    assert_eq!(open_conflicts(&test).len(), 0);
}
