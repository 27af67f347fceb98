//! Finding, replacing and going to a line in the text.

use super::TextMode;
use crate::app::{App, Overlay};
use crate::edit::{Field, Needle};
use crate::key::Key;

/// What was last looked for, and put in its place.
#[derive(Debug, Default)]
pub struct Searching {
    what: String,
    with: String,
}

const NOT_THERE: &str = "not in the text";

/// Something to be typed in the place of the hints.
#[derive(Debug)]
pub struct Prompt {
    pub asking: Asking,
    pub field: Field,
    /// What an empty answer stands for.
    pub default: String,
    /// Where the cursor was.
    start: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asking {
    Find,
    /// What to replace.
    Replace,
    /// What to put in its place.
    With(String),
    Line,
}

impl Prompt {
    /// Stands before what is typed.
    pub fn label(&self) -> String {
        let word = match &self.asking {
            Asking::Find => "find",
            Asking::Replace => "replace",
            Asking::With(_) => "with",
            Asking::Line => "go to line (or line:column)",
        };
        match self.default.is_empty() {
            true => format!("{word}: "),
            false => format!("{word} [{}]: ", self.default),
        }
    }
}

/// Replacing one by one: the place that is selected is asked for.
#[derive(Debug)]
pub struct Replacing {
    needle: Needle,
    pub with: String,
    /// Places that have not been asked for yet, the selected one included.
    pub left: usize,
    done: usize,
}

fn ask(app: &mut App, asking: Asking) {
    let Some(mode) = &app.text.mode else { return };
    let default = match &asking {
        Asking::Find | Asking::Replace => mode.searching.what.clone(),
        Asking::With(_) => mode.searching.with.clone(),
        Asking::Line => String::new(),
    };
    // From the start of what is selected: looking for the same again finds it there.
    let start = mode.buffer.selection().map_or(mode.buffer.cursor(), |selected| selected.start);
    app.overlay = Some(Overlay::Prompt(Prompt { asking, field: Field::default(), default, start }));
}

pub fn find(app: &mut App) {
    ask(app, Asking::Find);
}

pub fn replace(app: &mut App) {
    match app.editable() {
        Ok(()) => ask(app, Asking::Replace),
        Err(reason) => app.say(reason),
    }
}

pub fn go_to_line(app: &mut App) {
    ask(app, Asking::Line);
}

impl App {
    /// A key for the prompt; what is looked for is found while it is typed.
    pub(crate) fn prompt_key(&mut self, key: Key) {
        let Some(Overlay::Prompt(prompt)) = &mut self.overlay else { return };
        prompt.field.on_key(key);
        if prompt.asking != Asking::Find {
            return;
        }
        let (needle, start) = (Needle::new(&prompt.field.text()), prompt.start);
        let Some(mode) = &mut self.text.mode else { return };
        if !mode.buffer.find_from(&needle, start) {
            mode.buffer.put(start);
            if !needle.is_empty() {
                self.say(NOT_THERE);
            }
        }
    }
}

/// Takes what was typed. What cannot be taken stays to be mended: the next keys are not for the text.
pub fn accept(app: &mut App) {
    let Some(Overlay::Prompt(prompt)) = app.overlay.take() else { return };
    if let Err(why) = take(app, &prompt) {
        app.overlay = Some(Overlay::Prompt(prompt));
        app.complain(why);
    }
}

fn take(app: &mut App, prompt: &Prompt) -> Result<(), &'static str> {
    let typed = prompt.field.text();
    let typed = if typed.is_empty() { prompt.default.clone() } else { typed };
    let Some(mode) = &mut app.text.mode else { return Ok(()) };
    match &prompt.asking {
        Asking::Line if typed.is_empty() => {}
        Asking::Line => match line_and_column(&typed) {
            Some((line, column)) => app.go_to_place(line, column),
            None => return Err("a line is a number, or a line and a column: 12:5"),
        },
        Asking::Find if !typed.is_empty() => {
            mode.searching.what = typed;
            match mode.buffer.find_from(&Needle::new(&mode.searching.what), prompt.start) {
                true => app.say("Alt-W finds the next, Alt-Q the one before"),
                false => return Err(NOT_THERE),
            }
        }
        Asking::Replace if !typed.is_empty() => {
            if crate::edit::search::all(mode.buffer.content(), &Needle::new(&typed)).next().is_none() {
                return Err(NOT_THERE);
            }
            mode.searching.what.clone_from(&typed);
            ask(app, Asking::With(typed));
        }
        Asking::With(what) => {
            // An empty answer is a text as well here: what was typed last is not meant.
            let with = prompt.field.text();
            mode.searching.with.clone_from(&with);
            start_replacing(app, what, with, prompt.start);
        }
        Asking::Find | Asking::Replace => {}
    }
    Ok(())
}

