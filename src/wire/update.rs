//! The wire form of an update (RFC 2136 section 2), written for a server and read by one.
//!
//! RDATA is written as it is, octet for octet: PowerDNS compares deleted records with case. Nothing is compressed.

use super::builder::{BuildError, Builder};
use super::reader::{Problem, Reader, Record, WireError};
use super::{Opcode, Section, class, flags};
use crate::zone::update::{Operation, Prerequisite, Rcode, Update};
use crate::zone::{Name, Rdata, RecordType, types};

/// The largest update, without its signature: what every server was seen to take, and room for the largest TSIG.
pub const MAX_UPDATE: usize = 64_000;

/// Why an update cannot be sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EncodeError {
    #[error("the update takes {octets} octets; one message has room for {MAX_UPDATE}")]
    TooLarge { octets: usize },
    #[error("the update requires {0} to be an RRset without records, which no message can say")]
    EmptyRrset(Name),
    /// What was written does not read as what was meant: nothing of it may be sent.
    #[error("the update was not encoded completely")]
    Incomplete,
}

/// One record of an update message.
struct Entry<'a> {
    owner: &'a Name,
    rtype: RecordType,
    class: u16,
    ttl: u32,
    rdata: &'a [u8],
}

/// The records that say this prerequisite (RFC 2136 section 2.4).
fn prerequisite_entries(prerequisite: &Prerequisite) -> Vec<Entry<'_>> {
    let one = |owner, rtype, class| vec![Entry { owner, rtype, class, ttl: 0, rdata: &[] }];
    match prerequisite {
        Prerequisite::NameInUse(owner) => one(owner, RecordType::ANY, class::ANY),
        Prerequisite::NameNotInUse(owner) => one(owner, RecordType::ANY, class::NONE),
        Prerequisite::RrsetExists(owner, rtype) => one(owner, *rtype, class::ANY),
        Prerequisite::RrsetAbsent(owner, rtype) => one(owner, *rtype, class::NONE),
        Prerequisite::RrsetIs(owner, rtype, records) => records
            .iter()
            .map(|rdata| Entry { owner, rtype: *rtype, class: class::IN, ttl: 0, rdata })
            .collect(),
    }
}

/// The record that says this operation (RFC 2136 section 2.5).
fn operation_entry(operation: &Operation) -> Entry<'_> {
    match operation {
        Operation::DeleteName(owner) => {
            Entry { owner, rtype: RecordType::ANY, class: class::ANY, ttl: 0, rdata: &[] }
        }
        Operation::DeleteRrset(owner, rtype) => {
            Entry { owner, rtype: *rtype, class: class::ANY, ttl: 0, rdata: &[] }
        }
        Operation::DeleteRecord(owner, rtype, rdata) => {
            Entry { owner, rtype: *rtype, class: class::NONE, ttl: 0, rdata }
        }
        Operation::Add(owner, rtype, ttl, rdata) => {
            Entry { owner, rtype: *rtype, class: class::IN, ttl: *ttl, rdata }
        }
    }
}

/// Octets that the update takes as a message, without signature.
pub fn encoded_len(update: &Update) -> usize {
    let header_and_zone = super::reader::HEADER + update.zone.wire().len() + 4;
    let prerequisites = update.prerequisites.iter().map(prerequisite_len);
    let operations = update.operations.iter().map(operation_len);
    header_and_zone + prerequisites.sum::<usize>() + operations.sum::<usize>()
}

/// Octets that a prerequisite takes in a message.
pub fn prerequisite_len(prerequisite: &Prerequisite) -> usize {
    match prerequisite {
        Prerequisite::RrsetIs(owner, _, records) => {
            records.iter().map(|rdata| record_len(owner, rdata)).sum()
        }
        Prerequisite::NameInUse(owner)
        | Prerequisite::NameNotInUse(owner)
        | Prerequisite::RrsetExists(owner, _)
        | Prerequisite::RrsetAbsent(owner, _) => record_len(owner, &[]),
    }
}

