//! Edits within the lines of one record: its owner, its TTL, single words of its data. Columns, comments and
//! parentheses stay where they are, as far as there is room.
//!
//! Every function here changes text from its end towards its start or says so: places before an edit stay right.

use std::ops::Range;
use std::sync::Arc;

use super::super::layout::Layout;
use super::super::lexer::{Kind, Lexer};
use super::super::reader::{Owner, State};
use super::survey::{has_unit, read_lines};
use crate::zone::types;
use crate::zone::{Name, RecordType, ttl};

/// Puts a word in the place of another. What follows in columns keeps its place while there are blanks to give.
pub fn replace_word(text: &mut String, word: Range<usize>, with: &str) {
    let after = text.get(word.end..).unwrap_or_default();
    let blanks = after.len() - after.trim_start_matches(' ').len();
    let next = after.as_bytes().get(blanks);
    let in_columns = match next {
        None | Some(b'\n' | b'\r') => false,
        Some(b';') => blanks > 0,
        Some(_) => blanks > 1,
    };
    let old = text.get(word.clone()).map_or(0, |word| word.chars().count());
    let room = if in_columns { (blanks + old).saturating_sub(with.chars().count()).max(1) } else { blanks };
    let range = word.start..word.end + blanks;
    // What does not fit is left as it is: the reading of the whole text tells, and coarser edits follow.
    if text.get(range.clone()).is_some() {
        text.replace_range(range, &format!("{with}{:room$}", ""));
    }
}

/// Writes the TTL of a record that has none: before its class and type, in the blanks there if they suffice.
pub fn insert_ttl(text: &mut String, at: usize, written: &str) {
    let before = text.get(..at).unwrap_or_default();
    let blanks = before.len() - before.trim_end_matches(' ').len();
    if blanks >= written.len() + 2 {
        text.replace_range(at - written.len() - 1..at, &format!("{written} "));
    } else {
        let separator = if before.ends_with('\t') { '\t' } else { ' ' };
        text.insert_str(at, &format!("{written}{separator}"));
    }
}

/// Every line as a comment.
pub fn as_comment(lines: &str) -> String {
    const MARK: &str = "; ";
    let mut text = String::with_capacity(lines.len() + MARK.len());
    let mut at_start = true;
    let mut characters = lines.chars().peekable();
    while let Some(character) = characters.next() {
        if std::mem::take(&mut at_start) {
            text.push_str(MARK);
        }
        text.push(character);
        at_start = character == '\n' || character == '\r' && characters.peek() != Some(&'\n');
    }
    text
}

/// Writes the owner of a record that has none.
pub fn insert_owner(text: &mut String, owner: &str) {
    let indent = text.len() - text.trim_start_matches([' ', '\t']).len();
    let blanks = text.get(..indent).unwrap_or_default();
    let length = owner.chars().count();
    let new = match blanks {
        tabs if tabs.contains('\t') => format!("{owner}{tabs}"),
        spaces if spaces.len() > length => format!("{owner}{:1$}", "", spaces.len() - length),
        _ => format!("{owner} "),
    };
    text.replace_range(..indent, &new);
}

/// A TTL as this file writes TTLs.
pub fn written_ttl(seconds: u32, units: bool) -> String {
    if units { ttl::short(seconds) } else { seconds.to_string() }
}

/// Puts other data in the place of a record's: only words that mean something else are replaced.
pub fn replace_rdata(
    text: &mut String,
    layout: &Layout,
    owner: &Name,
    rtype: RecordType,
    old: &[u8],
    new: &[u8],
) {
    let words = match text.get(layout.rdata.clone()) {
        Some(inside) => words(inside).into_iter().map(|word| shifted(&word, layout.rdata.start)).collect(),
        None => Vec::new(),
    };
    let data = Data::new(text, words, layout, rtype, old, new);
    for edits in [data.by_field(), data.by_ends(), Some(data.all())].into_iter().flatten() {
        let mut edited = text.clone();
        for edit in edits.into_iter().rev() {
            edit.make(&mut edited);
        }
        let mut state = State::new(layout.origin.clone());
        state.owner = Owner::Name(owner.clone().into());
        if matches!(read_lines(&edited, state).as_slice(), [only] if *only.rdata == *new) {
            *text = edited;
            return;
        }
    }
    // Nothing fits: the reading of the whole text tells, and coarser edits follow.
}

/// The text without the blanks at its end; one that a backslash protects is part of a word.
fn without_blanks(text: &str) -> &str {
    let kept = text.trim_end_matches([' ', '\t']);
    let backslashes = kept.len() - kept.trim_end_matches('\\').len();
    text.get(..kept.len() + backslashes % 2).unwrap_or(kept)
}

fn shifted(range: &Range<usize>, by: usize) -> Range<usize> {
    range.start + by..range.end + by
}

/// The words of some text: what stands without a blank between belongs together, as in `alpn="h2"`.
fn words(text: &str) -> Vec<Range<usize>> {
    let mut words: Vec<Range<usize>> = Vec::new();
    for token in Lexer::new(text.as_bytes(), 0) {
        if !matches!(token.kind, Kind::Word | Kind::Quoted) {
            continue;
        }
        match words.last_mut() {
            Some(last) if last.end == token.start => last.end = token.end,
            _ => words.push(token.start..token.end),
        }
    }
    words
}

