//! The history of pushes as scripts see it: push, log, revert, against the embedded primary.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use zonewright::facts::history::{Intent, Record, Tally, Who};
use zonewright::server::Handle;
use zonewright::store::history::History;
use zonewright::zone::{Change, ChangeMap, Name, RecordType, RrKey, RrSet};

use super::embedded::{TEXT, ZONE, start};
use super::lab::{Key, is_available};
use super::pty::Terminal;
use super::shapes;

/// A primary, and a home with a configuration for it.
struct Place {
    home: tempfile::TempDir,
    server: Handle,
}

impl Place {
    /// `more` goes into the configuration: lines of the server's table.
    fn new(more: &str) -> Place {
        let (key, home) = (Key::default(), tempfile::tempdir().unwrap());
        let server = start(TEXT, &key);
        std::fs::write(home.path().join("key"), key.bind_text()).unwrap();
        Command::new("chmod").args(["600", "key"]).current_dir(home.path()).status().unwrap();
        let config = format!(
            "[server.lab]\naddress = \"{}\"\nkey = \"{}\"\n{more}\n",
            server.address,
            home.path().join("key").display()
        );
        std::fs::write(home.path().join("config.toml"), config).unwrap();
        Place { home, server }
    }

    fn path(&self) -> &Path {
        self.home.path()
    }

    fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_zonewright"))
            .args(arguments)
            .args(["--config", "config.toml"])
            .current_dir(self.path())
            .env("HOME", self.path())
            .env("LOGNAME", "anna")
            .env_remove("SUDO_USER")
            .env_remove("XDG_CONFIG_HOME")
            .env_remove("XDG_STATE_HOME")
            .stdin(std::process::Stdio::null())
            .output()
            .unwrap()
    }

    /// Runs it and expects this exit status; what it printed and what it said.
    fn expect(&self, status: i32, arguments: &[&str]) -> (String, String) {
        let output = self.run(arguments);
        let (out, said) = (text(&output.stdout), text(&output.stderr));
        assert_eq!(output.status.code(), Some(status), "{arguments:?}\n{out}\n{said}");
        (out, said)
    }

    /// The zone as a file for the next push, changed by replacing.
    fn edited(&self, edits: &[(&str, &str)]) {
        let mut zone = self.expect(0, &["show", ZONE]).0;
        for (from, to) in edits {
            assert!(zone.contains(from), "{from} is not in {zone}");
            zone = zone.replace(from, to);
        }
        std::fs::write(self.path().join("wanted"), zone).unwrap();
    }

    fn push(&self, edits: &[(&str, &str)], more: &[&str]) -> (String, String) {
        self.edited(edits);
        self.expect(0, &[&["push", ZONE, "./wanted", "--yes"], more].concat())
    }

    /// The records without the SOA, and the serial.
    fn zone(&self) -> (Vec<String>, u32) {
        let zone = self.expect(0, &["show", ZONE]).0;
        let serial = zone.lines().next().unwrap().split(' ').nth(6).unwrap().parse().unwrap();
        (zone.lines().skip(1).map(str::to_owned).collect(), serial)
    }

    fn log(&self) -> Vec<Value> {
        serde_json::from_str(&self.expect(0, &["log", ZONE, "--json"]).0).unwrap()
    }
}

fn text(octets: &[u8]) -> String {
    String::from_utf8(octets.to_vec()).unwrap()
}

