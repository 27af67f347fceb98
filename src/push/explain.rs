//! Sentences for what went wrong: the likely causes of a refusal, most likely first, and what to do next, by make of
//! server.

use super::{Prediction, PredictionKind, describe};
use crate::facts::{Failure, FailureKind, ServerKind};
use crate::zone::update::{Prerequisite, Rcode};
use crate::zone::{ChangeMap, Snapshot};

/// What an explanation is made from.
pub(super) struct Case<'a> {
    pub kind: ServerKind,
    pub zone: &'a Snapshot,
    pub changes: &'a ChangeMap,
    pub predicted: &'a [Prediction],
    /// Does the server take an update without changes from us? `None` where it was not asked.
    pub takes_empty: Option<bool>,
}

/// What an error answer to an update means.
pub(super) fn rcode(rcode: Rcode, case: &Case<'_>) -> Failure {
    let (why, next) = causes(rcode, case);
    Failure {
        kind: match rcode {
            Rcode::REFUSED => FailureKind::Refused,
            Rcode::NOTAUTH => FailureKind::NotAuthoritative,
            Rcode::NOTIMP => FailureKind::NotImplemented,
            other => FailureKind::Rcode(other),
        },
        what: format!("The server refused the update ({rcode})."),
        why,
        next: format!("{next} Nothing was applied; the draft is unchanged."),
    }
}

/// A failure that the network reported, with what it means for an update where that says more.
pub(super) fn failure(failure: Failure, case: &Case<'_>) -> Failure {
    let code = match failure.kind {
        // It was not signed. That it takes other updates tells that the key is right.
        FailureKind::Refused if case.takes_empty != Some(false) => Rcode::REFUSED,
        // Knot says this as well where its acl does not let the key change a name or type.
        FailureKind::UnknownKey if case.takes_empty == Some(true) => Rcode::REFUSED,
        FailureKind::Refused if case.kind != ServerKind::Unknown => {
            return Failure { next: all_of_them(case).1, ..failure };
        }
        FailureKind::NotImplemented => Rcode::NOTIMP,
        FailureKind::Rcode(code) => return rcode(code, case),
        _ => return failure,
    };
    Failure { kind: failure.kind, what: failure.what, ..rcode(code, case) }
}

/// Why the server takes no update at all, for a zone that is looked at only: the likeliest reason in the few words that
/// one line of a small screen has, then all of it.
pub fn not_taken(rcode: Rcode, kind: ServerKind, zone: &Snapshot) -> String {
    let case = Case { kind, zone, changes: &ChangeMap::new(), predicted: &[], takes_empty: Some(false) };
    let (why, next) = causes(rcode, &case);
    let short = match (rcode, kind) {
        (Rcode::REFUSED, ServerKind::Bind) => "updates are refused: frozen, or not in allow-update?",
        (Rcode::REFUSED, ServerKind::Knot) => "updates are refused: frozen, or not in an acl?",
        (Rcode::REFUSED, ServerKind::PowerDns) => "updates are refused: not in TSIG-ALLOW-DNSUPDATE?",
        (Rcode::REFUSED, _) => "updates are refused: no permission, or frozen?",
        (Rcode::NOTAUTH, _) => "updates are refused: is it the primary?",
        (Rcode::NOTIMP, _) => "the server takes no updates.",
        _ => "updates are not taken.",
    };
    format!("{short} ({rcode}) {why} {next}")
}

/// A guard does not hold, though reading the zone again shows no difference. `culprit` is the one that was found.
pub(super) fn unmet(rcode: Rcode, culprit: Option<&Prerequisite>, case: &Case<'_>) -> Failure {
    let which = match culprit {
        Some(guard) => format!("that {}", in_words(guard)),
        None => "what the update is guarded by".into(),
    };
    let view = match case.kind {
        ServerKind::Bind => " (BIND: match-clients of its views)",
        _ => "",
    };
    Failure {
        kind: FailureKind::Rcode(rcode),
        what: format!("The server refused the update ({rcode})."),
        why: format!(
            "It says that it does not hold {which}, though a transfer shows just this. Most likely transfers and \
             updates see different copies of the zone: two servers, or two views of one that go by key or address{view}."
        ),
        next: "Use the same key and address for both (--transfer-from, --update-to, transfer-key), then reload the zone \
               and push again. Nothing was applied; the draft is unchanged."
            .into(),
    }
}

/// A prerequisite, as a clause after "that".
fn in_words(guard: &Prerequisite) -> String {
    match guard {
        Prerequisite::NameInUse(owner) => format!("{owner} exists"),
        Prerequisite::NameNotInUse(owner) => format!("{owner} does not exist"),
        Prerequisite::RrsetExists(owner, rtype) => format!("{owner} {rtype} exists"),
        Prerequisite::RrsetAbsent(owner, rtype) => format!("{owner} {rtype} does not exist"),
        Prerequisite::RrsetIs(owner, rtype, _) => format!("{owner} {rtype} is as it was loaded"),
    }
}

type WhyNext = (String, String);

