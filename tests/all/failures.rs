//! What bad servers and bad networks get: each its own failure, in words, and never half a zone.

use std::collections::BTreeMap;
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use zonewright::dns::{self, Endpoint, Primary};
use zonewright::facts::{Failure, FailureKind};
use zonewright::wire::flags;
use zonewright::wire::key::{Algorithm, Key, Secret};
use zonewright::wire::tsig::{Incoming, Signer, check_request};
use zonewright::zone::update::{Operation, Rcode, Update};
use zonewright::zone::{RecordType, Snapshot, Soa};

use crate::hostile::{self, FOREVER, a, answer, bare, name, send, serve, soa};

const TIMEOUT: Duration = Duration::from_millis(400);

fn key() -> Key {
    Key {
        name: name("test-key"),
        algorithm: Algorithm::HmacSha256,
        secret: Secret::new(b"0123456789abcdef0123456789abcdef".to_vec()),
    }
}

fn endpoint(address: SocketAddr) -> Endpoint {
    Endpoint { address, source: None, name: "ns0.example.net".into() }
}

fn primary(address: SocketAddr, key: Option<Key>) -> Primary {
    let key = key.map(Arc::new);
    Primary {
        transfer_from: endpoint(address),
        update_to: endpoint(address),
        transfer_key: key.clone(),
        key,
        timeout: TIMEOUT,
        clock: dns::unix_time,
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

fn transfer(address: SocketAddr, key: Option<Key>) -> Result<Snapshot, Failure> {
    runtime().block_on(dns::transfer(&primary(address, key), &name("example.com"), |_| {}))
}

fn ask_soa(address: SocketAddr, key: Option<Key>) -> Result<Soa, Failure> {
    let endpoint = endpoint(address);
    runtime().block_on(dns::soa(&endpoint, key.as_ref(), &name("example.com"), TIMEOUT))
}

fn update(address: SocketAddr, key: Option<Key>) -> Result<Rcode, Failure> {
    let update = Update {
        zone: name("example.com"),
        prerequisites: vec![],
        operations: vec![Operation::Add(
            name("www.example.com"),
            RecordType::A,
            60,
            Box::new([192, 0, 2, 1]),
        )],
    };
    runtime().block_on(dns::update(&primary(address, key), &update))
}

/// Signs what answers this request.
fn signer(request: &[u8], key: &Key) -> Signer {
    match check_request(request, std::slice::from_ref(key), dns::unix_time()) {
        Ok(Incoming::Signed(signer)) => signer,
        _ => panic!("the request is not signed with the test's key"),
    }
}

fn send_signed(stream: &mut TcpStream, signer: &mut Signer, mut message: Vec<u8>) {
    signer.sign(&mut message, dns::unix_time()).unwrap();
    send(stream, &message);
}

/// The three messages of a small transfer, unsigned.
fn zone_messages(request: &[u8]) -> [Vec<u8>; 3] {
    [
        answer(request, flags::AA, Rcode::NOERROR, &[soa("example.com", 7), a("a.example.com", 1)]),
        answer(request, flags::AA, Rcode::NOERROR, &[a("b.example.com", 2)]),
        answer(request, flags::AA, Rcode::NOERROR, &[a("c.example.com", 3), soa("example.com", 7)]),
    ]
}

/// Fails unless the failure says what, why and what to do, each something else, in plain characters.
fn check_words(case: &str, failure: &Failure) {
    let Failure { what, why, next, .. } = failure;
    for text in [what, why, next] {
        assert!(text.len() > 15 && text.ends_with('.'), "{case}: {text:?}");
        assert!(
            text.chars().all(|character| character.is_ascii() && !character.is_control()),
            "{case}: {text:?}"
        );
        assert!(!text.contains(".."), "{case}: {text:?}");
    }
    assert!(what != why && why != next && next != what, "{case}: {failure:?}");
    assert!(what.contains("example.com") && what.contains("ns0.example.net (127.0.0.1:"), "{case}: {what}");
    assert!(!failure.to_string().contains("0123456789abcdef"), "{case}: the secret is in it");
}

/// Every answer a server can spoil, asked for with a key: what each kind of exchange makes of it.
#[test]
fn spoilt_answers_have_failures_of_their_own() {
    use FailureKind::{
        Closed, ForgedAnswer, NotAuthoritative, NotImplemented, Refused, TimedOut, Undecodable, Unsigned,
        WrongAnswer,
    };
    type Script = Box<dyn Fn(&[u8], &mut TcpStream) + Send + Sync>;
    let reply = |make: fn(&[u8]) -> Vec<u8>| -> Script {
        Box::new(move |request, stream| {
            send(stream, &make(request));
            std::thread::sleep(FOREVER);
        })
    };
    let unsigned_rcode = |rcode: Rcode| -> Script {
        Box::new(move |request, stream| send(stream, &answer(request, 0, rcode, &[])))
    };
    let cases: Vec<(&str, Script, FailureKind)> = vec![
        ("never answers", Box::new(|_, _| std::thread::sleep(FOREVER)), TimedOut),
        ("closes at once", Box::new(|_, _| {}), Closed),
        (
            "drips",
            Box::new(|request, stream| {
                use std::io::Write;
                let message = answer(request, flags::AA, Rcode::NOERROR, &[soa("example.com", 7)]);
                let framed = [&(message.len() as u16).to_be_bytes()[..], &message].concat();
                for octet in framed {
                    let _ = stream.write_all(&[octet]);
                    std::thread::sleep(TIMEOUT / 4);
                }
            }),
            TimedOut,
        ),
        (
            "closes in the middle of a message",
            Box::new(|_, stream| {
                use std::io::Write;
                let _ = stream.write_all(&[0, 100, 1, 2, 3]);
            }),
            Closed,
        ),
        ("garbage", reply(|_| b"HTTP/1.1 400 Bad Request\r\n\x1b[31m".to_vec()), Undecodable),
        ("garbage behind our id", reply(|request| [&request[..2], &[0xff; 40]].concat()), WrongAnswer),
        (
            "a header that promises more",
            reply(|request| [&request[..2], &[0x80 | request[2], 0, 0, 0, 0, 9, 0, 0, 0, 0]].concat()),
            Undecodable,
        ),
        ("an empty message", reply(|_| vec![]), Undecodable),
        ("the question itself", reply(|request| request.to_vec()), WrongAnswer),
        (
            "another id only",
            reply(|request| with_other_id(&answer(request, 0, Rcode::NOERROR, &[]))),
            TimedOut,
        ),
        ("not signed", reply(|request| answer(request, flags::AA, Rcode::NOERROR, &[])), Unsigned),
        ("REFUSED, not signed", unsigned_rcode(Rcode::REFUSED), Refused),
        ("NOTAUTH, not signed", unsigned_rcode(Rcode::NOTAUTH), NotAuthoritative),
        ("SERVFAIL, not signed", unsigned_rcode(Rcode::SERVFAIL), FailureKind::Rcode(Rcode::SERVFAIL)),
        ("NOTIMP in a bare header", reply(|request| bare(request, Rcode::NOTIMP)), NotImplemented),
        (
            "signed with another secret",
            Box::new(|request, stream| {
                let mut message = answer(request, flags::AA, Rcode::NOERROR, &[soa("example.com", 7)]);
                signer(request, &key()).sign(&mut message, dns::unix_time()).unwrap();
                // Somewhere in the MAC: the record ends in original id, error and other length.
                let at = message.len() - 10;
                message[at] ^= 1;
                send(stream, &message);
            }),
            ForgedAnswer,
        ),
        (
            "signed an hour ago",
            Box::new(|request, stream| {
                let mut message = answer(request, flags::AA, Rcode::NOERROR, &[soa("example.com", 7)]);
                signer(request, &key()).sign(&mut message, dns::unix_time() - 3_720).unwrap();
                send(stream, &message);
            }),
            ForgedAnswer,
        ),
    ];
    for (case, script, kind) in cases {
        let address = serve(script);
        let transferred = transfer(address, Some(key())).map(|zone| zone.record_count()).unwrap_err();
        let asked = ask_soa(address, Some(key())).unwrap_err();
        let updated = update(address, Some(key())).unwrap_err();
        for failure in [&transferred, &asked, &updated] {
            assert_eq!(failure.kind, kind, "{case}: {failure}");
            check_words(case, failure);
        }
        // An update that may have been carried out is never just sent again.
        let unknown = matches!(kind, TimedOut | Closed | Unsigned | ForgedAnswer | Undecodable | WrongAnswer);
        assert_eq!(updated.next.contains("may have been carried out"), unknown, "{case}: {updated}");
    }
}

fn with_other_id(message: &[u8]) -> Vec<u8> {
    let mut message = message.to_vec();
    message[0] ^= 0x55;
    message
}

/// The failures of signed answers that say no, and those of transfers that end badly.
#[test]
fn signed_answers_and_broken_transfers() {
    let signed = |make: fn(&[u8]) -> Vec<u8>| {
        serve(move |request, stream| send_signed(stream, &mut signer(request, &key()), make(request)))
    };
    let stream_of = |spoil: fn(&mut Vec<Vec<u8>>)| {
        serve(move |request, stream| {
            let mut signer = signer(request, &key());
            let mut messages = zone_messages(request).to_vec();
            for message in &mut messages {
                signer.sign(message, dns::unix_time()).unwrap();
            }
            spoil(&mut messages);
            messages.iter().for_each(|message| send(stream, message));
        })
    };
    let cases: Vec<(&str, SocketAddr, FailureKind)> = vec![
        ("signed REFUSED", signed(|request| answer(request, 0, Rcode::REFUSED, &[])), FailureKind::Refused),
        (
            "signed NOTAUTH",
            signed(|request| answer(request, 0, Rcode::NOTAUTH, &[])),
            FailureKind::NotAuthoritative,
        ),
        (
            "signed NXDOMAIN",
            signed(|request| answer(request, 0, Rcode(3), &[])),
            FailureKind::NotAuthoritative,
        ),
        ("signed FORMERR", signed(|request| answer(request, 0, Rcode(1), &[])), FailureKind::Rcode(Rcode(1))),
        ("cut short", signed(|request| answer(request, flags::TC, Rcode(0), &[])), FailureKind::WrongAnswer),
        ("no records", signed(|request| answer(request, flags::AA, Rcode(0), &[])), FailureKind::Incomplete),
        (
            "records without SOA",
            signed(|request| answer(request, flags::AA, Rcode(0), &[a("a.example.com", 1)])),
            FailureKind::Incomplete,
        ),
        (
            "another zone's record",
            signed(|request| {
                answer(request, flags::AA, Rcode(0), &[soa("example.com", 7), a("example.org", 1)])
            }),
            FailureKind::Incomplete,
        ),
        (
            "two serials",
            signed(|request| {
                answer(request, flags::AA, Rcode(0), &[soa("example.com", 7), soa("example.com", 8)])
            }),
            FailureKind::Incomplete,
        ),
        ("without its last SOA", stream_of(|messages| drop(messages.pop())), FailureKind::Incomplete),
        ("with a message missing", stream_of(|messages| drop(messages.remove(1))), FailureKind::ForgedAnswer),
        (
            "with one wrong MAC",
            stream_of(|messages| {
                let at = messages[1].len() - 10;
                messages[1][at] ^= 1;
            }),
            FailureKind::ForgedAnswer,
        ),
        (
            "with a record changed on the way",
            stream_of(|messages| {
                let at = messages[1].iter().position(|octet| *octet == 192).unwrap();
                messages[1][at] = 10;
            }),
            FailureKind::ForgedAnswer,
        ),
        (
            "whose last message is not signed",
            serve(|request, stream| {
                let mut signer = signer(request, &key());
                let [first, second, last] = zone_messages(request);
                send_signed(stream, &mut signer, first);
                send_signed(stream, &mut signer, second);
                send(stream, &last);
            }),
            FailureKind::Unsigned,
        ),
        (
            "that goes silent",
            serve(|request, stream| {
                let [first, ..] = zone_messages(request);
                send_signed(stream, &mut signer(request, &key()), first);
                std::thread::sleep(FOREVER);
            }),
            FailureKind::TimedOut,
        ),
        (
            "with garbage in the middle",
            serve(|request, stream| {
                let [first, second, _] = zone_messages(request);
                send_signed(stream, &mut signer(request, &key()), first);
                send(stream, &second[..second.len() - 3]);
            }),
            FailureKind::Undecodable,
        ),
    ];
    let mut seen: BTreeMap<String, FailureKind> = BTreeMap::new();
    for (case, address, kind) in cases {
        let failure = transfer(address, Some(key())).map(|zone| zone.record_count()).unwrap_err();
        assert_eq!(failure.kind, kind, "{case}: {failure}");
        check_words(case, &failure);
        // A reason belongs to one kind of failure.
        assert_eq!(*seen.entry(failure.why.clone()).or_insert(kind), kind, "{case}: {failure}");
    }
    assert!(seen.len() >= 12, "{seen:#?}");
}

#[test]
fn a_good_transfer_with_strangers_and_unsigned_messages_in_between() {
    let address = serve(|request, stream| {
        let mut signer = signer(request, &key());
        let [first, second, last] = zone_messages(request);
        send(stream, &with_other_id(&first));
        send_signed(stream, &mut signer, first);
        signer.leave_unsigned(&second);
        send(stream, &second);
        send_signed(stream, &mut signer, last);
    });
    let zone = transfer(address, Some(key())).unwrap();
    assert_eq!((zone.record_count(), zone.serial()), (4, 7));

    let unsigned =
        serve(|request, stream| zone_messages(request).iter().for_each(|message| send(stream, message)));
    assert_eq!(transfer(unsigned, None).unwrap().record_count(), 4);
}

#[test]
fn a_good_soa_and_bad_ones() {
    let serving = |make: fn(&[u8]) -> Vec<u8>| serve(move |request, stream| send(stream, &make(request)));
    let good = serving(|request| answer(request, flags::AA, Rcode::NOERROR, &[soa("Example.COM", 7)]));
    assert_eq!(ask_soa(good, None).unwrap().serial, 7);
    let without_authority = serving(|request| answer(request, 0, Rcode::NOERROR, &[soa("example.com", 7)]));
    let other_owner = serving(|request| answer(request, flags::AA, Rcode::NOERROR, &[soa("com", 7)]));
    let no_name = serving(|request| answer(request, flags::AA, Rcode::NXDOMAIN, &[]));
    let mut whys = Vec::new();
    for (case, address) in [("no AA", without_authority), ("other owner", other_owner), ("NXDOMAIN", no_name)]
    {
        let failure = ask_soa(address, None).unwrap_err();
        assert_eq!(failure.kind, FailureKind::NotAuthoritative, "{case}");
        check_words(case, &failure);
        assert!(!whys.contains(&failure.why), "{case}");
        whys.push(failure.why);
    }
}

#[test]
fn an_update_is_believed_when_signed() {
    for rcode in [Rcode::NOERROR, Rcode::NXRRSET, Rcode::REFUSED] {
        let address = serve(move |request, stream| {
            send_signed(stream, &mut signer(request, &key()), answer(request, 0, rcode, &[]));
        });
        assert_eq!(update(address, Some(key())), Ok(rcode));
        let unsigned = serve(move |request, stream| send(stream, &answer(request, 0, rcode, &[])));
        assert_eq!(update(unsigned, None), Ok(rcode));
    }
    let bare = serve(|request, stream| send(stream, &hostile::bare(request, Rcode::NOTIMP)));
    assert_eq!(update(bare, None), Ok(Rcode::NOTIMP));
}

/// BADKEY, BADSIG and BADTIME, as a server of RFC 8945 says them.
#[test]
fn trouble_with_the_key() {
    let server = |keys: Vec<Key>, clock: fn() -> u64| {
        serve(move |request, stream| {
            let mut message = answer(request, 0, Rcode::NOTAUTH, &[]);
            match check_request(request, &keys, clock()).unwrap() {
                Incoming::Rejected(rejection) => rejection.attach(&mut message, clock()).unwrap(),
                _ => panic!("the request was good"),
            }
            send(stream, &message);
        })
    };
    let other_secret = Key { secret: Secret::new(b"another".to_vec()), ..key() };
    let other_algorithm = Key { algorithm: Algorithm::HmacSha512, ..key() };
    let cases = [
        ("unknown key", server(vec![], dns::unix_time), FailureKind::UnknownKey, "key name or algorithm"),
        (
            "algorithm",
            server(vec![other_algorithm], dns::unix_time),
            FailureKind::UnknownKey,
            "key name or algorithm",
        ),
        ("secret", server(vec![other_secret], dns::unix_time), FailureKind::BadSignature, "another secret"),
        (
            "ahead",
            server(vec![key()], || dns::unix_time() - 3_725),
            FailureKind::ClockOff,
            "This machine's clock is 1 h 2 min ahead of the server's.",
        ),
        (
            "behind",
            server(vec![key()], || dns::unix_time() + 2 * 86_400 + 10),
            FailureKind::ClockOff,
            "This machine's clock is 2 days behind the server's.",
        ),
    ];
    for (case, address, kind, words) in cases {
        let failures = [
            transfer(address, Some(key())).map(|_| ()).unwrap_err(),
            ask_soa(address, Some(key())).map(|_| ()).unwrap_err(),
            update(address, Some(key())).map(|_| ()).unwrap_err(),
        ];
        for failure in failures {
            assert_eq!(failure.kind, kind, "{case}: {failure}");
            assert!(failure.why.contains(words), "{case}: {failure}");
            check_words(case, &failure);
        }
    }
}

#[test]
fn nothing_is_sent_without_a_connection() {
    let refused = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap()
    };
    let failure = update(refused, Some(key())).unwrap_err();
    assert_eq!(failure.kind, FailureKind::Unreachable);
    assert!(failure.what.contains("was not sent") && failure.why.contains("refused"), "{failure}");
    check_words("refused", &failure);
    check_words("refused", &transfer(refused, None).map(|_| ()).unwrap_err());

    // A source address that no machine has (RFC 5737).
    let mut from_elsewhere = primary(refused, None);
    from_elsewhere.transfer_from.source = Some("192.0.2.77".parse().unwrap());
    let failure = runtime()
        .block_on(dns::transfer(&from_elsewhere, &name("example.com"), |_| {}))
        .map(|_| ())
        .unwrap_err();
    assert_eq!(failure.kind, FailureKind::Local);
    assert!(failure.why.contains("192.0.2.77"), "{failure}");
    check_words("source", &failure);

    let mut too_large = Update { zone: name("example.com"), prerequisites: vec![], operations: vec![] };
    too_large.operations = (0..3_000)
        .map(|_| Operation::Add(name("www.example.com"), RecordType::TXT, 60, vec![7; 20].into()))
        .collect();
    let open = serve(|_, _| panic!("a request came"));
    let failure = runtime().block_on(dns::update(&primary(open, None), &too_large)).unwrap_err();
    assert_eq!(failure.kind, FailureKind::Local);
    check_words("too large", &failure);
}

#[test]
fn closed_before_reading_is_not_unreachable() {
    let failure = update(hostile::serve_nothing(), Some(key())).unwrap_err();
    assert_eq!(failure.kind, FailureKind::Closed);
}

#[test]
fn a_name_without_address() {
    let failure = runtime().block_on(dns::resolve("no-such-host.invalid")).unwrap_err();
    assert_eq!(failure.kind, FailureKind::Unreachable);
    assert!(failure.what.contains("no-such-host.invalid"));
    assert_eq!(
        runtime().block_on(dns::resolve("127.0.0.1")).unwrap(),
        ["127.0.0.1".parse::<std::net::IpAddr>().unwrap()]
    );
    let failure = runtime().block_on(dns::resolve("bad\u{1b}[31m name")).unwrap_err();
    assert!(!failure.to_string().contains('\u{1b}'));
}

#[test]
fn a_slow_server_costs_its_time_and_no_more() {
    let address = serve(|_, _| std::thread::sleep(FOREVER));
    let started = Instant::now();
    assert!(transfer(address, None).is_err());
    assert!(started.elapsed() < FOREVER / 2);
}
