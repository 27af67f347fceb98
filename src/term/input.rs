//! Keys, pastes, sizes and signals, each from a thread of its own.
//!
//! A blocking thread reads the terminal: an event stream inside an async runtime can miss a hangup and spin.

use std::io;
use std::thread;

use crossterm::event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGTERM};

use crate::key::{Code, Key};

/// What the terminal and the system tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    Key(Key),
    /// Text pasted in one piece.
    Paste(String),
    /// Columns and rows.
    Resize(u16, u16),
    /// The process was continued after a stop: the screen must be painted again.
    Continued,
    /// The terminal is gone, or the system wants the process to end.
    Hangup,
}

/// Starts the threads; each calls `deliver` until it says that nobody listens any more.
///
/// # Errors
/// When the signal handlers cannot be installed.
pub fn start(deliver: impl Fn(Input) -> bool + Clone + Send + 'static) -> io::Result<()> {
    let mut signals = signal_hook::iterator::Signals::new([SIGHUP, SIGTERM, SIGINT, SIGCONT])?;
    let to_loop = deliver.clone();
    thread::Builder::new().name("signals".into()).spawn(move || {
        for signal in &mut signals {
            let listening = match signal {
                SIGHUP | SIGTERM => to_loop(Input::Hangup),
                SIGCONT => to_loop(Input::Continued),
                // Ctrl-C is a key; a SIGINT from elsewhere is not meant for an editor.
                _ => true,
            };
            if !listening {
                return;
            }
        }
    })?;
    thread::Builder::new().name("input".into()).spawn(move || {
        loop {
            let input = match event::read() {
                Ok(event) => match input_of(event) {
                    Some(input) => input,
                    None => continue,
                },
                Err(_) => Input::Hangup,
            };
            let over = input == Input::Hangup;
            if !deliver(input) || over {
                return;
            }
        }
    })?;
    Ok(())
}

fn input_of(event: Event) -> Option<Input> {
    match event {
        Event::Key(key) if key.kind != KeyEventKind::Release => key_of(key).map(Input::Key),
        Event::Paste(text) => Some(Input::Paste(text)),
        Event::Resize(width, height) => Some(Input::Resize(width, height)),
        _ => None,
    }
}

/// A key in our terms: Shift is dropped from characters, which carry it themselves.
fn key_of(event: KeyEvent) -> Option<Key> {
    let code = match event.code {
        KeyCode::Char(character) => Code::Char(character),
        KeyCode::Enter => Code::Enter,
        KeyCode::Esc => Code::Esc,
        KeyCode::Tab => Code::Tab,
        KeyCode::BackTab => Code::BackTab,
        KeyCode::Backspace => Code::Backspace,
        KeyCode::Delete => Code::Delete,
        KeyCode::Insert => Code::Insert,
        KeyCode::Up => Code::Up,
        KeyCode::Down => Code::Down,
        KeyCode::Left => Code::Left,
        KeyCode::Right => Code::Right,
        KeyCode::Home => Code::Home,
        KeyCode::End => Code::End,
        KeyCode::PageUp => Code::PageUp,
        KeyCode::PageDown => Code::PageDown,
        KeyCode::F(number @ 1..=12) => Code::F(number),
        _ => return None,
    };
    let ctrl = event.modifiers.contains(KeyModifiers::CONTROL);
    let shift = event.modifiers.contains(KeyModifiers::SHIFT)
        && !matches!(code, Code::Char(_) | Code::BackTab | Code::Tab);
    let code = match code {
        // A line feed is what some terminals and scripts send for Enter.
        Code::Char('j') if ctrl => Code::Enter,
        Code::Char(character) if ctrl => Code::Char(character.to_ascii_lowercase()),
        code => code,
    };
    let ctrl = ctrl && code != Code::Enter;
    Some(Key { code, ctrl, alt: event.modifiers.contains(KeyModifiers::ALT), shift })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pressed(code: KeyCode, modifiers: KeyModifiers) -> Option<Key> {
        key_of(KeyEvent::new(code, modifiers))
    }

    #[test]
    fn keys_of_the_terminal() {
        let none = KeyModifiers::NONE;
        assert_eq!(pressed(KeyCode::Char('+'), KeyModifiers::SHIFT), Some(Key::char('+')));
        assert_eq!(pressed(KeyCode::Char('G'), KeyModifiers::SHIFT), Some(Key::char('G')));
        assert_eq!(pressed(KeyCode::Char('S'), KeyModifiers::CONTROL), Some(Key::ctrl('s')));
        assert_eq!(pressed(KeyCode::Char('j'), KeyModifiers::CONTROL), Some(Key::plain(Code::Enter)));
        assert_eq!(pressed(KeyCode::BackTab, KeyModifiers::SHIFT), Some(Key::plain(Code::BackTab)));
        assert_eq!(pressed(KeyCode::Left, KeyModifiers::SHIFT), Key::parse("Shift-Left"));
        assert_eq!(pressed(KeyCode::F(13), none), None);
    }
}
