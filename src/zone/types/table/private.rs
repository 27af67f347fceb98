//! Types of private use (RFC 6895 section 3.1: 65280 to 65534) that some programs have given a meaning.
//!
//! Others may mean something else by the same number, and no other program reads these names: the type is written
//! TYPEnnn and its data in the generic form. Only the purpose says what it is likely to be.

use super::super::fields::field;
use super::super::kind::Kind;
use super::Standing::Special;
use super::{Field, TypeInfo, entry};

const RFC: &str = "RFC 6895 section 3.1";
const DATA: &[Field] =
    &[field("data", Kind::Opaque, "the number of octets, then these in hexadecimal", "\\# 4 C0000201")];

pub(in super::super) const TYPES: &[TypeInfo] = &[
    entry(
        65401,
        "TYPE65401",
        Special,
        RFC,
        "A private type. PowerDNS calls it ALIAS: answers with the addresses of another name.",
        DATA,
    ),
    entry(
        65402,
        "TYPE65402",
        Special,
        RFC,
        "A private type. PowerDNS calls it LUA: a script that makes the answer.",
        DATA,
    ),
    entry(
        65534,
        "TYPE65534",
        Special,
        RFC,
        "A private type. BIND keeps there how far it is with signing the zone.",
        DATA,
    ),
];
