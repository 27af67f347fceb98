//! A list to choose from: what is typed finds entries by their names, however loosely, or by words of their lines.

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

use super::{App, Overlay, nameserver_sets, secondaries, templates};
use crate::edit::Field;
use crate::facts::Make;
use crate::facts::registration::Abilities;
use crate::key::Key;

/// The list on the screen.
#[derive(Debug)]
pub struct Menu {
    pub title: &'static str,
    pub search: Field,
    entries: Vec<Entry>,
    pub selected: usize,
    /// The first entry shown.
    pub offset: usize,
}

/// What can be chosen.
#[derive(Debug, Clone)]
pub struct Entry {
    pub name: String,
    /// What it is, in a line.
    pub line: String,
    pub(super) pick: Pick,
}

/// What choosing an entry does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Pick {
    /// Proposes a set of nameservers.
    Nameservers(String),
    /// Loads a template.
    Template(String),
    /// Registers a domain at this secondary service.
    SecondaryService(String),
    /// The same in a place there.
    SecondaryPlace(String, Option<String>, Abilities),
    /// Shows how a server of this make lets a secondary service transfer.
    Allow(Make),
}

impl Menu {
    pub(super) fn new(title: &'static str, entries: Vec<Entry>) -> Menu {
        Menu { title, search: Field::default(), entries, selected: 0, offset: 0 }
    }

    /// The entries that fit what is typed, best first.
    pub fn matches(&self) -> Vec<&Entry> {
        let text = self.search.text();
        let mut matcher = Matcher::new(Config::DEFAULT);
        let pattern = Pattern::parse(&text, CaseMatching::Ignore, Normalization::Smart);
        let words: Vec<String> = text.to_lowercase().split_whitespace().map(str::to_string).collect();
        let mut scored: Vec<(u32, &Entry)> = (self.entries.iter())
            .filter_map(|entry| {
                let by_name = pattern.score(Utf32Str::new(&entry.name, &mut Vec::new()), &mut matcher);
                let line = entry.line.to_lowercase();
                let by_line = words.iter().all(|word| line.contains(word)).then_some(0);
                Some((by_name.map(|score| score + 1).max(by_line)?, entry))
            })
            .collect();
        scored.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
        scored.into_iter().map(|(_, entry)| entry).collect()
    }

    pub fn type_key(&mut self, key: Key) {
        self.search.on_key(key);
        self.selected = 0;
    }
}

/// Takes the marked entry.
pub fn choose(app: &mut App) {
    let Some(Overlay::Menu(menu)) = &app.overlay else { return };
    let Some(pick) = menu.matches().get(menu.selected).map(|entry| entry.pick.clone()) else {
        return app.say("nothing fits; Esc closes");
    };
    app.overlay = None;
    match pick {
        Pick::Nameservers(name) => nameserver_sets::chosen(app, &name),
        Pick::Template(name) => templates::chosen(app, &name),
        Pick::SecondaryService(name) => secondaries::adding::chosen_backend(app, name),
        Pick::SecondaryPlace(name, service, abilities) => {
            secondaries::adding::fill_in(app, name, service, abilities);
        }
        Pick::Allow(make) => secondaries::details::allow_at(app, make),
    }
}
