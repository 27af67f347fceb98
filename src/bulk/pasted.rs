//! Records out of any text that a person pastes: lines of a zone file, or a table (CSV) with commas, semicolons or tabs,
//! with or without a heading. Each line that is no record is named, the others are taken.

use crate::zone::{Name, Rdata, RecordType, RrKey, types};
use crate::zonefile::{self, Severity};

/// Most octets of a text that are read.
pub const MOST_OCTETS: usize = 1 << 20;
/// Most lines that are read.
pub const MOST_LINES: usize = 10_000;

/// What a text holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pasted {
    pub records: Vec<PastedRecord>,
    /// Lines that are no record.
    pub bad: Vec<BadLine>,
    /// Lines beyond what is read.
    pub unread: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastedRecord {
    pub key: RrKey,
    /// Seconds; `None` where the text does not say.
    pub ttl: Option<u32>,
    pub rdata: Rdata,
    /// The line, from 1.
    pub line: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadLine {
    /// From 1.
    pub line: usize,
    pub text: String,
    /// What is wrong, as a sentence.
    pub why: String,
}

/// Where records go.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    pub origin: &'a Name,
    /// The zone that the text comes from, where that is known: its names become names of this one.
    pub from: Option<&'a Name>,
    /// For lines without a TTL where the text says nothing of it; only so that they can be read.
    pub ttl: u32,
}

impl Pasted {
    /// Reads a text.
    pub fn read(text: &str, place: Place<'_>) -> Pasted {
        let (text, unread) = bounded(text);
        let mut pasted = match separator(text) {
            Some(separator) => table(text, separator, place),
            None => {
                let mut pasted = lines(text, place);
                if let Some(bad) = pasted.bad.first_mut().filter(|_| is_like_a_table(text)) {
                    bad.why = NO_HEADING.into();
                }
                pasted
            }
        };
        pasted.unread = unread;
        pasted.settle(place);
        pasted
    }

    /// Moves names of the zone that they come from into this one, and names what does not belong here.
    fn settle(&mut self, place: Place<'_>) {
        let from = place.from.filter(|from| *from != place.origin);
        let records = std::mem::take(&mut self.records);
        for mut record in records {
            if let Some(from) = from {
                let rename = |name: crate::zone::NameRef<'_>| moved(name, from, place.origin);
                if let Some(owner) = rename(record.key.owner.as_ref()) {
                    record.key.owner = owner;
                }
                if let Some(rdata) = types::with_names(record.key.rtype, &record.rdata, rename) {
                    record.rdata = rdata;
                }
            }
            let why = match &record.key {
                key if !key.owner.is_at_or_below(place.origin) => {
                    Some(format!("{} is not in this zone", key.owner))
                }
                key if key.rtype == RecordType::SOA => Some("a zone has one SOA, which Enter edits".into()),
                key if key.rtype.is_meta() => Some(format!("{} is no type of records", key.rtype)),
                _ => None,
            };
            match why {
                None => self.records.push(record),
                Some(why) => {
                    let data = types::format_rdata(record.key.rtype, &record.rdata, None);
                    let text = format!("{} {} {data}", record.key.owner, record.key.rtype);
                    self.bad.push(BadLine { line: record.line, text, why });
                }
            }
        }
        self.bad.sort_by_key(|bad| bad.line);
    }
}

/// A name below one zone as the name at the same place of another; `None` where it is not below the first.
fn moved(name: crate::zone::NameRef<'_>, from: &Name, to: &Name) -> Option<Name> {
    let kept = name.wire().len().checked_sub(from.wire().len())?;
    if !name.is_at_or_below(from.as_ref()) {
        return None;
    }
    Name::from_wire(&[name.wire().get(..kept)?, to.wire()].concat()).ok()
}

/// As much of a text as is read, and how many lines are left.
fn bounded(text: &str) -> (&str, usize) {
    let mut end = 0;
    for (number, line) in text.split_inclusive('\n').enumerate() {
        if number >= MOST_LINES || end + line.len() > MOST_OCTETS {
            break;
        }
        end += line.len();
    }
    let rest = text.get(end..).unwrap_or_default();
    (text.get(..end).unwrap_or_default(), rest.lines().count())
}

