//! `zonewright secondary` against real primaries and the embedded service, which demands the proof of ownership, really
//! looks for it and really transfers the zone: registering, removing, everything that can break in between.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use zonewright::server::service::{self, Challenge, Handle, Options, Trouble};
use zonewright::wire::key::{Algorithm, Key, Secret};
use zonewright::zone::Name;

use crate::lab::{self, Lab, Make, Zone};
use crate::pty::Terminal;
use crate::shapes;

const ZONE: &str = "example.com";
const TEXT: &str =
    "$TTL 300\n@ SOA ns1 hostmaster 7 7200 900 1209600 300\n@ NS ns1\nns1 A 127.0.0.1\nwww A 192.0.2.1\n";
const CATALOG: &str = "catalog.example";
const CATALOG_TEXT: &str =
    "@ 0 SOA invalid. invalid. 1 3600 600 2147483646 0\n@ 0 NS invalid.\nversion 0 TXT \"2\"\n";
/// The primary as the service knows it.
const PRIMARY: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 53);

fn name(text: &str) -> Name {
    Name::parse(text.as_bytes(), Some(Name::root().as_ref())).unwrap()
}

struct Scene {
    lab: Lab,
    service: Handle,
    home: tempfile::TempDir,
}

impl Scene {
    /// A primary, a service that may transfer from it, and a configuration that knows both.
    fn new(make: Make) -> Option<Scene> {
        let lab = Lab::start(
            make,
            &[Zone::new(ZONE, TEXT), Zone::new(CATALOG, CATALOG_TEXT)],
            &lab::Key::default(),
        )?;
        let mut options = Options::new(name("sdns.example.net"), Ipv4Addr::new(198, 51, 100, 53));
        options.services.truncate(1);
        options.routes.insert(PRIMARY.into(), lab.address);
        options.key = Some(Key {
            name: name(&lab.key.name),
            algorithm: Algorithm::HmacSha256,
            secret: Secret::from_base64(&lab.key.secret).unwrap(),
        });
        let service = service::start(options).unwrap();
        let home = tempfile::tempdir().unwrap();
        let key = home.path().join("lab.key");
        std::fs::write(&key, lab.key.bind_text()).unwrap();
        std::fs::set_permissions(&key, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        let config = format!(
            "[server.lab]\naddress = \"{}\"\nkey = \"{}\"\n\
             [secondary.svc]\nbackend = \"ovh\"\nendpoint = \"{}\"\nprimary = \"{PRIMARY}\"\n\
             [secondary.cat]\nbackend = \"catalog\"\nserver = \"lab\"\nzone = \"{CATALOG}\"\n\
             nameservers = [\"ns2.example.net\"]\n\
             [zone.\"{ZONE}\"]\nserver = \"lab\"\nsecondaries = [\"svc\"]\n",
            lab.address,
            key.display(),
            service.url
        );
        std::fs::write(home.path().join("config.toml"), config).unwrap();
        Some(Scene { lab, service, home })
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let credentials = &self.service.credentials;
        let secret = |secret: &Secret| String::from_utf8(secret.octets().to_vec()).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_zonewright"));
        command
            .arg("secondary")
            .args(arguments)
            .args(["--config", "config.toml"])
            .current_dir(self.home.path())
            .env_clear()
            .env("HOME", self.home.path())
            .env("OVH_APPLICATION_KEY", &credentials.application_key)
            .env("OVH_APPLICATION_SECRET", secret(&credentials.application_secret))
            .env("OVH_CONSUMER_KEY", secret(&credentials.consumer_key))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    fn run(&self, arguments: &[&str]) -> (i32, String, String) {
        told(self.command(arguments).output().unwrap())
    }

    fn add(&self, more: &[&str]) -> (i32, String, String) {
        self.run(&[&["add", ZONE, "--yes", "--wait", "8", "--timeout", "2"], more].concat())
    }

    fn remove(&self) -> (i32, String, String) {
        self.run(&["remove", ZONE, "--yes", "--timeout", "2"])
    }

    /// The texts that prove ownership, as the primary serves them.
    fn proofs(&self) -> Vec<String> {
        let output = Command::new("dig")
            .args(["@127.0.0.1", "-p", &self.lab.address.port().to_string(), "+short", "+norec", "+tcp"])
            .args([&format!("ownercheck.{ZONE}"), "TXT"])
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        text.lines()
            .filter(|line| !line.starts_with(';'))
            .map(|line| line.trim_matches('"').to_owned())
            .collect()
    }

    /// Has the service ask at a primary that never answers: it does not see the proof.
    fn blind(&self) -> TcpListener {
        let silent = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let at = silent.local_addr().unwrap();
        self.look_at(at);
        silent
    }

    fn look_at(&self, at: SocketAddr) {
        self.service.change(|options| {
            options.routes.insert(PRIMARY.into(), at);
        });
    }

    /// Starts to register, and returns once the proof is in the zone.
    fn begin(&self) -> Child {
        let arguments = ["add", ZONE, "--yes", "--json", "--wait", "300", "--timeout", "2"];
        let child = self.command(&arguments).spawn().unwrap();
        let deadline = Instant::now() + Duration::from_secs(60);
        while self.proofs().is_empty() {
            assert!(
                Instant::now() < deadline,
                "no proof in the zone: {:?}",
                told(child.wait_with_output().unwrap())
            );
            std::thread::sleep(Duration::from_millis(50));
        }
        child
    }

    fn journals(&self) -> Vec<String> {
        fn files(folder: &Path, found: &mut Vec<String>) {
            for entry in std::fs::read_dir(folder).into_iter().flatten() {
                let path = entry.unwrap().path();
                match path.is_dir() {
                    true => files(&path, found),
                    false => found.push(path.display().to_string()),
                }
            }
        }
        let mut found = Vec::new();
        files(&self.home.path().join(".local/state/zonewright/registrations"), &mut found);
        found.retain(|path| path.ends_with(".registration"));
        found
    }
}

fn told(output: Output) -> (i32, String, String) {
    let text = |octets: Vec<u8>| String::from_utf8(octets).unwrap();
    (output.status.code().unwrap_or(-1), text(output.stdout), text(output.stderr))
}

fn signal(child: &Child, signal: Signal) {
    kill_process(Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap(), signal).unwrap();
}

#[test]
fn a_zone_is_registered_listed_and_removed() {
    for make in [Make::Bind, Make::Knot, Make::PowerDns] {
        let Some(scene) = Scene::new(make) else { continue };
        let (exit, out, err) = scene.add(&[]);
        assert_eq!(exit, 0, "{make}: {out}{err}");
        for said in [
            "wants proof that the zone is yours",
            "ownercheck.example.com. TXT \"",
            "with TTL 60",
            "Put the proof into the zone: done.",
            "(primary): serves it",
            "Register the domain: done.",
            "Take the proof out again: done.",
            "example.com is registered at svc.",
        ] {
            assert!(err.contains(said), "{make}: {said} is missing: {err}");
        }
        assert!(out.contains("example.com. NS sdns.example.net."), "{make}: {out}");
        assert!(out.contains("198.51.100.53"), "{make}: what to allow on the primary: {out}");
        assert_eq!((scene.proofs(), scene.journals()), (Vec::new(), Vec::new()), "{make}");
        assert_eq!(scene.service.counts().adds, 1, "{make}");
        let deadline = Instant::now() + Duration::from_secs(20);
        while scene.service.snapshot(&name(ZONE)).is_none() {
            assert!(Instant::now() < deadline, "{make}: it is not transferred");
            std::thread::sleep(Duration::from_millis(50));
        }
        let (exit, out, err) = scene.run(&["list"]);
        assert_eq!(exit, 0, "{make}: {err}");
        let lines: Vec<&str> = out.lines().collect();
        let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(words(lines[0]).join(" "), "DOMAIN CREATED PRIMARY IP SECONDARY SERVICE STATE");
        let row = words(lines[1]);
        assert_eq!(
            (row[0].as_str(), row[2].as_str(), row[3].as_str()),
            (ZONE, "192.0.2.53", "sdns.example.net")
        );
        let (exit, out, _) = scene.run(&["list", ZONE, "--json"]);
        let value: Value = serde_json::from_str(&out).unwrap();
        assert_eq!(
            (exit, &value["registrations"][0]["primaries"][0]),
            (0, &Value::from("192.0.2.53")),
            "{make}"
        );
        shapes::hold("secondary-list", [&value]).are(&[]);
        shapes::hold("registration", &value["registrations"].as_array().unwrap().clone()).are(&[]);
        assert!(value["registrations"][0]["created"].as_str().unwrap().ends_with('Z'));
        // Nobody asks it yet, and from here it cannot be reached.
        let (exit, out, err) = scene.run(&["check", ZONE, "--json", "--timeout", "2"]);
        let value: Value = serde_json::from_str(&out).unwrap();
        shapes::hold("secondary-check", [&value]).are(&["why"]);
        assert_eq!(
            (exit, &value[0]["secondaries"][0]["named"]),
            (1, &Value::from(false)),
            "{make}: {out}{err}"
        );
        assert!(out.contains("registered at svc, but the zone has no NS record"), "{make}: {out}");
        let (exit, out, _) = scene.run(&["check", "--timeout", "2"]);
        assert_eq!(exit, 1, "{make}: {out}");
        assert!(out.contains("svc: registered since ") && out.contains("from 192.0.2.53"), "{make}: {out}");
        // Again.
        let (exit, out, err) = scene.add(&["--json"]);
        let value: Value = serde_json::from_str(&out).unwrap();
        assert_eq!((exit, &value[0]["outcome"]), (0, &Value::from("already-registered")), "{make}: {err}");
        shapes::hold("secondary-add-and-remove", [&value]);
        let (exit, _, err) = scene.add(&["--primary", "192.0.2.54"]);
        assert_eq!(exit, 1, "{make}: {err}");
        assert!(err.contains("--change-primary"), "{make}: {err}");
        // The history has what was pushed.
        let log = Command::new(env!("CARGO_BIN_EXE_zonewright"))
            .args(["log", ZONE, "--config", "config.toml"])
            .current_dir(scene.home.path())
            .env("HOME", scene.home.path())
            .env_remove("XDG_STATE_HOME")
            .output()
            .unwrap();
        assert_eq!(told(log).1.matches("proof of ownership").count(), 2, "{make}");
        let (exit, out, err) = scene.remove();
        assert_eq!(exit, 0, "{make}: {out}{err}");
        assert!(err.contains("not registered at svc any more"), "{make}: {err}");
        let (exit, _, err) = scene.remove();
        assert_eq!(exit, 0, "{make}: {err}");
        assert!(err.contains("is not registered at svc."), "{make}: {err}");
        assert_eq!(scene.run(&["list", ZONE]).0, 1, "{make}");
        let (exit, out, _) = scene.run(&["check", ZONE, "--timeout", "2"]);
        assert!(exit == 1 && out.contains("svc: not registered"), "{make}: {out}");
        let counts = scene.service.counts();
        assert_eq!((counts.adds, counts.removes, counts.changes), (1, 1, 0), "{make}");
        assert_eq!((scene.proofs(), scene.journals()), (Vec::new(), Vec::new()), "{make}");
    }
}

/// The others are told all the same, and the JSON stays whole.
#[test]
fn a_zone_that_cannot_be_looked_at_has_its_reason() {
    let Some(scene) = Scene::new(Make::Bind) else { return };
    let path = scene.home.path().join("config.toml");
    let config = std::fs::read_to_string(&path).unwrap()
        + "[server.dead]\naddress = \"127.0.0.1:1\"\n[zone.\"dead.example\"]\nserver = \"dead\"\nsecondaries = [\"cat\"]\n";
    std::fs::write(&path, config).unwrap();
    let (exit, out, err) = scene.run(&["check", "--json", "--timeout", "2"]);
    let value: Value = serde_json::from_str(&out).unwrap();
    shapes::hold("secondary-check", [&value]);
    assert_eq!((exit, &value[1]["zone"]), (2, &Value::from("dead.example.")), "{err}");
    assert!(value[1]["why"].is_string() && value[0]["found"][0] == "not registered at svc", "{value:#}");
}

#[test]
fn other_proofs_at_the_same_name_stay() {
    let Some(scene) = Scene::new(Make::Bind) else { return };
    let added = format!("update add ownercheck.{ZONE}. 300 TXT theirs\n");
    lab::nsupdate(scene.lab.address, &scene.lab.key, ZONE, &added);
    let (exit, _, err) = scene.add(&[]);
    assert_eq!(exit, 0, "{err}");
    assert!(err.contains("It joins another record there, which stays."), "{err}");
    assert_eq!(scene.proofs(), ["theirs"]);
}

#[test]
fn lost_connections_are_decided_by_asking_again() {
    let Some(scene) = Scene::new(Make::Bind) else { return };
    scene.service.change(|options| {
        options.challenge = None;
        options.trouble = Some(Trouble::LostAfter);
    });
    let (exit, _, err) = scene.add(&[]);
    assert_eq!(exit, 0, "{err}");
    let counts = scene.service.counts();
    assert_eq!((counts.adds, counts.add_attempts), (1, 1), "{err}");
    let (exit, _, err) = scene.remove();
    assert_eq!(exit, 0, "{err}");
    let counts = scene.service.counts();
    assert_eq!((counts.removes, counts.remove_attempts), (1, 1), "{err}");
    // Lost before anything was done: it is tried again, and then given up.
    scene.service.change(|options| options.trouble = Some(Trouble::LostBefore));
    let (exit, _, err) = scene.add(&[]);
    assert_eq!(exit, 2, "{err}");
    assert_eq!((scene.service.counts().adds, scene.journals()), (1, Vec::<String>::new()));
    // A service that is down.
    scene.service.change(|options| options.trouble = Some(Trouble::Html));
    let (exit, out, err) = scene.run(&["list"]);
    assert_eq!((exit, out.as_str()), (2, ""), "{err}");
    let (_, out, _) = scene.run(&["list", "--json"]);
    let value: Value = serde_json::from_str(&out).unwrap();
    shapes::hold("problem", value["problems"].as_array().unwrap()).are(&[]);
    let (exit, _, err) = scene.add(&[]);
    assert_eq!(exit, 2, "{err}");
    assert!(!err.contains('<'), "no HTML on the terminal: {err}");
}

#[test]
fn killed_in_the_middle_and_gone_on_with() {
    let Some(scene) = Scene::new(Make::Bind) else { return };
    let _silent = scene.blind();
    let mut child = scene.begin();
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!((scene.proofs().len(), scene.journals().len()), (1, 1));
    let (exit, _, err) = scene.run(&["list"]);
    assert_eq!(exit, 0, "{err}");
    assert!(err.contains("zonewright secondary add example.com --backend svc goes on with it"), "{err}");
    scene.look_at(scene.lab.address);
    let (exit, _, err) = scene.add(&[]);
    assert_eq!(exit, 0, "{err}");
    assert!(err.contains("gone on with"), "{err}");
    assert_eq!((scene.proofs().len(), scene.journals().len(), scene.service.counts().adds), (0, 0, 1));
    assert_eq!(scene.remove().0, 0);
    // The other way: given up by removing.
    let _silent = scene.blind();
    let mut child = scene.begin();
    child.kill().unwrap();
    child.wait().unwrap();
    let (exit, _, err) = scene.remove();
    assert_eq!(exit, 0, "{err}");
    assert_eq!((scene.proofs().len(), scene.journals().len(), scene.service.counts().adds), (0, 0, 1));
}

#[test]
fn interrupted_it_leaves_nothing_behind() {
    let Some(scene) = Scene::new(Make::Bind) else { return };
    let _silent = scene.blind();
    let child = scene.begin();
    // Nobody else can be at it meanwhile.
    let (exit, _, err) = scene.add(&[]);
    assert_eq!(exit, 2, "{err}");
    assert!(err.contains("is at it"), "{err}");
    signal(&child, Signal::INT);
    let (exit, _, err) = told(child.wait_with_output().unwrap());
    assert_eq!(exit, 1, "{err}");
    assert!(err.contains("Given up"), "{err}");
    assert_eq!((scene.proofs().len(), scene.journals().len(), scene.service.counts().adds), (0, 0, 0));
}

/// The service never sees it: it rests, and says how to go on.
#[test]
fn not_seen_in_time_it_rests() {
    let Some(scene) = Scene::new(Make::Bind) else { return };
    let _silent = scene.blind();
    let (exit, out, err) = scene.run(&["add", ZONE, "--yes", "--wait", "3", "--timeout", "2", "--json"]);
    assert_eq!(exit, 1, "{err}");
    let value: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((&value[0]["outcome"], &value[0]["resumable"]), (&Value::from("resting"), &Value::from(true)));
    assert_eq!((scene.proofs().len(), scene.journals().len()), (1, 1));
    scene.look_at(scene.lab.address);
    assert_eq!(scene.add(&[]).0, 0);
    assert_eq!((scene.proofs().len(), scene.journals().len()), (0, 0));
}

#[test]
fn the_primary_that_cannot_be_reached_keeps_the_record_in_mind() {
    let Some(mut scene) = Scene::new(Make::Bind) else { return };
    let _silent = scene.blind();
    let child = scene.begin();
    scene.lab.stop();
    signal(&child, Signal::INT);
    // It would be tried for a while.
    std::thread::sleep(Duration::from_secs(2));
    signal(&child, Signal::INT);
    let (exit, out, err) = told(child.wait_with_output().unwrap());
    assert_eq!(exit, 1, "{err}");
    let value: Value = serde_json::from_str(&out).unwrap();
    shapes::hold("secondary-add-and-remove", [&value]);
    assert!(value[0]["left_in_zone"]["records"][0]["value"].is_string(), "{value:#}");
    assert!(
        err.contains("this is still in the zone") && err.contains("ownercheck.example.com. TXT"),
        "{err}"
    );
    assert_eq!(scene.journals().len(), 1);
    scene.lab.start_again();
    let deadline = Instant::now() + Duration::from_secs(20);
    while scene.proofs().is_empty() {
        assert!(Instant::now() < deadline, "the primary is not back");
        std::thread::sleep(Duration::from_millis(100));
    }
    let (exit, _, err) = scene.remove();
    assert_eq!(exit, 0, "{err}");
    assert_eq!((scene.proofs().len(), scene.journals().len()), (0, 0), "{err}");
}

#[test]
fn without_a_terminal_and_a_yes_nothing_is_sent() {
    let Some(scene) = Scene::new(Make::Bind) else { return };
    for arguments in [&["add", ZONE][..], &["remove", ZONE]] {
        let (exit, out, err) = scene.run(arguments);
        assert_eq!((exit, out.as_str()), (2, ""), "{err}");
        assert!(err.contains("--yes") && err.contains("Nothing was sent."), "{err}");
    }
    assert_eq!(scene.service.counts().requests, 0);
    for arguments in [
        &["add", ZONE, "--yes", "--backend", "none"][..],
        &["add", "-x", "--yes"],
        &["list", "--backend", "n\u{1b}"],
        &["add", ZONE, "--yes", "--primary", "x"],
    ] {
        let (exit, _, err) = scene.run(arguments);
        assert_eq!(exit, 2, "{err}");
        assert!(!err.contains('\u{1b}'), "{err}");
    }
    assert_eq!(scene.service.counts().requests, 0);
}

#[test]
fn credentials_that_are_not_right() {
    let Some(scene) = Scene::new(Make::Bind) else { return };
    let secret = "0123456789abcdefdeadbeefdeadbeef";
    for (variable, value) in [("OVH_APPLICATION_SECRET", secret), ("OVH_CONSUMER_KEY", secret)] {
        for arguments in [&["add", ZONE, "--yes", "--timeout", "2"][..], &["list"]] {
            let (exit, out, err) = told(scene.command(arguments).env(variable, value).output().unwrap());
            assert!(exit == 2 || exit == 1, "{variable}: {exit} {err}");
            assert!(!format!("{out}{err}").contains(secret), "{err}");
        }
    }
    scene.service.change(|options| options.consumer = service::Consumer::Expired);
    let (exit, _, err) = scene.add(&[]);
    assert!(exit == 2 || exit == 1, "{err}");
    assert_eq!((scene.service.counts().adds, scene.proofs().len(), scene.journals().len()), (0, 0, 0));
}

/// However the service words it, and with whatever status.
#[test]
fn the_proof_is_recognised_in_each_wording() {
    let Some(scene) = Scene::new(Make::Bind) else { return };
    for (wording, status) in (0..service::WORDINGS.len()).zip([400, 403, 409, 412].into_iter().cycle()) {
        scene.service.change(|options| options.challenge = Some(Challenge { wording, status }));
        let (exit, _, err) = scene.run(&["add", ZONE, "--yes", "--wait", "3", "--timeout", "2"]);
        assert_eq!(exit, 0, "wording {wording}, status {status}: {err}");
        assert_eq!((scene.proofs().len(), scene.remove().0), (0, 0));
    }
}

/// Where there is no proof of ownership and no date: members of a catalog zone at the same primary.
#[test]
fn a_member_of_a_catalog_zone() {
    for make in [Make::Bind, Make::Knot] {
        let Some(scene) = Scene::new(make) else { continue };
        let members =
            || lab::dig_axfr(scene.lab.address, &scene.lab.key, CATALOG).join("\n").matches("PTR").count();
        let verb = |verb: &str| {
            scene.run(&[verb, ZONE, "--yes", "--backend", "cat", "--wait", "0", "--timeout", "2"])
        };
        let (exit, out, err) = verb("add");
        assert_eq!((exit, members()), (0, 1), "{make}: {out}{err}");
        assert!(out.contains("example.com. NS ns2.example.net."), "{make}: {out}");
        let (exit, out, err) = scene.run(&["list", ZONE]);
        assert_eq!(exit, 0, "{make}: {err}");
        assert!(out.contains("example.com") && out.contains(" cat "), "{make}: {out}");
        let (exit, _, err) = verb("add");
        assert!(exit == 0 && err.contains("already"), "{make}: {err}");
        let (exit, _, err) = verb("remove");
        assert_eq!((exit, members()), (0, 0), "{make}: {err}");
        let (exit, _, err) = verb("remove");
        assert!(exit == 0 && err.contains("is not registered at cat."), "{make}: {err}");
        assert_eq!(scene.journals(), Vec::<String>::new(), "{make}");
    }
}

/// The questions, as a person sees them.
#[test]
fn asked_on_a_terminal() {
    let Some(scene) = Scene::new(Make::Bind) else { return };
    let variables: Vec<(String, String)> = (scene.command(&[]).get_envs())
        .filter_map(|(name, value)| Some((name.to_str()?.to_owned(), value?.to_str()?.to_owned())))
        .collect();
    let variables: Vec<(&str, &str)> = variables.iter().map(|(name, value)| (&**name, &**value)).collect();
    let arguments = ["secondary", "add", ZONE, "--wait", "5", "--timeout", "2", "--config", "config.toml"];
    let start = || Terminal::start_with(scene.home.path(), 80, 24, &arguments, &variables);
    // Ctrl-C at the first question.
    let mut terminal = start();
    terminal.wait_for("Register example.com at svc");
    terminal.wait_for("Type yes:");
    terminal.press("\u{3}");
    terminal.wait_for("Nothing was sent.");
    // No to the proof.
    let mut terminal = start();
    terminal.wait_for("Type yes:");
    terminal.press("yes\r");
    terminal.wait_for("ownercheck.example.com. TXT");
    terminal.wait_for("when somebody else has created it:");
    terminal.press("no\r");
    terminal.wait_for("Given up");
    assert_eq!((scene.service.counts().adds, scene.proofs().len(), scene.journals().len()), (0, 0, 0));
    let mut terminal = start();
    terminal.wait_for("Type yes:");
    terminal.press("yes\r");
    terminal.wait_for("when somebody else has created it:");
    terminal.press("yes\r");
    terminal.wait_for("example.com is registered at svc.");
    assert_eq!((scene.service.counts().adds, scene.proofs().len(), scene.journals().len()), (1, 0, 0));
}
