//! Past pushes on the screen: the list, one push, taking it back; pushes that were interrupted.

use super::*;
use crate::app::history::{Found, Wanted};
use crate::facts::history::{
    End, Ending, Head, Listed, Listing, PushId, PushRecord, Standing, Summary, Tally, Verdict, Who,
};
use crate::zone::changes::diff;
use crate::zone::managed::without_managed;
use crate::zone::{ChangeMap, Draft};

/// A push that led from a zone to the one that is open.
fn past(before: &str, time: u64, note: &str) -> PushRecord {
    let (old, new) = (zone(before), zone(ZONE));
    let changes = without_managed(diff(&old, &new), &old, &new);
    let end = End {
        ending: Ending::Applied,
        why: String::new(),
        serial: Some(2_026_112_101),
        applied: changes.len(),
        others: BTreeMap::new(),
        notes: Vec::new(),
    };
    PushRecord {
        head: Head {
            id: PushId::new(time, 0x3f2a),
            zone: name("@"),
            server: "ns1.example.com".into(),
            who: Who { user: "root".into(), sudo_user: Some("anna".into()), host: "jump1".into() },
            time,
            note: note.into(),
            serial: 2_026_112_100,
            messages: 1,
            sets: changes.len(),
            tally: Tally { deleted: 1, added: 2, ttls: 0 },
        },
        standing: Standing::Ended { ending: Ending::Applied, serial: end.serial, applied: end.applied },
        changes,
        sent: 1,
        answers: vec![(1, "NOERROR".into())],
        end: Some(end),
    }
}

/// Before it `old` had another address and there was no `mail A`.
fn one() -> PushRecord {
    past(&without(&ZONE.replace("192.0.2.99", "192.0.2.98"), "mail"), 1_795_312_980, "new mail server")
}

pub fn without(zone: &str, owner: &str) -> String {
    zone.lines().filter(|line| !line.starts_with(owner)).map(|line| format!("{line}\n")).collect()
}

fn interrupted() -> PushRecord {
    let mut record = one();
    (record.standing, record.end, record.answers) = (Standing::Interrupted, None, Vec::new());
    record.head.messages = 61;
    record.answers = (1..=23).map(|message| (message, "NOERROR".into())).collect();
    record
}

fn list(records: &[PushRecord]) -> Listing {
    let push =
        |record: &PushRecord| Listed::Push(Summary { head: record.head.clone(), standing: record.standing });
    let mut pushes: Vec<Listed> = records.iter().map(push).collect();
    let why = "it is no record of a push, or its beginning is damaged".into();
    pushes.push(Listed::Unreadable { file: "20260101-000000-0000.push".into(), why });
    Listing { pushes, older: 0 }
}

impl Test {
    /// Answers what was asked of the history last.
    pub fn history(&mut self, records: &[PushRecord]) -> &mut Test {
        let asked = |effect: &Effect| match effect {
            Effect::History { request, wanted } => Some((*request, wanted.clone())),
            _ => None,
        };
        let (request, wanted) = self.latest(asked).expect("a question");
        let found = match wanted {
            Wanted::List(_) => Found::List(Ok(list(records))),
            Wanted::One(id) => {
                let record = records.iter().find(|record| record.head.id == id).unwrap();
                Found::One(Ok(Box::new(record.clone())))
            }
            Wanted::Last => Found::One(Ok(Box::new(records[0].clone()))),
            Wanted::Interrupted => Found::Interrupted(records.to_vec()),
        };
        self.send(Msg::History { request, found });
        self
    }
}

pub fn several() -> Vec<PushRecord> {
    let mut refused = past(&ZONE.replace("192.0.2.99", "192.0.2.97"), 1_795_200_000, "");
    refused.standing = Standing::Ended { ending: Ending::Refused, serial: Some(2_026_112_100), applied: 0 };
    let end = refused.end.as_mut().unwrap();
    (end.ending, end.applied) = (Ending::Refused, 0);
    end.why = "The server refused the update (REFUSED). The zone is frozen.".into();
    let key = refused.changes.keys().next().unwrap().clone();
    end.others.insert(key, Verdict::NotApplied("The server refused the update.".into()));
    refused.answers = vec![(1, "REFUSED".into())];
    vec![one(), refused]
}

