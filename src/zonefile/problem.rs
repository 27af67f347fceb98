//! What is wrong with a zone file, and where.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

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
    /// The id of the rule in `check` that it is a case of; [`SYNTAX`] for all others.
    pub rule: &'static str,
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
    /// Octets of the text.
    pub span: Range<usize>,
    /// One or more sentences, without control characters: what is wrong and what to do.
    pub message: String,
    /// What would put it right, where that is certain enough to offer.
    pub fix: Option<Fix>,
    /// The included file in which it is; then line, column and span are those of that file. `None`: the text
    /// itself.
    pub file: Option<Arc<str>>,
    /// Octets of the `$INCLUDE` of the text itself that led to that file; where it is `None`, nothing else than `span`.
    pub directive: Range<usize>,
}

/// The problems of a text with those of included files where it includes them: for an editor of this text alone.
pub fn in_text(problems: Vec<Problem>, text: &[u8]) -> Vec<Problem> {
    let mut lines = Lines::new(text);
    let placed = |problem: Problem| {
        let Problem { severity, rule, line, column, message, file: Some(file), directive, .. } = problem
        else {
            return problem;
        };
        let message = format!("{} {line}:{column}: {message}", shown(file.as_bytes()));
        let (line, start) = lines.locate(directive.start);
        let column = 1 + directive.start.saturating_sub(start);
        let span = directive.clone();
        Problem { severity, rule, line, column, span, message, fix: None, file: None, directive }
    };
    problems.into_iter().map(placed).collect()
}

/// Edits of the text that put a problem right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What it does, as a command, without control characters: "Swap preference and name".
    pub message: String,
    /// Octets of the text and what replaces them; in order, not overlapping.
    pub edits: Vec<(Range<usize>, String)>,
}

impl Fix {
    pub fn new(message: impl Into<String>, edits: Vec<(Range<usize>, String)>) -> Fix {
        // It may repeat what the text has.
        Fix { message: message.into().replace(char::is_control, "\u{fffd}"), edits }
    }

    /// The text with the edits made. `None` where they do not fit it.
    pub fn apply(&self, text: &[u8]) -> Option<Vec<u8>> {
        let mut fixed = Vec::with_capacity(text.len() + 32);
        let mut at = 0;
        for (span, replacement) in &self.edits {
            fixed.extend_from_slice(text.get(at..span.start)?);
            fixed.extend_from_slice(replacement.as_bytes());
            at = span.end;
        }
        fixed.extend_from_slice(text.get(at..)?);
        Some(fixed)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        if let Some(file) = &self.file {
            write!(f, "{file}: ")?;
        }
        write!(f, "line {}, column {}: {severity}: {}", self.line, self.column, self.message)
    }
}

/// The rule of what is wrong with the text as such.
pub const SYNTAX: &str = "syntax";

/// A sentence, and the rule that it belongs to.
#[derive(Debug)]
pub struct Message {
    pub rule: &'static str,
    pub text: String,
}

impl From<String> for Message {
    fn from(text: String) -> Message {
        Message { rule: SYNTAX, text }
    }
}

impl From<&str> for Message {
    fn from(text: &str) -> Message {
        Message::from(text.to_owned())
    }
}

