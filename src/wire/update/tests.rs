use proptest::prelude::*;

use super::*;
use crate::wire::answer::Asked;

fn name(text: &str) -> Name {
    Name::parse(text.as_bytes(), Some(zone().as_ref())).unwrap()
}

fn zone() -> Name {
    Name::parse(b"example.com.", None).unwrap()
}

fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

/// Written out by hand from RFC 2136 section 2.
#[test]
fn each_form_on_the_wire() {
    let a: Box<[u8]> = Box::new([192, 0, 2, 1]);
    let update = Update {
        zone: zone(),
        prerequisites: vec![
            Prerequisite::NameInUse(name("a")),
            Prerequisite::NameNotInUse(name("a")),
            Prerequisite::RrsetExists(name("a"), RecordType::A),
            Prerequisite::RrsetAbsent(name("a"), RecordType::A),
            Prerequisite::RrsetIs(name("a"), RecordType::A, vec![a.clone()]),
        ],
        operations: vec![
            Operation::DeleteName(name("a")),
            Operation::DeleteRrset(name("a"), RecordType::A),
            Operation::DeleteRecord(name("a"), RecordType::A, a.clone()),
            Operation::Add(name("a"), RecordType::A, 300, a),
        ],
    };
    let message = encode(0x1234, &update).unwrap();
    let owner = "0161076578616d706c6503636f6d00";
    let mut expected = "1234280000010005000400000765\
                        78616d706c6503636f6d0000060001"
        .replace(' ', "");
    for fixed in [
        "00ff00ff000000000000",
        "00ff00fe000000000000",
        "000100ff000000000000",
        "000100fe000000000000",
        "00010001000000000004c0000201",
        "00ff00ff000000000000",
        "000100ff000000000000",
        "000100fe000000000004c0000201",
        "000100010000012c0004c0000201",
    ] {
        expected += owner;
        expected += fixed;
    }
    assert_eq!(hex(&message), expected);
    assert_eq!(decode(&message), Ok(Received { update, flaw: None }));
}

#[test]
fn too_large_and_too_empty() {
    let mut update = Update { zone: zone(), prerequisites: Vec::new(), operations: Vec::new() };
    let base = encoded_len(&update);
    let record =
        |length| Operation::Add(name("a"), RecordType(65_280), 1, vec![7; length].into_boxed_slice());
    let fixed = name("a").wire().len() + 10;
    update.operations.push(record(MAX_UPDATE - base - fixed));
    let message = encode(1, &update).unwrap();
    assert_eq!(message.len(), MAX_UPDATE);
    assert_eq!(decode(&message), Ok(Received { update: update.clone(), flaw: None }));
    update.operations.push(record(0));
    assert_eq!(encode(1, &update), Err(EncodeError::TooLarge { octets: MAX_UPDATE + fixed }));
    update.operations.clear();
    update.prerequisites.push(Prerequisite::RrsetIs(name("a"), RecordType::A, Vec::new()));
    assert_eq!(encode(1, &update), Err(EncodeError::EmptyRrset(name("a"))));
}

