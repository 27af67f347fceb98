//! Where the nameservers are, those of other zones among them.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::Net;
use crate::zone::RecordType;

/// The addresses of all nameservers, where all are known; `None` too where all are of this zone, which is looked at
/// without asking.
fn all(net: &mut Net<'_>) -> Option<Vec<IpAddr>> {
    let nameservers = net.nameservers();
    if nameservers.iter().all(|(name, _)| name.is_at_or_below(net.origin())) {
        return None;
    }
    let mut all = Some(Vec::new());
    for (name, _) in nameservers {
        let host = if net.takes() { net.host(&name) } else { None };
        // One that is not reached may be anywhere.
        match (host.filter(|host| !host.addresses.is_empty()), &mut all) {
            (Some(host), Some(all)) => all.extend(host.addresses),
            (None, _) => all = None,
            (Some(_), None) => {}
        }
    }
    all
}

pub fn one_network(net: &mut Net<'_>) {
    if net.nameservers().len() < 2 {
        return;
    }
    let Some(addresses) = all(net) else { return };
    let network = |address: &IpAddr| match address {
        IpAddr::V4(address) => address.octets().get(..3).map(<[u8]>::to_vec),
        IpAddr::V6(address) => address.octets().get(..6).map(<[u8]>::to_vec),
    };
    let networks: BTreeSet<Vec<u8>> = addresses.iter().filter_map(network).collect();
    let count = |length: usize| networks.iter().filter(|network| network.len() == length).count();
    if count(3) <= 1 && count(6) <= 1 {
        let message = format!("All nameservers of {} are in one network (/24 or /48).", net.origin());
        net.found(net.apex(RecordType::NS), None, message);
    }
}

pub fn family(net: &mut Net<'_>) {
    let Some(addresses) = all(net) else { return };
    for (rtype, is_one, family) in [
        (RecordType::A, IpAddr::is_ipv4 as fn(&IpAddr) -> bool, "IPv4"),
        (RecordType::AAAA, IpAddr::is_ipv6, "IPv6"),
    ] {
        let there = net.inquiry.sets.get(&rtype).is_some_and(|sets| !sets.is_empty());
        if there && !addresses.iter().any(is_one) {
            let message =
                format!("{} has {family} addresses, and none of its nameservers has one.", net.origin());
            net.found(net.apex(RecordType::NS), None, message);
        }
    }
}
