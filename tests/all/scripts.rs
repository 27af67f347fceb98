//! `push` for scripts and at a terminal: the exit status of each ending, the report as JSON, the questions before what
//! is dangerous, and that nobody is asked where nobody sits.

use std::cell::RefCell;
use std::net::TcpListener;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;

use crate::embedded::{self, ZONE};
use crate::hostile_push::{Scene, Spoil, Stage, command, push_with};
use crate::lab;
use crate::pty::Terminal;
use crate::shapes;

fn is_text_or_null(value: &Value) -> bool {
    value.is_string() || value.is_null()
}

/// An RRset in a report: null, or a TTL and records.
fn is_contents(value: &Value) -> bool {
    let records = |value: &Value| value.as_array().is_some_and(|list| list.iter().all(Value::is_string));
    value.is_null() || value["ttl"].is_u64() && records(&value["records"])
}

/// What every report has, and what only those of a push that was sent, or of one that was not.
fn check_report(report: &Value, outcome: &str, is_sent: bool) {
    let at = format!("{outcome}: {report:#}");
    assert_eq!(report["outcome"], outcome, "{at}");
    assert!(is_text_or_null(&report["why"]) && report["serial_before"].is_u64(), "{at}");
    assert!(report["zone"] == "demo.test." && report["server"].is_string(), "{at}");
    let changes = report["changes"].as_array().expect("a list of changes");
    for change in changes {
        assert!(change["name"].is_string() && change["type"].is_string(), "{at}");
        assert!(is_contents(&change["before"]) && is_contents(&change["after"]), "{at}");
        assert_eq!(change["verdict"].is_string(), is_sent, "{at}");
    }
    for conflict in report["conflicts"].as_array().expect("a list of conflicts") {
        assert!(conflict["name"].is_string() && conflict["type"].is_string(), "{at}");
        assert!(["base", "mine", "theirs"].iter().all(|side| is_contents(&conflict[side])), "{at}");
        assert!(conflict["cname"].is_boolean(), "{at}");
    }
    let has_conflicts = !report["conflicts"].as_array().unwrap().is_empty();
    assert_eq!(has_conflicts, outcome == "conflict", "{at}");
    let mut fields: Vec<&str> = report.as_object().expect("an object").keys().map(String::as_str).collect();
    fields.sort_unstable();
    let both = ["changes", "conflicts", "outcome", "serial_before", "server", "why", "zone"];
    let own: &[&str] = match is_sent {
        true => &["answer", "id", "note", "notes", "serial_after"],
        false => &["warnings"],
    };
    let mut wanted: Vec<&str> = both.iter().chain(own).copied().collect();
    wanted.sort_unstable();
    assert_eq!(fields, wanted, "{at}");
    if is_sent {
        assert!(report["notes"].is_array() && is_text_or_null(&report["answer"]), "{at}");
        assert!(report["serial_after"].is_u64() || report["serial_after"].is_null(), "{at}");
        assert!(is_text_or_null(&report["id"]) && report["note"].is_string(), "{at}");
    } else {
        assert!(report["warnings"].is_array(), "{at}");
    }
}

/// Runs a push with `--json`: its status, and the one JSON value that is all of standard output.
fn report(scene: &Scene, options: &[&str]) -> (i32, Value) {
    let output = push_with(scene.home.path(), scene.address, &[&["--json"], options].concat());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let status = output.status.code().unwrap_or_else(|| panic!("no exit status: {said}"));
    let value = serde_json::from_slice(&output.stdout);
    (status, value.unwrap_or_else(|error| panic!("{error}: {:?}\n{said}", output.stdout)))
}

