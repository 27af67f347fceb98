//! Every fix puts its finding right and brings no new error, in the bad zone of its rule.

use std::collections::BTreeSet;

use super::super::{Fix, Severity, all, check, fix};
use super::pairs::pairs;
use super::{NOW, zone};
use crate::zone::{ChangeMap, Contents, Snapshot};

/// The fixes of each finding of a rule in a zone, each with the zone that it makes.
fn fixed(id: &str, base: &Snapshot) -> Vec<(Fix, Snapshot)> {
    let changes = ChangeMap::new();
    let contents = Contents { base, changes: &changes };
    let findings = check(base, Some(NOW)).into_iter().filter(|finding| finding.rule.id == id);
    findings
        .flat_map(|finding| fix(&finding, contents))
        .map(|fix| {
            let after = base.with_changes(&fix.applied(contents)).unwrap();
            (fix, after)
        })
        .collect()
}

#[test]
fn a_fix_puts_its_finding_right_and_makes_no_new_error() {
    let mut offered = BTreeSet::new();
    for (id, bad) in pairs().into_iter().map(|pair| (pair.id, pair.bad)) {
        let base = zone(&bad);
        let before = check(&base, Some(NOW));
        for (fix, after) in fixed(id, &base) {
            offered.insert(id);
            let found = check(&after, Some(NOW));
            let again: Vec<_> = found
                .iter()
                .filter(|finding| finding.rule.id == id && before.iter().any(|old| old.key == finding.key))
                .collect();
            assert!(again.is_empty(), "{id}: {fix:#?}\n{again:#?}");
            let new: Vec<_> = found
                .iter()
                .filter(|finding| finding.severity == Severity::Error && !before.contains(finding))
                .collect();
            assert!(new.is_empty(), "{id}: {fix:#?}\n{new:#?}");
            assert!(!fix.title.ends_with(['?', '!']) && fix.title.len() < 200, "{}", fix.title);
            assert!(!fix.title.chars().any(char::is_control), "{}", fix.title);
        }
    }
    let with_fix: BTreeSet<&str> = all().filter(|rule| rule.mend.is_some()).map(|rule| rule.id).collect();
    assert_eq!(offered, with_fix, "rules that offer a fix in their bad zone, and those that say so");
    assert!(with_fix.len() > 4, "{with_fix:?}");
}