#[test]
fn what_a_server_must_refuse() {
    let (prerequisite, operation) = (Section::Answer, Section::Authority);
    let in_zone = name("a");
    let outside = Name::parse(b"example.net.", None).unwrap();
    let any = RecordType::ANY;
    for (section, owner, rtype, class, ttl, rdata, rcode) in [
        (prerequisite, &outside, any, class::ANY, 0, &b""[..], Rcode::NOTZONE),
        (prerequisite, &in_zone, any, class::ANY, 1, b"", Rcode::FORMERR),
        (prerequisite, &in_zone, any, class::ANY, 0, b"x", Rcode::FORMERR),
        (prerequisite, &in_zone, any, class::NONE, 0, b"x", Rcode::FORMERR),
        (prerequisite, &in_zone, RecordType::A, class::CH, 0, b"1234", Rcode::FORMERR),
        (operation, &outside, RecordType::A, class::IN, 0, b"1234", Rcode::NOTZONE),
        (operation, &outside, any, class::ANY, 0, b"", Rcode::NOTZONE),
        (operation, &in_zone, any, class::IN, 0, b"", Rcode::FORMERR),
        (operation, &in_zone, RecordType::AXFR, class::IN, 0, b"", Rcode::FORMERR),
        (operation, &in_zone, RecordType::A, class::CH, 0, b"1234", Rcode::FORMERR),
        (operation, &in_zone, RecordType::A, class::ANY, 1, b"", Rcode::FORMERR),
        (operation, &in_zone, RecordType::A, class::ANY, 0, b"1234", Rcode::FORMERR),
        (operation, &in_zone, RecordType::AXFR, class::ANY, 0, b"", Rcode::FORMERR),
        (operation, &in_zone, RecordType::A, class::NONE, 1, b"1234", Rcode::FORMERR),
        (operation, &in_zone, any, class::NONE, 0, b"", Rcode::FORMERR),
    ] {
        let mut message = Builder::new(1, Opcode::UPDATE, 0, 512);
        message.question(zone().as_ref(), RecordType::SOA, class::IN).unwrap();
        message.record(section, owner.as_ref(), rtype, class, ttl, rdata).unwrap();
        let refused = decode(&message.finish()).map(|read| read.flaw);
        assert_eq!(
            refused,
            Ok(Some(rcode)),
            "{section:?} {owner} {rtype:?} class {class} ttl {ttl} {rdata:?}"
        );
    }
    // The zone section: exactly one entry, of type SOA (RFC 2136 section 3.1.1).
    let zones: [&[(RecordType, u16)]; 3] =
        [&[], &[(RecordType::A, class::IN)], &[(RecordType::SOA, class::IN), (RecordType::SOA, class::IN)]];
    for entries in zones {
        let mut message = Builder::new(1, Opcode::UPDATE, 0, 512);
        for (rtype, class) in entries {
            message.question(zone().as_ref(), *rtype, *class).unwrap();
        }
        assert_eq!(decode(&message.finish()), Err(Rcode::FORMERR), "{entries:?}");
    }
    let mut message = Builder::new(1, Opcode::UPDATE, 0, 512);
    message.question(zone().as_ref(), RecordType::SOA, class::CH).unwrap();
    assert_eq!(decode(&message.finish()), Err(Rcode::NOTAUTH));
    let mut trailing = Asked::update(1, zone()).to_message();
    assert!(decode(&trailing).is_ok());
    trailing.push(0);
    assert_eq!(decode(&trailing), Err(Rcode::FORMERR));
}

/// A message of these records: section, class, type, RDATA.
fn of_records(records: &[(Section, u16, RecordType, &[u8])]) -> Vec<u8> {
    let mut message = Builder::new(1, Opcode::UPDATE, 0, 512);
    message.question(zone().as_ref(), RecordType::SOA, class::IN).unwrap();
    for (section, class, rtype, rdata) in records {
        message.record(*section, name("a").as_ref(), *rtype, *class, 0, rdata).unwrap();
    }
    message.finish()
}

/// Whoever reads it in order finds first what comes first (RFC 2136 sections 3.1 to 3.4); only values are compared
/// when all prerequisites have been read.
#[test]
fn a_flaw_does_not_hide_what_comes_before_it() {
    use Section::{Answer, Authority};
    let (a, any) = (RecordType::A, RecordType::ANY);
    let in_use = (Answer, class::ANY, any, &b""[..]);
    let value = (Answer, class::IN, a, &b"1234"[..]);
    let wrong = (Answer, class::CH, a, &b"1234"[..]);
    let add = (Authority, class::IN, a, &b"1234"[..]);
    let no_add = (Authority, class::CH, a, &b"1234"[..]);
    let read = |records: &[_]| {
        let Received { update, flaw } = decode(&of_records(records)).unwrap();
        (update.prerequisites.len(), update.operations.len(), flaw)
    };
    assert_eq!(read(&[in_use, value, add, add]), (2, 2, None));
    assert_eq!(read(&[in_use, value, add, no_add, add]), (2, 1, Some(Rcode::FORMERR)));
    assert_eq!(read(&[in_use, value, wrong, in_use, add]), (1, 0, Some(Rcode::FORMERR)));
}

