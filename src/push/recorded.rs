//! A push that is recorded in the history as it goes on: each message before it is sent, each answer, the end.
//!
//! What follows is held back until the record is on the disk. Where it cannot be begun nothing is sent, unless the
//! person has said that this push may go without; trouble later on stands in the report.

use std::collections::BTreeMap;

use super::{Action, Event, Outcome, Push, Report, Stage, Verdict, explain, tally};
use crate::facts::Failure;
use crate::facts::history::{End, Ending, Intent, Record};

/// What is recorded, and how much it matters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recording {
    /// In the person's own words; may be empty.
    pub note: String,
    /// May the push go on where it cannot be recorded?
    pub may_fail: bool,
}

/// A push under way, and its record.
#[derive(Debug)]
pub struct Recorded {
    push: Push,
    recording: Recording,
    stage: RecordStage,
    /// The serial of the zone that the record says the push is about.
    serial: u32,
    /// The message being sent, from 1, and of how many.
    message: (usize, usize),
    /// What is written down together with what comes next.
    pending: Vec<Record>,
    /// What to do once the record is written.
    held: Vec<Action>,
    trouble: Option<Failure>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum RecordStage {
    /// Nothing was sent, nothing was recorded.
    Before,
    /// The record is being begun; nothing was sent.
    Beginning,
    Going,
}

impl Recorded {
    /// Records a push from its start, as [`Push::new`] returns it.
    pub fn new((push, actions): (Push, Vec<Action>), recording: Recording) -> (Recorded, Vec<Action>) {
        let mut recorded = Recorded {
            push,
            recording,
            stage: RecordStage::Before,
            serial: 0,
            message: (1, 1),
            pending: Vec::new(),
            held: Vec::new(),
            trouble: None,
        };
        let actions = recorded.follow(Vec::new(), actions);
        (recorded, actions)
    }

    /// Takes what happened and says what to do next, as [`Push::on`].
    pub fn on(&mut self, event: Event) -> Vec<Action> {
        match event {
            Event::Recorded(result) => self.on_recorded(result),
            Event::Cancel if self.held.iter().any(|action| matches!(action, Action::Finish(_))) => {
                self.release()
            }
            Event::Cancel if self.stage == RecordStage::Beginning => {
                self.held.clear();
                let actions = self.push.give_up(Outcome::CannotSend(explain::CANCELLED.into()));
                self.follow(Vec::new(), actions)
            }
            event => {
                let answered = match &event {
                    Event::Answer(answer) => Some(match answer {
                        Ok(rcode) => rcode.to_string(),
                        Err(failure) => format!("{} {}", failure.what, failure.why),
                    }),
                    _ => None,
                };
                let record = answered.map(|answer| Record::Answered(self.message.0, answer));
                let actions = self.push.on(event);
                self.follow(record.into_iter().collect(), actions)
            }
        }
    }

    fn on_recorded(&mut self, result: Result<(), Failure>) -> Vec<Action> {
        let beginning = self.stage == RecordStage::Beginning;
        if beginning {
            self.stage = RecordStage::Going;
        }
        match result {
            Err(failure) if beginning && !self.recording.may_fail => {
                self.held.clear();
                // There is no record that could be ended.
                self.push.give_up(Outcome::NotRecorded(failure))
            }
            result => {
                self.trouble = result.err().or(self.trouble.take());
                self.release()
            }
        }
    }

    /// Goes on with what was held back.
    fn release(&mut self) -> Vec<Action> {
        let mut actions = std::mem::take(&mut self.held);
        if let Some(failure) = &self.trouble {
            for action in &mut actions {
                if let Action::Finish(report) = action {
                    report.notes.push(format!("The history has no whole record of this push. {failure}"));
                }
            }
        }
        actions
    }

    /// Records what is to be recorded first, and holds the rest back until then.
    fn follow(&mut self, records: Vec<Record>, actions: Vec<Action>) -> Vec<Action> {
        self.pending.extend(records);
        if self.push.is_stepping() {
            // The answer and what is sent next are seen onto the disk in one go, before that is sent.
            return actions;
        }
        let mut records = std::mem::take(&mut self.pending);
        for action in &actions {
            match action {
                Action::Show(Stage::Sending { step, total }) => self.message = (*step, *total),
                Action::Send(_) => self.before_sending(&mut records),
                Action::Finish(report) if self.stage != RecordStage::Before => {
                    records.push(Record::Ended(Box::new(report.end())));
                }
                _ => {}
            }
        }
        if records.is_empty() {
            return actions;
        }
        // A message is not said to be sent before that is written down.
        let is_free = |action: &Action| matches!(action, Action::Show(stage) if !matches!(stage, Stage::Sending { .. }));
        let (mut now, held): (Vec<Action>, Vec<Action>) = actions.into_iter().partition(is_free);
        self.held = held;
        now.push(Action::Record(records));
        now
    }

    fn before_sending(&mut self, records: &mut Vec<Record>) {
        let (base, changes) = (self.push.base(), self.push.changes());
        if self.stage == RecordStage::Before {
            records.push(Record::Begun(Box::new(Intent {
                note: self.recording.note.clone(),
                serial: base.serial(),
                messages: self.message.1,
                tally: tally(changes),
                changes: changes.clone(),
            })));
            self.stage = RecordStage::Beginning;
            self.serial = base.serial();
        } else if self.message.0 == 1 && self.serial != base.serial() {
            // Nothing of it was taken, and it is planned again over what others have made of the zone.
            records.push(Record::Rebased { serial: base.serial(), changes: changes.clone() });
            self.serial = base.serial();
        }
        records.push(Record::Sent(self.message.0));
    }
}

impl Report {
    /// The end of the push as the history has it.
    pub fn end(&self) -> End {
        let (ending, why) = match &self.outcome {
            Outcome::Applied => (Ending::Applied, String::new()),
            Outcome::Partly => (Ending::Partly, String::new()),
            Outcome::Refused(failure) => (Ending::Refused, failure.to_string()),
            Outcome::Conflict(_) => {
                (Ending::Conflict, "Others had changed what it changes; nothing of it was taken.".into())
            }
            Outcome::ReviewAgain => (
                Ending::NotSent,
                "The zone had moved on and the plan with it; nothing of it was taken.".into(),
            ),
            Outcome::CannotSend(why) => (Ending::NotSent, why.clone()),
            Outcome::CannotReach(failure) | Outcome::NotRecorded(failure) => {
                (Ending::NotSent, failure.to_string())
            }
            Outcome::Unknown(failure) => (Ending::Unknown, failure.to_string()),
            Outcome::NothingToDo => (Ending::NothingToDo, String::new()),
        };
        let mut applied = 0;
        let mut others = BTreeMap::new();
        for (key, _, verdict) in &self.verdicts {
            match verdict {
                Verdict::Applied => applied += 1,
                verdict => {
                    others.insert(key.clone(), verdict.clone());
                }
            }
        }
        End { ending, why, serial: self.serial_after, applied, others, notes: self.notes.clone() }
    }
}
