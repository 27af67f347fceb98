//! From entries to records: directives, omitted owners, TTLs and classes (RFC 1035 section 5, RFC 2308 section 4,
//! RFC 3597). What a type's RDATA looks like is the business of [`crate::zone::types`]; whether the records
//! make a zone that of [`super::zone`].

use std::ops::Range;

use super::entry::{Entries, Entry, Piece};
use super::problem::{Problems, shown};
use crate::zone::name::NameError;
use crate::zone::ttl;
use crate::zone::types::{self, Token};
use crate::zone::{Name, NameRef, Rdata, RecordType, Soa};

/// One record of the text.
#[derive(Debug)]
pub struct ReadRecord<'a> {
    pub owner: NameRef<'a>,
    pub rtype: RecordType,
    /// Seconds.
    pub ttl: u32,
    pub rdata: Rdata,
    /// From the first octet of its first word to the last of its last.
    pub span: Range<usize>,
}

/// What the directives said last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Defaults {
    pub origin: Option<Name>,
    pub ttl: Option<u32>,
}

/// Who an indented line belongs to.
enum Owner {
    /// No line with an owner yet.
    None,
    /// The last owner could not be read: its records are checked, but are nobody's.
    Bad,
    Name(Name),
}

struct Reader<'a> {
    text: &'a [u8],
    origin: Option<Name>,
    owner: Owner,
    default_ttl: Option<u32>,
    last_ttl: Option<u32>,
    /// Was the last line with an owner one whose parenthesis is never closed? Indented lines after it are then most
    /// likely parts of it, and what is wrong with them is not said.
    after_unclosed: bool,
    /// Which of the rules for missing TTLs have been explained.
    explained: [bool; 3],
}

/// Owner, TTL and type of an entry have been read; the rest is RDATA.
struct Head {
    ttl: Option<(u32, Range<usize>)>,
    rtype: RecordType,
    rdata_from: usize,
}

/// A sentence about some octets of the text.
type Fault = (Range<usize>, String);

/// Reads a whole text and hands each record that can be read to `sink`. `origin` completes relative names until
/// the first `$ORIGIN`; where it is not given, an SOA with an absolute owner gives it.
pub fn read<'a>(
    text: &'a [u8],
    origin: Option<&Name>,
    problems: &mut Problems<'a>,
    mut sink: impl FnMut(ReadRecord<'_>, &mut Problems<'a>),
) -> Defaults {
    let mut reader = Reader {
        text,
        origin: origin.cloned(),
        owner: Owner::None,
        default_ttl: None,
        last_ttl: None,
        after_unclosed: false,
        explained: [false; 3],
    };
    if let Some(start) = after_byte_order_mark(text, problems) {
        let mut entries = Entries::new(text, start);
        let mut entry = Entry::default();
        while entries.next(&mut entry) {
            reader.entry(&entry, problems, &mut sink);
        }
    }
    Defaults { origin: reader.origin, ttl: reader.default_ttl }
}

/// Where the text begins; `None` when it is in an encoding that is not read.
fn after_byte_order_mark(text: &[u8], problems: &mut Problems<'_>) -> Option<usize> {
    match text {
        [0xef, 0xbb, 0xbf, ..] => {
            problems.warning(
                0..3,
                "The file begins with a byte-order mark. It is passed over here, but nameservers take it for a \
                 part of the first line: save the file without it.",
            );
            Some(3)
        }
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => {
            problems.error(0..2, "The file is in UTF-16. Zone files are ASCII: save it as ASCII or UTF-8.");
            None
        }
        _ => Some(0),
    }
}

impl<'a> Reader<'a> {
    fn entry(
        &mut self,
        entry: &Entry,
        problems: &mut Problems<'a>,
        sink: &mut impl FnMut(ReadRecord<'_>, &mut Problems<'a>),
    ) {
        let (Some(first), Some(last)) = (entry.pieces.first(), entry.pieces.last()) else {
            return report(entry, problems);
        };
        let word = first.text(self.text);
        if word.starts_with(b"$") && !first.quoted {
            report(entry, problems);
            if entry.faults.is_empty()
                && let Err((span, message)) = self.directive(entry)
            {
                problems.error(span, message);
            }
            return;
        }
        if !entry.indented {
            self.owner = Owner::Bad;
            match self.name(first, problems) {
                Ok(name) => self.owner = Owner::Name(name),
                Err(_) if !entry.faults.is_empty() => {}
                Err((span, message)) => problems.error(span, message),
            }
        }
        report(entry, problems);
        if !entry.indented || entry.unclosed {
            self.after_unclosed = entry.unclosed;
        }
        if !entry.faults.is_empty() {
            return;
        }
        let read = self.head(entry).and_then(|head| {
            let rdata = self.rdata(&head, entry, problems)?;
            Ok((head, rdata))
        });
        let (head, rdata) = match read {
            Ok(read) => read,
            Err(_) if self.after_unclosed => return,
            Err((span, message)) => return problems.error(span, message),
        };
        let ttl = self.ttl(&head, &rdata, first.span(), problems);
        match &self.owner {
            Owner::Name(owner) => {
                let span = first.start..last.end;
                sink(ReadRecord { owner: owner.as_ref(), rtype: head.rtype, ttl, rdata, span }, problems);
            }
            Owner::Bad => {}
            Owner::None => problems.error(
                first.span(),
                "This line begins with a blank, so it takes the owner of the line before it, but there is none.",
            ),
        }
    }

