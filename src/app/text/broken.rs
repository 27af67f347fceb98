//! A zone file with errors: its text is opened in place of the zone, and once it is mended and left, the zone is there.
//! Nothing of it can be saved before.
//!
//! What was mended is in no step of a draft, since there was no zone. It is kept on disk as a text that is being edited
//! until the file is saved.

use std::sync::Arc;

use super::highlight::Highlight;
use super::leave::{self, Decision, Target};
use super::{MAX_TEXT, Ready, TextMode};
use crate::app::describe::count;
use crate::app::dialog::{Dialog, Then};
use crate::app::file::FileText;
use crate::app::open::Open;
use crate::app::work::Work;
use crate::app::{App, Effect, Loaded, Overlay, RequestId, Screen, Zone};
use crate::edit::Text;
use crate::facts::{Failure, ServerKind};
use crate::zone::{Snapshot, TextPatch};
use crate::zonefile::{Problem, ReadBefore, Severity, in_text};

/// A zone file with errors, as loaded.
#[derive(Debug, Clone)]
pub struct Broken {
    /// The errors, in words.
    pub failure: Failure,
    pub file: FileText,
    /// May the file be written? Otherwise a sentence on why not.
    pub editable: Result<(), String>,
    highlight: Highlight,
    errors: usize,
    /// Where the first error is.
    at: usize,
    /// The document of an earlier run.
    kept: Option<Text>,
}

impl Broken {
    pub fn new(
        failure: Failure,
        file: FileText,
        editable: Result<(), String>,
        problems: Vec<Problem>,
    ) -> Broken {
        let problems = in_text(problems, file.text.to_string().as_bytes());
        let errors = problems.iter().filter(|problem| problem.severity == Severity::Error).count();
        let first = problems.iter().find(|problem| problem.severity == Severity::Error);
        let at = first.map_or(0, |problem| problem.span.start);
        Broken { failure, highlight: Highlight::new(&file.text), file, editable, errors, at, kept: None }
    }
}

impl App {
    pub(in crate::app) fn broken(&self) -> Option<&Broken> {
        match &self.zone {
            Zone::Broken(broken) => Some(broken),
            _ => None,
        }
    }

    /// What the zone's file includes; `None` for a zone at a server.
    pub(in crate::app) fn included(&self) -> Option<ReadBefore> {
        let file = self.file().map(|file| &file.included);
        file.or_else(|| self.broken().map(|broken| &broken.file.included)).cloned()
    }

    pub(in crate::app) fn on_broken(&mut self, request: RequestId, mut broken: Box<Broken>) {
        if !self.end_load(request) {
            return;
        }
        if self.open().is_some() {
            return self.complain(format!("Not read again. {}", broken.failure));
        }
        if broken.file.text.len() > MAX_TEXT {
            self.zone = Zone::Failed(broken.failure);
            return;
        }
        let text = broken.file.text.clone();
        broken.kept = self.text.document.replace(text.clone());
        let (highlight, at, errors) = (broken.highlight.clone(), broken.at, broken.errors);
        self.zone = Zone::Broken(broken);
        let ready = Ready { highlight, text, patch: TextPatch::default(), at, trouble: None };
        self.show_text(TextMode::new(ready));
        self.complain(format!(
            "{} in this file. When they are mended, F3 opens the table; until then nothing is saved.",
            count(errors, "error")
        ));
        self.offer_text();
    }

    pub(super) fn on_mended(&mut self, zone: Result<Arc<Snapshot>, Vec<Problem>>) {
        self.message = None;
        let Some(mode) = &mut self.text.mode else { return };
        match zone {
            Err(problems) => {
                if let Some(first) = problems.iter().find(|problem| problem.severity == Severity::Error) {
                    mode.buffer.put(first.span.start);
                }
                self.overlay = Some(Overlay::Dialog(errors(&problems, mode.is_changed())));
            }
            Ok(zone) => {
                let text = mode.buffer.content().clone();
                self.open_mended(zone, text);
            }
        }
    }

    fn open_mended(&mut self, zone: Arc<Snapshot>, text: Text) {
        let Zone::Broken(broken) = std::mem::replace(&mut self.zone, Zone::Loading(0)) else { return };
        let Broken { file, editable, kept, .. } = *broken;
        let loaded = Loaded { zone, kind: ServerKind::Unknown, editable, file: Some(file) };
        self.zone = Zone::Open(Box::new(Open::new(loaded)));
        self.text.mode = None;
        self.screen = Screen::Main;
        self.file_opened();
        self.file_mended(text, kept);
        self.say("the table shows what the text says; w saves the file");
        self.watch_nameservers();
        self.offer_draft();
    }
}

/// Leaves the text for the zone that it means.
pub(super) fn leave(app: &mut App) {
    let Some(mode) = &app.text.mode else { return };
    let (text, version) = (mode.buffer.content().clone(), mode.buffer.version());
    app.say("reading the text");
    let (origin, included) = (app.settings.zone.clone(), app.included());
    let request = app.work(Work::Mend { text, origin, included });
    app.text.comparing = Some(leave::Comparing { request, version, target: Target::Table });
}

/// Somebody else may have mended the file, or what it includes.
pub fn reload(app: &mut App) {
    app.text.mode = None;
    app.screen = Screen::Main;
    app.reload();
}

pub fn may_reload(app: &App) -> Result<(), String> {
    match app.text.mode.as_ref().is_some_and(|mode| mode.is_changed()) {
        _ if app.broken().is_none() => Err("R does that in the table".into()),
        true => Err("you have edited the text: leave it with F3 first, and discard its edits".into()),
        false => Ok(()),
    }
}

/// Back to the text as it is on disk.
pub(super) fn discard(app: &mut App) {
    let Some(broken) = app.broken() else { return };
    let (highlight, text, at) = (broken.highlight.clone(), broken.file.text.clone(), broken.at);
    app.set_text_aside();
    app.effect(Effect::DropText);
    app.show_text(TextMode::new(Ready { highlight, text, patch: TextPatch::default(), at, trouble: None }));
    app.say("this is the file as it is on disk; :bring-back gets the discarded edits back");
}

fn errors(problems: &[Problem], is_changed: bool) -> Dialog {
    let errors = problems.iter().filter(|problem| problem.severity == Severity::Error);
    let mut text = vec![format!(
        "{} in the text: the table opens when they are mended.",
        count(errors.count(), "error")
    )];
    text.extend(leave::first_errors(problems));
    let mut buttons = vec![("Back to the text", 'b', Then::Close)];
    if is_changed {
        text.push("What you typed is kept until the next start.".into());
        buttons.push(("Discard edits...", 'd', Then::Text(Decision::AskDiscard)));
    }
    buttons.push(("Quit", 'q', Then::Quit));
    Dialog { escape: 0, ..Dialog::new("Zone file with errors", text, buttons) }
}
