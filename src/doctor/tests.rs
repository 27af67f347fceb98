//! Judgement by facts alone: what no test server does, and how findings look.

use std::time::Duration;

use super::machine::{self, Configuration, Drafts, Terminal};
use super::nameservers::{nameserver, notify, primary};
use super::remedy::word;
use super::server::{self, Differences, Signature, Stored, Transferred, Updates};
use super::{Case, Finding, KeyName, State, print, seconds_in_words};
use crate::facts::{AddressStatus, Failure, FailureKind, Fault, Make, NameserverStatus, Reply};
use crate::zone::update::Rcode;
use crate::zone::{Name, Soa};

/// 2026-11-22 02:03 UTC.
const NOW: u64 = 1_795_312_980;
const MAKES: [Make; 6] = [Make::Bind, Make::Knot, Make::PowerDns, Make::Nsd, Make::Embedded, Make::Unknown];

fn name(text: &str) -> Name {
    Name::parse(text.as_bytes(), Some(Name::root().as_ref())).unwrap()
}

fn case(make: Make) -> Case {
    Case {
        zone: name("example.com"),
        server: "ns0".into(),
        address: "192.0.2.1:53".parse().unwrap(),
        from: Some("192.0.2.5".parse().unwrap()),
        make,
        key: Some(KeyName { name: name("ns0-key"), algorithm: "hmac-sha256", weak: false }),
    }
}

fn failure(kind: FailureKind) -> Failure {
    Failure { kind, what: "It did not work.".into(), why: "It is so.".into(), next: "Do this.".into() }
}

fn commands(finding: &Finding) -> Vec<&str> {
    finding.remedy.iter().flat_map(|step| &step.run).map(String::as_str).collect()
}

#[test]
fn clocks() {
    for (make, offset, state, says) in [
        (Make::Bind, Some(0), State::Ok, "as the server's"),
        (Make::Bind, Some(-2), State::Ok, "as the server's"),
        (Make::Bind, Some(-12), State::Ok, "ours is 12 s behind the server's"),
        (Make::Bind, Some(30), State::Warning, "ours is 30 s ahead of the server's"),
        (Make::Bind, Some(300), State::Warning, "ours is 5 min ahead of the server's"),
        (Make::Bind, Some(301), State::Failed, "ours is 5 min 1 s ahead of the server's"),
        (Make::Bind, Some(i64::MIN), State::Failed, "ours is 106751991167300 d 15 h behind the server's"),
        (Make::Bind, None, State::Unknown, "the server's is not known: it tells it in signed answers only"),
        (Make::PowerDns, Some(0), State::Ok, "within 5 minutes of the server's; it does not say more"),
        // Who does not say what it is may be PowerDNS, which repeats our own time.
        (Make::Unknown, Some(0), State::Ok, "within 5 minutes of the server's; it does not say more"),
        (Make::Unknown, Some(-1), State::Ok, "as the server's"),
    ] {
        let finding = server::clock(make, offset);
        assert_eq!((finding.state, finding.says.as_str()), (state, says), "{make:?} {offset:?}");
    }
}

#[test]
fn times() {
    for (seconds, words) in
        [(0, "0 s"), (59, "59 s"), (60, "1 min"), (3_605, "1 h"), (3_720, "1 h 2 min"), (200_000, "2 d 7 h")]
    {
        assert_eq!(seconds_in_words(seconds), words);
    }
}

/// Names of nameservers come from the zone, that is from somebody else.
#[test]
fn nothing_of_a_name_is_carried_out_by_a_shell() {
    for (text, expected) in [
        ("ns1.example.com", "ns1.example.com"),
        ("", "''"),
        ("-rf", "'-rf'"),
        ("a b", "'a b'"),
        ("$(reboot)", "'$(reboot)'"),
        ("`reboot`;x", "'`reboot`;x'"),
        ("it's", r"'it'\''s'"),
        ("a\nb", "'a?b'"),
    ] {
        assert_eq!(word(text), expected);
    }
    let zone = Name::from_wire(b"\x09$(reboot)\x03com\0").unwrap();
    let finding = super::nameservers::no_nameservers(&zone, "x");
    assert_eq!(commands(&finding), ["dig NS '\\$\\(reboot\\).com'"]);
}

