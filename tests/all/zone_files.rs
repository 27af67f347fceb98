//! Zone files, held against what other readers make of them: BIND decides what is an error, Knot, NSD and ldns what is
//! at least a warning. Walks `tests/zones` always, and the folder that `ZONEWRIGHT_ZONE_FILES` names (such as
//! `bin/tests/system/checkzone` of BIND's source) where it is set.
//!
//! `tests/zones/differences.txt` and `differences-bind.txt` list where we differ on purpose, each line with its reason.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::lab::is_available;

const OWN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/zones");
const DIFFERENCES: &str = include_str!("../zones/differences.txt");
/// Those of the zone files in BIND's source.
const DIFFERENCES_OF_OTHERS: &str = include_str!("../zones/differences-bind.txt");

/// How many files are looked at, that a folder full of others does not make the test endless.
const MOST_FILES: usize = 5000;

#[test]
fn own_zone_files() {
    let found = differences(&walk(Path::new(OWN)), Path::new(OWN), &["example.com"]);
    let Some(found) = found else { return };
    let expected = reasons(DIFFERENCES);
    let new: Vec<_> = found.iter().filter(|(key, _)| !expected.contains_key(*key)).collect();
    assert!(new.is_empty(), "differences without a reason:\n{new:#?}");
    let gone: Vec<_> = expected.keys().filter(|key| !found.contains_key(*key)).collect();
    assert!(gone.is_empty(), "these no longer differ, take them off the list: {gone:#?}");
}

#[test]
fn zone_files_of_others() {
    let Some(folder) = std::env::var_os("ZONEWRIGHT_ZONE_FILES") else {
        eprintln!("\n*** SKIPPED: ZONEWRIGHT_ZONE_FILES names no folder with zone files ***\n");
        return;
    };
    let folder = PathBuf::from(folder).canonicalize().expect("the folder is there");
    let files = walk(&folder);
    assert!(!files.is_empty(), "no zone files in {}", folder.display());
    // The list names them from BIND's folder of system tests on, whichever part of it was asked for.
    let root = folder.ancestors().find(|above| above.ends_with("bin/tests/system")).unwrap_or(&folder);
    let Some(found) = differences(&files, root, &["example", "example.com", "0.0.0.0.in-addr.arpa"]) else {
        return;
    };
    let expected = reasons(DIFFERENCES_OF_OTHERS);
    let new: Vec<_> = found.iter().filter(|(key, _)| !expected.contains_key(*key)).collect();
    assert!(new.is_empty(), "{} files, differences without a reason:\n{new:#?}", files.len());
    let was_read = |key: &str| {
        let (name, _) = key.rsplit_once(' ').unwrap_or_default();
        files.iter().any(|file| file.strip_prefix(root).is_ok_and(|path| path == Path::new(name)))
    };
    let gone: Vec<_> = expected.keys().filter(|key| was_read(key) && !found.contains_key(*key)).collect();
    assert!(gone.is_empty(), "these no longer differ, take them off the list: {gone:#?}");
}

/// A committed list of differences: the reason of each, by "file reader".
fn reasons(list: &str) -> BTreeMap<String, String> {
    let lines = list.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| {
            let (key, reason) = line.split_once(": ").expect("file reader: reason");
            assert!(!reason.trim().is_empty(), "{line}");
            (key.to_owned(), reason.to_owned())
        })
        .collect()
}

/// Files that may be zones: those that speak of an SOA.
fn walk(folder: &Path) -> Vec<PathBuf> {
    let mut waiting = vec![folder.to_owned()];
    let mut files = Vec::new();
    while let Some(folder) = waiting.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let text = if path.is_dir() { Vec::new() } else { std::fs::read(&path).unwrap() };
            if path.is_dir() {
                waiting.push(path);
            } else if path
                .extension()
                .is_some_and(|end| ["zone", "db", "in", "signed"].iter().any(|e| end == *e))
                && text.len() < 1 << 20
            {
                files.push(path);
            }
        }
    }
    files.sort();
    files.truncate(MOST_FILES);
    files
}

/// What each reader says of each file where that does not fit, by "file reader".
fn differences(files: &[PathBuf], root: &Path, origins: &[&str]) -> Option<BTreeMap<String, String>> {
    if !["named-checkzone", "named-compilezone", "kzonecheck", "nsd-checkzone", "ldns-read-zone"]
        .iter()
        .all(|p| is_available(p))
    {
        return None;
    }
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let found = std::sync::Mutex::new(BTreeMap::new());
    std::thread::scope(|scope| {
        for worker in 0..workers {
            let found = &found;
            scope.spawn(move || {
                for file in files.iter().skip(worker).step_by(workers) {
                    let stem = file.file_stem().unwrap().to_string_lossy();
                    let stem = stem.trim_end_matches(".db").to_owned();
                    for origin in origins.iter().copied().chain((origins.len() > 1).then_some(stem.as_str()))
                    {
                        let name = file.strip_prefix(root).unwrap().display().to_string();
                        for (reader, what) in compare(file, origin) {
                            found
                                .lock()
                                .unwrap()
                                .insert(format!("{name} {reader}"), format!("{origin}: {what}"));
                        }
                    }
                }
            });
        }
    });
    Some(found.into_inner().unwrap())
}

