//! What BIND 9.18 and Knot 3.2 do otherwise than RFC 2136 says and we do: each with the server, the cause, and the
//! condition under which it does so. A difference that none of these explains is an error of somebody; one of these
//! that is never met is no longer true.

use std::fmt;

use zonewright::wire::{Section, class};
use zonewright::zone::rrset::same_contents;
use zonewright::zone::update::Rcode;
use zonewright::zone::{Name, NameRef, RecordRef, RecordType, RrKey, RrSet, Snapshot, Soa, serial, types};

use super::message::{Entry, Message};
use crate::lab::Make;

/// What went another way than with the embedded primary.
pub enum Difference {
    /// The answers; `None` where the connection was closed.
    Code { ours: Option<Rcode>, theirs: Option<Rcode> },
    /// What an RRset is afterwards.
    Set { key: RrKey, ours: Option<RrSet>, theirs: Option<RrSet> },
}

impl Difference {
    /// Where an RRset is another.
    pub fn owner(&self) -> Option<&Name> {
        match self {
            Difference::Set { key, .. } => Some(&key.owner),
            Difference::Code { .. } => None,
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Difference::Code { ours, theirs } => {
                let name = |code: &Option<Rcode>| code.map_or("nothing".into(), |code| code.to_string());
                write!(f, "-> we answer {}, they {}", name(ours), name(theirs))
            }
            Difference::Set { key, ours, theirs } => {
                let text = |set: &Option<RrSet>| match set {
                    None => "nothing".into(),
                    Some(set) => {
                        let rdata = set.rdata.iter().map(|rdata| types::format_rdata(key.rtype, rdata, None));
                        format!("{} {}", set.ttl, rdata.collect::<Vec<_>>().join(", "))
                    }
                };
                write!(f, "-> {} {}: ours {}; theirs {}", key.owner, key.rtype, text(ours), text(theirs))
            }
        }
    }
}

/// A message and the zones that it came to and led to.
pub struct Case<'a> {
    pub message: &'a Message,
    pub before: &'a Snapshot,
    pub ours: &'a Snapshot,
    pub theirs: &'a Snapshot,
}

impl Case<'_> {
    fn updates(&self) -> impl Iterator<Item = &Entry> {
        self.message.entries.iter().filter(|entry| entry.section == Section::Authority)
    }

    fn added(&self) -> impl Iterator<Item = &Entry> {
        self.updates().filter(|entry| entry.class == class::IN)
    }

    fn has(&self, zone: &Snapshot, owner: &Name, rtype: RecordType) -> bool {
        zone.get(&RrKey::new(owner.clone(), rtype)).is_some()
    }

    /// What stood where this record goes.
    fn old_set(&self, entry: &Entry) -> Option<(RrKey, RrSet)> {
        let set = self.before.find(&RrKey::of_record(entry.owner.as_ref(), entry.rtype, &entry.rdata))?;
        Some((self.before.key(set)?, self.before.contents(set)?))
    }

    /// Is a record added that is there already, or comes twice, with names in another case?
    fn respells(&self) -> bool {
        let is_other = |entry: &Entry, rdata: &[u8]| {
            *rdata != *entry.rdata
                && types::canonical(entry.rtype, rdata) == types::canonical(entry.rtype, &entry.rdata)
        };
        self.added().any(|entry| {
            let old = self.old_set(entry).map(|(_, set)| set.rdata).unwrap_or_default();
            let same_set = |other: &&Entry| other.owner == entry.owner && other.rtype == entry.rtype;
            old.iter().any(|rdata| is_other(entry, rdata))
                || self.added().filter(same_set).any(|other| is_other(entry, &other.rdata))
        })
    }

    /// Does the record name something in the zone that has no address after the update, or is below a DNAME?
    fn lacks_address(&self, rtype: RecordType, rdata: &[u8]) -> bool {
        let zone = self.ours;
        types::names_in(rtype, rdata).into_iter().any(|target| {
            let target = target.to_name();
            let has_address =
                [RecordType::A, RecordType::AAAA].iter().any(|rtype| self.has(zone, &target, *rtype));
            let is_moved = std::iter::successors(target.parent(), Name::parent)
                .any(|above| self.has(zone, &above, RecordType::DNAME));
            target.is_at_or_below(zone.origin()) && (!has_address || is_moved)
        })
    }
}

