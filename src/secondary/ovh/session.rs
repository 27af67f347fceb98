//! Signed calls: the headers of a request, the clock of the API, the access token of a service account.
//!
//! A request is sent twice in two cases only, in both of which the API has said that it did not take the first: its time
//! was off, or the access token was not good any more.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use base64::Engine as _;
use serde::Deserialize;
use sha1::{Digest as _, Sha1};
use zeroize::Zeroizing;

use super::conf::Credentials;
use super::endpoints::Endpoint;
use super::local;
use super::refusal::Refusal;
use crate::facts::registration::{Problem, ProblemKind};
use crate::secondary::http::{Answer, Header, Http, Verb};
use crate::wire::key::Secret;

/// Tells the time, in seconds since 1970.
pub type Clock = fn() -> u64;

/// An access token is renewed so long before it ends.
const MARGIN: Duration = Duration::from_secs(60);

/// What was asked, for the sentence that says what did not work.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    pub verb: Verb,
    /// Below the endpoint, percent-encoded, with its query.
    pub path: &'a str,
    pub body: Option<&'a str>,
    /// "The registration of example.com at ovh did not come about."
    pub what: &'a str,
}

/// The API with credentials.
pub struct Session {
    api: Http,
    /// Where access tokens come from.
    tokens: Option<Http>,
    pub credentials: Credentials,
    clock: Clock,
    /// How far the API's clock is ahead of ours.
    ahead: Mutex<Option<i64>>,
    token: Mutex<Option<(Secret, Instant)>>,
}

#[derive(Deserialize)]
struct Token {
    access_token: String,
    #[serde(default)]
    expires_in: u64,
}

impl Session {
    /// # Errors
    /// [`Problem`] where the endpoint is none.
    pub fn new(
        endpoint: &Endpoint,
        credentials: Credentials,
        clock: Clock,
        what: &str,
    ) -> Result<Session, Problem> {
        let tokens = match (&credentials, &endpoint.tokens) {
            (Credentials::Account { .. }, Some(url)) => Some(Http::new(url, what)?),
            _ => None,
        };
        let (ahead, token) = (Mutex::default(), Mutex::default());
        Ok(Session { api: Http::new(&endpoint.api, what)?, tokens, credentials, clock, ahead, token })
    }

    /// With another patience.
    #[must_use]
    pub fn patient(mut self, patience: Duration) -> Session {
        self.api = self.api.patient(patience);
        self.tokens = self.tokens.map(|tokens| tokens.patient(patience));
        self
    }

    /// Where the API is, for messages.
    pub fn host(&self) -> &str {
        self.api.host()
    }

    /// Sends a request; the answer may be a refusal.
    ///
    /// # Errors
    /// [`Problem`] where there is no answer, or where the way to it failed before anything was sent.
    pub fn send(&self, request: &Request<'_>) -> Result<Answer, Problem> {
        match self.once(request)? {
            answer if answer.is_success() => Ok(answer),
            answer => match Refusal::of(&answer) {
                refusal if refusal.is_late() => {
                    *self.ahead.lock().unwrap_or_else(PoisonError::into_inner) = None;
                    self.once(request)
                }
                _ if answer.status == 401 && self.forget_token() => self.once(request),
                _ => Ok(answer),
            },
        }
    }

    /// Sends a request with nothing but the application's key.
    ///
    /// # Errors
    /// [`Problem`].
    pub fn send_unsigned(&self, request: &Request<'_>) -> Result<Answer, Problem> {
        let Credentials::Signed { application_key, .. } = &self.credentials else {
            return Err(local(
                request.what,
                "A consumer key goes with an application, not with a service account.",
                "Use application_key and application_secret.",
            ));
        };
        let headers = [("X-Ovh-Application", application_key.as_str()), ("Content-Type", "application/json")];
        self.exchange(request, &headers)
    }

