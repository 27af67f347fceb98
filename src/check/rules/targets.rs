//! SRV, PTR and other types that lead to names, and types that nobody uses any more.

use super::super::Severity::{Hint, Warning};
use super::super::fixes;
use super::super::rule::{Found, Here, LooksAt, Rule};
use super::super::types::Types;
use super::super::view::Target;
use super::structure::has_address;
use super::{depth, quoted, target};
use crate::zone::{NameRef, RecordType};

const RP: RecordType = RecordType(17);
const LOC: RecordType = RecordType(29);
const URI: RecordType = RecordType(256);
const OBSOLETE: &[RecordType] = &[
    RecordType(3),
    RecordType(4),
    RecordType(7),
    RecordType(8),
    RecordType(11),
    RecordType::KEY,
    RecordType(38),
];
const OBSOLETE_SET: Types = Types::of(OBSOLETE);
const DLV: RecordType = RecordType(32769);

pub const RULES: &[Rule] = &[
    Rule::zone(
        ("L-53", "srv-owner"),
        Warning,
        "RFC 2782",
        "An SRV record stands at _service._proto and a name: nobody looks for it elsewhere.",
        &[RecordType::SRV],
        srv_owner,
    ),
    Rule::zone(
        ("L-54", "srv-target"),
        Warning,
        "RFC 2782",
        "An SRV record leads to a host with an address, not to an alias; the target . stands alone.",
        &[RecordType::SRV],
        srv_target,
    )
    .mended("Lead past the alias, or delete the record", fixes::targets::srv)
    .looking_at(LooksAt::TARGETS),
    Rule::zone(
        ("L-55", "several-ptr"),
        Hint,
        "RFC 1912 section 2.1",
        "Programs take one PTR record of an address, and which one is chance.",
        &[RecordType::PTR],
        several_ptr,
    )
    .mended("Keep one of them", fixes::keep_one),
    Rule::zone(
        ("L-56", "ptr-owner"),
        Warning,
        "RFC 1035 section 3.5, RFC 3596 section 2.5",
        "In a reverse zone a PTR record stands at all four numbers of an address (32 digits for IPv6), without zeros \
         before them.",
        &[RecordType::PTR],
        ptr_owner,
    ),
    Rule::zone(
        ("L-87", "rp-text"),
        Hint,
        "RFC 1183 section 2.2",
        "The second name of an RP record has a TXT record, or is the root.",
        &[RP],
        rp_text,
    )
    .mended("Name no text", fixes::targets::rp)
    .looking_at(LooksAt::TARGETS),
    Rule::zone(
        ("L-88", "naptr-fields"),
        Warning,
        "RFC 3403 section 4.1",
        "A NAPTR record has a regular expression or a replacement, not both and not neither.",
        &[RecordType::NAPTR],
        naptr,
    )
    .mended("Keep the expression or the replacement", fixes::targets::naptr),
    Rule::zone(
        ("L-89", "no-uri"),
        Warning,
        "RFC 7553 section 4.4, RFC 1876 section 2",
        "The target of a URI record begins with a scheme such as https:; a LOC record is a place on earth.",
        &[URI, LOC],
        uri,
    ),
    Rule::zone(
        ("L-90", "obsolete-type"),
        Warning,
        "RFC 1035 section 3.3, RFC 6563, RFC 8749",
        "A type that nothing asks for any more.",
        // The last one shares its place with others.
        &[
            RecordType(3),
            RecordType(4),
            RecordType(7),
            RecordType(8),
            RecordType(11),
            RecordType::KEY,
            RecordType(38),
            DLV,
        ],
        obsolete,
    )
    .mended("Delete the records", fixes::delete_set),
];

fn srv_owner(here: &Here<'_, '_>, found: &mut Found<'_>) {
    let mut labels = here.owner().labels();
    let scoped = labels.next().zip(labels.next());
    let is_scope = |label: &[u8]| label.starts_with(b"_");
    if !scoped.is_some_and(|(service, protocol)| is_scope(service) && is_scope(protocol)) {
        let message = format_args!(
            "{} has an SRV record and is no name of a service: that begins with _service._tcp or the like.",
            here.owner()
        );
        found.set(RecordType::SRV, message);
    }
}

fn srv_target(here: &Here<'_, '_>, found: &mut Found<'_>) {
    let records = here.set(RecordType::SRV);
    for record in records {
        let Some(name) = target(RecordType::SRV, record) else { continue };
        if name.is_root() && records.len() > 1 {
            let message = format_args!(
                "{} has an SRV record with the target . (no such service) beside others.",
                here.owner()
            );
            found.record(RecordType::SRV, record, message);
            continue;
        }
        let why = match here.target(name) {
            _ if name.is_root() => continue,
            Target::Here(types) if types.has(RecordType::CNAME) => "is an alias (CNAME)",
            Target::Here(types) if !has_address(types) => "has no address (A or AAAA)",
            Target::Missing => "is not there",
            Target::BelowDname => "is below a DNAME",
            _ => continue,
        };
        found.record(
            RecordType::SRV,
            record,
            format_args!("{} SRV leads to {name}, which {why}.", here.owner()),
        );
    }
}

