//! What the rules find beside the keys: marks, counts, what the changes bring, places in the text.

use super::*;
use crate::check::Selection;

/// The zone held against all rules.
pub fn checked(text: &str) -> Test {
    let mut test = Test::starting(Settings { rules: Arc::new(Selection::all()), ..settings() });
    test.load(text);
    test.effects.clear();
    test
}

/// The ids of what is found, the worst first.
pub fn found(test: &Test) -> Vec<&'static str> {
    let seen = test.open().findings.seen.as_ref().expect("a look");
    seen.findings.iter().map(|finding| finding.rule.id).collect()
}

#[test]
fn findings_follow_the_draft() {
    let mut test = checked(ZONE);
    assert_eq!(found(&test), ["L-04"]);
    assert_eq!(test.open().findings.in_words(), "1 warning");
    // shop and ftp are aliases of www.
    test.select("www", "A", "192.0.2.10").keys("- -");
    assert_eq!(found(&test), ["L-04"]);
    test.select("www", "A", "192.0.2.10").keys("-").select("www", "A", "192.0.2.11").keys("-");
    assert_ne!(found(&test), ["L-04"]);
    insta::assert_snapshot!(test.screen(80, 24), @r#"
     example.com · ns1.example.com · serial 2026112101 · 1 change              demo
    ┌ Nameservers ─────────────────────────────────────────────────────────────────┐
    │▌ ns1.example.com.                         looking up its addresses           │
    │  ns2.example.net.                         looking up its addresses           │
    └──────────────────────────────────────────────────────────────────────────────┘
    ┌ Records ────────────────────────────────────────────────────────── 15 of 15 ─┐
    │  Name                       TTL  Type      Data                              │
    │  @                           1h  A         192.0.2.1                         │
    │  @                           1h  MX        10 mail                           │
    │  @                           5m  TXT       "v=spf1 mx include:_spf.example.n…│
    │  *.dev                       1h  A         192.0.2.200                       │
    │  ftp                   ?     1h  CNAME     www                               │
    │  mail                        1h  A         192.0.2.25                        │
    │  ns1                         1h  A         192.0.2.53                        │
    │  ns1                         1h  AAAA      2001:db8::53                      │
    │  old                         1d  A         192.0.2.99                        │
    │  shop                  ?     5m  CNAME     www                               │
    │  sub                   ?     1h  NS        ns.sub                            │
    │  ns.sub                      1h  A         192.0.2.77                        │
    │ -www                         1h  A         192.0.2.10                        │
    │▌-www                         1h  A         192.0.2.11                        │
    └──────────────────────────────────────────────────────────────────────────────┘
     deleted: www A; u undoes it
     + add  - delete  Enter edit  u undo  / filter  w save  Tab pane  ? help  q quit
    "#);
    test.keys("u");
    assert_eq!(found(&test), ["L-04"]);
    test.keys("U I").select("ftp", "CNAME", "www");
    insta::assert_snapshot!(test.part((80, 24), 16, 8), @"
    │  shop                  ?     5m  CNAME     www                               │
    │  sub                   ?     1h  NS        ns.sub                            │
    │  ns.sub                      1h  A         192.0.2.77                        │
    │ -www                         1h  A         192.0.2.10                        │
     ftp.example.com.  www  An alias: everything asked of this name is answered
     from the target. Nothing else may stand at the name.  warning:
     ftp.example.com. is an alias of www.example.com., which is not there. [L-35]
     + add  - delete  Enter edit  u undo  / filter  w save  Tab pane  ? help  q quit
    ");
    insta::assert_snapshot!(test.screen(132, 43), @r#"
     example.com · ns1.example.com · serial 2026112101 · 1 change                                                                  demo
    ┌ Nameservers ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────┐
    │▌ ns1.example.com.                                            looking up its addresses                                            │
    │  ns2.example.net.                                            looking up its addresses                                            │
    └──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────┘
    ┌ Records ──────────────────────────────────────────────────────────────────────────────────────────────────────────────  6 of 15 ─┐
    │  Name                             TTL  Type       Data                                    Note                                   │
    │  @                                 1h  SOA        ns1 hostmaster 2026112101 3600 900 12…  The zone's own record: serial number a…│
    │  @                                 1h  A          192.0.2.1                               The IPv4 address of a host. Several at…│
    │  @                                 1h  MX         10 mail                                 A host that takes mail for the name. A…│
    │  @                                 5m  TXT        "v=spf1 mx include:_spf.example.net i…  Text for programs: SPF, DKIM, DMARC, p…│
    │  *.dev                             1h  A          192.0.2.200                             answers for names here that do not exi…│
    │▌ ftp                         ?     1h  CNAME      www                                     ftp.example.com. is an alias of www.ex…│
    │  mail                              1h  A          192.0.2.25                              The IPv4 address of a host. Several at…│
    │  ns1                               1h  A          192.0.2.53                              The IPv4 address of a host. Several at…│
    │  ns1                               1h  AAAA       2001:db8::53                            The IPv6 address of a host.            │
    │  old                               1d  A          192.0.2.99                              The IPv4 address of a host. Several at…│
    │  shop                        ?     5m  CNAME      www                                     shop.example.com. is an alias of www.e…│
    │  sub                         ?     1h  NS         ns.sub                                  sub.example.com. is delegated to one n…│
    │  ns.sub                            1h  A          192.0.2.77                              The IPv4 address of a host. Several at…│
    │ -www                               1h  A          192.0.2.10                              deleted; - brings it back              │
    │ -www                               1h  A          192.0.2.11                              deleted; - brings it back              │
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
     ftp.example.com.  www  An alias: everything asked of this name is answered from the target. Nothing else may stand at the name.
     warning: ftp.example.com. is an alias of www.example.com., which is not there. [L-35]
     + add  - delete  Enter edit  u undo  L load  / filter  w save  R reload  f fix  t text  Tab pane  c changes  ? help  q quit
    "#);
}

#[test]
fn without_rules_nothing_is_looked_for() {
    let mut test = Test::new();
    test.select("www", "A", "192.0.2.10").keys("-");
    assert!(test.open().findings.seen.is_none());
}

#[test]
fn one_look_at_a_time_beside_the_keys_and_only_at_what_changed() {
    let hosts: String = (0..5_000)
        .map(|number| format!("host{number} 60 A 192.0.2.1\nhost{number} 60 A 192.0.2.2\n"))
        .collect();
    let mut test = checked(&format!("{ZONE}{hosts}"));
    let first = test.open().findings.seen.as_ref().expect("a look").looks;
    // Effects are not performed here: the keys come while a look is under way.
    let press = |test: &mut Test, key: &str| -> Vec<(RequestId, work::Work)> {
        let effects = test.app.update(Msg::Key(Key::parse(key).unwrap()));
        let works = effects.into_iter().filter_map(|effect| match effect {
            Effect::Work { request, work } => Some((request, *work)),
            _ => None,
        });
        works.collect()
    };
    test.select("host77", "A", "192.0.2.1");
    let mut works = press(&mut test, "-");
    assert_eq!(works.len(), 1, "the look is a work, not done by the key");
    for key in ["Down", "-", "u", "Down", "-"] {
        assert!(press(&mut test, key).is_empty(), "one at a time: {key}");
    }
    assert!(!test.open().findings.are_current());
    let (request, work) = works.remove(0);
    let worked = work.run();
    test.send(Msg::Worked { request, worked: worked.clone() });
    assert!(test.open().findings.are_current(), "what came meanwhile was looked at after it");
    let looks = test.open().findings.seen.as_ref().unwrap().looks;
    assert!(looks > first && looks - first < 300, "{first} {looks}");
    // An answer that nobody waits for.
    test.send(Msg::Worked { request, worked });
    assert_eq!(test.open().findings.seen.as_ref().unwrap().looks, looks);
}

#[test]
fn a_zone_loaded_again_is_looked_at_anew() {
    let mut test = checked(ZONE);
    test.keys("R");
    test.load(&ZONE.replace("2026112101", "2026112102").replace("ns.sub 3600  A     192.0.2.77\n", ""));
    assert!(found(&test).len() > 1, "{:?}", found(&test));
}

/// A zone in which the rules find something of every severity, some of it with quick fixes.
pub const BROKEN: &str = "
@      3600  SOA   ns1 hostmaster 2026112101 3600 900 1209600 300
@      3600  NS    ns1
@      3600  NS    ns2.example.net.
@      3600  MX    10 mail
@      3600  MX    20 alias
alias  3600  CNAME mail
broken 3600  CNAME nowhere
mail   3600  A     192.0.2.25
mail   3600  TXT   \"v=spf1 -all\"
ns1    3600  A     192.0.2.53
lab    0     A     192.0.2.7
sub    3600  NS    ns.sub
ns.sub 3600  A     192.0.2.77
www    3600  CNAME mail
www    3600  A     192.0.2.10
";

#[test]
fn the_review_says_what_the_changes_bring_errors_first() {
    let mut test = checked(BROKEN);
    test.select("mail", "A", "192.0.2.25").keys("- c");
    insta::assert_snapshot!(test.screen(80, 24), @"
     example.com · ns1.example.com · serial 2026112101 · 1 change              demo
    ┌ Changes ─────────────────────────────────────────── 1 of 1 · brings 1 error ─┐
    │   ! These changes bring 1 error; ! shows all:                                │
    │   ! error: @ MX: The mail host mail.example.com. of example.com. has no      │
    │     address (A or AAAA). [L-49]                                              │
    │▌[x] mail A                                                                   │
    │     - 1h      192.0.2.25                                                     │
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
    │                                                                              │
    └──────────────────────────────────────────────────────────────────────────────┘

     u undo  - drop  Space leave out  Enter go to  w push  c records  ? help
    ");
    test.keys("w");
    insta::assert_snapshot!(test.part((80, 24), 6, 12), @"
    │     - 1h      192.0.2.25                                                     │
    │     ┌ Push ────────────────────────────────────────────────────────────┐     │
    │     │ Zone    example.com.  serial 2026112101                          │     │
    │     │ Server  ns1.example.com                                          │     │
    │     │ Key     ns1-key                                                  │     │
    │     │ Change  1 record set: 1 record deleted, 0 added                  │     │
    │     │ Guard   1 prerequisite: refused if somebody changed it meanwhile │     │
    │     │ Rules   these changes bring 1 error, named in the review         │     │
    │     │                                                                  │     │
    │     │  (y) Push   (e) Note...  ▌(n) Cancel                             │     │
    │     └──────────────────────────────────────────────────────────────────┘     │
    │                                                                              │
    ");
    test.keys("Esc u");
    assert!(!test.screen(80, 24).contains("bring"));
}

#[test]
fn findings_stand_in_the_text_at_their_lines() {
    let mut test = checked(&BROKEN.replace("www    3600  A     192.0.2.10\n", ""));
    test.keys("t Ctrl-End");
    insta::assert_snapshot!(test.screen(80, 24), @r#"
     example.com · ns1.example.com · serial 2026112101                         demo
     @           SOA   ns1 hostmaster (
                         2026112101   ; serial
                         1h           ; refresh
                         15m          ; retry
                         2w           ; expire
                         5m )         ; minimum
                 NS    ns1
                 NS    ns2.example.net.
                 MX    10 mail
    !            MX    20 alias
     alias       CNAME mail
    ?broken      CNAME nowhere
     lab      0s A     192.0.2.7
     mail        A     192.0.2.25
                 TXT   "v=spf1 -all"
     ns1         A     192.0.2.53
    ?sub         NS    ns.sub
     ns.sub      A     192.0.2.77
     www         CNAME mail

     23:1      1 error, 2 warnings

     F3 table  Alt-N next error  Alt-L errors  Ctrl-W find  Alt-U undo  Ctrl-K cut
    "#);
    // What is typed is held against the rules as well.
    test.keys("Enter 'more' Tab 'CNAME' Tab 'nothing'");
    insta::assert_snapshot!(test.part((80, 24), 14, 10), @r#"
                 TXT   "v=spf1 -all"
     ns1         A     192.0.2.53
    ?sub         NS    ns.sub
     ns.sub      A     192.0.2.77
     www         CNAME mail

    ?more    CNAME   nothing
     24:1 (4 of 4) more.example.com. is an alias of nothing.example.com., which is
     not there. [L-35]
     F3 table  Alt-N next error  Alt-L errors  Ctrl-W find  Alt-U undo  Ctrl-K cut
    "#);
}
