//! Record type numbers and the order in which types stand at a name.
//!
//! What a type looks like inside is the business of the record-type table ([`super::types`]).

use std::cmp::Ordering;

/// A record type, by number.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RecordType(pub u16);

macro_rules! numbers {
    ($($name:ident = $number:literal)*) => {
        impl RecordType {
            $(pub const $name: RecordType = RecordType($number);)*
        }
    };
}

numbers! {
    A = 1  NS = 2  CNAME = 5  SOA = 6  PTR = 12  MX = 15  TXT = 16  SIG = 24  KEY = 25  AAAA = 28  SRV = 33
    NAPTR = 35  DNAME = 39  OPT = 41  DS = 43  SSHFP = 44  RRSIG = 46  NSEC = 47  DNSKEY = 48  NSEC3 = 50
    NSEC3PARAM = 51  TLSA = 52  CDS = 59  CDNSKEY = 60  ZONEMD = 63  SVCB = 64  HTTPS = 65  SPF = 99
    TKEY = 249  TSIG = 250  IXFR = 251  AXFR = 252  ANY = 255  CAA = 257
}

impl RecordType {
    /// SOA first, NS second, then by number: the order in which people expect to see a name's records.
    fn rank(self) -> (u8, u16) {
        match self {
            RecordType::SOA => (0, 0),
            RecordType::NS => (1, 0),
            RecordType(number) => (2, number),
        }
    }

    /// May only one record of this type stand at a name, so that an added one replaces it?
    /// (RFC 2136 section 3.4.2.2, RFC 6672 section 2.4)
    pub fn is_singleton(self) -> bool {
        matches!(self, RecordType::SOA | RecordType::CNAME | RecordType::DNAME)
    }

    /// Types that only questions and message machinery use; they never stand in a zone
    /// (RFC 6895 section 3.1: 0, OPT and 128 to 255).
    pub fn is_meta(self) -> bool {
        matches!(self.0, 0 | 41 | 128..=255)
    }
}

impl Ord for RecordType {
    fn cmp(&self, other: &Self) -> Ordering {
        self.rank().cmp(&other.rank())
    }
}

impl PartialOrd for RecordType {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
