//! What a server will make of a plan other than carry it out: RFC 2136 by [`apply`], and what was measured on
//! BIND 9.18 and 9.21, Knot 3.2 and 3.6 and PowerDNS 4.7.

use super::{Plan, Prediction, PredictionKind, ServerTraits, follow};
use crate::facts::ServerKind;
use crate::zone::changes::{Change, ChangeMap, Contents, soa_of};
use crate::zone::managed::{is_managed, is_signed};
use crate::zone::serial::MAX_STEP;
use crate::zone::update::{Ignored, Operation, Rcode, apply};
use crate::zone::{Name, NameRef, RecordType, RrKey, RrSet, Snapshot, types};

/// Mail before there was MX.
const MD: RecordType = RecordType(3);
const MF: RecordType = RecordType(4);
/// What NSEC was before RFC 4034.
const NXT: RecordType = RecordType(30);
/// Records in an RRset that BIND takes since 9.18.28, where it is not configured otherwise; more are SERVFAIL.
const BIND_RECORDS: usize = 100;
/// The largest TTL that resolvers take at its word (RFC 2181 section 8).
const MAX_TTL: u32 = MAX_STEP;

/// Says what will not happen, or happen otherwise, when this plan is sent. Empty where all of `intended` is expected.
/// For a server of unknown make, what only some servers do is said so.
pub fn predict(zone: &Snapshot, plan: &Plan, intended: &ChangeMap, traits: ServerTraits) -> Vec<Prediction> {
    let mut found = match carry_out(zone, plan) {
        Ok(carried) => differences(zone, intended, &carried),
        Err(rcode) => refused(intended, rcode),
    };
    let after = Contents { base: zone, changes: intended };
    for (key, change) in intended {
        let Some(set) = &change.after else { continue };
        if set.ttl > MAX_TTL {
            let message = format!(
                "A TTL of {} is stored, but resolvers take everything above {MAX_TTL} for 0. Enter a lower one.",
                set.ttl
            );
            found.push(Prediction { key: key.clone(), kind: PredictionKind::Altered, message });
        }
    }
    for (key, change) in intended {
        let message = hidden(&after, key, change, traits.kind)
            .or_else(|| covers(&after, key, change))
            .or_else(|| uncovered(&after, key, change));
        found.extend(message.map(|message| Prediction {
            key: key.clone(),
            kind: PredictionKind::Altered,
            message,
        }));
    }
    let makes: [(ServerKind, &str, Rule); 3] = [
        (ServerKind::Bind, "BIND", bind),
        (ServerKind::Knot, "Knot", knot),
        (ServerKind::PowerDns, "PowerDNS", powerdns),
    ];
    for (kind, name, rule) in makes {
        let who = match traits.kind {
            ServerKind::Unknown => format!("Some servers ({name} among them)"),
            own if own == kind => name.to_string(),
            _ => continue,
        };
        let case = Case { zone, plan, after, who };
        for (key, change) in intended {
            found.extend(rule(&case, key, change).map(|(kind, message)| Prediction {
                key: key.clone(),
                kind,
                message,
            }));
        }
    }
    found
}

/// Records at or below a delegation or below a DNAME: servers store them, and none answers with them (RFC 1034 section
/// 4.2.1, RFC 6672 section 2.3), but for the addresses of the nameservers.
fn hidden(after: &Contents<'_>, key: &RrKey, change: &Change, kind: ServerKind) -> Option<String> {
    added(key, change).next()?;
    let at_cut = matches!(key.rtype, RecordType::NS | RecordType::DS);
    let mut name = if at_cut { key.owner.parent() } else { Some(key.owner.clone()) };
    while let Some(cut) = name.filter(|name| name != after.base.origin()) {
        let delegation = after.get(&RrKey::new(cut.clone(), RecordType::NS));
        if let Some(delegation) = delegation {
            let is_target = delegation.contains(RecordType::NS, key.owner.wire());
            let is_glue = is_target && matches!(key.rtype, RecordType::A | RecordType::AAAA);
            return (!is_glue).then(|| {
                format!(
                    "It will be stored, but nobody gets it: {cut} is delegated, so questions go to its nameservers. Add it \
                     to the zone there."
                )
            });
        }
        name = cut.parent();
    }
    let mut name = key.owner.parent();
    while let Some(above) = name.filter(|name| name.is_at_or_below(after.base.origin())) {
        // Knot does not even store them: see `knot`.
        if kind != ServerKind::Knot && after.is_there(&RrKey::new(above.clone(), RecordType::DNAME)) {
            return Some(format!(
                "It will be stored, but nobody gets it: the DNAME at {above} answers for every name below. Add it where that \
                 leads to."
            ));
        }
        name = above.parent();
    }
    None
}

