//! The list of a service that cannot be asked what is registered there, kept on this side.

use std::io;
use std::net::IpAddr;
use std::path::Path;

use super::Around;
use super::offered::Configured;
use super::words::Doing;
use crate::dns;
use crate::facts::registration::{Details, Place, Problem, ProblemKind, Registration};
use crate::store::registered::{Registered, RegisteredFile};
use crate::zone::Name;

/// Where it is kept; `None` where there is no place for it.
pub struct Kept(Option<RegisteredFile>);

impl Kept {
    pub fn new(service: &str, around: &Around) -> Kept {
        Kept(around.state.as_deref().map(|state: &Path| RegisteredFile::new(state, service)))
    }

    fn file(&self, doing: &Doing) -> Result<&RegisteredFile, Problem> {
        self.0.as_ref().ok_or_else(|| {
            let why = "There is no place for its list: no home directory.";
            doing.problem(ProblemKind::Local, why, "Set XDG_STATE_HOME to a directory.")
        })
    }

    pub fn all(&self, doing: &Doing, configured: &Configured) -> Result<Vec<Registration>, Problem> {
        let file = self.file(doing)?;
        let list = file.load().map_err(|error| unread(doing, file, &error))?;
        let registration = |one: Registered| Registration {
            place: Place { domain: one.domain, service: None },
            created: i64::try_from(one.created).ok(),
            primaries: one.primary.into_iter().collect(),
            secondary: configured.secondary(),
            details: Details::Known,
            note: Some("as far as it was done here".into()),
        };
        Ok(list.into_iter().map(registration).collect())
    }

    pub fn one(
        &self,
        domain: &Name,
        doing: &Doing,
        configured: &Configured,
    ) -> Result<Option<Registration>, Problem> {
        let all = self.all(doing, configured)?;
        Ok(all.into_iter().find(|registration| registration.place.domain == *domain))
    }

    /// Puts a domain in; one that is there is replaced.
    pub fn put(&self, domain: &Name, primary: Option<IpAddr>, doing: &Doing) -> Result<(), Problem> {
        let registered = Registered { domain: domain.clone(), created: dns::unix_time(), primary };
        self.change(doing, |list| {
            list.retain(|one| one.domain != *domain);
            list.push(registered);
        })
    }

    pub fn take_out(&self, domain: &Name, doing: &Doing) -> Result<(), Problem> {
        self.change(doing, |list| list.retain(|one| one.domain != *domain))
    }

    fn change(&self, doing: &Doing, change: impl FnOnce(&mut Vec<Registered>)) -> Result<(), Problem> {
        let file = self.file(doing)?;
        file.change(change).map_err(|error| unread(doing, file, &error))
    }
}

fn unread(doing: &Doing, file: &RegisteredFile, error: &io::Error) -> Problem {
    let path = super::said(&file.path().to_string_lossy());
    let (why, next) = match error.kind() {
        io::ErrorKind::InvalidData => (
            format!("Its list {path} is damaged."),
            "Move the file away: then the list is empty. Its lines can still be read there.",
        ),
        kind => (format!("Its list {path} cannot be used: {kind}."), "Check the file and the disk."),
    };
    doing.problem(ProblemKind::Local, why, next)
}
