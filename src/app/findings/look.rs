//! A look at the draft, on a worker: the checker is kept from one to the next, so that only what changed since is looked
//! at again.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use crate::check::{Checker, Finding, Selection, Severity};
use crate::zone::{Change, ChangeMap, RrKey, Snapshot, types};

/// At most so many findings are listed and marked; all are counted.
pub const MAX_LISTED: usize = 10_000;

/// The checker and the draft that it knows. Only looks open it, one at a time: the screen never waits for it.
#[derive(Debug, Clone, Default)]
pub struct Keeper(Arc<Mutex<Option<Known>>>);

#[derive(Debug)]
struct Known {
    base: Arc<Snapshot>,
    changes: ChangeMap,
    checker: Checker,
}

/// What to look at.
#[derive(Debug, Clone)]
pub struct Look {
    pub keeper: Keeper,
    pub base: Arc<Snapshot>,
    pub changes: ChangeMap,
    /// Seconds since 1970.
    pub now: Option<u64>,
    pub rules: Arc<Selection>,
}

/// How many there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub errors: usize,
    pub warnings: usize,
    pub hints: usize,
}

impl Counts {
    fn add(&mut self, severity: Severity) {
        *match severity {
            Severity::Error => &mut self.errors,
            Severity::Warning => &mut self.warnings,
            Severity::Hint => &mut self.hints,
        } += 1;
    }

    pub fn total(self) -> usize {
        self.errors + self.warnings + self.hints
    }
}

/// What a look has found.
#[derive(Debug)]
pub struct Seen {
    /// The zone that was looked at, with the draft of that time.
    pub base: Arc<Snapshot>,
    /// Errors first, then in zone order; no more than [`MAX_LISTED`].
    pub findings: Vec<Finding>,
    /// All of them.
    pub counts: Counts,
    /// How often rules looked at names since the zone was first looked at.
    pub looks: usize,
    by_key: BTreeMap<RrKey, Vec<usize>>,
}

impl Seen {
    /// Those about a record, the worst first.
    pub fn of_record<'f>(&'f self, key: &RrKey, rdata: &'f [u8]) -> impl Iterator<Item = &'f Finding> {
        let places = self.by_key.get(key).into_iter().flatten();
        let findings = places.filter_map(|place| self.findings.get(*place));
        findings.filter(move |finding| is_about(finding, rdata))
    }
}

/// Is a finding about this record of its RRset?
fn is_about(finding: &Finding, rdata: &[u8]) -> bool {
    finding.record.as_ref().is_none_or(|record| {
        let rtype = finding.key.rtype;
        **record == *rdata || types::canonical(rtype, record) == types::canonical(rtype, rdata)
    })
}

impl Look {
    /// How many records there are to look at, at most.
    pub fn records(&self) -> usize {
        self.base.record_count() + self.changes.len()
    }

    pub fn run(self) -> Seen {
        let Look { keeper, base, changes, now, rules } = self;
        let mut kept = match keeper.0.lock() {
            Ok(kept) => kept,
            Err(poisoned) => {
                // A look that ended in the middle: what it left is not to be trusted.
                keeper.0.clear_poison();
                let mut kept = poisoned.into_inner();
                *kept = None;
                kept
            }
        };
        let same_zone = |known: &Known| Arc::ptr_eq(&known.base, &base);
        let mut known = match kept.take().filter(same_zone) {
            Some(known) => known,
            None => Known {
                checker: Checker::new(Arc::clone(&base), now),
                base: Arc::clone(&base),
                changes: ChangeMap::new(),
            },
        };
        let step = between(&base, &known.changes, &changes);
        if !step.is_empty() {
            known.checker.edited(&step, &changes);
            known.changes = changes;
        }
        let seen = Seen::new(base, &known.checker, &rules);
        *kept = Some(known);
        seen
    }
}

impl Seen {
    fn new(base: Arc<Snapshot>, checker: &Checker, rules: &Selection) -> Seen {
        let mut counts = Counts::default();
        let mut by_severity: [Vec<Finding>; 3] = Default::default();
        for finding in checker.findings().filter(|finding| rules.has(finding.rule)) {
            let severity = rules.severity(finding.rule, finding.severity);
            counts.add(severity);
            let [errors, warnings, hints] = &mut by_severity;
            let list = match severity {
                Severity::Error => errors,
                Severity::Warning => warnings,
                Severity::Hint => hints,
            };
            if list.len() < MAX_LISTED {
                list.push(Finding { severity, ..finding.clone() });
            }
        }
        let mut findings: Vec<Finding> = by_severity.into_iter().flatten().collect();
        findings.truncate(MAX_LISTED);
        let mut by_key: BTreeMap<RrKey, Vec<usize>> = BTreeMap::new();
        for (place, finding) in findings.iter().enumerate() {
            by_key.entry(finding.key.clone()).or_default().push(place);
        }
        Seen { base, findings, counts, looks: checker.looks(), by_key }
    }
}

/// What leads from one draft of a zone to another.
fn between(base: &Snapshot, old: &ChangeMap, new: &ChangeMap) -> ChangeMap {
    let mut step = ChangeMap::new();
    let (mut was, mut is) = (old.iter().peekable(), new.iter().peekable());
    loop {
        let order = match (was.peek(), is.peek()) {
            (None, None) => return step,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some((a, _)), Some((b, _))) => a.cmp(b),
        };
        let before = if order.is_le() { was.next() } else { None };
        let after = if order.is_ge() { is.next() } else { None };
        let Some((key, _)) = before.or(after) else { return step };
        let side = |change: Option<(&RrKey, &Change)>| match change {
            Some((_, change)) => change.after.clone(),
            None => base.get(key),
        };
        if before.map(|(_, change)| &change.after) == after.map(|(_, change)| &change.after) {
            continue;
        }
        let change = Change { before: side(before), after: side(after) };
        if !change.is_empty() {
            step.insert(key.clone(), change);
        }
    }
}
