//! What reading hands over: records with the places of their parts, to whoever takes them.

use std::ops::Range;
use std::sync::Arc;

use super::entry::Entry;
use super::head::Head;
use super::layout::{EntryKind, Layout, TtlFrom};
use super::problem::Problems;
use super::reader::State;
use crate::zone::{Name, NameRef, RecordType};

/// Takes what is read.
pub trait Sink {
    /// Does it want the lines without words as well?
    const ALL: bool = false;

    /// A record that could be read. What the sink finds wrong with it goes to the problems of the file it stands in.
    fn record(&mut self, record: ReadRecord<'_>, problems: &mut Problems);

    /// Does it want records of this owner? Others are read no further than their owner, and nothing is said of them.
    fn wants(&self, _owner: NameRef<'_>) -> bool {
        true
    }

    /// Has it all that it wants? Then the rest of the text is not read.
    fn is_done(&self) -> bool {
        false
    }

    /// An entry of the text itself has been read, and its records handed over; `after` is what holds behind it.
    fn entry(&mut self, _lines: &Range<usize>, _kind: EntryKind, _after: &State) {}
}

/// One record of the text.
#[derive(Debug)]
pub struct ReadRecord<'r> {
    pub owner: NameRef<'r>,
    pub rtype: RecordType,
    /// Seconds.
    pub ttl: u32,
    pub rdata: &'r [u8],
    /// From the first octet of its first word to the last of its last, in the file it stands in; for a generated
    /// one, that of the directive.
    pub span: Range<usize>,
    pub place: Place<'r>,
}

impl ReadRecord<'_> {
    /// Octets of the text itself: the record, or the `$INCLUDE` that led to it.
    pub fn place_in_text(&self) -> Range<usize> {
        self.place.included.map_or(&self.span, |(directive, _)| directive).clone()
    }
}

/// Where a record stands.
#[derive(Debug)]
pub struct Place<'r> {
    /// The text of its file.
    pub text: &'r [u8],
    /// The lines of the `$INCLUDE` in the text itself that led to its file, and that file.
    pub included: Option<(&'r Range<usize>, &'r Arc<str>)>,
    pub entry: &'r Entry,
    /// `None` for a generated one.
    pub written: Option<Written<'r>>,
}

/// What [`Layout`] is made from where it is asked for.
#[derive(Debug)]
pub struct Written<'r> {
    pub head: &'r Head,
    pub ttl_from: TtlFrom,
    pub origin: Option<&'r Arc<Name>>,
}

impl Place<'_> {
    /// The layout of a record that is written out.
    pub fn layout(&self) -> Option<Layout> {
        let Written { head, ttl_from, origin } = self.written.as_ref()?;
        let Entry { lines, indented, parentheses, pieces, .. } = self.entry;
        let end = pieces.last().map_or(lines.end, |piece| piece.outer().end);
        let rdata = pieces.get(head.rdata_from).map_or(end..end, |first| first.outer().start..end);
        Some(Layout {
            lines: lines.clone(),
            owner: pieces.first().filter(|_| !indented).map(|piece| piece.outer()),
            ttl: head.ttl.as_ref().map(|(_, span)| span.clone()),
            class: head.class.clone(),
            rtype: head.rtype_at.clone(),
            rdata,
            parentheses: *parentheses,
            ttl_from: *ttl_from,
            origin: origin.cloned(),
        })
    }
}
