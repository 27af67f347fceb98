//! Tests against a strict fake of the API, which says what `docs.hetzner.cloud` says that it says.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use super::*;

const TOKEN: &str = "s3cr3tT0kenOf64Characters";
/// The secret of the key of transfers, in base64.
const SECRET: &str = "YSBzZWNyZXQgZm9yIHRoZSB0ZXN0cw==";

/// What the fake has, and how it behaves.
#[derive(Default)]
struct State {
    zones: BTreeMap<u64, Value>,
    /// Answers that are given before anything else is looked at: status and body.
    next: Vec<(u16, String)>,
    /// Carries out a change, and hangs up instead of answering.
    drops: bool,
    /// Method and path of each request.
    asked: Vec<String>,
}

struct Fake {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    stop: Arc<AtomicBool>,
}

impl Drop for Fake {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
    }
}

impl Fake {
    fn start() -> Fake {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (state, stop) = (Arc::new(Mutex::new(State::default())), Arc::new(AtomicBool::new(false)));
        let (own, stopped) = (Arc::clone(&state), Arc::clone(&stop));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if stopped.load(Ordering::SeqCst) {
                    break;
                }
                let _ = serve(stream, &own);
            }
        });
        Fake { address, state, stop }
    }

    fn with(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state.lock().unwrap());
    }

    fn put(&self, id: u64, name: &str, mode: &str) {
        self.with(|state| drop(state.zones.insert(id, zone(id, name, mode, json!([])))));
    }

    fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.state.lock().unwrap().asked)
    }
}

fn zone(id: u64, name: &str, mode: &str, primaries: Value) -> Value {
    json!({
        "id": id, "name": name, "created": "2016-01-30T23:55:00+00:00", "mode": mode, "ttl": 3600,
        "primary_nameservers": primaries, "labels": {}, "protection": {"delete": false}, "status": "ok",
        "record_count": 0, "registrar": "other",
        "authoritative_nameservers": {
            "assigned": ["hydrogen.ns.hetzner.com.", "oxygen.ns.hetzner.com."], "delegated": [],
            "delegation_last_check": null, "delegation_status": "unknown",
        },
    })
}

fn serve(stream: TcpStream, state: &Mutex<State>) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let mut words = line.split(' ');
    let (method, path) = (words.next().unwrap_or("").to_owned(), words.next().unwrap_or("").to_owned());
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 || line == "\r\n" {
            break;
        }
        let (name, value) = line.split_once(':').unwrap();
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let length = headers.get("content-length").map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let mut state = state.lock().unwrap();
    state.asked.push(format!("{method} {path}"));
    let (status, answer) = match state.next.pop() {
        Some(said) => said,
        None => {
            let (status, answer) = answer(&mut state, &method, &path, &headers, &body);
            (status, answer.to_string())
        }
    };
    if state.drops && method != "GET" {
        return Ok(());
    }
    write!(
        reader.get_mut(),
        "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{answer}",
        answer.len()
    )
}

fn error(status: u16, code: &str, message: &str) -> (u16, Value) {
    (status, json!({"error": {"code": code, "message": message, "details": {}}}))
}

