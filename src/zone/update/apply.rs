//! RFC 2136 section 3: what a server makes of an update.
//!
//! Follows the RFC and nothing else; what single servers do otherwise is known to `push`. The cost of an operation
//! depends on what stands at its name, never on the size of the zone or (after the first touch) of the RRset.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{Operation, Prerequisite, Rcode, Update};
use crate::zone::changes::{Change, ChangeMap, Contents};
use crate::zone::name::Name;
use crate::zone::rrset::{Rdata, RrKey, RrSet};
use crate::zone::rtype::RecordType;
use crate::zone::soa::Soa;
use crate::zone::{serial, types};

/// What an update did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// What is different now, the SOA included. Empty where nothing is.
    pub changes: ChangeMap,
    /// The operations that had no effect, by their index, and why. A server says nothing of them.
    pub ignored: Vec<(usize, Ignored)>,
}

/// Why an operation had no effect (RFC 2136 section 3.4.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ignored {
    /// A CNAME was added where other data stands.
    CnameBesideData,
    /// Data was added where a CNAME stands.
    DataBesideCname,
    /// The last NS record of the zone was to be deleted.
    LastApexNs,
    /// The SOA or the whole NS set of the zone was to be deleted.
    ApexProtected,
    /// An SOA was added whose serial is not after the zone's.
    SerialNotHigher,
    /// An SOA was added below the zone's name.
    SoaNotAtApex,
    /// The record was there already, with this TTL.
    AlreadyThere,
    /// What was to be deleted was not there.
    NotThere,
}

/// Carries out an update on a zone, or says with which response code it is refused.
///
/// # Errors
/// The response code of RFC 2136 section 3: NOTAUTH (another zone), NOTZONE, NXDOMAIN, YXDOMAIN, NXRRSET,
/// YXRRSET, FORMERR (a type that no record has, RDATA that does not fit its type), SERVFAIL (no SOA).
pub fn apply(zone: &Contents<'_>, update: &Update) -> Result<Applied, Rcode> {
    let mut work = Work { zone, sets: BTreeMap::new() };
    if update.zone != *zone.base.origin() {
        return Err(Rcode::NOTAUTH);
    }
    work.check_prerequisites(&update.prerequisites)?;
    work.prescan(&update.operations)?;
    let mut ignored = Vec::new();
    for (index, operation) in update.operations.iter().enumerate() {
        if let Err(reason) = work.perform(operation) {
            ignored.push((index, reason));
        }
    }
    let apex_soa = work.apex(RecordType::SOA);
    let mut changes: ChangeMap = (work.sets.into_iter())
        .map(|(key, set)| (key, set.into_change()))
        .filter(|(_, change)| !change.is_empty())
        .collect();
    if !changes.is_empty() {
        raise_serial(zone, &mut changes, apex_soa)?;
    }
    Ok(Applied { changes, ignored })
}

/// May this type stand at the name of a CNAME? (RFC 2181 section 10.1, RFC 4035 section 2.5)
pub fn stands_beside_cname(rtype: RecordType) -> bool {
    const NXT: RecordType = RecordType(30);
    matches!(
        rtype,
        RecordType::CNAME | RecordType::RRSIG | RecordType::NSEC | RecordType::KEY | RecordType::SIG | NXT
    )
}

/// RFC 2136 section 3.6: the serial goes up with every change, unless the update itself has raised it.
fn raise_serial(zone: &Contents<'_>, changes: &mut ChangeMap, key: RrKey) -> Result<(), Rcode> {
    if changes.contains_key(&key) {
        // An SOA is only taken with a higher serial.
        return Ok(());
    }
    let before = zone.get(&key).ok_or(Rcode::SERVFAIL)?;
    let mut soa = before.rdata.first().and_then(|rdata| Soa::from_rdata(rdata)).ok_or(Rcode::SERVFAIL)?;
    soa.serial = serial::next(soa.serial);
    let after = RrSet::new(before.ttl, vec![soa.to_rdata()]);
    changes.insert(key, Change { before: Some(before), after: Some(after) });
    Ok(())
}

