//! In which order changes are sent that do not fit into one message: first what is added, then what refers to it or has
//! ceased to refer to something, last what is deleted; and whatever the phase, nothing before what it needs.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use super::message::{Item, Planner};
use crate::zone::changes::{Change, ChangeMap, Contents};
use crate::zone::{Name, RecordType, RrKey, RrSet, types};

/// Sorts nodes (changed RRsets that stay together) into groups, in the order in which they are to be sent. Those of one
/// group need one another.
pub(super) fn in_order(planner: &Planner<'_>, nodes: &[Vec<Item<'_>>]) -> Vec<Vec<usize>> {
    let mut graph = Graph::new(planner, nodes);
    for (at, node) in nodes.iter().enumerate() {
        for (key, change) in node {
            graph.follow_names(at, key, change);
            graph.keep_delegation_together(at, key, change);
            graph.put_dname_alone(at, key, change);
        }
    }
    graph.follow_unchanged_names();
    let mut roots: Vec<usize> = (0..nodes.len()).collect();
    roots.sort_by_cached_key(|at| nodes.get(*at).map(|node| phase(node)));
    components(&graph.needs, &roots)
}

/// 0 for what is added and names nothing, 2 for what is deleted and named nothing, 1 for the rest.
pub(super) fn phase(node: &[Item<'_>]) -> u8 {
    let refers = node.iter().any(|(key, change)| {
        let sets = change.before.iter().chain(&change.after);
        sets.flat_map(|set| &set.rdata).any(|rdata| !types::names_in(key.rtype, rdata).is_empty())
    });
    match node {
        _ if refers => 1,
        _ if node.iter().all(|(_, change)| change.before.is_none()) => 0,
        _ if node.iter().all(|(_, change)| change.after.is_none()) => 2,
        _ => 1,
    }
}

struct Graph<'a> {
    changes: &'a ChangeMap,
    base: Contents<'a>,
    after: Contents<'a>,
    node_of: HashMap<&'a RrKey, usize>,
    /// For each node, those that must be there before it or with it.
    needs: Vec<Vec<usize>>,
}

static NOTHING: LazyLock<ChangeMap> = LazyLock::new(ChangeMap::new);

