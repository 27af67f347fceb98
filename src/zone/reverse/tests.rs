use super::*;
use crate::zone::{Change, Draft, Snapshot, SnapshotBuilder, Soa};
use proptest::prelude::*;
use std::sync::Arc;

fn name(text: &str) -> Name {
    Name::parse(text.as_bytes(), None).unwrap()
}

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn at(address: &str, zones: &[&str]) -> Option<(String, String)> {
    let zones: Vec<Name> = zones.iter().map(|zone| name(zone)).collect();
    places(ip(address), &zones).0.map(|place| (place.zone.to_string(), place.owner.to_string()))
}

/// A zone of PTR and CNAME records, owners relative to it.
fn zone(origin: &str, records: &[(&str, RecordType, &str)]) -> Arc<Snapshot> {
    let origin = name(origin);
    let mut builder = SnapshotBuilder::new(origin.clone());
    builder.push(origin.as_ref(), RecordType::SOA, 60, &Soa::default().to_rdata()).unwrap();
    for (owner, rtype, target) in records {
        let owner = Name::parse(owner.as_bytes(), Some(origin.as_ref())).unwrap();
        builder.push(owner.as_ref(), *rtype, 300, name(target).wire()).unwrap();
    }
    Arc::new(builder.finish().unwrap())
}

fn set(addresses: &[&str]) -> Option<RrSet> {
    let rdata = addresses.iter().map(|address| match ip(address) {
        IpAddr::V4(address) => address.octets().to_vec().into(),
        IpAddr::V6(address) => address.octets().to_vec().into(),
    });
    Some(RrSet::new(60, rdata.collect())).filter(|set| !set.rdata.is_empty())
}

fn changes(list: &[(&str, &[&str], &[&str])]) -> ChangeMap {
    list.iter()
        .map(|(owner, before, after)| {
            let is_v6 = before.iter().chain(*after).any(|address| address.contains(':'));
            let rtype = if is_v6 { RecordType::AAAA } else { RecordType::A };
            (RrKey::new(name(owner), rtype), Change { before: set(before), after: set(after) })
        })
        .collect()
}

/// Proposals as lines: wish, owner, host, what is there, the best choice.
fn proposed(changes: &ChangeMap, zones: &[Arc<Snapshot>]) -> Vec<String> {
    propose_in(changes, zones).list.iter().map(line).collect()
}

fn line(proposal: &Proposal) -> String {
    let there: Vec<String> = proposal.there.iter().map(Name::to_string).collect();
    let Proposal { wish, key, host, best, .. } = proposal;
    format!("{wish:?} {} {host} [{}] {best:?}", key.owner, there.join(" "))
}

fn propose_in(changes: &ChangeMap, zones: &[Arc<Snapshot>]) -> Proposals {
    let names = zones.iter().map(|zone| zone.origin().clone()).collect();
    static NONE: std::sync::LazyLock<ChangeMap> = std::sync::LazyLock::new(ChangeMap::new);
    let look = |wanted: &Name| {
        let base = zones.iter().find(|zone| zone.origin() == wanted)?;
        Some(Contents { base, changes: &NONE })
    };
    propose(&addresses(changes), &names, look)
}

#[test]
fn addresses_have_names() {
    assert_eq!(owner(ip("192.0.2.10")).to_string(), "10.2.0.192.in-addr.arpa.");
    assert_eq!(
        owner(ip("2001:db8::53")).to_string(),
        "3.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa."
    );
    assert!(
        is_reverse(&name("0/26.2.0.192.in-addr.arpa.")) && is_reverse(&name("8.b.d.0.1.0.0.2.IP6.ARPA."))
    );
    assert!(!is_reverse(&name("example.com.")) && !is_reverse(&name("arpa.")));
}

