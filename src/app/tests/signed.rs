//! A zone that its server signs: what the server made is hidden until asked for, and the title says until when it
//! holds.

use super::*;

/// The smallest of [`ZONE`] that is worth signing, signed with NSEC.
const SIGNED: &str = "
@      3600  SOA    ns1 hostmaster 2026112101 3600 900 1209600 300
@      3600  NS     ns1
@      3600  MX     10 mail
@      3600  DNSKEY 257 3 13 AQID
@      0     CDS    12345 13 240 AB
@      300   NSEC   mail A NS SOA MX RRSIG NSEC DNSKEY CDS
@      3600  RRSIG  SOA 13 2 3600 20261204120000 20261120120000 12345 @ AQID
@      3600  RRSIG  NS 13 2 3600 20261205120000 20261121120000 12345 @ AQID
mail   3600  A      192.0.2.25
mail   3600  RRSIG  A 13 3 3600 20261205120000 20261121120000 12345 @ AQID
mail   300   NSEC   www A RRSIG NSEC
www    3600  A      192.0.2.10
www    3600  RRSIG  A 13 3 3600 20261205120000 20261121120000 12345 @ AQID
www    300   NSEC   @ A RRSIG NSEC
";

/// 2026-11-21 12:00 UTC; the first signature ends thirteen days later.
const NOW: u64 = 1_795_262_400;

fn signed() -> Test {
    let mut test = Test::with(SIGNED);
    test.send(Msg::Clock(NOW));
    test
}

/// The rows on the list, as "owner type".
fn listed(test: &Test) -> Vec<String> {
    let rows = (0..).map_while(|index| test.open().row(index));
    rows.map(|row| describe::set(&row.key, &name("@"))).collect()
}

