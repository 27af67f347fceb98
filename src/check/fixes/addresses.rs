//! Addresses, and addresses where a name belongs.

use std::net::Ipv4Addr;

use super::super::fix::{Case, Fix, added};
use super::super::view::{Target, below};
use super::delete_record;
use super::targets::{lead_to, target, target_of};
use crate::zone::{Name, NameRef, RecordType};

/// An A record in place of an IPv6 address that stands for an IPv4 address.
pub fn mapped(case: &Case<'_>) -> Vec<Fix> {
    let (Some(own), Some(record)) = (case.own_set(), case.record()) else { return Vec::new() };
    let Some((_, octets)) = record.split_last_chunk::<4>() else { return Vec::new() };
    let title = format!("Put the A record {} in its place", Ipv4Addr::from(*octets));
    let addresses = added(case.set(RecordType::A), RecordType::A, own.ttl, octets);
    vec![Fix::new(title, [case.without(record), (case.key(RecordType::A), Some(addresses))])]
}

/// Addresses that were glue once.
pub fn orphaned(case: &Case<'_>) -> Vec<Fix> {
    case.delete(|rtype| matches!(rtype, RecordType::A | RecordType::AAAA)).into_iter().collect()
}

/// A host with the address that stands where a name belongs: one that is there, or a new one.
pub fn in_place_of_name(case: &Case<'_>) -> Vec<Fix> {
    let Some(address) = target(case).and_then(address_in) else { return Vec::new() };
    let Some(set) = case.own_set() else { return Vec::new() };
    let octets = address.octets();
    let mut hosts = Vec::new();
    case.each_set(|key, set| {
        let has_it = key.rtype == RecordType::A && set.contains(RecordType::A, &octets);
        if has_it
            && !key.owner.as_ref().is_wildcard()
            && hosts.len() < super::MOST
            && serves(case, &key.owner)
        {
            hosts.push(key.owner.clone());
        }
    });
    let leads_here = |host: &Name| {
        let mut names = set.rdata.iter().filter_map(|rdata| target_of(case.rtype(), rdata));
        names.any(|name| name == host.as_ref())
    };
    if let Some(host) = hosts.iter().find(|host| leads_here(host)) {
        let deleted = |fix: Fix| Fix { title: format!("{}: {host} has this address", fix.title), ..fix };
        return delete_record(case).into_iter().map(deleted).collect();
    }
    if !hosts.is_empty() {
        return hosts.iter().flat_map(|host| lead_to(case, host.as_ref())).collect();
    }
    let Some(host) = free_name(case) else { return Vec::new() };
    let Some(mut fix) = lead_to(case, host.as_ref()).pop() else { return Vec::new() };
    fix.title = format!(
        "Make {host} with the address {address}, and let {} {} lead to it",
        case.owner(),
        case.rtype()
    );
    let key = crate::zone::RrKey::new(host, RecordType::A);
    fix.changes.push((key, Some(added(None, RecordType::A, set.ttl, &octets))));
    vec![fix]
}

/// May a record here lead to this host? Its address must be the zone's own, or glue of this very delegation.
fn serves(case: &Case<'_>, host: &Name) -> bool {
    match case.view.target(host.as_ref()) {
        Target::Here(types) => !types.has(RecordType::CNAME),
        Target::Delegated(_) => case.rtype() == RecordType::NS && host.is_at_or_below(case.owner()),
        _ => false,
    }
}

/// The address that the first four labels of a name are.
fn address_in(name: NameRef<'_>) -> Option<Ipv4Addr> {
    let mut octets = name.labels().map(|label| std::str::from_utf8(label).ok()?.parse::<u8>().ok());
    let mut next = || octets.next().flatten();
    Some(Ipv4Addr::new(next()?, next()?, next()?, next()?))
}

/// A name for a host that is not taken: of the delegation where the record is one's, else of the zone.
fn free_name(case: &Case<'_>) -> Option<Name> {
    let above = match case.rtype() {
        RecordType::NS => case.owner().as_ref(),
        _ => case.view.origin(),
    };
    let word = if case.rtype() == RecordType::NS { "ns" } else { "mail" };
    let names = (1..10).filter_map(|number| below(format!("{word}{number}").as_bytes(), above));
    names.into_iter().find(|name| !case.view.exists(name.as_ref()))
}
