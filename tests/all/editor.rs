//! The editor as a person uses it: the binary on a terminal, with the demo's nameservers.

use std::process::Command;
use std::time::Duration;

use crate::pty::Terminal;

const ENTER: &str = "\r";
const ESCAPE: &str = "\x1b";
const TAB: &str = "\t";

fn demo(home: &tempfile::TempDir) -> Terminal {
    let terminal = Terminal::start(home.path(), 80, 24, &["demo"]);
    terminal.wait_until("the zone", |screen| screen.contains("Records") && screen.contains("in sync"));
    terminal
}

/// Escape alone, told apart from the start of a longer sequence by time.
fn escape(terminal: &mut Terminal) {
    terminal.press(ESCAPE);
    std::thread::sleep(Duration::from_millis(300));
}

/// Shows only rows that contain a text.
fn filter(terminal: &mut Terminal, text: &str) {
    terminal.press("/");
    terminal.press(text);
    terminal.press(ENTER);
    terminal.wait_for(&format!("/{text} "));
}

/// Adds an A record through the type chooser and the form.
fn add_address(terminal: &mut Terminal, owner: &str, address: &str) {
    terminal.press("+");
    terminal.wait_for("Type of the new record");
    terminal.press(ENTER);
    terminal.wait_for("Add A");
    terminal.press(owner);
    terminal.press("\t\t");
    terminal.press(address);
    terminal.wait_for(&format!("{owner} 3600 IN A {address}"));
    terminal.press(ENTER);
    terminal.wait_for(&format!("add {owner} A"));
}

/// What an independent tool sees at the demo's primary, whose address stands in the title bar.
fn dig(terminal: &Terminal, name: &str, rtype: &str) -> Option<String> {
    let screen = terminal.screen();
    let port = screen.split_once("127.0.0.1:")?.1.split(' ').next()?.to_owned();
    let output =
        Command::new("dig").args(["+short", "+tcp", "@127.0.0.1", "-p", &port, name, rtype]).output();
    match output {
        Ok(output) => Some(String::from_utf8(output.stdout).unwrap()),
        Err(_) => {
            let required = std::env::var("ZONEWRIGHT_SERVERS").is_ok_and(|value| value == "require");
            assert!(!required, "dig is not installed");
            eprintln!("SKIPPED: dig is not installed");
            None
        }
    }
}

#[test]
fn main_job_by_keys_alone() {
    let home = tempfile::tempdir().unwrap();
    let mut terminal = demo(&home);
    add_address(&mut terminal, "billing", "192.0.2.77");

    filter(&mut terminal, "MX");
    terminal.press(ENTER);
    terminal.wait_for("Edit MX");
    // The preference is the first field of the data; the whole of it is replaced.
    terminal.press("\x15\x0b15");
    terminal.wait_for("IN MX 15 ");
    terminal.press(ENTER);
    terminal.wait_for("2 changes");
    escape(&mut terminal);

    filter(&mut terminal, "v=spf1");
    terminal.press("-");
    terminal.wait_for("3 changes");
    escape(&mut terminal);

    terminal.press(TAB);
    terminal.press("+");
    terminal.wait_for("Add NS");
    terminal.press("ns2.example.org.");
    terminal.press(ENTER);
    terminal.wait_for("4 changes");

    terminal.press("w");
    for line in ["Changes", "+ 1h      192.0.2.77", "ns2.example.org.", "v=spf1"] {
        terminal.wait_for(line);
    }
    terminal.press("w");
    terminal.wait_for("Type the name of the zone");
    terminal.press("example.com");
    terminal.press(ENTER);
    let result = terminal.wait_for("Applied: 4 changes");
    assert_eq!(result.matches("applied  ").count(), 4, "{result}");

    if let Some(answer) = dig(&terminal, "billing.example.com", "A") {
        assert_eq!(answer, "192.0.2.77\n");
        assert!(dig(&terminal, "example.com", "NS").unwrap().contains("ns2.example.org."));
        assert!(dig(&terminal, "example.com", "MX").unwrap().contains("15 "));
        assert!(!dig(&terminal, "example.com", "TXT").unwrap().contains("v=spf1"));
    }
    terminal.press(ENTER);
    terminal.wait_for("Nameservers");

    // The secondaries take their time, and are seen to catch up one after the other.
    let are = |screen: &str, first: &str, second: &str| {
        let is =
            |name: &str, state: &str| screen.lines().any(|line| line.contains(name) && line.contains(state));
        is("ns2.example.net.", first) && is("ns3.example.net.", second)
    };
    for (first, second) in [("1 behind", "1 behind"), ("in sync", "1 behind"), ("in sync", "in sync")] {
        terminal.wait_until(&format!("{first}, {second}"), |screen| are(screen, first, second));
    }
    terminal.press("q");
    assert_eq!(terminal.exit_within(Duration::from_secs(5)), Some(0));
}

