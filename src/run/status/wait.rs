//! Waiting until every nameserver has the zone's version, and serves what the last push changed.

use std::io::Write;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::sync::Notify;
use tokio::task::JoinSet;

use super::super::access::{self, Target};
use super::super::results::{print_json, results};
use super::super::standing;
use super::super::verbs::{say, zone_name};
use super::super::{Exit, Stop, clock};
use super::changed::{self, LastPush};
use crate::app::describe::count;
use crate::cli::WaitArgs;
use crate::config::AddressPort;
use crate::dns::questions::{self, Network};
use crate::facts::clean::clean;
use crate::health::Goal;
use crate::health::follow::{Arrival, Follow};
use crate::zone::{Name, Soa, serial};

/// How long to wait where the command line does not say it.
const PATIENCE: Duration = Duration::from_secs(300);
/// The pause before a server is asked again: first so long, then twice that, and so on.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// How often the primary is asked for its serial while a server has a later one.
const PRIMARY_PAUSE: Duration = Duration::from_secs(2);

/// `zonewright wait`.
///
/// # Errors
/// [`Stop`] where it cannot begin; that not all have it in time is no error, but exit status 1.
pub fn wait(arguments: &WaitArgs) -> Result<Exit, Stop> {
    let zone = zone_name(&arguments.zone)?;
    let mut server = arguments.server.clone();
    let limit = server.timeout.take().map_or(PATIENCE, Duration::from_secs);
    let target = Target::find(&zone, &server)?;
    let resolvers = super::resolvers(&arguments.resolvers, target.config())?;
    let runtime = access::runtime()?;
    let ended = runtime.block_on(async {
        let deadline = Instant::now() + limit;
        follow(&target, arguments, &resolvers, deadline).await
    });
    runtime.shutdown_background();
    let (is_done, json, lines) = ended?;
    let mut out = results();
    match arguments.json {
        true => print_json(&mut out, &json)?,
        false => lines.iter().try_for_each(|line| writeln!(out, "{line}"))?,
    }
    out.flush()?;
    Ok(if is_done { Exit::Done } else { Exit::No })
}

/// What the tasks share.
struct Shared {
    follow: Mutex<Follow>,
    news: Notify,
}

