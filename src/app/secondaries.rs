//! The Secondaries screen: what is registered at the secondary DNS services of the configuration, over all of them, as far
//! as the last look has told; the jump to one of the domains by a few letters.
//!
//! What is known outlives the screen: the upper pane shows of each nameserver whether the zone is registered with it. So does
//! the job under way. `details` is one registration, `adding` asks what to register where, `walk` is the job (registering,
//! removing, changing the primary), `telling` has the words for it.

pub mod adding;
pub mod details;
pub mod telling;
pub mod walk;

use std::collections::BTreeMap;

use super::commands::Context;
use super::describe::count;
use super::layout::scroll;
use super::zones::{fitting, short};
use super::{App, Effect, RequestId, Screen, Zone};
use crate::edit::Field;
use crate::facts::NameserverStatus;
use crate::facts::registration::{Abilities, Details as Completeness, Offered, Place, Problem, Registration};
use crate::key::Key;
use crate::registering::{Action, Event, Saved};
use crate::zone::Name;

/// A look is done again after so many seconds, where the screen is opened then: it may cost a question for each domain.
const RECENT: u64 = 300;

/// What is wanted of secondary services. Each is named as in its `[secondary.NAME]`.
#[derive(Debug, Clone)]
pub enum Call {
    /// Tell what is registered there: [`Heard::Rows`], and at the end [`Heard::Listed`].
    List { backend: String },
    /// What can it do, and where can something be registered there? [`Heard::Places`].
    Places { backend: String },
    /// All about one registration: [`Heard::Looked`].
    Look { backend: String, place: Place },
    /// How a nameserver serves a domain: [`Heard::Health`], again each time that more is known.
    Health { domain: Name, server: Offered },
    /// What earlier runs have left unfinished with this domain: [`Heard::Unfinished`].
    FindUnfinished { domain: Name },
    /// Make ready what a job needs: [`Heard::Begun`].
    Begin { backend: String, domain: Name },
    /// Perform one action of the job that was begun: never `Show`, `Ask` or `Finish`. [`Heard::Stepped`].
    Step { action: Box<Action> },
    /// The job is over.
    End,
}

/// What they say.
#[derive(Debug, Clone)]
pub enum Heard {
    /// Registrations; the same one again once more is known of it.
    Rows {
        backend: String,
        rows: Vec<Told>,
    },
    /// That was all; or why there is no more.
    Listed {
        backend: String,
        result: Result<(), Problem>,
    },
    Places {
        result: Result<(Abilities, Vec<Option<String>>), Problem>,
    },
    Looked {
        result: Result<Told, Problem>,
        offered: Result<Vec<Offered>, Problem>,
        abilities: Abilities,
    },
    Health(NameserverStatus),
    Unfinished(Vec<Unfinished>),
    Begun(Result<Begun, Problem>),
    Stepped(Box<Event>),
}

/// What an earlier run has left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfinished {
    pub backend: String,
    pub saved: Saved,
}

/// A job can begin.
#[derive(Debug, Clone)]
pub struct Begun {
    pub abilities: Abilities,
    /// What an earlier run has left, if it has.
    pub saved: Option<Saved>,
}

/// A registration as it is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    pub registration: Registration,
    /// The day on which it was made, where this machine is.
    pub date: Option<String>,
}

/// Which registration.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowKey {
    pub domain: Name,
    pub backend: String,
    /// As in [`Place`].
    pub service: Option<String>,
}

impl RowKey {
    pub fn place(&self) -> Place {
        Place { domain: self.domain.clone(), service: self.service.clone() }
    }
}

/// A registration as it is known.
#[derive(Debug, Clone)]
pub struct Row {
    pub told: Told,
    /// The look that told it.
    look: RequestId,
}

/// How the list of one service stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Look {
    /// More may come.
    Asking,
    Complete,
    Failed(Box<Problem>),
}

/// What is known of registrations.
#[derive(Debug, Default)]
pub struct Known {
    /// In the order of domains, those of the last look and, where that has failed, of the one before.
    rows: BTreeMap<RowKey, Row>,
    /// By service. Empty before the first look.
    pub looks: BTreeMap<String, Look>,
    /// The latest look, and when it began.
    request: RequestId,
    begun: Option<u64>,
    /// The job under way, or the last one, until that is left.
    pub walk: Option<walk::Walk>,
    /// Earlier runs' jobs, until they are looked at.
    pub(super) unfinished: Vec<Unfinished>,
    asked_unfinished: RequestId,
    /// The service that is asked where something can be registered.
    asked_places: Option<(RequestId, String)>,
    /// A registration that is asked for since a job has changed it.
    refreshing: Option<(RequestId, RowKey)>,
}

