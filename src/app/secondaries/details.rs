//! One registration: what the service says of it, how its nameservers serve the domain, and what the primary must allow.

use std::net::IpAddr;

use super::{Call, Layer, RowKey, Told, place_in_words, screen_mut};
use crate::app::describe::span;
use crate::app::dialog::{Dialog, Then};
use crate::app::forms::common_ttl;
use crate::app::menu::{Entry, Menu, Pick};
use crate::app::nameserver_sets::nameservers;
use crate::app::proposal::{Item, Proposal, Remove, Ttl, Wish};
use crate::app::pushing::{Line, Tone};
use crate::app::standing::{Standing, meaning, round_trip, standing};
use crate::app::zones::short;
use crate::app::{App, Effect, Overlay, RequestId, Screen};
use crate::facts::registration::{Abilities, Offered, Problem};
use crate::facts::{Make, NameserverStatus, Parent, ServerKind, Transport};
use crate::health::lag;
use crate::registering::allow_transfers;
use crate::zone::{Name, Rdata};

/// One registration on the screen.
#[derive(Debug)]
pub struct Details {
    pub key: RowKey,
    request: RequestId,
    abilities: Abilities,
    /// Why more is not known.
    problem: Option<Box<Problem>>,
    /// The nameservers that the service serves it with, once they are known.
    offered: Option<Result<Vec<Offered>, Problem>>,
    /// How they answer; the request that asks.
    health: Vec<(RequestId, Name, Option<NameserverStatus>)>,
    /// The first line on the screen.
    pub offset: usize,
}

/// Looks at the selected registration; of a service that failed, says why.
pub fn open(app: &mut App) {
    let Some(key) = super::selected_key(app) else {
        // A line of a service that failed.
        let why = super::about(app);
        let text = crate::app::layout::wrap(&why, 60);
        app.overlay = Some(Overlay::Dialog(Dialog::new("Service", text, vec![("Close", 'c', Then::Close)])));
        return;
    };
    let request = app.next_request();
    let call = Call::Look { backend: key.backend.clone(), place: key.place() };
    if let Some(screen) = screen_mut(app) {
        screen.layer = Layer::Details(Box::new(Details {
            key,
            request,
            abilities: Abilities::default(),
            problem: None,
            offered: None,
            health: Vec::new(),
            offset: 0,
        }));
    }
    app.effect(Effect::Secondary { request, call });
}

fn details(app: &App) -> Option<&Details> {
    match &app.screen {
        Screen::Secondaries(screen) => match &screen.layer {
            Layer::Details(details) => Some(details),
            _ => None,
        },
        _ => None,
    }
}

fn details_mut(app: &mut App) -> Option<&mut Details> {
    match &mut screen_mut(app)?.layer {
        Layer::Details(details) => Some(details),
        _ => None,
    }
}

pub(super) fn on_looked(
    app: &mut App,
    request: RequestId,
    result: Result<Told, Problem>,
    offered: Result<Vec<Offered>, Problem>,
    abilities: Abilities,
) {
    let known = app.secondaries.refreshing.take_if(|(asked, _)| *asked == request);
    if let Some((_, key)) = known {
        if let Ok(told) = result {
            app.secondaries.insert(key, told);
            super::find(app);
        }
        return;
    }
    let Some(details) = details_mut(app).filter(|details| details.request == request) else { return };
    let key = details.key.clone();
    details.abilities = abilities;
    // Where it does not say, there is the name in the registration.
    let named = result.as_ref().ok().and_then(|told| told.registration.secondary.clone());
    let servers = match &offered {
        Ok(offered) if !offered.is_empty() => offered.clone(),
        _ => named.map(|name| Offered { name, addresses: Vec::new() }).into_iter().collect(),
    };
    details.offered = Some(offered);
    match result {
        Ok(told) => {
            app.secondaries.insert(key.clone(), told);
            super::find(app);
        }
        Err(problem) => details.problem = Some(Box::new(problem)),
    }
    ask_health(app, &key.domain, servers);
}

fn ask_health(app: &mut App, domain: &Name, servers: Vec<Offered>) {
    for server in servers {
        let request = app.next_request();
        let Some(details) = details_mut(app) else { return };
        details.health.push((request, server.name.clone(), None));
        let call = Call::Health { domain: domain.clone(), server };
        app.effect(Effect::Secondary { request, call });
    }
}

pub(super) fn on_health(app: &mut App, request: RequestId, status: NameserverStatus) {
    let asked = details_mut(app).map(|details| details.health.iter_mut());
    if let Some((.., known)) = asked.and_then(|mut all| all.find(|(asked, ..)| *asked == request)) {
        *known = Some(status);
    }
}

