//! The way of a push out to the world, on its result screen.

use super::pushing::Server;
use super::*;
use crate::app::way_out::Whom;
use crate::facts::{Fault, SetAnswer, Transport};
use crate::zone::RrSet;

const SERIAL: u32 = 2_026_112_102;

/// A push that was applied; the nameservers are asked again.
fn pushed() -> Test {
    let mut test = super::screens::edited();
    test.send(Msg::Clock(1_795_312_980));
    let config = "public-resolvers = [\"9.9.9.9\", \"[2620:fe::fe]:5353\"]";
    test.app.settings.config = Arc::new(crate::config::parse(config).unwrap());
    test.keys("c w y");
    let mut server = Server::with(test.open().draft.base().clone());
    server.serve(&mut test);
    test.effects.clear();
    test
}

/// The questions for sets since then.
fn asked(test: &Test) -> Vec<(RequestId, Whom, usize)> {
    let asked = |effect: &Effect| match effect {
        Effect::AskSets { request, whom, keys } => Some((*request, *whom, keys.len())),
        _ => None,
    };
    test.effects.iter().filter_map(asked).collect()
}

/// What a server says that has the zone as it is served now.
fn right(test: &Test) -> Vec<SetAnswer> {
    let zone = test.open().draft.base().clone();
    let answer = |owner, rtype| SetAnswer {
        authoritative: true,
        contents: zone.get(&RrKey::new(name(owner), rtype)),
        referral: None,
    };
    let keys = [("old", RecordType::A), ("shop", RecordType::CNAME), ("www", RecordType::A)];
    keys.map(|(owner, rtype)| answer(owner, rtype)).into()
}

