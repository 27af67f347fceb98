//! The program's state and what changes it: messages come in, effects go out.
//!
//! [`App::update`] is pure: it reads no clock, does no I/O and never blocks. What it wants done it returns as
//! [`Effect`]s; `run` performs them and sends what comes of it back as [`Msg`]s. Drawing is `ui`'s business.
//!
//! Where to look:
//! * [`Msg`] and [`Effect`] are all that passes between here and the world; [`commands`] is the table of all that a
//!   person can do, with the keys, and `typing` finds what a key means.
//! * A screen has a file of its own: [`rows`] and [`nameservers`] (the two panes of the main screen, in [`open`]),
//!   [`form`] and [`forms`], [`text`], [`changes`], [`proposal`], [`merge`], [`pushing`], [`history`], [`zones`], [`job`], [`secondaries`];
//!   so has what lies over them:
//!   [`dialog`], [`help`], [`palette`], [`menu`].
//! * What can be proposed: [`nameserver_sets`], [`templates`], [`ttl_plan`]; what has to be typed for it first is asked in [`ask`].
//! * The life of a zone: [`loading`] it and finding a draft, [`edits`], [`follow`]ing what others do, [`mod@file`] where it
//!   is one, [`exchange`] with other files, `quitting`; what the rules find in it is [`findings`].
//! * [`describe`] and [`standing`] put things into words, [`layout`] says what goes where, [`work`] is what takes too
//!   long for a key.

pub mod ask;
pub mod changes;
pub mod commands;
pub mod delegation;
pub mod describe;
pub mod dialog;
pub mod edits;
mod effect;
pub mod exchange;
pub mod file;
pub mod findings;
pub mod follow;
pub mod form;
pub mod forms;
pub mod help;
pub mod history;
pub mod job;
pub mod layout;
pub mod loading;
pub mod many;
pub mod marking;
pub mod menu;
pub mod merge;
pub mod moves;
mod msg;
pub mod nameserver_sets;
pub mod nameservers;
pub mod open;
pub mod palette;
pub mod pasting;
pub mod paths;
pub mod proposal;
pub mod pushing;
mod quitting;
pub mod registrar;
pub mod replacing;
pub mod rows;
pub mod secondaries;
pub mod sorting;
pub mod standing;
pub mod stepping;
pub mod templates;
pub mod text;
pub mod ttl_plan;
mod typing;
pub mod way_out;
pub mod work;
pub mod zones;

use std::collections::VecDeque;
use std::sync::Arc;

use self::ask::Ask;
use self::changes::Changes;
use self::commands::Context;
use self::dialog::Dialog;
use self::exchange::Exchange;
use self::file::FileText;
use self::form::Form;
use self::forms::Chooser;
use self::help::Help;
use self::layout::Layout;
use self::loading::FoundDraft;
use self::menu::Menu;
use self::merge::Merge;
use self::open::{Open, Pane};
use self::palette::Palette;
use self::proposal::Proposal;
use self::pushing::{Pushing, Results};
use self::text::Texts;
use self::text::broken::Broken;
use self::way_out::WayOut;
use crate::check::Selection;
use crate::config::Config;
use crate::edit::Field;
use crate::facts::remembered::Remembered;
use crate::facts::{Acknowledged, Failure, OpenForm, ServerKind};
use crate::key::Key;
use crate::zone::draft::Entry;
use crate::zone::{Name, Snapshot};

pub use self::effect::Effect;
pub use self::msg::Msg;

#[cfg(test)]
mod tests;

/// The number of a request to the world. Numbers grow; an answer with an old one is dropped.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
    /// The share of the zone's records, 0 to 100, that a push may delete without the zone's name being typed.
    pub brake_percent: u8,
    /// The embedded nameservers: said in the title bar.
    pub demo: bool,
    /// Nameserver sets, templates and what else the editor needs of it.
    pub config: Arc<Config>,
    /// The server that is edited, by names and addresses that nameservers may be known by.
    pub hosts: Vec<String>,
    /// How the person came here.
    pub arrival: zones::Arrival,
    /// May the screen use more than ASCII?
    pub unicode: bool,
    /// False under NO_COLOR and on terminals without colours.
    pub colours: bool,
    /// The rules that the zone is held against, weighed as the configuration says.
    pub rules: Arc<Selection>,
}

