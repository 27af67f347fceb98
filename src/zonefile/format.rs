//! A zone file with its columns aligned. Only blanks change, and only those between words: every line, comment and
//! word stays, in its order, so that the file says what it said.

use std::sync::Arc;

use super::lexer::{Kind, Lexer};
use super::{EntryKind, Layout, Loaded, Loader, Parsed, Source, parse_file};
use crate::zone::Name;

/// Wider owners and comments than these do not move the columns of the other lines.
const WIDEST_OWNER: usize = 28;
const WIDEST_LINE: usize = 100;

/// The text with owner, TTL and class, type and data of its records under each other, and comments behind records as
/// well. What cannot be read stays as it is.
pub fn format(text: &[u8]) -> Vec<u8> {
    // The places of words do not depend on the origin, nor on what other files say.
    let parsed = parse_file(text, Some(&Name::root()), Some(&mut Nothing(0)));
    let heads: Vec<Option<Head<'_>>> =
        parsed.entries.iter().map(|entry| Head::read(text, written(&parsed, entry.kind)?)).collect();
    let widest = |length: fn(&Head<'_>) -> usize| {
        heads.iter().flatten().map(length).filter(|length| *length <= WIDEST_OWNER).max().unwrap_or_default()
    };
    let widths = [
        widest(|head| width(head.owner)).max(1),
        widest(|head| head.middle.len()),
        widest(|head| head.rtype.len()),
    ];
    let lines: Vec<Option<Line>> =
        heads.iter().map(|head| head.as_ref().map(|head| head.line(text, widths))).collect();
    let mut out = Vec::with_capacity(text.len() + text.len() / 8);
    let first = parsed.entries.first().map_or(text.len(), |entry| entry.lines.start);
    out.extend_from_slice(text.get(..first).unwrap_or_default());
    let mut column = 0;
    let mut in_group = false;
    for (index, (entry, line)) in parsed.entries.iter().zip(&lines).enumerate() {
        let Some(line) = line else {
            in_group = false;
            out.extend_from_slice(text.get(entry.lines.clone()).unwrap_or_default());
            continue;
        };
        if !in_group {
            in_group = true;
            column = comment_column(lines.get(index..).unwrap_or_default());
        }
        line.write(column, &mut out);
    }
    out
}

/// Where the comments of the records that follow each other stand.
fn comment_column(lines: &[Option<Line>]) -> usize {
    lines
        .iter()
        .map_while(Option::as_ref)
        .filter(|line| !line.comment.is_empty())
        .map(|line| width(&line.start))
        .filter(|width| *width <= WIDEST_LINE)
        .max()
        .unwrap_or_default()
}

fn written(parsed: &Parsed, kind: EntryKind) -> Option<&Layout> {
    let EntryKind::Record(index) = kind else { return None };
    match &parsed.records.get(index)?.source {
        Source::Written(layout) => Some(layout),
        _ => None,
    }
}

/// What stands before the data of a record.
struct Head<'t> {
    owner: &'t [u8],
    /// TTL and class in the order in which they are written.
    middle: Vec<u8>,
    rtype: &'t [u8],
    /// Where the data, or a parenthesis before it, begins; the column it is in now; where the entry ends.
    rest: usize,
    column: usize,
    end: usize,
}

impl<'t> Head<'t> {
    /// `None` where anything but blanks stands between the parts.
    fn read(text: &'t [u8], layout: &Layout) -> Option<Head<'t>> {
        let mut parts: Vec<_> = [&layout.owner, &layout.ttl, &layout.class].into_iter().flatten().collect();
        parts.push(&layout.rtype);
        parts.sort_by_key(|part| part.start);
        let mut at = layout.lines.start;
        for part in &parts {
            blanks(text.get(at..part.start)?).then_some(())?;
            at = part.end;
        }
        let after = text.get(at..layout.lines.end)?;
        let rest = at + after.iter().take_while(|octet| is_blank(**octet)).count();
        let mut middle = Vec::new();
        for part in parts.iter().filter(|part| layout.owner.as_ref() != Some(part) && **part != &layout.rtype)
        {
            if !middle.is_empty() {
                middle.push(b' ');
            }
            middle.extend_from_slice(text.get((*part).clone())?);
        }
        Some(Head {
            owner: layout.owner.clone().map_or(Some(&b""[..]), |owner| text.get(owner))?,
            middle,
            rtype: text.get(layout.rtype.clone())?,
            rest,
            column: width(text.get(layout.lines.start..rest)?),
            end: layout.lines.end,
        })
    }

    fn line(&self, text: &[u8], [owner, middle, rtype]: [usize; 3]) -> Line {
        let mut start = Vec::new();
        let mut put = |word: &[u8], wide: usize| {
            start.extend_from_slice(word);
            start.extend(std::iter::repeat_n(b' ', wide.saturating_sub(width(word)) + 1));
        };
        put(self.owner, owner);
        if middle > 0 {
            put(&self.middle, middle);
        }
        put(self.rtype, rtype);
        let mut line = Line { start, comment: Vec::new(), rest: Vec::new() };
        let body = text.get(..self.end).unwrap_or_default();
        let (mut end, mut comment) = (self.rest, None);
        for token in Lexer::new(body, self.rest) {
            match token.kind {
                Kind::LineEnd if token.end == self.end => break,
                // More lines follow: they move as the first one does.
                Kind::LineEnd => return self.several_lines(line, text),
                Kind::Comment => comment = Some(token.start..token.end),
                _ => end = token.end,
            }
        }
        line.start.extend_from_slice(text.get(self.rest..end).unwrap_or_default());
        if end == self.rest {
            line.start.truncate(line.start.trim_ascii_end().len());
        }
        let after = comment.as_ref().map_or(end, |comment| comment.end);
        line.comment = comment.and_then(|comment| text.get(comment)).unwrap_or_default().to_vec();
        let tail = text.get(after..self.end).unwrap_or_default();
        line.rest = tail.iter().copied().skip_while(|octet| is_blank(*octet)).collect();
        line
    }

    fn several_lines(&self, mut line: Line, text: &[u8]) -> Line {
        let column = width(&line.start);
        let mut rest = text.get(self.rest..self.end).unwrap_or_default();
        while !rest.is_empty() {
            let at = memchr::memchr2(b'\n', b'\r', rest)
                .map_or(rest.len(), |at| at + if rest.get(at..at + 2) == Some(b"\r\n") { 2 } else { 1 });
            let (one, after) = rest.split_at_checked(at).unwrap_or((rest, &[]));
            line.rest.extend_from_slice(one);
            rest = after;
            let indent = rest.iter().take_while(|octet| is_blank(**octet)).count();
            let (indent, after) = rest.split_at_checked(indent).unwrap_or((&[], rest));
            rest = after;
            if !indent.is_empty() {
                let moved = (width(indent) + column).saturating_sub(self.column).max(1);
                line.rest.extend(std::iter::repeat_n(b' ', moved));
            }
        }
        line
    }
}

/// A record with its columns aligned.
struct Line {
    start: Vec<u8>,
    comment: Vec<u8>,
    /// The line end, or all that follows of several lines.
    rest: Vec<u8>,
}

impl Line {
    fn write(&self, column: usize, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.start);
        if !self.comment.is_empty() {
            out.extend(std::iter::repeat_n(b' ', column.saturating_sub(width(&self.start)) + 1));
            out.extend_from_slice(&self.comment);
        }
        out.extend_from_slice(&self.rest);
    }
}

