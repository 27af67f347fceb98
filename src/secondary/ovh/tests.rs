//! The backend against the strict embedded service: what it says, what it does, and that nothing is done twice.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::*;
use crate::dns::unix_time;
use crate::server::service::{self, Consumer, Handle, Options, Trouble, WORDINGS};
use crate::server::{self, Primary};
use crate::wire::key::Secret;
use crate::zone::Snapshot;
use crate::zonefile::read_zone;

const VPS: &str = "vps/vps-0a1b2c3d.vps.example";
const DEDICATED: &str = "dedicated/server/ns1234567.example";
const PRIMARY: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));

/// A primary with zones, and a service that transfers from it.
struct Lab {
    primary: server::Handle,
    service: Handle,
}

fn name(text: &str) -> Name {
    Name::parse(text.as_bytes(), Some(Name::root().as_ref())).unwrap()
}

fn zone(origin: &str, extra: &str) -> Snapshot {
    let text = format!(
        "$ORIGIN {origin}.\n$TTL 60\n@ SOA ns1 hostmaster {} 1 1 600 60\n@ NS ns1\nns1 A 192.0.2.1\n{extra}",
        if extra.is_empty() { 1 } else { 2 }
    );
    read_zone(text.as_bytes(), None).unwrap().0
}

fn lab(change: impl FnOnce(&mut Options)) -> Lab {
    let zones = ["example.com", "example.net", "xn--bcher-kva.example"].map(|origin| zone(origin, ""));
    let open = server::Options { open_transfers: true, ..server::Options::default() };
    let primary = Primary::start(zones.into(), Vec::new(), open).unwrap();
    let mut options = Options::new(name("ns3.secondary.example"), Ipv4Addr::new(198, 51, 100, 53));
    options.routes.insert(PRIMARY, primary.address);
    change(&mut options);
    Lab { primary, service: service::start(options).unwrap() }
}

impl Lab {
    fn settings(&self) -> Settings {
        let own = &self.service.credentials;
        Settings {
            name: "ovh".into(),
            endpoint: Endpoint::at(&self.service.url),
            credentials: Credentials::Signed {
                application_key: own.application_key.clone(),
                application_secret: own.application_secret.clone(),
                consumer_key: Some(own.consumer_key.clone()),
            },
            service: None,
            warnings: Vec::new(),
        }
    }

    fn ovh(&self) -> Ovh {
        Ovh::new(self.settings(), unix_time).unwrap().patient(Duration::from_secs(5))
    }

    /// Serves the TXT record.
    fn prove(&self, challenge: &Challenge) {
        let domain = challenge.owner.parent().unwrap();
        let origin = domain.to_string();
        self.primary
            .replace(zone(origin.trim_end_matches('.'), &format!("ownercheck TXT {}\n", challenge.value)));
    }

