//! Odd zone files that nobody chose, read by BIND, Knot and NSD: an error exactly where BIND refuses, a warning at
//! least where another one does, and where BIND reads a file, what is printed of it (plain and tidied) says the same.
//!
//! `ZONEWRIGHT_RANDOM_ZONES=SECONDS` looks that long at new files; without it the same few hundred are looked at.

mod grammar;

use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use grammar::{Dice, INCLUDED, INCLUDED_TEXT, OddZone, odd_zone};
use zonewright::zone::Name;
use zonewright::zonefile::{self, Loaded, Loader, Severity, print_plain, read_zone_file};

use super::lab::is_available;

const ORIGIN: &str = "example.com";

/// Only the one file that the zones include.
struct OneFile;

impl Loader for OneFile {
    fn load(&mut self, file: &str, _: Option<&str>, _: usize) -> Result<Loaded, String> {
        match file {
            INCLUDED => Ok(Loaded { name: Arc::from(INCLUDED), text: INCLUDED_TEXT.into() }),
            _ => Err("There is no such file.".into()),
        }
    }
}

fn run(folder: &Path, program: &str, arguments: &[&str]) -> Output {
    let path = format!("{}:/usr/sbin:/sbin", std::env::var("PATH").unwrap_or_default());
    Command::new(program).args(arguments).current_dir(folder).env("PATH", path).output().unwrap()
}

/// What BIND makes of a file, line by line; the order is of no matter.
fn compiled(folder: &Path, file: &str) -> Vec<String> {
    let quiet = ["-i", "none", "-k", "ignore", "-n", "ignore", "-r", "ignore", "-o", "-", ORIGIN, file];
    let output = run(folder, "named-compilezone", &quiet);
    let mut lines: Vec<String> = String::from_utf8_lossy(&output.stdout)
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ").to_ascii_lowercase())
        .collect();
    lines.sort();
    lines.dedup();
    lines
}

/// Where we and another reader do not agree about a text: who, and what both say.
fn disagreement(folder: &Path, text: &[u8]) -> Option<(&'static str, String)> {
    let origin = Name::parse(ORIGIN.as_bytes(), Some(Name::root().as_ref())).unwrap();
    let put = |name: &str, text: &[u8]| std::fs::write(folder.join(name), text).unwrap();
    put("zone", text);
    let (zone, problems) = match read_zone_file(text, Some(&origin), Some(&mut OneFile)) {
        Ok((zone, problems)) => (Some(zone), problems),
        Err(problems) => (None, problems),
    };
    let error = problems.iter().any(|problem| problem.severity == Severity::Error);
    let said: Vec<String> = problems.iter().map(ToString::to_string).collect();
    let theirs = |output: &Output| {
        let all = [&output.stdout[..], &output.stderr[..]].concat();
        String::from_utf8_lossy(&all).into_owned()
    };
    let bind = run(folder, "named-checkzone", &["-i", "none", "-k", "ignore", ORIGIN, "zone"]);
    if bind.status.success() == error {
        return Some(("bind", format!("{}\nwe: {said:#?}", theirs(&bind))));
    }
    if error {
        return None;
    }
    if problems.is_empty() {
        for (reader, output) in [
            ("knot", run(folder, "kzonecheck", &["-v", "-o", ORIGIN, "zone"])),
            ("nsd", run(folder, "nsd-checkzone", &[ORIGIN, "zone"])),
        ] {
            if !output.status.success() {
                return Some((reader, theirs(&output)));
            }
        }
    }
    let expected = compiled(folder, "zone");
    let mut plain = Vec::new();
    print_plain(&zone?, &mut plain).unwrap();
    put("plain", &plain);
    let shown = compiled(folder, "plain");
    // Which TTL a set with several gets depends in BIND on what stands between: a warning says so.
    let mixed = said.iter().any(|problem| problem.contains("has the TTL"));
    if shown != expected && !mixed {
        return Some(("records", format!("BIND: {expected:#?}\nwe: {shown:#?}")));
    }
    let tidied = zonefile::format(text);
    put("tidied", &tidied);
    if compiled(folder, "tidied") != expected {
        return Some(("fmt", format!("means something else:\n{}", String::from_utf8_lossy(&tidied))));
    }
    if zonefile::format(&tidied) != tidied {
        return Some(("fmt", format!("twice is not once:\n{}", String::from_utf8_lossy(&tidied))));
    }
    None
}

/// The same with as few lines as still disagree.
fn shortened(folder: &Path, zone: &OddZone, reader: &str) -> OddZone {
    let mut zone = zone.clone();
    let mut at = 0;
    while at < zone.lines.len() {
        let mut shorter = zone.clone();
        shorter.lines.remove(at);
        match disagreement(folder, &shorter.text()) {
            Some((who, _)) if who == reader => zone = shorter,
            _ => at += 1,
        }
    }
    zone
}

#[test]
fn random_zone_files_are_read_as_bind_reads_them() {
    let programs = ["named-checkzone", "named-compilezone", "kzonecheck", "nsd-checkzone"];
    if !programs.iter().all(|program| is_available(program)) {
        return;
    }
    let asked = std::env::var("ZONEWRIGHT_RANDOM_ZONES").ok().map(|text| text.parse().expect("seconds"));
    let (seed, time) = match asked {
        Some(seconds) => {
            let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
            (now.as_secs() << 20, Duration::from_secs(seconds))
        }
        None => (1, Duration::from_secs(10)),
    };
    let (end, number) = (Instant::now() + time, AtomicU64::new(0));
    let found = Mutex::new(Vec::new());
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                let directory = tempfile::tempdir().unwrap();
                let folder = directory.path();
                std::fs::write(folder.join(INCLUDED), INCLUDED_TEXT).unwrap();
                while Instant::now() < end {
                    let seed = seed + number.fetch_add(1, Ordering::Relaxed);
                    let zone = odd_zone(&mut Dice::new(seed));
                    if let Some((reader, _)) = disagreement(folder, &zone.text()) {
                        let short = shortened(folder, &zone, reader).text();
                        let (_, what) = disagreement(folder, &short).unwrap();
                        let text: String = short.escape_ascii().to_string().replace("\\n", "\n");
                        found.lock().unwrap().push(format!("{reader} (zone {seed}):\n{text}\n{what}"));
                    }
                }
            });
        }
    });
    let (found, number) = (found.into_inner().unwrap(), number.into_inner());
    eprintln!("{number} zone files");
    assert!(number > 20, "only {number} zone files: too slow to prove anything");
    assert!(found.is_empty(), "{} of {number}:\n{}", found.len(), found.join("\n----\n"));
}
