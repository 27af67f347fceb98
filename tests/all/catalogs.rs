//! Catalog zones at real servers: members registered through the command line and through the backend itself, taken up and
//! dropped by BIND, Knot and PowerDNS as consumers; other programs that change the catalog in the wrong moment.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::thread;

use zonewright::config;
use zonewright::facts::registration::{Place, ProblemKind, Registration, Wanted};
use zonewright::secondary::{self, Around, Service};
use zonewright::zone::Name;

use super::lab::{Key, Lab, Make, Signing, Zone, is_available, nsupdate};

pub const CATALOG: &str = "cat.example";
pub const TEXT: &str = "$TTL 0
@ SOA invalid. invalid. 1 1 1 3600 1
@ NS invalid.
version TXT \"2\"
";
const MEMBER: &str = "$TTL 3600
@ SOA ns1 hostmaster 1 7200 900 1209600 300
@ NS ns1
ns1 A 127.0.0.1
";

/// A primary with the catalog zone and some zones to register. PowerDNS as a consumer does not sign its transfers of
/// members, so anybody on this machine may have those.
pub fn primary(make: Make, catalog: &str, members: &[&str]) -> Option<Lab> {
    primary_with(make, catalog, members, None, Vec::new())
}

fn primary_with(
    make: Make,
    catalog: &str,
    members: &[&str],
    signing: Option<Signing>,
    settings: Vec<(Make, String)>,
) -> Option<Lab> {
    let mut zones = vec![Zone { settings, ..Zone::new(CATALOG, catalog) }];
    for member in members {
        let open = vec![
            (Make::Bind, "allow-transfer { 127.0.0.1; };".to_owned()),
            (Make::Knot, "    acl: [lab, anybody]\n".to_owned()),
        ];
        zones.push(Zone { settings: open, ..Zone::new(*member, MEMBER) });
    }
    match signing {
        None => Lab::start(make, &zones, &Key::default()),
        Some(signing) => Lab::start_signed(make, signing, &zones, &Key::default()),
    }
}

/// A configuration with the primary as `[server.ns0]`, its key in a file, and the catalog as `[secondary.own]`.
pub fn configuration(folder: &Path, primary: &Lab, update_to: SocketAddr, more: &str) -> String {
    let key = folder.join("lab.key");
    std::fs::write(&key, primary.key.bind_text()).unwrap();
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).unwrap();
    let text = format!(
        "[server.ns0]\naddress = \"{}\"\nupdate-to = \"{update_to}\"\nkey = {key:?}\n\
         [secondary.own]\nbackend = \"catalog\"\nserver = \"ns0\"\nzone = \"{CATALOG}\"\n{more}",
        primary.address
    );
    std::fs::write(folder.join("config.toml"), &text).unwrap();
    text
}

/// The catalog as a service.
fn service(folder: &Path, primary: &Lab, update_to: SocketAddr, more: &str) -> Box<dyn Service> {
    let config = Arc::new(config::parse(&configuration(folder, primary, update_to, more)).unwrap());
    let around = Around { config: Arc::clone(&config), ..Around::default() };
    secondary::open("own", &config.secondary["own"], &around).unwrap()
}

fn wanted(domain: &str) -> Wanted {
    Wanted { place: place(domain), primary: None }
}

fn place(domain: &str) -> Place {
    Place { domain: Name::parse(domain.as_bytes(), Some(Name::root().as_ref())).unwrap(), service: None }
}

fn listed(service: &dyn Service) -> Vec<Registration> {
    let mut all = Vec::new();
    service
        .list(&mut |registration| {
            all.push(registration);
            true
        })
        .unwrap();
    all
}

fn names(service: &dyn Service) -> Vec<String> {
    listed(service).iter().map(|one| one.place.domain.to_string()).collect()
}

/// The program's standard output, with its exit status.
fn zonewright(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_zonewright"))
        .args(arguments)
        .args(["--config", "config.toml"])
        .current_dir(folder)
        .env("HOME", folder)
        .env_remove("XDG_CONFIG_HOME")
        .env_remove("XDG_STATE_HOME")
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(text).unwrap())
}

