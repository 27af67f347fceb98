//! The command-line verbs on files, and what a wrong command line gets. Verbs that need a server are held by the
//! scenarios and by `editor`.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use super::shapes;

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
    let unknown: serde_json::Value = serde_json::from_str(&explain(&["--json", "TYPE12345"]).1).unwrap();
    shapes::hold("explain-type", [&json, &unknown]).are(&[]);
    let json: serde_json::Value = serde_json::from_str(&explain(&["--json"]).1).unwrap();
    shapes::hold("explain", [&json]).are(&[]);
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
    let signed = |ttl: u32| {
        format!(
            "{ZONE}x {ttl} A 192.0.2.1\nx 60 A 192.0.2.2\nx RRSIG A 13 3 60 20300101000000 20200101000000 1 @ AAAA\n"
        )
    };
    let folder = with_files(&[("old", ZONE), ("new", &signed(300))]);
    let more = zonewright(folder.path(), &["diff", "old", "new", "--format", "json"]);
    let more: serde_json::Value = serde_json::from_slice(&more.stdout).unwrap();
    shapes::hold("changed-record-set", [&json, &more]).are(&["now", "verdict", "why"]);
    let contents = more.as_array().unwrap().iter().map(|set| &set["after"]);
    shapes::hold("contents", contents).are(&[]);
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

#[test]
fn a_directory_is_no_zone_file_and_a_file_that_wins_over_a_server_is_told() {
    let folder = with_files(&[("example.com", ZONE)]);
    std::fs::create_dir(folder.path().join("example.net")).unwrap();
    let away = ["--server", "127.0.0.1:1"];
    for zone in [".", "example.net"] {
        let output = zonewright(folder.path(), &[&["show", zone], &away[..]].concat());
        assert!(text(&output.stderr).contains("127.0.0.1:1"), "{zone}: {output:?}");
    }
    let wins = "example.com is a file here and was read; write example.com. for the zone at the server.\n";
    for verb in ["show", "check"] {
        let output = zonewright(folder.path(), &[&[verb, "example.com"], &away[..]].concat());
        assert!(output.status.code() != Some(2) && text(&output.stderr).contains(wins), "{output:?}");
        let output = zonewright(folder.path(), &[&[verb, "example.com."], &away[..]].concat());
        assert!(
            output.status.code() == Some(2) && text(&output.stderr).contains("127.0.0.1:1"),
            "{output:?}"
        );
    }
    let output = zonewright(folder.path(), &[&["diff", "example.com", "./example.com"], &away[..]].concat());
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), wins.into()));
    assert_eq!(text(&zonewright(folder.path(), &["show", "example.com"]).stderr), "", "no server was named");
}

#[test]
fn a_mistyped_file_name_is_told_as_such() {
    let folder =
        with_files(&[("z", ZONE), ("c", "[server.ns]\naddress = \"127.0.0.1:1\"\n[zone.\"example.com\"]\n")]);
    let told = |arguments: &[&str]| {
        let output = zonewright(folder.path(), arguments);
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        text(&output.stderr)
    };
    let missing = "zonewright: typo.zone is no file here, so it is taken for a zone. ";
    for arguments in [
        &["check", "typo.zone"][..],
        &["show", "typo.zone"],
        &["diff", "z", "typo.zone"],
        &["diff", "typo.zone", "z"],
        &["diff", "z", "typo.zone", "--server", "127.0.0.1:1"],
        &["check", "typo.zone", "--config", "c"],
    ] {
        let told = told(arguments);
        assert!(
            told.starts_with(missing) && told.matches("no file here").count() == 1,
            "{arguments:?}: {told}"
        );
    }
    // Where a zone is surely meant, there is no word of files.
    for arguments in
        [&["show", "example.com", "--server", "127.0.0.1:1"][..], &["show", "example.com", "--config", "c"]]
    {
        assert!(!told(arguments).contains("file here"), "{arguments:?}");
    }
}

