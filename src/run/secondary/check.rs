//! `zonewright secondary check`: is a zone registered as it shall be, and does each secondary of a service serve it?

use std::io::Write as _;
use std::sync::Arc;

use serde_json::{Value, json};
use tokio::runtime::Runtime;
use tokio::task::spawn_blocking;

use super::super::access;
use super::super::configured::Configured;
use super::super::results::{print_json, results};
use super::super::standing::{self, at_service};
use super::super::verbs::{say, zone_name};
use super::super::{Exit, Stop, clock};
use super::{backends, exit_of, left, words};
use crate::cli::CheckSecondaryArgs;
use crate::config::DomainName;
use crate::doctor::plain;
use crate::facts::clean::clean;
use crate::facts::registration::{Details, Problem, Registration};
use crate::health::{AtService, Health, ServerHealth, Trouble};
use crate::zone::Name;

/// What was found out of one zone.
struct Checked {
    lines: Vec<String>,
    json: Value,
    exit: Exit,
}

/// Looks at one zone, or at each that the configuration names secondaries of.
///
/// # Errors
/// [`Stop`] where there is nothing to look at.
pub fn check(arguments: &CheckSecondaryArgs) -> Result<Exit, Stop> {
    let configured = Arc::new(Configured::new(&arguments.server)?);
    let zones = match &arguments.zone {
        Some(zone) => vec![zone_name(zone)?],
        None => {
            let with = configured.config().zone.iter().filter(|(_, zone)| !zone.secondaries.is_empty());
            with.map(|(DomainName(zone), _)| zone.clone()).collect()
        }
    };
    if zones.is_empty() {
        let why = "No zone of the configuration has secondaries; name the zone to check.";
        return Err(Stop::usage(why.into()));
    }
    let runtime = access::runtime()?;
    left::tidy_up(&configured, &runtime)?;
    let mut out = results();
    let (mut worst, mut all) = (Exit::Done, Vec::new());
    let several = zones.len() > 1;
    for zone in &zones {
        let checked = match check_zone(&runtime, &configured, zone, arguments.backend.as_deref()) {
            Ok(checked) => checked,
            Err(stop) if !several => {
                runtime.shutdown_background();
                return Err(stop);
            }
            Err(stop) => {
                say(&format!("{}: {}", plain(zone), stop.message));
                Checked {
                    lines: Vec::new(),
                    json: json!({ "zone": zone.to_string(), "why": stop.message }),
                    exit: stop.exit,
                }
            }
        };
        if !arguments.json {
            checked.lines.iter().try_for_each(|line| writeln!(out, "{}", clean(line)))?;
            out.flush()?;
        }
        all.push(checked.json);
        worst = if checked.exit as u8 > worst as u8 { checked.exit } else { worst };
    }
    runtime.shutdown_background();
    if arguments.json {
        print_json(&mut out, &Value::Array(all))?;
    }
    Ok(worst)
}

fn check_zone(
    runtime: &Runtime,
    configured: &Arc<Configured>,
    zone: &Name,
    backend: Option<&str>,
) -> Result<Checked, Stop> {
    let backends = match backends(configured, Some(zone), backend, false) {
        // None is meant more than another: it is looked for everywhere.
        Err(_) if backend.is_none() => backends(configured, Some(zone), None, true)?,
        backends => backends?,
    };
    let target = configured.target(zone)?;
    let world = target.world();
    let (services, problems) = runtime.block_on(ask(configured, zone, &backends));
    let looked = runtime.block_on(standing::look(&world, &standing::secondaries(&services)))?;
    let health = looked.judge(&services);
    let mut lines = vec![format!("{}:", plain(zone))];
    let mut found = Vec::new();
    for service in &services {
        let wanted = configured.config().secondary.get(&service.name).and_then(|settings| settings.primary);
        for registration in &service.registrations {
            let mut facts = registered(registration);
            if let Some(wanted) = wanted
                && !registration.primaries.is_empty()
                && !registration.primaries.contains(&wanted)
            {
                found.push(format!("{} transfers from another primary than {wanted}", service.name));
                facts += ", which is not the one that is configured";
            }
            lines.push(format!("  {}: {facts}", service.name));
        }
        if service.registrations.is_empty() {
            lines.push(format!("  {}: not registered", service.name));
            found.push(format!("not registered at {}", service.name));
        }
    }
    for (backend, problem) in &problems {
        lines.push(format!("  {backend}: {problem}"));
    }
    let of_services: Vec<&ServerHealth> =
        health.servers.iter().filter(|server| !server.services.is_empty()).collect();
    for server in &of_services {
        lines.extend(server_lines(server));
        if !server.agrees() {
            found.push(format!("{} does not serve the zone as the primary has it", plain(&server.name)));
        }
    }
    let troubles: Vec<&Trouble> = of_registrations(&health);
    lines.extend(troubles.iter().map(|trouble| format!("  {trouble}")));
    found.extend(troubles.iter().map(|trouble| trouble.to_string()));
    let exit = match (problems.first(), found.is_empty()) {
        (Some((_, problem)), _) => exit_of(problem),
        (None, true) => Exit::Done,
        (None, false) => Exit::No,
    };
    let registrations = services.iter().flat_map(|service| {
        service.registrations.iter().map(|one| words::registration_json(&service.name, one))
    });
    let json = json!({
        "zone": zone.to_string(),
        "serial": looked.primary.as_ref().ok().map(|soa| soa.serial),
        "registrations": registrations.collect::<Vec<_>>(),
        "secondaries": of_services.iter().map(|server| server_json(server)).collect::<Vec<_>>(),
        "found": found,
        "problems": problems
            .iter()
            .map(|(backend, problem)| words::problem_json(backend, problem))
            .collect::<Vec<_>>(),
    });
    Ok(Checked { lines, json, exit })
}

