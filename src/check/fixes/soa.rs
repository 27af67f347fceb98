//! The SOA record.

use super::super::fix::{Case, Fix, listed};
use super::super::view::Target;
use super::{MOST, keep_one};
use crate::zone::ttl::short;
use crate::zone::{Name, NameRef, RecordType, RrSet, Soa};

const HOUR: u32 = 3600;
const DAY: u32 = 86_400;

fn soa(case: &Case<'_>) -> Option<Soa> {
    Soa::from_rdata(case.set(RecordType::SOA)?.rdata.first()?)
}

fn becomes(case: &Case<'_>, title: String, soa: &Soa) -> Option<Fix> {
    let set = case.set(RecordType::SOA).filter(|set| set.rdata.len() == 1)?;
    Some(Fix::new(title, [(case.key(RecordType::SOA), Some(RrSet::new(set.ttl, vec![soa.to_rdata()])))]))
}

/// One too many: it goes where it is not the top of the zone; there one stays.
pub fn one(case: &Case<'_>) -> Vec<Fix> {
    if case.is_apex() { keep_one(case) } else { super::delete_set(case) }
}

/// The mailbox with a dot for the @, and dots before that protected.
pub fn rname(case: &Case<'_>) -> Vec<Fix> {
    let Some(mut soa) = soa(case) else { return Vec::new() };
    let meant = meant(soa.rname.as_ref(), case.view.origin());
    let Some(meant) = meant else { return Vec::new() };
    soa.rname = meant;
    let title = format!("Write the mailbox as {}", soa.rname);
    becomes(case, title, &soa).into_iter().collect()
}

fn meant(rname: NameRef<'_>, origin: NameRef<'_>) -> Option<Name> {
    let labels: Vec<&[u8]> = rname.labels().collect();
    let at = labels.iter().position(|label| label.contains(&b'@'))?;
    let (before, rest) = labels.split_at_checked(at)?;
    let (middle, after) = rest.split_first()?;
    let split = middle.iter().position(|octet| *octet == b'@')?;
    let (end, domain) = (middle.get(..split)?, middle.get(split + 1..)?);
    let mailbox = before.iter().copied().chain([end]).collect::<Vec<_>>().join(&b'.');
    let domain = [domain].into_iter().filter(|label| !label.is_empty()).chain(after.iter().copied());
    let mut wire = Vec::new();
    for label in [mailbox.as_slice()].into_iter().chain(domain) {
        wire.push(u8::try_from(label.len()).ok().filter(|length| (1..64).contains(length))?);
        wire.extend_from_slice(label);
    }
    wire.push(0);
    let name = Name::from_wire(&wire).ok()?;
    // Without a final dot the zone's name was added to what had it already.
    let twice = super::super::rules::names::has_twice(name.as_ref(), origin);
    match name.wire().len().checked_sub(origin.wire().len()).filter(|_| twice) {
        Some(own) => Name::from_wire(&[name.wire().get(..own)?, &[0]].concat()).ok(),
        None => Some(name),
    }
}

/// A nameserver of the zone as its primary.
pub fn mname(case: &Case<'_>) -> Vec<Fix> {
    let Some(soa) = soa(case) else { return Vec::new() };
    let nameservers = case.set(RecordType::NS).map(|set| set.rdata).unwrap_or_default();
    let names = nameservers.iter().filter_map(|rdata| NameRef::split_from(rdata)).map(|(name, _)| name);
    let serves = |name: &NameRef<'_>| match case.view.target(*name) {
        Target::Here(types) => super::super::rules::structure::has_address(types),
        Target::Outside | Target::Delegated(_) => true,
        _ => false,
    };
    let fixes = names.filter(serves).take(MOST).filter_map(|name| {
        let soa = Soa { mname: name.to_name(), ..soa.clone() };
        becomes(case, format!("Name {name} as the primary"), &soa)
    });
    fixes.collect()
}

/// The timers that are out of range, with usual values.
pub fn timers(case: &Case<'_>) -> Vec<Fix> {
    let Some(mut soa) = soa(case) else { return Vec::new() };
    let mut words = Vec::new();
    if soa.refresh < 20 * 60 {
        soa.refresh = HOUR;
        words.push(format!("refresh to {}", short(soa.refresh)));
    }
    if soa.retry < 2 * 60 || soa.retry >= soa.refresh {
        soa.retry = (soa.refresh / 4).clamp(5 * 60, HOUR);
        words.push(format!("retry to {}", short(soa.retry)));
    }
    if soa.expire < 7 * DAY || soa.expire < soa.refresh.saturating_add(soa.retry) {
        soa.expire = (14 * DAY).max(soa.refresh.saturating_add(soa.retry));
        words.push(format!("expire to {}", short(soa.expire)));
    }
    becomes(case, format!("Set {}", listed(&words)), &soa).into_iter().collect()
}

pub fn minimum(case: &Case<'_>) -> Vec<Fix> {
    let Some(mut soa) = soa(case) else { return Vec::new() };
    soa.minimum = if soa.minimum < 300 { 300 } else { HOUR };
    becomes(case, format!("Set the negative TTL to {}", short(soa.minimum)), &soa).into_iter().collect()
}

/// The first serial after 0. One that is too high cannot simply be set lower: secondaries would not follow.
pub fn serial(case: &Case<'_>) -> Vec<Fix> {
    let Some(soa) = soa(case).filter(|soa| soa.serial == 0) else { return Vec::new() };
    becomes(case, "Set the serial to 1".into(), &Soa { serial: 1, ..soa }).into_iter().collect()
}
