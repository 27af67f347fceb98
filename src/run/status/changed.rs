//! What the last push of a zone changed: for whether every server serves it, and what caches may still hold.

use serde_json::{Value, json};

use super::super::access::Target;
use super::super::clock;
use super::super::standing::served;
use super::super::world::World;
use crate::app::describe::{count, set, ttl};
use crate::config::{AddressPort, DNS_PORT};
use crate::dns::questions;
use crate::facts::history::{Ending, Listed, PushId, Standing, Summary, Verdict};
use crate::facts::{Failure, Fault};
use crate::health::caches::{Clock, Stale, clocks_without_zone};
use crate::health::{Goal, to_ask};
use crate::zone::{ChangeMap, Name, RecordType, RrKey, Soa, serial};

/// How many pushes are looked at for the last one that changed something.
const MAX_LOOKED: usize = 20;
/// Most lines about caches and about resolvers that are printed.
pub const MAX_LINES: usize = 20;

/// How long after a push the last server may have got it, where nobody looked: two hours, a common refresh time.
const SLACK: u64 = 7200;

/// The last push that changed the zone.
pub struct LastPush {
    pub id: PushId,
    /// When it was begun, in seconds since 1970.
    time: u64,
    /// The zone's serial after it.
    pub serial: u32,
    /// What of it the server took.
    changes: ChangeMap,
}

/// The last push of the zone from this machine, where one is recorded that changed it.
///
/// # Errors
/// A [`Failure`] where a record is there and cannot be read.
pub fn last_push(target: &Target) -> Result<Option<LastPush>, Failure> {
    // Without a place for a history there is none.
    let Ok(history) = target.history() else { return Ok(None) };
    let ended = |listed: Listed| match listed {
        Listed::Push(Summary { head, standing: Standing::Ended { ending, serial: Some(serial), .. } }) => {
            matches!(ending, Ending::Applied | Ending::Partly).then_some((head, serial))
        }
        _ => None,
    };
    let Some((head, serial)) = history.list(MAX_LOOKED)?.pushes.into_iter().find_map(ended) else {
        return Ok(None);
    };
    let record = history.read(&head.id)?;
    let taken = |key: &RrKey| match record.verdict(key) {
        Some(Verdict::Applied | Verdict::ChangedByServer(..) | Verdict::ChangedSince(..)) => true,
        Some(Verdict::NotApplied(_) | Verdict::Unknown(_)) | None => false,
    };
    let changes = record.changes.clone().into_iter().filter(|(key, _)| taken(key)).collect();
    Ok(Some(LastPush { id: head.id, time: head.time, serial, changes }))
}

impl LastPush {
    /// What every server shall serve: the changed sets as the primary answers for them, at this serial.
    pub async fn goal(&self, world: &World, wanted: u32) -> Goal {
        // A version from before the push does not have it.
        if serial::is_after(self.serial, wanted) {
            return Goal::of_serial(wanted);
        }
        let (keys, others) = to_ask(self.changes.keys());
        let mut answers = Vec::with_capacity(keys.len());
        for key in keys {
            let answer = served(world, &key).await;
            answers.push((key, answer));
        }
        let goal = Goal::of_answers(wanted, answers);
        Goal { unasked: goal.unasked + others, ..goal }
    }

    /// The clocks of what it changed, over a zone that has this SOA now.
    pub fn clocks(&self, soa: &Soa) -> Vec<Clock> {
        let changed = self.changes.iter().find(|(key, _)| key.rtype == RecordType::SOA);
        let before = changed.and_then(|(_, change)| change.before.as_ref());
        let old = before.and_then(|set| Some(Soa::from_rdata(set.rdata.first()?)?.minimum.min(set.ttl)));
        clocks_without_zone(old.unwrap_or(soa.minimum), &self.changes)
    }

    /// May caches still hold what was before, as far as that can be known so late? Servers have mostly got it soon after.
    pub fn is_recent(&self, clocks: &[Clock], now: u64) -> bool {
        let longest = clocks.iter().map(|clock| u64::from(clock.ttl)).max().unwrap_or(0);
        now < self.time + longest + SLACK
    }

    pub fn in_words(&self) -> String {
        let sets = count(self.changes.len(), "record set");
        format!("the push of {} changed {sets}", clock::in_words(self.time))
    }
}

