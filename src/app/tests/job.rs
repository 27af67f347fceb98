//! Several zones as one job, against servers that do what RFC 2136 says.

use std::collections::BTreeSet;

use super::pushing::Server;
use super::zones::{listed, zones};
use super::*;
use crate::app::job::{Job, Opened, Start};
use crate::app::zones::Destination;
use crate::facts::zones::OnDisk;
use crate::zone::Change;
use crate::zone::update::Rcode;
use crate::zonefile;

const FORWARD: &str = "\
$ORIGIN one.example.
$TTL 3600
@ SOA ns1.example.net. hostmaster 1 3600 900 1209600 300
@ NS ns1.example.net.
www A 192.0.2.1
mail A 192.0.2.2
";

const OLD: &str = "\
$ORIGIN 2.0.192.in-addr.arpa.
$TTL 300
@ SOA ns1.example.net. hostmaster 1 3600 900 1209600 300
@ NS ns1.example.net.
1 PTR www.one.example.
2 PTR other.example.
";

const NEW: &str = "\
$ORIGIN 100.51.198.in-addr.arpa.
$TTL 300
@ SOA ns1.example.net. hostmaster 1 3600 900 1209600 300
@ NS ns1.example.net.
2 PTR someone.else.
";

pub fn absolute(text: &str) -> Name {
    Name::parse(text.as_bytes(), None).unwrap()
}

/// The world of a job: a server for each zone, and the drafts on the disk.
pub struct Jobs {
    pub test: Test,
    pub servers: BTreeMap<Name, Server>,
    pub drafts: BTreeMap<Name, Vec<Entry>>,
    pub held: BTreeSet<Name>,
    pub settings: Settings,
    next: usize,
    /// So many effects are answered at most.
    pub patience: usize,
}

/// A draft that gives names new addresses.
fn renumbered(zone: &Arc<Snapshot>, moves: &[(&str, [u8; 4])]) -> Vec<Entry> {
    let mut draft = Draft::new(Arc::clone(zone));
    let edits = moves.iter().map(|(owner, address)| {
        let owner = Name::parse(owner.as_bytes(), Some(zone.origin().as_ref())).unwrap();
        let key = RrKey::new(owner, RecordType::A);
        (key, Some(crate::zone::RrSet::new(3600, vec![address.to_vec().into()])))
    });
    draft.edit("renumber", edits.collect::<Vec<_>>()).into_iter().collect()
}

impl Jobs {
    /// A job over the forward zone, whose draft gives both hosts new addresses.
    pub fn new() -> Jobs {
        let mut servers = BTreeMap::new();
        for text in [FORWARD, OLD, NEW] {
            let (zone, _) = zonefile::read_zone(text.as_bytes(), None).unwrap();
            servers.insert(zone.origin().clone(), Server::with(Arc::new(zone)));
        }
        let forward = absolute("one.example.");
        let moves = [("www", [198, 51, 100, 1]), ("mail", [198, 51, 100, 2])];
        let entries = renumbered(&servers[&forward].zone, &moves);
        let drafts = BTreeMap::from([(forward.clone(), entries)]);
        let start = Start {
            zones: vec![forward],
            back: None,
            reverse: [absolute("2.0.192.in-addr.arpa."), absolute("100.51.198.in-addr.arpa.")].into(),
            replace: None,
        };
        Jobs::begun(start, servers, drafts)
    }

    /// A job that is begun so, with these servers and drafts.
    pub fn begun(start: Start, servers: BTreeMap<Name, Server>, drafts: BTreeMap<Name, Vec<Entry>>) -> Jobs {
        let (app, effects) = App::job(settings(), start);
        let test = Test { app, effects, asked: BTreeMap::new(), asked_parent: RequestId(0) };
        Jobs {
            test,
            servers,
            drafts,
            held: BTreeSet::new(),
            settings: Settings { brake_percent: 100, ..settings() },
            next: 0,
            patience: 1000,
        }
    }

