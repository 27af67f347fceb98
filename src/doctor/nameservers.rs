//! The zone's nameservers as the world sees them, and whether they are told of changes.

use std::net::IpAddr;

use super::remedy::{self, word};
use super::{Case, Finding, Step, plain, seconds_in_words};
use crate::facts::{AddressStatus, Fault, Make, NameserverStatus, Reply};
use crate::health::{Version, version};
use crate::zone::{Name, Soa, serial};

const CHECK: &str = "nameserver";

/// Judges one nameserver: a finding for each of its addresses. `serial` is the primary's, where it is known.
pub fn nameserver(zone: &Name, status: &NameserverStatus, serial: Option<u32>) -> Vec<Finding> {
    let name = plain(&status.name);
    if status.addresses.is_empty() {
        let why = status.problem.as_deref().unwrap_or("it has no address");
        let finding = Finding::failed(CHECK, format!("{name} has no address: {why}"));
        let is_inside = status.name.as_ref().is_at_or_below(zone.as_ref());
        return vec![if is_inside {
            finding.then([Step::words(format!(
                "Add an A or AAAA record for {name} to the zone, or remove its NS record."
            ))])
        } else {
            finding.then([Step::new(
                "Ask for it by hand; if it stays so, remove its NS record:",
                [format!("dig +trace {} A", word(&name))],
            )])
        }];
    }
    let judged = |address| of_address(zone, &name, address, serial);
    let mut findings: Vec<Finding> = status.addresses.iter().map(judged).collect();
    if status.unasked > 0 {
        let says = format!("{name}: {} more of its addresses not asked", status.unasked);
        findings.push(Finding::unknown(CHECK, says));
    }
    findings
}

fn of_address(zone: &Name, name: &str, status: &AddressStatus, primary: Option<u32>) -> Finding {
    let AddressStatus { address, udp, tcp, .. } = status;
    let who = format!("{name} {address}");
    let by_hand = |options: &str| {
        Step::new("Ask it by hand:", [format!("dig {options}@{address} SOA {}", word(&plain(zone)))])
    };
    match (udp, tcp) {
        (Reply::Serial { serial: theirs, round_trip }, tcp) => {
            let took = format!("{} ms", round_trip.as_millis());
            let finding = standing(zone, &who, *theirs, primary, &took);
            match tcp {
                Reply::Fault(fault) => Finding::warning(CHECK, format!("{who}: {} over TCP", words(*fault)))
                    .because(
                        "Over UDP it answers. Resolvers come over TCP where an answer is large, and secondaries for \
                         transfers.",
                    )
                    .then([Step::words("Open TCP port 53 on the server and in the firewalls before it."), by_hand("+tcp ")])
                    // What is wrong beside that is told as well.
                    .then(finding.remedy),
                _ => finding,
            }
        }
        (Reply::Fault(fault), Reply::Serial { .. }) => {
            Finding::failed(CHECK, format!("{who}: {} over UDP", words(*fault)))
                .because("Over TCP it answers; the world asks over UDP first.")
                .then([
                    Step::words("Open UDP port 53 on the server and in the firewalls before it."),
                    by_hand("+notcp "),
                ])
        }
        (Reply::Fault(Fault::NoRoute), _) => {
            Finding::unknown(CHECK, format!("{who}: this machine has no way to it"))
                .because("It may be right all the same: ask it from a machine that has one.")
        }
        (Reply::Fault(Fault::NotInDemo), _) => {
            Finding::unknown(CHECK, format!("{who}: not part of the demo"))
        }
        (Reply::Fault(fault), tcp) => {
            // A machine that has no nameserver says so over TCP only.
            let fault = match (fault, tcp) {
                (Fault::TimedOut, Reply::Fault(over_tcp)) => over_tcp,
                _ => fault,
            };
            let finding = Finding::failed(CHECK, format!("{who}: {}", words(*fault)));
            match fault {
                Fault::TimedOut | Fault::ConnectionRefused | Fault::ConnectionFailed => finding
                    .because("Resolvers that try it first wait for it in vain.")
                    .then([
                        Step::words(
                            "See that the nameserver runs there and that UDP and TCP port 53 are open; or remove \
                             its NS record, here and in the zone above.",
                        ),
                        by_hand(""),
                    ]),
                Fault::ServerFailure => finding
                    .because("It has the zone configured, but not loaded, or its copy has expired.")
                    .then([remedy::fetch_again(zone)])
                    .then([Step::words("See that the primary lets it transfer the zone.")]),
                Fault::Refused | Fault::NotAuthoritative | Fault::RefersAway | Fault::NoSuchZone => finding
                    .because("It is named as a nameserver of the zone, but does not serve it.")
                    .then([
                        Step::words("Configure the zone there as a secondary, or remove its NS record, here and in the zone above."),
                        by_hand("+norec "),
                    ]),
                _ => finding.then([by_hand("")]),
            }
        }
        (Reply::Asking | Reply::NotAsked, _) => Finding::unknown(CHECK, format!("{who}: not asked")),
    }
}

