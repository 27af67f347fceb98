//! `zonewright check` with its rules: what it prints in each form, its exit status, what the configuration does; and
//! that no rule finds an error where two servers' own checkers find nothing to say.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use zonewright::check::{Severity, check};
use zonewright::zone::Name;
use zonewright::zonefile;

use super::lab::is_available;
use super::shapes;

const BASE: &str = "$ORIGIN example.com.\n$TTL 1h\n@ SOA ns1 hostmaster 2026010101 2h 30m 2w 1h\n@ NS ns1\n\
                    @ NS ns2.example.net.\n@ MX 10 mail\nns1 A 192.0.2.1\nmail A 192.0.2.20\n";
const ERRORS: &str = include_str!("../zones/errors.txt");
/// How many files are looked at, that a folder full of others does not make the test endless.
const MOST_FILES: usize = 5000;

/// A folder with a zone file `z`, and a configuration.
struct Place(tempfile::TempDir);

impl Place {
    fn new(lines: &str, config: &str) -> Place {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("z"), format!("{BASE}{lines}")).unwrap();
        std::fs::write(folder.path().join("config.toml"), config).unwrap();
        Place(folder)
    }

    fn check(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_zonewright"))
            .args(["check", "--config", "config.toml"])
            .args(arguments)
            .current_dir(self.0.path())
            .env("HOME", self.0.path())
            .output()
            .unwrap()
    }

    fn text(&self, arguments: &[&str]) -> (Option<i32>, String, String) {
        let output = self.check(arguments);
        let text = |octets: &[u8]| String::from_utf8(octets.to_vec()).unwrap();
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    }

    fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_slice(&self.check(arguments).stdout).unwrap()
    }
}

const DEFECTS: &str = "www CNAME www\nwww 0 TXT \"v=spf1 +all\"\nx A 10.0.0.1\n";

