//! Pushes that take many messages, through the binary, to real servers: killed in the middle and begun again, stopped
//! by Ctrl-C, and (ignored: minutes) timed beside nsupdate with the same changes in as many messages:
//! `cargo test --release --test all steps -- --ignored --nocapture --test-threads 1`

use std::fmt::Write as _;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::lab::{Key, Lab, Make, Zone, compiled, dig_axfr, without_serial};
use super::large::write_key;

const ZONE: &str = "steps.test";
const CHANGED: usize = 6_000;
const CHANGED_TIMED: usize = 100_000;

#[test]
fn bind_is_killed_in_the_middle() {
    killed_in_the_middle(Make::Bind, CHANGED);
}

#[test]
fn knot_is_killed_in_the_middle() {
    killed_in_the_middle(Make::Knot, CHANGED);
}

#[test]
fn stopped_by_ctrl_c() {
    let Some(place) = Place::start(Make::Bind, 3_000) else { return };
    let mut child = place.begin();
    until_the_middle(&mut child);
    signal(&child, "INT");
    let status = child.wait().unwrap();
    assert_eq!(status.code(), Some(1));
    let lines = place.zone();
    assert!(lines != place.before && lines != place.wanted);
    let said = place.finish();
    assert!(said.contains("Every change is applied"), "{said}");
    assert!(place.zone() == place.wanted);
}

#[test]
#[ignore = "takes minutes; see the head of the file"]
fn bind_beside_nsupdate() {
    killed_in_the_middle(Make::Bind, CHANGED_TIMED);
    beside_nsupdate(Make::Bind);
}

#[test]
#[ignore = "takes minutes; see the head of the file"]
fn knot_beside_nsupdate() {
    killed_in_the_middle(Make::Knot, CHANGED_TIMED);
    beside_nsupdate(Make::Knot);
}

/// A server, and a file that its zone shall be equal to.
struct Place {
    lab: Lab,
    directory: tempfile::TempDir,
    key: PathBuf,
    /// The zone's records without the serial.
    before: Vec<String>,
    wanted: Vec<String>,
}

impl Place {
    fn start(make: Make, changed: usize) -> Option<Place> {
        let (old, new) = (zone_text(changed, false), zone_text(changed, true));
        let lab = Lab::start(make, &[Zone::new(ZONE, old.clone())], &Key::default())?;
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("wanted"), &new).unwrap();
        let key = write_key(directory.path(), &lab.key);
        let lines = |text: &str| without_serial(compiled(ZONE, text));
        Some(Place { lab, directory, key, before: lines(&old), wanted: lines(&new) })
    }

    fn path(&self) -> &Path {
        self.directory.path()
    }

    fn push(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_zonewright"));
        command
            .args(["push", ZONE, "./wanted", "--yes", "--force", "--timeout", "60"])
            .args(["--server", &self.lab.address.to_string(), "--key"])
            .arg(&self.key)
            .current_dir(self.path())
            .env("XDG_CONFIG_HOME", self.path())
            .env("XDG_STATE_HOME", self.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        command
    }

    /// Begins to push; what is said can be read.
    fn begin(&self) -> Child {
        self.push().stderr(Stdio::piped()).spawn().unwrap()
    }

    /// Pushes to the end; what was said.
    fn finish(&self) -> String {
        let output = self.push().output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{}", said.lines().rev().take(20).collect::<Vec<_>>().join("\n"));
        said
    }

    fn zone(&self) -> Vec<String> {
        without_serial(dig_axfr(self.lab.address, &self.lab.key, ZONE))
    }
}

/// Waits until the middle of a push is reached.
fn until_the_middle(child: &mut Child) {
    let mut said = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    loop {
        line.clear();
        assert!(said.read_line(&mut line).unwrap() > 0, "it ended before the middle");
        if let Some((step, total)) = message(&line)
            && step > total / 2
        {
            return;
        }
    }
}

/// "Sending message 3 of 20."
fn message(line: &str) -> Option<(usize, usize)> {
    let (step, total) =
        line.trim().strip_prefix("Sending message ")?.strip_suffix('.')?.split_once(" of ")?;
    Some((step.parse().ok()?, total.parse().ok()?))
}

