//! From changes to update messages: what no server would carry out is refused here; how a message is made of them is
//! in `message`, how several are in `split`.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::message::{Planner, is_apex_ns};
use super::split::split;
use super::{Plan, ServerTraits, describe};
use crate::facts::ServerKind;
use crate::wire::update::MAX_UPDATE;
use crate::zone::changes::{Change, ChangeMap, Contents, Rebased};
use crate::zone::managed::{is_managed, is_signed};
use crate::zone::rrset::same_octets;
use crate::zone::update::stands_beside_cname;
use crate::zone::{Name, Rdata, RecordType, RrKey, Snapshot, types};

/// Why changes do not make an update.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    #[error("There is nothing to send: the server already holds all of this.")]
    Nothing,
    #[error("{} changed on the server after it was loaded. Nothing is sent over somebody else's change: reload the zone and look at it again.", list(.0))]
    Conflict(Vec<RrKey>),
    #[error("{} is made by the server itself, so it is never sent. Take this change back.", describe(.0))]
    Managed(RrKey),
    #[error("{0} is not in this zone. Take this change back, or open the zone that the name is in.")]
    OutOfZone(Name),
    #[error("{} cannot stand in a zone: the type is for questions only. Take this change back.", describe(.0))]
    NotAType(RrKey),
    #[error("A zone cannot be without its SOA record. Take the deletion back.")]
    SoaDeleted,
    #[error("The SOA record cannot be read, or there are several. Correct it: a zone has exactly one.")]
    BadSoa,
    #[error(
        "The serial cannot go from {current} to {wanted}: servers ignore an SOA whose serial is not higher. Enter a higher one, or leave the serial to the server."
    )]
    SerialNotHigher { current: u32, wanted: u32 },
    #[error(
        "A zone cannot be without nameservers, and servers ignore the deletion of the last one. Keep or add one NS record at {0}"
    )]
    LastNameserver(Name),
    #[error(
        "{0} would have a CNAME beside other records, which servers refuse or silently ignore. Delete the one or the other."
    )]
    CnameBesideData(Name),
    #[error(
        "{} would hold data that does not fit its type. Some servers refuse that; others take it, and then nobody can transfer the zone. Correct it.", describe(.0)
    )]
    Misfit(RrKey),
    #[error("{} has more than one record, and servers keep only the last. Keep one.", describe(.0))]
    Several(RrKey),
    #[error(
        "What belongs together at {owner} takes {octets} octets, and one update message has room for {room}. Part of the changes there must be left out."
    )]
    TooLarge { owner: Name, octets: usize, room: usize },
    #[error(
        "The TTL of {} cannot be changed by updates: the set is too big to be sent again in one message, and this server does not give its records the TTL of one. Leave the TTL as it is.",
        describe(.0)
    )]
    BigTtl(RrKey),
    #[error(
        "Records of {} cannot be taken away by updates: the set is too big to be sent again in one message, and this server does not delete single records of the type. Delete the whole set first, then add it anew.",
        describe(.0)
    )]
    BigSet(RrKey),
}

fn list(keys: &[RrKey]) -> String {
    let shown: Vec<String> = keys.iter().take(3).map(describe).collect();
    match keys.len().saturating_sub(shown.len()) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// Turns changes into updates of the zone as the server holds it: one where they fit into one message.
///
/// # Errors
/// [`PlanError`], a sentence for the person.
pub fn plan(zone: &Snapshot, changes: &ChangeMap, traits: ServerTraits) -> Result<Plan, PlanError> {
    plan_with(zone, changes, traits, &Guards::of(traits), MAX_UPDATE)
}

/// Which prerequisites can be relied on: a server may compare with something else than it serves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Guards {
    /// The SOA.
    pub soa: bool,
    /// The contents of RRsets. Otherwise only that they exist.
    pub contents: bool,
    /// RRsets of which the contents cannot be relied on in any case.
    pub except: BTreeSet<(Name, RecordType)>,
}

impl Guards {
    /// What to begin with.
    pub fn of(traits: ServerTraits) -> Guards {
        // PowerDNS may serve another SOA (SOA-EDIT) than the one it compares with.
        Guards { soa: traits.kind != ServerKind::PowerDns, contents: true, except: BTreeSet::new() }
    }

