//! DNSSEC: delegations to signed zones, and what signers make.

use super::super::Severity::{Error, Warning};
use super::super::fixes;
use super::super::node::Record;
use super::super::rule::{Found, Here, LooksAt, Rule};
use super::super::types::Types;
use super::super::zonemd as digests;
use super::number;
use crate::zone::RecordType;
use crate::zone::managed::seconds_until;
use crate::zone::types::timestamp;

/// Signatures that end so soon are told of.
const SOON: i64 = 3 * 86_400;

pub const RULES: &[Rule] = &[
    Rule::zone(
        ("L-98", "ds-algorithm"),
        Warning,
        "RFC 4034 section 5.1, RFC 8624 section 3",
        "Digests and algorithms of DS records: of the right length, and none that validators no longer trust.",
        &[RecordType::DS],
        ds,
    )
    .mended("Delete a SHA-1 digest beside a better one", fixes::dnssec::ds),
    Rule::zone(
        ("L-100", "nsec3-parameters"),
        Warning,
        "RFC 9276 section 3.1",
        "NSEC3 with iterations or a salt costs work and protects nothing; validators treat many iterations as unsigned.",
        &[RecordType::NSEC3PARAM],
        nsec3,
    ),
    Rule::zone(
        ("L-101", "signature-times"),
        Warning,
        "RFC 4034 section 3.1.5",
        "Signatures that are over, end within days, or begin in the future: resolvers that validate refuse the answer.",
        &[RecordType::RRSIG],
        signatures,
    )
    .hidden_too(),
    Rule::zone(
        ("L-103", "hand-made-signatures"),
        Error,
        "RFC 4035 section 2.1",
        "RRSIG, NSEC or NSEC3 records in a zone without keys: left over, or typed. No resolver can do anything with them.",
        &[RecordType::SOA],
        hand_made,
    )
    .looking_at(LooksAt::ZONE),
    Rule::zone(
        ("L-104", "zonemd"),
        Warning,
        "RFC 8976 section 4",
        "A ZONEMD record whose digest is not that of the zone: who verifies it takes the zone for broken. It is looked \
         at in the zone as it is served, before edits; a new one is made by the server that raises the serial.",
        &[RecordType::ZONEMD],
        zonemd,
    )
    .mended("Delete the ZONEMD records: a zone without any is not verified", fixes::delete_set),
];

fn ds(here: &Here<'_, '_>, found: &mut Found<'_>) {
    for record in here.set(RecordType::DS) {
        let Some(([_, _, algorithm, digest], data)) = record.rdata.split_first_chunk::<4>() else { continue };
        let expected = match digest {
            1 => Some(20),
            2 | 3 => Some(32),
            4 => Some(48),
            _ => None,
        };
        if let Some(expected) = expected.filter(|expected| *expected != data.len()) {
            let message = format_args!(
                "{} DS has a digest of {} octets; one of type {digest} has {expected}.",
                here.owner(),
                data.len()
            );
            found.with(Error, RecordType::DS, record, message);
        }
        let why = match (algorithm, digest) {
            (1 | 3 | 6 | 12, _) => {
                format!("is of the algorithm {algorithm}, which validators no longer know")
            }
            (5 | 7, _) => {
                format!("is of the algorithm {algorithm} (RSA with SHA-1), which some no longer trust")
            }
            (_, 1) => "has a SHA-1 digest (type 1), which some no longer trust; 2 is SHA-256".into(),
            (_, 3) => "has a digest of type 3 (GOST), which validators no longer know".into(),
            _ => continue,
        };
        found.record(RecordType::DS, record, format_args!("{} DS {why}.", here.owner()));
    }
}

