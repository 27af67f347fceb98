//! The Changes screen: what the draft changes, RRset by RRset, what the server will make of it, and conflicts.

use super::describe::{self, count};
use super::layout::{scroll, wrap};
use super::open::Open;
use super::{App, Screen};
use crate::check::{Finding, Severity};
use crate::push::{self, Plan, Prediction, ServerTraits};
use crate::zone::merge::Choice;
use crate::zone::{Change, ChangeMap, RrKey, RrSet, types};

/// Columns for the frame, the marker and the sign of a line.
const SIGNS: u16 = 10;

/// The review.
#[derive(Debug)]
pub struct Changes {
    /// The selected change.
    pub selected: usize,
    /// The first line on the screen.
    pub offset: usize,
    pub lines: Vec<Line>,
    /// Others made it another one, and nobody has pressed a key since.
    is_new: bool,
    /// What would be sent, where the zone is at a server; otherwise a sentence on why nothing can be pushed or saved.
    pub plan: Result<Option<Plan>, String>,
}

/// One line of the review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The change that it belongs to; `None` for what concerns all of them.
    pub change: Option<usize>,
    pub kind: LineKind,
    pub text: String,
    /// Goes on with the line before: the text did not fit.
    pub continued: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineKind {
    /// Names an RRset.
    Head,
    Removed,
    Added,
    /// The TTL, or one side of a conflict.
    Fact,
    /// What the server would do with it, other than carry it out.
    Finding,
    /// For the reviewer to know.
    Note,
    /// Why nothing can be sent.
    Trouble,
}

impl Changes {
    /// For a screen of so many columns.
    fn new(open: &Open, width: u16) -> Changes {
        let wanted = wanted(open);
        let traits = ServerTraits { kind: open.kind };
        let conflicts = open.draft.conflicts().iter().filter(|key| wanted.contains_key(key)).count();
        let new_text = open.file.as_ref().is_some_and(super::file::File::has_new_text);
        let plan = match (wanted.is_empty(), conflicts) {
            (true, _) if new_text => Ok(None),
            (true, _) if open.file.is_some() => Err("No change is left to save.".into()),
            (true, _) => Err("No change is left to push.".into()),
            (false, 0) if open.file.is_some() => Ok(None),
            (false, 0) => {
                let plan = push::plan(open.draft.base(), &wanted, traits);
                plan.map(Some).map_err(|error| error.to_string())
            }
            (false, _) => Err(format!(
                "{} to decide first: M shows both sides; Space leaves it out.",
                count(conflicts, "conflict")
            )),
        };
        let predictions = match &plan {
            Ok(Some(plan)) => push::predict(open.draft.base(), plan, &wanted, traits),
            _ => Vec::new(),
        };
        let lines = lines(open, &wanted, &plan, &predictions, width.saturating_sub(SIGNS));
        Changes { selected: 0, offset: 0, lines, is_new: false, plan }
    }

    /// Keeps the selected change on the screen, its head at least.
    pub fn keep_in_view(&mut self, open: &Open, height: usize) {
        self.selected = self.selected.min(open.draft.changes().len().saturating_sub(1));
        let own = |line: &Line| line.change == Some(self.selected);
        let first = self.lines.iter().position(own).unwrap_or(0);
        let last = self.lines.iter().rposition(own).unwrap_or(0);
        // What concerns all changes stands before the first and after the last.
        let first = if self.selected == 0 { 0 } else { first };
        let last = if self.selected + 1 == open.draft.changes().len() { self.lines.len() } else { last };
        for line in [last, first] {
            self.offset = scroll(self.offset, line, height, self.lines.len());
        }
    }

    /// The key of the selected change.
    pub fn key(&self, open: &Open) -> Option<RrKey> {
        open.draft.changes().keys().nth(self.selected).cloned()
    }
}

/// The changes that the next push is about.
pub fn wanted(open: &Open) -> ChangeMap {
    let changes = open.draft.changes().iter();
    let wanted = changes.filter(|(key, _)| !open.left_out.contains(key));
    wanted.map(|(key, change)| (key.clone(), change.clone())).collect()
}

