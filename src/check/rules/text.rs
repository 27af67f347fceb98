//! Rules that only a text can break: the reader of zone files looks for them, at the place where they stand.

use super::super::Severity::{Error, Hint, Warning};
use super::super::rule::Rule;

pub const RULES: &[Rule] = &[
    Rule::text(
        ("L-05", "out-of-zone"),
        Warning,
        "RFC 1035 section 5",
        "A record whose owner is not in the zone. A warning: BIND and Knot load the file without it, and nothing is lost that \
         could be served; only NSD refuses the file.",
    ),
    Rule::text(
        ("L-06", "name-too-long"),
        Error,
        "RFC 1035 section 2.3.4",
        "A label has at most 63 octets, a name 255.",
    ),
    Rule::text(
        ("L-15", "u-label"),
        Warning,
        "RFC 5890 section 2.3",
        "A name with characters outside ASCII: written as an A-label (xn--...), which is offered. A warning: NSD loads the \
         file, and so does BIND but for hosts and mailboxes, so that it must open here; Knot refuses it.",
    ),
    Rule::text(
        ("L-19", "duplicate"),
        Warning,
        "RFC 2181 section 5",
        "The same record twice. Servers keep one.",
    ),
    Rule::text(
        ("L-28", "blank-owner"),
        Hint,
        "RFC 1035 section 5.1",
        "A line that begins with a blank takes the owner of the line before it; the first one of an included file from \
         outside.",
    ),
    Rule::text(
        ("L-60", "long-string"),
        Error,
        "RFC 1035 section 3.3.14",
        "A string has at most 255 octets; a longer text is split, which is offered.",
    ),
    Rule::text(
        ("L-61", "text-cut-off"),
        Warning,
        "RFC 1035 section 5.1",
        "A ; outside quotes begins a comment: the text of a TXT record ends there.",
    ),
    Rule::text(
        ("L-105", "unclosed"),
        Error,
        "RFC 1035 section 5.1",
        "A quote or parenthesis that is never closed; told where it begins.",
    ),
    Rule::text(
        ("L-106", "unknown-type"),
        Error,
        "RFC 3597",
        "A word where the type belongs and that is none; what is meant is offered.",
    ),
    Rule::text(
        ("L-107", "include-refused"),
        Error,
        "RFC 1035 section 5.1",
        "An $INCLUDE of a file that cannot be read, is no regular file, or includes itself.",
    ),
    Rule::text(
        ("L-108", "generate"),
        Hint,
        "BIND's manual",
        "$GENERATE is BIND's own: Knot and others refuse the file. How many records it makes is limited.",
    ),
    Rule::text(
        ("L-109", "no-ttl"),
        Warning,
        "RFC 2308 section 4",
        "A record without a TTL before any $TTL: every server takes another one.",
    ),
];
