//! Plans in several messages, held against `apply`: every zone on the way is one that a server may serve.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::plan::without_serial;
use super::*;
use crate::push::PlanError;
use crate::push::plan::{Guards, plan_with};
use crate::push::split::APART;
use crate::wire::update::{encode, encoded_len};
use crate::zone::changes::diff;
use crate::zone::{Name, NameRef, update};

const OWNERS: [&str; 11] = ["@", "a", "b", "c", "d", "x.a", "*.b", "y.b", "sub", "ns.sub", "e.d"];

fn any_record() -> impl Strategy<Value = (String, u32, String)> {
    let target = || prop::sample::select(OWNERS.to_vec());
    let record = prop_oneof![
        4 => (1..40u8).prop_map(|last| format!("A 192.0.2.{last}")),
        3 => (1..30u8, 10..120usize).prop_map(|(number, length)| format!("TXT {number:0length$}")),
        2 => target().prop_map(|target| format!("MX 10 {target}")),
        2 => target().prop_map(|target| format!("CNAME {target}")),
        1 => target().prop_map(|target| format!("DNAME {target}")),
        1 => target().prop_map(|target| format!("NS {target}")),
        1 => Just("DS 0123456789abcdef0123456789abcdef".to_string()),
    ];
    let ttl = prop::sample::select(vec![60u32, 300]);
    (prop::sample::select(OWNERS.to_vec()), ttl, record)
        .prop_map(|(owner, ttl, record)| (owner.into(), ttl, record))
}

/// A zone that failed tests print in few lines.
struct Readable(Snapshot);

impl std::fmt::Debug for Readable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for record in self.0.records() {
            let owner = record.owner.relative_to(name("@").as_ref());
            write!(f, "\n  {owner} {} {}", record.ttl, describe(record.rtype, record.rdata))?;
        }
        Ok(())
    }
}

/// Zones as servers take them: one TTL in a set, a CNAME alone, one DNAME at a name and nothing below it.
fn any_zone() -> impl Strategy<Value = Readable> {
    prop::collection::vec(any_record(), 0..60).prop_map(|extra| {
        let mut records =
            vec![("@".to_string(), 300, "SOA 100".to_string()), ("@".into(), 300, "NS ns.elsewhere".into())];
        let kind = |text: &str| text.split(' ').next().unwrap().to_string();
        for (owner, ttl, record) in extra {
            let at = |wanted: &str| records.iter().filter(|(other, ..)| other == wanted).collect::<Vec<_>>();
            let own = at(&owner);
            let rtype = kind(&record);
            let beside_cname = own.iter().any(|(_, _, other)| kind(other) == "CNAME")
                || rtype == "CNAME" && !own.is_empty()
                || rtype == "CNAME" && owner == "@";
            let second = rtype == "DNAME" && own.iter().any(|(_, _, other)| kind(other) == "DNAME");
            // RFC 6672 section 2.3: not where a delegation is.
            let at_cut = owner != "@"
                && (rtype == "DNAME" && own.iter().any(|(_, _, other)| kind(other) == "NS")
                    || rtype == "NS" && own.iter().any(|(_, _, other)| kind(other) == "DNAME"));
            let below_dname = OWNERS.iter().any(|above| {
                owner != *above
                    && name(&owner).is_at_or_below(&name(above))
                    && at(above).iter().any(|(_, _, other)| kind(other) == "DNAME")
            });
            let above_data = rtype == "DNAME"
                && records
                    .iter()
                    .any(|(other, ..)| *other != owner && name(other).is_at_or_below(&name(&owner)));
            if beside_cname || second || at_cut || below_dname || above_data {
                continue;
            }
            let ttl = own.iter().find(|(_, _, other)| kind(other) == rtype).map_or(ttl, |(_, ttl, _)| *ttl);
            records.push((owner, ttl, record));
        }
        let records: Vec<_> = records.iter().map(|(o, ttl, r)| (o.as_str(), *ttl, r.as_str())).collect();
        Readable(zone(&records))
    })
}

