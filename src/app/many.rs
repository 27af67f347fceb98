//! Edits of several records at once, the marked ones: delete and bring back, TTL, copy. Each is one step.

use std::collections::{BTreeMap, HashSet};

use super::describe::{self, count};
use super::open::Open;
use super::rows::{Mark, Row};
use super::stepping::{Kind, Wanted};
use super::{App, edits, marking};
use crate::zone::{RecordType, RrKey, RrSet, ttl, types};

/// The rows that a command can change, by record set in the order of the zone; and of the others how many, and why the
/// first one cannot.
struct Changeable {
    sets: BTreeMap<RrKey, Vec<Row>>,
    left: usize,
    why: Option<String>,
}

impl Changeable {
    fn new(open: &Open, rows: Vec<Row>) -> Changeable {
        let mut changeable = Changeable { sets: BTreeMap::new(), left: 0, why: None };
        for row in rows {
            match edits::may_change(open, &row) {
                Ok(()) => changeable.sets.entry(row.key.clone()).or_default().push(row),
                Err(why) => changeable.leave(1, why),
            }
        }
        changeable
    }

    fn leave(&mut self, records: usize, why: impl Into<String>) {
        self.left += records;
        self.why.get_or_insert(why.into());
    }

    /// "; 2 records left as they are: ...", where there are some.
    fn rest(&self) -> String {
        match (&self.why, self.left) {
            (Some(why), left) if left > 0 => format!("; {} left as they are: {why}", count(left, "record")),
            _ => String::new(),
        }
    }
}

/// What deletes the marked records; where all of them are deleted, brings them back.
pub(super) fn deleted(open: &Open) -> Wanted {
    let hidden = marking::hidden_in(open);
    let mut rows = open.targets();
    let restore = rows.iter().all(|row| row.mark == Mark::Deleted);
    rows.retain(|row| restore || row.mark != Mark::Deleted);
    let mut changeable = Changeable::new(open, rows);
    let soa = RrKey::new(open.draft.base().origin().clone(), RecordType::SOA);
    if changeable.sets.remove(&soa).is_some() {
        changeable.leave(1, "a zone cannot be without its SOA");
    }
    let records: usize = changeable.sets.values().map(Vec::len).sum();
    let after = |(key, rows): (&RrKey, &Vec<Row>)| {
        let current = open.draft.get(key);
        let after = match restore {
            true => {
                let seen = open.draft.changes().get(key).and_then(|change| change.before.clone());
                rows.iter().fold(current, |current, row| edits::restored(row, current, seen.clone()))
            }
            false => current.and_then(|set| without(set, rows)),
        };
        (key.clone(), after)
    };
    let edits: Vec<_> = changeable.sets.iter().map(after).collect();
    let (verb, word) = if restore { ("restore", "brought back") } else { ("delete", "deleted") };
    let (rest, records) = (changeable.rest(), count(records, "record"));
    Wanted {
        label: format!("{verb} {records}"),
        edits,
        done: format!("{word}: {records}{hidden}; u undoes it{rest}"),
        nothing: format!("nothing {word}{rest}"),
    }
}

fn without(set: RrSet, rows: &[Row]) -> Option<RrSet> {
    let rtype = rows.first()?.key.rtype;
    let gone: HashSet<_> = rows.iter().map(|row| types::canonical(rtype, &row.rdata)).collect();
    let mut left = set.rdata;
    left.retain(|rdata| !gone.contains(&types::canonical(rtype, rdata)));
    // Any edit of a set makes its TTLs one.
    Some(RrSet::new(set.ttl, left))
}

/// What giving the marked records, or the selected one, a TTL comes to.
struct Retimed {
    edits: Vec<(RrKey, Option<RrSet>)>,
    /// Records in those sets.
    records: usize,
    /// Of them, those that were not marked: the TTL belongs to the set.
    unmarked: usize,
    /// Sets that have this TTL already.
    same: usize,
    rest: String,
}

impl Retimed {
    fn new(open: &Open, seconds: u32) -> Retimed {
        let mut rows = open.targets();
        let deleted = rows.iter().filter(|row| row.mark == Mark::Deleted).count();
        rows.retain(|row| row.mark != Mark::Deleted);
        let mut changeable = Changeable::new(open, rows);
        if deleted > 0 {
            changeable.leave(deleted, "deleted; - brings them back");
        }
        let (mut edits, mut records, mut unmarked, mut same) = (Vec::new(), 0, 0, 0);
        for (key, rows) in &changeable.sets {
            let Some(set) = open.draft.get(key) else { continue };
            if set.ttl == seconds && set.mixed_ttls.is_empty() {
                same += 1;
                continue;
            }
            records += set.rdata.len();
            unmarked += set.rdata.len().saturating_sub(rows.len());
            edits.push((key.clone(), Some(RrSet::new(seconds, set.rdata))));
        }
        Retimed { edits, records, unmarked, same, rest: changeable.rest() }
    }

