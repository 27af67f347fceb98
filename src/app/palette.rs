//! The `:` command line: commands by name, found fuzzily, with their keys and what they do.

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

use super::commands::{Command, in_context};
use super::moves::Go;
use super::open::Pane;
use super::{App, Overlay, describe};
use crate::edit::Field;
use crate::key::Key;
use crate::zone::RrSet;
use crate::zone::ttl;

/// The command line on the screen.
#[derive(Debug)]
pub struct Palette {
    pub field: Field,
    /// The commands that fit what is typed, best first.
    pub matches: Vec<&'static Command>,
    pub selected: usize,
}

/// Names people know from elsewhere, and the commands they mean.
const ALIASES: [(&str, &str); 9] = [
    ("editor", "editor-text"),
    ("w", "review"),
    ("w", "push"),
    ("w", "save"),
    ("q", "quit"),
    ("q", "quit-now"),
    ("q", "back-to-records"),
    ("q", "close-result"),
    ("q!", "quit"),
];

pub fn open(app: &mut App) {
    open_with(app, "");
}

/// `:ttl` without a value: for the value to be typed.
pub fn ask_ttl(app: &mut App) {
    open_with(app, TTL);
}

/// Begins a line that sets a TTL.
const TTL: &str = "ttl ";

fn open_with(app: &mut App, text: &str) {
    let matches = matching(app, text);
    app.overlay = Some(Overlay::Palette(Palette { field: Field::new(text), matches, selected: 0 }));
}

/// The commands of the screen below the palette that fit this text.
fn matching(app: &App, text: &str) -> Vec<&'static Command> {
    let text = if text.starts_with(TTL) { TTL.trim_end() } else { text };
    let mut matcher = Matcher::new(Config::DEFAULT);
    let pattern = Pattern::parse(text, CaseMatching::Ignore, Normalization::Smart);
    let words: Vec<String> = text.to_lowercase().split_whitespace().map(str::to_string).collect();
    let mut scored: Vec<(u32, &'static Command)> = in_context(app.screen_context())
        .filter(|command| command.name != "palette")
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

impl App {
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
        palette.field = Field::new(command.name);
    }
}

/// Runs what was typed: a row number, `ttl` with a value, or the marked command.
pub fn run(app: &mut App) {
    let Some(Overlay::Palette(palette)) = app.overlay.take() else { return };
    let text = palette.field.text();
    let is_here = |name| in_context(app.screen_context()).any(|command| command.name == name);
    if let Some(value) = text.strip_prefix(TTL).filter(|value| !value.trim().is_empty() && is_here("ttl")) {
        return set_ttl(app, value.trim());
    }
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
            Ok(()) => (command.run)(app),
            Err(reason) => app.say(reason),
        },
        None => app.say(format!("no command {text}; ? shows all")),
    }
}

/// `:ttl 300`: the TTL of the selected record's set.
fn set_ttl(app: &mut App, value: &str) {
    if let Err(reason) = super::edits::may_change_selected(app) {
        return app.say(reason);
    }
    let Some(ttl) = read_ttl(value) else {
        return app.say("a TTL is a number of seconds, or 5m, 1h, 1d");
    };
    let Some(open) = app.open() else { return };
    let Some(row) = open.selected() else { return };
    let Some(set) = open.draft.get(&row.key) else {
        return app.say("this record is deleted; - brings it back");
    };
    let records = set.rdata.len();
    let name = describe::set(&row.key, open.draft.base().origin());
    let edits = vec![(row.key, Some(RrSet::new(ttl, set.rdata)))];
    match app.edit(format!("TTL of {name}"), edits) {
        true => app.say(format!("{} {} now", takes_ttl(records), describe::ttl(ttl))),
        false => app.say("that is its TTL already"),
    }
}

fn takes_ttl(records: usize) -> String {
    match records {
        1 => "the record's TTL is".into(),
        _ => format!("the TTL belongs to the whole set: {records} records have"),
    }
}

/// Seconds, or numbers with units: "300", "5m", "1h30m".
fn read_ttl(text: &str) -> Option<u32> {
    ttl::parse(text.as_bytes()).filter(|seconds| *seconds <= ttl::MAX_TTL)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ttl_values() {
        for (text, seconds) in [
            ("300", Some(300)),
            ("1h30m", Some(5400)),
            ("1W", Some(604_800)),
            ("0", Some(0)),
            ("", None),
            ("1h30", None),
            ("m", None),
            ("9999999999", None),
            ("2147483648", None),
            ("ä", None),
        ] {
            assert_eq!(read_ttl(text), seconds, "{text}");
        }
    }
}
