//! `[secondary.NAME]`: a secondary DNS service, and which keys of the table belong to which backend.

use std::net::IpAddr;

use serde::Deserialize;
use toml::Spanned;

use super::DomainName;

/// A secondary DNS service. Which keys stand in its table depends on `backend`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Secondary {
    pub backend: Backend,
    /// The address that the service shall transfer zones from; default: that of the zone's server.
    pub primary: Option<IpAddr>,
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
    /// Commands, as a program and its arguments, with `{zone}` and `{primary}` in them.
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
