//! Editing on the main screen.

use super::*;

#[test]
fn delete_and_bring_back() {
    let mut test = Test::new();
    test.select("old", "A", "192.0.2.99").keys("-");
    assert_eq!(test.selected(), "- old 1d A 192.0.2.99");
    assert_eq!(test.changes(), ["- old 86400 A 192.0.2.99"]);
    assert!(matches!(&test.effects[..], [Effect::Journal { base_serial: 2_026_112_101, .. }]));
    test.keys("-");
    assert_eq!(test.selected(), "  old 1d A 192.0.2.99");
    assert_eq!(test.changes(), [""; 0]);
    test.keys("u");
    assert_eq!(test.selected(), "- old 1d A 192.0.2.99");
    test.keys("u");
    assert_eq!(test.changes(), [""; 0]);
    test.keys("U Ctrl-R");
    assert_eq!(test.message(), "done again: restore old A");
    assert_eq!(test.effects.len(), 6);
}

#[test]
fn one_of_two_records_deleted_and_the_order_restored() {
    let mut test = Test::new();
    test.select("www", "A", "192.0.2.10").keys("-");
    assert_eq!(test.selected(), "- www 1h A 192.0.2.10");
    test.keys("Down");
    assert_eq!(test.selected(), "  www 1h A 192.0.2.11");
    test.keys("- Up - Down -");
    assert_eq!(test.changes(), [""; 0]);
}

#[test]
fn adding_by_form() {
    let mut test = Test::new();
    test.keys("+ 'aaa' Enter");
    assert!(matches!(test.app.screen, Screen::Form(_)));
    test.keys("'www' Tab Tab '2001:db8::1' Enter");
    assert_eq!(test.message(), "add www AAAA: done; u undoes it");
    assert_eq!(test.selected(), "+ www 1h AAAA 2001:db8::1");
    assert_eq!(test.changes(), ["+ www 3600 AAAA 2001:db8::1"]);
    // Deleting a record that was never served leaves nothing behind.
    test.keys("-");
    assert_eq!(test.changes(), [""; 0]);
}

#[test]
fn adding_beside_takes_the_ttl_along_and_says_so() {
    let mut test = Test::new();
    test.select("www", "A", "192.0.2.11").keys("o 'a' Enter '192.0.2.12' Shift-Tab Ctrl-U '5m' Enter");
    assert_eq!(test.message(), "add www A: done; the TTL belongs to the whole set: 3 records have 5m now");
    assert_eq!(test.selected(), "+ www 5m A 192.0.2.12");
    test.keys("Up");
    assert_eq!(test.selected(), "~ www 5m A 192.0.2.11");
}

#[test]
fn editing_and_deleting_the_edited() {
    let mut test = Test::new();
    test.select("mail", "A", "192.0.2.25").keys("Enter Ctrl-U '192.0.2.26' Enter");
    assert_eq!(test.selected(), "~ mail 1h A 192.0.2.26");
    assert_eq!(test.message(), "edit mail A: done; u undoes it");
    test.keys("-");
    assert_eq!(test.changes(), ["- mail 3600 A 192.0.2.25"]);
    test.keys("u u");
    assert_eq!(test.selected(), "  mail 1h A 192.0.2.25");
    test.keys("Enter Enter");
    assert_eq!(test.message(), "nothing is different");
}

#[test]
fn a_copy_is_added() {
    let mut test = Test::new();
    test.select("mail", "A", "192.0.2.25").keys("Y Ctrl-U 'mail2' Enter");
    assert_eq!(test.changes(), ["+ mail2 3600 A 192.0.2.25"]);
    // A copy that is no different stays open and says why.
    test.keys("Y Enter");
    assert!(matches!(test.app.screen, Screen::Form(_)));
}

#[test]
fn nameservers_are_edited_above() {
    let mut test = Test::new();
    test.keys("Tab + 'ns3.example.net.' Enter");
    assert_eq!(test.selected(), "+ @ 1h NS ns3.example.net.");
    let asked: Vec<&Name> = test
        .effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::AskNameserver { server, .. } => Some(&server.name),
            _ => None,
        })
        .collect();
    assert_eq!(asked, [&name("ns3.example.net.")], "only the new one");
    test.keys("Up -");
    assert_eq!(test.selected(), "~ @ 1h NS ns3.example.net.");
    test.keys("u Home - ");
    assert_eq!(test.selected(), "~ @ 1h NS ns3.example.net.");
    assert!(test.open().records.rows.total() == 15);
}

