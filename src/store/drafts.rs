//! Draft journals: every step of a draft, on disk before it is on the screen.
//!
//! One file a zone and server, one line an entry: a CRC-32 of the rest, a blank, JSON. Steps are appended and
//! synced; a torn last line is dropped when the file is read. A journal that has grown long is written anew with the
//! oldest steps as one. Two editors do not share a draft: see `holder`. What the entries mean is `zone::draft`'s
//! business; no secret is ever in here.

mod aside;
mod compact;
pub(super) mod holder;
pub mod peek;
#[cfg(test)]
mod tests;
pub mod watch;

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use self::holder::{Claim, Holder};
use super::files::{self, encoded, private, since_1970};
use super::lines::{ChangeLine, change_lines, changes_of, decode, encode};
use crate::facts::{Failure, FailureKind};
use crate::zone::draft::{Entry, Step};
use crate::zone::{Name, TextEdit, TextPatch};

/// Journals larger than this, in octets, are not read: they are none of ours. Nor are they written.
const MAX_JOURNAL: u64 = 1 << 30;
/// A journal is made shorter when so much was added to it since it was written last: entries, and octets.
const MANY_ENTRIES: usize = 10_000;
const MANY_OCTETS: u64 = 64 << 20;

/// A draft found on disk.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    pub entries: Vec<Entry>,
    /// The serial of the zone that the draft was begun on.
    pub base_serial: u32,
    /// When the draft was begun, in seconds since 1970.
    pub begun: u64,
    /// When it was last written to, in seconds since 1970.
    pub changed: u64,
    /// Where a journal was copied to that is damaged before its end: what follows the damage cannot be read.
    pub damaged: Option<PathBuf>,
}