/// Everything that does not work comes with something to do, for every make of server.
#[test]
fn every_failure_has_a_remedy() {
    use FailureKind::*;
    let kinds = [
        Unreachable,
        TimedOut,
        Closed,
        NotAuthoritative,
        Refused,
        NotImplemented,
        UnknownKey,
        BadSignature,
        ClockOff,
        Unsigned,
        ForgedAnswer,
        Incomplete,
        Undecodable,
        WrongAnswer,
        Rcode(self::Rcode::SERVFAIL),
        Local,
    ];
    let signatures = [
        Signature::NoKey,
        Signature::Accepted,
        Signature::WrongTime,
        Signature::NotAccepted,
        Signature::NotKnown,
    ];
    let mname = name("ns9.example.net");
    for make in MAKES {
        for key in [case(make).key, None] {
            let case = Case { key, ..case(make) };
            for trouble in kinds {
                let refused: Result<Soa, Failure> = Err(failure(trouble));
                let mut findings = vec![
                    server::reached(&case, &refused, None, Duration::ZERO),
                    server::zone(&case, &refused, Some(&refused)),
                    server::signature(&case, false, &Ok(Soa::default()), Some(&refused)).1,
                ];
                for signature in signatures {
                    let update = |without_key| Updates::Asked { result: Err(failure(trouble)), without_key };
                    findings.extend([
                        server::transfer(&case, signature, &Err(failure(trouble)), None),
                        server::update(&case, signature, &update(None), None),
                        server::update(
                            &case,
                            signature,
                            &update(Some(Ok(self::Rcode::REFUSED))),
                            Some(&mname),
                        ),
                    ]);
                }
                findings.extend((0..24).map(|code| {
                    let updates = Updates::Asked { result: Ok(self::Rcode(code)), without_key: None };
                    server::update(&case, Signature::Accepted, &updates, None)
                }));
                for finding in findings {
                    assert!(!finding.says.is_empty() && !finding.says.ends_with('.'), "{finding:?}");
                    let is_bad = matches!(finding.state, State::Failed | State::Warning);
                    assert_eq!(is_bad, !finding.remedy.is_empty(), "{make:?} {trouble:?}: {finding:?}");
                }
            }
        }
    }
}

/// BIND with an update-policy takes an update without records from everybody: nothing is proved by it.
#[test]
fn an_update_policy_is_not_taken_for_a_permission() {
    let updates = |without_key| Updates::Asked { result: Ok(Rcode::NOERROR), without_key };
    let judged = |make, without_key| {
        server::update(&case(make), Signature::Accepted, &updates(without_key), None).state
    };
    assert_eq!(judged(Make::Bind, Some(Ok(Rcode::NOERROR))), State::Unknown);
    assert_eq!(judged(Make::Bind, Some(Ok(Rcode::REFUSED))), State::Ok);
    assert_eq!(judged(Make::Knot, Some(Ok(Rcode::NOERROR))), State::Warning);
    assert_eq!(judged(Make::Knot, Some(Err(failure(FailureKind::Refused)))), State::Ok);
    let read_only = server::update(&case(Make::Bind), Signature::Accepted, &Updates::ReadOnly, None);
    assert_eq!(read_only.state, State::Ok);
}

#[test]
fn a_knot_that_holds_updates_back() {
    let updates = Updates::Asked { result: Err(failure(FailureKind::TimedOut)), without_key: None };
    let finding = server::update(&case(Make::Knot), Signature::Accepted, &updates, None);
    assert_eq!(commands(&finding), ["knotc zone-status example.com", "knotc zone-abort example.com"]);
}

