//! An incremental transfer put together from its messages (RFC 1995): what changed in a zone since the version that
//! we hold.
//!
//! Servers answer in three shapes: one SOA (nothing changed), differences in order, or the whole zone. Differences
//! are carried out on our version as they come, and must fit it exactly: each starts where the last one ended, takes
//! away only what is there and adds only what is not. After any error the caller transfers the whole zone.

pub mod past;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::answer::Asked;
use super::transfer::{Assembly, Item, Progress, TransferError, read_message};
use super::tsig::Verifier;
use crate::zone::snapshot::SnapshotError;
use crate::zone::{Change, ChangeMap, Name, Rdata, RecordType, RrKey, RrSet, Snapshot, Soa, serial, types};

/// Differences of more records than this many times the zone, and some more, cost more than the zone itself.
const LARGEST_RATIO: usize = 4;
const SOME_RECORDS: usize = 65_536;

/// Why differences do not lead from our version of the zone to another.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DifferenceError {
    #[error("a difference starts at serial {found}, where {expected} was expected")]
    Serial { expected: u32, found: u32 },
    /// The server holds an older version than we do, or one that cannot be compared with ours.
    #[error("the server has serial {0}, which is not after the one that we have")]
    NotNewer(u32),
    #[error("an SOA record of the differences cannot be read")]
    BadSoa,
    #[error("a difference takes away a record of {0} {1} that is not there")]
    NotThere(Name, RecordType),
    #[error("a difference adds a record of {0} {1} that is there already")]
    AlreadyThere(Name, RecordType),
    #[error("there are more than {0} records of differences")]
    TooMany(usize),
}

/// What came of an incremental transfer.
#[derive(Debug)]
pub enum Incremental {
    /// The server has the serial that we have. That it has the same contents is what the serial promises.
    Unchanged,
    /// What leads from our version to the one with this serial.
    Changes { changes: ChangeMap, serial: u32 },
    /// The server sent the whole zone instead.
    Zone(Snapshot),
}

/// An incremental transfer under way.
pub struct Ixfr {
    asked: Asked,
    verifier: Option<Verifier>,
    work: Work,
}

/// Everything that records do something to.
struct Work {
    old: Arc<Snapshot>,
    records: usize,
    stage: Stage,
    /// The serial after the differences so far.
    serial: u32,
    touched: BTreeMap<RrKey, Touched>,
}

enum Stage {
    Start,
    /// One SOA: what follows tells the shape.
    First(FirstSoa),
    Whole(Assembly),
    /// Inside a difference: after its old SOA.
    TakingAway(FirstSoa),
    /// Inside a difference: after its new SOA.
    Adding(FirstSoa),
    /// The end of the differences, or of the single SOA.
    Done,
}

/// The SOA of the server's version, which begins and ends the transfer.
#[derive(Clone)]
struct FirstSoa {
    serial: u32,
    ttl: u32,
    rdata: Rdata,
}

/// An RRset that differences touch: its records by canonical RDATA.
struct Touched {
    before: Option<RrSet>,
    records: BTreeMap<Vec<u8>, Placed>,
    /// The place of the next record that is added.
    next: usize,
}

/// A record and where it stands among those of its RRset.
struct Placed {
    place: usize,
    ttl: u32,
    rdata: Rdata,
}

impl Ixfr {
    /// For the answers to `asked`, which is [`Asked::ixfr`] and was sent with the serial of `old`; the verifier is
    /// what signing it returned.
    pub fn new(asked: Asked, verifier: Option<Verifier>, old: Arc<Snapshot>) -> Ixfr {
        Ixfr { asked, verifier, work: Work::over(old) }
    }

    /// Takes the next message. `now` is in seconds since 1970.
    ///
    /// # Errors
    /// [`TransferError`]; then the transfer is over and must be started again, better as a full one.
    pub fn feed(&mut self, message: &[u8], now: u64) -> Result<Progress, TransferError> {
        if self.work.is_done() {
            return Err(TransferError::AfterEnd);
        }
        let Ixfr { asked, verifier, work } = self;
        read_message(asked, verifier.as_mut(), message, now, |item| work.take(item))?;
        work.end_of_message()?;
        let done = work.is_done();
        if let Some(verifier) = verifier.as_ref().filter(|_| done) {
            verifier.finish()?;
        }
        Ok(Progress { records: work.records, done })
    }

