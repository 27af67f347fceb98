//! Files of the history: what comes back, whole, torn, foreign, many.

use std::time::Instant;

use super::*;
use crate::facts::history::Record;
use crate::zone::testing::{key, name};
use crate::zone::{Change, RecordType, RrSet};

fn history(root: &Path) -> History {
    History::new(root, "ns0.example.net", &name("@"))
}

fn who() -> Who {
    Who { user: "root".into(), sudo_user: Some("anna".into()), host: "jump1".into() }
}

fn set(octet: u8) -> Option<RrSet> {
    Some(RrSet { ttl: 300, rdata: vec![Box::new([octet, 0, 255]), Box::new([])], mixed_ttls: vec![1, 2] })
}

fn changes(count: usize) -> ChangeMap {
    let change = |number: usize| {
        let key = key(&format!("a\\.b\\255.{number}"), RecordType(65400));
        (key, Change { before: None, after: set(number.to_le_bytes()[0]) })
    };
    (0..count).map(change).collect()
}

fn intent(count: usize) -> Intent {
    let changes = changes(count);
    Intent {
        note: "new \u{1b}[31m web\nserver".into(),
        serial: 7,
        messages: 2,
        tally: Tally { deleted: 0, added: 2, ttls: 1 },
        changes,
    }
}

fn end() -> End {
    let others = [
        (key("a\\.b\\255.0", RecordType(65400)), Verdict::NotApplied("no".into())),
        (key("a\\.b\\255.1", RecordType(65400)), Verdict::ChangedByServer(set(9), "other".into())),
        (key("a\\.b\\255.2", RecordType(65400)), Verdict::ChangedByServer(None, "gone".into())),
        (key("a\\.b\\255.3", RecordType(65400)), Verdict::Unknown("why".into())),
        (key("a\\.b\\255.4", RecordType(65400)), Verdict::ChangedSince(set(9), "since".into())),
    ];
    let notes = vec!["The update was sent with fewer guards.".into()];
    End {
        ending: Ending::Partly,
        why: "Half.".into(),
        serial: Some(8),
        applied: 1,
        others: others.into(),
        notes,
    }
}

fn record_all(history: &History) -> PushId {
    let mut recording = history.begin(&who(), &intent(5)).unwrap();
    for record in [
        Record::Sent(1),
        Record::Answered(1, "NOERROR".into()),
        Record::Rebased { serial: 9, changes: changes(4) },
        Record::Sent(2),
        Record::Answered(2, "SERVFAIL".into()),
    ] {
        recording.write(&[record]).unwrap();
    }
    recording.write(&[Record::Ended(Box::new(end()))]).unwrap();
    recording.id.clone()
}

fn path(history: &History, id: &PushId, end: &str) -> PathBuf {
    history.folder.join(format!("{id}.{end}"))
}

#[test]
fn pushes_come_back() {
    let root = tempfile::tempdir().unwrap();
    let history = history(root.path());
    assert_eq!(history.list(10).unwrap(), Listing::default());
    let id = record_all(&history);
    let record = history.read(&id).unwrap();
    assert_eq!((&record.changes, record.head.serial, record.sent), (&changes(4), 9, 2));
    assert_eq!(record.end, Some(end()));
    assert_eq!(record.answers, [(1, "NOERROR".into()), (2, "SERVFAIL".into())]);
    let head = &record.head;
    assert_eq!((&head.id, &head.who, head.sets, head.messages), (&id, &who(), 5, 2));
    assert_eq!(head.note, "new  [31m web server", "no control characters");
    assert_eq!(head.who.to_string(), "anna as root on jump1");
    let standing = Standing::Ended { ending: Ending::Partly, serial: Some(8), applied: 1 };
    let Listing { pushes, older } = history.list(10).unwrap();
    let [Listed::Push(summary)] = pushes.as_slice() else { panic!("{pushes:?}") };
    assert_eq!((summary.standing, summary.head.id.clone(), older), (standing, id.clone(), 0));
    assert_eq!(history.interrupted().unwrap(), []);
    let mode = |path: &Path| fs::metadata(path).unwrap().mode() & 0o777;
    assert_eq!(mode(&path(&history, &id, "push")), 0o600);
    assert_eq!(mode(&history.folder), 0o700);
}

