//! Tests of what is read from a catalog zone, and of what is made of it: each update is carried out by
//! `zone::update::apply`, and the catalog is read again.

use proptest::prelude::*;

use super::contents::{Unusable, wire_below};
use super::*;
use crate::zone::changes::{ChangeMap, Contents as Zone};
use crate::zone::update::apply;
use crate::zone::{RecordType, SnapshotBuilder};

fn name(text: &str) -> Name {
    Name::parse(text.as_bytes(), Some(Name::root().as_ref())).unwrap()
}

/// A catalog zone of records such as "a.zones PTR one.example", "group.a.zones TXT gold", "version TXT 2".
fn catalog(records: &[&str]) -> Snapshot {
    let origin = name("cat.example");
    let mut builder = SnapshotBuilder::new(origin.clone());
    let soa = crate::zone::Soa { serial: 7, ..Default::default() };
    builder.push(origin.as_ref(), RecordType::SOA, 0, &soa.to_rdata()).unwrap();
    for record in records {
        let mut fields = record.splitn(3, ' ');
        let (owner, rtype, data) = (fields.next().unwrap(), fields.next().unwrap(), fields.next().unwrap());
        let owner = Name::parse(owner.as_bytes(), Some(origin.as_ref())).unwrap();
        let (rtype, rdata) = match rtype {
            "PTR" => (RecordType::PTR, name(data).wire().to_vec()),
            "TXT" => (RecordType::TXT, [&[data.len() as u8], data.as_bytes()].concat()),
            "A" => (RecordType::A, data.parse::<Ipv4Addr>().unwrap().octets().to_vec()),
            other => panic!("{other}"),
        };
        builder.push(owner.as_ref(), rtype, 0, &rdata).unwrap();
    }
    builder.finish().unwrap()
}

/// The catalog after an update, or the code that refuses it.
fn after(zone: Snapshot, update: &Update) -> Result<Snapshot, Rcode> {
    let none = ChangeMap::new();
    let applied = apply(&Zone { base: &zone, changes: &none }, update)?;
    assert!(applied.ignored.is_empty(), "{:?}", applied.ignored);
    Ok(zone.with_changes(&applied.changes).unwrap())
}

/// Member, labels, groups: "one.example a+b gold".
fn members(zone: &Snapshot) -> Vec<String> {
    let contents = Contents::of(zone).unwrap();
    let line = |(member, entries): (&Name, &[Entry])| {
        let labels: Vec<String> = entries.iter().map(Entry::label).collect();
        let groups: Vec<String> = entries.iter().flat_map(|entry| entry.groups.clone()).collect();
        format!("{} {} {}", words::plain(member), labels.join("+"), groups.join("+")).trim_end().to_owned()
    };
    contents.members().map(line).collect()
}

#[test]
fn the_label_of_a_member() {
    // BIND's manual has this one.
    assert_eq!(label_for(&name("domain.example")), "5960775ba382e7a4e09263fc06e7c00569b6a05c");
    assert_eq!(label_for(&name("Alpha.EXAMPLE")), "277831ec3f4e8cbb78e8aef78e17359f518a15c6");
}

#[test]
fn a_catalog_says_its_version() {
    for (records, wrong) in [
        (&["a.zones PTR one.example"][..], Some(Unusable::NoVersion)),
        (&["version TXT 1"], Some(Unusable::OtherVersion("1".into()))),
        (&["version TXT 2", "version TXT 1"], Some(Unusable::SeveralVersions)),
        (&["version TXT \u{1b}[2J"], Some(Unusable::OtherVersion("\\x1b[2J".into()))),
        (&["version TXT 2"], None),
    ] {
        assert_eq!(Contents::of(&catalog(records)).err(), wrong, "{records:?}");
    }
}

