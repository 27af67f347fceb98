//! Asks a zone's servers everything that the doctor judges. All questions are under way at once, so that a dead server
//! delays nobody; findings come in a fixed order, each as soon as those before it are told.

use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::time::Instant;

use tokio::task::JoinHandle;

use crate::app::nameservers::addresses_of;
use crate::dns::probe::{Answered, Asker, StoredSoa, stored_soa};
use crate::dns::questions::{self, Network};
use crate::dns::{self, Endpoint, Primary};
use crate::doctor::server::{self, Differences, Signature, Stored, Transferred, Updates};
use crate::doctor::{Case, Finding, KeyName, nameservers};
use crate::facts::{Failure, Make, NameserverStatus, Reply};
use crate::wire::key::Key;
use crate::wire::peek::Shape;
use crate::zone::update::Rcode;
use crate::zone::{Draft, Name, RecordType, RrKey, Snapshot, Soa, serial};

/// Most nameservers that are looked at; a zone has a handful.
const MAX_NAMESERVERS: usize = 32;

/// What is examined.
#[derive(Debug, Clone)]
pub struct Patient {
    pub zone: Name,
    pub primary: Primary,
    /// Where nameservers and resolvers are asked.
    pub network: Network,
    /// The configuration says that nothing is to be changed there: no update is sent, not even one without changes.
    pub read_only: bool,
    /// The keys for updates and for transfers are there, but cannot be used on this side.
    pub unusable: Unusable,
}

/// Which keys cannot be used on this side.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unusable {
    pub key: bool,
    pub transfer_key: bool,
}

/// A question under way; it ends with its holder.
struct Running<T>(JoinHandle<T>);

impl<T: Send + 'static> Running<T> {
    fn start(question: impl Future<Output = T> + Send + 'static) -> Running<T> {
        Running(tokio::spawn(question))
    }

    async fn answer(mut self) -> T {
        match (&mut self.0).await {
            Ok(answer) => answer,
            Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            // The runtime is ending, and this with it.
            Err(_) => std::future::pending().await,
        }
    }
}

impl<T> Drop for Running<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// A server in one of its two roles, with the key for it.
#[derive(Clone)]
struct Side {
    zone: Name,
    endpoint: Endpoint,
    key: Option<Arc<Key>>,
    is_unusable: bool,
    primary: Arc<Primary>,
}

impl Side {
    fn asker(&self, is_signed: bool) -> Asker<'_> {
        Asker {
            endpoint: &self.endpoint,
            key: self.key.as_deref().filter(|_| is_signed),
            zone: &self.zone,
            timeout: self.primary.timeout,
            clock: self.primary.clock,
        }
    }

    fn soa(&self, is_signed: bool) -> Running<Answered> {
        let side = self.clone();
        Running::start(async move { side.asker(is_signed).soa().await })
    }

    /// The first questions to it.
    fn greet(&self) -> Greeting {
        let (endpoint, patience) = (self.endpoint.clone(), self.primary.timeout);
        Greeting {
            make: Running::start(async move { questions::server_make(&endpoint, patience).await }),
            plain: self.soa(false),
            signed: self.key.is_some().then(|| self.soa(true)),
        }
    }
}

/// The first questions to a server, under way.
struct Greeting {
    make: Running<Make>,
    plain: Running<Answered>,
    signed: Option<Running<Answered>>,
}

/// What is known of a server after the first questions.
struct Known {
    case: Case,
    signature: Signature,
    soa: Option<Soa>,
}

