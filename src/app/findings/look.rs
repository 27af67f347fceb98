//! A look at the draft, on a worker: the checker is kept from one to the next, so that only what changed since is looked
//! at again.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use super::acknowledging::is_about as is_about_finding;
use super::network::{Asked, NotKnown};
use crate::app::describe;
use crate::check::{Checker, Finding, Selection, Severity};
use crate::facts::Acknowledged;
use crate::zone::{Change, ChangeMap, RrKey, Snapshot, types};

/// At most so many findings are listed and marked; all are counted.
pub const MAX_LISTED: usize = 10_000;

/// At most so many of what the draft brings are named.
pub const MAX_BROUGHT: usize = 100;

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
    pub acknowledged: Arc<Vec<Acknowledged>>,
    /// What others said of the zone.
    pub asked: Option<Arc<Asked>>,
}

/// How many there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub errors: usize,
    pub warnings: usize,
    pub hints: usize,
}

impl Counts {
    fn add(&mut self, severity: Severity, number: usize) {
        *match severity {
            Severity::Error => &mut self.errors,
            Severity::Warning => &mut self.warnings,
            Severity::Hint => &mut self.hints,
        } += number;
    }

    /// "2 errors, 1 warning, 3 hints"; empty where there are none.
    pub fn in_words(self) -> String {
        let counts = [(self.errors, "error"), (self.warnings, "warning"), (self.hints, "hint")];
        let words = counts.into_iter().filter(|(count, _)| *count > 0);
        words.map(|(count, word)| describe::count(count, word)).collect::<Vec<_>>().join(", ")
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
    /// Those that were acknowledged, with what says so: neither counted nor marked.
    pub acknowledged: Vec<(Finding, Acknowledged)>,
    /// Those that the draft brings, which its zone had not, the worst first; no more than [`MAX_BROUGHT`].
    pub brought: Vec<Finding>,
    pub brought_counts: Counts,
    /// How often rules looked at names since the zone was first looked at.
    pub looks: usize,
    /// What others said of the zone, whose findings are among these.
    pub asked: Option<Arc<Asked>>,
    /// Have the zone or the draft changed since others were asked?
    pub is_old: bool,
    /// What nobody answered.
    pub not_known: Vec<NotKnown>,
    by_key: BTreeMap<RrKey, Vec<usize>>,
}

impl Seen {
    /// Was it found by asking others, when the zone was not what it is now?
    pub fn is_old(&self, finding: &Finding) -> bool {
        self.is_old && self.asked.as_ref().is_some_and(|asked| asked.has(finding))
    }

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
        let Look { keeper, base, changes, now, rules, acknowledged, asked } = self;
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
        let mut seen = Seen::new(base, &known.checker, &rules, &acknowledged, asked.as_deref());
        seen.is_old = asked.as_ref().is_some_and(|asked| !asked.is_about(&known.base, &known.changes));
        seen.not_known = asked.as_ref().map_or_else(Vec::new, |asked| asked.not_known());
        seen.asked = asked;
        *kept = Some(known);
        seen
    }
}

impl Seen {
    fn new(
        base: Arc<Snapshot>,
        checker: &Checker,
        rules: &Selection,
        let_stand: &[Acknowledged],
        asked: Option<&Asked>,
    ) -> Seen {
        let mut by_name: BTreeMap<&RrKey, Vec<&Acknowledged>> = BTreeMap::new();
        for one in let_stand {
            by_name.entry(&one.key).or_default().push(one);
        }
        // An error counts whatever was said of it.
        let reason = |finding: &Finding| {
            let of_key = by_name.get(&finding.key).filter(|_| finding.severity != Severity::Error);
            of_key.into_iter().flatten().find(|one| is_about_finding(one, finding)).copied()
        };
        let judged = |finding: &Finding| {
            let severity = rules.severity(finding.rule, finding.severity);
            rules.has(finding.rule).then(|| Finding { severity, ..finding.clone() })
        };
        let (mut all, mut acknowledged) = (Sorted::new(MAX_LISTED), Vec::new());
        let asked = asked.into_iter().flat_map(|asked| &asked.findings);
        for finding in checker.findings().chain(asked).filter_map(judged) {
            match reason(&finding) {
                Some(one) if acknowledged.len() < Acknowledged::MOST => {
                    acknowledged.push((finding, one.clone()))
                }
                Some(_) => {}
                None => all.push(finding),
            }
        }
        let mut brought = Sorted::new(MAX_BROUGHT);
        let new = checker.brought().filter_map(judged).filter(|finding| reason(finding).is_none());
        new.for_each(|finding| brought.push(finding));
        let (findings, mut counts) = all.finish();
        for (rule, severity, number) in checker.uncollected().filter(|(rule, ..)| rules.has(rule)) {
            counts.add(rules.severity(rule, severity), number);
        }
        let (brought, brought_counts) = brought.finish();
        let mut by_key: BTreeMap<RrKey, Vec<usize>> = BTreeMap::new();
        for (place, finding) in findings.iter().enumerate() {
            by_key.entry(finding.key.clone()).or_default().push(place);
        }
        let looks = checker.looks();
        Seen {
            base,
            findings,
            counts,
            acknowledged,
            brought,
            brought_counts,
            looks,
            asked: None,
            is_old: false,
            not_known: Vec::new(),
            by_key,
        }
    }
}

/// Findings by severity, all counted, some kept.
struct Sorted {
    lists: [Vec<Finding>; 3],
    counts: Counts,
    most: usize,
}

impl Sorted {
    fn new(most: usize) -> Sorted {
        Sorted { lists: Default::default(), counts: Counts::default(), most }
    }

    fn push(&mut self, finding: Finding) {
        self.counts.add(finding.severity, 1);
        let [errors, warnings, hints] = &mut self.lists;
        let list = match finding.severity {
            Severity::Error => errors,
            Severity::Warning => warnings,
            Severity::Hint => hints,
        };
        if list.len() < self.most {
            list.push(finding);
        }
    }

    fn finish(self) -> (Vec<Finding>, Counts) {
        let mut findings: Vec<Finding> = self.lists.into_iter().flatten().collect();
        findings.truncate(self.most);
        (findings, self.counts)
    }
}

/// What leads from one draft of a zone to another. Costs as much as is different.
fn between(base: &Snapshot, old: &ChangeMap, new: &ChangeMap) -> ChangeMap {
    let side = |changes: &ChangeMap, key: &RrKey| match changes.get(key) {
        Some(change) => change.after.clone(),
        None => base.get(key),
    };
    let step = old.different_keys(new).into_iter().map(|key| {
        let change = Change { before: side(old, key), after: side(new, key) };
        (key.clone(), change)
    });
    step.filter(|(_, change)| !change.is_empty()).collect()
}
