use proptest::prelude::*;

use super::*;
use crate::wire::builder::Builder;
use crate::wire::key::{Algorithm, Key, Secret};
use crate::wire::reader::Problem;
use crate::wire::tsig::{Incoming, Signer, check_request, sign_request};
use crate::wire::{MAX_MESSAGE, Opcode, flags};
use crate::zone::{Name, RrKey, Soa};

const NOW: u64 = 1_700_000_000;

fn name(text: &str) -> Name {
    Name::parse(text.as_bytes(), Some(zone().as_ref())).unwrap()
}

fn zone() -> Name {
    Name::parse(b"example.com.", None).unwrap()
}

type Entry = (Name, RecordType, Vec<u8>);

fn soa(serial: u32) -> Entry {
    let soa = Soa { mname: name("ns"), serial, ..Soa::default() };
    (zone(), RecordType::SOA, soa.to_rdata().into_vec())
}

fn host(owner: &str) -> Entry {
    (name(owner), RecordType::A, vec![192, 0, 2, 1])
}

fn message(entries: &[Entry]) -> Vec<u8> {
    let mut builder = Builder::new(7, Opcode::QUERY, flags::QR | flags::AA, MAX_MESSAGE).compressing();
    for (owner, rtype, rdata) in entries {
        builder.record(Section::Answer, owner.as_ref(), *rtype, class::IN, 60, rdata).unwrap();
    }
    builder.finish()
}

fn transfer(messages: &[Vec<u8>]) -> Result<Snapshot, TransferError> {
    let mut transfer = Axfr::new(Asked::axfr(7, zone()), None);
    for message in messages {
        transfer.feed(message, NOW)?;
    }
    transfer.finish()
}

#[test]
fn however_it_is_divided() {
    let entries = [soa(5), host("a"), host("b"), soa(5)];
    let whole = vec![message(&entries)];
    let one_each: Vec<_> = entries.iter().map(|entry| message(std::slice::from_ref(entry))).collect();
    let soa_alone = vec![message(&entries[..1]), message(&entries[1..])];
    for messages in [whole, one_each, soa_alone] {
        let zone = transfer(&messages).unwrap();
        assert_eq!((zone.serial(), zone.record_count()), (5, 3));
    }
}

#[test]
fn an_opt_record_and_a_question_do_no_harm() {
    let mut builder = Builder::new(7, Opcode::QUERY, flags::QR, MAX_MESSAGE);
    builder.question(name("@").as_ref(), RecordType::AXFR, class::IN).unwrap();
    for (owner, rtype, rdata) in [soa(5), soa(5)] {
        builder.record(Section::Answer, owner.as_ref(), rtype, class::IN, 60, &rdata).unwrap();
    }
    builder.record(Section::Additional, Name::root().as_ref(), RecordType::OPT, 1232, 0, &[]).unwrap();
    assert_eq!(transfer(&[builder.finish()]).unwrap().record_count(), 1);
}

/// Every message with its question and an OPT record, names in another case in each, and one as large as may be.
#[test]
fn as_other_servers_send_it() {
    let dressed = |entries: &[Entry]| {
        let mut builder = Builder::new(7, Opcode::QUERY, flags::QR, MAX_MESSAGE);
        builder.question(name("@").as_ref(), RecordType::AXFR, class::IN).unwrap();
        for (owner, rtype, rdata) in entries {
            builder.record(Section::Answer, owner.as_ref(), *rtype, class::IN, 60, rdata).unwrap();
        }
        builder.record(Section::Additional, Name::root().as_ref(), RecordType::OPT, 1232, 0, &[]).unwrap();
        builder.finish()
    };
    let upper = |(owner, rtype, rdata): Entry| {
        (Name::from_wire(&owner.wire().to_ascii_uppercase()).unwrap(), rtype, rdata)
    };
    let mut large = (name("large"), RecordType(65_280), Vec::new());
    let room = MAX_MESSAGE - dressed(std::slice::from_ref(&large)).len();
    large.2.resize(room, 7);
    let largest = dressed(std::slice::from_ref(&large));
    assert_eq!(largest.len(), MAX_MESSAGE);
    let messages = [
        dressed(&[soa(5)]),
        dressed(&[host("a"), upper(host("b"))]),
        largest,
        dressed(&[upper(host("c"))]),
        dressed(&[upper(soa(5))]),
    ];
    let zone = transfer(&messages).unwrap();
    assert_eq!(zone.record_count(), 5);
    let found = zone.get(&RrKey::new(name("large"), RecordType(65_280))).unwrap();
    assert_eq!(found.rdata[0].len(), room);
    assert!(zone.get(&RrKey::new(name("b"), RecordType::A)).is_some());
}

