//! Finds the answer to a question in a zone: RFC 1034 section 4.3.2, with wildcards (RFC 4592) and DNAME (RFC 6672).
//! DNSSEC records are served like others; proofs are not added.

use crate::wire::Section;
use crate::zone::update::Rcode;
use crate::zone::{Name, NameRef, RecordType, RrKey, RrSet, SetId, Snapshot};

/// How many CNAMEs and DNAMEs are followed within the zone.
const MAX_ALIASES: usize = 16;

/// What a zone says to a question.
pub(super) struct Found {
    pub rcode: Rcode,
    /// False for a referral.
    pub authoritative: bool,
    pub sets: Vec<FoundSet>,
}

/// An RRset of the answer.
pub(super) struct FoundSet {
    pub section: Section,
    pub owner: Name,
    pub rtype: RecordType,
    pub contents: RrSet,
}

/// The answer for a name that stands in the zone or below it.
pub(super) fn lookup(zone: &Snapshot, name: &Name, rtype: RecordType) -> Found {
    let found = Found { rcode: Rcode::NOERROR, authoritative: true, sets: Vec::new() };
    let mut search = Search { zone, rtype, found };
    let mut name = name.clone();
    for _ in 0..MAX_ALIASES {
        match search.step(&name) {
            Some(target) if target.is_at_or_below(zone.origin()) => name = target,
            _ => break,
        }
    }
    search.found
}

struct Search<'a> {
    zone: &'a Snapshot,
    rtype: RecordType,
    found: Found,
}

impl Search<'_> {
    /// Adds what there is for this name. `Some` where it is an alias: the name to go on with.
    fn step(&mut self, name: &Name) -> Option<Name> {
        let path = self.path(name);
        for above in &path {
            let is_name = above == name;
            let is_apex = above == self.zone.origin();
            // The parent side of a delegation answers for its DS (RFC 4035 section 3.1.4.1).
            let may_be_cut = !is_apex && (!is_name || self.rtype != RecordType::DS);
            if let Some(servers) = self.get(above, RecordType::NS).filter(|_| may_be_cut) {
                self.refer(above, servers);
                return None;
            }
            if let Some(dname) = self.get(above, RecordType::DNAME).filter(|_| !is_name) {
                return self.substitute(name, above, dname);
            }
        }
        if self.exists(name) {
            return self.answer(name, name);
        }
        let encloser = path.iter().rev().find(|above| self.exists(above))?;
        let wildcard = Name::from_wire(&[b"\x01*", encloser.wire()].concat()).ok();
        match wildcard.filter(|wildcard| self.exists(wildcard)) {
            Some(wildcard) => self.answer(&wildcard, name),
            None => {
                self.found.rcode = Rcode::NXDOMAIN;
                self.add_negative_soa();
                None
            }
        }
    }

    /// The names from the apex down to this one.
    fn path(&self, name: &Name) -> Vec<Name> {
        let mut path = vec![name.clone()];
        let mut at = name.as_ref();
        while at != self.zone.origin().as_ref() {
            let Some(parent) = at.parent() else { break };
            path.push(parent.to_name());
            at = parent;
        }
        path.reverse();
        path
    }

    /// Does the name exist, be it only because another one stands below it?
    fn exists(&self, name: &Name) -> bool {
        !self.zone.sets_at_or_below(name.as_ref()).is_empty()
    }

    fn get(&self, owner: &Name, rtype: RecordType) -> Option<RrSet> {
        self.zone.get(&RrKey::new(owner.clone(), rtype))
    }

    fn add(&mut self, section: Section, owner: &Name, rtype: RecordType, contents: RrSet) {
        self.found.sets.push(FoundSet { section, owner: owner.clone(), rtype, contents });
    }

    /// Answers for `owner` with what stands at `source`: itself, or the wildcard that covers it.
    fn answer(&mut self, source: &Name, owner: &Name) -> Option<Name> {
        let zone = self.zone;
        let keys = zone.sets_at(source.as_ref()).filter_map(|set| Some((SetId(set), zone.key(SetId(set))?)));
        let mut alias = None;
        let mut is_empty = true;
        for (set, key) in keys {
            let Some(contents) = zone.contents(set) else { continue };
            // A name is spelled as in the zone, one that a wildcard stands for as in the question.
            let owner = if source == owner { &key.owner } else { owner };
            if self.rtype == RecordType::ANY || key.rtype == self.rtype {
                is_empty = false;
                self.add(Section::Answer, owner, key.rtype, contents);
            } else if key.rtype == RecordType::CNAME {
                alias = Some((owner.clone(), contents));
            }
        }
        match alias.filter(|_| is_empty) {
            Some((owner, contents)) => {
                let target = target_of(&contents);
                self.add(Section::Answer, &owner, RecordType::CNAME, contents);
                target
            }
            None => {
                if is_empty {
                    self.add_negative_soa();
                }
                None
            }
        }
    }

    /// The SOA of a negative answer, with the TTL that it may be kept for (RFC 2308 section 3).
    fn add_negative_soa(&mut self) {
        let origin = self.zone.origin().clone();
        if let Some(mut soa) = self.get(&origin, RecordType::SOA) {
            soa.ttl = soa.ttl.min(self.zone.soa().minimum);
            self.add(Section::Authority, &origin, RecordType::SOA, soa);
        }
    }

    /// Points to the nameservers of a delegated zone, with its DS and the addresses that are known here.
    fn refer(&mut self, cut: &Name, servers: RrSet) {
        // Behind an alias the answer itself is still ours.
        self.found.authoritative = !self.found.sets.is_empty();
        let targets: Vec<Name> =
            servers.rdata.iter().filter_map(|rdata| Name::from_wire(rdata).ok()).collect();
        self.add(Section::Authority, cut, RecordType::NS, servers);
        if let Some(ds) = self.get(cut, RecordType::DS) {
            self.add(Section::Authority, cut, RecordType::DS, ds);
        }
        for target in targets.iter().filter(|target| target.is_at_or_below(self.zone.origin())) {
            for rtype in [RecordType::A, RecordType::AAAA] {
                if let Some(addresses) = self.get(target, rtype) {
                    self.add(Section::Additional, target, rtype, addresses);
                }
            }
        }
    }

    /// Answers with a DNAME and the CNAME that follows from it (RFC 6672 section 3.1).
    fn substitute(&mut self, name: &Name, above: &Name, dname: RrSet) -> Option<Name> {
        let kept = name.wire().len().saturating_sub(above.wire().len());
        let prefix = name.wire().get(..kept).unwrap_or_default();
        let target = target_of(&dname).map(|target| Name::from_wire(&[prefix, target.wire()].concat()));
        let ttl = dname.ttl;
        self.add(Section::Answer, above, RecordType::DNAME, dname);
        match target {
            Some(Ok(target)) => {
                let cname = RrSet::new(ttl, vec![target.wire().into()]);
                self.add(Section::Answer, name, RecordType::CNAME, cname);
                Some(target)
            }
            Some(Err(_)) => {
                self.found.rcode = Rcode::YXDOMAIN;
                None
            }
            None => None,
        }
    }
}

/// Where a CNAME or DNAME points.
fn target_of(alias: &RrSet) -> Option<Name> {
    NameRef::split_from(alias.rdata.first()?).map(|(target, _)| target.to_name())
}