fn split(text: &str) -> Vec<String> {
    words(text).into_iter().filter_map(|word| text.get(word)).map(str::to_owned).collect()
}

/// One edit of a record's data.
enum Edit {
    Replace(Range<usize>, String),
    Remove(Range<usize>),
    /// After this place.
    Add(usize, String),
}

impl Edit {
    fn make(self, text: &mut String) {
        match self {
            Edit::Replace(word, with) => replace_word(text, word, &with),
            Edit::Add(at, word) => text.insert_str(at, &format!(" {word}")),
            Edit::Remove(word) => {
                let before = text.get(..word.start).unwrap_or_default();
                let kept = without_blanks(before);
                let after = text.get(word.end..).unwrap_or_default();
                // Blanks at the start of a line stay: without them it would look like a new record.
                let range = match kept.is_empty() || kept.ends_with(['\n', '\r']) {
                    true => word.start..word.end + after.len() - after.trim_start_matches(' ').len(),
                    false => kept.len()..word.end,
                };
                text.replace_range(range, "");
            }
        }
    }
}

/// The data of a record as words: as they stand, as we would write the old ones, and as we would write the new ones.
struct Data<'t> {
    text: &'t str,
    words: Vec<Range<usize>>,
    /// Where data without any words would begin.
    start: usize,
    origin: Option<Arc<Name>>,
    old: Vec<String>,
    new: Vec<String>,
    /// The same with absolute names.
    old_absolute: Vec<String>,
    new_absolute: Vec<String>,
}

impl<'t> Data<'t> {
    fn new(
        text: &'t str,
        words: Vec<Range<usize>>,
        layout: &Layout,
        rtype: RecordType,
        old: &[u8],
        new: &[u8],
    ) -> Data<'t> {
        let origin = layout.origin.as_ref().map(|origin| origin.as_ref().as_ref());
        let written = |rdata, origin| split(&types::format_rdata(rtype, rdata, origin));
        Data {
            text,
            words,
            start: layout.rtype.end,
            origin: layout.origin.clone(),
            old: written(old, origin),
            new: written(new, origin),
            old_absolute: written(old, None),
            new_absolute: written(new, None),
        }
    }

    fn word(&self, index: usize) -> &str {
        self.words.get(index).and_then(|word| self.text.get(word.clone())).unwrap_or_default()
    }

    /// Each word against the one that would stand there: where there are as many words as we would write.
    fn by_field(&self) -> Option<Vec<Edit>> {
        let count = self.words.len();
        if [&self.old, &self.new, &self.old_absolute, &self.new_absolute].iter().any(|own| own.len() != count)
        {
            return None;
        }
        let mut edits = Vec::new();
        for (index, ((old, new), word)) in self.old.iter().zip(&self.new).zip(&self.words).enumerate() {
            if old != new {
                edits.push(Edit::Replace(word.clone(), self.in_style_of(self.word(index), index, index)));
            }
        }
        Some(edits)
    }

    /// A new word in the style of the one that it replaces: absolute names, times with units.
    fn in_style_of(&self, word: &str, old: usize, new: usize) -> String {
        let get = |words: &[String], index: usize| words.get(index).cloned().unwrap_or_default();
        let written = get(&self.new, new);
        // It could have been written relative, and was not.
        let is_long = word.ends_with('.')
            && Name::parse(word.as_bytes(), None)
                .is_ok_and(|name| self.origin.as_ref().is_some_and(|origin| name.is_at_or_below(origin)));
        if is_long {
            return get(&self.new_absolute, new);
        }
        match (ttl::parse(word.as_bytes()), written.parse()) {
            (Some(seconds), Ok(new))
                if has_unit(word.as_bytes()) && get(&self.old, old) == seconds.to_string() =>
            {
                ttl::short(new)
            }
            _ => written,
        }
    }

    /// What is the same at both ends stays, and the words between are replaced.
    fn by_ends(&self) -> Option<Vec<Edit>> {
        let (old, new) = (self.words.len(), self.new.len());
        let is_same = |at: usize, other: usize| self.new.get(other).is_some_and(|new| self.word(at) == new);
        let most = old.min(new);
        let front = (0..most).take_while(|at| is_same(*at, *at)).count();
        let back = (0..most - front).take_while(|at| is_same(old - 1 - at, new - 1 - at)).count();
        Some(self.between(front, back))
    }

    fn all(&self) -> Vec<Edit> {
        self.between(0, 0)
    }

    /// The edits between so many words at the front and so many at the back that stay.
    fn between(&self, front: usize, back: usize) -> Vec<Edit> {
        let old = self.words.get(front..self.words.len().saturating_sub(back)).unwrap_or_default();
        let new = self.new.get(front..self.new.len().saturating_sub(back)).unwrap_or_default();
        let mut edits: Vec<Edit> =
            old.iter().zip(new).map(|(word, new)| Edit::Replace(word.clone(), new.clone())).collect();
        edits.extend(old.iter().skip(new.len()).map(|word| Edit::Remove(word.clone())));
        let added = new.get(old.len()..).unwrap_or_default();
        if !added.is_empty() {
            let before = self.words.get(..front + old.len()).and_then(<[_]>::last);
            edits.push(Edit::Add(before.map_or(self.start, |word| word.end), added.join(" ")));
        }
        edits
    }
}
