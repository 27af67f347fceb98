//! `$GENERATE`: BIND's way to write many records in one line. Everything here is as BIND 9.18 does it, its oddities
//! included: quotes around the right-hand side are gone before it is read, and an offset once given goes on for the
//! plain `$` after it.

use super::dialect;
use super::entry::{Entries, Entry, Piece};
use super::head::Head;
use super::problem::shown;
use super::reader::{Fault, Once, Reader, bad_name};
use super::record::{Place, ReadRecord, Sink};
use crate::zone::types::{self, Token};
use crate::zone::{Name, NameRef};

/// How many records the `$GENERATE` lines of a text may stand for.
pub const MAX_GENERATED: usize = 1_000_000;
/// Longest text on either side, in octets (BIND's own limits).
const MAX_LEFT: usize = 2047;
const MAX_RIGHT: usize = 65_534;
/// Longest number that is put in for a `$`.
const MAX_NUMBER: usize = 127;

/// `start-stop/step`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Steps {
    start: u32,
    stop: u32,
    step: u32,
}

impl Steps {
    /// `None` where it is none. The flag says that something follows that BIND passes over.
    fn read(text: &[u8]) -> Option<(Steps, bool)> {
        let (start, rest) = number(text)?;
        let (stop, rest) = number(rest.strip_prefix(b"-")?)?;
        let (step, rest) = match rest.strip_prefix(b"/") {
            Some(rest) => number(rest)?,
            None => (1, rest),
        };
        (start <= stop && step > 0).then_some((Steps { start, stop, step }, !rest.is_empty()))
    }

    fn count(self) -> usize {
        // Fits: at most 2^31.
        ((self.stop - self.start) / self.step) as usize + 1
    }

    fn values(self) -> impl Iterator<Item = u32> {
        (self.start..=self.stop).step_by(self.step as usize)
    }
}

/// A number up to 2147483647 at the start of text, and the rest.
fn number(text: &[u8]) -> Option<(u32, &[u8])> {
    let text = text.strip_prefix(b"+").unwrap_or(text);
    let digits = text.iter().take_while(|octet| octet.is_ascii_digit()).count();
    let (digits, rest) = text.split_at_checked(digits)?;
    let value: u32 = std::str::from_utf8(digits).ok()?.parse().ok()?;
    (value <= i32::MAX as u32).then_some((value, rest))
}

/// `{offset,width,base}` after a `$`, without the braces.
#[derive(Debug, Clone, Copy)]
struct Modifier {
    offset: i32,
    width: usize,
    base: u8,
}

impl Modifier {
    fn read(text: &str) -> Option<Modifier> {
        let mut parts = text.split(',');
        let offset = parts.next()?.parse().ok()?;
        let width = match parts.next() {
            Some(width) => width.parse().ok()?,
            None => 0,
        };
        let base = match parts.next().map(str::as_bytes) {
            None => b'd',
            Some([base @ (b'd' | b'o' | b'x' | b'X' | b'n' | b'N')]) => *base,
            Some(_) => return None,
        };
        parts.next().is_none().then_some(Modifier { offset, width, base })
    }

    fn write(self, value: i32, out: &mut Vec<u8>) -> Result<(), &'static str> {
        let Modifier { width, base, .. } = self;
        if width > MAX_NUMBER {
            return Err("a width above 127 is too much");
        }
        let text = match base {
            b'o' => format!("{value:0width$o}"),
            b'x' => format!("{value:0width$x}"),
            b'X' => format!("{value:0width$X}"),
            b'n' | b'N' => nibbles(value as u32, width, base == b'N'),
            _ => format!("{value:0width$}"),
        };
        if text.len() > MAX_NUMBER {
            return Err("a width above 127 is too much");
        }
        out.extend_from_slice(text.as_bytes());
        Ok(())
    }
}

