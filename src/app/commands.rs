//! Commands: what can be done, where, with which keys, and why not now. All of them stand in [`all`].
//!
//! A table has one line for each: its keys, its place in the help and in the hint bar, its name after `:`, and the
//! reason why it cannot be done now; what it does stands in the file of its screen. Everything that speaks of commands is made from it: dispatch, the hint bar, the help, the `:` palette.

use Context::{
    Ask, Changes, Chooser, Dialog, FileChanges, Filter, FindDomain, Findings, Fixes, Form, Help, History,
    Job, Jump, Menu, Merge, Nameservers, Palette, PastPush, Pointers, Problems, Prompt, Proposal, Pushing,
    Records, Registering, Registration, ReplacedInZones, Replacing, Result as Outcome, Secondaries, Text,
    Waiting, Zones,
};

use super::App;
use crate::key::Key;

mod everywhere;
mod pushing;
mod records;
mod secondaries;
mod several;
mod text;

/// Where the person is: which commands and keys there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Context {
    /// No zone on the screen: it is being loaded, or could not be.
    Waiting,
    Records,
    Nameservers,
    /// The zone as text.
    Text,
    Changes,
    /// The changes of a zone that is a file.
    FileChanges,
    /// Deciding what both sides changed.
    Merge,
    /// Looking at proposed changes.
    Proposal,
    Pushing,
    /// The list of past pushes.
    History,
    /// One of them.
    PastPush,
    /// What the rules find.
    Findings,
    /// Choosing between quick fixes.
    Fixes,
    Result,
    /// The list of zones.
    Zones,
    /// The same while a name is typed.
    Jump,
    /// Several zones that are pushed together.
    Job,
    /// What is proposed for their reverse zones.
    Pointers,
    /// What is registered at secondary DNS services.
    Secondaries,
    /// The same while a name is typed.
    FindDomain,
    /// What would be replaced in them.
    ReplacedInZones,
    /// One registration.
    Registration,
    /// A job at a secondary service.
    Registering,
    Form,
    /// Typing what to find in the text, or where to go.
    Prompt,
    /// Replacing in the text, one by one.
    Replacing,
    /// The list of what is wrong with the text.
    Problems,
    /// Values that something needs.
    Ask,
    /// A list to choose from.
    Menu,
    /// Choosing the type of a new record.
    Chooser,
    /// Typing a filter.
    Filter,
    Palette,
    Help,
    Dialog,
}

impl Context {
    pub const ALL: [Context; 34] = [
        Records,
        Nameservers,
        Text,
        Prompt,
        Replacing,
        Problems,
        Changes,
        FileChanges,
        Merge,
        Proposal,
        Pushing,
        Outcome,
        History,
        PastPush,
        Findings,
        Fixes,
        Zones,
        Jump,
        Job,
        Pointers,
        Secondaries,
        FindDomain,
        ReplacedInZones,
        Registration,
        Registering,
        Form,
        Ask,
        Menu,
        Chooser,
        Filter,
        Palette,
        Help,
        Dialog,
        Waiting,
    ];

    /// As the help calls it.
    pub fn title(self) -> &'static str {
        match self {
            Waiting => "Loading",
            Records => "Records",
            Nameservers => "Nameservers",
            Text => "Text",
            Prompt => "Finding in the text",
            Replacing => "Replacing in the text",
            Problems => "What is wrong with the text",
            Changes => "Changes",
            FileChanges => "Changes of a zone file",
            History => "History",
            PastPush => "A past push",
            Findings => "Findings",
            Fixes => "Quick fixes",
            Zones => "Zones",
            Jump => "Finding a zone",
            Job => "Job: several zones",
            Pointers => "Reverse records",
            Secondaries => "Secondaries",
            FindDomain => "Finding a domain",
            ReplacedInZones => "Replacing in several zones",
            Registration => "A registration",
            Registering => "Registering at a secondary service",
            Merge => "Merge",
            Proposal => "Proposed changes",
            Pushing => "Push under way",
            Outcome => "Push result",
            Form => "Form",
            Ask => "Values",
            Menu => "Lists",
            Chooser => "Type of a new record",
            Filter => "Filter",
            Palette => "Command line",
            Help => "Help",
            Dialog => "Dialogs",
        }
    }

    /// Do characters go into a text field here?
    pub fn takes_text(self) -> bool {
        matches!(
            self,
            Text | Prompt
                | Form
                | Ask
                | Menu
                | Chooser
                | Filter
                | Palette
                | Help
                | Dialog
                | Zones
                | Jump
                | Secondaries
                | FindDomain
        )
    }
}

