//! `[network]` and `public-resolvers`: where questions about zones go.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};

use serde::Deserialize;

use super::{HostPort, HostPortError};

/// Where nameservers and resolvers are asked, where that is not as in the rest of the world.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct NetworkSettings {
    /// Asked for the addresses of nameservers and for the zone above; default: those of the system.
    pub resolvers: Vec<AddressPort>,
    /// Where a nameserver is asked that has this address in the zone: behind address translation, through a tunnel, in a
    /// test network.
    pub routes: BTreeMap<IpAddr, AddressPort>,
}

/// An IP address and a port, 53 where none is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct AddressPort(pub SocketAddr);

impl TryFrom<String> for AddressPort {
    type Error = String;

    fn try_from(text: String) -> Result<AddressPort, String> {
        text.parse()
    }
}

impl std::str::FromStr for AddressPort {
    type Err = String;

    fn from_str(text: &str) -> Result<AddressPort, String> {
        let words = || "this is no IP address; write ADDRESS, ADDRESS:PORT or [IPv6]:PORT".to_owned();
        match HostPort::parse(text) {
            Ok(host) => host.ip().map(|ip| AddressPort(SocketAddr::new(ip, host.port))).ok_or_else(words),
            Err(HostPortError::BadPort) => Err("the port is not a number from 1 to 65535".into()),
            Err(_) => Err(words()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_with_and_without_port() {
        let read = |text: &str| text.parse::<AddressPort>().map(|address| address.0.to_string());
        assert_eq!(read("9.9.9.9").unwrap(), "9.9.9.9:53");
        assert_eq!(read("127.0.0.1:5300").unwrap(), "127.0.0.1:5300");
        assert_eq!(read("2620:fe::fe").unwrap(), "[2620:fe::fe]:53");
        assert_eq!(read("[2620:fe::fe]:99").unwrap(), "[2620:fe::fe]:99");
        for wrong in ["dns.quad9.net", "", "9.9.9.9:0", "9.9.9.9:x", "9.9.9"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
        let text = "public-resolvers = [\"9.9.9.9\"]\n[network]\nresolvers = [\"192.0.2.1\"]\n\
                    [network.routes]\n\"192.0.2.1\" = \"127.0.0.1:5300\"\n";
        let config = crate::config::parse(text).unwrap();
        assert_eq!((config.public_resolvers.len(), config.network.resolvers.len()), (1, 1));
        assert_eq!(config.network.routes.len(), 1);
        let wrong = crate::config::parse("public-resolvers = [\"quad9\"]\n").unwrap_err();
        assert!(wrong.to_string().contains("no IP address"), "{wrong}");
    }
}
