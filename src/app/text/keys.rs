//! The keys of text mode: what moves, what types, and the commands that change the text.

use super::park::{self, Prefix};
use super::{TextMode, rows};
use crate::app::layout::Layout;
use crate::app::{App, Effect};
use crate::edit::Motion;
use crate::key::{Code, Key};

/// A key that runs no command: it types.
pub fn type_key(app: &mut App) {
    let key = app.key;
    let mut octets = [0; 4];
    let text = match (key.code, key.ctrl || key.alt) {
        (Code::Char(character), false) => character.encode_utf8(&mut octets),
        _ => {
            return app
                .say(format!("no command on {key} in the text; F1 shows all, F3 goes back to the table"));
        }
    };
    app.edit_text(|buffer| buffer.insert(text));
}

/// Keys that type something, or take it away.
pub fn write(app: &mut App) {
    let key = app.key;
    let Some(line_break) = app.text.mode.as_ref().map(|mode| mode.buffer.content().line_break()) else {
        return;
    };
    app.edit_text(|buffer| match (key.code, key.ctrl) {
        (Code::Enter, _) => buffer.insert(line_break),
        (Code::Tab, _) => buffer.insert("\t"),
        (Code::Backspace, false) | (Code::Char('h'), true) => buffer.delete(Motion::Left),
        (Code::Backspace, true) => buffer.delete(Motion::WordLeft),
        (Code::Delete, true) => buffer.delete(Motion::WordRight),
        (Code::Delete, false) | (Code::Char('d'), true) => buffer.delete(Motion::Right),
        _ => {}
    });
}

/// Pasted text goes in in one piece.
pub fn paste_text(app: &mut App, text: &str) {
    let Some(mode) = &app.text.mode else { return };
    // Terminals send a carriage return for each line end.
    let line_break = mode.buffer.content().line_break();
    let lines = text.replace("\r\n", "\n").replace('\r', "\n");
    let text = if line_break == "\n" { lines } else { lines.replace('\n', line_break) };
    app.edit_text(|buffer| buffer.paste(&text));
}

/// A key that moves; with Shift it selects.
pub fn walk(app: &mut App) {
    let key = app.key;
    let Some(motion) = motion(key, page(app)) else { return };
    app.with_text(|mode| match key.shift {
        true => mode.buffer.extend(motion),
        false => mode.buffer.go(motion),
    });
}

fn page(app: &App) -> isize {
    let rows = Layout::new(app.size).map_or(1, |layout| rows(&layout).height);
    // One line stays in sight.
    isize::from(i16::try_from(rows).unwrap_or(i16::MAX)).saturating_sub(1).max(1)
}

fn motion(key: Key, page: isize) -> Option<Motion> {
    Some(match (key.code, key.ctrl) {
        (Code::Left, false) => Motion::Left,
        (Code::Right, false) => Motion::Right,
        (Code::Left, true) => Motion::WordLeft,
        (Code::Right, true) => Motion::WordRight,
        (Code::Up, _) | (Code::Char('p'), true) => Motion::Lines(-1),
        (Code::Down, _) | (Code::Char('n'), true) => Motion::Lines(1),
        (Code::PageUp, _) | (Code::Char('y'), true) => Motion::Lines(-page),
        (Code::PageDown, _) | (Code::Char('v'), true) => Motion::Lines(page),
        (Code::Home, false) | (Code::Char('a'), true) => Motion::LineStart,
        (Code::End, false) | (Code::Char('e'), true) => Motion::LineEnd,
        (Code::Home, true) => Motion::TextStart,
        (Code::End, true) => Motion::TextEnd,
        _ => return None,
    })
}

pub fn mark(app: &mut App) {
    app.with_text(|mode| mode.buffer.toggle_mark());
    match app.text.mode.as_ref().is_some_and(|mode| mode.buffer.is_marking()) {
        true => app.say("mark set: moving selects; Ctrl-K cuts, Alt-6 copies, Esc lifts the mark"),
        false => app.say("mark lifted"),
    }
}

pub fn select_all(app: &mut App) {
    app.with_text(|mode| {
        let length = mode.buffer.len();
        mode.buffer.select(0..length);
    });
}

pub fn cut(app: &mut App) {
    let mut taken = String::new();
    // Lines cut one after the other are pasted together.
    let before = app.text.mode.as_ref().is_some_and(|mode| mode.had_cut).then(|| app.text.clipboard.clone());
    let of_line = app.text.mode.as_ref().is_some_and(|mode| mode.buffer.selection().is_none());
    app.edit_text(|buffer| taken = buffer.cut());
    if taken.is_empty() {
        return;
    }
    app.text.copied_from = None;
    app.text.clipboard = format!("{}{taken}", before.filter(|_| of_line).unwrap_or_default());
    if let Some(mode) = &mut app.text.mode {
        mode.cutting = of_line;
    }
    app.copy_out();
}

