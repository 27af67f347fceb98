//! Many questions about a zone, asked beside each other: what `check --network` wants to know.
//!
//! Each question takes a few patiences at the most. Where no resolver answers at all, those that need one are given up
//! soon: a network that is down is known after a few of them.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use hickory_client::proto::op::{DnsResponse, ResponseCode};
use hickory_client::proto::rr::RecordType as HickoryType;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::ask::{Server, fault_of, to_query};
use super::certificate::issuer;
use super::lookup::resolve;
use super::{Network, delegation, nameserver_status, software};
use crate::dns::Endpoint;
use crate::facts::answers::{Answer, Question, Records};
use crate::facts::{Fault, Parent, Transport};
use crate::wire::Section;
use crate::wire::reader::Reader;
use crate::zone::{Name, RecordType};

/// So many are asked at the same time.
const BESIDE: usize = 16;
/// Most records taken from one answer.
const MAX_RECORDS: usize = 256;
/// After so many questions that no resolver answered, where none was answered before, the others are not asked.
const GIVEN_UP_AFTER: usize = 8;
/// How many addresses of a site are tried.
const MAX_ADDRESSES: usize = 4;
/// Where web servers answer over TLS.
const HTTPS: u16 = 443;

/// Whom the questions about a zone go to.
#[derive(Debug, Clone)]
pub struct Asker {
    pub zone: Name,
    pub network: Network,
    /// Where the zone's primary is; `None` for a zone that is a file.
    pub primary: Option<Endpoint>,
    /// Where a web server really is that has this address; others are at port 443.
    pub sites: HashMap<IpAddr, SocketAddr>,
}

/// How the resolvers do.
#[derive(Default)]
struct Resolvers {
    answered: AtomicUsize,
    silent: AtomicUsize,
}

/// Asks all of them. `tell` hears each answer; false ends it. Dropping the future does so too.
pub async fn answer_all(
    asker: &Asker,
    questions: Vec<Question>,
    mut tell: impl FnMut(Question, Answer) -> bool,
) {
    let (room, resolvers) = (Arc::new(Semaphore::new(BESIDE)), Arc::new(Resolvers::default()));
    let asker = Arc::new(asker.clone());
    let mut asked = JoinSet::new();
    for question in questions {
        let (asker, room, resolvers) = (Arc::clone(&asker), Arc::clone(&room), Arc::clone(&resolvers));
        asked.spawn(async move {
            // Never closed.
            let _turn = room.acquire().await;
            let answer = asker.answer(&question, &resolvers).await;
            (question, answer)
        });
    }
    while let Some(done) = asked.join_next().await {
        if let Ok((question, answer)) = done
            && !tell(question, answer)
        {
            return;
        }
    }
}

impl Asker {
    async fn answer(&self, question: &Question, resolvers: &Resolvers) -> Answer {
        let known = match question {
            Question::Records { name, rtype } => self.resolved(name, *rtype, resolvers).await,
            Question::Own { server, name, rtype } => self.own(*server, name, *rtype).await,
            Question::Serial { server } => self.serial(*server).await,
            Question::Recursion { server } => self.recursion(*server).await,
            Question::Parent => match delegation::parent(&self.network, &self.zone).await {
                Parent::NotKnown(why) => Err(why),
                parent => Ok(Answer::Parent(parent)),
            },
            Question::Software => match &self.primary {
                Some(primary) => match software(primary, self.network.patience).await {
                    Some(text) => Ok(Answer::Software(text)),
                    None => Err("the server does not say what it is".into()),
                },
                None => Err("no server is known".into()),
            },
            Question::Certificate { site, addresses } => self.certificate(site, addresses).await,
        };
        known.unwrap_or_else(Answer::Unknown)
    }

