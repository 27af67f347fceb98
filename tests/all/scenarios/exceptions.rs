//! What a server cannot do, and why. Each line is proved by the runner: the push must not end as applied, and
//! the prediction must have said so; where there is no line here, it must end as applied and as not predicted.

use zonewright::facts::ServerKind;

pub struct Exception {
    pub server: ServerKind,
    pub scenario: &'static str,
    /// Which push of the scenario, from 1. The scenario ends there.
    pub push: usize,
    pub cause: &'static str,
    /// Only in zones that the server signs, or only in others; `None`: in both.
    pub signed: Option<bool>,
}

const fn exception(
    server: ServerKind,
    scenario: &'static str,
    push: usize,
    cause: &'static str,
) -> Exception {
    Exception { server, scenario, push, cause, signed: None }
}

/// 65400 is a type that it knows.
const fn unknown_to_powerdns(scenario: &'static str) -> Exception {
    exception(ServerKind::PowerDns, scenario, 1, "a type that PowerDNS 4.7 does not know is a FORMERR")
}

/// A server that signs the zone makes it. PowerDNS makes it, or nothing, in any zone.
const fn made_by_server(server: ServerKind, scenario: &'static str) -> Exception {
    let signed = if matches!(server, ServerKind::PowerDns) { None } else { Some(true) };
    let cause = "made by the server: shown, never a change";
    Exception { signed, ..exception(server, scenario, 1, cause) }
}

const fn not_signed(exception: Exception) -> Exception {
    Exception { signed: Some(false), ..exception }
}

pub const EXCEPTIONS: &[Exception] = &[
    exception(
        ServerKind::Bind,
        "address-at-a-service-name",
        1,
        "check-names: an address wants a host name as its owner; REFUSED",
    ),
    exception(
        ServerKind::Bind,
        "address-at-an-escaped-dot",
        1,
        "check-names: an address wants a host name as its owner; REFUSED",
    ),
    exception(ServerKind::Bind, "mx-to-an-escaped-dot", 1, "check-names: an MX wants a host name; REFUSED"),
    exception(ServerKind::Bind, "mx-to-a-cname", 1, "check-mx-cname: an MX must not name an alias; REFUSED"),
    exception(
        ServerKind::Bind,
        "ds-without-ns",
        1,
        "a DS where there is no delegation is dropped with NOERROR",
    ),
    not_signed(exception(
        ServerKind::Bind,
        "type-dnskey",
        1,
        "the private key to a DNSKEY must be there, even where nothing is signed; SERVFAIL",
    )),
    not_signed(exception(
        ServerKind::Bind,
        "type-nsec3param",
        1,
        "an order to sign with NSEC3: NOERROR, and a note of its own (TYPE65534)",
    )),
    made_by_server(ServerKind::Bind, "type-dnskey"),
    made_by_server(ServerKind::Bind, "type-cds"),
    made_by_server(ServerKind::Bind, "type-cdnskey"),
    made_by_server(ServerKind::Bind, "type-nsec3param"),
    made_by_server(ServerKind::Knot, "type-dnskey"),
    made_by_server(ServerKind::Knot, "type-cds"),
    made_by_server(ServerKind::Knot, "type-cdnskey"),
    made_by_server(ServerKind::Knot, "type-nsec3param"),
    made_by_server(ServerKind::PowerDns, "type-dnskey"),
    made_by_server(ServerKind::PowerDns, "type-cds"),
    made_by_server(ServerKind::PowerDns, "type-cdnskey"),
    made_by_server(ServerKind::PowerDns, "type-nsec3param"),
    exception(ServerKind::Bind, "type-nxt", 1, "old signing types are BIND's own business; REFUSED"),
    exception(ServerKind::Knot, "dname-over-a-subtree", 1, "a DNAME over existing names is REFUSED"),
    exception(ServerKind::Knot, "data-below-a-dname", 1, "data below a DNAME is REFUSED"),
    exception(ServerKind::PowerDns, "soa-ttl", 1, "the TTL of an SOA in an update is not looked at"),
    unknown_to_powerdns("unassigned-type"),
    unknown_to_powerdns("type-rt"),
    unknown_to_powerdns("type-px"),
    unknown_to_powerdns("type-amtrelay"),
    unknown_to_powerdns("type-hip"),
    unknown_to_powerdns("type-type66"),
    unknown_to_powerdns("type-type67"),
    unknown_to_powerdns("type-type68"),
    unknown_to_powerdns("type-type261"),
    unknown_to_powerdns("type-type262"),
    unknown_to_powerdns("type-nxt"),
    unknown_to_powerdns("type-wks"),
    unknown_to_powerdns("type-gpos"),
    unknown_to_powerdns("type-x25"),
    unknown_to_powerdns("type-isdn"),
    unknown_to_powerdns("type-nsap"),
    unknown_to_powerdns("type-nsap-ptr"),
    unknown_to_powerdns("type-eid"),
    unknown_to_powerdns("type-nimloc"),
    unknown_to_powerdns("type-ninfo"),
    unknown_to_powerdns("type-talink"),
    unknown_to_powerdns("type-avc"),
    unknown_to_powerdns("type-ta"),
];

/// The exception for this push, if there is one.
pub fn find(server: ServerKind, signed: bool, scenario: &str, push: usize) -> Option<&'static Exception> {
    EXCEPTIONS.iter().find(|exception| {
        exception.server == server
            && exception.signed.is_none_or(|only| only == signed)
            && exception.scenario == scenario
            && exception.push == push
    })
}