#[test]
fn the_list() {
    let mut test = Test::new();
    test.keys("5");
    assert!(test.screen(80, 24).contains("reading"));
    test.history(&several());
    insta::assert_snapshot!(test.screen(80, 24), @"
     example.com · ns1.example.com · serial 2026112101                         demo
    ┌ History ──────────────────────────────────────────────────────────── 1 of 3 ─┐
    │▌2026-11-22 02:03 anna      +2 -1     applied       2026112101 new mail ser…  │
    │ 2026-11-20 18:40 anna      +2 -1     refused       2026112100                │
    │ 20260101-000000-0000.push: it is no record of a push, or its beginning is d… │
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
    │ others: asking the server for its journal                                    │
    └──────────────────────────────────────────────────────────────────────────────┘

     R reload  c changes  Enter show  r revert  Esc back  ? help
    ");
    insta::assert_snapshot!(test.part((60, 15), 1, 3), @r"
     History                                             1 of 3
    ▌2026-11-22 02:03 anna    +2 -1   applied       2026112101
     2026-11-20 18:40 anna    +2 -1   refused       2026112100
    ");
    insta::assert_snapshot!(test.part((40, 10), 1, 3), @r"
     History                         1 of 3
    ▌2026-11-22 02:03 +2 -1   applied
     2026-11-20 18:40 +2 -1   refused
    ");
    insta::assert_snapshot!(test.part((132, 43), 0, 6), @"
     example.com · ns1.example.com · serial 2026112101                                                                             demo
    ┌ History ──────────────────────────────────────────────────────────────────────────────────────────────────────────────── 1 of 3 ─┐
    │▌2026-11-22 02:03 anna as root on jump1     +2 -1     applied       2026112100 -> 2026112101 new mail server                      │
    │ 2026-11-20 18:40 anna as root on jump1     +2 -1     refused       2026112100 -> 2026112100                                      │
    │ 20260101-000000-0000.push: it is no record of a push, or its beginning is damaged                                                │
    │                                                                                                                                  │
    ");
    test.keys("End Enter");
    assert_eq!(test.message(), "this record cannot be read");
    test.keys("Esc");
    assert!(matches!(test.app.screen, Screen::Main));
}

#[test]
fn one_push() {
    let mut test = Test::new();
    let records = several();
    test.keys("5").history(&records).keys("Enter").history(&records);
    insta::assert_snapshot!(test.screen(80, 24), @"
     example.com · ns1.example.com · serial 2026112101                         demo
    ┌ Push ────────────────────────────────────────────────────────────────────────┐
    │ 20261122-020300-3f2a  new mail server                                        │
    │       2026-11-22 02:03 UTC by anna as root on jump1                          │
    │       applied                                                                │
    │       serial 2026112100 -> 2026112101; 2 record sets: 1 record deleted, 2    │
    │       added                                                                  │
    │ mail A                                                                       │
    │     + 1h      192.0.2.25                                                     │
    │ old A                                                                        │
    │     - 1d      192.0.2.98                                                     │
    │     + 1d      192.0.2.99                                                     │
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
    test.keys("Esc Down Enter").history(&records);
    insta::assert_snapshot!(test.part((132, 43), 0, 12), @"
     example.com · ns1.example.com · serial 2026112101                                                                             demo
    ┌ Push ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────┐
    │ 20261120-184000-3f2a                                                                                                             │
    │       2026-11-20 18:40 UTC by anna as root on jump1                                                                              │
    │       refused. The server refused the update (REFUSED). The zone is frozen.                                                      │
    │       serial 2026112100 -> 2026112101; 1 record set: 1 record deleted, 2 added                                                   │
    │   * message 1 of 1: REFUSED                                                                                                      │
    │ old A                                                                                                                            │
    │     - 1d      192.0.2.97                                                                                                         │
    │     + 1d      192.0.2.99                                                                                                         │
    │     ! not applied. The server refused the update.                                                                                │
    │                                                                                                                                  │
    ");
    test.keys("r");
    assert_eq!(test.message(), "nothing of it is in the zone any more", "it was refused");
}

#[test]
fn taking_a_push_back_is_a_draft() {
    let mut test = Test::new();
    let records = several();
    test.keys("5").history(&records).keys("r").history(&records);
    assert!(matches!(test.app.screen, Screen::Changes(_)));
    assert_eq!(
        test.changes(),
        ["- mail 3600 A 192.0.2.25", "- old 86400 A 192.0.2.99", "+ old 86400 A 192.0.2.98"]
    );
    // On disk as well, and one step.
    let mut again = Draft::new(test.open().draft.base().clone());
    again.replay(disk(&test.effects));
    assert_eq!(again.changes(), test.open().draft.changes());
    assert!(test.keys("w").screen(80, 24).contains("History note: revert of 20261122-020300-3f2a"));
    test.keys("n u");
    assert_eq!(test.changes(), [""; 0]);
}

#[test]
fn others_work_shows_as_a_conflict() {
    let mut test = Test::with(&ZONE.replace("192.0.2.99", "192.0.2.96"));
    let records = several();
    test.keys("5").history(&records).keys("Enter").history(&records).keys("r");
    assert_eq!(test.open().draft.conflicts().len(), 1);
    assert!(test.message().contains("others changed"), "{}", test.message());
}

#[test]
fn edits_under_way_stay() {
    let mut test = Test::new();
    test.select("shop", "CNAME", "www").keys("-");
    let records = several();
    test.keys("5").history(&records).keys("r").history(&records);
    assert_eq!(test.changes().len(), 4);
    test.keys("u");
    assert_eq!(test.changes(), ["- shop 300 CNAME www"]);
    test.keys("u");
    assert_eq!(test.changes(), [""; 0]);
}

#[test]
fn the_history_of_one_set_and_taking_only_that_back() {
    let mut test = Test::new();
    let records = several();
    test.select("old", "A", "192.0.2.99").keys("h").history(&records[..1]);
    assert!(test.screen(80, 24).contains("History of old A"));
    test.keys("Enter").history(&records);
    assert!(!test.screen(80, 24).contains("mail A"));
    test.keys("r");
    assert_eq!(test.changes(), ["- old 86400 A 192.0.2.99", "+ old 86400 A 192.0.2.98"]);
}

#[test]
fn an_interrupted_push_is_told_at_the_start() {
    let mut test = Test::new();
    // One of its two sets went through; the other is in the draft of that run.
    test.select("old", "A", "192.0.2.99").keys("-");
    let mut record = interrupted();
    let key = crate::zone::RrKey::new(name("old"), RecordType::A);
    let change = record.changes.get_mut(&key).unwrap();
    (change.before, change.after) = (change.after.clone(), None);
    let draft = disk(&test.effects);
    let mut test = Test::starting(settings());
    test.find_draft(draft);
    test.load(ZONE);
    test.keys("g");
    test.history(std::slice::from_ref(&record));
    insta::assert_snapshot!(test.part((80, 24), 8, 9), @"
    │ │ A push of 2026-11-22 02:03 UTC by anna as root on jump1                  │ │
    │ │ was interrupted after message 23 of 61.                                  │ │
    │ │ 1 of its 2 changed record sets are in the zone.                          │…│
    │ │ The rest is in your draft.                                               │ │
    │ │ Note: new mail server                                                    │ │
    │ │                                                                          │ │
    │ │ ▌(g) Go on from here   (r) Revert what went through                      │ │
    │ │  (a) Ask again at the next start                                         │ │
    │ └──────────────────────────────────────────────────────────────────────────┘ │
    ");
    // What went through goes, and so does the rest in the draft; in one step.
    test.keys("r");
    assert_eq!(test.changes(), ["- mail 3600 A 192.0.2.25"]);
    let closed = test
        .effects
        .iter()
        .any(|effect| matches!(effect, Effect::CloseRecord { end, .. } if end.applied == 1));
    assert!(closed);
    test.keys("u");
    assert_eq!(test.changes(), ["- old 86400 A 192.0.2.99"]);
}

/// As after a `zonewright push` that was killed: no draft has the rest.
#[test]
fn the_rest_of_an_interrupted_push_goes_into_the_draft() {
    let mut record = interrupted();
    let key = crate::zone::RrKey::new(name("old"), RecordType::A);
    let change = record.changes.get_mut(&key).unwrap();
    (change.before, change.after) = (change.after.clone(), None);
    let mut test = Test::starting(settings());
    test.load(ZONE);
    test.history(&[record]);
    let screen = test.screen(80, 24);
    assert!(screen.contains("1 are not, and 0 of these are in your draft."), "{screen}");
    test.keys("f");
    assert_eq!(test.changes(), ["- old 86400 A 192.0.2.99"]);
    assert!(test.effects.iter().any(|effect| matches!(effect, Effect::CloseRecord { .. })));
    let screen = test.screen(80, 24);
    assert!(screen.contains("the rest is in your draft: 1 change; w pushes it, u takes it back"), "{screen}");
    test.keys("u");
    assert_eq!(test.changes(), [""; 0]);
}

#[test]
fn an_interrupted_push_can_wait() {
    for (key, closes) in [("g", true), ("a", false), ("Esc", false)] {
        let mut test = Test::starting(settings());
        test.load(ZONE);
        test.history(&[interrupted()]);
        assert!(test.screen(80, 24).contains("Interrupted push"));
        test.keys(key);
        let closed = test.did(|effect| matches!(effect, Effect::CloseRecord { .. }));
        assert_eq!((closed, test.app.overlay.is_none(), test.changes().len()), (closes, true, 0), "{key}");
    }
}

#[test]
fn a_note_is_typed_in_the_last_dialog() {
    let mut test = Test::new();
    test.select("old", "A", "192.0.2.99").keys("- w w e 'new' Space 'web' Enter");
    assert!(test.screen(80, 24).contains("History note: new web"), "{}", test.screen(80, 24));
    assert!(test.app.overlay.is_some());
}

#[test]
fn a_note_is_taken_out_again() {
    let mut test = Test::new();
    test.keys("Down - c : 'note' Space 'wrong' Enter Esc : 'note' Enter");
    let prompt = |test: &mut Test| test.part((80, 24), 23, 1);
    assert_eq!(prompt(&mut test), " :note wrong");
    // As it was: nothing is lost by Enter.
    test.keys("Enter");
    assert!(test.screen(80, 24).contains("History note: wrong"), "{}", test.screen(80, 24));
    test.keys("Esc : 'note' Enter Ctrl-W Enter");
    assert!(!test.screen(80, 24).contains("History note"), "{}", test.screen(80, 24));
    assert!(matches!(test.app.overlay, Some(Overlay::Dialog(_))), "{}", test.screen(80, 24));
}

#[test]
fn trouble_with_the_history_is_told() {
    let mut test = Test::new();
    test.keys("5");
    let Some(Effect::History { request, .. }) = test.effects.last().cloned() else { panic!() };
    let failure = failure("The history of pushes cannot be used.", "Permission denied.", "Mend it.");
    test.send(Msg::History { request, found: Found::List(Err(failure)) });
    assert!(test.screen(80, 24).contains("Permission denied."));
    let none = ChangeMap::new();
    assert_eq!(*test.open().draft.changes(), none);
}
