//! Names: those that were mistyped, and those that are no host names.

use super::super::Severity::{Hint, Warning};
use super::super::fixes;
use super::super::rule::{Found, Here, LooksAt, Rule, labels_below};
use super::super::types::Types;
use super::super::view::{Target, View};
use super::target;
use crate::zone::{NameRef, RecordType};

const HOSTS: &[RecordType] = &[RecordType::A, RecordType::AAAA, RecordType::MX];
/// The types whose targets are hosts.
const LEADING: &[RecordType] = &[RecordType::NS, RecordType::MX, RecordType::SRV];
pub const LEADING_SET: Types = Types::of(LEADING);
const HOST_SET: Types = Types::of(HOSTS);
const ALIASES: &[RecordType] = &[
    RecordType::NS,
    RecordType::CNAME,
    RecordType::MX,
    RecordType::SRV,
    RecordType::PTR,
    RecordType::SVCB,
    RecordType::HTTPS,
];
const ALIAS_SET: Types = Types::of(ALIASES);
/// Labels with an underscore before hosts that RFC 8552 and practice know.
const SCOPED_HOSTS: [&[u8]; 2] = [b"_msdcs", b"_spf"];
/// Top-level domains of daily life that are longer than two letters.
const TOP_LEVEL: [&[u8]; 16] = [
    b"com", b"net", b"org", b"edu", b"gov", b"mil", b"int", b"arpa", b"info", b"biz", b"name", b"dev",
    b"app", b"cloud", b"online", b"test",
];

pub const RULES: &[Rule] = &[
    Rule::zone(
        ("L-07", "origin-twice"),
        Warning,
        "RFC 1035 section 5.1",
        "The owner ends with the zone's name twice: most likely a final dot is missing.",
        &[],
        origin_twice,
    )
    .mended("Move the records to the name that was meant", fixes::names::move_to_meant)
    .hidden_too(),
    Rule::zone(
        ("L-08", "dot-missing"),
        Warning,
        "RFC 1035 section 5.1",
        "A target that looks like a whole name and is read as one below the zone: most likely a final dot is missing.",
        ALIASES,
        dot_missing,
    )
    .mended("Put a final dot after the target", fixes::names::with_dot)
    .looking_at(LooksAt::TARGETS),
    Rule::zone(
        ("L-09", "target-origin-twice"),
        Warning,
        "RFC 1035 section 5.1",
        "The target ends with the zone's name twice: most likely a final dot is missing.",
        ALIASES,
        target_origin_twice,
    )
    .mended("Put a final dot after the target", fixes::names::with_dot),
    Rule::zone(
        ("L-10", "no-host-name"),
        Warning,
        "RFC 952, RFC 1123 section 2.1",
        "A name with an address, or one that NS, MX or SRV lead to, has only letters, digits and hyphens.",
        &[RecordType::A, RecordType::AAAA, RecordType::MX, RecordType::NS, RecordType::SRV],
        no_host_name,
    )
    .at_ordinary(LEADING)
    .hidden_too(),
    Rule::zone(
        ("L-11", "underscore-host"),
        Warning,
        "RFC 8552 section 1.1, RFC 1123 section 2.1",
        "A host whose name has an underscore: some resolvers and programs refuse it, certificates cannot have it.",
        &[RecordType::A, RecordType::AAAA, RecordType::MX, RecordType::NS, RecordType::SRV],
        underscore,
    )
    .at_ordinary(LEADING)
    .mended("Write hyphens for the underscores", fixes::names::without_underscore)
    .hidden_too(),
    Rule::zone(
        ("L-12", "hyphen-at-end"),
        Warning,
        "RFC 1123 section 2.1",
        "A label of a host name neither begins nor ends with a hyphen.",
        &[RecordType::A, RecordType::AAAA, RecordType::MX, RecordType::NS, RecordType::SRV],
        hyphen,
    )
    .at_ordinary(LEADING)
    .mended("Take the hyphens off the ends", fixes::names::without_end_hyphen)
    .hidden_too(),
    Rule::zone(
        ("L-13", "reserved-hyphens"),
        Warning,
        "RFC 5891 section 4.2.3.1",
        "Labels with hyphens in the third and fourth place are reserved; only xn-- has a meaning.",
        &[],
        reserved,
    )
    .at_ordinary(&[]),
    Rule::zone(
        ("L-14", "bad-a-label"),
        Warning,
        "RFC 5891 section 5.4",
        "A label that begins with xn-- and is no internationalised name: browsers and registries refuse it.",
        &[],
        bad_a_label,
    )
    .at_ordinary(&[]),
    Rule::zone(
        ("L-16", "mixed-scripts"),
        Hint,
        "UTS 39 section 5",
        "An internationalised label that mixes scripts, such as Latin and Cyrillic letters that look alike.",
        &[],
        mixed_scripts,
    )
    .at_ordinary(&[]),
];

