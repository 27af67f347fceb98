//! The credentials, from where OVH's own clients have them: the environment before `./ovh.conf` before `~/.ovh.conf`
//! before `/etc/ovh.conf`, put together key by key.
//!
//! An endpoint given as a URL is taken from our own configuration only: a folder in which somebody left an `ovh.conf`
//! shall not decide where credentials are sent.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::endpoints::Endpoint;
use super::local;
use crate::facts::registration::Problem;
use crate::secondary::said;
use crate::wire::key::Secret;

/// Larger files are none of OVH's.
const MAX_FILE: u64 = 64 << 10;
const DEFAULT_ENDPOINT: &str = "ovh-eu";

/// What a client signs in with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credentials {
    /// Each request is signed. Without a consumer key only one can be asked for.
    Signed { application_key: String, application_secret: Secret, consumer_key: Option<Secret> },
    /// A service account (OAuth2).
    Account { client_id: String, client_secret: Secret },
    /// An access token that somebody else got.
    Token(Secret),
}

/// Tells the value of a variable.
type Environment = Box<dyn Fn(&str) -> Option<String>>;

/// Where credentials are looked for.
pub struct Sources {
    environment: Environment,
    /// The last one counts most.
    files: Vec<PathBuf>,
}

impl Sources {
    /// Where OVH's own clients look.
    pub fn of_system() -> Sources {
        let home = std::env::var_os("HOME").map(PathBuf::from).filter(|home| home.is_absolute());
        let files = [
            Some("/etc/ovh.conf".into()),
            home.map(|home| home.join(".ovh.conf")),
            Some("./ovh.conf".into()),
        ];
        Sources {
            environment: Box::new(|name| std::env::var(name).ok()),
            files: files.into_iter().flatten().collect(),
        }
    }

    #[cfg(test)]
    fn of(environment: &'static [(&'static str, &'static str)], files: Vec<PathBuf>) -> Sources {
        let get =
            |name: &str| environment.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).into());
        Sources { environment: Box::new(get), files }
    }
}

/// What was found.
#[derive(Debug)]
pub struct Found {
    pub endpoint: Endpoint,
    pub credentials: Credentials,
    /// What a person should know about the files.
    pub warnings: Vec<String>,
}

/// A value, and where it stands.
struct Value {
    text: Zeroizing<String>,
    from: String,
}

