//! `zonewright status` and `zonewright wait`: how a zone's servers stand, and waiting until all have the same version.

mod changed;
mod wait;

use std::fmt::Write as _;
use std::io::Write;

use serde_json::{Value, json};

pub use self::wait::wait;
use super::access::{self, Target};
use super::results::{print_json, results};
use super::standing::{self, Looked};
use super::verbs::{say, zone_name};
use super::{Exit, Stop, clock};
use crate::app::describe::{count, ttl};
use crate::cli::{ResolverArgs, StatusArgs};
use crate::config::{AddressPort, Config};
use crate::facts::clean::clean;
use crate::facts::{Parent, Reply};
use crate::health::delegation::AtParent;
use crate::health::{AddressHealth, Health, ServerHealth, Standing};
use crate::zone::Name;

/// `zonewright status`.
///
/// # Errors
/// [`Stop`] for what cannot be looked at; that servers do not agree is no error, but exit status 1.
pub fn status(arguments: &StatusArgs) -> Result<Exit, Stop> {
    let zone = zone_name(&arguments.zone)?;
    let target = Target::find(&zone, &arguments.server)?;
    let resolvers = resolvers(&arguments.resolvers, target.config())?;
    let runtime = access::runtime()?;
    let told = runtime.block_on(look(&target, arguments, &resolvers));
    // What is still under way, such as the system's lookup of a name, is not waited for.
    runtime.shutdown_background();
    let told = told?;
    let mut out = results();
    match arguments.json {
        true => print_json(&mut out, &told.json)?,
        false => write!(out, "{}", told.text)?,
    }
    out.flush()?;
    Ok(if told.agrees { Exit::Done } else { Exit::No })
}

/// What is printed.
struct Told {
    agrees: bool,
    text: String,
    json: Value,
}

async fn look(target: &Target, arguments: &StatusArgs, resolvers: &[AddressPort]) -> Result<Told, Stop> {
    let (zone, world) = (&target.zone, target.world());
    let services = standing::at_services(target.config(), zone, |problem| {
        say(&format!("warning: {}", clean(&problem.to_string())));
    })
    .await;
    let mut looked = standing::look(&world, &standing::secondaries(&services)).await?;
    let soa = looked.primary.clone()?;
    let wanted = arguments.expect.unwrap_or(soa.serial);
    let is_there = soa.serial == wanted;
    // Everything is held against the serial that is asked for.
    if let Ok(primary) = &mut looked.primary {
        primary.serial = wanted;
    }
    let health = looked.judge(&services);
    let servers = health.servers.iter().filter(|server| server.named || !server.services.is_empty());
    let (agreeing, all) = (servers.clone().filter(|server| server.agrees()).count(), servers.count());
    let agrees = is_there && all > 0 && agreeing == all && health.troubles.is_empty();

    let mut text = format!("{zone}  serial {} at {}\n", soa.serial, clean(&target.server.name));
    if !is_there {
        let _ = writeln!(text, "The primary does not have the serial that is expected, {wanted}.");
    }
    table(&mut text, &health);
    text += &match (agreeing, all) {
        (_, 0) => "The zone has no NS record.\n".into(),
        (1, 1) => "The nameserver agrees.\n".into(),
        (agreeing, all) if agreeing == all => format!("All {all} nameservers agree.\n"),
        (agreeing, all) => format!("{agreeing} of {} agree.\n", count(all, "nameserver")),
    };
    text += &parent_in_words(&looked);
    for trouble in &health.troubles {
        let _ = writeln!(text, "{}", clean(&capital(&trouble.to_string())));
    }
    let mut json = json!({
        "zone": zone.to_string(),
        "primary": { "server": target.server.name, "serial": soa.serial },
        "expected": wanted,
        "agree": agrees,
        "nameservers": health.servers.iter().map(server_json).collect::<Vec<_>>(),
        "parent": parent_json(&looked),
        "troubles": health.troubles.iter().map(|trouble| json!({
            "kind": trouble.word(), "nameserver": trouble.about().to_string(), "text": trouble.to_string(),
        })).collect::<Vec<_>>(),
    });
    let push = changed::last_push(target).unwrap_or_else(|failure| {
        say(&format!("warning: {failure}"));
        None
    });
    if let Some(push) = push {
        let now = clock::now();
        let clocks = push.clocks(&soa);
        // The last server got it some time between then and now.
        let lines = changed::clock_lines(&clocks, zone, now, now);
        if push.is_recent(&clocks, now) && !lines.is_empty() {
            let _ = writeln!(
                text,
                "{}. Old answers may be in caches until, at the latest:",
                capital(&push.in_words())
            );
            lines.iter().for_each(|line| text += &format!("{line}\n"));
        }
        if let Some(json) = json.as_object_mut().filter(|_| push.is_recent(&clocks, now)) {
            json.insert("caches".into(), changed::clocks_json(&clocks, now));
        }
        if !resolvers.is_empty() {
            let goal = push.goal(&world, soa.serial).await;
            let told = changed::ask_resolvers(&world, resolvers, &goal).await;
            told.iter().for_each(|resolver| text += &format!("{}\n", resolver.in_words(zone)));
            if let Some(json) = json.as_object_mut() {
                json.insert("resolvers".into(), told.iter().map(changed::AtResolver::json).collect());
            }
        }
    } else if !resolvers.is_empty() {
        say("No push is recorded that changed the zone: there is nothing to ask the resolvers for.");
    }
    Ok(Told { agrees, text, json })
}

