//! From records to a zone: one SOA, nothing outside, one TTL a set; what does not fit is reported, never dropped
//! silently.

use std::collections::HashMap;
use std::convert::Infallible;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use super::include::{Includes, Loader};
use super::parallel::{self, Part, Parts, Start, TextSource};
use super::problem::{LineStart, Problem, Problems};
use super::reader::{Reader, State};
use super::record::{ReadRecord, Sink};
use super::repeats;
use super::structure::{self, Finding};
use crate::zone::beside::{beside, cut, parts};
use crate::zone::snapshot::SnapshotError;
use crate::zone::{Name, NameRef, Rdata, RecordType, RrKey, SetId, Snapshot, SnapshotBuilder, types};

/// A zone and what is wrong with its text; where the text is no zone, all that is wrong, warnings included.
pub type Read = Result<(Snapshot, Vec<Problem>), Vec<Problem>>;

/// Reads a whole zone. Without `origin`, the owner of the SOA names the zone. `$INCLUDE` is refused. What would keep
/// servers from loading the zone, but leaves it one, is an error among the problems of success.
///
/// # Errors
/// Those of [`Read`].
pub fn read_zone(text: &[u8], origin: Option<&Name>) -> Read {
    read_zone_file(text, origin, None)
}

/// The same, with somebody who gives the files that `$INCLUDE` names.
///
/// # Errors
/// Those of [`Read`].
pub fn read_zone_file(text: &[u8], origin: Option<&Name>, loader: Option<&mut dyn Loader>) -> Read {
    read_in_parts(text, origin, loader, parallel::PART, true)
}

/// The same without a look at what records together make ([`structure`], sets with several TTLs): for whoever holds
/// the zone against those rules itself.
///
/// # Errors
/// Those of [`Read`].
pub fn read_records(text: &[u8], origin: Option<&Name>, loader: Option<&mut dyn Loader>) -> Read {
    read_in_parts(text, origin, loader, parallel::PART, false)
}

/// The same from a text that need not be in memory, and is put there only where more of it must be seen at once than a
/// part. `sets`: is there to be a look at what records together make?
///
/// # Errors
/// That of [`TextSource::whole`].
pub fn read_source(
    source: &dyn TextSource,
    origin: Option<&Name>,
    loader: Option<&mut dyn Loader>,
    sets: bool,
) -> Result<Read, String> {
    read_source_in_parts(source, origin, loader, parallel::PART, sets)
}

/// The same, with the length of the parts that are read beside each other.
pub(super) fn read_source_in_parts(
    source: &dyn TextSource,
    origin: Option<&Name>,
    loader: Option<&mut dyn Loader>,
    part: usize,
    sets: bool,
) -> Result<Read, String> {
    let mut gathered = Gathered::new(origin);
    let state = State::new(origin.cloned().map(Arc::new));
    match parallel::stream(source, state, &mut gathered, part) {
        Some(problems) => conclude(gathered, problems, || source.whole(), origin, loader, sets),
        None => Ok(read_in_parts(source.whole()?, origin, loader, part, sets)),
    }
}

/// The same for a text in memory.
pub(super) fn read_in_parts(
    text: &[u8],
    origin: Option<&Name>,
    loader: Option<&mut dyn Loader>,
    part: usize,
    sets: bool,
) -> Read {
    let mut gathered = Gathered::new(origin);
    let mut loader = loader;
    let mut includes = Includes { loader: reborrow(&mut loader), ..Includes::default() };
    let state = State::new(origin.cloned().map(Arc::new));
    let mut reader = Reader::part(text, true, state, &mut includes);
    parallel::read(&mut reader, &mut gathered, part);
    let problems = reader.problems;
    let Ok::<_, Infallible>(read) = conclude(gathered, problems, || Ok(text), origin, loader, sets);
    read
}

/// Makes a zone of what was read. The text is asked for only where something is to be said of it.
fn conclude<'t, E>(
    gathered: Gathered,
    mut problems: Problems,
    text: impl Fn() -> Result<&'t [u8], E>,
    origin: Option<&Name>,
    loader: Option<&mut dyn Loader>,
    sets: bool,
) -> Result<Read, E> {
    if gathered.soa.is_none() && !problems.has_lost() {
        let end = text()?.len();
        problems.error(end..end, "The zone has no SOA record. Every zone begins with one.");
    }
    let Some(builder) = gathered.builder.filter(|_| !problems.has_lost()) else {
        return Ok(Err(problems.finish(text()?)));
    };
    let given = builder.record_count();
    let zone = match builder.finish() {
        Ok(zone) => zone,
        Err(error) => {
            let text = text()?;
            let span = gathered.soa.map_or(text.len()..text.len(), |(_, span, _)| span);
            problems.error(span, format!("This is no zone: {error}."));
            return Ok(Err(problems.finish(text)));
        }
    };
    let mut loader = loader;
    if given > zone.record_count() {
        problems.append(repeats::report(text()?, origin, reborrow(&mut loader), &zone));
    }
    if sets {
        let reports = reports(&zone);
        if !reports.is_empty() {
            problems.append(report_sets(text()?, origin, loader, reports));
        }
    }
    let problems = if problems.is_empty() { Vec::new() } else { problems.finish(text()?) };
    Ok(Ok((zone, problems)))
}

