//! Replacing, pasting and deleting all in the table.

use super::*;

#[test]
fn an_address_range_is_renumbered_with_its_preview() {
    let mut test = Test::new();
    test.keys("% '192.0.2.0/24' Space '198.51.100.0/24'");
    insta::assert_snapshot!(test.part((80, 24), 18, 6), @"
    │  sub                         1h  NS        ns.sub                            │
    ┌ replace ─────────────────────────────────────────────────────────────────────┐
    │ 8 records in the whole zone; 1 record in texts, offered; Enter shows them    │
    └──────────────────────────────────────────────────────────────────────────────┘

     :replace 192.0.2.0/24 198.51.100.0/24
    ");
    test.keys("Enter");
    insta::assert_snapshot!(test.screen(80, 24), @"
     example.com · ns1.example.com · serial 2026112101                         demo
    ┌ Replace 192.0.2.0/24 -> 198.51.100.0/24 in the whole zone ─── 7 of 8 ticked ─┐
    │   * 1 record set of texts (SPF and the like) has such addresses as well:     │
    │     at the end, not ticked.                                                  │
    │▌[x] @ A                                                                      │
    │     - 1h      192.0.2.1                                                      │
    │     + 1h      198.51.100.1                                                   │
    │ [x] *.dev A                                                                  │
    │     - 1h      192.0.2.200                                                    │
    │     + 1h      198.51.100.200                                                 │
    │ [x] mail A                                                                   │
    │     - 1h      192.0.2.25                                                     │
    │     + 1h      198.51.100.25                                                  │
    │ [x] ns1 A                                                                    │
    │     - 1h      192.0.2.53                                                     │
    │     + 1h      198.51.100.53                                                  │
    │ [x] old A                                                                    │
    │     - 1d      192.0.2.99                                                     │
    │     + 1d      198.51.100.99                                                  │
    │ [x] ns.sub A                                                                 │
    │     - 1h      192.0.2.77                                                     │
    └──────────────────────────────────────────────────────────────────────────────┘

     Enter take  w take and review  Space tick  * all  Esc leave  ? help
    ");
    test.keys("Enter");
    assert_eq!(test.message(), "7 record sets changed; u undoes it; w reviews and pushes");
    assert!(test.changes().contains(&"+ www 3600 A 198.51.100.10".to_owned()));
    test.keys("u");
    assert_eq!(test.changes(), [""; 0]);
}

#[test]
fn only_marked_records_are_replaced_else_those_shown() {
    let mut test = Test::new();
    test.select("www", "A", "192.0.2.11").keys("Space % '192.0.2.0/24' Space '198.51.100.0/24' Enter Enter");
    let after = [
        "- www 3600 A 192.0.2.10",
        "- www 3600 A 192.0.2.11",
        "+ www 3600 A 192.0.2.10",
        "+ www 3600 A 198.51.100.11",
    ];
    assert_eq!(test.changes(), after);
    test.keys("u Esc / 'name:mail' Enter % '192.0.2.0/24' Space '198.51.100.0/24' Enter Enter");
    assert_eq!(test.changes(), ["- mail 3600 A 192.0.2.25", "+ mail 3600 A 198.51.100.25"]);
}

#[test]
fn a_replacement_that_cannot_be_stays_to_be_mended() {
    let mut test = Test::new();
    test.keys("% '192.0.2.0/24' Space '198.51.100.0' Enter");
    assert_eq!(test.message(), "198.51.100.0 is no range of addresses, such as 192.0.2.0/24");
    assert!(
        matches!(&test.app.overlay, Some(Overlay::Palette(palette)) if palette.field.text().ends_with("198.51.100.0"))
    );
    test.keys("'/24' Enter Esc");
    assert_eq!(test.changes(), [""; 0]);
    test.keys("% 'nobody' Space 'www' Enter");
    assert_eq!(test.message(), "Replace nobody -> www in the whole zone: no record there has it");
}

#[test]
fn pasted_lines_are_shown_and_bad_ones_named() {
    let mut test = Test::new();
    test.send(Msg::Paste("new A 192.0.2.7\nwhat is this\nwww 60 A 192.0.2.12\n".into()));
    insta::assert_snapshot!(test.screen(80, 24), @r#"
     example.com · ns1.example.com · serial 2026112101                         demo
    ┌ Paste 2 records ───────────────────────────────────────────── 2 of 2 ticked ─┐
    │   * Left out: line 2, what is this: "is" is no record type. Is NS meant?     │
    │▌[x] new A                                                                    │
    │     + 1h      192.0.2.7                                                      │
    │ [x] www A                                                                    │
    │     + 1h      192.0.2.12                                                     │
    │     ! the set keeps its TTL of 1h; the pasted line says 1m                   │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    └──────────────────────────────────────────────────────────────────────────────┘

     Enter take  w take and review  Space tick  * all  Esc leave  ? help
    "#);
    test.keys("Enter");
    assert!(test.changes().contains(&"+ new 3600 A 192.0.2.7".to_owned()));
    assert!(test.changes().contains(&"+ www 3600 A 192.0.2.12".to_owned()));
    // Nothing to take: all that was pasted is still there for the text.
    test.keys("u");
    test.send(Msg::Paste("what is this".into()));
    assert!(!test.message().contains(".;"), "{}", test.message());
    test.send(Msg::Paste("www,A,300,192.0.2.7\r".into()));
    assert_eq!(
        test.message(),
        "no record in it: Left out: line 1, www,A,300,192.0.2.7: it looks like CSV: then the first line must name the \
         columns, such as name,type,ttl,data; the text (t) takes it with Ctrl-U"
    );
    for end in ["\r", "\n", "\r\n"] {
        let lines = ["name,type,ttl,data", "csv,A,300,192.0.2.7", "csv,A,300,192.0.2.8", ""];
        test.send(Msg::Paste(lines.join(end)));
        assert!(test.screen(80, 24).contains("192.0.2.8"), "{end:?}: {}", test.screen(80, 24));
        test.keys("Esc");
    }
    test.send(Msg::Paste("what is this".into()));
    assert!(
        test.message().starts_with("no record in it: Left out: line 1, what is this: "),
        "{}",
        test.message()
    );
    assert_eq!(test.app.copied().0, "what is this");
}

#[test]
fn copied_records_are_put_in_again_and_into_another_zone() {
    let mut test = Test::new();
    test.select("www", "A", "192.0.2.10")
        .keys("Space Space Esc")
        .select("www", "A", "192.0.2.10")
        .keys("v Down y - p Enter");
    assert_eq!(test.changes(), [""; 0]);
    let lines = "web.example.net. 60 IN A 192.0.2.1\n@ MX 10 web.example.net.\n";
    test.app.keep_copied(lines.into(), Some(Name::parse(b"example.net.", None).unwrap()));
    test.keys("p Enter");
    assert!(test.changes().contains(&"+ @ 3600 MX 10 web".to_owned()), "{:?}", test.changes());
    assert!(test.changes().contains(&"+ web 60 A 192.0.2.1".to_owned()));
    test.keys("u");
    test.send(Msg::Paste(format!("$ORIGIN example.net.\n{lines}")));
    test.keys("Enter");
    assert!(test.changes().contains(&"+ web 60 A 192.0.2.1".to_owned()));
}

#[test]
fn what_was_copied_goes_along_to_the_next_zone() {
    let mut test = Test::new();
    test.select("www", "A", "192.0.2.10").keys("y");
    let other = Name::parse(b"example.net.", None).unwrap();
    let mut next = Test::starting(Settings { zone: other.clone(), ..settings() });
    next.app.bring_copied(&mut test.app);
    let served =
        "example.net. 3600 IN SOA ns1 hostmaster 1 3600 900 1209600 300\nexample.net. 3600 IN NS ns1\n";
    let (served, _) = crate::zonefile::read_zone(served.as_bytes(), Some(&other)).unwrap();
    let loaded = Loaded { zone: Arc::new(served), kind: ServerKind::Embedded, editable: Ok(()), file: None };
    let request = next.last_load();
    next.send(Msg::Loaded { request, result: Ok(loaded) });
    next.keys("p");
    let screen = next.screen(80, 24);
    assert!(screen.contains("Names of example.com. have become names of this zone."), "{screen}");
    next.keys("Enter");
    let www = RrKey::new(Name::parse(b"www.example.net.", None).unwrap(), RecordType::A);
    assert!(next.open().draft.get(&www).is_some());
}

#[test]
fn all_is_deleted_once_the_name_of_the_zone_is_typed() {
    let mut test = Test::new();
    test.keys(": 'delete-all' Enter Enter");
    assert_eq!(test.message(), "type the name of the zone, or Esc to cancel");
    test.keys("'example.com' Enter");
    assert_eq!(test.message(), "13 record sets deleted, SOA and nameservers stay; u undoes it");
    assert!(test.changes().iter().all(|line| line.starts_with('-') && !line.contains(" SOA ")));
    assert!(test.open().draft.get(&RrKey::new(name("@"), RecordType::NS)).is_some());
}

#[test]
fn a_copy_begins_where_it_will_differ() {
    let mut test = Test::new();
    for (owner, rtype, data, part) in [
        ("mail", "A", "192.0.2.25", form::Part::Owner),
        ("ftp", "CNAME", "www", form::Part::Owner),
        ("@", "MX", "10 mail", form::Part::Rdata(0)),
    ] {
        test.select(owner, rtype, data).keys("Y");
        let Screen::Form(form) = &test.app.screen else { panic!("no form") };
        assert_eq!(form.inputs()[form.current()].part, part, "{rtype}");
        test.keys("Esc");
    }
}
