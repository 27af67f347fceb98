//! The network against real primaries: what works with each, and what a wrong key, zone or clock gets.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use zonewright::dns::questions::{self, Network};
use zonewright::dns::{self, Endpoint, Primary};
use zonewright::facts::{FailureKind, Fault, Reply, ServerKind, Transport};
use zonewright::wire::key::{Algorithm, Key, Secret};
use zonewright::zone::update::{Operation, Prerequisite, Rcode, Update};
use zonewright::zone::{Name, RecordType};

use crate::hostile::name;
use crate::lab::{self, Lab, Make, Zone};

const TIMEOUT: Duration = Duration::from_secs(10);

pub fn key(lab: &lab::Key) -> Key {
    Key {
        name: name(&lab.name),
        algorithm: Algorithm::parse(&lab.algorithm).unwrap(),
        secret: Secret::from_base64(&lab.secret).unwrap(),
    }
}

pub fn primary(address: SocketAddr, key: Option<Key>) -> Primary {
    let endpoint = Endpoint { address, source: None, name: "lab".into() };
    let key = key.map(Arc::new);
    Primary {
        transfer_from: endpoint.clone(),
        update_to: endpoint,
        transfer_key: key.clone(),
        key,
        timeout: TIMEOUT,
        clock: dns::unix_time,
    }
}

fn add_www(zone: &Name) -> Update {
    let www = Name::parse(b"www", Some(zone.as_ref())).unwrap();
    Update {
        zone: zone.clone(),
        prerequisites: vec![Prerequisite::RrsetAbsent(www.clone(), RecordType::A)],
        operations: vec![Operation::Add(www, RecordType::A, 60, Box::new([192, 0, 2, 1]))],
    }
}

/// A zone of several messages.
fn zone() -> Zone {
    let mut text = String::from(
        "$TTL 300\n@ SOA ns1 mail 7 3600 900 604800 300\n@ NS ns1\nns1 A 192.0.2.1\nns1 AAAA 2001:db8::1\n",
    );
    for number in 0..5_000 {
        text += &format!("host{number} TXT \"number {number} of many, to fill some messages\"\n");
    }
    Zone::new("example.com", text)
}

fn start(make: Make) -> Option<Lab> {
    Lab::start(make, &[zone()], &lab::Key::default())
}

#[tokio::test]
async fn a_zone_is_read_and_changed() {
    for (make, kind) in [
        (Make::Bind, ServerKind::Bind),
        (Make::Knot, ServerKind::Knot),
        (Make::PowerDns, ServerKind::PowerDns),
    ] {
        let Some(lab) = start(make) else { continue };
        let zone = name("example.com");
        let primary = primary(lab.address, Some(key(&lab.key)));
        let endpoint = &primary.update_to;

        let soa = dns::soa(endpoint, primary.key.as_deref(), &zone, TIMEOUT).await.unwrap();
        let before = dns::transfer(&primary, &zone, |_| {}).await.unwrap();
        assert_eq!((before.record_count(), before.soa()), (5_004, &soa), "{make}");

        assert_eq!(dns::update(&primary, &add_www(&zone)).await, Ok(Rcode::NOERROR), "{make}");
        assert_eq!(dns::update(&primary, &add_www(&zone)).await, Ok(Rcode::YXRRSET), "{make}");
        let after = dns::transfer(&primary, &zone, |_| {}).await.unwrap();
        assert_eq!((after.record_count(), after.serial()), (5_005, 8), "{make}");

        assert_eq!(questions::server_kind(endpoint, TIMEOUT).await, kind, "{make}");
        for transport in [Transport::Udp, Transport::Tcp] {
            let ask =
                async |zone: &Name| questions::nameserver_status(lab.address, zone, transport, TIMEOUT).await;
            let reply = ask(&zone).await;
            assert!(matches!(reply, Reply::Serial { serial: 8, .. }), "{make}: {reply:?}");
            let of_other = ask(&name("example.org")).await;
            assert_eq!(of_other, Reply::Fault(Fault::Refused), "{make}");
        }

        let network = Network {
            resolvers: vec![lab.address],
            routes: HashMap::new(),
            enclosed: false,
            patience: TIMEOUT,
        };
        let addresses = questions::addresses(&network, &name("ns1.example.com"), &[]).await;
        let both = ["192.0.2.1".parse().unwrap(), "2001:db8::1".parse().unwrap()];
        assert_eq!(addresses.as_deref(), Ok(both.as_slice()), "{make}");
        let none = questions::addresses(&network, &name("nothing.example.com"), &[]).await;
        assert_eq!(none, Err("does not exist".into()), "{make}");
    }
}

