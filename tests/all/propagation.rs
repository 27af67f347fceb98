//! `zonewright status` and `zonewright wait` on nameservers of which one lags, one is lame, one answers over UDP only and one
//! is dead: the right verdict for each, and the exit status. The primary is BIND, the secondary Knot, the lame one NSD.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use zonewright::server::{self, Options};
use zonewright::zonefile;

use crate::lab::{Key, Lab, Make, Zone};
use crate::shapes;

const TEXT: &str = "$TTL 300
@ SOA ns1 mail 7 3600 900 604800 60
@ NS ns1
@ NS ns2
@ NS ns3
@ NS ns4
@ NS ns5
ns1 A 192.0.2.1
ns2 A 192.0.2.2
ns3 A 192.0.2.3
ns4 A 192.0.2.4
ns5 A 192.0.2.5
www 3600 A 192.0.2.80
gone TXT \"old\"
*.wild TXT \"made\"
x.wild A 192.0.2.81
";

/// The zone above has one nameserver more, and other glue for the first.
const COM: &str = "$ORIGIN com.
$TTL 300
@ SOA a.nic hostmaster 1 60 60 600 60
@ NS a.nic
a.nic A 192.0.2.250
example NS ns1.example
example NS ns2.example
example NS ns3.example
example NS ns4.example
example NS ns5.example
example NS ns9.example.net.
ns1.example A 192.0.2.99
ns2.example A 192.0.2.2
ns3.example A 192.0.2.3
ns4.example A 192.0.2.4
ns5.example A 192.0.2.5
";

/// All the servers, and a configuration that leads to them.
struct World {
    primary: Lab,
    secondary: Lab,
    lame: Lab,
    above: server::Handle,
    home: tempfile::TempDir,
}

/// Passes questions over UDP on to a server; nothing listens on TCP.
fn udp_only(to: SocketAddr) -> SocketAddr {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = socket.local_addr().unwrap();
    std::thread::spawn(move || {
        let mut octets = [0; 4096];
        while let Ok((length, client)) = socket.recv_from(&mut octets) {
            let onward = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
            onward.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
            onward.send_to(&octets[..length], to).unwrap();
            let mut answer = [0; 65535];
            if let Ok(length) = onward.recv(&mut answer) {
                let _ = socket.send_to(&answer[..length], client);
            }
        }
    });
    address
}

/// Takes questions, and never answers.
fn dead() -> SocketAddr {
    loop {
        let tcp = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = tcp.local_addr().unwrap();
        if let Ok(udp) = UdpSocket::bind(address) {
            std::mem::forget((tcp, udp));
            return address;
        }
    }
}

impl World {
    fn start() -> Option<World> {
        let key = Key::default();
        let primary = Lab::start(Make::Bind, &[Zone::new("example.com", TEXT)], &key)?;
        let secondary = Lab::follow(Make::Knot, "example.com", primary.address, &key)?;
        let other = "$TTL 300\n@ SOA ns1 mail 7 3600 900 604800 300\n@ NS ns1\nns1 A 192.0.2.1\n";
        let lame = Lab::start(Make::Nsd, &[Zone::new("example.org", other)], &key)?;
        let com = zonefile::read_zone(COM.as_bytes(), None).unwrap().0;
        let options = Options { read_only: true, ..Options::default() };
        let above = server::Primary::start(vec![com], Vec::new(), options).unwrap();
        let world = World { primary, secondary, lame, above, home: tempfile::tempdir().unwrap() };
        let key_file = world.file("key", &key.bind_text());
        let routes = [
            ("192.0.2.1", world.primary.address),
            ("192.0.2.2", world.secondary.address),
            ("192.0.2.3", world.lame.address),
            ("192.0.2.4", udp_only(world.primary.address)),
            ("192.0.2.5", dead()),
            ("192.0.2.250", world.above.address),
        ];
        let routes: String = routes.iter().map(|(from, to)| format!("\"{from}\" = \"{to}\"\n")).collect();
        let config = format!(
            "public-resolvers = [\"{}\"]\n[server.ns0]\naddress = \"{}\"\nkey = {key_file:?}\n\
             [zone.\"example.com\"]\nserver = \"ns0\"\n[network]\nresolvers = [\"{}\"]\n[network.routes]\n{routes}",
            world.primary.address, world.primary.address, world.above.address
        );
        world.file("config.toml", &config);
        Some(world)
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.home.path().join(name);
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        path
    }

