//! From entries to records: omitted owners, names and RDATA (RFC 1035 section 5, RFC 3597). TTL, class and type are in
//! [`super::head`], directives in [`super::directive`]. What a type's RDATA looks like is the business of
//! [`crate::zone::types`]; whether the records make a zone that of [`super::zone`].

use std::ops::Range;
use std::sync::Arc;

use super::dialect;
use super::entry::{self, Entries, Entry, Piece, has_odd_octets};
use super::fix;
use super::head::{Head, Heads};
use super::include::Includes;
use super::layout::{EntryKind, TtlFrom};
use super::problem::{Fix, Message, Problems, SYNTAX, Severity, shown};
use super::record::{Place, ReadRecord, Sink, Written};
use crate::zone::name::{NameBuffer, NameError};
use crate::zone::types::{self, Token};
use crate::zone::{Name, NameRef, RecordType};

/// The longest string (RFC 1035 section 3.3).
const MAX_STRING: usize = 255;
/// Types of free text.
const STRINGS: [RecordType; 2] = [RecordType::TXT, RecordType::SPF];

/// Who an indented line belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Owner {
    /// No line with an owner yet.
    None,
    /// The last owner could not be read: its records are checked, but are nobody's.
    Bad,
    Name(NameBuffer),
}

/// What the lines so far mean for those that follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    pub origin: Option<Arc<Name>>,
    pub owner: Owner,
    pub default_ttl: Option<(u32, TtlFrom)>,
    pub last_ttl: Option<u32>,
    /// Was the last line with an owner one whose parenthesis is never closed? Indented lines after it are then most
    /// likely parts of it, and what is wrong with them is not said.
    pub after_unclosed: bool,
    /// What has been said and need not be said again, by [`Once`].
    pub said: u32,
}

/// Warnings that are given once a file.
#[derive(Debug, Clone, Copy)]
pub enum Once {
    TtlFromSoa,
    TtlFromLast,
    TtlAssumed,
    Generate,
    Date,
    TtlInInclude,
    RelativeInclude,
    ClassFirst,
}

impl State {
    pub fn new(origin: Option<Arc<Name>>) -> State {
        State {
            origin,
            owner: Owner::None,
            default_ttl: None,
            last_ttl: None,
            after_unclosed: false,
            said: 0,
        }
    }

    /// Is this the first time that it is to be said?
    pub fn first_time(&mut self, once: Once) -> bool {
        let bit = 1 << once as u32;
        let first = self.said & bit == 0;
        self.said |= bit;
        first
    }

    /// Is the TTL of a record that has none itself the default, or has every record had one so far? Else it depends on
    /// those before it.
    pub fn ttls_are_clear(&self) -> bool {
        let depends = [Once::TtlFromSoa, Once::TtlFromLast, Once::TtlAssumed];
        self.default_ttl.is_some() || depends.iter().all(|once| self.said & 1 << *once as u32 == 0)
    }
}

/// Reads one text.
pub struct Reader<'t, 'i, 'l> {
    pub text: &'t [u8],
    pub state: State,
    pub problems: Problems,
    pub includes: &'i mut Includes<'l>,
    /// Where the text is an included file: the lines of the `$INCLUDE` in the outermost text, and its name.
    pub within: Option<(Range<usize>, Arc<str>)>,
    /// Has the text itself named an owner yet?
    pub owner_is_own: bool,
    /// How many names outside ASCII have been reported.
    pub raw_names: usize,
    /// Has the text octets that are to be looked for?
    pub odd: bool,
    /// Parentheses that are known never to be closed.
    unclosed: Vec<usize>,
    /// The text that the owner in the state was read from, where the same text would be read as the same name.
    owner_text: &'t [u8],
    /// What stood before the RDATA of records.
    pub heads: Heads<'t>,
    /// Room for the RDATA of a record, and for the tokens that it is read from.
    rdata: Vec<u8>,
    tokens: Vec<Token<'t>>,
}

