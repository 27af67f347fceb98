//! The walk over a whole zone: every name once, in order, with the rules that are for its types.

use std::collections::BTreeMap;

use super::index::Index;
use super::node::Node;
use super::rule::{Found, Here, LooksAt, Recent, Rule, is_usual};
use super::rules;
use super::types::Types;
use super::view::{Above, Census, View};
use super::{Finding, Severity};
use crate::zone::{ChangeMap, Contents, NameRef, Snapshot};

/// Zones with fewer names are walked by one thread.
const LARGE: usize = 20_000;

/// Holds a zone against all rules that need nothing else. `now`: seconds since 1970, for the rules about times.
/// The findings come in zone order.
pub fn check(zone: &Snapshot, now: Option<u64>) -> Vec<Finding> {
    check_with(zone, now, usize::MAX).findings
}

/// How many findings there are that were counted and not kept, by rule and severity.
pub(super) type Uncollected = BTreeMap<(u32, Severity), (&'static Rule, usize)>;

/// What a walk has found.
#[derive(Default)]
pub(super) struct Walked {
    /// Of each name all or none.
    pub findings: Vec<Finding>,
    pub uncollected: Uncollected,
    pub census: Census,
    /// How often a rule looked at a name.
    pub looks: usize,
}

/// The same, with the counts over the zone. Not many more findings than `most` are kept; all are counted.
pub(super) fn check_with(zone: &Snapshot, now: Option<u64>, most: usize) -> Walked {
    let index = Index::of(zone);
    let changes = ChangeMap::new();
    let contents = Contents { base: zone, changes: &changes };
    let view = View { zone: contents, index: Some(&index), census: &index.census, now };
    let names = index.len();
    let workers = std::thread::available_parallelism().map_or(1, usize::from).min(names / LARGE).max(1);
    let part = |number: usize| names * number / workers..names * (number + 1) / workers;
    let mut all = Walked { census: index.census, ..Walked::default() };
    let most = most.div_ceil(workers);
    std::thread::scope(|scope| {
        let (view, index) = (&view, &index);
        let others: Vec<_> =
            (1..workers).map(|number| scope.spawn(move || walk(view, index, part(number), most))).collect();
        let mut take = |mut walked: Walked| {
            all.findings.append(&mut walked.findings);
            for (rule, (which, count)) in walked.uncollected {
                all.uncollected.entry(rule).or_insert((which, 0)).1 += count;
            }
            all.looks += walked.looks;
        };
        take(walk(view, index, part(0), most));
        for other in others {
            match other.join() {
                Ok(found) => take(found),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
    });
    all
}

fn walk<'z>(view: &View<'z>, index: &Index, names: std::ops::Range<usize>, most: usize) -> Walked {
    let zone = view.zone.base;
    let mut walked = Walked::default();
    let Some(first) = index.owner(zone, names.start) else { return walked };
    let mut above = Above::find(view, first);
    let mut node = Node::new(first);
    // Names have few different sets of types: which rules are for each is found once.
    let mut plans: Vec<(Types, [bool; 2], Vec<&'static Rule>)> = Vec::new();
    let recent = Recent::default();
    let origin = view.origin();
    for number in names {
        let (Some(owner), types) = (index.owner(zone, number), index.types(number)) else { continue };
        above.arrive(owner);
        let (hidden, usual) = (above.hides(), is_usual(owner, origin));
        let when = [hidden, usual];
        let plan = plans.iter().position(|(for_types, other, _)| *for_types == types && *other == when);
        let plan = plan.unwrap_or_else(|| {
            plans.push((
                types,
                when,
                rules::all().filter(|rule| rule.is_for(types, hidden, usual)).collect(),
            ));
            plans.len() - 1
        });
        node.owner = owner;
        node.fill(zone, index.sets(number));
        let here = Here { node: &node, view, above, number: Some(number), usual, recent: &recent };
        let kept = walked.findings.len();
        for rule in plans.get(plan).map_or(&[][..], |(_, _, rules)| rules) {
            walked.looks += 1;
            look(rule, &here, &mut walked.findings);
        }
        if walked.findings.len() > most {
            for finding in walked.findings.drain(kept..) {
                let rule = (finding.rule.number(), finding.severity);
                walked.uncollected.entry(rule).or_insert((finding.rule, 0)).1 += 1;
            }
        }
        above.pass(owner, number, types, view.is_apex(owner));
    }
    walked
}

/// Lets some rules look at one name; how many did.
pub(super) fn look_at(view: &View<'_>, node: &Node<'_>, mask: LooksAt, findings: &mut Vec<Finding>) -> usize {
    let above = Above::find(view, node.owner);
    // Lifetimes of view and node meet here.
    fn run<'z>(
        view: &View<'z>,
        node: &Node<'z>,
        above: Above<'z>,
        mask: LooksAt,
        findings: &mut Vec<Finding>,
    ) -> usize {
        let (hidden, usual) = (above.hides(), is_usual(node.owner, view.origin()));
        let here = Here { node, view, above, number: None, usual, recent: &Recent::default() };
        let rules =
            rules::all().filter(|rule| rule.looks_at.meets(mask) && rule.is_for(node.types, hidden, usual));
        rules.map(|rule| look(rule, &here, findings)).count()
    }
    run(view, node, above, mask, findings)
}

/// Lets one rule look at one name.
pub(super) fn look_at_one(
    rule: &'static Rule,
    view: &View<'_>,
    owner: NameRef<'_>,
    findings: &mut Vec<Finding>,
) {
    let owner = owner.to_name();
    let node = Node::read(view.zone, owner.as_ref());
    let mut found = Vec::new();
    look_at(view, &node, LooksAt::EVERYTHING, &mut found);
    findings.extend(found.into_iter().filter(|finding| finding.rule == rule));
}

fn look(rule: &'static Rule, here: &Here<'_, '_>, findings: &mut Vec<Finding>) {
    if let Some(look) = rule.look {
        look(here, &mut Found { rule, owner: here.owner(), findings });
    }
}
