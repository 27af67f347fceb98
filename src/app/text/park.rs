//! Lines made comments, and records parked: comments that are records put aside.
//!
//! A record below that has no owner of its own takes the one of the record above it. When that becomes a comment, the
//! one below gets the owner written out: otherwise it would silently move to another name.

use std::ops::Range;

use super::highlight::{PARKED, line_depth};
use crate::edit::{Buffer, Text};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prefix {
    Comment,
    /// Of whole records, over as many lines as they have.
    Parked,
}

/// Puts the prefix before the lines of the selection or the cursor; where all of them have it, takes it away. Returns
/// what was done, in words.
pub fn toggle(buffer: &mut Buffer, prefix: Prefix) -> String {
    let text = buffer.content();
    let mut lines = buffer.lines();
    let has = |line: &str| match prefix {
        Prefix::Comment => line.trim_start().starts_with(';'),
        Prefix::Parked => line.starts_with(PARKED),
    };
    let blank = |line: &str| line.trim().is_empty();
    let contents: Vec<String> = lines.clone().map(|line| text.line(line)).collect();
    if contents.iter().all(|line| blank(line)) {
        return "this line is empty".into();
    }
    let off = contents.iter().all(|line| blank(line) || has(line));
    if prefix == Prefix::Parked {
        if !off && contents.iter().all(|line| blank(line) || line.trim_start().starts_with([';', '$'])) {
            return "there is no record on this line to park".into();
        }
        lines = whole_records(text, lines, off);
    }
    let heir = (!off).then(|| heir(text, &lines)).flatten();
    let end = heir.as_ref().map_or(lines.end, |(line, _)| line + 1);
    let count = lines.len();
    buffer.change_lines(lines.start..end, |number, line| match &heir {
        Some((heir, owner)) if *heir == number => Some(with_owner(line, owner)),
        _ if number >= lines.end || blank(line) => None,
        _ if off => Some(without(line).into()),
        _ if prefix == Prefix::Parked && has(line) => None,
        _ => Some(format!("{}{line}", if prefix == Prefix::Parked { PARKED } else { "; " })),
    });
    let verb = match (prefix, off) {
        (Prefix::Comment, false) => "made a comment",
        (Prefix::Comment, true) => "no comment any more",
        (Prefix::Parked, false) => "parked: kept in the text, not sent",
        (Prefix::Parked, true) => "no longer parked",
    };
    let lines = if count == 1 { String::new() } else { format!(" ({count} lines)") };
    match heir {
        Some((_, owner)) => format!("{verb}{lines}; the record below got its owner, {owner}, written out"),
        None => format!("{verb}{lines}"),
    }
}

fn without(line: &str) -> &str {
    match line.strip_prefix(PARKED) {
        Some(rest) => rest,
        None => {
            let rest = line.trim_start();
            let rest = rest.strip_prefix(';').unwrap_or(rest);
            rest.strip_prefix(' ').unwrap_or(rest)
        }
    }
}

/// Most lines that one record is taken to have.
const MOST: usize = 2000;

/// The lines of the records that some lines belong to. `parked`: they are parked, so comments by now.
fn whole_records(text: &Text, lines: Range<usize>, parked: bool) -> Range<usize> {
    let bare = |line: usize| {
        let content = text.line(line);
        match parked {
            true => content.strip_prefix(PARKED).map(str::to_owned),
            false => Some(content),
        }
    };
    // From a little above, where no parenthesis is likely to be open.
    let from = lines.start.saturating_sub(MOST);
    let (mut depth, mut start) = (0, from);
    for line in from..lines.start + 1 {
        let Some(content) = bare(line) else {
            (depth, start) = (0, line + 1);
            continue;
        };
        if depth == 0 {
            start = line;
        }
        depth = line_depth(&content, depth);
    }
    let mut end = lines.start + 1;
    while end < text.line_count() && end - start < MOST && (depth > 0 || end < lines.end) {
        let Some(content) = bare(end) else { break };
        depth = line_depth(&content, depth);
        end += 1;
    }
    // Never closed: then only what was meant.
    if depth > 0 { lines } else { start..end.max(lines.end) }
}

/// The record that would lose its owner when these lines become comments, and that owner.
fn heir(text: &Text, lines: &Range<usize>) -> Option<(usize, String)> {
    let mut depth = 0;
    let mut owner: Option<String> = None;
    for line in lines.clone() {
        let content = text.line(line);
        let first = content.split([' ', '\t', '(', ')', ';', '"']).next().unwrap_or_default();
        if depth == 0 && !first.is_empty() && !first.starts_with('$') {
            owner = Some(first.to_owned());
        }
        depth = line_depth(&content, depth);
    }
    let owner = owner?;
    let next = (lines.end..text.line_count()).find(|line| {
        let content = text.line(*line);
        let content = content.trim_start();
        !content.is_empty() && !content.starts_with(';')
    })?;
    text.line(next).starts_with([' ', '\t']).then_some((next, owner))
}

/// The line with an owner in the place of as many of its blanks.
fn with_owner(line: &str, owner: &str) -> String {
    let rest = line.trim_start_matches(' ');
    let blanks = (line.len() - rest.len()).saturating_sub(owner.chars().count()).max(1);
    let blanks = if rest.starts_with('\t') { 0 } else { blanks };
    format!("{owner}{}{rest}", " ".repeat(blanks))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn toggled(text: &str, prefix: Prefix) -> String {
        let at = text.find('|').unwrap();
        let mut buffer = Buffer::at_start(Text::new(&text.replacen('|', "", 1)));
        buffer.put(at);
        let before = buffer.text();
        toggle(&mut buffer, prefix);
        let after = buffer.text();
        while buffer.undo() {}
        assert_eq!(buffer.text(), before);
        after
    }

    #[test]
    fn parking_and_back() {
        for (text, parked) in [
            ("a A 1|\nb A 2\n", ";~ a A 1\nb A 2\n"),
            (";~ a A| 1\r\n", "a A 1\r\n"),
            ("a A| 1\n       A 2\n", ";~ a A 1\na      A 2\n"),
            ("a A| 1\n\n; note\n\tA 2\n", ";~ a A 1\n\n; note\na\tA 2\n"),
            ("aaaaaaaa A| 1\n A 2\n", ";~ aaaaaaaa A 1\naaaaaaaa A 2\n"),
            ("x (\n1|\n)\ny", ";~ x (\n;~ 1\n;~ )\ny"),
            (";~ x (\n;~ 1|\n;~ )\ny", "x (\n1\n)\ny"),
            ("x (\n1|\n", "x (\n;~ 1\n"),
            ("|\n", "\n"),
            ("; note|\n", "; note\n"),
            ("$TTL| 1h\n", "$TTL 1h\n"),
        ] {
            assert_eq!(toggled(text, Prefix::Parked), parked, "{text:?}");
        }
    }

    #[test]
    fn comments_and_back() {
        for (text, after) in [
            ("a| A 1\n", "; a A 1\n"),
            ("; a| A 1\n", "a A 1\n"),
            (";a|\n", "a\n"),
            (";~ a|\n", "a\n"),
            ("a| A 1\n  A 2", "; a A 1\na A 2"),
        ] {
            assert_eq!(toggled(text, Prefix::Comment), after, "{text:?}");
        }
    }
}