/// One command.
#[derive(Debug)]
pub struct Command {
    /// As typed after `:`.
    pub name: &'static str,
    /// One line for the help.
    pub doc: &'static str,
    /// The default keys, blanks between them; `gg` is two keys one after the other.
    pub keys: &'static str,
    pub contexts: &'static [Context],
    /// Its place in the hint bar (lower ones stay longest when room is short), and the word there.
    pub hint: Option<(u8, &'static str)>,
    /// Otherwise why not now, as a sentence.
    pub enabled: fn(&App) -> Result<(), String>,
    /// What is done with what is typed after its name, where it takes something.
    pub argument: Option<fn(&mut App, &str)>,
    /// Is that the path of a file?
    pub takes_path: bool,
    /// What it would do, while that is typed.
    pub preview: Option<fn(&App, &str) -> String>,
    pub run: fn(&mut App),
}

impl Command {
    /// The key sequences that run it.
    pub fn sequences(&self) -> impl Iterator<Item = Vec<Key>> {
        self.keys.split(' ').filter(|text| !text.is_empty()).map(|text| match Key::parse(text) {
            Some(key) => vec![key],
            None => text.chars().map(Key::char).collect(),
        })
    }

    /// The key to show where there is room for one.
    pub fn first_key(&self) -> &'static str {
        self.keys.split(' ').next().unwrap_or_default()
    }
}

/// What a key sequence means.
pub enum Found {
    Command(&'static Command),
    /// The start of a longer sequence.
    Prefix,
    Nothing,
}

/// Looks a key sequence up.
pub fn find(context: Context, keys: &[Key]) -> Found {
    let mut prefix = false;
    for command in in_context(context) {
        for sequence in command.sequences() {
            if sequence == keys {
                return Found::Command(command);
            }
            prefix |= sequence.starts_with(keys);
        }
    }
    if prefix { Found::Prefix } else { Found::Nothing }
}

/// Every command, in the order of the help.
pub fn all() -> impl Iterator<Item = &'static Command> {
    let tables = [
        records::RECORDS,
        pushing::PUSHING,
        text::TEXT,
        several::SEVERAL,
        secondaries::SECONDARIES,
        everywhere::EVERYWHERE,
    ];
    tables.into_iter().flatten()
}

/// The commands of a context, in the order of the table.
pub fn in_context(context: Context) -> impl Iterator<Item = &'static Command> {
    all().filter(move |command| command.contexts.contains(&context))
}

const fn command(
    name: &'static str,
    keys: &'static str,
    contexts: &'static [Context],
    run: fn(&mut App),
    doc: &'static str,
) -> Command {
    Command {
        name,
        doc,
        keys,
        contexts,
        hint: None,
        enabled: |_| Ok(()),
        argument: None,
        takes_path: false,
        preview: None,
        run,
    }
}

impl Command {
    const fn hint(mut self, place: u8, word: &'static str) -> Command {
        self.hint = Some((place, word));
        self
    }

    const fn when(mut self, enabled: fn(&App) -> Result<(), String>) -> Command {
        self.enabled = enabled;
        self
    }

    const fn taking_path(mut self, argument: fn(&mut App, &str)) -> Command {
        self.takes_path = true;
        self.taking(argument)
    }

    const fn showing(mut self, preview: fn(&App, &str) -> String) -> Command {
        self.preview = Some(preview);
        self
    }

    const fn taking(mut self, argument: fn(&mut App, &str)) -> Command {
        self.argument = Some(argument);
        self
    }
}
