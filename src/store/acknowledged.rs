//! The findings of a zone that somebody has acknowledged, each with its reason: a small file beside the drafts.
//!
//! The lock on the zone's draft ([`super::drafts::Journal`]) keeps two editors apart; whoever writes here holds it.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::files::{self, encoded};
use super::lines::{KeyLine, decode, encode, hex, key_line, key_of, octets_of};
use crate::facts::{Acknowledged, Failure, FailureKind};
use crate::zone::Name;

/// So much of a file is read; what is behind that is none of ours.
const MAX_FILE: u64 = 4 << 20;

/// Where those of a zone are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcknowledgedFile {
    path: PathBuf,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    rule: String,
    key: KeyLine,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    record: Option<String>,
    reason: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    time: Option<u64>,
}

impl AcknowledgedFile {
    /// That of `zone` at `server` below `state`. Nothing is read or made yet.
    pub fn new(state: &Path, server: &str, zone: &Name) -> AcknowledgedFile {
        let folder = state.join("drafts").join(encoded(server));
        AcknowledgedFile { path: folder.join(format!("{}.acknowledged", encoded(&zone.to_string()))) }
    }

    /// Keeps these and no others, seen onto the disk.
    ///
    /// # Errors
    /// A [`Failure`]; what was kept last is then still there.
    pub fn save(&self, all: &[Acknowledged]) -> Result<(), Failure> {
        self.try_save(all).map_err(|error| {
            self.failure(
                "What is acknowledged could not be saved.",
                &error,
                "It counts until you leave; mend that, then acknowledge once more.",
            )
        })
    }

    fn try_save(&self, all: &[Acknowledged]) -> io::Result<()> {
        let line = |one: &Acknowledged| {
            encode(&Line {
                rule: one.rule.clone(),
                key: key_line(&one.key),
                record: one.record.as_deref().map(hex),
                reason: one.reason.clone(),
                time: one.time,
            })
        };
        let lines = all.iter().map(line).collect::<io::Result<String>>()?;
        if let Some(folder) = self.path.parent() {
            files::create_folder(folder)?;
        }
        files::replace(&self.path, lines.as_bytes())
    }

    /// What is kept; nothing where there is no file. Lines that are not whole, or make no sense, are passed over: their
    /// findings count again.
    ///
    /// # Errors
    /// A [`Failure`] where the file cannot be read.
    pub fn load(&self) -> Result<Vec<Acknowledged>, Failure> {
        let read = || -> io::Result<Vec<u8>> {
            let mut octets = Vec::new();
            match File::open(&self.path) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
                Ok(file) if !file.metadata()?.is_file() => {
                    return Err(io::Error::other("it is no regular file"));
                }
                Ok(file) => {
                    file.take(MAX_FILE).read_to_end(&mut octets)?;
                }
            }
            Ok(octets)
        };
        let octets = read().map_err(|error| {
            self.failure(
                "What was acknowledged of this zone's findings could not be read.",
                &error,
                "Mend or remove that file; until then all findings count.",
            )
        })?;
        let lines = octets.split(|octet| *octet == b'\n');
        Ok(lines.filter_map(decode).filter_map(of_line).take(Acknowledged::MOST).collect())
    }

    fn failure(&self, what: &str, error: &io::Error, next: &str) -> Failure {
        Failure {
            kind: FailureKind::Local,
            what: what.into(),
            why: format!("{}: {error}.", self.path.display()),
            next: next.into(),
        }
    }
}

fn of_line(line: Line) -> Option<Acknowledged> {
    let record = match line.record {
        Some(record) => Some(octets_of(&record)?),
        None => None,
    };
    let reason: String = line.reason.chars().take(Acknowledged::LONGEST).collect();
    Some(Acknowledged { rule: line.rule, key: key_of(line.key)?, record, reason, time: line.time })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zone::{RecordType, RrKey};
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    fn name(text: &str) -> Name {
        Name::parse(text.as_bytes(), None).unwrap()
    }

    fn one(number: usize) -> Acknowledged {
        let key = RrKey::new(name(&format!("w\\.\\255{number}.example.com.")), RecordType::TXT);
        let record = number.is_multiple_of(2).then(|| vec![0, 255].into());
        Acknowledged { rule: "L-22".into(), key, record, reason: "wëb\u{1b}\n".into(), time: Some(7) }
    }

    #[test]
    fn they_come_back_and_only_whole_ones() {
        let state = tempfile::tempdir().unwrap();
        let file = AcknowledgedFile::new(state.path(), "ns0", &name("example.com."));
        assert_eq!(file.load().unwrap(), []);
        let all: Vec<Acknowledged> = (0..3).map(one).collect();
        file.save(&all).unwrap();
        assert_eq!(file.load().unwrap(), all);
        let mode = fs::metadata(&file.path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600);
        let whole = fs::read(&file.path).unwrap();
        for cut in 0..whole.len() {
            fs::write(&file.path, &whole[..cut]).unwrap();
            let lines = whole[..cut].iter().filter(|octet| **octet == b'\n').count();
            // A line may be whole but for its end.
            let loaded = file.load().unwrap();
            assert!(loaded == all[..lines] || loaded == all[..lines + 1], "cut at {cut}");
        }
        file.save(&[]).unwrap();
        assert_eq!(file.load().unwrap(), []);
    }

    #[test]
    fn hostile_files_are_bounded() {
        let state = tempfile::tempdir().unwrap();
        let file = AcknowledgedFile::new(state.path(), "ns0", &name("example.com."));
        let long = Acknowledged { reason: "x".repeat(100_000), ..one(1) };
        file.save(&[long]).unwrap();
        assert_eq!(file.load().unwrap()[0].reason.len(), Acknowledged::LONGEST);
        file.save(&vec![one(1); Acknowledged::MOST + 5]).unwrap();
        assert_eq!(file.load().unwrap().len(), Acknowledged::MOST);
        let mut large = fs::read(&file.path).unwrap();
        large.resize(2 * MAX_FILE as usize, b'x');
        large.extend(b"\n\xff\n");
        fs::write(&file.path, large).unwrap();
        assert_eq!(file.load().unwrap().len(), Acknowledged::MOST);
        fs::remove_file(&file.path).unwrap();
        fs::create_dir(&file.path).unwrap();
        assert!(file.load().unwrap_err().why.contains("example.com..acknowledged"));
        assert!(file.save(&[]).is_err());
    }
}
