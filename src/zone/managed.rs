//! Which records a server makes by itself, so that they are nobody's change.
//!
//! Decided per zone from what the server does, not by type alone: in a zone that nobody signs, a DNSKEY or a
//! CDS is data like any other.

use std::sync::Arc;

use super::changes::ChangeMap;
use super::name::NameRef;
use super::rrset::RrKey;
use super::rtype::RecordType;
use super::serial;
use super::snapshot::Snapshot;

/// BIND's record of its signing state (`sig-signing-type`).
const SIGNING_STATE: RecordType = RecordType(65534);

/// Is the zone signed: does a signature cover its SOA?
pub fn is_signed(zone: &Snapshot) -> bool {
    let signature =
        RrKey { owner: zone.origin().clone(), rtype: RecordType::RRSIG, covered: RecordType::SOA };
    zone.find(&signature).is_some()
}

/// Does the server of this zone make this RRset by itself? (`signed` from [`is_signed`])
///
/// In a signed zone the keys and what tells the parent of them count as the server's. Those that somebody has added to
/// them, as two signers of one zone do (RFC 8901), cannot be told apart by what a transfer shows: servers drop, keep
/// or renew them, each by its own rules.
///
/// A ZONEMD counts where the zone is signed and its serial is the zone's: every change of the zone makes one stale that
/// nobody renews, and in a signed zone only the signer can. In a zone that is not signed, anybody can make it.
pub fn is_managed(signed: bool, zone: &Snapshot, key: &RrKey) -> bool {
    signed && is_made(zone, || key.owner.as_ref(), key.rtype)
}

/// The same in a zone that is signed. The name is only asked for where it matters.
fn is_made<'a>(zone: &Snapshot, owner: impl Fn() -> NameRef<'a>, rtype: RecordType) -> bool {
    let at_apex = || owner() == zone.origin().as_ref();
    match rtype {
        RecordType::RRSIG | RecordType::NSEC | RecordType::NSEC3 => true,
        RecordType::NSEC3PARAM
        | RecordType::DNSKEY
        | RecordType::CDS
        | RecordType::CDNSKEY
        | SIGNING_STATE => at_apex(),
        RecordType::ZONEMD => at_apex() && is_current_digest(zone),
        _ => false,
    }
}

/// Is every ZONEMD of the zone made for the serial that it has (RFC 8976 section 2.2.1)?
fn is_current_digest(zone: &Snapshot) -> bool {
    let serial = zone.serial().to_be_bytes();
    let key = RrKey::new(zone.origin().clone(), RecordType::ZONEMD);
    zone.get(&key).is_some_and(|set| set.rdata.iter().all(|rdata| rdata.starts_with(&serial)))
}

/// What a signed zone holds, seen once when it is loaded: up to two thirds of it are the server's.
#[derive(Debug, Clone)]
pub struct Signing {
    /// The rows that the server did not make, in order.
    pub plain: Arc<[u32]>,
    /// When the first of the signatures ends, as they say it: seconds since 1970 modulo 2^32
    /// (RFC 4034 section 3.1.5).
    pub first_end: Option<u32>,
}

impl Signing {
    /// `None` where nobody signs the zone. One pass over the zone.
    pub fn of(zone: &Snapshot) -> Option<Signing> {
        if !is_signed(zone) {
            return None;
        }
        let mut plain = Vec::with_capacity(zone.record_count() / 2);
        let mut first_end: Option<u32> = None;
        for set in zone.set_ids() {
            let rows = zone.rows_of(set);
            let Some(rtype) = zone.rtype(rows.start) else { continue };
            let owner = || zone.record(rows.start).map_or(zone.origin().as_ref(), |record| record.owner);
            if !is_made(zone, owner, rtype) {
                // Row numbers of a snapshot fit into 32 bits.
                plain.extend(rows.map(|row| row as u32));
            } else if rtype == RecordType::RRSIG {
                let ends = rows.filter_map(|row| signature_end(zone.rdata(row)));
                first_end =
                    ends.fold(first_end, |first, end| Some(first.map_or(end, |first| earlier(first, end))));
            }
        }
        Some(Signing { plain: plain.into(), first_end })
    }
}

/// The signature expiration field of an RRSIG.
fn signature_end(rdata: &[u8]) -> Option<u32> {
    rdata.get(8..12)?.try_into().ok().map(u32::from_be_bytes)
}

/// Which of two times comes first, by serial arithmetic. Those of one zone are far less than 68 years apart.
fn earlier(a: u32, b: u32) -> u32 {
    if serial::is_after(a, b) { b } else { a }
}

/// Seconds from now (since 1970) to a time that is given modulo 2^32; negative when it is past.
pub fn seconds_until(end: u32, now: u64) -> i64 {
    // What is cut off is the modulus; what is left is read as the nearer of past and future.
    i64::from(end.wrapping_sub(now as u32).cast_signed())
}

