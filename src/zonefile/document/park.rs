//! Parked records: comment lines that begin with `;~ `, kept to be put back.
//!
//! What follows the mark is the record as it stood, over several lines where it had several, with its comments. Here they
//! are found; parking and taking back is an edit of lines, for text with errors too (`app::text::park`).

use std::ops::Range;

use super::super::reader::Owner;
use super::survey::{RowKind, Survey, read_lines};
use crate::zone::{Name, Rdata, RecordType};

/// What a parked line begins with.
pub const MARK: &str = ";~ ";

/// A parked record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parked {
    pub owner: Name,
    pub rtype: RecordType,
    /// Seconds; the TTL that it would have.
    pub ttl: u32,
    pub rdata: Rdata,
    /// Its lines in the text, in octets.
    pub lines: Range<usize>,
}

/// Every parked record that can be read.
pub fn parked(survey: &Survey<'_>) -> Vec<Parked> {
    let is_parked = |row: usize| {
        survey.rows.get(row).is_some_and(|row| row.kind == RowKind::Comment)
            && survey.lines(row).starts_with(MARK)
    };
    let mut found = Vec::new();
    let mut row = 0;
    while row < survey.rows.len() {
        if !is_parked(row) {
            row += 1;
            continue;
        }
        let end = (row..survey.rows.len()).find(|row| !is_parked(*row)).unwrap_or(survey.rows.len());
        found.extend(block(survey, row..end));
        row = end;
    }
    found
}

/// The records of parked lines that follow each other.
fn block(survey: &Survey<'_>, rows: Range<usize>) -> Vec<Parked> {
    let mut text = String::new();
    let mut starts = Vec::new();
    for row in rows.clone() {
        starts.push(text.len());
        text.push_str(survey.lines(row).strip_prefix(MARK).unwrap_or_default());
    }
    let records = read_lines(&text, survey.state(rows.start, Owner::None));
    let parked = records.into_iter().filter(|record| record.layout.is_some()).filter_map(|record| {
        // Where a block was put together by hand, blank lines may stand between.
        let first = starts.partition_point(|start| *start <= record.lines.start).checked_sub(1)?;
        let end = starts.partition_point(|start| *start < record.lines.end);
        let lines = survey.span(rows.start + first).start..survey.span(rows.start + end).start;
        Some(Parked { owner: record.owner, rtype: record.rtype, ttl: record.ttl, rdata: record.rdata, lines })
    });
    parked.collect()
}
