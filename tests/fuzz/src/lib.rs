//! What the fuzz targets share: a small zone, a pool of records that fit it more or less, streams of messages, and
//! records as they are compared.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use zonewright::wire::builder::Builder;
use zonewright::wire::reader::Reader;
use zonewright::wire::{MAX_MESSAGE, Opcode, Section, class, flags};
use zonewright::zone::{Name, NameRef, Rdata, RecordType, Snapshot, SnapshotBuilder, types};
use zonewright::zonefile;

/// The zone that updates and differences are for. It has what must not be lost (SOA, NS), aliases, signatures, a set
/// with mixed TTLs, letters in both cases, a delegation, a wildcard and a type that nobody knows.
pub const ZONE: &str = "@ 300 SOA ns1 hostmaster 100 7200 900 1209600 300
@ 300 NS ns1
@ 300 NS NS2
@ 300 MX 10 mail
a 60 A 192.0.2.1
a 60 A 192.0.2.2
a 60 TXT one
b 60 CNAME A
d 60 DNAME other
s 60 TXT signed
s 60 RRSIG TXT 13 3 60 20300101000000 20200101000000 1 @ AQ==
s 60 RRSIG NSEC 13 3 60 20300101000000 20200101000000 1 @ Ag==
s 60 NSEC t TXT RRSIG NSEC
m 60 A 192.0.2.4
m 300 A 192.0.2.5
e.n.t 60 SRV 0 0 443 a
*.w 60 A 192.0.2.3
c 60 NS ns.c
c 60 DS 1 13 2 0101010101010101010101010101010101010101010101010101010101010101
ns.c 60 AAAA 2001:db8::1
u 60 TYPE65280 \\# 2 0041
";

/// Records that a server or an updater may have besides those of the zone: serials that are higher, lower, far away
/// and beyond comparing; other cases and TTLs; what is in the way of something else; what is in no zone.
const OTHERS: &str = "@ 300 SOA ns1 hostmaster 101 7200 900 1209600 300
@ 300 SOA ns1 hostmaster 102 7200 900 1209600 300
@ 300 SOA ns1 hostmaster 103 7200 900 1209600 300
@ 300 SOA NS1 Hostmaster 102 7200 900 1209600 300
@ 60 SOA ns1 hostmaster 102 7200 900 1209600 300
@ 300 SOA ns1 hostmaster 100 7200 900 1209600 60
@ 300 SOA ns1 hostmaster 99 7200 900 1209600 300
@ 300 SOA ns1 hostmaster 0 7200 900 1209600 300
@ 300 SOA ns1 hostmaster 4294967295 7200 900 1209600 300
@ 300 SOA ns1 hostmaster 2147483747 7200 900 1209600 300
@ 300 SOA ns1 hostmaster 2147483748 7200 900 1209600 300
@ 300 SOA ns1 hostmaster 2147483749 7200 900 1209600 300
@ 300 SOA \\# 3 010203
a 60 SOA ns1 hostmaster 200 7200 900 1209600 300
@ 300 NS ns3
@ 60 NS ns1
@ 300 NS nS1
@ 300 CNAME a
@ 300 TXT apex
@ 300 RRSIG SOA 13 2 300 20300101000000 20200101000000 1 @ Aw==
A 60 A 192.0.2.1
a 300 A 192.0.2.1
a 60 A 192.0.2.9
a 60 A \\# 3 C00002
a 60 CNAME b
a 60 TXT ONE
b 60 A 192.0.2.1
b 300 CNAME a
b 60 CNAME c
b 60 RRSIG CNAME 13 3 60 20300101000000 20200101000000 1 @ BA==
b 60 NSEC c CNAME
d 60 DNAME Other
d 60 DNAME another
s 60 RRSIG TXT 13 3 60 20300101000000 20200101000000 1 @ BQ==
m 60 A 192.0.2.6
new 60 A 192.0.2.7
New 60 CNAME a
x.d 60 A 192.0.2.8
n.t 60 TXT between
u 60 TYPE65280 \\# 2 0061
example.net. 60 A 192.0.2.1
. 60 NS ns1
";

/// The name of [`ZONE`].
pub fn origin() -> Name {
    static ORIGIN: LazyLock<Name> = LazyLock::new(|| name(b"example.com."));
    ORIGIN.clone()
}

/// An absolute name.
pub fn name(text: &[u8]) -> Name {
    Name::parse(text, None).expect("a name")
}

/// One record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub owner: Name,
    pub rtype: RecordType,
    /// Seconds.
    pub ttl: u32,
    /// Uncompressed.
    pub rdata: Rdata,
}