#[test]
fn pushes_that_were_interrupted_are_found_and_closed_once() {
    let root = tempfile::tempdir().unwrap();
    let history = history(root.path());
    let mut recording = history.begin(&who(), &intent(3)).unwrap();
    recording.write(&[Record::Sent(1)]).unwrap();
    recording.write(&[Record::Answered(1, "NOERROR".into())]).unwrap();
    let id = recording.id.clone();
    assert_eq!(history.read(&id).unwrap().standing, Standing::UnderWay);
    assert_eq!(history.interrupted().unwrap(), []);
    assert!(history.close(&id, &end()).is_err(), "somebody is at it");
    drop(recording);
    // Torn in the middle of a line.
    let file = private().append(true).open(path(&history, &id, "open")).unwrap();
    (&file).write_all(b"12345678 {\"sent\":{\"mess").unwrap();
    assert_eq!(history.interrupted().unwrap(), std::slice::from_ref(&id));
    assert_eq!(history.read(&id).unwrap().standing, Standing::Interrupted);
    history.close(&id, &end()).unwrap();
    assert_eq!(history.interrupted().unwrap(), []);
    let record = history.read(&id).unwrap();
    assert_eq!((record.end, record.sent), (Some(end()), 1));
    assert!(history.close(&id, &end()).is_err());
}

#[test]
fn a_push_that_ended_but_kept_its_name_is_not_interrupted() {
    let root = tempfile::tempdir().unwrap();
    let history = history(root.path());
    let id = record_all(&history);
    fs::rename(path(&history, &id, "push"), path(&history, &id, "open")).unwrap();
    assert_eq!(history.interrupted().unwrap(), []);
    history.close(&id, &End { applied: 99, ..end() }).unwrap();
    assert_eq!(history.read(&id).unwrap().end, Some(end()), "the first end counts");
}

#[test]
fn files_cut_anywhere_give_what_is_whole() {
    let root = tempfile::tempdir().unwrap();
    let history = history(root.path());
    let id = record_all(&history);
    let octets = fs::read(path(&history, &id, "push")).unwrap();
    let ends: Vec<usize> = (0..octets.len()).filter(|at| octets[*at] == b'\n').collect();
    for cut in 0..octets.len() {
        let whole = ends.iter().filter(|end| **end < cut).count();
        let read = read_record(&octets[..cut], false);
        assert_eq!(read.is_some(), whole > 0, "cut at {cut}");
        if let Some((record, length)) = read {
            assert!(length as usize <= cut && record.end.is_none());
            assert_eq!(length as usize, ends[whole - 1] + 1, "cut at {cut}");
        }
        fs::write(path(&history, &id, "push"), &octets[..cut]).unwrap();
        let listing = history.list(1).unwrap();
        assert!(matches!(listing.pushes.as_slice(), [Listed::Unreadable { .. }]), "cut at {cut}");
    }
}

#[test]
fn flipped_bits_never_give_other_changes() {
    let root = tempfile::tempdir().unwrap();
    let history = history(root.path());
    let id = record_all(&history);
    let octets = fs::read(path(&history, &id, "push")).unwrap();
    for at in 0..octets.len() {
        let mut octets = octets.clone();
        octets[at] ^= 0x10;
        if let Some((record, _)) = read_record(&octets, false) {
            let known = [changes(5), changes(4), ChangeMap::new()];
            assert!(known.contains(&record.changes), "flipped at {at}");
            assert!(record.end.is_none() || record.end == Some(end()), "flipped at {at}");
        }
    }
}

