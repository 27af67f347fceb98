//! Entries: the lines of a zone file put together where parentheses say so (RFC 1035 section 5.1).
//!
//! Lexical faults are found here. An entry that has some is of no further use, but the entries after it are: a
//! parenthesis that is never closed costs its own line, not the rest of the file.

use std::ops::Range;

use super::dialect;
use super::lexer::{Kind, Lexer};
use crate::zone::lanes::{self, Lanes};

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
    /// Is it one line of nothing but words and strings, without escapes, and nothing wrong with it? Where it is not
    /// said, it may be so all the same.
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

/// The octets of a text that [`stops_word`](super::lexer::stops_word) may mean, one after the other: control characters are among them.
#[derive(Debug)]
struct Stops<'a> {
    text: &'a [u8],
    /// The octets that are looked at begin here, and those ahead of the last stop have their bit set where they stop.
    block: usize,
    ahead: u64,
}

impl Stops<'_> {
    /// Goes on from another offset.
    fn seek(&mut self, at: usize) {
        self.block = at;
        self.look();
    }

    /// Where the next one stands. What is behind the end of the text stops too.
    #[inline]
    fn next(&mut self) -> usize {
        while self.ahead == 0 {
            self.block += lanes::COUNT;
            self.look();
        }
        let at = self.block + self.ahead.trailing_zeros() as usize;
        self.ahead &= self.ahead - 1;
        at
    }

    #[inline]
    fn look(&mut self) {
        let rest = self.text.get(self.block..).unwrap_or_default();
        let mut end = [0; lanes::COUNT];
        let block = rest.first_chunk().unwrap_or_else(|| {
            end.iter_mut().zip(rest).for_each(|(to, octet)| *to = *octet);
            &end
        });
        let octets = Lanes(block);
        let stops = octets.are_within(0, b' ') | octets.are(b'"') | octets.are_within(b'(', b')');
        self.ahead = (stops | octets.are(b';') | octets.are(b'\\')).bits();
    }
}

/// Walks over the entries of a text.
#[derive(Debug)]
pub struct Entries<'a> {
    text: &'a [u8],
    lexer: Lexer<'a>,
    stops: Stops<'a>,
    /// The entry that [`Entries::stops`] are ahead of.
    ahead_of: usize,
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
        let stops = Stops { text, block: 0, ahead: 0 };
        // They are looked for from the first line that needs them.
        let ahead_of = usize::MAX;
        Entries { text, lexer: Lexer::new(text, at), stops, ahead_of, has_odd, all, unclosed: Vec::new() }
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

    /// Reads a line that has nothing but words and quoted strings, without escapes, as nearly all of them have; false
    /// where the next one has more, or less.
    #[inline]
    fn plain_line(&mut self, entry: &mut Entry) -> bool {
        if self.has_odd {
            return false;
        }
        let start = self.at();
        if self.ahead_of != start {
            self.stops.seek(start);
        }
        // Where the word begins that is being read.
        let mut word = start;
        let mut indented = false;
        loop {
            let at = self.stops.next();
            let Some(octet) = self.text.get(at) else { break };
            if at > word {
                if entry.pieces.len() == MAX_PIECES {
                    break;
                }
                entry.pieces.push(Piece { start: word, end: at, quoted: false });
            }
            word = at + 1;
            match octet {
                b' ' | b'\t' => indented |= at == start,
                b'\n' if !entry.pieces.is_empty() => {
                    (entry.plain, entry.indented) = (true, indented);
                    self.ahead_of = word;
                    self.lexer.seek(word);
                    return true;
                }
                b'"' if entry.pieces.last().is_none_or(|last| last.outer().end < at) => {
                    let Some(end) = self.end_of_string().filter(|_| entry.pieces.len() < MAX_PIECES) else {
                        break;
                    };
                    entry.pieces.push(Piece { start: word, end, quoted: true });
                    word = end + 1;
                }
                _ => break,
            }
        }
        entry.pieces.clear();
        self.ahead_of = usize::MAX;
        false
    }

    /// Where the quote stands that closes a string, which has no escapes and ends before a blank or a line end.
    fn end_of_string(&mut self) -> Option<usize> {
        loop {
            let at = self.stops.next();
            match self.text.get(at)? {
                b'"' => {
                    let parts = |next: &&u8| matches!(next, b' ' | b'\t' | b'\n');
                    return self.text.get(at + 1).filter(parts).map(|_| at);
                }
                b'\\' | b'\n' | b'\r' => return None,
                _ => {}
            }
        }
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
    use super::super::lexer::stops_word;
    use super::*;
    use proptest::prelude::*;

    /// All entries, by the short way or without it.
    fn entries(text: &[u8], short: bool) -> Vec<String> {
        let mut entries = Entries::new(text, 0, false, !short);
        let (mut entry, mut all) = (Entry::default(), Vec::new());
        while entries.next(&mut entry) {
            let Entry { lines, indented, pieces, faults, warnings, .. } = &entry;
            all.push(format!("{lines:?} {indented} {pieces:?} {faults:?} {warnings:?}"));
        }
        all
    }

    proptest! {
        #[test]
        fn the_short_way_leads_to_the_same_entries(text in prop::collection::vec(
            prop::sample::select(b"aaaaaaaaaaaaaaaaa   \t\n\n\r\"\"();\\!-*:".to_vec()),
            0..300,
        )) {
            prop_assert_eq!(entries(&text, true), entries(&text, false));
        }

        #[test]
        fn all_that_stops_a_word_is_found(text in prop::collection::vec(any::<u8>(), 0..300), from in 0..300usize) {
            let from = from.min(text.len());
            let mut stops = Stops { text: &text, block: 0, ahead: 0 };
            stops.seek(from);
            let mut at = from;
            while at < text.len() {
                let next = stops.next();
                prop_assert!(!text[at..next.min(text.len())].iter().any(|octet| stops_word(*octet)));
                prop_assert!(next >= text.len() || stops_word(text[next]) || text[next] < b' ');
                at = next + 1;
            }
        }
    }
}
