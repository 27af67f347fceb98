//! From a plan to edits of the text.
//!
//! Goes through the entries from the first that is touched, and keeps beside each other what holds there in the old
//! text and in the new one: the owner that an indented line takes, the default TTL, the last TTL. Where a line that
//! stays would take something else than before, it gets it written out. As soon as both are the same again, the walk
//! leaps to the next touched entry.

use std::ops::Range;

use super::line;
use super::plan::{Op, Plan};
use super::style::{NewRecord, Style};
use super::survey::{Row, RowKind, RowRecord, Survey, generate_ttl};
use crate::zone::{Name, RecordType, Soa};

/// One edit: octets of the old text, and what comes in their place. A list of them is in order.
pub type Edit = (Range<usize>, String);

/// Who owns indented lines.
#[derive(Debug, Clone)]
enum Owner {
    Nobody,
    /// Whom this row of the old text names.
    Row(usize),
    Name(Name),
}

/// What holds at a place.
#[derive(Debug, Clone)]
struct Held {
    owner: Owner,
    default: Option<u32>,
    last: Option<u32>,
}

impl Held {
    /// The TTL of a record that has none. `minimum` is that of the record itself, where it is an SOA.
    fn ttl(&self, minimum: Option<u32>) -> u32 {
        let own = minimum.filter(|_| self.last.is_none());
        self.default.or(own).or(self.last).unwrap_or(3600)
    }
}

/// Makes the edits of a plan.
pub fn edits(survey: &Survey<'_>, plan: &Plan) -> Vec<Edit> {
    let nothing = Held { owner: Owner::Nobody, default: None, last: None };
    let mut walk = Walk { survey, plan, style: None, old: nothing.clone(), new: nothing, edits: Vec::new() };
    if survey.rows.is_empty() {
        for record in plan.new.values().flatten() {
            let line = walk.new_line(record, 0);
            walk.edits.push((survey.text.len()..survey.text.len(), line + survey.line_end()));
        }
        return walk.edits;
    }
    let mut touched: Vec<usize> = plan.ops.keys().chain(plan.new.keys()).copied().collect();
    touched.sort_unstable();
    touched.dedup();
    let mut done = 0;
    for first in touched {
        if first < done {
            continue;
        }
        walk.start(first);
        done = first;
        while done < survey.rows.len() {
            walk.row(done);
            done += 1;
            let is_touched = plan.ops.contains_key(&done) || plan.new.contains_key(&done);
            if !is_touched && walk.is_even() {
                break;
            }
        }
    }
    walk.edits
}

struct Walk<'a> {
    survey: &'a Survey<'a>,
    plan: &'a Plan,
    /// The style around the row where it was last asked for.
    style: Option<(usize, Style)>,
    old: Held,
    new: Held,
    edits: Vec<Edit>,
}

