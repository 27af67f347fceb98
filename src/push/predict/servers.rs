//! What BIND, Knot and PowerDNS make of single changes, each otherwise than the others.

use super::hiding::Hides;
use crate::push::{Plan, PredictionKind};
use crate::zone::changes::{Change, Contents};
use crate::zone::update::Operation;
use crate::zone::{Name, NameRef, RecordType, RrKey, RrSet, Snapshot, types};

/// Mail before there was MX.
const MD: RecordType = RecordType(3);
const MF: RecordType = RecordType(4);
/// What NSEC was before RFC 4034.
const NXT: RecordType = RecordType(30);
/// Records in an RRset that BIND takes since 9.18.28, where it is not configured otherwise; more are SERVFAIL.
const BIND_RECORDS: usize = 100;
/// One change after the other is looked at with this at hand.
pub(super) struct Case<'a> {
    pub zone: &'a Snapshot,
    pub plan: &'a Plan,
    /// The zone as intended.
    pub after: Contents<'a>,
    pub hides: Hides,
    /// "BIND" or "Some servers (BIND among them)".
    pub who: String,
}

/// What one make of server does with one change.
pub(super) type Rule = fn(&Case<'_>, &RrKey, &Change) -> Option<(PredictionKind, String)>;

impl Case<'_> {
    fn ignored(&self, why: &str) -> Option<(PredictionKind, String)> {
        Some((PredictionKind::Ignored, format!("{} will say yes and ignore this: {why}", self.who)))
    }

    fn refused(&self, why: &str) -> Option<(PredictionKind, String)> {
        Some((PredictionKind::Refused, format!("{} will refuse the whole push: {why}", self.who)))
    }

    fn is_apex(&self, owner: &Name) -> bool {
        owner == self.zone.origin()
    }

    fn has(&self, owner: &Name, rtype: RecordType) -> bool {
        self.after.is_there(&RrKey::new(owner.clone(), rtype))
    }

    /// Will somebody who asks for the address of this name of the zone get one, or be sent elsewhere?
    fn resolves(&self, target: &Name) -> bool {
        let has_address = |name: &Name| self.has(name, RecordType::A) || self.has(name, RecordType::AAAA);
        if has_address(target) {
            return true;
        }
        let mut exists = self.after.has_at_or_below(target);
        let mut name = target.clone();
        while !self.is_apex(&name) {
            if self.has(&name, RecordType::NS) {
                return true;
            }
            let Some(parent) = name.parent() else { return true };
            if !exists {
                let wildcard = Name::from_wire(&[b"\x01*", parent.wire()].concat());
                if wildcard.is_ok_and(|wildcard| has_address(&wildcard)) {
                    return true;
                }
                exists = self.after.has_at_or_below(&parent);
            }
            name = parent;
        }
        false
    }
}

/// The records that a change adds.
pub(super) fn added<'a>(key: &'a RrKey, change: &'a Change) -> impl Iterator<Item = &'a [u8]> {
    let before = change.before.as_ref();
    let after: &[_] = change.after.as_ref().map_or(&[], |set| &set.rdata);
    after
        .iter()
        .filter(move |rdata| !before.is_some_and(|before| before.contains(key.rtype, rdata)))
        .map(|rdata| &**rdata)
}

fn is_case_only(key: &RrKey, change: &Change) -> bool {
    let (before, after): (Option<&RrSet>, Option<&RrSet>) = (change.before.as_ref(), change.after.as_ref());
    matches!((before, after), (Some(before), Some(after)) if before.same(after, key.rtype))
}

pub(super) fn bind(case: &Case<'_>, key: &RrKey, change: &Change) -> Option<(PredictionKind, String)> {
    let owner = &key.owner;
    if key.rtype == RecordType::NS && change.after.is_none() && case.has(owner, RecordType::DS) {
        let message =
            format!("{} will delete the DS here as well: it means nothing without the NS.", case.who);
        return Some((PredictionKind::Altered, message));
    }
    if key.rtype == RecordType::CNAME && is_case_only(key, change) {
        return case.ignored("only the case of a name is different, and that does not matter in DNS.");
    }
    let first = added(key, change).next()?;
    let records = |set: &Option<RrSet>| set.as_ref().map_or(0, |set| set.rdata.len());
    // Where there are more already, the limit was raised.
    if records(&change.before) <= BIND_RECORDS && records(&change.after) > BIND_RECORDS {
        return case.refused(&format!(
            "a record set holds at most {BIND_RECORDS} records there (max-records-per-type, unless it was raised). Keep \
             fewer, or raise it."
        ));
    }
    match key.rtype {
        RecordType::DS if case.is_apex(owner) => {
            return case.ignored("a DS belongs into the parent zone. Delete it here.");
        }
        RecordType::DS if !case.has(owner, RecordType::NS) => {
            return case.ignored("a DS needs NS records at the same name. Add them in the same push.");
        }
        RecordType::NS | RecordType::DNAME if owner.as_ref().is_wildcard() => {
            return case.ignored("it does not take this type at a wildcard.");
        }
        RecordType::A | RecordType::AAAA | RecordType::MX if !is_hostname(owner.as_ref(), true) => {
            return case.refused(
                "the name is no host name (letters, digits and hyphens). Use another name, or set check-names there.",
            );
        }
        RecordType::SIG | NXT => {
            return case.refused("signing is its own business. Set it up in the server's configuration.");
        }
        RecordType::DNSKEY if case.is_apex(owner) => {
            return case.refused(
                "it wants the private key to every DNSKEY. Set it up in the server's configuration.",
            );
        }
        RecordType::NSEC3PARAM if matches!(first, [_, _, high, low, ..] if u16::from_be_bytes([*high, *low]) > 150) =>
        {
            return case.refused("it takes no NSEC3 with so many iterations. Enter 0.");
        }
        RecordType::NSEC3PARAM => {
            return case
                .ignored("it takes this for an order to sign. Set it up in the server's configuration.");
        }
        RecordType::CDS | RecordType::CDNSKEY
            if case.is_apex(owner)
                && !case.has(owner, RecordType::DNSKEY)
                && !added(key, change).all(|rdata| is_delete_request(key.rtype, rdata)) =>
        {
            return case.refused("there is no DNSKEY here that this could belong to.");
        }
        MD | MF => return case.ignored("the type is obsolete. Use MX."),
        _ => {}
    }
    let targets = std::iter::once(first).chain(added(key, change).skip(1));
    for target in targets.flat_map(|rdata| types::names_in(key.rtype, rdata)) {
        match key.rtype {
            RecordType::NS | RecordType::MX | RecordType::SRV if !is_hostname(target, false) => {
                return case.refused(&format!("{target} is no host name. Use another name."));
            }
            _ => {}
        }
        let needs_address = key.rtype == RecordType::MX || key.rtype == RecordType::NS && case.is_apex(owner);
        let target = target.to_name();
        if needs_address && target.is_at_or_below(case.zone.origin()) && !case.resolves(&target) {
            return case
                .refused(&format!("{target} has no address in this zone. Add an A or AAAA record for it."));
        }
    }
    None
}

