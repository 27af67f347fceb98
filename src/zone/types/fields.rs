//! Fields that several types share. The types themselves stand in `table`.

use super::Field;
use super::codes::{ALGORITHMS, DIGESTS, KEY_PROTOCOLS, MATCHINGS, SELECTORS, USAGES};
use super::kind::Kind;

pub(super) const fn field(
    name: &'static str,
    kind: Kind,
    hint: &'static str,
    example: &'static str,
) -> Field {
    Field { name, kind, hint, example }
}

pub(super) const DS_LENGTHS: &[(u8, usize)] = &[(1, 20), (2, 32), (4, 48)];
pub(super) const SSHFP_LENGTHS: &[(u8, usize)] = &[(1, 20), (2, 32)];
pub(super) const ZONEMD_LENGTHS: &[(u8, usize)] = &[(1, 48), (2, 64)];

pub(super) const EXAMPLE_KEY: &str =
    "mdsswUyr3DPW132mOi8V9xESWE8jTo0dxCjjnopKl+GqJxpVXckHAeF+KkxLbxILfDLUT0rAK9iUzy1L53eKGQ==";
pub(super) const EXAMPLE_SHA256: &str = "D4B7D520E7BB5F0F67674A0CCEB1E3E0614B93C4F9E99B8383F6A1E4469DA50A";

pub(super) const PREFERENCE: Field =
    field("preference", Kind::U16, "a number; the lowest is tried first", "10");
pub(super) const PRIORITY: Field = field("priority", Kind::U16, "a number; the lowest is tried first", "10");
pub(super) const ALGORITHM: Field =
    field("algorithm", Kind::Code8(ALGORITHMS), "of the key: 13 ECDSA P-256, 15 Ed25519, 8 RSA", "13");
pub(super) const STRINGS: &[Field] =
    &[field("text", Kind::Strings, "any text; long ones are split by themselves", "v=spf1 mx -all")];

pub(super) const DS: &[Field] = &[
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
pub(super) const DNSKEY: &[Field] = &[
    field("flags", Kind::U16, "257 for a key-signing key, 256 for a zone-signing key", "257"),
    field("protocol", Kind::Code8(KEY_PROTOCOLS), "always 3", "3"),
    ALGORITHM,
    field("public key", Kind::Base64, "in base 64", EXAMPLE_KEY),
];
pub(super) const SVCB: &[Field] = &[
    field("priority", Kind::U16, "0 makes an alias; else the lowest is tried first", "1"),
    field("target", Kind::PlainName, "the host that serves; . is the owner itself", "."),
    field(
        "parameters",
        Kind::SvcParams,
        "such as alpn=h2,h3 port=8443 ipv4hint=192.0.2.1; may be empty",
        "alpn=\"h2,h3\" port=8443",
    ),
];
pub(super) const TLSA: &[Field] = &[
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
pub(super) const SIGNATURE: &[Field] = &[
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

pub(super) const MAIL_HOST: Field = field("host", Kind::Name, "the host", "mail");

/// Like [`SIGNATURE`], but the signer may be compressed (RFC 3597 section 4).
pub(super) const OLD_SIGNATURE: &[Field] = &[
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
