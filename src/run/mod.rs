//! The only place that knows all the others: the loop, the effects, the command-line verbs.

mod access;
mod asking;
mod check;
mod check_report;
mod clock;
mod configured;
mod demo;
pub mod doctor;
mod editor;
mod exchange;
mod explain;
mod files;
mod fmt;
mod history;
mod job;
mod log;
mod merged;
mod no_dumps;
mod others;
mod outside;
mod paths;
mod pushing;
mod registering;
mod results;
mod saver;
mod secondary;
mod services;
pub mod standing;
mod status;
mod verbs;
mod world;
mod zone_file;
mod zones;

use std::io::{self, IsTerminal as _, Write as _};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser as _;
use signal_hook::consts::SIGXFSZ;

use self::configured::{Configured, Session};
use self::results::results;
use crate::cli::{self, Cli, ServerArgs, Verb};
use crate::facts::Failure;

/// How the program ended, for scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done: nothing to do, no difference, no error found.
    Done = 0,
    /// Done, and the answer is no.
    No = 1,
    /// Could not run: usage, unreadable, network.
    CouldNotRun = 2,
    /// The outcome is not known.
    Unknown = 3,
}

/// Why a verb stopped, and with which status.
#[derive(Debug)]
pub struct Stop {
    pub exit: Exit,
    /// What, why and what next.
    pub message: String,
}

impl Stop {
    fn usage(message: String) -> Stop {
        Stop { exit: Exit::CouldNotRun, message }
    }

    fn no(message: String) -> Stop {
        Stop { exit: Exit::No, message }
    }
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Stop {
        Stop::usage(failure.to_string())
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Stop {
        Stop::usage(format!("Output could not be written: {error}."))
    }
}

impl From<serde_json::Error> for Stop {
    fn from(error: serde_json::Error) -> Stop {
        Stop::from(io::Error::from(error))
    }
}

/// The whole program.
pub fn main() -> ExitCode {
    no_dumps::forbid();
    // A file that may not grow further (ulimit -f) is an error of the writing, told like any other, and not the end of
    // the program. Where the signal cannot be had, it is.
    let _ = signal_hook::flag::register(SIGXFSZ, Arc::default());
    let exit = Cli::try_parse().map_or_else(no_verb, run).unwrap_or_else(|stop| {
        // A standard error that is gone is no reason to fail in another way.
        let _ = writeln!(io::stderr(), "zonewright: {}", stop.message);
        stop.exit
    });
    ExitCode::from(exit as u8)
}

/// Help and version, which are results; else what is wrong with the command line.
fn no_verb(told: clap::Error) -> Result<Exit, Stop> {
    match told.print().and_then(|()| io::stdout().flush()) {
        _ if told.use_stderr() => Ok(Exit::CouldNotRun),
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(Exit::Done),
    }
}

fn run(cli: Cli) -> Result<Exit, Stop> {
    match cli.verb {
        Some(Verb::Demo) => demo::run(),
        Some(Verb::Show { what, server, origin }) => verbs::show(&what, &server, origin.origin.as_deref()),
        Some(Verb::Check(arguments)) => check::check(&arguments),
        Some(Verb::Fmt { file, write, check }) => fmt::fmt(&file, write, check),
        Some(Verb::Diff { old, new, format, server, origin }) => {
            verbs::diff(&old, &new, format, &server, origin.origin.as_deref())
        }
        Some(Verb::Push { zone, file, note, send }) => {
            verbs::push(&zone, &file, &send.server, send.options(note))
        }
        Some(Verb::Log { zone, id, others: true, json, server }) => {
            others::log(&zone, id.as_deref(), json, &server)
        }
        Some(Verb::Log { zone, id, json, server, .. }) => log::log(&zone, id.as_deref(), json, &server),
        Some(Verb::Revert { zone, id, send }) => {
            log::revert(&zone, id.as_deref(), &send.server, send.options(None))
        }
        Some(Verb::Status(arguments)) => status::status(&arguments),
        Some(Verb::Wait(arguments)) => status::wait(&arguments),
        Some(Verb::Doctor { zone, json, server }) => doctor::doctor(zone.as_deref(), json, &server),
        Some(Verb::Secondary { what }) => secondary::run(what),
        Some(Verb::Explain { rtype, json }) => explain::explain(rtype.as_deref(), json),
        Some(Verb::Config { what, config }) => access::config_verb(what, config.as_deref()),
        Some(Verb::Completions { shell }) => {
            let mut script = Vec::new();
            cli::completions(shell, &mut script);
            print(&script)
        }
        Some(Verb::Man) => {
            let mut page = Vec::new();
            cli::man_page(&mut page)?;
            print(&page)
        }
        None => match cli.zone {
            Some(argument) => edit(&argument, &cli.server, cli.origin.origin.as_deref()),
            None => choose(&cli.server),
        },
    }
}

/// Writes what was made in memory: what makes it knows no failing output.
fn print(text: &[u8]) -> Result<Exit, Stop> {
    let mut out = results();
    out.write_all(text)?;
    out.flush()?;
    Ok(Exit::Done)
}

fn edit(argument: &str, server: &ServerArgs, origin: Option<&str>) -> Result<Exit, Stop> {
    if files::is_standard_input(Path::new(argument)) {
        return Err(Stop::usage(
            "The editor saves what it edits, and standard input cannot be saved: name a file.".into(),
        ));
    }
    let mut zones = Configured::new(server)?;
    let session = if files::is_file(argument) {
        let origin = zone_file::origin(origin)?;
        let mut session = zones.first_file(Path::new(argument), origin.as_ref())?;
        session.notices.extend(files::file_wins(argument, server));
        session
    } else {
        let opened = verbs::zone_name(argument).and_then(|zone| zones.first_zone(&zone));
        opened.map_err(|stop| verbs::or_no_file(argument, server, stop))?
    };
    edit_at(session, zones)
}

/// The list of zones, to choose from.
fn choose(server: &ServerArgs) -> Result<Exit, Stop> {
    let zones = Configured::new(server)?;
    if zones.is_empty() || !has_terminal() {
        return access::list_zones(zones.config());
    }
    edit_at(zones.list_session(), zones)
}

/// Runs the editor.
fn edit_at(session: Session, zones: Configured) -> Result<Exit, Stop> {
    let runtime = access::runtime()?;
    on_terminal()?;
    session.notices.iter().for_each(|notice| verbs::say(&format!("warning: {notice}")));
    let handle = runtime.handle().clone();
    let result = editor::run(session, Arc::new(zones), handle);
    // Leaving waits for nothing that the network still does.
    runtime.shutdown_background();
    result.map_err(no_terminal)?;
    Ok(Exit::Done)
}

fn has_terminal() -> bool {
    let dumb = std::env::var("TERM").is_ok_and(|kind| kind == "dumb");
    io::stdin().is_terminal() && io::stdout().is_terminal() && !dumb
}

fn on_terminal() -> Result<(), Stop> {
    if has_terminal() {
        return Ok(());
    }
    Err(Stop::usage(
        "The editor needs a terminal. For scripts there are zonewright show, diff and push.".into(),
    ))
}

fn no_terminal(error: io::Error) -> Stop {
    Stop::usage(format!("The terminal cannot be used: {error}."))
}
