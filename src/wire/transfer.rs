//! A zone transfer put together from its messages (RFC 5936). Believes nothing before the last one: a zone comes out
//! only when the first SOA has come again at the end and, with a key, all of it was covered by signatures.
//! Transfers of differences are in [`super::ixfr`].

use super::answer::{AnswerError, Asked};
use super::ixfr::DifferenceError;
use super::tsig::{TsigError, Verifier};
use super::{Section, class};
use crate::wire::reader::WireError;
use crate::zone::snapshot::SnapshotError;
use crate::zone::update::Rcode;
use crate::zone::{Name, NameRef, RecordType, Snapshot, SnapshotBuilder, types};

/// Why there is no zone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TransferError {
    /// A message that is no part of this transfer, or that refuses it ([`AnswerError::Rcode`]).
    #[error(transparent)]
    Answer(#[from] AnswerError),
    #[error("the transfer does not begin with the zone's SOA record")]
    NoFirstSoa,
    #[error("a message of the transfer holds no records")]
    EmptyMessage,
    #[error("the transfer holds a record of class {0}")]
    WrongClass(u16),
    /// The zone changed while it was sent, or the server mixed two versions.
    #[error("the SOA record at the end of the transfer is not the one at its beginning")]
    SoaDiffers,
    #[error("records follow the SOA record that ends the transfer")]
    AfterEnd,
    #[error("the transfer ended after {records} records, before its last SOA record")]
    Incomplete { records: usize },
    #[error(transparent)]
    Zone(#[from] SnapshotError),
    /// The differences do not fit the zone that they were asked for.
    #[error(transparent)]
    Difference(#[from] DifferenceError),
}

impl From<WireError> for TransferError {
    fn from(error: WireError) -> TransferError {
        AnswerError::Wire(error).into()
    }
}

impl From<TsigError> for TransferError {
    fn from(error: TsigError) -> TransferError {
        AnswerError::Tsig(error).into()
    }
}

/// How far a transfer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Records so far.
    pub records: usize,
    /// Has the last message come? Then ask for the zone.
    pub done: bool,
}

/// One record of a transfer, its RDATA expanded.
#[derive(Debug, Clone, Copy)]
pub(super) struct Item<'a> {
    pub owner: NameRef<'a>,
    pub rtype: RecordType,
    /// Seconds.
    pub ttl: u32,
    pub rdata: &'a [u8],
    /// The SOA of the zone itself: what begins, divides and ends a transfer.
    pub is_apex_soa: bool,
}

/// Checks one message of a transfer and hands its records to `take`, one by one.
pub(super) fn read_message(
    asked: &Asked,
    verifier: Option<&mut Verifier>,
    message: &[u8],
    now: u64,
    mut take: impl FnMut(Item<'_>) -> Result<(), TransferError>,
) -> Result<(), TransferError> {
    let mut reader = asked.check(message, verifier, now)?;
    if reader.header().rcode() != Rcode::NOERROR {
        return Err(AnswerError::Rcode(reader.header().rcode()).into());
    }
    if reader.header().counts[1] == 0 {
        return Err(TransferError::EmptyMessage);
    }
    let mut rdata = Vec::new();
    while let Some(record) = reader.record()? {
        if record.section != Section::Answer {
            continue;
        }
        if record.class != class::IN {
            return Err(TransferError::WrongClass(record.class));
        }
        rdata.clear();
        record.expand(&mut rdata)?;
        let (owner, rtype) = (record.owner, record.rtype);
        let is_apex_soa = rtype == RecordType::SOA && owner == asked.name.as_ref();
        take(Item { owner, rtype, ttl: record.ttl, rdata: &rdata, is_apex_soa })?;
    }
    Ok(())
}

/// The records of a whole zone, from its SOA to the same SOA.
pub(super) struct Assembly {
    zone: SnapshotBuilder,
    /// The canonical RDATA of the SOA that began it.
    first_soa: Option<Vec<u8>>,
    pub done: bool,
}

impl Assembly {
    pub fn new(zone: Name) -> Assembly {
        Assembly { zone: SnapshotBuilder::new(zone), first_soa: None, done: false }
    }

    /// Records so far.
    pub fn len(&self) -> usize {
        self.zone.len()
    }

    pub fn take(&mut self, item: Item<'_>) -> Result<(), TransferError> {
        if self.done {
            return Err(TransferError::AfterEnd);
        }
        match (&self.first_soa, item.is_apex_soa) {
            (None, false) => return Err(TransferError::NoFirstSoa),
            (None, true) => {
                self.first_soa = Some(types::canonical(item.rtype, item.rdata).into_owned());
            }
            (Some(first), true) => {
                if types::canonical(item.rtype, item.rdata) != first.as_slice() {
                    return Err(TransferError::SoaDiffers);
                }
                self.done = true;
                return Ok(());
            }
            (Some(_), false) => {}
        }
        Ok(self.zone.push(item.owner, item.rtype, item.ttl, item.rdata)?)
    }

    /// The zone, once all of it is there.
    pub fn finish(self) -> Result<Snapshot, TransferError> {
        if !self.done {
            return Err(TransferError::Incomplete { records: self.zone.len() });
        }
        Ok(self.zone.finish()?)
    }
}

/// A full transfer under way.
pub struct Axfr {
    asked: Asked,
    verifier: Option<Verifier>,
    zone: Assembly,
}

impl Axfr {
    /// For the answers to `asked`, which is [`Asked::axfr`]; the verifier is what signing it returned.
    pub fn new(asked: Asked, verifier: Option<Verifier>) -> Axfr {
        let zone = Assembly::new(asked.name.clone());
        Axfr { asked, verifier, zone }
    }

    /// Takes the next message. `now` is in seconds since 1970.
    ///
    /// # Errors
    /// [`TransferError`]; then the transfer is over and must be started again.
    pub fn feed(&mut self, message: &[u8], now: u64) -> Result<Progress, TransferError> {
        if self.zone.done {
            return Err(TransferError::AfterEnd);
        }
        let Axfr { asked, verifier, zone } = self;
        let read = read_message(asked, verifier.as_mut(), message, now, |item| zone.take(item));
        if read == Err(TransferError::EmptyMessage) && zone.len() == 0 {
            return Err(TransferError::NoFirstSoa);
        }
        read?;
        if let Some(verifier) = verifier.as_ref().filter(|_| zone.done) {
            verifier.finish()?;
        }
        Ok(Progress { records: zone.len(), done: zone.done })
    }

    /// The zone, once [`Progress::done`].
    ///
    /// # Errors
    /// [`TransferError::Incomplete`] before that; [`TransferError::Zone`] when the records are no zone.
    pub fn finish(self) -> Result<Snapshot, TransferError> {
        self.zone.finish()
    }
}

#[cfg(test)]
mod tests;
