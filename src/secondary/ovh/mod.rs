//! OVH's secondary DNS: `/vps/NAME` and `/dedicated/server/NAME` of its API.
//!
//! `conf` finds the credentials, `endpoints` knows where the API is, `session` signs and sends, `refusal` says what a
//! refusal means, `challenge` finds the ownership challenge in one, `listing` asks for many registrations at a time,
//! `login` gets a consumer key.

mod challenge;
pub mod conf;
pub mod endpoints;
mod listing;
pub mod login;
mod refusal;
mod session;
#[cfg(test)]
mod tests;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use serde::Deserialize;
use serde_json::json;

use self::conf::{Credentials, Sources};
use self::endpoints::Endpoint;
use self::refusal::Refusal;
use self::session::{Clock, Request, Session};
use super::http::{Answer, Verb};
use super::{Service, said};
use crate::config;
use crate::facts::registration::{
    Abilities, Challenge, Details, Offered, Place, Problem, ProblemKind, Registration, Wanted,
};
use crate::zone::{Name, types};

/// The two sorts of services that have secondary DNS.
const KINDS: [&str; 2] = ["vps", "dedicated/server"];

/// How the API is reached, and as whom.
#[derive(Debug, Clone)]
pub struct Settings {
    /// As the configuration calls it.
    pub name: String,
    pub endpoint: Endpoint,
    pub credentials: Credentials,
    /// `vps/NAME` or `dedicated/server/NAME`; otherwise every service of the account.
    pub service: Option<String>,
    pub warnings: Vec<String>,
}

impl Settings {
    /// Those of `[secondary.NAME]`, with the credentials from where OVH's own clients have them.
    ///
    /// # Errors
    /// [`ProblemKind::Local`].
    pub fn find(name: &str, table: &config::Secondary, sources: &Sources) -> Result<Settings, Problem> {
        let what = format!("The secondary service {} cannot be used.", said(name));
        let endpoint = table.endpoint.as_ref().map(|endpoint| endpoint.get_ref().as_str());
        let found = conf::find(sources, endpoint, &what)?;
        Ok(Settings {
            name: name.into(),
            endpoint: found.endpoint,
            credentials: found.credentials,
            service: table.service.as_ref().map(|service| service.get_ref().clone()),
            warnings: found.warnings,
        })
    }
}

/// The service of a `[secondary.NAME]` table.
///
/// # Errors
/// [`ProblemKind::Local`].
pub fn open(name: &str, table: &config::Secondary) -> Result<Ovh, Problem> {
    Ovh::new(Settings::find(name, table, &Sources::of_system())?, crate::dns::unix_time)
}

/// OVH's API.
pub struct Ovh {
    name: String,
    service: Option<String>,
    session: Session,
    warnings: std::sync::Mutex<Vec<String>>,
}

/// A registration as the API tells it. What is missing or malformed is not known.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Told {
    dns: Option<String>,
    ip_master: Option<String>,
    creation_date: Option<String>,
}

#[derive(Deserialize)]
struct Nameserver {
    hostname: String,
    ip: Option<Ipv4Addr>,
    ipv6: Option<Ipv6Addr>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Field {
    sub_domain: String,
    field_type: String,
    field_value: String,
}

impl Ovh {
    /// # Errors
    /// [`ProblemKind::Local`] where the endpoint or the service is none.
    pub fn new(settings: Settings, clock: Clock) -> Result<Ovh, Problem> {
        let what = format!("The secondary service {} cannot be used.", said(&settings.name));
        if let Some(service) = settings.service.as_deref().filter(|service| !is_service(service)) {
            return Err(local(
                &what,
                &format!("{} is no service.", said(service)),
                "Write service = \"vps/NAME\" or \"dedicated/server/NAME\".",
            ));
        }
        let session = Session::new(&settings.endpoint, settings.credentials, clock, &what)?;
        let warnings = std::sync::Mutex::new(settings.warnings);
        Ok(Ovh { name: said(&settings.name), service: settings.service, session, warnings })
    }

    /// With another patience.
    #[must_use]
    pub fn patient(mut self, patience: Duration) -> Ovh {
        self.session = self.session.patient(patience);
        self
    }

