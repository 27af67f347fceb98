//! How a new line looks: like the line that it stands behind.

use super::super::layout::Layout;
use super::line::written_ttl;
use super::survey::{RowKind, RowRecord, Survey};
use crate::zone::types;
use crate::zone::{Name, NameRef, RecordType};

/// A record that is to stand in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRecord {
    pub owner: Name,
    pub rtype: RecordType,
    pub ttl: u32,
    pub rdata: crate::zone::Rdata,
}

/// What lines look like around some row.
#[derive(Debug)]
pub struct Style {
    /// Where TTL, class, type and data begin, in columns from 0; `None` where there was nothing to go by.
    ttl: Option<Column>,
    class: Option<(usize, String)>,
    rtype: Option<usize>,
    rdata: Option<usize>,
    tabs: bool,
    absolute_owners: bool,
    absolute_data: bool,
    /// A TTL that is the default is left out.
    pub ttl_omitted: bool,
    pub owner_omitted: bool,
    pub units: bool,
}

#[derive(Debug, Clone, Copy)]
struct Column {
    start: usize,
    end: usize,
    /// Is its end what is aligned?
    right: bool,
}

/// How many rows around the place are looked at.
const NEAR: usize = 24;

impl Style {
    /// The style of the record nearest to `row`.
    pub fn near(survey: &Survey<'_>, row: usize) -> Style {
        let habits = survey.habits;
        let mut style = Style {
            ttl: None,
            class: None,
            rtype: None,
            rdata: None,
            tabs: false,
            absolute_owners: false,
            absolute_data: false,
            ttl_omitted: true,
            owner_omitted: habits.omitted > habits.repeated,
            units: habits.units > habits.seconds,
        };
        let nearest =
            (0..NEAR).flat_map(|step| [row.checked_sub(step), (step > 0).then_some(row + step)]).flatten();
        let mut has_columns = false;
        let mut owners = None;
        let mut data = None;
        for row in nearest {
            if survey.rows.get(row).is_none_or(|row| row.kind != RowKind::Record) {
                continue;
            }
            let lines = survey.lines(row);
            for RowRecord { rtype, rdata, layout, ttl, .. } in survey.read(row) {
                let Some(layout) = layout else { continue };
                let origin = layout.origin.as_ref().map(|origin| origin.as_ref().as_ref());
                let owner =
                    layout.owner.clone().and_then(|owner| lines.get(owner)).filter(|owner| *owner != "@");
                owners = owners.or(owner.map(is_absolute));
                data =
                    data.or_else(|| absolute_names(rtype, &rdata, origin, lines.get(layout.rdata.clone())?));
                if !has_columns && !layout.parentheses {
                    has_columns = true;
                    style.take_columns(lines, &layout);
                    let default = survey.default_ttl(row).map(|(ttl, _)| ttl);
                    style.ttl_omitted = layout.ttl.is_none() || default != Some(ttl);
                }
            }
            if has_columns && owners.is_some() && data.is_some() {
                break;
            }
        }
        style.absolute_owners = owners.unwrap_or(false);
        style.absolute_data = data.unwrap_or(false);
        style
    }

    fn take_columns(&mut self, lines: &str, layout: &Layout) {
        let head = lines.get(..layout.rdata.start).unwrap_or_default();
        self.tabs = head.contains('\t');
        // Single blanks are no columns.
        let column = |lines, at| if self.tabs || head.contains("  ") { column(lines, at) } else { 0 };
        let text = |range: &std::ops::Range<usize>| lines.get(range.clone()).unwrap_or_default().to_owned();
        self.ttl = layout.ttl.as_ref().map(|ttl| {
            let follows = lines.get(ttl.end..).unwrap_or_default();
            let (start, end) = (column(lines, ttl.start), column(lines, ttl.end));
            Column { start, end, right: follows.starts_with(' ') && !follows.starts_with("  ") }
        });
        self.class = layout.class.as_ref().map(|class| (column(lines, class.start), text(class)));
        self.rtype = Some(column(lines, layout.rtype.start));
        self.rdata = Some(column(lines, layout.rdata.start)).filter(|_| !layout.rdata.is_empty());
        if layout.owner.is_none() {
            self.owner_omitted = true;
        }
        let at = layout.place_of_ttl();
        if self.ttl.is_none() && !self.tabs && lines.get(..at).is_some_and(|head| head.ends_with("  ")) {
            // Room for one that ends a blank before what follows.
            let end = column(lines, at).saturating_sub(1);
            self.ttl = Some(Column { start: end, end, right: true });
        }
    }

    /// A name as owners are written here.
    pub fn owner(&self, owner: &Name, origin: &Name) -> String {
        if self.absolute_owners && owner != origin { owner.to_string() } else { owner.relative_to(origin) }
    }

    /// The line of a record, without its end. `owner` and `ttl` are left out where they are `None`.
    pub fn line(&self, record: &NewRecord, origin: &Name, owner: Option<&str>, ttl: Option<u32>) -> String {
        let data_origin = (!self.absolute_data).then_some(origin.as_ref());
        let rdata = types::format_rdata(record.rtype, &record.rdata, data_origin);
        let mut line = owner.unwrap_or_default().to_owned();
        if let Some(ttl) = ttl {
            let text = written_ttl(ttl, self.units);
            let start = self.ttl.map(|own| match own.right {
                true => own.end.saturating_sub(text.len()),
                false => own.start,
            });
            self.push(&mut line, start, &text);
        }
        if let Some((start, class)) = &self.class {
            self.push(&mut line, Some(*start), class);
        }
        self.push(&mut line, self.rtype, &record.rtype.to_string());
        if !rdata.is_empty() {
            self.push(&mut line, self.rdata, &rdata);
        }
        line
    }

    /// Adds a word at its column, or after a blank where that is too late.
    fn push(&self, line: &mut String, column: Option<usize>, word: &str) {
        let mut at = width(line);
        if self.tabs {
            loop {
                line.push('\t');
                at = (at / TAB + 1) * TAB;
                if at >= column.unwrap_or(0) {
                    break;
                }
            }
        } else {
            let blanks = column.unwrap_or(0).saturating_sub(at).max(1);
            line.extend(std::iter::repeat_n(' ', blanks));
        }
        line.push_str(word);
    }
}

const TAB: usize = 8;

/// How many columns a line takes.
fn width(line: &str) -> usize {
    line.chars().fold(0, |at, character| if character == '\t' { (at / TAB + 1) * TAB } else { at + 1 })
}

fn column(lines: &str, at: usize) -> usize {
    width(lines.get(..at).unwrap_or_default())
}

fn is_absolute(name: &str) -> bool {
    name.ends_with('.') && !name.ends_with("\\.")
}

/// Are the names in this data written absolute although they could be relative? `None` where that cannot be told.
fn absolute_names(
    rtype: RecordType,
    rdata: &[u8],
    origin: Option<NameRef<'_>>,
    written: &str,
) -> Option<bool> {
    let absolute = types::format_rdata(rtype, rdata, None);
    let relative = types::format_rdata(rtype, rdata, origin);
    if absolute == relative {
        return None;
    }
    let words = |text: &str| text.split_ascii_whitespace().map(str::to_ascii_lowercase).collect::<Vec<_>>();
    match words(written) {
        written if written == words(&absolute) => Some(true),
        written if written == words(&relative) => Some(false),
        _ => None,
    }
}