#[test]
fn bind_as_primary_with_three_consumers_through_the_command_line() {
    if !is_available("dig") {
        return;
    }
    let members = ["one.example", "two.example"];
    let Some(primary) = primary(Make::Bind, TEXT, &members) else { return };
    let consumers: Vec<Lab> = [Make::Bind, Make::Knot, Make::PowerDns]
        .into_iter()
        .filter_map(|make| Lab::consume(make, CATALOG, primary.address, &primary.key))
        .collect();
    let folder = tempfile::tempdir().unwrap();
    configuration(folder.path(), &primary, primary.address, "group = \"gold\"\n");
    let run = |arguments: &[&str]| zonewright(folder.path(), arguments);
    for member in members {
        let (status, said) = run(&["secondary", "add", member, "--yes", "--wait", "0"]);
        assert_eq!(status, Some(0), "{said}");
    }
    for (consumer, member) in consumers.iter().flat_map(|consumer| members.map(|member| (consumer, member))) {
        consumer.wait_until(member, true);
    }
    let (status, said) = run(&["secondary", "list"]);
    assert_eq!(status, Some(0), "{said}");
    assert!(said.contains("one.example") && said.contains("two.example"), "{said}");
    let (status, said) = run(&["secondary", "add", "one.example", "--yes", "--wait", "0"]);
    assert_eq!(status, Some(0), "registered already: {said}");
    let (status, said) = run(&["secondary", "add", "nobody.example", "--yes", "--wait", "0"]);
    assert!(status != Some(0) && said.contains("Create the zone on the primary"), "{said}");

    let (status, said) = run(&["secondary", "hand-over", "two.example", "--to", "other.example", "--yes"]);
    assert!(status == Some(0) && said == "Done.\n", "{said}");
    assert!(run(&["secondary", "list"]).1.contains("may be taken over by other.example"));

    let (status, said) = run(&["secondary", "remove", "one.example", "--yes", "--wait", "0"]);
    assert_eq!(status, Some(0), "{said}");
    for consumer in &consumers {
        consumer.wait_until("one.example", false);
        assert!(consumer.serves("two.example"));
    }
    let (_, said) = run(&["secondary", "list"]);
    assert!(!said.contains("one.example") && said.contains("two.example"), "{said}");
}

#[test]
fn knot_as_primary() {
    let Some(primary) = primary(Make::Knot, TEXT, &["one.example", "two.example"]) else { return };
    let Some(consumer) = Lab::consume(Make::Bind, CATALOG, primary.address, &primary.key) else { return };
    let folder = tempfile::tempdir().unwrap();
    let service = service(folder.path(), &primary, primary.address, "");
    service.add(&wanted("one.example")).unwrap();
    service.add(&wanted("two.example")).unwrap();
    assert_eq!(names(&*service), ["one.example.", "two.example."]);
    consumer.wait_until("one.example", true);
    consumer.wait_until("two.example", true);
    let other = Name::parse(b"other.example.", None).unwrap();
    service.hand_over(&place("two.example"), &other).unwrap();
    let note = service.get(&place("two.example")).unwrap().note.unwrap();
    assert_eq!(note, "may be taken over by other.example");
    service.remove(&place("one.example")).unwrap();
    consumer.wait_until("one.example", false);
    service.remove(&place("two.example")).unwrap();
    assert_eq!(service.remove(&place("two.example")).unwrap_err().kind, ProblemKind::NotRegistered);
    assert!(names(&*service).is_empty() && service.warnings().is_empty());
}

#[test]
fn powerdns_as_primary_with_a_serial_that_it_does_not_store() {
    let metadata =
        "INSERT INTO domainmetadata (domain_id, kind, content) VALUES ({id}, 'SOA-EDIT', 'EPOCH');\n";
    for settings in [vec![], vec![(Make::PowerDns, metadata.to_owned())]] {
        let edited = !settings.is_empty();
        let Some(primary) = primary_with(Make::PowerDns, TEXT, &["one.example"], None, settings) else {
            return;
        };
        let folder = tempfile::tempdir().unwrap();
        let service = service(folder.path(), &primary, primary.address, "group = \"gold\"\n");
        service.add(&wanted("one.example")).unwrap();
        let warnings = service.warnings();
        assert_eq!(warnings.iter().any(|warning| warning.contains("SOA")), edited, "{warnings:?}");
        assert_eq!(service.get(&place("one.example")).unwrap().note.as_deref(), Some("group gold"));
        let again = service.add(&wanted("ONE.example")).unwrap_err();
        assert!(matches!(again.kind, ProblemKind::AlreadyRegistered { .. }), "{again}");
        service.remove(&place("one.example")).unwrap();
        assert_eq!(names(&*service), Vec::<String>::new());
    }
}

