//! A zone's servers taken together: those that the zone names, those that the zone above delegates to, and those of the
//! services where it is registered.

use std::fmt;

use super::AddressHealth;
use super::delegation::{self, AtParent, Child, Difference};
use crate::facts::registration::{Details, Offered, Registration};
use crate::facts::{NameserverStatus, Parent};
use crate::zone::Name;

/// What is known of a zone at one secondary DNS service. Only for services that have answered: silence is no proof that
/// a zone is not registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AtService {
    /// As the configuration calls the service.
    pub name: String,
    /// The zone's registrations there.
    pub registrations: Vec<Registration>,
    /// The nameservers that it serves, or would serve, the zone with.
    pub offered: Vec<Offered>,
}

impl AtService {
    /// The nameservers that serve the zone there, as far as is known.
    pub fn secondaries(&self) -> Vec<&Name> {
        let known = self.registrations.iter().filter(|one| one.details == Details::Known);
        let mut names: Vec<&Name> = known.clone().filter_map(|one| one.secondary.as_ref()).collect();
        if names.is_empty() && known.count() > 0 {
            names.extend(self.offered.iter().map(|offered| &offered.name));
        }
        names.sort();
        names.dedup();
        names
    }
}

/// All that is known of a zone and its servers.
#[derive(Clone, Copy)]
pub struct Known<'a> {
    pub child: Child<'a>,
    /// The serial of the primary.
    pub primary: Option<u32>,
    /// Of those named, and of others that are of interest.
    pub statuses: &'a [NameserverStatus],
    pub parent: Option<&'a Parent>,
    pub services: &'a [AtService],
}

/// A zone's servers, judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    /// In the order of the statuses.
    pub servers: Vec<ServerHealth>,
    /// Where zone, zone above and services do not agree; what matters most first.
    pub troubles: Vec<Trouble>,
}

/// A nameserver, judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerHealth {
    pub name: Name,
    /// Does the zone name it?
    pub named: bool,
    /// Does the zone above? `None` where that is not known.
    pub at_parent: Option<AtParent>,
    /// The services that serve the zone with it.
    pub services: Vec<String>,
    pub addresses: Vec<AddressHealth>,
    /// Why it has no addresses, where that is so.
    pub problem: Option<String>,
    /// How many more addresses it has than are asked.
    pub unasked: usize,
}

impl ServerHealth {
    /// Do all of its addresses that can be asked from here serve the zone as the primary has it, and is there one?
    pub fn agrees(&self) -> bool {
        let mut asked = self.addresses.iter().filter(|address| address.word() != "not-from-here").peekable();
        asked.peek().is_some() && asked.all(AddressHealth::agrees)
    }
}

/// Something about a zone's servers that does not fit together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// Zone and zone above differ.
    Delegation(Difference),
    /// It is registered there (and perhaps paid for), and nobody asks it.
    RegisteredNotNamed { service: String, secondary: Name },
    /// The zone names it, and it has no reason to serve the zone.
    NamedNotRegistered { service: String, secondary: Name },
}

impl Trouble {
    /// The nameserver that it is about.
    pub fn about(&self) -> &Name {
        match self {
            Trouble::Delegation(difference) => &difference.about,
            Trouble::RegisteredNotNamed { secondary, .. } | Trouble::NamedNotRegistered { secondary, .. } => {
                secondary
            }
        }
    }

    /// For scripts.
    pub fn word(&self) -> &'static str {
        match self {
            Trouble::Delegation(difference) => difference.kind.word(),
            Trouble::RegisteredNotNamed { .. } => "registered-not-named",
            Trouble::NamedNotRegistered { .. } => "named-not-registered",
        }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Trouble::Delegation(difference) => f.write_str(&difference.text),
            Trouble::RegisteredNotNamed { service, secondary } => {
                write!(f, "registered at {service}, but the zone has no NS record for {secondary}")
            }
            Trouble::NamedNotRegistered { service, secondary } => {
                write!(f, "the zone names {secondary}, but is not registered at {service}")
            }
        }
    }
}

