//! Registering a zone at a secondary service on the screen: the walk through the demo, and what can break it with a real
//! primary in place of the demo's.

use std::net::{Ipv4Addr, TcpListener};
use std::process::Command;
use std::time::{Duration, Instant};

use zonewright::server::service::{self, Handle, Options, Trouble};
use zonewright::wire::key::{Algorithm, Key, Secret};
use zonewright::zone::Name;

use crate::catalogs;
use crate::lab::{self, Lab, Make, Zone};
use crate::pty::Terminal;

const ENTER: &str = "\r";
const ZONE: &str = "example.com";
const TEXT: &str =
    "$TTL 300\n@ SOA ns1 hostmaster 7 7200 900 1209600 300\n@ NS ns1\nns1 A 127.0.0.1\nwww A 192.0.2.1\n";
/// The primary as the service knows it.
const PRIMARY: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 53);

fn name(text: &str) -> Name {
    Name::parse(text.as_bytes(), Some(Name::root().as_ref())).unwrap()
}

/// Escape alone, told apart from the start of a longer sequence by time.
fn escape(terminal: &mut Terminal) {
    terminal.press("\x1b");
    std::thread::sleep(Duration::from_millis(300));
}

/// The proofs of ownership that an independent tool sees.
fn proofs(port: &str) -> Vec<String> {
    let mut dig = Command::new("dig");
    dig.args(["@127.0.0.1", "-p", port, "+short", "+norec", "+tcp", "ownercheck.example.com", "TXT"]);
    let output = String::from_utf8(dig.output().expect("dig").stdout).unwrap();
    output.lines().filter(|line| !line.starts_with(';')).map(|line| line.trim_matches('"').into()).collect()
}

/// The walk that the demo is for: register, prove ownership, see it served, add the NS record, push, see it follow; then all
/// of it back.
#[test]
fn the_demo_registers_the_zone_and_removes_it_again() {
    let home = tempfile::tempdir().unwrap();
    let mut terminal = Terminal::start(home.path(), 80, 24, &["demo"]);
    let screen =
        terminal.wait_until("the zone", |screen| screen.contains("Records") && screen.contains("in sync"));
    let port = screen.split_once("127.0.0.1:").unwrap().1.split(' ').next().unwrap().to_owned();
    let before = proofs(&port);
    terminal.press("4");
    terminal.wait_for("Nothing is registered.");
    terminal.press("+");
    terminal.wait_for("Register a domain");
    terminal.wait_for("192.0.2.1");
    terminal.press(ENTER);
    let screen = terminal.wait_for("wants to see this record first");
    assert!(screen.contains("ownercheck.example.com. 3600 TXT"), "{screen}");
    assert!(screen.contains("beside 1 record there"), "{screen}");
    // Nothing is in the zone before the person agrees.
    assert_eq!(proofs(&port), before);
    terminal.press("y");
    terminal.wait_for("example.com is registered.");
    terminal.wait_for("It serves the zone.");
    assert_eq!(proofs(&port), before, "the proof is taken out");
    escape(&mut terminal);
    let screen = terminal.wait_for("not in NS");
    let row = screen.lines().find(|line| line.contains("example.com  ")).unwrap();
    assert!(row.contains("192.0.2.1") && row.contains("ns3.secondary.e"), "{screen}");
    assert!(
        row.split_whitespace().any(|word| word.len() == 10 && word.starts_with("20")),
        "the day: {screen}"
    );
    terminal.press(ENTER);
    terminal.wait_for_words("nobody asks it: n adds it");
    terminal.wait_until("it serves the zone", |screen| {
        screen.lines().any(|line| line.contains("198.51.100.53") && line.contains("in sync"))
    });
    terminal.press("n");
    terminal.wait_for("+ 1h      ns3.secondary.example.");
    terminal.press("w");
    terminal.wait_for("Changes");
    terminal.press("w");
    terminal.wait_for("Type the name of the zone");
    terminal.press("example.com\r");
    terminal.wait_for("Applied: 1 change");
    escape(&mut terminal);
    terminal.wait_until("it follows", |screen| {
        screen.lines().any(|line| line.contains("ns3.secondary.example.") && line.contains("in sync @demo"))
    });
    // Back: first the NS record, then the registration.
    terminal.press("4");
    terminal.wait_until("the list", |screen| screen.contains("Secondaries") && screen.contains("in sync"));
    terminal.press("-");
    terminal.wait_for("is still in the zone's NS records");
    terminal.press("n");
    terminal.wait_for("- 1h      ns3.secondary.example.");
    terminal.press("w");
    terminal.wait_for("Changes");
    terminal.press("w");
    // These are the nameservers that the configuration gives the zone: a yes is enough.
    terminal.wait_for("as the configuration gives this zone");
    terminal.press("y");
    terminal.wait_for("Applied: 1 change");
    terminal.press("4");
    terminal.wait_for("not in NS");
    terminal.press("-");
    terminal.wait_for("Remove example.com at demo, vps/vps-demo.secondary.example?");
    terminal.press("y");
    terminal.wait_for("example.com is removed.");
    escape(&mut terminal);
    terminal.wait_for("Nothing is registered.");
    assert_eq!(proofs(&port), before);
    // Below it is the result of the push, and below that the zone.
    escape(&mut terminal);
    terminal.wait_for("Push result");
    escape(&mut terminal);
    terminal.wait_for("Records");
    terminal.press("q");
    assert_eq!(terminal.exit_within(Duration::from_secs(5)), Some(0));
}

