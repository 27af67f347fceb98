//! The loop of the editor: messages in, frames and effects out.
//!
//! A plain thread on a channel. The network runs on tokio beside it, keys come from the input thread; leaving
//! waits for neither. The draft is written beside it ([`super::saver`]); the frame that shows a step waits for that
//! a little, and says so where it is still being saved.

use std::collections::{HashMap, VecDeque};
use std::io;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tokio::task::AbortHandle;

use super::clock;
use super::configured::{Configured, Kept, Session};
use super::job::Parts;
use super::registering::Performer;
use super::saver::Saver;
use super::world::World;
use super::zone_file::ZoneFile;
use crate::app::zones::Destination;
use crate::app::{App, Effect, Msg, RequestId};
use crate::facts::Failure;
use crate::facts::FailureKind;
use crate::store::visits::VisitFile;
use crate::term::input::{self, Input, Pauser};
use crate::term::screen::Screen;
use crate::ui;
use crate::zone::Name;

mod effects;
mod secondaries;

/// Where the zone is.
#[derive(Clone)]
pub enum Place {
    Primary(Arc<World>),
    File(Arc<ZoneFile>),
    /// No zone is chosen.
    Nowhere,
}

/// Most messages taken in before a frame is painted.
const BATCH: usize = 256;
/// How long a frame waits for a step to be on disk. What takes longer is shown as being saved.
const SHORT: Duration = Duration::from_millis(10);
/// How often it is looked whether that has ended.
const LOOK: Duration = Duration::from_millis(20);
/// How long tasks that were aborted may take to let go what they hold.
const LET_GO: Duration = Duration::from_millis(300);
/// After so long it is tried again to save what could not be saved.
const RETRY: Duration = Duration::from_secs(5);

struct Editor {
    app: App,
    screen: Screen,
    zones: Arc<Configured>,
    /// The zones of a job.
    parts: Arc<Parts>,
    /// What is under way at a secondary DNS service.
    job: Arc<Mutex<Option<Performer>>>,
    /// Where the last visit is kept.
    visit: Option<VisitFile>,
    /// Where it goes on.
    next: Option<Session>,
    /// Where keys and signals go: to whatever is open now.
    inputs: Arc<Mutex<Sender<Msg>>>,
    place: Place,
    runtime: Handle,
    sender: Sender<Msg>,
    /// Messages made by effects that are performed at once.
    pending: VecDeque<Msg>,
    running: HashMap<RequestId, Vec<AbortHandle>>,
    wake_at: Option<Instant>,
    /// When it is tried again to save what could not be saved.
    retry_at: Option<Instant>,
    saver: Saver,
    input: Pauser,
}

/// Runs the editor until the person leaves or the terminal is gone: one zone after the other, with the same terminal.
///
/// # Errors
/// When the terminal cannot be used at all.
pub fn run(session: Session, zones: Arc<Configured>, network: Handle) -> io::Result<()> {
    let screen = Screen::enter()?;
    let (sender, receiver) = channel();
    let inputs = Arc::new(Mutex::new(sender.clone()));
    let to_loop = Arc::clone(&inputs);
    let input = input::start(move |input| {
        to_loop.lock().unwrap_or_else(PoisonError::into_inner).send(message_of(input)).is_ok()
    })?;
    let (app, effects) = begin(&session);
    let (saver, visit) = keep(&session.place, session.kept, &sender);
    let mut editor = Editor {
        app,
        screen,
        zones,
        parts: Arc::default(),
        job: Arc::default(),
        visit,
        next: None,
        inputs,
        place: session.place,
        runtime: network,
        sender,
        pending: VecDeque::new(),
        running: HashMap::new(),
        wake_at: None,
        retry_at: None,
        saver,
        input,
    };
    let mut open = (receiver, effects, session.notices, Vec::new());
    loop {
        let (receiver, effects, notices, typed) = open;
        let ended = editor.run(&receiver, effects, notices, typed);
        let left = editor.visit.take();
        editor.zones.leave(&editor.app.settings.zone, left.as_ref(), editor.app.visit());
        match (ended?, editor.next.take()) {
            (Ended::Left(rest), Some(session)) => open = editor.go_on(session, &receiver, rest),
            _ => return Ok(()),
        }
    }
}

