//! From records to a zone: one SOA, nothing outside, one TTL a set; what does not fit is reported, never dropped
//! silently.

use std::collections::HashMap;
use std::ops::Range;

use super::problem::{Problem, Problems};
use super::reader::{ReadRecord, read};
use crate::zone::snapshot::SnapshotError;
use crate::zone::{Name, Rdata, RecordType, RrKey, Snapshot, SnapshotBuilder, types};

/// Reads a whole zone. Without `origin`, the owner of the SOA names the zone.
///
/// # Errors
/// All problems, warnings included, when at least one of them is an error.
pub fn read_zone(text: &[u8], origin: Option<&Name>) -> Result<(Snapshot, Vec<Problem>), Vec<Problem>> {
    let mut problems = Problems::new(text);
    let mut gathered = Gathered {
        origin: origin.cloned(),
        builder: origin.cloned().map(SnapshotBuilder::new),
        ..Gathered::default()
    };
    read(text, origin, &mut problems, |record, problems| gathered.add(record, problems));
    let end = text.len();
    if gathered.soa.is_none() && !problems.has_errors() {
        problems.error(end..end, "The zone has no SOA record. Every zone begins with one.");
    }
    let Some(builder) = gathered.builder.filter(|_| !problems.has_errors()) else {
        return Err(problems.finish());
    };
    match builder.finish() {
        Ok(zone) => {
            report_mixed_ttls(&zone, text, origin, &mut problems);
            Ok((zone, problems.finish()))
        }
        Err(error) => {
            let span = gathered.soa.map_or(end..end, |(_, span)| span);
            problems.error(span, format!("This is no zone: {error}."));
            Err(problems.finish())
        }
    }
}

#[derive(Default)]
struct Gathered {
    /// The name of the zone, where it was asked for.
    origin: Option<Name>,
    /// Once the zone's name is known.
    builder: Option<SnapshotBuilder>,
    /// Records before the SOA where the zone's name is not known: normally none.
    early: Vec<EarlyRecord>,
    soa: Option<(Rdata, Range<usize>)>,
    /// The SOA is that of another zone: saying of each record that it is outside would say the same again.
    other_zone: bool,
}

struct EarlyRecord {
    owner: Name,
    rtype: RecordType,
    ttl: u32,
    rdata: Rdata,
    span: Range<usize>,
}

impl Gathered {
    fn add(&mut self, record: ReadRecord<'_>, problems: &mut Problems<'_>) {
        if record.rtype == RecordType::SOA && !self.add_soa(&record, problems) {
            return;
        }
        match &mut self.builder {
            _ if self.other_zone => {}
            Some(builder) => push(builder, &record, problems),
            None => {
                let ReadRecord { owner, rtype, ttl, rdata, span } = record;
                self.early.push(EarlyRecord { owner: owner.to_name(), rtype, ttl, rdata, span });
            }
        }
    }

    /// Does this SOA belong into the zone?
    fn add_soa(&mut self, record: &ReadRecord<'_>, problems: &mut Problems<'_>) -> bool {
        if let Some((rdata, span)) = &self.soa {
            // What dig prints of a transfer ends with the SOA once more.
            let same =
                types::canonical(RecordType::SOA, rdata) == types::canonical(RecordType::SOA, &record.rdata);
            if !same {
                let line = problems.line_of(span.start);
                let message =
                    format!("This is a second SOA record; the first is on line {line}. A zone has one.");
                problems.error(record.span.clone(), message);
            }
            return same;
        }
        self.soa = Some((record.rdata.clone(), record.span.clone()));
        if let Some(origin) = self.origin.as_ref().filter(|origin| origin.as_ref() != record.owner) {
            let message = format!(
                "The SOA record stands at {}, but the zone that was asked for is {origin}.",
                record.owner
            );
            problems.error(record.span.clone(), message);
            self.other_zone = true;
            return false;
        }
        if self.builder.is_none() {
            let mut builder = SnapshotBuilder::new(record.owner.to_name());
            for EarlyRecord { owner, rtype, ttl, rdata, span } in std::mem::take(&mut self.early) {
                push(&mut builder, &ReadRecord { owner: owner.as_ref(), rtype, ttl, rdata, span }, problems);
            }
            self.builder = Some(builder);
        }
        true
    }
}

fn push(builder: &mut SnapshotBuilder, record: &ReadRecord<'_>, problems: &mut Problems<'_>) {
    match builder.push(record.owner, record.rtype, record.ttl, &record.rdata) {
        Ok(()) => {}
        Err(SnapshotError::OutOfZone(owner)) => problems.warning(
            record.span.clone(),
            format!(
                "{owner} is not in the zone, so this record is left out (BIND and Knot do the same, NSD refuses the \
                 file). Is a dot missing, or one too many?"
            ),
        ),
        Err(error) => problems.error(record.span.clone(), format!("{error}.")),
    }
}

/// A set whose records have several TTLs is kept as it is, but every server makes something else of it.
fn report_mixed_ttls(zone: &Snapshot, text: &[u8], origin: Option<&Name>, problems: &mut Problems<'_>) {
    let ttl_of = |row: usize| zone.record(row).map(|record| record.ttl);
    let mut mixed: HashMap<RrKey, Option<(u32, usize)>> = zone
        .set_ids()
        .filter(|set| {
            let rows = zone.rows_of(*set);
            let first = ttl_of(rows.start);
            rows.into_iter().any(|row| ttl_of(row) != first)
        })
        .filter_map(|set| zone.key(set))
        .map(|key| (key, None))
        .collect();
    if mixed.is_empty() {
        return;
    }
    // Lines are not kept with records, so the text is read once more, for those few files that need it.
    read(text, origin, &mut Problems::new(text), |record, _| {
        let key = RrKey::of_record(record.owner, record.rtype, &record.rdata);
        let Some(first) = mixed.get_mut(&key) else { return };
        match first {
            None => *first = Some((record.ttl, record.span.start)),
            Some((ttl, _)) if *ttl == record.ttl => {}
            Some((ttl, start)) => {
                let line = problems.line_of(*start);
                problems.warning(
                    record.span,
                    format!(
                        "{} {} has the TTL {} here and {ttl} on line {line}. A record set has one TTL (RFC 2181 section \
                         5.2); servers choose different ones.",
                        key.owner, key.rtype, record.ttl
                    ),
                );
            }
        }
    });
}
