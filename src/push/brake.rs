//! The brake: which pushes are so large, or so near the root of the zone, that a yes is not enough.

use std::collections::HashSet;

use crate::facts::history::Tally;
use crate::zone::managed::Signing;
use crate::zone::{Change, ChangeMap, Name, RecordType, RrKey, RrSet, Snapshot, Soa, types};

/// How many records of `set` the other does not have.
pub(super) fn lacking(key: &RrKey, set: &RrSet, other: Option<&RrSet>) -> usize {
    let Some(other) = other else { return set.rdata.len() };
    let others: HashSet<_> = other.rdata.iter().map(|rdata| types::canonical(key.rtype, rdata)).collect();
    set.rdata.iter().filter(|rdata| !others.contains(&types::canonical(key.rtype, rdata))).count()
}

/// How many records go, come and get another TTL.
pub fn tally(changes: &ChangeMap) -> Tally {
    count(changes.iter())
}

fn count<'a>(changes: impl Iterator<Item = (&'a RrKey, &'a Change)>) -> Tally {
    changes.fold(Tally::default(), |so_far, (key, change)| {
        let lacking = |set: &Option<RrSet>, other: &Option<RrSet>| {
            set.as_ref().map_or(0, |set| lacking(key, set, other.as_ref()))
        };
        let added = lacking(&change.after, &change.before);
        let ttls = match (&change.before, &change.after) {
            (Some(before), Some(after)) if before.ttl != after.ttl => after.rdata.len().saturating_sub(added),
            _ => 0,
        };
        Tally {
            deleted: so_far.deleted + lacking(&change.before, &change.after),
            added: so_far.added + added,
            ttls: so_far.ttls + ttls,
        }
    })
}

/// Why a push needs the name of the zone typed, as a sentence; `None` when it needs no more than a yes. `percent`
/// is the share of the zone's records, 0 to 100, that may be deleted without. What the server makes by itself, such as
/// signatures, does not count.
pub fn danger(base: &Snapshot, changes: &ChangeMap, percent: u8) -> Option<String> {
    danger_but_for(base, changes, percent, &[])
}

/// The same where it is known which nameservers the zone shall have: that it gets these and no others, and an SOA that
/// differs in its primary alone, which is one of them, is what was decided already and no danger of its own. All else is
/// as dangerous as ever, how much is deleted too.
pub fn danger_but_for(
    base: &Snapshot,
    changes: &ChangeMap,
    percent: u8,
    nameservers: &[Name],
) -> Option<String> {
    let apex = |rtype| RrKey::new(base.origin().clone(), rtype);
    let (soa, ns) = (apex(RecordType::SOA), apex(RecordType::NS));
    let all = Signing::of(base).map_or(base.record_count(), |signing| signing.plain.len());
    let frame: usize =
        [&soa, &ns].into_iter().filter_map(|key| base.get(key)).map(|set| set.rdata.len()).sum();
    let data = all.saturating_sub(frame);
    let moved = count(changes.iter().filter(|(key, _)| **key != soa && **key != ns));
    if data > 0 && moved.added == 0 && moved.deleted >= data {
        return Some("This empties the zone: only its SOA and nameservers are left.".into());
    }
    let Tally { deleted, added, .. } = tally(changes);
    if deleted.saturating_mul(100) > all.saturating_mul(usize::from(percent)) {
        let verb = if added == 0 { "deletes" } else { "deletes or replaces" };
        return Some(format!("This {verb} {deleted} of {all} records."));
    }
    if changes.get(&ns).is_some_and(|change| !gives_nameservers(change, nameservers)) {
        let is_ttl = is_ttl_alone(&ns, changes);
        let what =
            if is_ttl { "the TTL of the zone's own nameservers" } else { "the zone's own nameservers" };
        return Some(format!("This changes {what}."));
    }
    let is_danger = |change: &Change| !gives_primary(change, nameservers);
    changes.get(&soa).is_some_and(is_danger).then(|| "This changes the zone's SOA.".into())
}

/// Are the records the same before and after, and only their TTL another?
fn is_ttl_alone(key: &RrKey, changes: &ChangeMap) -> bool {
    let only = changes.get(key).map(|change| count(std::iter::once((key, change))));
    only.is_some_and(|Tally { deleted, added, .. }| deleted == 0 && added == 0)
}

/// Are these the zone's nameservers afterwards, and no others?
fn gives_nameservers(change: &Change, nameservers: &[Name]) -> bool {
    let Some(after) = &change.after else { return false };
    let names = || after.rdata.iter().flat_map(|rdata| types::names_in(RecordType::NS, rdata));
    !nameservers.is_empty()
        && names().all(|name| nameservers.iter().any(|wanted| wanted.as_ref() == name))
        && nameservers.iter().all(|wanted| names().any(|name| wanted.as_ref() == name))
}

