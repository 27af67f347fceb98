//! The digest of a zone (RFC 8976), held against others that make and verify it: ldns-verify-zone and Knot.

use std::process::Command;

use zonewright::check::zonemd::digest;
use zonewright::check::{Finding, check};
use zonewright::dns;
use zonewright::zone::{RecordType, Snapshot, SnapshotBuilder};
use zonewright::zonefile;

use crate::hostile::name;
use crate::lab::{Key, Lab, Make, Signing, Zone, is_available};
use crate::primaries::{key, primary};

/// Names in both cases, in the data of old and new types; a delegation with what it hides; sets with several records and
/// out of order; a TTL of their own.
const BODY: &str = "@ NS ns1\n@ NS NS2.Example.NET.\n@ MX 10 Mail\n@ MX 5 mail2\n@ TXT \"B\" \"a\"\n@ TXT \"\"\n@ CAA 0 issue \"x\"\n\
    ns1 60 A 192.0.2.2\nns1 60 A 192.0.2.1\nNs1 AAAA 2001:db8::1\nWWW CNAME Host.Example.COM.\nsub NS ns.Sub\nns.sub A 192.0.2.3\n\
    deep.ns.sub TXT hidden\n_sip._tcp SRV 1 2 5060 SIP.example.com.\nsvc HTTPS 1 Svc.Example.COM. alpn=h2\n* TXT wildcard\n\
    a.b.c TXT \"below empty names\"\nrp RP Anna.Example.COM. Txt.example.com.\nnaptr NAPTR 1 2 \"u\" \"E2U+sip\" \"!^.*$!sip:x@y!\" .\n\
    d DNAME Other.Example.NET.\nx TYPE65280 \\# 2 0041\n";

fn text(zonemd: &str) -> String {
    format!("$ORIGIN Example.com.\n$TTL 3600\n@ SOA NS1 Hostmaster 7 7200 900 1209600 300\n{zonemd}{BODY}")
}

fn read(text: &str) -> Snapshot {
    zonefile::read_zone(text.as_bytes(), None).unwrap_or_else(|problems| panic!("{problems:?}")).0
}

fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02X}")).collect()
}

fn found(zone: &Snapshot) -> Vec<Finding> {
    check(zone, None).into_iter().filter(|finding| finding.rule.id == "L-104").collect()
}

#[test]
fn digests_are_those_that_ldns_verifies() {
    if !is_available("ldns-verify-zone") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let verified = |text: &str| {
        let file = folder.path().join("zone");
        std::fs::write(&file, text).unwrap();
        Command::new("ldns-verify-zone").arg("-Z").arg(&file).output().unwrap().status.success()
    };
    for hash in [1, 2] {
        let own = hex(&digest(&read(&text("")), hash).unwrap());
        let right = text(&format!("@ ZONEMD 7 1 {hash} {own}\n"));
        assert!(verified(&right), "{right}");
        assert_eq!(found(&read(&right)), [], "{hash}");
        // Anything else in it, be it the case of a letter in text, is another zone; the case of a name is not.
        let other = right.replace("\"B\"", "\"b\"");
        assert!(!verified(&other) && found(&read(&other)).len() == 1, "{hash}");
        let same = right.replace("Host.Example.COM.", "host.example.com.");
        assert!(verified(&same) && found(&read(&same)).is_empty(), "{hash}");
    }
}

#[test]
fn digests_are_those_that_knot_makes() {
    for (kind, signing) in [("sha384", Signing::Nsec), ("sha512", Signing::Nsec3)] {
        let settings = vec![(Make::Knot, format!("    zonemd-generate: zonemd-{kind}\n"))];
        let zone = Zone { settings, ..Zone::new("example.com", text("")) };
        let Some(lab) = Lab::start_signed(Make::Knot, signing, &[zone], &Key::default()) else { return };
        let primary = primary(lab.address, Some(key(&lab.key)));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let zone = runtime.block_on(dns::transfer(&primary, &name("example.com"), |_| {})).unwrap();
        assert!(zone.records().any(|record| record.rtype == RecordType::ZONEMD), "{kind}");
        assert!(zone.records().any(|record| record.rtype == RecordType::RRSIG), "{kind}");
        assert_eq!(found(&zone), [], "{kind}");
        // Without one of its records it is another zone.
        let mut other = SnapshotBuilder::new(zone.origin().clone());
        for record in zone.records().filter(|record| record.rtype != RecordType::CAA) {
            other.push(record.owner, record.rtype, record.ttl, record.rdata).unwrap();
        }
        assert_eq!(found(&other.finish().unwrap()).len(), 1, "{kind}");
    }
}
