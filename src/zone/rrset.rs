//! RRset keys and contents: the unit of change.

use super::name::{Name, NameRef};
use super::rtype::RecordType;
use super::types;

/// RDATA in uncompressed wire form, exactly as received or typed.
pub type Rdata = Box<[u8]>;

/// Which RRset: owner name and type. RRSIG sets are keyed by the type covered as well, since that is how
/// servers treat them (RFC 4034 section 3, RFC 4035 section 2.2).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RrKey {
    pub owner: Name,
    pub rtype: RecordType,
    /// The type covered where `rtype` is RRSIG; 0 elsewhere.
    pub covered: RecordType,
}

impl RrKey {
    pub fn new(owner: Name, rtype: RecordType) -> RrKey {
        RrKey { owner, rtype, covered: RecordType(0) }
    }

    /// The key of the RRset that a record with this RDATA belongs to.
    pub fn of_record(owner: NameRef<'_>, rtype: RecordType, rdata: &[u8]) -> RrKey {
        RrKey { owner: owner.to_name(), rtype, covered: covered(rtype, rdata) }
    }
}

/// The type that an RRSIG covers; 0 for every other type.
pub(crate) fn covered(rtype: RecordType, rdata: &[u8]) -> RecordType {
    match (rtype, rdata) {
        (RecordType::RRSIG, [high, low, ..]) => RecordType(u16::from_be_bytes([*high, *low])),
        _ => RecordType(0),
    }
}

/// What an RRset holds: one TTL, and RDATA in the order received or typed. Never empty inside a zone; an
/// RRset that is not there is `None` wherever contents are optional.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RrSet {
    /// Seconds.
    pub ttl: u32,
    pub rdata: Vec<Rdata>,
    /// The TTL of each record where a server sent them mixed (against RFC 2181 section 5.2), in the order of
    /// `rdata`; empty elsewhere. Then `ttl` is the lowest of them. Any edit of the set makes them one.
    pub mixed_ttls: Vec<u32>,
}

impl RrSet {
    pub fn new(ttl: u32, rdata: Vec<Rdata>) -> RrSet {
        RrSet { ttl, rdata, mixed_ttls: Vec::new() }
    }

    /// The RRset of these records with their TTLs; `None` where there are none.
    pub fn of_records(records: Vec<(u32, Rdata)>) -> Option<RrSet> {
        let (ttls, rdata): (Vec<u32>, Vec<Rdata>) = records.into_iter().unzip();
        let ttl = ttls.iter().copied().min()?;
        let mixed = ttls.iter().any(|other| *other != ttl);
        Some(RrSet { ttl, rdata, mixed_ttls: if mixed { ttls } else { Vec::new() } })
    }

    /// The TTL of the record at `index`.
    pub fn ttl_of(&self, index: usize) -> u32 {
        self.mixed_ttls.get(index).copied().unwrap_or(self.ttl)
    }

    /// Where a record equal to `rdata` stands (DNS equality: names in RDATA without case).
    pub fn position(&self, rtype: RecordType, rdata: &[u8]) -> Option<usize> {
        let wanted = types::canonical(rtype, rdata);
        self.rdata.iter().position(|own| types::canonical(rtype, own) == wanted)
    }

    pub fn contains(&self, rtype: RecordType, rdata: &[u8]) -> bool {
        self.position(rtype, rdata).is_some()
    }

    /// Without the records that equal an earlier one.
    pub fn without_repeats(self, rtype: RecordType) -> RrSet {
        let mut seen = std::collections::HashSet::new();
        let firsts: Vec<bool> = (self.rdata.iter())
            .map(|rdata| seen.insert(types::canonical(rtype, rdata).into_owned()))
            .collect();
        if firsts.iter().all(|first| *first) {
            return self;
        }
        let kept = firsts.iter().enumerate().filter(|(_, first)| **first).map(|(at, _)| at);
        let records = kept.filter_map(|at| Some((self.ttl_of(at), self.rdata.get(at)?.clone()))).collect();
        RrSet::of_records(records).unwrap_or(self)
    }

    /// The same records, whatever their order, TTL and the case of names?
    pub fn same_records(&self, other: &RrSet, rtype: RecordType) -> bool {
        self.rdata.len() == other.rdata.len() && self.sorted(rtype) == other.sorted(rtype)
    }

    /// The same records and TTLs?
    pub fn same(&self, other: &RrSet, rtype: RecordType) -> bool {
        if self.mixed_ttls.is_empty() && other.mixed_ttls.is_empty() {
            return self.ttl == other.ttl && self.same_records(other, rtype);
        }
        let with_ttls = |set: &RrSet| {
            let mut records: Vec<_> = (set.rdata.iter().enumerate())
                .map(|(index, rdata)| (types::canonical(rtype, rdata).into_owned(), set.ttl_of(index)))
                .collect();
            records.sort_unstable();
            records
        };
        with_ttls(self) == with_ttls(other)
    }

    /// The same records and TTLs, spelled the same: nothing to send and nothing to show.
    pub fn same_octets(&self, other: &RrSet) -> bool {
        fn sorted(set: &RrSet) -> Vec<(&[u8], u32)> {
            let mut records: Vec<_> =
                set.rdata.iter().enumerate().map(|(at, rdata)| (&**rdata, set.ttl_of(at))).collect();
            records.sort_unstable();
            records
        }
        self == other || self.rdata.len() == other.rdata.len() && sorted(self) == sorted(other)
    }

    fn sorted(&self, rtype: RecordType) -> Vec<std::borrow::Cow<'_, [u8]>> {
        let mut records: Vec<_> = self.rdata.iter().map(|rdata| types::canonical(rtype, rdata)).collect();
        records.sort_unstable();
        records
    }
}

/// Are two optional contents the same, TTL included?
pub fn same_contents(a: Option<&RrSet>, b: Option<&RrSet>, rtype: RecordType) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => a.same(b, rtype),
        (None, None) => true,
        _ => false,
    }
}

/// The same as [`same_contents`], and spelled the same?
pub fn same_octets(a: Option<&RrSet>, b: Option<&RrSet>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => a.same_octets(b),
        (None, None) => true,
        _ => false,
    }
}
