//! Looks at all servers of a zone: what `status` prints, and what the health of secondaries is judged from.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::task::JoinSet;

use super::services::Services;
use super::world::World;
use crate::config::Config;
use crate::dns;
use crate::dns::questions::{self, Network};
use crate::facts::registration::{Place, Problem, ProblemKind};
use crate::facts::{Failure, NameserverStatus, Parent, SetAnswer, Transport};
use crate::health::delegation::Child;
use crate::health::{AtService, Health, Known, judge};
use crate::zone::{Name, RecordType, RrKey, RrSet, Soa};

/// Most nameservers that are looked at; a zone has a handful.
const MAX_NAMESERVERS: usize = 32;

/// A zone's nameservers, as its primary names them.
#[derive(Debug, Clone, Default)]
pub struct Named {
    pub names: Vec<Name>,
    /// The addresses that the zone itself has for them.
    pub inside: BTreeMap<Name, Vec<IpAddr>>,
}

impl Named {
    /// The addresses that the zone itself has for a name.
    pub fn addresses(&self, name: &Name) -> Vec<IpAddr> {
        self.inside.get(name).cloned().unwrap_or_default()
    }
}

/// All that was seen of a zone's servers.
#[derive(Debug, Clone)]
pub struct Looked {
    pub zone: Name,
    pub primary: Result<Soa, Failure>,
    pub named: Named,
    /// Those named first, in the order of the zone.
    pub statuses: Vec<NameserverStatus>,
    pub parent: Option<Parent>,
}

impl Looked {
    /// Judges it, together with what services say; these may be those of no service.
    pub fn judge(&self, services: &[AtService]) -> Health {
        let addresses = |name: &Name| self.named.addresses(name);
        judge(&Known {
            child: Child { zone: &self.zone, named: &self.named.names, deleted: &[], addresses: &addresses },
            primary: self.primary.as_ref().ok().map(|soa| soa.serial),
            statuses: &self.statuses,
            parent: self.parent.as_ref(),
            services,
        })
    }
}

/// The names of the secondaries at these services, with their addresses where a service says them: for [`look`].
pub fn secondaries(services: &[AtService]) -> Vec<(Name, Vec<IpAddr>)> {
    let mut found: Vec<(Name, Vec<IpAddr>)> = Vec::new();
    for service in services {
        for name in service.secondaries() {
            let offered = service.offered.iter().find(|offered| offered.name == *name);
            let addresses = offered.map(|offered| offered.addresses.clone()).unwrap_or_default();
            if found.iter().all(|(known, _)| known != name) {
                found.push((name.clone(), addresses));
            }
        }
    }
    found
}

/// What the services of the zone's configuration say of it. One that does not answer is left out, and told of.
pub async fn at_services(config: &Arc<Config>, zone: &Name, mut tell: impl FnMut(Problem)) -> Vec<AtService> {
    let settings = config.zone.iter().find(|(name, _)| name.0 == *zone).map(|(_, settings)| settings);
    let names = settings.map(|settings| settings.secondaries.iter().map(|name| name.get_ref().clone()));
    let asked: Vec<_> = names
        .into_iter()
        .flatten()
        .map(|name| {
            let (config, zone) = (Arc::clone(config), zone.clone());
            tokio::task::spawn_blocking(move || at_service(&config, &zone, name))
        })
        .collect();
    let mut told = Vec::new();
    for task in asked {
        match task.await {
            Ok(Ok(service)) => told.push(service),
            Ok(Err(problem)) => tell(problem),
            Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            Err(_) => {}
        }
    }
    told
}

/// What one service says of a zone.
///
/// # Errors
/// [`Problem`] where it cannot be told.
pub fn at_service(config: &Config, zone: &Name, name: String) -> Result<AtService, Problem> {
    let service = Services::default().service(config, &name)?;
    let mut at = AtService { name, registrations: Vec::new(), offered: Vec::new() };
    for place in service.services()? {
        let place = Place { domain: zone.clone(), service: place };
        match service.get(&place) {
            Ok(registration) => at.registrations.push(registration),
            Err(problem) if problem.kind == ProblemKind::NotRegistered => {}
            Err(problem) => return Err(problem),
        }
        // What it offers is good to know, and no more.
        at.offered.extend(service.offered(&place).unwrap_or_default());
    }
    Ok(at)
}

/// Looks at the nameservers of a zone and at these others, thoroughly: over UDP and TCP; and asks the zone above.
///
/// # Errors
/// A [`Failure`] where the nameservers of the zone cannot be found out.
pub async fn look(world: &World, others: &[(Name, Vec<IpAddr>)]) -> Result<Looked, Failure> {
    // Its address first: it is asked where the person says, not at port 53.
    world.primary().await?;
    let (named, primary, parent) = tokio::join!(world.nameservers(), world.served_soa(), world.parent());
    let named = named?;
    let mut servers: Vec<(Name, Vec<IpAddr>)> =
        named.names.iter().map(|name| (name.clone(), named.addresses(name))).collect();
    servers.extend(others.iter().filter(|(name, _)| !named.names.contains(name)).cloned());
    let statuses = statuses(&world.network(), &world.zone, servers, true).await;
    Ok(Looked { zone: world.zone.clone(), primary, named, statuses, parent: Some(parent) })
}

