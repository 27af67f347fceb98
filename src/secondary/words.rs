//! How backends say what did not work: one sentence for what, by what was to be done with which domain.

use super::said;
use crate::facts::Failure;
use crate::facts::registration::{Problem, ProblemKind};
use crate::zone::Name;

/// What shall be done at a service, and with which domain.
pub struct Doing {
    failed: String,
    unsure: String,
}

impl Doing {
    fn asking(failed: String) -> Doing {
        Doing { unsure: failed.clone(), failed }
    }

    fn changing(domain: &Name, done: &str, service: &str) -> Doing {
        let (name, service) = (plain(domain), said(service));
        Doing {
            failed: format!("{name} was not {done} {service}."),
            unsure: format!("It is not known whether {name} was {done} {service}."),
        }
    }

    pub fn listing(service: &str) -> Doing {
        Doing::asking(format!("It cannot be told what is registered at {}.", said(service)))
    }

    pub fn looking(domain: &Name, service: &str) -> Doing {
        Doing::asking(format!(
            "It cannot be told whether {} is registered at {}.",
            plain(domain),
            said(service)
        ))
    }

    pub fn adding(domain: &Name, service: &str) -> Doing {
        Doing::changing(domain, "registered at", service)
    }

    pub fn removing(domain: &Name, service: &str) -> Doing {
        Doing::changing(domain, "removed from", service)
    }

    pub fn moving(domain: &Name, service: &str) -> Doing {
        Doing::changing(domain, "given another primary at", service)
    }

    pub fn problem(&self, kind: ProblemKind, why: impl Into<String>, next: impl Into<String>) -> Problem {
        let what = if kind == ProblemKind::Unknown { &self.unsure } else { &self.failed };
        Problem { kind, what: what.clone(), why: why.into(), next: next.into() }
    }

    /// A failure on this side: a key that cannot be read.
    pub fn local(&self, failure: &Failure) -> Problem {
        self.problem(ProblemKind::Local, format!("{} {}", failure.what, failure.why), &*failure.next)
    }
}

/// What a service said, as the end of a sentence of ours: made printable, cut, with a full stop.
pub fn sentence(words: &str) -> String {
    let words = said(words);
    if words.ends_with(['.', '!', '?']) { words } else { format!("{words}.") }
}

/// There is no registration.
pub fn not_registered(domain: &Name, service: &str) -> Problem {
    Problem {
        kind: ProblemKind::NotRegistered,
        what: format!("{} is not registered at {}.", plain(domain), said(service)),
        why: "It does not stand in its list.".into(),
        next: "Nothing is to be done.".into(),
    }
}

/// A service that cannot be used at all.
pub fn unusable(service: &str, why: &str, next: &str) -> Problem {
    Problem {
        kind: ProblemKind::Local,
        what: format!("The secondary service {} cannot be used.", said(service)),
        why: why.into(),
        next: next.into(),
    }
}

/// A name without its final dot.
pub fn plain(name: &Name) -> String {
    let text = name.to_string();
    text.strip_suffix('.').filter(|text| !text.is_empty()).unwrap_or(".").into()
}
