//! Any octets as the stream of a zone transfer, each message after its length: a zone comes out only when the
//! transfer says that it is done, and all of it stands in the zone.
#![no_main]

use libfuzzer_sys::fuzz_target;
use zonewright::wire::answer::Asked;
use zonewright::wire::transfer::Axfr;
use zonewright::zone::Name;

fuzz_target!(|octets: &[u8]| {
    let origin = Name::parse(b"a.", None).unwrap();
    let mut transfer = Axfr::new(Asked::axfr(0, origin.clone()), None);
    let mut rest = octets;
    let mut done = false;
    while let Some((length, after)) = rest.split_first_chunk::<2>() {
        let Some((message, after)) = after.split_at_checked(usize::from(u16::from_be_bytes(*length))) else {
            break;
        };
        match transfer.feed(message, 0) {
            Ok(progress) => done = progress.done,
            Err(_) => return,
        }
        rest = after;
    }
    match transfer.finish() {
        Ok(zone) => {
            assert!(done && *zone.origin() == origin);
            assert!(zone.records().all(|record| record.owner.is_at_or_below(origin.as_ref())));
        }
        Err(_) => {}
    }
});
