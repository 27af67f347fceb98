//! Following the zone while it is edited: nothing that the person is at is disturbed, and what others did is marked.

use super::*;

/// The zone as others made it: one record changed, one added, one deleted.
fn moved() -> String {
    ZONE.replace("2026112101", "2026112105")
        .replace("shop   300   CNAME www", "shop   300   CNAME mail")
        .replace("old    86400 A     192.0.2.99\n", "new 60 A 192.0.2.98\n")
}

impl Test {
    /// The primary's answer to the latest question: this zone.
    fn followed(&mut self, text: &str) {
        self.send(Msg::Woke);
        let request = self.last_follow().expect("a question");
        self.send(Msg::Followed { request, result: Ok(Some(zone(text))) });
    }

    fn last_follow(&self) -> Option<RequestId> {
        self.latest(|effect| match effect {
            Effect::Follow { request, .. } => Some(*request),
            _ => None,
        })
    }
}

#[test]
fn what_others_changed_is_told_and_marked_until_it_was_looked_at() {
    let mut test = Test::new();
    test.select("ftp", "CNAME", "www");
    test.followed(&moved());
    insta::assert_snapshot!(test.screen(80, 24), @r#"
     example.com · ns1.example.com · serial 2026112105                         demo
    ┌ Nameservers ─────────────────────────────────────────────────────────────────┐
    │▌ ns1.example.com.                         looking up its addresses           │
    │  ns2.example.net.                         looking up its addresses           │
    └──────────────────────────────────────────────────────────────────────────────┘
    ┌ Records ──────────────────────────────────────────────────────────  6 of 15 ─┐
    │  Name                       TTL  Type      Data                              │
    │  @                           1h  SOA       ns1 hostmaster 2026112105 3600 90…│
    │  @                           1h  A         192.0.2.1                         │
    │  @                           1h  MX        10 mail                           │
    │  @                           5m  TXT       "v=spf1 mx include:_spf.example.n…│
    │  *.dev                       1h  A         192.0.2.200                       │
    │▌ ftp                         1h  CNAME     www                               │
    │  mail                        1h  A         192.0.2.25                        │
    │ *new                         1m  A         192.0.2.98                        │
    │  ns1                         1h  A         192.0.2.53                        │
    │  ns1                         1h  AAAA      2001:db8::53                      │
    │ *shop                        5m  CNAME     mail                              │
    │  sub                         1h  NS        ns.sub                            │
    │  ns.sub                      1h  A         192.0.2.77                        │
    │  www                         1h  A         192.0.2.10                        │
     the zone moved on to serial 2026112105: 3 record sets changed by others (new
     A, old A, shop CNAME)
     + add  - delete  Enter edit  / filter  w save  t text  Tab pane  ? help  q quit
    "#);
    test.keys("]");
    assert_eq!(test.selected(), "* new 1m A 192.0.2.98");
    test.keys("j");
    test.select("new", "A", "192.0.2.98");
    assert_eq!(test.selected(), "  new 1m A 192.0.2.98", "looked at");
    test.keys("] I");
    assert_eq!(test.selected(), "  shop 5m CNAME mail", "the key before was for this row");
    test.keys("]");
    assert!(
        test.message().starts_with("what others changed is gone from the zone: old A"),
        "{}",
        test.message()
    );
}

#[test]
fn wide_screens_say_what_it_was() {
    let mut test = Test::new();
    test.followed(&moved());
    let screen = test.screen(132, 43);
    assert!(screen.contains("changed by others, was www.example.com."), "{screen}");
}

#[test]
fn nothing_is_said_of_what_the_server_does() {
    let mut test = Test::new();
    test.send(Msg::Woke);
    let request = test.last_follow().unwrap();
    test.send(Msg::Followed { request, result: Ok(None) });
    assert_eq!(test.message(), "");
    test.followed(&ZONE.replace("2026112101", "2026112102"));
    assert_eq!((test.message(), test.open().draft.base().serial()), ("", 2_026_112_102));
    assert!(test.open().news.is_empty());
}

#[test]
fn a_row_stays_where_it_is_on_the_screen() {
    let text: String = (0..60).map(|number| format!("h{number:02} 60 A 192.0.2.{number}\n")).collect();
    let mut test = Test::with(&format!("{ZONE}{text}"));
    test.keys("/ 'h' Enter");
    test.select("h40", "A", "192.0.2.40").screen(80, 24);
    let offset = |test: &Test| test.open().records.selected - test.open().records.offset;
    let before = offset(&test);
    test.followed(&format!("{ZONE}{text}h10 60 A 192.0.2.210\nh11 60 A 192.0.2.211\n"));
    assert_eq!(test.selected(), "  h40 1m A 192.0.2.40");
    assert_eq!((offset(&test), test.open().records.filter.as_str()), (before, "h"));
}

#[test]
fn the_draft_comes_along_and_conflicts_are_told() {
    let mut test = Test::new();
    test.select("shop", "CNAME", "www").keys("-");
    test.select("mail", "A", "192.0.2.25").keys("-");
    test.followed(&moved());
    assert_eq!(
        test.message(),
        "the zone moved on to serial 2026112105: 3 record sets changed by others (new A, old A, shop CNAME); 1 conflict \
         with yours: M shows both sides"
    );
    assert_eq!(test.open().draft.changes().len(), 2);
    let mut again = Draft::new(test.open().draft.base().clone());
    again.replay(disk(&test.effects));
    assert_eq!(again.changes(), test.open().draft.changes());
}

#[test]
fn a_review_on_the_screen_is_made_again() {
    let mut test = Test::new();
    test.select("mail", "A", "192.0.2.25").keys("- c");
    test.followed(&moved());
    assert!(test.message().ends_with("; this review is made again"), "{}", test.message());
    // The question before a push stays, and says so; what is sent is compared with the new zone.
    test.keys("w");
    test.followed(&moved().replace("2026112105", "2026112106"));
    assert!(test.screen(80, 24).contains("the zone moved on meanwhile, to serial 2026112106"));
    test.keys("y");
    assert!(matches!(test.app.screen, Screen::Pushing(_)));
    // While it is pushed nobody asks.
    test.effects.clear();
    test.send(Msg::Woke);
    assert_eq!(test.last_follow(), None);
}

#[test]
fn an_answer_that_comes_in_the_middle_of_a_push_is_dropped() {
    let mut test = Test::new();
    test.select("mail", "A", "192.0.2.25").keys("-");
    test.send(Msg::Woke);
    let request = test.last_follow().unwrap();
    test.keys("w w y");
    assert!(
        test.effects
            .iter()
            .any(|effect| matches!(effect, Effect::Cancel { request: gone } if *gone == request))
    );
    test.send(Msg::Followed { request, result: Ok(Some(zone(&moved()))) });
    assert_eq!(test.open().draft.base().serial(), 2_026_112_101);
}

#[test]
fn a_nameserver_that_is_ahead_makes_us_ask() {
    let mut test = Test::new();
    test.effects.clear();
    test.nameserver("ns1", &[("192.0.2.53", serial(2_026_112_101, 1), Reply::NotAsked)]);
    assert_eq!(test.last_follow(), None);
    test.send(Msg::Woke);
    test.effects.retain(|effect| !matches!(effect, Effect::Follow { .. }));
    let request = test.app.following.unwrap();
    test.send(Msg::Followed { request, result: Ok(None) });
    test.nameserver("ns1", &[("192.0.2.53", serial(2_026_112_102, 1), Reply::NotAsked)]);
    assert!(test.last_follow().is_some());
}

/// A form that was opened before others changed the record set must not write over what they did.
#[test]
fn a_form_that_is_open_meanwhile_makes_a_conflict() {
    let mut test = Test::new();
    test.select("shop", "CNAME", "www").keys("Enter Ctrl-U 'ftp'");
    test.followed(&moved());
    assert!(matches!(test.app.screen, Screen::Form(_)));
    test.keys("Enter");
    assert!(
        test.message().contains("others changed this record set while the form was open"),
        "{}",
        test.message()
    );
    let open = test.open().draft.open_conflicts();
    assert_eq!(open.len(), 1);
    let mut again = Draft::new(test.open().draft.base().clone());
    again.replay(disk(&test.effects));
    assert_eq!(again.open_conflicts(), open);
    // Another set of the same form is edited as ever.
    test.keys("M t Esc");
    test.select("mail", "A", "192.0.2.25").keys("Enter Ctrl-U '192.0.2.26'");
    test.followed(&moved().replace("2026112105", "2026112107").replace("192.0.2.98", "192.0.2.97"));
    test.keys("Enter");
    assert_eq!(test.open().draft.conflicts(), []);
    assert_eq!(test.changes(), ["- mail 3600 A 192.0.2.25", "+ mail 3600 A 192.0.2.26"]);
}

#[test]
fn another_editors_draft_is_not_written() {
    let mut test = Test::new();
    test.send(Msg::DraftLocked { holder: "process 1 of anna".into() });
    test.effects.clear();
    test.followed(&moved());
    let writes = |effect: &Effect| {
        matches!(effect, Effect::ClearDraft | Effect::ReplaceDraft { .. } | Effect::Journal { .. })
    };
    assert!(!test.did(writes));
}
