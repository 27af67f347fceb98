//! The way of a change out to every server: who has it, who lags, who never will.
//!
//! Told what is known of each server whenever more is known, it says which are to be asked for the changed RRsets: those that
//! have the serial, until they serve all of them.

use std::net::IpAddr;

use super::address::{AddressHealth, Class, Standing, Version, class, version};
use super::goal::Goal;
use crate::facts::{Fault, NameserverStatus, Reply, SetAnswer, Transport};
use crate::zone::{Name, serial};

/// A change on its way.
#[derive(Debug, Clone)]
pub struct Follow {
    goal: Goal,
    /// The latest serial of the primary: a server with a later one did not get it there.
    primary: u32,
    servers: Vec<Server>,
    /// When the latest that has the change was seen to have it, in seconds since 1970.
    last_arrival: Option<u64>,
}

/// A server that shall have it.
#[derive(Debug, Clone)]
pub struct Server {
    pub name: Name,
    /// Why it has no addresses, where that is so.
    pub problem: Option<String>,
    pub addresses: Vec<AtAddress>,
    /// Is anything known of it?
    is_seen: bool,
}

/// One address of it.
#[derive(Debug, Clone)]
pub struct AtAddress {
    /// Against the version that it shall have.
    pub health: AddressHealth,
    sets: Sets,
    /// When it was seen to have the change.
    pub arrived: Option<u64>,
}

/// Whether a server serves the changed RRsets.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Sets {
    NotAsked,
    Asking,
    /// How many it does not serve.
    Lacks(usize),
    Failed(Fault),
    Served,
}

/// How far the change is at one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// Nothing is known yet.
    Asking,
    /// It has an older version, by so many.
    Behind(u32),
    /// It has the serial; whether it serves the changed sets is being asked.
    Checking,
    /// It has the serial, and does not serve so many of the changed sets.
    Lacks(usize),
    Arrived,
    /// Its serial is later than the primary's, or cannot be compared: it takes nothing over by itself.
    Stuck,
    /// It answers, and does not serve the zone.
    Lame(Fault),
    Dead(Fault),
    /// It cannot be asked from here.
    NotFromHere(Fault),
}

impl Arrival {
    /// For scripts.
    pub fn word(self) -> &'static str {
        match self {
            Arrival::Asking => "not-asked",
            Arrival::Behind(_) => "behind",
            Arrival::Checking => "checking",
            Arrival::Lacks(_) => "lacks",
            Arrival::Arrived => "arrived",
            Arrival::Stuck => "stuck",
            Arrival::Lame(_) => "lame",
            Arrival::Dead(_) => "dead",
            Arrival::NotFromHere(_) => "not-from-here",
        }
    }

    /// Will it have the change without anybody's help, as far as can be seen?
    fn is_on_its_way(self) -> bool {
        matches!(self, Arrival::Asking | Arrival::Behind(_) | Arrival::Checking | Arrival::Lacks(_))
    }
}

impl Follow {
    /// Follows a change to these servers.
    pub fn new(goal: Goal, names: impl IntoIterator<Item = Name>) -> Follow {
        let server = |name| Server { name, problem: None, addresses: Vec::new(), is_seen: false };
        let primary = goal.serial;
        Follow { goal, primary, servers: names.into_iter().map(server).collect(), last_arrival: None }
    }

    pub fn goal(&self) -> &Goal {
        &self.goal
    }

    pub fn servers(&self) -> &[Server] {
        &self.servers
    }

    /// The primary has moved on.
    pub fn primary_has(&mut self, serial: u32) {
        if serial::is_after(serial, self.primary) {
            self.primary = serial;
        }
    }

    /// Is there a server with a later serial than the primary is known to have?
    pub fn is_one_ahead(&self) -> bool {
        let mut addresses = self.servers.iter().flat_map(|server| &server.addresses);
        addresses.any(|address| matches!(address.health.standing, Standing::Serves { serial, .. } if serial::is_after(serial, self.primary)))
    }

    /// Takes over what is known of a server now. The addresses that are to be asked for the changed sets, and how.
    pub fn on_status(&mut self, status: &NameserverStatus, now: u64) -> Vec<(IpAddr, Transport)> {
        let goal = &self.goal;
        let Some(server) = self.servers.iter_mut().find(|server| server.name == status.name) else {
            return Vec::new();
        };
        server.is_seen = true;
        server.problem.clone_from(&status.problem);
        let before = std::mem::take(&mut server.addresses);
        let mut to_ask = Vec::new();
        for address in &status.addresses {
            let known = before.iter().find(|known| known.health.address == address.address);
            let mut address = address.clone();
            // TCP is not asked each time.
            if let (Reply::NotAsked, Some(known)) = (address.tcp, known) {
                address.tcp = known.health.tcp;
            }
            let health = AddressHealth::new(&address, Some(goal.serial));
            let mut sets = known.map_or(Sets::NotAsked, |known| known.sets.clone());
            match health.standing {
                // What was known stays until there is an answer.
                Standing::Asking => {
                    if let Some(known) = known {
                        server.addresses.push(known.clone());
                        continue;
                    }
                }
                Standing::Serves { serial, not_over, .. } if has(serial, goal.serial) => {
                    if goal.sets.is_empty() {
                        sets = Sets::Served;
                    } else if !matches!(sets, Sets::Served | Sets::Asking) {
                        sets = Sets::Asking;
                        let transport = match not_over {
                            Some(Transport::Udp) => Transport::Tcp,
                            _ => Transport::Udp,
                        };
                        to_ask.push((address.address, transport));
                    }
                }
                Standing::Serves { .. } => sets = Sets::NotAsked,
                Standing::Fails(_) => {}
            }
            server.addresses.push(AtAddress { health, sets, arrived: known.and_then(|known| known.arrived) });
        }
        self.note_arrivals(now);
        to_ask
    }

