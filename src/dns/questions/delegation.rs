//! The zone above: which one it is, and how it delegates our zone.
//!
//! The resolvers say where the zone above is and who serves it. One of its servers is then asked itself, without
//! recursion, for our NS records: what it refers to is the delegation, with the glue.

use std::net::{IpAddr, SocketAddr};

use hickory_client::proto::op::{DnsResponse, ResponseCode};
use hickory_client::proto::rr::{RData, Record, RecordType as HickoryType};
use tokio::time::timeout;

use super::Network;
use super::ask::{Server, fault_of, to_our_name, to_query};
use super::lookup::{address, addresses, resolve};
use crate::facts::{Delegated, Delegation, Fault, Parent, Transport};
use crate::zone::Name;

/// How many names above the zone are looked at. A step leads to the next zone above, not to the next label.
const MAX_STEPS: usize = 8;
/// How many servers of the parent are asked before giving up, and how many addresses of each.
const MAX_SERVERS: usize = 4;
const MAX_ADDRESSES: usize = 2;
/// Most nameservers taken from a delegation, and most addresses of each.
const MAX_NAMESERVERS: usize = 32;
const MAX_GLUE: usize = 16;
/// The whole of it takes this many times the network's patience at the most.
const MAX_PATIENCE: u32 = 6;

/// Finds out how the zone above delegates this one.
pub async fn parent(network: &Network, zone: &Name) -> Parent {
    let limit = network.patience.saturating_mul(MAX_PATIENCE);
    match timeout(limit, find(network, zone)).await {
        Ok(Ok(parent)) => parent,
        Ok(Err(why)) => Parent::NotKnown(why),
        Err(_) => Parent::NotKnown("finding it out takes too long".into()),
    }
}

async fn find(network: &Network, zone: &Name) -> Result<Parent, String> {
    let (parent, servers) = zone_above(network, zone).await?;
    let mut problem = String::from("its nameservers have no addresses");
    for server in servers.iter().take(MAX_SERVERS) {
        let found = match addresses(network, server, &[]).await {
            Ok(found) => found,
            Err(why) => {
                problem = format!("{server}: {why}");
                continue;
            }
        };
        for address in found.into_iter().take(MAX_ADDRESSES) {
            let Some(target) = network.target(address) else { continue };
            match ask_parent(network, target, &parent, zone).await {
                Ok(answer) => return Ok(answer),
                Err(why) => problem = format!("{server}: {why}"),
            }
        }
    }
    Err(problem)
}

/// The nearest zone above, and its nameservers.
async fn zone_above(network: &Network, zone: &Name) -> Result<(Name, Vec<Name>), String> {
    let mut candidate = zone.parent().ok_or("there is none above the root")?;
    for _ in 0..MAX_STEPS {
        let answer = resolve(network, &candidate, HickoryType::NS).await?;
        let servers: Vec<Name> = nameservers(&answer.answers, &candidate).collect();
        if !servers.is_empty() {
            return Ok((candidate, servers));
        }
        // There is no zone of this name; whose answer that is, says the SOA that comes with it.
        let above = candidate.parent().ok_or("no zone above is known")?;
        let authority = answer.authorities.iter().find_map(|record| match record.data {
            RData::SOA(_) => to_our_name(&record.name),
            _ => None,
        });
        candidate = authority.filter(|authority| above.is_at_or_below(authority)).unwrap_or(above);
    }
    Err("no zone above is known".into())
}

/// Asks a server of the parent: over TCP, where no glue is left out for want of room; over UDP where that does not work.
async fn ask_parent(
    network: &Network,
    target: SocketAddr,
    parent: &Name,
    zone: &Name,
) -> Result<Parent, String> {
    let server = Server::new(target, network.patience);
    let question = to_query(zone, HickoryType::NS).ok_or("cannot be asked for")?;
    let answer = match server.ask(question.clone(), Transport::Tcp).await {
        Ok(answer) => Ok(answer),
        Err(_) => server.ask(question, Transport::Udp).await,
    };
    let answer = answer.map_err(|fault: Fault| fault.to_string())?;
    if let Some(fault) = fault_of(answer.metadata.response_code) {
        return Err(fault.to_string());
    }
    delegation_in(&answer, parent, zone)
}

/// Reads the parent's answer.
fn delegation_in(answer: &DnsResponse, parent: &Name, zone: &Name) -> Result<Parent, String> {
    if nameservers(&answer.answers, zone).next().is_some() {
        return Err("it serves this zone too, and answers for it".into());
    }
    let names: Vec<Name> = nameservers(&answer.authorities, zone).take(MAX_NAMESERVERS).collect();
    if !names.is_empty() {
        let glue = |name: &Name| -> Vec<IpAddr> {
            let of_name = answer.additionals.iter().filter(|record| is_at(record, name));
            of_name.filter_map(address).take(MAX_GLUE).collect()
        };
        let nameservers = names.into_iter().map(|name| Delegated { glue: glue(&name), name }).collect();
        return Ok(Parent::Delegates(Delegation { parent: parent.clone(), nameservers }));
    }
    let is_denial = answer.answers.is_empty()
        && answer.authorities.iter().all(|record| record.record_type() != HickoryType::NS);
    if answer.metadata.authoritative && (is_denial || answer.metadata.response_code == ResponseCode::NXDomain)
    {
        return Ok(Parent::DoesNotDelegate { parent: parent.clone() });
    }
    Err("it refers elsewhere".into())
}

/// The nameservers in the NS records of this owner.
fn nameservers<'a>(records: &'a [Record], owner: &'a Name) -> impl Iterator<Item = Name> + 'a {
    records.iter().filter(|record| is_at(record, owner)).filter_map(|record| match &record.data {
        RData::NS(target) => to_our_name(&target.0),
        _ => None,
    })
}

fn is_at(record: &Record, owner: &Name) -> bool {
    to_our_name(&record.name).is_some_and(|name| name == *owner)
}
