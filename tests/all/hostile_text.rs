//! Zone files that mean harm: each ends in a message, within a minute and 512 MiB of address space, and nothing raw
//! reaches the terminal.

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

const HEAD: &str = "$TTL 60\n@ SOA ns1 host 1 2 3 4 5\n@ NS ns1\nns1 A 192.0.2.1\n";
/// Kilobytes, as `ulimit -v` takes them.
const MEMORY: &str = "524288";
const PATIENCE: Duration = Duration::from_secs(60);

fn check(folder: &Path, file: &str) -> Output {
    let script = format!("ulimit -v {MEMORY}; exec \"$0\" check --rules none --origin example.com \"$1\"");
    let start = Instant::now();
    let output = Command::new("bash")
        .args(["-c", &script, env!("CARGO_BIN_EXE_zonewright"), file])
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(start.elapsed() < PATIENCE, "{file} took {:?}", start.elapsed());
    let said = [output.stdout.as_slice(), &output.stderr].concat();
    let said = String::from_utf8(said).expect("messages are UTF-8");
    let raw = |c: char| {
        c.is_control() && c != '\n' || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    assert!(!said.contains(raw), "{file}: {:?}", said.chars().filter(|c| raw(*c)).collect::<String>());
    output
}

/// The text after a good head gives an error (or none) whose message has `part` in it.
fn ends_in_a_message(text: &[u8], part: &str) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("z"), [HEAD.as_bytes(), text].concat()).unwrap();
    let output = check(folder.path(), "./z");
    let said = String::from_utf8_lossy(&output.stdout);
    let start = String::from_utf8_lossy(&text[..text.len().min(60)]).into_owned();
    let shown: String = said.chars().take(2000).collect();
    assert!(matches!(output.status.code(), Some(0 | 1)), "{start}: {output:?}");
    assert!(said.contains(part), "{start}: {shown}");
    assert!(said.lines().count() <= 2005, "{start}: {} lines", said.lines().count());
}

#[test]
fn generate_without_end() {
    ends_in_a_message(b"$GENERATE 0-2147483647 a$ A 192.0.2.1\n", "2147483648 records");
    ends_in_a_message(b"$GENERATE 0-99999999999 a$ A 192.0.2.1\n", "no range");
    ends_in_a_message(b"$GENERATE 0-10 a${0,4000000000,d} A 192.0.2.1\n", "127");
    ends_in_a_message(&b"$GENERATE 1-400000 a$ A 192.0.2.1\n".repeat(5), "others stand before it");
    ends_in_a_message(b"$GENERATE 2147483647-2147483647 a${2147483647} A 192.0.2.1\n", "too large");
}

/// Each was looked for from the start of the file, where the first record of its set stands: minutes for a large file.
#[test]
fn many_sets_with_two_ttls() {
    let mut text = String::new();
    for round in 0..2 {
        for number in 0..150_000 {
            writeln!(text, "a{number} {} A 192.0.2.{round}", 60 + round).unwrap();
        }
    }
    ends_in_a_message(text.as_bytes(), "on line 5.");
    ends_in_a_message(text.as_bytes(), "149000 more");
}

#[test]
fn include_of_what_is_no_zone_file() {
    ends_in_a_message(b"$INCLUDE /dev/zero\n", "not a regular file");
    ends_in_a_message(b"$INCLUDE /etc/passwd\n", "/etc/passwd");
    ends_in_a_message(b"$INCLUDE z\n", "includes itself");
    ends_in_a_message(b"$INCLUDE /\n", "is a directory");
    ends_in_a_message(b"$INCLUDE nothing\x1b]0;x\x07\n", "cannot be read");
    ends_in_a_message(b"$INCLUDE /proc/self/environ\n", "error");
}

#[test]
fn includes_that_multiply() {
    let folder = tempfile::tempdir().unwrap();
    let file = |number: usize| folder.path().join(format!("f{number}"));
    std::fs::write(file(0), HEAD.to_owned() + "$INCLUDE f1\n").unwrap();
    for number in 1..40 {
        std::fs::write(file(number), format!("$INCLUDE f{}\n", number + 1).repeat(10)).unwrap();
    }
    std::fs::write(file(40), "a A 192.0.2.1\n").unwrap();
    let said = check(folder.path(), "./f0");
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    assert!(said.contains("deep") && said.contains("more errors"), "{}", &said[..said.len().min(2000)]);
    std::fs::write(file(0), HEAD.to_owned() + &"$INCLUDE f40\n".repeat(10_001)).unwrap();
    let said = check(folder.path(), "./f0");
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    assert!(said.contains("10000 files"), "{}", &said[..said.len().min(2000)]);
}

#[test]
fn parentheses_and_quotes() {
    ends_in_a_message("(".repeat(100_000).as_bytes(), "deep in each other");
    ends_in_a_message("a TXT (\n".repeat(100_000).as_bytes(), "deep in each other");
    ends_in_a_message("a TXT \"\n".repeat(100_000).as_bytes(), "not closed");
    ends_in_a_message("a ( TXT )".repeat(100_000).as_bytes(), "error");
}

#[test]
fn hundred_megabytes_in_a_line() {
    ends_in_a_message(&b"x".repeat(100 << 20), "error");
    ends_in_a_message(&[b"a TXT \"".to_vec(), b"x".repeat(100 << 20), b"\"\n".to_vec()].concat(), "255");
    ends_in_a_message(&b"a ".repeat(50 << 20), "error");
    ends_in_a_message(&[b";".to_vec(), b"x".repeat(100 << 20)].concat(), "");
}

#[test]
fn octets_that_are_no_text() {
    ends_in_a_message(b"a TXT \"x\0y\"\n", "NUL");
    ends_in_a_message(&b"\0".repeat(1 << 20), "NUL");
    ends_in_a_message(b"\xff\xfe\xc0 TXT x\n", "outside ASCII");
    ends_in_a_message(b"a TXT \xff\xfe\n", "outside ASCII");
    ends_in_a_message(b"a\xe2\x80\xae TXT x\n", "outside ASCII");
    ends_in_a_message("a \u{1b}[31m\u{202e}TXT x ; \u{202e} \u{9b}2J\n".as_bytes(), "\\027[31m");
    ends_in_a_message("a TXT \"\u{202e}\u{1b}]52;c;x\u{7}\"\n".as_bytes(), "warning");
    ends_in_a_message("$\u{1b}c x\n".as_bytes(), "no directive");
}

#[test]
fn numbers_beyond_their_range() {
    ends_in_a_message(b"a 99999999999999999999 A 192.0.2.1\n", "no TTL");
    ends_in_a_message(b"$TTL 99999999999w\n", "no TTL");
    ends_in_a_message(b"a MX 99999999999 b\n", "0 to 65535");
    ends_in_a_message(b"a TYPE99999 \\# 0\n", "no record type");
    ends_in_a_message(b"a TYPE65400 \\# 99999999999 00\n", "length");
    ends_in_a_message(b"a CLASS99999 A 192.0.2.1\n", "error");
}
