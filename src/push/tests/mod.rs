//! Tests of planning, predicting and pushing, on small zones.

mod explain;
mod machine;
mod plan;
mod predict;
mod recorded;
mod split;
mod steps;
mod world;

use std::sync::Arc;

use crate::facts::ServerKind;
use crate::push::{Plan, ServerTraits};
use crate::zone::changes::{ChangeMap, Contents};
use crate::zone::testing::*;
use crate::zone::update::{Operation, Prerequisite, Update};
use crate::zone::{Draft, RecordType, RrKey, RrSet, Snapshot, types};

const BASE: &[(&str, u32, &str)] = &[
    ("@", 300, "SOA 100"),
    ("@", 300, "NS ns1"),
    ("@", 300, "NS ns2"),
    ("@", 300, "MX 10 mail"),
    ("ns1", 300, "A 192.0.2.1"),
    ("ns2", 300, "A 192.0.2.2"),
    ("mail", 300, "A 192.0.2.3"),
    ("one", 300, "A 192.0.2.10"),
    ("two", 300, "A 192.0.2.11"),
    ("two", 300, "A 192.0.2.12"),
    ("two", 300, "TXT two"),
    ("alias", 300, "CNAME one"),
    ("*.wild", 300, "A 192.0.2.20"),
    ("svc", 300, "HTTPS one"),
    ("deleg", 300, "NS ns.deleg"),
    ("deleg", 300, "DS 0123456789abcdef0123456789abcdef"),
    ("ns.deleg", 300, "A 192.0.2.30"),
];

const KINDS: [ServerKind; 5] =
    [ServerKind::Bind, ServerKind::Knot, ServerKind::PowerDns, ServerKind::Embedded, ServerKind::Unknown];

fn traits(kind: ServerKind) -> ServerTraits {
    ServerTraits { kind }
}

/// An RRset's new contents: `edit("www", 300, &["A 192.0.2.1"])`; without records it goes, and `rtype` tells which.
fn edit(owner: &str, ttl: u32, records: &[&str]) -> (RrKey, Option<RrSet>) {
    let records: Vec<_> = records.iter().map(|record| record_data(record)).collect();
    let set = RrSet::new(ttl, records.iter().map(|(_, rdata)| rdata.clone()).collect());
    (key(owner, records[0].0), Some(set))
}

fn gone(owner: &str, rtype: RecordType) -> (RrKey, Option<RrSet>) {
    (key(owner, rtype), None)
}

/// The changes that these edits make of a zone.
fn changes_of(base: &Arc<Snapshot>, edits: Vec<(RrKey, Option<RrSet>)>) -> ChangeMap {
    let mut draft = Draft::new(Arc::clone(base));
    draft.edit("test", edits);
    draft.changes().clone()
}

/// An update in one line per prerequisite (`? ...`) and operation (`+ ...`, `- ...`).
fn lines(update: &Update) -> Vec<String> {
    let short = |owner: &crate::zone::Name| owner.relative_to(&name("@"));
    let data = |rtype: RecordType, rdata: &[u8]| types::format_rdata(rtype, rdata, Some(name("@").as_ref()));
    let prerequisites = update.prerequisites.iter().map(|prerequisite| match prerequisite {
        Prerequisite::NameInUse(owner) => format!("? {} in use", short(owner)),
        Prerequisite::NameNotInUse(owner) => format!("? {} not in use", short(owner)),
        Prerequisite::RrsetExists(owner, rtype) => format!("? {} {rtype} exists", short(owner)),
        Prerequisite::RrsetAbsent(owner, rtype) => format!("? {} {rtype} absent", short(owner)),
        Prerequisite::RrsetIs(owner, RecordType::SOA, _) => format!("? {} SOA is", short(owner)),
        Prerequisite::RrsetIs(owner, rtype, records) => {
            let records: Vec<String> = records.iter().map(|rdata| data(*rtype, rdata)).collect();
            format!("? {} {rtype} is {}", short(owner), records.join(", "))
        }
    });
    let operations = update.operations.iter().map(|operation| match operation {
        Operation::DeleteName(owner) => format!("- {}", short(owner)),
        Operation::DeleteRrset(owner, rtype) => format!("- {} {rtype}", short(owner)),
        Operation::DeleteRecord(owner, rtype, rdata) => {
            format!("- {} {rtype} {}", short(owner), data(*rtype, rdata))
        }
        Operation::Add(owner, rtype, ttl, rdata) => {
            format!("+ {} {ttl} {rtype} {}", short(owner), data(*rtype, rdata))
        }
    });
    prerequisites.chain(operations).collect()
}

/// The one message of a plan.
fn only(plan: &Plan) -> &Update {
    let [step] = &*plan.steps else { panic!("{} messages", plan.steps.len()) };
    &step.update
}

/// A zone after an update, as RFC 2136 has it.
fn updated(zone: &Snapshot, update: &Update) -> Result<Snapshot, crate::zone::update::Rcode> {
    let none = ChangeMap::new();
    let applied = crate::zone::update::apply(&Contents { base: zone, changes: &none }, update)?;
    Ok(zone.with_changes(&applied.changes).unwrap())
}
