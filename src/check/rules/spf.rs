//! SPF: who may send mail for a domain (RFC 7208).

use super::super::Severity::{Error, Warning};
use super::super::fixes;
use super::super::node::Record;
use super::super::rule::{Found, Here, Rule};
use super::{quoted, text_of};
use crate::zone::RecordType;

const TXT: &[RecordType] = &[RecordType::TXT];
/// As many lookups may a policy take (RFC 7208 section 4.6.4).
pub const MOST_LOOKUPS: usize = 10;

pub const RULES: &[Rule] = &[
    Rule::zone(
        ("L-62", "several-spf"),
        Error,
        "RFC 7208 sections 3.2 and 4.5",
        "Of two SPF policies receivers take neither: mail of the domain fails.",
        TXT,
        several,
    )
    .mended("Merge them into one", fixes::spf::merge),
    Rule::zone(
        ("L-63", "spf-syntax"),
        Error,
        "RFC 7208 sections 4.6 and 12",
        "A policy with a mistake counts as broken as a whole: receivers may refuse the mail.",
        TXT,
        syntax,
    )
    .mended("Mend mistakes whose meaning is plain", fixes::spf::syntax),
    Rule::zone(
        ("L-64", "spf-lookups"),
        Error,
        "RFC 7208 section 4.6.4",
        "A policy may take ten lookups. Beyond that receivers take it for broken. Those of included policies, which \
         are counted as well, are not known here.",
        TXT,
        lookups,
    ),
    Rule::zone(
        ("L-65", "spf-open-end"),
        Warning,
        "RFC 7208 sections 5.5 and 11.1",
        "A policy ends with -all or ~all: +all lets everybody send, and without an end it says nothing of others. \
         The mechanism ptr is slow and not for use.",
        TXT,
        end,
    )
    .mended("Give it an end", fixes::spf::end),
    Rule::zone(
        ("L-66", "spf-type"),
        Warning,
        "RFC 7208 section 3.1",
        "The type SPF is retired: the policy stands in a TXT record.",
        &[RecordType::SPF],
        retired,
    )
    .mended("Make it a TXT record", fixes::spf::retired),
];

/// The policy of a TXT record, in lower case; `None` for other texts. Asked for every text of a zone.
pub fn policy(rdata: &[u8]) -> Option<String> {
    if !rdata.get(1..7)?.eq_ignore_ascii_case(b"v=spf1") {
        return None;
    }
    // Nearly always one string in ASCII.
    if let Some(text) = rdata.get(7..).filter(|text| {
        rdata.first().is_some_and(|length| usize::from(*length) == text.len() + 6) && text.is_ascii()
    }) {
        let mut policy = String::with_capacity(rdata.len());
        policy.push_str("v=spf1");
        policy.extend(text.iter().map(|octet| char::from(octet.to_ascii_lowercase())));
        return matches!(text.first(), None | Some(b' ')).then_some(policy);
    }
    let text = text_of(rdata).to_ascii_lowercase();
    match text.get(6) {
        None | Some(b' ') => Some(String::from_utf8_lossy(&text).into_owned()),
        Some(_) => None,
    }
}

fn policies<'a, 'z>(here: &Here<'a, 'z>) -> impl Iterator<Item = (&'a Record<'z>, String)> + use<'a, 'z> {
    here.set(RecordType::TXT).iter().filter_map(|record| Some((record, policy(record.rdata)?)))
}

fn several(here: &Here<'_, '_>, found: &mut Found<'_>) {
    // Most names have one text at most.
    if here.set(RecordType::TXT).len() < 2 {
        return;
    }
    let count = policies(here).count();
    if let Some((second, _)) = policies(here).nth(1) {
        let message = format!("{} has {count} SPF policies. Receivers take none of them.", here.owner());
        found.record(RecordType::TXT, second, message);
    }
}

/// A term of a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term<'t> {
    /// A qualifier, where one stands.
    pub qualifier: Option<char>,
    pub name: &'t str,
    /// What stands after `:`, `=` or `/`, with that.
    pub rest: &'t str,
}

impl Term<'_> {
    /// Does it cost receivers a lookup? Those of an included policy come on top.
    pub fn asks(&self) -> bool {
        ["include", "a", "mx", "ptr", "exists", "redirect"].contains(&self.name)
    }
}

/// The terms of a policy in lower case, each as it stands there and taken apart.
pub fn terms(policy: &str) -> impl Iterator<Item = (&str, Term<'_>)> {
    policy.split(' ').skip(1).filter(|term| !term.is_empty()).map(|term| {
        let qualifier = term.chars().next().filter(|first| "+-~?".contains(*first));
        let bare = if qualifier.is_some() { term.get(1..).unwrap_or_default() } else { term };
        let (name, rest) = bare.split_at(bare.find([':', '=', '/']).unwrap_or(bare.len()));
        (term, Term { qualifier, name, rest })
    })
}

/// Is this `/24`, `//64` or `/24//64`, or nothing?
fn is_prefix(text: &str) -> bool {
    let is_length = |text: &str, most: u8| text.parse::<u8>().is_ok_and(|length| length <= most);
    let (four, six) = match text.split_once("//") {
        Some((four, six)) => (four, Some(six)),
        None => (text, None),
    };
    (four.is_empty() || four.strip_prefix('/').is_some_and(|four| is_length(four, 32)))
        && six.is_none_or(|six| is_length(six, 128))
}

