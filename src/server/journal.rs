//! What changed in a zone from one serial to the next, so that secondaries need not be sent all of it (RFC 1995).
//! Holds a bounded number of steps; who asks for more gets the whole zone.

use std::collections::VecDeque;

use crate::zone::{Change, ChangeMap, Name, Rdata, RecordRef, RecordType, RrKey, RrSet, Snapshot, serial};

/// A zone of few records may change many times before its differences are given up.
const LEAST_RECORDS: usize = 1_000;

/// The last steps of a zone, in order.
#[derive(Debug, Default)]
pub(super) struct Journal {
    steps: VecDeque<Step>,
    /// Of all steps together.
    records: usize,
}

/// What led from one version to the next.
#[derive(Debug)]
struct Step {
    from: u32,
    /// The old SOA, the records taken away, the new SOA, the records added (RFC 1995 section 4).
    records: Vec<Difference>,
}

/// One record of a difference.
#[derive(Debug, Clone)]
pub(super) struct Difference {
    pub owner: Name,
    pub rtype: RecordType,
    /// Seconds.
    pub ttl: u32,
    pub rdata: Rdata,
}

impl Difference {
    pub fn as_record(&self) -> RecordRef<'_> {
        RecordRef { owner: self.owner.as_ref(), rtype: self.rtype, ttl: self.ttl, rdata: &self.rdata }
    }
}

impl Journal {
    /// Adds the step from `old` to `new`, between which are `changes`. A serial that did not rise makes all steps
    /// useless.
    pub fn add(&mut self, old: &Snapshot, new: &Snapshot, changes: &ChangeMap) {
        if !serial::is_after(new.serial(), old.serial()) {
            *self = Journal::default();
            return;
        }
        let step = Step { from: old.serial(), records: difference(changes) };
        self.records += step.records.len();
        self.steps.push_back(step);
        let room = new.record_count().max(LEAST_RECORDS);
        while self.records > room
            && let Some(oldest) = self.steps.pop_front()
        {
            self.records -= oldest.records.len();
        }
    }

    /// The differences from this serial to the newest; `None` where they do not reach back so far.
    pub fn since(&self, serial: u32) -> Option<Vec<Difference>> {
        let first = self.steps.iter().position(|step| step.from == serial)?;
        Some(self.steps.iter().skip(first).flat_map(|step| step.records.iter().cloned()).collect())
    }
}

/// One difference in the order of the wire. Records are compared by octets, so that secondaries are told of a new
/// spelling too.
fn difference(changes: &ChangeMap) -> Vec<Difference> {
    // The apex sorts before all other names, and its SOA before all else there: so it leads both halves.
    let both = |(key, change): (&RrKey, &Change)| {
        let (before, after) = (change.before.as_ref(), change.after.as_ref());
        (only_in(key, before, after), only_in(key, after, before))
    };
    let (taken_away, added): (Vec<_>, Vec<_>) = changes.iter().map(both).unzip();
    taken_away.into_iter().chain(added).flatten().collect()
}

/// The records that one RRset has and the other has not.
fn only_in(key: &RrKey, set: Option<&RrSet>, other: Option<&RrSet>) -> Vec<Difference> {
    let records = |set: &RrSet| -> Vec<(u32, Rdata)> {
        set.rdata.iter().enumerate().map(|(index, rdata)| (set.ttl_of(index), rdata.clone())).collect()
    };
    let others: std::collections::HashSet<_> = other.map(records).unwrap_or_default().into_iter().collect();
    let own = set.map(records).unwrap_or_default().into_iter();
    own.filter(|record| !others.contains(record))
        .map(|(ttl, rdata)| Difference { owner: key.owner.clone(), rtype: key.rtype, ttl, rdata })
        .collect()
}
