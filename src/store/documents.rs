//! Zones as text, kept for the next visit: the comments, the order and the layout that no server keeps.
//!
//! One file a zone and server, the text as it is, so that a person can read it without this program; beside it
//! (`.editing`) the text that is being typed, until it is taken over or given up. The lock on the zone's draft
//! ([`super::drafts::Journal`]) keeps two editors apart; whoever writes here holds it.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use super::files::{self, encoded, since_1970};
use crate::facts::{Failure, FailureKind};
use crate::zone::Name;

/// Larger files are not read: a zone of a million records has about 60 MB.
const MAX_DOCUMENT: u64 = 1 << 30;
/// As many texts are kept aside.
const MOST_ASIDE: u32 = 100;

/// A text found on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// What was saved, or what somebody has made of it since with another program.
    pub octets: Vec<u8>,
    /// When it was last written, in seconds since 1970.
    pub changed: u64,
}

/// The files of one zone's document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentFiles {
    document: PathBuf,
    editing: PathBuf,
}

impl DocumentFiles {
    /// Those of `zone` at `server` below `state`. Nothing is read or made yet.
    pub fn new(state: &Path, server: &str, zone: &Name) -> DocumentFiles {
        let folder = state.join("documents").join(encoded(server));
        let name = encoded(&zone.to_string());
        DocumentFiles { editing: folder.join(format!("{name}.editing")), document: folder.join(name) }
    }

    /// The document; `None` where the zone has none yet.
    ///
    /// # Errors
    /// A [`Failure`] where it cannot be read.
    pub fn load(&self) -> Result<Option<Stored>, Failure> {
        read(&self.document)
    }

    /// Puts a document in the place of the last one, seen onto the disk.
    ///
    /// # Errors
    /// A [`Failure`]; the last one is then still there.
    pub fn save(&self, text: &str) -> Result<(), Failure> {
        write(&self.document, text)
    }

    /// Keeps a text that has stopped being the document: never over another one, until there are a hundred.
    ///
    /// # Errors
    /// A [`Failure`].
    pub fn set_aside(&self, text: &str) -> Result<(), Failure> {
        let free = (1..MOST_ASIDE).map(|number| self.aside(number)).find(|path| !path.exists());
        write(&free.unwrap_or_else(|| self.aside(MOST_ASIDE)), text)
    }

    /// Puts the text that was set aside last in the place of the text that is being typed. False where none is kept.
    ///
    /// # Errors
    /// A [`Failure`]; it is still kept aside then.
    pub fn bring_back(&self) -> Result<bool, Failure> {
        match self.last_aside().filter(|_| !self.is_editing()) {
            Some(last) => self.edit_again(&last).map(|()| true),
            None => Ok(false),
        }
    }

    /// The text that was set aside last is on the screen again: where it is this one, it is what is being typed, and
    /// aside no more.
    ///
    /// # Errors
    /// A [`Failure`]; it is still kept aside then.
    pub fn take_back(&self, text: &str) -> Result<(), Failure> {
        let is_it = |path: &PathBuf| fs::read(path).is_ok_and(|octets| octets == text.as_bytes());
        self.last_aside().filter(is_it).map_or(Ok(()), |last| self.edit_again(&last))
    }

    fn edit_again(&self, aside: &Path) -> Result<(), Failure> {
        fs::rename(aside, &self.editing).map_err(|error| {
            failure(
                "The discarded text is not brought back.",
                aside,
                &error,
                "It is still kept in that file.",
            )
        })
    }

    fn last_aside(&self) -> Option<PathBuf> {
        let changed = |path: &PathBuf| fs::metadata(path).and_then(|file| file.modified()).ok();
        let kept = (1..=MOST_ASIDE).map(|number| self.aside(number));
        kept.filter_map(|path| changed(&path).map(|time| (time, path))).max().map(|(_, path)| path)
    }

    fn aside(&self, number: u32) -> PathBuf {
        let mut path = self.document.as_os_str().to_owned();
        path.push(format!(".{number}.aside"));
        path.into()
    }

    /// The text that was being typed when the program ended; `None` where there is none.
    ///
    /// # Errors
    /// A [`Failure`] where it cannot be read.
    pub fn load_editing(&self) -> Result<Option<Stored>, Failure> {
        read(&self.editing)
    }

    /// Is there such a text?
    pub fn is_editing(&self) -> bool {
        self.editing.exists()
    }

    /// Keeps the text that is being typed, seen onto the disk.
    ///
    /// # Errors
    /// A [`Failure`]; what was kept last is then still there.
    pub fn save_editing(&self, text: &str) -> Result<(), Failure> {
        write(&self.editing, text)
    }

    /// Forgets the text that was being typed: it was taken over, or given up.
    ///
    /// # Errors
    /// A [`Failure`] where it cannot be removed: it would be offered again.
    pub fn remove_editing(&self) -> Result<(), Failure> {
        match fs::remove_file(&self.editing) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failure(
                "The text that was typed could not be removed from the disk.",
                &self.editing,
                &error,
                "Remove that file: otherwise its text is offered again at the next start.",
            )),
            _ => Ok(()),
        }
    }
}

