//! SPF: who may send mail for a domain (RFC 7208).

use super::super::Severity::{Error, Warning};
use super::super::fixes;
use super::super::node::Record;
use super::super::rule::{Found, Here, LooksAt, Rule};
use super::super::view::{self, Target, View};
use super::{quoted, text_of};
use crate::zone::{Name, NameRef, Rdata, RecordType, RrKey};

const TXT: &[RecordType] = &[RecordType::TXT];
/// As many lookups may a policy take (RFC 7208 section 4.6.4).
pub const MOST_LOOKUPS: usize = 10;
/// And so many of them may find nothing.
pub const MOST_VOID: usize = 2;
/// A count ends when it is this far beyond what is allowed.
const ENOUGH: usize = 50;

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
        "A policy may take ten lookups, those of the policies that it includes counted, and two that find nothing. \
         Beyond that receivers take it for broken. What it includes of other zones is counted with the network.",
        TXT,
        lookups,
    )
    .looking_at(LooksAt::TARGETS),
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

/// Is this a policy that is right by its looks: addresses in one string, with an end that refuses others? Nearly every
/// one is so, and there is nothing in it to be followed.
fn is_plain(rdata: &[u8]) -> bool {
    let Some((length, text)) = rdata.split_first() else { return false };
    let terms = text.strip_prefix(b"v=spf1").filter(|_| usize::from(*length) == text.len());
    let terms = terms.and_then(|terms| terms.strip_suffix(b" -all").or(terms.strip_suffix(b" ~all")));
    let is_right = |term: &[u8]| {
        let (name, rest) = term.split_at_checked(3).unwrap_or_default();
        let name = [&b"ip4"[..], b"ip6"].contains(&name).then_some(name);
        let (name, rest) = (name.map(std::str::from_utf8), std::str::from_utf8(rest));
        matches!((name, rest), (Some(Ok(name)), Ok(rest)) if mistake(&Term { qualifier: None, name, rest }).is_none())
    };
    terms.is_some_and(|terms| {
        let mut terms = terms.split(|octet| *octet == b' ');
        terms.next().is_some_and(<[u8]>::is_empty) && terms.all(is_right)
    })
}

/// The policies among texts that are not right by their looks, with their places there.
pub fn odd_policies(texts: &[Record<'_>]) -> impl Iterator<Item = (usize, String)> {
    let odd = texts.iter().enumerate().filter(|(_, record)| !is_plain(record.rdata));
    odd.filter_map(|(at, record)| Some((at, policy(record.rdata)?)))
}

fn several(here: &Here<'_, '_>, found: &mut Found<'_>) {
    // Most names have one text at most.
    if here.set(RecordType::TXT).len() < 2 {
        return;
    }
    let policies = || here.set(RecordType::TXT).iter().filter(|record| policy(record.rdata).is_some());
    let mut others = policies().skip(1);
    if let Some(second) = others.next() {
        let count = 2 + others.count();
        let message = format_args!("{} has {count} SPF policies. Receivers take none of them.", here.owner());
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

    /// The name that it is about: its own, else that of the policy. `None` where that depends on the mail (macros), or is
    /// none.
    fn domain(&self, of_policy: Option<&Name>) -> Option<Name> {
        let text = self.rest.get(1..).filter(|_| self.rest.starts_with([':', '=']));
        let text = text.map(|text| text.split('/').next().unwrap_or_default());
        match text {
            None | Some("") => of_policy.cloned(),
            Some(text) if text.contains('%') => None,
            Some(text) => Name::parse(format!("{}.", text.trim_end_matches('.')).as_bytes(), None).ok(),
        }
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
    for (record, policy) in here.node.odd_policies() {
        let mut terms = terms(policy);
        if let Some((text, why)) = terms.find_map(|(text, term)| Some((text, mistake(&term)?))) {
            let message = format_args!(
                "The SPF policy of {} has {}: {why}. Receivers take the whole policy for broken.",
                here.owner(),
                quoted(text.as_bytes())
            );
            found.record(RecordType::TXT, record, message);
        }
    }
}

/// Where policies and what they name are looked up.
pub trait Policies {
    fn find(&mut self, name: &Name, rtype: RecordType) -> Texts;
}

/// The records of a type at a name.
pub enum Texts {
    /// Not to be seen from here.
    NotKnown,
    /// None, where there are none.
    Are(Vec<Rdata>),
}

/// The zone alone.
pub struct OwnZone<'z>(pub View<'z>);

impl Policies for OwnZone<'_> {
    fn find(&mut self, name: &Name, rtype: RecordType) -> Texts {
        match self.0.target(name.as_ref()) {
            Target::Here(types) if types.has(RecordType::CNAME) => Texts::NotKnown,
            Target::Here(types) if types.has(rtype) => {
                let owner = match self.0.source(name.as_ref()) {
                    Some(view::Found::Wildcard(wildcard, _)) => wildcard,
                    _ => name.clone(),
                };
                let set = self.0.zone.get(&RrKey::new(owner, rtype));
                Texts::Are(set.map_or_else(Vec::new, |set| set.rdata))
            }
            Target::Here(_) | Target::Missing => Texts::Are(Vec::new()),
            Target::Outside | Target::Delegated(_) | Target::BelowDname => Texts::NotKnown,
        }
    }
}

/// What a policy costs receivers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counted {
    pub lookups: usize,
    /// Of these, those that find nothing.
    pub void: usize,
    /// Why receivers take it for broken, other than by numbers: the end of a sentence.
    pub broken: Option<String>,
}

impl Counted {
    pub fn is_too_much(&self) -> bool {
        self.lookups > MOST_LOOKUPS || self.void > MOST_VOID || self.broken.is_some()
    }
}