#[test]
fn foreign_files_do_no_harm() {
    let root = tempfile::tempdir().unwrap();
    let history = history(root.path());
    let id = record_all(&history);
    let other = |number: u16| PushId::new(0, number);
    fs::write(history.folder.join("README"), "hello").unwrap();
    fs::write(path(&history, &other(1), "push"), [0xff; 100]).unwrap();
    fs::write(path(&history, &other(2), "open"), "").unwrap();
    fs::create_dir(path(&history, &other(3), "push")).unwrap();
    std::os::unix::fs::symlink("/dev/zero", path(&history, &other(4), "push")).unwrap();
    fs::copy(path(&history, &id, "push"), path(&history, &other(5), "push")).unwrap();
    let fifo = path(&history, &other(6), "open");
    assert!(std::process::Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    let Listing { pushes, .. } = history.list(100).unwrap();
    let unreadable = pushes.iter().filter(|push| matches!(push, Listed::Unreadable { .. })).count();
    assert_eq!((pushes.len(), unreadable), (7, 6));
    assert_eq!(history.interrupted().unwrap(), []);
    for number in 1..=7 {
        assert!(history.read(&other(number)).is_err());
    }
}

#[test]
fn a_folder_of_a_group_is_shared() {
    let root = tempfile::tempdir().unwrap();
    let shared = root.path().join("shared");
    fs::create_dir(&shared).unwrap();
    fs::set_permissions(&shared, fs::Permissions::from_mode(0o2770)).unwrap();
    let history = history(&shared);
    let id = record_all(&history);
    let mode = |path: &Path| fs::metadata(path).unwrap().mode() & 0o7777;
    assert_eq!(mode(&path(&history, &id, "push")), 0o660);
    assert_eq!(mode(&history.folder), 0o2770);
    assert_eq!(mode(history.folder.parent().unwrap()), 0o2770);
    record_all(&history);
}

#[test]
fn the_longest_texts_fit_into_what_listing_reads() {
    let root = tempfile::tempdir().unwrap();
    let label = "\\\"".repeat(31);
    let zone = Name::parse(format!("{label}.{label}.{label}.").as_bytes(), None).unwrap();
    let long = "\u{1f600}\"".repeat(10_000);
    let history = History::new(root.path(), &long, &zone);
    let who = Who { user: long.clone(), sudo_user: Some(long.clone()), host: long.clone() };
    let mut recording = history.begin(&who, &Intent { note: long.clone(), ..intent(3_000) }).unwrap();
    recording.write(&[Record::Answered(1, long.clone())]).unwrap();
    recording.write(&[Record::Ended(Box::new(End { why: long, ..end() }))]).unwrap();
    let listing = history.list(1).unwrap();
    assert!(matches!(listing.pushes.as_slice(), [Listed::Push(_)]), "{listing:?}");
    assert_eq!(history.read(&recording.id).unwrap().changes.len(), 3_000);
}

#[test]
fn ten_thousand_pushes_are_listed_by_their_heads() {
    let root = tempfile::tempdir().unwrap();
    let history = history(root.path());
    let first = record_all(&history);
    let octets = fs::read_to_string(path(&history, &first, "push")).unwrap();
    for number in 0..10_000u64 {
        let id = PushId::new(1_000_000_000 + number, 0);
        let (head, rest) = octets.split_once('\n').unwrap();
        let head = head[9..].replace(first.as_str(), id.as_str());
        let head = format!("{:08x} {head}\n", crc32fast::hash(head.as_bytes()));
        fs::write(path(&history, &id, "push"), head + rest).unwrap();
    }
    let start = Instant::now();
    let listing = history.list(20_000).unwrap();
    eprintln!("10,000 pushes listed in {:?}", start.elapsed());
    assert!(listing.pushes.iter().all(|push| matches!(push, Listed::Push(_))));
    assert_eq!((listing.pushes.len(), listing.older), (10_001, 0));
    let listing = history.list(100).unwrap();
    assert_eq!((listing.pushes.len(), listing.older), (100, 9_901));
    assert!(matches!(&listing.pushes[0], Listed::Push(summary) if summary.head.id == first), "newest first");
}

#[test]
fn pushes_of_one_second_are_listed_in_their_order() {
    let root = tempfile::tempdir().unwrap();
    let history = history(root.path());
    let mut ids: Vec<PushId> = (0..20).map(|_| record_all(&history)).collect();
    assert_eq!(history.ids().unwrap(), ids);
    ids.sort();
    assert_eq!(history.ids().unwrap(), ids);
}

#[test]
fn a_full_disk_leaves_no_half_record() {
    let root = tempfile::tempdir().unwrap();
    let history = history(root.path());
    fs::write(root.path().join("ns0.example.net"), "in the way").unwrap();
    let failure = history.begin(&who(), &intent(1)).unwrap_err();
    assert_eq!(failure.kind, FailureKind::Local);
}