/// What is wrong with a term; `None` for a right one.
pub fn mistake(term: &Term<'_>) -> Option<&'static str> {
    let value = term.rest.get(1..).unwrap_or_default();
    let has = |separator: char| term.rest.starts_with(separator);
    let address = |most: u8, is_one: fn(&str) -> bool| {
        let (address, length) = value.split_once('/').map_or((value, None), |(a, length)| (a, Some(length)));
        let fits = length.is_none_or(|length| length.parse::<u8>().is_ok_and(|length| length <= most));
        has(':') && is_one(address) && fits
    };
    let domain = |text: &str| {
        let (domain, prefix) = text.split_at(text.find('/').unwrap_or(text.len()));
        !domain.is_empty() && is_prefix(prefix)
    };
    match term.name {
        "all" => (!term.rest.is_empty()).then_some("all takes nothing"),
        "ip4" => (!address(32, |text| text.parse::<std::net::Ipv4Addr>().is_ok()))
            .then_some("ip4: takes an IPv4 address, and a length up to 32 after /"),
        "ip6" => (!address(128, |text| text.parse::<std::net::Ipv6Addr>().is_ok()))
            .then_some("ip6: takes an IPv6 address, and a length up to 128 after /"),
        "a" | "mx" => {
            let right = if has(':') { domain(value) } else { !has('=') && is_prefix(term.rest) };
            (!right).then_some("it takes a name after :, and lengths after /")
        }
        "include" | "exists" => {
            (!has(':') || value.is_empty() || value.contains('/')).then_some("it takes a name after :")
        }
        "ptr" => (has('=') || has('/') || has(':') && value.is_empty()).then_some("it takes a name after :"),
        "redirect" | "exp" if has('=') => {
            (value.is_empty() || term.qualifier.is_some()).then_some("it takes a name after =")
        }
        "ipv4" | "ip" => Some("it is called ip4"),
        "ipv6" => Some("it is called ip6"),
        // Modifiers that are not known are passed over (RFC 7208 section 6).
        name if has('=')
            && term.qualifier.is_none()
            && name.starts_with(|c: char| c.is_ascii_alphabetic()) =>
        {
            None
        }
        "" => Some("a blank too many stands in it"),
        _ => Some("there is no such mechanism"),
    }
}

fn syntax(here: &Here<'_, '_>, found: &mut Found<'_>) {
    for (record, policy) in policies(here) {
        let mut terms = terms(&policy);
        if let Some((text, why)) = terms.find_map(|(text, term)| Some((text, mistake(&term)?))) {
            let message = format!(
                "The SPF policy of {} has {}: {why}. Receivers take the whole policy for broken.",
                here.owner(),
                quoted(text.as_bytes())
            );
            found.record(RecordType::TXT, record, message);
        }
    }
}

fn lookups(here: &Here<'_, '_>, found: &mut Found<'_>) {
    // Nearly every policy is shorter.
    let is_short =
        |record: &Record<'_>| record.rdata.iter().filter(|octet| **octet == b' ').count() <= MOST_LOOKUPS;
    if here.set(RecordType::TXT).iter().all(is_short) {
        return;
    }
    for (record, policy) in policies(here) {
        let count = terms(&policy).filter(|(_, term)| term.asks()).count();
        if count > MOST_LOOKUPS {
            let message = format!(
                "The SPF policy of {} takes {count} lookups by itself, and {MOST_LOOKUPS} are allowed.",
                here.owner()
            );
            found.record(RecordType::TXT, record, message);
        }
    }
}

fn end(here: &Here<'_, '_>, found: &mut Found<'_>) {
    for (record, policy) in policies(here) {
        // Nearly all end so, and say nothing after it; ptr is seldom.
        if (policy.ends_with(" -all") || policy.ends_with(" ~all"))
            && !policy.contains("ptr")
            && policy.matches("all").count() == 1
        {
            continue;
        }
        // What is broken is the news.
        if terms(&policy).any(|(_, term)| mistake(&term).is_some()) {
            continue;
        }
        let mechanisms: Vec<Term<'_>> =
            terms(&policy).map(|(_, term)| term).filter(|term| !term.rest.starts_with('=')).collect();
        let redirects = terms(&policy).any(|(_, term)| term.name == "redirect");
        let all = mechanisms.iter().position(|term| term.name == "all");
        let open = |term: &Term<'_>| matches!(term.qualifier, None | Some('+'));
        let why = match all {
            Some(at) if at + 1 < mechanisms.len() => "has mechanisms after all, which are never looked at",
            Some(at) if mechanisms.get(at).is_some_and(open) => "ends with +all: everybody may send",
            None if !redirects => "has no all at its end: of other senders it says nothing",
            _ if mechanisms.iter().any(|term| term.name == "ptr") => "has ptr, which is slow and not for use",
            _ => continue,
        };
        found.record(RecordType::TXT, record, format!("The SPF policy of {} {why}.", here.owner()));
    }
}

fn retired(here: &Here<'_, '_>, found: &mut Found<'_>) {
    let message = format!(
        "{} has a record of the retired type SPF. The policy belongs into a TXT record.",
        here.owner()
    );
    found.set(RecordType::SPF, message);
}
