//! BIND zone-file text (RFC 1035 section 5): lexer, parser, printer.
//!
//! Reading goes [`lexer`] (tokens) → [`entry`] (lines grouped by parentheses) → `reader` (records) →
//! [`read_zone`] (a snapshot). Nothing stops at the first mistake: all problems of a text come back with their
//! places. Files themselves are opened by `run` and `store`.

pub mod diff;
pub mod entry;
pub mod lexer;
pub mod nsupdate;
mod printer;
mod problem;
mod reader;
#[cfg(test)]
mod tests;
mod zone;

use std::ops::Range;

pub use printer::{print_aligned, print_contents, print_plain, print_record, unchanged};
pub use problem::{MAX_PROBLEMS, Problem, Severity, shown};
pub use zone::read_zone;

use crate::zone::{Name, Rdata, RecordType};
use problem::{Lines, Problems};

/// One record of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParsedRecord {
    pub owner: Name,
    pub rtype: RecordType,
    /// Seconds.
    pub ttl: u32,
    pub rdata: Rdata,
    /// The line, from 1, on which it begins.
    pub line: usize,
    /// Its octets, from its first word to the end of its last.
    pub span: Range<usize>,
}

/// What a text says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parsed {
    /// Every record that could be read, in order.
    pub records: Vec<ParsedRecord>,
    /// The origin at the end of the text.
    pub origin: Option<Name>,
    /// The default TTL at the end of the text, from `$TTL`, or from an SOA that had no TTL.
    pub default_ttl: Option<u32>,
    pub problems: Vec<Problem>,
}

/// Reads any text of records, a zone or a part of one. Relative names are completed with `origin` until the
/// first `$ORIGIN`; where it is not given, an SOA with an absolute owner gives it.
pub fn parse(text: &[u8], origin: Option<&Name>) -> Parsed {
    let mut problems = Problems::new(text);
    let mut records = Vec::new();
    let mut lines = Lines::new(text);
    let defaults = reader::read(text, origin, &mut problems, |record, _| {
        records.push(ParsedRecord {
            owner: record.owner.to_name(),
            rtype: record.rtype,
            ttl: record.ttl,
            rdata: record.rdata,
            line: lines.locate(record.span.start).0,
            span: record.span,
        });
    });
    Parsed { records, origin: defaults.origin, default_ttl: defaults.ttl, problems: problems.finish() }
}
