//! What network and disk tell us, as plain values: failures, the kind of server, the state of nameservers.
//!
//! Made by `dns`, `store` and `run`; read by `push`, `app` and `ui`. Nothing here does anything.

pub mod answers;
pub mod clean;
pub mod history;
mod nameservers;
pub mod past;
pub mod registration;
pub mod remembered;
pub mod zones;

use std::fmt;

pub use self::nameservers::{
    AddressStatus, Delegated, Delegation, Fault, NameserverStatus, Parent, Reply, SetAnswer, Transport,
};
use crate::zone::update::Rcode;
use crate::zone::{Name, Rdata, RecordType, RrKey};

/// What sort of failure it was, for code that decides by it. People read the sentences of [`Failure`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureKind {
    /// No connection: refused, no route, name not found.
    Unreachable,
    /// Connected, but no answer in time.
    TimedOut,
    /// The server closed the connection before the answer was complete.
    Closed,
    /// The server does not have the zone, or not as its authority.
    NotAuthoritative,
    /// REFUSED.
    Refused,
    /// The server does not know the operation.
    NotImplemented,
    /// The server does not know our key, or not with this algorithm.
    UnknownKey,
    /// The secret is not the server's.
    BadSignature,
    /// The clocks differ by more than the signature allows.
    ClockOff,
    /// We signed, the answer was not signed.
    Unsigned,
    /// The answer's own signature is wrong: it cannot be believed.
    ForgedAnswer,
    /// A transfer that ended before its last SOA, or whose parts contradict each other.
    Incomplete,
    /// Octets that are no DNS message.
    Undecodable,
    /// The answer does not belong to the question.
    WrongAnswer,
    /// Another response code.
    Rcode(Rcode),
    /// Something on this side: files, limits.
    Local,
}

/// Something that did not work, for a person: what, why, and what to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    pub kind: FailureKind,
    /// "The transfer of example.com from 192.0.2.1:53 was refused."
    pub what: String,
    /// "The server does not let this address or the key ns0-key transfer the zone."
    pub why: String,
    /// "Allow it on the server (BIND: allow-transfer { key ns0-key; };), or use --key."
    pub next: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.what, self.why, self.next)
    }
}

impl std::error::Error for Failure {}

/// For what values are asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ValuesOf {
    /// The addresses of nameservers of this set that stand inside the zone.
    Nameservers(String),
    /// The values of this template.
    Template(String),
}

/// A form that is being filled in, as it is kept on disk until it is left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenForm {
    /// Where it is no form of a record but asks for values: for what.
    pub values_of: Option<ValuesOf>,
    pub rtype: RecordType,
    /// Where the record stands, where the form has no field for that.
    pub owner: Option<Name>,
    /// The record that is edited; `None` when one is added.
    pub replaced: Option<(RrKey, Rdata)>,
    /// What stands in each field.
    pub fields: Vec<String>,
    /// The index of the field that keys go to.
    pub current: usize,
}

/// A finding that somebody lets stand, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledged {
    /// The id of the rule.
    pub rule: String,
    pub key: RrKey,
    /// The one record that it is about, where it is not the whole RRset.
    pub record: Option<Rdata>,
    /// In the person's own words.
    pub reason: String,
    /// Seconds since 1970.
    pub time: Option<u64>,
}

impl Acknowledged {
    /// At most so many of a zone are kept.
    pub const MOST: usize = 1000;
    /// The longest reason, in characters.
    pub const LONGEST: usize = 500;
}

/// The server's make, as far as it tells (`version.bind`). Decides what a push can rely on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ServerKind {
    Bind,
    Knot,
    PowerDns,
    /// The server inside this program.
    Embedded,
    #[default]
    Unknown,
}

/// What a server says it is, for advice: those that have no updates as well, which no push meets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Make {
    Bind,
    Knot,
    PowerDns,
    Nsd,
    /// The server inside this program.
    Embedded,
    #[default]
    Unknown,
}

impl Make {
    pub fn kind(self) -> ServerKind {
        match self {
            Make::Bind => ServerKind::Bind,
            Make::Knot => ServerKind::Knot,
            Make::PowerDns => ServerKind::PowerDns,
            Make::Embedded => ServerKind::Embedded,
            Make::Nsd | Make::Unknown => ServerKind::Unknown,
        }
    }
}
