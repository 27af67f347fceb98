//! Servers that are not the primary, that take no updates, or not everybody's, and one that is killed meanwhile.

use std::net::{TcpStream, UdpSocket};
use std::os::unix::fs::PermissionsExt as _;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use zonewright::facts::ServerKind;
use zonewright::push::{Outcome, Report, ServerTraits, Verdict, plan};
use zonewright::wire::key::Algorithm;
use zonewright::zone::{Name, RecordType, RrKey};
use zonewright::zonefile;

use super::super::edited;
use super::super::primary::Primary;
use super::list::APEX;
use crate::hostile;
use crate::lab::{Key, Lab, Make, Zone, dig_axfr};

/// What the stories of this file stand for.
pub const COVERS: &str = "X01 X02 X03 X06 X07 X08 X15 X16 X26 X36 T12 M08 T-32 T-39 T-46";

const ZONE: &str = "elsewhere.test";

/// Adds an address at this server, which is what `kind` says.
fn push(server: &Primary, zone: &str) -> Report {
    let origin = Name::parse(format!("{zone}.").as_bytes(), None).unwrap();
    let base = Arc::new(server.transfer(&origin).unwrap());
    let text = format!("{APEX}www A 192.0.2.10\n");
    let draft = edited(base.clone(), &zonefile::read_zone(text.as_bytes(), Some(&origin)).unwrap().0);
    let traits = ServerTraits { kind: server.kind };
    let plan = plan(&base, draft.changes(), traits).unwrap();
    server.push(&base, draft.changes(), traits, plan, || {})
}

/// What was told of a refusal.
fn refusal(report: &Report) -> String {
    let Outcome::Refused(failure) = &report.outcome else { panic!("{report:?}") };
    failure.to_string()
}

#[test]
fn nsd_takes_no_updates() {
    let key = Key::default();
    let Some(lab) = Lab::start(Make::Nsd, &[Zone::new(ZONE, APEX)], &key) else { return };
    let told = refusal(&push(&Primary::new(lab.address, ServerKind::Unknown, key), ZONE));
    assert!(told.contains("takes no dynamic updates: NSD"), "{told}");
    assert!(
        told.contains("The SOA names ns1.elsewhere.test")
            || told.contains("the SOA names ns1.elsewhere.test"),
        "{told}"
    );
    assert!(told.contains("(zonewright FILE)"), "{told}");
}

#[test]
fn secondaries() {
    let key = Key::default();
    let Some(mut primary) = Lab::start(Make::Bind, &[Zone::new(ZONE, APEX)], &key) else { return };
    let Some(lab) = Lab::follow(Make::Bind, ZONE, primary.address, &key) else { return };
    let told = refusal(&push(&Primary::new(lab.address, ServerKind::Bind, key.clone()), ZONE));
    assert!(told.contains("the server is a secondary"), "{told}");
    assert!(told.contains("the SOA names ns1.elsewhere.test (--update-to)"), "{told}");
    // One that passes updates on. It looks for news every second.
    let mut zone = Zone::new(ZONE, "");
    let settings = "allow-update-forwarding { any; }; max-refresh-time 1; min-refresh-time 1;";
    zone.settings.push((Make::Bind, settings.into()));
    let Some(lab) = Lab::follow_with(Make::Bind, zone, primary.address, &key) else { return };
    let through = Primary::new(lab.address, ServerKind::Bind, key.clone());
    let report = push(&through, ZONE);
    assert_eq!(report.outcome, Outcome::Applied, "{report:?}");
    let there = dig_axfr(primary.address, &key, ZONE);
    assert!(there.iter().any(|line| line.starts_with("www.elsewhere.test. 3600 A")), "{there:?}");
    // And with nobody behind it.
    primary.stop();
    let origin = Name::parse(format!("{ZONE}.").as_bytes(), None).unwrap();
    let base = Arc::new(through.transfer(&origin).unwrap());
    let draft = edited(base.clone(), &zonefile::read_zone(APEX.as_bytes(), Some(&origin)).unwrap().0);
    let traits = ServerTraits { kind: ServerKind::Bind };
    let plan = plan(&base, draft.changes(), traits).unwrap();
    let report = through.push(&base, draft.changes(), traits, plan, || {});
    match &report.outcome {
        Outcome::Refused(failure) => {
            assert!(failure.why.contains("passes updates on, the primary behind it"), "{failure}")
        }
        Outcome::Unknown(failure) => assert!(failure.next.contains("may have been carried out"), "{failure}"),
        other => panic!("{other:?}"),
    }
}

