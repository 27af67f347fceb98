//! What stands where nobody gets it: behind a delegation or below a DNAME.

use super::servers::added;
use crate::facts::ServerKind;
use crate::push::describe;
use crate::zone::changes::{Change, Contents};
use crate::zone::{RecordType, RrKey, SetId};

/// What of the zone as intended may hide records: most zones have neither, and then nothing has to be looked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hides {
    pub delegations: bool,
    pub dnames: bool,
}

impl Hides {
    /// One pass over the types of the zone, which costs less than looking for what is above thousands of names.
    pub fn of(after: &Contents<'_>) -> Hides {
        const FEW: usize = 100;
        if after.changes.len() <= FEW {
            return Hides { delegations: true, dnames: true };
        }
        let zone = after.base;
        let is_below = |owner| owner != zone.origin().as_ref();
        let comes =
            |rtype| after.changes.keys().any(|key| key.rtype == rtype && is_below(key.owner.as_ref()));
        let is_there = |rtype| {
            zone.set_ids().map(|set: SetId| zone.rows_of(set).start).any(|row| {
                zone.rtype(row) == Some(rtype)
                    && zone.record(row).is_some_and(|record| is_below(record.owner))
            })
        };
        let has_dname_at_apex = after.is_there(&RrKey::new(zone.origin().clone(), RecordType::DNAME));
        Hides {
            delegations: comes(RecordType::NS) || is_there(RecordType::NS),
            dnames: has_dname_at_apex || comes(RecordType::DNAME) || is_there(RecordType::DNAME),
        }
    }
}

/// Records at or below a delegation or below a DNAME: servers store them, and none answers with them (RFC 1034 section
/// 4.2.1, RFC 6672 section 2.3), but for the addresses of the nameservers.
pub(super) fn hidden(
    after: &Contents<'_>,
    hides: Hides,
    key: &RrKey,
    change: &Change,
    kind: ServerKind,
) -> Option<String> {
    added(key, change).next()?;
    let at_cut = matches!(key.rtype, RecordType::NS | RecordType::DS);
    let mut name = if at_cut { key.owner.parent() } else { Some(key.owner.clone()) };
    while let Some(cut) = name.filter(|name| hides.delegations && name != after.base.origin()) {
        let delegation = after.get(&RrKey::new(cut.clone(), RecordType::NS));
        if let Some(delegation) = delegation {
            let is_target = delegation.contains(RecordType::NS, key.owner.wire());
            let is_glue = is_target && matches!(key.rtype, RecordType::A | RecordType::AAAA);
            return (!is_glue).then(|| {
                format!(
                    "It will be stored, but nobody gets it: {cut} is delegated, so questions go to its nameservers. Add it \
                     to the zone there."
                )
            });
        }
        name = cut.parent();
    }
    let mut name = key.owner.parent();
    // Knot does not even store them: see `knot`.
    let hides_below = hides.dnames && kind != ServerKind::Knot;
    while let Some(above) = name.filter(|name| hides_below && name.is_at_or_below(after.base.origin())) {
        if after.is_there(&RrKey::new(above.clone(), RecordType::DNAME)) {
            return Some(format!(
                "It will be stored, but nobody gets it: the DNAME at {above} answers for every name below. Add it where that \
                 leads to."
            ));
        }
        name = above.parent();
    }
    None
}

/// A new delegation or DNAME over records that are there: nobody gets those any more.
pub(super) fn covers(after: &Contents<'_>, key: &RrKey, change: &Change) -> Option<String> {
    let is_apex = key.owner == *after.base.origin();
    let set = change.after.as_ref().filter(|_| change.before.is_none())?;
    let is_covered = |other: &&RrKey| match key.rtype {
        RecordType::NS => {
            let is_glue = set.contains(RecordType::NS, other.owner.wire())
                && matches!(other.rtype, RecordType::A | RecordType::AAAA);
            let at_cut = other.owner == key.owner
                && matches!(
                    other.rtype,
                    RecordType::NS | RecordType::DS | RecordType::RRSIG | RecordType::NSEC
                );
            !is_glue && !at_cut
        }
        RecordType::DNAME => other.owner != key.owner && other.rtype != RecordType::NSEC3,
        _ => false,
    };
    if key.rtype == RecordType::NS && is_apex || !matches!(key.rtype, RecordType::NS | RecordType::DNAME) {
        return None;
    }
    let below = after.keys_at_or_below(&key.owner);
    let covered: Vec<&RrKey> =
        below.iter().filter(|other| is_covered(other) && other.covered == RecordType(0)).collect();
    let first = covered.first()?;
    Some(format!(
        "It hides {} of this zone, such as {}: nobody gets them any more. Delete those, or leave this out.",
        if covered.len() == 1 { "a record set".into() } else { format!("{} record sets", covered.len()) },
        describe(first)
    ))
}

/// The end of a delegation: what it hid is part of this zone's answers again.
pub(super) fn uncovered(after: &Contents<'_>, key: &RrKey, change: &Change) -> Option<String> {
    if key.rtype != RecordType::NS || change.after.is_some() || key.owner == *after.base.origin() {
        return None;
    }
    let left = after.keys_at_or_below(&key.owner);
    let first = left
        .iter()
        .find(|key| !matches!(key.rtype, RecordType::DS | RecordType::RRSIG | RecordType::NSEC))?;
    Some(format!(
        "Without the delegation the records at and below it are answered from here, such as {}. Delete those that are not \
         wanted.",
        describe(first)
    ))
}
