//! Each screen, drawn.

use super::*;

/// An app whose nameservers have answered.
fn answered() -> Test {
    let mut test = Test::new();
    let now = 2_026_112_101;
    test.nameserver(
        "ns1",
        &[("192.0.2.53", serial(now, 3), serial(now, 4)), ("2001:db8::53", serial(now, 4), serial(now, 5))],
    );
    test.nameserver("ns2.example.net.", &[("198.51.100.7", serial(now - 1, 31), serial(now - 1, 33))]);
    test
}

/// The same with an edit of each kind.
pub fn edited() -> Test {
    let mut test = answered();
    test.select("old", "A", "192.0.2.99").keys("-");
    test.select("shop", "CNAME", "www").keys("Enter Ctrl-U 'shops.example.net.' Enter");
    test.select("www", "A", "192.0.2.11").keys("o 'a' Enter '192.0.2.12' Shift-Tab Ctrl-U '5m' Enter");
    test
}

#[test]
fn main_screen() {
    insta::assert_snapshot!(edited().screen(80, 24), @r#"
     example.com · ns1.example.com · serial 2026112101 · 3 changes             demo
    ┌ Nameservers ─────────────────────────────────────────────────────────────────┐
    │▌ ns1.example.com.           192.0.2.53    2026112101  in sync           3 ms │
    │                             2001:db8::53  2026112101  in sync           4 ms │
    │  ns2.example.net.           198.51.100.7  2026112100  1 behind         31 ms │
    └──────────────────────────────────────────────────────────────────────────────┘
    ┌ Records ────────────────────────────────────────────────────────── 16 of 16 ─┐
    │  Name                       TTL  Type      Data                              │
    │  @                           5m  TXT       "v=spf1 mx include:_spf.example.n…│
    │  *.dev                       1h  A         192.0.2.200                       │
    │  ftp                         1h  CNAME     www                               │
    │  mail                        1h  A         192.0.2.25                        │
    │  ns1                         1h  A         192.0.2.53                        │
    │  ns1                         1h  AAAA      2001:db8::53                      │
    │ -old                         1d  A         192.0.2.99                        │
    │ ~shop                        5m  CNAME     shops.example.net.                │
    │  sub                         1h  NS        ns.sub                            │
    │  ns.sub                      1h  A         192.0.2.77                        │
    │ ~www                         5m  A         192.0.2.10                        │
    │ ~www                         5m  A         192.0.2.11                        │
    │▌+www                         5m  A         192.0.2.12                        │
    └──────────────────────────────────────────────────────────────────────────────┘
     add www A: done; the TTL belongs to the whole set: 3 records have 5m now
     + add  - delete  Enter edit  u undo  / filter  w save  Tab pane  ? help  q quit
    "#);
    insta::assert_snapshot!(edited().screen(132, 43), @r#"
     example.com · ns1.example.com · serial 2026112101 · 3 changes                                                                 demo
    ┌ Nameservers ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────┐
    │▌ ns1.example.com.                              192.0.2.53    2026112101  in sync           UDP 3 ms     TCP 4 ms                 │
    │                                                2001:db8::53  2026112101  in sync           UDP 4 ms     TCP 5 ms                 │
    │  ns2.example.net.                              198.51.100.7  2026112100  1 behind         UDP 31 ms    TCP 33 ms                 │
    └──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────┘
    ┌ Records ────────────────────────────────────────────────────────────────────────────────────────────────────────────── 16 of 16 ─┐
    │  Name                             TTL  Type       Data                                    Note                                   │
    │  @                                 1h  SOA        ns1 hostmaster 2026112101 3600 900 12…  The zone's own record: serial number a…│
    │  @                                 1h  A          192.0.2.1                               The IPv4 address of a host. Several at…│
    │  @                                 1h  MX         10 mail                                 A host that takes mail for the name. A…│
    │  @                                 5m  TXT        "v=spf1 mx include:_spf.example.net i…  Text for programs: SPF, DKIM, DMARC, p…│
    │  *.dev                             1h  A          192.0.2.200                             answers for names here that do not exi…│
    │  ftp                               1h  CNAME      www                                     An alias: everything asked of this nam…│
    │  mail                              1h  A          192.0.2.25                              The IPv4 address of a host. Several at…│
    │  ns1                               1h  A          192.0.2.53                              The IPv4 address of a host. Several at…│
    │  ns1                               1h  AAAA       2001:db8::53                            The IPv6 address of a host.            │
    │ -old                               1d  A          192.0.2.99                              deleted; - brings it back              │
    │ ~shop                              5m  CNAME      shops.example.net.                      was www                                │
    │  sub                               1h  NS         ns.sub                                  delegation: others answer below this n…│
    │  ns.sub                            1h  A          192.0.2.77                              The IPv4 address of a host. Several at…│
    │ ~www                               5m  A          192.0.2.10                              TTL was 1h                             │
    │ ~www                               5m  A          192.0.2.11                              TTL was 1h                             │
    │▌+www                               5m  A          192.0.2.12                              3 addresses, served round robin        │
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
     add www A: done; the TTL belongs to the whole set: 3 records have 5m now
     + add  - delete  Enter edit  u undo  L load  / filter  w save  R reload  f fix  t text  Tab pane  c changes  ? help  q quit
    "#);
    insta::assert_snapshot!(edited().screen(40, 10), @"
     example.com · 3 changes           demo
     Nameservers 1-1/3
    ▌ ns1.example…   in sync           3 ms
     Records                       16 of 16
      ns.sub         A      192.0.2.77
     ~www            A      192.0.2.10
     ~www            A      192.0.2.11
     add www A: done; the TTL belongs to
     the whole set: 3 records have 5m now
     + add  - delete  Enter edit  ? help
    ");
}

#[test]
fn main_screen_in_ascii() {
    let mut test = edited();
    test.app.settings.unicode = false;
    test.app.settings.label = Some("production".into());
    let screen = test.screen(80, 24);
    assert!(screen.is_ascii(), "{screen}");
    insta::assert_snapshot!(screen.lines().take(8).collect::<Vec<_>>().join("\n"), @r"
     example.com | ns1.example.com | serial 2026112101 | 3 changes       production
    + Nameservers -----------------------------------------------------------------+
    |> ns1.example.com.           192.0.2.53    2026112101  in sync           3 ms |
    |                             2001:db8::53  2026112101  in sync           4 ms |
    |  ns2.example.net.           198.51.100.7  2026112100  1 behind         31 ms |
    +------------------------------------------------------------------------------+
    + Records ---------------------------------------------------------- 16 of 16 -+
    |  Name                       TTL  Type      Data                              |
    ");
}

#[test]
fn about_the_selected_record() {
    let mut test = answered();
    let line = |test: &mut Test| test.screen(80, 24).lines().nth(22).unwrap().to_string();
    test.select("www", "A", "192.0.2.10").keys("I");
    insta::assert_snapshot!(line(&mut test), @" www.example.com.  192.0.2.10  2 addresses, served round robin");
    // What does not fit its column is shown whole, on as many lines as it takes.
    let long = "\"v=spf1 mx include:_spf.example.net include:_spf.mailer.example.org ip4:192.0.2.0/24 -all\"";
    test.select("@", "TXT", long);
    let screen = test.screen(80, 24);
    assert!(long.split(' ').all(|word| screen.contains(word)), "{screen}");
    // Not asked for, not sent: a row down is to cost few octets.
    test.keys("I");
    assert_eq!(line(&mut test), "");
}

#[test]
fn changes() {
    insta::assert_snapshot!(edited().keys("c").screen(80, 24), @r"
     example.com · ns1.example.com · serial 2026112101 · 3 changes             demo
    ┌ Changes ──────────────────────────────────────────────────────────── 3 of 3 ─┐
    │ [x] old A                                                                    │
    │     - 1d      192.0.2.99                                                     │
    │ [x] shop CNAME                                                               │
    │     - 5m      www.example.com.                                               │
    │     + 5m      shops.example.net.                                             │
    │▌[x] www A                                                                    │
    │       TTL 1h -> 5m (3 records)                                               │
    │     + 5m      192.0.2.12                                                     │
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

     u undo  - drop  Space leave out  Enter go to  w push  c records  ? help
    ");
    insta::assert_snapshot!(edited().keys("c").screen(132, 43), @r"
     example.com · ns1.example.com · serial 2026112101 · 3 changes                                                                 demo
    ┌ Changes ──────────────────────────────────────────────────────────────────────────────────────────────────────────────── 3 of 3 ─┐
    │ [x] old A                                                                                                                        │
    │     - 1d      192.0.2.99                                                                                                         │
    │ [x] shop CNAME                                                                                                                   │
    │     - 5m      www.example.com.                                                                                                   │
    │     + 5m      shops.example.net.                                                                                                 │
    │▌[x] www A                                                                                                                        │
    │       TTL 1h -> 5m (3 records)                                                                                                   │
    │     + 5m      192.0.2.12                                                                                                         │
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

     u undo  m keep mine  - drop  Space leave out  Enter go to  w push  R reload  c records  ? help
    ");
}

#[test]
fn form() {
    let mut test = edited();
    test.select("@", "MX", "10 mail").keys("Enter");
    insta::assert_snapshot!(test.screen(80, 24), @r#"
     example.com · ns1.example.com · serial 2026112101 · 3 changes             demo
    ┌ Edit MX ─────────────────────────────────────────────────────────────────────┐
    │  Name       [@                              ] → example.com.                 │
    │  TTL        [1h                             ] → 3600 s                       │
    │  preference [10                             ]                                │
    │  exchange   [mail                           ] → mail.example.com.            │
    │                                                                              │
    │ @ 3600 IN MX 10 mail                                                         │
    │                                                                              │
    │ MX: A host that takes mail for the name. A single MX "0 ." says that the     │
    │ name takes no mail (RFC 7505). RFC 1035 section 3.3.9.                       │
    │ F4: takes no mail (null MX)                                                  │
    │ preference: a number; the lowest is tried first. Example: 10                 │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    └──────────────────────────────────────────────────────────────────────────────┘

     Enter accept  Tab next field  Esc cancel  F1 help
    "#);
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

#[test]
fn long_records_are_reviewed_whole() {
    let mut test = answered();
    test.select(
        "@",
        "TXT",
        "\"v=spf1 mx include:_spf.example.net include:_spf.mailer.example.org ip4:192.0.2.0/24 -all\"",
    );
    test.keys("- c");
    insta::assert_snapshot!(test.part((80, 24), 0, 6), @r#"
     example.com · ns1.example.com · serial 2026112101 · 1 change              demo
    ┌ Changes ──────────────────────────────────────────────────────────── 1 of 1 ─┐
    │▌[x] @ TXT                                                                    │
    │     - 5m      "v=spf1 mx include:_spf.example.net                            │
    │       include:_spf.mailer.example.org ip4:192.0.2.0/24 -all"                 │
    │                                                                              │
    "#);
}

#[test]
fn conflict() {
    let mut test = answered();
    test.select("mail", "A", "192.0.2.25").keys("Enter Ctrl-U '192.0.2.26' Enter R");
    test.load(&ZONE.replace("2026112101", "2026112105").replace("192.0.2.25", "192.0.2.27"));
    insta::assert_snapshot!(test.screen(80, 24), @r#"
     example.com · ns1.example.com · serial 2026112105 · 1 change              demo
    ┌ Nameservers ─────────────────────────────────────────────────────────────────┐
    │▌ ns1.example.com.           192.0.2.53    2026112101  4 behind          3 ms │
    │                             2001:db8::53  2026112101  4 behind          4 ms │
    │  ns2.example.net.           198.51.100.7  2026112100  5 behind         31 ms │
    └──────────────────────────────────────────────────────────────────────────────┘
    ┌ Records ──────────────────────────────────────────────────────────  7 of 15 ─┐
    │  Name                       TTL  Type      Data                              │
    │  @                           1h  SOA       ns1 hostmaster 2026112105 3600 90…│
    │  @                           1h  A         192.0.2.1                         │
    │  @                           1h  MX        10 mail                           │
    │  @                           5m  TXT       "v=spf1 mx include:_spf.example.n…│
    │  *.dev                       1h  A         192.0.2.200                       │
    │  ftp                         1h  CNAME     www                               │
    │▌!mail                        1h  A         192.0.2.26                        │
    │  ns1                         1h  A         192.0.2.53                        │
    │  ns1                         1h  AAAA      2001:db8::53                      │
    │  old                         1d  A         192.0.2.99                        │
    │  shop                        5m  CNAME     www                               │
    │  sub                         1h  NS        ns.sub                            │
    │  ns.sub                      1h  A         192.0.2.77                        │
     loaded again: serial 2026112101 is now 2026112105; 1 conflict with yours: M
     shows both sides
     + add  - delete  Enter edit  u undo  / filter  w save  Tab pane  ? help  q quit
    "#);
    insta::assert_snapshot!(test.keys("c").screen(80, 24), @"
     example.com · ns1.example.com · serial 2026112105 · 1 change              demo
    ┌ Changes ──────────────────────────────────────────────────────────── 1 of 1 ─┐
    │   ! 1 conflict to decide first: M shows both sides; Space leaves it out.     │
    │▌[x] mail A                                                                   │
    │   ! others changed it too: M shows both sides to choose from                 │
    │       seen   1h      192.0.2.25                                              │
    │       mine   1h      192.0.2.26                                              │
    │       theirs 1h      192.0.2.27                                              │
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

     u undo  m keep mine  - drop  Space leave out  Enter go to  w push  ? help
    ");
}

#[test]
fn failed_load() {
    let mut test = Test::starting(settings());
    let request = test.last_load();
    let failure = Failure {
        kind: crate::facts::FailureKind::Refused,
        what: "The transfer of example.com from ns1.example.com was refused.".into(),
        why: "The server does not let this address or the key ns1-key transfer the zone.".into(),
        next: "Allow it on the server (BIND: allow-transfer { key ns1-key; };), or use --key.".into(),
    };
    insta::assert_snapshot!(test.part((80, 24), 0, 6), @r"
     example.com · ns1.example.com                                             demo
    ┌ Zone ────────────────────────────────────────────────────────────────────────┐
    │                                                                              │
    │  Loading example.com. from ns1.example.com                                   │
    │                                                                              │
    │                                                                              │
    ");
    test.send(Msg::Loaded { request, result: Err(failure.clone()) });
    insta::assert_snapshot!(test.screen(80, 24), @r"
     example.com · ns1.example.com                                             demo
    ┌ Zone ────────────────────────────────────────────────────────────────────────┐
    │                                                                              │
    │  The transfer of example.com from ns1.example.com was refused.               │
    │                                                                              │
    │  The server does not let this address or the key ns1-key transfer the zone.  │
    │                                                                              │
    │  Allow it on the server (BIND: allow-transfer { key ns1-key; };), or use     │
    │  --key.                                                                      │
    │                                                                              │
    │  R tries again, 6 shows the zones, q quits.                                  │
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

     R reload  ? help  q quit
    ");
    // A failure beside an open zone is told whole, too.
    let mut test = answered();
    test.send(Msg::Failed(failure));
    insta::assert_snapshot!(test.screen(80, 24).lines().skip(19).collect::<Vec<_>>().join("\n"), @"
    │  sub                         1h  NS        ns.sub                            │
     The transfer of example.com from ns1.example.com was refused. The server does
     not let this address or the key ns1-key transfer the zone. Allow it on the
     server (BIND: allow-transfer { key ns1-key; };), or use --key.
     + add  - delete  Enter edit  / filter  w save  t text  Tab pane  ? help  q quit
    ");
}

#[test]
fn wide_screens() {
    insta::assert_snapshot!(edited().keys("?").screen(132, 43), @r#"
     example.com · ns1.example.com · serial 2026112101 · 3 changes                                                                 demo
    ┌ Help ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────┐
    │ search:                                                                                                                          │
    │ Records                                                                                                                          │
    │  + = a Ins F7     add a record: choose a type, fill in the form                                                                  │
    │  o                add a record with the selected owner name                                                                      │
    │  - d Del F8       delete the record, or those marked; on deleted ones: bring them back                                           │
    │  Enter e F4       edit the record                                                                                                │
    │  Y F5             add a record that starts as a copy of this one                                                                 │
    │  T                another TTL for the sets of the record or of those marked: ttl 5m                                              │
    │  x                park the record, or those marked: kept in the zone's text as comments, not sent; or take them back             │
    │  u                take the last edit back                                                                                        │
    │  U Ctrl-R         do the last undone edit again                                                                                  │
    │  y                copy the record, or those marked, as zone-file lines; also to the terminal's clipboard                         │
    │  p                put in what was copied; shown first                                                                            │
    │  %                replace OLD NEW: address, range, target or "text"; in rows marked, else shown, else all                        │
    │  :delete-all      delete all but the SOA and the zone's nameservers                                                              │
    │  :import          import FILE: take a zone file's record sets                                                                    │
    │  :export          export FILE: write the zone with your changes                                                                  │
    │  L                load records from a template                                                                                   │
    │  :lower-ttls      lower-ttls 5m [FILTER]: before a move                                                                          │
    │  :raise-ttls      raise the TTLs again that :lower-ttls lowered                                                                  │
    │  :soa             the SOA: primary, mail address, serial, timers                                                                 │
    │  :registrar       what to tell the registrar; to copy                                                                            │
    │  / F6             show only some: text type:mx ttl<300 changed !text                                                             │
    │  s                sort by name, TTL, type or data                                                                                │
    │  r                sort the other way round                                                                                       │
    │  #                show what refers to the address or target; again: to the name                                                  │
    │  Space            mark the record, or not                                                                                        │
    │  v                mark the rows from here to where you go                                                                        │
    │  Ctrl-A           mark all rows shown                                                                                            │
    │  *                mark those shown that are not                                                                                  │
    │  I                show or hide a line about the selected record                                                                  │
    │  :made-by-server  show or hide the records that the server makes in a signed zone                                                │
    │  n                go to the next changed record                                                                                  │
    │  N                go to the changed record before                                                                                │
    │  ]                go to the next record that others changed                                                                      │
    │  M                decide what you and others changed: both sides are shown                                                       │
    │  w Ctrl-S F2      review the changes, then push them                                                                             │
    │  :way-out         how the last push comes to the nameservers, and until when caches may hold the old                             │
    └──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────┘

     Esc close
    "#);
    let mut test = edited();
    test.select("@", "MX", "10 mail").keys("Enter");
    insta::assert_snapshot!(test.part((132, 43), 0, 16), @r#"
     example.com · ns1.example.com · serial 2026112101 · 3 changes                                                                 demo
    ┌ Edit MX ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────┐
    │  Name       [@                                               ] → example.com.                                                    │
    │  TTL        [1h                                              ] → 3600 s                                                          │
    │  preference [10                                              ]                                                                   │
    │  exchange   [mail                                            ] → mail.example.com.                                               │
    │                                                                                                                                  │
    │ @ 3600 IN MX 10 mail                                                                                                             │
    │                                                                                                                                  │
    │ MX: A host that takes mail for the name. A single MX "0 ." says that the name takes no mail (RFC 7505). RFC 1035 section 3.3.9.  │
    │ F4: takes no mail (null MX)                                                                                                      │
    │ preference: a number; the lowest is tried first. Example: 10                                                                     │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    "#);
}
