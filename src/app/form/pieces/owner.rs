//! Names that begin with a service: `_sip._tcp`, `_25._tcp.mail`.

use super::{Apart, Kind, Known, Part, Piece, known};
use crate::app::form::choices::Choices;
use crate::zone::RecordType;

const NONE: Choices = Choices::NONE;
const PROTOCOLS: Choices = Choices(&[("tcp", "TCP"), ("udp", "UDP"), ("sctp", "SCTP")]);
const SERVICES: Choices = Choices(&[
    ("sip", "telephony (SIP)"),
    ("sips", "telephony, encrypted"),
    ("xmpp-client", "chat: clients"),
    ("xmpp-server", "chat: other servers"),
    ("imaps", "mail: reading"),
    ("submissions", "mail: sending"),
    ("caldavs", "calendars"),
    ("carddavs", "address books"),
    ("ldap", "directory"),
    ("kerberos", "logins"),
    ("minecraft", "a game"),
]);
const PORTS: Choices = Choices(&[
    ("25", "mail between servers"),
    ("443", "web"),
    ("465", "mail: sending"),
    ("993", "mail: reading"),
]);

const SRV: [Known; 3] = [
    known("service", "service", "its name, without _; the name of the record is made of it", "sip", SERVICES),
    known("protocol", "protocol", "tcp or udp", "tcp", PROTOCOLS),
    known("at", "at", "the domain that it is for; empty for the zone itself", "", NONE),
];
const TLSA: [Known; 3] = [
    known("port", "port", "where the server listens; the name of the record is made of it", "25", PORTS),
    known("protocol", "protocol", "tcp or udp", "tcp", PROTOCOLS),
    known("at", "host", "the server, as the MX record names it", "mail", NONE),
];

pub fn apart(owner: &str, rtype: RecordType) -> Option<Apart> {
    let parts = if rtype == RecordType::SRV { &SRV } else { &TLSA };
    let owner = owner.trim();
    let (first, rest) = owner.split_once('.').unwrap_or((owner, ""));
    let (second, rest) = rest.split_once('.').unwrap_or((rest, ""));
    let values = match (first.strip_prefix('_'), second.strip_prefix('_')) {
        (Some(service), Some(protocol)) => [service, protocol, rest],
        // Being typed.
        (Some(service), None) if !owner.contains('.') => [service, "", ""],
        (None, None) if owner.is_empty() => ["", "", ""],
        _ => return None,
    };
    // A final dot of a full name belongs to the rest; escapes are left to who typed them.
    if owner.contains('\\') || owner.ends_with('.') && values.iter().any(|value| value.is_empty()) {
        return None;
    }
    let heads = ["_", "._", "."];
    let started = [!first.is_empty(), !second.is_empty(), false];
    let pieces = parts.iter().zip(heads).zip(values).zip(started).map(|(((known, head), value), started)| {
        let mut piece: Piece = known.absent(head.into(), "");
        piece.value = value.into();
        piece.is_empty_there = value.is_empty() && started;
        piece
    });
    Some(Apart {
        of: Part::Owner,
        kind: Kind::Service,
        lead: String::new(),
        lead_is_new: false,
        pieces: pieces.collect(),
        tail: String::new(),
    })
}