/// Lends a loader for one reading.
pub(super) fn reborrow<'b>(loader: &'b mut Option<&mut dyn Loader>) -> Option<&'b mut dyn Loader> {
    match loader {
        Some(loader) => Some(&mut **loader),
        None => None,
    }
}

pub(super) fn read_into(
    sink: &mut impl Sink,
    text: &[u8],
    origin: Option<&Name>,
    loader: Option<&mut dyn Loader>,
) -> Problems {
    let mut includes = Includes { loader, ..Includes::default() };
    let state = State::new(origin.cloned().map(Arc::new));
    let mut reader = Reader::new(text, state, &mut includes);
    reader.read(sink);
    reader.problems
}

/// Where a record stands, for messages that name a second place.
struct Standing {
    line: usize,
    /// Of the text itself where it is `None`.
    file: Option<Arc<str>>,
}

impl Standing {
    fn of(record: &ReadRecord<'_>, counted: &mut Counted) -> Standing {
        let file = record.place.included.map(|(_, file)| Arc::clone(file));
        let counted = counted.entry(file.clone()).or_default();
        let line = counted.locate(record.place.text, record.span.start).0;
        Standing { line, file }
    }
}

/// How far the lines of each file are counted: records come in their order, so each text is gone through once.
pub(super) type Counted = HashMap<Option<Arc<str>>, LineStart>;

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "on line {}", self.line)?;
        self.file.iter().try_for_each(|file| write!(f, " of {file}"))
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
    /// The first SOA, and where it stands.
    soa: Option<(Rdata, Range<usize>, Standing)>,
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

impl Sink for Gathered {
    fn record(&mut self, record: ReadRecord<'_>, problems: &mut Problems) {
        if record.rtype == RecordType::SOA && !self.add_soa(&record, problems) {
            return;
        }
        match &mut self.builder {
            _ if self.other_zone => {}
            Some(builder) => {
                push(builder, record.owner, record.rtype, record.ttl, record.rdata, &record.span, problems)
            }
            None => {
                let ReadRecord { owner, rtype, ttl, rdata, span, .. } = record;
                let rdata = rdata.into();
                self.early.push(EarlyRecord { owner: owner.to_name(), rtype, ttl, rdata, span });
            }
        }
    }
}

impl Parts for Gathered {
    type Part = GatheredPart;

    fn part(&self) -> Option<GatheredPart> {
        let builder = self.builder.as_ref().filter(|_| self.soa.is_some() && !self.other_zone)?;
        Some(GatheredPart { builder: SnapshotBuilder::new(builder.origin().clone()), whole: true })
    }

    fn join(&mut self, part: &mut GatheredPart, _: Start) -> bool {
        let builder = self.builder.as_mut().filter(|_| part.whole);
        builder.is_some_and(|builder| builder.append(&mut part.builder).is_ok())
    }
}

/// What a part of the text holds.
#[derive(Clone)]
struct GatheredPart {
    builder: SnapshotBuilder,
    /// An SOA is for the whole text to judge.
    whole: bool,
}

impl Sink for GatheredPart {
    fn record(&mut self, record: ReadRecord<'_>, problems: &mut Problems) {
        self.whole &= record.rtype != RecordType::SOA;
        push(&mut self.builder, record.owner, record.rtype, record.ttl, record.rdata, &record.span, problems);
    }
}

impl Part for GatheredPart {
    fn complete(&mut self) {
        self.builder.arrange();
    }
}

impl Gathered {
    fn new(origin: Option<&Name>) -> Gathered {
        Gathered {
            origin: origin.cloned(),
            builder: origin.cloned().map(SnapshotBuilder::new),
            ..Gathered::default()
        }
    }