    /// Takes over what a server answers for the changed sets, in their order.
    pub fn on_sets(&mut self, name: &Name, address: IpAddr, answers: Result<&[SetAnswer], Fault>, now: u64) {
        let goal = &self.goal;
        let sets = match answers {
            Err(fault) => Sets::Failed(fault),
            Ok(answers) => {
                let lacks = |index| match answers.get(index) {
                    None => true,
                    Some(answer) => goal.is_met(index, answer) == Some(false),
                };
                match (0..goal.sets.len()).filter(|index| lacks(*index)).count() {
                    0 => Sets::Served,
                    number => Sets::Lacks(number),
                }
            }
        };
        let servers = self.servers.iter_mut().filter(|server| server.name == *name);
        let mut addresses = servers.flat_map(|server| &mut server.addresses);
        if let Some(at) = addresses.find(|at| at.health.address == address) {
            at.sets = sets;
        }
        self.note_arrivals(now);
    }

    fn note_arrivals(&mut self, now: u64) {
        let arrival = |at: &AtAddress| arrival(&self.goal, self.primary, at);
        let mut addresses: Vec<&mut AtAddress> =
            self.servers.iter_mut().flat_map(|server| &mut server.addresses).collect();
        for at in &mut addresses {
            match (arrival(at), at.arrived) {
                (Arrival::Arrived, None) => {
                    at.arrived = Some(now);
                    self.last_arrival = Some(self.last_arrival.map_or(now, |last| last.max(now)));
                }
                // Restarted from an old copy, say.
                (Arrival::Behind(_) | Arrival::Lacks(_), Some(_)) => at.arrived = None,
                _ => {}
            }
        }
    }

    pub fn arrival(&self, at: &AtAddress) -> Arrival {
        arrival(&self.goal, self.primary, at)
    }

    /// Does the whole server have the change? Addresses that cannot be asked from here are not held against it.
    pub fn has_arrived(&self, server: &Server) -> bool {
        let asked = |at: &&AtAddress| !matches!(self.arrival(at), Arrival::NotFromHere(_));
        let mut asked = server.addresses.iter().filter(asked).peekable();
        asked.peek().is_some() && asked.all(|at| self.arrival(at) == Arrival::Arrived)
    }

    /// Do all of them?
    pub fn is_done(&self) -> bool {
        !self.servers.is_empty() && self.servers.iter().all(|server| self.has_arrived(server))
    }

    /// Is there one that will have it by itself, as far as can be seen?
    pub fn is_one_on_its_way(&self) -> bool {
        self.servers.iter().any(|server| {
            !server.is_seen || server.addresses.iter().any(|at| self.arrival(at).is_on_its_way())
        })
    }

    /// From when on no server gave the old any more, and whether that is so for sure. While one lags it is at the
    /// earliest now.
    pub fn everywhere_since(&self, now: u64) -> (u64, bool) {
        match (self.last_arrival, self.is_done()) {
            (Some(last), true) => (last, true),
            (Some(last), false) if !self.is_one_on_its_way() => (last, false),
            _ => (now, false),
        }
    }

    /// One address in a few words: "has it", "2 behind", "has the serial, not yet 1 of 3 changes".
    pub fn in_words(&self, at: &AtAddress) -> String {
        let not_over = match at.health.standing {
            Standing::Serves { not_over: Some(transport), .. } => format!(", no {transport}"),
            _ => String::new(),
        };
        let total = self.goal.sets.len();
        let words = match self.arrival(at) {
            Arrival::Asking => "asking".into(),
            Arrival::Checking => match at.sets {
                Sets::Failed(fault) => format!("has the serial; asked for the change: {fault}"),
                _ => "has the serial, asking for the change".into(),
            },
            Arrival::Lacks(number) => format!("has the serial, but not {number} of {total} record sets"),
            Arrival::Arrived => "has it".into(),
            Arrival::Behind(_) | Arrival::Stuck => at.health.in_words(),
            Arrival::Lame(fault) | Arrival::Dead(fault) | Arrival::NotFromHere(fault) => fault.to_string(),
        };
        match self.arrival(at) {
            Arrival::Behind(_) | Arrival::Stuck => words,
            _ => words + &not_over,
        }
    }
}

/// Is it this version, or a later one?
fn has(theirs: u32, wanted: u32) -> bool {
    matches!(version(theirs, wanted), Version::Same | Version::Ahead(_))
}

fn arrival(goal: &Goal, primary: u32, at: &AtAddress) -> Arrival {
    let serial = match at.health.standing {
        Standing::Asking => return Arrival::Asking,
        Standing::Fails(fault) => {
            return match class(fault) {
                Class::Lame => Arrival::Lame(fault),
                Class::Dead => Arrival::Dead(fault),
                Class::NotFromHere => Arrival::NotFromHere(fault),
            };
        }
        Standing::Serves { serial, .. } => serial,
    };
    match version(serial, goal.serial) {
        Version::Behind(number) => Arrival::Behind(number),
        Version::Incomparable => Arrival::Stuck,
        Version::Ahead(_) if serial::is_after(serial, primary) => Arrival::Stuck,
        Version::Same | Version::Ahead(_) => match &at.sets {
            Sets::NotAsked | Sets::Asking | Sets::Failed(_) => Arrival::Checking,
            Sets::Lacks(number) => Arrival::Lacks(*number),
            Sets::Served => Arrival::Arrived,
        },
    }
}

#[cfg(test)]
mod tests;
