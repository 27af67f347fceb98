//! Takes a message apart: header, questions, records, compressed names. Decides nothing about their meaning.
//!
//! Everything is checked as it is read: a name's pointers only lead backwards, lengths stay inside the message,
//! and the octets end where the counts say. Records are lent one by one, so that reading a large transfer
//! allocates nothing per record.

use std::fmt;
use std::ops::Range;

use super::{Opcode, Section, flags};
use crate::zone::name::{MAX_LABEL, MAX_NAME};
use crate::zone::update::Rcode;
use crate::zone::{Name, NameRef, RecordType, types};

/// Octets of a message's header.
pub const HEADER: usize = 12;
/// More pointers than a name can have labels are a trap.
const MAX_JUMPS: usize = 127;

/// Why octets are not a message, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{problem} (octet {at} of the message)")]
pub struct WireError {
    /// Offset in the message.
    pub at: usize,
    pub problem: Problem,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    /// The octets end in the middle of something.
    Short,
    /// A label of a type other than the two of RFC 1035.
    BadLabel,
    /// A pointer that does not lead backwards, or one of too many.
    BadPointer,
    NameTooLong,
    /// A compressed name inside RDATA is broken.
    BadRdata,
    /// Octets after the last record.
    Trailing,
    /// A TSIG record that is not the last record, or not formed as one (RFC 8945 section 5.1).
    BadTsig,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Problem::Short => "the message ends too early",
            Problem::BadLabel => "a label has an unknown type",
            Problem::BadPointer => "a compressed name does not lead backwards",
            Problem::NameTooLong => "a name is longer than 255 octets",
            Problem::BadRdata => "a name inside RDATA is broken",
            Problem::Trailing => "octets follow the last record",
            Problem::BadTsig => "the TSIG record is misplaced or malformed",
        })
    }
}

/// A message's header (RFC 1035 section 4.1.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    pub id: u16,
    /// The second word: see [`flags`], opcode and response code included.
    pub flags: u16,
    /// Entries announced: questions, then records by [`Section`].
    pub counts: [u16; 4],
}

impl Header {
    pub fn has(&self, flag: u16) -> bool {
        self.flags & flag != 0
    }

    pub fn is_response(&self) -> bool {
        self.has(flags::QR)
    }

    pub fn opcode(&self) -> Opcode {
        // Four bits.
        Opcode((self.flags >> 11 & 0x0f) as u8)
    }

    /// The response code as far as the header holds it: the upper bits stand in an OPT record.
    pub fn rcode(&self) -> Rcode {
        Rcode(self.flags & 0x0f)
    }
}

/// An entry of the question section; in an update, the zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    pub name: Name,
    pub rtype: RecordType,
    pub class: u16,
}

/// One record, lent by its [`Reader`].
#[derive(Debug)]
pub struct Record<'a> {
    pub section: Section,
    pub owner: NameRef<'a>,
    pub rtype: RecordType,
    pub class: u16,
    /// Seconds.
    pub ttl: u32,
    /// Where the RDATA stands in the message, perhaps compressed.
    pub rdata: Range<usize>,
    message: &'a [u8],
}

impl Record<'_> {
    /// The RDATA as it stands in the message.
    pub fn raw_rdata(&self) -> &[u8] {
        self.message.get(self.rdata.clone()).unwrap_or_default()
    }

    /// Appends the RDATA to `out`, its names expanded.
    ///
    /// # Errors
    /// [`WireError`] where a name inside is broken.
    pub fn expand(&self, out: &mut Vec<u8>) -> Result<(), WireError> {
        let read_name = |at: usize, out: &mut Vec<u8>| read_name(self.message, at, out).ok();
        types::decompress(self.rtype, self.message, self.rdata.clone(), out, read_name)
            .ok_or(WireError { at: self.rdata.start, problem: Problem::BadRdata })
    }
}

/// Reads a message from front to back.
#[derive(Debug)]
pub struct Reader<'a> {
    octets: &'a [u8],
    header: Header,
    at: usize,
    questions_left: u16,
    records_left: [u16; 3],
    owner: Vec<u8>,
}

impl<'a> Reader<'a> {
    /// # Errors
    /// [`WireError`] when there is no whole header.
    pub fn new(octets: &'a [u8]) -> Result<Reader<'a>, WireError> {
        let word = |index: usize| u16_at(octets, index * 2);
        let counts = [word(2)?, word(3)?, word(4)?, word(5)?];
        let header = Header { id: word(0)?, flags: word(1)?, counts };
        let [questions, answer, authority, additional] = counts;
        Ok(Reader {
            octets,
            header,
            at: HEADER,
            questions_left: questions,
            records_left: [answer, authority, additional],
            owner: Vec::with_capacity(MAX_NAME),
        })
    }

    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The whole message.
    pub fn octets(&self) -> &'a [u8] {
        self.octets
    }

    /// Where the next entry starts.
    pub fn position(&self) -> usize {
        self.at
    }

    /// The next question.
    ///
    /// # Errors
    /// [`WireError`] when it cannot be read.
    pub fn question(&mut self) -> Result<Option<Question>, WireError> {
        let Some(left) = self.questions_left.checked_sub(1) else {
            return Ok(None);
        };
        let fixed = self.read_owner()?;
        let rtype = RecordType(u16_at(self.octets, fixed)?);
        let class = u16_at(self.octets, fixed + 2)?;
        let name = Name::from_wire(&self.owner)
            .map_err(|_| WireError { at: self.at, problem: Problem::BadLabel })?;
        self.questions_left = left;
        self.at = fixed + 4;
        Ok(Some(Question { name, rtype, class }))
    }