/// Lines of a zone file. One that is wrong costs only itself.
fn lines(text: &str, place: Place<'_>) -> Pasted {
    // A TTL for all, so that lines without one can be read; not where the text has its own.
    let has_ttl = text.lines().any(|line| line.trim_start().to_ascii_uppercase().starts_with("$TTL"));
    let head = format!("$TTL {}\n", place.ttl);
    let skipped = if has_ttl { 0 } else { head.len() };
    let whole = if has_ttl { text.to_owned() } else { format!("{head}{text}") };
    let start = place.from.unwrap_or(place.origin);
    let parsed = zonefile::parse(whole.as_bytes(), Some(start));
    let before = usize::from(!has_ttl);
    let line_text =
        |line: usize| text.lines().nth(line.saturating_sub(1)).unwrap_or_default().trim().to_owned();
    let mut pasted = Pasted::default();
    for problem in parsed.problems.iter().filter(|problem| problem.severity == Severity::Error) {
        let line = problem.line.saturating_sub(before).max(1);
        if pasted.bad.iter().all(|bad| bad.line != line) {
            pasted.bad.push(BadLine { line, text: line_text(line), why: problem.message.clone() });
        }
    }
    for record in parsed.records.into_iter().filter(|record| record.span.end > skipped) {
        let line = record.line.saturating_sub(before).max(1);
        let written = match &record.source {
            zonefile::Source::Written(layout) => layout.ttl.is_some(),
            _ => true,
        };
        pasted.records.push(PastedRecord {
            key: RrKey::of_record(record.owner.as_ref(), record.rtype, &record.rdata),
            ttl: (written || has_ttl).then_some(record.ttl),
            rdata: record.rdata,
            line,
        });
    }
    pasted
}

const NO_HEADING: &str =
    "it looks like CSV: then the first line must name the columns, such as name,type,ttl,data";

/// Does the first line look like a row of a table, though nothing says which column holds what?
fn is_like_a_table(text: &str) -> bool {
    let Some(first) = text.lines().find(|line| !line.trim().is_empty()) else { return false };
    [',', ';', '\t'].into_iter().any(|separator| {
        let fields: Vec<&str> = first.split(separator).map(unquoted).collect();
        let is_type = |field: &&str| types::parse_type(field.as_bytes()).is_some();
        fields.len() >= 3 && fields.iter().any(is_type)
    })
}

/// What parts the fields of a table: what its heading has, or what its first line fits.
fn separator(text: &str) -> Option<char> {
    let first = text.lines().find(|line| !line.trim().is_empty())?;
    [',', ';', '\t'].into_iter().find(|separator| {
        let fields: Vec<String> = first.split(*separator).map(|field| unquoted(field).to_owned()).collect();
        let is_heading = columns(&fields).is_some();
        let is_row = match fields.as_slice() {
            [owner, ttl, rtype, data, ..] => {
                !owner.is_empty()
                    && (ttl.is_empty() || crate::zone::ttl::parse(ttl.as_bytes()).is_some())
                    && types::parse_type(rtype.as_bytes()).is_some()
                    && !data.is_empty()
            }
            _ => false,
        };
        is_heading || is_row
    })
}

fn unquoted(field: &str) -> &str {
    let field = field.trim();
    field.strip_prefix('"').and_then(|field| field.strip_suffix('"')).unwrap_or(field)
}

/// Which column holds what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Columns {
    name: usize,
    ttl: Option<usize>,
    rtype: usize,
    data: usize,
    /// A preference, which stands before the data.
    priority: Option<usize>,
}

/// Reads a heading.
fn columns(fields: &[String]) -> Option<Columns> {
    let find = |names: &[&str]| {
        fields.iter().position(|field| names.iter().any(|name| field.trim().eq_ignore_ascii_case(name)))
    };
    Some(Columns {
        name: find(&["name", "owner", "host", "hostname"])?,
        ttl: find(&["ttl"]),
        rtype: find(&["type", "rtype"])?,
        data: find(&["data", "rdata", "value", "content", "target"])?,
        priority: find(&["priority", "prio", "preference"]),
    })
}

/// Rows of a table.
fn table(text: &str, separator: char, place: Place<'_>) -> Pasted {
    let mut pasted = Pasted::default();
    let mut columns_now = Columns { name: 0, ttl: Some(1), rtype: 2, data: 3, priority: None };
    for (number, (line, fields, raw)) in rows(text, separator).into_iter().enumerate() {
        if fields.iter().all(|field| field.trim().is_empty()) {
            continue;
        }
        if number == 0
            && let Some(found) = columns(&fields)
        {
            columns_now = found;
            continue;
        }
        match row(&fields, columns_now, separator, place) {
            Ok((key, ttl, rdata)) => pasted.records.push(PastedRecord { key, ttl, rdata, line }),
            Err(why) => pasted.bad.push(BadLine { line, text: raw, why }),
        }
    }
    pasted
}