/// Finds endpoint and credentials; `endpoint` is that of our own configuration.
///
/// # Errors
/// [`Problem`] where they are missing, or contradict each other. No secret stands in it.
pub fn find(sources: &Sources, endpoint: Option<&str>, what: &str) -> Result<Found, Problem> {
    let mut all = Conf::default();
    for file in &sources.files {
        all.read(file, what)?;
    }
    let from_environment = |key: &str| {
        let name = format!("OVH_{}", key.to_ascii_uppercase());
        let text = (sources.environment)(&name).map(Zeroizing::new)?;
        // A variable that is empty is taken for unset.
        let text = Zeroizing::new(text.trim().to_owned());
        (!text.is_empty()).then_some(Value { text, from: name })
    };
    let endpoint = match endpoint {
        Some(url) if url.contains('/') => Endpoint::at(url),
        Some(name) => Endpoint::named(name, what)?,
        None => match from_environment("endpoint").or_else(|| all.take("default", "endpoint")) {
            None => Endpoint::named(DEFAULT_ENDPOINT, what)?,
            Some(value) if value.text.contains('/') => {
                return Err(local(
                    what,
                    &format!("The endpoint in {} is a URL.", value.from),
                    "Write endpoint = \"...\" into the table of the service: URLs are taken from there only.",
                ));
            }
            Some(value) => Endpoint::named(&value.text, what)?,
        },
    };
    let mut get = |key: &str| from_environment(key).or_else(|| all.take(&endpoint.section, key));
    let signed = ["application_key", "application_secret", "consumer_key"].map(|key| (key, get(key)));
    let account = ["client_id", "client_secret"].map(|key| (key, get(key)));
    let token = [("access_token", get("access_token"))];
    let given = |values: &[(&'static str, Option<Value>)]| {
        let given =
            values.iter().filter_map(|(key, value)| value.as_ref().map(|value| (*key, value.from.clone())));
        given.collect::<Vec<_>>()
    };
    let mut ways = [given(&signed), given(&account), given(&token)].into_iter().filter(|way| !way.is_empty());
    if let (Some(one), Some(other)) = (ways.next(), ways.next()) {
        let place = |way: &[(&str, String)]| {
            way.first().map(|(key, from)| format!("{key} ({from})")).unwrap_or_default()
        };
        return Err(local(
            what,
            &format!("There are two ways of signing in: {} and {}.", place(&one), place(&other)),
            "Leave one of them out.",
        ));
    }
    let [application_key, application_secret, consumer_key] = signed.map(|(_, value)| value);
    let [client_id, client_secret] = account.map(|(_, value)| value);
    let [access_token] = token.map(|(_, value)| value);
    let section = said(&endpoint.section);
    let half = |there: &str, missing: &str| {
        local(
            what,
            &format!("There is {there}, but no {missing}."),
            &format!("Write {missing} into the section [{section}] of ~/.ovh.conf."),
        )
    };
    let credentials = match (application_key, application_secret, consumer_key) {
        (Some(key), Some(secret), consumer) => Credentials::Signed {
            application_key: key.text.to_string(),
            application_secret: secret_of(&secret),
            consumer_key: consumer.as_ref().map(secret_of),
        },
        (Some(_), None, _) => return Err(half("an application_key", "application_secret")),
        (None, Some(_), _) => return Err(half("an application_secret", "application_key")),
        (None, None, Some(_)) => return Err(half("a consumer_key", "application_key")),
        (None, None, None) => match (client_id, client_secret, access_token) {
            (Some(id), Some(secret), _) => {
                Credentials::Account { client_id: id.text.to_string(), client_secret: secret_of(&secret) }
            }
            (Some(_), None, _) => return Err(half("a client_id", "client_secret")),
            (None, Some(_), _) => return Err(half("a client_secret", "client_id")),
            (None, None, Some(token)) => Credentials::Token(secret_of(&token)),
            (None, None, None) => {
                let unreadable = match all.unreadable.as_slice() {
                    [] => String::new(),
                    files => format!(" {} cannot be read.", files.join(", ")),
                };
                return Err(local(
                    what,
                    &format!("There are no credentials for {section}.{unreadable}"),
                    &format!(
                        "Make an application at {}, write its application_key and application_secret into the \
                         section [{section}] of ~/.ovh.conf, and run zonewright secondary login.",
                        endpoint.applications
                    ),
                ));
            }
        },
    };
    if matches!(credentials, Credentials::Account { .. }) && endpoint.tokens.is_none() {
        return Err(local(
            what,
            &format!("There are no service accounts at {section}."),
            "Use application_key, application_secret and consumer_key.",
        ));
    }
    Ok(Found { endpoint, credentials, warnings: all.warnings })
}

fn secret_of(value: &Value) -> Secret {
    Secret::new(value.text.as_bytes().to_vec())
}

/// The files, put together.
#[derive(Default)]
struct Conf {
    /// By section and key.
    values: BTreeMap<(String, String), Value>,
    warnings: Vec<String>,
    unreadable: Vec<String>,
}

impl Conf {
    fn take(&mut self, section: &str, key: &str) -> Option<Value> {
        self.values.remove(&(section.into(), key.into())).filter(|value| !value.text.is_empty())
    }

    /// Adds a file, if there is one.
    fn read(&mut self, path: &Path, what: &str) -> Result<(), Problem> {
        let shown = said(&path.to_string_lossy());
        // Opening a pipe would wait for somebody to write into it.
        let is_file = std::fs::metadata(path).map(|metadata| metadata.is_file());
        match is_file {
            Ok(true) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
            Ok(false) | Err(_) => {
                self.unreadable.push(shown);
                return Ok(());
            }
        }
        let Ok(file) = File::open(path) else {
            self.unreadable.push(shown);
            return Ok(());
        };
        let open_to_others = file.metadata().is_ok_and(|metadata| metadata.permissions().mode() & 0o077 != 0);
        let mut octets = Zeroizing::new(Vec::with_capacity(4096));
        if file.take(MAX_FILE + 1).read_to_end(&mut octets).is_err() {
            self.unreadable.push(shown);
            return Ok(());
        }
        if octets.len() as u64 > MAX_FILE {
            return Err(local(
                what,
                &format!("{shown} is larger than 64 KiB."),
                "Move it away, or correct it.",
            ));
        }
        let Ok(text) = std::str::from_utf8(&octets) else {
            return Err(local(what, &format!("{shown} is not text in UTF-8."), "Correct it."));
        };
        let before = self.values.len();
        self.add(text, &shown).map_err(|line| {
            local(
                what,
                &format!("Line {line} of {shown} is neither [section] nor key=value."),
                "Correct it: OVH's own clients do not take it either.",
            )
        })?;
        if open_to_others && self.values.len() > before {
            self.warnings
                .push(format!("Others may read {shown}, and the credentials in it. Run: chmod 600 {shown}"));
        }
        Ok(())
    }

    /// Reads text; the number of a line that cannot be one where that fails.
    fn add(&mut self, text: &str, from: &str) -> Result<(), usize> {
        let mut section = None;
        for (at, line) in text.strip_prefix('\u{feff}').unwrap_or(text).lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with(['#', ';']) {
                continue;
            }
            if let Some(name) = line.strip_prefix('[') {
                let (name, _) = name.split_once(']').ok_or(at + 1)?;
                section = Some(name.to_owned());
                continue;
            }
            let (key, value) = line.split_once(['=', ':']).ok_or(at + 1)?;
            let section = section.clone().ok_or(at + 1)?;
            let value = value.trim();
            // Some of the clients take quotes off; no credential has any.
            let bare = ['"', '\''].iter().find_map(|quote| value.strip_prefix(*quote)?.strip_suffix(*quote));
            let text = Zeroizing::new(bare.unwrap_or(value).to_owned());
            let key = key.trim().to_ascii_lowercase();
            self.values.insert((section, key), Value { text, from: from.into() });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
