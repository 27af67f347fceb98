//! The loop of the editor: messages in, frames and effects out.
//!
//! A plain thread on a channel. The network runs on tokio beside it, keys come from the input thread; leaving
//! waits for neither. The draft's journal is written here, before the frame that shows the step.

use std::collections::{HashMap, VecDeque};
use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Instant;

use tokio::runtime::Handle;
use tokio::task::AbortHandle;

use super::texts::{self, Saver};
use super::world::World;
use super::zone_file::{FromFile, ZoneFile};
use super::{clock, exchange, history, outside};
use crate::app::{App, Effect, Msg, RequestId, Settings};
use crate::facts::{Failure, FailureKind};
use crate::store::documents::DocumentFiles;
use crate::store::drafts::{Found, Journal, Opened};
use crate::term::input::{self, Input, Pauser};
use crate::term::screen::Screen;
use crate::ui;

/// Opens the journal of the draft; again when the person wants to take it over.
pub type OpenJournal = Box<dyn Fn() -> Result<Opened, Failure>>;

/// Where the zone is.
#[derive(Clone)]
pub enum Place {
    Primary(Arc<World>),
    File(Arc<ZoneFile>),
}

/// Most messages taken in before a frame is painted.
const BATCH: usize = 256;

struct Editor {
    app: App,
    screen: Screen,
    place: Place,
    runtime: Handle,
    sender: Sender<Msg>,
    /// Messages made by effects that are performed at once.
    pending: VecDeque<Msg>,
    running: HashMap<RequestId, Vec<AbortHandle>>,
    wake_at: Option<Instant>,
    open_journal: OpenJournal,
    /// `None` when another editor holds it or the disk does not work: then nothing can be edited or it is said.
    journal: Option<Journal>,
    documents: DocumentFiles,
    saver: Saver,
    input: Pauser,
}