/// A key and a signature over the SOA: a signed zone.
const SIGNED: &str = "@ 3600 DNSKEY 257 3 13 AAAA
@ 3600 RRSIG SOA 13 2 3600 20261206034920 20261122021920 8842 @ AAAA
@ 3600 NSEC ftp SOA RRSIG NSEC DNSKEY
";

#[test]
fn what_a_server_makes_is_told_by_the_zone_and_not_by_the_type() {
    let mut test = Test::with(&format!("{ZONE}@ 3600 DNSKEY 257 3 13 AAAA\n@ 3600 NSEC ftp SOA\n"));
    test.select("@", "DNSKEY", "257 3 13 AAAA").keys("-");
    assert_eq!(test.changes(), ["- @ 3600 DNSKEY 257 3 13 AAAA"]);
    test.keys("u + 'DNSKEY' Enter");
    assert!(matches!(&test.app.screen, Screen::Form(form) if form.rtype() == RecordType::DNSKEY));
    // No push sends these, signed or not.
    test.keys("Esc").select("@", "NSEC", "ftp SOA").keys("-");
    assert_eq!(test.message(), "NSEC records are made by whoever signs the zone; no update can carry them");
    let mut test = Test::with(&format!("{ZONE}{SIGNED}"));
    test.keys("+ 'DNSKEY' Enter");
    assert!(matches!(test.app.screen, Screen::Main));
    assert_eq!(test.message(), "DNSKEY records cannot be added by hand");
}

#[test]
fn what_cannot_be_edited_says_why() {
    let mut test = Test::with(&format!("{ZONE}{SIGNED}"));
    test.keys("Home -");
    assert_eq!(test.message(), "a zone cannot be without its SOA; Enter edits it");
    test.select("@", "DNSKEY", "257 3 13 AAAA").keys("-");
    assert_eq!(
        test.message(),
        "the zone is signed: its DNSKEY is made by the server, which changes it itself"
    );
    test.select("old", "A", "192.0.2.99").keys("- Enter");
    assert_eq!(test.message(), "this record is deleted; - brings it back");
}

#[test]
fn read_only_zones_can_be_looked_at() {
    let mut test = Test::starting(settings());
    let reason = "the server takes no updates for this zone from the key ns1-key";
    let loaded =
        Loaded { zone: zone(ZONE), kind: ServerKind::Bind, editable: Err(reason.into()), file: None };
    let request = test.last_load();
    test.send(Msg::Loaded { request, result: Ok(loaded) });
    assert!(test.screen(80, 24).contains(&format!("read-only: {reason}")), "{}", test.screen(80, 24));
    for key in ["+", "-", "Enter", "o", "Y"] {
        test.keys(key);
        assert_eq!(test.message(), format!("read-only: {reason}"));
    }
    assert!(matches!(test.app.screen, Screen::Main));
}

#[test]
fn a_long_reason_for_read_only_hides_no_row() {
    let mut test = Test::starting(settings());
    let reason = "the server takes no updates. ".repeat(8);
    let loaded = Loaded { zone: zone(ZONE), kind: ServerKind::Bind, editable: Err(reason), file: None };
    let request = test.last_load();
    test.send(Msg::Loaded { request, result: Ok(loaded) });
    test.keys("End");
    let screen = test.screen(80, 20);
    let rows = screen.lines().filter(|line| line.starts_with('▌')).count();
    assert_eq!(rows, 2, "a selected row in each pane:\n{screen}");
    assert!(!screen.contains("+ add"), "what cannot be done is no hint:\n{screen}");
}

#[test]
fn filter_keeps_the_selected_record_and_lets_go() {
    let mut test = Test::new();
    test.select("shop", "CNAME", "www").keys("/ 'WW'");
    assert_eq!(test.selected(), "  shop 5m CNAME www");
    assert_eq!(test.open().records.rows.len(), 4);
    test.keys("Enter End -");
    assert_eq!(test.selected(), "- www 1h A 192.0.2.11");
    // A record that the filter would hide is shown when it is added.
    test.keys("+ 'a' Enter 'zzz' Tab Tab '192.0.2.7' Enter");
    assert_eq!(test.selected(), "+ zzz 1h A 192.0.2.7");
    assert_eq!(test.open().records.filter, "");
    test.keys("/ 'nothing-has-this' Enter");
    assert!(test.screen(80, 24).contains("no record fits nothing-has-this; Esc shows all"));
    test.keys("Enter");
    assert_eq!(test.message(), "no record is selected");
    test.keys("Esc");
    assert_eq!(test.open().records.rows.len(), 16);
    test.keys("Esc");
    assert_eq!(test.message(), "q quits");
}

