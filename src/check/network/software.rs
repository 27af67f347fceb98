//! The server that the zone is for, and the types that it does not know yet.

use std::collections::BTreeSet;

use super::Net;
use crate::facts::answers::{Answer, Question};
use crate::zone::{RecordType, RrKey};

/// What is known of when a server learnt a type.
#[derive(Debug, Clone, Copy)]
enum Learnt {
    /// With these versions of its branches; newer branches had it from the start, older ones never.
    With(&'static [Version]),
    /// With this one.
    Since(Version),
    /// It knows it in this version; since when is not known here.
    By(Version),
    /// In this version it does not; when it did is not known here.
    NotBy(Version),
}

use Learnt::{By, NotBy, Since, With};

type Version = [u32; 3];

/// A type that not every server that runs today knows by its name.
struct New {
    rtype: RecordType,
    bind: Learnt,
    knot: Learnt,
    nsd: Learnt,
    powerdns: Learnt,
}

/// From the notes on their versions, and from what servers of these versions make of a zone file.
const TABLE: &[New] = &[
    New {
        rtype: RecordType::SVCB,
        bind: By([9, 18, 0]),
        knot: Since([3, 1, 0]),
        nsd: Since([4, 3, 7]),
        powerdns: Since([4, 4, 0]),
    },
    New {
        rtype: RecordType::HTTPS,
        bind: By([9, 18, 0]),
        knot: Since([3, 1, 0]),
        nsd: Since([4, 3, 7]),
        powerdns: Since([4, 4, 0]),
    },
    New {
        rtype: WALLET,
        bind: With(&[[9, 18, 31], [9, 20, 3], [9, 21, 2]]),
        knot: NotBy([3, 2, 6]),
        nsd: NotBy([4, 6, 1]),
        powerdns: NotBy([4, 7, 3]),
    },
    New {
        rtype: DSYNC,
        bind: With(&[[9, 18, 39], [9, 20, 12], [9, 21, 11]]),
        knot: NotBy([3, 2, 6]),
        nsd: NotBy([4, 6, 1]),
        powerdns: NotBy([4, 7, 3]),
    },
    New {
        rtype: RESINFO,
        bind: By([9, 18, 49]),
        knot: NotBy([3, 2, 6]),
        nsd: NotBy([4, 6, 1]),
        powerdns: NotBy([4, 7, 3]),
    },
    New {
        rtype: AMTRELAY,
        bind: By([9, 18, 0]),
        knot: NotBy([3, 2, 6]),
        nsd: NotBy([4, 6, 1]),
        powerdns: NotBy([4, 7, 3]),
    },
];

const AMTRELAY: RecordType = RecordType(260);
const RESINFO: RecordType = RecordType(261);
const WALLET: RecordType = RecordType(262);
const DSYNC: RecordType = RecordType(66);

impl Learnt {
    /// Does this version know it? `None` where that cannot be told.
    fn is_known_to(self, own: Version) -> Option<bool> {
        match self {
            Since(first) => Some(own >= first),
            By(known) => (own >= known).then_some(true),
            NotBy(unknown) => (own <= unknown).then_some(false),
            With(branches) => {
                let branch = |version: &Version| (version[0], version[1]);
                Some(match branches.iter().find(|first| branch(first) == branch(&own)) {
                    Some(first) => own >= *first,
                    None => branches.last().is_some_and(|newest| branch(&own) > branch(newest)),
                })
            }
        }
    }
}

/// "Knot DNS 3.2.6" and the like: the first number with a dot in it, as three numbers.
fn version(text: &str) -> Option<Version> {
    let start = text.find(|c: char| c.is_ascii_digit())?;
    let digits = text.get(start..)?.split(|c: char| !c.is_ascii_digit() && c != '.').next()?;
    let mut numbers = digits.split('.').map(|number| number.parse().ok());
    Some([numbers.next()??, numbers.next()??, numbers.next().flatten().unwrap_or_default()])
}

/// Does a server that says this of itself know the type? `None` where that cannot be told.
fn knows(text: &str, new: &New) -> Option<bool> {
    let lower = text.to_ascii_lowercase();
    let learnt = match () {
        () if lower.starts_with("zonewright") => return Some(true),
        () if lower.starts_with("9.") || lower.starts_with("bind") => new.bind,
        () if lower.starts_with("knot") => new.knot,
        () if lower.starts_with("nsd") => new.nsd,
        () if lower.starts_with("powerdns") => new.powerdns,
        () => return None,
    };
    learnt.is_known_to(version(text)?)
}

pub fn types(net: &mut Net<'_>) {
    let zone = &net.inquiry.zone;
    let mut there: BTreeSet<RecordType> = BTreeSet::new();
    let mut first: Vec<(RrKey, &New)> = Vec::new();
    for set in zone.set_ids() {
        let Some(rtype) = zone.rtype(zone.rows_of(set).start) else { continue };
        let Some(new) = TABLE.iter().find(|new| new.rtype == rtype) else { continue };
        if there.insert(rtype) {
            first.extend(zone.key(set).map(|key| (key, new)));
        }
    }
    if first.is_empty() || !net.takes() {
        return;
    }
    let Some(Answer::Software(text)) = net.ask(Question::Software) else { return };
    let who = super::super::rules::quoted(text.as_bytes());
    for (key, new) in first {
        match knows(text, new) {
            Some(true) => {}
            Some(false) => {
                let message = format!(
                    "The server is {who}, which does not know the type {} yet: it takes it in the form of RFC 3597 only.",
                    key.rtype
                );
                net.found(key, None, message);
            }
            None => net.unasked(format!("{} at {who}", key.rtype), "its versions are not known here".into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_know_what_their_versions_know() {
        let knows =
            |text: &str, rtype: RecordType| knows(text, TABLE.iter().find(|new| new.rtype == rtype).unwrap());
        for (text, rtype, expected) in [
            ("9.18.49-1~deb12u3-Debian", WALLET, Some(true)),
            ("9.18.30", WALLET, Some(false)),
            ("9.16.50", WALLET, Some(false)),
            ("9.20.2", WALLET, Some(false)),
            ("BIND 9.22.0", WALLET, Some(true)),
            ("9.16.1", RecordType::HTTPS, None),
            ("Knot DNS 3.2.6", WALLET, Some(false)),
            ("Knot DNS 3.9.0", WALLET, None),
            ("Knot DNS 3.0.1", RecordType::SVCB, Some(false)),
            ("NSD 4.3.7", RecordType::SVCB, Some(true)),
            ("PowerDNS Authoritative Server 4.7.3 (built Apr 10 2023)", DSYNC, Some(false)),
            ("zonewright 0.1.0", DSYNC, Some(true)),
            ("none of your business", DSYNC, None),
            ("9.", DSYNC, None),
        ] {
            assert_eq!(knows(text, rtype), expected, "{text} {rtype}");
        }
    }
}
