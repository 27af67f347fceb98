//! The judgement, with answers that are made up.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use super::{Inquiry, Outcome, asks};
use crate::check::{Needs, all};
use crate::facts::answers::{Answer, Answers, Issuer, Question, Records};
use crate::facts::{Delegated, Delegation, Fault, Parent, Reply};
use crate::zone::{Name, RecordType};
use crate::zonefile;

const TOP: &str = "$ORIGIN example.com.\n$TTL 1h\n@ SOA ns1 hostmaster 7 2h 30m 2w 1h\n@ NS ns1\n@ NS ns2.example.net.\n\
                   ns1 A 192.0.2.1\n";

fn name(text: &str) -> Name {
    Name::parse(text.as_bytes(), None).unwrap()
}

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

/// A record as answers hold it.
type Own = (Name, RecordType, Box<[u8]>);

/// A little world: record sets by name and type, and what else there is to say. Names without records are not there.
#[derive(Default)]
struct World {
    records: BTreeMap<Name, Vec<Own>>,
    other: Vec<(Question, Answer)>,
    /// No resolver answers.
    cut_off: bool,
}

impl World {
    /// Records as lines of a zone file; the names of others, whole.
    fn of(lines: &str) -> World {
        let text = format!("$ORIGIN .\n$TTL 60\n@ SOA a. b. 1 1 1 1 1\n{lines}");
        let (zone, _) = zonefile::read_zone(text.as_bytes(), None).unwrap();
        let mut world = World::default();
        for record in zone.records() {
            let own = (record.owner.to_name(), record.rtype, record.rdata.into());
            world.records.entry(record.owner.to_name()).or_default().push(own);
        }
        world
    }

    fn with(mut self, question: Question, answer: Answer) -> World {
        self.other.push((question, answer));
        self
    }

    fn serial(self, server: &str, udp: Reply, tcp: Reply) -> World {
        let closed = Question::Recursion { server: ip(server) };
        self.with(Question::Serial { server: ip(server) }, Answer::Serial { udp, tcp })
            .with(closed, Answer::Recursion(false))
    }

    fn resolve(&self, wanted: &Name, rtype: RecordType) -> Records {
        let mut found = Records { exists: true, ..Records::default() };
        let mut at = wanted.clone();
        for _ in 0..9 {
            let Some(own) = self.records.get(&at) else {
                found.exists = self.records.keys().any(|other| other.is_at_or_below(&at));
                break;
            };
            let of = |wanted: RecordType| own.iter().filter(move |(_, own, _)| *own == wanted).cloned();
            found.records.extend(of(rtype));
            let Some(alias) = of(RecordType::CNAME).next() else { break };
            at = Name::from_wire(&alias.2).unwrap();
            found.records.push(alias);
        }
        found
    }

    fn answer(&self, question: &Question) -> Answer {
        if let Some((_, answer)) = self.other.iter().find(|(own, _)| own == question) {
            return answer.clone();
        }
        match question {
            Question::Records { name, rtype } if !self.cut_off => Answer::Records(self.resolve(name, *rtype)),
            _ => Answer::Unknown("nobody answers".into()),
        }
    }
}

/// What one rule finds in a zone once everything is answered, and how often was asked.
fn look(rule: &str, lines: &str, world: &World) -> (Outcome, usize) {
    let (zone, _) = zonefile::read_zone(format!("{TOP}{lines}").as_bytes(), None).unwrap();
    let inquiry = Inquiry::new(Arc::new(zone), |one| one.id == rule);
    assert_eq!(inquiry.rules.len(), 1, "{rule}");
    let mut answers = Answers::default();
    for round in 0..20 {
        let outcome = inquiry.look(&answers);
        if outcome.wanted.is_empty() {
            return (outcome, round);
        }
        for question in outcome.wanted {
            let answer = world.answer(&question);
            answers.insert(question, answer);
        }
    }
    panic!("{rule} never ends asking");
}