#[test]
fn findings_in_words() {
    let place = Place::new(DEFECTS, "");
    let (status, out, told) = place.text(&["z"]);
    assert_eq!(status, Some(1));
    insta::assert_snapshot!(out, @"
    z:9:1: error: www.example.com. has a CNAME and TXT. Where a CNAME stands, nothing else may. [L-29]
    z:9:1: error: www.example.com. is an alias of itself. [L-33]
    z:10:1: warning: The SPF policy of www.example.com. ends with +all: everybody may send. [L-65]
    z:10:1: hint: www.example.com. TXT has the TTL 0: nobody remembers the answer. [L-22]
    z:11:1: warning: x.example.com. has the address 10.0.0.1, which is private (RFC 1918). [L-58]
    ");
    assert_eq!(told, "z: 2 errors, 2 warnings, 1 hint\n");
    let right = Place::new("", "").text(&["z"]);
    assert_eq!(right, (Some(0), String::new(), "z: 0 errors, 0 warnings\n".into()));
}

#[test]
fn rules_are_chosen_and_weighed() {
    let place = Place::new(DEFECTS, "[rules]\nL-58 = \"error\"\nzero-ttl = \"off\"\nL-65 = \"info\"\n");
    let rules = |arguments: &[&str]| -> Vec<String> {
        let (_, out, _) = place.text(arguments);
        let rule = |line: &str| {
            let severity = line.split(": ").nth(1).unwrap().to_owned();
            let id = line
                .rsplit_once(" [")
                .filter(|(_, id)| id.starts_with("L-"))
                .map(|(_, id)| id.trim_end_matches(']'));
            format!("{severity} {}", id.unwrap_or("syntax"))
        };
        out.lines().map(rule).collect()
    };
    assert_eq!(rules(&["z"]), ["error L-29", "error L-33", "hint L-65", "error L-58"]);
    assert_eq!(rules(&["z", "--rules", "L-22,private-address"]), ["error L-29", "hint L-22", "error L-58"]);
    assert_eq!(rules(&["z", "--rules=-L-29,-L-33,-L-58"]), ["error L-29", "hint L-65"], "servers refuse it");
    // What it was before there were rules.
    assert_eq!(rules(&["z", "--rules", "none"]), ["error L-29"]);
    let (status, _, told) = place.text(&["z", "--rules", "L-58,nonsense"]);
    assert_eq!(
        (status, told.as_str()),
        (Some(2), "zonewright: There is no rule nonsense. zonewright check --list lists them.\n")
    );
    let wrong = Place::new("", "[rules]\nL-999 = \"off\"\n");
    let (status, _, told) = wrong.text(&["z"]);
    assert!(status == Some(2) && told.contains("L-999"), "{told}");
    let (status, _, told) = wrong.text(&["--list"]);
    assert!(status == Some(2) && told.contains("L-999"), "{told}");
}

#[test]
fn what_is_found_while_a_file_is_read_is_weighed_as_the_configuration_says() {
    let lines = "t TXT a;b c\nz A 192.0.2.3\nz A 192.0.2.3\nout.example. A 192.0.2.1\n$GENERATE 1-2 h$ A 192.0.2.$\n\
                 y 3000000000 A 192.0.2.9\n";
    let rules = "--rules=L-05,L-19,L-21,L-61,L-108";
    let severities = |config: &str| -> (Option<i32>, Vec<String>) {
        let (status, out, _) = Place::new(lines, config).text(&["z", rules]);
        let short = |line: &str| {
            let id = line.rsplit_once('[').unwrap().1.trim_end_matches(']');
            format!("{} {id}", line.split(": ").nth(1).unwrap())
        };
        (status, out.lines().map(short).collect())
    };
    let own = ["warning L-61", "warning L-19", "warning L-05", "hint L-108", "error L-21"];
    assert_eq!(severities(""), (Some(1), own.map(String::from).to_vec()), "as --list says");
    let config = "[rules]\nL-61 = \"error\"\nL-19 = \"info\"\nL-108 = \"warning\"\nL-21 = \"warning\"\n";
    let weighed = ["error L-61", "hint L-19", "warning L-05", "warning L-108", "warning L-21"];
    assert_eq!(severities(config), (Some(1), weighed.map(String::from).to_vec()));
    let one = Place::new("t TXT a;b c\n", "[rules]\nL-61 = \"error\"\n");
    assert_eq!(one.text(&["z"]).0, Some(1));
    let sarif: Value = serde_json::from_slice(&one.check(&["z", "--format", "sarif"]).stdout).unwrap();
    assert_eq!(sarif["runs"][0]["results"][0]["level"], "error");
    // What servers refuse stays an error.
    let refused = Place::new("a TXT \"b\n", "[rules]\nL-105 = \"info\"\n");
    let (status, out, _) = refused.text(&["z"]);
    assert!(status == Some(1) && out.contains("error:"), "{out}");
}

#[test]
fn a_rule_that_asks_others_says_that_nobody_was_asked() {
    let place = Place::new("", "");
    let none = "z: 0 errors, 0 warnings\n";
    let not_run = "L-36 needs --network and was not run: it asks others.\n";
    let (status, out, told) = place.text(&["z", "--rules", "L-36"]);
    assert_eq!((status, out.as_str(), told), (Some(0), "", format!("{not_run}{none}")));
    // What programs read is what it was.
    let (status, out, told) = place.text(&["z", "--rules", "L-36,L-29", "--json"]);
    assert_eq!((status, out.trim(), told), (Some(0), "[]", format!("{not_run}{none}")));
    let (_, _, told) = place.text(&["z", "--rules", "all,-L-36"]);
    assert_eq!(told, none, "by itself nobody asks");
    let found = Place::new(DEFECTS, "").text(&["z", "--rules", "L-29,L-36"]);
    assert_eq!(found.0, Some(1), "the others were run");
}

#[test]
fn rules_are_listed() {
    let place = Place::new("", "[rules]\nL-23 = \"off\"\n");
    let (status, out, told) = place.text(&["--list"]);
    assert_eq!((status, told.as_str()), (Some(0), ""));
    assert!(out.contains("L-29   error    cname-and-other: Where a CNAME stands"), "{out}");
    assert!(out.contains("L-23   off ") && out.contains("(asks others: with --network)"), "{out}");
    assert!(out.contains("(sees more with --network)"), "{out}");
    assert!(
        out.contains("RFC 2181 section 10.1; fix: Delete the CNAME, or what stands beside it\n"),
        "{out}"
    );
    let list = place.json(&["--list", "--json"]);
    let list = list.as_array().unwrap();
    shapes::hold("check---list", [&Value::Array(list.clone())]).are(&[]);
    assert!(list.len() > 110 && list.iter().all(|rule| rule["about"].as_str().unwrap().ends_with('.')));
}

#[test]
fn findings_as_json_and_sarif() {
    let place = Place::new(DEFECTS, "");
    let found = place.json(&["z", "--json"]);
    let first = &found.as_array().unwrap()[0];
    let broken = Place::new("www CNAM x\nx A 192.0.2.256\n", "").json(&["z", "--json"]);
    shapes::hold("check", [&found, &broken]).are(&[]);
    assert_eq!(
        (&first["rule"], &first["line"], &first["name"]),
        (&"L-29".into(), &9.into(), &"www.example.com.".into())
    );
    let fixes = first["fixes"].as_array().unwrap();
    assert_eq!(fixes[0], "Delete the TXT record of www.example.com.");
    let sarif = place.json(&["z", "--format", "sarif"]);
    // What the schema of SARIF 2.1.0 requires.
    assert_eq!(sarif["version"], "2.1.0");
    let run = &sarif["runs"][0];
    let driver = &run["tool"]["driver"];
    assert_eq!(driver["name"], "zonewright");
    let rules: BTreeSet<&str> =
        driver["rules"].as_array().unwrap().iter().map(|rule| rule["id"].as_str().unwrap()).collect();
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 5);
    for result in results {
        assert!(rules.contains(result["ruleId"].as_str().unwrap()), "{result}");
        assert!(["error", "warning", "note"].contains(&result["level"].as_str().unwrap()), "{result}");
        assert!(!result["message"]["text"].as_str().unwrap().is_empty());
        let physical = &result["locations"][0]["physicalLocation"];
        assert_eq!(physical["artifactLocation"]["uri"], "z");
        assert!(physical["region"]["startLine"].as_u64().unwrap() >= 9, "{result}");
    }
}

