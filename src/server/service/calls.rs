//! The calls of the API: which there are, what each takes, does and answers.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use sha1::{Digest as _, Sha1};

use super::gate::{check, check_application, give_token, now};
use super::listen::{Reply, Request};
use super::words::{demand, error};
use super::{Consented, Consumer, Domain, Shared, State, Trouble, hex, proof, random};
use crate::server::Following;
use crate::zone::{Name, types};

/// Consumer keys that can be asked for.
const MAX_CONSENTED: usize = 100;
/// Domains that can be registered: each is followed.
const MAX_DOMAINS: usize = 1000;

/// The answer to a request.
pub(super) fn answer(shared: &Shared, request: &Request) -> Reply {
    let (path, query) = request.parts();
    let call = {
        let mut state = shared.lock();
        state.counts.requests += 1;
        if path == "/auth/oauth2/token" {
            return give_token(shared, &mut state, request);
        }
        let Some(path) = path.strip_prefix("/1.0") else {
            return error(&state, 404, "NOT_FOUND", "Got an invalid (or empty) URL");
        };
        match path {
            "/auth/time" if request.method == "GET" => {
                return Reply::Json(200, (now(&state) + state.options.told_later).to_string());
            }
            "/auth/credential" if request.method == "POST" => return consent(shared, &mut state, request),
            _ => {}
        }
        if let Err(refusal) = check(shared, &state, request, path) {
            return refusal;
        }
        if path == "/auth/currentCredential" && request.method == "GET" {
            return current_credential(shared, &state, request);
        }
        match Call::new(&state, request, path, query) {
            Ok(call) => call,
            Err(refusal) => return refusal,
        }
    };
    let trouble = shared.lock().options.trouble;
    let changes = request.method != "GET";
    match trouble {
        Some(Trouble::Html) => {
            return Reply::Html(
                503,
                "<html><h1>503 Service Unavailable</h1>No server is available.</html>".into(),
            );
        }
        Some(Trouble::TooMany) => return error(&shared.lock(), 429, "TOO_MANY_REQUESTS", "Slow down"),
        Some(Trouble::LostBefore) if changes => return Reply::Nothing,
        _ => {}
    }
    let reply = call.perform(shared);
    match (trouble, reply) {
        (Some(Trouble::LostAfter), _) if changes => Reply::Nothing,
        (Some(Trouble::Oversized), Reply::Json(status, _)) => {
            Reply::Json(status, format!("[{}]", "\"x\",".repeat(600_000)))
        }
        (Some(Trouble::Truncated), Reply::Json(status, body)) => Reply::Cut(status, body),
        (_, reply) => reply,
    }
}