/// The zone while an update is carried out: touched RRsets over what was there.
struct Work<'a> {
    zone: &'a Contents<'a>,
    sets: BTreeMap<RrKey, WorkSet>,
}

/// A touched RRset. Records keep their order; a deleted one leaves a hole, so that the index stays right.
struct WorkSet {
    before: Option<RrSet>,
    /// With the TTLs they came with.
    records: Vec<Option<(u32, Rdata)>>,
    /// The TTL of all of them; `None` where a zone came with mixed ones and nothing was added.
    ttl: Option<u32>,
    /// Where each record stands, by its canonical form.
    index: HashMap<Box<[u8]>, usize>,
}

impl WorkSet {
    fn new(before: Option<RrSet>, rtype: RecordType) -> WorkSet {
        let mut set = WorkSet { before: None, records: Vec::new(), ttl: None, index: HashMap::new() };
        if let Some(before) = &before {
            set.ttl = before.mixed_ttls.is_empty().then_some(before.ttl);
            for (at, rdata) in before.rdata.iter().enumerate() {
                set.index.insert(types::canonical(rtype, rdata).into(), at);
                set.records.push(Some((before.ttl_of(at), rdata.clone())));
            }
        }
        WorkSet { before, ..set }
    }

    fn len(&self) -> usize {
        self.index.len()
    }

    fn is_empty(&self) -> bool {
        self.index.is_empty()
    }

    fn clear(&mut self) {
        self.records.clear();
        self.index.clear();
    }

    fn contains(&self, rtype: RecordType, rdata: &[u8]) -> bool {
        self.index.contains_key(types::canonical(rtype, rdata).as_ref())
    }

    fn remove(&mut self, rtype: RecordType, rdata: &[u8]) -> bool {
        let Some(at) = self.index.remove(types::canonical(rtype, rdata).as_ref()) else { return false };
        if let Some(slot) = self.records.get_mut(at) {
            *slot = None;
        }
        true
    }

    /// Adds a record, or puts it in the place of the one that is equal to it. The whole set takes its TTL
    /// (RFC 2181 section 5.2). False where nothing is different afterwards.
    fn add(&mut self, rtype: RecordType, ttl: u32, rdata: &Rdata) -> bool {
        let at = *(self.index.entry(types::canonical(rtype, rdata).into())).or_insert(self.records.len());
        let had_ttl = match self.ttl.replace(ttl) {
            Some(before) => before == ttl,
            // Of mixed TTLs one may be left.
            None => self.records.iter().flatten().all(|(own, _)| *own == ttl),
        };
        match self.records.get_mut(at) {
            Some(Some((_, own))) if own == rdata => !had_ttl,
            Some(slot) => {
                *slot = Some((ttl, rdata.clone()));
                true
            }
            None => {
                self.records.push(Some((ttl, rdata.clone())));
                true
            }
        }
    }

    fn into_change(self) -> Change {
        let records = self.records.into_iter().flatten();
        let after = RrSet::of_records(records.map(|(ttl, rdata)| (self.ttl.unwrap_or(ttl), rdata)).collect());
        Change { before: self.before, after }
    }
}