#[test]
fn a_zone_full_of_findings_is_told_shortly() {
    let lines: String = (0..1_500).map(|number| format!("h{number} A 10.0.0.1\n")).collect();
    let place = Place::new(&lines, "");
    let (status, out, told) = place.text(&["z"]);
    assert_eq!((status, out.lines().count()), (Some(0), 1_001));
    assert!(out.ends_with("And 500 more of L-58; --json has them all.\n"), "{out}");
    assert_eq!(told, "z: 0 errors, 1500 warnings\n");
}

#[test]
fn no_error_in_the_zones_of_the_demo() {
    for zone in ["demo", "demo-com", "demo-net"] {
        let path = format!("{}/assets/{zone}.zone", env!("CARGO_MANIFEST_DIR"));
        let errors = errors(Path::new(&path), None).expect("a zone");
        assert_eq!(errors, BTreeMap::new(), "{zone}");
    }
}

/// The errors of rules in a file, by id; `None` where it is no zone.
fn errors(path: &Path, origin: Option<&str>) -> Option<BTreeMap<&'static str, String>> {
    let text = std::fs::read(path).unwrap();
    let origin = origin.map(|origin| Name::parse(origin.as_bytes(), Some(Name::root().as_ref())).unwrap());
    let (zone, _) = zonefile::read_records(&text, origin.as_ref(), None).ok()?;
    let errors = check(&zone, None).into_iter().filter(|finding| finding.severity == Severity::Error);
    Some(errors.map(|finding| (finding.rule.id, finding.message)).collect())
}

#[test]
fn no_error_where_two_checkers_have_nothing_to_say() {
    let Some(folder) = std::env::var_os("ZONEWRIGHT_ZONE_FILES") else {
        eprintln!("\n*** SKIPPED: ZONEWRIGHT_ZONE_FILES names no folder with zone files ***\n");
        return;
    };
    if !["named-checkzone", "kzonecheck"].iter().all(|program| is_available(program)) {
        return;
    }
    let folder = PathBuf::from(folder).canonicalize().expect("the folder is there");
    let mut files = Vec::new();
    let mut waiting = vec![folder.clone()];
    while let Some(folder) = waiting.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let is_zone =
                path.extension().is_some_and(|end| ["zone", "db", "signed"].iter().any(|e| end == *e));
            if path.is_dir() {
                waiting.push(path);
            } else if is_zone && path.metadata().unwrap().len() < 1 << 20 {
                files.push(path);
            }
        }
    }
    files.sort();
    files.truncate(MOST_FILES);
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let found = std::sync::Mutex::new((BTreeMap::new(), 0));
    std::thread::scope(|scope| {
        for worker in 0..workers {
            let (found, files, folder) = (&found, &files, &folder);
            scope.spawn(move || {
                for file in files.iter().skip(worker).step_by(workers) {
                    let stem = file.file_stem().unwrap().to_string_lossy().into_owned();
                    for origin in ["example", "example.com", &stem] {
                        if !is_accepted(file, origin) {
                            continue;
                        }
                        let Some(errors) = errors(file, Some(origin)) else { continue };
                        let mut found = found.lock().unwrap();
                        found.1 += 1;
                        for (rule, message) in errors {
                            let name = file.strip_prefix(folder).unwrap().display();
                            found.0.insert(format!("{name} {rule}"), format!("{origin}: {message}"));
                        }
                    }
                }
            });
        }
    });
    let (found, looked_at) = found.into_inner().unwrap();
    println!("{looked_at} zones that both accept without a word");
    let excepted: BTreeSet<&str> = ERRORS
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| {
            let (key, reason) = line.split_once(": ").expect("file rule: reason");
            assert!(!reason.trim().is_empty(), "{line}");
            key
        })
        .collect();
    // The folder may be a part of that which the table speaks of.
    let is_excepted = |key: &str| excepted.iter().any(|other| other.ends_with(key));
    let new: Vec<_> = found.iter().filter(|(key, _)| !is_excepted(key)).collect();
    assert!(new.is_empty(), "errors without a reason:\n{new:#?}");
}

/// Do named-checkzone and kzonecheck both take the file without a word?
fn is_accepted(file: &Path, origin: &str) -> bool {
    let run = |program: &str, arguments: &[&str]| {
        let path = format!("{}:/usr/sbin:/sbin", std::env::var("PATH").unwrap_or_default());
        let mut command = Command::new(program);
        command
            .args(arguments)
            .arg(file)
            .current_dir(file.parent().unwrap())
            .env("PATH", path)
            .output()
            .unwrap()
    };
    let said = |output: &Output| [&output.stdout[..], &output.stderr[..]].concat();
    let bind = run("named-checkzone", &[origin]);
    let words = String::from_utf8_lossy(&said(&bind)).into_owned();
    let quiet = words.lines().all(|line| line == "OK" || line.contains("loaded serial"));
    if !bind.status.success() || !quiet {
        return false;
    }
    let knot = run("kzonecheck", &["-o", origin]);
    knot.status.success() && said(&knot).is_empty()
}
