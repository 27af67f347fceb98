//! A zone is looked at in parts beside each other: that finds the same, in the same order, as one look from end to end.

use proptest::prelude::*;

use super::super::index::{Index, Standing};
use super::super::walk::{Most, check_in_parts};
use super::edits::{OWNERS, any_data};
use super::{BASE, NOW, name, zone};
use crate::zone::{Name, NameRef, Snapshot};

/// Zones of up to 60 records, with delegations, DNAMEs, wildcards and aliases among them.
fn any_zone() -> impl Strategy<Value = Snapshot> {
    prop::collection::vec((0..OWNERS.len(), any_data()), 0..60).prop_map(|lines| {
        let mut text = BASE.to_owned();
        let lines: std::collections::BTreeSet<_> = lines.into_iter().collect();
        lines.iter().for_each(|(owner, data)| text.push_str(&format!("{} {data}\n", OWNERS[*owner])));
        zone(&text)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn parts_find_what_one_look_finds(zone in any_zone()) {
        let look = |most, count: usize| check_in_parts(&zone, Some(NOW), most, true, |_| count);
        let one = look(Most::All, 1);
        for count in [2, 3, 9] {
            let parts = look(Most::All, count);
            prop_assert_eq!(&parts.findings, &one.findings, "in {} parts", count);
            prop_assert_eq!((parts.looks, parts.census), (one.looks, one.census));
            // Where not all are kept, those that are stand in the same order, and none is forgotten.
            for most in [Most::OfARule(1), Most::Names(2)] {
                let some = look(most, count);
                let counted: usize = some.uncollected.values().map(|(_, count)| count).sum();
                prop_assert_eq!(some.findings.len() + counted, one.findings.len());
                let mut all = one.findings.iter();
                prop_assert!(some.findings.iter().all(|finding| all.any(|other| other == finding)));
            }
        }
    }

    #[test]
    fn a_name_is_found_by_its_hash_as_it_is_in_order(zone in any_zone(), others in prop::collection::vec("(([ab*]|e\\.d|x\\.y|ns)\\.)?([abdx*]|_tcp\\.a|nobody)", 0..20)) {
        let index = Index::of(&zone);
        let others: Vec<Name> = others.iter().map(|text| name(text)).collect();
        let own: Vec<NameRef<'_>> = zone.records().map(|record| record.owner).collect();
        let names = own.iter().copied().chain(others.iter().map(Name::as_ref));
        // And all that are above them in the zone.
        let origin = zone.origin().as_ref();
        let in_zone = |name: NameRef<'_>| name.is_at_or_below(origin);
        for name in names.flat_map(|name| std::iter::successors(Some(name), |name| name.parent().filter(|name| in_zone(*name)))) {
            let below = own.iter().any(|owner| owner.is_at_or_below(name));
            let found = index.find(name);
            prop_assert_eq!(index.search(name), found, "{}", name);
            match found {
                Some(Standing::Name(number)) => prop_assert_eq!(index.owner(number), Some(name)),
                Some(Standing::Above) => prop_assert!(below && !own.contains(&name), "{}", name),
                None => prop_assert!(!below, "{}", name),
            }
        }
    }
}