#[test]
fn the_nearest_zone_and_parts_of_networks() {
    let found = |zone: &str, owner: &str| Some((zone.to_owned(), owner.to_owned()));
    let plain = "2.0.192.in-addr.arpa.";
    assert_eq!(at("192.0.2.10", &["192.in-addr.arpa.", plain]), found(plain, "10.2.0.192.in-addr.arpa."));
    assert_eq!(at("192.0.3.10", &[plain, "example.com."]), None);
    for (label, inside, outside) in [
        ("0/26", "63", "64"),
        ("64/26", "64", "63"),
        ("0-63", "0", "64"),
        ("64-127", "127", "128"),
        ("128-26", "191", "192"),
        ("0-25", "127", "128"),
        ("254-255", "254", "253"),
        ("128/25", "255", "127"),
        ("4/31", "5", "6"),
    ] {
        let zone = format!("{label}.{plain}");
        let owner = format!("{inside}.{zone}");
        assert_eq!(at(&format!("192.0.2.{inside}"), &[&zone]), found(&zone, &owner), "{label}");
        assert_eq!(at(&format!("192.0.2.{outside}"), &[&zone]), None, "{label}");
        // The network's own zone has the rest.
        let rest = format!("{outside}.{plain}");
        assert_eq!(at(&format!("192.0.2.{outside}"), &[&zone, plain]), found(plain, &rest), "{label}");
    }
    for label in ["1/26", "0/24", "0/33", "a-b", "0-", "64-300", "-1-3", "+0/26", "www"] {
        assert_eq!(at("192.0.2.1", &[&format!("{label}.{plain}")]), None, "{label}");
    }
    // Of two parts the smaller.
    let (large, small) = (format!("0/25.{plain}"), format!("0/28.{plain}"));
    assert_eq!(at("192.0.2.1", &[&large, &small]).unwrap().0, small);
    let nibbles = "8.b.d.0.1.0.0.2.ip6.arpa.";
    assert_eq!(at("2001:db8::1", &[nibbles, plain]).unwrap().0, nibbles);
    assert_eq!(at("2001:db9::1", &[nibbles]), None);
}

#[test]
fn of_several_names_of_an_address_the_one_that_it_led_to_is_kept() {
    let moved = changes(&[
        ("example.com.", &["192.0.2.1"], &["198.51.100.1"]),
        ("www.example.com.", &["192.0.2.1"], &["198.51.100.1"]),
    ]);
    let old = zone("2.0.192.in-addr.arpa.", &[("1", RecordType::PTR, "www.example.com.")]);
    let new = zone("100.51.198.in-addr.arpa.", &[]);
    assert_eq!(
        proposed(&moved, &[old, new]),
        [
            "Forget 1.2.0.192.in-addr.arpa. www.example.com. [www.example.com.] Delete",
            "Point 1.100.51.198.in-addr.arpa. example.com. [] Leave",
            "Point 1.100.51.198.in-addr.arpa. www.example.com. [] Add",
        ]
    );
}

#[test]
fn old_ones_go_only_where_they_point_at_the_name_and_others_are_not_overwritten() {
    let reverse = zone(
        "2.0.192.in-addr.arpa.",
        &[
            ("1", RecordType::PTR, "www.example.com."),
            ("2", RecordType::PTR, "other.example.net."),
            ("4", RecordType::PTR, "other.example.net."),
            ("6", RecordType::PTR, "moved.example.com."),
            ("7", RecordType::PTR, "stays.example.com."),
        ],
    );
    let map = changes(&[
        ("www.example.com.", &["192.0.2.1", "192.0.2.2"], &["192.0.2.3"]),
        ("new.example.com.", &[], &["192.0.2.4", "203.0.113.1"]),
        ("*.example.com.", &[], &["192.0.2.5"]),
        ("moved.example.com.", &["192.0.2.6"], &[]),
        ("heir.example.com.", &[], &["192.0.2.6"]),
        ("stays.example.com.", &[], &["192.0.2.7"]),
    ]);
    assert_eq!(
        proposed(&map, &[Arc::clone(&reverse)]),
        [
            "Forget 1.2.0.192.in-addr.arpa. www.example.com. [www.example.com.] Delete",
            "Point 3.2.0.192.in-addr.arpa. www.example.com. [] Add",
            "Point 4.2.0.192.in-addr.arpa. new.example.com. [other.example.net.] Leave",
            "Point 6.2.0.192.in-addr.arpa. heir.example.com. [moved.example.com.] Replace",
        ]
    );
    let mut found = propose_in(&map, &[Arc::clone(&reverse)]);
    assert_eq!(found.homeless, [ip("203.0.113.1")].into());
    let nothing = ChangeMap::new();
    let contents = Contents { base: &reverse, changes: &nothing };
    assert_eq!(edits(&found.list, reverse.origin(), contents, 60), []);
    // Each chosen by hand; the third goes round.
    found.list.iter_mut().for_each(|proposal| proposal.choice = proposal.best);
    found.list[2].choose_next();
    assert_eq!(found.list[2].choice, Choice::Replace);
    found.list[2].choose_next();
    assert_eq!(found.list[2].choice, Choice::Add);
    let lines: Vec<String> = edits(&found.list, reverse.origin(), contents, 60)
        .into_iter()
        .map(|(key, set)| {
            let names = set
                .iter()
                .flat_map(|set| &set.rdata)
                .map(|rdata| Name::from_wire(rdata).unwrap().to_string());
            format!(
                "{} {:?} {}",
                key.owner,
                set.as_ref().map(|set| set.ttl),
                names.collect::<Vec<_>>().join(" ")
            )
        })
        .collect();
    assert_eq!(
        lines,
        [
            "1.2.0.192.in-addr.arpa. None ",
            "3.2.0.192.in-addr.arpa. Some(60) www.example.com.",
            "4.2.0.192.in-addr.arpa. Some(300) other.example.net. new.example.com.",
            "6.2.0.192.in-addr.arpa. Some(300) heir.example.com.",
        ]
    );
}

