//! One replacement over several zones: an address, a range of addresses, a target or text. Each zone is looked through as it
//! arrives; what would become of its records is listed, a line each record set, and can be left out zone by zone or one by
//! one. What is taken is a step in the draft of each zone, which its own undo takes back.

use std::collections::BTreeMap;

use super::{Job, Part, Ready, State};
use crate::app::describe::{self, count};
use crate::app::layout::scroll;
use crate::app::replacing::{Done, Replacing as Look};
use crate::app::work::Work;
use crate::app::zones::{Destination, short};
use crate::app::{App, Effect, RequestId, Screen, palette};
use crate::bulk::Replacement;
use crate::bulk::replace::{Replaced, ReplacedSet};
use crate::zone::rrset::same_octets;
use crate::zone::{Name, RrKey, RrSet, managed, types};

/// At most so many octets of a set's data are shown.
const SHOWN: usize = 2_000;

/// What would be replaced, on the screen until it is taken or left.
#[derive(Debug)]
pub struct Replacing {
    /// As it was typed.
    text: String,
    /// What is replaced by what, for the title.
    pub title: String,
    /// Zones that are being looked through.
    looking: BTreeMap<RequestId, Name>,
    found: BTreeMap<Name, Found>,
    /// How many zones have nothing of it.
    without: usize,
    /// The lines, in the order of the zones.
    lines: Vec<(Name, Option<usize>)>,
    pub selected: usize,
    /// The first line on the screen.
    pub offset: usize,
}

/// What was found in a zone.
#[derive(Debug)]
struct Found {
    ticked: bool,
    items: Vec<Item>,
    /// Why nothing can be done here.
    why: Option<String>,
}

/// A record set.
#[derive(Debug)]
struct Item {
    key: RrKey,
    /// What becomes of it; `None` where it must stay as it is.
    set: Option<ReplacedSet>,
    ticked: bool,
    /// What there is to know about it.
    note: Option<String>,
}

/// Longer texts are shown without the words that are the same at their beginnings and ends.
const LONG: usize = 40;

/// "... ip4:192.0.2.2 -> ip4:198.51.100.2".
fn difference(before: &str, after: &str) -> String {
    let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
    let (before, after) = (words(before), words(after));
    let pairs = before.iter().zip(&after);
    let first = pairs.take_while(|(before, after)| before == after).count();
    let shorter = before.len().min(after.len()).saturating_sub(first);
    let pairs = before.iter().rev().zip(after.iter().rev());
    let last = pairs.take(shorter).take_while(|(before, after)| before == after).count();
    let middle = |words: &[String]| words.get(first..words.len() - last).unwrap_or_default().join(" ");
    let dots = if first > 0 { "... " } else { "" };
    format!("{dots}{} -> {}", middle(&before), middle(&after))
}

/// A line of the list.
#[derive(Debug, PartialEq, Eq)]
pub struct Line {
    /// Is it a zone?
    pub head: bool,
    /// `None` where there is nothing to decide.
    pub ticked: Option<bool>,
    pub name: String,
    pub rtype: String,
    pub text: String,
}

impl Item {
    fn of(set: ReplacedSet, offered: bool, ready: &Ready) -> Item {
        let key = set.key.clone();
        let base = ready.draft.base();
        let is_managed =
            describe::is_never_edited(key.rtype) || managed::is_managed(managed::is_signed(base), base, &key);
        let why = match () {
            () if is_managed => Some("the server makes it itself"),
            () if ready.draft.conflicts().contains(&key) => {
                Some("others changed it as well as you: open the zone, M shows both sides")
            }
            () => None,
        };
        let note = match (why, offered) {
            (Some(why), _) => Some(why.to_owned()),
            (None, true) => Some("in a text: Space takes it along".to_owned()),
            (None, false) => None,
        };
        Item { key, ticked: why.is_none() && !offered, set: Some(set).filter(|_| why.is_none()), note }
    }

    /// "192.0.2.1 -> 198.51.100.1".
    fn in_words(&self, origin: &Name) -> String {
        let Some(set) = &self.set else { return self.note.clone().unwrap_or_default() };
        let only = |one: &RrSet, other: &RrSet| {
            let mut text = String::new();
            for rdata in one.rdata.iter().filter(|rdata| !other.contains(self.key.rtype, rdata)) {
                if text.len() > SHOWN {
                    break;
                }
                let data = types::format_rdata(self.key.rtype, rdata, Some(origin.as_ref()));
                text.push_str(if text.is_empty() { "" } else { " " });
                text.extend(data.chars().take(SHOWN));
            }
            text
        };
        let (before, after) = (only(&set.before, &set.after), only(&set.after, &set.before));
        match before.len() + after.len() > LONG {
            true => difference(&before, &after),
            false => format!("{before} -> {after}"),
        }
    }
}

