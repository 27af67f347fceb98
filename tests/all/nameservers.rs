//! What the upper pane is told: nameservers that answer in every way that they should not, none of which holds up
//! another; and the delegation, as real servers of a parent zone give it.

use std::io::Read;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::net::TcpSocket;
use zonewright::app::standing::{Standing, standing};
use zonewright::dns::questions::{self, Network};
use zonewright::facts::{
    AddressStatus, Delegated, Delegation, Fault, NameserverStatus, Parent, Reply, Transport,
};
use zonewright::wire::builder::Builder;
use zonewright::wire::reader::Reader;
use zonewright::wire::{MAX_MESSAGE, Section, class, flags};
use zonewright::zone::update::Rcode;
use zonewright::zone::{Name, RecordType};

use crate::hostile::{Record, a, answer, name, send, soa};
use crate::lab::{Key, Lab, Make, Zone};

const SERIAL: u32 = 7;
/// What those have to wait for whom nobody answers.
const PATIENCE: Duration = Duration::from_millis(1500);

/// From a question to its answer.
type Script = dyn Fn(&[u8]) -> Vec<u8> + Send + Sync;

/// What a server does with a question.
#[derive(Clone)]
enum Way {
    Answers(Arc<Script>),
    /// Takes it and says nothing.
    Silent,
    /// Nobody listens.
    Closed,
}

use Way::{Closed, Silent};

fn says(make: impl Fn(&[u8]) -> Vec<u8> + Send + Sync + 'static) -> Way {
    Way::Answers(Arc::new(make))
}

/// An authority's answer with this serial.
fn serves(serial: u32) -> Way {
    says(move |request| answer(request, flags::AA, Rcode::NOERROR, &[soa("example.com", serial)]))
}

fn code(rcode: Rcode) -> Way {
    says(move |request| answer(request, 0, rcode, &[]))
}

/// A server that lives until the test process ends.
fn server(udp: Way, tcp: Way) -> SocketAddr {
    let (address, listener, socket) = loop {
        let (address, listener) = if matches!(tcp, Closed) {
            // Bound and never listening, so that nobody else takes the port.
            let held = TcpSocket::new_v4().unwrap();
            held.bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
            let address = held.local_addr().unwrap();
            std::mem::forget(held);
            (address, None)
        } else {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
            (listener.local_addr().unwrap(), Some(listener))
        };
        if let Ok(socket) = UdpSocket::bind(address) {
            break (address, listener, socket);
        }
    };
    if !matches!(udp, Closed) {
        std::thread::spawn(move || {
            let mut request = [0; 512];
            while let Ok((length, peer)) = socket.recv_from(&mut request) {
                if let Way::Answers(make) = &udp {
                    let _ = socket.send_to(&make(&request[..length]), peer);
                }
            }
        });
    }
    if let Some(listener) = listener {
        std::thread::spawn(move || {
            let mut open = Vec::new();
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                if let Way::Answers(make) = &tcp {
                    let mut length = [0; 2];
                    stream.read_exact(&mut length).unwrap();
                    let mut request = vec![0; usize::from(u16::from_be_bytes(length))];
                    stream.read_exact(&mut request).unwrap();
                    send(&mut stream, &make(&request));
                }
                open.push(stream);
            }
        });
    }
    address
}

/// A network in which these addresses lead to these servers, and nothing else anywhere.
fn network(routes: impl IntoIterator<Item = (IpAddr, SocketAddr)>, resolvers: &[SocketAddr]) -> Network {
    Network {
        resolvers: resolvers.to_vec(),
        routes: routes.into_iter().collect(),
        enclosed: false,
        patience: PATIENCE,
    }
}

