//! The table: one entry per record type. Adding a type is adding an entry here.
//!
//! Order is the order of menus. Texts are for administrators: short, and true for every server.

use super::super::rtype::RecordType;
use super::codes::{ALGORITHMS, CERTIFICATES, DIGESTS, MATCHINGS, SELECTORS, USAGES};
use super::kind::Kind;
use super::{Field, Standing, TypeInfo};

const fn field(name: &'static str, kind: Kind, hint: &'static str, example: &'static str) -> Field {
    Field { name, kind, hint, example }
}

const fn entry(
    number: u16,
    mnemonic: &'static str,
    standing: Standing,
    rfc: &'static str,
    purpose: &'static str,
    fields: &'static [Field],
) -> TypeInfo {
    TypeInfo { rtype: RecordType(number), mnemonic, purpose, rfc, standing, fields }
}

const DS_LENGTHS: &[(u8, usize)] = &[(1, 20), (2, 32), (4, 48)];
const SSHFP_LENGTHS: &[(u8, usize)] = &[(1, 20), (2, 32)];
const ZONEMD_LENGTHS: &[(u8, usize)] = &[(1, 48), (2, 64)];

const EXAMPLE_KEY: &str =
    "mdsswUyr3DPW132mOi8V9xESWE8jTo0dxCjjnopKl+GqJxpVXckHAeF+KkxLbxILfDLUT0rAK9iUzy1L53eKGQ==";
const EXAMPLE_SHA256: &str = "D4B7D520E7BB5F0F67674A0CCEB1E3E0614B93C4F9E99B8383F6A1E4469DA50A";

const PREFERENCE: Field = field("preference", Kind::U16, "a number; the lowest is tried first", "10");
const PRIORITY: Field = field("priority", Kind::U16, "a number; the lowest is tried first", "10");
const ALGORITHM: Field =
    field("algorithm", Kind::Code8(ALGORITHMS), "of the key: 13 ECDSA P-256, 15 Ed25519, 8 RSA", "13");
const STRINGS: &[Field] =
    &[field("text", Kind::Strings, "any text; long ones are split by themselves", "v=spf1 mx -all")];

const DS: &[Field] = &[
    field("key tag", Kind::U16, "of the key in the child zone, as the child's operator gives it", "60485"),
    ALGORITHM,
    field(
        "digest type",
        Kind::Code8(DIGESTS),
        "2 for SHA-256, 4 for SHA-384; 1 is SHA-1, not for new ones",
        "2",
    ),
    field("digest", Kind::Digest(DS_LENGTHS), "of the key, in hexadecimal", EXAMPLE_SHA256),
];
const DNSKEY: &[Field] = &[
    field("flags", Kind::U16, "257 for a key-signing key, 256 for a zone-signing key", "257"),
    field("protocol", Kind::U8, "always 3", "3"),
    ALGORITHM,
    field("public key", Kind::Base64, "in base 64", EXAMPLE_KEY),
];
const SVCB: &[Field] = &[
    field("priority", Kind::U16, "0 makes an alias; else the lowest is tried first", "1"),
    field("target", Kind::PlainName, "the host that serves; . is the owner itself", "."),
    field(
        "parameters",
        Kind::SvcParams,
        "such as alpn=h2,h3 port=8443 ipv4hint=192.0.2.1; may be empty",
        "alpn=\"h2,h3\" port=8443",
    ),
];
const TLSA: &[Field] = &[
    field(
        "usage",
        Kind::Code8(USAGES),
        "3 the server's own certificate (DANE-EE), 2 its issuer (DANE-TA)",
        "3",
    ),
    field("selector", Kind::Code8(SELECTORS), "1 the public key, 0 the whole certificate", "1"),
    field("matching type", Kind::Code8(MATCHINGS), "1 SHA-256, 2 SHA-512, 0 the data itself", "1"),
    field("data", Kind::Hex, "the digest, in hexadecimal", EXAMPLE_SHA256),
];
const SIGNATURE: &[Field] = &[
    field("type covered", Kind::Type, "the type of the records that are signed", "A"),
    ALGORITHM,
    field("labels", Kind::U8, "labels of the owner, without * and the root", "3"),
    field("original ttl", Kind::Seconds, "TTL of the records that are signed", "3600"),
    field("expiration", Kind::Time, "when the signature ends, in UTC", "20301220000000"),
    field("inception", Kind::Time, "when the signature begins, in UTC", "20301120000000"),
    field("key tag", Kind::U16, "of the key that signed", "2642"),
    field("signer", Kind::PlainName, "the zone that signed", "@"),
    field("signature", Kind::Base64, "in base 64", EXAMPLE_KEY),
];

