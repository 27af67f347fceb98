//! Zones of a real BIND from both sides: the file of a dynamic zone in the editor, with the way to it that we advise,
//! and `check` of a zone at its server.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use crate::hostile;
use crate::lab::{Key, Lab, Make, Zone, dig_axfr, is_available, nsupdate};
use crate::pty::{Terminal, in_words};

const ZONE: &str = "example.com";
const TEXT: &str =
    "$TTL 1h\n@ SOA ns1 hostmaster 7 1h 15m 2w 5m\n  NS ns1\nns1 A 127.0.0.1\nwww A 192.0.2.10 ; the shop\n";
/// A zone that nothing is to be said of.
const SOUND: &str = "$TTL 1h\n@ SOA ns1 hostmaster 7 1h 15m 2w 5m\n  NS ns1\n  NS ns2\nns1 A 192.0.2.53\nns2 A 198.51.100.53\n";
const ENTER: &str = "\r";

fn served(lab: &Lab) -> Vec<String> {
    dig_axfr(lab.address, &lab.key, ZONE)
}

#[test]
fn the_advice_for_a_dynamic_zones_file_leads_to_a_save() {
    if !is_available("rndc") {
        return;
    }
    let Some(lab) = Lab::start(Make::Bind, &[Zone::new(ZONE, TEXT)], &Key::default()) else { return };
    nsupdate(lab.address, &lab.key, ZONE, "update add new.example.com 3600 A 192.0.2.80");
    let path = lab.directory().join("example.com.zone");
    assert!(lab.directory().join("example.com.zone.jnl").exists());
    let home = tempfile::tempdir().unwrap();
    let mut terminal = Terminal::start(home.path(), 80, 24, &[path.to_str().unwrap(), "--origin", ZONE]);
    terminal.wait_for("Records");
    terminal.press("-");
    // The sentence is wrapped.
    let advice = in_words(&terminal.wait_for("rndc thaw"));
    for words in
        ["rndc freeze example.com", "rndc sync -clean", "comments and layout are lost", "then R", "are done"]
    {
        assert!(advice.contains(words), "{words}: {advice}");
    }
    // What the file says is not what is served: the journal has the rest.
    assert!(!advice.contains("192.0.2.80"));

    assert!(std::fs::read_to_string(&path).unwrap().contains("; the shop"));
    lab.freeze(ZONE);
    lab.order(&["sync", "-clean", ZONE]);
    assert!(!std::fs::read_to_string(&path).unwrap().contains("; the shop"), "what the advice says is so");
    terminal.press("R");
    terminal.wait_for("192.0.2.80");
    terminal.press("/192.0.2.10");
    terminal.press(ENTER);
    terminal.wait_for("1 of 1");
    terminal.press("-");
    terminal.wait_for("1 change");
    terminal.press("w");
    terminal.wait_for("Changes");
    terminal.press("w");
    terminal.wait_for("Serial  8 -> 9");
    terminal.press("y");
    terminal.wait_for("Saved: ");
    lab.order(&["thaw", ZONE]);
    let start = std::time::Instant::now();
    while served(&lab).iter().any(|line| line.contains("192.0.2.10")) {
        assert!(start.elapsed().as_secs() < 20, "never loaded:\n{}", lab.log());
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    let now = served(&lab);
    assert!(now.iter().any(|line| line.contains("192.0.2.80")), "{now:?}");
    assert!(now.iter().any(|line| line.contains(" 9 3600 900 ")), "{now:?}");

    // From the next update on, the file is the server's again.
    nsupdate(lab.address, &lab.key, ZONE, "update add newer.example.com 3600 A 192.0.2.81");
    terminal.press(ENTER);
    terminal.wait_for("Records");
    terminal.press("R");
    terminal.wait_for("read-only");
}

#[test]
fn check_looks_at_a_zone_at_its_server() {
    let Some(lab) = Lab::start(Make::Bind, &[Zone::new(ZONE, SOUND)], &Key::default()) else { return };
    let home = tempfile::tempdir().unwrap();
    let key = home.path().join("key");
    std::fs::write(&key, lab.key.bind_text()).unwrap();
    Command::new("chmod").arg("600").arg(&key).status().unwrap();
    let check = |more: &[&str]| -> Output {
        Command::new(env!("CARGO_BIN_EXE_zonewright"))
            .args(["check", ZONE, "--server", &lab.address.to_string(), "--key"])
            .arg(&key)
            .args(more)
            .env("HOME", home.path())
            .output()
            .unwrap()
    };
    let output = check(&[]);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(0), 0), "{output:?}");
    nsupdate(lab.address, &lab.key, ZONE, "update add sub.example.com 3600 NS ns1.example.com.");
    let output = check(&[]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.starts_with("sub.example.com. NS: warning: "), "{said}");
    assert_eq!(output.status.code(), Some(0), "warnings are no errors");
    let json: serde_json::Value = serde_json::from_slice(&check(&["--json"]).stdout).unwrap();
    let first = json.as_array().and_then(|findings| findings.first()).expect("a finding");
    assert_eq!((&first["name"], &first["type"]), (&"sub.example.com.".into(), &"NS".into()), "{json}");
    // A server that does not answer is no zone without findings.
    let mut lab = lab;
    lab.stop();
    let output = Command::new(env!("CARGO_BIN_EXE_zonewright"))
        .args(["check", ZONE, "--timeout", "1", "--server", &lab.address.to_string(), "--key"])
        .arg(&key)
        .env("HOME", home.path())
        .output()
        .unwrap();
    assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{output:?}");
}

