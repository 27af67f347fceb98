//! The screen of findings: the list, quick fixes, acknowledging.

use super::findings::{BROKEN, checked, found};
use super::*;

#[test]
fn the_screen_lists_the_worst_first_and_says_all_of_the_selected_one() {
    let mut test = checked(BROKEN);
    test.keys("!");
    insta::assert_snapshot!(test.screen(80, 24), @"
     example.com · ns1.example.com · serial 2026112101                         demo
    ┌ Findings ───────────────────────────── 1 of 5: 2 errors, 2 warnings, 1 hint ─┐
    │▌! @ MX                    The mail host alias.example.com. of example.com. i…│
    │ ! www CNAME               www.example.com. has a CNAME and A. Where a CNAME …│
    │ ? broken CNAME            broken.example.com. is an alias of nowhere.example…│
    │ ? sub NS                  sub.example.com. is delegated to one nameserver. T…│
    │ · lab A                   lab.example.com. A has the TTL 0: nobody remembers…│
    │                                                                              │
    │                                                                              │
    │                                                                              │
    └──────────────────────────────────────────────────────────────────────────────┘
    ┌ error ───────────────────────────────────────────────────────────────────────┐
    │  The mail host alias.example.com. of example.com. is an alias (CNAME).       │
    │       MX 20 alias.example.com.                                               │
    │   * f: Let example.com. MX lead to mail.example.com.                         │
    │     - @ MX 1h      20 alias.example.com.                                     │
    │     + @ MX 1h      20 mail.example.com.                                      │
    │   * L-48 mx-is-alias: MX records lead to hosts, not to aliases: some         │
    │     senders refuse them. (RFC 2181 section 10.3, RFC 5321 section 5.1)       │
    │                                                                              │
    │                                                                              │
    └──────────────────────────────────────────────────────────────────────────────┘

     f fix  Enter go to  a acknowledge  / filter  n ask others  ! back  ? help
    ");
    insta::assert_snapshot!(test.screen(132, 43), @"
     example.com · ns1.example.com · serial 2026112101                                                                             demo
    ┌ Findings ───────────────────────────────────────────────────────────────────────────────── 1 of 5: 2 errors, 2 warnings, 1 hint ─┐
    │▌! @ MX                              L-48    The mail host alias.example.com. of example.com. is an alias (CNAME).                │
    │ ! www CNAME                         L-29    www.example.com. has a CNAME and A. Where a CNAME stands, nothing else may.          │
    │ ? broken CNAME                      L-35    broken.example.com. is an alias of nowhere.example.com., which is not there.         │
    │ ? sub NS                            L-04    sub.example.com. is delegated to one nameserver. Two are the least.                  │
    │ · lab A                             L-22    lab.example.com. A has the TTL 0: nobody remembers the answer.                       │
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
    ┌ error ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────┐
    │  The mail host alias.example.com. of example.com. is an alias (CNAME).                                                           │
    │       MX 20 alias.example.com.                                                                                                   │
    │   * f: Let example.com. MX lead to mail.example.com.                                                                             │
    │     - @ MX 1h      20 alias.example.com.                                                                                         │
    │     + @ MX 1h      20 mail.example.com.                                                                                          │
    │   * L-48 mx-is-alias: MX records lead to hosts, not to aliases: some senders refuse them. (RFC 2181 section 10.3, RFC 5321       │
    │     section 5.1)                                                                                                                 │
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

     u undo  R reload  f fix  Enter go to  a acknowledge  / filter  n ask others  ! back  ? help
    ");
    test.keys("Down Down");
    insta::assert_snapshot!(test.part((80, 24), 11, 13), @"
    ┌ warning ─────────────────────────────────────────────────────────────────────┐
    │  broken.example.com. is an alias of nowhere.example.com., which is not       │
    │  there.                                                                      │
    │       CNAME nowhere.example.com.                                             │
    │   * f: Delete the CNAME record of broken.example.com.                        │
    │     - broken CNAME 1h      nowhere.example.com.                              │
    │   * L-35 alias-to-nothing: An alias of a name of this zone that is not       │
    │     there. (RFC 1912 section 2.4)                                            │
    │                                                                              │
    │                                                                              │
    └──────────────────────────────────────────────────────────────────────────────┘

     f fix  Enter go to  a acknowledge  / filter  n ask others  ! back  ? help
    ");
    test.keys("Esc");
    assert!(matches!(test.app.screen, Screen::Main));
}

#[test]
fn the_list_is_filtered_and_leads_to_the_record() {
    let mut test = checked(BROKEN);
    test.keys("! / 'MX'");
    insta::assert_snapshot!(test.part((80, 24), 1, 5), @"
    ┌ Findings ───────────────────────── 1 of 1 /MX: 2 errors, 2 warnings, 1 hint ─┐
    │▌! @ MX                    The mail host alias.example.com. of example.com. i…│
    │                                                                              │
    │                                                                              │
    │                                                                              │
    ");
    test.keys("Enter Enter");
    assert_eq!(test.selected(), "  @ 1h MX 20 alias");
    test.keys("! / 'zzz' Enter");
    assert!(test.screen(80, 24).contains("No finding has that"));
    test.keys("Esc");
    assert!(!test.screen(80, 24).contains("No finding has that"));
    test.keys("Esc");
    assert!(matches!(test.app.screen, Screen::Main));
}

#[test]
fn a_fix_is_shown_applied_and_undone_as_one_step() {
    let mut test = checked(BROKEN);
    test.keys("! / 'L-29' Enter");
    insta::assert_snapshot!(test.screen(80, 24), @"
     example.com · ns1.example.com · serial 2026112101                         demo
    ┌ Findings ─────────────────────── 1 of 1 /L-29: 2 errors, 2 warnings, 1 hint ─┐
    │▌! www CNAME               www.example.com. has a CNAME and A. Where a CNAME …│
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    └──────────────────────────────────────────────────────────────────────────────┘
    ┌ error ───────────────────────────────────────────────────────────────────────┐
    │  www.example.com. has a CNAME and A. Where a CNAME stands, nothing else      │
    │  may.                                                                        │
    │   * f chooses:                                                               │
    │       Delete the A record of www.example.com.                                │
    │       Delete the CNAME record of www.example.com.                            │
    │   * L-29 cname-and-other: Where a CNAME stands, nothing else may: servers    │
    │     refuse the zone. (RFC 1034 section 3.6.2, RFC 2181 section 10.1)         │
    │                                                                              │
    │                                                                              │
    └──────────────────────────────────────────────────────────────────────────────┘

     f fix  Enter go to  a acknowledge  / filter  n ask others  ! back  ? help
    ");
    let before = found(&test);
    test.keys("f");
    insta::assert_snapshot!(test.screen(80, 24), @"
     example.com · ns1.example.com · serial 2026112101                         demo
    ┌ Findings ─────────────────────── 1 of 1 /L-29: 2 errors, 2 warnings, 1 hint ─┐
    │▌! www CNAME               www.example.com. has a CNAME and A. Where a CNAME …│
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │   ┌ Quick fix: www CNAME ────────────────────────────────────────────────┐   │
    │   │ www.example.com. has a CNAME and A. Where a CNAME stands, nothing    │   │
    │   │ else may.                                                            │   │
    └───│                                                                      │───┘
    ┌ er│▌Delete the A record of www.example.com.                              │───┐
    │  w│ Delete the CNAME record of www.example.com.                          │   │
    │  m│                                                                      │   │
    │   │     - www A 1h      192.0.2.10                                       │   │
    │   └──────────────────────────────────────────────────────────────────────┘   │
    │       Delete the CNAME record of www.example.com.                            │
    │   * L-29 cname-and-other: Where a CNAME stands, nothing else may: servers    │
    │     refuse the zone. (RFC 1034 section 3.6.2, RFC 2181 section 10.1)         │
    │                                                                              │
    │                                                                              │
    └──────────────────────────────────────────────────────────────────────────────┘

     Enter fix  Esc close
    ");
    test.keys("Enter");
    insta::assert_debug_snapshot!((test.message(), test.changes()), @r#"
    (
        "done: Delete the A record of www.example.com.; u undoes it",
        [
            "- www 3600 A 192.0.2.10",
        ],
    )
    "#);
    assert!(found(&test).len() < before.len());
    test.keys("u");
    assert_eq!((test.changes(), found(&test)), (Vec::<String>::new(), before));
}

#[test]
fn the_marker_goes_on_after_a_fix_and_back_when_that_is_undone() {
    let mut test = checked(BROKEN);
    let selected = |test: &Test| match &test.app.screen {
        Screen::Findings(list) => list.selected().map(|finding| finding.rule.id),
        other => panic!("{other:?}"),
    };
    test.keys("! Down Down Down Down");
    assert_eq!(selected(&test), Some("L-22"));
    test.keys("f");
    assert_eq!(selected(&test), Some("L-04"));
    test.keys("Home u");
    assert_eq!(selected(&test), Some("L-22"));
    test.keys("Home");
    assert_eq!(selected(&test), Some("L-48"));
}

#[test]
fn a_fix_in_the_table_is_shown_first() {
    let mut test = checked(BROKEN);
    test.select("lab", "A", "192.0.2.7").keys("f");
    insta::assert_snapshot!(test.part((80, 24), 5, 14), @"
    ┌ Records ──────────────────────────────────────────────────────────  6 of 13 ─┐
    │  Name                       TTL  Type      Data                              │
    │  @                           1h  SOA       ns1 hostmaster 2026112101 3600 90…│
    │  @┌ Quick fix: lab A ────────────────────────────────────────────────────┐   │
    │  @│ lab.example.com. A has the TTL 0: nobody remembers the answer.       │   │
    │  a│                                                                      │   │
    │  b│▌Set the TTL of lab.example.com. A to 5m                              │   │
    │▌ l│                                                                      │   │
    │  m│       TTL 0s -> 5m (1 record)                                        │   │
    │  m└──────────────────────────────────────────────────────────────────────┘   │
    │  ns1                         1h  A         192.0.2.53                        │
    │  sub                   ?     1h  NS        ns.sub                            │
    │  ns.sub                      1h  A         192.0.2.77                        │
    │  www                         1h  A         192.0.2.10                        │
    ");
    test.keys("Esc");
    assert_eq!(test.changes(), Vec::<String>::new());
    test.keys("f f");
    insta::assert_debug_snapshot!((test.message(), test.changes()), @r#"
    (
        "done: Set the TTL of lab.example.com. A to 5m; u undoes it",
        [
            "- lab 0 A 192.0.2.7",
            "+ lab 300 A 192.0.2.7",
        ],
    )
    "#);
    test.select("mail", "A", "192.0.2.25").keys("f");
    assert_eq!(test.message(), "no rule found anything at this record; ! lists all findings");
    test.select("sub", "NS", "ns.sub").keys("f");
    insta::assert_snapshot!(test.message(), @"no quick fix is known. sub.example.com. is delegated to one nameserver. Two are the least.");
    // In the list, where there is no fix, the footer says so by its looks.
    test.keys("!");
    let quick = crate::app::commands::all().find(|command| command.name == "fix-finding").unwrap();
    assert!((quick.enabled)(&test.app).is_err());
    test.keys("f");
    assert_eq!(test.message(), "no quick fix is known for this; Enter goes to the record");
    // After an edit as well its key stands there, where there is one.
    let mut fixable = 0;
    test.keys("Home");
    for _ in 0..8 {
        let Screen::Findings(list) = &test.app.screen else { panic!("no list") };
        if !list.fixes.is_empty() {
            fixable += 1;
            assert!(test.part((80, 24), 23, 1).contains(" f fix "), "{}", test.screen(80, 24));
        }
        test.keys("Down");
    }
    assert!(fixable > 0);
}

#[test]
fn nothing_is_fixed_that_may_not_be_edited() {
    let mut test = checked(BROKEN);
    test.send(Msg::DraftLocked { holder: "anna".into() });
    test.keys("! / 'L-22' Enter f");
    assert_eq!(test.message(), "read-only: anna edits it; W takes it over");
    assert_eq!(test.changes(), Vec::<String>::new());
}

#[test]
fn a_finding_is_acknowledged_with_a_reason_and_taken_back() {
    let mut test = checked(BROKEN);
    test.keys("! a");
    assert_eq!(
        test.message(),
        "an error cannot be acknowledged: servers refuse such a zone, or it does not work"
    );
    test.keys("/ 'L-35' Enter a");
    insta::assert_snapshot!(test.part((80, 24), 17, 7), @"
    │   * L-35 alias-to-nothing: An alias of a name of this zone that is not       │
    │     there. (RFC 1912 section 2.4)                                            │
    ┌ Commands ────────────────────────────────────────────────────────────────────┐
    │▌acknowledge       a              let the finding stand, with a reason: coun… │
    └──────────────────────────────────────────────────────────────────────────────┘

     :acknowledge
    ");
    test.keys("'soon' Enter");
    let saved = test.latest(|effect| match effect {
        Effect::SaveAcknowledged(all) => Some(all.clone()),
        _ => None,
    });
    let saved = saved.expect("kept on disk");
    assert_eq!((saved.len(), &*saved[0].rule, &*saved[0].reason), (1, "L-35", "soon"));
    test.keys("Esc");
    insta::assert_snapshot!(test.screen(80, 24), @"
     example.com · ns1.example.com · serial 2026112101                         demo
    ┌ Findings ────────────── 5 of 5: 2 errors, 1 warning, 1 hint, 1 acknowledged ─┐
    │ ! @ MX                    The mail host alias.example.com. of example.com. i…│
    │ ! www CNAME               www.example.com. has a CNAME and A. Where a CNAME …│
    │ ? sub NS                  sub.example.com. is delegated to one nameserver. T…│
    │ · lab A                   lab.example.com. A has the TTL 0: nobody remembers…│
    │▌  broken CNAME            acknowledged: soon                                 │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    └──────────────────────────────────────────────────────────────────────────────┘
    ┌ acknowledged ────────────────────────────────────────────────────────────────┐
    │  broken.example.com. is an alias of nowhere.example.com., which is not       │
    │  there.                                                                      │
    │       CNAME nowhere.example.com.                                             │
    │   * acknowledged: soon                                                       │
    │   * f: Delete the CNAME record of broken.example.com.                        │
    │     - broken CNAME 1h      nowhere.example.com.                              │
    │   * L-35 alias-to-nothing: An alias of a name of this zone that is not       │
    │     there. (RFC 1912 section 2.4)                                            │
    │                                                                              │
    └──────────────────────────────────────────────────────────────────────────────┘

     f fix  Enter go to  a acknowledge  / filter  n ask others  ! back  ? help
    ");
    // Neither counted nor marked; it stays so when the zone is loaded again, and at the next start.
    assert_eq!(test.open().findings.in_words(), "2 errors, 1 warning");
    test.keys("! R");
    test.load(BROKEN);
    assert_eq!(test.open().findings.in_words(), "2 errors, 1 warning");
    let mut next = checked(BROKEN);
    assert_eq!(next.open().findings.in_words(), "2 errors, 2 warnings");
    next.send(Msg::AcknowledgedFound(saved));
    assert_eq!(next.open().findings.in_words(), "2 errors, 1 warning");
    // Another record of the same name and type is another finding.
    next.select("broken", "CNAME", "nowhere").keys("- + 'CNAME' Enter 'broken' Tab Tab 'elsewhere' Enter");
    assert_eq!(next.changes(), ["- broken 3600 CNAME nowhere", "+ broken 3600 CNAME elsewhere"]);
    assert_eq!(next.open().findings.in_words(), "2 errors, 2 warnings");
    test.keys("! G a");
    assert_eq!(test.message(), "it counts again");
    assert_eq!(test.open().findings.in_words(), "2 errors, 2 warnings");
}

#[test]
fn an_acknowledged_error_counts_all_the_same() {
    let mut test = checked(BROKEN);
    let key = RrKey::new(name("www"), RecordType::CNAME);
    let hostile = crate::facts::Acknowledged {
        rule: "L-29".into(),
        key,
        record: None,
        reason: "\u{1b}[2J".into(),
        time: None,
    };
    test.send(Msg::AcknowledgedFound(vec![hostile]));
    assert_eq!(test.open().findings.in_words(), "2 errors, 2 warnings");
}

/// Has others asked, who say this; the request.
fn asked(test: &mut Test, found: Vec<crate::check::Finding>) {
    use crate::app::findings::network::Asked;
    use crate::check::network::Unasked;
    let effect = test.effects.iter().rev().find_map(|effect| match effect {
        Effect::CheckNetwork { request, base, changes, .. } => {
            Some((*request, std::sync::Arc::clone(base), changes.clone()))
        }
        _ => None,
    });
    let (request, base, changes) = effect.unwrap();
    let rule = crate::check::find("L-36").unwrap();
    let unasked = (1..=2).map(|number| Unasked {
        rule,
        what: format!("host{number}.example.net. A"),
        why: "no resolver answers".into(),
    });
    let asked = Asked {
        base,
        changes,
        findings: found,
        unasked: unasked.collect(),
        passed_over: Vec::new(),
        time: Some(1_795_312_980),
    };
    test.send(Msg::NetworkAsking { request, answered: 3, of: 9 });
    test.send(Msg::NetworkAsked { request, asked: std::sync::Arc::new(asked) });
}

fn lame() -> crate::check::Finding {
    let rule = crate::check::find("L-45").unwrap();
    crate::check::Finding {
        rule,
        severity: rule.severity,
        key: crate::zone::RrKey::new(Name::parse(b"example.com.", None).unwrap(), RecordType::NS),
        record: None,
        message: "The nameserver ns2.example.net. (198.51.100.2) refuses to answer.".into(),
    }
}

#[test]
fn others_are_asked_on_request_only_and_what_they_said_gets_old() {
    let mut test = checked(ZONE);
    test.keys("!");
    assert!(!test.did(|effect| matches!(effect, Effect::CheckNetwork { .. })), "never by itself");
    test.keys("n");
    assert!(test.did(|effect| matches!(effect, Effect::CheckNetwork { .. })));
    assert!(test.screen(80, 24).contains("0 of 0 questions answered"));
    asked(&mut test, vec![lame()]);
    let screen = test.screen(80, 24);
    assert!(screen.contains("? @ NS                    The nameserver ns2.example.net."), "{screen}");
    assert!(
        screen.contains("not known               L-36 2 questions without an answer: no resolver"),
        "{screen}"
    );
    assert!(screen.contains("others were asked: 1 finding; 2 questions without an answer"), "{screen}");
    test.keys("G");
    let screen = test.screen(80, 24);
    assert!(screen.contains("It is not known: no resolver answers."), "{screen}");
    assert!(screen.contains("host2.example.net. A"), "{screen}");
    // An edit, and what was said is old.
    test.keys("1").select("ns1", "AAAA", "2001:db8::53").keys("- !");
    let screen = test.screen(80, 24);
    assert!(screen.contains("before the last changes: The nameserver"), "{screen}");
    test.keys("Home");
    let old = (0..9).any(|_| {
        let seen = test.screen(80, 24).contains("others were asked 2026-11-22");
        test.keys("Down");
        seen
    });
    assert!(old, "{}", test.screen(80, 24));
    // Taken back, it is as it was.
    test.keys("1 u !");
    assert!(!test.screen(80, 24).contains("before the last changes"), "{}", test.screen(80, 24));
    // Asked again, nothing is wrong any more.
    test.keys("n");
    asked(&mut test, Vec::new());
    assert!(test.screen(80, 24).contains("others were asked: nothing is wrong; 2 questions"));
    assert!(!test.screen(80, 24).contains("refuses to answer"));
}

#[test]
fn asking_others_is_stopped_by_the_same_key() {
    let mut test = checked(ZONE);
    test.keys("! n");
    test.keys("n");
    assert!(test.did(|effect| matches!(effect, Effect::Cancel { .. })));
    asked(&mut test, vec![lame()]);
    assert!(!test.screen(80, 24).contains("refuses to answer"), "nobody waits for it any more");
}
