//! `zonewright secondary`: what is registered at secondary DNS services, and registering and removing a zone.
//!
//! Results go to standard output, everything else to standard error.

mod check;
mod job;
mod left;
mod list;
mod login;
mod mending;
mod words;

use super::configured::Configured;
use super::{Exit, Stop};
use crate::cli::{SecondaryVerb, ServerArgs};
use crate::config::DomainName;
use crate::facts::clean::clean;
use crate::facts::registration::{Problem, ProblemKind};
use crate::zone::Name;

/// `zonewright secondary`.
///
/// # Errors
/// [`Stop`].
pub fn run(what: SecondaryVerb) -> Result<Exit, Stop> {
    match what {
        SecondaryVerb::List { zone, backend, json, timeout, config } => {
            let configured = Configured::new(&ServerArgs { config, ..ServerArgs::default() })?;
            list::list(configured, zone.as_deref(), backend.as_deref(), json, timeout)
        }
        SecondaryVerb::Add { zone, primary, change_primary, job } => {
            job::add(&zone, primary, change_primary, &job)
        }
        SecondaryVerb::Mend { zone, at } => mending::mend(&zone, &at),
        SecondaryVerb::HandOver { zone, to, at } => mending::hand_over(&zone, &to, &at),
        SecondaryVerb::Check(arguments) => check::check(&arguments),
        SecondaryVerb::Remove { zone, job } => job::remove(&zone, &job),
        SecondaryVerb::Login { name, timeout, config } => {
            let configured = Configured::new(&ServerArgs { config, ..ServerArgs::default() })?;
            login::login(&configured, name.as_deref(), timeout)
        }
    }
}

/// The services that are meant: the one that is named, those of the zone, the only one, or, where nothing is changed,
/// all.
fn backends(
    configured: &Configured,
    zone: Option<&Name>,
    named: Option<&str>,
    all: bool,
) -> Result<Vec<String>, Stop> {
    let config = configured.config();
    let known: Vec<String> = config.secondary.keys().cloned().collect();
    if let Some(named) = named {
        if config.secondary.contains_key(named) {
            return Ok(vec![named.into()]);
        }
        let known = match known.is_empty() {
            true => "There is none.".into(),
            false => format!("There are: {}.", known.join(", ")),
        };
        return Err(Stop::usage(format!(
            "The configuration has no secondary service {}. {}",
            clean(named),
            clean(&known)
        )));
    }
    if known.is_empty() {
        return Err(Stop::usage(
            "No secondary service is configured. Write a [secondary.NAME] into the configuration; zonewright config \
             example shows how."
                .into(),
        ));
    }
    let of_zone = zone.and_then(|zone| config.zone.get(&DomainName(zone.clone())));
    let own: Vec<String> = of_zone
        .map_or_else(Vec::new, |zone| zone.secondaries.iter().map(|name| name.get_ref().clone()).collect());
    match (all, own.is_empty(), known.len()) {
        (true, ..) | (_, true, 1) => Ok(known),
        (_, false, _) => Ok(own),
        (_, true, _) => Err(Stop::usage(format!(
            "There are several secondary services: {}. Say which with --backend, or name them in the zone's \
             secondaries in the configuration.",
            clean(&known.join(", "))
        ))),
    }
}

impl From<Problem> for Stop {
    fn from(problem: Problem) -> Stop {
        Stop { exit: exit_of(&problem), message: problem.to_string() }
    }
}

/// What a problem at a service means for scripts.
fn exit_of(problem: &Problem) -> Exit {
    match problem.kind {
        ProblemKind::Unknown => Exit::Unknown,
        ProblemKind::NotSent
        | ProblemKind::Local
        | ProblemKind::Unauthorized
        | ProblemKind::UnknownService
        | ProblemKind::ClockOff
        | ProblemKind::Protocol
        | ProblemKind::Remote { .. }
        | ProblemKind::Unsupported => Exit::CouldNotRun,
        _ => Exit::No,
    }
}