#[test]
fn what_is_no_catalog_or_may_not_be_changed_is_told() {
    let settings = vec![(Make::Bind, "update-policy { grant \"no-rights\" zonesub ANY; };".to_owned())];
    let Some(closed) = primary_with(Make::Bind, TEXT, &["one.example"], None, settings) else { return };
    let folder = tempfile::tempdir().unwrap();
    let refused =
        service(folder.path(), &closed, closed.address, "").add(&wanted("one.example")).unwrap_err();
    assert!(refused.kind == ProblemKind::Forbidden && refused.next.contains("update-policy"), "{refused}");
    let itself = service(folder.path(), &closed, closed.address, "").add(&wanted(CATALOG)).unwrap_err();
    assert_eq!(itself.kind, ProblemKind::Invalid);
    let none = primary(Make::Bind, &TEXT.replace("version TXT \"2\"", ""), &[]).unwrap();
    let mut told = 0;
    let no_catalog = service(folder.path(), &none, none.address, "")
        .list(&mut |_| {
            told += 1;
            true
        })
        .unwrap_err();
    assert!(no_catalog.next.contains("version.cat.example. 0 IN TXT \"2\"") && told == 0, "{no_catalog}");
    let gone = none.address;
    drop(none);
    let lost = service(folder.path(), &closed, gone, "").add(&wanted("one.example")).unwrap_err();
    assert_eq!(lost.kind, ProblemKind::NotSent, "{lost}");
}

/// Stands between us and the server that is updated. Before each message, `before` is given it.
fn relay(to: SocketAddr, mut before: impl FnMut(&[u8]) + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for mut from in listener.incoming().flatten() {
            let mut length = [0; 2];
            if from.read_exact(&mut length).is_err() {
                continue;
            }
            let mut message = vec![0; usize::from(u16::from_be_bytes(length))];
            from.read_exact(&mut message).unwrap();
            before(&message);
            let mut server = TcpStream::connect(to).unwrap();
            server.write_all(&[&length[..], &message].concat()).unwrap();
            server.shutdown(std::net::Shutdown::Write).unwrap();
            let _ = std::io::copy(&mut server, &mut from);
        }
    });
    address
}

/// An update that changes something, with so many prerequisites.
fn is_change(message: &[u8], prerequisites: u16) -> bool {
    let count = |at: usize| u16::from_be_bytes([message[at], message[at + 1]]);
    (message[2] >> 3) & 15 == 5 && count(6) == prerequisites && count(8) > 0
}

/// Has nsupdate change the catalog right before the first update that is such a one.
fn interrupted(primary: &Lab, prerequisites: u16, commands: String) -> SocketAddr {
    let (address, key) = (primary.address, primary.key.clone());
    let mut commands = Some(commands);
    relay(address, move |message| {
        if is_change(message, prerequisites)
            && let Some(commands) = commands.take()
        {
            nsupdate(address, &key, CATALOG, &commands);
        }
    })
}

#[test]
fn a_change_by_somebody_else_in_the_same_moment_loses_nothing() {
    if !is_available("nsupdate") {
        return;
    }
    for make in [Make::Bind, Make::Knot] {
        let Some(primary) = primary(make, TEXT, &["one.example"]) else { return };
        let folder = tempfile::tempdir().unwrap();
        let add = |label: &str, member: &str| format!("update add {label}.zones.{CATALOG}. 0 PTR {member}.");
        // Another member: ours is added as well.
        let between = interrupted(&primary, 2, add("x", "other.example"));
        let service = self::service(folder.path(), &primary, between, "");
        service.add(&wanted("one.example")).unwrap();
        assert_eq!(names(&*service), ["one.example.", "other.example."], "{make}");
        // The label that is removed is another member's meanwhile: it stays.
        let between = interrupted(
            &primary,
            2,
            format!("update delete x.zones.{CATALOG}. PTR\n{}", add("x", "third.example")),
        );
        let service = self::service(folder.path(), &primary, between, "");
        let conflict = service.remove(&place("other.example")).unwrap_err();
        assert_eq!(conflict.kind, ProblemKind::NotRegistered, "{make}: {conflict}");
        assert_eq!(names(&*service), ["one.example.", "third.example."], "{make}");
        // The same member by another program, at a label of its own: there is one in the end.
        service.remove(&place("one.example")).unwrap();
        let between = interrupted(&primary, 2, add("y", "one.example"));
        let service = self::service(folder.path(), &primary, between, "");
        let there = service.add(&wanted("one.example")).unwrap_err();
        assert!(matches!(there.kind, ProblemKind::AlreadyRegistered { .. }), "{make}: {there}");
        assert_eq!(names(&*service), ["one.example.", "third.example."], "{make}");
        assert_eq!(service.get(&place("one.example")).unwrap().note, None, "{make}");
    }
}

