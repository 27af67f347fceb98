//! From changes to one update message. What the lines here avoid was measured on real servers; the review hears of
//! what cannot be guarded.

use std::collections::{BTreeSet, HashSet};

use super::{Plan, ServerTraits, Step, describe};
use crate::facts::ServerKind;
use crate::wire::update::{MAX_UPDATE, encoded_len};
use crate::zone::changes::{Change, ChangeMap, Contents, Rebased};
use crate::zone::managed::{is_managed, is_signed};
use crate::zone::update::{Operation, Prerequisite, Update, stands_beside_cname};
use crate::zone::{Name, Rdata, RecordType, RrKey, RrSet, SetId, Snapshot, Soa, serial};

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
    #[error("{} has more than one record, and servers keep only the last. Keep one.", describe(.0))]
    Several(RrKey),
    #[error(
        "The changes take {octets} octets and one update message holds {limit}. Pushes in several messages are not supported yet: push a part of the changes first."
    )]
    TooLarge { octets: usize, limit: usize },
}

fn list(keys: &[RrKey]) -> String {
    let shown: Vec<String> = keys.iter().take(3).map(describe).collect();
    match keys.len().saturating_sub(shown.len()) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// Turns changes into one update of the zone as the server holds it.
///
/// # Errors
/// [`PlanError`], a sentence for the person.
pub fn plan(zone: &Snapshot, changes: &ChangeMap, traits: ServerTraits) -> Result<Plan, PlanError> {
    plan_with(zone, changes, traits, Guards::of(traits))
}

/// Which prerequisites can be relied on: a server may compare with something else than it serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Guards {
    /// The SOA.
    pub soa: bool,
    /// The contents of RRsets. Otherwise only that they exist.
    pub contents: bool,
}

impl Guards {
    /// What to begin with.
    pub fn of(traits: ServerTraits) -> Guards {
        // PowerDNS may serve another SOA (SOA-EDIT) than the one it compares with.
        Guards { soa: traits.kind != ServerKind::PowerDns, contents: true }
    }
}

