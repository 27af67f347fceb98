//! The rules that ask others, against real servers: each with a zone that it finds something in and one that it does
//! not.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use zonewright::check::network::{Inquiry, Outcome};
use zonewright::dns::Endpoint;
use zonewright::dns::questions::{Asker, Network, answer_all};
use zonewright::facts::answers::Answers;
use zonewright::zone::Snapshot;
use zonewright::zonefile;

use crate::hostile::name;
use crate::lab::{Key, Lab, Make, Zone, is_available};

/// What is around the zone: all that resolvers are asked for.
const COM: &str = "$TTL 300
@ SOA a.nic hostmaster 1 60 60 600 60
@ NS a.nic
a.nic A 192.0.2.250
example NS ns1.example
example NS ns2.example.net.
ns1.example A 192.0.2.1
example DS 1 13 2 0000000000000000000000000000000000000000000000000000000000000000
";
const NET: &str = "$TTL 300
@ SOA ns2 hostmaster 1 60 60 600 60
@ NS ns2
ns2 A 198.51.100.2
lame A 198.51.100.3
dead A 198.51.100.4
behind A 198.51.100.5
there A 192.0.2.80
spf1 TXT \"v=spf1 include:spf2.example.net mx:m.example.net a:ns2.example.net a:ns2.example.net -all\"
spf2 TXT \"v=spf1 a:ns2.example.net a:ns2.example.net a:ns2.example.net a:ns2.example.net a:ns2.example.net -all\"
m MX 1 ns2
";
const ORG: &str = "$TTL 300
@ SOA ns2.example.net. hostmaster 1 60 60 600 60
@ NS ns2.example.net.
example.com._report._dmarc TXT \"v=DMARC1\"
";
const REVERSE: &str = "$TTL 300
@ SOA ns2.example.net. hostmaster.example.net. 1 60 60 600 60
@ NS ns2.example.net.
1 PTR ns1.example.com.
80 PTR there.example.net.
81 PTR gone.example.net.
";
/// The zone as its nameservers have it, and the one below.
const SERVED: &str = "$TTL 300
@ SOA ns1 hostmaster 7 60 60 600 60
@ NS ns1
@ NS ns2.example.net.
ns1 A 192.0.2.1
";
const BELOW: &str = "$TTL 300
@ SOA ns hostmaster 1 60 60 600 60
@ NS ns
ns A 192.0.2.51
";
const TOP: &str = "$ORIGIN example.com.\n$TTL 1h\n@ SOA ns1 hostmaster 7 2h 30m 2w 1h\n@ NS ns1\n@ NS ns2.example.net.\n\
                   ns1 A 192.0.2.1\n";

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

/// The servers of a make, and one that is a version behind.
struct Field {
    asker: Asker,
    _servers: [Lab; 3],
}

impl Field {
    fn start(make: Make) -> Option<Field> {
        let key = Key::default();
        let around =
            [("com", COM), ("example.net", NET), ("example.org", ORG), ("2.0.192.in-addr.arpa", REVERSE)];
        let around = Lab::start(make, &around.map(|(zone, text)| Zone::new(zone, text)), &key)?;
        let own = [Zone::new("example.com", SERVED), Zone::new("sub.example.com", BELOW)];
        let own = Lab::start(make, &own, &key)?;
        let behind = SERVED.replace("hostmaster 7", "hostmaster 6");
        let behind = Lab::start(make, &[Zone::new("example.com", behind)], &key)?;
        let routes = [
            ("192.0.2.250", around.address),
            ("192.0.2.1", own.address),
            ("192.0.2.50", own.address),
            ("198.51.100.2", own.address),
            ("198.51.100.3", around.address),
            ("198.51.100.5", behind.address),
        ];
        let network = Network {
            resolvers: vec![around.address],
            routes: routes.map(|(address, at)| (ip(address), at)).into(),
            enclosed: true,
            patience: Duration::from_secs(10),
        };
        let primary = Endpoint { address: own.address, source: None, name: "ns1".into() };
        let asker =
            Asker { zone: name("example.com"), network, primary: Some(primary), sites: HashMap::new() };
        Some(Field { asker, _servers: [around, own, behind] })
    }
}

fn read(text: &str) -> Arc<Snapshot> {
    Arc::new(zonefile::read_zone(text.as_bytes(), None).unwrap().0)
}

fn look(asker: &Asker, rule: &str, zone: &Arc<Snapshot>) -> Outcome {
    let inquiry = Inquiry::new(Arc::clone(zone), |one| one.id == rule);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let mut answers = Answers::default();
    loop {
        let outcome = inquiry.look(&answers);
        if outcome.wanted.is_empty() {
            return outcome;
        }
        runtime.block_on(answer_all(asker, outcome.wanted.into_iter().collect(), |question, answer| {
            answers.insert(question, answer);
            true
        }));
    }
}

