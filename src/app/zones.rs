//! The Zones screen: the configured zones with what this machine knows of them, the jump to one of them by a few letters,
//! and marks. Nothing is asked of the network unless that is said. Leaving a zone for another is here as well.

use std::collections::{BTreeMap, BTreeSet};

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

use super::describe::{self, count};
use super::layout::{Layout, scroll};
use super::quitting::Leaving;
use super::rows::{Column, SortBy};
use super::{App, Effect, RequestId, Screen, Zone, file};
use crate::edit::Field;
use crate::facts::Failure;
use crate::facts::zones::{Listed, Visit};
use crate::key::Key;
use crate::zone::Name;

/// Where the person goes from here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// Another zone of the list.
    Zone(Name),
    /// The list, with no zone open.
    Zones,
    /// A job over these zones.
    Job(Vec<Name>),
    /// The same, begun with what is replaced in them, as it was typed.
    Replace(Vec<Name>, String),
}

/// How the person came to a zone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Arrival {
    /// How it was left the last time.
    pub visit: Option<Visit>,
    /// It was left a moment ago, by this program: what was under way goes on without a question.
    pub again: bool,
    /// From the list of zones: there they are back where the zone cannot be loaded.
    pub by_list: bool,
}

/// The answer to the question for a zone's serial.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    Waiting,
    Serial(u32),
    Failed(Failure),
}

/// The screen.
#[derive(Debug)]
pub struct Zones {
    /// In the order of names.
    pub list: Vec<Listed>,
    /// Is it complete? What is on disk of each zone comes a moment later than its name.
    pub complete: bool,
    /// Those that fit what is typed, by their place in the list, the best first.
    pub shown: Vec<usize>,
    pub jump: Field,
    /// Does every letter go into the field?
    typing: bool,
    pub selected: usize,
    /// The first line on the screen.
    pub offset: usize,
    pub marked: BTreeSet<Name>,
    pub asked: BTreeMap<Name, Asked>,
    request: RequestId,
    asking: RequestId,
    /// The zone that is open below.
    pub current: Option<Name>,
    /// What was on the screen before.
    pub(super) behind: Box<Screen>,
}

impl Zones {
    /// The zone of a line as shown.
    pub fn at(&self, line: usize) -> Option<&Listed> {
        self.list.get(*self.shown.get(line)?)
    }

    pub fn is_typing(&self) -> bool {
        self.typing || !self.jump.is_empty()
    }

    /// More about the selected zone than its line has room for.
    pub fn about(&self, now: Option<u64>) -> String {
        let Some(Listed { zone, place, state, .. }) = self.at(self.selected) else { return String::new() };
        let mut parts = vec![format!("{} at {place}", short(zone))];
        match self.asked.get(zone) {
            // The line above says which zone; there is room for the reason.
            Some(Asked::Failed(failure)) => return format!("{} {}", failure.why, failure.next),
            Some(Asked::Serial(serial)) => parts.push(format!("serial {serial} now")),
            _ => {}
        }
        // What must not be missed comes first: the line may be cut.
        if let Some(holder) = state.held.as_ref().filter(|_| self.current.as_ref() != Some(zone)) {
            parts.push(format!("{holder} has it open"));
        }
        if state.unfinished {
            parts.push("a text or a form is not finished there".into());
        }
        if let Some(visit) = &state.visit {
            parts.push(format!("serial {} when you left it{}", visit.serial, ago(visit.at, now)));
            let (errors, warnings) = visit.findings.unwrap_or_default();
            let found = [(errors, "error"), (warnings, "warning")].into_iter().filter(|(of, _)| *of > 0);
            parts.extend(found.map(|(of, what)| count(of, what)));
        }
        parts.join("; ")
    }

    pub fn keep_in_view(&mut self, height: usize) {
        // What is typed stands in the first line.
        let height = height.saturating_sub(1).max(1);
        self.selected = self.selected.min(self.shown.len().saturating_sub(1));
        self.offset = scroll(self.offset, self.selected, height, self.shown.len());
    }

    /// Finds what fits the field; the marker goes to the best, or stays with its zone.
    fn find(&mut self) {
        let before = self.at(self.selected).map(|listed| listed.zone.clone()).or(self.current.clone());
        let text = self.jump.text();
        let text = text.trim();
        if text.is_empty() {
            self.shown = (0..self.list.len()).collect();
            let at = self.list.iter().position(|listed| Some(&listed.zone) == before.as_ref());
            self.selected = at.unwrap_or(0);
            return;
        }
        self.shown = fitting(text, self.list.iter().map(|listed| short(&listed.zone)));
        self.selected = 0;
    }
}

