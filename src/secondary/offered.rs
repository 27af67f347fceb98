//! The nameservers of a service that cannot say so itself: those of the configuration.

use std::net::IpAddr;
use std::time::Duration;

use super::block_on;
use crate::config::Secondary;
use crate::dns;
use crate::facts::registration::Offered;
use crate::zone::Name;

/// What the configuration says of a service's nameservers.
#[derive(Debug, Clone)]
pub struct Configured {
    nameservers: Vec<Name>,
    transfers_from: Vec<IpAddr>,
    patience: Duration,
}

impl Configured {
    pub fn of(settings: &Secondary, patience: Duration) -> Configured {
        Configured {
            nameservers: settings.nameservers.iter().map(|name| name.0.clone()).collect(),
            transfers_from: settings.transfers_from.clone(),
            patience,
        }
    }

    /// The nameserver that stands for the service in a list.
    pub fn secondary(&self) -> Option<Name> {
        self.nameservers.first().cloned()
    }

    /// All of them. Where it is not said from where they transfer, it is from their own addresses, as a rule; those that
    /// cannot be found are left out.
    pub fn offered(&self) -> Vec<Offered> {
        self.of_names(self.nameservers.clone())
    }

    /// The same of nameservers that the service has named.
    pub fn of_names(&self, names: Vec<Name>) -> Vec<Offered> {
        let offered = |name: Name| {
            let addresses = match self.transfers_from.as_slice() {
                [] => self.addresses(&name),
                known => known.to_vec(),
            };
            Offered { name, addresses }
        };
        names.into_iter().map(offered).collect()
    }

    fn addresses(&self, name: &Name) -> Vec<IpAddr> {
        let host = name.to_string();
        let host = host.trim_end_matches('.');
        let work = async { tokio::time::timeout(self.patience, dns::resolve(host)).await.ok()?.ok() };
        block_on(work).ok().flatten().unwrap_or_default()
    }
}