fn address(last: usize) -> IpAddr {
    IpAddr::V4(Ipv4Addr::new(192, 0, 2, u8::try_from(last).unwrap()))
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

/// Looks at servers at the same time, each as a nameserver of its own. All that was told, in its order.
fn watch(servers: &[SocketAddr], tcp: bool) -> Vec<(usize, NameserverStatus)> {
    let network = network((1..).map(address).zip(servers.iter().copied()), &[]);
    let (sender, receiver) = std::sync::mpsc::channel();
    let runtime = runtime();
    for index in 0..servers.len() {
        let (network, sender) = (network.clone(), sender.clone());
        runtime.spawn(async move {
            let server = name(&format!("ns{index}.example.net"));
            let tell = |status| sender.send((index, status)).unwrap();
            questions::watch(&network, &name("example.com"), server, vec![address(index + 1)], tcp, tell)
                .await;
        });
    }
    drop(sender);
    receiver.iter().collect()
}

/// The last that was told of a server.
fn outcome(told: &[(usize, NameserverStatus)], server: usize) -> &AddressStatus {
    let (_, last) = told.iter().rfind(|(index, _)| *index == server).unwrap();
    assert!(last.complete && last.problem.is_none() && last.addresses.len() == 1, "{last:?}");
    &last.addresses[0]
}

/// The standing in few words, without the time.
fn words(status: &AddressStatus) -> String {
    match standing(status) {
        Standing::Asking => "asking".into(),
        Standing::Fails(fault) => fault.to_string(),
        Standing::Serves { serial, not_over: None, .. } => serial.to_string(),
        Standing::Serves { serial, not_over: Some(transport), .. } => format!("{serial}, no {transport}"),
    }
}

#[test]
fn each_fault_has_its_words() {
    let referral = |owner: &'static str| {
        says(move |request| with_authority(request, 0, &[(name(owner), RecordType::NS, "a.example.org")]))
    };
    let cases = [
        ("7", serves(SERIAL), serves(SERIAL)),
        ("6", serves(6), serves(6)),
        ("9", serves(9), serves(9)),
        ("7, no TCP", serves(SERIAL), Closed),
        ("7, no TCP", serves(SERIAL), Silent),
        ("7, no UDP", Silent, serves(SERIAL)),
        ("timed out", Silent, Silent),
        ("connection refused", Closed, Closed),
        ("lame: refused", code(Rcode::REFUSED), code(Rcode::REFUSED)),
        ("server failure", code(Rcode::SERVFAIL), code(Rcode::SERVFAIL)),
        ("lame: not authoritative", code(Rcode::NOTAUTH), code(Rcode::NOTAUTH)),
        (
            "lame: not authoritative",
            says(|request| answer(request, 0, Rcode::NOERROR, &[soa("example.com", SERIAL)])),
            Closed,
        ),
        ("lame: refers elsewhere", referral("."), Closed),
        ("lame: refers elsewhere", referral("example.com"), Closed),
        (
            "lame: no such zone",
            says(|request| answer(request, flags::AA, Rcode::NXDOMAIN, &[soa("com", SERIAL)])),
            Closed,
        ),
        ("lame: no such zone", says(|request| answer(request, flags::AA, Rcode::NOERROR, &[])), Closed),
        ("error 4", code(Rcode::NOTIMP), Closed),
        // An answer to somebody else: not taken for one.
        (
            "connection refused",
            says(|request| with_other_id(&answer(request, 0, Rcode::NOERROR, &[]))),
            Closed,
        ),
        (
            "answer unreadable",
            says(|request| [&request[..2], &[0x80, 0, 0, 0, 0, 9, 0, 0, 0, 0]].concat()),
            Closed,
        ),
        // Cut over UDP, whole over TCP: as it should be.
        ("7", says(|request| answer(request, flags::TC, Rcode::NOERROR, &[])), serves(SERIAL)),
    ];
    let servers: Vec<SocketAddr> =
        cases.iter().map(|(_, udp, tcp)| server(udp.clone(), tcp.clone())).collect();
    for tcp in [true, false] {
        let told = watch(&servers, tcp);
        for (index, (expected, udp, _)) in cases.iter().enumerate() {
            // Where UDP works and TCP was not asked, nothing is said of TCP.
            let expected = match (tcp, udp) {
                (false, Way::Answers(_)) => expected.trim_end_matches(", no TCP"),
                _ => expected,
            };
            assert_eq!(words(outcome(&told, index)), expected, "case {index}, TCP asked: {tcp}");
        }
    }
}

#[test]
fn a_dead_server_holds_up_no_other() {
    let dead = [server(Silent, Silent), server(Silent, Silent)];
    let slow = server(
        says(|request| {
            std::thread::sleep(PATIENCE / 5);
            answer(request, flags::AA, Rcode::NOERROR, &[soa("example.com", SERIAL)])
        }),
        serves(SERIAL),
    );
    let quick = [server(serves(SERIAL), serves(SERIAL)), server(code(Rcode::REFUSED), code(Rcode::REFUSED))];
    let told = watch(&[dead[0], quick[0], slow, quick[1], dead[1]], true);
    let complete: Vec<usize> =
        told.iter().filter(|(_, status)| status.complete).map(|(index, _)| *index).collect();
    let place = |server| complete.iter().position(|index| *index == server).unwrap();
    let last_quick = place(1).max(place(3));
    assert!(last_quick < place(2) && place(2) < place(0).min(place(4)), "{complete:?}");
    // And each is told once it is known: that it is being asked, the first answer, all.
    assert!(told.iter().filter(|(index, _)| *index == 1).count() >= 3);
}

