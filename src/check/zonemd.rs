//! The digest of a zone (RFC 8976): what a ZONEMD record of the scheme SIMPLE holds.

use std::borrow::Cow;
use std::collections::BTreeSet;

use sha2::{Digest, Sha384, Sha512};

use crate::zone::{NameRef, RecordType, SetId, Snapshot, types};

/// The scheme in which the whole zone is taken in canonical order (RFC 8976 section 3.3.1).
pub const SIMPLE: u8 = 1;
const SHA384: u8 = 1;
const SHA512: u8 = 2;
const CLASS_IN: u16 = 1;

/// Types whose names count in lower case: those of RFC 4034 section 6.2, without NSEC (RFC 6840 section 5.1). Names in
/// other types count as they are written.
const IN_LOWER_CASE: [u16; 20] = [2, 3, 4, 5, 6, 7, 8, 9, 12, 14, 15, 17, 18, 21, 24, 26, 30, 33, 35, 36];
const ALSO_IN_LOWER_CASE: [u16; 3] = [38, 39, 46];

/// How many octets a digest has; `None` for those that are not known here.
pub fn length(hash: u8) -> Option<usize> {
    match hash {
        SHA384 => Some(48),
        SHA512 => Some(64),
        _ => None,
    }
}

/// Takes octets into one of the digests.
enum Hasher {
    Sha384(Box<Sha384>),
    Sha512(Box<Sha512>),
}

impl Hasher {
    fn update(&mut self, octets: &[u8]) {
        match self {
            Hasher::Sha384(hasher) => hasher.update(octets),
            Hasher::Sha512(hasher) => hasher.update(octets),
        }
    }

    fn finish(self) -> Vec<u8> {
        match self {
            Hasher::Sha384(hasher) => hasher.finalize().to_vec(),
            Hasher::Sha512(hasher) => hasher.finalize().to_vec(),
        }
    }
}

/// The digest of a zone; `None` for a hash algorithm that is not known here.
pub fn digest(zone: &Snapshot, hash: u8) -> Option<Vec<u8>> {
    let mut hasher = match hash {
        SHA384 => Hasher::Sha384(Box::default()),
        SHA512 => Hasher::Sha512(Box::default()),
        _ => return None,
    };
    let mut buffer = Vec::with_capacity(1 << 16);
    let mut sets = zone.set_ids().peekable();
    // The RRsets of one name, with their types.
    let mut own: Vec<(RecordType, SetId)> = Vec::new();
    while let Some(first) = sets.next() {
        let rtype = |set: SetId| zone.rtype(zone.rows_of(set).start).unwrap_or(RecordType(0));
        own.clear();
        own.push((rtype(first), first));
        while let Some(next) = sets.next_if(|next| zone.is_same_owner(first, *next)) {
            own.push((rtype(next), next));
        }
        // By number: in a snapshot the SOA comes first. Signatures are one set here, whatever they cover.
        own.sort_by_key(|(rtype, _)| rtype.0);
        let Some(record) = zone.record(zone.rows_of(first).start) else { continue };
        for sets in own.chunk_by(|(rtype, _), (other, _)| rtype == other) {
            let Some((rtype, _)) = sets.first() else { continue };
            take_set(zone, record.owner, *rtype, sets, &mut buffer);
        }
        if buffer.len() >= 1 << 15 {
            hasher.update(&buffer);
            buffer.clear();
        }
    }
    hasher.update(&buffer);
    Some(hasher.finish())
}

/// Appends the records of a type at a name, in canonical form and order (RFC 4034 section 6).
fn take_set(
    zone: &Snapshot,
    owner: NameRef<'_>,
    rtype: RecordType,
    sets: &[(RecordType, SetId)],
    buffer: &mut Vec<u8>,
) {
    let is_apex = owner == zone.origin().as_ref();
    // The digest is not of itself (RFC 8976 section 3.3.1).
    if is_apex && rtype == RecordType::ZONEMD {
        return;
    }
    let rows = sets.iter().flat_map(|(_, set)| zone.rows_of(*set));
    let mut records: Vec<(Cow<'_, [u8]>, u32)> = rows
        .map(|row| (canonical(rtype, zone.rdata(row)), zone.ttl(row).unwrap_or_default()))
        .filter(|(rdata, _)| {
            let covered = rdata.first_chunk::<2>().map(|octets| u16::from_be_bytes(*octets));
            !(is_apex && rtype == RecordType::RRSIG && covered == Some(RecordType::ZONEMD.0))
        })
        .collect();
    if records.len() > 1 {
        records.sort();
        let mut seen = BTreeSet::new();
        // Of records that are the same one counts.
        records.retain(|(rdata, _)| seen.insert(rdata.to_vec()));
    }
    for (rdata, ttl) in records {
        // Length octets are below 64, so they are not touched.
        buffer.extend(owner.wire().iter().map(u8::to_ascii_lowercase));
        buffer.extend(rtype.0.to_be_bytes());
        buffer.extend(CLASS_IN.to_be_bytes());
        buffer.extend(ttl.to_be_bytes());
        // RDATA fits into a message.
        buffer.extend((rdata.len() as u16).to_be_bytes());
        buffer.extend_from_slice(&rdata);
    }
}

fn canonical(rtype: RecordType, rdata: &[u8]) -> Cow<'_, [u8]> {
    if IN_LOWER_CASE.contains(&rtype.0) || ALSO_IN_LOWER_CASE.contains(&rtype.0) {
        types::canonical(rtype, rdata)
    } else {
        Cow::Borrowed(rdata)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::tests::zone;

    fn hex(octets: &[u8]) -> String {
        octets.iter().map(|octet| format!("{octet:02x}")).collect()
    }

    /// RFC 8976 appendix A.1.
    #[test]
    fn the_simple_example_of_rfc_8976() {
        let zone = zone(
            "$ORIGIN example.\n$TTL 86400\n@ SOA ns1 admin 2018031900 1800 900 604800 86400\n@ NS ns1\n@ NS ns2\n\
             @ ZONEMD 2018031900 1 1 c68090d90a7aed716bc459f9340e3d7c1370d4d24b7e2fc3a1ddc0b9a87153b9a9713b3c9ae5cc27777f98b8e730044c\n\
             ns1 3600 A 203.0.113.63\nns2 3600 AAAA 2001:db8::63\n",
        );
        assert_eq!(
            hex(&digest(&zone, SHA384).unwrap()),
            "c68090d90a7aed716bc459f9340e3d7c1370d4d24b7e2fc3a1ddc0b9a87153b9a9713b3c9ae5cc27777f98b8e730044c"
        );
        assert_eq!(digest(&zone, SHA512).unwrap().len(), 64);
        assert!(digest(&zone, 3).is_none());
    }
}
