//! What earlier runs have left: records that prove ownership are taken out of their zones, and what is not finished is
//! told.

use std::sync::Arc;

use tokio::runtime::Runtime;

use super::super::Stop;
use super::super::access::state_directory;
use super::super::configured::Configured;
use super::super::registering::Performer;
use super::super::verbs::say;
use crate::doctor::plain;
use crate::facts::clean::clean;
use crate::facts::registration::Abilities;
use crate::registering::{Action, Doing, Event, Goal, Registering, Report, Terms};
use crate::store::registrations::{self, Opened, RegistrationFile, Unfinished};

/// Takes out of zones what earlier runs could not, and tells of the rest. What does not work now is tried the next time.
///
/// # Errors
/// [`Stop`] where there is no place for what is kept.
pub fn tidy_up(configured: &Configured, runtime: &Runtime) -> Result<(), Stop> {
    for one in registrations::unfinished(&state_directory()?) {
        if one.saved.doing != Doing::CleaningUp || !take_out(configured, runtime, &one)? {
            tell(&one);
        }
    }
    Ok(())
}

/// Tells which registrations are not finished, so that nobody forgets them.
///
/// # Errors
/// [`Stop`] where there is no place for what is kept.
pub fn tell_unfinished() -> Result<(), Stop> {
    registrations::unfinished(&state_directory()?).iter().for_each(tell);
    Ok(())
}

/// Is it out of the zone? Not where somebody would have to be asked for a key, or the zone is elsewhere now.
fn take_out(configured: &Configured, runtime: &Runtime, one: &Unfinished) -> Result<bool, Stop> {
    let zone = &one.saved.job.wanted.place.domain;
    if configured.asks_a_program(zone) {
        return Ok(false);
    }
    let Ok(target) = configured.target(zone) else { return Ok(false) };
    if target.server.name != one.server {
        return Ok(false);
    }
    let Opened::Ours(file, Some(saved)) =
        RegistrationFile::open(&state_directory()?, &one.server, zone, &one.backend)?
    else {
        // Another run is at it, or has done it.
        return Ok(true);
    };
    let world = Arc::new(target.recorded_world()?);
    let performer = Performer::new(None, Ok(world), file);
    let report =
        runtime.block_on(walk(&performer, Registering::clean_up(saved, Terms::new(Abilities::default()))));
    if let Some(left) = &report.left {
        say(&format!("warning: {}", clean(&left.why)));
    } else {
        say(&format!("A proof of ownership that was left in {} is taken out.", plain(zone)));
    }
    Ok(report.left.is_none())
}

/// Walks a job that asks nobody to its end.
async fn walk(performer: &Performer, start: (Registering, Vec<Action>)) -> Report {
    let (mut registering, mut actions) = start;
    loop {
        let mut event = Event::Cancel;
        for action in actions {
            match action {
                Action::Finish(report) => return *report,
                Action::Show => {}
                action => event = performer.perform(action).await.unwrap_or(Event::Cancel),
            }
        }
        actions = registering.on(event);
    }
}

fn tell(one: &Unfinished) {
    let (domain, backend) = (plain(&one.saved.job.wanted.place.domain), clean(&one.backend));
    let goal = match one.saved.job.goal {
        Goal::Remove => "removal",
        Goal::Add | Goal::ChangePrimary => "registration",
    };
    let next = match one.saved.doing {
        Doing::CleaningUp => format!("zonewright secondary add {domain} --backend {backend} tries again"),
        _ if one.saved.job.goal == Goal::Remove => {
            format!("zonewright secondary remove {domain} --backend {backend} goes on with it")
        }
        _ => format!(
            "zonewright secondary add {domain} --backend {backend} goes on with it, remove in place of add gives it up"
        ),
    };
    let what = match one.saved.doing {
        Doing::CleaningUp => "a record of its proof of ownership may still be in the zone",
        _ => "it is not finished",
    };
    say(&format!("note: the {goal} of {domain} at {backend}: {what}; {next}."));
}
