//! The binary on a pseudo-terminal: what a person at 80x24 sees and presses.

use std::io::{Read as _, Write};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

/// Longest time anything may take to appear. Generous: test machines are slow and noisy.
const PATIENCE: Duration = Duration::from_secs(20);

/// How much of what it writes is kept.
const KEPT: usize = 4 << 20;

/// A terminal with the program in it.
pub struct Terminal {
    child: Box<dyn Child + Send + Sync>,
    writer: Option<Box<dyn Write + Send>>,
    master: Option<Box<dyn MasterPty + Send>>,
    shown: Arc<Mutex<Shown>>,
}

/// What a frame stands between (synchronized output): a terminal shows it when it is whole.
const FRAME: [&[u8]; 2] = [b"\x1b[?2026h", b"\x1b[?2026l"];

struct Shown {
    parser: vt100::Parser,
    /// The start of a frame, or of its mark.
    held: Vec<u8>,
    octets: usize,
    /// The end of what the program has written, as it came.
    written: Vec<u8>,
    /// The reader shall let go of the terminal.
    over: bool,
}

impl Shown {
    /// Shows what came, but for a frame that is not whole.
    fn take(&mut self, octets: &[u8]) {
        self.held.extend(octets);
        loop {
            let find = |mark: &[u8]| self.held.windows(mark.len()).position(|octets| octets == mark);
            let begins = find(FRAME[0]);
            let shown = match (begins, find(FRAME[1])) {
                (Some(_), Some(end)) => end + FRAME[1].len(),
                (Some(begins), None) => begins,
                (None, _) => {
                    let is_start = |from: &usize| FRAME[0].starts_with(&self.held[*from..]);
                    let last = self.held.len().saturating_sub(FRAME[0].len());
                    (last..self.held.len()).find(is_start).unwrap_or(self.held.len())
                }
            };
            if shown == 0 {
                return;
            }
            self.parser.process(&self.held[..shown]);
            self.held.drain(..shown);
        }
    }
}

impl Terminal {
    /// Starts the program with these arguments; its files go below `home`.
    pub fn start(home: &Path, columns: u16, rows: u16, arguments: &[&str]) -> Terminal {
        Terminal::start_with(home, columns, rows, arguments, &[])
    }

    /// The same with more variables in its environment.
    pub fn start_with(
        home: &Path,
        columns: u16,
        rows: u16,
        arguments: &[&str],
        variables: &[(&str, &str)],
    ) -> Terminal {
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_zonewright"));
        command.args(arguments);
        Terminal::start_command(command, home, columns, rows, variables)
    }

    /// The same, started by another program with arguments of its own.
    pub fn start_under(
        program: &str,
        its_arguments: &[&str],
        home: &Path,
        columns: u16,
        rows: u16,
        arguments: &[&str],
    ) -> Terminal {
        let mut command = CommandBuilder::new(program);
        command.args(its_arguments);
        command.arg(env!("CARGO_BIN_EXE_zonewright"));
        command.args(arguments);
        let path = std::env::var("PATH").unwrap_or_default();
        Terminal::start_command(command, home, columns, rows, &[("PATH", &path)])
    }