/// The resolvers to ask: those named, and with `--resolvers` those of the configuration.
///
/// # Errors
/// [`Stop`] where one is no address, or none is configured.
fn resolvers(arguments: &ResolverArgs, config: &Config) -> Result<Vec<AddressPort>, Stop> {
    let mut all = Vec::new();
    for text in &arguments.resolver {
        all.push(text.parse().map_err(|why| {
            Stop::usage(format!("--resolver {}: {why}.", crate::zonefile::shown(text.as_bytes())))
        })?);
    }
    if arguments.resolvers {
        if config.public_resolvers.is_empty() {
            return Err(Stop::usage(
                "The configuration names no public resolvers. Write, at its top, for example: \
                 public-resolvers = [\"9.9.9.9\"]"
                    .into(),
            ));
        }
        all.extend(&config.public_resolvers);
    }
    Ok(all)
}

/// A line for each address; a nameserver's first has its name.
fn table(text: &mut String, health: &Health) {
    let names = health.servers.iter().map(|server| server.name.to_string().chars().count());
    let addresses = health.servers.iter().flat_map(|server| &server.addresses);
    let width = addresses.map(|address| address.address.to_string().len()).max().unwrap_or(0);
    let name_width = names.max().unwrap_or(0).min(30);
    for server in &health.servers {
        let name = server.name.to_string();
        if server.addresses.is_empty() {
            let why = server.problem.as_deref().unwrap_or("no address");
            let _ = writeln!(text, "  {name:name_width$}  {}{}", clean(why), of_server(server));
        }
        for (number, address) in server.addresses.iter().enumerate() {
            let name = if number == 0 { name.as_str() } else { "" };
            let rest = if number == 0 { of_server(server) } else { String::new() };
            let serial = match address.standing {
                Standing::Serves { serial, .. } => serial.to_string(),
                _ => "-".into(),
            };
            let at = address.address.to_string();
            let _ =
                writeln!(text, "  {name:name_width$}  {at:width$}  {serial:>10}  {}{rest}", details(address));
        }
        if server.unasked > 0 {
            let _ =
                writeln!(text, "  {:name_width$}  {} more of its addresses not asked", "", server.unasked);
        }
    }
}

fn details(address: &AddressHealth) -> String {
    let mut words = address.in_words();
    if let Standing::Serves { round_trip, .. } = address.standing {
        words += &format!(", {}", crate::app::standing::round_trip(round_trip));
    }
    if let Some(seconds) = address.expire {
        words += &format!(", good for {} alone", ttl(seconds));
    }
    words
}

/// What is special about a server as a whole.
fn of_server(server: &ServerHealth) -> String {
    let mut words = String::new();
    if !server.named {
        words += "; no NS record";
    }
    if let Some(AtParent::NotDelegated) = server.at_parent {
        words += "; not delegated to";
    }
    if !server.services.is_empty() {
        words += &format!("; registered at {}", clean(&server.services.join(", ")));
    }
    words
}

fn parent_in_words(looked: &Looked) -> String {
    match &looked.parent {
        None | Some(Parent::Delegates(_)) => String::new(),
        Some(Parent::NotKnown(why)) => format!("The zone above is not known: {}.\n", clean(why)),
        Some(Parent::DoesNotDelegate { parent }) => {
            format!("{} does not delegate the zone.\n", crate::health::delegation::zone(parent))
        }
    }
}

fn parent_json(looked: &Looked) -> Value {
    match &looked.parent {
        None => Value::Null,
        Some(Parent::NotKnown(why)) => json!({ "state": "not-known", "why": why }),
        Some(Parent::DoesNotDelegate { parent }) => {
            json!({ "state": "does-not-delegate", "zone": parent.to_string() })
        }
        Some(Parent::Delegates(delegation)) => json!({
            "state": "delegates",
            "zone": delegation.parent.to_string(),
            "nameservers": delegation.nameservers.iter().map(|delegated| json!({
                "name": delegated.name.to_string(), "glue": delegated.glue,
            })).collect::<Vec<_>>(),
        }),
    }
}

fn server_json(server: &ServerHealth) -> Value {
    json!({
        "name": server.name.to_string(),
        "agrees": server.agrees(),
        "named": server.named,
        "delegated": server.at_parent.map(|at| at != AtParent::NotDelegated),
        "registered": server.services,
        "problem": server.problem,
        "not_asked": server.unasked,
        "addresses": server.addresses.iter().map(address_json).collect::<Vec<_>>(),
    })
}

fn address_json(address: &AddressHealth) -> Value {
    let reply = |reply: Reply| match reply {
        Reply::NotAsked | Reply::Asking => Value::Null,
        Reply::Serial { serial, round_trip } => {
            json!({ "serial": serial, "ms": round_trip.as_millis() as u64 })
        }
        Reply::Fault(fault) => json!({ "fault": fault.to_string() }),
    };
    let serial = match address.standing {
        Standing::Serves { serial, .. } => Some(serial),
        _ => None,
    };
    json!({
        "address": address.address,
        "state": address.word(),
        "says": address.in_words(),
        "serial": serial,
        "udp": reply(address.udp),
        "tcp": reply(address.tcp),
        "expire": address.expire,
    })
}

/// A clause as a sentence begins; names stay as they are.
fn capital(clause: &str) -> String {
    let first = clause.split(' ').next().unwrap_or_default();
    match first.contains('.') {
        true => clause.into(),
        false => clause.chars().take(1).flat_map(char::to_uppercase).chain(clause.chars().skip(1)).collect(),
    }
}

/// The name of a zone for messages.
fn plain(zone: &Name) -> String {
    crate::doctor::plain(zone)
}
