//! What changed in a zone since an older version, as the server's journal tells it, and that older version made of it:
//! of use where the version itself is not at hand.

use std::sync::Arc;

use super::{Item, Work};
use crate::wire::answer::Asked;
use crate::wire::transfer::{Progress, TransferError, read_message};
use crate::wire::tsig::Verifier;
use crate::zone::changes::inverse;
use crate::zone::managed::without_managed;
use crate::zone::{ChangeMap, Name, Rdata, RecordType, Snapshot, Soa, serial};

/// Most records of differences that are kept.
const MAX_RECORDS: usize = 4_000_000;

/// One step of a zone from one version to the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The SOA record before and after it.
    pub soa: [Record; 2],
    pub deleted: Vec<Record>,
    pub added: Vec<Record>,
}

/// One record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    pub owner: Name,
    pub rtype: RecordType,
    /// Seconds.
    pub ttl: u32,
    pub rdata: Rdata,
}

impl Record {
    fn of(item: Item<'_>) -> Record {
        let Item { owner, rtype, ttl, rdata, .. } = item;
        Record { owner: owner.to_name(), rtype, ttl, rdata: rdata.into() }
    }

    fn item(&self, is_apex_soa: bool) -> Item<'_> {
        let Record { owner, rtype, ttl, rdata } = self;
        Item { owner: owner.as_ref(), rtype: *rtype, ttl: *ttl, rdata, is_apex_soa }
    }

    fn serial(&self) -> Option<u32> {
        Soa::from_rdata(&self.rdata).map(|soa| soa.serial)
    }
}

/// An incremental transfer that is read for its differences.
pub struct Past {
    asked: Asked,
    verifier: Option<Verifier>,
    serial: u32,
    records: usize,
    stage: Stage,
    /// The SOA of the server's version.
    first: Option<Record>,
    differences: Vec<Difference>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Start,
    /// After the first SOA.
    First,
    Deleted,
    Added,
    /// All differences are there.
    Done,
    /// The server sends something else than differences.
    None,
}

impl Past {
    /// For the answers to `asked`, which is [`Asked::ixfr`] and was sent with this older serial; the verifier is what
    /// signing it returned.
    pub fn new(asked: Asked, verifier: Option<Verifier>, serial: u32) -> Past {
        let (first, differences) = (None, Vec::new());
        Past { asked, verifier, serial, records: 0, stage: Stage::Start, first, differences }
    }

    /// Takes the next message. `now` is in seconds since 1970. It is done early where no differences come.
    ///
    /// # Errors
    /// [`TransferError`]; then the transfer is over.
    pub fn feed(&mut self, message: &[u8], now: u64) -> Result<Progress, TransferError> {
        let Past { asked, verifier, serial, records, stage, first, differences } = self;
        read_message(asked, verifier.as_mut(), message, now, |item| {
            *records += 1;
            take(stage, first, differences, item);
            match *records > MAX_RECORDS {
                true => Err(super::DifferenceError::TooMany(MAX_RECORDS).into()),
                false => Ok(()),
            }
        })?;
        let newer = |first: u32| serial::is_after(first, *serial);
        if *stage == Stage::First && !first.as_ref().and_then(Record::serial).is_some_and(newer) {
            // An answer of one SOA: nothing is newer.
            *stage = Stage::None;
        }
        if let Some(verifier) = verifier.as_ref().filter(|_| *stage == Stage::Done) {
            verifier.finish()?;
        }
        Ok(Progress { records: *records, done: matches!(*stage, Stage::Done | Stage::None) })
    }

    /// The differences in order; `None` where the server's journal does not reach that far back.
    pub fn finish(self) -> Option<Vec<Difference>> {
        (self.stage == Stage::Done).then_some(self.differences)
    }
}

fn take(stage: &mut Stage, first: &mut Option<Record>, differences: &mut Vec<Difference>, item: Item<'_>) {
    let record = Record::of(item);
    let begin = |differences: &mut Vec<Difference>, soa: Record| {
        differences.push(Difference { soa: [soa.clone(), soa], deleted: Vec::new(), added: Vec::new() });
    };
    *stage = match (*stage, item.is_apex_soa) {
        (Stage::Start, true) => {
            *first = Some(record);
            Stage::First
        }
        // A difference begins with another SOA than the first; a whole zone does not.
        (Stage::First, true) if first.as_ref().and_then(Record::serial) != record.serial() => {
            begin(differences, record);
            Stage::Deleted
        }
        (Stage::Deleted, true) => {
            differences.iter_mut().next_back().into_iter().for_each(|last| last.soa[1] = record.clone());
            Stage::Added
        }
        (Stage::Added, true) => {
            let last = differences.last().and_then(|last| last.soa[1].serial());
            if last == first.as_ref().and_then(Record::serial) {
                Stage::Done
            } else {
                begin(differences, record);
                Stage::Deleted
            }
        }
        (Stage::Deleted | Stage::Added, false) => {
            if let Some(last) = differences.last_mut() {
                let list = if *stage == Stage::Deleted { &mut last.deleted } else { &mut last.added };
                list.push(record);
            }
            *stage
        }
        _ => Stage::None,
    };
}

/// One step of a zone, by RRset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The serials before and after it.
    pub from: u32,
    pub to: u32,
    /// Without what the server makes by itself.
    pub changes: ChangeMap,
}

/// The newest steps that led to `now`, at most `most`, the newest first. `None` where the differences do not lead to it.
///
/// # Errors
/// [`TransferError`] where the differences do not fit the zone.
pub fn steps(
    now: &Arc<Snapshot>,
    differences: &[Difference],
    most: usize,
) -> Result<Option<Vec<Step>>, TransferError> {
    let Some(last) = leading_to(now, differences) else { return Ok(None) };
    let mut zone = Arc::clone(now);
    let mut steps = Vec::new();
    for difference in differences.iter().take(last + 1).rev().take(most) {
        if leading_to(&zone, std::slice::from_ref(difference)).is_none() {
            return Ok(None);
        }
        let back = undone(&zone, std::iter::once(difference))?;
        let older = zone.with_changes(&back)?;
        let changes = without_managed(inverse(&back), &older, &zone);
        steps.push(Step { from: older.serial(), to: zone.serial(), changes });
        zone = Arc::new(older);
    }
    Ok(Some(steps))
}

fn leading_to(now: &Snapshot, differences: &[Difference]) -> Option<usize> {
    differences.iter().rposition(|difference| difference.soa[1].serial() == Some(now.serial()))
}

/// The version that `now` was before these differences. Those that lead beyond it are left out; `None` where they do
/// not lead to it at all.
///
/// # Errors
/// [`TransferError`] where the differences do not fit the zone.
pub fn before(now: &Arc<Snapshot>, differences: &[Difference]) -> Result<Option<Snapshot>, TransferError> {
    let Some(last) = leading_to(now, differences) else { return Ok(None) };
    let changes = undone(now, differences.iter().take(last + 1).rev())?;
    Ok(Some(now.with_changes(&changes)?))
}

/// What takes these differences back, the newest first.
fn undone<'a>(
    now: &Arc<Snapshot>,
    differences: impl Iterator<Item = &'a Difference>,
) -> Result<ChangeMap, TransferError> {
    let mut work = Work::over(Arc::clone(now));
    for difference in differences {
        for record in &difference.added {
            work.take_away(record.item(false))?;
        }
        for record in &difference.deleted {
            work.add(record.item(false))?;
        }
        let soa = difference.soa[0].item(true);
        work.touch(soa)?.replace(soa);
    }
    Ok(super::into_changes(work.touched))
}
