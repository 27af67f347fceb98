//! A zone transfer put together from its messages (RFC 5936). Believes nothing before the last one: a zone comes out
//! only when the first SOA has come again at the end and, with a key, all of it was covered by signatures.

use super::answer::{AnswerError, Asked};
use super::tsig::{TsigError, Verifier};
use super::{Section, class};
use crate::wire::reader::WireError;
use crate::zone::snapshot::SnapshotError;
use crate::zone::update::Rcode;
use crate::zone::{RecordType, Snapshot, SnapshotBuilder, types};

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

/// A full transfer under way.
pub struct Axfr {
    asked: Asked,
    verifier: Option<Verifier>,
    zone: SnapshotBuilder,
    /// The canonical RDATA of the SOA that began it.
    first_soa: Option<Vec<u8>>,
    done: bool,
    /// The RDATA at hand, expanded.
    rdata: Vec<u8>,
}

impl Axfr {
    /// For the answers to `asked`, which is [`Asked::axfr`]; the verifier is what signing it returned.
    pub fn new(asked: Asked, verifier: Option<Verifier>) -> Axfr {
        let zone = SnapshotBuilder::new(asked.name.clone());
        Axfr { asked, verifier, zone, first_soa: None, done: false, rdata: Vec::new() }
    }

    /// Takes the next message. `now` is in seconds since 1970.
    ///
    /// # Errors
    /// [`TransferError`]; then the transfer is over and must be started again.
    pub fn feed(&mut self, message: &[u8], now: u64) -> Result<Progress, TransferError> {
        if self.done {
            return Err(TransferError::AfterEnd);
        }
        let mut reader = self.asked.check(message, self.verifier.as_mut(), now)?;
        if reader.header().rcode() != Rcode::NOERROR {
            return Err(AnswerError::Rcode(reader.header().rcode()).into());
        }
        if reader.header().counts[1] == 0 {
            let first = self.first_soa.is_none();
            return Err(if first { TransferError::NoFirstSoa } else { TransferError::EmptyMessage });
        }
        while let Some(record) = reader.record()? {
            if record.section != Section::Answer {
                continue;
            }
            if self.done {
                return Err(TransferError::AfterEnd);
            }
            if record.class != class::IN {
                return Err(TransferError::WrongClass(record.class));
            }
            self.rdata.clear();
            record.expand(&mut self.rdata)?;
            let is_apex_soa = record.rtype == RecordType::SOA && record.owner == self.asked.name.as_ref();
            match (&self.first_soa, is_apex_soa) {
                (None, false) => return Err(TransferError::NoFirstSoa),
                (None, true) => {
                    self.first_soa = Some(types::canonical(record.rtype, &self.rdata).into_owned());
                }
                (Some(first), true) => {
                    if types::canonical(record.rtype, &self.rdata) != first.as_slice() {
                        return Err(TransferError::SoaDiffers);
                    }
                    self.done = true;
                    continue;
                }
                (Some(_), false) => {}
            }
            self.zone.push(record.owner, record.rtype, record.ttl, &self.rdata)?;
        }
        if let Some(verifier) = self.verifier.as_ref().filter(|_| self.done) {
            verifier.finish()?;
        }
        Ok(Progress { records: self.zone.len(), done: self.done })
    }

    /// The zone, once [`Progress::done`].
    ///
    /// # Errors
    /// [`TransferError::Incomplete`] before that; [`TransferError::Zone`] when the records are no zone.
    pub fn finish(self) -> Result<Snapshot, TransferError> {
        if !self.done {
            return Err(TransferError::Incomplete { records: self.zone.len() });
        }
        Ok(self.zone.finish()?)
    }
}

#[cfg(test)]
mod tests;