#[test]
fn pushed_listed_shown_and_taken_back() {
    let place = Place::new("");
    assert!(place.expect(0, &["log", ZONE]).1.contains("No push of this zone is recorded."));
    let (before, serial) = place.zone();
    let edits = [("192.0.2.10", "192.0.2.11"), ("mail.demo.test. 3600 IN A 192.0.2.25\n", "")];
    place.push(&edits, &["--note", "new web server"]);
    let (list, _) = place.expect(0, &["log", ZONE]);
    assert!(list.contains("  anna on ") && list.contains("+1 -2  applied"), "{list}");
    assert!(list.trim_end().ends_with("new web server"), "{list}");
    let id = list.split(' ').next().unwrap();
    let (shown, _) = place.expect(0, &["log", ZONE, &id[16..]]);
    let difference: Vec<&str> = shown.lines().filter(|line| !line.starts_with(';')).collect();
    assert_eq!(
        difference,
        [
            "- mail.demo.test. 3600 IN A 192.0.2.25",
            "- Www.demo.test. 3600 IN A 192.0.2.10",
            "+ Www.demo.test. 3600 IN A 192.0.2.11"
        ]
    );
    let (_, said) = place.expect(1, &["revert", ZONE, "--dry-run"]);
    assert!(said.contains("new web server"), "{said}");
    place.expect(0, &["revert", ZONE, "--yes"]);
    let (after, new_serial) = place.zone();
    assert_eq!(after, before);
    assert!(new_serial > serial + 1);
    let log = place.log();
    assert_eq!((log.len(), log[0]["note"].as_str()), (2, Some(format!("revert of {id}").as_str())));
    // Taken back again, it is done again.
    place.expect(0, &["revert", ZONE, "--yes"]);
    assert!(place.zone().0.iter().any(|line| line.contains("192.0.2.11")));
    place.expect(2, &["log", ZONE, "1999"]);
}

#[test]
fn others_work_is_not_taken_back() {
    let place = Place::new("");
    let edits = [("192.0.2.10", "192.0.2.11"), ("192.0.2.25", "192.0.2.26")];
    place.push(&edits, &[]);
    let id = place.log()[0]["id"].as_str().unwrap().to_owned();
    place.push(&[("192.0.2.11", "192.0.2.12")], &[]);
    let (before, _) = place.zone();
    let (_, said) = place.expect(1, &["revert", ZONE, &id, "--yes"]);
    assert!(said.contains("Changed since by somebody else: Www A."), "{said}");
    assert_eq!(place.zone().0, before);
    place.expect(0, &["revert", ZONE, &id, "--yes", "--force"]);
    let after = place.zone().0.join("\n");
    assert!(after.contains("192.0.2.12") && after.contains("192.0.2.25"), "{after}");
    // Nothing of it is left to be taken back.
    let (_, said) = place.expect(0, &["revert", ZONE, &id, "--yes", "--force"]);
    assert!(said.contains("Nothing of it is in the zone any more"), "{said}");
}

#[test]
fn reports_for_scripts() {
    let place = Place::new("");
    place.edited(&[("192.0.2.10", "192.0.2.11")]);
    let json = |status, arguments: &[&str]| -> Value {
        serde_json::from_str(&place.expect(status, arguments).0).unwrap()
    };
    let dry = json(1, &["push", ZONE, "./wanted", "--dry-run", "--json"]);
    assert_eq!((dry["outcome"].as_str(), dry["changes"][0]["type"].as_str()), (Some("dry-run"), Some("A")));
    // Nobody is there to ask.
    place.expect(2, &["push", ZONE, "./wanted", "--json"]);
    let report = json(0, &["push", ZONE, "./wanted", "--yes", "--json", "--note", "why \u{1b}[31m"]);
    assert_eq!(report["outcome"], "applied");
    assert_eq!(
        (&report["answer"], &report["zone"], &report["server"]),
        (&"NOERROR".into(), &"demo.test.".into(), &"lab".into())
    );
    assert_eq!(
        (report["serial_before"].as_u64(), report["serial_after"].as_u64()),
        (Some(2026010100), Some(2026010101))
    );
    assert_eq!(report["changes"][0]["verdict"], "applied");
    let id = report["id"].as_str().unwrap();
    let entry = json(0, &["log", ZONE, id, "--json"]);
    assert_eq!(
        (&entry["id"], &entry["note"], &entry["user"]),
        (&id.into(), &"why  [31m".into(), &"anna".into())
    );
    assert_eq!(entry["changes"], report["changes"]);
    shapes::hold("log-id", [&entry]).are(&[]);
    shapes::hold("log", &place.log()).are(&["file", "unreadable"]);
    place.edited(&[]);
    assert_eq!(json(0, &["push", ZONE, "./wanted", "--json"])["outcome"], "nothing-to-do");
    place.edited(&[("2026010101", "2026010100"), ("192.0.2.11", "192.0.2.12")]);
    assert_eq!(json(1, &["push", ZONE, "./wanted", "--json"])["outcome"], "conflict");
}