#[test]
fn the_zone_above_says_where_a_part_is() {
    let above = zone(
        "2.0.192.in-addr.arpa.",
        &[("9", RecordType::CNAME, "9.customer.example."), ("8", RecordType::CNAME, "8.elsewhere.example.")],
    );
    let map = changes(&[("www.example.com.", &[], &["192.0.2.9", "192.0.2.8"])]);
    let customer = zone("customer.example.", &[]);
    assert_eq!(
        proposed(&map, &[Arc::clone(&above), customer]),
        ["Point 9.customer.example. www.example.com. [] Add"]
    );
    // What is not known yet is asked for, and nothing is guessed.
    let names: BTreeSet<Name> = [name("2.0.192.in-addr.arpa."), name("0/25.2.0.192.in-addr.arpa.")].into();
    let found = propose(&addresses(&map), &names, |_| None);
    assert_eq!((found.list.len(), found.missing), (0, [name("2.0.192.in-addr.arpa.")].into()));
}

proptest! {
    /// Taking every proposal, nothing is proposed any more: what is new is there, what is old is gone.
    #[test]
    fn what_was_taken_is_not_proposed_again(
        there in prop::collection::btree_map(0u8..12, 0u8..4, 0..8),
        moves in prop::collection::btree_map(0u8..4, (prop::collection::btree_set(0u8..12, 0..3), prop::collection::btree_set(0u8..12, 0..3)), 0..4),
    ) {
        let host = |number: u8| format!("h{number}.example.com.");
        let records: Vec<(String, String)> =
            there.iter().map(|(octet, at)| (octet.to_string(), host(*at))).collect();
        let records: Vec<(&str, RecordType, &str)> =
            records.iter().map(|(octet, at)| (octet.as_str(), RecordType::PTR, at.as_str())).collect();
        let reverse = zone("2.0.192.in-addr.arpa.", &records);
        let map: ChangeMap = moves.iter().map(|(number, (before, after))| {
            let text = |octets: &BTreeSet<u8>| octets.iter().map(|octet| format!("192.0.2.{octet}")).collect::<Vec<_>>();
            let (before, after) = (text(before), text(after));
            let all = |texts: &[String]| set(&texts.iter().map(String::as_str).collect::<Vec<_>>());
            (RrKey::new(name(&host(*number)), RecordType::A), Change { before: all(&before), after: all(&after) })
        }).collect();
        let mut found = propose_in(&map, &[Arc::clone(&reverse)]);
        for proposal in &mut found.list {
            prop_assert!(proposal.choices().contains(&proposal.best));
            // The best never touches what is about a name that keeps the address.
            if proposal.best == Choice::Replace {
                for there in &proposal.there {
                    prop_assert!(addresses(&map).contains(&(proposal.address, there.clone(), false)));
                }
            }
            proposal.choice = if proposal.wish == Wish::Point { Choice::Add } else { Choice::Delete };
        }
        let mut draft = Draft::new(Arc::clone(&reverse));
        let edits = edits(&found.list, reverse.origin(), draft.contents(), 60);
        draft.edit("ptr", edits);
        let names = [reverse.origin().clone()].into();
        let again = propose(&addresses(&map), &names, |_| Some(draft.contents()));
        // What a best choice replaces is left to that.
        let left: Vec<String> = again.list.iter().filter(|proposal| proposal.wish == Wish::Point).map(line).collect();
        prop_assert!(left.is_empty(), "{left:?}");
    }

    #[test]
    fn no_zone_name_makes_trouble(label in "[0-9/-]{1,9}", octet in any::<u8>()) {
        let zone = format!("{label}.2.0.192.in-addr.arpa.");
        if let Some((_, owner)) = at(&format!("192.0.2.{octet}"), &[&zone]) {
            // The zone of the one address has its PTR at the top.
            let at_top = label == octet.to_string();
            prop_assert_eq!(owner, if at_top { zone } else { format!("{octet}.{zone}") });
        }
    }
}