    fn start_command(
        mut command: CommandBuilder,
        home: &Path,
        columns: u16,
        rows: u16,
        variables: &[(&str, &str)],
    ) -> Terminal {
        let size = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).expect("a pseudo-terminal");
        command.env_clear();
        for (name, value) in
            [("HOME", home.to_str().unwrap()), ("TERM", "xterm-256color"), ("LANG", "C.UTF-8")]
        {
            command.env(name, value);
        }
        variables.iter().for_each(|(name, value)| command.env(name, value));
        command.cwd(home);
        let child = pair.slave.spawn_command(command).expect("the program starts");
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().unwrap();
        let writer = pair.master.take_writer().unwrap();
        let parser = vt100::Parser::new(rows.try_into().unwrap(), columns.try_into().unwrap(), 0);
        let shown = Arc::new(Mutex::new(Shown {
            parser,
            held: Vec::new(),
            octets: 0,
            written: Vec::new(),
            over: false,
        }));
        let to_screen = Arc::clone(&shown);
        std::thread::spawn(move || {
            let mut buffer = [0; 65536];
            while let Ok(count @ 1..) = reader.read(&mut buffer) {
                let mut shown = to_screen.lock().unwrap();
                shown.take(&buffer[..count]);
                shown.octets += count;
                shown.written.extend(&buffer[..count]);
                let excess = shown.written.len().saturating_sub(KEPT);
                shown.written.drain(..excess);
                if shown.over {
                    return;
                }
            }
            to_screen.lock().unwrap().over = true;
        });
        Terminal { child, writer: Some(writer), master: Some(pair.master), shown }
    }

    /// What is on the screen.
    pub fn screen(&self) -> String {
        self.shown.lock().unwrap().parser.screen().contents()
    }

    /// The end of what it has written, with all that is no text.
    pub fn written(&self) -> Vec<u8> {
        self.shown.lock().unwrap().written.clone()
    }

    /// How many octets the program has written so far.
    pub fn octets(&self) -> usize {
        self.shown.lock().unwrap().octets
    }

    /// Types text as it is; `\r` is Enter.
    pub fn press(&mut self, keys: &str) {
        self.try_press(keys).unwrap();
    }

    /// The same for a program that may be gone.
    pub fn try_press(&mut self, keys: &str) -> std::io::Result<()> {
        let writer = self.writer.as_mut().expect("the terminal is open");
        writer.write_all(keys.as_bytes())?;
        writer.flush()
    }

    /// The process that was started.
    pub fn pid(&self) -> u32 {
        self.child.process_id().expect("a process")
    }

    /// Is the program gone, and all seen that it has written?
    pub fn is_over(&self) -> bool {
        self.shown.lock().unwrap().over
    }

    /// The screen as a program that is gone has left it.
    pub fn last_screen(&self) -> String {
        let deadline = Instant::now() + PATIENCE;
        while !self.is_over() && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(1));
        }
        self.screen()
    }

    /// Waits until the screen satisfies `seen`; the test fails when it never does.
    pub fn wait_until(&self, what: &str, seen: impl Fn(&str) -> bool) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let screen = self.screen();
            if seen(&screen) {
                return screen;
            }
            assert!(Instant::now() < deadline, "never seen: {what}\n{screen}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    pub fn wait_for(&self, text: &str) -> String {
        self.wait_until(text, |screen| screen.contains(text))
    }

    /// The same for a sentence, wherever its lines break.
    pub fn wait_for_words(&self, words: &str) -> String {
        self.wait_until(words, |screen| in_words(screen).contains(words))
    }

    /// Waits until nothing was written for a while.
    pub fn settle(&self) {
        let mut last = self.octets();
        loop {
            std::thread::sleep(Duration::from_millis(300));
            let now = self.octets();
            if now == last {
                return;
            }
            last = now;
        }
    }

    /// Closes the terminal under the program, as a lost connection does.
    pub fn hang_up(&mut self) {
        // The reader holds the terminal as well, and waits in it: a repaint wakes it up.
        self.shown.lock().unwrap().over = true;
        self.press("\x0c");
        self.writer = None;
        self.master = None;
    }

    /// Kills the program at once.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// The exit status, when the program ends in time.
    pub fn exit_within(&mut self, time: Duration) -> Option<u32> {
        let deadline = Instant::now() + time;
        while Instant::now() < deadline {
            if let Ok(Some(status)) = self.child.try_wait() {
                return Some(status.exit_code());
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        None
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.kill();
    }
}

/// What is shown as one line, without the frames and blanks between the words.
pub fn in_words(screen: &str) -> String {
    screen.replace('│', " ").split_whitespace().collect::<Vec<_>>().join(" ")
}
