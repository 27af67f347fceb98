//! The embedded primary in the eyes of other people's clients: dig, kdig and nsupdate. None of our own code reads
//! its answers here.

use std::net::SocketAddr;
use std::process::Command;

use zonewright::server::{Handle, Options, Primary};
use zonewright::wire::key::{self, Algorithm, Secret};
use zonewright::zone::{Name, Snapshot};
use zonewright::zonefile::read_zone;

use super::lab::{
    self, compiled, dig_axfr, is_available, nsupdate, try_nsupdate, try_update, without_serial,
};

pub const ZONE: &str = "demo.test";
pub const TEXT: &str = "$TTL 3600
@ SOA ns1 hostmaster 2026010100 7200 900 1209600 300
@ NS ns1
@ NS ns2
ns1 A 192.0.2.1
ns2 A 192.0.2.2
Www A 192.0.2.10
www AAAA 2001:db8::10
alias CNAME www
@ MX 10 mail
mail A 192.0.2.25
*.wild TXT \"a; b\" \"c\"
sub NS ns.sub
ns.sub A 192.0.2.40
odd TYPE65400 \\# 4 00010203
";

fn zone(text: &str) -> Snapshot {
    let origin = Name::parse(format!("{ZONE}.").as_bytes(), None).unwrap();
    read_zone(text.as_bytes(), Some(&origin)).unwrap().0
}

/// The key as the server has it.
pub fn served(key: &lab::Key) -> key::Key {
    key::Key {
        name: Name::parse(format!("{}.", key.name).as_bytes(), None).unwrap(),
        algorithm: Algorithm::parse(&key.algorithm).unwrap(),
        secret: Secret::from_base64(&key.secret).unwrap(),
    }
}

pub fn start(text: &str, key: &lab::Key) -> Handle {
    Primary::start(vec![zone(text)], vec![served(key)], Options::default()).unwrap()
}

