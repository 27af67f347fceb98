//! The `:` command line: commands by name, found fuzzily, with their keys and what they do.

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

use super::commands::{Command, Context, all, in_context};
use super::moves::Go;
use super::open::Pane;
use super::{App, Overlay};
use crate::edit::Field;
use crate::key::Key;

/// The command line on the screen.
#[derive(Debug)]
pub struct Palette {
    pub field: Field,
    /// The commands that fit what is typed, best first.
    pub matches: Vec<&'static Command>,
    pub selected: usize,
    /// What it held when it was opened, where that was not typed: to be changed, or taken out.
    pub(super) given: String,
    /// The folder that is being read for a path in it.
    pub(super) asked: Option<super::paths::Asked>,
    /// What was typed when Tab could put nothing more in.
    pub(super) at_an_end: Option<String>,
}

/// Names people know from elsewhere, and the commands they mean.
const ALIASES: [(&str, &str); 15] = [
    ("quick-fix", "fix-finding"),
    ("replace", "replace-text"),
    ("replace", "replace-in-zones"),
    ("replace", "replace-again"),
    ("editor", "editor-text"),
    ("w", "review"),
    ("w", "push"),
    ("w", "save"),
    ("q", "quit"),
    ("q", "quit-now"),
    ("q", "back-to-records"),
    ("q", "close-result"),
    ("q!", "quit"),
    ("q", "quit-zones"),
    ("zones", "zones-here"),
];

pub fn open(app: &mut App) {
    open_with(app, "");
}

/// `:ttl` without a value: for the value to be typed.
pub fn ask_ttl(app: &mut App) {
    if let Some(open) = app.open_mut() {
        open.take_range();
    }
    open_with(app, "ttl ");
}

/// `:note` without a text.
pub fn ask_note(app: &mut App) {
    let text = format!("note {}", app.past.note);
    open_with(app, &text);
    if let Some(Overlay::Palette(palette)) = &mut app.overlay {
        palette.given = text;
    }
}

/// `:acknowledge` without a reason.
pub fn ask_reason(app: &mut App) {
    open_with(app, "acknowledge ");
}

pub fn ask_import(app: &mut App) {
    open_with(app, "import ");
}

/// `:from` in a form: for the path to be typed.
pub fn ask_material(app: &mut App) {
    open_with(app, "from ");
}

pub fn ask_export(app: &mut App) {
    open_with(app, "export ");
}

pub(super) fn open_with(app: &mut App, text: &str) {
    let matches = matching(app, text);
    app.overlay = Some(Overlay::Palette(Palette {
        field: Field::new(text),
        matches,
        selected: 0,
        given: String::new(),
        asked: None,
        at_an_end: None,
    }));
}

/// The commands of the screen below the palette that fit this text.
fn matching(app: &App, text: &str) -> Vec<&'static Command> {
    if let Some((command, _)) = with_argument(app, text) {
        return vec![command];
    }
    let mut matcher = Matcher::new(Config::DEFAULT);
    let pattern = Pattern::parse(text, CaseMatching::Ignore, Normalization::Smart);
    let words: Vec<String> = text.to_lowercase().split_whitespace().map(str::to_string).collect();
    let mut scored: Vec<(u32, &'static Command)> = in_context(app.screen_context())
        .filter(|command| !command.name.starts_with("palette"))
        .filter_map(|command| {
            let mut buffer = Vec::new();
            let by_name = pattern.score(Utf32Str::new(command.name, &mut buffer), &mut matcher);
            let doc = command.doc.to_lowercase();
            // A hit in the name, however loose, before words in the sentence.
            let by_doc = words.iter().all(|word| doc.contains(word)).then_some(0);
            Some((by_name.map(|score| score + 1).max(by_doc)?, command))
        })
        .collect();
    scored.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    scored.into_iter().map(|(_, command)| command).collect()
}

