//! Text forms against `named-rrchecker`: what BIND accepts we accept, with the same octets, and what it refuses we
//! refuse; the differences are listed here with their reasons.

use std::collections::BTreeSet;
use std::io::Write;
use std::process::{Command, Stdio};

use super::*;
use crate::zone::types::table::PRIVATE;

const PROGRAM: &str = "named-rrchecker";

/// Types that some versions of the program do not know yet.
const NEW: [&str; 6] = ["BRID", "DSYNC", "HHIT", "RESINFO", "WALLET", "ZONEMD"];

/// Says so where the program is not installed, and fails there with `ZONEWRIGHT_SERVERS=require`.
fn is_available() -> bool {
    let found = Command::new(PROGRAM).arg("-h").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok();
    let required = std::env::var("ZONEWRIGHT_SERVERS").is_ok_and(|value| value == "require");
    assert!(found || !required, "{PROGRAM} is not installed, and ZONEWRIGHT_SERVERS=require");
    if !found {
        eprintln!("\n*** SKIPPED: {PROGRAM} is not installed ***\n");
    }
    found
}

/// Runs the program; what it printed, `None` where it refused its input.
fn ask(arguments: &[&str], input: &str) -> Option<String> {
    let mut child = Command::new(PROGRAM)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // It may end before it has read all.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    output.status.success().then(|| String::from_utf8(output.stdout).unwrap())
}

/// The types that the program has names for.
fn known_types() -> BTreeSet<String> {
    ask(&["-T"], "").unwrap().split_whitespace().map(str::to_owned).collect()
}

/// The octets that BIND makes of `MX 10 mail`, in hexadecimal.
fn theirs(line: &str) -> Option<String> {
    let printed = ask(&["-o", "example.com.", "-u"], &format!("IN {line}\n"))?;
    let (_, generic) = printed.split_once("\\#")?;
    Some(generic.split_whitespace().skip(1).collect::<String>().to_uppercase())
}

/// The octets that we make of it.
fn ours(line: &str) -> Option<String> {
    let (mnemonic, data) = line.split_once(' ').unwrap_or((line, ""));
    parse(mnemonic, data).ok().map(|rdata| digits(&rdata))
}

fn digits(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02X}")).collect()
}

#[test]
fn every_type_has_the_octets_that_bind_makes() {
    if !is_available() {
        return;
    }
    let known = known_types();
    let mut wrong = Vec::new();
    let origin = name("example.com.");
    for entry in table() {
        if !known.contains(entry.mnemonic) {
            eprintln!("\n*** SKIPPED: {PROGRAM} does not know {} ***\n", entry.mnemonic);
            assert!(NEW.contains(&entry.mnemonic), "{} is an old type", entry.mnemonic);
            continue;
        }
        let examples: Vec<_> = entry.fields.iter().map(|field| field.example).collect();
        let rdata = parse_fields(entry.rtype, &examples, origin.as_ref()).unwrap();
        for within in [None, Some(origin.as_ref())] {
            let text = format_rdata(entry.rtype, &rdata, within);
            let line = format!("{} {text}", entry.mnemonic);
            let found = theirs(&line);
            if found.as_ref() != Some(&digits(&rdata)) {
                wrong.push(format!("{line}: {found:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Every type that BIND has a name for and a record can have is in the table, but for these.
#[test]
fn the_table_has_the_types_of_bind() {
    const MISSING: [(&str, &str); 9] = [
        ("A6", "retired by RFC 6563; shown and kept in the generic form"),
        ("ATMA", "specified by the ATM Forum, not in an RFC; generic form"),
        ("DOA", "an expired draft; generic form"),
        ("GID", "has no format; generic form"),
        ("NULL", "has no text form in any program; generic form"),
        ("SINK", "an expired draft; generic form"),
        ("UID", "has no format; generic form"),
        ("UINFO", "has no format; generic form"),
        ("UNSPEC", "has no format; generic form"),
    ];
    if !is_available() {
        return;
    }
    let ours: BTreeSet<String> = table().iter().map(|entry| entry.mnemonic.to_owned()).collect();
    let missing: Vec<String> = known_types().difference(&ours).cloned().collect();
    assert_eq!(missing, MISSING.map(|(name, _)| name.to_owned()));
}

/// Types of private use are written so that BIND reads them.
#[test]
fn private_types_are_readable() {
    if !is_available() {
        return;
    }
    for entry in PRIVATE {
        let rtype = entry.rtype;
        let line = format!("{rtype} {}", format_rdata(rtype, &[4, 0x77, 0xff], None));
        assert_eq!(theirs(&line).as_deref(), Some("0477FF"), "{line}");
        assert_eq!(ours(&line), theirs(&line));
    }
}

/// Lines that one of us might refuse, or read in another way; Knot reads them too (tests/all/knot_text.rs).
const LINES: &str = include_str!("lines.txt");

/// Lines that one accepts and the other refuses, or reads in another way, and the reason.
const DIFFERENCES: &[(&str, &str)] = &[
    (r"WKS \# 6 0A0000010600", "zeros at the end of the bitmap: odd octets are kept"),
    (r"APL \# 4 00012100", "a prefix that is too long: odd octets are kept"),
    ("KEY NOCONF 3 RSASHA1 AA==", "flags by name are not read: nobody writes them"),
    ("KEY 0x200 3 8 AA==", "numbers are decimal (RFC 2535 section 7.1)"),
];

#[test]
fn lines_are_accepted_and_refused_as_bind_does() {
    if !is_available() {
        return;
    }
    let known = known_types();
    let mut wrong = Vec::new();
    let (mut accepted, mut refused) = (0, 0);
    for line in LINES.lines() {
        let mnemonic = line.split(' ').next().unwrap();
        if !known.contains(mnemonic) {
            assert!(NEW.contains(&mnemonic), "{mnemonic} is an old type");
            continue;
        }
        let (theirs, ours) = (theirs(line), ours(line));
        *if theirs.is_some() { &mut accepted } else { &mut refused } += 1;
        if (theirs == ours) == DIFFERENCES.iter().any(|(other, _)| *other == line) {
            wrong.push(format!("{line}: BIND {theirs:?}, we {ours:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(accepted > 60 && refused > 60, "{accepted} accepted, {refused} refused");
}
