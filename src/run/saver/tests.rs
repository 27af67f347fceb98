//! The saver on a real disk.

use super::disk::load;
use super::*;
use crate::store::drafts::Journal;
use crate::zone::changes::{Change, ChangeMap};
use crate::zone::draft::Step;
use crate::zone::{Name, RecordType, RrKey, RrSet};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

const LONG: Duration = Duration::from_secs(20);

fn zone() -> Name {
    Name::parse(b"example.com.", None).unwrap()
}

fn files(state: &Path) -> Files {
    let (folder, again) = (state.to_owned(), state.to_owned());
    Files {
        open_journal: Box::new(move || Journal::open(&folder, "ns0", &zone())),
        take_journal: Box::new(move || Journal::take_over(&again, "ns0", &zone())),
        documents: DocumentFiles::new(state, "ns0", &zone()),
        form: FormFile::new(state, "ns0", &zone()),
        acknowledged: AcknowledgedFile::new(state, "ns0", &zone()),
        remembered: RememberedFile::new(state, "ns0", &zone()),
        watch: Watch::new(state, "ns0", &zone()),
    }
}

fn step(number: u32, sets: u32) -> Entry {
    let change = |index: u32| {
        let owner = Name::parse(format!("n{number}-{index}.example.com.").as_bytes(), None).unwrap();
        let after = Some(RrSet::new(300, vec![Box::new(index.to_be_bytes())]));
        (RrKey::new(owner, RecordType::A), Change { before: None, after })
    };
    let changes: ChangeMap = (0..sets).map(change).collect();
    Entry::Step(Step::new(format!("step {number}"), changes))
}

fn form(text: &str) -> OpenForm {
    OpenForm {
        values_of: None,
        rtype: RecordType::A,
        owner: None,
        replaced: None,
        fields: vec![text.into()],
        current: 0,
    }
}

/// Waits until all of the draft is written; the failures on the way.
fn failures(saver: &mut Saver) -> Vec<Failure> {
    let answers = saver.answers(LONG);
    assert!(!saver.is_busy());
    let failure = |answer| match answer {
        Msg::Journalled(result) => result.err(),
        other => panic!("{other:?}"),
    };
    answers.into_iter().filter_map(failure).collect()
}

#[test]
fn what_is_acknowledged_is_there_again_unless_it_cannot_be_read() {
    let state = tempfile::tempdir().unwrap();
    let one = Acknowledged {
        rule: "L-22".into(),
        key: RrKey::new(zone(), RecordType::A),
        record: None,
        reason: "soon".into(),
        time: None,
    };
    let (sender, messages) = channel();
    let saver = Saver::start(files(state.path()), sender);
    saver.acknowledged(vec![one.clone()]);
    drop(saver);
    assert!(messages.try_iter().next().is_none());
    let (sender, messages) = channel();
    let saver = Saver::start(files(state.path()), sender);
    let told = messages.recv_timeout(LONG).unwrap();
    assert!(matches!(&told, Msg::AcknowledgedFound(all) if *all == [one.clone()]), "{told:?}");
    drop(saver);
    // Another version's, or hostile: it is no file.
    let path = state.path().join("drafts/ns0/example.com..acknowledged");
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    let (sender, messages) = channel();
    let saver = Saver::start(files(state.path()), sender);
    saver.acknowledged(vec![one]);
    drop(saver);
    let told: Vec<Msg> = messages.try_iter().collect();
    assert!(matches!(&*told, [Msg::Failed(_), Msg::Failed(_)]), "{told:?}");
}

