use proptest::prelude::*;

use super::answer::{AnswerError, Asked};
use super::builder::{BuildError, Builder};
use super::reader::{Problem, Reader, WireError};
use super::*;
use crate::zone::update::Rcode;
use crate::zone::{Name, RecordType, Soa};

fn name(text: &str) -> Name {
    Name::parse(text.as_bytes(), None).unwrap()
}

/// A header that announces these counts, and what follows it.
fn message(counts: [u16; 4], rest: &[u8]) -> Vec<u8> {
    let header = [7, flags::QR].into_iter().chain(counts);
    let mut octets: Vec<u8> = header.flat_map(u16::to_be_bytes).collect();
    octets.extend_from_slice(rest);
    octets
}

/// The owners of all records, or what is wrong.
fn owners(octets: &[u8]) -> Result<Vec<String>, Problem> {
    let mut reader = Reader::new(octets).map_err(|error| error.problem)?;
    let mut owners = Vec::new();
    while let Some(record) = reader.record().map_err(|error| error.problem)? {
        owners.push(record.owner.to_string());
    }
    Ok(owners)
}

const FIXED: [u8; 10] = [0, 1, 0, 1, 0, 0, 0, 60, 0, 0];

fn with_owners(names: &[&[u8]]) -> Vec<u8> {
    let rest: Vec<u8> = names.iter().flat_map(|name| name.iter().chain(&FIXED).copied()).collect();
    message([0, names.len() as u16, 0, 0], &rest)
}

#[test]
fn compressed_names() {
    let octets = with_owners(&[b"\x01a\x02bc\0", b"\x01d\xc0\x0e", b"\xc0\x1c", b"\xc0\x11"]);
    assert_eq!(owners(&octets).unwrap(), ["a.bc.", "d.bc.", "d.bc.", "."]);
}

#[test]
fn broken_names() {
    let loop_of_two: &[u8] = b"\xc0\x0e\xc0\x0c";
    let mut long = Vec::new();
    for _ in 0..4 {
        long.push(63);
        long.extend([b'a'; 63]);
    }
    long.push(0);
    for (owner, problem) in [
        (&b"\xc0\x0c"[..], Problem::BadPointer),
        (b"\xc0\x20", Problem::BadPointer),
        (loop_of_two, Problem::BadPointer),
        (b"\x01a\xc0\x0c", Problem::BadPointer),
        (b"\x41a\0", Problem::BadLabel),
        (b"\x80a\0", Problem::BadLabel),
        (&long, Problem::NameTooLong),
    ] {
        assert_eq!(owners(&with_owners(&[owner])), Err(problem), "{owner:?}");
    }
    assert_eq!(owners(&message([0, 1, 0, 0], b"\x3fabc")), Err(Problem::Short));
}

#[test]
fn a_chain_of_pointers_ends() {
    // Each name is a pointer to the one before it.
    let first: &[u8] = b"\x01a\0";
    let mut names: Vec<Vec<u8>> = vec![first.to_vec()];
    let mut at = 12u16;
    for length in [13u16].into_iter().chain(std::iter::repeat(12)).take(128) {
        names.push((0xc000 | at).to_be_bytes().to_vec());
        at += length;
    }
    let borrowed: Vec<&[u8]> = names.iter().map(Vec::as_slice).collect();
    assert_eq!(owners(&with_owners(&borrowed[..128])).unwrap().len(), 128);
    assert_eq!(owners(&with_owners(&borrowed)), Err(Problem::BadPointer));
}

#[test]
fn counts_and_ends() {
    let one = with_owners(&[b"\x01a\0"]);
    assert_eq!(owners(&one).unwrap(), ["a."]);
    for end in 0..one.len() {
        assert_eq!(owners(&one[..end]), Err(Problem::Short), "{end}");
    }
    let mut more = one.clone();
    more.push(0);
    let mut reader = Reader::new(&more).unwrap();
    assert!(reader.record().unwrap().is_some());
    let trailing = WireError { at: one.len(), problem: Problem::Trailing };
    assert_eq!(reader.record().unwrap_err(), trailing);
    assert_eq!(trailing.to_string(), format!("octets follow the last record (octet {} of the message)", 25));
}

