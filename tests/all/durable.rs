//! Nothing typed is ever lost: the editor killed, hung up on, and on disks that are full or not there, at moments that
//! it does not choose.
//!
//! By default a few dozen moments; `ZONEWRIGHT_KILLS=200` makes as many.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Resource, Rlimit, Signal, kill_process, prlimit};
use zonewright::store::drafts::{Journal, Opened};
use zonewright::zone::Name;
use zonewright::zone::draft::Entry;

use crate::pty::Terminal;

const ENTER: &str = "\r";

/// How many random moments are tried.
fn moments(default: usize) -> usize {
    std::env::var("ZONEWRIGHT_KILLS").ok().and_then(|number| number.parse().ok()).unwrap_or(default)
}

/// A small generator of random numbers (Marsaglia's xorshift), so that a failure can be repeated.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}

fn state(home: &Path) -> PathBuf {
    home.join(".local/state/zonewright")
}

fn file(home: &Path, ending: &str) -> PathBuf {
    state(home).join(format!("drafts/demo/example.com..{ending}"))
}

/// The draft as it is on disk. The editor must have ended.
fn draft(home: &Path) -> Vec<Entry> {
    let zone = Name::parse(b"example.com.", None).unwrap();
    match Journal::open(&state(home), "demo", &zone).expect("the journal can be read") {
        Opened::Ours(_, found) => found.unwrap_or_default().entries,
        Opened::HeldBy(holder) => panic!("still held by {holder}"),
    }
}

/// The lines of the draft on disk that are whole, also while the editor runs.
fn whole_lines(home: &Path) -> usize {
    let octets = fs::read(file(home, "journal")).unwrap_or_default();
    octets.iter().filter(|octet| **octet == b'\n').count().saturating_sub(1)
}

fn pid(terminal: &Terminal) -> Pid {
    Pid::from_raw(i32::try_from(terminal.pid()).unwrap()).unwrap()
}

fn start(home: &Path) -> Terminal {
    let terminal = Terminal::start(home, 80, 24, &["demo"]);
    terminal.wait_for("serial ");
    terminal
}

/// Starts the editor and goes on with the draft of the last run, if there is one; out of its form as well.
fn go_on(home: &Path) -> Terminal {
    let expects_draft = file(home, "journal").exists();
    let mut terminal = start(home);
    if expects_draft {
        terminal.wait_for("Draft of an earlier run");
        terminal.press(ENTER);
        terminal.wait_until("the draft or a form", |screen| {
            screen.contains("here again") && !screen.contains("Draft of an earlier run")
        });
        if terminal.screen().contains("Enter accept") {
            terminal.press("\x1b");
            terminal.wait_for("Esc again drops");
            terminal.press("\x1b");
            terminal.wait_until("the table", |screen| !screen.contains("Esc again drops"));
        }
    }
    terminal
}

/// A home with a draft of one step, which nothing below takes back: its row is not among those that are filtered.
fn with_draft() -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    let mut terminal = start(home.path());
    terminal.press("+\rx0\t\t198.51.100.1\r");
    terminal.wait_until("a step", |screen| screen.contains("add x0 A") && !screen.contains("saving"));
    terminal.kill();
    home
}

/// The message line.
fn message(screen: &str) -> String {
    screen.lines().nth(22).unwrap_or_default().trim().to_owned()
}

/// "3 changes" of the title.
fn changes(screen: &str) -> Option<String> {
    let title = screen.lines().next()?;
    let part = title.split(" · ").find(|part| part.contains(" change"))?;
    Some(part.split_whitespace().take(2).collect::<Vec<_>>().join(" "))
}

/// Does the message tell of a step that was done?
fn tells_step(message: &str) -> bool {
    ["deleted: ", "brought back: ", "undone: ", "done again: ", "add "]
        .iter()
        .any(|start| message.starts_with(start))
}

/// What a person does, one step after the other, waiting for each to be seen; until the program is gone. Returns how
/// many steps the screen has shown as saved, and what it said of the changes then.
struct Typist<'a> {
    terminal: &'a mut Terminal,
    random: &'a mut Random,
    steps: usize,
    last: String,
    names: usize,
}

