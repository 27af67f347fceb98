//! Forms in the program: made from a file, with its path completed; a null MX by one key; help and back.

use super::*;

const KEY: &str = "host ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOW6yMMRyVZqUJe0RSld3SywoIyyz5wNsFbIGSLWKYLS x";

fn form(rtype: &str) -> Test {
    let mut test = Test::new();
    test.select("www", "A", "192.0.2.10").keys(&format!("+ '{rtype}' Enter"));
    test
}

fn asked(test: &Test) -> Option<(RequestId, String)> {
    test.latest(|effect| match effect {
        Effect::ReadMaterial { request, file } => Some((*request, file.clone())),
        _ => None,
    })
}

#[test]
fn a_record_is_made_from_a_file() {
    let mut test = form("sshfp");
    test.keys("'host' F4 'key.pub' Enter");
    let (request, file) = asked(&test).expect("a file to read");
    assert_eq!((file.as_str(), test.message()), ("key.pub", "reading key.pub"));
    test.send(Msg::MaterialRead { request, result: Ok(KEY.into()) });
    assert!(test.screen(80, 24).contains("Made from the ssh-ed25519 key."));
    test.keys("Enter");
    assert_eq!(
        test.changes(),
        ["+ host 3600 SSHFP 4 2 4BD0DBF6029FA3A02EF3A5F68103FBB7CBFCDCB2E7E91719CF7BA426984EC7FD"]
    );
}

#[test]
fn a_file_that_cannot_be_read_or_comes_too_late_changes_nothing() {
    let mut test = form("sshfp");
    test.keys("'host' Ctrl-O 'none' Enter");
    let (request, _) = asked(&test).unwrap();
    test.send(Msg::MaterialRead { request, result: Err("none cannot be read.".into()) });
    assert_eq!(test.message(), "none cannot be read.");
    // Another one was asked for meanwhile; and then the form was left.
    test.keys("F4 'one' Enter F4 'two' Enter");
    let (second, _) = asked(&test).unwrap();
    test.send(Msg::MaterialRead { request, result: Ok(KEY.into()) });
    assert!(!test.screen(80, 24).contains("4BD0"));
    test.keys("Esc Esc");
    test.send(Msg::MaterialRead { request: second, result: Ok(KEY.into()) });
    assert!(test.changes().is_empty());
}

#[test]
fn the_path_is_completed() {
    let mut test = form("tlsa");
    test.keys("F4 '/etc/ce' Tab");
    let folder = test.latest(|effect| match effect {
        Effect::ListFolder { folder, start, .. } => Some((folder.clone(), start.clone())),
        _ => None,
    });
    assert_eq!(folder, Some(("/etc/".into(), "ce".into())));
    // Back, the form is as it was.
    test.keys("Esc");
    assert!(test.screen(80, 24).contains("Add TLSA"));
}

#[test]
fn a_null_mx_is_one_key() {
    let mut test = form("mx");
    test.keys("'new' F4 Enter");
    assert_eq!(test.changes(), ["+ new 3600 MX 0 ."]);
    let mut test = form("a");
    test.keys("F4");
    assert_eq!(test.message(), "nothing makes this type: fill in the fields");
}
