//! Real nameservers on loopback, for tests: BIND, Knot, PowerDNS and NSD, each in a temporary directory on a
//! free port, with a TSIG key that may transfer and update (NSD: transfer). Stopped when the [`Lab`] is dropped.
//!
//! How each server is configured is in `servers.rs`; what independent tools say about a zone in `oracle.rs`.

mod oracle;
mod servers;
mod tests;

pub use servers::API_KEY;

pub use oracle::{
    compiled, dig_axfr, nsupdate, try_compiled, try_nsupdate, try_update, without_serial, without_signing,
};

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// How long a server may take until it serves its zones.
const START_LIMIT: Duration = Duration::from_secs(60);
/// How many ports are tried before giving up.
const ATTEMPTS: usize = 5;

/// The make of a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Make {
    Bind,
    Knot,
    PowerDns,
    Nsd,
}

impl Make {
    fn program(self) -> &'static str {
        match self {
            Make::Bind => "named",
            Make::Knot => "knotd",
            Make::PowerDns => "pdns_server",
            Make::Nsd => "nsd",
        }
    }
}

impl fmt::Display for Make {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Make::Bind => "BIND",
            Make::Knot => "Knot",
            Make::PowerDns => "PowerDNS",
            Make::Nsd => "NSD",
        })
    }
}

/// How a server signs its zones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signing {
    Nsec,
    Nsec3,
    /// BIND only: with NSEC, in a copy of the zone that has a serial of its own.
    Inline,
}

/// A TSIG key.
#[derive(Debug, Clone)]
pub struct Key {
    /// Without final dot.
    pub name: String,
    /// As in `dig -y`: `hmac-sha256`.
    pub algorithm: String,
    /// Base64.
    pub secret: String,
}

impl Key {
    /// A key that nobody else has, of this name and algorithm.
    pub fn new(name: &str, algorithm: &str) -> Key {
        let secret = "em9uZXdyaWdodCB0ZXN0IGtleSwgdGhpcnR5LXR3byBvY3RldHM=";
        Key { name: name.into(), algorithm: algorithm.into(), secret: secret.into() }
    }

    /// A key that every server knows and none lets do anything.
    pub fn without_rights() -> Key {
        Key::new("no-rights", "hmac-sha256")
    }

    /// `algorithm:name:secret`, as dig and nsupdate take it.
    pub fn triple(&self) -> String {
        format!("{}:{}:{}", self.algorithm, self.name, self.secret)
    }

    /// The key in the form of a BIND key file.
    pub fn bind_text(&self) -> String {
        let Key { name, algorithm, secret } = self;
        format!("key \"{name}\" {{ algorithm {algorithm}; secret \"{secret}\"; }};\n")
    }
}

impl Default for Key {
    fn default() -> Key {
        Key::new("lab-key", "hmac-sha256")
    }
}

/// A zone to serve.
#[derive(Debug, Clone)]
pub struct Zone {
    /// Without final dot.
    pub name: String,
    /// Zone-file text; names are relative to the zone.
    pub text: String,
    /// Settings of this zone alone, by make: in BIND's zone clause, where one about updates takes the place of the
    /// usual; under Knot's zone, indented by four; for PowerDNS SQL, with `{id}` for the id of the domain; for NSD of the whole
    /// server, indented by four.
    pub settings: Vec<(Make, String)>,
}

impl Zone {
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Zone {
        Zone { name: name.into(), text: text.into(), settings: Vec::new() }
    }

    fn settings_for(&self, make: Make) -> String {
        self.settings.iter().filter(|(own, _)| *own == make).map(|(_, text)| text.as_str()).collect()
    }
}

/// What a server is for.
#[derive(Debug, Clone, Copy)]
enum Role {
    Primary,
    /// It transfers its zones from here.
    Follows(SocketAddr),
    /// Its zones are catalogs.
    Consumes(SocketAddr),
}

/// A running server.
#[derive(Debug)]
pub struct Lab {
    /// Where it answers, by UDP and TCP.
    pub address: SocketAddr,
    pub key: Key,
    child: Child,
    /// What started it.
    command: Command,
    log: PathBuf,
    make: Make,
    /// Where BIND takes orders, and PowerDNS has its API.
    control: u16,
    directory: tempfile::TempDir,
}

impl Lab {
    /// Starts a server with these zones and returns when it serves all of them. `None`, after saying so, when
    /// the server is not installed; a failure instead where `ZONEWRIGHT_SERVERS=require` is in the environment.
    pub fn start(make: Make, zones: &[Zone], key: &Key) -> Option<Lab> {
        Lab::start_as(make, zones, key, Role::Primary, None)
    }

    /// The same with zones that the server signs, each with a key of its own; returns when all are signed.
    pub fn start_signed(make: Make, signing: Signing, zones: &[Zone], key: &Key) -> Option<Lab> {
        Lab::start_as(make, zones, key, Role::Primary, Some(signing))
    }

