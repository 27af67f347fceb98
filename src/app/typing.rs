//! Keys: to the command that they run, else to the text field that is there; and pasted text.

use std::borrow::Cow;

use super::commands::{self, Found};
use super::{App, Overlay, Screen, Zone, ask, findings, forms, text};
use crate::key::Key;

impl App {
    pub(super) fn on_key(&mut self, key: Key) {
        self.message = None;
        self.look();
        self.leaving = None;
        self.typed = None;
        self.key = key;
        if let Some(mode) = &mut self.text.mode {
            mode.begin_key();
        }
        let context = self.context();
        let mut keys: Vec<Key> = self.pending.take().into_iter().collect();
        keys.push(key);
        match commands::find(context, &keys) {
            Found::Command(command) => match (command.enabled)(self) {
                Ok(()) => (command.run)(self),
                Err(reason) => self.say(reason),
            },
            Found::Prefix => self.pending = Some(key),
            Found::Nothing if context.takes_text() => self.type_key(key),
            Found::Nothing => {
                let keys: Vec<String> = keys.iter().map(Key::to_string).collect();
                self.say(format!("no command on {}; ? shows all", keys.join(" ")));
            }
        }
    }

    /// Gives a key that runs no command to the text field that is there.
    pub(super) fn type_key(&mut self, key: Key) {
        match &mut self.overlay {
            Some(Overlay::Dialog(dialog)) => {
                if !dialog.type_key(key) {
                    self.press_letter(key);
                }
            }
            Some(Overlay::Help(help)) => help.type_key(key),
            Some(Overlay::Palette(_)) => self.palette_key(key),
            Some(Overlay::Chooser(chooser)) => chooser.type_key(key),
            Some(Overlay::Menu(menu)) => menu.type_key(key),
            Some(Overlay::Filter(field)) => {
                field.on_key(key);
                let text = field.text();
                if matches!(self.screen, Screen::Findings(_)) {
                    findings::screen::filter(self, &text);
                } else if let Some(open) = self.open_mut() {
                    open.records.before_references = None;
                    open.set_filter(&text);
                }
            }
            Some(Overlay::Prompt(_)) => self.prompt_key(key),
            Some(Overlay::Replacing(_) | Overlay::Problems(_) | Overlay::Fixes(_)) => {}
            None if matches!(self.screen, Screen::Zones(_)) => super::zones::type_key(self, key),
            None if matches!(self.screen, Screen::Secondaries(_)) => super::secondaries::type_key(self, key),
            None if matches!(self.screen, Screen::Text) => text::type_key(self),
            None if matches!(self.screen, Screen::Ask(_)) => ask::key(self),
            None => forms::key(self),
        }
    }

    pub(super) fn on_paste(&mut self, text: &str) {
        // Terminals send a carriage return for each line end.
        let text = &*if text.contains('\r') {
            Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
        } else {
            Cow::Borrowed(text)
        };
        if let (None, Screen::Form(form), Zone::Open(open)) = (&self.overlay, &mut self.screen, &self.zone) {
            form.on_paste(text, open.draft.contents());
        } else if let (None, Screen::Ask(ask), Zone::Open(open)) =
            (&self.overlay, &mut self.screen, &self.zone)
        {
            ask.on_paste(text, open.draft.base().origin());
        } else if matches!(self.screen_context(), super::commands::Context::Ask) && self.overlay.is_none() {
            super::secondaries::adding::paste(self, text);
        } else if let (None, Screen::Text) = (&self.overlay, &self.screen) {
            text::paste_text(self, text);
        } else if self.overlay.is_some() || matches!(self.screen, Screen::Zones(_) | Screen::Secondaries(_)) {
            // Short fields: a paste is so much typing.
            let line = text.lines().next().unwrap_or_default();
            for character in line.chars().filter(|character| !character.is_control()).take(256) {
                self.type_key(Key::char(character));
            }
        } else {
            self.on_pasted_records(text);
        }
    }
}