pub fn copy_text(app: &mut App) {
    let Some(mode) = &mut app.text.mode else { return };
    app.text.copied_from = None;
    app.text.clipboard = mode.buffer.copied();
    let what = if mode.buffer.selection().is_some() { "the selection" } else { "the line" };
    mode.buffer.deselect();
    app.say(format!("copied: {what}; Ctrl-U puts it in"));
    app.copy_out();
}

/// More than this is not handed to the terminal's clipboard: many terminals take no more.
const MOST_OUTSIDE: usize = 74_000;

impl App {
    /// Puts lines into the clipboard of the editor, and into that of the terminal.
    pub(in crate::app) fn copy_lines(&mut self, lines: Vec<String>) {
        // One line stands alone, so that it can be put anywhere.
        let one = lines.len() == 1;
        let text = lines.join("\n") + if one { "" } else { "\n" };
        self.keep_copied(text, Some(self.settings.zone.clone()));
        self.copy_out();
    }

    /// Puts text into the editor's own clipboard, with the zone that it is of where that is known.
    pub(in crate::app) fn keep_copied(&mut self, text: String, from: Option<crate::zone::Name>) {
        self.text.clipboard = text;
        self.text.copied_from = from;
    }

    /// What was copied or cut last, and the zone that it is of.
    pub(in crate::app) fn copied(&self) -> (String, Option<crate::zone::Name>) {
        (self.text.clipboard.clone(), self.text.copied_from.clone())
    }

    /// Takes over what was copied or cut in the zone that the person comes from.
    pub fn bring_copied(&mut self, earlier: &mut App) {
        self.text.clipboard = std::mem::take(&mut earlier.text.clipboard);
        self.text.copied_from = earlier.text.copied_from.take();
    }

    fn copy_out(&mut self) {
        if self.text.clipboard.len() <= MOST_OUTSIDE {
            self.effect(Effect::Copy(self.text.clipboard.clone()));
        }
    }
}

pub fn put_in(app: &mut App) {
    if app.text.clipboard.is_empty() {
        return app.say("nothing has been cut or copied; the terminal's own paste works too");
    }
    let text = app.text.clipboard.clone();
    app.edit_text(|buffer| buffer.paste(&text));
}

pub fn undo_text(app: &mut App) {
    let mut done = false;
    app.edit_text(|buffer| done = buffer.undo());
    if !done && app.message.is_none() {
        app.say("nothing to undo in the text; what was done in the table is undone there");
    }
}

pub fn redo_text(app: &mut App) {
    let mut done = false;
    app.edit_text(|buffer| done = buffer.redo());
    if !done && app.message.is_none() {
        app.say("nothing to do again in the text");
    }
}

pub fn duplicate_line(app: &mut App) {
    app.edit_text(|buffer| buffer.duplicate());
}

pub fn join_lines(app: &mut App) {
    let mut joined = false;
    app.edit_text(|buffer| joined = buffer.join_lines());
    if !joined && app.message.is_none() {
        app.say("this is the last line");
    }
}

pub fn comment(app: &mut App) {
    toggle_prefix(app, Prefix::Comment);
}

pub fn park_record(app: &mut App) {
    toggle_prefix(app, Prefix::Parked);
}

fn toggle_prefix(app: &mut App, prefix: Prefix) {
    let mut said = None;
    app.edit_text(|buffer| said = Some(park::toggle(buffer, prefix)));
    if let Some(said) = said {
        app.say(said);
    }
}

pub fn toggle_numbers(app: &mut App) {
    app.with_text(|mode| mode.numbers = !mode.numbers);
}

/// Lifts a selection; what else it may mean is to leave, when pressed twice: terminals that are slow send the keys of
/// an arrow one by one, an Esc first.
pub fn escape(app: &mut App) {
    let Some(mode) = &mut app.text.mode else { return super::leave::give_up_preparing(app) };
    let selecting = mode.buffer.selection().is_some() || mode.buffer.is_marking();
    if selecting {
        mode.buffer.deselect();
        return;
    }
    mode.escaping = true;
    if mode.escaped {
        return super::leave::to_table(app);
    }
    app.say("Esc again goes back to the table");
}

impl TextMode {
    /// A key is about to be handled: what only lasts from one key to the next.
    pub fn begin_key(&mut self) {
        self.escaped = std::mem::take(&mut self.escaping);
        self.had_cut = std::mem::take(&mut self.cutting);
    }
}
