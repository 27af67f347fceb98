//! The history of pushes: recording them, and the program that is told of each.

use std::io::{Read as _, Write as _};
use std::process::{Child, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::clock;
use super::verbs::say;
use super::world::World;
use crate::app::history::{Found, Wanted};
use crate::facts::history::{Ending, Listed, Listing, PushId, PushRecord, Record, Standing, Verdict, Who};
use crate::facts::{Failure, FailureKind};
use crate::store::history::{History, Recording};
use crate::store::secrets;
use crate::ui::clean::clean;
use crate::zone::{ChangeMap, RrKey, Snapshot};
use crate::zonefile::diff::{contents_json, diff_json};

/// How long the program that is told of a push may take, and how much of what it says is looked at.
const PATIENCE: Duration = Duration::from_secs(10);
const MAX_SAID: u64 = 4096;
/// Most interrupted pushes that are told of.
const MAX_TOLD: usize = 3;
/// Most pushes that the screen lists, and most that are read whole for the history of one set.
const MAX_LISTED: usize = 10_000;
const MAX_READ: usize = 2_000;

/// Writes pushes into the history.
#[derive(Debug)]
pub struct Recorder {
    pub history: History,
    /// The program and its arguments that get the record of each push; empty for none.
    after_push: Vec<String>,
    /// The push under way.
    recording: Mutex<Option<Recording>>,
    /// The last push that was recorded to its end.
    last: Mutex<Option<PushId>>,
}

/// A failure to write, for what is no failure of the disk.
pub fn not_written(why: &str) -> Failure {
    Failure {
        kind: FailureKind::Local,
        what: "The history of pushes could not be written.".into(),
        why: format!("{why}."),
        next: "Try again.".into(),
    }
}

impl Recorder {
    pub fn new(history: History, after_push: Vec<String>) -> Recorder {
        Recorder { history, after_push, recording: Mutex::new(None), last: Mutex::new(None) }
    }

    /// Writes down what happened and sees it onto the disk.
    ///
    /// # Errors
    /// A [`Failure`]; what can be written is.
    pub fn write(&self, records: &[Record]) -> Result<(), Failure> {
        let mut recording = lock(&self.recording);
        let begins = recording.is_none();
        let mut result = Ok(());
        if let Some(Record::Begun(intent)) = records.first() {
            result = self.history.begin(&who(), intent).map(|begun| *recording = Some(begun));
        }
        // Where its beginning could not be recorded, that was said.
        if let Some(begun) = &mut *recording {
            result = result.and(begun.write(records));
        }
        if records.iter().any(|record| matches!(record, Record::Ended(_))) {
            *lock(&self.last) = recording.take().map(|recording| recording.id.clone());
        }
        if begins && result.is_err() {
            // Half a beginning would be told as a push that was interrupted.
            recording.take().into_iter().for_each(Recording::discard);
        }
        result
    }

    /// The last push that was recorded to its end.
    pub fn last(&self) -> Option<PushId> {
        lock(&self.last).clone()
    }

    /// Tells the configured program of the last push, and waits for it; a sentence where it failed.
    pub fn tell_program(&self) -> Option<String> {
        let (program, arguments) = self.after_push.split_first()?;
        let id = self.last()?;
        let told = self.history.read(&id).map_err(|failure| failure.to_string()).and_then(|record| {
            let json = serde_json::to_vec(&record_json(&record)).map_err(|error| error.to_string())?;
            tell(program, arguments, json)
        });
        let why = told.err()?;
        Some(format!("The program of after-push ({}) failed: {}", clean(program), clean(&why)))
    }
}

/// Only ever replaced whole, so it is right even after a panic.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Who runs this program.
fn who() -> Who {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let number = || format!("uid {}", rustix::process::geteuid().as_raw());
    Who {
        user: variable("LOGNAME").or_else(|| variable("USER")).unwrap_or_else(number),
        sudo_user: variable("SUDO_USER"),
        host: rustix::system::uname().nodename().to_string_lossy().into_owned(),
    }
}

/// Runs a program with this on its standard input; no shell sees its arguments.
fn tell(program: &str, arguments: &[String], input: Vec<u8>) -> Result<(), String> {
    let mut child = secrets::command(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("{error}."))?;
    let (stdin, stderr) = (child.stdin.take(), child.stderr.take());
    // Neither is waited for: a program need not read, and one that it leaves behind may hold its standard error open.
    thread::spawn(move || stdin.map(|mut stdin| stdin.write_all(&input)));
    let (sender, said) = std::sync::mpsc::channel();
    thread::spawn(move || {
        let mut text = Vec::new();
        if let Some(mut stderr) = stderr {
            let _ = (&mut stderr).take(MAX_SAID).read_to_end(&mut text);
            let _ = sender.send(String::from_utf8_lossy(&text).into_owned());
            let _ = std::io::copy(&mut stderr, &mut std::io::sink());
        }
    });
    let status = wait(&mut child)?;
    if status.success() {
        return Ok(());
    }
    let said = said.recv_timeout(Duration::from_secs(1)).unwrap_or_default();
    let last = said.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default();
    Err(format!("{status}. {last}").trim_end().to_owned())
}

fn wait(child: &mut Child) -> Result<std::process::ExitStatus, String> {
    let start = Instant::now();
    let mut pause = Duration::from_millis(1);
    loop {
        match child.try_wait() {
            Err(error) => return Err(format!("{error}.")),
            Ok(Some(status)) => return Ok(status),
            Ok(None) if start.elapsed() > PATIENCE => {
                // If it is over by itself just now, so much the better.
                let _ = child.kill();
                let _ = child.wait();
                return Err(format!("it was ended after {} seconds.", PATIENCE.as_secs()));
            }
            Ok(None) => thread::sleep(pause),
        }
        pause = (pause * 2).min(Duration::from_millis(50));
    }
}

/// Everything that is recorded of a push, for programs.
pub fn record_json(record: &PushRecord) -> Value {
    let head = &record.head;
    let end = record.end.as_ref();
    let ending = end.map_or(Ending::Unknown, |end| end.ending);
    let sets = sets_json(&record.changes, ending, |key| record.verdict(key));
    let answers: Vec<Value> = (record.answers.iter())
        .map(|(message, answer)| json!({ "message": message, "answer": answer }))
        .collect();
    json!({
        "id": head.id.as_str(),
        "zone": head.zone.to_string(),
        "server": head.server,
        "user": head.who.user,
        "sudo_user": head.who.sudo_user,
        "host": head.who.host,
        "time": head.time,
        "note": head.note,
        "outcome": outcome_word(record.standing),
        "why": end.map(|end| end.why.as_str()).filter(|why| !why.is_empty()),
        "serial_before": head.serial,
        "serial_after": end.and_then(|end| end.serial),
        "messages": head.messages,
        "sent": record.sent,
        "answers": answers,
        "records_deleted": head.tally.deleted,
        "records_added": head.tally.added,
        "ttls_changed": head.tally.ttls,
        "notes": end.map(|end| end.notes.as_slice()).unwrap_or_default(),
        "changes": sets,
    })
}

/// How a push ended, as all words in JSON are written.
pub fn outcome_word(standing: Standing) -> String {
    standing.word().replace(' ', "-")
}

/// The changed sets with what became of each.
pub fn sets_json(changes: &ChangeMap, ending: Ending, verdict: impl Fn(&RrKey) -> Option<Verdict>) -> Value {
    let Value::Array(mut sets) = diff_json(changes) else { return Value::Null };
    for (set, key) in sets.iter_mut().zip(changes.keys()) {
        let (word, why, now) = match verdict(key) {
            None if matches!(ending, Ending::Refused | Ending::Conflict | Ending::NotSent) => {
                ("not-applied", None, None)
            }
            None => ("unknown", None, None),
            Some(Verdict::Applied) => ("applied", None, None),
            Some(Verdict::NotApplied(why)) => ("not-applied", Some(why), None),
            Some(Verdict::ChangedByServer(now, why)) => ("changed", Some(why), Some(now)),
            Some(Verdict::ChangedSince(now, why)) => ("changed-since", Some(why), Some(now)),
            Some(Verdict::Unknown(why)) => ("unknown", Some(why), None),
        };
        if let Some(set) = set.as_object_mut() {
            set.insert("verdict".into(), word.into());
            set.extend(why.map(|why| ("why".to_owned(), why.into())));
            set.extend(now.map(|now| ("now".to_owned(), contents_json(key.rtype, now.as_ref()))));
        }
    }
    Value::Array(sets)
}

/// Says on standard error which pushes were interrupted, and what there is of them in the zone.
pub fn tell_interrupted(history: &History, zone: &Snapshot) {
    // A history that cannot be read is said when something is to be recorded in it.
    for id in history.interrupted().unwrap_or_default().into_iter().take(MAX_TOLD) {
        let Ok(record) = history.read(&id) else { continue };
        say(&format!("note: {}", interrupted_in_words(&record, zone)));
        say(&format!(
            "note: zonewright log {0} {id} shows it, zonewright revert {0} {id} takes back what went through.",
            zone.origin()
        ));
    }
}

/// Ends the records of interrupted pushes of which this zone has everything by now: they are told of no more.
pub fn settle_interrupted(history: &History, zone: &Snapshot) {
    for id in history.interrupted().unwrap_or_default().into_iter().take(MAX_TOLD) {
        let Ok(record) = history.read(&id) else { continue };
        let end = record.end_by(zone.serial(), |key| zone.get(key));
        if end.others.is_empty() {
            // Should that fail it is told of once more.
            let _ = history.close(&id, &end);
        }
    }
}

/// "A push of 2026-11-22 08:05 UTC by anna on jump1 was interrupted ..."
pub fn interrupted_in_words(record: &PushRecord, zone: &Snapshot) -> String {
    let head = &record.head;
    format!(
        "A push of {} by {} was interrupted after message {} of {}; {} of its {} changed record sets are in the zone.",
        clock::in_words(head.time),
        clean(&head.who.to_string()),
        record.answers.iter().map(|(number, _)| *number).max().unwrap_or(0),
        head.messages,
        record.achieved(|key| zone.get(key)),
        record.changes.len()
    )
}

/// Reads what the screen wants of the history.
pub fn find(world: &World, wanted: Wanted) -> Found {
    let Some(recorder) = world.recorder() else { return Found::List(Ok(Listing::default())) };
    let history = &recorder.history;
    match wanted {
        Wanted::List(set) => Found::List(list(history, set.as_ref())),
        Wanted::One(id) => Found::One(history.read(&id).map(Box::new)),
        Wanted::Last => Found::One(match recorder.last() {
            Some(id) => history.read(&id).map(Box::new),
            None => Err(Failure {
                kind: FailureKind::Local,
                what: "The last push cannot be taken back.".into(),
                why: "It was not recorded.".into(),
                next: "Undo it by hand.".into(),
            }),
        }),
        Wanted::Interrupted => {
            let ids = history.interrupted().unwrap_or_default().into_iter().take(MAX_TOLD);
            Found::Interrupted(ids.filter_map(|id| history.read(&id).ok()).collect())
        }
    }
}

/// The newest pushes; only those that changed a set, where one is named: of these the whole records are read.
fn list(history: &History, set: Option<&RrKey>) -> Result<Listing, Failure> {
    let mut listing = history.list(if set.is_some() { MAX_READ } else { MAX_LISTED })?;
    if let Some(set) = set {
        listing.pushes.retain(|push| match push {
            Listed::Push(summary) => {
                history.read(&summary.head.id).is_ok_and(|record| record.changes.contains_key(set))
            }
            Listed::Unreadable { .. } => false,
        });
    }
    Ok(listing)
}