impl<'a> Graph<'a> {
    fn new(planner: &Planner<'a>, nodes: &[Vec<Item<'a>>]) -> Graph<'a> {
        let keys =
            nodes.iter().enumerate().flat_map(|(at, node)| node.iter().map(move |(key, _)| (*key, at)));
        Graph {
            changes: planner.changes,
            base: Contents { base: planner.zone, changes: &NOTHING },
            after: Contents { base: planner.zone, changes: planner.changes },
            node_of: keys.collect(),
            needs: vec![Vec::new(); nodes.len()],
        }
    }

    /// The first needs the second. RRsets that are not in this graph go without saying.
    fn need(&mut self, node: Option<usize>, needed: Option<usize>) {
        if let (Some(node), Some(needed)) = (node, needed)
            && node != needed
            && let Some(needs) = self.needs.get_mut(node)
            && needs.last() != Some(&needed)
        {
            needs.push(needed);
        }
    }

    fn node(&self, key: &RrKey) -> Option<usize> {
        self.node_of.get(key).copied()
    }

    /// What is named comes before the name, and goes after it.
    fn follow_names(&mut self, at: usize, key: &RrKey, change: &Change) {
        let named = |set: &Option<RrSet>| -> Vec<Name> {
            let names = set.iter().flat_map(|set| &set.rdata);
            let mut names: Vec<Name> = names
                .flat_map(|rdata| types::names_in(key.rtype, rdata))
                .filter(|name| name.is_at_or_below(self.base.base.origin().as_ref()))
                .map(|name| name.to_name())
                .collect();
            names.sort_unstable();
            names.dedup();
            names
        };
        let (before, after) = (named(&change.before), named(&change.after));
        for target in &after {
            self.follow_name(Some(at), key.rtype, target);
        }
        for target in before.iter().filter(|name| after.binary_search(name).is_err()) {
            let old = givers(&self.base, key.rtype, target);
            self.cover_wildcard(Some(at), target, &old);
            if old.iter().any(|giver| self.after.is_there(giver)) {
                continue;
            }
            for gone in &old {
                self.need(self.node(gone), Some(at));
            }
        }
    }

    /// What will give a record of this type what it names comes before the record, where that is in the graph, and before
    /// what gives it now goes.
    fn follow_name(&mut self, at: Option<usize>, rtype: RecordType, target: &Name) {
        let new = givers(&self.after, rtype, target);
        self.uncover_wildcard(at, target, &new);
        if new.is_empty() || new.iter().any(|giver| self.base.is_there(giver)) {
            return;
        }
        let old = givers(&self.base, rtype, target);
        // One of several types is enough, best one that needs nothing itself.
        let new = match new.iter().find(|giver| !refers(giver.rtype)) {
            Some(giver) if !wants_address(rtype) => vec![giver.clone()],
            _ => new,
        };
        for giver in &new {
            // Where one takes the place of the other in one message, it is never missed.
            if old.iter().any(|gone| self.node(gone) == self.node(giver)) {
                continue;
            }
            self.need(at, self.node(giver));
            self.cover_wildcard(self.node(giver), target, &old);
            for gone in &old {
                self.need(self.node(gone), self.node(giver));
            }
        }
    }

    /// Records that do not change may name what is deleted: what answers in its place comes first.
    fn follow_unchanged_names(&mut self) {
        let gone: HashSet<&Name> = self
            .changes
            .iter()
            .filter(|(_, change)| change.after.is_none())
            .map(|(key, _)| &key.owner)
            .collect();
        if gone.is_empty() {
            return;
        }
        let zone = self.base.base;
        for record in zone.records() {
            for target in types::names_in(record.rtype, record.rdata) {
                if !target.is_at_or_below(zone.origin().as_ref()) {
                    continue;
                }
                let target = target.to_name();
                let mut name = Some(target.clone());
                while name.as_ref().is_some_and(|name| !gone.contains(name)) {
                    name = name.and_then(|name| name.parent());
                }
                if name.is_some()
                    && !self.changes.contains_key(&RrKey::new(record.owner.to_name(), record.rtype))
                {
                    self.follow_name(None, record.rtype, &target);
                }
            }
        }
    }

    /// A wildcard answers for a name only once nothing is at the name or below it.
    fn uncover_wildcard(&mut self, at: Option<usize>, target: &Name, givers: &[RrKey]) {
        for other in self.within_wildcard(target, givers, |change| change.after.is_none()) {
            self.need(at, other);
        }
    }

    /// And only until something is there: not before what makes up for it, or ceases to name it.
    fn cover_wildcard(&mut self, needed: Option<usize>, target: &Name, givers: &[RrKey]) {
        for other in self.within_wildcard(target, givers, |change| change.before.is_none()) {
            self.need(other, needed);
        }
    }

    /// Changes of this sort of what keeps a wildcard from answering for a name. None where no wildcard does.
    fn within_wildcard(
        &self,
        target: &Name,
        givers: &[RrKey],
        sort: impl Fn(&Change) -> bool,
    ) -> Vec<Option<usize>> {
        let giver =
            givers.first().filter(|giver| giver.owner.as_ref().is_wildcard() && giver.owner != *target);
        let Some(encloser) = giver.and_then(|giver| giver.owner.parent()) else { return Vec::new() };
        let mut name = target.clone();
        while let Some(parent) = name.parent().filter(|parent| *parent != encloser) {
            name = parent;
        }
        let first = RrKey::new(name.clone(), RecordType::SOA);
        let within = self.changes.range(first..).take_while(|(other, _)| other.owner.is_at_or_below(&name));
        within.filter(|(_, change)| sort(change)).map(|(other, _)| self.node(other)).collect()
    }

    /// A delegation and the addresses of the nameservers below it are one thing.
    fn keep_delegation_together(&mut self, at: usize, key: &RrKey, change: &Change) {
        if key.rtype != RecordType::NS || key.owner == *self.base.base.origin() {
            return;
        }
        let targets = change.before.iter().chain(&change.after).flat_map(|set| &set.rdata);
        for target in targets.flat_map(|rdata| types::names_in(key.rtype, rdata)) {
            if !target.is_at_or_below(key.owner.as_ref()) {
                continue;
            }
            for rtype in [RecordType::A, RecordType::AAAA] {
                let glue = self.node(&RrKey::new(target.to_name(), rtype));
                self.need(Some(at), glue);
                self.need(glue, Some(at));
            }
        }
    }

    /// Some servers refuse a DNAME above data, and data below a DNAME.
    fn put_dname_alone(&mut self, at: usize, key: &RrKey, change: &Change) {
        if key.rtype != RecordType::DNAME {
            return;
        }
        let first = RrKey::new(key.owner.clone(), RecordType::SOA);
        let within =
            self.changes.range(first..).take_while(|(other, _)| other.owner.is_at_or_below(&key.owner));
        for (other, below) in within.filter(|(other, _)| other.owner != key.owner) {
            if change.before.is_none() && below.after.is_none() {
                self.need(Some(at), self.node(other));
            }
            if change.after.is_none() && below.before.is_none() {
                self.need(self.node(other), Some(at));
            }
        }
    }
}

/// Does a name in this type of record stand for the addresses of a host?
fn wants_address(rtype: RecordType) -> bool {
    matches!(rtype, RecordType::NS | RecordType::MX | RecordType::SRV)
}