/// Hexadecimal digits from the lowest with dots between, as names below ip6.arpa have them. The width counts the
/// dots, and a dot at the end is one of the name.
fn nibbles(mut value: u32, mut width: usize, upper: bool) -> String {
    let mut text = String::new();
    loop {
        let digit = char::from_digit(value & 15, 16).unwrap_or('0');
        text.push(if upper { digit.to_ascii_uppercase() } else { digit });
        value >>= 4;
        width = width.saturating_sub(1);
        if width > 0 || value != 0 {
            text.push('.');
            width = width.saturating_sub(1);
        }
        if width == 0 && value == 0 {
            return text;
        }
    }
}

/// Puts a number in for every `$` of a template.
fn fill(template: &[u8], value: u32, longest: usize, out: &mut Vec<u8>) -> Result<(), &'static str> {
    const TOO_LONG: &str = "it becomes too long";
    out.clear();
    let mut offset = 0i32;
    let mut rest = template;
    while let Some((&octet, tail)) = rest.split_first() {
        rest = tail;
        match (octet, tail.first()) {
            (b'$', Some(b'$')) => {
                out.push(b'$');
                rest = tail.get(1..).unwrap_or_default();
            }
            (b'$', next) => {
                let mut modifier = Modifier { offset, width: 0, base: b'd' };
                if next == Some(&b'{') {
                    let end = memchr::memchr(b'}', tail).ok_or("a ${ has no closing brace")?;
                    let inside = tail.get(1..end).and_then(|inside| std::str::from_utf8(inside).ok());
                    modifier = inside.and_then(Modifier::read).ok_or(
                        "after $ in braces stand offset, width and base, such as ${0,3,d}; the bases are d, o, x, X, n, N",
                    )?;
                    offset = modifier.offset;
                    rest = tail.get(end + 1..).unwrap_or_default();
                }
                // The value is at most 2^31 - 1.
                let value = (value as i32)
                    .checked_add(modifier.offset)
                    .ok_or("offset and number are too large together")?;
                modifier.write(value, out)?;
            }
            (b'\\', Some(&escaped)) => {
                out.extend([b'\\', escaped]);
                rest = tail.get(1..).unwrap_or_default();
            }
            _ => out.push(octet),
        }
        if out.len() > longest {
            return Err(TOO_LONG);
        }
    }
    Ok(())
}

