//! Four jobs that an administrator has, at a terminal of 80x24 and against BIND, from the first key to the last. Every key is
//! counted, letters of what is typed as well: whoever makes one of them longer finds out here.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::lab::{Key, Lab, Make, Zone};
use crate::pty::Terminal;

/// Somebody at the keys.
struct Person {
    terminal: Terminal,
    keys: usize,
}

impl Person {
    fn start(home: &Path, arguments: &[&str], seen: &str) -> Person {
        let terminal = Terminal::start(home, 80, 24, arguments);
        terminal.wait_for(seen);
        Person { terminal, keys: 0 }
    }

    /// Presses keys, a character each, and waits until that has led somewhere.
    fn press(&mut self, keys: &str, seen: &str) -> String {
        self.keys += keys.chars().count();
        self.terminal.press(keys);
        self.terminal.wait_for(seen)
    }
}

const APEX: &str = "$TTL 3600\n@ SOA ns1.a.example. hostmaster.a.example. 1 7200 900 1209600 300\n@ NS ns1.a.example.\n@ NS ns2.a.example.\n";

/// Records that have nothing to do with it, as most have.
fn others() -> String {
    (1..=20).map(|host| format!("host{host} A 203.0.113.{host}\n")).collect()
}

/// The zones, and a configuration of them; `more` stands in the table of the first.
fn begin(home: &Path, more: &str) -> Option<Lab> {
    let forward = |records: &str| format!("{APEX}{records}{}", others());
    let zones = [
        (
            "a.example",
            forward(
                "ns1 A 192.0.2.53\nns2 A 192.0.2.54\n@ A 192.0.2.1\nwww A 192.0.2.1\nmail A 192.0.2.25\n@ MX 10 mail\n@ TXT \"v=spf1 ip4:192.0.2.25 -all\"\n",
            ),
        ),
        ("b.example", forward("@ A 192.0.2.11\nwww A 192.0.2.11\nwww A 192.0.2.12\n")),
        ("c.example", forward("@ A 192.0.2.21\nftp CNAME @\n")),
        (
            "2.0.192.in-addr.arpa",
            format!(
                "{APEX}1 PTR www.a.example.\n25 PTR mail.a.example.\n11 PTR www.b.example.\n12 PTR www.b.example.\n21 PTR c.example.\n53 PTR ns1.a.example.\n54 PTR ns2.a.example.\n99 PTR elsewhere.example.\n"
            ),
        ),
        ("100.51.198.in-addr.arpa", APEX.to_owned()),
    ];
    let served: Vec<Zone> = zones.iter().map(|(name, text)| Zone::new(*name, text.clone())).collect();
    let lab = Lab::start(Make::Bind, &served, &Key::default())?;
    let folder = home.join(".config/zonewright");
    fs::create_dir_all(&folder).unwrap();
    let key = folder.join("lab.key");
    fs::write(&key, lab.key.bind_text()).unwrap();
    fs::set_permissions(&key, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let mut text = format!(
        "[server.lab]\naddress = \"{}\"\nkey = \"{}\"\n[nameservers.hoster]\nnames = [\"a.hoster.example\", \"b.hoster.example\"]\n",
        lab.address,
        key.display()
    );
    for (number, (zone, _)) in zones.iter().enumerate() {
        text.push_str(&format!("[zone.\"{zone}\"]\nserver = \"lab\"\n"));
        text.push_str(if number == 0 { more } else { "" });
    }
    fs::write(folder.join("config.toml"), text).unwrap();
    Some(lab)
}

fn served(lab: &Lab, name: &str, rtype: &str) -> Vec<String> {
    let mut dig = Command::new("dig");
    dig.args(["+short", "+tcp", "@127.0.0.1", "-p", &lab.address.port().to_string(), name, rtype]);
    let output = String::from_utf8(dig.output().unwrap().stdout).unwrap();
    let mut lines: Vec<String> = output.lines().map(str::to_owned).collect();
    lines.sort();
    lines
}

#[test]
fn the_domain_moves_to_another_hosters_nameservers() {
    // Decided in the configuration before, and not.
    for (more, last, keys) in [("nameservers = \"hoster\"\n", "y", 5), ("", "a.example\r", 14)] {
        let home = tempfile::tempdir().unwrap();
        let Some(lab) = begin(home.path(), more) else { return };
        let mut person = Person::start(home.path(), &["a.example"], "serial 1");
        person.press("\t", "L load");
        person.press("L", "+ 1h      b.hoster.example.");
        person.press("w", "taken: u undoes it");
        person.press("w", "Guard");
        person.press(last, "Applied: 2 changes, as read back from the server.");
        assert_eq!(person.keys, keys);
        assert_eq!(served(&lab, "a.example", "NS"), ["a.hoster.example.", "b.hoster.example."]);
        assert!(
            served(&lab, "a.example", "SOA")[0].starts_with("a.hoster.example. hostmaster.a.example. 2 ")
        );
    }
}

#[test]
fn mail_is_set_up_for_a_domain_that_had_none() {
    let home = tempfile::tempdir().unwrap();
    let Some(lab) = begin(home.path(), "") else { return };
    let mut person = Person::start(home.path(), &["c.example"], "serial 1");
    person.press("L", "Records to load");
    person.press("mail", "search: mail");
    // The address of the domain stands in the form already.
    person.press("\r", "[192.0.2.21 ");
    person.press("\r", "Enter take");
    person.press("w", "taken: u undoes it");
    person.press("w", "Guard");
    person.press("y", "as read back from the server.");
    assert_eq!(person.keys, 10);
    assert_eq!(served(&lab, "c.example", "MX"), ["10 mail.c.example."]);
    assert_eq!(served(&lab, "mail.c.example", "A"), ["192.0.2.21"]);
    assert_eq!(served(&lab, "c.example", "TXT"), ["\"v=spf1 mx -all\""]);
}

#[test]
fn a_network_is_renumbered_over_three_zones_with_their_reverse_zones() {
    let home = tempfile::tempdir().unwrap();
    let Some(lab) = begin(home.path(), "") else { return };
    let mut person = Person::start(home.path(), &[], "c.example");
    person.press("*", "5 marked");
    person.press("%", ":replace ");
    person.press("192.0.2.0/24 198.51.100.0/24", "in 5 zones; Enter loads");
    person.press("\r", "8 sets, 3 of 5 zones");
    let screen = person.press("\r", "9 records replaced, in the drafts of 3 zones");
    assert!(screen.contains("[x] a.example"), "{screen}");
    person.press("p", "16 proposals");
    person.press("*", "add      198.51.100.1");
    person.press("\r", "14 PTR changes in the drafts of 2 zones");
    // All is in drafts on the disk by now, and nothing sent.
    assert_eq!(served(&lab, "www.a.example", "A"), ["192.0.2.1"]);
    let screen = person.press("w", "Type 2.0.192.in-addr.arpa to push all of them:");
    assert!(screen.contains("5 zones, one after the other"), "{screen}");
    person.press("2.0.192.in-addr.arpa\r", "done: 5 zones pushed");
    assert_eq!(person.keys, 57);
    assert_eq!(served(&lab, "www.a.example", "A"), ["198.51.100.1"]);
    assert_eq!(served(&lab, "www.b.example", "A"), ["198.51.100.11", "198.51.100.12"]);
    assert_eq!(served(&lab, "c.example", "A"), ["198.51.100.21"]);
    assert_eq!(served(&lab, "1.100.51.198.in-addr.arpa", "PTR"), ["www.a.example."], "as the old one did");
    assert_eq!(served(&lab, "12.100.51.198.in-addr.arpa", "PTR"), ["www.b.example."]);
    assert_eq!(served(&lab, "1.2.0.192.in-addr.arpa", "PTR"), [""; 0]);
    assert_eq!(served(&lab, "99.2.0.192.in-addr.arpa", "PTR"), ["elsewhere.example."]);
    // And all of it back, with two keys more.
    person.press("r", "Take back what this job has pushed?");
    person.press("y", "all of it is taken back");
    assert_eq!(served(&lab, "www.a.example", "A"), ["192.0.2.1"]);
    assert_eq!(served(&lab, "1.2.0.192.in-addr.arpa", "PTR"), ["www.a.example."]);
}

#[test]
fn one_that_fails_while_renumbering_is_taken_back() {
    let home = tempfile::tempdir().unwrap();
    let Some(lab) = begin(home.path(), "") else { return };
    let mut person = Person::start(home.path(), &[], "c.example");
    person.press("*%192.0.2.0/24 198.51.100.0/24\r", "8 sets, 3 of 5 zones");
    person.press("\r", "9 records replaced, in the drafts of 3 zones");
    // Cut off here, what was taken is there again: in the draft of each zone.
    person.terminal.kill();
    let mut person = Person::start(home.path(), &[], "c.example");
    person.terminal.wait_until("three drafts", |screen| screen.matches(" change").count() >= 3);
    person.press("+", "3 marked");
    person.press("J", "[x] b.example");
    lab.freeze("c.example");
    person.press("w", "3 zones, one after the other");
    person.press("y", "r takes back what was pushed");
    assert_eq!(served(&lab, "www.b.example", "A"), ["198.51.100.11", "198.51.100.12"]);
    person.press("r", "Take back what this job has pushed?");
    person.press("y", "all of it is taken back");
    assert_eq!(served(&lab, "www.b.example", "A"), ["192.0.2.11", "192.0.2.12"]);
    assert_eq!(served(&lab, "www.a.example", "A"), ["192.0.2.1"]);
}

#[test]
fn all_ttls_are_lowered_before_a_move() {
    let home = tempfile::tempdir().unwrap();
    let Some(lab) = begin(home.path(), "") else { return };
    let mut person = Person::start(home.path(), &["a.example"], "serial 1");
    person.press(":low", ":low");
    person.press("\r", "Lower TTLs to 5m");
    person.press("w", "taken: u undoes it");
    // The TTL of the zone's nameservers is one of them.
    person.press("w", "Type the name of the");
    person.press("a.example\r", "as read back from the server.");
    assert_eq!(person.keys, 17);
    let mut dig = Command::new("dig");
    dig.args(["+noall", "+answer", "+tcp", "@127.0.0.1", "-p", &lab.address.port().to_string()]);
    let output = dig.args(["www.a.example", "A", "a.example", "NS"]).output().unwrap();
    let answer = String::from_utf8(output.stdout).unwrap();
    assert!(answer.lines().all(|line| line.split_whitespace().nth(1) == Some("300")), "{answer}");
}