/// The messages.
fn found(rule: &str, lines: &str, world: &World) -> Vec<String> {
    let (outcome, _) = look(rule, lines, world);
    assert!(outcome.unasked.is_empty(), "{:?}", outcome.unasked);
    outcome.findings.into_iter().map(|finding| finding.message).collect()
}

const SERVES: Reply = Reply::Serial { serial: 7, round_trip: Duration::ZERO };
const NS2: &str = "ns2.example.net. A 198.51.100.2\n";

fn serial(serial: u32) -> Reply {
    Reply::Serial { serial, round_trip: Duration::ZERO }
}

fn own(server: &str, host: &str, rtype: RecordType, addresses: &[[u8; 4]]) -> (Question, Answer) {
    let records = addresses.iter().map(|address| (name(host), rtype, Box::from(*address))).collect();
    let answer = Answer::Records(Records { exists: true, authoritative: true, records });
    (Question::Own { server: ip(server), name: name(host), rtype }, answer)
}

#[test]
fn every_rule_that_needs_the_network_asks() {
    for rule in all().filter(|rule| rule.needs == Needs::Network) {
        assert!(asks(rule), "{}", rule.id);
    }
}

#[test]
fn glue_beside_what_the_zone_below_says() {
    let lines = "sub NS ns.sub\nns.sub A 192.0.2.50\n";
    let (none, nothing) = own("192.0.2.50", "ns.sub.example.com.", RecordType::AAAA, &[]);
    let with = |addresses: &[[u8; 4]]| {
        let (question, answer) = own("192.0.2.50", "ns.sub.example.com.", RecordType::A, addresses);
        World::default().with(question, answer).with(none.clone(), nothing.clone())
    };
    assert!(found("L-27", lines, &with(&[[192, 0, 2, 50]])).is_empty());
    assert_eq!(
        found("L-27", lines, &with(&[[192, 0, 2, 51]])),
        ["The glue of ns.sub.example.com. is 192.0.2.50; the zone sub.example.com. itself has 192.0.2.51."]
    );
    let (outcome, _) = look("L-27", lines, &World::default());
    assert!(outcome.findings.is_empty() && outcome.unasked.len() == 2, "{outcome:?}");
}

#[test]
fn aliases_of_what_is_not_there() {
    let lines = "shop CNAME gone.example.net.\nweb CNAME there.example.net.\nlong CNAME on.example.net.\n";
    let world = World::of("there.example.net. A 192.0.2.1\non.example.net. CNAME off.example.org.\n");
    assert_eq!(
        found("L-36", lines, &world),
        [
            "shop.example.com. is an alias of gone.example.net.: that does not exist. Whoever registers it has your name.",
            "long.example.com. is an alias of on.example.net., which leads on to off.example.org.: that does not exist. \
             Whoever registers it has your name.",
        ]
    );
    assert!(found("L-36", "web CNAME there.example.net.\n", &world).is_empty());
    let (outcome, _) = look("L-36", lines, &World { cut_off: true, ..World::default() });
    assert!(outcome.findings.is_empty(), "what nobody answers is no finding");
    assert_eq!(outcome.unasked.len(), 3);
}

#[test]
fn very_many_aliases_are_cut_and_counted() {
    let lines: String = (0..700).map(|n| format!("a{n} CNAME b{n}.example.net.\n")).collect();
    let (outcome, _) = look("L-36", &lines, &World::of(""));
    assert_eq!((outcome.findings.len(), outcome.passed_over[0].1), (500, 200));
}