/// Judges a zone's servers.
pub fn judge(known: &Known<'_>) -> Health {
    let Known { child, primary, statuses, parent, services } = *known;
    let registered: Vec<Vec<&Name>> = services.iter().map(AtService::secondaries).collect();
    let serves = |name: &Name| -> Vec<String> {
        let at = services.iter().zip(&registered);
        at.filter(|(_, names)| names.contains(&name)).map(|(service, _)| service.name.clone()).collect()
    };
    let at_parent = |name: &Name| match parent {
        Some(Parent::Delegates(delegation)) => Some(delegation::at_parent(delegation, name, &child)),
        Some(Parent::DoesNotDelegate { .. }) => Some(AtParent::NotDelegated),
        Some(Parent::NotKnown(_)) | None => None,
    };
    let server = |status: &NameserverStatus| ServerHealth {
        named: child.named.contains(&status.name),
        at_parent: at_parent(&status.name),
        services: serves(&status.name),
        addresses: status.addresses.iter().map(|address| AddressHealth::new(address, primary)).collect(),
        problem: status.problem.clone(),
        unasked: status.unasked,
        name: status.name.clone(),
    };
    let mut troubles = Vec::new();
    for (service, names) in services.iter().zip(&registered) {
        let unregistered = service.offered.iter().map(|offered| &offered.name);
        let unregistered =
            unregistered.filter(|name| service.registrations.is_empty() && child.named.contains(name));
        troubles.extend(unregistered.map(|name| Trouble::NamedNotRegistered {
            service: service.name.clone(),
            secondary: name.clone(),
        }));
        // A service may have several nameservers for a zone: one that is named is enough.
        if !names.iter().any(|name| child.named.contains(name)) {
            troubles.extend(names.iter().map(|name| Trouble::RegisteredNotNamed {
                service: service.name.clone(),
                secondary: (*name).clone(),
            }));
        }
    }
    let differences = delegation::differences(parent, &child).into_iter();
    troubles.extend(differences.map(Trouble::Delegation));
    Health { servers: statuses.iter().map(server).collect(), troubles }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;
    use std::time::Duration;

    use super::*;
    use crate::facts::registration::Place;
    use crate::facts::{AddressStatus, Delegated, Delegation, Fault, Reply};

    fn name(text: &str) -> Name {
        Name::parse(text.as_bytes(), None).unwrap()
    }

    fn registration(secondary: Option<&str>, details: Details) -> Registration {
        Registration {
            place: Place { domain: name("example.com."), service: None },
            created: None,
            primaries: Vec::new(),
            secondary: secondary.map(name),
            details,
            note: None,
        }
    }

    fn service(registrations: Vec<Registration>, offered: &[&str]) -> AtService {
        let offered = offered.iter().map(|text| Offered { name: name(text), addresses: Vec::new() });
        AtService { name: "ovh".into(), registrations, offered: offered.collect() }
    }

    fn words(named: &[&str], parent: Option<&Parent>, services: &[AtService]) -> Vec<String> {
        let (zone, named) = (name("example.com."), named.iter().map(|text| name(text)).collect::<Vec<_>>());
        let addresses = |name: &Name| -> Vec<IpAddr> {
            name.is_at_or_below(&zone).then(|| "192.0.2.1".parse().unwrap()).into_iter().collect()
        };
        let child = Child { zone: &zone, named: &named, deleted: &[], addresses: &addresses };
        let known = Known { child, primary: Some(7), statuses: &[], parent, services };
        let told = judge(&known).troubles;
        told.iter().map(|trouble| format!("{} {}", trouble.word(), trouble.about())).collect()
    }

    #[test]
    fn registrations_against_the_nameservers() {
        let registered = |secondary| vec![registration(Some(secondary), Details::Known)];
        let cases = [
            (service(registered("sdns2.example.net."), &["sdns2.example.net."]), vec![]),
            // Told as it is in the zone, whatever the service offers to others.
            (
                service(registered("sdns1.example.net."), &["sdns1.example.net."]),
                vec!["registered-not-named sdns1.example.net."],
            ),
            (
                service(vec![], &["sdns2.example.net.", "sdns1.example.net."]),
                vec!["named-not-registered sdns2.example.net."],
            ),
            (service(vec![], &["sdns1.example.net."]), vec![]),
            // Which of them it is comes later.
            (service(vec![registration(None, Details::Pending)], &["sdns2.example.net."]), vec![]),
            (
                service(vec![registration(None, Details::Known)], &["sdns2.example.net.", "b.example.net."]),
                vec![],
            ),
            (
                service(vec![registration(None, Details::Known)], &["b.example.net."]),
                vec!["registered-not-named b.example.net."],
            ),
        ];
        for (service, expected) in cases {
            let named = ["ns1.example.com.", "sdns2.example.net."];
            assert_eq!(words(&named, None, std::slice::from_ref(&service)), expected, "{service:?}");
        }
    }

    #[test]
    fn both_sides_of_a_delegation() {
        let delegated = |text: &str, glue: &[&str]| Delegated {
            name: name(text),
            glue: glue.iter().map(|address| address.parse().unwrap()).collect(),
        };
        let parent = Parent::Delegates(Delegation {
            parent: name("com."),
            nameservers: vec![
                delegated("ns1.example.com.", &["192.0.2.9"]),
                delegated("ns2.example.com.", &[]),
                delegated("old.example.net.", &[]),
            ],
        });
        let named = ["ns1.example.com.", "ns2.example.com.", "new.example.net."];
        assert_eq!(
            words(&named, Some(&parent), &[]),
            [
                "only-parent old.example.net.",
                "only-zone new.example.net.",
                "glue-lacks ns1.example.com.",
                "glue-has-more ns1.example.com.",
                "no-glue ns2.example.com.",
            ]
        );
        assert!(words(&named, Some(&Parent::NotKnown("x".into())), &[]).is_empty());
    }

    #[test]
    fn an_address_that_cannot_be_asked_from_here_is_not_held_against_a_server() {
        let address = |text: &str, udp| AddressStatus {
            address: text.parse().unwrap(),
            udp,
            tcp: Reply::NotAsked,
            expire: None,
        };
        let serves = |serial| Reply::Serial { serial, round_trip: Duration::ZERO };
        let agrees = |addresses| {
            let zone = name("example.com.");
            let child = Child { zone: &zone, named: &[], deleted: &[], addresses: &|_| Vec::new() };
            let status = NameserverStatus {
                name: name("ns.example.net."),
                addresses,
                problem: None,
                unasked: 0,
                complete: true,
            };
            let known = Known { child, primary: Some(7), statuses: &[status], parent: None, services: &[] };
            judge(&known).servers[0].agrees()
        };
        let far = || address("2001:db8::1", Reply::Fault(Fault::NoRoute));
        assert!(agrees(vec![address("192.0.2.1", serves(7)), far()]));
        assert!(!agrees(vec![address("192.0.2.1", serves(6)), far()]));
        assert!(!agrees(vec![far()]));
        assert!(!agrees(vec![]));
    }
}
