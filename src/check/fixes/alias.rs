//! CNAME and DNAME.

use super::super::fix::{Case, Fix, listed};
use super::super::rules::alias::{BESIDE, end_of};
use super::super::view::{Above, Target};
use super::keep_one;
use super::targets::{lead_to, target};
use crate::zone::{NameRef, RecordType, RrKey, RrSet};

const ADDRESSES: [RecordType; 2] = [RecordType::A, RecordType::AAAA];

/// One or the other. What makes the top of a zone stays in any case.
pub fn and_other(case: &Case<'_>) -> Vec<Fix> {
    if case.is_apex() {
        return delete(case);
    }
    case.delete(|rtype| !BESIDE.has(rtype)).into_iter().chain(delete(case)).collect()
}

/// Deletes the alias.
pub fn delete(case: &Case<'_>) -> Vec<Fix> {
    case.delete(|rtype| rtype == RecordType::CNAME).into_iter().collect()
}

/// What does for the top of a zone what an alias cannot: an HTTPS alias, or the addresses of the target.
pub fn at_apex(case: &Case<'_>) -> Vec<Fix> {
    let Some(set) = case.own_set() else { return Vec::new() };
    let first = set.rdata.first().and_then(|rdata| NameRef::split_from(rdata));
    let Some((name, _)) = first.filter(|_| set.rdata.len() == 1) else { return delete(case) };
    let at = case.view.target(name);
    let mut fixes = Vec::new();
    if case.set(RecordType::HTTPS).is_none() && at != Target::Missing {
        let alias = RrSet::new(set.ttl, vec![[&[0, 0], name.wire()].concat().into()]);
        let title = format!("Put {} HTTPS 0 {name} in the place of the CNAME", case.owner());
        fixes.push(Fix::new(title, [case.own_becomes(None), (case.key(RecordType::HTTPS), Some(alias))]));
    }
    if matches!(at, Target::Here(_)) && ADDRESSES.iter().all(|rtype| case.set(*rtype).is_none()) {
        let copies = ADDRESSES.into_iter().filter_map(|rtype| {
            let addresses = case.view.zone.get(&RrKey::new(name.to_name(), rtype))?;
            Some((case.key(rtype), Some(addresses)))
        });
        let mut changes: Vec<_> = copies.collect();
        if !changes.is_empty() {
            changes.push(case.own_becomes(None));
            let title = format!("Put the addresses of {name} in the place of the CNAME");
            fixes.push(Fix::new(title, changes));
        }
    }
    fixes.extend(delete(case));
    fixes
}

/// Leads to the end of a chain at once.
pub fn chain(case: &Case<'_>) -> Vec<Fix> {
    let Some(set) = case.own_set().filter(|set| set.rdata.len() == 1) else { return Vec::new() };
    let first = set.rdata.first().and_then(|rdata| NameRef::split_from(rdata));
    let Some(end) = first.and_then(|(name, _)| end_of(&case.view, name)) else { return Vec::new() };
    let becomes = RrSet::new(set.ttl, vec![end.wire().into()]);
    let title = format!("Let {} CNAME lead to {end} at once", case.owner());
    vec![Fix::new(title, [case.own_becomes(Some(becomes))])]
}

/// Past an alias, to where that leads.
pub fn past_alias(case: &Case<'_>) -> Vec<Fix> {
    let end = target(case).and_then(|name| end_of(&case.view, name));
    end.map(|end| lead_to(case, end.as_ref())).unwrap_or_default()
}

/// What is below goes, or the DNAME.
pub fn below_dname(case: &Case<'_>) -> Vec<Fix> {
    let hidden = case.delete(|_| true);
    let above = Above::find(&case.view, case.owner().as_ref()).dname;
    let dname = above.map(|name| {
        let title = format!("Delete the DNAME of {name}, whose names are aliases no longer");
        Fix::new(title, [(RrKey::new(name.to_name(), RecordType::DNAME), None)])
    });
    hidden.into_iter().chain(dname).collect()
}

pub fn dname_and_other(case: &Case<'_>) -> Vec<Fix> {
    let several = keep_one(case);
    if !several.is_empty() {
        return several;
    }
    let types = [RecordType::DNAME, RecordType::CNAME];
    // A delegation has more that hangs on it: what is below would be hidden by the DNAME.
    let is_cut = !case.is_apex() && case.set(RecordType::NS).is_some();
    types
        .into_iter()
        .take(if is_cut { 1 } else { 2 })
        .filter_map(|one| case.delete(|rtype| rtype == one))
        .collect()
}

/// What a wildcard above no longer answers, of its own.
pub fn from_wildcard(case: &Case<'_>) -> Vec<Fix> {
    let found = super::super::rules::wildcards::lost_at(&case.view, case.owner().as_ref());
    let Some((wildcard, lost)) = found else { return Vec::new() };
    // An alias cannot stand beside what is here.
    let lost: Vec<RecordType> = lost.into_iter().filter(|rtype| *rtype != RecordType::CNAME).collect();
    let copies = lost.iter().filter_map(|rtype| {
        let set = case.view.zone.get(&RrKey::new(wildcard.clone(), *rtype))?;
        Some((case.key(*rtype), Some(set)))
    });
    let words: Vec<String> = lost.iter().map(RecordType::to_string).collect();
    let title = format!("Give {} the {} records of {wildcard}", case.owner(), listed(&words));
    vec![Fix::new(title, copies)]
}