/// What dig or kdig prints.
fn ask(program: &str, server: SocketAddr, arguments: &str) -> String {
    let output = Command::new(program)
        .arg(format!("@{}", server.ip()))
        .args(["-p", &server.port().to_string()])
        .args(arguments.split(' '))
        .output()
        .unwrap_or_else(|error| panic!("{program}: {error}"));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn every_algorithm_with_dig_and_nsupdate() {
    if !is_available("dig") || !is_available("nsupdate") || !is_available("named-compilezone") {
        return;
    }
    for algorithm in Algorithm::ALL {
        let key = lab::Key::new("some-key", algorithm.name());
        let server = start(TEXT, &key);
        assert_eq!(dig_axfr(server.address, &key, ZONE), compiled(ZONE, TEXT), "{algorithm}");
        let commands = "prereq nxdomain new.demo.test.\nupdate add new.demo.test. 60 MX 5 mail.demo.test.\n\
                        update delete www.demo.test. AAAA";
        nsupdate(server.address, &key, ZONE, commands);
        let after: String =
            TEXT.lines().filter(|line| !line.contains("AAAA")).flat_map(|line| [line, "\n"]).collect();
        let after = compiled(ZONE, &format!("{after}new 60 MX 5 mail\n").replace("2026010100", "2026010101"));
        assert_eq!(dig_axfr(server.address, &key, ZONE), after, "{algorithm}");
        assert_eq!(try_nsupdate(server.address, &key, ZONE, commands), "YXDOMAIN", "{algorithm}");
    }
}

#[test]
fn every_algorithm_with_kdig_and_knsupdate() {
    if !is_available("kdig") || !is_available("knsupdate") || !is_available("dig") {
        return;
    }
    for algorithm in Algorithm::ALL {
        let key = lab::Key::new("some-key", algorithm.name());
        let server = start(TEXT, &key);
        let commands = "prereq nxdomain new.demo.test.\nprereq yxrrset www.demo.test. A 192.0.2.10\n\
                        update add new.demo.test. 60 MX 5 mail.demo.test.\n\
                        update delete www.demo.test. AAAA 2001:db8::10\nupdate delete alias.demo.test. CNAME";
        let update = || try_update("knsupdate", server.address, &key, ZONE, commands);
        assert_eq!(update(), "NOERROR", "{algorithm}");
        let gone = |line: &&str| !line.contains("AAAA") && !line.starts_with("alias");
        let after: String = TEXT.lines().filter(gone).flat_map(|line| [line, "\n"]).collect();
        let after = compiled(ZONE, &format!("{after}new 60 MX 5 mail\n").replace("2026010100", "2026010101"));
        assert_eq!(dig_axfr(server.address, &key, ZONE), after, "{algorithm}");
        assert!(update().contains("YXDOMAIN"), "{algorithm}: {}", update());
        let answer = ask("kdig", server.address, &format!("-y {} {ZONE} AXFR", key.triple()));
        assert!(!answer.contains("WARNING") && !answer.contains(";; ERROR"), "{algorithm}: {answer}");
        let records = answer.lines().filter(|line| line.contains("\tIN\t")).count();
        assert_eq!(records, after.len() + 1, "{algorithm}: {answer}");
    }
}

#[test]
fn kdig_verifies_the_stream_of_a_large_zone() {
    if !is_available("kdig") || !is_available("dig") || !is_available("named-compilezone") {
        return;
    }
    let hosts: String = (0..10_000).map(|number| format!("host{number} TXT \"number {number}\"\n")).collect();
    let text = format!("{TEXT}{hosts}");
    let key = lab::Key::default();
    let server = start(&text, &key);
    assert_eq!(dig_axfr(server.address, &key, ZONE), compiled(ZONE, &text));
    let answer = ask("kdig", server.address, &format!("-y {} {ZONE} AXFR", key.triple()));
    assert!(!answer.contains("WARNING") && !answer.contains(";; ERROR"), "{answer}");
    assert_eq!(answer.lines().filter(|line| line.contains("\tTXT\t")).count(), 10_001);
}

#[test]
fn who_is_refused_and_how() {
    if !is_available("dig") || !is_available("nsupdate") {
        return;
    }
    let key = lab::Key::default();
    let server = start(TEXT, &key);
    let refused = ask("dig", server.address, &format!("+tcp {ZONE} AXFR"));
    assert!(refused.contains("Transfer failed"), "{refused}");
    let add = "update add new.demo.test. 60 A 192.0.2.99";
    let wrong_name = lab::Key::new("other-key", &key.algorithm);
    let wrong_secret = lab::Key { secret: "d3Jvbmcgc2VjcmV0".into(), ..key.clone() };
    let wrong_algorithm = lab::Key::new(&key.name, "hmac-sha512");
    for (key, said) in [
        (wrong_name, "NOTAUTH(BADKEY)"),
        (wrong_secret, "NOTAUTH(BADSIG)"),
        (wrong_algorithm, "NOTAUTH(BADKEY)"),
    ] {
        let answer = try_nsupdate(server.address, &key, ZONE, add);
        assert!(answer.contains(said), "{said}: {answer}");
    }
    let elsewhere =
        try_nsupdate(server.address, &key, "elsewhere.test", "update add a.elsewhere.test. 60 A 192.0.2.9");
    assert_eq!(elsewhere, "NOTAUTH");
    assert_eq!(without_serial(dig_axfr(server.address, &key, ZONE)), without_serial(compiled(ZONE, TEXT)));
}

#[test]
fn questions() {
    if !is_available("dig") {
        return;
    }
    let many: String = (0..60).map(|number| format!("many TXT \"text number {number}\"\n")).collect();
    let key = lab::Key::default();
    let server = start(&format!("{TEXT}{many}"), &key);
    let up_to_date = format!("-y {} {ZONE} IXFR=2026010100", key.triple());
    let up_to_date_by_udp = format!("+notcp {up_to_date}");
    let behind = format!("-y {} {ZONE} IXFR=2026010000", key.triple());
    let signed = format!("-y {} +noedns {ZONE} SOA", key.triple());
    for (arguments, wanted, unwanted) in [
        (
            "demo.test SOA",
            &["status: NOERROR", "flags: qr aa rd;", "2026010100 7200", "EDNS: version: 0"][..],
            "tc",
        ),
        ("+tcp +noedns demo.test SOA", &["status: NOERROR", "qr aa rd;", "2026010100 7200"], "EDNS"),
        (&signed, &["status: NOERROR", "qr aa rd;", "TSIG PSEUDOSECTION"], "Couldn't verify"),
        ("WWW.demo.test A", &["Www.demo.test.\t\t3600\tIN\tA\t192.0.2.10"], "SOA"),
        ("alias.demo.test A", &["CNAME\twww.demo.test.", "192.0.2.10"], "SOA"),
        ("x.wild.demo.test TXT", &["x.wild.demo.test.\t3600\tIN\tTXT\t\"a; b\" \"c\""], "SOA"),
        ("nothing.demo.test A", &["status: NXDOMAIN", "qr aa rd;", "demo.test.\t\t300\tIN\tSOA"], "tc"),
        ("mail.demo.test MX", &["status: NOERROR", "qr aa rd;", "ANSWER: 0", "IN\tSOA"], "tc"),
        ("x.sub.demo.test A", &["qr rd;", "sub.demo.test.\t\t3600\tIN\tNS", "192.0.2.40"], " aa "),
        ("+noedns +ignore many.demo.test TXT", &["qr aa tc rd;"], "status: SERVFAIL"),
        ("+bufsize=512 +ignore many.demo.test TXT", &["qr aa tc rd;", "EDNS: version: 0"], "FORMERR"),
        ("+bufsize=4096 +ignore many.demo.test TXT", &["qr aa rd;", "ANSWER: 60"], " tc "),
        ("+noedns many.demo.test TXT", &["retrying in TCP", "ANSWER: 60"], "FORMERR"),
        ("elsewhere.test A", &["status: REFUSED"], "SOA"),
        ("version.bind CH TXT", &["status: NOERROR", "\"zonewright "], "SOA"),
        (&up_to_date, &["XFR size: 1 records"], "failed"),
        (&up_to_date_by_udp, &["2026010100 7200"], "failed"),
        (&behind, &["XFR size: 75 records"], "failed"),
    ] {
        // With bufsize, EDNS comes back; "+tries" so that a lost answer is an error here and not a wait.
        let answer = ask("dig", server.address, &format!("+tries=1 +time=10 {arguments}"));
        for wanted in wanted {
            assert!(answer.contains(wanted), "dig {arguments}: no {wanted:?} in\n{answer}");
        }
        let body: String = answer.lines().filter(|line| !line.starts_with("; <<>>")).collect();
        assert!(!body.contains(unwanted), "dig {arguments}: {unwanted:?} in\n{answer}");
    }
}

#[test]
fn differences_with_dig_and_kdig() {
    if !is_available("dig") || !is_available("kdig") || !is_available("nsupdate") {
        return;
    }
    let key = lab::Key::default();
    let server = start(TEXT, &key);
    for commands in [
        "update add new.demo.test. 60 MX 5 mail.demo.test.\nupdate delete www.demo.test. AAAA",
        "update delete new.demo.test.\nupdate add www.demo.test. 3600 A 192.0.2.11",
    ] {
        nsupdate(server.address, &key, ZONE, commands);
    }
    let both =
        ["SOA 02", "SOA 00", "AAAA www", "SOA 01", "MX new", "SOA 01", "MX new", "SOA 02", "A www", "SOA 02"];
    let last = ["SOA 02", "SOA 01", "MX new", "SOA 02", "A www", "SOA 02"];
    for (since, wanted) in [("2026010100", &both[..]), ("2026010101", &last), ("2026010102", &["SOA 02"])] {
        for (program, transport) in [("dig", "+tcp"), ("dig", "+notcp"), ("kdig", "+tcp")] {
            let arguments = format!("-y {} {transport} {ZONE} IXFR={since}", key.triple());
            let answer = ask(program, server.address, &arguments);
            let failed = ["WARNING", ";; ERROR", "failed", "Couldn't verify"]
                .iter()
                .find(|word| answer.contains(**word));
            assert_eq!(failed, None, "{program} {arguments}:\n{answer}");
            let seen: Vec<String> = answer.lines().filter_map(short).collect();
            assert_eq!(seen, wanted, "{program} {arguments}:\n{answer}");
        }
    }
}

/// A line of dig's answer as type and first label, or as type and the end of the serial.
fn short(line: &str) -> Option<String> {
    let fields: Vec<&str> = line.split_whitespace().collect();
    match fields[..] {
        [owner, ..] if owner.starts_with(';') => None,
        [_, _, "IN", "SOA", _, _, serial, ..] => Some(format!("SOA {}", &serial[8..])),
        [owner, _, "IN", rtype, ..] => {
            Some(format!("{rtype} {}", owner.split('.').next()?.to_ascii_lowercase()))
        }
        _ => None,
    }
}
