//! Draft journals: every step of a draft, on disk before it is on the screen.
//!
//! One file a zone and server, one line an entry: a CRC-32 of the rest, a blank, JSON. Steps are appended and
//! synced; a torn last line is dropped when the file is read. Two editors do not share a draft: the journal is
//! locked as long as it is open. What the entries mean is `zone::draft`'s business; no secret is ever in here.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use super::files::{self, encoded, private, since_1970};
use super::lines::{ChangeLine, change_lines, changes_of, decode, encode};
use crate::facts::{Failure, FailureKind};
use crate::zone::draft::{Entry, Step};
use crate::zone::{Name, TextEdit, TextPatch};

/// Journals larger than this are not read: they are none of ours.
const MAX_JOURNAL: u64 = 1 << 30;

/// A draft found on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub entries: Vec<Entry>,
    /// The serial of the zone that the draft was begun on.
    pub base_serial: u32,
    /// When the draft was begun, in seconds since 1970.
    pub begun: u64,
    /// When it was last written to, in seconds since 1970.
    pub changed: u64,
}

/// An open, locked journal of one zone's draft.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    /// `None` until the first entry: a zone that is only looked at leaves no file behind.
    file: Option<File>,
    zone: Name,
    base_serial: u32,
    /// Held as long as the journal is; the lock goes with the file handle, also when the process dies.
    _lock: File,
}

/// How opening a journal ended.
#[derive(Debug)]
pub enum Opened {
    Ours(Journal, Option<Found>),
    /// Another editor has this zone open; who, as far as it says: "process 4711 of alice".
    HeldBy(String),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
enum Line {
    Draft {
        zone: String,
        base_serial: u32,
        begun: u64,
    },
    Step {
        label: String,
        changes: Vec<ChangeLine>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        seen: Vec<ChangeLine>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        text: Vec<TextLine>,
    },
    Undo,
    Redo,
}

/// An edit of the document.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TextLine {
    offset: usize,
    removed: String,
    inserted: String,
}

impl Journal {
    /// Opens the journal of `zone` at `server` below `state`, and reads the draft that it holds.
    ///
    /// # Errors
    /// A [`Failure`] where the directory or the file cannot be used.
    pub fn open(state: &Path, server: &str, zone: &Name) -> Result<Opened, Failure> {
        let folder = state.join("drafts").join(encoded(server));
        let path = folder.join(format!("{}.journal", encoded(&zone.to_string())));
        let trouble = |error: io::Error| disk_failure(&path, &error);
        files::create_folder(&folder).map_err(trouble)?;
        let lock_path = path.with_extension("lock");
        let mut lock = private().read(true).create(true).truncate(false).open(&lock_path).map_err(trouble)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => {
                let mut holder = String::new();
                // What it says is only for the message: without it the zone is held all the same.
                let _ = lock.take(200).read_to_string(&mut holder);
                return Ok(Opened::HeldBy(holder.trim().to_owned()));
            }
            Err(fs::TryLockError::Error(error)) => return Err(trouble(error)),
        }
        let of_user = std::env::var("USER").map(|user| format!(" of {user}")).unwrap_or_default();
        let _ = lock.set_len(0);
        let _ = writeln!(lock, "process {}{of_user}", std::process::id());
        let (found, whole) = match fs::metadata(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => (None, 0),
            Err(error) => return Err(trouble(error)),
            Ok(metadata) if metadata.len() > MAX_JOURNAL => {
                return Err(trouble(io::Error::other("it is larger than any journal of this program")));
            }
            Ok(metadata) => {
                let (mut found, whole) = read_entries(&fs::read(&path).map_err(trouble)?);
                if let (Some(found), Ok(modified)) = (&mut found, metadata.modified()) {
                    found.changed = since_1970(modified);
                }
                (found, whole)
            }
        };
        let file = match &found {
            None => None,
            Some(_) => {
                let file = private().write(true).open(&path).map_err(trouble)?;
                // Cut the torn end off, so that the next entry begins on a line of its own.
                file.set_len(whole).map_err(trouble)?;
                drop(file);
                Some(private().append(true).open(&path).map_err(trouble)?)
            }
        };
        let base_serial = found.as_ref().map_or(0, |found| found.base_serial);
        let journal = Journal { path, file, zone: zone.clone(), base_serial, _lock: lock };
        Ok(Opened::Ours(journal, found.filter(|found| !found.entries.is_empty())))
    }

    /// The serial that a journal begun now is based on.
    pub fn set_base_serial(&mut self, serial: u32) {
        self.base_serial = serial;
    }

    /// Writes an entry and sees it onto the disk.
    ///
    /// # Errors
    /// A [`Failure`] for the screen; the journal then ends with the last whole entry.
    pub fn append(&mut self, entry: &Entry) -> Result<(), Failure> {
        self.try_append(entry).map_err(|error| disk_failure(&self.path, &error))
    }

    fn try_append(&mut self, entry: &Entry) -> io::Result<()> {
        let mut text = String::new();
        let file = match &mut self.file {
            Some(file) => file,
            None => {
                text = header(&self.zone, self.base_serial)?;
                self.file.insert(private().append(true).create(true).open(&self.path)?)
            }
        };
        text.push_str(&encode(&line_of(entry))?);
        let before = file.metadata()?.len();
        let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_data());
        if written.is_err() {
            // Cut back to the last whole entry; should that fail too, reading drops the torn line.
            let _ = file.set_len(before);
        }
        written
    }

    /// Replaces the journal by these entries, in one rename; without entries, removes it.
    ///
    /// # Errors
    /// A [`Failure`]; the old journal is then still there.
    pub fn rewrite(&mut self, entries: &[Entry]) -> Result<(), Failure> {
        self.try_rewrite(entries).map_err(|error| disk_failure(&self.path, &error))
    }

    fn try_rewrite(&mut self, entries: &[Entry]) -> io::Result<()> {
        if entries.is_empty() {
            self.file = None;
            return match fs::remove_file(&self.path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
                _ => Ok(()),
            };
        }
        let mut text = header(&self.zone, self.base_serial)?;
        for entry in entries {
            text.push_str(&encode(&line_of(entry))?);
        }
        files::replace(&self.path, text.as_bytes())?;
        self.file = Some(private().append(true).open(&self.path)?);
        Ok(())
    }
}

