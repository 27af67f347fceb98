//! Why an exchange did not work and what to do about it: the sentences for each kind of trouble.

use std::io::ErrorKind;

use super::connection::ConnectionError;
use super::failure::{Attempt, Purpose, clocks, in_words, plain};
use super::trouble::Trouble;
use crate::facts::FailureKind;
use crate::zone::update::Rcode;

const NO_ZONE: &str = "Check the name of the zone, and that this is its primary nameserver (--server); \
    on the server, that the zone is configured and loaded.";
const ALLOW_TRANSFER: &str = "Allow it on the server (BIND: allow-transfer; Knot: acl with action \
    transfer; PowerDNS: allow-axfr-ips or TSIG-ALLOW-AXFR), or use another key (--key).";
const ALLOW_UPDATE: &str = "Allow it on the server (BIND: allow-update or update-policy; Knot: acl with \
    action update; PowerDNS: dnsupdate=yes with ALLOW-DNSUPDATE-FROM or TSIG-ALLOW-DNSUPDATE), or use \
    another key (--key). A frozen zone is refused as well.";

/// Kind, why, next.
type Reason = (FailureKind, String, String);

impl Attempt<'_> {
    pub(super) fn reason(&self, trouble: Trouble) -> Reason {
        match trouble {
            Trouble::Connection(error) => self.connection(error),
            Trouble::Rcode(code) => self.rcode(code),
            Trouble::UnsignedRcode(code) => self.unsigned_rcode(code),
            Trouble::Denied(code) => self.denied(code),
            Trouble::NoZone(code) => (
                FailureKind::NotAuthoritative,
                format!(
                    "The server does not have the zone {}: it said {code}, and does not answer for \
                    it either.",
                    plain(self.zone)
                ),
                NO_ZONE.into(),
            ),
            Trouble::UnknownKey => (
                FailureKind::UnknownKey,
                format!(
                    "The server does not know {}: the key name or algorithm is not the server's.",
                    self.key_name()
                ),
                "Compare the name and the algorithm in the key file with the server's (BIND: key; Knot: \
                    key; PowerDNS: pdnsutil list-tsig-keys). Knot says the same where its acl does not \
                    list the key."
                    .into(),
            ),
            Trouble::BadSignature => (
                FailureKind::BadSignature,
                format!("The server knows {}, but with another secret.", self.key_name()),
                "Copy the secret from the server's configuration into the key file again.".into(),
            ),
            Trouble::BadTruncation => (
                FailureKind::BadSignature,
                "The server wants a longer signature than this program sends.".into(),
                format!(
                    "Use a key with another algorithm on both sides, such as hmac-sha256, instead of \
                    {}.",
                    self.key_name()
                ),
            ),
            Trouble::ClockOff(offset) => (
                FailureKind::ClockOff,
                match offset {
                    Some(offset) => format!("{} Signatures are good for 5 minutes only.", clocks(offset)),
                    None => "The server says that the time in our signature is wrong, but not what time \
                        it has."
                        .into(),
                },
                "Set the clock that is wrong (timedatectl; chronyc tracking shows whether NTP works).".into(),
            ),
            // Not ClockOff: that means that the server did nothing.
            Trouble::AnswerClockOff(offset) => (
                FailureKind::ForgedAnswer,
                format!(
                    "The answer's signature carries another time than now, so it cannot be believed. \
                    {}",
                    clocks(offset)
                ),
                "Set the clock that is wrong (timedatectl; chronyc tracking shows whether NTP works).".into(),
            ),
            Trouble::Unsigned => (
                FailureKind::Unsigned,
                format!(
                    "The question was signed with {}, but the answer is not signed, so it cannot be \
                    trusted.",
                    self.key_name()
                ),
                "Check that this is the right server, and that no proxy or load balancer on the way \
                    removes signatures."
                    .into(),
            ),
            Trouble::Uncovered => (
                FailureKind::Unsigned,
                format!(
                    "Parts of the transfer are not covered by a signature with {}, so they cannot be \
                    trusted.",
                    self.key_name()
                ),
                "Nothing of it is used. Look for a proxy on the way; if there is none, report it to the \
                    makers of the server."
                    .into(),
            ),
            Trouble::Forged => (
                FailureKind::ForgedAnswer,
                format!(
                    "An answer came whose signature with {} is wrong: it was changed on the way, or \
                    somebody else made it.",
                    self.key_name()
                ),
                match self.purpose {
                    Purpose::Update { .. } => "Compare the key with the server's, and look for what changes packets on the \
                        way. Windows answers so where it takes secure updates only: they need GSS-TSIG, \
                        which this program cannot do."
                        .into(),
                    _ => "Nothing of it is used. Try again; if it stays so, compare the key with the server's and \
                        look for what changes packets on the way."
                        .into(),
                },
            ),
            Trouble::Undecodable(error) => (
                FailureKind::Undecodable,
                format!("The server sent octets that are not a DNS message: {error}."),
                format!(
                    "Check that a nameserver, and not another service, listens on port {}; look into \
                    its log.",
                    self.endpoint.address.port()
                ),
            ),
            Trouble::WrongAnswer(what) => (
                FailureKind::WrongAnswer,
                format!("The answer does not belong to the question: {what}."),
                "Check that this is the nameserver itself, and not a proxy or a load balancer that mixes \
                    up answers."
                    .into(),
            ),
            Trouble::Contradiction(clause) => (
                FailureKind::Incomplete,
                format!("The server did not send a whole zone: {clause}."),
                "Nothing of it is used. Try again; if it stays so, check the zone on the server \
                    (named-checkzone, kzonecheck, pdnsutil check-zone)."
                    .into(),
            ),
            Trouble::NotAuthoritative => (
                FailureKind::NotAuthoritative,
                format!(
                    "The server answers for {} without authority: it is a resolver, or its copy of \
                    the zone has expired, or it only knows who has the zone.",
                    plain(self.zone)
                ),
                "Name the zone's primary nameserver with --server; its SOA record names it (dig SOA).".into(),
            ),
            Trouble::NoSoa => (
                FailureKind::NotAuthoritative,
                format!(
                    "No zone begins at {} on this server: the name is inside of another zone there.",
                    plain(self.zone)
                ),
                "Check the name of the zone: it is the name at which its SOA record stands.".into(),
            ),
            Trouble::TooLarge => (
                FailureKind::Local,
                "The server sent more than 4 GiB: more than this program can hold.".into(),
                "Check that the zone on the server is what it should be.".into(),
            ),
            Trouble::CannotSend(clause) => (
                FailureKind::Local,
                format!("It cannot be sent: {clause}."),
                "Make it smaller where it is too large, or correct the key; nothing was sent.".into(),
            ),
        }
    }

    fn connection(&self, error: ConnectionError) -> Reason {
        let port = self.endpoint.address.port();
        let seconds = in_words(self.patience.as_secs().max(1));
        match error {
            ConnectionError::Source(address, _) => (
                FailureKind::Local,
                format!("This machine cannot send from the address {address}."),
                "Set source to an address that this machine has, of the same family as the server's, or \
                    leave it out."
                    .into(),
            ),
            ConnectionError::Connect(error) => {
                let (why, next) = match error.kind() {
                    ErrorKind::ConnectionRefused => (
                        format!("The connection was refused: nothing listens on TCP port {port} there."),
                        "Check the port (HOST:PORT), that the nameserver runs, and that it listens on \
                            this address over TCP.",
                    ),
                    ErrorKind::TimedOut => (
                        format!(
                            "There was no connection within {seconds}: the server is down, or a \
                            firewall drops TCP port {port}."
                        ),
                        "Check the address, and that TCP, not only UDP, may pass between here and there.",
                    ),
                    ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable | ErrorKind::NetworkDown => (
                        "There is no way to this address from here.".into(),
                        "Check the address, and the network of this machine; an IPv6 address needs IPv6 \
                            here.",
                    ),
                    kind => (
                        format!("No connection could be made: {kind}."),
                        "Check the address and the port, and the network of this machine.",
                    ),
                };
                (FailureKind::Unreachable, why, next.into())
            }
            ConnectionError::TimedOut => (
                FailureKind::TimedOut,
                match self.purpose {
                    Purpose::Transfer(records @ 1..) => {
                        format!(
                            "The server stopped sending: after {} no further message \
                            came within {seconds}.",
                            records_in_words(records)
                        )
                    }
                    _ => format!(
                        "The server took the connection, but no complete answer came within \
                        {seconds}."
                    ),
                },
                "Try again, with a longer --timeout where the server is slow or far; look into its log."
                    .into(),
            ),
            ConnectionError::Closed => match self.purpose {
                Purpose::Transfer(records @ 1..) => (
                    FailureKind::Incomplete,
                    format!(
                        "The server closed the connection after {}, before the last \
                        SOA record: the zone is not complete.",
                        records_in_words(records)
                    ),
                    "Nothing of it is used. Try again; look into the server's log for the reason.".into(),
                ),
                _ => (
                    FailureKind::Closed,
                    "The server closed the connection before its answer was complete.".into(),
                    format!(
                        "Look into the server's log: it may have no room for more TCP connections, \
                        or not accept this address. Or another service listens on port {port}."
                    ),
                ),
            },
            ConnectionError::TooLong => (
                FailureKind::Local,
                "The message would be longer than the 65,535 octets that DNS allows.".into(),
                "Nothing was sent. Push fewer changes at once.".into(),
            ),
        }
    }

    fn rcode(&self, code: Rcode) -> Reason {
        let who = match self.key {
            Some(_) => format!("this address or {}", self.key_name()),
            None => "this address without a key".into(),
        };
        match (code, self.purpose) {
            (Rcode::REFUSED, Purpose::Transfer(_)) => (
                FailureKind::Refused,
                format!("The server does not let {who} transfer the zone."),
                ALLOW_TRANSFER.into(),
            ),
            (Rcode::REFUSED, Purpose::Update { .. }) => (
                FailureKind::Refused,
                format!("The server does not let {who} make this change."),
                ALLOW_UPDATE.into(),
            ),
            (Rcode::REFUSED, Purpose::Soa) => (
                FailureKind::Refused,
                format!("The server does not answer {who}, or does not have the zone."),
                "Check the name of the zone; allow the question on the server (BIND: allow-query, and \
                    match-clients of the view; PowerDNS answers so for every zone that it does not \
                    have)."
                    .into(),
            ),
            (Rcode::NOTAUTH | Rcode::NXDOMAIN | Rcode::NOTZONE, _) => (
                FailureKind::NotAuthoritative,
                format!("The server does not have the zone {} ({code}).", plain(self.zone)),
                NO_ZONE.into(),
            ),
            (Rcode::NOTIMP, Purpose::Update { .. }) => (
                FailureKind::NotImplemented,
                "The server does not do dynamic updates (NOTIMP).".into(),
                "NSD and some hosted servers have none: name the server that takes updates with \
                    --update-to. PowerDNS needs dnsupdate=yes and a backend that can do it."
                    .into(),
            ),
            (Rcode::NOTIMP, _) => (
                FailureKind::NotImplemented,
                "The server does not do this (NOTIMP).".into(),
                "Check that the address is that of an authoritative nameserver which allows zone \
                    transfers."
                    .into(),
            ),
            (Rcode::SERVFAIL, purpose) => (
                FailureKind::Rcode(code),
                match purpose {
                    Purpose::Transfer(_) => {
                        "The server has trouble of its own with this zone (SERVFAIL): it may not be \
                            loaded, have expired, or be busy with as many transfers as it gives at a \
                            time (BIND: transfers-out)."
                    }
                    _ => {
                        "The server has trouble of its own with this zone (SERVFAIL): it may not be \
                            loaded, or have expired."
                    }
                }
                .into(),
                "Look into the server's log, and check the zone there (rndc zonestatus, knotc \
                    zone-status, pdns_control)."
                    .into(),
            ),
            (Rcode::FORMERR, _) => (
                FailureKind::Rcode(code),
                "The server could not read the question (FORMERR).".into(),
                "Look into the server's log; a very old server may not know signatures (TSIG).".into(),
            ),
            (code, _) => (
                FailureKind::Rcode(code),
                format!("The server answered with the error {code}."),
                "Look into the server's log for the reason.".into(),
            ),
        }
    }

    /// The server has the zone, but does not say what it has against the request.
    fn denied(&self, code: Rcode) -> Reason {
        let why = match self.key {
            None => format!(
                "The server has the zone, but does not let this address, without a key, do this ({code})."
            ),
            Some(_) => format!(
                "The server has the zone, but does not accept {}. It said {code} without a signature and \
                    without a reason. Likely ones, most likely first: it does not know the key, by this \
                    name and algorithm; it does not allow the key to do this; its secret is another; the \
                    clocks differ.",
                self.key_name()
            ),
        };
        let next = if matches!(self.purpose, Purpose::Update { .. }) { ALLOW_UPDATE } else { ALLOW_TRANSFER };
        let has_capitals = self.key.is_some_and(|key| key.name.wire().iter().any(u8::is_ascii_uppercase));
        let case = if has_capitals { " PowerDNS wants its name in lower case." } else { "" };
        (FailureKind::Refused, format!("{why}{case}"), next.into())
    }

    /// It is not known whether the server has the zone.
    fn unsigned_rcode(&self, code: Rcode) -> Reason {
        let (kind, why, next) = self.rcode(code);
        let why = match code {
            Rcode::REFUSED | Rcode::NOTAUTH => format!(
                "The server said {code} without a signature, so this is unverified, and it does not tell \
                    the reason. Likely ones, most likely first: it does not know {}; it does not allow \
                    that key to do this; its secret is another; the clocks differ; it does not have the \
                    zone.",
                self.key_name()
            ),
            _ => format!("{why} The answer is not signed, so this is unverified."),
        };
        (kind, why, next)
    }

    fn key_name(&self) -> String {
        match self.key {
            Some(key) => format!("the key {} ({})", plain(&key.name), key.algorithm),
            None => "no key".into(),
        }
    }
}

fn records_in_words(count: usize) -> String {
    if count == 1 { "1 record".into() } else { format!("{count} records") }
}
