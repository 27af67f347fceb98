//! Zone files on disk: reading them and what they include, writing them by rename.

use std::fs::{File, Metadata};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::ops::Range;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::SystemTime;

use super::Stop;
use super::verbs::say;
use crate::cli::ServerArgs;
use crate::ui::clean::clean;
use crate::zone::{Name, Snapshot};
use crate::zonefile::{self, Loaded, Loader, Problem, Severity};

/// Means standard input in the place of a file.
const STANDARD_INPUT: &str = "-";
/// So much is read of what is no regular file, in octets: it may never end.
const MOST_PIPED: usize = 256 << 20;

/// An argument that names an existing file or contains a slash is a file, and `-` is standard input. A directory is none:
/// `.` is the root zone.
pub fn is_file(argument: &str) -> bool {
    is_standard_input(Path::new(argument))
        || argument.contains('/')
        || std::fs::metadata(argument).is_ok_and(|found| !found.is_dir())
}

/// Is this standard input?
pub fn is_standard_input(path: &Path) -> bool {
    path == Path::new(STANDARD_INPUT)
}

/// That a file was read in the place of a zone of this name, where a server was named for it.
pub fn file_wins(argument: &str, server: &ServerArgs) -> Option<String> {
    let ServerArgs { server, update_to, transfer_from, key, .. } = server;
    let names_server = [server, update_to, transfer_from].iter().any(|host| host.is_some()) || key.is_some();
    let is_like_a_zone = !argument.contains('/') && !argument.ends_with('.') && argument != STANDARD_INPUT;
    let file = shown(Path::new(argument));
    (names_server && is_like_a_zone)
        .then(|| format!("{file} is a file here and was read; write {file}. for the zone at the server."))
}

/// Says it.
pub fn say_file_wins(argument: &str, server: &ServerArgs) {
    file_wins(argument, server).iter().for_each(|sentence| say(sentence));
}

/// A path as it is shown.
pub fn shown(path: &Path) -> String {
    clean(&path.to_string_lossy()).into_owned()
}

/// The octets of a regular file.
///
/// # Errors
/// A usage error that names the file.
pub fn read_text(path: &Path) -> Result<Vec<u8>, Stop> {
    read_regular(path, usize::MAX).map_err(Stop::usage)
}

/// The same with a limit, in octets.
///
/// # Errors
/// A sentence that names the file.
pub fn read_regular(path: &Path, limit: usize) -> Result<Vec<u8>, String> {
    FileText::open(path)?.read(limit)
}

/// The octets of a file, of standard input or of a pipe.
///
/// # Errors
/// A usage error that names the file.
pub fn read_any(path: &Path) -> Result<Vec<u8>, Stop> {
    let text = FileText::open_any(path).map_err(Stop::usage)?;
    text.whole.into_inner().unwrap_or_else(|| read_regular(path, usize::MAX)).map_err(Stop::usage)
}

/// A regular file, of which as much is read as somebody asks for; or a pipe, which was read whole.
pub struct FileText<'p> {
    path: &'p Path,
    /// `None` for a pipe: it gives its octets once.
    file: Option<File>,
    /// As it was when it was opened.
    length: usize,
    modified: Option<SystemTime>,
    whole: OnceLock<Result<Vec<u8>, String>>,
}

