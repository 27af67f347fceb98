//! Names of other zones to which records lead: whether they are there, are aliases, have addresses.

use std::collections::BTreeMap;

use super::{Net, name_at};
use crate::zone::{Name, RecordType, RrKey, Soa};

/// The records of a type that lead to names outside, by those names.
fn led_outside<'a>(net: &Net<'a>, rtype: RecordType, at: usize) -> BTreeMap<Name, Vec<(RrKey, &'a [u8])>> {
    let mut targets: BTreeMap<Name, Vec<_>> = BTreeMap::new();
    for (owner, rdata) in net.records_of(rtype) {
        let Some(target) = name_at(rdata, at).filter(|target| *target != Name::root()) else { continue };
        if !target.is_at_or_below(net.origin()) {
            targets.entry(target).or_default().push((RrKey::new(owner.to_name(), rtype), rdata));
        }
    }
    targets
}

/// Aliases of names that are not there.
pub fn outside(net: &mut Net<'_>) {
    for (target, records) in led_outside(net, RecordType::CNAME, 0) {
        if !net.takes() {
            continue;
        }
        let Some(answer) = net.resolved(&target, RecordType::A).filter(|answer| !answer.exists) else {
            continue;
        };
        let end = answer.end_of(&target);
        let way =
            if end == target { target.to_string() } else { format!("{target}, which leads on to {end}") };
        for (key, rdata) in records {
            let message = format!(
                "{} is an alias of {way}: that does not exist. Whoever registers it has your name.",
                key.owner
            );
            net.found(key, Some(rdata), message);
        }
    }
}

/// Hosts that are aliases.
fn is_alias(net: &mut Net<'_>, rtype: RecordType, at: usize, what: &str) {
    for (target, records) in led_outside(net, rtype, at) {
        if !net.takes() {
            continue;
        }
        let Some(end) = net.resolved(&target, RecordType::A).and_then(|answer| answer.alias_of(&target))
        else {
            continue;
        };
        for (key, rdata) in records {
            let message = format!("The {what} {target} of {} is an alias (CNAME) of {end}.", key.owner);
            net.found(key, Some(rdata), message);
        }
    }
}

pub fn nameservers(net: &mut Net<'_>) {
    is_alias(net, RecordType::NS, 0, "nameserver");
}

pub fn mail_hosts(net: &mut Net<'_>) {
    is_alias(net, RecordType::MX, 2, "mail host");
}

/// Mail hosts of other zones without an address.
pub fn mail_without_address(net: &mut Net<'_>) {
    for (target, records) in led_outside(net, RecordType::MX, 2) {
        if !net.takes() {
            continue;
        }
        let Some(host) = net.host(&target).filter(|host| host.addresses.is_empty()) else { continue };
        let why = if host.exists { "has no address" } else { "does not exist" };
        for (key, rdata) in records {
            let message = format!("The mail host {target} of {} {why}.", key.owner);
            net.found(key, Some(rdata), message);
        }
    }
}

/// A primary in another zone without an address.
pub fn primary(net: &mut Net<'_>) {
    let Some(soa) = net.set(net.origin(), RecordType::SOA).first().and_then(|rdata| Soa::from_rdata(rdata))
    else {
        return;
    };
    let mname = soa.mname;
    if mname == Name::root() || mname.is_at_or_below(net.origin()) || !net.takes() {
        return;
    }
    if let Some(host) = net.host(&mname).filter(|host| host.addresses.is_empty()) {
        let why = if host.exists { "has no address" } else { "does not exist" };
        let message = format!("The primary nameserver {mname} of {} {why}.", net.origin());
        net.found(net.apex(RecordType::SOA), None, message);
    }
}