/// Help said nothing and ended with 0, and a difference that nobody read to its end was none.
#[test]
fn every_verb_ends_truly_where_nobody_reads_it_or_nothing_can_be_written() {
    let changed = ZONE.replace("192.0.2.11", "192.0.2.12");
    let config = "[server.ns0]\naddress = \"127.0.0.1:1\"\n[zone.\"example.com\"]\nserver = \"ns0\"\n";
    let folder = with_files(&[("old", ZONE), ("new", &changed), ("c", config)]);
    for (status, line) in [
        (0, "--help"),
        (0, "--version"),
        (0, "help push"),
        (0, "secondary add --help"),
        (0, "completions bash"),
        (0, "man"),
        (0, "show old"),
        (0, "check old"),
        (0, "check old --json"),
        (0, "check old --format sarif"),
        (0, "check --list"),
        (0, "check --list --json"),
        (0, "fmt old"),
        (1, "diff old new"),
        (1, "diff old new --format json"),
        (1, "diff old new --format nsupdate"),
        (0, "explain"),
        (0, "explain mx"),
        (0, "explain --json"),
        (0, "config example"),
        (0, "config path"),
        (0, "config check --config c"),
        (0, "log example.com --json --config c"),
        (1, "doctor --config c"),
        (1, "doctor --json --config c"),
        (0, "--config c"),
    ] {
        let run = |out: Stdio| {
            let child = Command::new(env!("CARGO_BIN_EXE_zonewright"))
                .args(line.split(' '))
                .current_dir(folder.path())
                .env("HOME", folder.path())
                .env_remove("XDG_CONFIG_HOME")
                .env_remove("XDG_STATE_HOME")
                .stdin(Stdio::null())
                .stdout(out)
                .stderr(Stdio::piped())
                .spawn();
            let output = child.unwrap().wait_with_output().unwrap();
            (output.status.code(), text(&output.stderr))
        };
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let (left, said) = run(writer.into());
        assert_eq!(left, Some(status), "{line}: {said}");
        assert!(!said.contains("could not be written"), "{line}: {said}");
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let (full, said) = run(full.into());
        assert_eq!(full, Some(2), "{line}: {said}");
        assert!(said.contains("zonewright: Output could not be written: No space left"), "{line}: {said}");
    }
}

#[test]
fn a_zone_file_can_come_from_standard_input_or_a_pipe() {
    let folder = with_files(&[("z", ZONE), ("rough", "www    A 192.0.2.1\n")]);
    let bash = |script: &str| {
        let script = script.replace("ZW", &format!("'{}'", env!("CARGO_BIN_EXE_zonewright")));
        let output = Command::new("bash")
            .args(["-c", &script])
            .current_dir(folder.path())
            .env("HOME", folder.path())
            .env_remove("XDG_CONFIG_HOME")
            .output()
            .unwrap();
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    };
    let shown = bash("ZW show z");
    for same in ["ZW show - < z", "cat z | ZW show -", "ZW show <(cat z)", "cat z | ZW show /dev/stdin"] {
        assert_eq!(bash(same), shown, "{same}");
    }
    let (status, out, told) = bash("sed 's/192.0.2.1$/192.0.2.256/' z | ZW check -");
    assert!(status == Some(1) && out.starts_with("-:5:7: error:"), "{out}{told}");
    assert_eq!(
        bash("sed 's/192.0.2.1$/192.0.2.9/' z | ZW diff z -"),
        bash("ZW diff z <(sed 's/192.0.2.1$/192.0.2.9/' z)")
    );
    assert_eq!(bash("cat z | ZW diff - z"), (Some(0), String::new(), String::new()));
    assert_eq!(bash("ZW diff - - < z").0, Some(2));
    assert_eq!(bash("cat rough | ZW fmt -"), bash("ZW fmt rough"));
    assert_eq!(bash("cat rough | ZW fmt --check -").0, Some(1));
    let (status, _, told) = bash("cat rough | ZW fmt --write -");
    assert!(status == Some(2) && told.contains("--write"), "{told}");
    assert_eq!(bash("ZW fmt --write <(cat rough)").0, Some(2), "a pipe is not written over");
    let (status, _, told) = bash("ZW push other.example - --server 127.0.0.1:1 < z");
    assert!(status == Some(2) && told.contains("stands at example.com."), "{told}");
    let (status, _, told) = bash("ZW check /dev/zero");
    assert!(status == Some(2) && told.contains("/dev/zero is larger than"), "{told}");
    let (status, _, told) = bash("ZW - < z");
    assert!(status == Some(2) && told.contains("name a file"), "{told}");
}