    fn directive(&mut self, entry: &Entry) -> Result<(), Fault> {
        let Some((first, arguments)) = entry.pieces.split_first() else { return Ok(()) };
        let word = first.text(self.text);
        let is = |name: &str| word.eq_ignore_ascii_case(name.as_bytes());
        if entry.indented {
            return Err((first.span(), format!("{} must stand at the very start of its line.", shown(word))));
        }
        if is("$INCLUDE") {
            let message = "$INCLUDE is not supported yet. Put the contents of that file here instead.";
            return Err((first.span(), message.into()));
        }
        if is("$GENERATE") {
            let message = "$GENERATE is not supported yet. Write out the records that it stands for.";
            return Err((first.span(), message.into()));
        }
        if !is("$ORIGIN") && !is("$TTL") {
            let message = format!("{} is no directive. There are $ORIGIN and $TTL.", shown(word));
            return Err((first.span(), message));
        }
        let argument = match arguments {
            [] => {
                let what = if is("$TTL") {
                    "a TTL, such as $TTL 1h"
                } else {
                    "a name, such as $ORIGIN example.com."
                };
                return Err((first.span(), format!("After {} must follow {what}.", shown(word))));
            }
            [argument] => argument,
            [_, extra, ..] => {
                return Err((extra.span(), format!("Nothing more may follow {}.", shown(word))));
            }
        };
        let value = argument.text(self.text);
        if is("$TTL") {
            self.default_ttl = Some(read_ttl(value).map_err(|message| (argument.span(), message))?);
        } else {
            let origin = Name::parse(value, self.origin.as_ref().map(Name::as_ref));
            self.origin = Some(origin.map_err(|error| (argument.span(), bad_name(value, error)))?);
        }
        Ok(())
    }

    /// An owner name.
    fn name(&mut self, piece: &Piece, problems: &mut Problems<'_>) -> Result<Name, Fault> {
        let text = piece.text(self.text);
        let name = Name::parse(text, self.origin.as_ref().map(Name::as_ref));
        if name == Err(NameError::NoOrigin) {
            self.assume_root(piece.span(), problems);
            return Ok(Name::root());
        }
        name.map_err(|error| (piece.span(), bad_name(text, error)))
    }

    /// Says once that the origin is not known, and goes on to look for other mistakes.
    fn assume_root(&mut self, span: Range<usize>, problems: &mut Problems<'_>) {
        problems.error(
            span,
            "The name is relative, and the zone's name is not known here: begin the file with a line such as \
             $ORIGIN example.com. (or give the name with --origin).",
        );
        self.origin = Some(Name::root());
    }

    /// TTL and class in either order, then the type.
    fn head(&self, entry: &Entry) -> Result<Head, Fault> {
        let mut ttl = None;
        let mut class_seen = false;
        let first = usize::from(!entry.indented);
        for (index, piece) in entry.pieces.iter().enumerate().skip(first) {
            let word = piece.text(self.text);
            if let Some(class) = class(word) {
                if class != 1 {
                    let message = format!("{} is another class. Only class IN is edited here.", shown(word));
                    return Err((piece.span(), message));
                }
                if class_seen {
                    return Err((piece.span(), "The class stands here twice.".into()));
                }
                class_seen = true;
            } else if ttl.is_none() && word.first().is_some_and(u8::is_ascii_digit) {
                let value = read_ttl(word).map_err(|message| (piece.span(), message))?;
                ttl = Some((value, piece.span()));
            } else {
                let rtype = self.rtype(entry, piece)?;
                return Ok(Head { ttl, rtype, rdata_from: index + 1 });
            }
        }
        let end = entry.pieces.last().map_or(0, |piece| piece.end);
        Err((end..end, "The line ends before a record type and its data.".into()))
    }

    fn rtype(&self, entry: &Entry, piece: &Piece) -> Result<RecordType, Fault> {
        let word = piece.text(self.text);
        if let Some(rtype) = types::parse_type(word) {
            return Ok(rtype);
        }
        let mut message = format!("{} is no record type.", shown(word));
        if let Some(meant) = std::str::from_utf8(word).ok().and_then(types::suggest_type) {
            message.push_str(&format!(" Is {meant} meant?"));
        }
        let owner = entry.pieces.first().filter(|_| !entry.indented).map(|piece| piece.text(self.text));
        if let Some(owner) = owner.filter(|owner| types::parse_type(owner).is_some()) {
            message.push_str(&format!(
                " If {} is the type, begin the line with the owner's name or with a blank.",
                shown(owner)
            ));
        }
        Err((piece.span(), message))
    }

