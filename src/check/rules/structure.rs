//! What the records of a zone together must be: its apex, delegations and what is hidden by them.

use super::super::Severity::{Error, Hint, Warning};
use super::super::fixes;
use super::super::rule::{Found, Here, LooksAt, Rule};
use super::super::types::Types;
use super::super::view::Target;
use super::target;
use crate::zone::{NameRef, RecordType};

const ADDRESS: Types = Types::of(&[RecordType::A, RecordType::AAAA]);
/// What a delegation may have beside its NS records (RFC 4035 section 2.2, 2.3).
const AT_CUT: Types =
    Types::of(&[RecordType::NS, RecordType::DS, RecordType::NSEC, RecordType::RRSIG, RecordType::NSEC3]);

pub const RULES: &[Rule] = &[
    Rule::zone(
        ("L-01", "one-soa"),
        Error,
        "RFC 1035 section 5.2",
        "Exactly one SOA record, at the top of the zone. Servers refuse the zone otherwise.",
        &[RecordType::SOA],
        one_soa,
    )
    .mended("Delete the SOA record that is one too many", fixes::soa::one)
    .hidden_too(),
    Rule::zone(
        ("L-24", "hidden-by-delegation"),
        Warning,
        "RFC 2136 section 7.18",
        "A record at or below a delegation that is no glue: nobody ever gets it, the delegated zone answers instead.",
        &[],
        hidden,
    )
    .at_ordinary(&[RecordType::NS])
    .mended("Delete the hidden records", fixes::delete_set)
    .hidden_too(),
    Rule::zone(
        ("L-25", "orphaned-glue"),
        Hint,
        "RFC 1912 section 2.3",
        "An address that looks like glue of a delegation that is gone.",
        &[RecordType::A, RecordType::AAAA],
        orphaned_glue,
    )
    .mended("Delete the addresses", fixes::addresses::orphaned)
    .looking_at(LooksAt::ABOVE),
    Rule::zone(
        ("L-26", "missing-glue"),
        Error,
        "RFC 1034 section 4.2.1, RFC 9471 section 3",
        "A delegation to a nameserver below itself whose address does not stand here: nobody can reach it.",
        &[RecordType::NS],
        missing_glue,
    )
    .mended("Take the nameserver out of the delegation", fixes::delete_one_of_several)
    .looking_at(LooksAt::TARGETS),
    Rule::zone(
        ("L-97", "ds-without-ns"),
        Error,
        "RFC 4035 section 2.4",
        "A DS record stands where a zone is delegated, and never at the top of its own zone.",
        &[RecordType::DS],
        ds_place,
    )
    .mended("Delete the DS records", fixes::delete_set),
];

fn one_soa(here: &Here<'_, '_>, found: &mut Found<'_>) {
    let count = here.set(RecordType::SOA).len();
    if !here.is_apex() {
        let message = format_args!(
            "{} has an SOA record and is not the top of the zone {}.",
            here.owner(),
            here.view.origin()
        );
        found.set(RecordType::SOA, message);
    } else if count > 1 {
        found.set(RecordType::SOA, format_args!("{} has {count} SOA records. A zone has one.", here.owner()));
    }
}

fn hidden(here: &Here<'_, '_>, found: &mut Found<'_>) {
    let Some(cut) = here.above.cut.or_else(|| here.is_cut().then(|| here.owner())) else { return };
    // Below a DNAME that is higher up, that is the news.
    if here.above.dname.is_some() {
        return;
    }
    if here.types().is_within(AT_CUT) && cut == here.owner() {
        return;
    }
    let is_glue = here.types().meets(ADDRESS) && here.serves(cut);
    for (rtype, _) in here.node.sets() {
        // In a signed zone NSEC3 records of delegations have names of their own.
        if cut == here.owner() && AT_CUT.has(rtype) || ADDRESS.has(rtype) && is_glue {
            continue;
        }
        let message = format_args!(
            "{} {rtype} is hidden: {cut} is delegated, and its nameservers answer for it.",
            here.owner()
        );
        found.set(rtype, message);
    }
}

/// "ns", "ns1", "dns2" and the like.
fn is_usual_nameserver(label: &[u8]) -> bool {
    let end = label.iter().rposition(|octet| !octet.is_ascii_digit()).map_or(0, |at| at + 1);
    let name = label.get(..end).unwrap_or_default();
    name.eq_ignore_ascii_case(b"ns") || name.eq_ignore_ascii_case(b"dns")
}

fn orphaned_glue(here: &Here<'_, '_>, found: &mut Found<'_>) {
    if !here.owner().labels().next().is_some_and(is_usual_nameserver) || !here.types().is_within(ADDRESS) {
        return;
    }
    let Some(parent) = here.owner().parent().filter(|parent| !here.view.is_apex(*parent)) else { return };
    let apex = here.view.node(here.view.origin());
    let serves_here =
        apex.set(RecordType::NS).iter().any(|record| target(RecordType::NS, record) == Some(here.owner()));
    if here.view.types_at(parent).is_empty() && !serves_here {
        let rtype = if here.types().has(RecordType::A) { RecordType::A } else { RecordType::AAAA };
        let message =
            format_args!("{} looks like glue, but {parent} is not delegated (any more).", here.owner());
        found.set(rtype, message);
    }
}

fn missing_glue(here: &Here<'_, '_>, found: &mut Found<'_>) {
    if !here.is_cut() {
        return;
    }
    for record in here.set(RecordType::NS) {
        let Some(name) = target(RecordType::NS, record).filter(|name| name.is_at_or_below(here.owner()))
        else {
            continue;
        };
        let types = match here.target(name) {
            Target::Delegated(types) => types,
            _ => Types::NONE,
        };
        if !types.meets(ADDRESS) {
            let message = format_args!(
                "The delegation of {} leads to {name}, which has no address here (glue): nobody can reach it.",
                here.owner()
            );
            found.record(RecordType::NS, record, message);
        }
    }
}

fn ds_place(here: &Here<'_, '_>, found: &mut Found<'_>) {
    if here.is_apex() {
        let message = format_args!(
            "A DS record stands at the top of {} and belongs into the zone above.",
            here.owner()
        );
        found.set(RecordType::DS, message);
    } else if !here.types().has(RecordType::NS) {
        let message =
            format_args!("{} has a DS record and is not delegated: it has no NS records.", here.owner());
        found.set(RecordType::DS, message);
    }
}

/// For other themes: does the name have an address?
pub fn has_address(types: Types) -> bool {
    types.meets(ADDRESS)
}

/// The first label of a name.
pub fn first_label(name: NameRef<'_>) -> &[u8] {
    name.labels().next().unwrap_or_default()
}
