use proptest::prelude::*;

use super::*;
use crate::wire::answer::AnswerError;
use crate::wire::builder::Builder;
use crate::wire::key::{Algorithm, Key, Secret};
use crate::wire::reader::Reader;
use crate::wire::tsig::{Incoming, TsigError, check_request, sign_request};
use crate::wire::{MAX_MESSAGE, Opcode, Section, class, flags};
use crate::zone::changes::diff;
use crate::zone::testing::{any_zone, key, name, record_data, zone};

const NOW: u64 = 1_700_000_000;

/// Owner, TTL, type and RDATA.
type Entry = (Name, u32, RecordType, Rdata);

fn entry(owner: &str, ttl: u32, record: &str) -> Entry {
    let (rtype, rdata) = record_data(record);
    (name(owner), ttl, rtype, rdata)
}

fn soa(serial: u32) -> Entry {
    entry("@", 300, &format!("SOA {serial}"))
}

fn host(owner: &str) -> Entry {
    entry(owner, 60, "A 192.0.2.1")
}

fn message(entries: &[Entry]) -> Vec<u8> {
    let mut builder = Builder::new(7, Opcode::QUERY, flags::QR | flags::AA, MAX_MESSAGE).compressing();
    for (owner, ttl, rtype, rdata) in entries {
        builder.record(Section::Answer, owner.as_ref(), *rtype, class::IN, *ttl, rdata).unwrap();
    }
    builder.finish()
}

fn asked() -> Asked {
    Asked::ixfr(7, name("@"))
}

fn read(old: &Arc<Snapshot>, messages: &[Vec<u8>]) -> Result<Incremental, TransferError> {
    let mut transfer = Ixfr::new(asked(), None, Arc::clone(old));
    for message in messages {
        transfer.feed(message, NOW)?;
    }
    transfer.finish()
}

/// The new zone, whatever the shape of the answer; `None` where nothing is new.
fn result(old: &Arc<Snapshot>, messages: &[Vec<u8>]) -> Result<Option<Snapshot>, TransferError> {
    Ok(match read(old, messages)? {
        Incremental::Unchanged => None,
        Incremental::Changes { changes, serial } => {
            let zone = old.with_changes(&changes)?;
            assert_eq!(zone.serial(), serial);
            Some(zone)
        }
        Incremental::Zone(zone) => Some(zone),
    })
}

fn same(a: &Snapshot, b: &Snapshot) -> bool {
    a.serial() == b.serial() && diff(a, b).is_empty()
}

fn start() -> Arc<Snapshot> {
    Arc::new(zone(&[("@", 300, "SOA 5"), ("@", 300, "NS ns1"), ("a", 60, "A 192.0.2.1")]))
}

#[test]
fn the_request_holds_the_serial() {
    let message = asked().to_ixfr_message(0x0102_0304);
    let mut reader = Reader::new(&message).unwrap();
    let question = reader.question().unwrap().unwrap();
    assert_eq!((question.name, question.rtype), (name("@"), RecordType::IXFR));
    let record = reader.record().unwrap().unwrap();
    assert_eq!((record.section, record.owner.to_name()), (Section::Authority, name("@")));
    assert_eq!(Soa::from_rdata(record.raw_rdata()).unwrap().serial, 0x0102_0304);
    assert!(reader.record().unwrap().is_none());
}

#[test]
fn three_shapes_however_they_are_divided() {
    let old = start();
    let differences =
        [soa(7), soa(5), host("a"), soa(6), host("b"), soa(6), soa(7), host("c"), host("a"), soa(7)];
    let whole = [soa(7), entry("@", 300, "NS ns1"), host("a"), host("b"), host("c"), soa(7)];
    let expected = zone(&[
        ("@", 300, "SOA 7"),
        ("@", 300, "NS ns1"),
        ("a", 60, "A 192.0.2.1"),
        ("b", 60, "A 192.0.2.1"),
        ("c", 60, "A 192.0.2.1"),
    ]);
    for entries in [&differences[..], &whole[..]] {
        let one_each: Vec<_> = entries.iter().map(|entry| message(std::slice::from_ref(entry))).collect();
        for messages in [vec![message(entries)], one_each] {
            let zone = result(&old, &messages).unwrap().unwrap();
            assert!(same(&zone, &expected));
        }
    }
    assert!(matches!(read(&old, &[message(&differences)]), Ok(Incremental::Changes { serial: 7, .. })));
    assert!(matches!(read(&old, &[message(&whole)]), Ok(Incremental::Zone(_))));
    assert!(matches!(read(&old, &[message(&[soa(5)])]), Ok(Incremental::Unchanged)));
    // A zone of nothing but its SOA, sent whole.
    let alone = result(&old, &[message(&[soa(8), soa(8)])]).unwrap().unwrap();
    assert_eq!((alone.serial(), alone.record_count()), (8, 1));
}

