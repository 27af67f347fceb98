//! What is said of registrations: for people, and as JSON.

use serde_json::{Value, json};

use super::super::Exit;
use super::exit_of;
use crate::doctor::plain;
use crate::facts::Make;
use crate::facts::clean::clean;
use crate::facts::registration::{Challenge, Details, Offered, Problem, ProblemKind, Registration};
use crate::registering::{
    Outcome, Proof, Question, Removal, Report, Seen, ServedBy, Sighting, allow_transfers,
};
use crate::zone::{Name, types};

/// "www.example.com. TXT "a1b2"", as it is typed into a zone.
pub fn record(challenge: &Challenge) -> String {
    format!("{} {} \"{}\"", challenge.owner, challenge.rtype, clean(&challenge.value).replace('"', "\\\""))
}

fn names(names: &[Name]) -> String {
    names.iter().map(plain).collect::<Vec<_>>().join(", ")
}

/// What the person has to know before they answer, and what is asked.
pub fn question(question: &Question) -> (Vec<String>, String) {
    match question {
        Question::Proof(proof) => proof_question(proof),
        Question::Removal(removal) => (removal_lines(removal), "Remove the registration? Type yes: ".into()),
        Question::Replacement(removal) => {
            let mut lines = removal_lines(removal);
            lines.push(
                "The service cannot change the primary: the registration is removed and added. In between it does not \
                 serve the zone."
                    .into(),
            );
            (lines, "Remove it and add it again? Type yes: ".into())
        }
    }
}

fn proof_question(proof: &Proof) -> (Vec<String>, String) {
    let mut lines = vec![
        "The service wants proof that the zone is yours: it looks for this record.".into(),
        format!("    {}", record(&proof.challenge)),
    ];
    match &proof.served_by {
        ServedBy::Ours(servers) => lines.push(format!("It must be served by: {}.", names(servers))),
        ServedBy::Elsewhere(servers) => lines.push(format!(
            "The zone above delegates to other nameservers than this zone names: {}. The record must be created there.",
            names(servers)
        )),
        ServedBy::Nobody => lines.push("The zone above does not delegate this zone yet.".into()),
        ServedBy::NotKnown(why) => {
            lines.push(format!("Whom the zone above delegates to is not known: {}.", why.trim_end_matches('.')));
        }
    }
    match &proof.editable {
        Ok(()) => {
            let joins = match proof.joins {
                0 => String::new(),
                1 => " It joins another record there, which stays.".into(),
                more => format!(" It joins {more} other records there, which stay."),
            };
            let ttl = proof.ttl;
            lines.push(match proof.served_by {
                ServedBy::Elsewhere(_) => format!(
                    "From here it can be put into the zone at its primary (TTL {ttl}), and taken out again. That helps \
                     only where those nameservers get the zone from there.{joins}"
                ),
                _ => {
                    format!("It is put into the zone with TTL {ttl}, and taken out again afterwards.{joins}")
                }
            });
            (lines, "Type yes to put it there, done when somebody else has created it: ".into())
        }
        Err(why) => {
            lines.push(format!("It cannot be put there from here: {}.", why.trim_end_matches('.')));
            (lines, "Type done when somebody has created it: ".into())
        }
    }
}

fn removal_lines(removal: &Removal) -> Vec<String> {
    let mut lines = Vec::new();
    let domain = plain(&removal.registration.place.domain);
    let by = removal
        .registration
        .secondary
        .as_ref()
        .map_or_else(String::new, |name| format!(", served by {}", plain(name)));
    lines.push(format!("{domain} is registered{by}."));
    if !removal.in_zone.is_empty() {
        lines.push(format!(
            "warning: {} is still among the zone's NS records. Take it out there first: it will not serve the zone \
             any more.",
            names(&removal.in_zone)
        ));
    }
    if !removal.delegated.is_empty() {
        lines.push(format!(
            "warning: the zone above still delegates to {}. Have that changed first: whoever asks there will get no \
             answer.",
            names(&removal.delegated)
        ));
    }
    lines
}

