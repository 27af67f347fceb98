//! Lines made comments, and records parked: comments that are records put aside. The table parks by this too.
//!
//! A record below that has no owner of its own takes the one of the record above it, and where there is no `$TTL` perhaps
//! its TTL. When that becomes a comment, the one below gets them written out: otherwise it would silently move to another
//! name. A parked record keeps the TTL that it had.

use std::ops::Range;

use super::highlight::{PARKED, line_depth};
use crate::edit::{Buffer, Text};
use crate::zone::Name;
use crate::zonefile::document::insert_ttl;
use crate::zonefile::{self, Source, TtlFrom};

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
    // Parked lines have an owner of their own, so that they mean the same wherever their neighbours go.
    let owner = (prefix == Prefix::Parked && !off).then(|| owner_above(text, lines.start)).flatten();
    let heir = (!off).then(|| heir(text, &lines)).flatten();
    let end = heir.as_ref().map_or(lines.end, |(line, _)| line + 1);
    let count = lines.len();
    let ttls = ttls(text, &lines);
    buffer.together(|buffer| {
        for at in ttls.iter().flat_map(|ttls| &ttls.own).filter(|_| !off) {
            buffer.change_lines(at.line..at.line + 1, |_, line| Some(at.written_into(line)));
        }
        if let Some(owner) = &owner {
            buffer.change_lines(lines.start..lines.start + 1, |_, line| Some(with_owner(line, owner)));
        }
        buffer.change_lines(lines.start..end, |number, line| match &heir {
            Some((heir, owner)) if *heir == number => Some(with_owner(line, owner)),
            _ if number >= lines.end || blank(line) => None,
            _ if off => Some(without(line).into()),
            _ if prefix == Prefix::Parked && has(line) => None,
            _ => Some(format!("{}{line}", if prefix == Prefix::Parked { PARKED } else { "; " })),
        });
        let Some(before) = ttls.as_ref().and_then(|ttls| ttls.next.as_ref()) else { return };
        let now = self::ttls(buffer.content(), &lines).and_then(|ttls| ttls.next);
        if let Some(now) = now.filter(|now| now.ttl != before.ttl) {
            let at = Ttl { ttl: before.ttl, ..now };
            buffer.change_lines(at.line..at.line + 1, |_, line| Some(at.written_into(line)));
        }
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

/// The owner that a line with a blank in front takes from the lines above it.
fn owner_above(text: &Text, line: usize) -> Option<String> {
    if !text.line(line).starts_with([' ', '\t']) {
        return None;
    }
    let owner = |line: usize| {
        let content = text.line(line);
        let first = content.split([' ', '\t', '(', ')', ';', '"']).next().unwrap_or_default();
        (!first.is_empty() && !first.starts_with('$')).then(|| first.to_owned())
    };
    (line.saturating_sub(MOST)..line).rev().find_map(owner)
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
    let next = next_record(text, lines.end)?;
    text.line(next).starts_with([' ', '\t']).then_some((next, owner))
}

/// A TTL that is not written in its record.
struct Ttl {
    ttl: u32,
    /// Where it would stand: the line, and octets into it.
    line: usize,
    at: usize,
}

impl Ttl {
    fn written_into(&self, line: &str) -> String {
        let mut line = line.to_owned();
        if line.is_char_boundary(self.at) {
            insert_ttl(&mut line, self.at, &self.ttl.to_string());
        }
        line
    }
}

/// The TTLs that records of these lines, and the next one, take from a record before them.
struct Ttls {
    own: Vec<Ttl>,
    next: Option<Ttl>,
}

/// `None` where a `$TTL` stands above, which settles all TTLs.
fn ttls(text: &Text, lines: &Range<usize>) -> Option<Ttls> {
    let is_default = |line: &str| line.get(..4).is_some_and(|word| word.eq_ignore_ascii_case("$TTL"));
    if text.lines_from(0).take(lines.end).any(|line| is_default(&line)) {
        return None;
    }
    let next =
        next_record(text, lines.end).map_or(lines.end, |next| whole_records(text, next..next + 1, false).end);
    let (start, end) = (text.line_start(lines.start), text.line_start(lines.end));
    let read = text.slice(0..text.line_start(next));
    let mut ttls = Ttls { own: Vec::new(), next: None };
    // TTLs do not depend on where relative names lead.
    for record in zonefile::parse(read.as_bytes(), Some(&Name::root())).records {
        let Source::Written(layout) = &record.source else { continue };
        if record.span.start < start {
            continue;
        }
        let place = layout.place_of_ttl();
        let line = text.line_of(place);
        let ttl = Ttl { ttl: record.ttl, line, at: place - text.line_start(line) };
        let inherits = layout.ttl_from == TtlFrom::Last;
        if record.span.start < end {
            ttls.own.extend(inherits.then_some(ttl));
        } else {
            ttls.next = inherits.then_some(ttl);
            break;
        }
    }
    Some(ttls)
}

/// The line of the first record or directive at this line or below.
fn next_record(text: &Text, from: usize) -> Option<usize> {
    (from..text.line_count()).find(|line| {
        let content = text.line(*line);
        let content = content.trim_start();
        !content.is_empty() && !content.starts_with(';')
    })
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
            // Without a $TTL the last TTL holds: it is written out where it would be another.
            (
                "@ 60 SOA a b 1 2 3 4 5\nx 30 A 192.0.2.1|\n\tA 192.0.2.2\n",
                "@ 60 SOA a b 1 2 3 4 5\n;~ x 30 A 192.0.2.1\nx\t30\tA 192.0.2.2\n",
            ),
            (
                "x 30 A 192.0.2.1\ny A| 192.0.2.2\nz A 192.0.2.3\n",
                "x 30 A 192.0.2.1\n;~ y 30 A 192.0.2.2\nz A 192.0.2.3\n",
            ),
            (
                "x 30 A 192.0.2.1\n;~ y 60 A| 192.0.2.2\nz A 192.0.2.3\n",
                "x 30 A 192.0.2.1\ny 60 A 192.0.2.2\nz 30 A 192.0.2.3\n",
            ),
            ("$TTL 5\nx 30 A 192.0.2.1|\ny A 192.0.2.2\n", "$TTL 5\n;~ x 30 A 192.0.2.1\ny A 192.0.2.2\n"),
            (
                "@ SOA a b 1 2 3 4 5\nx 30 A 192.0.2.1|\ny A 192.0.2.2\n",
                "@ SOA a b 1 2 3 4 5\n;~ x 30 A 192.0.2.1\ny A 192.0.2.2\n",
            ),
            ("a A 1\n      A| 2\n      A 3\n", "a A 1\n;~ a     A 2\n      A 3\n"),
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
