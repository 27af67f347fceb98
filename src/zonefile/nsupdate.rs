//! Changes as a script for `nsupdate`, which carries them out on whatever server it is pointed at.
//!
//! Each set is guarded by a prerequisite on its contents before. The order follows RFC 2136 section 3.4.2: deletes
//! before adds at an owner, and at the apex NS additions first, since the last NS cannot be deleted.

use std::io::{self, Write};

use super::printer::print_record;
use crate::zone::serial;
use crate::zone::types;
use crate::zone::{Change, ChangeMap, Name, Rdata, RecordType, RrKey, RrSet, Soa};

/// Messages are kept below this many octets; the most that one can have is 65,535 with its signature.
const MESSAGE_LIMIT: usize = 60_000;

/// The lines of one message, and about how many octets they will be.
#[derive(Default)]
struct Lines {
    prerequisites: Vec<String>,
    deletes: Vec<String>,
    adds: Vec<String>,
    /// Deletes that come after the adds.
    late_deletes: Vec<String>,
    octets: usize,
    /// nsupdate would take a name in it for no host's, and give up.
    has_odd_names: bool,
}

impl Lines {
    fn is_empty(&self) -> bool {
        self.deletes.is_empty() && self.adds.is_empty() && self.late_deletes.is_empty()
    }
}

/// Writes the script. Changes that are none (the serial of the SOA, the case of names) are left out. What does not
/// fit one message is sent in several, owner by owner; then one that fails leaves the others done, since nsupdate
/// goes on. `server`: host and port of the one that they are for, where that is known; nsupdate asks for it otherwise.
///
/// # Errors
/// Those of `out`.
pub fn print_nsupdate(
    zone: &Name,
    server: Option<(&str, u16)>,
    changes: &ChangeMap,
    out: &mut impl Write,
) -> io::Result<()> {
    if let Some((host, port)) = server {
        writeln!(out, "server {host} {port}")?;
    }
    writeln!(out, "zone {zone}")?;
    let mut message: Vec<Lines> = Vec::new();
    let mut rest = changes.iter().peekable();
    while let Some((first, change)) = rest.next() {
        let mut at_owner = vec![(first, change)];
        while let Some(next) = rest.next_if(|(key, _)| key.owner == first.owner) {
            at_owner.push(next);
        }
        let lines = owner_lines(zone, &at_owner);
        let octets: usize = message.iter().map(|lines| lines.octets).sum();
        if octets + lines.octets > MESSAGE_LIMIT {
            send(&mut message, out)?;
            writeln!(out, "zone {zone}")?;
        }
        if !lines.is_empty() {
            message.push(lines);
        }
    }
    send(&mut message, out)
}

fn send(message: &mut Vec<Lines>, out: &mut impl Write) -> io::Result<()> {
    if message.iter().any(|lines| lines.has_odd_names) {
        // What names may be is for the server to say, as when it is told to load them.
        writeln!(out, "check-names no")?;
    }
    for lines in message.iter() {
        lines.prerequisites.iter().try_for_each(|line| writeln!(out, "prereq {line}"))?;
    }
    for lines in message.iter() {
        lines.deletes.iter().try_for_each(|line| writeln!(out, "update delete {line}"))?;
        lines.adds.iter().try_for_each(|line| writeln!(out, "update add {line}"))?;
        lines.late_deletes.iter().try_for_each(|line| writeln!(out, "update delete {line}"))?;
    }
    if !message.is_empty() {
        writeln!(out, "send")?;
    }
    message.clear();
    Ok(())
}

fn owner_lines(zone: &Name, at_owner: &[(&RrKey, &Change)]) -> Lines {
    let mut lines = Lines::default();
    for (key, change) in at_owner {
        let Some(change) = worth_sending(key, change) else { continue };
        set_lines(zone, key, &change, &mut lines);
        guard(key, &change, at_owner, &mut lines);
    }
    lines
}

/// The change as it is sent; `None` for one that is none to a server.
fn worth_sending(key: &RrKey, change: &Change) -> Option<Change> {
    let mut change = change.clone();
    if key.rtype == RecordType::SOA
        && let (Some(before), Some(after)) = (&change.before, &mut change.after)
        && let (Some(old), Some(mut new)) = (first_soa(before), first_soa(after))
    {
        if old.same_but_serial(&new) && before.ttl == after.ttl {
            return None;
        }
        // A server ignores an SOA whose serial is not higher than its own (RFC 2136 section 3.4.2.2).
        if !serial::is_after(new.serial, old.serial) {
            new.serial = serial::next(old.serial);
            after.rdata = vec![new.to_rdata()];
        }
    }
    let same = crate::zone::rrset::same_contents(change.before.as_ref(), change.after.as_ref(), key.rtype);
    (!same).then_some(change)
}

fn first_soa(set: &RrSet) -> Option<Soa> {
    set.rdata.first().and_then(|rdata| Soa::from_rdata(rdata))
}

