//! Where mail goes, and that there is none.

use super::super::fix::{Case, Fix, added, listed, removed, txt};
use super::super::rules::text_of;
use super::super::view::below;
use super::delete_record;
use crate::zone::{RecordType, RrKey, RrSet};

const NULL_MX: [u8; 3] = [0, 0, 0];

/// "No mail" and mail hosts: one or the other.
pub fn null_mixed(case: &Case<'_>) -> Vec<Fix> {
    let (Some(set), Some(record)) = (case.own_set(), case.record()) else { return Vec::new() };
    let alone = case.own_becomes(Some(RrSet::new(set.ttl, vec![NULL_MX.into()])));
    let Some(others) = removed(&set, RecordType::MX, record) else {
        return vec![Fix::new(format!("Write {} MX 0 .", case.owner()), [alone])];
    };
    let others = match others.rdata.len() {
        1 => "the other MX record".into(),
        count => format!("the other {count} MX records"),
    };
    let title = format!("Delete {others} of {}: it takes no mail", case.owner());
    delete_record(case).into_iter().chain([Fix::new(title, [alone])]).collect()
}

/// Says that there is no mail: by MX, SPF and DMARC, as far as they are missing.
pub fn unsaid(case: &Case<'_>) -> Vec<Fix> {
    let Some(soa) = case.own_set() else { return Vec::new() };
    let mut changes = Vec::new();
    let mut words = Vec::new();
    if case.set(RecordType::MX).is_none() {
        changes.push((case.key(RecordType::MX), Some(RrSet::new(soa.ttl, vec![NULL_MX.into()]))));
        words.push("MX 0 .".to_owned());
    }
    let texts = case.set(RecordType::TXT);
    let is_policy = |rdata: &crate::zone::Rdata| text_of(rdata).to_ascii_lowercase().starts_with(b"v=spf1");
    let policies: Vec<_> = texts.iter().flat_map(|set| &set.rdata).filter(|rdata| is_policy(rdata)).collect();
    if policies.is_empty() {
        let set = added(texts, RecordType::TXT, soa.ttl, &txt("v=spf1 -all"));
        changes.push((case.key(RecordType::TXT), Some(set)));
        words.push("TXT \"v=spf1 -all\"".into());
    } else if !policies.iter().any(|policy| text_of(policy).ends_with(b"-all")) {
        // Somebody may send: whoever wrote that knows better.
        return Vec::new();
    }
    let place = below(b"_dmarc", case.owner().as_ref()).map(|name| RrKey::new(name, RecordType::TXT));
    if let Some(place) = place.filter(|key| case.view.zone.keys_at(&key.owner).is_empty()) {
        let policy = RrSet::new(soa.ttl, vec![txt("v=DMARC1; p=reject")]);
        changes.push((place, Some(policy)));
        words.push("DMARC p=reject".into());
    }
    vec![Fix::new(format!("Say that {} has no mail: add {}", case.owner(), listed(&words)), changes)]
}