impl<'t, 'i, 'l> Reader<'t, 'i, 'l> {
    pub fn new(text: &'t [u8], state: State, includes: &'i mut Includes<'l>) -> Reader<'t, 'i, 'l> {
        Reader::part(text, has_odd_octets(text), state, includes)
    }

    /// A reader of a part of a text, of which is known whether it has odd octets.
    pub fn part(
        text: &'t [u8],
        odd: bool,
        state: State,
        includes: &'i mut Includes<'l>,
    ) -> Reader<'t, 'i, 'l> {
        let problems = Problems::default();
        Reader {
            text,
            state,
            problems,
            includes,
            within: None,
            owner_is_own: false,
            raw_names: 0,
            odd,
            unclosed: Vec::new(),
            owner_text: &[],
            heads: Heads::default(),
            rdata: Vec::new(),
            tokens: Vec::new(),
        }
    }
}

/// A sentence about some octets of the text, and perhaps how to put it right. (Elsewhere in memory, since what could
/// have a fault mostly has none.)
#[derive(Debug)]
pub struct Fault(Box<Said>);

#[derive(Debug)]
struct Said {
    span: Range<usize>,
    message: Message,
    fix: Option<Fix>,
}

impl Fault {
    pub fn new(span: Range<usize>, message: impl Into<Message>) -> Fault {
        Fault(Box::new(Said { span, message: message.into(), fix: None }))
    }

    pub fn with(mut self, fix: Option<Fix>) -> Fault {
        self.0.fix = fix;
        self
    }

    pub fn report(self, problems: &mut Problems) {
        let Said { span, message, fix } = *self.0;
        problems.add(Severity::Error, span, message, fix);
    }

    /// The same elsewhere: what is wrong stands in what was made of that.
    pub fn moved(mut self, span: Range<usize>) -> Fault {
        (self.0.span, self.0.fix) = (span, None);
        self
    }

    /// The same where servers refuse what was read.
    pub fn refuse(self, problems: &mut Problems) {
        let Said { span, message, fix } = *self.0;
        problems.refused(span, message, fix);
    }
}

impl<'t> Reader<'t, '_, '_> {
    /// Reads the whole text.
    pub fn read<S: Sink>(&mut self, sink: &mut S) {
        if let Some(start) = self.begin() {
            self.read_from::<S>(start, usize::MAX, sink);
        }
    }

    /// Where the entries begin; `None` where the text cannot be read at all.
    pub fn begin(&mut self) -> Option<usize> {
        let start = self.after_byte_order_mark()?;
        dialect::line_ends(self.text, &mut self.problems);
        Some(start)
    }

    /// Reads the entries that begin at `start` or later and before `end`; tells where the next one begins.
    pub fn read_from<S: Sink>(&mut self, start: usize, end: usize, sink: &mut S) -> usize {
        let mut entries = Entries::new(self.text, start, S::ALL, self.odd);
        entries.unclosed = std::mem::take(&mut self.unclosed);
        let mut entry = Entry::default();
        while entries.at() < end && !self.includes.stopped && !sink.is_done() && entries.next(&mut entry) {
            // Where such a parenthesis leads is known only from reading all of the text.
            self.includes.stopped |= entry.unclosed && self.includes.in_part;
            let kind = self.entry(&entry, sink);
            if self.within.is_none() {
                sink.entry(&entry.lines, kind, &self.state);
            }
        }
        let at = entries.at();
        self.unclosed = entries.unclosed;
        at
    }