    fn once(&self, request: &Request<'_>) -> Result<Answer, Problem> {
        let mut headers: Vec<Header<'_>> = Vec::with_capacity(6);
        if request.body.is_some() {
            headers.push(("Content-Type", "application/json"));
        }
        match &self.credentials {
            Credentials::Signed { application_key, application_secret, consumer_key } => {
                let Some(consumer) = consumer_key else {
                    return Err(local(
                        request.what,
                        "There is no consumer_key: nobody has allowed this application anything yet.",
                        "Run zonewright secondary login.",
                    ));
                };
                let consumer = text(consumer, request.what)?;
                let time = self.time(request.what)?.to_string();
                let url = self.api.url(request.path);
                let body = request.body.unwrap_or_default();
                let signature = signature(application_secret, consumer, request.verb, &url, body, &time);
                headers.extend([
                    ("X-Ovh-Application", application_key.as_str()),
                    ("X-Ovh-Consumer", consumer),
                    ("X-Ovh-Timestamp", time.as_str()),
                    ("X-Ovh-Signature", signature.as_str()),
                ]);
                self.exchange(request, &headers)
            }
            Credentials::Account { client_id, client_secret } => {
                let bearer = bearer(&self.token(client_id, client_secret, request.what)?, request.what)?;
                headers.push(("Authorization", bearer.as_str()));
                self.exchange(request, &headers)
            }
            Credentials::Token(token) => {
                let bearer = bearer(token, request.what)?;
                headers.push(("Authorization", bearer.as_str()));
                self.exchange(request, &headers)
            }
        }
    }

    fn exchange(&self, request: &Request<'_>, headers: &[Header<'_>]) -> Result<Answer, Problem> {
        let body = request.body.map(str::as_bytes);
        self.api
            .send(request.verb, request.path, headers, body)
            .map_err(|trouble| trouble.problem(request.what))
    }

    /// The time by the API's clock.
    fn time(&self, what: &str) -> Result<u64, Problem> {
        let local = (self.clock)();
        let mut ahead = self.ahead.lock().unwrap_or_else(PoisonError::into_inner);
        let delta = match *ahead {
            Some(delta) => delta,
            None => {
                let theirs = self.ask_time(what)?;
                // What is asked takes a while.
                let ours = i64::try_from((self.clock)()).unwrap_or(i64::MAX);
                *ahead.insert(theirs.saturating_sub(ours))
            }
        };
        Ok(local.saturating_add_signed(delta))
    }

    fn ask_time(&self, what: &str) -> Result<i64, Problem> {
        let answer = self.api.send(Verb::Get, "/auth/time", &[], None);
        let answer = answer.map_err(|trouble| not_sent(trouble.problem(what)))?;
        let time = answer.json::<i64>().filter(|time| answer.is_success() && *time > 0);
        time.ok_or_else(|| Problem {
            kind: ProblemKind::NotSent,
            what: what.into(),
            why: format!("{} answers {} instead of the time.", self.host(), answer.status),
            next: "Check the endpoint, or try again later.".into(),
        })
    }

    fn token(&self, client_id: &str, client_secret: &Secret, what: &str) -> Result<Secret, Problem> {
        let mut kept = self.token.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((token, until)) = kept.as_ref()
            && Instant::now() < *until
        {
            return Ok(token.clone());
        }
        let (token, life) = self.ask_token(client_id, client_secret, what)?;
        // A short life is used to its half.
        let life = life.saturating_sub(MARGIN).max(life / 2);
        let until = Instant::now().checked_add(life).unwrap_or_else(Instant::now);
        *kept = Some((token.clone(), until));
        Ok(token)
    }

    fn ask_token(
        &self,
        client_id: &str,
        client_secret: &Secret,
        what: &str,
    ) -> Result<(Secret, Duration), Problem> {
        let Some(place) = &self.tokens else {
            return Err(local(
                what,
                "There are no service accounts at this endpoint.",
                "Use a consumer key.",
            ));
        };
        let pair = Zeroizing::new([client_id.as_bytes(), b":", client_secret.octets()].concat());
        let pair = Zeroizing::new(base64::engine::general_purpose::STANDARD.encode(&*pair));
        let basic = Zeroizing::new(format!("Basic {}", *pair));
        let headers =
            [("Authorization", basic.as_str()), ("Content-Type", "application/x-www-form-urlencoded")];
        let form = b"grant_type=client_credentials&scope=all";
        // The URL of the client is the whole of it.
        let answer = place.send(Verb::Post, "", &headers, Some(form));
        let answer = answer.map_err(|trouble| not_sent(trouble.problem(what)))?;
        if matches!(answer.status, 400 | 401 | 403) {
            return Err(Problem {
                kind: ProblemKind::Unauthorized,
                what: what.into(),
                why: format!("{} gives the service account no access ({}).", place.host(), answer.status),
                next: "Check client_id and client_secret, and that the account still exists.".into(),
            });
        }
        let token =
            answer.json::<Token>().filter(|token| answer.is_success() && !token.access_token.is_empty());
        let token = token.ok_or_else(|| Problem {
            kind: ProblemKind::NotSent,
            what: what.into(),
            why: format!("{} answers {} instead of an access token.", place.host(), answer.status),
            next: "Try again later.".into(),
        })?;
        let secret = Secret::new(token.access_token.into_bytes());
        Ok((secret, Duration::from_secs(token.expires_in.min(86_400))))
    }

    /// Was there one that can be had anew?
    fn forget_token(&self) -> bool {
        self.token.lock().unwrap_or_else(PoisonError::into_inner).take().is_some()
    }

    /// Text of the API without what is secret: it may repeat what it was sent.
    pub fn without_secrets(&self, text: &str) -> String {
        let token = self
            .token
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .as_ref()
            .map(|(token, _)| token.clone());
        let own = match &self.credentials {
            Credentials::Signed { application_secret, consumer_key, .. } => {
                vec![Some(application_secret.clone()), consumer_key.clone()]
            }
            Credentials::Account { client_secret, .. } => vec![Some(client_secret.clone())],
            Credentials::Token(token) => vec![Some(token.clone())],
        };
        let secrets = own.into_iter().flatten().chain(token);
        secrets.fold(text.to_owned(), |text, secret| match std::str::from_utf8(secret.octets()) {
            Ok(secret) if !secret.is_empty() => text.replace(secret, "(secret)"),
            _ => text,
        })
    }
}

