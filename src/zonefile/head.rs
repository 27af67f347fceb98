//! What stands before the RDATA of a record: TTL and class in either order, and the type; and the TTL that a record
//! without one takes (RFC 1035 section 5, RFC 2308 section 4). Owners, and all that follows the type, are the business
//! of [`super::reader`].

use std::ops::Range;

use super::entry::{Entry, Piece};
use super::fix;
use super::layout::TtlFrom;
use super::problem::{Fix, shown};
use super::reader::{Fault, Once, Reader};
use crate::zone::ttl;
use crate::zone::types;
use crate::zone::{RecordType, Soa};

/// What stands before the RDATA of a record.
#[derive(Debug, Clone)]
pub struct Head {
    pub ttl: Option<(u32, Range<usize>)>,
    pub class: Option<Range<usize>>,
    pub rtype: RecordType,
    pub rtype_at: Range<usize>,
    /// The first piece of RDATA.
    pub rdata_from: usize,
}

/// The last few heads, as text and as what it means: most records of a zone have one of a few.
#[derive(Debug, Default)]
pub struct Heads<'t> {
    seen: [Option<Seen<'t>>; 8],
    /// The one to be forgotten next.
    oldest: usize,
}

/// A head on a line of nothing but words.
#[derive(Debug)]
struct Seen<'t> {
    text: &'t [u8],
    /// Where it begins.
    begin: usize,
    /// How many pieces it has, the type among them.
    pieces: usize,
    head: Head,
}

impl Seen<'_> {
    /// The same head further down.
    fn again(&self, begin: usize, first: usize) -> Head {
        let down = begin.saturating_sub(self.begin);
        let moved = |span: &Range<usize>| span.start + down..span.end + down;
        Head {
            ttl: self.head.ttl.as_ref().map(|(ttl, span)| (*ttl, moved(span))),
            class: self.head.class.as_ref().map(moved),
            rtype: self.head.rtype,
            rtype_at: moved(&self.head.rtype_at),
            rdata_from: first + self.pieces,
        }
    }
}

