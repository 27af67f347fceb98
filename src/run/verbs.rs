//! The command-line verbs that compare and change zones without a screen: show, diff, push.
//!
//! Results go to standard output, everything else to standard error.

use std::cell::Cell;
use std::io::{self, BufWriter, IsTerminal as _, Write};
use std::path::Path;
use std::sync::Arc;

use super::access::{self, Target};
use super::files::{is_file, read_file};
use super::{Exit, Stop};
use crate::cli::{Format, ServerArgs};
use crate::push::{self, Outcome, Plan, Push, Report, ServerTraits, Verdict};
use crate::zone::changes::diff as difference;
use crate::zone::managed::without_managed;
use crate::zone::{ChangeMap, Name, RrKey, Snapshot};
use crate::zonefile;

/// A zone from where an argument says.
pub struct Source<'a> {
    pub argument: &'a str,
    pub server: &'a ServerArgs,
    pub origin: Option<&'a Name>,
}

impl Source<'_> {
    /// Reads or transfers it.
    pub fn load(&self) -> Result<Arc<Snapshot>, Stop> {
        if is_file(self.argument) {
            return read_file(Path::new(self.argument), self.origin).map(Arc::new);
        }
        let zone = zone_name(self.argument)?;
        let (world, runtime) = (Target::find(&zone, self.server)?.world(), access::runtime()?);
        Ok(runtime.block_on(world.transfer(|_| {}))?)
    }
}

/// The zone that a person names: relative to the root, with or without the final dot.
///
/// # Errors
/// A usage error for what is no domain name.
pub fn zone_name(text: &str) -> Result<Name, Stop> {
    Name::parse(text.as_bytes(), Some(Name::root().as_ref())).map_err(|error| {
        Stop::usage(format!("{} is no domain name: {error}.", zonefile::shown(text.as_bytes())))
    })
}

/// A line for the person, on standard error. A standard error that is gone is no reason to stop.
pub fn say(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}

/// `zonewright show`.
///
/// # Errors
/// [`Stop`].
pub fn show(what: &str, server: &ServerArgs, origin: Option<&str>) -> Result<Exit, Stop> {
    let origin = origin.map(zone_name).transpose()?;
    let zone = Source { argument: what, server, origin: origin.as_ref() }.load()?;
    let mut out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    zonefile::print_plain(&zone, &mut out)?;
    out.flush()?;
    Ok(Exit::Done)
}

/// `zonewright diff`.
///
/// # Errors
/// [`Stop`].
pub fn diff(
    old: &str,
    new: &str,
    format: Format,
    server: &ServerArgs,
    origin: Option<&str>,
) -> Result<Exit, Stop> {
    let mut origin = origin.map(zone_name).transpose()?;
    // A file whose text does not name its zone is taken for the zone that the other argument names.
    if origin.is_none() {
        let zone = [old, new].into_iter().find(|argument| !is_file(argument));
        origin = zone.map(zone_name).transpose()?;
    }
    let load = |argument| Source { argument, server, origin: origin.as_ref() }.load();
    let (old, new) = (load(old)?, load(new)?);
    if old.origin() != new.origin() {
        return Err(Stop::usage(format!("These are two zones, {} and {}.", old.origin(), new.origin())));
    }
    let changes = without_managed(difference(&old, &new), &old, &new);
    let mut out = BufWriter::new(io::stdout().lock());
    write_changes(&mut out, &old, &changes, format)?;
    out.flush()?;
    Ok(if changes.is_empty() { Exit::Done } else { Exit::No })
}

fn write_changes(
    out: &mut impl Write,
    zone: &Snapshot,
    changes: &ChangeMap,
    format: Format,
) -> io::Result<()> {
    match format {
        Format::Text => zonefile::diff::print_diff(changes, out),
        Format::Json => {
            serde_json::to_writer_pretty(&mut *out, &zonefile::diff::diff_json(changes))?;
            writeln!(out)
        }
        Format::Nsupdate => zonefile::nsupdate::print_nsupdate(zone.origin(), changes, out),
    }
}

/// What `push` was told besides zone and file.
#[derive(Debug, Clone, Copy)]
pub struct PushOptions {
    pub dry_run: bool,
    pub yes: bool,
    pub force: bool,
}

