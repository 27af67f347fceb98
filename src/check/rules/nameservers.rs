//! NS records: of the zone itself and of delegations.

use std::collections::BTreeSet;

use super::super::Severity::{Error, Hint, Warning};
use super::super::fixes;
use super::super::rule::{Found, Here, LooksAt, Rule};
use super::super::types::Types;
use super::super::view::Target;
use super::structure::has_address;
use super::{depth, target};
use crate::zone::{NameRef, RecordType};

const ADDRESSES: Types = Types::of(&[RecordType::A, RecordType::AAAA]);
const NS: &[RecordType] = &[RecordType::NS];
const SOA: &[RecordType] = &[RecordType::SOA];
/// What a message may have that is not split (RFC 1035 section 4.2.1).
const SMALL: usize = 512;

pub const RULES: &[Rule] = &[
    Rule::zone(
        ("L-02", "no-nameserver"),
        Error,
        "RFC 1034 section 4.2.1",
        "A zone has NS records at its top. BIND refuses it otherwise.",
        SOA,
        none,
    ),
    Rule::zone(
        ("L-03", "one-nameserver"),
        Warning,
        "RFC 1034 section 4.1, RFC 2182 section 5",
        "With one nameserver the zone is gone when that is gone.",
        SOA,
        single,
    ),
    Rule::zone(
        ("L-04", "one-nameserver-below"),
        Warning,
        "RFC 1034 section 4.1, RFC 2182 section 5",
        "A delegation to one nameserver is gone when that is gone.",
        NS,
        single_below,
    ),
    Rule::zone(
        ("L-39", "ns-is-alias"),
        Error,
        "RFC 2181 section 10.3",
        "NS records lead to hosts, not to aliases: many resolvers do not follow them.",
        NS,
        alias,
    )
    .mended("Lead to where the alias leads", fixes::alias::past_alias)
    .looking_at(LooksAt::TARGETS),
    Rule::zone(
        ("L-40", "ns-without-address"),
        Error,
        "RFC 1912 section 2.8",
        "A nameserver in this zone without an address cannot be reached; BIND refuses the zone.",
        NS,
        without_address,
    )
    .mended("Delete the NS record, where others are left", fixes::delete_one_of_several)
    .looking_at(LooksAt::TARGETS),
    Rule::zone(
        ("L-41", "ns-is-address"),
        Error,
        "RFC 1035 section 3.3.11",
        "An NS record takes a name. An address there is read as a name that nobody has.",
        NS,
        is_address,
    )
    .mended("Lead to a host with this address", fixes::addresses::in_place_of_name),
    Rule::zone(
        ("L-42", "one-network"),
        Warning,
        "RFC 2182 section 3.1",
        "All nameservers in one network are gone when that is gone.",
        SOA,
        one_network,
    )
    .looking_at(LooksAt::TARGETS),
    Rule::zone(
        ("L-43", "family-missing"),
        Hint,
        "RFC 3901 section 4",
        "A zone with addresses of one family whose nameservers have none of it: those who have only that cannot ask.",
        SOA,
        family,
    )
    .looking_at(LooksAt::TARGETS.and(LooksAt::ZONE)),
    Rule::zone(
        ("L-47", "large-referral"),
        Hint,
        "RFC 1035 section 4.2.1",
        "A delegation whose answer does not fit into 512 octets needs a second question from old resolvers.",
        NS,
        referral,
    )
    .looking_at(LooksAt::TARGETS),
];

fn names<'z>(here: &Here<'_, 'z>) -> impl Iterator<Item = NameRef<'z>> {
    here.set(RecordType::NS).iter().filter_map(|record| target(RecordType::NS, record))
}

fn none(here: &Here<'_, '_>, found: &mut Found<'_>) {
    if here.is_apex() && !here.types().has(RecordType::NS) {
        found.set(RecordType::SOA, format_args!("The zone {} has no NS records at its top.", here.owner()));
    }
}

fn single(here: &Here<'_, '_>, found: &mut Found<'_>) {
    if here.is_apex() && here.set(RecordType::NS).len() == 1 {
        found.set(
            RecordType::NS,
            format_args!("The zone {} has one nameserver. Two are the least.", here.owner()),
        );
    }
}

fn single_below(here: &Here<'_, '_>, found: &mut Found<'_>) {
    if here.is_cut() && here.set(RecordType::NS).len() == 1 {
        let message = format_args!("{} is delegated to one nameserver. Two are the least.", here.owner());
        found.set(RecordType::NS, message);
    }
}

