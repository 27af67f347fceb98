//! Names that were mistyped: a final dot that is missing, and what is no host name.

use super::super::fix::{Case, Fix, added, listed};
use super::targets::{lead_to, target, target_of, with_target};
use crate::zone::{Name, NameRef, RecordType, RrKey, RrSet};

/// A name without the zone's name at its end.
fn without_origin(name: NameRef<'_>, origin: NameRef<'_>) -> Option<Name> {
    let own = name.wire().len().checked_sub(origin.wire().len())?;
    Name::from_wire(&[name.wire().get(..own)?, &[0]].concat()).ok()
}

/// The target as it was meant: with a final dot.
pub fn with_dot(case: &Case<'_>) -> Vec<Fix> {
    let meant = target(case).and_then(|name| without_origin(name, case.view.origin()));
    meant.map(|name| lead_to(case, name.as_ref())).unwrap_or_default()
}

/// The records of a name that ends with the zone's name twice, at the name that was meant.
pub fn move_to_meant(case: &Case<'_>) -> Vec<Fix> {
    let meant = without_origin(case.owner().as_ref(), case.view.origin());
    let Some(meant) = meant.filter(|name| case.view.contains(name.as_ref())) else { return Vec::new() };
    let keys = case.view.zone.keys_at(case.owner());
    let there = case.view.zone.keys_at(&meant);
    let has_alias = |keys: &[RrKey]| keys.iter().any(|key| key.rtype == RecordType::CNAME);
    // An alias stands alone, and a zone has one SOA.
    let alone = there.is_empty() || !has_alias(&keys) && !has_alias(&there);
    if !alone || keys.iter().any(|key| key.rtype == RecordType::SOA) {
        return Vec::new();
    }
    let mut changes = Vec::new();
    for key in &keys {
        let Some(set) = case.view.zone.get(key) else { continue };
        let to = RrKey { owner: meant.clone(), ..key.clone() };
        let mut becomes = case.view.zone.get(&to);
        for rdata in &set.rdata {
            becomes = Some(added(becomes, key.rtype, set.ttl, rdata));
        }
        changes.extend([(key.clone(), None), (to, becomes)]);
    }
    let mut words: Vec<String> = keys.iter().map(|key| key.rtype.to_string()).collect();
    words.dedup();
    let beside = if there.is_empty() { "" } else { ", beside what stands there" };
    let title = format!("Move the {} records of {} to {meant}{beside}", listed(&words), case.owner());
    vec![Fix::new(title, changes)]
}

/// A hyphen for each underscore of a host.
pub fn without_underscore(case: &Case<'_>) -> Vec<Fix> {
    rename(case, |label| label.iter().map(|octet| if *octet == b'_' { b'-' } else { *octet }).collect())
}

/// Without hyphens at either end of a label.
pub fn without_end_hyphen(case: &Case<'_>) -> Vec<Fix> {
    rename(case, |label| {
        let start = label.iter().take_while(|octet| **octet == b'-').count();
        let end = label.iter().rev().take_while(|octet| **octet == b'-').count();
        label.get(start..label.len().saturating_sub(end)).unwrap_or_default().to_vec()
    })
}

/// The host with other labels, and all of the zone that leads to it.
fn rename(case: &Case<'_>, label: impl Fn(&[u8]) -> Vec<u8>) -> Vec<Fix> {
    let owner = case.owner().as_ref();
    let old = if case.finding.record.is_some() { target(case) } else { Some(owner) };
    let Some(old) = old.filter(|name| case.view.contains(*name) && !case.view.is_apex(*name)) else {
        return Vec::new();
    };
    let Some(new) = with_labels(old, case.view.origin(), label) else { return Vec::new() };
    let keys = case.view.zone.keys_at(&old.to_name());
    if keys.is_empty() || case.view.exists(new.as_ref()) || !case.view.contains(new.as_ref()) {
        return Vec::new();
    }
    let moved =
        |key: RrKey| if key.owner.as_ref() == old { RrKey { owner: new.clone(), ..key } } else { key };
    let mut changes: Vec<(RrKey, Option<RrSet>)> = keys.iter().map(|key| (key.clone(), None)).collect();
    let mut leading = 0;
    let whole = case.each_set(|key, set| {
        let mut set = RrSet::clone(set);
        let mut leads = false;
        for rdata in &mut set.rdata {
            if target_of(key.rtype, rdata) == Some(old)
                && let Some(changed) = with_target(key.rtype, rdata, new.as_ref())
            {
                *rdata = changed.into();
                leads = true;
                leading += 1;
            }
        }
        if leads || key.owner.as_ref() == old {
            changes.push((moved(key.clone()), Some(set)));
        }
    });
    if !whole {
        return Vec::new();
    }
    let with = match leading {
        0 => String::new(),
        1 => ", with the record of this zone that leads to it".into(),
        count => format!(", with the {count} records of this zone that lead to it"),
    };
    vec![Fix::new(format!("Rename {old} to {new}{with}"), changes)]
}

/// A name whose labels below the zone's are others; `None` where one would be empty.
fn with_labels(name: NameRef<'_>, origin: NameRef<'_>, label: impl Fn(&[u8]) -> Vec<u8>) -> Option<Name> {
    let mut wire = Vec::new();
    for own in super::super::rule::labels_below(name, origin) {
        let own = label(own);
        wire.push(u8::try_from(own.len()).ok().filter(|length| *length > 0)?);
        wire.extend_from_slice(&own);
    }
    Name::from_wire(&[&wire, origin.wire()].concat()).ok()
}
