//! A proposal: wished changes of RRsets against the draft, shown as a diff, each with a tick; what is ticked is taken
//! into the draft as one step.
//!
//! What proposes (nameserver sets, templates, TTLs) says what it wishes for; here stand how that meets what is in the
//! draft, the screen's keys, and the step. A wish is kept as a wish, not as contents: where the draft is another by the
//! time it is taken, it is laid over that anew and shown again.

mod wish;

use std::collections::{BTreeMap, BTreeSet};

pub use self::wish::{Remove, Ttl, Wish};
use super::ask::Ask;
use super::changes::{Line, LineKind, difference};
use super::describe::{self, count};
use super::layout::{scroll, wrap};
use super::nameserver_sets::nameservers;
use super::open::Open;
use super::ttl_plan::together;
use super::{App, Screen, changes, edits};
use crate::facts::remembered::Lowered;
use crate::zone::rrset::same_contents;
use crate::zone::update::stands_beside_cname;
use crate::zone::{Change, ChangeMap, Contents, Name, RecordType, RrKey, RrSet};

/// Columns for the frame, the marker and the sign of a line.
const SIGNS: u16 = 10;

/// One wish of a proposal, with another way to meet it where there is one.
#[derive(Debug, Clone)]
pub struct Item {
    ways: Vec<Wish>,
    way: usize,
    ticked: bool,
    /// Items of one group are ticked together: a CNAME and what must make room for it.
    group: Option<usize>,
    /// Ticked only while the first item of the proposal is met in its first way.
    follows: bool,
    /// What there is to know about it.
    notes: Vec<String>,
    /// The set as it was laid over.
    before: Option<RrSet>,
}

impl Item {
    pub fn new(wish: Wish) -> Item {
        Item {
            ways: vec![wish],
            way: 0,
            ticked: true,
            group: None,
            follows: false,
            notes: Vec::new(),
            before: None,
        }
    }

    /// Another way, one key away.
    pub fn or(mut self, wish: Wish) -> Item {
        self.ways.push(wish);
        self
    }

    /// Not taken unless the person ticks it.
    pub fn unticked(mut self) -> Item {
        self.ticked = false;
        self
    }

    pub fn note(mut self, text: impl Into<String>) -> Item {
        self.notes.push(text.into());
        self
    }

    /// Ticked together with the others of the same number.
    pub fn in_group(mut self, group: usize) -> Item {
        self.group = Some(group);
        self
    }

    /// Makes no sense when the first item of the proposal is met in another way than its first.
    pub fn following(mut self) -> Item {
        self.follows = true;
        self
    }

    pub fn key(&self) -> Option<&RrKey> {
        self.ways.first().map(|wish| &wish.key)
    }

    fn wish(&self) -> Option<&Wish> {
        self.ways.get(self.way)
    }

    fn after(&self) -> Option<RrSet> {
        self.wish()?.after(self.before.as_ref())
    }

    /// Would no way change anything?
    fn is_met(&self) -> bool {
        let before = self.before.as_ref();
        self.ways.iter().all(|wish| same_contents(before, wish.after(before).as_ref(), wish.key.rtype))
    }
}

/// What is kept for later when a proposal is taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    /// TTLs that were lowered, as far as they were ticked.
    Lowered(Vec<Lowered>),
    /// They were raised again.
    Raised,
    /// The SOA names this primary, which is none of the nameservers: it is meant so where the SOA was not ticked.
    HiddenPrimary(Name),
    /// What was typed for a template.
    Values(BTreeMap<(String, String), String>),
}

/// Wished changes, on the screen until they are taken or left.
#[derive(Debug, Default)]
pub struct Proposal {
    pub title: String,
    /// What the step is called where it is undone.
    label: String,
    items: Vec<Item>,
    /// What concerns all of it: sentences above the changes.
    notes: Vec<String>,
    /// Said when it is taken.
    next: Option<String>,
    /// What is kept when it is taken.
    taken: Vec<Taken>,
    /// The values that it was made of: leaving it leads back to them.
    back: Option<Box<Ask>>,
    /// Sets that are as wished already.
    met: usize,
    pub selected: usize,
    /// The first line on the screen.
    pub offset: usize,
    pub lines: Vec<Line>,
}