    /// Answers the app until nothing is left to answer.
    pub fn serve(&mut self) -> &mut Jobs {
        while let Some(effect) = self.test.effects.get(self.next).cloned() {
            self.next += 1;
            assert!(self.next < self.patience, "a job that never ends");
            match effect {
                Effect::OpenPart { request, zone } if self.held.contains(&zone) => {
                    let result =
                        Err(failure("This zone cannot be part of the job.", "Anna has it open.", "Wait."));
                    self.test.send(Msg::PartOpened { request, zone, result });
                }
                Effect::OpenPart { request, zone } => {
                    let server = &self.servers[&zone];
                    let loaded = Loaded {
                        zone: server.zone.clone(),
                        kind: ServerKind::Embedded,
                        editable: Ok(()),
                        file: None,
                    };
                    let entries = self.drafts.get(&zone).cloned().unwrap_or_default();
                    let opened =
                        Opened { loaded, entries, settings: self.settings.clone(), unfinished: false };
                    self.test.send(Msg::PartOpened { request, zone, result: Ok(Box::new(opened)) });
                }
                Effect::WritePart { zone, entries, .. } => {
                    self.drafts.insert(zone.clone(), entries);
                    self.test.send(Msg::PartWritten { zone, result: Ok(()) });
                }
                Effect::PushPart { request, zone, action } => {
                    let answer = self.servers.get_mut(&zone).unwrap().answer(&action);
                    if let Some(event) = answer {
                        self.test.send(Msg::Push { request, event });
                    }
                }
                _ => {}
            }
        }
        self
    }

    pub fn keys(&mut self, script: &str) -> &mut Jobs {
        for key in script.split_whitespace() {
            self.test.keys(key);
            self.serve();
        }
        self
    }

    /// These stand on the screen.
    pub fn shows(&mut self, texts: &[&str]) {
        let screen = self.test.screen(80, 24);
        for text in texts {
            assert!(screen.contains(text), "{text}:\n{screen}");
        }
    }

    pub fn job(&self) -> &Job {
        match &self.test.app.screen {
            Screen::Job(job) => job,
            other => panic!("{other:?}"),
        }
    }

    /// The records that a server has at a name of a zone.
    pub fn served(&self, zone: &str, owner: &str, rtype: RecordType) -> Vec<String> {
        let zone = &self.servers[&absolute(zone)].zone;
        let set = zone.get(&RrKey::new(absolute(owner), rtype));
        let text = |rdata: &crate::zone::Rdata| types::format_rdata(rtype, rdata, None);
        set.iter().flat_map(|set| &set.rdata).map(text).collect()
    }

    /// Somebody else gives www.one.example another address.
    fn others_change_www(&mut self) {
        let forward = absolute("one.example.");
        let server = self.servers.get_mut(&forward).unwrap();
        let key = RrKey::new(absolute("www.one.example."), RecordType::A);
        let after = Some(crate::zone::RrSet::new(3600, vec![vec![203, 0, 113, 9].into()]));
        let before = server.zone.get(&key);
        let soa_key = RrKey::new(forward.clone(), RecordType::SOA);
        let mut soa = server.zone.soa().clone();
        soa.serial += 1;
        let soa_after = Some(crate::zone::RrSet::new(3600, vec![soa.to_rdata()]));
        let soa = Change { before: server.zone.get(&soa_key), after: soa_after };
        let theirs = [(key, Change { before, after }), (soa_key, soa)].into();
        server.zone = Arc::new(server.zone.with_changes(&theirs).unwrap());
    }

    /// The draft on the disk changes so many record sets.
    pub fn waiting(&self, zone: &str) -> usize {
        let zone = absolute(zone);
        let mut draft = Draft::new(self.servers[&zone].zone.clone());
        draft.replay(self.drafts.get(&zone).cloned().unwrap_or_default());
        draft.changes().len()
    }
}

