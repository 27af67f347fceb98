//! What one update message is made of: the guards and the operations of changed RRsets, owner by owner. What the lines
//! here avoid was measured on real servers; the review hears of what cannot be guarded.

use std::collections::HashSet;

use super::plan::{Guards, PlanError};
use super::{Plan, Step};
use crate::facts::ServerKind;
use crate::wire::update::{encoded_len, operation_len, prerequisite_len};
use crate::zone::changes::{Change, ChangeMap};
use crate::zone::managed::is_signed;
use crate::zone::update::{Operation, Prerequisite, Update, stands_beside_cname};
use crate::zone::{Name, Rdata, RecordType, RrKey, RrSet, SetId, Snapshot, Soa, serial};

/// What all messages of a plan are made from.
pub(super) struct Planner<'a> {
    pub zone: &'a Snapshot,
    pub kind: ServerKind,
    pub guards: Guards,
    /// All changes of the plan.
    pub changes: &'a ChangeMap,
    signed: bool,
    /// The SOA that the person wants, with its TTL.
    soa: Option<(u32, Soa)>,
    soa_notes: Vec<String>,
    /// Octets that a message may have.
    limit: usize,
    /// Octets of a message that are left for pieces, whatever it says of the SOA.
    pub room: usize,
}

/// A changed RRset.
pub(super) type Item<'a> = (&'a RrKey, &'a Change);

/// A part of a message: what changed RRsets put into it.
#[derive(Debug, Default)]
pub(super) struct Piece {
    pub prerequisites: Vec<Prerequisite>,
    pub operations: Vec<Operation>,
    /// Is it only guarded together with the SOA?
    pub wants_soa: bool,
    /// Does it change more than TTLs?
    pub beyond_ttls: bool,
    pub notes: Vec<String>,
}

impl Piece {
    /// Octets that it takes in a message.
    pub fn size(&self) -> usize {
        self.prerequisites.iter().map(prerequisite_len).sum::<usize>() + self.work()
    }

    /// Octets that its operations take.
    fn work(&self) -> usize {
        self.operations.iter().map(operation_len).sum()
    }

    pub fn append(&mut self, mut other: Piece) {
        self.prerequisites.append(&mut other.prerequisites);
        self.operations.append(&mut other.operations);
        self.notes.append(&mut other.notes);
        self.wants_soa |= other.wants_soa;
        self.beyond_ttls |= other.beyond_ttls;
    }
}

