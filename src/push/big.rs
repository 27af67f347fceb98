//! RRsets too big for one message: added to and taken from record by record, over several messages. Each is guarded by
//! what the ones before it have made of the set; where that does not fit into a message, by the SOA and its existence.

use std::collections::BTreeMap;

use super::message::{Piece, Planner, add, changes_ttl, delete, not_in};
use super::plan::PlanError;
use crate::facts::ServerKind;
use crate::wire::update::operation_len;
use crate::zone::update::{Operation, Prerequisite, stands_beside_cname};
use crate::zone::{Change, Rdata, RecordType, RrKey, types};

/// The messages that lead a set to its new contents, where one is not enough. `fits` says that it can be squeezed into
/// one, which is taken (`None`) but for a deletion that nothing would guard.
///
/// # Errors
/// [`PlanError`] where the server has no way to do it.
pub(super) fn record_by_record(
    planner: &Planner<'_>,
    key: &RrKey,
    change: &Change,
    fits: bool,
) -> Result<Option<Vec<Piece>>, PlanError> {
    let guarded = planner.guards.soa || change.after.is_some();
    if fits && (guarded || !planner.deletes_single(key.rtype)) {
        return Ok(None);
    }
    let none = crate::zone::RrSet::new(0, Vec::new());
    let (before, after) = (change.before.as_ref().unwrap_or(&none), change.after.as_ref().unwrap_or(&none));
    let gone = not_in(before, after);
    if !gone.is_empty() && !planner.deletes_single(key.rtype) {
        return Err(PlanError::BigSet(key.clone()));
    }
    let new_ttl = change.before.is_some() && change.after.is_some() && changes_ttl(before, after);
    let spreads = matches!(planner.kind, ServerKind::Bind | ServerKind::PowerDns | ServerKind::Embedded);
    if new_ttl && !spreads {
        return Err(PlanError::BigTtl(key.clone()));
    }
    let mut links = Links {
        planner,
        key,
        now: BTreeMap::new(),
        size: 0,
        is_new: change.before.is_none(),
        filled: 0,
        pieces: Vec::new(),
    };
    for rdata in &before.rdata {
        links.come(rdata);
    }
    for edit in edits(key, &gone, not_in(after, before), after, new_ttl) {
        let octets = edit.iter().map(operation_len).sum();
        if octets > planner.room {
            return Err(PlanError::TooLarge { owner: key.owner.clone(), octets, room: planner.room });
        }
        links.add(edit, octets);
    }
    Ok(Some(links.pieces))
}

/// Adds, then deletes, but a record that only changes the case of a name goes just before it comes. With a new TTL one
/// record at least is added, from which the others get theirs.
fn edits(
    key: &RrKey,
    gone: &[&Rdata],
    new: Vec<&Rdata>,
    after: &crate::zone::RrSet,
    new_ttl: bool,
) -> Vec<Vec<Operation>> {
    let canonical = |rdata: &Rdata| types::canonical(key.rtype, rdata).into_owned();
    let mut gone: BTreeMap<Vec<u8>, &Rdata> = gone.iter().map(|rdata| (canonical(rdata), *rdata)).collect();
    let again = after.rdata.first().filter(|_| new_ttl && new.is_empty());
    let mut edits: Vec<Vec<Operation>> = new
        .into_iter()
        .chain(again)
        .map(|rdata| {
            let old = gone.remove(&canonical(rdata)).map(|old| delete(key, old));
            old.into_iter().chain([add(key, after.ttl, rdata)]).collect()
        })
        .collect();
    edits.extend(gone.into_values().map(|rdata| vec![delete(key, rdata)]));
    edits
}

/// The messages of one set, as they come about.
struct Links<'p, 'a> {
    planner: &'p Planner<'a>,
    key: &'p RrKey,
    /// What the set holds after all that was added here, by canonical form.
    now: BTreeMap<Vec<u8>, Rdata>,
    /// Octets of a prerequisite on that.
    size: usize,
    is_new: bool,
    /// Octets of the operations in the last message.
    filled: usize,
    pieces: Vec<Piece>,
}

impl Links<'_, '_> {
    fn record_size(&self, rdata: &Rdata) -> usize {
        operation_len(&delete(self.key, rdata))
    }

    fn come(&mut self, rdata: &Rdata) {
        let canonical = types::canonical(self.key.rtype, rdata).into_owned();
        self.size += self.record_size(rdata);
        if let Some(old) = self.now.insert(canonical, rdata.clone()) {
            self.size -= self.record_size(&old);
        }
    }

    fn go(&mut self, rdata: &Rdata) {
        if let Some(old) = self.now.remove(types::canonical(self.key.rtype, rdata).as_ref()) {
            self.size -= self.record_size(&old);
        }
    }

    fn add(&mut self, edit: Vec<Operation>, octets: usize) {
        // Half of a message for the operations leaves the other half for guarding them.
        let room = self.planner.room / 2;
        if self.pieces.is_empty() || self.filled + octets > room {
            self.begin();
        }
        self.filled += octets;
        let stands = !self.now.is_empty();
        for operation in &edit {
            match operation {
                Operation::Add(_, _, _, rdata) => self.come(rdata),
                Operation::DeleteRecord(_, _, rdata) => self.go(rdata),
                _ => {}
            }
        }
        if let Some(piece) = self.pieces.last_mut() {
            // No guard on contents tells of a TTL, which a record that is added takes with it.
            piece.wants_soa |= stands && edit.iter().any(|operation| matches!(operation, Operation::Add(..)));
            piece.operations.extend(edit);
        }
    }

    /// A new message, guarded by what the set holds by then.
    fn begin(&mut self) {
        let (owner, rtype) = (self.key.owner.clone(), self.key.rtype);
        let mut piece = Piece { beyond_ttls: true, ..Piece::default() };
        let guards = &mut piece.prerequisites;
        if self.planner.skips_wildcard(&owner) {
            piece.notes.push(format!(
                "{} is not guarded: PowerDNS drops the connection when asked about a wildcard.",
                super::describe(self.key)
            ));
        } else if self.is_new && self.pieces.is_empty() {
            guards.push(Prerequisite::RrsetAbsent(owner.clone(), rtype));
            if !stands_beside_cname(rtype) && owner != *self.planner.zone.origin() {
                guards.push(Prerequisite::RrsetAbsent(owner, RecordType::CNAME));
            }
        } else if self.size <= self.planner.room / 2 && self.planner.guards.contents_of(self.key) {
            guards.push(Prerequisite::RrsetIs(owner, rtype, self.now.values().cloned().collect()));
        } else {
            self.planner.guard_existence(self.key, &mut piece);
        }
        self.filled = 0;
        self.pieces.push(piece);
    }
}
