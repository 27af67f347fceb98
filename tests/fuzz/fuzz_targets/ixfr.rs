//! A stream of messages (see [`zonewright_fuzz::stream`]) as the answer to a question for what changed in a small zone.
//! What comes out is what the answer says, in each of its three shapes, and nothing where it says nothing that fits.
//! Read for its past, the same answer leads from the new version back to the old one, step by step.
#![no_main]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use zonewright::wire::answer::Asked;
use zonewright::wire::ixfr::past::{self, Difference, Past};
use zonewright::wire::ixfr::{Incremental, Ixfr};
use zonewright::wire::peek::{Peek, Shape};
use zonewright::wire::transfer::TransferError;
use zonewright::zone::update::Rcode;
use zonewright::zone::{RecordType, Snapshot, Soa, serial, types};
use zonewright_fuzz::{Entry, Row, ZONE, answers, entries, origin, rows, stream, zone};

fn read(old: &Arc<Snapshot>, messages: &[Vec<u8>]) -> Result<Incremental, TransferError> {
    let mut transfer = Ixfr::new(Asked::ixfr(0, origin()), None, Arc::clone(old));
    let mut done = false;
    for message in messages {
        done = transfer.feed(message, 0)?.done;
    }
    let result = transfer.finish();
    assert!(done || result.is_err());
    result
}

/// The shape of the answer as its beginning shows it.
fn peeked(serial: u32, messages: &[Vec<u8>]) -> Option<Shape> {
    let mut peek = Peek::new(Asked::ixfr(0, origin()), None, serial);
    messages.iter().find_map(|message| peek.feed(message, 0).transpose())?.ok()
}

/// The differences that the answer is made of.
fn differences(serial: u32, messages: &[Vec<u8>]) -> Option<Vec<Difference>> {
    let mut past = Past::new(Asked::ixfr(0, origin()), None, serial);
    for message in messages {
        if past.feed(message, 0).ok()?.done {
            return past.finish();
        }
    }
    None
}

/// From the new version the differences lead back to the old one, at once and step by step; its SOA is what they say.
fn check_past(old: &Snapshot, new: &Arc<Snapshot>, differences: &[Difference]) {
    let before = past::before(new, differences).expect("they fit").expect("they lead here");
    let data = |zone: &Snapshot| -> Vec<Row> {
        rows(zone).into_iter().filter(|row| row.1 != RecordType::SOA.0).collect()
    };
    assert_eq!((before.serial(), data(&before)), (old.serial(), data(old)));
    let steps = past::steps(new, differences, usize::MAX).expect("they fit").expect("they lead here");
    assert_eq!(steps.len(), differences.len());
    let mut serial = new.serial();
    for step in &steps {
        assert_eq!(step.to, serial);
        serial = step.from;
    }
    assert_eq!(serial, old.serial());
}

/// What an answer says.
#[derive(Debug)]
enum Said {
    Unchanged,
    /// The records after all differences.
    Differences(BTreeSet<Row>),
    Whole(Vec<Entry>),
}