/// A new delegation or DNAME over records that are there: nobody gets those any more.
fn covers(after: &Contents<'_>, key: &RrKey, change: &Change) -> Option<String> {
    let is_apex = key.owner == *after.base.origin();
    let set = change.after.as_ref().filter(|_| change.before.is_none())?;
    let is_covered = |other: &&RrKey| match key.rtype {
        RecordType::NS => {
            let is_glue = set.contains(RecordType::NS, other.owner.wire())
                && matches!(other.rtype, RecordType::A | RecordType::AAAA);
            let at_cut = other.owner == key.owner
                && matches!(
                    other.rtype,
                    RecordType::NS | RecordType::DS | RecordType::RRSIG | RecordType::NSEC
                );
            !is_glue && !at_cut
        }
        RecordType::DNAME => other.owner != key.owner && other.rtype != RecordType::NSEC3,
        _ => false,
    };
    if key.rtype == RecordType::NS && is_apex || !matches!(key.rtype, RecordType::NS | RecordType::DNAME) {
        return None;
    }
    let below = after.keys_at_or_below(&key.owner);
    let covered: Vec<&RrKey> =
        below.iter().filter(|other| is_covered(other) && other.covered == RecordType(0)).collect();
    let first = covered.first()?;
    Some(format!(
        "It hides {} of this zone, such as {}: nobody gets them any more. Delete those, or leave this out.",
        if covered.len() == 1 { "a record set".into() } else { format!("{} record sets", covered.len()) },
        super::describe(first)
    ))
}

/// The end of a delegation: what it hid is part of this zone's answers again.
fn uncovered(after: &Contents<'_>, key: &RrKey, change: &Change) -> Option<String> {
    if key.rtype != RecordType::NS || change.after.is_some() || key.owner == *after.base.origin() {
        return None;
    }
    let left = after.keys_at_or_below(&key.owner);
    let first = left
        .iter()
        .find(|key| !matches!(key.rtype, RecordType::DS | RecordType::RRSIG | RecordType::NSEC))?;
    Some(format!(
        "Without the delegation the records at and below it are answered from here, such as {}. Delete those that are not \
         wanted.",
        super::describe(first)
    ))
}

/// What a plan did.
struct Carried<'a> {
    /// What is different now, the SOA included.
    changes: ChangeMap,
    /// The operations that had no effect, and why.
    ignored: Vec<(&'a Operation, Ignored)>,
}

/// Carries out message after message, each on what the ones before it have made of the zone.
fn carry_out<'a>(zone: &Snapshot, plan: &'a Plan) -> Result<Carried<'a>, Rcode> {
    let mut carried = Carried { changes: ChangeMap::new(), ignored: Vec::new() };
    let apex_soa = RrKey::new(zone.origin().clone(), RecordType::SOA);
    for step in plan.steps.iter() {
        let now = Contents { base: zone, changes: &carried.changes };
        let soa = soa_of(now.get(&apex_soa).as_ref()).ok_or(Rcode::SERVFAIL)?;
        let applied = apply(&now, &step.update_over(&soa))?;
        let operation = |(at, reason)| Some((step.update.operations.get(at)?, reason));
        carried.ignored.extend(applied.ignored.into_iter().filter_map(operation));
        follow(&mut carried.changes, applied.changes);
    }
    carried.changes.retain(|_, change| !change.is_empty());
    Ok(carried)
}

