//! The findings of a draft, kept up to date: after an edit only the names that it can touch are looked at again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::node::Node;
use super::rule::{LooksAt, Uncollected};
use super::rules::{READERS, reads};
use super::types::Types;
use super::view::{Census, View, wildcard_of};
use super::walk::{Most, Walked, check_with, look_at};
use super::{Finding, Rule, Severity};
use crate::zone::{ChangeMap, Contents, Name, NameRef, RecordType, RrKey, SetId, Snapshot};

/// A step that touches more names is followed by a look at everything.
const MANY: usize = 1000;

/// And so is one after which more names would have to be looked at again.
const MANY_NAMES: usize = 20_000;

/// About so many findings are kept; of all others the number is.
const MOST: usize = 50_000;

/// Findings of a zone with changes.
#[derive(Debug)]
pub struct Checker {
    base: Arc<Snapshot>,
    now: Option<u64>,
    census: Census,
    /// By the name that was looked at. No name has an empty list.
    findings: BTreeMap<Name, Vec<Finding>>,
    /// What was found at the names where something else is found now, in the zone without changes.
    before: BTreeMap<Name, Vec<Finding>>,
    looks: usize,
    uncollected: Uncollected,
    most: usize,
}

/// The names whose answers an edit can have changed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Scope {
    Name(Name),
    AtOrBelow(Name),
}

impl Scope {
    fn has(&self, name: NameRef<'_>) -> bool {
        match self {
            Scope::Name(own) => own.as_ref() == name,
            Scope::AtOrBelow(own) => name.is_at_or_below(own.as_ref()),
        }
    }

    /// Is one of its names at the other name or below it?
    fn reaches(&self, name: NameRef<'_>) -> bool {
        let (Scope::Name(own) | Scope::AtOrBelow(own)) = self;
        own.as_ref().is_at_or_below(name) || self.has(name)
    }
}

impl Checker {
    /// Looks at a whole zone. `now`: seconds since 1970, for the rules about times.
    pub fn new(base: Arc<Snapshot>, now: Option<u64>) -> Checker {
        Checker::keeping(base, now, MOST)
    }

    /// The same where not many more than `most` findings are kept.
    pub(super) fn keeping(base: Arc<Snapshot>, now: Option<u64>, most: usize) -> Checker {
        let Walked { findings, uncollected, census, looks } = check_with(&base, now, Most::Names(most), true);
        Checker {
            base,
            now,
            census,
            findings: by_owner(findings),
            before: BTreeMap::new(),
            looks,
            uncollected,
            most,
        }
    }

