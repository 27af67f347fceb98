//! Text mode as a person uses it: the binary on a terminal, with the demo's nameservers.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::pty::Terminal;

const ENTER: &str = "\r";
const FIND: &str = "\x17";
const LEAVE: &str = "\x14";
const NEXT_ERROR: &str = "\x1bn";
const END: &str = "\x05";
const BACKSPACE: &str = "\x7f";
/// What puts the cursor at the start of the text: Ctrl-G, 1.
const TO_START: &str = "\x071\r";

fn demo(home: &tempfile::TempDir) -> Terminal {
    let terminal = Terminal::start(home.path(), 80, 24, &["demo"]);
    terminal.wait_until("the zone", |screen| screen.contains("Records") && screen.contains("in sync"));
    terminal
}

fn enter_text(terminal: &mut Terminal) {
    terminal.press("t");
    terminal.wait_for("F3 table");
}

/// Puts the cursor at the end of the first line with a text.
fn to_line_with(terminal: &mut Terminal, what: &str) {
    terminal.press(TO_START);
    terminal.press(FIND);
    terminal.wait_for("find");
    terminal.press(what);
    terminal.press(ENTER);
    terminal.wait_for("Alt-W finds the next");
    terminal.press(END);
}

fn document(home: &tempfile::TempDir, end: &str) -> PathBuf {
    home.path().join(format!(".local/state/zonewright/documents/demo/example.com.{end}"))
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}

fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let start = std::time::Instant::now();
    while !is_so() {
        assert!(start.elapsed() < Duration::from_secs(20), "never: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn three_errors_mended_and_pushed_and_the_comments_are_there_again() {
    let home = tempfile::tempdir().unwrap();
    let mut terminal = demo(&home);
    enter_text(&mut terminal);
    terminal.press(TO_START);
    terminal.press("; Ask Anna first.\r");

    // Three lines broken in different ways, each told of while it is typed.
    to_line_with(&mut terminal, "192.0.2.20");
    terminal.press("0.1");
    terminal.wait_for("(1 of 1) A: ");
    to_line_with(&mut terminal, "v=DMARC1");
    terminal.press(BACKSPACE);
    terminal.wait_for("(1 of 2) The quote");
    to_line_with(&mut terminal, "20 mx2");
    terminal.press(" (");
    terminal.wait_for("(1 of 3) The parenthesis");

    // From one to the next, each with its line and column.
    terminal.press(TO_START);
    for message in ["(1 of 3) The parenthesis", "(2 of 3) The quote", "(3 of 3) A: the address"] {
        terminal.press(NEXT_ERROR);
        let screen = terminal.wait_for(message);
        let line = screen.lines().find(|line| line.contains(message)).unwrap();
        let place = line.trim().split(' ').next().unwrap();
        assert!(place.split(':').all(|number| number.parse::<u32>().is_ok()), "{screen}");
    }
    // Not left by accident.
    terminal.press(LEAVE);
    terminal.wait_for("3 errors in the text: it is not applied.");
    terminal.press(ENTER);
    terminal.wait_for("F3 table");
    assert!(terminal.screen().contains("3 errors"));

    to_line_with(&mut terminal, "20 mx2");
    terminal.press("\x7f\x7f");
    to_line_with(&mut terminal, "v=DMARC1");
    terminal.press("\"");
    to_line_with(&mut terminal, "192.0.2.20");
    terminal.press("\x7f\x7f");
    // The row of the position; the hints speak of errors too.
    let is_clean = |screen: &str| screen.lines().nth(21).is_some_and(|line| !line.contains("error"));
    terminal.wait_until("no error", is_clean);
    terminal.press(LEAVE);
    terminal.wait_for("1 record set changed in the text");
    terminal.wait_for("1 change");
    terminal.press("c");
    let review = terminal.wait_for("+ 1h      192.0.2.200");
    assert!(review.contains("- 1h      192.0.2.20"), "{review}");
    terminal.press("w");
    terminal.wait_for("(y) Push");
    terminal.press("y");
    terminal.wait_for("Applied: 1 change");
    terminal.press(ENTER);
    enter_text(&mut terminal);
    terminal.press(TO_START);
    terminal.wait_for("; Ask Anna first.");
    terminal.press(LEAVE);
    terminal.wait_for("Records");
    wait_until("the text is on disk", || read(&document(&home, "")).starts_with("; Ask Anna first.\n"));
    let mode = std::fs::metadata(document(&home, "")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    terminal.press("q");
    assert_eq!(terminal.exit_within(Duration::from_secs(5)), Some(0));

    // The demo's zone begins anew at each start: the text follows it and keeps its comments.
    let mut again = demo(&home);
    enter_text(&mut again);
    again.press(TO_START);
    let screen = again.wait_for("; Ask Anna first.");
    assert!(screen.contains("$ORIGIN example.com."), "{screen}");
}

#[test]
fn what_was_typed_outlives_a_dropped_terminal_and_a_kill() {
    for killed in [false, true] {
        let home = tempfile::tempdir().unwrap();
        let mut terminal = demo(&home);
        enter_text(&mut terminal);
        terminal.press(TO_START);
        terminal.press("; half a (\r  thought");
        terminal.wait_for("  thought");
        if killed {
            wait_until("saved", || read(&document(&home, ".editing")).contains("thought"));
            terminal.kill();
        } else {
            terminal.hang_up();
            assert_eq!(terminal.exit_within(Duration::from_secs(3)), Some(0));
        }
        let mut again = Terminal::start(home.path(), 80, 24, &["demo"]);
        again.wait_for("Text of an earlier run");
        again.press(ENTER);
        again.wait_for("  thought");
        again.press(LEAVE);
        again.wait_until("the table or a question", |screen| {
            screen.contains("Records") || screen.contains("not applied")
        });
    }
}

/// An editor of three lines: it shows what it reads from the keyboard, and writes it to the end of the file.
#[test]
fn the_persons_own_editor_has_the_terminal_to_itself() {
    let home = tempfile::tempdir().unwrap();
    let script = home.path().join("editor");
    let program = "#!/bin/sh\nprintf 'own editor %s: ' \"$1\"\nread line\nshift $(($# - 1))\nls -l \"$1\" | cut -c1-10 \
                   > \"$HOME/mode\"\nprintf '%s\\n' \"$line\" >> \"$1\"\n";
    std::fs::write(&script, program).unwrap();
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o700)).unwrap();
    let editor = script.to_str().unwrap();
    let mut terminal = Terminal::start_with(
        home.path(),
        80,
        24,
        &["demo"],
        &[("EDITOR", editor), ("PATH", "/bin:/usr/bin")],
    );
    terminal.wait_until("the zone", |screen| screen.contains("Records") && screen.contains("in sync"));
    terminal.press("E");
    terminal.wait_for("own editor +");
    terminal.press("outside A 192.0.2.123\r");
    terminal.wait_for("1 record set changed in the text");
    terminal.wait_for("1 change");
    assert_eq!(read(&home.path().join("mode")).trim(), "-rw-------");
    // And the keys are ours again; with an error the way back is asked for.
    terminal.press("E");
    terminal.wait_for("own editor +");
    terminal.press("outside2 A 192.0.2\r");
    terminal.wait_for("1 error in the text: it is not applied.");
    terminal.press("b");
    terminal.wait_for("F3 table");
    assert!(terminal.screen().contains("outside2 A 192.0.2"));
}

#[test]
fn typing_and_scrolling_take_few_octets() {
    let home = tempfile::tempdir().unwrap();
    let mut terminal = demo(&home);
    enter_text(&mut terminal);
    // The cursor at the bottom row that it goes to, so that each step scrolls.
    terminal.press("\x0719\r");
    terminal.settle();
    let mut cost = |key: &str| {
        let before = terminal.octets();
        terminal.press(key);
        terminal.wait_until("an answer", |_| terminal.octets() > before);
        terminal.settle();
        terminal.octets() - before
    };
    let scrolled: Vec<usize> = (0..6).map(|_| cost("\x0e")).collect();
    assert!(scrolled.iter().all(|octets| *octets <= 200), "one line down took {scrolled:?} octets");
    // At the end of a line: elsewhere what stands behind it moves as well.
    cost("\x05 ; a");
    let mut typed: Vec<usize> = (0..7).map(|_| cost("x")).collect();
    typed.sort_unstable();
    // What is found in the text is told a little later, which may fall together with a key.
    let [typical @ .., last] = typed.as_slice() else { panic!() };
    assert!(
        typical.iter().all(|octets| *octets <= 64) && *last <= 200,
        "one character took {typed:?} octets"
    );
}