impl Replacing {
    pub(super) fn new(text: &str) -> Replacing {
        let title = Replacement::new(text, Name::root().as_ref());
        let title = title.map_or_else(|_| text.to_owned(), |replacement| replacement.title(&Name::root()));
        Replacing {
            text: text.to_owned(),
            title,
            looking: BTreeMap::new(),
            found: BTreeMap::new(),
            without: 0,
            lines: Vec::new(),
            selected: 0,
            offset: 0,
        }
    }

    pub(super) fn keep_in_view(&mut self, height: usize) {
        self.selected = self.selected.min(self.lines.len().saturating_sub(1));
        self.offset = scroll(self.offset, self.selected, height, self.lines.len());
    }

    pub fn total(&self) -> usize {
        self.lines.len()
    }

    /// How many zones were looked through.
    pub fn seen(&self) -> usize {
        self.found.len() + self.without
    }

    /// How many zones, and how many of their record sets, are ticked.
    pub fn counts(&self) -> (usize, usize) {
        let ticked = self.found.values().map(Found::ticked).filter(|sets| *sets > 0);
        ticked.fold((0, 0), |(zones, all), sets| (zones + 1, all + sets))
    }

    /// The lines anew; the marker stays where it is.
    fn arrange(&mut self, order: &[Name]) {
        let here = self.lines.get(self.selected).cloned();
        self.lines.clear();
        for zone in order {
            let Some(found) = self.found.get(zone) else { continue };
            self.lines.push((zone.clone(), None));
            self.lines.extend((0..found.items.len()).map(|item| (zone.clone(), Some(item))));
        }
        let at = here.and_then(|here| self.lines.iter().position(|line| *line == here));
        // At the top it stays there, whatever comes in above: nobody has gone anywhere yet.
        self.selected = at.filter(|_| self.selected > 0).unwrap_or(self.selected);
    }

    /// A line as it is shown.
    pub fn line(&self, number: usize) -> Option<Line> {
        let (zone, item) = self.lines.get(number)?;
        let found = self.found.get(zone)?;
        let Some(item) = item else {
            let text = match &found.why {
                Some(why) => why.clone(),
                None => format!("{} of {}", found.ticked(), count(found.items.len(), "record set")),
            };
            let ticked = found.why.is_none().then_some(found.ticked);
            return Some(Line { head: true, ticked, name: short(zone), rtype: String::new(), text });
        };
        let item = found.items.get(*item)?;
        Some(Line {
            head: false,
            ticked: item.set.as_ref().map(|_| found.ticked && item.ticked),
            name: item.key.owner.relative_to(zone),
            rtype: item.key.rtype.to_string(),
            text: item.in_words(zone),
        })
    }

    fn about(&self) -> String {
        let selected = self.lines.get(self.selected);
        let Some((zone, Some(item))) = selected else { return String::new() };
        let item = self.found.get(zone).and_then(|found| found.items.get(*item));
        item.and_then(|item| item.note.clone()).unwrap_or_default()
    }
}

impl Found {
    /// How many record sets are ticked.
    fn ticked(&self) -> usize {
        self.items.iter().filter(|item| self.ticked && item.ticked).count()
    }

    fn new(replaced: Replaced, ready: &Ready) -> Found {
        let Replaced { sets, offered, left } = replaced;
        let mut items: Vec<Item> = sets.into_iter().map(|set| Item::of(set, false, ready)).collect();
        items.extend(offered.into_iter().map(|set| Item::of(set, true, ready)));
        items.extend(left.into_iter().map(|(key, _, why)| Item {
            key,
            set: None,
            ticked: false,
            note: Some(why),
        }));
        items.sort_by(|a, b| a.key.cmp(&b.key));
        let why = ready.editable.clone().err().map(|why| format!("read-only: {why}"));
        Found { ticked: why.is_none(), items, why }
    }
}

/// `%`: for what is replaced to be typed.
pub fn ask(app: &mut App) {
    palette::open_with(app, "replace ");
}

pub fn may_ask(app: &App) -> Result<(), String> {
    match &app.screen {
        Screen::Zones(_) => super::may_begin(app),
        _ => super::may_act(app),
    }
}

/// What it would do, while it is typed.
pub fn preview(app: &App, text: &str) -> String {
    if let Err(why) = Replacement::new(text, Name::root().as_ref()) {
        return why;
    }
    let zones = match &app.screen {
        Screen::Zones(zones) => zones.marked.len().max(1),
        _ => app.job_on_screen().map_or(0, |job| job.parts.len()),
    };
    format!("in {}; Enter loads and looks through them, and shows what it would be", count(zones, "zone"))
}