#[test]
fn what_is_wrong_with_the_delegation_is_shown() {
    let home = tempfile::tempdir().unwrap();
    let mut terminal = demo(&home);
    terminal.wait_for("com. delegates to ns9.example.net., which is not here; 1 more");
    terminal.press(TAB);
    terminal.press("I");
    // Where the lines break depends on how long the answers take.
    let screen = terminal.wait_for_words("com. lacks glue");
    assert!(screen.contains("2001:db8::1: serial 2026112101, in sync, UDP"), "{screen}");
    terminal.press("jj");
    terminal.wait_for("com. delegates to it");
    // Nobody outside of the demo is asked.
    terminal.press("+");
    terminal.wait_for("Add NS");
    terminal.press("ns.example.org.");
    terminal.press(ENTER);
    terminal.wait_until("the new one", |screen| {
        screen.lines().any(|line| line.contains("+ns.example.org.") && line.contains("not part of the demo"))
    });
    // The next key takes the message of the edit away; the details stand in its place.
    terminal.press("k");
    terminal.wait_for("com. delegates to it");
    terminal.press("j");
    terminal.wait_for("its addresses: not part of the demo; com.");
}

#[test]
fn killed_editor_finds_its_draft_again() {
    let home = tempfile::tempdir().unwrap();
    let mut terminal = demo(&home);
    add_address(&mut terminal, "first", "192.0.2.1");
    add_address(&mut terminal, "second", "192.0.2.2");
    terminal.press("u");
    terminal.wait_for("1 change ");
    terminal.kill();

    let mut terminal = Terminal::start(home.path(), 80, 24, &["demo"]);
    terminal.wait_for("Draft of an earlier run");
    terminal.press(ENTER);
    terminal.wait_for("here again");
    filter(&mut terminal, "192.0.2.1");
    let screen = terminal.wait_for("+first");
    assert!(screen.contains("1 change ") && !screen.contains("second"), "{screen}");
    // What was undone can still be done again.
    escape(&mut terminal);
    terminal.press("U");
    filter(&mut terminal, "second");
    terminal.wait_for("+second");
}

/// It sees what the first one does, and becomes the editor when that ends.
#[test]
fn second_editor_of_a_zone_is_told_and_follows_the_first() {
    let home = tempfile::tempdir().unwrap();
    let mut first = demo(&home);
    add_address(&mut first, "mine", "192.0.2.1");
    let mut second = Terminal::start(home.path(), 80, 24, &["demo"]);
    let screen =
        second.wait_until("who holds it", |screen| screen.contains("in sync") && screen.contains("process"));
    assert!(screen.contains("edits it; W takes it over"), "{screen}");
    second.press("+");
    second.settle();
    assert!(!second.screen().contains("Type of the new record"), "{}", second.screen());
    second.wait_for("1 change");
    add_address(&mut first, "more", "192.0.2.2");
    second.wait_for("2 changes");
    filter(&mut second, "more");
    second.wait_for("+more");
    first.press("q");
    first.wait_for("Keep draft and quit");
    first.press(ENTER);
    assert_eq!(first.exit_within(Duration::from_secs(5)), Some(0));
    second.wait_for("has ended; W makes this one the editor");
    second.press("W");
    second.wait_for("A draft with 2 changes");
    second.press(ENTER);
    second.wait_for("here again");
    add_address(&mut second, "third", "192.0.2.3");
    second.wait_for("3 changes");
}

/// What is being typed into a form goes along.
#[test]
fn a_form_is_gone_on_with_by_the_editor_that_takes_over() {
    let home = tempfile::tempdir().unwrap();
    let mut first = demo(&home);
    let mut second = Terminal::start(home.path(), 80, 24, &["demo"]);
    second.wait_until("who holds it", |screen| screen.contains("in sync") && screen.contains("process"));
    first.press("+");
    first.wait_for("Type of the new record");
    first.press(ENTER);
    first.wait_for("Add A");
    second.press("W");
    second.wait_for("Take it over");
    first.press("typed");
    second.press("y");
    second.wait_for("Add A");
    assert!(second.screen().contains("typed.example.com."), "{}", second.screen());
    first.wait_for("has taken this draft over");
    second.press("\t\t192.0.2.9\r");
    second.wait_for("add typed A");
    first.wait_for("read-only");
}

