//! Parked records in the table: which there are, and parking the selected or the marked ones, or taking them back. Both are edits of the
//! zone's text, made by `park` as in the editor; what they change of the zone is a step of the draft.

use super::document::{Compared, Edited, Ready, Wanted};
use super::park::{self, Prefix};
use super::wanted;
use crate::app::edits::may_change;
use crate::app::open::Pane;
use crate::app::rows::{Mark, Row};
use crate::app::work::Work;
use crate::app::{App, RequestId, describe};
use crate::edit::{Buffer, Text};
use crate::zone::{Change, Name, Rdata, RecordType, RrKey, RrSet};
use crate::zonefile::document::{Document, MARK};

/// The rows of the records that are parked in a text.
pub fn parked_rows(text: &Text, origin: Name) -> Vec<Row> {
    let parked = Document::new(text.to_string(), origin.clone()).parked();
    let is_inside = |owner: &Name| owner.as_ref().is_at_or_below(origin.as_ref());
    let row = |parked: crate::zonefile::document::Parked| Row {
        key: RrKey::of_record(parked.owner.as_ref(), parked.rtype, &parked.rdata),
        ttl: parked.ttl,
        rdata: parked.rdata,
        mark: Mark::Parked,
        was: None,
        conflict: false,
    };
    let mut rows: Vec<Row> = Vec::new();
    for row in parked.into_iter().filter(|parked| is_inside(&parked.owner)).map(row) {
        if !rows.contains(&row) {
            rows.push(row);
        }
    }
    rows
}

/// At most so many records are moved at once.
const MOST: usize = 10_000;

/// Records to be parked, or to be taken back.
#[derive(Debug, Clone)]
pub struct Parking {
    pub wanted: Wanted,
    records: Vec<(RrKey, Rdata)>,
    /// Are they parked now?
    parked: bool,
    signed: bool,
    /// What is said of those that are left as they are.
    rest: String,
}

/// The text with the records moved.
#[derive(Debug, Clone)]
pub struct Moved {
    /// As it was before, up to date with the draft.
    ready: Ready,
    after: Text,
    compared: Compared,
    label: String,
    rest: String,
}

impl Parking {
    /// # Errors
    /// A sentence.
    pub fn run(mut self) -> Result<Moved, String> {
        let (base, included) = (self.wanted.base.clone(), self.wanted.included.clone());
        let ready = Wanted { at: None, ..self.wanted.clone() }.ready();
        if let Some(trouble) = ready.trouble {
            return Err(trouble);
        }
        let text = ready.text.to_string();
        let mut places = Vec::with_capacity(self.records.len());
        for (place, (key, _)) in self.wanted.places(&text, &self.records).into_iter().zip(&self.records) {
            let name = || describe::set(key, self.wanted.base.origin());
            places.push(place.ok_or_else(|| {
                format!("{} is not found in the zone's text: t shows that; nothing is done", name())
            })?);
        }
        // From the end, so that those above stay where they are.
        places.sort_unstable_by(|a, b| b.cmp(a));
        places.dedup();
        let mut buffer = Buffer::at_start(ready.text.clone());
        let mut said = String::new();
        for place in places {
            buffer.put(place);
            said = park::toggle(&mut buffer, Prefix::Parked);
        }
        let after = buffer.content().clone();
        let edited =
            Edited { before: ready.text.clone(), after: after.clone(), base, signed: self.signed, included };
        let compared = edited.compare().map_err(|problems| {
            let first = problems.first().map(|problem| problem.message.clone()).unwrap_or_default();
            format!("the zone's text has errors; t shows them. {first}")
        })?;
        let stray = compared.changes.iter().find(|(key, change)| !self.is_meant(key, change));
        if let Some((key, _)) = stray {
            let name = describe::set(key, self.wanted.base.origin());
            return Err(format!(
                "not done: {name} would change otherwise than meant, since a record does not stand by itself in \
                 the zone's text ({said}); t shows that"
            ));
        }
        // With it may come that it is there as well.
        if after == ready.text || (!self.parked && compared.changes.is_empty()) {
            return Err(format!(
                "not done: it does not stand by itself in the zone's text ({said}); t shows that"
            ));
        }
        let verb = if self.parked { "take back" } else { "park" };
        let what = match self.records.as_slice() {
            [(key, _)] => describe::set(key, self.wanted.base.origin()),
            records => describe::count(records.len(), "record"),
        };
        Ok(Moved { ready, after, compared, label: format!("{verb} {what}"), rest: self.rest })
    }

