//! Quick fixes: what would put a finding right, as wished contents of RRsets. What each rule offers stands in
//! [`super::fixes`]; here is what they have in common.
//!
//! A fix is made on demand, from the zone as it is then. Whoever applies it makes it one step of a draft. Its title says
//! what a person would miss afterwards.

use super::Finding;
use super::view::{Census, View};
use super::walk::look_at_one;
use crate::zone::{Contents, Name, Rdata, RecordType, RrKey, RrSet};

/// One way to put a finding right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What it does, as an order and without a full stop: "Delete the A and TXT records of www.example.com.".
    pub title: String,
    /// The wished contents of each RRset that it touches; `None` deletes. What `Draft::edit` takes.
    pub changes: Vec<(RrKey, Option<RrSet>)>,
}

/// Makes the fixes of a rule for one finding of it, the best first.
pub(super) type Mend = fn(&Case<'_>) -> Vec<Fix>;

/// In larger zones no fix looks at all RRsets.
const MOST_SETS: usize = 50_000;

/// What puts a finding right in the zone as it is now, the best first. Empty where nothing is certain enough to be
/// offered, and where the finding no longer holds.
pub fn fix(finding: &Finding, zone: Contents<'_>) -> Vec<Fix> {
    let Some(mend) = finding.rule.mend else { return Vec::new() };
    let view = View { zone, index: None, census: &Census::UNKNOWN, now: None, as_served: false };
    let case = Case { finding, view };
    let mut fixes = mend(&case);
    for fix in &mut fixes {
        fix.changes.retain(|(key, after)| zone.get(key) != *after);
    }
    fixes.retain(|fix| !fix.changes.is_empty() && case.is_mended_by(fix));
    fixes
}

/// A finding, and the zone in which it is to be put right.
pub(super) struct Case<'a> {
    pub finding: &'a Finding,
    pub view: View<'a>,
}

impl Case<'_> {
    pub fn owner(&self) -> &Name {
        &self.finding.key.owner
    }

    pub fn rtype(&self) -> RecordType {
        self.finding.key.rtype
    }

    /// The key of an RRset at the owner.
    pub fn key(&self, rtype: RecordType) -> RrKey {
        RrKey::new(self.owner().clone(), rtype)
    }

    /// An RRset of the owner.
    pub fn set(&self, rtype: RecordType) -> Option<RrSet> {
        self.view.zone.get(&self.key(rtype))
    }

    /// The RRset that the finding is about.
    pub fn own_set(&self) -> Option<RrSet> {
        self.view.zone.get(&self.finding.key)
    }

    /// The record that it is about, where it is still there.
    pub fn record(&self) -> Option<&Rdata> {
        let record = self.finding.record.as_ref()?;
        self.own_set()?.contains(self.rtype(), record).then_some(record)
    }

    /// Other contents for the RRset that the finding is about.
    pub fn own_becomes(&self, set: Option<RrSet>) -> (RrKey, Option<RrSet>) {
        (self.finding.key.clone(), set)
    }

    /// The record that the finding is about in another form; where that stands here already, without it.
    pub fn record_becomes(&self, title: String, rdata: &[u8]) -> Vec<Fix> {
        let (Some(set), Some(record)) = (self.own_set(), self.record()) else { return Vec::new() };
        vec![Fix::new(title, [self.own_becomes(Some(replaced(&set, self.rtype(), record, rdata)))])]
    }

    /// The RRset that the finding is about without one of its records.
    pub fn without(&self, record: &[u8]) -> (RrKey, Option<RrSet>) {
        self.own_becomes(self.own_set().and_then(|set| removed(&set, self.rtype(), record)))
    }

    /// All records of some types at the owner are deleted.
    pub fn delete(&self, is_one: impl Fn(RecordType) -> bool) -> Option<Fix> {
        let keys: Vec<RrKey> =
            self.view.zone.keys_at(self.owner()).into_iter().filter(|key| is_one(key.rtype)).collect();
        let mut types: Vec<String> = keys.iter().map(|key| key.rtype.to_string()).collect();
        types.dedup();
        let count: usize =
            keys.iter().filter_map(|key| self.view.zone.get(key)).map(|set| set.rdata.len()).sum();
        let records = if count == 1 { "record" } else { "records" };
        let title = format!("Delete the {} {records} of {}", listed(&types), self.owner());
        (!keys.is_empty()).then(|| Fix::new(title, keys.into_iter().map(|key| (key, None))))
    }

    /// Calls `visit` with every RRset of the zone; false, and it sees none, where those are too many to be looked at while
    /// somebody waits.
    pub fn each_set(&self, mut visit: impl FnMut(&RrKey, &RrSet)) -> bool {
        let zone = self.view.zone;
        if zone.base.set_count() + zone.changes.len() > MOST_SETS {
            return false;
        }
        for key in zone.keys_at_or_below(zone.base.origin()) {
            if let Some(set) = zone.get(&key) {
                visit(&key, &set);
            }
        }
        true
    }

    /// Is the finding gone after the fix? A rule can find several things wrong with a record.
    fn is_mended_by(&self, fix: &Fix) -> bool {
        let zone = self.view.zone;
        if zone.changes.len() > MOST_SETS {
            return true;
        }
        let changes = fix.applied(zone);
        let zone = Contents { base: zone.base, changes: &changes };
        let view = View { zone, ..self.view };
        let mut found = Vec::new();
        look_at_one(self.finding.rule, &view, self.owner().as_ref(), &mut found);
        found.iter().all(|other| other.key != self.finding.key || other.message != self.finding.message)
    }

    pub fn is_apex(&self) -> bool {
        self.view.is_apex(self.owner().as_ref())
    }
}

