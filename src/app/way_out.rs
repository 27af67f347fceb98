//! The way of the last push out to the world, on the result screen: which nameservers have it, until when caches may hold the old,
//! and, when that is wanted, what public resolvers give.
//!
//! Stands on the polls of the upper pane; beside them a server that has the serial is asked for the changed sets.

use std::net::{IpAddr, SocketAddr};

use super::describe::{self, count, ttl};
use super::pushing::{Line, Results, Tone};
use super::{App, Effect, RequestId, Screen};
use crate::facts::{Fault, NameserverStatus, SetAnswer, Transport};
use crate::health::Goal;
use crate::health::caches::{Clock, Stale, clocks};
use crate::health::follow::{Arrival, Follow};
use crate::zone::types::in_words;
use crate::zone::{ChangeMap, Name, Snapshot};

/// Most clocks shown; those that run longest.
const MAX_CLOCKS: usize = 50;

/// Whom to ask for sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whom {
    /// A nameserver that has this address in the zone.
    Nameserver(IpAddr, Transport),
    Resolver(SocketAddr),
}

/// A push on its way.
#[derive(Debug)]
pub struct WayOut {
    origin: Name,
    follow: Follow,
    clocks: Vec<Clock>,
    /// Nameservers asked for the changed sets.
    asked: Vec<(RequestId, Name, IpAddr)>,
    resolvers: Vec<AtResolver>,
    /// Are there public resolvers to ask?
    may_ask: bool,
    /// Was it told that all have it?
    is_told: bool,
    /// When something was heard last, in seconds since 1970.
    now: Option<u64>,
}

/// What a public resolver has.
#[derive(Debug)]
struct AtResolver {
    request: RequestId,
    resolver: SocketAddr,
    told: Option<Result<Vec<SetAnswer>, Fault>>,
}

impl WayOut {
    /// Follows these changes, which led from one version of the zone to the other. `None` where there is nobody to
    /// follow them to.
    pub fn new(
        old: &Snapshot,
        new: &Snapshot,
        changes: &ChangeMap,
        servers: Vec<Name>,
        now: Option<u64>,
    ) -> Option<WayOut> {
        if servers.is_empty() || changes.is_empty() {
            return None;
        }
        Some(WayOut {
            origin: new.origin().clone(),
            follow: Follow::new(Goal::new(new, changes.keys()), servers),
            clocks: clocks(old, changes),
            asked: Vec::new(),
            resolvers: Vec::new(),
            may_ask: false,
            is_told: false,
            now,
        })
    }

    fn lines(&self) -> Vec<Line> {
        let follow = &self.follow;
        let total = follow.servers().len();
        let there = follow.servers().iter().filter(|server| follow.has_arrived(server)).count();
        let line = |tone, text: String| Line { tone, text };
        let mut lines = vec![match there == total {
            true if total == 1 => line(Tone::Good, "The nameserver has it.".into()),
            true => line(Tone::Good, format!("All {total} nameservers have it.")),
            false => {
                line(Tone::Plain, format!("On its way: {there} of {} have it.", count(total, "nameserver")))
            }
        }];
        let widest = |lengths: &mut dyn Iterator<Item = usize>| lengths.max().unwrap_or(0);
        let names =
            widest(&mut follow.servers().iter().map(|server| server.name.to_string().chars().count()));
        let addresses = follow.servers().iter().flat_map(|server| &server.addresses);
        let width = widest(&mut addresses.map(|at| at.health.address.to_string().len()));
        for server in follow.servers() {
            let name = server.name.to_string();
            if server.addresses.is_empty() {
                let why = server.problem.as_deref().unwrap_or("asking");
                lines.push(line(Tone::Plain, format!("  {name:names$}  {why}")));
            }
            for (number, at) in server.addresses.iter().enumerate() {
                let name = if number == 0 { name.as_str() } else { "" };
                let tone = match follow.arrival(at) {
                    Arrival::Arrived => Tone::Good,
                    Arrival::Lame(_) | Arrival::Dead(_) | Arrival::Stuck => Tone::Bad,
                    Arrival::Behind(_) | Arrival::Lacks(_) => Tone::Doubt,
                    Arrival::Asking | Arrival::Checking | Arrival::NotFromHere(_) => Tone::Plain,
                };
                let address = at.health.address.to_string();
                let words = follow.in_words(at);
                lines.push(line(tone, format!("  {name:names$}  {address:width$}  {words}")));
            }
        }
        self.clock_lines(&mut lines);
        lines.extend(self.resolvers.iter().map(|resolver| self.resolver_line(resolver)));
        if self.may_ask && self.resolvers.is_empty() && !follow.goal().sets.is_empty() {
            lines.push(line(Tone::Plain, "p asks your public resolvers.".into()));
        }
        lines
    }