fn lines(
    open: &Open,
    wanted: &ChangeMap,
    plan: &Result<Option<Plan>, String>,
    predictions: &[Prediction],
    width: u16,
) -> Vec<Line> {
    let origin = open.draft.base().origin();
    let conflicts = open.draft.open_conflicts();
    let mut lines = Vec::new();
    // All of it can be read: what is pushed was reviewed.
    let mut line = |change, kind, text: String| {
        for (number, text) in wrap(text.trim_start(), width).into_iter().enumerate() {
            lines.push(Line { change, kind, text, continued: number > 0 });
        }
    };
    if let Err(reason) = plan {
        line(None, LineKind::Trouble, reason.clone());
    }
    for (kind, text) in brought(open) {
        line(None, kind, text);
    }
    // Before thousands of changes, not after them.
    let split = plan.iter().flatten().find_map(Plan::split_note);
    if let Some(note) = &split {
        line(None, LineKind::Note, note.clone());
    }
    for (number, (key, change)) in open.draft.changes().iter().enumerate() {
        let own = Some(number);
        let conflict = conflicts.iter().find(|conflict| conflict.is_about(key));
        let (mark, left_out) = match wanted.contains_key(key) {
            true => ("[x]", ""),
            false if open.file.is_some() => ("[ ]", "  not saved this time"),
            false => ("[ ]", "  left out of this push"),
        };
        line(own, LineKind::Head, format!("{mark} {}{left_out}", describe::set(key, origin)));
        if let Some(conflict) = conflict {
            let why = match conflict.cname {
                true => {
                    "a CNAME stands alone at its name, and the zone has other data there: M shows both sides"
                }
                false => "others changed it too: M shows both sides to choose from",
            };
            line(own, LineKind::Trouble, why.into());
            let now = open.draft.base().get(key);
            let sides = [("seen", &change.before), ("mine", &change.after), ("theirs", &now)];
            for (side, text) in sides.into_iter().flat_map(|(name, set)| side(name, key, set.as_ref())) {
                line(own, LineKind::Fact, format!("{side:<7}{text}"));
            }
            continue;
        }
        for (kind, text) in difference(key, change) {
            line(own, kind, text);
        }
        for prediction in predictions.iter().filter(|prediction| prediction.key == *key) {
            line(own, LineKind::Finding, prediction.message.clone());
        }
    }
    let elsewhere =
        predictions.iter().filter(|prediction| !open.draft.changes().contains_key(&prediction.key));
    for prediction in elsewhere {
        let place = describe::set(&prediction.key, origin);
        line(None, LineKind::Finding, format!("{place}: {}", prediction.message));
    }
    let notes = plan.iter().flatten().flat_map(|plan| &plan.notes);
    for note in notes.filter(|note| Some(*note) != split.as_ref()) {
        line(None, LineKind::Note, note.clone());
    }
    lines
}

/// As many findings are named.
const NAMED: usize = 8;

/// What the rules find in the zone with the changes and did not find without them, errors first.
fn brought(open: &Open) -> Vec<(LineKind, String)> {
    let origin = open.draft.base().origin();
    let Some(seen) = open.findings.seen.as_ref() else { return Vec::new() };
    let mut lines = Vec::new();
    if seen.brought_counts.total() > 0 {
        let kind = if seen.brought_counts.errors > 0 { LineKind::Trouble } else { LineKind::Note };
        lines.push((kind, format!("These changes bring {}; ! shows all:", seen.brought_counts.in_words())));
    }
    for Finding { severity, key, message, rule, .. } in seen.brought.iter().take(NAMED) {
        let kind = if *severity == Severity::Error { LineKind::Trouble } else { LineKind::Fact };
        let place = describe::set(key, origin);
        lines.push((kind, format!("{severity}: {place}: {message} [{}]", rule.id)));
    }
    if seen.brought_counts.total() > NAMED {
        lines.push((LineKind::Fact, format!("and {} more", seen.brought_counts.total() - NAMED)));
    }
    if !open.findings.are_current() {
        lines.push((LineKind::Note, "The rules are still looking at these changes.".into()));
    }
    lines
}

/// What is to be said of that before the last question.
pub(super) fn brings(open: &Open) -> Option<String> {
    let counts = open.findings.seen.as_ref()?.brought_counts;
    let counts = super::findings::look::Counts { hints: 0, ..counts };
    (counts.total() > 0)
        .then(|| format!("Rules   these changes bring {}, named in the review", counts.in_words()))
}

/// One side of a conflict, a line a record.
fn side(
    name: &'static str,
    key: &RrKey,
    set: Option<&RrSet>,
) -> impl Iterator<Item = (&'static str, String)> {
    let records = set.map_or(Vec::new(), |set| {
        let texts = set.rdata.iter().enumerate();
        texts.map(|(index, rdata)| record(key, set.ttl_of(index), rdata)).collect()
    });
    let nothing = records.is_empty().then(|| "nothing".to_string());
    records.into_iter().chain(nothing).map(move |text| (name, text))
}

/// With its names in full: a final dot that was forgotten in the form must not go unseen here.
fn record(key: &RrKey, ttl: u32, rdata: &[u8]) -> String {
    format!("{:<7} {}", describe::ttl(ttl), types::format_rdata(key.rtype, rdata, None))
}

