//! Asks for a consumer key: a person opens a page, signs in at OVH, and allows this application what it needs, no more.

use serde::Deserialize;
use serde_json::json;

use super::conf::Credentials;
use super::refusal::Refusal;
use super::session::{Clock, Request, Session};
use super::{Settings, local};
use crate::facts::registration::{Problem, ProblemKind};
use crate::secondary::http::Verb;
use crate::secondary::said;
use crate::wire::key::Secret;

/// A consumer key that nobody has confirmed yet.
pub struct Login {
    /// The page to open.
    pub page: String,
    pub consumer_key: Secret,
    /// The section of `ovh.conf` that the key belongs into.
    pub section: String,
    session: Session,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asked {
    consumer_key: String,
    validation_url: String,
}

/// What this program calls, and nothing else. Where a service is given, for that one only.
pub fn rules(service: Option<&str>) -> Vec<(&'static str, String)> {
    let mut rules = vec![("GET", "/auth/currentCredential".to_owned())];
    for kind in ["vps", "dedicated/server"] {
        let place = match service {
            None => {
                rules.push(("GET", format!("/{kind}")));
                format!("/{kind}/*")
            }
            Some(service) if service.strip_prefix(kind).is_some_and(|rest| rest.starts_with('/')) => {
                format!("/{service}")
            }
            Some(_) => continue,
        };
        rules.push(("GET", format!("{place}/secondaryDns*")));
        rules.push(("POST", format!("{place}/secondaryDnsDomains")));
        if kind != "vps" {
            rules.push(("PUT", format!("{place}/secondaryDnsDomains/*")));
        }
        rules.push(("DELETE", format!("{place}/secondaryDnsDomains/*")));
    }
    rules
}

/// Asks for a key.
///
/// # Errors
/// [`Problem`].
pub fn ask(settings: Settings, clock: Clock) -> Result<Login, Problem> {
    let what = format!("There is no consumer key for {} yet.", said(&settings.name));
    let Credentials::Signed { application_key, application_secret, .. } = settings.credentials else {
        return Err(local(
            &what,
            "A service account needs none.",
            "Give its account the rights in OVH's IAM; see the README.",
        ));
    };
    let credentials = |consumer_key| Credentials::Signed {
        application_key: application_key.clone(),
        application_secret: application_secret.clone(),
        consumer_key,
    };
    let session = Session::new(&settings.endpoint, credentials(None), clock, &what)?;
    let rules: Vec<_> = rules(settings.service.as_deref())
        .into_iter()
        .map(|(method, path)| json!({ "method": method, "path": path }))
        .collect();
    let body = json!({ "accessRules": rules }).to_string();
    let request = Request { verb: Verb::Post, path: "/auth/credential", body: Some(&body), what: &what };
    let answer = session.send_unsigned(&request)?;
    if !answer.is_success() {
        return Err(Refusal::of(&answer).problem(&session, &request, ProblemKind::Protocol));
    }
    let asked =
        answer.json::<Asked>().filter(|asked| is_page(&asked.validation_url)).ok_or_else(|| Problem {
            kind: ProblemKind::Protocol,
            what: what.clone(),
            why: format!("{} answers something else than a key and a page.", session.host()),
            next: "Check the endpoint.".into(),
        })?;
    let consumer_key = Secret::new(asked.consumer_key.into_bytes());
    let session = Session::new(&settings.endpoint, credentials(Some(consumer_key.clone())), clock, &what)?;
    Ok(Login { page: asked.validation_url, consumer_key, section: settings.endpoint.section, session })
}

/// A URL that can be shown and opened; a long one is cut by nobody.
fn is_page(url: &str) -> bool {
    let start = url.starts_with("https://") || url.starts_with("http://127.0.0.1:");
    start && url.len() <= 2000 && url.bytes().all(|octet| octet.is_ascii_graphic())
}

impl Login {
    /// Has the person confirmed it?
    ///
    /// # Errors
    /// [`Problem`] where that cannot be asked, or where the key will never be good.
    pub fn is_confirmed(&self) -> Result<bool, Problem> {
        #[derive(Deserialize)]
        struct Current {
            status: String,
        }
        let what = "It is not known whether the consumer key has been confirmed.";
        let request = Request { verb: Verb::Get, path: "/auth/currentCredential", body: None, what };
        let answer = self.session.send(&request)?;
        if !answer.is_success() {
            // Until then it counts for nothing.
            return match answer.status {
                403 => Ok(false),
                _ => Err(Refusal::of(&answer).problem(&self.session, &request, ProblemKind::Protocol)),
            };
        }
        match answer.json::<Current>().map(|current| current.status).as_deref() {
            Some("validated") => Ok(true),
            Some("pendingValidation") => Ok(false),
            other => Err(Problem {
                kind: ProblemKind::Unauthorized,
                what: "The consumer key will not be good.".into(),
                why: format!("Its state is {}.", said(other.unwrap_or("unknown"))),
                next: "Run it again.".into(),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_than_is_needed() {
        let all = rules(None);
        assert_eq!(all.len(), 10);
        assert!(all.iter().all(|(method, path)| *path == "/auth/currentCredential"
            || *method == "GET" && (path == "/vps" || path == "/dedicated/server")
            || path.contains("/*/secondaryDns")));
        assert!(!all.iter().any(|(method, path)| *method == "PUT" && path.starts_with("/vps")));
        assert_eq!(
            rules(Some("vps/a.example")),
            [
                ("GET", "/auth/currentCredential".to_owned()),
                ("GET", "/vps/a.example/secondaryDns*".into()),
                ("POST", "/vps/a.example/secondaryDnsDomains".into()),
                ("DELETE", "/vps/a.example/secondaryDnsDomains/*".into()),
            ]
        );
    }

    #[test]
    fn pages() {
        assert!(is_page("https://www.ovh.com/auth/?credentialToken=x"));
        for bad in ["", "http://www.ovh.com/", "javascript:x", "https://a b", "https://a\u{1b}[2J"] {
            assert!(!is_page(bad), "{bad}");
        }
    }
}