impl Shared {
    fn follow(&self) -> MutexGuard<'_, Follow> {
        self.follow.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn follow(
    target: &Target,
    arguments: &WaitArgs,
    resolvers: &[AddressPort],
    deadline: Instant,
) -> Result<(bool, Value, Vec<String>), Stop> {
    let (zone, world, began) = (&target.zone, Arc::new(target.world()), Instant::now());
    // Its address first: it is asked where the person says, not at port 53.
    world.primary().await?;
    let (named, soa, services) = tokio::join!(
        world.nameservers(),
        world.served_soa(),
        standing::at_services(target.config(), zone, |problem| {
            say(&format!("warning: {}", clean(&problem.to_string())));
        })
    );
    let (named, soa) = (named?, soa?);
    let wanted = arguments.serial.unwrap_or(soa.serial);
    let push = changed::last_push(target).unwrap_or_else(|failure| {
        say(&format!("warning: {failure}"));
        None
    });
    let goal = match &push {
        // What the primary answers now is what they shall serve, unless it is to have another version first.
        Some(push) if !serial::is_after(wanted, soa.serial) => push.goal(&world, wanted).await,
        _ => Goal::of_serial(wanted),
    };
    let push = push.filter(|_| !goal.sets.is_empty());
    let mut servers: Vec<(Name, Vec<IpAddr>)> =
        named.names.iter().map(|name| (name.clone(), named.addresses(name))).collect();
    let others = standing::secondaries(&services).into_iter();
    servers.extend(others.filter(|(name, _)| !named.names.contains(name)));
    if servers.is_empty() {
        return Err(Stop::usage(format!(
            "{} has no NS record: there is nobody to wait for.",
            super::plain(zone)
        )));
    }
    say(&format!(
        "Waiting until {} {}.",
        count(servers.len(), "nameserver"),
        goal_in_words(&goal, servers.len())
    ));
    let mut follow = Follow::new(goal, servers.iter().map(|(name, _)| name.clone()));
    follow.primary_has(soa.serial);
    let shared = Arc::new(Shared { follow: Mutex::new(follow), news: Notify::new() });
    let mut tasks = JoinSet::new();
    for (name, in_zone) in servers {
        let (network, zone, shared) = (world.network(), zone.clone(), Arc::clone(&shared));
        tasks.spawn(follow_server(network, zone, name, in_zone, shared));
    }
    let primary = {
        let (world, shared) = (Arc::clone(&world), Arc::clone(&shared));
        async move {
            loop {
                if shared.follow().is_one_ahead()
                    && let Ok(soa) = world.served_soa().await
                {
                    shared.follow().primary_has(soa.serial);
                    shared.news.notify_one();
                }
                tokio::time::sleep(PRIMARY_PAUSE).await;
            }
        }
    };
    tasks.spawn(primary);
    let mut told = Vec::new();
    loop {
        {
            let follow = shared.follow();
            tell_news(&follow, &mut told);
            if follow.is_done() {
                break;
            }
        }
        if tokio::time::timeout_at(deadline.into(), shared.news.notified()).await.is_err() {
            break;
        }
    }
    tasks.abort_all();
    let follow = shared.follow().clone();
    tell_news(&follow, &mut told);
    let end = End { zone, soa: &soa, follow: &follow, push: push.as_ref(), took: began.elapsed() };
    let (mut json, mut lines) = (end.json(), end.lines());
    if !resolvers.is_empty() {
        let Some(_) = &push else {
            say("No push is recorded that changed the zone: there is nothing to ask the resolvers for.");
            return Ok((follow.is_done(), json, lines));
        };
        let told = changed::ask_resolvers(&world, resolvers, follow.goal()).await;
        lines.extend(told.iter().map(|resolver| resolver.in_words(zone)));
        if let Some(json) = json.as_object_mut() {
            json.insert("resolvers".into(), told.iter().map(changed::AtResolver::json).collect());
        }
    }
    Ok((follow.is_done(), json, lines))
}

/// Asks one server again and again until it has everything.
async fn follow_server(network: Network, zone: Name, name: Name, in_zone: Vec<IpAddr>, shared: Arc<Shared>) {
    let mut pause = FIRST_PAUSE;
    let mut is_first = true;
    loop {
        let to_ask = Mutex::new(Vec::new());
        let tell = |status| {
            let asked = shared.follow().on_status(&status, clock::now());
            to_ask.lock().unwrap_or_else(PoisonError::into_inner).extend(asked);
            shared.news.notify_one();
        };
        questions::watch(&network, &zone, name.clone(), in_zone.clone(), is_first, tell).await;
        is_first = false;
        let keys: Vec<_> = shared.follow().goal().sets.iter().map(|(key, _)| key.clone()).collect();
        for (address, transport) in to_ask.into_inner().unwrap_or_else(PoisonError::into_inner) {
            let answers = questions::rrsets(&network, address, &keys, transport).await;
            let answers = answers.as_deref().map_err(|fault| *fault);
            shared.follow().on_sets(&name, address, answers, clock::now());
            shared.news.notify_one();
        }
        tokio::time::sleep(pause).await;
        pause = pause.saturating_mul(2).min(LONGEST_PAUSE);
    }
}

/// Tells on standard error what is new at which address.
fn tell_news(follow: &Follow, told: &mut Vec<(Name, IpAddr, String)>) {
    for server in follow.servers() {
        for at in &server.addresses {
            if matches!(follow.arrival(at), Arrival::Asking | Arrival::Checking) {
                continue;
            }
            let (address, words) = (at.health.address, follow.in_words(at));
            match told.iter_mut().find(|(name, known, _)| *name == server.name && *known == address) {
                Some((.., last)) if *last == words => continue,
                Some((.., last)) => last.clone_from(&words),
                None => told.push((server.name.clone(), address, words.clone())),
            }
            say(&format!("{} {address}: {words}", server.name));
        }
    }
}

/// "has serial 7 and serves 3 changed record sets".
fn goal_in_words(goal: &Goal, servers: usize) -> String {
    let (has, serves) = if servers == 1 { ("has", "serves") } else { ("have", "serve") };
    let sets = match goal.sets.len() {
        0 => String::new(),
        number => format!(" and {serves} {}", count(number, "changed record set")),
    };
    format!("{has} serial {}{sets}", goal.serial)
}

/// How it ended.
struct End<'a> {
    zone: &'a Name,
    soa: &'a Soa,
    follow: &'a Follow,
    push: Option<&'a LastPush>,
    took: Duration,
}

