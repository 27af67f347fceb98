//! The command-line verbs that compare and change zones without a screen: show, diff, push.
//!
//! Results go to standard output, everything else to standard error.

use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::sync::Arc;

use super::access::{self, Target};
use super::files::{is_file, read_file, read_files};
use super::merged::Merged;
use super::pushing::{PushOptions, Sender};
use super::{Exit, Stop};
use crate::cli::{Format, ServerArgs};
use crate::zone::changes::diff as difference;
use crate::zone::managed::without_managed;
use crate::zone::{ChangeMap, Name, Snapshot};
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
    let (old, new) = if is_file(old) && is_file(new) {
        let [old, new] = read_files([Path::new(old), Path::new(new)], origin.as_ref())?;
        (Arc::new(old), Arc::new(new))
    } else {
        (load(old)?, load(new)?)
    };
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
    let sender = Sender::start(&target, &options)?;
    let base = sender.base();
    let changes = without_managed(difference(&base, &wanted), &base, &wanted);
    if changes.is_empty() {
        let why = format!("{name} is already equal to the file (serial {}).", base.serial());
        return sender.nothing_to_do(&why);
    }
    if base.serial() == wanted.serial() || options.force {
        return sender.send(changes);
    }
    let Some(then) = sender.before(wanted.serial())? else {
        let why = format!(
            "The file was made from serial {}, the server has {}. What changed meanwhile is not known, and pushing \
             would undo it. Make the file anew from the zone (zonewright show {zone}), or say --force: the file \
             wins.",
            wanted.serial(),
            base.serial()
        );
        return sender.stop(why, &changes);
    };
    let merged = Merged::new(then, &wanted, &base);
    say(&merged.in_words(&name));
    if !merged.conflicts.is_empty() {
        return sender.stop_at(&merged.conflicts, merged.conflicts_in_words(&name), &merged.changes);
    }
    if merged.changes.is_empty() {
        let why = format!("{name} has all that the file changes already (serial {}).", base.serial());
        return sender.nothing_to_do(&why);
    }
    sender.send(merged.changes)
}