    fn clock_lines(&self, lines: &mut Vec<Line>) {
        let line = |text: String| Line { tone: Tone::Plain, text };
        if self.clocks.is_empty() {
            return;
        }
        let since = self.now.map(|now| self.follow.everywhere_since(now));
        lines.push(line(match since {
            Some((_, true)) => "Old answers may be in caches until:".into(),
            Some((_, false)) => "Old answers may be in caches until, at the earliest:".into(),
            None => "Once all have it, old answers may be in caches for:".into(),
        }));
        let shown = self.clocks.iter().take(MAX_CLOCKS).map(|clock| {
            let set = describe::set(&clock.key, &self.origin);
            let time = ttl(clock.ttl);
            let what = match clock.stale {
                Stale::Records => "",
                Stale::Absence => ", that there was none",
            };
            line(match since {
                Some((since, _)) => {
                    format!("  {}  {set} ({time}{what})", in_words(since + u64::from(clock.ttl)))
                }
                None => format!("  {time}  {set}{what}"),
            })
        });
        lines.extend(shown);
        let more = self.clocks.len().saturating_sub(MAX_CLOCKS);
        if more > 0 {
            lines.push(line(format!("  and {more} more, none of them longer")));
        }
    }

    fn resolver_line(&self, at: &AtResolver) -> Line {
        let who = match at.resolver.port() {
            crate::config::DNS_PORT => at.resolver.ip().to_string(),
            _ => at.resolver.to_string(),
        };
        let (tone, words) = match &at.told {
            None => (Tone::Plain, "asking".into()),
            Some(Err(fault)) => (Tone::Bad, fault.to_string()),
            Some(Ok(answers)) => {
                let goal = self.follow.goal();
                let told = answers.iter().enumerate();
                let told: Vec<Option<bool>> =
                    told.map(|(index, answer)| goal.is_at_resolver(index, answer)).collect();
                let known = told.iter().flatten().count();
                let old = told.iter().zip(&goal.sets).filter(|(has, _)| **has == Some(false));
                let old: Vec<String> = old.map(|(_, (key, _))| describe::set(key, &self.origin)).collect();
                match old.len() {
                    0 => (Tone::Good, format!("has all of {}", count(known, "changed record set"))),
                    number => (
                        Tone::Doubt,
                        format!("has {} of {known}; still old: {}", known - number, old.join(", ")),
                    ),
                }
            }
        };
        Line { tone, text: format!("Resolver {who}: {words}") }
    }
}

impl App {
    /// Begins to follow the push on the result screen, its lines at this place.
    pub(super) fn follow_out(&mut self, way_out: WayOut, at: usize) {
        let may_ask = !self.settings.config.public_resolvers.is_empty();
        self.way_out = Some(Box::new(WayOut { may_ask, ..way_out }));
        self.place_way_out(at);
    }

    fn place_way_out(&mut self, at: usize) {
        if let Screen::Result(results) = &mut self.screen {
            results.way_out = Some((at, 0));
        }
        self.refresh_way_out();
    }

