//! The person's own editor: the text goes out, and comes back the same way as leaving text mode.

use super::{Purpose, leave, prepare};
use crate::app::{App, Effect, Screen};
use crate::edit::Decoded;
use crate::facts::Failure;
use crate::zonefile::Severity;

/// What came back: the text where it is another one.
pub type Outcome = Result<Option<Decoded>, Failure>;

pub fn may_open(app: &App) -> Result<(), String> {
    super::may_open(app)?;
    app.editable()
}

/// Hands the text to the person's own editor; from the table, the zone's text is made ready first.
pub fn open(app: &mut App) {
    if let Err(reason) = app.editable() {
        return app.say(reason);
    }
    let Some(mode) = &app.text.mode else { return prepare(app, Purpose::Outside) };
    app.screen = Screen::Text;
    let errors = mode.problems.iter().filter(|problem| problem.severity == Severity::Error);
    let first = errors.map(|problem| problem.span.start).min();
    let place = first.unwrap_or(mode.buffer.cursor());
    let text = mode.buffer.content().clone();
    let line = text.position(place).0;
    app.effect(Effect::EditOutside { text, line });
}

impl App {
    pub(in crate::app) fn on_edited_outside(&mut self, outcome: Outcome) {
        let Some(mode) = &mut self.text.mode else { return };
        let from_table = mode.from_table;
        match outcome {
            Err(failure) => {
                if from_table && !mode.is_changed() {
                    self.text.mode = None;
                    self.screen = Screen::Main;
                }
                self.complain(failure.to_string());
            }
            Ok(None) => {
                if from_table {
                    leave::to_table(self);
                }
                if self.overlay.is_none() {
                    self.say("the editor has changed nothing");
                }
            }
            Ok(Some(Decoded { text, escaped })) => {
                self.with_text(|mode| {
                    mode.set_text(&text);
                    mode.octets += escaped;
                });
                if from_table {
                    leave::to_table(self);
                }
            }
        }
    }
}