/// Octets that an operation takes in a message.
pub fn operation_len(operation: &Operation) -> usize {
    let entry = operation_entry(operation);
    record_len(entry.owner, entry.rdata)
}

/// Owner, type, class, TTL, length and RDATA.
fn record_len(owner: &Name, rdata: &[u8]) -> usize {
    owner.wire().len() + 10 + rdata.len()
}

/// The update as a message, unsigned.
///
/// # Errors
/// [`EncodeError`]; an update is never sent in part.
pub fn encode(id: u16, update: &Update) -> Result<Vec<u8>, EncodeError> {
    let octets = encoded_len(update);
    if octets > MAX_UPDATE {
        return Err(EncodeError::TooLarge { octets });
    }
    let mut counts = [1, 0, 0, 0];
    let mut message = Builder::new(id, Opcode::UPDATE, 0, MAX_UPDATE);
    let incomplete = |_: BuildError| EncodeError::Incomplete;
    message.question(update.zone.as_ref(), RecordType::SOA, class::IN).map_err(incomplete)?;
    let mut put = |section: Section, entry: &Entry<'_>| {
        let Entry { owner, rtype, class, ttl, rdata } = *entry;
        counts[section as usize + 1] += 1;
        message.record(section, owner.as_ref(), rtype, class, ttl, rdata).map_err(incomplete)
    };
    for prerequisite in &update.prerequisites {
        let entries = prerequisite_entries(prerequisite);
        if let (Prerequisite::RrsetIs(owner, ..), []) = (prerequisite, entries.as_slice()) {
            return Err(EncodeError::EmptyRrset(owner.clone()));
        }
        for entry in &entries {
            put(Section::Answer, entry)?;
        }
    }
    for operation in &update.operations {
        put(Section::Authority, &operation_entry(operation))?;
    }
    let message = message.finish();
    if message.len() != octets || counts_of(&message) != Ok(counts) {
        return Err(EncodeError::Incomplete);
    }
    Ok(message)
}

/// The records per section that a message really holds.
fn counts_of(message: &[u8]) -> Result<[u16; 4], WireError> {
    let mut reader = Reader::new(message)?;
    let header = *reader.header();
    let mut counts = [0; 4];
    while reader.question()?.is_some() {
        counts[0] += 1;
    }
    while let Some((section, ..)) = reader.skip_record()? {
        counts[section as usize + 1] += 1;
    }
    if header.has(flags::TC) || header.counts != counts {
        return Err(WireError { at: 0, problem: Problem::Short });
    }
    Ok(counts)
}

/// An update message as a server reads it, up to the first record that breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    pub update: Update,
    /// FORMERR or NOTZONE for the record that breaks a rule; the answer where what was read before it is carried out
    /// without an error, of which then nothing may stay.
    pub flaw: Option<Rcode>,
}

/// Reads an update message, with the checks of RFC 2136 sections 3.1, 3.2 and 3.4.1 that need no zone contents.
/// Whether the zone is served here is for others to say. A TSIG record is passed over.
///
/// # Errors
/// FORMERR for what is no update message at all, be it only that RDATA does not fit its type; NOTAUTH for a zone of
/// another class.
pub fn decode(message: &[u8]) -> Result<Received, Rcode> {
    let malformed = |_: WireError| Rcode::FORMERR;
    let mut reader = Reader::new(message).map_err(malformed)?;
    let zone = reader.question().map_err(malformed)?.ok_or(Rcode::FORMERR)?;
    let is_only = reader.question().map_err(malformed)?.is_none();
    if !is_only || zone.rtype != RecordType::SOA {
        return Err(Rcode::FORMERR);
    }
    if zone.class != class::IN {
        return Err(Rcode::NOTAUTH);
    }
    let mut update = Update { zone: zone.name, prerequisites: Vec::new(), operations: Vec::new() };
    let mut flaw = None;
    while let Some(record) = reader.record().map_err(malformed)? {
        // Whether the octets are a message at all is asked before what they say.
        let rdata = expand(&record)?;
        if flaw.is_some() {
            continue;
        }
        let read = match record.section {
            Section::Answer => read_prerequisite(&record, rdata, &mut update),
            Section::Authority => {
                read_operation(&record, rdata, &update.zone).map(|read| update.operations.push(read))
            }
            Section::Additional => Ok(()),
        };
        flaw = read.err();
        if flaw.is_some() && record.section == Section::Answer {
            // Values are compared only when the whole section has been looked at (RFC 2136 section 3.2.5).
            update.prerequisites.retain(|known| !matches!(known, Prerequisite::RrsetIs(..)));
        }
    }
    Ok(Received { update, flaw })
}

