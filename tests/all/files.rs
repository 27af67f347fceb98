//! Zone files in the editor as a person uses it: the binary on a terminal, and what is on disk afterwards.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::lab::{compiled, is_available};
use crate::pty::{Terminal, in_words};

const ENTER: &str = "\r";

const OFFICE: &str = "\
; the office, kept by hand
$ORIGIN example.com.
$TTL 1h
@\tIN SOA ns1 hostmaster (
\t\t7 ; serial
\t\t1h 15m 2w 5m )
\tNS ns1   ; ours
\tNS ns.example.net.

ns1     A   192.0.2.53
www     A   192.0.2.10  ; the shop
        AAAA 2001:db8::10
;~ old  A   192.0.2.1
ftp 5m  CNAME www
";

fn open(home: &Path, arguments: &[&str]) -> Terminal {
    let terminal = Terminal::start(home, 80, 24, arguments);
    terminal.wait_for("Records");
    terminal
}

/// Gives the web server another address.
fn edit(terminal: &mut Terminal, address: &str) {
    terminal.press("/192.0.2.10");
    terminal.wait_for("www");
    terminal.press(ENTER);
    terminal.wait_for("of ");
    terminal.press(ENTER);
    terminal.wait_for("Edit A");
    terminal.press(&format!("\x15\x0b{address}"));
    terminal.wait_for(&format!("IN A {address}"));
    terminal.press(ENTER);
    terminal.wait_for("1 change");
}

fn ask_to_save(terminal: &mut Terminal) {
    terminal.press("w");
    terminal.wait_for("Changes");
    terminal.press("w");
    terminal.wait_for("Serial  ");
}

fn leave(mut terminal: Terminal) {
    terminal.press("q");
    assert_eq!(terminal.exit_within(Duration::from_secs(5)), Some(0));
}

#[test]
fn a_record_is_edited_and_only_its_line_and_the_serial_change() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("office.zone");
    std::fs::write(&path, OFFICE).unwrap();
    let log = home.path().join("log");
    let configuration = home.path().join(".config/zonewright");
    std::fs::create_dir_all(&configuration).unwrap();
    let text = format!(
        "[zone.\"example.com\"]\nfile = \"~/office.zone\"\n\
         after-save = [\"sh\", \"-c\", \"grep -c . $0 | tee {}\", \"{}\"]\n",
        log.display(),
        path.display()
    );
    std::fs::write(configuration.join("config.toml"), text).unwrap();
    // By its path and by its name.
    leave(open(home.path(), &["./office.zone"]));
    let mut terminal = open(home.path(), &["example.com"]);
    let screen = terminal.screen();
    assert!(screen.contains("office.zone") && screen.contains("not asked: this is a file"), "{screen}");
    edit(&mut terminal, "192.0.2.99");
    ask_to_save(&mut terminal);
    let screen = terminal.wait_for("7 -> 8");
    assert!(screen.contains("2 lines taken away, 2 put in"), "{screen}");
    terminal.press("y");
    let screen = terminal.wait_for("Saved: ");
    assert!(screen.contains("done"), "{screen}");
    let expected = OFFICE.replace("7 ; serial", "8 ; serial").replace("192.0.2.10  ;", "192.0.2.99  ;");
    let saved = std::fs::read_to_string(&path).unwrap();
    assert_eq!(saved, expected);
    let lines = expected.lines().filter(|line| !line.is_empty()).count();
    assert_eq!(std::fs::read_to_string(&log).unwrap().trim(), lines.to_string());
    if is_available("named-compilezone") {
        let intended = "$ORIGIN example.com.\n$TTL 3600\n@ SOA ns1 hostmaster 8 3600 900 1209600 300\n@ NS ns1\n\
                        @ NS ns.example.net.\nns1 A 192.0.2.53\nwww A 192.0.2.99\nwww AAAA 2001:db8::10\n\
                        ftp 300 CNAME www\n";
        assert_eq!(compiled("example.com", &saved), compiled("example.com", intended));
    }
    terminal.press(ENTER);
    terminal.wait_for("serial 8");
    leave(terminal);
}