fn found(asker: &Asker, rule: &str, text: &str) -> Vec<String> {
    let Outcome { findings, unasked, .. } = look(asker, rule, &read(text));
    assert!(unasked.is_empty(), "{rule}: {unasked:?}");
    findings.into_iter().map(|finding| finding.message).collect()
}

/// For each rule lines of a zone that it finds nothing in, lines that it does, and what it says.
const PAIRS: &[(&str, &str, &str, &str)] = &[
    (
        "L-27",
        "sub NS ns.sub\nns.sub A 192.0.2.51\n",
        "sub NS ns.sub\nns.sub A 192.0.2.50\n",
        "itself has 192.0.2.51",
    ),
    ("L-36", "x CNAME there.example.net.\n", "x CNAME gone.example.net.\n", "that does not exist"),
    ("L-42", "", "@ NS near.example.net.\n", ""),
    ("L-44", "", "@ NS behind.example.net.\n", "lacks behind.example.net., which the zone has"),
    ("L-45", "", "@ NS lame.example.net.\n", "(198.51.100.3)"),
    ("L-46", "", "@ NS behind.example.net.\n", "6 at behind.example.net. (198.51.100.5)"),
    (
        "L-49",
        "@ MX 1 there.example.net.\n",
        "@ MX 1 m.example.net.\n",
        "m.example.net. of example.com. has no address",
    ),
    ("L-57", "www A 192.0.2.80\n", "www A 192.0.2.81\n", "leads to gone.example.net."),
    (
        "L-64",
        "@ TXT \"v=spf1 include:spf2.example.net -all\"\n",
        "@ TXT \"v=spf1 a include:spf1.example.net mx:m.example.net -all\"\n",
        "takes 12 lookups",
    ),
    (
        "L-68",
        "_dmarc TXT \"v=DMARC1; p=none; rua=mailto:a@example.org\"\n",
        "_dmarc TXT \"v=DMARC1; p=none; rua=mailto:a@example.net\"\n",
        "does not say that it takes them",
    ),
];

#[test]
fn each_rule_against_real_servers() {
    for make in [Make::Bind, Make::Knot, Make::Nsd] {
        let Some(field) = Field::start(make) else { continue };
        for (rule, good, bad, said) in PAIRS.iter().filter(|(.., said)| !said.is_empty()) {
            // Glue of 51 leads to no server of ours: the same server has it.
            let mut asker = field.asker.clone();
            asker.network.routes.insert(ip("192.0.2.51"), field.asker.network.routes[&ip("192.0.2.50")]);
            assert_eq!(found(&asker, rule, &format!("{TOP}{good}")), Vec::<String>::new(), "{make} {rule}");
            let messages = found(&asker, rule, &format!("{TOP}{bad}"));
            assert!(messages.len() == 1 && messages[0].contains(said), "{make} {rule}: {messages:?}");
        }
        // The zone above has a DS, the zone no key; a zone that nobody has signed is right without.
        let messages = found(&field.asker, "L-99", TOP);
        assert!(messages[0].contains("the zone has no keys"), "{make}: {messages:?}");
        let org =
            "$ORIGIN example.net.\n$TTL 300\n@ SOA ns2 h 1 60 60 600 60\n@ NS ns2\nns2 A 198.51.100.2\n";
        let asker = Asker { zone: name("example.net"), ..field.asker.clone() };
        assert_eq!(found(&asker, "L-99", org), Vec::<String>::new(), "{make}");
        // What a server of this make knows.
        let messages = found(&field.asker, "L-110", &format!("{TOP}@ DSYNC CDS 1 53 ns1\n"));
        assert_eq!(messages.len(), usize::from(make != Make::Bind), "{make}: {messages:?}");
        assert_eq!(found(&field.asker, "L-110", &format!("{TOP}@ HTTPS 1 . alpn=h2\n")).len(), 0, "{make}");
    }
}

#[test]
fn a_nameserver_that_nobody_reaches_is_told_apart() {
    let Some(field) = Field::start(Make::Bind) else { return };
    // There is no way to it: that says nothing of it.
    let outcome = look(&field.asker, "L-45", &read(&format!("{TOP}@ NS dead.example.net.\n")));
    assert!(outcome.findings.is_empty(), "{:?}", outcome.findings);
    assert_eq!(outcome.unasked.len(), 1);
    // It is there and says nothing, while others answer.
    let silent = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let mut asker = field.asker.clone();
    asker.network.routes.insert(ip("198.51.100.4"), silent.local_addr().unwrap());
    asker.network.patience = Duration::from_secs(1);
    let outcome = look(&asker, "L-45", &read(&format!("{TOP}@ NS dead.example.net.\n")));
    assert_eq!(outcome.findings.len(), 1, "{outcome:?}");
}

