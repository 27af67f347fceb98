//! The command-line verbs on files, and what a wrong command line gets. Verbs that need a server are held by the
//! scenarios and by `editor`.

use std::path::Path;
use std::process::{Command, Output};

const ZONE: &str = "$ORIGIN example.com.\n$TTL 1h\n@ SOA ns1 hostmaster 7 1d 2h 4w 1h\n@ NS ns1\nns1 A 192.0.2.1\nwww A 192.0.2.10\nwww A 192.0.2.11\n";

fn zonewright(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_zonewright"))
        .args(arguments)
        .current_dir(folder)
        .env("HOME", folder)
        .env_remove("XDG_CONFIG_HOME")
        .env_remove("XDG_STATE_HOME")
        .output()
        .unwrap()
}

fn text(octets: &[u8]) -> String {
    String::from_utf8(octets.to_vec()).unwrap()
}

fn with_files(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, contents) in files {
        std::fs::write(folder.path().join(name), contents).unwrap();
    }
    folder
}

#[test]
fn show_prints_a_file_in_canonical_order() {
    let folder = with_files(&[("z", ZONE)]);
    let output = zonewright(folder.path(), &["show", "./z"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    insta::assert_snapshot!(text(&output.stdout), @"
    example.com. 3600 IN SOA ns1.example.com. hostmaster.example.com. 7 86400 7200 2419200 3600
    example.com. 3600 IN NS ns1.example.com.
    ns1.example.com. 3600 IN A 192.0.2.1
    www.example.com. 3600 IN A 192.0.2.10
    www.example.com. 3600 IN A 192.0.2.11
    ");
    // What it prints is a zone file that says the same.
    std::fs::write(folder.path().join("again"), &output.stdout).unwrap();
    assert_eq!(zonewright(folder.path(), &["show", "again"]).stdout, output.stdout);
}

#[test]
fn explain_tells_all_about_a_type() {
    let folder = with_files(&[]);
    let explain = |arguments: &[&str]| {
        let output = zonewright(folder.path(), &[&["explain"], arguments].concat());
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    };
    let (status, page, _) = explain(&["mx"]);
    assert_eq!(status, Some(0));
    for part in
        ["MX (type 15)", "  preference", "  @     MX  10 mail", "- A single record \"0 .\"", "See RFC 1035"]
    {
        assert!(page.contains(part.trim_start()), "{part}\n{page}");
    }
    assert!(page.lines().all(|line| line.len() <= 100 && line == line.trim_end()), "{page}");
    assert_eq!(explain(&["TYPE15"]).1, page);
    assert!(explain(&["TYPE12345"]).1.contains("TYPE12345 (type 12345)"));
    let (status, nothing, why) = explain(&["MXX"]);
    assert_eq!((status, nothing.as_str()), (Some(2), ""));
    assert!(why.contains("Do you mean MX?"), "{why}");
    let (_, list, _) = explain(&[]);
    assert!(list.contains("  CAA        Which certificate") && list.lines().count() > 70, "{list}");
    let json: serde_json::Value = serde_json::from_str(&explain(&["--json", "caa"]).1).unwrap();
    assert_eq!((&json["type"], &json["number"]), (&"CAA".into(), &257.into()));
    assert_eq!(json["fields"][1]["name"], "tag");
    let json: serde_json::Value = serde_json::from_str(&explain(&["--json"]).1).unwrap();
    assert!(json.as_array().unwrap().len() > 70);
}

#[test]
fn diff_tells_by_its_status() {
    let changed = ZONE.replace("192.0.2.11", "192.0.2.12").replace(" 7 1d", " 8 1d");
    let only_serial = ZONE.replace(" 7 1d", " 9 1d");
    let folder = with_files(&[("old", ZONE), ("new", &changed), ("serial", &only_serial)]);
    let same = zonewright(folder.path(), &["diff", "old", "serial"]);
    assert_eq!((same.status.code(), text(&same.stdout)), (Some(0), String::new()));
    let output = zonewright(folder.path(), &["diff", "old", "new"]);
    assert_eq!(output.status.code(), Some(1));
    let shown = text(&output.stdout);
    assert!(
        shown.contains("192.0.2.11") && shown.contains("192.0.2.12") && !shown.contains("SOA"),
        "{shown}"
    );
    let json = zonewright(folder.path(), &["diff", "old", "new", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert!(json.to_string().contains("192.0.2.12"));
}

#[test]
fn broken_file_is_told_with_every_place() {
    let broken =
        ZONE.replace("192.0.2.1\n", "192.0.2.256\n").replace("www A 192.0.2.11", "www AA 192.0.2.11");
    let folder = with_files(&[("z", &broken)]);
    let output = zonewright(folder.path(), &["show", "z"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty(), "nothing half-read is shown as the zone");
    let said = text(&output.stderr);
    assert!(said.contains("z:5:") && said.contains("z:7:"), "{said}");
}

#[test]
fn usage_errors() {
    let folder = with_files(&[("z", ZONE)]);
    for (arguments, what) in [
        (&["show", "no-such-file/"][..], "no-such-file"),
        (&["show", "a..b"], "label is empty"),
        (&["show", "example.com"], "--server"),
        (&["diff", "z"], "NEW"),
        (&["push", "other.example", "z", "--server", "127.0.0.1:1"], "other.example"),
        (&["z"], "terminal"),
        (&["show", "example.com", "--server", "127.0.0.1:1"], "127.0.0.1:1"),
        (&["show", "example.com", "--server", "127.0.0.1:99999"], "99999"),
        (&["show", "example.com", "--server", "127.0.0.1:1", "--key", "absent"], "absent"),
        (&["example.com", "--server", "127.0.0.1:1"], "terminal"),
    ] {
        let output = zonewright(folder.path(), arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {output:?}");
        assert!(text(&output.stderr).contains(what), "{arguments:?}: {}", text(&output.stderr));
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn fmt_writes_only_what_is_not_formatted() {
    let rough = "$ORIGIN example.com.\n$TTL 1h ; an hour\n@ SOA ns1 hostmaster 7 1d 2h 4w 1h\n@ NS ns1\nns1    A 192.0.2.1 ; here\n";
    let folder = with_files(&[("rough", rough), ("wrong", "www A 192.0.2.999 ;x\n  ( MX\n")]);
    let path = folder.path().join("rough");
    let read = || std::fs::read_to_string(&path).unwrap();
    let status = |arguments: &[&str]| zonewright(folder.path(), arguments).status.code();
    // Asked only to check, it tells and writes nothing.
    let output = zonewright(folder.path(), &["fmt", "--check", "rough"]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(text(&output.stderr).contains("rough is not formatted"), "{output:?}");
    assert_eq!(read(), rough);
    let shown = zonewright(folder.path(), &["fmt", "rough"]);
    assert_eq!((shown.status.code(), read()), (Some(0), rough.to_owned()));
    let before = std::fs::metadata(&path).unwrap();
    assert_eq!(status(&["fmt", "--write", "rough"]), Some(0));
    assert_eq!(read(), text(&shown.stdout));
    assert!(read().contains("; an hour") && read().contains("; here"), "{}", read());
    let after = std::fs::metadata(&path).unwrap();
    assert_eq!(before.permissions(), after.permissions());
    // What is formatted is not written again.
    assert_eq!(status(&["fmt", "--check", "rough"]), Some(0));
    assert_eq!(status(&["fmt", "--write", "rough"]), Some(0));
    assert_eq!(std::fs::metadata(&path).unwrap().modified().unwrap(), after.modified().unwrap());
    // A file with errors keeps all that it says.
    assert_eq!(status(&["fmt", "--write", "wrong"]), Some(0));
    let wrong = std::fs::read_to_string(folder.path().join("wrong")).unwrap();
    for word in ["www", "192.0.2.999", ";x", "(", "MX"] {
        assert!(wrong.contains(word), "{wrong}");
    }
    assert_eq!(status(&["fmt", "--write", "none"]), Some(2));
}

#[test]
fn reader_that_leaves_early_is_no_failure() {
    let folder = with_files(&[]);
    let mut zone = ZONE.to_owned();
    for number in 0..20_000 {
        zone.push_str(&format!("host{number} A 192.0.2.1\n"));
    }
    std::fs::write(folder.path().join("big"), zone).unwrap();
    let binary = env!("CARGO_BIN_EXE_zonewright");
    let script = format!("'{binary}' show ./big | head -1; echo \"status ${{PIPESTATUS[0]}}\"");
    let output = Command::new("bash").args(["-c", &script]).current_dir(folder.path()).output().unwrap();
    assert!(text(&output.stdout).contains("status 0"), "{output:?}");
    assert_eq!(text(&output.stderr), "");
}
