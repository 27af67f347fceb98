//! How one nameserver of the zone stands: each of its addresses, over UDP and over TCP.

use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use hickory_client::proto::op::DnsResponse;
use hickory_client::proto::rr::rdata::opt::{EdnsCode, EdnsOption};
use hickory_client::proto::rr::{RData, RecordType as HickoryType};
use tokio::task::JoinSet;

use super::Network;
use super::ask::{Server, fault_of, to_our_name, to_query};
use super::lookup::addresses;
use crate::facts::{AddressStatus, Fault, NameserverStatus, Reply, Transport};
use crate::zone::Name;

/// How many addresses of a nameserver are asked.
const MAX_ASKED: usize = 8;
/// The EDNS option EXPIRE (RFC 7314).
const EXPIRE: u16 = 9;

/// Looks at one nameserver of the zone and tells each time more is known; the last time it is complete.
///
/// `in_zone` are its addresses in the zone itself; without any they are looked up. All addresses are asked at once, over
/// UDP, and over TCP where `tcp` is true or UDP does not work; in the first case also for how long they go on without the
/// primary. Ends within ten times the network's patience at the most.
pub async fn watch(
    network: &Network,
    zone: &Name,
    name: Name,
    in_zone: Vec<IpAddr>,
    tcp: bool,
    mut tell: impl FnMut(NameserverStatus),
) {
    let mut status =
        NameserverStatus { name, addresses: Vec::new(), problem: None, unasked: 0, complete: false };
    let mut addresses = match addresses(network, &status.name, &in_zone).await {
        Ok(addresses) => addresses,
        Err(problem) => {
            tell(NameserverStatus { problem: Some(problem), complete: true, ..status });
            return;
        }
    };
    status.unasked = addresses.len().saturating_sub(MAX_ASKED);
    addresses.truncate(MAX_ASKED);
    let (udp, over_tcp) = (Reply::Asking, if tcp { Reply::Asking } else { Reply::NotAsked });
    status.addresses = addresses
        .iter()
        .map(|address| AddressStatus { address: *address, udp, tcp: over_tcp, expire: None })
        .collect();
    tell(status.clone());
    // Each address tells up to three times.
    let (sender, mut receiver) = tokio::sync::mpsc::channel(3 * MAX_ASKED);
    let mut asked = JoinSet::new();
    for (index, address) in addresses.into_iter().enumerate() {
        let (zone, patience, sender) = (zone.clone(), network.patience, sender.clone());
        let target = network.target(address);
        asked.spawn(async move {
            // There is room for all; nobody listens any more only when nobody wants to know.
            let tell_all = |udp, tcp, expire| {
                let _ = sender.try_send((index, udp, tcp, expire));
            };
            let Some(target) = target else {
                return tell_all(Reply::Fault(Fault::NotInDemo), Reply::NotAsked, None);
            };
            let (udp, over_tcp) =
                ask_both(target, &zone, patience, tcp, |udp, tcp| tell_all(udp, tcp, None)).await;
            if tcp && let Reply::Serial { .. } = udp {
                let expire = expire(target, &zone, Transport::Udp, patience).await;
                if expire.is_some() {
                    tell_all(udp, over_tcp, expire);
                }
            }
        });
    }
    drop(sender);
    while let Some((index, udp, tcp, expire)) = receiver.recv().await {
        if let Some(address) = status.addresses.get_mut(index) {
            (address.udp, address.tcp, address.expire) = (udp, tcp, expire);
            tell(status.clone());
        }
    }
    status.complete = true;
    tell(status);
}

/// Asks an address and tells what is known over UDP and TCP. A failure over UDP is told together with what TCP says, so
/// that nobody takes an earlier answer over TCP for today's.
async fn ask_both(
    address: SocketAddr,
    zone: &Name,
    patience: Duration,
    tcp: bool,
    tell: impl Fn(Reply, Reply),
) -> (Reply, Reply) {
    let over = |transport| nameserver_status(address, zone, transport, patience);
    if !tcp {
        let udp = over(Transport::Udp).await;
        let tcp = match udp {
            Reply::Fault(_) => over(Transport::Tcp).await,
            _ => Reply::NotAsked,
        };
        tell(udp, tcp);
        return (udp, tcp);
    }
    let udp_first = async {
        let udp = over(Transport::Udp).await;
        if udp.fault().is_none() {
            tell(udp, Reply::Asking);
        }
        udp
    };
    let (udp, tcp) = tokio::join!(udp_first, over(Transport::Tcp));
    tell(udp, tcp);
    (udp, tcp)
}

/// For how many seconds a secondary goes on serving the zone without hearing from its primary, where it says so (RFC
/// 7314).
pub async fn expire(
    address: SocketAddr,
    zone: &Name,
    transport: Transport,
    patience: Duration,
) -> Option<u32> {
    let question = to_query(zone, HickoryType::SOA)?;
    let empty = EdnsOption::Unknown(EXPIRE, Vec::new());
    let answer = Server::new(address, patience).ask_with_option(question, transport, empty).await.ok()?;
    match answer.edns.as_ref()?.option(EdnsCode::from(EXPIRE))? {
        EdnsOption::Unknown(_, octets) => Some(u32::from_be_bytes(octets.as_slice().try_into().ok()?)),
        _ => None,
    }
}

/// Asks one address for the zone's SOA. An answer over UDP that is cut is asked for again over TCP, as resolvers do.
pub async fn nameserver_status(
    address: SocketAddr,
    zone: &Name,
    transport: Transport,
    patience: Duration,
) -> Reply {
    let Some(question) = to_query(zone, HickoryType::SOA) else { return Reply::Fault(Fault::Unreadable) };
    let started = Instant::now();
    let answer = Server::new(address, patience).ask(question, transport).await;
    let round_trip = started.elapsed();
    match answer.and_then(|answer| serial_in(&answer, zone)) {
        Ok(serial) => Reply::Serial { serial, round_trip },
        Err(fault) => Reply::Fault(fault),
    }
}

/// The serial that an authority for the zone gives.
fn serial_in(answer: &DnsResponse, zone: &Name) -> Result<u32, Fault> {
    if let Some(fault) = fault_of(answer.metadata.response_code) {
        return Err(fault);
    }
    let serial = answer.answers.iter().find_map(|record| match &record.data {
        RData::SOA(soa) if to_our_name(&record.name).as_ref() == Some(zone) => Some(soa.serial),
        _ => None,
    });
    let refers = answer.authorities.iter().any(|record| record.record_type() == HickoryType::NS);
    match (serial, answer.metadata.authoritative) {
        (Some(serial), true) => Ok(serial),
        (None, true) => Err(Fault::NoSuchZone),
        (None, false) if refers => Err(Fault::RefersAway),
        (_, false) => Err(Fault::NotAuthoritative),
    }
}
