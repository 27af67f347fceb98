//! Text and a cursor on a rope. The cursor always stands between two grapheme clusters, so that what a person
//! sees as one character is passed over and deleted as one.

use std::ops::Range;

use ropey::Rope;
use unicode_segmentation::{GraphemeCursor, UnicodeSegmentation};

/// Where a cursor can go, or up to where something can be deleted. None of them leaves the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Motion {
    Left,
    Right,
    /// To the start of this or the previous word. A word is a run of letters, digits and underscores, so the
    /// labels of a domain name are words.
    WordLeft,
    /// To the end of this or the next word.
    WordRight,
    LineStart,
    LineEnd,
}

/// Text being edited.
#[derive(Debug, Clone, Default)]
pub struct Buffer {
    rope: Rope,
    /// In octets from the start of the text, at a grapheme boundary.
    cursor: usize,
}

/// The line that the cursor stands in, copied out. Lines are short; and no grapheme cluster reaches over a line end.
struct Line {
    text: String,
    /// Octets of the buffer before the line.
    start: usize,
    /// The cursor, in octets from the start of the line.
    cursor: usize,
}

impl Buffer {
    /// The cursor stands after the text.
    pub fn new(text: &str) -> Buffer {
        let rope = Rope::from_str(text);
        let cursor = rope.len_bytes();
        Buffer { rope, cursor }
    }

    pub fn text(&self) -> String {
        self.rope.to_string()
    }

    /// Octets of text.
    pub fn len(&self) -> usize {
        self.rope.len_bytes()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The cursor, in octets from the start of the text.
    pub fn cursor(&self) -> usize {
        self.cursor
    }

    /// Puts text at the cursor; the cursor stands after it.
    pub fn insert(&mut self, text: &str) {
        let at = self.char_at(self.cursor);
        if self.rope.try_insert(at, text).is_ok() {
            self.cursor += text.len();
            self.settle();
        }
    }

    pub fn go(&mut self, motion: Motion) {
        self.cursor = self.target(motion);
    }

    /// Deletes what lies between the cursor and where the motion would take it.
    pub fn delete(&mut self, motion: Motion) {
        let target = self.target(motion);
        self.remove(target.min(self.cursor)..target.max(self.cursor));
    }

    /// Deletes a range of octets; the cursor stands where it was.
    fn remove(&mut self, range: Range<usize>) {
        let chars = self.char_at(range.start)..self.char_at(range.end);
        if self.rope.try_remove(chars).is_ok() {
            self.cursor = range.start;
            self.settle();
        }
    }

    /// An edit can join what stands before and behind the cursor into one cluster: then the cursor goes behind it.
    fn settle(&mut self) {
        let line = self.line();
        let on_boundary = boundary_cursor(&line).is_boundary(&line.text, 0).unwrap_or(true);
        if !on_boundary {
            self.cursor = self.target(Motion::Right);
        }
    }

    fn target(&self, motion: Motion) -> usize {
        let line = self.line();
        let (before, after) = line.text.split_at_checked(line.cursor).unwrap_or((&line.text, ""));
        let in_line = match motion {
            Motion::Left => boundary_cursor(&line).prev_boundary(&line.text, 0).ok().flatten().unwrap_or(0),
            Motion::Right => {
                boundary_cursor(&line).next_boundary(&line.text, 0).ok().flatten().unwrap_or(line.text.len())
            }
            Motion::WordLeft => before.len() - word_length(before.graphemes(true).rev()),
            Motion::WordRight => before.len() + word_length(after.graphemes(true)),
            Motion::LineStart => 0,
            Motion::LineEnd => line.text.len(),
        };
        line.start + in_line
    }

    fn line(&self) -> Line {
        let number = self.rope.try_byte_to_line(self.cursor).unwrap_or(0);
        let start = self.rope.try_line_to_byte(number).unwrap_or(0);
        let mut text = self.rope.get_line(number).map(|line| line.to_string()).unwrap_or_default();
        // All line breaks that a rope knows, Unicode's included.
        let end = ['\n', '\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'];
        text.truncate(text.trim_end_matches(end).len());
        let cursor = self.cursor.saturating_sub(start).min(text.len());
        Line { text, start, cursor }
    }

    fn char_at(&self, octet: usize) -> usize {
        self.rope.try_byte_to_char(octet).unwrap_or(self.rope.len_chars())
    }
}

fn boundary_cursor(line: &Line) -> GraphemeCursor {
    GraphemeCursor::new(line.cursor, line.text.len(), true)
}

/// The octets up to and with the first word.
fn word_length<'a>(graphemes: impl Iterator<Item = &'a str>) -> usize {
    let is_word = |grapheme: &str| {
        grapheme.chars().next().is_some_and(|character| character.is_alphanumeric() || character == '_')
    };
    let mut in_word = false;
    graphemes
        .take_while(|grapheme| {
            let word = is_word(grapheme);
            let goes_on = word || !in_word;
            in_word |= word;
            goes_on
        })
        .map(str::len)
        .sum()
}