impl Proposal {
    /// Of this title ("Nameservers of ours"), under which it is undone as well.
    pub fn new(title: impl Into<String>) -> Proposal {
        let title = title.into();
        Proposal { label: title.clone(), title, ..Proposal::default() }
    }

    /// Wishes for one more change.
    pub fn push(&mut self, item: Item) {
        self.items.push(item);
    }

    /// A sentence that concerns all of it.
    pub fn note(&mut self, text: impl Into<String>) {
        self.notes.push(text.into());
    }

    /// What to do next, said when it is taken.
    pub fn then(&mut self, text: impl Into<String>) {
        self.next = Some(text.into());
    }

    /// What to keep for later when it is taken.
    pub fn when_taken(&mut self, taken: Taken) {
        self.taken.push(taken);
    }

    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// The values that were typed for it.
    pub(super) fn typed(&self) -> Option<&Ask> {
        self.back.as_deref().filter(|ask| ask.is_changed())
    }

    /// How many changes there are, and how many are ticked.
    pub fn counts(&self) -> (usize, usize) {
        (self.items.len(), self.items.iter().filter(|item| item.ticked).count())
    }

    /// Leaves out what is met already, and what cannot be edited, and says so.
    fn lay_over(&mut self, open: &Open) {
        let origin = open.draft.base().origin();
        let conflicts = open.draft.conflicts();
        let mut left: Vec<(String, String)> = Vec::new();
        let items = std::mem::take(&mut self.items);
        for mut item in items {
            let Some(key) = item.key().cloned() else { continue };
            item.before = open.draft.get(&key);
            if item.is_met() {
                self.met += 1;
                continue;
            }
            let why = match open.file.as_ref().and_then(|file| file.why_read_only(&key)) {
                Some(why) => Some(why),
                None if conflicts.contains(&key) => {
                    Some("others changed it as well as you: M shows both sides".into())
                }
                None if describe::is_managed(open, &key) => Some("the server makes it itself".into()),
                None => None,
            };
            match why {
                Some(why) => left.push((describe::set(&key, origin), why)),
                None => self.items.push(item),
            }
        }
        let first = left.first().cloned();
        match (left.len(), first) {
            (_, None) => {}
            (1, Some((name, why))) => self.notes.push(format!("Left out: {name}: {why}.")),
            (several, Some((name, why))) => {
                self.notes.push(format!("Left out: {}, {name} first: {why}.", count(several, "record set")))
            }
        }
    }

    /// Makes the lines anew, for a screen of so many columns.
    fn write(&mut self, origin: &Name, width: u16) {
        let width = width.saturating_sub(SIGNS);
        let mut lines = Vec::new();
        let mut line = |change, kind, text: String| {
            for (number, text) in wrap(text.trim_start(), width).into_iter().enumerate() {
                lines.push(Line { change, kind, text, continued: number > 0 });
            }
        };
        for note in &self.notes {
            line(None, LineKind::Note, note.clone());
        }
        if self.met > 0 {
            let sets = count(self.met, "record set");
            line(None, LineKind::Note, format!("{sets} in the zone already as wished."));
        }
        for (number, item) in self.items.iter().enumerate() {
            let Some(wish) = item.wish() else { continue };
            let own = Some(number);
            let tick = if item.ticked { "[x]" } else { "[ ]" };
            let way = match (item.ways.len(), &item.before) {
                (0 | 1, Some(_)) if wish.way() == "delete" => "  delete".to_owned(),
                (2.., Some(_)) => {
                    let other = item.ways.get((item.way + 1) % item.ways.len()).map_or("", Wish::way);
                    format!("  {} (a: {other})", wish.way())
                }
                _ => String::new(),
            };
            line(own, LineKind::Head, format!("{tick} {}{way}", describe::set(&wish.key, origin)));
            let change = Change { before: item.before.clone(), after: item.after() };
            for (kind, text) in difference(&wish.key, &change) {
                line(own, kind, text);
            }
            if change.is_empty() {
                line(own, LineKind::Fact, "in the zone already".into());
            }
            for note in &item.notes {
                line(own, LineKind::Finding, note.clone());
            }
        }
        self.lines = lines;
    }

