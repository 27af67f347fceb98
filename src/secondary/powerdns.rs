//! The HTTP API of a PowerDNS Authoritative Server: its secondary zones.
//!
//! A zone that is not a secondary one there is somebody's: it is never listed, changed or removed. PowerDNS takes a kind
//! that it does not know for Native without a word, so only one constant is sent, and the answer is looked at.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Mutex, OnceLock, PoisonError};

use serde::Deserialize;
use serde_json::json;

use super::http::{Answer, Http, Verb};
use super::offered::Configured;
use super::words::{Doing, not_registered, plain, sentence, unusable};
use super::{Around, Service, said};
use crate::config::{self, DNS_PORT, KeySource};
use crate::facts::registration::{
    Abilities, Challenge, Details, Offered, Place, Problem, ProblemKind, Registration, Wanted,
};
use crate::store::api_keys;
use crate::wire::key::Secret;
use crate::zone::Name;
use crate::zone::types::in_words;

/// The list of all zones comes in one answer.
const ROOM: u64 = 128 << 20;
const ZONES: &str = "/api/v1/servers/localhost/zones";
const TSIG_KEYS: &str = "/api/v1/servers/localhost/tsigkeys";

/// A PowerDNS server.
pub struct PowerDns {
    name: String,
    http: Http,
    key_source: KeySource,
    key: OnceLock<Secret>,
    primary: Option<IpAddr>,
    port: u16,
    tsig_key: Option<String>,
    configured: Configured,
    warnings: Mutex<Vec<String>>,
}

/// A zone as the API tells it; the rest is of no use here.
#[derive(Debug, Deserialize)]
struct Zone {
    id: String,
    name: String,
    kind: String,
    #[serde(default)]
    masters: Vec<String>,
    #[serde(default)]
    serial: u64,
    #[serde(default)]
    last_check: u64,
    #[serde(default)]
    catalog: Option<String>,
}

impl Zone {
    fn is_secondary(&self) -> bool {
        self.kind.eq_ignore_ascii_case("Slave") || self.kind.eq_ignore_ascii_case("Secondary")
    }

    fn primaries(&self) -> Vec<IpAddr> {
        let address = |text: &String| {
            let with_port = || text.parse::<SocketAddr>().ok().map(|address| address.ip());
            text.parse::<IpAddr>().ok().or_else(with_port)
        };
        self.masters.iter().filter_map(address).collect()
    }

    fn note(&self) -> String {
        let mut note = match self.serial {
            0 => "not transferred yet".to_owned(),
            serial => format!("serial {serial}"),
        };
        if self.last_check > 0 {
            note += &format!(", checked {}", in_words(self.last_check));
        }
        if let Some(catalog) = self.catalog() {
            note += &format!(", member of the catalog zone {}", said(catalog));
        }
        note
    }

    /// The catalog zone that it came from.
    fn catalog(&self) -> Option<&str> {
        self.catalog.as_deref().filter(|catalog| !catalog.is_empty())
    }
}

#[derive(Deserialize)]
struct Refusal {
    error: String,
}

impl PowerDns {
    /// The server of this table. Nothing is asked yet, no key is read.
    ///
    /// # Errors
    /// [`ProblemKind::Local`] where the settings are not such that it can be used.
    pub fn new(name: &str, settings: &config::Secondary, around: &Around) -> Result<PowerDns, Problem> {
        let (Some(url), Some(key_source)) = (&settings.url, settings.api_key()) else {
            return Err(unusable(
                name,
                "It has no URL or no API key.",
                "Write url and api-key-env into its table.",
            ));
        };
        // People write the URL with the path of the API as well.
        let url = url.get_ref().trim_end_matches('/');
        let url = url.strip_suffix("/api/v1").unwrap_or(url);
        let http = Http::new(url, &format!("The secondary service {} cannot be used.", said(name)))?;
        Ok(PowerDns {
            name: name.into(),
            http: http.roomy(ROOM),
            key_source,
            key: OnceLock::new(),
            primary: settings.primary,
            port: settings.primary_port.as_ref().map_or(DNS_PORT, |port| port.get_ref().0),
            tsig_key: settings.tsig_key.as_ref().map(|key| key.get_ref().clone()),
            configured: Configured::of(settings, around.timeout),
            warnings: Mutex::default(),
        })
    }

