//! The SOA record: names, serial, timers.

use super::super::Severity::{Error, Hint, Warning};
use super::super::fixes;
use super::super::rule::{Found, Here, LooksAt, Rule};
use super::super::view::Target;
use super::structure::has_address;
use super::target;
use crate::zone::serial::is_date;
use crate::zone::ttl::short;
use crate::zone::types::date;
use crate::zone::{RecordType, Soa};

const SOA: &[RecordType] = &[RecordType::SOA];
const HOUR: u32 = 3600;
const DAY: u32 = 86_400;

pub const RULES: &[Rule] = &[
    Rule::zone(
        ("L-91", "rname"),
        Error,
        "RFC 1035 section 8",
        "The mailbox of who is responsible, with a dot for the @: hostmaster.example.com.",
        SOA,
        rname,
    )
    .mended("Write a dot for the @", fixes::soa::rname),
    Rule::zone(
        ("L-92", "mname"),
        Warning,
        "RFC 1912 section 2.2",
        "The primary nameserver is a host with an address: updates and NOTIFY go by it.",
        SOA,
        mname,
    )
    .mended("Name a nameserver of the zone", fixes::soa::mname)
    .looking_at(LooksAt::TARGETS),
    Rule::zone(
        ("L-93", "hidden-primary"),
        Hint,
        "RFC 1996 section 2.1",
        "The primary is none of the zone's nameservers. That is right for a hidden primary, and else left over.",
        SOA,
        hidden_primary,
    )
    .mended("Name a nameserver of the zone", fixes::soa::mname),
    Rule::zone(
        ("L-94", "timers"),
        Warning,
        "RFC 1912 section 2.2, RIPE-203",
        "Timers that make secondaries ask too often, or give the zone up too soon.",
        SOA,
        timers,
    )
    .mended("Set usual timers", fixes::soa::timers),
    Rule::zone(
        ("L-95", "negative-ttl"),
        Warning,
        "RFC 2308 section 5",
        "How long resolvers remember that a name is not there: five minutes to a day.",
        SOA,
        minimum,
    )
    .mended("Set a usual negative TTL", fixes::soa::minimum),
    Rule::zone(
        ("L-96", "serial"),
        Warning,
        "RFC 2136 section 4.2, RFC 1982",
        "Serial 0 is taken for none by some servers; a date in the future is most likely a slip.",
        SOA,
        serial,
    )
    .mended("Set the serial to 1", fixes::soa::serial),
];

fn soa(here: &Here<'_, '_>) -> Option<Soa> {
    Soa::from_rdata(here.set(RecordType::SOA).first().filter(|_| here.is_apex())?.rdata)
}

fn rname(here: &Here<'_, '_>, found: &mut Found<'_>) {
    let Some(soa) = soa(here) else { return };
    let mut labels = soa.rname.as_ref().labels();
    let first = labels.next().unwrap_or_default();
    let domain = labels.next();
    let in_label = |octet: u8| soa.rname.as_ref().labels().any(|label| label.contains(&octet));
    let why = if in_label(b'@') {
        "has an @: write a dot in its place"
    } else if soa.rname.as_ref().is_root() {
        // What BIND and Knot load, and what says that there is nobody.
        return;
    } else if domain.is_none() && !here.owner().is_root() {
        "has no domain: it is a mailbox, a dot, and its domain"
    } else if first.iter().any(|octet| !octet.is_ascii_graphic()) {
        "has characters that no mailbox has"
    } else {
        return;
    };
    // Servers take any name; an @ in it is surely none that was meant.
    let severity = if why.contains('@') { Error } else { Warning };
    if let Some(record) = here.set(RecordType::SOA).first() {
        let message = format_args!("The mailbox {} of {} {why}.", soa.rname, here.owner());
        found.with(severity, RecordType::SOA, record, message);
    }
}

fn mname(here: &Here<'_, '_>, found: &mut Found<'_>) {
    let Some(soa) = soa(here) else { return };
    let is_plain = |octet: &u8| octet.is_ascii_alphanumeric() || *octet == b'-' || *octet == b'_';
    // The root says that there is no primary (RFC 2606 and AS112 zones have it so).
    if soa.mname.as_ref().is_root() {
        return;
    }
    let why = match here.view.target(soa.mname.as_ref()) {
        _ if !soa.mname.as_ref().labels().all(|label| label.iter().all(is_plain)) => "is no host name",
        Target::Missing => "is not there",
        Target::Here(types) if types.has(RecordType::CNAME) => "is an alias (CNAME)",
        Target::Here(types) if !has_address(types) => "has no address (A or AAAA)",
        _ => return,
    };
    found.set(
        RecordType::SOA,
        format_args!("The primary nameserver {} of {} {why}.", soa.mname, here.owner()),
    );
}

fn hidden_primary(here: &Here<'_, '_>, found: &mut Found<'_>) {
    let Some(soa) = soa(here) else { return };
    let nameservers = here.set(RecordType::NS);
    let is_primary = |record| target(RecordType::NS, record) == Some(soa.mname.as_ref());
    if !nameservers.is_empty() && !nameservers.iter().any(is_primary) {
        let message =
            format_args!("The primary {} is none of the nameservers of {}.", soa.mname, here.owner());
        found.set(RecordType::SOA, message);
    }
}

fn timers(here: &Here<'_, '_>, found: &mut Found<'_>) {
    let Some(Soa { refresh, retry, expire, .. }) = soa(here) else { return };
    let mut wrong = Vec::new();
    if refresh < 20 * 60 {
        wrong.push(format!(
            "refresh is {}: secondaries ask that often; an hour or more is usual",
            short(refresh)
        ));
    }
    if retry < 2 * 60 {
        wrong.push(format!("retry is {}: a primary that comes back is asked by all at once", short(retry)));
    }
    if retry >= refresh {
        wrong.push(format!("retry ({}) is not below refresh ({})", short(retry), short(refresh)));
    }
    if expire < 7 * DAY {
        wrong.push(format!(
            "expire is {}: then the zone is gone when the primary is away for so long",
            short(expire)
        ));
    } else if expire < refresh.saturating_add(retry) {
        wrong.push("expire is below refresh and retry together".into());
    }
    if !wrong.is_empty() {
        found.set(RecordType::SOA, format_args!("The timers of {}: {}.", here.owner(), wrong.join("; ")));
    }
}

fn minimum(here: &Here<'_, '_>, found: &mut Found<'_>) {
    let Some(Soa { minimum, .. }) = soa(here) else { return };
    if !(300..=DAY).contains(&minimum) {
        let what = if minimum < 300 { "costs questions" } else { "hides new names for long" };
        let message =
            format_args!("The negative TTL of {} is {}, which {what}.", here.owner(), short(minimum));
        found.set(RecordType::SOA, message);
    }
}

fn serial(here: &Here<'_, '_>, found: &mut Found<'_>) {
    let Some(soa) = soa(here) else { return };
    if soa.serial == 0 {
        found.set(
            RecordType::SOA,
            format_args!("The serial of {} is 0, which some servers take for none.", here.owner()),
        );
    }
    // A day ahead is the date of somebody further east.
    let tomorrow = here.view.now.and_then(|now| date(now + u64::from(24 * HOUR)));
    if let Some(tomorrow) =
        tomorrow.filter(|tomorrow| is_date(soa.serial / 100) && soa.serial / 100 > *tomorrow)
    {
        let message = format_args!(
            "The serial of {} is {}, a date in the future (tomorrow is {tomorrow}).",
            here.owner(),
            soa.serial
        );
        found.set(RecordType::SOA, message);
    }
}
