//! Taking records from a file, and writing the zone to one.

use super::*;
use crate::app::exchange::{Export, Exported, NotImported};
use crate::zonefile::ReadBefore;

/// Types `:import FILE`, and answers with a file of this text.
fn import(test: &mut Test, text: &str) {
    test.keys(": 'import' Space 'hosts' Enter");
    let asked = test.latest(|effect| match effect {
        Effect::Import { request, importing } => Some((*request, importing.clone())),
        _ => None,
    });
    let (request, importing) = asked.expect("an import");
    assert_eq!(importing.file, "hosts");
    let taken = importing.take(text.as_bytes(), &mut ReadBefore::default());
    test.send(Msg::Imported { request, result: taken.map_err(NotImported::Wrong) });
}

#[test]
fn an_import_is_one_step() {
    let mut test = Test::new();
    import(
        &mut test,
        "$TTL 1h\nwww A 192.0.2.10\n A 192.0.2.12\nnew A 192.0.2.80\n AAAA 2001:db8::80\nftp CNAME www\n",
    );
    assert_eq!(
        test.changes(),
        [
            "+ new 3600 A 192.0.2.80",
            "+ new 3600 AAAA 2001:db8::80",
            "- www 3600 A 192.0.2.10",
            "- www 3600 A 192.0.2.11",
            "+ www 3600 A 192.0.2.10",
            "+ www 3600 A 192.0.2.12"
        ]
    );
    assert_eq!(test.message(), "2 record sets added, 1 replaced, 1 in the zone already; u undoes it");
    assert_eq!(test.selected(), "+ new 1h A 192.0.2.80");
    test.keys("u");
    assert!(test.changes().is_empty());
    assert_eq!(test.message(), "undone: import of hosts");
    import(&mut test, "www A 192.0.2.11\n A 192.0.2.10\n");
    assert_eq!(test.message(), "1 record set in the zone already");
    import(&mut test, "; nothing\n");
    assert_eq!(test.message(), "it has nothing for this zone");
    assert!(test.changes().is_empty());
}