/// `:replace OLD NEW` over the marked zones, or over those of the job.
pub fn run(app: &mut App, text: &str) {
    if let Err(why) = Replacement::new(text, Name::root().as_ref()) {
        return app.refuse(why);
    }
    if matches!(app.screen, Screen::Zones(_)) {
        let zones = super::chosen(app);
        return app.leave_to(Destination::Replace(zones, text.to_owned()));
    }
    let Some(job) = app.job_mut() else { return };
    job.replacing = Some(Replacing::new(text));
    let zones: Vec<Name> =
        job.parts.iter().filter(|part| !part.left_out).map(|part| part.zone.clone()).collect();
    zones.iter().for_each(|zone| app.look_to_replace(zone));
}

impl App {
    /// Looks through a zone of the job, where something is to be replaced.
    pub(super) fn look_to_replace(&mut self, zone: &Name) {
        let Some(job) = self.job_on_screen() else { return };
        let (Some(replacing), Some(part)) = (&job.replacing, job.part(zone)) else { return };
        let found = match &part.state {
            State::Opening => return,
            State::Trouble(why) => {
                Err(Found { ticked: false, items: Vec::new(), why: Some(format!("not opened: {why}")) })
            }
            State::Open(ready) => match Replacement::new(&replacing.text, zone.as_ref()) {
                Ok(replacement) => Ok(Look::whole(&ready.draft, replacement)),
                Err(why) => Err(Found { ticked: false, items: Vec::new(), why: Some(why) }),
            },
        };
        match found {
            Ok(work) => {
                let request = self.work(Work::Replace(Box::new(work)));
                if let Some(replacing) = self.job_mut().and_then(|job| job.replacing.as_mut()) {
                    replacing.looking.insert(request, zone.clone());
                }
            }
            Err(found) => self.show_in(zone, found),
        }
    }

    /// The answer, where it is to a question of the job.
    pub(in crate::app) fn on_replaced_in(&mut self, request: RequestId, done: Done) -> Option<Done> {
        let replacing = self.job_mut().and_then(|job| job.replacing.as_mut());
        let Some(zone) = replacing.and_then(|replacing| replacing.looking.remove(&request)) else {
            return Some(done);
        };
        let job = self.job_mut()?;
        let part = job.part(&zone)?;
        let ready = part.ready()?;
        let found = Found::new(done.replaced, ready);
        if !found.items.is_empty() {
            self.show_in(&zone, found);
            return None;
        }
        // One that came only to be looked through goes again.
        let goes = part.on_trial;
        if goes {
            job.parts.retain(|part| part.zone != zone);
            self.effect(Effect::ClosePart { zone });
        }
        if let Some(replacing) = self.job_mut().and_then(|job| job.replacing.as_mut()) {
            replacing.without += 1;
        }
        None
    }

    fn show_in(&mut self, zone: &Name, found: Found) {
        let Some(job) = self.job_mut() else { return };
        let order: Vec<Name> = job.parts.iter().map(|part| part.zone.clone()).collect();
        if let Some(replacing) = &mut job.replacing {
            replacing.found.insert(zone.clone(), found);
            replacing.arrange(&order);
        }
    }
}

impl Job {
    /// More about the selected line than there is room for in it.
    pub fn about(&self) -> String {
        self.replacing.as_ref().map_or_else(String::new, Replacing::about)
    }

    /// How many zones are not looked through yet.
    pub fn unseen_zones(&self) -> usize {
        let opening = self.parts.iter().filter(|part| matches!(part.state, State::Opening)).count();
        opening + self.replacing.as_ref().map_or(0, |replacing| replacing.looking.len())
    }
}

fn replacing(app: &mut App) -> Option<&mut Replacing> {
    app.job_mut()?.replacing.as_mut()
}

pub fn may_take(app: &App) -> Result<(), String> {
    match app.job_on_screen().map_or(0, Job::unseen_zones) {
        0 => Ok(()),
        zones => Err(format!("{} still to be looked through; Esc leaves", count(zones, "zone"))),
    }
}

/// Ticks the zone or the record set under the marker, or not, and goes to the next line.
pub fn tick(app: &mut App) {
    let Some(replacing) = replacing(app) else { return };
    let Some((zone, item)) = replacing.lines.get(replacing.selected).cloned() else { return };
    let Some(found) = replacing.found.get_mut(&zone).filter(|found| found.why.is_none()) else { return };
    match item {
        None => found.ticked = !found.ticked,
        Some(item) => {
            if let Some(item) = found.items.get_mut(item).filter(|item| item.set.is_some()) {
                item.ticked = !(found.ticked && item.ticked);
                if item.ticked && !found.ticked {
                    // Of a zone that was left out this one and no others.
                    let key = item.key.clone();
                    found.ticked = true;
                    found
                        .items
                        .iter_mut()
                        .for_each(|item| item.ticked = item.key == key && item.set.is_some());
                }
            }
        }
    }
    app.go(crate::app::moves::Go::By(1));
}