#[test]
fn what_cannot_be_saved_is_kept() {
    let home = tempfile::tempdir().unwrap();
    let (folder, away) = (home.path().join("zones"), home.path().join("away"));
    std::fs::create_dir(&folder).unwrap();
    let path = folder.join("office.zone");
    std::fs::write(&path, OFFICE).unwrap();
    let argument = path.to_str().unwrap();
    let mut terminal = open(home.path(), &[argument]);
    edit(&mut terminal, "192.0.2.99");
    ask_to_save(&mut terminal);
    std::fs::rename(&folder, &away).unwrap();
    terminal.press("y");
    terminal.wait_for("Your draft is kept");
    std::fs::rename(&away, &folder).unwrap();
    // Somebody else was faster.
    let theirs = OFFICE.replace("7 ; serial", "8 ; serial") + "theirs A 192.0.2.200\n";
    std::fs::write(&path, &theirs).unwrap();
    terminal.press(ENTER);
    ask_to_save(&mut terminal);
    terminal.press("y");
    terminal.wait_for_words("has changed on disk");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), theirs);
    terminal.kill();

    let mut terminal = Terminal::start(home.path(), 80, 24, &[argument]);
    terminal.wait_for("Draft of an earlier run");
    terminal.press(ENTER);
    terminal.wait_for("here again");
    ask_to_save(&mut terminal);
    terminal.press("y");
    terminal.wait_for("Saved: ");
    let expected = theirs.replace("8 ; serial", "9 ; serial").replace("192.0.2.10  ;", "192.0.2.99  ;");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), expected);
}

#[test]
fn a_file_with_a_journal_is_not_saved_over() {
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("office.zone"), OFFICE).unwrap();
    std::fs::write(home.path().join("office.zone.jnl"), "").unwrap();
    let mut terminal = open(home.path(), &["./office.zone"]);
    terminal.wait_for("read-only: this is a dynamic zone's file");
    terminal.press("-");
    terminal.settle();
    // The sentence is wrapped.
    let screen = in_words(&terminal.screen());
    assert!(screen.contains("rndc freeze example.com") && !screen.contains("1 change"), "{screen}");
}

#[test]
fn bad_files_end_in_a_message() {
    let home = tempfile::tempdir().unwrap();
    let at = |name: &str| home.path().join(name);
    std::fs::write(at("empty"), "").unwrap();
    std::fs::write(at("relative"), "@ SOA a b 1 2 3 4 5\n").unwrap();
    std::fs::write(at("raw"), b"\0\0\0\x02\0\0\0\x01\0\0\0\0").unwrap();
    std::fs::create_dir(at("folder")).unwrap();
    for (file, message) in [
        ("./none", "No such file"),
        ("./folder", "a directory, and no zone file"),
        ("/dev/zero", "not a regular file"),
        ("./empty", "--origin"),
        ("./relative", "--origin"),
        ("./raw", "named-compilezone -f raw"),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_zonewright"))
            .arg(file)
            .current_dir(home.path())
            .env("HOME", home.path())
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let text = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{file}: {text}");
        assert!(text.contains(message), "{file}: {text}");
    }
    // Files that are something, but no zone, are opened as text.
    std::fs::write(at("empty"), "").unwrap();
    let mut terminal = Terminal::start(home.path(), 80, 24, &["./empty", "--origin", "example.com"]);
    terminal.wait_for("1 error in this file");
    std::fs::write(at("empty"), OFFICE).unwrap();
    // F9, the command line.
    terminal.press("\x1b[20~");
    terminal.wait_for("Commands");
    terminal.press("reload-text\r");
    terminal.wait_for("Records");
}

