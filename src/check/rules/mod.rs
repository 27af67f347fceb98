//! The rules, by theme, and what they share: where the names in RDATA are.

pub(super) mod addresses;
pub(super) mod alias;
pub(super) mod certificates;
mod dnssec;
pub mod dnssec_keys;
mod mail;
pub(super) mod names;
mod nameservers;
mod network;
pub mod policy;
pub(super) mod services;
mod soa;
pub mod spf;
pub(super) mod structure;
mod targets;
mod text;
mod ttl;
pub(super) mod wildcards;

use std::sync::LazyLock;

use super::node::Record;
use super::rule::{Rule, labels_below};
use super::types::Types;
use super::view::below;
use crate::zone::{NameRef, RecordType, Soa};

static ALL: LazyLock<Vec<&'static Rule>> = LazyLock::new(|| {
    let themes: [&'static [Rule]; 18] = [
        structure::RULES,
        names::RULES,
        ttl::RULES,
        wildcards::RULES,
        alias::RULES,
        nameservers::RULES,
        targets::RULES,
        addresses::RULES,
        mail::RULES,
        spf::RULES,
        policy::RULES,
        certificates::RULES,
        services::RULES,
        soa::RULES,
        dnssec::RULES,
        dnssec_keys::RULES,
        network::RULES,
        text::RULES,
    ];
    let mut all: Vec<&'static Rule> = themes.into_iter().flatten().collect();
    all.sort_by_key(|rule| rule.number());
    all
});

/// Every rule, by number.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    ALL.iter().copied()
}

/// The rule with this id or name, in any case.
pub fn find(text: &str) -> Option<&'static Rule> {
    all().find(|rule| rule.id.eq_ignore_ascii_case(text) || rule.name.eq_ignore_ascii_case(text))
}

pub(super) use super::checker::wildcard_above;

const RP: RecordType = RecordType(17);

/// The types whose records lead rules to other names.
pub(super) const READERS: Types = Types::of(&[
    RecordType::NS,
    RecordType::CNAME,
    RecordType::DNAME,
    RecordType::PTR,
    RecordType::MX,
    RecordType::SRV,
    RecordType::SVCB,
    RecordType::HTTPS,
    RecordType::SOA,
    RecordType::TLSA,
    RecordType::TXT,
    RP,
]);

/// Where in the RDATA of a type the name stands to which it leads.
pub(super) fn target_at(rtype: RecordType) -> Option<usize> {
    match rtype {
        RecordType::NS | RecordType::CNAME | RecordType::PTR | RecordType::DNAME => Some(0),
        RecordType::MX | RecordType::SVCB | RecordType::HTTPS => Some(2),
        RecordType::SRV => Some(6),
        _ => None,
    }
}

/// The name to which a record leads.
fn target<'z>(_: RecordType, record: &Record<'z>) -> Option<NameRef<'z>> {
    record.target
}

/// Calls `visit` with every name at which a rule with [`super::LooksAt::TARGETS`] looks because of a record.
pub(super) fn reads(
    origin: NameRef<'_>,
    owner: NameRef<'_>,
    rtype: RecordType,
    rdata: &[u8],
    visit: &mut dyn FnMut(NameRef<'_>),
) {
    match rtype {
        RecordType::SOA => {
            if let Some(soa) = Soa::from_rdata(rdata) {
                visit(soa.mname.as_ref());
            }
            if let Some(policy) = below(b"_dmarc", origin) {
                visit(policy.as_ref());
            }
        }
        RecordType::TLSA => {
            visit(origin);
            if let Some(host) = certificates::host(owner) {
                visit(host);
            }
        }
        RecordType::TXT => spf::reads(owner, rdata, visit),
        RP => {
            let text = NameRef::split_from(rdata).and_then(|(_, rest)| NameRef::split_from(rest));
            if let Some((text, _)) = text {
                visit(text);
            }
        }
        _ => {
            let name = target_at(rtype).and_then(|at| NameRef::split_from(rdata.get(at..)?));
            if let Some((name, _)) = name {
                visit(name);
            }
        }
    }
}

/// The text of a TXT record: its strings joined, as all who read policies join them.
pub(super) fn text_of(rdata: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(rdata.len());
    let mut rest = rdata;
    while let Some((length, tail)) = rest.split_first() {
        let Some((string, after)) = tail.split_at_checked(usize::from(*length)) else { break };
        text.extend_from_slice(string);
        rest = after;
    }
    text
}

/// Text of a record inside a sentence.
pub(super) fn quoted(text: &[u8]) -> String {
    crate::zonefile::shown(text)
}

fn number(octets: &[u8]) -> u32 {
    octets.iter().fold(0, |value, octet| value << 8 | u32::from(*octet))
}

/// How many labels a name has below the zone's.
fn depth(name: NameRef<'_>, origin: NameRef<'_>) -> usize {
    labels_below(name, origin).count()
}