impl FileText<'_> {
    /// # Errors
    /// A sentence that names the file.
    pub fn open(path: &Path) -> Result<FileText<'_>, String> {
        let unreadable = |error| unreadable(path, error);
        let found = std::fs::metadata(path).map_err(unreadable)?;
        // Asked before opening: to open a pipe would wait for somebody to write into it.
        if !found.is_file() {
            let what = if found.is_dir() { "a directory, and no zone file" } else { "not a regular file" };
            return Err(format!("{} is {what}.", shown(path)));
        }
        let file = File::open(path).map_err(unreadable)?;
        let found = file.metadata().map_err(unreadable)?;
        let length = usize::try_from(found.len()).unwrap_or(usize::MAX);
        let modified = found.modified().ok();
        Ok(FileText { path, file: Some(file), length, modified, whole: OnceLock::new() })
    }

    /// The same, and standard input (`-`), pipes and what else gives its octets once.
    ///
    /// # Errors
    /// A sentence that names the file.
    pub fn open_any(path: &Path) -> Result<FileText<'_>, String> {
        if is_standard_input(path) {
            return FileText::piped(path, io::stdin().lock());
        }
        let found = std::fs::metadata(path).map_err(|error| unreadable(path, error))?;
        if found.is_file() || found.is_dir() {
            return FileText::open(path);
        }
        FileText::piped(path, File::open(path).map_err(|error| unreadable(path, error))?)
    }

    fn piped(path: &Path, from: impl io::Read) -> Result<FileText<'_>, String> {
        let mut text = Vec::new();
        let longest = u64::try_from(MOST_PIPED).unwrap_or(u64::MAX).saturating_add(1);
        from.take(longest).read_to_end(&mut text).map_err(|error| unreadable(path, error))?;
        if text.len() > MOST_PIPED {
            return Err(too_large(path, MOST_PIPED));
        }
        let length = text.len();
        Ok(FileText { path, file: None, length, modified: None, whole: OnceLock::from(Ok(text)) })
    }

    /// All of it, unless it is larger than so many octets.
    fn read(&self, limit: usize) -> Result<Vec<u8>, String> {
        let path = self.path;
        let unreadable = |error| unreadable(path, error);
        if self.length > limit {
            return Err(too_large(path, limit));
        }
        // A pipe was read when it was opened.
        let Some(mut file) = self.file.as_ref() else { return Ok(Vec::new()) };
        // Asked for first: where there is not that much memory, this is told.
        let mut text = Vec::new();
        text.try_reserve_exact(self.length).map_err(|error| unreadable(error.into()))?;
        file.seek(SeekFrom::Start(0)).map_err(unreadable)?;
        // It may grow meanwhile, or claim to be smaller than it is, as files below /proc do.
        let longest = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
        file.take(longest).read_to_end(&mut text).map_err(unreadable)?;
        if text.len() > limit { Err(too_large(path, limit)) } else { Ok(text) }
    }
}

fn unreadable(path: &Path, error: io::Error) -> String {
    format!("{} cannot be read: {error}.", named(path))
}

fn too_large(path: &Path, limit: usize) -> String {
    format!("{} is larger than what is read here ({limit} octets at most).", named(path))
}

/// A path at the beginning of a sentence.
fn named(path: &Path) -> String {
    if is_standard_input(path) { "Standard input".into() } else { shown(path) }
}

impl zonefile::TextSource for FileText<'_> {
    fn length(&self) -> usize {
        self.length
    }

    fn octets<'a>(&'a self, range: Range<usize>, room: &'a mut Vec<u8>) -> Option<&'a [u8]> {
        let length = range.end.min(self.length).checked_sub(range.start)?;
        let Some(file) = &self.file else {
            let start = range.start;
            return self.whole.get()?.as_ref().ok()?.get(start..start.checked_add(length)?);
        };
        if room.len() < length {
            room.resize(length, 0);
        }
        let octets = room.get_mut(..length)?;
        file.read_exact_at(octets, u64::try_from(range.start).ok()?).ok()?;
        Some(octets)
    }

    fn has_changed(&self) -> bool {
        let same = |now: &Metadata| now.len() == self.length as u64 && now.modified().ok() == self.modified;
        self.file.as_ref().is_some_and(|file| !file.metadata().as_ref().is_ok_and(same))
    }

    fn whole(&self) -> Result<&[u8], String> {
        match self.whole.get_or_init(|| self.read(usize::MAX)) {
            Ok(text) => Ok(text),
            Err(error) => Err(error.clone()),
        }
    }
}

/// Gives the files that `$INCLUDE` names: beside the including file, else (as BIND does) in the working directory.
pub struct Beside<'p>(pub &'p Path);

impl Loader for Beside<'_> {
    fn load(&mut self, file: &str, from: Option<&str>, limit: usize) -> Result<Loaded, String> {
        let from = from.map_or(self.0, Path::new);
        let beside = from.parent().unwrap_or(Path::new("")).join(file);
        let path = if beside.exists() || !Path::new(file).exists() { beside } else { PathBuf::from(file) };
        let text = read_regular(&path, limit)?;
        let name = path.canonicalize().unwrap_or(path);
        Ok(Loaded { name: Arc::from(name.to_string_lossy()), text })
    }
}

/// Reads a zone from a file; what is wrong with it goes to standard error.
///
/// # Errors
/// [`Stop`] where the file is no zone.
pub fn read_file(path: &Path, origin: Option<&Name>) -> Result<Snapshot, Stop> {
    zone_of(path, read_problems(path, origin)?)
}