impl Fix {
    pub(super) fn new(
        title: impl Into<String>,
        changes: impl IntoIterator<Item = (RrKey, Option<RrSet>)>,
    ) -> Fix {
        Fix { title: title.into(), changes: changes.into_iter().collect() }
    }

    /// The changes of a zone with those of the fix: for trying it out.
    pub(super) fn applied(&self, zone: Contents<'_>) -> crate::zone::ChangeMap {
        let mut changes = zone.changes.clone();
        for (key, after) in &self.changes {
            let before = zone.base.get(key);
            changes.insert(key.clone(), crate::zone::Change { before, after: after.clone() });
        }
        changes
    }
}

/// A set with a record in another form.
pub(super) fn replaced(set: &RrSet, rtype: RecordType, old: &[u8], new: &[u8]) -> RrSet {
    let at = set.position(rtype, old);
    let record =
        |(index, own): (usize, &Rdata)| if Some(index) == at { Rdata::from(new) } else { own.clone() };
    RrSet::new(set.ttl, set.rdata.iter().enumerate().map(record).collect()).without_repeats(rtype)
}

/// A set without a record; `None` where no other is left.
pub(super) fn removed(set: &RrSet, rtype: RecordType, old: &[u8]) -> Option<RrSet> {
    let at = set.position(rtype, old);
    let kept = set.rdata.iter().enumerate().filter(|(index, _)| Some(*index) != at);
    let rdata: Vec<Rdata> = kept.map(|(_, own)| own.clone()).collect();
    (!rdata.is_empty()).then(|| RrSet::new(set.ttl, rdata))
}

/// A set, which may not be there yet, with one more record.
pub(super) fn added(set: Option<RrSet>, rtype: RecordType, ttl: u32, new: &[u8]) -> RrSet {
    let mut set = set.map_or_else(|| RrSet::new(ttl, Vec::new()), |set| RrSet::new(set.ttl, set.rdata));
    set.rdata.push(new.into());
    set.without_repeats(rtype)
}

/// A text for a title: shortened, without control characters.
pub(super) fn quoted(text: &str) -> String {
    const LONGEST: usize = 100;
    let shown = text.chars().take(LONGEST).map(|character| match character {
        ' '..='~' => character.to_string(),
        other => other.escape_default().to_string(),
    });
    shown.chain((text.chars().count() > LONGEST).then(|| "...".to_owned())).collect()
}

/// The RDATA of a TXT record that holds a text.
pub(super) fn txt(text: &str) -> Rdata {
    let strings = text.as_bytes().chunks(255);
    strings.flat_map(|string| [&[string.len() as u8], string].concat()).collect()
}

/// "A", "A and TXT", "A, MX and TXT".
pub(super) fn listed(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
