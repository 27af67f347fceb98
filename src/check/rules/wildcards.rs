//! Wildcards (RFC 4592): where they stand, and what they no longer answer.

use super::super::Severity::{Error, Hint, Warning};
use super::super::fixes;
use super::super::rule::{Found, Here, LooksAt, Rule};
use super::super::types::Types;
use super::super::view::View;
use super::wildcard_above;
use crate::zone::{Name, NameRef, RecordType};

/// What a wildcard answers that people would miss.
const MISSED: &[RecordType] = &[
    RecordType::A,
    RecordType::AAAA,
    RecordType::CNAME,
    RecordType::MX,
    RecordType::TXT,
    RecordType::SRV,
    RecordType::HTTPS,
    RecordType::SVCB,
    RecordType::CAA,
];

pub const RULES: &[Rule] = &[
    Rule::zone(
        ("L-17", "inner-wildcard"),
        Warning,
        "RFC 4592 section 4",
        "A label * that is not the first one is no wildcard: it is a name like any other.",
        &[],
        inner,
    )
    .at_ordinary(&[])
    .hidden_too(),
    Rule::zone(
        ("L-18", "wildcard-ns"),
        Error,
        "RFC 4592 sections 4.2 and 4.4",
        "What NS or DNAME records at a wildcard mean is not defined; BIND refuses wildcard NS records.",
        &[RecordType::NS, RecordType::DNAME],
        hiding,
    )
    .mended("Delete the records at the wildcard", fixes::delete_set),
    Rule::zone(
        ("L-111", "covered-by-wildcard"),
        Hint,
        "RFC 4592 section 3.3.1",
        "A name that stands below a wildcard is no longer answered by it, for no type: which answers it takes away.",
        &[],
        taken_away,
    )
    .mended("Give the name what the wildcard has", fixes::alias::from_wildcard)
    .looking_at(LooksAt::ABOVE),
];

fn inner(here: &Here<'_, '_>, found: &mut Found<'_>) {
    // Asked for every name of a zone.
    if here.owner().wire().contains(&b'*')
        && here.own_labels().skip(1).any(|label| label == b"*")
        && let Some((rtype, _)) = here.node.sets().next()
    {
        let message =
            format_args!("{} has a * inside: only as the first label it is a wildcard.", here.owner());
        found.set(rtype, message);
    }
}

fn hiding(here: &Here<'_, '_>, found: &mut Found<'_>) {
    if here.owner().is_wildcard() && !here.is_apex() {
        for rtype in [RecordType::NS, RecordType::DNAME].into_iter().filter(|rtype| here.types().has(*rtype))
        {
            let message = format_args!(
                "{} is a wildcard and has {rtype} records. What that means is not defined, and BIND refuses NS there.",
                here.owner()
            );
            found.set(rtype, message);
        }
    }
}

/// The wildcard above a name, and of its types what the name has not.
fn lost(view: &View<'_>, owner: NameRef<'_>, own: Types) -> Option<(Name, Vec<RecordType>)> {
    let (wildcard, types) = wildcard_above(view, owner)?;
    // Where an alias stands, it answers every question.
    if own.has(RecordType::CNAME) || types.meets(Types::one(RecordType::NS)) {
        return None;
    }
    let missed = MISSED.iter().copied();
    let lost: Vec<RecordType> = missed.filter(|rtype| types.has(*rtype) && !own.has(*rtype)).collect();
    (!lost.is_empty()).then_some((wildcard, lost))
}

/// The same of a name of the zone.
pub fn lost_at(view: &View<'_>, owner: NameRef<'_>) -> Option<(Name, Vec<RecordType>)> {
    lost(view, owner, view.types_at(owner))
}

fn taken_away(here: &Here<'_, '_>, found: &mut Found<'_>) {
    // Nobody asks for the address of a name that only programs know.
    let for_programs = here.owner().wire().get(1) == Some(&b'_');
    if here.view.census.wildcards == 0 || here.is_apex() || for_programs {
        return;
    }
    let Some((wildcard, lost)) = lost(here.view, here.owner(), here.types()) else { return };
    let lost: Vec<String> = lost.iter().map(RecordType::to_string).collect();
    if let Some((rtype, _)) = here.node.sets().next() {
        let message = format_args!(
            "{} is no longer answered by {wildcard}: it has no {} of its own.",
            here.owner(),
            lost.join(", ")
        );
        found.set(rtype, message);
    }
}
