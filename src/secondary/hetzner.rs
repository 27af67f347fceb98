//! Hetzner Cloud DNS: zones in secondary mode (<https://docs.hetzner.cloud/reference/cloud#zones>).
//!
//! A zone in primary mode is somebody's: it is never listed, changed or removed.

use std::net::IpAddr;
use std::sync::OnceLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::http::{Answer, Http, Verb};
use super::offered::Configured;
use super::powerdns::escaped;
use super::words::{Doing, not_registered, plain, sentence, unusable};
use super::{Around, Service, said};
use crate::config::{self, DNS_PORT, KeySource};
use crate::facts::registration::{
    Abilities, Challenge, Details, Offered, Place, Problem, ProblemKind, Registration, Wanted,
};
use crate::store::{api_keys, keys};
use crate::wire::key::Secret;
use crate::zone::Name;

const API: &str = "https://api.hetzner.cloud/v1";
/// The most that it gives on a page.
const PER_PAGE: u32 = 50;
/// So many pages have a million zones: an answer that always has a next one shall end.
const MAX_PAGES: u32 = 20_000;

/// A project at Hetzner.
pub struct Hetzner {
    name: String,
    http: Http,
    token_source: KeySource,
    token: OnceLock<Secret>,
    primary: Option<IpAddr>,
    port: u16,
    transfer_key: Option<KeySource>,
    configured: Configured,
}

#[derive(Debug, Deserialize)]
struct Zone {
    id: u64,
    name: String,
    mode: String,
    #[serde(default)]
    created: Option<String>,
    #[serde(default)]
    status: Option<String>,
    #[serde(default)]
    primary_nameservers: Vec<PrimaryNameserver>,
    #[serde(default)]
    authoritative_nameservers: Option<Nameservers>,
}

#[derive(Debug, Deserialize)]
struct PrimaryNameserver {
    address: String,
}

#[derive(Debug, Default, Deserialize)]
struct Nameservers {
    #[serde(default)]
    assigned: Vec<String>,
    #[serde(default)]
    delegation_status: Option<String>,
}

impl Zone {
    fn is_secondary(&self) -> bool {
        self.mode == "secondary"
    }

    fn primaries(&self) -> Vec<IpAddr> {
        self.primary_nameservers.iter().filter_map(|server| server.address.parse().ok()).collect()
    }

    fn nameservers(&self) -> Vec<Name> {
        let assigned = self.authoritative_nameservers.iter().flat_map(|servers| &servers.assigned);
        assigned.filter_map(|name| name_of(name)).collect()
    }

    fn note(&self) -> Option<String> {
        let delegation =
            self.authoritative_nameservers.as_ref().and_then(|servers| servers.delegation_status.as_ref());
        let status = self.status.as_ref().map(|status| format!("status {}", said(status)));
        let delegation = delegation.map(|status| format!("delegation {}", said(status)));
        let parts: Vec<String> = status.into_iter().chain(delegation).collect();
        (!parts.is_empty()).then(|| parts.join(", "))
    }
}

#[derive(Deserialize)]
struct OneZone {
    zone: Zone,
    #[serde(default)]
    action: Option<Action>,
}

#[derive(Deserialize)]
struct Zones {
    zones: Vec<Zone>,
    #[serde(default)]
    meta: Meta,
}

#[derive(Default, Deserialize)]
struct Meta {
    #[serde(default)]
    pagination: Pagination,
}

#[derive(Default, Deserialize)]
struct Pagination {
    #[serde(default)]
    next_page: Option<u32>,
}

/// What is done after the answer.
#[derive(Deserialize)]
struct Action {
    status: String,
    #[serde(default)]
    error: Option<Refusal>,
}

#[derive(Deserialize)]
struct Refused {
    error: Refusal,
}

#[derive(Deserialize)]
struct Refusal {
    #[serde(default)]
    code: String,
    #[serde(default)]
    message: String,
}