/// A zone as loaded.
#[derive(Debug, Clone)]
pub struct Loaded {
    pub zone: Arc<Snapshot>,
    pub kind: ServerKind,
    /// Can changes be pushed? Otherwise a sentence on why not; the zone is then shown read-only.
    pub editable: Result<(), String>,
    /// Where the zone is a file and not at a server: its text.
    pub file: Option<FileText>,
}

/// The zone, if there is one.
#[derive(Debug)]
pub enum Zone {
    /// No zone is chosen: only the list of them is on the screen.
    None,
    /// On its way: records so far.
    Loading(usize),
    Failed(Failure),
    /// A file with errors: its text is shown.
    Broken(Box<Broken>),
    /// The person stopped the load.
    Stopped,
    Open(Box<Open>),
}

/// What fills the screen.
#[derive(Debug)]
pub enum Screen {
    /// Nameservers and records (or the zone's loading).
    Main,
    /// The zone as text ([`App::text`]), or that it is being made ready.
    Text,
    Changes(Changes),
    /// What both sides changed.
    Merge(Merge),
    Form(Box<Form>),
    /// Values that are needed before something can be proposed.
    Ask(Box<Ask>),
    /// Wished changes, to be looked at and taken.
    Proposal(Box<Proposal>),
    Pushing(Box<Pushing>),
    History(Box<history::History>),
    /// What the rules find.
    Findings(Box<findings::screen::List>),
    /// The configured zones.
    Zones(Box<zones::Zones>),
    /// What is registered at secondary DNS services.
    Secondaries(Box<secondaries::Secondaries>),
    /// Several zones that are pushed together.
    Job(Box<job::Job>),
    Result(Box<Results>),
}

/// What lies over the screen and takes the keys.
#[derive(Debug)]
pub enum Overlay {
    Dialog(Dialog),
    Help(Help),
    Palette(Palette),
    Chooser(Chooser),
    Menu(Menu),
    /// The filter being typed.
    Filter(Field),
    /// Something to be typed for the text: what to find, a line.
    Prompt(text::find::Prompt),
    Replacing(text::find::Replacing),
    /// What is wrong with the text.
    Problems(text::problems::List),
    /// The choice between quick fixes.
    Fixes(findings::fixing::Menu),
}

/// A sentence for the person; it goes with the next key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    pub text: String,
    /// Did something not work?
    pub trouble: bool,
}

/// The program's state.
#[derive(Debug)]
pub struct App {
    pub settings: Settings,
    /// Columns and rows of the terminal.
    pub size: (u16, u16),
    pub zone: Zone,
    pub screen: Screen,
    pub overlay: Option<Overlay>,
    pub message: Option<Message>,
    /// The draft could not be written: stays until it can.
    pub disk_trouble: Option<Failure>,
    /// Is any of the draft not on disk yet?
    pub saving: bool,
    /// The person wants to leave, once something is done.
    leaving: Option<quitting::Leaving>,
    /// Show a line about the selected record? It costs bytes with each move.
    pub details: bool,
    /// Who else holds the draft of this zone, or held it, until it is ours.
    pub locked: Option<String>,
    /// That one has ended.
    holder_gone: bool,
    /// The draft of that one, until it is shown.
    theirs: Option<Vec<Entry>>,
    /// The zone as text.
    pub text: Texts,
    exchange: Exchange,
    /// The findings that somebody lets stand.
    pub acknowledged: Arc<Vec<Acknowledged>>,
    /// What is known of past pushes.
    pub past: history::Past,
    /// What is registered at secondary DNS services.
    pub secondaries: secondaries::Known,
    /// The rows that the filter lets through are being looked for.
    searching: Option<(RequestId, rows::Search)>,
    /// The rows are being sorted.
    sorting: Option<(RequestId, rows::SortBy)>,
    /// What is to be replaced is being looked for.
    replacing: Option<RequestId>,
    /// Many records are being edited.
    stepping: Option<stepping::Stepping>,
    /// Keys pressed and text pasted meanwhile: they are meant for the rows that will be shown.
    held: VecDeque<Msg>,
    /// What was typed after `:` and run with this key, until it is refused or another key comes.
    typed: Option<String>,
    /// The first key of a longer sequence.
    pub pending: Option<Key>,
    /// What is kept of the zone from one visit to the next.
    pub remembered: Remembered,
    /// The time as last told: seconds since 1970 (UTC).
    pub now: Option<u64>,
    /// The draft of an earlier run, until the person has decided.
    found: Option<FoundDraft>,
    /// The form of an earlier run, until it can be opened.
    found_form: Option<OpenForm>,
    /// The form that is being filled in, as it is on disk.
    kept_form: Option<OpenForm>,
    /// The key being handled.
    key: Key,
    /// The load that is wanted, while one is under way.
    load: Option<RequestId>,
    /// The question whether the primary has another version, while it is under way.
    following: Option<RequestId>,
    /// What others did, while it is being found out.
    telling: Vec<follow::Telling>,
    /// The zone as it was when the form was opened.
    form_base: Option<Arc<Snapshot>>,
    /// The file that the form is made from, while it is being read.
    material: Option<RequestId>,
    /// The latest question to the parent.
    asked_parent: RequestId,
    /// How the last push comes to the nameservers.
    way_out: Option<Box<WayOut>>,
    last_request: u64,
    effects: Vec<Effect>,
}

