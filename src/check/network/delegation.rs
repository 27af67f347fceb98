//! What other zones say of delegations: the zone above of this one, and zones below of their glue.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::super::Severity::Warning;
use super::super::rules::dnssec_keys::{digest, fits};
use super::super::view::Above;
use super::{Net, name_at};
use crate::facts::Parent;
use crate::facts::answers::{Answer, Question, Records, address};
use crate::zone::{Name, Rdata, RecordType, RrKey};

/// So many servers of a zone below are asked until one answers.
const MOST_SERVERS: usize = 4;

/// "a., b. and c."
fn listed(names: &BTreeSet<Name>) -> String {
    let names: Vec<String> = names.iter().map(ToString::to_string).collect();
    match names.as_slice() {
        [first @ .., last] if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        names => names.concat(),
    }
}

/// Other nameservers than the zone above has.
pub fn parent(net: &mut Net<'_>) {
    let own: BTreeSet<Name> = net.nameservers().into_iter().map(|(name, _)| name).collect();
    if own.is_empty() || !net.takes() {
        return;
    }
    let Some(Answer::Parent(parent)) = net.ask(Question::Parent) else { return };
    let key = net.apex(RecordType::NS);
    match parent {
        Parent::NotKnown(why) => net.unasked("the zone above".into(), why.clone()),
        Parent::DoesNotDelegate { parent } => {
            let message =
                format!("The zone above, {parent}, does not delegate {}: nobody finds it.", key.owner);
            net.found(key, None, message);
        }
        Parent::Delegates(delegation) => {
            let theirs: BTreeSet<Name> = delegation.nameservers.iter().map(|one| one.name.clone()).collect();
            let more: BTreeSet<Name> = theirs.difference(&own).cloned().collect();
            let less: BTreeSet<Name> = own.difference(&theirs).cloned().collect();
            let mut words = Vec::new();
            if !more.is_empty() {
                words.push(format!("has {}, which the zone has not", listed(&more)));
            }
            if !less.is_empty() {
                words.push(format!("lacks {}, which the zone has", listed(&less)));
            }
            if !words.is_empty() {
                let message = format!("The zone above, {}, {}.", delegation.parent, words.join(", and "));
                net.found(key, None, message);
            }
        }
    }
}

/// The keys of the zone, and what the zone above says of them.
pub fn keys(net: &mut Net<'_>) {
    if net.origin().parent().is_none() || !net.takes() {
        return;
    }
    let origin = net.origin().clone();
    let own = net.set(&origin, RecordType::DNSKEY);
    // A file, or a server that signs on the way out, does not have them.
    let served = if own.is_empty() {
        let answers = [RecordType::DS, RecordType::DNSKEY].map(|rtype| net.resolved(&origin, rtype));
        let [Some(_), Some(served)] = answers else { return };
        served.of(RecordType::DNSKEY).cloned().collect()
    } else {
        own
    };
    let Some(answer) = net.resolved(&origin, RecordType::DS) else { return };
    let ds: Vec<&Rdata> = answer.of(RecordType::DS).collect();
    let key = net.apex(RecordType::DNSKEY);
    let matches = |ds: &Rdata| served.iter().any(|key| fits(origin.as_ref(), ds, key));
    // A digest that is not known may fit.
    let is_known = |ds: &Rdata| ds.get(3).is_some_and(|kind| digest(origin.as_ref(), &[], *kind).is_some());
    match (ds.is_empty(), served.is_empty()) {
        (true, true) => {}
        (false, true) => {
            let message = format!(
                "The zone above has DS records for {origin}, and the zone has no keys: resolvers that validate refuse \
                 all of it."
            );
            net.found(net.apex(RecordType::SOA), None, message);
        }
        (true, false) => {
            let message = format!(
                "{origin} has keys, and the zone above no DS record: nobody can validate the signatures."
            );
            net.found_with(Warning, key, None, message);
        }
        (false, false) if !ds.iter().any(|ds| matches(ds)) => {
            let message = if ds.iter().any(|ds| is_known(ds)) {
                format!(
                    "None of the DS records that the zone above has fits a key of {origin}: resolvers that validate \
                     refuse all of it."
                )
            } else {
                return net.unasked(
                    "the DS records of the zone above".into(),
                    "their digests are not known".into(),
                );
            };
            net.found(key, None, message);
        }
        (false, false) => {
            for ds in ds.into_iter().filter(|ds| !matches(ds)) {
                let tag = ds.first_chunk::<2>().map_or(0, |tag| u16::from_be_bytes(*tag));
                let message = format!(
                    "The zone above has a DS record for the key {tag}, which {origin} does not have."
                );
                net.found_with(Warning, key.clone(), None, message);
            }
        }
    }
}