impl Hetzner {
    /// The project of this table. Nothing is asked yet, no key is read.
    ///
    /// # Errors
    /// [`ProblemKind::Local`] where the settings are not such that it can be used.
    pub fn new(name: &str, settings: &config::Secondary, around: &Around) -> Result<Hetzner, Problem> {
        let Some(token_source) = settings.api_key() else {
            return Err(unusable(name, "It has no API key.", "Write api-key-env into its table."));
        };
        let url = settings.url.as_ref().map_or(API, |url| url.get_ref());
        let http = Http::new(url, &format!("The secondary service {} cannot be used.", said(name)))?;
        Ok(Hetzner {
            name: name.into(),
            http,
            token_source,
            token: OnceLock::new(),
            primary: settings.primary,
            port: settings.primary_port.as_ref().map_or(DNS_PORT, |port| port.get_ref().0),
            transfer_key: settings.transfer_key.as_ref().map(|key| KeySource::File(key.get_ref().clone())),
            configured: Configured::of(settings, around.timeout),
        })
    }

    fn send(&self, doing: &Doing, verb: Verb, path: &str, body: Option<&[u8]>) -> Result<Answer, Problem> {
        let token = match self.token.get() {
            Some(token) => token,
            None => {
                let read = api_keys::load(&self.token_source).map_err(|failure| doing.local(&failure))?;
                self.token.get_or_init(|| read)
            }
        };
        let token = std::str::from_utf8(token.octets()).unwrap_or_default();
        let bearer = Zeroizing::new(format!("Bearer {token}"));
        let mut headers = vec![("Authorization", bearer.as_str()), ("Accept", "application/json")];
        if body.is_some() {
            headers.push(("Content-Type", "application/json"));
        }
        let answer = self.http.send(verb, path, &headers, body);
        answer.map_err(|trouble| doing.problem(trouble.kind, trouble.why, trouble.next))
    }

    /// What an answer means that is not the one that was hoped for.
    fn refused(&self, doing: &Doing, answer: &Answer) -> Problem {
        let (status, host) = (answer.status, self.http.host());
        let Some(Refused { error: Refusal { code, message } }) = answer.json() else {
            let kind = match status {
                401 => ProblemKind::Unauthorized,
                429 => ProblemKind::RateLimited,
                200..=299 => ProblemKind::Protocol,
                status => ProblemKind::Remote { status },
            };
            let why = format!("{host} answered {status}, in a form that is not known.");
            return doing.problem(kind, why, "Check the URL, or try again later.");
        };
        let (kind, next) = match (code.as_str(), status) {
            ("unauthorized", _) | (_, 401) => (
                ProblemKind::Unauthorized,
                "Make an API token in the project that has the zones, and use that.",
            ),
            ("resource_limit_exceeded" | "limit_reached", _) => {
                (ProblemKind::Quota, "Have the limit raised, or remove zones.")
            }
            ("token_readonly", _) => (ProblemKind::Forbidden, "Use a token that may read and write."),
            ("protected", _) => {
                (ProblemKind::Forbidden, "Take the protection off in the console, then try again.")
            }
            ("forbidden", _) | (_, 403) => (ProblemKind::Forbidden, "Check what the token may do."),
            ("rate_limit_exceeded", _) | (_, 429) => (ProblemKind::RateLimited, "Try again later."),
            ("locked" | "conflict" | "uniqueness_error", _) | (_, 409 | 423) => {
                (ProblemKind::Conflict, "Look at what is registered, then try again.")
            }
            ("not_found", _) | (_, 404) => (ProblemKind::UnknownService, "Check the URL and the project."),
            (_, 400 | 422) => (ProblemKind::Invalid, "Correct what it names, in the configuration or there."),
            _ => (ProblemKind::Remote { status }, "Try again later."),
        };
        let why = format!("{host} answered {status} {}: {}", said(&code), sentence(&message));
        doing.problem(kind, why, next)
    }

    /// A zone, of whatever mode.
    fn zone(&self, doing: &Doing, domain: &Name) -> Result<Option<Zone>, Problem> {
        let path = format!("/zones/{}", escaped(&plain(domain).to_ascii_lowercase()));
        let answer = self.send(doing, Verb::Get, &path, None)?;
        match answer.status {
            200 => match answer.json::<OneZone>() {
                Some(OneZone { zone, .. }) if name_of(&zone.name).as_ref() == Some(domain) => Ok(Some(zone)),
                _ => Err(doing.problem(
                    ProblemKind::Protocol,
                    format!("{} answered with something else than the zone.", self.http.host()),
                    "Check the URL of the API.",
                )),
            },
            // Another path than that of the API is not found either, but not in its words.
            404 if answer.json::<Refused>().is_some_and(|refused| refused.error.code == "not_found") => {
                Ok(None)
            }
            _ => Err(self.refused(doing, &answer)),
        }
    }