impl App {
    /// The state at the start, and what to do first.
    pub fn new(settings: Settings) -> (App, Vec<Effect>) {
        let mut app = App::blank(settings);
        app.reload();
        let effects = std::mem::take(&mut app.effects);
        (app, effects)
    }

    /// The same where no zone is chosen: the list of them.
    pub fn listing(settings: Settings) -> (App, Vec<Effect>) {
        let mut app = App::blank(settings);
        app.zone = Zone::None;
        zones::open(&mut app);
        let effects = std::mem::take(&mut app.effects);
        (app, effects)
    }

    fn blank(settings: Settings) -> App {
        App {
            settings,
            size: (80, 24),
            zone: Zone::Loading(0),
            screen: Screen::Main,
            overlay: None,
            message: None,
            disk_trouble: None,
            saving: false,
            leaving: None,
            details: false,
            locked: None,
            holder_gone: false,
            theirs: None,
            text: Texts::default(),
            exchange: Exchange::default(),
            acknowledged: Arc::default(),
            past: history::Past::default(),
            secondaries: secondaries::Known::default(),
            searching: None,
            sorting: None,
            replacing: None,
            stepping: None,
            held: VecDeque::new(),
            typed: None,
            pending: None,
            remembered: Remembered::default(),
            now: None,
            found: None,
            found_form: None,
            kept_form: None,
            key: Key::char(' '),
            load: None,
            following: None,
            telling: Vec::new(),
            form_base: None,
            material: None,
            asked_parent: RequestId(0),
            way_out: None,
            last_request: 0,
            effects: Vec::new(),
        }
    }

    /// Takes one message in and says what to do about it.
    pub fn update(&mut self, msg: Msg) -> Vec<Effect> {
        self.on_message(msg);
        self.offer_interrupted();
        self.offer_unfinished();
        self.search_rows();
        self.sort_rows();
        self.do_small_works();
        self.follow_parked();
        self.look_for_findings();
        self.do_small_works();
        self.reopen_form();
        self.keep_form();
        self.keep_in_view();
        std::mem::take(&mut self.effects)
    }