    /// Asks for something.
    fn get_json<T: serde::de::DeserializeOwned>(
        &self,
        path: &str,
        what: &str,
        not_found: ProblemKind,
    ) -> Result<T, Problem> {
        let request = Request { verb: Verb::Get, path, body: None, what };
        let answer = self.session.send(&request)?;
        if !answer.is_success() {
            return Err(Refusal::of(&answer).problem(&self.session, &request, not_found));
        }
        answer.json().ok_or_else(|| Problem {
            kind: ProblemKind::Protocol,
            what: what.into(),
            why: format!("{} answers something that is not of this API.", self.session.host()),
            next: "Check the endpoint, or try again later.".into(),
        })
    }

    /// Changes something. The body of the answer says nothing; only its status counts.
    fn change(&self, request: &Request<'_>) -> Result<Answer, Problem> {
        self.session.send(request)
    }

    /// The service that is meant.
    fn service_of(&self, place: &Place, what: &str) -> Result<String, Problem> {
        if let Some(service) = place.service.as_deref().or(self.service.as_deref()) {
            return match is_service(service) {
                true => Ok(service.into()),
                false => Err(Problem {
                    kind: ProblemKind::UnknownService,
                    what: what.into(),
                    why: format!("{} is no service of OVH.", said(service)),
                    next: "Write vps/NAME or dedicated/server/NAME.".into(),
                }),
            };
        }
        let mut services = self.all_services(what)?;
        match (services.pop(), services.len()) {
            (Some(only), 0) => Ok(only),
            (None, _) => Err(Problem {
                kind: ProblemKind::UnknownService,
                what: what.into(),
                why: "There is neither a VPS nor a dedicated server in this account.".into(),
                next: "Check that these are the credentials of the right account and endpoint.".into(),
            }),
            (Some(last), _) => {
                services.push(last);
                Err(Problem {
                    kind: ProblemKind::UnknownService,
                    what: what.into(),
                    why: format!("There are several services: {}.", said(&services.join(", "))),
                    next: "Say which one.".into(),
                })
            }
        }
    }

    /// Every VPS and every dedicated server of the account.
    fn all_services(&self, what: &str) -> Result<Vec<String>, Problem> {
        if let Some(service) = &self.service {
            return Ok(vec![service.clone()]);
        }
        let mut services = Vec::new();
        let mut problems = Vec::new();
        for kind in KINDS {
            match self.get_json::<Vec<String>>(&format!("/{kind}"), what, ProblemKind::Protocol) {
                Ok(names) => services.extend(names.iter().map(|name| format!("{kind}/{name}"))),
                // An endpoint may have no dedicated servers, or the credentials no right to see them.
                Err(problem) => problems.push(problem),
            }
        }
        match problems.pop() {
            // Half of the account is not the account, unless nothing else is allowed.
            Some(problem) if services.is_empty() || !is_about_rights(&problem) => Err(problem),
            _ => Ok(services.into_iter().filter(|service| is_service(service)).collect()),
        }
    }

    /// What a registration is, by its service.
    fn details(&self, domain: &Name, service: &str) -> Result<Registration, Problem> {
        let what = format!("The registration of {domain} at {} is not known.", self.name);
        let path = domain_path(service, domain, &what)?;
        let told: Told = match self.get_json(&path, &what, ProblemKind::NotRegistered) {
            Err(problem) if problem.kind == ProblemKind::NotRegistered => {
                return Err(self.domain_or_service(problem, service, &what));
            }
            other => other?,
        };
        let created = told.creation_date.as_deref().and_then(|date| {
            types::from_rfc3339(date).or_else(|| types::from_rfc3339(&format!("{date}T00:00:00Z")))
        });
        let secondary = told.dns.as_deref().and_then(domain_name);
        Ok(Registration {
            place: Place { domain: domain.clone(), service: Some(service.into()) },
            created,
            primaries: told.ip_master.as_deref().and_then(|ip| ip.parse().ok()).into_iter().collect(),
            secondary,
            details: Details::Known,
            note: None,
        })
    }

