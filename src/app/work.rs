//! Computing that can take longer than a key may: pure, and performed on a worker thread, where it is not so small
//! that it is done at once. Leaving the program never waits for it; an answer that is not wanted any more is dropped.

use std::sync::Arc;

use super::file::{Saving, ToSave};
use super::findings::in_text::Held;
use super::findings::look::{Look, Seen};
use super::rows;
use super::stepping;
use super::text::document::{self, Compared, Ready};
use super::text::parking::{self, Moved, Parking};
use super::{App, Effect, Msg, RequestId, follow};
use crate::edit::Text;
use crate::zone::{ChangeMap, Name, Snapshot};
use crate::zonefile::{self, Loader, Problem, ReadBefore, in_text};

/// Something to compute.
#[derive(Debug, Clone)]
pub enum Work {
    /// Bring the zone's text up to date.
    Document(Box<document::Wanted>),
    /// Look for what is wrong with a text.
    Check { text: Text, origin: Name, included: Option<ReadBefore>, held: Held },
    /// Find the zone that a text means.
    Mend { text: Text, origin: Name, included: Option<ReadBefore> },
    /// Find the records that are parked in a text.
    Parked { text: Text, origin: Name },
    /// Park a record, or take it back.
    Park(Box<Parking>),
    /// What the edits of a text make of the zone.
    Compare(Box<document::Edited>),
    /// Look for the rows that a filter lets through.
    Search(rows::Search),
    /// Replace something in the data of many records.
    Replace(Box<super::replacing::Replacing>),
    /// Put rows into an order.
    Sort(Box<rows::Sorting>),
    /// Find out what others changed.
    News { before: Arc<Snapshot>, after: Arc<Snapshot> },
    /// Make the text that a zone file shall have.
    Save(Box<Saving>),
    /// Hold the draft against the rules.
    Look(Box<Look>),
    /// Edit many records.
    Step(Box<stepping::Step>),
    /// Let go of what is not needed any more.
    LetGo(Box<stepping::Gone>),
}

/// What came of it.
#[derive(Debug, Clone)]
pub enum Worked {
    Document(Box<Ready>),
    Checked(Vec<Problem>),
    Mended(Result<Arc<Snapshot>, Vec<Problem>>),
    Parked(Vec<rows::Row>),
    Moved(Box<Result<Moved, String>>),
    Compared(Box<Result<Compared, Vec<Problem>>>),
    Found(rows::Found),
    Sorted(rows::Order),
    Replaced(Box<super::replacing::Done>),
    News(ChangeMap),
    ToSave(Box<Result<ToSave, String>>),
    Looked(Arc<Seen>),
    Stepped(Box<stepping::Made>),
    Gone,
}

/// Up to so many octets of text, or so many records, a work is done at once: that takes less than painting.
const SMALL_TEXT: usize = 16 * 1024;
const SMALL_ZONE: usize = 400;

impl Work {
    pub fn run(self) -> Worked {
        match self {
            Work::Document(wanted) => Worked::Document(Box::new(wanted.ready())),
            Work::Check { text, origin, mut included, held } => {
                let text = text.to_string();
                let text = text.as_bytes();
                let loader = included.as_mut().map(|files| files as &mut dyn Loader);
                let (zone, problems) = match zonefile::read_zone_file(text, Some(&origin), loader) {
                    Ok((zone, warnings)) => (Some(zone), warnings),
                    Err(problems) => (None, problems),
                };
                let mut problems = in_text(problems, text);
                if let Some(zone) = zone {
                    let loader = included.as_mut().map(|files| files as &mut dyn Loader);
                    let found = held.problems(&zone, text, &origin, loader, &problems);
                    problems.extend(found);
                    problems.sort_by_key(|problem| (problem.span.start, problem.severity));
                }
                Worked::Checked(problems)
            }
            Work::Mend { text, origin, mut included } => {
                let loader = included.as_mut().map(|files| files as &mut dyn Loader);
                let text = text.to_string();
                let read = zonefile::read_zone_file(text.as_bytes(), Some(&origin), loader);
                let read = read.map(|(zone, _)| Arc::new(zone));
                Worked::Mended(read.map_err(|problems| in_text(problems, text.as_bytes())))
            }
            Work::Parked { text, origin } => Worked::Parked(parking::parked_rows(&text, origin)),
            Work::Park(parking) => Worked::Moved(Box::new(parking.run())),
            Work::Compare(edited) => Worked::Compared(Box::new(edited.compare())),
            Work::Search(search) => Worked::Found(search.run()),
            Work::Sort(sorting) => Worked::Sorted(sorting.run()),
            Work::Replace(replacing) => Worked::Replaced(Box::new(replacing.run())),
            Work::News { before, after } => Worked::News(follow::news(&before, &after)),
            Work::Save(saving) => Worked::ToSave(Box::new(saving.to_save())),
            Work::Look(look) => Worked::Looked(Arc::new(look.run())),
            Work::Step(step) => Worked::Stepped(Box::new(step.run())),
            Work::LetGo(gone) => {
                drop(gone);
                Worked::Gone
            }
        }
    }

    fn is_small(&self) -> bool {
        match self {
            Work::Document(wanted) => wanted.records() <= SMALL_ZONE,
            Work::Parked { text, .. } => text.len() <= SMALL_TEXT,
            Work::Park(parking) => parking.wanted.records() <= SMALL_ZONE,
            Work::Check { text, .. } | Work::Mend { text, .. } => text.len() <= SMALL_TEXT,
            Work::Compare(edited) => edited.after.len() <= SMALL_TEXT && edited.before.len() <= SMALL_TEXT,
            Work::News { after, .. } => after.record_count() <= SMALL_ZONE,
            // A small one never gets here.
            Work::Search(_) => false,
            Work::Sort(sorting) => sorting.records() <= SMALL_ZONE,
            Work::Replace(replacing) => replacing.records() <= SMALL_ZONE,
            Work::Save(saving) => saving.text.len() <= SMALL_TEXT,
            Work::Look(look) => look.records() <= SMALL_ZONE,
            Work::Step(step) => step.records() <= SMALL_ZONE,
            Work::LetGo(gone) => gone.size() <= SMALL_ZONE,
        }
    }
}

impl App {
    /// Has something computed; the answer comes as [`Msg::Worked`].
    pub(super) fn work(&mut self, work: Work) -> RequestId {
        let request = self.next_request();
        self.effect(Effect::Work { request, work: Box::new(work) });
        request
    }

    /// Does small works at once, and what follows from them.
    pub(super) fn do_small_works(&mut self) {
        let is_small = |effect: &Effect| matches!(effect, Effect::Work { work, .. } if work.is_small());
        while let Some(at) = self.effects.iter().position(is_small) {
            if let Effect::Work { request, work } = self.effects.remove(at) {
                self.on_message(Msg::Worked { request, worked: work.run() });
            }
        }
    }
}
