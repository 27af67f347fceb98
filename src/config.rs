//! The configuration as values. Finding and reading the file is `store`'s business; what a server or a key is good
//! for that of the modules that use them.
//!
//! Unknown keys and wrong values are errors with line, column and the key's path. The message never has the value
//! of an unknown key in it.

use std::collections::BTreeMap;
use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::path::PathBuf;

use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use toml::Spanned;

use crate::zone::Name;

mod network;
mod resolve;
mod secondary;
#[cfg(test)]
mod tests;

pub use network::{AddressPort, NetworkSettings};
pub use resolve::{NoServer, Overrides, ServerSettings, resolve};
pub use secondary::{Backend, OVH_ENDPOINTS, Port, Secondary};

/// The port of DNS (RFC 1035 section 4.2).
pub const DNS_PORT: u16 = 53;

/// The whole file. Every part has a default: an empty file is a configuration.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Config {
    pub theme: Option<String>,
    /// Where past pushes are kept; default: the state directory.
    pub history_dir: Option<PathBuf>,
    pub server: BTreeMap<String, Server>,
    #[serde(deserialize_with = "zones")]
    pub zone: BTreeMap<DomainName, Zone>,
    /// Named sets of nameservers that can be loaded into the upper pane.
    pub nameservers: BTreeMap<String, NameserverSet>,
    pub template: BTreeMap<String, Template>,
    pub secondary: BTreeMap<String, Secondary>,
    /// Asked, when that is wanted, whether they have what was changed.
    pub public_resolvers: Vec<AddressPort>,
    pub network: NetworkSettings,
    /// The severity of findings, by rule id.
    pub rules: BTreeMap<String, RuleLevel>,
}

impl Config {
    /// The set of nameservers that a zone shall have: what it is called, and its names.
    pub fn nameservers_of(&self, zone: &Name) -> Option<(&str, Vec<Name>)> {
        let set = self.zone.get(&DomainName(zone.clone()))?.nameservers.as_ref()?.get_ref().as_str();
        let names = self.nameservers.get(set)?.names.iter().map(|name| name.0.clone()).collect();
        Some((set, names))
    }
}

/// A primary that zones are transferred from and updated on.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Server {
    pub address: HostPort,
    /// Default: `address`.
    pub transfer_from: Option<HostPort>,
    /// Default: `address`.
    pub update_to: Option<HostPort>,
    /// The local address to connect from.
    pub source: Option<IpAddr>,
    pub key: Option<PathBuf>,
    pub key_command: Option<Spanned<Vec<String>>>,
    pub key_env: Option<Spanned<String>>,
    /// Default: `key`.
    pub transfer_key: Option<PathBuf>,
    #[serde(default)]
    pub transport: Transport,
    /// The name that the server's certificate must have; default: the host.
    pub tls_name: Option<String>,
    /// A file with the certificates to trust.
    pub tls_ca: Option<PathBuf>,
    /// The hash of the server's public key.
    pub tls_pin: Option<String>,
    /// Stands in the title bar.
    pub label: Option<String>,
    pub colour: Option<Colour>,
    /// A push that changes more than this share of the zone asks once more.
    #[serde(default)]
    pub brake_percent: Percent,
    #[serde(default)]
    pub read_only: bool,
    /// A program that gets the history entry of each push as JSON.
    #[serde(default)]
    pub after_push: Vec<String>,
}

/// What is special about one zone.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Zone {
    /// The name of a `[server.NAME]`.
    pub server: Option<Spanned<String>>,
    /// The name of a `[nameservers.NAME]`.
    pub nameservers: Option<Spanned<String>>,
    /// Names of `[secondary.NAME]`s.
    pub secondaries: Vec<Spanned<String>>,
    pub key: Option<PathBuf>,
    pub key_command: Option<Spanned<Vec<String>>>,
    pub key_env: Option<Spanned<String>>,
    pub transfer_key: Option<PathBuf>,
    /// The zone file, of a zone that is edited there and not at a server.
    pub file: Option<PathBuf>,
    /// A program and its arguments, to be run after the file was saved: what has the nameserver load it.
    pub after_save: Option<Spanned<Vec<String>>>,
}

/// Each zone once: TOML tells tables apart whose names are the same to DNS.
fn zones<'de, D: Deserializer<'de>>(source: D) -> Result<BTreeMap<DomainName, Zone>, D::Error> {
    struct Zones;
    impl<'de> Visitor<'de> for Zones {
        type Value = BTreeMap<DomainName, Zone>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("tables of zones")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut tables: A) -> Result<Self::Value, A::Error> {
            let mut zones = BTreeMap::new();
            while let Some((name, zone)) = tables.next_entry::<DomainName, Zone>()? {
                if zones.contains_key(&name) {
                    let name = name.0;
                    return Err(A::Error::custom(format_args!(
                        "the zone {name} stands here twice: case and a final dot make no other zone of it"
                    )));
                }
                zones.insert(name, zone);
            }
            Ok(zones)
        }
    }
    source.deserialize_map(Zones)
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct NameserverSet {
    pub names: Vec<DomainName>,
}