pub fn cancel(app: &mut App) {
    let Some(Overlay::Prompt(prompt)) = app.overlay.take() else { return };
    if let Some(mode) = app.text.mode.as_mut().filter(|_| prompt.asking == Asking::Find) {
        mode.buffer.put(prompt.start);
    }
}

pub fn find_next(app: &mut App) {
    step(app, |mode, needle| {
        let from = mode.buffer.cursor();
        mode.buffer.find_next(needle).then(|| mode.buffer.cursor() <= from)
    });
}

pub fn find_previous(app: &mut App) {
    step(app, |mode, needle| {
        let from = mode.buffer.cursor();
        mode.buffer.find_previous(needle).then(|| mode.buffer.cursor() >= from)
    });
}

/// `go` tells whether the end of the text was passed; `None` where nothing was found.
fn step(app: &mut App, go: fn(&mut TextMode, &Needle) -> Option<bool>) {
    let Some(mode) = &mut app.text.mode else { return };
    if mode.searching.what.is_empty() {
        return find(app);
    }
    let needle = Needle::new(&mode.searching.what);
    match go(mode, &needle) {
        None => app.say(NOT_THERE),
        Some(true) => app.say("round the end of the text"),
        Some(false) => {}
    }
}

fn line_and_column(typed: &str) -> Option<(usize, usize)> {
    let (line, column) = typed.trim().split_once([':', ',', ' ']).unwrap_or((typed.trim(), "1"));
    Some((line.parse().ok()?, column.trim().parse().ok()?))
}

impl App {
    /// Puts the cursor of the text at a line and column, both from 1.
    pub(super) fn go_to_place(&mut self, line: usize, column: usize) {
        let Some(mode) = &mut self.text.mode else { return };
        let text = mode.buffer.content();
        let line = line.saturating_sub(1).min(text.line_count().saturating_sub(1));
        let content = text.line(line);
        let characters = content.char_indices().map(|(at, _)| at);
        let at = characters.chain([content.len()]).nth(column.saturating_sub(1)).unwrap_or(content.len());
        let place = text.line_start(line) + at;
        mode.buffer.put(place);
    }
}

fn start_replacing(app: &mut App, what: &str, with: String, start: usize) {
    let Some(mode) = &mut app.text.mode else { return };
    let needle = Needle::new(what);
    let left = crate::edit::search::all(mode.buffer.content(), &needle).count();
    if left == 0 {
        return app.say(NOT_THERE);
    }
    mode.buffer.find_from(&needle, start);
    app.overlay = Some(Overlay::Replacing(Replacing { needle, with, left, done: 0 }));
}

/// Replaces the selected place and goes on to the next.
pub fn replace_this(app: &mut App) {
    let Some(Overlay::Replacing(replacing)) = &mut app.overlay else { return };
    replacing.done += 1;
    let with = replacing.with.clone();
    app.edit_text(|buffer| buffer.paste(&with));
    go_on(app);
}

pub fn skip_this(app: &mut App) {
    go_on(app);
}

/// Replaces this one and all that were not asked for yet, in one step.
pub fn replace_rest(app: &mut App) {
    let Some(Overlay::Replacing(replacing)) = app.overlay.take() else { return };
    let Replacing { needle, with, left, done } = replacing;
    app.edit_text(|buffer| {
        buffer.together(|buffer| {
            for number in 0..left {
                if number > 0 && !buffer.find_next(&needle) {
                    break;
                }
                buffer.paste(&with);
            }
        });
    });
    app.say(format!("{} replaced", done + left));
}

fn go_on(app: &mut App) {
    let Some(Overlay::Replacing(replacing)) = &mut app.overlay else { return };
    replacing.left = replacing.left.saturating_sub(1);
    let more = replacing.left > 0;
    let found = app.text.mode.as_mut().is_some_and(|mode| more && mode.buffer.find_next(&replacing.needle));
    if !found {
        stop(app);
    }
}

pub fn stop(app: &mut App) {
    if let Some(Overlay::Replacing(replacing)) = app.overlay.take() {
        app.say(format!("{} replaced", replacing.done));
    }
}
