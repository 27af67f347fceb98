//! The list of what is registered at a secondary service that cannot be asked: what a person, or a program of theirs, did
//! there as far as it was told here. One file for each service.

use std::fs::File;
use std::io::{self, Read as _};
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::files::{self, encoded};
use super::lines::{decode, encode};
use crate::zone::Name;

/// Larger files are none of ours: that is room for a hundred thousand domains.
const MAX_LIST: u64 = 16 << 20;

/// Where the list of one service is kept.
#[derive(Debug, Clone)]
pub struct RegisteredFile {
    path: PathBuf,
}

/// One domain of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registered {
    pub domain: Name,
    /// When it was put there, in seconds since 1970.
    pub created: u64,
    pub primary: Option<IpAddr>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Line {
    domain: String,
    created: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    primary: Option<IpAddr>,
}

impl RegisteredFile {
    /// That of the service with this name, below the state directory. Nothing is read or made yet.
    pub fn new(state: &Path, service: &str) -> RegisteredFile {
        RegisteredFile { path: state.join("secondary").join(encoded(service)) }
    }

    /// # Errors
    /// Those of the system; [`io::ErrorKind::InvalidData`] where a line is not right: a list is not guessed at.
    pub fn load(&self) -> io::Result<Vec<Registered>> {
        let mut text = String::new();
        match File::open(&self.path) {
            Ok(file) => file.take(MAX_LIST + 1).read_to_string(&mut text)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        if text.len() as u64 > MAX_LIST {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        let read = |line: &str| {
            let line: Line = decode(line.as_bytes())?;
            let domain = Name::parse(line.domain.as_bytes(), None).ok()?;
            Some(Registered { domain, created: line.created, primary: line.primary })
        };
        let lines: Option<Vec<Registered>> = text.lines().map(read).collect();
        lines.ok_or_else(|| io::ErrorKind::InvalidData.into())
    }

    /// Changes the list, one program at a time. It is on the disk when this returns.
    ///
    /// # Errors
    /// Those of the system; the old list is then still there.
    pub fn change(&self, change: impl FnOnce(&mut Vec<Registered>)) -> io::Result<()> {
        if let Some(folder) = self.path.parent() {
            files::create_folder(folder)?;
        }
        let mut lock = self.path.clone().into_os_string();
        lock.push(".lock");
        let lock = files::private().create(true).open(&lock)?;
        lock.lock()?;
        let mut list = self.load()?;
        change(&mut list);
        let mut text = String::new();
        for Registered { domain, created, primary } in list {
            text.push_str(encode(&Line { domain: domain.to_string(), created, primary })?.trim_end());
            text.push('\n');
        }
        files::replace(&self.path, text.as_bytes())
    }

    /// Where it is, for messages.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn domain(text: &str) -> Registered {
        Registered { domain: Name::parse(text.as_bytes(), None).unwrap(), created: 7, primary: None }
    }

    #[test]
    fn a_list_is_kept_private_and_is_not_guessed_at() {
        let state = tempfile::tempdir().unwrap();
        let file = RegisteredFile::new(state.path(), "by hand/../x");
        assert_eq!(file.load().unwrap(), []);
        let primary = Some("2001:db8::1".parse().unwrap());
        let odd = Registered { primary, ..domain("a\\.b\\010\\\"c.example.") };
        file.change(|list| list.extend([domain("example.com."), odd.clone()])).unwrap();
        assert_eq!(file.load().unwrap(), [domain("example.com."), odd.clone()]);
        file.change(|list| list.retain(|one| one.primary.is_some())).unwrap();
        assert_eq!(file.load().unwrap(), [odd]);
        assert!(file.path().starts_with(state.path().join("secondary")));
        let mode = fs::metadata(file.path()).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        fs::write(file.path(), "half a line").unwrap();
        assert_eq!(file.load().unwrap_err().kind(), io::ErrorKind::InvalidData);
        assert!(file.change(Vec::clear).is_err());
        assert_eq!(fs::read_to_string(file.path()).unwrap(), "half a line");
    }

    #[test]
    fn several_programs_lose_nothing() {
        let state = tempfile::tempdir().unwrap();
        let file = RegisteredFile::new(state.path(), "x");
        std::thread::scope(|scope| {
            for number in 0..8 {
                let file = file.clone();
                scope.spawn(move || file.change(|list| list.push(domain(&format!("d{number}.")))).unwrap());
            }
        });
        assert_eq!(file.load().unwrap().len(), 8);
    }
}
