//! Sends a whole zone as the messages of an AXFR answer (RFC 5936 section 2.2), each of them signed.

use std::sync::Arc;

use crate::wire::builder::{BuildError, Builder};
use crate::wire::reader::Question;
use crate::wire::tsig::Signer;
use crate::wire::{MAX_MESSAGE, Opcode, Section, class, flags};
use crate::zone::Snapshot;

/// Large enough to be fast, and twice as far as compression reaches.
const USUAL_SIZE: usize = 0x8000;

/// A zone on its way out.
pub(super) struct Outgoing {
    zone: Arc<Snapshot>,
    id: u16,
    question: Question,
    signer: Option<Signer>,
    /// The next row; the one after the last stands for the SOA that ends the transfer.
    row: usize,
}

/// Why a transfer breaks off: nothing is left but to close the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unsendable;

impl Outgoing {
    pub(super) fn new(zone: Arc<Snapshot>, id: u16, question: Question, signer: Option<Signer>) -> Outgoing {
        Outgoing { zone, id, question, signer, row: 0 }
    }

    /// The next message; `None` after the last one.
    pub(super) fn next_message(&mut self, now: u64) -> Option<Result<Vec<u8>, Unsendable>> {
        (self.row <= self.zone.record_count()).then(|| self.build(now))
    }

    fn build(&mut self, now: u64) -> Result<Vec<u8>, Unsendable> {
        let start = self.row;
        let mut message = self.fill(USUAL_SIZE)?;
        if self.row == start {
            // A record of unusual size gets a message that is as large as may be.
            let room = self.signer.as_ref().map_or(0, Signer::room);
            message = self.fill(MAX_MESSAGE.saturating_sub(room))?;
        }
        if self.row == start {
            return Err(Unsendable);
        }
        let mut message = message.finish();
        if let Some(signer) = &mut self.signer {
            signer.sign(&mut message, now).map_err(|_| Unsendable)?;
        }
        Ok(message)
    }

    /// A message with as many rows as fit.
    fn fill(&mut self, limit: usize) -> Result<Builder, Unsendable> {
        let mut message = Builder::new(self.id, Opcode::QUERY, flags::QR | flags::AA, limit).compressing();
        if self.row == 0 {
            let Question { name, rtype, class } = &self.question;
            message.question(name.as_ref(), *rtype, *class).map_err(|_| Unsendable)?;
        }
        let count = self.zone.record_count();
        while self.row <= count {
            // The apex sorts first, and its SOA before all else: row 0.
            let row = if self.row == count { 0 } else { self.row };
            let record = self.zone.record(row).ok_or(Unsendable)?;
            let added = message.record(
                Section::Answer,
                record.owner,
                record.rtype,
                class::IN,
                record.ttl,
                record.rdata,
            );
            match added {
                Ok(()) => self.row += 1,
                Err(BuildError::Full) => break,
                Err(BuildError::Order) => return Err(Unsendable),
            }
        }
        Ok(message)
    }
}
