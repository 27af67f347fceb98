//! `[secondary.NAME]`: a secondary DNS service, and which keys of the table belong to which backend.

use std::net::IpAddr;

use serde::Deserialize;
use toml::Spanned;

use super::{Config, DomainName, KeySource};

/// A secondary DNS service. Which keys stand in its table depends on `backend`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Secondary {
    pub backend: Spanned<Backend>,
    /// The address that the service shall transfer zones from; default: that of the zone's server.
    pub primary: Option<IpAddr>,
    /// PowerDNS, Hetzner and commands: the port to that address; default: 53.
    pub primary_port: Option<Spanned<Port>>,
    /// The nameservers that the service serves zones with, where it cannot say so itself.
    #[serde(default)]
    pub nameservers: Vec<DomainName>,
    /// Where the service transfers from, where it cannot say so itself: for what the primary must allow.
    #[serde(default)]
    pub transfers_from: Vec<IpAddr>,
    /// OVH: `ovh-eu` and the like, or a URL.
    pub endpoint: Option<Spanned<String>>,
    /// OVH: `vps/NAME` or `dedicated/server/NAME`; default: every service of the account.
    pub service: Option<Spanned<String>>,
    /// Catalog zone: the `[server.NAME]` that has it.
    pub server: Option<Spanned<String>>,
    /// The catalog zone.
    pub zone: Option<Spanned<DomainName>>,
    /// Catalog zone: the group that new members get.
    pub group: Option<Spanned<String>>,
    /// PowerDNS and Hetzner: where the API is.
    pub url: Option<Spanned<String>>,
    /// The variable that has the API's key.
    pub api_key_env: Option<Spanned<String>>,
    /// The program that prints the API's key.
    pub api_key_command: Option<Spanned<Vec<String>>>,
    /// The file that has the API's key.
    pub api_key_file: Option<Spanned<std::path::PathBuf>>,
    /// PowerDNS: the name of the TSIG key there that transfers are signed with.
    pub tsig_key: Option<Spanned<String>>,
    /// Hetzner: the file of the TSIG key that transfers are signed with; it is given to the service.
    pub transfer_key: Option<Spanned<std::path::PathBuf>>,
    /// Commands, as a program and its arguments, with `{zone}`, `{primary}` and `{port}` in them.
    pub add: Option<Spanned<Vec<String>>>,
    pub remove: Option<Spanned<Vec<String>>>,
    /// Prints a line for each zone that is registered.
    pub list: Option<Spanned<Vec<String>>>,
    /// Manual: what to do by hand, and where.
    pub instructions: Option<Spanned<String>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Backend {
    Ovh,
    Catalog,
    Powerdns,
    Hetzner,
    Command,
    Manual,
}

impl Backend {
    /// As the configuration calls it.
    pub fn name(self) -> &'static str {
        match self {
            Backend::Ovh => "ovh",
            Backend::Catalog => "catalog",
            Backend::Powerdns => "powerdns",
            Backend::Hetzner => "hetzner",
            Backend::Command => "command",
            Backend::Manual => "manual",
        }
    }
}

/// The endpoints of OVH's API that have names.
pub const OVH_ENDPOINTS: [&str; 7] =
    ["ovh-eu", "ovh-ca", "ovh-us", "kimsufi-eu", "kimsufi-ca", "soyoustart-eu", "soyoustart-ca"];

/// The variables that OVH's own clients take secrets from.
pub(super) const OVH_SECRETS: [&str; 4] =
    ["OVH_APPLICATION_SECRET", "OVH_CONSUMER_KEY", "OVH_CLIENT_SECRET", "OVH_ACCESS_TOKEN"];

/// A port, 1 to 65535.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "i64")]
pub struct Port(pub u16);

impl TryFrom<i64> for Port {
    type Error = &'static str;

    fn try_from(number: i64) -> Result<Port, Self::Error> {
        let port = u16::try_from(number).ok().filter(|port| *port != 0);
        port.map(Port).ok_or("a port is a number from 1 to 65535")
    }
}

impl Secondary {
    /// Where the API's key comes from.
    pub fn api_key(&self) -> Option<KeySource> {
        let file = self.api_key_file.as_ref().map(|file| KeySource::File(file.get_ref().clone()));
        let command = || self.api_key_command.as_ref().map(|it| KeySource::Command(it.get_ref().clone()));
        let env = || self.api_key_env.as_ref().map(|env| KeySource::Env(env.get_ref().clone()));
        file.or_else(command).or_else(env)
    }

    /// The key of its table that is not right, by its offset, and why: one that is of another backend, one too many,
    /// one that is missing, one that stands for nothing.
    pub(super) fn wrong(&self, config: &Config) -> Option<(usize, String)> {
        self.foreign_key()
            .or_else(|| self.wrong_api_key())
            .or_else(|| self.missing_key())
            .or_else(|| self.wrong_value(config))
    }