#[test]
fn a_builder_refuses_and_stays_as_it_was() {
    let mut builder = Builder::new(7, Opcode::QUERY, flags::QR, 60);
    let owner = name("a.example.");
    builder.question(owner.as_ref(), RecordType::A, class::IN).unwrap();
    let mut add = |section, length| {
        builder.record(section, owner.as_ref(), RecordType::TXT, class::IN, 60, &vec![0; length])
    };
    assert_eq!(add(Section::Answer, 13), Err(BuildError::Full));
    assert_eq!(add(Section::Answer, 70_000), Err(BuildError::Full));
    add(Section::Authority, 12).unwrap();
    assert_eq!(add(Section::Answer, 0), Err(BuildError::Order));
    let octets = builder.finish();
    assert_eq!(octets.len(), 60);
    assert_eq!(owners(&octets).unwrap(), ["a.example."]);
}

fn soa_answer(flags: u16, records: &[(Section, &str, RecordType, Vec<u8>)]) -> Vec<u8> {
    let mut builder = Builder::new(7, Opcode::QUERY, flags, 512);
    builder.question(name("EXAMPLE.com.").as_ref(), RecordType::SOA, class::IN).unwrap();
    for (section, owner, rtype, rdata) in records {
        builder.record(*section, name(owner).as_ref(), *rtype, class::IN, 60, rdata).unwrap();
    }
    builder.finish()
}

#[test]
fn the_answer_to_a_soa_query() {
    let asked = Asked::soa(7, name("example.com."));
    let soa = Soa { serial: 2026, mname: name("ns."), ..Soa::default() };
    let record = (Section::Answer, "example.com.", RecordType::SOA, soa.to_rdata().into_vec());
    let good = soa_answer(flags::QR | flags::AA, std::slice::from_ref(&record));
    assert_eq!(asked.soa_answer(&good, None, 0), Ok(soa));

    let elsewhere = (Section::Authority, "example.com.", RecordType::SOA, record.3.clone());
    let other_name = (Section::Answer, "com.", RecordType::SOA, record.3.clone());
    for (message, error) in [
        (soa_answer(flags::AA, std::slice::from_ref(&record)), AnswerError::NotAResponse),
        (soa_answer(flags::QR, std::slice::from_ref(&record)), AnswerError::NotAuthoritative),
        (soa_answer(flags::QR | flags::AA | flags::TC, &[record]), AnswerError::CutShort),
        (soa_answer(flags::QR | flags::AA | 5, &[]), AnswerError::Rcode(Rcode::REFUSED)),
        (soa_answer(flags::QR | flags::AA, &[elsewhere]), AnswerError::NoSoa),
        (soa_answer(flags::QR | flags::AA, &[other_name]), AnswerError::NoSoa),
    ] {
        assert_eq!(asked.soa_answer(&message, None, 0), Err(error));
    }
    let check = |asked: &Asked| asked.soa_answer(&good, None, 0).unwrap_err();
    assert_eq!(check(&Asked { id: 8, ..asked.clone() }), AnswerError::WrongId);
    assert_eq!(check(&Asked { opcode: Opcode::UPDATE, ..asked.clone() }), AnswerError::WrongOpcode);
    assert_eq!(check(&Asked { name: name("com."), ..asked.clone() }), AnswerError::WrongQuestion);
    assert_eq!(check(&Asked { rtype: RecordType::NS, ..asked }), AnswerError::WrongQuestion);
}

#[test]
fn a_bare_header_answers_an_update() {
    // As NSD does.
    let asked = Asked::update(7, name("example.com."));
    let bare: Vec<u8> = [7, flags::QR | Opcode::UPDATE.bits() | 4, 0, 0, 0, 0]
        .into_iter()
        .flat_map(u16::to_be_bytes)
        .collect();
    assert_eq!(asked.update_answer(&bare, None, 0), Ok(Rcode::NOTIMP));
}

type AnyRecord = (u8, Name, u16, u16, u32, Vec<u8>);

