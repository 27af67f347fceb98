//! The one idea: a change is a map from RRset key to contents before and after.

use std::collections::{BTreeMap, BTreeSet};

use super::name::Name;
use super::rrset::{RrKey, RrSet, same_contents, same_octets};
use super::rtype::RecordType;
use super::serial;
use super::shared_map::SharedMap;
use super::snapshot::{SetId, Snapshot};
use super::soa::Soa;
use super::types;

/// One RRset's contents before and after; `None` where it is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub before: Option<RrSet>,
    pub after: Option<RrSet>,
}

impl Change {
    /// Does it change nothing, not even the case of a name? (The order of records is no content.)
    pub fn is_empty(&self) -> bool {
        same_octets(self.before.as_ref(), self.after.as_ref())
    }

    /// The same change turned round.
    pub fn inverse(&self) -> Change {
        Change { before: self.after.clone(), after: self.before.clone() }
    }

    /// Do only TTLs differ?
    pub fn is_ttl_only(&self, rtype: RecordType) -> bool {
        match (&self.before, &self.after) {
            (Some(before), Some(after)) => before.same_records(after, rtype) && !before.same(after, rtype),
            _ => false,
        }
    }

    /// Is this what the change was meant to lead to? A change of nothing but the case of names asks for these very
    /// octets; in an SOA a later serial is as good as the one asked for.
    pub fn is_achieved(&self, rtype: RecordType, now: Option<&RrSet>) -> bool {
        if rtype == RecordType::SOA {
            return match (soa_of(self.after.as_ref()), soa_of(now)) {
                (Some(wanted), Some(has)) => {
                    same_but_serial(self.after.as_ref(), now) && !serial::is_after(wanted.serial, has.serial)
                }
                _ => false,
            };
        }
        if same_contents(self.before.as_ref(), self.after.as_ref(), rtype) {
            return same_octets(self.after.as_ref(), now);
        }
        same_contents(self.after.as_ref(), now, rtype)
    }

    /// Is this still what stood there before the change? In an SOA the serial does not matter: it is the server's.
    pub fn is_untouched(&self, rtype: RecordType, now: Option<&RrSet>) -> bool {
        same_contents(self.before.as_ref(), now, rtype)
            || rtype == RecordType::SOA && same_but_serial(self.before.as_ref(), now)
    }

    /// The change over what the server holds now.
    pub fn rebase(&self, rtype: RecordType, now: Option<RrSet>) -> Rebased {
        if same_octets(self.before.as_ref(), now.as_ref()) {
            return Rebased::Stands(self.clone());
        }
        if self.is_untouched(rtype, now.as_ref()) {
            let after = moved(self.after.clone(), self.before.as_ref(), now.as_ref(), rtype);
            let change = Change { before: now, after };
            return if change.is_empty() { Rebased::Done } else { Rebased::Stands(change) };
        }
        if self.is_achieved(rtype, now.as_ref()) { Rebased::Done } else { Rebased::Conflict }
    }
}

/// What became of a change when the zone below it moved on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rebased {
    /// Nobody touched the RRset: the change, over the octets that the server holds now.
    Stands(Change),
    /// The server holds already what the change was meant to lead to.
    Done,
    /// Somebody else changed the RRset.
    Conflict,
}

/// Contents that were written over `old`, for use over `new`, which holds the same but perhaps spelled in another
/// case (servers do not keep it: compression shows one owner's spelling for another's) or with another SOA serial.
/// Without this a change of case that nobody made would be sent.
pub(crate) fn moved(
    contents: Option<RrSet>,
    old: Option<&RrSet>,
    new: Option<&RrSet>,
    rtype: RecordType,
) -> Option<RrSet> {
    let (Some(mut set), Some(old), Some(new)) = (contents.clone(), old, new) else { return contents };
    if rtype == RecordType::SOA {
        if let (Some(mut own), Some(new)) = (soa_of(Some(&set)), soa_of(Some(new)))
            && !serial::is_after(own.serial, new.serial)
        {
            own.serial = new.serial;
            set.rdata = vec![own.to_rdata()];
        }
        return Some(set);
    }
    let kept: BTreeSet<&[u8]> = old.rdata.iter().map(|rdata| &**rdata).collect();
    let spelled: BTreeMap<_, _> =
        new.rdata.iter().map(|rdata| (types::canonical(rtype, rdata), rdata)).collect();
    for rdata in set.rdata.iter_mut().filter(|rdata| kept.contains(&***rdata)) {
        if let Some(new) = spelled.get(&types::canonical(rtype, rdata)) {
            *rdata = (*new).clone();
        }
    }
    Some(set)
}

