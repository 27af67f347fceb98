//! What records of a zone together must be, so that servers load it: the checks of BIND's loader that no option turns
//! off (as of 9.18), and where another server would do otherwise. What is good practice beyond that is not looked at.

use std::cmp::Ordering;
use std::ops::Range;

use super::problem::Severity;
use crate::zone::beside::{self, beside};
use crate::zone::name::MAX_NAME;
use crate::zone::snapshot::RecordRef;
use crate::zone::{NameRef, RecordType, RrKey, RrSet, SetId, Snapshot};

/// One finding about an RRset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The id of the rule in `check` that it is a case of.
    pub rule: &'static str,
    pub key: RrKey,
    pub severity: Severity,
    /// One or more sentences.
    pub message: String,
}

/// The types of addresses.
const ADDRESSES: [RecordType; 2] = [RecordType::A, RecordType::AAAA];
const RESINFO: RecordType = RecordType(261);
/// What may stand beside a CNAME (RFC 2181 section 10.1, RFC 4035 section 2.5; BIND keeps SIG and KEY as well, and NSEC3 in a
/// tree of its own).
const BESIDE_CNAME: [RecordType; 5] =
    [RecordType::KEY, RecordType::SIG, RecordType::NSEC, RecordType::RRSIG, RecordType::NSEC3];
/// Of those, the ones that other servers do not take there any more.
const OLD_BESIDE_CNAME: [RecordType; 2] = [RecordType::KEY, RecordType::SIG];

/// Octets of a set's records in BIND 9.18, with two for the length of each: measured.
const MOST_IN_BIND: usize = 65_512;
/// Octets of a DNS message (RFC 1035 section 4.2.2).
const MOST_IN_ANSWER: usize = 65_535;

/// Looks at a whole zone.
pub fn findings(zone: &Snapshot) -> Vec<Finding> {
    let of_sets = beside(parts(zone), |sets| {
        let mut found = Found { zone, findings: Vec::new() };
        found.each_set(sets);
        found.findings
    });
    let mut found = Found { zone, findings: of_sets.into_iter().flatten().collect() };
    found.apex();
    for rtype in [RecordType::CDS, RecordType::CDNSKEY] {
        found.child_signals(rtype);
    }
    found.findings
}

/// Cuts the RRsets of a large zone into parts that tell nothing of each other: each begins at a name right below the
/// top, where no DNAME covers all of them.
fn parts(zone: &Snapshot) -> Vec<Range<u32>> {
    // Where names stand deeper than that, the part before goes on.
    const FAR: u32 = 1 << 16;
    let top = zone.origin();
    let all = zone.set_count() as u32;
    let has_dname = zone.find(&RrKey::new(top.clone(), RecordType::DNAME)).is_some();
    let count = if has_dname { 1 } else { beside::parts(zone.record_count()) as u32 };
    let begins = |set: &u32| {
        let record = zone.record(zone.rows_of(SetId(*set)).start);
        let is_below_top = record.is_some_and(|record| record.owner.parent() == Some(top.as_ref()));
        is_below_top && !zone.is_same_owner(SetId(set - 1), SetId(*set))
    };
    let mut parts = Vec::new();
    let mut start = 0;
    for part in 1..count {
        let near = (start + 1).max(all / count * part);
        if let Some(end) = (near..all.min(near.saturating_add(FAR))).find(begins) {
            parts.push(start..end);
            start = end;
        }
    }
    parts.push(start..all);
    parts
}

struct Found<'z> {
    zone: &'z Snapshot,
    findings: Vec<Finding>,
}

/// The rule that several records of a type at a name break.
fn rule_of_several(rtype: RecordType) -> &'static str {
    match rtype {
        RecordType::CNAME => "L-30",
        RecordType::DNAME => "L-38",
        RecordType::SOA => "L-01",
        _ => super::problem::SYNTAX,
    }
}

