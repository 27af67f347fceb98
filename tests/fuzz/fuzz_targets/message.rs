//! Any octets as a message. What is read is read the same by another library, is the same when it is passed over,
//! and is the same after it was written again with its names compressed anew; an update that is read can be written
//! and read again.
#![no_main]

use domain::base::Message;
use domain::base::name::ToName;
use libfuzzer_sys::fuzz_target;
use zonewright::wire::builder::Builder;
use zonewright::wire::reader::{Question, Reader, WireError};
use zonewright::wire::update::{Received, decode, encode, encoded_len};
use zonewright::wire::{MAX_MESSAGE, Section};
use zonewright::zone::{Name, NameRef, RecordType, types};
/// One record: section, owner, type, class, TTL, RDATA as it stands there, RDATA expanded, and where it ends.
struct Read {
    section: Section,
    owner: Name,
    rtype: RecordType,
    class: u16,
    ttl: u32,
    raw: Vec<u8>,
    expanded: Option<Vec<u8>>,
    end: usize,
}

fn read(octets: &[u8]) -> Result<(Vec<Question>, Vec<Read>), WireError> {
    let mut reader = Reader::new(octets)?;
    let mut questions = Vec::new();
    while let Some(question) = reader.question()? {
        questions.push(question);
    }
    let mut records = Vec::new();
    while let Some(record) = reader.record()? {
        let mut rdata = Vec::new();
        let expanded = record.expand(&mut rdata).is_ok().then_some(rdata);
        let raw = record.raw_rdata().to_vec();
        assert!(NameRef::split_from(record.owner.wire()).is_some_and(|(_, rest)| rest.is_empty()));
        let (section, owner, rtype, class, ttl, end) = (
            record.section,
            record.owner.to_name(),
            record.rtype,
            record.class,
            record.ttl,
            record.rdata.end,
        );
        records.push(Read { section, owner, rtype, class, ttl, raw, expanded, end });
    }
    Ok((questions, records))
}

/// Passing over is less strict about names, but what can be read ends where it was read to end.
fn check_skipping(octets: &[u8], records: &[Read]) {
    let mut reader = Reader::new(octets).unwrap();
    for record in records {
        let (section, _, rtype) = reader.skip_record().unwrap().unwrap();
        assert_eq!((section, rtype, reader.position()), (record.section, record.rtype, record.end));
    }
    assert_eq!(reader.skip_record(), Ok(None));
}

fn check_other_library(octets: &[u8], questions: &[Question], records: &[Read]) {
    let message = Message::from_octets(octets).unwrap();
    let others: Vec<_> = message.question().map(|question| question.unwrap()).collect();
    assert_eq!(others.len(), questions.len());
    for (own, other) in questions.iter().zip(others) {
        assert_eq!(own.name.wire(), other.qname().to_vec().as_slice());
        assert_eq!((own.rtype.0, own.class), (other.qtype().to_int(), other.qclass().to_int()));
    }
    let mut others = message.iter().map(|record| record.unwrap().0);
    for own in records {
        let other = others.next().unwrap();
        assert_eq!(own.owner.wire(), other.owner().to_vec().as_slice());
        assert_eq!((own.rtype.0, own.class), (other.rtype().to_int(), other.class().to_int()));
        assert_eq!((own.ttl, own.raw.len()), (other.ttl().as_secs(), usize::from(other.rdlen())));
    }
    assert!(others.next().is_none());
}

fn check_writing(octets: &[u8], questions: &[Question], records: &[Read]) {
    let header = *Reader::new(octets).unwrap().header();
    let mut builder = Builder::new(header.id, header.opcode(), header.flags, MAX_MESSAGE).compressing();
    let mut fits = true;
    for Question { name, rtype, class } in questions {
        fits &= builder.question(name.as_ref(), *rtype, *class).is_ok();
    }
    for Read { section, owner, rtype, class, ttl, expanded, .. } in records {
        let Some(rdata) = expanded else { return };
        fits &= builder.record(*section, owner.as_ref(), *rtype, *class, *ttl, rdata).is_ok();
    }
    if !fits {
        // Expanded names may take more room than there is.
        return;
    }
    let written = builder.finish();
    assert_eq!(*Reader::new(&written).unwrap().header(), header);
    let (again_questions, again) = read(&written).unwrap();
    assert_eq!(again_questions, questions);
    assert_eq!(again.len(), records.len());
    for (own, again) in records.iter().zip(&again) {
        // Compression never changes the case of a name.
        assert_eq!(own.owner.wire(), again.owner.wire());
        assert_eq!(
            (own.section, own.rtype, own.class, own.ttl),
            (again.section, again.rtype, again.class, again.ttl)
        );
        assert_eq!(own.expanded.as_ref(), Some(&again.raw));
        // RDATA that does not fit its type may have octets that look like a pointer, which leads elsewhere now.
        if types::is_valid(own.rtype, &again.raw) {
            assert_eq!(own.expanded, again.expanded);
        }
    }
}

fuzz_target!(|octets: &[u8]| {
    if let Ok((questions, records)) = read(octets) {
        check_skipping(octets, &records);
        check_other_library(octets, &questions, &records);
        check_writing(octets, &questions, &records);
    }
    // Up to a flaw it is an update like any other.
    if let Ok(Received { update, .. }) = decode(octets)
        && let Ok(written) = encode(1, &update)
    {
        assert_eq!(written.len(), encoded_len(&update));
        assert_eq!(decode(&written), Ok(Received { update, flaw: None }));
    }
});