/// A real primary, a service that may transfer from it, and a configuration that knows both.
struct Scene {
    lab: Lab,
    service: Handle,
    home: tempfile::TempDir,
}

impl Scene {
    fn new() -> Option<Scene> {
        let lab = Lab::start(Make::Bind, &[Zone::new(ZONE, TEXT)], &lab::Key::default())?;
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
        let more = format!(
            "[secondary.svc]\nbackend = \"ovh\"\nendpoint = \"{}\"\nprimary = \"{PRIMARY}\"\n",
            service.url
        );
        crate::zones::configure(home.path(), &lab, &[ZONE], &more);
        Some(Scene { lab, service, home })
    }

    fn port(&self) -> String {
        self.lab.address.port().to_string()
    }

    fn proofs(&self) -> Vec<String> {
        proofs(&self.port())
    }

    /// The editor with the zone on the screen.
    fn open(&self) -> Terminal {
        let credentials = &self.service.credentials;
        let secret = |secret: &Secret| String::from_utf8(secret.octets().to_vec()).unwrap();
        let (application, consumer) =
            (secret(&credentials.application_secret), secret(&credentials.consumer_key));
        let variables = [
            ("OVH_APPLICATION_KEY", credentials.application_key.as_str()),
            ("OVH_APPLICATION_SECRET", &application),
            ("OVH_CONSUMER_KEY", &consumer),
        ];
        let terminal = Terminal::start_with(self.home.path(), 80, 24, &[ZONE, "--timeout", "2"], &variables);
        terminal.wait_for("Records");
        terminal
    }

    /// Walks as far as the question for consent.
    fn ask(&self, terminal: &mut Terminal) {
        terminal.press("4");
        terminal.wait_for("Nothing is registered.");
        terminal.press("+");
        terminal.wait_for("Register a domain");
        terminal.press(ENTER);
        terminal.wait_for("wants to see this record first");
    }

    /// Has the service ask at a primary that never answers: it does not see the proof.
    fn blind(&self) -> TcpListener {
        let silent = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let at = silent.local_addr().unwrap();
        self.service.change(|options| {
            options.routes.insert(PRIMARY.into(), at);
        });
        silent
    }

    fn see_again(&self) {
        let at = self.lab.address;
        self.service.change(|options| {
            options.routes.insert(PRIMARY.into(), at);
        });
    }