    /// "Not found" may be the domain or the service.
    fn domain_or_service(&self, problem: Problem, service: &str, what: &str) -> Problem {
        let Ok(path) = path(&[service, "secondaryDnsDomains"], what) else { return problem };
        match self.get_json::<serde_json::Value>(&path, what, ProblemKind::UnknownService) {
            Err(service) if service.kind == ProblemKind::UnknownService => service,
            _ => problem,
        }
    }

    /// Of a refused registration: what it is about.
    fn not_added(&self, wanted: &Wanted, service: &str, request: &Request<'_>, answer: &Answer) -> Problem {
        let domain = &wanted.place.domain;
        let refusal = Refusal::of(answer);
        let problem = refusal.problem(&self.session, request, ProblemKind::UnknownService);
        let challenge =
            (400..500).contains(&answer.status).then(|| challenge::recognise(answer.body(), domain));
        if let Some(challenge) = challenge.flatten() {
            return Problem {
                kind: ProblemKind::Challenged(Box::new(challenge)),
                what: request.what.into(),
                why: problem.why,
                next: "Let it see this record in the zone, then try again.".into(),
            };
        }
        if !refusal.concerns_the_request() || answer.status == 404 {
            return problem;
        }
        // Whatever its words are: is it there already?
        let registered = self.details(domain, service);
        match registered {
            Ok(Registration { primaries, .. }) => Problem {
                kind: ProblemKind::AlreadyRegistered { primaries },
                next: "There is nothing to do, if it is transferred from the right address.".into(),
                ..problem
            },
            Err(_) if answer.status == 409 => Problem {
                kind: ProblemKind::AlreadyRegistered { primaries: Vec::new() },
                next: "Look whether it is registered at another service, or in another account.".into(),
                ..problem
            },
            Err(_) => problem,
        }
    }
}

impl Service for Ovh {
    fn abilities(&self) -> Abilities {
        let vps_only = self.service.as_deref().is_some_and(is_vps);
        Abilities {
            challenge_beforehand: !vps_only,
            change_primary: !vps_only,
            takes_primary: true,
            ..Abilities::default()
        }
    }

    fn services(&self) -> Result<Vec<Option<String>>, Problem> {
        let what = format!("The services of {} are not known.", self.name);
        Ok(self.all_services(&what)?.into_iter().map(Some).collect())
    }

    fn list(&self, tell: &mut (dyn FnMut(Registration) -> bool + Send)) -> Result<(), Problem> {
        let what = format!("What is registered at {} is not known.", self.name);
        listing::list(self, &self.all_services(&what)?, tell)
    }

    fn get(&self, place: &Place) -> Result<Registration, Problem> {
        let what = format!("The registration of {} at {} is not known.", place.domain, self.name);
        if place.service.is_some() || self.service.is_some() {
            return self.details(&place.domain, &self.service_of(place, &what)?);
        }
        // Wherever it is.
        let mut last = None;
        for service in self.all_services(&what)? {
            match self.details(&place.domain, &service) {
                Err(problem) if problem.kind == ProblemKind::NotRegistered => last = last.or(Some(problem)),
                Err(problem) => last = Some(problem),
                found => return found,
            }
        }
        Err(last.unwrap_or_else(|| Problem {
            kind: ProblemKind::NotRegistered,
            what,
            why: "There is no service in this account.".into(),
            next: "There is nothing to do.".into(),
        }))
    }

    fn offered(&self, place: &Place) -> Result<Vec<Offered>, Problem> {
        let what = format!("The nameserver of {} for {} is not known.", self.name, place.domain);
        let service = self.service_of(place, &what)?;
        let of_domain = format!("{}/dnsServer", domain_path(&service, &place.domain, &what)?);
        let nameserver: Nameserver = match self.get_json(&of_domain, &what, ProblemKind::NotRegistered) {
            Err(problem) if problem.kind == ProblemKind::NotRegistered => {
                let path = path(&[&service, "secondaryDnsNameServerAvailable"], &what)?;
                self.get_json(&path, &what, ProblemKind::UnknownService)?
            }
            other => other?,
        };
        let v4 = nameserver.ip.map(IpAddr::V4);
        let v6 = nameserver.ipv6.map(IpAddr::V6);
        let name = domain_name(&nameserver.hostname);
        Ok(name
            .map(|name| Offered { name, addresses: v4.into_iter().chain(v6).collect() })
            .into_iter()
            .collect())
    }