#[test]
fn a_renumbering_with_its_reverse_zones_is_reviewed_and_pushed_as_one() {
    let mut jobs = Jobs::new();
    jobs.shows(&["[.] one.example  loading"]);
    jobs.serve();
    jobs.shows(&["[x] one.example  2 record sets: 2 records deleted, 2 added", "+ 1h      198.51.100.1"]);
    jobs.keys("p");
    jobs.shows(&[
        "[ ]      192.0.2.1         not   www.one.example      www.one.example",
        "[ ]      198.51.100.2      ->    mail.one.example     someone.else",
    ]);
    // All that overwrite nothing; what somebody else has is not touched before it is chosen by hand.
    jobs.keys("*");
    jobs.shows(&["delete   192.0.2.1", "add      198.51.100.1", "[ ]      198.51.100.2"]);
    jobs.keys("Down Down Space Enter");
    assert_eq!(jobs.waiting("2.0.192.in-addr.arpa."), 1);
    assert_eq!(jobs.waiting("100.51.198.in-addr.arpa."), 2);
    jobs.shows(&[
        "[x] 2.0.192.in-addr.arpa  1 record set: 1 record deleted, 0 added",
        "+ 5m      mail.one.example.",
    ]);
    // Taken back and done again.
    jobs.keys("u");
    assert_eq!((jobs.waiting("2.0.192.in-addr.arpa."), jobs.waiting("one.example.")), (0, 2));
    assert_eq!(jobs.test.message(), "undone in 2 zones: PTR records");
    jobs.keys("p * Down Down Space Enter");
    jobs.keys("w");
    jobs.shows(&[
        "3 zones, one after the other; it stops at the first that fails:",
        "one.example  2 records deleted, 2 added  ns1.example.com",
    ]);
    jobs.keys("Enter");
    assert_eq!(
        jobs.served("one.example.", "www.one.example.", RecordType::A),
        ["192.0.2.1"],
        "Enter alone pushes nothing"
    );
    jobs.keys("w y");
    jobs.shows(&[
        "[-] one.example  nothing left to push",
        "Applied: 2 changes, as read back from the server.",
        "done: 3 zones pushed, each as read back. Esc goes back",
    ]);
    assert_eq!(jobs.served("one.example.", "www.one.example.", RecordType::A), ["198.51.100.1"]);
    assert_eq!(jobs.served("2.0.192.in-addr.arpa.", "1.2.0.192.in-addr.arpa.", RecordType::PTR), [""; 0]);
    assert_eq!(
        jobs.served("2.0.192.in-addr.arpa.", "2.2.0.192.in-addr.arpa.", RecordType::PTR),
        ["other.example."]
    );
    assert_eq!(
        jobs.served("100.51.198.in-addr.arpa.", "2.100.51.198.in-addr.arpa.", RecordType::PTR),
        ["mail.one.example."]
    );
    for zone in ["one.example.", "2.0.192.in-addr.arpa.", "100.51.198.in-addr.arpa."] {
        assert_eq!(jobs.waiting(zone), 0, "{zone}");
    }
    jobs.keys("Esc");
    assert!(jobs.test.did(|effect| matches!(effect, Effect::GoTo(Destination::Zones))));
}

#[test]
fn the_first_failure_ends_it_and_what_was_pushed_is_taken_back() {
    let mut jobs = Jobs::new();
    jobs.serve().keys("p * Enter");
    jobs.servers.get_mut(&absolute("100.51.198.in-addr.arpa.")).unwrap().refuses = Some(Rcode::REFUSED);
    jobs.keys("w y");
    jobs.shows(&[
        "[x] 100.51.198.in-addr.arpa  1 record set: 0 records deleted, 1 added",
        "! Refused; the server changed nothing.",
        "r takes back what was pushed (2",
    ]);
    // The last zone refused; those before it are pushed.
    assert_eq!(jobs.served("one.example.", "www.one.example.", RecordType::A), ["198.51.100.1"]);
    assert_eq!(jobs.served("2.0.192.in-addr.arpa.", "1.2.0.192.in-addr.arpa.", RecordType::PTR), [""; 0]);
    assert_eq!((jobs.waiting("one.example."), jobs.waiting("100.51.198.in-addr.arpa.")), (0, 1));
    jobs.keys("r");
    jobs.shows(&["Take back what this job has pushed?"]);
    jobs.keys("y");
    assert_eq!(jobs.served("one.example.", "www.one.example.", RecordType::A), ["192.0.2.1"]);
    assert_eq!(jobs.served("one.example.", "mail.one.example.", RecordType::A), ["192.0.2.2"]);
    assert_eq!(
        jobs.served("2.0.192.in-addr.arpa.", "1.2.0.192.in-addr.arpa.", RecordType::PTR),
        ["www.one.example."]
    );
    assert_eq!(jobs.waiting("one.example."), 2, "the changes are in the draft again");
    jobs.shows(&["Taken back: the zone is as it was"]);
    assert_eq!(
        jobs.test.message(),
        "all of it is taken back; the changes are in the drafts again. Esc goes back"
    );
    // Once the server is mended, the same job goes through.
    jobs.servers.get_mut(&absolute("100.51.198.in-addr.arpa.")).unwrap().refuses = None;
    jobs.keys("w y");
    assert!(jobs.test.message().starts_with("done: 3 zones pushed"), "{}", jobs.test.message());
    assert_eq!(jobs.waiting("one.example."), 0);
}

#[test]
fn what_others_changed_since_is_not_taken_back_over_them() {
    let mut jobs = Jobs::new();
    jobs.serve().keys("p * Enter");
    let broken = absolute("100.51.198.in-addr.arpa.");
    jobs.servers.get_mut(&broken).unwrap().refuses = Some(Rcode::REFUSED);
    jobs.keys("w y");
    jobs.others_change_www();
    jobs.keys("r y");
    assert_eq!(jobs.served("one.example.", "www.one.example.", RecordType::A), ["203.0.113.9"]);
    assert!(jobs.test.message().starts_with("stopped at one.example"), "{}", jobs.test.message());
}