#[test]
fn where_nothing_guards_a_second_label_is_seen_afterwards() {
    if !is_available("nsupdate") {
        return;
    }
    let signing = Some(Signing::Inline);
    let Some(primary) = primary_with(Make::Bind, TEXT, &["one.example"], signing, Vec::new()) else { return };
    let folder = tempfile::tempdir().unwrap();
    let service = self::service(folder.path(), &primary, primary.address, "");
    service.add(&wanted("one.example")).unwrap();
    assert!(service.warnings()[0].contains("without the catalog zone's SOA"));
    service.remove(&place("one.example")).unwrap();
    assert_eq!(names(&*service), Vec::<String>::new());
    let second = format!("update add y.zones.{CATALOG}. 0 PTR one.example.");
    let between = interrupted(&primary, 1, second);
    let service = self::service(folder.path(), &primary, between, "");
    let conflict = service.add(&wanted("one.example")).unwrap_err();
    assert!(conflict.kind == ProblemKind::Conflict && conflict.why.contains("taken out again"), "{conflict}");
    let start = std::time::Instant::now();
    while service.get(&place("one.example")).unwrap().note.is_some() {
        assert!(start.elapsed().as_secs() < 20, "{:?}", listed(&*service));
        thread::sleep(std::time::Duration::from_millis(200));
    }
    assert_eq!(names(&*service), ["one.example."]);
}

#[test]
fn a_duplicate_label_is_reported_and_mended() {
    let twice =
        format!("{TEXT}a.zones PTR one.example.\nb.zones PTR one.example.\nc.zones PTR two.example.\n");
    let Some(primary) = primary(Make::Bind, &twice, &["one.example", "two.example", "three.example"]) else {
        return;
    };
    let consumers: Vec<Lab> = [Make::Bind, Make::Knot, Make::PowerDns]
        .into_iter()
        .filter_map(|make| Lab::consume(make, CATALOG, primary.address, &primary.key))
        .collect();
    let folder = tempfile::tempdir().unwrap();
    let service = service(folder.path(), &primary, primary.address, "");
    let all = listed(&*service);
    assert_eq!(all.len(), 2, "{all:?}");
    assert!(all[0].note.as_ref().unwrap().starts_with("stands 2 times in the catalog (a, b)"), "{all:?}");
    let run = |arguments: &[&str]| zonewright(folder.path(), arguments);
    let (_, said) = run(&["secondary", "list"]);
    assert!(said.contains("to be mended"), "{said}");
    let (status, said) = run(&["secondary", "mend", "one.example"]);
    assert!(status == Some(2) && said.contains("say --yes"), "{said}");
    let (status, said) = run(&["secondary", "mend", "one.example", "--yes"]);
    assert!(status == Some(0) && said == "Done.\n", "{said}");
    assert_eq!(service.get(&place("one.example")).unwrap().note, None);
    assert_eq!(service.mend(&place("one.example")).unwrap_err().kind, ProblemKind::Invalid);
    // A consumer that drops the zone with one of its labels has done so by now, and has it again: nothing else has changed.
    for consumer in &consumers {
        consumer.wait_until("one.example", true);
        consumer.wait_until("two.example", true);
    }
    // Nor is the catalog refused any more.
    service.add(&wanted("three.example")).unwrap();
    for consumer in &consumers {
        consumer.wait_until("three.example", true);
        assert!(consumer.serves("one.example"));
    }
}
