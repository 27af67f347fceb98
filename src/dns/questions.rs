//! Unsigned questions, asked through the hickory client: how a nameserver stands, its addresses, its make.
//!
//! Names go to and from hickory as octets, never as text: its text forms change names.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use hickory_client::DnsHandle;
use hickory_client::NetError;
use hickory_client::proto::op::{DnsRequestOptions, DnsResponse, Query, ResponseCode};
use hickory_client::proto::rr::{DNSClass, Name as HickoryName, RData, RecordType as HickoryType};
use hickory_client::runtime::TokioRuntimeProvider;
use hickory_client::tcp::TcpClientStream;
use hickory_client::udp::UdpClientStream;
use hickory_client::xfer::FirstAnswer;
use tokio::time::timeout;

use super::Endpoint;
use crate::facts::{AddressState, ServerKind};
use crate::zone::Name;

/// Most addresses taken from one answer; a nameserver has a handful.
const MAX_ADDRESSES: usize = 32;

/// Asks one address for the zone's SOA: over UDP, as the world does, and over TCP where the answer is cut.
///
/// Waits at most `patience` for each of the two.
pub async fn nameserver_status(address: SocketAddr, zone: &Name, patience: Duration) -> AddressState {
    let started = Instant::now();
    let answer = match to_query(zone, HickoryType::SOA) {
        Ok(question) => ask(address, question, false, patience).await,
        Err(why) => Err(why),
    };
    let answer = match answer {
        Ok(answer) => answer,
        Err(why) => return AddressState::Failed(why),
    };
    let round_trip = started.elapsed();
    let serial = answer.answers.iter().find_map(|record| match &record.data {
        RData::SOA(soa) if to_our_name(&record.name).as_ref() == Some(zone) => Some(soa.serial),
        _ => None,
    });
    match answer.metadata.response_code {
        ResponseCode::NoError | ResponseCode::NXDomain => {
            AddressState::Answered { authoritative: answer.metadata.authoritative, serial, round_trip }
        }
        code => AddressState::Failed(in_words(code)),
    }
}

/// The addresses of a nameserver: those that the zone has (`glue`), else what the resolvers say, IPv4 first.
///
/// # Errors
/// A few words on why there are none.
pub async fn addresses(
    name: &Name,
    glue: &[IpAddr],
    resolvers: &[SocketAddr],
    patience: Duration,
) -> Result<Vec<IpAddr>, String> {
    if !glue.is_empty() {
        return Ok(glue.to_vec());
    }
    let mut found = Vec::new();
    let mut problem = None;
    let (v4, v6) = tokio::join!(
        records(name, HickoryType::A, resolvers, patience),
        records(name, HickoryType::AAAA, resolvers, patience)
    );
    for answer in [v4, v6] {
        match answer {
            Ok(answer) => found.extend(answer.answers.iter().filter_map(|record| match record.data {
                RData::A(address) => Some(IpAddr::V4(address.0)),
                RData::AAAA(address) => Some(IpAddr::V6(address.0)),
                _ => None,
            })),
            Err(why) => problem = Some(why),
        }
    }
    found.truncate(MAX_ADDRESSES);
    match problem {
        _ if !found.is_empty() => Ok(found),
        Some(why) => Err(why),
        None => Err("has no address".into()),
    }
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
            Some(SocketAddr::new(words.next()?.parse().ok()?, 53))
        })
        // The number that resolv.conf(5) allows.
        .take(3)
        .collect();
    if resolvers.is_empty() {
        resolvers.push(SocketAddr::new(Ipv4Addr::LOCALHOST.into(), 53));
    }
    resolvers
}

/// What the server says it is. Asked over TCP: that way the update goes too, so it is open.
pub async fn server_kind(endpoint: &Endpoint, patience: Duration) -> ServerKind {
    for asked in [&b"version.bind"[..], b"version.server"] {
        let Ok(name) = HickoryName::from_labels(asked.split(|octet| *octet == b'.')) else { continue };
        let mut question = Query::query(name, HickoryType::TXT);
        question.set_query_class(DNSClass::CH);
        let Ok(answer) = ask_over_tcp(endpoint.address, endpoint.source, question, false, patience).await
        else {
            // A server that does not answer the first question will not answer the second either.
            return ServerKind::Unknown;
        };
        let kind = answer.answers.iter().find_map(|record| match &record.data {
            RData::TXT(text) => Some(kind_of(&text.txt_data.concat())),
            _ => None,
        });
        if let Some(kind) = kind.filter(|kind| *kind != ServerKind::Unknown) {
            return kind;
        }
    }
    ServerKind::Unknown
}

/// BIND gives its bare version ("9.18.49-1~deb12u1-Debian"), the others their names.
fn kind_of(version: &[u8]) -> ServerKind {
    let starts = |name: &str| {
        version.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name.as_bytes()))
    };
    match () {
        () if starts("zonewright") => ServerKind::Embedded,
        () if starts("9.") || starts("BIND") => ServerKind::Bind,
        () if starts("Knot DNS") => ServerKind::Knot,
        () if starts("PowerDNS") => ServerKind::PowerDns,
        () => ServerKind::Unknown,
    }
}

