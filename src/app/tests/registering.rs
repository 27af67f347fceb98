//! Registering a domain at a secondary DNS service, and removing it, on the screen.

use super::secondaries::{problem, told, with_services};
use super::*;
use crate::app::secondaries::{Begun, Call, Heard, Unfinished};
use crate::facts::registration::{Abilities, Challenge, Offered, Problem, ProblemKind, Wanted};
use crate::registering::{self, Action, Doing, Event, Goal, Job, Saved};

/// The latest effect for a secondary service that is wanted.
fn asked<T>(test: &Test, wanted: impl Fn(&Call) -> Option<T>) -> Option<(RequestId, T)> {
    test.latest(|effect| match effect {
        Effect::Secondary { request, call } => wanted(call).map(|found| (*request, found)),
        _ => None,
    })
}

impl Test {
    /// Answers the latest question about places.
    fn places(&mut self, services: &[Option<&str>], abilities: Abilities) {
        let (request, ()) = asked(self, |call| matches!(call, Call::Places { .. }).then_some(())).unwrap();
        let services = services.iter().map(|service| service.map(str::to_owned)).collect();
        self.send(Msg::Secondary { request, heard: Heard::Places { result: Ok((abilities, services)) } });
    }

    /// The service is open, and nothing is kept of an earlier run.
    fn begun(&mut self, abilities: Abilities, saved: Option<Saved>) {
        let (request, ()) = asked(self, |call| matches!(call, Call::Begin { .. }).then_some(())).unwrap();
        self.send(Msg::Secondary { request, heard: Heard::Begun(Ok(Begun { abilities, saved })) });
    }

    /// The action that is wanted now.
    fn step(&self) -> Action {
        let step = |call: &Call| match call {
            Call::Step { action } => Some((**action).clone()),
            _ => None,
        };
        asked(self, step).expect("a step").1
    }

    fn happens(&mut self, event: Event) {
        let step = asked(self, |call| matches!(call, Call::Step { .. }).then_some(()));
        let (request, ()) = step.expect("a step");
        self.send(Msg::Secondary { request, heard: Heard::Stepped(Box::new(event)) });
    }

    /// The job asks for consent to this proof.
    fn challenged(&mut self) {
        self.begun(ABLE, None);
        let no = Problem { kind: ProblemKind::NotRegistered, ..problem("No.", "There is none.") };
        self.happens(Event::Got(Err(no)));
        self.happens(Event::Offered(Ok(vec![offered()])));
        assert!(matches!(self.step(), Action::Write(_)));
        self.happens(Event::Written(Ok(())));
        assert!(matches!(self.step(), Action::Add(_)));
        let challenge =
            Challenge { owner: name("ownercheck"), rtype: RecordType::TXT, value: "339ea8d0".into() };
        let kind = ProblemKind::Challenged(Box::new(challenge));
        self.happens(Event::Added(Err(Problem { kind, ..problem("Not yet.", "It wants proof.") })));
        self.happens(Event::Loaded(Ok(loaded())));
        let delegation = Delegation {
            parent: name("com."),
            nameservers: vec![Delegated { name: name("ns1"), glue: Vec::new() }],
        };
        self.happens(Event::Parent(Parent::Delegates(delegation)));
    }

    /// As a service that takes the primary's address.
    fn begin_adding(&mut self) {
        self.keys("4");
        self.hear_end("ovh", Ok(()));
        self.hear_end("own", Ok(()));
        self.keys("+ Enter");
        self.places(&[Some("vps/vps-1.example"), Some("vps/vps-2.example")], ABLE);
    }
}

const ABLE: Abilities = Abilities {
    challenge_beforehand: false,
    change_primary: false,
    takes_primary: true,
    by_hand: false,
    mends: false,
    hands_over: false,
};

fn offered() -> Offered {
    Offered { name: name("sdns2.example.net."), addresses: vec!["198.51.100.53".parse().unwrap()] }
}

fn loaded() -> registering::Loaded {
    registering::Loaded { zone: zone(ZONE), kind: ServerKind::Embedded, editable: Ok(()) }
}

