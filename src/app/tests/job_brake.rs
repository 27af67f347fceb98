//! What a job asks before it pushes what is dangerous, what it looks like, and taking back what was done in part.

use super::job::{Jobs, absolute};
use super::*;

#[test]
fn what_is_dangerous_in_one_zone_wants_its_name() {
    let mut jobs = Jobs::new();
    jobs.settings.brake_percent = 20;
    // Of the reverse zones only what is added.
    jobs.serve().keys("p Down Space Enter w");
    jobs.shows(&[
        "! one.example: This deletes or replaces 2 of 4 records.",
        "Type one.example to push all of them:",
    ]);
    jobs.keys("y Enter");
    assert_eq!(jobs.test.message(), "type the name of the zone, or Esc to cancel");
    jobs.keys("Backspace 'one.example' Enter");
    assert!(jobs.test.message().starts_with("done: "), "{}", jobs.test.message());
}

#[test]
fn of_several_zones_in_danger_each_is_named_and_their_number_is_typed() {
    let mut jobs = Jobs::new();
    jobs.settings.brake_percent = 20;
    jobs.serve().keys("p * Enter");
    insta::assert_snapshot!(jobs.test.screen(80, 24), @"
     zonewright                                                                demo
    ┌ Job ─────────────────────────────────────────────────────────────── 3 zones ─┐
    │▌[x] one.example  2 record sets: 2 records deleted, 2 added                   │
    │   ! This deletes or replaces 2 of 4 records.                                 │
    │       mail A                                                                 │
    │     - 1h      192.0.2.2                                                      │
    │     + 1h      198.51.100.2                                                   │
    │       www A                                                                  │
    │     - 1h      192.0.2.1                                                      │
    │     + 1h      198.51.100.1                                                   │
    │ [x] 2.0.192.in-addr.arpa  1 record set: 1 record deleted, 0 added            │
    │   ! This deletes 1 of 4 records.                                             │
    │       1 PTR                                                                  │
    │     - 5m      www.one.example.                                               │
    │ [x] 100.51.198.in-addr.arpa  1 record set: 0 records deleted, 1 added        │
    │       1 PTR                                                                  │
    │     + 5m      www.one.example.                                               │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    └──────────────────────────────────────────────────────────────────────────────┘
     2 PTR changes in the drafts of 2 zones; w pushes the job
     w push  Space leave out  p reverse records  Enter open  Esc back  ? help
    ");
    insta::assert_snapshot!(jobs.test.screen(132, 43), @"
     zonewright                                                                                                                    demo
    ┌ Job ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────── 3 zones ─┐
    │▌[x] one.example  2 record sets: 2 records deleted, 2 added                                                                       │
    │   ! This deletes or replaces 2 of 4 records.                                                                                     │
    │       mail A                                                                                                                     │
    │     - 1h      192.0.2.2                                                                                                          │
    │     + 1h      198.51.100.2                                                                                                       │
    │       www A                                                                                                                      │
    │     - 1h      192.0.2.1                                                                                                          │
    │     + 1h      198.51.100.1                                                                                                       │
    │ [x] 2.0.192.in-addr.arpa  1 record set: 1 record deleted, 0 added                                                                │
    │   ! This deletes 1 of 4 records.                                                                                                 │
    │       1 PTR                                                                                                                      │
    │     - 5m      www.one.example.                                                                                                   │
    │ [x] 100.51.198.in-addr.arpa  1 record set: 0 records deleted, 1 added                                                            │
    │       1 PTR                                                                                                                      │
    │     + 5m      www.one.example.                                                                                                   │
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
     2 PTR changes in the drafts of 2 zones; w pushes the job
     w push  Space leave out  p reverse records  r take back  % replace  u undo  Enter open  Esc back  ? help
    ");
    jobs.keys("w");
    insta::assert_snapshot!(jobs.test.screen(80, 24), @"
     zonewright                                                                demo
    ┌ Job ─────────────────────────────────────────────────────────────── 3 zones ─┐
    │▌[x] one.example  2 record sets: 2 records deleted, 2 added                   │
    │   ! This deletes or replaces 2 of 4 records.                                 │
    │       mail A                                                                 │
    │     - 1h      192.0.2.2                                                      │
    │  ┌ Push ──────────────────────────────────────────────────────────────────┐  │
    │  │ 3 zones, one after the other; it stops at the first that fails:        │  │
    │  │   100.51.198.in-addr.arpa  0 records deleted, 1 added  ns1.example.com │  │
    │  │ Each is refused if somebody changed it meanwhile, and read back.       │  │
    │ [│ ! one.example: This deletes or replaces 2 of 4 records.                │  │
    │  │ ! 2.0.192.in-addr.arpa: This deletes 1 of 4 records.                   │  │
    │  │ 2 zones are in danger. Type 2 one.example to push all of them:         │  │
    │  │ >                                                                      │  │
    │ [│                                                                        │  │
    │  │ ▌Push   Cancel                                                         │  │
    │  └────────────────────────────────────────────────────────────────────────┘  │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    └──────────────────────────────────────────────────────────────────────────────┘

     Enter press  Esc cancel
    ");
    // The name alone was typed by habit.
    jobs.keys("'one.example' Enter");
    assert!(jobs.test.message().starts_with("type how many zones"), "{}", jobs.test.message());
    assert_eq!(jobs.served("one.example.", "www.one.example.", RecordType::A), ["192.0.2.1"]);
    jobs.keys("Ctrl-U '2' Space 'One.Example.' Enter");
    assert!(jobs.test.message().starts_with("done: 3 zones pushed"), "{}", jobs.test.message());
    insta::assert_snapshot!(jobs.test.screen(80, 24), @"
     zonewright                                                                demo
    ┌ Job ─────────────────────────────────────────────────────────────── 3 zones ─┐
    │▌[-] one.example  nothing left to push                                        │
    │       Applied: 2 changes, as read back from the server.                      │
    │       Serial 1 -> 2.  Answer NOERROR.                                        │
    │       applied            mail A                                              │
    │       applied            www A                                               │
    │ [-] 2.0.192.in-addr.arpa  nothing left to push                               │
    │       Applied: 1 change, as read back from the server.                       │
    │       Serial 1 -> 2.  Answer NOERROR.                                        │
    │       applied            1 PTR                                               │
    │ [-] 100.51.198.in-addr.arpa  nothing left to push                            │
    │       Applied: 1 change, as read back from the server.                       │
    │       Serial 1 -> 2.  Answer NOERROR.                                        │
    │       applied            1 PTR                                               │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    └──────────────────────────────────────────────────────────────────────────────┘
     done: 3 zones pushed, each as read back. Esc goes back
     w push  Space leave out  p reverse records  r take back  Enter open  Esc back
    ");
}

#[test]
fn what_a_server_did_in_part_is_taken_back_and_stays_to_be_done() {
    let mut jobs = Jobs::new();
    let forward = absolute("one.example.");
    let forgotten = RrKey::new(absolute("mail.one.example."), RecordType::A);
    jobs.servers.get_mut(&forward).unwrap().forgets = Some(forgotten);
    jobs.serve().keys("w y");
    jobs.shows(&["Not everything is as it was asked for.", "r takes back what was pushed (1 zone)"]);
    let address = |jobs: &Jobs, owner: &str| jobs.served("one.example.", owner, RecordType::A);
    assert_eq!(address(&jobs, "www.one.example."), ["198.51.100.1"]);
    assert_eq!(address(&jobs, "mail.one.example."), ["192.0.2.2"]);
    assert_eq!(jobs.waiting("one.example."), 1);
    jobs.keys("r y");
    jobs.shows(&["Taken back: the zone is as it was"]);
    assert_eq!(address(&jobs, "www.one.example."), ["192.0.2.1"]);
    assert_eq!(jobs.waiting("one.example."), 2, "both are in the draft again");
    // And pushed once more, all of it, once the server does what it is told.
    jobs.servers.get_mut(&forward).unwrap().forgets = None;
    jobs.keys("w y");
    assert_eq!(address(&jobs, "mail.one.example."), ["198.51.100.2"]);
    assert_eq!(address(&jobs, "www.one.example."), ["198.51.100.1"]);
}

#[test]
fn what_the_server_had_already_is_not_taken_back() {
    let mut jobs = Jobs::new();
    jobs.serve();
    let forward = absolute("one.example.");
    let mut wanted = Draft::new(jobs.servers[&forward].zone.clone());
    wanted.replay(jobs.drafts[&forward].clone());
    let server = jobs.servers.get_mut(&forward).unwrap();
    server.zone = Arc::new(server.zone.with_changes(wanted.changes()).unwrap());
    jobs.keys("w y r");
    assert_eq!(jobs.test.message(), "this job has pushed nothing yet");
}

#[test]
fn what_is_to_be_typed_stands_above_its_field_on_small_screens() {
    let mut jobs = Jobs::new();
    jobs.settings.brake_percent = 20;
    jobs.serve().keys("p * Enter w");
    // The terminal gets smaller while it is asked, and is asked again.
    let first = jobs.test.part((60, 15), 8, 3);
    insta::assert_snapshot!(first, @"
      │ 2 zones are in danger. Type 2 one.example to push    │
      │ all of them:                                         │
      │ >                                                    │
    ");
    jobs.keys("Esc w");
    insta::assert_snapshot!(jobs.test.screen(60, 15), @"
     zonewright                                            demo
     J┌ Push ────────────────────────────────────────────────┐s
    ▌[│ 3 zones, one after the other; it stops at the first  │
     2│ that fails:                                          │
      │   and 1 more: Esc shows them                         │
      │ Each is refused if somebody changed it meanwhile,    │
      │ and read back.                                       │
      │   and 2 more: Esc shows them                         │
      │ 2 zones are in danger. Type 2 one.example to push    │
      │ all of them:                                         │
      │ >                                                    │
     [│                                                      │
     d│ ▌Push   Cancel                                       │
      └──────────────────────────────────────────────────────┘
     Enter press  Esc cancel
    ");
    insta::assert_snapshot!(jobs.test.screen(40, 10), @"
     zonewright                        demo
     J┌ Push ────────────────────────────┐s
    ▌[│ 3 zones, one after the other; it │
     s│ 2 zones are in danger. Type 2    │
     a│ one.example to push all of them: │
      │ >                                │
      │                                  │
      │ ▌Push   Cancel                   │
      └──────────────────────────────────┘
     Enter press  Esc cancel
    ");
}