#[test]
fn each_ending_has_its_exit_status_and_its_report() {
    use zonewright::zone::update::Rcode;
    let calm = || Scene::new(Stage::Update, Spoil::Silence, false);
    let spoilt = |spoil| Scene::new(Stage::Update, spoil, true);
    let told = RefCell::new(Vec::new());
    let report = |scene: &Scene, options: &[&str]| {
        let (status, value) = report(scene, options);
        told.borrow_mut().push(value.clone());
        (status, value)
    };
    let scene = calm();
    let (status, value) = report(&scene, &["--dry-run"]);
    check_report(&value, "dry-run", false);
    assert_eq!((status, scene.truth()), (1, [false; 2]));
    let (status, value) = report(&scene, &["--yes", "--note", "a note"]);
    check_report(&value, "applied", true);
    assert_eq!((status, scene.truth(), &value["note"]), (0, [true; 2], &"a note".into()));
    assert!(value["changes"].as_array().unwrap().iter().all(|change| change["verdict"] == "applied"));
    let (status, value) = report(&scene, &["--yes", "--force"]);
    check_report(&value, "nothing-to-do", false);
    assert_eq!(status, 0);
    let (status, value) = report(&spoilt(Spoil::Signed(Rcode::REFUSED)), &["--yes"]);
    check_report(&value, "refused", true);
    assert!(status == 1 && value["why"].as_str().is_some_and(|why| why.contains("refused")), "{value:#}");
    // Somebody else comes first, after the zone was loaded.
    let (status, value) = report(&spoilt(Spoil::Overtaken), &["--yes"]);
    check_report(&value, "conflict", true);
    let [conflict] = value["conflicts"].as_array().unwrap().as_slice() else { panic!("{value:#}") };
    let side = |side: &str| conflict[side]["records"][0].as_str().unwrap_or("nothing").to_owned();
    assert_eq!((status, conflict["name"].as_str()), (1, Some("mail.demo.test.")));
    assert_eq!(["base", "mine", "theirs"].map(side), ["192.0.2.25", "192.0.2.26", "192.0.2.77"]);
    // And before: the file was made from an older version.
    let scene = Scene::new(Stage::Update, Spoil::ChangedAgain, true);
    report(&scene, &["--yes"]);
    let (status, value) = report(&scene, &["--yes"]);
    check_report(&value, "conflict", false);
    assert_eq!((status, &value["conflicts"][0]["theirs"]["records"][0]), (1, &"192.0.2.77".into()));
    let (status, value) = report(&spoilt(Spoil::TakenBack), &["--yes"]);
    check_report(&value, "partly", true);
    assert!(status == 1 && value["changes"][0]["verdict"] == "changed-since", "{value:#}");
    let (status, value) = report(&spoilt(Spoil::DoneAndGone), &["--yes"]);
    check_report(&value, "unknown", true);
    assert_eq!(status, 3);
    let told = told.into_inner();
    shapes::hold("push-and-revert", &told).are(&["warnings[].message", "warnings[].name", "warnings[].type"]);
    let sets = told.iter().map(|report| &report["changes"]);
    shapes::hold("changed-record-set", sets).are(&["covers"]);
}

#[test]
fn what_could_not_run_prints_nothing() {
    let scene = Scene::new(Stage::Update, Spoil::Silence, false);
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let home = scene.home.path();
    for (case, address, options) in [
        ("nobody is there to ask", scene.address, &["--json"][..]),
        ("no such option", scene.address, &["--json", "--perhaps"][..]),
        ("no such server", free, &["--json", "--yes"][..]),
    ] {
        let output = push_with(home, address, options);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{case}: {said}");
        assert!(output.stdout.is_empty() && !said.is_empty(), "{case}: {said}");
        assert_eq!(scene.truth(), [false; 2], "{case}");
    }
    std::fs::write(home.join("wanted.zone"), "$ORIGIN demo.test.\n@ SOA broken\n").unwrap();
    let output = push_with(home, scene.address, &["--json", "--yes"]);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "a file that is none");
}

