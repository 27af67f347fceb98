//! Where the parts of a text stand: what an editor of the text needs to know beside the records.
//!
//! All places are octets of the text that was read. Entries cover it without gaps (but for a byte-order mark), so
//! that a text is put together again from its entries.

use std::ops::Range;
use std::sync::Arc;

use crate::zone::Name;

/// Some whole lines of a text: one record, one directive, one line without either.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParsedEntry {
    /// From the start of its first line to the end of its last, comments and line end included.
    pub lines: Range<usize>,
    pub kind: EntryKind,
}

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryKind {
    /// Nothing but blanks.
    Blank,
    /// Nothing but a comment.
    Comment,
    /// The record with this index in [`super::Parsed::records`].
    Record(usize),
    /// `$ORIGIN`, `$TTL`.
    Origin,
    Ttl,
    /// `$DATE`: BIND's own, of no effect.
    Date,
    /// `$GENERATE`, `$INCLUDE`: the records they stand for follow each other in [`super::Parsed::records`].
    Generate {
        first: usize,
        count: usize,
    },
    Include {
        first: usize,
        count: usize,
    },
    /// It could not be read: there is an error for it.
    Bad,
}

/// Where a record comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// It stands in the text.
    Written(Box<Layout>),
    /// A `$GENERATE` stands for it; the lines of that entry.
    Generated(Range<usize>),
    /// It stands in an included file; the lines of the `$INCLUDE`.
    Included { directive: Range<usize>, file: Arc<str> },
}

/// Where the parts of a written record stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// Its whole lines, as in [`ParsedEntry::lines`].
    pub lines: Range<usize>,
    /// `None`: the line begins with a blank and takes the owner of the record before it.
    pub owner: Option<Range<usize>>,
    /// `None`: see [`Layout::ttl_from`].
    pub ttl: Option<Range<usize>>,
    /// `None`: it is IN all the same.
    pub class: Option<Range<usize>>,
    pub rtype: Range<usize>,
    /// From the first octet of the first word of RDATA to the last of the last, quotes included, and what stands
    /// between (blanks, parentheses, line ends, comments). Empty where there is no RDATA.
    pub rdata: Range<usize>,
    /// Does it have parentheses? Only then can it go over several lines.
    pub parentheses: bool,
    pub ttl_from: TtlFrom,
    /// The origin that completes its relative names; `None` while none is known (it needs none then).
    pub origin: Option<Arc<Name>>,
}

impl Layout {
    /// Where a TTL that is not written may stand: before class and type.
    pub fn place_of_ttl(&self) -> usize {
        self.class.as_ref().map_or(self.rtype.start, |class| class.start.min(self.rtype.start))
    }
}

/// Where the TTL of a record comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TtlFrom {
    /// It is written in the record.
    Written,
    /// A `$TTL`.
    Directive,
    /// The minimum field of an SOA record that had no TTL (the record itself, or one before it); BIND's rule.
    SoaMinimum,
    /// The last TTL written before it (RFC 1035 section 5.1).
    Last,
    /// Nothing was known: 3600, as Knot and NSD take.
    Assumed,
}