fn found(state: &Path) -> Vec<Entry> {
    // A program that another test is just starting has our locks until it runs: a fork copies them.
    for _ in 0..1000 {
        if let Opened::Ours(_, found) = Journal::open(state, "ns0", &zone()).unwrap() {
            return found.unwrap_or_default().entries;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    panic!("the journal is held by somebody else");
}

#[test]
fn what_was_typed_is_on_disk_when_the_program_ends() {
    let state = tempfile::tempdir().unwrap();
    let documents = files(state.path()).documents;
    let (sender, messages) = channel();
    let saver = Saver::start(files(state.path()), sender);
    saver.document(Text::new("a\n"));
    saver.editing(Text::new("ab\n"));
    saver.editing(Text::new("abc\n"));
    saver.form(form("w"));
    saver.form(form("ww"));
    drop(saver);
    assert_eq!(messages.iter().count(), 2, "of several texts the latest is saved");
    let Some(Msg::TextsFound { document, editing }) = load(&documents).unwrap() else {
        panic!("nothing found")
    };
    assert_eq!(document.unwrap().to_string(), "a\n");
    assert_eq!(editing.unwrap().text.to_string(), "abc\n");
    assert_eq!(files(state.path()).form.load().unwrap(), Some(form("ww")));
    let (sender, _messages) = channel();
    let saver = Saver::start(files(state.path()), sender);
    saver.editing(Text::new("x"));
    saver.drop_editing();
    saver.form(form("x"));
    saver.drop_form();
    drop(saver);
    assert_eq!(documents.load_editing().unwrap(), None);
    assert_eq!(files(state.path()).form.load().unwrap(), None);
}

/// A large step does not keep its caller, and what comes after it comes after it on disk as well.
#[test]
fn large_steps_are_written_beside_in_order() {
    let state = tempfile::tempdir().unwrap();
    let (sender, _messages) = channel();
    let mut saver = Saver::start(files(state.path()), sender);
    let steps = [step(1, 1), step(2, 30_000), step(3, 1), Entry::Undo];
    steps.iter().for_each(|step| saver.append(step.clone(), 7));
    assert!(saver.is_busy());
    let failed = |answer: &Msg| matches!(answer, Msg::Journalled(Err(_)));
    assert!(!saver.answers(Duration::ZERO).iter().any(failed));
    // Leaving waits for it.
    drop(saver);
    assert_eq!(found(state.path()), steps);
}

/// What makes files impossible, also for root, who may write everywhere.
fn block(state: &Path) -> std::path::PathBuf {
    let folder = state.join("drafts");
    fs::write(&folder, "a file in the place of the folder").unwrap();
    folder
}

#[test]
fn a_journal_that_could_not_be_opened_is_tried_again() {
    let state = tempfile::tempdir().unwrap();
    fs::create_dir_all(state.path()).unwrap();
    let blocked = block(state.path());
    let (sender, messages) = channel();
    let mut saver = Saver::start(files(state.path()), sender);
    assert!(matches!(messages.recv_timeout(LONG), Ok(Msg::Journalled(Err(_)))));
    saver.append(step(1, 1), 7);
    assert!(failures(&mut saver)[0].why.contains("drafts"));
    fs::remove_file(blocked).unwrap();
    // What is missing comes first.
    saver.append(step(2, 1), 7);
    assert_eq!(failures(&mut saver).len(), 1);
    saver.rewrite(vec![step(1, 1), step(2, 1)], 7);
    assert_eq!(failures(&mut saver), []);
    saver.append(Entry::Undo, 7);
    assert_eq!(failures(&mut saver), []);
    drop(saver);
    assert_eq!(found(state.path()), [step(1, 1), step(2, 1), Entry::Undo]);
}

/// A step that is not on disk must not take with it the text or the form that it was made of.
#[test]
fn what_a_step_was_made_of_stays_until_the_step_is_written() {
    let state = tempfile::tempdir().unwrap();
    let documents = files(state.path()).documents;
    let blocked = block(state.path());
    let (sender, _messages) = channel();
    let mut saver = Saver::start(files(state.path()), sender);
    documents.save("before").unwrap();
    documents.save_editing("typed").unwrap();
    saver.append(step(1, 1), 7);
    saver.document(Text::new("typed"));
    saver.drop_editing();
    saver.drop_form();
    assert_eq!(failures(&mut saver).len(), 1);
    let kept = || (documents.load().unwrap().unwrap().octets, documents.load_editing().unwrap());
    let (document, editing) = kept();
    assert_eq!((document, editing.unwrap().octets), (b"before".to_vec(), b"typed".to_vec()));
    fs::remove_file(blocked).unwrap();
    files(state.path()).form.save(&form("w")).unwrap();
    saver.rewrite(vec![step(1, 1)], 7);
    assert_eq!(failures(&mut saver), []);
    drop(saver);
    assert_eq!(kept(), (b"typed".to_vec(), None));
    assert_eq!(files(state.path()).form.load().unwrap(), None);
}

/// The zone may be loaded again, and the disk may come back late, while the person has not decided yet.
#[test]
fn a_draft_that_was_found_stays_until_it_is_decided_on() {
    let state = tempfile::tempdir().unwrap();
    let (sender, _messages) = channel();
    let mut saver = Saver::start(files(state.path()), sender);
    saver.append(step(1, 1), 7);
    drop(saver);
    for keep in [true, false] {
        let (sender, messages) = channel();
        let mut saver = Saver::start(files(state.path()), sender);
        let told = messages.recv_timeout(LONG).unwrap();
        assert!(matches!(told, Msg::DraftFound { base_serial: 7, .. }), "{told:?}");
        saver.rewrite(Vec::new(), 0);
        saver.rewrite(vec![step(2, 1)], 9);
        saver.append(Entry::Undo, 9);
        assert_eq!(failures(&mut saver), []);
        if !keep {
            saver.decided();
            saver.rewrite(vec![step(3, 1)], 9);
        }
        drop(saver);
        let all = [step(1, 1), step(2, 1), Entry::Undo];
        assert_eq!(found(state.path()), if keep { all.to_vec() } else { vec![step(3, 1)] });
        // For the second round.
        fs::remove_dir_all(state.path().join("drafts")).unwrap();
        let (sender, _messages) = channel();
        Saver::start(files(state.path()), sender).append(step(1, 1), 7);
    }
}

#[test]
fn a_draft_that_is_discarded_is_set_aside() {
    let state = tempfile::tempdir().unwrap();
    let (sender, _messages) = channel();
    Saver::start(files(state.path()), sender).append(step(1, 1), 7);
    let (sender, messages) = channel();
    let mut saver = Saver::start(files(state.path()), sender);
    let Ok(Msg::DraftFound { aside, .. }) = messages.recv_timeout(LONG) else { panic!("nothing found") };
    saver.append(step(2, 1), 7);
    saver.discard_found();
    saver.rewrite(vec![step(2, 1)], 7);
    assert_eq!(failures(&mut saver), []);
    drop(saver);
    let kept = Path::new(&aside).join("example.com..1.discarded");
    let told = messages.recv_timeout(LONG).unwrap();
    assert!(matches!(&told, Msg::Notice(text) if text.contains(kept.to_str().unwrap())), "{told:?}");
    assert_eq!(found(state.path()), [step(2, 1)]);
    // Put back, it is a draft like any other.
    fs::rename(&kept, Path::new(&aside).join("example.com..journal")).unwrap();
    assert_eq!(found(state.path()), [step(1, 1)]);
}

/// What one editor writes after another has taken the draft over goes nowhere near the other's files.
#[test]
fn an_editor_whose_draft_was_taken_over_stops_writing() {
    let state = tempfile::tempdir().unwrap();
    let documents = files(state.path()).documents;
    let (sender, messages) = channel();
    let mut first = Saver::start(files(state.path()), sender);
    first.append(step(1, 1), 7);
    first.document(Text::new("first\n"));
    assert_eq!(failures(&mut first), []);
    assert!(matches!(messages.recv_timeout(LONG), Ok(Msg::TextSaved(Ok(())))));
    let (sender, heard) = channel();
    let mut second = Saver::start(files(state.path()), sender);
    assert!(matches!(heard.recv_timeout(LONG), Ok(Msg::DraftLocked { .. })));
    second.take_over();
    let told: Vec<Msg> = (0..3).map(|_| heard.recv_timeout(LONG).unwrap()).collect();
    assert!(
        matches!(&told[..], [Msg::DraftSeen { .. }, Msg::TextsFound { .. }, Msg::DraftFound { entries, .. }] if *entries == [step(1, 1)]),
        "{told:?}"
    );
    second.decided();
    // It was asked, and let it go.
    let told = messages.recv_timeout(LONG).unwrap();
    assert!(matches!(&told, Msg::DraftTaken { entries, .. } if *entries == [step(1, 1)]), "{told:?}");
    first.append(step(2, 1), 7);
    first.append(step(3, 1), 7);
    let answers = first.answers(LONG);
    assert!(matches!(&answers[..], [Msg::Journalled(Ok(())), Msg::Journalled(Ok(()))]), "{answers:?}");
    first.rewrite(Vec::new(), 7);
    first.document(Text::new("late\n"));
    first.editing(Text::new("typed\n"));
    first.form(form("late"));
    first.set_draft_aside(vec![step(1, 1), step(2, 1)], 7);
    drop(first);
    second.append(step(4, 1), 7);
    assert_eq!(failures(&mut second), []);
    drop(second);
    assert_eq!(found(state.path()), [step(1, 1), step(4, 1)]);
    assert_eq!(documents.load().unwrap().unwrap().octets, b"first\n");
    assert_eq!(documents.load_editing().unwrap(), None);
    assert_eq!(files(state.path()).form.load().unwrap(), None);
    let kept = |name: &str| fs::read_to_string(state.path().join("documents/ns0").join(name)).unwrap();
    assert_eq!(
        (kept("example.com..1.aside"), kept("example.com..2.aside")),
        ("late\n".into(), "typed\n".into())
    );
    assert!(state.path().join("drafts/ns0/example.com..1.discarded").exists());
}

/// Who only looks at the zone hears of it too.
#[test]
fn a_takeover_is_seen_without_writing() {
    let state = tempfile::tempdir().unwrap();
    let (sender, messages) = channel();
    let mut first = Saver::start(files(state.path()), sender);
    first.append(step(1, 1), 7);
    assert_eq!(failures(&mut first), []);
    let Opened::Ours(..) = Journal::take_over(state.path(), "ns0", &zone()).unwrap() else { panic!("held") };
    let told = messages.recv_timeout(LONG).unwrap();
    assert!(matches!(&told, Msg::DraftTaken { holder, .. } if holder.contains("process")), "{told:?}");
}

/// A full disk must not take the only copy.
#[test]
fn a_draft_that_cannot_be_set_aside_is_not_discarded() {
    let state = tempfile::tempdir().unwrap();
    let (sender, _messages) = channel();
    Saver::start(files(state.path()), sender).append(step(1, 1), 7);
    let (sender, messages) = channel();
    let mut saver = Saver::start(files(state.path()), sender);
    let Ok(Msg::DraftFound { aside, .. }) = messages.recv_timeout(LONG) else { panic!("nothing found") };
    fs::create_dir(Path::new(&aside).join("example.com..1.discarded.new")).unwrap();
    saver.discard_found();
    saver.rewrite(Vec::new(), 0);
    assert_eq!(failures(&mut saver), []);
    drop(saver);
    let told = messages.recv_timeout(LONG).unwrap();
    assert!(matches!(&told, Msg::Failed(failure) if failure.what.contains("not discarded")), "{told:?}");
    assert_eq!(found(state.path()), [step(1, 1)]);
}

#[test]
fn everything_is_for_its_owner_alone_and_without_the_key() {
    let state = tempfile::tempdir().unwrap();
    let below = state.path().join("zonewright");
    let (sender, _messages) = channel();
    let mut saver = Saver::start(files(&below), sender);
    saver.append(step(1, 1), 7);
    saver.document(Text::new("a"));
    saver.editing(Text::new("b"));
    saver.set_aside(Text::new("c"));
    saver.form(form("d"));
    assert_eq!(failures(&mut saver), []);
    drop(saver);
    let (mut folders, mut seen) = (vec![below], 0);
    while let Some(folder) = folders.pop() {
        assert_eq!(fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700, "{folder:?}");
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600, "{path:?}");
            seen += 1;
        }
    }
    assert_eq!(seen, 7, "journal, lock, gate, form, document, editing, aside");
}