/// The names that have these letters, by their places: what begins so goes before what has the letters anywhere.
pub(super) fn fitting(text: &str, names: impl Iterator<Item = String>) -> Vec<usize> {
    let mut matcher = Matcher::new(Config::DEFAULT);
    let pattern = Pattern::parse(text, CaseMatching::Ignore, Normalization::Smart);
    let mut buffer = Vec::new();
    let lower = text.to_lowercase();
    let mut fitting: Vec<(bool, u32, usize)> = names
        .enumerate()
        .filter_map(|(at, name)| {
            let score = pattern.score(Utf32Str::new(&name, &mut buffer), &mut matcher)?;
            Some((name.to_lowercase().starts_with(&lower), score, at))
        })
        .collect();
    fitting.sort_by_key(|(begins, score, at)| (!begins, std::cmp::Reverse(*score), *at));
    fitting.into_iter().map(|(.., at)| at).collect()
}

/// A zone's name without the final dot.
pub fn short(zone: &Name) -> String {
    let mut name = zone.to_string();
    if name.len() > 1 {
        name.pop();
    }
    name
}

/// "-TTL" for sorted by TTL, the other way round.
fn sort_in_words(by: SortBy) -> String {
    format!("{}{}", if by.reverse { "-" } else { "" }, by.column.word())
}

/// The same back; nothing for what is no column.
pub(super) fn sort_of(words: &str) -> Option<SortBy> {
    let columns = [Column::Name, Column::Ttl, Column::Type, Column::Data];
    let word = words.trim_start_matches('-');
    let column = columns.into_iter().find(|column| column.word() == word)?;
    Some(SortBy { column, reverse: words.starts_with('-') })
}

/// ", 5 h ago".
fn ago(then: u64, now: Option<u64>) -> String {
    match now {
        Some(now) => format!(", {} ago", describe::span(now.saturating_sub(then))),
        None => String::new(),
    }
}

/// Shows the screen; what was there stays behind it.
pub fn open(app: &mut App) {
    if matches!(app.screen, Screen::Zones(_)) {
        return;
    }
    let request = app.next_request();
    let current = (!matches!(app.zone, Zone::None)).then(|| app.settings.zone.clone());
    let behind = Box::new(std::mem::replace(&mut app.screen, Screen::Main));
    app.screen = Screen::Zones(Box::new(Zones {
        list: Vec::new(),
        complete: false,
        shown: Vec::new(),
        jump: Field::default(),
        typing: false,
        selected: 0,
        offset: 0,
        marked: BTreeSet::new(),
        asked: BTreeMap::new(),
        request,
        asking: request,
        current,
        behind,
    }));
    app.effect(Effect::ListZones { request });
}

/// Back to what was on the screen: first what is typed goes, then the marks.
pub fn back(app: &mut App) {
    let Some(zones) = zones_mut(app) else { return };
    if zones.is_typing() {
        (zones.jump, zones.typing) = (Field::default(), false);
        zones.find();
    } else if !zones.marked.is_empty() {
        zones.marked.clear();
    } else {
        close(app);
    }
}

fn close(app: &mut App) {
    if matches!(app.zone, Zone::None) {
        return app.say("q quits");
    }
    if let Some(zones) = zones_mut(app) {
        let behind = std::mem::replace(&mut *zones.behind, Screen::Main);
        app.screen = behind;
    }
}

/// `q`: back, or out where no zone is open.
pub fn leave(app: &mut App) {
    match app.zone {
        Zone::None => app.ask_quit(),
        _ => close(app),
    }
}

/// From now on every letter goes into the field.
pub fn start_jump(app: &mut App) {
    if let Some(zones) = zones_mut(app) {
        zones.typing = true;
    }
}

pub fn type_key(app: &mut App, key: Key) {
    if let Some(zones) = zones_mut(app) {
        zones.jump.on_key(key);
        zones.find();
    }
}

pub fn has_selection(app: &App) -> Result<(), String> {
    match zones(app) {
        Some(zones) if zones.at(zones.selected).is_some() => Ok(()),
        Some(zones) if zones.list.is_empty() && !zones.complete => Err("the zones are being listed".into()),
        Some(zones) if zones.list.is_empty() => Err("no zone is configured".into()),
        _ => Err("no zone has that in its name; Esc shows all".into()),
    }
}

/// Goes to the selected zone.
pub fn go_to_zone(app: &mut App) {
    let Some(zone) = zones(app).and_then(|zones| zones.at(zones.selected)).map(|listed| listed.zone.clone())
    else {
        return;
    };
    if zones(app).is_some_and(|zones| zones.current.as_ref() == Some(&zone)) {
        close(app);
        if matches!(app.zone, Zone::Failed(_) | Zone::Stopped) {
            app.reload();
        }
        return;
    }
    app.leave_to(Destination::Zone(zone));
}

/// Marks the selected zone, or not, and goes on to the next.
pub fn mark(app: &mut App) {
    let Some(zones) = zones_mut(app) else { return };
    let Some(zone) = zones.at(zones.selected).map(|listed| listed.zone.clone()) else { return };
    if !zones.marked.remove(&zone) {
        zones.marked.insert(zone);
    }
    app.go(super::moves::Go::By(1));
}