/// A call that is understood and let in.
enum Call {
    Services(&'static str),
    List(String),
    Add(String, Add),
    Get(String, Name),
    Change(String, Name, Ipv4Addr),
    Remove(String, Name),
    /// The nameserver of a service, or of a domain there.
    Nameserver(String, Option<Name>),
    /// What must be shown before it is added.
    Token(Name),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Add {
    domain: String,
    ip: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Change {
    ip_master: String,
    /// What a client may send along, as it got it; none of it can be changed.
    #[serde(rename = "domain")]
    _domain: Option<String>,
    #[serde(rename = "dns")]
    _dns: Option<String>,
    #[serde(rename = "creationDate")]
    _created: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Consent {
    access_rules: Vec<Rule>,
    #[serde(rename = "redirection")]
    _redirection: Option<String>,
    #[serde(rename = "allowedIPs")]
    _allowed: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    method: String,
    path: String,
}

/// A body, which must be exactly of this shape.
fn body<T: DeserializeOwned>(state: &State, request: &Request) -> Result<T, Reply> {
    let media = request.header("content-type").unwrap_or_default();
    if media.split(';').next() != Some("application/json") {
        return Err(error(state, 400, "INVALID_BODY", "The body is not said to be JSON"));
    }
    // OVH says this of some wrong bodies as well.
    serde_json::from_slice(&request.body)
        .map_err(|_| error(state, 400, "INVALID_SIGNATURE", "Invalid signature"))
}

impl Call {
    fn new(state: &State, request: &Request, path: &str, query: &str) -> Result<Call, Reply> {
        let missing = || error(state, 404, "NOT_FOUND", "Got an invalid (or empty) URL");
        let parts: Vec<String> =
            path.split('/').skip(1).map(decoded).collect::<Option<_>>().ok_or_else(missing)?;
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        let (kind, rest): (&'static str, &[&str]) = match parts.as_slice() {
            ["vps", rest @ ..] => ("vps", rest),
            ["dedicated", "server", rest @ ..] => ("dedicated/server", rest),
            _ => return Err(missing()),
        };
        let method = request.method.as_str();
        if method != "POST" && method != "PUT" && !request.body.is_empty() {
            return Err(error(state, 400, "INVALID_BODY", "A body where none is taken"));
        }
        let Some((name, rest)) = rest.split_first() else {
            return if method == "GET" { Ok(Call::Services(kind)) } else { Err(missing()) };
        };
        let service = format!("{kind}/{name}");
        if !state.options.services.contains(&service) {
            return Err(error(
                state,
                404,
                "NOT_FOUND",
                &format!("The requested object (serviceName = {name}) does not exist"),
            ));
        }
        let dedicated = kind != "vps";
        // A-labels in lower case, without the final dot: as the API lists them.
        let domain = |text: &str| {
            domain(text).ok_or_else(|| {
                error(state, 400, "INVALID_ARGUMENT", "[domain] Given data is not valid for type dnsZone")
            })
        };
        let address = |text: &str| {
            text.parse::<Ipv4Addr>()
                .map_err(|_| error(state, 400, "INVALID_ARGUMENT", "Given data is not valid for type ipv4"))
        };
        match (method, rest) {
            ("GET", ["secondaryDnsDomains"]) => Ok(Call::List(service)),
            ("POST", ["secondaryDnsDomains"]) => {
                let add: Add = body(state, request)?;
                domain(&add.domain)?;
                add.ip.as_deref().map(address).transpose()?;
                Ok(Call::Add(service, add))
            }
            ("GET", ["secondaryDnsDomains", name]) => Ok(Call::Get(service, domain(name)?)),
            ("PUT", ["secondaryDnsDomains", name]) if dedicated => {
                let change: Change = body(state, request)?;
                Ok(Call::Change(service, domain(name)?, address(&change.ip_master)?))
            }
            ("DELETE", ["secondaryDnsDomains", name]) => Ok(Call::Remove(service, domain(name)?)),
            ("GET", ["secondaryDnsDomains", name, "dnsServer"]) => {
                Ok(Call::Nameserver(service, Some(domain(name)?)))
            }
            ("GET", ["secondaryDnsNameServerAvailable"]) => Ok(Call::Nameserver(service, None)),
            ("GET", ["secondaryDnsNameDomainToken"]) if dedicated => {
                let asked = query.strip_prefix("domain=").and_then(decoded).ok_or_else(missing)?;
                Ok(Call::Token(domain(&asked)?))
            }
            _ => Err(missing()),
        }
    }

    fn perform(self, shared: &Shared) -> Reply {
        let json = |value: Value| Reply::Json(200, value.to_string());
        match self {
            Call::Services(kind) => {
                let state = shared.lock();
                let inside =
                    |service: &String| Some(service.strip_prefix(kind)?.strip_prefix('/')?.to_owned());
                json(state.options.services.iter().filter_map(inside).collect())
            }
            Call::List(service) => {
                let state = shared.lock();
                let own = state.domains.iter().filter(|(_, domain)| domain.service == service);
                json(own.map(|(name, _)| Value::from(plain(name))).collect())
            }
            Call::Add(service, add) => register(shared, service, &add),
            Call::Get(service, name) => {
                let trouble = shared.lock().options.trouble;
                match trouble {
                    Some(Trouble::SlowDetails(pause)) => {
                        std::thread::sleep(pause.min(Duration::from_secs(60)))
                    }
                    Some(Trouble::NoDetails) => {
                        return error(&shared.lock(), 500, "INTERNAL", "Internal error\u{1b}[31m");
                    }
                    _ => {}
                }
                let state = shared.lock();
                match find(&state, &service, &name) {
                    Err(refusal) => refusal,
                    Ok(domain) => {
                        // An hour east of Greenwich.
                        let created = types::to_rfc3339(domain.created + 3600).replace("+00:00", "+01:00");
                        json(json!({
                            "domain": plain(&name),
                            "dns": plain(&state.options.nameserver.0),
                            "ipMaster": domain.primary,
                            "creationDate": created,
                        }))
                    }
                }
            }
            Call::Change(service, name, primary) => {
                let mut state = shared.lock();
                if let Err(refusal) = find(&state, &service, &name) {
                    return refusal;
                }
                let Some(&target) = state.options.routes.get(&IpAddr::V4(primary)) else {
                    return no_route(&state);
                };
                state.counts.changes += 1;
                if let Some(domain) = state.domains.get_mut(&name) {
                    domain.primary = primary.into();
                }
                shared.secondary.follow(name, target, state.options.key.clone(), Following::default());
                done(&state)
            }
            Call::Remove(service, name) => {
                let mut state = shared.lock();
                state.counts.remove_attempts += 1;
                if let Err(refusal) = find(&state, &service, &name) {
                    return refusal;
                }
                state.domains.remove(&name);
                state.counts.removes += 1;
                shared.secondary.let_go(&name);
                done(&state)
            }
            Call::Nameserver(service, name) => {
                let state = shared.lock();
                if let Some(Err(refusal)) = name.map(|name| find(&state, &service, &name).map(|_| ())) {
                    return refusal;
                }
                let (name, v4, v6) = &state.options.nameserver;
                json(json!({ "hostname": plain(name), "ip": v4, "ipv6": v6 }))
            }
            Call::Token(name) => json(json!({
                "subDomain": "ownercheck", "fieldType": "TXT", "fieldValue": value_for(shared, &name),
            })),
        }
    }
}

/// Registers a domain, where its owner proves to be that.
fn register(shared: &Shared, service: String, add: &Add) -> Reply {
    let Some(name) = domain(&add.domain) else {
        return error(&shared.lock(), 400, "INVALID_ARGUMENT", "[domain] is no domain");
    };
    let (target, primary, challenge) = {
        let mut state = shared.lock();
        state.counts.add_attempts += 1;
        if state.domains.contains_key(&name) {
            return error(&state, 409, "ALREADY_EXISTS", &format!("Domain {} already exists", plain(&name)));
        }
        let primary = add.ip.as_ref().and_then(|ip| ip.parse().ok()).or(state.options.primary);
        let Some(primary) = primary.map(IpAddr::V4) else {
            return error(&state, 400, "INVALID_ARGUMENT", "[ip] is missing");
        };
        let Some(&target) = state.options.routes.get(&primary) else { return no_route(&state) };
        if state.domains.len() >= MAX_DOMAINS {
            return error(&state, 403, "QUOTA", "No more domains can be added: quota reached");
        }
        (target, primary, state.options.challenge)
    };
    if let Some(challenge) = challenge {
        let value = value_for(shared, &name);
        let owner = Name::parse(b"ownercheck", Some(name.as_ref()));
        if !owner.is_ok_and(|owner| proof::is_there(target, &owner, &value)) {
            return demand(&shared.lock(), challenge, &plain(&name), &value);
        }
    }
    let mut state = shared.lock();
    // Somebody else may have been faster while the primary was asked.
    if state.domains.contains_key(&name) {
        return error(&state, 409, "ALREADY_EXISTS", &format!("Domain {} already exists", plain(&name)));
    }
    let created = u64::try_from(now(&state)).unwrap_or_default();
    state.counts.adds += 1;
    state.domains.insert(name.clone(), Domain { service, primary, created });
    shared.secondary.follow(name, target, state.options.key.clone(), Following::default());
    done(&state)
}

fn find<'a>(state: &'a State, service: &str, name: &Name) -> Result<&'a Domain, Reply> {
    state.domains.get(name).filter(|domain| domain.service == service).ok_or_else(|| {
        error(
            state,
            404,
            "NOT_FOUND",
            &format!("The requested object (domain = {}) does not exist", plain(name)),
        )
    })
}

fn no_route(state: &State) -> Reply {
    error(state, 400, "INVALID_ARGUMENT", "[ip] This address does not lead to this service")
}

/// The answer where there is nothing to say.
fn done(state: &State) -> Reply {
    Reply::Json(200, if state.options.empty_bodies { String::new() } else { "null".into() })
}

/// The value that proves ownership: always the same one for a domain.
fn value_for(shared: &Shared, name: &Name) -> String {
    let mut hash = Sha1::new();
    hash.update(shared.salt.as_bytes());
    hash.update(plain(name).as_bytes());
    hex(hash.finalize().get(..4).unwrap_or_default())
}

/// Asks for a consumer key.
fn consent(shared: &Shared, state: &mut State, request: &Request) -> Reply {
    if let Err(refusal) = check_application(shared, state, request) {
        return refusal;
    }
    let consent: Consent = match body(state, request) {
        Ok(consent) => consent,
        Err(refusal) => return refusal,
    };
    if state.consented.len() >= MAX_CONSENTED {
        return error(state, 429, "TOO_MANY_REQUESTS", "Slow down");
    }
    let methods = ["GET", "POST", "PUT", "DELETE"];
    let wrong = |rule: &Rule| !methods.contains(&rule.method.as_str()) || !rule.path.starts_with('/');
    if consent.access_rules.is_empty() || consent.access_rules.iter().any(wrong) {
        return error(state, 400, "INVALID_ARGUMENT", "[accessRules] is wrong");
    }
    let (Ok(key), Ok(page)) = (random(16), random(16)) else {
        return error(state, 500, "INTERNAL", "Internal error");
    };
    let rules = consent.access_rules.into_iter().map(|rule| (rule.method, rule.path)).collect();
    let host = request.header("host").unwrap_or_default();
    let page = format!("http://{host}/auth/?credentialToken={page}");
    state.consented.insert(key.clone(), Consented { rules, page: page.clone(), confirmed: false });
    Reply::Json(
        200,
        json!({
            "consumerKey": key,
            "state": "pendingValidation",
            "validationUrl": page,
        })
        .to_string(),
    )
}

fn current_credential(shared: &Shared, state: &State, request: &Request) -> Reply {
    let Some(consumer) = request.header("x-ovh-consumer") else {
        return error(state, 403, "INVALID_CREDENTIAL", "This credential is not valid");
    };
    let rules: Vec<Value> = match state.consented.get(consumer) {
        Some(consented) => {
            let rule = |(method, path): &(String, String)| json!({ "method": method, "path": path });
            consented.rules.iter().map(rule).collect()
        }
        None => {
            ["GET", "POST", "PUT", "DELETE"].map(|method| json!({ "method": method, "path": "/*" })).to_vec()
        }
    };
    let status = match state.options.consumer {
        Consumer::Expired if shared.credentials.consumer_key.octets() == consumer.as_bytes() => "expired",
        _ => "validated",
    };
    Reply::Json(
        200,
        json!({ "credentialId": 1, "status": status, "rules": rules, "expiration": null, "ovhSupport": false })
            .to_string(),
    )
}

/// A domain that can be registered, as it stands in bodies and paths.
fn domain(text: &str) -> Option<Name> {
    let plain = |octet: u8| octet.is_ascii_lowercase() || octet.is_ascii_digit() || b"-_.".contains(&octet);
    let usual = text.bytes().all(plain) && !text.ends_with('.') && text.contains('.');
    Name::parse(text.as_bytes(), Some(Name::root().as_ref())).ok().filter(|_| usual)
}

/// Without the final dot.
fn plain(name: &Name) -> String {
    let text = name.to_string();
    text.strip_suffix('.').unwrap_or(&text).to_owned()
}

/// What percent-encoding stands for.
fn decoded(text: &str) -> Option<String> {
    let mut octets = Vec::new();
    let mut rest = text.bytes();
    while let Some(octet) = rest.next() {
        match octet {
            b'%' => {
                let mut digit = || char::from(rest.next()?).to_digit(16);
                octets.push(u8::try_from(digit()? * 16 + digit()?).ok()?);
            }
            plain => octets.push(plain),
        }
    }
    String::from_utf8(octets).ok()
}