/// Adds what a record of the prerequisite section says (RFC 2136 section 3.2.5).
fn read_prerequisite(record: &Record<'_>, rdata: Rdata, update: &mut Update) -> Result<(), Rcode> {
    if record.ttl != 0 {
        return Err(Rcode::FORMERR);
    }
    if !record.owner.is_at_or_below(update.zone.as_ref()) {
        return Err(Rcode::NOTZONE);
    }
    let (owner, rtype) = (record.owner.to_name(), record.rtype);
    let is_any = rtype == RecordType::ANY;
    // Types that no record has may be asked for: there are none.
    let prerequisite = match record.class {
        class::ANY | class::NONE if !rdata.is_empty() => return Err(Rcode::FORMERR),
        class::ANY if is_any => Prerequisite::NameInUse(owner),
        class::ANY => Prerequisite::RrsetExists(owner, rtype),
        class::NONE if is_any => Prerequisite::NameNotInUse(owner),
        class::NONE => Prerequisite::RrsetAbsent(owner, rtype),
        class::IN => {
            let same = |known: &&mut Prerequisite| match known {
                Prerequisite::RrsetIs(name, known_type, _) => *name == owner && *known_type == rtype,
                _ => false,
            };
            // The records of an RRset need not stand together.
            match update.prerequisites.iter_mut().rev().find(same) {
                Some(Prerequisite::RrsetIs(_, _, records)) => {
                    records.push(rdata);
                    return Ok(());
                }
                _ => Prerequisite::RrsetIs(owner, rtype, vec![rdata]),
            }
        }
        _ => return Err(Rcode::FORMERR),
    };
    update.prerequisites.push(prerequisite);
    Ok(())
}

/// What a record of the update section says (RFC 2136 section 3.4.1.3).
fn read_operation(record: &Record<'_>, rdata: Rdata, zone: &Name) -> Result<Operation, Rcode> {
    if !record.owner.is_at_or_below(zone.as_ref()) {
        return Err(Rcode::NOTZONE);
    }
    let (owner, rtype) = (record.owner.to_name(), record.rtype);
    let is_any = rtype == RecordType::ANY;
    match record.class {
        class::IN if !rtype.is_meta() => Ok(Operation::Add(owner, rtype, record.ttl, rdata)),
        class::ANY if record.ttl != 0 || !rdata.is_empty() => Err(Rcode::FORMERR),
        class::ANY if is_any => Ok(Operation::DeleteName(owner)),
        class::ANY if !rtype.is_meta() => Ok(Operation::DeleteRrset(owner, rtype)),
        class::NONE if record.ttl == 0 && !rtype.is_meta() => {
            Ok(Operation::DeleteRecord(owner, rtype, rdata))
        }
        _ => Err(Rcode::FORMERR),
    }
}

/// The RDATA with its names written out. It must fit its type where it is meant as data.
fn expand(record: &Record<'_>) -> Result<Rdata, Rcode> {
    let mut rdata = Vec::new();
    record.expand(&mut rdata).map_err(|_| Rcode::FORMERR)?;
    let is_data = match record.class {
        class::IN => record.section != Section::Additional && !record.rtype.is_meta(),
        class::NONE => record.section == Section::Authority && !record.rtype.is_meta(),
        _ => false,
    };
    let is_misplaced = record.rtype == RecordType::OPT && record.section != Section::Additional;
    if is_misplaced || is_data && !types::is_valid(record.rtype, &rdata) {
        return Err(Rcode::FORMERR);
    }
    Ok(rdata.into_boxed_slice())
}

#[cfg(test)]
mod tests;
