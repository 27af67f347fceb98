use super::*;
use crate::zonefile;

const ZONE: &str = "$ORIGIN example.com.\n$TTL 300\n@ SOA ns1 mail 7 3600 900 604800 300\n@ NS ns1\n\
    ns1 A 192.0.2.1\nwww A 192.0.2.2\nalias CNAME www\n*.wild TXT \"w\"\nhere.wild A 192.0.2.3\n\
    sub NS ns.sub\nsub DS 1 8 2 {digest}\nns.sub A 192.0.2.4\nd DNAME example.net.\n";

fn zone() -> Snapshot {
    zonefile::read_zone(ZONE.replace("{digest}", &"00".repeat(32)).as_bytes(), None).unwrap().0
}

fn key(owner: &str, rtype: RecordType) -> RrKey {
    let origin = Name::parse(b"example.com.", None).unwrap();
    RrKey::new(Name::parse(owner.as_bytes(), Some(origin.as_ref())).unwrap(), rtype)
}

#[test]
fn what_a_right_answer_is() {
    let zone = zone();
    let words = |owner, rtype| match expected(&zone, &key(owner, rtype)) {
        None => "not asked".into(),
        Some(Expected::Referral(set)) => format!("referral {}", set.rdata.len()),
        Some(Expected::Contents(None)) => "nothing".into(),
        Some(Expected::Contents(Some(set))) => format!("set {}", set.rdata.len()),
    };
    for (owner, rtype, wanted) in [
        ("@", RecordType::NS, "set 1"),
        ("www", RecordType::A, "set 1"),
        ("www", RecordType::AAAA, "nothing"),
        ("gone", RecordType::A, "nothing"),
        ("alias", RecordType::A, "nothing"),
        ("alias", RecordType::CNAME, "set 1"),
        // Made of the wildcard, unless the name exists.
        ("gone.wild", RecordType::TXT, "set 1"),
        ("here.wild", RecordType::TXT, "nothing"),
        ("x.here.wild", RecordType::TXT, "nothing"),
        ("*.wild", RecordType::TXT, "set 1"),
        ("sub", RecordType::NS, "referral 1"),
        ("sub", RecordType::DS, "set 1"),
        ("sub", RecordType::A, "not asked"),
        ("ns.sub", RecordType::A, "not asked"),
        ("x.ns.sub", RecordType::NS, "not asked"),
        ("x.d", RecordType::A, "not asked"),
        ("d", RecordType::DNAME, "set 1"),
    ] {
        assert_eq!(words(owner, rtype), wanted, "{owner} {rtype}");
    }
}

#[test]
fn a_goal_leaves_out_what_proves_nothing() {
    let keys = [
        key("@", RecordType::SOA),
        key("www", RecordType::A),
        key("ns.sub", RecordType::A),
        key("www", RecordType(255)),
    ];
    let goal = Goal::new(&zone(), keys.iter());
    assert_eq!((goal.serial, goal.sets.len(), goal.unasked), (7, 1, 2));
    let many: Vec<RrKey> = (0..60).map(|number| key(&format!("h{number}"), RecordType::A)).collect();
    let goal = Goal::new(&zone(), many.iter());
    assert_eq!((goal.sets.len(), goal.unasked), (50, 10));
}

#[test]
fn answers_are_compared() {
    let keys = [key("www", RecordType::A), key("gone", RecordType::A), key("sub", RecordType::NS)];
    let zone = zone();
    let goal = Goal::new(&zone, keys.iter());
    let set = zone.get(&keys[0]).unwrap();
    let answer = |authoritative, contents| SetAnswer { authoritative, contents, referral: None };
    assert_eq!(goal.is_met(0, &answer(true, Some(set.clone()))), Some(true));
    assert_eq!(goal.is_met(0, &answer(false, Some(set.clone()))), Some(false));
    assert_eq!(goal.is_met(0, &answer(true, None)), Some(false));
    let other_ttl = RrSet { ttl: 60, ..set.clone() };
    assert_eq!(goal.is_met(0, &answer(true, Some(other_ttl.clone()))), Some(false));
    assert_eq!(goal.is_at_resolver(0, &answer(false, Some(other_ttl))), Some(true));
    assert_eq!(goal.is_met(1, &answer(true, None)), Some(true));
    assert_eq!(goal.is_met(1, &answer(true, Some(set.clone()))), Some(false));
    // The old zone refers below; the new one too, with these.
    let referral = SetAnswer { authoritative: false, contents: None, referral: zone.get(&keys[2]) };
    assert_eq!(goal.is_met(2, &referral), Some(true));
    assert_eq!(goal.is_met(2, &answer(true, None)), Some(false));
    assert_eq!(goal.is_met(2, &answer(true, Some(set))), None);
    assert_eq!(goal.is_met(9, &answer(true, None)), None);
}
