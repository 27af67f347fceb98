//! What is kept of a zone from one visit to the next, beside its draft: one file, written as a whole.
//!
//! The lock on the zone's draft ([`super::drafts::Journal`]) keeps two editors apart; whoever writes here holds it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::files::{self, encoded};
use super::lines::{KeyLine, decode, encode, key_line, key_of};
use crate::facts::remembered::{Lowered, Remembered};
use crate::facts::{Failure, FailureKind};
use crate::zone::Name;

/// Larger files are none of ours.
const MAX_FILE: u64 = 256 << 20;

/// Where it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RememberedFile {
    path: PathBuf,
}

#[derive(Serialize, Deserialize)]
struct Line {
    /// Template, value, text.
    #[serde(default)]
    values: Vec<(String, String, String)>,
    #[serde(default)]
    hidden_primary: Option<String>,
    #[serde(default)]
    lowered: Vec<(KeyLine, u32, u32)>,
}

impl RememberedFile {
    /// That of `zone` at `server` below `state`. Nothing is read or made yet.
    pub fn new(state: &Path, server: &str, zone: &Name) -> RememberedFile {
        let folder = state.join("drafts").join(encoded(server));
        RememberedFile { path: folder.join(format!("{}.remembered", encoded(&zone.to_string()))) }
    }

    /// Keeps it, seen onto the disk.
    ///
    /// # Errors
    /// A [`Failure`]; what was kept last is then still there.
    pub fn save(&self, remembered: &Remembered) -> Result<(), Failure> {
        self.try_save(remembered).map_err(|error| {
            let next = "The zone's draft is not touched by this; old TTLs stand in the history as well.";
            self.failure("What is kept of the zone for later could not be saved.", &error, next)
        })
    }

    fn try_save(&self, remembered: &Remembered) -> io::Result<()> {
        let value = |((template, name), text): (&(String, String), &String)| {
            (template.clone(), name.clone(), text.clone())
        };
        let line = Line {
            values: remembered.values.iter().map(value).collect(),
            hidden_primary: remembered.hidden_primary.as_ref().map(Name::to_string),
            lowered: (remembered.lowered.iter())
                .map(|lowered| (key_line(&lowered.key), lowered.from, lowered.to))
                .collect(),
        };
        if let Some(folder) = self.path.parent() {
            files::create_folder(folder)?;
        }
        files::replace(&self.path, encode(&line)?.as_bytes())
    }

    /// What was kept; nothing where there is nothing, or what cannot be understood: another version may have written
    /// it.
    ///
    /// # Errors
    /// A [`Failure`] where the file cannot be read.
    pub fn load(&self) -> Result<Remembered, Failure> {
        let octets = match fs::metadata(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Remembered::default()),
            Ok(metadata) if metadata.len() > MAX_FILE => return Ok(Remembered::default()),
            Ok(_) => fs::read(&self.path),
            Err(error) => Err(error),
        };
        let octets = octets.map_err(|error| {
            let next = "Mend or remove that file; the draft itself is not touched by this.";
            self.failure("What was kept of the zone could not be read.", &error, next)
        })?;
        Ok(octets.strip_suffix(b"\n").and_then(decode).and_then(remembered_of).unwrap_or_default())
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

fn remembered_of(line: Line) -> Option<Remembered> {
    let lowered = |(key, from, to)| Some(Lowered { key: key_of(key)?, from, to });
    let hidden_primary = match line.hidden_primary {
        Some(name) => Some(Name::parse(name.as_bytes(), None).ok()?),
        None => None,
    };
    Some(Remembered {
        values: line.values.into_iter().map(|(template, name, text)| ((template, name), text)).collect(),
        hidden_primary,
        lowered: line.lowered.into_iter().map(lowered).collect::<Option<_>>()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zone::{RecordType, RrKey};

    #[test]
    fn it_comes_back() {
        let name = |text: &str| Name::parse(text.as_bytes(), None).unwrap();
        let state = tempfile::tempdir().unwrap();
        let file = RememberedFile::new(state.path(), "ns0", &name("example.com."));
        assert_eq!(file.load().unwrap(), Remembered::default());
        let mut remembered = Remembered {
            hidden_primary: Some(name("h\\.\\255.example.com.")),
            lowered: vec![Lowered {
                key: RrKey::new(name("www.example.com."), RecordType::A),
                from: 3600,
                to: 300,
            }],
            ..Remembered::default()
        };
        remembered.values.insert(("webhost".into(), "ip".into()), "192.0.2.1\u{1b}\"".into());
        file.save(&remembered).unwrap();
        assert_eq!(file.load().unwrap(), remembered);
        let whole = fs::read(&file.path).unwrap();
        for cut in 0..whole.len() {
            fs::write(&file.path, &whole[..cut]).unwrap();
            assert_eq!(file.load().unwrap(), Remembered::default(), "cut at {cut}");
        }
        fs::remove_file(&file.path).unwrap();
        fs::create_dir(&file.path).unwrap();
        assert!(file.load().unwrap_err().why.contains("example.com..remembered"));
        assert!(file.save(&remembered).is_err());
    }
}