#[test]
fn the_program_that_is_told_of_each_push() {
    let place = Place::new("after-push = [\"tee\", \"told; rm x\"]");
    place.push(&[("192.0.2.10", "192.0.2.11")], &["--note", "x"]);
    let told: Value =
        serde_json::from_slice(&std::fs::read(place.path().join("told; rm x")).unwrap()).unwrap();
    shapes::hold("log-id", [&told]).are(&[]);
    assert_eq!((&told["outcome"], &told["note"]), (&"applied".into(), &"x".into()));
    assert_eq!(told["changes"][0]["after"]["records"][0], "192.0.2.11");
    for program in ["[\"false\"]", "[\"no-such-program\"]", "[\"ls\", \"/absent\"]"] {
        let place = Place::new(&format!("after-push = {program}"));
        let (_, said) = place.push(&[("192.0.2.10", "192.0.2.11")], &[]);
        assert!(said.contains("warning: The program of after-push"), "{said}");
    }
}

#[test]
fn nothing_is_sent_that_cannot_be_recorded() {
    let place = Place::new("");
    std::fs::create_dir_all(place.path().join(".local/state/zonewright")).unwrap();
    std::fs::write(place.path().join(".local/state/zonewright/history"), "in the way").unwrap();
    let before = place.zone();
    place.edited(&[("192.0.2.10", "192.0.2.11")]);
    let (_, said) = place.expect(2, &["push", ZONE, "./wanted", "--yes"]);
    assert!(said.contains("could not be recorded in the history; --force"), "{said}");
    assert_eq!(place.zone(), before);
    let (_, said) = place.expect(0, &["push", ZONE, "./wanted", "--yes", "--force"]);
    assert!(said.contains("The history has no whole record of this push."), "{said}");
}

#[test]
fn an_interrupted_push_is_told_and_taken_back() {
    let place = Place::new("");
    let before = place.zone().0;
    place.push(&[("192.0.2.10", "192.0.2.11")], &[]);
    // As a program that was killed after the first of two messages leaves it.
    let history = place.path().join(".local/state/zonewright/history");
    let zone = Name::parse(format!("{ZONE}.").as_bytes(), None).unwrap();
    std::fs::remove_dir_all(&history).unwrap();
    let history = History::new(&history, "lab", &zone);
    let set = |last: u8| Some(RrSet::new(3600, vec![[192, 0, 2, last].into()]));
    let key = |owner: &str| {
        RrKey::new(Name::parse(format!("{owner}.{ZONE}.").as_bytes(), None).unwrap(), RecordType::A)
    };
    let changes = ChangeMap::from([
        (key("Www"), Change { before: set(10), after: set(11) }),
        (key("mail"), Change { before: set(25), after: set(26) }),
    ]);
    let intent = Intent {
        note: "big".into(),
        serial: 2026010100,
        messages: 2,
        tally: Tally { deleted: 2, added: 2, ttls: 0 },
        changes,
    };
    let mut recording = history.begin(&Who::default(), &intent).unwrap();
    for record in [Record::Sent(1), Record::Answered(1, "NOERROR".into()), Record::Sent(2)] {
        recording.write(&[record]).unwrap();
    }
    drop(recording);
    assert_eq!(place.log()[0]["outcome"], "interrupted");
    place.edited(&[]);
    let (_, said) = place.expect(0, &["push", ZONE, "./wanted"]);
    assert!(said.contains("interrupted after message 1 of 2; 1 of its 2 changed record sets"), "{said}");
    place.expect(0, &["revert", ZONE, "--yes"]);
    assert_eq!(place.zone().0, before);
    let (_, said) = place.expect(0, &["push", ZONE, "./wanted", "--yes", "--force"]);
    assert!(!said.contains("interrupted"), "{said}");
    assert_eq!(place.server.address.ip().to_string(), "127.0.0.1");
}

