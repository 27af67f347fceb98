//! Who may ask: the signature over the octets that came, the clock, the consumer key and its rules; or the access token
//! of a service account.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use sha1::{Digest as _, Sha1};

use super::listen::{Reply, Request};
use super::words::error;
use super::{Consumer, Shared, State, hex, random};

/// How far the time of a request may be off, in seconds.
const TOLERANCE: i64 = 30;

/// Seconds since 1970, by the service's clock.
pub(super) fn now(state: &State) -> i64 {
    let real = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    i64::try_from(real).unwrap_or(i64::MAX).saturating_add(state.options.clock)
}

/// Lets a request in, or says why not. `path` is that below `/1.0`.
pub(super) fn check(shared: &Shared, state: &State, request: &Request, path: &str) -> Result<(), Reply> {
    if let Some(authorization) = request.header("authorization") {
        return check_token(state, request, authorization);
    }
    let refused = |status: u16, code: &str, message: &str| Err(error(state, status, code, message));
    check_application(shared, state, request)?;
    let Some(consumer) = request.header("x-ovh-consumer") else {
        return refused(401, "NOT_CREDENTIAL", "You must login first");
    };
    let known = shared.credentials.consumer_key.octets() == consumer.as_bytes();
    let consented = state.consented.get(consumer);
    match (known, consented, state.options.consumer) {
        (true, _, Consumer::Valid) => {}
        (false, Some(consented), _) if consented.confirmed => {}
        (true, _, Consumer::Expired) => {
            return refused(403, "NOT_CREDENTIAL", "This credential does not exist: it has expired");
        }
        _ => return refused(403, "INVALID_CREDENTIAL", "This credential is not valid"),
    }
    let time = request.header("x-ovh-timestamp").and_then(|time| time.parse::<i64>().ok());
    let Some(time) = time else {
        return refused(400, "MISSING_PARAMETER", "Missing or malformed X-Ovh-Timestamp");
    };
    if now(state).abs_diff(time) > TOLERANCE.unsigned_abs() {
        return refused(400, "QUERY_TIME_OUT", "Query out of time");
    }
    if request.header("x-ovh-signature") != Some(&signature(shared, request, consumer, time)) {
        return refused(400, "INVALID_SIGNATURE", "Invalid signature");
    }
    let granted = |(method, pattern): &(String, String)| *method == request.method && matches(pattern, path);
    match consented {
        Some(consented) if !consented.rules.iter().any(granted) => {
            refused(403, "NOT_GRANTED_CALL", "This call has not been granted")
        }
        _ => Ok(()),
    }
}

/// The application alone, for the calls that nobody has signed in for yet.
pub(super) fn check_application(shared: &Shared, state: &State, request: &Request) -> Result<(), Reply> {
    match request.header("x-ovh-application") {
        None => Err(error(state, 401, "NOT_CREDENTIAL", "You must login first")),
        Some(key) if key == shared.credentials.application_key => Ok(()),
        Some(_) => Err(error(state, 403, "INVALID_KEY", "This application key is invalid")),
    }
}

/// Over what came: the URL is put together from the Host header and the target as they were sent.
fn signature(shared: &Shared, request: &Request, consumer: &str, time: i64) -> String {
    let host = request.header("host").unwrap_or_default();
    let mut hash = Sha1::new();
    hash.update(shared.credentials.application_secret.octets());
    for part in ["+", consumer, "+", &request.method, "+", "http://", host, &request.target, "+"] {
        hash.update(part.as_bytes());
    }
    hash.update(&request.body);
    hash.update(format!("+{time}").as_bytes());
    format!("$1${}", hex(&hash.finalize()))
}

/// Does a path fit the rule of a consumer key? `*` stands for anything.
fn matches(pattern: &str, path: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == path,
        Some((start, rest)) => path.strip_prefix(start).is_some_and(|after| {
            (0..=after.len()).any(|at| after.get(at..).is_some_and(|end| matches(rest, end)))
        }),
    }
}

fn check_token(state: &State, request: &Request, authorization: &str) -> Result<(), Reply> {
    // Nothing of the signed way beside it.
    if request.has_header_like("x-ovh-") {
        return Err(error(state, 400, "INVALID_KEY", "Two ways of authentication at once"));
    }
    let token = authorization.strip_prefix("Bearer ").unwrap_or_default();
    match state.tokens.get(token) {
        Some(until) if *until > Instant::now() => Ok(()),
        _ => Err(error(state, 401, "INVALID_CREDENTIAL", "This credential is not valid")),
    }
}

/// `POST /auth/oauth2/token`: an access token for a service account.
pub(super) fn give_token(shared: &Shared, state: &mut State, request: &Request) -> Reply {
    let wrong = |status, what: &str| Reply::Json(status, format!("{{\"error\":\"{what}\"}}"));
    if request.method != "POST" {
        return wrong(405, "method_not_allowed");
    }
    let mut expected = format!("{}:", shared.credentials.client_id).into_bytes();
    expected.extend_from_slice(shared.credentials.client_secret.octets());
    let expected = format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(expected));
    if request.header("authorization") != Some(&expected) {
        return wrong(401, "invalid_client");
    }
    let form =
        request.header("content-type").is_some_and(|media| media == "application/x-www-form-urlencoded");
    let mut fields: Vec<&[u8]> = request.body.split(|octet| *octet == b'&').collect();
    fields.sort_unstable();
    if !form || fields != [&b"grant_type=client_credentials"[..], b"scope=all"] {
        return wrong(400, "invalid_request");
    }
    let Ok(token) = random(16) else { return wrong(500, "server_error") };
    let life = state.options.token_life.min(Duration::from_secs(86_400));
    state.counts.tokens += 1;
    state.tokens.retain(|_, until| *until > Instant::now());
    state.tokens.insert(token.clone(), Instant::now() + life);
    Reply::Json(
        200,
        serde_json::json!({
            "access_token": token, "token_type": "Bearer", "expires_in": life.as_secs(), "scope": "all",
        })
        .to_string(),
    )
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn rules_of_consumer_keys() {
        for (pattern, path, fits) in [
            ("/vps", "/vps", true),
            ("/vps", "/vps/a", false),
            ("/vps/*", "/vps", false),
            ("/vps/*/secondaryDns*", "/vps/a/secondaryDnsDomains/example.com", true),
            ("/vps/*/secondaryDns*", "/vps/a/status", false),
            ("*", "/anything", true),
        ] {
            assert_eq!(matches(pattern, path), fits, "{pattern} {path}");
        }
    }
}