/// Records that can be loaded into a zone.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Template {
    /// What it is for, in a line.
    pub about: Option<String>,
    /// What to ask for; stands in `records` as `{name}`. What ends with a question mark may be left empty, and with it
    /// the lines that it stands in.
    #[serde(default)]
    pub ask: Vec<String>,
    /// More about what is asked for.
    #[serde(default)]
    pub variable: BTreeMap<String, Variable>,
    /// Zone-file text.
    pub records: String,
}

/// Something that a template asks for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Variable {
    pub kind: Option<VariableKind>,
    /// What to enter, in a few words.
    pub hint: Option<String>,
    pub example: Option<String>,
    /// What the field holds to begin with.
    pub default: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum VariableKind {
    Ip,
    Ip6,
    Name,
    Mail,
    Text,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Transport {
    #[default]
    Tcp,
    Tls,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Colour {
    Red,
    Green,
    Yellow,
    Blue,
    Magenta,
    Cyan,
    White,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RuleLevel {
    Off,
    /// As it is printed, and by the name that it had first.
    #[serde(alias = "info")]
    Hint,
    Warning,
    Error,
}

/// 0 to 100.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "i64")]
pub struct Percent(pub u8);

impl Default for Percent {
    fn default() -> Percent {
        Percent(20)
    }
}

impl TryFrom<i64> for Percent {
    type Error = &'static str;

    fn try_from(number: i64) -> Result<Percent, Self::Error> {
        let percent = u8::try_from(number).ok().filter(|percent| *percent <= 100);
        percent.map(Percent).ok_or("a percentage is a number from 0 to 100")
    }
}

/// A domain name; absolute with or without its final dot.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub struct DomainName(pub Name);

impl TryFrom<String> for DomainName {
    type Error = String;

    fn try_from(text: String) -> Result<DomainName, String> {
        let name = Name::parse(text.as_bytes(), Some(Name::root().as_ref()));
        name.map(DomainName).map_err(|error| format!("this is no domain name: {error}"))
    }
}

/// A host name or address, and a port.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct HostPort {
    /// An address without brackets, or a name.
    pub host: String,
    pub port: u16,
}

/// Why text is not a host with an optional port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HostPortError {
    #[error("the host is missing; write HOST, HOST:PORT or [IPv6]:PORT")]
    NoHost,
    #[error("the port is not a number from 1 to 65535; write HOST, HOST:PORT or [IPv6]:PORT")]
    BadPort,
    #[error("the host is neither an IP address nor a host name; write HOST, HOST:PORT or [IPv6]:PORT")]
    BadHost,
}

impl HostPort {
    /// Reads `host`, `host:port`, `192.0.2.1:53`, `2001:db8::1`, `[2001:db8::1]` or `[2001:db8::1]:53`.
    ///
    /// # Errors
    /// [`HostPortError`].
    pub fn parse(text: &str) -> Result<HostPort, HostPortError> {
        let text = text.trim();
        let (host, port) = if let Some(rest) = text.strip_prefix('[') {
            let (host, after) = rest.split_once(']').ok_or(HostPortError::BadHost)?;
            host.parse::<Ipv6Addr>().map_err(|_| HostPortError::BadHost)?;
            match after {
                "" => (host, None),
                _ => (host, Some(after.strip_prefix(':').ok_or(HostPortError::BadPort)?)),
            }
        } else if text.parse::<Ipv6Addr>().is_ok() {
            (text, None)
        } else {
            text.split_once(':').map_or((text, None), |(host, port)| (host, Some(port)))
        };
        let port = match port {
            None => DNS_PORT,
            Some(digits) if digits.bytes().all(|octet| octet.is_ascii_digit()) => {
                digits.parse().ok().filter(|port| *port != 0).ok_or(HostPortError::BadPort)?
            }
            Some(_) => return Err(HostPortError::BadPort),
        };
        match host {
            "" => return Err(HostPortError::NoHost),
            _ if host.parse::<IpAddr>().is_ok() => {}
            _ => {
                let plain = |octet: u8| octet.is_ascii_alphanumeric() || b"-_.".contains(&octet);
                let name = Name::parse(host.as_bytes(), Some(Name::root().as_ref()));
                // All digits and dots would be an address with a mistake in it.
                let like_address = host.bytes().all(|octet| octet.is_ascii_digit() || octet == b'.');
                if !host.bytes().all(plain) || name.is_err() || like_address {
                    return Err(HostPortError::BadHost);
                }
            }
        }
        Ok(HostPort { host: host.into(), port })
    }

    /// The host as an address, where it is one.
    pub fn ip(&self) -> Option<IpAddr> {
        self.host.parse().ok()
    }
}

impl TryFrom<String> for HostPort {
    type Error = HostPortError;

    fn try_from(text: String) -> Result<HostPort, HostPortError> {
        HostPort::parse(&text)
    }
}

impl std::str::FromStr for HostPort {
    type Err = HostPortError;

    fn from_str(text: &str) -> Result<HostPort, HostPortError> {
        HostPort::parse(text)
    }
}

impl fmt::Display for HostPort {
    /// Without the port where it is 53.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.host.contains(':'), self.port) {
            (_, DNS_PORT) => f.write_str(&self.host),
            (true, port) => write!(f, "[{}]:{port}", self.host),
            (false, port) => write!(f, "{}:{port}", self.host),
        }
    }
}

