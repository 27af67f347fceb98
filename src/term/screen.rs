//! Entering and leaving the screen, and painting frames on it.
//!
//! A terminal can die at any moment: nothing here panics or prints when it does, and a paint that fails is told
//! to the caller, who quits. No question is ever sent to the terminal.

use std::io::{self, Write as _};

use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use crossterm::terminal::{self, EnterAlternateScreen, LeaveAlternateScreen};
use ratatui::layout::Size;
use ratatui::{Frame, Terminal};

use super::painter::Painter;

/// The terminal in full-screen mode. Dropping it leaves the screen as it was found.
pub struct Screen {
    terminal: Terminal<Painter>,
}

impl Screen {
    /// Switches to the full screen.
    ///
    /// # Errors
    /// Where standard input or output is no terminal, or it is gone.
    pub fn enter() -> io::Result<Screen> {
        let (width, height) = terminal::size()?;
        enter_modes()?;
        leave_on_panic();
        let kind = std::env::var("TERM").unwrap_or_default();
        let synchronized = !(kind == "dumb" || kind == "linux" || kind.starts_with("vt"));
        let Ok(terminal) = Terminal::new(Painter::new(Size { width, height }, synchronized));
        Ok(Screen { terminal })
    }

    /// The size in columns and rows.
    pub fn size(&self) -> (u16, u16) {
        let Ok(size) = self.terminal.size();
        (size.width, size.height)
    }

    /// The terminal has another size now.
    pub fn resize(&mut self, width: u16, height: u16) {
        self.terminal.backend_mut().resize(Size { width, height });
    }

    /// Paints everything again, since something else wrote on the screen.
    pub fn repaint(&mut self) {
        if let Ok((width, height)) = terminal::size() {
            self.resize(width, height);
        }
    }

    /// Paints a frame, in one write.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn paint(&mut self, draw: impl FnOnce(&mut Frame<'_>)) -> io::Result<()> {
        let Ok(frame) = self.terminal.draw(draw);
        let frame = frame.buffer.clone();
        write(&self.terminal.backend_mut().present(&frame))
    }

    /// Hands text to the terminal's clipboard (OSC 52).
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn copy(&mut self, text: &str) -> io::Result<()> {
        use base64::Engine as _;
        let encoded = base64::engine::general_purpose::STANDARD.encode(text);
        write(format!("\x1b]52;c;{encoded}\x07").as_bytes())
    }

    /// Stops the whole process group, as Ctrl-Z does elsewhere; returns when it is continued.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn suspend(&mut self) -> io::Result<()> {
        leave_modes();
        // The shell is told by the stop itself; should it fail, the editor simply goes on.
        let _ = rustix::process::kill_current_process_group(rustix::process::Signal::TSTP);
        enter_modes()?;
        self.repaint();
        Ok(())
    }
}

impl Screen {
    /// Gives the terminal to another program while `use_it` runs; then everything is painted again.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn lend<T>(&mut self, use_it: impl FnOnce() -> T) -> io::Result<T> {
        leave_modes();
        let result = use_it();
        enter_modes()?;
        self.repaint();
        Ok(result)
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        leave_modes();
    }
}

fn write(octets: &[u8]) -> io::Result<()> {
    if octets.is_empty() {
        return Ok(());
    }
    let mut out = io::stdout().lock();
    out.write_all(octets)?;
    out.flush()
}

fn enter_modes() -> io::Result<()> {
    terminal::enable_raw_mode()?;
    crossterm::execute!(io::stdout(), EnterAlternateScreen, EnableBracketedPaste)
}

/// Undoes every mode. Errors mean that the terminal is gone, and then there is nothing to restore.
fn leave_modes() {
    let _ = write(b"\x1b[0m\x1b[r\x1b[?25h");
    let _ = crossterm::execute!(io::stdout(), DisableBracketedPaste, LeaveAlternateScreen);
    let _ = terminal::disable_raw_mode();
}

/// Leaves the screen before a panic is reported, and reports it without panicking on a dead terminal.
fn leave_on_panic() {
    std::panic::set_hook(Box::new(|panic| {
        leave_modes();
        let _ = writeln!(
            io::stderr(),
            "zonewright stopped because of a fault of its own; your draft is on disk.\n{panic}"
        );
    }));
}
