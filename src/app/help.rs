//! The help: the page of a record type where one is asked for, every command and its keys, made from the command
//! table, those of the present screen first, and a line on each record type.

mod page;

use super::commands::{Command, Context, in_context};
use super::layout::wrap;
use super::{App, Overlay, Screen};
use crate::edit::Field;
use crate::key::Key;
use crate::zone::RecordType;
use crate::zone::types::{self, TypeInfo};

pub use page::explain;

/// The help on the screen.
#[derive(Debug)]
pub struct Help {
    /// Where it was opened.
    context: Context,
    /// The record type whose page comes first.
    rtype: Option<RecordType>,
    /// What is searched for.
    pub search: Field,
    /// The first line shown.
    pub offset: usize,
    /// What it lies over, and comes back after it.
    below: Option<Box<Overlay>>,
}

/// One line of the help.
#[derive(Debug, Clone)]
pub enum Line {
    Heading(String),
    /// The keys of a command and what it does, or a record type and what it is for. What does not fit goes on below.
    Pair(String, String),
    Text(String),
    /// A line of a zone file.
    Example(&'static str),
    Blank,
}

impl Help {
    pub fn new(context: Context) -> Help {
        Help { context, rtype: None, search: Field::default(), offset: 0, below: None }
    }

    /// The lines, of so many columns: a heading for each place, its commands below it.
    pub fn lines(&self, width: u16) -> Vec<Line> {
        let wanted = self.search.text().trim().to_lowercase();
        let mut lines = Vec::new();
        let rtype = if wanted.is_empty() { self.rtype } else { types::parse_type(wanted.as_bytes()) };
        if let Some(rtype) = rtype {
            lines.extend(explain(rtype, width));
        }
        let found = |command: &&Command| {
            [command.name, command.doc, command.keys].iter().any(|text| text.to_lowercase().contains(&wanted))
        };
        let others = Context::ALL.into_iter().filter(|context| *context != self.context);
        for context in std::iter::once(self.context).chain(others) {
            let commands = in_context(context).filter(found);
            let pairs = commands.flat_map(|command| match command.keys {
                "" => pairs(&format!(":{}", command.name), command.doc, width),
                keys => pairs(keys, command.doc, width),
            });
            add(&mut lines, context.title(), pairs.collect());
        }
        let fits = |info: &&TypeInfo| {
            [info.mnemonic, info.purpose].iter().any(|text| text.to_lowercase().contains(&wanted))
        };
        let fitting = types::table().iter().filter(fits);
        let fitting = fitting.flat_map(|info| pairs(info.mnemonic, info.purpose, width));
        add(&mut lines, "Record types: typed into the search, one tells all", fitting.collect());
        lines
    }

    pub fn type_key(&mut self, key: Key) {
        self.search.on_key(key);
        self.offset = 0;
    }

    /// What it lay over.
    pub(super) fn into_below(self) -> Option<Overlay> {
        self.below.map(|below| *below)
    }
}

/// Columns of the left one of a pair.
pub const LEFT: u16 = 16;

/// Two texts beside each other in lines of so many columns.
fn pairs(left: &str, right: &str, width: u16) -> Vec<Line> {
    let mut left = wrap(left, LEFT).into_iter();
    let mut right = wrap(right, width.saturating_sub(LEFT + 2).max(1)).into_iter();
    std::iter::from_fn(|| match (left.next(), right.next()) {
        (None, None) => None,
        (left, right) => Some(Line::Pair(left.unwrap_or_default(), right.unwrap_or_default())),
    })
    .collect()
}

fn add(lines: &mut Vec<Line>, title: &str, more: Vec<Line>) {
    if more.is_empty() {
        return;
    }
    if !lines.is_empty() {
        lines.push(Line::Blank);
    }
    lines.push(Line::Heading(title.into()));
    lines.extend(more);
}

pub fn open(app: &mut App) {
    let rtype = match (&app.overlay, &app.screen) {
        (Some(Overlay::Chooser(chooser)), _) => chooser.chosen(),
        (None, Screen::Form(form)) => Some(form.rtype()),
        _ => None,
    };
    show(app, rtype);
}

/// `:explain`: the type of the selected record.
pub fn explain_selected(app: &mut App) {
    let rtype = app.open().and_then(|open| open.selected()).map(|row| row.key.rtype);
    show(app, rtype);
}

/// `:explain MX`.
pub fn explain_type(app: &mut App, text: &str) {
    match types::parse_type(text.as_bytes()) {
        Some(rtype) => show(app, Some(rtype)),
        None => match types::suggest_type(text) {
            Some(near) => app.refuse(format!("there is no type {text}; {near} is near")),
            None => app.refuse(format!("there is no type {text}; ? lists all of them below the keys")),
        },
    }
}

fn show(app: &mut App, rtype: Option<RecordType>) {
    let help = Help::new(app.context());
    // A menu comes back; a command line has done its work.
    let below = app.overlay.take().map(Box::new);
    app.overlay = Some(Overlay::Help(Help { rtype, below, ..help }));
}