/// An open, locked journal of one zone's draft.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    /// `None` until the first entry: a zone that is only looked at leaves no file behind.
    file: Option<File>,
    zone: Name,
    base_serial: u32,
    /// When the draft was begun, in seconds since 1970; `None` while there is none.
    begun: Option<u64>,
    /// Entries in the file, and its octets.
    entries: usize,
    octets: u64,
    /// Those after which it is made shorter.
    most_entries: usize,
    most_octets: u64,
    /// An entry could not be written: those after it would not mean the same without it.
    is_broken: bool,
    /// What makes it ours.
    holder: Holder,
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
        Journal::open_by(Holder::claim, state, server, zone)
    }

    /// The same, from an editor that holds it: that one is asked to finish what it writes and to let go. Where it does
    /// not answer, it finds out before it writes anything more.
    ///
    /// # Errors
    /// Those of [`Journal::open`]; also where the other editor is stopped in the middle of writing.
    pub fn take_over(state: &Path, server: &str, zone: &Name) -> Result<Opened, Failure> {
        holder::ask(&journal_path(state, server, zone));
        Journal::open_by(Holder::take, state, server, zone)
    }

    fn open_by(
        claim: impl FnOnce(&Path) -> io::Result<Claim>,
        state: &Path,
        server: &str,
        zone: &Name,
    ) -> Result<Opened, Failure> {
        let path = journal_path(state, server, zone);
        let trouble = |error: io::Error| disk_failure(&path, &error);
        if let Some(folder) = path.parent() {
            files::create_folder(folder).map_err(trouble)?;
        }
        // Nobody writes while the gate is held: what is read below is whole.
        let _gate = holder::gate(&path).map_err(trouble)?;
        let holder = match claim(&path).map_err(trouble)? {
            Claim::Ours(holder) => holder,
            Claim::HeldBy(holder) => return Ok(Opened::HeldBy(holder)),
        };
        let mut journal = Journal {
            path,
            file: None,
            zone: zone.clone(),
            base_serial: 0,
            begun: None,
            entries: 0,
            octets: 0,
            most_entries: MANY_ENTRIES,
            most_octets: MANY_OCTETS,
            is_broken: false,
            holder,
        };
        let found = journal.read().map_err(|error| disk_failure(&journal.path, &error))?;
        Ok(Opened::Ours(journal, found))
    }

    /// Reads what an earlier run has left, and makes the file one that can be appended to.
    fn read(&mut self) -> io::Result<Option<Found>> {
        let metadata = match fs::metadata(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            other => other?,
        };
        if metadata.len() > MAX_JOURNAL {
            return Err(io::Error::other("it is larger than any journal of this program"));
        }
        let octets = fs::read(&self.path)?;
        let (found, whole) = read_entries(&octets);
        // The last line may be torn; what has more after it was not torn by us.
        let rest = octets.get(whole..).unwrap_or_default();
        let is_damaged = memchr::memchr(b'\n', rest).is_some();
        let damaged = if is_damaged { Some(self.keep_damaged(&octets)?) } else { None };
        let Some(mut found) = found.filter(|found| !found.entries.is_empty()) else {
            fs::remove_file(&self.path)?;
            return Ok(damaged.map(|damaged| Found { damaged: Some(damaged), ..Found::default() }));
        };
        found.damaged = damaged;
        found.changed = since_1970(metadata.modified()?);
        // Cut the torn end off, so that the next entry begins on a line of its own.
        let whole = whole as u64;
        private().open(&self.path)?.set_len(whole)?;
        self.file = Some(private().append(true).open(&self.path)?);
        (self.base_serial, self.begun) = (found.base_serial, Some(found.begun));
        (self.entries, self.octets) = (found.entries.len(), whole);
        Ok(Some(found))
    }

    /// Copies a damaged journal to where nobody cuts it.
    fn keep_damaged(&self, octets: &[u8]) -> io::Result<PathBuf> {
        let path = self.path.with_extension("damaged");
        files::replace(&path, octets)?;
        Ok(path)
    }

    /// The serial that a journal begun now is based on.
    pub fn set_base_serial(&mut self, serial: u32) {
        self.base_serial = serial;
    }

    /// Writes an entry and sees it onto the disk. After an entry that could not be written none is taken, until the
    /// journal is rewritten.
    ///
    /// # Errors
    /// A [`Failure`] for the screen; the journal then ends with the last whole entry.
    pub fn append(&mut self, entry: &Entry) -> Result<(), Failure> {
        self.try_append(entry).map_err(|error| {
            self.is_broken = true;
            disk_failure(&self.path, &error)
        })
    }

    /// Who has taken it over from us, if somebody has. Nothing can be written to it then.
    pub fn taken_by(&self) -> Option<String> {
        self.holder.taken_by(&self.path).ok().flatten()
    }

    /// Writes something else that belongs to the draft, while it is ours.
    ///
    /// # Errors
    /// Those of `write`, and a [`Failure`] where it is not ours any more; nothing is written then.
    pub fn while_ours<T>(&mut self, write: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
        let _gate = self.holder.pass(&self.path).map_err(|error| disk_failure(&self.path, &error))?;
        write()
    }

    /// The entries as they are on disk now, whoever wrote them.
    pub fn entries_on_disk(&self) -> Vec<Entry> {
        let octets = fs::read(&self.path).unwrap_or_default();
        read_entries(&octets).0.map(|found| found.entries).unwrap_or_default()
    }

    /// Is an entry missing in it?
    pub fn is_broken(&self) -> bool {
        self.is_broken
    }

    fn try_append(&mut self, entry: &Entry) -> io::Result<()> {
        let _gate = self.holder.pass(&self.path)?;
        if self.is_broken {
            return Err(io::Error::other("an earlier change could not be written"));
        }
        let line = encode(&line_of(entry))?;
        if self.octets + line.len() as u64 > self.most_octets || self.entries >= self.most_entries {
            // Where that does not work, the journal is as good as it was, but long.
            if self.shorten().is_err() {
                (self.most_entries, self.most_octets) = (self.entries * 2, self.octets * 2);
            }
        }
        if self.octets + line.len() as u64 > MAX_JOURNAL {
            return Err(io::Error::other("the draft has more than 1 GiB; push what is in it first"));
        }
        match &mut self.file {
            Some(file) => {
                let written = file.write_all(line.as_bytes()).and_then(|()| file.sync_data());
                if written.is_err() {
                    // Cut back to the last whole entry; should that fail too, reading drops the torn line.
                    let _ = file.set_len(self.octets);
                }
                written?;
                self.octets += line.len() as u64;
                self.entries += 1;
            }
            None => self.replace(1, &line)?,
        }
        Ok(())
    }

    /// Replaces the journal by these entries, in one rename; without entries, removes it.
    ///
    /// # Errors
    /// A [`Failure`]; the old journal is then still there.
    pub fn rewrite(&mut self, entries: &[Entry]) -> Result<(), Failure> {
        let rewritten = match self.holder.pass(&self.path) {
            Ok(_gate) => self.try_rewrite(entries),
            Err(error) => Err(error),
        };
        self.is_broken = rewritten.is_err();
        rewritten.map_err(|error| disk_failure(&self.path, &error))
    }

    fn try_rewrite(&mut self, entries: &[Entry]) -> io::Result<()> {
        if entries.is_empty() {
            self.file = None;
            self.begun = None;
            (self.entries, self.octets) = (0, 0);
            return match fs::remove_file(&self.path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
                _ => Ok(()),
            };
        }
        let mut lines = String::new();
        for entry in entries {
            lines.push_str(&encode(&line_of(entry))?);
        }
        self.replace(entries.len(), &lines)
    }

    /// Puts a journal of these lines in the place of the one there is, if there is one.
    fn replace(&mut self, entries: usize, lines: &str) -> io::Result<()> {
        let begun = *self.begun.get_or_insert_with(|| since_1970(SystemTime::now()));
        let header = Line::Draft { zone: self.zone.to_string(), base_serial: self.base_serial, begun };
        let text = encode(&header)? + lines;
        let octets = text.len() as u64;
        if octets > MAX_JOURNAL {
            return Err(io::Error::other("the draft has more than 1 GiB; push what is in it first"));
        }
        files::replace(&self.path, text.as_bytes())?;
        self.file = Some(private().append(true).open(&self.path)?);
        (self.entries, self.octets) = (entries, octets);
        // Where all of it is needed, it has to double before that is tried again.
        (self.most_entries, self.most_octets) =
            (entries.max(MANY_ENTRIES / 2) * 2, octets.max(MANY_OCTETS / 2) * 2);
        Ok(())
    }

    /// Writes the journal anew with the steps of long ago as one.
    fn shorten(&mut self) -> io::Result<()> {
        let (Some(found), _) = read_entries(&fs::read(&self.path)?) else { return Ok(()) };
        self.try_rewrite(&compact::compacted(found.entries))
    }
}

