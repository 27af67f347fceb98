//! Registrations under way, kept in order to go on with them after a crash: a small file for each zone, server and
//! secondary service.
//!
//! It holds one line as in `lines`, written anew by rename and seen onto the disk before each step that changes something.
//! A lock file beside it keeps two runs apart. No credential is ever in here.

use std::fs::{self, File, TryLockError};
use std::io::{self, Read as _};
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::drafts::holder::{name_in, named_in};
use super::files::{self, encoded, private};
use super::lines::{decode, encode};
use crate::facts::registration::{Challenge, Place, Wanted};
use crate::facts::{Failure, FailureKind};
use crate::registering::{Doing, Goal, Job, Saved};
use crate::zone::{Name, RecordType};

/// So much of a file is read, and so many files are looked at.
const MAX_FILE: u64 = 64 << 10;
const MAX_FILES: usize = 10_000;
/// What is kept of a service's texts; what is longer is none that anybody puts into a zone.
const MAX_PROOFS: usize = 16;
const EXTENSION: &str = "registration";

const GOALS: [(Goal, &str); 3] =
    [(Goal::Add, "add"), (Goal::Remove, "remove"), (Goal::ChangePrimary, "change-primary")];
const DOINGS: [(Doing, &str); 5] = [
    (Doing::Adding, "adding"),
    (Doing::Proving, "proving"),
    (Doing::Removing, "removing"),
    (Doing::Changing, "changing"),
    (Doing::CleaningUp, "cleaning-up"),
];

/// The file of one zone at one server and one service, locked.
#[derive(Debug)]
pub struct RegistrationFile {
    path: PathBuf,
    server: String,
    backend: String,
    /// It goes with the process.
    _lock: File,
}

/// What came of opening it.
#[derive(Debug)]
pub enum Opened {
    Ours(RegistrationFile, Option<Saved>),
    /// Another run is at it; which one, as far as it says.
    HeldBy(String),
}

/// A registration that is not finished.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfinished {
    /// The server as the drafts of the zone have it.
    pub server: String,
    pub backend: String,
    pub saved: Saved,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Line {
    server: String,
    backend: String,
    domain: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    service: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    primary: Option<IpAddr>,
    goal: String,
    doing: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    proofs: Vec<ProofLine>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    created: Option<i64>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ProofLine {
    owner: String,
    rtype: u16,
    value: String,
}

fn root(state: &Path) -> PathBuf {
    state.join("registrations")
}

impl RegistrationFile {
    /// Takes the file of `zone` at `server` and the service `backend` below `state`, unless another run has it.
    ///
    /// # Errors
    /// A [`Failure`] where the disk does not work, or the file is damaged.
    pub fn open(state: &Path, server: &str, zone: &Name, backend: &str) -> Result<Opened, Failure> {
        let folder = root(state).join(encoded(server)).join(encoded(&zone.to_string()));
        let path = folder.join(format!("{}.{EXTENSION}", encoded(backend)));
        let trouble = |error: io::Error| failure(&path, &error.to_string());
        files::create_folder(&folder).map_err(trouble)?;
        let lock = private().read(true).create(true).truncate(false).open(path.with_extension("lock"));
        let mut lock = lock.map_err(trouble)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(Opened::HeldBy(named_in(lock))),
            Err(TryLockError::Error(error)) => return Err(trouble(error)),
        }
        let _ = lock.set_len(0);
        name_in(&mut lock);
        let found = read(&path)?;
        let file = RegistrationFile { path, server: server.into(), backend: backend.into(), _lock: lock };
        Ok(Opened::Ours(file, found.map(|found| found.saved)))
    }

    /// Keeps this, seen onto the disk.
    ///
    /// # Errors
    /// A [`Failure`]; what was kept last is then still there.
    pub fn save(&self, saved: &Saved) -> Result<(), Failure> {
        let proof = |proof: &Challenge| ProofLine {
            owner: proof.owner.to_string(),
            rtype: proof.rtype.0,
            value: proof.value.clone(),
        };
        let Job { goal, wanted: Wanted { place, primary } } = &saved.job;
        let line = encode(&Line {
            server: self.server.clone(),
            backend: self.backend.clone(),
            domain: place.domain.to_string(),
            service: place.service.clone(),
            primary: *primary,
            goal: word(&GOALS, *goal).into(),
            doing: word(&DOINGS, saved.doing).into(),
            proofs: saved.proofs.iter().map(proof).collect(),
            created: saved.created,
        });
        let written = line.and_then(|line| match line.len() as u64 > MAX_FILE {
            true => Err(io::Error::other("it is longer than a registration can be")),
            false => files::replace(&self.path, line.as_bytes()),
        });
        written.map_err(|error| failure(&self.path, &error.to_string()))
    }

    /// Nothing is left to do.
    ///
    /// # Errors
    /// A [`Failure`].
    pub fn erase(&self) -> Result<(), Failure> {
        let folder = self.path.parent().map(File::open);
        let removed = match fs::remove_file(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            removed => removed,
        };
        let seen = removed.and_then(|()| folder.map_or(Ok(()), |folder| folder?.sync_all()));
        seen.map_err(|error| failure(&self.path, &error.to_string()))
    }
}

/// The registrations that are not finished, of all zones, or of one at one server. What cannot be read is passed over:
/// whoever opens it is told.
pub fn unfinished(state: &Path) -> Vec<Unfinished> {
    let mut found = Vec::new();
    let mut looked = 0;
    for server in folders(&root(state)) {
        for zone in folders(&server) {
            for path in folders(&zone) {
                looked += 1;
                if looked > MAX_FILES {
                    return found;
                }
                if path.extension().is_some_and(|extension| extension == EXTENSION) {
                    found.extend(read(&path).ok().flatten());
                }
            }
        }
    }
    found
}

