//! The primary: is it there, does it have the zone, does it accept the key, what does it let us do.

use std::time::Duration;

use super::remedy::{self, word};
use super::{Case, Finding, Step, count, plain, seconds_in_words};
use crate::facts::{Failure, FailureKind, Make};
use crate::zone::update::Rcode;
use crate::zone::{Name, Soa, serial, types};

/// From so many seconds on clocks that differ are told of; signatures are good for [`FUDGE`].
const CLOCK_WARNING: u64 = 30;
const FUDGE: u64 = 300;
/// Clocks are compared in whole seconds, and answers take their time.
const CLOCK_NOISE: u64 = 2;

/// Does the server accept what we sign?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signature {
    /// There is no key: the server goes by the address.
    NoKey,
    /// The key cannot be used on this side.
    Unusable,
    Accepted,
    /// The key is right, the time is not.
    WrongTime,
    NotAccepted,
    NotKnown,
}

impl Signature {
    /// Why nothing more can be found out with this key; `None` where it can.
    fn obstacle(self) -> Option<&'static str> {
        match self {
            Signature::Unusable => Some("not asked: the key cannot be used (see key)"),
            Signature::WrongTime => Some("not known while the clocks differ (see clock)"),
            Signature::NotAccepted => Some("not known while the key is not accepted (see signature)"),
            Signature::NoKey | Signature::Accepted | Signature::NotKnown => None,
        }
    }
}

/// Is nobody there who speaks DNS?
pub fn is_silent(failure: &Failure) -> bool {
    matches!(
        failure.kind,
        FailureKind::Unreachable
            | FailureKind::TimedOut
            | FailureKind::Closed
            | FailureKind::Undecodable
            | FailureKind::WrongAnswer
            | FailureKind::Local
    )
}

/// Is the server there? By a question for the SOA, without a signature and, where there is a key, with one.
pub fn reached(
    case: &Case,
    plain: &Result<Soa, Failure>,
    signed: Option<&Result<Soa, Failure>>,
    took: Duration,
) -> Finding {
    const CHECK: &str = "server";
    let failure = match (plain, signed) {
        (Err(failure), None) if is_silent(failure) => failure,
        (Err(failure), Some(Err(other))) if is_silent(failure) && is_silent(other) => failure,
        _ => {
            let make = match case.make {
                Make::Bind => "BIND, ",
                Make::Knot => "Knot, ",
                Make::PowerDns => "PowerDNS, ",
                Make::Nsd => "NSD, ",
                Make::Embedded => "zonewright's own, ",
                Make::Unknown => "",
            };
            let took = if took < Duration::from_millis(1) {
                "under 1 ms".into()
            } else {
                format!("{} ms", took.as_millis())
            };
            return Finding::ok(CHECK, format!("{} answers over TCP: {make}{took}", whom(case)));
        }
    };
    Finding::failed(CHECK, format!("{} does not answer", whom(case)))
        .because(failure.why.clone())
        .then([Step::words(failure.next.clone())])
}

/// "ns0 (192.0.2.1:53)".
fn whom(case: &Case) -> String {
    let address = case.address.to_string();
    if case.server == address || case.server == case.address.ip().to_string() {
        return address;
    }
    format!("{} ({address})", case.server)
}

/// Does the server serve the zone?
pub fn zone(case: &Case, plain_soa: &Result<Soa, Failure>, signed: Option<&Result<Soa, Failure>>) -> Finding {
    const CHECK: &str = "zone";
    let failure = match (plain_soa, signed) {
        (Ok(soa), _) => return Finding::ok(CHECK, format!("serial {}, with authority", soa.serial)),
        (Err(_), Some(Ok(soa))) => {
            return Finding::ok(
                CHECK,
                format!("serial {}, with authority; told only with the key", soa.serial),
            );
        }
        (Err(failure), _) => failure,
    };
    let says = format!("the server does not serve {}", plain(&case.zone));
    match failure.kind {
        FailureKind::Refused | FailureKind::NotAuthoritative | FailureKind::Rcode(_) => {
            Finding::failed(CHECK, says).because(failure.why.clone()).then(remedy::load_zone(case)).then([
                Step::new("Or name another server. This says who has the zone:", [dig_soa(&case.zone)]),
            ])
        }
        _ => Finding::failed(CHECK, "its SOA could not be read")
            .because(failure.why.clone())
            .then([Step::words(failure.next.clone())]),
    }
}

