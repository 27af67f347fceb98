//! Until when caches may hold what was there before a change: each RRset for its old TTL, or, where there was nothing,
//! for the negative TTL of the old zone (RFC 2308 section 5). Both count from the moment when the last server has the
//! change: until then a resolver may still fetch the old.

use super::goal::{Expected, expected};
use crate::zone::{Change, ChangeMap, RecordType, RrKey, RrSet, Snapshot};

/// Most clocks made.
const MAX_CLOCKS: usize = 1000;

/// What of the time before may live on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stale {
    /// The old records.
    Records,
    /// That there are none.
    Absence,
}

/// How long caches may hold the old state of an RRset once no server gives it any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clock {
    pub key: RrKey,
    pub stale: Stale,
    /// Seconds.
    pub ttl: u32,
}

/// The TTL of negative answers from this zone: the lower of the SOA's TTL and its last field.
pub fn negative_ttl(zone: &Snapshot) -> u32 {
    let soa = zone.get(&RrKey::new(zone.origin().clone(), RecordType::SOA));
    soa.map_or(u32::MAX, |set| lowest(&set)).min(zone.soa().minimum)
}

/// The clocks of a change over this zone, those that run longest first.
pub fn clocks(old: &Snapshot, changes: &ChangeMap) -> Vec<Clock> {
    of(negative_ttl(old), changes.iter(), |key| match expected(old, key) {
        Some(Expected::Contents(Some(set))) => Some(set),
        _ => None,
    })
}

/// The same where the zone of before is not at hand.
pub fn clocks_without_zone(negative: u32, changes: &ChangeMap) -> Vec<Clock> {
    of(negative, changes.iter(), |_| None)
}

fn of<'a>(
    negative: u32,
    changes: impl Iterator<Item = (&'a RrKey, &'a Change)>,
    made: impl Fn(&RrKey) -> Option<RrSet>,
) -> Vec<Clock> {
    let clock = |(key, change): (&RrKey, &Change)| {
        // Where nothing stood, a wildcard may have answered.
        let before = change.before.clone().or_else(|| made(key));
        let (stale, ttl) = match before {
            Some(set) => (Stale::Records, highest(&set)),
            None => (Stale::Absence, negative),
        };
        Clock { key: key.clone(), stale, ttl }
    };
    let shown = changes.filter(|(key, change)| key.rtype != RecordType::SOA && !change.is_empty());
    let mut clocks: Vec<Clock> = shown.take(MAX_CLOCKS).map(clock).collect();
    clocks.sort_by(|a, b| b.ttl.cmp(&a.ttl).then_with(|| a.key.cmp(&b.key)));
    clocks
}

fn ttls(set: &RrSet) -> impl Iterator<Item = u32> {
    std::iter::once(set.ttl).chain(set.mixed_ttls.iter().copied())
}

fn highest(set: &RrSet) -> u32 {
    ttls(set).max().unwrap_or(0)
}

fn lowest(set: &RrSet) -> u32 {
    ttls(set).min().unwrap_or(0)
}

#[cfg(test)]
mod tests;
