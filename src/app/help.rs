//! The help: every command and its keys, made from the command table, those of the present screen first.

use super::commands::{Command, Context, in_context};
use super::{App, Overlay};
use crate::edit::Field;
use crate::key::Key;

/// The help on the screen.
#[derive(Debug)]
pub struct Help {
    /// Where it was opened.
    context: Context,
    /// What is searched for.
    pub search: Field,
    /// The first line shown.
    pub offset: usize,
}

/// One line of the help.
#[derive(Debug, Clone, Copy)]
pub enum Line {
    Heading(&'static str),
    Command(&'static Command),
    Blank,
}

impl Help {
    pub fn new(context: Context) -> Help {
        Help { context, search: Field::default(), offset: 0 }
    }

    /// The lines: a heading for each place, its commands below it.
    pub fn lines(&self) -> Vec<Line> {
        let wanted = self.search.text().to_lowercase();
        let found = |command: &&Command| {
            [command.name, command.doc, command.keys].iter().any(|text| text.to_lowercase().contains(&wanted))
        };
        let others = Context::ALL.into_iter().filter(|context| *context != self.context);
        let mut lines = Vec::new();
        for context in std::iter::once(self.context).chain(others) {
            let commands: Vec<_> = in_context(context).filter(found).collect();
            if !commands.is_empty() {
                if !lines.is_empty() {
                    lines.push(Line::Blank);
                }
                lines.push(Line::Heading(context.title()));
                lines.extend(commands.into_iter().map(Line::Command));
            }
        }
        lines
    }

    pub fn type_key(&mut self, key: Key) {
        self.search.on_key(key);
        self.offset = 0;
    }
}

pub fn open(app: &mut App) {
    app.overlay = Some(Overlay::Help(Help::new(app.context())));
}
