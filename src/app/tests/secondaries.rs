//! The list of what is registered at secondary DNS services.

use super::*;
use crate::app::secondaries::{Call, Heard, Told};
use crate::facts::registration::{Details, Place, Problem, ProblemKind, Registration};

/// Settings with two services.
pub fn with_services() -> Settings {
    let text = "[secondary.ovh]\nbackend = \"ovh\"\n[secondary.own]\nbackend = \"manual\"\ninstructions = \"Tell them.\"\n";
    Settings { config: Arc::new(crate::config::parse(text).unwrap()), demo: false, ..settings() }
}

pub fn told(domain: &str, date: &str) -> Told {
    let registration = Registration {
        place: Place { domain: name(domain), service: Some("vps/vps-1.example".into()) },
        created: None,
        primaries: vec!["192.0.2.1".parse().unwrap()],
        secondary: Some(name("sdns2.example.net.")),
        details: Details::Known,
        note: None,
    };
    Told { registration, date: Some(date.into()) }
}

pub fn problem(what: &str, why: &str) -> Problem {
    let next = "Look at its settings.".into();
    Problem { kind: ProblemKind::Local, what: what.into(), why: why.into(), next }
}

impl Test {
    /// The zone is open, and services are configured.
    pub fn with_services() -> Test {
        let mut test = Test::starting(with_services());
        test.load(ZONE);
        test.effects.clear();
        test
    }

    /// The latest question for a list.
    pub fn asked_list(&self) -> RequestId {
        let list = |effect: &Effect| match effect {
            Effect::Secondary { request, call: Call::List { .. } } => Some(*request),
            _ => None,
        };
        self.latest(list).expect("a list was asked for")
    }

    pub fn hear(&mut self, heard: Heard) {
        let request = self.asked_list();
        self.send(Msg::Secondary { request, heard });
    }

    pub fn hear_rows(&mut self, backend: &str, rows: Vec<Told>) {
        self.hear(Heard::Rows { backend: backend.into(), rows });
    }

    pub fn hear_end(&mut self, backend: &str, result: Result<(), Problem>) {
        self.hear(Heard::Listed { backend: backend.into(), result });
    }
}

