//! `zonewright doctor` against real servers: the healthy case, and each thing broken on purpose. The line that is about
//! it fails, with the remedy for that server; the others do not; and the zone is as it was, serial included.

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;
use zonewright::dns::questions::Network;
use zonewright::dns::{self, Clock, Primary};
use zonewright::doctor::{Finding, State};
use zonewright::run::doctor::examine::{Patient, Unusable, examine};
use zonewright::server;
use zonewright::zone::Snapshot;
use zonewright::zonefile;

use crate::hostile::name;
use crate::lab::{self, Key, Lab, Make, Signing, Zone, dig_axfr};
use crate::primaries::{key, primary};
use crate::shapes;

const ALL: [Make; 4] = [Make::Bind, Make::Knot, Make::PowerDns, Make::Nsd];
const WITH_UPDATES: [Make; 3] = [Make::Bind, Make::Knot, Make::PowerDns];

/// The only nameserver is the primary itself: the doctor asks its address at the port that it was given.
const TEXT: &str =
    "$TTL 300\n@ SOA ns1 mail 7 3600 900 604800 300\n@ NS ns1\nns1 A 127.0.0.1\nwww A 192.0.2.1\n";
const WAIT: Duration = Duration::from_secs(10);

fn start(make: Make) -> Option<Lab> {
    Lab::start(make, &[Zone::new("example.com", TEXT)], &Key::default())
}

/// A home directory with key files in it.
struct Home(tempfile::TempDir);

impl Home {
    fn new() -> Home {
        // A short path wherever temporary files are: where what is told is wrapped depends on it.
        Home(tempfile::tempdir_in("/tmp").unwrap())
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn key(&self, file: &str, key: &Key) -> String {
        self.private(file, &key.bind_text()).to_str().unwrap().into()
    }

    fn private(&self, file: &str, text: &str) -> PathBuf {
        let path = self.path().join(file);
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        path
    }

    /// Runs the doctor; its exit status and what it prints.
    fn run(&self, arguments: &[&str]) -> (i32, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_zonewright"))
            .arg("doctor")
            .args(arguments)
            .env("HOME", self.path())
            .env_remove("XDG_CONFIG_HOME")
            .env_remove("XDG_STATE_HOME")
            .output()
            .unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap() + &said)
    }

    /// The findings, by way of JSON.
    fn findings(&self, arguments: &[&str]) -> Vec<Told> {
        let (status, text) = self.run(&[arguments, &["--json"]].concat());
        let json: Value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{arguments:?}: {text}"));
        shapes::hold("doctor", [&json]);
        let told: Vec<Told> = json.as_array().unwrap().iter().map(Told::of_json).collect();
        let failed = told.iter().any(|told| told.state == "failed");
        assert_eq!(status, i32::from(failed), "{arguments:?}: {text}");
        told
    }
}

/// A finding as it is told.
#[derive(Debug)]
struct Told {
    check: String,
    state: String,
    says: String,
    /// Why, and what to do, commands included.
    rest: String,
}

impl Told {
    fn of_json(json: &Value) -> Told {
        let text = |field: &str| json[field].as_str().unwrap().to_owned();
        let mut rest = text("why");
        for step in json["remedy"].as_array().unwrap() {
            rest += &format!("\n{}", step["text"].as_str().unwrap());
            for command in step["run"].as_array().unwrap() {
                rest += &format!("\n$ {}", command.as_str().unwrap());
            }
        }
        Told { check: text("check"), state: text("state"), says: text("says"), rest }
    }

    fn of_finding(finding: &Finding) -> Told {
        let mut rest = finding.why.clone();
        for step in &finding.remedy {
            rest += &format!("\n{}", step.text);
            step.run.iter().for_each(|command| rest += &format!("\n$ {command}"));
        }
        let state = finding.state.word().to_ascii_lowercase();
        Told { check: finding.check.into(), state, says: finding.says.clone(), rest }
    }
}

/// The finding of this check; the last one where there are more.
#[track_caller]
fn of<'a>(told: &'a [Told], check: &str) -> &'a Told {
    told.iter().rfind(|told| told.check == check).unwrap_or_else(|| panic!("no {check}: {told:#?}"))
}

/// Exactly these checks are in this state, in this order.
#[track_caller]
fn assert_are(told: &[Told], state: &str, checks: &[&str]) {
    let are: Vec<&str> =
        told.iter().filter(|told| told.state == state).map(|told| told.check.as_str()).collect();
    assert_eq!(are, checks, "{told:#?}");
}

