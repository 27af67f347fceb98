//! Rules that the reader of zone files holds: each is tripped by a text, under its id; and what the reader says of
//! records together, the rules say as well.

use std::path::Path;

use super::super::{Needs, all, check, find};
use super::{BASE, NOW};
use crate::zone::RecordType;
use crate::zonefile::{self, Loaded, Loader, SYNTAX, Severity, structure};

fn texts() -> Vec<(&'static str, String)> {
    let line = |id: &'static str, line: &str| (id, format!("{BASE}{line}\n"));
    vec![
        line("L-05", "www.example.net. A 192.0.2.9"),
        line("L-06", &format!("{} A 192.0.2.9", "a".repeat(64))),
        line("L-15", "büro A 192.0.2.9"),
        line("L-19", "x MX 10 mail\nx MX 20 mail\nx MX 10 MAIL"),
        line("L-60", &format!("x TXT \"{}\"", "a".repeat(256))),
        line("L-61", "x TXT v=DKIM1;p=abcd"),
        line("L-105", "x TXT \"a"),
        line("L-106", "x AA 192.0.2.9"),
        line("L-107", "$INCLUDE other"),
        line("L-108", "$GENERATE 1-2 h$ A 192.0.2.$"),
        ("L-109", BASE.replace("$TTL 1h\n", "")),
        line("L-20", "x 300 A 192.0.2.9\nx 600 A 192.0.2.10"),
        line("L-21", "x 3000000000 A 192.0.2.9"),
    ]
}

/// Needs an included file: a test of its own.
const ELSEWHERE: [&str; 1] = ["L-28"];

#[test]
fn the_reader_says_which_rule_it_is() {
    let mut seen = Vec::new();
    for (id, text) in texts() {
        let (Ok((_, problems)) | Err(problems)) = zonefile::read_zone(text.as_bytes(), None);
        assert!(problems.iter().any(|problem| problem.rule == id), "{id}: {problems:?}");
        assert!(problems.iter().all(|problem| [id, SYNTAX].contains(&problem.rule)), "{id}: {problems:?}");
        seen.push(id);
    }
    let (_, problems) = zonefile::read_zone(BASE.as_bytes(), None).unwrap();
    assert_eq!(problems, []);
    for rule in all().filter(|rule| rule.needs == Needs::Text) {
        assert!(seen.contains(&rule.id) != ELSEWHERE.contains(&rule.id), "{}", rule.id);
    }
}

#[test]
fn each_repeat_is_told_where_it_stands() {
    let text =
        format!("{BASE}MAIL 60 A 192.0.2.20\nx MX 10 mail\nx MX 20 mail\nx MX 10 MAIL\nx MX 10 mail\n");
    let (zone, problems) = zonefile::read_zone(text.as_bytes(), None).unwrap();
    let repeats: Vec<_> =
        problems.iter().filter(|problem| problem.rule == "L-19").map(|problem| problem.line).collect();
    assert_eq!(repeats, [9, 12, 13]);
    let (_, problems) = zonefile::read_records(text.as_bytes(), None, None).unwrap();
    assert_eq!(problems.iter().filter(|problem| problem.rule == "L-19").count(), 3, "for check as well");
    assert_eq!(zone.record_count(), 8);
}

#[test]
fn an_included_file_that_begins_with_a_blank_is_told_of() {
    struct One;
    impl Loader for One {
        fn load(&mut self, file: &str, _: Option<&str>, _: usize) -> Result<Loaded, String> {
            Ok(Loaded { name: file.into(), text: b" TXT y\n".to_vec() })
        }
    }
    let text = format!("{BASE}x TXT x\n$INCLUDE other\n");
    let (_, problems) = zonefile::read_zone_file(text.as_bytes(), None, Some(&mut One)).unwrap();
    assert!(problems.iter().any(|problem| problem.rule == "L-28"), "{problems:?}");
}

#[test]
fn rules_say_what_the_reader_says_of_records_together() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/zones");
    let origin = crate::zone::Name::parse(b"example.com.", None).unwrap();
    let mut compared = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read(&path).unwrap();
        let Ok((zone, _)) = zonefile::read_zone(&text, Some(&origin)) else { continue };
        let found = check(&zone, Some(NOW));
        for finding in structure::findings(&zone).into_iter().filter(|finding| finding.rule != SYNTAX) {
            compared += 1;
            assert!(find(finding.rule).is_some(), "{}", finding.rule);
            // A nameserver written as an address is no name that lacks one.
            let is_same = |rule: &str| rule == finding.rule || rule == "L-41" && finding.rule == "L-40";
            let same = found.iter().any(|own| is_same(own.rule.id) && own.key.owner == finding.key.owner);
            assert!(same, "{}: {finding:?}\n{found:#?}", path.display());
            assert!(
                finding.severity == Severity::Warning
                    || found.iter().any(|own| own.severity == super::super::Severity::Error),
                "{finding:?}"
            );
        }
    }
    assert!(compared > 8, "{compared}");
}

#[test]
fn findings_stand_where_their_records_do() {
    let text = format!("{BASE}; ä\n  x 60 A 192.0.2.9\n\tA 10.0.0.1 ; here\n\t(A\n 10.0.0.2)\n");
    let text = text.replace("  x", "x");
    let (zone, _) = zonefile::read_records(text.as_bytes(), None, None).unwrap();
    let found = check(&zone, Some(NOW));
    let found: Vec<_> = found.iter().filter(|finding| finding.rule.id == "L-58").collect();
    let wanted = found.iter().map(|finding| (&finding.key, finding.record.as_ref()));
    let places = zonefile::places(text.as_bytes(), None, None, wanted);
    let places: Vec<_> =
        places.into_iter().map(|place| place.map(|place| (place.line, place.column))).collect();
    assert_eq!(places, [Some((11, 2)), Some((12, 3))]);
    // One that is not there any more stands where its set begins, one of another set nowhere.
    let key = found[0].key.clone();
    let gone: crate::zone::Rdata = Box::new([10, 0, 0, 3]);
    let other = crate::zone::RrKey { rtype: RecordType::MX, ..key.clone() };
    let places =
        zonefile::places(text.as_bytes(), None, None, [(&key, Some(&gone)), (&key, None), (&other, None)]);
    let lines: Vec<_> = places.iter().map(|place| place.as_ref().map(|place| place.line)).collect();
    assert_eq!(lines, [Some(10), Some(10), None]);
}