#[test]
fn what_is_no_transfer() {
    let refused = {
        let mut builder = Builder::new(7, Opcode::QUERY, flags::QR, MAX_MESSAGE);
        builder.set_rcode(Rcode::REFUSED);
        builder.finish()
    };
    let chaos = {
        let mut builder = Builder::new(7, Opcode::QUERY, flags::QR, MAX_MESSAGE);
        let (owner, rtype, rdata) = soa(5);
        builder.record(Section::Answer, owner.as_ref(), rtype, class::CH, 60, &rdata).unwrap();
        builder.finish()
    };
    let outside = (Name::parse(b"example.net.", None).unwrap(), RecordType::A, vec![192, 0, 2, 1]);
    let outside_error = SnapshotError::OutOfZone(outside.0.clone());
    for (messages, error) in [
        (vec![refused.clone()], AnswerError::Rcode(Rcode::REFUSED).into()),
        (vec![message(&[soa(5)]), refused], AnswerError::Rcode(Rcode::REFUSED).into()),
        (vec![message(&[])], TransferError::NoFirstSoa),
        (vec![message(&[host("a"), soa(5)])], TransferError::NoFirstSoa),
        (vec![message(&[soa(5)]), message(&[])], TransferError::EmptyMessage),
        (vec![chaos], TransferError::WrongClass(class::CH)),
        (vec![message(&[soa(5), host("a"), soa(6)])], TransferError::SoaDiffers),
        (vec![message(&[soa(5), soa(5), host("a")])], TransferError::AfterEnd),
        (vec![message(&[soa(5), soa(5)]), message(&[host("a")])], TransferError::AfterEnd),
        (vec![message(&[soa(5), host("a")])], TransferError::Incomplete { records: 2 }),
        (vec![message(&[soa(5), outside, soa(5)])], TransferError::Zone(outside_error)),
        (vec![message(&[soa(5)])[..20].to_vec()], WireError { at: 20, problem: Problem::Short }.into()),
    ] {
        assert_eq!(transfer(&messages).unwrap_err(), error);
    }
}

fn signed() -> (Axfr, Signer) {
    let secret = Secret::new(b"secret".to_vec());
    let key = Key { name: name("key"), algorithm: Algorithm::HmacSha256, secret };
    let asked = Asked::axfr(7, zone());
    let mut request = asked.to_message();
    let verifier = sign_request(&key, &mut request, NOW).unwrap();
    match check_request(&request, &[key], NOW) {
        Ok(Incoming::Signed(signer)) => (Axfr::new(asked, Some(verifier)), signer),
        _ => panic!("the request is not accepted"),
    }
}

#[test]
fn signatures_reach_to_the_last_message() {
    for (last_is_signed, expected) in [(true, Ok(())), (false, Err(TsigError::LastUnsigned.into()))] {
        let (mut transfer, mut signer) = signed();
        let mut first = message(&[soa(5)]);
        signer.sign(&mut first, NOW).unwrap();
        assert_eq!(transfer.feed(&first, NOW), Ok(Progress { records: 1, done: false }));
        for _ in 0..50 {
            let between = message(&[host("a"), host("b")]);
            signer.leave_unsigned(&between);
            transfer.feed(&between, NOW).unwrap();
        }
        let mut last = message(&[soa(5)]);
        if last_is_signed {
            signer.sign(&mut last, NOW).unwrap();
        }
        assert_eq!(transfer.feed(&last, NOW).map(drop), expected);
        if expected.is_ok() {
            assert_eq!(transfer.finish().unwrap().record_count(), 3);
        }
    }
}

#[test]
fn a_message_lost_from_the_middle_is_noticed() {
    let (mut transfer, mut signer) = signed();
    let mut messages = [message(&[soa(5)]), message(&[host("a")]), message(&[soa(5)])];
    for message in &mut messages {
        signer.sign(message, NOW).unwrap();
    }
    transfer.feed(&messages[0], NOW).unwrap();
    assert_eq!(transfer.feed(&messages[2], NOW), Err(TsigError::WrongMac.into()));
}

proptest! {
    #[test]
    fn damaged_octets_never_panic(at in any::<prop::sample::Index>(), to in any::<u8>()) {
        let mut octets = message(&[soa(5), host("a"), host("b"), soa(5)]);
        let at = at.index(octets.len());
        octets[at] = to;
        let _ = transfer(&[octets]);
    }
}
