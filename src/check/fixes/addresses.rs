//! Addresses, and texts that were left behind.

use std::net::Ipv4Addr;

use super::super::fix::{Case, Fix, added};
use crate::zone::RecordType;

/// An A record in place of an IPv6 address that stands for an IPv4 address.
pub fn mapped(case: &Case<'_>) -> Vec<Fix> {
    let Some((_, octets)) = case.record().and_then(|record| record.split_last_chunk::<4>()) else {
        return Vec::new();
    };
    let Some(own) = case.own_set() else { return Vec::new() };
    let title = format!("Put the A record {} in its place", Ipv4Addr::from(*octets));
    let addresses = added(case.set(RecordType::A), RecordType::A, own.ttl, octets);
    let changes = [
        case.without(case.record().map_or(&[][..], |record| record)),
        (case.key(RecordType::A), Some(addresses)),
    ];
    vec![Fix::new(title, changes)]
}

/// Deletes the set.
pub fn delete(case: &Case<'_>) -> Vec<Fix> {
    case.delete(|rtype| rtype == case.rtype()).into_iter().collect()
}