    /// Where the text begins; `None` when it is in an encoding that is not read.
    fn after_byte_order_mark(&mut self) -> Option<usize> {
        match self.text {
            [0xef, 0xbb, 0xbf, ..] => {
                let message = "The file begins with a byte-order mark. Nameservers take it for a part of the first line: \
 save the file without it.";
                let fix = Fix::new("Remove the byte-order mark", vec![(0..3, String::new())]);
                self.problems.refused(0..3, message, Some(fix));
                Some(3)
            }
            [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => {
                self.problems
                    .error(0..2, "The file is in UTF-16. Zone files are ASCII: save it as ASCII or UTF-8.");
                None
            }
            _ => Some(0),
        }
    }

    fn entry<S: Sink>(&mut self, entry: &Entry, sink: &mut S) -> EntryKind {
        let Some(first) = entry.pieces.first() else {
            self.report(entry);
            return match (entry.faults.is_empty(), entry.comment) {
                (false, _) => EntryKind::Bad,
                (true, true) => EntryKind::Comment,
                (true, false) => EntryKind::Blank,
            };
        };
        if first.text(self.text).starts_with(b"$") && !first.quoted {
            // It may change what names mean.
            self.owner_text = &[];
            self.report(entry);
            if !entry.faults.is_empty() {
                return EntryKind::Bad;
            }
            let kind = self.directive(entry, sink);
            if kind.is_ok() {
                dialect::open_directive(self.text, entry, &mut self.problems);
            }
            return kind.unwrap_or_else(|fault| {
                fault.report(&mut self.problems);
                EntryKind::Bad
            });
        }
        match self.record(entry, sink) {
            Some(()) => EntryKind::Record(0),
            None => EntryKind::Bad,
        }
    }

    /// `None` where it could not be read.
    fn record<S: Sink>(&mut self, entry: &Entry, sink: &mut S) -> Option<()> {
        let mut rdata = std::mem::take(&mut self.rdata);
        let read = self.record_with(entry, &mut rdata, sink);
        self.rdata = rdata;
        read
    }

    /// The same with room for the RDATA.
    fn record_with<S: Sink>(&mut self, entry: &Entry, rdata: &mut Vec<u8>, sink: &mut S) -> Option<()> {
        let (first, last) = (entry.pieces.first()?, entry.pieces.last()?);
        let raw_names = self.raw_names;
        let text = first.text(self.text);
        let is_same_owner = entry.plain && !text.is_empty() && text == self.owner_text;
        if !entry.indented && !is_same_owner {
            let lasts = entry.plain && self.state.origin.is_some();
            self.owner_text = if lasts { text } else { &[] };
            if !self.has_read_owner(text) {
                let room = match std::mem::replace(&mut self.state.owner, Owner::Bad) {
                    Owner::Name(name) => name,
                    _ => NameBuffer::default(),
                };
                match self.name(first, room) {
                    Ok(name) => self.state.owner = Owner::Name(name),
                    Err(_) if !entry.faults.is_empty() => {}
                    Err(fault) => fault.report(&mut self.problems),
                }
            }
        }
        self.owner_is_own |= !entry.indented;
        if !entry.plain {
            self.report(entry);
        }
        if !entry.indented || entry.unclosed {
            self.state.after_unclosed = entry.unclosed;
        }
        if !entry.faults.is_empty() {
            return None;
        }
        if let Owner::Name(owner) = &self.state.owner
            && !sink.wants(owner.as_ref())
        {
            return Some(());
        }
        let read = self.head(entry, usize::from(!entry.indented)).and_then(|head| {
            self.read_rdata(&head, entry, rdata)?;
            Ok(head)
        });
        let head = match read {
            Ok(read) => read,
            Err(fault) => {
                if !self.state.after_unclosed {
                    fault.report(&mut self.problems);
                }
                return None;
            }
        };
        let pieces = entry.pieces.get(head.rdata_from..).unwrap_or_default();
        if let Some(fault) = dialect::refused(self.text, pieces, &head, rdata) {
            fault.refuse(&mut self.problems);
        }
        if let Some(at) = entry.raw.clone().filter(|_| self.raw_names == raw_names) {
            self.problems.warning(at, dialect::RAW_OCTETS);
        }
        let outside = self.within.is_some() && !self.owner_is_own;
        dialect::record(self.text, entry, &head, rdata, outside, &mut self.problems);
        if let (Some(class), Some((_, ttl))) = (&head.class, &head.ttl)
            && class.start < ttl.start
            && self.state.first_time(Once::ClassFirst)
        {
            self.problems.warning(class.clone(), dialect::CLASS_FIRST);
        }
        let (ttl, ttl_from) = self.ttl(&head, rdata, first.span());
        match &self.state.owner {
            Owner::Name(owner) => {
                if head.rtype == RecordType::NSEC3 && owner.as_ref().is_wildcard() {
                    let message = "NSEC3: the owner is a hash, and no wildcard; BIND refuses the file.";
                    self.problems.refused(first.outer(), message, None);
                }
                let span = first.outer().start..last.outer().end;
                let included = self.within.as_ref().map(|(directive, file)| (directive, file));
                let written = Some(Written { head: &head, ttl_from, origin: self.state.origin.as_ref() });
                let place = Place { text: self.text, included, entry, written };
                let record = ReadRecord { owner: owner.as_ref(), rtype: head.rtype, ttl, rdata, span, place };
                self.includes.records += 1;
                sink.record(record, &mut self.problems);
                Some(())
            }
            Owner::Bad => None,
            Owner::None => {
                self.problems.error(
                    first.span(),
                    "This line begins with a blank, so it takes the owner of the line before it, but there is none.",
                );
                None
            }
        }
    }

    /// Reads an owner in place of the one before; false where there is more to be said or done.
    fn has_read_owner(&mut self, text: &[u8]) -> bool {
        let State { owner, origin, .. } = &mut self.state;
        let (Owner::Name(owner), Some(origin)) = (owner, origin) else { return false };
        owner.read(text, Some(origin.as_ref().as_ref())).is_ok()
    }

    fn report(&mut self, entry: &Entry) {
        for (span, message) in &entry.faults {
            let unclosed =
                message.starts_with(entry::NEVER_CLOSED) || message.starts_with(entry::QUOTE_NOT_CLOSED);
            self.problems.error(span.clone(), (if unclosed { "L-105" } else { SYNTAX }, message.as_str()));
        }
        // What is no entry has no dialect, and parentheses around nothing stand before no owner.
        let is_said = |message: &str| {
            entry.faults.is_empty() && (!entry.pieces.is_empty() || message != dialect::BEFORE_OWNER)
        };
        for (span, message) in entry.warnings.iter().filter(|(_, message)| is_said(message)) {
            self.problems.warning(span.clone(), *message);
        }
    }

    pub fn origin(&self) -> Option<NameRef<'_>> {
        self.state.origin.as_ref().map(|origin| origin.as_ref().as_ref())
    }