#[test]
fn each_nameserver_and_the_caches() {
    let mut test = pushed();
    let silent = Reply::Fault(Fault::TimedOut);
    test.nameserver(
        "ns1",
        &[("192.0.2.53", serial(SERIAL, 3), serial(SERIAL, 4)), ("2001:db8::53", silent, silent)],
    );
    let [(request, whom, 3)] = asked(&test)[..] else { panic!("{:?}", test.effects) };
    assert_eq!(whom, Whom::Nameserver("192.0.2.53".parse().unwrap(), Transport::Udp));
    test.nameserver("ns2.example.net.", &[("198.51.100.7", serial(SERIAL - 1, 9), Reply::NotAsked)]);
    // Nothing yet of the first.
    assert!(test.screen(80, 24).contains("has the serial, asking for the change"), "{}", test.screen(80, 24));
    test.send(Msg::Sets { request, answers: Ok(right(&test)) });
    insta::assert_snapshot!(test.screen(80, 24), @"
     example.com · ns1.example.com · serial 2026112102                         demo
    ┌ Push result ─────────────────────────────────────────────────────────────────┐
    │ Applied: 3 changes, as read back from the server.                            │
    │ Serial 2026112101 -> 2026112102.  Answer NOERROR.                            │
    │ On its way: 0 of 2 nameservers have it.                                      │
    │   ns1.example.com.  192.0.2.53    has it                                     │
    │                     2001:db8::53  timed out                                  │
    │   ns2.example.net.  198.51.100.7  1 behind                                   │
    │ Old answers may be in caches until, at the earliest:                         │
    │   2026-11-23 02:03 UTC  old A (1d)                                           │
    │   2026-11-22 03:03 UTC  www A (1h)                                           │
    │   2026-11-22 02:08 UTC  shop CNAME (5m)                                      │
    │ p asks your public resolvers.                                                │
    │ applied            old A                                                     │
    │ applied            shop CNAME                                                │
    │ applied            www A                                                     │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    └──────────────────────────────────────────────────────────────────────────────┘

     Enter records  R reload  c changes  ? help
    ");
    // It is not asked again; the other one is as soon as it has the serial.
    test.effects.clear();
    test.nameserver("ns1", &[("192.0.2.53", serial(SERIAL, 3), Reply::NotAsked)]);
    assert_eq!(asked(&test), []);
    test.send(Msg::Clock(1_795_313_100));
    test.nameserver("ns2.example.net.", &[("198.51.100.7", serial(SERIAL, 9), Reply::NotAsked)]);
    let [(request, ..)] = asked(&test)[..] else { panic!("{:?}", test.effects) };
    // It has the serial, and an old address still.
    let mut answers = right(&test);
    answers[2].contents = Some(RrSet::new(3600, vec![Box::new([192, 0, 2, 10])]));
    test.send(Msg::Sets { request, answers: Ok(answers) });
    assert!(
        test.screen(80, 24).contains("has the serial, but not 1 of 3 record sets"),
        "{}",
        test.screen(80, 24)
    );
    test.effects.clear();
    test.nameserver("ns2.example.net.", &[("198.51.100.7", serial(SERIAL, 9), Reply::NotAsked)]);
    let [(request, ..)] = asked(&test)[..] else { panic!("{:?}", test.effects) };
    test.send(Msg::Sets { request, answers: Ok(right(&test)) });
    insta::assert_snapshot!(test.part((132, 43), 0, 16), @"
     example.com · ns1.example.com · serial 2026112102                                                                             demo
    ┌ Push result ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────┐
    │ Applied: 3 changes, as read back from the server.                                                                                │
    │ Serial 2026112101 -> 2026112102.  Answer NOERROR.                                                                                │
    │ All 2 nameservers have it.                                                                                                       │
    │   ns1.example.com.  192.0.2.53    has it                                                                                         │
    │   ns2.example.net.  198.51.100.7  has it                                                                                         │
    │ Old answers may be in caches until:                                                                                              │
    │   2026-11-23 02:05 UTC  old A (1d)                                                                                               │
    │   2026-11-22 03:05 UTC  www A (1h)                                                                                               │
    │   2026-11-22 02:10 UTC  shop CNAME (5m)                                                                                          │
    │ p asks your public resolvers.                                                                                                    │
    │ applied            old A                                                                                                         │
    │ applied            shop CNAME                                                                                                    │
    │ applied            www A                                                                                                         │
    │                                                                                                                                  │
    ");
    // Nothing more is wanted of the world.
    test.effects.clear();
    test.nameserver("ns2.example.net.", &[("198.51.100.7", serial(SERIAL, 9), Reply::NotAsked)]);
    assert!(test.effects.is_empty(), "{:?}", test.effects);
}

#[test]
fn public_resolvers_are_asked_on_request() {
    let mut test = pushed();
    assert_eq!(asked(&test), []);
    test.keys("p");
    let [(first, whom, 3), (second, _, 3)] = asked(&test)[..] else { panic!("{:?}", test.effects) };
    assert_eq!(whom, Whom::Resolver("9.9.9.9:53".parse().unwrap()));
    assert!(test.screen(80, 24).contains("Resolver 9.9.9.9: asking"), "{}", test.screen(80, 24));
    // TTLs are counted down there.
    let mut answers = right(&test);
    answers[2].contents = answers[2].contents.clone().map(|set| RrSet { ttl: 17, ..set });
    answers[0].contents = Some(RrSet::new(5, vec![Box::new([192, 0, 2, 99])]));
    test.send(Msg::Sets { request: first, answers: Ok(answers) });
    test.send(Msg::Sets { request: second, answers: Err(Fault::TimedOut) });
    let screen = test.screen(80, 24);
    assert!(screen.contains("Resolver 9.9.9.9: has 2 of 3; still old: old A"), "{screen}");
    assert!(screen.contains("Resolver [2620:fe::fe]:5353: timed out"), "{screen}");
    // Once more, and what comes late of the first time is of no interest.
    test.keys("p");
    test.send(Msg::Sets { request: first, answers: Ok(right(&test)) });
    assert_eq!(test.screen(80, 24).matches(": asking").count(), 2);
    // Elsewhere, and where none is configured, it says so.
    test.app.settings.config = Arc::default();
    assert!(test.keys("p").screen(80, 24).contains("the configuration names no public-resolvers"));
    test.keys("Enter");
    test.send(Msg::Sets { request: second, answers: Ok(Vec::new()) });
}

#[test]
fn the_way_out_stands_above_what_is_applied_and_moves_no_line_twice() {
    let mut test = pushed();
    let lines = |test: &Test| -> Vec<String> {
        let Screen::Result(results) = &test.app.screen else { panic!() };
        results.lines.iter().map(|line| line.text.clone()).collect()
    };
    let before = lines(&test);
    for _ in 0..3 {
        test.nameserver("ns1", &[("192.0.2.53", Reply::Fault(Fault::Refused), Reply::Fault(Fault::Refused))]);
    }
    let after = lines(&test);
    assert_eq!(before.len(), after.len());
    let place = |text: &str| after.iter().position(|line| line.contains(text)).unwrap();
    assert!(place("Serial") < place("On its way") && place("lame: refused") < place("Old answers"));
    assert!(place("Old answers") < place("applied "), "{after:#?}");
}

#[test]
fn the_way_out_goes_on_elsewhere_and_is_told_of() {
    let mut test = super::screens::edited();
    assert!(test.keys(": 'way-out' Enter").screen(80, 24).contains("nothing was pushed yet"));
    let mut test = pushed();
    test.keys("Enter");
    for (server, address) in [("ns1", "192.0.2.53"), ("ns2.example.net.", "198.51.100.7")] {
        test.effects.clear();
        test.nameserver(server, &[(address, serial(SERIAL, 3), serial(SERIAL, 4))]);
        let [(request, ..)] = asked(&test)[..] else { panic!("{:?}", test.effects) };
        assert!(!test.screen(80, 24).contains("what you pushed"));
        test.send(Msg::Sets { request, answers: Ok(right(&test)) });
    }
    let screen = test.screen(80, 24);
    assert!(screen.contains("all nameservers have what you pushed"), "{screen}");
    test.keys(": 'way-out' Enter");
    insta::assert_snapshot!(test.part((80, 24), 0, 10), @"
     example.com · ns1.example.com · serial 2026112102                         demo
    ┌ Push result ─────────────────────────────────────────────────────────────────┐
    │ All 2 nameservers have it.                                                   │
    │   ns1.example.com.  192.0.2.53    has it                                     │
    │   ns2.example.net.  198.51.100.7  has it                                     │
    │ Old answers may be in caches until:                                          │
    │   2026-11-23 02:03 UTC  old A (1d)                                           │
    │   2026-11-22 03:03 UTC  www A (1h)                                           │
    │   2026-11-22 02:08 UTC  shop CNAME (5m)                                      │
    │ p asks your public resolvers.                                                │
    ");
}