/// The state at the start of a session.
fn begin(session: &Session) -> (App, Vec<Effect>) {
    match session.place {
        Place::Nowhere => match session.job.clone() {
            Some(start) => App::job(session.settings.clone(), start),
            None => App::listing(session.settings.clone()),
        },
        _ => App::new(session.settings.clone()),
    }
}

fn keep(place: &Place, kept: Option<Kept>, sender: &Sender<Msg>) -> (Saver, Option<VisitFile>) {
    match (place, kept) {
        (Place::Nowhere, _) | (_, None) => (Saver::idle(), None),
        (_, Some(kept)) => {
            let (files, visit) = kept.split();
            (Saver::start(files, sender.clone()), visit)
        }
    }
}

/// How a session ended.
enum Ended {
    Quit,
    /// With the messages that were not taken in any more.
    Left(Vec<Msg>),
}

/// What comes from the person and not from what was open.
fn is_input(message: &Msg) -> bool {
    matches!(message, Msg::Key(_) | Msg::Paste(_) | Msg::Resize(..) | Msg::Resumed | Msg::Hangup)
}

fn message_of(input: Input) -> Msg {
    match input {
        Input::Key(key) => Msg::Key(key),
        Input::Paste(text) => Msg::Paste(text),
        Input::Resize(width, height) => Msg::Resize(width, height),
        Input::Continued => Msg::Resumed,
        Input::Hangup => Msg::Hangup,
    }
}

impl Editor {
    /// Runs a session: what was typed before it began comes first.
    fn run(
        &mut self,
        receiver: &Receiver<Msg>,
        effects: Vec<Effect>,
        notices: Vec<String>,
        typed: Vec<Msg>,
    ) -> io::Result<Ended> {
        let (width, height) = self.screen.size();
        self.pending.extend([Msg::Resize(width, height), Msg::Clock(clock::now())]);
        self.pending.extend(notices.into_iter().map(Msg::Notice));
        if self.settle(effects) {
            return Ok(Ended::Left(typed));
        }
        let mut messages = typed;
        loop {
            let mut messages_left = messages.into_iter();
            while let Some(message) = messages_left.next() {
                if let Msg::Resize(width, height) = message {
                    self.screen.resize(width, height);
                }
                let effects = self.app.update(message);
                if self.settle(effects) {
                    return Ok(Ended::Left(messages_left.collect()));
                }
            }
            self.hear_of_saving(Duration::ZERO);
            if self.settle(Vec::new()) {
                return Ok(Ended::Left(Vec::new()));
            }
            // A paint that fails means that the terminal is gone; the draft is on disk already.
            if self.screen.paint(|frame| ui::draw(&self.app, frame)).is_err() {
                return Ok(Ended::Quit);
            }
            messages = match self.next_messages(receiver) {
                Some(messages) => messages,
                None => return Ok(Ended::Quit),
            };
        }
    }

    /// Leaves one session for the next. What the network still answers to the last one reaches nobody.
    fn go_on(
        &mut self,
        session: Session,
        receiver: &Receiver<Msg>,
        rest: Vec<Msg>,
    ) -> (Receiver<Msg>, Vec<Effect>, Vec<String>, Vec<Msg>) {
        let tasks: Vec<AbortHandle> = self.running.drain().flat_map(|(_, tasks)| tasks).collect();
        tasks.iter().for_each(AbortHandle::abort);
        // One of a job may hold the draft that is opened next.
        let end = Instant::now() + LET_GO;
        while Instant::now() < end && !tasks.iter().all(AbortHandle::is_finished) {
            thread::sleep(Duration::from_millis(1));
        }
        let (sender, next) = channel();
        let typed = {
            let mut inputs = self.inputs.lock().unwrap_or_else(PoisonError::into_inner);
            *inputs = sender.clone();
            rest.into_iter().chain(receiver.try_iter()).filter(is_input).collect()
        };
        self.sender = sender;
        self.pending.clear();
        (self.wake_at, self.retry_at) = (None, None);
        // First the one has let its draft go, then the next takes one: it may be the same.
        self.saver = Saver::idle();
        self.parts = Arc::default();
        self.job = Arc::default();
        let (mut app, effects) = begin(&session);
        app.bring_copied(&mut self.app);
        self.app = app;
        (self.saver, self.visit) = keep(&session.place, session.kept, &self.sender);
        self.place = session.place;
        (next, effects, session.notices, typed)
    }

