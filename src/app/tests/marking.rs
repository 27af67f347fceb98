//! Marks, what is done with the marked records, filters and orders of the list.

use super::*;

fn names(test: &Test) -> Vec<String> {
    let open = test.open();
    let rows = (0..open.records.rows.len()).filter_map(|index| open.row(index));
    rows.map(|row| format!("{} {}", row.key.owner.relative_to(&name("@")), row.key.rtype)).collect()
}

fn marked(test: &Test) -> Vec<String> {
    let rows = test.open().records.rows.marked_rows(test.open().draft.base());
    let line = |row: &rows::Row| {
        let owner = row.key.owner.relative_to(&name("@"));
        format!("{owner} {} {}", row.key.rtype, describe::data(row, &name("@")))
    };
    rows.iter().map(line).collect()
}

#[test]
fn marks_are_shown_and_counted() {
    let mut test = Test::new();
    test.select("ftp", "CNAME", "www").keys("Space Down Space");
    insta::assert_snapshot!(test.screen(80, 24), @r#"
     example.com · ns1.example.com · serial 2026112101                         demo
    ┌ Nameservers ─────────────────────────────────────────────────────────────────┐
    │▌ ns1.example.com.                         looking up its addresses           │
    │  ns2.example.net.                         looking up its addresses           │
    └──────────────────────────────────────────────────────────────────────────────┘
    ┌ Records ───────────────────────────────────────────────  9 of 15 · 2 marked ─┐
    │  Name                       TTL  Type      Data                              │
    │   @                          1h  SOA       ns1 hostmaster 2026112101 3600 90…│
    │   @                          1h  A         192.0.2.1                         │
    │   @                          1h  MX        10 mail                           │
    │   @                          5m  TXT       "v=spf1 mx include:_spf.example.n…│
    │   *.dev                      1h  A         192.0.2.200                       │
    │  •ftp                        1h  CNAME     www                               │
    │   mail                       1h  A         192.0.2.25                        │
    │  •ns1                        1h  A         192.0.2.53                        │
    │▌  ns1                        1h  AAAA      2001:db8::53                      │
    │   old                        1d  A         192.0.2.99                        │
    │   shop                       5m  CNAME     www                               │
    │   sub                        1h  NS        ns.sub                            │
    │   ns.sub                     1h  A         192.0.2.77                        │
    │   www                        1h  A         192.0.2.10                        │
    └──────────────────────────────────────────────────────────────────────────────┘

     Esc unmark  + add  - delete  Enter edit  / filter  Tab pane  ? help  q quit
    "#);
    insta::assert_snapshot!(test.screen(132, 43), @r#"
     example.com · ns1.example.com · serial 2026112101                                                                             demo
    ┌ Nameservers ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────┐
    │▌ ns1.example.com.                                            looking up its addresses                                            │
    │  ns2.example.net.                                            looking up its addresses                                            │
    └──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────┘
    ┌ Records ───────────────────────────────────────────────────────────────────────────────────────────────────  9 of 15 · 2 marked ─┐
    │  Name                             TTL  Type       Data                                    Note                                   │
    │   @                                1h  SOA        ns1 hostmaster 2026112101 3600 900 12…  The zone's own record: serial number a…│
    │   @                                1h  A          192.0.2.1                               The IPv4 address of a host. Several at…│
    │   @                                1h  MX         10 mail                                 A host that takes mail for the name. A…│
    │   @                                5m  TXT        "v=spf1 mx include:_spf.example.net i…  Text for programs: SPF, DKIM, DMARC, p…│
    │   *.dev                            1h  A          192.0.2.200                             answers for names here that do not exi…│
    │  •ftp                              1h  CNAME      www                                     An alias: everything asked of this nam…│
    │   mail                             1h  A          192.0.2.25                              The IPv4 address of a host. Several at…│
    │  •ns1                              1h  A          192.0.2.53                              The IPv4 address of a host. Several at…│
    │▌  ns1                              1h  AAAA       2001:db8::53                            The IPv6 address of a host.            │
    │   old                              1d  A          192.0.2.99                              The IPv4 address of a host. Several at…│
    │   shop                             5m  CNAME      www                                     An alias: everything asked of this nam…│
    │   sub                              1h  NS         ns.sub                                  delegation: others answer below this n…│
    │   ns.sub                           1h  A          192.0.2.77                              The IPv4 address of a host. Several at…│
    │   www                              1h  A          192.0.2.10                              2 addresses, served round robin        │
    │   www                              1h  A          192.0.2.11                              2 addresses, served round robin        │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    └──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────┘

     Esc unmark  + add  - delete  Enter edit  u undo  L load  / filter  w save  f fix  t text  Tab pane  c changes  ? help  q quit
    "#);
    test.keys("Esc");
    insta::assert_snapshot!(test.part((80, 24), 4, 6), @"
    └──────────────────────────────────────────────────────────────────────────────┘
    ┌ Records ──────────────────────────────────────────────────────────  9 of 15 ─┐
    │  Name                       TTL  Type      Data                              │
    │  @                           1h  SOA       ns1 hostmaster 2026112101 3600 90…│
    │  @                           1h  A         192.0.2.1                         │
    │  @                           1h  MX        10 mail                           │
    ");
}

#[test]
fn marks_stay_over_filters_orders_edits_and_reloads() {
    let mut test = Test::new();
    test.select("mail", "A", "192.0.2.25").keys("Space").select("www", "A", "192.0.2.11").keys("Space");
    assert_eq!(marked(&test), ["mail A 192.0.2.25", "www A 192.0.2.11"]);
    test.keys("/ 'ftp' Enter");
    assert_eq!(test.open().marked(), 2);
    // Of what is done with hidden ones it is said so.
    test.keys("T '5m' Enter");
    assert_eq!(
        test.message(),
        "5m now: 2 record sets (3 records, 1 of them not marked: the TTL belongs to the whole set) (2 of them \
         not shown); u undoes it"
    );
    test.keys("Esc s d");
    assert_eq!(marked(&test), ["mail A 192.0.2.25", "www A 192.0.2.11"]);
    test.keys("R");
    test.load(&ZONE.replace("ftp ", "new  60 A 192.0.2.3\nftp "));
    assert_eq!(marked(&test), ["mail A 192.0.2.25", "www A 192.0.2.11"]);
    // One that is edited is still marked; so is one that was added.
    test.select("mail", "A", "192.0.2.25").keys("Enter Backspace Enter");
    test.keys("+ 'a' Enter 'added' Tab Tab '192.0.2.8' Enter Space");
    assert_eq!(marked(&test), ["added A 192.0.2.8", "mail A 192.0.2.2", "www A 192.0.2.11"]);
    test.select("added", "A", "192.0.2.8").keys("Enter Backspace '9' Enter");
    assert_eq!(marked(&test), ["added A 192.0.2.9", "mail A 192.0.2.2", "www A 192.0.2.11"]);
    test.keys("u u");
    assert_eq!(marked(&test), ["mail A 192.0.2.2", "www A 192.0.2.11"]);
    // Filter first, then marks; then nothing is left to go back from.
    test.keys("/ 'w' Enter Esc");
    assert_eq!(test.message(), "all rows; 2 records stay marked: Esc again takes the marks away");
    test.keys("Esc Esc");
    assert_eq!((marked(&test).len(), test.message()), (0, "q quits"));
}

#[test]
fn ranges_all_and_the_others() {
    let mut test = Test::new();
    test.select("ftp", "CNAME", "www").keys("v Down Down");
    assert!(test.screen(80, 24).contains("range of 3"));
    test.keys("v");
    assert_eq!(marked(&test), ["ftp CNAME www", "mail A 192.0.2.25", "ns1 A 192.0.2.53"]);
    test.keys("/ 'type:a' Enter *");
    assert_eq!(test.message(), "7 records marked (1 of them not shown)");
    assert!(!marked(&test).contains(&"mail A 192.0.2.25".to_owned()));
    test.keys("Ctrl-A");
    assert_eq!(test.open().marked(), 9);
    test.keys("Esc Esc v Esc");
    assert_eq!((test.open().marked(), test.open().range()), (0, None));
}

#[test]
fn marked_records_are_deleted_and_brought_back_in_one_step() {
    let mut test = Test::new();
    test.keys("Ctrl-A -");
    assert_eq!(
        test.message(),
        "deleted: 14 records; u undoes it; 1 record left as they are: a zone cannot be without its SOA"
    );
    assert_eq!(test.open().draft.next_labels().0, Some("delete 14 records"));
    test.keys("u");
    assert_eq!(test.changes(), [""; 0]);
    test.keys("Esc").select("www", "A", "192.0.2.10").keys("Space Space - -");
    assert_eq!((test.message(), test.changes()), ("brought back: 2 records; u undoes it", vec![]));
}

#[test]
fn a_range_is_taken_by_what_is_done_with_it() {
    let mut test = Test::new();
    test.select("www", "A", "192.0.2.10").keys("v Down y");
    assert_eq!(test.message(), "copied: 2 records; p puts them in");
    let lines = "www.example.com. 3600 IN A 192.0.2.10\nwww.example.com. 3600 IN A 192.0.2.11\n";
    assert!(test.did(|effect| matches!(effect, Effect::Copy(text) if text == lines)));
}

#[test]
fn rows_in_the_order_of_a_column() {
    let mut test = Test::new();
    test.select("www", "A", "192.0.2.11").keys("s");
    insta::assert_snapshot!(test.part((80, 24), 7, 9), @"
    │  @                           1h  A         192.0.2.1                         │
    │  @                           1h  MX        10 mail                           │
    │ ┌ Sort by ─────────────────────────────────────────────────────────────────┐…│
    │ │ Rows that are alike stay in the order of the zone.                       │ │
    │ │                                                                          │ │
    │ │ ▌(n) Name   (t) TTL   (y) Type   (d) Data   (z) Order of the zone        │ │
    │ │  (c) Cancel                                                              │ │
    │ └──────────────────────────────────────────────────────────────────────────┘ │
    │  old                         1d  A         192.0.2.99                        │
    ");
    test.keys("d");
    // By number, then what is no address; the cursor stays on its record.
    assert_eq!(test.selected(), "  www 1h A 192.0.2.11");
    let by_data = names(&test);
    assert_eq!(by_data[..4], ["@ A", "www A", "www A", "mail A"]);
    test.keys("s t");
    assert_eq!(names(&test)[..2], ["@ TXT", "shop CNAME"]);
    assert_eq!(names(&test).last().unwrap(), "old A");
    test.keys("r");
    assert_eq!(names(&test)[0], "old A");
    // Those that are alike stay in the order of the zone.
    assert_eq!(names(&test)[1..4], ["@ SOA", "@ A", "@ MX"]);
    // Edited rows keep their places until they are sorted again; added ones get theirs.
    test.select("old", "A", "192.0.2.99").keys("T '1' Enter");
    assert_eq!(names(&test)[0], "old A");
    test.keys("s t r");
    assert_eq!(names(&test).last().unwrap(), "old A");
    test.keys("+ 'a' Enter 'new' Tab '2d' Tab '192.0.2.8' Enter");
    assert_eq!(names(&test)[0], "new A");
    test.keys("s z");
    assert_eq!(names(&test)[..2], ["@ SOA", "@ A"]);
    assert_eq!(test.open().records.rows.sorted_by(), None);
}

#[test]
fn where_a_record_would_stand_is_found_in_sorted_rows() {
    let mut test = Test::new();
    test.keys("s d");
    assert_eq!(names(&test)[1..4], ["www A", "www A", "mail A"]);
    test.app.open_mut().unwrap().select_near(&RrKey::new(name("nobody"), RecordType::A));
    assert_eq!(test.selected(), "  ns1 1h A 192.0.2.53");
}

#[test]
fn what_refers_to_a_record_and_back() {
    let mut test = Test::new();
    test.keys("/ 'type:a' Enter").select("mail", "A", "192.0.2.25");
    test.keys("#");
    assert_eq!(test.message(), "what refers to 192.0.2.25; Esc goes back, # goes on to mail");
    assert_eq!(names(&test), ["mail A"]);
    test.keys("#");
    assert_eq!(names(&test), ["@ MX", "mail A"]);
    test.keys("g g Enter Esc Esc");
    assert_eq!(test.open().records.filter, "type:a");
    assert_eq!(test.selected(), "  mail 1h A 192.0.2.25");
    test.keys("Esc").select("shop", "CNAME", "www").keys("#");
    assert_eq!(names(&test), ["ftp CNAME", "shop CNAME", "www A", "www A"]);
}

#[test]
fn a_filter_with_a_mistake_says_so_and_hides_nothing() {
    let mut test = Test::new();
    test.keys("/ 'type:mxx'");
    insta::assert_snapshot!(test.part((80, 24), 23, 1), @" /type:mxx                              mxx is no record type; did you mean MX?");
    assert_eq!(test.open().records.rows.len(), 15);
    test.keys("Enter");
    assert_eq!(test.message(), "mxx is no record type; did you mean MX?");
    insta::assert_snapshot!(test.part((80, 24), 5, 1), @"┌ Records ────────────────────────────────────────────  3 of 15 /type:mxx (?) ─┐");
    test.keys("Backspace");
    assert_eq!(names(&test), ["@ MX"]);
    test.keys("Enter Space Esc / 'marked' Enter");
    assert_eq!(names(&test), ["@ MX"]);
    test.keys("Esc Esc").select("www", "A", "192.0.2.10").keys("- / 'changed' Enter");
    assert_eq!(names(&test), ["www A"]);
}

#[test]
fn ttl_says_what_it_is_about_while_it_is_typed() {
    let mut test = Test::new();
    test.select("www", "A", "192.0.2.10").keys("Space T '5'");
    insta::assert_snapshot!(test.part((80, 24), 18, 6), @"
    ┌ ttl ─────────────────────────────────────────────────────────────────────────┐
    │ 5 s for 1 record set (2 records, 1 of them not marked: the TTL belongs to    │
    │ the whole set)                                                               │
    └──────────────────────────────────────────────────────────────────────────────┘

     :ttl 5
    ");
    test.keys("'x'");
    assert!(test.screen(80, 24).contains("a TTL is a number of seconds"));
}

#[test]
fn edited_rows_stay_where_they_are_until_the_filter_is_set_again() {
    let mut test = Test::new();
    test.keys("/ 'ttl>=3600' Space 'type:a' Enter");
    let names = |test: &mut Test| -> Vec<String> {
        let open = test.open();
        let rows = (0..open.records.rows.len()).filter_map(|index| open.row(index));
        rows.map(|row| format!("{} {}", row.key.owner.relative_to(&name("@")), row.ttl)).collect()
    };
    let before = names(&mut test);
    assert_eq!(before.len(), 8, "{before:?}");
    // Two of three sets are given a TTL that does not fit: they stay, in their places.
    test.select("www", "A", "192.0.2.10").keys("Space Space");
    test.select("mail", "A", "192.0.2.25").keys("Space T '5m' Enter");
    let after = names(&mut test);
    assert_eq!(after.iter().filter(|line| line.ends_with(" 300")).count(), 3, "{after:?}");
    let owners = |lines: &[String]| -> Vec<String> {
        lines.iter().map(|line| line.split(' ').next().unwrap().to_owned()).collect()
    };
    assert_eq!(owners(&after), owners(&before));
    assert!(test.screen(110, 24).contains("3 fit no more"), "{}", test.screen(110, 24));
    // Another edit, and a row that comes to fit and goes away again, stay as well.
    test.select("old", "A", "192.0.2.99").keys("T '60' Enter");
    assert_eq!(names(&mut test).len(), 8);
    test.keys("u");
    assert_eq!(test.open().records.rows.unfit(), 3);
    // Deleted ones are seen too.
    test.select("mail", "A", "192.0.2.25").keys("Esc Esc");
    test.keys("/ 'ttl>=3600' Space 'type:a' Enter");
    assert_eq!(names(&mut test).len(), 5, "set again, it hides them: {:?}", names(&mut test));
    // The same filter kept once more is set again, too.
    test.select("old", "A", "192.0.2.99").keys("T '60' Enter");
    assert_eq!(names(&mut test).len(), 5);
    test.keys("/ Enter");
    assert_eq!(names(&mut test).len(), 4);
}

#[test]
fn an_added_record_that_is_edited_stays_under_a_filter() {
    let mut test = Test::new();
    test.keys("+ Enter 'new' Tab Tab '192.0.2.7' Enter / 'data:192.0.2.7' Enter");
    test.keys("Enter Ctrl-U '203.0.113.9' Enter");
    assert_eq!(test.selected(), "+ new 1h A 203.0.113.9");
    assert_eq!(test.open().records.filter, "data:192.0.2.7", "the filter is not lifted for it");
}
