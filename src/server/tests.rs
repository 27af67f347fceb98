use std::io::{Read, Write};
use std::net::TcpStream;

use super::lookup::lookup;
use super::*;
use crate::wire::answer::{AnswerError, Asked};
use crate::wire::ixfr::{Incremental, Ixfr};
use crate::wire::key::{Algorithm, Secret};
use crate::wire::transfer::{Axfr, TransferError};
use crate::wire::tsig::{TsigError, Verifier, sign_request};
use crate::wire::{Section, update};
use crate::zone::types;
use crate::zone::update::{Operation, Prerequisite, Rcode, Update};
use crate::zone::{RecordType, RrKey, SnapshotBuilder};
use crate::zonefile::read_zone;

const ZONE: &str = "\
$TTL 3600
@        SOA   ns1 hostmaster 7 3600 900 604800 300
@        NS    ns1
@        NS    ns2.example.net.
ns1      A     192.0.2.1
www      A     192.0.2.10
www      A     192.0.2.11
www      TXT   \"hello\"
alias    CNAME www
out      CNAME www.example.net.
loop     CNAME loop
*.wild   A     192.0.2.20
there.wild TXT \"no wildcard here\"
deep.empty.nodes A 192.0.2.30
sub      NS    ns.sub
sub      NS    ns1
sub      DS    60485 13 2 D4D4D4D4D4D4D4D4D4D4D4D4D4D4D4D4D4D4D4D4D4D4D4D4D4D4D4D4D4D4D4D4
ns.sub   A     192.0.2.40
tree     DNAME other
leaf.other A   192.0.2.50
";

fn name(text: &str) -> Name {
    Name::parse(text.as_bytes(), Some(origin().as_ref())).unwrap()
}

fn origin() -> Name {
    Name::parse(b"example.com.", None).unwrap()
}

fn zone() -> Snapshot {
    read_zone(ZONE.as_bytes(), Some(&origin())).unwrap().0
}

/// The answer as lines: section, owner, type, RDATA.
fn ask(owner: &str, rtype: RecordType) -> (Rcode, bool, Vec<String>) {
    let found = lookup(&zone(), &name(owner), rtype);
    let lines = found.sets.iter().flat_map(|set| {
        let section = match set.section {
            Section::Answer => "answer",
            Section::Authority => "authority",
            Section::Additional => "additional",
        };
        set.contents.rdata.iter().map(move |rdata| {
            let rdata = types::format_rdata(set.rtype, rdata, Some(origin().as_ref()));
            format!("{section} {} {} {rdata}", set.owner.relative_to(&origin()), set.rtype)
        })
    });
    (found.rcode, found.authoritative, lines.collect())
}

#[test]
fn answers_of_a_zone() {
    let soa = "authority @ SOA ns1 hostmaster 7 3600 900 604800 300";
    let (fine, no_name) = (Rcode::NOERROR, Rcode::NXDOMAIN);
    let (a, mx) = (RecordType::A, RecordType::MX);
    let www = ["answer www A 192.0.2.10", "answer www A 192.0.2.11"];
    let alias = ["answer alias CNAME www", www[0], www[1]];
    let any = [www[0], www[1], "answer www TXT \"hello\""];
    let tree =
        ["answer tree DNAME other", "answer leaf.tree CNAME leaf.other", "answer leaf.other A 192.0.2.50"];
    for (owner, rtype, rcode, lines) in [
        ("www", a, fine, &www[..]),
        ("WWW", RecordType::ANY, fine, &any),
        ("www", mx, fine, &[soa]),
        ("nothing", a, no_name, &[soa]),
        ("empty.nodes", a, fine, &[soa]),
        ("x.empty.nodes", a, no_name, &[soa]),
        ("alias", a, fine, &alias),
        ("alias", RecordType::CNAME, fine, &alias[..1]),
        ("out", a, fine, &["answer out CNAME www.example.net."]),
        ("any.wild", a, fine, &["answer any.wild A 192.0.2.20"]),
        ("a.b.wild", a, fine, &["answer a.b.wild A 192.0.2.20"]),
        ("any.wild", mx, fine, &[soa]),
        ("there.wild", a, fine, &[soa]),
        ("x.there.wild", a, no_name, &[soa]),
        ("leaf.tree", a, fine, &tree),
        ("tree", RecordType::DNAME, fine, &tree[..1]),
        (
            "nothing.tree",
            a,
            no_name,
            &["answer tree DNAME other", "answer nothing.tree CNAME nothing.other", soa],
        ),
        ("@", RecordType::NS, fine, &["answer @ NS ns1", "answer @ NS ns2.example.net."]),
    ] {
        let expected = (rcode, true, lines.iter().map(|line| line.to_string()).collect());
        assert_eq!(ask(owner, rtype), expected, "{owner} {rtype}");
    }
    let (rcode, authoritative, lines) = ask("loop", a);
    assert_eq!((rcode, authoritative, lines.len()), (fine, true, 16));
}

