//! `zonewright secondary mend` and `hand-over`: what catalog zones need beside adding and removing.

use std::io::{self, IsTerminal as _};
use std::sync::Arc;

use super::super::configured::Configured;
use super::super::verbs::{say, zone_name};
use super::super::{Exit, Stop};
use super::backends;
use super::job::ask;
use crate::cli::{AtArgs, ServerArgs};
use crate::doctor::plain;
use crate::facts::clean::clean;
use crate::facts::registration::{Place, Problem};
use crate::secondary::Service;
use crate::zone::Name;

/// Puts a registration right.
///
/// # Errors
/// [`Stop`].
pub fn mend(zone: &str, at: &AtArgs) -> Result<Exit, Stop> {
    let (zone, backend, service) = find(zone, at)?;
    let what = format!("Mend the registration of {} at {}.", plain(&zone), clean(&backend));
    carry_out(&*service, at, &what, |place| service.mend(place), zone)
}

/// Hands a member over to another catalog zone.
///
/// # Errors
/// [`Stop`].
pub fn hand_over(zone: &str, to: &str, at: &AtArgs) -> Result<Exit, Stop> {
    let (zone, backend, service) = find(zone, at)?;
    let to = zone_name(to)?;
    let what = format!("Hand {} at {} over to {}.", plain(&zone), clean(&backend), plain(&to));
    carry_out(&*service, at, &what, |place| service.hand_over(place, &to), zone)
}

fn find(zone: &str, at: &AtArgs) -> Result<(Name, String, Arc<dyn Service>), Stop> {
    let zone = zone_name(zone)?;
    let configured = Configured::new(&ServerArgs { config: at.config.clone(), ..ServerArgs::default() })?;
    let backends = backends(&configured, Some(&zone), at.backend.as_deref(), false)?;
    let [backend] = &backends[..] else {
        let names = backends.join(", ");
        return Err(Stop::usage(format!("Say which service with --backend: {}.", clean(&names))));
    };
    let service = configured.service(backend)?;
    Ok((zone, backend.clone(), service))
}

fn carry_out(
    service: &dyn Service,
    at: &AtArgs,
    what: &str,
    call: impl FnOnce(&Place) -> Result<(), Problem>,
    zone: Name,
) -> Result<Exit, Stop> {
    if !at.yes {
        if !io::stdin().is_terminal() {
            let why = "Nobody is here to ask: say --yes to do it without a question. Nothing was sent.";
            return Err(Stop::usage(why.into()));
        }
        say(what);
        if ask("Type yes: ")? != "yes" {
            say("Nothing was sent.");
            return Ok(Exit::No);
        }
    }
    call(&Place { domain: zone, service: at.service.clone() })?;
    service.warnings().iter().for_each(|warning| say(&format!("warning: {}", clean(warning))));
    say("Done.");
    Ok(Exit::Done)
}