/// One nameserver's answer, in a line.
pub fn sighting(sighting: &Sighting) -> String {
    let address = sighting.address.map_or_else(String::new, |address| format!(" {address}"));
    let role = if sighting.is_primary { " (primary)" } else { "" };
    let seen = match &sighting.seen {
        Seen::There => "serves it",
        Seen::NotYet => "not yet",
        Seen::Fault(why) => why,
    };
    format!("  {}{address}{role}: {}", clean(sighting.server.trim_end_matches('.')), clean(seen))
}

/// How a job ended, in a word for scripts, a line for people, and as an exit status.
pub fn ending(report: &Report, domain: &Name, backend: &str) -> (&'static str, String, Exit) {
    let (domain, backend) = (plain(domain), clean(backend));
    let (word, line, exit) = match &report.outcome {
        Outcome::Registered(_) => ("registered", format!("{domain} is registered at {backend}."), Exit::Done),
        Outcome::AlreadyRegistered(_) => {
            ("already-registered", format!("{domain} is registered at {backend} already."), Exit::Done)
        }
        Outcome::PrimaryChanged(_) => {
            ("primary-changed", format!("{domain} has its new primary at {backend}."), Exit::Done)
        }
        Outcome::OtherPrimary(found) => {
            let primaries: Vec<String> = found.primaries.iter().map(ToString::to_string).collect();
            let line = format!(
                "{domain} is registered at {backend} with another primary: {}. To change that: zonewright secondary \
                 add {domain} --backend {backend} --change-primary.",
                primaries.join(", ")
            );
            ("other-primary", line, Exit::No)
        }
        Outcome::Removed => {
            ("removed", format!("{domain} is not registered at {backend} any more."), Exit::Done)
        }
        Outcome::NotRegistered => {
            ("not-registered", format!("{domain} is not registered at {backend}."), Exit::Done)
        }
        Outcome::Cancelled => ("cancelled", "Given up: nothing was registered or removed.".into(), Exit::No),
        // What became of it is known by now: nothing.
        Outcome::Refused(problem) if problem.kind == ProblemKind::Unknown => {
            ("refused", format!("It was not done. {problem}"), Exit::CouldNotRun)
        }
        Outcome::Refused(problem) => ("refused", problem.to_string(), exit_of(problem)),
        Outcome::NotProved(why) => ("not-proved", why.clone(), Exit::No),
        Outcome::Resting(problem) => ("resting", problem.to_string(), Exit::No),
        // That it is to stay so would say more than we know.
        Outcome::Unknown(problem) if problem.kind == ProblemKind::NotRegistered => {
            let line = format!(
                "It is not known whether it was done: {backend} took it, and {domain} does not stand in its list. The \
                 same command again looks, and goes on with it."
            );
            ("unknown", line, Exit::Unknown)
        }
        Outcome::Unknown(problem) => {
            let line = format!("It is not known whether it was done. {problem}");
            ("unknown", line, Exit::Unknown)
        }
        Outcome::NotKept(failure) => ("not-kept", failure.to_string(), Exit::CouldNotRun),
        Outcome::CleanedUp => ("cleaned-up", "Nothing of it is left in the zone.".into(), Exit::Done),
    };
    // Done, and not all of it.
    let exit = if report.left.is_some() && exit == Exit::Done { Exit::No } else { exit };
    (word, line, exit)
}

/// What is to be done on the primary and in the zone now that the service serves it; nothing where nothing is new.
pub fn around(report: &Report, zone: &Name, make: Make) -> Vec<String> {
    let is_there = matches!(
        report.outcome,
        Outcome::Registered(_) | Outcome::AlreadyRegistered(_) | Outcome::PrimaryChanged(_)
    );
    if !is_there || report.offered.is_empty() {
        return Vec::new();
    }
    let mut lines = vec!["NS records for the zone, if they are not there:".to_owned()];
    lines.extend(report.offered.iter().map(|offer| format!("    {zone} NS {}", offer.name)));
    let serves = !report.serving.is_empty() && report.serving.iter().all(|one| one.seen == Seen::There);
    if !serves {
        lines.push(
            "The primary must let the service transfer the zone. It goes by its address, so that cannot be tried out \
             from here."
                .into(),
        );
        for step in allow_transfers(make, zone, &report.offered) {
            lines.push(step.text);
            lines.extend(step.run.iter().map(|line| format!("    {line}")));
        }
    }
    lines
}