/// The records of a text, names completed with [`origin`].
pub fn entries(text: &str) -> Vec<Entry> {
    let parsed = zonefile::parse(text.as_bytes(), Some(&origin()));
    // Octets that do not fit their type are an error in a file, and read all the same.
    assert_eq!(parsed.records.len(), text.lines().count(), "{:?}", parsed.problems);
    let entry = |record: zonefile::ParsedRecord| Entry {
        owner: record.owner,
        rtype: record.rtype,
        ttl: record.ttl,
        rdata: record.rdata,
    };
    parsed.records.into_iter().map(entry).collect()
}

/// The zone of these records.
pub fn zone(entries: &[Entry]) -> Snapshot {
    let mut builder = SnapshotBuilder::new(origin());
    for Entry { owner, rtype, ttl, rdata } in entries {
        builder.push(owner.as_ref(), *rtype, *ttl, rdata).expect("a record of the zone");
    }
    builder.finish().expect("a zone")
}

/// The records of the zone, then the others.
pub fn pool() -> &'static [Entry] {
    static POOL: LazyLock<Vec<Entry>> = LazyLock::new(|| [entries(ZONE), entries(OTHERS)].concat());
    &POOL
}

/// A record of the pool, whatever the number.
pub fn pick(number: u8) -> &'static Entry {
    &pool()[usize::from(number) % pool().len()]
}

/// A record as it is compared: owner in lower case, type, canonical RDATA, TTL.
pub type Row = (Vec<u8>, u16, Vec<u8>, u32);

pub fn row(owner: NameRef<'_>, rtype: RecordType, ttl: u32, rdata: &[u8]) -> Row {
    (owner.wire().to_ascii_lowercase(), rtype.0, types::canonical(rtype, rdata).into_owned(), ttl)
}

impl Entry {
    pub fn row(&self) -> Row {
        row(self.owner.as_ref(), self.rtype, self.ttl, &self.rdata)
    }

    /// Is it the SOA of [`ZONE`]?
    pub fn is_apex_soa(&self) -> bool {
        self.rtype == RecordType::SOA && self.owner == origin()
    }
}

/// What a zone holds.
pub fn rows(zone: &Snapshot) -> BTreeSet<Row> {
    zone.records().map(|record| row(record.owner, record.rtype, record.ttl, record.rdata)).collect()
}

/// The message, an answer from an authority, that holds these records.
pub fn message<'a>(id: u16, entries: impl IntoIterator<Item = &'a Entry>) -> Vec<u8> {
    let mut builder = Builder::new(id, Opcode::QUERY, flags::QR | flags::AA, MAX_MESSAGE).compressing();
    for Entry { owner, rtype, ttl, rdata } in entries {
        // What does not fit is left out.
        let _ = builder.record(Section::Answer, owner.as_ref(), *rtype, class::IN, *ttl, rdata);
    }
    builder.finish()
}

/// The records of an answer; `None` where it is not a message, or has records of another class.
pub fn answers(message: &[u8]) -> Option<Vec<Entry>> {
    let mut reader = Reader::new(message).ok()?;
    let mut entries = Vec::new();
    while let Some(record) = reader.record().ok()? {
        if record.section != Section::Answer {
            continue;
        }
        let mut rdata = Vec::new();
        record.expand(&mut rdata).ok()?;
        if record.class != class::IN {
            return None;
        }
        let (owner, rtype, ttl) = (record.owner.to_name(), record.rtype, record.ttl);
        entries.push(Entry { owner, rtype, ttl, rdata: rdata.into() });
    }
    Some(entries)
}

/// The messages of a stream, each after its length.
pub fn split(octets: &[u8]) -> Vec<Vec<u8>> {
    let mut rest = octets;
    let mut messages = Vec::new();
    while let Some((length, after)) = rest.split_first_chunk::<2>() {
        let Some((message, after)) = after.split_at_checked(usize::from(u16::from_be_bytes(*length))) else {
            break;
        };
        messages.push(message.to_vec());
        rest = after;
    }
    messages
}

/// A stream of messages with id 0. After an octet that is even, the very octets, each message after its length. Else
/// a script: every octet is a record of the pool by its lower seven bits, the last of its message where the highest
/// bit is set.
pub fn stream(octets: &[u8]) -> Vec<Vec<u8>> {
    match octets.split_first() {
        None => Vec::new(),
        Some((form, stream)) if form % 2 == 0 => split(stream),
        Some((_, script)) => script
            .split_inclusive(|octet| octet & 0x80 != 0)
            .map(|part| message(0, part.iter().map(|octet| pick(octet & 0x7f))))
            .collect(),
    }
}