/// What lies over the list.
#[derive(Debug)]
pub enum Layer {
    List,
    Details(Box<details::Details>),
    Adding(Box<adding::Adding>),
    /// [`Known::walk`].
    Walk {
        offset: usize,
    },
}

impl Known {
    pub fn row(&self, key: &RowKey) -> Option<&Row> {
        self.rows.get(key)
    }

    /// Was it told by the latest look?
    pub fn is_fresh(&self, row: &Row) -> bool {
        row.look == self.request
    }

    /// What is known of one domain.
    pub fn of_domain<'k>(&'k self, domain: &'k Name) -> impl Iterator<Item = (&'k RowKey, &'k Row)> {
        let first = RowKey { domain: domain.clone(), backend: String::new(), service: None };
        self.rows.range(first..).take_while(move |(key, _)| key.domain == *domain)
    }

    /// The services that are still being asked.
    pub fn asking(&self) -> impl Iterator<Item = &str> {
        self.looks.iter().filter(|(_, look)| **look == Look::Asking).map(|(name, _)| name.as_str())
    }

    /// Is there a look that is not old yet?
    fn is_recent(&self, now: Option<u64>) -> bool {
        let age = now.zip(self.begun).map_or(0, |(now, begun)| now.saturating_sub(begun));
        !self.looks.is_empty() && age < RECENT
    }

    fn begin(&mut self, request: RequestId, now: Option<u64>, backends: Vec<String>) {
        (self.request, self.begun) = (request, now);
        self.looks = backends.into_iter().map(|backend| (backend, Look::Asking)).collect();
    }

    fn hear(&mut self, heard: Heard) {
        match heard {
            Heard::Rows { backend, rows } => {
                for told in rows {
                    let Place { domain, service } = told.registration.place.clone();
                    let key = RowKey { domain, backend: backend.clone(), service };
                    self.rows.insert(key, Row { told, look: self.request });
                }
            }
            Heard::Listed { backend, result } => {
                let now = self.request;
                // What it does not have any more; where it could not say that, it stays, and is shown as old.
                if result.is_ok() {
                    self.rows.retain(|key, row| key.backend != backend || row.look == now);
                }
                let look = result.map_or_else(|problem| Look::Failed(Box::new(problem)), |()| Look::Complete);
                self.looks.insert(backend, look);
            }
            _ => {}
        }
    }

    /// It is registered so, as was found out beside the list.
    fn insert(&mut self, key: RowKey, told: Told) {
        let look = self.request;
        self.rows.insert(key, Row { told, look });
    }

    fn remove(&mut self, key: &RowKey) {
        self.rows.remove(key);
    }
}

/// A line of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// A service that could not say what is registered there.
    Failed(String),
    Row(RowKey),
}

/// The screen.
#[derive(Debug)]
pub struct Secondaries {
    /// What fits what is typed, the best first; services that failed stand above all.
    pub lines: Vec<Line>,
    pub jump: Field,
    /// Does every letter go into the field?
    typing: bool,
    pub selected: usize,
    /// The first line on the screen.
    pub offset: usize,
    /// Has the person moved? Until then the marker goes to the open zone, once that is told of.
    pub(super) moved: bool,
    pub layer: Layer,
    /// What was on the screen before.
    behind: Box<Screen>,
}

impl Secondaries {
    pub fn is_typing(&self) -> bool {
        self.typing || !self.jump.is_empty()
    }

    /// Where the person is.
    pub(super) fn context(&self) -> Context {
        match self.layer {
            Layer::List if self.is_typing() => Context::FindDomain,
            Layer::List => Context::Secondaries,
            Layer::Details(_) => Context::Registration,
            Layer::Adding(_) => Context::Ask,
            Layer::Walk { .. } => Context::Registering,
        }
    }

    pub fn selected(&self) -> Option<&Line> {
        self.lines.get(self.selected)
    }

    pub fn keep_in_view(&mut self, height: usize) {
        // What is typed, or the heads of the columns, stand in the first line.
        let height = height.saturating_sub(1).max(1);
        self.selected = self.selected.min(self.lines.len().saturating_sub(1));
        self.offset = scroll(self.offset, self.selected, height, self.lines.len());
    }