impl fmt::Display for Case<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.message)?;
        for RecordRef { owner, ttl, rtype, rdata } in self.before.records() {
            if self.message.entries.iter().any(|entry| entry.owner.as_ref() == owner) {
                writeln!(f, "  before: {owner} {ttl} {rtype} {}", types::format_rdata(rtype, rdata, None))?;
            }
        }
        Ok(())
    }
}

pub struct Deviation {
    pub make: Make,
    pub cause: &'static str,
    pub explains: fn(&Case<'_>, &Difference) -> bool,
}

const fn bind(cause: &'static str, explains: fn(&Case<'_>, &Difference) -> bool) -> Deviation {
    Deviation { make: Make::Bind, cause, explains }
}

const fn knot(cause: &'static str, explains: fn(&Case<'_>, &Difference) -> bool) -> Deviation {
    Deviation { make: Make::Knot, cause, explains }
}

const MD: RecordType = RecordType(3);
const MF: RecordType = RecordType(4);
const NSEC3: RecordType = RecordType(50);

pub const DEVIATIONS: &[Deviation] = &[
    bind("a DS is dropped where there is no delegation", |case, difference| {
        matches!(difference, Difference::Set { key, theirs: None, .. } if key.rtype == RecordType::DS
            && (key.owner == *case.before.origin() || !case.has(case.theirs, &key.owner, RecordType::NS)))
    }),
    bind("an NS or DNAME at a wildcard is not added", |case, difference| {
        matches!(difference, Difference::Set { key, theirs, .. }
            if matches!(key.rtype, RecordType::NS | RecordType::DNAME) && key.owner.as_ref().is_wildcard()
            && *theirs == case.before.get(key))
    }),
    bind(
        "MD and MF are not added",
        |_, difference| matches!(difference, Difference::Set { key, theirs: None, .. } if matches!(key.rtype, MD | MF)),
    ),
    bind("records of signatures and of denials are refused", |case, difference| {
        (is_refused(difference) || is_code(difference, Rcode::FORMERR))
            && case.updates().any(|entry| is_signing(entry.rtype))
    }),
    bind("check-names: hosts are named by letters, digits and hyphens", |case, difference| {
        is_refused(difference) && case.added().any(is_badly_named)
    }),
    bind("check-mx: what an MX names in the zone has an address", |case, difference| {
        let mut added = case.added().filter(|entry| entry.rtype == RecordType::MX);
        is_refused(difference)
            && added.any(|entry| {
                let set = case.ours.get(&RrKey::new(entry.owner.clone(), RecordType::MX));
                let all = set.into_iter().flat_map(|set| set.rdata).map(Vec::from);
                all.chain([entry.rdata.clone()]).any(|rdata| case.lacks_address(RecordType::MX, &rdata))
            })
    }),
    bind("what an NS at the apex names in the zone has an address", |case, difference| {
        let servers = case.ours.get(&RrKey::new(case.ours.origin().clone(), RecordType::NS)).unwrap();
        is_refused(difference) && servers.rdata.iter().any(|rdata| case.lacks_address(RecordType::NS, rdata))
    }),
    bind("a CDS or CDNSKEY belongs to a DNSKEY of the zone", |case, difference| {
        let is_one = |entry: &Entry| matches!(entry.rtype, RecordType::CDS | RecordType::CDNSKEY);
        is_refused(difference)
            && case.added().any(|entry| is_one(entry) && entry.owner == *case.before.origin())
    }),
    bind("without a zone nobody is known by a key", |case, difference| {
        is_refused(difference) && case.message.zones.is_empty()
    }),
    bind("all records of type 0 may be deleted", |case, difference| {
        is_not_malformed(difference)
            && case.updates().any(|entry| entry.class == class::ANY && entry.rtype == RecordType(0))
    }),
    bind("a prerequisite for type 0 or TKEY is malformed", |case, difference| {
        is_code(difference, Rcode::FORMERR)
            && case.message.entries.iter().any(|entry| matches!(entry.rtype.0, 0 | 249))
    }),
    bind("a record that a prerequisite names twice is two records", |case, difference| {
        matches!(difference, Difference::Code { theirs: Some(Rcode::NXRRSET), .. })
            && (case.message.entries.iter().enumerate()).any(|(at, entry)| {
                entry.section == Section::Answer
                    && entry.class == class::IN
                    && case.message.entries.iter().skip(at + 1).any(|other| is_same(entry, other))
            })
    }),
    bind("octets after the last record are ignored", |case, difference| {
        let Message { trailing, miscounted, .. } = case.message;
        matches!(difference, Difference::Code { ours: Some(Rcode::FORMERR), .. })
            && (!trailing.is_empty() || miscounted.iter().any(|by| *by < 0))
    }),
    bind(
        "a zone of another class is not implemented, or malformed with records of class IN",
        |case, difference| {
            let is_answer = is_code(difference, Rcode::NOTIMP) || is_code(difference, Rcode::FORMERR);
            is_answer && case.message.zones.iter().any(|zone| zone.2 != class::IN)
        },
    ),
    bind("the update section is looked through before the prerequisites", |case, difference| {
        let first = case.updates().find_map(|entry| prescan(entry, case.before.origin()));
        matches!(difference, Difference::Code { ours: Some(_), theirs } if theirs.is_some() && *theirs == first)
    }),
    bind("a class or RDATA that does not belong there is found before anything else", |case, difference| {
        is_code(difference, Rcode::FORMERR)
            && case.message.entries.iter().any(|entry| match entry.class {
                class::IN => false,
                class::NONE => entry.section == Section::Answer && !entry.rdata.is_empty(),
                class::ANY => !entry.rdata.is_empty(),
                _ => true,
            })
    }),
    bind("the values of NAPTR and SVCB are looked at", |case, difference| {
        is_code(difference, Rcode::FORMERR)
            && case
                .message
                .entries
                .iter()
                .any(|entry| matches!(entry.rtype.to_string().as_str(), "NAPTR" | "SVCB" | "HTTPS"))
    }),
    bind(
        "a serial that is neither before nor after the last is taken, and cannot be written",
        |case, difference| {
            let added = case.added().filter_map(|entry| Soa::from_rdata(&entry.rdata)).map(|soa| soa.serial);
            let serials: Vec<u32> = [case.before.serial()].into_iter().chain(added).collect();
            is_code(difference, Rcode::SERVFAIL)
                && serials.windows(2).any(|pair| pair[1].wrapping_sub(pair[0]) == 0x8000_0000)
        },
    ),
    bind("an equal record with names in another case stays as it is", |case, difference| {
        (is_serial(difference) || is_spelling(difference)) && case.respells()
    }),
    bind("an equal record with its owner in another case is a change", |case, difference| {
        is_serial(difference)
            && case.added().any(|entry| {
                case.old_set(entry).is_some_and(|(key, set)| {
                    set.contains(entry.rtype, &entry.rdata)
                        && !key.owner.as_ref().same_octets(entry.owner.as_ref())
                })
            })
    }),
    bind(
        "NSEC3PARAM is the server's own",
        |_, difference| matches!(difference, Difference::Set { key, theirs: None, .. } if key.rtype == RecordType::NSEC3PARAM),
    ),
    bind("NSEC3 gets a SERVFAIL", |case, difference| {
        matches!(difference, Difference::Code { theirs: Some(Rcode::SERVFAIL), .. })
            && case.message.entries.iter().any(|entry| entry.rtype == NSEC3)
    }),
    knot("a zone of another class is not implemented", |case, difference| {
        matches!(difference, Difference::Code { ours: Some(Rcode::NOTAUTH), theirs: Some(Rcode::NOTIMP) })
            && case.message.zones.iter().any(|zone| zone.2 != class::IN)
    }),
    knot("nothing stands beside a CNAME, not even RRSIG, NSEC, KEY and their like", |case, difference| {
        matches!(difference, Difference::Set { key, .. } if {
            case.has(case.ours, &key.owner, RecordType::CNAME)
                && case.ours.sets_at(key.owner.as_ref()).len() > 1
        })
    }),
    knot("an equal record with names in another case stays as it is", |case, difference| {
        is_serial(difference) && case.respells()
    }),
    knot("an equal record that is added again changes no TTL", |case, difference| {
        matches!(difference, Difference::Set { key, ours: Some(ours), theirs: Some(theirs) }
            if ours.same_records(theirs, key.rtype) && ours.ttl != theirs.ttl
            && case.added().any(|entry| entry.owner == key.owner && entry.rtype == key.rtype && entry.ttl == ours.ttl))
    }),
    knot(
        "a DNAME is refused where something stands below it, and what stands below a DNAME",
        |case, difference| {
            let names = |zone: &Snapshot| -> Vec<(Name, RecordType)> {
                let keys = zone.set_ids().filter_map(|set| zone.key(set));
                keys.map(|key| (key.owner, key.rtype)).collect()
            };
            let added = case.added().map(|entry| (entry.owner.clone(), entry.rtype));
            let all: Vec<_> = names(case.before).into_iter().chain(added).collect();
            is_refused(difference)
                && all
                    .iter()
                    .filter(|(_, rtype)| *rtype == RecordType::DNAME)
                    .any(|(dname, _)| all.iter().any(|(name, _)| name != dname && name.is_at_or_below(dname)))
        },
    ),
    knot("the TTL in a delete of class ANY is not looked at", |case, difference| {
        is_not_malformed(difference)
            && case.updates().any(|entry| entry.class == class::ANY && entry.ttl != 0)
    }),
    knot("RDATA that does not fit is found before anything else, whatever its class", |case, difference| {
        is_code(difference, Rcode::FORMERR)
            && case
                .message
                .entries
                .iter()
                .any(|entry| !entry.rdata.is_empty() && !types::is_valid(entry.rtype, &entry.rdata))
    }),
    knot("a record of a type that only questions have is found before anything else", |case, difference| {
        is_code(difference, Rcode::FORMERR)
            && case.message.entries.iter().any(|entry| entry.class == class::IN && entry.rtype.is_meta())
    }),
    knot("NSEC3PARAM is refused but at the apex", |case, difference| {
        is_refused(difference)
            && case
                .added()
                .any(|entry| entry.rtype == RecordType::NSEC3PARAM && entry.owner != *case.before.origin())
    }),
    knot("SIG is malformed", |case, difference| {
        is_code(difference, Rcode::FORMERR) && case.updates().any(|entry| entry.rtype.to_string() == "SIG")
    }),
    knot("class ANY in the zone section means class IN", |case, difference| {
        matches!(difference, Difference::Code { ours: Some(Rcode::NOTAUTH), .. })
            && case.message.zones.iter().any(|zone| zone.2 == class::ANY)
    }),
    knot("strings in RDATA are not looked at", |case, difference| {
        is_not_malformed(difference)
            && case
                .message
                .entries
                .iter()
                .any(|entry| !entry.rdata.is_empty() && !types::is_valid(entry.rtype, &entry.rdata))
    }),
    knot("the connection is closed where the zones are not one", |case, difference| {
        let Message { zones, miscounted, .. } = case.message;
        matches!(difference, Difference::Code { ours: Some(Rcode::FORMERR), theirs: None })
            && (zones.len() != 1 || miscounted[0] != 0)
    }),
    knot("types that no record has are types like others", |case, difference| {
        is_not_malformed(difference) && case.updates().any(|entry| entry.rtype.is_meta())
    }),
    knot("without octets, RDATA is right for every type", |case, difference| {
        is_not_malformed(difference)
            && case.message.entries.iter().any(|entry| entry.rdata.is_empty() && entry.class != class::ANY)
    }),
];

