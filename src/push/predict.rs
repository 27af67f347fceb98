//! What a server will make of a plan other than carry it out: RFC 2136 by [`apply`], and what was measured on
//! BIND 9.18 and 9.21, Knot 3.2 and 3.6 and PowerDNS 4.7.

mod hiding;
mod servers;

use hiding::{Hides, covers, hidden, uncovered};
use servers::{Case, Rule, bind, knot, powerdns};

use super::{Plan, Prediction, PredictionKind, ServerTraits, follow};
use crate::facts::ServerKind;
use crate::zone::changes::{ChangeMap, Contents, soa_of};
use crate::zone::managed::{is_managed, is_signed};
use crate::zone::serial::MAX_STEP;
use crate::zone::update::{Ignored, Operation, Rcode, apply};
use crate::zone::{RecordType, RrKey, Snapshot};

/// The largest TTL that resolvers take at its word (RFC 2181 section 8).
const MAX_TTL: u32 = MAX_STEP;

/// Says what will not happen, or happen otherwise, when this plan is sent. Empty where all of `intended` is expected.
/// For a server of unknown make, what only some servers do is said so.
pub fn predict(zone: &Snapshot, plan: &Plan, intended: &ChangeMap, traits: ServerTraits) -> Vec<Prediction> {
    let by_the_rfc = || match carry_out(zone, plan) {
        Ok(carried) => differences(zone, intended, &carried),
        Err(rcode) => refused(intended, rcode),
    };
    if plan.steps.len() == 1 {
        return [by_the_rfc(), beside_the_rfc(zone, plan, intended, traits)].concat();
    }
    // Thousands of changes: both at the same time.
    std::thread::scope(|scope| {
        let by_the_rfc = scope.spawn(by_the_rfc);
        let beside = beside_the_rfc(zone, plan, intended, traits);
        match by_the_rfc.join() {
            Ok(found) => [found, beside].concat(),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

/// What the RFC does not tell: what nobody gets afterwards, and what single servers do otherwise.
fn beside_the_rfc(
    zone: &Snapshot,
    plan: &Plan,
    intended: &ChangeMap,
    traits: ServerTraits,
) -> Vec<Prediction> {
    let mut found = Vec::new();
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
    let hides = Hides::of(&after);
    for (key, change) in intended {
        let message = hidden(&after, hides, key, change, traits.kind)
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
        let case = Case { zone, plan, after, hides, who };
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
