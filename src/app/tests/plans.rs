//! TTLs lowered and raised, the SOA's form, what to tell the registrar, nameservers that do not serve the zone, and what
//! is kept for later.

use super::*;
use crate::config;
use crate::facts::Fault;
use crate::facts::remembered::Lowered;

/// 2026-11-22 02:03 UTC.
const NOW: u64 = 1_795_312_980;

fn test() -> Test {
    let mut test = Test::new();
    test.send(Msg::Clock(NOW));
    test
}

/// What is on disk of what is kept.
fn kept(test: &Test) -> Remembered {
    let kept = |effect: &Effect| match effect {
        Effect::Remember(remembered) => Some((**remembered).clone()),
        _ => None,
    };
    test.latest(kept).unwrap_or_default()
}

#[test]
fn ttls_are_lowered_and_raised_again() {
    let mut test = test();
    insta::assert_snapshot!(test.keys(": 'lower-ttls' Space '10m' Space 'www' Enter").screen(80, 24), @"
     example.com · ns1.example.com · serial 2026112101                         demo
    ┌ Lower TTLs to 10m ─────────────────────────────────────────── 2 of 2 ticked ─┐
    │   * Push this first. When every nameserver has it, wait 1h more (not         │
    │     before 2026-11-22 03:03 UTC): from then on nobody keeps an old answer    │
    │     for longer than 10m. Then make the change itself.                        │
    │   * What they are now is kept: :raise-ttls proposes it again afterwards.     │
    │▌[x] ftp CNAME                                                                │
    │       TTL 1h -> 10m (1 record)                                               │
    │ [x] www A                                                                    │
    │       TTL 1h -> 10m (2 records)                                              │
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
    ");
    // One of them stays.
    test.keys("Space Enter");
    assert_eq!(
        test.changes(),
        [
            "- www 3600 A 192.0.2.10",
            "- www 3600 A 192.0.2.11",
            "+ www 600 A 192.0.2.10",
            "+ www 600 A 192.0.2.11"
        ]
    );
    assert_eq!(
        test.message(),
        "1 record set changed; u undoes it; push, then wait 1h; :raise-ttls afterwards"
    );
    assert_eq!(kept(&test).lowered.len(), 1);
    // Lowered further: it is raised to what it was at first.
    test.keys(": 'lower-ttls' Space '60' Space 'www' Enter Enter");
    let www = |lowered: &Lowered| (lowered.key.owner == name("www")).then_some((lowered.from, lowered.to));
    assert_eq!(kept(&test).lowered.iter().find_map(www), Some((3600, 60)));
    test.select("www", "A", "192.0.2.11").keys("-");
    // The next visit.
    let remembered = kept(&test);
    test.app.remembered = Remembered::default();
    test.keys(": 'raise-ttls' Enter");
    assert!(test.message().starts_with("no TTLs are lowered"), "{}", test.message());
    test.send(Msg::Remembered(Box::new(remembered)));
    test.keys(": 'raise-ttls' Enter");
    assert!(test.screen(80, 24).contains("TTL 1m -> 1h (1 record)"), "{}", test.screen(80, 24));
    test.keys("Enter");
    assert_eq!(kept(&test).lowered, []);
    assert_eq!(
        test.changes(),
        ["- www 3600 A 192.0.2.10", "- www 3600 A 192.0.2.11", "+ www 3600 A 192.0.2.10"]
    );
}

#[test]
fn all_ttls_but_the_soas_are_lowered() {
    let mut test = test();
    test.keys(": 'lower-ttls' Enter");
    assert!(test.screen(80, 24).contains("Lower TTLs to 5m"), "{}", test.screen(80, 24));
    assert!(test.screen(200, 40).contains("wait 1d more (not before 2026-11-23 02:03 UTC)"));
    test.keys("Enter");
    let lines = test.changes();
    assert!(lines.iter().all(|line| !line.contains("SOA")), "{lines:?}");
    assert!(
        lines.iter().filter(|line| line.starts_with('+')).all(|line| line.contains(" 300 ")),
        "{lines:?}"
    );
    test.keys(": 'lower-ttls' Enter");
    assert_eq!(test.message(), "no TTL is above 5m");
}

#[test]
fn the_soa_as_people_write_it() {
    let mut test = test();
    test.keys(": 'soa' Enter");
    insta::assert_snapshot!(test.screen(80, 24), @"
     example.com · ns1.example.com · serial 2026112101                         demo
    ┌ Edit SOA ────────────────────────────────────────────────────────────────────┐
    │  Name     example.com.                                                       │
    │  TTL     [1h                               ] → 3600 s                        │
    │  mname   [ns1                              ] → ns1.example.com.              │
    │  rname   [hostmaster@example.com           ] → hostmaster.example.com.       │
    │  serial  [2026112101                       ] → goes up by itself             │
    │  refresh [3600                             ] → 1h                            │
    │  retry   [900                              ] → 15m                           │
    │  expire  [1209600                          ] → 2w                            │
    │  minimum [300                              ] → 5m                            │
    │                                                                              │
    │ @ 3600 IN SOA ns1 hostmaster 2026112101 3600 900 1209600 300                 │
    │                                                                              │
    │ SOA: The zone's own record: serial number and timers for its secondaries.    │
    │ One per zone, at its apex. RFC 1035 section 3.3.13.                          │
    │ mname: the primary nameserver; Ctrl-N takes the next of the zone's           │
    │ nameservers. Example: ns1                                                    │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    └──────────────────────────────────────────────────────────────────────────────┘

     Enter accept  Tab next field  Esc cancel  F1 help
    ");
    // The primary from the nameservers, the mail address with a dot before the @, today's serial.
    test.keys("Ctrl-N Tab Ctrl-U 'anna.smith@example.net' Tab Ctrl-U 'date' Enter");
    assert_eq!(
        test.changes(),
        [
            "- @ 3600 SOA ns1 hostmaster 2026112101 3600 900 1209600 300",
            "+ @ 3600 SOA ns2.example.net. anna\\.smith.example.net. 2026112201 3600 900 1209600 300",
        ]
    );
    test.keys(": 'soa' Enter");
    assert!(test.screen(80, 24).contains("anna.smith@example.net"), "{}", test.screen(80, 24));
    // A lower one.
    test.keys("Tab Tab Ctrl-U '7'");
    insta::assert_snapshot!(test.screen(80, 24), @r"
     example.com · ns1.example.com · serial 2026112101 · 1 change              demo
    ┌ Edit SOA ────────────────────────────────────────────────────────────────────┐
    │  Name     example.com.                                                       │
    │  TTL     [1h                               ] → 3600 s                        │
    │  mname   [ns2.example.net.                 ]                                 │
    │  rname   [anna.smith@example.net           ] → anna\.smith.example.net.      │
    │  serial  [7                                ] ? older than now: takes steps   │
    │  refresh [3600                             ] → 1h                            │
    │  retry   [900                              ] → 15m                           │
    │  expire  [1209600                          ] → 2w                            │
    │  minimum [300                              ] → 5m                            │
    │                                                                              │
    │ @ 3600 IN SOA ns2.example.net. anna\.smith.example.net. 7 3600 900 1209600 … │
    │ Servers take 7 for older than 2026112101 (RFC 1982). To get there: push      │
    │ 4173595748, wait until every nameserver has it, then push 7.                 │
    │                                                                              │
    │ SOA: The zone's own record: serial number and timers for its secondaries.    │
    │ One per zone, at its apex. RFC 1035 section 3.3.13.                          │
    │ serial: version of the zone: a number, or date, unix, +1; left as it is, it  │
    │ goes up with each push or save. Example: 2026112101                          │
    │ ? older than now: takes steps                                                │
    └──────────────────────────────────────────────────────────────────────────────┘

     Enter accept  Tab next field  Esc cancel  F1 help
    ");
}

#[test]
fn steps_to_a_lower_serial_are_shown_to_the_last() {
    let mut test = test();
    test.keys(": 'soa' Enter Tab Tab Ctrl-U '1795404840'");
    let screen = test.screen(80, 24);
    assert!(screen.contains("then push 1795404840."), "{screen}");
}

#[test]
fn a_mail_address_that_is_none_is_no_name_of_a_responsible_person() {
    let mut test = test();
    test.keys(": 'soa' Enter Tab");
    for (text, beside) in [
        ("anna.smith@example.net", "→ anna\\.smith.example.net."),
        ("anna@münchen.example", "→ anna.xn--mnchen-3ya.example."),
        ("@example.net", "! not a mail address"),
        ("anna@", "! not a mail address"),
        ("a@b@example.net", "! not a mail address"),
        ("anna.example.com", "? no final dot?"),
        // As zone files have it: the zone's own name, and an @ that is meant.
        ("@", "→ example.com."),
        ("a\\@b.example.net.", "] "),
    ] {
        test.keys(&format!("Ctrl-U '{text}'"));
        let screen = test.screen(80, 24);
        let line = screen.lines().find(|line| line.contains("rname   [")).unwrap();
        assert!(line.contains(beside), "{text}: {line}");
        assert_eq!(line.contains('!'), beside.contains('!'), "{text}: {line}");
    }
    test.keys("Ctrl-U 'anna@' Enter Enter");
    assert!(test.changes().is_empty(), "{:?}", test.changes());
}

#[test]
fn the_registrar_is_told() {
    let mut test = test();
    test.delegation(&[("ns1", &["192.0.2.53"]), ("ns9.example.net.", &[])]);
    insta::assert_snapshot!(test.keys(": 'registrar' Enter").screen(80, 24), @"
     example.com · ns1.example.com · serial 2026112101                         demo
    ┌ Nameservers ─ com. delegates to ns9.example.net., which is not here; 2 more ─┐
    │▌ ns1.example.com.                         looking up its addresses           │
    │  ns2.example.net.                         looking up its addresses           │
    └──────────────────────────────────────────────────────────────────────────────┘
    ┌ Records ──────────────────────────────────────────────────────────  1 of 15 ─┐
    │  Name  ┌ To tell the registrar ────────────────────────────────────┐         │
    │▌ @     │ Domain: example.com                                       │ 3600 90…│
    │  @     │ Nameserver: ns1.example.com 192.0.2.53 2001:db8::53       │         │
    │  @     │ Nameserver: ns2.example.net                               │         │
    │  @     │ DS: none, the zone is not signed                          │xample.n…│
    │  *.dev │                                                           │         │
    │  ftp   │ Now com. delegates to ns9.example.net., which is not here │         │
    │  mail  │ Now com. does not delegate to ns2.example.net.            │         │
    │  ns1   │ Now com. lacks glue for ns1.example.com.: 2001:db8::53    │         │
    │  ns1   │                                                           │         │
    │  old   │ ▌(y) Copy   (c) Close                                     │         │
    │  shop  └───────────────────────────────────────────────────────────┘         │
    │  sub                         1h  NS        ns.sub                            │
    │  ns.sub                      1h  A         192.0.2.77                        │
    │  www                         1h  A         192.0.2.10                        │
    └──────────────────────────────────────────────────────────────────────────────┘

     Enter press  Esc cancel
    ");
    test.keys("y");
    let copied = test.latest(|effect| match effect {
        Effect::Copy(text) => Some(text.clone()),
        _ => None,
    });
    assert_eq!(
        copied.as_deref(),
        Some(
            "Domain: example.com\nNameserver: ns1.example.com 192.0.2.53 2001:db8::53\nNameserver: ns2.example.net\n\
             DS: none, the zone is not signed\n"
        )
    );
}

#[test]
fn a_signed_zone_has_a_ds_to_tell() {
    let key = "@ 3600 DNSKEY 257 3 13 mdsswUyr3DPW132mOi8V9xESWE8jTo0dxCjjnopKl+GqJxpVXckHAeF+KkxLbxILfDLUT0rAK9iUzy1L53eKGQ==\n";
    let mut test = Test::with(&format!("{ZONE}{key}"));
    test.keys(": 'registrar' Enter");
    assert!(test.screen(120, 40).contains("DS: 2371 13 2 "), "{}", test.screen(120, 40));
    let mut test = Test::with(&format!("{ZONE}{key}@ 3600 CDS 0 0 0 00\n"));
    test.keys(": 'registrar' Enter");
    assert!(test.screen(80, 24).contains("DS: remove all"), "{}", test.screen(80, 24));
}

#[test]
fn nameservers_that_do_not_serve_the_zone() {
    let mut test = test();
    let title = |test: &mut Test| {
        test.screen(80, 24).lines().find(|line| line.contains("Records")).unwrap().to_owned()
    };
    let refused = Reply::Fault(Fault::Refused);
    test.nameserver("ns1", &[("192.0.2.53", refused, refused)]);
    assert!(
        title(&mut test).contains("Records · not served by 1 of the 2 nameservers above"),
        "{}",
        title(&mut test)
    );
    test.nameserver("ns2.example.net.", &[("192.0.2.54", refused, refused)]);
    assert!(title(&mut test).contains("not served by the nameservers above"), "{}", title(&mut test));
    test.nameserver("ns1", &[("192.0.2.53", serial(2_026_112_101, 3), serial(2_026_112_101, 3))]);
    assert!(title(&mut test).contains("not served by 1 of"), "{}", title(&mut test));
    // Silence tells nothing.
    let silent = Reply::Fault(Fault::TimedOut);
    test.nameserver("ns2.example.net.", &[("192.0.2.54", silent, silent)]);
    assert!(!title(&mut test).contains("not served"), "{}", title(&mut test));
}

#[test]
fn a_hidden_primary_is_acknowledged_once() {
    let mut test = Test::with(&ZONE.replace("SOA   ns1 ", "SOA   hidden "));
    let sets = "[nameservers.a]\nnames = [\"a.example.net\"]\n";
    test.app.settings.config = Arc::new(config::parse(sets).unwrap());
    test.keys("Tab L");
    assert!(test.screen(80, 24).contains("[ ] @ SOA"), "{}", test.screen(80, 24));
    test.keys("Enter");
    assert_eq!(kept(&test).hidden_primary, Some(name("hidden")));
    test.keys("u L");
    assert!(!test.screen(80, 24).contains("SOA"), "{}", test.screen(80, 24));
}

#[test]
fn values_of_a_template_are_kept() {
    let mut test = test();
    test.keys("L 'webhost' Enter Ctrl-U '192.0.2.77' Enter Enter Enter");
    assert_eq!(kept(&test).values.len(), 2);
    test.keys("u L 'webhost' Enter");
    assert!(test.screen(80, 24).contains("192.0.2.77"), "{}", test.screen(80, 24));
}
