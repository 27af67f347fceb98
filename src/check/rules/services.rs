//! SVCB and HTTPS (RFC 9460).

use std::collections::BTreeSet;

use super::super::Severity::{Error, Warning};
use super::super::fixes;
use super::super::node::Record;
use super::super::rule::{Found, Here, LooksAt, Rule};
use super::super::types::Types;
use super::super::view::Target;
use super::number;
use crate::zone::{NameRef, RecordType};

const BOTH: &[RecordType] = &[RecordType::SVCB, RecordType::HTTPS];
const BOTH_SET: Types = Types::of(BOTH);
pub const MANDATORY: u16 = 0;
pub const ALPN: u16 = 1;
pub const NO_DEFAULT_ALPN: u16 = 2;
pub const IPV4_HINT: u16 = 4;
pub const IPV6_HINT: u16 = 6;
const DOHPATH: u16 = 7;

pub const RULES: &[Rule] = &[
    Rule::zone(
        ("L-82", "alias-parameters"),
        Warning,
        "RFC 9460 section 2.4.2",
        "With priority 0 the record is an alias, and its parameters are passed over.",
        BOTH,
        alias_parameters,
    )
    .mended("Delete the parameters", fixes::services::without_parameters),
    Rule::zone(
        ("L-83", "alias-target"),
        Error,
        "RFC 9460 section 2.4.2",
        "An alias (priority 0) leads to another name that is there, and stands alone.",
        BOTH,
        alias_target,
    )
    .mended("Delete the alias", fixes::delete_record)
    .looking_at(LooksAt::TARGETS),
    Rule::zone(
        ("L-84", "service-parameters"),
        Error,
        "RFC 9460 sections 7.1 and 8",
        "mandatory names parameters that are given, and no-default-alpn stands beside alpn: else browsers pass the \
         record over.",
        BOTH,
        parameters,
    )
    .mended("Take out what asks for missing parameters", fixes::services::parameters),
    Rule::zone(
        ("L-85", "wrong-hint"),
        Warning,
        "RFC 9460 section 7.3",
        "Address hints that are not the addresses of the host: browsers try them first.",
        BOTH,
        hints,
    )
    .mended("Write the addresses of the host", fixes::services::hints)
    .looking_at(LooksAt::TARGETS),
    Rule::zone(
        ("L-86", "dns-service"),
        Warning,
        "RFC 9461 sections 4 and 5",
        "How a nameserver is reached: alpn says by which protocol, dohpath where it is HTTP.",
        &[RecordType::SVCB],
        nameserver,
    ),
];

/// Priority, target and parameters.
fn service<'z>(record: &Record<'z>) -> Option<(u32, NameRef<'z>, &'z [u8])> {
    let (priority, rest) = record.rdata.split_at_checked(2)?;
    let (target, parameters) = NameRef::split_from(rest)?;
    Some((number(priority), target, parameters))
}

/// Key and value of each parameter.
pub fn pairs(octets: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    let mut rest = octets;
    std::iter::from_fn(move || {
        let ([a, b, c, d], tail) = rest.split_first_chunk::<4>()?;
        let length = usize::from(u16::from_be_bytes([*c, *d]));
        let (value, after) = tail.split_at_checked(length)?;
        rest = after;
        Some((u16::from_be_bytes([*a, *b]), value))
    })
}

fn alias_parameters(here: &Here<'_, '_>, found: &mut Found<'_>) {
    for (rtype, record) in here.node.records(BOTH_SET) {
        if let Some((0, target, [_, ..])) = service(record) {
            let message = format_args!(
                "{} {rtype} is an alias of {target} (priority 0) and has parameters, which are passed over.",
                here.owner()
            );
            found.record(rtype, record, message);
        }
    }
}

fn alias_target(here: &Here<'_, '_>, found: &mut Found<'_>) {
    for (rtype, record) in here.node.records(BOTH_SET) {
        let Some((0, name, _)) = service(record) else { continue };
        let others = here.set(rtype).len() - 1;
        let why = match here.target(name) {
            _ if name == here.owner() => "leads to itself",
            _ if others > 0 => "stands beside others: as an alias it has to be alone",
            // The target . says that there is no such service.
            _ if name.is_root() => continue,
            Target::Missing => "leads to a name that is not there",
            Target::Here(_) if is_alias(here, name, rtype) => "leads to another alias",
            _ => continue,
        };
        found.record(rtype, record, format_args!("{} {rtype} 0 {name} {why}.", here.owner()));
    }
}