    /// Starts a secondary of BIND or Knot make that transfers this zone from a primary, and returns when it serves it.
    pub fn follow(make: Make, zone: &str, primary: SocketAddr, key: &Key) -> Option<Lab> {
        Lab::follow_with(make, Zone::new(zone, ""), primary, key)
    }

    /// The same with settings of the zone.
    pub fn follow_with(make: Make, zone: Zone, primary: SocketAddr, key: &Key) -> Option<Lab> {
        Lab::start_as(make, &[zone], key, Role::Follows(primary), None)
    }

    /// Starts a server of BIND, Knot or PowerDNS make that serves the members of this catalog zone, transferred from the
    /// same primary. It looks at the catalog every second, where that has such a refresh.
    pub fn consume(make: Make, catalog: &str, primary: SocketAddr, key: &Key) -> Option<Lab> {
        Lab::start_as(make, &[Zone::new(catalog, "")], key, Role::Consumes(primary), None)
    }

    fn start_as(make: Make, zones: &[Zone], key: &Key, role: Role, signing: Option<Signing>) -> Option<Lab> {
        if !is_available(make.program()) {
            return None;
        }
        let mut problems = String::new();
        for _ in 0..ATTEMPTS {
            match Lab::try_start(make, zones, key, role, signing) {
                Ok(lab) => return Some(lab),
                Err(problem) => problems += &problem,
            }
        }
        panic!("{make} did not start:\n{problems}");
    }

    fn try_start(
        make: Make,
        zones: &[Zone],
        key: &Key,
        role: Role,
        signing: Option<Signing>,
    ) -> Result<Lab, String> {
        let (primary, consumes) = match role {
            Role::Primary => (None, false),
            Role::Follows(primary) => (Some(primary), false),
            Role::Consumes(primary) => (Some(primary), true),
        };
        let directory = tempfile::Builder::new().prefix("zonewright-lab-").tempdir().unwrap();
        let (port, control) = (free_port(), free_port());
        let token = token();
        for zone in zones.iter().filter(|_| primary.is_none()) {
            std::fs::write(directory.path().join(format!("{}.zone", zone.name)), &zone.text).unwrap();
        }
        let setup = servers::Setup {
            directory: directory.path(),
            port,
            control,
            token: &token,
            zones,
            key,
            primary,
            consumes,
            signing,
        };
        let mut command = setup.command(make);
        let log = directory.path().join("log");
        let file = std::fs::File::create(&log).unwrap();
        command
            .current_dir(directory.path())
            .stdin(Stdio::null())
            .stdout(file.try_clone().unwrap())
            .stderr(file);
        let child = command.spawn().unwrap();
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let key = key.clone();
        let mut lab = Lab { address, key, child, command, log, make, control, directory };
        // Some do not answer for a catalog.
        let awaited = if consumes { &[] } else { zones };
        match lab.wait_until_serving(awaited, signing, &token) {
            Ok(()) => Ok(lab),
            Err(why) => Err(format!("on port {port}: {why}; the end of its log:\n{}\n", lab.log_end())),
        }
    }

    /// Ends the process; what it has on disk stays, for [`Lab::start_again`].
    pub fn stop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Starts it again where it was. It may take a while until it answers.
    pub fn start_again(&mut self) {
        self.child = self.command.spawn().unwrap();
    }

    /// Where its files are.
    pub fn directory(&self) -> &std::path::Path {
        self.directory.path()
    }

