//! Any octets as RDATA of any type: the line that is printed reads back as the same octets, and what a form shows
//! does too. The first two octets are the type's place in the table, or the number of an unknown type.
#![no_main]

use libfuzzer_sys::fuzz_target;
use zonewright::zone::{Name, RecordType, types};
use zonewright::zonefile::{parse, print_record};

fuzz_target!(|octets: &[u8]| {
    let Some(([high, low], rdata)) = octets.split_first_chunk::<2>() else { return };
    let rtype = match types::table().get(usize::from(*high)) {
        Some(info) => info.rtype,
        None => RecordType(u16::from_be_bytes([*high, *low])),
    };
    if rtype.is_meta() {
        return;
    }
    let origin = Name::parse(b"example.com.", None).unwrap();
    for relative in [None, Some(&origin)] {
        let line = print_record(&origin, 60, rtype, rdata, relative);
        let parsed = parse(line.as_bytes(), Some(&origin));
        assert!(parsed.problems.is_empty(), "{line}: {:?}", parsed.problems);
        let [record] = parsed.records.as_slice() else { panic!("{line}") };
        let same = match relative {
            None => *record.rdata == *rdata,
            // A relative name takes the case of the origin.
            Some(_) => types::canonical(rtype, &record.rdata) == types::canonical(rtype, rdata),
        };
        assert!(same, "{line}");
    }
    if let Some(fields) = types::format_fields(rtype, rdata, None) {
        let texts: Vec<&str> = fields.iter().map(String::as_str).collect();
        let again = types::parse_fields(rtype, &texts, Name::root().as_ref());
        assert_eq!(again.as_deref(), Ok(rdata), "{fields:?}");
    }
});
