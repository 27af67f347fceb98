//! Drafts that were discarded: kept beside the journal for a while, so that a key pressed too soon costs nothing.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::{Found, Journal, Line, encode, files, holder, line_of};
use crate::facts::{Failure, FailureKind};

/// As many discarded drafts of a zone are kept.
pub(super) const KEPT: u64 = 10;
const ENDING: &str = ".discarded";
/// The text that was open over such a draft, and was discarded with it.
const TEXT_ENDING: &str = ".discarded-text";

impl Journal {
    /// The folder of the journal, and of the drafts that were set aside.
    pub fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(&self.path)
    }

    /// Writes a draft beside the journal, as a journal of its own, and says where; with it the text that was open over
    /// it. Of many the oldest goes.
    ///
    /// # Errors
    /// A [`Failure`]; nothing was removed then.
    pub fn set_aside(&self, draft: &Found, text: Option<&str>) -> Result<PathBuf, Failure> {
        self.try_set_aside(draft, text).map_err(|error| Failure {
            kind: FailureKind::Local,
            what: "The draft is not discarded.".into(),
            why: format!("It could not be set aside in {}: {error}.", self.folder().display()),
            next: "Free disk space or mend the permissions; it is offered again at the next start.".into(),
        })
    }

    fn try_set_aside(&self, draft: &Found, open: Option<&str>) -> io::Result<PathBuf> {
        let _gate = holder::gate(&self.path)?;
        let zone = self.zone.to_string();
        let mut text = encode(&Line::Draft { zone, base_serial: draft.base_serial, begun: draft.begun })?;
        for entry in &draft.entries {
            text.push_str(&encode(&line_of(entry))?);
        }
        let mut kept = self.kept_aside()?;
        kept.sort_unstable();
        let number = kept.last().map_or(1, |last| last.saturating_add(1));
        let path = self.aside(number);
        match (open, self.text_aside(number)) {
            (Some(open), path) => files::replace(&path, open.as_bytes())?,
            // One that a draft of this number left behind is not this one's.
            (None, path) => drop(fs::remove_file(path)),
        }
        files::replace(&path, text.as_bytes())?;
        for old in kept.into_iter().filter(|old| old.saturating_add(KEPT) <= number) {
            // One too many does no harm; it is tried again with the next.
            let _ = (fs::remove_file(self.aside(old)), fs::remove_file(self.text_aside(old)));
        }
        Ok(path)
    }

    /// Puts the draft that was discarded last in the place of the journal, which has nothing in it. `None` where none
    /// is kept. The text that was discarded with it is kept by `keep` first, and is then set aside no more.
    ///
    /// # Errors
    /// A [`Failure`]; it is still kept aside then.
    pub fn bring_back(
        &mut self,
        keep: impl FnOnce(&str) -> io::Result<()>,
    ) -> Result<Option<Found>, Failure> {
        let brought = self.try_bring_back(keep);
        brought.map_err(|error| Failure {
            kind: FailureKind::Local,
            what: "The discarded draft is not brought back.".into(),
            why: format!("{}: {error}.", self.folder().display()),
            next: "Mend that and try again; it is kept there, as .discarded.".into(),
        })
    }

    fn try_bring_back(&mut self, keep: impl FnOnce(&str) -> io::Result<()>) -> io::Result<Option<Found>> {
        let _gate = self.holder.pass(&self.path)?;
        if self.begun.is_some() {
            return Err(io::Error::other("there is another draft; push or discard that first"));
        }
        let Some(last) = self.kept_aside()?.into_iter().max() else { return Ok(None) };
        let open = self.text_aside(last);
        match fs::read(&open) {
            Ok(text) => keep(&String::from_utf8_lossy(&text))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        fs::rename(self.aside(last), &self.path)?;
        // Left behind it does no harm.
        let _ = fs::remove_file(open);
        self.read()
    }

    fn aside(&self, number: u64) -> PathBuf {
        self.path.with_extension(format!("{number}{ENDING}"))
    }

    fn text_aside(&self, number: u64) -> PathBuf {
        self.path.with_extension(format!("{number}{TEXT_ENDING}"))
    }

    /// The numbers of this zone's discarded drafts.
    fn kept_aside(&self) -> io::Result<Vec<u64>> {
        let start = self.path.with_extension("");
        let start = start.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let number = |name: &str| {
            name.strip_prefix(&start)?.strip_prefix('.')?.strip_suffix(ENDING)?.parse::<u64>().ok()
        };
        let mut numbers = Vec::new();
        for entry in fs::read_dir(self.folder())? {
            numbers.extend(entry?.file_name().to_str().and_then(number));
        }
        Ok(numbers)
    }
}
