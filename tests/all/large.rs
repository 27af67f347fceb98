//! `zonewright show` of a zone of 100,000 records from real servers, signed: every record, in each of twenty runs.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::lab::{Key, Lab, Make, Zone, compiled};

const ZONE: &str = "large.test";
const RECORDS: usize = 100_000;
const RUNS: usize = 20;

#[test]
fn bind() {
    shows_all(Make::Bind);
}

#[test]
fn knot() {
    shows_all(Make::Knot);
}

#[test]
fn powerdns() {
    shows_all(Make::PowerDns);
}

fn shows_all(make: Make) {
    let text = zone_text();
    let Some(lab) = Lab::start(make, &[Zone::new(ZONE, text.clone())], &Key::default()) else { return };
    let directory = tempfile::tempdir().unwrap();
    let key = write_key(directory.path(), &lab.key);

    let show = || {
        let output = Command::new(env!("CARGO_BIN_EXE_zonewright"))
            .args(["show", ZONE, "--server", &lab.address.to_string(), "--key"])
            .arg(&key)
            .env("XDG_CONFIG_HOME", directory.path())
            .env("XDG_STATE_HOME", directory.path())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{make}: {}: {said}", output.status);
        String::from_utf8(output.stdout).unwrap()
    };
    let first = show();
    let (shown, expected) = (compiled(ZONE, &first), compiled(ZONE, &text));
    assert_eq!(shown.len(), RECORDS);
    assert!(shown == expected, "{make}: what is shown is not the zone");
    for run in 2..=RUNS {
        // The order is canonical, so the octets are the same however the server sent them.
        assert!(show() == first, "{make}: run {run} shows something else");
    }
}

/// The key as a file that only we can read.
pub fn write_key(directory: &Path, key: &Key) -> PathBuf {
    let path = directory.join("lab.key");
    let mut options = std::fs::OpenOptions::new();
    let mut file = options.write(true).create_new(true).mode(0o600).open(&path).unwrap();
    file.write_all(key.bind_text().as_bytes()).unwrap();
    path
}

/// Names, types and sizes mixed, so that messages end at all sorts of places.
fn zone_text() -> String {
    let mut text = String::from(
        "$TTL 3600\n@ SOA ns1 hostmaster 2026010100 7200 900 1209600 300\n@ NS ns1\nns1 A 192.0.2.1\n",
    );
    for number in 0..RECORDS - 3 {
        let (high, low) = (number / 250, number % 250 + 1);
        text += &match number % 5 {
            0 | 1 => format!("host{number} A 10.{}.{}.{low}\n", high / 250, high % 250),
            2 => format!("host{number} AAAA 2001:db8::{high:x}:{low:x}\n"),
            3 => format!("host{number} TXT \"number {number}\" \"{}\"\n", "x".repeat(low)),
            _ => format!("alias{number}.sub{} CNAME host{}\n", number % 100, number - 4),
        };
    }
    text
}
