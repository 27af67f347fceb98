//! From an accepted form to edits of the draft.

use super::Accepted;
use crate::zone::{Contents, RrKey, RrSet, types};

/// The RRsets that the record changes, with their new contents (`None`: gone). A record that takes another's place
/// in the same set stands where that one stood; in another set it comes last.
pub fn edits(zone: Contents<'_>, accepted: &Accepted) -> Vec<(RrKey, Option<RrSet>)> {
    let key = accepted.key();
    // A set keeps the spelling of its owner: names that differ in case are one name.
    let key = zone.keys_at(&key.owner).into_iter().find(|there| *there == key).unwrap_or(key);
    let mut records = zone.get(&key).map(|set| set.rdata).unwrap_or_default();
    let mut edits = Vec::new();
    let place = match &accepted.replaced {
        Some((old_key, old)) if *old_key == key => place_of(&records, &key, old),
        Some((old_key, old)) => {
            edits.extend(without(zone, old_key, old));
            None
        }
        None => None,
    };
    match place.and_then(|place| records.get_mut(place)) {
        Some(record) => *record = accepted.rdata.clone(),
        None => records.push(accepted.rdata.clone()),
    }
    edits.push((key, Some(RrSet::new(accepted.ttl, records))));
    edits
}

/// The set that a record moves away from.
fn without(zone: Contents<'_>, key: &RrKey, rdata: &[u8]) -> Option<(RrKey, Option<RrSet>)> {
    let mut set = zone.get(key)?;
    let place = place_of(&set.rdata, key, rdata)?;
    set.rdata.remove(place);
    // Any edit of a set makes its TTLs one.
    set.mixed_ttls.clear();
    Some((key.clone(), Some(set).filter(|set| !set.rdata.is_empty())))
}

fn place_of(records: &[Box<[u8]>], key: &RrKey, rdata: &[u8]) -> Option<usize> {
    let wanted = types::canonical(key.rtype, rdata);
    records.iter().position(|record| types::canonical(key.rtype, record) == wanted)
}
