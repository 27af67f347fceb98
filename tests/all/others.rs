//! What others changed, as `zonewright log --others` tells it from the journals of real servers.

use std::process::{Command, Output};

use serde_json::Value;

use super::lab::{self, Lab, Make, Zone, nsupdate};
use super::pty::Terminal;
use super::shapes;

const ZONE: &str = "example.com";

struct Place {
    home: tempfile::TempDir,
    lab: Lab,
}

impl Place {
    fn new(make: Make) -> Option<Place> {
        let mut text =
            String::from("$TTL 300\n@ SOA ns1 mail 7 3600 900 604800 300\n@ NS ns1\nns1 A 127.0.0.1\n");
        for number in 0..200 {
            text += &format!("host{number} TXT \"number {number}\"\n");
        }
        let lab = Lab::start(make, &[Zone::new(ZONE, text)], &lab::Key::default())?;
        let home = tempfile::tempdir().unwrap();
        std::fs::write(home.path().join("key"), lab.key.bind_text()).unwrap();
        Command::new("chmod").args(["600", "key"]).current_dir(home.path()).status().unwrap();
        Some(Place { home, lab })
    }

    fn run(&self, status: i32, arguments: &[&str]) -> (String, String) {
        let Output { status: ended, stdout, stderr } = Command::new(env!("CARGO_BIN_EXE_zonewright"))
            .args(arguments)
            .args(["--key", "key", "--server", &self.lab.address.to_string()])
            .env_clear()
            .env("HOME", self.home.path())
            .current_dir(self.home.path())
            .output()
            .unwrap();
        let (out, said) = (String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap());
        assert_eq!(ended.code(), Some(status), "{arguments:?}\n{out}\n{said}");
        (out, said)
    }

    fn push(&self, from: &str, to: &str) {
        let zone = self.run(0, &["show", ZONE]).0;
        assert!(zone.contains(from), "{zone}");
        std::fs::write(self.home.path().join("wanted"), zone.replace(from, to)).unwrap();
        self.run(0, &["push", ZONE, "./wanted", "--yes"]);
    }

    fn others(&self, commands: &str) {
        nsupdate(self.lab.address, &self.lab.key, ZONE, commands);
    }
}

#[test]
fn changes_of_others_between_ours() {
    for make in [Make::Bind, Make::Knot] {
        let Some(place) = Place::new(make) else { continue };
        // Nothing of ours: it is found by asking a few serials back.
        place.others("update add new.example.com. 60 A 192.0.2.50");
        let (list, _) = place.run(0, &["log", ZONE, "--others"]);
        assert_eq!(list, "7 -> 8  +1 -0\n", "{make}");
        place.push("\"number 3\"", "\"other\"");
        place.others(
            "update delete host5.example.com. TXT\nupdate add host5.example.com. 77 TXT \"number 5\"",
        );
        place.others("update delete host6.example.com. TXT");
        place.push("\"number 4\"", "\"another\"");
        let (list, said) = place.run(0, &["log", ZONE, "--others"]);
        let lines: Vec<&str> = list.lines().map(|line| line.split(": ").next().unwrap()).collect();
        let expected = [
            "11 -> 12  +1 -1  yours",
            "10 -> 11  +0 -1",
            "9 -> 10  ~1",
            "8 -> 9  +1 -1  yours",
            // From before our first push.
            "7 -> 8  +1 -0",
        ];
        assert_eq!(lines, expected, "{make}\n{list}\n{said}");
        assert!(said.contains("The list goes back to serial "), "{said}");
        let (shown, _) = place.run(0, &["log", ZONE, "--others", "11"]);
        assert!(shown.contains("- host6.example.com. 300 IN TXT \"number 6\""), "{make}\n{shown}");
        let json: Value =
            serde_json::from_str(&place.run(0, &["log", ZONE, "--others", "--json"]).0).unwrap();
        shapes::hold("log---others", [&json]).are(&[]);
        assert_eq!(
            (json["serial"].as_u64(), json["changes"][2]["ttls_changed"].as_u64()),
            (Some(12), Some(1))
        );
        assert!(json["changes"][0]["yours"].is_string() && json["changes"][1]["yours"].is_null(), "{json}");
        let (_, said) = place.run(2, &["log", ZONE, "--others", "99"]);
        assert!(said.contains("ended at serial 99"), "{said}");
        place.run(2, &["log", ZONE, "--others", "x"]);
    }
}

#[test]
fn a_server_without_a_journal_is_said() {
    let Some(place) = Place::new(Make::PowerDns) else { return };
    place.others("update add new.example.com. 60 A 192.0.2.50");
    let (list, said) = place.run(0, &["log", ZONE, "--others"]);
    assert_eq!(list, "");
    assert!(said.contains("The server keeps no journal that reaches back"), "{said}");
}

/// However many there are, and nothing of ours to begin with.
#[test]
fn the_journal_is_listed_as_far_as_it_reaches() {
    for make in [Make::Bind, Make::Knot] {
        let Some(place) = Place::new(make) else { continue };
        for number in 0..21 {
            place.others(&format!("update add n{number}.example.com. 60 A 192.0.2.50"));
        }
        let (list, said) = place.run(0, &["log", ZONE, "--others"]);
        assert_eq!(list.lines().count(), 21, "{make}\n{list}{said}");
        assert!(said.contains("back to serial 7."), "{make}: {said}");
    }
}

/// On the History screen they stand between the pushes, and one is taken back like a push.
#[test]
fn others_work_is_shown_and_taken_back_on_the_screen() {
    for make in [Make::Bind, Make::Knot] {
        let Some(place) = Place::new(make) else { continue };
        place.others("update add before.example.com. 60 A 192.0.2.50");
        place.push("\"number 3\"", "\"other\"");
        place.others("update add after.example.com. 60 A 192.0.2.51");
        let address = place.lab.address.to_string();
        let key = place.home.path().join("key");
        let arguments = [ZONE, "--server", &address, "--key", key.to_str().unwrap()];
        let mut terminal = Terminal::start(place.home.path(), 80, 24, &arguments);
        terminal.wait_for("in sync");
        terminal.press("5");
        let screen = terminal.wait_for("back to serial 7");
        let at = |text: &str| screen.find(text).unwrap_or_else(|| panic!("{text}\n{screen}"));
        assert!(at("after A") < at("applied") && at("applied") < at("before A"), "{make}\n{screen}");
        terminal.press("\r");
        terminal.wait_for("+ 1m      192.0.2.51");
        terminal.press("r");
        terminal.wait_for("taken back in your draft: 1 change");
        terminal.press("wy");
        terminal.wait_for("Applied: 1 change");
        let (zone, _) = place.run(0, &["show", ZONE]);
        assert!(!zone.contains("after") && zone.contains("before"), "{make}\n{zone}");
    }
}