/// What the stream says, by the letter of RFC 1995; `None` where it is no answer that fits the zone.
fn expected(old: &Snapshot, messages: &[Vec<u8>]) -> Option<Said> {
    let mut records: Vec<Entry> = Vec::new();
    for (index, message) in messages.iter().enumerate() {
        let reader = Asked::ixfr(0, origin()).check(message, None, 0).ok()?;
        records.extend(answers(message)?);
        if reader.header().rcode() != Rcode::NOERROR || reader.header().counts[1] == 0 {
            return None;
        }
        if let [only] = records.as_slice()
            && !serial::is_after(soa(only)?.serial, old.serial())
        {
            let is_all = index + 1 == messages.len();
            return (soa(only)?.serial == old.serial() && is_all).then_some(Said::Unchanged);
        }
    }
    let last = records.pop()?;
    let [first, second, ..] = records.as_slice() else {
        // A zone of nothing but its SOA.
        let same = soa(records.first()?)?.serial == soa(&last)?.serial && is_same(records.first()?, &last);
        return same.then_some(Said::Whole(records));
    };
    let newest = soa(first)?.serial;
    if !is_same(first, &last) || !records.iter().all(|record| record.owner.is_at_or_below(&origin())) {
        return None;
    }
    let differs = second.is_apex_soa() && soa(second)?.serial != newest;
    if !differs {
        let soas = records.iter().filter(|record| record.is_apex_soa()).count();
        return (soas == 1).then_some(Said::Whole(records));
    }
    // Records by what they are compared by; the TTL beside it.
    let mut state: BTreeMap<_, _> = rows(old).into_iter().map(|row| ((row.0, row.1, row.2), row.3)).collect();
    let key = |entry: &Entry| {
        let row = entry.row();
        (row.0, row.1, row.2)
    };
    let mut serial = old.serial();
    let mut adding = true;
    for record in &records[1..] {
        if record.is_apex_soa() {
            let own = soa(record)?.serial;
            if adding {
                // A new difference, where the ones so far do not lead to the newest version.
                (own == serial && serial != newest).then_some(())?;
            } else {
                state.retain(|(owner, rtype, _), _| !(owner == origin().wire() && *rtype == record.rtype.0));
                state.insert(key(record), record.ttl);
                serial = own;
            }
            adding = !adding;
        } else if adding {
            state.insert(key(record), record.ttl).is_none().then_some(())?;
        } else {
            (state.remove(&key(record)) == Some(record.ttl)).then_some(())?;
        }
    }
    (adding && serial == newest).then_some(())?;
    Some(Said::Differences(state.into_iter().map(|(row, ttl)| (row.0, row.1, row.2, ttl)).collect()))
}

/// The SOA of the zone.
fn soa(entry: &Entry) -> Option<Soa> {
    Soa::from_rdata(&entry.rdata).filter(|_| entry.is_apex_soa())
}

fn is_same(first: &Entry, last: &Entry) -> bool {
    let canonical = |entry: &Entry| types::canonical(entry.rtype, &entry.rdata).into_owned();
    first.is_apex_soa() && last.is_apex_soa() && canonical(first) == canonical(last)
}

fuzz_target!(|octets: &[u8]| {
    static OLD: LazyLock<Arc<Snapshot>> = LazyLock::new(|| Arc::new(zone(&entries(ZONE))));
    let messages = stream(octets);
    let result = read(&OLD, &messages);
    let shape = peeked(OLD.serial(), &messages);
    let told = differences(OLD.serial(), &messages);
    if let Some(told) = &told {
        // They need not fit this version.
        let _ = (past::before(&OLD, told), past::steps(&OLD, told, 3));
    }
    match (result, expected(&OLD, &messages)) {
        (Err(_), None) => {}
        (Ok(Incremental::Unchanged), Some(Said::Unchanged)) => {}
        (Ok(Incremental::Changes { changes, serial }), Some(Said::Differences(expected))) => {
            for (key, change) in &changes {
                assert!(key.owner.is_at_or_below(&origin()) && !change.is_empty());
                assert_eq!(change.before, OLD.get(key));
            }
            let new = OLD.with_changes(&changes).expect("a zone");
            assert_eq!((new.serial(), rows(&new)), (serial, expected));
            assert_eq!(shape, Some(Shape::Differences));
            check_past(&OLD, &Arc::new(new), &told.expect("differences"));
        }
        (Ok(Incremental::Zone(new)), Some(Said::Whole(records))) => {
            let expected: BTreeSet<Row> = records.iter().map(Entry::row).collect();
            assert!(rows(&new).is_subset(&expected));
            let without_ttl = |rows: &BTreeSet<Row>| -> BTreeSet<_> {
                rows.iter().map(|row| (row.0.clone(), row.1, row.2.clone())).collect()
            };
            assert_eq!(without_ttl(&rows(&new)), without_ttl(&expected));
        }
        (result, expected) => panic!("{result:?} where {expected:?}"),
    }
});