prop_compose! {
    /// Few different labels, so that compression has something to find.
    fn any_name()(labels in prop::collection::vec(prop::sample::select(vec!["a", "B", "b", "cc", "\0"]), 0..6)) -> Name {
        let mut wire = Vec::new();
        for label in labels {
            wire.push(label.len() as u8);
            wire.extend(label.as_bytes());
        }
        wire.push(0);
        Name::from_wire(&wire).unwrap()
    }
}

fn any_record() -> impl Strategy<Value = AnyRecord> {
    // Types without names in their RDATA, so that it is not expanded.
    let types = prop::sample::select(vec![1u16, 16, 28, 41, 250, 65_280]);
    (0..3u8, any_name(), types, any::<u16>(), any::<u32>(), prop::collection::vec(any::<u8>(), 0..40))
}

proptest! {
    #[test]
    fn what_is_built_is_read(
        mut records in prop::collection::vec(any_record(), 0..60),
        question in prop::option::of(any_name()),
        compress in any::<bool>(),
        limit in 12..4000usize,
    ) {
        records.sort_by_key(|record| record.0);
        let sections = [Section::Answer, Section::Authority, Section::Additional];
        let mut builder = Builder::new(7, Opcode::NOTIFY, flags::AA, limit);
        if compress {
            builder = builder.compressing();
        }
        let question = question.filter(|name| builder.question(name.as_ref(), RecordType::MX, class::CH).is_ok());
        records.retain(|(section, owner, rtype, class, ttl, rdata)| {
            let section = sections[usize::from(*section)];
            builder.record(section, owner.as_ref(), RecordType(*rtype), *class, *ttl, rdata).is_ok()
        });
        let length = builder.len();
        let octets = builder.finish();
        prop_assert!(octets.len() <= limit && octets.len() == length);
        let mut reader = Reader::new(&octets).unwrap();
        prop_assert_eq!(reader.header().id, 7);
        prop_assert_eq!(reader.header().opcode(), Opcode::NOTIFY);
        prop_assert!(reader.header().has(flags::AA) && !reader.header().is_response());
        if let Some(name) = question {
            let read = reader.question().unwrap().unwrap();
            prop_assert!(read.name.as_ref().same_octets(name.as_ref()));
        }
        for (section, owner, rtype, class, ttl, rdata) in records {
            let record = reader.record().unwrap().unwrap();
            prop_assert!(record.owner.same_octets(owner.as_ref()));
            prop_assert_eq!(record.section, sections[usize::from(section)]);
            prop_assert_eq!((record.rtype.0, record.class, record.ttl), (rtype, class, ttl));
            let mut expanded = Vec::new();
            record.expand(&mut expanded).unwrap();
            prop_assert_eq!(expanded, rdata);
        }
        prop_assert!(reader.record().unwrap().is_none());
    }

    #[test]
    fn arbitrary_octets_never_panic(counts in any::<[u8; 4]>(), rest in any::<Vec<u8>>()) {
        let octets = message(counts.map(|count| u16::from(count % 4)), &rest);
        if let Ok(mut reader) = Reader::new(&octets) {
            while let Ok(Some(record)) = reader.record() {
                let _ = record.expand(&mut Vec::new());
            }
        }
        if let Ok(mut reader) = Reader::new(&octets) {
            while let Ok(Some(_)) = reader.skip_record() {}
        }
        let _ = update::decode(&octets);
        let _ = Asked::soa(7, name("example.")).soa_answer(&octets, None, 0);
    }

    /// Reading a record and passing over it end at the same place, or both fail.
    #[test]
    fn skipping_agrees_with_reading(names in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..4), 1..5)) {
        let borrowed: Vec<&[u8]> = names.iter().map(Vec::as_slice).collect();
        let octets = with_owners(&borrowed);
        let (mut read, mut skip) = (Reader::new(&octets).unwrap(), Reader::new(&octets).unwrap());
        while let Ok(Some(_)) = read.record() {
            prop_assert!(skip.skip_record().unwrap().is_some());
            prop_assert_eq!(read.position(), skip.position());
        }
    }
}