    /// Keeps the selected change on the screen, its head at least.
    pub fn keep_in_view(&mut self, height: usize) {
        self.selected = self.selected.min(self.items.len().saturating_sub(1));
        let own = |line: &Line| line.change == Some(self.selected);
        let first = self.lines.iter().position(own).unwrap_or(0);
        let last = self.lines.iter().rposition(own).unwrap_or(0);
        // What concerns all changes stands before the first.
        let first = if self.selected == 0 && last < height { 0 } else { first };
        for line in [last, first] {
            self.offset = scroll(self.offset, line, height, self.lines.len());
        }
    }

    /// The draft is another one than what is on the screen was laid over: lays it over that. True where it differs.
    fn is_stale(&mut self, open: &Open) -> bool {
        let mut stale = false;
        for item in &mut self.items {
            let Some(key) = item.ways.first().map(|wish| wish.key.clone()) else { continue };
            let now = open.draft.get(&key);
            if !same_contents(now.as_ref(), item.before.as_ref(), key.rtype) {
                (item.before, stale) = (now, true);
            }
        }
        stale
    }

    fn edits(&self) -> Vec<(RrKey, Option<RrSet>)> {
        let ticked = self.items.iter().filter(|item| item.ticked);
        ticked.filter_map(|item| Some((item.key()?.clone(), item.after()))).collect()
    }
}

/// The first name at which the edits would put a CNAME beside other data.
fn clash(open: &Open, edits: &[(RrKey, Option<RrSet>)]) -> Option<Name> {
    let mut changes: ChangeMap = open.draft.changes().clone();
    for (key, after) in edits {
        changes.insert(key.clone(), Change { before: None, after: after.clone() });
    }
    let zone = Contents { base: open.draft.base(), changes: &changes };
    let clashes = |owner: &Name| {
        let there = zone.keys_at(owner);
        there.iter().any(|key| key.rtype == RecordType::CNAME)
            && there.iter().any(|key| key.rtype != RecordType::CNAME && !stands_beside_cname(key.rtype))
    };
    edits.iter().map(|(key, _)| &key.owner).find(|owner| clashes(owner)).cloned()
}

impl App {
    /// Shows a proposal; says so where there is nothing in it.
    pub(super) fn propose(&mut self, mut proposal: Proposal) {
        if let Err(reason) = edits::may_edit(self) {
            return self.say(reason);
        }
        let width = self.size.0;
        let Some(open) = self.open() else { return };
        proposal.lay_over(open);
        let title = proposal.title.clone();
        if proposal.is_empty() {
            self.screen = Screen::Main;
            return match proposal.notes.iter().find(|note| note.starts_with("Left out")) {
                Some(note) => self.complain(format!("{title}: {note}")),
                None => self.say(format!("{title}: the zone has all of it already")),
            };
        }
        proposal.write(open.draft.base().origin(), width);
        if let Screen::Ask(ask) = std::mem::replace(&mut self.screen, Screen::Main) {
            proposal.back = Some(ask);
        }
        self.screen = Screen::Proposal(Box::new(proposal));
    }

    /// Takes what is ticked as one step. False where it stays on the screen.
    fn take_proposal(&mut self) -> bool {
        let width = self.size.0;
        let (Screen::Proposal(proposal), super::Zone::Open(open)) = (&mut self.screen, &self.zone) else {
            return false;
        };
        if proposal.is_stale(open) {
            proposal.write(open.draft.base().origin(), width);
            self.complain("the zone moved on meanwhile: look at it again, then take it");
            return false;
        }
        let edits = proposal.edits();
        if edits.is_empty() {
            self.say("nothing is ticked: Space ticks, Esc leaves");
            return false;
        }
        if let Some(owner) = clash(open, &edits) {
            let name = owner.relative_to(open.draft.base().origin());
            self.complain(format!(
                "{name} would have a CNAME beside other records: tick both changes or none"
            ));
            return false;
        }
        if self.is_refused() {
            return false;
        }
        let Screen::Proposal(proposal) = std::mem::replace(&mut self.screen, Screen::Main) else {
            return false;
        };
        let first = edits.first().map(|(key, _)| key.clone());
        let keys: BTreeSet<RrKey> = edits.iter().map(|(key, _)| key.clone()).collect();
        let sets = count(edits.len(), "record set");
        if self.edit(proposal.label.clone(), edits) {
            self.keep_taken(proposal.taken, &keys);
            if let (Some(key), Some(open)) = (first, self.open_mut()) {
                open.select_set(&key);
            }
            let next = proposal.next.unwrap_or_else(|| "w reviews and pushes".to_owned());
            self.say(format!("{sets} changed; u undoes it; {next}"));
        } else {
            self.say("nothing is different");
        }
        true
    }