/// Glue beside what the zone below says of its host.
pub fn glue(net: &mut Net<'_>) {
    let mut hosts: BTreeSet<Name> = BTreeSet::new();
    for (owner, rdata) in net.records_of(RecordType::NS) {
        let Some(host) = name_at(rdata, 0).filter(|host| host.is_at_or_below(net.origin())) else { continue };
        let is_cut = owner != net.origin().as_ref();
        if is_cut && !addresses(net, &host).is_empty() && hosts.insert(host.clone()) && net.takes() {
            one(net, &host);
        }
    }
}

/// The addresses that this zone has for a host.
fn addresses(net: &Net<'_>, host: &Name) -> Vec<IpAddr> {
    let of = |rtype| net.set(host, rtype).into_iter().filter_map(move |rdata| address(rtype, &rdata));
    of(RecordType::A).chain(of(RecordType::AAAA)).collect()
}

fn one(net: &mut Net<'_>, host: &Name) {
    let above = Above::find(&net.view, host.as_ref());
    let types = net.view.types_at(host.as_ref());
    let is_cut_itself = types.has(RecordType::NS) && host != net.origin();
    let cut = match above.cut {
        Some(cut) => cut.to_name(),
        None if is_cut_itself => host.clone(),
        // It is no glue: the zone itself is its authority.
        None => return,
    };
    let servers: Vec<IpAddr> = net
        .set(&cut, RecordType::NS)
        .iter()
        .filter_map(|rdata| name_at(rdata, 0))
        .flat_map(|server| addresses(net, &server))
        .take(MOST_SERVERS)
        .collect();
    for rtype in [RecordType::A, RecordType::AAAA] {
        let Some(said) = said(net, &servers, host, rtype) else { continue };
        let theirs: BTreeSet<IpAddr> = said.addresses().collect();
        let ours: BTreeSet<IpAddr> =
            net.set(host, rtype).iter().filter_map(|rdata| address(rtype, rdata)).collect();
        if ours == theirs {
            continue;
        }
        let words = |addresses: &BTreeSet<IpAddr>| match addresses.is_empty() {
            true => format!("no {rtype} record"),
            false => addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
        };
        let message =
            format!("The glue of {host} is {}; the zone {cut} itself has {}.", words(&ours), words(&theirs));
        let there = if ours.is_empty() && rtype == RecordType::AAAA { RecordType::A } else { rtype };
        net.found(RrKey::new(host.clone(), there), None, message);
    }
}

/// What a server of the zone below says with authority; the first that does.
fn said<'a>(net: &mut Net<'a>, servers: &[IpAddr], host: &Name, rtype: RecordType) -> Option<&'a Records> {
    let mut why = String::from("none of its servers has an address here");
    for server in servers {
        let question = Question::Own { server: *server, name: host.clone(), rtype };
        match net.answers.get(&question) {
            None => {
                net.outcome.wanted.insert(question);
                return None;
            }
            Some(Answer::Records(records)) if records.authoritative => return Some(records),
            Some(Answer::Records(_)) => why = format!("{server} answers without authority"),
            Some(Answer::Unknown(reason)) => why.clone_from(reason),
            Some(_) => {}
        }
    }
    net.unasked(format!("{host} {rtype} of the zone below"), why);
    None
}