#[test]
fn silence_over_tcp_does_not_hold_up_the_answer_over_udp() {
    let told = watch(&[server(serves(SERIAL), Silent)], true);
    let replies: Vec<(bool, bool)> = told
        .iter()
        .filter_map(|(_, status)| status.addresses.first())
        .map(|address| (matches!(address.udp, Reply::Serial { .. }), address.tcp == Reply::Asking))
        .collect();
    assert!(replies.contains(&(true, true)), "{replies:?}");
}

#[test]
fn a_failure_over_udp_is_never_told_beside_an_old_answer_over_tcp() {
    let told = watch(&[server(Silent, Silent), server(Silent, serves(SERIAL))], false);
    for (_, status) in &told {
        let address = &status.addresses[0];
        let settled = |reply| matches!(reply, Reply::Serial { .. } | Reply::Fault(_));
        assert!(address.udp.fault().is_none() || settled(address.tcp), "{status:?}");
    }
}

#[test]
fn every_address_is_asked_up_to_a_number() {
    let servers: Vec<SocketAddr> = (0..10).map(|serial| server(serves(serial), serves(serial))).collect();
    let network = network((1..).map(address).zip(servers), &[]);
    let mut last = None;
    let all: Vec<IpAddr> = (1..=10).map(address).collect();
    runtime().block_on(questions::watch(
        &network,
        &name("example.com"),
        name("ns.example.net"),
        all.clone(),
        true,
        |status| last = Some(status),
    ));
    let last = last.unwrap();
    assert_eq!((last.addresses.len(), last.unasked), (8, 2));
    for (serial, address) in last.addresses.iter().enumerate() {
        assert_eq!((address.address, words(address)), (all[serial], serial.to_string()));
    }
}

/// A resolver for which nothing is below the root.
fn knows_the_root_alone() -> SocketAddr {
    let rcode = |request: &[u8]| if request[12] == 0 { Rcode::NOERROR } else { Rcode::NXDOMAIN };
    server(says(move |request| answer(request, 0, rcode(request), &[])), Closed)
}

#[test]
fn a_nameserver_without_addresses_says_why() {
    let (nothing, denying) = (knows_the_root_alone(), server(code(Rcode::NXDOMAIN), Closed));
    let empty = server(code(Rcode::NOERROR), Closed);
    let broken = server(code(Rcode::SERVFAIL), Closed);
    let silent = server(Silent, Closed);
    for (resolvers, expected) in [
        (vec![nothing], "does not exist"),
        (vec![empty], "no address"),
        (vec![broken], "resolver: server failure"),
        (vec![silent], "no resolver answers"),
        (vec![silent, broken, nothing], "does not exist"),
        (vec![denying], "the resolver 127.0.0.1 denies every name, even the root"),
        (vec![denying, nothing], "does not exist"),
        (vec![], "no resolver to ask"),
    ] {
        let mut told = Vec::new();
        runtime().block_on(questions::watch(
            &network([], &resolvers),
            &name("example.com"),
            name("ns.example.net"),
            Vec::new(),
            true,
            |status| told.push(status),
        ));
        assert_eq!(told.len(), 1);
        assert_eq!((told[0].problem.as_deref(), told[0].complete), (Some(expected), true));
    }
}

const COM: &str = "$TTL 300
@ SOA a.nic hostmaster 1 60 60 600 60
@ NS a.nic
a.nic A 192.0.2.250
example NS ns1.example
example NS ns2.example.net.
example NS ns3.example
ns1.example A 192.0.2.1
ns1.example AAAA 2001:db8::1
ns3.example A 192.0.2.3
";

const NET: &str = "$TTL 300
@ SOA ns1 hostmaster 7 60 60 600 60
@ NS ns1
ns1 A 192.0.2.250
deep.a.b NS ns.deep.a.b
ns.deep.a.b A 192.0.2.9
";

fn parent_of(zone: &str, network: &Network) -> Parent {
    runtime().block_on(questions::parent(network, &name(zone)))
}

