//! The walk over a whole zone: every name once, in order, with the rules that are for its types.

use super::index::Index;
use super::node::Node;
use super::rule::{Found, Gathered, Here, LooksAt, Recent, Rule, Uncollected, is_usual};
use super::rules;
use super::types::Types;
use super::view::{Above, Census, View};
use super::{Finding, Severity};
use crate::zone::beside::{self, beside};
use crate::zone::{ChangeMap, Contents, NameRef, Snapshot};

/// So many names are read ahead.
const AHEAD: usize = 32;

/// So many parts there are for each thread: names of one sort stand together, and rules have more to do for some.
const FINE: usize = 8;

/// Holds a zone against all rules that need nothing else. `now`: seconds since 1970, for the rules about times.
/// The findings come in zone order.
pub fn check(zone: &Snapshot, now: Option<u64>) -> Vec<Finding> {
    check_with(zone, now, Most::All, true).findings
}

/// What a look at a zone found, of rules that find very much only a part.
#[derive(Debug, Default)]
pub struct Counted {
    /// In zone order.
    pub findings: Vec<Finding>,
    /// How many more there are, by rule and severity.
    pub more: Vec<(&'static Rule, Severity, usize)>,
}

/// The same as [`check`], where only about so many findings of a rule are kept and the others are counted: a zone in which
/// a rule finds something everywhere takes not much longer than a right one.
pub fn check_counted(zone: &Snapshot, now: Option<u64>, most_of_a_rule: usize) -> Counted {
    let Walked { findings, uncollected, .. } = check_with(zone, now, Most::OfARule(most_of_a_rule), true);
    let more = uncollected.into_iter().map(|((_, severity), (rule, count))| (rule, severity, count));
    Counted { findings, more: more.collect() }
}

/// How many findings are kept.
#[derive(Debug, Clone, Copy)]
pub(super) enum Most {
    All,
    /// Not many more than this of each rule.
    OfARule(usize),
    /// Not many more than this, and of each name all or none. Of the names beyond, those with errors are kept before
    /// others, up to twice as many.
    Names(usize),
}

/// What a walk has found.
#[derive(Default)]
pub(super) struct Walked {
    pub findings: Vec<Finding>,
    pub uncollected: Uncollected,
    pub census: Census,
    /// How often a rule looked at a name.
    pub looks: usize,
}

/// The same, with the counts over the zone. All findings are counted. `as_served`: without edits.
pub(super) fn check_with(zone: &Snapshot, now: Option<u64>, most: Most, as_served: bool) -> Walked {
    check_in_parts(zone, now, most, as_served, beside::parts)
}

/// The same; `parts` says into how many parts so many names are cut, which are looked at beside each other. A part finds
/// out by itself what is above its first name; all else that rules ask for they ask of the whole zone.
pub(super) fn check_in_parts(
    zone: &Snapshot,
    now: Option<u64>,
    most: Most,
    as_served: bool,
    parts: impl Fn(usize) -> usize,
) -> Walked {
    let index = Index::of(zone);
    let changes = ChangeMap::new();
    let contents = Contents { base: zone, changes: &changes };
    let view = View { zone: contents, index: Some(&index), census: &index.census, now, as_served };
    let names = index.len();
    let (count, most) = match (parts(names), most) {
        // What is kept of all names together is shared out to the parts: these are to be large.
        (count, Most::Names(most)) => (count, Most::Names(most.div_ceil(count))),
        (1, most) => (1, most),
        (count, most) => (count * FINE, most),
    };
    let mut all = Walked { census: index.census, ..Walked::default() };
    let mut kept = KeptOfARule::default();
    for walked in beside(beside::cut(names, count), |names| walk(&view, &index, names, most)) {
        for (rule, (which, count)) in walked.uncollected {
            all.uncollected.entry(rule).or_insert((which, 0)).1 += count;
        }
        for finding in walked.findings {
            let Finding { rule, severity, .. } = finding;
            match most {
                // Each part has kept as many as all of them may.
                Most::OfARule(most) if kept.of(rule) >= most => {
                    all.uncollected.entry((rule.number(), severity)).or_insert((rule, 0)).1 += 1;
                }
                _ => {
                    kept.add(rule, 1);
                    all.findings.push(finding);
                }
            }
        }
        all.looks += walked.looks;
    }
    all
}

fn walk<'z>(view: &View<'z>, index: &Index<'z>, names: std::ops::Range<usize>, most: Most) -> Walked {
    let zone = view.zone.base;
    let mut looks = 0;
    let mut gathered = Gathered::default();
    let Some(first) = index.owner(names.start) else { return Walked::default() };
    let mut above = Above::find(view, first);
    let mut node = Node::new(first);
    // Names have few different sets of types: which rules are for each is found once.
    let mut plans: Vec<(Types, [bool; 2], Vec<&'static Rule>)> = Vec::new();
    let recent = Recent::default();
    let origin = view.origin();
    let mut kept = KeptOfARule::default();
    let end = names.end;
    for number in names.clone() {
        if (number - names.start).is_multiple_of(AHEAD) {
            index.warm(number..end.min(number + AHEAD));
        }
        let (Some(owner), types) = (index.owner(number), index.types(number)) else { continue };
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
        let rules = plans.get(plan).map_or(&[][..], |(_, _, rules)| rules);
        looks += rules.len();
        match most {
            Most::All => rules.iter().for_each(|rule| look(rule, &here, true, &mut gathered)),
            Most::OfARule(most) => {
                for rule in rules {
                    let before = gathered.findings.len();
                    look(rule, &here, kept.of(rule) < most, &mut gathered);
                    kept.add(rule, gathered.findings.len() - before);
                }
            }
            Most::Names(most) if gathered.findings.len() <= most => {
                rules.iter().for_each(|rule| look(rule, &here, true, &mut gathered));
            }
            Most::Names(most) => {
                let mut own = Gathered::default();
                rules.iter().for_each(|rule| look(rule, &here, false, &mut own));
                let has_error = own.counted.keys().any(|(_, severity)| *severity == Severity::Error);
                if has_error && gathered.findings.len() <= 2 * most {
                    rules.iter().for_each(|rule| look(rule, &here, true, &mut gathered));
                } else {
                    for (rule, (which, count)) in own.counted {
                        gathered.counted.entry(rule).or_insert((which, 0)).1 += count;
                    }
                }
            }
        }
        above.pass(owner, number, types, view.is_apex(owner));
    }
    Walked { findings: gathered.findings, uncollected: gathered.counted, looks, ..Walked::default() }
}

/// How many findings of each rule are kept.
#[derive(Default)]
struct KeptOfARule(Vec<usize>);

impl KeptOfARule {
    fn of(&self, rule: &Rule) -> usize {
        self.0.get(rule.number() as usize).copied().unwrap_or_default()
    }

    fn add(&mut self, rule: &Rule, count: usize) {
        // The numbers of rules are small.
        let at = rule.number() as usize & 0xfff;
        if count > 0 && at >= self.0.len() {
            self.0.resize(at + 1, 0);
        }
        if let Some(kept) = self.0.get_mut(at) {
            *kept += count;
        }
    }
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
        let mut gathered = Gathered::default();
        let looks = rules.map(|rule| look(rule, &here, true, &mut gathered)).count();
        findings.append(&mut gathered.findings);
        looks
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

fn look(rule: &'static Rule, here: &Here<'_, '_>, has_room: bool, gathered: &mut Gathered) {
    if let Some(look) = rule.look {
        look(here, &mut Found { rule, owner: here.owner(), gathered, has_room });
    }
}
