//! What this machine knows of a zone without asking anybody: the draft on its disk, and the last visit.

use crate::zone::{Name, Rdata, RrKey};

/// A zone of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    pub zone: Name,
    /// The server that it is on, as drafts are kept under it; of a zone that is a file its path.
    pub place: String,
    pub is_file: bool,
    pub state: OnDisk,
}

/// What is on disk of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OnDisk {
    /// Changes that wait in a draft.
    pub draft: Option<Waiting>,
    /// A text or a form that is not finished.
    pub unfinished: bool,
    /// Another editor that has it open.
    pub held: Option<String>,
    pub visit: Option<Visit>,
}

/// A draft, as far as a list tells of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// Changed record sets; `None` where there are too many to be counted for a list.
    pub changes: Option<usize>,
    /// When it was begun, in seconds since 1970.
    pub begun: u64,
}

/// How a zone was left.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Visit {
    /// When, in seconds since 1970.
    pub at: u64,
    /// The zone's serial then.
    pub serial: u32,
    /// Errors and warnings found in it, where it was checked.
    pub findings: Option<(usize, usize)>,
    pub filter: String,
    /// How the list was sorted; empty for the zone's order.
    pub sort: String,
    /// Was the person in the upper pane?
    pub upper: bool,
    /// The record under the cursor of the lower pane.
    pub selected: Option<(RrKey, Rdata)>,
}
