//! Text, a cursor and a selection. The cursor always stands between two grapheme clusters, so that what a person
//! sees as one character is passed over and deleted as one.

use std::ops::Range;

use unicode_segmentation::GraphemeCursor;

use super::columns::{columns, place_of};
use super::history::{Edit, Group, History, Kind};
use super::text::Text;
use super::words;

/// Where a cursor can go, or up to where something can be deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Motion {
    /// At the start of a line, to the end of the line before.
    Left,
    /// At the end of a line, to the start of the next.
    Right,
    /// To the start of this or the previous word. A word is a run of letters, digits and underscores, so the
    /// labels of a domain name are words. From the start of a line as [`Motion::Left`].
    WordLeft,
    /// To the end of this or the next word; from the end of a line as [`Motion::Right`].
    WordRight,
    LineStart,
    LineEnd,
    /// So many lines down (negative: up), in the same column where the lines are long enough.
    Lines(isize),
    TextStart,
    TextEnd,
}

/// A part of a text that was replaced by another, as one range for all edits since it was last asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Changed {
    pub start: usize,
    /// Where the part ended in the text before.
    pub old_end: usize,
    /// Where the part ends now.
    pub new_end: usize,
}

impl Changed {
    /// This change and then another, as one.
    pub fn then(self, next: Changed) -> Changed {
        Changed {
            start: self.start.min(next.start),
            old_end: self.old_end + next.old_end.saturating_sub(self.new_end),
            new_end: self.new_end.max(next.old_end) - next.old_end + next.new_end,
        }
    }

    /// Where a place of the text before is now.
    pub fn moved(self, at: usize) -> usize {
        match at {
            _ if at >= self.old_end => at - self.old_end + self.new_end,
            _ if at > self.start => self.start.max(at.min(self.new_end)),
            _ => at,
        }
    }
}

/// Where a selection begins; its other end is the cursor.
#[derive(Debug, Clone, Copy)]
struct Anchor {
    at: usize,
    /// Set by the mark command: moving does not lift it.
    mark: bool,
}

/// Text being edited.
#[derive(Debug, Clone, Default)]
pub struct Buffer {
    text: Text,
    /// In octets from the start of the text, at a grapheme boundary.
    cursor: usize,
    anchor: Option<Anchor>,
    /// The column that moving up and down keeps to.
    goal: Option<usize>,
    history: History,
    version: u64,
    changed: Option<Changed>,
}

impl Buffer {
    /// The cursor stands after the text.
    pub fn new(text: &str) -> Buffer {
        let mut buffer = Buffer::at_start(Text::new(text));
        buffer.cursor = buffer.text.len();
        buffer
    }

    /// The cursor stands before the text.
    pub fn at_start(text: Text) -> Buffer {
        Buffer { text, ..Buffer::default() }
    }

    pub fn text(&self) -> String {
        self.text.to_string()
    }

    /// The text itself: cheap to clone.
    pub fn content(&self) -> &Text {
        &self.text
    }

    /// Octets of text.
    pub fn len(&self) -> usize {
        self.text.len()
    }

    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The cursor, in octets from the start of the text.
    pub fn cursor(&self) -> usize {
        self.cursor
    }

    /// The line of the cursor, from 0.
    pub fn cursor_line(&self) -> usize {
        self.text.line_of(self.cursor)
    }

    /// Grows with every change of the text.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// What has changed since this was last asked.
    pub fn take_changed(&mut self) -> Option<Changed> {
        self.changed.take()
    }

    /// The selected text; `None` where nothing is selected.
    pub fn selection(&self) -> Option<Range<usize>> {
        let anchor = self.anchor?.at;
        (anchor != self.cursor).then(|| anchor.min(self.cursor)..anchor.max(self.cursor))
    }

    /// Has the mark been set?
    pub fn is_marking(&self) -> bool {
        self.anchor.is_some_and(|anchor| anchor.mark)
    }

