//! The TSIG record itself (RFC 8945 section 4.2): found in a message, read, written, digested.

use super::Mac;
use crate::wire::key::Key;
use crate::wire::reader::{Problem, Reader, WireError, read_name, u16_at};
use crate::wire::{Section, class};
use crate::zone::update::Rcode;
use crate::zone::{Name, RecordType};

/// A TSIG record as it stands at the end of a message.
pub(super) struct Record {
    /// Where it starts: the message before it is what is signed.
    pub start: usize,
    pub key_name: Name,
    pub algorithm: Name,
    /// Seconds since 1970.
    pub time: u64,
    pub fudge: u16,
    pub mac: Vec<u8>,
    pub original_id: u16,
    pub error: Rcode,
    pub other: Vec<u8>,
}

impl Record {
    /// The TSIG record of a message, if it has one.
    ///
    /// # Errors
    /// [`WireError`] when the message cannot be read, or when the record stands anywhere but at its end.
    pub(super) fn find(message: &[u8]) -> Result<Option<Record>, WireError> {
        let mut reader = Reader::new(message)?;
        let mut found = None;
        while let Some((section, start, rtype)) = reader.skip_record()? {
            if found.is_some() || rtype == RecordType::TSIG && section != Section::Additional {
                return Err(WireError { at: start, problem: Problem::BadTsig });
            }
            if rtype == RecordType::TSIG {
                found = Some(start);
            }
        }
        found.map(|start| Record::read(message, start)).transpose()
    }

    fn read(message: &[u8], start: usize) -> Result<Record, WireError> {
        let bad = WireError { at: start, problem: Problem::BadTsig };
        let name_at = |at: usize| -> Result<(Name, usize), WireError> {
            let mut wire = Vec::new();
            let after = read_name(message, at, &mut wire)?;
            Ok((Name::from_wire(&wire).map_err(|_| bad)?, after))
        };
        let octets = |at: usize, length: usize| message.get(at..at + length).ok_or(bad);
        let (key_name, at) = name_at(start)?;
        // Type, class, TTL, length.
        if u16_at(message, at + 2)? != class::ANY || octets(at + 4, 4)? != [0; 4] {
            return Err(bad);
        }
        let (algorithm, at) = name_at(at + 10)?;
        let time = octets(at, 6)?.iter().fold(0, |time, octet| time << 8 | u64::from(*octet));
        let fudge = u16_at(message, at + 6)?;
        let mac = octets(at + 10, usize::from(u16_at(message, at + 8)?))?.to_vec();
        let at = at + 10 + mac.len();
        let original_id = u16_at(message, at)?;
        let error = Rcode(u16_at(message, at + 2)?);
        let other = octets(at + 6, usize::from(u16_at(message, at + 4)?))?.to_vec();
        if at + 6 + other.len() != message.len() {
            return Err(bad);
        }
        Ok(Record { start, key_name, algorithm, time, fudge, mac, original_id, error, other })
    }

    pub(super) fn is_by(&self, key: &Key) -> bool {
        self.key_name == key.name && has_name(key, &self.algorithm)
    }

    pub(super) fn variables(&self) -> Variables<'_> {
        Variables {
            key_name: &self.key_name,
            algorithm: self.algorithm.wire(),
            time: self.time,
            fudge: self.fudge,
            error: self.error,
            other: &self.other,
        }
    }

    /// Digests the message as it was before this record was appended (RFC 8945 section 4.3.2): with its first id,
    /// and one additional record fewer.
    pub(super) fn digest_message(&self, message: &[u8], mac: &mut Mac) {
        mac.update(&self.original_id.to_be_bytes());
        mac.update(message.get(2..10).unwrap_or_default());
        mac.update(&u16_at(message, 10).unwrap_or_default().saturating_sub(1).to_be_bytes());
        mac.update(message.get(12..self.start).unwrap_or_default());
    }

    /// Is `now` as near to the time of signing as the signer allows?
    pub(super) fn is_timely(&self, now: u64) -> bool {
        self.time.abs_diff(now) <= u64::from(self.fudge)
    }

    /// The server's clock in a BADTIME answer (RFC 8945 section 5.2.3).
    pub(super) fn server_time(&self) -> Option<u64> {
        let octets: &[u8; 6] = self.other.as_slice().try_into().ok()?;
        Some(octets.iter().fold(0, |time, octet| time << 8 | u64::from(*octet)))
    }
}

/// Is this the name of the key's algorithm?
fn has_name(key: &Key, algorithm: &Name) -> bool {
    algorithm.wire().eq_ignore_ascii_case(key.algorithm.wire_name())
}

/// What a signature covers besides the message (RFC 8945 section 4.3.3).
pub(super) struct Variables<'a> {
    pub key_name: &'a Name,
    /// Name in wire form.
    pub algorithm: &'a [u8],
    pub time: u64,
    pub fudge: u16,
    pub error: Rcode,
    pub other: &'a [u8],
}

impl Variables<'_> {
    pub(super) fn digest_all(&self, mac: &mut Mac) {
        mac.update(&self.key_name.wire().to_ascii_lowercase());
        mac.update(&class::ANY.to_be_bytes());
        mac.update(&0u32.to_be_bytes());
        mac.update(&self.algorithm.to_ascii_lowercase());
        self.digest_time(mac);
        mac.update(&self.error.0.to_be_bytes());
        mac.update(&self.other_length());
        mac.update(self.other);
    }

    pub(super) fn digest_time(&self, mac: &mut Mac) {
        mac.update(&time48(self.time));
        mac.update(&self.fudge.to_be_bytes());
    }

    /// The whole record, uncompressed.
    pub(super) fn to_record(&self, original_id: u16, mac: &[u8]) -> Vec<u8> {
        let mut rdata = self.algorithm.to_vec();
        rdata.extend_from_slice(&time48(self.time));
        rdata.extend_from_slice(&self.fudge.to_be_bytes());
        // A MAC has at most 64 octets, other data at most 6, an algorithm's name 255.
        rdata.extend_from_slice(&(mac.len() as u16).to_be_bytes());
        rdata.extend_from_slice(mac);
        rdata.extend_from_slice(&original_id.to_be_bytes());
        rdata.extend_from_slice(&self.error.0.to_be_bytes());
        rdata.extend_from_slice(&self.other_length());
        rdata.extend_from_slice(self.other);
        let mut record = self.key_name.wire().to_vec();
        record.extend_from_slice(&RecordType::TSIG.0.to_be_bytes());
        record.extend_from_slice(&class::ANY.to_be_bytes());
        record.extend_from_slice(&0u32.to_be_bytes());
        record.extend_from_slice(&(rdata.len() as u16).to_be_bytes());
        record.extend_from_slice(&rdata);
        record
    }

    fn other_length(&self) -> [u8; 2] {
        (self.other.len() as u16).to_be_bytes()
    }
}

/// The 48-bit form of a time.
pub(super) fn time48(time: u64) -> [u8; 6] {
    let [_, _, octets @ ..] = time.to_be_bytes();
    octets
}