/// It answers with authority: with which version of the zone?
fn standing(zone: &Name, who: &str, theirs: u32, primary: Option<u32>, took: &str) -> Finding {
    let Some(primary) = primary else {
        return Finding::ok(CHECK, format!("{who}: serial {theirs}, {took}"));
    };
    match version(theirs, primary) {
        Version::Same => Finding::ok(CHECK, format!("{who}: in sync, {took}")),
        Version::Behind(number) => {
            Finding::warning(CHECK, format!("{who}: {number} behind (serial {theirs})"))
                .because("That is usual for some seconds after a change. If it stays so:")
                .then([remedy::fetch_again(zone)])
        }
        Version::Ahead(number) => Finding::failed(CHECK, format!("{who}: {number} ahead (serial {theirs})"))
            .because(format!(
                "The primary has {primary}. A secondary takes over no serial that is lower than its own, so no change \
                 reaches it."
            ))
            .then([
                Step::words(format!(
                    "Set the zone's serial above {theirs} (edit the SOA), or have the secondary fetch it afresh."
                )),
                remedy::fetch_again(zone),
            ]),
        Version::Incomparable => {
            Finding::failed(CHECK, format!("{who}: serial {theirs}, which cannot be compared with {primary}"))
                .because("They are 2^31 apart, where neither is the later one (RFC 1982).")
                .then([Step::words("Raise the zone's serial by a small step.")])
        }
    }
}

fn words(fault: Fault) -> String {
    match fault {
        Fault::TimedOut => "no answer in time".into(),
        other => other.to_string(),
    }
}

/// The nameservers could not be asked for, or there are none.
pub fn no_nameservers(zone: &Name, why: &str) -> Finding {
    Finding::failed(CHECK, format!("the nameservers of {} are not known: {why}", plain(zone)))
        .then([Step::new("Ask for them by hand:", [format!("dig NS {}", word(&plain(zone)))])])
}

/// Is this server the primary that the SOA names? `addresses` are those of that name.
pub fn primary(case: &Case, soa: &Soa, addresses: &Result<Vec<IpAddr>, String>) -> Finding {
    const CHECK: &str = "primary";
    let name = plain(&soa.mname);
    match addresses {
        Ok(addresses) if addresses.contains(&case.address.ip()) => {
            Finding::ok(CHECK, format!("{name} by the SOA: this server"))
        }
        Ok(_) => Finding::ok(CHECK, format!("{name} by the SOA: another server than this"))
            .because("That is right for a hidden primary. A secondary that forwards updates looks the same.")
            .then([Step::new(
                "If this is one, name the primary:",
                [format!("zonewright doctor {} --server {}", word(&plain(&case.zone)), word(&name))],
            )]),
        Err(why) => Finding::ok(CHECK, format!("{name} by the SOA, without an address ({why})"))
            .because("That is right for a hidden primary."),
    }
}

/// Are the nameservers told of changes? What can be seen is whether they have the primary's serial.
pub fn notify(case: &Case, soa: &Soa, statuses: &[NameserverStatus]) -> Finding {
    const CHECK: &str = "notify";
    let others = || {
        let addresses = statuses.iter().flat_map(|status| &status.addresses);
        addresses.filter(|address| address.address != case.address.ip())
    };
    let serials = others().filter_map(|address| match (address.udp, address.tcp) {
        (Reply::Serial { serial, .. }, _) | (_, Reply::Serial { serial, .. }) => Some(serial),
        _ => None,
    });
    let (mut answering, mut behind) = (0, 0);
    for theirs in serials {
        answering += 1;
        behind += usize::from(serial::is_after(soa.serial, theirs));
    }
    let wait = seconds_in_words(u64::from(soa.refresh));
    if others().next().is_none() {
        return Finding::ok(CHECK, "no other nameserver is to be told of changes");
    }
    if answering == 0 {
        return Finding::unknown(
            CHECK,
            "no other nameserver answers: not known whether they are told of changes",
        );
    }
    if behind > 0 {
        return Finding::warning(
            CHECK,
            format!("{behind} of {answering} behind: they may not be told of changes"),
        )
        .because(format!("Without NOTIFY they ask every {wait} (the refresh time in the SOA)."))
        .then(remedy::notify(case));
    }
    // A nameserver of the zone that the SOA names as primary, and that is not this server.
    let is_named = |status: &&NameserverStatus| {
        let is_here = status.addresses.iter().any(|address| address.address == case.address.ip());
        status.name == soa.mname && !is_here
    };
    if case.make == Make::Bind && statuses.iter().any(|status| is_named(&status)) {
        return Finding::warning(CHECK, format!("BIND does not tell {}", plain(&soa.mname)))
            .because(format!(
                "It is the primary by the SOA, which BIND leaves out. It has the serial {} all the same, at the \
                 latest {wait} after a change (the refresh time).",
                soa.serial
            ))
            .then([Step::new(
                "If it is not told in another way (also-notify), have BIND tell it. In named.conf:",
                ["notify-to-soa yes;", "rndc reconfig"],
            )]);
    }
    let finding = Finding::ok(CHECK, format!("all {answering} that answer have serial {}", soa.serial));
    if case.make == Make::PowerDns {
        return finding
            .because(format!(
                "After dynamic updates PowerDNS tells them only where NOTIFY-DNSUPDATE is 1; else they ask every \
                 {wait}."
            ))
            .then([Step::new(
                "See whether it is, and set it:",
                [
                    format!("pdnsutil get-meta {} NOTIFY-DNSUPDATE", word(&plain(&case.zone))),
                    remedy::notify_dnsupdate(case),
                ],
            )]);
    }
    finding
}
