//! The state of a zone's nameservers, and what the zone above says of them.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use crate::zone::{Name, RrSet};

/// What is known of one nameserver of the zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameserverStatus {
    pub name: Name,
    /// Empty while its addresses are being looked up, or when there are none.
    pub addresses: Vec<AddressStatus>,
    /// Why it has no addresses, where that is so.
    pub problem: Option<String>,
    /// How many more addresses it has than are asked.
    pub unasked: usize,
    /// Is that all? Otherwise more is on its way.
    pub complete: bool,
}

/// What is known of one address of a nameserver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddressStatus {
    pub address: IpAddr,
    /// As the world asks.
    pub udp: Reply,
    /// As the world asks where an answer is large.
    pub tcp: Reply,
    /// For how many seconds it goes on serving the zone without hearing from the primary (RFC 7314); `None` where it
    /// does not say, or was not asked.
    pub expire: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    Udp,
    Tcp,
}

impl fmt::Display for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Transport::Udp => "UDP",
            Transport::Tcp => "TCP",
        })
    }
}

/// What came of asking an address for the zone's SOA.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply {
    /// Not this time.
    NotAsked,
    /// Asked, no answer yet.
    Asking,
    /// An authority's answer.
    Serial {
        serial: u32,
        round_trip: Duration,
    },
    Fault(Fault),
}

impl Reply {
    pub fn fault(self) -> Option<Fault> {
        match self {
            Reply::Fault(fault) => Some(fault),
            _ => None,
        }
    }
}

/// Why a nameserver is of no use for the zone. Displayed in a few words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    TimedOut,
    /// Nobody listens there.
    ConnectionRefused,
    NoRoute,
    ConnectionFailed,
    /// Octets that are no DNS message.
    Unreadable,
    /// The answer does not belong to the question.
    OtherQuestion,
    /// REFUSED.
    Refused,
    /// SERVFAIL.
    ServerFailure,
    /// An answer without the AA bit, or NOTAUTH.
    NotAuthoritative,
    /// It names other servers in place of an answer.
    RefersAway,
    /// It is an authority, but not for this zone.
    NoSuchZone,
    /// Another response code.
    Rcode(u16),
    /// The demo asks nobody outside of this machine.
    NotInDemo,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Fault::TimedOut => "timed out",
            Fault::ConnectionRefused => "connection refused",
            Fault::NoRoute => "no route",
            Fault::ConnectionFailed => "connection failed",
            Fault::Unreadable => "answer unreadable",
            Fault::OtherQuestion => "answers another question",
            Fault::Refused => "lame: refused",
            Fault::ServerFailure => "server failure",
            Fault::NotAuthoritative => "lame: not authoritative",
            Fault::RefersAway => "lame: refers elsewhere",
            Fault::NoSuchZone => "lame: no such zone",
            Fault::Rcode(code) => return write!(f, "error {code}"),
            Fault::NotInDemo => "not part of the demo",
        })
    }
}

/// What a server answers to a question for an RRset.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SetAnswer {
    pub authoritative: bool,
    /// The set of that very name and type; `None` where the answer has none, an alias or a referral.
    pub contents: Option<RrSet>,
    /// The NS records of that very name, where it refers to them.
    pub referral: Option<RrSet>,
}

/// What the zone above the zone says of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Parent {
    /// Why it cannot be told, as a clause.
    NotKnown(String),
    /// The zone above exists, and delegates nothing of this name.
    DoesNotDelegate {
        parent: Name,
    },
    Delegates(Delegation),
}

/// A zone as its parent delegates it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delegation {
    pub parent: Name,
    pub nameservers: Vec<Delegated>,
}

/// A nameserver in a delegation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delegated {
    pub name: Name,
    /// The addresses that the parent has for it.
    pub glue: Vec<IpAddr>,
}
