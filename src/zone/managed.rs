//! Which records a server makes by itself, so that they are nobody's change.
//!
//! Decided per zone from what the server does, not by type alone: in a zone that nobody signs, a DNSKEY or a
//! CDS is data like any other.

use super::changes::ChangeMap;
use super::rrset::RrKey;
use super::rtype::RecordType;
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
    if !signed {
        return false;
    }
    match key.rtype {
        RecordType::RRSIG | RecordType::NSEC | RecordType::NSEC3 => true,
        RecordType::NSEC3PARAM
        | RecordType::DNSKEY
        | RecordType::CDS
        | RecordType::CDNSKEY
        | SIGNING_STATE => key.owner == *zone.origin(),
        RecordType::ZONEMD => key.owner == *zone.origin() && is_current_digest(zone, key),
        _ => false,
    }
}

/// Is every ZONEMD of this RRset made for the serial that the zone has (RFC 8976 section 2.2.1)?
fn is_current_digest(zone: &Snapshot, key: &RrKey) -> bool {
    let serial = zone.serial().to_be_bytes();
    zone.get(key).is_some_and(|set| set.rdata.iter().all(|rdata| rdata.starts_with(&serial)))
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
    use crate::zone::RrSet;
    use crate::zone::changes::diff;
    use crate::zone::testing::*;

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
