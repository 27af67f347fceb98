//! A name of the zone with all its records, as rules see it.

use std::cell::OnceCell;

use super::rules::names::{LEADING_SET, is_usual};
use super::rules::{spf, target_at};
use super::types::Types;
use crate::zone::{Contents, NameRef, RecordType, RrKey, SetId, Snapshot};

/// One record of a name; its type is that of the set.
#[derive(Debug, Clone, Copy)]
pub struct Record<'z> {
    pub ttl: u32,
    pub rdata: &'z [u8],
    /// The name to which it leads, for the types that have one: many rules ask for it.
    pub target: Option<NameRef<'z>>,
    /// Is that the name of a host by its type, and has it only letters and digits?
    pub leads_to_usual: bool,
}

impl<'z> Record<'z> {
    fn new(rtype: RecordType, ttl: u32, rdata: &'z [u8]) -> Record<'z> {
        let target = target_at(rtype).and_then(|at| NameRef::split_from(rdata.get(at..)?));
        let target = target.map(|(name, _)| name);
        let leads_to_usual = LEADING_SET.has(rtype) && target.is_some_and(is_usual);
        Record { ttl, rdata, target, leads_to_usual }
    }
}

#[derive(Debug, Clone, Copy)]
struct Set {
    rtype: RecordType,
    start: usize,
    end: usize,
}

/// A name with its records. Filled again for the next name, so that a walk asks for memory once.
#[derive(Debug)]
pub struct Node<'z> {
    pub owner: NameRef<'z>,
    pub types: Types,
    /// The lowest and the highest of its records: most rules about them need no more.
    pub ttls: (u32, u32),
    sets: Vec<Set>,
    records: Vec<Record<'z>>,
    /// Several rules ask for them.
    odd_policies: OnceCell<Vec<(usize, String)>>,
}

impl<'z> Node<'z> {
    pub fn new(owner: NameRef<'z>) -> Node<'z> {
        Node {
            owner,
            types: Types::NONE,
            ttls: (u32::MAX, 0),
            sets: Vec::new(),
            records: Vec::new(),
            odd_policies: OnceCell::new(),
        }
    }

    /// The name's records in a zone with changes.
    pub fn read(zone: Contents<'z>, owner: NameRef<'z>) -> Node<'z> {
        let mut node = Node::new(owner);
        let base = zone.base.sets_at(owner).map(SetId);
        if zone.changes.is_empty() {
            node.fill(zone.base, base);
            return node;
        }
        let first = RrKey::new(owner.to_name(), RecordType::SOA);
        let mut changed =
            zone.changes.range(first..).take_while(|(key, _)| key.owner.as_ref() == owner).peekable();
        let take = |node: &mut Node<'z>, (key, change): (&'z RrKey, &'z crate::zone::Change)| {
            if let Some(set) = &change.after {
                let records = set.rdata.iter().enumerate();
                node.push(
                    key.rtype,
                    records.map(|(at, rdata)| Record::new(key.rtype, set.ttl_of(at), rdata)),
                );
            }
        };
        for set in base {
            let Some(key) = zone.base.key(set) else { continue };
            while let Some(entry) = changed.next_if(|(other, _)| **other < key) {
                take(&mut node, entry);
            }
            if let Some(entry) = changed.next_if(|(other, _)| **other == key) {
                take(&mut node, entry);
            } else {
                node.push_set(zone.base, set);
            }
        }
        for entry in changed {
            take(&mut node, entry);
        }
        node
    }

    /// Takes the RRsets of one name of a snapshot.
    pub fn fill(&mut self, zone: &'z Snapshot, sets: impl IntoIterator<Item = SetId>) {
        (self.types, self.ttls) = (Types::NONE, (u32::MAX, 0));
        self.sets.clear();
        self.records.clear();
        self.odd_policies.take();
        for set in sets {
            self.push_set(zone, set);
        }
    }

    fn push_set(&mut self, zone: &'z Snapshot, set: SetId) {
        let rows = zone.rows_of(set);
        let Some(rtype) = zone.rtype(rows.start) else { return };
        let record = |row| Record::new(rtype, zone.ttl(row).unwrap_or_default(), zone.rdata(row));
        self.push(rtype, rows.map(record));
    }

    fn push(&mut self, rtype: RecordType, records: impl Iterator<Item = Record<'z>>) {
        let start = self.records.len();
        self.records.extend(records);
        for record in self.records.get(start..).unwrap_or_default() {
            self.ttls = (self.ttls.0.min(record.ttl), self.ttls.1.max(record.ttl));
        }
        self.types = self.types | Types::one(rtype);
        self.sets.push(Set { rtype, start, end: self.records.len() });
    }

    /// The records of a type; of several sets of signatures the first. Empty where there are none.
    pub fn set(&self, rtype: RecordType) -> &[Record<'z>] {
        self.sets().find(|(other, _)| *other == rtype).map_or(&[], |(_, records)| records)
    }

    /// The SPF policies of the name that are not right by their looks, in lower case.
    pub fn odd_policies(&self) -> impl Iterator<Item = (&Record<'z>, &str)> {
        let texts = self.set(RecordType::TXT);
        let odd = self.odd_policies.get_or_init(|| spf::odd_policies(texts).collect());
        odd.iter().filter_map(|(at, policy)| Some((texts.get(*at)?, policy.as_str())))
    }

    /// Each RRset.
    pub fn sets(&self) -> impl Iterator<Item = (RecordType, &[Record<'z>])> {
        self.sets.iter().map(|set| (set.rtype, self.records.get(set.start..set.end).unwrap_or_default()))
    }

    /// Each record of some types.
    pub fn records(&self, types: Types) -> impl Iterator<Item = (RecordType, &Record<'z>)> {
        self.sets()
            .filter(move |(rtype, _)| types.has(*rtype))
            .flat_map(|(rtype, records)| records.iter().map(move |record| (rtype, record)))
    }
}