#[test]
fn what_to_do_next_is_said_by_keys_that_a_job_has() {
    let mut jobs = Jobs::new();
    jobs.serve();
    jobs.others_change_www();
    jobs.keys("w y");
    jobs.shows(&["! Not pushed: others changed what you changed.", "Enter goes there, M shows both sides."]);
    jobs.keys("Enter");
    let there = absolute("one.example.");
    assert!(
        jobs.test.did(|effect| matches!(effect, Effect::GoTo(Destination::Zone(zone)) if *zone == there))
    );
}

#[test]
fn a_zone_that_cannot_be_opened_is_said_and_can_be_left_out() {
    let mut jobs = Jobs::new();
    jobs.held.insert(absolute("2.0.192.in-addr.arpa."));
    jobs.serve().keys("p");
    // What can be proposed without it is.
    jobs.shows(&["[ ]      198.51.100.1      ->    www.one.example      nothing"]);
    jobs.keys("* Enter w");
    assert!(
        jobs.test.message().starts_with("2.0.192.in-addr.arpa cannot be pushed"),
        "{}",
        jobs.test.message()
    );
    jobs.keys("Home Tab Space w y");
    assert!(jobs.test.message().starts_with("done: 2 zones pushed"), "{}", jobs.test.message());
}

#[test]
fn a_zone_left_out_keeps_its_draft_and_nothing_is_sent() {
    let mut jobs = Jobs::new();
    jobs.serve().keys("Space w");
    assert_eq!(jobs.test.message(), "no change is left to push");
    assert_eq!(jobs.waiting("one.example."), 2);
    // Nothing chosen: the reverse zones, which came only to be looked into, go again.
    jobs.keys("Home Space p Enter");
    assert_eq!(jobs.test.message(), "nothing was chosen, so nothing is changed");
    assert_eq!(jobs.job().parts.len(), 1);
    let closed = jobs.test.effects.iter().filter(|effect| matches!(effect, Effect::ClosePart { .. })).count();
    assert_eq!(closed, 2);
}

#[test]
fn what_can_be_undone_after_a_push_is_said() {
    let mut jobs = Jobs::new();
    jobs.serve().keys("p * Enter w y u");
    assert!(
        jobs.test.message().starts_with("no step of this job is left to undo; "),
        "{}",
        jobs.test.message()
    );
}

#[test]
fn a_reverse_zone_that_cannot_be_loaded_is_not_said_to_be_missing() {
    let mut jobs = Jobs::new();
    // Nothing is proposed for the zone above it either, which delegates it.
    let Screen::Job(job) = &mut jobs.test.app.screen else { panic!("no job") };
    job.start.reverse.insert(absolute("198.in-addr.arpa."));
    jobs.held.insert(absolute("100.51.198.in-addr.arpa."));
    jobs.serve().keys("p");
    assert!(
        jobs.test.message().ends_with("; 2 of the addresses have a reverse zone that could not be loaded"),
        "{}",
        jobs.test.message()
    );
    assert!(jobs.test.message().starts_with("1 proposal: "), "{}", jobs.test.message());
}

#[test]
fn a_job_is_begun_with_what_is_marked_or_with_the_zone_that_is_open() {
    let job = |test: &Test| {
        test.latest(|effect| match effect {
            Effect::GoTo(Destination::Job(zones)) => {
                Some(zones.iter().map(Name::to_string).collect::<Vec<_>>())
            }
            _ => None,
        })
    };
    let here = || {
        let mut test = Test::starting(Settings { demo: false, ..settings() });
        test.load(ZONE);
        test
    };
    let mut test = here();
    test.keys("Down - J");
    assert_eq!(job(&test).unwrap(), ["example.com."]);
    let mut test = here();
    test.keys("6");
    test.list(zones());
    test.keys("Space Down Space J");
    assert_eq!(job(&test).unwrap(), ["example.com.", "example.org."]);
    let mut test = here();
    test.keys("6");
    test.list(zones());
    test.keys("+ J");
    assert_eq!(job(&test).unwrap(), ["example.net."]);
    let mut test = here();
    test.keys("6");
    test.list(vec![listed("example.com.", OnDisk::default())]);
    test.keys("* * J");
    assert_eq!(job(&test).unwrap(), ["example.com."]);
    let mut test = Test::new();
    test.keys("J");
    assert_eq!(test.message(), "the demo has one zone: w pushes it");
}