    /// "3 record sets (5 records, 1 of them not marked: the TTL belongs to the whole set)".
    fn tally(&self, marked: bool) -> String {
        let sets = count(self.edits.len(), "record set");
        let records = count(self.records, "record");
        match self.unmarked {
            0 => format!("{sets} ({records})"),
            unmarked if marked => {
                format!("{sets} ({records}, {unmarked} of them not marked: the TTL belongs to the whole set)")
            }
            _ => format!("{sets} ({records}: the TTL belongs to the whole set)"),
        }
    }
}

/// What `:ttl` would do, while its value is typed.
pub fn preview_ttl(app: &App, value: &str) -> String {
    let Some(open) = app.open() else { return String::new() };
    let marked = open.has_marks();
    if value.is_empty() {
        let about = match marked {
            true => format!("of the {} marked{}", count(open.marked(), "record"), marking::hidden(app)),
            false => "of the selected record's set".into(),
        };
        return format!("the TTL {about}: a number of seconds, or 5m, 1h, 1d");
    }
    let Some(seconds) = read_ttl(value) else { return NO_TTL.into() };
    if open.marked() > PREVIEWED {
        return format!("{seconds} s for {}", count(open.marked(), "record"));
    }
    let retimed = Retimed::new(open, seconds);
    let same = match retimed.same {
        0 => String::new(),
        same => format!(
            "; {} this TTL already",
            if same == 1 { "1 set has".into() } else { format!("{same} sets have") }
        ),
    };
    format!("{seconds} s for {}{same}{}", retimed.tally(marked), retimed.rest)
}

/// Up to so many records are looked at with each letter that is typed.
const PREVIEWED: usize = 5_000;

const NO_TTL: &str = "a TTL is a number of seconds, or 5m, 1h, 1d";

/// `:ttl 300`: the TTL of the sets of the marked records, or of the selected one.
pub fn set_ttl(app: &mut App, value: &str) {
    let Some(seconds) = read_ttl(value) else { return app.refuse(NO_TTL) };
    if let Some(open) = app.open_mut() {
        open.take_range();
    }
    let Some(open) = app.open() else { return };
    let marked = open.has_marks();
    if !marked {
        return set_ttl_of_one(app, seconds);
    }
    app.step(Kind::Ttl(seconds));
}

/// What gives the sets of the marked records a TTL.
pub(super) fn retimed(open: &Open, seconds: u32) -> Wanted {
    let hidden = marking::hidden_in(open);
    let retimed = Retimed::new(open, seconds);
    let tally = retimed.tally(true);
    let Retimed { edits, same, rest, .. } = retimed;
    let nothing = if same > 0 { "all have this TTL already" } else { "nothing is different" };
    Wanted {
        label: format!("TTL of {}", count(edits.len(), "record set")),
        edits,
        done: format!("{} now: {tally}{hidden}; u undoes it{rest}", describe::ttl(seconds)),
        nothing: format!("{nothing}{rest}"),
    }
}

fn set_ttl_of_one(app: &mut App, seconds: u32) {
    let Some(open) = app.open() else { return };
    let Some(row) = open.selected() else { return };
    let Some(set) = open.draft.get(&row.key) else {
        return app.say("this record is deleted; - brings it back");
    };
    let records = set.rdata.len();
    let name = describe::set(&row.key, open.draft.base().origin());
    let edits = vec![(row.key, Some(RrSet::new(seconds, set.rdata)))];
    match app.edit(format!("TTL of {name}"), edits) {
        true => app.say(format!("{} {} now", takes_ttl(records), describe::ttl(seconds))),
        false => app.say("that is its TTL already"),
    }
}

fn takes_ttl(records: usize) -> String {
    match records {
        1 => "the record's TTL is".into(),
        _ => format!("the TTL belongs to the whole set: {records} records have"),
    }
}

/// Seconds, or numbers with units: "300", "5m", "1h30m".
pub(super) fn read_ttl(text: &str) -> Option<u32> {
    ttl::parse(text.as_bytes()).filter(|seconds| *seconds <= ttl::MAX_TTL)
}

/// Copies the marked records, or the selected one, as lines of a zone file.
pub fn copy(app: &mut App) {
    if let Some(open) = app.open_mut() {
        open.take_range();
    }
    let Some(open) = app.open() else { return };
    let rows = open.targets();
    let lines: Vec<String> = rows.iter().map(describe::line).collect();
    let said = match lines.as_slice() {
        [] => return,
        [line] => format!("copied: {line}"),
        lines => format!("copied: {}{}; p puts them in", count(lines.len(), "record"), marking::hidden(app)),
    };
    app.say(said);
    app.copy_lines(lines);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ttl_values() {
        for (text, seconds) in [
            ("300", Some(300)),
            ("1h30m", Some(5400)),
            ("1W", Some(604_800)),
            ("0", Some(0)),
            ("", None),
            ("1h30", None),
            ("m", None),
            ("9999999999", None),
            ("2147483648", None),
            ("ä", None),
        ] {
            assert_eq!(read_ttl(text), seconds, "{text}");
        }
    }
}
