//! One replacement over several zones, from the list of zones to the push of the job.

use super::job::{Jobs, absolute};
use super::pushing::Server;
use super::zones::listed;
use super::*;
use crate::app::job::Start;
use crate::app::zones::Destination;
use crate::facts::zones::OnDisk;
use crate::zone::update::Rcode;
use crate::zonefile;

const APEX: &str =
    "$TTL 3600\n@ SOA ns1.example.net. hostmaster 1 3600 900 1209600 300\n@ NS ns1.example.net.\n";

/// Three zones, their reverse zones, and one that has nothing of it.
fn zones() -> Vec<(String, String)> {
    let zone = |name: &str, records: &str| (name.to_owned(), format!("$ORIGIN {name}\n{APEX}{records}"));
    vec![
        zone(
            "one.example.",
            "www A 192.0.2.1\nwww A 203.0.113.7\nmail A 192.0.2.2\n@ TXT \"v=spf1 ip4:192.0.2.2 -all\"\nold A 203.0.113.8\n",
        ),
        zone("two.example.", "www A 192.0.2.11\nwww A 192.0.2.12\nsvc HTTPS 1 . ipv4hint=192.0.2.11\n"),
        zone("three.example.", "@ A 192.0.2.21\nftp CNAME @\n"),
        zone("none.example.", "www A 203.0.113.1\n"),
        zone(
            "2.0.192.in-addr.arpa.",
            "1 PTR www.one.example.\n2 PTR mail.one.example.\n11 PTR www.two.example.\n12 PTR www.two.example.\n21 PTR three.example.\n99 PTR other.example.\n",
        ),
        zone("100.51.198.in-addr.arpa.", ""),
    ]
}

/// A job that is begun with `192.0.2.0/24 198.51.100.0/24` over all of them, some of which have drafts.
fn begun(drafts: BTreeMap<Name, Vec<Entry>>) -> Jobs {
    let mut servers = BTreeMap::new();
    for (_, text) in zones() {
        let (zone, _) = zonefile::read_zone(text.as_bytes(), None).unwrap();
        servers.insert(zone.origin().clone(), Server::with(Arc::new(zone)));
    }
    let reverse = |name: &&Name| crate::zone::reverse::is_reverse(name);
    let start = Start {
        zones: servers.keys().cloned().collect(),
        back: None,
        reverse: servers.keys().filter(reverse).cloned().collect(),
        replace: Some("192.0.2.0/24 198.51.100.0/24".into()),
    };
    Jobs::begun(start, servers, drafts)
}

fn edit(zone: &str, owner: &str, address: [u8; 4]) -> Vec<Entry> {
    let (_, text) = zones().into_iter().find(|(name, _)| name == zone).unwrap();
    let (zone, _) = zonefile::read_zone(text.as_bytes(), None).unwrap();
    let mut draft = Draft::new(Arc::new(zone));
    let set = crate::zone::RrSet::new(3600, vec![address.to_vec().into()]);
    draft.edit("an edit", [(RrKey::new(absolute(owner), RecordType::A), Some(set))]).into_iter().collect()
}

#[test]
fn the_marked_zones_are_gone_to_with_what_is_replaced() {
    let mut test = Test::starting(Settings { demo: false, ..settings() });
    test.load(ZONE);
    test.keys("6");
    test.list(["a.example.", "b.example.", "c.example."].map(|zone| listed(zone, OnDisk::default())).into());
    test.keys("Space Down Space % '192.0.2.0/24'");
    assert!(test.screen(80, 24).contains("and what takes its place"), "{}", test.screen(80, 24));
    test.keys("Space '198.51.100.0/25' Enter");
    assert!(test.message().contains("differ in length"), "{}", test.message());
    test.keys("Backspace '4'");
    assert!(test.screen(80, 24).contains("in 2 zones; Enter loads"), "{}", test.screen(80, 24));
    test.keys("Enter");
    let gone = test.latest(|effect| match effect {
        Effect::GoTo(Destination::Replace(zones, text)) => Some((zones.len(), text.clone())),
        _ => None,
    });
    assert_eq!(gone, Some((2, "192.0.2.0/24 198.51.100.0/24".to_owned())));
}

