//! How a nameserver stands, from all that is known of it; and the same in words, for the line of details.

use std::time::Duration;

use super::delegation::{self, AtParent};
use super::describe;
use super::nameservers::target;
use super::open::Open;
use super::rows::Row;
use crate::facts::{AddressStatus, Fault, Parent, Reply, Transport};
use crate::health;
pub use crate::health::{Standing, standing};
use crate::zone::Name;

/// A round-trip time in a few columns.
pub fn round_trip(time: Duration) -> String {
    match time.as_millis() {
        0 => "<1 ms".into(),
        millis => format!("{millis} ms"),
    }
}

/// All that is known of a nameserver, and what the zone above says.
pub fn in_words(open: &Open, row: &Row) -> String {
    let nameservers = &open.nameservers;
    let Some(name) = target(row) else { return "not a name".into() };
    let mut sentences = Vec::new();
    match nameservers.status(&name) {
        None => sentences.push("looking up its addresses".into()),
        Some(status) => {
            sentences.extend(status.problem.iter().map(|problem| format!("its addresses: {problem}")));
            let primary = open.draft.base().serial();
            sentences.extend(status.addresses.iter().map(|address| address_in_words(address, primary)));
            if status.unasked > 0 {
                sentences.push(format!("{} more of its addresses are not asked", status.unasked));
            }
        }
    }
    match &nameservers.parent {
        None => {}
        Some(Parent::NotKnown(why)) => sentences.push(format!("parent not known: {why}")),
        Some(Parent::DoesNotDelegate { parent }) => {
            sentences.push(format!("{} does not delegate this zone", delegation::zone(parent)));
        }
        Some(Parent::Delegates(delegation)) => {
            let parent = delegation::zone(&delegation.parent);
            match delegation::at_parent(delegation, &name, &open.draft) {
                AtParent::Delegated => sentences.push(format!("{parent} delegates to it")),
                AtParent::SameGlue => {
                    sentences.push(format!("{parent} delegates to it, with the same addresses"))
                }
                AtParent::NotDelegated | AtParent::GlueDiffers => {}
            }
            let named = |about: &Name| nameservers.rows.iter().any(|row| target(row).as_ref() == Some(about));
            // Its own first, then those about nameservers that have no row.
            let differences = || nameservers.differences.iter();
            let own = differences().filter(|difference| difference.about == name);
            let others = differences().filter(|difference| !named(&difference.about));
            sentences.extend(own.chain(others).map(|difference| difference.text.clone()));
        }
    }
    sentences.join("; ")
}

/// That the nameservers of the draft do not serve the zone, where they all say so, or some of them; in a few words.
pub fn not_served(open: &Open) -> Option<String> {
    let names = super::nameserver_sets::nameservers(open);
    let is_lame = |address: &AddressStatus| {
        let lame = [Fault::Refused, Fault::NotAuthoritative, Fault::RefersAway, Fault::NoSuchZone];
        matches!(standing(address), Standing::Fails(fault) if lame.contains(&fault))
    };
    let refuses = |name: &&Name| {
        open.nameservers.status(name).is_some_and(|status| {
            // That it could not be looked up tells nothing.
            let none = status.addresses.is_empty() && status.problem.as_deref() == Some("does not exist");
            status.complete && (none || !status.addresses.is_empty() && status.addresses.iter().all(is_lame))
        })
    };
    let lame = names.iter().filter(refuses).count();
    match (lame, open.file.is_some()) {
        (0, _) | (_, true) => None,
        (lame, _) if lame == names.len() => Some("not served by the nameservers above".into()),
        (lame, _) => Some(format!("not served by {lame} of the {} nameservers above", names.len())),
    }
}

fn address_in_words(status: &AddressStatus, primary: u32) -> String {
    let address = status.address;
    let time = |reply| match reply {
        Reply::Serial { round_trip: time, .. } => round_trip(time),
        Reply::Fault(fault) => fault.to_string(),
        Reply::Asking | Reply::NotAsked => "asking".into(),
    };
    if (status.udp, status.tcp) == (Reply::NotAsked, Reply::NotAsked) {
        return format!("{address}: not asked");
    }
    let (udp, tcp) = (time(status.udp), time(status.tcp));
    match standing(status) {
        Standing::Asking => format!("{address}: asking"),
        Standing::Serves { serial, not_over, .. } => {
            let so = match not_over {
                None => "",
                Some(Transport::Udp) => ": few resolvers will get an answer",
                Some(Transport::Tcp) => ": large answers will fail",
            };
            let lag = health::lag(serial, primary);
            let alone = match status.expire {
                Some(seconds) => format!(", good for {} without the primary", describe::ttl(seconds)),
                None => String::new(),
            };
            format!("{address}: serial {serial}, {lag}, UDP {udp}, TCP {tcp}{so}{alone}")
        }
        Standing::Fails(fault) => {
            let both = match udp == tcp {
                true => udp,
                false => format!("UDP {udp}, TCP {tcp}"),
            };
            format!("{address}: {both}: {}", meaning(fault))
        }
    }
}

/// What a fault comes from, most likely.
pub(super) fn meaning(fault: Fault) -> &'static str {
    match fault {
        Fault::TimedOut => "it is down, or a firewall drops the questions",
        Fault::ConnectionRefused => "no nameserver runs there",
        Fault::NoRoute => "this machine has no way to that address",
        Fault::ConnectionFailed => "it, or a firewall, ends the connection",
        Fault::Unreadable => "what comes back is no DNS message",
        Fault::OtherQuestion => "what comes back belongs to another question",
        Fault::Refused => "the zone is not configured there, or not for us",
        Fault::ServerFailure => "it could not load the zone, or its copy has expired",
        Fault::NotAuthoritative => "the zone is not configured there, and it answers from a cache",
        Fault::RefersAway => "the zone is not configured there",
        Fault::NoSuchZone => "it serves the zone above, but not this one",
        Fault::Rcode(_) => "it cannot answer the question",
        Fault::NotInDemo => "the demo asks nobody outside of this machine",
    }
}
