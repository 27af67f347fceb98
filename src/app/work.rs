//! Computing that can take longer than a key may: pure, and performed on a worker thread, where it is not so small
//! that it is done at once. Leaving the program never waits for it; an answer that is not wanted any more is dropped.

use super::rows;
use super::text::document::{self, Compared, Ready};
use super::{App, Effect, Msg, RequestId};
use crate::edit::Text;
use crate::zone::Name;
use crate::zonefile::{self, Problem};

/// Something to compute.
#[derive(Debug, Clone)]
pub enum Work {
    /// Bring the zone's text up to date.
    Document(Box<document::Wanted>),
    /// Look for what is wrong with a text.
    Check { text: Text, origin: Name },
    /// What the edits of a text make of the zone.
    Compare(Box<document::Edited>),
    /// Look for the rows that a filter lets through.
    Search(rows::Search),
}

/// What came of it.
#[derive(Debug, Clone)]
pub enum Worked {
    Document(Box<Ready>),
    Checked(Vec<Problem>),
    Compared(Box<Result<Compared, Vec<Problem>>>),
    Found(rows::Found),
}

/// Up to so many octets of text, or so many records, a work is done at once: that takes less than painting.
const SMALL_TEXT: usize = 16 * 1024;
const SMALL_ZONE: usize = 400;

impl Work {
    pub fn run(self) -> Worked {
        match self {
            Work::Document(wanted) => Worked::Document(Box::new(wanted.ready())),
            Work::Check { text, origin } => {
                let read = zonefile::read_zone(text.to_string().as_bytes(), Some(&origin));
                Worked::Checked(read.map_or_else(|problems| problems, |(_, warnings)| warnings))
            }
            Work::Compare(edited) => Worked::Compared(Box::new(edited.compare())),
            Work::Search(search) => Worked::Found(search.run()),
        }
    }

    fn is_small(&self) -> bool {
        match self {
            Work::Document(wanted) => wanted.records() <= SMALL_ZONE,
            Work::Check { text, .. } => text.len() <= SMALL_TEXT,
            Work::Compare(edited) => edited.after.len() <= SMALL_TEXT && edited.before.len() <= SMALL_TEXT,
            // A small one never gets here.
            Work::Search(_) => false,
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
