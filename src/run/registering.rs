//! Performs the actions of a registration: calls of the service on threads of their own, questions to nameservers, the
//! pushes of the proof, and what is kept on the disk. The same for the screen and the command line.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OnceCell;
use tokio::task::{JoinSet, spawn_blocking};

use super::world::World;
use crate::dns::questions::{self, Network};
use crate::facts::history::Record;
use crate::facts::registration::{Challenge, Offered, Problem, ProblemKind};
use crate::facts::{Failure, FailureKind, Parent, Transport};
use crate::push;
use crate::registering::{Action, Event, Loaded, Seen, Sighting, is_proof};
use crate::secondary::Service;
use crate::store::registrations::RegistrationFile;
use crate::zone::{Name, RecordType, RrKey, Snapshot};

/// Most addresses that are asked at a time: a zone has a handful.
const MOST: usize = 32;

/// What a registration needs of the world.
#[derive(Clone)]
pub struct Performer {
    /// `None` where only the zone is tidied up.
    service: Option<Arc<dyn Service>>,
    /// The zone at its primary, with its pushes recorded; or why it cannot be had.
    world: Result<Arc<World>, Failure>,
    file: Arc<RegistrationFile>,
    parent: Arc<OnceCell<Parent>>,
    /// For the person, each told once.
    warnings: Arc<Mutex<Vec<String>>>,
}

impl Performer {
    pub fn new(
        service: Option<Arc<dyn Service>>,
        world: Result<Arc<World>, Failure>,
        file: RegistrationFile,
    ) -> Performer {
        Performer { service, world, file: Arc::new(file), parent: Arc::default(), warnings: Arc::default() }
    }

    /// Performs one action. `None` for those that are for the person, or no action at all.
    pub async fn perform(&self, action: Action) -> Option<Event> {
        Some(match action {
            Action::Get(place) => Event::Got(self.call(move |service| service.get(&place)).await),
            Action::AskOffered(place) => {
                Event::Offered(self.call(move |service| service.offered(&place)).await)
            }
            Action::AskChallenge(place) => {
                Event::Challenge(self.call(move |service| service.challenge(&place)).await)
            }
            Action::Add(wanted) => Event::Added(self.call(move |service| service.add(&wanted)).await),
            Action::Remove(place) => Event::Removed(self.call(move |service| service.remove(&place)).await),
            Action::ChangePrimary(wanted) => {
                Event::Changed(self.call(move |service| service.change_primary(&wanted)).await)
            }
            Action::Load => Event::Loaded(self.load().await),
            Action::AskParent => Event::Parent(self.parent().await),
            Action::LookForProof(challenge) => Event::Proof(self.look_for_proof(&challenge).await),
            Action::LookForZone(offered) => Event::Serving(self.look_for_zone(&offered).await),
            Action::Push(action) => match &self.world {
                Ok(world) => Event::Push(self.push(world, action).await?),
                // Nothing is pushed to a zone that could not be loaded.
                Err(_) => return None,
            },
            Action::Wait(time) => {
                tokio::time::sleep(time).await;
                Event::Woke
            }
            Action::Write(saved) => {
                let file = Arc::clone(&self.file);
                Event::Written(on_disk(move || file.save(&saved)).await)
            }
            Action::Erase => {
                let file = Arc::clone(&self.file);
                Event::Written(on_disk(move || file.erase()).await)
            }
            Action::Ask(_) | Action::Show | Action::Finish(_) => return None,
        })
    }

