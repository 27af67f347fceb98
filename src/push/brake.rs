//! The brake: which pushes are so large, or so near the root of the zone, that a yes is not enough.

use crate::zone::{Change, ChangeMap, Rdata, RecordType, RrSet, Snapshot};

/// How many records go and how many come.
pub fn tally(changes: &ChangeMap) -> (usize, usize) {
    let missing = |from: &Option<RrSet>, other: &Option<RrSet>, rtype: RecordType| {
        let gone = |rdata: &&Rdata| !other.as_ref().is_some_and(|other| other.contains(rtype, rdata));
        from.as_ref().map_or(0, |set| set.rdata.iter().filter(gone).count())
    };
    changes.iter().fold((0, 0), |(deleted, added), (key, change)| {
        let Change { before, after } = change;
        (deleted + missing(before, after, key.rtype), added + missing(after, before, key.rtype))
    })
}

/// Why a push needs the name of the zone typed, as a sentence; `None` when it needs no more than a yes. `percent`
/// is the share of the zone's records, 0 to 100, that may be deleted without.
pub fn danger(base: &Snapshot, changes: &ChangeMap, percent: u8) -> Option<String> {
    let at_apex = |rtype| changes.keys().any(|key| key.owner == *base.origin() && key.rtype == rtype);
    let (deleted, _) = tally(changes);
    if deleted.saturating_mul(100) > base.record_count().saturating_mul(usize::from(percent)) {
        return Some(format!("This deletes {deleted} of {} records.", base.record_count()));
    }
    if at_apex(RecordType::NS) {
        return Some("This changes the zone's own nameservers.".into());
    }
    at_apex(RecordType::SOA).then(|| "This changes the zone's SOA.".into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zone::changes::diff;
    use crate::zone::testing;

    /// These records, and the SOA and NS that every zone has.
    fn zone(records: &[(&str, u32, &str)]) -> Snapshot {
        testing::zone(&[&[("@", 60, "SOA 1"), ("@", 60, "NS ns1")], records].concat())
    }

    #[test]
    fn what_needs_the_name_typed() {
        let base = zone(&[("a", 60, "A 192.0.2.1"), ("b", 60, "A 192.0.2.2"), ("c", 60, "A 192.0.2.3")]);
        let told =
            |records: &[(&str, u32, &str)], percent| danger(&base, &diff(&base, &zone(records)), percent);
        let two = [("a", 60, "A 192.0.2.1"), ("b", 60, "A 192.0.2.2")];
        assert_eq!(told(&two, 20), None);
        assert_eq!(
            told(&two, 10).as_deref(),
            Some(format!("This deletes 1 of {} records.", base.record_count()).as_str())
        );
        assert!(told(&[], 50).is_some());
    }
}