    fn wait_for_proof(&self) {
        let deadline = Instant::now() + Duration::from_secs(30);
        while self.proofs().is_empty() {
            assert!(Instant::now() < deadline, "no proof in the zone");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

#[test]
fn a_registration_given_up_leaves_nothing_behind() {
    let Some(scene) = Scene::new() else { return };
    let mut terminal = scene.open();
    // At the question.
    scene.ask(&mut terminal);
    terminal.press("c");
    terminal.wait_for("Given up: nothing was registered or removed.");
    assert_eq!(scene.proofs(), [""; 0]);
    // While the service does not see the proof that is in the zone.
    let _silent = scene.blind();
    terminal.press("r");
    terminal.wait_for("wants to see this record first");
    terminal.press("y");
    scene.wait_for_proof();
    // It goes on while other things are done.
    escape(&mut terminal);
    escape(&mut terminal);
    terminal.wait_until("it goes on", |screen| screen.contains("Records") && screen.contains("registering"));
    terminal.press("4");
    terminal.wait_for("[x] Put the proof into the zone");
    terminal.press("c");
    terminal.wait_for("Given up: nothing was registered or removed.");
    assert_eq!(scene.proofs(), [""; 0]);
    assert_eq!(scene.service.counts().adds, 0);
}

#[test]
fn a_killed_editor_goes_on_with_the_registration_or_tidies_up() {
    let Some(scene) = Scene::new() else { return };
    for give_up in [true, false] {
        let silent = scene.blind();
        let mut terminal = scene.open();
        scene.ask(&mut terminal);
        terminal.press("y");
        scene.wait_for_proof();
        terminal.kill();
        assert_eq!(scene.proofs().len(), 1);
        drop(silent);
        scene.see_again();
        let mut terminal = scene.open();
        let screen = terminal.wait_for("was not finished");
        assert!(screen.contains("may still be in the zone"), "{screen}");
        if give_up {
            terminal.press("u");
            terminal.wait_for("What was left in the zone is taken out.");
            assert_eq!(scene.service.counts().adds, 0);
        } else {
            terminal.press("g");
            terminal.wait_for("0 of 1 addresses serve it");
            terminal.press("c");
            terminal.wait_for("example.com is registered.");
            assert_eq!(scene.service.counts().adds, 1);
        }
        assert_eq!(scene.proofs(), [""; 0]);
        drop(terminal);
        // Nothing is offered any more.
        let mut terminal = scene.open();
        terminal.wait_for("serial");
        terminal.settle();
        assert!(!terminal.screen().contains("was not finished"), "{}", terminal.screen());
        terminal.press("q");
        assert_eq!(terminal.exit_within(Duration::from_secs(5)), Some(0));
    }
}

#[test]
fn a_lost_answer_is_asked_for_and_nothing_is_added_twice() {
    let Some(scene) = Scene::new() else { return };
    scene.service.change(|options| {
        options.challenge = None;
        options.trouble = Some(Trouble::LostAfter);
    });
    let mut terminal = scene.open();
    terminal.press("4");
    terminal.wait_for("Nothing is registered.");
    terminal.press("+");
    terminal.wait_for("Register a domain");
    terminal.press(ENTER);
    // Its nameserver is at an address that is nobody's here.
    terminal.wait_for("0 of 1 addresses serve it");
    terminal.press("c");
    terminal.wait_for("example.com is registered.");
    assert_eq!(scene.service.counts().adds, 1);
    escape(&mut terminal);
    // Nobody is there any more.
    let Scene { lab, service, home } = scene;
    drop(service);
    terminal.press("R");
    let screen = terminal.wait_for("svc:");
    assert!(screen.contains("not known"), "what is known stays, as old: {screen}");
    terminal.press("-");
    terminal.wait_for("The service did not do it.");
    drop((lab, home));
}

/// A catalog zone at BIND, changed on the screen: its consumers take the zone up and drop it.
#[test]
fn consumers_of_a_catalog_follow_what_is_done_on_the_screen() {
    const MEMBER: &str = "one.example";
    if !lab::is_available("dig") {
        return;
    }
    let Some(primary) = catalogs::primary(Make::Bind, catalogs::TEXT, &[MEMBER]) else { return };
    let consumers: Vec<Lab> = [Make::Bind, Make::Knot, Make::PowerDns]
        .into_iter()
        .filter_map(|make| Lab::consume(make, catalogs::CATALOG, primary.address, &primary.key))
        .collect();
    let home = tempfile::tempdir().unwrap();
    let more = format!(
        "[secondary.own]\nbackend = \"catalog\"\nserver = \"lab\"\nzone = \"{}\"\n",
        catalogs::CATALOG
    );
    crate::zones::configure(home.path(), &primary, &[MEMBER], &more);
    let mut terminal = Terminal::start(home.path(), 80, 24, &[MEMBER, "--timeout", "2"]);
    terminal.wait_for("Records");
    terminal.press("4");
    terminal.wait_for("Nothing is registered.");
    terminal.press("+");
    terminal.wait_for("Register a domain");
    terminal.press(ENTER);
    terminal.wait_for("one.example is registered.");
    consumers.iter().for_each(|consumer| consumer.wait_until(MEMBER, true));
    escape(&mut terminal);
    terminal.wait_until("the row", |screen| {
        screen.contains("Secondaries") && screen.lines().any(|line| line.contains("one.example  "))
    });
    // Somebody else changes the catalog meanwhile: nothing of theirs is lost.
    let commands = "update add other.zones.cat.example. 0 PTR other.example.";
    lab::nsupdate(primary.address, &primary.key, catalogs::CATALOG, commands);
    terminal.press("-");
    terminal.wait_for("Remove one.example at own?");
    terminal.press("y");
    terminal.wait_for("one.example is removed.");
    consumers.iter().for_each(|consumer| consumer.wait_until(MEMBER, false));
    escape(&mut terminal);
    let screen = terminal.wait_for("other.example");
    assert!(!screen.lines().any(|line| line.contains("▌ one.example  ")), "{screen}");
}