#[test]
fn a_file_with_errors_is_mended_in_its_text() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("office.zone");
    let wrong = OFFICE.replace("192.0.2.10 ", "192.0.2.310 ");
    std::fs::write(&path, &wrong).unwrap();
    let mut terminal = Terminal::start(home.path(), 132, 43, &["./office.zone"]);
    terminal.wait_for("1 error in this file");
    // Ctrl-G goes to the line and column; Del takes the digit that is too much.
    terminal.press("\x0711:21\r");
    terminal.wait_for("11:21");
    terminal.press("\x1b[3~");
    terminal.wait_for("changed");
    terminal.settle();
    terminal.kill();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), wrong);

    let mut terminal = Terminal::start(home.path(), 132, 43, &["./office.zone"]);
    terminal.wait_for("Text of an earlier run");
    terminal.press(ENTER);
    terminal.wait_for("192.0.2.10 ");
    terminal.press("\x14");
    terminal.wait_for("the table shows what the text says");
    ask_to_save(&mut terminal);
    terminal.press("y");
    terminal.wait_for("Saved: ");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), OFFICE.replace("7 ; serial", "8 ; serial"));
    terminal.press(ENTER);
    terminal.wait_for("serial 8");
    leave(terminal);
    // Nothing of it is offered again.
    leave(open(home.path(), &["./office.zone"]));
}

#[test]
fn records_are_taken_from_a_file_and_the_zone_written_to_one() {
    let home = tempfile::tempdir().unwrap();
    let at = |name: &str| home.path().join(name);
    std::fs::write(at("office.zone"), OFFICE).unwrap();
    std::fs::write(at("hosts"), "; from the old office\nnew A 192.0.2.80\nwww A 192.0.2.10\n").unwrap();
    let mut terminal = open(home.path(), &["./office.zone"]);
    terminal.press(":import ~/hosts\r");
    terminal.wait_for("1 record set added, 1 in the zone already; u undoes it");
    terminal.press(":export out.zone\r");
    terminal.wait_for("is written: 8 records");
    let written = std::fs::read_to_string(at("out.zone")).unwrap();
    for line in ["; the office, kept by hand", "; the shop", ";~ old  A   192.0.2.1"] {
        assert!(written.contains(line), "{written}");
    }
    let added: Vec<&str> = written.lines().filter(|line| !OFFICE.contains(line)).collect();
    assert!(matches!(added[..], [only] if only.contains("192.0.2.80")), "{added:?}");
    // The draft is not saved by that.
    assert_eq!(std::fs::read_to_string(at("office.zone")).unwrap(), OFFICE);
    terminal.press(":export out.zone\r");
    terminal.wait_for("out.zone is there already");
    terminal.press("n");
    terminal.press(":export office.zone\r");
    terminal.wait_for("is the file that is being edited");
    // What is refused stays to be mended.
    terminal.press("\x1b");
    terminal.settle();
    terminal.press(":import nothing\r");
    terminal.wait_for("Nothing is imported.");
    terminal.press("\x1b");
    terminal.settle();
    terminal.press("u");
    terminal.wait_for("undone: import of ~/hosts");
    leave(terminal);
}

