//! What every server shall serve after a change: a serial, and the changed RRsets.

use crate::facts::SetAnswer;
use crate::zone::{Name, RecordType, RrKey, RrSet, Snapshot, managed};

/// Most RRsets that each server is asked for.
const MAX_SETS: usize = 50;
/// The types that are only for questions (RFC 6895 section 3.1), and OPT.
const NOT_IN_ZONES: std::ops::RangeInclusive<u16> = 128..=255;
const OPT: RecordType = RecordType(41);

/// What a server shall answer for an RRset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    /// The set; `None` where there is none. What a wildcard makes counts as the name's own.
    Contents(Option<RrSet>),
    /// The NS records of a delegation, which come in a referral.
    Referral(RrSet),
}

/// A version of a zone, and what shows that a server has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Goal {
    pub serial: u32,
    /// What servers are asked for.
    pub sets: Vec<(RrKey, Expected)>,
    /// Changed sets that they are not asked for: too many, hidden below a delegation, or the server's own business.
    pub unasked: usize,
}

impl Goal {
    /// Only the serial.
    pub fn of_serial(serial: u32) -> Goal {
        Goal { serial, sets: Vec::new(), unasked: 0 }
    }

    /// The changed sets as this version of the zone has them.
    pub fn new<'a>(zone: &Snapshot, changed: impl Iterator<Item = &'a RrKey>) -> Goal {
        let signed = managed::is_signed(zone);
        let mut goal = Goal::of_serial(zone.serial());
        for key in changed {
            let is_asked =
                proves(key) && !managed::is_managed(signed, zone, key) && goal.sets.len() < MAX_SETS;
            match is_asked.then(|| expected(zone, key)).flatten() {
                Some(expected) => goal.sets.push((key.clone(), expected)),
                None if key.rtype == RecordType::SOA => {}
                None => goal.unasked += 1,
            }
        }
        goal
    }

    /// The changed sets as the primary answers for them, in the order of [`to_ask`]; `None` where it does not.
    pub fn of_answers(serial: u32, answers: Vec<(RrKey, Option<SetAnswer>)>) -> Goal {
        let mut goal = Goal::of_serial(serial);
        for (key, answer) in answers {
            let expected = match answer {
                Some(SetAnswer { authoritative: true, contents, .. }) => Some(Expected::Contents(contents)),
                Some(SetAnswer { referral: Some(set), .. }) if key.rtype == RecordType::NS => {
                    Some(Expected::Referral(set))
                }
                _ => None,
            };
            match expected {
                Some(expected) => goal.sets.push((key, expected)),
                None => goal.unasked += 1,
            }
        }
        goal
    }

    /// Has a server that gives this answer the change? `None` where the answer does not tell.
    pub fn is_met(&self, index: usize, answer: &SetAnswer) -> Option<bool> {
        let (key, expected) = self.sets.get(index)?;
        let same = |a: &RrSet, b: &RrSet| match a.mixed_ttls.is_empty() {
            true => a.same(b, key.rtype),
            // Servers give such sets one TTL.
            false => a.same_records(b, key.rtype),
        };
        Some(match expected {
            Expected::Contents(wanted) => {
                answer.authoritative
                    && match (wanted, &answer.contents) {
                        (Some(wanted), Some(has)) => same(wanted, has),
                        (None, None) => true,
                        _ => false,
                    }
            }
            Expected::Referral(wanted) => {
                // A server that serves the zone below as well answers for that.
                if answer.authoritative && answer.contents.is_some() {
                    return None;
                }
                answer.referral.as_ref().is_some_and(|has| same(wanted, has))
            }
        })
    }

    /// Does a resolver have the change? It counts TTLs down, and follows delegations itself.
    pub fn is_at_resolver(&self, index: usize, answer: &SetAnswer) -> Option<bool> {
        let (key, expected) = self.sets.get(index)?;
        match expected {
            Expected::Contents(wanted) => Some(match (wanted, &answer.contents) {
                (Some(wanted), Some(has)) => wanted.same_records(has, key.rtype),
                (None, None) => true,
                _ => false,
            }),
            Expected::Referral(_) => None,
        }
    }
}

/// Those of these changed sets that are worth a question, and the number of the others.
pub fn to_ask<'a>(keys: impl Iterator<Item = &'a RrKey>) -> (Vec<RrKey>, usize) {
    let (mut asked, mut others) = (Vec::new(), 0);
    for key in keys.filter(|key| key.rtype != RecordType::SOA) {
        match proves(key) && asked.len() < MAX_SETS {
            true => asked.push(key.clone()),
            false => others += 1,
        }
    }
    (asked, others)
}

/// Does an answer for this set tell whether a change has arrived? The serial speaks for the SOA, and signatures are the
/// server's.
fn proves(key: &RrKey) -> bool {
    let made = [RecordType::SOA, RecordType::RRSIG, RecordType::NSEC, RecordType::NSEC3, OPT];
    !made.contains(&key.rtype) && !NOT_IN_ZONES.contains(&key.rtype.0)
}

/// What a server with this zone answers for this RRset (RFC 1034 section 4.3.2, RFC 4592). `None` where the answer says
/// nothing of it: below a delegation or a DNAME.
pub fn expected(zone: &Snapshot, key: &RrKey) -> Option<Expected> {
    let get = |owner: &Name, rtype| zone.get(&RrKey::new(owner.clone(), rtype));
    let exists = |owner: &Name| !zone.sets_at_or_below(owner.as_ref()).is_empty();
    let origin = zone.origin();
    if !key.owner.is_at_or_below(origin) {
        return None;
    }
    let mut above = key.owner.clone();
    let mut encloser = None;
    while above != *origin {
        let is_owner = above == key.owner;
        if get(&above, RecordType::NS).is_some() && !(is_owner && key.rtype == RecordType::DS) {
            let is_cut = is_owner && key.rtype == RecordType::NS;
            // There may be another delegation above it.
            if !is_cut {
                return None;
            }
        }
        if !is_owner && get(&above, RecordType::DNAME).is_some() {
            return None;
        }
        if encloser.is_none() && exists(&above) {
            encloser = Some(above.clone());
        }
        above = above.parent()?;
    }
    if key.owner != *origin && get(origin, RecordType::DNAME).is_some() {
        return None;
    }
    let encloser = encloser.unwrap_or_else(|| origin.clone());
    if encloser != key.owner {
        let wildcard = Name::from_wire(&[b"\x01*", encloser.wire()].concat()).ok()?;
        // A wildcard that is a delegation: nobody knows what servers make of it (RFC 4592 section 4.2).
        if get(&wildcard, RecordType::NS).is_some() {
            return None;
        }
        return Some(Expected::Contents(get(&wildcard, key.rtype)));
    }
    match zone.get(key) {
        Some(set) if key.rtype == RecordType::NS && key.owner != *origin => Some(Expected::Referral(set)),
        set => Some(Expected::Contents(set)),
    }
}

#[cfg(test)]
mod tests;
