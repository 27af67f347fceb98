//! Questions for one zone, and whether an answer belongs to what was asked.
//!
//! The same check stands before every use of an answer: SOA polls, updates, and each message of a transfer.

use super::reader::{Reader, WireError};
use super::tsig::{TsigError, Verifier};
use super::{Opcode, Section, class, flags};
use crate::zone::update::Rcode;
use crate::zone::{Name, RecordType, Soa};

/// Why an answer cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    #[error(transparent)]
    Wire(#[from] WireError),
    #[error(transparent)]
    Tsig(#[from] TsigError),
    #[error("the message is not a response")]
    NotAResponse,
    #[error("the answer has another message id than the question")]
    WrongId,
    #[error("the answer has another opcode than the question")]
    WrongOpcode,
    #[error("the answer is to another question")]
    WrongQuestion,
    #[error("the answer was cut short")]
    CutShort,
    #[error("the server answered {0}")]
    Rcode(Rcode),
    #[error("the server is not an authority for the zone")]
    NotAuthoritative,
    #[error("the answer holds no readable SOA record of the zone")]
    NoSoa,
}

/// What was asked: enough to know the answer again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Must come from a random source: it is all that an unsigned answer is known by.
    pub id: u16,
    pub opcode: Opcode,
    /// The name asked for; for transfers and updates, the zone.
    pub name: Name,
    pub rtype: RecordType,
}

impl Asked {
    /// A question for the zone's SOA.
    pub fn soa(id: u16, zone: Name) -> Asked {
        Asked { id, opcode: Opcode::QUERY, name: zone, rtype: RecordType::SOA }
    }

    /// A question for the whole zone (RFC 5936).
    pub fn axfr(id: u16, zone: Name) -> Asked {
        Asked { id, opcode: Opcode::QUERY, name: zone, rtype: RecordType::AXFR }
    }

    /// A question for what changed in the zone (RFC 1995); see [`Asked::to_ixfr_message`].
    pub fn ixfr(id: u16, zone: Name) -> Asked {
        Asked { id, opcode: Opcode::QUERY, name: zone, rtype: RecordType::IXFR }
    }

    /// An update, whose zone section looks like a question (RFC 2136 section 2.3).
    pub fn update(id: u16, zone: Name) -> Asked {
        Asked { id, opcode: Opcode::UPDATE, name: zone, rtype: RecordType::SOA }
    }

    /// The message that asks, unsigned. Not for updates, which have more to say: see [`super::update::encode`].
    pub fn to_message(&self) -> Vec<u8> {
        let header = [self.id, self.opcode.bits(), 1, 0, 0, 0];
        let mut octets: Vec<u8> = header.into_iter().flat_map(u16::to_be_bytes).collect();
        octets.extend_from_slice(self.name.wire());
        octets.extend([self.rtype.0, class::IN].into_iter().flat_map(u16::to_be_bytes));
        octets
    }

    /// The message that asks for what changed since `serial`, unsigned: the question, and in the authority section an
    /// SOA record of which only the serial counts (RFC 1995 section 3).
    pub fn to_ixfr_message(&self, serial: u32) -> Vec<u8> {
        let rdata = Soa { serial, ..Soa::default() }.to_rdata();
        let mut octets = self.to_message();
        // The third count of the header: one record of authority.
        for (place, octet) in octets.iter_mut().skip(8).zip(1u16.to_be_bytes()) {
            *place = octet;
        }
        octets.extend_from_slice(self.name.wire());
        octets.extend(
            [RecordType::SOA.0, class::IN, 0, 0, rdata.len() as u16].into_iter().flat_map(u16::to_be_bytes),
        );
        octets.extend_from_slice(&rdata);
        octets
    }

    /// Checks that `message` answers this and, with a verifier, that its signature is right; the answer's records
    /// come next from the reader. The response code is the caller's to judge. `now` is in seconds since 1970.
    ///
    /// An answer may come without its question: later messages of a transfer do (RFC 5936 section 2.2.1), and
    /// some servers' error answers.
    ///
    /// # Errors
    /// [`AnswerError`] where it does not belong here or cannot be believed.
    pub fn check<'a>(
        &self,
        message: &'a [u8],
        verifier: Option<&mut Verifier>,
        now: u64,
    ) -> Result<Reader<'a>, AnswerError> {
        let mut reader = Reader::new(message)?;
        let header = *reader.header();
        if !header.is_response() {
            return Err(AnswerError::NotAResponse);
        }
        if header.id != self.id {
            return Err(AnswerError::WrongId);
        }
        if header.opcode() != self.opcode {
            return Err(AnswerError::WrongOpcode);
        }
        if let Some(verifier) = verifier {
            verifier.verify(message, now)?;
        }
        if header.has(flags::TC) {
            return Err(AnswerError::CutShort);
        }
        let question = reader.question()?;
        let matches = question.is_none_or(|question| {
            question.name == self.name && question.rtype == self.rtype && question.class == class::IN
        });
        if !matches || reader.question()?.is_some() {
            return Err(AnswerError::WrongQuestion);
        }
        Ok(reader)
    }

    /// The SOA that the answer to [`Asked::soa`] holds.
    ///
    /// # Errors
    /// [`AnswerError`], also when the server is no authority for the zone.
    pub fn soa_answer(
        &self,
        message: &[u8],
        verifier: Option<&mut Verifier>,
        now: u64,
    ) -> Result<Soa, AnswerError> {
        let mut reader = self.check(message, verifier, now)?;
        let header = *reader.header();
        if header.rcode() != Rcode::NOERROR {
            return Err(AnswerError::Rcode(header.rcode()));
        }
        if !header.has(flags::AA) {
            return Err(AnswerError::NotAuthoritative);
        }
        let mut soa = None;
        while let Some(record) = reader.record()? {
            if record.section == Section::Answer
                && record.rtype == RecordType::SOA
                && record.class == class::IN
                && record.owner == self.name.as_ref()
            {
                let mut rdata = Vec::new();
                record.expand(&mut rdata)?;
                soa = Soa::from_rdata(&rdata);
            }
        }
        soa.ok_or(AnswerError::NoSoa)
    }

    /// The response code that the answer to [`Asked::update`] holds.
    ///
    /// # Errors
    /// [`AnswerError`] where the answer cannot be believed; then the update may have been carried out or not.
    pub fn update_answer(
        &self,
        message: &[u8],
        verifier: Option<&mut Verifier>,
        now: u64,
    ) -> Result<Rcode, AnswerError> {
        let mut reader = self.check(message, verifier, now)?;
        while reader.skip_record()?.is_some() {}
        Ok(reader.header().rcode())
    }
}