fn dig_soa(zone: &Name) -> String {
    format!("dig +short SOA {}", word(&plain(zone)))
}

/// Does the server accept the key? `plain_soa` is the answer to the same question without a signature.
pub fn signature(
    case: &Case,
    is_unusable: bool,
    plain_soa: &Result<Soa, Failure>,
    signed: Option<&Result<Soa, Failure>>,
) -> (Signature, Finding) {
    const CHECK: &str = "signature";
    if is_unusable {
        return (
            Signature::Unusable,
            Finding::unknown(CHECK, "nothing is signed: the key cannot be used (see key)"),
        );
    }
    let (Some(key), Some(signed)) = (&case.key, signed) else {
        let says = match case.from {
            Some(address) => format!("no key is given: the server goes by our address, {address}"),
            None => "no key is given: the server goes by our address".into(),
        };
        return (Signature::NoKey, Finding::ok(CHECK, says));
    };
    match signed {
        Ok(_) => (Signature::Accepted, Finding::ok(CHECK, format!("the key {key} is accepted"))),
        Err(failure) => match failure.kind {
            FailureKind::ClockOff => (
                Signature::WrongTime,
                Finding::ok(CHECK, format!("the key {key} is right; its time is refused (see clock)")),
            ),
            FailureKind::UnknownKey => (
                Signature::NotAccepted,
                Finding::failed(CHECK, format!("the server does not know the key {key}"))
                    .because("Its name or its algorithm is not the server's.")
                    .then(remedy::know_key(case)),
            ),
            FailureKind::BadSignature => (
                Signature::NotAccepted,
                Finding::failed(CHECK, format!("the secret of {} is not the server's", plain(&key.name)))
                    .because("The server has a key of this name and algorithm with another secret.")
                    .then(remedy::copy_secret(case)),
            ),
            FailureKind::Unsigned | FailureKind::ForgedAnswer => (
                Signature::NotAccepted,
                Finding::failed(CHECK, "its answers cannot be believed")
                    .because(failure.why.clone())
                    .then([Step::words(failure.next.clone())]),
            ),
            // Who answers without a signature and takes none has something against the key.
            FailureKind::Refused | FailureKind::NotAuthoritative if plain_soa.is_ok() => (
                Signature::NotAccepted,
                Finding::failed(CHECK, format!("the server does not accept the key {key}"))
                    .because(
                        "It does not say why. Likely, most likely first: it has no key of this name and \
                         algorithm; its secret is another; the clocks differ by more than 5 minutes.",
                    )
                    .then(remedy::know_key(case)),
            ),
            _ => (
                Signature::NotKnown,
                Finding::unknown(CHECK, format!("not known whether the key {key} is accepted"))
                    .because(failure.why.clone()),
            ),
        },
    }
}

/// How far do the clocks differ? `offset` is ours minus the server's, in seconds.
pub fn clock(make: Make, offset: Option<i64>) -> Finding {
    const CHECK: &str = "clock";
    // PowerDNS signs its answers with the time of the question: measured, with 4.7.3.
    let may_be_ours = make == Make::PowerDns || make == Make::Unknown && offset == Some(0);
    if offset.is_some_and(|offset| may_be_ours && offset.unsigned_abs() <= FUDGE) {
        return Finding::ok(CHECK, "within 5 minutes of the server's; it does not say more");
    }
    let Some(offset) = offset else {
        return Finding::unknown(CHECK, "the server's is not known: it tells it in signed answers only");
    };
    let size = offset.unsigned_abs();
    let side = if offset < 0 { "behind" } else { "ahead of" };
    let says = format!("ours is {} {side} the server's", seconds_in_words(size));
    if size > FUDGE {
        return Finding::failed(CHECK, says)
            .because("Signatures are good for 5 minutes: every signed question is refused.")
            .then([remedy::set_clock()]);
    }
    if size >= CLOCK_WARNING {
        return Finding::warning(CHECK, says)
            .because("From 5 minutes on every signed question is refused.")
            .then([remedy::set_clock()]);
    }
    if size <= CLOCK_NOISE {
        return Finding::ok(CHECK, "as the server's");
    }
    Finding::ok(CHECK, says)
}

