//! How one address of a nameserver stands.

use std::cmp::Ordering;
use std::net::IpAddr;
use std::time::Duration;

use crate::facts::{AddressStatus, Fault, Reply, Transport};
use crate::zone::serial;

/// How one address of a nameserver answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Asking,
    Serves {
        serial: u32,
        round_trip: Duration,
        /// It does not answer this way.
        not_over: Option<Transport>,
    },
    Fails(Fault),
}

/// Both ways of asking taken together.
pub fn standing(address: &AddressStatus) -> Standing {
    match (address.udp, address.tcp) {
        (Reply::Serial { serial, round_trip }, tcp) => {
            Standing::Serves { serial, round_trip, not_over: tcp.fault().map(|_| Transport::Tcp) }
        }
        (Reply::Fault(_), Reply::Serial { serial, round_trip }) => {
            Standing::Serves { serial, round_trip, not_over: Some(Transport::Udp) }
        }
        // Silence over UDP tells less than any answer over TCP.
        (Reply::Fault(Fault::TimedOut), Reply::Fault(fault)) => Standing::Fails(fault),
        (Reply::Fault(fault), _) => Standing::Fails(fault),
        (Reply::Asking | Reply::NotAsked, _) => Standing::Asking,
    }
}

/// What sort of fault it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// It answers, and does not serve the zone.
    Lame,
    /// It does not answer, or nothing that makes sense.
    Dead,
    /// It cannot be asked from here: that says nothing of it.
    NotFromHere,
}

pub fn class(fault: Fault) -> Class {
    match fault {
        Fault::Refused
        | Fault::ServerFailure
        | Fault::NotAuthoritative
        | Fault::RefersAway
        | Fault::NoSuchZone
        | Fault::Rcode(_) => Class::Lame,
        Fault::TimedOut
        | Fault::ConnectionRefused
        | Fault::ConnectionFailed
        | Fault::Unreadable
        | Fault::OtherQuestion => Class::Dead,
        Fault::NoRoute | Fault::NotInDemo => Class::NotFromHere,
    }
}

/// A serial against the one that it should be (RFC 1982).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    Same,
    /// By so many.
    Behind(u32),
    Ahead(u32),
    /// They are 2^31 apart, where neither is the later one.
    Incomparable,
}

pub fn version(theirs: u32, wanted: u32) -> Version {
    match serial::compare(theirs, wanted) {
        Some(Ordering::Equal) => Version::Same,
        Some(Ordering::Less) => Version::Behind(wanted.wrapping_sub(theirs)),
        Some(Ordering::Greater) => Version::Ahead(theirs.wrapping_sub(wanted)),
        None => Version::Incomparable,
    }
}

/// The same in a few words.
pub fn lag(theirs: u32, wanted: u32) -> String {
    match version(theirs, wanted) {
        Version::Same => "in sync".into(),
        Version::Behind(number) => format!("{number} behind"),
        Version::Ahead(number) => format!("{number} ahead"),
        Version::Incomparable => "incomparable".into(),
    }
}

/// One address, judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddressHealth {
    pub address: IpAddr,
    /// As the world asks first, and where an answer is large.
    pub udp: Reply,
    pub tcp: Reply,
    pub standing: Standing,
    /// Its serial against the primary's, where both are known.
    pub version: Option<Version>,
    /// For how many seconds it goes on serving the zone without hearing from the primary; `None` where it does not say.
    pub expire: Option<u32>,
}

impl AddressHealth {
    pub fn new(status: &AddressStatus, primary: Option<u32>) -> AddressHealth {
        let standing = standing(status);
        let version = match (standing, primary) {
            (Standing::Serves { serial, .. }, Some(primary)) => Some(version(serial, primary)),
            _ => None,
        };
        let AddressStatus { address, udp, tcp, expire } = *status;
        AddressHealth { address, udp, tcp, standing, version, expire }
    }

    /// Does it serve the zone with authority, and as the primary has it?
    pub fn agrees(&self) -> bool {
        matches!(self.version, Some(Version::Same))
    }

    /// A word for scripts.
    pub fn word(&self) -> &'static str {
        match (self.standing, self.version) {
            (Standing::Asking, _) => "not-asked",
            (Standing::Fails(fault), _) => match class(fault) {
                Class::Lame => "lame",
                Class::Dead => "dead",
                Class::NotFromHere => "not-from-here",
            },
            (Standing::Serves { .. }, None) => "serves",
            (Standing::Serves { .. }, Some(Version::Same)) => "in-sync",
            (Standing::Serves { .. }, Some(Version::Behind(_))) => "behind",
            (Standing::Serves { .. }, Some(Version::Ahead(_))) => "ahead",
            (Standing::Serves { .. }, Some(Version::Incomparable)) => "incomparable",
        }
    }

    /// In a few words: "in sync, no TCP", "lame: refused".
    pub fn in_words(&self) -> String {
        match (self.standing, self.version) {
            (Standing::Asking, _) => "not asked".into(),
            (Standing::Fails(fault), _) => fault.to_string(),
            (Standing::Serves { not_over, .. }, version) => {
                let version = match version {
                    None => "serves it".into(),
                    Some(Version::Same) => "in sync".into(),
                    Some(Version::Behind(number)) => format!("{number} behind"),
                    Some(Version::Ahead(number)) => format!("{number} ahead"),
                    Some(Version::Incomparable) => "incomparable".into(),
                };
                match not_over {
                    None => version,
                    Some(transport) => format!("{version}, no {transport}"),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(udp: Reply, tcp: Reply) -> AddressStatus {
        AddressStatus { address: "192.0.2.1".parse().unwrap(), udp, tcp, expire: None }
    }

    #[test]
    fn versions_wrap() {
        assert_eq!(version(5, 5), Version::Same);
        assert_eq!(version(u32::MAX, 1), Version::Behind(2));
        assert_eq!(version(1, u32::MAX), Version::Ahead(2));
        assert_eq!(version(0x8000_0005, 5), Version::Incomparable);
        assert_eq!(lag(0x8000_0005, 5), "incomparable");
    }

    #[test]
    fn each_address_has_its_words() {
        let serial = |serial| Reply::Serial { serial, round_trip: Duration::from_millis(3) };
        let fault = Reply::Fault;
        for (udp, tcp, word, words) in [
            (serial(7), serial(7), "in-sync", "in sync"),
            (serial(7), Reply::NotAsked, "in-sync", "in sync"),
            (serial(7), fault(Fault::TimedOut), "in-sync", "in sync, no TCP"),
            (fault(Fault::TimedOut), serial(6), "behind", "1 behind, no UDP"),
            (serial(9), serial(9), "ahead", "2 ahead"),
            (serial(0x8000_0007), serial(7), "incomparable", "incomparable"),
            (fault(Fault::Refused), fault(Fault::Refused), "lame", "lame: refused"),
            (fault(Fault::ServerFailure), Reply::NotAsked, "lame", "server failure"),
            (fault(Fault::TimedOut), fault(Fault::ConnectionRefused), "dead", "connection refused"),
            (fault(Fault::NoRoute), Reply::NotAsked, "not-from-here", "no route"),
            (Reply::Asking, Reply::Asking, "not-asked", "not asked"),
        ] {
            let health = AddressHealth::new(&status(udp, tcp), Some(7));
            assert_eq!((health.word(), health.in_words()), (word, words.into()));
            assert_eq!(health.agrees(), word == "in-sync");
        }
        assert_eq!(AddressHealth::new(&status(serial(7), serial(7)), None).in_words(), "serves it");
    }
}