/// Ticks all zones; where all are, none.
pub fn tick_all(app: &mut App) {
    let Some(replacing) = replacing(app) else { return };
    let may = |found: &&mut Found| found.why.is_none();
    let all = replacing.found.values().filter(|found| found.why.is_none()).all(|found| found.ticked);
    replacing.found.values_mut().filter(may).for_each(|found| found.ticked = !all);
}

/// To the next zone.
pub fn next_zone(app: &mut App) {
    let Some(replacing) = replacing(app) else { return };
    let heads = replacing.lines.iter().enumerate().filter(|(_, (_, item))| item.is_none());
    let mut heads = heads.map(|(line, _)| line);
    let first = heads.next().unwrap_or(0);
    replacing.selected = heads.find(|line| *line > replacing.selected).unwrap_or(first);
}

/// Puts what is ticked into the drafts, a step in each.
pub fn take(app: &mut App) {
    let Some(job) = app.job_mut() else { return };
    if job.replacing.as_ref().is_none_or(|replacing| replacing.counts().1 == 0) {
        return app.say("nothing is ticked: Space ticks, Esc leaves");
    }
    let Some(replacing) = job.replacing.take() else { return };
    let (mut changed, mut records) = (Vec::new(), 0);
    for part in &mut job.parts {
        let zone = part.zone.clone();
        let Some(found) = replacing.found.get(&zone) else { continue };
        let Some(ready) = part.ready_mut() else { continue };
        let ticked = found.items.iter().filter(|item| found.ticked && item.ticked);
        let sets: Vec<&ReplacedSet> = ticked
            .filter_map(|item| item.set.as_ref())
            .filter(|set| same_octets(ready.draft.get(&set.key).as_ref(), Some(&set.before)))
            .collect();
        let edits: Vec<_> = sets.iter().map(|set| (set.key.clone(), Some(set.after.clone()))).collect();
        let of_zone: usize = sets.iter().map(|set| set.records).sum();
        if ready.draft.edit(format!("replace {}", replacing.title), edits).is_some() {
            ready.look();
            records += of_zone;
            part.on_trial = false;
            changed.push(zone);
        }
    }
    drop_idle(app, &changed);
    let Some(job) = app.job_mut() else { return };
    let numbers = job.parts.iter().enumerate().filter(|(_, part)| changed.contains(&part.zone));
    let numbers = numbers.map(|(number, _)| number).collect();
    app.keep_step(numbers);
    let zones = count(changed.len(), "zone");
    app.say(format!(
        "{} replaced, in the drafts of {zones}; p proposes reverse records, w pushes, u takes it back",
        count(records, "record")
    ));
}

/// Zones that came only to be looked through, and got nothing, are no part of the job.
fn drop_idle(app: &mut App, changed: &[Name]) {
    let Some(job) = app.job_mut() else { return };
    let is_idle = |part: &Part| {
        // What could not be opened stays to be seen.
        part.on_trial && !changed.contains(&part.zone) && !matches!(part.state, State::Trouble(_))
    };
    let gone: Vec<Name> =
        job.parts.iter().filter(|part| is_idle(part)).map(|part| part.zone.clone()).collect();
    job.parts.retain(|part| !is_idle(part));
    gone.into_iter().for_each(|zone| app.effect(Effect::ClosePart { zone }));
    app.refresh_job();
}

/// Back: to the review, or, where there is nothing to review, to where the person comes from.
pub fn leave(app: &mut App) {
    let Some(job) = app.job_mut() else { return };
    if job.parts.iter().all(|part| part.on_trial) {
        return super::back(app);
    }
    job.replacing = None;
    drop_idle(app, &[]);
}

/// Something else, in the same zones.
pub fn ask_again(app: &mut App) {
    let Some(text) = replacing(app).map(|replacing| replacing.text.clone()) else { return };
    palette::open_with(app, &format!("replace {text}"));
}

/// The same once it is typed.
pub fn run_again(app: &mut App, text: &str) {
    if let Err(why) = Replacement::new(text, Name::root().as_ref()) {
        return app.refuse(why);
    }
    let Some(job) = app.job_on_screen() else { return };
    let zones = job.start.zones.clone();
    match job.parts.iter().all(|part| part.on_trial) {
        true => app.leave_to(Destination::Replace(zones, text.to_owned())),
        false => run(app, text),
    }
}