    /// `keys`: the record sets that were ticked.
    fn keep_taken(&mut self, taken: Vec<Taken>, keys: &BTreeSet<RrKey>) {
        let soa = RrKey::new(self.settings.zone.clone(), RecordType::SOA);
        let nameservers = self.open().map(nameservers).unwrap_or_default();
        self.keep(|remembered| {
            for taken in taken {
                match taken {
                    Taken::Lowered(mut lowered) => {
                        lowered.retain(|lowered| keys.contains(&lowered.key));
                        remembered.lowered = together(&remembered.lowered, lowered);
                    }
                    Taken::Raised => remembered.lowered.retain(|lowered| !keys.contains(&lowered.key)),
                    Taken::HiddenPrimary(name) if !keys.contains(&soa) && !nameservers.contains(&name) => {
                        remembered.hidden_primary = Some(name);
                    }
                    Taken::HiddenPrimary(_) => {}
                    Taken::Values(values) => remembered.values.extend(values),
                }
            }
        });
    }

    pub(super) fn wrap_proposal(&mut self) {
        let width = self.size.0;
        if let (Screen::Proposal(proposal), super::Zone::Open(open)) = (&mut self.screen, &self.zone) {
            proposal.write(open.draft.base().origin(), width);
        }
    }
}

/// Changes the proposal on the screen, and shows what became of it.
fn with(app: &mut App, change: impl FnOnce(&mut Proposal)) {
    if let Screen::Proposal(proposal) = &mut app.screen {
        change(proposal);
        app.wrap_proposal();
    }
}

pub fn take(app: &mut App) {
    app.take_proposal();
}

/// Takes it, and goes on to the review.
pub fn take_and_review(app: &mut App) {
    if app.take_proposal() {
        changes::open(app);
        app.say("taken: u undoes it");
    }
}

/// Ticks the selected change or not, and goes to the next.
pub fn tick(app: &mut App) {
    with(app, |proposal| {
        let Some(item) = proposal.items.get_mut(proposal.selected) else { return };
        item.ticked = !item.ticked;
        let (ticked, group) = (item.ticked, item.group);
        if group.is_some() {
            proposal
                .items
                .iter_mut()
                .filter(|item| item.group == group)
                .for_each(|item| item.ticked = ticked);
        }
    });
    app.go(super::moves::Go::By(1));
}

/// Ticks all; where all are, none.
pub fn tick_all(app: &mut App) {
    with(app, |proposal| {
        let all = proposal.items.iter().all(|item| item.ticked);
        proposal.items.iter_mut().for_each(|item| item.ticked = !all);
    });
}

pub fn has_other_way(app: &App) -> Result<(), String> {
    match &app.screen {
        Screen::Proposal(proposal)
            if proposal.items.get(proposal.selected).is_some_and(|item| item.ways.len() > 1) =>
        {
            Ok(())
        }
        _ => Err("there is one way only for this record set".into()),
    }
}

/// Replaces the set, or adds to it.
pub fn other_way(app: &mut App) {
    with(app, |proposal| {
        if let Some(item) = proposal.items.get_mut(proposal.selected) {
            item.way = (item.way + 1).checked_rem(item.ways.len()).unwrap_or(0);
            item.ticked = true;
        }
        if proposal.selected == 0 {
            let first_way = proposal.items.first().is_some_and(|item| item.way == 0);
            let followers = proposal.items.iter_mut().filter(|item| item.follows);
            followers.for_each(|item| item.ticked = first_way);
        }
    });
}

pub fn cancel(app: &mut App) {
    if let Screen::Proposal(proposal) = std::mem::replace(&mut app.screen, Screen::Main)
        && let Some(ask) = proposal.back
    {
        app.screen = Screen::Ask(ask);
        return;
    }
    app.say("left: nothing of it is taken");
}
