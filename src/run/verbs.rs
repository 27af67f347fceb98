//! The command-line verbs that compare and change zones without a screen: show, diff, push.
//!
//! Results go to standard output, everything else to standard error.

use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::sync::Arc;

use super::access::{self, Target};
use super::files::{is_file, is_standard_input, read_file, read_files, say_file_wins, shown};
use super::merged::Merged;
use super::pushing::{PushOptions, Sender};
use super::results::{print_json, results};
use super::{Exit, Stop};
use crate::cli::{Format, ServerArgs};
use crate::config::DomainName;
use crate::store::settings;
use crate::zone::changes::diff as difference;
use crate::zone::managed::without_managed;
use crate::zone::{Name, Snapshot};
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
        at_server(self.argument, self.server, |target| {
            let (world, runtime) = (target.world(), access::runtime()?);
            Ok(runtime.block_on(world.transfer(|_| {}))?)
        })
    }
}

/// Does something with the zone that an argument names which is no file.
///
/// # Errors
/// [`Stop`]; see [`or_no_file`].
pub fn at_server<T>(
    argument: &str,
    server: &ServerArgs,
    act: impl FnOnce(&Target) -> Result<T, Stop>,
) -> Result<T, Stop> {
    let target = zone_name(argument).and_then(|zone| Target::find(&zone, server));
    target.and_then(|target| act(&target)).map_err(|stop| or_no_file(argument, server, stop))
}

/// Why an argument that is no file led nowhere. Of a zone that is neither configured nor named beside a server it says as
/// well that there is no such file, since that may be what was meant.
pub fn or_no_file(argument: &str, server: &ServerArgs, stop: Stop) -> Stop {
    let is_configured = |zone: Name| {
        let config = settings::load(server.config.as_deref());
        // One that cannot be used is told already, and may have the zone.
        config.map_or(true, |config| config.zone.contains_key(&DomainName(zone)))
    };
    if argument.is_empty() {
        return stop;
    }
    match server.server.is_some() || zone_name(argument).is_ok_and(is_configured) {
        true => stop,
        false => no_such_file(argument, stop),
    }
}

/// The same stop, with a word before it that there is no such file.
fn no_such_file(argument: &str, stop: Stop) -> Stop {
    let file = shown(Path::new(argument));
    let what = if Path::new(argument).is_dir() { "is a directory" } else { "is no file here" };
    Stop { message: format!("{file} {what}, so it is taken for a zone. {}", stop.message), ..stop }
}

/// The zone that a person names: relative to the root, with or without the final dot.
///
/// # Errors
/// A usage error for what is no domain name.
pub fn zone_name(text: &str) -> Result<Name, Stop> {
    if text.is_empty() {
        return Err(Stop::usage("The name of the zone is empty: write one, such as example.com.".into()));
    }
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
    if is_file(what) {
        say_file_wins(what, server);
    }
    let mut out = BufWriter::with_capacity(1 << 16, results());
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
    if [old, new].iter().all(|argument| is_standard_input(Path::new(argument))) {
        return Err(Stop::usage("Standard input (-) can be one of the two, and not both.".into()));
    }
    // A file whose text does not name its zone is taken for the zone that the other argument names.
    if origin.is_none() {
        let zone = [old, new].into_iter().find(|argument| !is_file(argument));
        origin = zone.map(zone_name).transpose()?;
    }
    let load = |argument| Source { argument, server, origin: origin.as_ref() }.load();
    // Beside a file it may be a file that was meant: that is told before anything is said of the file that is there.
    let load_zone = |argument| {
        load(argument)
            .map_err(|stop| if server.server.is_some() { no_such_file(argument, stop) } else { stop })
    };
    let [old_name, new_name] = [old, new];
    let (old, new) = match (is_file(old), is_file(new)) {
        (true, true) => {
            [old, new].iter().for_each(|argument| say_file_wins(argument, server));
            let [old, new] = read_files([Path::new(old), Path::new(new)], origin.as_ref())?;
            (Arc::new(old), Arc::new(new))
        }
        (true, false) => {
            let new = load_zone(new)?;
            (load(old)?, new)
        }
        (false, true) => (load_zone(old)?, load(new)?),
        (false, false) => (load(old)?, load(new)?),
    };
    if old.origin() != new.origin() {
        return Err(Stop::usage(format!("These are two zones: {} and {}", old.origin(), new.origin())));
    }
    let changes = without_managed(difference(&old, &new), &old, &new);
    let mut out = BufWriter::new(results());
    match format {
        Format::Text => zonefile::diff::print_diff(&changes, &mut out)?,
        Format::Json => print_json(&mut out, &zonefile::diff::diff_json(&changes))?,
        Format::Nsupdate => {
            // That of the zone which is compared with a file; between two files it is not known.
            let primary = match [old_name, new_name].iter().any(|argument| !is_file(argument)) {
                true => Some(access::primary(old.origin(), server)?),
                false => None,
            };
            let primary = primary.as_ref().map(|primary| (primary.host.as_str(), primary.port));
            zonefile::nsupdate::print_nsupdate(old.origin(), primary, &changes, &mut out)?;
        }
    }
    out.flush()?;
    Ok(if changes.is_empty() { Exit::Done } else { Exit::No })
}

/// `zonewright push`.
///
/// # Errors
/// [`Stop`].
pub fn push(zone: &str, file: &Path, server: &ServerArgs, options: PushOptions) -> Result<Exit, Stop> {
    let name = zone_name(zone)?;
    let wanted = read_file(file, Some(&name))?;
    if *wanted.origin() != name {
        return Err(Stop::usage(format!("The file is not for {name} but for {}", wanted.origin())));
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