    /// Does this SOA belong into the zone?
    fn add_soa(&mut self, record: &ReadRecord<'_>, problems: &mut Problems) -> bool {
        let is_outside = |builder: &SnapshotBuilder| !record.owner.is_at_or_below(builder.origin().as_ref());
        if self.soa.is_some() && self.builder.as_ref().is_some_and(is_outside) {
            return true;
        }
        if let Some((rdata, _, place)) = &self.soa {
            // What dig prints of a transfer ends with the SOA once more.
            let is_top =
                self.builder.as_ref().is_none_or(|builder| builder.origin().as_ref() == record.owner);
            let same = is_top
                && types::canonical(RecordType::SOA, rdata)
                    == types::canonical(RecordType::SOA, record.rdata);
            if !same {
                let message = format!("This is a second SOA record; the first is {place}. A zone has one.");
                problems.error(record.span.clone(), message);
            }
            if same {
                let message = format!(
                    "The SOA record stands here once more; the first is {place}. dig ends transfers so; NSD refuses the \
                     file."
                );
                problems.warning(record.span.clone(), message);
            }
            return same;
        }
        self.soa =
            Some((record.rdata.into(), record.place_in_text(), Standing::of(record, &mut Counted::new())));
        if let Some(origin) = self.origin.as_ref().filter(|origin| origin.as_ref() != record.owner) {
            let message = format!(
                "The SOA record stands at {}, but the zone that was asked for is {origin}",
                record.owner
            );
            problems.error(record.span.clone(), message);
            self.other_zone = true;
            return false;
        }
        if self.builder.is_none() {
            let mut builder = SnapshotBuilder::new(record.owner.to_name());
            for EarlyRecord { owner, rtype, ttl, rdata, span } in std::mem::take(&mut self.early) {
                push(&mut builder, owner.as_ref(), rtype, ttl, &rdata, &span, problems);
            }
            self.builder = Some(builder);
        }
        true
    }
}

fn push(
    builder: &mut SnapshotBuilder,
    owner: NameRef<'_>,
    rtype: RecordType,
    ttl: u32,
    rdata: &[u8],
    span: &Range<usize>,
    problems: &mut Problems,
) {
    match builder.push(owner, rtype, ttl, rdata) {
        Ok(()) => {}
        Err(SnapshotError::OutOfZone(owner)) => {
            let message = format!(
                "{owner} is not in the zone, so this record is left out (BIND and Knot do the same, NSD refuses the \
                 file). Is a dot missing, or one too many?"
            );
            problems.warning(span.clone(), ("L-05", message));
        }
        Err(error) => problems.error(span.clone(), format!("{error}.")),
    }
}

/// What is to be said of sets: what the structure of the zone makes of them, and those whose records have several TTLs
/// (kept as they are, but every server makes something else of them).
fn reports(zone: &Snapshot) -> HashMap<RrKey, SetReport> {
    let findings = structure::findings(zone);
    let parts = cut(zone.set_count(), parts(zone.record_count()));
    let several = beside(parts, |sets| {
        let has_several = |set: &SetId| {
            let mut ttls = zone.rows_of(*set).map(|row| zone.ttl(row));
            let first = ttls.next();
            ttls.any(|ttl| Some(ttl) != first)
        };
        // Numbers of sets fit into 32 bits.
        sets.map(|set| SetId(set as u32)).filter(has_several).collect::<Vec<SetId>>()
    });
    let keys = several.into_iter().flatten().filter_map(|set| zone.key(set));
    let mut sets: HashMap<RrKey, SetReport> = keys.map(|key| (key, SetReport::default())).collect();
    for finding in findings {
        sets.entry(finding.key.clone()).or_default().findings.push(finding);
    }
    sets
}

/// Says it, where their records stand. Places are not kept with records, so the text is read once more, for those few
/// files that need it.
fn report_sets(
    text: &[u8],
    origin: Option<&Name>,
    loader: Option<&mut dyn Loader>,
    sets: HashMap<RrKey, SetReport>,
) -> Problems {
    let mut report = Report { sets, counted: Counted::new(), problems: Problems::default() };
    read_into(&mut report, text, origin, loader);
    report.problems
}

#[derive(Default)]
struct SetReport {
    findings: Vec<Finding>,
    /// The TTL of the first record, and where it stands.
    first: Option<(u32, Standing)>,
}

struct Report {
    sets: HashMap<RrKey, SetReport>,
    counted: Counted,
    problems: Problems,
}

impl Sink for Report {
    fn record(&mut self, record: ReadRecord<'_>, _: &mut Problems) {
        let key = RrKey::of_record(record.owner, record.rtype, record.rdata);
        let Some(set) = self.sets.get_mut(&key) else { return };
        let span = record.place_in_text();
        for finding in set.findings.drain(..) {
            self.problems.add(finding.severity, span.clone(), (finding.rule, finding.message), None);
        }
        match &set.first {
            None => set.first = Some((record.ttl, Standing::of(&record, &mut self.counted))),
            Some((ttl, _)) if *ttl == record.ttl => {}
            Some((ttl, place)) => {
                let message = format!(
                    "{} {} has the TTL {} here and {ttl} {place}. A record set has one TTL (RFC 2181 section 5.2); BIND \
                     takes the first, or the later one where other names stand between, Knot another, NSD keeps both.",
                    key.owner, key.rtype, record.ttl
                );
                self.problems.warning(span, ("L-20", message));
            }
        }
    }
}
