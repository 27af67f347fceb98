//! Incremental transfers from real primaries, after rounds of changes by somebody else: what they lead to is what the
//! server serves.

use std::io::Read;
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use zonewright::dns::{self, Refreshed};
use zonewright::wire::answer::Asked;
use zonewright::wire::ixfr::{Incremental, Ixfr};
use zonewright::wire::key::Key;
use zonewright::wire::tsig::sign_request;
use zonewright::zone::changes::diff;
use zonewright::zone::{Snapshot, serial};

use crate::hostile::{name, send};
use crate::lab::{self, Lab, Make, Zone, nsupdate};
use crate::primaries::{key, primary};

const ZONE: &str = "example.com";

/// What others do, message by message.
const ROUNDS: [&str; 6] = [
    "update add new.example.com. 60 A 192.0.2.50",
    "update delete new.example.com. A\nupdate add new.example.com. 60 AAAA 2001:db8::50",
    // Another TTL, by all servers' rules.
    "update delete host1.example.com. TXT\nupdate add host1.example.com. 77 TXT \"other\"",
    "update delete host2.example.com.\nupdate add example.com. 300 MX 5 Mail.example.com.\n\
     update add mail.example.com. 300 A 192.0.2.51",
    "update add example.com. 300 NS ns2.example.net.\nupdate delete host3.example.com. TXT",
    "update delete mail.example.com. A\nupdate add mail.example.com. 300 A 192.0.2.52\n\
     update add *.wild.example.com. 60 CNAME new.example.com.",
];

fn start(make: Make) -> Option<Lab> {
    let mut text =
        String::from("$TTL 300\n@ SOA ns1 mail 7 3600 900 604800 300\n@ NS ns1\nns1 A 192.0.2.1\n");
    for number in 0..300 {
        text += &format!("host{number} TXT \"number {number}\"\n");
    }
    Lab::start(make, &[Zone::new(ZONE, text)], &lab::Key::default())
}

/// The answer as it comes, without the fallbacks of `dns`.
fn ask(server: SocketAddr, key: &Key, old: &Arc<Snapshot>) -> Incremental {
    let asked = Asked::ixfr(7, old.origin().clone());
    let mut message = asked.to_ixfr_message(old.serial());
    let verifier = sign_request(key, &mut message, dns::unix_time()).unwrap();
    let mut transfer = Ixfr::new(asked, Some(verifier), Arc::clone(old));
    let mut stream = TcpStream::connect(server).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    send(&mut stream, &message);
    loop {
        let mut length = [0; 2];
        stream.read_exact(&mut length).unwrap();
        let mut message = vec![0; usize::from(u16::from_be_bytes(length))];
        stream.read_exact(&mut message).unwrap();
        if transfer.feed(&message, dns::unix_time()).unwrap().done {
            return transfer.finish().unwrap();
        }
    }
}

#[tokio::test]
async fn changes_of_others_lead_to_what_is_served() {
    for make in [Make::Bind, Make::Knot, Make::PowerDns] {
        let Some(lab) = start(make) else { continue };
        let (zone, key) = (name(ZONE), key(&lab.key));
        let primary = primary(lab.address, Some(key.clone()));
        let first = Arc::new(dns::transfer(&primary, &zone, |_| {}).await.unwrap());
        let unchanged = dns::refresh(&primary, &first, |_| {}).await;
        assert!(matches!(unchanged, Ok(Refreshed::Unchanged)), "{make}: {unchanged:?}");
        let mut versions = vec![first];
        for commands in ROUNDS {
            nsupdate(lab.address, &lab.key, ZONE, commands);
            let newest = Arc::new(dns::transfer(&primary, &zone, |_| {}).await.unwrap());
            for old in &versions {
                assert!(serial::is_after(newest.serial(), old.serial()), "{make}");
                let (from, to) = (old.serial(), newest.serial());
                match ask(lab.address, &key, old) {
                    Incremental::Changes { changes, serial } => {
                        assert_eq!(serial, to, "{make} from {from}");
                        assert!(changes.len() < 20, "{make} from {from}");
                        let new = old.with_changes(&changes).unwrap();
                        assert!(diff(&new, &newest).is_empty(), "{make} from {from} to {to}");
                    }
                    Incremental::Zone(new) => {
                        assert_eq!(make, Make::PowerDns, "the whole zone from {from} to {to}");
                        assert!(diff(&new, &newest).is_empty(), "{make} from {from} to {to}");
                    }
                    Incremental::Unchanged => panic!("{make}: unchanged from {from} to {to}"),
                }
                let Ok(Refreshed::Zone(new)) = dns::refresh(&primary, old, |_| {}).await else {
                    panic!("{make}: nothing new from {from} to {to}")
                };
                assert!(diff(&new, &newest).is_empty(), "{make} from {from} to {to}");
            }
            versions.push(newest);
        }
    }
}

/// Somebody's version of the zone that the server never served: what the server sends does not fit it, and the whole
/// zone comes instead.
#[tokio::test]
async fn differences_that_do_not_fit_are_not_used() {
    for make in [Make::Bind, Make::Knot] {
        let Some(lab) = start(make) else { continue };
        let zone = name(ZONE);
        let primary = primary(lab.address, Some(key(&lab.key)));
        let first = dns::transfer(&primary, &zone, |_| {}).await.unwrap();
        nsupdate(lab.address, &lab.key, ZONE, "update delete host1.example.com. TXT");
        let newest = dns::transfer(&primary, &zone, |_| {}).await.unwrap();
        // Without host1 already, but with the old serial.
        let mut changes = diff(&first, &newest);
        changes.retain(|key, _| key.owner != zone);
        let other = Arc::new(first.with_changes(&changes).unwrap());
        assert_eq!((other.serial(), other.record_count()), (first.serial(), first.record_count() - 1));
        let Ok(Refreshed::Zone(new)) = dns::refresh(&primary, &other, |_| {}).await else {
            panic!("{make}: nothing new")
        };
        assert!(diff(&new, &newest).is_empty(), "{make}");
    }
}