fn causes(rcode: Rcode, case: &Case<'_>) -> WhyNext {
    let known = |why: &str, next: &str| (why.to_owned(), next.to_owned());
    match (rcode, case.kind) {
        (Rcode::REFUSED, _) => refused(case),
        (Rcode::NOTAUTH, ServerKind::Knot) => (
            "Knot says this to an update without a key that an acl of the zone asks for, and where it is a secondary."
                .into(),
            format!("Give the key (--key). If it is a secondary: {}.", primary(case)),
        ),
        (Rcode::NOTAUTH, _) => (
            "The server is not the primary of this zone (a secondary says so too), or it does not accept the key for it."
                .into(),
            format!("Send updates to the primary: {}. Then check the key.", primary(case)),
        ),
        (Rcode::NOTIMP, _) => (
            "This server takes no dynamic updates: NSD and some hosted servers have none.".into(),
            format!(
                "Send them to the primary: {}; or edit the zone's file there (zonewright FILE).",
                primary(case)
            ),
        ),
        (Rcode::FORMERR, ServerKind::PowerDns) => blamed(case).unwrap_or_else(|| {
            known(
                "PowerDNS calls an update malformed that has a record type it does not know, or a CNAME beside other \
                 data.",
                "Look at the warnings in the review and leave those changes out.",
            )
        }),
        (Rcode::FORMERR, _) => blamed(case).unwrap_or_else(|| {
            known(
                "The server cannot read the update: some record does not fit its type, for this server at least.",
                "Look at the warnings in the review and leave those changes out.",
            )
        }),
        (Rcode::SERVFAIL, kind) => blamed(case).unwrap_or_else(|| servfail(kind, case)),
        (Rcode::NOTZONE, _) => known(
            "The server says that a name is outside the zone, perhaps since it has a zone of its own further down.",
            "Take that change back, or open the zone that the name is in.",
        ),
        (Rcode::NXRRSET | Rcode::YXRRSET | Rcode::NXDOMAIN | Rcode::YXDOMAIN, _) => known(
            "The server says that the records are not what they were when loaded, though reading them again shows no \
             difference in what is being changed.",
            "If updates go to another server than transfers come from, wait until both hold the same serial; then reload \
             the zone and push again.",
        ),
        _ => known("This answer to an update is unusual.", "Look at the server's log."),
    }
}

fn servfail(kind: ServerKind, case: &Case<'_>) -> WhyNext {
    let limits = match kind {
        ServerKind::Bind => "a limit on records (max-records, max-records-per-type, max-types-per-name)",
        ServerKind::Knot => "a limit on the zone (zone-max-size)",
        ServerKind::PowerDns => "its database refused the records",
        ServerKind::Embedded | ServerKind::Unknown => "a limit on records",
    };
    let look = match kind {
        ServerKind::Bind => format!("rndc zonestatus {}", plain(case)),
        ServerKind::Knot => format!("knotc zone-status {}", plain(case)),
        ServerKind::PowerDns => format!("pdnsutil check-zone {}", plain(case)),
        ServerKind::Embedded | ServerKind::Unknown => "the zone's state there".into(),
    };
    (
        format!(
            "Something went wrong inside the server, most likely first: {limits}; its disk or journal; where it passes \
             updates on, the primary behind it."
        ),
        format!("Look at the server's log and at {look}, then push again."),
    )
}

fn refused(case: &Case<'_>) -> WhyNext {
    if let Some(blamed) = blamed(case) {
        return blamed;
    }
    match case.takes_empty {
        Some(true) => one_of_these(case),
        Some(false) => all_of_them(case),
        None => anything(case),
    }
}

/// The change that the rules of the server name as the reason.
fn blamed(case: &Case<'_>) -> Option<WhyNext> {
    let culprit = case.predicted.iter().find(|prediction| prediction.kind == PredictionKind::Refused)?;
    Some((
        format!("Most likely for {}, as the review said. {}", describe(&culprit.key), culprit.message),
        "Change or leave out what it names, then push again.".into(),
    ))
}

/// The server takes an update without changes: it has something against one of them.
fn one_of_these(case: &Case<'_>) -> WhyNext {
    let keys: Vec<String> = case.changes.keys().take(3).map(describe).collect();
    let more = match case.changes.len().saturating_sub(keys.len()) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let these = format!("{}{more}", keys.join(", "));
    let found = "The server takes updates from you, but not";
    let which = match case.changes.len() {
        1 => format!("{found} this one: {these}."),
        _ => format!("{found} all of these: {these}."),
    };
    let grant = case
        .changes
        .keys()
        .next()
        .map_or(String::new(), |key| format!("\"grant YOUR-KEY name {} {};\"", key.owner, key.rtype));
    let (why, next) = match case.kind {
        ServerKind::Bind => (
            "Most likely first: update-policy does not let your key change that name or type; a check of BIND's own \
             (check-names, check-mx, a nameserver without address); signing records."
                .to_owned(),
            format!("The log (category update-security, update) names it. update-policy may lack {grant}."),
        ),
        ServerKind::Knot => (
            "Most likely first: update-owner or update-type in the acl does not cover that name or type; a DNAME with \
             records below it; a zone larger than zone-max-size."
                .to_owned(),
            "Look at the acl section of the zone, and at the log.".to_owned(),
        ),
        ServerKind::PowerDns => (
            "Most likely a CNAME beside other records, or a record that it does not take by update, such as LUA."
                .to_owned(),
            "The log names it (loglevel 5 or more). Change or leave out that record.".to_owned(),
        ),
        ServerKind::Embedded | ServerKind::Unknown => (
            "Most likely your key may change some names or types only, or one of the server's checks failed. Windows \
             with secure updates takes few types, and no wildcards."
                .to_owned(),
            "Look at the server's log, which names the reason.".to_owned(),
        ),
    };
    (format!("{which} {why}"), next)
}

