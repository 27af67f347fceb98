//! BIND zone-file text (RFC 1035 section 5): lexer, parser, printer.
//!
//! Reading goes [`lexer`] (tokens) → [`entry`] (lines grouped by parentheses) → `reader` (records and directives) →
//! [`read_zone`] (a snapshot) or [`parse`] (every record with the places of its parts, for an editor of the text).
//! Changes of records become edits of a text in [`document`].
//! Nothing stops at the first mistake: all problems of a text come back with their places, some with a [`Fix`].
//! Files themselves are opened by `run` and `store`; those that `$INCLUDE` names come from a [`Loader`].

mod dialect;
pub mod diff;
mod directive;
pub mod document;
pub mod entry;
mod expression;
mod fix;
mod format;
mod generate;
mod head;
mod include;
mod layout;
pub mod lexer;
pub mod nsupdate;
mod parallel;
mod part;
mod places;
mod printer;
mod problem;
mod rare;
mod reader;
mod record;
mod repeats;
pub mod structure;
#[cfg(test)]
mod tests;
mod zone;

use std::ops::Range;
use std::sync::Arc;

pub use format::format;
pub use include::{Loaded, Loader, ReadBefore, Remembering};
pub use layout::{EntryKind, Layout, ParsedEntry, Source, TtlFrom};
pub use parallel::TextSource;
pub use part::{Part, included_sets, read_part};
pub use places::{Place, places, places_in_source};
pub use printer::{print_aligned, print_contents, print_document, print_plain, print_record, unchanged};
pub use problem::{Fix, MAX_PROBLEMS, Problem, SYNTAX, Severity, in_text, shown};
pub use zone::{Read, read_records, read_source, read_zone, read_zone_file};

use crate::zone::{Name, Rdata, RecordType};
use include::Includes;
use problem::{Lines, Problems};
use reader::{Reader, State};
use record::{ReadRecord, Sink};

/// One record of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParsedRecord {
    pub owner: Name,
    pub rtype: RecordType,
    /// Seconds.
    pub ttl: u32,
    pub rdata: Rdata,
    /// The line, from 1, on which it begins; for one that is not written out, that of its directive.
    pub line: usize,
    /// Its octets, from its first word to the end of its last; for one that is not written out, those of its
    /// directive.
    pub span: Range<usize>,
    pub source: Source,
}

/// What a text says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parsed {
    /// Every record that could be read, in order.
    pub records: Vec<ParsedRecord>,
    /// All of the text, in order and without gaps (but for a byte-order mark at the start).
    pub entries: Vec<ParsedEntry>,
    /// The origin at the end of the text.
    pub origin: Option<Name>,
    /// The default TTL at the end of the text, from `$TTL`, or from an SOA that had no TTL.
    pub default_ttl: Option<u32>,
    pub problems: Vec<Problem>,
}

/// Reads any text of records, a zone or a part of one. Relative names are completed with `origin` until the
/// first `$ORIGIN`; where it is not given, an SOA with an absolute owner gives it. `$INCLUDE` is refused.
pub fn parse(text: &[u8], origin: Option<&Name>) -> Parsed {
    parse_file(text, origin, None)
}

/// The same, with somebody who gives the files that `$INCLUDE` names.
pub fn parse_file(text: &[u8], origin: Option<&Name>, loader: Option<&mut dyn Loader>) -> Parsed {
    let mut gathered = Gathered { parsed: Parsed::default(), lines: Lines::new(text), taken: 0 };
    let mut includes = Includes { loader, ..Includes::default() };
    let state = State::new(origin.cloned().map(Arc::new));
    let mut reader = Reader::new(text, state, &mut includes);
    reader.read(&mut gathered);
    let Reader { state, problems, .. } = reader;
    let mut parsed = gathered.parsed;
    parsed.origin = state.origin.map(Arc::unwrap_or_clone);
    parsed.default_ttl = state.default_ttl.map(|(ttl, _)| ttl);
    parsed.problems = problems.finish(text);
    parsed
}

struct Gathered<'t> {
    parsed: Parsed,
    lines: Lines<'t>,
    /// How many of the records have been given to entries.
    taken: usize,
}

impl Sink for Gathered<'_> {
    const ALL: bool = true;

    fn record(&mut self, record: ReadRecord<'_>, _: &mut Problems) {
        let ReadRecord { owner, rtype, ttl, rdata, span, place } = record;
        let (span, source) = match (place.included, place.layout()) {
            (Some((directive, file)), _) => {
                let file = Arc::clone(file);
                (directive.clone(), Source::Included { directive: directive.clone(), file })
            }
            (None, Some(layout)) => (span, Source::Written(Box::new(layout))),
            (None, None) => (span, Source::Generated(place.entry.lines.clone())),
        };
        let line = self.lines.locate(span.start).0;
        self.parsed.records.push(ParsedRecord {
            owner: owner.to_name(),
            rtype,
            ttl,
            rdata: rdata.into(),
            line,
            span,
            source,
        });
    }

    fn entry(&mut self, lines: &Range<usize>, kind: EntryKind, _: &State) {
        let first = self.taken;
        self.taken = self.parsed.records.len();
        let kind = match kind {
            EntryKind::Record(_) => EntryKind::Record(first),
            EntryKind::Generate { count, .. } => EntryKind::Generate { first, count },
            EntryKind::Include { count, .. } => EntryKind::Include { first, count },
            other => other,
        };
        self.parsed.entries.push(ParsedEntry { lines: lines.clone(), kind });
    }
}
