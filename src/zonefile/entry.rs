//! Entries: the lines of a zone file put together where parentheses say so (RFC 1035 section 5.1).
//!
//! Lexical faults are found here. An entry that has some is of no further use, but the entries after it are: a
//! parenthesis that is never closed costs its own line, not the rest of the file.

use std::ops::Range;

use super::dialect;
use super::lexer::{Kind, Lexer, stops_word};

/// A word, or a quoted string without its quotes; escapes still in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece {
    pub start: usize,
    pub end: usize,
    pub quoted: bool,
}

impl Piece {
    pub fn span(self) -> Range<usize> {
        self.start..self.end
    }

    /// With its quotes.
    pub fn outer(self) -> Range<usize> {
        let quote = usize::from(self.quoted);
        self.start - quote..self.end + quote
    }

    pub fn text(self, text: &[u8]) -> &[u8] {
        text.get(self.span()).unwrap_or_default()
    }
}

/// One entry: a record, a directive, or a line with neither.
#[derive(Debug, Default)]
pub struct Entry {
    /// Whole lines, the last one's end included.
    pub lines: Range<usize>,
    /// Does it begin with a blank, so that it takes the owner of the entry before?
    pub indented: bool,
    /// Is one of its parentheses never closed? Then the lines after it may be meant as parts of it.
    pub unclosed: bool,
    /// Has it parentheses?
    pub parentheses: bool,
    /// Has it a comment?
    pub comment: bool,
    pub pieces: Vec<Piece>,
    /// Is it one line of nothing but words? Where it is not said, it may be so all the same.
    pub plain: bool,
    /// What is wrong, and where. With faults, the pieces are not to be relied on.
    pub faults: Vec<(Range<usize>, String)>,
    /// What only some readers take, and where.
    pub warnings: Vec<(Range<usize>, &'static str)>,
    /// The first octet that is a control character or outside ASCII.
    pub raw: Option<Range<usize>>,
}

impl Entry {
    /// Has it neither words nor faults?
    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty() && self.faults.is_empty()
    }
}

/// More words than the longest RDATA can need.
const MAX_PIECES: usize = 70_000;
/// Deeper parentheses than this are a mistake.
const MAX_DEPTH: usize = 64;

/// How many octets there are before the first one that [`stops_word`], or may do so. Eight are looked at in one go: an octet
/// becomes zero where it is the one looked for, and the lowest zero octet is where a subtraction first borrows.
#[inline]
fn inside_word(octets: [u8; 8]) -> usize {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    const HIGH: u64 = ONES << 7;
    let below = |octets: u64, bound: u8| octets.wrapping_sub(ONES * u64::from(bound)) & !octets & HIGH;
    let is =
        |octet: u8, others: u64| below((u64::from_le_bytes(octets) ^ (ONES * u64::from(octet))) & !others, 1);
    // Blanks, line ends and quotes; both parentheses, which differ in one bit; comments; escapes.
    let stops = below(u64::from_le_bytes(octets), b'"' + 1) | is(b'(', ONES) | is(b';', 0) | is(b'\\', 0);
    (stops.trailing_zeros() / u8::BITS) as usize
}

/// Walks over the entries of a text.
#[derive(Debug)]
pub struct Entries<'a> {
    text: &'a [u8],
    lexer: Lexer<'a>,
    /// Looking for odd octets word by word is only needed where there are some.
    has_odd: bool,
    /// Are lines without words handed over too?
    all: bool,
    /// Opening parentheses that are known to be without their closing ones, from having read to the end.
    pub unclosed: Vec<usize>,
}