    fn rdata(&mut self, head: &Head, entry: &Entry, problems: &mut Problems<'_>) -> Result<Rdata, Fault> {
        let pieces = entry.pieces.get(head.rdata_from..).unwrap_or_default();
        let tokens: Vec<Token<'_>> =
            pieces.iter().map(|piece| Token { text: piece.text(self.text), quoted: piece.quoted }).collect();
        let end = entry.pieces.last().map_or(0, |piece| piece.end);
        let parse = |origin: NameRef<'_>| {
            types::parse_rdata(head.rtype, &tokens, origin).map_err(|error| {
                let span = pieces.get(error.token).map_or(end..end, |piece| piece.span());
                (span, format!("{}: {}.", head.rtype, error.message.trim_end_matches('.')))
            })
        };
        if let Some(origin) = &self.origin {
            return parse(origin.as_ref());
        }
        if let (RecordType::SOA, Owner::Name(owner)) = (head.rtype, &self.owner) {
            let origin = owner.clone();
            let rdata = parse(origin.as_ref());
            self.origin = Some(origin);
            return rdata;
        }
        // Without an origin, RDATA must not depend on one.
        let rdata = parse(Name::root().as_ref())?;
        let elsewhere = Name::from_wire(b"\x01x\0").unwrap_or_else(|_| Name::root());
        if parse(elsewhere.as_ref()).as_ref() != Ok(&rdata) {
            let start = pieces.first().map_or(end, |piece| piece.start);
            self.assume_root(start..end, problems);
        }
        Ok(rdata)
    }

    /// The TTL of a record: its own; else `$TTL`; else the SOA minimum where the SOA had none itself (BIND makes
    /// that the default); else the last one written; else what Knot and NSD take.
    fn ttl(&mut self, head: &Head, rdata: &[u8], at: Range<usize>, problems: &mut Problems<'_>) -> u32 {
        if let Some((ttl, span)) = &head.ttl {
            if *ttl > ttl::MAX_TTL {
                problems.warning(
                    span.clone(),
                    "A TTL above 2147483647 is stored as it is by some servers, refused by others, and read as 0 \
                     by resolvers (RFC 2181 section 8).",
                );
            }
            self.last_ttl = Some(*ttl);
            return *ttl;
        }
        if let Some(ttl) = self.default_ttl {
            return ttl;
        }
        let minimum = match head.rtype {
            RecordType::SOA => Soa::from_rdata(rdata).map(|soa| soa.minimum),
            _ => None,
        };
        let (rule, ttl, message) = if let Some(minimum) = minimum {
            self.default_ttl = Some(minimum);
            (
                0,
                minimum,
                "the minimum of the SOA, as BIND does, also for the records below; Knot, NSD and ldns take 3600",
            )
        } else if let Some(last) = self.last_ttl {
            (1, last, "the last TTL before it, as BIND and ldns do; Knot and NSD always take 3600")
        } else {
            (2, 3600, "a default of Knot and NSD; BIND refuses the file")
        };
        if let Some(explained @ false) = self.explained.get_mut(rule) {
            *explained = true;
            problems.warning(
                at,
                format!(
                    "Here is no TTL, and no $TTL before it. {ttl} is taken: {message}. Put a $TTL at the top."
                ),
            );
        }
        ttl
    }
}

fn report(entry: &Entry, problems: &mut Problems<'_>) {
    for (span, message) in &entry.faults {
        problems.error(span.clone(), message.as_str());
    }
}

fn bad_name(text: &[u8], error: NameError) -> String {
    format!("{} is no domain name: {error}.", shown(text))
}

/// The number of a class written as a class; `None` for anything else.
fn class(word: &[u8]) -> Option<u16> {
    const CLASSES: [(&[u8], u16); 4] = [(b"IN", 1), (b"CS", 2), (b"CH", 3), (b"HS", 4)];
    if let Some((_, number)) = CLASSES.iter().find(|(name, _)| name.eq_ignore_ascii_case(word)) {
        return Some(*number);
    }
    let (prefix, digits) = word.split_at_checked(5)?;
    if !prefix.eq_ignore_ascii_case(b"CLASS") || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    std::str::from_utf8(digits).ok()?.parse().ok()
}

fn read_ttl(word: &[u8]) -> Result<u32, String> {
    ttl::parse(word).ok_or_else(|| {
        format!(
            "{} is no TTL: write seconds up to 4294967295, or units such as 1h30m (s, m, h, d, w).",
            shown(word)
        )
    })
}