/// Deletes and adds that lead from before to after.
fn set_lines(zone: &Name, key: &RrKey, change: &Change, lines: &mut Lines) {
    let RrKey { owner, rtype, .. } = key;
    let name_octets = owner.wire().len() + 10;
    let add = |lines: &mut Lines, ttl: u32, rdata: &Rdata| {
        lines.octets += name_octets + rdata.len();
        lines.has_odd_names |= has_odd_names(owner, *rtype, rdata);
        lines.adds.push(print_record(owner, ttl, *rtype, rdata, None));
    };
    let one = |rdata: &Rdata| format!("{owner} IN {rtype} {}", types::format_rdata(*rtype, rdata, None));
    let (Some(before), Some(after)) = (&change.before, &change.after) else {
        if change.after.is_none() {
            lines.octets += name_octets;
            lines.deletes.push(format!("{owner} IN {rtype}"));
        }
        for (index, rdata) in change.after.iter().flat_map(|after| after.rdata.iter().enumerate()) {
            let ttl = change.after.as_ref().map_or(0, |after| after.ttl_of(index));
            add(lines, ttl, rdata);
        }
        return;
    };
    let new_ttl = before.ttl != after.ttl || !before.mixed_ttls.is_empty() || !after.mixed_ttls.is_empty();
    let apex_ns = *rtype == RecordType::NS && owner == zone;
    // An SOA and the apex NS cannot be deleted as a whole: adding a record again gives it the new TTL.
    let whole = new_ttl && !apex_ns && *rtype != RecordType::SOA;
    if whole {
        lines.octets += name_octets;
        lines.deletes.push(format!("{owner} IN {rtype}"));
    }
    for (index, rdata) in after.rdata.iter().enumerate() {
        if new_ttl || !before.contains(*rtype, rdata) {
            add(lines, after.ttl_of(index), rdata);
        }
    }
    for rdata in before.rdata.iter().filter(|rdata| !whole && !after.contains(*rtype, rdata)) {
        lines.octets += name_octets + rdata.len();
        match *rtype {
            // The new SOA replaces the old one.
            RecordType::SOA => {}
            _ if apex_ns => lines.late_deletes.push(one(rdata)),
            _ => lines.deletes.push(one(rdata)),
        }
    }
}

/// Does a host's name stand in the record that nsupdate takes for none (RFC 952, RFC 1123)?
fn has_odd_names(owner: &Name, rtype: RecordType, rdata: &[u8]) -> bool {
    const OF_HOSTS: [RecordType; 3] = [RecordType::A, RecordType::AAAA, RecordType::MX];
    const TO_HOSTS: [RecordType; 5] =
        [RecordType::NS, RecordType::MX, RecordType::SRV, RecordType::SOA, RecordType::PTR];
    let is_odd = |label: &[u8]| {
        let ends = [label.first(), label.last()];
        label != b"*"
            && (!label.iter().all(|octet| octet.is_ascii_alphanumeric() || *octet == b'-')
                || ends.contains(&Some(&b'-')))
    };
    OF_HOSTS.contains(&rtype) && owner.as_ref().labels().any(is_odd)
        || TO_HOSTS.contains(&rtype)
            && types::names_in(rtype, rdata).into_iter().any(|name| name.labels().any(is_odd))
}

/// What must hold for the change to be made: the set is as it was, and nothing forbids the new one.
fn guard(key: &RrKey, change: &Change, at_owner: &[(&RrKey, &Change)], lines: &mut Lines) {
    let RrKey { owner, rtype, .. } = key;
    let name_octets = owner.wire().len() + 10;
    match &change.before {
        Some(before) => {
            for rdata in &before.rdata {
                lines.octets += name_octets + rdata.len();
                let rdata = types::format_rdata(*rtype, rdata, None);
                lines.prerequisites.push(format!("yxrrset {owner} IN {rtype} {rdata}"));
            }
            return;
        }
        None => {
            lines.octets += name_octets;
            lines.prerequisites.push(format!("nxrrset {owner} IN {rtype}"));
        }
    }
    // Servers silently ignore a CNAME beside other records, and other records beside a CNAME.
    let known = |wanted: &dyn Fn(RecordType) -> bool| {
        at_owner.iter().any(|(other, change)| {
            wanted(other.rtype) && (change.before.is_some() || other.rtype == RecordType::CNAME)
        })
    };
    if *rtype == RecordType::CNAME {
        if !known(&|other| other != RecordType::CNAME) {
            lines.octets += name_octets;
            lines.prerequisites.push(format!("nxdomain {owner}"));
        }
    } else if !known(&|other| other == RecordType::CNAME) {
        let prerequisite = format!("nxrrset {owner} IN CNAME");
        if !lines.prerequisites.contains(&prerequisite) {
            lines.octets += name_octets;
            lines.prerequisites.push(prerequisite);
        }
    }
}