/// The SOA that an RRset holds.
pub(crate) fn soa_of(set: Option<&RrSet>) -> Option<Soa> {
    Soa::from_rdata(set?.rdata.first()?)
}

fn same_but_serial(a: Option<&RrSet>, b: Option<&RrSet>) -> bool {
    match (soa_of(a), soa_of(b)) {
        (Some(own), Some(other)) => {
            own.same_but_serial(&other) && a.map(|set| set.ttl) == b.map(|set| set.ttl)
        }
        _ => false,
    }
}

/// Changed RRsets in zone order. A copy costs next to nothing: see [`SharedMap`].
pub type ChangeMap = SharedMap<RrKey, Change>;

/// The map turned round: what reverts it.
pub fn inverse(changes: &ChangeMap) -> ChangeMap {
    changes.iter().map(|(key, change)| (key.clone(), change.inverse())).collect()
}

/// What leads from one zone to another. The SOA is compared like every other RRset: leave it out of the
/// result where only the serial differs and that does not matter.
pub fn diff(old: &Snapshot, new: &Snapshot) -> ChangeMap {
    const LARGE: usize = 50_000;
    let workers = std::thread::available_parallelism().map_or(1, usize::from).min(old.set_count() / LARGE);
    // Stretches of both zones that hold the same keys are compared beside each other.
    let cuts: Vec<(u32, u32)> = (1..workers.max(1))
        .filter_map(|part| {
            let left = (old.set_count() * part / workers) as u32;
            Some((left, new.lower_bound(&old.key(SetId(left))?)))
        })
        .chain([(old.set_count() as u32, new.set_count() as u32)])
        .collect();
    let starts = [(0, 0)].into_iter().chain(cuts.iter().copied());
    let parts = starts.zip(cuts.iter().copied());
    std::thread::scope(|scope| {
        let compared: Vec<_> =
            parts.map(|(from, to)| scope.spawn(move || diff_between(old, new, from, to))).collect();
        let mut changes = ChangeMap::new();
        for compared in compared {
            match compared.join() {
                Ok(mut part) => changes.append(&mut part),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        changes
    })
}

/// The difference of the RRsets from two numbers up to two others.
fn diff_between(old: &Snapshot, new: &Snapshot, from: (u32, u32), to: (u32, u32)) -> ChangeMap {
    let mut changes = Vec::new();
    let (mut left, mut right) = from;
    loop {
        let (a, b) = (SetId(left), SetId(right));
        let (in_old, in_new) = (left < to.0, right < to.1);
        // Nearly all of them: no copies are made.
        if in_old && in_new && is_same_set(old, a, new, b) {
            (left, right) = (left + 1, right + 1);
            continue;
        }
        let (key, other) = (in_old.then(|| old.key(a)).flatten(), in_new.then(|| new.key(b)).flatten());
        let order = match (&key, &other) {
            (None, None) => return changes.into_iter().collect(),
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (Some(key), Some(other)) => key.cmp(other),
        };
        let before = order.is_le().then(|| old.contents(a)).flatten();
        let after = order.is_ge().then(|| new.contents(b)).flatten();
        left += u32::from(order.is_le());
        right += u32::from(order.is_ge());
        let Some(key) = (if order.is_le() { key } else { other }) else { continue };
        if !same_contents(before.as_ref(), after.as_ref(), key.rtype) {
            changes.push((key, Change { before, after }));
        }
    }
}

/// Do two zones hold the same RRset here, octet for octet and in the same order?
fn is_same_set(old: &Snapshot, a: SetId, new: &Snapshot, b: SetId) -> bool {
    let (mine, theirs) = (old.rows_of(a), new.rows_of(b));
    let same_row = |(mine, theirs): (usize, usize)| {
        old.rtype(mine) == new.rtype(theirs)
            && old.ttl(mine) == new.ttl(theirs)
            && old.rdata(mine) == new.rdata(theirs)
    };
    let owners = (old.record(mine.start), new.record(theirs.start));
    mine.len() == theirs.len()
        && mine.zip(theirs).all(same_row)
        && matches!(owners, (Some(a), Some(b)) if a.owner.same_octets(b.owner))
}

/// A snapshot seen through a map of changes: the zone as it would be.
#[derive(Debug, Clone, Copy)]
pub struct Contents<'a> {
    pub base: &'a Snapshot,
    pub changes: &'a ChangeMap,
}

impl Contents<'_> {
    pub fn get(&self, key: &RrKey) -> Option<RrSet> {
        match self.changes.get(key) {
            Some(change) => change.after.clone(),
            None => self.base.get(key),
        }
    }

    /// Does an RRset stand here?
    pub fn is_there(&self, key: &RrKey) -> bool {
        match self.changes.get(key) {
            Some(change) => change.after.is_some(),
            None => self.base.find(key).is_some(),
        }
    }

    /// The keys of the RRsets that stand at a name, in order.
    pub fn keys_at(&self, owner: &Name) -> Vec<RrKey> {
        let range = self.base.sets_at(owner.as_ref());
        self.visible(range, owner, |key| key.owner == *owner)
    }

    /// The keys of the RRsets at a name and below it, in order.
    pub fn keys_at_or_below(&self, owner: &Name) -> Vec<RrKey> {
        let range = self.base.sets_at_or_below(owner.as_ref());
        self.visible(range, owner, |key| key.owner.is_at_or_below(owner))
    }

    /// Is there an RRset at a name or below it? Seldom looks at more than a few.
    pub fn has_at_or_below(&self, owner: &Name) -> bool {
        let first = RrKey::new(owner.clone(), RecordType::SOA);
        let within = self.changes.range(first..).take_while(|(key, _)| key.owner.is_at_or_below(owner));
        within.map(|(_, change)| change).any(|change| change.after.is_some())
            || (self.base.sets_at_or_below(owner.as_ref()))
                .filter_map(|set| self.base.key(SetId(set)))
                .any(|key| !self.changes.contains_key(&key))
    }

    fn visible(
        &self,
        range: std::ops::Range<u32>,
        from: &Name,
        within: impl Fn(&RrKey) -> bool,
    ) -> Vec<RrKey> {
        let mut keys: Vec<RrKey> = range.filter_map(|set| self.base.key(SetId(set))).collect();
        // SOA sorts first at a name, so this is where the name's keys begin.
        let first = RrKey::new(from.clone(), RecordType::SOA);
        let mut is_changed = false;
        for (key, change) in self.changes.range(first..).take_while(|(key, _)| within(key)) {
            is_changed = true;
            if change.after.is_some() {
                keys.push(key.clone());
            }
        }
        if is_changed {
            keys.retain(|key| self.changes.get(key).is_none_or(|change| change.after.is_some()));
            // Of two spellings that of the zone stays.
            keys.sort();
            keys.dedup();
        }
        keys
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zone::{SnapshotBuilder, Soa};

    /// Large enough to be compared in stretches, whose ends stand at changes, before and behind them.
    #[test]
    fn a_difference_in_stretches_is_the_difference() {
        let zone = |kept: &dyn Fn(usize) -> Option<u8>| {
            let mut builder = SnapshotBuilder::new(Name::root());
            builder.push(Name::root().as_ref(), RecordType::SOA, 60, &Soa::default().to_rdata()).unwrap();
            for number in 0..120_000 {
                let Some(last) = kept(number) else { continue };
                let owner = Name::parse(format!("h{number:06}.").as_bytes(), None).unwrap();
                builder.push(owner.as_ref(), RecordType::A, 60, &[192, 0, 2, last]).unwrap();
            }
            builder.finish().unwrap()
        };
        let near = |number: usize| number.is_multiple_of(20_000) || (59_990..60_010).contains(&number);
        let old = zone(&|number| (number % 3 > 0 || !near(number)).then_some(1));
        let new = zone(&|number| (number % 3 != 1 || !near(number)).then_some(1 + u8::from(near(number))));
        let changes = diff(&old, &new);
        let ends = (old.set_count() as u32, new.set_count() as u32);
        assert_eq!(changes, diff_between(&old, &new, (0, 0), ends));
        assert_eq!(changes.len(), (0..120_000).filter(|number| near(*number)).count());
    }

    #[test]
    fn a_difference_ends_where_the_zones_end() {
        let owner = Name::parse(b"a.", None).unwrap();
        let zone = |rdata: Option<&[u8]>| {
            let mut builder = SnapshotBuilder::new(Name::root());
            builder.push(Name::root().as_ref(), RecordType::SOA, 60, &Soa::default().to_rdata()).unwrap();
            if let Some(rdata) = rdata {
                builder.push(owner.as_ref(), RecordType::A, 60, rdata).unwrap();
            }
            builder.finish().unwrap()
        };
        let (with, without) = (zone(Some(&[192, 0, 2, 1])), zone(None));
        assert_eq!(without.key(SetId(1)), None);
        assert!(diff(&with, &with).is_empty());
        let added = diff(&without, &with);
        assert_eq!(added.keys().cloned().collect::<Vec<_>>(), [RrKey::new(owner.clone(), RecordType::A)]);
        assert_eq!(diff(&with, &without), inverse(&added));
    }
}