/// Tells what can be said after the first questions; `None` where there is nothing more to ask.
async fn introduce(side: &Side, greeting: Greeting, tell: &mut (dyn FnMut(Finding) + Send)) -> Option<Known> {
    let plain = greeting.plain.answer().await;
    let signed = match greeting.signed {
        Some(running) => Some(running.answer().await),
        None => None,
    };
    let case = Case {
        zone: side.zone.clone(),
        server: side.endpoint.name.clone(),
        address: side.endpoint.address,
        from: side.endpoint.source.or_else(|| local_address(side.endpoint.address)),
        make: greeting.make.answer().await,
        key: side.key.as_deref().map(name_of),
    };
    let signed_soa = signed.as_ref().map(|answered| &answered.soa);
    tell(server::reached(&case, &plain.soa, signed_soa, plain.took));
    let is_silent = |answer: &Result<Soa, Failure>| answer.as_ref().is_err_and(server::is_silent);
    if is_silent(&plain.soa) && signed_soa.is_none_or(is_silent) {
        return None;
    }
    tell(server::zone(&case, &plain.soa, signed_soa));
    if plain.soa.is_err() && signed_soa.is_none_or(Result::is_err) {
        return None;
    }
    let (signature, finding) = server::signature(&case, side.is_unusable, &plain.soa, signed_soa);
    tell(finding);
    if let Some(signed) = &signed {
        tell(server::clock(case.make, signed.clock_offset));
    }
    let soa = plain.soa.ok().or_else(|| signed.and_then(|signed| signed.soa.ok()));
    Some(Known { case, signature, soa })
}

/// A key as it can be shown.
pub fn name_of(key: &Key) -> KeyName {
    KeyName { name: key.name.clone(), algorithm: key.algorithm.name(), weak: key.algorithm.weak() }
}

/// The address that this machine would send from. Nothing is sent.
fn local_address(target: SocketAddr) -> Option<IpAddr> {
    let any: SocketAddr = if target.is_ipv4() { ([0, 0, 0, 0], 0).into() } else { ([0u16; 8], 0).into() };
    let socket = UdpSocket::bind(any).ok()?;
    socket.connect(target).ok()?;
    Some(socket.local_addr().ok()?.ip())
}

/// Looks at a zone, its primary and its nameservers.
pub async fn examine(patient: &Patient, tell: &mut (dyn FnMut(Finding) + Send)) {
    let zone = &patient.zone;
    let primary = Arc::new(patient.primary.clone());
    let side = |endpoint: &Endpoint, key: &Option<Arc<Key>>, is_unusable| Side {
        zone: zone.clone(),
        endpoint: endpoint.clone(),
        key: key.clone(),
        is_unusable,
        primary: Arc::clone(&primary),
    };
    let updated = side(&primary.update_to, &primary.key, patient.unusable.key);
    let transferred = side(&primary.transfer_from, &primary.transfer_key, patient.unusable.transfer_key);
    let are_one = updated.endpoint.address == transferred.endpoint.address && updated.key == transferred.key;

    let greeting = updated.greet();
    let other_greeting = (!are_one).then(|| transferred.greet());
    let updates = (!patient.read_only).then(|| {
        let side = updated.clone();
        Running::start(async move { side.asker(true).empty_update(Vec::new()).await })
    });
    let keyless_updates = updates.as_ref().and(updated.key.as_ref()).map(|_| {
        let side = updated.clone();
        Running::start(async move { side.asker(false).empty_update(Vec::new()).await })
    });
    let stored = updates.as_ref().map(|_| {
        let (primary, zone) = (Arc::clone(&primary), zone.clone());
        Running::start(async move { stored_soa(&primary, &zone).await })
    });
    let transfer = {
        let (primary, zone) = (Arc::clone(&primary), zone.clone());
        Running::start(async move {
            let started = Instant::now();
            let zone = dns::transfer(&primary, &zone, |_| {}).await.map(Arc::new);
            (zone, started.elapsed())
        })
    };
    let keyless_transfer = transferred.key.as_ref().map(|_| {
        let side = transferred.clone();
        Running::start(async move { side.asker(false).may_transfer().await.is_ok() })
    });
    let differences = {
        let side = transferred.clone();
        Running::start(async move { differences(&side).await })
    };

    let known = introduce(&updated, greeting, tell).await;
    let other = match other_greeting {
        Some(greeting) => introduce(&transferred, greeting, tell).await,
        None => None,
    };
    let (known_transfers, mut snapshot) = (if are_one { known.as_ref() } else { other.as_ref() }, None);
    if let Some(Known { case, signature, .. }) = known_transfers {
        let (zone, took) = transfer.answer().await;
        let told = match &zone {
            Ok(zone) => Ok(Transferred { records: zone.record_count(), took }),
            Err(failure) => Err(failure.clone()),
        };
        let to_anyone = match keyless_transfer {
            Some(running) => Some(running.answer().await),
            None => None,
        };
        tell(server::transfer(case, *signature, &told, to_anyone));
        tell(server::differences(case, *signature, &differences.answer().await));
        snapshot = zone.ok();
    }
    if let Some(Known { case, signature, soa }) = &known {
        let soa = soa.clone().unwrap_or_default();
        let addresses = mname_addresses(patient, &soa, snapshot.as_ref()).await;
        let is_other = addresses.as_ref().is_ok_and(|found| !found.contains(&case.address.ip()));
        let updates = match updates {
            None => Updates::ReadOnly,
            Some(running) => {
                let without_key = match keyless_updates {
                    Some(running) => Some(running.answer().await),
                    None => None,
                };
                Updates::Asked { result: running.answer().await, without_key }
            }
        };
        tell(server::update(case, *signature, &updates, is_other.then_some(&soa.mname)));
        let stored = match stored {
            Some(running) => match running.answer().await {
                Ok(StoredSoa::Served) => Stored::Served,
                Ok(StoredSoa::Another) => Stored::Another,
                Ok(StoredSoa::NotKnown(_)) | Err(_) => Stored::NotKnown,
            },
            None => Stored::NotKnown,
        };
        tell(server::serial(case, soa.serial, stored, (primary.clock)()));
        if let Some(other) = other.as_ref().and_then(|known| known.soa.as_ref()) {
            tell(server::same_version(case, soa.serial, other.serial));
        }
        tell(nameservers::primary(case, &soa, &addresses));
    }
    let known = known.or(other);
    look_at_nameservers(patient, &updated, known.as_ref(), snapshot, tell).await;
}