#[test]
fn the_configuration_is_checked_wherever_its_option_stands() {
    let folder = with_files(&[
        ("c", "[server.ns]\naddress = \"192.0.2.1\"\n[rules]\nL-23 = \"hint\"\nL-22 = \"info\"\n"),
        ("z", ZONE),
    ]);
    for arguments in [["config", "--config", "c", "check"], ["config", "check", "--config", "c"]] {
        let output = zonewright(folder.path(), &arguments);
        assert_eq!(text(&output.stdout), "The configuration is right: 1 server, 0 zones.\n", "{output:?}");
    }
    std::fs::write(folder.path().join("c"), "[server.a]\naddress = \"192.0.2.1\"\ntransport = \"tls\"\n")
        .unwrap();
    let output = zonewright(folder.path(), &["config", "check", "--config", "c"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("[server.a] says transport = \"tls\", which this version cannot do"), "{said}");
    let output = zonewright(folder.path(), &["config", "check"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(text(&output.stdout).starts_with("There is no configuration file: "), "{output:?}");
}

#[test]
fn sentences_end_with_one_full_stop() {
    let folder = with_files(&[("z", ZONE), ("other", &ZONE.replace("example.com", "example.net"))]);
    for arguments in [
        &["diff", "z", "other"][..],
        &["push", "example.net", "z"],
        &["show", "z", "--origin", "example.net"],
        &["show", "example.com", "--server", "127.0.0.1:1", "--key", "absent"],
    ] {
        let told = text(&zonewright(folder.path(), arguments).stderr);
        assert!(
            !told.is_empty() && !told.contains("..") && !told.contains("entity"),
            "{arguments:?}: {told}"
        );
    }
}

#[test]
fn a_wrong_argument_gets_a_whole_sentence_and_status_2() {
    let folder = with_files(&[("zone", ZONE), ("c", "[server.ns0]\naddress = \"127.0.0.1:1\"\n")]);
    std::fs::create_dir(folder.path().join("folder")).unwrap();
    for (arguments, told) in [
        (&["show", ""][..], "zonewright: The name of the zone is empty: write one, such as example.com.\n"),
        (
            &["push", "", "zone"],
            "zonewright: The name of the zone is empty: write one, such as example.com.\n",
        ),
        (
            &["show", "."],
            "zonewright: . is a directory, so it is taken for a zone. No server of . is known. Use --server \
             HOST[:PORT], or put [zone.\".\"] with a server into the configuration.\n",
        ),
        (&["fmt", "folder"], "zonewright: folder is a directory, and no zone file.\n"),
        (&["check", "./folder", "--json"], "zonewright: ./folder is a directory, and no zone file.\n"),
        // It may have the zone: there is no word of files.
        (
            &["show", "example.com", "--config", "folder"],
            "zonewright: The configuration \"folder\" cannot be used. It is not a regular file. Check that it is a text \
             file that you may read.\n",
        ),
    ] {
        let output = zonewright(folder.path(), arguments);
        assert_eq!((output.status.code(), text(&output.stderr).as_str()), (Some(2), told), "{arguments:?}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
    }
}

/// The program as somebody who may read nothing of ours: another user where this one is root.
#[test]
fn what_may_not_be_read_is_not_said_to_be_missing() {
    let folder = with_files(&[("zone", ZONE), ("key", "")]);
    let open = |path: &str, mode: u32| {
        let path = folder.path().join(path);
        std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
    };
    std::fs::create_dir_all(folder.path().join(".config/zonewright")).unwrap();
    open("", 0o755);
    ["zone", "key", ".config"].iter().for_each(|path| open(path, 0o000));
    let is_root = rustix::process::geteuid().is_root();
    let run = |arguments: &[&str]| {
        let mut command = Command::new(if is_root { "setpriv" } else { env!("CARGO_BIN_EXE_zonewright") });
        if is_root {
            command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]);
            command.arg(env!("CARGO_BIN_EXE_zonewright"));
        }
        let command = command.args(arguments).current_dir(folder.path()).env("HOME", folder.path());
        let output = command.env_remove("XDG_CONFIG_HOME").env_remove("XDG_STATE_HOME").output();
        output.map(|output| (output.status.code(), text(&output.stdout), text(&output.stderr)))
    };
    if !run(&["--version"]).is_ok_and(|(status, ..)| status == Some(0)) {
        eprintln!("\n*** SKIPPED: no other user can run the program here ***\n");
        return;
    }
    for (arguments, told) in [
        (&["show", "zone"][..], "zonewright: zone cannot be read: Permission denied (os error 13).\n"),
        (&["check", "zone", "--json"], "zonewright: zone cannot be read: Permission denied (os error 13).\n"),
        (
            &["status", "example.com", "--json", "--server", "127.0.0.1:1", "--key", "key"],
            "zonewright: The key file \"key\" cannot be used. It cannot be read: permission denied. Check the path, and \
             that you may read the file.\n",
        ),
    ] {
        assert_eq!(run(arguments).unwrap(), (Some(2), String::new(), told.into()), "{arguments:?}");
    }
    // "There is no configuration file", it said.
    let (status, out, told) = run(&["config", "check"]).unwrap();
    assert_eq!((status, out.as_str()), (Some(2), ""), "{told}");
    assert!(
        told.contains(".config/zonewright/config.toml\" cannot be used. It cannot be read: permission"),
        "{told}"
    );
    let (status, out, _) = run(&["doctor"]).unwrap();
    assert!(status == Some(1) && out.contains("FAILED   config"), "{out}");
    open(".config", 0o700);
}
