use std::time::Duration;

use super::*;
use crate::facts::{AddressStatus, Reply};
use crate::health::Expected;
use crate::zone::{RecordType, RrKey, RrSet};

fn name(text: &str) -> Name {
    Name::parse(text.as_bytes(), None).unwrap()
}

fn serves(serial: u32) -> Reply {
    Reply::Serial { serial, round_trip: Duration::from_millis(1) }
}

/// An address of documentation.
fn at(last: u8) -> IpAddr {
    IpAddr::from([192, 0, 2, last])
}

fn status(server: &str, addresses: &[(u8, Reply, Reply)]) -> NameserverStatus {
    let address = |(last, udp, tcp): &(u8, Reply, Reply)| AddressStatus {
        address: at(*last),
        udp: *udp,
        tcp: *tcp,
        expire: None,
    };
    NameserverStatus {
        name: name(server),
        addresses: addresses.iter().map(address).collect(),
        problem: None,
        unasked: 0,
        complete: true,
    }
}

fn set(address: u8) -> RrSet {
    RrSet::new(300, vec![at(address).to_string().split('.').map(|part| part.parse().unwrap()).collect()])
}

/// A changed address and a deleted one.
fn goal() -> Goal {
    let key = |owner| RrKey::new(name(owner), RecordType::A);
    Goal {
        serial: 7,
        sets: vec![
            (key("www.example.com."), Expected::Contents(Some(set(80)))),
            (key("gone.example.com."), Expected::Contents(None)),
        ],
        unasked: 0,
    }
}

fn answer(contents: Option<RrSet>) -> SetAnswer {
    SetAnswer { authoritative: true, contents, referral: None }
}

fn words(follow: &Follow) -> Vec<String> {
    let addresses = follow.servers().iter().flat_map(|server| &server.addresses);
    addresses.map(|at| format!("{}: {}", follow.arrival(at).word(), follow.in_words(at))).collect()
}

#[test]
fn a_change_comes_to_one_server_after_the_other() {
    let (a, b) = (name("a."), name("b."));
    let mut follow = Follow::new(goal(), [a.clone(), b.clone()]);
    assert!(!follow.is_done() && follow.is_one_on_its_way());
    // With the serial it is asked for the sets, once.
    assert_eq!(follow.on_status(&status("a.", &[(1, serves(7), serves(7))]), 100), [(at(1), Transport::Udp)]);
    assert_eq!(follow.on_status(&status("a.", &[(1, serves(7), serves(7))]), 101), []);
    assert_eq!(follow.on_status(&status("b.", &[(2, serves(6), Reply::NotAsked)]), 101), []);
    assert_eq!(words(&follow), ["checking: has the serial, asking for the change", "behind: 1 behind"]);
    // The old address is still there: it is asked again.
    follow.on_sets(&a, at(1), Ok(&[answer(Some(set(1))), answer(None)]), 102);
    assert_eq!(words(&follow)[0], "lacks: has the serial, but not 1 of 2 record sets");
    assert_eq!(follow.on_status(&status("a.", &[(1, serves(7), serves(7))]), 103).len(), 1);
    follow.on_sets(&a, at(1), Ok(&[answer(Some(set(80))), answer(None)]), 104);
    assert_eq!(words(&follow)[0], "arrived: has it");
    // While one lags nobody knows: at the earliest now.
    assert_eq!((follow.is_done(), follow.everywhere_since(110)), (false, (110, false)));
    assert_eq!(follow.on_status(&status("b.", &[(2, serves(7), Reply::NotAsked)]), 120).len(), 1);
    follow.on_sets(&b, at(2), Ok(&[answer(Some(set(80))), answer(Some(set(9)))]), 121);
    assert_eq!(words(&follow)[1], "lacks: has the serial, but not 1 of 2 record sets");
    follow.on_status(&status("b.", &[(2, serves(7), Reply::NotAsked)]), 130);
    follow.on_sets(&b, at(2), Ok(&[answer(Some(set(80))), answer(None)]), 131);
    assert_eq!((follow.is_done(), follow.everywhere_since(999)), (true, (131, true)));
    // And is not asked any more.
    assert_eq!(follow.on_status(&status("a.", &[(1, serves(7), serves(7))]), 140), []);
}