    fn challenge(&self, place: &Place) -> Result<Option<Challenge>, Problem> {
        let what = format!("What {} wants to see of {} is not known.", self.name, place.domain);
        let service = self.service_of(place, &what)?;
        if is_vps(&service) {
            return Ok(None);
        }
        let domain = host_text(&place.domain, &what)?;
        let base = path(&[&service, "secondaryDnsNameDomainToken"], &what)?;
        let field: Field = match self.get_json(
            &format!("{base}?domain={}", encoded(&domain)),
            &what,
            ProblemKind::NotRegistered,
        ) {
            // Then the registration itself will say it.
            Err(problem) if matches!(problem.kind, ProblemKind::NotRegistered | ProblemKind::Invalid) => {
                return Ok(None);
            }
            other => other?,
        };
        let owner = Name::parse(field.sub_domain.as_bytes(), Some(place.domain.as_ref())).ok();
        let rtype = types::parse_type(field.field_type.as_bytes());
        let value = Some(field.field_value).filter(|value| {
            (1..=255).contains(&value.len()) && value.bytes().all(|octet| octet.is_ascii_graphic())
        });
        Ok(match (owner, rtype, value) {
            (Some(owner), Some(rtype), Some(value)) if owner.is_at_or_below(&place.domain) => {
                Some(Challenge { owner, rtype, value })
            }
            _ => None,
        })
    }

    fn add(&self, wanted: &Wanted) -> Result<(), Problem> {
        let domain = &wanted.place.domain;
        let what = format!("The registration of {domain} at {} did not come about.", self.name);
        let service = self.service_of(&wanted.place, &what)?;
        let text = host_text(domain, &what)?;
        let body = match wanted.primary {
            None => json!({ "domain": text }),
            Some(primary) => json!({ "domain": text, "ip": v4(primary, &what)? }),
        };
        let (path, body) = (path(&[&service, "secondaryDnsDomains"], &what)?, body.to_string());
        let request = Request { verb: Verb::Post, path: &path, body: Some(&body), what: &what };
        let answer = self.change(&request)?;
        match answer.is_success() {
            true => Ok(()),
            false => Err(self.not_added(wanted, &service, &request, &answer)),
        }
    }

    fn remove(&self, place: &Place) -> Result<(), Problem> {
        let what = format!("The registration of {} at {} was not removed.", place.domain, self.name);
        let service = match place.service.is_some() || self.service.is_some() {
            true => self.service_of(place, &what)?,
            false => self.get(place)?.place.service.unwrap_or_default(),
        };
        let path = domain_path(&service, &place.domain, &what)?;
        let request = Request { verb: Verb::Delete, path: &path, body: None, what: &what };
        let answer = self.change(&request)?;
        if answer.is_success() {
            return Ok(());
        }
        let problem = Refusal::of(&answer).problem(&self.session, &request, ProblemKind::NotRegistered);
        Err(match problem.kind {
            ProblemKind::NotRegistered => self.domain_or_service(problem, &service, &what),
            _ => problem,
        })
    }

    fn change_primary(&self, wanted: &Wanted) -> Result<(), Problem> {
        let domain = &wanted.place.domain;
        let what = format!("{} goes on transferring {domain} from where it did.", self.name);
        let service = self.service_of(&wanted.place, &what)?;
        if is_vps(&service) {
            return Err(Problem {
                kind: ProblemKind::Unsupported,
                what,
                why: "OVH cannot change the primary of a registration at a VPS.".into(),
                next: "Remove the registration and add it again.".into(),
            });
        }
        let Some(primary) = wanted.primary else {
            return Err(Problem {
                kind: ProblemKind::Invalid,
                what,
                why: "There is no address to transfer from.".into(),
                next: "Say which.".into(),
            });
        };
        let body = json!({ "ipMaster": v4(primary, &what)? }).to_string();
        let path = domain_path(&service, domain, &what)?;
        let request = Request { verb: Verb::Put, path: &path, body: Some(&body), what: &what };
        let answer = self.change(&request)?;
        if answer.is_success() {
            return Ok(());
        }
        let problem = Refusal::of(&answer).problem(&self.session, &request, ProblemKind::NotRegistered);
        Err(match problem.kind {
            ProblemKind::NotRegistered => self.domain_or_service(problem, &service, &what),
            _ => problem,
        })
    }