/// Asks these nameservers, all at the same time; complete, and in their order.
pub async fn statuses(
    network: &Network,
    zone: &Name,
    servers: Vec<(Name, Vec<IpAddr>)>,
    tcp: bool,
) -> Vec<NameserverStatus> {
    let mut asked = JoinSet::new();
    for (index, (name, in_zone)) in servers.into_iter().enumerate() {
        let (network, zone) = (network.clone(), zone.clone());
        asked.spawn(async move {
            let last = Mutex::new(None);
            let keep = |status| *last.lock().unwrap_or_else(PoisonError::into_inner) = Some(status);
            questions::watch(&network, &zone, name, in_zone, tcp, keep).await;
            (index, last.into_inner().unwrap_or_else(PoisonError::into_inner))
        });
    }
    let mut statuses = asked.join_all().await;
    statuses.sort_by_key(|(index, _)| *index);
    statuses.into_iter().filter_map(|(_, status)| status).collect()
}

impl World {
    /// The zone's SOA at the server that the zone is transferred from: that is the version which others get.
    ///
    /// # Errors
    /// A [`Failure`].
    pub async fn served_soa(&self) -> Result<Soa, Failure> {
        let primary = self.primary().await?;
        let key = primary.transfer_key.as_deref();
        dns::soa(&primary.transfer_from, key, &self.zone, primary.timeout).await
    }

    /// The nameservers that the zone has at its primary. Asked without a key; where that is not answered, by a transfer.
    ///
    /// # Errors
    /// A [`Failure`] where neither works.
    pub async fn nameservers(&self) -> Result<Named, Failure> {
        let at = self.primary().await?.transfer_from.address;
        let key = RrKey::new(self.zone.clone(), RecordType::NS);
        let set = match served_at(self, at, &key).await {
            Some(SetAnswer { authoritative: true, contents: Some(set), .. }) => set,
            _ => return self.transferred_nameservers().await,
        };
        let mut named = Named { names: targets(&set), ..Named::default() };
        for name in named.names.iter().filter(|name| name.is_at_or_below(&self.zone)) {
            let mut addresses = Vec::new();
            for rtype in [RecordType::A, RecordType::AAAA] {
                let answer = served_at(self, at, &RrKey::new(name.clone(), rtype)).await;
                let Some(SetAnswer { authoritative: true, contents, .. }) = answer else {
                    // Below a delegation, say: the zone itself tells.
                    return self.transferred_nameservers().await;
                };
                addresses.extend(contents.iter().flat_map(in_set));
            }
            named.inside.insert(name.clone(), addresses);
        }
        Ok(named)
    }

    async fn transferred_nameservers(&self) -> Result<Named, Failure> {
        let zone = self.transfer(|_| {}).await?;
        let apex = zone.get(&RrKey::new(self.zone.clone(), RecordType::NS));
        let mut named = Named { names: apex.as_ref().map(targets).unwrap_or_default(), ..Named::default() };
        for name in &named.names {
            let sets =
                [RecordType::A, RecordType::AAAA].map(|rtype| zone.get(&RrKey::new(name.clone(), rtype)));
            let addresses = sets.iter().flatten().flat_map(in_set).collect();
            named.inside.insert(name.clone(), addresses);
        }
        Ok(named)
    }
}

/// What the primary answers for an RRset, asked without a key; `None` where it does not.
pub(super) async fn served(world: &World, key: &RrKey) -> Option<SetAnswer> {
    let at = world.primary().await.ok()?.transfer_from.address;
    served_at(world, at, key).await
}

async fn served_at(world: &World, at: SocketAddr, key: &RrKey) -> Option<SetAnswer> {
    let network = Network { routes: [(at.ip(), at)].into(), ..world.network() };
    match questions::rrset(&network, at.ip(), key, Transport::Udp).await {
        Ok(answer) => Some(answer),
        Err(_) => questions::rrset(&network, at.ip(), key, Transport::Tcp).await.ok(),
    }
}

/// The nameservers that these NS records name.
fn targets(set: &RrSet) -> Vec<Name> {
    let mut names: Vec<Name> = set.rdata.iter().filter_map(|rdata| Name::from_wire(rdata).ok()).collect();
    names.sort();
    names.dedup();
    names.truncate(MAX_NAMESERVERS);
    names
}

/// The addresses in a set of A or AAAA records.
fn in_set(set: &RrSet) -> impl Iterator<Item = IpAddr> + '_ {
    set.rdata.iter().filter_map(|rdata| match rdata.len() {
        4 => <[u8; 4]>::try_from(&**rdata).ok().map(IpAddr::from),
        _ => <[u8; 16]>::try_from(&**rdata).ok().map(IpAddr::from),
    })
}