fn read(path: &Path) -> Result<Option<Stored>, Failure> {
    try_read(path).map_err(|error| {
        let next =
            "Mend or move that file; without it, the text is made from the zone, without your comments.";
        failure("The text kept of this zone could not be read.", path, &error, next)
    })
}

fn try_read(path: &Path) -> io::Result<Option<Stored>> {
    let metadata = match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        other => other?,
    };
    if !metadata.is_file() {
        return Err(io::Error::other("it is no regular file"));
    }
    if metadata.len() > MAX_DOCUMENT {
        return Err(io::Error::other("it is larger than 1 GiB, more than any text of this program"));
    }
    let mut octets = Vec::new();
    File::open(path)?.take(MAX_DOCUMENT).read_to_end(&mut octets)?;
    Ok(Some(Stored { octets, changed: since_1970(metadata.modified()?) }))
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let written = match path.parent() {
        Some(folder) => files::create_folder(folder).and_then(|()| files::replace(path, text.as_bytes())),
        None => Ok(()),
    };
    written.map_err(|error| {
        let next = "Free disk space or mend the permissions; the text is still on the screen.";
        failure("The text of the zone could not be saved.", path, &error, next)
    })
}

fn failure(what: &str, path: &Path, error: &io::Error, next: &str) -> Failure {
    Failure {
        kind: FailureKind::Local,
        what: what.into(),
        why: format!("{}: {error}.", path.display()),
        next: next.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;
    use std::time::SystemTime;

    fn zone(text: &str) -> Name {
        Name::parse(text.as_bytes(), None).unwrap()
    }

    #[test]
    fn texts_set_aside_stay() {
        let state = tempfile::tempdir().unwrap();
        let files = DocumentFiles::new(state.path(), "ns0", &zone("example.com."));
        files.set_aside("a").unwrap();
        files.set_aside("b").unwrap();
        assert!(files.bring_back().unwrap());
        assert_eq!(files.load_editing().unwrap().unwrap().octets, b"b");
        // Never over what is being typed.
        assert!(!files.bring_back().unwrap());
        files.remove_editing().unwrap();
        files.set_aside("b").unwrap();
        let kept = [1, 2].map(|number| fs::read_to_string(files.aside(number)).unwrap());
        assert_eq!(kept, ["a", "b"]);
        assert_eq!(files.load().unwrap(), None);
    }

    #[test]
    fn texts_come_back() {
        let state = tempfile::tempdir().unwrap();
        let files = DocumentFiles::new(state.path(), "ns0.example.net", &zone("Example.com."));
        assert_eq!((files.load().unwrap(), files.load_editing().unwrap()), (None, None));
        assert!(!state.path().join("documents").exists(), "looking leaves nothing behind");
        files.remove_editing().unwrap();

        let before = since_1970(SystemTime::now());
        files.save("; büro\r\n").unwrap();
        files.save_editing("being typed").unwrap();
        files.save("; second\n").unwrap();
        let (stored, editing) = (files.load().unwrap().unwrap(), files.load_editing().unwrap().unwrap());
        assert_eq!((&*stored.octets, &*editing.octets), (&b"; second\n"[..], &b"being typed"[..]));
        assert!((before..=since_1970(SystemTime::now())).contains(&editing.changed));

        let folder = state.path().join("documents/ns0.example.net");
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let mut found: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        found.sort();
        assert_eq!(found, [folder.join("example.com."), folder.join("example.com..editing")]);
        assert!(found.iter().all(|path| mode(path) == 0o600));
        assert_eq!((mode(&folder), mode(&state.path().join("documents"))), (0o700, 0o700));

        files.remove_editing().unwrap();
        assert_eq!(files.load_editing().unwrap(), None);
        assert!(files.load().unwrap().is_some());
        let other = DocumentFiles::new(state.path(), "ns0.example.net", &zone("."));
        assert_eq!(other.load().unwrap(), None);
    }

    #[test]
    fn what_cannot_be_read_or_written_is_said() {
        let state = tempfile::tempdir().unwrap();
        let files = DocumentFiles::new(state.path(), "..", &zone("a/b."));
        fs::create_dir_all(&files.document).unwrap();
        assert!(files.document.starts_with(state.path().join("documents")));
        let failure = files.load().unwrap_err();
        assert!(failure.why.contains("documents") && failure.why.contains("no regular file"), "{failure}");
        assert!(files.save("x").is_err());
        let left: Vec<_> = fs::read_dir(files.document.parent().unwrap()).unwrap().collect();
        assert_eq!(left.len(), 1, "no half file stays behind");

        let huge = DocumentFiles::new(state.path(), "ns1", &zone("huge."));
        fs::create_dir_all(huge.document.parent().unwrap()).unwrap();
        let file = File::create(&huge.document).unwrap();
        file.set_len(MAX_DOCUMENT + 1).unwrap();
        assert!(huge.load().unwrap_err().why.contains("larger than"));
    }
}
