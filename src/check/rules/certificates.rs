//! CAA, TLSA and SSHFP.

use super::super::Severity::{Error, Hint, Warning};
use super::super::fixes;
use super::super::rule::{Found, Here, LooksAt, Rule};
use super::super::types::Types;
use super::super::view::Target;
use super::quoted;
use super::structure::has_address;
use crate::zone::{NameRef, RecordType};

const CAA: &[RecordType] = &[RecordType::CAA];
const TLSA: &[RecordType] = &[RecordType::TLSA];
pub const TAGS: [&[u8]; 7] =
    [b"issue", b"issuewild", b"iodef", b"contactemail", b"contactphone", b"issuemail", b"issuevmc"];

pub const RULES: &[Rule] = &[
    Rule::zone(
        ("L-73", "caa-tag"),
        Warning,
        "RFC 8659 section 4.1",
        "A tag that no certificate authority knows: the record says nothing, or (with the flag 128) forbids all.",
        CAA,
        caa_tag,
    )
    .mended("Write the tag that was meant", fixes::certificates::tag),
    Rule::zone(
        ("L-74", "caa-flags"),
        Warning,
        "RFC 8659 section 4.1",
        "The flags of a CAA record are 0 or 128.",
        CAA,
        caa_flags,
    )
    .mended("Set the flags to 0 or 128", fixes::certificates::flags),
    Rule::zone(
        ("L-75", "caa-iodef"),
        Warning,
        "RFC 8659 section 4.4",
        "Reports go to a mailto:, http: or https: URL; others nobody can follow.",
        CAA,
        caa_iodef,
    )
    .mended("Write mailto: or https:// before it", fixes::certificates::iodef),
    Rule::zone(
        ("L-76", "caa-incomplete"),
        Hint,
        "RFC 8659 sections 4.2 and 4.3",
        "Only iodef: every authority may issue. issuewild without issue: others than wildcards are open to all.",
        CAA,
        caa_incomplete,
    )
    .mended("Let the same authorities issue for other names", fixes::certificates::incomplete),
    Rule::zone(
        ("L-78", "tlsa-owner"),
        Warning,
        "RFC 6698 section 3",
        "A TLSA record stands at _port._protocol and the name of a host that is there.",
        TLSA,
        tlsa_owner,
    )
    .looking_at(LooksAt::TARGETS),
    Rule::zone(
        ("L-79", "tlsa-fields"),
        Error,
        "RFC 6698 section 2.1",
        "Usage 0 to 3, selector 0 or 1, matching type 0 to 2, and a digest of the right length: else the record is \
         not usable, and mail may not be delivered.",
        TLSA,
        tlsa_fields,
    ),
    Rule::zone(
        ("L-80", "tlsa-unsigned"),
        Warning,
        "RFC 6698 section 1.3",
        "In a zone that is not signed, a TLSA record has no effect.",
        TLSA,
        tlsa_unsigned,
    )
    .looking_at(LooksAt::TARGETS),
    Rule::zone(
        ("L-81", "sshfp-fields"),
        Error,
        "RFC 4255 section 3.1, RFC 6594, RFC 7479",
        "A known algorithm and digest type, and a digest of the right length.",
        &[RecordType::SSHFP],
        sshfp,
    ),
];

/// Flags, tag and value of a CAA record.
pub fn caa(rdata: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (flags, rest) = rdata.split_first()?;
    let (length, rest) = rest.split_first()?;
    let (tag, value) = rest.split_at_checked(usize::from(*length))?;
    Some((*flags, tag, value))
}

fn is_tag(tag: &[u8], wanted: &[u8]) -> bool {
    tag.eq_ignore_ascii_case(wanted)
}

fn caa_tag(here: &Here<'_, '_>, found: &mut Found<'_>) {
    for record in here.set(RecordType::CAA) {
        let Some((flags, tag, _)) = caa(record.rdata) else { continue };
        if !TAGS.iter().any(|known| is_tag(tag, known)) {
            let effect = if flags & 128 != 0 { "forbids every authority to issue" } else { "says nothing" };
            let message = format_args!(
                "{} CAA has the tag {}, which nobody knows: it {effect}.",
                here.owner(),
                quoted(tag)
            );
            found.record(RecordType::CAA, record, message);
        }
    }
}

fn caa_flags(here: &Here<'_, '_>, found: &mut Found<'_>) {
    for record in here.set(RecordType::CAA) {
        if let Some((flags, _, _)) = caa(record.rdata).filter(|(flags, _, _)| !matches!(flags, 0 | 128)) {
            let message =
                format_args!("{} CAA has the flags {flags}. Only 0 and 128 have a meaning.", here.owner());
            found.record(RecordType::CAA, record, message);
        }
    }
}

fn caa_iodef(here: &Here<'_, '_>, found: &mut Found<'_>) {
    for record in here.set(RecordType::CAA) {
        let Some((_, _, value)) = caa(record.rdata).filter(|(_, tag, _)| is_tag(tag, b"iodef")) else {
            continue;
        };
        let lower = value.to_ascii_lowercase();
        if ![&b"mailto:"[..], b"http://", b"https://"].iter().any(|scheme| lower.starts_with(scheme)) {
            let message = format_args!(
                "{} CAA wants reports at {}: that begins with mailto:, http:// or https://.",
                here.owner(),
                quoted(value)
            );
            found.record(RecordType::CAA, record, message);
        }
    }
}

