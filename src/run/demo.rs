//! `zonewright demo`: the editor on nameservers inside the program.
//!
//! A primary serves the example zone; two secondaries, which the zone names too, take every change over some seconds
//! later. A secondary DNS service, at which the zone can be registered, transfers it then. One more nameserver has the
//! zones above, for what lies outside: the delegation, and the addresses of names elsewhere. All are on loopback: the
//! addresses that the zones give them are asked there, and nothing in the demo asks any other machine.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::configured::Configured;
use super::history::Recorder;
use super::services::Services;
use super::world::{Access, World};
use super::{Exit, Stop, access, editor, outside};
use crate::app::Settings;
use crate::app::zones::Arrival;
use crate::check::Selection;
use crate::config::{self, HostPort, NetworkSettings};
use crate::dns::questions::Network;
use crate::secondary::ovh::conf::Credentials;
use crate::secondary::ovh::endpoints::Endpoint;
use crate::secondary::ovh::{self, Ovh};
use crate::server::{Following, Handle, Options, Primary, Secondary, service};
use crate::store::history::History;
use crate::wire::key::{Algorithm, Key, Secret};
use crate::zone::{Name, Snapshot};
use crate::zonefile;

/// The example zone.
const ZONE: &[u8] = include_bytes!("../../assets/demo.zone");
/// What its configuration says: sets of nameservers to load.
const CONFIG: &str = include_str!("../../assets/demo.toml");
/// What there is above and beside it.
const ABOVE: [&[u8]; 3] = [
    include_bytes!("../../assets/demo-com.zone"),
    include_bytes!("../../assets/demo-net.zone"),
    include_bytes!("../../assets/demo-secondary.zone"),
];

/// Where the nameservers are, as the zones say.
const PRIMARY_V4: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));
const PRIMARY_V6: IpAddr = IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1));
const SECONDARIES: [IpAddr; 2] =
    [IpAddr::V4(Ipv4Addr::new(198, 51, 100, 7)), IpAddr::V4(Ipv4Addr::new(203, 0, 113, 53))];
/// The nameserver of the secondary service, and the service as its API calls it.
const SERVICE_NAMESERVER: &[u8] = b"ns3.secondary.example.";
const SERVICE_ADDRESS: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 53);
const SERVICE: &str = "vps/vps-demo.secondary.example";
/// Its name in the demo's configuration.
const SERVICE_NAME: &str = "demo";
const PARENT: IpAddr = IpAddr::V4(Ipv4Addr::new(203, 0, 113, 1));

/// How long each secondary waits before it takes a change over, so that they are seen to lag.
const LAGS: [Duration; 2] = [Duration::from_secs(3), Duration::from_secs(9)];
/// How long a secondary may take until it has the zone. It is not needed for anything else.
const START: Duration = Duration::from_secs(2);
/// How long each question to a nameserver may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// Runs the demo.
///
/// # Errors
/// [`Stop`] where there is no terminal or no loopback.
pub fn run() -> Result<Exit, Stop> {
    super::on_terminal()?;
    let key = Key { name: name(b"demo-key.")?, algorithm: Algorithm::HmacSha256, secret: random_secret()? };
    let zone = read(ZONE)?;
    let origin = zone.origin().clone();
    let primary = Primary::start(vec![zone], vec![key.clone()], Options::default())?;
    let above = ABOVE.into_iter().map(read).collect::<Result<_, _>>()?;
    let above = Primary::start(above, Vec::new(), Options { read_only: true, ..Options::default() })?;
    let mut secondaries = Vec::new();
    for lag in LAGS {
        let secondary =
            Secondary::start(origin.clone(), primary.address, Some(key.clone()), Following { lag })?;
        primary.notify(secondary.address);
        secondaries.push(secondary);
    }
    secondaries.iter().for_each(|secondary| wait_for(secondary, &origin));
    let at_primary = HostPort { host: primary.address.ip().to_string(), port: primary.address.port() };
    let mut routes = HashMap::from([
        (PRIMARY_V4, primary.address),
        (PRIMARY_V6, primary.address),
        (PARENT, above.address),
    ]);
    let service = start_service(&primary, &key)?;
    primary.notify(service.nameserver());
    routes.insert(IpAddr::V4(SERVICE_ADDRESS), service.nameserver());
    routes.extend(SECONDARIES.into_iter().zip(secondaries.iter().map(|secondary| secondary.address)));
    let enclosed = Network { resolvers: vec![above.address], routes, enclosed: true, patience: PATIENCE };
    let key = Arc::new(key);
    let config = config::parse(CONFIG).map_err(|error| Stop::usage(format!("{error}.")))?;
    let settings = Settings {
        zone: origin.clone(),
        // So that dig and the like can look at it as well.
        server: at_primary.to_string(),
        key: Some(key.name.to_string()),
        label: Some("demo".into()),
        demo: true,
        arrival: Arrival::default(),
        brake_percent: 20,
        config: Arc::new(config),
        hosts: vec![PRIMARY_V4.to_string(), PRIMARY_V6.to_string()],
        unicode: access::unicode_wanted(),
        colours: access::colours_wanted(),
        rules: Arc::new(Selection::all()),
    };
    let world = World::new(
        origin.clone(),
        Access {
            transfer_from: at_primary.clone(),
            update_to: at_primary,
            source: None,
            key: Some(Arc::clone(&key)),
            transfer_key: Some(key),
            read_only: false,
            timeout: PATIENCE,
            network: NetworkSettings::default(),
            enclosed: Some(enclosed),
        },
    );
    // Each demo begins with the same zone, so what earlier ones did is no history of it.
    let folder = outside::private_folder()?;
    let recorder = Recorder::new(History::new(&folder, "demo", &origin), Vec::new());
    let world = Arc::new(world.recorded_by(recorder));
    let services = Services::default();
    services.insert(SERVICE_NAME, Arc::new(client(&service)?));
    let zones = Configured::none(origin)?.with_services(services, folder.clone());
    let session = zones.passing(settings, editor::Place::Primary(world), "demo");
    let result = super::edit_at(session, zones);
    // It is private and of no use to anybody: if it stays, that does no harm.
    let _ = std::fs::remove_dir_all(folder);
    result
}