fn answer(
    state: &mut State,
    method: &str,
    path: &str,
    headers: &BTreeMap<String, String>,
    body: &[u8],
) -> (u16, Value) {
    if headers.get("authorization").map(String::as_str) != Some(&format!("Bearer {TOKEN}")) {
        return error(401, "unauthorized", "unable to authenticate");
    }
    let Some(path) = path.strip_prefix("/v1") else { return error(404, "not_found", "no such path") };
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    if method == "POST" && headers.get("content-type").map(String::as_str) != Some("application/json") {
        return error(400, "json_error", "not JSON");
    }
    let action = |command: &str| json!({"id": 1, "command": command, "status": "running", "progress": 0, "error": null});
    let parts: Vec<&str> = path.split('/').skip(1).collect();
    let by = |state: &State, wanted: &str| {
        let found = state
            .zones
            .values()
            .find(|zone| zone["name"] == wanted || zone["id"].as_u64() == wanted.parse().ok());
        found.cloned()
    };
    match (method, parts.as_slice()) {
        ("GET", ["zones"]) => {
            let query: BTreeMap<&str, &str> =
                query.split('&').filter_map(|pair| pair.split_once('=')).collect();
            let number = |key: &str| query[key].parse::<usize>().unwrap();
            let (page, size) = (number("page"), number("per_page"));
            assert!((1..=50).contains(&size) && page > 0, "{query:?}");
            let of_mode: Vec<&Value> = state
                .zones
                .values()
                .filter(|zone| query.get("mode").is_none_or(|mode| zone["mode"] == **mode))
                .collect();
            let zones: Vec<&&Value> = of_mode.iter().skip((page - 1) * size).take(size).collect();
            let next = (page * size < of_mode.len()).then_some(page + 1);
            (
                200,
                json!({"zones": zones, "meta": {"pagination": {
                    "page": page, "per_page": size, "previous_page": null, "next_page": next, "last_page": 9,
                    "total_entries": of_mode.len(),
                }}}),
            )
        }
        ("GET", ["zones", wanted]) => match by(state, wanted) {
            Some(zone) => (200, json!({"zone": zone})),
            None => error(404, "not_found", "zone not found"),
        },
        ("POST", ["zones"]) => {
            let Ok(Value::Object(body)) = serde_json::from_slice(body) else {
                return error(400, "json_error", "not an object");
            };
            let known = ["name", "mode", "primary_nameservers"];
            let name = body["name"].as_str().unwrap_or_default().to_owned();
            if body.keys().any(|key| !known.contains(&key.as_str()))
                || body["mode"] != "secondary"
                || name.ends_with('.')
                || name.to_lowercase() != name
                || !are_primaries(&body["primary_nameservers"])
            {
                return error(422, "invalid_input", "invalid input in fields");
            }
            if by(state, &name).is_some() {
                return error(409, "uniqueness_error", "name is already used");
            }
            let id = state.zones.keys().last().map_or(1, |last| last + 1);
            let made = zone(id, &name, "secondary", body["primary_nameservers"].clone());
            state.zones.insert(id, made.clone());
            (201, json!({"zone": made, "action": action("create_zone")}))
        }
        ("DELETE", ["zones", id]) => match id.parse().ok().and_then(|id: u64| state.zones.remove(&id)) {
            Some(_) => (201, json!({"action": action("delete_zone")})),
            None => error(404, "not_found", "zone not found"),
        },
        ("POST", ["zones", id, "actions", "change_primary_nameservers"]) => {
            let body: Value = serde_json::from_slice(body).unwrap();
            let zone = id.parse().ok().and_then(|id: u64| state.zones.get_mut(&id));
            let Some(zone) = zone else { return error(404, "not_found", "zone not found") };
            assert!(are_primaries(&body["primary_nameservers"]), "{body}");
            zone["primary_nameservers"] = body["primary_nameservers"].clone();
            (201, json!({"action": action("change_primary_nameservers")}))
        }
        _ => error(404, "not_found", "no such path"),
    }
}

fn are_primaries(value: &Value) -> bool {
    let Some(servers) = value.as_array().filter(|servers| !servers.is_empty()) else { return false };
    servers.iter().all(|server| {
        let known = ["address", "port", "tsig_algorithm", "tsig_key"];
        let fields = server.as_object().unwrap();
        fields.keys().all(|key| known.contains(&key.as_str()))
            && server["address"].as_str().is_some_and(|address| address.parse::<IpAddr>().is_ok())
            && server["port"].as_u64().is_some_and(|port| (1..=65535).contains(&port))
            && (server.get("tsig_key").is_none()
                || server["tsig_key"] == SECRET && server["tsig_algorithm"] == "hmac-sha256")
    })
}

/// The service, with the key of the API in a file.
fn service(fake: &Fake, directory: &std::path::Path, token: &str, more: &str) -> Hetzner {
    let private = |name: &str, text: &str| {
        let path = directory.join(name);
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        path
    };
    let key = private("token", token);
    private("xfr.key", &format!("key \"xfr\" {{ algorithm hmac-sha256; secret \"{SECRET}\"; }};"));
    let text = format!(
        "[secondary.it]\nbackend = \"hetzner\"\nurl = \"http://{}/v1\"\napi-key-file = {key:?}\n{more}",
        fake.address
    );
    let config = Arc::new(config::parse(&text).unwrap());
    Hetzner::new("it", &config.secondary["it"], &Around::default()).unwrap()
}

