//! The list of zones, and going from one to another.

use super::*;
use crate::app::zones::{Arrival, Destination};
use crate::facts::zones::{Listed, OnDisk, Visit, Waiting};

/// 2026-11-22 12:00 UTC.
const NOW: u64 = 1_795_348_800;

pub fn listed(zone: &str, state: OnDisk) -> Listed {
    Listed { zone: Name::parse(zone.as_bytes(), None).unwrap(), place: "ns0".into(), is_file: false, state }
}

fn visit(serial: u32, hours: u64) -> Option<Visit> {
    Some(Visit { at: NOW - hours * 3600, serial, ..Visit::default() })
}

pub fn zones() -> Vec<Listed> {
    let draft = |changes, hours: u64| Some(Waiting { changes: Some(changes), begun: NOW - hours * 3600 });
    vec![
        listed("example.com.", OnDisk { visit: visit(2_026_112_101, 0), ..OnDisk::default() }),
        listed("example.net.", OnDisk { draft: draft(3, 5), visit: visit(7, 5), ..OnDisk::default() }),
        listed(
            "example.org.",
            OnDisk { held: Some("process 4711 of anna since 11:02 UTC".into()), ..OnDisk::default() },
        ),
        listed("quite.example.", OnDisk { unfinished: true, ..OnDisk::default() }),
        listed("2.0.192.in-addr.arpa.", OnDisk::default()),
    ]
}

impl Test {
    /// Answers the question for the zones.
    pub fn list(&mut self, zones: Vec<Listed>) {
        let request = self.latest(|effect| match effect {
            Effect::ListZones { request } => Some(*request),
            _ => None,
        });
        let request = request.expect("a list was asked for");
        let names =
            zones.iter().cloned().map(|listed| Listed { state: OnDisk::default(), ..listed }).collect();
        self.send(Msg::ZonesListed { request, zones: names, complete: false });
        self.send(Msg::ZonesListed { request, zones, complete: true });
    }

    fn gone_to(&self) -> Option<Name> {
        self.latest(|effect| match effect {
            Effect::GoTo(Destination::Zone(zone)) => Some(zone.clone()),
            _ => None,
        })
    }

    /// The list, without a zone.
    fn listing() -> Test {
        let (app, effects) = App::listing(Settings { demo: false, ..settings() });
        let mut test = Test { app, effects, asked: BTreeMap::new(), asked_parent: RequestId(0) };
        test.send(Msg::Clock(NOW));
        test
    }
}

