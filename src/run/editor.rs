//! The loop of the editor: messages in, frames and effects out.
//!
//! A plain thread on a channel. The network runs on tokio beside it, keys come from the input thread; leaving
//! waits for neither. The draft is written beside it ([`super::saver`]); the frame that shows a step waits for that
//! a little, and says so where it is still being saved.

use std::collections::{HashMap, VecDeque};
use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tokio::task::AbortHandle;

use super::saver::{Files, Saver};
use super::world::World;
use super::zone_file::{FromFile, ZoneFile};
use super::{clock, exchange, history, others, outside, paths};
use crate::app::{App, Effect, Msg, RequestId, Settings};
use crate::facts::past::Told;
use crate::term::input::{self, Input, Pauser};
use crate::term::screen::Screen;
use crate::ui;

/// Where the zone is.
#[derive(Clone)]
pub enum Place {
    Primary(Arc<World>),
    File(Arc<ZoneFile>),
}

/// Most messages taken in before a frame is painted.
const BATCH: usize = 256;
/// How long a frame waits for a step to be on disk. What takes longer is shown as being saved.
const SHORT: Duration = Duration::from_millis(10);
/// How often it is looked whether that has ended.
const LOOK: Duration = Duration::from_millis(20);
/// After so long it is tried again to save what could not be saved.
const RETRY: Duration = Duration::from_secs(5);

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
    /// When it is tried again to save what could not be saved.
    retry_at: Option<Instant>,
    saver: Saver,
    input: Pauser,
}

/// Runs the editor until the person leaves or the terminal is gone.
///
/// # Errors
/// When the terminal cannot be used at all.
pub fn run(settings: Settings, place: Place, network: Handle, files: Files) -> io::Result<()> {
    let screen = Screen::enter()?;
    let (sender, receiver) = channel();
    let to_loop = sender.clone();
    let input = input::start(move |input| to_loop.send(message_of(input)).is_ok())?;
    let saver = Saver::start(files, sender.clone());
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
        retry_at: None,
        saver,
        input,
    };
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
            let Some(messages) = self.next_messages(receiver) else { return Ok(()) };
            for message in messages {
                if let Msg::Resize(width, height) = message {
                    self.screen.resize(width, height);
                }
                let effects = self.app.update(message);
                if self.settle(effects) {
                    return Ok(());
                }
            }
            self.hear_of_saving(Duration::ZERO);
            if self.settle(Vec::new()) {
                return Ok(());
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
                self.write_draft(|saver| saver.append(entry, base_serial));
            }
            Effect::ReplaceDraft { entries, base_serial } => {
                self.write_draft(|saver| saver.rewrite(entries, base_serial));
            }
            Effect::ClearDraft => self.write_draft(|saver| saver.rewrite(Vec::new(), 0)),
            Effect::DraftDecided => self.saver.decided(),
            Effect::DiscardFound => self.saver.discard_found(),
            Effect::SetDraftAside { entries, base_serial } => {
                self.saver.set_draft_aside(entries, base_serial)
            }
            Effect::Discard { entries, base_serial, text } => {
                self.write_draft(|saver| saver.discard(entries, base_serial, text));
            }
            Effect::BringBack => self.saver.bring_back(),
            Effect::TakeOver => self.saver.take_over(),
            Effect::SaveForm { form } => self.saver.form(form),
            Effect::DropForm => self.saver.drop_form(),
            Effect::SaveAcknowledged(all) => self.saver.acknowledged(all),
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
            Effect::Others { request, base } => {
                let Some((world, sender)) = self.network() else { return false };
                self.spawn(request, async move {
                    let result = match world.recorder() {
                        Some(recorder) => others::told(&world, &recorder.history, &base).await,
                        None => Ok(Told::default()),
                    };
                    let _ = sender.send(Msg::Others { request, result });
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
            Effect::ReadMaterial { request, file } => {
                self.beside("material", move || Msg::MaterialRead {
                    request,
                    result: exchange::material(&file),
                });
            }
            Effect::ListFolder { request, folder, start } => {
                self.beside("folder", move || Msg::FolderListed {
                    request,
                    result: paths::list(&folder, &start),
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
}