fn caa_incomplete(here: &Here<'_, '_>, found: &mut Found<'_>) {
    let records: Vec<_> = here.set(RecordType::CAA).iter().filter_map(|record| caa(record.rdata)).collect();
    let has = |wanted: &[u8]| records.iter().any(|(_, tag, _)| is_tag(tag, wanted));
    let why = if has(b"issuewild") && !has(b"issue") {
        "has issuewild without issue: every authority may issue for names that are no wildcards"
    } else if has(b"iodef") && records.iter().all(|(_, tag, _)| is_tag(tag, b"iodef")) {
        "has iodef alone: every authority may issue"
    } else {
        return;
    };
    found.set(RecordType::CAA, format_args!("{} CAA {why}.", here.owner()));
}

/// The host that a TLSA record is about: the owner without `_port._protocol`.
pub fn host(owner: NameRef<'_>) -> Option<NameRef<'_>> {
    let is_scope = |name: &NameRef<'_>| name.labels().next().is_some_and(|label| label.starts_with(b"_"));
    let protocol = owner.parent().filter(|_| is_scope(&owner))?;
    protocol.parent().filter(|_| is_scope(&protocol))
}

fn tlsa_owner(here: &Here<'_, '_>, found: &mut Found<'_>) {
    let mut labels = here.owner().labels();
    let (port, protocol) = (labels.next().unwrap_or_default(), labels.next().unwrap_or_default());
    let is_port = port == b"*"
        || port.strip_prefix(b"_").is_some_and(|port| {
            !port.is_empty()
                && std::str::from_utf8(port).is_ok_and(|port| port == "*" || port.parse::<u16>().is_ok())
        });
    let is_protocol =
        [&b"_tcp"[..], b"_udp", b"_sctp", b"_dccp"].iter().any(|known| protocol.eq_ignore_ascii_case(known));
    // Certificates of people stand at _smimecert, of clients at _device and the like: other types.
    if !is_port || !is_protocol {
        let message = format_args!(
            "{} has a TLSA record and does not begin with _port._tcp or the like.",
            here.owner()
        );
        return found.set(RecordType::TLSA, message);
    }
    let Some(host) = host(here.owner()) else { return };
    let there = match here.target(host) {
        Target::Here(types) => {
            has_address(types) || types.has(RecordType::CNAME) || types.has(RecordType::MX)
        }
        Target::Missing => false,
        _ => true,
    };
    if !there {
        let message = format_args!("{} has a TLSA record, and the host {host} has no address.", here.owner());
        found.set(RecordType::TLSA, message);
    }
}

fn tlsa_fields(here: &Here<'_, '_>, found: &mut Found<'_>) {
    for record in here.set(RecordType::TLSA) {
        let Some(([usage, selector, matching], data)) = record.rdata.split_first_chunk::<3>() else {
            continue;
        };
        let expected = match matching {
            1 => Some(32),
            2 => Some(64),
            _ => None,
        };
        // 255 is for private use (RFC 7218).
        let why = if *usage > 3 && *usage != 255 {
            format!("has the usage {usage}; 0 to 3 are known")
        } else if *selector > 1 && *selector != 255 {
            format!("has the selector {selector}; 0 and 1 are known")
        } else if *matching > 2 && *matching != 255 {
            format!("has the matching type {matching}; 0 to 2 are known")
        } else if let Some(expected) = expected.filter(|expected| *expected != data.len()) {
            format!("has a digest of {} octets; this one has {expected}", data.len())
        } else {
            continue;
        };
        found.record(RecordType::TLSA, record, format_args!("{} TLSA {why}.", here.owner()));
    }
}

fn tlsa_unsigned(here: &Here<'_, '_>, found: &mut Found<'_>) {
    const SIGNED: Types = Types::of(&[RecordType::DNSKEY, RecordType::RRSIG]);
    if !here.view.types_at(here.view.origin()).meets(SIGNED) {
        let message = format_args!(
            "{} has a TLSA record, and the zone as it is here is not signed: then it has no effect.",
            here.owner()
        );
        found.set(RecordType::TLSA, message);
    }
}

fn sshfp(here: &Here<'_, '_>, found: &mut Found<'_>) {
    for record in here.set(RecordType::SSHFP) {
        let Some(([algorithm, digest], data)) = record.rdata.split_first_chunk::<2>() else { continue };
        let expected = match digest {
            1 => Some(20),
            2 => Some(32),
            _ => None,
        };
        let why = match expected {
            _ if !matches!(algorithm, 1..=4 | 6) => {
                format!("has the algorithm {algorithm}; 1 to 4 and 6 are known")
            }
            None => format!("has the digest type {digest}; 1 and 2 are known"),
            Some(expected) if expected != data.len() => {
                format!("has a digest of {} octets; this one has {expected}", data.len())
            }
            Some(_) => continue,
        };
        found.record(RecordType::SSHFP, record, format_args!("{} SSHFP {why}.", here.owner()));
    }
}