    /// All findings in zone order, but for those that are only counted.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.findings.values().flatten()
    }

    /// How many more there are than those that are kept, by rule and severity.
    pub fn uncollected(&self) -> impl Iterator<Item = (&'static Rule, Severity, usize)> {
        self.uncollected.iter().map(|((_, severity), (rule, count))| (*rule, *severity, *count))
    }

    /// Those of one name.
    pub fn findings_at(&self, owner: &Name) -> &[Finding] {
        self.findings.get(owner).map_or(&[], Vec::as_slice)
    }

    /// Those that the changes bring: the zone without them has none of the same rule about the same records.
    pub fn brought(&self) -> impl Iterator<Item = &Finding> {
        self.before.iter().flat_map(|(owner, before)| {
            let same = |one: &Finding, other: &Finding| {
                one.rule == other.rule && one.key == other.key && one.record == other.record
            };
            let is_new = move |finding: &&Finding| !before.iter().any(|old| same(old, finding));
            self.findings_at(owner).iter().filter(is_new)
        })
    }

    /// Notes what the zone without changes had at a name, where that is different now.
    fn remember(&mut self, owner: &Name, old: Vec<Finding>) {
        let before = self.before.entry(owner.clone()).or_insert(old);
        if before.as_slice() == self.findings.get(owner).map_or(&[][..], Vec::as_slice) {
            self.before.remove(owner);
        }
    }

    /// How often a rule looked at a name since the checker was made.
    pub fn looks(&self) -> usize {
        self.looks
    }

    /// Brings the findings up to date after an edit. `step` is what it did; `draft` are all changes of the zone, those
    /// of the step among them. Undoing is the inverse step. Returns the names whose findings are different now.
    pub fn edited(&mut self, step: &ChangeMap, draft: &ChangeMap) -> Vec<Name> {
        let base = Arc::clone(&self.base);
        let zone = Contents { base: &base, changes: draft };
        let owners: BTreeSet<&Name> = step.keys().map(|key| &key.owner).collect();
        if owners.len() > MANY
            && let Ok(whole) = base.with_changes(draft)
        {
            return self.replace(check_with(&whole, self.now, Most::Names(self.most), false));
        }
        let before = self.census;
        let mut touched =
            Touched { base: &base, zone, owners: &owners, again: BTreeMap::new(), scopes: BTreeSet::new() };
        for owner in &owners {
            let after: Types = zone.keys_at(owner).iter().map(|key| key.rtype).collect();
            let was = types_before(zone, owner, step);
            let is_apex = *owner == base.origin();
            self.census.count(owner.as_ref(), was, is_apex, true);
            self.census.count(owner.as_ref(), after, is_apex, false);
            touched.name(owner, was, after, step, before.wildcards.max(self.census.wildcards) > 0);
        }
        touched.referrers();
        if before.answers() != self.census.answers() {
            touched.look_again(base.origin().clone(), LooksAt::ZONE);
        }
        let again = touched.again;
        if again.len() > MANY_NAMES
            && let Ok(whole) = base.with_changes(draft)
        {
            return self.replace(check_with(&whole, self.now, Most::Names(self.most), false));
        }
        let census = self.census;
        let view = View { zone, index: None, census: &census, now: self.now, as_served: false };
        let previous = self.previous(step, draft);
        let previous = Contents { base: &base, changes: &previous };
        let old_view = View { zone: previous, index: None, census: &before, now: self.now, as_served: false };
        let mut different = Vec::new();
        for (owner, mask) in again {
            let mut found = Vec::new();
            let node = Node::read(zone, owner.as_ref());
            self.looks += look_at(&view, &node, mask, &mut found);
            let stays = |rule: &Rule| !node.types.is_empty() && !rule.looks_at.meets(mask);
            let old = match self.findings.remove(&owner) {
                Some(old) => old,
                None if self.uncollected.is_empty() => Vec::new(),
                // Perhaps they were only counted: what there was is found out once more.
                None => self.collect(&old_view, &owner),
            };
            let mut new: Vec<Finding> = old.iter().filter(|finding| stays(finding.rule)).cloned().collect();
            new.append(&mut found);
            // As a whole walk finds them.
            new.sort_by_key(|finding| finding.rule.number());
            let is_different = new != old;
            if !new.is_empty() {
                self.findings.insert(owner.clone(), new);
            }
            if is_different {
                self.remember(&owner, old);
                different.push(owner);
            }
        }
        different
    }

    /// The changes before a step, where they are needed.
    fn previous(&self, step: &ChangeMap, draft: &ChangeMap) -> ChangeMap {
        if self.uncollected.is_empty() {
            return ChangeMap::new();
        }
        let mut previous = draft.clone();
        previous.extend(step.iter().map(|(key, change)| (key.clone(), change.inverse())));
        previous
    }

    /// What was found at a name of which it was only counted; it is counted there no more.
    fn collect(&mut self, view: &View<'_>, owner: &Name) -> Vec<Finding> {
        let mut findings = Vec::new();
        let node = Node::read(view.zone, owner.as_ref());
        self.looks += look_at(view, &node, LooksAt::EVERYTHING, &mut findings);
        findings.sort_by_key(|finding| finding.rule.number());
        for finding in &findings {
            let rule = (finding.rule.number(), finding.severity);
            if let Some((_, count)) = self.uncollected.get_mut(&rule) {
                *count = count.saturating_sub(1);
            }
        }
        findings
    }

    fn replace(&mut self, Walked { findings, uncollected, census, looks }: Walked) -> Vec<Name> {
        let all_are_kept = self.uncollected.is_empty() && uncollected.is_empty();
        self.uncollected = uncollected;
        let old = std::mem::replace(&mut self.findings, by_owner(findings));
        self.census = census;
        self.looks += looks;
        let owners: BTreeSet<&Name> = old.keys().chain(self.findings.keys()).collect();
        let different = owners.into_iter().filter(|owner| old.get(*owner) != self.findings.get(*owner));
        let different: Vec<Name> = different.cloned().collect();
        for owner in &different {
            // Else it is not known what a name had that is not among them.
            if all_are_kept || old.contains_key(owner) {
                self.remember(owner, old.get(owner).cloned().unwrap_or_default());
            }
        }
        different
    }
}