    /// Finds what fits the field. The marker stays with its line, or goes to `wanted`, else to the best.
    fn find(&mut self, known: &Known, wanted: Option<&Name>) {
        let before = self.selected().cloned();
        let keys: Vec<&RowKey> = known.rows.keys().collect();
        let text = self.jump.text();
        let text = text.trim();
        let mut lines = Vec::new();
        if text.is_empty() {
            let failed = known.looks.iter().filter(|(_, look)| matches!(look, Look::Failed(_)));
            lines.extend(failed.map(|(name, _)| Line::Failed(name.clone())));
            lines.extend(keys.into_iter().cloned().map(Line::Row));
        } else {
            let found = fitting(text, keys.iter().map(|key| short(&key.domain)));
            lines
                .extend(found.into_iter().filter_map(|at| keys.get(at)).map(|key| Line::Row((*key).clone())));
        }
        self.lines = lines;
        let is_wanted = |line: &Line| matches!(line, Line::Row(key) if Some(&key.domain) == wanted);
        let same = |line: &Line| Some(line) == before.as_ref();
        let at = |is: &dyn Fn(&Line) -> bool| self.lines.iter().position(is);
        self.selected = match (text.is_empty(), self.moved) {
            (false, _) => None,
            (true, false) => at(&is_wanted).or_else(|| at(&same)),
            (true, true) => at(&same).or_else(|| at(&is_wanted)),
        }
        .unwrap_or(0);
    }
}

/// How many lines the text over the list has.
pub(super) fn text_lines(app: &App) -> usize {
    let Screen::Secondaries(screen) = &app.screen else { return 0 };
    match (&screen.layer, &app.secondaries.walk) {
        (Layer::Details(details), _) => details::lines(app, details).len(),
        (Layer::Walk { .. }, Some(walk)) => telling::lines(app, walk).len(),
        _ => 0,
    }
}

/// More about a line than it has room for.
pub fn about(app: &App) -> String {
    let Screen::Secondaries(screen) = &app.screen else { return String::new() };
    match screen.selected() {
        _ if !matches!(screen.layer, Layer::List) => String::new(),
        None => String::new(),
        Some(Line::Failed(backend)) => match app.secondaries.looks.get(backend) {
            Some(Look::Failed(problem)) => problem.to_string(),
            _ => String::new(),
        },
        Some(Line::Row(key)) => {
            let Some(row) = app.secondaries.row(key) else { return String::new() };
            let mut parts = vec![format!("{} at {}", short(&key.domain), place_in_words(key))];
            match &row.told.registration.details {
                Completeness::Failed(problem) => parts.push(problem.to_string()),
                Completeness::Pending | Completeness::Known => {}
            }
            parts.extend(row.told.registration.note.clone());
            if !app.secondaries.is_fresh(row)
                && app.secondaries.looks.get(&key.backend) != Some(&Look::Asking)
            {
                parts.push("from an earlier look: the service could not be asked now".into());
            }
            parts.join("; ")
        }
    }
}

/// "ovh", or "ovh, vps/vps-0a1b2c3d.vps.ovh.net".
pub fn place_in_words(key: &RowKey) -> String {
    match &key.service {
        Some(service) => format!("{}, {service}", key.backend),
        None => key.backend.clone(),
    }
}

/// Shows the screen; what was there stays behind it.
pub fn open(app: &mut App) {
    if matches!(app.screen, Screen::Secondaries(_)) {
        return;
    }
    let behind = Box::new(std::mem::replace(&mut app.screen, Screen::Main));
    app.screen = Screen::Secondaries(Box::new(Secondaries {
        lines: Vec::new(),
        jump: Field::default(),
        typing: false,
        selected: 0,
        offset: 0,
        moved: false,
        layer: Layer::List,
        behind,
    }));
    if !app.secondaries.is_recent(app.now) {
        app.look_at_secondaries();
    }
    find(app);
    if app.secondaries.walk.is_some() {
        walk::show(app);
    }
}

/// Asks all services again.
pub fn reload(app: &mut App) {
    app.look_at_secondaries();
    let services = count(app.secondaries.looks.len(), "service");
    app.say(format!("asking {services}"));
}

pub fn may_reload(app: &App) -> Result<(), String> {
    match app.settings.config.secondary.is_empty() {
        true => Err(NONE.into()),
        false => Ok(()),
    }
}

/// Why there is nothing to be seen.
pub const NONE: &str = "No secondary service is configured: [secondary.NAME] with its backend. zonewright config example shows some.";