/// From the first key to the last: push with a note, look at it, take it back, push that.
#[test]
fn a_push_is_taken_back_by_keys_alone() {
    let home = tempfile::tempdir().unwrap();
    let mut terminal = Terminal::start(home.path(), 80, 24, &["demo"]);
    terminal.wait_until("the zone", |screen| screen.contains("Records") && screen.contains("in sync"));
    // The order of the records in a set is nobody's.
    let rows = |screen: &str| -> std::collections::BTreeSet<String> {
        let data = |line: &str| Some(line.split_once(" MX ")?.1.trim_matches([' ', '│']).to_owned());
        screen.lines().skip(8).filter_map(data).collect()
    };
    let before = rows(&terminal.screen());
    assert_eq!(before.len(), 2);
    terminal.press("/MX\r");
    terminal.wait_for("/MX ");
    terminal.press("-");
    terminal.wait_for("1 change");
    terminal.press("w");
    terminal.wait_for("[x]");
    terminal.press("w");
    terminal.wait_for("(e) Note...");
    terminal.press("e");
    terminal.wait_for("note");
    terminal.press("other mail\r");
    terminal.wait_for("History note: other mail");
    terminal.press("y");
    terminal.wait_for("Applied: 1 change");
    terminal.press("\r");
    terminal.press("5");
    terminal.wait_for("other mail");
    terminal.press("\r");
    terminal.wait_for("Push");
    terminal.wait_for("1 record deleted");
    terminal.press("r");
    terminal.wait_for("taken back in your draft: 1 change");
    terminal.press("w");
    terminal.wait_for("History note: revert of");
    terminal.press("y");
    terminal.wait_for("Applied: 1 change");
    terminal.press("\r");
    terminal.wait_until("the zone as before", |screen| {
        screen.contains("2026112103") && before.is_subset(&rows(screen))
    });
}

/// Disks fill up at any octet of the record: nothing is sent whose sending is not on the disk, and what was sent is told.
/// The signal of such a disk ended the program after the update was sent, without a word; and of a beginning that did not
/// fit, a part was left that looked like an interrupted push.
#[test]
fn a_disk_that_fills_up_while_a_push_is_recorded() {
    if !is_available("prlimit") {
        return;
    }
    let mut seen = BTreeMap::new();
    for limit in (0..2_000).step_by(45) {
        let place = Place::new("");
        place.edited(&[("192.0.2.10", "192.0.2.11")]);
        let output = Command::new("prlimit")
            .arg(format!("--fsize={limit}"))
            .arg(env!("CARGO_BIN_EXE_zonewright"))
            .args(["push", ZONE, "./wanted", "--yes", "--json", "--config", "config.toml"])
            .current_dir(place.path())
            .env("HOME", place.path())
            .env_remove("XDG_STATE_HOME")
            .stdin(std::process::Stdio::null())
            .output()
            .unwrap();
        let case = format!("{limit} octets: {output:?}");
        let status = output.status.code().unwrap_or_else(|| panic!("ended by a signal: {case}"));
        let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{case}"));
        let is_sent = place.zone().0.iter().any(|line| line.contains("192.0.2.11"));
        let log = place.log();
        let ending = log.first().map(|push| push["outcome"].as_str().unwrap().to_owned());
        let notes = report["notes"].to_string();
        match (is_sent, ending.as_deref()) {
            (false, None) => {
                let why = report["why"].as_str().unwrap_or_default();
                assert!(status == 2 && report["outcome"] == "not-sent" && why.contains("history"), "{case}");
            }
            (true, Some(recorded)) => {
                assert!(status == 0 && report["outcome"] == "applied", "{case}");
                let is_whole = recorded == "applied";
                assert_eq!(notes.contains("no whole record"), !is_whole, "{case}");
                // The next start finds out what became of it, and it can be taken back.
                assert!(is_whole || recorded == "interrupted", "{case}");
                place.expect(0, &["revert", ZONE, "--yes"]);
                assert!(place.zone().0.iter().any(|line| line.contains("192.0.2.10")), "{case}");
            }
            other => panic!("{other:?}, {case}"),
        }
        *seen.entry((is_sent, ending)).or_insert(0) += 1;
    }
    assert_eq!(seen.len(), 3, "not each of the moments was met: {seen:?}");
}