impl<T: Into<String>> From<(&'static str, T)> for Message {
    fn from((rule, text): (&'static str, T)) -> Message {
        Message { rule, text: text.into() }
    }
}

/// As many errors, and as many warnings, are kept; more are counted.
pub const MAX_PROBLEMS: usize = 1000;

/// A problem before its line is known.
#[derive(Debug)]
struct Found {
    severity: Severity,
    span: Range<usize>,
    message: Message,
    fix: Option<Fix>,
    /// From an included file: already complete. `span` is then that of the `$INCLUDE`.
    included: Option<Box<Problem>>,
}

/// Gathers the problems of one text.
#[derive(Debug, Default)]
pub struct Problems {
    found: Vec<Found>,
    errors: usize,
    warnings: usize,
    lost: bool,
}

impl Problems {
    pub fn error(&mut self, span: Range<usize>, message: impl Into<Message>) {
        self.add(Severity::Error, span, message, None);
    }

    pub fn warning(&mut self, span: Range<usize>, message: impl Into<Message>) {
        self.add(Severity::Warning, span, message, None);
    }

    /// An error that keeps servers from loading the file, though it could be read here: nothing of it is lost.
    pub fn refused(&mut self, span: Range<usize>, message: impl Into<Message>, fix: Option<Fix>) {
        let lost = self.lost;
        self.add(Severity::Error, span, message, fix);
        self.lost = lost;
    }

    /// An error or a warning that may have a fix.
    pub fn add(
        &mut self,
        severity: Severity,
        span: Range<usize>,
        message: impl Into<Message>,
        fix: Option<Fix>,
    ) {
        self.lost |= severity == Severity::Error;
        if self.counts(severity) {
            let message = message.into();
            self.found.push(Found { severity, span, message, fix, included: None });
        }
    }

    /// Takes over the problems of a file with this text, which an `$INCLUDE` at `span` named.
    pub fn include(&mut self, span: Range<usize>, file: &Arc<str>, text: &[u8], other: Problems) {
        self.lost |= other.lost;
        let (errors, warnings) = (self.errors + other.errors, self.warnings + other.warnings);
        for mut problem in other.located(text) {
            if self.counts(problem.severity) {
                let severity = problem.severity;
                problem.file.get_or_insert_with(|| Arc::clone(file));
                let (span, included) = (span.clone(), Some(Box::new(problem)));
                self.found.push(Found { severity, span, message: "".into(), fix: None, included });
            }
        }
        // Those that were only counted there are only counted here.
        (self.errors, self.warnings) = (errors, warnings);
    }

    /// Takes over what was found in another part of the same text.
    pub fn append(&mut self, mut other: Problems) {
        self.found.append(&mut other.found);
        self.lost |= other.lost;
        self.errors += other.errors;
        self.warnings += other.warnings;
    }

    /// Moves what was found in a part of a text to where the part begins.
    pub fn shift(&mut self, by: usize) {
        let moved = |span: &mut Range<usize>| *span = span.start + by..span.end + by;
        for found in &mut self.found {
            moved(&mut found.span);
            found.fix.iter_mut().flat_map(|fix| &mut fix.edits).for_each(|(span, _)| moved(span));
        }
    }

    /// Counts one; false where it is only counted.
    fn counts(&mut self, severity: Severity) -> bool {
        let count = match severity {
            Severity::Error => &mut self.errors,
            Severity::Warning => &mut self.warnings,
        };
        *count += 1;
        *count <= MAX_PROBLEMS
    }

    /// Is something in the text that could not be read?
    pub fn has_lost(&self) -> bool {
        self.lost
    }

    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// All of them by position in their text, with one at the end for those that were only counted.
    pub fn finish(self, text: &[u8]) -> Vec<Problem> {
        let end = text.len();
        let counts = [(self.errors, Severity::Error, "error"), (self.warnings, Severity::Warning, "warning")];
        let mut all = self.located(text);
        let mut rest = Problems::default();
        for (count, severity, word) in counts {
            if let Some(more @ 1..) = count.checked_sub(MAX_PROBLEMS) {
                let plural = if more == 1 { "" } else { "s" };
                rest.add(
                    severity,
                    end..end,
                    format!("And {more} more {word}{plural} like those above."),
                    None,
                );
            }
        }
        all.extend(rest.located(text));
        all
    }

    /// Those that are kept, by position.
    fn located(mut self, text: &[u8]) -> Vec<Problem> {
        self.found.sort_by_key(|found| (found.span.start, found.severity));
        let mut seen = [0, 0];
        // Parts of a text may each have kept as many as are allowed.
        self.found.retain(|found| {
            let Some(seen) = seen.get_mut(usize::from(found.severity == Severity::Warning)) else {
                return true;
            };
            *seen += 1;
            *seen <= MAX_PROBLEMS
        });
        let mut lines = Lines::new(text);
        let place = |found: Found| {
            if let Some(included) = found.included {
                return Problem { directive: found.span, ..*included };
            }
            let Found { severity, span, message: Message { rule, text: message }, fix, .. } = found;
            let (line, start) = lines.locate(span.start);
            let column = column(text, start, span.start);
            let directive = span.clone();
            Problem { severity, rule, line, column, span, message, fix, file: None, directive }
        };
        self.found.into_iter().map(place).collect()
    }
}

/// The column, in characters from 1, of an offset on a line that begins at `start`.
pub(super) fn column(text: &[u8], start: usize, offset: usize) -> usize {
    // Continuation octets of UTF-8 begin no character.
    1 + text.get(start..offset).unwrap_or_default().iter().filter(|octet| **octet & 0xc0 != 0x80).count()
}

/// Finds lines from offsets; asked in ascending order it reads the text once.
#[derive(Debug)]
pub struct Lines<'a> {
    text: &'a [u8],
    at: LineStart,
}