/// A whole transfer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transferred {
    pub records: usize,
    pub took: Duration,
}

/// May we transfer the zone? `to_anyone` tells whether a transfer without a key began as well.
pub fn transfer(
    case: &Case,
    signature: Signature,
    result: &Result<Transferred, Failure>,
    to_anyone: Option<bool>,
) -> Finding {
    const CHECK: &str = "transfer";
    let failure = match result {
        Ok(Transferred { records, took }) => {
            let says =
                format!("{} in {} ms, for {}", count(*records, "record"), took.as_millis(), case.who());
            return match (to_anyone, &case.key) {
                (Some(true), Some(_)) => {
                    Finding::ok(CHECK, format!("{says}, and for {} without it", from(case)))
                }
                _ => Finding::ok(CHECK, says),
            };
        }
        Err(failure) => failure,
    };
    if let Some(obstacle) = signature.obstacle() {
        return Finding::unknown(CHECK, obstacle);
    }
    match failure.kind {
        FailureKind::Refused
        | FailureKind::NotAuthoritative
        | FailureKind::UnknownKey
        | FailureKind::NotImplemented => Finding::failed(CHECK, format!("refused for {}", case.who()))
            .because("The zone cannot be opened without: it is read by transfer.")
            .then(remedy::allow_transfer(case)),
        _ => Finding::failed(CHECK, failure.what.trim_end_matches('.'))
            .because(failure.why.clone())
            .then([Step::words(failure.next.clone())]),
    }
}

fn from(case: &Case) -> String {
    case.from.map_or("this address".into(), |address| address.to_string())
}

/// What came of asking for the differences since the serial before the present one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Differences {
    Sent,
    /// The whole zone came, or the server says that nothing changed.
    NotSent,
}

/// Does the server send differences (IXFR)? They save time; nothing depends on them.
pub fn differences(case: &Case, signature: Signature, result: &Result<Differences, Failure>) -> Finding {
    const CHECK: &str = "differences";
    match result {
        Ok(Differences::Sent) => Finding::ok(CHECK, "only what changes is transferred (IXFR)"),
        Ok(Differences::NotSent) => {
            let why = match case.make {
                Make::Bind | Make::Knot | Make::Embedded => {
                    "none kept of the last change; from the next on there may be (IXFR)"
                }
                Make::PowerDns => "PowerDNS has none: the zone is transferred whole",
                Make::Nsd => "none, so the zone is transferred whole; store-ixfr: yes keeps them",
                Make::Unknown => "none now: the zone is transferred whole",
            };
            Finding::ok(CHECK, why)
        }
        Err(_) if signature.obstacle().is_some() => {
            Finding::unknown(CHECK, signature.obstacle().unwrap_or_default())
        }
        Err(failure) => match failure.kind {
            FailureKind::Refused | FailureKind::NotAuthoritative | FailureKind::UnknownKey => {
                Finding::unknown(CHECK, "not known while transfers are refused (see transfer)")
            }
            _ => Finding::warning(CHECK, "the server does not answer the question for them (IXFR)")
                .because(format!("{} After each change the zone is transferred whole.", failure.why)),
        },
    }
}

/// What came of sending updates that change nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Updates {
    /// The configuration has the server as read-only.
    ReadOnly,
    Asked {
        result: Result<Rcode, Failure>,
        /// The same without a key, where there is one.
        without_key: Option<Result<Rcode, Failure>>,
    },
}

