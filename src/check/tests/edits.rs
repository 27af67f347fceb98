//! The findings of a draft after edits are those of a whole look at its zone, and an edit has few names looked at.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;

use super::super::{Checker, Finding, Severity};
use super::{BASE, NOW, name, zone};
use crate::zone::draft::Entry;
use crate::zone::{Draft, Name, RrKey, RrSet, Snapshot};
use crate::zonefile;

pub const OWNERS: [&str; 16] = [
    "@",
    "a",
    "b",
    "c.a",
    "*.b",
    "x.b",
    "*",
    "d",
    "e.d",
    "_443._tcp.a",
    "ns.d",
    "ns1",
    "mail",
    "y.x.b",
    "_dmarc",
    "ns1.z",
];

pub fn any_data() -> impl Strategy<Value = String> {
    let target = prop::sample::select(vec![
        "a", "b", "c.a", "x.b", "e.d", "ns.d", "mail", "y.x.b", "q", "ns1.z", "u.net", "@",
    ]);
    prop_oneof![
        (0..3u8).prop_map(|last| format!("A 192.0.2.{last}")),
        Just("AAAA 2001:db8::1".to_owned()),
        target.clone().prop_map(|target| format!("NS {target}")),
        target.clone().prop_map(|target| format!("CNAME {target}")),
        target.clone().prop_map(|target| format!("CNAME {target}")),
        target.clone().prop_map(|target| format!("DNAME {target}")),
        target.clone().prop_map(|target| format!("MX 10 {target}")),
        target.clone().prop_map(|target| format!("SRV 0 0 1 {target}")),
        target.clone().prop_map(|target| format!("HTTPS 0 {target}")),
        target.clone().prop_map(|target| format!("HTTPS 1 {target} ipv4hint=192.0.2.1")),
        target.prop_map(|target| format!("RP . {target}")),
        Just("TLSA 3 1 1 aabb".to_owned()),
        Just("TXT \"v=spf1 -all\"".to_owned()),
        Just("DNSKEY 257 3 13 aaaa".to_owned()),
        Just("RRSIG A 13 2 60 20300101000000 20200101000000 1 @ aaaa".to_owned()),
    ]
}

/// RRsets of records as a text has them.
fn sets(lines: &[(usize, String)]) -> BTreeMap<RrKey, RrSet> {
    let text: String = lines.iter().map(|(owner, data)| format!("{} {data}\n", OWNERS[*owner])).collect();
    let text = format!("$TTL 1h\n{text}");
    let parsed = zonefile::parse(text.as_bytes(), Some(&name("@")));
    assert_eq!(parsed.records.len(), lines.len(), "{:?}", parsed.problems);
    let mut sets: BTreeMap<RrKey, RrSet> = BTreeMap::new();
    for record in parsed.records {
        let key = RrKey::of_record(record.owner.as_ref(), record.rtype, &record.rdata);
        let set = sets.entry(key).or_insert_with(|| RrSet::new(record.ttl, Vec::new()));
        set.rdata.push(record.rdata);
    }
    sets
}

fn all_of(checker: &Checker) -> Vec<Finding> {
    checker.findings().cloned().collect()
}

/// How many findings there are of each rule and severity.
fn counts(checker: &Checker) -> BTreeMap<(&'static str, Severity), usize> {
    let mut counts = BTreeMap::new();
    let kept = checker.findings().map(|finding| (finding.rule, finding.severity, 1));
    for (rule, severity, count) in kept.chain(checker.uncollected()).filter(|(.., count)| *count > 0) {
        *counts.entry((rule.id, severity)).or_default() += count;
    }
    counts
}

fn of_whole(base: &Snapshot, draft: &Draft) -> Vec<Finding> {
    let whole = base.with_changes(draft.changes()).unwrap();
    all_of(&Checker::new(Arc::new(whole), Some(NOW)))
}

/// One edit: RRsets that are set to these records, and names at which everything else goes.
type Edit = (Vec<(usize, String)>, Vec<usize>);