#[test]
fn changed_records_are_found() {
    let mut test = Test::new();
    test.select("mail", "A", "192.0.2.25").keys("-");
    test.select("www", "A", "192.0.2.11").keys("- Home n");
    assert_eq!(test.selected(), "- mail 1h A 192.0.2.25");
    test.keys("n");
    assert_eq!(test.selected(), "- www 1h A 192.0.2.11");
    test.keys("n");
    assert_eq!(test.message(), "no changed record that way among the rows shown");
    test.keys("N");
    assert_eq!(test.selected(), "- mail 1h A 192.0.2.25");
}

#[test]
fn moving_about() {
    let mut test = Test::new();
    for (keys, row) in [
        ("j j", 2),
        ("k", 1),
        ("G", 14),
        ("g g", 0),
        ("PgDn", 12),
        ("Ctrl-B", 0),
        ("Ctrl-D", 6),
        ("End", 14),
        ("Home", 0),
        ("Up", 0),
    ] {
        test.keys(keys);
        assert_eq!(test.open().records.selected, row, "{keys}");
    }
    test.keys("g x");
    assert_eq!(test.message(), "no command on g x; ? shows all");
}

#[test]
fn the_record_goes_to_the_clipboard() {
    let mut test = Test::new();
    test.select("@", "MX", "10 mail").keys("y");
    assert!(
        matches!(&test.effects[..], [Effect::Copy(line)] if line == "example.com. 3600 IN MX 10 mail.example.com.")
    );
}

#[test]
fn leaving() {
    let mut test = Test::new();
    test.keys("q");
    assert!(matches!(&test.effects[..], [Effect::Quit]));
    let mut test = Test::new();
    test.keys("Down - q Esc");
    assert!(test.app.overlay.is_none());
    test.effects.clear();
    test.keys("q Enter");
    assert!(matches!(&test.effects[..], [Effect::Quit]));
    test.effects.clear();
    test.keys("Ctrl-C d Enter q d y");
    assert!(matches!(&test.effects[..], [Effect::Discard { .. }, Effect::Quit]));
    test.effects.clear();
    test.keys("q p");
    assert!(matches!(test.app.screen, Screen::Changes(_)));
    test.send(Msg::Hangup);
    assert!(matches!(&test.effects[..], [Effect::Quit]));
}

#[test]
fn leaving_with_an_unsaved_draft_does_not_claim_that_it_is_kept() {
    let mut test = Test::new();
    test.select("old", "A", "192.0.2.99").keys("-");
    test.send(Msg::Journalled(Err(full_disk())));
    assert!(test.screen(80, 24).contains("NOT SAVED"));
    test.keys("q");
    let screen = test.screen(80, 24);
    assert!(screen.contains("NOT SAVED") && screen.contains("No space left"), "{screen}");
    assert!(!screen.contains("Keep draft"), "{screen}");
    // Enter is on the way out that loses nothing.
    test.keys("Enter");
    assert!(!test.did(|effect| matches!(effect, Effect::Quit | Effect::ClearDraft)));
}

#[test]
fn a_step_after_one_that_was_not_saved_writes_the_whole_draft() {
    let mut test = Test::new();
    test.select("old", "A", "192.0.2.99").keys("-");
    test.send(Msg::Journalled(Err(full_disk())));
    test.effects.clear();
    test.select("shop", "CNAME", "www").keys("-");
    let written = test.effects.iter().find_map(|effect| match effect {
        Effect::ReplaceDraft { entries, .. } => Some(entries.clone()),
        _ => None,
    });
    assert_eq!(written, Some(test.open().draft.entries()));
    assert!(!test.did(|effect| matches!(effect, Effect::Journal { .. })));
    // Once it is saved, steps are appended again.
    test.send(Msg::Journalled(Ok(())));
    test.effects.clear();
    test.keys("u");
    assert!(test.did(|effect| matches!(effect, Effect::Journal { .. })));
}
