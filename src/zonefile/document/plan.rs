//! From changed RRsets to what happens to which entry of the text.

use std::collections::{BTreeMap, HashMap};

use super::style::NewRecord;
use super::survey::{Found, FoundIn, Survey};
use crate::zone::{Change, ChangeMap, Rdata, RecordType, RrKey, RrSet, types};

/// What happens to an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Op {
    /// A record gets this TTL and, where it is given, other data.
    Edit {
        ttl: u32,
        rdata: Option<Rdata>,
    },
    Delete,
    /// A `$GENERATE` becomes a comment, and its records are written out.
    Expand(Vec<NewRecord>),
}

/// What happens to the text.
#[derive(Debug, Default)]
pub struct Plan {
    pub ops: BTreeMap<usize, Op>,
    /// New records, after the row.
    pub new: BTreeMap<usize, Vec<NewRecord>>,
    /// New records are written with everything in them: absolute names, TTL, class.
    pub complete: bool,
    /// RRsets of which a record that would have to change stands in an included file.
    pub read_only: Vec<RrKey>,
}

/// What a record of a touched RRset is to become; `None`: it goes.
type Target = Option<(u32, Option<Rdata>)>;

impl Plan {
    /// The fewest edits that make these changes.
    pub fn new(survey: &Survey<'_>, changes: &ChangeMap) -> Plan {
        let mut plan = Plan::default();
        let mut generated = BTreeMap::new();
        for (key, change) in changes {
            let found = survey.found.get(key).map(Vec::as_slice).unwrap_or_default();
            plan.change(survey, key, change, found, &mut generated);
        }
        plan.expand(survey, generated);
        plan
    }

    /// Coarser, and surer: every line of the changed RRsets goes, and complete ones come.
    pub fn coarse(survey: &Survey<'_>, changes: &ChangeMap) -> Plan {
        let mut plan = Plan { complete: true, ..Plan::default() };
        let mut generated = BTreeMap::new();
        for (key, change) in changes {
            let found = survey.found.get(key).map(Vec::as_slice).unwrap_or_default();
            let mut wanted = records(change.after.as_ref(), key.rtype);
            for own in found {
                let same = wanted.iter().position(|(ttl, rdata)| {
                    *ttl == own.ttl
                        && types::canonical(key.rtype, rdata) == types::canonical(key.rtype, &own.rdata)
                });
                match (own.place, same) {
                    (FoundIn::Included, Some(same)) => drop(wanted.remove(same)),
                    (FoundIn::Included, None) => plan.read_only.push(key.clone()),
                    _ => plan.target(own, None, &mut generated),
                }
            }
            plan.add(survey, key, wanted, found);
        }
        plan.expand(survey, generated);
        plan
    }

    fn change(
        &mut self,
        survey: &Survey<'_>,
        key: &RrKey,
        change: &Change,
        found: &[Found],
        generated: &mut Expansions,
    ) {
        let rtype = key.rtype;
        let mut wanted: Vec<Option<(u32, Rdata)>> =
            records(change.after.as_ref(), rtype).into_iter().map(Some).collect();
        let places: HashMap<Vec<u8>, usize> = (wanted.iter().enumerate())
            .filter_map(|(at, wanted)| Some((types::canonical(rtype, &wanted.as_ref()?.1).into_owned(), at)))
            .collect();
        let mut is_kept = vec![false; wanted.len()];
        let mut loose = Vec::new();
        for own in found {
            let place = places.get(&*types::canonical(rtype, &own.rdata)).copied();
            let Some((ttl, rdata)) = place.and_then(|at| wanted.get(at)?.as_ref()) else {
                loose.push(own);
                continue;
            };
            if let Some(kept) = place.and_then(|at| is_kept.get_mut(at)) {
                *kept = true;
            }
            // Spelled otherwise by the change, not only by whoever made the zone that it was made over.
            let respelled = *rdata != own.rdata
                && !change.before.as_ref().is_some_and(|before| before.rdata.contains(rdata));
            let new = respelled.then(|| rdata.clone());
            if *ttl != own.ttl || new.is_some() {
                self.set(key, own, Some((*ttl, new)), generated);
            }
        }
        for (wanted, kept) in wanted.iter_mut().zip(is_kept) {
            if kept {
                *wanted = None;
            }
        }
        let mut wanted = wanted.into_iter().flatten();
        for own in loose {
            let target = match own.place {
                FoundIn::Included => None,
                _ => wanted.next().map(|(ttl, rdata)| (ttl, Some(rdata))),
            };
            self.set(key, own, target, generated);
        }
        self.add(survey, key, wanted.collect(), found);
    }

    fn set(&mut self, key: &RrKey, own: &Found, target: Target, generated: &mut Expansions) {
        if own.place == FoundIn::Included {
            if self.read_only.last() != Some(key) {
                self.read_only.push(key.clone());
            }
            return;
        }
        self.target(own, target, generated);
    }

    fn target(&mut self, own: &Found, target: Target, generated: &mut Expansions) {
        match own.place {
            FoundIn::Included => {}
            FoundIn::Generated(nth) => {
                generated.entry(own.row).or_default().insert(nth, target);
            }
            FoundIn::Written => {
                let op = target.map_or(Op::Delete, |(ttl, rdata)| Op::Edit { ttl, rdata });
                self.ops.insert(own.row, op);
            }
        }
    }

    /// New records of an RRset: beside their siblings.
    fn add(&mut self, survey: &Survey<'_>, key: &RrKey, wanted: Vec<(u32, Rdata)>, found: &[Found]) {
        if wanted.is_empty() {
            return;
        }
        let siblings = found.last().map(|found| found.row);
        let place = siblings.or_else(|| survey.place_for(&key.owner));
        let row = place.unwrap_or_else(|| survey.rows.len().saturating_sub(1));
        let new = wanted.into_iter().map(|(ttl, rdata)| NewRecord {
            owner: key.owner.clone(),
            rtype: key.rtype,
            ttl,
            rdata,
        });
        self.new.entry(row).or_default().extend(new);
    }

    fn expand(&mut self, survey: &Survey<'_>, generated: Expansions) {
        for (row, mut targets) in generated {
            let records = survey.read(row).into_iter().enumerate().filter_map(|(nth, record)| {
                let (ttl, rdata) = match targets.remove(&nth) {
                    None => (record.ttl, None),
                    Some(target) => target?,
                };
                let rdata = rdata.unwrap_or(record.rdata);
                Some(NewRecord { owner: record.owner, rtype: record.rtype, ttl, rdata })
            });
            let records = records.collect();
            self.ops.insert(row, Op::Expand(records));
        }
    }
}

/// For each touched `$GENERATE`, what some of its records are to become.
type Expansions = BTreeMap<usize, HashMap<usize, Target>>;

/// The records of an RRset with their TTLs, each once.
fn records(set: Option<&RrSet>, rtype: RecordType) -> Vec<(u32, Rdata)> {
    let Some(set) = set else { return Vec::new() };
    let set = set.clone().without_repeats(rtype);
    let ttls: Vec<u32> = (0..set.rdata.len()).map(|at| set.ttl_of(at)).collect();
    ttls.into_iter().zip(set.rdata).collect()
}
