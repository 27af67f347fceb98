//! Pushes that take many messages, through the binary, to real servers: killed in the middle and begun again, stopped
//! by Ctrl-C, and (ignored: minutes) timed beside nsupdate with the same changes in as many messages:
//! `cargo test --release --test all steps -- --ignored --nocapture --test-threads 1`

use std::collections::BTreeSet;
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
const CHANGED_BESIDE: [usize; 2] = [10_000, 100_000];

#[test]
fn bind_is_killed_in_the_middle() {
    killed_in_the_middle(Make::Bind, CHANGED);
}

#[test]
fn knot_is_killed_in_the_middle() {
    killed_in_the_middle(Make::Knot, CHANGED);
}

#[test]
fn bind_is_killed_and_the_push_taken_back() {
    killed_and_reverted(Make::Bind, CHANGED);
}

#[test]
fn knot_is_killed_and_the_push_taken_back() {
    killed_and_reverted(Make::Knot, CHANGED);
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
    CHANGED_BESIDE.iter().for_each(|changed| beside_nsupdate(Make::Bind, *changed));
}

#[test]
#[ignore = "takes minutes; see the head of the file"]
fn knot_beside_nsupdate() {
    killed_in_the_middle(Make::Knot, CHANGED_TIMED);
    CHANGED_BESIDE.iter().for_each(|changed| beside_nsupdate(Make::Knot, *changed));
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
        self.zonewright(&["push", ZONE, "./wanted", "--yes", "--force", "--timeout", "60"])
    }

    fn zonewright(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_zonewright"));
        command
            .args(arguments)
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
        assert!(output.status.success(), "{}", end_of(&said));
        said
    }

    /// Begins to push, and ends the program half way without a word: the last message that was answered, as the history
    /// has it, how many there are, and the id of the push.
    fn kill_in_the_middle(&self) -> (u64, u64, String) {
        let mut child = self.begin();
        until_the_middle(&mut child);
        child.kill().unwrap();
        child.wait().unwrap();
        let between = self.zone();
        assert!(between != self.before && between != self.wanted, "it was not in the middle");
        let listed = self.log(None);
        assert_eq!((listed.as_array().unwrap().len(), &listed[0]["outcome"]), (1, &"interrupted".into()));
        let id = listed[0]["id"].as_str().unwrap().to_owned();
        let record = self.log(Some(&id));
        let answers = record["answers"].as_array().unwrap();
        let numbers: Vec<u64> = answers.iter().map(|answer| answer["message"].as_u64().unwrap()).collect();
        let (messages, answered) = (record["messages"].as_u64().unwrap(), numbers.len() as u64);
        // Message by message, none left out, as far as it had come.
        assert_eq!(numbers, (1..=answered).collect::<Vec<u64>>());
        assert!(answers.iter().all(|answer| answer["answer"] == "NOERROR"));
        assert!((messages / 2..messages).contains(&answered), "{answered} of {messages}");
        let sent = record["sent"].as_u64().unwrap();
        assert!(sent == answered || sent == answered + 1, "{sent} sent, {answered} answered");
        (answered, messages, id)
    }

    /// What `zonewright log` says.
    fn log(&self, id: Option<&str>) -> serde_json::Value {
        let arguments: Vec<&str> = ["log", ZONE].into_iter().chain(id).chain(["--json"]).collect();
        let output = self.zonewright(&arguments).stdout(Stdio::piped()).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
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

/// Killed, and begun again.
fn killed_in_the_middle(make: Make, changed: usize) {
    let Some(place) = Place::start(make, changed) else { return };
    let start = Instant::now();
    let (answered, messages, id) = place.kill_in_the_middle();
    let said = place.finish();
    let note = format!("was interrupted after message {answered} of {messages};");
    assert!(said.contains("not atomic") && said.contains(&note), "{make}: {said}");
    assert!(place.zone() == place.wanted, "{make}: not the wanted zone");
    println!("{make}: killed in the middle, resumed and compared in {}", seconds(start.elapsed()));
    // Nothing is missing of it any more, so it is no news.
    assert_eq!(place.log(Some(&id))["outcome"], "interrupted");
    assert!(!place.finish().contains("was interrupted"), "{make}");
}

/// Killed, and taken back.
fn killed_and_reverted(make: Make, changed: usize) {
    let Some(place) = Place::start(make, changed) else { return };
    let (.., id) = place.kill_in_the_middle();
    let output = place.zonewright(&["revert", ZONE, &id, "--yes", "--force"]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{make}: {}", end_of(&said));
    assert!(place.zone() == place.before, "{make}: not the zone from before");
    let record = place.log(Some(&id));
    assert_eq!(record["outcome"], "interrupted");
    let verdicts = record["changes"].as_array().unwrap().iter().map(|change| change["verdict"].as_str());
    let (applied, others): (Vec<_>, Vec<_>) = verdicts.partition(|verdict| *verdict == Some("applied"));
    assert!(applied.len() > others.len() / 4 && others.iter().all(|verdict| *verdict == Some("not-applied")));
    // What had gone through is what was taken back.
    let reverted = place.log(None)[0].clone();
    assert_eq!(
        (&reverted["outcome"], &reverted["sets"]),
        (&"applied".into(), &applied.len().into()),
        "{make}"
    );
}

fn end_of(said: &str) -> String {
    said.lines().rev().take(20).collect::<Vec<_>>().join("\n")
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

/// The same changes in as many messages, without guards, by nsupdate: the middle one of three runs of each, by turns.
fn beside_nsupdate(make: Make, changed: usize) {
    let (mut our_times, mut their_times, mut messages) = (Vec::new(), Vec::new(), 0);
    for _ in 0..3 {
        let Some(ours) = Place::start(make, changed) else { return };
        let start = Instant::now();
        let said = ours.finish();
        our_times.push(start.elapsed());
        messages = said.lines().filter_map(message).map(|(_, total)| total).next().unwrap();
        let Some(theirs) = Place::start(make, changed) else { return };
        let script = script(&theirs, messages);
        let start = Instant::now();
        let mut nsupdate = Command::new("nsupdate");
        let output = nsupdate.args(["-v", "-t", "60", "-k"]).arg(&theirs.key).arg(script).output().unwrap();
        their_times.push(start.elapsed());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert!(theirs.zone() == theirs.wanted && ours.zone() == ours.wanted);
    }
    our_times.sort();
    their_times.sort();
    let (ours, theirs) = (seconds(our_times[1]), seconds(their_times[1]));
    println!("{make}: {changed} records in {messages} messages; ours {ours}, nsupdate {theirs}");
}

fn seconds(time: Duration) -> String {
    format!("{:.2} s", time.as_secs_f64())
}

/// The same changes in the same order: what comes, what changes, what goes. (Deletions first would keep the zone smaller,
/// which makes Knot twice as fast, and would leave aliases without targets meanwhile.)
fn script(place: &Place, messages: usize) -> PathBuf {
    let records = |lines: &[String]| lines.iter().cloned().collect::<BTreeSet<String>>();
    let owner = |line: &str| line.split_whitespace().next().unwrap().to_owned();
    let (before, wanted) = (records(&place.before), records(&place.wanted));
    let owners =
        |lines: &BTreeSet<String>| lines.iter().map(|line| owner(line)).collect::<BTreeSet<String>>();
    let (old, new) = (owners(&before), owners(&wanted));
    let mut phases: [Vec<(String, String)>; 3] = Default::default();
    for gone in before.difference(&wanted).filter(|line| !line.contains("SOA")) {
        let fields: Vec<&str> = gone.split_whitespace().collect();
        let line = format!("update delete {} {} {}", fields[0], fields[2], fields[3..].join(" "));
        phases[if new.contains(fields[0]) { 1 } else { 2 }].push((owner(gone), line));
    }
    for comes in wanted.difference(&before).filter(|line| !line.contains("SOA")) {
        let owner = owner(comes);
        phases[usize::from(old.contains(&owner))].push((owner, format!("update add {comes}")));
    }
    // Of one owner the deletion first: the sort is stable.
    phases[1].sort_by(|(a, _), (b, _)| a.cmp(b));
    let lines: Vec<String> = phases.into_iter().flatten().map(|(_, line)| line).collect();
    let mut text = format!("server 127.0.0.1 {}\nzone {ZONE}\n", place.lab.address.port());
    for part in lines.chunks(lines.len().div_ceil(messages)) {
        text += &part.join("\n");
        text += "\nsend\n";
    }
    let path = place.path().join("script");
    std::fs::write(&path, text).unwrap();
    path
}