/// Is nothing different but the primary, which is one of these, and the serial?
fn gives_primary(change: &Change, nameservers: &[Name]) -> bool {
    let soa = |set: &Option<RrSet>| Soa::from_rdata(set.as_ref()?.rdata.first()?);
    let (Some(before), Some(after)) = (soa(&change.before), soa(&change.after)) else { return false };
    let ttl = |set: &Option<RrSet>| set.as_ref().map(|set| set.ttl);
    let same = Soa { mname: before.mname.clone(), serial: before.serial, ..after.clone() };
    nameservers.contains(&after.mname) && same == before && ttl(&change.before) == ttl(&change.after)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zone::changes::diff;
    use crate::zone::managed::without_managed;
    use crate::zone::testing;

    /// These records, and the SOA and NS that every zone has.
    fn zone(records: &[(&str, u32, &str)]) -> Snapshot {
        testing::zone(&[&[("@", 60, "SOA 1"), ("@", 60, "NS ns1")], records].concat())
    }

    fn told(before: &Snapshot, after: &Snapshot, percent: u8) -> Option<String> {
        danger(before, &without_managed(diff(before, after), before, after), percent)
    }

    /// This many hosts of one address each.
    fn hosts(from: usize, to: usize) -> Vec<(String, u32, String)> {
        (from..to).map(|host| (format!("host{host}"), 60, format!("A 192.0.2.{host}"))).collect()
    }

    fn zone_of(hosts: &[(String, u32, String)], more: &[(&str, u32, &str)]) -> Snapshot {
        let hosts = hosts.iter().map(|(owner, ttl, record)| (owner.as_str(), *ttl, record.as_str()));
        zone(&hosts.chain(more.iter().copied()).collect::<Vec<_>>())
    }

    #[test]
    fn exactly_the_share_needs_no_more_than_a_yes() {
        // With SOA and NS: 10 and 100 records.
        for (hosts_there, share) in [(8, 2), (98, 20)] {
            let base = zone_of(&hosts(0, hosts_there), &[]);
            assert_eq!(told(&base, &zone_of(&hosts(share, hosts_there), &[]), 20), None);
            assert_eq!(
                told(&base, &zone_of(&hosts(share + 1, hosts_there), &[]), 20),
                Some(format!("This deletes {} of {} records.", share + 1, hosts_there + 2))
            );
        }
        let base = zone_of(&hosts(0, 8), &[]);
        assert_eq!(told(&base, &zone_of(&hosts(0, 20), &[]), 0), None, "additions are no danger");
        assert!(told(&base, &zone_of(&hosts(1, 8), &[]), 0).is_some());
        assert_eq!(told(&base, &zone_of(&hosts(1, 8), &[]), 100), None);
    }

    #[test]
    fn what_the_server_makes_does_not_count() {
        let signed =
            [("@", 60, "RRSIG 6"), ("@", 60, "RRSIG 2"), ("@", 60, "NSEC host0"), ("host7", 60, "RRSIG 1")];
        let base = zone_of(&hosts(0, 8), &signed);
        assert_eq!(told(&base, &zone_of(&hosts(2, 8), &signed), 20), None);
        assert_eq!(
            told(&base, &zone_of(&hosts(3, 8), &signed), 20).as_deref(),
            Some("This deletes 3 of 10 records.")
        );
        assert!(told(&base, &zone_of(&[], &signed), 100).is_some_and(|why| why.contains("empties")));
    }

    #[test]
    fn replaced_records_count_and_are_called_so() {
        let base = zone_of(&hosts(0, 8), &[]);
        let renumbered: Vec<_> =
            hosts(0, 8).into_iter().map(|(owner, ttl, _)| (owner, ttl, "A 198.51.100.1".into())).collect();
        assert_eq!(
            told(&base, &zone_of(&renumbered, &[]), 20).as_deref(),
            Some("This deletes or replaces 8 of 10 records.")
        );
        let slower: Vec<_> = hosts(0, 8).into_iter().map(|(owner, _, data)| (owner, 7200, data)).collect();
        assert_eq!(told(&base, &zone_of(&slower, &[]), 20), None, "a TTL deletes nothing");
    }

    #[test]
    fn an_emptied_zone_whatever_the_share() {
        let base = zone_of(&hosts(0, 2), &[]);
        for percent in [20, 100] {
            let why = told(&base, &zone(&[]), percent).unwrap();
            assert_eq!(why, "This empties the zone: only its SOA and nameservers are left.");
        }
        assert!(!told(&base, &zone_of(&hosts(5, 6), &[]), 20).unwrap().contains("empties"));
        // There was nothing to empty.
        assert_eq!(told(&zone(&[]), &zone(&[]), 20), None);
    }

    #[test]
    fn a_zone_of_three_records() {
        let base = zone(&[("www", 60, "A 192.0.2.1")]);
        assert!(told(&base, &zone(&[]), 20).is_some());
        assert_eq!(
            told(&base, &zone(&[("www", 60, "A 192.0.2.2")]), 20).as_deref(),
            Some("This deletes or replaces 1 of 3 records.")
        );
        assert_eq!(told(&base, &zone(&[("www", 60, "A 192.0.2.1"), ("www", 60, "A 192.0.2.2")]), 20), None);
        assert_eq!(told(&base, &zone(&[("www", 5, "A 192.0.2.1")]), 20), None);
    }

    #[test]
    fn a_change_of_ttls_alone_is_counted_and_said() {
        let base = zone(&[("www", 60, "A 192.0.2.1"), ("www", 60, "A 192.0.2.2"), ("x", 60, "TXT x")]);
        let told = |records: &[(&str, u32, &str)]| {
            let new = zone(records);
            let tally = tally(&without_managed(diff(&base, &new), &base, &new));
            (tally.in_words(), tally.to_string())
        };
        let said = |words: &str, short: &str| (words.to_owned(), short.to_owned());
        assert_eq!(
            told(&[("www", 5, "A 192.0.2.1"), ("www", 5, "A 192.0.2.2"), ("x", 60, "TXT x")]),
            said("TTL of 2 records changed", "~2")
        );
        assert_eq!(
            told(&[("www", 5, "A 192.0.2.1"), ("www", 5, "A 192.0.2.3")]),
            said("2 records deleted, 1 added, TTL of 1 record changed", "+1 -2 ~1")
        );
        assert_eq!(
            told(&[("www", 60, "A 192.0.2.1"), ("x", 60, "TXT x")]),
            said("1 record deleted, 0 added", "+0 -1")
        );
    }

    #[test]
    fn apex_ns_and_soa() {
        let base = zone_of(&hosts(0, 8), &[]);
        let more = [("@", 60, "NS ns2")];
        assert_eq!(
            told(&base, &zone_of(&hosts(0, 8), &more), 20).as_deref(),
            Some("This changes the zone's own nameservers.")
        );
        let ttl = testing::zone(&[("@", 60, "SOA 1"), ("@", 5, "NS ns1")]);
        let ns = RrKey::new(base.origin().clone(), RecordType::NS);
        let change = Change { before: base.get(&ns), after: ttl.get(&ns) };
        assert_eq!(
            danger(&base, &[(ns, change)].into(), 20).as_deref(),
            Some("This changes the TTL of the zone's own nameservers.")
        );
        let below = [("sub", 60, "NS ns2")];
        assert_eq!(told(&base, &zone_of(&hosts(0, 8), &below), 20), None, "a delegation is no apex");
        let mut changes = ChangeMap::new();
        let key = RrKey::new(base.origin().clone(), RecordType::SOA);
        let before = base.get(&key);
        let after = before.clone().map(|set| RrSet { ttl: 5, ..set });
        changes.insert(key, Change { before, after });
        assert_eq!(danger(&base, &changes, 20).as_deref(), Some("This changes the zone's SOA."));
    }

    #[test]
    fn nameservers_that_were_decided_on_are_no_danger_and_nothing_else_is_let_through() {
        let name = |text: &str| Name::parse(text.as_bytes(), None).unwrap();
        let base = zone_of(&hosts(0, 8), &[]);
        let origin = base.origin().to_string();
        let wanted = [name(&format!("ns1.{origin}")), name(&format!("ns2.{origin}"))];
        let told = |more: &[(&str, u32, &str)], hosts: &[(String, u32, String)], wanted: &[Name]| {
            let after = zone_of(hosts, more);
            danger_but_for(&base, &without_managed(diff(&base, &after), &base, &after), 20, wanted)
        };
        let all = hosts(0, 8);
        assert_eq!(told(&[("@", 60, "NS ns2")], &all, &wanted), None);
        let servers = Some("This changes the zone's own nameservers.".to_owned());
        assert_eq!(told(&[("@", 60, "NS ns2")], &all, &[]), servers);
        assert_eq!(told(&[("@", 60, "NS ns2")], &all, &wanted[..1]), servers, "one more than was decided");
        assert_eq!(told(&[("@", 60, "NS ns3")], &all, &wanted), servers, "others");
        assert!(
            told(&[("@", 60, "NS ns2")], &hosts(3, 8), &wanted).is_some_and(|why| why.contains("deletes"))
        );
        // The SOA with another primary.
        let soa = RrKey::new(base.origin().clone(), RecordType::SOA);
        let before = base.get(&soa).unwrap();
        let with = |change: &dyn Fn(&mut Soa)| {
            let mut soa_now = Soa::from_rdata(&before.rdata[0]).unwrap();
            change(&mut soa_now);
            let after = RrSet::new(before.ttl, vec![soa_now.to_rdata()]);
            let change = Change { before: Some(before.clone()), after: Some(after) };
            danger_but_for(&base, &[(soa.clone(), change)].into(), 20, &wanted)
        };
        let soa_said = Some("This changes the zone's SOA.".to_owned());
        assert_eq!(with(&|soa| soa.mname = wanted[1].clone()), None);
        assert_eq!(with(&|soa| soa.mname = name("else.example.")), soa_said);
        assert_eq!(
            with(&|soa| {
                soa.mname = wanted[1].clone();
                soa.expire = 1;
            }),
            soa_said
        );
    }
}
