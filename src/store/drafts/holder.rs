//! Which editor may write a zone's draft, and the other files of the zone.
//!
//! Two files beside the journal. `.lock` says who holds the draft: its lock is kept as long as the editor runs, and goes
//! with the process. `.gate` is locked only for the moment of a writing, or of a change of the holder. Whoever takes the
//! draft over puts a lock file of its own in the place of the other's, at the gate; whoever writes looks first, at the
//! gate, whether the lock file is still the own one. So no writing of the one comes after the change to the other, and a
//! process that dies anywhere leaves either the one holder or the other.
//!
//! Before that it is asked: `.wanted` is locked by whoever waits. The holder looks at it every few seconds, writes what is
//! being typed, and lets go. Only one that does not, since it is stopped or busy, is taken from.

use std::fs::{self, File, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use super::files::{private, since_1970};
use crate::zone::types;

/// How long another editor may take to write before that is said.
const PATIENCE: Duration = Duration::from_secs(10);
const LOOK: Duration = Duration::from_millis(5);
/// How long it may take to let the draft go: it looks every two seconds whether it shall.
const HANDOVER: Duration = Duration::from_secs(4);

/// The lock file of this process, locked.
#[derive(Debug)]
pub(super) struct Holder(File);

pub(super) enum Claim {
    Ours(Holder),
    /// Who holds it, as far as it says.
    HeldBy(String),
}

/// Waits at the gate. It is ours until the file is dropped.
pub(super) fn gate(journal: &Path) -> io::Result<File> {
    let gate = private().create(true).truncate(false).open(journal.with_extension("gate"))?;
    let end = Instant::now() + PATIENCE;
    loop {
        match gate.try_lock() {
            Ok(()) => return Ok(gate),
            Err(TryLockError::WouldBlock) if Instant::now() < end => thread::sleep(LOOK),
            Err(TryLockError::WouldBlock) => {
                return Err(io::Error::other(
                    "another editor is writing the draft, and does not come to an end",
                ));
            }
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
}

impl Holder {
    /// Holds the draft, if nobody does. Only at the gate.
    pub(super) fn claim(journal: &Path) -> io::Result<Claim> {
        let path = journal.with_extension("lock");
        let mut lock = private().read(true).create(true).truncate(false).open(&path)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(Claim::HeldBy(named_in(lock))),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        let _ = lock.set_len(0);
        name_in(&mut lock);
        Ok(Claim::Ours(Holder(lock)))
    }

    /// Holds the draft, whoever did. Only at the gate.
    pub(super) fn take(journal: &Path) -> io::Result<Claim> {
        // Where it was let go.
        if let Claim::Ours(holder) = Holder::claim(journal)? {
            return Ok(Claim::Ours(holder));
        }
        let new = journal.with_extension("lock.new");
        match fs::remove_file(&new) {
            // Of a process that died here.
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut lock = private().read(true).create_new(true).open(&new)?;
        lock.try_lock().map_err(io::Error::from)?;
        name_in(&mut lock);
        fs::rename(&new, journal.with_extension("lock"))?;
        Ok(Claim::Ours(Holder(lock)))
    }

    pub(super) fn let_go(&self) {
        // Should that fail, it is taken from us.
        let _ = self.0.unlock();
    }

    /// Waits at the gate to write. An error where the draft is not ours any more.
    pub(super) fn pass(&mut self, journal: &Path) -> io::Result<File> {
        let gate = gate(journal)?;
        if !journal.with_extension("lock").try_exists()? {
            // Somebody has tidied up; nobody has taken it.
            if let Claim::Ours(holder) = Holder::claim(journal)? {
                *self = holder;
            }
        }
        match self.taken_by(journal)? {
            None => Ok(gate),
            Some(holder) => {
                Err(io::Error::other(format!("another editor ({holder}) has taken the draft over")))
            }
        }
    }

    /// Who holds the draft in our place. An error where that cannot be seen; it may pass.
    pub(super) fn taken_by(&self, journal: &Path) -> io::Result<Option<String>> {
        let there = match File::open(journal.with_extension("lock")) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            there => there?,
        };
        let (theirs, ours) = (there.metadata()?, self.0.metadata()?);
        let is_ours = (theirs.dev(), theirs.ino()) == (ours.dev(), ours.ino());
        Ok(if is_ours { None } else { Some(named_in(there)) })
    }
}

/// Who holds the draft, if anybody does. An error where that cannot be told just now: somebody is writing.
pub(super) fn seen(journal: &Path) -> io::Result<Option<String>> {
    let gate = private().create(true).truncate(false).open(journal.with_extension("gate"))?;
    gate.try_lock().map_err(io::Error::from)?;
    let lock = match File::open(journal.with_extension("lock")) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        lock => lock?,
    };
    match lock.try_lock() {
        Ok(()) => Ok(None),
        Err(TryLockError::WouldBlock) => Ok(Some(named_in(lock))),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Asks whoever holds the draft to let it go, and waits for that a little.
pub(super) fn ask(journal: &Path) {
    let path = journal.with_extension("wanted");
    // Without it, the draft is taken without being asked for.
    let Ok(mut wanted) = private().read(true).create(true).truncate(false).open(&path) else { return };
    if wanted.try_lock().is_ok() {
        let _ = wanted.set_len(0);
        name_in(&mut wanted);
        let end = Instant::now() + HANDOVER;
        while Instant::now() < end && !matches!(seen(journal), Ok(None)) {
            thread::sleep(LOOK * 4);
        }
        let _ = fs::remove_file(&path);
    }
}

/// Who waits for the draft; nobody who is gone.
pub(super) fn wanted_by(journal: &Path) -> Option<String> {
    let wanted = File::open(journal.with_extension("wanted")).ok()?;
    matches!(wanted.try_lock(), Err(TryLockError::WouldBlock)).then(|| named_in(wanted))
}

/// Only for the message: without it the draft is held all the same.
pub(in crate::store) fn name_in(lock: &mut File) {
    let of_user = std::env::var("USER").map(|user| format!(" of {user}")).unwrap_or_default();
    let _ = writeln!(lock, "process {}{of_user}", std::process::id());
}

/// "process 4711 of anna since 10:12 UTC": it was written when the draft was taken.
pub(in crate::store) fn named_in(lock: File) -> String {
    let since = lock.metadata().and_then(|metadata| metadata.modified()).map(since_1970);
    let mut name = String::new();
    let _ = lock.take(200).read_to_string(&mut name);
    let since = since.map_or_else(|_| String::new(), |since| format!(" since {}", moment(since)));
    format!("{}{since}", name.trim())
}

/// The time of day, with the date where that is another one.
fn moment(seconds: u64) -> String {
    let (then, now) = (types::in_words(seconds), types::in_words(since_1970(SystemTime::now())));
    match (then.split_once(' '), now.split_once(' ')) {
        (Some((day, time)), Some((today, _))) if day == today => time.to_owned(),
        _ => then,
    }
}