#[test]
fn hosts_outside_that_are_aliases_or_have_no_address() {
    let world = World::of(
        "ns2.example.net. CNAME x.example.net.\nx.example.net. A 192.0.2.7\nmx.example.net. TXT x\n",
    );
    assert_eq!(
        found("L-39", "", &world),
        ["The nameserver ns2.example.net. of example.com. is an alias (CNAME) of x.example.net."]
    );
    assert!(found("L-39", "", &World::of(NS2)).is_empty());
    let lines = "@ MX 1 ns2.example.net.\n@ MX 2 mx.example.net.\n@ MX 3 no.example.org.\n";
    assert_eq!(
        found("L-48", lines, &world),
        ["The mail host ns2.example.net. of example.com. is an alias (CNAME) of x.example.net."]
    );
    assert_eq!(
        found("L-49", lines, &world),
        [
            "The mail host mx.example.net. of example.com. has no address.",
            "The mail host no.example.org. of example.com. does not exist.",
        ]
    );
    assert!(found("L-48", "@ MX 1 x.example.net.\n", &world).is_empty());
    assert!(found("L-49", "@ MX 1 x.example.net.\n", &world).is_empty());
}

#[test]
fn a_primary_that_is_nowhere() {
    let text = TOP.replace("SOA ns1 ", "SOA hidden.example.net. ");
    let look = |world: &World| {
        let (zone, _) = zonefile::read_zone(text.as_bytes(), None).unwrap();
        let inquiry = Inquiry::new(Arc::new(zone), |one| one.id == "L-92");
        let wanted = inquiry.look(&Answers::default()).wanted;
        let answers =
            wanted.into_iter().map(|question| (question.clone(), world.answer(&question))).collect();
        inquiry.look(&answers).findings.into_iter().map(|finding| finding.message).collect::<Vec<_>>()
    };
    assert_eq!(
        look(&World::of("")),
        ["The primary nameserver hidden.example.net. of example.com. does not exist."]
    );
    assert!(look(&World::of("hidden.example.net. AAAA 2001:db8::1\n")).is_empty());
}

#[test]
fn nameservers_in_one_network_or_of_one_family() {
    let near = World::of("ns2.example.net. A 192.0.2.99\n");
    assert_eq!(
        found("L-42", "", &near),
        ["All nameservers of example.com. are in one network (/24 or /48)."]
    );
    assert!(found("L-42", "", &World::of(NS2)).is_empty());
    let lines = "www AAAA 2001:db8::1\n";
    assert_eq!(
        found("L-43", lines, &near),
        ["example.com. has IPv6 addresses, and none of its nameservers has one."]
    );
    assert!(found("L-43", lines, &World::of("ns2.example.net. AAAA 2001:db8:1::1\n")).is_empty());
    let (outcome, _) = look("L-42", "", &World { cut_off: true, ..World::default() });
    assert!(outcome.findings.is_empty() && !outcome.unasked.is_empty());
}

fn delegates(names: &[&str]) -> World {
    let nameservers = names.iter().map(|text| Delegated { name: name(text), glue: Vec::new() }).collect();
    let parent = Parent::Delegates(Delegation { parent: name("com."), nameservers });
    World::default().with(Question::Parent, Answer::Parent(parent))
}

#[test]
fn the_zone_above_has_other_nameservers() {
    assert!(found("L-44", "", &delegates(&["NS1.example.com.", "ns2.example.net."])).is_empty());
    assert_eq!(
        found("L-44", "", &delegates(&["ns1.example.com.", "old.example.org.", "older.example.org."])),
        [
            "The zone above, com., has old.example.org. and older.example.org., which the zone has not, and lacks \
             ns2.example.net., which the zone has."
        ]
    );
    let parent = Answer::Parent(Parent::DoesNotDelegate { parent: name("com.") });
    assert_eq!(
        found("L-44", "", &World::default().with(Question::Parent, parent)),
        ["The zone above, com., does not delegate example.com.: nobody finds it."]
    );
    let parent = Answer::Parent(Parent::NotKnown("no resolver answers".into()));
    let (outcome, _) = look("L-44", "", &World::default().with(Question::Parent, parent));
    assert!(outcome.findings.is_empty() && outcome.unasked[0].why == "no resolver answers");
}