fn wanted(domain: &str) -> Wanted {
    let domain = name_of(domain).unwrap();
    Wanted { place: Place { domain, service: None }, primary: Some("192.0.2.1".parse().unwrap()) }
}

fn listed(service: &Hetzner) -> Vec<String> {
    let mut names = Vec::new();
    service
        .list(&mut |one| {
            names.push(one.place.domain.to_string());
            true
        })
        .unwrap();
    names
}

#[test]
fn a_full_cycle() {
    let (fake, directory) = (Fake::start(), tempfile::tempdir().unwrap());
    let key = directory.path().join("xfr.key");
    let service =
        service(&fake, directory.path(), TOKEN, &format!("primary-port = 5300\ntransfer-key = {key:?}"));
    fake.put(1, "own.example", "primary");
    assert_eq!(listed(&service), Vec::<String>::new());
    let example = wanted("xn--bcher-KVA.example");
    assert_eq!(service.get(&example.place).unwrap_err().kind, ProblemKind::NotRegistered);
    service.add(&example).unwrap();
    let known = service.get(&example.place).unwrap();
    assert_eq!(known.created, Some(1_454_198_100));
    assert_eq!(known.primaries, ["192.0.2.1".parse::<IpAddr>().unwrap()]);
    assert_eq!(known.secondary.unwrap().to_string(), "hydrogen.ns.hetzner.com.");
    assert_eq!(known.note.as_deref(), Some("status ok, delegation unknown"));
    let primaries = vec!["192.0.2.1".parse().unwrap()];
    assert_eq!(service.add(&example).unwrap_err().kind, ProblemKind::AlreadyRegistered { primaries });
    let moved = Wanted { primary: Some("2001:db8::1".parse().unwrap()), ..example.clone() };
    service.change_primary(&moved).unwrap();
    assert_eq!(service.get(&example.place).unwrap().primaries, ["2001:db8::1".parse::<IpAddr>().unwrap()]);
    assert_eq!(listed(&service), ["xn--bcher-kva.example."]);
    fake.asked();
    service.remove(&example.place).unwrap();
    assert_eq!(fake.asked(), ["GET /v1/zones/xn--bcher-kva.example", "DELETE /v1/zones/2"]);
    assert_eq!(service.remove(&example.place).unwrap_err().kind, ProblemKind::NotRegistered);
}

#[test]
fn a_zone_in_primary_mode_is_left_alone() {
    let (fake, directory) = (Fake::start(), tempfile::tempdir().unwrap());
    let service = service(&fake, directory.path(), TOKEN, "");
    fake.put(1, "own.example", "primary");
    let own = wanted("own.example");
    assert_eq!(service.get(&own.place).unwrap_err().kind, ProblemKind::NotRegistered);
    fake.asked();
    for problem in [service.add(&own), service.remove(&own.place), service.change_primary(&own)] {
        let problem = problem.unwrap_err();
        assert!(problem.kind == ProblemKind::Conflict && problem.why.contains("primary mode"), "{problem}");
    }
    assert!(fake.asked().iter().all(|request| request.starts_with("GET ")));
}

#[test]
fn all_pages_are_listed_and_no_list_is_endless() {
    let (fake, directory) = (Fake::start(), tempfile::tempdir().unwrap());
    let service = service(&fake, directory.path(), TOKEN, "");
    for number in 0..120 {
        fake.put(number, &format!("d{number}.example"), "secondary");
    }
    assert_eq!(listed(&service).len(), 120);
    let mut first = 0;
    service
        .list(&mut |_| {
            first += 1;
            false
        })
        .unwrap();
    assert_eq!(first, 1);
    let same = json!({"zones": [], "meta": {"pagination": {"next_page": 1}}}).to_string();
    fake.with(|state| state.next.push((200, same)));
    assert_eq!(listed(&service).len(), 0);
}