/// Something is broken, what the rules find is mended by a key, seen to be gone, and taken back; a finding that is let
/// stand stays so at the next start.
#[test]
fn what_the_rules_find_is_mended_by_a_key_and_let_stand_with_a_reason() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("office.zone");
    let text = "$ORIGIN office.example.\n$TTL 1h\n@ SOA ns1 hostmaster 2026112101 1h 15m 2w 5m\n NS ns1\n NS ns2.example.net.\n\
                ns1 A 192.0.2.1\nwww A 192.0.2.2\nalias CNAME www\nlab 0 A 192.0.2.3\n";
    std::fs::write(&path, text).unwrap();
    let mut terminal = open(home.path(), &[path.to_str().unwrap()]);
    terminal.press("/192.0.2.2\r");
    terminal.wait_for("/192.0.2.2 ");
    terminal.press("-");
    // alias leads nowhere now.
    terminal.wait_for("1 change");
    terminal.press("!");
    let screen = terminal.wait_for("Findings");
    assert!(screen.contains("alias CNAME"), "{screen}");
    terminal.press("/L-35\r");
    terminal.wait_for("f: Delete the CNAME record of alias.office.example.");
    terminal.press("f");
    terminal.wait_for("done: Delete the CNAME record");
    terminal.wait_for("2 changes");
    terminal.wait_for("No finding has that");
    terminal.press("u");
    terminal.wait_for("undone: Delete the CNAME record");
    terminal.wait_until("the finding again", |screen| {
        screen.contains("▌? alias CNAME") || screen.contains(">? alias")
    });
    terminal.press("abefore the move\r");
    terminal.wait_for("1 acknowledged");
    terminal.press("q");
    terminal.wait_for("Nameservers");
    terminal.press("q");
    terminal.wait_for("Keep draft and quit");
    terminal.press("k");
    assert_eq!(terminal.exit_within(std::time::Duration::from_secs(5)), Some(0));
    let mut terminal = Terminal::start(home.path(), 80, 24, &[path.to_str().unwrap()]);
    terminal.wait_for("Draft of an earlier run");
    terminal.press("g");
    terminal.wait_for("your draft is here again");
    terminal.press("!G");
    terminal.wait_for("acknowledged: before the move");
    terminal.press("qqk");
    assert_eq!(terminal.exit_within(std::time::Duration::from_secs(5)), Some(0));
}

/// As a push: what the configuration gives the zone was decided on there; of other nameservers the zone's name is typed.
#[test]
fn a_file_gets_the_nameservers_of_the_configuration_on_a_yes_and_others_on_its_name() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("office.zone");
    std::fs::write(&path, OFFICE).unwrap();
    let configuration = home.path().join(".config/zonewright");
    std::fs::create_dir_all(&configuration).unwrap();
    let text = "[nameservers.own]\nnames = [\"ns1.example.com\", \"ns2.example.net\"]\n\
                [nameservers.others]\nnames = [\"ns1.example.com\", \"ns3.example.net\"]\n\
                [zone.\"example.com\"]\nfile = \"~/office.zone\"\nnameservers = \"own\"\n";
    std::fs::write(configuration.join("config.toml"), text).unwrap();
    let load = |arguments: &[&str], to_the_pane: &str, set: &str| {
        let mut terminal = open(home.path(), arguments);
        terminal.press(to_the_pane);
        terminal.wait_for("I details");
        terminal.press(&format!(":load-nameservers {set}"));
        terminal.wait_for(&format!("load-nameservers {set}"));
        terminal.press(ENTER);
        terminal.wait_for("Enter take");
        terminal.press(ENTER);
        terminal.wait_for("1 change");
        ask_to_save(&mut terminal);
        terminal
    };
    let mut terminal = load(&["example.com"], "\t", "own");
    let screen = terminal.wait_for("(y) Save");
    assert!(!screen.contains("Type the name"), "{screen}");
    terminal.press("y");
    terminal.wait_for("Saved: ");
    terminal.press(ENTER);
    leave(terminal);
    assert!(std::fs::read_to_string(&path).unwrap().contains("ns2.example.net."));
    // By its path it is the same zone, and the pane that was left.
    let mut terminal = load(&["./office.zone"], "", "others");
    let screen = in_words(&terminal.wait_for("Type the name"));
    assert!(screen.contains("This changes the zone's own nameservers."), "{screen}");
    terminal.press("yes\r");
    terminal.wait_for("type the name");
    assert!(!std::fs::read_to_string(&path).unwrap().contains("ns3.example.net."));
    terminal.press("\x15example.com\r");
    terminal.wait_for("Saved: ");
    assert!(std::fs::read_to_string(&path).unwrap().contains("ns3.example.net."));
    terminal.press(ENTER);
    leave(terminal);
}