/// What is in a folder, in order.
fn folders(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let mut paths: Vec<PathBuf> = entries.flatten().take(MAX_FILES).map(|entry| entry.path()).collect();
    paths.sort();
    paths
}

fn read(path: &Path) -> Result<Option<Unfinished>, Failure> {
    let trouble = |why: &str| failure(path, why);
    let file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        file => file.map_err(|error| trouble(&error.to_string()))?,
    };
    let mut octets = Vec::new();
    let is_file = file.metadata().is_ok_and(|metadata| metadata.is_file());
    if is_file {
        file.take(MAX_FILE).read_to_end(&mut octets).map_err(|error| trouble(&error.to_string()))?;
    }
    let line = octets.strip_suffix(b"\n").and_then(decode).and_then(of_line);
    line.map(Some).ok_or_else(|| trouble("it is damaged"))
}

fn of_line(line: Line) -> Option<Unfinished> {
    let name = |text: &str| Name::parse(text.as_bytes(), None).ok();
    let proof = |proof: ProofLine| {
        Some(Challenge { owner: name(&proof.owner)?, rtype: RecordType(proof.rtype), value: proof.value })
    };
    let place = Place { domain: name(&line.domain)?, service: line.service };
    let job = Job { goal: meaning(&GOALS, &line.goal)?, wanted: Wanted { place, primary: line.primary } };
    if line.proofs.len() > MAX_PROOFS {
        return None;
    }
    let proofs = line.proofs.into_iter().map(proof).collect::<Option<Vec<_>>>()?;
    let saved = Saved { job, doing: meaning(&DOINGS, &line.doing)?, proofs, created: line.created };
    Some(Unfinished { server: line.server, backend: line.backend, saved })
}

fn word<T: PartialEq>(words: &[(T, &'static str)], value: T) -> &'static str {
    words.iter().find(|(other, _)| *other == value).map_or("", |(_, word)| word)
}

fn meaning<T: Copy>(words: &[(T, &str)], word: &str) -> Option<T> {
    words.iter().find(|(_, other)| *other == word).map(|(value, _)| *value)
}

fn failure(path: &Path, why: &str) -> Failure {
    Failure {
        kind: FailureKind::Local,
        what: "What is under way at the secondary service cannot be kept on the disk.".into(),
        why: format!("{}: {}.", path.display(), why.trim_end_matches('.')),
        next: "Mend that, or remove the file; it says which record may have to be taken out of the zone."
            .into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    fn name(text: &str) -> Name {
        Name::parse(text.as_bytes(), None).unwrap()
    }

    fn saved(doing: Doing, goal: Goal) -> Saved {
        let place = Place { domain: name("b\\252cher.example."), service: Some("vps/a\u{1b}b".into()) };
        let proof = |value: &str| Challenge {
            owner: name("ownercheck.b\\252cher.example."),
            rtype: RecordType::TXT,
            value: value.into(),
        };
        Saved {
            job: Job { goal, wanted: Wanted { place, primary: "2001:db8::1".parse().ok() } },
            doing,
            proofs: vec![proof("a1b2"), proof("\"\\\n\u{1b}[")],
            created: Some(-7),
        }
    }

    fn open(state: &Path) -> (RegistrationFile, Option<Saved>) {
        match RegistrationFile::open(state, "ns0", &name("b\\252cher.example."), "ovh/1").unwrap() {
            Opened::Ours(file, found) => (file, found),
            Opened::HeldBy(holder) => panic!("{holder}"),
        }
    }

    #[test]
    fn it_comes_back_and_goes() {
        let state = tempfile::tempdir().unwrap();
        assert_eq!(unfinished(state.path()), []);
        let (file, found) = open(state.path());
        assert_eq!(found, None);
        file.erase().unwrap();
        for (goal, _) in GOALS {
            for (doing, _) in DOINGS {
                file.save(&saved(doing, goal)).unwrap();
                let all = unfinished(state.path());
                assert_eq!((all.len(), &all[0].saved), (1, &saved(doing, goal)));
                assert_eq!((all[0].server.as_str(), all[0].backend.as_str()), ("ns0", "ovh/1"));
            }
        }
        assert_eq!(fs::metadata(&file.path).unwrap().permissions().mode() & 0o777, 0o600);
        // A second run at the same.
        let again = RegistrationFile::open(state.path(), "ns0", &name("b\\252cher.example."), "ovh/1");
        assert!(matches!(again, Ok(Opened::HeldBy(holder)) if holder.contains("process")));
        drop(file);
        let (file, found) = open(state.path());
        assert_eq!(found, Some(saved(DOINGS[4].0, GOALS[2].0)));
        file.erase().unwrap();
        assert_eq!(unfinished(state.path()), []);
    }

    #[test]
    fn damage_is_told_and_never_believed() {
        let state = tempfile::tempdir().unwrap();
        let (file, _) = open(state.path());
        file.save(&saved(Doing::Proving, Goal::Add)).unwrap();
        let whole = fs::read(&file.path).unwrap();
        let path = file.path.clone();
        drop(file);
        let reopened = || RegistrationFile::open(state.path(), "ns0", &name("b\\252cher.example."), "ovh/1");
        for cut in 0..whole.len() {
            fs::write(&path, &whole[..cut]).unwrap();
            assert!(reopened().unwrap_err().why.contains("damaged"), "cut at {cut}");
            assert_eq!(unfinished(state.path()), []);
        }
        fs::write(&path, vec![b'x'; 1 << 20]).unwrap();
        assert!(reopened().is_err());
        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
        assert!(reopened().is_err());
        assert_eq!(unfinished(state.path()), []);
    }
}