/// Asks for the differences since the serial before the present one.
async fn differences(side: &Side) -> Result<Differences, Failure> {
    let asker = side.asker(true);
    let serial = asker.soa().await.soa?.serial;
    Ok(match asker.changes_since(serial.wrapping_sub(1)).await? {
        Shape::Differences => Differences::Sent,
        Shape::Whole | Shape::Unchanged => Differences::NotSent,
    })
}

/// The addresses of the primary that the SOA names.
async fn mname_addresses(
    patient: &Patient,
    soa: &Soa,
    zone: Option<&Arc<Snapshot>>,
) -> Result<Vec<IpAddr>, String> {
    let in_zone = zone.map_or(Vec::new(), |zone| addresses_of(&Draft::new(Arc::clone(zone)), &soa.mname));
    questions::addresses(&network_for(patient, &soa.mname), &soa.mname, &in_zone).await
}

/// The network for a question about this name: for one of the zone the primary is asked before the resolvers.
fn network_for(patient: &Patient, name: &Name) -> Network {
    let mut network = patient.network.clone();
    if name.as_ref().is_at_or_below(patient.zone.as_ref()) {
        network.resolvers.insert(0, patient.primary.update_to.address);
    }
    network
}

async fn look_at_nameservers(
    patient: &Patient,
    updated: &Side,
    known: Option<&Known>,
    snapshot: Option<Arc<Snapshot>>,
    tell: &mut (dyn FnMut(Finding) + Send),
) {
    let zone = &patient.zone;
    let named = match &snapshot {
        Some(snapshot) => Ok(named_in(snapshot)),
        None => questions::nameservers(&network_for(patient, zone), zone).await.map(|mut names| {
            // Servers give them in any order.
            names.sort();
            names.into_iter().map(|name| (name, Vec::new())).collect()
        }),
    };
    let named = match named {
        Ok(named) => named,
        Err(why) => return tell(nameservers::no_nameservers(zone, &why)),
    };
    let running: Vec<Running<NameserverStatus>> = named
        .into_iter()
        .take(MAX_NAMESERVERS)
        .map(|(name, in_zone)| {
            let (network, zone) = (network_for(patient, &name), zone.clone());
            Running::start(async move { status(&network, &zone, name, in_zone).await })
        })
        .collect();
    let mut soa = known.and_then(|known| known.soa.clone());
    let mut statuses = Vec::new();
    for running in running {
        let status = running.answer().await;
        // While this was asked the zone may have moved on.
        if is_ahead(&status, soa.as_ref())
            && let Ok(now) = updated.asker(true).soa().await.soa
        {
            soa = Some(now);
        }
        let serial = soa.as_ref().map(|soa| soa.serial);
        nameservers::nameserver(zone, &status, serial).into_iter().for_each(&mut *tell);
        statuses.push(status);
    }
    if let (Some(Known { case, .. }), Some(soa)) = (known, &soa) {
        tell(nameservers::notify(case, soa, &statuses));
    }
}