    /// Does only what is parked go from a set, or only what is taken back come to it?
    fn is_meant(&self, key: &RrKey, change: &Change) -> bool {
        let none = RrSet::new(0, Vec::new());
        let (before, after) =
            (change.before.as_ref().unwrap_or(&none), change.after.as_ref().unwrap_or(&none));
        let (more, less) = if self.parked { (after, before) } else { (before, after) };
        let moved = self.records.iter().filter(|(other, _)| other == key).map(|(_, rdata)| rdata.clone());
        let moved = RrSet::new(0, moved.collect());
        let is_moved = |rdata: &Rdata| moved.contains(key.rtype, rdata);
        less.rdata.iter().all(|rdata| more.contains(key.rtype, rdata))
            && more.rdata.iter().all(|rdata| less.contains(key.rtype, rdata) || is_moved(rdata))
    }
}

pub fn may_park(app: &App) -> Result<(), String> {
    let Some(open) = app.open() else { return Err("there is no zone yet".into()) };
    let is_choosing = open.pane == Pane::Records && open.records.range.is_some();
    if open.has_marks() || is_choosing {
        app.editable()?;
    } else {
        match open.selected().ok_or("no record is selected")?.mark {
            Mark::Parked => app.editable()?,
            Mark::Deleted => {
                return Err("this record is deleted: - brings it back, then it can be parked".into());
            }
            _ => crate::app::edits::may_change_selected(app)?,
        }
    }
    match app.text.mode.is_some() {
        true => Err("the zone's text is left open: t goes back to it, Alt-X parks there".into()),
        false => Ok(()),
    }
}

/// Parks the marked records, or the selected one; where all of them are parked, takes them back.
pub fn park(app: &mut App) {
    if let Some(open) = app.open_mut() {
        open.take_range();
    }
    let (Some(open), Some(wanted)) = (app.open(), wanted(app)) else { return };
    let rows = open.targets();
    let parked = rows.iter().all(|row| row.mark == Mark::Parked);
    let (mut records, mut left, mut why) = (Vec::new(), 0, None);
    for row in rows {
        let refused = match row.mark {
            Mark::Parked if parked => None,
            Mark::Parked => Some("parked already".to_owned()),
            Mark::Deleted => Some("deleted; - brings them back".to_owned()),
            _ if row.key.rtype == RecordType::SOA => Some("a zone cannot be without its SOA".to_owned()),
            _ => may_change(open, &row).err(),
        };
        match refused {
            None => records.push((row.key, row.rdata)),
            Some(reason) => {
                left += 1;
                why.get_or_insert(reason);
            }
        }
    }
    let rest = match &why {
        Some(why) => format!("; {} left: {why}", describe::count(left, "record")),
        None => String::new(),
    };
    match (records.len(), why) {
        (0, why) => return app.say(why.unwrap_or_else(|| "no record is selected".into())),
        (MOST.., _) => {
            return app.say(format!("at most {MOST} records are moved at once: mark fewer of them"));
        }
        (2.., _) => app.say("the records are being moved in the zone's text"),
        _ => {}
    }
    let Some(open) = app.open() else { return };
    let parking = Parking { wanted, records, parked, signed: open.signed(), rest };
    let request = app.work(Work::Park(Box::new(parking)));
    app.text.parking = Some(request);
}

impl App {
    /// Finds out which records are parked, whenever the text is another.
    pub(in crate::app) fn follow_parked(&mut self) {
        let document = self.text.document.clone();
        let origin = self.settings.zone.clone();
        let Some(open) = self.open_mut() else { return };
        let is_same = match (&open.parked.1, &document) {
            (None, None) => true,
            (Some(old), Some(new)) => old.is_instance(new),
            _ => false,
        };
        if is_same {
            return;
        }
        open.parked.1 = document.clone();
        let had_some = !open.parked.0.is_empty();
        match document.filter(|text| text.contains(MARK)) {
            Some(text) => self.text.looking = Some(self.work(Work::Parked { text, origin })),
            None if had_some => {
                open.parked.0.clear();
                open.refresh();
            }
            None => {}
        }
    }

    pub(super) fn on_parked(&mut self, request: RequestId, rows: Vec<Row>) {
        if self.text.looking.take_if(|wanted| *wanted == request).is_none() {
            return;
        }
        if let Some(open) = self.open_mut().filter(|open| open.parked.0 != rows) {
            open.parked.0 = rows;
            open.refresh();
        }
    }

    pub(super) fn on_moved(&mut self, request: RequestId, moved: Result<Moved, String>) {
        if self.text.parking.take_if(|wanted| *wanted == request).is_none() || self.is_refused() {
            return;
        }
        let Moved { ready, after, compared, label, rest } = match moved {
            Ok(moved) => moved,
            Err(why) => return self.say(why),
        };
        if may_park(self).is_err() {
            return;
        }
        self.set_document(&ready);
        let said = format!("{label}: done; u undoes it{rest}");
        self.apply_edits(label, compared.changes, compared.patch, after);
        self.ask_nameservers();
        let notes = compared.notes.join(" ");
        self.say(if notes.is_empty() { said } else { format!("{said}. {notes}") });
    }
}