    fn refresh_way_out(&mut self) {
        let Some(way_out) = &mut self.way_out else { return };
        way_out.now = self.now;
        let is_news = way_out.follow.is_done() && !way_out.is_told;
        way_out.is_told |= is_news;
        let place = match &mut self.screen {
            Screen::Result(results) => results.way_out.as_mut().map(|place| (place, &mut results.lines)),
            _ => None,
        };
        if let Some(((at, count), lines)) = place {
            let start = (*at).min(lines.len());
            let end = start.saturating_add(*count).min(lines.len());
            let own = way_out.lines();
            *count = own.len();
            lines.splice(start..end, own);
        } else if is_news {
            self.say("all nameservers have what you pushed; :way-out tells more");
        }
    }

    /// More is known of a nameserver.
    pub(super) fn heard_of(&mut self, status: &NameserverStatus) {
        let (now, serial) = (self.now.unwrap_or(0), self.open().map(|open| open.draft.base().serial()));
        let Some(way_out) = &mut self.way_out else { return };
        serial.into_iter().for_each(|serial| way_out.follow.primary_has(serial));
        let to_ask = way_out.follow.on_status(status, now);
        let keys: Vec<_> = way_out.follow.goal().sets.iter().map(|(key, _)| key.clone()).collect();
        for (address, transport) in to_ask {
            let request = self.next_request();
            let Some(way_out) = &mut self.way_out else { return };
            way_out.asked.push((request, status.name.clone(), address));
            let whom = Whom::Nameserver(address, transport);
            self.effect(Effect::AskSets { request, whom, keys: keys.clone() });
        }
        self.refresh_way_out();
    }

    pub(super) fn on_sets(&mut self, request: RequestId, answers: Result<Vec<SetAnswer>, Fault>) {
        let now = self.now.unwrap_or(0);
        let Some(way_out) = &mut self.way_out else { return };
        if let Some(at) = way_out.asked.iter().position(|(asked, ..)| *asked == request) {
            let (_, name, address) = way_out.asked.swap_remove(at);
            way_out.follow.on_sets(&name, address, answers.as_deref().map_err(|fault| *fault), now);
        } else if let Some(at) = way_out.resolvers.iter_mut().find(|at| at.request == request) {
            at.told = Some(answers);
        } else {
            return;
        }
        self.refresh_way_out();
    }
}

pub fn may_ask_resolvers(app: &App) -> Result<(), String> {
    match &app.way_out {
        None => Err("there is nothing to ask for".into()),
        Some(way_out) if way_out.follow.goal().sets.is_empty() => {
            Err("none of what was changed can be asked for".into())
        }
        Some(_) if app.settings.config.public_resolvers.is_empty() => {
            Err("the configuration names no public-resolvers".into())
        }
        Some(_) => Ok(()),
    }
}

pub fn may_show(app: &App) -> Result<(), String> {
    app.way_out.as_ref().map(|_| ()).ok_or_else(|| "nothing was pushed yet".into())
}

/// Shows how the last push comes to the nameservers.
pub fn show(app: &mut App) {
    app.screen = Screen::Result(Box::new(Results::new(Vec::new())));
    app.place_way_out(0);
}

/// Asks the public resolvers of the configuration for the changed sets.
pub fn ask_resolvers(app: &mut App) {
    let resolvers: Vec<SocketAddr> = app.settings.config.public_resolvers.iter().map(|one| one.0).collect();
    let Some(way_out) = &mut app.way_out else { return };
    let keys: Vec<_> = way_out.follow.goal().sets.iter().map(|(key, _)| key.clone()).collect();
    let before: Vec<RequestId> = way_out.resolvers.drain(..).map(|at| at.request).collect();
    before.into_iter().for_each(|request| app.effect(Effect::Cancel { request }));
    for resolver in resolvers {
        let request = app.next_request();
        if let Some(way_out) = &mut app.way_out {
            way_out.resolvers.push(AtResolver { request, resolver, told: None });
        }
        app.effect(Effect::AskSets { request, whom: Whom::Resolver(resolver), keys: keys.clone() });
    }
    app.refresh_way_out();
}
