//! Secondary services that are one's own servers: PowerDNS through its API, and BIND, Knot and NSD through programs that
//! give them orders.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;

use zonewright::config;
use zonewright::facts::registration::{Place, ProblemKind, Registration, Wanted};
use zonewright::secondary::{self, Around, Service};
use zonewright::zone::Name;

use super::lab::{API_KEY, Key, Lab, Make, Zone, is_available};

const MEMBER: &str = "$TTL 3600
@ SOA ns1 hostmaster 7 7200 900 1209600 300
@ NS ns1
ns1 A 127.0.0.1
";

/// A primary with two zones that anybody on this machine may transfer.
fn primary() -> Option<Lab> {
    let open = vec![(Make::Bind, "allow-transfer { 127.0.0.1; };".to_owned())];
    let zones =
        ["one.example", "two.example"].map(|name| Zone { settings: open.clone(), ..Zone::new(name, MEMBER) });
    Lab::start(Make::Bind, &zones, &Key::default())
}

/// The service of a table without its header.
fn service(folder: &Path, table: &str) -> Box<dyn Service> {
    let config = Arc::new(config::parse(&format!("[secondary.it]\n{table}")).unwrap());
    let around = Around { config: Arc::clone(&config), state: Some(folder.to_owned()), ..Around::default() };
    secondary::open("it", &config.secondary["it"], &around).unwrap()
}

