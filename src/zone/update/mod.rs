//! The content of an RFC 2136 update, and the pure function [`apply`] that carries it out.
//!
//! Wire encoding of these values belongs to `wire`; deciding what to send to `push`.

mod apply;
#[cfg(test)]
mod tests;

use std::fmt;

pub use apply::{Applied, Ignored, apply, stands_beside_cname};

use super::name::Name;
use super::rrset::Rdata;
use super::rtype::RecordType;

/// A response code (RFC 1035 section 4.1.1, RFC 2136 section 2.2, RFC 8945 section 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rcode(pub u16);

macro_rules! rcodes {
    ($($name:ident = $number:literal)*) => {
        impl Rcode {
            $(pub const $name: Rcode = Rcode($number);)*
        }
        impl fmt::Display for Rcode {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match *self {
                    $(Rcode::$name => f.write_str(stringify!($name)),)*
                    Rcode(number) => write!(f, "RCODE{number}"),
                }
            }
        }
    };
}

rcodes! {
    NOERROR = 0  FORMERR = 1  SERVFAIL = 2  NXDOMAIN = 3  NOTIMP = 4  REFUSED = 5  YXDOMAIN = 6  YXRRSET = 7
    NXRRSET = 8  NOTAUTH = 9  NOTZONE = 10  BADSIG = 16  BADKEY = 17  BADTIME = 18  BADTRUNC = 22
}

/// A condition on the zone (RFC 2136 section 2.4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Prerequisite {
    /// At least one record stands at exactly this name.
    NameInUse(Name),
    NameNotInUse(Name),
    /// An RRset stands here, whatever its contents.
    RrsetExists(Name, RecordType),
    RrsetAbsent(Name, RecordType),
    /// Exactly these records, whatever their TTL and order.
    RrsetIs(Name, RecordType, Vec<Rdata>),
}

/// A change of the zone (RFC 2136 section 2.5). Carried out in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operation {
    DeleteName(Name),
    DeleteRrset(Name, RecordType),
    DeleteRecord(Name, RecordType, Rdata),
    /// The TTL is in seconds.
    Add(Name, RecordType, u32, Rdata),
}

impl Operation {
    /// The name that is changed.
    pub fn owner(&self) -> &Name {
        match self {
            Operation::DeleteName(name)
            | Operation::DeleteRrset(name, _)
            | Operation::DeleteRecord(name, _, _)
            | Operation::Add(name, _, _, _) => name,
        }
    }

    /// The type that is changed; `None` for all types.
    pub fn rtype(&self) -> Option<RecordType> {
        match self {
            Operation::DeleteName(_) => None,
            Operation::DeleteRrset(_, rtype)
            | Operation::DeleteRecord(_, rtype, _)
            | Operation::Add(_, rtype, _, _) => Some(*rtype),
        }
    }
}

/// One update message's content. All of it is done, or nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Update {
    pub zone: Name,
    pub prerequisites: Vec<Prerequisite>,
    pub operations: Vec<Operation>,
}
