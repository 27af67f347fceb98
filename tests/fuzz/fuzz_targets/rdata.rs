//! Any octets as RDATA of any type, whose number is the first two: the line that is printed reads back as the same
//! octets, and so do what a form shows and what a message holds.
#![no_main]

use libfuzzer_sys::fuzz_target;
use zonewright::wire::reader::Reader;
use zonewright::zone::{Name, NameRef, RecordType, types};
use zonewright::zonefile::{Severity, parse, print_record};
use zonewright_fuzz::{Entry, message, origin};

/// MD, MF, NSEC with an empty list of types, NSEC3 with a hash of another length than its algorithm has, and RRSIG with
/// fewer labels than its signer's name has.
const REFUSED: [u16; 5] = [3, 4, 46, 47, 50];

fn check_line(rtype: RecordType, rdata: &[u8], relative: Option<&Name>) {
    let line = print_record(&origin(), 60, rtype, rdata, relative);
    assert!(line.bytes().all(|octet| (b' '..=b'~').contains(&octet)), "{line}");
    let parsed = parse(line.as_bytes(), Some(&origin()));
    // What servers refuse in a file is said, and read all the same.
    let refused = !types::is_valid(rtype, rdata) || REFUSED.contains(&rtype.0);
    let mut errors = parsed.problems.iter().filter(|problem| problem.severity == Severity::Error);
    assert!(refused || errors.next().is_none(), "{line}: {:?}", parsed.problems);
    let [record] = parsed.records.as_slice() else { panic!("{line}") };
    assert_eq!((record.owner.wire(), record.rtype, record.ttl), (origin().wire(), rtype, 60));
    assert_eq!(*record.rdata, *rdata, "{line}");
}

fn check_form(rtype: RecordType, rdata: &[u8], relative: Option<NameRef<'_>>) {
    let texts = types::format_fields(rtype, rdata, relative);
    assert_eq!(texts.is_some(), types::is_valid(rtype, rdata));
    let texts = texts.unwrap_or_else(|| vec![types::format_rdata(rtype, rdata, None)]);
    let fields: Vec<&str> = texts.iter().map(String::as_str).collect();
    let again = types::parse_fields(rtype, &fields, relative.unwrap_or(Name::root().as_ref()));
    assert_eq!(again.as_deref(), Ok(rdata), "{fields:?}");
}

fn check_canonical(rtype: RecordType, rdata: &[u8]) {
    let lower = types::canonical(rtype, rdata);
    assert!(lower.eq_ignore_ascii_case(rdata));
    assert_eq!(types::canonical(rtype, &lower), lower);
    assert_eq!(types::is_valid(rtype, &lower), types::is_valid(rtype, rdata));
    let (names, lower_names) = (types::names_in(rtype, rdata), types::names_in(rtype, &lower));
    assert_eq!(names, lower_names);
    assert!(lower_names.iter().all(|name| !name.wire().iter().any(u8::is_ascii_uppercase)));
}

fn check_message(rtype: RecordType, rdata: &[u8]) {
    let message = message(0, [&Entry { owner: origin(), rtype, ttl: 60, rdata: rdata.into() }]);
    let mut reader = Reader::new(&message).unwrap();
    let record = reader.record().unwrap().unwrap();
    assert_eq!(record.raw_rdata(), rdata);
    let mut expanded = Vec::new();
    let result = record.expand(&mut expanded);
    // Octets that do not fit the type may look like a compressed name.
    if types::is_valid(rtype, rdata) {
        assert_eq!((result, expanded.as_slice()), (Ok(()), rdata));
    }
}

fuzz_target!(|octets: &[u8]| {
    let Some((number, rdata)) = octets.split_first_chunk::<2>() else { return };
    let rtype = RecordType(u16::from_be_bytes(*number));
    if rtype.is_meta() || rdata.len() > 60_000 {
        return;
    }
    check_line(rtype, rdata, None);
    check_line(rtype, rdata, Some(&origin()));
    check_form(rtype, rdata, None);
    check_form(rtype, rdata, Some(origin().as_ref()));
    check_canonical(rtype, rdata);
    check_message(rtype, rdata);
});
