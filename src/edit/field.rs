//! One line of text with the keys people know from the shell.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::buffer::{Buffer, Motion};
use crate::key::{Code, Key};

/// Most octets a field takes by typing and pasting: twice what the longest RDATA (65,535 octets) takes when each
/// octet is written as `\DDD`.
pub const MAX_LENGTH: usize = 512 * 1024;

/// One line of text being edited.
#[derive(Debug, Clone, Default)]
pub struct Field(Buffer);

/// The part of a field that fits the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// Not wider than was asked for.
    pub text: String,
    /// Columns from the start of `text` to the cursor; less than the width asked for.
    pub cursor: u16,
    /// Is there text to the left of it, or to the right?
    pub more_left: bool,
    pub more_right: bool,
}

impl Field {
    /// The cursor stands after the text. Line breaks become blanks, here as in [`Field::paste`].
    pub fn new(text: &str) -> Field {
        Field(Buffer::new(&one_line(text)))
    }

    pub fn text(&self) -> String {
        self.0.text()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes a key; false if it means nothing to a field.
    pub fn on_key(&mut self, key: Key) -> bool {
        use Motion::{Left, LineEnd, LineStart, Right, WordLeft, WordRight};
        if key.alt {
            return false;
        }
        match (key.code, key.ctrl) {
            (Code::Char(character), false) => {
                self.paste(character.encode_utf8(&mut [0; 4]));
            }
            (Code::Left, false) => self.0.go(Left),
            (Code::Right, false) => self.0.go(Right),
            (Code::Left, true) => self.0.go(WordLeft),
            (Code::Right, true) => self.0.go(WordRight),
            (Code::Home, _) | (Code::Char('a'), true) => self.0.go(LineStart),
            (Code::End, _) | (Code::Char('e'), true) => self.0.go(LineEnd),
            (Code::Backspace, false) | (Code::Char('h'), true) => self.0.delete(Left),
            (Code::Delete, false) => self.0.delete(Right),
            (Code::Char('w'), true) | (Code::Backspace, true) => self.0.delete(WordLeft),
            (Code::Char('u'), true) => self.0.delete(LineStart),
            (Code::Char('k'), true) => self.0.delete(LineEnd),
            _ => return false,
        }
        true
    }

    /// Puts text at the cursor; line breaks and tabs become blanks. False, and nothing done, if the field would
    /// get too long.
    pub fn paste(&mut self, text: &str) -> bool {
        let fits = self.0.len().saturating_add(text.len()) <= MAX_LENGTH;
        if fits {
            self.0.insert(&one_line(text));
        }
        fits
    }

    /// Columns before the cursor.
    pub fn cursor_column(&self) -> usize {
        let text = self.text();
        text.get(..self.0.cursor()).unwrap_or(&text).width()
    }

    /// The part around the cursor that fits `width` columns. `show` turns each piece of text into what may go to
    /// the terminal. A long text moves by half the width, so that the cursor keeps sight of what is before it.
    pub fn view(&self, width: u16, show: impl Fn(&str) -> Cow<'_, str>) -> View {
        let text = self.text();
        let width = usize::from(width);
        let mut pieces = Vec::new();
        let (mut end, mut cursor) = (0, 0);
        for (at, grapheme) in text.grapheme_indices(true) {
            if at == self.0.cursor() {
                cursor = end;
            }
            let piece = show(grapheme);
            let start = end;
            end += piece.width();
            pieces.push((start, end, piece));
        }
        if self.0.cursor() >= text.len() {
            cursor = end;
        }
        let half = (width / 2).max(1);
        let left = match cursor.checked_sub(width) {
            Some(beyond) => (beyond / half + 1) * half,
            None => 0,
        };
        let right = left + width;
        let mut visible = String::new();
        let mut column = left;
        for (start, end, piece) in pieces.iter().filter(|(start, end, _)| *start >= left && *end <= right) {
            // A wide character cut by the left edge leaves a gap.
            visible.extend(std::iter::repeat_n(' ', start.saturating_sub(column)));
            visible.push_str(piece);
            column = *end;
        }
        View {
            text: visible,
            // Less than a u16, since it is inside the width.
            cursor: cursor.saturating_sub(left) as u16,
            more_left: left > 0,
            more_right: end > right,
        }
    }
}

fn one_line(text: &str) -> String {
    text.replace("\r\n", " ")
        .replace(|character: char| matches!(character, '\t'..='\r' | '\u{85}' | '\u{2028}' | '\u{2029}'), " ")
}