impl<'a> Planner<'a> {
    /// # Errors
    /// [`PlanError`] for an SOA that cannot be sent.
    pub fn new(
        zone: &'a Snapshot,
        kind: ServerKind,
        guards: Guards,
        changes: &'a ChangeMap,
        limit: usize,
    ) -> Result<Planner<'a>, PlanError> {
        let signed = is_signed(zone);
        let mut planner =
            Planner { zone, kind, guards, changes, signed, soa: None, soa_notes: Vec::new(), limit, room: 0 };
        planner.soa = planner.new_soa()?;
        let empty = Update {
            zone: zone.origin().clone(),
            prerequisites: vec![planner.soa_guard()],
            operations: Vec::new(),
        };
        let sent = planner.soa.as_ref().map_or(zone.soa(), |(_, soa)| soa);
        let add = Operation::Add(zone.origin().clone(), RecordType::SOA, 0, sent.to_rdata());
        planner.room = limit.saturating_sub(encoded_len(&empty) + operation_len(&add));
        Ok(planner)
    }

    /// Everything in one message, where it fits.
    pub fn whole(&self) -> Option<Plan> {
        let mut whole = Piece::default();
        let mut size = 0;
        for items in by_owner(self.changes) {
            let piece = self.piece(&items);
            size += piece.size();
            if size > self.limit {
                return None;
            }
            whole.append(piece);
        }
        let mut notes = Vec::new();
        let step = self.message(whole, true, &mut notes);
        (encoded_len(&step.update) <= self.limit).then(|| Plan { steps: [step].into(), notes })
    }

    /// Makes a message. The last one of a plan takes the SOA that the person wants.
    pub fn message(&self, piece: Piece, is_last: bool, notes: &mut Vec<String>) -> Step {
        let origin = self.zone.origin();
        let mut soa = None;
        if let Some(wanted) = self.soa.as_ref().filter(|_| is_last) {
            notes.extend(self.soa_notes.iter().cloned());
            soa = Some(wanted.clone());
        } else if !piece.beyond_ttls && matches!(self.kind, ServerKind::Knot | ServerKind::Unknown) {
            soa = self.raised_soa(notes);
        }
        let Piece { mut prerequisites, mut operations, wants_soa, notes: own, .. } = piece;
        if wants_soa || soa.is_some() {
            if self.guards.soa {
                prerequisites.push(self.soa_guard());
            } else {
                notes.push(
                    "TTL not guarded: if somebody else changes a TTL in the same moment, this push overwrites it."
                        .into(),
                );
            }
        }
        if let Some((ttl, soa)) = soa {
            operations.insert(0, Operation::Add(origin.clone(), RecordType::SOA, ttl, soa.to_rdata()));
        }
        notes.extend(own);
        Step { update: Update { zone: origin.clone(), prerequisites, operations } }
    }

    fn apex_soa(&self) -> RrKey {
        RrKey::new(self.zone.origin().clone(), RecordType::SOA)
    }

    fn soa_guard(&self) -> Prerequisite {
        let rdata = self.zone.get(&self.apex_soa()).map_or(Vec::new(), |set| set.rdata);
        Prerequisite::RrsetIs(self.zone.origin().clone(), RecordType::SOA, rdata)
    }

    /// The serial bump without which Knot drops a message that changes nothing but TTLs.
    fn raised_soa(&self, notes: &mut Vec<String>) -> Option<(u32, Soa)> {
        let current = self.zone.soa();
        let soa = Soa { serial: serial::next(current.serial), ..current.clone() };
        notes.push(format!(
            "The serial is raised to at least {}: some Knot versions ignore an update of nothing but TTLs.",
            soa.serial
        ));
        self.zone.get(&self.apex_soa()).map(|set| (set.ttl, soa))
    }

    /// The SOA to send, where the person changed it.
    fn new_soa(&mut self) -> Result<Option<(u32, Soa)>, PlanError> {
        let current = self.zone.soa();
        let Some(change) = self.changes.get(&self.apex_soa()) else { return Ok(None) };
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
            self.soa_notes.push(format!(
                "The serial is raised to at least {}: servers ignore a changed SOA without a higher serial.",
                wanted.serial
            ));
        }
        Ok(Some((after.ttl, wanted)))
    }

    /// What changed RRsets of one owner put into a message.
    pub fn piece(&self, items: &[Item<'_>]) -> Piece {
        let mut piece = Piece::default();
        let Some((first, _)) = items.first() else { return piece };
        let owner = &first.owner;
        self.guard(owner, items, &mut piece);
        self.operate(owner, items, &mut piece);
        piece.beyond_ttls = !items.iter().all(|(key, change)| change.is_ttl_only(key.rtype));
        piece
    }

    /// The same for RRsets that must go into one message: where their contents are too big to be guards beside the
    /// operations, the SOA is one for all of them, and of the biggest only the existence is asked for.
    pub fn squeezed(&self, items: &[Item<'_>]) -> Piece {
        let mut piece = self.piece(items);
        while piece.size() > self.room {
            let contents = piece.prerequisites.iter_mut();
            let biggest = contents
                .filter(|guard| matches!(guard, Prerequisite::RrsetIs(..)))
                .max_by_key(|guard| prerequisite_len(guard));
            let Some(Prerequisite::RrsetIs(owner, rtype, _)) = biggest else { break };
            let (owner, rtype) = (owner.clone(), *rtype);
            piece.prerequisites.retain(
                |guard| !matches!(guard, Prerequisite::RrsetIs(name, other, _) if *name == owner && *other == rtype),
            );
            self.guard_existence(&RrKey::new(owner, rtype), &mut piece);
        }
        piece
    }

    /// Guards a set that is too big for a prerequisite on its contents.
    pub fn guard_existence(&self, key: &RrKey, piece: &mut Piece) {
        piece.prerequisites.push(Prerequisite::RrsetExists(key.owner.clone(), key.rtype));
        if self.guards.soa {
            piece.wants_soa = true;
        } else {
            piece.notes.push(format!(
                "{} is not guarded: its contents do not fit into a message beside the change. What somebody else \
                 changes in it meanwhile may be overwritten.",
                super::describe(key)
            ));
        }
    }

    /// One prerequisite for every touched RRset, and what else must hold for the operations to be carried out.
    fn guard(&self, owner: &Name, items: &[Item<'_>], piece: &mut Piece) {
        let mut without_cname = false;
        for (key, change) in items {
            piece.wants_soa |= change.before.is_some() && adds_or_changes_ttl(key.rtype, change);
            self.guard_set(key, change, &mut without_cname, piece);
        }
        // A CNAME in the place of other data: types that somebody adds meanwhile would make servers ignore it, after
        // they have deleted the data.
        let brings_cname =
            items.iter().any(|(key, change)| key.rtype == RecordType::CNAME && change.before.is_none());
        if !brings_cname || self.zone.sets_at(owner.as_ref()).is_empty() {
            return;
        }
        if self.guards.soa {
            piece.wants_soa = true;
            return;
        }
        for rtype in EVERYDAY {
            let key = RrKey::new(owner.clone(), rtype);
            if !self.changes.contains_key(&key) && !self.skips_wildcard(owner) {
                piece.prerequisites.push(Prerequisite::RrsetAbsent(key.owner, rtype));
            }
        }
    }

    fn guard_set(&self, key: &RrKey, change: &Change, without_cname: &mut bool, piece: &mut Piece) {
        let owner = key.owner.clone();
        if self.skips_wildcard(&owner) {
            piece.notes.push(format!(
                "{} is not guarded: PowerDNS drops the connection when asked about a wildcard.",
                super::describe(key)
            ));
            return;
        }
        match &change.before {
            Some(_) if !self.guards.contents_of(key) => {
                piece.notes.push(format!(
                    "{} is guarded by its existence only: the server calls equal contents different.",
                    super::describe(key)
                ));
                piece.prerequisites.push(Prerequisite::RrsetExists(owner, key.rtype));
            }
            Some(before) => {
                piece.prerequisites.push(Prerequisite::RrsetIs(owner, key.rtype, before.rdata.clone()));
            }
            None if key.rtype == RecordType::CNAME && self.zone.sets_at(owner.as_ref()).is_empty() => {
                piece.prerequisites.push(Prerequisite::NameNotInUse(owner));
            }
            None => {
                piece.prerequisites.push(Prerequisite::RrsetAbsent(owner.clone(), key.rtype));
                let cname = RrKey::new(owner.clone(), RecordType::CNAME);
                let at_apex = owner == *self.zone.origin();
                if !stands_beside_cname(key.rtype)
                    && !at_apex
                    && !self.changes.contains_key(&cname)
                    && !std::mem::replace(without_cname, true)
                {
                    piece.prerequisites.push(Prerequisite::RrsetAbsent(owner, RecordType::CNAME));
                }
            }
        }
    }

    /// PowerDNS 4.7 closes the connection on a prerequisite about a wildcard.
    pub fn skips_wildcard(&self, owner: &Name) -> bool {
        self.kind == ServerKind::PowerDns && owner.as_ref().is_wildcard()
    }

    /// PowerDNS 4.7 compares records with what stands in its database as text, where the same may be written in
    /// other ways; and for types beyond these it ignores the deletion of a single record. The whole set always goes.
    fn deletes_whole(&self, key: &RrKey) -> bool {
        self.kind == ServerKind::PowerDns
            && !(self.deletes_single(key.rtype) && self.skips_wildcard(&key.owner))
    }

    /// Does the server delete a single record of this type?
    pub fn deletes_single(&self, rtype: RecordType) -> bool {
        self.kind != ServerKind::PowerDns
            || matches!(
                rtype,
                RecordType::A
                    | RecordType::AAAA
                    | RecordType::MX
                    | RecordType::NS
                    | RecordType::SRV
                    | RecordType::TXT
            )
    }

    /// Does a CNAME take the place of everything at this name of a signed zone? Knot takes a CNAME only where
    /// nothing is left, and the RRSIG and NSEC records of a name go only with the whole name.
    fn clears_for_cname(&self, owner: &Name) -> bool {
        if !self.signed || !matches!(self.kind, ServerKind::Knot | ServerKind::Unknown) {
            return false;
        }
        let cname = RrKey::new(owner.clone(), RecordType::CNAME);
        let goes = |key: RrKey| {
            matches!(key.rtype, RecordType::RRSIG | RecordType::NSEC)
                || self.changes.get(&key).is_some_and(|change| change.after.is_none())
        };
        self.changes.get(&cname).is_some_and(|change| change.before.is_none())
            && self.zone.sets_at(owner.as_ref()).filter_map(|set| self.zone.key(SetId(set))).all(goes)
    }

    /// Deletes before adds: servers work in this order, and would ignore a CNAME beside data.
    fn operate(&self, owner: &Name, items: &[Item<'_>], piece: &mut Piece) {
        let operations = &mut piece.operations;
        let clears = self.clears_for_cname(owner);
        if clears {
            operations.push(Operation::DeleteName(owner.clone()));
        }
        let mut adds = Vec::new();
        for &(key, change) in items {
            match (&change.before, &change.after) {
                (Some(before), Some(after)) if is_apex_ns(self.zone, key) => {
                    operations.extend(apex_ns(key, before, after, self.kind));
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
                        operations.push(Operation::DeleteRrset(key.owner.clone(), key.rtype));
                        (Vec::new(), after.rdata.iter().collect())
                    } else {
                        (not_in(before, after), not_in(after, before))
                    };
                    operations.extend(deleted.into_iter().map(|rdata| delete(key, rdata)));
                    adds.extend(added.into_iter().map(|rdata| add(key, after.ttl, rdata)));
                }
                (Some(_), None) if clears => {}
                (Some(before), None) if self.skips_wildcard(&key.owner) && !self.deletes_whole(key) => {
                    // Not guarded: take away only what was seen.
                    operations.extend(before.rdata.iter().map(|rdata| delete(key, rdata)));
                }
                (Some(_), None) => {
                    operations.push(Operation::DeleteRrset(key.owner.clone(), key.rtype));
                }
                (None, Some(after)) => {
                    adds.extend(after.rdata.iter().map(|rdata| add(key, after.ttl, rdata)))
                }
                (None, None) => {}
            }
        }
        operations.append(&mut adds);
    }
}

/// The changed RRsets by owner, in zone order. The SOA is not among them: see [`Planner::message`].
pub(super) fn by_owner(changes: &ChangeMap) -> impl Iterator<Item = Vec<Item<'_>>> {
    let mut items = changes.iter().filter(|(key, _)| key.rtype != RecordType::SOA).peekable();
    std::iter::from_fn(move || {
        let first = items.next()?;
        let mut own = vec![first];
        while let Some(next) = items.next_if(|(key, _)| key.owner == first.0.owner) {
            own.push(next);
        }
        Some(own)
    })
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

pub(super) fn delete(key: &RrKey, rdata: &Rdata) -> Operation {
    Operation::DeleteRecord(key.owner.clone(), key.rtype, rdata.clone())
}

pub(super) fn add(key: &RrKey, ttl: u32, rdata: &Rdata) -> Operation {
    Operation::Add(key.owner.clone(), key.rtype, ttl, rdata.clone())
}

pub(super) fn changes_ttl(before: &RrSet, after: &RrSet) -> bool {
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
pub(super) fn not_in<'a>(set: &'a RrSet, other: &RrSet) -> Vec<&'a Rdata> {
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

/// Is it the zone's own NS set?
pub(super) fn is_apex_ns(zone: &Snapshot, key: &RrKey) -> bool {
    key.rtype == RecordType::NS && key.owner == *zone.origin()
}