fn is_alias<'z>(here: &Here<'_, 'z>, name: NameRef<'z>, rtype: RecordType) -> bool {
    let node = here.view.node(name);
    node.set(rtype).iter().filter_map(service).any(|(priority, _, _)| priority == 0)
}

fn parameters(here: &Here<'_, '_>, found: &mut Found<'_>) {
    for (rtype, record) in here.node.records(BOTH_SET) {
        let Some((_, _, octets)) = service(record) else { continue };
        let keys: BTreeSet<u16> = pairs(octets).map(|(key, _)| key).collect();
        let mandatory = pairs(octets).find(|(key, _)| *key == MANDATORY).map_or(&[][..], |(_, value)| value);
        let listed = mandatory.as_chunks::<2>().0.iter().map(|pair| u16::from_be_bytes(*pair));
        let missing = listed.into_iter().find(|key| *key == MANDATORY || !keys.contains(key));
        let why = match missing {
            Some(MANDATORY) => "has mandatory in the list of mandatory parameters".into(),
            Some(key) => format!("says that the parameter {key} is mandatory, and does not give it"),
            None if keys.contains(&NO_DEFAULT_ALPN) && !keys.contains(&ALPN) => {
                "has no-default-alpn and no alpn: then there is no protocol left".into()
            }
            None => continue,
        };
        found.record(rtype, record, format_args!("{} {rtype} {why}.", here.owner()));
    }
}

fn hints(here: &Here<'_, '_>, found: &mut Found<'_>) {
    for (rtype, record) in here.node.records(BOTH_SET) {
        let Some((1.., name, octets)) = service(record) else { continue };
        let host = if name.is_root() { here.owner() } else { name };
        if !octets.iter().any(|octet| *octet != 0) || !here.view.contains(host) {
            continue;
        }
        let types = here.view.types_at(host);
        // An alias or a name of another zone has addresses that are not known here.
        if !types.has(RecordType::A) && !types.has(RecordType::AAAA) {
            continue;
        }
        let addresses = here.view.addresses(host);
        for (key, length, what) in [(IPV4_HINT, 4, "ipv4hint"), (IPV6_HINT, 16, "ipv6hint")] {
            let values = pairs(octets).find(|(own, _)| *own == key).map_or(&[][..], |(_, value)| value);
            let stale = values.chunks_exact(length).find(|hint| !addresses.contains(hint));
            if let Some(stale) = stale {
                let message = format_args!(
                    "{} {rtype} has the {what} {}, which is no address of {host}.",
                    here.owner(),
                    in_words(stale)
                );
                found.record(rtype, record, message);
            }
        }
    }
}

fn in_words(address: &[u8]) -> String {
    match (<[u8; 4]>::try_from(address), <[u8; 16]>::try_from(address)) {
        (Ok(octets), _) => std::net::Ipv4Addr::from(octets).to_string(),
        (_, Ok(octets)) => std::net::Ipv6Addr::from(octets).to_string(),
        _ => String::new(),
    }
}

fn nameserver(here: &Here<'_, '_>, found: &mut Found<'_>) {
    let is_port =
        |label: &&[u8]| label.strip_prefix(b"_").is_some_and(|port| port.iter().all(u8::is_ascii_digit));
    let scope = here.owner().labels().find(|label| !is_port(label));
    if !scope.is_some_and(|label| label.eq_ignore_ascii_case(b"_dns")) {
        return;
    }
    for record in here.set(RecordType::SVCB) {
        let Some((1.., _, octets)) = service(record) else { continue };
        let value = |wanted: u16| pairs(octets).find(|(key, _)| *key == wanted).map(|(_, value)| value);
        let missing = match value(ALPN) {
            None => "alpn",
            Some(protocols) if speaks_http(protocols) && value(DOHPATH).is_none() => "dohpath",
            Some(_) => continue,
        };
        let message = format_args!("{} says how a nameserver is reached and has no {missing}.", here.owner());
        found.record(RecordType::SVCB, record, message);
    }
}

/// Is HTTP one of these protocols: http/1.1, h2, h3?
fn speaks_http(protocols: &[u8]) -> bool {
    let mut rest = protocols;
    while let Some((length, tail)) = rest.split_first() {
        let Some((protocol, after)) = tail.split_at_checked(usize::from(*length)) else { return false };
        if protocol.starts_with(b"h") {
            return true;
        }
        rest = after;
    }
    false
}