#[test]
fn nameservers_that_are_of_no_use() {
    let timed_out = Reply::Fault(Fault::TimedOut);
    let two = |udp, tcp| World::of(NS2).serial("192.0.2.1", SERVES, SERVES).serial("198.51.100.2", udp, tcp);
    assert!(found("L-45", "", &two(SERVES, SERVES)).is_empty());
    for (udp, tcp, said) in [
        (Reply::Fault(Fault::Refused), SERVES, "refuses to answer for the zone (REFUSED): it is lame"),
        (
            Reply::Fault(Fault::NotAuthoritative),
            timed_out,
            "answers without authority for the zone: it is lame",
        ),
        (SERVES, timed_out, "does not answer over TCP (timed out)"),
        (timed_out, SERVES, "does not answer over UDP (timed out)"),
        (timed_out, Reply::Fault(Fault::ConnectionRefused), "does not answer: nobody listens there"),
        (timed_out, timed_out, "does not answer (timed out)"),
    ] {
        let wanted = format!("The nameserver ns2.example.net. (198.51.100.2) {said}.");
        assert_eq!(found("L-45", "", &two(udp, tcp)), [wanted]);
    }
    let open = World::of(NS2)
        .with(Question::Recursion { server: ip("198.51.100.2") }, Answer::Recursion(true))
        .serial("192.0.2.1", SERVES, SERVES)
        .serial("198.51.100.2", SERVES, SERVES);
    assert!(found("L-45", "", &open)[0].contains("looks up names of others"));
    assert_eq!(
        found("L-45", "", &World::of("").serial("192.0.2.1", SERVES, SERVES)),
        ["The nameserver ns2.example.net. of example.com. does not exist: nobody can reach it."]
    );
}

#[test]
fn silence_of_all_is_no_finding() {
    let timed_out = Reply::Fault(Fault::TimedOut);
    let world =
        World::of(NS2).serial("192.0.2.1", timed_out, timed_out).serial("198.51.100.2", timed_out, timed_out);
    let (outcome, _) = look("L-45", "", &world);
    assert!(outcome.findings.is_empty(), "{outcome:?}");
    assert_eq!(outcome.unasked.len(), 2);
    // One family may be cut off while the other works.
    let no_route = Reply::Fault(Fault::NoRoute);
    let world = World::of("ns2.example.net. AAAA 2001:db8::2\n").serial("192.0.2.1", SERVES, SERVES).serial(
        "2001:db8::2",
        no_route,
        no_route,
    );
    let (outcome, _) = look("L-45", "", &world);
    assert!(outcome.findings.is_empty() && outcome.unasked.len() == 1, "{outcome:?}");
}

#[test]
fn serials_that_differ() {
    let two = |other| World::of(NS2).serial("192.0.2.1", SERVES, SERVES).serial("198.51.100.2", other, other);
    assert!(found("L-46", "", &two(SERVES)).is_empty());
    assert_eq!(
        found("L-46", "", &two(serial(6))),
        [
            "The nameservers of example.com. have different serials: 6 at ns2.example.net. (198.51.100.2); 7 at \
             ns1.example.com. (192.0.2.1)."
        ]
    );
}

#[test]
fn addresses_and_their_names() {
    let reverse = |target: &str| {
        World::of(&format!("1.2.0.192.in-addr.arpa. PTR {target}\nweb.example.org. A 192.0.2.1\n"))
    };
    assert!(found("L-57", "", &reverse("ns1.example.com.")).is_empty());
    assert!(
        found("L-57", "", &reverse("web.example.org.")).is_empty(),
        "a host of somebody else that has the address"
    );
    assert_eq!(
        found("L-57", "", &reverse("gone.example.org.")),
        [
            "The PTR record of 192.0.2.1, the address of ns1.example.com., leads to gone.example.org., which does not have \
             this address."
        ]
    );
    assert_eq!(
        found("L-57", "x A 10.0.0.1\n", &World::of("")),
        ["192.0.2.1, the address of ns1.example.com., has no PTR record."]
    );
}