    /// What the person should know of the pushes so far.
    pub fn warnings(&self) -> Vec<String> {
        std::mem::take(&mut *self.warnings.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// An action of a push. The program that is told of pushes is told of this one as well.
    async fn push(&self, world: &Arc<World>, action: push::Action) -> Option<push::Event> {
        let is_end = matches!(&action, push::Action::Record(records)
            if records.iter().any(|record| matches!(record, Record::Ended(_))));
        let event = world.perform(action).await;
        if let Some(recorder) = world.recorder().filter(|_| is_end).cloned() {
            let trouble = spawn_blocking(move || recorder.tell_program()).await.ok().flatten();
            self.warnings.lock().unwrap_or_else(PoisonError::into_inner).extend(trouble);
        }
        event
    }

    /// A call of the service. Whoever does not wait for it leaves it alone.
    async fn call<T: Send + 'static>(
        &self,
        call: impl FnOnce(&dyn Service) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let Some(service) = self.service.clone() else {
            return Err(not_done(ProblemKind::NotSent, "The service is not known here."));
        };
        let called = spawn_blocking(move || call(&*service)).await;
        called.unwrap_or_else(|error| Err(not_done(ProblemKind::Unknown, &format!("{error}."))))
    }

    async fn load(&self) -> Result<Loaded, Failure> {
        let world = self.world.as_ref().map_err(Clone::clone)?;
        let loaded = world.load(|_| {}).await?;
        Ok(Loaded { zone: loaded.zone, kind: loaded.kind, editable: loaded.editable })
    }

    /// The zone above is asked once: it does not change while somebody waits.
    async fn parent(&self) -> Parent {
        match &self.world {
            Ok(world) => self.parent.get_or_init(|| world.parent()).await.clone(),
            Err(failure) => Parent::NotKnown(failure.why.clone()),
        }
    }

    async fn look_for_proof(&self, challenge: &Challenge) -> Vec<Sighting> {
        let Ok(world) = &self.world else { return Vec::new() };
        let key = Arc::new(RrKey::new(challenge.owner.clone(), RecordType::TXT));
        let mut network = world.network();
        let mut servers = Vec::new();
        if let Ok(primary) = world.primary().await {
            let at = primary.update_to.address;
            network.routes.insert(at.ip(), at);
            servers.push((primary.update_to.name.clone(), Ok(at.ip()), true));
        }
        let zone = world.last_zone();
        let mut names = zone.as_ref().map_or_else(Vec::new, |zone| nameservers_of(zone));
        if let Parent::Delegates(delegation) = self.parent().await {
            names.extend(delegation.nameservers.into_iter().map(|server| server.name));
        }
        names.sort();
        names.dedup();
        for name in names {
            let glue = zone.as_ref().map_or_else(Vec::new, |zone| glue_in(zone, &name));
            match questions::addresses(&network, &name, &glue).await {
                Ok(addresses) => {
                    servers
                        .extend(addresses.into_iter().map(|address| (name.to_string(), Ok(address), false)));
                }
                Err(why) => servers.push((name.to_string(), Err(why), false)),
            }
        }
        // The primary is often a nameserver of the zone as well.
        let primary = servers.iter().find(|server| server.2).and_then(|server| server.1.clone().ok());
        servers.retain(|(_, address, is_primary)| *is_primary || address.as_ref().ok() != primary.as_ref());
        let challenge = challenge.clone();
        sightings(network, servers, key, move |set| set.is_some_and(|set| is_proof(set, &challenge))).await
    }

    async fn look_for_zone(&self, offered: &[Offered]) -> Vec<Sighting> {
        let Ok(world) = &self.world else { return Vec::new() };
        let network = world.network();
        let mut servers = Vec::new();
        for Offered { name, addresses } in offered {
            match questions::addresses(&network, name, addresses).await {
                Ok(addresses) => {
                    servers
                        .extend(addresses.into_iter().map(|address| (name.to_string(), Ok(address), false)));
                }
                Err(why) => servers.push((name.to_string(), Err(why), false)),
            }
        }
        let key = Arc::new(RrKey::new(world.zone.clone(), RecordType::SOA));
        sightings(network, servers, key, |set| set.is_some()).await
    }
}

/// Its name, its address or why there is none, and is it the primary?
type Server = (String, Result<IpAddr, String>, bool);

/// Asks each of these servers for an RRset, all at a time. The answers in the order of the servers.
async fn sightings(
    network: Network,
    servers: Vec<Server>,
    key: Arc<RrKey>,
    is_there: impl Fn(Option<&crate::zone::RrSet>) -> bool + Clone + Send + 'static,
) -> Vec<Sighting> {
    let network = Arc::new(network);
    let mut asked = JoinSet::new();
    let mut seen = Vec::new();
    for (number, (server, address, is_primary)) in servers.into_iter().take(MOST).enumerate() {
        let address = match address {
            Ok(address) => address,
            Err(why) => {
                let seen_as = Seen::Fault(why);
                seen.push((number, Sighting { server, address: None, is_primary, seen: seen_as }));
                continue;
            }
        };
        let (network, key, is_there) = (Arc::clone(&network), Arc::clone(&key), is_there.clone());
        asked.spawn(async move {
            let seen = match questions::rrset(&network, address, &key, Transport::Udp).await {
                Ok(answer) if !answer.authoritative => Seen::Fault("not authoritative".into()),
                Ok(answer) if is_there(answer.contents.as_ref()) => Seen::There,
                Ok(_) => Seen::NotYet,
                Err(fault) => Seen::Fault(fault.to_string()),
            };
            (number, Sighting { server, address: Some(address), is_primary, seen })
        });
    }
    while let Some(answer) = asked.join_next().await {
        seen.extend(answer);
    }
    seen.sort_by_key(|(number, _)| *number);
    seen.into_iter().map(|(_, sighting)| sighting).collect()
}

/// The nameservers in a zone's own NS records.
fn nameservers_of(zone: &Snapshot) -> Vec<Name> {
    let set = zone.get(&RrKey::new(zone.origin().clone(), RecordType::NS));
    let rdata = set.map_or_else(Vec::new, |set| set.rdata);
    rdata.iter().filter_map(|rdata| Name::from_wire(rdata).ok()).collect()
}

/// The addresses that a zone has of a name in it.
fn glue_in(zone: &Snapshot, name: &Name) -> Vec<IpAddr> {
    let of = |rtype| zone.get(&RrKey::new(name.clone(), rtype)).map_or_else(Vec::new, |set| set.rdata);
    let v4 = of(RecordType::A).into_iter().filter_map(|rdata| <[u8; 4]>::try_from(&*rdata).ok());
    let v6 = of(RecordType::AAAA).into_iter().filter_map(|rdata| <[u8; 16]>::try_from(&*rdata).ok());
    v4.map(IpAddr::from).chain(v6.map(IpAddr::from)).collect()
}

async fn on_disk(work: impl FnOnce() -> Result<(), Failure> + Send + 'static) -> Result<(), Failure> {
    let done = spawn_blocking(work).await;
    done.unwrap_or_else(|error| {
        Err(Failure {
            kind: FailureKind::Local,
            what: "What is under way at the secondary service cannot be kept on the disk.".into(),
            why: format!("{error}."),
            next: "Try again.".into(),
        })
    })
}

fn not_done(kind: ProblemKind, why: &str) -> Problem {
    Problem {
        kind,
        what: "The service could not be asked.".into(),
        why: why.into(),
        next: "Try again.".into(),
    }
}
