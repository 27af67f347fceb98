//! Registrations of domains at secondary DNS services, and what can go wrong with them.
//!
//! Made by `secondary`, read by everything that shows or decides. What a service says is text of others: it is made
//! printable where it becomes one of these values.

use std::fmt;
use std::net::IpAddr;

use crate::zone::{Name, RecordType};

/// A domain at one service of a backend.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    pub domain: Name,
    /// Where the backend has several services (OVH's servers) or places: which one, as the backend calls it.
    pub service: Option<String>,
}

/// A domain that is registered at a secondary DNS service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    pub place: Place,
    /// When it was registered, in seconds since 1970.
    pub created: Option<i64>,
    /// Where the service transfers the zone from.
    pub primaries: Vec<IpAddr>,
    /// The nameserver of the service that serves it.
    pub secondary: Option<Name>,
    /// Does more come? And if not, is this all there is?
    pub details: Details,
    /// What else the service says of it, in words: its own state or serial.
    pub note: Option<String>,
}

/// How much is known of a registration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Details {
    /// Only its name; the rest is asked for.
    Pending,
    Known,
    /// Only its name; the rest could not be had.
    Failed(Box<Problem>),
}

/// A nameserver of a service: what to add to the zone's NS records, and whom the primary must let transfer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offered {
    pub name: Name,
    pub addresses: Vec<IpAddr>,
}

/// A record that the service wants to see in the zone before it registers the domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    /// The whole name: `ownercheck.example.com.`
    pub owner: Name,
    /// TXT, as far as is known.
    pub rtype: RecordType,
    /// The text; of a TXT record its one character-string.
    pub value: String,
}

/// What shall be registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    pub place: Place,
    /// Where the service shall transfer from; `None` where it knows by itself.
    pub primary: Option<IpAddr>,
}

/// What a backend can do beside listing, adding and removing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Abilities {
    /// It can be asked for the challenge before a registration is tried.
    pub challenge_beforehand: bool,
    /// The primary of a registration can be changed; otherwise it is removed and added.
    pub change_primary: bool,
    /// It takes the primary's address: else it knows by itself, or needs none.
    pub takes_primary: bool,
    /// What is added there is done by a person: nothing happens at once.
    pub by_hand: bool,
    /// Others can make a registration wrong there in a way that can be put right.
    pub mends: bool,
    /// A registration can be handed over to another catalog zone.
    pub hands_over: bool,
}

/// Why something at a secondary DNS service did not work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub kind: ProblemKind,
    /// "The registration of example.com at ovh was refused."
    pub what: String,
    /// Why, as far as is known; with what the service said, made printable and cut.
    pub why: String,
    /// What to do next.
    pub next: String,
}

/// For code that decides. People read the sentences of [`Problem`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProblemKind {
    /// It wants to see this record first.
    Challenged(Box<Challenge>),
    /// The domain is registered there already; with these primaries, where that is known.
    AlreadyRegistered {
        primaries: Vec<IpAddr>,
    },
    NotRegistered,
    /// The service named does not exist, or not in this account.
    UnknownService,
    /// Something that was sent is not to its liking.
    Invalid,
    /// The credentials are wrong, not valid yet, or not valid any more.
    Unauthorized,
    /// The credentials may not do this.
    Forbidden,
    /// The clocks differ.
    ClockOff,
    /// No more can be registered.
    Quota,
    /// Later.
    RateLimited,
    /// Somebody else changed it meanwhile.
    Conflict,
    Unsupported,
    /// It was not sent: nothing happened.
    NotSent,
    /// It was sent, and nothing is known of what became of it: only asking again tells.
    Unknown,
    /// An answer that makes no sense.
    Protocol,
    /// Another answer of the service.
    Remote {
        status: u16,
    },
    /// Something on this side: configuration, files, credentials.
    Local,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.what, self.why, self.next)
    }
}

impl std::error::Error for Problem {}
