//! The upper pane: what the nameservers and the zone above say, and when they are asked.

use super::*;
use crate::facts::Fault;

const NOW: u32 = 2_026_112_101;

/// Every state that a nameserver can be in, one a line.
const MANY: &str = "
@      3600  SOA   ns1 hostmaster 2026112101 3600 900 1209600 300
@      3600  NS    ns1
@      3600  NS    ns2.example.net.
@      3600  NS    ns3.example.net.
@      3600  NS    ns4.example.net.
@      3600  NS    ns5.example.net.
ns1    3600  A     192.0.2.53
ns1    3600  AAAA  2001:db8::53
";

/// The upper pane, frame included.
fn pane(test: &mut Test, width: u16, height: u16) -> String {
    let screen = test.screen(width, height);
    let end = screen.lines().position(|line| line.contains("Records")).unwrap();
    screen.lines().take(end).skip(1).map(|line| format!("{line}\n")).collect()
}

fn timed_out() -> Reply {
    Reply::Fault(Fault::TimedOut)
}

/// What was asked since the effects were last cleared: name, and whether over TCP as well.
fn asked(test: &Test) -> Vec<(String, bool)> {
    let server = |effect: &Effect| match effect {
        Effect::AskNameserver { server, .. } => Some((server.name.to_string(), server.tcp)),
        _ => None,
    };
    test.effects.iter().filter_map(server).collect()
}

fn many() -> Test {
    let mut test = Test::with(MANY);
    test.nameserver(
        "ns1",
        &[
            ("192.0.2.53", serial(NOW, 12), serial(NOW, 13)),
            ("2001:db8::53", serial(NOW + 4, 0), timed_out()),
        ],
    );
    test.nameserver("ns2.example.net.", &[("198.51.100.7", timed_out(), serial(NOW - 3, 29))]);
    test.nameserver(
        "ns3.example.net.",
        &[("198.51.100.8", timed_out(), Reply::Fault(Fault::ConnectionRefused))],
    );
    test.nameserver(
        "ns4.example.net.",
        &[("203.0.113.9", Reply::Fault(Fault::Refused), Reply::Fault(Fault::Refused))],
    );
    test.status(NameserverStatus { problem: Some("does not exist".into()), ..status("ns5.example.net.") });
    test
}