#[test]
fn without_a_network_nothing_is_found() {
    let network = Network {
        resolvers: Vec::new(),
        routes: HashMap::new(),
        enclosed: true,
        patience: Duration::from_secs(1),
    };
    let asker = Asker { zone: name("example.com"), network, primary: None, sites: HashMap::new() };
    let bad: String = PAIRS.iter().filter(|(rule, ..)| *rule != "L-27").map(|(_, _, bad, _)| *bad).collect();
    let zone = read(&format!("{TOP}{}", bad.replace("@ NS behind.example.net.\n", "")));
    let inquiry = Inquiry::new(Arc::clone(&zone), |_| true);
    let wanted = inquiry.look(&Answers::default()).wanted;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let mut answers = Answers::default();
    let start = Instant::now();
    runtime.block_on(answer_all(&asker, wanted.into_iter().collect(), |question, answer| {
        answers.insert(question, answer);
        true
    }));
    assert!(answers.are_all_unknown() && start.elapsed() < Duration::from_secs(20));
    let outcome = inquiry.look(&answers);
    assert!(outcome.findings.is_empty(), "{:?}", outcome.findings);
    assert!(!outcome.unasked.is_empty());
}

/// A resolver that answers every question in the negative.
fn denying() -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap();
    std::thread::spawn(move || {
        let mut message = [0; 512];
        while let Ok((length, from)) = socket.recv_from(&mut message) {
            // QR, RD, RA and NXDOMAIN.
            message[2] = 0x81;
            message[3] = 0x83;
            let _ = socket.send_to(&message[..length], from);
        }
    });
    address
}

/// A captive portal, or a forwarder that is broken: each target was said not to exist.
#[test]
fn a_resolver_that_denies_everything_is_not_believed() {
    let Some(field) = Field::start(Make::Bind) else { return };
    let truth = field.asker.network.resolvers.clone();
    let zone =
        format!("{TOP}x CNAME there.example.net.\ny CNAME gone.example.net.\n@ MX 1 there.example.net.\n");
    let mut asker = field.asker.clone();
    asker.network.resolvers = vec![denying()];
    for rule in ["L-36", "L-44", "L-49"] {
        let outcome = look(&asker, rule, &read(&zone));
        assert!(outcome.findings.is_empty(), "{rule}: {:?}", outcome.findings);
        let [unasked, ..] = outcome.unasked.as_slice() else { panic!("{rule}: nothing is said") };
        assert_eq!(unasked.why, "the resolver 127.0.0.1 denies every name, even the root", "{rule}");
    }
    // The next one is asked.
    asker.network.resolvers.extend(truth);
    let found = found(&asker, "L-36", &zone);
    assert!(found.len() == 1 && found[0].contains("gone.example.net.: that does not exist"), "{found:?}");
}

/// A web server with a certificate of this organisation.
struct Site(Child, SocketAddr);

impl Site {
    fn start(folder: &std::path::Path, organisation: &str) -> Site {
        let file = |end: &str| folder.join(end).to_string_lossy().into_owned();
        let made = Command::new("openssl")
            .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"])
            .args(["-days", "3", "-subj", &format!("/C=US/O={organisation}/CN=R10")])
            .args(["-keyout", &file("key"), "-out", &file("certificate")])
            .output()
            .unwrap();
        assert!(made.status.success(), "{made:?}");
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        let child = Command::new("openssl")
            .args(["s_server", "-quiet", "-accept", &address.to_string()])
            .args(["-key", &file("key"), "-cert", &file("certificate")])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let start = Instant::now();
        while std::net::TcpStream::connect(address).is_err() {
            assert!(start.elapsed() < Duration::from_secs(20), "openssl s_server does not listen");
            std::thread::sleep(Duration::from_millis(50));
        }
        Site(child, address)
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn certificates_of_real_web_servers() {
    if !is_available("openssl") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let site = Site::start(folder.path(), "Let's Encrypt");
    let network = Network {
        resolvers: Vec::new(),
        routes: HashMap::new(),
        enclosed: true,
        patience: Duration::from_secs(10),
    };
    let sites = HashMap::from([(ip("192.0.2.80"), site.1)]);
    let asker = Asker { zone: name("example.com"), network, primary: None, sites };
    let zone = |caa: &str| format!("{TOP}www A 192.0.2.80\nwww CAA 0 issue \"{caa}\"\n");
    assert_eq!(found(&asker, "L-77", &zone("letsencrypt.org")), Vec::<String>::new());
    let messages = found(&asker, "L-77", &zone("pki.goog"));
    assert!(messages.len() == 1 && messages[0].contains("letsencrypt.org"), "{messages:?}");
    // One that ends the connection, and one that says nothing, are not judged.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let asker = Asker { sites: HashMap::from([(ip("192.0.2.80"), silent.local_addr().unwrap())]), ..asker };
    let asker =
        Asker { network: Network { patience: Duration::from_secs(1), ..asker.network.clone() }, ..asker };
    let outcome = look(&asker, "L-77", &read(&zone("pki.goog")));
    assert!(outcome.findings.is_empty() && outcome.unasked.len() == 1, "{outcome:?}");
}
