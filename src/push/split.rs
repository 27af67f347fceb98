//! Changes that do not fit into one message, in several.
//!
//! What one owner has changed stays together where it fits, and so do changes that need one another. What does not fit
//! is cut into its RRsets, but for those that must never be seen apart: a CNAME and what it takes the place of, the NS
//! and DS of a delegation and the DNAME that it takes the place of. An RRset that does not fit by itself is for `big`.

use std::collections::HashSet;

use super::message::{Item, Piece, Planner, by_owner, is_apex_ns};
use super::order::{in_order, phase};
use super::plan::PlanError;
use super::{Plan, Step, big};
use crate::zone::RecordType;

/// Puts all changes into messages.
///
/// # Errors
/// [`PlanError`] for what can neither be sent in one message nor in several.
pub(super) fn split(planner: &Planner<'_>) -> Result<Plan, PlanError> {
    let owners: Vec<Vec<Item<'_>>> = by_owner(planner.changes).collect();
    let mut messages =
        Messages { planner, filling: Piece::default(), size: 0, pieces: Vec::new(), apart: false };
    for group in in_order(planner, &owners) {
        let group: Vec<&Vec<Item<'_>>> = group.iter().filter_map(|at| owners.get(*at)).collect();
        if messages.add_together(&group) {
            continue;
        }
        messages.apart |= group.len() > 1;
        let bundles: Vec<Vec<Item<'_>>> =
            group.into_iter().flat_map(|items| bundles(planner, items)).collect();
        for group in in_order(planner, &bundles) {
            let mut group: Vec<&Vec<Item<'_>>> = group.iter().filter_map(|at| bundles.get(*at)).collect();
            if messages.add_together(&group) {
                continue;
            }
            group.sort_by_cached_key(|items| phase(items));
            for items in group {
                messages.add(items)?;
            }
        }
    }
    Ok(messages.finish())
}

/// The RRsets of one owner, as far as they can be seen apart.
fn bundles<'a>(planner: &Planner<'_>, items: &[Item<'a>]) -> Vec<Vec<Item<'a>>> {
    let swaps = items.iter().any(|(key, change)| {
        key.rtype == RecordType::CNAME && change.before.is_some() != change.after.is_some()
    });
    if swaps {
        return vec![items.to_vec()];
    }
    let cuts = |key: &crate::zone::RrKey| {
        let types = [RecordType::NS, RecordType::DS, RecordType::DNAME];
        types.contains(&key.rtype) && key.owner != *planner.zone.origin()
    };
    let (delegation, others): (Vec<Item<'a>>, Vec<Item<'a>>) = items.iter().partition(|(key, _)| cuts(key));
    let others = others.into_iter().map(|item| vec![item]);
    others.chain(Some(delegation).filter(|delegation| !delegation.is_empty())).collect()
}

/// Where a ring of changes that need one another is larger than a message.
pub(super) const APART: &str = "Records that refer to one another do not fit in one message: until the last one is there, some may \
                                name what is not there.";

/// Messages, filled one after the other.
struct Messages<'p, 'a> {
    planner: &'p Planner<'a>,
    filling: Piece,
    /// Octets of it.
    size: usize,
    pieces: Vec<Piece>,
    /// Were changes put into several messages that need one another?
    apart: bool,
}

impl Messages<'_, '_> {
    /// Adds these to one message, if they fit into one.
    fn add_together(&mut self, nodes: &[&Vec<Item<'_>>]) -> bool {
        let mut together = Piece::default();
        let mut size = 0;
        for items in nodes {
            let piece = self.planner.piece(items);
            size += piece.size();
            if size > self.planner.room {
                return false;
            }
            together.append(piece);
        }
        self.put(together);
        true
    }

    /// Adds what cannot be cut any more, but for single records.
    fn add(&mut self, items: &[Item<'_>]) -> Result<(), PlanError> {
        let piece = self.planner.squeezed(items);
        let octets = piece.size();
        match items {
            [(key, change)] if !is_apex_ns(self.planner.zone, key) => {
                let fits = octets <= self.planner.room;
                match big::record_by_record(self.planner, key, change, fits)? {
                    Some(pieces) => {
                        for piece in pieces {
                            self.flush();
                            self.put(piece);
                        }
                    }
                    None => self.put(piece),
                }
            }
            [(key, _), ..] if octets > self.planner.room => {
                let (owner, room) = (key.owner.clone(), self.planner.room);
                return Err(PlanError::TooLarge { owner, octets, room });
            }
            _ => self.put(piece),
        }
        Ok(())
    }

    fn put(&mut self, piece: Piece) {
        let size = piece.size();
        if self.size + size > self.planner.room {
            self.flush();
        }
        self.size += size;
        self.filling.append(piece);
    }

    fn flush(&mut self) {
        if self.size > 0 {
            self.pieces.push(std::mem::take(&mut self.filling));
            self.size = 0;
        }
    }

    fn finish(mut self) -> Plan {
        self.flush();
        let total = self.pieces.len();
        let mut notes = Vec::new();
        if self.pieces.iter().skip(1).any(|piece| piece.wants_soa) && self.planner.guards.soa {
            notes.push("A TTL that somebody else changes between two messages may be overwritten.".into());
        }
        if self.apart {
            notes.push(APART.into());
        }
        let pieces = self.pieces.into_iter().enumerate();
        let steps: Vec<Step> =
            pieces.map(|(at, piece)| self.planner.message(piece, at + 1 == total, &mut notes)).collect();
        let mut seen = HashSet::new();
        notes.retain(|note| seen.insert(note.clone()));
        let mut plan = Plan { steps: steps.into(), notes };
        if let Some(note) = plan.split_note() {
            plan.notes.insert(0, note);
        }
        plan
    }
}