/// Does this type mostly name something else?
fn refers(rtype: RecordType) -> bool {
    wants_address(rtype)
        || matches!(
            rtype,
            RecordType::CNAME | RecordType::DNAME | RecordType::PTR | RecordType::SVCB | RecordType::HTTPS
        )
}

/// The RRsets that give a record of this type what it names: those of the target itself, or the delegation, the DNAME
/// or the wildcard that answers for it. Empty where nothing does.
fn givers(zone: &Contents<'_>, rtype: RecordType, target: &Name) -> Vec<RrKey> {
    let own = |name: &Name| -> Vec<RrKey> {
        if !wants_address(rtype) {
            return zone.keys_at(name);
        }
        let types = [RecordType::A, RecordType::AAAA, RecordType::CNAME];
        types
            .map(|rtype| RrKey::new(name.clone(), rtype))
            .into_iter()
            .filter(|key| zone.is_there(key))
            .collect()
    };
    let found = own(target);
    if !found.is_empty() {
        return found;
    }
    let mut exists = zone.has_at_or_below(target);
    let mut name = target.clone();
    while name != *zone.base.origin() {
        let cut = RrKey::new(name.clone(), RecordType::NS);
        if zone.is_there(&cut) {
            return vec![cut];
        }
        let Some(parent) = name.parent() else { break };
        let dname = RrKey::new(parent.clone(), RecordType::DNAME);
        if zone.is_there(&dname) {
            return vec![dname];
        }
        if !exists {
            let wildcard = Name::from_wire(&[b"\x01*", parent.wire()].concat());
            let found = wildcard.map_or(Vec::new(), |wildcard| own(&wildcard));
            if !found.is_empty() {
                return found;
            }
            exists = zone.has_at_or_below(&parent);
        }
        name = parent;
    }
    Vec::new()
}

/// The strongly connected components of a graph, each after those that it needs (Tarjan's algorithm, without
/// recursion: chains are as long as a zone likes).
fn components(needs: &[Vec<usize>], roots: &[usize]) -> Vec<Vec<usize>> {
    const UNSEEN: usize = usize::MAX;
    #[derive(Clone)]
    struct Mark {
        index: usize,
        low: usize,
        open: bool,
        /// How many of its needs were looked at.
        done: usize,
    }
    let mut marks = vec![Mark { index: UNSEEN, low: 0, open: false, done: 0 }; needs.len()];
    let (mut open, mut found) = (Vec::new(), Vec::new());
    let mut count = 0;
    for root in roots {
        let mut path = vec![*root];
        while let Some(&node) = path.last() {
            let Some(mark) = marks.get_mut(node).filter(|mark| mark.open || mark.index == UNSEEN) else {
                path.pop();
                continue;
            };
            if mark.index == UNSEEN {
                (mark.index, mark.low, mark.open) = (count, count, true);
                count += 1;
                open.push(node);
            }
            let next = needs.get(node).and_then(|needs| needs.get(mark.done)).copied();
            mark.done += 1;
            let (index, low) = (mark.index, mark.low);
            if let Some(next) = next {
                match marks.get(next) {
                    Some(mark) if mark.index == UNSEEN => path.push(next),
                    Some(mark) if mark.open => {
                        let reached = mark.index;
                        if let Some(mark) = marks.get_mut(node) {
                            mark.low = low.min(reached);
                        }
                    }
                    _ => {}
                }
                continue;
            }
            path.pop();
            if let Some(above) = path.last().and_then(|above| marks.get_mut(*above)) {
                above.low = above.low.min(low);
            }
            if low == index {
                let from = open.iter().rposition(|member| *member == node).unwrap_or(0);
                let mut group = open.split_off(from);
                for member in &group {
                    if let Some(mark) = marks.get_mut(*member) {
                        mark.open = false;
                    }
                }
                group.sort_unstable();
                found.push(group);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_needed_comes_first_and_rings_stay_together() {
        let roots: Vec<usize> = (0..6).collect();
        let needs = vec![vec![3], vec![2], vec![1, 4], vec![], vec![0], vec![5, 1]];
        assert_eq!(components(&needs, &roots), [vec![3], vec![0], vec![4], vec![1, 2], vec![5]]);
        assert_eq!(components(&[vec![], vec![]], &[1, 0]), [[1], [0]]);
    }

    #[test]
    fn a_long_chain_needs_no_stack() {
        let needs: Vec<Vec<usize>> =
            (0..200_000).map(|at| if at < 199_999 { vec![at + 1] } else { vec![] }).collect();
        let found = components(&needs, &(0..200_000).collect::<Vec<_>>());
        assert_eq!((found.len(), &found[0]), (200_000, &vec![199_999]));
        let mut ring = needs;
        ring[199_999].push(0);
        assert_eq!(components(&ring, &[5]).len(), 1);
    }
}
