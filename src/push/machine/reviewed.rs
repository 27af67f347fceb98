//! Whether what is about to be sent is what was reviewed.

use crate::push::Step;
use crate::zone::update::Operation;
use crate::zone::{Name, RecordType, Soa, types};

/// Do these messages do what was reviewed? Serials may differ, and the spelling of names, which no transfer keeps; so
/// may the prerequisites, which follow from the zone and the operations. Where some of the plan was carried out
/// (`in_any_order`), so may the order in which the rest of it is done.
pub(super) fn is_as_reviewed(steps: &[Step], reviewed: &[Step], in_any_order: bool) -> bool {
    let (mut own, mut seen) = (essences(steps), essences(reviewed));
    if in_any_order {
        own.sort_unstable();
        seen.sort_unstable();
    }
    own == seen
}

type Essence<'a> = (u8, &'a Name, Option<RecordType>, u32, Vec<u8>);

fn essences(steps: &[Step]) -> Vec<Essence<'_>> {
    steps.iter().flat_map(|step| &step.update.operations).map(essence).collect()
}

/// What an operation does, whatever the spelling and the serial.
fn essence(operation: &Operation) -> Essence<'_> {
    let (kind, ttl, rdata) = match operation {
        Operation::DeleteName(_) => (0, 0, None),
        Operation::DeleteRrset(..) => (1, 0, None),
        Operation::DeleteRecord(_, _, rdata) => (2, 0, Some(rdata)),
        Operation::Add(_, _, ttl, rdata) => (3, *ttl, Some(rdata)),
    };
    let rtype = operation.rtype();
    let data = rdata.zip(rtype).map_or(Vec::new(), |(rdata, rtype)| match Soa::from_rdata(rdata) {
        Some(soa) if rtype == RecordType::SOA => {
            types::canonical(rtype, &Soa { serial: 0, ..soa }.to_rdata()).into_owned()
        }
        _ => types::canonical(rtype, rdata).into_owned(),
    });
    (kind, operation.owner(), rtype, ttl, data)
}