    /// A key of another backend.
    fn foreign_key(&self) -> Option<(usize, String)> {
        use Backend::{Catalog, Command, Hetzner, Manual, Ovh, Powerdns};
        fn at<T>(key: &Option<Spanned<T>>) -> Option<usize> {
            key.as_ref().map(|key| key.span().start)
        }
        let of: [(&str, Option<usize>, &[Backend]); 15] = [
            ("primary-port", at(&self.primary_port), &[Powerdns, Hetzner, Command]),
            ("endpoint", at(&self.endpoint), &[Ovh]),
            ("service", at(&self.service), &[Ovh]),
            ("server", at(&self.server), &[Catalog]),
            ("zone", at(&self.zone), &[Catalog]),
            ("group", at(&self.group), &[Catalog]),
            ("url", at(&self.url), &[Powerdns, Hetzner]),
            ("api-key-env", at(&self.api_key_env), &[Powerdns, Hetzner]),
            ("api-key-command", at(&self.api_key_command), &[Powerdns, Hetzner]),
            ("api-key-file", at(&self.api_key_file), &[Powerdns, Hetzner]),
            ("tsig-key", at(&self.tsig_key), &[Powerdns]),
            ("transfer-key", at(&self.transfer_key), &[Hetzner]),
            ("add, remove and list", at(&self.add).or(at(&self.remove)), &[Command]),
            ("add, remove and list", at(&self.list), &[Command]),
            ("instructions", at(&self.instructions), &[Manual]),
        ];
        let own = *self.backend.get_ref();
        of.into_iter().find_map(|(key, at, backends)| {
            let names: Vec<String> = backends.iter().map(|other| format!("\"{}\"", other.name())).collect();
            let message =
                || format!("{key} goes with backend = {}, not with \"{}\"", names.join(" or "), own.name());
            at.filter(|_| !backends.contains(&own)).map(|at| (at, message()))
        })
    }

    fn wrong_api_key(&self) -> Option<(usize, String)> {
        let env = self.api_key_env.as_ref().map(|key| key.span().start);
        let command = self.api_key_command.as_ref().map(|key| key.span().start);
        let file = self.api_key_file.as_ref().map(|key| key.span().start);
        let mut given: Vec<usize> = [env, command, file].into_iter().flatten().collect();
        given.sort_unstable();
        let extra = given.get(1).copied();
        extra.map(|at| (at, "only one of api-key-env, api-key-command and api-key-file can be used".into()))
    }

    fn missing_key(&self) -> Option<(usize, String)> {
        let needs: &[(bool, &str)] = match *self.backend.get_ref() {
            Backend::Ovh => &[],
            Backend::Catalog => &[
                (self.server.is_some(), "server: the [server.NAME] that has the catalog zone"),
                (self.zone.is_some(), "zone: the name of the catalog zone"),
            ],
            Backend::Powerdns => &[
                (self.url.is_some(), "url: where the API is, such as \"http://127.0.0.1:8081\""),
                (self.api_key().is_some(), "api-key-env, api-key-command or api-key-file"),
            ],
            Backend::Hetzner => &[(self.api_key().is_some(), "api-key-env, api-key-command or api-key-file")],
            Backend::Command => &[
                (self.add.is_some(), "add: the program that adds a zone, and its arguments"),
                (self.remove.is_some(), "remove: the program that removes a zone, and its arguments"),
            ],
            Backend::Manual => {
                &[(self.instructions.is_some(), "instructions: what to do by hand, and where")]
            }
        };
        let missing = needs.iter().find(|(there, _)| !there);
        missing.map(|(_, key)| {
            (
                self.backend.span().start,
                format!("backend = \"{}\" needs {key}", self.backend.get_ref().name()),
            )
        })
    }

    fn wrong_value(&self, config: &Config) -> Option<(usize, String)> {
        if let Some(endpoint) = &self.endpoint
            && !endpoint.get_ref().contains("://")
            && !OVH_ENDPOINTS.contains(&endpoint.get_ref().as_str())
        {
            let message = format!("endpoint is a URL, or one of {}", OVH_ENDPOINTS.join(", "));
            return Some((endpoint.span().start, message));
        }
        if let Some(service) = &self.service {
            let name = |kind: &str| service.get_ref().strip_prefix(kind);
            let name = name("vps/").or_else(|| name("dedicated/server/")).unwrap_or_default();
            let plain = |octet: u8| octet.is_ascii_alphanumeric() || b"-_.".contains(&octet);
            if name.is_empty() || !name.bytes().all(plain) {
                let message = "service is vps/NAME or dedicated/server/NAME, as OVH's pages call it";
                return Some((service.span().start, message.into()));
            }
        }
        if let Some(server) = self.server.as_ref().filter(|name| !config.server.contains_key(name.get_ref()))
        {
            let message = format!("there is no [server.{}] in this file", server.get_ref());
            return Some((server.span().start, message));
        }
        if let Some(group) = &self.group
            && !(1..=255).contains(&group.get_ref().len())
        {
            return Some((group.span().start, "a group is a text of 1 to 255 octets".into()));
        }
        let commands = [
            (self.add.as_ref(), "add", true),
            (self.remove.as_ref(), "remove", true),
            (self.list.as_ref(), "list", false),
        ];
        let commands =
            commands.into_iter().filter_map(|(command, key, of_zone)| Some((command?, key, of_zone)));
        commands.into_iter().find_map(|(command, key, of_zone)| {
            let wrong = |why: &str| Some((command.span().start, format!("{key} {why}")));
            let has_zone = |argument: &String| argument.contains("{zone}");
            match command.get_ref().split_first() {
                None => wrong("is empty; write a program and its arguments"),
                Some((program, _)) if program.is_empty() => wrong("has an empty program"),
                Some((program, _)) if program.contains('{') => {
                    wrong("puts something into the program's name; that can be done in arguments only")
                }
                Some((_, arguments)) if of_zone && !arguments.iter().any(has_zone) => {
                    wrong("has no argument with {zone} in it")
                }
                _ => None,
            }
        })
    }
}
