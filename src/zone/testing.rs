//! Small zones for tests, written as `(owner, ttl, "TYPE data")`. Does not depend on the record-type table.

use proptest::prelude::*;

use super::{Name, Rdata, RecordType, RrKey, Snapshot, SnapshotBuilder, Soa};

/// A name relative to example.com.; `@` is the zone itself.
pub fn name(text: &str) -> Name {
    let origin = Name::parse(b"example.com.", None).unwrap();
    Name::parse(text.as_bytes(), Some(origin.as_ref())).unwrap()
}

pub fn key(owner: &str, rtype: RecordType) -> RrKey {
    RrKey::new(name(owner), rtype)
}

/// Type and RDATA of "A 192.0.2.1", "MX 10 mail", "TXT words", "SOA serial", "SOA serial refresh", "NS ns1",
/// "TYPE65280 octets", "RRSIG covered" and others with a single name.
pub fn record_data(text: &str) -> (RecordType, Rdata) {
    let (rtype, data) = text.split_once(' ').unwrap();
    let single = |text: &str| name(text).wire().to_vec();
    let (rtype, rdata) = match rtype {
        "A" => (RecordType::A, data.parse::<std::net::Ipv4Addr>().unwrap().octets().to_vec()),
        "AAAA" => (RecordType::AAAA, data.parse::<std::net::Ipv6Addr>().unwrap().octets().to_vec()),
        "NS" => (RecordType::NS, single(data)),
        "CNAME" => (RecordType::CNAME, single(data)),
        "DNAME" => (RecordType::DNAME, single(data)),
        "NSEC" => (RecordType::NSEC, single(data)),
        "TXT" => (RecordType::TXT, [&[data.len() as u8], data.as_bytes()].concat()),
        "DS" => (RecordType::DS, [&[0, 1, 13, 2], data.as_bytes()].concat()),
        "HTTPS" => (RecordType::HTTPS, [&[0, 1], single(data).as_slice()].concat()),
        "TYPE65280" => (RecordType(65280), data.as_bytes().to_vec()),
        "CDS" => (RecordType::CDS, [&[0, 1, 13, 2], data.as_bytes()].concat()),
        "RRSIG" => (RecordType::RRSIG, [&[0, data.parse().unwrap(), 13, 2][..], &[0; 20]].concat()),
        "MX" => {
            let (preference, host) = data.split_once(' ').unwrap();
            (
                RecordType::MX,
                [&preference.parse::<u16>().unwrap().to_be_bytes(), single(host).as_slice()].concat(),
            )
        }
        "SOA" => {
            let (serial, refresh) = data.split_once(' ').unwrap_or((data, "7200"));
            let soa = Soa {
                mname: name("ns1"),
                rname: name("hostmaster"),
                serial: serial.parse().unwrap(),
                refresh: refresh.parse().unwrap(),
                retry: 900,
                expire: 1_209_600,
                minimum: 300,
            };
            (RecordType::SOA, soa.to_rdata().into_vec())
        }
        other => panic!("{other}"),
    };
    (rtype, rdata.into())
}

/// The reverse of [`record_data`], for messages of failed tests.
pub fn describe(rtype: RecordType, rdata: &[u8]) -> String {
    let single =
        |wire: &[u8]| Name::from_wire(wire).map_or("?".into(), |target| target.relative_to(&name("@")));
    match (rtype, rdata) {
        (RecordType::A, [a, b, c, d]) => format!("A {a}.{b}.{c}.{d}"),
        (RecordType::NS, _) => format!("NS {}", single(rdata)),
        (RecordType::CNAME, _) => format!("CNAME {}", single(rdata)),
        (RecordType::DNAME, _) => format!("DNAME {}", single(rdata)),
        (RecordType::NSEC, _) => format!("NSEC {}", single(rdata)),
        (RecordType::TXT, [_, text @ ..]) => format!("TXT {}", String::from_utf8_lossy(text)),
        (RecordType::MX, [high, low, host @ ..]) => {
            format!("MX {} {}", u16::from_be_bytes([*high, *low]), single(host))
        }
        (RecordType::SOA, _) => format!("SOA {}", Soa::from_rdata(rdata).map_or(0, |soa| soa.serial)),
        _ => format!("TYPE{} {}", rtype.0, String::from_utf8_lossy(rdata)),
    }
}

pub fn zone(records: &[(&str, u32, &str)]) -> Snapshot {
    let mut builder = SnapshotBuilder::new(name("@"));
    for (owner, ttl, record) in records {
        let (rtype, rdata) = record_data(record);
        builder.push(name(owner).as_ref(), rtype, *ttl, &rdata).unwrap();
    }
    builder.finish().unwrap()
}

/// Owner, TTL and record from small pools, so that they meet often.
pub fn any_record() -> impl Strategy<Value = (String, u32, String)> {
    let owner = prop::sample::select(vec!["@", "a", "b", "c.a", "*.b"]);
    let record = prop_oneof![
        (1..4u8).prop_map(|last| format!("A 192.0.2.{last}")),
        (1..4u8).prop_map(|last| format!("NS ns{last}")),
        (1..3u8).prop_map(|last| format!("CNAME c{last}")),
        (1..3u8).prop_map(|last| format!("DNAME d{last}")),
        (1..4u8).prop_map(|last| format!("TXT t{last}")),
        (1..3u8).prop_map(|last| format!("MX 10 m{last}")),
        (90..110u8).prop_map(|serial| format!("SOA {serial}")),
    ];
    (owner, prop::sample::select(vec![60u32, 300]), record)
        .prop_map(|(owner, ttl, record)| (owner.into(), ttl, record))
}

/// A valid zone: SOA and NS at the apex, one TTL in a set, a CNAME alone at its name, one DNAME.
pub fn any_zone() -> impl Strategy<Value = Snapshot> {
    (90..110u32, prop::collection::vec(any_record(), 0..25)).prop_map(|(serial, extra)| {
        let mut records =
            vec![("@".to_string(), 300, format!("SOA {serial}")), ("@".into(), 300, "NS ns1".into())];
        for (owner, ttl, record) in extra {
            let kind = |text: &str| text.split(' ').next().unwrap().to_string();
            let at: Vec<_> = records.iter().filter(|(other, _, _)| *other == owner).cloned().collect();
            let is_alone = ["CNAME"].contains(&kind(&record).as_str());
            let taken = at.iter().any(|(_, _, other)| kind(other) == "CNAME" || is_alone);
            let second = kind(&record) == "DNAME" && at.iter().any(|(_, _, other)| kind(other) == "DNAME");
            if taken || second || kind(&record) == "SOA" {
                continue;
            }
            let same = at.iter().find(|(_, _, other)| kind(other) == kind(&record));
            let ttl = same.map_or(ttl, |(_, ttl, _)| *ttl);
            records.push((owner, ttl, record));
        }
        let records: Vec<_> =
            records.iter().map(|(owner, ttl, text)| (owner.as_str(), *ttl, text.as_str())).collect();
        zone(&records)
    })
}