pub fn registration_json(backend: &str, row: &Registration) -> Value {
    json!({
        "domain": row.place.domain.to_string(),
        "backend": backend,
        "service": row.place.service,
        "created": row.created.and_then(|seconds| u64::try_from(seconds).ok()).map(rfc3339),
        "primaries": row.primaries.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "secondary": row.secondary.as_ref().map(ToString::to_string),
        "note": row.note,
        "problem": match &row.details {
            Details::Failed(problem) => problem_json(backend, problem),
            Details::Known | Details::Pending => Value::Null,
        },
    })
}

fn rfc3339(seconds: u64) -> String {
    // "2026-11-22 02:03 UTC": the date and the time to the minute.
    let words = types::in_words(seconds);
    let (date, time) = words.split_once(' ').unwrap_or((&words, "00:00"));
    format!("{date}T{}:{:02}Z", time.trim_end_matches(" UTC"), seconds % 60)
}

pub fn problem_json(backend: &str, problem: &Problem) -> Value {
    let kind = match problem.kind {
        ProblemKind::Challenged(_) => "challenged",
        ProblemKind::AlreadyRegistered { .. } => "already-registered",
        ProblemKind::NotRegistered => "not-registered",
        ProblemKind::UnknownService => "unknown-service",
        ProblemKind::Invalid => "invalid",
        ProblemKind::Unauthorized => "unauthorized",
        ProblemKind::Forbidden => "forbidden",
        ProblemKind::ClockOff => "clock-off",
        ProblemKind::Quota => "quota",
        ProblemKind::RateLimited => "rate-limited",
        ProblemKind::Conflict => "conflict",
        ProblemKind::Unsupported => "unsupported",
        ProblemKind::NotSent => "not-sent",
        ProblemKind::Unknown => "unknown",
        ProblemKind::Protocol => "protocol",
        ProblemKind::Remote { .. } => "remote",
        ProblemKind::Local => "local",
    };
    json!({ "backend": backend, "kind": kind, "what": problem.what, "why": problem.why, "next": problem.next })
}

/// A report as JSON.
pub fn report_json(
    report: &Report,
    domain: &Name,
    backend: &str,
    service: Option<&str>,
    make: Make,
) -> Value {
    let (word, line, _) = ending(report, domain, backend);
    let found = match &report.outcome {
        Outcome::Registered(found)
        | Outcome::AlreadyRegistered(found)
        | Outcome::OtherPrimary(found)
        | Outcome::PrimaryChanged(found) => registration_json(backend, found),
        _ => Value::Null,
    };
    let problem = match &report.outcome {
        Outcome::Refused(problem) | Outcome::Resting(problem) | Outcome::Unknown(problem) => {
            problem_json(backend, problem)
        }
        _ => Value::Null,
    };
    let proof = |challenge: &Challenge| {
        json!({
            "name": challenge.owner.to_string(),
            "type": challenge.rtype.to_string(),
            "value": challenge.value,
        })
    };
    let offered = |offer: &Offered| {
        json!({
            "name": offer.name.to_string(),
            "addresses": offer.addresses.iter().map(ToString::to_string).collect::<Vec<_>>(),
        })
    };
    let serving = |one: &Sighting| {
        json!({
            "server": one.server,
            "address": one.address.map(|address| address.to_string()),
            "serves": one.seen == Seen::There,
            "why": match &one.seen {
                Seen::Fault(why) => Value::from(why.as_str()),
                Seen::There | Seen::NotYet => Value::Null,
            },
        })
    };
    json!({
        "domain": domain.to_string(),
        "backend": backend,
        "service": service,
        "outcome": word,
        "says": line,
        "registration": found,
        "problem": problem,
        "nameservers": report.offered.iter().map(offered).collect::<Vec<_>>(),
        "serving": report.serving.iter().map(serving).collect::<Vec<_>>(),
        "left_in_zone": report.left.as_ref().map(|left| {
            json!({ "why": left.why, "records": left.proofs.iter().map(proof).collect::<Vec<_>>() })
        }),
        "notes": report.notes,
        "resumable": report.resumable,
        "todo": around(report, domain, make),
    })
}