/// The same, with these prerequisites.
pub(super) fn plan_with(
    zone: &Snapshot,
    changes: &ChangeMap,
    traits: ServerTraits,
    guards: Guards,
) -> Result<Plan, PlanError> {
    let changes = standing(zone, changes)?;
    let signed = is_signed(zone);
    for (key, change) in &changes {
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
    let mut planner = Planner {
        zone,
        kind: traits.kind,
        guards,
        changes: &changes,
        prerequisites: Vec::new(),
        operations: Vec::new(),
        notes: Vec::new(),
        without_cname: BTreeSet::new(),
    };
    let soa = planner.new_soa()?;
    planner.guard(soa.is_some());
    planner.operate(soa);
    let Planner { prerequisites, operations, mut notes, .. } = planner;
    notes.dedup();
    let update = Update { zone: zone.origin().clone(), prerequisites, operations };
    match encoded_len(&update) {
        octets if octets > MAX_UPDATE => Err(PlanError::TooLarge { octets, limit: MAX_UPDATE }),
        _ => Ok(Plan { steps: [Step { update }].into(), notes }),
    }
}

/// The changes over what the server holds, without those that change nothing.
fn standing(zone: &Snapshot, changes: &ChangeMap) -> Result<ChangeMap, PlanError> {
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
        (true, false) => Ok(standing),
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

fn is_apex_ns(zone: &Snapshot, key: &RrKey) -> bool {
    key.rtype == RecordType::NS && key.owner == *zone.origin()
}

struct Planner<'a> {
    zone: &'a Snapshot,
    kind: ServerKind,
    guards: Guards,
    changes: &'a ChangeMap,
    prerequisites: Vec<Prerequisite>,
    operations: Vec<Operation>,
    notes: Vec<String>,
    /// Names already guarded against a CNAME.
    without_cname: BTreeSet<Name>,
}

impl Planner<'_> {
    fn apex(&self, rtype: RecordType) -> RrKey {
        RrKey::new(self.zone.origin().clone(), rtype)
    }

    /// The SOA to send, if one is: only when the person changed it, or as the serial bump without which Knot drops
    /// a message that changes nothing but TTLs.
    fn new_soa(&mut self) -> Result<Option<(u32, Soa)>, PlanError> {
        let current = self.zone.soa();
        let key = self.apex(RecordType::SOA);
        let Some(change) = self.changes.get(&key) else {
            let ttl_only = self.changes.iter().all(|(key, change)| change.is_ttl_only(key.rtype));
            if !ttl_only || !matches!(self.kind, ServerKind::Knot | ServerKind::Unknown) {
                return Ok(None);
            }
            let soa = Soa { serial: serial::next(current.serial), ..current.clone() };
            self.notes.push(format!(
                "The serial is raised to {}: some Knot versions ignore an update of nothing but TTLs.",
                soa.serial
            ));
            return Ok(self.zone.get(&key).map(|set| (set.ttl, soa)));
        };
        let after = change.after.as_ref().ok_or(PlanError::SoaDeleted)?;
        let [rdata] = after.rdata.as_slice() else { return Err(PlanError::BadSoa) };
        let mut wanted = Soa::from_rdata(rdata).ok_or(PlanError::BadSoa)?;
        if !serial::is_after(wanted.serial, current.serial) {
            let as_current = Soa { serial: current.serial, ..wanted.clone() };
            if as_current.to_rdata() == current.to_rdata()
                && change.before.as_ref().map(|set| set.ttl) == Some(after.ttl)
            {
                return Err(PlanError::SerialNotHigher { current: current.serial, wanted: wanted.serial });
            }
            wanted.serial = serial::next(current.serial);
            self.notes.push(format!(
                "The serial is raised to {}: servers ignore a changed SOA without a higher serial.",
                wanted.serial
            ));
        }
        Ok(Some((after.ttl, wanted)))
    }

    /// One prerequisite for every touched RRset, and what else must hold for the operations to be carried out.
    fn guard(&mut self, sends_soa: bool) {
        let mut wants_soa = sends_soa;
        for (key, change) in self.changes.iter().filter(|(key, _)| key.rtype != RecordType::SOA) {
            wants_soa |= change.before.is_some() && adds_or_changes_ttl(key.rtype, change);
            self.guard_set(key, change);
        }
        // A CNAME in the place of other data: types that somebody adds meanwhile would make servers ignore it, after
        // they have deleted the data.
        let swaps: Vec<&Name> = (self.changes.iter())
            .filter(|(key, change)| key.rtype == RecordType::CNAME && change.before.is_none())
            .map(|(key, _)| &key.owner)
            .filter(|owner| !self.zone.sets_at(owner.as_ref()).is_empty())
            .collect();
        if (wants_soa || !swaps.is_empty()) && self.guards.soa {
            let rdata = self.zone.get(&self.apex(RecordType::SOA)).map_or(Vec::new(), |set| set.rdata);
            self.prerequisites.push(Prerequisite::RrsetIs(
                self.zone.origin().clone(),
                RecordType::SOA,
                rdata,
            ));
            return;
        }
        if wants_soa {
            self.notes.push(
                "TTL not guarded: if somebody else changes a TTL in the same moment, this push overwrites it.".into(),
            );
        }
        for owner in swaps {
            for rtype in EVERYDAY {
                let key = RrKey::new(owner.clone(), rtype);
                if !self.changes.contains_key(&key) && !self.skips_wildcard(owner) {
                    self.prerequisites.push(Prerequisite::RrsetAbsent(key.owner, rtype));
                }
            }
        }
    }

    fn guard_set(&mut self, key: &RrKey, change: &Change) {
        let owner = key.owner.clone();
        if self.skips_wildcard(&owner) {
            self.notes.push(format!(
                "{} is not guarded: PowerDNS drops the connection when asked about a wildcard.",
                describe(key)
            ));
            return;
        }
        match &change.before {
            Some(_) if !self.guards.contents => {
                self.notes.push(format!(
                    "{} is guarded by its existence only: the server calls equal contents different.",
                    describe(key)
                ));
                self.prerequisites.push(Prerequisite::RrsetExists(owner, key.rtype));
            }
            Some(before) => {
                self.prerequisites.push(Prerequisite::RrsetIs(owner, key.rtype, before.rdata.clone()));
            }
            None if key.rtype == RecordType::CNAME && self.zone.sets_at(owner.as_ref()).is_empty() => {
                self.prerequisites.push(Prerequisite::NameNotInUse(owner));
            }
            None => {
                self.prerequisites.push(Prerequisite::RrsetAbsent(owner.clone(), key.rtype));
                let cname = RrKey::new(owner.clone(), RecordType::CNAME);
                let at_apex = owner == *self.zone.origin();
                if !stands_beside_cname(key.rtype)
                    && !at_apex
                    && !self.changes.contains_key(&cname)
                    && self.without_cname.insert(owner.clone())
                {
                    self.prerequisites.push(Prerequisite::RrsetAbsent(owner, RecordType::CNAME));
                }
            }
        }
    }

    /// PowerDNS 4.7 closes the connection on a prerequisite about a wildcard.
    fn skips_wildcard(&self, owner: &Name) -> bool {
        self.kind == ServerKind::PowerDns && owner.as_ref().is_wildcard()
    }

    /// PowerDNS 4.7 compares records with what stands in its database as text, where the same may be written in
    /// other ways; and for types beyond these it ignores the deletion of a single record. The whole set always goes.
    fn deletes_whole(&self, key: &RrKey) -> bool {
        let single = matches!(
            key.rtype,
            RecordType::A
                | RecordType::AAAA
                | RecordType::MX
                | RecordType::NS
                | RecordType::SRV
                | RecordType::TXT
        );
        self.kind == ServerKind::PowerDns && !(single && self.skips_wildcard(&key.owner))
    }

    /// Does a CNAME take the place of everything at this name of a signed zone? Knot takes a CNAME only where
    /// nothing is left, and the RRSIG and NSEC records of a name go only with the whole name.
    fn clears_for_cname(&self, owner: &Name) -> bool {
        let cname = RrKey::new(owner.clone(), RecordType::CNAME);
        let goes = |key: RrKey| {
            matches!(key.rtype, RecordType::RRSIG | RecordType::NSEC)
                || self.changes.get(&key).is_some_and(|change| change.after.is_none())
        };
        matches!(self.kind, ServerKind::Knot | ServerKind::Unknown)
            && self.changes.get(&cname).is_some_and(|change| change.before.is_none())
            && is_signed(self.zone)
            && self.zone.sets_at(owner.as_ref()).filter_map(|set| self.zone.key(SetId(set))).all(goes)
    }

    /// Owner by owner, deletes before adds: servers work in this order, and would ignore a CNAME beside data.
    fn operate(&mut self, mut soa: Option<(u32, Soa)>) {
        let origin = self.zone.origin();
        if let Some((ttl, soa)) = soa.take() {
            self.operations.push(Operation::Add(origin.clone(), RecordType::SOA, ttl, soa.to_rdata()));
        }
        let mut owner = origin;
        let mut adds = Vec::new();
        for (key, change) in self.changes.iter().filter(|(key, _)| key.rtype != RecordType::SOA) {
            if key.owner != *owner {
                self.operations.append(&mut adds);
                owner = &key.owner;
                if self.clears_for_cname(owner) {
                    self.operations.push(Operation::DeleteName(owner.clone()));
                }
            }
            match (&change.before, &change.after) {
                (Some(before), Some(after)) if is_apex_ns(self.zone, key) => {
                    self.operations.extend(apex_ns(key, before, after, self.kind));
                }
                // A new CNAME takes the place of the old one. Deleted first, it would not be taken: see
                // `clears_for_cname`.
                (Some(_), Some(after)) if key.rtype == RecordType::CNAME => {
                    adds.extend(after.rdata.iter().map(|rdata| add(key, after.ttl, rdata)));
                }
                (Some(before), Some(after)) => {
                    let whole = key.rtype.is_singleton()
                        || changes_ttl(before, after)
                        || self.deletes_whole(key) && !not_in(before, after).is_empty();
                    let (deleted, added) = if whole {
                        self.operations.push(Operation::DeleteRrset(key.owner.clone(), key.rtype));
                        (Vec::new(), after.rdata.iter().collect())
                    } else {
                        (not_in(before, after), not_in(after, before))
                    };
                    self.operations.extend(deleted.into_iter().map(|rdata| delete(key, rdata)));
                    adds.extend(added.into_iter().map(|rdata| add(key, after.ttl, rdata)));
                }
                (Some(_), None) if self.clears_for_cname(owner) => {}
                (Some(before), None) if self.skips_wildcard(&key.owner) && !self.deletes_whole(key) => {
                    // Not guarded: take away only what was seen.
                    self.operations.extend(before.rdata.iter().map(|rdata| delete(key, rdata)));
                }
                (Some(_), None) => {
                    self.operations.push(Operation::DeleteRrset(key.owner.clone(), key.rtype));
                }
                (None, Some(after)) => {
                    adds.extend(after.rdata.iter().map(|rdata| add(key, after.ttl, rdata)))
                }
                (None, None) => {}
            }
        }
        self.operations.append(&mut adds);
    }
}