#[test]
fn every_error_of_the_api() {
    let (fake, directory) = (Fake::start(), tempfile::tempdir().unwrap());
    let good = service(&fake, directory.path(), TOKEN, "");
    let example = wanted("example.com");
    for (status, code, kind) in [
        (401, "unauthorized", ProblemKind::Unauthorized),
        (403, "forbidden", ProblemKind::Forbidden),
        (403, "token_readonly", ProblemKind::Forbidden),
        (403, "resource_limit_exceeded", ProblemKind::Quota),
        (409, "conflict", ProblemKind::Conflict),
        (423, "locked", ProblemKind::Conflict),
        (423, "protected", ProblemKind::Forbidden),
        (422, "invalid_input", ProblemKind::Invalid),
        (400, "json_error", ProblemKind::Invalid),
        (429, "rate_limit_exceeded", ProblemKind::RateLimited),
        (503, "maintenance", ProblemKind::Remote { status: 503 }),
        (500, "server_error", ProblemKind::Remote { status: 500 }),
    ] {
        let body = error(status, code, "why\u{1b}[2J it is so").1.to_string();
        fake.with(|state| state.next.push((status, body)));
        let problem = good.get(&example.place).unwrap_err();
        assert_eq!(problem.kind, kind, "{code}");
        assert!(problem.why.contains(code) && !problem.why.contains('\u{1b}'), "{problem}");
    }
    for (status, body, kind) in [
        (503, "<html>Down</html>", ProblemKind::Remote { status: 503 }),
        (404, "<html>Nothing</html>", ProblemKind::Remote { status: 404 }),
        (200, "null", ProblemKind::Protocol),
        (
            200,
            "{\"zone\": {\"id\": 1, \"name\": \"other.example\", \"mode\": \"secondary\"}}",
            ProblemKind::Protocol,
        ),
        (429, "", ProblemKind::RateLimited),
    ] {
        fake.with(|state| state.next.push((status, body.into())));
        assert_eq!(good.get(&example.place).unwrap_err().kind, kind, "{status} {body}");
    }
    let none = Wanted { primary: None, ..example.clone() };
    assert_eq!(good.add(&none).unwrap_err().kind, ProblemKind::Invalid);
    // A change whose answer is lost is not known, and is not sent again.
    fake.asked();
    fake.with(|state| state.drops = true);
    let lost = good.add(&example).unwrap_err();
    assert!(lost.kind == ProblemKind::Unknown && lost.what.starts_with("It is not known"), "{lost}");
    assert_eq!(fake.asked().iter().filter(|request| request.starts_with("POST")).count(), 1);
    good.get(&example.place).unwrap();
    fake.with(|state| state.drops = false);
    let bad = service(&fake, directory.path(), "wr0ngs3cr3t", "");
    let wrong = bad.get(&example.place).unwrap_err();
    assert_eq!(wrong.kind, ProblemKind::Unauthorized);
    assert!(!format!("{wrong:?}").contains("s3cr3t"));
    std::fs::set_permissions(directory.path().join("token"), std::fs::Permissions::from_mode(0o644)).unwrap();
    let text = format!(
        "[secondary.it]\nbackend = \"hetzner\"\nurl = \"http://{}/v1\"\napi-key-file = {:?}",
        fake.address,
        directory.path().join("token")
    );
    let open =
        Hetzner::new("it", &config::parse(&text).unwrap().secondary["it"], &Around::default()).unwrap();
    let refused = open.get(&example.place).unwrap_err();
    assert!(refused.kind == ProblemKind::Local && refused.next.contains("chmod 600"), "{refused}");
}

#[test]
fn an_action_that_fails_at_once_is_told() {
    let (fake, directory) = (Fake::start(), tempfile::tempdir().unwrap());
    let service = service(&fake, directory.path(), TOKEN, "");
    let zone = zone(7, "example.com", "secondary", json!([]));
    let failed = json!({"zone": zone, "action": {"status": "error", "error": {"code": "action_failed", "message": "Action failed"}}});
    let missing = error(404, "not_found", "zone not found").1;
    fake.with(|state| state.next = vec![(201, failed.to_string()), (404, missing.to_string())]);
    let problem = service.add(&wanted("example.com")).unwrap_err();
    assert!(problem.kind == ProblemKind::Unknown && problem.why.contains("action_failed"), "{problem}");
}
