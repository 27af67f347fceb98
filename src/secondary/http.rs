//! The one HTTP client of all backends that speak HTTP: blocking, bounded, and true about what was sent.
//!
//! A client belongs to one place: everything that it asks begins with its own URL, redirects are not followed, and
//! nothing is encrypted by hope: plain HTTP is for this machine only. Certificates are judged as the system does.
//! Proxies are taken from the environment, but not for this machine. Nothing is ever sent twice.
//!
//! What an answer means is known by the backend.

use std::fmt;
use std::io::Read as _;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use ureq::http::{HeaderMap, Method, Request, Uri};
use ureq::tls::{RootCerts, TlsConfig};
use ureq::unversioned::resolver::DefaultResolver;
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, DefaultConnector, NextTimeout, Transport,
};
use ureq::{Agent, Proxy};
use zeroize::Zeroizing;

use super::said;
use crate::facts::registration::{Problem, ProblemKind};

/// Longer bodies are not read, as a rule.
const MAX_BODY: u64 = 1 << 20;
/// How long a question may take, all in all.
const PATIENCE: Duration = Duration::from_secs(20);
/// A change may take longer: not to know what became of it costs more than to wait.
const PATIENCE_FOR_CHANGES: Duration = Duration::from_secs(45);
const CONNECTING: Duration = Duration::from_secs(10);
/// Answers of services name themselves in headers of a few hundred octets.
const MAX_HEADERS: usize = 32 << 10;
/// Connections that are kept for the next questions: as many as are asked at a time.
const IDLE: usize = 8;

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    Get,
    Post,
    Put,
    Delete,
}

impl Verb {
    pub fn name(self) -> &'static str {
        match self {
            Verb::Get => "GET",
            Verb::Post => "POST",
            Verb::Put => "PUT",
            Verb::Delete => "DELETE",
        }
    }

    /// Does it change something?
    pub fn changes(self) -> bool {
        self != Verb::Get
    }

    fn method(self) -> Method {
        match self {
            Verb::Get => Method::GET,
            Verb::Post => Method::POST,
            Verb::Put => Method::PUT,
            Verb::Delete => Method::DELETE,
        }
    }
}

/// A header of a request. Values may be secrets.
pub type Header<'a> = (&'static str, &'a str);

/// A client for one place.
pub struct Http {
    /// Without a slash at its end.
    base: String,
    host: String,
    loopback: bool,
    /// Is it reached through a proxy of the environment?
    proxied: bool,
    /// Keeps connections. What changes something gets one of its own: a kept one may be dead, and then nobody knows
    /// what became of the request.
    questions: Agent,
    patience: Duration,
    patience_for_changes: Duration,
    /// Longer bodies are not read.
    room: u64,
}

impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Http").field("base", &self.base).finish_non_exhaustive()
    }
}

impl Http {
    /// A client for everything below this URL.
    ///
    /// # Errors
    /// [`ProblemKind::Local`] for what is no URL of HTTPS, or of HTTP on this machine; `what` is the sentence that
    /// says what does not work without it.
    pub fn new(base: &str, what: &str) -> Result<Http, Problem> {
        let wrong = |why: &str, next: &str| Problem {
            kind: ProblemKind::Local,
            what: what.into(),
            why: why.into(),
            next: next.into(),
        };
        let shown = said(base);
        let base = base.trim_end_matches('/');
        let plain = |octet: u8| octet.is_ascii_graphic() && !b"?#@\\\"<>".contains(&octet);
        let uri = base.parse::<Uri>().ok().filter(|_| base.bytes().all(plain));
        let host = uri.as_ref().and_then(|uri| uri.host()).unwrap_or_default();
        let Some(uri) = uri.as_ref().filter(|_| !host.is_empty()) else {
            return Err(wrong(
                &format!("{shown} is no URL of an API."),
                "Write https://HOST/PATH: without a user, a question mark or a #.",
            ));
        };
        let loopback = is_loopback(host);
        match uri.scheme_str() {
            Some("https") => {}
            Some("http") if loopback => {}
            Some("http") => {
                return Err(wrong(
                    &format!("{shown} is not encrypted, and not on this machine."),
                    "Write https://; http:// is for 127.0.0.1, [::1] and localhost only.",
                ));
            }
            _ => return Err(wrong(&format!("{shown} is not of HTTPS."), "Write https://HOST/PATH.")),
        }
        Ok(Http {
            questions: agent(loopback, PATIENCE, None),
            base: base.into(),
            host: host.into(),
            loopback,
            proxied: !loopback && Proxy::try_from_env().is_some_and(|proxy| !proxy.is_no_proxy(uri)),
            patience: PATIENCE,
            patience_for_changes: PATIENCE_FOR_CHANGES,
            room: MAX_BODY,
        })
    }