    fn send(&self, doing: &Doing, verb: Verb, path: &str, body: Option<&[u8]>) -> Result<Answer, Problem> {
        let key = match self.key.get() {
            Some(key) => key,
            None => {
                let read = api_keys::load(&self.key_source).map_err(|failure| doing.local(&failure))?;
                self.key.get_or_init(|| read)
            }
        };
        let key = std::str::from_utf8(key.octets()).unwrap_or_default();
        let mut headers = vec![("X-API-Key", key), ("Accept", "application/json")];
        if body.is_some() {
            headers.push(("Content-Type", "application/json"));
        }
        let answer = self.http.send(verb, path, &headers, body);
        answer.map_err(|trouble| doing.problem(trouble.kind, trouble.why, trouble.next))
    }

    /// What an answer means that is not the one that was hoped for.
    fn refused(&self, doing: &Doing, answer: &Answer) -> Problem {
        let text = || String::from_utf8_lossy(answer.body()).into_owned();
        let words = answer.json::<Refusal>().map_or_else(text, |refusal| refusal.error);
        let status = answer.status;
        let why = match words.trim() {
            "" => format!("{} answered {status}.", self.http.host()),
            words => format!("{} answered {status}: {}", self.http.host(), sentence(words)),
        };
        let (kind, next) = match status {
            401 => (ProblemKind::Unauthorized, "Use the key that stands as api-key in its pdns.conf."),
            403 => (
                ProblemKind::Forbidden,
                "Allow this address (webserver-allow-from in its pdns.conf), and use the right key.",
            ),
            404 | 405 => (
                ProblemKind::UnknownService,
                "Check the URL, and that webserver=yes and api=yes stand in its pdns.conf.",
            ),
            409 => (ProblemKind::Conflict, "Look at what is registered now."),
            400 | 422 => (ProblemKind::Invalid, "Correct what it names, in the configuration or there."),
            429 => (ProblemKind::RateLimited, "Try again later."),
            200..=299 => (ProblemKind::Protocol, "Check that the URL is that of a PowerDNS API."),
            status => (ProblemKind::Remote { status }, "Look into the server's log for the reason."),
        };
        doing.problem(kind, why, next)
    }

    /// A zone that it has, of whatever kind.
    fn zone(&self, doing: &Doing, domain: &Name) -> Result<Option<Zone>, Problem> {
        let path = format!("{ZONES}?dnssec=false&zone={}", escaped(&domain.to_string().to_ascii_lowercase()));
        let answer = self.send(doing, Verb::Get, &path, None)?;
        if answer.status != 200 {
            return Err(self.refused(doing, &answer));
        }
        let zones: Vec<Zone> = answer.json().ok_or_else(|| self.refused(doing, &answer))?;
        // Should a version not know the question, it answers with all zones.
        Ok(zones.into_iter().find(|zone| name_of(zone).as_ref() == Some(domain)))
    }

    /// The zone, where it is a secondary one that may be changed.
    fn secondary(&self, doing: &Doing, domain: &Name) -> Result<Zone, Problem> {
        match self.zone(doing, domain)? {
            None => Err(not_registered(domain, &self.name)),
            Some(zone) if !zone.is_secondary() => Err(self.of_another_kind(doing, &zone)),
            Some(zone) => Ok(zone),
        }
    }

    fn of_another_kind(&self, doing: &Doing, zone: &Zone) -> Problem {
        let why = format!(
            "The server has a zone of this name, of the kind {}: its own, and no secondary one.",
            said(&zone.kind)
        );
        doing.problem(ProblemKind::Conflict, why, "It was left alone. Look at it there.")
    }

