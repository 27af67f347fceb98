//! Zones as zone-file text, record by record: a million of them take no memory.
//!
//! Two styles. [`print_plain`] gives one complete record a line, for programs and for comparing; [`print_aligned`]
//! gives what a person would keep: names relative to `$ORIGIN`, a `$TTL`, owners written once, columns.

use std::collections::{BTreeSet, HashMap};
use std::io::{self, Write};
use std::ops::Range;
use std::sync::{LazyLock, mpsc};

use crate::zone::managed::{is_managed, is_signed};
use crate::zone::ttl;
use crate::zone::types;
use crate::zone::{ChangeMap, Contents, Name, NameRef, RecordRef, RecordType, Snapshot, Soa};

/// One record a line: `owner TTL IN TYPE rdata`, every name absolute, SOA first, in zone order.
///
/// # Errors
/// Those of `out`.
pub fn print_plain(zone: &Snapshot, out: &mut impl Write) -> io::Result<()> {
    let rows = zone.record_count();
    let workers = std::thread::available_parallelism().map_or(1, usize::from).min(rows / CHUNK);
    if workers < 2 {
        return out.write_all(plain_lines(zone, 0..rows).as_bytes());
    }
    // Each worker makes the lines of every so many chunks, and is a chunk ahead at most.
    std::thread::scope(|scope| {
        let made: Vec<_> = (0..workers)
            .map(|worker| {
                let (sender, receiver) = mpsc::sync_channel(1);
                scope.spawn(move || {
                    for start in (worker * CHUNK..rows).step_by(workers * CHUNK) {
                        // Nobody takes them any more when writing has failed.
                        if sender.send(plain_lines(zone, start..(start + CHUNK).min(rows))).is_err() {
                            return;
                        }
                    }
                });
                receiver
            })
            .collect();
        let in_turn = made.iter().cycle().map_while(|made| made.recv().ok());
        in_turn.take(rows.div_ceil(CHUNK)).try_for_each(|lines| out.write_all(lines.as_bytes()))
    })
}

/// So many records are printed at once: some hundred kilooctets.
const CHUNK: usize = 4096;

fn plain_lines(zone: &Snapshot, rows: Range<usize>) -> String {
    let mut lines = String::with_capacity(rows.len() * 64);
    let mut owner = (&[][..], 0..0);
    for record in rows.filter_map(|row| zone.record(row)) {
        let start = lines.len();
        // What was written for the owner before is copied.
        if owner.0 == record.owner.wire() {
            lines.extend_from_within(owner.1.clone());
        } else {
            record.owner.push_text(&mut lines);
        }
        owner = (record.owner.wire(), start..lines.len());
        push_data(&mut lines, record, None);
        lines.push('\n');
    }
    lines
}

/// The zone as changes make it, in the style of [`print_plain`].
///
/// # Errors
/// Those of `out`.
pub fn print_contents(contents: Contents<'_>, out: &mut impl Write) -> io::Result<()> {
    each_record(contents, &mut |record| writeln!(out, "{}", line(record, None)))
}

/// The line that a record makes. With an origin, names below it are written relative to it.
pub fn print_record(
    owner: &Name,
    ttl: u32,
    rtype: RecordType,
    rdata: &[u8],
    origin: Option<&Name>,
) -> String {
    line(RecordRef { owner: owner.as_ref(), rtype, ttl, rdata }, origin.map(Name::as_ref))
}

fn line(record: RecordRef<'_>, origin: Option<NameRef<'_>>) -> String {
    let mut line = match origin {
        Some(origin) => record.owner.relative_to(origin),
        None => record.owner.to_string(),
    };
    push_data(&mut line, record, origin);
    line
}

/// What follows the owner.
fn push_data(line: &mut String, record: RecordRef<'_>, origin: Option<NameRef<'_>>) {
    line.push(' ');
    types::push_number(record.ttl, line);
    line.push_str(" IN ");
    types::push_type(record.rtype, line);
    line.push(' ');
    types::push_rdata(record.rtype, record.rdata, origin, line);
}

/// A zone file for people: `$ORIGIN`, `$TTL`, relative names, an owner written once, TTLs with units and only
/// where they differ from `$TTL`. `default_ttl` is the `$TTL`; without it, the commonest TTL of the zone.
///
/// # Errors
/// Those of `out`.
pub fn print_aligned(
    contents: Contents<'_>,
    default_ttl: Option<u32>,
    out: &mut impl Write,
) -> io::Result<()> {
    aligned(contents, default_ttl, &|_| true, out)
}

/// The same without what the zone's server makes by itself: a text to keep.
///
/// # Errors
/// Those of `out`.
pub fn print_document(
    contents: Contents<'_>,
    default_ttl: Option<u32>,
    out: &mut impl Write,
) -> io::Result<()> {
    let signed = is_signed(contents.base);
    let is_kept = |record: RecordRef<'_>| !signed || !is_managed(signed, contents.base, &record.key());
    aligned(contents, default_ttl, &is_kept, out)
}

