//! Text on a rope: cheap to change anywhere and cheap to clone, since clones share their pieces.
//!
//! Places are octets from the start of the text. Lines end where zone-file text ends them: `\n`, `\r\n`, `\r`.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use ropey::Rope;

/// Octets that are looked at on each side of a place inside a line: a line can be longer than is good.
const WINDOW: usize = 64 * 1024;

/// A text of any length.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Text(Rope);

impl Text {
    pub fn new(text: &str) -> Text {
        Text(Rope::from_str(text))
    }

    /// Octets.
    pub fn len(&self) -> usize {
        self.0.len_bytes()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Are both clones of one text, neither of them edited since? Costs nothing.
    pub fn is_instance(&self, other: &Text) -> bool {
        self.0.is_instance(&other.0)
    }

    /// Does it have this, which has no line end in it?
    pub fn contains(&self, what: &str) -> bool {
        // A piece ends anywhere: what goes over its end is looked for as well.
        let mut end = String::new();
        self.0.chunks().any(|chunk| {
            let mut start = chunk.len().min(what.len());
            while !chunk.is_char_boundary(start) {
                start += 1;
            }
            end.push_str(chunk.get(..start).unwrap_or_default());
            let found = chunk.contains(what) || end.contains(what);
            let tail = chunk.len().saturating_sub(what.len());
            let tail = (0..=tail).rev().find(|at| chunk.is_char_boundary(*at)).unwrap_or(0);
            if chunk.len() > what.len() {
                end.clear();
            }
            end.push_str(chunk.get(tail..).unwrap_or_default());
            found
        })
    }

    /// One more than there are line ends: after the last one stands a line too, be it empty.
    pub fn line_count(&self) -> usize {
        self.0.len_lines()
    }

    /// The line, from 0, in which a place stands.
    pub fn line_of(&self, at: usize) -> usize {
        self.0.try_byte_to_line(at.min(self.len())).unwrap_or(0)
    }

    /// Where a line begins; the end of the text for lines that are not there.
    pub fn line_start(&self, line: usize) -> usize {
        self.0.try_line_to_byte(line.min(self.line_count())).unwrap_or(self.len())
    }

    /// Where the text of a line ends: before its line end.
    pub fn line_end(&self, line: usize) -> usize {
        let next = self.line_start(line.saturating_add(1));
        let before = |at: usize| at.checked_sub(1).and_then(|at| self.0.get_byte(at));
        match (before(next), before(next.saturating_sub(1))) {
            _ if next <= self.line_start(line) || line.saturating_add(1) >= self.line_count() => next,
            (Some(b'\n'), Some(b'\r')) => next - 2,
            _ => next - 1,
        }
    }

    /// A line without its line end.
    pub fn line(&self, line: usize) -> String {
        self.slice(self.line_start(line)..self.line_end(line))
    }

    /// The lines from one on, with their line ends.
    pub fn lines_from(&self, line: usize) -> impl Iterator<Item = Cow<'_, str>> {
        self.0.get_lines_at(line).into_iter().flatten().map(Cow::from)
    }

    /// The line, from 1, and the character in it, from 1: as problems name places.
    pub fn position(&self, at: usize) -> (usize, usize) {
        let line = self.line_of(at);
        let chars = self.char_at(at).saturating_sub(self.char_at(self.line_start(line)));
        (line + 1, chars + 1)
    }

    /// A part of the text; nothing where the range is not one of whole characters.
    pub fn slice(&self, range: Range<usize>) -> String {
        self.0.get_byte_slice(range).map(|slice| slice.to_string()).unwrap_or_default()
    }

    /// The text in pieces, in order.
    pub fn pieces(&self) -> impl Iterator<Item = &str> {
        self.0.chunks()
    }

    /// Puts other text in the place of a part. False, and nothing done, where the range is not one of whole
    /// characters.
    pub fn replace(&mut self, range: Range<usize>, with: &str) -> bool {
        if self.0.get_byte_slice(range.clone()).is_none() {
            return false;
        }
        let chars = self.char_at(range.start)..self.char_at(range.end);
        let start = chars.start;
        self.0.try_remove(chars).is_ok() && self.0.try_insert(start, with).is_ok()
    }

    /// The line end that the text uses: its first one.
    pub fn line_break(&self) -> &'static str {
        let first = self.line_end(0)..self.line_start(1);
        match self.slice(first).as_str() {
            "\r\n" => "\r\n",
            "\r" => "\r",
            _ => "\n",
        }
    }

    /// What stands in the line around a place: its text, and where that begins. Of a very long line a part.
    pub(super) fn around(&self, at: usize) -> (String, usize) {
        let line = self.line_of(at);
        let whole_char = |at: usize| {
            let char = self.char_at(at);
            self.0.try_char_to_byte(char).unwrap_or(at)
        };
        let start = self.line_start(line).max(whole_char(at.saturating_sub(WINDOW)));
        let end = self.line_end(line).min(whole_char(at.saturating_add(WINDOW).min(self.len()))).max(start);
        (self.slice(start..end), start)
    }

    /// The number of characters before a place.
    fn char_at(&self, at: usize) -> usize {
        self.0.try_byte_to_char(at).unwrap_or(self.0.len_chars())
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.pieces().try_for_each(|piece| f.write_str(piece))
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Text({} octets)", self.len())
    }
}