#[test]
fn transfers() {
    let done = Ok(Transferred { records: 1, took: Duration::from_millis(3) });
    let transfer = |case: &Case, open| server::transfer(case, Signature::Accepted, &done, open).says;
    let keyless = Case { key: None, ..case(Make::Bind) };
    assert_eq!(transfer(&case(Make::Bind), Some(false)), "1 record in 3 ms, for the key ns0-key");
    assert_eq!(
        transfer(&case(Make::Bind), Some(true)),
        "1 record in 3 ms, for the key ns0-key, and for 192.0.2.5 without it"
    );
    assert_eq!(transfer(&keyless, None), "1 record in 3 ms, for 192.0.2.5, without a key");
    for make in MAKES {
        for result in [Ok(Differences::Sent), Ok(Differences::NotSent)] {
            assert_eq!(server::differences(&case(make), Signature::Accepted, &result).state, State::Ok);
        }
    }
}

#[test]
fn serials() {
    for (served, says, state) in [
        (7, "7, a count", State::Ok),
        (2026112101, "2026112101, a date and a count", State::Ok),
        (2026112399, "2026112399, a date and a count", State::Ok),
        (2027010100, "2027010100, a date and a count", State::Warning),
        (1_795_000_000, "1795000000, the time in seconds", State::Ok),
        (4_294_967_295, "4294967295, a count", State::Ok),
    ] {
        let finding = server::serial(&case(Make::Bind), served, Stored::NotKnown, NOW);
        assert_eq!((finding.says.as_str(), finding.state), (says, state));
    }
    let versions = |other| server::same_version(&case(Make::Bind), 7, other).state;
    assert_eq!((versions(7), versions(6)), (State::Ok, State::Warning));
}

fn status(last: u8, udp: Reply, tcp: Reply) -> NameserverStatus {
    let address = std::net::Ipv4Addr::new(192, 0, 2, last).into();
    NameserverStatus {
        name: name(&format!("ns{last}.example.com")),
        addresses: vec![AddressStatus { address, udp, tcp, expire: None }],
        problem: None,
        unasked: 0,
        complete: true,
    }
}

fn serves(serial: u32) -> Reply {
    Reply::Serial { serial, round_trip: Duration::from_millis(5) }
}

#[test]
fn nameservers_of_every_sort() {
    let zone = name("example.com");
    let fault = Reply::Fault;
    for (udp, tcp, state, says) in [
        (serves(7), serves(7), State::Ok, "ns2.example.com 192.0.2.2: in sync, 5 ms"),
        (
            serves(7),
            fault(Fault::TimedOut),
            State::Warning,
            "ns2.example.com 192.0.2.2: no answer in time over TCP",
        ),
        (
            fault(Fault::TimedOut),
            serves(7),
            State::Failed,
            "ns2.example.com 192.0.2.2: no answer in time over UDP",
        ),
        (
            fault(Fault::NoRoute),
            fault(Fault::NoRoute),
            State::Unknown,
            "ns2.example.com 192.0.2.2: this machine has no way to it",
        ),
        (
            fault(Fault::TimedOut),
            fault(Fault::ConnectionRefused),
            State::Failed,
            "ns2.example.com 192.0.2.2: connection refused",
        ),
        (
            fault(Fault::ServerFailure),
            fault(Fault::ServerFailure),
            State::Failed,
            "ns2.example.com 192.0.2.2: server failure",
        ),
        (fault(Fault::Rcode(1)), fault(Fault::Rcode(1)), State::Failed, "ns2.example.com 192.0.2.2: error 1"),
        (
            serves(u32::MAX),
            serves(u32::MAX),
            State::Warning,
            "ns2.example.com 192.0.2.2: 8 behind (serial 4294967295)",
        ),
        (
            serves(0x8000_0007),
            serves(7),
            State::Failed,
            "ns2.example.com 192.0.2.2: serial 2147483655, which cannot be compared with 7",
        ),
    ] {
        let findings = nameserver(&zone, &status(2, udp, tcp), Some(7));
        let [finding] = findings.as_slice() else { panic!("{findings:?}") };
        assert_eq!((finding.state, finding.says.as_str()), (state, says));
        assert!(matches!(state, State::Ok | State::Unknown) || !finding.remedy.is_empty(), "{finding:?}");
    }
    let nowhere = NameserverStatus { addresses: vec![], ..status(2, serves(7), serves(7)) };
    assert_eq!(nameserver(&zone, &nowhere, Some(7))[0].state, State::Failed);
    let many = NameserverStatus { unasked: 3, ..status(2, serves(7), serves(7)) };
    let findings = nameserver(&zone, &many, None);
    assert_eq!(findings[1].says, "ns2.example.com: 3 more of its addresses not asked");
}