    fn on_message(&mut self, msg: Msg) {
        match msg {
            // What would be edited now is being discarded.
            Msg::Key(_) | Msg::Paste(_) if self.is_discarding() => {}
            msg @ (Msg::Key(_) | Msg::Paste(_)) if self.is_stepping() => self.hold(msg),
            Msg::Key(key) if self.is_held(key) => self.held.push_back(msg),
            Msg::Key(key) => self.on_key(key),
            Msg::Paste(text) => self.on_paste(&text),
            Msg::Resize(width, height) => {
                let wrapped_anew = width != self.size.0;
                self.size = (width, height);
                if wrapped_anew {
                    changes::refresh(self);
                    merge::refresh(self);
                    self.wrap_history();
                    self.wrap_proposal();
                    self.refresh_job();
                }
            }
            Msg::Hangup => self.effect(Effect::Quit),
            Msg::Resumed => self.effect(Effect::Repaint),
            Msg::Loading { request, records } => self.on_progress(request, records),
            Msg::Followed { request, result } => self.on_followed(request, result),
            Msg::Loaded { request, result } => self.on_loaded(request, result),
            Msg::Broken { request, broken } => self.on_broken(request, broken),
            Msg::DraftFound { entries, base_serial, saved_at, aside } => {
                let taken = self.locked.is_some();
                self.on_draft(FoundDraft { entries, base_serial, saved_at, aside, taken });
            }
            Msg::DraftTaken { holder, entries } => self.on_taken(holder, entries),
            Msg::DraftLocked { holder } => self.on_locked(holder),
            Msg::DraftFree => self.on_free(),
            Msg::DraftSeen { entries } => self.on_seen(entries),
            Msg::Discarded(result) => self.on_discarded(result),
            Msg::Journalled(result) => self.disk_trouble = result.err(),
            Msg::Saving(saving) => self.on_saving(saving),
            Msg::SaveAgain => self.save_again(),
            Msg::FormFound(form) => self.found_form = Some(form),
            Msg::AcknowledgedFound(all) => self.on_acknowledged(all),
            Msg::Remembered(remembered) => self.remembered = *remembered,
            Msg::Nameserver { request, status } => self.on_nameserver(request, status),
            Msg::NetworkAsking { request, answered, of } => self.on_asking(request, answered, of),
            Msg::NetworkAsked { request, asked } => self.on_asked(request, asked),
            Msg::Parent { request, parent } => self.on_parent(request, parent),
            Msg::Sets { request, answers } => self.on_sets(request, answers),
            Msg::Push { request, event } if matches!(self.screen, Screen::Job(_)) => {
                self.on_turn(request, event)
            }
            Msg::Push { request, event } => self.on_push(request, event),
            Msg::PartOpened { request, zone, result } => self.on_part(request, &zone, result),
            Msg::PartWritten { zone, result } => self.on_part_written(&zone, result),
            Msg::History { request, found } => self.on_history(request, found),
            Msg::Others { request, result } => self.on_others(request, result),
            Msg::ZonesListed { request, zones, complete } => self.on_zones(request, zones, complete),
            Msg::ZoneSerial { request, zone, result } => self.on_serial(request, zone, result),
            Msg::Secondary { request, heard } => self.on_secondary(request, heard),
            Msg::Clock(now) => self.now = Some(now),
            Msg::Woke => self.poll_nameservers(),
            Msg::Notice(text) => self.say(text),
            Msg::Failed(failure) => self.complain(failure.to_string()),
            Msg::Worked { request, worked } => self.on_worked(request, worked),
            Msg::TextsFound { document, editing } => self.on_texts(document, editing),
            Msg::TextBack(found) => self.on_text_back(found),
            Msg::TextSaved(result) => self.on_text_saved(result),
            Msg::Saved { request, result } => self.on_saved(request, result),
            Msg::Imported { request, result } => self.on_imported(request, result),
            Msg::MaterialRead { request, result } => self.on_material(request, result),
            Msg::FolderListed { request, result } => self.on_folder(request, result),
            Msg::Exported { request, exported } => self.on_exported(request, exported),
            Msg::EditedOutside(outcome) => self.on_edited_outside(outcome),
        }
    }

    /// The open zone.
    pub fn open(&self) -> Option<&Open> {
        match &self.zone {
            Zone::Open(open) => Some(open),
            _ => None,
        }
    }

    /// May the zone be edited? Otherwise a sentence on why not.
    pub fn editable(&self) -> Result<(), String> {
        let editable = match &self.zone {
            Zone::Open(open) => &open.editable,
            Zone::Broken(broken) => &broken.editable,
            _ => return Err("there is no zone yet".into()),
        };
        match &self.locked {
            Some(_) if self.holder_gone => {
                Err("read-only: the other editor has ended; W makes this one the editor".into())
            }
            Some(holder) => Err(format!("read-only: {holder} edits it; W takes it over")),
            None => editable.clone().map_err(|reason| format!("read-only: {reason}")),
        }
    }