    fn registration(&self, domain: Name, zone: &Zone) -> Registration {
        Registration {
            place: Place { domain, service: None },
            created: None,
            primaries: zone.primaries(),
            secondary: self.configured.secondary(),
            details: Details::Known,
            note: Some(zone.note()),
        }
    }

    /// Where it does not have a key, PowerDNS 4.7 makes the zone without one and then says that it did not.
    fn has_key(&self, doing: &Doing, key: &str) -> Result<(), Problem> {
        let answer = self.send(doing, Verb::Get, &format!("{TSIG_KEYS}/{}", escaped(key)), None)?;
        match answer.status {
            200 => Ok(()),
            404 => Err(doing.problem(
                ProblemKind::Invalid,
                format!("The server has no TSIG key {}.", said(key)),
                "Give it the key (pdnsutil import-tsig-key), or correct tsig-key in its table.",
            )),
            _ => Err(self.refused(doing, &answer)),
        }
    }

    /// A refusal, after which there may be a zone all the same.
    fn made_in_part(&self, doing: &Doing, domain: &Name, refusal: Problem) -> Problem {
        match self.zone(doing, domain) {
            Ok(Some(_)) => Problem {
                why: format!("{} The zone is there nevertheless.", refusal.why),
                next: "Look at it there; remove it where it is not right.".into(),
                ..refusal
            },
            _ => refusal,
        }
    }

    /// The primary as PowerDNS writes it.
    fn primary(&self, wanted: &Wanted, doing: &Doing) -> Result<String, Problem> {
        let Some(address) = wanted.primary.or(self.primary) else {
            let why = "It must be told from which address to transfer the zone, and none is known.";
            return Err(doing.problem(
                ProblemKind::Invalid,
                why,
                "Use --primary, or write primary into its table.",
            ));
        };
        Ok(match self.port {
            DNS_PORT => address.to_string(),
            port => SocketAddr::new(address, port).to_string(),
        })
    }

    /// Has it fetch the zone now. What is registered is registered, whatever comes of that.
    fn fetch(&self, doing: &Doing, domain: &Name, id: &str) {
        let path = format!("{ZONES}/{}/axfr-retrieve", escaped(id));
        let problem = match self.send(doing, Verb::Put, &path, None) {
            Ok(answer) if answer.is_success() => return,
            Ok(answer) => self.refused(doing, &answer),
            Err(problem) => problem,
        };
        let warning = format!(
            "{} was not told to fetch {} at once: {} It will do so when it looks for changes.",
            said(&self.name),
            plain(domain),
            problem.why
        );
        self.warnings.lock().unwrap_or_else(PoisonError::into_inner).push(warning);
    }
}

impl Service for PowerDns {
    fn abilities(&self) -> Abilities {
        Abilities { takes_primary: true, change_primary: true, ..Abilities::default() }
    }

    fn services(&self) -> Result<Vec<Option<String>>, Problem> {
        Ok(vec![None])
    }