fn by_owner(findings: Vec<Finding>) -> BTreeMap<Name, Vec<Finding>> {
    let mut owners: BTreeMap<Name, Vec<Finding>> = BTreeMap::new();
    for finding in findings {
        owners.entry(finding.key.owner.clone()).or_default().push(finding);
    }
    owners
}

/// The types at a name before a step.
fn types_before(zone: Contents<'_>, owner: &Name, step: &ChangeMap) -> Types {
    let mut keys: BTreeSet<RrKey> = zone.keys_at(owner).into_iter().collect();
    let first = RrKey::new(owner.clone(), RecordType::SOA);
    for (key, change) in step.range(first..).take_while(|(key, _)| key.owner == *owner) {
        if change.before.is_some() {
            keys.insert(key.clone());
        } else {
            keys.remove(key);
        }
    }
    keys.iter().map(|key| key.rtype).collect()
}

/// Gathers what an edit can touch.
struct Touched<'a> {
    base: &'a Snapshot,
    zone: Contents<'a>,
    owners: &'a BTreeSet<&'a Name>,
    /// The names to look at again, and for which rules.
    again: BTreeMap<Name, LooksAt>,
    scopes: BTreeSet<Scope>,
}

impl Touched<'_> {
    fn look_again(&mut self, owner: Name, mask: LooksAt) {
        let own = self.again.entry(owner).or_insert(LooksAt(0));
        *own = own.and(mask);
    }

    /// A name whose records were edited.
    fn name(&mut self, owner: &Name, was: Types, after: Types, step: &ChangeMap, wildcards: bool) {
        const HIDING: Types = Types::of(&[RecordType::NS, RecordType::DNAME]);
        self.look_again(owner.clone(), LooksAt::EVERYTHING);
        let first = RrKey::new(owner.clone(), RecordType::SOA);
        let mut edited =
            step.range(first..).take_while(|(key, _)| key.owner == *owner).map(|(key, _)| key.rtype);
        let is_apex = owner == self.base.origin();
        let hides = edited.any(|rtype| HIDING.has(rtype) && (rtype != RecordType::NS || !is_apex));
        let comes_or_goes = was.is_empty() != after.is_empty();
        if hides {
            self.below(owner, LooksAt::EVERYTHING);
            self.scopes.insert(Scope::AtOrBelow(owner.clone()));
        } else if comes_or_goes {
            self.below(owner, LooksAt::ABOVE);
        }
        if comes_or_goes {
            self.scopes.insert(Scope::AtOrBelow(self.first_to_come(owner)));
        }
        // Whether an address is glue depends on who serves the zone.
        let of_apex =
            step.iter().filter(|(key, _)| is_apex && key.owner == *owner && key.rtype == RecordType::NS);
        for set in of_apex.flat_map(|(_, change)| change.before.iter().chain(&change.after)) {
            for rdata in &set.rdata {
                if let Ok(name) = Name::from_wire(rdata) {
                    self.look_again(name, LooksAt::ABOVE);
                }
            }
        }
        let parent = owner.parent().filter(|_| wildcards && owner.as_ref().is_wildcard());
        match parent {
            Some(parent) => {
                if was != after {
                    self.below(&parent, LooksAt::ABOVE);
                }
                self.scopes.insert(Scope::AtOrBelow(parent));
            }
            None => {
                self.scopes.insert(Scope::Name(owner.clone()));
            }
        }
    }

    /// The highest name that is there, or was, only because of names that were edited.
    fn first_to_come(&self, owner: &Name) -> Name {
        let mut highest = owner.clone();
        while let Some(parent) = highest.parent().filter(|parent| parent != self.base.origin()) {
            let untouched = |key: &RrKey| !self.owners.contains(&key.owner);
            let mut base =
                self.base.sets_at_or_below(parent.as_ref()).filter_map(|set| self.base.key(SetId(set)));
            let first = RrKey::new(parent.clone(), RecordType::SOA);
            let changes =
                self.zone.changes.range(first..).take_while(|(key, _)| key.owner.is_at_or_below(&parent));
            if base.any(|key| untouched(&key) && !self.zone.changes.contains_key(&key))
                || changes.into_iter().any(|(key, change)| untouched(key) && change.after.is_some())
            {
                break;
            }
            highest = parent;
        }
        highest
    }

    /// All names below one.
    fn below(&mut self, owner: &Name, mask: LooksAt) {
        let names: BTreeSet<Name> =
            self.zone.keys_at_or_below(owner).into_iter().map(|key| key.owner).collect();
        for name in names {
            self.look_again(name, mask);
        }
    }

    /// Whoever refers to a name whose answers may be others now; along aliases as far as they lead. One pass over the
    /// zone's referring records each time, which are read but not judged.
    fn referrers(&mut self) {
        let mut new = self.scopes.clone();
        while !new.is_empty() {
            let mut found = BTreeSet::new();
            let mut again = BTreeSet::new();
            let mut visit = |owner: NameRef<'_>, rtype: RecordType, rdata: &[u8], live: &dyn Fn() -> bool| {
                let mut refers = false;
                if rtype == RecordType::DNAME {
                    let target = NameRef::split_from(rdata).map(|(target, _)| target);
                    refers = target.is_some_and(|target| new.iter().any(|scope| scope.reaches(target)));
                } else {
                    reads(self.base.origin().as_ref(), owner, rtype, rdata, &mut |name| {
                        refers |= new.iter().any(|scope| scope.has(name));
                    });
                }
                if !refers || !live() {
                    return;
                }
                again.insert(owner.to_name());
                match rtype {
                    RecordType::DNAME => {
                        found.insert(Scope::AtOrBelow(owner.to_name()));
                    }
                    RecordType::CNAME => {
                        let parent = owner.parent().filter(|_| owner.is_wildcard());
                        found.insert(match parent {
                            Some(parent) => Scope::AtOrBelow(parent.to_name()),
                            None => Scope::Name(owner.to_name()),
                        });
                    }
                    // A policy that is included by others.
                    RecordType::TXT => {
                        found.insert(Scope::Name(owner.to_name()));
                    }
                    _ => {}
                }
            };
            for set in self.base.set_ids() {
                let rows = self.base.rows_of(set);
                if !self.base.rtype(rows.start).is_some_and(|rtype| READERS.has(rtype)) {
                    continue;
                }
                let live = || {
                    self.zone.changes.is_empty()
                        || self.base.key(set).is_some_and(|key| !self.zone.changes.contains_key(&key))
                };
                for record in rows.filter_map(|row| self.base.record(row)) {
                    visit(record.owner, record.rtype, record.rdata, &live);
                }
            }
            for (key, change) in self.zone.changes {
                for rdata in change.after.iter().flat_map(|set| &set.rdata) {
                    visit(key.owner.as_ref(), key.rtype, rdata, &|| true);
                }
            }
            for owner in again {
                self.look_again(owner, LooksAt::TARGETS);
            }
            new = found.difference(&self.scopes).cloned().collect();
            self.scopes.append(&mut found);
        }
    }
}

/// The wildcard that could answer for a name, for tests of names above.
pub(super) fn wildcard_above(view: &View<'_>, name: NameRef<'_>) -> Option<(Name, Types)> {
    let mut ancestors = std::iter::successors(name.parent(), |name| name.parent());
    // A name that stands in between ends what a wildcard answers.
    let closest = ancestors.find(|name| view.is_apex(*name) || !view.types_at(*name).is_empty())?;
    let mut at = name.parent()?;
    loop {
        let wildcard = wildcard_of(at)?;
        let types = view.types_at(wildcard.as_ref());
        if !types.is_empty() && wildcard.as_ref() != name {
            return Some((wildcard, types));
        }
        if at == closest {
            return None;
        }
        at = at.parent()?;
    }
}