#[test]
fn referrals() {
    let ds = format!("sub DS 60485 13 2 {}", "D4".repeat(32));
    let expected = [
        "authority sub NS ns.sub",
        "authority sub NS ns1",
        &format!("authority {ds}"),
        "additional ns.sub A 192.0.2.40",
        "additional ns1 A 192.0.2.1",
    ]
    .map(str::to_string);
    for owner in ["sub", "www.sub", "ns.sub"] {
        assert_eq!(ask(owner, RecordType::A), (Rcode::NOERROR, false, expected.to_vec()), "{owner}");
    }
    assert_eq!(ask("sub", RecordType::DS), (Rcode::NOERROR, true, vec![format!("answer {ds}")]));
}

fn key() -> Key {
    let secret = Secret::new(b"0123456789abcdef0123456789abcdef".to_vec());
    Key { name: name("key"), algorithm: Algorithm::HmacSha256, secret }
}

fn now() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs()
}

fn start(zone: Snapshot, options: Options) -> Handle {
    Primary::start(vec![zone], vec![key()], options).unwrap()
}

struct Connection(TcpStream);

impl Connection {
    fn open(server: &Handle) -> Connection {
        let stream = TcpStream::connect(server.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        Connection(stream)
    }

    fn send(&mut self, message: &[u8]) {
        let length = (message.len() as u16).to_be_bytes();
        self.0.write_all(&[&length[..], message].concat()).unwrap();
    }

    fn receive(&mut self) -> Vec<u8> {
        let mut length = [0; 2];
        self.0.read_exact(&mut length).unwrap();
        let mut message = vec![0; usize::from(u16::from_be_bytes(length))];
        self.0.read_exact(&mut message).unwrap();
        message
    }
}

/// Sends an update as a client would; the verified answer.
fn push(server: &Handle, update: &Update) -> Result<Rcode, AnswerError> {
    let asked = Asked::update(77, update.zone.clone());
    let mut message = update::encode(asked.id, update).unwrap();
    let mut verifier = sign_request(&key(), &mut message, now()).unwrap();
    let mut connection = Connection::open(server);
    connection.send(&message);
    asked.update_answer(&connection.receive(), Some(&mut verifier), now())
}

fn add_host(owner: &str, prerequisites: Vec<Prerequisite>) -> Update {
    let rdata = Box::new([192, 0, 2, 99]);
    let operations = vec![Operation::Add(name(owner), RecordType::A, 60, rdata)];
    Update { zone: origin(), prerequisites, operations }
}

#[test]
fn updates_are_carried_out_whole_or_not_at_all() {
    let server = start(zone(), Options::default());
    let before = server.snapshot(&origin()).unwrap();
    let absent = || vec![Prerequisite::NameNotInUse(name("new"))];
    assert_eq!(push(&server, &add_host("new", absent())), Ok(Rcode::NOERROR));
    let after = server.snapshot(&origin()).unwrap();
    assert_eq!((after.serial(), after.record_count()), (8, before.record_count() + 1));
    assert_eq!(before.serial(), 7);
    assert_eq!(push(&server, &add_host("new2", absent())), Ok(Rcode::YXDOMAIN));
    // Nothing is different afterwards: no new serial.
    assert_eq!(push(&server, &add_host("new", Vec::new())), Ok(Rcode::NOERROR));
    assert_eq!(server.snapshot(&origin()).unwrap().serial(), 8);
    // Zone, prerequisites, operations: what is wrong first is what is answered (RFC 2136 section 3).
    let elsewhere = Update { zone: name("elsewhere.net."), ..add_host("new", Vec::new()) };
    assert_eq!(push(&server, &elsewhere), Ok(Rcode::NOTAUTH));
    assert_eq!(push(&server, &add_host("elsewhere.net.", absent())), Ok(Rcode::YXDOMAIN));
    assert_eq!(push(&server, &add_host("elsewhere.net.", Vec::new())), Ok(Rcode::NOTZONE));
    let mut both = add_host("new2", Vec::new());
    both.operations.extend(add_host("elsewhere.net.", Vec::new()).operations);
    assert_eq!(push(&server, &both), Ok(Rcode::NOTZONE));
    assert_eq!(server.snapshot(&origin()).unwrap().serial(), 8);
}

#[test]
fn who_may_not_update() {
    let server = start(zone(), Options { read_only: true, ..Options::default() });
    assert_eq!(push(&server, &add_host("new", Vec::new())), Ok(Rcode::REFUSED));
    let server = start(zone(), Options::default());
    let unsigned = update::encode(77, &add_host("new", Vec::new())).unwrap();
    let mut connection = Connection::open(&server);
    connection.send(&unsigned);
    let asked = Asked::update(77, origin());
    assert_eq!(asked.update_answer(&connection.receive(), None, now()), Ok(Rcode::REFUSED));
    assert_eq!(server.snapshot(&origin()).unwrap().serial(), 7);
}

fn request_zone(server: &Handle, key: Option<&Key>) -> Result<(Snapshot, usize), TransferError> {
    let asked = Asked::axfr(78, origin());
    let mut message = asked.to_message();
    let sign = |key| sign_request(key, &mut message, now()).unwrap();
    let verifier: Option<Verifier> = key.map(sign);
    let mut transfer = Axfr::new(asked, verifier);
    let mut connection = Connection::open(server);
    connection.send(&message);
    let mut messages = 0;
    while !transfer.feed(&connection.receive(), now())?.done {
        messages += 1;
    }
    Ok((transfer.finish()?, messages + 1))
}

#[test]
fn transfers() {
    let server = start(zone(), Options::default());
    let (received, messages) = request_zone(&server, Some(&key())).unwrap();
    assert!(crate::zone::changes::diff(&zone(), &received).is_empty());
    assert_eq!(messages, 1);
    let refused = request_zone(&server, None).unwrap_err();
    assert_eq!(refused, AnswerError::Rcode(Rcode::REFUSED).into());
    let stranger = Key { name: name("other"), ..key() };
    let expected = TsigError::Peer { error: Rcode::BADKEY, signed: false, server_time: None };
    assert_eq!(request_zone(&server, Some(&stranger)).unwrap_err(), expected.into());
    let open = start(zone(), Options { open_transfers: true, ..Options::default() });
    assert!(request_zone(&open, None).is_ok());
}

#[test]
fn a_zone_of_many_messages() {
    let mut builder = SnapshotBuilder::new(origin());
    let soa = zone().get(&RrKey::new(origin(), RecordType::SOA)).unwrap();
    builder.push(origin().as_ref(), RecordType::SOA, 60, &soa.rdata[0]).unwrap();
    for number in 0..20_000u32 {
        let owner = name(&format!("host{number}"));
        builder.push(owner.as_ref(), RecordType::A, 60, &number.to_be_bytes()).unwrap();
    }
    // A record that needs a message of its own.
    builder.push(name("large").as_ref(), RecordType(65_280), 60, &vec![1; 60_000]).unwrap();
    let zone = builder.finish().unwrap();
    let server = start(zone, Options::default());
    let (received, messages) = request_zone(&server, Some(&key())).unwrap();
    assert!(crate::zone::changes::diff(&server.snapshot(&origin()).unwrap(), &received).is_empty());
    assert_eq!(received.record_count(), 20_002);
    assert!(messages > 15, "{messages}");
}

/// As a primary says that a zone has changed.
fn notify(zone: Name) -> Vec<u8> {
    Asked { opcode: crate::wire::Opcode::NOTIFY, ..Asked::soa(9, zone) }.to_message()
}

#[test]
fn what_is_no_question_gets_an_error_or_nothing() {
    let server = start(zone(), Options::default());
    let header = |flags: u16, questions: u16| -> Vec<u8> {
        [9, flags, questions, 0, 0, 0].into_iter().flat_map(u16::to_be_bytes).collect()
    };
    for (message, rcode) in [
        (header(0, 0), Rcode::FORMERR),
        (header(0, 1), Rcode::FORMERR),
        ([Asked::soa(9, origin()).to_message(), vec![0]].concat(), Rcode::FORMERR),
        (Asked { opcode: crate::wire::Opcode(2), ..Asked::soa(9, origin()) }.to_message(), Rcode::NOTIMP),
        (notify(origin()), Rcode::NOERROR),
        (notify(name("elsewhere.net.")), Rcode::NOTAUTH),
        (Asked::soa(9, name("elsewhere.net.")).to_message(), Rcode::REFUSED),
        (Asked::axfr(9, name("www")).to_message(), Rcode::NOTAUTH),
    ] {
        let mut connection = Connection::open(&server);
        connection.send(&message);
        let answer = connection.receive();
        let answer = crate::wire::reader::Reader::new(&answer).unwrap();
        assert!(answer.header().is_response() && answer.header().id == 9);
        assert_eq!(answer.header().rcode(), rcode, "{message:?}");
    }
    // To an answer, or to less than a header, there is no answer.
    for message in [header(0x8000, 0), vec![1, 2, 3], Vec::new()] {
        let mut connection = Connection::open(&server);
        connection.send(&message);
        assert_eq!(connection.0.read(&mut [0]).unwrap(), 0, "{message:?}");
    }
}

#[test]
fn a_dropped_handle_closes_everything() {
    let server = start(zone(), Options::default());
    let mut connection = Connection::open(&server);
    connection.send(&Asked::soa(9, origin()).to_message());
    connection.receive();
    let address = server.address;
    drop(server);
    assert_eq!(connection.0.read(&mut [0]).unwrap(), 0);
    assert!(TcpStream::connect(address).is_err());
}

#[test]
fn latency_holds_the_answer_back() {
    let options = Options { latency: Duration::from_millis(60), ..Options::default() };
    let server = start(zone(), options);
    let began = std::time::Instant::now();
    assert_eq!(push(&server, &add_host("new", Vec::new())), Ok(Rcode::NOERROR));
    assert!(began.elapsed() >= Duration::from_millis(60));
}

/// What the server says to somebody who has this version.
fn request_changes(server: &Handle, old: &Arc<Snapshot>) -> Result<Incremental, TransferError> {
    let asked = Asked::ixfr(79, origin());
    let mut message = asked.to_ixfr_message(old.serial());
    let verifier = sign_request(&key(), &mut message, now()).unwrap();
    let mut transfer = Ixfr::new(asked, Some(verifier), Arc::clone(old));
    let mut connection = Connection::open(server);
    connection.send(&message);
    while !transfer.feed(&connection.receive(), now())?.done {}
    transfer.finish()
}

#[test]
fn every_version_that_is_remembered_leads_to_the_newest() {
    let server = start(zone(), Options::default());
    let mut versions = vec![server.snapshot(&origin()).unwrap()];
    let delete = |owner| Operation::DeleteName(name(owner));
    let add = |owner, ttl, last| Operation::Add(name(owner), RecordType::A, ttl, Box::new([192, 0, 2, last]));
    for operations in [
        vec![add("www", 60, 12)],
        vec![delete("www"), add("new", 60, 1)],
        vec![add("WWW", 60, 13), delete("new")],
        vec![add("new", 60, 1), delete("tree"), delete("sub")],
    ] {
        let update = Update { zone: origin(), prerequisites: Vec::new(), operations };
        assert_eq!(push(&server, &update), Ok(Rcode::NOERROR));
        versions.push(server.snapshot(&origin()).unwrap());
    }
    let newest = versions.pop().unwrap();
    assert!(matches!(request_changes(&server, &newest), Ok(Incremental::Unchanged)));
    for old in versions {
        let Incremental::Changes { changes, serial } = request_changes(&server, &old).unwrap() else {
            panic!("no differences since {}", old.serial())
        };
        assert_eq!(serial, 11);
        let new = old.with_changes(&changes).unwrap();
        assert!(crate::zone::changes::diff(&newest, &new).is_empty());
    }
    // A version that the server never had.
    let rdata = crate::zone::Soa { serial: 3, ..newest.soa().clone() }.to_rdata();
    let mut builder = SnapshotBuilder::new(origin());
    builder.push(origin().as_ref(), RecordType::SOA, 60, &rdata).unwrap();
    let unknown = Arc::new(builder.finish().unwrap());
    let Incremental::Zone(whole) = request_changes(&server, &unknown).unwrap() else { panic!("not whole") };
    assert!(crate::zone::changes::diff(&newest, &whole).is_empty());
}

fn with_hosts(serial: u32, count: u32) -> Snapshot {
    let mut builder = SnapshotBuilder::new(origin());
    let soa =
        crate::zone::Soa { serial, refresh: 3600, retry: 1, expire: 604_800, ..crate::zone::Soa::default() };
    builder.push(origin().as_ref(), RecordType::SOA, 60, &soa.to_rdata()).unwrap();
    for number in 0..count {
        let owner = name(&format!("host{number}"));
        builder.push(owner.as_ref(), RecordType::A, 60, &number.to_be_bytes()).unwrap();
    }
    builder.finish().unwrap()
}

#[test]
fn the_journal_is_bounded() {
    let mut journal = super::journal::Journal::default();
    let mut old = with_hosts(1, 0);
    for serial in 2..20 {
        let new = with_hosts(serial, if serial % 2 == 0 { 400 } else { 0 });
        journal.add(&old, &new, &changes::diff(&old, &new));
        old = new;
    }
    // Steps of 402 records, and room for 1,000.
    assert!(journal.since(16).is_none());
    assert_eq!(journal.since(17).map(|records| records.len()), Some(804));
    // A lower serial: nobody can be led over it.
    let lower = with_hosts(5, 0);
    journal.add(&old, &lower, &changes::diff(&old, &lower));
    assert!(journal.since(18).is_none() && journal.since(19).is_none());
}

#[test]
fn by_udp_the_differences_or_the_serial() {
    let server = start(with_hosts(1, 0), Options { open_transfers: true, ..Options::default() });
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let answers_since = |serial| {
        socket.send_to(&Asked::ixfr(9, origin()).to_ixfr_message(serial), server.address).unwrap();
        let mut buffer = [0; 512];
        let length = socket.recv(&mut buffer).unwrap();
        crate::wire::reader::Reader::new(&buffer[..length]).unwrap().header().counts[1]
    };
    server.replace(with_hosts(2, 300));
    // They do not fit.
    assert_eq!(answers_since(1), 1);
    server.replace(with_hosts(3, 302));
    assert_eq!(answers_since(2), 6);
    assert_eq!(answers_since(3), 1);
}

/// Waits until the server has this serial.
fn wait_for(server: &Handle, serial: u32) {
    for _ in 0..1000 {
        if server.snapshot(&origin()).is_some_and(|zone| zone.serial() == serial) {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("serial {serial} did not come");
}

#[test]
fn a_secondary_follows_by_notify() {
    let primary = start(with_hosts(1, 10), Options::default());
    let follow = |key| Secondary::start(origin(), primary.address, key, Following::default()).unwrap();
    let (first, stranger) = (follow(Some(key())), follow(None));
    wait_for(&first, 1);
    primary.notify(first.address);
    // The refresh time is an hour: only NOTIFY brings these.
    primary.replace(with_hosts(2, 12));
    wait_for(&first, 2);
    assert_eq!(push(&primary, &add_host("new", Vec::new())), Ok(Rcode::NOERROR));
    wait_for(&first, 3);
    let (own, copy) = (primary.snapshot(&origin()).unwrap(), first.snapshot(&origin()).unwrap());
    assert!(crate::zone::changes::diff(&own, &copy).is_empty());
    // It remembers what it took over, takes no updates, and its zone came signed or not at all.
    let old = Arc::new(with_hosts(1, 10));
    assert!(matches!(request_changes(&first, &old), Ok(Incremental::Changes { serial: 3, .. })));
    assert_eq!(push(&first, &add_host("other", Vec::new())), Ok(Rcode::REFUSED));
    assert!(stranger.snapshot(&origin()).is_none());
}

#[test]
fn a_secondary_follows_by_the_clock_and_lets_go_of_old_zones() {
    let short = |serial| {
        let zone = with_hosts(serial, 1);
        let soa = RrKey::new(origin(), RecordType::SOA);
        let times = crate::zone::Soa { refresh: 1, retry: 1, expire: 3, ..zone.soa().clone() };
        let after = Some(crate::zone::RrSet::new(60, vec![times.to_rdata()]));
        let change = crate::zone::Change { before: zone.get(&soa), after };
        zone.with_changes(&ChangeMap::from([(soa, change)])).unwrap()
    };
    let primary = start(short(1), Options::default());
    let secondary = Secondary::start(origin(), primary.address, Some(key()), Following::default()).unwrap();
    wait_for(&secondary, 1);
    primary.replace(short(2));
    wait_for(&secondary, 2);
    drop(primary);
    for _ in 0..1000 {
        if secondary.snapshot(&origin()).is_none() {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("the zone did not expire");
}