impl End<'_> {
    fn lines(&self) -> Vec<String> {
        let (follow, now) = (self.follow, clock::now());
        let mut lines = Vec::new();
        let missing: Vec<_> = follow.servers().iter().filter(|server| !follow.has_arrived(server)).collect();
        let total = follow.servers().len();
        lines.push(match missing.len() {
            0 => {
                let all =
                    if total == 1 { "The nameserver".into() } else { format!("All {total} nameservers") };
                format!("{all} {}.", goal_in_words(follow.goal(), total))
            }
            number => {
                let has = if total - number == 1 { 1 } else { 2 };
                format!(
                    "{} of {} {}, after {} s. Not so:",
                    total - number,
                    count(total, "nameserver"),
                    goal_in_words(follow.goal(), has),
                    self.took.as_secs()
                )
            }
        });
        for server in missing {
            if server.addresses.is_empty() {
                let why = server.problem.as_deref().unwrap_or("no answer yet");
                lines.push(format!("  {}  {}", server.name, clean(why)));
            }
            let late = server.addresses.iter().filter(|at| follow.arrival(at) != Arrival::Arrived);
            lines.extend(
                late.map(|at| format!("  {}  {}  {}", server.name, at.health.address, follow.in_words(at))),
            );
        }
        if let Some(push) = self.push {
            let (since, is_sure) = follow.everywhere_since(now);
            let clocks = changed::clock_lines(&push.clocks(self.soa), self.zone, since, now);
            if !clocks.is_empty() {
                lines.push(match is_sure {
                    true => "Old answers may be in caches until:".into(),
                    false => "Old answers may be in caches until, at the earliest (not all servers have it):"
                        .into(),
                });
                lines.extend(clocks);
            }
        }
        lines
    }

    fn json(&self) -> Value {
        let follow = self.follow;
        let (since, is_sure) = follow.everywhere_since(clock::now());
        let servers = follow.servers().iter().map(|server| {
            let addresses = server.addresses.iter().map(|at| {
                json!({
                    "address": at.health.address,
                    "state": follow.arrival(at).word(),
                    "says": follow.in_words(at),
                    "since": at.arrived,
                })
            });
            json!({
                "name": server.name.to_string(),
                "arrived": follow.has_arrived(server),
                "problem": server.problem,
                "addresses": addresses.collect::<Vec<_>>(),
            })
        });
        json!({
            "zone": self.zone.to_string(),
            "serial": follow.goal().serial,
            "agree": follow.is_done(),
            "seconds": self.took.as_secs(),
            "push": self.push.map(|push| push.id.to_string()),
            "sets": follow.goal().sets.len(),
            "sets_not_asked": follow.goal().unasked,
            "nameservers": servers.collect::<Vec<_>>(),
            "caches": self.push.map(|push| json!({
                "since": since,
                "sure": is_sure,
                "sets": changed::clocks_json(&push.clocks(self.soa), since),
            })),
        })
    }
}
