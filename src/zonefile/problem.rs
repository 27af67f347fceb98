//! What is wrong with a zone file, and where.

use std::fmt;
use std::ops::Range;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The text is no zone until this is put right.
    Error,
    /// It can be read, but perhaps not as meant, or not by every server.
    Warning,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub severity: Severity,
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
    /// Octets of the text.
    pub span: Range<usize>,
    /// One or more sentences, without control characters: what is wrong and what to do.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        write!(f, "line {}, column {}: {severity}: {}", self.line, self.column, self.message)
    }
}

/// As many errors, and as many warnings, are kept; more are counted.
pub const MAX_PROBLEMS: usize = 1000;

/// Gathers the problems of one text.
#[derive(Debug)]
pub struct Problems<'a> {
    text: &'a [u8],
    found: Vec<Problem>,
    errors: usize,
    warnings: usize,
    lines: Lines<'a>,
}

impl<'a> Problems<'a> {
    pub fn new(text: &'a [u8]) -> Problems<'a> {
        Problems { text, found: Vec::new(), errors: 0, warnings: 0, lines: Lines::new(text) }
    }

    pub fn error(&mut self, span: Range<usize>, message: impl Into<String>) {
        self.errors += 1;
        if self.errors <= MAX_PROBLEMS {
            self.keep(Severity::Error, span, message.into());
        }
    }

    pub fn warning(&mut self, span: Range<usize>, message: impl Into<String>) {
        self.warnings += 1;
        if self.warnings <= MAX_PROBLEMS {
            self.keep(Severity::Warning, span, message.into());
        }
    }

    pub fn has_errors(&self) -> bool {
        self.errors > 0
    }

    /// The line, from 1, in which an offset stands.
    pub fn line_of(&mut self, offset: usize) -> usize {
        self.lines.locate(offset).0
    }

    fn keep(&mut self, severity: Severity, span: Range<usize>, message: String) {
        let (line, start) = self.lines.locate(span.start);
        let before = self.text.get(start..span.start).unwrap_or_default();
        // Continuation octets of UTF-8 begin no character.
        let column = 1 + before.iter().filter(|octet| **octet & 0xc0 != 0x80).count();
        self.found.push(Problem { severity, line, column, span, message });
    }

    /// All of them by position, with one at the end for those that were only counted.
    pub fn finish(mut self) -> Vec<Problem> {
        self.found.sort_by_key(|problem| (problem.span.start, problem.severity));
        let end = self.text.len();
        for (count, severity, word) in
            [(self.errors, Severity::Error, "error"), (self.warnings, Severity::Warning, "warning")]
        {
            if let Some(more @ 1..) = count.checked_sub(MAX_PROBLEMS) {
                let plural = if more == 1 { "" } else { "s" };
                self.keep(severity, end..end, format!("And {more} more {word}{plural} like those above."));
            }
        }
        self.found
    }
}

/// Finds lines from offsets; asked in ascending order it reads the text once.
#[derive(Debug)]
pub struct Lines<'a> {
    text: &'a [u8],
    line: usize,
    start: usize,
}

impl<'a> Lines<'a> {
    pub fn new(text: &'a [u8]) -> Lines<'a> {
        Lines { text, line: 1, start: 0 }
    }

    /// The line, from 1, in which `offset` stands, and where that line starts.
    pub fn locate(&mut self, offset: usize) -> (usize, usize) {
        if offset < self.start {
            (self.line, self.start) = (1, 0);
        }
        let from = self.start;
        let passed = self.text.get(from..offset.min(self.text.len())).unwrap_or_default();
        for at in memchr::memchr2_iter(b'\n', b'\r', passed) {
            // The first half of \r\n ends no line.
            let next = self.text.get(from + at + 1);
            if self.text.get(from + at) == Some(&b'\r') && next == Some(&b'\n') {
                continue;
            }
            self.line += 1;
            self.start = from + at + 1;
        }
        (self.line, self.start)
    }
}

/// Text of a file for use inside a sentence: in quotes, control characters and octets outside ASCII as `\DDD`,
/// shortened when long.
pub fn shown(text: &[u8]) -> String {
    const LONGEST: usize = 40;
    let mut shown = String::from("\"");
    for &octet in text.iter().take(LONGEST) {
        match octet {
            0x20..=0x7e => shown.push(char::from(octet)),
            _ => shown.push_str(&format!("\\{octet:03}")),
        }
    }
    shown.push_str(if text.len() > LONGEST { "...\"" } else { "\"" });
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns() {
        let text = "a\r\nb\rc\n\u{e4}\u{f6}x".as_bytes();
        let mut lines = Lines::new(text);
        for (offset, line) in [(0, 1), (1, 1), (3, 2), (5, 3), (7, 4), (3, 2), (11, 4), (99, 4)] {
            assert_eq!(lines.locate(offset).0, line, "{offset}");
        }
        let mut problems = Problems::new(text);
        problems.error(11..12, "x");
        assert_eq!((problems.found[0].line, problems.found[0].column), (4, 3));
    }

    #[test]
    fn many_are_counted() {
        let mut problems = Problems::new(b"a\n");
        for _ in 0..MAX_PROBLEMS + 2 {
            problems.error(0..1, "bad");
        }
        problems.warning(0..1, "odd");
        let found = problems.finish();
        assert_eq!(found.len(), MAX_PROBLEMS + 2);
        assert_eq!(found.last().unwrap().message, "And 2 more errors like those above.");
    }

    #[test]
    fn shown_text_is_safe() {
        assert_eq!(shown(b"a\x1b[31m\xff"), "\"a\\027[31m\\255\"");
        assert_eq!(shown(&[b'x'; 41]), format!("\"{}...\"", "x".repeat(40)));
    }
}
