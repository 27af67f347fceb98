//! What the editor does of what its state wants of the world.

use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::thread;
use std::time::Instant;

use super::super::world::World;
use super::super::zone_file::FromFile;
use super::super::{asking, exchange, history, others, outside, paths, zones};
use super::secondaries::Desk;
use super::{Editor, Place, secondaries};
use crate::app::{Effect, Msg, RequestId};
use crate::facts::past::Told;

impl Editor {
    /// Performs one effect; what comes of it is told later, or is pending. True when the program shall end.
    pub(super) fn perform(&mut self, effect: Effect) -> bool {
        match effect {
            Effect::Load { request } => {
                let sender = self.sender.clone();
                let world = match &self.place {
                    Place::Nowhere => return false,
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
            Effect::Remember(remembered) => self.saver.remember(remembered),
            Effect::AskNameserver { request, server } => {
                let Some((world, sender)) = self.network() else { return false };
                self.spawn(request, async move {
                    let tell = |status| {
                        let _ = sender.send(Msg::Nameserver { request, status });
                    };
                    world.watch_nameserver(server, tell).await;
                });
            }
            Effect::AskSets { request, whom, keys } => {
                let Some((world, sender)) = self.network() else { return false };
                self.spawn(request, async move {
                    let answers = world.ask_sets(whom, &keys).await;
                    let _ = sender.send(Msg::Sets { request, answers });
                });
            }
            Effect::AskParent { request } => {
                let Some((world, sender)) = self.network() else { return false };
                self.spawn(request, async move {
                    let parent = world.parent().await;
                    let _ = sender.send(Msg::Parent { request, parent });
                });
            }
            Effect::CheckNetwork { request, base, changes, rules } => {
                let (place, sender) = (self.place.clone(), self.sender.clone());
                self.spawn(request, async move {
                    let asker = match &place {
                        Place::Nowhere => return,
                        Place::Primary(world) => world.asker().await,
                        Place::File(_) => Ok(asking::for_file(base.origin().clone(), asking::PATIENCE)),
                    };
                    let asked = match asker {
                        Ok(asker) => asking::in_editor(&asker, request, base, changes, &rules, &sender).await,
                        Err(failure) => return drop(sender.send(Msg::Failed(failure))),
                    };
                    let _ = sender.send(Msg::NetworkAsked { request, asked: Arc::new(asked) });
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
                        Place::Primary(_) | Place::Nowhere => None,
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
            Effect::TakeBack { text } => self.saver.take_back(text),
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
            Effect::ListZones { request } => {
                let (zones, sender) = (Arc::clone(&self.zones), self.sender.clone());
                // The names at once, what is on disk of each a moment later.
                self.beside("zones", move || {
                    let names = zones.list(false);
                    let _ = sender.send(Msg::ZonesListed { request, zones: names, complete: false });
                    Msg::ZonesListed { request, zones: zones.list(true), complete: true }
                });
            }
            Effect::AskSerials { request, zones } => {
                let (configured, sender) = (Arc::clone(&self.zones), self.sender.clone());
                self.spawn(request, zones::ask_serials(configured, request, zones, sender));
            }
            Effect::Secondary { request, call } => {
                let desk = Desk {
                    configured: Arc::clone(&self.zones),
                    zone: self.app.settings.zone.clone(),
                    server: self.app.settings.server.clone(),
                    place: self.place.clone(),
                    job: Arc::clone(&self.job),
                };
                self.spawn(request, secondaries::call(desk, request, call, self.sender.clone()));
            }
            Effect::OpenPart { request, zone } => {
                let (parts, configured) = (Arc::clone(&self.parts), Arc::clone(&self.zones));
                let sender = self.sender.clone();
                self.spawn(request, async move {
                    let result = parts.load(configured, zone.clone()).await;
                    let _ = sender.send(Msg::PartOpened { request, zone, result });
                });
            }
            Effect::ClosePart { zone } => self.parts.close(&zone),
            Effect::WritePart { request, zone, entries, base_serial } => {
                let parts = Arc::clone(&self.parts);
                self.beside("draft", move || {
                    let result = parts.write(request, &zone, &entries, base_serial);
                    Msg::PartWritten { zone, result }
                });
            }
            Effect::PushPart { request, zone, action } => {
                let (parts, sender) = (Arc::clone(&self.parts), self.sender.clone());
                self.spawn(request, async move {
                    if let Some(part) = parts.get(&zone)
                        && let Some(event) = part.world.perform(action).await
                    {
                        let _ = sender.send(Msg::Push { request, event });
                    }
                });
            }
            Effect::AfterPushPart { zone } => {
                // The program may take long, and must not hold the draft.
                let recorder = self.parts.get(&zone).and_then(|part| part.world.recorder().cloned());
                let sender = self.sender.clone();
                let _ = thread::Builder::new().name("after-push".into()).spawn(move || {
                    if let Some(trouble) = recorder.and_then(|recorder| recorder.tell_program()) {
                        let _ = sender.send(Msg::Notice(trouble));
                    }
                });
            }
            Effect::GoTo(to) => return self.prepare(&to),
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
            Place::File(_) | Place::Nowhere => None,
        }
    }

    fn spawn(&mut self, request: RequestId, task: impl Future<Output = ()> + Send + 'static) {
        let handle = self.runtime.spawn(task).abort_handle();
        // Requests that are over need no entry any more.
        self.running.retain(|_, tasks| tasks.iter().any(|task| !task.is_finished()));
        self.running.entry(request).or_default().push(handle);
    }
}
