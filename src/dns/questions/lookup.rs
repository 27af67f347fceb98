//! Questions to the resolvers of this machine.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use hickory_client::proto::op::{DnsResponse, ResponseCode};
use hickory_client::proto::rr::{RData, Record, RecordType as HickoryType};

use super::ask::{Server, fault_of, to_our_name, to_query};
use super::{Network, PORT};
use crate::facts::Fault;
use crate::zone::Name;

/// Most addresses taken from one answer, and most nameservers; a nameserver has a handful, and so has a zone.
const MAX_ADDRESSES: usize = 32;

/// The addresses of a nameserver: those that the zone has (`in_zone`), else what the resolvers say, IPv4 first.
///
/// # Errors
/// A few words on why there are none.
pub async fn addresses(network: &Network, name: &Name, in_zone: &[IpAddr]) -> Result<Vec<IpAddr>, String> {
    if !in_zone.is_empty() {
        return Ok(in_zone.to_vec());
    }
    let (v4, v6) =
        tokio::join!(resolve(network, name, HickoryType::A), resolve(network, name, HickoryType::AAAA));
    let mut found = Vec::new();
    let mut problem = None;
    for answer in [v4, v6] {
        match answer {
            Ok(answer) if answer.metadata.response_code == ResponseCode::NXDomain => {
                problem = Some("does not exist".into());
            }
            Ok(answer) => found.extend(answer.answers.iter().filter_map(address)),
            Err(why) => problem = Some(why),
        }
    }
    found.truncate(MAX_ADDRESSES);
    match problem {
        _ if !found.is_empty() => Ok(found),
        Some(_) if network.enclosed => Err(Fault::NotInDemo.to_string()),
        Some(why) => Err(why),
        None => Err("no address".into()),
    }
}

/// The nameservers of a zone, as the resolvers say.
///
/// # Errors
/// A few words on why there are none.
pub async fn nameservers(network: &Network, zone: &Name) -> Result<Vec<Name>, String> {
    let answer = resolve(network, zone, HickoryType::NS).await?;
    let mut names: Vec<Name> = Vec::new();
    for record in &answer.answers {
        if let RData::NS(target) = &record.data
            && names.len() < MAX_ADDRESSES
        {
            names.extend(to_our_name(&target.0));
        }
    }
    if names.is_empty() { Err("no NS record is found".into()) } else { Ok(names) }
}

/// The address in an A or AAAA record.
pub(super) fn address(record: &Record) -> Option<IpAddr> {
    match record.data {
        RData::A(address) => Some(IpAddr::V4(address.0)),
        RData::AAAA(address) => Some(IpAddr::V6(address.0)),
        _ => None,
    }
}

/// Asks the resolvers one after the other until one answers, be it that there is nothing. One that denies every name
/// (a captive portal, a broken forwarder) is believed in nothing.
///
/// # Errors
/// A few words on what the last one said.
pub(super) async fn resolve(
    network: &Network,
    name: &Name,
    rtype: HickoryType,
) -> Result<DnsResponse, String> {
    let mut problem = String::from("no resolver to ask");
    for resolver in &network.resolvers {
        let question = to_query(name, rtype).ok_or("cannot be asked for")?;
        let server = Server::new(*resolver, network.patience);
        match server.ask_recursively(question).await {
            Ok(answer)
                if answer.metadata.response_code == ResponseCode::NXDomain
                    && denies_the_root(&server).await =>
            {
                problem = format!("the resolver {} denies every name, even the root", resolver.ip());
            }
            Ok(answer) => match fault_of(answer.metadata.response_code) {
                None => return Ok(answer),
                Some(Fault::Refused) => problem = "the resolver refuses".into(),
                Some(fault) => problem = format!("resolver: {fault}"),
            },
            Err(Fault::TimedOut) => problem = "no resolver answers".into(),
            Err(fault) => problem = format!("resolver: {fault}"),
        }
    }
    Err(problem)
}

/// No truthful server does: the root is there, and one that does not know it refuses or fails.
async fn denies_the_root(server: &Server) -> bool {
    let Some(question) = to_query(&Name::root(), HickoryType::NS) else { return false };
    let answer = server.ask_recursively(question).await;
    answer.is_ok_and(|answer| answer.metadata.response_code == ResponseCode::NXDomain)
}

/// The resolvers of this machine: the `nameserver` lines of `/etc/resolv.conf`, and where there are none, the
/// one on this machine (resolv.conf(5)).
pub fn system_resolvers() -> Vec<SocketAddr> {
    resolvers_in(&std::fs::read_to_string("/etc/resolv.conf").unwrap_or_default())
}

fn resolvers_in(resolv_conf: &str) -> Vec<SocketAddr> {
    let mut resolvers: Vec<SocketAddr> = resolv_conf
        .lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            words.next().filter(|word| *word == "nameserver")?;
            Some(SocketAddr::new(words.next()?.parse().ok()?, PORT))
        })
        // The number that resolv.conf(5) allows.
        .take(3)
        .collect();
    if resolvers.is_empty() {
        resolvers.push(SocketAddr::new(Ipv4Addr::LOCALHOST.into(), PORT));
    }
    resolvers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resolvers_of_this_machine() {
        let address = |text: &str| text.parse::<SocketAddr>().unwrap();
        let text = "# nameserver 192.0.2.9\nsearch example.com\nnameserver 192.0.2.1\n\
                    \tnameserver\t2001:db8::1 # x\n\
                    nameserver\nnameserver nonsense\n";
        assert_eq!(resolvers_in(text), [address("192.0.2.1:53"), address("[2001:db8::1]:53")]);
        assert_eq!(resolvers_in(""), [address("127.0.0.1:53")]);
        assert_eq!(resolvers_in(&"nameserver 192.0.2.1\n".repeat(9)).len(), 3);
    }
}
