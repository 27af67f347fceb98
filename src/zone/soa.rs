//! The fields of an SOA record (RFC 1035 section 3.3.13).

use super::name::{Name, NameRef};

/// An SOA's RDATA, taken apart. Times are seconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Soa {
    /// The primary nameserver.
    pub mname: Name,
    /// The mailbox of the person responsible.
    pub rname: Name,
    pub serial: u32,
    pub refresh: u32,
    pub retry: u32,
    pub expire: u32,
    /// TTL of negative answers (RFC 2308 section 4).
    pub minimum: u32,
}

impl Default for Soa {
    fn default() -> Soa {
        Soa {
            mname: Name::root(),
            rname: Name::root(),
            serial: 0,
            refresh: 0,
            retry: 0,
            expire: 0,
            minimum: 0,
        }
    }
}

impl Soa {
    /// Reads uncompressed RDATA; `None` when it is not that of an SOA.
    pub fn from_rdata(rdata: &[u8]) -> Option<Soa> {
        let (mname, rest) = NameRef::split_from(rdata)?;
        let (rname, rest) = NameRef::split_from(rest)?;
        let rest: &[u8; 20] = rest.try_into().ok()?;
        let number = |at: usize| {
            rest.iter().skip(at * 4).take(4).fold(0u32, |value, octet| value << 8 | u32::from(*octet))
        };
        Some(Soa {
            mname: mname.to_name(),
            rname: rname.to_name(),
            serial: number(0),
            refresh: number(1),
            retry: number(2),
            expire: number(3),
            minimum: number(4),
        })
    }

    /// Uncompressed RDATA.
    pub fn to_rdata(&self) -> Box<[u8]> {
        let mut rdata = Vec::with_capacity(self.mname.wire().len() + self.rname.wire().len() + 20);
        rdata.extend_from_slice(self.mname.wire());
        rdata.extend_from_slice(self.rname.wire());
        for number in [self.serial, self.refresh, self.retry, self.expire, self.minimum] {
            rdata.extend_from_slice(&number.to_be_bytes());
        }
        rdata.into_boxed_slice()
    }

    /// The same but for the serial? (names without case)
    pub fn same_but_serial(&self, other: &Soa) -> bool {
        Soa { serial: other.serial, ..self.clone() } == *other
    }
}
