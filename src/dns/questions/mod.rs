//! Unsigned questions, asked through the hickory client: how a nameserver stands, its addresses, its make, and what
//! the zone above says.
//!
//! Names go to and from hickory as octets, never as text: its text forms change names. What comes back is bounded:
//! UDP answers to 512 octets, TCP answers to a message, and of each the records that are of use to a number.
//!
//! `ask` carries one question, `lookup` asks the resolvers, `nameserver` watches one nameserver, `sets` asks one for an
//! RRset, `delegation` finds the parent and asks it, `several` asks many questions about a zone beside each other,
//! `certificate` looks at that of a web server.

mod ask;
mod certificate;
mod delegation;
mod lookup;
mod nameserver;
mod sets;
mod several;

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use hickory_client::proto::op::Query;
use hickory_client::proto::rr::{DNSClass, Name as HickoryName, RData, RecordType as HickoryType};

pub use self::delegation::parent;
pub use self::lookup::{addresses, nameservers, system_resolvers};
pub use self::nameserver::{expire, nameserver_status, watch};
pub use self::sets::{rrset, rrset_at_resolver, rrsets};
pub use self::several::{Asker, answer_all};
use super::Endpoint;
use crate::facts::{Make, ServerKind, Transport};

/// The port of nameservers.
const PORT: u16 = 53;

/// Whom questions can be put to, and where.
#[derive(Debug, Clone)]
pub struct Network {
    /// Asked for names outside of the zone, one after the other.
    pub resolvers: Vec<SocketAddr>,
    /// Where a nameserver really is that has this address in the zone.
    pub routes: HashMap<IpAddr, SocketAddr>,
    /// There is nothing but the routes. Otherwise every other address is asked at port 53.
    pub enclosed: bool,
    /// How long each question may take.
    pub patience: Duration,
}

impl Network {
    /// Where to ask this address; `None` where there is no way to it.
    fn target(&self, address: IpAddr) -> Option<SocketAddr> {
        let elsewhere = || (!self.enclosed).then(|| SocketAddr::new(address, PORT));
        self.routes.get(&address).copied().or_else(elsewhere)
    }
}

/// What a push can rely on with this server.
pub async fn server_kind(endpoint: &Endpoint, patience: Duration) -> ServerKind {
    server_make(endpoint, patience).await.kind()
}

/// What the server is.
pub async fn server_make(endpoint: &Endpoint, patience: Duration) -> Make {
    software(endpoint, patience).await.map_or(Make::Unknown, |text| make_of(text.as_bytes()))
}

/// What the server says it is, where that is one that is known. Asked over TCP: that way the update goes too, so it is
/// open.
async fn software(endpoint: &Endpoint, patience: Duration) -> Option<String> {
    for asked in [&b"version.bind"[..], b"version.server"] {
        let Ok(name) = HickoryName::from_labels(asked.split(|octet| *octet == b'.')) else { continue };
        let mut question = Query::query(name, HickoryType::TXT);
        question.set_query_class(DNSClass::CH);
        let server = ask::Server { address: endpoint.address, source: endpoint.source, patience };
        let Ok(answer) = server.ask(question, Transport::Tcp).await else {
            // A server that does not answer the first question will not answer the second either.
            return None;
        };
        let text = answer.answers.iter().find_map(|record| match &record.data {
            RData::TXT(text) => Some(text.txt_data.concat()),
            _ => None,
        });
        if let Some(text) = text.filter(|text| make_of(text) != Make::Unknown) {
            return Some(String::from_utf8_lossy(&text).into_owned());
        }
    }
    None
}

/// BIND gives its bare version ("9.18.49-1~deb12u1-Debian"), the others their names.
fn make_of(version: &[u8]) -> Make {
    let starts = |name: &str| {
        version.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name.as_bytes()))
    };
    match () {
        () if starts("zonewright") => Make::Embedded,
        () if starts("9.") || starts("BIND") => Make::Bind,
        () if starts("Knot DNS") => Make::Knot,
        () if starts("PowerDNS") => Make::PowerDns,
        () if starts("NSD") => Make::Nsd,
        () => Make::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn makes_of_servers() {
        for (version, make) in [
            ("9.18.49-1~deb12u1-Debian", Make::Bind),
            ("Knot DNS 3.2.6", Make::Knot),
            ("PowerDNS Authoritative Server 4.7.3 (built Apr 10 2023)", Make::PowerDns),
            ("zonewright 0.1.0", Make::Embedded),
            ("NSD 4.6.1", Make::Nsd),
            ("", Make::Unknown),
            ("none of your business", Make::Unknown),
        ] {
            assert_eq!(make_of(version.as_bytes()), make, "{version}");
        }
    }

    #[test]
    fn an_enclosed_network_has_no_way_out() {
        let (known, other) = ("192.0.2.1".parse().unwrap(), "192.0.2.2".parse().unwrap());
        let at: SocketAddr = "127.0.0.1:5300".parse().unwrap();
        let routes = HashMap::from([(known, at)]);
        let network = |enclosed| Network {
            resolvers: Vec::new(),
            routes: routes.clone(),
            enclosed,
            patience: Duration::ZERO,
        };
        assert_eq!((network(true).target(known), network(true).target(other)), (Some(at), None));
        let open = (network(false).target(known), network(false).target(other));
        assert_eq!(open, (Some(at), Some(SocketAddr::new(other, 53))));
    }
}
