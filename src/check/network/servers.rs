//! The zone's nameservers as they answer.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::Net;
use crate::facts::answers::{Answer, Question};
use crate::facts::{Fault, Reply};
use crate::zone::{Name, Rdata, RecordType};

/// How many addresses of a nameserver are asked.
const MOST_ADDRESSES: usize = 8;

/// A nameserver, at one of its addresses.
struct Seen {
    name: Name,
    record: Rdata,
    address: IpAddr,
    udp: Reply,
    tcp: Reply,
}

/// How all of them stand; those of which nothing is known are told apart.
fn all(net: &mut Net<'_>) -> Vec<Seen> {
    let mut seen = Vec::new();
    for (name, record) in net.nameservers() {
        if !net.takes() {
            continue;
        }
        let Some(host) = net.host(&name) else { continue };
        for address in host.addresses.into_iter().take(MOST_ADDRESSES) {
            if let Some(Answer::Serial { udp, tcp }) = net.ask(Question::Serial { server: address }) {
                let (name, record) = (name.clone(), record.clone());
                seen.push(Seen { name, record, address, udp: *udp, tcp: *tcp });
            }
        }
    }
    seen
}

/// May the fault be this side's, or on the way?
fn may_be_ours(fault: Fault) -> bool {
    matches!(fault, Fault::TimedOut | Fault::NoRoute | Fault::ConnectionFailed | Fault::NotInDemo)
}

/// Those that are no authority, or not over TCP, or answer for everybody.
pub fn lame(net: &mut Net<'_>) {
    for (name, record) in net.nameservers() {
        // One of the zone without an address is another rule's.
        let outside = !name.is_at_or_below(net.origin());
        let none = |net: &mut Net<'_>| net.host(&name).filter(|host| host.addresses.is_empty());
        if let Some(host) = none(net).filter(|_| outside) {
            let why = if host.exists { "has no address" } else { "does not exist" };
            let message = format!("The nameserver {name} of {} {why}: nobody can reach it.", net.origin());
            net.found(net.apex(RecordType::NS), Some(&record), message);
        }
    }
    let seen = all(net);
    let answered = |reply: Reply| !matches!(reply, Reply::Fault(fault) if may_be_ours(fault));
    // A server that is silent while others of its kind of address answer is silent for everybody.
    let reached = |four: bool| {
        seen.iter().any(|one| one.address.is_ipv4() == four && (answered(one.udp) || answered(one.tcp)))
    };
    let reached = [reached(true), reached(false)];
    for Seen { name, record, address, udp, tcp } in &seen {
        let way = reached[usize::from(!address.is_ipv4())];
        let why = match (udp.fault(), tcp.fault()) {
            (None, None) => {
                if matches!(net.ask(Question::Recursion { server: *address }), Some(Answer::Recursion(true)))
                {
                    let message = format!(
                        "The nameserver {name} ({address}) looks up names of others for whoever asks, at least for \
                         this machine: an open resolver is used in attacks."
                    );
                    net.found(net.apex(RecordType::NS), Some(record), message);
                }
                continue;
            }
            (Some(udp), _) if !may_be_ours(udp) => in_words(udp),
            (Some(_), Some(tcp)) if !may_be_ours(tcp) => in_words(tcp),
            (None, Some(tcp)) => format!("does not answer over TCP ({})", few_words(tcp)),
            (Some(udp), None) => format!("does not answer over UDP ({})", few_words(udp)),
            (Some(udp), Some(_)) if way && !matches!(udp, Fault::NoRoute | Fault::NotInDemo) => {
                format!("does not answer ({})", few_words(udp))
            }
            (Some(udp), Some(_)) => {
                net.unasked(format!("the nameserver {name} ({address})"), few_words(udp));
                continue;
            }
        };
        let message = format!("The nameserver {name} ({address}) {why}.");
        net.found(net.apex(RecordType::NS), Some(record), message);
    }
}

/// "refused", without the word that the sentence is about.
fn few_words(fault: Fault) -> String {
    let words = fault.to_string();
    words.strip_prefix("lame: ").map_or(words.clone(), str::to_owned)
}

/// As the end of a sentence about a server.
fn in_words(fault: Fault) -> String {
    match fault {
        Fault::ConnectionRefused => "does not answer: nobody listens there".into(),
        Fault::Unreadable => "answers with what is no DNS message".into(),
        Fault::OtherQuestion => "answers another question".into(),
        Fault::Refused => "refuses to answer for the zone (REFUSED): it is lame".into(),
        Fault::ServerFailure => "answers for the zone with SERVFAIL".into(),
        Fault::NotAuthoritative => "answers without authority for the zone: it is lame".into(),
        Fault::RefersAway => "refers elsewhere in place of an answer: it is lame".into(),
        Fault::NoSuchZone => "has no such zone: it is lame".into(),
        Fault::Rcode(code) => format!("answers for the zone with the error {code}"),
        Fault::TimedOut | Fault::NoRoute | Fault::ConnectionFailed | Fault::NotInDemo => {
            format!("does not answer ({fault})")
        }
    }
}

/// Serials that are not the same everywhere.
pub fn serials(net: &mut Net<'_>) {
    let mut serials: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    for Seen { name, address, udp, tcp, .. } in all(net) {
        for reply in [udp, tcp] {
            if let Reply::Serial { serial, .. } = reply {
                let who = format!("{name} ({address})");
                let servers = serials.entry(serial).or_default();
                if !servers.contains(&who) {
                    servers.push(who);
                }
            }
        }
    }
    if serials.len() > 1 {
        let words: Vec<String> =
            serials.iter().map(|(serial, servers)| format!("{serial} at {}", servers.join(", "))).collect();
        let message =
            format!("The nameservers of {} have different serials: {}.", net.origin(), words.join("; "));
        net.found(net.apex(RecordType::SOA), None, message);
    }
}