#[tokio::test]
async fn trouble_is_told_apart() {
    for make in [Make::Bind, Make::Knot, Make::PowerDns] {
        let Some(lab) = start(make) else { continue };
        let (zone, elsewhere) = (name("example.com"), name("example.org"));
        let with = |key: Key| primary(lab.address, Some(key));
        let right = key(&lab.key);
        let unknown = Key { name: name("other-key"), ..right.clone() };
        let algorithm = Key { algorithm: Algorithm::HmacSha512, ..right.clone() };
        let secret = Key { secret: Secret::new(vec![1; 32]), ..right.clone() };
        let ahead = Primary { clock: || dns::unix_time() + 3_725, ..with(right.clone()) };
        let behind = Primary { clock: || dns::unix_time() - 3_725, ..with(right.clone()) };
        for (case, primary, kind, words) in [
            ("name", with(unknown), FailureKind::UnknownKey, "the key other-key (hmac-sha256)"),
            ("algorithm", with(algorithm), FailureKind::UnknownKey, "the key lab-key (hmac-sha512)"),
            ("secret", with(secret), FailureKind::BadSignature, "another secret"),
            (
                "ahead",
                ahead,
                FailureKind::ClockOff,
                "This machine's clock is 1 h 2 min ahead of the server's.",
            ),
            (
                "behind",
                behind,
                FailureKind::ClockOff,
                "This machine's clock is 1 h 2 min behind the server's.",
            ),
        ] {
            let transferred = dns::transfer(&primary, &zone, |_| {}).await.map(|_| ()).unwrap_err();
            let updated = dns::update(&primary, &add_www(&zone)).await.unwrap_err();
            for failure in [transferred, updated] {
                // PowerDNS does not say which of these it is, so all of them are named.
                let (kind, words) = match make {
                    Make::PowerDns => (FailureKind::Refused, "its secret is another; the clocks differ"),
                    _ => (kind, words),
                };
                assert_eq!(failure.kind, kind, "{make}, {case}: {failure}");
                assert!(failure.why.contains(words), "{make}, {case}: {failure}");
            }
        }
        let no_zone = dns::transfer(&with(right.clone()), &elsewhere, |_| {}).await.map(|_| ()).unwrap_err();
        assert_eq!(no_zone.kind, FailureKind::NotAuthoritative, "{make}: {no_zone}");
        assert!(no_zone.why.contains("does not have the zone example.org"), "{make}: {no_zone}");

        let keyless = primary(lab.address, None);
        let refused = dns::transfer(&keyless, &zone, |_| {}).await.map(|_| ()).unwrap_err();
        assert_eq!(refused.kind, FailureKind::Refused, "{make}: {refused}");
        let answer = dns::update(&keyless, &add_www(&zone)).await;
        assert!(matches!(answer, Ok(Rcode::REFUSED | Rcode::NOTAUTH)), "{make}: {answer:?}");

        let inside =
            dns::soa(&keyless.update_to, None, &name("host1.example.com"), TIMEOUT).await.unwrap_err();
        assert!(inside.why.contains("No zone begins at host1.example.com"), "{make}: {inside}");
        let above = dns::soa(&keyless.update_to, None, &name("com"), TIMEOUT).await.unwrap_err();
        assert_eq!(above.kind, FailureKind::Refused, "{make}: {above}");

        let after = dns::transfer(&with(right), &zone, |_| {}).await.unwrap();
        assert_eq!(after.serial(), 7, "{make}: one of the refused updates was carried out");
    }
}

/// NSD has no updates, and says so in a bare header.
#[tokio::test]
async fn a_server_without_updates() {
    let Some(lab) = start(Make::Nsd) else { return };
    let zone = name("example.com");
    let primary = primary(lab.address, Some(key(&lab.key)));
    assert_eq!(dns::transfer(&primary, &zone, |_| {}).await.unwrap().record_count(), 5_004);
    let failure = dns::update(&primary, &add_www(&zone)).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::NotImplemented, "{failure}");
    assert!(failure.next.contains("--update-to"), "{failure}");
    assert_eq!(questions::server_kind(&primary.update_to, TIMEOUT).await, ServerKind::Unknown);
}