#[test]
fn three_zones_and_their_reverse_zones_are_renumbered_as_one_job() {
    let mut jobs = begun(BTreeMap::new());
    assert!(jobs.test.screen(80, 24).contains("looking, 6 to go"));
    jobs.test.keys("Enter");
    assert_eq!(jobs.test.message(), "6 zones still to be looked through; Esc leaves");
    jobs.serve();
    insta::assert_snapshot!(jobs.test.screen(80, 24), @"
     zonewright                                                                demo
    ┌ Replace 192.0.2.0/24 -> 198.51.100.0/24 ────────────── 5 sets, 3 of 6 zones ─┐
    │▌[x] one.example  2 of 3 record sets                                          │
    │   [ ] @                     TXT    ... ip4:192.0.2.2 -> ip4:198.51.100.2     │
    │   [x] mail                  A      192.0.2.2 -> 198.51.100.2                 │
    │   [x] www                   A      192.0.2.1 -> 198.51.100.1                 │
    │ [x] three.example  1 of 1 record set                                         │
    │   [x] @                     A      192.0.2.21 -> 198.51.100.21               │
    │ [x] two.example  2 of 2 record sets                                          │
    │   [x] svc                   HTTPS  ... ipv4hint=192.0.2.11 -> ipv4hint=198.… │
    │   [x] www                   A      192.0.2.11 192.0.2.12 -> 198.51.100.11 1… │
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
     6 zones still to be looked through; Esc leaves
     Enter take  Space tick  * all  Tab next zone  % other  Esc back  ? help
    ");
    insta::assert_snapshot!(jobs.test.part((132, 43), 1, 9), @"
    ┌ Replace 192.0.2.0/24 -> 198.51.100.0/24 ────────────────────────────────────────────────────────────────── 5 sets, 3 of 6 zones ─┐
    │▌[x] one.example  2 of 3 record sets                                                                                              │
    │   [ ] @                               TXT    ... ip4:192.0.2.2 -> ip4:198.51.100.2                                               │
    │   [x] mail                            A      192.0.2.2 -> 198.51.100.2                                                           │
    │   [x] www                             A      192.0.2.1 -> 198.51.100.1                                                           │
    │ [x] three.example  1 of 1 record set                                                                                             │
    │   [x] @                               A      192.0.2.21 -> 198.51.100.21                                                         │
    │ [x] two.example  2 of 2 record sets                                                                                              │
    │   [x] svc                             HTTPS  ... ipv4hint=192.0.2.11 -> ipv4hint=198.51.100.11                                   │
    ");
    jobs.keys("Enter");
    assert_eq!(
        jobs.test.message(),
        "6 records replaced, in the drafts of 3 zones; p proposes reverse records, w pushes, u takes it back"
    );
    let waiting =
        |jobs: &Jobs| ["one.example.", "two.example.", "three.example."].map(|zone| jobs.waiting(zone));
    assert_eq!(waiting(&jobs), [2, 2, 1], "written at once");
    jobs.keys("u");
    assert_eq!(waiting(&jobs), [0, 0, 0]);
    jobs.keys("% '192.0.2.0/24' Space '198.51.100.0/24' Enter Enter");
    assert_eq!(waiting(&jobs), [2, 2, 1]);
    jobs.keys("p * Enter w y");
    assert!(jobs.test.message().starts_with("done: 5 zones pushed"), "{}", jobs.test.message());
    assert_eq!(
        jobs.served("one.example.", "www.one.example.", RecordType::A),
        ["203.0.113.7", "198.51.100.1"]
    );
    assert_eq!(
        jobs.served("two.example.", "svc.two.example.", types::parse_type(b"HTTPS").unwrap()),
        ["1 . ipv4hint=198.51.100.11"]
    );
    assert_eq!(
        jobs.served("100.51.198.in-addr.arpa.", "21.100.51.198.in-addr.arpa.", RecordType::PTR),
        ["three.example."]
    );
    assert_eq!(
        jobs.served("2.0.192.in-addr.arpa.", "99.2.0.192.in-addr.arpa.", RecordType::PTR),
        ["other.example."]
    );
    assert_eq!(waiting(&jobs), [0, 0, 0]);
}

#[test]
fn a_zone_or_a_single_set_is_left_out_and_a_text_taken_along() {
    let mut jobs = begun(BTreeMap::new());
    jobs.serve();
    // The first line is one.example; its SPF, which is not ticked, stands below it.
    jobs.keys("Down Space Space Tab Space");
    insta::assert_snapshot!(jobs.test.part((80, 24), 1, 12), @"
    ┌ Replace 192.0.2.0/24 -> 198.51.100.0/24 ────────────── 4 sets, 2 of 6 zones ─┐
    │ [x] one.example  2 of 3 record sets                                          │
    │   [x] @                     TXT    ... ip4:192.0.2.2 -> ip4:198.51.100.2     │
    │   [ ] mail                  A      192.0.2.2 -> 198.51.100.2                 │
    │   [x] www                   A      192.0.2.1 -> 198.51.100.1                 │
    │ [ ] three.example  0 of 1 record set                                         │
    │▌  [ ] @                     A      192.0.2.21 -> 198.51.100.21               │
    │ [x] two.example  2 of 2 record sets                                          │
    │   [x] svc                   HTTPS  ... ipv4hint=192.0.2.11 -> ipv4hint=198.… │
    │   [x] www                   A      192.0.2.11 192.0.2.12 -> 198.51.100.11 1… │
    │                                                                              │
    │                                                                              │
    ");
    jobs.keys("Enter");
    assert_eq!(jobs.waiting("one.example."), 2);
    assert_eq!((jobs.waiting("three.example."), jobs.waiting("two.example.")), (0, 2));
    let names: Vec<String> = jobs.job().parts.iter().map(|part| part.zone.to_string()).collect();
    assert_eq!(names, ["one.example.", "two.example."], "what got nothing is no part of it");
    jobs.keys("w y");
    assert_eq!(jobs.served("one.example.", "mail.one.example.", RecordType::A), ["192.0.2.2"]);
    let spf = jobs.served("one.example.", "one.example.", RecordType::TXT);
    assert_eq!(spf, ["\"v=spf1 ip4:198.51.100.2 -all\""]);
    assert_eq!(jobs.served("three.example.", "three.example.", RecordType::A), ["192.0.2.21"]);
}

#[test]
fn drafts_that_were_there_keep_their_steps_and_a_zone_without_it_is_not_pushed() {
    let drafts = BTreeMap::from([
        (absolute("one.example."), edit("one.example.", "new.one.example.", [192, 0, 2, 77])),
        (absolute("none.example."), edit("none.example.", "www.none.example.", [203, 0, 113, 2])),
    ]);
    let mut jobs = begun(drafts);
    jobs.serve().keys("Enter");
    assert_eq!(jobs.waiting("one.example."), 3);
    jobs.keys("w y");
    assert_eq!(jobs.served("none.example.", "www.none.example.", RecordType::A), ["203.0.113.1"]);
    assert_eq!(jobs.waiting("none.example."), 1, "its draft is as it was");
    assert_eq!(jobs.served("one.example.", "new.one.example.", RecordType::A), ["198.51.100.77"]);
}

#[test]
fn the_zones_own_undo_takes_the_step_back() {
    let drafts = BTreeMap::from([(
        absolute("one.example."),
        edit("one.example.", "new.one.example.", [192, 0, 2, 77]),
    )]);
    let mut jobs = begun(drafts);
    jobs.serve().keys("Enter");
    let zone = absolute("one.example.");
    let mut draft = Draft::new(jobs.servers[&zone].zone.clone());
    draft.replay(jobs.drafts[&zone].clone());
    assert_eq!(draft.undo().unwrap().1, "replace 192.0.2.0/24 -> 198.51.100.0/24");
    assert_eq!(draft.changes().len(), 1);
    let key = RrKey::new(absolute("new.one.example."), RecordType::A);
    assert_eq!(&*draft.get(&key).unwrap().rdata[0], [192, 0, 2, 77]);
}

#[test]
fn what_cannot_be_changed_says_why_and_is_left_as_it_is() {
    // Others changed www since the draft did.
    let zone = absolute("two.example.");
    let own = edit("two.example.", "www.two.example.", [192, 0, 2, 13]);
    let mut jobs = begun(BTreeMap::from([(zone.clone(), own)]));
    let (_, text) = zones().swap_remove(1);
    let text = text.replace("192.0.2.12", "192.0.2.14");
    let (theirs, _) = zonefile::read_zone(text.as_bytes(), None).unwrap();
    jobs.servers.get_mut(&zone).unwrap().zone = Arc::new(theirs);
    jobs.held.insert(absolute("three.example."));
    jobs.serve();
    jobs.shows(&[" !  three.example  not opened: This zone cannot be part of the job."]);
    jobs.shows(&[" !  www", "others changed it as well as you"]);
    jobs.keys("Enter");
    assert_eq!(
        jobs.test.message(),
        "3 records replaced, in the drafts of 2 zones; p proposes reverse records, w pushes, u takes it back"
    );
    jobs.shows(&["[!] three.example  not part of the job"]);
}

#[test]
fn one_that_fails_ends_it_and_all_is_taken_back() {
    let mut jobs = begun(BTreeMap::new());
    jobs.serve().keys("Enter p * Enter");
    jobs.servers.get_mut(&absolute("two.example.")).unwrap().refuses = Some(Rcode::REFUSED);
    jobs.keys("w y");
    assert!(jobs.test.message().contains("r takes back what was pushed"), "{}", jobs.test.message());
    jobs.keys("r y");
    assert_eq!(jobs.served("one.example.", "mail.one.example.", RecordType::A), ["192.0.2.2"]);
    assert_eq!([jobs.waiting("one.example."), jobs.waiting("two.example.")], [2, 2]);
}

#[test]
fn where_nothing_is_found_something_else_is_looked_for_or_it_is_left() {
    let mut jobs = begun(BTreeMap::new());
    jobs.serve().keys("% Ctrl-U 'replace' Space '10.9.8.7' Space '10.9.8.6' Enter");
    let again = jobs.test.latest(|effect| match effect {
        Effect::GoTo(Destination::Replace(zones, text)) => Some((zones.len(), text.clone())),
        _ => None,
    });
    assert_eq!(again, Some((6, "10.9.8.7 10.9.8.6".to_owned())));
    jobs.keys("Esc");
    assert!(jobs.test.did(|effect| matches!(effect, Effect::GoTo(Destination::Zones))));
}

#[test]
fn a_thousand_zones_stay_usable() {
    let mut servers = BTreeMap::new();
    for number in 0..1000 {
        // Every tenth has it, twenty records each.
        let network = if number % 10 == 0 { "192.0.2" } else { "203.0.113" };
        let mut text = format!("$ORIGIN z{number:04}.example.\n{APEX}");
        for host in 1..=20 {
            text.push_str(&format!("h{host} A {network}.{host}\n"));
        }
        let (zone, _) = zonefile::read_zone(text.as_bytes(), None).unwrap();
        servers.insert(zone.origin().clone(), Server::with(Arc::new(zone)));
    }
    let start = Start {
        zones: servers.keys().cloned().collect(),
        replace: Some("192.0.2.0/24 198.51.100.0/24".into()),
        ..Start::default()
    };
    let mut jobs = Jobs::begun(start, servers, BTreeMap::new());
    jobs.patience = 20_000;
    jobs.serve();
    jobs.shows(&["2000 sets, 100 of 1000 zones", "[x] z0000.example  20 of 20 record sets"]);
    // Zones without it are let go: their drafts are free again, and their records are no burden.
    assert_eq!(jobs.job().parts.len(), 100);
    // One zone is left out.
    jobs.keys("Down PgDn End Home Tab Space Enter");
    assert!(
        jobs.test.message().starts_with("1980 records replaced, in the drafts of 99 zones"),
        "{}",
        jobs.test.message()
    );
}