/// Takes out of a difference what the servers of the two zones made by themselves, and the SOA where only its
/// serial differs.
pub fn without_managed(mut changes: ChangeMap, old: &Snapshot, new: &Snapshot) -> ChangeMap {
    let signed = is_signed(old) || is_signed(new);
    let only_serial = old.soa().same_but_serial(new.soa());
    let soa = RrKey::new(new.origin().clone(), RecordType::SOA);
    let is_managed = |key: &RrKey| match key.rtype {
        RecordType::ZONEMD => is_managed(signed, old, key) || is_managed(signed, new, key),
        _ => is_managed(signed, new, key),
    };
    changes.retain(|key, change| {
        let same_soa_ttl = (change.before.iter().zip(&change.after)).all(|(a, b)| a.ttl == b.ttl);
        !(is_managed(key) || *key == soa && only_serial && same_soa_ttl)
    });
    changes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zone::changes::diff;
    use crate::zone::testing::*;
    use crate::zone::{RrSet, SnapshotBuilder};

    const APEX: [(&str, u32, &str); 2] = [("@", 300, "SOA 100"), ("@", 300, "NS ns1")];

    /// The zone, with a ZONEMD made for this serial and a DNSKEY.
    fn with_digest(serial: u32, signed: bool) -> Snapshot {
        let mut records = APEX.to_vec();
        if signed {
            records.push(("@", 300, "RRSIG 6"));
        }
        let zone = zone(&records);
        let set = |rdata: &[u8]| Some(RrSet::new(300, vec![rdata.into()]));
        let zonemd = set(&[&serial.to_be_bytes()[..], &[1, 1, 0]].concat());
        let edits = [(RecordType::ZONEMD, zonemd), (RecordType::DNSKEY, set(&[1, 1, 3, 13, 0]))];
        let changes = edits.map(|(rtype, after)| {
            let key = key("@", rtype);
            (key, crate::zone::Change { before: None, after })
        });
        zone.with_changes(&changes.into_iter().collect()).unwrap()
    }

    #[test]
    fn a_digest_is_the_servers_while_it_keeps_up_with_a_signed_zone() {
        for (serial, signed, expected) in [(100, true, true), (99, true, false), (100, false, false)] {
            let zone = with_digest(serial, signed);
            assert_eq!(is_signed(&zone), signed);
            assert_eq!(
                is_managed(signed, &zone, &key("@", RecordType::ZONEMD)),
                expected,
                "{serial} {signed}"
            );
            assert_eq!(is_managed(signed, &zone, &key("@", RecordType::DNSKEY)), signed);
            assert!(!is_managed(signed, &zone, &key("www", RecordType::DNSKEY)));
        }
    }

    #[test]
    fn the_rows_that_people_edit() {
        assert!(Signing::of(&with_digest(100, false)).is_none());
        let zone = with_digest(99, true);
        let plain: Vec<RecordType> = (Signing::of(&zone).unwrap().plain.iter())
            .map(|row| zone.record(*row as usize).unwrap().rtype)
            .collect();
        assert_eq!(plain, [RecordType::SOA, RecordType::NS, RecordType::ZONEMD]);
    }

    #[test]
    fn the_first_signature_to_end() {
        let zone_of = |ends: &[u32]| {
            let mut builder = SnapshotBuilder::new(name("@"));
            let apex = zone(&APEX);
            for record in apex.records() {
                builder.push(record.owner, record.rtype, record.ttl, record.rdata).unwrap();
            }
            for (covered, end) in [6u8, 2, 1].into_iter().zip(ends) {
                let rdata = [&[0, covered, 13, 2, 0, 0, 1, 44], &end.to_be_bytes()[..], &[0; 8]].concat();
                builder.push(name("@").as_ref(), RecordType::RRSIG, 300, &rdata).unwrap();
            }
            // Too short to say when it ends.
            builder.push(name("www").as_ref(), RecordType::RRSIG, 300, &[0, 1, 13]).unwrap();
            Signing::of(&builder.finish().unwrap()).unwrap().first_end
        };
        assert_eq!(zone_of(&[300, 200, 400]), Some(200));
        // 2106-02-07 06:28:16 UTC is 0.
        assert_eq!(zone_of(&[5, u32::MAX - 5, 3]), Some(u32::MAX - 5));
        assert_eq!(seconds_until(100, 40), 60);
        assert_eq!(seconds_until(40, 100), -60);
        assert_eq!(seconds_until(5, u64::from(u32::MAX) - 4), 10);
        assert_eq!(seconds_until(5, (1 << 32) + 6), -1);
    }

    #[test]
    fn what_the_server_made_is_no_difference() {
        let (plain, signed) = (zone(&APEX), with_digest(100, true));
        for (old, new) in [(&plain, &signed), (&signed, &plain)] {
            assert!(!diff(old, new).is_empty());
            assert_eq!(without_managed(diff(old, new), old, new), ChangeMap::new());
        }
        let unsigned = with_digest(100, false);
        let left = without_managed(diff(&plain, &unsigned), &plain, &unsigned);
        assert_eq!(left.len(), 2, "in a zone that nobody signs it is data");
    }
}