    /// For an API that tells everything in one answer.
    #[must_use]
    pub fn roomy(self, room: u64) -> Http {
        Http { room, ..self }
    }

    /// With another patience, for questions and changes.
    #[must_use]
    pub fn patient(mut self, patience: Duration) -> Http {
        self.questions = agent(self.loopback, patience, None);
        (self.patience, self.patience_for_changes) = (patience, patience);
        self
    }

    /// The URL of a path, which begins with a slash, exactly as it is sent.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// Where this is, for messages.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Sends a request, once, and reads the answer, whatever its status.
    ///
    /// # Errors
    /// [`Trouble`], where there is no whole answer.
    pub fn send(
        &self,
        verb: Verb,
        path: &str,
        headers: &[Header<'_>],
        body: Option<&[u8]>,
    ) -> Result<Answer, Trouble> {
        let mut request = Request::builder().method(verb.method()).uri(self.url(path));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.exchange(verb, request, body).map_err(|trouble| trouble.after(verb))
    }

    fn exchange(
        &self,
        verb: Verb,
        request: ureq::http::request::Builder,
        body: Option<&[u8]>,
    ) -> Result<Answer, Trouble> {
        let malformed = |_| {
            Trouble {
            kind: ProblemKind::Local,
            why: "The request cannot be written: a name or a credential in it has a character that HTTP does not \
                  take."
                .into(),
            next: "Check the service's name and the credentials.",
        }
        };
        // Whether the server can have got it is known where the octets go out.
        let sent = Arc::new(AtomicBool::new(false));
        let agent = match verb.changes() {
            true => agent(self.loopback, self.patience_for_changes, Some(Sent(Arc::clone(&sent)))),
            false => self.questions.clone(),
        };
        let answer = match body {
            Some(body) => agent.run(request.body(body).map_err(malformed)?),
            None => agent.run(request.body(()).map_err(malformed)?),
        };
        let mut answer = answer.map_err(|error| self.trouble(verb, &sent, &error, None))?;
        let status = answer.status().as_u16();
        let mut octets = Zeroizing::new(Vec::with_capacity(4096));
        let read = answer.body_mut().as_reader().take(self.room + 1).read_to_end(&mut octets);
        if let Err(error) = read {
            return Err(self.trouble(verb, &sent, &ureq::Error::from(error), Some(status)));
        }
        if octets.len() as u64 > self.room {
            return Err(Trouble {
                kind: if verb.changes() { ProblemKind::Unknown } else { ProblemKind::Protocol },
                why: format!("{} answered {status} with more than {} MiB.", self.host, self.room >> 20),
                next: "Check the URL of the API.",
            });
        }
        Ok(Answer { status, headers: answer.headers().clone(), body: octets })
    }

    /// Says why there is no answer. Of the client's own error only what cannot hold a secret is used.
    fn trouble(&self, verb: Verb, sent: &AtomicBool, error: &ureq::Error, status: Option<u16>) -> Trouble {
        use ureq::{Error, Timeout};
        // Where a question went out on a kept connection, the error alone tells.
        let before = matches!(
            error,
            Error::HostNotFound
                | Error::ConnectionFailed
                | Error::ConnectProxyFailed(_)
                | Error::InvalidProxyUrl
                | Error::Tls(_)
                | Error::Rustls(_)
                | Error::TlsRequired
                | Error::BadUri(_)
                | Error::Timeout(Timeout::Resolve | Timeout::Connect)
        ) || matches!(error, Error::Io(error) if is_of_connecting(error));
        let sent = if verb.changes() { sent.load(Ordering::SeqCst) } else { !before };
        let host = &self.host;
        let wait = if verb.changes() { self.patience_for_changes } else { self.patience };
        let (why, next) = match error {
            Error::HostNotFound => (format!("{host} has no address."), "Check the URL and the network."),
            Error::InvalidProxyUrl | Error::ConnectProxyFailed(_) => (
                format!("The proxy does not let it through to {host}."),
                "Check HTTPS_PROXY and NO_PROXY in the environment.",
            ),
            Error::Timeout(_) if sent => {
                (format!("{host} did not answer within {} s.", wait.as_secs().max(1)), "Try again later.")
            }
            Error::Timeout(_) => {
                (format!("{host} cannot be reached in time."), "Check the network, or try again later.")
            }
            Error::LargeResponseHeader(..) => {
                (format!("{host} answered with endless headers."), "Check the URL of the API.")
            }
            Error::Protocol(_) | Error::Http(_) | Error::BodyStalled => {
                (format!("{host} answered something that is not HTTP."), "Check the URL of the API.")
            }
            Error::Io(error) => return self.io_trouble(verb, sent, error, status),
            Error::Tls(_) | Error::Rustls(_) | Error::TlsRequired => {
                (format!("No encrypted connection to {host} comes about."), "Check the URL.")
            }
            _ => (format!("The exchange with {host} failed."), "Check the URL and the network."),
        };
        Trouble { kind: kind_of(verb, sent, status), why, next }
    }

    fn io_trouble(&self, verb: Verb, sent: bool, error: &std::io::Error, status: Option<u16>) -> Trouble {
        let host = &self.host;
        let (why, next) = match certificate_trouble(error) {
            Some(why) => (
                format!("The certificate of {host} is not trusted: {why}."),
                "If a proxy of yours is in between, let the system trust its authority.",
            ),
            None if sent => (
                match status {
                    Some(status) => {
                        format!("The answer of {host}, status {status}, broke off: {}.", error.kind())
                    }
                    None => {
                        format!("The connection to {host} broke off before an answer came: {}.", error.kind())
                    }
                },
                "Try again later.",
            ),
            None if self.proxied => (
                format!("{host} cannot be reached through the proxy: {}.", error.kind()),
                "Check HTTPS_PROXY and NO_PROXY in the environment, and the network.",
            ),
            None => {
                (format!("{host} cannot be reached: {}.", error.kind()), "Check the URL and the network.")
            }
        };
        Trouble { kind: kind_of(verb, sent, status), why, next }
    }
}

/// A question changes nothing, so only what was answered wrongly is its own sort.
fn kind_of(verb: Verb, sent: bool, status: Option<u16>) -> ProblemKind {
    match (sent, status) {
        (false, _) => ProblemKind::NotSent,
        (true, Some(_)) if !verb.changes() => ProblemKind::Protocol,
        (true, _) => ProblemKind::Unknown,
    }
}

/// Errors of the system that come before anything can be sent.
fn is_of_connecting(error: &std::io::Error) -> bool {
    use std::io::ErrorKind as Kind;
    certificate_trouble(error).is_some()
        || matches!(
            error.kind(),
            Kind::ConnectionRefused
                | Kind::HostUnreachable
                | Kind::NetworkUnreachable
                | Kind::NetworkDown
                | Kind::AddrNotAvailable
                | Kind::PermissionDenied
        )
}

/// What the judging of certificates said. rustls reports it as an error of the stream; its words name no secret.
fn certificate_trouble(error: &std::io::Error) -> Option<String> {
    let inner = error.get_ref()?.to_string();
    inner.contains("certificate").then(|| said(&inner))
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost") || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

fn agent(loopback: bool, patience: Duration, sent: Option<Sent>) -> Agent {
    let idle = if sent.is_some() { 0 } else { IDLE };
    let tls = TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build();
    let config = Agent::config_builder()
        .tls_config(tls)
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .timeout_global(Some(patience))
        .timeout_connect(Some(CONNECTING.min(patience)))
        .proxy(if loopback { None } else { Proxy::try_from_env() })
        .user_agent(concat!("zonewright/", env!("CARGO_PKG_VERSION")))
        .max_response_header_size(MAX_HEADERS)
        .max_idle_connections(idle)
        .max_idle_connections_per_host(idle)
        .build();
    match sent {
        None => Agent::new_with_config(config),
        Some(sent) => {
            Agent::with_parts(config, DefaultConnector::default().chain(sent), DefaultResolver::default())
        }
    }
}

/// The last of the connectors: says when the first octets of a request were handed to the system. Before that, the
/// handshakes of a proxy and of TLS are over.
#[derive(Debug)]
struct Sent(Arc<AtomicBool>);

impl<In: Transport> Connector<In> for Sent {
    type Out = Watched<In>;

    fn connect(
        &self,
        _: &ConnectionDetails<'_>,
        chained: Option<In>,
    ) -> Result<Option<Watched<In>>, ureq::Error> {
        Ok(chained.map(|inner| Watched { inner, sent: Arc::clone(&self.0) }))
    }
}

#[derive(Debug)]
struct Watched<T> {
    inner: T,
    sent: Arc<AtomicBool>,
}

impl<T: Transport> Transport for Watched<T> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.inner.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), ureq::Error> {
        // Where the first part already fails, the server has at most a piece of the headers: no request.
        self.inner.transmit_output(amount, timeout)?;
        self.sent.store(true, Ordering::SeqCst);
        Ok(())
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, ureq::Error> {
        self.inner.await_input(timeout)
    }