/// What an SVCB record of a nameserver lacks (RFC 9461): alpn, or dohpath where that names HTTP.
fn missing_parameter(rdata: &[u8]) -> Option<&'static str> {
    const ALPN: u16 = 1;
    const DOHPATH: u16 = 7;
    let (priority, rest) = rdata.split_first_chunk::<2>()?;
    let (_, mut rest) = NameRef::split_from(rest)?;
    if *priority == [0, 0] {
        // An alias has no parameters.
        return None;
    }
    let (mut protocols, mut has_path) = (None, false);
    while let Some(([a, b, c, d], after)) = rest.split_first_chunk::<4>() {
        let length = usize::from(u16::from_be_bytes([*c, *d]));
        match u16::from_be_bytes([*a, *b]) {
            ALPN => protocols = after.get(..length),
            DOHPATH => has_path = true,
            _ => {}
        }
        rest = after.get(length..)?;
    }
    let Some(mut protocols) = protocols else { return Some("alpn") };
    while let Some((length, after)) = protocols.split_first() {
        let length = usize::from(*length);
        // HTTP by its versions: http/1.1, h2, h3.
        if matches!(after.get(..length)?, [b'h', ..]) && !has_path {
            return Some("dohpath");
        }
        protocols = after.get(length..)?;
    }
    None
}