#[test]
fn what_comes_back_is_no_change() {
    let entries = [soa(7), soa(5), host("a"), soa(6), soa(6), soa(7), host("A"), soa(7)];
    let Incremental::Changes { changes, .. } = read(&start(), &[message(&entries)]).unwrap() else {
        panic!("no differences")
    };
    assert_eq!(changes.into_keys().collect::<Vec<_>>(), [key("@", RecordType::SOA)]);
}

#[test]
fn differences_of_another_zone() {
    let not_there = |owner| DifferenceError::NotThere(name(owner), RecordType::A).into();
    let outside = Name::parse(b"example.net.", None).unwrap();
    let serial = |expected, found| DifferenceError::Serial { expected, found }.into();
    let (rtype, rdata) = record_data("A 192.0.2.1");
    let stray: Entry = (outside.clone(), 60, rtype, rdata);
    for (entries, error) in [
        (vec![soa(7), soa(6), host("a"), soa(7), soa(7)], serial(5, 6)),
        (vec![soa(8), soa(5), soa(6), soa(7), soa(8), soa(8)], serial(6, 7)),
        (vec![soa(7), soa(5), host("b"), soa(7), soa(7)], not_there("b")),
        (vec![soa(7), soa(5), host("a"), host("a"), soa(7), soa(7)], not_there("a")),
        // Another TTL than ours.
        (vec![soa(7), soa(5), entry("a", 61, "A 192.0.2.1"), soa(7), soa(7)], not_there("a")),
        (
            vec![soa(7), soa(5), soa(7), host("a"), soa(7)],
            DifferenceError::AlreadyThere(name("a"), RecordType::A).into(),
        ),
        (vec![soa(7), soa(5), soa(7), stray], SnapshotError::OutOfZone(outside).into()),
        (vec![soa(4)], DifferenceError::NotNewer(4).into()),
        (vec![soa(5u32.wrapping_add(1 << 31))], DifferenceError::NotNewer(0x8000_0005).into()),
        (vec![soa(7), soa(5), soa(7), entry("@", 300, "SOA 7 1")], TransferError::SoaDiffers),
        (vec![soa(7), soa(5), soa(7), soa(7), host("b")], TransferError::AfterEnd),
        (vec![soa(7)], TransferError::Incomplete { records: 1 }),
        (vec![soa(7), soa(5), host("a"), soa(7)], TransferError::Incomplete { records: 4 }),
        (vec![soa(7), host("a")], TransferError::Incomplete { records: 2 }),
        (vec![host("a")], TransferError::NoFirstSoa),
        (vec![], TransferError::EmptyMessage),
    ] {
        assert_eq!(result(&start(), &[message(&entries)]).unwrap_err(), error);
    }
    let after_end = result(&start(), &[message(&[soa(5)]), message(&[soa(5)])]).unwrap_err();
    assert_eq!(after_end, TransferError::AfterEnd);
    // As servers without IXFR answer.
    let mut refused = Builder::new(7, Opcode::QUERY, flags::QR, MAX_MESSAGE);
    refused.set_rcode(crate::zone::update::Rcode::NOTIMP);
    let refused = result(&start(), &[refused.finish()]).unwrap_err();
    assert_eq!(refused, AnswerError::Rcode(crate::zone::update::Rcode::NOTIMP).into());
}

#[test]
fn differences_without_end() {
    let start = start();
    let mut transfer = Ixfr::new(asked(), None, Arc::clone(&start));
    transfer.feed(&message(&[soa(9)]), NOW).unwrap();
    let to_and_fro = message(&vec![[soa(5), soa(6), soa(6), soa(5)]; 50].concat());
    let limit = start.record_count() * LARGEST_RATIO + SOME_RECORDS;
    for _ in 0..limit / 200 {
        transfer.feed(&to_and_fro, NOW).unwrap();
    }
    let error = transfer.feed(&to_and_fro, NOW).unwrap_err();
    assert_eq!(error, DifferenceError::TooMany(limit).into());
}