/// May we update the zone? `primary` is the primary by the zone's SOA, where that is not this server.
pub fn update(case: &Case, signature: Signature, updates: &Updates, primary: Option<&Name>) -> Finding {
    const CHECK: &str = "update";
    let (result, without_key) = match updates {
        Updates::ReadOnly => {
            return Finding::ok(CHECK, "not asked: the configuration has this server as read-only");
        }
        Updates::Asked { result, without_key } => (result, without_key),
    };
    let code = match result {
        Ok(Rcode::NOERROR) => return allowed(case, without_key.as_ref()),
        // Who has no updates has none for any key.
        Err(failure) if failure.kind == FailureKind::NotImplemented => Rcode::NOTIMP,
        _ if signature.obstacle().is_some() => {
            return Finding::unknown(CHECK, signature.obstacle().unwrap_or_default());
        }
        Ok(code) => *code,
        Err(failure) => match failure.kind {
            FailureKind::Refused | FailureKind::UnknownKey => Rcode::REFUSED,
            FailureKind::NotAuthoritative => Rcode::NOTAUTH,
            FailureKind::Rcode(code) => code,
            FailureKind::TimedOut if case.make == Make::Knot => {
                let zone = word(&plain(&case.zone));
                return Finding::failed(CHECK, "no answer, though the server answers questions")
                    .because("Knot holds updates back while a transaction is open on its control socket.")
                    .then([Step::new(
                        "See whether one is open, and end it:",
                        [format!("knotc zone-status {zone}"), format!("knotc zone-abort {zone}")],
                    )]);
            }
            _ => {
                return Finding::failed(CHECK, failure.what.trim_end_matches('.'))
                    .because(failure.why.clone())
                    .then([Step::words(failure.next.clone())]);
            }
        },
    };
    let elsewhere = primary.map(|name| {
        let name = plain(name);
        Step::new(
            format!(
                "The zone's SOA names {name} as its primary. If this server is a secondary, name that one:"
            ),
            [format!("zonewright doctor {} --server {}", word(&plain(&case.zone)), word(&name))],
        )
    });
    let refused = |says: String| Finding::failed(CHECK, format!("{says} ({code})"));
    match code {
        Rcode::NOTIMP if case.make == Make::Nsd => {
            refused("NSD takes no updates".into()).then([remedy::no_updates()]).then(elsewhere)
        }
        // BIND answers so where it is a secondary that does not forward updates.
        Rcode::NOTIMP if case.make == Make::Bind => refused("this server is a secondary for the zone".into())
            .because("Changes are made on the primary; BIND's secondaries do not forward them.")
            .then([elsewhere.unwrap_or_else(|| {
                Step::new(
                    "Name the primary with --update-to. It stands in:",
                    ["named-checkconf -p".to_owned()],
                )
            })]),
        Rcode::NOTIMP => refused("the server takes no updates".into())
            .then([Step::words("Name the server that takes them with --update-to.")])
            .then(elsewhere),
        Rcode::NOTAUTH if case.make != Make::Knot || case.key.is_some() => {
            refused("the server is not the primary of the zone".into())
                .because("It serves the zone, but takes no updates for it: likely it is a secondary.")
                .then([elsewhere.unwrap_or_else(|| Step::words("Name the primary with --update-to."))])
        }
        Rcode::REFUSED | Rcode::NOTAUTH => {
            let finding = refused(format!("refused for {}", case.who()));
            let finding = match &case.key {
                None => finding.then([Step::words("Give a key that may update the zone (--key).")]),
                Some(_) => finding
                    .because("The key is right, but may not change the zone, or nobody may at present."),
            };
            finding.then(remedy::allow_update(case)).then(elsewhere)
        }
        _ => refused("the server does not carry out updates".into())
            .because("It says so of an update that changes nothing.")
            .then([Step::words("Look into the server's log for the reason.")])
            .then(elsewhere),
    }
}

fn allowed(case: &Case, without_key: Option<&Result<Rcode, Failure>>) -> Finding {
    const CHECK: &str = "update";
    if !matches!(without_key, Some(Ok(Rcode::NOERROR))) {
        return Finding::ok(CHECK, format!("allowed for {}", case.who()));
    }
    let from = from(case);
    if matches!(case.make, Make::Bind | Make::Unknown) {
        // With an update-policy BIND decides by record, and has nothing against an update without any.
        return Finding::unknown(CHECK, "decided record by record (update-policy)")
            .because(format!(
                "The server takes an update without records with {} and without it alike. A push shows what the \
                 key may change. Should there be no update-policy, {from} may change the zone without a key.",
                case.who()
            ))
            .then([Step::new(
                "See what it grants:",
                ["named-checkconf -p | grep -A9 -e update-policy -e allow-update"],
            )]);
    }
    Finding::warning(CHECK, format!("allowed for {}, and without it", case.who()))
        .because(format!("Everybody at {from} may change the zone, and whoever can send in its name."))
        .then([Step::words("Allow updates with the key only, where that was not meant.")])
}