    /// What came of it, once [`Progress::done`].
    ///
    /// # Errors
    /// [`TransferError::Incomplete`] before that; [`TransferError::Zone`] when the records are no zone.
    pub fn finish(self) -> Result<Incremental, TransferError> {
        let Work { records, serial, .. } = self.work;
        match self.work.stage {
            Stage::Whole(zone) => Ok(Incremental::Zone(zone.finish()?)),
            Stage::Done if serial == self.work.old.serial() => Ok(Incremental::Unchanged),
            Stage::Done => Ok(Incremental::Changes { changes: into_changes(self.work.touched), serial }),
            _ => Err(TransferError::Incomplete { records }),
        }
    }
}

fn into_changes(touched: BTreeMap<RrKey, Touched>) -> ChangeMap {
    let changes = touched.into_iter().map(|(key, touched)| (key, touched.into_change()));
    changes.filter(|(_, change)| !change.is_empty()).collect()
}

impl Work {
    fn over(old: Arc<Snapshot>) -> Work {
        let serial = old.serial();
        Work { old, records: 0, stage: Stage::Start, serial, touched: BTreeMap::new() }
    }

    fn is_done(&self) -> bool {
        match &self.stage {
            Stage::Whole(zone) => zone.done,
            stage => matches!(stage, Stage::Done),
        }
    }

    fn take(&mut self, item: Item<'_>) -> Result<(), TransferError> {
        self.records += 1;
        let soa = match item.is_apex_soa {
            true => Some(Soa::from_rdata(item.rdata).ok_or(DifferenceError::BadSoa)?),
            false => None,
        };
        // Whatever returns early leaves this behind; after an error nobody asks any more.
        let stage = std::mem::replace(&mut self.stage, Stage::Start);
        self.stage = match (stage, soa) {
            (Stage::Start, None) => return Err(TransferError::NoFirstSoa),
            (Stage::Start, Some(soa)) => {
                Stage::First(FirstSoa { serial: soa.serial, ttl: item.ttl, rdata: item.rdata.into() })
            }
            // A zone of nothing but its SOA has the same one next.
            (Stage::First(first), Some(soa)) if soa.serial != first.serial => {
                self.begin(first, soa.serial)?
            }
            (Stage::First(first), _) => {
                let mut zone = Assembly::new(self.old.origin().clone());
                let (owner, rtype) = (self.old.origin().as_ref(), RecordType::SOA);
                let FirstSoa { ttl, rdata, .. } = &first;
                zone.take(Item { owner, rtype, ttl: *ttl, rdata, is_apex_soa: true })?;
                zone.take(item)?;
                Stage::Whole(zone)
            }
            (Stage::Whole(mut zone), _) => {
                zone.take(item)?;
                Stage::Whole(zone)
            }
            (Stage::TakingAway(first), None) => {
                self.take_away(item)?;
                Stage::TakingAway(first)
            }
            (Stage::TakingAway(first), Some(soa)) => {
                self.serial = soa.serial;
                self.touch(item)?.replace(item);
                Stage::Adding(first)
            }
            (Stage::Adding(first), None) => {
                self.add(item)?;
                Stage::Adding(first)
            }
            (Stage::Adding(first), Some(_)) if self.serial == first.serial => {
                let (own, last) =
                    (types::canonical(item.rtype, &first.rdata), types::canonical(item.rtype, item.rdata));
                if own != last {
                    return Err(TransferError::SoaDiffers);
                }
                Stage::Done
            }
            (Stage::Adding(first), Some(soa)) => self.begin(first, soa.serial)?,
            (Stage::Done, _) => return Err(TransferError::AfterEnd),
        };
        Ok(())
    }

