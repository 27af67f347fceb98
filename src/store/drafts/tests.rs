//! Journals on a real disk: cut, spoilt, held, rewritten.

use super::*;
use crate::zone::changes::{Change, ChangeMap};
use crate::zone::{Draft, SnapshotBuilder, Soa};
use crate::zone::{RecordType, RrKey, RrSet};
use std::os::unix::fs::PermissionsExt as _;
use std::sync::Arc;

fn zone() -> Name {
    Name::parse(b"example.com.", None).unwrap()
}

fn entry(number: u8) -> Entry {
    let key = RrKey::new(Name::parse(b"a\\.b\\255.example.com.", None).unwrap(), RecordType(65400));
    let set =
        RrSet { ttl: 300, rdata: vec![Box::new([number, 0, 255]), Box::new([])], mixed_ttls: vec![1, 2] };
    let changes: ChangeMap = [(key, Change { before: None, after: Some(set) })].into();
    let text = TextPatch::between("a\n", if number == 1 { "a\n" } else { "; ä\u{1b}\n" });
    let text = Some(text).filter(|text| !text.is_empty());
    let seen = if number == 2 { changes.clone() } else { ChangeMap::new() };
    Entry::Step(Step { label: format!("add \u{1b}[31m\n\"{number}\""), changes, seen, text })
}

