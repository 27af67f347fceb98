//! Each screen, drawn.

use super::*;
use crate::facts::{AddressState, AddressStatus};

/// An app whose nameservers have answered.
fn answered() -> Test {
    let mut test = Test::new();
    test.send(Msg::Woke);
    let Some(Effect::AskNameservers { request, .. }) = test.effects.first() else { panic!() };
    let request = *request;
    for (server, address, serial, millis) in [
        ("ns1", "192.0.2.53", 2_026_112_101, 3),
        ("ns1", "2001:db8::53", 2_026_112_101, 4),
        ("ns2.example.net.", "198.51.100.7", 2_026_112_100, 31),
    ] {
        let state = AddressState::Answered {
            authoritative: true,
            serial: Some(serial),
            round_trip: Duration::from_millis(millis),
        };
        let status = AddressStatus { address: address.parse().unwrap(), state };
        let status = NameserverStatus { name: name(server), addresses: vec![status], problem: None };
        test.send(Msg::Nameservers { request, status });
    }
    test
}

/// The same with an edit of each kind.
fn edited() -> Test {
    let mut test = answered();
    test.select("old", "A", "192.0.2.99").keys("-");
    test.select("shop", "CNAME", "www").keys("Enter Ctrl-U 'shops.example.net.' Enter");
    test.select("www", "A", "192.0.2.11").keys("o 'a' Enter '192.0.2.12' Shift-Tab Ctrl-U '5m' Enter");
    test
}

#[test]
fn main_screen() {
    insta::assert_snapshot!(edited().screen(80, 24), @"");
    insta::assert_snapshot!(edited().screen(132, 43), @"");
    insta::assert_snapshot!(edited().screen(40, 10), @"");
}

#[test]
fn main_screen_in_ascii() {
    let mut test = edited();
    test.app.settings.unicode = false;
    test.app.settings.label = Some("production".into());
    let screen = test.screen(80, 24);
    assert!(screen.is_ascii(), "{screen}");
    insta::assert_snapshot!(screen.lines().take(8).collect::<Vec<_>>().join("\n"), @"");
}

#[test]
fn about_the_selected_record() {
    let mut test = answered();
    test.select("www", "A", "192.0.2.10").keys("I");
    let line = |test: &mut Test| test.screen(80, 24).lines().nth(22).unwrap().to_string();
    insta::assert_snapshot!(line(&mut test), @"");
    test.keys("I");
    assert_eq!(line(&mut test), "");
    // What does not fit its column is shown there without being asked for.
    test.select(
        "@",
        "TXT",
        "\"v=spf1 mx include:_spf.example.net include:_spf.mailer.example.org ip4:192.0.2.0/24 -all\"",
    );
    insta::assert_snapshot!(line(&mut test), @"");
}

#[test]
fn help() {
    insta::assert_snapshot!(edited().keys("?").screen(80, 24), @"");
    insta::assert_snapshot!(edited().keys("? 'undo'").screen(80, 24).lines().take(6).collect::<Vec<_>>().join("\n"), @"");
    assert!(edited().keys("? End").screen(132, 43).contains("search:"));
}

#[test]
fn type_chooser() {
    insta::assert_snapshot!(edited().keys("+ 'mail'").screen(80, 24).lines().take(6).collect::<Vec<_>>().join("\n"), @"");
    assert!(edited().keys("+").screen(80, 24).contains("The IPv4 address of a host"));
}

#[test]
fn changes() {
    insta::assert_snapshot!(edited().keys("c").screen(80, 24), @"");
    insta::assert_snapshot!(edited().keys("c").screen(132, 43), @"");
}

#[test]
fn push_dialog() {
    insta::assert_snapshot!(edited().keys("c w").screen(80, 24), @"");
    let near_root = edited().keys("Tab - w w").screen(80, 24);
    insta::assert_snapshot!(near_root.lines().skip(4).take(14).collect::<Vec<_>>().join("\n"), @"");
}

#[test]
fn pushing() {
    insta::assert_snapshot!(edited().keys("c w y").screen(80, 24).lines().take(12).collect::<Vec<_>>().join("\n"), @"");
}

#[test]
fn quit_dialog() {
    insta::assert_snapshot!(edited().keys("q").screen(80, 24).lines().skip(8).take(6).collect::<Vec<_>>().join("\n"), @"");
}

#[test]
fn palette() {
    insta::assert_snapshot!(edited().keys(": 'un'").screen(80, 24), @"");
}

#[test]
fn filter() {
    insta::assert_snapshot!(edited().keys("/ 'www'").screen(80, 24), @"");
}

#[test]
fn form() {
    let mut test = edited();
    test.select("@", "MX", "10 mail").keys("Enter");
    insta::assert_snapshot!(test.screen(80, 24), @"");
}

/// What zone and server say never reaches the terminal raw.
#[test]
fn control_characters_are_shown_as_marks() {
    let mut test = Test::new();
    test.send(Msg::Notice("\u{1b}[2Jcleared \u{202e}turned".into()));
    let screen = test.screen(80, 24);
    assert!(screen.contains("␛[2Jcleared <U+202E>turned"), "{screen}");
    test.app.settings.server = "ns\u{7}1".into();
    assert!(test.screen(80, 24).contains("ns␇1"));
}
