//! What there is to say of a catalog zone and its members: what, why, what next.

use super::super::said;
pub use super::super::words::{plain, unusable};
use super::contents::{Entry, Unusable};
use super::{is_unsent, kind_of};
use crate::facts::registration::{Problem, ProblemKind};
use crate::facts::{Failure, FailureKind};
use crate::zone::Name;
use crate::zone::update::Rcode;

/// What shall be done, and with which member.
pub struct Doing<'a> {
    pub member: &'a Name,
    /// "example.com was not registered in".
    failed: String,
    /// "It is not known whether example.com was registered in".
    unsure: String,
}

impl<'a> Doing<'a> {
    /// A question.
    fn asking(member: &'a Name, failed: String) -> Doing<'a> {
        Doing { member, unsure: failed.clone(), failed }
    }

    /// A change: "was registered in", "was not registered in".
    fn changing(member: &'a Name, done: &str) -> Doing<'a> {
        let name = plain(member);
        Doing {
            member,
            failed: format!("{name} was not {done}"),
            unsure: format!("It is not known whether {name} was {done}"),
        }
    }

    pub fn listing(root: &'a Name) -> Doing<'a> {
        Doing::asking(root, "It cannot be told what is registered in".into())
    }

    pub fn looking(member: &'a Name) -> Doing<'a> {
        Doing::asking(member, format!("It cannot be told whether {} is registered in", plain(member)))
    }

    pub fn adding(member: &'a Name) -> Doing<'a> {
        Doing::changing(member, "registered in")
    }

    pub fn removing(member: &'a Name) -> Doing<'a> {
        Doing::changing(member, "removed from")
    }

    pub fn mending(member: &'a Name) -> Doing<'a> {
        Doing::changing(member, "mended in")
    }

    pub fn handing_over(member: &'a Name) -> Doing<'a> {
        Doing::changing(member, "made ready to leave")
    }

    pub fn moving(member: &'a Name) -> Doing<'a> {
        Doing::changing(member, "given another primary in")
    }
}

/// The words for one catalog.
pub struct Words {
    /// As the configuration calls it.
    pub name: String,
    zone: String,
}

impl Words {
    pub fn new(name: &str, zone: &Name) -> Words {
        Words { name: said(name), zone: plain(zone) }
    }

    fn problem(&self, doing: &Doing<'_>, kind: ProblemKind, why: impl Into<String>, next: &str) -> Problem {
        let begin = if kind == ProblemKind::Unknown { &doing.unsure } else { &doing.failed };
        let what = format!("{begin} the catalog zone {} ({}).", self.zone, self.name);
        Problem { kind, what, why: why.into(), next: next.into() }
    }

    pub fn not_read(&self, doing: &Doing<'_>, failure: &Failure) -> Problem {
        self.problem(doing, kind_of(failure), format!("{} {}", failure.what, failure.why), &failure.next)
    }

    pub fn not_a_catalog(&self, doing: &Doing<'_>, unusable: &Unusable) -> Problem {
        let why = format!("No consumer reads the zone as it is: {unusable}.");
        let next = format!("It must have exactly this record: version.{}. 0 IN TXT \"2\"", self.zone);
        self.problem(doing, ProblemKind::Protocol, why, &next)
    }

    pub fn not_served(&self, doing: &Doing<'_>, failure: &Failure) -> Problem {
        let kind = match failure.kind {
            FailureKind::NotAuthoritative | FailureKind::Refused | FailureKind::Rcode(_) => {
                ProblemKind::Invalid
            }
            _ => kind_of(failure),
        };
        let why = format!(
            "Its primary must serve it first, else the consumers ask for it for ever. {} {}",
            failure.what, failure.why
        );
        self.problem(doing, kind, why, "Create the zone on the primary, then register it.")
    }

    pub fn read_only(&self, doing: &Doing<'_>, server: &str) -> Problem {
        let why = format!("The configuration says read-only for the server {}.", said(server));
        self.problem(doing, ProblemKind::Local, why, "Take read-only out, where that is meant.")
    }

    pub fn itself(&self, doing: &Doing<'_>) -> Problem {
        let why = "It is the catalog zone itself.";
        self.problem(doing, ProblemKind::Invalid, why, "Name a zone that the consumers shall serve.")
    }

    pub fn to_itself(&self, doing: &Doing<'_>) -> Problem {
        let why = "It stands in that catalog zone already.";
        self.problem(doing, ProblemKind::Invalid, why, "Name another catalog zone.")
    }

    pub fn too_long(&self, doing: &Doing<'_>) -> Problem {
        let why = "The name of its record there would be longer than 255 octets.";
        self.problem(doing, ProblemKind::Invalid, why, "Use a catalog zone with a shorter name.")
    }

    pub fn there_already(&self, doing: &Doing<'_>, entries: &[Entry]) -> Problem {
        let primaries = entries.first().map(|entry| entry.primaries.clone()).unwrap_or_default();
        let kind = ProblemKind::AlreadyRegistered { primaries };
        let why = match entries {
            [one] => format!("It stands there already, with the label {}.", one.label()),
            several => format!("It stands there already, {} times.", several.len()),
        };
        self.problem(doing, kind, why, "Nothing is to be done.")
    }

    pub fn not_there(&self, doing: &Doing<'_>) -> Problem {
        let name = plain(doing.member);
        Problem {
            kind: ProblemKind::NotRegistered,
            what: format!("{name} is not registered in the catalog zone {} ({}).", self.zone, self.name),
            why: "It does not stand there.".into(),
            next: "Nothing is to be done.".into(),
        }
    }

    pub fn nothing_to_mend(&self, doing: &Doing<'_>) -> Problem {
        let why = "It stands there once, as it should.";
        self.problem(doing, ProblemKind::Invalid, why, "Nothing is to be done.")
    }

    pub fn mend_first(&self, doing: &Doing<'_>) -> Problem {
        let why = "It stands there more than once, or together with another zone.";
        self.problem(doing, ProblemKind::Conflict, why, "Have that mended first.")
    }

    pub fn changed_meanwhile(&self, doing: &Doing<'_>) -> Problem {
        let why = "Somebody else changed what stands there of it at the same moment.";
        self.problem(doing, ProblemKind::Conflict, why, "Look at what is registered now.")
    }

    pub fn too_busy(&self, doing: &Doing<'_>) -> Problem {
        let why = "The catalog zone was changed by others each time that it was tried.";
        self.problem(doing, ProblemKind::Conflict, why, "Try again.")
    }

    pub fn knows_its_primary(&self, doing: &Doing<'_>) -> Problem {
        let why = "Where members are transferred from is set on the consumers (BIND: default-primaries, Knot: the \
                   template, PowerDNS: the consumer zone's primaries), not in the catalog zone.";
        self.problem(doing, ProblemKind::Unsupported, why, "Change it there.")
    }

    /// A signed answer that is none of those that say that a condition does not hold.
    pub fn answered(&self, doing: &Doing<'_>, rcode: Rcode) -> Problem {
        let (kind, why, next) = match rcode {
            Rcode::REFUSED => (
                ProblemKind::Forbidden,
                "The server does not let this key change the catalog zone (REFUSED).".to_owned(),
                "Allow it (BIND: update-policy { grant KEY zonesub ANY; }; Knot: acl with action: update), and see \
                 that the zone is not frozen.",
            ),
            Rcode::NOTAUTH | Rcode::NOTZONE => (
                ProblemKind::UnknownService,
                format!("The server does not have the catalog zone {} ({rcode}).", self.zone),
                "Check the server and the name of the catalog zone in the configuration.",
            ),
            Rcode::NOTIMP => (
                ProblemKind::Unsupported,
                "The server takes no dynamic updates (NOTIMP).".to_owned(),
                "Name the server that does with update-to. PowerDNS needs dnsupdate=yes.",
            ),
            Rcode::SERVFAIL => (
                ProblemKind::Unknown,
                "The server had trouble of its own (SERVFAIL): perhaps it was done, perhaps not.".to_owned(),
                "Look at what is registered, then try again.",
            ),
            other => (
                ProblemKind::Remote { status: other.0 },
                format!("The server answered {other}."),
                "Look into the server's log for the reason.",
            ),
        };
        self.problem(doing, kind, why, next)
    }

    pub fn not_sent_or_unknown(&self, doing: &Doing<'_>, failure: &Failure) -> Problem {
        let refused = matches!(
            failure.kind,
            FailureKind::Refused
                | FailureKind::UnknownKey
                | FailureKind::BadSignature
                | FailureKind::ClockOff
                | FailureKind::NotAuthoritative
                | FailureKind::NotImplemented
        );
        if refused {
            return self.not_read(doing, failure);
        }
        let kind = match failure.kind {
            FailureKind::Local => ProblemKind::Local,
            _ if is_unsent(failure) => ProblemKind::NotSent,
            _ => ProblemKind::Unknown,
        };
        let why = format!("{} {}", failure.what, failure.why);
        match kind {
            ProblemKind::Unknown => {
                let why = format!("{why} It was sent, and may have been carried out.");
                self.problem(doing, kind, why, "Look at what is registered before trying again.")
            }
            kind => self.problem(doing, kind, why, &failure.next),
        }
    }

    pub fn duplicate_appeared(&self, doing: &Doing<'_>, entries: &[Entry], left: Option<Problem>) -> Problem {
        let labels: Vec<String> = entries.iter().map(Entry::label).collect();
        let why = format!(
            "At the same moment somebody else registered it with another label ({}), and consumers refuse a catalog \
             with two labels for one zone. {}",
            labels.join(", "),
            match &left {
                None => "Ours was taken out again.".to_owned(),
                Some(problem) => format!("Ours could not be taken out again: {}", problem.why),
            }
        );
        let next = match left {
            None => "It is registered now, by the other one.",
            Some(_) => "Have it mended, at once.",
        };
        self.problem(doing, ProblemKind::Conflict, why, next)
    }

    pub fn unguarded(&self, doing: &Doing<'_>) -> String {
        format!(
            "{} was registered without the catalog zone's SOA as a condition: the server stores another SOA than it \
             serves. That nobody else registered it at the same moment was looked at afterwards.",
            plain(doing.member)
        )
    }

    pub fn not_visible_yet(&self, doing: &Doing<'_>) -> String {
        format!(
            "The server accepted the change for {}, but does not serve it yet. Look again at what is registered.",
            plain(doing.member)
        )
    }

    pub fn not_touched(&self, doing: &Doing<'_>, problem: &Problem) -> String {
        format!(
            "{} is mended in the catalog zone {}, but its serial could not be raised once more ({}) A BIND consumer may \
             serve the zone again only after the next change of the catalog.",
            plain(doing.member),
            self.zone,
            problem.why
        )
    }

    pub fn state_is_lost(&self, doing: &Doing<'_>) -> String {
        format!(
            "{} has a label there that another program chose: consumers will transfer it afresh when the other catalog \
             zone takes it over.",
            plain(doing.member)
        )
    }
}

/// What a person should know of a member.
pub fn note(entries: &[Entry]) -> Option<String> {
    let mut parts: Vec<String> = Vec::new();
    if entries.len() > 1 {
        let labels: Vec<String> = entries.iter().take(5).map(Entry::label).collect();
        parts.push(format!(
            "stands {} times in the catalog ({}): consumers refuse that; to be mended",
            entries.len(),
            labels.join(", ")
        ));
    }
    if let Some(shared) = entries.iter().find(|entry| entry.is_shared()) {
        parts.push(format!(
            "shares the label {} with {} others: consumers refuse that; to be mended",
            shared.label(),
            shared.targets.len() - 1
        ));
    }
    for entry in entries {
        parts.extend(entry.groups.iter().take(5).map(|group| format!("group {}", said(group))));
        parts.extend(entry.coo.iter().take(5).map(|to| format!("may be taken over by {}", plain(to))));
    }
    (!parts.is_empty()).then(|| parts.join("; "))
}