/// Looks with a key, and sees that the zone is as it was.
fn findings_with(lab: &Lab, key: &Key) -> Vec<Told> {
    let home = Home::new();
    let file = home.key("key", key);
    unchanged(lab, || home.findings(&["example.com", "--server", &lab.address.to_string(), "--key", &file]))
}

fn unchanged<T>(lab: &Lab, look: impl FnOnce() -> T) -> T {
    let before = dig_axfr(lab.address, &lab.key, "example.com");
    let result = look();
    assert_eq!(dig_axfr(lab.address, &lab.key, "example.com"), before, "the doctor changed the zone");
    result
}

#[test]
fn all_is_well() {
    for make in ALL {
        let Some(lab) = start(make) else { continue };
        let told = findings_with(&lab, &lab.key);
        let failed: &[&str] = if make == Make::Nsd { &["update"] } else { &[] };
        assert_are(&told, "failed", failed);
        assert_are(&told, "warning", &[]);
        assert_are(&told, "unknown", &[]);
        let checks: Vec<&str> = told.iter().map(|told| told.check.as_str()).collect();
        let order = [
            "config",
            "key",
            "drafts",
            "terminal",
            "server",
            "zone",
            "signature",
            "clock",
            "transfer",
            "differences",
            "update",
            "serial",
            "primary",
            "nameserver",
            "notify",
        ];
        assert_eq!(checks, order, "{make}");
        assert!(of(&told, "server").says.contains(&format!("{make}, ")), "{told:#?}");
        assert!(of(&told, "transfer").says.starts_with("4 records in "), "{told:#?}");
        assert!(of(&told, "nameserver").says.starts_with("ns1.example.com 127.0.0.1: in sync"), "{told:#?}");
        if make == Make::Nsd {
            assert!(of(&told, "update").rest.contains("--update-to"), "{told:#?}");
        } else {
            assert_eq!(of(&told, "serial").says, "7, a count; served as it is stored", "{make}");
        }
    }
}

/// Once there was a change, there are differences; and after any number of looks there still was only that one.
#[test]
fn differences_after_a_change() {
    for make in WITH_UPDATES {
        let Some(lab) = start(make) else { continue };
        lab::nsupdate(lab.address, &lab.key, "example.com", "update add new.example.com 60 A 192.0.2.7");
        for _ in 0..3 {
            let told = findings_with(&lab, &lab.key);
            assert_are(&told, "failed", &[]);
            let words = if make == Make::PowerDns { "PowerDNS has none" } else { "only what changes" };
            assert!(of(&told, "differences").says.starts_with(words), "{make}: {told:#?}");
            assert_eq!(of(&told, "zone").says, "serial 8, with authority", "{make}");
        }
    }
}

/// BIND with inline signing and PowerDNS with SOA-EDIT serve another SOA than updates are held against.
#[test]
fn the_served_soa_is_not_the_stored_one() {
    for (make, signing, words) in [
        (Make::Bind, Signing::Inline, "inline-signing"),
        (Make::PowerDns, Signing::Nsec, "SOA-EDIT"),
        (Make::Bind, Signing::Nsec, ""),
        (Make::Knot, Signing::Nsec, ""),
    ] {
        let zones = [Zone::new("example.com", TEXT)];
        let Some(lab) = Lab::start_signed(make, signing, &zones, &Key::default()) else { continue };
        let home = Home::new();
        let file = home.key("key", &lab.key);
        let arguments = ["example.com", "--server", &lab.address.to_string(), "--key", &file];
        // A zone that was just signed may still be at it.
        let end = Instant::now() + Duration::from_secs(20);
        let told = loop {
            let before = dig_axfr(lab.address, &lab.key, "example.com");
            let told = home.findings(&arguments);
            if dig_axfr(lab.address, &lab.key, "example.com") == before {
                break told;
            }
            assert!(Instant::now() < end, "{make}: the zone never stays as it is");
        };
        assert_are(&told, "failed", &[]);
        let serial = of(&told, "serial");
        let says = if words.is_empty() { "served as it is stored" } else { "not the stored one" };
        assert!(serial.says.ends_with(says) && serial.rest.contains(words), "{make}: {told:#?}");
    }
}