    /// Sets the mark: moving selects from here. Where it is set already, lifts it.
    pub fn toggle_mark(&mut self) {
        let mark = Anchor { at: self.cursor, mark: true };
        self.anchor = if self.is_marking() { None } else { Some(mark) };
        self.history.pause();
    }

    /// Nothing is selected any more.
    pub fn deselect(&mut self) {
        self.anchor = None;
    }

    /// Selects a part of the text; the cursor stands at its end.
    pub fn select(&mut self, range: Range<usize>) {
        self.put(range.start);
        let start = self.cursor;
        self.put(range.end);
        self.anchor = Some(Anchor { at: start, mark: false });
    }

    /// Puts the cursor at a place, or just behind the character that the place is inside of.
    pub fn put(&mut self, at: usize) {
        let line = self.text.line_of(at.min(self.text.len()));
        let start = self.text.line_start(line);
        let in_line = at.saturating_sub(start);
        // Not inside a character, and not inside a line end.
        let text = self.text.line(line);
        let whole = (in_line..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
        self.cursor = start + whole;
        self.anchor = None;
        self.moved();
        self.settle();
    }

    /// Moves the cursor; a selection made by [`Buffer::extend`] is lifted, one from the mark grows.
    pub fn go(&mut self, motion: Motion) {
        self.anchor = self.anchor.filter(|anchor| anchor.mark);
        self.walk(motion);
    }

    /// Moves the cursor and selects what it passes.
    pub fn extend(&mut self, motion: Motion) {
        self.anchor.get_or_insert(Anchor { at: self.cursor, mark: false });
        self.walk(motion);
    }

    fn walk(&mut self, motion: Motion) {
        let goal = self.goal;
        let target = self.target(motion);
        let from = self.cursor;
        self.cursor = target;
        self.moved();
        if let Motion::Lines(_) = motion {
            self.goal = goal.or_else(|| Some(self.column(from)));
        }
    }

    fn moved(&mut self) {
        self.goal = None;
        self.history.pause();
    }

    /// Types text: it takes the place of the selection; the cursor stands after it.
    pub fn insert(&mut self, text: &str) {
        let kind = if self.selection().is_some() { Kind::Single } else { Kind::Typed };
        self.replace(self.selection().unwrap_or(self.cursor..self.cursor), text, kind);
    }

    /// Puts text in, in one piece: undone by itself.
    pub fn paste(&mut self, text: &str) {
        self.history.pause();
        self.replace(self.selection().unwrap_or(self.cursor..self.cursor), text, Kind::Single);
        self.history.pause();
    }

    /// Deletes the selection; without one, what lies between the cursor and where the motion would take it.
    pub fn delete(&mut self, motion: Motion) {
        let target = self.target(motion);
        let (range, kind) = match self.selection() {
            Some(range) => (range, Kind::Single),
            None => (target.min(self.cursor)..target.max(self.cursor), Kind::Erased),
        };
        self.replace(range, "", kind);
    }

    /// Puts other text in the place of a part; the cursor stands after it.
    pub fn replace(&mut self, range: Range<usize>, with: &str, kind: Kind) {
        let removed = self.text.slice(range.clone());
        if removed == with || !self.text.replace(range.clone(), with) {
            return;
        }
        let edit = Edit { offset: range.start, removed, inserted: with.to_owned() };
        self.note(&edit);
        self.history.record(edit, kind, self.cursor);
        self.cursor = range.start + with.len();
        self.anchor = None;
        self.goal = None;
        self.settle();
    }

    /// Makes several edits that are undone in one go.
    pub fn together(&mut self, edits: impl FnOnce(&mut Buffer)) {
        self.history.begin();
        edits(self);
        self.history.end();
    }

    pub fn can_undo(&self) -> bool {
        self.history.can_undo()
    }

    pub fn can_redo(&self) -> bool {
        self.history.can_redo()
    }

    /// Takes the last edits back: a word, a paste, a command. False where there are none.
    pub fn undo(&mut self) -> bool {
        let Some(Group { edits, cursor, .. }) = self.history.undo() else { return false };
        for edit in edits.into_iter().rev() {
            let Edit { offset, removed, inserted } = edit;
            self.redo_edit(Edit { offset, removed: inserted, inserted: removed });
        }
        self.cursor = cursor.min(self.text.len());
        self.settle();
        true
    }

    /// Does again what was last undone.
    pub fn redo(&mut self) -> bool {
        let Some(group) = self.history.redo() else { return false };
        for edit in group.edits {
            self.redo_edit(edit);
        }
        self.settle();
        true
    }

    fn redo_edit(&mut self, edit: Edit) {
        let range = edit.offset..edit.offset + edit.removed.len();
        if self.text.replace(range, &edit.inserted) {
            self.note(&edit);
            self.cursor = edit.offset + edit.inserted.len();
        }
        (self.anchor, self.goal) = (None, None);
    }

    /// Notes that the text has changed.
    fn note(&mut self, edit: &Edit) {
        self.version += 1;
        let start = edit.offset;
        let own =
            Changed { start, old_end: start + edit.removed.len(), new_end: start + edit.inserted.len() };
        self.changed = Some(self.changed.map_or(own, |before| before.then(own)));
    }

    /// An edit can join what stands before and behind the cursor into one cluster: then the cursor goes behind it.
    fn settle(&mut self) {
        if self.text.slice(self.cursor.saturating_sub(1)..self.cursor + 1) == "\r\n" {
            self.cursor += 1;
        }
        let (line, start) = self.text.around(self.cursor);
        let on_boundary = boundary_cursor(&line, self.cursor - start).is_boundary(&line, 0).unwrap_or(true);
        if !on_boundary {
            self.cursor = self.target(Motion::Right);
        }
    }

    fn target(&self, motion: Motion) -> usize {
        let line = self.text.line_of(self.cursor);
        let (start, end) = (self.text.line_start(line), self.text.line_end(line));
        match motion {
            Motion::LineStart => start,
            Motion::LineEnd => end,
            Motion::TextStart => 0,
            Motion::TextEnd => self.text.len(),
            Motion::Lines(lines) => {
                let wanted = line.saturating_add_signed(lines).min(self.text.line_count().saturating_sub(1));
                let goal = self.goal.unwrap_or_else(|| self.column(self.cursor));
                self.text.line_start(wanted) + place_of(&self.text.line(wanted), goal)
            }
            Motion::Left | Motion::WordLeft if self.cursor <= start => match line.checked_sub(1) {
                Some(before) => self.text.line_end(before),
                None => 0,
            },
            Motion::Right | Motion::WordRight if self.cursor >= end => self.text.line_start(line + 1),
            Motion::Left | Motion::Right | Motion::WordLeft | Motion::WordRight => {
                self.target_in_line(motion)
            }
        }
    }

    fn target_in_line(&self, motion: Motion) -> usize {
        let (line, start) = self.text.around(self.cursor);
        let at = self.cursor - start;
        let (before, after) = line.split_at_checked(at).unwrap_or((&line, ""));
        let boundary = boundary_cursor(&line, at);
        let in_line = match motion {
            Motion::Left => { boundary }.prev_boundary(&line, 0).ok().flatten().unwrap_or(0),
            Motion::Right => { boundary }.next_boundary(&line, 0).ok().flatten().unwrap_or(line.len()),
            Motion::WordLeft => before.len() - words::back(before),
            _ => before.len() + words::forward(after),
        };
        start + in_line
    }

    /// The column of a place on the screen, from 0.
    fn column(&self, at: usize) -> usize {
        let start = self.text.line_start(self.text.line_of(at));
        columns(&self.text.slice(start..at))
    }
}

fn boundary_cursor(line: &str, at: usize) -> GraphemeCursor {
    GraphemeCursor::new(at.min(line.len()), line.len(), true)
}