#[test]
fn delegations_of_real_servers() {
    for make in [Make::Bind, Make::Knot, Make::Nsd] {
        let zones = [Zone::new("com", COM), Zone::new("example.net", NET)];
        let Some(lab) = Lab::start(make, &zones, &Key::default()) else { continue };
        let network = Network {
            patience: Duration::from_secs(10),
            ..network([("192.0.2.250".parse().unwrap(), lab.address)], &[lab.address])
        };
        let Parent::Delegates(mut delegation) = parent_of("example.com", &network) else { panic!("{make}") };
        delegation.nameservers.sort_by(|a, b| a.name.cmp(&b.name));
        delegation.nameservers.iter_mut().for_each(|server| server.glue.sort());
        let delegated = |server: &str, glue: &[&str]| Delegated {
            name: name(server),
            glue: glue.iter().map(|address| address.parse().unwrap()).collect(),
        };
        let mut expected = vec![
            delegated("ns1.example.com", &["192.0.2.1", "2001:db8::1"]),
            delegated("ns3.example.com", &["192.0.2.3"]),
            delegated("ns2.example.net", &[]),
        ];
        expected.sort_by(|a, b| a.name.cmp(&b.name));
        assert_eq!(delegation, Delegation { parent: name("com"), nameservers: expected }, "{make}");

        // Over names between that are no zones.
        let Parent::Delegates(deep) = parent_of("deep.a.b.example.net", &network) else { panic!("{make}") };
        assert_eq!((deep.parent, deep.nameservers.len()), (name("example.net"), 1), "{make}");

        let parent = name("com");
        assert_eq!(parent_of("nothing.com", &network), Parent::DoesNotDelegate { parent }, "{make}");
        let parent = name("example.net");
        assert_eq!(parent_of("b.example.net", &network), Parent::DoesNotDelegate { parent }, "{make}");

        // Authority, and what is none: the parent's server is asked for the child.
        for transport in [Transport::Udp, Transport::Tcp] {
            let reply = runtime().block_on(questions::nameserver_status(
                lab.address,
                &name("example.com"),
                transport,
                network.patience,
            ));
            assert_eq!(reply, Reply::Fault(Fault::RefersAway), "{make}");
        }
    }
}

#[test]
fn a_parent_that_serves_the_zone_too_tells_nothing_of_the_delegation() {
    let child = "$TTL 300\n@ SOA ns1 hostmaster 7 60 60 600 60\n@ NS ns1\nns1 A 192.0.2.1\n";
    for make in [Make::Bind, Make::Knot, Make::Nsd] {
        let zones = [Zone::new("com", COM), Zone::new("example.com", child)];
        let Some(lab) = Lab::start(make, &zones, &Key::default()) else { continue };
        let network = Network {
            patience: Duration::from_secs(10),
            ..network([("192.0.2.250".parse().unwrap(), lab.address)], &[lab.address])
        };
        let why = "a.nic.com.: it serves this zone too, and answers for it";
        assert_eq!(parent_of("example.com", &network), Parent::NotKnown(why.into()), "{make}");
    }
}

#[test]
fn a_parent_that_cannot_be_asked_is_not_known() {
    let not_known = |zone: &str, network: &Network| match parent_of(zone, network) {
        Parent::NotKnown(why) => why,
        other => panic!("{other:?}"),
    };
    let nobody = network([], &[server(Silent, Closed)]);
    assert_eq!(not_known("example.com", &nobody), "no resolver answers");
    assert_eq!(not_known(".", &nobody), "there is none above the root");
    let refusing = network([], &[server(code(Rcode::REFUSED), Closed)]);
    assert_eq!(not_known("example.com", &refusing), "the resolver refuses");
    let denying = network([], &[server(code(Rcode::NXDOMAIN), Closed)]);
    assert_eq!(not_known("example.com", &denying), "the resolver 127.0.0.1 denies every name, even the root");
    let nothing = network([], &[knows_the_root_alone()]);
    assert_eq!(not_known("host.example.com", &nothing), "no zone above is known");
    assert_eq!(not_known(&"a.".repeat(100), &nothing), "no zone above is known");
}

/// A resolver that has whatever is asked for, and counts.
fn resolver(counter: &Arc<AtomicUsize>) -> SocketAddr {
    let counter = Arc::clone(counter);
    server(
        says(move |request| {
            counter.fetch_add(1, Ordering::Relaxed);
            let question = Reader::new(request).unwrap().question().unwrap().unwrap();
            let owner = question.name.to_string();
            match question.rtype {
                RecordType::NS => {
                    let servers: Vec<Record> =
                        (0..12).map(|number| ns(&owner, &format!("ns{number}.test"))).collect();
                    answer(request, 0, Rcode::NOERROR, &servers)
                }
                RecordType::A => answer(
                    request,
                    0,
                    Rcode::NOERROR,
                    &(1..9).map(|last| a(&owner, last)).collect::<Vec<_>>(),
                ),
                _ => answer(request, 0, Rcode::NOERROR, &[]),
            }
        }),
        Closed,
    )
}