/// What each service says of the zone, all asked at a time.
async fn ask(
    configured: &Arc<Configured>,
    zone: &Name,
    backends: &[String],
) -> (Vec<AtService>, Vec<(String, Problem)>) {
    let asked: Vec<_> = backends
        .iter()
        .map(|name| {
            let (configured, zone, name) = (Arc::clone(configured), zone.clone(), name.clone());
            let asked = name.clone();
            (asked, spawn_blocking(move || at_service(configured.config(), &zone, name)))
        })
        .collect();
    let (mut services, mut problems) = (Vec::new(), Vec::new());
    for (name, task) in asked {
        match task.await {
            Ok(Ok(service)) => services.push(service),
            Ok(Err(problem)) => problems.push((name, problem)),
            Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            Err(_) => {}
        }
    }
    (services, problems)
}

/// "registered since 2026-11-22 (vps/...), transferred from 192.0.2.1, served by sdns.example.net".
fn registered(registration: &Registration) -> String {
    let mut words = "registered".to_owned();
    if let Some(day) = registration.created.and_then(clock::local_day) {
        words += &format!(" since {day}");
    }
    if let Some(place) = &registration.place.service {
        words += &format!(" ({place})");
    }
    if let Details::Failed(problem) = &registration.details {
        return format!("{words}; details are not known: {}", problem.why);
    }
    if let Some(name) = &registration.secondary {
        words += &format!(", served by {}", plain(name));
    }
    if !registration.primaries.is_empty() {
        let primaries: Vec<String> = registration.primaries.iter().map(ToString::to_string).collect();
        words += &format!(", transferred from {}", primaries.join(", "));
    }
    if let Some(note) = &registration.note {
        words += &format!("; {note}");
    }
    words
}

fn server_lines(server: &ServerHealth) -> Vec<String> {
    let name = plain(&server.name);
    if server.addresses.is_empty() {
        return vec![format!("  {name}: {}", server.problem.as_deref().unwrap_or("no address"))];
    }
    let line = |address: &crate::health::AddressHealth| {
        format!("  {name} {}: {}", address.address, address.in_words())
    };
    server.addresses.iter().map(line).collect()
}

fn server_json(server: &ServerHealth) -> Value {
    let addresses = server.addresses.iter().map(
        |address| json!({ "address": address.address, "state": address.word(), "says": address.in_words() }),
    );
    json!({
        "name": server.name.to_string(),
        "services": server.services,
        "named": server.named,
        "agrees": server.agrees(),
        "problem": server.problem,
        "addresses": addresses.collect::<Vec<_>>(),
    })
}

/// What does not fit between registrations and the zone's nameservers. Delegation alone is `status`'s business.
fn of_registrations(health: &Health) -> Vec<&Trouble> {
    let is_one = |trouble: &&Trouble| !matches!(trouble, Trouble::Delegation(_));
    health.troubles.iter().filter(is_one).collect()
}
