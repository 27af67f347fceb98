//! A job at a secondary service in words: its steps, what is asked, how it ended.

use super::walk::{Stage, Walk};
use super::{RowKey, place_in_words};
use crate::app::App;
use crate::app::pushing::{Line, Tone};
use crate::app::zones::short;
use crate::registering::{Outcome, Proof, Question, Removal, Report, Seen, ServedBy, Sighting, StepState};
use crate::zone::Name;

/// The job in lines.
pub fn lines(app: &App, walk: &Walk) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut line = |tone, text: String| lines.push(Line { tone, text });
    let key = walk.key();
    let primary = walk.job.wanted.primary.map_or(String::new(), |primary| format!(", from {primary}"));
    line(Tone::Plain, format!("{} at {}{primary}", short(&key.domain), place_in_words(&key)));
    line(Tone::Plain, String::new());
    if let Some(machine) = walk.machine() {
        for step in machine.steps() {
            let (sign, tone) = match step.state {
                StepState::Ahead => ("[ ]", Tone::Plain),
                StepState::Going => ("[>]", Tone::Plain),
                StepState::Done => ("[x]", Tone::Good),
                StepState::Failed => ("[!]", Tone::Bad),
                StepState::Skipped => ("[-]", Tone::Plain),
            };
            line(tone, format!("{sign} {:<33}{}", step.kind.in_words(), step.detail));
        }
        line(Tone::Plain, String::new());
    }
    match &walk.stage {
        Stage::Opening => line(Tone::Plain, "Opening the service.".into()),
        Stage::Failed(problem) => {
            line(Tone::Bad, problem.what.clone());
            line(Tone::Plain, format!("{} {}", problem.why, problem.next));
        }
        Stage::Ended(_, report) => report_lines(report, &key.domain, &mut line),
        Stage::Going(machine) => match walk.question() {
            Some(Question::Proof(proof)) => proof_lines(app, proof, &key, &mut line),
            Some(Question::Removal(removal)) => removal_lines(removal, &key, false, &mut line),
            Some(Question::Replacement(removal)) => removal_lines(removal, &key, true, &mut line),
            None => {
                sighting_lines(machine.sightings(), &mut line);
                sighting_lines(machine.serving(), &mut line);
                if machine.is_ending() {
                    line(Tone::Plain, "It is being given up: what is in the zone is taken out.".into());
                }
            }
        },
    }
    lines
}

fn proof_lines(app: &App, proof: &Proof, key: &RowKey, line: &mut impl FnMut(Tone, String)) {
    let challenge = &proof.challenge;
    line(Tone::Doubt, format!("{} wants to see this record first, as proof of ownership:", key.backend));
    line(
        Tone::Plain,
        format!("  {} {} {} \"{}\"", challenge.owner, proof.ttl, challenge.rtype, challenge.value),
    );
    match &proof.editable {
        Ok(()) => {
            let joins = match proof.joins {
                0 => String::new(),
                1 => ", beside 1 record there, which stays".into(),
                many => format!(", beside {many} records there, which stay"),
            };
            let is_open = app.settings.zone == key.domain;
            let at = if is_open { format!(" to {}", app.settings.server) } else { String::new() };
            line(
                Tone::Plain,
                format!(
                    "It is pushed{at} by itself{joins}; your draft stays as it is. It is taken out again when the registration stands, or is given up."
                ),
            );
        }
        Err(why) => line(Tone::Bad, format!("It cannot be put into the zone from here: {why}")),
    }
    let list = |names: &[Name]| names.iter().map(Name::to_string).collect::<Vec<_>>().join(", ");
    match &proof.served_by {
        ServedBy::Ours(names) => line(Tone::Plain, format!("The world asks {}", list(names))),
        ServedBy::Elsewhere(names) => line(
            Tone::Bad,
            format!(
                "The zone above delegates to {}, none of which is a nameserver of this zone: the record must be created there.",
                list(names)
            ),
        ),
        ServedBy::Nobody => line(Tone::Doubt, "The zone above does not delegate this one yet.".into()),
        ServedBy::NotKnown(why) => line(Tone::Doubt, format!("Whom the world asks is not known: {why}.")),
    }
    line(Tone::Plain, String::new());
    line(Tone::Plain, "y agrees. h: it is created elsewhere, by you. c gives it up.".into());
}

