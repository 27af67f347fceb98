//! What the rules find in the draft: looked for beside the keys, shown as marks, counts and on a screen of its own.
//!
//! After each edit [`look`] brings the findings up to date on a worker; one look at a time, and what was edited meanwhile
//! is looked at after it. Nothing here runs a rule on the thread of the screen, but for zones so small that it takes
//! less than painting.

pub mod acknowledging;
pub mod fixing;
pub mod in_text;
pub mod look;
pub mod network;
pub mod screen;

use std::sync::Arc;

use self::look::{Counts, Keeper, Look, Seen};
use self::network::{Asked, Asking};
use super::rows::{Mark, Row};
use super::work::Work;
use super::{App, RequestId, changes};
use crate::check::{Finding, Severity};

/// What is known of the open zone's findings.
#[derive(Debug, Clone, Default)]
pub struct Findings {
    /// The newest that is known; `None` before the first look has ended.
    pub seen: Option<Arc<Seen>>,
    keeper: Keeper,
    /// The look under way.
    looking: Option<RequestId>,
    /// Has something changed since the last look began?
    is_due: bool,
    /// Others are being asked.
    pub asking: Option<Asking>,
    /// What they said when they were asked last.
    asked: Option<Arc<Asked>>,
}

impl Findings {
    /// The zone, its draft or what counts has changed.
    pub(super) fn expire(&mut self) {
        self.is_due = true;
    }

    /// Are they those of the draft as it is now?
    pub fn are_current(&self) -> bool {
        self.looking.is_none() && !self.is_due
    }

    /// Those about a row, the worst first.
    pub fn of_row<'f>(&'f self, row: &'f Row) -> impl Iterator<Item = &'f Finding> {
        let is_there = !matches!(row.mark, Mark::Deleted | Mark::Parked);
        let seen = self.seen.as_deref().filter(|_| is_there);
        seen.into_iter().flat_map(|seen| seen.of_record(&row.key, &row.rdata))
    }

    /// The worst about a row.
    pub fn worst(&self, row: &Row) -> Option<Severity> {
        self.of_row(row).map(|finding| finding.severity).min()
    }

    /// "2 errors, 1 warning": what is not acknowledged; hints are not worth a place everywhere.
    pub fn in_words(&self) -> String {
        let Some(seen) = &self.seen else { return String::new() };
        Counts { hints: 0, ..seen.counts }.in_words()
    }

    /// Is there an error among them?
    pub fn has_errors(&self) -> bool {
        self.seen.as_ref().is_some_and(|seen| seen.counts.errors > 0)
    }
}

impl App {
    /// Begins a look where one is due and none under way.
    pub(super) fn look_for_findings(&mut self) {
        let now = self.now;
        let (rules, acknowledged) = (Arc::clone(&self.settings.rules), Arc::clone(&self.acknowledged));
        let Some(open) = self.open_mut() else { return };
        if !open.findings.is_due || open.findings.looking.is_some() || rules.is_empty() {
            return;
        }
        let look = Look {
            keeper: open.findings.keeper.clone(),
            base: Arc::clone(open.draft.base()),
            changes: open.draft.changes().clone(),
            now,
            rules,
            acknowledged,
            asked: open.findings.asked.clone(),
        };
        open.findings.is_due = false;
        let request = self.work(Work::Look(Box::new(look)));
        if let Some(open) = self.open_mut() {
            open.findings.looking = Some(request);
        }
    }

    pub(super) fn on_looked(&mut self, request: RequestId, seen: Arc<Seen>) {
        let Some(open) = self.open_mut() else { return };
        // That of a zone that was open before, or of no look that is waited for.
        if open.findings.looking.take_if(|wanted| *wanted == request).is_none() {
            return;
        }
        // A newer zone than the one that was looked at: its own look comes at once.
        if Arc::ptr_eq(&seen.base, open.draft.base()) {
            open.findings.seen = Some(seen);
        }
        screen::refresh(self);
        changes::say_findings(self);
        self.look_for_findings();
    }
}