/// Types that people put beside others, for guarding a name where the SOA cannot be used.
const EVERYDAY: [RecordType; 12] = [
    RecordType::NS,
    RecordType::A,
    RecordType::PTR,
    RecordType::MX,
    RecordType::TXT,
    RecordType::AAAA,
    RecordType::SRV,
    RecordType::DNAME,
    RecordType::SSHFP,
    RecordType::TLSA,
    RecordType::HTTPS,
    RecordType::CAA,
];

fn delete(key: &RrKey, rdata: &Rdata) -> Operation {
    Operation::DeleteRecord(key.owner.clone(), key.rtype, rdata.clone())
}

fn add(key: &RrKey, ttl: u32, rdata: &Rdata) -> Operation {
    Operation::Add(key.owner.clone(), key.rtype, ttl, rdata.clone())
}

fn changes_ttl(before: &RrSet, after: &RrSet) -> bool {
    before.ttl != after.ttl || before.mixed_ttls != after.mixed_ttls
}

/// A server gives all records of a set the TTL of the one that is added: whose TTL that undoes cannot be told by a
/// prerequisite on the set.
fn adds_or_changes_ttl(rtype: RecordType, change: &Change) -> bool {
    match (&change.before, &change.after) {
        (Some(before), Some(after)) => {
            changes_ttl(before, after) || rtype.is_singleton() || !not_in(after, before).is_empty()
        }
        _ => false,
    }
}