    /// The zone that the person comes from, where it is not the list.
    fn zone_below(&self) -> Option<Name> {
        (!matches!(self.place, Place::Nowhere)).then(|| self.app.settings.zone.clone())
    }

    /// Makes ready what comes next. False, and a message, where it cannot be had.
    fn prepare(&mut self, to: &Destination) -> bool {
        let zones = Arc::clone(&self.zones);
        let session = match to {
            Destination::Zone(zone) if zones.asks_a_program(zone) => {
                self.input.pause();
                let session = self.screen.lend(|| zones.chosen(zone));
                self.input.go_on();
                match session {
                    Ok(session) => session,
                    Err(_) => return true,
                }
            }
            Destination::Zone(zone) => zones.chosen(zone),
            Destination::Zones => Ok(zones.list_session()),
            Destination::Job(wanted) => Ok(zones.job_session(wanted, None, self.zone_below())),
            Destination::Replace(wanted, text) => {
                Ok(zones.job_session(wanted, Some(text.clone()), self.zone_below()))
            }
        };
        match session {
            Ok(session) => {
                self.next = Some(session);
                true
            }
            Err(stop) => {
                let what = "This zone cannot be opened.".into();
                let next = "You are still where you were.".into();
                let failure = Failure { kind: FailureKind::Local, what, why: stop.message, next };
                self.pending.push_back(Msg::Failed(failure));
                false
            }
        }
    }

    /// Waits for messages, for the draft to be written, or for a time that was set. `None` when nobody is left to send.
    fn next_messages(&mut self, receiver: &Receiver<Msg>) -> Option<Vec<Msg>> {
        let now = Instant::now();
        let has_trouble = self.app.disk_trouble.is_some() || self.app.text.trouble.is_some();
        self.retry_at = has_trouble.then(|| self.retry_at.unwrap_or(now + RETRY));
        let look_at = self.saver.is_busy().then(|| now + LOOK);
        let received = match [self.wake_at, self.retry_at, look_at].into_iter().flatten().min() {
            None => receiver.recv().map_err(|_| RecvTimeoutError::Disconnected),
            Some(at) => receiver.recv_timeout(at.saturating_duration_since(now)),
        };
        let mut messages: Vec<Msg> = match received {
            Ok(first) => std::iter::once(first).chain(receiver.try_iter().take(BATCH)).collect(),
            Err(RecvTimeoutError::Disconnected) => return None,
            Err(RecvTimeoutError::Timeout) => Vec::new(),
        };
        let now = Instant::now();
        if self.wake_at.take_if(|at| *at <= now).is_some() {
            messages.extend([Msg::Clock(clock::now()), Msg::Woke]);
        }
        if self.retry_at.take_if(|at| *at <= now).is_some() {
            messages.push(Msg::SaveAgain);
        }
        Some(messages)
    }

    /// Takes in how saving the draft ended, as far as it has, or does within a time.
    fn hear_of_saving(&mut self, patience: Duration) {
        self.pending.extend(self.saver.answers(patience));
        if self.saver.is_busy() != self.app.saving {
            self.pending.push_back(Msg::Saving(self.saver.is_busy()));
        }
    }

    /// Has something of the draft written. The frame waits for that a little, but not behind something large.
    fn write_draft(&mut self, order: impl FnOnce(&mut Saver)) {
        let patience = if self.saver.is_busy() { Duration::ZERO } else { SHORT };
        order(&mut self.saver);
        self.hear_of_saving(patience);
    }

    /// Performs effects and what follows from them. True when the program shall end.
    fn settle(&mut self, effects: Vec<Effect>) -> bool {
        let mut effects = VecDeque::from(effects);
        loop {
            while let Some(effect) = effects.pop_front() {
                if self.perform(effect) {
                    return true;
                }
            }
            let Some(message) = self.pending.pop_front() else { return false };
            effects.extend(self.app.update(message));
        }
    }
}
