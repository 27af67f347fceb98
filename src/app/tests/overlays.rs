//! What lies over a screen, drawn: dialogs, menus, the help.

use super::screens::edited;
use super::*;

#[test]
fn help() {
    insta::assert_snapshot!(edited().keys("?").screen(80, 24), @r#"
     example.com · ns1.example.com · serial 2026112101 · 3 changes             demo
    ┌ Help ────────────────────────────────────────────────────────────────────────┐
    │ search:                                                                      │
    │ Records                                                                      │
    │  + = a Ins F7     add a record: choose a type, fill in the form              │
    │  o                add a record with the selected owner name                  │
    │  - d Del F8       delete the record, or those marked; on deleted ones: bring │
    │                   them back                                                  │
    │  Enter e F4       edit the record                                            │
    │  Y F5             add a record that starts as a copy of this one             │
    │  T                another TTL for the sets of the record or of those marked: │
    │                   ttl 5m                                                     │
    │  x                park the record, or those marked: kept in the zone's text  │
    │                   as comments, not sent; or take them back                   │
    │  u                take the last edit back                                    │
    │  U Ctrl-R         do the last undone edit again                              │
    │  y                copy the record, or those marked, as zone-file lines; also │
    │                   to the terminal's clipboard                                │
    │  p                put in what was copied; shown first                        │
    │  %                replace OLD NEW: address, range, target or "text"; in rows │
    │                   marked, else shown, else all                               │
    └──────────────────────────────────────────────────────────────────────────────┘

     Esc close
    "#);
    insta::assert_snapshot!(edited().keys("? 'undo'").screen(80, 24).lines().take(6).collect::<Vec<_>>().join("\n"), @r"
     example.com · ns1.example.com · serial 2026112101 · 3 changes             demo
    ┌ Help ────────────────────────────────────────────────────────────────────────┐
    │ search: undo                                                                 │
    │ Records                                                                      │
    │  u                take the last edit back                                    │
    │  U Ctrl-R         do the last undone edit again                              │
    ");
    assert!(edited().keys("? End").screen(132, 43).contains("search:"));
}

#[test]
fn the_page_of_a_type() {
    let first = |keys: &str, lines: usize| -> String {
        edited().keys(keys).screen(80, 24).lines().skip(1).take(lines).collect::<Vec<_>>().join("\n")
    };
    insta::assert_snapshot!(first("+ 'mx' F1", 22), @"
    ┌ Help ────────────────────────────────────────────────────────────────────────┐
    │ search:                                                                      │
    │ MX (type 15)                                                                 │
    │ The hosts that take mail for the name. A sender looks for the MX records of  │
    │ what stands after the @ of an address, and delivers to the host with the     │
    │ lowest preference that answers.                                              │
    │                                                                              │
    │ Format                                                                       │
    │ preference  a number; the lowest is tried first                              │
    │ exchange    the mail host, which has an A or AAAA record and is no CNAME     │
    │                                                                              │
    │ Examples                                                                     │
    │  @     MX  10 mail                                                           │
    │  @     MX  20 mx.backup.example.net.                                         │
    │  ; this name takes no mail at all                                            │
    │  news  MX  0 .                                                               │
    │                                                                              │
    │ Rules                                                                        │
    │ - The exchange is the name of a host with A or AAAA records: neither an      │
    │   address nor an alias (CNAME).                                              │
    └──────────────────────────────────────────────────────────────────────────────┘
    ");
    // Searching for a type shows its page; so do a form and the command line.
    let page = first("+ 'mx' F1", 14).replace("search:   ", "search: mx");
    assert_eq!(first("? 'mx'", 14), page);
    assert!(first("+ 'mx' Enter F1", 14).contains("MX (type 15)"));
    assert!(first(": 'explain' Space 'tlsa' Enter", 14).contains("TLSA (type 52)"));
    assert!(edited().keys(": 'explain' Space 'tslaa' Enter").screen(80, 24).contains("TLSA is near"));
    // Closed, what was there before is there again, as it was.
    let chooser = edited().keys("+ 'mx'").screen(80, 24);
    assert_eq!(edited().keys("+ 'mx' F1 Esc").screen(80, 24), chooser);
    let form = edited().keys("+ 'mx' Enter 'new'").screen(80, 24);
    assert_eq!(edited().keys("+ 'mx' Enter 'new' F1 Esc").screen(80, 24), form);
    // The types stand at the end.
    assert!(edited().keys(&format!("? {}", "PgDn ".repeat(60))).screen(80, 24).contains("DLV"));
}

#[test]
fn type_chooser() {
    insta::assert_snapshot!(edited().keys("+ 'mail'").screen(80, 24).lines().take(6).collect::<Vec<_>>().join("\n"), @r#"
     example.com · ns1.example.com · serial 2026112101 · 3 changes             demo
    ┌ Type of the new record ──────────────────────────────────────────────────────┐
    │ type: mail                                                                   │
    │▌MX          A host that takes mail for the name. A single MX "0 ." says tha… │
    │ TLSA        The certificate or key of a TLS server, at a name such as _25._… │
    │ SMIMEA      The S/MIME certificate of a mailbox. Needs a signed zone.        │
    "#);
    assert!(edited().keys("+").screen(80, 24).contains("The IPv4 address of a host"));
}

#[test]
fn push_dialog() {
    insta::assert_snapshot!(edited().keys("c w").screen(80, 24), @"
     example.com · ns1.example.com · serial 2026112101 · 3 changes             demo
    ┌ Changes ──────────────────────────────────────────────────────────── 3 of 3 ─┐
    │ [x] old A                                                                    │
    │     - 1d      192.0.2.99                                                     │
    │ [x] shop CNAME                                                               │
    │     - 5m      www.example.com.                                               │
    │     + 5m      shops.example.net.                                             │
    │▌┌ Push ────────────────────────────────────────────────────────────────────┐ │
    │ │ Zone    example.com.  serial 2026112101                                  │ │
    │ │ Server  ns1.example.com                                                  │ │
    │ │ Key     ns1-key                                                          │ │
    │ │ Change  3 record sets: 2 records deleted, 2 added, TTL of 2 records      │ │
    │ │ changed                                                                  │ │
    │ │ Guard   4 prerequisites: refused if somebody changed it meanwhile        │ │
    │ │                                                                          │ │
    │ │  (y) Push   (e) Note...  ▌(n) Cancel                                     │ │
    │ └──────────────────────────────────────────────────────────────────────────┘ │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    └──────────────────────────────────────────────────────────────────────────────┘

     Enter press  Esc cancel
    ");
    let near_root = edited().keys("Tab - w w").screen(80, 24);
    insta::assert_snapshot!(near_root.lines().skip(4).take(14).collect::<Vec<_>>().join("\n"), @"
    │ [x] old A                                                                    │
    │ ┌ Push ────────────────────────────────────────────────────────────────────┐ │
    │ │ Zone    example.com.  serial 2026112101                                  │ │
    │ │ Server  ns1.example.com                                                  │ │
    │ │ Key     ns1-key                                                          │ │
    │ │ Change  4 record sets: 3 records deleted, 2 added, TTL of 2 records      │ │
    │ │ changed                                                                  │ │
    │ │ Guard   5 prerequisites: refused if somebody changed it meanwhile        │ │
    │ │ This changes the zone's own nameservers. Type the name of the zone to    │ │
    │ │ push it:                                                                 │ │
    │ │ >                                                                        │ │
    │ │                                                                          │ │
    │ │ ▌Push   Note...   Cancel                                                 │ │
    │ └──────────────────────────────────────────────────────────────────────────┘ │
    ");
}

#[test]
fn quit_dialog() {
    insta::assert_snapshot!(edited().keys("q").screen(80, 24).lines().skip(8).take(6).collect::<Vec<_>>().join("\n"), @r#"
    │  @                           5m  TXT       "v=spf1 mx include:_spf.example.n…│
    │ ┌ Quit ────────────────────────────────────────────────────────────────────┐ │
    │ │ 3 changes not pushed yet.                                                │ │
    │ │                                                                          │ │
    │ │ ▌(k) Keep draft and quit   (p) Push...   (d) Discard...   (c) Cancel     │ │
    │ └──────────────────────────────────────────────────────────────────────────┘ │
    "#);
}

#[test]
fn palette() {
    insta::assert_snapshot!(edited().keys(": 'un'").screen(80, 24), @r#"
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
    ┌ Commands ────────────────────────────────────────────────────────────────────┐
    │▌undo              u              take the last edit back                     │
    │ suspend           Ctrl-Z         go to the shell; fg comes back              │
    │ previous-change   N              go to the changed record before             │
    │ redo              U Ctrl-R       not now: nothing to do again                │
    │ sort-reverse      r              sort the other way round                    │
    │ way-out                          not now: nothing was pushed yet             │
    │ quick-fix         f              not now: no rule found anything at this re… │
    │ interrupt         Ctrl-C         cancel what is running; otherwise offer to… │
    └──────────────────────────────────────────────────────────────────────────────┘

     :un
    "#);
}

#[test]
fn filter() {
    insta::assert_snapshot!(edited().keys("/ 'www'").screen(80, 24), @r"
     example.com · ns1.example.com · serial 2026112101 · 3 changes             demo
    ┌ Nameservers ─────────────────────────────────────────────────────────────────┐
    │▌ ns1.example.com.           192.0.2.53    2026112101  in sync           3 ms │
    │                             2001:db8::53  2026112101  in sync           4 ms │
    │  ns2.example.net.           198.51.100.7  2026112100  1 behind         31 ms │
    └──────────────────────────────────────────────────────────────────────────────┘
    ┌ Records ─────────────────────────────────────────────────────── 4 of 4 /www ─┐
    │  Name                       TTL  Type      Data                              │
    │  ftp                         1h  CNAME     www                               │
    │ ~www                         5m  A         192.0.2.10                        │
    │ ~www                         5m  A         192.0.2.11                        │
    │▌+www                         5m  A         192.0.2.12                        │
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

     /www                                                Enter keeps, Esc shows all
    ");
}

#[test]
fn draft_dialog() {
    let mut before = edited();
    before.effects.retain(|effect| matches!(effect, Effect::Journal { .. }));
    let entries = disk(&before.effects);
    let mut test = Test::starting(settings());
    test.find_draft(entries);
    test.load(&ZONE.replace("2026112101", "2026112105"));
    insta::assert_snapshot!(test.part((80, 24), 5, 14), @r"
    ┌ Records ──────────────────────────────────────────────────────────  1 of 15 ─┐
    │  Name                       TTL  Type      Data                              │
    │▌┌ Draft of an earlier run ─────────────────────────────────────────────────┐…│
    │ │ A draft with 3 changes, last written 2026-11-21 14:03.                   │ │
    │ │   old A                                                                  │ │
    │ │   shop CNAME                                                             │…│
    │ │   www A                                                                  │ │
    │ │ It was made over serial 2026112101; the zone is at 2026112105 now.       │ │
    │ │ Nothing of it was changed by others.                                     │ │
    │ │                                                                          │ │
    │ │ ▌(g) Go on with it   (d) Discard...                                      │ │
    │ └──────────────────────────────────────────────────────────────────────────┘ │
    │  shop                        5m  CNAME     www                               │
    │  sub                         1h  NS        ns.sub                            │
    ");
}

#[test]
fn that_nothing_is_changed_is_said_to_its_end() {
    let screen = Test::new().keys("c").screen(40, 10);
    assert!(screen.contains("the server has it."), "{screen}");
}