impl Typist<'_> {
    /// Types keys that make one step. False when the program is gone.
    fn step(&mut self, keys: &str) -> bool {
        if self.terminal.try_press(keys).is_err() {
            return false;
        }
        let deadline = Instant::now() + Duration::from_secs(20);
        loop {
            let screen = self.terminal.screen();
            let now = message(&screen);
            assert!(!screen.contains("NOT SAVED"), "{screen}");
            if now != self.last && tells_step(&now) && !screen.contains("saving") {
                self.last = now;
                self.steps += 1;
                return true;
            }
            if self.terminal.is_over() {
                return false;
            }
            assert!(
                Instant::now() < deadline,
                "no step after {keys:?}, the last was {}\n{screen}",
                self.last
            );
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Moves to another row, which takes the last message away. False when the program is gone.
    fn move_on(&mut self, keys: &str) -> bool {
        if self.terminal.try_press(keys).is_err() {
            return false;
        }
        while tells_step(&message(&self.terminal.screen())) {
            if self.terminal.is_over() {
                return false;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        self.last.clear();
        true
    }

    fn type_on(&mut self) {
        loop {
            let goes_on = match self.random.below(6) {
                0..3 => self.move_on("j") && self.step("-"),
                3 => self.step("-") && self.step("u") && self.step("U"),
                4 => self.step("-") && self.step("u"),
                _ => {
                    self.names += 1;
                    let name = self.names;
                    let form = format!("+\rx{name}\t\t192.0.2.{}\r", name % 250);
                    self.step(&form)
                }
            };
            if !goes_on {
                return;
            }
        }
    }
}

/// A draft of more entries is not gone on with: at 10,000 the oldest become one, and are not to be compared any more.
const LONG_DRAFT: usize = 5_000;

/// `kill -9` at random moments: whatever the screen had shown as saved is there at the next start.
#[test]
fn killed_at_any_moment() {
    let mut home = with_draft();
    let mut random = Random(0x5eed_0bad_cafe);
    let mut entries = draft(home.path());
    let mut expected: Option<String> = None;
    let (mut all_steps, mut names) = (0, 0);
    for round in 0..moments(24) {
        if entries.len() > LONG_DRAFT {
            home = with_draft();
            entries = draft(home.path());
            expected = None;
        }
        let mut terminal = go_on(home.path());
        if let Some(expected) = &expected {
            let screen = terminal.screen();
            assert_eq!(changes(&screen).as_ref(), Some(expected), "round {round}\n{screen}");
        }
        terminal.press("/192.0.2\r");
        terminal.wait_for("/192.0.2 ");
        let (victim, moment) = (pid(&terminal), Duration::from_micros(random.below(1_500_000)));
        let killer = std::thread::spawn(move || {
            std::thread::sleep(moment);
            let _ = kill_process(victim, Signal::KILL);
        });
        let mut typist =
            Typist { terminal: &mut terminal, random: &mut random, steps: 0, last: String::new(), names };
        typist.type_on();
        let (mut shown, last) = (typist.steps, typist.last.clone());
        names = typist.names;
        killer.join().unwrap();
        terminal.kill();
        let screen = terminal.last_screen();
        if message(&screen) != last && tells_step(&message(&screen)) && !screen.contains("saving") {
            shown += 1;
        }
        let now = draft(home.path());
        let at = format!("round {round}, killed after {moment:?}, {shown} steps seen\n{screen}");
        assert!(
            now.len() >= entries.len() + shown,
            "{} of {} entries: {at}",
            now.len(),
            entries.len() + shown
        );
        assert!(now.starts_with(&entries), "what was there is another: {at}");
        let all_seen = now.len() == entries.len() + shown && shown > 0;
        // While it is saving, the screen counts a change that is not on the disk yet.
        expected = changes(&screen).filter(|_| all_seen && !screen.contains("saving"));
        entries = now;
        all_steps += shown;
    }
    eprintln!("{} kills, {all_steps} steps seen as saved", moments(24));
    assert!(all_steps > moments(24), "hardly anything was done: {all_steps} steps");
}

/// A terminal that is closed, a SIGHUP, a SIGTERM: out within a second, with exit 0 and the whole draft.
#[test]
fn hung_up_at_any_moment() {
    let home = with_draft();
    let mut random = Random(0xdead_11fe);
    let mut entries = draft(home.path()).len();
    let mut slowest = Duration::ZERO;
    for round in 0..moments(24).min(60) {
        let mut terminal = go_on(home.path());
        terminal.press("/192.0.2\r");
        terminal.wait_for("/192.0.2 ");
        let mut typist = Typist {
            terminal: &mut terminal,
            random: &mut random,
            steps: 0,
            last: String::new(),
            names: 1000 + round,
        };
        assert!(typist.move_on("j") && typist.step("-"));
        if round % 2 == 0 {
            assert!(typist.step("u") && typist.step("U"));
        }
        let steps = typist.steps;
        match round % 4 {
            // In the middle of a form.
            1 => terminal.press("+\rhalf\t\t192.0"),
            // In the text.
            3 => terminal.press("tx"),
            _ => {}
        }
        let begun = Instant::now();
        match round % 3 {
            0 => terminal.hang_up(),
            1 => kill_process(pid(&terminal), Signal::HUP).unwrap(),
            _ => kill_process(pid(&terminal), Signal::TERM).unwrap(),
        }
        assert_eq!(terminal.exit_within(Duration::from_secs(1)), Some(0), "round {round}");
        slowest = slowest.max(begun.elapsed());
        let now = draft(home.path()).len();
        assert_eq!(now, entries + steps, "round {round}");
        entries = now;
        let _ = fs::remove_file(state(home.path()).join("documents/demo/example.com..editing"));
    }
    eprintln!("the slowest was gone after {slowest:?}");
}

/// What was typed in a form that was not accepted yet.
#[test]
fn killed_while_a_form_is_filled_in() {
    let home = tempfile::tempdir().unwrap();
    let mut terminal = start(home.path());
    terminal.press("+\rhalf\t\x15300\t192.0.2.1");
    terminal.wait_for("half 300 IN A 192.0.2.1");
    let deadline = Instant::now() + Duration::from_millis(1500);
    let saved = || fs::read_to_string(file(home.path(), "form")).unwrap_or_default();
    while !saved().contains("192.0.2.1") {
        assert!(Instant::now() < deadline, "not on disk: {}", saved());
        std::thread::sleep(Duration::from_millis(20));
    }
    terminal.kill();
    let mut terminal = start(home.path());
    terminal.wait_for("half 300 IN A 192.0.2.1");
    terminal.press("99");
    terminal.wait_for("half 300 IN A 192.0.2.199");
    terminal.press(ENTER);
    terminal.wait_for("add half A");
    terminal.wait_until("the step is saved", |_| draft(&home, &terminal));
    terminal.kill();
    assert!(!file(home.path(), "form").exists());

    fn draft(home: &tempfile::TempDir, terminal: &Terminal) -> bool {
        whole_lines(home.path()) == 1
            && !terminal.screen().contains("saving")
            && !file(home.path(), "form").exists()
    }
}

/// Every step is synced within a second: the system calls, as strace sees them.
#[test]
fn steps_are_synced_within_a_second() {
    if Command::new("strace").arg("--version").output().is_err() {
        let required = std::env::var("ZONEWRIGHT_SERVERS").is_ok_and(|value| value == "require");
        assert!(!required, "strace is not installed");
        eprintln!("SKIPPED: strace is not installed");
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let log = home.path().join("calls");
    let traced =
        ["-f", "-ttt", "-y", "-e", "trace=write,fsync,fdatasync,rename", "-o", log.to_str().unwrap()];
    let mut terminal = Terminal::start_under("strace", &traced, home.path(), 80, 24, &["demo"]);
    terminal.wait_until("the zone", |screen| screen.contains("Records"));
    terminal.press("/192.0.2\r");
    terminal.wait_for("/192.0.2 ");
    let mut random = Random(7);
    let mut typist =
        Typist { terminal: &mut terminal, random: &mut random, steps: 0, last: String::new(), names: 0 };
    for keys in ["-", "u", "U", "u", "U", "+\rnew\t\t192.0.2.9\r", "u", "U"] {
        assert!(typist.step(keys));
    }
    // Text being typed counts as well.
    terminal.press("tx");
    let typed = state(home.path()).join("documents/demo/example.com..editing");
    terminal.wait_until("the text on disk", |_| typed.exists());
    terminal.hang_up();
    assert_eq!(terminal.exit_within(Duration::from_secs(10)), Some(0));
    let calls = fs::read_to_string(&log).unwrap();
    let (mut unsynced, mut synced) = (Vec::<(f64, String)>::new(), 0);
    for line in calls.lines().filter(|line| line.contains("/zonewright/")) {
        let mut words = line.split_whitespace();
        let time: f64 = words.nth(1).unwrap().parse().unwrap();
        let path = line.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map(|(path, _)| path);
        let Some(path) = path.map(|path| path.trim_end_matches(".new").to_owned()) else { continue };
        if line.contains(" write(") && !path.ends_with(".lock") {
            unsynced.push((time, path));
        } else if line.contains("sync(") {
            for (written, _) in unsynced.iter().filter(|(_, other)| *other == path) {
                assert!(time - written < 1.0, "{path} was synced after {} s", time - written);
                synced += 1;
            }
            unsynced.retain(|(_, other)| *other != path);
        }
    }
    assert!(unsynced.is_empty(), "never synced: {unsynced:?}\n{calls}");
    // Eight steps and two texts: the one typed, and that which it was made over.
    assert!(synced >= 10, "only {synced} writes were seen\n{calls}");
}

fn limit_files(terminal: &Terminal, octets: Option<u64>) {
    let before = prlimit(Some(pid(terminal)), Resource::Fsize, Rlimit { current: None, maximum: None });
    let maximum = before.expect("prlimit").maximum;
    prlimit(Some(pid(terminal)), Resource::Fsize, Rlimit { current: octets, maximum }).expect("prlimit");
}

/// A disk that fills up: said on the screen, cut back to the last whole entry, and all written when there is room.
#[test]
fn full_disk() {
    let home = tempfile::tempdir().unwrap();
    let mut terminal = start(home.path());
    terminal.press("/192.0.2\r");
    terminal.wait_for("/192.0.2 ");
    let mut random = Random(7);
    let mut typist =
        Typist { terminal: &mut terminal, random: &mut random, steps: 0, last: String::new(), names: 0 };
    assert!(typist.step("-") && typist.step("j-") && typist.step("u"));
    assert_eq!(whole_lines(home.path()), 3);
    let octets = fs::read(file(home.path(), "journal")).unwrap();
    limit_files(&terminal, Some(octets.len() as u64 + 10));
    terminal.press("U");
    let screen = terminal.wait_for("NOT SAVED");
    assert!(screen.contains("2 changes"), "the step is on the screen all the same\n{screen}");
    assert_eq!(fs::read(file(home.path(), "journal")).unwrap(), octets, "cut back to the last whole entry");
    // The disk stays full: more is done, and none of it is half on disk.
    terminal.press("j-");
    terminal.wait_for("3 changes");
    terminal.press("q");
    terminal.wait_for("is NOT SAVED");
    terminal.press("c");
    terminal.wait_until("the table", |screen| !screen.contains("Quit"));
    assert_eq!(fs::read(file(home.path(), "journal")).unwrap(), octets);
    limit_files(&terminal, None);
    terminal.press("j-");
    terminal.wait_until("saved", |screen| screen.contains("4 changes") && !screen.contains("NOT SAVED"));
    terminal.kill();
    let terminal = go_on(home.path());
    terminal.wait_for("4 changes");
    drop(terminal);

    // Killed while the disk is full: what was saved before is whole. And without another key it is tried again.
    let before = draft(home.path());
    let mut terminal = go_on(home.path());
    limit_files(&terminal, Some(fs::metadata(file(home.path(), "journal")).unwrap().len() + 3));
    terminal.press("u");
    terminal.wait_for("NOT SAVED");
    limit_files(&terminal, None);
    terminal.wait_until("saved", |screen| !screen.contains("NOT SAVED"));
    limit_files(&terminal, Some(0));
    terminal.press("u");
    terminal.wait_for("NOT SAVED");
    terminal.kill();
    let after = draft(home.path());
    assert!(after.len() >= before.len(), "{before:?}\n{after:?}");
    assert!(fs::read_dir(state(home.path()).join("drafts/demo")).unwrap().count() <= 4, "half files stay");
}

/// A disk that cannot be written at the start.
#[test]
fn no_disk_at_the_start() {
    let home = tempfile::tempdir().unwrap();
    fs::create_dir_all(state(home.path())).unwrap();
    // In the place of the folder, so that not even root can write there.
    let blocked = state(home.path()).join("drafts");
    fs::write(&blocked, "").unwrap();
    let mut terminal = start(home.path());
    terminal.wait_for("NOT SAVED");
    terminal.press("/192.0.2\r");
    terminal.wait_for("/192.0.2 ");
    terminal.press("-");
    terminal.wait_until("the step", |screen| screen.contains("1 change") && screen.contains("NOT SAVED"));
    fs::remove_file(&blocked).unwrap();
    // On the next step, or after a while.
    terminal.wait_until("saved", |screen| !screen.contains("NOT SAVED"));
    terminal.press("j-");
    terminal.wait_until("saved", |screen| screen.contains("2 changes") && !screen.contains("saving"));
    terminal.kill();
    go_on(home.path()).wait_for("2 changes");
}