fn is_blank(octet: u8) -> bool {
    matches!(octet, b' ' | b'\t')
}

fn blanks(text: &[u8]) -> bool {
    text.iter().all(|octet| is_blank(*octet))
}

/// The column after this start of a line: characters of UTF-8, tabs up to the next multiple of eight, also those that
/// a word or a quoted string has in it.
fn width(text: &[u8]) -> usize {
    text.iter().fold(0, |column, octet| match octet {
        b'\t' => (column / 8 + 1) * 8,
        octet if octet & 0xc0 == 0x80 => column,
        _ => column + 1,
    })
}

/// Every file that is included is empty.
struct Nothing(usize);

impl Loader for Nothing {
    fn load(&mut self, _: &str, _: Option<&str>, _: usize) -> Result<Loaded, String> {
        self.0 += 1;
        Ok(Loaded { name: Arc::from(self.0.to_string()), text: Vec::new() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn formatted(text: &str) -> String {
        let once = format(text.as_bytes());
        assert_eq!(format(&once), once, "twice is the same as once");
        String::from_utf8(once).unwrap()
    }

    #[test]
    fn columns_and_comments() {
        let text = "\
$TTL 1h ; default
@ IN SOA ns1 host (
\t1 ; serial
  2h 3 4 5 )
\tIN\tNS   ns1;first
www 60 A\t192.0.2.1     ; web

; alone
a.long.name.here AAAA 2001:db8::1 \t
broken
x ( A 192.0.2.2 )
";
        insta::assert_snapshot!(formatted(text), @r"
        $TTL 1h ; default
        @                IN SOA  ns1 host (
                                1 ; serial
                          2h 3 4 5 )
                         IN NS   ns1       ;first
        www              60 A    192.0.2.1 ; web

        ; alone
        a.long.name.here    AAAA 2001:db8::1
        broken
        x ( A 192.0.2.2 )
        ");
    }

    /// What followed such an owner moved further with every formatting.
    #[test]
    fn an_escaped_tab_in_an_owner_is_as_wide_as_it_is_shown() {
        let text = "a\\\t TXT ( b\n c )\nlong.owner.name TXT d ; e\na\\\t TXT \"\t\" ; f\n";
        assert_eq!(
            formatted(text),
            "a\\\t        TXT ( b\n        c )\nlong.owner.name TXT d     ; e\na\\\t        TXT \"\t\" ; f\n"
        );
    }

    proptest! {
        #[test]
        fn only_blanks_change(pieces in prop::collection::vec(prop::sample::select(vec![
            "a", "@", " ", "  ", "\t", "\n", "\r\n", "(", ")", ";x y", "\"q r\"", "60", "IN", "A", "TXT", "192.0.2.1",
            "\\ ", "\\", "$TTL", "$INCLUDE f", "\n$GENERATE 1-3 a$ A 192.0.2.$ ; c\n", "\nwww A 192.0.2.1 ; c\n",
        ]), 0..60)) {
            let text = pieces.concat();
            let once = format(text.as_bytes());
            prop_assert_eq!(&format(&once), &once);
            let words = |text: &[u8]| -> Vec<u8> { text.iter().copied().filter(|octet| !is_blank(*octet)).collect() };
            prop_assert_eq!(words(&once), words(text.as_bytes()));
            let origin = Name::root();
            let records = |text: &[u8]| -> Vec<_> {
                let parsed = super::super::parse(text, Some(&origin));
                parsed.records.into_iter().map(|record| (record.owner, record.rtype, record.ttl, record.rdata)).collect()
            };
            prop_assert_eq!(records(&once), records(text.as_bytes()));
        }
    }
}
