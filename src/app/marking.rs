//! Marks in the list of records: setting them, and which records a command is then about.

use super::commands::Context;
use super::describe::count;
use super::moves::Go;
use super::open::{Open, Pane};
use super::rows::Row;
use super::{App, edits};

impl Open {
    /// How many records are marked, the range that is being chosen left aside.
    pub fn marked(&self) -> usize {
        self.records.rows.marked()
    }

    /// Is the row at a place of the list marked, or in the range that is being chosen?
    pub fn is_marked(&self, index: usize) -> bool {
        self.records.rows.is_marked(index) || self.range().is_some_and(|range| range.contains(&index))
    }

    /// The rows from where a range was begun to the cursor.
    pub fn range(&self) -> Option<std::ops::RangeInclusive<usize>> {
        let (key, rdata) = self.records.range.as_ref()?;
        let selected = self.records.selected;
        let start = self.records.rows.find(self.draft.base(), key, rdata).unwrap_or(selected);
        Some(start.min(selected)..=start.max(selected))
    }

    /// Marks the range that is being chosen.
    pub fn take_range(&mut self) {
        if let Some(range) = self.range() {
            range.for_each(|index| self.records.rows.mark(index, true));
        }
        self.records.range = None;
    }

    /// The records that a command is about: the marked ones, whether they are shown or not, else the selected one.
    pub fn targets(&self) -> Vec<Row> {
        match self.has_marks() {
            true => self.records.rows.marked_rows(self.draft.base()),
            false => self.selected().into_iter().collect(),
        }
    }

    /// Is a command about marked records?
    pub fn has_marks(&self) -> bool {
        self.pane == Pane::Records && self.marked() > 0
    }
}

/// As [`edits::may_change_selected`], but of marked records those that cannot be changed are left out.
pub fn may_change(app: &App) -> Result<(), String> {
    let is_choosing = |open: &Open| open.pane == Pane::Records && open.records.range.is_some();
    match app.open().is_some_and(|open| open.has_marks() || is_choosing(open)) {
        true => edits::may_edit(app),
        false => edits::may_change_selected(app),
    }
}

/// "2 of them not shown", where the filter hides some of the records that a command is about.
pub fn hidden(app: &App) -> String {
    app.open().map_or_else(String::new, hidden_in)
}

pub(super) fn hidden_in(open: &Open) -> String {
    match Some(open).filter(|open| open.has_marks()).map_or(0, |open| open.records.rows.hidden_marks()) {
        0 => String::new(),
        hidden => format!(" ({hidden} of them not shown)"),
    }
}

/// Marks the record, or takes its mark away, and goes to the next one; of a range that is being chosen marks all.
pub fn mark(app: &mut App) {
    let Some(open) = app.open_mut() else { return };
    if open.records.range.is_some() {
        return open.take_range();
    }
    let selected = open.records.selected;
    let marked = open.records.rows.is_marked(selected);
    open.records.rows.mark(selected, !marked);
    app.go(Go::By(1));
}

/// Begins a range, or marks it.
pub fn range(app: &mut App) {
    let Some(open) = app.open_mut() else { return };
    if open.records.range.is_some() {
        return open.take_range();
    }
    open.records.range = open.records.anchor.clone();
    app.say("a range from here: move, then v or Space marks it, Esc leaves it");
}

pub fn all(app: &mut App) {
    mark_shown(app, false);
}

pub fn invert(app: &mut App) {
    mark_shown(app, true);
}

fn mark_shown(app: &mut App, invert: bool) {
    let Some(open) = app.open_mut() else { return };
    open.take_range();
    open.records.rows.mark_shown(invert);
    let marked = open.marked();
    app.say(format!("{} marked{}", count(marked, "record"), hidden(app)));
}

/// One thing at a time: the range, the filter, the marks.
pub fn back(app: &mut App) {
    let Some(open) = app.open_mut() else { return };
    let marked = open.marked();
    if open.records.range.take().is_some() {
        return;
    }
    if app.return_from_references() {
        return;
    }
    let Some(open) = app.open_mut() else { return };
    if !open.records.filter.is_empty() {
        open.set_filter("");
        if marked > 0 {
            app.say(format!(
                "all rows; {} stay marked: Esc again takes the marks away",
                count(marked, "record")
            ));
        }
    } else if marked > 0 {
        open.records.rows.clear_marks();
    } else {
        app.say("q quits");
    }
}

impl App {
    /// What Esc does now, where it does something in the list of records.
    pub fn escape_hint(&self) -> Option<&'static str> {
        let open = self.open().filter(|_| self.context() == Context::Records)?;
        match open {
            open if open.records.range.is_some() => Some("no range"),
            open if open.records.before_references.is_some() => Some("back"),
            open if !open.records.filter.is_empty() => Some("all rows"),
            open if open.marked() > 0 => Some("unmark"),
            _ => None,
        }
    }
}