#[test]
fn who_is_told_of_changes() {
    let soa = Soa { serial: 7, refresh: 7_200, mname: name("ns2.example.com"), ..Soa::default() };
    let ours = status(1, serves(7), serves(7));
    let judged = |make, others: &[Reply]| {
        let others = others.iter().zip(2..).map(|(reply, last)| status(last, *reply, *reply));
        let statuses: Vec<NameserverStatus> = std::iter::once(ours.clone()).chain(others).collect();
        notify(&case(make), &soa, &statuses)
    };
    assert_eq!(judged(Make::Knot, &[]).says, "no other nameserver is to be told of changes");
    assert_eq!(judged(Make::Knot, &[serves(7), serves(7)]).state, State::Ok);
    assert_eq!(judged(Make::Knot, &[Reply::Fault(Fault::TimedOut)]).state, State::Unknown);
    for make in MAKES {
        let behind = judged(make, &[serves(7), serves(5)]);
        assert_eq!(behind.state, State::Warning);
        assert!(behind.says.starts_with("1 of 2 behind") && behind.why.contains("every 2 h"), "{behind:?}");
        assert!(!behind.remedy.is_empty());
    }
    // It says so before anything is late.
    let powerdns = judged(Make::PowerDns, &[serves(7)]);
    assert_eq!(powerdns.state, State::Ok);
    assert!(
        commands(&powerdns).contains(&"pdnsutil set-meta example.com NOTIFY-DNSUPDATE 1"),
        "{powerdns:?}"
    );
    // BIND leaves the server that the SOA names out.
    let bind = judged(Make::Bind, &[serves(7)]);
    assert_eq!(bind.state, State::Warning);
    assert!(commands(&bind).contains(&"notify-to-soa yes;"), "{bind:?}");
    let here = primary(&case(Make::Bind), &soa, &Ok(vec!["192.0.2.1".parse().unwrap()]));
    assert_eq!(here.says, "ns2.example.com by the SOA: this server");
}