    /// The next record; questions not yet read are passed over. After the last one, `None`.
    ///
    /// # Errors
    /// [`WireError`] when it cannot be read, or when octets follow the last one.
    pub fn record(&mut self) -> Result<Option<Record<'_>>, WireError> {
        let start = self.next_start()?;
        let Some(section) = self.next_section() else {
            return self.end();
        };
        let fixed = self.read_owner()?;
        let (rtype, class, ttl, rdata) = self.fixed_part(fixed)?;
        self.at = rdata.end;
        let (owner, _) =
            NameRef::split_from(&self.owner).ok_or(WireError { at: start, problem: Problem::BadLabel })?;
        Ok(Some(Record { section, owner, rtype, class, ttl, rdata, message: self.octets }))
    }

    /// Passes over the next record and tells its section, start and type: cheaper than reading it.
    ///
    /// # Errors
    /// As [`Reader::record`].
    pub fn skip_record(&mut self) -> Result<Option<(Section, usize, RecordType)>, WireError> {
        let start = self.next_start()?;
        let Some(section) = self.next_section() else {
            return self.end();
        };
        let (rtype, _, _, rdata) = self.fixed_part(skip_name(self.octets, start)?)?;
        self.at = rdata.end;
        Ok(Some((section, start, rtype)))
    }

    /// Where the next record starts, behind all questions.
    fn next_start(&mut self) -> Result<usize, WireError> {
        while let Some(left) = self.questions_left.checked_sub(1) {
            self.at = skip_name(self.octets, self.at)? + 4;
            self.questions_left = left;
        }
        Ok(self.at)
    }

    fn next_section(&mut self) -> Option<Section> {
        let sections = [Section::Answer, Section::Authority, Section::Additional];
        for (left, section) in self.records_left.iter_mut().zip(sections) {
            if let Some(less) = left.checked_sub(1) {
                *left = less;
                return Some(section);
            }
        }
        None
    }

    fn end<T>(&self) -> Result<Option<T>, WireError> {
        match self.at.cmp(&self.octets.len()) {
            std::cmp::Ordering::Less => Err(WireError { at: self.at, problem: Problem::Trailing }),
            std::cmp::Ordering::Equal => Ok(None),
            std::cmp::Ordering::Greater => Err(WireError { at: self.at, problem: Problem::Short }),
        }
    }

    /// Reads the name at the current place into the buffer; the offset after it.
    fn read_owner(&mut self) -> Result<usize, WireError> {
        self.owner.clear();
        read_name(self.octets, self.at, &mut self.owner)
    }

    /// What follows an owner: type, class, TTL, and where the RDATA stands.
    fn fixed_part(&self, at: usize) -> Result<(RecordType, u16, u32, Range<usize>), WireError> {
        let rtype = RecordType(u16_at(self.octets, at)?);
        let class = u16_at(self.octets, at + 2)?;
        let ttl = u32::from(u16_at(self.octets, at + 4)?) << 16 | u32::from(u16_at(self.octets, at + 6)?);
        let start = at + 10;
        let end = start + usize::from(u16_at(self.octets, at + 8)?);
        if end > self.octets.len() {
            return Err(WireError { at: start, problem: Problem::Short });
        }
        Ok((rtype, class, ttl, start..end))
    }
}

/// The 16-bit number at `at`.
pub(crate) fn u16_at(octets: &[u8], at: usize) -> Result<u16, WireError> {
    match octets.get(at..).unwrap_or_default() {
        [high, low, ..] => Ok(u16::from_be_bytes([*high, *low])),
        _ => Err(WireError { at, problem: Problem::Short }),
    }
}

/// Appends the name that starts at `at`, expanded, to `out`; the offset after it.
///
/// # Errors
/// [`WireError`] where it is not a name (RFC 1035 section 4.1.4).
pub fn read_name(octets: &[u8], at: usize, out: &mut Vec<u8>) -> Result<usize, WireError> {
    let begin = out.len();
    let mut at = at;
    // Each run of labels must start before the one that led to it.
    let mut run_start = at;
    let mut after_first_pointer = None;
    let mut jumps = 0;
    loop {
        let fail = |problem| WireError { at, problem };
        let length = usize::from(*octets.get(at).ok_or(fail(Problem::Short))?);
        if length <= MAX_LABEL {
            let end = at + 1 + length;
            let label = octets.get(at..end).ok_or(fail(Problem::Short))?;
            if out.len() - begin + label.len() > MAX_NAME {
                return Err(fail(Problem::NameTooLong));
            }
            out.extend_from_slice(label);
            at = end;
            if length == 0 {
                return Ok(after_first_pointer.unwrap_or(at));
            }
        } else if length >= 0xc0 {
            let target = usize::from(u16_at(octets, at)? & 0x3fff);
            after_first_pointer.get_or_insert(at + 2);
            jumps += 1;
            if target >= run_start || jumps > MAX_JUMPS {
                return Err(fail(Problem::BadPointer));
            }
            (at, run_start) = (target, target);
        } else {
            return Err(fail(Problem::BadLabel));
        }
    }
}

/// The offset after the name that starts at `at`, its pointer not followed.
fn skip_name(octets: &[u8], at: usize) -> Result<usize, WireError> {
    let mut at = at;
    loop {
        let length = usize::from(*octets.get(at).ok_or(WireError { at, problem: Problem::Short })?);
        match length {
            0 => return Ok(at + 1),
            1..=MAX_LABEL => at += 1 + length,
            0xc0.. => return Ok(at + 2),
            _ => return Err(WireError { at, problem: Problem::BadLabel }),
        }
    }
}
