//! Addresses that nobody outside can reach, and texts that are too much or were left behind.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::super::Severity::{Hint, Warning};
use super::super::fixes;
use super::super::rule::{Found, Here, Rule};
use super::structure::first_label;
use super::text_of;
use crate::zone::RecordType;

/// What fits into one datagram everywhere (RFC 9715).
const DATAGRAM: usize = 1232;

pub const RULES: &[Rule] = &[
    Rule::zone(
        ("L-58", "private-address"),
        Warning,
        "RFC 1918, RFC 6890, RFC 5737",
        "An address that nobody on the Internet can reach: private, of one link, of documentation.",
        &[RecordType::A, RecordType::AAAA],
        private,
    )
    .hidden_too(),
    Rule::zone(
        ("L-59", "ipv4-in-ipv6"),
        Warning,
        "RFC 4291 section 2.5.5",
        "An IPv6 address that stands for an IPv4 address: nobody can reach it. Use an A record.",
        &[RecordType::AAAA],
        mapped,
    )
    .mended("Put an A record in its place", fixes::addresses::mapped)
    .hidden_too(),
    Rule::zone(
        ("L-71", "left-behind"),
        Hint,
        "RFC 8555 section 8.4, practice",
        "A proof of ownership that is needed for a moment, and stands here still.",
        &[RecordType::TXT],
        left_behind,
    )
    .mended("Delete the text", fixes::delete_set),
    Rule::zone(
        ("L-72", "large-answer"),
        Hint,
        "RFC 9715 section 3.2",
        "Texts of one name that do not fit into one datagram: every question for one of them is asked twice.",
        &[RecordType::TXT],
        large,
    ),
];

/// What an IPv4 address is, where it is not one that everybody can reach.
fn ipv4_scope(address: Ipv4Addr) -> Option<&'static str> {
    let [a, b, ..] = address.octets();
    Some(match address {
        _ if address.is_private() => "private (RFC 1918)",
        _ if address.is_loopback() => "the machine itself (loopback)",
        _ if address.is_link_local() => "of one link only (link-local)",
        _ if a == 0 => "no address of a host",
        _ if a == 100 && (64..128).contains(&b) => "of a carrier's inner network (RFC 6598)",
        _ if a >= 240 => "reserved",
        _ if address.is_multicast() => "of a multicast group",
        _ => return None,
    })
}

fn ipv6_scope(address: Ipv6Addr) -> Option<&'static str> {
    let first = address.segments()[0];
    Some(match address {
        _ if address.is_loopback() => "the machine itself (loopback)",
        _ if address.is_unspecified() => "no address of a host",
        _ if first & 0xfe00 == 0xfc00 => "private (RFC 4193)",
        _ if first & 0xffc0 == 0xfe80 => "of one link only (link-local)",
        _ if first & 0xff00 == 0xff00 => "of a multicast group",
        _ => return None,
    })
}

/// Can hosts elsewhere reach it? Those of documentation stand for ones that can.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => ipv4_scope(address).is_none(),
        IpAddr::V6(address) => ipv6_scope(address).is_none(),
    }
}

/// Addresses of documentation are right in zones of documentation.
fn is_example(here: &Here<'_, '_>) -> bool {
    const EXAMPLES: [&[u8]; 3] = [b"example", b"test", b"invalid"];
    let (mut second, mut last) = (&[][..], &[][..]);
    for label in here.view.origin().labels() {
        (second, last) = (last, label);
    }
    let is_one = |label: &[u8]| EXAMPLES.iter().any(|example| example.eq_ignore_ascii_case(label));
    is_one(last) || is_one(second)
}

fn private(here: &Here<'_, '_>, found: &mut Found<'_>) {
    for record in here.set(RecordType::A) {
        let Ok(octets) = <[u8; 4]>::try_from(record.rdata) else { continue };
        let address = Ipv4Addr::from(octets);
        let documentation = || address.is_documentation() && !is_example(here);
        let scope = ipv4_scope(address).or_else(|| documentation().then_some("for documentation (RFC 5737)"));
        if let Some(scope) = scope {
            let message = format_args!("{} has the address {address}, which is {scope}.", here.owner());
            found.record(RecordType::A, record, message);
        }
    }
    for record in here.set(RecordType::AAAA) {
        let Ok(octets) = <[u8; 16]>::try_from(record.rdata) else { continue };
        let address = Ipv6Addr::from(octets);
        let documentation = || octets.starts_with(&[0x20, 1, 0x0d, 0xb8]) && !is_example(here);
        let scope = ipv6_scope(address).or_else(|| documentation().then_some("for documentation (RFC 3849)"));
        if let Some(scope) = scope {
            let message = format_args!("{} has the address {address}, which is {scope}.", here.owner());
            found.record(RecordType::AAAA, record, message);
        }
    }
}

fn mapped(here: &Here<'_, '_>, found: &mut Found<'_>) {
    for record in here.set(RecordType::AAAA) {
        let Ok(octets) = <[u8; 16]>::try_from(record.rdata) else { continue };
        let [.., a, b, c, d] = octets;
        let address = Ipv4Addr::new(a, b, c, d);
        // ::ffff:a.b.c.d, and ::a.b.c.d but for :: and ::1.
        let compatible = octets.starts_with(&[0; 12]) && (a, b) != (0, 0);
        if octets.starts_with(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]) || compatible {
            let message = format_args!(
                "{} has the AAAA address {}, which stands for {address}. Use an A record.",
                here.owner(),
                Ipv6Addr::from(octets)
            );
            found.record(RecordType::AAAA, record, message);
        }
    }
}

fn left_behind(here: &Here<'_, '_>, found: &mut Found<'_>) {
    const MOMENTARY: [&[u8]; 2] = [b"_acme-challenge", b"ownercheck"];
    let label = first_label(here.owner());
    if MOMENTARY.iter().any(|known| known.eq_ignore_ascii_case(label)) {
        let message = format_args!(
            "{} is needed only while ownership is proved. If that is over, delete it.",
            here.owner()
        );
        found.set(RecordType::TXT, message);
    }
}

fn large(here: &Here<'_, '_>, found: &mut Found<'_>) {
    let records = here.set(RecordType::TXT);
    // Header, question, EDNS; each record's owner is a pointer.
    let size = 12
        + here.owner().wire().len()
        + 4
        + 11
        + records.iter().map(|record| 12 + record.rdata.len()).sum::<usize>();
    if size > DATAGRAM {
        let longest = records.iter().max_by_key(|record| record.rdata.len());
        let text = longest.map(|record| text_of(record.rdata)).unwrap_or_default();
        let message = format_args!(
            "The answer for {} TXT has {size} octets, more than the {DATAGRAM} of a datagram. The longest is {}.",
            here.owner(),
            super::quoted(&text)
        );
        found.set(RecordType::TXT, message);
    }
}
