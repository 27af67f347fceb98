//! Keys, pastes, sizes and signals, each from a thread of its own.
//!
//! A blocking thread reads the terminal: an event stream inside an async runtime can miss a hangup and spin.

use std::io::{self, PipeReader, PipeWriter, Read as _, Write as _};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use crossterm::event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use rustix::event::{PollFd, PollFlags, poll};
use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGTERM, SIGWINCH, SIGXFSZ};

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
pub fn start(deliver: impl Fn(Input) -> bool + Clone + Send + 'static) -> io::Result<Pauser> {
    let mut signals =
        signal_hook::iterator::Signals::new([SIGHUP, SIGTERM, SIGINT, SIGCONT, SIGWINCH, SIGXFSZ])?;
    let to_loop = deliver.clone();
    thread::Builder::new().name("signals".into()).spawn(move || {
        for signal in &mut signals {
            let listening = match signal {
                SIGHUP | SIGTERM => to_loop(Input::Hangup),
                SIGCONT => to_loop(Input::Continued),
                SIGWINCH => match crossterm::terminal::size() {
                    Ok((width, height)) => to_loop(Input::Resize(width, height)),
                    Err(_) => true,
                },
                // Ctrl-C is a key; a SIGINT from elsewhere is not meant for an editor. After SIGXFSZ (a file has
                // reached the limit of its size) writing fails, which is said where it is done.
                _ => true,
            };
            if !listening {
                return;
            }
        }
    })?;
    let (bell, ring) = io::pipe()?;
    let (told, stopped) = channel();
    let (go_on, wait) = channel();
    thread::Builder::new().name("input".into()).spawn(move || read_keys(bell, &told, &wait, deliver))?;
    Ok(Pauser { ring, stopped, go_on })
}

/// Keeps the input thread from the terminal while another program has it.
pub struct Pauser {
    ring: PipeWriter,
    stopped: Receiver<()>,
    go_on: Sender<()>,
}

impl Pauser {
    /// Returns when nothing is read any more.
    pub fn pause(&mut self) {
        // A thread that is gone reads nothing either; one in the middle of a key that was cut off is not waited for.
        let _ = self.ring.write_all(b"p");
        let _ = self.stopped.recv_timeout(Duration::from_millis(200));
    }

    pub fn go_on(&self) {
        let _ = self.go_on.send(());
    }
}

/// Waits by itself until there is something to read, so that it can be told to leave it to others.
fn read_keys(mut bell: PipeReader, told: &Sender<()>, wait: &Receiver<()>, deliver: impl Fn(Input) -> bool) {
    loop {
        let mut ready = [
            PollFd::from_borrowed_fd(rustix::stdio::stdin(), PollFlags::IN),
            PollFd::new(&bell, PollFlags::IN),
        ];
        match poll(&mut ready, None) {
            Err(rustix::io::Errno::INTR) => continue,
            Err(_) => {
                deliver(Input::Hangup);
                return;
            }
            Ok(_) => {}
        }
        let [keys, rung] = ready.map(|fd| fd.revents());
        if !rung.is_empty() {
            if bell.read_exact(&mut [0]).is_err() || told.send(()).is_err() || wait.recv().is_err() {
                return;
            }
            continue;
        }
        if keys.intersects(PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL) {
            deliver(Input::Hangup);
            return;
        }
        // There is something: this does not wait. What came with it is read as well.
        loop {
            let input = match event::read().map(input_of) {
                Ok(input) => input,
                Err(_) => Some(Input::Hangup),
            };
            let over = input == Some(Input::Hangup);
            if input.is_some_and(|input| !deliver(input)) || over {
                return;
            }
            if !event::poll(Duration::ZERO).unwrap_or(true) {
                break;
            }
        }
    }
}

fn input_of(event: Event) -> Option<Input> {
    match event {
        Event::Key(key) if key.kind != KeyEventKind::Release => key_of(key).map(Input::Key),
        Event::Paste(text) => Some(Input::Paste(text)),
        // The signal thread tells of sizes, also while no key is pressed.
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
    let alt = event.modifiers.contains(KeyModifiers::ALT);
    let shift = event.modifiers.contains(KeyModifiers::SHIFT)
        && !matches!(code, Code::Char(_) | Code::BackTab | Code::Tab);
    let code = match code {
        // A line feed is what some terminals and scripts send for Enter.
        Code::Char('j') if ctrl => Code::Enter,
        Code::Char(character) if ctrl || alt => Code::Char(character.to_ascii_lowercase()),
        code => code,
    };
    let ctrl = ctrl && code != Code::Enter;
    Some(Key { code, ctrl, alt, shift })
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
        for letter in ['n', 'N'] {
            assert_eq!(pressed(KeyCode::Char(letter), KeyModifiers::ALT), Key::parse("Alt-N"));
        }
    }
}
