//! Sends a zone as the messages of an AXFR answer (RFC 5936 section 2.2), or what changed in it as those of an IXFR
//! answer (RFC 1995 section 4), each of them signed.

use std::sync::Arc;

use super::journal::Difference;
use crate::wire::builder::{BuildError, Builder};
use crate::wire::reader::Question;
use crate::wire::tsig::Signer;
use crate::wire::{MAX_MESSAGE, Opcode, Section, class, flags};
use crate::zone::{RecordRef, Snapshot};

/// Large enough to be fast, and twice as far as compression reaches.
const USUAL_SIZE: usize = 0x8000;

/// A zone on its way out.
pub(super) struct Outgoing {
    zone: Arc<Snapshot>,
    /// What stands between the two SOA records, where it is not the zone.
    differences: Option<Vec<Difference>>,
    id: u16,
    question: Question,
    signer: Option<Signer>,
    /// The next record; the last one is the SOA that ends the transfer.
    next: usize,
}

/// Why a transfer breaks off: nothing is left but to close the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unsendable;

impl Outgoing {
    /// Without `differences`, all of the zone.
    pub(super) fn new(
        zone: Arc<Snapshot>,
        differences: Option<Vec<Difference>>,
        id: u16,
        question: Question,
        signer: Option<Signer>,
    ) -> Outgoing {
        Outgoing { zone, differences, id, question, signer, next: 0 }
    }

    /// The next message; `None` after the last one.
    pub(super) fn next_message(&mut self, now: u64) -> Option<Result<Vec<u8>, Unsendable>> {
        self.record(self.next).is_some().then(|| self.build(now))
    }

    /// The record that comes at this place of the transfer.
    fn record(&self, place: usize) -> Option<RecordRef<'_>> {
        // The apex sorts first, and its SOA before all else: row 0.
        let Some(differences) = &self.differences else {
            let row = if place == self.zone.record_count() { 0 } else { place };
            return self.zone.record(row);
        };
        match place.checked_sub(1) {
            Some(index) if index < differences.len() => differences.get(index).map(Difference::as_record),
            Some(index) if index > differences.len() => None,
            _ => self.zone.record(0),
        }
    }

    fn build(&mut self, now: u64) -> Result<Vec<u8>, Unsendable> {
        let start = self.next;
        let mut message = self.fill(USUAL_SIZE)?;
        if self.next == start {
            // A record of unusual size gets a message that is as large as may be.
            let room = self.signer.as_ref().map_or(0, Signer::room);
            message = self.fill(MAX_MESSAGE.saturating_sub(room))?;
        }
        if self.next == start {
            return Err(Unsendable);
        }
        let mut message = message.finish();
        if let Some(signer) = &mut self.signer {
            signer.sign(&mut message, now).map_err(|_| Unsendable)?;
        }
        Ok(message)
    }

    /// A message with as many records as fit.
    fn fill(&mut self, limit: usize) -> Result<Builder, Unsendable> {
        let mut message = Builder::new(self.id, Opcode::QUERY, flags::QR | flags::AA, limit).compressing();
        if self.next == 0 {
            let Question { name, rtype, class } = &self.question;
            message.question(name.as_ref(), *rtype, *class).map_err(|_| Unsendable)?;
        }
        while let Some(record) = self.record(self.next) {
            let added = message.record(
                Section::Answer,
                record.owner,
                record.rtype,
                class::IN,
                record.ttl,
                record.rdata,
            );
            match added {
                Ok(()) => self.next += 1,
                Err(BuildError::Full) => break,
                Err(BuildError::Order) => return Err(Unsendable),
            }
        }
        Ok(message)
    }
}