#[test]
fn a_key_that_is_not_the_servers() {
    for make in ALL {
        let Some(lab) = start(make) else { continue };
        let right = &lab.key;
        let tool = match make {
            Make::Bind => "$ named-checkconf",
            Make::Knot => "$ knotc conf-read key",
            Make::PowerDns => "$ pdnsutil list-tsig-keys",
            Make::Nsd => "$ grep -A3 key: /etc/nsd/nsd.conf",
        };
        for (what, key, says) in [
            ("name", Key::new("other-key", "hmac-sha256"), "the server does not know the key other-key"),
            ("algorithm", Key::new("lab-key", "hmac-sha512"), "the server does not know the key lab-key"),
            (
                "secret",
                Key { secret: "c2hvcnQgYW5kIHdyb25n".into(), ..right.clone() },
                "the secret of lab-key is not the server's",
            ),
        ] {
            let told = findings_with(&lab, &key);
            // NSD 4.6 looks at the algorithm only for transfers.
            if make == Make::Nsd && what == "algorithm" {
                assert_are(&told, "failed", &["transfer", "update"]);
                assert!(of(&told, "transfer").rest.contains("the same algorithm"), "{told:#?}");
                continue;
            }
            assert_are(
                &told,
                "failed",
                if make == Make::Nsd { &["signature", "update"] } else { &["signature"] },
            );
            let signature = of(&told, "signature");
            let says = if make == Make::PowerDns { "the server does not accept the key" } else { says };
            assert!(
                signature.says.contains(says) && signature.rest.contains(tool),
                "{make} {what}: {told:#?}"
            );
            for check in ["transfer", "differences"] {
                assert_eq!(of(&told, check).state, "unknown", "{make} {what}: {told:#?}");
            }
        }
    }
}

#[test]
fn a_weak_key_is_warned_of() {
    let key = Key::new("old-key", "hmac-md5");
    let Some(lab) = Lab::start(Make::Bind, &[Zone::new("example.com", TEXT)], &key) else { return };
    let told = findings_with(&lab, &key);
    assert_are(&told, "failed", &[]);
    assert_are(&told, "warning", &["key"]);
    assert!(of(&told, "key").rest.contains("$ tsig-keygen -a hmac-sha256 old-key"), "{told:#?}");
}

#[test]
fn a_key_without_rights() {
    for (make, transfers, updates) in [
        (Make::Bind, "allow-transfer { key \"no-rights\"; }", "grant \"no-rights\" zonesub any"),
        (
            Make::PowerDns,
            "$ pdnsutil activate-tsig-key example.com no-rights primary",
            "$ pdnsutil add-meta example.com TSIG-ALLOW-DNSUPDATE no-rights",
        ),
        (Make::Nsd, "provide-xfr: 127.0.0.1 no-rights", "--update-to"),
    ] {
        let Some(lab) = start(make) else { continue };
        let told = findings_with(&lab, &Key::without_rights());
        assert_are(&told, "failed", &["transfer", "update"]);
        assert!(of(&told, "transfer").rest.contains(transfers), "{make}: {told:#?}");
        assert!(of(&told, "update").rest.contains(updates), "{make}: {told:#?}");
    }
    // Knot says of such a key that it does not know it.
    let Some(lab) = start(Make::Knot) else { return };
    let told = findings_with(&lab, &Key::without_rights());
    assert_are(&told, "failed", &["signature"]);
    let rest = &of(&told, "signature").rest;
    assert!(rest.contains("$     key: \"no-rights\"") && rest.contains("acl does not name"), "{told:#?}");
}

/// Each of the two alone.
#[test]
fn transfer_or_update_refused() {
    for make in [Make::Bind, Make::PowerDns] {
        let Some(lab) = start(make) else { continue };
        let home = Home::new();
        let (right, none) = (home.key("right", &lab.key), home.key("none", &Key::without_rights()));
        for (key, transfer_key, failed) in [(&right, &none, "transfer"), (&none, &right, "update")] {
            let config = home.private(
                "config.toml",
                &format!(
                    "[server.ns0]\naddress = \"{}\"\nkey = \"{key}\"\ntransfer-key = \"{transfer_key}\"\n",
                    lab.address
                ),
            );
            let told =
                unchanged(&lab, || home.findings(&["example.com", "--config", config.to_str().unwrap()]));
            assert_are(&told, "failed", &[failed]);
        }
    }
}