/// What RFC 2136 section 3.4.1 answers to a record of the update section, whatever its RDATA.
fn prescan(entry: &Entry, zone: &Name) -> Option<Rcode> {
    let is_meta = entry.rtype.is_meta();
    let fits = match entry.class {
        _ if !entry.owner.is_at_or_below(zone) => return Some(Rcode::NOTZONE),
        class::IN => !is_meta,
        class::ANY => {
            entry.ttl == 0 && entry.rdata.is_empty() && (!is_meta || entry.rtype == RecordType::ANY)
        }
        class::NONE => entry.ttl == 0 && !is_meta,
        _ => false,
    };
    (!fits).then_some(Rcode::FORMERR)
}

fn is_refused(difference: &Difference) -> bool {
    is_code(difference, Rcode::REFUSED)
}

/// Is this what they answer?
fn is_code(difference: &Difference, code: Rcode) -> bool {
    matches!(difference, Difference::Code { theirs, .. } if *theirs == Some(code))
}

/// Is it FORMERR for us alone?
fn is_not_malformed(difference: &Difference) -> bool {
    matches!(difference, Difference::Code { ours: Some(Rcode::FORMERR), .. })
}

/// Is nothing different but the case of names?
fn is_spelling(difference: &Difference) -> bool {
    match difference {
        Difference::Set { key, ours, theirs } => same_contents(ours.as_ref(), theirs.as_ref(), key.rtype),
        Difference::Code { .. } => false,
    }
}