#[test]
fn names_of_a_reverse_zone_that_do_not_lead_back() {
    let look = |world: &World| {
        let text = "$ORIGIN 2.0.192.in-addr.arpa.\n$TTL 1h\n@ SOA ns.example.net. h 7 2h 30m 2w 1h\n@ NS ns.example.net.\n\
                    1 PTR web.example.org.\n9 PTR other.example.org.\nx PTR y.example.org.\n";
        let (zone, _) = zonefile::read_zone(text.as_bytes(), None).unwrap();
        let inquiry = Inquiry::new(Arc::new(zone), |one| one.id == "L-55");
        let wanted = inquiry.look(&Answers::default()).wanted;
        let answers =
            wanted.into_iter().map(|question| (question.clone(), world.answer(&question))).collect();
        inquiry.look(&answers).findings.into_iter().map(|finding| finding.message).collect::<Vec<_>>()
    };
    let world = World::of("web.example.org. A 192.0.2.1\nother.example.org. A 192.0.2.8\n");
    assert_eq!(
        look(&world),
        ["The PTR record of 192.0.2.9 leads to other.example.org., which does not have this address."]
    );
}

#[test]
fn policies_of_senders_are_counted_through_other_zones() {
    let spf = |policy: &str| format!("@ TXT \"v=spf1 {policy} -all\"\n");
    let world = World::of(
        "a.example.net. TXT \"v=spf1 include:b.example.net include:c.example.net -all\"\n\
         b.example.net. TXT \"v=spf1 a:h.example.net a:h.example.net a:h.example.net a:h.example.net -all\"\n\
         c.example.net. TXT \"v=spf1 a:h.example.net mx:h.example.net ip4:192.0.2.0/24 -all\"\n\
         h.example.net. A 192.0.2.1\nh.example.net. MX 1 h.example.net.\n\
         loop.example.net. TXT \"v=spf1 include:pool.example.net -all\"\n\
         pool.example.net. TXT \"v=spf1 include:loop.example.net -all\"\n\
         none.example.net. TXT hello\n",
    );
    assert!(found("L-64", &spf("include:a.example.net"), &world).is_empty(), "nine");
    assert!(
        found("L-64", &spf("mx include:a.example.net a:h.example.net a:h.example.net"), &world)[0]
            .contains("12 lookups")
    );
    let broken = |policy: &str| found("L-64", &spf(policy), &world).concat();
    assert!(broken("include:loop.example.net").contains("includes itself by way of loop.example.net."));
    assert!(broken("include:none.example.net").contains("includes none.example.net., which has none"));
    assert!(
        broken("a:x.example.net a:y.example.net mx:z.example.net")
            .contains("asks for 3 names that have nothing"),
    );
    assert!(found("L-64", &spf("exists:%{i}.x.example.net include:c.example.net"), &world).is_empty());
    // What is asked for comes up one after the other.
    let (_, rounds) = look("L-64", &spf("include:a.example.net"), &world);
    assert_eq!(rounds, 3);
    let (outcome, _) =
        look("L-64", &spf("include:a.example.net"), &World { cut_off: true, ..World::default() });
    assert!(outcome.findings.is_empty() && outcome.unasked.len() == 1);
}

#[test]
fn reports_to_those_who_take_them() {
    let lines = "_dmarc TXT \"v=DMARC1; p=none; rua=mailto:a@example.com,mailto:b@sub.example.com, mailto:c@example.org!10m\"\n";
    let world = World::of("example.com._report._dmarc.example.org. TXT \"v=DMARC1\"\n");
    assert!(found("L-68", lines, &world).is_empty());
    assert_eq!(
        found("L-68", lines, &World::of("")),
        [
            "The DMARC policy of example.com. sends reports to example.org., which does not say that it takes them: \
             example.com._report._dmarc.example.org. has no TXT record with v=DMARC1."
        ]
    );
}

