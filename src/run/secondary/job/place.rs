//! What is meant by a command: which place of the service, and with which primary.

use std::net::IpAddr;
use std::sync::Arc;

use super::super::super::Stop;
use super::Work;
use crate::facts::clean::clean;
use crate::facts::registration::{Abilities, Place, ProblemKind, Wanted};
use crate::registering::{Goal, Saved};
use crate::secondary::Service;

impl Work<'_> {
    /// Which of the places that the service has.
    pub(super) fn place(
        &mut self,
        service: &Arc<dyn Service>,
        backend: &str,
        goal: Goal,
        saved: Option<&Saved>,
    ) -> Result<Place, Stop> {
        let domain = self.zone.clone();
        if let Some(named) = &self.arguments.service {
            return Ok(Place { domain, service: Some(named.clone()) });
        }
        if let Some(saved) = saved {
            return Ok(saved.job.wanted.place.clone());
        }
        let (service, backend) = (Arc::clone(service), backend.to_owned());
        self.unless_stopped(move || {
            let place = |service: &Option<String>| Place { domain: domain.clone(), service: service.clone() };
            let services = service.services()?;
            if let [only] = &services[..] {
                return Ok(place(only));
            }
            if goal != Goal::Add {
                // It is where it is registered.
                for one in &services {
                    match service.get(&place(one)) {
                        Ok(_) => return Ok(place(one)),
                        Err(problem) if problem.kind == ProblemKind::NotRegistered => {}
                        Err(problem) => return Err(problem.into()),
                    }
                }
                if let Some(first) = services.first() {
                    return Ok(place(first));
                }
            }
            let names: Vec<&str> = services.iter().flatten().map(String::as_str).collect();
            let (backend, all) = (clean(&backend), names.join(", "));
            Err(Stop::usage(match names.is_empty() {
                true => format!("{backend} has no place where a domain could be registered."),
                false => format!("{backend} has several places: {}. Say which with --service.", clean(&all)),
            }))
        })
    }

    /// What shall be registered: with the address that the person gave, of the configuration, or of the zone's server.
    pub(super) fn wanted(
        &mut self,
        place: Place,
        backend: &str,
        goal: Goal,
        primary: Option<IpAddr>,
        abilities: Abilities,
        saved: Option<&Saved>,
    ) -> Result<Wanted, Stop> {
        if goal == Goal::Remove {
            let earlier = saved.filter(|saved| saved.job.goal == goal);
            return Ok(Wanted { place, primary: earlier.and_then(|saved| saved.job.wanted.primary) });
        }
        if !abilities.takes_primary {
            if primary.is_some() || goal == Goal::ChangePrimary {
                return Err(Stop::usage(format!(
                    "{} takes no address of a primary: it knows by itself. Leave --primary and --change-primary out.",
                    clean(backend)
                )));
            }
            return Ok(Wanted { place, primary: None });
        }
        let earlier = saved.and_then(|saved| saved.job.wanted.primary);
        let settings = self.configured.config().secondary.get(backend);
        let primary = match primary.or(earlier).or(settings.and_then(|settings| settings.primary)) {
            Some(primary) => Some(primary),
            None => match self.world.clone() {
                Ok(world) => {
                    let runtime = self.runtime.handle().clone();
                    let find = move || Ok(runtime.block_on(world.primary())?.transfer_from.address.ip());
                    Some(self.unless_stopped(find)?)
                }
                Err(_) => None,
            },
        };
        Ok(Wanted { place, primary })
    }
}