/// Runs the editor until the person leaves or the terminal is gone.
///
/// # Errors
/// When the terminal cannot be used at all.
pub fn run(
    settings: Settings,
    place: Place,
    network: Handle,
    open_journal: OpenJournal,
    documents: DocumentFiles,
) -> io::Result<()> {
    let screen = Screen::enter()?;
    let (sender, receiver) = channel();
    let to_loop = sender.clone();
    let input = input::start(move |input| to_loop.send(message_of(input)).is_ok())?;
    let saver = Saver::start(documents.clone(), sender.clone());
    let (mut app, effects) = App::new(settings);
    let (width, height) = screen.size();
    app.update(Msg::Resize(width, height));
    app.update(Msg::Clock(clock::now()));
    let mut editor = Editor {
        app,
        screen,
        place,
        runtime: network,
        sender,
        pending: VecDeque::new(),
        running: HashMap::new(),
        wake_at: None,
        open_journal,
        journal: None,
        documents,
        saver,
        input,
    };
    editor.take_journal(false);
    if editor.settle(effects) {
        return Ok(());
    }
    editor.run(&receiver)
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
    fn run(&mut self, receiver: &Receiver<Msg>) -> io::Result<()> {
        loop {
            // A paint that fails means that the terminal is gone; the draft is on disk already.
            if self.screen.paint(|frame| ui::draw(&self.app, frame)).is_err() {
                return Ok(());
            }
            let Some(first) = self.next_message(receiver) else { return Ok(()) };
            let batch: Vec<Msg> = std::iter::once(first).chain(receiver.try_iter().take(BATCH)).collect();
            for message in batch {
                if let Msg::Resize(width, height) = message {
                    self.screen.resize(width, height);
                }
                let effects = self.app.update(message);
                if self.settle(effects) {
                    return Ok(());
                }
            }
        }
    }

    /// Waits for a message, or for the time that the app wants to be woken. `None` when nobody is left to send.
    fn next_message(&mut self, receiver: &Receiver<Msg>) -> Option<Msg> {
        let Some(wake_at) = self.wake_at else { return receiver.recv().ok() };
        match receiver.recv_timeout(wake_at.saturating_duration_since(Instant::now())) {
            Ok(message) => Some(message),
            Err(RecvTimeoutError::Disconnected) => None,
            Err(RecvTimeoutError::Timeout) => {
                self.wake_at = None;
                self.app.update(Msg::Clock(clock::now()));
                Some(Msg::Woke)
            }
        }
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

    fn perform(&mut self, effect: Effect) -> bool {
        match effect {
            Effect::Load { request } => {
                let sender = self.sender.clone();
                let world = match &self.place {
                    Place::Primary(world) => Arc::clone(world),
                    Place::File(file) => {
                        let file = Arc::clone(file);
                        self.beside("load", move || match file.load() {
                            Ok(FromFile::Zone(zone)) => Msg::Loaded { request, result: Ok(zone) },
                            Ok(FromFile::Broken(broken)) => Msg::Broken { request, broken },
                            Err(failure) => Msg::Loaded { request, result: Err(failure) },
                        });
                        return false;
                    }
                };
                self.spawn(request, async move {
                    let progress = |records| {
                        // Nobody listens any more only when the program is about to end.
                        let _ = sender.send(Msg::Loading { request, records });
                    };
                    let result = world.load(progress).await;
                    let _ = sender.send(Msg::Loaded { request, result });
                });
            }
            Effect::Follow { request, base } => {
                let Some((world, sender)) = self.network() else { return false };
                self.spawn(request, async move {
                    let result = world.follow(&base).await;
                    let _ = sender.send(Msg::Followed { request, result });
                });
            }
            Effect::Cancel { request } => {
                for task in self.running.remove(&request).unwrap_or_default() {
                    task.abort();
                }
            }
            Effect::Journal { entry, base_serial } => {
                self.write_journal(|journal| {
                    journal.set_base_serial(base_serial);
                    journal.append(&entry)
                });
            }
            Effect::ReplaceDraft { entries, base_serial } => self.write_journal(|journal| {
                journal.set_base_serial(base_serial);
                journal.rewrite(&entries)
            }),
            Effect::ClearDraft => self.write_journal(|journal| journal.rewrite(&[])),
            Effect::TakeOver => self.take_journal(true),
            Effect::AskNameserver { request, server } => {
                let Some((world, sender)) = self.network() else { return false };
                self.spawn(request, async move {
                    let tell = |status| {
                        let _ = sender.send(Msg::Nameserver { request, status });
                    };
                    world.watch_nameserver(server, tell).await;
                });
            }
            Effect::AskParent { request } => {
                let Some((world, sender)) = self.network() else { return false };
                self.spawn(request, async move {
                    let parent = world.parent().await;
                    let _ = sender.send(Msg::Parent { request, parent });
                });
            }
            Effect::WakeIn(time) => self.wake_at = Instant::now().checked_add(time),
            Effect::Push { request, action } => {
                let Some((world, sender)) = self.network() else { return false };
                self.spawn(request, async move {
                    if let Some(event) = world.perform(action).await {
                        let _ = sender.send(Msg::Push { request, event });
                    }
                });
            }
            Effect::History { request, wanted } => {
                let Some((world, _)) = self.network() else { return false };
                self.beside("history", move || Msg::History {
                    request,
                    found: history::find(&world, wanted),
                });
            }
            Effect::CloseRecord { id, end } => {
                let Some((world, sender)) = self.network() else { return false };
                let _ = thread::Builder::new().name("history".into()).spawn(move || {
                    if let Some(Err(failure)) =
                        world.recorder().map(|recorder| recorder.history.close(&id, &end))
                    {
                        let _ = sender.send(Msg::Failed(failure));
                    }
                });
            }
            Effect::AfterPush => {
                let Some((world, sender)) = self.network() else { return false };
                let _ = thread::Builder::new().name("after-push".into()).spawn(move || {
                    if let Some(trouble) = world.recorder().and_then(|recorder| recorder.tell_program()) {
                        let _ = sender.send(Msg::Notice(trouble));
                    }
                });
            }
            Effect::Copy(text) => {
                // The next paint notices when the terminal is gone.
                let _ = self.screen.copy(&text);
            }
            Effect::Work { request, work } => {
                self.beside("work", move || Msg::Worked { request, worked: work.run() });
            }
            Effect::SaveFile { request, text } => {
                if let Place::File(file) = &self.place {
                    let file = Arc::clone(file);
                    self.beside("save", move || Msg::Saved { request, result: file.save(&text.to_string()) });
                }
            }
            Effect::Import { request, importing } => {
                self.beside("import", move || Msg::Imported {
                    request,
                    result: exchange::import(*importing),
                });
            }
            Effect::Export { request, exporting } => {
                let place = self.place.clone();
                self.beside("export", move || {
                    let own = match &place {
                        Place::File(file) => Some(&**file),
                        Place::Primary(_) => None,
                    };
                    Msg::Exported { request, exported: exchange::export(exporting, own) }
                });
            }
            Effect::SaveText { text } => self.saver.editing(text),
            Effect::DropText => self.saver.drop_editing(),
            Effect::SetAside { text } => self.saver.set_aside(text),
            Effect::SaveDocument { text } => self.saver.document(text),
            Effect::EditOutside { text, line } => {
                let zone = self.app.settings.zone.to_string();
                self.input.pause();
                let outcome = self.screen.lend(|| outside::edit(&text, line, &zone));
                self.input.go_on();
                match outcome {
                    Ok(outcome) => self.pending.push_back(Msg::EditedOutside(outcome)),
                    Err(_) => return true,
                }
                let (width, height) = self.screen.size();
                self.pending.push_back(Msg::Resize(width, height));
            }
            Effect::Suspend => {
                if self.screen.suspend().is_err() {
                    return true;
                }
            }
            Effect::Repaint => {
                self.screen.repaint();
                let (width, height) = self.screen.size();
                self.pending.push_back(Msg::Resize(width, height));
            }
            Effect::Quit => return true,
        }
        false
    }

    /// Does something on a thread of its own. Nothing waits for it; without a thread it is not done, and the next key
    /// asks again.
    fn beside(&self, name: &str, act: impl FnOnce() -> Msg + Send + 'static) {
        let sender = self.sender.clone();
        let _ = thread::Builder::new().name(name.into()).spawn(move || {
            let _ = sender.send(act());
        });
    }

    /// Whom to ask, and whom to tell. A zone file has nobody.
    fn network(&self) -> Option<(Arc<World>, Sender<Msg>)> {
        match &self.place {
            Place::Primary(world) => Some((Arc::clone(world), self.sender.clone())),
            Place::File(_) => None,
        }
    }

    fn spawn(&mut self, request: RequestId, task: impl Future<Output = ()> + Send + 'static) {
        let handle = self.runtime.spawn(task).abort_handle();
        // Requests that are over need no entry any more.
        self.running.retain(|_, tasks| tasks.iter().any(|task| !task.is_finished()));
        self.running.entry(request).or_default().push(handle);
    }

    fn write_journal(&mut self, write: impl FnOnce(&mut Journal) -> Result<(), Failure>) {
        let result = match &mut self.journal {
            Some(journal) => write(journal),
            None => Err(Failure {
                kind: FailureKind::Local,
                what: "The draft is not saved.".into(),
                why: "It is not open for writing: another editor holds it, or the disk failed at the start."
                    .into(),
                next: "Your changes are on this screen alone; push them before you leave.".into(),
            }),
        };
        self.pending.push_back(Msg::Journalled(result));
    }

    /// Opens the journal. `asked`: the person waits for the answer, also when there is nothing in it.
    fn take_journal(&mut self, asked: bool) {
        let message = match (self.open_journal)() {
            Ok(Opened::Ours(journal, found)) => {
                self.journal = Some(journal);
                match texts::load(&self.documents) {
                    Ok(found) => self.pending.extend(found),
                    Err(failure) => self.pending.push_back(Msg::Failed(failure)),
                }
                match found {
                    None if !asked => return,
                    None => Msg::DraftFound { entries: Vec::new(), base_serial: 0, saved_at: String::new() },
                    Some(Found { entries, base_serial, changed, .. }) => {
                        Msg::DraftFound { entries, base_serial, saved_at: clock::in_words(changed) }
                    }
                }
            }
            Ok(Opened::HeldBy(holder)) if asked => Msg::Failed(Failure {
                kind: FailureKind::Local,
                what: "The draft cannot be taken over.".into(),
                why: format!("The other editor ({holder}) is still running."),
                next: "End it, or ask whoever runs it; then try again.".into(),
            }),
            Ok(Opened::HeldBy(holder)) => Msg::DraftLocked { holder },
            Err(failure) => Msg::Journalled(Err(failure)),
        };
        self.pending.push_back(message);
    }
}