fn wanted(domain: &str, primary: &str) -> Wanted {
    let domain = Name::parse(domain.as_bytes(), Some(Name::root().as_ref())).unwrap();
    Wanted { place: Place { domain, service: None }, primary: Some(primary.parse().unwrap()) }
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

/// The API of a PowerDNS as a service, with the key in a private file.
fn powerdns(folder: &Path, lab: &Lab, key: &str, more: &str) -> Box<dyn Service> {
    let path = folder.join("api-key");
    std::fs::write(&path, key).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    service(
        folder,
        &format!("backend = \"powerdns\"\nurl = \"{}\"\napi-key-file = {path:?}\n{more}", lab.api()),
    )
}

#[test]
fn powerdns_api_full_cycle() {
    let Some(primary) = primary() else { return };
    let own = Zone::new("own.example", MEMBER);
    let Some(server) = Lab::start(Make::PowerDns, &[own], &Key::default()) else { return };
    let folder = tempfile::tempdir().unwrap();
    let port = format!("primary-port = {}\ntsig-key = \"Lab-Key\"", primary.address.port());
    let service = powerdns(folder.path(), &server, API_KEY, &port);
    // A zone of its own is not a registration.
    assert_eq!(listed(&*service), []);
    let one = wanted("One.Example", "127.0.0.1");
    assert_eq!(service.get(&one.place).unwrap_err().kind, ProblemKind::NotRegistered);
    service.add(&one).unwrap();
    assert_eq!(service.warnings(), Vec::<String>::new());
    server.wait_until("one.example", true);
    let start = std::time::Instant::now();
    while !service.get(&one.place).unwrap().note.unwrap().starts_with("serial 7, checked 20") {
        assert!(start.elapsed().as_secs() < 20, "{:?}", service.get(&one.place));
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    let all = listed(&*service);
    assert_eq!(all.len(), 1, "{all:?}");
    assert_eq!(all[0].primaries, ["127.0.0.1".parse::<std::net::IpAddr>().unwrap()]);
    let primaries = vec!["127.0.0.1".parse().unwrap()];
    assert_eq!(service.add(&one).unwrap_err().kind, ProblemKind::AlreadyRegistered { primaries });
    service.change_primary(&wanted("one.example", "::1")).unwrap();
    assert_eq!(service.get(&one.place).unwrap().primaries, ["::1".parse::<std::net::IpAddr>().unwrap()]);
    service.remove(&one.place).unwrap();
    assert_eq!(service.remove(&one.place).unwrap_err().kind, ProblemKind::NotRegistered);
    server.wait_until("one.example", false);

    // Its own zone is left alone, whatever is asked.
    let own = wanted("own.example", "127.0.0.1");
    assert_eq!(service.get(&own.place).unwrap_err().kind, ProblemKind::NotRegistered);
    for problem in [service.add(&own), service.remove(&own.place), service.change_primary(&own)] {
        let problem = problem.unwrap_err();
        assert!(
            problem.kind == ProblemKind::Conflict && problem.why.contains("of the kind Native"),
            "{problem}"
        );
    }
    assert!(server.serves("own.example"));
}

#[test]
fn powerdns_api_every_error() {
    let Some(server) = Lab::start(Make::PowerDns, &[Zone::new("own.example", MEMBER)], &Key::default())
    else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let one = wanted("one.example", "127.0.0.1");
    let wrong = powerdns(folder.path(), &server, "another-s3cr3t", "").get(&one.place).unwrap_err();
    assert_eq!(wrong.kind, ProblemKind::Unauthorized, "{wrong}");
    assert!(!format!("{wrong:?}").contains("s3cr3t"));
    let path = folder.path().join("api-key");
    std::fs::write(&path, API_KEY).unwrap();
    let elsewhere = service(
        folder.path(),
        &format!("backend = \"powerdns\"\nurl = \"{}/nothing\"\napi-key-file = {path:?}", server.api()),
    );
    assert_eq!(elsewhere.get(&one.place).unwrap_err().kind, ProblemKind::UnknownService);
    // 422: a TSIG key that it does not have.
    let no_key = powerdns(folder.path(), &server, API_KEY, "tsig-key = \"nobody\"");
    let refused = no_key.add(&one).unwrap_err();
    assert!(refused.kind == ProblemKind::Invalid && refused.why.contains("nobody"), "{refused}");
    let right = powerdns(folder.path(), &server, API_KEY, "");
    assert_eq!(right.get(&one.place).unwrap_err().kind, ProblemKind::NotRegistered, "nothing was made");
    let nowhere = Wanted { primary: None, ..one.clone() };
    assert_eq!(right.add(&nowhere).unwrap_err().kind, ProblemKind::Invalid);
    // A label with a blank in it is no name that it takes.
    let odd = right.add(&wanted("a\\032b.example", "127.0.0.1")).unwrap_err();
    assert_eq!(odd.kind, ProblemKind::Invalid, "{odd}");
    let gone = server.api();
    drop(server);
    let lost =
        service(folder.path(), &format!("backend = \"powerdns\"\nurl = \"{gone}\"\napi-key-file = {path:?}"));
    assert_eq!(lost.add(&one).unwrap_err().kind, ProblemKind::NotSent);
    let clear = config::parse(&format!(
        "[secondary.it]\nbackend = \"powerdns\"\nurl = \"http://192.0.2.1:8081\"\napi-key-file = {path:?}"
    ))
    .unwrap();
    let refused = secondary::open("it", &clear.secondary["it"], &Around::default()).err().unwrap();
    assert!(refused.kind == ProblemKind::Local && refused.why.contains("not encrypted"), "{refused}");
}

/// A program and its arguments as TOML.
fn command(control: &[String], more: &[&str]) -> String {
    format!("{:?}", control.iter().map(String::as_str).chain(more.iter().copied()).collect::<Vec<_>>())
}

/// Adds a zone, sees it served, and removes it again.
fn cycle(server: &Lab, service: &dyn Service) {
    let one = wanted("one.example", "127.0.0.1");
    assert_eq!(service.get(&one.place).unwrap_err().kind, ProblemKind::NotRegistered);
    service.add(&one).unwrap();
    server.wait_until("one.example", true);
    service.get(&one.place).unwrap();
    assert!(matches!(service.add(&one).unwrap_err().kind, ProblemKind::AlreadyRegistered { .. }));
    service.remove(&one.place).unwrap();
    server.wait_until("one.example", false);
    assert_eq!(service.remove(&one.place).unwrap_err().kind, ProblemKind::NotRegistered);
}

#[test]
fn bind_through_rndc() {
    if !is_available("rndc") {
        return;
    }
    let (Some(primary), Some(server)) = (primary(), Lab::start(Make::Bind, &[], &Key::default())) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let control = server.control();
    let zone = "{ type secondary; file \"{zone}.db\"; primaries { {primary} port {port}; }; };";
    let table = format!(
        "backend = \"command\"\nprimary-port = {}\nadd = {}\nremove = {}",
        primary.address.port(),
        command(&control, &["addzone", "{zone}", zone]),
        command(&control, &["delzone", "-clean", "{zone}"]),
    );
    let service = service(folder.path(), &table);
    cycle(&server, &*service);
    // Somebody else has added it: rndc says so, and what it says is told.
    server.order(&[
        "addzone",
        "two.example",
        &zone.replace("{zone}", "two.example").replace("{primary}", "127.0.0.1").replace("{port}", "1"),
    ]);
    let refused = service.add(&wanted("two.example", "127.0.0.1")).unwrap_err();
    assert!(
        refused.kind == ProblemKind::Remote { status: 1 } && refused.why.contains("already exists"),
        "{refused}"
    );
}

#[test]
fn knot_through_knotc() {
    if !is_available("knotc") {
        return;
    }
    let Some(primary) = primary() else { return };
    let Some(server) = Lab::follow(Make::Knot, "two.example", primary.address, &primary.key) else { return };
    let folder = tempfile::tempdir().unwrap();
    let knotc = server.control().join(" ");
    let steps = |steps: [&str; 2]| {
        let steps: Vec<String> =
            steps.iter().filter(|step| !step.is_empty()).map(|step| format!("{knotc} {step}")).collect();
        format!(
            "{knotc} conf-begin && {} && {knotc} conf-commit || {{ {knotc} conf-abort; exit 1; }}",
            steps.join(" && ")
        )
    };
    let sh = |script: &str| command(&["sh".into(), "-c".into()], &[script, "sh", "{zone}"]);
    let table = format!(
        "backend = \"command\"\nadd = {}\nremove = {}\nlist = {}",
        sh(&steps(["conf-set \"zone[$1]\"", "conf-set \"zone[$1].master\" primary"])),
        sh(&steps(["conf-unset \"zone[$1]\"", ""])),
        command(&server.control(), &["zone-status"]),
    );
    let service = service(folder.path(), &table);
    assert_eq!(listed(&*service).len(), 1);
    cycle(&server, &*service);
}

#[test]
fn nsd_through_nsd_control() {
    if !is_available("nsd-control") {
        return;
    }
    let Some(primary) = primary() else { return };
    let pattern = format!(
        "pattern:\n    name: \"secondary\"\n    zonefile: \"%s.zone\"\n    request-xfr: AXFR 127.0.0.1@{} NOKEY\n    \
         allow-notify: 127.0.0.1 NOKEY\n",
        primary.address.port()
    );
    let own = Zone { settings: vec![(Make::Nsd, pattern)], ..Zone::new("own.example", MEMBER) };
    let Some(server) = Lab::start(Make::Nsd, &[own], &Key::default()) else { return };
    let folder = tempfile::tempdir().unwrap();
    let control = server.control();
    let table = format!(
        "backend = \"command\"\nadd = {}\nremove = {}\nlist = {}",
        command(&control, &["addzone", "{zone}", "secondary"]),
        command(&control, &["delzone", "{zone}"]),
        command(&control, &["zonestatus"]),
    );
    let service = service(folder.path(), &table);
    let names: Vec<String> = listed(&*service).iter().map(|one| one.place.domain.to_string()).collect();
    assert_eq!(names, ["own.example."]);
    cycle(&server, &*service);
}
