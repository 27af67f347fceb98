//! Where mail goes.

use super::super::Severity::{Error, Hint};
use super::super::fixes;
use super::super::rule::{Found, Here, LooksAt, Rule};
use super::super::view::{Target, below};
use super::nameservers::looks_like_address;
use super::structure::has_address;
use super::{number, target, text_of};
use crate::zone::RecordType;

const MX: &[RecordType] = &[RecordType::MX];

pub const RULES: &[Rule] = &[
    Rule::zone(
        ("L-48", "mx-is-alias"),
        Error,
        "RFC 2181 section 10.3, RFC 5321 section 5.1",
        "MX records lead to hosts, not to aliases: some senders refuse them.",
        MX,
        alias,
    )
    .mended("Lead to where the alias leads", fixes::alias::past_alias)
    .looking_at(LooksAt::TARGETS),
    Rule::zone(
        ("L-49", "mx-without-address"),
        Error,
        "RFC 5321 section 5.1",
        "A mail host in this zone without an address cannot be reached.",
        MX,
        without_address,
    )
    .mended("Delete the MX record, where others are left", fixes::delete_one_of_several)
    .looking_at(LooksAt::TARGETS),
    Rule::zone(
        ("L-50", "mx-is-address"),
        Error,
        "RFC 5321 section 5.1",
        "An MX record takes a name. An address there is read as a name that nobody has.",
        MX,
        is_address,
    )
    .mended("Lead to a host with this address", fixes::addresses::in_place_of_name),
    Rule::zone(
        ("L-51", "null-mx-mixed"),
        Error,
        "RFC 7505 section 3",
        "The MX record \"0 .\" says that the name takes no mail; it stands alone.",
        MX,
        null_mixed,
    )
    .mended("Keep \"no mail\" alone, or delete it", fixes::mail::null_mixed),
    Rule::zone(
        ("L-52", "no-mail-unsaid"),
        Hint,
        "RFC 7505 section 4",
        "A domain without mail that says so (MX \"0 .\", v=spf1 -all, DMARC reject) is not used by others as a sender.",
        &[RecordType::SOA],
        unsaid,
    )
    .mended("Add what says so", fixes::mail::unsaid)
    .looking_at(LooksAt::TARGETS),
];

fn alias(here: &Here<'_, '_>, found: &mut Found<'_>) {
    for record in here.set(RecordType::MX) {
        let Some(name) = target(RecordType::MX, record) else { continue };
        if matches!(here.target(name), Target::Here(types) if types.has(RecordType::CNAME)) {
            let message = format_args!("The mail host {name} of {} is an alias (CNAME).", here.owner());
            found.record(RecordType::MX, record, message);
        }
    }
}

fn without_address(here: &Here<'_, '_>, found: &mut Found<'_>) {
    for record in here.set(RecordType::MX) {
        let name = target(RecordType::MX, record);
        let Some(name) = name.filter(|name| !name.is_root() && !looks_like_address(*name, here)) else {
            continue;
        };
        let why = match here.target(name) {
            Target::Missing => "is not there",
            Target::BelowDname => "is below a DNAME",
            Target::Here(types) if !has_address(types) && !types.has(RecordType::CNAME) => {
                "has no address (A or AAAA)"
            }
            _ => continue,
        };
        found.record(RecordType::MX, record, format_args!("The mail host {name} of {} {why}.", here.owner()));
    }
}

fn is_address(here: &Here<'_, '_>, found: &mut Found<'_>) {
    for record in here.set(RecordType::MX) {
        if let Some(name) = target(RecordType::MX, record).filter(|name| looks_like_address(*name, here)) {
            let message = format_args!(
                "{} has the mail host {name}, which is an address. Give the host a name, with that address.",
                here.owner()
            );
            found.record(RecordType::MX, record, message);
        }
    }
}

fn null_mixed(here: &Here<'_, '_>, found: &mut Found<'_>) {
    let records = here.set(RecordType::MX);
    for record in records {
        if !target(RecordType::MX, record).is_some_and(|name| name.is_root()) {
            continue;
        }
        if records.len() > 1 {
            let message = format_args!(
                "{} says that it takes no mail (MX with .), and has other MX records.",
                here.owner()
            );
            found.record(RecordType::MX, record, message);
        } else if number(record.rdata.get(..2).unwrap_or_default()) != 0 {
            let message =
                format_args!("{} takes no mail (MX with .): the preference of that is 0.", here.owner());
            found.record(RecordType::MX, record, message);
        }
    }
}

fn unsaid(here: &Here<'_, '_>, found: &mut Found<'_>) {
    let records = here.set(RecordType::MX);
    let is_null = |record| target(RecordType::MX, record).is_some_and(|name| name.is_root());
    // Without an address there is no mail either; who has other MX records has mail. Reverse zones have none.
    let reverse = here.owner().labels().last().is_some_and(|label| label.eq_ignore_ascii_case(b"arpa"));
    if !here.is_apex() || reverse || !has_address(here.types()) || !records.iter().all(is_null) {
        return;
    }
    let refuses = here.set(RecordType::TXT).iter().any(|record| {
        let text = text_of(record.rdata).to_ascii_lowercase();
        text.starts_with(b"v=spf1") && text.ends_with(b"-all")
    });
    let rejects = below(b"_dmarc", here.owner()).is_some_and(|name| {
        !matches!(
            here.view.target(name.as_ref()),
            Target::Missing | Target::Here(super::super::types::Types::NONE)
        )
    });
    let missing: Vec<&str> = [
        (records.is_empty(), "MX 0 ."),
        (!refuses, "TXT \"v=spf1 -all\""),
        (!rejects, "a DMARC policy (_dmarc)"),
    ]
    .into_iter()
    .filter_map(|(missing, what)| missing.then_some(what))
    .collect();
    if !missing.is_empty() {
        let message = format_args!(
            "{} seems to have no mail and does not say so: {} would keep others from using it as a sender.",
            here.owner(),
            missing.join(", ")
        );
        found.set(RecordType::SOA, message);
    }
}