    /// An owner name, in the room of another one.
    fn name(&mut self, piece: &Piece, mut room: NameBuffer) -> Result<NameBuffer, Fault> {
        let text = piece.text(self.text);
        match read_raw_name(&mut room, text, self.origin()) {
            Ok(is_raw) => {
                if is_raw {
                    self.warn_of_raw_name(text, piece.span());
                }
                Ok(room)
            }
            Err(NameError::NoOrigin) => {
                self.assume_root(piece.span());
                Ok(Name::root().into())
            }
            Err(error) => Err(Fault::new(piece.span(), (name_rule(error), bad_name(text, error)))),
        }
    }

    fn warn_of_raw_name(&mut self, text: &[u8], span: Range<usize>) {
        let message = format!(
            "{} has characters outside ASCII. Knot refuses the file, and so does a primary with BIND where a host or a \
             mailbox is named (check-names); else BIND, and NSD always, take the octets for the name, under which nobody will ask. Write it \
             as an A-label (xn--...).",
            shown(text)
        );
        let fix = fix::to_a_labels(text, span.clone());
        self.raw_names += 1;
        self.problems.add(Severity::Warning, span, ("L-15", message), fix);
    }

    /// Says once that the origin is not known, and goes on to look for other mistakes.
    fn assume_root(&mut self, span: Range<usize>) {
        self.problems.error(
            span,
            "The name is relative, and the zone's name is not known here: begin the file with a line such as \
             $ORIGIN example.com. (or give the name with --origin).",
        );
        self.state.origin = Some(Arc::new(Name::root()));
    }