#[test]
fn a_frozen_zone() {
    for (make, command) in
        [(Make::Bind, "$ rndc thaw example.com"), (Make::Knot, "$ knotc zone-thaw example.com")]
    {
        let Some(lab) = start(make) else { continue };
        lab.freeze("example.com");
        let told = findings_with(&lab, &lab.key);
        assert_are(&told, "failed", &["update"]);
        assert!(of(&told, "update").rest.contains(command), "{make}: {told:#?}");
    }
}

/// BIND with an update-policy takes an update without records with any key, and over TCP without one: that proves
/// nothing, and is not told as a permission.
#[test]
fn an_update_policy_of_bind() {
    let policy = (Make::Bind, "update-policy { grant lab-key zonesub TXT; };".to_owned());
    let zone = Zone { settings: vec![policy], ..Zone::new("example.com", TEXT) };
    let Some(lab) = Lab::start(Make::Bind, &[zone], &Key::default()) else { return };
    for key in [&lab.key, &Key::without_rights()] {
        let told = findings_with(&lab, key);
        let update = of(&told, "update");
        assert_eq!(
            (update.state.as_str(), update.says.as_str()),
            ("unknown", "decided record by record (update-policy)")
        );
        assert!(update.rest.contains("$ named-checkconf -p"), "{told:#?}");
    }
}

#[test]
fn the_zone_is_not_there() {
    for (make, command) in [
        (Make::Bind, "$ rndc zonestatus example.org"),
        (Make::Knot, "$ knotc zone-status example.org"),
        (Make::PowerDns, "$ pdnsutil show-zone example.org"),
        (Make::Nsd, "$ nsd-control zonestatus example.org"),
    ] {
        let Some(lab) = start(make) else { continue };
        let home = Home::new();
        let file = home.key("key", &lab.key);
        let told = home.findings(&["example.org", "--server", &lab.address.to_string(), "--key", &file]);
        assert_are(&told, "failed", &["zone", "nameserver"]);
        let zone = of(&told, "zone");
        assert_eq!(zone.says, "the server does not serve example.org", "{make}");
        assert!(
            zone.rest.contains(command) && zone.rest.contains("$ dig +short SOA example.org"),
            "{told:#?}"
        );
        // It is asked without the key first, on purpose: there is one all the same.
        let says_no_key = told.iter().any(|told| format!("{told:?}").contains("no key is used"));
        assert!(!says_no_key, "{make}: {told:#?}");
        if [Make::Bind, Make::PowerDns].contains(&make) {
            let why = "The server does not answer this address without a key, or does not have the zone.";
            assert!(zone.rest.contains(why), "{make}: {told:#?}");
        }
    }
}

/// BIND refuses. Knot passes updates on to the primary, so that only the SOA tells.
#[test]
fn a_secondary_given_as_the_server() {
    let text = TEXT.replace("SOA ns1", "SOA ns0") + "ns0 A 127.0.0.9\n";
    for make in [Make::Bind, Make::Knot] {
        let zones = [Zone::new("example.com", text.as_str())];
        let Some(from) = Lab::start(Make::Knot, &zones, &Key::default()) else { return };
        let Some(lab) = Lab::follow(make, "example.com", from.address, &from.key) else { continue };
        let told = unchanged(&from, || findings_with(&lab, &lab.key));
        assert_are(&told, "failed", if make == Make::Bind { &["update"] } else { &[] });
        let check = of(&told, if make == Make::Bind { "update" } else { "primary" });
        assert!(check.rest.contains("secondary"), "{make}: {told:#?}");
        assert!(check.rest.contains("$ zonewright doctor example.com --server ns0.example.com"), "{told:#?}");
    }
}

#[test]
fn a_key_file_that_others_can_read() {
    let Some(lab) = start(Make::Knot) else { return };
    let home = Home::new();
    let file = home.key("my key", &lab.key);
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    let told = home.findings(&["example.com", "--server", &lab.address.to_string(), "--key", &file]);
    assert_are(&told, "failed", &["key"]);
    assert_are(&told, "unknown", &["signature", "transfer", "differences", "update"]);
    assert!(of(&told, "key").rest.contains(&format!("$ chmod 600 '{file}'")), "{told:#?}");
    let absent = home.findings(&["example.com", "--server", &lab.address.to_string(), "--key", "absent"]);
    assert_are(&absent, "failed", &["key"]);
}