    fn command(&self, arguments: &[&str]) -> Command {
        // Ctrl-C is for it, also where these tests run in the background of a script: there it is ignored.
        let mut command = Command::new("env");
        command
            .args(["--default-signal=INT", env!("CARGO_BIN_EXE_zonewright")])
            .args(arguments)
            .arg("--config")
            .arg(self.home.path().join("config.toml"))
            .env("HOME", self.home.path())
            .env_remove("XDG_CONFIG_HOME")
            .env_remove("XDG_STATE_HOME")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    fn start_to_run(&self, arguments: &[&str]) -> Child {
        self.command(arguments).spawn().unwrap()
    }

    /// The zone as it is, changed by these replacements of lines, is pushed.
    fn push(&self, change: impl Fn(&str) -> String) {
        let text = String::from_utf8(self.run(&["show", "example.com"]).stdout).unwrap();
        let text: String = text.lines().map(|line| change(line) + "\n").collect();
        let file = self.file("new.zone", &text);
        let output = self.run(&["push", "example.com", file.to_str().unwrap(), "--yes", "--force"]);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
    }
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"))
}

/// The state of each nameserver's only address, and what is said of it.
fn states(told: &Value) -> BTreeMap<String, (String, String)> {
    let servers = told["nameservers"].as_array().unwrap().iter();
    let of = |server: &Value| {
        let address = &server["addresses"][0];
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let name = text(&server["name"]).trim_end_matches(".example.com.").to_owned();
        (name, (text(&address["state"]), text(&address["says"])))
    };
    servers.map(of).collect()
}

fn assert_states(told: &Value, expected: [(&str, &str, &str); 5]) {
    let states = states(told);
    for (name, state, says) in expected {
        assert_eq!(states[name], (state.to_owned(), says.to_owned()), "{name}: {told:#}");
    }
}

#[test]
fn each_nameserver_has_its_verdict_and_waiting_ends_when_all_have_the_change() {
    let Some(world) = World::start() else { return };

    let output = world.run(&["status", "example.com", "--json", "--timeout", "2"]);
    let told = json(&output);
    assert_eq!(output.status.code(), Some(1), "{told:#}");
    assert_states(
        &told,
        [
            ("ns1", "in-sync", "in sync"),
            ("ns2", "in-sync", "in sync"),
            ("ns3", "lame", "lame: refused"),
            ("ns4", "in-sync", "in sync, no TCP"),
            ("ns5", "dead", "timed out"),
        ],
    );
    // Knot says how long it goes on; NSD has nothing to say.
    let expire = told["nameservers"][1]["addresses"][0]["expire"].as_u64();
    assert!(expire.is_some_and(|seconds| (604_000..=604_800).contains(&seconds)), "{told:#}");
    let troubles: Vec<&str> =
        told["troubles"].as_array().unwrap().iter().map(|one| one["kind"].as_str().unwrap()).collect();
    assert_eq!(troubles, ["only-parent", "glue-lacks", "glue-has-more"], "{told:#}");

    // A change, a deletion, a new name, and one that a wildcard answered for.
    world.push(|line| match line {
        line if line.starts_with("www.") => line.replace("192.0.2.80", "192.0.2.180"),
        line if line.starts_with("gone.") => "new.example.com. 300 IN TXT \"new\"".into(),
        line if line.starts_with("x.wild.") => {
            format!("{line}\ny.wild.example.com. 300 IN TXT \"own\"")
        }
        line => line.into(),
    });
    let started = Instant::now();
    let output = world.run(&["wait", "example.com", "--json", "--timeout", "8", "--resolvers"]);
    let told = json(&output);
    assert_eq!(output.status.code(), Some(1), "{told:#}");
    assert!(started.elapsed() >= Duration::from_secs(8), "dead and lame ones are waited for as well");
    assert_states(
        &told,
        [
            ("ns1", "arrived", "has it"),
            ("ns2", "behind", "1 behind"),
            ("ns3", "lame", "lame: refused"),
            ("ns4", "arrived", "has it, no TCP"),
            ("ns5", "dead", "timed out"),
        ],
    );
    assert_eq!((&told["sets"], &told["caches"]["sure"]), (&Value::from(4), &Value::from(false)), "{told:#}");
    let caches = told["caches"]["sets"].as_array().unwrap();
    let clocks: Vec<(&str, &str, u64)> = caches
        .iter()
        .map(|clock| {
            let text = |field: &str| clock[field].as_str().unwrap();
            (text("name"), text("old"), clock["ttl"].as_u64().unwrap())
        })
        .collect();
    assert_eq!(clocks[0], ("www.example.com.", "records", 3600), "{told:#}");
    assert!(clocks.contains(&("new.example.com.", "absence", 60)), "{told:#}");
    shapes::hold("wait", [&told]).are(&[]);
    let status = json(&world.run(&["status", "example.com", "--json", "--timeout", "2", "--resolvers"]));
    shapes::hold("status", [&status]).are(&["parent.why"]);
    // It is asked as a resolver is, and has everything.
    let resolver = &told["resolvers"][0]["sets"];
    assert!(resolver.as_array().unwrap().iter().all(|set| set["has"] == true), "{told:#}");
    // For people, with every straggler named.
    let output = world.run(&["wait", "example.com", "--timeout", "3"]);
    let text = String::from_utf8(output.stdout).unwrap();
    for line in [
        "2 of 5 nameservers have serial 8 and serve 4 changed record sets",
        "ns2.example.com.  192.0.2.2  1 behind",
    ] {
        assert!(text.contains(line), "{text}");
    }

    // Without the lame and the dead one only the one that lags is left.
    world.push(|line| match line {
        line if line.contains("NS") && (line.contains("ns3") || line.contains("ns5")) => String::new(),
        line if line.starts_with("www.") => line.replace("192.0.2.180", "192.0.2.181"),
        line => line.into(),
    });
    let started = Instant::now();
    let child = world.start_to_run(&["wait", "example.com", "--json", "--timeout", "60"]);
    std::thread::sleep(Duration::from_secs(2));
    world.secondary.order(&["zone-refresh", "example.com"]);
    let output = child.wait_with_output().unwrap();
    let told = json(&output);
    assert_eq!(output.status.code(), Some(0), "{told:#}");
    let took = started.elapsed();
    assert!((Duration::from_secs(2)..Duration::from_secs(40)).contains(&took), "{took:?}");
    assert_eq!((&told["agree"], &told["caches"]["sure"]), (&Value::from(true), &Value::from(true)));
    let progress = String::from_utf8(output.stderr).unwrap();
    assert!(progress.contains("ns2.example.com. 192.0.2.2: 2 behind"), "{progress}");
    assert!(progress.contains("ns2.example.com. 192.0.2.2: has it"), "{progress}");
    // And once more, at once.
    let started = Instant::now();
    assert_eq!(world.run(&["wait", "example.com", "--timeout", "60"]).status.code(), Some(0));
    assert!(started.elapsed() < Duration::from_secs(20));

    // A serial that nobody has yet is waited for; Ctrl-C ends it.
    let mut child = world.start_to_run(&["wait", "example.com", "--serial", "99", "--timeout", "60"]);
    std::thread::sleep(Duration::from_secs(1));
    assert!(child.try_wait().unwrap().is_none());
    let interrupt = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(interrupt.success());
    let started = Instant::now();
    assert_eq!(child.wait().unwrap().signal(), Some(2));
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[test]
fn what_cannot_begin_ends_with_2() {
    let Some(world) = World::start() else { return };
    let closed = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().to_string();
    for arguments in [
        &["wait", "example.com", "--timeout", "3", "--server", &closed][..],
        &["status", "example.com", "--server", &closed],
        &["status", "example.net"],
        &["wait", "not..a.name"],
        &["wait", "example.com", "--timeout", "0"],
        &["status", "example.com", "--resolver", "dns.quad9.net"],
    ] {
        let output = world.run(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {output:?}");
        assert!(output.stdout.is_empty() && !output.stderr.is_empty(), "{arguments:?}: {output:?}");
    }
}