impl Work<'_> {
    fn apex(&self, rtype: RecordType) -> RrKey {
        RrKey::new(self.zone.base.origin().clone(), rtype)
    }

    fn in_zone(&self, name: &Name) -> Result<(), Rcode> {
        if name.is_at_or_below(self.zone.base.origin()) { Ok(()) } else { Err(Rcode::NOTZONE) }
    }

    fn is_there(&self, key: &RrKey) -> bool {
        match self.sets.get(key) {
            Some(set) => !set.is_empty(),
            None => self.zone.is_there(key),
        }
    }

    /// The RRset as it is now, to be changed.
    fn touch(&mut self, key: RrKey) -> &mut WorkSet {
        let (zone, rtype) = (self.zone, key.rtype);
        self.sets.entry(key).or_insert_with_key(|key| WorkSet::new(zone.get(key), rtype))
    }

    fn keys_at(&self, owner: &Name) -> BTreeSet<RrKey> {
        let mut keys: BTreeSet<RrKey> = self.zone.keys_at(owner).into_iter().collect();
        // SOA sorts first at a name.
        let first = RrKey::new(owner.clone(), RecordType::SOA);
        for (key, set) in self.sets.range(first..).take_while(|(key, _)| key.owner == *owner) {
            if set.is_empty() {
                keys.remove(key);
            } else {
                keys.insert(key.clone());
            }
        }
        keys
    }

    /// The RRsets that a name and type stand for: several only for RRSIG, which is kept by type covered.
    fn keys_of(&self, owner: &Name, rtype: RecordType) -> Vec<RrKey> {
        match rtype {
            RecordType::RRSIG => {
                self.keys_at(owner).into_iter().filter(|key| key.rtype == RecordType::RRSIG).collect()
            }
            _ => {
                Some(RrKey::new(owner.clone(), rtype)).filter(|key| self.is_there(key)).into_iter().collect()
            }
        }
    }

    /// RFC 2136 section 3.2. RRsets that must be equal are compared after all others, as in its pseudocode.
    fn check_prerequisites(&self, prerequisites: &[Prerequisite]) -> Result<(), Rcode> {
        let mut wanted: BTreeMap<(&Name, RecordType), BTreeSet<Vec<u8>>> = BTreeMap::new();
        let unless = |holds: bool, rcode: Rcode| if holds { Ok(()) } else { Err(rcode) };
        for prerequisite in prerequisites {
            match prerequisite {
                Prerequisite::NameInUse(name) => {
                    self.in_zone(name)?;
                    unless(!self.keys_at(name).is_empty(), Rcode::NXDOMAIN)?;
                }
                Prerequisite::NameNotInUse(name) => {
                    self.in_zone(name)?;
                    unless(self.keys_at(name).is_empty(), Rcode::YXDOMAIN)?;
                }
                Prerequisite::RrsetExists(name, rtype) => {
                    self.in_zone(name)?;
                    unless(!self.keys_of(name, *rtype).is_empty(), Rcode::NXRRSET)?;
                }
                Prerequisite::RrsetAbsent(name, rtype) => {
                    self.in_zone(name)?;
                    unless(self.keys_of(name, *rtype).is_empty(), Rcode::YXRRSET)?;
                }
                Prerequisite::RrsetIs(name, rtype, records) => {
                    self.in_zone(name)?;
                    let set = wanted.entry((name, *rtype)).or_default();
                    set.extend(records.iter().map(|rdata| types::canonical(*rtype, rdata).into_owned()));
                }
            }
        }
        for ((name, rtype), records) in wanted {
            let keys = match rtype {
                RecordType::RRSIG => self.keys_of(name, rtype),
                _ => vec![RrKey::new(name.clone(), rtype)],
            };
            let own: BTreeSet<Vec<u8>> = (keys.iter().filter_map(|key| self.zone.get(key)))
                .flat_map(|set| set.rdata)
                .map(|rdata| types::canonical(rtype, &rdata).into_owned())
                .collect();
            unless(own == records, Rcode::NXRRSET)?;
        }
        Ok(())
    }

    /// RFC 2136 section 3.4.1: everything is looked at before anything is done.
    fn prescan(&self, operations: &[Operation]) -> Result<(), Rcode> {
        for operation in operations {
            self.in_zone(operation.owner())?;
            let fits = match operation {
                Operation::DeleteName(_) | Operation::DeleteRrset(_, RecordType::ANY) => true,
                Operation::DeleteRrset(_, rtype) | Operation::DeleteRecord(_, rtype, _) => !rtype.is_meta(),
                Operation::Add(_, rtype, _, rdata) => !rtype.is_meta() && types::is_valid(*rtype, rdata),
            };
            let readable = match operation {
                Operation::Add(_, RecordType::SOA, _, rdata) => Soa::from_rdata(rdata).is_some(),
                _ => true,
            };
            if !fits || !readable {
                return Err(Rcode::FORMERR);
            }
        }
        Ok(())
    }

    /// RFC 2136 section 3.4.2.
    fn perform(&mut self, operation: &Operation) -> Result<(), Ignored> {
        match operation {
            Operation::DeleteName(name) | Operation::DeleteRrset(name, RecordType::ANY) => {
                let is_apex = name == self.zone.base.origin();
                let mut keys = self.keys_at(name);
                keys.retain(|key| !(is_apex && is_protected(key.rtype)));
                self.clear(keys)
            }
            Operation::DeleteRrset(name, rtype) => {
                if name == self.zone.base.origin() && is_protected(*rtype) {
                    return Err(Ignored::ApexProtected);
                }
                match *rtype {
                    RecordType::RRSIG => self.clear(self.keys_of(name, *rtype)),
                    rtype => self.clear([RrKey::new(name.clone(), rtype)]),
                }
            }
            Operation::DeleteRecord(name, rtype, rdata) => self.delete_record(name, *rtype, rdata),
            Operation::Add(name, rtype, ttl, rdata) => self.add(name, *rtype, *ttl, rdata),
        }
    }

    fn clear(&mut self, keys: impl IntoIterator<Item = RrKey>) -> Result<(), Ignored> {
        let mut cleared = Err(Ignored::NotThere);
        for set in keys {
            let set = self.touch(set);
            if !set.is_empty() {
                set.clear();
                cleared = Ok(());
            }
        }
        cleared
    }

    fn delete_record(&mut self, name: &Name, rtype: RecordType, rdata: &Rdata) -> Result<(), Ignored> {
        let is_apex = name == self.zone.base.origin();
        if is_apex && rtype == RecordType::SOA {
            return Err(Ignored::ApexProtected);
        }
        let set = self.touch(RrKey::of_record(name.as_ref(), rtype, rdata));
        if is_apex && rtype == RecordType::NS && set.len() == 1 && set.contains(rtype, rdata) {
            return Err(Ignored::LastApexNs);
        }
        if set.remove(rtype, rdata) { Ok(()) } else { Err(Ignored::NotThere) }
    }

    fn add(&mut self, name: &Name, rtype: RecordType, ttl: u32, rdata: &Rdata) -> Result<(), Ignored> {
        if rtype == RecordType::CNAME {
            if self.keys_at(name).iter().any(|key| !stands_beside_cname(key.rtype)) {
                return Err(Ignored::CnameBesideData);
            }
        } else if !stands_beside_cname(rtype) && self.is_there(&RrKey::new(name.clone(), RecordType::CNAME)) {
            return Err(Ignored::DataBesideCname);
        }
        if rtype == RecordType::SOA {
            if name != self.zone.base.origin() {
                return Err(Ignored::SoaNotAtApex);
            }
            let serial = |rdata: &[u8]| Soa::from_rdata(rdata).map(|soa| soa.serial);
            let set = self.touch(self.apex(rtype));
            let current = set.records.iter().flatten().next().and_then(|(_, rdata)| serial(rdata));
            let first = set.before.iter().flat_map(|set| &set.rdata).next().and_then(|rdata| serial(rdata));
            // After the serial that stands, and after the one from before the update: two steps that each go up can
            // lead round to a lower one (RFC 1982 section 3.2).
            let is_higher = match (serial(rdata), current, first) {
                (Some(new), Some(current), Some(first)) => {
                    serial::is_after(new, current) && serial::is_after(new, first)
                }
                _ => false,
            };
            if !is_higher {
                return Err(Ignored::SerialNotHigher);
            }
        }
        let set = self.touch(RrKey::of_record(name.as_ref(), rtype, rdata));
        if rtype.is_singleton() && !set.contains(rtype, rdata) {
            set.clear();
        }
        if set.add(rtype, ttl, rdata) { Ok(()) } else { Err(Ignored::AlreadyThere) }
    }
}

/// May this RRset not be deleted at the apex?
fn is_protected(rtype: RecordType) -> bool {
    matches!(rtype, RecordType::SOA | RecordType::NS)
}