fn disk_failure(path: &Path, error: &io::Error) -> Failure {
    Failure {
        kind: FailureKind::Local,
        what: "The draft could not be saved.".into(),
        why: format!("{}: {error}.", path.display()),
        next:
            "Free disk space or mend the permissions; your changes are still on the screen, and pushing them \
               works."
                .into(),
    }
}

fn header(zone: &Name, base_serial: u32) -> io::Result<String> {
    encode(&Line::Draft { zone: zone.to_string(), base_serial, begun: since_1970(SystemTime::now()) })
}

/// The draft in a journal's octets, and how many octets of it are whole.
fn read_entries(octets: &[u8]) -> (Option<Found>, u64) {
    let mut found: Option<Found> = None;
    let mut whole = 0u64;
    for line in octets.split_inclusive(|octet| *octet == b'\n') {
        let Some(entry) = line.strip_suffix(b"\n").and_then(decode) else { break };
        match (entry, &mut found) {
            (Line::Draft { base_serial, begun, .. }, None) => {
                found = Some(Found { entries: Vec::new(), base_serial, begun, changed: begun });
            }
            (Line::Draft { .. }, Some(_)) | (_, None) => break,
            (entry, Some(found)) => match entry_of(entry) {
                Some(entry) => found.entries.push(entry),
                None => break,
            },
        }
        whole += line.len() as u64;
    }
    (found, whole)
}

fn line_of(entry: &Entry) -> Line {
    match entry {
        Entry::Undo => Line::Undo,
        Entry::Redo => Line::Redo,
        Entry::Step(step) => Line::Step {
            label: step.label.clone(),
            changes: change_lines(&step.changes),
            seen: change_lines(&step.seen),
            text: step.text.iter().flat_map(|patch| &patch.0).map(text_line).collect(),
        },
    }
}

fn entry_of(line: Line) -> Option<Entry> {
    match line {
        Line::Draft { .. } => None,
        Line::Undo => Some(Entry::Undo),
        Line::Redo => Some(Entry::Redo),
        Line::Step { label, changes, seen, text } => {
            let edit = |TextLine { offset, removed, inserted }| TextEdit { offset, removed, inserted };
            let text = TextPatch(text.into_iter().map(edit).collect());
            Some(Entry::Step(Step {
                label,
                changes: changes_of(changes)?,
                seen: changes_of(seen)?,
                text: Some(text).filter(|text| !text.is_empty()),
            }))
        }
    }
}

fn text_line(edit: &TextEdit) -> TextLine {
    TextLine { offset: edit.offset, removed: edit.removed.clone(), inserted: edit.inserted.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zone::changes::{Change, ChangeMap};
    use crate::zone::{RecordType, RrKey, RrSet};
    use std::os::unix::fs::PermissionsExt as _;

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
        match Journal::open(state, "ns0.example.net", &zone()).unwrap() {
            Opened::Ours(journal, found) => (journal, found),
            Opened::HeldBy(holder) => panic!("held by {holder}"),
        }
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
            assert!(whole as usize <= cut);
        }
        // A torn end is cut off, and what is appended next is read again.
        fs::write(journal_path(state.path()), &octets[..octets.len() - 3]).unwrap();
        let (mut journal, found) = open(state.path());
        assert_eq!(found.unwrap().entries.len(), 4);
        journal.append(&entry(9)).unwrap();
        drop(journal);
        assert_eq!(open(state.path()).1.unwrap().entries.last(), Some(&entry(9)));
    }

    #[test]
    fn flipped_bits_never_give_a_wrong_entry() {
        let mut text = header(&zone(), 1).unwrap();
        text.push_str(&encode(&line_of(&entry(1))).unwrap());
        let start = text.find('\n').unwrap() + 1;
        for at in start..text.len() {
            let mut octets = text.clone().into_bytes();
            octets[at] ^= 0x10;
            if let Some(found) = read_entries(&octets).0 {
                assert_eq!(found.entries, [], "flipped at {at}");
            }
        }
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
    fn names_are_safe_file_names() {
        assert_eq!(encoded("Ns0.Example.NET:53"), "ns0.example.net%3a53");
        assert_eq!(encoded("../../etc"), "%2e.%2f..%2fetc");
        assert_eq!(encoded("a/b\\000"), "a%2fb%5c000");
        let long = "x".repeat(1000);
        assert!(encoded(&long).len() < 200);
        assert_ne!(encoded(&long), encoded(&format!("{long}y")));
    }
}
