//! `$INCLUDE` (RFC 1035 section 5.1): the limits, and who gives the files. This module opens none itself.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::problem::shown;

/// Gives the files that `$INCLUDE` names.
pub trait Loader {
    /// Reads a file of at most `limit` octets; `from` is the name under which the including file was loaded, `None`
    /// for the text itself.
    ///
    /// # Errors
    /// A sentence without control characters that says why not, such as that it is no regular file.
    fn load(&mut self, file: &str, from: Option<&str>, limit: usize) -> Result<Loaded, String>;
}

/// A file that was loaded.
#[derive(Debug)]
pub struct Loaded {
    /// What tells it from all others: an absolute path without links.
    pub name: Arc<str>,
    pub text: Vec<u8>,
}

/// Included files that were read before, for readers that open none.
#[derive(Debug, Clone, Default)]
pub struct ReadBefore(Arc<Files>);

/// By the including file and what its directive says: the name and the text.
type Files = BTreeMap<(Option<String>, String), (Arc<str>, Vec<u8>)>;

impl ReadBefore {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Loader for ReadBefore {
    fn load(&mut self, file: &str, from: Option<&str>, limit: usize) -> Result<Loaded, String> {
        match self.0.get(&(from.map(str::to_owned), file.to_owned())) {
            Some((name, text)) if text.len() <= limit => {
                Ok(Loaded { name: Arc::clone(name), text: text.clone() })
            }
            Some(_) => Err("The files that are included are too large.".into()),
            None => {
                Err("The text did not include this file when it was opened: put the contents of the file in \
                         its place, or add the directive with another editor and load the zone again."
                    .into())
            }
        }
    }
}

/// A loader that remembers what another one gave.
pub struct Remembering<L> {
    loader: L,
    files: Files,
}

impl<L: Loader> Remembering<L> {
    pub fn new(loader: L) -> Remembering<L> {
        Remembering { loader, files: BTreeMap::new() }
    }

    /// All that was given.
    pub fn files(self) -> ReadBefore {
        ReadBefore(Arc::new(self.files))
    }
}

impl<L: Loader> Loader for Remembering<L> {
    fn load(&mut self, file: &str, from: Option<&str>, limit: usize) -> Result<Loaded, String> {
        let loaded = self.loader.load(file, from, limit)?;
        let kept = (Arc::clone(&loaded.name), loaded.text.clone());
        self.files.insert((from.map(str::to_owned), file.to_owned()), kept);
        Ok(loaded)
    }
}

/// How deep files may include each other.
pub const MAX_DEPTH: usize = 16;
/// How many files one text may include, repetitions counted.
pub const MAX_FILES: usize = 10_000;

/// How many octets one text may include, repetitions counted.
pub const MAX_OCTETS: usize = 256 << 20;

/// What the files of one text share.
#[derive(Default)]
pub struct Includes<'l> {
    /// `None`: `$INCLUDE` is refused.
    pub loader: Option<&'l mut dyn Loader>,
    /// The files that are open, the outermost first. The text itself is not among them.
    pub open: Vec<Arc<str>>,
    pub files: usize,
    /// Octets included so far.
    pub octets: usize,
    /// Records handed over so far, and those of them that `$GENERATE` made.
    pub records: usize,
    pub generated: usize,
    /// Is this a part of a text, read beside others? Then what concerns more than the part ends its reading.
    pub in_part: bool,
    pub stopped: bool,
}

impl Includes<'_> {
    /// Loads a file, unless that would go too far.
    pub fn load(&mut self, file: &str) -> Result<Loaded, String> {
        let Some(loader) = self.loader.as_deref_mut() else {
            return Err("$INCLUDE is not read here: put the contents of that file in its place. (The verbs that read \
                        files, such as zonewright check, follow it.)"
                .into());
        };
        if self.open.len() >= MAX_DEPTH {
            return Err(format!("Files include each other more than {MAX_DEPTH} deep here."));
        }
        self.files += 1;
        if self.files > MAX_FILES {
            return Err(format!("More than {MAX_FILES} files are included."));
        }
        let limit = MAX_OCTETS.saturating_sub(self.octets);
        let loaded = loader.load(file, self.open.last().map(AsRef::as_ref), limit)?;
        self.octets += loaded.text.len();
        if let Some(at) = self.open.iter().position(|open| *open == loaded.name) {
            let cycle: Vec<String> =
                self.open.iter().skip(at).chain([&loaded.name]).map(|name| shown(name.as_bytes())).collect();
            return Err(format!("The file includes itself: {}.", cycle.join(", which includes ")));
        }
        Ok(loaded)
    }
}

impl std::fmt::Debug for Includes<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Includes").field("open", &self.open).finish_non_exhaustive()
    }
}
