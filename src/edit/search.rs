//! Finding and replacing in a buffer: within lines, whatever the case of letters.

use std::ops::Range;

use super::buffer::Buffer;
use super::history::Kind;
use super::text::Text;

/// What is looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Needle(Vec<char>);

impl Needle {
    pub fn new(text: &str) -> Needle {
        Needle(text.chars().flat_map(char::to_lowercase).collect())
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Where it stands in a text, from an offset on.
    pub fn find(&self, text: &str, from: usize) -> Option<Range<usize>> {
        let rest = text.get(from..)?;
        rest.char_indices().find_map(|(at, _)| {
            let length = self.length_at(rest.get(at..)?)?;
            Some(from + at..from + at + length)
        })
    }

    /// The last place in a text that ends before an offset.
    fn find_last(&self, text: &str, before: usize) -> Option<Range<usize>> {
        let head = text.get(..before)?;
        head.char_indices().rev().find_map(|(at, _)| {
            let length = self.length_at(head.get(at..)?)?;
            Some(at..at + length)
        })
    }

    /// The octets at the start of a text that are the same but for case.
    fn length_at(&self, text: &str) -> Option<usize> {
        let mut wanted = self.0.iter().copied().peekable();
        let mut length = 0;
        for character in text.chars() {
            if wanted.peek().is_none() {
                break;
            }
            for lower in character.to_lowercase() {
                if wanted.next() != Some(lower) {
                    return None;
                }
            }
            length += character.len_utf8();
        }
        (length > 0 && wanted.peek().is_none()).then_some(length)
    }
}

/// The next place, from an offset on, then from the start of the text again.
pub fn next(text: &Text, needle: &Needle, from: usize) -> Option<Range<usize>> {
    let first = text.line_of(from);
    let in_line = |line: usize, from: usize| {
        let start = text.line_start(line);
        let found = needle.find(&text.line(line), from)?;
        Some(start + found.start..start + found.end)
    };
    in_line(first, from - text.line_start(first))
        .or_else(|| (first + 1..text.line_count()).find_map(|line| in_line(line, 0)))
        .or_else(|| (0..=first).find_map(|line| in_line(line, 0)))
}

/// The place before an offset, then from the end of the text again.
pub fn previous(text: &Text, needle: &Needle, before: usize) -> Option<Range<usize>> {
    let last = text.line_of(before);
    let in_line = |line: usize, before: Option<usize>| {
        let start = text.line_start(line);
        let content = text.line(line);
        let found = needle.find_last(&content, before.unwrap_or(content.len()).min(content.len()))?;
        Some(start + found.start..start + found.end)
    };
    in_line(last, Some(before - text.line_start(last)))
        .or_else(|| (0..last).rev().find_map(|line| in_line(line, None)))
        .or_else(|| (last..text.line_count()).rev().find_map(|line| in_line(line, None)))
}

/// Every place, none over another.
pub fn all<'a>(text: &'a Text, needle: &'a Needle) -> impl Iterator<Item = Range<usize>> + 'a {
    (0..text.line_count()).flat_map(move |line| {
        let (start, content) = (text.line_start(line), text.line(line));
        let mut from = 0;
        std::iter::from_fn(move || {
            let found = needle.find(&content, from)?;
            from = found.end;
            Some(start + found.start..start + found.end)
        })
    })
}

impl Buffer {
    /// Selects the next place; false where there is none.
    pub fn find_next(&mut self, needle: &Needle) -> bool {
        let from = self.cursor();
        self.select_found(next(self.content(), needle, from))
    }

    /// Selects the next place from an offset on.
    pub fn find_from(&mut self, needle: &Needle, from: usize) -> bool {
        let from = from.min(self.len());
        self.select_found(next(self.content(), needle, from))
    }

    /// Selects the place before.
    pub fn find_previous(&mut self, needle: &Needle) -> bool {
        let before = self.selection().map_or(self.cursor(), |selected| selected.start);
        self.select_found(previous(self.content(), needle, before))
    }

    fn select_found(&mut self, found: Option<Range<usize>>) -> bool {
        if let Some(found) = found.clone() {
            self.select(found);
        }
        found.is_some()
    }

    /// Puts another text in every place. Returns how many there were.
    pub fn replace_all(&mut self, needle: &Needle, with: &str) -> usize {
        let places: Vec<_> = all(self.content(), needle).collect();
        self.together(|buffer| {
            // From the end, so that places found before stay where they are.
            for place in places.iter().rev() {
                buffer.replace(place.clone(), with, Kind::Single);
            }
        });
        places.len()
    }
}
