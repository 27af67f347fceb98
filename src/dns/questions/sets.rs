//! RRsets as one server has them: for whether a change has come to it.

use std::net::{IpAddr, SocketAddr};

use hickory_client::proto::op::DnsResponse;
use hickory_client::proto::rr::RecordType as HickoryType;

use super::Network;
use super::ask::{Server, fault_of, to_query};
use crate::facts::{Fault, SetAnswer, Transport};
use crate::wire::reader::Reader;
use crate::wire::{Section, class};
use crate::zone::{Rdata, RecordType, RrKey, RrSet};

/// Most records taken from an answer: what fits in a message is more than any set that is of use.
const MAX_RECORDS: usize = 4096;

/// Asks a nameserver of the zone, which has this address in the zone, for an RRset.
///
/// # Errors
/// [`Fault`] where it does not answer, or with an error.
pub async fn rrset(
    network: &Network,
    address: IpAddr,
    key: &RrKey,
    transport: Transport,
) -> Result<SetAnswer, Fault> {
    let target = network.target(address).ok_or(Fault::NotInDemo)?;
    rrset_at(&Server::new(target, network.patience), key, Some(transport)).await
}

/// Asks for several, one after the other, up to the first that cannot be asked. The answers in their order.
///
/// # Errors
/// [`Fault`] of the first that did not work.
pub async fn rrsets<'a>(
    network: &Network,
    address: IpAddr,
    keys: impl IntoIterator<Item = &'a RrKey>,
    transport: Transport,
) -> Result<Vec<SetAnswer>, Fault> {
    let mut answers = Vec::new();
    for key in keys {
        answers.push(rrset(network, address, key, transport).await?);
    }
    Ok(answers)
}

/// Asks a resolver for an RRset: for what it gives its users.
///
/// # Errors
/// [`Fault`] where it does not answer, or with an error.
pub async fn rrset_at_resolver(
    network: &Network,
    resolver: SocketAddr,
    key: &RrKey,
) -> Result<SetAnswer, Fault> {
    if network.enclosed && !network.resolvers.contains(&resolver) {
        return Err(Fault::NotInDemo);
    }
    rrset_at(&Server::new(resolver, network.patience), key, None).await
}

/// Asks a server itself over a transport, or a resolver.
async fn rrset_at(server: &Server, key: &RrKey, transport: Option<Transport>) -> Result<SetAnswer, Fault> {
    let question = to_query(&key.owner, HickoryType::from(key.rtype.0)).ok_or(Fault::Unreadable)?;
    let answer = match transport {
        Some(transport) => server.ask(question, transport).await,
        None => server.ask_recursively(question).await,
    }?;
    match fault_of(answer.metadata.response_code) {
        Some(fault) => Err(fault),
        None => read(&answer, key).ok_or(Fault::Unreadable),
    }
}

/// What the answer says of the set. Read from its octets: as they come, so they are compared.
fn read(answer: &DnsResponse, key: &RrKey) -> Option<SetAnswer> {
    let mut reader = Reader::new(answer.as_buffer()).ok()?;
    let mut contents: Vec<(u32, Rdata)> = Vec::new();
    let mut referral = Vec::new();
    while let Some(record) = reader.record().ok()? {
        if record.class != class::IN || record.owner != key.owner.as_ref() {
            continue;
        }
        let into = match record.section {
            Section::Answer if record.rtype == key.rtype => &mut contents,
            Section::Authority if record.rtype == RecordType::NS => &mut referral,
            _ => continue,
        };
        if into.len() < MAX_RECORDS {
            let mut rdata = Vec::new();
            record.expand(&mut rdata).ok()?;
            into.push((record.ttl, rdata.into()));
        }
    }
    let set = |records| RrSet::of_records(records).map(|set| set.without_repeats(key.rtype));
    Some(SetAnswer {
        authoritative: answer.metadata.authoritative,
        contents: set(contents),
        referral: set(referral),
    })
}