    fn is_open(&mut self) -> bool {
        self.inner.is_open()
    }

    fn is_tls(&self) -> bool {
        self.inner.is_tls()
    }
}

/// A whole answer.
pub struct Answer {
    pub status: u16,
    headers: HeaderMap,
    /// May hold a secret.
    body: Zeroizing<Vec<u8>>,
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer").field("status", &self.status).finish_non_exhaustive()
    }
}

impl Answer {
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// A header, made printable and cut.
    pub fn header(&self, name: &str) -> Option<String> {
        let value = self.headers.get(name)?;
        Some(said(&String::from_utf8_lossy(value.as_bytes())))
    }

    /// The body as JSON; `None` where it is something else.
    pub fn json<T: serde::de::DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_slice(&self.body).ok()
    }
}

/// Why there is no whole answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// [`ProblemKind::NotSent`], [`ProblemKind::Unknown`], [`ProblemKind::Protocol`] or [`ProblemKind::Local`].
    pub kind: ProblemKind,
    pub why: String,
    pub next: &'static str,
}

impl Trouble {
    /// With the sentence that says what did not work.
    pub fn problem(self, what: impl Into<String>) -> Problem {
        Problem { kind: self.kind, what: what.into(), why: self.why, next: self.next.into() }
    }

    /// Why, and what next, where something may have been changed.
    fn after(self, verb: Verb) -> Trouble {
        if !verb.changes() || self.kind != ProblemKind::Unknown {
            return self;
        }
        Trouble {
            why: format!("{} It was sent, and may have been carried out.", self.why),
            next: "Look at what is registered before trying again.",
            ..self
        }
    }
}

#[cfg(test)]
mod tests;
