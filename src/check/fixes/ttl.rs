//! Times to live.

use super::super::fix::{Case, Fix};
use crate::zone::ttl::{MAX_TTL, short};
use crate::zone::{RecordType, RrSet};

const HOUR: u32 = 3600;
const DAY: u32 = 86_400;
const WEEK: u32 = 604_800;
/// As many choices are offered.
const MOST: usize = 4;

fn with_ttl(case: &Case<'_>, ttl: u32) -> Option<Fix> {
    let set = case.own_set()?;
    let title = format!("Set the TTL of {} {} to {}", case.owner(), case.rtype(), short(ttl));
    Some(Fix::new(title, [case.own_becomes(Some(RrSet::new(ttl, set.rdata)))]))
}

/// One of the TTLs that the set has, the lowest first: it promises no more than all of them did.
pub fn mixed(case: &Case<'_>) -> Vec<Fix> {
    let Some(set) = case.own_set() else { return Vec::new() };
    let mut ttls: Vec<u32> = (0..set.rdata.len()).map(|at| set.ttl_of(at)).collect();
    ttls.sort_unstable();
    ttls.dedup();
    ttls.into_iter()
        .filter(|ttl| (1..=MAX_TTL).contains(ttl))
        .take(MOST)
        .filter_map(|ttl| with_ttl(case, ttl))
        .collect()
}

pub fn huge(case: &Case<'_>) -> Vec<Fix> {
    with_ttl(case, DAY).into_iter().collect()
}

pub fn zero(case: &Case<'_>) -> Vec<Fix> {
    let least = if is_delegation(case) { HOUR } else { 300 };
    with_ttl(case, least).into_iter().collect()
}

/// To the nearest that is usual.
pub fn unusual(case: &Case<'_>) -> Vec<Fix> {
    let Some(set) = case.own_set() else { return Vec::new() };
    let ttl = match set.ttl {
        ttl if ttl > WEEK => WEEK,
        _ if is_delegation(case) => HOUR,
        _ => 60,
    };
    with_ttl(case, ttl).into_iter().collect()
}

fn is_delegation(case: &Case<'_>) -> bool {
    matches!(case.rtype(), RecordType::NS | RecordType::DS)
}