#[test]
fn the_list_shows_what_is_on_disk() {
    let mut test = Test::listing();
    insta::assert_snapshot!(test.part((80, 24), 0, 4), @"
     zonewright
    ┌ Zones ────────────────────────────────────────────────────────────── 0 of 0 ─┐
    │  Zone                            Draft                Serial         Visited │
    │  reading                                                                     │
    ");
    test.list(zones());
    insta::assert_snapshot!(test.screen(80, 24), @"
     zonewright
    ┌ Zones ────────────────────────────────────────────────────────────── 1 of 5 ─┐
    │  Zone                            Draft                Serial         Visited │
    │▌ example.com                                          2026112101     0 min   │
    │  example.net                     3 changes, 5 h       7              5 h     │
    │  example.org                     open elsewhere                              │
    │  quite.example                   unfinished                                  │
    │  2.0.192.in-addr.arpa                                                        │
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
     example.com at ns0; serial 2026112101 when you left it, 0 min ago
     Enter open  / find  Space mark  Ctrl-R ask serials  Esc back  q quit  ? help
    ");
    insta::assert_snapshot!(test.part((132, 43), 1, 8), @"
    ┌ Zones ────────────────────────────────────────────────────────────────────────────────────────────────────────────────── 1 of 5 ─┐
    │  Zone                                    Draft                 Serial          Visited  Findings      Place                      │
    │▌ example.com                                                   2026112101      0 min                  ns0                        │
    │  example.net                             3 changes, 5 h        7               5 h                    ns0                        │
    │  example.org                             open elsewhere                                               ns0                        │
    │  quite.example                           unfinished                                                   ns0                        │
    │  2.0.192.in-addr.arpa                                                                                 ns0                        │
    │                                                                                                                                  │
    ");
    test.keys("Down Down");
    insta::assert_snapshot!(test.part((80, 24), 22, 2), @"
    example.org at ns0; process 4711 of anna since 11:02 UTC has it open
    Enter open  / find  Space mark  Ctrl-R ask serials  Esc back  q quit  ? help
    ");
}

#[test]
fn letters_find_a_zone_and_enter_goes_there() {
    let mut test = Test::listing();
    test.list(zones());
    test.keys("'xnet'");
    insta::assert_snapshot!(test.part((80, 24), 1, 4), @"
    ┌ Zones ───────────────────────────────────────────────────────── 1 of 1 of 5 ─┐
    │  /xnet                                                                       │
    │▌ example.net                     3 changes, 5 h       7              5 h     │
    │                                                                              │
    ");
    test.keys("Enter");
    assert_eq!(test.gone_to(), Some(Name::parse(b"example.net.", None).unwrap()));
    // What begins so goes before what has the letters somewhere.
    test.keys("Esc '2.'");
    insta::assert_snapshot!(test.part((80, 24), 2, 3), @"
    │  /2.                                                                         │
    │▌ 2.0.192.in-addr.arpa                                                        │
    │                                                                              │
    ");
    test.keys("Esc 'nothing'");
    insta::assert_snapshot!(test.part((80, 24), 2, 3), @"
    │  /nothing                                                                    │
    │  no zone has that in its name; Esc shows all                                 │
    │                                                                              │
    ");
    test.keys("Enter");
    assert_eq!(test.message(), "no zone has that in its name; Esc shows all");
}

#[test]
fn q_leaves_and_after_a_slash_it_is_a_letter() {
    let mut test = Test::listing();
    test.list(zones());
    test.keys("/ 'qu' Enter");
    assert_eq!(test.gone_to(), Some(Name::parse(b"quite.example.", None).unwrap()));
    test.keys("Esc Esc");
    assert_eq!(test.message(), "q quits");
    assert!(!test.did(|effect| matches!(effect, Effect::Quit)));
    test.keys("q");
    assert!(test.did(|effect| matches!(effect, Effect::Quit)));
}

#[test]
fn the_zone_below_stays_as_it_is_and_enter_on_it_goes_back() {
    let mut test = Test::new();
    test.select("www", "A", "192.0.2.10").keys("- 6");
    test.list(zones());
    let loads =
        |test: &Test| test.effects.iter().filter(|effect| matches!(effect, Effect::Load { .. })).count();
    let before = loads(&test);
    // The marker stands on the zone that is open.
    test.keys("Enter");
    assert!(matches!(test.app.screen, Screen::Main));
    assert_eq!(test.selected(), "- www 1h A 192.0.2.10");
    test.keys("c 6 Esc");
    assert!(matches!(test.app.screen, Screen::Changes(_)));
    test.keys("6 q");
    assert!(matches!(test.app.screen, Screen::Changes(_)));
    assert_eq!(loads(&test), before);
}

#[test]
fn nothing_is_asked_of_the_network_unasked_and_then_only_for_what_is_shown() {
    let mut test = Test::listing();
    test.list((0..1000).map(|number| listed(&format!("z{number:04}.example."), OnDisk::default())).collect());
    test.keys("Down PgDn 'z09'");
    assert!(!test.did(|effect| matches!(effect, Effect::AskSerials { .. } | Effect::Load { .. })));
    test.keys("Ctrl-R");
    let (request, asked) = test
        .latest(|effect| match effect {
            Effect::AskSerials { request, zones } => Some((*request, zones.clone())),
            _ => None,
        })
        .unwrap();
    assert_eq!(asked.len(), 18);
    assert!(asked.iter().all(|zone| zone.to_string().starts_with("z09")));
    test.send(Msg::ZoneSerial { request, zone: asked[0].clone(), result: Ok(42) });
    let unreachable = failure("The server does not answer.", "Connection refused.", "Start it.");
    test.send(Msg::ZoneSerial { request, zone: asked[1].clone(), result: Err(unreachable) });
    // One to an older question.
    test.send(Msg::ZoneSerial { request: RequestId(0), zone: asked[2].clone(), result: Ok(7) });
    insta::assert_snapshot!(test.part((80, 24), 2, 4), @"
    │  /z09                                                                        │
    │▌ z0900.example                                        42                     │
    │  z0901.example                                        no answer              │
    │  z0902.example                                        asking                 │
    ");
    test.keys("Down");
    insta::assert_snapshot!(test.part((80, 24), 22, 1), @" Connection refused. Start it.");
}

#[test]
fn columns_of_the_list_are_whole_on_narrow_screens() {
    let mut test = Test::listing();
    test.list(zones());
    insta::assert_snapshot!(test.part((60, 15), 1, 5), @r"
     Zones                                               1 of 5
      Zone                      Draft            Serial
    ▌ example.com                                2026112101
      example.net               3 changes, 5 h   7
      example.org               open elsewhere
    ");
    insta::assert_snapshot!(test.part((40, 10), 1, 5), @r"
     Zones                           1 of 5
      Zone                  Draft
    ▌ example.com
      example.net           3 changes, 5 h
      example.org           open elsewhere
    ");
}

#[test]
fn what_must_not_be_missed_of_a_zone_comes_first_in_the_line_about_it() {
    let mut test = Test::listing();
    let mut all = zones();
    for listed in &mut all {
        listed.state.unfinished = true;
        if let Some(visit) = &mut listed.state.visit {
            visit.findings = Some((0, 1));
        }
    }
    test.list(all);
    insta::assert_snapshot!(test.part((80, 24), 22, 1), @" example.com at ns0; a text or a form is not finished there; serial 2026112101…");
}

#[test]
fn a_zone_is_left_only_when_its_draft_is_on_disk() {
    let mut test = Test::new();
    test.keys("Down - 6");
    test.list(zones());
    test.send(Msg::Saving(true));
    test.keys("Down Enter");
    assert_eq!(test.gone_to(), None);
    assert!(test.message().starts_with("the draft is being saved"));
    test.send(Msg::Saving(false));
    assert!(test.gone_to().is_some());

    let mut test = Test::new();
    test.keys("Down - 6");
    test.list(zones());
    test.send(Msg::Journalled(Err(full_disk())));
    test.keys("Down Enter");
    assert_eq!(test.gone_to(), None);
    assert!(test.message().contains("could not be saved"), "{}", test.message());
}

#[test]
fn a_form_stays_open_behind_the_list() {
    let mut test = Test::new();
    test.select("www", "A", "192.0.2.10").keys("Enter Tab '9' Alt-Z");
    assert!(matches!(test.app.screen, Screen::Zones(_)));
    assert!(!test.did(|effect| matches!(effect, Effect::DropForm)));
    test.keys("Esc");
    assert!(matches!(test.app.screen, Screen::Form(_)));
}

#[test]
fn a_zone_that_cannot_be_loaded_leads_back_to_the_list_with_the_reason() {
    let arrival = Arrival { by_list: true, ..Arrival::default() };
    let mut test = Test::starting(Settings { arrival, ..settings() });
    let unreachable = failure("The server does not answer.", "Connection refused.", "Start it.");
    let request = test.last_load();
    test.send(Msg::Loaded { request, result: Err(unreachable) });
    test.list(zones());
    assert_eq!(test.message(), "The server does not answer. Connection refused. Start it.");
    assert!(matches!(test.app.screen, Screen::Zones(_)));
    // Once more.
    test.keys("Enter");
    test.load(ZONE);
    assert!(matches!(test.app.screen, Screen::Main));
    assert!(test.app.open().is_some());
}

#[test]
fn a_zone_is_found_as_it_was_left_and_its_draft_goes_on() {
    let mut test = Test::new();
    test.select("www", "A", "192.0.2.11").keys("- / 'www' Enter Down");
    let left = test.app.visit().unwrap();
    assert_eq!((left.filter.as_str(), left.serial), ("www", 2_026_112_101));
    let entries = disk(&test.effects);
    let shown = test.screen(80, 24);

    let arrival = Arrival { visit: Some(left), again: true, by_list: true };
    let mut test = Test::starting(Settings { arrival, ..settings() });
    test.find_draft(entries);
    test.load(ZONE);
    assert!(test.app.overlay.is_none(), "no question");
    assert_eq!(test.message(), "your draft is here again: 1 change");
    test.keys("Esc");
    // Esc lifts the filter.
    test.keys("/ 'www' Enter");
    let screen = test.screen(80, 24);
    assert_eq!(screen.lines().nth(1), shown.lines().nth(1));
    assert_eq!(
        test.changes(),
        ["- www 3600 A 192.0.2.10", "- www 3600 A 192.0.2.11", "+ www 3600 A 192.0.2.10"]
    );
}

#[test]
fn the_place_in_the_list_is_kept_over_a_record_that_is_only_in_the_draft() {
    let mut test = Test::new();
    test.keys("+ Enter 'zzz' Tab Tab '192.0.2.7' Enter");
    assert_eq!(test.selected(), "+ zzz 1h A 192.0.2.7");
    let (left, entries) = (test.app.visit(), disk(&test.effects));
    let arrival = Arrival { visit: left, again: true, by_list: true };
    let mut test = Test::starting(Settings { arrival, ..settings() });
    test.load(ZONE);
    test.find_draft(entries);
    assert_eq!(test.selected(), "+ zzz 1h A 192.0.2.7");
}