fn signal(child: &Child, name: &str) {
    Command::new("kill").args([&format!("-{name}"), &child.id().to_string()]).status().unwrap();
}

fn killed_in_the_middle(make: Make, changed: usize) {
    let Some(place) = Place::start(make, changed) else { return };
    let mut child = place.begin();
    until_the_middle(&mut child);
    child.kill().unwrap();
    child.wait().unwrap();
    let between = place.zone();
    assert!(between != place.before && between != place.wanted, "{make}: it was not in the middle");
    let said = place.finish();
    assert!(said.contains("not atomic"), "{make}: {said}");
    assert!(place.zone() == place.wanted, "{make}: not the wanted zone");
}

/// Records deleted, changed, added, new targets of new aliases, and a swap of addresses for aliases.
fn zone_text(changed: usize, new: bool) -> String {
    let mut text = String::from(
        "$TTL 3600\n@ SOA ns1 hostmaster 2026010100 7200 900 1209600 300\n@ NS ns1\nns1 A 127.0.0.1\n",
    );
    for number in 0..changed {
        let (high, low) = (number / 250, number % 250 + 1);
        let (middle, high) = (high % 250, high / 250 + if new { 100 } else { 0 });
        match (number % 5, new) {
            (0, false) => writeln!(text, "old{number} A 10.{high}.{middle}.{low}"),
            (0, true) => writeln!(text, "new{number} A 10.{high}.{middle}.{low}"),
            (1, false) => writeln!(text, "alias{number} CNAME old{}", number - 1),
            (1, true) => writeln!(text, "alias{number} CNAME new{}", number - 1),
            (2, false) => writeln!(text, "swap{number} A 10.{high}.{middle}.{low}"),
            (2, true) => writeln!(text, "swap{number} CNAME new{}", number - 2),
            (3, _) => writeln!(text, "host{number} A 10.{high}.{middle}.{low}"),
            (_, false) => Ok(()),
            (_, true) => writeln!(text, "text{number} TXT \"number {number}\""),
        }
        .unwrap();
    }
    text
}

/// The same changes in as many messages, without guards, by nsupdate.
fn beside_nsupdate(make: Make) {
    let Some(ours) = Place::start(make, CHANGED_TIMED) else { return };
    let start = Instant::now();
    let said = ours.finish();
    let our_time = start.elapsed();
    let messages = said.lines().filter_map(message).map(|(_, total)| total).next().unwrap();
    let Some(theirs) = Place::start(make, CHANGED_TIMED) else { return };
    let script = script(&theirs, messages);
    let start = Instant::now();
    let output = Command::new("nsupdate")
        .args(["-v", "-t", "60", "-k"])
        .arg(&theirs.key)
        .arg(script)
        .output()
        .unwrap();
    let their_time = start.elapsed();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(theirs.zone() == theirs.wanted && ours.zone() == ours.wanted);
    println!("{make}: {messages} messages; ours {}, nsupdate {}", seconds(our_time), seconds(their_time));
}

fn seconds(time: Duration) -> String {
    format!("{:.2} s", time.as_secs_f64())
}

fn script(place: &Place, messages: usize) -> PathBuf {
    let mut lines = Vec::new();
    let records = |lines: &[String]| lines.iter().cloned().collect::<std::collections::BTreeSet<String>>();
    let (before, wanted) = (records(&place.before), records(&place.wanted));
    for gone in before.difference(&wanted).filter(|line| !line.contains("SOA")) {
        let fields: Vec<&str> = gone.split_whitespace().collect();
        lines.push(format!("update delete {} {} {}", fields[0], fields[2], fields[3..].join(" ")));
    }
    for new in wanted.difference(&before).filter(|line| !line.contains("SOA")) {
        lines.push(format!("update add {new}"));
    }
    let mut text = format!("server 127.0.0.1 {}\nzone {ZONE}\n", place.lab.address.port());
    for part in lines.chunks(lines.len().div_ceil(messages)) {
        text += &part.join("\n");
        text += "\nsend\n";
    }
    let path = place.path().join("script");
    std::fs::write(&path, text).unwrap();
    path
}