#[test]
fn rows_come_as_they_are_told_and_a_failing_service_is_a_line() {
    let mut test = Test::with_services();
    test.keys("4");
    insta::assert_snapshot!(test.part((80, 24), 0, 4), @"
     example.com · ns1.example.com · serial 2026112101
    ┌ Secondaries ─────────────────────────────────────────────── asking ovh, own ─┐
    │  Domain               Created    Primary IP      Secondary        State      │
    │  asking                                                                      │
    ");
    let pending = |domain: &str| {
        let mut told = told(domain, "");
        told.date = None;
        told.registration.primaries.clear();
        (told.registration.secondary, told.registration.details) = (None, Details::Pending);
        told
    };
    test.hear_rows("ovh", vec![pending("shop.example."), pending("@"), pending("zzz.example.")]);
    test.hear_rows("ovh", vec![told("shop.example.", "2024-03-01")]);
    let mut failed = pending("zzz.example.");
    failed.registration.details =
        Details::Failed(Box::new(problem("The details are missing.", "It answered 503.")));
    test.hear_rows("ovh", vec![failed]);
    let unreadable = problem("own cannot be asked.", "The list in /var/lib/own cannot be read.");
    test.hear_end("own", Err(unreadable));
    insta::assert_snapshot!(test.screen(80, 24), @"
     example.com · ns1.example.com · serial 2026112101
    ┌ Secondaries ─────────────────────────────────────────── 2 of 4 · asking ovh ─┐
    │  Domain               Created    Primary IP      Secondary        State      │
    │  own: own cannot be asked. The list in /var/lib/own cannot be read.          │
    │▌ example.com                                                      asking     │
    │  shop.example         2024-03-01 192.0.2.1       sdns2.example.n… registered │
    │  zzz.example                                                      no details │
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
     example.com at ovh, vps/vps-1.example
     + add  - remove  Enter details  / find  R ask again  Esc back  ? help
    ");
    test.hear_rows("ovh", vec![told("@", "2026-11-22")]);
    test.hear_end("ovh", Ok(()));
    insta::assert_snapshot!(test.part((132, 43), 0, 8), @"
     example.com · ns1.example.com · serial 2026112101
    ┌ Secondaries ──────────────────────────────────────────────────────────────────────────────────────────────────────────── 2 of 4 ─┐
    │  Domain                            Created     Primary IP       Secondary                  State          Service                │
    │  own: own cannot be asked. The list in /var/lib/own cannot be read.                                                              │
    │▌ example.com                       2026-11-22  192.0.2.1        sdns2.example.net          not in NS      ovh, vps/vps-1.example │
    │  shop.example                      2024-03-01  192.0.2.1        sdns2.example.net          registered     ovh, vps/vps-1.example │
    │  zzz.example                                                                               no details     ovh, vps/vps-1.example │
    │                                                                                                                                  │
    ");
    test.keys("Home");
    insta::assert_snapshot!(test.part((80, 24), 21, 3), @"
    └──────────────────────────────────────────────────────────────────────────────┘
     own cannot be asked. The list in /var/lib/own cannot be read. Look at its set…
     + add  - remove  Enter details  / find  R ask again  Esc back  ? help
    ");
}

#[test]
fn what_is_gone_goes_and_what_could_not_be_asked_for_stays_as_old() {
    let mut test = Test::with_services();
    test.keys("4");
    test.hear_rows("ovh", vec![told("@", "2026-11-22"), told("gone.example.", "2020-01-01")]);
    test.hear_end("ovh", Ok(()));
    test.hear_rows("own", vec![told("home.example.", "2020-01-01")]);
    test.hear_end("own", Ok(()));
    let old = test.asked_list();
    test.keys("R");
    // An answer to the old question is none.
    test.send(Msg::Secondary {
        request: old,
        heard: Heard::Listed { backend: "own".into(), result: Ok(()) },
    });
    test.hear_rows("ovh", vec![told("@", "2026-11-22")]);
    test.hear_end("ovh", Ok(()));
    test.hear_end("own", Err(problem("own cannot be asked.", "Nobody answers.")));
    insta::assert_snapshot!(test.part((80, 24), 1, 7), @"
    ┌ Secondaries ──────────────────────────────────────────────────────── 2 of 3 ─┐
    │  Domain               Created    Primary IP      Secondary        State      │
    │  own: own cannot be asked. Nobody answers.                                   │
    │▌ example.com          2026-11-22 192.0.2.1       sdns2.example.n… not in NS  │
    │  home.example         2020-01-01 192.0.2.1       sdns2.example.n… not known  │
    │                                                                              │
    │                                                                              │
    ");
    test.keys("Down Down");
    insta::assert_snapshot!(test.part((80, 24), 22, 1), @" home.example at own, vps/vps-1.example; from an earlier look: the service cou…");
}

#[test]
fn letters_find_a_domain_and_the_screen_is_left_step_by_step() {
    let mut test = Test::with_services();
    test.keys("c 4");
    let rows = |number: usize| told(&format!("z{number:04}.example."), "2026-11-22");
    test.hear_rows("ovh", (0..5000).map(rows).collect());
    test.hear_rows("own", vec![told("@", "2026-11-22")]);
    // The marker is on the open zone until the person moves.
    insta::assert_snapshot!(test.part((80, 24), 22, 1), @" example.com at own, vps/vps-1.example");
    test.keys("'z42'");
    insta::assert_snapshot!(test.part((80, 24), 1, 4), @"
    ┌ Secondaries ──────────────────────────────────── 1 of 383 · asking ovh, own ─┐
    │  /z42                                                                        │
    │▌ z4200.example        2026-11-22 192.0.2.1       sdns2.example.n… registered │
    │  z4201.example        2026-11-22 192.0.2.1       sdns2.example.n… registered │
    ");
    test.keys("Down Esc");
    insta::assert_snapshot!(test.part((80, 24), 22, 1), @" z4201.example at ovh, vps/vps-1.example");
    test.keys("/ 'nothing'");
    insta::assert_snapshot!(test.part((80, 24), 2, 3), @"
    │  /nothing                                                                    │
    │  no domain has that in its name; Esc shows all                               │
    │                                                                              │
    ");
    test.keys("Esc Esc");
    assert!(matches!(test.app.screen, Screen::Changes(_)));
}

#[test]
fn without_services_it_says_how_to_have_some() {
    let mut test = Test::new();
    test.keys("4");
    insta::assert_snapshot!(test.part((80, 24), 1, 5), @"
    ┌ Secondaries ─────────────────────────────────────────────────────────────────┐
    │  Domain               Created    Primary IP      Secondary        State      │
    │  No secondary service is configured: [secondary.NAME] with its backend.      │
    │  zonewright config example shows some.                                       │
    │                                                                              │
    ");
    test.keys("R");
    insta::assert_snapshot!(test.part((80, 24), 22, 1), @" zonewright config example shows some.");
}