/// Which reverse tree a name is in, and its labels there.
fn reverse(name: NameRef<'_>) -> Option<(usize, Vec<&[u8]>)> {
    let labels: Vec<&[u8]> = name.labels().collect();
    let (own, [family, arpa]) = labels.split_last_chunk::<2>()?;
    if !arpa.eq_ignore_ascii_case(b"arpa") {
        return None;
    }
    let wanted = match family.to_ascii_lowercase().as_slice() {
        b"in-addr" => 4,
        b"ip6" => 32,
        _ => return None,
    };
    Some((wanted, own.to_vec()))
}

fn several_ptr(here: &Here<'_, '_>, found: &mut Found<'_>) {
    let count = here.set(RecordType::PTR).len();
    // Elsewhere it is service discovery, where several are usual.
    if count > 1 && reverse(here.owner()).is_some() {
        found.set(RecordType::PTR, format_args!("{} has {count} PTR records. One is usual.", here.owner()));
    }
}

fn ptr_owner(here: &Here<'_, '_>, found: &mut Found<'_>) {
    let Some((wanted, labels)) = reverse(here.owner()) else { return };
    let is_digit = |label: &&[u8]| label.len() == 1 && label.iter().all(u8::is_ascii_hexdigit);
    let is_octet = |label: &&[u8]| {
        let number = std::str::from_utf8(label).ok().and_then(|label| label.parse::<u8>().ok());
        number.is_some_and(|number| number.to_string().as_bytes() == *label)
    };
    let why = if wanted == 32 {
        if labels.len() == 32 && labels.iter().all(is_digit) {
            return;
        }
        // Wildcards and names of services may stand in a reverse zone.
        if labels.first().is_some_and(|label| label.starts_with(b"_") || *label == b"*") {
            return;
        }
        "an IPv6 address has 32 hexadecimal digits there"
    } else {
        // Ranges below a /24 have a label more, such as 0/26 or 0-63 (RFC 2317).
        let usual = |label: &&[u8]| is_octet(label);
        if labels.len() == 4 && labels.iter().all(usual) {
            return;
        }
        let odd = labels.iter().filter(|label| !label.iter().all(u8::is_ascii_digit)).count();
        if odd > 0 {
            return;
        }
        "an IPv4 address has four numbers from 0 to 255 there, without zeros before them"
    };
    found.set(
        RecordType::PTR,
        format_args!("{} has a PTR record and is the name of no address: {why}.", here.owner()),
    );
}

fn rp_text(here: &Here<'_, '_>, found: &mut Found<'_>) {
    for record in here.set(RP) {
        let second = NameRef::split_from(record.rdata).and_then(|(_, rest)| NameRef::split_from(rest));
        let Some((text, _)) = second.filter(|(text, _)| !text.is_root()) else { continue };
        let has_text = match here.target(text) {
            Target::Here(types) => types.has(RecordType::TXT) || types.has(RecordType::CNAME),
            Target::Missing => false,
            _ => true,
        };
        if !has_text {
            let message =
                format_args!("{} RP names {text} for its text, which has no TXT record.", here.owner());
            found.record(RP, record, message);
        }
    }
}

fn naptr(here: &Here<'_, '_>, found: &mut Found<'_>) {
    for record in here.set(RecordType::NAPTR) {
        let mut rest = record.rdata.get(4..).unwrap_or_default();
        let mut strings = Vec::new();
        for _ in 0..3 {
            let Some((length, tail)) = rest.split_first() else { return };
            let Some((string, after)) = tail.split_at_checked(usize::from(*length)) else { return };
            strings.push(string);
            rest = after;
        }
        let Some((replacement, _)) = NameRef::split_from(rest) else { return };
        let expression = strings.get(2).is_some_and(|expression| !expression.is_empty());
        let terminal = strings.first().is_some_and(|flags| flags.eq_ignore_ascii_case(b"u"));
        let why = match (expression, replacement.is_root()) {
            (true, false) => "has a regular expression and a replacement, of which one counts",
            (false, true) => "has neither a regular expression nor a replacement",
            (false, false) if terminal => "has the flag u, which asks for a regular expression",
            _ => continue,
        };
        found.record(RecordType::NAPTR, record, format_args!("{} NAPTR {why}.", here.owner()));
    }
}

fn uri(here: &Here<'_, '_>, found: &mut Found<'_>) {
    for record in here.set(URI) {
        let text = record.rdata.get(4..).unwrap_or_default();
        let scheme = text.split(|octet| *octet == b':').next().filter(|scheme| scheme.len() < text.len());
        let is_scheme = scheme.is_some_and(|scheme| {
            let is_plain = |octet: &u8| octet.is_ascii_alphanumeric() || b"+-.".contains(octet);
            scheme.first().is_some_and(u8::is_ascii_alphabetic) && scheme.iter().all(is_plain)
        });
        if !is_scheme {
            let message =
                format_args!("{} URI has the target {}, which has no scheme.", here.owner(), quoted(text));
            found.record(URI, record, message);
        }
    }
    for record in here.set(LOC) {
        if !crate::zone::types::is_valid(LOC, record.rdata) {
            found.record(LOC, record, format_args!("{} LOC is no place on earth.", here.owner()));
        }
    }
}

fn obsolete(here: &Here<'_, '_>, found: &mut Found<'_>) {
    for (rtype, _) in here.node.sets() {
        let at_host = rtype != RecordType::KEY || depth(here.owner(), here.view.origin()) > 0;
        if (OBSOLETE_SET.has(rtype) || rtype == DLV) && at_host {
            let message = format_args!(
                "{} has a record of the type {rtype}, which nothing asks for any more.",
                here.owner()
            );
            found.set(rtype, message);
        }
    }
}