fn nsec3(here: &Here<'_, '_>, found: &mut Found<'_>) {
    for record in here.set(RecordType::NSEC3PARAM) {
        let Some(([hash, _, high, low, salt], _)) = record.rdata.split_first_chunk::<5>() else { continue };
        if *hash != 1 {
            let message = format_args!(
                "{} has NSEC3 with the hash algorithm {hash}. There is only 1 (SHA-1).",
                here.owner()
            );
            found.with(Error, RecordType::NSEC3PARAM, record, message);
        }
        let iterations = u16::from_be_bytes([*high, *low]);
        if iterations > 0 || *salt > 0 {
            let message = format_args!(
                "{} has NSEC3 with {iterations} iterations and a salt of {salt} octets. None of either is right.",
                here.owner()
            );
            found.record(RecordType::NSEC3PARAM, record, message);
        }
    }
}

fn signatures(here: &Here<'_, '_>, found: &mut Found<'_>) {
    let Some(now) = here.view.now else { return };
    for (_, record) in here.node.records(Types::one(RecordType::RRSIG)) {
        let (Some(end), Some(begin)) = (record.rdata.get(8..12), record.rdata.get(12..16)) else { continue };
        let (end, begin) = (number(end), number(begin));
        let covered = RecordType(number(record.rdata.get(..2).unwrap_or_default()) as u16);
        let (severity, why) = match (seconds_until(end, now), seconds_until(begin, now)) {
            (..0, _) => (Error, format!("ended at {}", timestamp(end))),
            (_, 1..) => (Error, format!("begins at {} only", timestamp(begin))),
            (0..SOON, _) => (Warning, format!("ends at {}, in less than three days", timestamp(end))),
            _ => continue,
        };
        let message = format_args!("The signature of {} {covered} {why} (UTC).", here.owner());
        found.with(severity, RecordType::RRSIG, record, message);
    }
}

fn hand_made(here: &Here<'_, '_>, found: &mut Found<'_>) {
    if here.is_apex() && here.view.census.signed > 0 && !here.types().has(RecordType::DNSKEY) {
        let message = format_args!(
            "{} has RRSIG, NSEC or NSEC3 records and no DNSKEY: nobody can validate them.",
            here.owner()
        );
        found.set(RecordType::SOA, message);
    }
}

fn zonemd(here: &Here<'_, '_>, found: &mut Found<'_>) {
    let serial =
        here.set(RecordType::SOA).first().and_then(|record| crate::zone::Soa::from_rdata(record.rdata));
    let Some(serial) = serial.map(|soa| soa.serial).filter(|_| here.is_apex()) else {
        let message =
            format_args!("{} has a ZONEMD record, which counts at the top of a zone only.", here.owner());
        return found.set(RecordType::ZONEMD, message);
    };
    let records = here.set(RecordType::ZONEMD);
    let kind = |record: &Record<'_>| record.rdata.get(4..6).map(<[u8]>::to_vec);
    for record in records {
        let Some((made, [scheme, hash, digest @ ..])) = record.rdata.split_first_chunk::<4>() else {
            continue;
        };
        let made = u32::from_be_bytes(*made);
        let length = digests::length(*hash);
        let why = if made != serial {
            format!("was made for the serial {made}, and the zone has {serial}")
        } else if *scheme != digests::SIMPLE || length.is_none() {
            // Those of others are left to others (RFC 8976 section 4).
            continue;
        } else if records.iter().filter(|other| kind(other) == kind(record)).count() > 1 {
            format!("is one of several of the scheme {scheme} and the hash {hash}, of which none counts")
        } else if let Some(length) = length.filter(|length| *length != digest.len()) {
            format!("has a digest of {} octets; one of type {hash} has {length}", digest.len())
        } else if here.view.as_served
            && digests::digest(here.view.zone.base, *hash).is_some_and(|own| own != digest)
        {
            format!("has a digest (type {hash}) that is not that of the zone")
        } else {
            continue;
        };
        let message = format_args!("The ZONEMD record of {} {why}.", here.owner());
        found.record(RecordType::ZONEMD, record, message);
    }
}