/// The service that the zone can be registered at. It demands proof of ownership.
fn start_service(primary: &Handle, key: &Key) -> Result<service::Handle, Stop> {
    let mut options = service::Options::new(name(SERVICE_NAMESERVER)?, SERVICE_ADDRESS);
    options.services = vec![SERVICE.into()];
    options.routes = HashMap::from([(PRIMARY_V4, primary.address)]);
    options.key = Some(key.clone());
    Ok(service::start(options)?)
}

/// What talks to it. Its credentials are in no file and no environment.
fn client(service: &service::Handle) -> Result<Ovh, Stop> {
    let credentials = &service.credentials;
    let settings = ovh::Settings {
        name: SERVICE_NAME.into(),
        endpoint: Endpoint::at(&service.url),
        credentials: Credentials::Signed {
            application_key: credentials.application_key.clone(),
            application_secret: credentials.application_secret.clone(),
            consumer_key: Some(credentials.consumer_key.clone()),
        },
        service: None,
        warnings: Vec::new(),
    };
    Ovh::new(settings, crate::dns::unix_time).map_err(|problem| Stop::usage(problem.to_string()))
}

/// A zone as shipped.
fn read(text: &[u8]) -> Result<Snapshot, Stop> {
    let fault = |_| Stop::usage("An example zone of this build cannot be read.".into());
    zonefile::read_zone(text, None).map(|(zone, _)| zone).map_err(fault)
}

/// Waits until a secondary has the zone, so that the first look finds it.
fn wait_for(secondary: &Handle, zone: &Name) {
    let start = Instant::now();
    while secondary.snapshot(zone).is_none() && start.elapsed() < START {
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn name(text: &[u8]) -> Result<Name, Stop> {
    Name::parse(text, None).map_err(|error| Stop::usage(format!("{error}.")))
}

fn random_secret() -> Result<Secret, Stop> {
    let mut octets = [0; 32];
    getrandom::fill(&mut octets).map_err(|error| Stop::usage(format!("No random numbers: {error}.")))?;
    Ok(Secret::new(octets.to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zone::RecordType;
    use crate::zone::types::{Standing, table};

    #[test]
    fn example_zone_uses_every_everyday_type() {
        let zone = read(ZONE).unwrap();
        let used: Vec<RecordType> = zone.records().map(|record| record.rtype).collect();
        for info in table().iter().filter(|info| info.standing == Standing::Everyday) {
            assert!(used.contains(&info.rtype), "{} is not in the example zone", info.mnemonic);
        }
    }
}
