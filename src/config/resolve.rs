//! Which server a zone is edited on: the configuration and the command line put together.

use std::net::IpAddr;
use std::path::PathBuf;

use super::{Colour, Config, DomainName, HostPort, HostPortError, KeySource, Server, Transport, Zone};
use crate::zone::Name;

/// What the command line says; it goes before the configuration.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overrides {
    /// The name of a configured server, or HOST\[:PORT].
    pub server: Option<String>,
    pub transfer_from: Option<HostPort>,
    pub update_to: Option<HostPort>,
    /// A key file, for transfers and updates alike.
    pub key: Option<PathBuf>,
    pub tls: bool,
}

/// Everything that is known of the server of a zone before connecting to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerSettings {
    /// Its name in the configuration, else its host; drafts are kept under it.
    pub name: String,
    pub label: Option<String>,
    pub colour: Option<Colour>,
    pub transfer_from: HostPort,
    pub update_to: HostPort,
    /// The local address to connect from.
    pub source: Option<IpAddr>,
    /// Signs updates.
    pub key: Option<KeySource>,
    /// Signs transfers.
    pub transfer_key: Option<KeySource>,
    pub transport: Transport,
    pub tls_name: Option<String>,
    pub tls_ca: Option<PathBuf>,
    pub tls_pin: Option<String>,
    /// 0 to 100.
    pub brake_percent: u8,
    pub read_only: bool,
    pub after_push: Vec<String>,
}

impl ServerSettings {
    /// The names and addresses that it goes by.
    pub fn hosts(&self) -> Vec<String> {
        let mut hosts = vec![self.update_to.host.clone(), self.transfer_from.host.clone()];
        hosts.dedup();
        hosts
    }
}

/// Why it is not clear which server to ask.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoServer {
    #[error(
        "No server of {0} is known. Use --server HOST[:PORT], or put [zone.\"{0}\"] with a server into the configuration."
    )]
    NotConfigured(String),
    #[error("--server names neither a server of the configuration nor a host: {0}.")]
    BadServer(HostPortError),
}

/// The server for a zone: `--server`, else the zone's own, else the only one that is configured.
///
/// # Errors
/// [`NoServer`].
pub fn resolve(config: &Config, zone: &Name, overrides: &Overrides) -> Result<ServerSettings, NoServer> {
    let own = config.zone.get(&DomainName(zone.clone()));
    let mut settings = match &overrides.server {
        Some(given) => match config.server.get(given) {
            Some(server) => of_server(given, server),
            None => of_host(HostPort::parse(given).map_err(NoServer::BadServer)?),
        },
        None => {
            let named = own.and_then(|zone| zone.server.as_ref()).map(|name| name.get_ref());
            let found = match named {
                Some(name) => config.server.get_key_value(name),
                None if config.server.len() == 1 => config.server.first_key_value(),
                None => None,
            };
            match (found, overrides.transfer_from.as_ref().or(overrides.update_to.as_ref())) {
                (Some((name, server)), _) => of_server(name, server),
                // One of the two given alone is the server for both.
                (None, Some(host)) => of_host(host.clone()),
                (None, None) => {
                    let zone = zone.to_string();
                    let zone = zone.strip_suffix('.').filter(|rest| !rest.is_empty()).unwrap_or(&zone);
                    return Err(NoServer::NotConfigured(zone.into()));
                }
            }
        }
    };
    if let Some(zone) = own {
        zone_keys(zone, &mut settings);
    }
    if let Some(key) = &overrides.key {
        settings.key = Some(KeySource::File(key.clone()));
        settings.transfer_key = settings.key.clone();
    }
    for (given, place) in [
        (&overrides.transfer_from, &mut settings.transfer_from),
        (&overrides.update_to, &mut settings.update_to),
    ] {
        if let Some(given) = given {
            *place = given.clone();
        }
    }
    if overrides.tls {
        settings.transport = Transport::Tls;
    }
    Ok(settings)
}

fn of_host(host: HostPort) -> ServerSettings {
    ServerSettings {
        name: host.to_string(),
        label: None,
        colour: None,
        transfer_from: host.clone(),
        update_to: host,
        source: None,
        key: None,
        transfer_key: None,
        transport: Transport::Tcp,
        tls_name: None,
        tls_ca: None,
        tls_pin: None,
        brake_percent: super::Percent::default().0,
        read_only: false,
        after_push: Vec::new(),
    }
}

fn of_server(name: &str, server: &Server) -> ServerSettings {
    let command = server.key_command.as_ref().map(|command| command.get_ref());
    let env = server.key_env.as_ref().map(|env| env.get_ref());
    let key = key_source(server.key.as_ref(), command, env);
    let file = |path: &PathBuf| KeySource::File(path.clone());
    ServerSettings {
        name: name.into(),
        label: server.label.clone(),
        colour: server.colour,
        transfer_from: server.transfer_from.clone().unwrap_or_else(|| server.address.clone()),
        update_to: server.update_to.clone().unwrap_or_else(|| server.address.clone()),
        source: server.source,
        transfer_key: server.transfer_key.as_ref().map(file).or_else(|| key.clone()),
        key,
        transport: server.transport,
        tls_name: server.tls_name.clone(),
        tls_ca: server.tls_ca.clone(),
        tls_pin: server.tls_pin.clone(),
        brake_percent: server.brake_percent.0,
        read_only: server.read_only,
        after_push: server.after_push.clone(),
    }
}

/// A zone's own key signs its transfers too, unless it has another one for them.
fn zone_keys(zone: &Zone, settings: &mut ServerSettings) {
    let command = zone.key_command.as_ref().map(|command| command.get_ref());
    let env = zone.key_env.as_ref().map(|env| env.get_ref());
    if let Some(key) = key_source(zone.key.as_ref(), command, env) {
        settings.transfer_key = Some(key.clone());
        settings.key = Some(key);
    }
    if let Some(path) = &zone.transfer_key {
        settings.transfer_key = Some(KeySource::File(path.clone()));
    }
}

fn key_source(
    file: Option<&PathBuf>,
    command: Option<&Vec<String>>,
    env: Option<&String>,
) -> Option<KeySource> {
    let file = file.map(|path| KeySource::File(path.clone()));
    let command = || command.map(|command| KeySource::Command(command.clone()));
    file.or_else(command).or_else(|| env.map(|env| KeySource::Env(env.clone())))
}
