//! The history of pushes: one file a push, written while it goes on.
//!
//! A file has a line for each thing that happened, as in `lines`; each is written before the push goes on. What the push is
//! about, its first message and how it ended are seen onto the disk before it goes on; further messages and the answers
//! while the server works at the next. As long
//! as the push is under way its file is locked and called `ID.open`, afterwards `ID.push`: so an interrupted push is
//! found by its name. The first line is the head and the last one the end, both short: listing reads no more. The folder
//! may belong to a group; then its files can be read and written by the group, else by their owner alone.

mod recording;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

pub use recording::Recording;

use super::files::{self, encoded, private, since_1970};
use super::lines::{self, ChangeLine, KeyLine, SetLine, change_lines, changes_of};
use crate::facts::history::{
    End, Ending, Head, Intent, Listed, Listing, PushId, PushRecord, Standing, Summary, Tally, Verdict, Who,
};
use crate::facts::{Failure, FailureKind};
use crate::zone::changes::ChangeMap;
use crate::zone::{Name, RrKey};

/// Files larger than this are not read: they are none of ours.
const MAX_FILE: u64 = 1 << 30;
/// The head and the end of a file are looked for in so many octets: what people and servers say in them is cut short.
const HEAD: u64 = 16 << 10;
const MAX_TEXT: usize = 1_000;
const MAX_NOTE: usize = 500;
const MAX_NAME: usize = 200;
/// Changes in one line.
const CHANGES_IN_A_LINE: usize = 1_000;
/// Most file names that are looked at.
const MAX_FILES: usize = 1_000_000;