    /// Can the contents of this RRset be relied on?
    pub fn contents_of(&self, key: &RrKey) -> bool {
        self.contents && !self.except.contains(&(key.owner.clone(), key.rtype))
    }
}

/// The same, with these prerequisites, in messages of up to `limit` octets.
pub(super) fn plan_with(
    zone: &Snapshot,
    changes: &ChangeMap,
    traits: ServerTraits,
    guards: &Guards,
    limit: usize,
) -> Result<Plan, PlanError> {
    let changes = standing(zone, changes)?;
    let signed = is_signed(zone);
    for (key, change) in changes.iter() {
        check(zone, &changes, key, change)?;
        if is_managed(signed, zone, key) {
            return Err(PlanError::Managed(key.clone()));
        }
        if key.rtype == RecordType::NSEC3PARAM && traits.kind == ServerKind::PowerDns {
            // It keeps them elsewhere. An update with one can leave PowerDNS 4.7 with an open transaction in its
            // database, and every later update fails.
            return Err(PlanError::Managed(key.clone()));
        }
    }
    let planner = Planner::new(zone, traits.kind, guards.clone(), &changes, limit)?;
    match planner.whole() {
        Some(plan) => Ok(plan),
        None => split(&planner),
    }
}

/// The changes over what the server holds, without those that change nothing.
fn standing<'c>(zone: &Snapshot, changes: &'c ChangeMap) -> Result<Cow<'c, ChangeMap>, PlanError> {
    let is_over_zone = |(key, change): (&RrKey, &Change)| {
        !change.is_empty() && same_octets(change.before.as_ref(), zone.get(key).as_ref())
    };
    if !changes.is_empty() && changes.iter().all(is_over_zone) {
        // Nearly always, and then thousands of them need not be copied.
        return Ok(Cow::Borrowed(changes));
    }
    let mut standing = ChangeMap::new();
    let mut conflicts = Vec::new();
    for (key, change) in changes.iter().filter(|(_, change)| !change.is_empty()) {
        match change.rebase(key.rtype, zone.get(key)) {
            Rebased::Stands(change) => {
                standing.insert(key.clone(), change);
            }
            Rebased::Done => {}
            Rebased::Conflict => conflicts.push(key.clone()),
        }
    }
    match (conflicts.is_empty(), standing.is_empty()) {
        (false, _) => Err(PlanError::Conflict(conflicts)),
        (true, true) => Err(PlanError::Nothing),
        (true, false) => Ok(Cow::Owned(standing)),
    }
}

/// Refuses what no server carries out.
fn check(zone: &Snapshot, changes: &ChangeMap, key: &RrKey, change: &Change) -> Result<(), PlanError> {
    if !key.owner.is_at_or_below(zone.origin()) {
        return Err(PlanError::OutOfZone(key.owner.clone()));
    }
    if key.rtype.is_meta() {
        return Err(PlanError::NotAType(key.clone()));
    }
    if matches!(key.rtype, RecordType::RRSIG | RecordType::NSEC | RecordType::NSEC3) {
        return Err(PlanError::Managed(key.clone()));
    }
    let Some(after) = &change.after else {
        return match is_apex_ns(zone, key) {
            true => Err(PlanError::LastNameserver(key.owner.clone())),
            false => Ok(()),
        };
    };
    if key.rtype == RecordType::SOA {
        // Further checks: Planner::new_soa.
        return if key.owner == *zone.origin() { Ok(()) } else { Err(PlanError::BadSoa) };
    }
    let is_new = |rdata: &Rdata| !change.before.as_ref().is_some_and(|before| before.rdata.contains(rdata));
    if after.rdata.iter().any(|rdata| !types::is_valid(key.rtype, rdata) && is_new(rdata)) {
        return Err(PlanError::Misfit(key.clone()));
    }
    if key.rtype.is_singleton() && after.rdata.len() > 1 {
        return Err(PlanError::Several(key.clone()));
    }
    if change.before.is_none() {
        let types: Vec<RecordType> =
            Contents { base: zone, changes }.keys_at(&key.owner).iter().map(|key| key.rtype).collect();
        if types.contains(&RecordType::CNAME) && !types.iter().all(|rtype| stands_beside_cname(*rtype)) {
            return Err(PlanError::CnameBesideData(key.owner.clone()));
        }
    }
    Ok(())
}
