//! What went wrong on the network, put into words for a person: what, why, what to do next (the latter two in
//! `reasons`).
//!
//! Text from a server never gets in here: only codes, numbers, and names that the person gave.

use std::time::Duration;

use super::Endpoint;
use super::trouble::Trouble;
use crate::facts::{Failure, FailureKind};
use crate::wire::key::Key;
use crate::zone::Name;

/// What we wanted of the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    Soa,
    /// With the number of records that came so far.
    Transfer(usize),
    Update {
        /// It has nothing that could change the zone.
        is_trial: bool,
    },
}

/// One exchange with a server: what a message says beside the trouble itself.
#[derive(Debug, Clone, Copy)]
pub(super) struct Attempt<'a> {
    pub purpose: Purpose,
    pub zone: &'a Name,
    pub endpoint: &'a Endpoint,
    pub key: Option<&'a Key>,
    pub patience: Duration,
}

impl Attempt<'_> {
    /// Puts trouble into words.
    pub(super) fn failure(&self, trouble: Trouble) -> Failure {
        let (kind, why, next) = self.reason(trouble);
        Failure { kind, what: self.what(kind), why, next: self.guarded(kind, next) }
    }

    fn what(&self, kind: FailureKind) -> String {
        let zone = plain(self.zone);
        let server = server(self.endpoint);
        let nothing_sent = matches!(kind, FailureKind::Unreachable | FailureKind::Local);
        let refused = matches!(
            kind,
            FailureKind::Refused
                | FailureKind::NotAuthoritative
                | FailureKind::NotImplemented
                | FailureKind::UnknownKey
                | FailureKind::BadSignature
                | FailureKind::ClockOff
        );
        match self.purpose {
            Purpose::Soa => format!("The serial of {zone} could not be read from {server}."),
            Purpose::Transfer(_) if kind == FailureKind::Refused => {
                format!("The transfer of {zone} from {server} was refused.")
            }
            Purpose::Transfer(_) => format!("{zone} could not be transferred from {server}."),
            Purpose::Update { .. } if nothing_sent => {
                format!("The update of {zone} was not sent to {server}.")
            }
            Purpose::Update { .. } if refused => format!("The update of {zone} was refused by {server}."),
            Purpose::Update { is_trial: true } => format!(
                "Whether {server} takes updates of {zone} is not known: a trial update, which changes nothing, was not \
                 confirmed."
            ),
            Purpose::Update { is_trial: false } => {
                format!("The update of {zone} was not confirmed by {server}.")
            }
        }
    }

    /// Where the server may have carried out an update without our knowing, sending it again comes last.
    fn guarded(&self, kind: FailureKind, next: String) -> String {
        let unknown = matches!(
            kind,
            FailureKind::TimedOut
                | FailureKind::Closed
                | FailureKind::Unsigned
                | FailureKind::ForgedAnswer
                | FailureKind::Undecodable
                | FailureKind::WrongAnswer
        );
        if self.purpose == (Purpose::Update { is_trial: false }) && unknown {
            return format!(
                "It may have been carried out all the same: read the zone before it is sent again. {next}"
            );
        }
        next
    }
}

/// The failure to find a server's address.
pub(super) fn no_address(host: &str) -> Failure {
    Failure {
        kind: FailureKind::Unreachable,
        what: format!("The address of {} was not found.", host.escape_debug()),
        why: "Neither /etc/hosts nor this machine's resolver knows it.".into(),
        next: "Check the spelling and the resolver (/etc/resolv.conf), or give an IP address.".into(),
    }
}

/// A name without its final dot, as people write it in sentences.
pub(super) fn plain(name: &Name) -> String {
    let text = name.to_string();
    text.strip_suffix('.').filter(|text| !text.is_empty()).unwrap_or(".").into()
}

/// "ns0.example.net (192.0.2.1:53)", or the address alone where the person gave no more.
fn server(endpoint: &Endpoint) -> String {
    let address = endpoint.address.to_string();
    if endpoint.name.is_empty()
        || endpoint.name == address
        || endpoint.name == endpoint.address.ip().to_string()
    {
        return address;
    }
    format!("{} ({address})", endpoint.name.escape_debug())
}

/// `offset` is this machine's clock minus the server's, in seconds.
pub(super) fn clocks(offset: i64) -> String {
    let direction = if offset < 0 { "behind" } else { "ahead of" };
    format!("This machine's clock is {} {direction} the server's.", in_words(offset.unsigned_abs()))
}

/// "1 h 2 min", "3 min 20 s", "12 days 3 h": the two largest units that count.
pub(super) fn in_words(seconds: u64) -> String {
    let units = [(86_400, "days"), (3_600, "h"), (60, "min"), (1, "s")];
    let mut rest = seconds;
    let mut words = Vec::new();
    for (size, unit) in units {
        let count = rest / size;
        rest %= size;
        if count > 0 && words.len() < 2 {
            let unit = if unit == "days" && count == 1 { "day" } else { unit };
            words.push(format!("{count} {unit}"));
        } else if !words.is_empty() {
            break;
        }
    }
    if words.is_empty() { "0 s".into() } else { words.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dns::connection::ConnectionError;

    #[test]
    fn times_in_words() {
        for (seconds, words) in [
            (0, "0 s"),
            (10, "10 s"),
            (60, "1 min"),
            (200, "3 min 20 s"),
            (3_720, "1 h 2 min"),
            (3_605, "1 h"),
            (86_400, "1 day"),
            (2 * 86_400 + 7_200, "2 days 2 h"),
        ] {
            assert_eq!(in_words(seconds), words);
        }
        assert_eq!(clocks(3_720), "This machine's clock is 1 h 2 min ahead of the server's.");
        assert_eq!(clocks(-3_720), "This machine's clock is 1 h 2 min behind the server's.");
        assert!(clocks(i64::MIN).contains("days"));
    }

    #[test]
    fn an_unanswered_trial_has_changed_nothing() {
        let endpoint =
            Endpoint { address: "192.0.2.1:53".parse().unwrap(), source: None, name: String::new() };
        let zone = Name::parse(b"example.com.", None).unwrap();
        let said = |is_trial| {
            let purpose = Purpose::Update { is_trial };
            let attempt = Attempt {
                purpose,
                zone: &zone,
                endpoint: &endpoint,
                key: None,
                patience: Duration::from_secs(2),
            };
            attempt.failure(Trouble::Connection(ConnectionError::Closed)).to_string()
        };
        assert!(
            said(false).contains("not confirmed") && said(false).contains("It may have been carried out")
        );
        assert!(said(true).contains("a trial update, which changes nothing"), "{}", said(true));
        assert!(!said(true).contains("carried out"), "{}", said(true));
    }

    #[test]
    fn a_server_is_named_as_the_person_named_it() {
        let mut endpoint =
            Endpoint { address: "192.0.2.1:53".parse().unwrap(), source: None, name: "192.0.2.1".into() };
        assert_eq!(server(&endpoint), "192.0.2.1:53");
        endpoint.name = "ns0.example.net".into();
        assert_eq!(server(&endpoint), "ns0.example.net (192.0.2.1:53)");
        endpoint.name = "ns\u{1b}[31m".into();
        assert!(!server(&endpoint).contains('\u{1b}'));
    }
}