#[test]
fn signatures_reach_to_the_last_message() {
    for (last_is_signed, expected) in [(true, Ok(true)), (false, Err(TsigError::LastUnsigned.into()))] {
        let secret = Secret::new(b"secret".to_vec());
        let key = Key { name: name("key"), algorithm: Algorithm::HmacSha256, secret };
        let mut request = asked().to_ixfr_message(5);
        let verifier = sign_request(&key, &mut request, NOW).unwrap();
        let Ok(Incoming::Signed(mut signer)) = check_request(&request, &[key], NOW) else {
            panic!("the request is not accepted")
        };
        let mut transfer = Ixfr::new(asked(), Some(verifier), start());
        let mut first = message(&[soa(6)]);
        signer.sign(&mut first, NOW).unwrap();
        assert!(!transfer.feed(&first, NOW).unwrap().done);
        let mut last = message(&[soa(5), host("a"), soa(6), host("b"), soa(6)]);
        if last_is_signed {
            signer.sign(&mut last, NOW).unwrap();
        }
        assert_eq!(transfer.feed(&last, NOW).map(|progress| progress.done), expected);
    }
    // A single SOA that nobody signed says nothing.
    let secret = Secret::new(b"secret".to_vec());
    let key = Key { name: name("key"), algorithm: Algorithm::HmacSha256, secret };
    let verifier = sign_request(&key, &mut asked().to_ixfr_message(5), NOW).unwrap();
    let answer = Ixfr::new(asked(), Some(verifier), start()).feed(&message(&[soa(5)]), NOW);
    assert!(matches!(answer, Err(TransferError::Answer(AnswerError::Tsig(TsigError::Unsigned { .. })))));
}

/// The zone with another serial.
fn with_serial(zone: &Snapshot, serial: u32) -> Snapshot {
    let soa = key("@", RecordType::SOA);
    let before = zone.get(&soa);
    let rdata = Soa { serial, ..zone.soa().clone() }.to_rdata();
    let after = before.as_ref().map(|set| RrSet::new(set.ttl, vec![rdata]));
    zone.with_changes(&ChangeMap::from([(soa, Change { before, after })])).unwrap()
}

/// The records of one difference (RFC 1995 section 4).
fn difference(old: &Snapshot, new: &Snapshot) -> Vec<Entry> {
    let (mut gone, mut come) = (Vec::new(), Vec::new());
    for (key, change) in diff(old, new) {
        let records = |set: &Option<RrSet>| -> Vec<(u32, Rdata)> {
            let set = set.iter();
            set.flat_map(|set| {
                set.rdata.iter().enumerate().map(|(at, rdata)| (set.ttl_of(at), rdata.clone()))
            })
            .collect()
        };
        let (before, after) = (records(&change.before), records(&change.after));
        let entry = |(ttl, rdata): &(u32, Rdata)| (key.owner.clone(), *ttl, key.rtype, rdata.clone());
        let entries = |some: &[(u32, Rdata)], others: &[(u32, Rdata)]| -> Vec<Entry> {
            some.iter().filter(|record| !others.contains(record)).map(entry).collect()
        };
        let (less, more) = (entries(&before, &after), entries(&after, &before));
        // SOA sorts first, so that it leads each half.
        gone.extend(less);
        come.extend(more);
    }
    gone.extend(come);
    gone
}

fn chain(serials: [u32; 3], zones: [Snapshot; 3]) -> ([Snapshot; 3], Vec<Entry>) {
    let [a, b, c] = zones;
    let zones = [with_serial(&a, serials[0]), with_serial(&b, serials[1]), with_serial(&c, serials[2])];
    let last = zones[2].record(0).unwrap();
    let last: Entry = (last.owner.to_name(), last.ttl, last.rtype, last.rdata.into());
    let mut entries = vec![last.clone()];
    entries.extend(difference(&zones[0], &zones[1]));
    entries.extend(difference(&zones[1], &zones[2]));
    entries.push(last);
    (zones, entries)
}

fn divided(entries: &[Entry], size: usize) -> Vec<Vec<u8>> {
    entries.chunks(size).map(message).collect()
}