/// The nameservers of a zone with the addresses that it has for them.
fn named_in(snapshot: &Arc<Snapshot>) -> Vec<(Name, Vec<IpAddr>)> {
    let apex = RrKey::new(snapshot.origin().clone(), RecordType::NS);
    let draft = Draft::new(Arc::clone(snapshot));
    let names = snapshot.get(&apex).map_or(Vec::new(), |set| set.rdata);
    let names = names.into_iter().filter_map(|rdata| Name::from_wire(&rdata).ok());
    names.map(|name| (name.clone(), addresses_of(&draft, &name))).collect()
}

async fn status(network: &Network, zone: &Name, name: Name, in_zone: Vec<IpAddr>) -> NameserverStatus {
    let mut last = NameserverStatus {
        name: name.clone(),
        addresses: Vec::new(),
        problem: None,
        unasked: 0,
        complete: false,
    };
    questions::watch(network, zone, name, in_zone, true, |status| last = status).await;
    last
}

fn is_ahead(status: &NameserverStatus, soa: Option<&Soa>) -> bool {
    let serials = status.addresses.iter().flat_map(|address| [address.udp, address.tcp]);
    let mut serials = serials.filter_map(|reply| match reply {
        Reply::Serial { serial, .. } => Some(serial),
        _ => None,
    });
    soa.is_some_and(|soa| serials.any(|theirs| serial::is_after(theirs, soa.serial)))
}

/// Looks at a server and a zone on it in few questions, for a list of many.
pub async fn glance(patient: &Patient) -> Vec<Finding> {
    let primary = Arc::new(patient.primary.clone());
    let side = Side {
        zone: patient.zone.clone(),
        endpoint: primary.update_to.clone(),
        key: primary.key.clone(),
        is_unusable: patient.unusable.key,
        primary: Arc::clone(&primary),
    };
    let mut findings = Vec::new();
    let greeting = side.greet();
    let updates = (!patient.read_only).then(|| {
        let side = side.clone();
        Running::start(async move { side.asker(true).empty_update(Vec::new()).await })
    });
    let transfer = {
        let side = Side {
            endpoint: primary.transfer_from.clone(),
            key: primary.transfer_key.clone(),
            is_unusable: patient.unusable.transfer_key,
            ..side.clone()
        };
        Running::start(async move { side.asker(true).may_transfer().await })
    };
    let Some(Known { case, signature, soa }) =
        introduce(&side, greeting, &mut |finding| findings.push(finding)).await
    else {
        return findings;
    };
    let updates: Updates = match updates {
        Some(running) => Updates::Asked { result: running.answer().await, without_key: None },
        None => Updates::ReadOnly,
    };
    if let Err(failure) = transfer.answer().await {
        findings.push(server::transfer(&case, signature, &Err(failure), None));
    }
    let mname = soa.as_ref().map(|soa| &soa.mname);
    if !matches!(&updates, Updates::Asked { result: Ok(Rcode::NOERROR), .. }) {
        findings.push(server::update(&case, signature, &updates, mname));
    }
    findings
}

/// Does a server answer at all? For one of which no zone is known.
pub async fn knock(name: &str, primary: Primary) -> Finding {
    // As the configuration calls it.
    let endpoint = Endpoint { name: name.into(), ..primary.update_to.clone() };
    let primary = Arc::new(primary);
    let side = Side { zone: Name::root(), endpoint, key: None, is_unusable: false, primary };
    let mut first = None;
    introduce(&side, side.greet(), &mut |finding| {
        first.get_or_insert(finding);
    })
    .await;
    first.unwrap_or_else(|| server::not_asked("the server was not asked"))
}