/// Knot passes updates on by itself, and without NOTIFY it does not hear of the result for two hours.
#[test]
fn what_a_forwarder_does_not_show_is_not_called_not_applied() {
    let key = Key::default();
    let Some(primary) = Lab::start(Make::Bind, &[Zone::new(ZONE, APEX)], &key) else { return };
    let Some(lab) = Lab::follow(Make::Knot, ZONE, primary.address, &key) else { return };
    let report = push(&Primary::new(lab.address, ServerKind::Knot, key.clone()), ZONE);
    let there = dig_axfr(primary.address, &key, ZONE);
    assert!(there.iter().any(|line| line.starts_with("www.elsewhere.test. 3600 A")), "{there:?}");
    let [(_, _, Verdict::Unknown(why))] = report.verdicts.as_slice() else { panic!("{report:?}") };
    assert!(why.contains("passes updates on to its primary"), "{why}");
}

/// Updates, and all that goes with them, never go over UDP, where a lost answer makes a success look like a failure.
#[test]
fn no_datagram_is_sent() {
    let address = hostile::serve_nothing();
    let udp = UdpSocket::bind(address).unwrap();
    udp.set_nonblocking(true).unwrap();
    let primary = Primary::new(address, ServerKind::Bind, Key::default());
    let origin = Name::parse(b"example.test.", None).unwrap();
    assert!(primary.transfer(&origin).is_err());
    let zone = |more: &str| {
        let text = format!("{APEX}{more}");
        Arc::new(zonefile::read_zone(text.as_bytes(), Some(&origin)).unwrap().0)
    };
    let (base, many) =
        (zone(""), (0..400).map(|host| format!("host{host} A 192.0.2.1\n")).collect::<String>());
    let draft = edited(base.clone(), &zone(&many));
    let traits = ServerTraits { kind: ServerKind::Bind };
    let update = plan(&base, draft.changes(), traits).unwrap().steps[0].update.clone();
    assert!(primary.update(&update).is_err());
    let error = udp.recv_from(&mut [0; 16]).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::WouldBlock);
}

/// Every algorithm for keys, as real servers have it.
#[test]
fn every_algorithm() {
    for make in [Make::Bind, Make::Knot, Make::PowerDns] {
        let kind = kind_of(make);
        for algorithm in Algorithm::ALL {
            let key = Key::new("lab-key", algorithm.name());
            let Some(lab) = Lab::start(make, &[Zone::new(ZONE, APEX)], &key) else { break };
            let report = push(&Primary::new(lab.address, kind, key), ZONE);
            assert_eq!(report.outcome, Outcome::Applied, "{make}, {algorithm}: {report:?}");
        }
    }
}

fn kind_of(make: Make) -> ServerKind {
    match make {
        Make::Bind => ServerKind::Bind,
        Make::Knot => ServerKind::Knot,
        Make::PowerDns => ServerKind::PowerDns,
        Make::Nsd => ServerKind::Unknown,
    }
}

/// Killed between carrying an update out and saying so, and started again: what is on its disk is there.
#[test]
fn a_server_that_is_killed_before_it_answers() {
    for make in [Make::Bind, Make::Knot, Make::PowerDns] {
        let key = Key::default();
        let Some(lab) = Lab::start(make, &[Zone::new(ZONE, APEX)], &key) else { continue };
        let upstream = lab.address;
        let lab = Arc::new(Mutex::new(lab));
        // The thread of the relay outlives the test, and the server must not.
        let its = Arc::downgrade(&lab);
        let address = hostile::serve(move |request, stream| {
            let Ok(mut server) = TcpStream::connect(upstream) else { return };
            hostile::send(&mut server, request);
            if request[2] >> 3 & 15 != 5 {
                let _ = std::io::copy(&mut server, stream);
                return;
            }
            hostile::read(&mut server).expect("an answer");
            let Some(lab) = its.upgrade() else { return };
            let mut lab = lab.lock().unwrap();
            lab.stop();
            lab.start_again();
        });
        let report = push(&Primary::new(address, kind_of(make), key.clone()), ZONE);
        assert_eq!(report.answer, None, "{make}");
        match &report.outcome {
            Outcome::Applied => {}
            // It takes longer to start than anybody waits.
            Outcome::Unknown(failure) => assert!(failure.next.contains("again"), "{make}: {failure}"),
            other => panic!("{make}: {other:?}"),
        }
        let origin = Name::parse(format!("{ZONE}.").as_bytes(), None).unwrap();
        let direct = Primary::new(upstream, kind_of(make), key);
        let end = Instant::now() + Duration::from_secs(30);
        let zone = loop {
            match direct.transfer(&origin) {
                Ok(zone) => break zone,
                Err(why) => assert!(Instant::now() < end, "{make}: {why}"),
            }
            std::thread::sleep(Duration::from_millis(100));
        };
        let www = Name::parse(b"www", Some(origin.as_ref())).unwrap();
        assert!(zone.get(&RrKey::new(www, RecordType::A)).is_some(), "{make} has lost what it carried out");
    }
}