    /// The zone, where it is a secondary one that may be changed.
    fn secondary(&self, doing: &Doing, domain: &Name) -> Result<Zone, Problem> {
        match self.zone(doing, domain)? {
            None => Err(not_registered(domain, &self.name)),
            Some(zone) if !zone.is_secondary() => Err(self.of_another_mode(doing, &zone)),
            Some(zone) => Ok(zone),
        }
    }

    fn of_another_mode(&self, doing: &Doing, zone: &Zone) -> Problem {
        let why =
            format!("The project has a zone of this name in {} mode, no secondary one.", said(&zone.mode));
        doing.problem(ProblemKind::Conflict, why, "It was left alone. Look at it in the console.")
    }

    fn registration(&self, domain: Name, zone: &Zone) -> Registration {
        let created = zone.created.as_ref().and_then(|time| time.parse::<jiff::Timestamp>().ok());
        Registration {
            place: Place { domain, service: None },
            created: created.map(jiff::Timestamp::as_second),
            primaries: zone.primaries(),
            secondary: zone.nameservers().into_iter().next().or_else(|| self.configured.secondary()),
            details: Details::Known,
            note: zone.note(),
        }
    }

    /// The primaries as the API takes them. The text may hold the secret of the transfers.
    fn primaries(&self, wanted: &Wanted, doing: &Doing) -> Result<Value, Problem> {
        let Some(address) = wanted.primary.or(self.primary) else {
            let why = "It must be told from which address to transfer the zone, and none is known.";
            return Err(doing.problem(
                ProblemKind::Invalid,
                why,
                "Use --primary, or write primary into its table.",
            ));
        };
        let mut server = json!({ "address": address.to_string(), "port": self.port });
        if let Some(source) = &self.transfer_key {
            let key = keys::load(source).map_err(|failure| doing.local(&failure))?;
            if let Some(fields) = server.as_object_mut() {
                fields.insert("tsig_algorithm".into(), key.algorithm.name().into());
                fields.insert("tsig_key".into(), STANDARD.encode(key.secret.octets()).into());
            }
        }
        Ok(json!([server]))
    }

    /// An action that has failed already when it is told of.
    fn failed(&self, doing: &Doing, action: Option<Action>) -> Result<(), Problem> {
        let Some(action) = action.filter(|action| action.status == "error") else { return Ok(()) };
        let error =
            action.error.unwrap_or(Refusal { code: String::new(), message: "it does not say why".into() });
        let why = format!(
            "{} began and failed: {} {}",
            self.http.host(),
            said(&error.code),
            sentence(&error.message)
        );
        Err(doing.problem(ProblemKind::Unknown, why, "Look at what is registered."))
    }
}

impl Service for Hetzner {
    fn abilities(&self) -> Abilities {
        Abilities { takes_primary: true, change_primary: true, ..Abilities::default() }
    }

    fn services(&self) -> Result<Vec<Option<String>>, Problem> {
        Ok(vec![None])
    }

    fn list(&self, tell: &mut (dyn FnMut(Registration) -> bool + Send)) -> Result<(), Problem> {
        let doing = Doing::listing(&self.name);
        let mut page = 1;
        while page <= MAX_PAGES {
            let path = format!("/zones?mode=secondary&page={page}&per_page={PER_PAGE}");
            let answer = self.send(&doing, Verb::Get, &path, None)?;
            let zones: Option<Zones> = answer.json().filter(|_| answer.status == 200);
            let zones = zones.ok_or_else(|| self.refused(&doing, &answer))?;
            for zone in zones.zones.iter().filter(|zone| zone.is_secondary()) {
                let Some(domain) = name_of(&zone.name) else { continue };
                if !tell(self.registration(domain, zone)) {
                    return Ok(());
                }
            }
            // Pages go up, or they are no pages.
            match zones.meta.pagination.next_page.filter(|next| *next > page) {
                Some(next) => page = next,
                None => return Ok(()),
            }
        }
        Ok(())
    }

    fn get(&self, place: &Place) -> Result<Registration, Problem> {
        let doing = Doing::looking(&place.domain, &self.name);
        match self.zone(&doing, &place.domain)? {
            Some(zone) if zone.is_secondary() => Ok(self.registration(place.domain.clone(), &zone)),
            _ => Err(not_registered(&place.domain, &self.name)),
        }
    }

