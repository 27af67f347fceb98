//! The official Python client of OVH's API against the embedded service: what it is content with is what the API is.

use std::io::{BufRead, BufReader, Write};
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use zonewright::server::service::{self, Consumer};
use zonewright::server::{self, Primary};
use zonewright::zone::{Name, Snapshot};
use zonewright::zonefile::read_zone;

use super::lab::is_available;

fn name(text: &str) -> Name {
    Name::parse(text.as_bytes(), Some(Name::root().as_ref())).unwrap()
}

fn zone(origin: &str, serial: u32, extra: &str) -> Snapshot {
    let text = format!(
        "$ORIGIN {origin}.\n$TTL 60\n@ SOA ns1 hostmaster {serial} 1 1 600 60\n@ NS ns1\nns1 A 192.0.2.1\n{extra}"
    );
    read_zone(text.as_bytes(), None).unwrap().0
}

/// Where `tests/run` installs it.
fn python() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).with_file_name("python").join("bin/python")
}

#[test]
fn the_official_client_goes_the_whole_cycle() {
    let python = python();
    if !is_available(python.to_str().unwrap()) {
        eprintln!("tests/run installs it, with the package ovh in it");
        return;
    }
    let zones = ["example.com", "example.net"].map(|origin| zone(origin, 1, ""));
    let open = server::Options { open_transfers: true, ..server::Options::default() };
    let primary = Primary::start(zones.into(), Vec::new(), open).unwrap();
    let address = Ipv4Addr::new(192, 0, 2, 1);
    let mut options = service::Options::new(name("ns3.secondary.example"), Ipv4Addr::new(198, 51, 100, 53));
    options.primary = Some(address);
    options.routes.insert(IpAddr::V4(address), primary.address);
    let service = service::start(options).unwrap();

    let own = &service.credentials;
    let secret =
        |secret: &zonewright::wire::key::Secret| String::from_utf8(secret.octets().to_vec()).unwrap();
    let home = tempfile::tempdir().unwrap();
    let mut client = Command::new(&python)
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/all/ovh_client/cycle.py"))
        .current_dir(home.path())
        .env_clear()
        .env("HOME", home.path())
        .env("TEST_URL", &service.url)
        .env("TEST_KEY", &own.application_key)
        .env("TEST_SECRET", secret(&own.application_secret))
        .env("TEST_CONSUMER", secret(&own.consumer_key))
        .env("TEST_CLIENT_ID", &own.client_id)
        .env("TEST_CLIENT_SECRET", secret(&own.client_secret))
        // The library of service accounts refuses to speak without encryption otherwise.
        .env("OAUTHLIB_INSECURE_TRANSPORT", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut answers = client.stdin.take().unwrap();
    let mut last = String::new();
    for line in BufReader::new(client.stdout.take().unwrap()).lines() {
        last = line.unwrap();
        match last.split(' ').collect::<Vec<_>>().as_slice() {
            ["serve", domain, value] => {
                primary.replace(zone(domain, 2, &format!("ownercheck TXT {value}\n")));
            }
            ["served", domains @ ..] => {
                let start = Instant::now();
                let missing = || domains.iter().any(|domain| service.snapshot(&name(domain)).is_none());
                while missing() {
                    assert!(start.elapsed() < Duration::from_secs(10), "{domains:?} are not served");
                    std::thread::sleep(Duration::from_millis(5));
                }
            }
            ["errors", "gateway"] => service.change(|options| options.errors_of_gateway = true),
            ["consumer", state] => service.change(|options| {
                options.consumer = if *state == "expired" { Consumer::Expired } else { Consumer::Valid };
            }),
            ["confirm", page] => assert!(service.confirm(page)),
            ["all"] => continue,
            other => panic!("it says {other:?}"),
        }
        answers.write_all(b"done\n").unwrap();
    }
    let status = client.wait().unwrap();
    assert!(status.success() && last == "all", "{status}, after {last:?}");
    let counts = service.counts();
    assert_eq!((counts.adds, counts.removes, counts.changes, counts.tokens), (2, 2, 1, 1));
    assert!(service.registered().is_empty());
}