fn compare(file: &Path, origin: &str) -> Vec<(&'static str, String)> {
    // BIND looks for included files in the working directory: that of the file, or the one above as its tests have it.
    let beside = file.parent().unwrap();
    let text = std::fs::read(file).unwrap();
    let above = text.windows(6).any(|text| text == b"zones/" || text == b" zone/");
    let folder = if above { beside.parent().unwrap() } else { beside };
    let run = |program: &str, arguments: &[&str]| -> Output {
        let path = format!("{}:/usr/sbin:/sbin", std::env::var("PATH").unwrap_or_default());
        let mut command = Command::new(program);
        command.args(arguments).current_dir(folder).env("PATH", path).output().unwrap()
    };
    let said = |output: &Output| {
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
    };
    let path = file.to_str().unwrap();
    let ours = run(env!("CARGO_BIN_EXE_zonewright"), &["check", "--rules", "none", "--origin", origin, path]);
    let told = said(&ours);
    assert!(matches!(ours.status.code(), Some(0 | 1)), "{path}: {told}");
    assert!(!told.contains(|c: char| c.is_control() && c != '\n'), "{path}: {told:?}");
    let (error, warning) = (ours.status.code() == Some(1), told.contains(": warning: "));
    let mut found = Vec::new();
    let bind = run("named-checkzone", &["-i", "none", "-k", "ignore", origin, path]);
    if bind.status.success() == error {
        found.push(("bind", format!("BIND: {}ours: {told}", said(&bind))));
    }
    let temporary = tempfile::tempdir().unwrap();
    let copy = |name: &str, text: &[u8]| {
        let path = temporary.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    // ldns is not told the name of the zone.
    let with_origin = [format!("$ORIGIN {}.\n", origin.trim_end_matches('.')).as_bytes(), &text].concat();
    let others = [
        ("knot", run("kzonecheck", &["-o", origin, path])),
        ("nsd", run("nsd-checkzone", &[origin, path])),
        ("ldns", run("ldns-read-zone", &[&copy("named", &with_origin)])),
    ];
    for (reader, output) in &others {
        if !output.status.success() && !error && !warning {
            found.push((reader, said(output)));
        }
    }
    if bind.status.success() && !error {
        let shown = run(env!("CARGO_BIN_EXE_zonewright"), &["show", "--origin", origin, path]);
        let compiled = |path: &str| {
            let quiet = ["-i", "none", "-k", "ignore", "-n", "ignore", "-r", "ignore", "-o", "-"];
            let output = run("named-compilezone", &[&quiet[..], &[origin, path]].concat());
            let mut lines: Vec<String> = String::from_utf8_lossy(&output.stdout)
                .lines()
                .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ").to_ascii_lowercase())
                .collect();
            lines.sort();
            lines
        };
        let expected = compiled(path);
        let ours = compiled(&copy("shown", &shown.stdout));
        if ours != expected {
            found.push(("records", format!("BIND: {expected:#?}\nours: {ours:#?}")));
        }
        // Tidied it says the same. The copy stands beside the file, for what it includes.
        let tidied = run(env!("CARGO_BIN_EXE_zonewright"), &["fmt", path]);
        if comments(&tidied.stdout) != comments(&text) {
            found.push(("fmt", "other comments after fmt".into()));
        }
        let tidied = copy("tidied", &tidied.stdout);
        if compiled(&tidied) != expected {
            found.push(("fmt", "the file means something else after fmt".into()));
        }
        let again = run(env!("CARGO_BIN_EXE_zonewright"), &["fmt", "--check", &tidied]);
        if !again.status.success() {
            found.push(("fmt", "fmt twice is not fmt once".into()));
        }
    }
    found
}

/// What stands behind each semicolon that begins a comment, in order.
fn comments(text: &[u8]) -> Vec<String> {
    let line_ends = [b'\n', b'\r'];
    let (mut found, mut quoted, mut at) = (Vec::new(), false, 0);
    while let Some(octet) = text.get(at) {
        match octet {
            b'\\' if text.get(at + 1).is_some_and(|next| !line_ends.contains(next)) => at += 1,
            b'"' => quoted = !quoted,
            b';' if !quoted => {
                let rest = &text[at + 1..];
                let end = rest.iter().position(|octet| line_ends.contains(octet)).unwrap_or(rest.len());
                found.push(String::from_utf8_lossy(rest[..end].trim_ascii()).into_owned());
                at += end;
            }
            octet if line_ends.contains(octet) => quoted = false,
            _ => {}
        }
        at += 1;
    }
    found
}