#[test]
fn what_stands_there_is_read() {
    let zone = catalog(&[
        "version TXT 2",
        "a.zones PTR one.example",
        "group.a.zones TXT gold",
        "coo.a.zones PTR other.example",
        "primaries.ext.a.zones A 192.0.2.1",
        "b.zones PTR ONE.example",
        "c.zones PTR two.example",
        "c.zones PTR three.example",
        "primaries.ext A 192.0.2.9",
        "d.zones TXT nothing",
        "x.d.zones PTR hidden.example",
        "zones PTR hidden.example",
    ]);
    assert_eq!(members(&zone), ["one.example a+b gold", "three.example c", "two.example c"]);
    let contents = Contents::of(&zone).unwrap();
    let entries = contents.entries(&name("One.Example"));
    assert_eq!(entries[0].coo, [name("other.example")]);
    assert_eq!(entries[0].primaries, ["192.0.2.1".parse::<IpAddr>().unwrap()]);
    assert_eq!(entries[1].primaries, ["192.0.2.9".parse::<IpAddr>().unwrap()]);
    assert!(
        entries.iter().all(|entry| !entry.is_shared())
            && contents.entries(&name("two.example"))[0].is_shared()
    );
    insta::assert_snapshot!(words::note(entries).unwrap(), @"stands 2 times in the catalog (a, b): consumers refuse that; to be mended; group gold; may be taken over by other.example");
    insta::assert_snapshot!(words::note(contents.entries(&name("two.example"))).unwrap(), @"shares the label c with 1 others: consumers refuse that; to be mended");
    assert_eq!(words::note(&[]), None);
}

#[test]
fn an_addition_takes_the_place_of_what_an_earlier_member_left() {
    let member = name("one.example");
    let label = label_for(&member);
    let left = format!("group.{label}.zones TXT old");
    let other = format!("x.ext.{label}.zones TXT settings");
    let zone = catalog(&["version TXT 2", "a.zones PTR two.example", &left, &other]);
    let update = messages::add(&Contents::of(&zone).unwrap(), &member, Some("gold"), true).unwrap();
    let now = after(zone, &update).unwrap();
    assert_eq!(members(&now), [format!("one.example {label} gold"), "two.example a".into()]);
    let contents = Contents::of(&now).unwrap();
    assert_eq!(contents.subtree(&contents.entries(&member)[0].owner).len(), 2);
    // Each condition holds by itself: the SOA against any other change, the label against another addition.
    let (labelled, moved) = (format!("{label}.zones PTR one.example"), Rcode::NXRRSET);
    assert_eq!(after(catalog(&["version TXT 2", &labelled]), &update).unwrap_err(), Rcode::YXRRSET);
    let raised = after(
        catalog(&["version TXT 2"]),
        &messages::touch(&Contents::of(&catalog(&["version TXT 2"])).unwrap()),
    );
    assert_eq!(after(raised.unwrap(), &update).unwrap_err(), moved);
    let unguarded =
        messages::add(&Contents::of(zone_of(&["version TXT 2"])).unwrap(), &member, None, false).unwrap();
    assert_eq!(unguarded.prerequisites.len(), 1);
}

#[test]
fn all_of_a_member_goes_in_one_message() {
    let records = [
        "version TXT 2",
        "a.zones PTR one.example",
        "group.a.zones TXT gold",
        "coo.a.zones PTR other.example",
        "primaries.ext.a.zones A 192.0.2.1",
        "b.zones PTR One.Example",
        "c.zones PTR one.example",
        "c.zones PTR two.example",
        "d.zones PTR three.example",
    ];
    let zone = catalog(&records);
    let update = messages::remove(&Contents::of(&zone).unwrap(), &name("one.example"), true);
    let now = after(zone, &update).unwrap();
    assert_eq!(members(&now), ["three.example d", "two.example c"]);
    assert_eq!(now.record_count(), 4, "{update:?}");
    // Somebody gave the label to another zone meanwhile.
    let unguarded = messages::remove(&Contents::of(&catalog(&records)).unwrap(), &name("one.example"), false);
    let changed = catalog(&["version TXT 2", "a.zones PTR two.example"]);
    assert_eq!(after(changed, &unguarded).unwrap_err(), Rcode::NXRRSET);
}

