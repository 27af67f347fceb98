//! A service that no program can talk to: says what to do by hand, and keeps the list of what was done.
//!
//! Registering here means that the person said it is done.

use std::net::IpAddr;

use super::list::Kept;
use super::offered::Configured;
use super::words::{Doing, not_registered, plain, unusable};
use super::{Around, Service};
use crate::config;
use crate::facts::clean::clean;
use crate::facts::registration::{
    Abilities, Challenge, Offered, Place, Problem, ProblemKind, Registration, Wanted,
};

/// Longer instructions are not read by anybody.
const LONGEST: usize = 10_000;

/// A service by hand.
pub struct Manual {
    name: String,
    instructions: String,
    primary: Option<IpAddr>,
    kept: Kept,
    configured: Configured,
}

impl Manual {
    /// The service of this table.
    ///
    /// # Errors
    /// [`ProblemKind::Local`] where the settings are not such that it can be used.
    pub fn new(name: &str, settings: &config::Secondary, around: &Around) -> Result<Manual, Problem> {
        let Some(instructions) = &settings.instructions else {
            return Err(unusable(name, "It has no instructions.", "Write instructions into its table."));
        };
        Ok(Manual {
            name: name.into(),
            instructions: instructions.get_ref().chars().take(LONGEST).collect(),
            primary: settings.primary,
            kept: Kept::new(name, around),
            configured: Configured::of(settings, around.timeout),
        })
    }
}

impl Service for Manual {
    fn abilities(&self) -> Abilities {
        Abilities { by_hand: true, takes_primary: true, change_primary: true, ..Abilities::default() }
    }

    fn services(&self) -> Result<Vec<Option<String>>, Problem> {
        Ok(vec![None])
    }

    fn list(&self, tell: &mut (dyn FnMut(Registration) -> bool + Send)) -> Result<(), Problem> {
        for registration in self.kept.all(&Doing::listing(&self.name), &self.configured)? {
            if !tell(registration) {
                break;
            }
        }
        Ok(())
    }

    fn get(&self, place: &Place) -> Result<Registration, Problem> {
        let doing = Doing::looking(&place.domain, &self.name);
        let found = self.kept.one(&place.domain, &doing, &self.configured)?;
        found.ok_or_else(|| not_registered(&place.domain, &self.name))
    }

    fn offered(&self, _: &Place) -> Result<Vec<Offered>, Problem> {
        Ok(self.configured.offered())
    }

    fn challenge(&self, _: &Place) -> Result<Option<Challenge>, Problem> {
        Ok(None)
    }

    fn add(&self, wanted: &Wanted) -> Result<(), Problem> {
        let domain = &wanted.place.domain;
        let doing = Doing::adding(domain, &self.name);
        if let Some(known) = self.kept.one(domain, &doing, &self.configured)? {
            let kind = ProblemKind::AlreadyRegistered { primaries: known.primaries };
            return Err(doing.problem(kind, "It stands in the list already.", "Nothing is to be done."));
        }
        self.kept.put(domain, wanted.primary.or(self.primary), &doing)
    }

    fn remove(&self, place: &Place) -> Result<(), Problem> {
        self.get(place)?;
        self.kept.take_out(&place.domain, &Doing::removing(&place.domain, &self.name))
    }

    fn change_primary(&self, wanted: &Wanted) -> Result<(), Problem> {
        self.get(&wanted.place)?;
        let doing = Doing::moving(&wanted.place.domain, &self.name);
        self.kept.put(&wanted.place.domain, wanted.primary.or(self.primary), &doing)
    }

    fn instructions(&self, wanted: &Wanted, removal: bool) -> Option<String> {
        let zone = plain(&wanted.place.domain);
        let known = || {
            let known = self.get(&wanted.place).ok().filter(|_| removal);
            known.and_then(|registration| registration.primaries.first().copied())
        };
        let primary = wanted.primary.or_else(known).or(self.primary).map(|address| address.to_string());
        let primary = primary.as_deref().unwrap_or("(the address of its primary)");
        let task = match removal {
            false => format!("Register {zone} by hand, to be transferred from {primary}:"),
            true => format!("End the registration of {zone} by hand:"),
        };
        let lines = self.instructions.lines().map(|line| {
            let line = super::command::put_into(line, &[("{zone}", &zone), ("{primary}", primary)]);
            clean(&line).into_owned()
        });
        let text: Vec<String> = std::iter::once(task).chain(lines).collect();
        Some(text.join("\n"))
    }
}

#[cfg(test)]
mod tests;