/// Is the SOA alone another?
fn is_serial(difference: &Difference) -> bool {
    matches!(difference, Difference::Set { key, .. } if key.rtype == RecordType::SOA)
}

/// The same record, by the equality of RDATA that the servers share.
fn is_same(one: &Entry, other: &Entry) -> bool {
    one.section == other.section
        && one.class == other.class
        && one.owner == other.owner
        && one.rtype == other.rtype
        && types::canonical(one.rtype, &one.rdata) == types::canonical(other.rtype, &other.rdata)
}

fn is_signing(rtype: RecordType) -> bool {
    matches!(rtype.to_string().as_str(), "SIG" | "NXT" | "RRSIG" | "NSEC" | "NSEC3")
}

/// Does BIND's check of names object to this record?
fn is_badly_named(entry: &Entry) -> bool {
    let is_host = |name: NameRef<'_>| {
        name.labels().all(|label| {
            label.iter().all(|octet| octet.is_ascii_alphanumeric() || *octet == b'-')
                && label.first() != Some(&b'-')
                && label.last() != Some(&b'-')
        })
    };
    let owner = entry.owner.as_ref();
    let owner = if owner.is_wildcard() { owner.parent().unwrap() } else { owner };
    let rtype = entry.rtype.to_string();
    let of_hosts = ["A", "AAAA", "MB", "MG", "MR", "MX", "WKS"].contains(&rtype.as_str());
    let naming_hosts =
        ["AFSDB", "DSYNC", "MB", "MD", "MF", "MG", "MINFO", "MR", "MX", "NS", "RP", "RT", "SOA", "SRV"];
    of_hosts && !is_host(owner)
        || naming_hosts.contains(&rtype.as_str())
            && types::names_in(entry.rtype, &entry.rdata).into_iter().any(|name| !is_host(name))
}

