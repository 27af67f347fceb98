//! A stream of messages as a zone transfer (see [`zonewright_fuzz::stream`]): a zone comes out exactly when the records
//! begin and end with the same SOA and are those of a zone, and it holds these records and no others. Where the second
//! bit of the first octet is set, the same stream is signed as well, some of its messages by the signature of a later one:
//! that changes nothing.
#![no_main]

use std::collections::BTreeSet;

use libfuzzer_sys::fuzz_target;
use zonewright::wire::answer::Asked;
use zonewright::wire::key::{Algorithm, Key, Secret};
use zonewright::wire::transfer::{Axfr, TransferError};
use zonewright::wire::tsig::{Incoming, Verifier, check_request, sign_request};
use zonewright::zone::update::Rcode;
use zonewright::zone::{RecordType, Snapshot, Soa, types};
use zonewright_fuzz::{Row, answers, name, origin, row, stream};

fn transfer(messages: &[Vec<u8>], verifier: Option<Verifier>) -> Result<Snapshot, TransferError> {
    let mut transfer = Axfr::new(Asked::axfr(0, origin()), verifier);
    let mut done = false;
    for message in messages {
        done = transfer.feed(message, 0)?.done;
    }
    let zone = transfer.finish();
    assert!(done || zone.is_err());
    zone
}

/// What the stream says, by the letter of RFC 5936; `None` where it is no transfer of a zone.
fn expected(messages: &[Vec<u8>]) -> Option<BTreeSet<Row>> {
    let mut records = Vec::new();
    for message in messages {
        let reader = Asked::axfr(0, origin()).check(message, None, 0).ok()?;
        let own = answers(message)?;
        if reader.header().rcode() != Rcode::NOERROR || reader.header().counts[1] == 0 {
            return None;
        }
        records.extend(own);
    }
    let last = records.pop()?;
    let first = records.first()?;
    let soas = records.iter().filter(|record| record.is_apex_soa()).count();
    let same = types::canonical(first.rtype, &first.rdata) == types::canonical(last.rtype, &last.rdata);
    let ends = first.is_apex_soa() && last.is_apex_soa() && same && soas == 1;
    let fits = records.iter().all(|record| record.owner.is_at_or_below(&origin()));
    Soa::from_rdata(&first.rdata).filter(|_| ends && fits)?;
    Some(records.iter().map(|record| record.row()).collect())
}

/// A record without its TTL: where one came twice with two TTLs, one of them stays.
fn without_ttl(rows: &BTreeSet<Row>) -> BTreeSet<(&[u8], u16, &[u8])> {
    rows.iter().map(|(owner, rtype, rdata, _)| (owner.as_slice(), *rtype, rdata.as_slice())).collect()
}

/// The stream signed; the messages that the pattern says are left without a signature, but never the first or last.
fn signed(messages: &[Vec<u8>], pattern: u8) -> Option<(Vec<Vec<u8>>, Verifier)> {
    let key = Key { name: name(b"k."), algorithm: Algorithm::HmacSha256, secret: Secret::new(vec![7; 32]) };
    let mut request = Asked::axfr(0, origin()).to_message();
    let verifier = sign_request(&key, &mut request, 0).ok()?;
    let Ok(Incoming::Signed(mut signer)) = check_request(&request, &[key], 0) else { panic!("not accepted") };
    let mut signed = messages.to_vec();
    let last = messages.len().checked_sub(1)?;
    for (index, message) in signed.iter_mut().enumerate() {
        if index > 0 && index < last && pattern >> (index % 8) & 1 != 0 {
            signer.leave_unsigned(message);
        } else {
            signer.sign(message, 0).ok()?;
        }
    }
    Some((signed, verifier))
}

fuzz_target!(|octets: &[u8]| {
    let messages = stream(octets);
    let plain = transfer(&messages, None);
    let expected = expected(&messages);
    assert_eq!(plain.is_ok(), expected.is_some(), "{:?}", plain.as_ref().err());
    if let (Ok(zone), Some(expected)) = (&plain, &expected) {
        let rows: BTreeSet<Row> =
            zone.records().map(|record| row(record.owner, record.rtype, record.ttl, record.rdata)).collect();
        assert!(rows.is_subset(expected));
        assert_eq!(without_ttl(&rows), without_ttl(expected));
        let soas = zone
            .records()
            .filter(|record| record.rtype == RecordType::SOA && record.owner == origin().as_ref());
        assert!(*zone.origin() == origin() && soas.count() == 1);
    }
    let Some(form) = octets.first().filter(|form| *form & 2 != 0) else { return };
    let Some((signed, verifier)) = signed(&messages, form >> 2) else { return };
    // A message that came with a TSIG record of its own, or with octets after its end, cannot be signed.
    match (plain, transfer(&signed, Some(verifier))) {
        (Ok(plain), Ok(signed)) => assert_eq!(zonewright_fuzz::rows(&plain), zonewright_fuzz::rows(&signed)),
        (Err(plain), Ok(_)) => panic!("{plain}"),
        (Ok(_), Err(TransferError::Answer(_))) => assert!(octets[0] % 2 == 0),
        (Ok(_), Err(error)) => panic!("{error}"),
        (Err(_), Err(_)) => {}
    }
});