/// The TTL where the whole set gets another one, and the records that go and come.
pub(super) fn difference(key: &RrKey, change: &Change) -> Vec<(LineKind, String)> {
    let empty = RrSet::new(0, Vec::new());
    let before = change.before.as_ref().unwrap_or(&empty);
    let after = change.after.as_ref().unwrap_or(&empty);
    let mut lines = Vec::new();
    let both = change.before.is_some() && change.after.is_some();
    let whole = both && before.mixed_ttls.is_empty() && after.mixed_ttls.is_empty();
    if whole && before.ttl != after.ttl {
        let records = count(after.rdata.len(), "record");
        let text = format!("TTL {} -> {} ({records})", describe::ttl(before.ttl), describe::ttl(after.ttl));
        lines.push((LineKind::Fact, text));
    }
    let same = |set: &RrSet, ttl: u32, rdata: &[u8]| {
        let mut records = set.rdata.iter().enumerate();
        records.any(|(index, other)| other.as_ref() == rdata && (whole || set.ttl_of(index) == ttl))
    };
    for (kind, set, other) in [(LineKind::Removed, before, after), (LineKind::Added, after, before)] {
        for (index, rdata) in set.rdata.iter().enumerate() {
            if !same(other, set.ttl_of(index), rdata) {
                lines.push((kind, record(key, set.ttl_of(index), rdata)));
            }
        }
    }
    lines
}

/// Shows the screen, made anew.
pub fn open(app: &mut App) {
    let Some(open) = app.open() else { return };
    let mut changes = Changes::new(open, app.size.0);
    match &app.screen {
        Screen::Changes(shown) => (changes.selected, changes.offset) = (shown.selected, shown.offset),
        // At the record that the person comes from.
        _ => {
            let key = open.selected().map(|row| row.key);
            let at = open.draft.changes().keys().position(|changed| Some(changed) == key.as_ref());
            changes.selected = at.unwrap_or(0);
        }
    }
    app.screen = Screen::Changes(changes);
}

/// Makes the screen anew where it is shown, after the draft changed.
pub fn refresh(app: &mut App) {
    if matches!(app.screen, Screen::Changes(_)) {
        open(app);
    }
}

/// The same after the rules have looked at the changes.
pub(super) fn say_findings(app: &mut App) {
    let Screen::Changes(Changes { is_new, .. }) = app.screen else { return };
    refresh(app);
    if let Screen::Changes(changes) = &mut app.screen {
        changes.is_new = is_new;
    }
}

/// The same after the zone changed. The marker stays with its change, of which this is the key.
pub fn zone_moved_on(app: &mut App, key: Option<RrKey>) {
    refresh(app);
    let (Screen::Changes(changes), super::Zone::Open(open)) = (&mut app.screen, &app.zone) else { return };
    let at = key.and_then(|key| open.draft.changes().keys().position(|changed| *changed == key));
    changes.selected = at.unwrap_or(changes.selected);
    changes.is_new = true;
}

/// The key of the selected change, where the screen is shown.
pub fn selected_key(app: &App) -> Option<RrKey> {
    selected(app).map(|(_, key)| key)
}

fn selected(app: &App) -> Option<(&Open, RrKey)> {
    match (&app.screen, app.open()) {
        (Screen::Changes(changes), Some(open)) => Some((open, changes.key(open)?)),
        _ => None,
    }
}

pub fn has_selection(app: &App) -> Result<(), String> {
    selected(app).map(|_| ()).ok_or_else(|| "nothing is changed".into())
}

pub fn in_conflict(app: &App) -> Result<(), String> {
    match selected(app).is_some_and(|(open, key)| open.draft.conflicts().contains(&key)) {
        true => Ok(()),
        false => Err("nobody else changed this record set".into()),
    }
}

/// Sets the selected change back to what the server holds; one step that can be undone.
pub fn drop_change(app: &mut App) {
    let Some((open, key)) = selected(app) else { return };
    if open.draft.conflicts().contains(&key) {
        return app.decide(&key, Choice::Theirs);
    }
    let name = describe::set(&key, open.draft.base().origin());
    let served = open.draft.base().get(&key);
    if app.edit(format!("drop the change of {name}"), vec![(key, served)]) {
        let whose = if app.file().is_some() { "file" } else { "server" };
        app.say(format!("dropped: {name} stays as the {whose} has it; u undoes it"));
    }
    refresh(app);
}

/// Decides a conflict for the person's own side.
pub fn keep_mine(app: &mut App) {
    let Some((_, key)) = selected(app) else { return };
    if let Screen::Changes(changes) = &mut app.screen
        && std::mem::take(&mut changes.is_new)
    {
        return app.complain("the zone moved on meanwhile: look at it again, then decide");
    }
    app.decide(&key, Choice::Mine);
}

/// Leaves the selected change out of the push, or takes it in again.
pub fn toggle_left_out(app: &mut App) {
    let Some((_, key)) = selected(app) else { return };
    if let Some(open) = app.open_mut()
        && !open.left_out.remove(&key)
    {
        open.left_out.insert(key);
    }
    refresh(app);
    app.go(super::moves::Go::By(1));
}

pub fn go_to_record(app: &mut App) {
    let Some((_, key)) = selected(app) else { return };
    if let Some(open) = app.open_mut() {
        open.select_set(&key);
    }
    app.screen = Screen::Main;
}