fn row(
    fields: &[String],
    columns: Columns,
    separator: char,
    place: Place<'_>,
) -> Result<(RrKey, Option<u32>, Rdata), String> {
    let field = |at: usize| fields.get(at).map_or("", |field| field.trim());
    let start = place.from.unwrap_or(place.origin);
    let owner = match field(columns.name) {
        "" => "@",
        owner => owner,
    };
    let owner =
        Name::parse(owner.as_bytes(), Some(start.as_ref())).map_err(|error| format!("{owner}: {error}"))?;
    let ttl = match columns.ttl.map_or("", field) {
        "" => None,
        text => Some(crate::zone::ttl::parse(text.as_bytes()).ok_or_else(|| format!("{text} is no TTL"))?),
    };
    let rtype = field(columns.rtype);
    let rtype = types::parse_type(rtype.as_bytes()).ok_or_else(|| format!("{rtype} is no record type"))?;
    // The data may hold the separator where it is the last column.
    let rest = fields.get(columns.data..).unwrap_or_default();
    let is_last = [Some(columns.name), columns.ttl, Some(columns.rtype), columns.priority]
        .into_iter()
        .flatten()
        .all(|other| other < columns.data);
    let data = if is_last { rest.join(&separator.to_string()) } else { field(columns.data).to_owned() };
    let data = match columns.priority.map_or("", field) {
        "" => data.trim().to_owned(),
        priority => format!("{priority} {}", data.trim()),
    };
    let data = match rtype {
        RecordType::TXT | RecordType::SPF if !data.starts_with('"') => quoted_text(&data),
        _ => data,
    };
    if data.is_empty() {
        return Err("there is no data".into());
    }
    if data.contains(['\n', '\r']) {
        return Err("the data goes over several lines".into());
    }
    let line = format!(". 1 IN {rtype} {data}\n");
    let line = format!("$ORIGIN {start}\n{line}");
    let parsed = zonefile::parse(line.as_bytes(), Some(start));
    match (
        parsed.records.into_iter().next(),
        parsed.problems.into_iter().find(|it| it.severity == Severity::Error),
    ) {
        (Some(record), None) => {
            Ok((RrKey::of_record(owner.as_ref(), rtype, &record.rdata), ttl, record.rdata))
        }
        (_, Some(problem)) => Err(problem.message),
        (None, None) => Err(format!("this is no {rtype} data")),
    }
}

/// Text as the strings of a TXT record, 255 octets each at most.
fn quoted_text(text: &str) -> String {
    let mut made = String::new();
    for part in text.as_bytes().chunks(255) {
        if !made.is_empty() {
            made.push(' ');
        }
        made.push('"');
        for octet in part {
            match octet {
                b'"' | b'\\' => {
                    made.push('\\');
                    made.push(char::from(*octet));
                }
                0x20..=0x7e => made.push(char::from(*octet)),
                _ => made.push_str(&format!("\\{octet:03}")),
            }
        }
        made.push('"');
    }
    made
}

/// The rows of a table: line, fields, and the text of the line. A field in quotes may hold the separator and line breaks; a
/// quote in it is written twice.
fn rows(text: &str, separator: char) -> Vec<(usize, Vec<String>, String)> {
    let mut rows = Vec::new();
    let (mut line, mut first) = (1, 1);
    let (mut fields, mut field, mut raw) = (Vec::new(), String::new(), String::new());
    let mut quoted = false;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        if character == '\n' {
            line += 1;
        }
        if character == '\n' && !quoted {
            fields.push(std::mem::take(&mut field));
            rows.push((first, std::mem::take(&mut fields), std::mem::take(&mut raw)));
            first = line;
            continue;
        }
        if !character.is_control() {
            raw.push(character);
        }
        match character {
            '"' if quoted && characters.next_if_eq(&'"').is_some() => field.push('"'),
            '"' if quoted => quoted = false,
            '"' if field.trim().is_empty() => {
                field.clear();
                quoted = true;
            }
            '\r' if !quoted => {}
            _ if character == separator && !quoted => fields.push(std::mem::take(&mut field)),
            _ => field.push(character),
        }
    }
    if !field.is_empty() || !fields.is_empty() {
        fields.push(field);
        rows.push((first, fields, raw));
    }
    rows
}