impl Found<'_> {
    fn error(&mut self, rule: &'static str, key: RrKey, message: impl Into<String>) {
        self.findings.push(Finding { rule, key, severity: Severity::Error, message: message.into() });
    }

    /// What is wrong with a set by itself, or beside others at its name.
    fn each_set(&mut self, sets: Range<u32>) {
        let zone = self.zone;
        // The first and the last set of the name, as far as they are known.
        let mut name: Option<(SetId, Option<SetId>, bool)> = None;
        let mut dname = None;
        for set in sets.map(SetId) {
            let rows = zone.rows_of(set);
            let Some(rtype) = zone.rtype(rows.start) else { continue };
            self.size(set, rows.len());
            // Names are far away in memory: most sets are passed over without a look at theirs.
            let (cname, other) = match &mut name {
                Some((first, cname, other)) if zone.is_same_owner(*first, set) => (cname, other),
                _ => {
                    let (_, cname, other) = name.insert((set, None, false));
                    (cname, other)
                }
            };
            if rtype == RecordType::CNAME {
                *cname = Some(set);
            } else if !BESIDE_CNAME.contains(&rtype) {
                *other = true;
            } else if OLD_BESIDE_CNAME.contains(&rtype) {
                self.old_beside_cname(set);
            }
            let beside = cname.take_if(|_| *other).and_then(|set| zone.key(set));
            let alone = rtype.is_singleton() || rtype == RESINFO;
            let may_stand = !alone && rtype != RecordType::NS && rtype != RecordType::SVCB;
            if dname.is_none() && beside.is_none() && may_stand {
                continue;
            }
            let Some(record) = zone.record(rows.start) else { continue };
            self.below(&mut dname, &record);
            if rtype == RecordType::NS && record.owner != zone.origin().as_ref() {
                self.glue(set, &record);
            }
            if rtype == RecordType::SVCB {
                self.nameserver_service(&record, rows.clone());
            }
            if let Some(key) = beside {
                self.error(
                    "L-29",
                    key,
                    format!(
                        "{} has a CNAME and other records. Where a CNAME stands, nothing else may (RFC 1034 section \
                         3.6.2); servers refuse the zone.",
                        record.owner
                    ),
                );
            }
            if alone && rows.len() > 1 {
                let message = format!(
                    "{} has {} {} records. There may be one; BIND refuses the zone.",
                    record.owner,
                    rows.len(),
                    record.rtype
                );
                self.error(rule_of_several(rtype), record.key(), message);
            }
            if record.owner.is_wildcard() && rtype == RecordType::NS {
                let message =
                    format!("{} is a wildcard and has NS records; BIND refuses the zone.", record.owner);
                self.error("L-18", record.key(), message);
            }
        }
    }

    /// A set that is too large for BIND, or for any answer.
    fn size(&mut self, set: SetId, records: usize) {
        let octets = self.zone.octets_of(set);
        // Header, question, and before the data of each record a pointer to the name, type, class, TTL and length.
        let answer = |name: usize| 12 + name + 4 + 12 * records + octets;
        if answer(MAX_NAME) <= MOST_IN_ANSWER {
            return;
        }
        let Some(key) = self.zone.key(set) else { return };
        let answer = answer(key.owner.wire().len());
        let plural = if records == 1 { "" } else { "s" };
        let what =
            format!("{} has {records} {} record{plural} with {octets} octets of data", key.owner, key.rtype);
        if octets + 2 * records > MOST_IN_BIND {
            let message = format!(
                "{what}. BIND refuses the zone: with two octets more for each record a set may have {MOST_IN_BIND}."
            );
            self.error(super::problem::SYNTAX, key, message);
        } else if answer > MOST_IN_ANSWER {
            let message = format!(
                "{what}. Nobody can get that: an answer would have {answer} octets, and a DNS message has {MOST_IN_ANSWER} \
                 at most."
            );
            self.warning(super::problem::SYNTAX, key, message);
        }
    }

    fn warning(&mut self, rule: &'static str, key: RrKey, message: impl Into<String>) {
        self.findings.push(Finding { rule, key, severity: Severity::Warning, message: message.into() });
    }

    /// KEY and SIG stood beside a CNAME before RFC 4035.
    fn old_beside_cname(&mut self, set: SetId) {
        let Some(key) = self.zone.key(set) else { return };
        if self.zone.find(&RrKey::new(key.owner.clone(), RecordType::CNAME)).is_some() {
            let message = format!(
                "{} has a CNAME beside this {}. BIND reads that (RFC 2535 section 2.3.5); Knot refuses the zone, and NSD \
                 that with a KEY.",
                key.owner, key.rtype
            );
            self.warning(super::problem::SYNTAX, key, message);
        }
    }

    /// Records below a DNAME are never found. Canonical order puts them right after it.
    fn below<'r>(&mut self, dname: &mut Option<NameRef<'r>>, record: &RecordRef<'r>) {
        let here = dname.filter(|dname| record.owner.is_at_or_below(*dname));
        if let Some(dname) = here.filter(|dname| *dname != record.owner) {
            let loaded = match record.rtype {
                RecordType::NSEC3 => "BIND and NSD load the zone, Knot refuses it",
                _ => "BIND loads the zone, Knot and NSD refuse it",
            };
            let message =
                format!("{} is below the DNAME of {dname}, so nobody finds it. {loaded}.", record.owner);
            self.warning("L-37", record.key(), message);
        }
        if record.rtype == RecordType::DNAME {
            *dname = Some(record.owner);
            let key = RrKey::new(record.owner.to_name(), RecordType::NS);
            if key.owner != *self.zone.origin() && self.zone.find(&key).is_some() {
                let message = format!(
                    "{} has NS records beside a DNAME (RFC 6672 section 2.4). BIND and NSD load the zone, Knot refuses it.",
                    record.owner
                );
                self.warning(super::problem::SYNTAX, key, message);
            }
        } else if here.is_none() {
            *dname = None;
        }
    }

    /// How a nameserver is reached (RFC 9461): by which protocol must be said.
    fn nameserver_service(&mut self, record: &RecordRef<'_>, rows: Range<usize>) {
        let is_port =
            |label: &[u8]| label.strip_prefix(b"_").is_some_and(|port| port.iter().all(u8::is_ascii_digit));
        let mut labels = record.owner.labels().skip_while(|label| is_port(label));
        if !labels.next().is_some_and(|label| label.eq_ignore_ascii_case(b"_dns")) {
            return;
        }
        let zone = self.zone;
        if let Some(missing) = rows.into_iter().find_map(|row| missing_parameter(zone.rdata(row))) {
            let message = format!(
                "{} says how a nameserver is reached and has no {missing} (RFC 9461 section 4). BIND 9.18, Knot and NSD \
                 load the zone, newer BIND refuses it.",
                record.owner
            );
            self.warning("L-86", record.key(), message);
        }
    }

    /// A delegation to a name of this zone needs an address: below itself right there, elsewhere as that name is found.
    fn glue(&mut self, set: SetId, record: &RecordRef<'_>) {
        let (zone, owner) = (self.zone, record.owner);
        for row in zone.rows_of(set) {
            let Some((name, _)) = NameRef::split_from(zone.rdata(row)) else { continue };
            let lack = match name.is_at_or_below(owner) {
                true if has_glue(zone, set, name) => None,
                true => Some(("L-26", "has no address here")),
                false => without_address(zone, name),
            };
            if let Some((rule, why)) = lack {
                let message = format!(
                    "The delegation of {owner} leads to {name}, which {why}, so nobody can reach it. Servers load the \
                     zone, the kzonecheck of Knot may refuse it."
                );
                self.warning(rule, record.key(), message);
            }
        }
    }

    fn apex(&mut self) {
        let zone = self.zone;
        let apex = |rtype| RrKey::new(zone.origin().clone(), rtype);
        if zone.find(&apex(RecordType::DS)).is_some() {
            let message = "A DS record stands at the top of the zone. It belongs into the parent zone; BIND refuses the file.";
            self.error("L-97", apex(RecordType::DS), message);
        }
        let parameters = zone.get(&apex(RecordType::NSEC3PARAM));
        if parameters.as_ref().is_some_and(|set| set.rdata.len() > 1) {
            let message =
                "There are several NSEC3PARAM records. BIND and NSD load the zone, Knot refuses it.";
            self.warning("L-100", apex(RecordType::NSEC3PARAM), message);
        }
        let mut hashes = parameters.iter().flat_map(|set| &set.rdata).filter_map(|rdata| rdata.first());
        let is_known = |hash: &u8| *hash == 1;
        if let Some(hash) = hashes.clone().find(|hash| !is_known(hash)) {
            let what = format!("NSEC3PARAM has the hash algorithm {hash}; there is only 1 (SHA-1).");
            let key = apex(RecordType::NSEC3PARAM);
            match hashes.any(is_known) {
                true => self.warning(
                    "L-100",
                    key,
                    format!("{what} BIND refuses the zone where it takes dynamic updates."),
                ),
                false => self.error("L-100", key, format!("{what} BIND refuses the zone.")),
            }
        }
        let Some(nameservers) = zone.get(&apex(RecordType::NS)) else {
            self.error(
                "L-02",
                apex(RecordType::SOA),
                "The zone has no NS record at its top. BIND refuses it, and so does the kzonecheck of Knot.",
            );
            return;
        };
        for rdata in &nameservers.rdata {
            let Some((name, _)) = NameRef::split_from(rdata) else { continue };
            if let Some((rule, why)) = without_address(zone, name) {
                let message = format!("The nameserver {name} {why}; BIND refuses the zone.");
                self.error(rule, apex(RecordType::NS), message);
            }
        }
    }

    /// CDS and CDNSKEY at the top must fit the DNSKEY records there; the deletion record stands alone.
    fn child_signals(&mut self, rtype: RecordType) {
        let zone = self.zone;
        let apex = |rtype| RrKey::new(zone.origin().clone(), rtype);
        let Some(signals) = zone.get(&apex(rtype)) else { return };
        let keys = zone.get(&apex(RecordType::DNSKEY));
        let algorithm = |set: &RrSet, at: usize| -> Vec<u8> {
            set.rdata.iter().filter_map(|rdata| rdata.get(at).copied()).collect()
        };
        let available = keys.map(|keys| algorithm(&keys, 3)).unwrap_or_default();
        let (deletion, place): (&[u8], usize) = match rtype {
            RecordType::CDS => (&[0, 0, 0, 0, 0], 2),
            _ => (&[0, 0, 3, 0, 0], 3),
        };
        let deletes = signals.rdata.iter().any(|rdata| **rdata == *deletion);
        let others: Vec<&u8> = signals
            .rdata
            .iter()
            .filter(|rdata| ***rdata != *deletion)
            .filter_map(|rdata| rdata.get(place))
            .collect();
        if deletes && !others.is_empty() {
            let message = format!(
                "The {rtype} record that asks for deletion stands beside others; BIND refuses the zone."
            );
            self.error("L-102", apex(rtype), message);
        } else if let Some(algorithm) = others.iter().find(|algorithm| !available.contains(algorithm)) {
            let message = format!(
                "A {rtype} record has algorithm {algorithm}, and no DNSKEY of the zone has; BIND refuses the zone.",
            );
            self.error("L-102", apex(rtype), message);
        }
    }
}