/// What updates are held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stored {
    /// The SOA that is served.
    Served,
    /// Another one.
    Another,
    NotKnown,
}

/// How the server counts, as far as that can be told without a change. `now` is in seconds since 1970.
pub fn serial(case: &Case, served: u32, stored: Stored, now: u64) -> Finding {
    const CHECK: &str = "serial";
    let form = form(served, now);
    let future = matches!(form, Form::FutureDate);
    let words = match form {
        Form::Date | Form::FutureDate => "a date and a count",
        Form::UnixTime => "the time in seconds",
        Form::Count => "a count",
    };
    let finding = match stored {
        Stored::Served => Finding::ok(CHECK, format!("{served}, {words}; served as it is stored")),
        Stored::NotKnown => Finding::ok(CHECK, format!("{served}, {words}")),
        Stored::Another => {
            let who = match case.make {
                Make::Bind => "BIND signs a copy of the zone that has a serial of its own (inline-signing)",
                Make::PowerDns => "PowerDNS serves another serial than it stores (SOA-EDIT)",
                _ => "The server serves another SOA than it stores",
            };
            Finding::ok(CHECK, format!("{served}, {words}; not the stored one"))
                .because(format!("{who}. Pushes are guarded record set by record set, TTLs are not."))
        }
    };
    if future {
        let state = Finding { state: super::State::Warning, ..finding };
        return state.because(
            "It is a date that is yet to come: until then a server that counts by date goes on by ones.",
        );
    }
    finding
}

/// Do the server that is updated and the one that is transferred from have the same version?
pub fn same_version(case: &Case, updated: u32, transferred: u32) -> Finding {
    const CHECK: &str = "versions";
    if updated == transferred {
        return Finding::ok(CHECK, "both servers have the same serial");
    }
    Finding::warning(CHECK, format!("the updated server has serial {updated}, the other one {transferred}"))
        .because("The zone is read from one server and changed on another; a push waits until both agree.")
        .then([remedy::fetch_again(&case.zone)])
}

/// Everything about a zone in one finding, from the findings of a short look. `server` is its name in the
/// configuration.
pub fn in_short(zone: &Name, server: &str, findings: &[Finding]) -> Finding {
    const CHECK: &str = "zone";
    let name = plain(zone);
    let state = findings.iter().map(|finding| finding.state).max();
    let worst = findings.iter().find(|finding| Some(finding.state) == state);
    match worst {
        Some(worst) if worst.state != super::State::Ok => {
            // These speak for themselves.
            let about = match worst.check {
                "server" | "zone" => String::new(),
                check => format!("{check}: "),
            };
            let says = format!("{name}: {about}{}", worst.says);
            let more = Step::new("The remedy and the rest:", [format!("zonewright doctor {}", word(&name))]);
            Finding::new(CHECK, worst.state, says).then([more])
        }
        _ => Finding::ok(CHECK, format!("{name} at {server}: transfers and updates are allowed")),
    }
}

/// For what was left out.
pub fn not_asked(why: &str) -> Finding {
    Finding::unknown("server", why)
}

enum Form {
    Date,
    FutureDate,
    UnixTime,
    Count,
}

fn form(served: u32, now: u64) -> Form {
    // Within ten years of now.
    let is_near = now.abs_diff(u64::from(served)) < 10 * 366 * 86_400;
    // Somewhere on earth it is tomorrow already.
    let tomorrow = types::date(now + 86_400).unwrap_or_default();
    match served / 100 {
        date if serial::is_date(date) && date > tomorrow => Form::FutureDate,
        date if serial::is_date(date) => Form::Date,
        _ if is_near => Form::UnixTime,
        _ => Form::Count,
    }
}