/// The types at each name of a zone.
fn types_at(zone: &Snapshot) -> BTreeMap<Name, BTreeSet<RecordType>> {
    let mut at: BTreeMap<Name, BTreeSet<RecordType>> = BTreeMap::new();
    for record in zone.records() {
        at.entry(record.owner.to_name()).or_default().insert(record.rtype);
    }
    at
}

/// What is named in this zone by a record of it, and is not there.
fn dangling(zone: &Snapshot) -> BTreeSet<(Name, RecordType, Name)> {
    let at = types_at(zone);
    let has = |name: &Name, address: bool| {
        at.get(name).is_some_and(|types| {
            !address
                || [RecordType::A, RecordType::AAAA, RecordType::CNAME]
                    .iter()
                    .any(|rtype| types.contains(rtype))
        })
    };
    let answers = |target: &Name, address: bool| {
        let mut name = target.clone();
        let mut exists = false;
        loop {
            if name == *target && has(target, address) {
                return true;
            }
            if name == *zone.origin() {
                return false;
            }
            exists |= at.keys().any(|other| other.is_at_or_below(&name));
            let parent = name.parent().unwrap();
            let types = |name: &Name| at.get(name).cloned().unwrap_or_default();
            let wildcard = Name::from_wire(&[b"\x01*", parent.wire()].concat()).unwrap();
            if types(&name).contains(&RecordType::NS)
                || types(&parent).contains(&RecordType::DNAME)
                || !exists && has(&wildcard, address)
            {
                return true;
            }
            name = parent;
        }
    };
    let mut found = BTreeSet::new();
    for record in zone.records().filter(|record| record.rtype != RecordType::SOA) {
        let address = matches!(record.rtype, RecordType::NS | RecordType::MX);
        let names = types::names_in(record.rtype, record.rdata);
        for target in
            names.into_iter().map(NameRef::to_name).filter(|name| name.is_at_or_below(zone.origin()))
        {
            if !answers(&target, address) {
                found.insert((record.owner.to_name(), record.rtype, target));
            }
        }
    }
    found
}

fn assert_sound(zone: &Snapshot) {
    for (name, types) in types_at(zone) {
        let beside = types.iter().filter(|rtype| !update::stands_beside_cname(**rtype)).count();
        assert!(!types.contains(&RecordType::CNAME) || beside == 0, "{name} has a CNAME beside {types:?}");
    }
}

fn wanted(a: &Snapshot, b: &Snapshot) -> ChangeMap {
    let mut changes = diff(a, b);
    changes.remove(&key("@", RecordType::SOA));
    changes
}

/// The zones that a plan leads through, the last one included.
fn carried_out(a: &Snapshot, plan: &Plan, limit: usize) -> Vec<Snapshot> {
    let mut zones: Vec<Snapshot> = Vec::new();
    for step in plan.steps.iter() {
        let now = zones.last().unwrap_or(a);
        let update = step.update_over(now.soa());
        assert!(encoded_len(&update) <= limit, "{} octets", encoded_len(&update));
        assert_eq!(encode(1, &update).unwrap().len(), encoded_len(&update));
        zones.push(updated(now, &update).unwrap());
    }
    zones
}

fn planned(a: &Snapshot, b: &Snapshot, kind: ServerKind, limit: usize) -> Option<Plan> {
    match plan_with(a, &wanted(a, b), traits(kind), &Guards::of(traits(kind)), limit) {
        Ok(plan) => Some(plan),
        Err(
            PlanError::Nothing | PlanError::TooLarge { .. } | PlanError::BigTtl(_) | PlanError::BigSet(_),
        ) => None,
        Err(error) => panic!("{error}"),
    }
}