/// What was typed in the form less than a second before is the next editor's to go on with.
#[test]
fn a_form_goes_along_when_the_draft_is_taken_over() {
    let state = tempfile::tempdir().unwrap();
    let (sender, _messages) = channel();
    let mut first = Saver::start(files(state.path()), sender);
    first.append(step(1, 1), 7);
    assert_eq!(failures(&mut first), []);
    let (sender, heard) = channel();
    let second = Saver::start(files(state.path()), sender);
    assert!(matches!(heard.recv_timeout(LONG), Ok(Msg::DraftLocked { .. })));
    second.take_over();
    let typing = Instant::now();
    // Somebody who types and types.
    let found = loop {
        let typed = typing.elapsed().as_millis();
        first.form(form(&typed.to_string()));
        match heard.recv_timeout(Duration::from_millis(20)) {
            Ok(Msg::FormFound(form)) => break form,
            Ok(_) | Err(RecvTimeoutError::Timeout) => assert!(typing.elapsed() < LONG),
            Err(error) => panic!("{error}"),
        }
    };
    // No older than the handover itself takes.
    let age = typing.elapsed().as_millis() - found.fields[0].parse::<u128>().unwrap();
    assert!(age < 650, "{age} ms");
}

/// An editor that can only read follows what the other one does, until that ends.
#[test]
fn a_draft_that_another_editor_holds_is_followed() {
    let state = tempfile::tempdir().unwrap();
    let (sender, _messages) = channel();
    let mut first = Saver::start(files(state.path()), sender);
    first.append(step(1, 1), 7);
    assert_eq!(failures(&mut first), []);
    let (sender, heard) = channel();
    let second = Saver::start(files(state.path()), sender);
    let seen = |wanted: &[Entry]| loop {
        if let Msg::DraftSeen { entries } = heard.recv_timeout(LONG).expect("the draft")
            && entries == wanted
        {
            break;
        }
    };
    seen(&[step(1, 1)]);
    first.append(step(2, 1), 7);
    seen(&[step(1, 1), step(2, 1)]);
    first.rewrite(Vec::new(), 7);
    seen(&[]);
    first.append(step(3, 1), 8);
    seen(&[step(3, 1)]);
    drop(first);
    while !matches!(heard.recv_timeout(LONG).expect("the end"), Msg::DraftFree) {}
    second.take_over();
    let found = heard.recv_timeout(LONG).unwrap();
    assert!(matches!(&found, Msg::DraftFound { entries, .. } if *entries == [step(3, 1)]), "{found:?}");
}