#[test]
fn what_the_server_made_is_hidden() {
    insta::assert_snapshot!(signed().screen(80, 24), @"
     example.com · serial 2026112101 · signed, first signature ends in 13 d    demo
    ┌ Nameservers ─────────────────────────────────────────────────────────────────┐
    │▌ ns1.example.com.                         looking up its addresses           │
    └──────────────────────────────────────────────────────────────────────────────┘
    ┌ Records ───────────────────────────── 1 of 4 · 9 made by the server, hidden ─┐
    │  Name                       TTL  Type      Data                              │
    │▌ @                           1h  SOA       ns1 hostmaster 2026112101 3600 90…│
    │  @                           1h  MX        10 mail                           │
    │  mail                        1h  A         192.0.2.25                        │
    │  www                         1h  A         192.0.2.10                        │
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

     + add  - delete  Enter edit  / filter  w save  t text  Tab pane  ? help  q quit
    ");
    insta::assert_snapshot!(signed().screen(132, 43), @"
     example.com · ns1.example.com · serial 2026112101 · signed, first signature ends in 13 d                                      demo
    ┌ Nameservers ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────┐
    │▌ ns1.example.com.                                            looking up its addresses                                            │
    └──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────┘
    ┌ Records ───────────────────────────────────────────────────────────────────────────────── 1 of 4 · 9 made by the server, hidden ─┐
    │  Name                             TTL  Type       Data                                    Note                                   │
    │▌ @                                 1h  SOA        ns1 hostmaster 2026112101 3600 900 12…  The zone's own record: serial number a…│
    │  @                                 1h  MX         10 mail                                 A host that takes mail for the name. A…│
    │  mail                              1h  A          192.0.2.25                              The IPv4 address of a host. Several at…│
    │  www                               1h  A          192.0.2.10                              The IPv4 address of a host. Several at…│
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

     + add  - delete  Enter edit  u undo  L load  / filter  w save  R reload  f fix  t text  Tab pane  c changes  ? help  q quit
    ");
}

#[test]
fn what_the_server_made_is_shown_when_asked_for() {
    let mut test = signed();
    test.keys(": 'made-by-server' Enter");
    insta::assert_snapshot!(test.screen(80, 24), @"
     example.com · serial 2026112101 · signed, first signature ends in 13 d    demo
    ┌ Nameservers ─────────────────────────────────────────────────────────────────┐
    │▌ ns1.example.com.                         looking up its addresses           │
    └──────────────────────────────────────────────────────────────────────────────┘
    ┌ Records ──────────────────────────────────────────────────────────  1 of 13 ─┐
    │  Name                       TTL  Type      Data                              │
    │▌ @                           1h  SOA       ns1 hostmaster 2026112101 3600 90…│
    │  @                           1h  MX        10 mail                           │
    │  @                           1h  RRSIG     SOA 13 2 3600 20261204120000 2026…│
    │  @                           1h  RRSIG     NS 13 2 3600 20261205120000 20261…│
    │  @                           5m  NSEC      mail A NS SOA MX RRSIG NSEC DNSKE…│
    │  @                           1h  DNSKEY    257 3 13 AQID                     │
    │  @                           0s  CDS       12345 13 240 AB                   │
    │  mail                        1h  A         192.0.2.25                        │
    │  mail                        1h  RRSIG     A 13 3 3600 20261205120000 202611…│
    │  mail                        5m  NSEC      www A RRSIG NSEC                  │
    │  www                         1h  A         192.0.2.10                        │
    │  www                         1h  RRSIG     A 13 3 3600 20261205120000 202611…│
    │  www                         5m  NSEC      @ A RRSIG NSEC                    │
    │                                                                              │
    │                                                                              │
    └──────────────────────────────────────────────────────────────────────────────┘
     the records that the server makes are shown
     + add  - delete  Enter edit  / filter  w save  t text  Tab pane  ? help  q quit
    ");
    test.keys(": 'made-by-server' Enter");
    assert_eq!(listed(&test), ["@ SOA", "@ MX", "mail A", "www A"]);
}

#[test]
fn filter_and_changes_among_the_rows_shown() {
    let mut test = signed();
    test.keys("/ 'rrsig' Enter");
    assert_eq!(listed(&test), [""; 0]);
    assert!(test.screen(80, 24).contains("(what the server made is hidden); Esc shows all rows"));
    test.keys(": 'made-by-server' Enter");
    assert_eq!(listed(&test).len(), 7, "the filter stays, and NSEC records speak of RRSIG");
    test.keys("Esc : 'made-by-server' Enter");
    test.select("mail", "A", "192.0.2.25").keys("-");
    assert_eq!(test.selected(), "- mail 1h A 192.0.2.25");
    assert_eq!(listed(&test).len(), 4);
    test.keys("u");
    assert_eq!(test.changes(), [""; 0]);
}

#[test]
fn a_record_that_is_gone_to_is_shown_whoever_made_it() {
    let mut test = signed();
    test.select("@", "DNSKEY", "257 3 13 AQID");
    assert_eq!(test.selected(), "  @ 1h DNSKEY 257 3 13 AQID");
    test.keys("-");
    assert!(test.message().contains("made by the server"), "{}", test.message());
    assert_eq!(test.changes(), [""; 0]);
}

#[test]
fn the_choice_stays_when_the_zone_is_loaded_again() {
    let mut test = signed();
    test.keys("R");
    test.load(SIGNED);
    assert_eq!(listed(&test).len(), 4);
    test.keys(": 'made-by-server' Enter R");
    test.load(SIGNED);
    assert_eq!(listed(&test).len(), 13);
    // Signed no more: all of it is data.
    test.keys(": 'made-by-server' Enter R");
    test.load(ZONE);
    assert_eq!(test.open().hidden(), 0);
    assert!(!test.screen(80, 24).contains("signed"));
    test.keys(": 'made-by-server' Enter");
    assert!(test.message().contains("not signed"), "{}", test.message());
}

#[test]
fn the_title_says_until_when_the_signatures_hold() {
    let title = |now: Option<u64>, width| {
        let mut test = Test::with(SIGNED);
        now.into_iter().for_each(|now| test.send(Msg::Clock(now)));
        test.screen(width, 24).lines().next().unwrap_or_default().trim_end_matches("demo").trim().to_owned()
    };
    let day = 86_400;
    insta::assert_snapshot!([
        title(None, 80),
        title(Some(NOW), 80),
        title(Some(NOW), 100),
        title(Some(NOW), 40),
        title(Some(NOW + 12 * day + 3600), 80),
        title(Some(NOW + 13 * day - 60), 80),
        title(Some(NOW + 13 * day + 3 * 3600), 80),
        title(Some(NOW + 20 * day), 132),
        title(Some(NOW + 20 * day), 40),
    ]
    .join("\n"), @"
    example.com · ns1.example.com · serial 2026112101 · signed
    example.com · serial 2026112101 · signed, first signature ends in 13 d
    example.com · ns1.example.com · serial 2026112101 · signed, first signature ends in 13 d
    example.com · signed, 13 d left
    example.com · serial 2026112101 · signed, first signature ends in 23 h
    example.com · serial 2026112101 · signed, first signature ends in 1 min
    example.com · serial 2026112101 · signed, a signature ended 3 h ago
    example.com · ns1.example.com · serial 2026112101 · signed, a signature ended 7 d ago
    example.com · a signature ended
    ");
}
