//! Several zones in one editor: the list of them, and drafts that stay where they were begun.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::lab::{Key, Lab, Make, Zone};
use crate::pty::Terminal;

const ENTER: &str = "\r";

/// A zone with an address of the web server.
fn zone(name: &str, address: &str) -> Zone {
    let text = format!(
        "$TTL 3600\n@ SOA ns1 hostmaster 1 7200 900 1209600 300\n@ NS ns1\nns1 A 127.0.0.1\nwww A {address}\nmail A 192.0.2.25\n"
    );
    Zone::new(name, text)
}

/// A configuration with these zones, and more text.
pub fn configure(home: &Path, lab: &Lab, zones: &[&str], more: &str) {
    let folder = home.join(".config/zonewright");
    fs::create_dir_all(&folder).unwrap();
    let key = folder.join("lab.key");
    fs::write(&key, lab.key.bind_text()).unwrap();
    fs::set_permissions(&key, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let mut text = format!(
        "[server.lab]\naddress = \"{}\"\nkey = \"{}\"\nbrake-percent = 100\n{more}",
        lab.address,
        key.display()
    );
    for zone in zones {
        text.push_str(&format!("\n[zone.\"{zone}\"]\nserver = \"lab\"\n"));
    }
    fs::write(folder.join("config.toml"), text).unwrap();
}

fn delete(terminal: &mut Terminal, record: &str) {
    terminal.press("/");
    terminal.press(record);
    terminal.press(ENTER);
    terminal.wait_for(&format!("/{record} "));
    terminal.press("-");
    terminal.wait_for("deleted: ");
}

#[test]
fn switching_zones_loses_nothing_and_finds_the_drafts() {
    let zones = [zone("a.example", "192.0.2.1"), zone("b.example", "192.0.2.2")];
    let Some(lab) = Lab::start(Make::Bind, &zones, &Key::default()) else { return };
    let home = tempfile::tempdir().unwrap();
    let gone = "\n[server.gone]\naddress = \"127.0.0.1:1\"\n[zone.\"c.example\"]\nserver = \"gone\"\n";
    configure(home.path(), &lab, &["a.example", "b.example"], gone);
    let mut terminal = Terminal::start(home.path(), 80, 24, &["--timeout", "2"]);
    terminal.wait_for("c.example");
    terminal.press(ENTER);
    terminal.wait_for("Records");
    terminal.wait_for("serial 1");
    delete(&mut terminal, "mail");
    // In the other zone a form is left open, half filled in.
    terminal.press("6");
    terminal.wait_for("Zones");
    terminal.press("bex");
    terminal.wait_for("/bex");
    terminal.press(ENTER);
    terminal.wait_for("b.example · lab");
    terminal.wait_for("192.0.2.2");
    terminal.press("+\r");
    terminal.wait_for("Add A");
    terminal.press("half");
    terminal.wait_for("half");
    terminal.press("\x1bZ");
    let screen = terminal.wait_for("1 change");
    assert!(screen.contains("Zones"), "{screen}");
    // A zone that cannot be opened leads back to the list.
    terminal.press("cex\r");
    let screen = terminal
        .wait_until("the reason", |screen| screen.contains("refused") && screen.contains("unfinished"));
    assert!(screen.contains("Zones"), "{screen}");
    // The draft is there without a question, and the place in the list.
    terminal.press("aex\r");
    let screen = terminal.wait_for("your draft is here again: 1 change");
    assert!(screen.contains("/mail"), "{screen}");
    terminal.press("6");
    terminal.wait_for("Zones");
    terminal.press("bex\r");
    let screen = terminal.wait_for("the form that you were filling in is here again");
    assert!(screen.contains("half"), "{screen}");
    // Cut off, nothing is lost either.
    terminal.kill();
    let mut terminal = Terminal::start(home.path(), 80, 24, &[]);
    let screen = terminal.wait_for("1 change");
    assert!(screen.contains("unfinished"), "{screen}");
    terminal.press("q");
    assert_eq!(terminal.exit_within(Duration::from_secs(5)), Some(0));
}

#[test]
fn without_a_terminal_the_zones_are_printed() {
    let Some(lab) = Lab::start(Make::Bind, &[zone("a.example", "192.0.2.1")], &Key::default()) else {
        return;
    };
    let home = tempfile::tempdir().unwrap();
    configure(home.path(), &lab, &["a.example"], "");
    let output = Command::new(env!("CARGO_BIN_EXE_zonewright"))
        .env_clear()
        .env("HOME", home.path())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "a.example.\t\"lab\"\n");
}

/// Zones whose addresses and reverse records fit together.
fn renumbered() -> Vec<Zone> {
    let soa = "$TTL 3600\n@ SOA ns1.a.example. hostmaster 1 7200 900 1209600 300\n@ NS ns1.a.example.\n";
    vec![
        zone("a.example", "192.0.2.1"),
        Zone::new("2.0.192.in-addr.arpa", format!("{soa}1 PTR www.a.example.\n25 PTR mail.b.example.\n")),
        Zone::new("100.51.198.in-addr.arpa", soa.to_string()),
    ]
}