impl<'a> Entries<'a> {
    /// Starts at offset `at`, the start of a line. Lines without words are entries only where `all` are asked for.
    /// `has_odd`: see [`has_odd_octets`].
    pub fn new(text: &'a [u8], at: usize, all: bool, has_odd: bool) -> Entries<'a> {
        Entries { text, lexer: Lexer::new(text, at), has_odd, all, unclosed: Vec::new() }
    }

    /// Where the next entry begins.
    pub fn at(&self) -> usize {
        self.lexer.at()
    }

    /// Reads the next entry into `entry`; false at the end of the text.
    pub fn next(&mut self, entry: &mut Entry) -> bool {
        entry.indented = false;
        entry.unclosed = false;
        entry.parentheses = false;
        entry.comment = false;
        entry.plain = false;
        entry.pieces.clear();
        entry.faults.clear();
        entry.warnings.clear();
        entry.raw = None;
        entry.lines = self.at()..self.at();
        let found = self.read(entry);
        entry.lines.end = self.at();
        found
    }

    /// Reads a line that has nothing but words, as nearly all of them have; false where the next one has more, or less.
    #[inline]
    fn plain_line(&mut self, entry: &mut Entry) -> bool {
        let start = self.at();
        let line = self.text.get(start..).filter(|_| !self.has_odd).unwrap_or_default();
        let (mut at, mut word) = (0, 0);
        loop {
            while let Some(octets) = line.get(at..).and_then(|rest| rest.first_chunk()) {
                let inside = inside_word(*octets);
                at += inside;
                if inside < octets.len() {
                    break;
                }
            }
            let Some(octet) = line.get(at) else { break };
            if !stops_word(*octet) {
                at += 1;
                continue;
            }
            if at > word {
                if entry.pieces.len() == MAX_PIECES {
                    break;
                }
                entry.pieces.push(Piece { start: start + word, end: start + at, quoted: false });
            }
            match octet {
                b' ' | b'\t' => entry.indented |= at == 0,
                b'\n' if !entry.pieces.is_empty() => {
                    entry.plain = true;
                    self.lexer.seek(start + at + 1);
                    return true;
                }
                _ => break,
            }
            at += 1;
            word = at;
        }
        entry.indented = false;
        entry.pieces.clear();
        false
    }

    fn read(&mut self, entry: &mut Entry) -> bool {
        if self.plain_line(entry) {
            return true;
        }
        // The open parentheses, and where the line after the outermost one begins.
        let mut open: Vec<usize> = Vec::new();
        let mut resume: Option<usize> = None;
        loop {
            let Some(token) = self.lexer.next() else {
                let Some(outermost) = open.first().copied() else {
                    self.lexer.seek(self.text.len());
                    return !entry.is_empty()
                        || entry.parentheses
                        || self.all && entry.lines.start < self.text.len();
                };
                let resume = resume.unwrap_or(self.text.len());
                // What stands on the lines after this one is found again there.
                entry.faults.retain(|(span, _)| span.start < resume);
                entry.faults.push((outermost..outermost + 1, NEVER_CLOSED.into()));
                entry.unclosed = true;
                self.unclosed = open;
                self.lexer.seek(resume);
                return true;
            };
            match token.kind {
                Kind::Comment => {
                    entry.comment = true;
                    if self.text.get(token.end - 1) == Some(&b'\\') {
                        entry.warnings.push((token.end - 1..token.end, dialect::COMMENT_BACKSLASH));
                    }
                }
                Kind::Indent => entry.indented |= open.is_empty() && entry.pieces.is_empty(),
                Kind::LineEnd if open.is_empty() => {
                    // Of parentheses around nothing is something to be said.
                    if self.all || !entry.is_empty() || entry.parentheses {
                        return true;
                    }
                    entry.indented = false;
                    entry.lines.start = token.end;
                }
                Kind::LineEnd => resume = resume.or(Some(token.end)),
                Kind::Open if self.unclosed.contains(&token.start) => {
                    entry.faults.push((token.start..token.end, NEVER_CLOSED.into()));
                    entry.unclosed = true;
                }
                Kind::Open if open.len() == MAX_DEPTH => {
                    let message = format!("Parentheses stand more than {MAX_DEPTH} deep in each other.");
                    entry.faults.push((token.start..token.end, message));
                    if let Some(resume) = resume {
                        entry.faults.retain(|(span, _)| span.start < resume || span.start == token.start);
                        self.lexer.seek(resume);
                        return true;
                    }
                    open.clear();
                }
                Kind::Open => {
                    entry.parentheses = true;
                    if entry.pieces.is_empty() && open.is_empty() {
                        let message =
                            if entry.indented { dialect::AFTER_BLANK } else { dialect::BEFORE_OWNER };
                        entry.warnings.push((token.start..token.end, message));
                    }
                    if !open.is_empty() {
                        entry.warnings.push((token.start..token.end, dialect::NESTED));
                    }
                    open.push(token.start);
                }
                Kind::Close => {
                    if open.pop().is_none() {
                        let message = "This parenthesis closes nothing: there is no opening one before it.";
                        entry.faults.push((token.start..token.end, message.into()));
                    }
                    if open.is_empty() {
                        resume = None;
                    }
                }
                Kind::Unclosed => {
                    entry.faults.push((token.start..token.start + 1, QUOTE_NOT_CLOSED.into()));
                }
                Kind::Word => self.add(entry, Piece { start: token.start, end: token.end, quoted: false }),
                Kind::Quoted => {
                    self.add(entry, Piece { start: token.start + 1, end: token.end - 1, quoted: true });
                }
            }
        }
    }

    #[inline]
    fn add(&self, entry: &mut Entry, piece: Piece) {
        if self.has_odd {
            self.look_for_odd_octets(entry, piece);
        }
        let touches = |last: &Piece| last.outer().end == piece.outer().start;
        if entry.pieces.last().is_some_and(touches) && !self.follows_equals(piece) {
            entry.warnings.push((piece.outer(), dialect::TOUCHING));
        }
        match entry.pieces.len() {
            ..MAX_PIECES => entry.pieces.push(piece),
            MAX_PIECES => {
                let message =
                    "This entry has more words than any record; is a parenthesis left open before it?";
                entry.faults.push((piece.span(), message.into()));
                // One more, so that this is said once.
                entry.pieces.push(piece);
            }
            _ => {}
        }
    }
}

impl Entries<'_> {
    /// Is it the value of a parameter, as in `alpn="h2"`?
    fn follows_equals(&self, piece: Piece) -> bool {
        let before = piece.outer().start.checked_sub(1).and_then(|before| self.text.get(before));
        piece.quoted && before == Some(&b'=')
    }

