//! The program's state and what changes it: messages come in, effects go out.
//!
//! [`App::update`] is pure: it reads no clock, does no I/O and never blocks. What it wants done it returns as
//! [`Effect`]s; `run` performs them and sends what comes of it back as [`Msg`]s. Drawing is `ui`'s business.

pub mod form;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use crate::facts::{Failure, NameserverStatus, ServerKind};
use crate::key::Key;
use crate::push;
use crate::zone::draft::Entry;
use crate::zone::{Name, Snapshot};

/// The number of a request to the world. Numbers grow; an answer with an old one is dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(pub u64);

/// What the program is started with.
#[derive(Debug, Clone)]
pub struct Settings {
    pub zone: Name,
    /// The server that the zone is loaded from and pushed to, as the person named it.
    pub server: String,
    /// The name of the TSIG key, for the push dialog; `None` when nothing is signed.
    pub key: Option<String>,
    /// Stands at the right of the title bar ("production").
    pub label: Option<String>,
    /// The embedded nameservers: said in the title bar.
    pub demo: bool,
    /// May the screen use more than ASCII?
    pub unicode: bool,
    /// False under NO_COLOR and on terminals without colours.
    pub colours: bool,
}

/// A zone as loaded.
#[derive(Debug, Clone)]
pub struct Loaded {
    pub zone: Arc<Snapshot>,
    pub kind: ServerKind,
    /// Can changes be pushed? Otherwise a sentence on why not; the zone is then shown read-only.
    pub editable: Result<(), String>,
}

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
    /// Back from [`Effect::Suspend`].
    Resumed,
    /// How far [`Effect::Load`] is: records so far.
    Loading {
        request: RequestId,
        records: usize,
    },
    /// The end of [`Effect::Load`].
    Loaded {
        request: RequestId,
        result: Result<Loaded, Failure>,
    },
    /// A draft of an earlier run is on disk. Sent once at the start, before or after the zone is loaded, and
    /// after [`Effect::TakeOver`] (then also when there are no entries).
    DraftFound {
        entries: Vec<Entry>,
        /// The serial of the zone that the draft was made over.
        base_serial: u32,
        /// When it was last written, in words: "2026-11-21 14:03".
        saved_at: String,
    },
    /// Another editor holds the draft of this zone: who, in words ("process 4711 of anna, since 14:03").
    DraftLocked {
        holder: String,
    },
    /// How an [`Effect::Journal`], [`Effect::ReplaceDraft`] or [`Effect::ClearDraft`] ended. Trouble stays on
    /// the screen until one succeeds.
    Journalled(Result<(), Failure>),
    /// What is known of one nameserver; sent whenever more is known.
    Nameservers {
        request: RequestId,
        status: NameserverStatus,
    },
    /// The answer to an [`Effect::Push`].
    Push {
        request: RequestId,
        event: push::Event,
    },
    /// The time of the last [`Effect::WakeIn`] is over.
    Woke,
    /// A sentence for the message line.
    Notice(String),
    /// Something else did not work.
    Failed(Failure),
}

/// What to do. Performed in order.
#[derive(Debug, Clone)]
pub enum Effect {
    /// Transfer the zone and find out what can be done with the server; tell with [`Msg::Loading`] and
    /// [`Msg::Loaded`].
    Load { request: RequestId },
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
    /// Take the draft from the editor that holds it; tell with [`Msg::DraftFound`] or [`Msg::Failed`].
    TakeOver,
    /// Ask every nameserver for the zone's serial; tell with [`Msg::Nameservers`]. The addresses are those in
    /// the zone itself; others are looked up.
    AskNameservers { request: RequestId, servers: Vec<(Name, Vec<IpAddr>)> },
    /// Send [`Msg::Woke`] when this time is over. Replaces an earlier one.
    WakeIn(Duration),
    /// Perform one action of a push: never `Show` or `Finish`. Tell with [`Msg::Push`].
    Push { request: RequestId, action: push::Action },
    /// Put text into the terminal's clipboard (OSC 52).
    Copy(String),
    /// Leave the terminal and stop, as Ctrl-Z does; then [`Msg::Resumed`].
    Suspend,
    /// Paint everything again.
    Repaint,
    /// End the program. The draft stays on disk as it is.
    Quit,
}

/// The program's state.
#[derive(Debug)]
pub struct App {
    pub settings: Settings,
    /// Columns and rows of the terminal.
    pub size: (u16, u16),
    last_request: u64,
}

impl App {
    /// The state at the start, and what to do first.
    pub fn new(settings: Settings) -> (App, Vec<Effect>) {
        let mut app = App { settings, size: (80, 24), last_request: 0 };
        let request = app.next_request();
        (app, vec![Effect::Load { request }])
    }

    /// Takes one message in and says what to do about it.
    pub fn update(&mut self, msg: Msg) -> Vec<Effect> {
        match msg {
            Msg::Resize(width, height) => {
                self.size = (width, height);
                Vec::new()
            }
            Msg::Hangup => vec![Effect::Quit],
            Msg::Resumed => vec![Effect::Repaint],
            _ => Vec::new(),
        }
    }

    fn next_request(&mut self) -> RequestId {
        self.last_request = self.last_request.saturating_add(1);
        RequestId(self.last_request)
    }
}
