//! Addresses and their names in reverse zones.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::super::rules::addresses::is_public;
use super::{Net, name_at};
use crate::facts::answers::address;
use crate::zone::{Name, RecordType, RrKey, reverse};

/// Addresses without a PTR record, or with one that does not lead back.
pub fn reverse(net: &mut Net<'_>) {
    let mut addresses: BTreeMap<IpAddr, Vec<(RrKey, Vec<u8>)>> = BTreeMap::new();
    for rtype in [RecordType::A, RecordType::AAAA] {
        for (owner, rdata) in net.records_of(rtype) {
            if let Some(address) = address(rtype, rdata).filter(|address| is_public(*address)) {
                let key = RrKey::new(owner.to_name(), rtype);
                addresses.entry(address).or_default().push((key, rdata.to_vec()));
            }
        }
    }
    for (address, records) in addresses {
        if !net.takes() {
            continue;
        }
        let Some(answer) = net.resolved(&reverse::owner(address), RecordType::PTR) else { continue };
        let names: Vec<Name> = answer.of(RecordType::PTR).filter_map(|rdata| name_at(rdata, 0)).collect();
        let Some((key, rdata)) = records.first() else { continue };
        if names.is_empty() {
            let message = format!("{address}, the address of {}, has no PTR record.", key.owner);
            net.found(key.clone(), Some(rdata), message);
            continue;
        }
        if records.iter().any(|(key, _)| names.contains(&key.owner)) {
            continue;
        }
        // A name of somebody else is right where it has this address.
        let leads_back: Vec<Option<bool>> = names
            .iter()
            .take(MOST_NAMES)
            .map(|name| net.host(name).map(|host| host.addresses.contains(&address)))
            .collect();
        if leads_back.iter().all(|back| *back == Some(false)) {
            let names: Vec<String> = names.iter().take(MOST_NAMES).map(ToString::to_string).collect();
            let message = format!(
                "The PTR record of {address}, the address of {}, leads to {}, which does not have this address.",
                key.owner,
                names.join(", ")
            );
            net.found(key.clone(), Some(rdata), message);
        }
    }
}

/// So many names of an address are looked at.
const MOST_NAMES: usize = 4;

/// PTR records of this zone whose names do not have the address.
pub fn back(net: &mut Net<'_>) {
    if !reverse::is_reverse(net.origin()) {
        return;
    }
    for (owner, rdata) in net.records_of(RecordType::PTR) {
        let owner = owner.to_name();
        let (Some(address), Some(target)) = (reverse::address_of(&owner), name_at(rdata, 0)) else {
            continue;
        };
        if !net.takes() {
            continue;
        }
        if let Some(host) = net.host(&target).filter(|host| !host.addresses.contains(&address)) {
            let why = match (host.exists, host.addresses.is_empty()) {
                (false, _) => "does not exist",
                (true, true) => "has no address",
                (true, false) => "does not have this address",
            };
            let message = format!("The PTR record of {address} leads to {target}, which {why}.");
            net.found(RrKey::new(owner, RecordType::PTR), Some(rdata), message);
        }
    }
}