#[test]
fn each_state_in_its_words() {
    insta::assert_snapshot!(pane(&mut many(), 80, 24), @"
    ┌ Nameservers 1-5/6 ───────────────────────────────────────────────────────────┐
    │▌ ns1.example.com.           192.0.2.53    2026112101  in sync          12 ms │
    │                             2001:db8::53  2026112105  4 ahead         no TCP │
    │  ns2.example.net.           198.51.100.7  2026112098  3 behind        no UDP │
    │  ns3.example.net.           198.51.100.8  connection refused                 │
    │  ns4.example.net.           203.0.113.9   lame: refused                      │
    └──────────────────────────────────────────────────────────────────────────────┘
    ");
    insta::assert_snapshot!(pane(&mut many(), 132, 43), @"
    ┌ Nameservers ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────┐
    │▌ ns1.example.com.                              192.0.2.53    2026112101  in sync          UDP 12 ms    TCP 13 ms                 │
    │                                                2001:db8::53  2026112105  4 ahead          UDP <1 ms       no TCP                 │
    │  ns2.example.net.                              198.51.100.7  2026112098  3 behind            no UDP    TCP 29 ms                 │
    │  ns3.example.net.                              198.51.100.8  connection refused                                                  │
    │  ns4.example.net.                              203.0.113.9   lame: refused                                                       │
    │  ns5.example.net.                                            does not exist                                                      │
    └──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────┘
    ");
    insta::assert_snapshot!(pane(&mut many(), 60, 30), @"
     Nameservers 1-5/6
    ▌ ns1.example.com.       2026112101  in sync          12 ms
                             2026112105  4 ahead         no TCP
      ns2.example.net.       2026112098  3 behind        no UDP
      ns3.example.net.       connection refused
      ns4.example.net.       lame: refused
    ");
}

#[test]
fn a_serial_that_cannot_be_compared() {
    let mut test = Test::new();
    let far = NOW.wrapping_add(1 << 31);
    test.nameserver("ns1", &[("192.0.2.53", serial(far, 1), serial(far, 1))]);
    test.nameserver("ns2.example.net.", &[("198.51.100.7", serial(1, 1200), serial(1, 1200))]);
    insta::assert_snapshot!(pane(&mut test, 80, 24), @"
    ┌ Nameservers ─────────────────────────────────────────────────────────────────┐
    │▌ ns1.example.com.           192.0.2.53    4173595749  incomparable      1 ms │
    │  ns2.example.net.           198.51.100.7  1           2026112100 be… 1200 ms │
    └──────────────────────────────────────────────────────────────────────────────┘
    ");
}

#[test]
fn the_parent_agrees_or_not() {
    let mut test = Test::new();
    test.nameserver("ns1", &[("192.0.2.53", serial(NOW, 3), serial(NOW, 4))]);
    test.nameserver("ns2.example.net.", &[("198.51.100.7", serial(NOW, 3), serial(NOW, 4))]);
    let first_line = |test: &mut Test| pane(test, 80, 24).lines().next().unwrap().to_owned();
    let before = first_line(&mut test);
    test.delegation(&[("ns1", &["2001:db8::53", "192.0.2.53"]), ("NS2.example.NET.", &[])]);
    insta::assert_snapshot!(first_line(&mut test), @"┌ Nameservers ─────────────────────────────────────────────────── com. agrees ─┐");

    test.delegation(&[
        ("ns1", &["2001:db8::53", "192.0.2.53"]),
        ("ns2.example.net.", &[]),
        ("ns9.example.net.", &[]),
    ]);
    insta::assert_snapshot!(first_line(&mut test), @"┌ Nameservers ───────── com. delegates to ns9.example.net., which is not here ─┐");
    insta::assert_snapshot!(pane(&mut test, 132, 43), @"
    ┌ Nameservers ───────────────────────────────────────────────────────────── com. delegates to ns9.example.net., which is not here ─┐
    │▌ ns1.example.com.                              192.0.2.53    2026112101  in sync           UDP 3 ms     TCP 4 ms  delegated      │
    │  ns2.example.net.                              198.51.100.7  2026112101  in sync           UDP 3 ms     TCP 4 ms  delegated      │
    └──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────┘
    ");

    test.delegation(&[("ns1", &["192.0.2.99"]), ("ns9.example.net.", &[])]);
    insta::assert_snapshot!(first_line(&mut test), @"┌ Nameservers ─ com. delegates to ns9.example.net., which is not here; 3 more ─┐");
    insta::assert_snapshot!(pane(&mut test, 132, 43), @"
    ┌ Nameservers ───────────────────────────────────────────────────── com. delegates to ns9.example.net., which is not here; 3 more ─┐
    │▌ ns1.example.com.                              192.0.2.53    2026112101  in sync           UDP 3 ms     TCP 4 ms  glue differs   │
    │  ns2.example.net.                              198.51.100.7  2026112101  in sync           UDP 3 ms     TCP 4 ms  not delegated  │
    └──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────┘
    ");

    let quiet = |test: &mut Test, parent| {
        let request = test.asked_parent;
        test.send(Msg::Parent { request, parent });
        pane(test, 80, 24).lines().next().unwrap().to_owned()
    };
    let why = "no resolver answers".to_owned();
    insta::assert_snapshot!(quiet(&mut test, Parent::NotKnown(why)), @"┌ Nameservers ────────────────────────────────────────────── parent not known ─┐");
    insta::assert_snapshot!(quiet(&mut test, Parent::DoesNotDelegate { parent: name(".") }), @"┌ Nameservers ────────────────────────── the root does not delegate this zone ─┐");

    // An answer to an old question changes nothing.
    let shown = first_line(&mut test);
    test.send(Msg::Parent { request: RequestId(1), parent: Parent::NotKnown("old".into()) });
    assert_eq!(first_line(&mut test), shown);
    assert_ne!(before, shown);
}

#[test]
fn edits_are_compared_with_the_parent_at_once() {
    let mut test = Test::new();
    test.delegation(&[
        ("ns1", &["192.0.2.53", "2001:db8::53"]),
        ("ns2.example.net.", &[]),
        ("ns3.example.net.", &[]),
    ]);
    let first = |test: &Test| -> Vec<String> {
        test.open().nameservers.differences.iter().map(|difference| difference.text.clone()).collect()
    };
    assert_eq!(first(&test), ["com. delegates to ns3.example.net., which is not here"]);
    test.keys("Tab + 'ns3.example.net.' Enter");
    assert_eq!(first(&test), [""; 0]);
    test.keys("Home -");
    assert_eq!(first(&test), ["com. still delegates to ns1.example.com., which you delete"]);
    test.keys("u");
    test.select("ns1", "AAAA", "2001:db8::53").keys("-");
    assert_eq!(first(&test), ["com. has glue for ns1.example.com. that is not in the zone: 2001:db8::53"]);
}

#[test]
fn details_tell_all() {
    let mut test = many();
    test.delegation(&[("ns1", &["192.0.2.53"]), ("ns2.example.net.", &[]), ("ns3.example.net.", &[])]);
    test.keys("Tab I");
    let mut details = |keys: &str| {
        test.keys(keys);
        let screen = test.screen(80, 24);
        let lines: Vec<&str> = screen.lines().collect();
        let end = lines.iter().rposition(|line| line.starts_with('└')).unwrap();
        format!("{}\n", lines[end + 1..lines.len() - 1].join("\n"))
    };
    insta::assert_snapshot!(details("Home"), @"
    ┌ Records · not served by 2 of the 5 nameservers above ─────────────── 1 of 3 ─┐
    │  Name                       TTL  Type      Data                              │
    │▌ @                           1h  SOA       ns1 hostmaster 2026112101 3600 90…│
    │  ns1                         1h  A         192.0.2.53                        │
    │  ns1                         1h  AAAA      2001:db8::53                      │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
     example.com.  ns1  192.0.2.53: serial 2026112101, in sync, UDP 12 ms, TCP 13
     ms; 2001:db8::53: serial 2026112105, 4 ahead, UDP <1 ms, TCP timed out: large
     answers will fail; com. lacks glue for ns1.example.com.: 2001:db8::53
    ");
    insta::assert_snapshot!(details("Down"), @"
    ┌ Records · not served by 2 of the 5 nameservers above ─────────────── 1 of 3 ─┐
    │  Name                       TTL  Type      Data                              │
    │▌ @                           1h  SOA       ns1 hostmaster 2026112101 3600 90…│
    │  ns1                         1h  A         192.0.2.53                        │
    │  ns1                         1h  AAAA      2001:db8::53                      │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
     example.com.  ns2.example.net.  198.51.100.7: serial 2026112098, 3 behind, UDP
     timed out, TCP 29 ms: few resolvers will get an answer; com. delegates to it
    ");
    insta::assert_snapshot!(details("Down"), @"
    ┌ Records · not served by 2 of the 5 nameservers above ─────────────── 1 of 3 ─┐
    │  Name                       TTL  Type      Data                              │
    │▌ @                           1h  SOA       ns1 hostmaster 2026112101 3600 90…│
    │  ns1                         1h  A         192.0.2.53                        │
    │  ns1                         1h  AAAA      2001:db8::53                      │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
     example.com.  ns3.example.net.  198.51.100.8: UDP timed out, TCP connection
     refused: no nameserver runs there; com. delegates to it
    ");
    insta::assert_snapshot!(details("Down"), @"
    ┌ Records · not served by 2 of the 5 nameservers above ─────────────── 1 of 3 ─┐
    │  Name                       TTL  Type      Data                              │
    │▌ @                           1h  SOA       ns1 hostmaster 2026112101 3600 90…│
    │  ns1                         1h  A         192.0.2.53                        │
    │  ns1                         1h  AAAA      2001:db8::53                      │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
     example.com.  ns4.example.net.  203.0.113.9: lame: refused: the zone is not
     configured there, or not for us; com. does not delegate to ns4.example.net.
    ");
    insta::assert_snapshot!(details("Down"), @"
    ┌ Records · not served by 2 of the 5 nameservers above ─────────────── 1 of 3 ─┐
    │  Name                       TTL  Type      Data                              │
    │▌ @                           1h  SOA       ns1 hostmaster 2026112101 3600 90…│
    │  ns1                         1h  A         192.0.2.53                        │
    │  ns1                         1h  AAAA      2001:db8::53                      │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
     example.com.  ns5.example.net.  its addresses: does not exist; com. does not
     delegate to ns5.example.net.
    ");
}

#[test]
fn an_answer_to_an_old_question_changes_nothing() {
    let mut test = Test::new();
    let old = test.asked[&name("ns1")];
    test.nameserver("ns1", &[("192.0.2.53", serial(NOW, 3), serial(NOW, 4))]);
    test.keys("R");
    test.load(ZONE);
    assert_ne!(test.asked[&name("ns1")], old);
    let shown = pane(&mut test, 80, 24);
    assert!(shown.contains("in sync"), "what was known stays until there is an answer\n{shown}");
    let status = NameserverStatus { problem: Some("does not exist".into()), ..status("ns1") };
    test.send(Msg::Nameserver { request: old, status });
    assert_eq!(pane(&mut test, 80, 24), shown);
}

#[test]
fn a_nameserver_that_takes_its_time_is_not_asked_twice_and_holds_up_no_other() {
    let mut test = Test::new();
    let slow = test.asked[&name("ns1")];
    test.nameserver("ns2.example.net.", &[("198.51.100.7", serial(NOW, 3), serial(NOW, 4))]);
    test.effects.clear();
    for _ in 0..4 {
        test.send(Msg::Woke);
        test.nameserver("ns2.example.net.", &[("198.51.100.7", serial(NOW, 3), Reply::NotAsked)]);
    }
    assert_eq!(asked(&test), vec![("ns2.example.net.".to_owned(), false); 4]);
    // Not for ever: somebody may have lost the answer.
    test.send(Msg::Woke);
    assert_ne!(test.asked[&name("ns1")], slow);
    let cancels = |effect: &Effect| matches!(effect, Effect::Cancel { request } if *request == slow);
    assert!(test.did(cancels), "{:?}", test.effects);
}

#[test]
fn tcp_is_asked_at_first_where_it_failed_and_every_tenth_time() {
    let mut test = Test::new();
    let mut rounds = Vec::new();
    for round in 0..12 {
        let tcp = asked(&test).iter().map(|(_, tcp)| *tcp).collect::<Vec<_>>();
        rounds.push(tcp);
        test.effects.clear();
        let failing = if round < 2 { timed_out() } else { Reply::NotAsked };
        let failing = if round == 2 { serial(NOW, 4) } else { failing };
        let first = if round == 0 { serial(NOW, 4) } else { Reply::NotAsked };
        test.nameserver("ns1", &[("192.0.2.53", serial(NOW, 3), first)]);
        test.nameserver("ns2.example.net.", &[("198.51.100.7", serial(NOW, 3), failing)]);
        test.send(Msg::Woke);
    }
    // The questions at the load went with the effects that a new test clears.
    let every: Vec<bool> = vec![false, false];
    let mut expected = vec![every.clone(); 12];
    expected[0] = vec![];
    expected[1] = vec![false, true];
    expected[2] = vec![false, true];
    expected[10] = vec![true, true];
    assert_eq!(rounds, expected);
}

#[test]
fn polls_are_frequent_only_while_one_is_behind() {
    let mut test = Test::new();
    let mut pauses = Vec::new();
    for behind in [0, 1, 1, 1, 1, 1, 1, 0, 0, 1] {
        test.effects.clear();
        test.nameserver("ns2.example.net.", &[("198.51.100.7", serial(NOW - behind, 3), serial(NOW, 3))]);
        test.send(Msg::Woke);
        pauses.push(
            test.effects
                .iter()
                .filter_map(|effect| match effect {
                    Effect::WakeIn(time) => Some(time.as_secs()),
                    _ => None,
                })
                .collect::<Vec<_>>(),
        );
    }
    let expected: [&[u64]; 10] = [&[30], &[2, 4], &[8], &[16], &[30], &[30], &[30], &[30], &[30], &[2, 4]];
    assert_eq!(pauses, expected);
}

#[test]
fn round_trip_times_that_differ_a_little_are_no_news() {
    let mut test = Test::new();
    test.nameserver("ns1", &[("192.0.2.53", serial(NOW, 40), serial(NOW, 41))]);
    let shown = pane(&mut test, 132, 43);
    for (millis, same) in [(47, true), (33, true), (60, false)] {
        test.send(Msg::Woke);
        test.nameserver("ns1", &[("192.0.2.53", serial(NOW, millis), Reply::NotAsked)]);
        assert_eq!(pane(&mut test, 132, 43) == shown, same, "{millis} ms");
    }
}

#[test]
fn a_zone_with_a_thousand_nameservers_asks_some() {
    let mut text = String::from("@ 3600 SOA ns1 hostmaster 1 3600 900 1209600 300\n");
    for number in 0..1000 {
        text.push_str(&format!("@ 3600 NS ns{number:04}.example.net.\n"));
    }
    let mut test = Test::with(&text);
    assert_eq!(test.asked.len(), 32);
    test.keys("Tab End");
    let shown = pane(&mut test, 80, 24);
    assert!(shown.contains("ns0999.example.net.") && shown.contains("not asked: too many"), "{shown}");
    test.delegation(&[]);
    assert!(test.open().nameservers.differences.len() <= 16);
}

#[test]
fn the_parent_is_asked_again_after_a_load() {
    let mut test = Test::new();
    let first = test.asked_parent;
    test.send(Msg::Woke);
    assert_eq!(test.asked_parent, first);
    test.keys("R");
    test.load(ZONE);
    assert_ne!(test.asked_parent, first);
}

#[test]
fn without_colours_signs_tell_which_pane_the_keys_go_to() {
    for (unicode, here, there) in [(true, '▌', '▏'), (false, '>', '.')] {
        let mut test = Test::starting(Settings { colours: false, unicode, ..settings() });
        test.load(ZONE);
        let signs = |test: &mut Test| {
            let screen = test.screen(80, 24);
            // Of both panes: before the title, and before the selected row.
            let row = |title: &str, rows: usize| -> Vec<char> {
                let at = screen.lines().position(|line| line.contains(title)).unwrap();
                let sign = |line: usize| screen.lines().nth(line).unwrap().chars().nth(1).unwrap();
                vec![sign(at), sign(at + rows)]
            };
            [row("Nameservers", 1), row("Records ", 2)]
        };
        assert_eq!(signs(&mut test), [[' ', there], [here, here]]);
        test.keys("Tab");
        assert_eq!(signs(&mut test), [[here, here], [' ', there]]);
    }
}

#[test]
fn the_key_that_shows_the_differences_is_the_one_that_does() {
    let mut test = Test::new();
    let long = "a-nameserver-with-a-long-name-of-its-own.of.a.hoster.example.net.";
    test.delegation(&[("ns1", &["192.0.2.53"]), (long, &[])]);
    let title = test.part((80, 24), 1, 1);
    assert!(title.contains(": Tab I shows them"), "{title}");
    let title = test.keys("Tab").part((80, 24), 1, 1);
    assert!(title.contains(": I shows them"), "{title}");
}
