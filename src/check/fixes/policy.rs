//! DMARC, DKIM, MTA-STS and TLS reporting.

use super::super::fix::{Case, Fix, added, listed, quoted, txt};
use super::super::rules::policy::{DMARC_TAGS, tags};
use super::super::rules::structure::first_label;
use super::super::rules::text_of;
use super::super::view::below;
use super::{MOST, delete_record, nearest};
use crate::zone::{Rdata, RecordType, RrKey, RrSet, Soa};

const POLICIES: [&str; 3] = ["none", "quarantine", "reject"];

fn text(rdata: &[u8]) -> Option<String> {
    String::from_utf8(text_of(rdata)).ok()
}

fn begins(rdata: &Rdata, version: &str) -> bool {
    text_of(rdata).to_ascii_lowercase().starts_with(format!("v={version}").to_ascii_lowercase().as_bytes())
}

/// The record with these tags; `gone` are those that it had and are left out.
fn becomes(case: &Case<'_>, tags: &[(String, String)], gone: &[String]) -> Vec<Fix> {
    let parts: Vec<String> = tags.iter().map(|(tag, value)| format!("{tag}={value}")).collect();
    let text = parts.join("; ");
    let without = if gone.is_empty() { String::new() } else { format!(", without {}", listed(gone)) };
    let title = format!("Make it {}{}", quoted(&format!("\"{text}\"")), quoted(&without));
    case.record_becomes(title, &txt(&text))
}

/// The tags of the record, with the version first.
fn own_tags(case: &Case<'_>, version: &str) -> Option<Vec<(String, String)>> {
    let text = text(case.record()?)?;
    let own = tags(&text).into_iter().map(|(tag, value)| (tag.to_ascii_lowercase(), value.to_owned()));
    let rest = own.filter(|(tag, _)| tag != "v" && !tag.eq_ignore_ascii_case(version));
    Some([("v".to_owned(), version.to_owned())].into_iter().chain(rest).collect())
}

/// One of several records of a kind stays, and what is of no such kind.
fn keep_one(case: &Case<'_>, version: &str) -> Option<Vec<Fix>> {
    let set = case.own_set()?;
    let (own, others): (Vec<Rdata>, Vec<Rdata>) =
        set.rdata.iter().cloned().partition(|rdata| begins(rdata, version));
    if own.len() < 2 {
        return None;
    }
    let kept = |rdata: &Rdata| {
        let rdata_text = text(rdata)?;
        let title = format!("Keep {}, delete the other", quoted(&format!("\"{rdata_text}\"")));
        let becomes = others.iter().chain([rdata]).cloned().collect();
        Some(Fix::new(title, [case.own_becomes(Some(RrSet::new(set.ttl, becomes)))]))
    };
    Some(own.iter().take(MOST).filter_map(kept).collect())
}

pub fn dmarc(case: &Case<'_>) -> Vec<Fix> {
    if !first_label(case.owner().as_ref()).eq_ignore_ascii_case(b"_dmarc") {
        return to_dmarc(case);
    }
    if let Some(fixes) = keep_one(case, "DMARC1") {
        return fixes;
    }
    let Some(mut tags) = own_tags(case, "DMARC1") else { return Vec::new() };
    let is_policy = |value: &str| POLICIES.iter().any(|known| known.eq_ignore_ascii_case(value));
    let mut gone = Vec::new();
    tags.retain_mut(|(tag, value)| {
        if !DMARC_TAGS.contains(&tag.as_str()) {
            gone.push(tag.clone());
            return false;
        }
        if tag == "sp" && !is_policy(value) {
            let Some(meant) = nearest(value, &POLICIES) else {
                gone.push(tag.clone());
                return false;
            };
            meant.clone_into(value);
        }
        if matches!(tag.as_str(), "rua" | "ruf") {
            *value =
                value.split(',').map(|address| with_scheme(address.trim())).collect::<Vec<_>>().join(",");
        }
        true
    });
    match tags.iter_mut().find(|(tag, _)| tag == "p") {
        Some((_, value)) if is_policy(value) => {}
        Some((_, value)) => nearest(value, &POLICIES).unwrap_or("none").clone_into(value),
        // What says nothing of mail that fails.
        None => tags.insert(1, ("p".into(), "none".into())),
    }
    becomes(case, &tags, &gone)
}

/// A mailbox as a URL.
fn with_scheme(address: &str) -> String {
    if address.contains('@') && !address.contains(':') { format!("mailto:{address}") } else { address.into() }
}

/// A DMARC policy at the name where receivers look for it.
fn to_dmarc(case: &Case<'_>) -> Vec<Fix> {
    let (Some(set), Some(record)) = (case.own_set(), case.record()) else { return Vec::new() };
    let place = below(b"_dmarc", case.owner().as_ref()).map(|name| RrKey::new(name, RecordType::TXT));
    let Some(place) = place else { return Vec::new() };
    let there = case.view.zone.get(&place);
    if there.iter().flat_map(|set| &set.rdata).any(|rdata| begins(rdata, "DMARC1")) {
        return delete_record(case);
    }
    let is_alias = case.view.zone.keys_at(&place.owner).iter().any(|key| key.rtype == RecordType::CNAME);
    if is_alias {
        return Vec::new();
    }
    let title = format!("Move the policy to {}", place.owner);
    let becomes = added(there, RecordType::TXT, set.ttl, record);
    vec![Fix::new(title, [case.without(record), (place, Some(becomes))])]
}

/// The version first.
pub fn dkim(case: &Case<'_>) -> Vec<Fix> {
    own_tags(case, "DKIM1").map(|tags| becomes(case, &tags, &[])).unwrap_or_default()
}

/// MTA-STS and TLS reporting: an id, and addresses with a scheme.
pub fn transport(case: &Case<'_>) -> Vec<Fix> {
    let is_reports = first_label(case.owner().as_ref()).eq_ignore_ascii_case(b"_smtp");
    let version = if is_reports { "TLSRPTv1" } else { "STSv1" };
    if let Some(fixes) = keep_one(case, version) {
        return fixes;
    }
    let Some(mut tags) = own_tags(case, version) else { return Vec::new() };
    if is_reports {
        for (_, value) in tags.iter_mut().filter(|(tag, _)| tag == "rua") {
            *value =
                value.split(',').map(|address| with_scheme(address.trim())).collect::<Vec<_>>().join(",");
        }
        return becomes(case, &tags, &[]);
    }
    match tags.iter_mut().find(|(tag, _)| tag == "id") {
        Some((_, id)) => {
            id.retain(|character| character.is_ascii_alphanumeric());
            id.truncate(32);
        }
        None => {
            // Any will do that is another one at the next change of the policy.
            let apex = RrKey::new(case.view.origin().to_name(), RecordType::SOA);
            let soa = case.view.zone.get(&apex).and_then(|set| Soa::from_rdata(set.rdata.first()?));
            tags.push(("id".into(), soa.map_or(1, |soa| soa.serial).to_string()));
        }
    }
    becomes(case, &tags, &[])
}
