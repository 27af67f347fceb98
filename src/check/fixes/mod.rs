//! What each rule offers to put its findings right, by theme as the rules are.

pub mod addresses;
pub mod alias;
pub mod certificates;
pub mod dnssec;
pub mod mail;
pub mod names;
pub mod policy;
pub mod services;
pub mod soa;
pub mod spf;
pub mod targets;
pub mod ttl;

use super::fix::{Case, Fix, quoted};
use crate::zone::RrSet;
use crate::zone::types::{self, distance};

/// As many choices are offered.
const MOST: usize = 4;

/// Deletes the set.
pub fn delete_set(case: &Case<'_>) -> Vec<Fix> {
    case.delete(|rtype| rtype == case.rtype()).into_iter().collect()
}

/// Deletes the record; the others of the set stay.
pub fn delete_record(case: &Case<'_>) -> Vec<Fix> {
    let Some(record) = case.record() else { return Vec::new() };
    vec![Fix::new(format!("Delete {}", in_words(case, record)), [case.without(record)])]
}

/// The same where others are left that do what the record was for.
pub fn delete_one_of_several(case: &Case<'_>) -> Vec<Fix> {
    let several = case.own_set().is_some_and(|set| set.rdata.len() > 1);
    if several { delete_record(case) } else { Vec::new() }
}

/// One record of the set stays: each in turn.
pub fn keep_one(case: &Case<'_>) -> Vec<Fix> {
    let Some(set) = case.own_set().filter(|set| (2..=MOST).contains(&set.rdata.len())) else {
        return Vec::new();
    };
    let others = set.rdata.len() - 1;
    let kept = |rdata: &crate::zone::Rdata| {
        let other = if others == 1 { "the other".into() } else { format!("the other {others}") };
        let title = format!("Keep {}, delete {other}", in_words(case, rdata));
        Fix::new(title, [case.own_becomes(Some(RrSet::new(set.ttl, vec![rdata.clone()])))])
    };
    set.rdata.iter().map(kept).collect()
}

/// A record of the set that the finding is about: `www.example.com. CNAME a.example.net.`.
fn in_words(case: &Case<'_>, rdata: &[u8]) -> String {
    let text = types::format_rdata(case.rtype(), rdata, None);
    format!("{} {} {}", case.owner(), case.rtype(), quoted(&text))
}

/// The word of a list that a mistyped one was meant to be: at most two letters away.
fn nearest<'k>(word: &str, known: &[&'k str]) -> Option<&'k str> {
    let word = word.to_ascii_lowercase();
    let near = known.iter().map(|known| (distance(word.as_bytes(), known.as_bytes()), *known));
    let near = near.filter(|(distance, known)| *distance <= 2 && *distance < known.len().min(word.len()));
    near.min_by_key(|(distance, _)| *distance).map(|(_, known)| known)
}