/// Apex nameservers, aliases and addresses in each other's place, odd octets, TTLs alone, timers of the SOA.
const WANTED: &str = "$TTL 1h\n@ SOA ns2 hostmaster 9 2h 15m 2w 10m\n  NS ns2\n  NS ns3\nns2 A 127.0.0.2\nns3 60 A 127.0.0.3\n\
www CNAME shop\nshop A 192.0.2.10\nftp A 192.0.2.11\n*.w TXT \"a;b\" \"\\000\\255\"\nsub DNAME example.net.\n\
_dmarc TXT x\n\\000\\255 TXT y\nlong TXT LONG LONG LONG\n";

#[test]
fn a_difference_runs_through_nsupdate_as_it_is() {
    if !is_available("nsupdate") {
        return;
    }
    let text = format!("{TEXT}ftp CNAME www\nns3 A 127.0.0.3\n");
    let Some(lab) = Lab::start(Make::Bind, &[Zone::new(ZONE, &text)], &Key::default()) else { return };
    let home = tempfile::tempdir().unwrap();
    let key = home.path().join("key");
    std::fs::write(&key, lab.key.bind_text()).unwrap();
    Command::new("chmod").arg("600").arg(&key).status().unwrap();
    let wanted = home.path().join("wanted");
    std::fs::write(&wanted, WANTED.replace("LONG", &"x".repeat(255))).unwrap();
    let diff = |more: &[&str]| -> Output {
        Command::new(env!("CARGO_BIN_EXE_zonewright"))
            .args(["diff", ZONE])
            .arg(&wanted)
            .args(["--server", &lab.address.to_string(), "--key"])
            .arg(&key)
            .args(more)
            .env("HOME", home.path())
            .output()
            .unwrap()
    };
    let script = home.path().join("script");
    std::fs::write(&script, diff(&["--format", "nsupdate"]).stdout).unwrap();
    let output = Command::new("nsupdate").arg("-k").arg(&key).arg(&script).output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    let left = diff(&[]);
    assert_eq!((left.status.code(), String::from_utf8_lossy(&left.stdout)), (Some(0), "".into()));
}