use Standing::{Everyday, Managed, Obsolete, Special};

/// Every known type: everyday ones first, then special, managed and obsolete ones.
pub(super) const TABLE: &[TypeInfo] = &[
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
    entry(
        64,
        "SVCB",
        Special,
        "RFC 9460",
        "How to reach a service other than a website, at a name such as _dns: host, protocols, port, address hints.",
        SVCB,
    ),
    entry(
        52,
        "TLSA",
        Special,
        "RFC 6698 section 2",
        "The certificate or key of a TLS server, at a name such as _25._tcp.mail (DANE). Needs a signed zone.",
        TLSA,
    ),
    entry(
        44,
        "SSHFP",
        Special,
        "RFC 4255 section 3",
        "Fingerprint of a host's SSH key; ssh-keygen -r prints it.",
        &[
            field("algorithm", Kind::U8, "of the key: 1 RSA, 3 ECDSA, 4 Ed25519", "4"),
            field("fingerprint type", Kind::U8, "2 for SHA-256, 1 for SHA-1", "2"),
            field("fingerprint", Kind::Digest(SSHFP_LENGTHS), "in hexadecimal", EXAMPLE_SHA256),
        ],
    ),
    entry(
        43,
        "DS",
        Special,
        "RFC 4034 section 5",
        "Fingerprint of a delegated zone's key: makes the delegation secure. Stands beside its NS records.",
        DS,
    ),
    entry(
        35,
        "NAPTR",
        Special,
        "RFC 3403 section 4",
        "A rewriting rule: from a number or name to a service, used by telephony (ENUM, SIP).",
        &[
            field("order", Kind::U16, "rules are tried from the lowest", "100"),
            field("preference", Kind::U16, "among rules of one order, the lowest first", "10"),
            field(
                "flags",
                Kind::String,
                "u: the result is a URI, s: look up SRV, a: an address; or empty",
                "u",
            ),
            field("services", Kind::String, "what the result serves, such as E2U+sip", "E2U+sip"),
            field("regexp", Kind::String, "a substitution, or empty", "!^.*$!sip:info@example.com!"),
            field("replacement", Kind::Name, "the next name to look up, or .", "."),
        ],
    ),
    entry(
        39,
        "DNAME",
        Special,
        "RFC 6672",
        "An alias for everything below the name, but not for the name itself.",
        &[field("target", Kind::Name, "the names below are looked up below this one", "example.net.")],
    ),
    entry(
        256,
        "URI",
        Special,
        "RFC 7553",
        "The URI of a service, at a name such as _ftp._tcp.",
        &[
            PRIORITY,
            field("weight", Kind::U16, "share among targets of one priority", "1"),
            field("target", Kind::Text, "a URI", "https://www.example.com/"),
        ],
    ),
    entry(
        53,
        "SMIMEA",
        Special,
        "RFC 8162 section 2",
        "The S/MIME certificate of a mailbox. Needs a signed zone.",
        TLSA,
    ),
    entry(
        61,
        "OPENPGPKEY",
        Special,
        "RFC 7929 section 2",
        "The OpenPGP key of a mailbox. Needs a signed zone.",
        &[field("key", Kind::Base64, "the key without armour, in base 64", "mQENBFVHm5sBCACv")],
    ),
    entry(
        37,
        "CERT",
        Special,
        "RFC 4398 section 2",
        "A certificate, or where to find it.",
        &[
            field("type", Kind::Code16(CERTIFICATES), "1 PKIX, 3 PGP, 6 IPGP", "1"),
            field("key tag", Kind::U16, "of the key in the certificate, or 0", "0"),
            field("algorithm", Kind::Code8(ALGORITHMS), "of the key in the certificate, or 0", "0"),
            field("certificate", Kind::Base64, "in base 64", "MxFcby9k"),
        ],
    ),
    entry(
        29,
        "LOC",
        Special,
        "RFC 1876",
        "A place on earth.",
        &[field(
            "location",
            Kind::Location,
            "latitude, longitude, altitude, then size and precision if wanted",
            "52 22 23.000 N 4 53 32.000 E -2.00m 1m 10000m 10m",
        )],
    ),
    entry(
        13,
        "HINFO",
        Special,
        "RFC 1035 section 3.3.2",
        "Kind of machine and system. Today mostly a minimal answer to ANY (RFC 8482).",
        &[
            field("cpu", Kind::String, "kind of machine", "PC"),
            field("os", Kind::String, "operating system", "Linux"),
        ],
    ),
    entry(
        17,
        "RP",
        Special,
        "RFC 1183 section 2.2",
        "The person responsible for a name.",
        &[
            field("mbox", Kind::Name, "mailbox, with . for @; or .", "admin"),
            field("txt", Kind::Name, "a name with TXT records that say more; or .", "."),
        ],
    ),
    entry(
        18,
        "AFSDB",
        Special,
        "RFC 1183 section 1",
        "A database server of an AFS cell.",
        &[
            field("subtype", Kind::U16, "1 AFS version 3, 2 DCE", "1"),
            field("hostname", Kind::Name, "the server", "afs"),
        ],
    ),
    entry(
        36,
        "KX",
        Special,
        "RFC 2230 section 3",
        "A host that exchanges keys for the name.",
        &[PREFERENCE, field("exchanger", Kind::Name, "the host", "kx")],
    ),
    entry(
        62,
        "CSYNC",
        Special,
        "RFC 7477 section 2",
        "Asks the parent zone to copy NS and address records from this zone.",
        &[
            field("serial", Kind::U32, "the SOA serial from which this counts", "2026112101"),
            field("flags", Kind::U16, "1 at once, 2 only from that serial, 3 both", "3"),
            field("types", Kind::Types, "the types to copy", "A NS AAAA"),
        ],
    ),
    entry(
        59,
        "CDS",
        Managed,
        "RFC 7344 section 3.1",
        "The DS record that the parent zone should have. \"0 0 0 00\" asks it to remove all (RFC 8078).",
        DS,
    ),
    entry(
        60,
        "CDNSKEY",
        Managed,
        "RFC 7344 section 3.2",
        "The key that the parent zone should make its DS from. \"0 3 0 AA==\" asks it to remove all (RFC 8078).",
        DNSKEY,
    ),
    entry(48, "DNSKEY", Managed, "RFC 4034 section 2", "A public key that the zone is signed with.", DNSKEY),
    entry(
        46,
        "RRSIG",
        Managed,
        "RFC 4034 section 3",
        "A signature over one type's records at the name.",
        SIGNATURE,
    ),
    entry(
        47,
        "NSEC",
        Managed,
        "RFC 4034 section 4",
        "Proves which types stand here and which name comes next.",
        &[
            field("next name", Kind::PlainName, "the next name of the zone", "www"),
            field("types", Kind::Types, "the types at this name", "A RRSIG NSEC"),
        ],
    ),
    entry(
        50,
        "NSEC3",
        Managed,
        "RFC 5155 section 3",
        "Like NSEC, with hashed names.",
        &[
            field("hash algorithm", Kind::U8, "always 1", "1"),
            field("flags", Kind::U8, "1 where insecure delegations are left out, else 0", "0"),
            field("iterations", Kind::U16, "extra rounds; should be 0", "0"),
            field("salt", Kind::Salt, "hexadecimal, or - for none", "-"),
            field("next hashed owner", Kind::Hash, "in base 32", "2T7B4G4VSA5SMI47K61MV5BV1A22BOJR"),
            field("types", Kind::Types, "the types at this name", "A RRSIG"),
        ],
    ),
    entry(
        51,
        "NSEC3PARAM",
        Managed,
        "RFC 5155 section 4",
        "Tells the zone's servers how NSEC3 names are hashed.",
        &[
            field("hash algorithm", Kind::U8, "always 1", "1"),
            field("flags", Kind::U8, "always 0", "0"),
            field("iterations", Kind::U16, "extra rounds; should be 0", "0"),
            field("salt", Kind::Salt, "hexadecimal, or - for none", "-"),
        ],
    ),
    entry(
        63,
        "ZONEMD",
        Managed,
        "RFC 8976 section 2",
        "A digest over the whole zone.",
        &[
            field("serial", Kind::U32, "the SOA serial that it was made for", "2026112101"),
            field("scheme", Kind::U8, "1 for SIMPLE", "1"),
            field("hash algorithm", Kind::U8, "1 SHA-384, 2 SHA-512", "1"),
            field(
                "digest",
                Kind::Digest(ZONEMD_LENGTHS),
                "in hexadecimal",
                "C68090D90A7AED716BC459F9340E3D7C1370D4D24B7E2FC3A1DDC0B9A87153B9A9713B3C9AE5CC27777F98B8E730044C",
            ),
        ],
    ),
    entry(
        99,
        "SPF",
        Obsolete,
        "RFC 7208 section 3.1",
        "Retired: SPF rules stand in a TXT record. Resolvers do not ask for this type.",
        STRINGS,
    ),
    entry(
        24,
        "SIG",
        Obsolete,
        "RFC 2535 section 4",
        "Signature of the first DNSSEC. RRSIG took its place.",
        OLD_SIGNATURE,
    ),
    entry(
        25,
        "KEY",
        Obsolete,
        "RFC 2535 section 3",
        "Key of the first DNSSEC; still used for SIG(0) keys. DNSKEY took its place.",
        &[
            field("flags", Kind::U16, "what the key is for", "512"),
            field("protocol", Kind::U8, "3 for DNSSEC", "3"),
            ALGORITHM,
            field("public key", Kind::Base64, "in base 64", EXAMPLE_KEY),
        ],
    ),
    entry(
        21,
        "RT",
        Obsolete,
        "RFC 1183 section 3.3",
        "A host that relays to the name.",
        &[PREFERENCE, field("intermediate host", Kind::Name, "the relay", "relay")],
    ),
    entry(
        26,
        "PX",
        Obsolete,
        "RFC 2163 section 4",
        "Mapping between X.400 and Internet mail addresses.",
        &[
            PREFERENCE,
            field("map822", Kind::Name, "the Internet domain", "example.net."),
            field("mapx400", Kind::Name, "the X.400 domain", "example.net."),
        ],
    ),
    entry(
        3,
        "MD",
        Obsolete,
        "RFC 1035 section 3.3.4",
        "A mail destination. MX took its place.",
        &[MAIL_HOST],
    ),
    entry(4, "MF", Obsolete, "RFC 1035 section 3.3.5", "A mail forwarder. MX took its place.", &[MAIL_HOST]),
    entry(
        7,
        "MB",
        Obsolete,
        "RFC 1035 section 3.3.3",
        "A host with a mailbox. Never came into use.",
        &[MAIL_HOST],
    ),
    entry(
        8,
        "MG",
        Obsolete,
        "RFC 1035 section 3.3.6",
        "A member of a mail group. Never came into use.",
        &[field("mailbox", Kind::Name, "the member", "member")],
    ),
    entry(
        9,
        "MR",
        Obsolete,
        "RFC 1035 section 3.3.8",
        "The new name of a mailbox. Never came into use.",
        &[field("new name", Kind::Name, "the mailbox", "mailbox")],
    ),
    entry(
        14,
        "MINFO",
        Obsolete,
        "RFC 1035 section 3.3.7",
        "Mailboxes of a mailing list. Never came into use.",
        &[
            field("rmailbx", Kind::Name, "the mailbox responsible", "owner"),
            field("emailbx", Kind::Name, "the mailbox for errors", "errors"),
        ],
    ),
];

const MAIL_HOST: Field = field("host", Kind::Name, "the host", "mail");

/// Like [`SIGNATURE`], but the signer may be compressed (RFC 3597 section 4).
const OLD_SIGNATURE: &[Field] = &[
    SIGNATURE[0],
    SIGNATURE[1],
    SIGNATURE[2],
    SIGNATURE[3],
    SIGNATURE[4],
    SIGNATURE[5],
    SIGNATURE[6],
    field("signer", Kind::Name, "the zone that signed", "@"),
    SIGNATURE[8],
];