#[test]
fn certificates_that_will_not_be_renewed() {
    let lines = "@ CAA 0 issue \"letsencrypt.org; validationmethods=dns-01\"\nwww A 192.0.2.80\nfree A 192.0.2.81\n\
                 free CAA 0 iodef \"mailto:a@example.com\"\n";
    let question =
        Question::Certificate { site: name("www.example.com."), addresses: vec![ip("192.0.2.80")] };
    let by = |organisation: &str| {
        let issuer = Issuer { organisation: organisation.into(), common_name: "R10".into() };
        World::default().with(question.clone(), Answer::Certificate(issuer))
    };
    assert!(found("L-77", lines, &by("Let's Encrypt")).is_empty());
    assert_eq!(
        found("L-77", lines, &by("DigiCert Inc")),
        [
            "The certificate of www.example.com. was issued by \"DigiCert Inc\", which the CAA records of example.com. \
             forbid: it will not be renewed. Its domain for CAA is digicert.com."
        ]
    );
    let (outcome, _) = look("L-77", lines, &by("Nobody Knows Ltd"));
    assert!(outcome.findings.is_empty() && outcome.unasked[0].why.contains("no domain known"));
    let (outcome, _) = look("L-77", lines, &World::default());
    assert!(outcome.findings.is_empty() && outcome.unasked.len() == 1);
    assert!(found("L-77", "www A 192.0.2.80\n", &World::default()).is_empty(), "no CAA, nothing to ask");
}

#[test]
fn keys_beside_those_of_the_zone_above() {
    const KEY: &str =
        "257 3 13 mdsswUyr3DPW132mOi8V9xESWE8jTo0dxCjjnopKl+GqJxpVXckHAeF+KkxLbxILfDLUT0rAK9iUzy1L53eKGQ==";
    // The digest as another program makes it of this key and this name.
    let (zone, _) = zonefile::read_zone(format!("{TOP}@ DNSKEY {KEY}\n").as_bytes(), None).unwrap();
    let key = zone.records().find(|record| record.rtype == RecordType::DNSKEY).unwrap().rdata.to_vec();
    let tag = crate::check::key_tag(&key);
    let digest: String = crate::check::digest(name("example.com.").as_ref(), &key, 2)
        .unwrap()
        .iter()
        .map(|octet| format!("{octet:02X}"))
        .collect();
    let right = format!("example.com. DS {tag} 13 2 {digest}\n");
    let wrong = format!("example.com. DS {tag} 13 2 {}\n", "00".repeat(32));
    let keyed = format!("@ DNSKEY {KEY}\n");
    assert!(found("L-99", &keyed, &World::of(&right)).is_empty());
    assert!(found("L-99", "", &World::of("")).is_empty());
    assert!(found("L-99", &keyed, &World::of(&wrong))[0].contains("None of the DS records"));
    assert!(found("L-99", "", &World::of(&right))[0].contains("the zone has no keys"));
    assert!(found("L-99", &keyed, &World::of(""))[0].contains("no DS record"));
    let both = format!("{right}example.com. DS 1 13 2 {}\n", "00".repeat(32));
    assert!(found("L-99", &keyed, &World::of(&both))[0].contains("for the key 1,"));
    // Signed on the way out.
    let served = format!("{right}example.com. DNSKEY {KEY}\n");
    assert!(found("L-99", "", &World::of(&served)).is_empty());
    let (outcome, _) = look("L-99", &keyed, &World { cut_off: true, ..World::default() });
    assert!(outcome.findings.is_empty() && outcome.unasked.len() == 1);
}

#[test]
fn types_that_the_server_does_not_know() {
    let lines = "@ WALLET BTC x\n@ HTTPS 1 . alpn=h2\n";
    let says = |text: &str| World::default().with(Question::Software, Answer::Software(text.into()));
    assert!(found("L-110", lines, &says("9.20.3")).is_empty());
    assert_eq!(
        found("L-110", lines, &says("9.18.1")),
        [
            "The server is \"9.18.1\", which does not know the type WALLET yet: it takes it in the form of RFC 3597 only."
        ]
    );
    let (outcome, _) = look("L-110", lines, &World::default());
    assert!(outcome.findings.is_empty() && outcome.unasked.len() == 1);
    assert_eq!(look("L-110", "www A 192.0.2.1\n", &World::default()).1, 0, "nothing is asked");
}