/// The labels below the zone, where the zone's name follows twice; asked for every name of a zone.
pub fn has_twice(name: NameRef<'_>, origin: NameRef<'_>) -> bool {
    let (wire, origin_wire) = (name.wire(), origin.wire());
    // Without the root label.
    let own = origin_wire.len() - 1;
    if own == 0 || wire.len() < 2 * own + 1 {
        return false;
    }
    let labels = origin_wire.get(..own).unwrap_or_default();
    let first = wire.get(wire.len() - 1 - 2 * own..wire.len() - 1 - own).unwrap_or_default();
    if !first.eq_ignore_ascii_case(labels) {
        return false;
    }
    // It must begin where a label does.
    std::iter::successors(Some(name), |name| name.parent()).any(|name| name.wire().len() == 2 * own + 1)
}

fn origin_twice(here: &Here<'_, '_>, found: &mut Found<'_>) {
    if has_twice(here.owner(), here.view.origin())
        && let Some((rtype, _)) = here.node.sets().next()
    {
        let message =
            format_args!("{} ends with the zone's name twice. Is a final dot missing?", here.owner());
        found.set(rtype, message);
    }
}

fn target_origin_twice(here: &Here<'_, '_>, found: &mut Found<'_>) {
    for (rtype, record) in here.node.records(ALIAS_SET) {
        if let Some(name) = target(rtype, record).filter(|name| has_twice(*name, here.view.origin())) {
            let message = format_args!(
                "{} {rtype} leads to {name}, which ends with the zone's name twice. Is a final dot missing?",
                here.owner()
            );
            found.record(rtype, record, message);
        }
    }
}

/// Does this name of the zone look like a whole name to which the zone's was added?
pub fn is_without_dot(view: &View<'_>, name: NameRef<'_>) -> bool {
    let origin = view.origin();
    let (mut own, mut last) = (0, &[][..]);
    for label in labels_below(name, origin) {
        (own, last) = (own + 1, label);
    }
    // Nearly every name is done with here.
    if own < 2 || origin.is_root() {
        return false;
    }
    let is_top = last.len() == 2 && last.iter().all(u8::is_ascii_alphabetic)
        || TOP_LEVEL.iter().any(|top| top.eq_ignore_ascii_case(last));
    is_top && view.contains(name) && !has_twice(name, origin) && view.target(name) == Target::Missing
}

fn dot_missing(here: &Here<'_, '_>, found: &mut Found<'_>) {
    for (rtype, record) in here.node.records(ALIAS_SET) {
        if let Some(name) = target(rtype, record).filter(|name| is_without_dot(here.view, *name)) {
            let message = format_args!(
                "{} {rtype} leads to {name}, and there is no such name. Is a final dot missing after {}?",
                here.owner(),
                name.relative_to(here.view.origin())
            );
            found.record(rtype, record, message);
        }
    }
}

/// The first label of a host name that is none, from those below `origin` where it is in that zone.
fn bad_label<'n>(name: NameRef<'n>, here: &Here<'_, '_>, is_bad: impl Fn(&[u8]) -> bool) -> Option<&'n [u8]> {
    let own = match here.view.contains(name) {
        true => super::depth(name, here.view.origin()),
        false => usize::MAX,
    };
    let skip = usize::from(name.is_wildcard());
    name.labels().take(own).skip(skip).find(|label| is_bad(label))
}

/// Are there only letters and digits in it? Asked for every name of a zone.
pub fn is_usual(name: NameRef<'_>) -> bool {
    name.labels().all(|label| label.iter().all(u8::is_ascii_alphanumeric))
}

/// May one of its labels have hyphens in the third and fourth place? Asked for every name of a zone.
fn has_two_hyphens(name: NameRef<'_>) -> bool {
    let mut last = 0;
    name.wire().iter().any(|octet| std::mem::replace(&mut last, *octet) == b'-' && *octet == b'-')
}

/// Says of the owner, and of hosts that records lead to, which have a bad label.
fn hosts(
    here: &Here<'_, '_>,
    found: &mut Found<'_>,
    is_bad: impl Fn(&[u8]) -> bool,
    what: impl Fn(&[u8]) -> String,
) {
    if here.types().meets(HOST_SET)
        && !here.usual
        && let Some(label) = bad_label(here.owner(), here, &is_bad)
        && let Some((rtype, _)) = here.node.sets().find(|(rtype, _)| HOST_SET.has(*rtype))
    {
        found.set(rtype, format_args!("{} has an {rtype} record, {}.", here.owner(), what(label)));
    }
    for (rtype, record) in here.node.records(LEADING_SET) {
        let Some(name) = target(rtype, record).filter(|_| !record.leads_to_usual) else { continue };
        if let Some(label) = bad_label(name, here, &is_bad) {
            found.record(
                rtype,
                record,
                format_args!("{} {rtype} leads to {name}, {}.", here.owner(), what(label)),
            );
        }
    }
}