fn removal_lines(removal: &Removal, key: &RowKey, replace: bool, line: &mut impl FnMut(Tone, String)) {
    let domain = short(&key.domain);
    let place = place_in_words(key);
    match replace {
        false => line(Tone::Doubt, format!("Remove {domain} at {place}? It ceases to serve the zone.")),
        true => line(
            Tone::Doubt,
            format!(
                "The primary can only be changed by removing {domain} at {place} and adding it again: in between it does not serve the zone."
            ),
        ),
    }
    let list = |names: &[Name]| names.iter().map(Name::to_string).collect::<Vec<_>>().join(", ");
    if !removal.in_zone.is_empty() {
        line(
            Tone::Bad,
            format!(
                "{} is still in the zone's NS records: resolvers go on asking it.",
                list(&removal.in_zone)
            ),
        );
    }
    if !removal.delegated.is_empty() {
        line(
            Tone::Bad,
            format!(
                "The zone above still delegates to {}: have the registrar change that first.",
                list(&removal.delegated)
            ),
        );
    }
    line(Tone::Plain, String::new());
    match !replace && !removal.in_zone.is_empty() {
        true => line(
            Tone::Plain,
            "n takes it out of the NS records first. y removes all the same. c: not.".into(),
        ),
        false => line(Tone::Plain, "y removes it. c: not.".into()),
    }
}

fn sighting_lines(sightings: &[Sighting], line: &mut impl FnMut(Tone, String)) {
    for one in sightings {
        let at = one.address.map_or(String::new(), |address| address.to_string());
        let server =
            if one.is_primary { format!("{} (primary)", one.server) } else { one.server.to_string() };
        let (tone, said) = match &one.seen {
            Seen::There => (Tone::Good, "has it".to_owned()),
            Seen::NotYet => (Tone::Doubt, "not yet".to_owned()),
            Seen::Fault(why) => (Tone::Bad, why.clone()),
        };
        line(tone, format!("  {server:<34} {at:<16} {said}"));
    }
}

pub(super) fn outcome_in_words(outcome: &Outcome, domain: &Name) -> (Tone, String) {
    let domain = short(domain);
    match outcome {
        Outcome::Registered(_) => (Tone::Good, format!("{domain} is registered")),
        Outcome::AlreadyRegistered(_) => (Tone::Good, format!("{domain} was registered already")),
        Outcome::OtherPrimary(found) => {
            let primaries: Vec<String> = found.primaries.iter().map(ToString::to_string).collect();
            (
                Tone::Doubt,
                format!("{domain} is registered already, with the primary {}", primaries.join(", ")),
            )
        }
        Outcome::PrimaryChanged(_) => (Tone::Good, format!("the primary of {domain} is changed")),
        Outcome::Removed => (Tone::Good, format!("{domain} is removed")),
        Outcome::NotRegistered => (Tone::Plain, format!("{domain} is not registered there")),
        Outcome::Cancelled => (Tone::Plain, "given up: nothing was registered or removed".into()),
        Outcome::Refused(_) => (Tone::Bad, "the service did not do it".into()),
        Outcome::NotProved(_) => (Tone::Bad, "not registered: the proof of ownership is missing".into()),
        Outcome::Resting(_) => (Tone::Doubt, "the service has not done it so far".into()),
        Outcome::Unknown(_) => (Tone::Doubt, "it is not known whether it was done".into()),
        Outcome::NotKept(_) => (Tone::Bad, "nothing was done: it could not be kept on the disk".into()),
        Outcome::CleanedUp => (Tone::Good, "what was left in the zone is taken out".into()),
    }
}

fn report_lines(report: &Report, domain: &Name, line: &mut impl FnMut(Tone, String)) {
    let (tone, text) = outcome_in_words(&report.outcome, domain);
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    // A domain is written as it is.
    let text =
        if text.starts_with(&short(domain)) { text.clone() } else { format!("{first}{}", letters.as_str()) };
    line(tone, format!("{text}."));
    match &report.outcome {
        Outcome::Refused(problem) | Outcome::Resting(problem) | Outcome::Unknown(problem) => {
            line(Tone::Plain, problem.to_string());
        }
        Outcome::NotProved(why) => line(Tone::Plain, why.clone()),
        Outcome::NotKept(failure) => line(Tone::Plain, failure.to_string()),
        Outcome::OtherPrimary(_) => line(Tone::Plain, "r changes the primary.".into()),
        _ => {}
    }
    if let Some(left) = &report.left {
        for proof in &left.proofs {
            line(
                Tone::Bad,
                format!(
                    "Still in the zone: {} {} \"{}\": {}",
                    proof.owner, proof.rtype, proof.value, left.why
                ),
            );
        }
        line(Tone::Plain, "r tries again to take it out; so does the next start.".into());
    }
    sighting_lines(&report.serving, line);
    for note in &report.notes {
        line(Tone::Doubt, note.clone());
    }
    if report.resumable && report.left.is_none() {
        line(
            Tone::Plain,
            "r goes on with it; it is kept on the disk, and offered when the zone is opened.".into(),
        );
    }
    if matches!(report.outcome, Outcome::Registered(_) | Outcome::AlreadyRegistered(_))
        && !report.offered.is_empty()
    {
        let names: Vec<String> = report.offered.iter().map(|offered| short(&offered.name)).collect();
        line(
            Tone::Plain,
            format!("n proposes its NS record ({}); t: what the primary must allow.", names.join(", ")),
        );
    }
}