impl<'t> Reader<'t, '_, '_> {
    /// TTL and class in either order, then the type; `first` is the piece that they begin with.
    pub fn head(&mut self, entry: &Entry, first: usize) -> Result<Head, Fault> {
        let begin =
            entry.pieces.get(first).filter(|piece| entry.plain && !piece.quoted).map(|piece| piece.start);
        let Some(begin) = begin else { return self.read_head(entry, first) };
        let text = self.text.get(begin..).unwrap_or_default();
        // Where it ends, a word must end as well: mostly that tells already which it is not.
        let is_it = |seen: &&Seen<'_>| {
            let last = entry.pieces.get(first + seen.pieces - 1);
            last.is_some_and(|last| last.end == begin + seen.text.len()) && text.starts_with(seen.text)
        };
        if let Some(seen) = self.heads.seen.iter().flatten().find(is_it) {
            return Ok(seen.again(begin, first));
        }
        let head = self.read_head(entry, first)?;
        let text: &'t [u8] = self.text.get(begin..head.rtype_at.end).unwrap_or_default();
        let pieces = head.rdata_from - first;
        if let Some(oldest) = self.heads.seen.get_mut(self.heads.oldest) {
            *oldest = Some(Seen { text, begin, pieces, head: head.clone() });
        }
        self.heads.oldest = (self.heads.oldest + 1) % self.heads.seen.len();
        Ok(head)
    }

    fn read_head(&self, entry: &Entry, first: usize) -> Result<Head, Fault> {
        let mut ttl = None;
        let mut class_at = None;
        for (index, piece) in entry.pieces.iter().enumerate().skip(first) {
            let word = piece.text(self.text);
            if piece.quoted {
                let message = format!("{} stands in quotes; TTL, class and type have none.", shown(word));
                let fix = Fix::new("Remove the quotes", vec![(piece.outer(), fix::lossless(word))]);
                return Err(Fault::new(piece.span(), message).with(Some(fix)));
            }
            if ttl.is_none() && word.first().is_some_and(u8::is_ascii_digit) {
                let value = read_ttl(word).map_err(|message| Fault::new(piece.span(), message))?;
                ttl = Some((value, piece.span()));
            } else if let Some(class) = class(word) {
                if class != 1 {
                    let message = format!("{} is another class. Only class IN is edited here.", shown(word));
                    return Err(Fault::new(piece.span(), message));
                }
                if class_at.is_some() {
                    return Err(Fault::new(piece.span(), "The class stands here twice."));
                }
                class_at = Some(piece.span());
            } else {
                let rtype = self.rtype(entry, first, piece)?;
                return Ok(Head {
                    ttl,
                    class: class_at,
                    rtype,
                    rtype_at: piece.span(),
                    rdata_from: index + 1,
                });
            }
        }
        let end = entry.pieces.last().map_or(0, |piece| piece.end);
        Err(Fault::new(end..end, "The line ends before a record type and its data."))
    }

    fn rtype(&self, entry: &Entry, first: usize, piece: &Piece) -> Result<RecordType, Fault> {
        let word = piece.text(self.text);
        if let Some(rtype) = types::parse_type(word) {
            return Ok(rtype);
        }
        let mut message = format!("{} is no record type.", shown(word));
        let meant = std::str::from_utf8(word).ok().and_then(types::suggest_type);
        if let Some(meant) = meant {
            message.push_str(&format!(" Is {meant} meant?"));
        }
        let owner = entry.pieces.first().filter(|_| first == 1).map(|piece| piece.text(self.text));
        if let Some(owner) = owner.filter(|owner| types::parse_type(owner).is_some()) {
            message.push_str(&format!(
                " If {} is the type, begin the line with the owner's name or with a blank.",
                shown(owner)
            ));
        }
        let fix =
            meant.map(|meant| Fix::new(format!("Write {meant}"), vec![(piece.span(), meant.to_string())]));
        Err(Fault::new(piece.span(), ("L-106", message)).with(fix))
    }

    /// The TTL of a record: its own; else `$TTL`; else the SOA minimum where the SOA had none itself (BIND makes
    /// that the default); else the last one written; else what Knot and NSD take.
    pub fn ttl(&mut self, head: &Head, rdata: &[u8], at: Range<usize>) -> (u32, TtlFrom) {
        if let Some((ttl, span)) = &head.ttl {
            self.warn_of_large_ttl(*ttl, span);
            self.state.last_ttl = Some(*ttl);
            return (*ttl, TtlFrom::Written);
        }
        if let Some(default) = self.state.default_ttl {
            return default;
        }
        let minimum = match head.rtype {
            RecordType::SOA if self.state.last_ttl.is_none() => Soa::from_rdata(rdata).map(|soa| soa.minimum),
            _ => None,
        };
        let (once, ttl, from, message) = if let Some(minimum) = minimum {
            self.state.default_ttl = Some((minimum, TtlFrom::SoaMinimum));
            (
                Once::TtlFromSoa,
                minimum,
                TtlFrom::SoaMinimum,
                "the minimum of the SOA, as BIND does, also for the records below; Knot, NSD and ldns take 3600",
            )
        } else if let Some(last) = self.state.last_ttl {
            (
                Once::TtlFromLast,
                last,
                TtlFrom::Last,
                "the last TTL before it, as BIND and ldns do; Knot and NSD always take 3600",
            )
        } else {
            let message = "There is no TTL here, none before it, and no $TTL: BIND refuses the file, Knot and NSD take \
                           3600. Put a $TTL at the top.";
            if self.state.first_time(Once::TtlAssumed) {
                self.problems.refused(at, ("L-109", message), None);
            }
            return (3600, TtlFrom::Assumed);
        };
        if self.state.first_time(once) {
            self.warn_of_large_ttl(ttl, &at);
            let message = format!(
                "Here is no TTL, and no $TTL before it. {ttl} is taken: {message}. Put a $TTL at the top."
            );
            self.problems.warning(at, ("L-109", message));
        }
        (ttl, from)
    }

    pub fn warn_of_large_ttl(&mut self, ttl: u32, span: &Range<usize>) {
        if ttl > ttl::MAX_TTL {
            let message = "A TTL above 2147483647: BIND takes 0 instead, Knot stores it as it is, the newest NSD refuses the \
                 file, and resolvers read it as 0 (RFC 2181 section 8).";
            self.problems.warning(span.clone(), ("L-21", message));
        }
    }
}

/// The number of a class written as a class; `None` for anything else.
fn class(word: &[u8]) -> Option<u16> {
    if !matches!(word.first(), Some(b'I' | b'i' | b'C' | b'c' | b'H' | b'h')) {
        return None;
    }
    const CLASSES: [(&[u8], u16); 5] = [(b"IN", 1), (b"CS", 2), (b"CH", 3), (b"CHAOS", 3), (b"HS", 4)];
    if let Some((_, number)) = CLASSES.iter().find(|(name, _)| name.eq_ignore_ascii_case(word)) {
        return Some(*number);
    }
    let (prefix, digits) = word.split_at_checked(5)?;
    if !prefix.eq_ignore_ascii_case(b"CLASS") || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// A TTL, or the sentence that says why it is none.
pub fn read_ttl(word: &[u8]) -> Result<u32, String> {
    ttl::parse(word).ok_or_else(|| {
        format!(
            "{} is no TTL: write seconds up to 2147483647, or units such as 1h30m (s, m, h, d, w).",
            shown(word)
        )
    })
}