#[test]
fn a_member_can_be_handed_over() {
    let zone = catalog(&["version TXT 2", "a.zones PTR one.example", "coo.a.zones PTR third.example"]);
    let contents = Contents::of(&zone).unwrap();
    let entry = &contents.entries(&name("one.example"))[0];
    let update = messages::hand_over(&contents, entry, &name("other.example"), true).unwrap();
    let now = after(
        catalog(&["version TXT 2", "a.zones PTR one.example", "coo.a.zones PTR third.example"]),
        &update,
    );
    let now = now.unwrap();
    let entries = Contents::of(&now).unwrap().entries(&name("one.example")).to_vec();
    assert_eq!((entries.len(), &entries[0].coo), (1, &vec![name("other.example")]));
}

#[test]
fn names_that_do_not_fit_are_told() {
    let long = name(&format!("{}.{}.{}.{}", "a".repeat(63), "b".repeat(63), "c".repeat(63), "d".repeat(30)));
    assert!(wire_below(&long, &[label_for(&long).as_bytes(), b"zones"]).is_err());
    assert!(wire_below(&long, &["x".repeat(64).as_bytes()]).is_err());
    let mut builder = SnapshotBuilder::new(long.clone());
    builder.push(long.as_ref(), RecordType::SOA, 0, &crate::zone::Soa::default().to_rdata()).unwrap();
    assert_eq!(Contents::of(&builder.finish().unwrap()).err(), Some(Unusable::NoVersion));
}

/// The same as [`catalog`], for what lives as long as the test.
fn zone_of(records: &[&str]) -> &'static Snapshot {
    Box::leak(Box::new(catalog(records)))
}

proptest! {
    /// However broken: mending each member leaves each at one label of its own, and loses none. Removing one removes
    /// that one.
    #[test]
    fn mending_loses_nobody(stands in prop::collection::vec((0..4_usize, 0..5_usize, any::<bool>()), 1..10)) {
        let domains = ["one.example", "two.example", "three.example", "Four.Example"];
        let labels: Vec<String> = ["a", "b", "c"].into_iter().map(str::to_owned)
            .chain(domains[..2].iter().map(|domain| label_for(&name(domain)))).collect();
        let mut records = vec!["version TXT 2".to_owned()];
        for (domain, label, grouped) in &stands {
            records.push(format!("{}.zones PTR {}", labels[*label], domains[*domain]));
            if *grouped {
                records.push(format!("group.{}.zones TXT gold", labels[*label]));
            }
        }
        let records: Vec<&str> = records.iter().map(String::as_str).collect();
        let names = |zone: &Snapshot| -> Vec<Name> {
            Contents::of(zone).unwrap().members().map(|(name, _)| name.clone()).collect()
        };
        let mut zone = catalog(&records);
        let before = names(&zone);
        for member in &before {
            if let Some(update) = messages::mend(&Contents::of(&zone).unwrap(), member, true).unwrap() {
                zone = after(zone, &update).unwrap();
                let contents = Contents::of(&zone).unwrap();
                let [entry] = contents.entries(member) else { panic!("{member}") };
                prop_assert!(!entry.is_shared());
            }
            prop_assert_eq!(&names(&zone), &before);
        }
        for (_, entries) in Contents::of(&zone).unwrap().members() {
            prop_assert!(matches!(entries, [only] if !only.is_shared()));
        }
        for member in &before {
            let rest: Vec<Name> = names(&zone).into_iter().filter(|other| other != member).collect();
            let update = messages::remove(&Contents::of(&zone).unwrap(), member, true);
            zone = after(zone, &update).unwrap();
            prop_assert_eq!(names(&zone), rest);
        }
        // What consumers look at is gone with them.
        prop_assert!(zone.record_count() >= 2);
    }
}
