//! SPF policies.

use super::super::fix::{Case, Fix, added, quoted, txt};
use super::super::rules::spf::{Term, mistake, policy, terms};
use super::nearest;
use crate::zone::{Rdata, RecordType, RrSet};

const MECHANISMS: [&str; 8] = ["include", "exists", "redirect", "all", "ip4", "ip6", "mx", "ptr"];

/// The policy of a record, unless its case means something (RFC 7208 section 7.3).
fn readable(rdata: &[u8]) -> Option<String> {
    policy(rdata).filter(|policy| !policy.contains('%'))
}

fn becomes(case: &Case<'_>, text: &str) -> Vec<Fix> {
    case.record_becomes(format!("Make it {}", quoted(&format!("\"{text}\""))), &txt(text))
}

fn joined(terms: &[String]) -> String {
    ["v=spf1"].into_iter().chain(terms.iter().map(String::as_str)).collect::<Vec<_>>().join(" ")
}

/// All policies as one: what any of them allows is allowed, and the end is the mildest of theirs.
pub fn merge(case: &Case<'_>) -> Vec<Fix> {
    let Some(set) = case.own_set() else { return Vec::new() };
    let (own, others): (Vec<Rdata>, Vec<Rdata>) =
        set.rdata.iter().cloned().partition(|rdata| policy(rdata).is_some());
    let Some(policies) = own.iter().map(|rdata| readable(rdata)).collect::<Option<Vec<String>>>() else {
        return Vec::new();
    };
    let mut merged: Vec<String> = Vec::new();
    let mut ends: Vec<char> = Vec::new();
    for (text, term) in policies.iter().flat_map(|policy| terms(policy)) {
        if mistake(&term).is_some() {
            return Vec::new();
        }
        let term = match term.name {
            "all" => {
                ends.push(term.qualifier.unwrap_or('+'));
                continue;
            }
            // A policy that stands for another one is included by one that has more to say.
            "redirect" => format!("include:{}", term.rest.trim_start_matches('=')),
            _ => text.to_owned(),
        };
        if !merged.contains(&term) {
            merged.push(term);
        }
    }
    // +all is nothing that anybody means.
    let end = ['?', '~', '-'].into_iter().find(|end| ends.contains(end)).unwrap_or('~');
    merged.push(format!("{end}all"));
    let text = joined(&merged);
    let title = format!("Merge them into {}", quoted(&format!("\"{text}\"")));
    let rdata = others.into_iter().chain([txt(&text)]).collect();
    vec![Fix::new(title, [case.own_becomes(Some(RrSet::new(set.ttl, rdata)))])]
}

/// The policy with the mistakes mended whose meaning is plain.
pub fn syntax(case: &Case<'_>) -> Vec<Fix> {
    let Some(policy) = case.record().and_then(|record| readable(record)) else { return Vec::new() };
    // "include: example.net" was meant as one term.
    let policy = policy.replace(": ", ":").replace("= ", "=");
    let mended: Vec<String> = terms(&policy).map(|(text, term)| mended(text, &term)).collect();
    let text = joined(&mended);
    if terms(&text).any(|(_, term)| mistake(&term).is_some()) {
        return Vec::new();
    }
    becomes(case, &text)
}

fn mended(text: &str, term: &Term<'_>) -> String {
    if mistake(term).is_none() {
        return text.to_owned();
    }
    let value = term.rest.get(1..).unwrap_or_default();
    let address = value.split('/').next().unwrap_or_default();
    let qualifier = term.qualifier.map(String::from).unwrap_or_default();
    let is_four = address.parse::<std::net::Ipv4Addr>().is_ok();
    let is_six = address.parse::<std::net::Ipv6Addr>().is_ok();
    match term.name {
        "ip" | "ip4" | "ip6" | "ipv4" | "ipv6" if is_four => format!("{qualifier}ip4:{value}"),
        "ip" | "ip4" | "ip6" | "ipv4" | "ipv6" if is_six => format!("{qualifier}ip6:{value}"),
        "all" => format!("{qualifier}all"),
        "include" | "exists" | "a" | "mx" | "ptr" if !value.is_empty() => {
            format!("{qualifier}{}:{value}", term.name)
        }
        "redirect" | "exp" if !value.is_empty() => format!("{}={value}", term.name),
        // A bare address says what it is.
        _ if text.parse::<std::net::Ipv4Addr>().is_ok() => format!("ip4:{text}"),
        name => match nearest(name, &MECHANISMS).filter(|_| name.len() > 1) {
            Some(meant) => format!("{qualifier}{meant}{}", term.rest),
            None => text.to_owned(),
        },
    }
}

/// The policy with an end, and nothing behind it; without ptr.
pub fn end(case: &Case<'_>) -> Vec<Fix> {
    let Some(policy) = case.record().and_then(|record| readable(record)) else { return Vec::new() };
    let (mut mechanisms, mut modifiers, mut end) = (Vec::new(), Vec::new(), None);
    let mut without_ptr = false;
    for (text, term) in terms(&policy) {
        match term.name {
            "all" => end = end.or(Some(term.qualifier.unwrap_or('+'))),
            "ptr" => without_ptr = true,
            _ if term.rest.starts_with('=') => modifiers.push(text.to_owned()),
            _ => mechanisms.push(text.to_owned()),
        }
    }
    let redirects = modifiers.iter().any(|text| text.starts_with("redirect="));
    let ends: &[&str] = match end {
        Some('-') => &["-all"],
        Some('?') => &["?all"],
        Some('~') => &["~all"],
        None if redirects => &[""],
        _ => &["~all", "-all"],
    };
    let policy = |end: &&str| {
        let end = Some((*end).to_owned()).filter(|end| !end.is_empty());
        let terms: Vec<String> =
            mechanisms.iter().cloned().chain(end).chain(modifiers.iter().cloned()).collect();
        let mut fixes = becomes(case, &joined(&terms));
        if without_ptr {
            fixes.iter_mut().for_each(|fix| fix.title.push_str(", without ptr"));
        }
        fixes
    };
    ends.iter().flat_map(policy).collect()
}

/// The policy as a TXT record, unless one stands there.
pub fn retired(case: &Case<'_>) -> Vec<Fix> {
    let Some(set) = case.own_set() else { return Vec::new() };
    let texts = case.set(RecordType::TXT);
    if texts.iter().flat_map(|set| &set.rdata).any(|rdata| policy(rdata).is_some()) {
        return super::delete_set(case);
    }
    let becomes =
        set.rdata.iter().fold(texts, |texts, rdata| Some(added(texts, RecordType::TXT, set.ttl, rdata)));
    let title = format!("Make {} SPF a TXT record", case.owner());
    vec![Fix::new(title, [case.own_becomes(None), (case.key(RecordType::TXT), becomes)])]
}