/// All servers find this before they look at anything else.
#[test]
fn rdata_that_does_not_fit_is_no_message() {
    use Section::{Additional, Answer, Authority};
    let (a, unknown, opt) = (RecordType::A, RecordType(65_280), RecordType::OPT);
    let flaw = (Answer, class::CH, a, &b"1234"[..]);
    for record in [
        (Answer, class::IN, a, &b"123"[..]),
        (Answer, class::IN, a, b""),
        (Authority, class::IN, a, b"12345"),
        (Authority, class::NONE, a, b"123"),
        (Authority, class::NONE, a, b""),
        (Answer, class::ANY, opt, b""),
        (Authority, class::IN, opt, b""),
    ] {
        assert_eq!(decode(&of_records(&[record])), Err(Rcode::FORMERR), "{record:?}");
        if record.0 == Authority {
            assert_eq!(decode(&of_records(&[flaw, record])), Err(Rcode::FORMERR), "{record:?}");
        }
    }
    for record in [
        (Answer, class::IN, unknown, &b""[..]),
        (Answer, class::IN, RecordType::AXFR, b""),
        (Answer, class::ANY, RecordType::AXFR, b""),
        (Authority, class::NONE, unknown, b"123"),
        (Additional, class::IN, a, b"123"),
    ] {
        assert_eq!(decode(&of_records(&[record])).map(|read| read.flaw), Ok(None), "{record:?}");
    }
}

#[test]
fn records_of_a_prerequisite_need_not_stand_together() {
    let mut message = Builder::new(1, Opcode::UPDATE, 0, 512);
    message.question(zone().as_ref(), RecordType::SOA, class::IN).unwrap();
    for (owner, rdata) in [("a", b"1111"), ("b", b"2222"), ("A", b"3333")] {
        let owner = name(owner);
        message.record(Section::Answer, owner.as_ref(), RecordType::A, class::IN, 0, rdata).unwrap();
    }
    let is = |owner, rdata: &[&[u8; 4]]| {
        let rdata = rdata.iter().map(|rdata| Box::from(&rdata[..])).collect();
        Prerequisite::RrsetIs(name(owner), RecordType::A, rdata)
    };
    let read = decode(&message.finish()).unwrap().update;
    assert_eq!(read.prerequisites, [is("a", &[b"1111", b"3333"]), is("b", &[b"2222"])]);
}

fn any_rdata() -> impl Strategy<Value = Box<[u8]>> {
    prop::collection::vec(any::<u8>(), 0..30).prop_map(Vec::into_boxed_slice)
}

fn any_owner() -> impl Strategy<Value = Name> {
    prop::sample::select(vec!["@", "a", "A.b", "*", "\\000.x"]).prop_map(name)
}

/// Types that are no meta types; the second is unknown, so that every octet string is valid.
fn any_type() -> impl Strategy<Value = RecordType> {
    prop::sample::select(vec![RecordType(65_280), RecordType(65_281), RecordType(65_282)])
}

fn any_prerequisite() -> impl Strategy<Value = Prerequisite> {
    prop_oneof![
        any_owner().prop_map(Prerequisite::NameInUse),
        any_owner().prop_map(Prerequisite::NameNotInUse),
        (any_owner(), any_type()).prop_map(|(owner, rtype)| Prerequisite::RrsetExists(owner, rtype)),
        (any_owner(), any_type()).prop_map(|(owner, rtype)| Prerequisite::RrsetAbsent(owner, rtype)),
    ]
}

fn any_operation() -> impl Strategy<Value = Operation> {
    prop_oneof![
        any_owner().prop_map(Operation::DeleteName),
        (any_owner(), any_type()).prop_map(|(owner, rtype)| Operation::DeleteRrset(owner, rtype)),
        (any_owner(), any_type(), any_rdata())
            .prop_map(|(owner, rtype, rdata)| Operation::DeleteRecord(owner, rtype, rdata)),
        (any_owner(), any_type(), any::<u32>(), any_rdata())
            .prop_map(|(owner, rtype, ttl, rdata)| Operation::Add(owner, rtype, ttl, rdata)),
    ]
}

proptest! {
    #[test]
    fn what_is_written_is_read(
        prerequisites in prop::collection::vec(any_prerequisite(), 0..10),
        set in prop::collection::vec(any_rdata(), 1..5),
        operations in prop::collection::vec(any_operation(), 0..20),
    ) {
        let mut update = Update { zone: zone(), prerequisites, operations };
        update.prerequisites.push(Prerequisite::RrsetIs(name("a"), RecordType(65_280), set));
        let message = encode(1, &update).unwrap();
        prop_assert_eq!(message.len(), encoded_len(&update));
        prop_assert_eq!(decode(&message), Ok(Received { update, flaw: None }));
    }
}
