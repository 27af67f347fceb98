//! What belongs to a registration: the NS records of the zone, and what the primary must be told.

use std::net::IpAddr;

use crate::doctor;
use crate::facts::Make;
use crate::facts::registration::Offered;
use crate::zone::changes::Contents;
use crate::zone::{Change, ChangeMap, Name, RecordType, RrKey, RrSet};

/// The TTL of an NS set that is new.
const NS_TTL: u32 = 86_400;

/// The nameservers of a service that are in the zone's own NS records.
pub(super) fn in_zone(zone: Contents<'_>, offered: &[Offered]) -> Vec<Name> {
    let set = zone.get(&apex(zone));
    let stands =
        |offer: &&Offered| set.as_ref().is_some_and(|set| set.contains(RecordType::NS, offer.name.wire()));
    offered.iter().filter(stands).map(|offer| offer.name.clone()).collect()
}

fn apex(zone: Contents<'_>) -> RrKey {
    RrKey::new(zone.base.origin().clone(), RecordType::NS)
}

/// The change of the zone that adds the nameservers of a service to its NS records; empty where they are there.
pub fn nameservers_added(zone: Contents<'_>, offered: &[Offered]) -> ChangeMap {
    let key = apex(zone);
    let before = zone.get(&key);
    let mut after = before.clone().unwrap_or_else(|| RrSet::new(NS_TTL, Vec::new()));
    for offer in offered {
        if !after.contains(RecordType::NS, offer.name.wire()) {
            after = with(after, offer.name.wire());
        }
    }
    change(key, before, Some(after))
}

/// The change that takes the nameservers of a service out of the zone's NS records; empty where they are not there. At
/// least one nameserver stays: where these are all, nothing is taken.
pub fn nameservers_removed(zone: Contents<'_>, offered: &[Offered]) -> ChangeMap {
    let key = apex(zone);
    let Some(before) = zone.get(&key) else { return ChangeMap::new() };
    let mut after = Some(before.clone());
    for offer in offered {
        after = after.and_then(|set| without(set, RecordType::NS, offer.name.wire()));
    }
    match after {
        None => ChangeMap::new(),
        after => change(key, Some(before), after),
    }
}

fn change(key: RrKey, before: Option<RrSet>, after: Option<RrSet>) -> ChangeMap {
    let change = Change { before, after };
    if change.is_empty() { ChangeMap::new() } else { ChangeMap::from([(key, change)]) }
}

/// A set with one more record, under one TTL.
pub(super) fn with(set: RrSet, rdata: &[u8]) -> RrSet {
    let mut all = set.rdata;
    all.push(rdata.into());
    RrSet::new(set.ttl, all)
}

/// A set without one record; `None` where none is left.
pub(super) fn without(set: RrSet, rtype: RecordType, rdata: &[u8]) -> Option<RrSet> {
    let Some(at) = set.position(rtype, rdata) else { return Some(set) };
    let kept = (0..set.rdata.len()).filter(|index| *index != at);
    let records = kept.filter_map(|index| Some((set.ttl_of(index), set.rdata.get(index)?.clone()))).collect();
    RrSet::of_records(records)
}

/// What to configure on the primary so that the nameservers of a service may transfer the zone and are told of changes.
/// They transfer by their addresses, so from here it cannot be tried out whether they may already.
pub fn allow_transfers(make: Make, zone: &Name, offered: &[Offered]) -> Vec<doctor::Step> {
    let mut addresses: Vec<IpAddr> = offered.iter().flat_map(|offer| &offer.addresses).copied().collect();
    addresses.sort();
    addresses.dedup();
    doctor::allow_secondaries(make, zone, &addresses)
}