#[test]
fn this_side() {
    let drafts = |written: Result<(), String>, free, open_to_others| {
        machine::drafts(Some(&Drafts { path: "/home/a b".into(), written, free: Some(free), open_to_others }))
    };
    assert_eq!(drafts(Ok(()), 5 << 30, false).says, "/home/a b: 5.0 GiB free");
    assert_eq!(drafts(Ok(()), u64::MAX, true).state, State::Warning);
    assert_eq!(drafts(Ok(()), 20 << 20, false).state, State::Warning);
    assert_eq!(drafts(Ok(()), 1000, false).state, State::Failed);
    let full = drafts(Err("no storage space".into()), 0, false);
    assert_eq!(
        (full.state, commands(&full)),
        (State::Failed, vec!["ls -ld '/home/a b'", "df -h '/home/a b'"])
    );
    assert_eq!(machine::drafts(None).state, State::Failed);
    let terminal = |size, kind: &str, unicode| {
        machine::terminal(&Terminal { size, kind: kind.into(), unicode, colours: true }).state
    };
    assert_eq!(terminal(Some((80, 24)), "xterm", true), State::Ok);
    assert_eq!(terminal(None, "", false), State::Ok);
    for (size, kind, unicode) in [
        ((79, 24), "xterm", true),
        ((80, 23), "xterm", true),
        ((80, 24), "dumb", true),
        ((80, 24), "", true),
        ((80, 24), "xterm", false),
    ] {
        assert_eq!(terminal(Some(size), kind, unicode), State::Warning, "{size:?} {kind} {unicode}");
    }
    let refused = Failure {
        next: "Run: chmod 600 'a (b' (or, where a server reads it too, copy the key to a file of your own)."
            .into(),
        ..failure(FailureKind::Local)
    };
    let finding = machine::key("a (b", &Err(refused));
    assert_eq!(commands(&finding), ["chmod 600 'a (b'"]);
    let broken = machine::configuration(&Configuration::Broken(failure(FailureKind::Local)));
    assert_eq!((broken.state, broken.says.as_str()), (State::Failed, "It did not work"));
}

/// A server that does not say what it is gets the commands for each make; lines fit 80 columns but for commands.
#[test]
fn lines_of_a_finding() {
    let updates = Updates::Asked { result: Ok(Rcode::REFUSED), without_key: None };
    let finding = server::update(&case(Make::Unknown), Signature::Accepted, &updates, None);
    insta::assert_snapshot!(print::lines(&finding, 80).join("\n"), @r#"
    FAILED   update       refused for the key ns0-key (REFUSED)
             The key is right, but may not change the zone, or nobody may at
             present.
             BIND: See what the zone is there:
                 rndc zonestatus example.com
             BIND: If it is a secondary, name its primary with --update-to.
             BIND: If it is frozen, thaw it:
                 rndc thaw example.com
             BIND: Else allow the key in named.conf; where the zone has
             allow-update, add the key there:
                 zone "example.com" { update-policy { grant "ns0-key" zonesub any; }; };
                 rndc reconfig
             Knot: See what the zone is there:
                 knotc zone-status example.com
             Knot: If its role is slave, name its primary with --update-to.
             Knot: If it is frozen, thaw it:
                 knotc zone-thaw example.com
             Knot: Else allow it in knot.conf:
                 acl:
                   - id: zonewright
                     key: "ns0-key"
                     action: [transfer, update]
                 zone:
                   - domain: "example.com"
                     acl: zonewright
                 knotc reload
             PowerDNS: Allow the key, and this address where only some may:
                 pdnsutil add-meta example.com TSIG-ALLOW-DNSUPDATE ns0-key
                 pdnsutil add-meta example.com ALLOW-DNSUPDATE-FROM 192.0.2.5
             PowerDNS: pdns.conf needs:
                 dnsupdate=yes
             NSD: It has no dynamic updates: name the primary that takes them with
             --update-to, or in the configuration.
    "#);
    let states = [State::Ok, State::Ok, State::Failed, State::Warning, State::Warning, State::Unknown];
    assert_eq!(print::summary(&states), "1 failed, 2 warnings, 1 unknown, 2 ok");
    assert_eq!(print::summary(&[State::Ok]), "1 ok");
}

#[test]
fn many_zones_in_a_line_each() {
    let zone = name("example.com");
    let short = |findings: &[Finding]| server::in_short(&zone, "ns0", findings);
    assert_eq!(short(&[]).says, "example.com at ns0: transfers and updates are allowed");
    let warning = server::clock(Make::Bind, Some(100));
    let refused =
        server::transfer(&case(Make::Bind), Signature::Accepted, &Err(failure(FailureKind::Refused)), None);
    let finding = short(&[warning, refused]);
    assert_eq!(finding.says, "example.com: transfer: refused for the key ns0-key");
    assert_eq!((finding.state, commands(&finding)), (State::Failed, vec!["zonewright doctor example.com"]));
}
