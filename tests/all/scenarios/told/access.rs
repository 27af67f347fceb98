//! Servers that are not the primary, and servers that take no updates at all.

use std::net::UdpSocket;
use std::sync::Arc;

use zonewright::facts::ServerKind;
use zonewright::push::{Outcome, Report, ServerTraits, Verdict, plan};
use zonewright::zone::Name;
use zonewright::zonefile;

use super::super::edited;
use super::super::primary::Primary;
use super::list::APEX;
use crate::hostile;
use crate::lab::{Key, Lab, Make, Zone, dig_axfr};

/// What the stories of this file stand for.
pub const COVERS: &str = "X01 X02 X03 X06 X07 T12 M08 T-32 T-39 T-46";

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