/// The zone comes from a server, and who is to take its updates hangs up.
#[test]
fn a_trial_that_nobody_answers_is_no_refusal() {
    let Some(lab) = Lab::start(Make::Bind, &[Zone::new(ZONE, TEXT)], &Key::default()) else { return };
    let home = tempfile::tempdir().unwrap();
    let key = home.path().join("key");
    std::fs::write(&key, lab.key.bind_text()).unwrap();
    Command::new("chmod").arg("600").arg(&key).status().unwrap();
    let wanted = home.path().join("wanted");
    std::fs::write(&wanted, format!("{TEXT}new A 192.0.2.11\n")).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_zonewright"))
        .args(["push", ZONE])
        .arg(&wanted)
        .args(["--yes", "--server", &lab.address.to_string(), "--key"])
        .arg(&key)
        .args(["--update-to", &hostile::serve_nothing().to_string()])
        .env("HOME", home.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(
        said.contains("Nothing was sent: ") && said.contains("a trial update, which changes nothing"),
        "{said}"
    );
    assert!(!said.contains("carried out"), "{said}");
    assert!(!served(&lab).iter().any(|line| line.contains("192.0.2.11")));
}

/// The file on standard input, from a pipe or typed: what the zone is afterwards, and how it is asked.
#[test]
fn a_zone_file_from_standard_input_is_pushed() {
    let more: String = (0..6).map(|number| format!("host{number} A 198.51.100.{number}\n")).collect();
    let text = format!("{TEXT}{more}");
    let Some(lab) = Lab::start(Make::Bind, &[Zone::new(ZONE, &text)], &Key::default()) else { return };
    let home = tempfile::tempdir().unwrap();
    let key = home.path().join("key");
    std::fs::write(&key, lab.key.bind_text()).unwrap();
    Command::new("chmod").arg("600").arg(&key).status().unwrap();
    let address = lab.address.to_string();
    let arguments = ["push", ZONE, "-", "--server", &address, "--key", key.to_str().unwrap()];
    let push = |text: &str, more: &[&str]| {
        let mut child = Command::new(env!("CARGO_BIN_EXE_zonewright"))
            .args(arguments)
            .args(more)
            .env_clear()
            .env("HOME", home.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let served_with = |record: &str| served(&lab).iter().any(|line| line.ends_with(record));
    let changed = text.replace("192.0.2.10", "192.0.2.11");
    // Nothing can be asked there.
    let (status, said) = push(&changed, &[]);
    assert_eq!((status, served_with("192.0.2.11")), (Some(2), false), "{said}");
    let why =
        "Nothing was sent: standard input is no terminal, so that nothing can be asked there. Say --yes";
    assert!(said.contains(why), "{said}");
    let (status, said) = push(&changed, &["--yes"]);
    assert_eq!((status, served_with("192.0.2.11")), (Some(0), true), "{said}");
    assert!(said.contains("Every change is applied (serial 7 -> 8)."), "{said}");
    // A danger wants both words, and says so at once.
    let few = "$TTL 1h\n@ SOA ns1 hostmaster 8 1h 15m 2w 5m\n  NS ns1\nns1 A 127.0.0.1\nx A 192.0.2.1\n";
    let (status, said) = push(few, &[]);
    assert_eq!((status, served_with("192.0.2.11")), (Some(1), true), "{said}");
    assert!(said.contains("say --force --yes."), "{said}");
    let (status, said) = push(few, &["--yes"]);
    assert!(status == Some(1) && said.contains("say --force."), "{said}");
    assert_eq!(push(few, &["--force", "--yes"]).0, Some(0));
    assert!(!served_with("192.0.2.11"));
    for (text, why) in
        [("", "no SOA record"), ("\0\0\0", "Standard input is not a zone file"), ("x", "Standard")]
    {
        let (status, said) = push(text, &["--yes"]);
        assert!(status == Some(2) && said.contains(why), "{text:?}: {said}");
    }
    // Typed at a terminal, up to Ctrl-D, it is asked at that.
    let mut terminal = Terminal::start(home.path(), 100, 40, &arguments);
    let text = text.replace("hostmaster 7", "hostmaster 9").replace("192.0.2.10", "192.0.2.12");
    terminal.press(&format!("{text}\x04"));
    terminal.wait_for("Type the name of the zone:");
    terminal.press("example.com\r");
    assert_eq!(terminal.exit_within(Duration::from_secs(20)), Some(0), "{}", terminal.last_screen());
    assert!(served_with("192.0.2.12"));
}