/// The server refuses an update without changes as well.
fn all_of_them(case: &Case<'_>) -> WhyNext {
    let zone = plain(case);
    let found = "The server takes no update of this zone from you, whatever is in it. Most likely first:";
    match case.kind {
        ServerKind::Bind => (
            format!(
                "{found} the zone is frozen (rndc freeze); allow-update does not name your key or address; your key or \
                 address gets another view; the server is a secondary; allow-query does not name your address."
            ),
            format!(
                "Run on the server: rndc thaw {zone}. If it was not frozen, see allow-update and allow-query there. If it is a secondary: {}.",
                primary(case)
            ),
        ),
        ServerKind::Knot => (
            format!(
                "{found} the zone is frozen (knotc zone-freeze); no acl of the zone with action update names your key or \
                 address; the server is a secondary."
            ),
            format!(
                "Run on the server: knotc zone-thaw {zone}. If it was not frozen, see the zone's acl. If it is a secondary: \
                 {}.",
                primary(case)
            ),
        ),
        ServerKind::PowerDns => (
            format!(
                "{found} TSIG-ALLOW-DNSUPDATE does not name your key; dnsupdate is off; your address is not in \
                 allow-dnsupdate-from; the key's secret or the clock is wrong, which PowerDNS does not tell."
            ),
            format!(
                "Run on the server: pdnsutil get-meta {zone}; then compare dnsupdate, allow-dnsupdate-from, the secret \
                 and both clocks."
            ),
        ),
        ServerKind::Embedded | ServerKind::Unknown => (
            format!(
                "{found} it does not let your key or address update; the zone is frozen; it is a secondary; it wants \
                 GSS-TSIG, as Windows does for secure updates, which this program cannot do."
            ),
            format!("Look at the server's log. If it is no primary: {}.", primary(case)),
        ),
    }
}

fn anything(case: &Case<'_>) -> WhyNext {
    let (why, next) = match case.kind {
        ServerKind::Bind => (
            "BIND refuses a whole update for: a key that allow-update or update-policy does not let change one of these \
             names or types; a frozen zone; an owner of an address that is no host name; a nameserver or mail server \
             without address in the zone; signing records.",
            format!("Look at the server's log; thaw the zone (rndc thaw {}) if it is frozen.", plain(case)),
        ),
        ServerKind::Knot => (
            "Knot refuses a whole update for: an access list that does not let this key or address update one of these \
             names or types; a frozen zone; a DNAME with records below it; a zone larger than zone-max-size.",
            format!(
                "Look at the server's log; thaw the zone (knotc zone-thaw {}) if it is frozen.",
                plain(case)
            ),
        ),
        ServerKind::PowerDns => (
            "PowerDNS says this for nearly everything: a key that TSIG-ALLOW-DNSUPDATE does not name, or whose secret or \
             clock is wrong; an address outside allow-dnsupdate-from; dnsupdate=no; a CNAME beside other records.",
            format!(
                "Check dnsupdate, allow-dnsupdate-from and pdnsutil get-meta {}, and both clocks.",
                plain(case)
            ),
        ),
        ServerKind::Embedded | ServerKind::Unknown => (
            "The server does not let this key or address change one of these names or types, or the zone is frozen, or \
             one of its checks failed.",
            "Look at the server's log, which names the reason.".into(),
        ),
    };
    (why.into(), next)
}

/// Where the primary is, by the zone's own word.
fn primary(case: &Case<'_>) -> String {
    let mname = case.zone.soa().mname.to_string();
    format!("the SOA names {} (--update-to)", without_dot(&mname))
}

/// The zone, as commands take it.
fn plain(case: &Case<'_>) -> String {
    without_dot(&case.zone.origin().to_string()).to_owned()
}

fn without_dot(name: &str) -> &str {
    name.strip_suffix('.').filter(|name| !name.is_empty()).unwrap_or(".")
}

/// The draft was not sent since the person gave up waiting.
pub(super) const CANCELLED: &str = "The push was cancelled; the draft is unchanged.";

/// The person stopped waiting after the update was sent.
pub(super) fn stopped_waiting() -> Failure {
    Failure {
        kind: FailureKind::Local,
        what: "The push was stopped after the update was sent.".into(),
        why: "What the server made of it was not read back to the end.".into(),
        next: "Reload the zone: it shows what is there.".into(),
    }
}