    fn look_for_odd_octets(&self, entry: &mut Entry, piece: Piece) {
        let text = piece.text(self.text);
        if let Some(at) = memchr::memchr(0, text) {
            let at = piece.start + at;
            let message = "There is a NUL octet here; in a zone file it is written \\000.";
            entry.faults.push((at..at + 1, message.into()));
        } else if let Some(at) = text.iter().position(|octet| is_odd(*octet)) {
            let at = piece.start + at;
            entry.raw.get_or_insert(at..at + 1);
        }
    }
}

/// Has the text control characters, or characters outside ASCII? Only then they are looked for word by word.
pub fn has_odd_octets(text: &[u8]) -> bool {
    // In pieces without a way out in between: several octets are looked at at once then.
    text.chunks(4096).any(|piece| piece.iter().fold(false, |odd, octet| odd | is_odd(*octet)))
}

/// Control characters and everything outside ASCII; not those that end lines or part words.
fn is_odd(octet: u8) -> bool {
    !matches!(octet, b' '..=b'~' | b'\t' | b'\n' | b'\r')
}

pub const QUOTE_NOT_CLOSED: &str = "The quote that opens here is not closed on its line.";
pub const NEVER_CLOSED: &str = "The parenthesis that opens here is never closed.";

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_inside_a_word_does_not_end_it(octets in prop::array::uniform8(prop_oneof![
            prop::sample::select(b" \t\n\r\"();\\!#'*:<[]/".to_vec()),
            0u8..0x80,
        ])) {
            let inside = inside_word(octets);
            let ends = octets.iter().position(|octet| stops_word(*octet)).unwrap_or(octets.len());
            prop_assert!(inside <= ends);
            // What it takes for an end too much is looked at again: control characters and `!`.
            let doubtful = |octet: &u8| stops_word(*octet) || *octet <= b'!';
            prop_assert!(octets.get(inside).is_none_or(doubtful));
        }
    }
}