/// NSD can be told to drop updates without a word.
#[test]
fn a_server_that_drops_updates_in_silence() {
    let key = Key::default();
    let mut zone = Zone::new(ZONE, APEX);
    zone.settings.push((Make::Nsd, "    drop-updates: yes\n".into()));
    let Some(lab) = Lab::start(Make::Nsd, &[zone], &key) else { return };
    let report = push(&Primary::new(lab.address, ServerKind::Unknown, key), ZONE);
    assert!(matches!(report.outcome, Outcome::Unknown(_)), "{report:?}");
    let [(_, _, Verdict::NotApplied(why))] = report.verdicts.as_slice() else { panic!("{report:?}") };
    assert!(why.contains("It may still carry it out"), "{why}");
}

/// What a policy grants to whoever comes by TCP from an address, we may do: everything goes by TCP.
#[test]
fn a_policy_that_goes_by_tcp() {
    let (key, reverse) = (Key::default(), "0.0.127.in-addr.arpa");
    let before = "$TTL 3600\n@ SOA ns.example. mail.example. 1 7200 900 1209600 300\n@ NS ns.example.\n";
    let mut zone = Zone::new(reverse, before);
    zone.settings.push((Make::Bind, "update-policy { grant * tcp-self . PTR; };".into()));
    let Some(lab) = Lab::start(Make::Bind, &[zone], &key) else { return };
    let server = Primary::new(lab.address, ServerKind::Bind, key);
    let origin = Name::parse(format!("{reverse}.").as_bytes(), None).unwrap();
    for (owner, is_ours) in [("1", true), ("2", false)] {
        let base = Arc::new(server.transfer(&origin).unwrap());
        let text = format!("{before}{owner} PTR host.example.\n");
        let mut wanted = zonefile::read_zone(text.as_bytes(), Some(&origin)).unwrap().0;
        if !is_ours {
            wanted = zonefile::read_zone(format!("{text}1 PTR host.example.\n").as_bytes(), Some(&origin))
                .unwrap()
                .0;
        }
        let draft = edited(base.clone(), &wanted);
        let traits = ServerTraits { kind: ServerKind::Bind };
        let plan = plan(&base, draft.changes(), traits).unwrap();
        let report = server.push(&base, draft.changes(), traits, plan, || {});
        match &report.outcome {
            Outcome::Applied => assert!(is_ours),
            Outcome::Refused(failure) => {
                assert!(!is_ours && failure.to_string().contains("update-policy"), "{failure}");
            }
            other => panic!("{owner}: {other:?}"),
        }
    }
}

/// A server that gives its zone by transfer, but answers no questions from our address, nor takes updates from there.
#[test]
fn a_server_that_answers_no_questions() {
    let key = Key::default();
    let mut zone = Zone::new(ZONE, APEX);
    zone.settings.push((Make::Bind, "allow-query { 127.0.0.1; };".into()));
    let Some(lab) = Lab::start(Make::Bind, &[zone], &key) else { return };
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("key"), key.bind_text()).unwrap();
    std::fs::set_permissions(home.path().join("key"), std::fs::Permissions::from_mode(0o600)).unwrap();
    std::fs::write(home.path().join("wanted"), format!("$ORIGIN {ZONE}.\n{APEX}www A 192.0.2.10\n")).unwrap();
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_zonewright"))
        .args(["push", ZONE, "./wanted", "--yes", "--key", "key", "--source", "127.0.0.2"])
        .args(["--server", &lab.address.to_string()])
        .current_dir(home.path())
        .env_clear()
        .env("HOME", home.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(matches!(output.status.code(), Some(1 | 2)), "{said}");
    assert!(said.contains("Nothing was sent") && said.contains("allow-query"), "{said}");
    let there = dig_axfr(lab.address, &key, ZONE);
    assert!(!there.iter().any(|line| line.starts_with("www.")), "{there:?}");
}
