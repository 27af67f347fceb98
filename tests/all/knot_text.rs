//! Text forms against Knot: what `kzonecheck` accepts we accept, with the octets that Knot then serves, and what it
//! refuses we refuse; the differences are listed here with their reasons. BIND is asked the same in
//! `src/zone/types/tests/rrchecker.rs`.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use zonewright::dns;
use zonewright::zone::{Name, RecordType, types};

use super::lab::{self, Lab, Make, Zone, is_available};
use super::primaries;

const ZONE: &str = "example.com";
const APEX: &str = "@ 300 SOA ns hostmaster 1 7200 900 1209600 300\n@ 300 NS ns.example.net.\n";
/// Odd and bad lines, the same that BIND is asked.
const LINES: &str = include_str!("../../src/zone/types/tests/lines.txt");

/// Lines that one accepts and the other refuses, or reads in another way, and the reason.
const DIFFERENCES: &[(&str, &str)] = &[
    (r#"CAA 0 is-sue "ca.example.net""#, "a tag has letters and digits (RFC 8659 section 4.1)"),
    ("DS 60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A2921", DIGEST),
    ("DS 60485 5 2 2BB183AF5F22588179A53B0A98631FAD1A292118", DIGEST),
    ("ZONEMD 1 1 1 AA", "a digest has at least 12 octets (RFC 8976 section 2.2.4)"),
    ("IPSECKEY 10 0 0 .", "a key is wanted, as by BIND"),
    ("IPSECKEY 10 1 2 192.0.2.38", "a key is wanted where there is an algorithm"),
    ("KEY 49152 3 0 AA==", NO_KEY),
];
const DIGEST: &str = "a digest of that type has another length";
const NO_KEY: &str = "the flags say that there is no key (RFC 2535 section 3.1.2)";

/// Types that Knot 3.2 has no name for.
const UNKNOWN: &[&str] = &[
    "AMTRELAY", "AVC", "BRID", "DLV", "DSYNC", "EID", "GPOS", "HHIT", "HIP", "ISDN", "MB", "MD", "MF", "MG",
    "MR", "NIMLOC", "NINFO", "NSAP", "NSAP-PTR", "NXT", "PX", "RESINFO", "RKEY", "SIG", "TA", "TALINK",
    "WALLET", "WKS", "X25",
];

/// The examples of the table, as forms and as text, and all other lines.
fn lines() -> Vec<String> {
    let origin = Name::parse(b"example.com.", None).unwrap();
    let examples = types::table().iter().flat_map(|entry| {
        let fields: Vec<&str> = entry.fields.iter().map(|field| field.example).collect();
        let rdata = types::parse_fields(entry.rtype, &fields, origin.as_ref()).unwrap();
        [None, Some(origin.as_ref())]
            .map(|within| format!("{} {}", entry.mnemonic, types::format_rdata(entry.rtype, &rdata, within)))
    });
    let lines: BTreeSet<String> = examples.chain(LINES.lines().map(str::to_owned)).collect();
    lines.into_iter().collect()
}

/// Each line at a name of its own.
fn owned(lines: &[String]) -> String {
    let records = lines.iter().enumerate().map(|(number, line)| format!("line{number} 300 IN {line}\n"));
    [APEX.to_owned()].into_iter().chain(records).collect()
}

/// The lines that kzonecheck complains of, by their number, and what it says.
fn refused(lines: &[String]) -> BTreeMap<usize, String> {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("zone");
    std::fs::write(&file, owned(lines)).unwrap();
    let output = Command::new("kzonecheck").args(["-v", "-o", ZONE]).arg(&file).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    let complaint = |line: &str| {
        let (number, why) = line.split_once(", line ")?.1.split_once(' ')?;
        // Lines are counted from 1, and the apex has two.
        Some((number.parse::<usize>().ok()? - 3, why.to_owned()))
    };
    String::from_utf8_lossy(&said).lines().filter_map(complaint).collect()
}

#[tokio::test]
async fn lines_are_accepted_and_refused_as_knot_does() {
    if !is_available("kzonecheck") {
        return;
    }
    let (lines, origin) = (lines(), Name::parse(b"example.com.", None).unwrap());
    let refused = refused(&lines);
    // What one line brings must not depend on the others: those that are refused are left out.
    let kept: Vec<String> = (lines.iter().enumerate())
        .map(|(number, line)| if refused.contains_key(&number) { "TXT x".into() } else { line.clone() })
        .collect();
    let Some(lab) = Lab::start(Make::Knot, &[Zone::new(ZONE, owned(&kept))], &lab::Key::default()) else {
        return;
    };
    let primary = primaries::primary(lab.address, Some(primaries::key(&lab.key)));
    let served = dns::transfer(&primary, &origin, |_| {}).await.unwrap();
    let mut wrong = Vec::new();
    let (mut accepted, mut bad) = (0, 0);
    for (number, line) in lines.iter().enumerate() {
        let (mnemonic, data) = line.split_once(' ').unwrap_or((line, ""));
        let rtype = types::parse_type(mnemonic.as_bytes()).unwrap();
        let owner = Name::parse(format!("line{number}").as_bytes(), Some(origin.as_ref())).unwrap();
        let theirs: Option<Vec<u8>> = match refused.get(&number) {
            Some(why) if why.contains("unsupported record type") => {
                if !UNKNOWN.contains(&mnemonic) {
                    wrong.push(format!("{mnemonic} is unknown to Knot"));
                }
                continue;
            }
            Some(_) => None,
            // Accepted, and passed over below the apex.
            None if rtype == RecordType::SOA => continue,
            None => served
                .records()
                .find(|record| record.owner == owner.as_ref())
                .map(|record| record.rdata.to_vec()),
        };
        *if theirs.is_some() { &mut accepted } else { &mut bad } += 1;
        let text = format!("{owner} 300 IN {mnemonic} {data}\n");
        let document = zonewright::zonefile::parse(text.as_bytes(), Some(&origin));
        let ours = match document.problems.is_empty() {
            true => document.records.first().map(|record| record.rdata.to_vec()),
            false => None,
        };
        let canonical =
            |rdata: &Option<Vec<u8>>| rdata.as_ref().map(|rdata| types::canonical(rtype, rdata).into_owned());
        if (canonical(&theirs) == canonical(&ours)) == DIFFERENCES.iter().any(|(other, _)| other == line) {
            wrong.push(format!("{line}: Knot {theirs:02x?} {:?}, we {ours:02x?}", refused.get(&number)));
        }
    }
    assert!(wrong.is_empty(), "{} of {}: {wrong:#?}", wrong.len(), lines.len());
    assert!(accepted > 80 && bad > 60, "{accepted} accepted, {bad} refused");
}
