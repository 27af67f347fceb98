//! Proposals: nameserver sets, and what they ask.

use super::*;
use crate::config;

fn with_config(text: &str) -> Test {
    let mut test = Test::new();
    test.app.settings.config = Arc::new(config::parse(text).unwrap());
    test
}

const HOSTER: &str = "[nameservers.hoster]\nnames = [\"a.hoster.example\", \"b.hoster.example\"]\n";

#[test]
fn another_hosters_nameservers() {
    let mut test = with_config(HOSTER);
    test.app.settings.hosts = vec!["192.0.2.53".into()];
    insta::assert_snapshot!(test.keys("Tab L").screen(80, 24), @"
     example.com · ns1.example.com · serial 2026112101                         demo
    ┌ Nameservers of hoster ─────────────────────────────────────── 2 of 2 ticked ─┐
    │   * You edit the zone on ns1.example.com., which is none of these: it must   │
    │     feed them as their hidden primary, or they will not have your changes.   │
    │▌[x] @ NS  replace (a: add)                                                   │
    │     - 1h      ns1.example.com.                                               │
    │     - 1h      ns2.example.net.                                               │
    │     + 1h      a.hoster.example.                                              │
    │     + 1h      b.hoster.example.                                              │
    │ [x] @ SOA                                                                    │
    │     - 1h      ns1.example.com. hostmaster.example.com. 2026112101 3600 900   │
    │       1209600 300                                                            │
    │     + 1h      a.hoster.example. hostmaster.example.com. 2026112101 3600 900  │
    │       1209600 300                                                            │
    │     ! ns1.example.com. is the SOA's primary, and none of these nameservers.  │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    └──────────────────────────────────────────────────────────────────────────────┘

     Enter take  w take and review  Space tick  a replace or add  Esc leave  ? help
    ");
    test.keys("Enter");
    assert_eq!(
        test.message(),
        "2 record sets changed; u undoes it; w pushes; :registrar is what to tell there"
    );
    assert_eq!(
        test.changes(),
        [
            "- @ 3600 SOA ns1 hostmaster 2026112101 3600 900 1209600 300",
            "+ @ 3600 SOA a.hoster.example. hostmaster 2026112101 3600 900 1209600 300",
            "- @ 3600 NS ns1",
            "- @ 3600 NS ns2.example.net.",
            "+ @ 3600 NS a.hoster.example.",
            "+ @ 3600 NS b.hoster.example.",
        ]
    );
    test.keys("u");
    assert!(test.changes().is_empty());
}

#[test]
fn a_proposal_is_ticked_turned_and_left() {
    let mut test = with_config(HOSTER);
    // Added instead of replaced, and the SOA as it is.
    test.keys("Tab L a");
    assert!(test.screen(80, 24).contains("[x] @ NS  add (a: replace)"), "{}", test.screen(80, 24));
    assert!(test.screen(80, 24).contains("[ ] @ SOA"), "{}", test.screen(80, 24));
    test.keys("w");
    assert_eq!(test.app.context(), Context::Changes);
    assert_eq!(test.changes().len(), 6, "{:?}", test.changes());
    assert!(test.changes().iter().all(|line| line.contains(" NS ")));
    test.keys("Esc u Tab Tab L * Enter");
    assert_eq!(test.message(), "nothing is ticked: Space ticks, Esc leaves");
    test.keys("Esc");
    assert_eq!(test.message(), "left: nothing of it is taken");
    assert!(test.changes().is_empty());
    // There is one way for an SOA.
    test.keys("L End a");
    assert_eq!(test.message(), "there is one way only for this record set");
}

#[test]
fn sets_to_choose_from() {
    let mut test = with_config(
        "[zone.\"example.com\"]\nnameservers = \"ours\"\n[nameservers.a]\nnames = [\"ns.a.example\"]\n\
         [nameservers.ours]\nnames = [\"ns1.example.com\", \"ns2.example.net\"]\n",
    );
    insta::assert_snapshot!(test.keys("Tab L").part((80, 24), 1, 5), @"
    ┌ Nameservers to load ─────────────────────────────────────────────────────────┐
    │ search:                                                                      │
    │▌ours  this zone's: ns1.example.com. ns2.example.net.                         │
    │ a     ns.a.example.                                                          │
    │                                                                              │
    ");
    test.keys("Enter");
    assert_eq!(test.message(), "Nameservers of ours: the zone has all of it already");
    test.keys("L 'example' Down Enter");
    assert_eq!(test.app.context(), Context::Proposal);
    test.keys("Esc : 'load-nameservers' Space 'a' Enter");
    assert_eq!(test.app.context(), Context::Proposal);
    test.keys("Esc : 'load-nameservers' Space 'b' Enter");
    assert_eq!(test.message(), "there is no [nameservers.b] in the configuration");
    let mut test = Test::new();
    test.keys("Tab L");
    assert!(test.message().starts_with("the configuration has no sets of nameservers"));
}

#[test]
fn nameservers_inside_the_zone_need_addresses() {
    let mut test = with_config("[nameservers.own]\nnames = [\"ns1.example.com\", \"ns9.example.com\"]\n");
    test.delegation(&[("ns9", &["2001:db8::9"])]);
    insta::assert_snapshot!(test.keys("Tab L").screen(80, 24), @"
     example.com · ns1.example.com · serial 2026112101                         demo
    ┌ Nameservers of own ──────────────────────────────────────────────────────────┐
    │ These nameservers stand inside the zone, which has no address of them.       │
    │ The zone above needs the same addresses, as glue.                            │
    │                                                                              │
    │  ns9 IPv4 [                                      ] such as 192.0.2.1         │
    │  ns9 IPv6 [2001:db8::9                           ]                           │
    │                                                                              │
    │ the IPv4 address of ns9.example.com., which nobody finds without it, such as │
    │ 192.0.2.1                                                                    │
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

     Enter go on  Tab next field  Esc cancel  F1 help
    ");
    test.keys("Ctrl-U Tab Ctrl-U Enter");
    assert!(test.screen(80, 24).contains("Not accepted yet"), "{}", test.screen(80, 24));
    test.keys("'192.0.2.9' Enter");
    assert_eq!(test.app.context(), Context::Proposal);
    test.keys("Enter");
    assert_eq!(
        test.changes(),
        [
            "- @ 3600 NS ns1",
            "- @ 3600 NS ns2.example.net.",
            "+ @ 3600 NS ns1",
            "+ @ 3600 NS ns9",
            "+ ns9 3600 A 192.0.2.9",
        ]
    );
}

/// What was on the screen is what is taken: where others changed it meanwhile, it is shown again.
#[test]
fn a_proposal_over_another_zone_is_looked_at_again() {
    let mut test = with_config(HOSTER);
    test.keys("Tab L a");
    let moved = ZONE.replace("@      3600  NS    ns2.example.net.", "@      3600  NS    ns3.example.net.");
    test.app.rebase(zone(&moved), crate::app::follow::Way::Followed);
    test.keys("Down");
    test.keys("Enter");
    assert_eq!(test.message(), "the zone moved on meanwhile: look at it again, then take it");
    test.keys("Enter");
    assert!(test.changes().contains(&"+ @ 3600 NS ns3.example.net.".to_owned()), "{:?}", test.changes());
}

#[test]
fn what_cannot_be_edited_is_not_proposed() {
    let mut test = with_config(HOSTER);
    let Zone::Open(open) = &mut test.app.zone else { panic!() };
    open.editable = Err("the server takes no updates".into());
    test.keys("Tab L");
    assert_eq!(test.app.context(), Context::Nameservers);
    assert!(test.message().contains("takes no updates"));
}

#[test]
fn nameservers_that_the_configuration_gives_the_zone_want_no_more_than_a_yes() {
    let own = |set: &str| {
        let config = format!(
            "{HOSTER}[server.s]\naddress = \"192.0.2.53\"\n[nameservers.other]\nnames = [\"ns1.else.example\"]\n[zone.\"example.com\"]\nserver = \"s\"\nnameservers = \"{set}\"\n"
        );
        let mut test = with_config(&config);
        // The sets are shown in a menu, that of the zone first.
        test.keys("Tab : 'load-nameservers' Space 'hoster' Enter w w");
        test.screen(80, 24)
    };
    let screen = own("hoster");
    assert!(screen.contains("Servers nameservers = \"hoster\", as the configuration gives this"), "{screen}");
    assert!(screen.contains("(y) Push") && !screen.contains("Type the name"), "{screen}");
    // Of any others the name of the zone is typed, as ever.
    let screen = own("other");
    assert!(
        screen.contains("This changes the zone's own nameservers. Type the name of the zone"),
        "{screen}"
    );
}