/// What stood below the DNAME and stands below the delegation is never missed in between.
#[test]
fn a_delegation_takes_the_place_of_a_dname_in_one_message() {
    const APEX: [(&str, u32, &str); 2] = [("@", 300, "SOA 100"), ("@", 300, "NS ns.elsewhere")];
    let zone_with = |own: &[(&str, u32, &str)]| zone(&[&APEX, own].concat());
    let before = zone_with(&[("sub", 60, "A 192.0.2.1"), ("sub", 60, "DNAME @")]);
    let texts: Vec<String> = (1..5).map(|number| format!("TXT {number:0100}")).collect();
    let mut after = vec![("sub", 60, "NS x.a"), ("x.a", 60, "MX 10 ns.sub")];
    after.extend(texts.iter().map(|text| ("sub", 60, text.as_str())));
    let after = zone_with(&after);
    for limit in (600..900).step_by(20) {
        let Some(plan) = planned(&before, &after, ServerKind::Bind, limit) else { continue };
        assert!(plan.steps.len() > 1, "{limit}");
        for zone in carried_out(&before, &plan, limit) {
            let has = |owner: &str, rtype| zone.find(&key(owner, rtype)).is_some();
            assert!(has("sub", RecordType::DNAME) || has("sub", RecordType::NS), "{limit}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    /// All messages one after the other give exactly the wanted zone; on the way nothing dangles that does not in one
    /// of both ends, no CNAME stands beside data, and nothing more than needed is seen half done. Interrupted after any
    /// message and planned again from there, it still arrives.
    #[test]
    fn every_step_is_a_sound_zone(
        a in any_zone(),
        b in any_zone(),
        kind in prop::sample::select(KINDS.to_vec()),
        limit in 600..1500usize,
    ) {
        let (Readable(a), Readable(b)) = (a, b);
        let Some(plan) = planned(&a, &b, kind, limit) else { return Ok(()) };
        let zones = carried_out(&a, &plan, limit);
        prop_assert_eq!(without_serial(zones.last().unwrap()), without_serial(&b));
        let (before, after) = (dangling(&a), dangling(&b));
        for (at, zone) in zones.iter().enumerate() {
            assert_sound(zone);
            let between = dangling(zone);
            let new: Vec<_> = between.iter().filter(|it| !before.contains(it) && !after.contains(it)).collect();
            let said = plan.notes.iter().any(|note| note == APART);
            prop_assert!(new.is_empty() || said, "after message {} of {}: {new:?}", at + 1, zones.len());
            if let Some(plan) = planned(zone, &b, kind, limit) {
                let again = carried_out(zone, &plan, limit);
                prop_assert_eq!(without_serial(again.last().unwrap()), without_serial(&b));
            }
        }
        prop_assert_eq!(plan.steps.len() > 1, plan.notes.iter().any(|note| note.contains("not atomic")));
    }

    /// No RRset stands in two messages unless it is too big for one, and neither does a CNAME swap or a delegation.
    #[test]
    fn what_belongs_together_is_sent_together(a in any_zone(), b in any_zone(), limit in 600..1500usize) {
        let (Readable(a), Readable(b)) = (a, b);
        let Some(plan) = planned(&a, &b, ServerKind::Bind, limit) else { return Ok(()) };
        let size = |key: &RrKey| {
            let records = |zone: &Snapshot| zone.get(key).map_or(0, |set| {
                set.rdata.iter().map(|rdata| rdata.len() + key.owner.wire().len() + 10).sum::<usize>()
            });
            records(&a) + 2 * records(&b)
        };
        let mut message_of: BTreeMap<RrKey, usize> = BTreeMap::new();
        for (at, step) in plan.steps.iter().enumerate() {
            for operation in &step.update.operations {
                let Some(rtype) = operation.rtype() else { continue };
                let key = RrKey::new(operation.owner().clone(), rtype);
                if let Some(other) = message_of.insert(key.clone(), at) {
                    prop_assert!(other == at || size(&key) > limit / 2, "{key:?}");
                }
            }
        }
        for (key, at) in message_of.iter().filter(|(key, _)| key.owner != name("@")) {
            let other = |rtype| message_of.get(&RrKey::new(key.owner.clone(), rtype));
            match key.rtype {
                RecordType::CNAME => {
                    let own = message_of.iter().filter(|(other, _)| other.owner == key.owner);
                    for (_, other) in own {
                        prop_assert_eq!(other, at);
                    }
                }
                RecordType::DS => prop_assert!(other(RecordType::NS).is_none_or(|other| other == at)),
                _ => {}
            }
        }
    }
}
