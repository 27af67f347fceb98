//! Any octets as a message: read, skipped, taken for an update, an answer, a signed request; never a panic, and an
//! update that is read can be written and read again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use zonewright::wire::answer::Asked;
use zonewright::wire::key::{Algorithm, Key, Secret};
use zonewright::wire::reader::Reader;
use zonewright::wire::tsig::{Incoming, check_request, sign_request};
use zonewright::wire::update;
use zonewright::zone::{Name, NameRef};

fuzz_target!(|octets: &[u8]| {
    if let (Ok(mut reading), Ok(mut skipping)) = (Reader::new(octets), Reader::new(octets)) {
        let mut rdata = Vec::new();
        while let Ok(Some(record)) = reading.record() {
            rdata.clear();
            let _ = record.expand(&mut rdata);
            assert!(NameRef::split_from(record.owner.wire()).is_some());
            assert!(skipping.skip_record().is_ok_and(|skipped| skipped.is_some()));
            assert_eq!(reading.position(), skipping.position());
        }
    }
    if let Ok(read) = update::decode(octets) {
        // Up to a flaw it is an update like any other.
        if let Ok(written) = update::encode(1, &read.update) {
            assert_eq!(update::decode(&written), Ok(update::Received { flaw: None, ..read }));
        }
    }
    let name = Name::parse(b"example.com.", None).unwrap();
    let key = Key { name: name.clone(), algorithm: Algorithm::HmacSha256, secret: Secret::new(vec![7; 32]) };
    let asked = Asked::soa(0, name);
    let mut request = asked.to_message();
    let mut verifier = sign_request(&key, &mut request, 0).unwrap();
    assert!(asked.soa_answer(octets, Some(&mut verifier), 0).is_err());
    assert!(!matches!(check_request(octets, &[key], 0), Ok(Incoming::Signed(_))));
    let _ = asked.soa_answer(octets, None, 0);
});