fn journal_path(state: &Path, server: &str, zone: &Name) -> PathBuf {
    let folder = state.join("drafts").join(encoded(server));
    folder.join(format!("{}.journal", encoded(&zone.to_string())))
}

fn disk_failure(path: &Path, error: &io::Error) -> Failure {
    Failure {
        kind: FailureKind::Local,
        what: "The draft could not be saved.".into(),
        why: format!("{}: {error}.", path.display()),
        next:
            "Free disk space or mend the permissions: it is tried again every few seconds. Your changes are \
               still on the screen, and pushing them works."
                .into(),
    }
}

/// The draft in a journal's octets, and how many octets of it are whole.
fn read_entries(octets: &[u8]) -> (Option<Found>, usize) {
    let mut found: Option<Found> = None;
    let mut whole = 0;
    for line in octets.split_inclusive(|octet| *octet == b'\n') {
        let Some(entry) = line.strip_suffix(b"\n").and_then(decode) else { break };
        match (entry, &mut found) {
            (Line::Draft { base_serial, begun, .. }, None) => {
                found = Some(Found { base_serial, begun, changed: begun, ..Found::default() });
            }
            (Line::Draft { .. }, Some(_)) | (_, None) => break,
            (entry, Some(found)) => match entry_of(entry) {
                Some(entry) => found.entries.push(entry),
                None => break,
            },
        }
        whole += line.len();
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
