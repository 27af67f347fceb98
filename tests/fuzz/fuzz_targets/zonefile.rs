//! Any octets as a zone file: what is read and printed, in either style, reads back as the same zone.
#![no_main]

use libfuzzer_sys::fuzz_target;
use zonewright::zone::{Name, Snapshot, changes};
use zonewright::zonefile::{parse, print_aligned, print_plain, read_zone, unchanged};

fuzz_target!(|text: &[u8]| {
    let origin = Name::parse(b"example.com.", None).unwrap();
    for problem in parse(text, Some(&origin)).problems {
        assert!(problem.span.end <= text.len() && !problem.message.contains(char::is_control));
    }
    let Ok((zone, _)) = read_zone(text, Some(&origin)) else { return };
    let mut plain = Vec::new();
    print_plain(&zone, &mut plain).unwrap();
    let mut aligned = Vec::new();
    print_aligned(unchanged(&zone), None, &mut aligned).unwrap();
    for printed in [plain, aligned] {
        let again = read_zone(&printed, None);
        let same = |again: &Snapshot| {
            changes::diff(&zone, again).is_empty() && again.record_count() == zone.record_count()
        };
        assert!(again.as_ref().is_ok_and(|(again, _)| same(again)), "{}", String::from_utf8_lossy(&printed));
    }
});