/// Until when caches may hold what was before, in lines; `since` is when the last server had the change.
pub fn clock_lines(clocks: &[Clock], origin: &Name, since: u64, now: u64) -> Vec<String> {
    let running = running(clocks, since, now);
    let line = |clock: &&Clock| {
        let what = match clock.stale {
            Stale::Records => "its old TTL",
            Stale::Absence => "that there was none",
        };
        let until = clock::in_words(since + u64::from(clock.ttl));
        format!("  {until}  {}  ({}, {what})", set(&clock.key, origin), ttl(clock.ttl))
    };
    let mut lines: Vec<String> = running.iter().take(MAX_LINES).map(line).collect();
    if running.len() > MAX_LINES {
        lines.push(format!("  and {} more, none of them longer", running.len() - MAX_LINES));
    }
    lines
}

/// Those that have not run out.
fn running(clocks: &[Clock], since: u64, now: u64) -> Vec<&Clock> {
    clocks.iter().filter(|clock| since + u64::from(clock.ttl) > now).collect()
}

pub fn clocks_json(clocks: &[Clock], since: u64) -> Value {
    let json = |clock: &Clock| {
        json!({
            "name": clock.key.owner.to_string(),
            "type": clock.key.rtype.to_string(),
            "old": match clock.stale { Stale::Records => "records", Stale::Absence => "absence" },
            "ttl": clock.ttl,
            "until": since + u64::from(clock.ttl),
        })
    };
    Value::Array(clocks.iter().map(json).collect())
}

/// What a public resolver gives its users of the changed sets.
pub struct AtResolver {
    pub resolver: AddressPort,
    /// For each set whether it is the new one; `None` where the answer does not tell.
    sets: Vec<(RrKey, Result<Option<bool>, Fault>)>,
}

/// Asks public resolvers, all at the same time, whether they have what was changed.
pub async fn ask_resolvers(world: &World, resolvers: &[AddressPort], goal: &Goal) -> Vec<AtResolver> {
    let network = world.network();
    let asked = resolvers.iter().map(|resolver| {
        let (network, goal, resolver) = (network.clone(), goal.clone(), *resolver);
        tokio::spawn(async move {
            let mut sets = Vec::new();
            for (index, (key, _)) in goal.sets.iter().enumerate() {
                let answer = questions::rrset_at_resolver(&network, resolver.0, key).await;
                let told = answer.map(|answer| goal.is_at_resolver(index, &answer));
                let is_gone = told.is_err();
                sets.push((key.clone(), told));
                // One that does not answer is not asked forty-nine times more.
                if is_gone {
                    break;
                }
            }
            AtResolver { resolver, sets }
        })
    });
    let mut told = Vec::new();
    for task in asked.collect::<Vec<_>>() {
        match task.await {
            Ok(resolver) => told.push(resolver),
            Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            Err(_) => {}
        }
    }
    told
}

impl AtResolver {
    /// "9.9.9.9: has 2 of 3; still old: www A".
    pub fn in_words(&self, origin: &Name) -> String {
        let resolver = match self.resolver.0.port() {
            DNS_PORT => self.resolver.0.ip().to_string(),
            _ => self.resolver.0.to_string(),
        };
        if let Some(fault) = self.sets.iter().find_map(|(_, told)| told.err()) {
            return format!("{resolver}: {fault}");
        }
        let old = self.sets.iter().filter(|(_, told)| matches!(told, Ok(Some(false))));
        let old: Vec<String> = old.map(|(key, _)| set(key, origin)).collect();
        let total = self.sets.iter().filter(|(_, told)| matches!(told, Ok(Some(_)))).count();
        match old.len() {
            0 => format!("{resolver}: has all of {}", count(total, "changed record set")),
            _ => {
                let more = old.len().saturating_sub(MAX_LINES);
                let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
                let named: Vec<String> = old.iter().take(MAX_LINES).cloned().collect();
                format!(
                    "{resolver}: has {} of {total}; still old: {}{rest}",
                    total - old.len(),
                    named.join(", ")
                )
            }
        }
    }

    pub fn json(&self) -> Value {
        let set = |(key, told): &(RrKey, Result<Option<bool>, Fault>)| {
            let (has, fault) = match told {
                Ok(has) => (*has, None),
                Err(fault) => (None, Some(fault.to_string())),
            };
            let (name, rtype) = (key.owner.to_string(), key.rtype.to_string());
            json!({ "name": name, "type": rtype, "has": has, "fault": fault })
        };
        json!({
            "resolver": self.resolver.0.to_string(),
            "sets": self.sets.iter().map(set).collect::<Vec<_>>(),
        })
    }
}