fn served(lab: &Lab, name: &str, rtype: &str) -> String {
    let mut dig = Command::new("dig");
    dig.args(["+short", "+tcp", "@127.0.0.1", "-p", &lab.address.port().to_string(), name, rtype]);
    String::from_utf8(dig.output().unwrap().stdout).unwrap().trim().to_owned()
}

/// Gives the web server another address, and proposes the reverse records in a job.
fn renumber(terminal: &mut Terminal) {
    // Until they are listed there is nothing to open.
    terminal.wait_for("100.51.198");
    terminal.press("a.ex\r");
    terminal.wait_for("192.0.2.1 ");
    terminal.press("/www\r");
    terminal.wait_for("/www ");
    terminal.press(ENTER);
    terminal.wait_for("Edit A");
    terminal.press("\x15\x0b198.51.100.1");
    terminal.wait_for("IN A 198.51.100.1");
    terminal.press(ENTER);
    terminal.wait_for("1 change");
    terminal.press("J");
    terminal.wait_for("[x] a.example");
    terminal.press("p");
    terminal.wait_for("2 proposals");
    terminal.press("*\r");
    terminal.wait_for("2 PTR changes in the drafts of 2 zones");
}

#[test]
fn a_zone_and_its_reverse_zones_are_pushed_as_one_job() {
    let Some(lab) = Lab::start(Make::Bind, &renumbered(), &Key::default()) else { return };
    let home = tempfile::tempdir().unwrap();
    configure(home.path(), &lab, &["a.example", "2.0.192.in-addr.arpa", "100.51.198.in-addr.arpa"], "");
    let mut terminal = Terminal::start(home.path(), 80, 24, &[]);
    renumber(&mut terminal);
    terminal.press("w");
    terminal.wait_for("3 zones, one after the other");
    assert_eq!(served(&lab, "www.a.example", "A"), "192.0.2.1");
    terminal.press("y");
    terminal.wait_for("done: 3 zones pushed");
    assert_eq!(served(&lab, "www.a.example", "A"), "198.51.100.1");
    assert_eq!(served(&lab, "1.100.51.198.in-addr.arpa", "PTR"), "www.a.example.");
    assert_eq!(served(&lab, "1.2.0.192.in-addr.arpa", "PTR"), "");
    assert_eq!(served(&lab, "25.2.0.192.in-addr.arpa", "PTR"), "mail.b.example.");
    // Back in the zone that it began in, and no draft is left.
    terminal.press("q");
    terminal.wait_for("a.example · lab · serial 2");
    terminal.press("6");
    let screen = terminal.wait_for("Visited");
    assert!(!screen.contains("change"), "{screen}");
}

#[test]
fn a_job_that_fails_in_the_second_zone_is_taken_back() {
    let mut zones = renumbered();
    zones[2].settings.push((Make::Bind, "allow-update { none; };".into()));
    let Some(lab) = Lab::start(Make::Bind, &zones, &Key::default()) else { return };
    let home = tempfile::tempdir().unwrap();
    let names = ["a.example", "2.0.192.in-addr.arpa", "100.51.198.in-addr.arpa"];
    configure(home.path(), &lab, &names, "");
    let mut terminal = Terminal::start(home.path(), 80, 24, &[]);
    renumber(&mut terminal);
    // What is known to fail is said before anything is sent.
    terminal.press("w");
    terminal.wait_for("100.51.198.in-addr.arpa cannot be pushed");
    assert_eq!(served(&lab, "www.a.example", "A"), "192.0.2.1");
    drop(terminal);
    // A zone that is frozen only after the review.
    let Some(lab) = Lab::start(Make::Bind, &renumbered(), &Key::default()) else { return };
    let home = tempfile::tempdir().unwrap();
    configure(home.path(), &lab, &names, "");
    let mut terminal = Terminal::start(home.path(), 80, 24, &[]);
    renumber(&mut terminal);
    lab.freeze("100.51.198.in-addr.arpa");
    terminal.press("w");
    terminal.wait_for("3 zones, one after the other");
    terminal.press("y");
    terminal.wait_for("r takes back what was pushed");
    assert_eq!(served(&lab, "www.a.example", "A"), "198.51.100.1");
    terminal.press("r");
    terminal.wait_for("Take back what this job has pushed?");
    terminal.press("y");
    terminal.wait_for("all of it is taken back");
    assert_eq!(served(&lab, "www.a.example", "A"), "192.0.2.1");
    assert_eq!(served(&lab, "1.2.0.192.in-addr.arpa", "PTR"), "www.a.example.");
    // Everything is in the drafts again, also after a kill.
    terminal.kill();
    let mut terminal = Terminal::start(home.path(), 80, 24, &[]);
    let screen = terminal.wait_until("three drafts", |screen| screen.matches("1 change").count() == 3);
    assert!(screen.contains("Zones"), "{screen}");
    terminal.press("q");
    assert_eq!(terminal.exit_within(Duration::from_secs(5)), Some(0));
}