    fn offered(&self, place: &Place) -> Result<Vec<Offered>, Problem> {
        let known = self.configured.offered();
        if !known.is_empty() {
            return Ok(known);
        }
        // It assigns them when the zone is there.
        let zone = self.zone(&Doing::looking(&place.domain, &self.name), &place.domain)?;
        let names = zone.map(|zone| zone.nameservers()).unwrap_or_default();
        Ok(self.configured.of_names(names))
    }

    fn challenge(&self, _: &Place) -> Result<Option<Challenge>, Problem> {
        Ok(None)
    }

    fn add(&self, wanted: &Wanted) -> Result<(), Problem> {
        let domain = &wanted.place.domain;
        let doing = Doing::adding(domain, &self.name);
        let primaries = self.primaries(wanted, &doing)?;
        let there = |zone: Zone| match zone.is_secondary() {
            true => doing.problem(
                ProblemKind::AlreadyRegistered { primaries: zone.primaries() },
                "The project has the zone already, in secondary mode.",
                "Nothing is to be done.",
            ),
            false => self.of_another_mode(&doing, &zone),
        };
        if let Some(zone) = self.zone(&doing, domain)? {
            return Err(there(zone));
        }
        let body = json!({
            "name": plain(domain).to_ascii_lowercase(),
            "mode": "secondary",
            "primary_nameservers": primaries,
        });
        let body = Zeroizing::new(body.to_string());
        let answer = self.send(&doing, Verb::Post, "/zones", Some(body.as_bytes()))?;
        match answer.status {
            201 | 200 => {}
            409 => {
                return Err(match self.zone(&doing, domain)? {
                    Some(zone) => there(zone),
                    None => self.refused(&doing, &answer),
                });
            }
            _ => return Err(self.refused(&doing, &answer)),
        }
        match answer.json::<OneZone>() {
            Some(made) if made.zone.is_secondary() => self.failed(&doing, made.action),
            Some(made) => {
                let why = format!(
                    "It made a zone in {} mode of it, which was not asked for.",
                    said(&made.zone.mode)
                );
                Err(doing.problem(ProblemKind::Protocol, why, "Look at it in the console."))
            }
            None => Err(doing.problem(
                ProblemKind::Unknown,
                format!("{} says that it made the zone, but not what it is.", self.http.host()),
                "Look at what is registered.",
            )),
        }
    }

    fn remove(&self, place: &Place) -> Result<(), Problem> {
        let doing = Doing::removing(&place.domain, &self.name);
        let zone = self.secondary(&doing, &place.domain)?;
        // By its number: a zone that somebody makes of this name in the meantime is another one.
        let answer = self.send(&doing, Verb::Delete, &format!("/zones/{}", zone.id), None)?;
        match answer.status {
            200 | 201 | 204 => {
                #[derive(Deserialize)]
                struct Deleted {
                    action: Option<Action>,
                }
                self.failed(&doing, answer.json::<Deleted>().and_then(|deleted| deleted.action))
            }
            404 => Err(not_registered(&place.domain, &self.name)),
            _ => Err(self.refused(&doing, &answer)),
        }
    }

    fn change_primary(&self, wanted: &Wanted) -> Result<(), Problem> {
        let domain = &wanted.place.domain;
        let doing = Doing::moving(domain, &self.name);
        let primaries = self.primaries(wanted, &doing)?;
        let zone = self.secondary(&doing, domain)?;
        let body = Zeroizing::new(json!({ "primary_nameservers": primaries }).to_string());
        let path = format!("/zones/{}/actions/change_primary_nameservers", zone.id);
        let answer = self.send(&doing, Verb::Post, &path, Some(body.as_bytes()))?;
        match answer.status {
            200 | 201 => {
                #[derive(Deserialize)]
                struct Changed {
                    action: Option<Action>,
                }
                self.failed(&doing, answer.json::<Changed>().and_then(|changed| changed.action))
            }
            404 => Err(not_registered(domain, &self.name)),
            _ => Err(self.refused(&doing, &answer)),
        }
    }
}

fn name_of(text: &str) -> Option<Name> {
    Name::parse(text.as_bytes(), Some(Name::root().as_ref())).ok()
}

#[cfg(test)]
mod tests;
