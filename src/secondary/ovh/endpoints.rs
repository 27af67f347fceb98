//! Where OVH's API is: its endpoints by name, and where each gives access tokens to service accounts.

use super::local;
use crate::facts::registration::Problem;
use crate::secondary::said;

/// One place of the API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// The section of `ovh.conf` that has its credentials.
    pub section: String,
    pub api: String,
    /// `None` where there are no service accounts.
    pub tokens: Option<String>,
    /// The page where an application is made.
    pub applications: String,
}

/// Name, API, tokens.
const KNOWN: [(&str, &str, Option<&str>); 7] = [
    ("ovh-eu", "https://eu.api.ovh.com/1.0", Some("https://www.ovh.com/auth/oauth2/token")),
    ("ovh-ca", "https://ca.api.ovh.com/1.0", Some("https://ca.ovh.com/auth/oauth2/token")),
    ("ovh-us", "https://api.us.ovhcloud.com/1.0", Some("https://us.ovhcloud.com/auth/oauth2/token")),
    ("kimsufi-eu", "https://eu.api.kimsufi.com/1.0", None),
    ("kimsufi-ca", "https://ca.api.kimsufi.com/1.0", None),
    ("soyoustart-eu", "https://eu.api.soyoustart.com/1.0", None),
    ("soyoustart-ca", "https://ca.api.soyoustart.com/1.0", None),
];

impl Endpoint {
    /// An endpoint of OVH by its name.
    ///
    /// # Errors
    /// [`Problem`] where there is none of that name; `what` is the sentence that says what does not work then.
    pub fn named(name: &str, what: &str) -> Result<Endpoint, Problem> {
        let found = KNOWN.iter().find(|(known, ..)| *known == name);
        let Some((name, api, tokens)) = found else {
            let names: Vec<&str> = KNOWN.iter().map(|(name, ..)| *name).collect();
            return Err(local(
                what,
                &format!("There is no endpoint {}.", said(name)),
                &format!("Known are {}.", names.join(", ")),
            ));
        };
        Ok(Endpoint {
            section: (*name).into(),
            api: (*api).into(),
            tokens: tokens.map(str::to_owned),
            applications: format!("{}/createApp/", origin(api)),
        })
    }

    /// An endpoint by its URL. The client judges whether that is one.
    pub fn at(url: &str) -> Endpoint {
        let origin = origin(url);
        Endpoint {
            section: url.into(),
            api: url.trim_end_matches('/').into(),
            tokens: Some(format!("{origin}/auth/oauth2/token")),
            applications: format!("{origin}/createApp/"),
        }
    }
}

/// A URL without its path.
fn origin(url: &str) -> &str {
    let host_at = url.find("://").map_or(0, |at| at + 3);
    let end = url.get(host_at..).and_then(|rest| rest.find('/')).map_or(url.len(), |at| host_at + at);
    url.get(..end).unwrap_or(url)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::OVH_ENDPOINTS;

    #[test]
    fn names_and_urls() {
        let eu = Endpoint::named("ovh-eu", "x").unwrap();
        assert_eq!(eu.applications, "https://eu.api.ovh.com/createApp/");
        let other = Endpoint::at("http://127.0.0.1:8080/1.0/");
        assert_eq!(other.api, "http://127.0.0.1:8080/1.0");
        assert_eq!(other.tokens.as_deref(), Some("http://127.0.0.1:8080/auth/oauth2/token"));
        assert!(Endpoint::named("ovh-de", "x").unwrap_err().why.contains("ovh-de"));
        assert_eq!(KNOWN.map(|(name, ..)| name), OVH_ENDPOINTS, "those that the configuration takes");
        for (name, api, tokens) in KNOWN {
            assert!(api.starts_with("https://") && api.ends_with("/1.0"), "{name}");
            assert!(tokens.is_none_or(|url| url.starts_with("https://")), "{name}");
        }
    }
}