/// Where a TSIG key comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeySource {
    /// A key file; `FILE#NAME` for one of several keys in it.
    File(PathBuf),
    /// A program and its arguments that print the key.
    Command(Vec<String>),
    /// An environment variable with `algorithm:name:secret`.
    Env(String),
}

/// What is wrong with a configuration, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}{}: {message}", if path.is_empty() { String::new() } else { format!(", {path}") })]
pub struct ConfigError {
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
    /// "server.ns0.transport"; empty where there is none.
    pub path: String,
    pub message: String,
}

/// Reads a configuration.
///
/// # Errors
/// The first [`ConfigError`].
pub fn parse(text: &str) -> Result<Config, ConfigError> {
    let config: Config = toml::from_str(text)
        .map_err(|error| at(text, error.span().map_or(0, |span| span.start), error.message()))?;
    match references(&config) {
        Some((offset, message)) => Err(at(text, offset, &message)),
        None => Ok(config),
    }
}

impl Config {
    /// The environment variables that secrets come in.
    pub fn secret_variables(&self) -> impl Iterator<Item = &str> {
        let servers = self.server.values().map(|server| &server.key_env);
        let zones = self.zone.values().map(|zone| &zone.key_env);
        let services = self.secondary.values().map(|service| &service.api_key_env);
        let named =
            servers.chain(zones).chain(services).flatten().map(|variable| variable.get_ref().as_str());
        let ovh = self.secondary.values().any(|service| *service.backend.get_ref() == Backend::Ovh);
        named.chain(secondary::OVH_SECRETS.into_iter().filter(move |_| ovh))
    }
}

/// The first name that stands for nothing, or key that stands beside another one.
fn references(config: &Config) -> Option<(usize, String)> {
    for (command, env, file) in (config.server.values().map(|s| (&s.key_command, &s.key_env, &s.key)))
        .chain(config.zone.values().map(|z| (&z.key_command, &z.key_env, &z.key)))
    {
        let extra = match (command, env, file) {
            (Some(command), Some(_), _) | (Some(command), None, Some(_)) => Some(command.span()),
            (None, Some(env), Some(_)) => Some(env.span()),
            _ => None,
        };
        if let Some(span) = extra {
            return Some((span.start, "only one of key, key-command and key-env can be used".into()));
        }
    }
    for zone in config.zone.values() {
        if let Some(command) = zone.after_save.as_ref().filter(|_| zone.file.is_none()) {
            return Some((
                command.span().start,
                "after-save goes with file: the zone file that it is for".into(),
            ));
        }
        let servers = |name: &str| config.server.contains_key(name);
        let sets = |name: &str| config.nameservers.contains_key(name);
        let services = |name: &str| config.secondary.contains_key(name);
        let named = (zone.server.iter().map(|name| (name, "server", servers(name.get_ref()))))
            .chain(zone.nameservers.iter().map(|name| (name, "nameservers", sets(name.get_ref()))))
            .chain(zone.secondaries.iter().map(|name| (name, "secondary", services(name.get_ref()))));
        for (name, table, known) in named {
            if !known {
                let message = format!("there is no [{table}.{}] in this file", name.get_ref());
                return Some((name.span().start, message));
            }
        }
    }
    config.secondary.values().find_map(|service| service.wrong(config))
}

/// Places a message. The path is read off the text: the nearest table header above, and the key of the line.
fn at(text: &str, offset: usize, message: &str) -> ConfigError {
    let before = text.get(..offset).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let line_text = text.get(line_start..).and_then(|rest| rest.lines().next()).unwrap_or_default();
    let header = |line: &str| {
        let line = line.trim();
        let inner = line.strip_prefix('[')?.trim_start_matches('[');
        inner.split_once(']').map(|(name, _)| name.trim().to_owned()).filter(|name| !name.contains(','))
    };
    let own_header = header(line_text);
    let key = line_text.split_once('=').map(|(key, _)| key.trim()).filter(|_| own_header.is_none());
    let above = before.get(..line_start).unwrap_or_default();
    let table = own_header.or_else(|| above.lines().rev().find_map(header));
    let path: Vec<&str> = table.as_deref().into_iter().chain(key).collect();
    let clean =
        |text: &str| -> String { text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect() };
    ConfigError {
        line: before.matches('\n').count() + 1,
        column: before.get(line_start..).unwrap_or_default().chars().count() + 1,
        path: clean(&path.join(".")),
        message: clean(message.trim()),
    }
}