    /// A message that ends after a single SOA says that there is nothing newer; no other shape can be meant with a
    /// serial that is not after ours.
    fn end_of_message(&mut self) -> Result<(), TransferError> {
        if let Stage::First(first) = &self.stage
            && !serial::is_after(first.serial, self.serial)
        {
            if first.serial != self.serial {
                return Err(DifferenceError::NotNewer(first.serial).into());
            }
            self.stage = Stage::Done;
        }
        Ok(())
    }

    /// A difference begins with the SOA of the version that it starts from.
    fn begin(&mut self, first: FirstSoa, found: u32) -> Result<Stage, DifferenceError> {
        match self.serial {
            expected if expected == found => Ok(Stage::TakingAway(first)),
            expected => Err(DifferenceError::Serial { expected, found }),
        }
    }

    fn take_away(&mut self, item: Item<'_>) -> Result<(), TransferError> {
        let records = &mut self.touch(item)?.records;
        let canonical = types::canonical(item.rtype, item.rdata);
        // Servers give the TTL that the record has; another one means another zone than ours.
        match records.get(&*canonical) {
            Some(placed) if placed.ttl == item.ttl => records.remove(&*canonical),
            _ => return Err(DifferenceError::NotThere(item.owner.to_name(), item.rtype).into()),
        };
        Ok(())
    }

    fn add(&mut self, item: Item<'_>) -> Result<(), TransferError> {
        let canonical = types::canonical(item.rtype, item.rdata).into_owned();
        let touched = self.touch(item)?;
        if touched.records.contains_key(&canonical) {
            return Err(DifferenceError::AlreadyThere(item.owner.to_name(), item.rtype).into());
        }
        touched.push(canonical, item);
        Ok(())
    }

    /// The RRset that a record belongs to.
    fn touch(&mut self, item: Item<'_>) -> Result<&mut Touched, TransferError> {
        let limit = self.old.record_count().saturating_mul(LARGEST_RATIO).saturating_add(SOME_RECORDS);
        if self.records > limit {
            return Err(DifferenceError::TooMany(limit).into());
        }
        if !item.owner.is_at_or_below(self.old.origin().as_ref()) {
            return Err(SnapshotError::OutOfZone(item.owner.to_name()).into());
        }
        let key = RrKey::of_record(item.owner, item.rtype, item.rdata);
        // The same name may be spelled in another case; that in our version stays.
        let found = self.old.find(&key);
        let key = found.and_then(|set| self.old.key(set)).unwrap_or(key);
        let old = &self.old;
        Ok(self.touched.entry(key).or_insert_with(|| {
            let before = found.and_then(|set| old.contents(set));
            Touched::new(item.rtype, before)
        }))
    }
}

impl Touched {
    fn new(rtype: RecordType, before: Option<RrSet>) -> Touched {
        let mut records = BTreeMap::new();
        let mut next = 0;
        if let Some(before) = &before {
            for (place, rdata) in before.rdata.iter().enumerate() {
                let placed = Placed { place, ttl: before.ttl_of(place), rdata: rdata.clone() };
                records.insert(types::canonical(rtype, rdata).into_owned(), placed);
                next = place + 1;
            }
        }
        Touched { before, records, next }
    }

    fn push(&mut self, canonical: Vec<u8>, item: Item<'_>) {
        self.records.insert(canonical, Placed { place: self.next, ttl: item.ttl, rdata: item.rdata.into() });
        self.next += 1;
    }

    /// This record and no other.
    fn replace(&mut self, item: Item<'_>) {
        self.records.clear();
        self.push(types::canonical(item.rtype, item.rdata).into_owned(), item);
    }

    fn into_change(self) -> Change {
        let mut records: Vec<Placed> = self.records.into_values().collect();
        records.sort_unstable_by_key(|placed| placed.place);
        let after = RrSet::of_records(records.into_iter().map(|placed| (placed.ttl, placed.rdata)).collect());
        Change { before: self.before, after }
    }
}

#[cfg(test)]
mod tests;