/// What there is to say, in lines.
pub fn lines(app: &App, details: &Details) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut line = |tone, text: String| lines.push(Line { tone, text });
    let key = &details.key;
    let row = app.secondaries.row(key);
    let registration = row.map(|row| &row.told.registration);
    line(Tone::Plain, format!("Domain      {}", short(&key.domain)));
    line(Tone::Plain, format!("Service     {}", place_in_words(key)));
    let date = row.and_then(|row| row.told.date.clone()).unwrap_or_else(|| "not known".into());
    line(Tone::Plain, format!("Registered  {date}"));
    let primaries: Vec<String> =
        registration.map_or(Vec::new(), |known| known.primaries.iter().map(IpAddr::to_string).collect());
    let primaries = if primaries.is_empty() { "not told".into() } else { primaries.join(", ") };
    line(Tone::Plain, format!("Primary     {primaries}"));
    if let Some(note) = registration.and_then(|known| known.note.clone()) {
        line(Tone::Plain, format!("State       {note}"));
    }
    if let Some(problem) = &details.problem {
        line(Tone::Bad, problem.to_string());
    }
    line(Tone::Plain, String::new());
    match &details.offered {
        None => line(Tone::Plain, "Asking the service for its nameservers.".into()),
        Some(Err(problem)) => line(Tone::Doubt, problem.to_string()),
        Some(Ok(offered)) if offered.is_empty() => {
            line(Tone::Doubt, "The service does not say with which nameservers it serves the zone.".into());
        }
        Some(Ok(_)) => {}
    }
    for (_, name, status) in &details.health {
        let (tone, said) = standing_in_zone(app, &key.domain, name);
        line(tone, format!("{name}  {said}"));
        health_lines(app, &key.domain, status.as_ref(), &mut line);
    }
    if details.offered.is_some() {
        line(Tone::Plain, String::new());
        line(
            Tone::Plain,
            "Whether the primary lets it transfer cannot be tried from here: t shows what to allow there."
                .into(),
        );
    }
    lines
}

/// Is a nameserver of the service one of the zone's?
fn standing_in_zone(app: &App, domain: &Name, name: &Name) -> (Tone, String) {
    let Some(open) = app.open().filter(|open| open.draft.base().origin() == domain) else {
        return (Tone::Plain, String::new());
    };
    let in_zone = nameservers(open).contains(name);
    let delegated = match &open.nameservers.parent {
        Some(Parent::Delegates(delegation)) => {
            let is = delegation.nameservers.iter().any(|delegated| delegated.name == *name);
            Some((crate::app::delegation::zone(&delegation.parent), is))
        }
        _ => None,
    };
    match (in_zone, delegated) {
        (true, Some((parent, true))) => {
            (Tone::Good, format!("in the zone's NS records; {parent} delegates to it"))
        }
        (true, Some((parent, false))) => {
            (Tone::Doubt, format!("in the zone's NS records; {parent} does not delegate to it"))
        }
        (true, None) => (Tone::Plain, "in the zone's NS records".into()),
        (false, Some((parent, true))) => (
            Tone::Bad,
            format!("{parent} delegates to it, but it is not in the zone's NS records: n adds it"),
        ),
        (false, _) => (Tone::Doubt, "not in the zone's NS records, so nobody asks it: n adds it".into()),
    }
}

fn health_lines(
    app: &App,
    domain: &Name,
    status: Option<&NameserverStatus>,
    line: &mut impl FnMut(Tone, String),
) {
    let Some(status) = status else { return line(Tone::Plain, "  looking up its addresses".into()) };
    if let Some(problem) = &status.problem {
        line(Tone::Bad, format!("  its addresses: {problem}"));
    }
    let primary =
        app.open().filter(|open| open.draft.base().origin() == domain).map(|open| open.draft.base().serial());
    for address in &status.addresses {
        let at = address.address.to_string();
        match standing(address) {
            Standing::Asking => line(Tone::Plain, format!("  {at:<16} asking")),
            Standing::Fails(fault) => line(Tone::Bad, format!("  {at:<16} {fault}: {}", meaning(fault))),
            Standing::Serves { serial, round_trip: time, not_over } => {
                let lag = primary.map_or_else(String::new, |primary| format!(", {}", lag(serial, primary)));
                let so = match not_over {
                    None => String::new(),
                    Some(Transport::Udp) => "; no answer over UDP: few resolvers will get one".into(),
                    Some(Transport::Tcp) => "; no answer over TCP: large answers will fail".into(),
                };
                let tone = match (not_over, primary) {
                    (Some(_), _) => Tone::Doubt,
                    (None, Some(primary)) if primary != serial => Tone::Doubt,
                    (None, _) => Tone::Good,
                };
                line(tone, format!("  {at:<16} serial {serial}{lag}, {}{so}", round_trip(time)));
                if let Some(expire) = address.expire {
                    let left = span(u64::from(expire));
                    line(Tone::Plain, format!("  {:<16} goes on without the primary for {left}", ""));
                }
            }
        }
    }
}

/// The nameservers of the service, as far as they are known.
fn offered(app: &App) -> Vec<Offered> {
    if let Some(walk) = super::walk::shown(app) {
        return walk.offered().to_vec();
    }
    let Some(details) = details(app) else { return Vec::new() };
    match &details.offered {
        Some(Ok(offered)) if !offered.is_empty() => offered.clone(),
        _ => {
            let row = app.secondaries.row(&details.key);
            let name = row.and_then(|row| row.told.registration.secondary.clone());
            name.map(|name| Offered { name, addresses: Vec::new() }).into_iter().collect()
        }
    }
}

