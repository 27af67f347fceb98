//! Entries: the lines of a zone file put together where parentheses say so (RFC 1035 section 5.1).
//!
//! Lexical faults are found here. An entry that has some is of no further use, but the entries after it are: a
//! parenthesis that is never closed costs its own line, not the rest of the file.

use std::ops::Range;

use super::lexer::{Kind, Lexer};

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
    /// What is wrong, and where. With faults, the pieces are not to be relied on.
    pub faults: Vec<(Range<usize>, String)>,
    /// What only some readers take, and where.
    pub warnings: Vec<(Range<usize>, &'static str)>,
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

/// Walks over the entries of a text.
#[derive(Debug)]
pub struct Entries<'a> {
    text: &'a [u8],
    lexer: Lexer<'a>,
    /// Looking for NULs word by word is only needed where there are some.
    has_nul: bool,
    /// Are lines without words handed over too?
    all: bool,
    /// Opening parentheses that are known to be without their closing ones, from having read to the end.
    unclosed: Vec<usize>,
}

impl<'a> Entries<'a> {
    /// Starts at offset `at`, the start of a line. Entry without words are entries only where `all` are asked for.
    pub fn new(text: &'a [u8], at: usize, all: bool) -> Entries<'a> {
        let has_nul = memchr::memchr(0, text).is_some();
        Entries { text, lexer: Lexer::new(text, at), has_nul, all, unclosed: Vec::new() }
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
        entry.pieces.clear();
        entry.faults.clear();
        entry.warnings.clear();
        entry.lines = self.at()..self.at();
        let found = self.read(entry);
        entry.lines.end = self.at();
        found
    }

    fn read(&mut self, entry: &mut Entry) -> bool {
        // The open parentheses, and where the line after the outermost one begins.
        let mut open: Vec<usize> = Vec::new();
        let mut resume: Option<usize> = None;
        loop {
            let Some(token) = self.lexer.next() else {
                let Some(outermost) = open.first().copied() else {
                    self.lexer.seek(self.text.len());
                    return !entry.is_empty() || self.all && entry.lines.start < self.text.len();
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
                Kind::Comment => entry.comment = true,
                Kind::Indent => entry.indented |= open.is_empty() && entry.pieces.is_empty(),
                Kind::LineEnd if open.is_empty() => {
                    if self.all || !entry.is_empty() {
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
                    let message = "The quote that opens here is not closed on its line.";
                    entry.faults.push((token.start..token.start + 1, message.into()));
                }
                Kind::Word => self.add(entry, Piece { start: token.start, end: token.end, quoted: false }),
                Kind::Quoted => {
                    self.add(entry, Piece { start: token.start + 1, end: token.end - 1, quoted: true });
                }
            }
        }
    }

    fn add(&self, entry: &mut Entry, piece: Piece) {
        if self.has_nul
            && let Some(at) = memchr::memchr(0, piece.text(self.text))
        {
            let at = piece.start + at;
            entry
                .faults
                .push((at..at + 1, "There is a NUL octet here; in a zone file it is written \\000.".into()));
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

const NEVER_CLOSED: &str = "The parenthesis that opens here is never closed.";