/// Reads two of them at once.
///
/// # Errors
/// Those of [`read_file`], of the first one first.
pub fn read_files(paths: [&Path; 2], origin: Option<&Name>) -> Result<[Snapshot; 2], Stop> {
    let [first, second] = paths;
    let (old, new) = std::thread::scope(|scope| {
        let new = scope.spawn(|| read_problems(second, origin));
        let old = read_problems(first, origin);
        (old, new.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    });
    Ok([zone_of(first, old?)?, zone_of(second, new?)?])
}

/// A zone, if it is one, and what is wrong with it.
type Read = (Option<Snapshot>, Vec<Problem>);

fn read_problems(path: &Path, origin: Option<&Name>) -> Result<Read, Stop> {
    let text = FileText::open_any(path).map_err(Stop::usage)?;
    let read = zonefile::read_source(&text, origin, Some(&mut Beside(path)), true).map_err(Stop::usage)?;
    Ok(match read {
        Ok((zone, problems)) => (Some(zone), problems),
        Err(problems) => (None, problems),
    })
}

/// Says what is wrong with it.
fn zone_of(path: &Path, (zone, problems): Read) -> Result<Snapshot, Stop> {
    for problem in &problems {
        say(&in_words(path, problem));
    }
    zone.ok_or_else(|| {
        Stop::usage(format!("{} is not a zone file that can be used; see the errors above.", named(path)))
    })
}

/// `FILE:LINE:COLUMN: error: ...`, as compilers write it, so that editors find the place.
pub fn in_words(path: &Path, problem: &Problem) -> String {
    let file = match &problem.file {
        Some(file) => clean(file).into_owned(),
        None => shown(path),
    };
    let severity = severity_in_words(problem.severity);
    let fix = problem.fix.as_ref().map(|fix| format!(" [fix: {}]", clean(&fix.message)));
    let message = clean(&problem.message);
    format!("{file}:{}:{}: {severity}: {message}{}", problem.line, problem.column, fix.unwrap_or_default())
}

pub fn severity_in_words(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

/// Writes a file whole or not at all: beside it, then by rename. Where the path is a link, the file that it leads to is
/// written; mode and, as far as this user may, owner stay.
///
/// # Errors
/// A usage error that names the file; then it is as it was.
pub fn replace(path: &Path, text: &[u8]) -> Result<(), Stop> {
    let failed = |error: io::Error| {
        Stop::usage(format!("{} cannot be written: {error}. It is as it was.", shown(path)))
    };
    let target = path.canonicalize().map_err(failed)?;
    let before = std::fs::metadata(&target).map_err(failed)?;
    let (Some(folder), Some(name)) = (target.parent(), target.file_name()) else {
        return Err(Stop::usage(format!("{} has no folder.", shown(path))));
    };
    let temporary = folder.join(format!(".{}.zonewright-{}", name.to_string_lossy(), std::process::id()));
    let result = write_new(&temporary, &before, text).and_then(|()| std::fs::rename(&temporary, &target));
    if let Err(error) = result {
        // What is half written is of no use to anybody; the error is the news.
        let _ = std::fs::remove_file(&temporary);
        return Err(failed(error));
    }
    if let Ok(folder) = std::fs::File::open(folder) {
        // So that the rename survives a power cut. Some file systems know no syncing of folders.
        let _ = folder.sync_all();
    }
    Ok(())
}

/// Writes a file whole or not at all. A new one gets the mode that the umask leaves; one that is there keeps its own,
/// and is only written over where that was agreed to.
///
/// # Errors
/// A sentence that names the file; what was there is as it was.
pub fn write(path: &Path, text: &[u8], over: bool) -> Result<(), String> {
    if !over {
        // The name is taken at once: what others put there meanwhile is not written over.
        let new = std::fs::OpenOptions::new().write(true).create_new(true).open(path);
        new.map_err(|error| format!("{} cannot be written: {error}.", shown(path)))?;
    }
    replace(path, text).map_err(|stop| {
        if !over {
            // It is empty, and nobody asked for an empty file.
            let _ = std::fs::remove_file(path);
        }
        stop.message
    })
}

fn write_new(path: &Path, like: &std::fs::Metadata, text: &[u8]) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, fchown};
    let mut options = std::fs::OpenOptions::new();
    let mut file = options.write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(text)?;
    // The owner is changed first: that takes set-id bits away. Only root may give a file away; for others a file of
    // somebody else's becomes theirs, unless the group alone differs.
    let own = file.metadata()?;
    if own.uid() != like.uid() || own.gid() != like.gid() {
        fchown(&file, Some(like.uid()), Some(like.gid()))?;
    }
    file.set_permissions(like.permissions())?;
    file.sync_all()
}