fn domain(app: &App) -> Option<Name> {
    match super::walk::shown(app) {
        Some(walk) => Some(walk.job.wanted.place.domain.clone()),
        None => details(app).map(|details| details.key.domain.clone()),
    }
}

/// Those that are not in the zone's NS records, or with `remove` those that are.
fn of_zone(app: &App, remove: bool) -> Vec<Name> {
    let (Some(open), Some(domain)) = (app.open(), domain(app)) else { return Vec::new() };
    if *open.draft.base().origin() != domain {
        return Vec::new();
    }
    let there = nameservers(open);
    offered(app).into_iter().map(|one| one.name).filter(|name| there.contains(name) == remove).collect()
}

pub fn may_propose(app: &App) -> Result<(), String> {
    let domain = domain(app).ok_or("no registration is shown")?;
    match app.open() {
        Some(open) if *open.draft.base().origin() == domain => {}
        _ => return Err(format!("open {} first: 6 lists the zones", short(&domain))),
    }
    if offered(app).is_empty() {
        return Err("the nameservers of the service are not known".into());
    }
    match of_zone(app, super::walk::is_removing(app)).is_empty() {
        true if super::walk::is_removing(app) => Err("none of its nameservers is in the zone".into()),
        true => Err("its nameservers are in the zone's NS records already".into()),
        false => crate::app::edits::may_edit(app),
    }
}

/// Proposes the NS records of the service: to be added, or, where the registration is about to be removed, to be deleted.
pub fn propose(app: &mut App) {
    let removing = super::walk::is_removing(app);
    let names = of_zone(app, removing);
    let Some(open) = app.open() else { return };
    let rdata: Vec<Rdata> = names.iter().map(|name| name.wire().into()).collect();
    let (apex, ttl) = (open.apex(), common_ttl(open.draft.base()));
    let mut proposal = match removing {
        false => Proposal::new("Nameservers of the secondary service"),
        true => Proposal::new("Without the secondary service"),
    };
    let wish = match removing {
        false => Wish::add(apex, rdata, Ttl::Own(ttl)),
        true => Wish { key: apex, remove: Remove::These(rdata), add: Vec::new(), ttl: Ttl::Own(ttl) },
    };
    proposal.push(Item::new(wish));
    proposal.then("w reviews and pushes; then tell the registrar (:registrar)");
    if removing {
        // First this, then the removal: begun anew.
        super::walk::answer(app, crate::registering::Answer::No);
        super::walk::dismiss(app);
    }
    super::close(app);
    app.screen = Screen::Main;
    app.propose(proposal);
}

/// The makes for which there is text on how to allow transfers.
const MAKES: [(Make, &str); 4] =
    [(Make::Bind, "BIND"), (Make::Knot, "Knot DNS"), (Make::Nsd, "NSD"), (Make::PowerDns, "PowerDNS")];

pub fn may_allow(app: &App) -> Result<(), String> {
    match offered(app).iter().any(|one| !one.addresses.is_empty()) {
        true => Ok(()),
        false => Err("the addresses that it transfers from are not known".into()),
    }
}

/// What the primary must allow: at once where its make is known.
pub fn allow(app: &mut App) {
    let own = app.open().filter(|open| Some(open.draft.base().origin()) == domain(app).as_ref());
    let known = own.and_then(|open| match open.kind {
        ServerKind::Bind => Some(Make::Bind),
        ServerKind::Knot => Some(Make::Knot),
        ServerKind::PowerDns => Some(Make::PowerDns),
        ServerKind::Embedded | ServerKind::Unknown => None,
    });
    if let Some(make) = known {
        return allow_at(app, make);
    }
    let entry = |(make, name): &(Make, &str)| Entry {
        name: (*name).into(),
        line: "what to write into its configuration".into(),
        pick: Pick::Allow(*make),
    };
    let entries = MAKES.iter().map(entry).collect();
    app.overlay = Some(Overlay::Menu(Menu::new("The primary is", entries)));
}

/// The text, to be copied.
pub(in crate::app) fn allow_at(app: &mut App, make: Make) {
    let Some(domain) = domain(app) else { return };
    let mut text = Vec::new();
    let mut copy = String::new();
    for step in allow_transfers(make, &domain, &offered(app)) {
        text.push(step.text.clone());
        for run in step.run {
            text.push(format!("  {run}"));
            copy.push_str(&format!("{run}\n"));
        }
    }
    let buttons = vec![("Copy", 'y', Then::Copy(copy)), ("Close", 'c', Then::Close)];
    app.overlay = Some(Overlay::Dialog(Dialog::new("To allow the transfers", text, buttons)));
}

/// All of it again.
pub fn reload(app: &mut App) {
    open(app);
}
