//! What others did, between the pushes on the History screen.

use super::history::several;
use super::*;
use crate::facts::past::{Told, Turn};
use crate::zone::changes::diff;

/// A change of others from one zone to another.
fn turn(from: u32, before: &str, after: &str) -> Turn {
    Turn { from, to: from + 1, changes: diff(&zone(before), &zone(after)), ours: None }
}

/// After the newest push somebody gave `ftp` an address, and before it took another one away. One is ours, one is the
/// server's own work.
fn told() -> Told {
    let (ftp, shop) =
        (ZONE.replace("ftp    3600  CNAME www", ""), ZONE.replace("shop   300   CNAME www", ""));
    let now = 2_026_112_101;
    let nothing = Turn { changes: crate::zone::ChangeMap::new(), ..turn(now, ZONE, ZONE) };
    let ours = Turn { ours: Some(crate::facts::history::PushId::new(7, 7)), ..turn(now - 1, &shop, ZONE) };
    let steps = vec![turn(now + 1, &ftp, ZONE), nothing, ours, turn(now - 2, &shop, ZONE)];
    Told { steps, back_to: Some(now - 2), asked: vec![now] }
}

impl Test {
    fn others(&mut self, result: Result<Told, Failure>) -> &mut Test {
        let asked = |effect: &Effect| match effect {
            Effect::Others { request, .. } => Some(*request),
            _ => None,
        };
        let request = self.latest(asked).expect("a question");
        self.send(Msg::Others { request, result });
        self
    }
}

#[test]
fn others_work_stands_between_the_pushes() {
    let mut test = Test::new();
    test.keys("5").history(&several());
    // The answer comes later, and the marker stays with its line.
    test.keys("Down").others(Ok(told()));
    insta::assert_snapshot!(test.screen(80, 24), @"
     example.com · ns1.example.com · serial 2026112101                         demo
    ┌ History ──────────────────────────────────────────────────────────── 3 of 5 ─┐
    │                  others    +1 -0                   2026112103 ftp CNAME      │
    │ 2026-11-22 02:03 anna      +2 -1     applied       2026112101 new mail ser…  │
    │▌2026-11-20 18:40 anna      +2 -1     refused       2026112100                │
    │ 20260101-000000-0000.push: it is no record of a push, or its beginning is d… │
    │                  others    +1 -0                   2026112100 shop CNAME     │
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
    │ others: by the server's own journal, back to serial 2026112099, no further   │
    └──────────────────────────────────────────────────────────────────────────────┘

     R reload  c changes  Enter show  r revert  Esc back  ? help
    ");
    insta::assert_snapshot!(test.part((132, 43), 0, 7), @"
     example.com · ns1.example.com · serial 2026112101                                                                             demo
    ┌ History ──────────────────────────────────────────────────────────────────────────────────────────────────────────────── 3 of 5 ─┐
    │                  others                    +1 -0                   2026112102 -> 2026112103 ftp CNAME                            │
    │ 2026-11-22 02:03 anna as root on jump1     +2 -1     applied       2026112100 -> 2026112101 new mail server                      │
    │▌2026-11-20 18:40 anna as root on jump1     +2 -1     refused       2026112100 -> 2026112100                                      │
    │ 20260101-000000-0000.push: it is no record of a push, or its beginning is damaged                                                │
    │                  others                    +1 -0                   2026112099 -> 2026112100 shop CNAME                           │
    ");
    test.keys("Home Enter");
    insta::assert_snapshot!(test.screen(80, 24), @"
     example.com · ns1.example.com · serial 2026112101                         demo
    ┌ Changed by others ───────────────────────────────────────────────────────────┐
    │ serial 2026112102 -> 2026112103  by others                                   │
    │       from the server's own journal, which tells neither when nor by whom    │
    │       1 record set: 0 records deleted, 1 added                               │
    │ ftp CNAME                                                                    │
    │     + 1h      www.example.com.                                               │
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

     R reload  c changes  r revert  Esc back  ? help
    ");
    // Known now: it is not asked again.
    test.effects.clear();
    test.keys("Esc Esc 5");
    assert!(!test.did(|effect| matches!(effect, Effect::Others { .. })));
}

#[test]
fn taking_others_work_back_is_a_draft() {
    for keys in ["Home r", "Home Enter r"] {
        let mut test = Test::new();
        test.keys("5").history(&several()).others(Ok(told())).keys(keys);
        assert_eq!(test.changes(), ["- ftp 3600 CNAME www"], "{keys}");
        assert!(matches!(test.app.screen, Screen::Changes(_)));
        assert_eq!(test.app.past.note, "revert of serial 2026112102 -> 2026112103 by others");
        test.keys("u");
        assert_eq!(test.changes(), [""; 0]);
    }
    // Somebody has changed it again: both sides are shown.
    let mut test = Test::new();
    test.keys("R");
    test.load(&ZONE.replace("ftp    3600  CNAME www", "ftp 3600 CNAME mail"));
    test.keys("5").history(&several()).others(Ok(told())).keys("Home r");
    assert!(test.message().starts_with("others changed 1 of these record sets since"), "{}", test.message());
    assert_eq!(test.open().draft.conflicts().len(), 1);
    // It is gone by now.
    let mut test = Test::with(&super::history::without(ZONE, "ftp"));
    test.keys("5").history(&several()).others(Ok(told())).keys("Home r");
    assert_eq!(test.message(), "nothing of it is in the zone any more");
}

#[test]
fn the_history_of_one_set_has_others_work_too() {
    let mut test = Test::new();
    test.select("ftp", "CNAME", "www").keys("h").history(&[]).others(Ok(told()));
    let screen = test.screen(80, 24);
    assert!(screen.contains("History of ftp CNAME") && screen.contains("others    +1 -0"), "{screen}");
    assert!(!screen.contains("shop"), "{screen}");
    test.keys("G Enter");
    assert!(test.screen(80, 24).contains("Changed by others"), "{}", test.screen(80, 24));
}

#[test]
fn why_nothing_is_known_of_others_is_said() {
    let mut test = Test::new();
    test.keys("5").history(&several());
    assert!(test.screen(80, 24).contains("others: asking the server for its journal"));
    test.others(Ok(Told { asked: vec![1], ..Told::default() }));
    assert!(test.screen(80, 24).contains("others: not known; the server keeps no journal"));
    let mut test = Test::new();
    test.keys("5").history(&several()).others(Err(failure("The server is gone.", "Nobody answers.", "")));
    assert!(test.screen(80, 24).contains("others: not known. The server is gone. Nobody answers."));
    // Who goes on before the answer is not bothered by it.
    let mut test = Test::new();
    test.keys("5 Esc");
    assert!(test.did(|effect| matches!(effect, Effect::Cancel { .. })));
    test.others(Ok(told()));
    assert!(matches!(test.app.screen, Screen::Main) && test.message().is_empty());
}