/// A message that a server cannot be sent.
pub struct Unsendable {
    pub make: Make,
    pub cause: &'static str,
    pub is: fn(&Message, &Snapshot) -> bool,
}

pub const UNSENDABLE: &[Unsendable] = &[
    Unsendable {
        make: Make::Bind,
        cause: "a DNSKEY begins signing, which goes on after the answer",
        is: |message, _| added(message, RecordType::DNSKEY).next().is_some(),
    },
    Unsendable {
        make: Make::Knot,
        cause: "a DNAME that is added over a DNAME ends the process (SIGSEGV)",
        is: |message, before| {
            added(message, RecordType::DNAME).enumerate().any(|(at, entry)| {
                let is_again =
                    added(message, RecordType::DNAME).take(at).any(|other| other.owner == entry.owner);
                is_again || before.get(&RrKey::new(entry.owner.clone(), entry.rtype)).is_some()
            })
        },
    },
    Unsendable {
        make: Make::Knot,
        cause: "an SOA of higher serial that is added below the apex ends the process",
        is: |message, before| {
            added(message, RecordType::SOA).any(|entry| {
                let soa = Soa::from_rdata(&entry.rdata);
                entry.owner != *before.origin()
                    && soa.is_some_and(|soa| serial::is_after(soa.serial, before.serial()))
            })
        },
    },
    Unsendable {
        make: Make::Knot,
        cause: "a later change at the name of an NSEC3 ends the process",
        is: |message, _| added(message, NSEC3).next().is_some(),
    },
];

fn added(message: &Message, rtype: RecordType) -> impl Iterator<Item = &Entry> {
    message.entries.iter().filter(move |entry| {
        entry.section == Section::Authority && entry.class == class::IN && entry.rtype == rtype
    })
}
