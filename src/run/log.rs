//! The verbs about past pushes: log, revert.

use std::io::{self, BufWriter, Write};

use serde_json::{Value, json};

use super::access::Target;
use super::history::{outcome_word, record_json};
use super::pushing::{PushOptions, Sender, key_in_words};
use super::results::{print_json, results};
use super::verbs::{say, zone_name};
use super::{Exit, Stop, clock};
use crate::cli::ServerArgs;
use crate::facts::history::{Ending, Listed, PushId, PushRecord, Standing, Summary, Verdict};
use crate::store::history::History;
use crate::ui::clean::clean;
use crate::zone::draft::{Draft, Entry};
use crate::zonefile::diff::diff_lines;

/// Most pushes that are listed.
const MAX_LISTED: usize = 10_000;

/// `zonewright log`.
///
/// # Errors
/// [`Stop`].
pub fn log(zone: &str, id: Option<&str>, json: bool, server: &ServerArgs) -> Result<Exit, Stop> {
    let history = Target::find(&zone_name(zone)?, server)?.history()?;
    let mut out = BufWriter::new(results());
    match id {
        Some(id) => {
            let record = history.read(&find(&history, id)?)?;
            match json {
                true => print_json(&mut out, &record_json(&record))?,
                false => print_record(&mut out, &record)?,
            }
        }
        None => {
            let listing = history.list(MAX_LISTED)?;
            if json {
                print_json(&mut out, &Value::Array(listing.pushes.iter().map(listed_json).collect()))?;
            } else {
                listing.pushes.iter().try_for_each(|push| writeln!(out, "{}", listed_in_words(push)))?;
            }
            out.flush()?;
            if listing.pushes.is_empty() {
                say("No push of this zone is recorded.");
            }
            if listing.older > 0 {
                say(&format!("{} older ones are not listed; they are shown by their IDs.", listing.older));
            }
        }
    }
    out.flush()?;
    Ok(Exit::Done)
}

/// The push that a person means: an ID, or how one begins or ends.
fn find(history: &History, text: &str) -> Result<PushId, Stop> {
    let mut found = history.ids()?;
    found.retain(|id| id.as_str().starts_with(text) || id.as_str().ends_with(text));
    match found.as_slice() {
        [id] => Ok(id.clone()),
        [] => Err(Stop::usage(format!("No push {} is recorded; zonewright log lists them.", clean(text)))),
        several => Err(Stop::usage(format!(
            "{} can be any of {} pushes; say more of it.",
            clean(text),
            several.len()
        ))),
    }
}

fn listed_in_words(push: &Listed) -> String {
    match push {
        Listed::Unreadable { file, why } => format!("{}  cannot be read: {}", clean(file), clean(why)),
        Listed::Push(Summary { head, standing }) => {
            let serial = match standing {
                Standing::Ended { serial: Some(serial), .. } => format!("{} -> {serial}", head.serial),
                _ => head.serial.to_string(),
            };
            let line = format!(
                "{}  {}  {}  {}  {}  {serial}  {}",
                head.id,
                clock::in_words(head.time),
                clean(&head.who.to_string()),
                head.tally,
                standing.word(),
                clean(&head.note)
            );
            line.trim_end().to_owned()
        }
    }
}

fn listed_json(push: &Listed) -> Value {
    match push {
        Listed::Unreadable { file, why } => json!({ "file": file, "unreadable": why }),
        Listed::Push(Summary { head, standing }) => {
            let (after, applied) = match standing {
                Standing::Ended { serial, applied, .. } => (*serial, Some(*applied)),
                _ => (None, None),
            };
            json!({
                "id": head.id.as_str(),
                "user": head.who.user,
                "sudo_user": head.who.sudo_user,
                "host": head.who.host,
                "time": head.time,
                "note": head.note,
                "outcome": outcome_word(*standing),
                "serial_before": head.serial,
                "serial_after": after,
                "messages": head.messages,
                "sets": head.sets,
                "sets_applied": applied,
                "records_deleted": head.tally.deleted,
                "records_added": head.tally.added,
                "ttls_changed": head.tally.ttls,
            })
        }
    }
}