/// The records of `set` that `other` does not have in these very octets: a change of case is a change.
fn not_in<'a>(set: &'a RrSet, other: &RrSet) -> Vec<&'a Rdata> {
    let others: HashSet<&[u8]> = other.rdata.iter().map(|rdata| &**rdata).collect();
    set.rdata.iter().filter(|rdata| !others.contains(&***rdata)).collect()
}

/// The zone's own NS set, which servers protect: deleting it whole or its last record is ignored, so new records come
/// first and old ones go one by one.
fn apex_ns(key: &RrKey, before: &RrSet, after: &RrSet, kind: ServerKind) -> Vec<Operation> {
    let ttl = after.ttl;
    let is_new = |rdata: &&Rdata| !before.contains(key.rtype, rdata);
    let gone = before.rdata.iter().filter(|rdata| !after.contains(key.rtype, rdata));
    let deletes = gone.map(|rdata| delete(key, rdata));
    if !changes_ttl(before, after) {
        // A record in another case takes the place of the old one; a delete after it would take it away again.
        return not_in(after, before).into_iter().map(|rdata| add(key, ttl, rdata)).chain(deletes).collect();
    }
    let adds = after.rdata.iter().map(|rdata| add(key, ttl, rdata));
    let adds_new = after.rdata.iter().any(|rdata| is_new(&rdata));
    if adds_new || matches!(kind, ServerKind::Bind | ServerKind::PowerDns | ServerKind::Embedded) {
        // Adding a record changes the TTL of the set; with Knot only when the record is new.
        return adds.chain(deletes).collect();
    }
    let again = |rdata: &Rdata| [delete(key, rdata), add(key, ttl, rdata)];
    match (kind, before.rdata.as_slice()) {
        (ServerKind::Knot, [only]) => {
            let placeholder: Rdata = PLACEHOLDER.into();
            let [old, new] = again(only);
            vec![add(key, ttl, &placeholder), old, new, delete(key, &placeholder)]
        }
        (ServerKind::Knot, _) => after.rdata.iter().take(1).flat_map(again).chain(deletes).collect(),
        // Each deleted and added again: works on every server as long as nothing else is deleted.
        (_, [_, _, ..]) if before.rdata.len() == after.rdata.len() => {
            after.rdata.iter().flat_map(again).collect()
        }
        _ => adds.chain(deletes).collect(),
    }
}

/// `zonewright-placeholder.invalid.`, for the moment in which a single nameserver is taken away and added again.
const PLACEHOLDER: &[u8] = b"\x16zonewright-placeholder\x07invalid\x00";