/// Asks the resolvers one after the other until one answers.
async fn records(
    name: &Name,
    rtype: HickoryType,
    resolvers: &[SocketAddr],
    patience: Duration,
) -> Result<DnsResponse, String> {
    let mut problem = String::from("no resolver to ask");
    for resolver in resolvers {
        let question = to_query(name, rtype)?;
        match ask(*resolver, question, true, patience).await {
            Ok(answer) => match answer.metadata.response_code {
                ResponseCode::NoError => return Ok(answer),
                ResponseCode::NXDomain => return Err("does not exist".into()),
                code => problem = in_words(code),
            },
            Err(why) => problem = why,
        }
    }
    Err(problem)
}

/// One question over UDP, and again over TCP where the answer did not fit.
async fn ask(
    server: SocketAddr,
    question: Query,
    recursion: bool,
    patience: Duration,
) -> Result<DnsResponse, String> {
    let exchange = UdpClientStream::builder(server, TokioRuntimeProvider::new())
        .with_timeout(Some(patience))
        .with_os_port_selection(true)
        .exchange();
    let answer = exchange.lookup(question.clone(), options(recursion)).first_answer();
    let answer = checked(answer.await, &question)?;
    if answer.metadata.truncation {
        return ask_over_tcp(server, None, question, recursion, patience).await;
    }
    Ok(answer)
}

async fn ask_over_tcp(
    server: SocketAddr,
    source: Option<IpAddr>,
    question: Query,
    recursion: bool,
    patience: Duration,
) -> Result<DnsResponse, String> {
    // The provider owns the task that moves the octets: it must live as long as the question.
    let provider = TokioRuntimeProvider::new();
    let source = source.map(|address| SocketAddr::new(address, 0));
    let asked = async {
        let exchange = TcpClientStream::exchange(server, source, patience, None, provider.clone()).await?;
        exchange.lookup(question.clone(), options(recursion)).first_answer().await
    };
    let answer = timeout(patience, asked).await.unwrap_or(Err(NetError::Timeout));
    checked(answer, &question)
}

/// No EDNS: these answers are small, and some servers and firewalls drop what they do not know.
fn options(recursion_desired: bool) -> DnsRequestOptions {
    let mut options = DnsRequestOptions::default();
    options.use_edns = false;
    options.recursion_desired = recursion_desired;
    options
}

/// Does the answer belong to the question? hickory looks at the question section over UDP only.
fn checked(answer: Result<DnsResponse, NetError>, question: &Query) -> Result<DnsResponse, String> {
    let answer = answer.map_err(|error| match error {
        NetError::Timeout => String::from("timed out"),
        NetError::Io(error) => match error.kind() {
            std::io::ErrorKind::TimedOut => "timed out".into(),
            std::io::ErrorKind::ConnectionRefused => "connection refused".into(),
            std::io::ErrorKind::HostUnreachable | std::io::ErrorKind::NetworkUnreachable => "no route".into(),
            _ => "connection failed".into(),
        },
        _ => "answer unreadable".into(),
    })?;
    // An error may come as a bare header (NSD, PowerDNS): nothing is read from it but the code.
    let bare_error = answer.queries.is_empty() && answer.metadata.response_code != ResponseCode::NoError;
    if bare_error || answer.queries.as_slice() == [question.clone()] {
        Ok(answer)
    } else {
        Err("answered another question".into())
    }
}

fn to_query(name: &Name, rtype: HickoryType) -> Result<Query, String> {
    HickoryName::from_labels(name.as_ref().labels())
        .map(|name| Query::query(name, rtype))
        .map_err(|_| "cannot be asked for".into())
}

fn to_our_name(name: &HickoryName) -> Option<Name> {
    let mut wire = Vec::with_capacity(name.len());
    for label in name.iter() {
        wire.push(u8::try_from(label.len()).ok()?);
        wire.extend_from_slice(label);
    }
    wire.push(0);
    Name::from_wire(&wire).ok()
}

fn in_words(code: ResponseCode) -> String {
    match code {
        ResponseCode::Refused => "refused".into(),
        ResponseCode::ServFail => "server failure".into(),
        ResponseCode::NotAuth => "not authoritative".into(),
        ResponseCode::NXDomain => "no such name".into(),
        code => format!("error {}", u16::from(code)),
    }
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

    #[test]
    fn makes_of_servers() {
        for (version, kind) in [
            ("9.18.49-1~deb12u1-Debian", ServerKind::Bind),
            ("Knot DNS 3.2.6", ServerKind::Knot),
            ("PowerDNS Authoritative Server 4.7.3 (built Apr 10 2023)", ServerKind::PowerDns),
            ("zonewright 0.1.0", ServerKind::Embedded),
            ("NSD 4.6.1", ServerKind::Unknown),
            ("", ServerKind::Unknown),
            ("none of your business", ServerKind::Unknown),
        ] {
            assert_eq!(kind_of(version.as_bytes()), kind, "{version}");
        }
    }

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