fn any_edit() -> impl Strategy<Value = Edit> {
    let lines = prop::collection::vec((0..OWNERS.len(), any_data()), 0..3);
    (lines, prop::collection::vec(1..OWNERS.len(), 0..2))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn edits_find_what_a_whole_look_finds(
        start in prop::collection::vec((0..OWNERS.len(), any_data()), 0..12),
        edits in prop::collection::vec(any_edit(), 1..6),
    ) {
        let plain = zone(BASE);
        let mut first = Draft::new(Arc::new(plain));
        first.edit("start", sets(&start).into_iter().map(|(key, set)| (key, Some(set))));
        let base = Arc::new(first.base().with_changes(first.changes()).unwrap());
        let mut checker = Checker::new(Arc::clone(&base), Some(NOW));
        // One that keeps few, and counts the others.
        let mut frugal = Checker::keeping(Arc::clone(&base), Some(NOW), 2);
        let at_first = all_of(&checker);
        let mut draft = Draft::new(Arc::clone(&base));
        for (lines, gone) in &edits {
            let before = all_of(&checker);
            let mut edit: BTreeMap<RrKey, Option<RrSet>> =
                sets(lines).into_iter().map(|(key, set)| (key, Some(set))).collect();
            for owner in gone {
                for key in draft.contents().keys_at(&name(OWNERS[*owner])) {
                    edit.entry(key).or_insert(None);
                }
            }
            let Some(Entry::Step(step)) = draft.edit("edit", edit) else { continue };
            let different = checker.edited(&step.changes, draft.changes());
            let after = all_of(&checker);
            prop_assert_eq!(&after, &of_whole(&base, &draft), "after {:?}", (lines, gone));
            frugal.edited(&step.changes, draft.changes());
            prop_assert_eq!(counts(&frugal), counts(&checker), "after {:?}", (lines, gone));
            let same = |one: &Finding, other: &Finding| {
                (one.rule, &one.key, &one.record) == (other.rule, &other.key, &other.record)
            };
            let is_new = |finding: &&Finding| !at_first.iter().any(|old| same(old, finding));
            let new: Vec<Finding> = after.iter().filter(is_new).cloned().collect();
            prop_assert_eq!(checker.brought().cloned().collect::<Vec<_>>(), new);
            let at = |findings: &[Finding], owner: &Name| -> Vec<Finding> {
                findings.iter().filter(|finding| finding.key.owner == *owner).cloned().collect()
            };
            for finding in before.iter().chain(&after) {
                let owner = &finding.key.owner;
                prop_assert_eq!(different.contains(owner), at(&before, owner) != at(&after, owner), "{}", owner);
            }
        }
        // And back again.
        while let Some((Entry::Undo, _)) = draft.undo() {}
        let undone = crate::zone::changes::inverse(&{
            let mut again = draft.clone();
            while again.redo().is_some() {}
            again.changes().clone()
        });
        checker.edited(&undone, draft.changes());
        prop_assert_eq!(all_of(&checker), all_of(&Checker::new(base, Some(NOW))));
    }
}

#[test]
fn an_edit_looks_only_at_what_it_can_touch() {
    const HOSTS: usize = 5_000;
    let mut text = BASE.to_owned();
    for number in 0..HOSTS {
        text.push_str(&format!("h{number} A 192.0.2.9\nh{number} TXT x\n"));
        if number < 7 {
            text.push_str(&format!("h{number} MX 10 relay\n"));
        }
    }
    text.push_str("relay A 192.0.2.30\nalias CNAME relay\nalias2 CNAME alias\n");
    let base = Arc::new(zone(&text));
    let mut checker = Checker::new(Arc::clone(&base), Some(NOW));
    let whole = checker.looks();
    assert!(whole > HOSTS * 5);
    let mut draft = Draft::new(base);
    let mut looks_after = |owner: &str, data: Option<&str>, rtype: &str| {
        let rtype = crate::zone::types::parse_type(rtype.as_bytes()).unwrap();
        let set = data.map(|data| {
            let parsed = zonefile::parse(format!("x 3600 {data}\n").as_bytes(), Some(&name("@")));
            RrSet::new(3600, vec![parsed.records[0].rdata.clone()])
        });
        let Some(Entry::Step(step)) = draft.edit("edit", [(RrKey::new(name(owner), rtype), set)]) else {
            panic!("an edit")
        };
        let before = checker.looks();
        checker.edited(&step.changes, draft.changes());
        checker.looks() - before
    };
    let rules = super::super::all().count();
    // One name.
    let one = looks_after("h77", Some("A 192.0.2.77"), "A");
    assert!((5..=rules).contains(&one), "{one}");
    assert!(looks_after("h4000", Some("TXT y"), "TXT") <= rules);
    assert!(looks_after("h77", None, "TXT") <= rules);
    // The host that seven MX records and an alias lead to, and an alias of that: those look at it again.
    let target = looks_after("relay", Some("A 192.0.2.31"), "A");
    assert!((one + 9..one + 9 * 12).contains(&target), "{target}");
    // A new delegation hides what is below it, which is nothing.
    assert!(looks_after("sub", Some("NS a.example.net."), "NS") <= rules);
    // A wildcard over everything is everybody's business.
    assert!(looks_after("*", Some("A 192.0.2.77"), "A") > HOSTS);
}

#[test]
fn a_step_over_much_of_the_zone_is_followed_by_a_whole_look() {
    let mut text = BASE.to_owned();
    for number in 0..1_500 {
        text.push_str(&format!("h{number} A 192.0.2.9\n"));
    }
    let base = Arc::new(zone(&text));
    let mut checker = Checker::new(Arc::clone(&base), Some(NOW));
    assert_eq!(checker.findings().count(), 0);
    let mut draft = Draft::new(Arc::clone(&base));
    let private = |number| {
        (
            RrKey::new(name(&format!("h{number}")), crate::zone::RecordType::A),
            Some(RrSet::new(3600, vec![Box::new([10, 0, 0, 1])])),
        )
    };
    let Some(Entry::Step(step)) = draft.edit("renumber", (0..1_500).map(private)) else { panic!("an edit") };
    let different = checker.edited(&step.changes, draft.changes());
    assert_eq!((different.len(), checker.findings().count()), (1_500, 1_500));
    assert_eq!(all_of(&checker), of_whole(&base, &draft));
    assert_eq!(checker.findings_at(&name("h7")).len(), 1);
}
