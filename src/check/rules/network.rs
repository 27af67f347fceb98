//! Rules that say nothing without answers of other servers. They look in [`super::super::network`].

use super::super::Severity::{Error, Hint, Warning};
use super::super::rule::Rule;

pub const RULES: &[Rule] = &[
    Rule::network(
        ("L-27", "glue-differs"),
        Warning,
        "RFC 1912 section 2.3",
        "Glue that differs from what the delegated zone itself says.",
    ),
    Rule::network(
        ("L-36", "alias-to-nothing-outside"),
        Warning,
        "practice",
        "An alias of a name of another zone that is not there: whoever registers it takes the name over.",
    ),
    Rule::network(
        ("L-44", "parent-ns-differ"),
        Warning,
        "RFC 1034 section 4.2.2",
        "The zone above delegates to other nameservers than the zone has.",
    ),
    Rule::network(
        ("L-45", "lame-nameserver"),
        Warning,
        "RFC 1912 section 2.8",
        "A nameserver that does not answer with authority, or not over TCP, or looks up names for everybody.",
    ),
    Rule::network(
        ("L-46", "serials-differ"),
        Warning,
        "RFC 1034 section 4.3.5",
        "Nameservers that have different serials.",
    ),
    Rule::network(
        ("L-57", "address-without-ptr"),
        Hint,
        "RFC 1912 section 2.1",
        "An address whose PTR record is missing, or leads to a name that does not have it.",
    ),
    Rule::network(
        ("L-68", "dmarc-reports"),
        Warning,
        "RFC 7489 section 7.1",
        "DMARC reports to another domain that has not agreed to take them.",
    ),
    Rule::network(
        ("L-77", "caa-forbids"),
        Warning,
        "practice",
        "A CAA record that forbids the authority whose certificate the site has now.",
    ),
    Rule::network(
        ("L-99", "ds-differs"),
        Error,
        "RFC 4035 section 2.4",
        "A DS record in the zone above that fits no key of the zone, or none where the zone is signed.",
    ),
    Rule::network(
        ("L-110", "type-unknown-to-server"),
        Warning,
        "RFC 3597",
        "A type that the zone's server does not know yet: it takes it in the form of RFC 3597 only.",
    ),
];