impl<'a> Lines<'a> {
    pub fn new(text: &'a [u8]) -> Lines<'a> {
        Lines { text, at: LineStart::default() }
    }

    /// The line, from 1, in which `offset` stands, and where that line starts.
    pub fn locate(&mut self, offset: usize) -> (usize, usize) {
        self.at.locate(self.text, offset)
    }
}

/// The line that was found last, for those who do not have the text at hand all the time.
#[derive(Debug, Clone)]
pub(super) struct LineStart {
    line: usize,
    start: usize,
}

impl Default for LineStart {
    fn default() -> LineStart {
        LineStart { line: 1, start: 0 }
    }
}

impl LineStart {
    /// As [`Lines::locate`], always with the same text.
    pub(super) fn locate(&mut self, text: &[u8], offset: usize) -> (usize, usize) {
        if offset < self.start {
            *self = LineStart::default();
        }
        let from = self.start;
        let passed = text.get(from..offset.min(text.len())).unwrap_or_default();
        for at in memchr::memchr2_iter(b'\n', b'\r', passed) {
            // The first half of \r\n ends no line.
            let next = text.get(from + at + 1);
            if text.get(from + at) == Some(&b'\r') && next == Some(&b'\n') {
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
        let mut problems = Problems::default();
        problems.error(11..12, "x");
        let found = problems.finish(text);
        assert_eq!((found[0].line, found[0].column), (4, 3));
    }

    #[test]
    fn many_are_counted() {
        let text = b"a\n";
        let mut problems = Problems::default();
        for _ in 0..MAX_PROBLEMS + 2 {
            problems.error(0..1, "bad");
        }
        problems.warning(0..1, "odd");
        let found = problems.finish(text);
        assert_eq!(found.len(), MAX_PROBLEMS + 2);
        assert_eq!(found.last().unwrap().message, "And 2 more errors like those above.");
    }

    #[test]
    fn a_fix_that_repeats_the_text_is_safe_to_show() {
        let origin = crate::zone::Name::parse(b"example.com.", None).unwrap();
        let parsed = crate::zonefile::parse(b"@ 60 MX \x0cmail 10\n", Some(&origin));
        let fix = parsed.problems[0].fix.as_ref().unwrap();
        assert_eq!(fix.message, "Swap them: 10 \u{fffd}mail");
        assert_eq!(fix.edits[1].1, "\x0cmail");
    }

    #[test]
    fn shown_text_is_safe() {
        assert_eq!(shown(b"a\x1b[31m\xff"), "\"a\\027[31m\\255\"");
        assert_eq!(shown(&[b'x'; 41]), format!("\"{}...\"", "x".repeat(40)));
    }
}
