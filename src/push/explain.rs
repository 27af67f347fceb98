//! Sentences for what went wrong: likely causes of a response code and what to do next, by make of server.

use crate::facts::{Failure, FailureKind, ServerKind};
use crate::zone::update::Rcode;

/// What an error answer to an update means.
pub(super) fn rcode(rcode: Rcode, kind: ServerKind) -> Failure {
    let (why, next) = causes(rcode, kind);
    Failure {
        kind: match rcode {
            Rcode::REFUSED => FailureKind::Refused,
            Rcode::NOTAUTH => FailureKind::NotAuthoritative,
            Rcode::NOTIMP => FailureKind::NotImplemented,
            other => FailureKind::Rcode(other),
        },
        what: format!("The server refused the update ({rcode})."),
        why: why.into(),
        next: format!("{next} Nothing was applied; the draft is unchanged."),
    }
}

/// A failure that the network reported, with what it means for an update where that says more.
pub(super) fn failure(failure: Failure, kind: ServerKind) -> Failure {
    let code = match failure.kind {
        FailureKind::Refused => Rcode::REFUSED,
        FailureKind::NotImplemented => Rcode::NOTIMP,
        FailureKind::Rcode(code) => code,
        _ => return failure,
    };
    Failure { kind: failure.kind, what: failure.what, ..rcode(code, kind) }
}

fn causes(rcode: Rcode, kind: ServerKind) -> (&'static str, &'static str) {
    match (rcode, kind) {
        (Rcode::REFUSED, ServerKind::Bind) => (
            "BIND refuses a whole update for: a key that allow-update or update-policy does not let change one of these \
             names or types; a frozen zone; an owner of an address that is no host name; a nameserver or mail server \
             without address in the zone; signing records.",
            "Look at the warnings in the review and at the server's log; thaw the zone (rndc thaw) if it is frozen.",
        ),
        (Rcode::REFUSED, ServerKind::Knot) => (
            "Knot refuses a whole update for: an access list that does not let this key or address update one of these \
             names or types; a frozen zone; a DNAME with records below it; a zone larger than zone-max-size.",
            "Look at the acl section of the zone and at the server's log; thaw the zone (knotc zone-thaw) if it is \
             frozen.",
        ),
        (Rcode::REFUSED, ServerKind::PowerDns) => (
            "PowerDNS says this for nearly everything: a key that TSIG-ALLOW-DNSUPDATE does not name, or whose secret or \
             clock is wrong; an address outside allow-dnsupdate-from; dnsupdate=no; a CNAME beside other records.",
            "Check dnsupdate, allow-dnsupdate-from and the zone's metadata (pdnsutil get-meta ZONE), the key's secret, and \
             both clocks.",
        ),
        (Rcode::REFUSED, _) => (
            "The server does not let this key or address change one of these names or types, or the zone is frozen, or \
             one of its checks failed.",
            "Look at the server's log, which names the reason.",
        ),
        (Rcode::NOTAUTH, _) => (
            "The server is not the primary of this zone, or it does not accept the key for it.",
            "Send updates to the primary (--update-to), and check the key.",
        ),
        (Rcode::NOTIMP, _) => (
            "This server takes no dynamic updates.",
            "Send them to the primary (--update-to), or save the zone as a file and load it on the server.",
        ),
        (Rcode::FORMERR, ServerKind::PowerDns) => (
            "PowerDNS calls an update malformed that has a record type it does not know, or a CNAME beside other data.",
            "Look at the warnings in the review and leave those changes out.",
        ),
        (Rcode::FORMERR, _) => (
            "The server cannot read the update: some record does not fit its type, for this server at least.",
            "Look at the warnings in the review and leave those changes out.",
        ),
        (Rcode::SERVFAIL, _) => (
            "Something went wrong inside the server: its database or journal, a limit on records, or, where it passes \
             updates on, the primary behind it.",
            "Look at the server's log, then push again.",
        ),
        (Rcode::NOTZONE, _) => (
            "The server says that a name is outside the zone, perhaps since it has a zone of its own further down.",
            "Take that change back, or open the zone that the name is in.",
        ),
        (Rcode::NXRRSET | Rcode::YXRRSET | Rcode::NXDOMAIN | Rcode::YXDOMAIN, _) => (
            "The server says that the records are not what they were when loaded, though reading them again shows no \
             difference in what is being changed.",
            "If updates go to another server than transfers come from, wait until both hold the same serial; then reload \
             the zone and push again.",
        ),
        _ => ("This answer to an update is unusual.", "Look at the server's log."),
    }
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