    fn open_mut(&mut self) -> Option<&mut Open> {
        match &mut self.zone {
            Zone::Open(open) => Some(open),
            _ => None,
        }
    }

    /// Where the person is.
    pub fn context(&self) -> Context {
        match &self.overlay {
            Some(Overlay::Dialog(_)) => Context::Dialog,
            Some(Overlay::Help(_)) => Context::Help,
            Some(Overlay::Palette(_)) => Context::Palette,
            Some(Overlay::Chooser(_)) => Context::Chooser,
            Some(Overlay::Menu(_)) => Context::Menu,
            Some(Overlay::Filter(_)) => Context::Filter,
            Some(Overlay::Prompt(_)) => Context::Prompt,
            Some(Overlay::Replacing(_)) => Context::Replacing,
            Some(Overlay::Problems(_)) => Context::Problems,
            Some(Overlay::Fixes(_)) => Context::Fixes,
            None => self.screen_context(),
        }
    }

    /// Where the person is, what lies over the screen left aside.
    pub fn screen_context(&self) -> Context {
        match (&self.screen, self.open().map(|open| open.pane)) {
            (Screen::Job(job), _) if job.pointers.is_some() => Context::Pointers,
            (Screen::Job(job), _) if job.replacing.is_some() => Context::ReplacedInZones,
            (Screen::Job(_), _) => Context::Job,
            (Screen::Zones(zones), _) if zones.is_typing() => Context::Jump,
            (Screen::Zones(_), _) => Context::Zones,
            (Screen::Secondaries(screen), _) => screen.context(),
            (Screen::Text, _) if self.broken().is_some() => Context::Text,
            (_, None) => Context::Waiting,
            (Screen::Main, Some(Pane::Records)) => Context::Records,
            (Screen::Main, Some(Pane::Nameservers)) => Context::Nameservers,
            (Screen::Text, _) => Context::Text,
            (Screen::Changes(_), _) if self.file().is_some() => Context::FileChanges,
            (Screen::Changes(_), _) => Context::Changes,
            (Screen::Merge(_), _) => Context::Merge,
            (Screen::Form(_), _) => Context::Form,
            (Screen::Ask(_), _) => Context::Ask,
            (Screen::Proposal(_), _) => Context::Proposal,
            (Screen::Pushing(_), _) => Context::Pushing,
            (Screen::History(history), _) if history.one.is_some() => Context::PastPush,
            (Screen::History(_), _) => Context::History,
            (Screen::Findings(_), _) => Context::Findings,
            (Screen::Result(_), _) => Context::Result,
        }
    }

    /// Changes what is kept of the zone for later, here and on disk.
    fn keep(&mut self, change: impl FnOnce(&mut Remembered)) {
        let before = self.remembered.clone();
        change(&mut self.remembered);
        if self.remembered != before {
            self.effect(Effect::Remember(Box::new(self.remembered.clone())));
        }
    }

    fn close_overlay(&mut self) {
        self.overlay = match self.overlay.take() {
            Some(Overlay::Help(help)) => help.into_below(),
            _ => None,
        };
    }

    fn say(&mut self, text: impl Into<String>) {
        self.message = Some(Message { text: text.into(), trouble: false });
    }

    fn complain(&mut self, text: impl Into<String>) {
        self.message = Some(Message { text: text.into(), trouble: true });
    }

    /// What was typed cannot be taken: it stays to be mended, and the next keys are for it.
    fn refuse(&mut self, why: impl Into<String>) {
        if let (Some(typed), None) = (self.typed.take(), &self.overlay) {
            palette::open_with(self, &typed);
        }
        self.complain(why);
    }

    fn effect(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    fn next_request(&mut self) -> RequestId {
        self.last_request = self.last_request.saturating_add(1);
        RequestId(self.last_request)
    }

    fn keep_in_view(&mut self) {
        let Some(layout) = Layout::new(self.size) else { return };
        if let Some(open) = self.open_mut() {
            open.keep_in_view(&layout);
        }
        self.keep_text_in_view(&layout);
        self.keep_lists_in_view(&layout);
    }
}