/// A server that says nothing costs its time once, whatever is asked of it.
#[test]
fn nobody_answers() {
    let silent = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = silent.local_addr().unwrap().to_string();
    let home = Home::new();
    let started = Instant::now();
    let told = home.findings(&["example.com", "--server", &address, "--timeout", "1"]);
    assert!(started.elapsed() < Duration::from_secs(9), "{:?}", started.elapsed());
    assert_eq!(of(&told, "server").state, "failed", "{told:#?}");
    assert!(of(&told, "server").says.contains("does not answer"), "{told:#?}");
    let told = home.findings(&["example.com", "--server", "no-such-host.invalid"]);
    assert!(of(&told, "server").says.contains("no-such-host.invalid"), "{told:#?}");
}

/// One nameserver of each sort, on servers of our own; told of in the order of the zone.
mod nameservers {
    use super::*;
    use zonewright::server::{Handle, Options};

    fn snapshot(zone: &str, serial: u32) -> Snapshot {
        let text = format!(
            "$ORIGIN {zone}.\n$TTL 300\n@ SOA ns1 mail {serial} 3600 900 604800 300\n@ NS ns1\n@ NS ns2\n@ NS ns3\n\
             ns1 A 192.0.2.1\nns2 A 192.0.2.2\nns3 A 192.0.2.3\n"
        );
        zonefile::read_zone(text.as_bytes(), None).unwrap().0
    }

    fn serve(zone: Snapshot, keys: Vec<zonewright::wire::key::Key>) -> Handle {
        server::Primary::start(vec![zone], keys, Options::default()).unwrap()
    }

    fn network(routes: &[(u8, SocketAddr)]) -> Network {
        let routes = routes.iter().map(|(last, to)| (Ipv4Addr::new(192, 0, 2, *last).into(), *to));
        Network {
            resolvers: vec![],
            routes: routes.collect(),
            enclosed: true,
            patience: Duration::from_secs(1),
        }
    }

    #[test]
    fn behind_ahead_lame_and_dead() {
        let key = key(&Key::default());
        let ours = serve(snapshot("example.com", 7), vec![key.clone()]);
        let closed = std::net::UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let dead = closed.local_addr().unwrap();
        drop(closed);
        for (second, state, says, remedy) in [
            (Some(snapshot("example.com", 7)), "ok", "in sync", ""),
            (
                Some(snapshot("example.com", 4)),
                "warning",
                "3 behind (serial 4)",
                "$ rndc retransfer example.com",
            ),
            (Some(snapshot("example.com", 9)), "failed", "2 ahead (serial 9)", "serial above 9"),
            (
                Some(snapshot("example.org", 7)),
                "failed",
                "lame: refused",
                "$ dig +norec @192.0.2.2 SOA example.com",
            ),
            (None, "failed", "connection refused", "remove its NS record"),
        ] {
            let other = second.map(|zone| serve(zone, vec![]));
            let at = other.as_ref().map_or(dead, |other| other.address);
            let told =
                look(&ours, &key, network(&[(1, ours.address), (2, at), (3, ours.address)]), dns::unix_time);
            let of_second: Vec<&Told> = told.iter().filter(|told| told.says.starts_with("ns2")).collect();
            let [second] = of_second.as_slice() else { panic!("{told:#?}") };
            assert_eq!(second.state, state, "{told:#?}");
            assert!(second.says.contains(says) && second.rest.contains(remedy), "{told:#?}");
            let others =
                told.iter().filter(|told| told.check == "nameserver" && !told.says.starts_with("ns2"));
            assert!(
                others.clone().count() == 2 && others.clone().all(|told| told.state == "ok"),
                "{told:#?}"
            );
            let notify = if state == "warning" { "warning" } else { "ok" };
            assert_eq!(of(&told, "notify").state, notify, "{told:#?}");
        }
    }

    /// The embedded primary is as well as the others, and stays as it is.
    #[test]
    fn the_embedded_primary() {
        let key = key(&Key::default());
        let ours = serve(snapshot("example.com", 7), vec![key.clone()]);
        let all = [(1, ours.address), (2, ours.address), (3, ours.address)];
        let told = look(&ours, &key, network(&all), dns::unix_time);
        assert!(told.iter().all(|told| told.state == "ok"), "{told:#?}");
        let unknown = zonewright::wire::key::Key { name: name("other-key"), ..key.clone() };
        assert_are(&look(&ours, &unknown, network(&all), dns::unix_time), "failed", &["signature"]);
        let told = look(&ours, &key, network(&all), || dns::unix_time() + 7_200);
        assert_are(&told, "failed", &["clock"]);
        assert_eq!(of(&told, "clock").says, "ours is 2 h ahead of the server's");
    }

