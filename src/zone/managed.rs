//! Which records a server makes by itself, so that they are nobody's change.
//!
//! Decided per zone from what the server does, not by type alone: in a zone that nobody signs, a DNSKEY or a
//! ZONEMD is data like any other.

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
        | RecordType::ZONEMD
        | SIGNING_STATE => key.owner == *zone.origin(),
        _ => false,
    }
}

/// Takes out of a difference what the servers of the two zones made by themselves, and the SOA where only its
/// serial differs.
pub fn without_managed(mut changes: ChangeMap, old: &Snapshot, new: &Snapshot) -> ChangeMap {
    let signed = is_signed(old) || is_signed(new);
    let only_serial = old.soa().same_but_serial(new.soa());
    let soa = RrKey::new(new.origin().clone(), RecordType::SOA);
    changes.retain(|key, change| {
        let same_soa_ttl = (change.before.iter().zip(&change.after)).all(|(a, b)| a.ttl == b.ttl);
        !(is_managed(signed, new, key) || *key == soa && only_serial && same_soa_ttl)
    });
    changes
}
