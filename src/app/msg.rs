//! What happens: all that the program's state hears of the world, keys included.

use std::sync::Arc;

#[cfg(doc)]
use super::Effect;
use super::exchange::{Exported, Imported, NotImported};
use super::file::Saved;
use super::findings::network::Asked;
use super::job::Opened;
use super::paths::Listing;
use super::secondaries::Heard;
use super::text::FoundText;
use super::text::broken::Broken;
use super::work::Worked;
use super::{Loaded, RequestId, history, text};
use crate::edit::Text;
use crate::facts::past::Told;
use crate::facts::remembered::Remembered;
use crate::facts::zones::Listed;
use crate::facts::{Acknowledged, Failure, Fault, NameserverStatus, OpenForm, Parent, SetAnswer};
use crate::key::Key;
use crate::push;
use crate::zone::draft::Entry;
use crate::zone::{Name, Snapshot};

/// What happened.
#[derive(Debug, Clone)]
pub enum Msg {
    Key(Key),
    /// Text pasted into the terminal.
    Paste(String),
    /// The terminal is this many columns and rows large.
    Resize(u16, u16),
    /// The terminal is gone, or the program shall end: quit at once; the draft is kept.
    Hangup,
    /// Back from [`Effect::Suspend`](super::Effect).
    Resumed,
    /// How far [`Effect::Load`](super::Effect) is: records so far.
    Loading {
        request: RequestId,
        records: usize,
    },
    /// The answer to [`Effect::Follow`](super::Effect): another version, where there is one.
    Followed {
        request: RequestId,
        result: Result<Option<Arc<Snapshot>>, Failure>,
    },
    /// The end of [`Effect::Load`](super::Effect).
    Loaded {
        request: RequestId,
        result: Result<Loaded, Failure>,
    },
    /// The same where the zone is a file and has errors.
    Broken {
        request: RequestId,
        broken: Box<Broken>,
    },
    /// A draft of an earlier run is on disk. Sent at the start, before [`Msg::Loaded`], and
    /// after [`Effect::TakeOver`](super::Effect) (then also when there are no entries).
    DraftFound {
        entries: Vec<Entry>,
        /// The serial of the zone that the draft was made over.
        base_serial: u32,
        /// When it was last written, in words: "2026-11-21 14:03".
        saved_at: String,
        /// Where it is set aside when it is discarded: a folder.
        aside: String,
    },
    /// Another editor holds the draft of this zone: who, in words ("process 4711 of anna since 14:03 UTC").
    DraftLocked {
        holder: String,
    },
    /// The other editor has ended: the draft is free.
    DraftFree,
    /// What the draft is that another editor holds. Sent at the start, and when it has changed.
    DraftSeen {
        entries: Vec<Entry>,
    },
    /// How an [`Effect::Discard`](super::Effect) ended. With a failure the draft is still on disk.
    Discarded(Result<(), Failure>),
    /// Another editor has taken our draft over: who, in words, and what the draft on disk is now.
    DraftTaken {
        holder: String,
        entries: Vec<Entry>,
    },
    /// How an [`Effect::Journal`](super::Effect), [`Effect::ReplaceDraft`](super::Effect) or
    /// [`Effect::ClearDraft`](super::Effect) ended. Trouble stays on the screen until one succeeds.
    Journalled(Result<(), Failure>),
    /// Is any of the draft still being written? Not told of what is written at once.
    Saving(bool),
    /// It is time to try again what could not be saved.
    SaveAgain,
    /// A form that was being filled in when an earlier run ended.
    FormFound(OpenForm),
    /// What was acknowledged of the zone's findings. Sent at the start, and when the draft is taken over.
    AcknowledgedFound(Vec<Acknowledged>),
    /// What was kept of the zone at earlier visits. Sent at the start, where there is something.
    Remembered(Box<Remembered>),
    /// How far [`Effect::CheckNetwork`](super::Effect) is.
    NetworkAsking {
        request: RequestId,
        answered: usize,
        of: usize,
    },
    /// The end of [`Effect::CheckNetwork`](super::Effect).
    NetworkAsked {
        request: RequestId,
        asked: Arc<Asked>,
    },
    /// What is known of one nameserver; sent whenever more is known.
    Nameserver {
        request: RequestId,
        status: NameserverStatus,
    },
    /// The answer to [`Effect::AskParent`](super::Effect).
    Parent {
        request: RequestId,
        parent: Parent,
    },
    /// The answer to an [`Effect::AskSets`](super::Effect).
    Sets {
        request: RequestId,
        answers: Result<Vec<SetAnswer>, Fault>,
    },
    /// The answer to an [`Effect::Push`](super::Effect).
    Push {
        request: RequestId,
        event: push::Event,
    },
    /// The answer to an [`Effect::History`](super::Effect).
    History {
        request: RequestId,
        found: history::Found,
    },
    /// The answer to an [`Effect::Others`].
    Others {
        request: RequestId,
        result: Result<Told, Failure>,
    },
    /// The answer to an [`Effect::ListZones`](super::Effect); more follows until it is complete.
    ZonesListed {
        request: RequestId,
        zones: Vec<Listed>,
        complete: bool,
    },
    /// An answer to an [`Effect::AskSerials`](super::Effect).
    ZoneSerial {
        request: RequestId,
        zone: Name,
        result: Result<u32, Failure>,
    },
    /// A zone of a job, or why it cannot be one.
    PartOpened {
        request: RequestId,
        zone: Name,
        result: Result<Box<Opened>, Failure>,
    },
    /// How an [`Effect::WritePart`](super::Effect) ended.
    PartWritten {
        zone: Name,
        result: Result<(), Failure>,
    },
    /// What a secondary service says to an [`Effect::Secondary`](super::Effect).
    Secondary {
        request: RequestId,
        heard: Heard,
    },
    /// What time it is: seconds since 1970 (UTC). Sent at the start and before each [`Msg::Woke`].
    Clock(u64),
    /// The answer to an [`Effect::Work`](super::Effect).
    Worked {
        request: RequestId,
        worked: Worked,
    },
    /// The zone's text as it is on disk, and one that was being edited when an earlier run ended. Sent at the start,
    /// where there is one of them.
    /// A text that an earlier run has discarded, brought back.
    TextBack(FoundText),
    TextsFound {
        document: Option<Text>,
        editing: Option<FoundText>,
    },
    /// How an [`Effect::SaveText`](super::Effect) or [`Effect::SaveDocument`](super::Effect) ended. Trouble stays on the
    /// screen until one succeeds.
    TextSaved(Result<(), Failure>),
    /// How an [`Effect::SaveFile`](super::Effect) ended.
    Saved {
        request: RequestId,
        result: Result<Saved, Failure>,
    },
    /// The answer to an [`Effect::Import`](super::Effect).
    Imported {
        request: RequestId,
        result: Result<Imported, NotImported>,
    },
    /// How an [`Effect::Export`](super::Effect) ended.
    Exported {
        request: RequestId,
        exported: Exported,
    },
    /// The answer to an [`Effect::ReadMaterial`](super::Effect).
    MaterialRead {
        request: RequestId,
        result: Result<Vec<u8>, String>,
    },
    /// The answer to an [`Effect::ListFolder`](super::Effect).
    FolderListed {
        request: RequestId,
        result: Result<Listing, String>,
    },
    /// Back from [`Effect::EditOutside`](super::Effect).
    EditedOutside(text::Outcome),
    /// The time of the last [`Effect::WakeIn`](super::Effect) is over.
    Woke,
    /// A sentence for the message line.
    Notice(String),
    /// Something else did not work.
    Failed(Failure),
}