/// The command that is typed with its name and a blank, and what follows, where it takes something.
fn with_argument<'t>(app: &App, text: &'t str) -> Option<(&'static Command, &'t str)> {
    let (name, argument) = text.trim_start().split_once(' ')?;
    let is_meant = |command: &Command| command.name == name || ALIASES.contains(&(name, command.name));
    let takes = |command: &&Command| is_meant(command) && command.argument.is_some();
    Some((in_context(app.screen_context()).find(takes)?, argument.trim()))
}

impl App {
    /// What the command that is typed with its argument would do, while it is typed.
    pub fn typed_preview(&self) -> Option<String> {
        let Some(Overlay::Palette(palette)) = &self.overlay else { return None };
        let text = palette.field.text();
        let (command, argument) = with_argument(self, &text)?;
        command.preview.map(|preview| preview(self, argument))
    }

    pub(super) fn palette_key(&mut self, key: Key) {
        let Some(Overlay::Palette(palette)) = &mut self.overlay else { return };
        palette.field.on_key(key);
        let text = palette.field.text();
        let matches = matching(self, &text);
        if let Some(Overlay::Palette(palette)) = &mut self.overlay {
            palette.matches = matches;
            palette.selected = 0;
        }
    }
}

pub fn complete(app: &mut App) {
    if let Some(Overlay::Palette(palette)) = &mut app.overlay
        && let Some(command) = palette.matches.get(palette.selected)
    {
        let typed = palette.field.text();
        let has_argument = command.argument.is_some();
        if has_argument && typed.trim_start().starts_with(&format!("{} ", command.name)) {
            if command.takes_path {
                super::paths::complete(app, &typed);
            }
        } else {
            palette.field = Field::new(&format!("{}{}", command.name, if has_argument { " " } else { "" }));
        }
    }
}

/// Runs what was typed: a row number, a command with what it takes, or the marked command.
pub fn run(app: &mut App) {
    let Some(Overlay::Palette(palette)) = app.overlay.take() else { return };
    let text = palette.field.text();
    let is_emptied = !palette.given.trim_end().is_empty() && palette.given.trim_end() != text.trim_end();
    if let Some((command, argument)) =
        with_argument(app, &text).filter(|(_, argument)| is_emptied || !argument.is_empty())
        && let Some(act) = command.argument
    {
        return match (command.enabled)(app) {
            Ok(()) => {
                app.typed = Some(text.clone());
                act(app, argument);
            }
            Err(reason) => app.say(reason),
        };
    }
    let typed = text.clone();
    let text = text.trim();
    if let Ok(row) = text.parse::<usize>() {
        if let Some(open) = app.open_mut() {
            open.pane = Pane::Records;
        }
        super::moves::show_records(app);
        return app.go(Go::To(row.saturating_sub(1)));
    }
    let meant = |name| name == text || ALIASES.contains(&(text, name));
    let named = in_context(app.screen_context()).find(|command| meant(command.name));
    match named.or_else(|| palette.matches.get(palette.selected).copied()) {
        Some(command) => match (command.enabled)(app) {
            Ok(()) => {
                (command.run)(app);
                let asks_again =
                    matches!(&app.overlay, Some(Overlay::Palette(again)) if again.field.text() == typed);
                if asks_again {
                    app.complain(format!("nothing is typed after {} yet; Esc leaves it", command.name));
                }
            }
            Err(reason) => app.say(reason),
        },
        None => {
            let name = text.split_whitespace().next().unwrap_or_default();
            let why = not_here(app.screen_context(), name);
            match all().any(|command| command.name == name) {
                // It is for another screen: the way there is not through here.
                true => app.say(why),
                false => {
                    app.typed = Some(typed);
                    app.refuse(why);
                }
            }
        }
    }
}

/// Why nothing can be run that is called so.
fn not_here(context: Context, name: &str) -> String {
    match all().find(|command| command.name == name) {
        Some(command) if context == Context::Nameservers && command.contexts.contains(&Context::Records) => {
            format!("{name} is for records; Tab goes to them")
        }
        Some(_) => format!("{name} is no command of this screen; ? shows those that are"),
        None => format!("no command {name}; ? shows all"),
    }
}
