//! Parked records in the table: which there are, and parking the selected one or taking it back. Both are edits of the
//! zone's text, made by `park` as in the editor; what they change of the zone is a step of the draft.

use super::document::{Compared, Edited, Ready, Wanted};
use super::park::{self, Prefix};
use super::wanted;
use crate::app::rows::{Mark, Row};
use crate::app::work::Work;
use crate::app::{App, RequestId, describe};
use crate::edit::{Buffer, Text};
use crate::zone::{Name, Rdata, RrKey};
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

/// A record to be parked, or to be taken back.
#[derive(Debug, Clone)]
pub struct Parking {
    pub wanted: Wanted,
    key: RrKey,
    rdata: Rdata,
    /// Is it parked now?
    parked: bool,
    signed: bool,
}

/// The text with the record moved.
#[derive(Debug, Clone)]
pub struct Moved {
    /// As it was before, up to date with the draft.
    ready: Ready,
    after: Text,
    compared: Compared,
    label: String,
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
        let place = self.wanted.place(&text, &self.key, &self.rdata);
        let place = place.ok_or("the record is not found in the zone's text: t shows that")?;
        let mut buffer = Buffer::at_start(ready.text.clone());
        buffer.put(place);
        let said = park::toggle(&mut buffer, Prefix::Parked);
        let after = buffer.content().clone();
        let edited =
            Edited { before: ready.text.clone(), after: after.clone(), base, signed: self.signed, included };
        let compared = edited.compare().map_err(|problems| {
            let first = problems.first().map(|problem| problem.message.clone()).unwrap_or_default();
            format!("the zone's text has errors; t shows them. {first}")
        })?;
        let only = |key: &RrKey| *key == self.key;
        // With it may come that it is there as well.
        let is_meant = after != ready.text && compared.changes.keys().all(only);
        if !is_meant || (!self.parked && compared.changes.is_empty()) {
            return Err(format!(
                "not done: it does not stand by itself in the zone's text ({said}); t shows that"
            ));
        }
        let verb = if self.parked { "take back" } else { "park" };
        let label = format!("{verb} {}", describe::set(&self.key, self.wanted.base.origin()));
        Ok(Moved { ready, after, compared, label })
    }
}

pub fn may_park(app: &App) -> Result<(), String> {
    let row = app.open().and_then(crate::app::open::Open::selected);
    match row.ok_or("no record is selected")?.mark {
        Mark::Parked => app.editable()?,
        Mark::Deleted => return Err("this record is deleted: - brings it back, then it can be parked".into()),
        _ => crate::app::edits::may_change_selected(app)?,
    }
    match app.text.mode.is_some() {
        true => Err("the zone's text is left open: t goes back to it, Alt-X parks there".into()),
        false => Ok(()),
    }
}

/// Parks the selected record, or takes it back.
pub fn park(app: &mut App) {
    let (Some(open), Some(wanted)) = (app.open(), wanted(app)) else { return };
    let Some(row) = open.selected() else { return };
    if row.key.rtype == crate::zone::RecordType::SOA {
        return app.say("a zone cannot be without its SOA");
    }
    let parking = Parking {
        wanted,
        parked: row.mark == Mark::Parked,
        key: row.key,
        rdata: row.rdata,
        signed: open.signed(),
    };
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
        let Moved { ready, after, compared, label } = match moved {
            Ok(moved) => moved,
            Err(why) => return self.say(why),
        };
        if may_park(self).is_err() {
            return;
        }
        self.set_document(&ready);
        let said = format!("{label}: done; u undoes it");
        self.apply_edits(label, compared.changes, compared.patch, after);
        self.ask_nameservers();
        let notes = compared.notes.join(" ");
        self.say(if notes.is_empty() { said } else { format!("{said}. {notes}") });
    }
}