    /// Makes the server take no updates of the zone, and returns when it does not.
    pub fn freeze(&self, zone: &str) {
        if self.make == Make::Bind {
            self.order(&["freeze", zone]);
            return;
        }
        // Knot takes the order and carries it out later, when the zone's other work is done.
        self.order(&["zone-freeze", zone]);
        let start = Instant::now();
        while !self.order(&["zone-status", zone, "+freeze"]).contains("freeze: yes") {
            assert!(start.elapsed() < START_LIMIT, "{zone} does not freeze:\n{}", self.log_end());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Gives the server an order, with rndc or knotc, which must be taken. What it answered.
    pub fn order(&self, arguments: &[&str]) -> String {
        let mut command = match self.make {
            Make::Bind => {
                let mut rndc = Command::new(program_path("rndc").expect("rndc is installed"));
                rndc.args(["-s", "127.0.0.1", "-p", &self.control.to_string(), "-k", "rndc.key"]);
                rndc
            }
            Make::Knot => {
                let mut knotc = Command::new(program_path("knotc").expect("knotc is installed"));
                knotc.args(["-s", "knot.sock"]);
                knotc
            }
            Make::PowerDns | Make::Nsd => panic!("{} takes no orders here", self.make),
        };
        let output = command.current_dir(self.directory.path()).args(arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {output:?}\n{}", self.log_end());
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// The program that gives it orders, and the arguments that lead to this server. To be run in its directory.
    pub fn control(&self) -> Vec<String> {
        let at = self.directory().display();
        let (program, arguments) = match self.make {
            Make::Bind => ("rndc", format!("-s 127.0.0.1 -p {} -k {at}/rndc.key", self.control)),
            Make::Knot => ("knotc", format!("-s {at}/knot.sock")),
            Make::Nsd => ("nsd-control", format!("-c {at}/nsd.conf")),
            Make::PowerDns => ("pdns_control", format!("--config-dir={at}")),
        };
        let path = program_path(program).unwrap_or_else(|| panic!("{program} is installed"));
        let arguments = arguments.split(' ').map(str::to_owned);
        std::iter::once(path.display().to_string()).chain(arguments).collect()
    }

    /// Where PowerDNS has its API.
    pub fn api(&self) -> String {
        format!("http://127.0.0.1:{}", self.control)
    }

    /// Does it serve the zone?
    pub fn serves(&self, zone: &str) -> bool {
        !self.ask(zone, "IN SOA").is_empty()
    }

    /// Waits until it serves the zone, or until it does not.
    pub fn wait_until(&self, zone: &str, serves: bool) {
        let start = Instant::now();
        while self.serves(zone) != serves {
            let late = start.elapsed() > START_LIMIT;
            assert!(!late, "{}: {zone}, {serves}:\n{}", self.make, self.log_end());
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// What the server has said so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    fn log_end(&self) -> String {
        let log = self.log();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(40)..].join("\n")
    }

    /// An error is one that another port may help against.
    fn wait_until_serving(
        &mut self,
        zones: &[Zone],
        signing: Option<Signing>,
        token: &str,
    ) -> Result<(), String> {
        let start = Instant::now();
        // named shares a busy port without a word: only the token shows that it is our process that answers.
        let mut waiting: Vec<(&str, &str, &str)> = vec![("id.server", "CH TXT", token)];
        // The signature of an SOA begins with the type that it covers.
        let expected = if signing.is_some() { "SOA 13" } else { " " };
        waiting.extend(zones.iter().map(|zone| (zone.name.as_str(), "IN SOA", expected)));
        for (name, question, expected) in waiting {
            loop {
                let answer = self.ask(name, question);
                if answer.contains(expected) {
                    break;
                }
                if let Ok(Some(status)) = self.child.try_wait() {
                    return Err(format!("it ended ({status})"));
                }
                if !answer.is_empty() && question == "CH TXT" {
                    return Err(format!("another server answers there: {answer}"));
                }
                // Another port would not help.
                assert!(
                    start.elapsed() < START_LIMIT,
                    "no answer for {name} {question}:\n{}",
                    self.log_end()
                );
                std::thread::sleep(Duration::from_millis(50));
            }
        }
        Ok(())
    }

    /// The answer section's data, as dig prints it; empty when there is none.
    fn ask(&self, name: &str, question: &str) -> String {
        let mut dig = Command::new("dig");
        dig.args(["@127.0.0.1", "-p", &self.address.port().to_string(), "+short", "+norec", "+dnssec"]);
        dig.args(["+time=1", "+tries=1", "+tcp", name]).args(question.rsplit(' '));
        let output = dig.output().expect("dig runs");
        let text = String::from_utf8_lossy(&output.stdout);
        // "+short" still prints errors, as comments.
        text.lines().filter(|line| !line.starts_with(";;")).collect()
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Is the program installed? Says so where it is not; a failure instead where `ZONEWRIGHT_SERVERS=require` is in the
/// environment.
pub fn is_available(program: &str) -> bool {
    if program_path(program).is_some() {
        return true;
    }
    let message = format!("{program} is not installed");
    let required = std::env::var("ZONEWRIGHT_SERVERS").is_ok_and(|value| value == "require");
    assert!(!required, "{message}, and ZONEWRIGHT_SERVERS=require");
    eprintln!("\n*** SKIPPED: {message} ***\n");
    false
}

/// Servers are in directories that an ordinary user's PATH may lack.
fn program_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    (std::env::split_paths(&path).chain(["/usr/sbin".into(), "/usr/local/sbin".into(), "/sbin".into()]))
        .map(|directory| directory.join(program))
        .find(|candidate| candidate.is_file())
}

/// A port of 127.0.0.1 that is free for TCP and UDP.
fn free_port() -> u16 {
    loop {
        let tcp = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = tcp.local_addr().unwrap().port();
        if UdpSocket::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return port;
        }
    }
}

/// What our server calls itself, different for each start.
fn token() -> String {
    static STARTED: AtomicU32 = AtomicU32::new(0);
    format!("lab-{}-{}", std::process::id(), STARTED.fetch_add(1, Ordering::Relaxed))
}