fn open(state: &Path) -> (Journal, Option<Found>) {
    // A program that another test is just starting has our locks until it runs: a fork copies them.
    for _ in 0..1000 {
        if let Opened::Ours(journal, found) = Journal::open(state, "ns0.example.net", &zone()).unwrap() {
            return (journal, found);
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    panic!("the journal is held by somebody else");
}

fn journal_path(state: &Path) -> PathBuf {
    state.join("drafts/ns0.example.net/example.com..journal")
}

#[test]
fn entries_come_back() {
    let state = tempfile::tempdir().unwrap();
    let (mut journal, found) = open(state.path());
    assert_eq!(found, None);
    assert!(!journal_path(state.path()).exists());
    journal.set_base_serial(7);
    let entries = vec![entry(1), Entry::Undo, Entry::Redo, entry(2)];
    for entry in &entries {
        journal.append(entry).unwrap();
    }
    drop(journal);
    let mode = fs::metadata(journal_path(state.path())).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let (mut journal, found) = open(state.path());
    let found = found.unwrap();
    assert_eq!((&found.entries, found.base_serial), (&entries, 7));
    journal.append(&Entry::Undo).unwrap();
    drop(journal);
    assert_eq!(open(state.path()).1.unwrap().entries.len(), 5);
}

#[test]
fn journals_from_before_texts_are_read() {
    let old = br#"{"step":{"label":"x","changes":[]}}"#;
    let line = format!("{:08x} {}", crc32fast::hash(old), String::from_utf8_lossy(old));
    let entry = decode(line.as_bytes()).and_then(entry_of);
    assert_eq!(entry, Some(Entry::Step(Step::new("x", ChangeMap::new()))));
}

#[test]
fn journal_cut_anywhere_gives_every_whole_entry() {
    let state = tempfile::tempdir().unwrap();
    let (mut journal, _) = open(state.path());
    for number in 0..5 {
        journal.append(&entry(number)).unwrap();
    }
    drop(journal);
    let octets = fs::read(journal_path(state.path())).unwrap();
    let ends: Vec<usize> = (0..octets.len()).filter(|at| octets[*at] == b'\n').collect();
    for cut in 0..=octets.len() {
        let whole_lines = ends.iter().filter(|end| **end < cut).count();
        let (found, whole) = read_entries(&octets[..cut]);
        assert_eq!(found.map_or(0, |found| found.entries.len() + 1), whole_lines, "cut at {cut}");
        assert!(whole <= cut);
    }
    // A torn end is cut off, and what is appended next is read again.
    fs::write(journal_path(state.path()), &octets[..octets.len() - 3]).unwrap();
    let (mut journal, found) = open(state.path());
    assert_eq!(found.unwrap().entries.len(), 4);
    journal.append(&entry(9)).unwrap();
    drop(journal);
    assert_eq!(open(state.path()).1.unwrap().entries.last(), Some(&entry(9)));
}

/// Seven steps, one of them large, and what the journal holds then.
fn long_journal(state: &Path) -> (Vec<Entry>, Vec<u8>) {
    let mut entries: Vec<Entry> = (0..6).map(entry).collect();
    // Characters of two to four octets, so that a cut falls into some.
    let text = TextPatch::between("a\n", &"; äöü – 名前 🦀\n".repeat(160));
    entries.insert(5, Entry::Step(Step { text: Some(text), ..Step::new("é", ChangeMap::new()) }));
    let (mut journal, _) = open(state);
    entries.iter().for_each(|entry| journal.append(entry).unwrap());
    drop(journal);
    (entries, fs::read(journal_path(state)).unwrap())
}

/// On a real disk: cut at each of the last 4,096 octets, with and without garbage after the cut.
#[test]
fn journal_cut_at_each_of_its_last_octets_loads_every_whole_entry() {
    let state = tempfile::tempdir().unwrap();
    let (entries, octets) = long_journal(state.path());
    let first = octets.len().checked_sub(4096).expect("a journal long enough");
    let garbage: [&[u8]; 4] = [b"", b"00000000 {\"undo\":", b"\xff\xfe\x00\x80", b"\n\n"];
    for cut in first..=octets.len() {
        let whole = octets[..cut].iter().filter(|octet| **octet == b'\n').count() - 1;
        // What looks damaged is copied, which takes its time.
        let kinds = if cut % 128 == 0 { garbage.len() } else { garbage.len() - 1 };
        let garbage = garbage[cut / 128 % kinds];
        let cut_off = [&octets[..cut], garbage].concat();
        let (found, end) = read_entries(&cut_off);
        assert_eq!(found.unwrap().entries, entries[..whole], "cut at {cut}");
        assert!(end <= cut);
        if cut % 8 != 0 {
            continue;
        }
        fs::write(journal_path(state.path()), cut_off).unwrap();
        let (mut journal, found) = open(state.path());
        assert_eq!(found.unwrap().entries, entries[..whole], "cut at {cut}");
        // What is done next follows the last whole entry.
        if cut % 64 == 0 {
            journal.append(&Entry::Undo).unwrap();
            drop(journal);
            let found = open(state.path()).1.unwrap();
            assert_eq!((found.entries.len(), found.entries.last()), (whole + 1, Some(&Entry::Undo)), "{cut}");
        }
    }
}

/// A kill between the creation of the file and its first entry made a journal that no later start could read.
#[test]
fn journal_torn_in_its_first_line_can_be_written_again() {
    let state = tempfile::tempdir().unwrap();
    let (_, octets) = long_journal(state.path());
    let second = octets.iter().position(|octet| *octet == b'\n').unwrap() + 1;
    for cut in 0..=second {
        fs::write(journal_path(state.path()), &octets[..cut]).unwrap();
        let (mut journal, found) = open(state.path());
        assert_eq!(found, None, "cut at {cut}");
        journal.set_base_serial(5);
        journal.append(&entry(3)).unwrap();
        drop(journal);
        let found = open(state.path()).1.unwrap();
        assert_eq!((found.entries, found.base_serial), (vec![entry(3)], 5), "cut at {cut}");
    }
}

#[test]
fn what_follows_damage_is_kept_in_another_file() {
    let state = tempfile::tempdir().unwrap();
    let (entries, mut octets) = long_journal(state.path());
    let third = octets.iter().enumerate().filter(|(_, octet)| **octet == b'\n').nth(2).unwrap().0;
    octets[third + 30] ^= 1;
    fs::write(journal_path(state.path()), &octets).unwrap();
    let found = open(state.path()).1.unwrap();
    assert_eq!(found.entries, entries[..2]);
    let damaged = found.damaged.unwrap();
    assert_eq!(fs::read(&damaged).unwrap(), octets);
    assert_eq!(fs::metadata(&damaged).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(open(state.path()).1.unwrap().damaged, None, "it is told once");
}

#[test]
fn flipped_bits_never_give_a_wrong_entry() {
    let state = tempfile::tempdir().unwrap();
    let (mut journal, _) = open(state.path());
    journal.append(&entry(1)).unwrap();
    let whole = fs::read(journal_path(state.path())).unwrap();
    let start = whole.iter().position(|octet| *octet == b'\n').unwrap() + 1;
    for at in start..whole.len() {
        let mut octets = whole.clone();
        octets[at] ^= 0x10;
        if let Some(found) = read_entries(&octets).0 {
            assert_eq!(found.entries, [], "flipped at {at}");
        }
    }
}

#[test]
fn nothing_is_appended_after_an_entry_that_could_not_be_written() {
    let state = tempfile::tempdir().unwrap();
    let (mut journal, _) = open(state.path());
    journal.append(&entry(1)).unwrap();
    // A file that is open for reading only stands for a disk that takes nothing any more.
    journal.file = Some(File::open(journal_path(state.path())).unwrap());
    assert!(journal.append(&entry(2)).unwrap_err().why.contains("example.com..journal"));
    assert!(journal.is_broken());
    journal.file = Some(private().append(true).open(journal_path(state.path())).unwrap());
    assert!(journal.append(&Entry::Undo).is_err(), "this would undo another step");
    journal.rewrite(&[entry(1), entry(2), Entry::Undo]).unwrap();
    journal.append(&Entry::Redo).unwrap();
    drop(journal);
    let found = open(state.path()).1.unwrap();
    assert_eq!(found.entries, [entry(1), entry(2), Entry::Undo, Entry::Redo]);
}

fn step(owner: usize, before: Option<u8>, after: Option<u8>) -> Entry {
    let key =
        RrKey::new(Name::parse(format!("n{owner}.example.com.").as_bytes(), None).unwrap(), RecordType::A);
    let set = |last: u8| RrSet::new(300, vec![Box::new([192, 0, 2, last])]);
    let changes = [(key, Change { before: before.map(set), after: after.map(set) })].into();
    Entry::Step(Step::new(format!("step at {owner}"), changes))
}

fn replayed(entries: &[Entry]) -> Draft {
    let mut builder = SnapshotBuilder::new(zone());
    let soa = Soa { serial: 1, ..Soa::default() }.to_rdata();
    builder.push(zone().as_ref(), RecordType::SOA, 300, &soa).unwrap();
    let mut draft = Draft::new(Arc::new(builder.finish().unwrap()));
    draft.replay(entries.iter().cloned());
    draft
}

/// However many steps: the file stays small, and what was done last can still be undone one by one.
#[test]
fn long_journals_are_made_shorter() {
    let state = tempfile::tempdir().unwrap();
    let (mut journal, _) = open(state.path());
    let steps = MANY_ENTRIES + 500;
    let mut all = Vec::with_capacity(steps);
    let mut last: Vec<Option<u8>> = vec![None; 50];
    for number in 0..steps {
        let owner = number % 50;
        let next = (number % 7 != 0).then_some((number % 251) as u8);
        if last[owner] != next {
            all.push(step(owner, last[owner], next));
            last[owner] = next;
        }
        if number % 1000 == 999 {
            all.extend([Entry::Undo, Entry::Undo, Entry::Redo, Entry::Redo]);
        }
    }
    all.extend([Entry::Undo, Entry::Undo, Entry::Undo, Entry::Redo]);
    journal.rewrite(&all[..MANY_ENTRIES - 1]).unwrap();
    journal.most_entries = MANY_ENTRIES;
    let begun = journal.begun;
    // The next few go through the bound.
    let end = MANY_ENTRIES + 100;
    all[MANY_ENTRIES - 1..end].iter().for_each(|entry| journal.append(entry).unwrap());
    drop(journal);
    let found = open(state.path()).1.unwrap();
    assert!(found.entries.len() < 2 * compact::KEPT + 10, "{}", found.entries.len());
    assert_eq!(Some(found.begun), begun);
    assert!(fs::metadata(journal_path(state.path())).unwrap().len() < 1_000_000);
    let (mut short, mut long) = (replayed(&found.entries), replayed(&all[..end]));
    for _ in 0..compact::KEPT {
        assert_eq!(short.changes(), long.changes());
        assert_eq!(short.undo().map(|undone| undone.1), long.undo().map(|undone| undone.1));
    }
    let short = compact::compacted(all.clone());
    assert_eq!(short.len(), compact::KEPT + 1 + 2 + 2);
    let (mut short, mut long) = (replayed(&short), replayed(&all));
    assert_eq!(short.changes(), long.changes());
    while let (Some(a), Some(b)) = (short.redo(), long.redo()) {
        assert_eq!(a.1, b.1);
    }
    assert_eq!(short.changes(), long.changes());
    while short.undo().is_some() {}
    assert!(short.changes().is_empty(), "the steps of long ago can be undone too, as one");
}

#[test]
fn second_editor_is_told() {
    let state = tempfile::tempdir().unwrap();
    let held = open(state.path());
    match Journal::open(state.path(), "ns0.example.net", &zone()).unwrap() {
        Opened::HeldBy(holder) => assert!(holder.contains(&std::process::id().to_string()), "{holder}"),
        Opened::Ours(..) => panic!("two editors share a draft"),
    }
    drop(held);
    open(state.path());
}

fn taken(state: &Path) -> (Journal, Option<Found>) {
    match Journal::take_over(state, "ns0.example.net", &zone()).unwrap() {
        Opened::Ours(journal, found) => (journal, found),
        Opened::HeldBy(holder) => panic!("held by {holder}"),
    }
}

#[test]
fn a_draft_is_taken_over_from_an_editor_that_runs() {
    let state = tempfile::tempdir().unwrap();
    let (mut first, _) = open(state.path());
    first.append(&entry(1)).unwrap();
    assert_eq!(first.taken_by(), None);
    let (mut second, found) = taken(state.path());
    assert_eq!(found.unwrap().entries, [entry(1)]);
    assert!(first.taken_by().unwrap().contains("process"));
    assert!(first.append(&entry(2)).unwrap_err().why.contains("taken the draft over"));
    first.rewrite(&[]).unwrap_err();
    first.rewrite(&[entry(2)]).unwrap_err();
    first.while_ours(|| -> Result<(), Failure> { panic!("it is not ours") }).unwrap_err();
    second.append(&entry(3)).unwrap();
    drop(first);
    // The lock of the first did not go with it, nor did that of the second.
    assert!(matches!(Journal::open(state.path(), "ns0.example.net", &zone()).unwrap(), Opened::HeldBy(_)));
    assert_eq!(second.entries_on_disk(), [entry(1), entry(3)]);
    drop(second);
    assert_eq!(open(state.path()).1.unwrap().entries, [entry(1), entry(3)]);
}

/// Several take the draft from each other as fast as they can, each writing as long as it may.
#[test]
fn each_entry_is_written_by_the_holder() {
    let state = tempfile::tempdir().unwrap();
    let path = state.path().to_owned();
    let work = |first: u8| {
        let path = path.clone();
        move || {
            let mut written = Vec::new();
            for round in 0..20 {
                let (mut journal, found) = taken(&path);
                let before = found.map(|found| found.entries).unwrap_or_default();
                assert!(written.iter().all(|entry| before.contains(entry)), "an entry was lost");
                for number in 0..4 {
                    let entry = entry(first + round * 4 + number);
                    if journal.append(&entry).is_ok() {
                        written.push(entry);
                    }
                }
            }
            written
        }
    };
    let written: Vec<Entry> = std::thread::scope(|scope| {
        let threads: Vec<_> = [0, 80, 160].map(|first| scope.spawn(work(first))).into();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    let found = taken(state.path()).1.unwrap().entries;
    assert_eq!(found.len(), written.len());
    assert!(written.iter().all(|entry| found.contains(entry)));
}

#[test]
fn a_takeover_cut_short_leaves_the_holder() {
    let state = tempfile::tempdir().unwrap();
    let (mut first, _) = open(state.path());
    let path = journal_path(state.path());
    fs::write(path.with_extension("lock.new"), "process 1").unwrap();
    first.append(&entry(1)).unwrap();
    // What is missing altogether was taken by nobody.
    fs::remove_file(path.with_extension("lock")).unwrap();
    first.append(&entry(2)).unwrap();
    assert_eq!(taken(state.path()).1.unwrap().entries, [entry(1), entry(2)]);
    first.append(&entry(3)).unwrap_err();
}

#[test]
fn rewriting_and_removing() {
    let state = tempfile::tempdir().unwrap();
    let (mut journal, _) = open(state.path());
    journal.append(&entry(1)).unwrap();
    journal.append(&Entry::Undo).unwrap();
    journal.set_base_serial(9);
    journal.rewrite(&[entry(3)]).unwrap();
    journal.append(&entry(4)).unwrap();
    drop(journal);
    let (mut journal, found) = open(state.path());
    let found = found.unwrap();
    assert_eq!((found.entries, found.base_serial), (vec![entry(3), entry(4)], 9));
    journal.rewrite(&[]).unwrap();
    assert!(!journal_path(state.path()).exists());
    journal.append(&entry(5)).unwrap();
    drop(journal);
    assert_eq!(open(state.path()).1.unwrap().entries, [entry(5)]);
}

#[test]
fn the_last_ten_discarded_drafts_are_kept() {
    use std::os::unix::fs::PermissionsExt as _;
    let state = tempfile::tempdir().unwrap();
    let (journal, _) = open(state.path());
    let draft = |number| Found { entries: vec![entry(number)], base_serial: 9, ..Found::default() };
    let paths: Vec<_> =
        (1..=12).map(|number| journal.set_aside(&draft(number), Some("text")).unwrap()).collect();
    let there: Vec<_> = paths.iter().map(|path| path.exists()).collect();
    assert_eq!(there, (1..=12).map(|number| number > 2).collect::<Vec<_>>());
    for (path, number) in paths.iter().zip(1..).skip(2) {
        assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
        let (found, _) = read_entries(&fs::read(path).unwrap());
        assert_eq!(found.unwrap(), draft(number));
    }
    let kept = fs::read_dir(journal.folder()).unwrap().map(|entry| entry.unwrap().path());
    assert_eq!(kept.filter(|path| path.to_string_lossy().ends_with(".discarded-text")).count(), 10);
}

#[test]
fn names_are_safe_file_names() {
    assert_eq!(encoded("Ns0.Example.NET:53"), "ns0.example.net%3a53");
    assert_eq!(encoded("../../etc"), "%2e.%2f..%2fetc");
    assert_eq!(encoded("a/b\\000"), "a%2fb%5c000");
    let long = "x".repeat(1000);
    assert!(encoded(&long).len() < 200);
    assert_ne!(encoded(&long), encoded(&format!("{long}y")));
}
