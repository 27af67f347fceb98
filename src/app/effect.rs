//! What is to be done: all that the program's state wants of the world. What comes of it is told as a [`Msg`].

use std::sync::Arc;
use std::time::Duration;

#[cfg(doc)]
use super::Msg;
use super::exchange::{Exporting, Importing};
use super::nameservers::ToAsk;
use super::secondaries::Call;
use super::way_out::Whom;
use super::work::Work;
use super::zones::Destination;
use super::{RequestId, history};
use crate::check::Selection;
use crate::edit::Text;
use crate::facts::history::{End, PushId};
use crate::facts::remembered::Remembered;
use crate::facts::{Acknowledged, OpenForm};
use crate::push;
use crate::zone::draft::Entry;
use crate::zone::{ChangeMap, Name, RrKey, Snapshot};

/// What to do. Performed in order.
#[derive(Debug, Clone)]
pub enum Effect {
    /// Transfer the zone and find out what can be done with the server; tell with [`Msg::Loading`] and
    /// [`Msg::Loaded`].
    Load { request: RequestId },
    /// Ask the primary whether it has another version than this, and transfer that; tell with [`Msg::Followed`].
    Follow { request: RequestId, base: Arc<Snapshot> },
    /// The answers of this request are not wanted any more: abort it.
    Cancel { request: RequestId },
    /// Append to the draft on disk, before the next frame is drawn; tell with [`Msg::Journalled`].
    Journal {
        entry: Entry,
        /// The serial of the zone that the draft changes.
        base_serial: u32,
    },
    /// Write the draft on disk anew, as these entries (it was brought onto another zone).
    ReplaceDraft { entries: Vec<Entry>, base_serial: u32 },
    /// There is no draft any more: remove it from the disk.
    ClearDraft,
    /// The person has decided on the draft of [`Msg::DraftFound`]. Until then it stays on disk, whatever is written.
    DraftDecided,
    /// The same where it is not wanted: set it aside first; tell with [`Msg::Notice`] or [`Msg::Failed`].
    DiscardFound,
    /// Keep a draft that is not the one on disk beside it; tell with [`Msg::Notice`] or [`Msg::Failed`].
    SetDraftAside { entries: Vec<Entry>, base_serial: u32 },
    /// The person leaves and does not want the draft, nor the text being edited, if there is one: set them aside, then
    /// remove them; tell with [`Msg::Discarded`].
    Discard { entries: Vec<Entry>, base_serial: u32, text: Option<Text> },
    /// Put the draft that was discarded last in the place of the one on disk, which is empty, and with it the text that was
    /// discarded with it; tell with [`Msg::DraftFound`], [`Msg::TextBack`], [`Msg::Notice`] or [`Msg::Failed`].
    BringBack,
    /// Take the draft from the editor that holds it; tell with [`Msg::DraftFound`] or [`Msg::Failed`].
    TakeOver,
    /// Ask a nameserver for the zone's serial; tell with [`Msg::Nameserver`].
    AskNameserver { request: RequestId, server: ToAsk },
    /// Ask somebody for these sets, up to the first that does not work; tell with [`Msg::Sets`].
    AskSets { request: RequestId, whom: Whom, keys: Vec<RrKey> },
    /// Find out what the zone above says of this one; tell with [`Msg::Parent`].
    AskParent { request: RequestId },
    /// Ask others what the rules want to know of the zone with these changes; tell with [`Msg::NetworkAsking`] and
    /// [`Msg::NetworkAsked`].
    CheckNetwork { request: RequestId, base: Arc<Snapshot>, changes: ChangeMap, rules: Arc<Selection> },
    /// Send [`Msg::Woke`] when this time is over. Replaces an earlier one.
    WakeIn(Duration),
    /// Perform one action of a push: never `Show` or `Finish`. Tell with [`Msg::Push`].
    Push { request: RequestId, action: push::Action },
    /// Read the history of pushes; tell with [`Msg::History`].
    History { request: RequestId, wanted: history::Wanted },
    /// Find out from the server's own journal how the zone became this one; tell with [`Msg::Others`].
    Others { request: RequestId, base: Arc<Snapshot> },
    /// Record how an interrupted push ended.
    CloseRecord { id: PushId, end: Box<End> },
    /// Tell the configured program of the last push.
    AfterPush,
    /// List the configured zones; tell with [`Msg::ZonesListed`], first their names, then what is on disk of them.
    ListZones { request: RequestId },
    /// Ask the servers of these zones for their serials; tell with [`Msg::ZoneSerial`].
    AskSerials { request: RequestId, zones: Vec<Name> },
    /// Have something done by a secondary DNS service; tell with [`Msg::Secondary`].
    Secondary { request: RequestId, call: Call },
    /// Load a zone for a job and take its draft; tell with [`Msg::PartOpened`].
    OpenPart { request: RequestId, zone: Name },
    /// Let it go.
    ClosePart { zone: Name },
    /// Put these entries in the place of its draft on disk; tell with [`Msg::PartWritten`].
    WritePart { request: RequestId, zone: Name, entries: Vec<Entry>, base_serial: u32 },
    /// As [`Effect::Push`], for a zone of a job.
    PushPart { request: RequestId, zone: Name, action: push::Action },
    /// As [`Effect::AfterPush`], for a zone of a job.
    AfterPushPart { zone: Name },
    /// Leave this zone, as with [`Effect::Quit`], and begin anew somewhere else; where that cannot be done, tell with
    /// [`Msg::Failed`] and stay.
    GoTo(Destination),
    /// Compute something beside the loop; tell with [`Msg::Worked`].
    Work { request: RequestId, work: Box<Work> },
    /// Save the text that is being edited, within a second; of several the latest. Tell with [`Msg::TextSaved`].
    SaveText { text: Text },
    /// No text is being edited any more: remove what was saved of it.
    DropText,
    /// Save a text that is not the zone's document any more beside the others of its kind; tell with
    /// [`Msg::TextSaved`].
    SetAside { text: Text },
    /// A text that was set aside in this run is being edited again: it is kept as that, and aside no more. Tell with
    /// [`Msg::Failed`] where that does not work.
    TakeBack { text: Text },
    /// Save the form that is being filled in, within a second; of several the latest.
    SaveForm { form: OpenForm },
    /// Keep this of the zone for later visits.
    Remember(Box<Remembered>),
    /// The form was left: remove what was saved of it.
    DropForm,
    /// Save what is acknowledged of the zone's findings: these and no others; tell with [`Msg::Failed`].
    SaveAcknowledged(Vec<Acknowledged>),
    /// Save the zone's document; tell with [`Msg::TextSaved`].
    SaveDocument { text: Text },
    /// Write the zone file, unless it has changed since it was loaded, and have it loaded by the nameserver; tell with
    /// [`Msg::Saved`].
    SaveFile { request: RequestId, text: Text },
    /// Read a file and find out what it has for the zone; tell with [`Msg::Imported`].
    Import { request: RequestId, importing: Box<Importing> },
    /// Write the zone to a file, unless one is there that must not be written over; tell with [`Msg::Exported`].
    Export { request: RequestId, exporting: Box<Exporting> },
    /// Read a file that a record is made from; tell with [`Msg::MaterialRead`].
    ReadMaterial { request: RequestId, file: String },
    /// Find the names in a folder, as the person named it, that begin so; tell with [`Msg::FolderListed`].
    ListFolder { request: RequestId, folder: String, start: String },
    /// Hand the text to the person's own editor, with the cursor on a line, from 1; tell with
    /// [`Msg::EditedOutside`].
    EditOutside { text: Text, line: usize },
    /// Put text into the terminal's clipboard (OSC 52).
    Copy(String),
    /// Leave the terminal and stop, as Ctrl-Z does; then [`Msg::Resumed`].
    Suspend,
    /// Paint everything again.
    Repaint,
    /// End the program. The draft stays on disk as it is.
    Quit,
}