#[test]
fn what_is_not_taken_is_told_first() {
    let mut test = Test::new();
    let text = "$TTL 60\n@ SOA ns9 hostmaster 5 3600 900 1209600 300\nx A 192.0.2.1\n  120 A 192.0.2.2\n\
                www.example.net. A 192.0.2.9\n@ RRSIG A 13 2 60 20300101000000 20200101000000 1 @ AAAA\n";
    import(&mut test, text);
    insta::assert_snapshot!(test.screen(80, 24), @"
     example.com · ns1.example.com · serial 2026112101                         demo
    ┌ Nameservers ─────────────────────────────────────────────────────────────────┐
    │▌ ns1.example.com.                         looking up its addresses           │
    │  ns2.example.net.                         looking up its addresses           │
    └──────────────────────────────────────────────────────────────────────────────┘
    ┌ Records ──────────────────────────────────────────────────────────  1 of 15 ─┐
    │  Name                       TTL  Type      Data                              │
    │▌┌ Import ──────────────────────────────────────────────────────────────────┐…│
    │ │ Taken over, hosts means: 1 record set added, 1 replaced.                 │ │
    │ │ Left out: 1 record outside of the zone, www.example.net. first.          │ │
    │ │ Left out: RRSIG, which signing makes.                                    │…│
    │ │ 1 record set with several TTLs, x A first: a record set has one, and the │ │
    │ │ lowest is taken.                                                         │ │
    │ │                                                                          │ │
    │ │ ▌(y) Take it over   (n) Cancel                                           │ │
    │ └──────────────────────────────────────────────────────────────────────────┘ │
    │  old                         1d  A         192.0.2.99                        │
    │  shop                        5m  CNAME     www                               │
    │  sub                         1h  NS        ns.sub                            │
    │  ns.sub                      1h  A         192.0.2.77                        │
    │  www                         1h  A         192.0.2.10                        │
    └──────────────────────────────────────────────────────────────────────────────┘

     Enter press  Esc cancel
    ");
    test.keys("Esc");
    assert!(test.changes().is_empty());
    import(&mut test, text);
    test.keys("y");
    assert_eq!(
        test.changes(),
        [
            "- @ 3600 SOA ns1 hostmaster 2026112101 3600 900 1209600 300",
            "+ @ 60 SOA ns9 hostmaster 2026112101 3600 900 1209600 300",
            "+ x 60 A 192.0.2.1",
            "+ x 60 A 192.0.2.2"
        ]
    );
    // Nothing of it is for this zone.
    let mut test = Test::new();
    import(&mut test, "www.example.net. 60 A 192.0.2.9\n");
    assert!(test.screen(80, 24).contains("it has nothing for this zone"));
    test.keys("Enter");
    assert!(test.changes().is_empty());
}

#[test]
fn nothing_is_taken_where_something_is_wrong() {
    let mut test = Test::new();
    import(&mut test, "ok A 192.0.2.1\nwww A 192.0.2.999\nb MX mail\n");
    insta::assert_snapshot!(test.screen(80, 24), @"
     example.com · ns1.example.com · serial 2026112101                         demo
    ┌ Nameservers ─────────────────────────────────────────────────────────────────┐
    │▌ ns1.example.com.                         looking up its addresses           │
    │  ns2.example.net.                         looking up its addresses           │
    └──────────────────────────────────────────────────────────────────────────────┘
    ┌ Records ──────────────────────────────────────────────────────────  1 of 15 ─┐
    │  Name                       TTL  Type      Data                              │
    │▌ @                           1h  SOA       ns1 hostmaster 2026112101 3600 90…│
    │ ┌ Import ──────────────────────────────────────────────────────────────────┐ │
    │ │ 2 errors: nothing is taken from the file.                                │ │
    │ │ 2:7 A: the address is an IPv4 address: four numbers from 0 to 255 with   │…│
    │ │ dots between, such as 192.0.2.1.                                         │ │
    │ │ 3:6 MX: the preference is a number from 0 to 65535.                      │ │
    │ │                                                                          │ │
    │ │ ▌(c) Close                                                               │ │
    │ └──────────────────────────────────────────────────────────────────────────┘ │
    │  old                         1d  A         192.0.2.99                        │
    │  shop                        5m  CNAME     www                               │
    │  sub                         1h  NS        ns.sub                            │
    │  ns.sub                      1h  A         192.0.2.77                        │
    │  www                         1h  A         192.0.2.10                        │
    └──────────────────────────────────────────────────────────────────────────────┘

     Enter press  Esc cancel
    ");
    test.keys("Enter");
    // Right by itself, and wrong in this zone.
    import(&mut test, "ok 60 A 192.0.2.1\nwww 60 CNAME ok\n");
    let screen = test.screen(80, 24);
    assert!(screen.contains("1 error: nothing is taken") && screen.contains("www CNAME"), "{screen}");
    assert!(test.changes().is_empty());
}

#[test]
fn an_import_is_compared_again_when_the_draft_has_moved() {
    let mut test = Test::new();
    test.keys(": 'import' Space 'hosts' Enter");
    let Some(Effect::Import { request, importing }) = test.effects.pop() else { panic!("no import") };
    let taken = importing.take(b"ftp 3600 CNAME www\n", &mut ReadBefore::default()).unwrap();
    test.select("ftp", "CNAME", "www").keys("-");
    assert_eq!(test.changes().len(), 1);
    test.send(Msg::Imported { request, result: Ok(taken) });
    let Some(Effect::Import { request, importing }) = test.effects.pop() else { panic!("not again") };
    let taken = importing.take(b"ftp 3600 CNAME www\n", &mut ReadBefore::default()).unwrap();
    test.send(Msg::Imported { request, result: Ok(taken) });
    assert!(test.changes().is_empty(), "{:?}", test.changes());
    // One that was asked for before the last is not wanted any more.
    test.keys(": 'import' Space 'a' Enter");
    let Some(Effect::Import { request, importing }) = test.effects.pop() else { panic!("no import") };
    test.keys(": 'import' Space 'b' Enter");
    let taken = importing.take(b"c 60 A 192.0.2.1\n", &mut ReadBefore::default()).unwrap();
    test.send(Msg::Imported { request, result: Ok(taken) });
    assert!(test.changes().is_empty());
}

#[test]
fn records_that_the_server_makes_and_conflicts_are_left_out() {
    let mut test = Test::new();
    test.select("old", "A", "192.0.2.99").keys("-").keys("R");
    test.load(&ZONE.replace("192.0.2.99", "192.0.2.98"));
    assert_eq!(test.open().draft.conflicts().len(), 1);
    import(&mut test, "old 60 A 192.0.2.97\n");
    let screen = test.screen(80, 24);
    assert!(screen.contains("1 record set that others changed as well"), "{screen}");
}

/// Types `:export FILE`; what would be written, and the answer.
fn export(test: &mut Test) -> (RequestId, Export) {
    let asked = test.latest(|effect| match effect {
        Effect::Export { request, exporting } => Some((*request, exporting.clone())),
        _ => None,
    });
    let (request, exporting) = asked.expect("an export");
    assert_eq!(exporting.file, "out");
    (request, exporting.export().unwrap())
}

#[test]
fn an_export_has_the_draft_in_it() {
    let mut test = Test::new();
    test.select("ftp", "CNAME", "www").keys("- : 'export' Space 'out' Enter");
    let (request, written) = export(&mut test);
    assert_eq!(written.records, Some(16));
    assert!(!written.text.contains("ftp") && written.text.contains("192.0.2.25"), "{}", written.text);
    let exported = Exported::Written { path: "/tmp/out".into(), records: written.records, notes: Vec::new() };
    test.send(Msg::Exported { request, exported });
    assert_eq!(test.message(), "/tmp/out is written: 16 records");
    assert_eq!(test.changes().len(), 1, "the draft is as it was");
}

#[test]
fn from_the_text_the_text_is_exported() {
    let mut test = Test::new();
    test.keys("t Ctrl-Home Space 'oops' Enter F9 'export' Space 'out' Enter");
    let (_, written) = export(&mut test);
    assert_eq!(written.records, None);
    assert!(written.text.starts_with(" oops\n"), "{}", written.text);
}

#[test]
fn a_file_is_written_over_only_when_that_is_said() {
    let mut test = Test::new();
    test.keys(": 'export' Space 'out' Enter");
    let Some(Effect::Export { request, exporting }) = test.effects.pop() else { panic!("no export") };
    let what = "512 octets, last changed 2026-11-21 14:03 UTC".to_owned();
    test.send(Msg::Exported { request, exported: Exported::IsThere { what, exporting } });
    insta::assert_snapshot!(test.screen(80, 24), @"
     example.com · ns1.example.com · serial 2026112101                         demo
    ┌ Nameservers ─────────────────────────────────────────────────────────────────┐
    │▌ ns1.example.com.                         looking up its addresses           │
    │  ns2.example.net.                         looking up its addresses           │
    └──────────────────────────────────────────────────────────────────────────────┘
    ┌ Records ──────────────────────────────────────────────────────────  1 of 15 ─┐
    │  Name                       TTL  Type      Data                              │
    │▌ @                           1h  SOA       ns1 hostmaster 2026112101 3600 90…│
    │  @                           1h  A         192.0.2.1                         │
    │  @┌ Export ──────────────────────────────────────────────────────────────┐   │
    │  @│ out is there already: 512 octets, last changed 2026-11-21 14:03 UTC. │.n…│
    │  *│ Write over it?                                                       │   │
    │  f│                                                                      │   │
    │  m│  (y) Write over  ▌(n) Cancel                                         │   │
    │  n└──────────────────────────────────────────────────────────────────────┘   │
    │  ns1                         1h  AAAA      2001:db8::53                      │
    │  old                         1d  A         192.0.2.99                        │
    │  shop                        5m  CNAME     www                               │
    │  sub                         1h  NS        ns.sub                            │
    │  ns.sub                      1h  A         192.0.2.77                        │
    │  www                         1h  A         192.0.2.10                        │
    └──────────────────────────────────────────────────────────────────────────────┘

     Enter press  Esc cancel
    ");
    // Enter does not do it.
    test.keys("Enter");
    assert!(!matches!(test.effects.last(), Some(Effect::Export { .. })));
    test.keys(": 'export' Space 'out' Enter");
    let Some(Effect::Export { request, exporting }) = test.effects.pop() else { panic!("no export") };
    test.send(Msg::Exported { request, exported: Exported::IsThere { what: String::new(), exporting } });
    test.keys("y");
    let Some(Effect::Export { exporting, .. }) = test.effects.last() else { panic!("not written over") };
    assert!(exporting.over);
}

#[test]
fn what_a_command_takes_stands_after_its_name() {
    let mut test = Test::new();
    test.keys(": 'imp' Tab");
    assert!(test.screen(80, 24).contains(":import"));
    test.keys("'a' Tab 'b' Enter");
    let Some(Effect::Import { importing, .. }) = test.effects.last() else { panic!("no import") };
    assert_eq!(importing.file, "ab");
    // Chosen from the list, it asks for it.
    test.keys(": 'export' Enter");
    assert!(test.screen(80, 24).contains(":export"));
}

/// Presses Tab, and answers with these names of the folder, "shown" or "shown|typed".
fn tab(test: &mut Test, asked: (&str, &str), names: &[&str]) {
    use crate::app::paths::{Entry, Listing};
    test.keys("Tab");
    let Some(Effect::ListFolder { request, folder, start }) = test.effects.pop() else { panic!("not asked") };
    assert_eq!((&*folder, &*start), asked);
    let entry = |name: &&str| {
        let (shown, typed) = name.split_once('|').unwrap_or((name, name));
        Entry { shown: shown.into(), typed: typed.into() }
    };
    let names = names.iter().map(entry).collect();
    test.send(Msg::FolderListed { request, result: Ok(Listing { names, more: false }) });
}

fn typed(test: &Test) -> String {
    let Some(Overlay::Palette(palette)) = &test.app.overlay else { panic!("no command line") };
    palette.field.text()
}

#[test]
fn tab_completes_paths() {
    let mut test = Test::new();
    test.keys(": 'import' Space '/srv/z'");
    tab(&mut test, ("/srv/", "z"), &["zone.a", "zone.b", "zones/"]);
    assert_eq!(typed(&test), "import /srv/zone");
    // Nothing more is common to them: once more shows them.
    tab(&mut test, ("/srv/", "zone"), &["zone.a", "zone.b", "zones/"]);
    assert_eq!((typed(&test).as_str(), test.message()), ("import /srv/zone", "zone.a  zone.b  zones/"));
    assert!(test.screen(80, 24).contains("zone.a  zone.b  zones/"));
    test.keys("'s'");
    tab(&mut test, ("/srv/", "zones"), &["zones/"]);
    assert_eq!(typed(&test), "import /srv/zones/");
    tab(&mut test, ("/srv/zones/", ""), &["a", "b"]);
    assert_eq!(test.message(), "a  b");
    test.keys("Esc : 'export' Space 'x'");
    tab(&mut test, ("", "x"), &["x1", "x2"]);
    assert_eq!(test.message(), "2 names: Tab again shows them");
    tab(&mut test, ("", "x"), &["x1", "x2"]);
    assert_eq!(test.message(), "x1  x2");
    tab(&mut test, ("", "x"), &[]);
    assert_eq!(test.message(), "no name there begins so");
    test.keys("Esc : 'import' Space '~' Tab");
    assert_eq!(typed(&test), "import ~/");
}

#[test]
fn names_that_cannot_be_typed_are_not_completed() {
    let mut test = Test::new();
    test.keys(": 'import' Space 'z'");
    tab(&mut test, ("", "z"), &["zo␛x|zo"]);
    assert_eq!((typed(&test).as_str(), test.message()), ("import zo", "zo␛x cannot be typed here"));
    tab(&mut test, ("", "zo"), &["zo␛x|zo", "zo␛y|zo"]);
    assert_eq!((typed(&test).as_str(), test.message()), ("import zo", "zo␛x  zo␛y"));
    // What is typed meanwhile is not lost to an answer that comes late.
    test.keys("Tab");
    let Some(Effect::ListFolder { request, .. }) = test.effects.pop() else { panic!("not asked") };
    test.keys("'9'");
    test.send(Msg::FolderListed { request, result: Err("no".into()) });
    assert_eq!((typed(&test).as_str(), test.message()), ("import zo9", ""));
    // Many names take one line.
    let many: Vec<String> = (0..100).map(|number| format!("zo9-{number:02}-a-long-name")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    tab(&mut test, ("", "zo9"), &many);
    tab(&mut test, ("", "zo9-"), &many);
    assert_eq!(test.message(), "zo9-00-a-long-name  zo9-01-a-long-name  and 98 more");
}
