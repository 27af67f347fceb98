//! Any octets as the file that a record is made from (certificate, key of SSH or OpenPGP, DNSKEY), for the type that the
//! first octet chooses; and as DER: elements take up just what they say, and what is found in a certificate is in it.
#![no_main]

use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use zonewright::app::form::Form;
use zonewright::check::rsa_bits;
use zonewright::zone::der::{self, Element};
use zonewright::zone::{Draft, Name, RecordType};
use zonewright_fuzz::{ZONE, entries, zone};

/// TLSA, SMIMEA, SSHFP, DS, CDS, CERT, OPENPGPKEY.
const TYPES: [u16; 7] = [52, 53, 44, 43, 59, 37, 61];

static DRAFT: LazyLock<Draft> = LazyLock::new(|| Draft::new(Arc::new(zone(&entries(ZONE)))));

/// A plain reading of X.690 section 8.1.3: where the content of the first element begins, and how long it is.
fn plain(octets: &[u8]) -> Option<(usize, usize)> {
    let first = usize::from(*octets.get(1)?);
    match first {
        0..=127 => Some((2, first)),
        129..=131 => {
            let mut length = 0;
            for at in 2..2 + (first - 128) {
                length = length * 256 + usize::from(*octets.get(at)?);
            }
            Some((2 + first - 128, length))
        }
        _ => None,
    }
}

fn check_elements(octets: &[u8], depth: usize) {
    let mut rest = octets;
    while let Some(found) = der::element(rest) {
        let (start, length) = plain(rest).expect("a length");
        let Element { tag, whole, content, rest: after } = found;
        assert_eq!((tag, content), (rest[0], &rest[start..start + length]));
        assert_eq!((whole, after), (&rest[..start + length], &rest[start + length..]));
        if depth < 8 {
            check_elements(content, depth + 1);
        }
        rest = after;
    }
    let fits = plain(rest).is_some_and(|(start, length)| start + length <= rest.len());
    assert!(!fits, "an element is passed over");
}

fn check_certificate(octets: &[u8]) {
    if let Some(key) = der::public_key(octets) {
        let found = der::element(key).expect("an element");
        assert!(found.rest.is_empty() && found.tag == der::SEQUENCE);
        assert!(octets.windows(key.len()).any(|part| part == key));
    }
    if let Some((organisation, common_name)) = der::issuer(octets) {
        assert!(organisation.len() <= 3 * octets.len() && common_name.len() <= 3 * octets.len());
    }
    assert!(rsa_bits(octets).is_none_or(|bits| bits <= 8 * octets.len()));
}

fuzz_target!(|octets: &[u8]| {
    let Some((choice, file)) = octets.split_first() else { return };
    check_elements(file, 0);
    check_certificate(file);
    let rtype = RecordType(TYPES[usize::from(*choice) % TYPES.len()]);
    let owner = Name::parse(b"_25._tcp.mail", Some(DRAFT.base().origin().as_ref())).expect("a name");
    let mut form = Form::add(rtype, Some(&owner), DRAFT.contents(), 3600);
    form.take_file(file, DRAFT.contents());
    let message = form.message().expect("something is said");
    assert!(!message.chars().any(char::is_control), "{message:?}");
});