fn is_plain(octet: &u8) -> bool {
    octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'_')
}

fn no_host_name(here: &Here<'_, '_>, found: &mut Found<'_>) {
    let is_bad = |label: &[u8]| !label.iter().all(is_plain);
    hosts(here, found, is_bad, |label| {
        format!(
            "but {} is no label of a host name: those have letters, digits and hyphens",
            super::quoted(label)
        )
    });
}

fn underscore(here: &Here<'_, '_>, found: &mut Found<'_>) {
    let mut labels = here.own_labels();
    // Names that programs make are no hosts: _spf and what domain controllers register.
    if labels.any(|label| SCOPED_HOSTS.iter().any(|known| label.eq_ignore_ascii_case(known))) {
        return;
    }
    let is_bad = |label: &[u8]| label.contains(&b'_');
    hosts(here, found, is_bad, |label| {
        format!("and {} has an underscore, which no host name has", super::quoted(label))
    });
}

fn hyphen(here: &Here<'_, '_>, found: &mut Found<'_>) {
    let is_bad = |label: &[u8]| label.first() == Some(&b'-') || label.last() == Some(&b'-');
    hosts(here, found, is_bad, |label| format!("and {} begins or ends with a hyphen", super::quoted(label)));
}

fn is_a_label(label: &[u8]) -> bool {
    label.get(..4).is_some_and(|start| start.eq_ignore_ascii_case(b"xn--"))
}

fn reserved(here: &Here<'_, '_>, found: &mut Found<'_>) {
    if !has_two_hyphens(here.owner()) {
        return;
    }
    let is_bad = |label: &[u8]| label.get(2..4) == Some(b"--") && !is_a_label(label);
    if let Some(label) = here.own_labels().find(|label| is_bad(label))
        && let Some((rtype, _)) = here.node.sets().next()
    {
        let message = format_args!(
            "{} has the label {}: hyphens in the third and fourth place are reserved.",
            here.owner(),
            super::quoted(label)
        );
        found.set(rtype, message);
    }
}

/// The label in Unicode; `None` for one that is no A-label.
fn in_unicode(label: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(label).ok()?;
    let (unicode, result) = idna::domain_to_unicode(text);
    // Valid only where going back gives the same.
    let back = idna::domain_to_ascii_strict(&unicode).ok()?;
    (result.is_ok() && back.eq_ignore_ascii_case(text) && !unicode.is_ascii()).then_some(unicode)
}

fn bad_a_label(here: &Here<'_, '_>, found: &mut Found<'_>) {
    if !has_two_hyphens(here.owner()) {
        return;
    }
    let bad = here.own_labels().find(|label| is_a_label(label) && in_unicode(label).is_none());
    if let Some(label) = bad
        && let Some((rtype, _)) = here.node.sets().next()
    {
        let message = format_args!(
            "{} has the label {}, which is no internationalised name.",
            here.owner(),
            super::quoted(label)
        );
        found.set(rtype, message);
    }
}

/// Scripts whose letters are mistaken for those of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Script {
    Latin,
    Greek,
    Cyrillic,
    Armenian,
    Cherokee,
}

impl Script {
    fn of(character: char) -> Option<Script> {
        match character {
            'a'..='z' | 'A'..='Z' | '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => Some(Script::Latin),
            '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' => Some(Script::Greek),
            '\u{400}'..='\u{52f}' | '\u{2de0}'..='\u{2dff}' => Some(Script::Cyrillic),
            '\u{531}'..='\u{58f}' => Some(Script::Armenian),
            '\u{13a0}'..='\u{13ff}' | '\u{ab70}'..='\u{abbf}' => Some(Script::Cherokee),
            _ => None,
        }
    }
}

fn mixed_scripts(here: &Here<'_, '_>, found: &mut Found<'_>) {
    if !has_two_hyphens(here.owner()) {
        return;
    }
    for label in here.own_labels().filter(|label| is_a_label(label)) {
        let Some(unicode) = in_unicode(label) else { continue };
        let mut scripts = unicode.chars().filter_map(Script::of);
        let Some(first) = scripts.next() else { continue };
        if let Some(other) = scripts.find(|script| *script != first)
            && let Some((rtype, _)) = here.node.sets().next()
        {
            let message = format_args!(
                "{} is {unicode:?}, which mixes {first:?} and {other:?} letters: they can be mistaken for each other.",
                here.owner()
            );
            found.set(rtype, message);
        }
    }
}