    async fn resolved(
        &self,
        name: &Name,
        rtype: RecordType,
        resolvers: &Resolvers,
    ) -> Result<Answer, String> {
        let is_down = resolvers.answered.load(Ordering::Relaxed) == 0
            && resolvers.silent.load(Ordering::Relaxed) >= GIVEN_UP_AFTER;
        if is_down {
            return Err("no resolver gives an answer that counts".into());
        }
        let answer = resolve(&self.network, name, HickoryType::from(rtype.0)).await;
        let count = if answer.is_ok() { &resolvers.answered } else { &resolvers.silent };
        count.fetch_add(1, Ordering::Relaxed);
        Ok(Answer::Records(records_in(&answer?).ok_or("the answer cannot be read")?))
    }

    fn server(&self, address: IpAddr) -> Result<Server, String> {
        let target = self.network.target(address).ok_or_else(|| Fault::NotInDemo.to_string())?;
        Ok(Server::new(target, self.network.patience))
    }

    async fn own(&self, server: IpAddr, name: &Name, rtype: RecordType) -> Result<Answer, String> {
        let question = to_query(name, HickoryType::from(rtype.0)).ok_or("it cannot be asked for")?;
        let answer = self.server(server)?.ask(question, Transport::Udp).await;
        let answer = answer.map_err(|fault| format!("{server}: {fault}"))?;
        match fault_of(answer.metadata.response_code) {
            Some(fault) => Err(format!("{server}: {fault}")),
            None => Ok(Answer::Records(records_in(&answer).ok_or("the answer cannot be read")?)),
        }
    }

    async fn serial(&self, server: IpAddr) -> Result<Answer, String> {
        let target = self.network.target(server).ok_or_else(|| Fault::NotInDemo.to_string())?;
        let over = |transport| nameserver_status(target, &self.zone, transport, self.network.patience);
        let (udp, tcp) = tokio::join!(over(Transport::Udp), over(Transport::Tcp));
        Ok(Answer::Serial { udp, tcp })
    }

    /// Asks for what no server but those of the root knows itself.
    async fn recursion(&self, server: IpAddr) -> Result<Answer, String> {
        let question = to_query(&Name::root(), HickoryType::SOA).ok_or("it cannot be asked for")?;
        let answer = self.server(server)?.ask_recursively(question).await;
        let answer = answer.map_err(|fault| fault.to_string())?;
        let open = answer.metadata.recursion_available
            && answer.metadata.response_code == ResponseCode::NoError
            && !answer.metadata.authoritative
            && !answer.answers.is_empty();
        Ok(Answer::Recursion(open))
    }

    async fn certificate(&self, site: &Name, addresses: &[IpAddr]) -> Result<Answer, String> {
        let mut problem = String::from("it has no address");
        for address in addresses.iter().take(MAX_ADDRESSES) {
            let elsewhere = || (!self.network.enclosed).then(|| SocketAddr::new(*address, HTTPS));
            let Some(target) = self.sites.get(address).copied().or_else(elsewhere) else {
                problem = Fault::NotInDemo.to_string();
                continue;
            };
            let (site, patience) = (site.clone(), self.network.patience);
            let found = tokio::task::spawn_blocking(move || issuer(target, &site, patience)).await;
            match found.unwrap_or_else(|error| Err(error.to_string())) {
                Ok(issuer) => return Ok(Answer::Certificate(issuer)),
                Err(why) => problem = format!("{address}: {why}"),
            }
        }
        Err(problem)
    }
}

/// Our own reading of an answer; `None` where it is none.
fn records_in(answer: &DnsResponse) -> Option<Records> {
    let mut records = Records {
        exists: answer.metadata.response_code != ResponseCode::NXDomain,
        authoritative: answer.metadata.authoritative,
        records: Vec::new(),
    };
    let mut reader = Reader::new(answer.as_buffer()).ok()?;
    while let Some(record) = reader.record().ok()? {
        if record.section != Section::Answer || records.records.len() >= MAX_RECORDS {
            break;
        }
        let mut rdata = Vec::new();
        record.expand(&mut rdata).ok()?;
        records.records.push((record.owner.to_name(), record.rtype, rdata.into()));
    }
    Some(records)
}