/// `zonewright push`.
///
/// # Errors
/// [`Stop`].
pub fn push(zone: &str, file: &Path, server: &ServerArgs, options: PushOptions) -> Result<Exit, Stop> {
    let name = zone_name(zone)?;
    let wanted = read_file(file, Some(&name))?;
    if *wanted.origin() != name {
        return Err(Stop::usage(format!("The file is for {}, not for {name}.", wanted.origin())));
    }
    let target = Target::find(&name, server)?;
    let world = target.world();
    let runtime = access::runtime()?;
    let loaded = runtime.block_on(world.load(|_| {}))?;
    let base = loaded.zone;
    let changes = without_managed(difference(&base, &wanted), &base, &wanted);
    if changes.is_empty() {
        say(&format!("{name} is already equal to the file (serial {}).", base.serial()));
        return Ok(Exit::Done);
    }
    if base.serial() != wanted.serial() && !options.force {
        return Err(Stop::no(format!(
            "The file was made from serial {}, the server has {}. What changed meanwhile is not known, and pushing \
             would undo it. Make the file anew from the zone (zonewright show {zone}), or say --force: the file \
             wins.",
            wanted.serial(),
            base.serial()
        )));
    }
    let traits = ServerTraits { kind: loaded.kind };
    let mut out = BufWriter::new(io::stdout().lock());
    write_changes(&mut out, &base, &changes, Format::Text)?;
    out.flush()?;
    let plan = push::plan(&base, &changes, traits).map_err(|error| Stop::no(error.to_string()))?;
    tell_prospects(&base, &changes, &plan, traits);
    if options.dry_run {
        if let Some(danger) = push::danger(&base, &changes, target.server.brake_percent) {
            say(&format!("warning: {danger} To push it, --force is needed."));
        }
        say("Nothing was sent: this was a dry run.");
        return Ok(Exit::No);
    }
    let danger = push::danger(&base, &changes, target.server.brake_percent).filter(|_| !options.force);
    if let Some(danger) = &danger
        && (options.yes || !io::stdin().is_terminal())
    {
        return Err(Stop::no(format!("{danger} Nothing was sent. If this is what you want, say --force.")));
    }
    if let Err(why) = &loaded.editable {
        return Err(Stop::no(format!("Nothing was sent: {why}")));
    }
    if !options.yes && !confirmed(&name, &changes, danger.as_deref())? {
        say("Nothing was sent.");
        return Ok(Exit::No);
    }
    // The same stage again is no news.
    let shown = Cell::new(None);
    let stages = |stage| {
        if shown.replace(Some(stage)) != Some(stage) {
            say(&stage_in_words(stage));
        }
    };
    let report = runtime.block_on(world.drive(Push::new(Arc::clone(&base), changes, traits, plan), stages));
    Ok(tell_report(&report, &name))
}

fn tell_prospects(base: &Snapshot, changes: &ChangeMap, plan: &Plan, traits: ServerTraits) {
    for note in &plan.notes {
        say(&format!("note: {note}"));
    }
    for prediction in push::predict(base, plan, changes, traits) {
        say(&format!("warning: {}: {}", key_in_words(&prediction.key, base.origin()), prediction.message));
    }
}

/// Asks for a yes, or, for a push that is dangerous, for the name of the zone.
fn confirmed(zone: &Name, changes: &ChangeMap, danger: Option<&str>) -> Result<bool, Stop> {
    if !io::stdin().is_terminal() {
        return Err(Stop::usage("Nobody is here to ask: say --yes to push without a question.".into()));
    }
    let mut err = io::stderr();
    let sets = changes.len();
    match danger {
        Some(danger) => write!(err, "{danger} Push {sets} changed record sets? Type the name of the zone: ")?,
        None => write!(err, "Push {sets} changed record sets to {zone}? Type yes: ")?,
    }
    err.flush()?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    let answer = answer.trim();
    Ok(match danger {
        Some(_) => {
            Name::parse(answer.as_bytes(), Some(Name::root().as_ref())).is_ok_and(|name| name == *zone)
        }
        None => answer == "yes",
    })
}

fn stage_in_words(stage: push::Stage) -> String {
    let text = match stage {
        push::Stage::CheckingSerial => "Checking that the zone is still the one reviewed.",
        push::Stage::LoadingZone => "Loading the zone.",
        push::Stage::Sending { step, total } if total > 1 => {
            return format!("Sending message {step} of {total}.");
        }
        push::Stage::Sending { .. } => "Sending the update.",
        push::Stage::ReadingBack => "Reading the zone back.",
        push::Stage::FindingReason => "Asking the server for the reason, with updates that change nothing.",
        push::Stage::WaitingForServer => "Waiting for the server to show the change.",
    };
    text.into()
}

fn key_in_words(key: &RrKey, origin: &Name) -> String {
    format!("{} {}", key.owner.relative_to(origin), key.rtype)
}

fn tell_report(report: &Report, zone: &Name) -> Exit {
    for (key, _, verdict) in &report.verdicts {
        let (word, sentence) = match verdict {
            Verdict::Applied => ("applied", ""),
            Verdict::NotApplied(why) => ("NOT applied", why.as_str()),
            Verdict::ChangedByServer(_, why) => ("CHANGED BY SERVER", why.as_str()),
            Verdict::Unknown(why) => ("UNKNOWN", why.as_str()),
        };
        say(format!("{word}: {} {sentence}", key_in_words(key, zone)).trim_end());
    }
    for note in &report.notes {
        say(&format!("note: {note}"));
    }
    let serial = match report.serial_after {
        Some(serial) => format!("serial {} -> {serial}", report.serial_before),
        None => format!("serial was {}", report.serial_before),
    };
    let (line, exit) = match &report.outcome {
        Outcome::Applied => ("Every change is applied".into(), Exit::Done),
        Outcome::NothingToDo => ("The server already holds all of it".into(), Exit::Done),
        Outcome::Partly => ("Not every change is applied; see above".into(), Exit::No),
        Outcome::Refused(failure) => (failure.to_string(), Exit::No),
        Outcome::Conflict(keys) => {
            let names: Vec<String> = keys.iter().map(|key| key_in_words(key, zone)).collect();
            (format!("Not pushed: somebody else changed {} meanwhile", names.join(", ")), Exit::No)
        }
        Outcome::ReviewAgain => {
            ("Not pushed: the zone changed meanwhile, and so did the plan. Run it again".into(), Exit::No)
        }
        Outcome::CannotSend(why) => (format!("Not pushed. {why}"), Exit::No),
        Outcome::Unknown(failure) => {
            (format!("It is not known whether it was applied. {failure}"), Exit::Unknown)
        }
    };
    say(&format!("{} ({serial}).", line.trim_end_matches('.')));
    exit
}