/// The pushes of one zone at one server.
#[derive(Debug, Clone)]
pub struct History {
    folder: PathBuf,
    server: String,
    zone: Name,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
enum Line {
    Push(HeadLine),
    Change(Vec<ChangeLine>),
    /// The changes so far count no more: the zone moved on, and new ones follow.
    Again {
        serial: u32,
    },
    Sent {
        message: usize,
        time: u64,
    },
    Answered {
        message: usize,
        time: u64,
        answer: String,
    },
    Verdict(Vec<VerdictLine>),
    Note(String),
    End(EndLine),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct HeadLine {
    id: String,
    zone: String,
    server: String,
    user: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sudo_user: Option<String>,
    host: String,
    time: u64,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    note: String,
    serial: u32,
    messages: usize,
    sets: usize,
    deleted: usize,
    added: usize,
    #[serde(default)]
    ttls: usize,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct VerdictLine {
    set: KeyLine,
    verdict: Word,
    why: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    now: Option<SetLine>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Word {
    NotApplied,
    Changed,
    ChangedSince,
    Unknown,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct EndLine {
    ending: String,
    time: u64,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    why: String,
    serial: Option<u32>,
    applied: usize,
}

impl History {
    /// The history of `zone` at `server` below `root`. Nothing is created before the first push.
    pub fn new(root: &Path, server: &str, zone: &Name) -> History {
        let folder = root.join(encoded(server)).join(encoded(&zone.to_string()));
        History { folder, server: server.into(), zone: zone.clone() }
    }

    /// Begins the record of a push and sees it onto the disk.
    ///
    /// # Errors
    /// A [`Failure`]; then nothing is recorded.
    pub fn begin(&self, who: &Who, intent: &Intent) -> Result<Recording, Failure> {
        self.try_begin(who, intent).map_err(|error| disk_failure(&self.folder, &error))
    }

    fn try_begin(&self, who: &Who, intent: &Intent) -> io::Result<Recording> {
        let shared = create_folders(&self.folder)?;
        let time = since_1970(SystemTime::now());
        let mut random = [0; 2];
        getrandom::fill(&mut random).map_err(|error| io::Error::other(error.to_string()))?;
        // In the order in which they were begun, also within a second.
        let chance = u16::from_ne_bytes(random) >> 1;
        let id = PushId::new(time, chance).after(self.names()?.last().map(|(id, _)| id));
        let path = self.folder.join(format!("{id}.open"));
        let mut text = lines::encode(&Line::Push(HeadLine {
            id: id.to_string(),
            zone: self.zone.to_string(),
            server: short(&self.server, MAX_NAME),
            user: short(&who.user, MAX_NAME),
            sudo_user: who.sudo_user.as_deref().map(|user| short(user, MAX_NAME)),
            host: short(&who.host, MAX_NAME),
            time,
            note: short(&intent.note, MAX_NOTE),
            serial: intent.serial,
            messages: intent.messages,
            sets: intent.changes.len(),
            deleted: intent.tally.deleted,
            added: intent.tally.added,
            ttls: intent.tally.ttls,
        }))?;
        encode_changes(&intent.changes, &mut text)?;
        let mut file = private().append(true).create_new(true).open(&path)?;
        let written = (|| {
            // Where there are no locks, a push under way looks interrupted to others; that is all.
            let _ = file.lock();
            if shared {
                file.set_permissions(fs::Permissions::from_mode(0o660))?;
            }
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            File::open(&self.folder)?.sync_all()
        })();
        if let Err(error) = written {
            // Nothing of it was sent; should this fail too, it is listed as interrupted before the first message.
            let _ = fs::remove_file(&path);
            return Err(error);
        }
        Ok(Recording::new(id, path, file))
    }

    /// The newest pushes, at most `limit`.
    ///
    /// # Errors
    /// A [`Failure`] where the folder is there and cannot be read.
    pub fn list(&self, limit: usize) -> Result<Listing, Failure> {
        let names = self.names().map_err(|error| disk_failure(&self.folder, &error))?;
        let older = names.len().saturating_sub(limit);
        let listed = |(id, file): (PushId, String)| match self.summary(&id) {
            Ok(summary) => Listed::Push(summary),
            Err(error) => Listed::Unreadable { file, why: error.to_string() },
        };
        Ok(Listing { pushes: names.into_iter().rev().take(limit).map(listed).collect(), older })
    }

    /// The ids of all pushes, the oldest first.
    ///
    /// # Errors
    /// As [`History::list`].
    pub fn ids(&self) -> Result<Vec<PushId>, Failure> {
        let names = self.names().map_err(|error| disk_failure(&self.folder, &error))?;
        Ok(names.into_iter().map(|(id, _)| id).collect())
    }

    /// The pushes whose program is gone before they were over, the newest first.
    ///
    /// # Errors
    /// As [`History::list`].
    pub fn interrupted(&self) -> Result<Vec<PushId>, Failure> {
        let mut names = self.names().map_err(|error| disk_failure(&self.folder, &error))?;
        names.retain(|(id, file)| {
            let interrupted = |summary: Summary| summary.standing == Standing::Interrupted;
            file.ends_with(".open") && self.summary(id).is_ok_and(interrupted)
        });
        Ok(names.into_iter().rev().map(|(id, _)| id).collect())
    }

    /// Everything that is recorded of a push.
    ///
    /// # Errors
    /// A [`Failure`].
    pub fn read(&self, id: &PushId) -> Result<PushRecord, Failure> {
        self.try_read(id).map_err(|error| Failure {
            kind: FailureKind::Local,
            what: format!("The record of the push {id} cannot be read."),
            why: format!("{}: {error}.", self.folder.display()),
            next: "zonewright log lists the pushes that there are.".into(),
        })
    }

    fn try_read(&self, id: &PushId) -> io::Result<PushRecord> {
        let (mut file, is_open) = self.open_file(id)?;
        let under_way = is_open && is_locked(&file);
        let mut octets = Vec::new();
        (&mut file).take(MAX_FILE).read_to_end(&mut octets)?;
        let (record, _) = read_record(&octets, under_way).ok_or_else(no_record)?;
        self.belongs(&record.head, id)?;
        Ok(record)
    }

    /// Writes how an interrupted push ended, as far as that was found out later.
    ///
    /// # Errors
    /// A [`Failure`]; it is then found again at the next start.
    pub fn close(&self, id: &PushId, end: &End) -> Result<(), Failure> {
        self.try_close(id, end).map_err(|error| disk_failure(&self.folder, &error))
    }

    fn try_close(&self, id: &PushId, end: &End) -> io::Result<()> {
        let path = self.folder.join(format!("{id}.open"));
        is_plain(&path)?;
        let mut file = private().read(true).open(&path)?;
        if matches!(file.try_lock(), Err(fs::TryLockError::WouldBlock)) {
            return Err(io::Error::other("the push is under way"));
        }
        let mut octets = Vec::new();
        (&mut file).take(MAX_FILE).read_to_end(&mut octets)?;
        let (record, whole) = read_record(&octets, false).ok_or_else(no_record)?;
        // The end of a push counts once; only its name was not changed any more.
        let recording = Recording::new(id.clone(), path, file);
        if record.end.is_some() {
            return recording.rename();
        }
        recording.close(whole, end)
    }

    /// The ids in the folder with the names of their files, the oldest first.
    fn names(&self) -> io::Result<Vec<(PushId, String)>> {
        let entries = match fs::read_dir(&self.folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries?,
        };
        let mut names = BTreeMap::new();
        for entry in entries.take(MAX_FILES) {
            let name = entry?.file_name();
            let Some(name) = name.to_str() else { continue };
            let id = name.strip_suffix(".open").or_else(|| name.strip_suffix(".push"));
            if let Some(id) = id.and_then(PushId::parse) {
                names.insert(id, name.to_owned());
            }
        }
        Ok(names.into_iter().collect())
    }

    fn summary(&self, id: &PushId) -> io::Result<Summary> {
        let (mut file, is_open) = self.open_file(id)?;
        let mut octets = Vec::new();
        (&mut file).take(HEAD).read_to_end(&mut octets)?;
        let first = octets.split(|octet| *octet == b'\n').next().and_then(lines::decode);
        let Some(Line::Push(head)) = first else { return Err(no_record()) };
        let head = head_of(head).ok_or_else(no_record)?;
        self.belongs(&head, id)?;
        let end = last_line(&mut file, octets)?.and_then(|line| match line {
            Line::End(end) => end_of(end),
            _ => None,
        });
        let standing = match end {
            Some(end) => Standing::Ended { ending: end.ending, serial: end.serial, applied: end.applied },
            None if is_open && is_locked(&file) => Standing::UnderWay,
            None if is_open => Standing::Interrupted,
            None => return Err(io::Error::other("its end is damaged")),
        };
        Ok(Summary { head, standing })
    }

    /// Opens the file of a push, whichever name it has by now. Tells whether it is that of a push under way.
    fn open_file(&self, id: &PushId) -> io::Result<(File, bool)> {
        let open = |end: &str| {
            let path = self.folder.join(format!("{id}.{end}"));
            is_plain(&path)?;
            File::open(path)
        };
        match open("open") {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok((open("push")?, false)),
            file => Ok((file?, true)),
        }
    }

    fn belongs(&self, head: &Head, id: &PushId) -> io::Result<()> {
        match head.id == *id && head.zone == self.zone {
            true => Ok(()),
            false => Err(io::Error::other("it is the record of another push")),
        }
    }
}

/// The folder and those above it. Tells whether they belong to a group: those that are made go by the one above.
fn create_folders(folder: &Path) -> io::Result<bool> {
    const GROUP_WRITES: u32 = 0o020;
    let missing: Vec<&Path> = folder.ancestors().take_while(|folder| !folder.exists()).collect();
    files::create_folder(folder)?;
    let above = missing.last().and_then(|first| first.parent()).unwrap_or(folder);
    let shared = fs::metadata(above)?.mode() & GROUP_WRITES != 0;
    for made in missing.iter().rev().filter(|_| shared) {
        // The system hands the group and the set-group-id bit down.
        let mode = fs::metadata(made)?.mode() & 0o7777;
        fs::set_permissions(made, fs::Permissions::from_mode(mode | 0o070))?;
    }
    Ok(shared)
}

/// Links and devices are nothing of ours, and opening some of them would wait for ever.
fn is_plain(path: &Path) -> io::Result<()> {
    match fs::symlink_metadata(path)?.is_file() {
        true => Ok(()),
        false => Err(io::Error::other("it is no plain file")),
    }
}

fn is_locked(file: &File) -> bool {
    let locked = matches!(file.try_lock_shared(), Err(fs::TryLockError::WouldBlock));
    // Held no longer than needed; it goes with the handle in any case.
    let _ = file.unlock();
    locked
}

fn no_record() -> io::Error {
    io::Error::other("it is no record of a push, or its beginning is damaged")
}

fn disk_failure(path: &Path, error: &io::Error) -> Failure {
    Failure {
        kind: FailureKind::Local,
        what: "The history of pushes cannot be used.".into(),
        why: format!("{}: {error}.", path.display()),
        next: "Free disk space or mend the permissions.".into(),
    }
}

/// Without control characters, and not longer than fits into a head.
fn short(text: &str, most: usize) -> String {
    let clean = text.chars().map(|character| if character.is_control() { ' ' } else { character });
    clean.take(most).collect()
}

fn encode_changes(changes: &ChangeMap, text: &mut String) -> io::Result<()> {
    let mut rest = changes.iter().peekable();
    while rest.peek().is_some() {
        let part = change_lines(rest.by_ref().take(CHANGES_IN_A_LINE));
        text.push_str(&lines::encode(&Line::Change(part))?);
    }
    Ok(())
}

fn encode_end(end: &End, time: u64, text: &mut String) -> io::Result<()> {
    let mut rest = end.others.iter().peekable();
    while rest.peek().is_some() {
        let part = rest.by_ref().take(CHANGES_IN_A_LINE).filter_map(verdict_line).collect();
        text.push_str(&lines::encode(&Line::Verdict(part))?);
    }
    for note in &end.notes {
        text.push_str(&lines::encode(&Line::Note(short(note, MAX_TEXT)))?);
    }
    let End { ending, why, serial, applied, .. } = end;
    let line = EndLine {
        ending: ending.word().into(),
        time,
        why: short(why, MAX_TEXT),
        serial: *serial,
        applied: *applied,
    };
    text.push_str(&lines::encode(&Line::End(line))?);
    Ok(())
}

fn verdict_line((key, verdict): (&RrKey, &Verdict)) -> Option<VerdictLine> {
    let (word, why, now) = match verdict {
        Verdict::Applied => return None,
        Verdict::NotApplied(why) => (Word::NotApplied, why, None),
        Verdict::ChangedByServer(now, why) => (Word::Changed, why, now.as_ref()),
        Verdict::ChangedSince(now, why) => (Word::ChangedSince, why, now.as_ref()),
        Verdict::Unknown(why) => (Word::Unknown, why, None),
    };
    let set = lines::key_line(key);
    Some(VerdictLine { set, verdict: word, why: short(why, MAX_TEXT), now: now.map(lines::set_line) })
}

fn verdict_of(line: VerdictLine) -> Option<(RrKey, Verdict)> {
    let VerdictLine { set, verdict, why, now } = line;
    let verdict = match verdict {
        Word::NotApplied => Verdict::NotApplied(why),
        Word::Changed => Verdict::ChangedByServer(lines::side_of(now)?, why),
        Word::ChangedSince => Verdict::ChangedSince(lines::side_of(now)?, why),
        Word::Unknown => Verdict::Unknown(why),
    };
    Some((lines::key_of(set)?, verdict))
}

fn head_of(line: HeadLine) -> Option<Head> {
    let HeadLine { id, zone, server, user, sudo_user, host, time, note, serial, messages, .. } = line;
    Some(Head {
        id: PushId::parse(&id)?,
        zone: Name::parse(zone.as_bytes(), None).ok()?,
        server,
        who: Who { user, sudo_user, host },
        time,
        note,
        serial,
        messages,
        sets: line.sets,
        tally: Tally { deleted: line.deleted, added: line.added, ttls: line.ttls },
    })
}

fn end_of(line: EndLine) -> Option<End> {
    Some(End {
        ending: Ending::parse(&line.ending)?,
        why: line.why,
        serial: line.serial,
        applied: line.applied,
        others: BTreeMap::new(),
        notes: Vec::new(),
    })
}

/// A file's record, and how many of its octets are whole lines of it. `None` without a head.
fn read_record(octets: &[u8], under_way: bool) -> Option<(PushRecord, u64)> {
    let mut rest = octets.split_inclusive(|octet| *octet == b'\n');
    let mut next = || {
        let line = rest.next()?;
        Some((lines::decode(line.strip_suffix(b"\n")?)?, line.len() as u64))
    };
    let (Line::Push(head), mut whole) = next()? else { return None };
    let standing = if under_way { Standing::UnderWay } else { Standing::Interrupted };
    let (changes, answers) = (ChangeMap::new(), Vec::new());
    let mut record = PushRecord { head: head_of(head)?, standing, changes, sent: 0, answers, end: None };
    let (mut others, mut notes) = (BTreeMap::new(), Vec::new());
    while let Some((line, length)) = next() {
        match line {
            Line::Push(_) => break,
            Line::Change(part) => match changes_of(part) {
                Some(part) => record.changes.extend(part),
                None => break,
            },
            Line::Again { serial } => {
                record.changes.clear();
                record.head.serial = serial;
            }
            Line::Sent { message, .. } => record.sent = message,
            Line::Answered { message, answer, .. } => record.answers.push((message, answer)),
            Line::Verdict(part) => others.extend(part.into_iter().filter_map(verdict_of)),
            Line::Note(note) => notes.push(note),
            Line::End(line) => {
                let Some(end) = end_of(line) else { break };
                let End { ending, serial, applied, .. } = end;
                record.standing = Standing::Ended { ending, serial, applied };
                record.end = Some(End { others, notes, ..end });
                whole += length;
                break;
            }
        }
        whole += length;
    }
    Some((record, whole))
}

/// The last line of a file, of which the first octets are read already; `None` where it is not whole.
fn last_line(file: &mut File, start: Vec<u8>) -> io::Result<Option<Line>> {
    let length = file.metadata()?.len();
    let mut octets = start;
    if length > octets.len() as u64 {
        octets.clear();
        file.seek(SeekFrom::Start(length.saturating_sub(HEAD)))?;
        file.take(HEAD).read_to_end(&mut octets)?;
    }
    let Some(text) = octets.strip_suffix(b"\n") else { return Ok(None) };
    Ok(text.rsplit(|octet| *octet == b'\n').next().and_then(lines::decode))
}

#[cfg(test)]
mod tests;