impl Walk<'_> {
    /// Begins at a row before which old and new are the same.
    fn start(&mut self, row: usize) {
        let survey = self.survey;
        self.old = Held {
            owner: survey.owner_row(row).map_or(Owner::Nobody, Owner::Row),
            default: survey.default_ttl(row).map(|(ttl, _)| ttl),
            last: survey.last_ttl(row),
        };
        self.new = self.old.clone();
    }

    /// Does the same hold in both texts?
    fn is_even(&self) -> bool {
        let (old, new) = (&self.old, &self.new);
        let ttls = old.default == new.default && (old.default.is_some() || old.last == new.last);
        ttls && self.same_owner()
    }

    fn same_owner(&self) -> bool {
        match (&self.old.owner, &self.new.owner) {
            (Owner::Row(old), Owner::Row(new)) if old == new => true,
            (Owner::Nobody, Owner::Nobody) => true,
            (old, new) => self.name(old).is_some_and(|old| self.name(new).as_ref() == Some(&old)),
        }
    }

    fn name(&self, owner: &Owner) -> Option<Name> {
        match owner {
            Owner::Nobody => None,
            Owner::Row(row) => self.survey.named_owner(*row),
            Owner::Name(name) => Some(name.clone()),
        }
    }

    fn row(&mut self, index: usize) {
        let Some(row) = self.survey.rows.get(index).copied() else { return };
        let survey = self.survey;
        match self.plan.ops.get(&index) {
            None => self.kept(index, row),
            Some(Op::Edit { ttl, rdata }) => {
                self.old_record(index, row);
                let read = survey.read(index);
                if let Some(record) = read.into_iter().next() {
                    self.record(index, row, record, *ttl, rdata.as_deref());
                }
            }
            Some(Op::Delete) => {
                self.old_record(index, row);
                self.edit(index, String::new());
            }
            Some(Op::Expand(records)) => {
                if let Some(ttl) = survey.sets_last(index) {
                    self.old.last = Some(ttl);
                }
                let mut lines = line::as_comment(survey.lines(index));
                let end = survey.line_end();
                if !lines.ends_with(['\n', '\r']) {
                    lines.push_str(end);
                }
                for record in records {
                    let line = self.new_line(record, index);
                    lines.push_str(&line);
                    lines.push_str(end);
                }
                self.edit(index, lines);
            }
        }
        self.added(index);
    }

    /// The new records after a row.
    fn added(&mut self, index: usize) {
        let Some(records) = self.plan.new.get(&index) else { return };
        let survey = self.survey;
        let at = survey.span(index).end;
        let is_open = !survey.lines(index).ends_with(['\n', '\r']);
        let mut text = String::new();
        for record in records {
            let line = self.new_line(record, index);
            let end = survey.line_end();
            text.push_str(&if is_open { format!("{end}{line}") } else { format!("{line}{end}") });
        }
        self.edits.push((at..at, text));
    }

    /// What a record of the old text leaves behind there.
    fn old_record(&mut self, index: usize, row: Row) {
        if row.has_owner {
            self.old.owner = Owner::Row(index);
        }
        if row.has_ttl {
            self.old.last = Some(row.ttl);
        }
        if let Some((ttl, _)) = self.survey.sets_default(index) {
            self.old.default = Some(ttl);
        }
    }

    /// A row that is not named by the plan.
    fn kept(&mut self, index: usize, row: Row) {
        let survey = self.survey;
        match row.kind {
            RowKind::Nothing | RowKind::Comment => {}
            RowKind::Origin | RowKind::Bad => {
                if row.has_owner {
                    (self.old.owner, self.new.owner) = (Owner::Row(index), Owner::Row(index));
                }
            }
            RowKind::Ttl | RowKind::Include => {
                if let Some((ttl, _)) = survey.sets_default(index) {
                    (self.old.default, self.new.default) = (Some(ttl), Some(ttl));
                } else if row.kind == RowKind::Ttl {
                    // It says once more what held already.
                    self.new.default = self.old.default;
                }
                if let Some(ttl) = survey.sets_last(index) {
                    (self.old.last, self.new.last) = (Some(ttl), Some(ttl));
                }
            }
            RowKind::Record => {
                let inherits = !row.has_owner || !row.has_ttl;
                let even = self.is_even() && survey.sets_default(index).is_none();
                if inherits && !even {
                    let read = survey.read(index);
                    self.old_record(index, row);
                    if let Some(record) = read.into_iter().next() {
                        self.record(index, row, record, row.ttl, None);
                    }
                    return;
                }
                self.old_record(index, row);
                if row.has_owner {
                    self.new.owner = Owner::Row(index);
                }
                if row.has_ttl {
                    self.new.last = Some(row.ttl);
                }
            }
            RowKind::Generate => {
                if row.has_ttl {
                    (self.old.last, self.new.last) = (Some(row.ttl), Some(row.ttl));
                } else if self.new.ttl(None) != row.ttl {
                    let mut text = survey.lines(index).to_owned();
                    if let Some((at, _)) = generate_ttl(&text) {
                        line::insert_ttl(&mut text, at, &line::written_ttl(row.ttl, self.style(index).units));
                        self.new.last = Some(row.ttl);
                        self.edit(index, text);
                    }
                }
            }
        }
    }

    /// A written record with this TTL and perhaps other data; what it would not take from the lines before it is
    /// written out. What it leaves behind in the old text is already noted.
    fn record(&mut self, index: usize, row: Row, record: RowRecord, ttl: u32, new: Option<&[u8]>) {
        let RowRecord { owner, rtype, rdata, layout: Some(layout), .. } = record else { return };
        let mut text = self.survey.lines(index).to_owned();
        if let Some(new) = new {
            line::replace_rdata(&mut text, &layout, &owner, rtype, &rdata, new);
        }
        let minimum = match rtype {
            RecordType::SOA => Soa::from_rdata(new.unwrap_or(&rdata)).map(|soa| soa.minimum),
            _ => None,
        };
        match &layout.ttl {
            Some(word) => {
                if ttl != row.ttl {
                    let own = self.survey.lines(index).get(word.clone()).unwrap_or_default();
                    let written = line::written_ttl(ttl, super::survey::has_unit(own.as_bytes()));
                    line::replace_word(&mut text, word.clone(), &written);
                }
                self.new.last = Some(ttl);
            }
            None if self.new.ttl(minimum) != ttl => {
                let written = line::written_ttl(ttl, self.style(index).units);
                line::insert_ttl(&mut text, layout.place_of_ttl(), &written);
                self.new.last = Some(ttl);
            }
            None => {
                if let (None, None, Some(minimum)) = (self.new.default, self.new.last, minimum) {
                    self.new.default = Some(minimum);
                }
            }
        }
        if row.has_owner {
            self.new.owner = Owner::Row(index);
        } else if self.name(&self.new.owner).as_ref() != Some(&owner) {
            let origin = self.survey.origin(index).clone();
            let written = self.style(index).owner(&owner, &origin);
            line::insert_owner(&mut text, &written);
            self.new.owner = Owner::Name(owner);
        }
        if text != self.survey.lines(index) {
            self.edit(index, text);
        }
    }

    /// The line of a new record behind a row, without its end.
    fn new_line(&mut self, record: &NewRecord, index: usize) -> String {
        let origin = self.survey.origin(index + 1).clone();
        if self.plan.complete {
            self.new.owner = Owner::Name(record.owner.clone());
            self.new.last = Some(record.ttl);
            return super::super::print_record(&record.owner, record.ttl, record.rtype, &record.rdata, None);
        }
        let (new_default, new_owner) = (self.new.default, self.name(&self.new.owner));
        let style = self.style(index);
        let inherited = new_default == Some(record.ttl) && style.ttl_omitted;
        let ttl = (!inherited).then_some(record.ttl);
        let repeated = style.owner_omitted && new_owner.as_ref() == Some(&record.owner);
        let owner = (!repeated).then(|| style.owner(&record.owner, &origin));
        let line = style.line(record, &origin, owner.as_deref(), ttl);
        if owner.is_some() {
            self.new.owner = Owner::Name(record.owner.clone());
        }
        self.new.last = ttl.or(self.new.last);
        line
    }

    fn style(&mut self, index: usize) -> &Style {
        let survey = self.survey;
        match self.style.take() {
            Some(style) if style.0 == index => &self.style.insert(style).1,
            _ => &self.style.insert((index, Style::near(survey, index))).1,
        }
    }

    fn edit(&mut self, index: usize, text: String) {
        self.edits.push(trimmed(self.survey.lines(index), self.survey.span(index).start, text));
    }
}

/// An edit without what is the same at its start and end.
fn trimmed(old: &str, at: usize, new: String) -> Edit {
    let front = common(old.chars().zip(new.chars()));
    let (old_rest, new_rest) = (old.get(front..).unwrap_or_default(), new.get(front..).unwrap_or_default());
    let back = common(old_rest.chars().rev().zip(new_rest.chars().rev()));
    let kept = new_rest.get(..new_rest.len() - back).unwrap_or_default().to_owned();
    (at + front..at + front + old_rest.len() - back, kept)
}

/// How many octets are the same in both before the first difference.
fn common(pairs: impl Iterator<Item = (char, char)>) -> usize {
    pairs.take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum()
}
