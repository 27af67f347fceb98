//! Parked records: comment lines that begin with `;~ `, kept to be put back.
//!
//! What follows the mark is the record as it stood, over several lines where it had several, with its comments. It is
//! complete but for a TTL that `$TTL` gives, so that it means the same wherever its neighbours go.

use std::ops::Range;

use super::super::reader::Owner;
use super::line;
use super::plan::{Op, Plan};
use super::survey::{RowKind, RowRecord, Survey, read_lines};
use super::walk::is_lasting;
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

/// A parked record and the rows that it stands in.
pub struct ParkedRows {
    pub rows: Range<usize>,
    /// Its lines without the marks.
    text: String,
    record: RowRecord,
}

/// Every parked record that can be read.
pub fn parked(survey: &Survey<'_>) -> Vec<ParkedRows> {
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
fn block(survey: &Survey<'_>, rows: Range<usize>) -> Vec<ParkedRows> {
    let mut text = String::new();
    let mut starts = Vec::new();
    for row in rows.clone() {
        starts.push(text.len());
        text.push_str(survey.lines(row).strip_prefix(MARK).unwrap_or_default());
    }
    let records = read_lines(&text, survey.state(rows.start, Owner::None));
    let parked = records.into_iter().filter(|record| record.layout.is_some()).filter_map(|mut record| {
        // Where a block was put together by hand, blank lines may stand between.
        let first = starts.partition_point(|start| *start <= record.lines.start).checked_sub(1)?;
        let end = starts.partition_point(|start| *start < record.lines.end);
        let own = text.get(record.lines.clone())?.to_owned();
        if let Some(layout) = &mut record.layout {
            line::move_back(layout, record.lines.start);
        }
        Some(ParkedRows { rows: rows.start + first..rows.start + end, text: own, record })
    });
    parked.collect()
}

impl ParkedRows {
    pub fn parked(&self, survey: &Survey<'_>) -> Parked {
        let RowRecord { owner, rtype, ttl, rdata, .. } = &self.record;
        let (start, end) = (survey.span(self.rows.start).start, survey.span(self.rows.end).start);
        Parked { owner: owner.clone(), rtype: *rtype, ttl: *ttl, rdata: rdata.clone(), lines: start..end }
    }

    /// The plan that makes a record with this TTL of it again.
    pub fn unpark(&self, survey: &Survey<'_>, ttl: u32) -> Plan {
        let mut plan = Plan::default();
        let Some(layout) = &self.record.layout else { return plan };
        let mut lines = self.text.clone();
        let units = survey.habits.units > survey.habits.seconds;
        let inherited = survey.default_ttl(self.rows.start).map(|(ttl, _)| ttl);
        let written = match &layout.ttl {
            Some(word) => {
                if ttl != self.record.ttl {
                    line::replace_word(&mut lines, word.clone(), &line::written_ttl(ttl, units));
                }
                Some(ttl)
            }
            None if inherited == Some(ttl) => None,
            None => {
                let written = line::written_ttl(ttl, units);
                line::insert_ttl(&mut lines, line::place_of_ttl(layout), &written);
                Some(ttl)
            }
        };
        if layout.owner.is_none() {
            let owner = self.record.owner.relative_to(survey.origin(self.rows.start));
            line::insert_owner(&mut lines, &owner);
        }
        for row in self.rows.clone().skip(1) {
            plan.ops.insert(row, Op::Delete);
        }
        let owner = self.record.owner.clone();
        plan.ops.insert(self.rows.start, Op::Unpark { lines, owner, ttl: written });
        plan
    }
}

/// The lines of a record as a parked one.
pub fn parked_lines(lines: &str, record: &RowRecord, units: bool) -> String {
    let mut text = lines.to_owned();
    if let Some(layout) = &record.layout {
        if layout.ttl.is_none() && !is_lasting(layout.ttl_from) {
            let written = line::written_ttl(record.ttl, units);
            line::insert_ttl(&mut text, line::place_of_ttl(layout), &written);
        }
        if layout.owner.is_none()
            && let Some(origin) = &layout.origin
        {
            line::insert_owner(&mut text, &record.owner.relative_to(origin));
        }
    }
    as_comment(&text, MARK)
}

/// Every line with a mark before it.
pub fn as_comment(lines: &str, mark: &str) -> String {
    let mut text = String::with_capacity(lines.len() + mark.len());
    let mut at_start = true;
    let mut characters = lines.chars().peekable();
    while let Some(character) = characters.next() {
        if std::mem::take(&mut at_start) {
            text.push_str(mark);
        }
        text.push(character);
        at_start = character == '\n' || character == '\r' && characters.peek() != Some(&'\n');
    }
    text
}