impl Reader<'_, '_, '_> {
    /// Hands over the records that a `$GENERATE` stands for and tells how many they are.
    pub fn generate<S: Sink>(
        &mut self,
        entry: &Entry,
        arguments: &[Piece],
        sink: &mut S,
    ) -> Result<usize, Fault> {
        let first = entry.pieces.first().map_or(entry.lines.clone(), |first| first.span());
        let [range, left, ..] = arguments else {
            let message = "After $GENERATE stand a range, a name, a type and data, such as \
                           $GENERATE 1-9 host$ A 192.0.2.$";
            return Err(Fault::new(first, message));
        };
        if entry.parentheses {
            let message = "A $GENERATE stands on one line, without parentheses.";
            return Err(Fault::new(first, message));
        }
        let read = Steps::read(range.text(self.text));
        let (steps, more) = read.ok_or_else(|| {
            let message = format!(
                "{} is no range: write first-last or first-last/step, with numbers from 0 to 2147483647 and the first \
                 not above the last.",
                shown(range.text(self.text))
            );
            Fault::new(range.span(), message)
        })?;
        if more {
            let message = "Something follows the range without a blank. BIND passes over it.";
            self.problems.warning(range.span(), message);
        }
        if let Some(quoted) = [range, left].into_iter().find(|piece| piece.quoted) {
            return Err(Fault::new(quoted.span(), "Range and name of a $GENERATE have no quotes."));
        }
        let head = self.head(entry, 3)?;
        let Some(right) = entry.pieces.get(head.rdata_from) else {
            let end = entry.pieces.last().map_or(0, |piece| piece.end);
            return Err(Fault::new(end..end, "The line ends before the data of the records."));
        };
        if let Some(extra) = entry.pieces.get(head.rdata_from + 1) {
            let message = "The data of a $GENERATE is one word: put it in quotes, as in \
                           $GENERATE 1-9 host$ MX \"10 mail$\".";
            return Err(Fault::new(extra.span(), message));
        }
        let (ttl, _) = self.ttl(&head, &[], first.clone());
        let left_limit = MAX_GENERATED - self.includes.generated.min(MAX_GENERATED);
        if steps.count() > left_limit {
            let message = format!(
                "This stands for {} records. At most {MAX_GENERATED} are made by $GENERATE in one file{}.",
                steps.count(),
                if left_limit < MAX_GENERATED { ", and others stand before it" } else { "" },
            );
            return Err(Fault::new(range.span(), message));
        }
        if self.state.first_time(Once::Generate) {
            let message = "$GENERATE is read by BIND and PowerDNS; Knot and NSD refuse the file.";
            self.problems.warning(first.clone(), ("L-108", message));
        }
        let template = self.right_side(right);
        let Some(origin) = self.state.origin.clone() else {
            let message = "The zone's name is not known here: put a $ORIGIN before the first $GENERATE.";
            return Err(Fault::new(first, message));
        };
        let span = first.start..right.outer().end;
        let (mut name, mut data) = (Vec::new(), Vec::new());
        let included = self.within.as_ref().map(|(directive, file)| (directive, file));
        let mut count = 0;
        for value in steps.values() {
            fill(left.text(self.text), value, MAX_LEFT, &mut name)
                .map_err(|why| Fault::new(left.span(), format!("{value}: {why}.")))?;
            fill(&template, value, MAX_RIGHT, &mut data)
                .map_err(|why| Fault::new(right.span(), format!("{value}: {why}.")))?;
            let owner = Name::parse(&name, Some(origin.as_ref().as_ref()))
                .map_err(|error| Fault::new(left.span(), bad_name(&name, error)))?;
            let rdata = read_data(&data, head.rtype, origin.as_ref().as_ref())
                .map_err(|why| Fault::new(right.span(), format!("{value}: {}: {why}", head.rtype)))?;
            if let Some(fault) = refused(&data, &head, &rdata) {
                fault.moved(right.span()).refuse(&mut self.problems);
            }
            let place = Place { text: self.text, included, entry, written: None };
            let record = ReadRecord {
                owner: owner.as_ref(),
                rtype: head.rtype,
                ttl,
                rdata: &rdata,
                span: span.clone(),
                place,
            };
            sink.record(record, &mut self.problems);
            count += 1;
            self.includes.records += 1;
            self.includes.generated += 1;
        }
        Ok(count)
    }

    /// The data without its quotes, as BIND goes on with it.
    fn right_side(&mut self, right: &Piece) -> Vec<u8> {
        let text = right.text(self.text);
        if !right.quoted {
            return text.to_vec();
        }
        let mut plain = Vec::with_capacity(text.len());
        let mut rest = text;
        while let Some((&octet, tail)) = rest.split_first() {
            rest = tail;
            match (octet, tail.first()) {
                (b'\\', Some(b'"')) => {}
                (b'\\', Some(&next)) => {
                    plain.extend([b'\\', next]);
                    rest = tail.get(1..).unwrap_or_default();
                }
                _ => plain.push(octet),
            }
        }
        plain
    }
}

/// What BIND refuses of it, but for MD and MF, which it makes all the same.
fn refused(text: &[u8], head: &Head, rdata: &[u8]) -> Option<Fault> {
    if matches!(head.rtype, dialect::MD | dialect::MF) {
        return None;
    }
    let mut entry = Entry::default();
    Entries::new(text, 0, false, true).next(&mut entry);
    dialect::refused(text, &entry.pieces, head, rdata)
}

/// RDATA from the text that a template became.
fn read_data(
    text: &[u8],
    rtype: crate::zone::RecordType,
    origin: NameRef<'_>,
) -> Result<crate::zone::Rdata, String> {
    let mut entries = Entries::new(text, 0, false, true);
    let mut entry = Entry::default();
    entries.next(&mut entry);
    if let Some((_, message)) = entry.faults.first() {
        return Err(message.clone());
    }
    let tokens: Vec<Token<'_>> =
        entry.pieces.iter().map(|piece| Token { text: piece.text(text), quoted: piece.quoted }).collect();
    types::parse_rdata(rtype, &tokens, origin)
        .map_err(|error| format!("{}.", error.message.trim_end_matches('.')))
}