#[test]
fn a_hopeless_parent_costs_few_questions() {
    let (of_resolver, of_parent) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let counter = Arc::clone(&of_parent);
    let broken = says(move |request| {
        counter.fetch_add(1, Ordering::Relaxed);
        answer(request, 0, Rcode::SERVFAIL, &[])
    });
    let parent = server(broken.clone(), broken);
    let network = network((1..9).map(|last| (address(last), parent)), &[resolver(&of_resolver)]);
    let why = "ns3.test.: server failure";
    assert_eq!(parent_of("example.com", &network), Parent::NotKnown(why.into()));
    assert_eq!(of_parent.load(Ordering::Relaxed), 8);
    assert_eq!(of_resolver.load(Ordering::Relaxed), 9);
}

#[test]
fn a_resolver_that_sends_us_round_in_circles_is_left_in_the_end() {
    let counter = Arc::new(AtomicUsize::new(0));
    let asked = Arc::clone(&counter);
    let resolver = server(
        says(move |request| {
            asked.fetch_add(1, Ordering::Relaxed);
            // An SOA of a zone below the one asked for leads down, and again up.
            let authority = [(name("x.y.z.example.com"), RecordType::SOA, "")];
            with_authority(request, 0, &authority)
        }),
        Closed,
    );
    let parent = parent_of("a.b.c.d.e.f.g.h.i.j.k.l.m", &network([], &[resolver]));
    assert_eq!(parent, Parent::NotKnown("no zone above is known".into()));
    assert_eq!(counter.load(Ordering::Relaxed), 8);
}

#[test]
fn a_flood_of_nameservers_and_glue_is_cut() {
    let counter = Arc::new(AtomicUsize::new(0));
    let flood = says(|request| {
        let mut message = referral(request, 300);
        for number in 0..200 {
            let (owner, _, rdata) = a("ns0.test", number);
            message.record(Section::Additional, owner.as_ref(), RecordType::A, class::IN, 9, &rdata).unwrap();
        }
        message.finish()
    });
    let parent = server(Closed, flood);
    let network = network((1..9).map(|last| (address(last), parent)), &[resolver(&counter)]);
    let Parent::Delegates(delegation) = parent_of("example.com", &network) else { panic!() };
    assert_eq!(delegation.nameservers.len(), 32);
    assert_eq!(delegation.nameservers[0].glue.len(), 16);
}

fn ns(owner: &str, target: &str) -> Record {
    (name(owner), RecordType::NS, name(target).wire().into())
}

/// The beginning of a referral for example.com to so many servers.
fn referral(request: &[u8], servers: usize) -> Builder {
    let mut message = start(request, 0);
    for number in 0..servers {
        let (owner, rtype, rdata) = ns("example.com", &format!("ns{number}.test"));
        message.record(Section::Authority, owner.as_ref(), rtype, class::IN, 300, &rdata).unwrap();
    }
    message
}

fn start(request: &[u8], extra_flags: u16) -> Builder {
    let mut reader = Reader::new(request).unwrap();
    let header = *reader.header();
    let mut message = Builder::new(header.id, header.opcode(), flags::QR | extra_flags, MAX_MESSAGE);
    let question = reader.question().unwrap().unwrap();
    message.question(question.name.as_ref(), question.rtype, question.class).unwrap();
    message
}

/// An answer whose records stand in the authority section: NS with their targets, SOA.
fn with_authority(request: &[u8], extra_flags: u16, records: &[(Name, RecordType, &str)]) -> Vec<u8> {
    let mut message = start(request, extra_flags);
    for (owner, rtype, target) in records {
        let rdata = match *rtype {
            RecordType::SOA => soa("example.com", SERIAL).2,
            _ => name(target).wire().into(),
        };
        message.record(Section::Authority, owner.as_ref(), *rtype, class::IN, 300, &rdata).unwrap();
    }
    message.finish()
}

fn with_other_id(message: &[u8]) -> Vec<u8> {
    let mut message = message.to_vec();
    message[0] ^= 0x55;
    message
}