/// The whole message fails. Data that fits no type does not get here: see the plan.
fn refused(intended: &ChangeMap, rcode: Rcode) -> Vec<Prediction> {
    let message = format!(
        "The server will refuse the whole push ({rcode}): the zone is not what the plan was made for. Reload it."
    );
    let kind = PredictionKind::Refused;
    let first = intended.keys().next();
    first.map(|key| Prediction { key: key.clone(), kind, message }).into_iter().collect()
}

/// Where RFC 2136 makes something else of the plan than was intended.
fn differences(zone: &Snapshot, intended: &ChangeMap, carried: &Carried<'_>) -> Vec<Prediction> {
    let mut found = Vec::new();
    let result = Contents { base: zone, changes: &carried.changes };
    for (key, change) in intended {
        let now = result.get(key);
        if change.is_achieved(key.rtype, now.as_ref()) {
            continue;
        }
        let (kind, verb) = match change.is_untouched(key.rtype, now.as_ref()) {
            true => (PredictionKind::Ignored, "ignore this change"),
            false => (PredictionKind::Altered, "make something else of this change"),
        };
        let why = match &change.after {
            Some(after) if !after.mixed_ttls.is_empty() => format!(
                "the records of a set have one TTL, and all of them will get {}. Give them the same TTL.",
                after.ttl
            ),
            _ => reason(carried, key).into(),
        };
        let message = format!("The server will {verb}: {why}");
        found.push(Prediction { key: key.clone(), kind, message });
    }
    let signed = is_signed(zone);
    for key in carried.changes.keys() {
        let is_expected = key.rtype == RecordType::SOA || is_managed(signed, zone, key);
        if !is_expected && !intended.contains_key(key) {
            let message = "This will change too, though nobody asked for it.".into();
            found.push(Prediction { key: key.clone(), kind: PredictionKind::Altered, message });
        }
    }
    found
}

fn reason(carried: &Carried<'_>, key: &RrKey) -> &'static str {
    let is_for_key = |operation: &Operation| {
        *operation.owner() == key.owner && operation.rtype().is_none_or(|rtype| rtype == key.rtype)
    };
    let ignored = carried.ignored.iter().find(|(operation, _)| is_for_key(operation));
    match ignored {
        Some((_, Ignored::CnameBesideData)) => "a CNAME cannot stand beside other records.",
        Some((_, Ignored::DataBesideCname)) => "nothing can stand beside a CNAME.",
        Some((_, Ignored::LastApexNs)) => "the last nameserver of a zone cannot be deleted.",
        Some((_, Ignored::ApexProtected)) => "the SOA and the nameservers of a zone cannot be deleted.",
        Some((_, Ignored::SerialNotHigher)) => "the serial is not higher than the zone's.",
        Some((_, Ignored::SoaNotAtApex)) => "an SOA can only stand at the name of the zone.",
        Some((_, Ignored::AlreadyThere | Ignored::NotThere)) | None => {
            "it cannot be expressed in an update. Look at the record set again."
        }
    }
}

struct Case<'a> {
    zone: &'a Snapshot,
    plan: &'a Plan,
    /// The zone as intended.
    after: Contents<'a>,
    /// "BIND" or "Some servers (BIND among them)".
    who: String,
}

/// What one make of server does with one change.
type Rule = fn(&Case<'_>, &RrKey, &Change) -> Option<(PredictionKind, String)>;

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
fn added<'a>(key: &'a RrKey, change: &'a Change) -> impl Iterator<Item = &'a [u8]> {
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

fn bind(case: &Case<'_>, key: &RrKey, change: &Change) -> Option<(PredictionKind, String)> {
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

fn knot(case: &Case<'_>, key: &RrKey, change: &Change) -> Option<(PredictionKind, String)> {
    let added_here = added(key, change).next().is_some();
    if added_here && key.rtype == RecordType::DNAME {
        let below = case.after.keys_at_or_below(&key.owner);
        if below.iter().any(|other| other.owner != key.owner && other.covered == RecordType(0)) {
            return case.refused("a DNAME hides the records below it. Delete those in the same push.");
        }
    }
    if added_here {
        let mut name = key.owner.parent();
        while let Some(above) = name.filter(|above| above.is_at_or_below(case.zone.origin())) {
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

fn powerdns(case: &Case<'_>, key: &RrKey, change: &Change) -> Option<(PredictionKind, String)> {
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