#[test]
fn a_domain_is_registered_with_its_proof_of_ownership_and_its_ns_record_proposed() {
    let mut test = Test::with_services();
    test.app.settings.hosts = vec!["127.0.0.1".into(), "192.0.2.53".into()];
    test.begin_adding();
    insta::assert_snapshot!(test.part((80, 24), 1, 5), @"
    ┌ Register at ─────────────────────────────────────────────────────────────────┐
    │ search:                                                                      │
    │▌vps/vps-1.example                                                            │
    │ vps/vps-2.example                                                            │
    │                                                                              │
    ");
    test.keys("Enter");
    insta::assert_snapshot!(test.screen(80, 24), @"
     example.com · ns1.example.com · serial 2026112101
    ┌ Register a domain ───────────────────────────────────────────────────────────┐
    │ Registers a domain at ovh, vps/vps-1.example, which then transfers the zone  │
    │ and serves it.                                                               │
    │                                                                              │
    │  Domain  [example.com                            ]                           │
    │  Primary [192.0.2.53                             ]                           │
    │                                                                              │
    │ a domain, such as example.net                                                │
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

     Enter go on  Tab next field  Esc cancel  F1 help
    ");
    test.keys("Enter");
    insta::assert_snapshot!(test.part((80, 24), 0, 5), @"
     example.com · ns1.example.com · serial 2026112101 · registering
    ┌ Registering ─────────────────────────────────────────────────────────────────┐
    │ example.com at ovh, vps/vps-1.example, from 192.0.2.53                       │
    │                                                                              │
    │ Opening the service.                                                         │
    ");
    test.challenged();
    insta::assert_snapshot!(test.screen(80, 24), @r#"
     example.com · ns1.example.com · serial 2026112101 · registering
    ┌ Registering ─────────────────────────────────────────────────────────────────┐
    │ example.com at ovh, vps/vps-1.example, from 192.0.2.53                       │
    │                                                                              │
    │ [x] Ask what is registered           It is not registered.                   │
    │ [>] Proof of ownership               ownercheck.example.com. TXT "339ea8d0"  │
    │ [ ] Put the proof into the zone                                              │
    │ [ ] See nameservers serve it                                                 │
    │ [ ] Register the domain              It wants a proof of ownership first.    │
    │ [ ] Take the proof out again                                                 │
    │ [ ] See the secondary serve the zone                                         │
    │                                                                              │
    │ ovh wants to see this record first, as proof of ownership:                   │
    │   ownercheck.example.com. 60 TXT "339ea8d0"                                  │
    │ It is pushed to ns1.example.com by itself; your draft stays as it is. It is  │
    │ taken out again when the registration stands, or is given up.                │
    │ The world asks ns1.example.com.                                              │
    │                                                                              │
    │ y agrees. h: it is created elsewhere, by you. c gives it up.                 │
    │                                                                              │
    │                                                                              │
    └──────────────────────────────────────────────────────────────────────────────┘

     y agree  h by hand  c give up  n NS record  t transfers  Esc back  ? help
    "#);
    insta::assert_snapshot!(test.part((132, 43), 1, 22), @r#"
    ┌ Registering ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────┐
    │ example.com at ovh, vps/vps-1.example, from 192.0.2.53                                                                           │
    │                                                                                                                                  │
    │ [x] Ask what is registered           It is not registered.                                                                       │
    │ [>] Proof of ownership               ownercheck.example.com. TXT "339ea8d0"                                                      │
    │ [ ] Put the proof into the zone                                                                                                  │
    │ [ ] See nameservers serve it                                                                                                     │
    │ [ ] Register the domain              It wants a proof of ownership first.                                                        │
    │ [ ] Take the proof out again                                                                                                     │
    │ [ ] See the secondary serve the zone                                                                                             │
    │                                                                                                                                  │
    │ ovh wants to see this record first, as proof of ownership:                                                                       │
    │   ownercheck.example.com. 60 TXT "339ea8d0"                                                                                      │
    │ It is pushed to ns1.example.com by itself; your draft stays as it is. It is taken out again when the registration stands, or is  │
    │ given up.                                                                                                                        │
    │ The world asks ns1.example.com.                                                                                                  │
    │                                                                                                                                  │
    │ y agrees. h: it is created elsewhere, by you. c gives it up.                                                                     │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    "#);
    // Nothing is in the zone before the person agrees; the job goes on elsewhere.
    test.keys("Esc Esc");
    assert!(matches!(test.app.screen, Screen::Main));
    insta::assert_snapshot!(test.part((80, 24), 0, 1), @" example.com · ns1.example.com · serial 2026112101 · registering: 4 answers");
    test.keys("4 y");
    let Action::Write(saved) = test.step() else { panic!("{:?}", test.step()) };
    assert_eq!(saved.doing, Doing::Proving);
    // Given up before anything was sent, nothing is left behind.
    test.keys("c");
    test.happens(Event::Written(Ok(())));
    insta::assert_snapshot!(test.part((80, 24), 1, 16), @r#"
    ┌ Registering ─────────────────────────────────────────────────────────────────┐
    │ example.com at ovh, vps/vps-1.example, from 192.0.2.53                       │
    │                                                                              │
    │ [x] Ask what is registered           It is not registered.                   │
    │ [x] Proof of ownership               ownercheck.example.com. TXT "339ea8d0"  │
    │ [-] Put the proof into the zone                                              │
    │ [-] See nameservers serve it                                                 │
    │ [-] Register the domain              It wants a proof of ownership first.    │
    │ [-] Take the proof out again                                                 │
    │ [-] See the secondary serve the zone                                         │
    │                                                                              │
    │ It is being given up: what is in the zone is taken out.                      │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    "#);
}

#[test]
fn a_registration_stands_and_its_nameserver_is_proposed() {
    let mut test = Test::with_services();
    test.begin_adding();
    test.keys("Enter Enter");
    test.begun(ABLE, None);
    let registration = told("@", "").registration;
    test.happens(Event::Got(Ok(registration)));
    test.happens(Event::Offered(Ok(vec![offered()])));
    insta::assert_snapshot!(test.screen(80, 24), @"
     example.com · ns1.example.com · serial 2026112101
    ┌ Registering ─────────────────────────────────────────────────────────────────┐
    │ example.com at ovh, vps/vps-1.example                                        │
    │                                                                              │
    │ [x] Ask what is registered           It is registered.                       │
    │ [-] Proof of ownership                                                       │
    │ [-] Put the proof into the zone                                              │
    │ [-] See nameservers serve it                                                 │
    │ [-] Register the domain                                                      │
    │ [-] Take the proof out again                                                 │
    │ [-] See the secondary serve the zone                                         │
    │                                                                              │
    │ example.com was registered already.                                          │
    │ n proposes its NS record (sdns2.example.net); t: what the primary must       │
    │ allow.                                                                       │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    └──────────────────────────────────────────────────────────────────────────────┘

     y agree  h by hand  c give up  n NS record  t transfers  Esc back  ? help
    ");
    let (request, _) = asked(&test, |call| matches!(call, Call::Look { .. }).then_some(())).unwrap();
    let heard =
        Heard::Looked { result: Ok(told("@", "2026-11-22")), offered: Ok(vec![offered()]), abilities: ABLE };
    test.send(Msg::Secondary { request, heard });
    test.keys("t");
    insta::assert_snapshot!(test.part((80, 24), 1, 8), @"
    ┌ The primary is ──────────────────────────────────────────────────────────────┐
    │ search:                                                                      │
    │▌BIND      what to write into its configuration                               │
    │ Knot DNS  what to write into its configuration                               │
    │ NSD       what to write into its configuration                               │
    │ PowerDNS  what to write into its configuration                               │
    │                                                                              │
    │                                                                              │
    ");
    test.keys("Enter");
    insta::assert_snapshot!(test.part((80, 24), 4, 16), @r#"
    │ [x] Ask what is registered           It is registered.                       │
    │ [-] Proof of ownership                                                       │
    │ [-] Put the proof into the zone                                              │
    │ [-] See n┌ To allow the transfers ───────────────────────────────┐           │
    │ [-] Regis│ Allow it in named.conf, beside those who may already: │           │
    │ [-] Take │   zone "example.com" {                                │           │
    │ [-] See t│       allow-transfer { 198.51.100.53; };              │           │
    │          │       also-notify { 198.51.100.53; };                 │           │
    │ example.c│   };                                                  │           │
    │ n propose│   rndc reconfig                                       │must       │
    │ allow.   │                                                       │           │
    │          │ ▌(y) Copy   (c) Close                                 │           │
    │          └───────────────────────────────────────────────────────┘           │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    "#);
    test.keys("y");
    assert!(test.did(|effect| matches!(effect, Effect::Copy(text) if text.contains("198.51.100.53"))));
    test.keys("n");
    insta::assert_snapshot!(test.part((80, 24), 1, 8), @"
    ┌ Nameservers of the secondary service ──────────────────────── 1 of 1 ticked ─┐
    │▌[x] @ NS                                                                     │
    │     + 1h      sdns2.example.net.                                             │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    ");
    test.keys("Enter");
    assert!(test.changes().iter().any(|line| line.starts_with("+ @ ") && line.contains("sdns2")));
    // The upper pane knows.
    assert_eq!(test.app.registered_with(&name("sdns2.example.net.")), ["ovh"]);
}

#[test]
fn a_removal_names_domain_and_service_and_warns_of_what_still_points_there() {
    let mut test = Test::with(&format!("{ZONE}@ 3600 NS sdns2.example.net.\n"));
    test.app.settings.config = with_services().config;
    test.keys("4");
    test.hear_rows("ovh", vec![told("@", "2026-11-22")]);
    test.hear_end("ovh", Ok(()));
    test.keys("-");
    test.begun(ABLE, None);
    test.happens(Event::Got(Ok(told("@", "").registration)));
    test.happens(Event::Offered(Ok(vec![offered()])));
    let zone = zone(&format!("{ZONE}@ 3600 NS sdns2.example.net.\n"));
    test.happens(Event::Loaded(Ok(registering::Loaded { zone, ..loaded() })));
    let delegation = Delegation {
        parent: name("com."),
        nameservers: vec![Delegated { name: name("sdns2.example.net."), glue: Vec::new() }],
    };
    test.happens(Event::Parent(Parent::Delegates(delegation)));
    insta::assert_snapshot!(test.screen(80, 24), @"
     example.com · ns1.example.com · serial 2026112101 · removing              demo
    ┌ Removing ────────────────────────────────────────────────────────────────────┐
    │ example.com at ovh, vps/vps-1.example                                        │
    │                                                                              │
    │ [x] Ask what is registered           It is registered.                       │
    │ [>] Your consent                                                             │
    │ [ ] Remove the registration                                                  │
    │ [ ] Take the proof out again                                                 │
    │                                                                              │
    │ Remove example.com at ovh, vps/vps-1.example? It ceases to serve the zone.   │
    │ sdns2.example.net. is still in the zone's NS records: resolvers go on asking │
    │ it.                                                                          │
    │ The zone above still delegates to sdns2.example.net.: have the registrar     │
    │ change that first.                                                           │
    │                                                                              │
    │ n takes it out of the NS records first. y removes all the same. c: not.      │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    └──────────────────────────────────────────────────────────────────────────────┘

     y agree  h by hand  c give up  n NS record  t transfers  Esc back  ? help
    ");
    // First the NS record.
    test.keys("n");
    insta::assert_snapshot!(test.part((80, 24), 1, 6), @"
    ┌ Without the secondary service ─────────────────────────────── 1 of 1 ticked ─┐
    │▌[x] @ NS                                                                     │
    │     - 1h      sdns2.example.net.                                             │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    ");
    assert!(!test.did(|effect| matches!(effect, Effect::Secondary { call: Call::Step { action }, .. } if matches!(**action, Action::Remove(_)))));
    assert!(test.app.secondaries.walk.is_none());
}

#[test]
fn what_an_earlier_run_has_left_is_offered_and_gone_on_with() {
    let mut test = Test::starting(with_services());
    test.load(ZONE);
    let (request, _) =
        asked(&test, |call| matches!(call, Call::FindUnfinished { .. }).then_some(())).unwrap();
    let challenge = Challenge { owner: name("ownercheck"), rtype: RecordType::TXT, value: "339ea8d0".into() };
    let wanted = Wanted { place: told("@", "").registration.place, primary: None };
    let job = Job { goal: Goal::Add, wanted };
    let saved = Saved { job, doing: Doing::Proving, proofs: vec![challenge], created: None };
    let unfinished = Unfinished { backend: "ovh".into(), saved: saved.clone() };
    test.send(Msg::Secondary { request, heard: Heard::Unfinished(vec![unfinished]) });
    insta::assert_snapshot!(test.part((80, 24), 7, 9), @r#"
    │▌ @                           1h  SOA       ns1 hostmaster 2026112101 3600 90…│
    │  @                           1h  A         192.0.2.1                         │
    │  @  ┌ Secondary service ───────────────────────────────────────────────┐     │
    │  @  │ A registration of example.com at ovh was not finished.           │le.n…│
    │  *.d│ ownercheck.example.com. TXT "339ea8d0" may still be in the zone. │     │
    │  ftp│                                                                  │     │
    │  mai│ ▌(g) Go on with it   (u) Give it up   (l) Later                  │     │
    │  ns1└──────────────────────────────────────────────────────────────────┘     │
    │  ns1                         1h  AAAA      2001:db8::53                      │
    "#);
    test.keys("g");
    test.begun(ABLE, Some(saved));
    assert!(matches!(test.step(), Action::Get(_)));
    // Leaving only rests it.
    test.keys("Esc Esc q");
    insta::assert_snapshot!(test.part((80, 24), 7, 9), @"
    │▌ @                           1h  SOA       ns1 hostmaster 2026112101 3600 90…│
    │  @                           1h  A         192.0.2.1                         │
    │  @ ┌ Secondary service ─────────────────────────────────────────────────┐    │
    │  @ │ Registering example.com is under way.                              │e.n…│
    │  *.│ It is kept on the disk, and offered when the zone is opened again. │    │
    │  ft│                                                                    │    │
    │  ma│  (l) Leave it for later  ▌(s) Stay                                 │    │
    │  ns└────────────────────────────────────────────────────────────────────┘    │
    │  ns1                         1h  AAAA      2001:db8::53                      │
    ");
    test.keys("l");
    assert!(test.did(|effect| matches!(effect, Effect::Quit)));
}