/// Every file that keeps something discarded.
fn kept_aside(state: &Path) -> Vec<String> {
    let folders = ["drafts/ns0", "documents/ns0"].map(|folder| fs::read_dir(state.join(folder)).unwrap());
    let names = folders.into_iter().flatten().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.contains(".aside") || name.contains(".discarded")).collect()
}

/// It stayed there, and each call of a later run brought it once more.
#[test]
fn a_text_brought_back_in_the_same_run_is_kept_aside_no_more() {
    let state = tempfile::tempdir().unwrap();
    let (sender, messages) = channel();
    let saver = Saver::start(files(state.path()), sender);
    saver.set_aside(Text::new("older"));
    saver.set_aside(Text::new("typed"));
    saver.drop_editing();
    saver.take_back(Text::new("typed"));
    saver.editing(Text::new("typed"));
    drop(saver);
    assert!(!messages.iter().any(|told| matches!(told, Msg::Failed(_))));
    assert_eq!(kept_aside(state.path()), ["example.com..1.aside"]);
    let documents = files(state.path()).documents;
    assert_eq!(documents.load_editing().unwrap().unwrap().octets, b"typed");
    // What was set aside meanwhile, by another editor or for another reason, stays.
    documents.take_back("typed").unwrap();
    assert_eq!(kept_aside(state.path()), ["example.com..1.aside"]);
}