    fn list(&self, tell: &mut (dyn FnMut(Registration) -> bool + Send)) -> Result<(), Problem> {
        let doing = Doing::listing(&self.name);
        let answer = self.send(&doing, Verb::Get, &format!("{ZONES}?dnssec=false"), None)?;
        let zones: Option<Vec<Zone>> = answer.json().filter(|_| answer.status == 200);
        for zone in zones.ok_or_else(|| self.refused(&doing, &answer))? {
            let Some(domain) = name_of(&zone).filter(|_| zone.is_secondary()) else { continue };
            if !tell(self.registration(domain, &zone)) {
                break;
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

    fn offered(&self, _: &Place) -> Result<Vec<Offered>, Problem> {
        Ok(self.configured.offered())
    }

    fn challenge(&self, _: &Place) -> Result<Option<Challenge>, Problem> {
        Ok(None)
    }

    fn add(&self, wanted: &Wanted) -> Result<(), Problem> {
        let domain = &wanted.place.domain;
        let doing = Doing::adding(domain, &self.name);
        let primary = self.primary(wanted, &doing)?;
        let there = |zone: Zone| match zone.is_secondary() {
            true => doing.problem(
                ProblemKind::AlreadyRegistered { primaries: zone.primaries() },
                "It has the zone already, as a secondary one.",
                "Nothing is to be done.",
            ),
            false => self.of_another_kind(&doing, &zone),
        };
        if let Some(zone) = self.zone(&doing, domain)? {
            return Err(there(zone));
        }
        let keys: Vec<String> = self.tsig_key.iter().map(|key| with_dot(key)).collect();
        for key in &keys {
            self.has_key(&doing, key)?;
        }
        let body = json!({
            "name": domain.to_string().to_ascii_lowercase(),
            "kind": "Slave",
            "masters": [primary],
            "nameservers": [],
            "slave_tsig_key_ids": keys,
        });
        let answer = self.send(&doing, Verb::Post, ZONES, Some(body.to_string().as_bytes()))?;
        match answer.status {
            201 => {}
            409 => {
                return Err(match self.zone(&doing, domain)? {
                    Some(zone) => there(zone),
                    None => self.refused(&doing, &answer),
                });
            }
            _ => return Err(self.made_in_part(&doing, domain, self.refused(&doing, &answer))),
        }
        match answer.json::<Zone>() {
            Some(zone) if zone.is_secondary() => self.fetch(&doing, domain, &zone.id),
            Some(zone) => {
                let why = format!(
                    "The server made a zone of the kind {} of it, which was not asked for.",
                    said(&zone.kind)
                );
                return Err(doing.problem(
                    ProblemKind::Protocol,
                    why,
                    "Look at it there, and remove it by hand.",
                ));
            }
            // It says that it was made, in words that are not known: what there is can be asked.
            None => {
                return Err(doing.problem(
                    ProblemKind::Unknown,
                    "The server says that it made the zone, but not what it is.",
                    "Look at what is registered.",
                ));
            }
        }
        Ok(())
    }

    fn remove(&self, place: &Place) -> Result<(), Problem> {
        let doing = Doing::removing(&place.domain, &self.name);
        let zone = self.secondary(&doing, &place.domain)?;
        if let Some(catalog) = zone.catalog() {
            let why = format!("The server has it from the catalog zone {}.", said(catalog));
            return Err(doing.problem(
                ProblemKind::Conflict,
                why,
                "Remove it from that: else the two no longer agree.",
            ));
        }
        let answer = self.send(&doing, Verb::Delete, &format!("{ZONES}/{}", escaped(&zone.id)), None)?;
        match answer.status {
            204 | 200 => Ok(()),
            404 => Err(not_registered(&place.domain, &self.name)),
            _ => Err(self.refused(&doing, &answer)),
        }
    }

    fn change_primary(&self, wanted: &Wanted) -> Result<(), Problem> {
        let domain = &wanted.place.domain;
        let doing = Doing::moving(domain, &self.name);
        let primary = self.primary(wanted, &doing)?;
        let zone = self.secondary(&doing, domain)?;
        let body = json!({ "masters": [primary] }).to_string();
        let path = format!("{ZONES}/{}", escaped(&zone.id));
        let answer = self.send(&doing, Verb::Put, &path, Some(body.as_bytes()))?;
        match answer.status {
            204 | 200 => self.fetch(&doing, domain, &zone.id),
            404 => return Err(not_registered(domain, &self.name)),
            _ => return Err(self.refused(&doing, &answer)),
        }
        Ok(())
    }

    fn warnings(&self) -> Vec<String> {
        std::mem::take(&mut *self.warnings.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The name of a zone; `None` for what is none.
fn name_of(zone: &Zone) -> Option<Name> {
    Name::parse(zone.name.as_bytes(), Some(Name::root().as_ref())).ok()
}

fn with_dot(key: &str) -> String {
    let key = key.to_ascii_lowercase();
    if key.ends_with('.') { key } else { format!("{key}.") }
}

/// As one segment of a path, or one value of a query.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for octet in text.bytes() {
        match octet {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                escaped.push(char::from(octet))
            }
            _ => escaped.push_str(&format!("%{octet:02X}")),
        }
    }
    escaped
}