/// `$1$` and the SHA-1 of everything that is sent, in hexadecimal.
fn signature(secret: &Secret, consumer: &str, verb: Verb, url: &str, body: &str, time: &str) -> String {
    let mut hash = Sha1::new();
    hash.update(secret.octets());
    for part in [consumer, verb.name(), url, body, time] {
        hash.update(b"+");
        hash.update(part.as_bytes());
    }
    let digits: String = hash.finalize().iter().map(|octet| format!("{octet:02x}")).collect();
    format!("$1${digits}")
}

fn text<'a>(secret: &'a Secret, what: &str) -> Result<&'a str, Problem> {
    std::str::from_utf8(secret.octets())
        .map_err(|_| local(what, "A credential is not text.", "Copy it again from OVH's page."))
}

fn bearer(token: &Secret, what: &str) -> Result<Zeroizing<String>, Problem> {
    Ok(Zeroizing::new(format!("Bearer {}", text(token, what)?)))
}

/// What fails before the request itself leaves everything as it was.
fn not_sent(problem: Problem) -> Problem {
    match problem.kind {
        ProblemKind::Local | ProblemKind::NotSent => problem,
        ProblemKind::Unknown => Problem {
            kind: ProblemKind::NotSent,
            why: problem.why.replace(" It was sent, and may have been carried out.", ""),
            next: "Try again later.".into(),
            ..problem
        },
        _ => Problem { kind: ProblemKind::NotSent, ..problem },
    }
}

#[cfg(test)]
mod tests;
