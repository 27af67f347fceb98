//! Types of daily work, in the order of menus.

use super::super::fields::*;
use super::super::kind::Kind;
use super::Standing::Everyday;
use super::{TypeInfo, entry};

pub(super) const TYPES: &[TypeInfo] = &[
    entry(
        1,
        "A",
        Everyday,
        "RFC 1035 section 3.4.1",
        "The IPv4 address of a host. Several at a name share the load.",
        &[field("address", Kind::Ipv4, "an IPv4 address", "192.0.2.1")],
    ),
    entry(
        28,
        "AAAA",
        Everyday,
        "RFC 3596 section 2",
        "The IPv6 address of a host.",
        &[field("address", Kind::Ipv6, "an IPv6 address", "2001:db8::1")],
    ),
    entry(
        5,
        "CNAME",
        Everyday,
        "RFC 1035 section 3.3.1",
        "An alias: everything asked of this name is answered from the target. Nothing else may stand at the name.",
        &[field("target", Kind::Name, "the name that this one stands for", "www.example.net.")],
    ),
    entry(
        15,
        "MX",
        Everyday,
        "RFC 1035 section 3.3.9",
        "A host that takes mail for the name. A single MX \"0 .\" says that the name takes no mail (RFC 7505).",
        &[
            field("preference", Kind::U16, "a number; the lowest is tried first", "10"),
            field(
                "exchange",
                Kind::Name,
                "the mail host, which has an A or AAAA record and is no CNAME",
                "mail",
            ),
        ],
    ),
    entry(
        16,
        "TXT",
        Everyday,
        "RFC 1035 section 3.3.14",
        "Text for programs: SPF, DKIM, DMARC, proofs of ownership.",
        STRINGS,
    ),
    entry(
        2,
        "NS",
        Everyday,
        "RFC 1035 section 3.3.11",
        "A nameserver of the zone; below the zone's own name it delegates that name to another zone.",
        &[field("nameserver", Kind::Name, "a host with A or AAAA records, no CNAME", "ns1.example.net.")],
    ),
    entry(
        33,
        "SRV",
        Everyday,
        "RFC 2782",
        "Host and port of a service, at a name such as _sip._tcp. Target . says that there is no such service.",
        &[
            PRIORITY,
            field("weight", Kind::U16, "share among targets of one priority", "0"),
            field("port", Kind::U16, "the service's port", "5060"),
            field("target", Kind::Name, "a host with A or AAAA records, no CNAME", "sip"),
        ],
    ),
    entry(
        257,
        "CAA",
        Everyday,
        "RFC 8659 section 4",
        "Which certificate authorities may issue certificates for the name and the names below it.",
        &[
            field("flags", Kind::U8, "0, or 128 if an authority that does not know the tag must refuse", "0"),
            field("tag", Kind::Tag, "issue, issuewild, issuemail, issuevmc or iodef", "issue"),
            field(
                "value",
                Kind::Text,
                "the authority's domain; ; for none; for iodef a mailto: URL",
                "ca.example.net",
            ),
        ],
    ),
    entry(
        12,
        "PTR",
        Everyday,
        "RFC 1035 section 3.3.12",
        "The name of an address, in a reverse zone; elsewhere a pointer to another name, as in service discovery.",
        &[field("target", Kind::Name, "the host's full name, with the final dot", "www.example.com.")],
    ),
    entry(
        65,
        "HTTPS",
        Everyday,
        "RFC 9460 section 9",
        "How to reach the name's website: protocols, port, address hints. Priority 0 is an alias that may stand at the apex.",
        SVCB,
    ),
    entry(
        6,
        "SOA",
        Everyday,
        "RFC 1035 section 3.3.13",
        "The zone's own record: serial number and timers for its secondaries. One per zone, at its apex.",
        &[
            field("mname", Kind::Name, "the primary nameserver", "ns1"),
            field("rname", Kind::Name, "mailbox of the person responsible, with . for @", "hostmaster"),
            field("serial", Kind::U32, "version of the zone; goes up with every change", "2026112101"),
            field("refresh", Kind::Seconds, "how often secondaries look for a new serial", "1h"),
            field("retry", Kind::Seconds, "how soon they try again after a failure", "15m"),
            field("expire", Kind::Seconds, "how long they answer without hearing from the primary", "2w"),
            field("minimum", Kind::Seconds, "how long resolvers remember that a name is not there", "1h"),
        ],
    ),
];