/// A push whose difference nobody read to its end sent nothing, and ended with 0.
#[test]
fn a_push_ends_truly_where_nobody_reads_it_or_nothing_can_be_written() {
    let run = |scene: &Scene, options: &[&str], out: Stdio| {
        let child =
            command(scene.home.path(), scene.address, options).stdout(out).stderr(Stdio::piped()).spawn();
        let output = child.unwrap().wait_with_output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let full = || Stdio::from(std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap());
    let nobody = || Stdio::from(std::io::pipe().unwrap().1);
    let scene = Scene::new(Stage::Update, Spoil::Silence, false);
    for (options, is_sent) in [
        (&["--yes"][..], false),
        (&["--dry-run"], false),
        (&["--dry-run", "--json"], false),
        (&["--yes", "--json"], true),
    ] {
        let (status, said) = run(&scene, options, full());
        assert_eq!((status, scene.truth()), (Some(2), [is_sent; 2]), "{options:?}: {said}");
        let what = match is_sent {
            false => "zonewright: Nothing was sent. Output could not be written: ",
            true => "zonewright: What was done is said above, and its report is missing. Output could not be",
        };
        assert!(said.contains(what), "{options:?}: {said}");
    }
    // Done, refused, and below unknown: the status is that of the push.
    for (spoil, options, expected) in [
        (None, &["--dry-run"][..], 1),
        (None, &["--yes"], 0),
        (None, &["--yes", "--json"], 0),
        (Some(Spoil::Signed(zonewright::zone::update::Rcode::REFUSED)), &["--yes"], 1),
    ] {
        let scene = Scene::new(Stage::Update, spoil.unwrap_or(Spoil::Silence), spoil.is_some());
        let (status, said) = run(&scene, options, nobody());
        assert_eq!(status, Some(expected), "{options:?}: {said}");
        assert!(!said.contains("could not be written"), "{options:?}: {said}");
    }
    let scene = Scene::new(Stage::Update, Spoil::DoneAndGone, true);
    assert_eq!(run(&scene, &["--yes", "--json"], full()).0, Some(3));
}

/// Edits that the brake holds up.
fn dangerous() -> [(&'static str, String); 3] {
    let kept = |keep: &dyn Fn(&str) -> bool| -> String {
        embedded::TEXT.lines().filter(|line| keep(line)).map(|line| format!("{line}\n")).collect()
    };
    [
        (
            "a third of the records",
            kept(&|line| !["www", "Www", "mail", "alias"].iter().any(|owner| line.starts_with(owner))),
        ),
        ("the apex NS set", embedded::TEXT.replace("@ NS ns2\n", "@ NS ns.example.net.\n")),
        (
            "everything",
            kept(&|line| ["$TTL", "@ SOA", "@ NS", "ns1", "ns2"].iter().any(|start| line.starts_with(start))),
        ),
    ]
}

fn write(home: &Path, text: &str) {
    std::fs::write(home.join("wanted.zone"), format!("$ORIGIN {ZONE}.\n{text}")).unwrap();
}

/// At a terminal, in a zone of its own: the text is asked to be pushed, and this is typed at the question.
fn asked(text: &str, question: &str, typed: &str) -> (Option<u32>, bool, String) {
    let key = lab::Key::default();
    let server = embedded::start(embedded::TEXT, &key);
    let home = crate::hostile_push::home(&key, embedded::TEXT);
    write(home.path(), text);
    let address = server.address.to_string();
    let arguments = ["push", ZONE, "wanted.zone", "--key", "key", "--server", &address];
    let mut terminal = Terminal::start(home.path(), 100, 60, &arguments);
    let origin = zonewright::zone::Name::parse(format!("{ZONE}.").as_bytes(), None).unwrap();
    let before = server.snapshot(&origin).unwrap().serial();
    terminal.wait_for(question);
    terminal.press(typed);
    let status = terminal.exit_within(Duration::from_secs(20));
    let is_changed = server.snapshot(&origin).unwrap().serial() != before;
    (status, is_changed, terminal.last_screen())
}

#[test]
fn what_is_dangerous_wants_the_name_of_the_zone() {
    let question = "Type the name of the zone:";
    for (case, text) in dangerous() {
        for (typed, is_right) in [
            ("demo.test\r", true),
            ("Demo.Test.\r", true),
            ("yes\r", false),
            ("demo.tes\r", false),
            ("\r", false),
            // End of input, and Ctrl-C.
            ("\x04", false),
            ("demo.test\x03", false),
        ] {
            let (status, is_changed, screen) = asked(&text, question, typed);
            assert_eq!(is_changed, is_right, "{case}, {typed:?}: {status:?}\n{screen}");
            // Ctrl-C ends the program by its signal, which is no exit status of its own.
            assert_eq!(status.expect("it ends"), u32::from(!is_right), "{case}, {typed:?}\n{screen}");
        }
        // Nobody is asked where nobody sits, and --yes alone does not do it.
        let scene = Scene::new(Stage::Update, Spoil::Silence, false);
        write(scene.home.path(), &text);
        for options in [&[][..], &["--yes"]] {
            let (status, value) = report(&scene, options);
            check_report(&value, "not-sent", false);
            assert!(status == 1 && value["why"].as_str().unwrap().contains("--force"), "{case}: {value:#}");
        }
        let (status, value) = report(&scene, &["--force", "--yes"]);
        check_report(&value, "applied", true);
        assert_eq!(status, 0, "{case}");
    }
}

/// As in the editor: what the configuration gives the zone was decided on there.
#[test]
fn the_nameservers_of_the_configuration_want_no_force() {
    let text = embedded::TEXT.replace("@ NS ns2\n", "@ NS ns.example.net.\n");
    let set = |names: &str| {
        format!(
            "[zone.\"demo.test\"]\nnameservers = \"own\"\n[nameservers.own]\nnames = [\"ns1.demo.test\", {names}]\n"
        )
    };
    for (config, is_right) in [(set("\"ns.example.net\""), true), (set("\"ns.example.org\""), false)] {
        let scene = Scene::new(Stage::Update, Spoil::Silence, false);
        write(scene.home.path(), &text);
        std::fs::write(scene.home.path().join("config.toml"), &config).unwrap();
        let (status, value) = report(&scene, &["--yes", "--config", "config.toml"]);
        check_report(&value, if is_right { "applied" } else { "not-sent" }, is_right);
        assert_eq!(status, i32::from(!is_right), "{value:#}");
    }
}

#[test]
fn what_is_not_wants_a_yes() {
    let text = embedded::TEXT.replace("192.0.2.25", "192.0.2.26");
    for (typed, is_right) in
        [("yes\r", true), ("y\r", false), ("demo.test\r", false), ("\x04", false), ("\x03", false)]
    {
        let (status, is_changed, screen) = asked(&text, "Type yes:", typed);
        assert_eq!((is_changed, status), (is_right, Some(u32::from(!is_right))), "{typed:?}\n{screen}");
    }
}