    fn wait_for(&self, domain: &str) -> Arc<Snapshot> {
        let start = Instant::now();
        loop {
            match self.service.snapshot(&name(domain)) {
                Some(zone) => return zone,
                None => assert!(start.elapsed() < Duration::from_secs(10), "{domain} is not served"),
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

fn place(domain: &str, service: &str) -> Place {
    Place { domain: name(domain), service: Some(service.into()) }
}

fn wanted(domain: &str, service: &str) -> Wanted {
    Wanted { place: place(domain, service), primary: Some(PRIMARY) }
}

fn listed(ovh: &Ovh) -> (Vec<Registration>, Result<(), Problem>) {
    let mut told = Vec::new();
    let result = ovh.list(&mut |registration| {
        told.push(registration);
        true
    });
    (told, result)
}

fn challenge_of(problem: Problem) -> Challenge {
    match problem.kind {
        ProblemKind::Challenged(challenge) => *challenge,
        _ => panic!("{problem:?}"),
    }
}

#[test]
fn the_whole_cycle_with_proof_of_ownership() {
    let lab = lab(|_| {});
    let ovh = lab.ovh();
    assert_eq!(ovh.services().unwrap(), [Some(VPS.to_owned()), Some(DEDICATED.to_owned())]);
    assert!(listed(&ovh).0.is_empty());
    let before = unix_time() as i64;
    for (domain, service) in [("example.com", VPS), ("xn--bcher-kva.example", DEDICATED)] {
        let there = place(domain, service);
        assert_eq!(ovh.get(&there).unwrap_err().kind, ProblemKind::NotRegistered);
        let offered = ovh.offered(&there).unwrap();
        let address = IpAddr::V4(Ipv4Addr::new(198, 51, 100, 53));
        assert_eq!(offered, [Offered { name: name("ns3.secondary.example"), addresses: vec![address] }]);
        let asked = ovh.challenge(&there).unwrap();
        assert_eq!(asked.is_some(), service == DEDICATED, "only there it can be asked beforehand");
        let challenge = challenge_of(ovh.add(&wanted(domain, service)).unwrap_err());
        assert_eq!(challenge.owner, name(&format!("ownercheck.{domain}")));
        assert!(asked.is_none_or(|asked| asked == challenge));
        // Another value proves nothing.
        lab.prove(&Challenge { value: "00000000".into(), ..challenge.clone() });
        assert_eq!(challenge_of(ovh.add(&wanted(domain, service)).unwrap_err()), challenge);
        lab.prove(&challenge);
        ovh.add(&wanted(domain, service)).unwrap();
        assert_eq!(lab.wait_for(domain).origin(), &name(domain));
        let found = ovh.get(&there).unwrap();
        assert_eq!((found.place.clone(), found.primaries), (there.clone(), vec![PRIMARY]));
        assert_eq!(found.secondary, Some(name("ns3.secondary.example")));
        let created = found.created.unwrap();
        assert!((before..before + 60).contains(&created), "{created}");
        assert_eq!(
            ovh.get(&Place { service: None, ..there }).unwrap().place.service.as_deref(),
            Some(service)
        );
    }
    let (told, result) = listed(&ovh);
    result.unwrap();
    let count = |wanted: fn(&Details) -> bool| told.iter().filter(|told| wanted(&told.details)).count();
    assert_eq!((count(|it| *it == Details::Pending), count(|it| *it == Details::Known)), (2, 2));
    for (domain, service) in [("example.com", VPS), ("xn--bcher-kva.example", DEDICATED)] {
        ovh.remove(&place(domain, service)).unwrap();
        assert!(lab.service.snapshot(&name(domain)).is_none());
        assert_eq!(ovh.remove(&place(domain, service)).unwrap_err().kind, ProblemKind::NotRegistered);
    }
    let counts = lab.service.counts();
    assert_eq!((counts.adds, counts.add_attempts, counts.removes, counts.remove_attempts), (2, 6, 2, 4));
}

#[test]
fn the_demand_for_proof_in_every_wording_and_with_every_status() {
    let lab = lab(|_| {});
    let ovh = lab.ovh();
    let mut values = std::collections::BTreeSet::new();
    for wording in 0..WORDINGS.len() {
        for status in [400, 403, 404, 409, 412, 422, 460] {
            for gateway in [false, true] {
                lab.service.change(|options| {
                    options.challenge = Some(service::Challenge { wording, status });
                    options.errors_of_gateway = gateway;
                });
                let problem = ovh.add(&wanted("example.com", VPS)).unwrap_err();
                assert!(!problem.why.contains(char::is_control), "{problem}");
                values.insert(challenge_of(problem).value);
            }
        }
    }
    assert_eq!(values.len(), 1, "{values:?}");
    assert_eq!(lab.service.counts().adds, 0);
}

#[test]
fn without_proof_and_with_answers_of_nothing() {
    let lab = lab(|options| {
        options.challenge = None;
        options.primary = Some(Ipv4Addr::new(192, 0, 2, 1));
    });
    let ovh = lab.ovh();
    for empty in [false, true] {
        lab.service.change(|options| options.empty_bodies = empty);
        let first = Wanted { primary: None, ..wanted("example.com", VPS) };
        ovh.add(&first).unwrap();
        lab.wait_for("example.com");
        assert_eq!(ovh.get(&first.place).unwrap().primaries, [PRIMARY]);
        // The same once more, and from another service.
        let kind = ovh.add(&first).unwrap_err().kind;
        assert_eq!(kind, ProblemKind::AlreadyRegistered { primaries: vec![PRIMARY] });
        let kind = ovh.add(&wanted("example.com", DEDICATED)).unwrap_err().kind;
        assert_eq!(kind, ProblemKind::AlreadyRegistered { primaries: Vec::new() });
        ovh.remove(&first.place).unwrap();
    }
    let counts = lab.service.counts();
    assert_eq!((counts.adds, counts.removes), (2, 2));
}

#[test]
fn another_primary() {
    let other = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 2));
    let lab = lab(|options| options.challenge = None);
    let ovh = lab.ovh();
    let address = lab.primary.address;
    lab.service.change(|options| {
        options.routes.insert(other, address);
    });
    for service in [VPS, DEDICATED] {
        ovh.add(&wanted("example.com", service)).unwrap();
        let change = |primary| ovh.change_primary(&Wanted { primary, ..wanted("example.com", service) });
        if service == VPS {
            assert_eq!(change(Some(other)).unwrap_err().kind, ProblemKind::Unsupported);
        } else {
            change(Some(other)).unwrap();
            assert_eq!(ovh.get(&place("example.com", service)).unwrap().primaries, [other]);
            assert_eq!(change(None).unwrap_err().kind, ProblemKind::Invalid);
            // Another one than the service can reach.
            let nowhere = IpAddr::V4(Ipv4Addr::new(203, 0, 113, 9));
            assert_eq!(change(Some(nowhere)).unwrap_err().kind, ProblemKind::Invalid);
            assert_eq!(change("2001:db8::1".parse().ok()).unwrap_err().kind, ProblemKind::Invalid);
        }
        ovh.remove(&place("example.com", service)).unwrap();
    }
    assert_eq!(lab.service.counts().changes, 1);
    let gone = ovh.change_primary(&wanted("example.com", DEDICATED)).unwrap_err();
    assert_eq!(gone.kind, ProblemKind::NotRegistered);
}

#[test]
fn what_cannot_be_registered() {
    let lab = lab(|options| options.challenge = None);
    let ovh = lab.ovh();
    let kind = |wanted: &Wanted| ovh.add(wanted).unwrap_err().kind;
    assert_eq!(kind(&wanted("example.com", "vps/other.example")), ProblemKind::UnknownService);
    assert_eq!(kind(&wanted("example.com", "cloud/x")), ProblemKind::UnknownService);
    assert_eq!(kind(&wanted("example.com", "vps/../x")), ProblemKind::UnknownService);
    assert_eq!(
        kind(&Wanted { primary: "2001:db8::1".parse().ok(), ..wanted("example.com", VPS) }),
        ProblemKind::Invalid
    );
    assert_eq!(
        kind(&Wanted { primary: "203.0.113.9".parse().ok(), ..wanted("example.com", VPS) }),
        ProblemKind::Invalid
    );
    assert_eq!(kind(&Wanted { primary: None, ..wanted("example.com", VPS) }), ProblemKind::Invalid);
    for domain in ["com", ".", "a\\.b.example", "a\\032b.example", "\\200.example"] {
        assert_eq!(kind(&wanted(domain, VPS)), ProblemKind::Invalid, "{domain}");
    }
    // Which of the two?
    let mut somewhere = wanted("example.com", VPS);
    somewhere.place.service = None;
    let problem = ovh.add(&somewhere).unwrap_err();
    assert!(problem.why.contains(VPS) && problem.why.contains(DEDICATED), "{problem}");
    lab.service.change(|options| options.services.truncate(1));
    ovh.add(&somewhere).unwrap();
    assert_eq!(lab.service.registered(), [(name("example.com"), VPS.to_owned())]);
    lab.service.change(|options| options.services.clear());
    assert_eq!(ovh.get(&place("example.com", VPS)).unwrap_err().kind, ProblemKind::UnknownService);
    assert_eq!(ovh.remove(&place("example.com", VPS)).unwrap_err().kind, ProblemKind::UnknownService);
    assert_eq!(ovh.get(&somewhere.place).unwrap_err().kind, ProblemKind::NotRegistered);
    assert_eq!(lab.service.counts().adds, 1);
}

#[test]
fn who_may_not() {
    let lab = lab(|_| {});
    let with = |change: &dyn Fn(&mut String, &mut Secret, &mut Option<Secret>)| {
        let mut settings = lab.settings();
        let Credentials::Signed { application_key, application_secret, consumer_key } =
            &mut settings.credentials
        else {
            panic!()
        };
        change(application_key, application_secret, consumer_key);
        Ovh::new(settings, unix_time).unwrap()
    };
    let wrong = || Secret::new(b"geheimgeheim".to_vec());
    for gateway in [false, true] {
        lab.service.change(|options| options.errors_of_gateway = gateway);
        for ovh in [
            with(&|key, _, _| *key = "wrong".into()),
            with(&|_, secret, _| *secret = wrong()),
            with(&|_, _, consumer| *consumer = Some(wrong())),
        ] {
            for problem in [
                ovh.add(&wanted("example.com", VPS)).unwrap_err(),
                ovh.get(&place("example.com", VPS)).unwrap_err(),
                ovh.services().unwrap_err(),
                listed(&ovh).1.unwrap_err(),
            ] {
                let shape = matches!(problem.kind, ProblemKind::Unauthorized | ProblemKind::Forbidden);
                assert!(shape, "{problem:?}");
                assert!(problem.why.contains("query id"), "{problem}");
                assert!(!format!("{problem:?}").contains("geheim"), "{problem:?}");
            }
        }
        for (state, words) in [(Consumer::Expired, "expired"), (Consumer::Pending, "not valid")] {
            lab.service.change(|options| options.consumer = state);
            let problem = lab.ovh().remove(&place("example.com", VPS)).unwrap_err();
            assert!(problem.why.contains(words), "{problem}");
        }
        lab.service.change(|options| options.consumer = Consumer::Valid);
    }
    let problem = with(&|_, _, consumer| *consumer = None).services().unwrap_err();
    assert!(problem.kind == ProblemKind::Local && problem.next.contains("secondary login"), "{problem}");
    let counts = lab.service.counts();
    assert_eq!((counts.add_attempts, counts.remove_attempts), (0, 0));
}

#[test]
fn clocks() {
    let lab = lab(|options| {
        options.challenge = None;
        options.clock = 3600;
    });
    let ovh = lab.ovh();
    ovh.add(&wanted("example.com", VPS)).unwrap();
    // It is put right while we run: the next request is late, and repeated once with the new time.
    for clock in [-7200, 40] {
        lab.service.change(|options| options.clock = clock);
        let requests = lab.service.counts().requests;
        ovh.get(&place("example.com", VPS)).unwrap();
        assert_eq!(lab.service.counts().requests - requests, 3, "late, the time, again");
    }
    lab.service.change(|options| options.clock = 100_000);
    ovh.remove(&place("example.com", VPS)).unwrap();
    // A clock that never fits is said, and asked for twice only.
    lab.service.change(|options| options.told_later = 600);
    let fresh = lab.ovh();
    for gateway in [false, true] {
        lab.service.change(|options| options.errors_of_gateway = gateway);
        let requests = lab.service.counts().requests;
        let problem = fresh.add(&wanted("example.com", VPS)).unwrap_err();
        assert_eq!(problem.kind, ProblemKind::ClockOff, "{problem}");
        assert!(lab.service.counts().requests - requests <= 4);
    }
    let counts = lab.service.counts();
    assert_eq!((counts.adds, counts.add_attempts, counts.removes), (1, 1, 1));
}

#[test]
fn a_lost_answer_is_decided_by_asking_again() {
    let lab = lab(|options| options.challenge = None);
    let ovh = lab.ovh();
    let there = place("example.com", VPS);
    for (trouble, registered) in [(Trouble::LostBefore, false), (Trouble::LostAfter, true)] {
        lab.service.change(|options| options.trouble = Some(trouble));
        let problem = ovh.add(&wanted("example.com", VPS)).unwrap_err();
        assert_eq!(problem.kind, ProblemKind::Unknown, "{problem}");
        assert_eq!(ovh.get(&there).is_ok(), registered);
    }
    assert_eq!(lab.service.counts().adds, 1);
    for (trouble, registered) in [(Trouble::LostBefore, true), (Trouble::LostAfter, false)] {
        lab.service.change(|options| options.trouble = Some(trouble));
        let problem = ovh.remove(&there).unwrap_err();
        assert_eq!(problem.kind, ProblemKind::Unknown, "{problem}");
        assert_eq!(ovh.get(&there).is_ok(), registered);
    }
    let counts = lab.service.counts();
    assert_eq!((counts.adds, counts.removes, counts.add_attempts, counts.remove_attempts), (1, 1, 1, 1));
}

#[test]
fn answers_that_make_no_sense() {
    let lab = lab(|options| options.challenge = None);
    let ovh = lab.ovh();
    ovh.add(&wanted("example.com", VPS)).unwrap();
    let there = place("example.com", VPS);
    for (trouble, read, changed) in [
        (Trouble::Html, ProblemKind::Remote { status: 503 }, Some(ProblemKind::Unknown)),
        (Trouble::Oversized, ProblemKind::Protocol, Some(ProblemKind::Unknown)),
        (Trouble::Truncated, ProblemKind::Protocol, Some(ProblemKind::Unknown)),
        (Trouble::TooMany, ProblemKind::RateLimited, Some(ProblemKind::RateLimited)),
        (Trouble::NoDetails, ProblemKind::Remote { status: 500 }, None),
    ] {
        lab.service.change(|options| options.trouble = Some(trouble));
        let problem = ovh.get(&there).unwrap_err();
        assert_eq!(problem.kind, read, "{trouble:?}: {problem}");
        assert!(!problem.to_string().contains(char::is_control), "{problem:?}");
        if let Some(changed) = changed {
            let problem = ovh.add(&wanted("example.net", VPS)).unwrap_err();
            assert_eq!(problem.kind, changed, "{trouble:?}: {problem}");
            assert!(listed(&ovh).1.is_err());
        } else {
            let (told, result) = listed(&ovh);
            result.unwrap();
            let last = told.last().unwrap();
            assert_eq!(last.place, there);
            assert!(matches!(last.details, Details::Failed(_)), "{last:?}");
        }
        lab.service.change(|options| options.trouble = None);
        let _ = ovh.remove(&place("example.net", VPS));
    }
    assert_eq!(lab.service.counts().adds, 3, "of those that could not be read, too");
}

#[test]
fn slow_details_come_one_after_the_other_and_names_before_them() {
    let zones: Vec<String> = (0..24).map(|at| format!("z{at}.example")).collect();
    let lab = lab(|options| options.challenge = None);
    let ovh = lab.ovh();
    for domain in &zones {
        ovh.add(&wanted(domain, if domain.len() % 2 == 0 { VPS } else { DEDICATED })).unwrap();
    }
    let pause = Duration::from_millis(150);
    lab.service.change(|options| options.trouble = Some(Trouble::SlowDetails(pause)));
    let start = Instant::now();
    let (told, result) = listed(&ovh);
    result.unwrap();
    // 24 of them, 8 at a time; one after the other it would take 3.6 s.
    assert!(start.elapsed() < pause * 16, "{:?}", start.elapsed());
    assert_eq!(told.len(), 48);
    for domain in &zones {
        let mut rows = told.iter().filter(|row| row.place.domain == name(domain));
        assert_eq!(rows.next().unwrap().details, Details::Pending);
        assert_eq!(rows.next().unwrap().details, Details::Known);
    }
    // Who does not want to know any more is not kept waiting.
    lab.service.change(|options| options.trouble = Some(Trouble::SlowDetails(Duration::from_millis(300))));
    let (start, mut seen) = (Instant::now(), 0);
    ovh.list(&mut |_| {
        seen += 1;
        false
    })
    .unwrap();
    assert_eq!(seen, 1);
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
}

#[test]
fn service_accounts() {
    let lab = lab(|options| options.challenge = None);
    let own = &lab.service.credentials;
    let settings = |client_secret: Secret| Settings {
        credentials: Credentials::Account { client_id: own.client_id.clone(), client_secret },
        ..lab.settings()
    };
    let ovh = Ovh::new(settings(own.client_secret.clone()), unix_time).unwrap();
    ovh.add(&wanted("example.com", VPS)).unwrap();
    ovh.get(&place("example.com", VPS)).unwrap();
    assert_eq!(lab.service.counts().tokens, 1, "it is kept");
    // One that ends early is had anew; so is one that ends unexpectedly.
    lab.service.change(|options| options.token_life = Duration::ZERO);
    let short = Ovh::new(settings(own.client_secret.clone()), unix_time).unwrap();
    let problem = short.get(&place("example.com", VPS)).unwrap_err();
    assert_eq!(problem.kind, ProblemKind::Unauthorized, "{problem}");
    assert_eq!(lab.service.counts().tokens, 3, "tried twice, no more");
    lab.service.change(|options| options.token_life = Duration::from_secs(3600));
    short.remove(&place("example.com", VPS)).unwrap();
    let wrong = Ovh::new(settings(Secret::new(b"geheim".to_vec())), unix_time).unwrap();
    let problem = wrong.add(&wanted("example.com", VPS)).unwrap_err();
    assert_eq!(problem.kind, ProblemKind::Unauthorized, "{problem}");
    assert_eq!(lab.service.counts().adds, 1);
}

#[test]
fn a_consumer_key_is_asked_for_and_confirmed() {
    let lab = lab(|options| options.challenge = None);
    let mut settings = lab.settings();
    if let Credentials::Signed { consumer_key, .. } = &mut settings.credentials {
        *consumer_key = None;
    }
    settings.service = Some(VPS.into());
    let login = login::ask(settings.clone(), unix_time).unwrap();
    assert!(login.page.starts_with("http://127.0.0.1:"), "{}", login.page);
    assert_eq!(login.section, lab.service.url);
    assert_eq!(login.is_confirmed(), Ok(false));
    assert!(!lab.service.confirm("http://127.0.0.1/") && lab.service.confirm(&login.page));
    assert_eq!(login.is_confirmed(), Ok(true));
    // It is good for what was asked for, and nothing else.
    if let Credentials::Signed { consumer_key, .. } = &mut settings.credentials {
        *consumer_key = Some(login.consumer_key.clone());
    }
    let ovh = Ovh::new(Settings { service: None, ..settings.clone() }, unix_time).unwrap();
    ovh.add(&wanted("example.com", VPS)).unwrap();
    ovh.remove(&place("example.com", VPS)).unwrap();
    let problem = ovh.add(&wanted("example.com", DEDICATED)).unwrap_err();
    assert_eq!(problem.kind, ProblemKind::Forbidden, "{problem}");
    assert!(problem.next.contains("POST /dedicated/server/"), "{problem}");
    assert_eq!(ovh.services().unwrap_err().kind, ProblemKind::Forbidden);
    let account = Credentials::Token(Secret::new(b"t".to_vec()));
    assert!(login::ask(Settings { credentials: account, ..settings }, unix_time).is_err());
}

/// Nothing that a person sees, and nothing that a log could have, tells a secret.
#[test]
fn no_secret_is_ever_shown() {
    let lab = lab(|_| {});
    let own = &lab.service.credentials;
    let secrets = [&own.application_secret, &own.consumer_key, &own.client_secret];
    let mut shown = vec![format!("{:?}", lab.settings()), format!("{own:?}")];
    let ovh = lab.ovh();
    for trouble in [
        None,
        Some(Trouble::Html),
        Some(Trouble::Truncated),
        Some(Trouble::Oversized),
        Some(Trouble::LostAfter),
        Some(Trouble::TooMany),
    ] {
        lab.service.change(|options| options.trouble = trouble);
        let results = [
            ovh.add(&wanted("example.com", VPS)),
            ovh.remove(&place("example.com", VPS)),
            ovh.get(&place("example.com", VPS)).map(drop),
            listed(&ovh).1,
            ovh.offered(&place("example.com", DEDICATED)).map(drop),
        ];
        shown.extend(
            results.into_iter().filter_map(Result::err).map(|problem| format!("{problem:?} {problem}")),
        );
    }
    assert!(shown.len() > 20, "{}", shown.len());
    for secret in secrets {
        let secret = std::str::from_utf8(secret.octets()).unwrap();
        assert!(shown.iter().all(|text| !text.contains(secret)), "{shown:#?}");
        // Not even where the API repeats what it was sent.
        let repeated = ovh.session.without_secrets(&format!("bad key {secret}!"));
        let of_account = secret.as_bytes() == own.client_secret.octets();
        assert_eq!(repeated == "bad key (secret)!", !of_account, "{repeated}");
    }
}

#[test]
fn services_and_paths() {
    for good in [VPS, DEDICATED, "vps/a"] {
        assert!(is_service(good), "{good}");
    }
    for bad in [
        "",
        "vps",
        "vps/",
        "vps/a/b",
        "vps/..",
        "dedicated/a",
        "cloud/x",
        "vps/a b",
        "/vps/a",
        "vps/a?b",
        "vps/\u{e4}",
    ] {
        assert!(!is_service(bad), "{bad}");
    }
    assert_eq!(path(&["vps/a", "x", "b c/d\u{fc}?"], "x").unwrap(), "/vps/a/x/b%20c%2Fd%C3%BC%3F");
    for bad in [&["vps/../x"][..], &["vps/a", ".."], &["vps//a"], &["vps/a", ""]] {
        assert!(path(bad, "x").is_err(), "{bad:?}");
    }
    assert_eq!(domain_name("b\u{fc}cher.example"), Some(name("xn--bcher-kva.example")));
    assert_eq!(domain_name("example.com."), Some(name("example.com")));
    for bad in ["", ".", "a..b", &"a".repeat(70)] {
        assert_eq!(domain_name(bad), None, "{bad}");
    }
}
