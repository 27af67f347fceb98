//! Times to live.

use super::super::Severity::{Error, Hint};
use super::super::fixes::ttl as fixes;
use super::super::rule::{Found, Here, Rule};
use super::super::types::Types;
use crate::zone::RecordType;
use crate::zone::ttl::{MAX_TTL, short};

const SIGNATURES: Types = Types::of(&[RecordType::RRSIG]);
const DELEGATING: Types = Types::of(&[RecordType::NS, RecordType::DS]);
const HOUR: u32 = 3600;
const WEEK: u32 = 604_800;

pub const RULES: &[Rule] = &[
    Rule::zone(
        ("L-20", "mixed-ttl"),
        Error,
        "RFC 2181 section 5.2",
        "The records of a set have one TTL. Where they differ every server makes something else of it.",
        &[],
        mixed,
    )
    .mended("Give all records of the set one TTL", fixes::mixed),
    Rule::zone(
        ("L-21", "huge-ttl"),
        Error,
        "RFC 2181 section 8",
        "A TTL above 2147483647 is read as 0 by resolvers.",
        &[],
        huge,
    )
    .mended("Set the TTL to a day", fixes::huge),
    Rule::zone(
        ("L-22", "zero-ttl"),
        Hint,
        "RFC 1035 section 3.2.1",
        "With a TTL of 0 nobody may remember the answer: every question reaches the nameservers.",
        &[],
        zero,
    )
    .mended("Set the TTL to five minutes", fixes::zero),
    Rule::zone(
        ("L-23", "unusual-ttl"),
        Hint,
        "RFC 1912 section 2.2",
        "A TTL below a minute costs questions, one above a week makes a change slow; NS and DS below an hour \
         make the zone hang on the zone above.",
        &[],
        unusual,
    )
    .mended("Set the TTL to the nearest usual one", fixes::unusual),
];

fn mixed(here: &Here<'_, '_>, found: &mut Found<'_>) {
    if here.node.ttls.0 == here.node.ttls.1 {
        return;
    }
    for (rtype, records) in here.node.sets().filter(|(rtype, _)| !SIGNATURES.has(*rtype)) {
        let Some((first, rest)) = records.split_first() else { continue };
        if let Some(other) = rest.iter().find(|record| record.ttl != first.ttl) {
            let message = format_args!(
                "{} {rtype} has records with the TTLs {} and {}. A record set has one TTL.",
                here.owner(),
                first.ttl,
                other.ttl
            );
            found.record(rtype, other, message);
        }
    }
}

fn huge(here: &Here<'_, '_>, found: &mut Found<'_>) {
    if here.node.ttls.1 <= MAX_TTL {
        return;
    }
    for (rtype, records) in here.node.sets() {
        if let Some(record) = records.iter().find(|record| record.ttl > MAX_TTL) {
            let message = format_args!(
                "{} {rtype} has the TTL {}, above {MAX_TTL}: resolvers read it as 0.",
                here.owner(),
                record.ttl
            );
            found.record(rtype, record, message);
        }
    }
}

fn zero(here: &Here<'_, '_>, found: &mut Found<'_>) {
    if here.node.ttls.0 > 0 {
        return;
    }
    for (rtype, records) in here.node.sets() {
        if records.iter().any(|record| record.ttl == 0) {
            let message =
                format_args!("{} {rtype} has the TTL 0: nobody remembers the answer.", here.owner());
            found.set(rtype, message);
        }
    }
}

fn unusual(here: &Here<'_, '_>, found: &mut Found<'_>) {
    let (lowest, highest) = here.node.ttls;
    let least = if here.types().meets(DELEGATING) { HOUR } else { 60 };
    if (least..=WEEK).contains(&lowest) && highest <= WEEK {
        return;
    }
    for (rtype, records) in here.node.sets() {
        let Some(ttl) = records.iter().map(|record| record.ttl).min() else { continue };
        let why = match rtype {
            _ if ttl == 0 || ttl > MAX_TTL => continue,
            RecordType::RRSIG | RecordType::NSEC | RecordType::NSEC3 => continue,
            RecordType::NS | RecordType::DS if ttl < HOUR => "below an hour",
            _ if ttl < 60 => "below a minute",
            _ if ttl > WEEK => "more than a week",
            _ => continue,
        };
        found.set(rtype, format_args!("{} {rtype} has the TTL {}, {why}.", here.owner(), short(ttl)));
    }
}