/// Counts what a policy and those that it includes cost, as far as they are known.
pub fn count(policies: &mut dyn Policies, owner: &Name, policy: &str) -> Counted {
    let mut counted = Counted::default();
    count_one(policies, &mut vec![owner.clone()], policy, &mut counted);
    counted
}

/// `path`: the names whose policies led here, the last one's own at the end.
fn count_one(policies: &mut dyn Policies, path: &mut Vec<Name>, policy: &str, counted: &mut Counted) {
    let has_all = terms(policy).any(|(_, term)| term.name == "all");
    for (_, term) in terms(policy) {
        // A redirect counts only where nothing else ends the policy.
        if !term.asks() || term.name == "redirect" && has_all {
            continue;
        }
        counted.lookups += 1;
        if counted.lookups >= ENOUGH || counted.broken.is_some() {
            return;
        }
        let Some(name) = term.domain(path.last()) else { continue };
        match term.name {
            "include" | "redirect" => include(policies, path, &name, counted),
            "a" => {
                let found = [RecordType::A, RecordType::AAAA].map(|rtype| policies.find(&name, rtype));
                if found.iter().all(|found| matches!(found, Texts::Are(records) if records.is_empty())) {
                    counted.void += 1;
                }
            }
            "mx" | "exists" => {
                let rtype = if term.name == "mx" { RecordType::MX } else { RecordType::A };
                if matches!(policies.find(&name, rtype), Texts::Are(records) if records.is_empty()) {
                    counted.void += 1;
                }
            }
            _ => {}
        }
    }
}

fn include(policies: &mut dyn Policies, path: &mut Vec<Name>, name: &Name, counted: &mut Counted) {
    if path.contains(name) {
        counted.broken = Some(format!("includes itself by way of {name}"));
        return;
    }
    let Texts::Are(texts) = policies.find(name, RecordType::TXT) else { return };
    let found: Vec<String> = texts.iter().filter_map(|rdata| policy(rdata)).collect();
    match found.as_slice() {
        [] => {
            counted.void += usize::from(texts.is_empty());
            counted.broken = Some(format!("includes {name}, which has none"));
        }
        [one] => {
            path.push(name.clone());
            count_one(policies, path, one, counted);
            path.pop();
        }
        _ => counted.broken = Some(format!("includes {name}, which has several")),
    }
}

/// The names that a count looks up because of a text.
pub(super) fn reads(owner: NameRef<'_>, rdata: &[u8], visit: &mut dyn FnMut(NameRef<'_>)) {
    let Some(policy) = policy(rdata) else { return };
    let owner = owner.to_name();
    for name in terms(&policy).filter_map(|(_, term)| term.domain(Some(&owner)).filter(|_| term.asks())) {
        visit(name.as_ref());
    }
}

fn lookups(here: &Here<'_, '_>, found: &mut Found<'_>) {
    for (record, policy) in here.node.odd_policies() {
        // Nearly every policy asks for nothing, or for little.
        let asks_for_others = ["include:", "redirect="].iter().any(|word| policy.contains(word));
        if !asks_for_others && policy.matches(' ').nth(MOST_VOID).is_none() {
            continue;
        }
        // What is broken is the news.
        if terms(policy).any(|(_, term)| mistake(&term).is_some()) {
            continue;
        }
        let counted = count(&mut OwnZone(*here.view), &here.owner().to_name(), policy);
        let Counted { lookups, void, broken } = counted;
        let why = if lookups > MOST_LOOKUPS {
            format!("takes {lookups} lookups, and {MOST_LOOKUPS} are allowed")
        } else if let Some(broken) = broken {
            broken
        } else if void > MOST_VOID {
            format!("asks for {void} names that have nothing, and {MOST_VOID} are allowed")
        } else {
            continue;
        };
        let message = format_args!("The SPF policy of {} {why}.", here.owner());
        found.record(RecordType::TXT, record, message);
    }
}

fn end(here: &Here<'_, '_>, found: &mut Found<'_>) {
    for (record, policy) in here.node.odd_policies() {
        // Nearly all end so, and say nothing after it; ptr is seldom.
        if (policy.ends_with(" -all") || policy.ends_with(" ~all"))
            && !policy.contains("ptr")
            && policy.matches("all").count() == 1
        {
            continue;
        }
        // What is broken is the news.
        if terms(policy).any(|(_, term)| mistake(&term).is_some()) {
            continue;
        }
        let mechanisms: Vec<Term<'_>> =
            terms(policy).map(|(_, term)| term).filter(|term| !term.rest.starts_with('=')).collect();
        let redirects = terms(policy).any(|(_, term)| term.name == "redirect");
        let all = mechanisms.iter().position(|term| term.name == "all");
        let open = |term: &Term<'_>| matches!(term.qualifier, None | Some('+'));
        let why = match all {
            Some(at) if at + 1 < mechanisms.len() => "has mechanisms after all, which are never looked at",
            Some(at) if mechanisms.get(at).is_some_and(open) => "ends with +all: everybody may send",
            None if !redirects => "has no all at its end: of other senders it says nothing",
            _ if mechanisms.iter().any(|term| term.name == "ptr") => "has ptr, which is slow and not for use",
            _ => continue,
        };
        found.record(RecordType::TXT, record, format_args!("The SPF policy of {} {why}.", here.owner()));
    }
}

fn retired(here: &Here<'_, '_>, found: &mut Found<'_>) {
    let message = format_args!(
        "{} has a record of the retired type SPF. The policy belongs into a TXT record.",
        here.owner()
    );
    found.set(RecordType::SPF, message);
}