/// Marks all that are shown; where they are already, none of them.
pub fn mark_all(app: &mut App) {
    let Some(zones) = zones_mut(app) else { return };
    let shown: Vec<Name> =
        zones.shown.iter().filter_map(|at| zones.list.get(*at)).map(|listed| listed.zone.clone()).collect();
    if shown.iter().all(|zone| zones.marked.contains(zone)) {
        shown.iter().for_each(|zone| {
            zones.marked.remove(zone);
        });
    } else {
        zones.marked.extend(shown);
    }
}

/// Marks the zones shown that have a draft.
pub fn mark_drafts(app: &mut App) {
    let Some(zones) = zones_mut(app) else { return };
    let shown = zones.shown.iter().filter_map(|at| zones.list.get(*at));
    let drafts: Vec<Name> =
        shown.filter(|listed| listed.state.draft.is_some()).map(|listed| listed.zone.clone()).collect();
    match drafts.len() {
        0 => app.say("no zone here has a draft"),
        _ => zones.marked.extend(drafts),
    }
}

/// Asks for the serials of the zones on the screen.
pub fn ask_serials(app: &mut App) {
    let Some(layout) = Layout::new(app.size) else { return };
    let height = usize::from(layout.inside(layout.body()).height).saturating_sub(1);
    let request = app.next_request();
    let Some(zones) = zones_mut(app) else { return };
    let on_screen = (zones.offset..zones.offset.saturating_add(height)).filter_map(|line| zones.at(line));
    let asked: Vec<Name> =
        on_screen.filter(|listed| !listed.is_file).map(|listed| listed.zone.clone()).collect();
    if asked.is_empty() {
        return app.say("the zones on the screen are files: no server has a serial of them");
    }
    zones.asked.extend(asked.iter().map(|zone| (zone.clone(), Asked::Waiting)));
    zones.asking = request;
    app.effect(Effect::AskSerials { request, zones: asked });
}

fn zones(app: &App) -> Option<&Zones> {
    match &app.screen {
        Screen::Zones(zones) => Some(zones),
        _ => None,
    }
}

fn zones_mut(app: &mut App) -> Option<&mut Zones> {
    match &mut app.screen {
        Screen::Zones(zones) => Some(zones),
        _ => None,
    }
}

impl App {
    pub(super) fn on_zones(&mut self, request: RequestId, list: Vec<Listed>, complete: bool) {
        let Some(zones) = zones_mut(self).filter(|zones| zones.request == request) else { return };
        let before = zones.at(zones.selected).map(|listed| listed.zone.clone());
        (zones.list, zones.complete) = (list, complete);
        zones.find();
        let at = (0..zones.shown.len())
            .find(|line| before.is_some() && zones.at(*line).map(|listed| &listed.zone) == before.as_ref());
        zones.selected = at.unwrap_or(zones.selected);
    }

    pub(super) fn on_serial(&mut self, request: RequestId, zone: Name, result: Result<u32, Failure>) {
        let Some(zones) = zones_mut(self).filter(|zones| zones.asking == request) else { return };
        zones.asked.insert(zone, result.map_or_else(Asked::Failed, Asked::Serial));
    }

    /// Leaves this zone for somewhere else, once all of it is on disk.
    pub(super) fn leave_to(&mut self, to: Destination) {
        if self.file().is_some_and(file::File::is_being_saved) {
            return self.say("the file is being saved; wait until that has ended");
        }
        if self.disk_trouble.is_some() || self.text.trouble.is_some() {
            return self
                .complain("what you did here could not be saved, and would be lost; it is tried again");
        }
        if let Some(why) = self.is_job_busy() {
            return self.say(why);
        }
        if self.is_kept_by_job(Some(&to)) {
            return;
        }
        if self.saving || self.is_job_saving() {
            self.leaving = Some(Leaving::For(to));
            return self.say("the draft is being saved; then it goes on. Any key stays here");
        }
        self.effect(Effect::GoTo(to));
    }

    /// The zone could not be loaded: back to the list, where the person came from.
    pub(super) fn back_to_list(&mut self) {
        let Zone::Failed(failure) = &self.zone else { return };
        let said = failure.to_string();
        if std::mem::take(&mut self.settings.arrival.by_list) {
            open(self);
            self.complain(said);
        }
    }

    /// How this zone is left, for the next visit; the time is for others to say.
    pub fn visit(&self) -> Option<Visit> {
        let open = self.open()?;
        Some(Visit {
            at: 0,
            serial: open.draft.base().serial(),
            findings: open.findings.seen.as_ref().map(|seen| (seen.counts.errors, seen.counts.warnings)),
            filter: open.records.filter.clone(),
            sort: open.records.sort.map_or_else(String::new, sort_in_words),
            upper: open.pane == super::open::Pane::Nameservers,
            selected: open.row(open.records.selected).map(|row| (row.key, row.rdata)),
        })
    }

    /// Goes to where the person was the last time.
    pub(super) fn find_place(&mut self) {
        let Some(visit) = self.settings.arrival.visit.clone() else { return };
        if let Some(open) = self.open_mut() {
            open.restore(visit);
        }
    }
}