pub(super) fn knot(case: &Case<'_>, key: &RrKey, change: &Change) -> Option<(PredictionKind, String)> {
    let added_here = added(key, change).next().is_some();
    if added_here && key.rtype == RecordType::DNAME {
        let below = case.after.keys_at_or_below(&key.owner);
        if below.iter().any(|other| other.owner != key.owner && other.covered == RecordType(0)) {
            return case.refused("a DNAME hides the records below it. Delete those in the same push.");
        }
    }
    if added_here {
        let mut name = key.owner.parent();
        while let Some(above) =
            name.filter(|above| case.hides.dnames && above.is_at_or_below(case.zone.origin()))
        {
            if case.has(&above, RecordType::DNAME) {
                return case.refused(&format!("{above} has a DNAME, which hides everything below it."));
            }
            name = above.parent();
        }
    }
    let beside_cname =
        case.has(&key.owner, RecordType::CNAME)
            && case.after.keys_at(&key.owner).iter().any(|other| {
                !matches!(other.rtype, RecordType::CNAME | RecordType::RRSIG | RecordType::NSEC)
            });
    if added_here && beside_cname {
        return case.ignored("it lets nothing stand beside a CNAME.");
    }
    if added_here && key.rtype == RecordType::SIG {
        return case.refused("it takes no record of this type.");
    }
    if is_case_only(key, change) {
        return case.ignored("only the case of a name is different, and that does not matter in DNS.");
    }
    let is_single_ns =
        key.rtype == RecordType::NS && case.is_apex(&key.owner) && change.is_ttl_only(key.rtype);
    let re_adds_only = |plan: &Plan| {
        plan.operations().all(|operation| {
            *operation.owner() != key.owner
                || operation.rtype() != Some(RecordType::NS)
                || matches!(operation, Operation::Add(..))
        })
    };
    if is_single_ns && re_adds_only(case.plan) {
        return case.ignored(
            "the TTL of a record that is already there does not change. Change the nameserver first.",
        );
    }
    None
}

pub(super) fn powerdns(case: &Case<'_>, key: &RrKey, change: &Change) -> Option<(PredictionKind, String)> {
    if POWERDNS_TYPES.binary_search(&key.rtype.0).is_err() {
        return case.refused(&format!("it does not know the type {}. Leave this change out.", key.rtype));
    }
    match key.rtype {
        RecordType::SOA => {
            let ttl = |set: &Option<RrSet>| set.as_ref().map(|set| set.ttl);
            if ttl(&change.before) != ttl(&change.after) {
                return case.ignored("it keeps the TTL of the SOA. Change it in the server's database.");
            }
        }
        RecordType::DNSKEY | RecordType::CDS | RecordType::CDNSKEY | RecordType::NSEC3PARAM => {
            return case.ignored("signing is its own business. Use pdnsutil.");
        }
        _ => {}
    }
    None
}

/// The values that ask the parent to delete its DS records (RFC 8078 section 4).
fn is_delete_request(rtype: RecordType, rdata: &[u8]) -> bool {
    let protocol = if rtype == RecordType::CDNSKEY { 3 } else { 0 };
    rdata == [0, 0, protocol, 0, 0]
}

/// The types that PowerDNS 4.7 knows; others are a format error to it. Sorted.
const POWERDNS_TYPES: &[u16] = &[
    1, 2, 5, 6, 7, 8, 9, 12, 13, 14, 15, 16, 17, 18, 24, 25, 28, 29, 33, 35, 36, 37, 39, 42, 43, 44, 45, 46,
    47, 48, 49, 50, 51, 52, 53, 57, 59, 60, 61, 62, 63, 64, 65, 99, 104, 105, 106, 107, 108, 109, 249, 250,
    256, 257, 32769, 65400, 65401, 65402,
];

/// Letters, digits and hyphens between them in every label (RFC 952, RFC 1123 section 2.1).
fn is_hostname(name: NameRef<'_>, wildcard: bool) -> bool {
    name.labels().enumerate().all(|(at, label)| {
        let inner = label.iter().all(|octet| octet.is_ascii_alphanumeric() || *octet == b'-');
        wildcard && at == 0 && label == b"*"
            || inner && label.first() != Some(&b'-') && label.last() != Some(&b'-')
    })
}