fn aligned(
    contents: Contents<'_>,
    default_ttl: Option<u32>,
    is_kept: &dyn Fn(RecordRef<'_>) -> bool,
    out: &mut impl Write,
) -> io::Result<()> {
    let origin = contents.base.origin().as_ref();
    let widths = Widths::of(contents, default_ttl, is_kept)?;
    writeln!(out, "$ORIGIN {origin}\n$TTL {}\n", ttl::short(widths.default_ttl))?;
    let mut last: Option<Name> = None;
    each_record(contents, &mut |record| {
        if !is_kept(record) {
            return Ok(());
        }
        let same_owner = last.as_ref().is_some_and(|last| last.as_ref() == record.owner);
        let owner = if same_owner {
            String::new()
        } else {
            last = Some(record.owner.to_name());
            record.owner.relative_to(origin)
        };
        write!(out, "{owner:0$} ", widths.owner)?;
        if widths.ttl > 0 {
            let ttl = if record.ttl == widths.default_ttl { String::new() } else { ttl::short(record.ttl) };
            write!(out, "{ttl:>0$} ", widths.ttl)?;
        }
        let rdata = match record.rtype {
            RecordType::SOA => soa_lines(record.rdata, origin),
            _ => None,
        };
        let rdata = rdata.unwrap_or_else(|| types::format_rdata(record.rtype, record.rdata, Some(origin)));
        match rdata.is_empty() {
            true => writeln!(out, "{}", record.rtype),
            false => writeln!(out, "{:<2$} {}", record.rtype, rdata, widths.rtype),
        }
    })
}

/// The columns of a zone file, in characters, and its `$TTL`.
struct Widths {
    owner: usize,
    /// 0 where every record has the `$TTL`.
    ttl: usize,
    rtype: usize,
    /// Seconds.
    default_ttl: u32,
}

impl Widths {
    /// As wide as the widest, within reason. Without a `$TTL` given, it is the commonest TTL.
    fn of(
        contents: Contents<'_>,
        default_ttl: Option<u32>,
        is_kept: &dyn Fn(RecordRef<'_>) -> bool,
    ) -> io::Result<Widths> {
        const WIDEST: usize = 28;
        let origin = contents.base.origin().as_ref();
        let mut ttls: HashMap<u32, usize> = HashMap::new();
        let mut rtypes: BTreeSet<RecordType> = BTreeSet::new();
        let mut owner = 8;
        each_record(contents, &mut |record| {
            if !is_kept(record) {
                return Ok(());
            }
            *ttls.entry(record.ttl).or_default() += 1;
            rtypes.insert(record.rtype);
            if owner < WIDEST {
                owner = owner.max(record.owner.relative_to(origin).len().min(WIDEST));
            }
            Ok(())
        })?;
        // The lower of two equally common ones, so that the result does not depend on chance.
        let commonest = ttls.iter().max_by_key(|(ttl, count)| (**count, std::cmp::Reverse(**ttl)));
        let default_ttl = default_ttl.or(commonest.map(|(ttl, _)| *ttl)).unwrap_or(86_400);
        let others = ttls.keys().filter(|ttl| **ttl != default_ttl);
        let ttl = others.map(|ttl| ttl::short(*ttl).len()).max().unwrap_or(0);
        let rtype = rtypes.iter().map(|rtype| rtype.to_string().len()).max().unwrap_or(0);
        Ok(Widths { owner, ttl, rtype: rtype.max(5), default_ttl })
    }
}

/// The SOA over several lines, each number with its meaning. `None` where that would not be the same RDATA.
fn soa_lines(rdata: &[u8], origin: NameRef<'_>) -> Option<String> {
    let soa = Soa::from_rdata(rdata)?;
    let (mname, rname) = (soa.mname.as_ref().relative_to(origin), soa.rname.as_ref().relative_to(origin));
    let mut lines = format!("{mname} {rname} (\n{:20}{:<12} ; serial\n", "", soa.serial);
    let times = [("refresh", soa.refresh), ("retry", soa.retry), ("expire", soa.expire)];
    for (meaning, seconds) in times {
        lines.push_str(&format!("{:20}{:<12} ; {meaning}\n", "", ttl::short(seconds)));
    }
    let minimum = format!("{} )", ttl::short(soa.minimum));
    lines.push_str(&format!("{:20}{minimum:<12} ; minimum", ""));
    Some(lines)
}

/// Hands over the records of a zone as changes make it, in zone order.
fn each_record(
    contents: Contents<'_>,
    take: &mut impl FnMut(RecordRef<'_>) -> io::Result<()>,
) -> io::Result<()> {
    let Contents { base, changes } = contents;
    if changes.is_empty() {
        return base.records().try_for_each(take);
    }
    let mut next_set = 0;
    for (key, change) in changes {
        let at = base.lower_bound(key);
        rows_between(base, next_set, at).try_for_each(&mut *take)?;
        next_set = at + u32::from(base.find(key).is_some());
        let Some(after) = &change.after else { continue };
        for (index, rdata) in after.rdata.iter().enumerate() {
            let ttl = after.ttl_of(index);
            take(RecordRef { owner: key.owner.as_ref(), rtype: key.rtype, ttl, rdata })?;
        }
    }
    rows_between(base, next_set, base.set_count() as u32).try_for_each(take)
}

/// The records of the sets from one number up to another.
fn rows_between(base: &Snapshot, from: u32, to: u32) -> impl Iterator<Item = RecordRef<'_>> {
    use crate::zone::SetId;
    (from..to).flat_map(|set| base.rows_of(SetId(set))).filter_map(|row| base.record(row))
}

/// The zone of a snapshot without changes, for [`print_aligned`].
pub fn unchanged(zone: &Snapshot) -> Contents<'_> {
    static NONE: LazyLock<ChangeMap> = LazyLock::new(ChangeMap::new);
    Contents { base: zone, changes: &NONE }
}
