//! Types that servers make by themselves.

use super::super::fields::*;
use super::super::kind::Kind;
use super::Standing::Managed;
use super::{TypeInfo, entry};

pub(super) const TYPES: &[TypeInfo] = &[
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
];
