//! One question to one server, and whether the answer belongs to it.

use std::io::ErrorKind;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use hickory_client::DnsHandle;
use hickory_client::NetError;
use hickory_client::proto::op::{DnsRequest, DnsRequestOptions, DnsResponse, Edns, Query, ResponseCode};
use hickory_client::proto::rr::rdata::opt::EdnsOption;
use hickory_client::proto::rr::{Name as HickoryName, RecordType as HickoryType};
use hickory_client::runtime::TokioRuntimeProvider;
use hickory_client::tcp::TcpClientStream;
use hickory_client::udp::UdpClientStream;
use hickory_client::xfer::FirstAnswer;
use tokio::time::timeout;

use crate::facts::{Fault, Transport};
use crate::zone::Name;

/// The largest answer over UDP that comes whole through most networks (<https://www.dnsflagday.net/2020/>).
const UDP_PAYLOAD: u16 = 1232;

/// Where a question goes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Server {
    pub address: SocketAddr,
    /// The local address to ask from.
    pub source: Option<IpAddr>,
    /// How long it may take.
    pub patience: Duration,
}

impl Server {
    pub fn new(address: SocketAddr, patience: Duration) -> Server {
        Server { address, source: None, patience }
    }

    /// Asks the server for what it knows itself. An answer that does not fit UDP is asked for again over TCP.
    pub async fn ask(&self, question: Query, transport: Transport) -> Result<DnsResponse, Fault> {
        self.put(request(question, false), transport).await
    }

    /// The same with an EDNS option, which some servers and firewalls take amiss: for what is not needed.
    pub async fn ask_with_option(
        &self,
        question: Query,
        transport: Transport,
        option: EdnsOption,
    ) -> Result<DnsResponse, Fault> {
        let (mut message, options) = request(question, false).into_parts();
        message.edns.get_or_insert_with(Edns::new).set_max_payload(UDP_PAYLOAD).options_mut().insert(option);
        self.put(DnsRequest::new(message, options), transport).await
    }

    /// Asks a resolver: for what anybody knows.
    pub async fn ask_recursively(&self, question: Query) -> Result<DnsResponse, Fault> {
        self.put(request(question, true), Transport::Udp).await
    }

    async fn put(&self, request: DnsRequest, transport: Transport) -> Result<DnsResponse, Fault> {
        if transport == Transport::Udp {
            let answer = self.over_udp(request.clone()).await?;
            if !answer.metadata.truncation {
                return Ok(answer);
            }
        }
        self.over_tcp(request).await
    }

    async fn over_udp(&self, request: DnsRequest) -> Result<DnsResponse, Fault> {
        let exchange = UdpClientStream::builder(self.address, TokioRuntimeProvider::new())
            .with_timeout(Some(self.patience))
            .with_os_port_selection(true)
            .exchange();
        let questions = request.queries.clone();
        let answer = exchange.send(request).first_answer();
        checked(answer.await, &questions)
    }

    async fn over_tcp(&self, request: DnsRequest) -> Result<DnsResponse, Fault> {
        let questions = request.queries.clone();
        // The provider owns the task that moves the octets: it must live as long as the question.
        let provider = TokioRuntimeProvider::new();
        let source = self.source.map(|address| SocketAddr::new(address, 0));
        let asked = async {
            let exchange =
                TcpClientStream::exchange(self.address, source, self.patience, None, provider.clone())
                    .await?;
            exchange.send(request).first_answer().await
        };
        let answer = timeout(self.patience, asked).await.unwrap_or(Err(NetError::Timeout));
        checked(answer, &questions)
    }
}

/// A question as it is sent.
fn request(question: Query, recursion_desired: bool) -> DnsRequest {
    let mut options = DnsRequestOptions::default();
    // No EDNS: these answers are small, and some servers and firewalls drop what they do not know.
    options.use_edns = false;
    options.recursion_desired = recursion_desired;
    DnsRequest::from_query(question, options)
}

/// Does the answer belong to the question? hickory looks at the question section over UDP only.
fn checked(answer: Result<DnsResponse, NetError>, asked: &[Query]) -> Result<DnsResponse, Fault> {
    let answer = answer.map_err(|error| match error {
        NetError::Timeout => Fault::TimedOut,
        NetError::Io(error) => match error.kind() {
            ErrorKind::TimedOut => Fault::TimedOut,
            ErrorKind::ConnectionRefused => Fault::ConnectionRefused,
            ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => Fault::NoRoute,
            _ => Fault::ConnectionFailed,
        },
        _ => Fault::Unreadable,
    })?;
    // An error may come as a bare header (NSD, PowerDNS): nothing is read from it but the code.
    let bare_error = answer.queries.is_empty() && answer.metadata.response_code != ResponseCode::NoError;
    if bare_error || answer.queries.as_slice() == asked { Ok(answer) } else { Err(Fault::OtherQuestion) }
}

/// What an error code says of the server; `None` where it is an answer.
pub(super) fn fault_of(code: ResponseCode) -> Option<Fault> {
    match code {
        ResponseCode::NoError | ResponseCode::NXDomain => None,
        ResponseCode::Refused => Some(Fault::Refused),
        ResponseCode::ServFail => Some(Fault::ServerFailure),
        ResponseCode::NotAuth => Some(Fault::NotAuthoritative),
        code => Some(Fault::Rcode(code.into())),
    }
}

/// A question of class IN. `None` where hickory cannot ask for this name.
pub(super) fn to_query(name: &Name, rtype: HickoryType) -> Option<Query> {
    HickoryName::from_labels(name.as_ref().labels()).map(|name| Query::query(name, rtype)).ok()
}

pub(super) fn to_our_name(name: &HickoryName) -> Option<Name> {
    let mut wire = Vec::with_capacity(name.len());
    for label in name.iter() {
        wire.push(u8::try_from(label.len()).ok()?);
        wire.extend_from_slice(label);
    }
    wire.push(0);
    Name::from_wire(&wire).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_their_octets() {
        for text in [
            "example.com.",
            ".",
            "a\\.b.Example.COM.",
            "\\000\\255 x.xn--bcher-kva.example.",
            "*.a.",
            "\\@.\\;.",
        ] {
            let name = Name::parse(text.as_bytes(), None).unwrap();
            let query = to_query(&name, HickoryType::SOA).unwrap();
            assert!(to_our_name(query.name()).unwrap().as_ref().same_octets(name.as_ref()), "{text}");
        }
    }
}