fn alias(here: &Here<'_, '_>, found: &mut Found<'_>) {
    for record in here.set(RecordType::NS) {
        let Some(name) = target(RecordType::NS, record) else { continue };
        if matches!(here.target(name), Target::Here(types) if types.has(RecordType::CNAME)) {
            let message = format_args!("The nameserver {name} of {} is an alias (CNAME).", here.owner());
            found.record(RecordType::NS, record, message);
        }
    }
}

fn without_address(here: &Here<'_, '_>, found: &mut Found<'_>) {
    for record in here.set(RecordType::NS) {
        // What looks like an address is another mistake; glue is another rule.
        let Some(name) = target(RecordType::NS, record).filter(|name| !looks_like_address(*name, here))
        else {
            continue;
        };
        let why = match here.target(name) {
            Target::Missing => "is not there",
            Target::BelowDname => "is below a DNAME",
            Target::Here(types) if !has_address(types) && !types.has(RecordType::CNAME) => {
                "has no address (A or AAAA)"
            }
            _ => continue,
        };
        let message = format_args!("The nameserver {name} of {} {why}: nobody can reach it.", here.owner());
        found.record(RecordType::NS, record, message);
    }
}

/// Is this an IPv4 address, written as a name of this zone or of the root?
pub fn looks_like_address(name: NameRef<'_>, here: &Here<'_, '_>) -> bool {
    // Nearly every name is done with here.
    if !name.labels().next().is_some_and(|label| label.iter().all(u8::is_ascii_digit)) {
        return false;
    }
    let own = if here.view.contains(name) { depth(name, here.view.origin()) } else { name.labels().count() };
    let is_octet = |label: &[u8]| std::str::from_utf8(label).is_ok_and(|label| label.parse::<u8>().is_ok());
    own == 4 && name.labels().take(4).all(is_octet)
}

fn is_address(here: &Here<'_, '_>, found: &mut Found<'_>) {
    for record in here.set(RecordType::NS) {
        let Some(name) = target(RecordType::NS, record).filter(|name| looks_like_address(*name, here)) else {
            continue;
        };
        let message = format_args!(
            "{} has the nameserver {name}, which is an address. Give the host a name, with that address.",
            here.owner()
        );
        found.record(RecordType::NS, record, message);
    }
}

/// The addresses of all nameservers, where all are known here.
fn all_addresses<'z>(here: &Here<'_, 'z>) -> Option<Vec<Vec<&'z [u8]>>> {
    names(here)
        .map(|name| {
            let addresses = here.view.contains(name).then(|| here.view.addresses(name))?;
            (!addresses.is_empty()).then_some(addresses)
        })
        .collect()
}

fn one_network(here: &Here<'_, '_>, found: &mut Found<'_>) {
    if !here.is_apex() || here.set(RecordType::NS).len() < 2 {
        return;
    }
    let Some(addresses) = all_addresses(here) else { return };
    // A /24, and a /48.
    let network = |address: &[u8]| address.get(..if address.len() == 4 { 3 } else { 6 }).map(<[u8]>::to_vec);
    let networks: BTreeSet<_> = addresses.iter().flatten().filter_map(|address| network(address)).collect();
    let [four, six] = [3, 6].map(|length| networks.iter().filter(|network| network.len() == length).count());
    if four <= 1 && six <= 1 {
        let message = format_args!("All nameservers of {} are in one network (/24 or /48).", here.owner());
        found.set(RecordType::NS, message);
    }
}

fn family(here: &Here<'_, '_>, found: &mut Found<'_>) {
    if !here.is_apex() || here.set(RecordType::NS).is_empty() {
        return;
    }
    let Some(addresses) = all_addresses(here) else { return };
    let has = |length: usize| addresses.iter().flatten().any(|address| address.len() == length);
    let census = here.view.census;
    for (there, length, family) in [(census.ipv4, 4, "IPv4"), (census.ipv6, 16, "IPv6")] {
        if there > 0 && !has(length) {
            let message =
                format_args!("{} has {family} addresses, and none of its nameservers has one.", here.owner());
            found.set(RecordType::NS, message);
        }
    }
}

fn referral(here: &Here<'_, '_>, found: &mut Found<'_>) {
    if !here.is_cut() {
        return;
    }
    // Header and the longest question that leads here; each record is compressed but for its own name.
    let mut size = 12 + 255 + 4;
    for name in names(here) {
        size += 12 + name.wire().len();
        if name.is_at_or_below(here.owner()) {
            here.view.each_below(here.number, name, |rtype, rdata| {
                size += if ADDRESSES.has(rtype) { 12 + rdata.len() } else { 0 };
            });
        }
    }
    if size > SMALL {
        let message = format_args!(
            "The referral to {} can have {size} octets, more than the {SMALL} of an old resolver.",
            here.owner()
        );
        found.set(RecordType::NS, message);
    }
}