/// Has a name at or below the owner of `set`, which is a delegation's, an address? What is below a name follows it, mostly
/// soon.
fn has_glue(zone: &Snapshot, set: SetId, name: NameRef<'_>) -> bool {
    const SOON: usize = 8;
    for near in (set.0..).map(SetId).skip(1).take(SOON) {
        let Some(record) = zone.record(zone.rows_of(near).start) else { return false };
        match record.owner.cmp(&name) {
            Ordering::Less => {}
            Ordering::Equal if ADDRESSES.contains(&record.rtype) => return true,
            Ordering::Equal => {}
            Ordering::Greater => return false,
        }
    }
    ADDRESSES.into_iter().any(|rtype| zone.find_after(set, &RrKey::new(name.to_name(), rtype)).is_some())
}

/// Why a nameserver inside the zone has no address there, and the rule that says so; `None` where it has, or where that is not this zone's
/// business.
fn without_address(zone: &Snapshot, name: NameRef<'_>) -> Option<(&'static str, &'static str)> {
    let origin = zone.origin().as_ref();
    if !name.is_at_or_below(origin) {
        return None;
    }
    let has = |owner: NameRef<'_>, rtype| zone.find(&RrKey::new(owner.to_name(), rtype)).is_some();
    // From the top down: a delegation hides what is below it, a DNAME takes its place.
    let mut above: Vec<NameRef<'_>> =
        std::iter::successors(Some(name), |name| name.parent()).take_while(|name| *name != origin).collect();
    above.reverse();
    if name != origin && has(origin, RecordType::DNAME) {
        return Some(("L-40", "is below a DNAME"));
    }
    for ancestor in &above {
        if has(*ancestor, RecordType::NS) {
            return None;
        }
        if *ancestor != name && has(*ancestor, RecordType::DNAME) {
            return Some(("L-40", "is below a DNAME"));
        }
    }
    let source = found_at(zone, name);
    let Some(source) = source else { return Some(("L-40", "has no address record (A or AAAA)")) };
    if has(source.as_ref(), RecordType::A) || has(source.as_ref(), RecordType::AAAA) {
        None
    } else if has(source.as_ref(), RecordType::CNAME) {
        Some(("L-39", "is a CNAME"))
    } else {
        Some(("L-40", "has no address record (A or AAAA)"))
    }
}

/// The name whose records answer for `name`: itself, or the wildcard that covers it (RFC 4592 section 3.3.1).
fn found_at(zone: &Snapshot, name: NameRef<'_>) -> Option<crate::zone::Name> {
    let exists = |name: NameRef<'_>| !zone.sets_at_or_below(name).is_empty();
    if exists(name) {
        return Some(name.to_name());
    }
    let closest = std::iter::successors(name.parent(), |name| name.parent()).find(|name| exists(*name))?;
    let mut wildcard = b"\x01*".to_vec();
    wildcard.extend_from_slice(closest.wire());
    let wildcard = crate::zone::Name::from_wire(&wildcard).ok()?;
    exists(wildcard.as_ref()).then_some(wildcard)
}