/// Back: from what lies over the list to that; then what is typed goes.
pub fn back(app: &mut App) {
    let Some(screen) = screen_mut(app) else { return };
    if !matches!(screen.layer, Layer::List) {
        screen.layer = Layer::List;
        return;
    }
    if screen.is_typing() {
        (screen.jump, screen.typing) = (Field::default(), false);
        find(app);
    } else {
        close(app);
    }
}

pub fn close(app: &mut App) {
    if let Screen::Secondaries(screen) = &mut app.screen {
        app.screen = std::mem::replace(&mut *screen.behind, Screen::Main);
    }
}

/// From now on every letter goes into the field.
pub fn start_jump(app: &mut App) {
    if let Some(screen) = screen_mut(app) {
        screen.typing = true;
    }
}

pub(super) fn type_key(app: &mut App, key: Key) {
    if matches!(&app.screen, Screen::Secondaries(screen) if matches!(screen.layer, Layer::Adding(_))) {
        return adding::key(app);
    }
    if let Some(screen) = screen_mut(app) {
        screen.jump.on_key(key);
        find(app);
    }
}

/// The registration under the marker, or the one that is looked at.
pub(super) fn selected_key(app: &App) -> Option<RowKey> {
    let Screen::Secondaries(screen) = &app.screen else { return None };
    match (&screen.layer, screen.selected()) {
        (Layer::Details(details), _) => Some(details.key.clone()),
        (_, Some(Line::Row(key))) => Some(key.clone()),
        _ => None,
    }
}

pub fn has_registration(app: &App) -> Result<(), String> {
    has_selection(app)?;
    selected_key(app).map(|_| ()).ok_or_else(|| "this line is a service, not a domain".into())
}

pub fn has_selection(app: &App) -> Result<(), String> {
    match &app.screen {
        Screen::Secondaries(screen) if screen.selected().is_some() => Ok(()),
        _ if app.settings.config.secondary.is_empty() => Err(NONE.into()),
        _ if app.secondaries.asking().next().is_some() => Err("the services are being asked".into()),
        Screen::Secondaries(screen) if screen.is_typing() => {
            Err("no domain has that in its name; Esc shows all".into())
        }
        _ => Err("nothing is registered".into()),
    }
}

pub(super) fn screen_mut(app: &mut App) -> Option<&mut Secondaries> {
    match &mut app.screen {
        Screen::Secondaries(screen) => Some(screen),
        _ => None,
    }
}

/// Makes the lines anew.
fn find(app: &mut App) {
    let zone = (!matches!(app.zone, Zone::None)).then(|| app.settings.zone.clone());
    if let Screen::Secondaries(screen) = &mut app.screen {
        screen.find(&app.secondaries, zone.as_ref());
    }
}

impl App {
    /// Asks every service what is registered there.
    pub(super) fn look_at_secondaries(&mut self) {
        let before = self.secondaries.request;
        if self.secondaries.asking().next().is_some() {
            self.effect(Effect::Cancel { request: before });
        }
        let request = self.next_request();
        let backends: Vec<String> = self.settings.config.secondary.keys().cloned().collect();
        self.secondaries.begin(request, self.now, backends.clone());
        for backend in backends {
            self.effect(Effect::Secondary { request, call: Call::List { backend } });
        }
    }

    pub(super) fn on_secondary(&mut self, request: RequestId, heard: Heard) {
        match heard {
            Heard::Rows { .. } | Heard::Listed { .. } if request == self.secondaries.request => {
                self.secondaries.hear(heard);
                find(self);
            }
            Heard::Rows { .. } | Heard::Listed { .. } => {}
            Heard::Places { result } => adding::on_places(self, request, result),
            Heard::Looked { result, offered, abilities } => {
                details::on_looked(self, request, result, offered, abilities);
            }
            Heard::Health(status) => details::on_health(self, request, status),
            Heard::Unfinished(found) => {
                if request == self.secondaries.asked_unfinished {
                    self.secondaries.unfinished = found;
                }
            }
            Heard::Begun(result) => walk::on_begun(self, request, result),
            Heard::Stepped(event) => walk::on_event(self, request, *event),
        }
    }

    /// A nameserver of the draft, by the services that have the zone registered with it, as far as the last look has told.
    pub fn registered_with(&self, server: &Name) -> Vec<&str> {
        let of_zone = self.secondaries.of_domain(&self.settings.zone);
        let with = of_zone.filter(|(_, row)| row.told.registration.secondary.as_ref() == Some(server));
        with.map(|(key, _)| key.backend.as_str()).collect()
    }
}