    fn read_rdata(&mut self, head: &Head, entry: &Entry, rdata: &mut Vec<u8>) -> Result<(), Fault> {
        let pieces = entry.pieces.get(head.rdata_from..).unwrap_or_default();
        let mut tokens = std::mem::take(&mut self.tokens);
        tokens.clear();
        let text = self.text;
        tokens.extend(pieces.iter().map(|piece| Token { text: piece.text(text), quoted: piece.quoted }));
        let end = entry.pieces.last().map_or(0, |piece| piece.end);
        let read = self.read_tokens(head, pieces, end, &tokens, rdata);
        self.tokens = tokens;
        read
    }

    fn read_tokens(
        &mut self,
        head: &Head,
        pieces: &[Piece],
        end: usize,
        tokens: &[Token<'t>],
        rdata: &mut Vec<u8>,
    ) -> Result<(), Fault> {
        let read = |tokens: &[Token<'_>], origin: NameRef<'_>, rdata: &mut Vec<u8>| {
            types::read_rdata(head.rtype, tokens, origin, rdata).map_err(|error| {
                let span = pieces.get(error.token).map_or(end..end, |piece| piece.span());
                let fix = fix::for_rdata(head.rtype, &error, pieces, tokens, origin);
                let message = format!("{}: {}.", head.rtype, error.message.trim_end_matches('.'));
                let long = tokens.get(error.token).is_some_and(|token| token.text.len() > MAX_STRING);
                let rule = if STRINGS.contains(&head.rtype) && long { "L-60" } else { SYNTAX };
                Fault::new(span, (rule, message)).with(fix)
            })
        };
        if let Some(origin) = &self.state.origin {
            let origin = origin.as_ref().as_ref();
            let Err(fault) = read(tokens, origin, rdata) else { return Ok(()) };
            let raw = |token: &Token<'_>| !token.quoted && !token.text.is_ascii();
            let Some(at) = tokens.iter().position(raw) else { return Err(fault) };
            // BIND takes the octets of a name as they are.
            let escaped: Vec<Vec<u8>> = tokens.iter().map(|token| fix::escaped(token.text)).collect();
            let again: Vec<Token<'_>> = (tokens.iter().zip(&escaped))
                .map(|(token, text)| Token { text: if raw(token) { text } else { token.text }, ..*token })
                .collect();
            read(&again, origin, rdata).map_err(|_| fault)?;
            if let Some(piece) = pieces.get(at) {
                self.warn_of_raw_name(piece.text(self.text), piece.span());
            }
            return Ok(());
        }
        if let (RecordType::SOA, Owner::Name(owner)) = (head.rtype, &self.state.owner) {
            let origin = Arc::new(owner.as_ref().to_name());
            let read = read(tokens, origin.as_ref().as_ref(), rdata);
            self.state.origin = Some(origin);
            return read;
        }
        // Without an origin, RDATA must not depend on one.
        let elsewhere = Name::from_wire(b"\x01x\0").unwrap_or_else(|_| Name::root());
        let mut other = Vec::new();
        let other = read(tokens, elsewhere.as_ref(), &mut other).is_ok().then_some(other);
        read(tokens, Name::root().as_ref(), rdata)?;
        if other.as_ref() != Some(rdata) {
            let start = pieces.first().map_or(end, |piece| piece.start);
            self.assume_root(start..end);
        }
        Ok(())
    }
}

/// Reads a name as BIND does, octets outside ASCII for themselves; tells whether it has any.
///
/// # Errors
/// As [`NameBuffer::read`], but never [`NameError::NotAscii`].
pub fn read_raw_name(
    room: &mut NameBuffer,
    text: &[u8],
    origin: Option<NameRef<'_>>,
) -> Result<bool, NameError> {
    match room.read(text, origin) {
        Err(NameError::NotAscii) => room.read(&fix::escaped(text), origin).map(|()| true),
        read => read.map(|()| false),
    }
}

/// The rule that a name breaks.
fn name_rule(error: NameError) -> &'static str {
    match error {
        NameError::LabelTooLong | NameError::TooLong => "L-06",
        _ => SYNTAX,
    }
}

pub fn bad_name(text: &[u8], error: NameError) -> String {
    format!("{} is no domain name: {error}.", shown(text))
}