#[test]
fn a_discarded_draft_is_brought_back() {
    let home = tempfile::tempdir().unwrap();
    let mut terminal = demo(&home);
    add_address(&mut terminal, "mine", "192.0.2.1");
    terminal.press("qd");
    terminal.wait_for(":bring-back gets it back");
    terminal.press("y");
    assert_eq!(terminal.exit_within(Duration::from_secs(5)), Some(0));
    let mut again = demo(&home);
    assert!(!again.screen().contains("change"), "{}", again.screen());
    again.press(":bring-back\r");
    again.wait_for("A draft with 1 change");
    again.press(ENTER);
    filter(&mut again, "mine");
    again.wait_for("+mine");
}

/// Both run: the second takes the draft, the first is told, loses nothing and writes nothing any more.
#[test]
fn second_editor_takes_the_draft_over_while_the_first_runs() {
    let home = tempfile::tempdir().unwrap();
    let mut first = demo(&home);
    add_address(&mut first, "mine", "192.0.2.1");
    let mut second = Terminal::start(home.path(), 80, 24, &["demo"]);
    second.wait_until("who holds it", |screen| screen.contains("in sync") && screen.contains("process"));
    second.press(":take-over\r");
    second.wait_for("Take it over");
    second.press("y");
    second.wait_for("Draft of the other editor");
    second.press(ENTER);
    second.wait_for("here again");
    first.wait_for("has taken this draft over");
    first.press("-");
    first.wait_for("edits it; W takes it over");
    add_address(&mut second, "theirs", "192.0.2.2");
    second.wait_for("2 changes");
    // And back.
    first.press("W");
    first.wait_for("Take it over");
    first.press("y");
    first.wait_for("A draft with 2 changes");
    first.press(ENTER);
    first.wait_for("2 changes");
    second.wait_for("has taken this draft over");
    first.kill();
    second.kill();
    let mut again = Terminal::start(home.path(), 80, 24, &["demo"]);
    again.wait_for("A draft with 2 changes");
    again.press(ENTER);
    again.wait_for("2 changes");
}

#[test]
fn dropped_terminal_ends_the_program_and_keeps_the_draft() {
    for round in 0..10 {
        let home = tempfile::tempdir().unwrap();
        let mut terminal = demo(&home);
        add_address(&mut terminal, "kept", "192.0.2.1");
        terminal.hang_up();
        let status = terminal.exit_within(Duration::from_secs(3));
        assert_eq!(status, Some(0), "round {round}");
        let mut again = Terminal::start(home.path(), 80, 24, &["demo"]);
        again.wait_for("Draft of an earlier run");
        again.press(ENTER);
        again.wait_for("here again");
        filter(&mut again, "kept");
        again.wait_for("+kept");
    }
}

#[test]
fn few_octets() {
    let home = tempfile::tempdir().unwrap();
    let mut terminal = demo(&home);
    // The detail line of the first record, which is cut off, goes away with the first step.
    terminal.press("jj");
    terminal.settle();
    let idle_from = terminal.octets();
    std::thread::sleep(Duration::from_secs(2));
    assert_eq!(terminal.octets(), idle_from, "something was written while nothing happened");
    let mut costs = Vec::new();
    for _ in 0..6 {
        let before = terminal.octets();
        terminal.press("j");
        terminal.wait_until("the next row", |_| terminal.octets() > before);
        terminal.settle();
        costs.push(terminal.octets() - before);
    }
    assert!(costs.iter().all(|octets| (1..=64).contains(octets)), "one row down took {costs:?} octets");
}

#[test]
fn any_size_is_drawn() {
    let home = tempfile::tempdir().unwrap();
    for (columns, rows) in [(40, 10), (132, 43), (12, 3), (300, 100)] {
        let mut terminal = Terminal::start(home.path(), columns, rows, &["demo"]);
        terminal.settle();
        terminal.press("j?");
        terminal.settle();
        assert!(terminal.exit_within(Duration::from_millis(100)).is_none(), "it ended at {columns}x{rows}");
    }
}