proptest! {
    #[test]
    fn differences_lead_to_the_new_zone(
        zones in [any_zone(), any_zone(), any_zone()],
        first in any::<u32>(),
        steps in [1..1000u32, 1..1000u32],
        size in 1..40usize,
    ) {
        let second = first.wrapping_add(steps[0]);
        let (zones, entries) = chain([first, second, second.wrapping_add(steps[1])], zones);
        let [a, _, c] = zones;
        let a = Arc::new(a);
        let Incremental::Changes { changes, .. } = read(&a, &divided(&entries, size)).unwrap() else {
            return Err(TestCaseError::fail("no differences"));
        };
        prop_assert!(same(&a.with_changes(&changes).unwrap(), &c));
        let expected = diff(&a, &c);
        prop_assert!(changes.keys().eq(expected.keys()));
    }

    /// Whatever is left out, doubled or swapped: an error, or a zone that the records lead to; never another serial.
    #[test]
    fn damaged_differences(
        zones in [any_zone(), any_zone(), any_zone()],
        at in any::<prop::sample::Index>(),
        to in any::<prop::sample::Index>(),
        how in 0..3u8,
    ) {
        let (zones, mut entries) = chain([5, 6, 7], zones);
        let (at, to) = (at.index(entries.len()), to.index(entries.len()));
        match how {
            0 => { entries.remove(at); }
            1 => entries.insert(at, entries[to].clone()),
            _ => entries.swap(at, to),
        }
        let [a, ..] = zones;
        let a = Arc::new(a);
        if let Ok(Some(zone)) = result(&a, &[message(&entries)]) {
            prop_assert!([6, 7].contains(&zone.serial()));
        }
    }

    #[test]
    fn damaged_octets_never_panic(
        zones in [any_zone(), any_zone(), any_zone()],
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        size in 1..40usize,
    ) {
        let (zones, entries) = chain([5, 6, 7], zones);
        let mut messages = divided(&entries, size);
        let count = messages.len();
        for (at, to) in damage {
            let octets = &mut messages[at.index(count)];
            let at = at.index(octets.len());
            octets[at] = to;
        }
        let [a, ..] = zones;
        let _ = result(&Arc::new(a), &messages);
    }

    #[test]
    fn garbage_never_panics(octets in prop::collection::vec(any::<u8>(), 0..600)) {
        let head = [0, 7, 0x80, 0, 0, 0, 0, 9, 0, 0, 0, 0];
        let _ = result(&start(), std::slice::from_ref(&octets));
        let _ = result(&start(), &[[&head[..], &octets].concat()]);
    }
}

fn past(serial: u32, messages: &[Vec<u8>]) -> Option<Vec<past::Difference>> {
    let mut past = past::Past::new(asked(), None, serial);
    for message in messages {
        if past.feed(message, NOW).unwrap().done {
            break;
        }
    }
    past.finish()
}

#[test]
fn an_older_version_is_made_of_a_newer_one() {
    let then = start();
    let differences =
        [soa(7), soa(5), host("a"), soa(6), host("b"), soa(6), soa(7), host("c"), host("a"), soa(7)];
    let now = Arc::new(result(&then, &[message(&differences)]).unwrap().unwrap());
    let one_each: Vec<_> = differences.iter().map(|entry| message(std::slice::from_ref(entry))).collect();
    for messages in [vec![message(&differences)], one_each] {
        let steps = past(5, &messages).unwrap();
        assert_eq!(steps.len(), 2);
        assert!(same(&past::before(&now, &steps).unwrap().unwrap(), &then));
        // The zone has not come so far yet; the steps beyond it are left out.
        let middle = Arc::new(past::before(&now, &steps[1..]).unwrap().unwrap());
        assert_eq!(middle.serial(), 6);
        assert!(same(&past::before(&middle, &steps).unwrap().unwrap(), &then));
        assert!(past::before(&then, &steps).unwrap().is_none(), "they do not lead there");
    }
    // Not this zone.
    let other = Arc::new(zone(&[("@", 300, "SOA 7"), ("@", 300, "NS ns1")]));
    assert!(past::before(&other, &past(5, &[message(&differences)]).unwrap()).is_err());
}

#[test]
fn each_step_by_itself() {
    let then = start();
    let differences =
        [soa(7), soa(5), host("a"), soa(6), host("b"), soa(6), soa(7), host("c"), host("a"), soa(7)];
    let now = Arc::new(result(&then, &[message(&differences)]).unwrap().unwrap());
    let past = past(5, &[message(&differences)]).unwrap();
    let steps = past::steps(&now, &past, 9).unwrap().unwrap();
    let told: Vec<_> = (steps.iter())
        .map(|step| {
            let names = step.changes.iter().map(|(key, change)| {
                format!("{}{}", if change.before.is_some() { '-' } else { '+' }, key.owner)
            });
            (step.from, step.to, names.collect::<Vec<_>>().join(" "))
        })
        .collect();
    assert_eq!(
        told,
        [
            (6, 7, "+a.example.com. +c.example.com.".to_owned()),
            (5, 6, "-a.example.com. +b.example.com.".to_owned())
        ]
    );
    assert_eq!(past::steps(&now, &past, 1).unwrap().unwrap(), steps[..1]);
    assert_eq!(past::steps(&then, &past, 9).unwrap(), None, "they do not lead there");
}

#[test]
fn a_journal_that_does_not_reach_back() {
    let whole = [soa(7), entry("@", 300, "NS ns1"), host("a"), soa(7)];
    for messages in [vec![message(&whole)], vec![message(&[soa(5)])], vec![message(&[soa(4)])]] {
        assert_eq!(past(5, &messages), None);
    }
    // It ends before its end.
    assert_eq!(past(5, &[message(&[soa(7), soa(5), soa(6)])]), None);
}