#[test]
fn each_server_that_does_not_get_it_has_its_verdict() {
    let names = ["lags.", "lame.", "udp.", "tcp.", "dead.", "ahead.", "nowhere."];
    let mut follow = Follow::new(Goal::of_serial(7), names.map(name));
    let fault = Reply::Fault;
    for (server, udp, tcp) in [
        ("lags.", serves(5), serves(5)),
        ("lame.", fault(Fault::Refused), fault(Fault::Refused)),
        ("udp.", serves(7), fault(Fault::ConnectionRefused)),
        ("tcp.", fault(Fault::TimedOut), serves(7)),
        ("dead.", fault(Fault::TimedOut), fault(Fault::TimedOut)),
        ("ahead.", serves(9), serves(9)),
        ("nowhere.", fault(Fault::NoRoute), Reply::NotAsked),
    ] {
        follow.on_status(&status(server, &[(1, udp, tcp)]), 100);
    }
    assert_eq!(
        words(&follow),
        [
            "behind: 2 behind",
            "lame: lame: refused",
            "arrived: has it, no TCP",
            "arrived: has it, no UDP",
            "dead: timed out",
            "stuck: 2 ahead",
            "not-from-here: no route",
        ]
    );
    assert!(follow.is_one_on_its_way() && !follow.is_done() && follow.is_one_ahead());
    // The primary has that version: the server has the change, and more.
    follow.primary_has(9);
    assert!(!follow.is_one_ahead());
    assert_eq!(words(&follow)[5], "arrived: has it");
    // Over TCP it is not asked each time; what was found stays.
    follow.on_status(&status("udp.", &[(1, serves(7), Reply::NotAsked)]), 119);
    assert_eq!(words(&follow)[2], "arrived: has it, no TCP");
    follow.on_status(&status("lags.", &[(1, serves(7), serves(7))]), 120);
    // What is lame or dead is not waited for: from then on it is as it will be, and not known for sure.
    assert_eq!((follow.is_one_on_its_way(), follow.everywhere_since(500)), (false, (120, false)));
}

#[test]
fn an_address_without_a_way_is_no_reason_to_wait() {
    let mut follow = Follow::new(Goal::of_serial(7), [name("a.")]);
    let far = |last| (last, Reply::Fault(Fault::NoRoute), Reply::NotAsked);
    follow.on_status(&status("a.", &[far(2)]), 1);
    assert!(!follow.is_done());
    follow.on_status(&status("a.", &[(1, serves(7), Reply::NotAsked), far(2)]), 1);
    assert!(follow.is_done());
    assert!(!Follow::new(Goal::of_serial(7), []).is_done());
    // A server that lost it again.
    follow.on_status(&status("a.", &[(1, serves(6), Reply::NotAsked), far(2)]), 9);
    assert!(!follow.is_done());
    // What was known stays while it is asked.
    follow.on_status(&status("a.", &[(1, Reply::Asking, Reply::Asking), far(2)]), 9);
    assert_eq!(words(&follow)[0], "behind: 1 behind");
}

#[test]
fn what_cannot_be_asked_is_asked_again_and_no_arrival() {
    let mut follow = Follow::new(goal(), [name("a.")]);
    follow.on_status(&status("a.", &[(1, Reply::Fault(Fault::TimedOut), serves(7))]), 1);
    follow.on_sets(&name("a."), at(1), Err(Fault::TimedOut), 2);
    assert_eq!(words(&follow), ["checking: has the serial; asked for the change: timed out, no UDP"]);
    let again = follow.on_status(&status("a.", &[(1, Reply::Fault(Fault::TimedOut), serves(7))]), 3);
    assert_eq!(again, [(at(1), Transport::Tcp)]);
    // Fewer answers than were asked for.
    follow.on_sets(&name("a."), at(1), Ok(&[answer(Some(set(80)))]), 4);
    assert_eq!(words(&follow), ["lacks: has the serial, but not 1 of 2 record sets, no UDP"]);
}