    fn warnings(&self) -> Vec<String> {
        std::mem::take(&mut *self.warnings.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
    }
}

/// Are the credentials not meant to see it, or is there no such thing?
fn is_about_rights(problem: &Problem) -> bool {
    matches!(problem.kind, ProblemKind::Forbidden | ProblemKind::Protocol)
}

/// OVH transfers over IPv4 only.
fn v4(address: IpAddr, what: &str) -> Result<Ipv4Addr, Problem> {
    match address.to_canonical() {
        IpAddr::V4(address) => Ok(address),
        IpAddr::V6(address) => Err(Problem {
            kind: ProblemKind::Invalid,
            what: what.into(),
            why: format!("OVH transfers from IPv4 addresses only, and {address} is none."),
            next: "Use the primary's IPv4 address.".into(),
        }),
    }
}

/// `vps/NAME` or `dedicated/server/NAME`.
fn is_service(text: &str) -> bool {
    let plain = |octet: u8| octet.is_ascii_alphanumeric() || b"-_.".contains(&octet);
    KINDS.iter().any(|kind| {
        let name = text.strip_prefix(kind).and_then(|rest| rest.strip_prefix('/')).unwrap_or_default();
        (1..=255).contains(&name.len()) && name.bytes().all(plain) && !name.starts_with('.')
    })
}

fn is_vps(service: &str) -> bool {
    service.starts_with("vps/")
}

/// A domain as the API writes it: A-labels in lower case, without the final dot.
fn host_text(domain: &Name, what: &str) -> Result<String, Problem> {
    let plain = |octet: u8| octet.is_ascii_lowercase() || octet.is_ascii_digit() || b"-_.".contains(&octet);
    let text = domain.to_string().to_ascii_lowercase();
    let text = text.strip_suffix('.').unwrap_or(&text);
    if !text.contains('.') || !text.bytes().all(plain) {
        return Err(Problem {
            kind: ProblemKind::Invalid,
            what: what.into(),
            why: format!("OVH takes domains of letters, digits and hyphens, and {} is none.", said(text)),
            next: "Use another service for it.".into(),
        });
    }
    Ok(text.into())
}

/// A domain of the API, which may be written in Unicode.
fn domain_name(text: &str) -> Option<Name> {
    let ascii = idna::domain_to_ascii(text).ok()?;
    let name = Name::parse(ascii.as_bytes(), Some(Name::root().as_ref())).ok()?;
    (name != Name::root()).then_some(name)
}

fn domain_path(service: &str, domain: &Name, what: &str) -> Result<String, Problem> {
    path(&[service, "secondaryDnsDomains", &host_text(domain, what)?], what)
}

/// A path of a service and what follows; each part after the service is one segment.
fn path(parts: &[&str], what: &str) -> Result<String, Problem> {
    let mut path = String::new();
    for (at, part) in parts.iter().enumerate() {
        let segments: Vec<&str> = if at == 0 { part.split('/').collect() } else { vec![part] };
        if segments.iter().any(|segment| segment.is_empty() || matches!(*segment, "." | "..")) {
            return Err(local(what, &format!("{} cannot stand in a URL.", said(part)), "Correct it."));
        }
        for segment in segments {
            path.push('/');
            path.push_str(&encoded(segment));
        }
    }
    Ok(path)
}

/// Percent-encoded (RFC 3986 section 2): what is signed is what is sent.
fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for octet in text.bytes() {
        match octet {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                out.push(char::from(octet))
            }
            _ => out.push_str(&format!("%{octet:02X}")),
        }
    }
    out
}

/// Something on this side.
fn local(what: &str, why: &str, next: &str) -> Problem {
    Problem { kind: ProblemKind::Local, what: what.into(), why: why.into(), next: next.into() }
}