#[test]
fn what_is_discarded_comes_back() {
    let state = tempfile::tempdir().unwrap();
    let (sender, messages) = channel();
    let mut saver = Saver::start(files(state.path()), sender);
    saver.append(step(1, 1), 7);
    saver.editing(Text::new("typed"));
    saver.discard(vec![step(1, 1)], 7, Some(Text::new("typed")));
    let answers = saver.answers(LONG);
    assert!(matches!(&answers[..], [Msg::Journalled(Ok(())), Msg::Discarded(Ok(()))]), "{answers:?}");
    drop(saver);
    assert_eq!(found(state.path()), []);
    let documents = files(state.path()).documents;
    assert_eq!(documents.load_editing().unwrap(), None);
    assert_eq!(messages.iter().count(), 0);
    let (sender, messages) = channel();
    let mut saver = Saver::start(files(state.path()), sender);
    saver.bring_back();
    let back = messages.recv_timeout(LONG).unwrap();
    assert!(
        matches!(&back, Msg::DraftFound { entries, base_serial: 7, .. } if *entries == [step(1, 1)]),
        "{back:?}"
    );
    // And what was open over it, by the same call.
    let back = messages.recv_timeout(LONG).unwrap();
    assert!(matches!(&back, Msg::TextBack(found) if found.text.to_string() == "typed"), "{back:?}");
    assert_eq!(kept_aside(state.path()), Vec::<String>::new());
    saver.decided();
    saver.drop_editing();
    saver.set_aside(Text::new("another"));
    saver.append(step(2, 1), 7);
    // There is something in its place now.
    saver.bring_back();
    let told = messages.iter().find(|told| !matches!(told, Msg::TextSaved(_))).unwrap();
    assert!(matches!(&told, Msg::Failed(failure) if failure.why.contains("another draft")), "{told:?}");
    assert_eq!(failures(&mut saver), []);
    saver.rewrite(Vec::new(), 7);
    saver.bring_back();
    let told = messages.recv_timeout(LONG).unwrap();
    assert!(matches!(&told, Msg::TextBack(found) if found.text.to_string() == "another"), "{told:?}");
    saver.drop_editing();
    saver.bring_back();
    let told = messages.iter().find(|told| !matches!(told, Msg::TextSaved(_))).unwrap();
    assert!(matches!(&told, Msg::Notice(text) if text.contains("no discarded draft")), "{told:?}");
    drop(saver);
    assert_eq!(found(state.path()), []);
}
