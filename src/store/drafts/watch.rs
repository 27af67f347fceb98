//! Looking at a draft that another editor holds: what is in it, and whether somebody still holds it.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::{Found, Journal, holder, journal_path, read_entries};
use crate::zone::Name;

/// Longer journals are not read again and again, in octets.
const MAX_WATCHED: u64 = 16 << 20;

/// What was seen last.
#[derive(Debug)]
pub struct Watch {
    journal: PathBuf,
    version: Option<Version>,
    holder: Option<Held>,
}

/// The file as it was: its number, octets and time.
type Version = Option<(u64, u64, SystemTime)>;

/// Who holds a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Held {
    /// An editor, as far as it says who: "process 4711 of anna since 10:12 UTC".
    By(String),
    /// Nobody any more.
    ByNobody,
}

/// What is new; `None` for what is as it was.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct News {
    pub held: Option<Held>,
    pub draft: Option<Found>,
}

impl Watch {
    /// Of the draft of `zone` at `server` below `state`. Nothing is read yet.
    pub fn new(state: &Path, server: &str, zone: &Name) -> Watch {
        Watch { journal: journal_path(state, server, zone), version: None, holder: None }
    }

    /// Begins anew, with a draft of which it is known who holds it.
    pub fn begin(&mut self, holder: &str) {
        (self.version, self.holder) = (None, Some(Held::By(holder.to_owned())));
    }

    /// Looks, and waits for nobody: what cannot be seen now is looked at the next time.
    pub fn look(&mut self) -> News {
        let held = holder::seen(&self.journal).ok().map(|who| who.map_or(Held::ByNobody, Held::By));
        let held = held.filter(|held| self.holder.as_ref() != Some(held));
        if held.is_some() {
            self.holder.clone_from(&held);
        }
        News { held, draft: self.new_draft() }
    }

    fn new_draft(&mut self) -> Option<Found> {
        let version = match fs::metadata(&self.journal) {
            Ok(metadata) if metadata.len() > MAX_WATCHED => return None,
            Ok(metadata) => Some((metadata.ino(), metadata.len(), metadata.modified().ok()?)),
            Err(_) => None,
        };
        if self.version == Some(version) {
            return None;
        }
        self.version = Some(version);
        let octets = if version.is_some() { fs::read(&self.journal).ok()? } else { Vec::new() };
        Some(read_entries(&octets).0.unwrap_or_default())
    }
}

impl Journal {
    /// Who waits for us to let the draft go.
    pub fn wanted_by(&self) -> Option<String> {
        holder::wanted_by(&self.path)
    }

    /// Lets the draft go: whoever comes next holds it. Nothing is written by us after this.
    pub fn let_go(&self) {
        self.holder.let_go();
    }
}