/// Lines that begin with `;` are about the push; the others are its difference.
fn print_record(out: &mut impl Write, record: &PushRecord) -> io::Result<()> {
    let head = &record.head;
    writeln!(
        out,
        "; {}",
        listed_in_words(&Listed::Push(Summary { head: head.clone(), standing: record.standing }))
    )?;
    if let Some(end) = record.end.as_ref().filter(|end| !end.why.is_empty()) {
        writeln!(out, "; {}", clean(&end.why))?;
    }
    for note in record.end.iter().flat_map(|end| &end.notes) {
        writeln!(out, "; {}", clean(note))?;
    }
    let several = head.messages > 1;
    let told =
        |group: &&[(usize, String)]| several || group.first().is_some_and(|(_, answer)| answer != "NOERROR");
    for group in record.answers.chunk_by(|(_, answer), (_, next)| answer == next).filter(told) {
        let ([(first, answer), ..], [.., (last, _)]) = (group, group) else { continue };
        match first == last {
            true => writeln!(out, "; message {first}: {}", clean(answer))?,
            false => writeln!(out, "; messages {first} to {last}: {}", clean(answer))?,
        }
    }
    if let Some(message) = record.unanswered() {
        writeln!(out, "; message {message}: sent, and no answer was recorded")?;
    }
    for (key, change) in &record.changes {
        for line in diff_lines(key, change) {
            writeln!(out, "{line}")?;
        }
        let (word, why) = match record.verdict(key) {
            None | Some(Verdict::Applied) => continue,
            Some(Verdict::NotApplied(why)) => ("not applied", why),
            Some(Verdict::ChangedByServer(_, why)) => ("something else was read back", why),
            Some(Verdict::ChangedSince(_, why)) => ("applied, then changed", why),
            Some(Verdict::Unknown(why)) => ("unknown", why),
        };
        writeln!(out, "; {}: {word}. {}", key_in_words(key, &head.zone), clean(&why))?;
    }
    Ok(())
}

/// `zonewright revert`.
///
/// # Errors
/// [`Stop`].
pub fn revert(
    zone: &str,
    id: Option<&str>,
    server: &ServerArgs,
    mut options: PushOptions,
) -> Result<Exit, Stop> {
    let name = zone_name(zone)?;
    let target = Target::find(&name, server)?;
    let history = target.history()?;
    let id = match id {
        Some(id) => find(&history, id)?,
        None => last(&history)?,
    };
    let record = history.read(&id)?;
    if record.standing == Standing::UnderWay {
        return Err(Stop::no(format!("The push {id} is still under way. Wait until it is over.")));
    }
    let mut words = format!("Taking back {id} of {}", clock::in_words(record.head.time));
    if !record.head.note.is_empty() {
        words.push_str(&format!(": {}", clean(&record.head.note)));
    }
    say(&format!("{words}."));
    options.note = format!("revert of {id}");
    let sender = Sender::start(&target, &options)?;
    let base = sender.base();
    let mut draft = Draft::new(sender.base());
    draft.replay([Entry::Step(record.reverse_step(&base))]);
    let conflicts = draft.conflicts();
    let mut changes = draft.changes().clone();
    if !conflicts.is_empty() {
        let names: Vec<String> = conflicts.iter().map(|key| key_in_words(key, &name)).collect();
        let changed = format!("Changed since by somebody else: {}.", names.join(", "));
        if !options.force {
            let why = format!(
                "{changed} Nothing was sent. --force takes back the others and leaves these as they are; the editor \
                 shows both sides."
            );
            return sender.stop_at(&draft.open_conflicts(), why, &changes);
        }
        say(&format!("note: {changed} Left as they are."));
        changes.retain(|key, _| !conflicts.contains(key));
    }
    if record.end.is_none() && !options.dry_run {
        // What there is of it is known now.
        history.close(&id, &record.end_by(base.serial(), |key| base.get(key)))?;
    }
    if changes.is_empty() {
        return sender
            .nothing_to_do(&format!("Nothing of it is in the zone any more (serial {}).", base.serial()));
    }
    sender.send(changes)
}

/// The last push that changed something, or may have.
fn last(history: &History) -> Result<PushId, Stop> {
    let changed = |push: &Listed| match push {
        Listed::Push(Summary { head, standing: Standing::Ended { ending, .. } }) => {
            matches!(ending, Ending::Applied | Ending::Partly | Ending::Unknown | Ending::Interrupted)
                .then(|| head.id.clone())
        }
        Listed::Push(Summary { head, standing: Standing::Interrupted }) => Some(head.id.clone()),
        _ => None,
    };
    let listing = history.list(MAX_LISTED)?;
    listing.pushes.iter().find_map(changed).ok_or_else(|| {
        Stop::no(
            "No push of this zone that changed something is recorded, so there is nothing to take back."
                .into(),
        )
    })
}