    fn look(ours: &Handle, key: &zonewright::wire::key::Key, network: Network, clock: Clock) -> Vec<Told> {
        let zone = name("example.com");
        let before = ours.snapshot(&zone).unwrap();
        let primary = Primary { clock, ..primary(ours.address, Some(key.clone())) };
        let told = examined(primary, network);
        let after = ours.snapshot(&zone).unwrap();
        assert!(std::sync::Arc::ptr_eq(&before, &after), "the doctor changed the zone");
        told
    }
}

fn examined(primary: Primary, network: Network) -> Vec<Told> {
    let patient = Patient {
        zone: name("example.com"),
        primary,
        network,
        read_only: false,
        unusable: Unusable::default(),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let mut told = Vec::new();
    runtime.block_on(examine(&patient, &mut |finding: Finding| {
        assert!(
            finding.state == State::Ok || !finding.remedy.is_empty() || finding.state == State::Unknown,
            "{finding:?}"
        );
        told.push(Told::of_finding(&finding));
    }));
    told
}

/// The clock of the one who asks is what is shifted here.
#[test]
fn clocks_that_differ() {
    for make in ALL {
        let Some(lab) = start(make) else { continue };
        let network = Network {
            resolvers: vec![lab.address],
            routes: HashMap::from([(lab.address.ip(), lab.address)]),
            enclosed: true,
            patience: WAIT,
        };
        let clocks: [(Clock, &str, &str); 3] = [
            (|| dns::unix_time() - 3_750, "failed", "ours is 1 h 2 min behind the server's"),
            (|| dns::unix_time() + 400, "failed", "ours is 6 min 40 s ahead of the server's"),
            (|| dns::unix_time() + 120, "warning", "ours is 2 min ahead of the server's"),
        ];
        for (clock, state, says) in clocks {
            let primary = Primary { clock, ..primary(lab.address, Some(key(&lab.key))) };
            let told = unchanged(&lab, || examined(primary, network.clone()));
            // PowerDNS does not say what it has against the signature, and its answers repeat our own time.
            if make == Make::PowerDns && state == "warning" {
                assert_are(&told, "warning", &[]);
                assert_eq!(of(&told, "clock").says, "within 5 minutes of the server's; it does not say more");
                continue;
            }
            if make == Make::PowerDns && state == "failed" {
                assert_are(&told, "failed", &["signature"]);
                assert!(of(&told, "signature").rest.contains("$ date -u"), "{told:#?}");
                continue;
            }
            let clock = of(&told, "clock");
            assert_eq!(clock.state, state, "{make}: {told:#?}");
            assert!(clock.rest.contains("$ timedatectl set-ntp true"), "{make}: {told:#?}");
            // A second may pass in between, on either side.
            let near = [says, &says.replace("40 s", "39 s"), &says.replace("40 s", "41 s")];
            let is_near = near.contains(&clock.says.as_str())
                || ["59 s", "min 1 s"].iter().any(|second| clock.says.contains(second));
            assert!(is_near, "{make}: {told:#?}");
            let failed = told.iter().filter(|told| told.state == "failed" && told.check != "clock");
            assert!(failed.clone().all(|told| make == Make::Nsd && told.check == "update"), "{told:#?}");
        }
    }
}

/// Without a zone: the configuration, every key, every server, every zone in short.
#[test]
fn everything_that_is_configured() {
    let Some(lab) = start(Make::Knot) else { return };
    let home = Home::new();
    let key = home.key("right", &lab.key);
    let none = home.key("none", &Key::without_rights());
    let config = home.private(
        "config.toml",
        &format!(
            "[server.ns0]\naddress = \"{}\"\nkey = \"{key}\"\n[server.dead]\naddress = \"127.0.0.1:1\"\nkey = \"{key}\"\n\
             [zone.\"example.com\"]\nserver = \"ns0\"\n[zone.\"example.org\"]\nserver = \"ns0\"\n\
             [zone.\"example.net\"]\nserver = \"dead\"\n[zone.\"a.example\"]\nserver = \"ns0\"\nkey = \"{none}\"\n",
            lab.address
        ),
    );
    let config = config.to_str().unwrap();
    let told = unchanged(&lab, || home.findings(&["--config", config]));
    let lines: Vec<String> = told
        .iter()
        .filter(|told| !["drafts", "terminal"].contains(&told.check.as_str()))
        .map(|told| format!("{} {}: {}", told.state, told.check, told.says))
        .map(|line| {
            line.replace(home.path().to_str().unwrap(), "HOME").replace(&lab.address.to_string(), "ADDRESS")
        })
        .map(|line| line.replace("under 1 ms", "1 ms"))
        .map(|line| line.split(" ms").next().unwrap().trim_end_matches(|c: char| c.is_ascii_digit()).into())
        .collect();
    insta::assert_snapshot!(lines.join("\n"), @r"
    ok config: HOME/config.toml: 2 servers, 4 zones
    ok key: HOME/right: lab-key (hmac-sha256)
    ok key: HOME/none: no-rights (hmac-sha256)
    failed server: dead (127.0.0.1:1) does not answer
    ok server: ns0 (ADDRESS) answers over TCP: Knot, 
    ok zone: example.com at ns0: transfers and updates are allowed
    failed zone: a.example: the server does not serve a.example
    failed zone: example.net: 127.0.0.1:1 does not answer
    failed zone: example.org: the server does not serve example.org
    ");
    assert!(of(&told, "zone").rest.contains("$ zonewright doctor"), "{told:#?}");
    let (status, said) = home.run(&["--config", config, "--server", "ns0"]);
    assert_eq!(status, 2);
    assert!(said.contains("--server goes with a zone"), "{said}");
    home.private("broken.toml", "[server.ns0]\n");
    let broken = home.findings(&["--config", home.path().join("broken.toml").to_str().unwrap()]);
    assert_are(&broken, "failed", &["config"]);
}

/// As it stands in a terminal of 80 columns.
#[test]
fn what_an_administrator_sees() {
    let Some(lab) = start(Make::Bind) else { return };
    let home = Home::new();
    let file = home.key("key", &Key::without_rights());
    let (status, said) = home.run(&["example.com", "--server", &lab.address.to_string(), "--key", &file]);
    assert_eq!(status, 1);
    let said =
        said.replace(home.path().to_str().unwrap(), "HOME").replace(&lab.address.to_string(), "ADDRESS:PORT");
    let times = |line: &str| -> String {
        let words: Vec<&str> = line.split(' ').collect();
        let is_time = |at: usize| words.get(at + 1).is_some_and(|next| next.starts_with("ms"));
        words
            .iter()
            .enumerate()
            .map(|(at, word)| if is_time(at) { "N" } else { word })
            .collect::<Vec<_>>()
            .join(" ")
            .replace("under N ms", "N ms")
    };
    let about_this_machine = |line: &&str| {
        !["drafts  ", "config  ", "only the", "terminal  "].iter().any(|word| line.contains(word))
    };
    let lines: Vec<String> = said.lines().filter(about_this_machine).map(times).collect();
    insta::assert_snapshot!(lines.join("\n"), @r#"
    This machine
    ok       key          HOME/key: no-rights (hmac-sha256)

    example.com at ADDRESS:PORT
    ok       server       ADDRESS:PORT answers over TCP: BIND, N ms
    ok       zone         serial 7, with authority
    ok       signature    the key no-rights (hmac-sha256) is accepted
    ok       clock        as the server's
    FAILED   transfer     refused for the key no-rights
             The zone cannot be opened without: it is read by transfer.
             Allow it in named.conf, beside those who may already:
                 zone "example.com" { allow-transfer { key "no-rights"; }; };
                 rndc reconfig
    unknown  differences  not known while transfers are refused (see transfer)
    FAILED   update       refused for the key no-rights (REFUSED)
             The key is right, but may not change the zone, or nobody may at
             present.
             See what the zone is there:
                 rndc zonestatus example.com
             If it is a secondary, name its primary with --update-to.
             If it is frozen, thaw it:
                 rndc thaw example.com
             Else allow the key in named.conf; where the zone has allow-update, add
             the key there:
                 zone "example.com" { update-policy { grant "no-rights" zonesub any; }; };
                 rndc reconfig
    ok       serial       7, a count
    ok       primary      ns1.example.com by the SOA: this server
    ok       nameserver   ns1.example.com 127.0.0.1: in sync, N ms
    ok       notify       no other nameserver is to be told of changes

    2 failed, 1 unknown, 12 ok
    "#);
}
