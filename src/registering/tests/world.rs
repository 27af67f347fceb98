//! A simulated service and a simulated primary, and the loop that drives a job against them, with trouble at every step.

use std::sync::Arc;

use crate::facts::registration::{
    Abilities, Challenge, Details, Offered, Place, Problem, ProblemKind, Registration, Wanted,
};
use crate::facts::{Delegated, Delegation, Failure, FailureKind, Parent, ServerKind};
use crate::push;
use crate::registering::{
    Action, Answer, Doing, Event, Goal, Job, Loaded, Question, Registering, Report, Saved, Seen, Sighting,
    Terms,
};
use crate::zone::testing::{self, key, name};
use crate::zone::update::{Rcode, Update, apply};
use crate::zone::{ChangeMap, Contents, RecordType, RrSet, Snapshot};

pub const OURS: &str = "a1b2c3d4";

/// What goes wrong at a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// Not sent, or not reached.
    NotSent,
    /// Done, and the answer is lost.
    Lost,
    /// Not done, and the answer is lost.
    Dropped,
    /// The answer is lost, and it is done while the next question is on its way.
    Late,
    /// Refused for good.
    Refused,
    /// The person gives it up.
    Cancel,
    /// The person says no, or did it by hand.
    OtherAnswer,
    /// The process dies before it is done, or before the answer is known.
    KilledBefore,
    KilledAfter,
    /// Somebody else changes the same RRset.
    Foreign,
    /// Somebody else changes another one.
    Elsewhere,
}

pub struct World {
    pub zone: Arc<Snapshot>,
    pub registered: Option<Registration>,
    /// How often a domain was really registered and removed.
    pub adds: usize,
    pub removes: usize,
    pub primary: Option<&'static str>,
    pub abilities: Abilities,
    pub wants_proof: bool,
    /// The primary of this registration cannot be changed, whatever the abilities say.
    pub cannot_change: bool,
    /// How often the service looks in vain although the proof is there.
    pub blind: usize,
    /// It comes up with other proofs, so often.
    pub other_proofs: usize,
    pub refuses: Option<ProblemKind>,
    pub editable: Result<(), String>,
    pub parent: Parent,
    pub saved: Option<Saved>,
    late: Option<Call>,
    /// A call was made of which is not known what became of it.
    unsure: bool,
    pub questions: Vec<Question>,
    pub answer: Answer,
    pub waited: u64,
    pub foreign: Vec<String>,
    pub updates: usize,
    pub posts: usize,
    /// Was the service asked to change anything since the job was last begun or gone on with?
    pub has_called: bool,
    created: i64,
}

#[derive(Debug, Clone)]
enum Call {
    Add(Wanted),
    Remove,
    Change(Wanted),
    Update(Update),
}

/// How a run ended.
pub enum Ended {
    Finished(Box<Report>, Box<Registering>),
    Killed,
}

pub fn place() -> Place {
    Place { domain: name("@"), service: None }
}

pub fn job(goal: Goal, primary: Option<&str>) -> Job {
    Job { goal, wanted: Wanted { place: place(), primary: primary.map(|text| text.parse().unwrap()) } }
}

pub fn problem(kind: ProblemKind) -> Problem {
    Problem { kind, what: "It failed.".into(), why: "Why.".into(), next: "Next.".into() }
}

fn failure() -> Failure {
    Failure {
        kind: FailureKind::TimedOut,
        what: "It failed.".into(),
        why: "Why.".into(),
        next: "Next.".into(),
    }
}

pub fn parent_of(names: &[&str]) -> Parent {
    let nameservers = names.iter().map(|text| Delegated { name: name(text), glue: Vec::new() }).collect();
    Parent::Delegates(Delegation { parent: crate::zone::Name::root(), nameservers })
}

impl World {
    pub fn new() -> World {
        World {
            zone: Arc::new(testing::zone(&[
                ("@", 300, "SOA 100"),
                ("@", 300, "NS ns1"),
                ("www", 300, "A 192.0.2.1"),
            ])),
            registered: None,
            adds: 0,
            removes: 0,
            primary: None,
            abilities: Abilities::default(),
            wants_proof: true,
            cannot_change: false,
            blind: 0,
            other_proofs: 0,
            refuses: None,
            editable: Ok(()),
            parent: parent_of(&["ns1"]),
            saved: None,
            late: None,
            unsure: false,
            questions: Vec::new(),
            answer: Answer::Yes,
            waited: 0,
            foreign: Vec::new(),
            updates: 0,
            posts: 0,
            has_called: false,
            created: 1000,
        }
    }

    /// One that the domain is registered at.
    pub fn with_registration(primary: &str) -> World {
        let mut world = World::new();
        let wanted = Wanted { place: place(), primary: Some(primary.parse().unwrap()) };
        world.wants_proof = false;
        world.carry_out(Call::Add(wanted)).unwrap();
        (world.adds, world.posts, world.wants_proof) = (0, 0, true);
        world
    }

    pub fn terms(&self) -> Terms {
        Terms::new(self.abilities)
    }

    /// The texts in the RRset that proofs stand in.
    pub fn texts(&self) -> Vec<String> {
        let set = self.zone.get(&key("ownercheck", RecordType::TXT));
        let rdata = set.map_or_else(Vec::new, |set| set.rdata);
        rdata.iter().map(|rdata| String::from_utf8(rdata[1..].to_vec()).unwrap()).collect()
    }

    fn value(&self) -> String {
        if self.other_proofs > 0 { format!("{OURS}{}", self.other_proofs) } else { OURS.into() }
    }

    fn challenge(&self) -> Challenge {
        Challenge { owner: name("ownercheck"), rtype: RecordType::TXT, value: self.value() }
    }

    /// Somebody else adds a text to the RRset of the proof.
    pub fn add_text(&mut self, text: &str) {
        let key = key("ownercheck", RecordType::TXT);
        let (_, rdata) = testing::record_data(&format!("TXT {text}"));
        let before = self.zone.get(&key);
        let mut after = before.clone().unwrap_or_else(|| RrSet::new(300, Vec::new()));
        if !after.contains(RecordType::TXT, &rdata) {
            after.rdata.push(rdata);
            self.foreign.push(text.into());
        }
        self.change(key, before, Some(after));
    }

    fn change(&mut self, key: crate::zone::RrKey, before: Option<RrSet>, after: Option<RrSet>) {
        let mut soa = self.zone.soa().clone();
        soa.serial += 1;
        let at = testing::key("@", RecordType::SOA);
        let old = self.zone.get(&at);
        let new = RrSet::new(300, vec![soa.to_rdata()]);
        let changes = ChangeMap::from([
            (key, crate::zone::Change { before, after }),
            (at, crate::zone::Change { before: old, after: Some(new) }),
        ]);
        self.zone = Arc::new(self.zone.with_changes(&changes).unwrap());
    }

    /// Does what a call asks for, as the service or the primary would.
    fn carry_out(&mut self, call: Call) -> Result<(), Problem> {
        match call {
            Call::Add(wanted) => {
                self.posts += 1;
                if let Some(found) = &self.registered {
                    let primaries = found.primaries.clone();
                    return Err(problem(ProblemKind::AlreadyRegistered { primaries }));
                }
                if let Some(kind) = self.refuses.clone() {
                    return Err(problem(kind));
                }
                if self.wants_proof {
                    if !self.texts().contains(&self.value()) {
                        return Err(problem(ProblemKind::Challenged(Box::new(self.challenge()))));
                    }
                    if self.other_proofs > 0 {
                        self.other_proofs -= 1;
                        return Err(problem(ProblemKind::Challenged(Box::new(self.challenge()))));
                    }
                    if self.blind > 0 {
                        self.blind -= 1;
                        return Err(problem(ProblemKind::Challenged(Box::new(self.challenge()))));
                    }
                }
                self.adds += 1;
                self.created += 1;
                let primary = wanted.primary.or_else(|| self.primary.map(|text| text.parse().unwrap()));
                self.registered = Some(Registration {
                    place: wanted.place,
                    created: Some(self.created),
                    primaries: primary.into_iter().collect(),
                    secondary: Some(name("sdns")),
                    details: Details::Known,
                    note: None,
                });
                Ok(())
            }
            Call::Remove => match self.registered.take() {
                None => Err(problem(ProblemKind::NotRegistered)),
                Some(_) => {
                    self.removes += 1;
                    Ok(())
                }
            },
            Call::Change(_) if self.cannot_change => Err(problem(ProblemKind::Unsupported)),
            Call::Change(wanted) => match &mut self.registered {
                None => Err(problem(ProblemKind::NotRegistered)),
                Some(found) => {
                    found.primaries = wanted.primary.into_iter().collect();
                    Ok(())
                }
            },
            Call::Update(update) => {
                // Its prerequisites may not hold any more.
                let none = ChangeMap::new();
                if let Ok(applied) = apply(&Contents { base: &self.zone, changes: &none }, &update) {
                    self.zone = Arc::new(self.zone.with_changes(&applied.changes).unwrap());
                }
                Ok(())
            }
        }
    }

    /// A call that changes something at the service.
    fn call(&mut self, call: Call, trouble: Option<Trouble>) -> Result<(), Problem> {
        assert!(!self.unsure, "what became of the call before is not known: {call:?}");
        self.has_called = true;
        let saved = self.saved.as_ref().expect("the intent is kept first");
        let doing = match call {
            Call::Add(_) => Doing::Adding,
            Call::Remove => Doing::Removing,
            _ => Doing::Changing,
        };
        assert_eq!(saved.doing, doing);
        match trouble {
            Some(Trouble::NotSent) => Err(problem(ProblemKind::NotSent)),
            Some(Trouble::Refused) => Err(problem(ProblemKind::Forbidden)),
            Some(Trouble::Lost | Trouble::KilledAfter) => {
                let _ = self.carry_out(call);
                self.unsure = true;
                Err(problem(ProblemKind::Unknown))
            }
            Some(Trouble::Dropped) => {
                self.unsure = true;
                Err(problem(ProblemKind::Remote { status: 503 }))
            }
            Some(Trouble::Late) => {
                self.late = Some(call);
                self.unsure = true;
                Err(problem(ProblemKind::Unknown))
            }
            _ => self.carry_out(call),
        }
    }

    fn asks(&self, trouble: Option<Trouble>) -> Result<(), Problem> {
        match trouble {
            Some(Trouble::NotSent) => Err(problem(ProblemKind::NotSent)),
            Some(Trouble::Lost | Trouble::Dropped | Trouble::Late) => Err(problem(ProblemKind::Unknown)),
            Some(Trouble::Refused) => Err(problem(ProblemKind::Unauthorized)),
            _ => Ok(()),
        }
    }

    fn reaches(&self, trouble: Option<Trouble>) -> Result<(), Failure> {
        match trouble {
            Some(Trouble::NotSent | Trouble::Lost | Trouble::Dropped | Trouble::Late) => Err(failure()),
            _ => Ok(()),
        }
    }

    /// Performs one action.
    fn perform(&mut self, action: Action, trouble: Option<Trouble>) -> Event {
        let late = self.late.take();
        let event = self.answer_to(action, trouble);
        if let Some(call) = late {
            let _ = self.carry_out(call);
        }
        event
    }

    fn answer_to(&mut self, action: Action, trouble: Option<Trouble>) -> Event {
        match action {
            Action::Get(_) => Event::Got(self.asks(trouble).and_then(|()| {
                self.unsure = false;
                self.registered.clone().ok_or_else(|| problem(ProblemKind::NotRegistered))
            })),
            Action::AskOffered(_) => Event::Offered(self.asks(trouble).map(|()| {
                vec![Offered { name: name("sdns"), addresses: vec!["192.0.2.9".parse().unwrap()] }]
            })),
            Action::AskChallenge(_) => {
                let challenge = self.wants_proof.then(|| self.challenge());
                Event::Challenge(self.asks(trouble).map(|()| challenge))
            }
            Action::Add(wanted) => Event::Added(self.call(Call::Add(wanted), trouble)),
            Action::Remove(_) => Event::Removed(self.call(Call::Remove, trouble)),
            Action::ChangePrimary(wanted) => Event::Changed(self.call(Call::Change(wanted), trouble)),
            Action::Load => Event::Loaded(self.reaches(trouble).map(|()| Loaded {
                zone: Arc::clone(&self.zone),
                kind: ServerKind::default(),
                editable: self.editable.clone(),
            })),
            Action::AskParent => Event::Parent(match self.reaches(trouble) {
                Ok(()) => self.parent.clone(),
                Err(failure) => Parent::NotKnown(failure.why),
            }),
            Action::LookForProof(challenge) => {
                let there = self.texts().contains(&challenge.value) && self.reaches(trouble).is_ok();
                let seen = if there { Seen::There } else { Seen::NotYet };
                let lagging = Sighting {
                    server: "ns2".into(),
                    address: None,
                    is_primary: false,
                    seen: Seen::Fault("timed out".into()),
                };
                let primary = Sighting { server: "ns1".into(), address: None, is_primary: true, seen };
                Event::Proof(vec![primary, lagging])
            }
            Action::LookForZone(offered) => Event::Serving(
                (offered.iter())
                    .map(|offer| Sighting {
                        server: offer.name.to_string(),
                        address: None,
                        is_primary: false,
                        seen: if trouble.is_none() { Seen::There } else { Seen::NotYet },
                    })
                    .collect(),
            ),
            Action::Push(action) => Event::Push(self.push(action, trouble)),
            Action::Wait(time) => {
                self.waited += time.as_secs();
                Event::Woke
            }
            Action::Write(saved) => Event::Written(self.reaches(trouble).map(|()| self.saved = Some(*saved))),
            Action::Erase => Event::Written(self.reaches(trouble).map(|()| self.saved = None)),
            Action::Ask(question) => {
                if let Question::Proof(proof) = &*question {
                    assert!(proof.challenge.owner == name("ownercheck") && proof.ttl >= 60);
                }
                self.questions.push(*question);
                Event::Answer(match trouble {
                    Some(Trouble::OtherAnswer) => Answer::No,
                    _ => self.answer,
                })
            }
            Action::Show | Action::Finish(_) => unreachable!(),
        }
    }

    fn push(&mut self, action: push::Action, trouble: Option<Trouble>) -> push::Event {
        let reached = self.reaches(trouble);
        match action {
            push::Action::AskSoa => push::Event::Soa(reached.map(|()| self.zone.soa().clone())),
            push::Action::Transfer => push::Event::Zone(reached.map(|()| Arc::clone(&self.zone))),
            push::Action::Send(update) => push::Event::Answer(self.receive(update, trouble)),
            push::Action::Probe(_) => push::Event::Probed(Ok(Rcode::NOERROR)),
            push::Action::Trace(_) => push::Event::Traced(Ok(None)),
            push::Action::Wait(_) => push::Event::Woke,
            push::Action::Record(_) => push::Event::Recorded(reached),
            push::Action::Show(_) | push::Action::Finish(_) => unreachable!(),
        }
    }

    fn receive(&mut self, update: Update, trouble: Option<Trouble>) -> Result<Rcode, Failure> {
        self.updates += 1;
        let saved = self.saved.as_ref().expect("the proof is kept first");
        let is_known = |text: &str| saved.proofs.iter().any(|proof| text.contains(&proof.value));
        for operation in &update.operations {
            if let crate::zone::update::Operation::Add(owner, RecordType::TXT, _, rdata) = operation {
                let text = String::from_utf8_lossy(&rdata[1..]).into_owned();
                assert!(*owner == name("ownercheck"));
                assert!(is_known(&text) || self.foreign.contains(&text), "{text} is not kept");
            }
        }
        match trouble {
            Some(Trouble::NotSent | Trouble::Dropped) => Err(failure()),
            Some(Trouble::Refused) => Ok(Rcode::REFUSED),
            Some(Trouble::Late) => {
                self.late = Some(Call::Update(update));
                Err(failure())
            }
            trouble => {
                let none = ChangeMap::new();
                let applied = apply(&Contents { base: &self.zone, changes: &none }, &update);
                let rcode = match applied {
                    Ok(applied) => {
                        self.zone = Arc::new(self.zone.with_changes(&applied.changes).unwrap());
                        Rcode::NOERROR
                    }
                    Err(rcode) => rcode,
                };
                if trouble == Some(Trouble::Lost) { Err(failure()) } else { Ok(rcode) }
            }
        }
    }

    /// Runs a job to its end, with this trouble at the steps in turn; without trouble behind that.
    pub fn run(
        &mut self,
        start: (Registering, Vec<Action>),
        troubles: &mut dyn Iterator<Item = Option<Trouble>>,
    ) -> Ended {
        self.has_called = false;
        let (mut registering, actions) = start;
        let mut pending: Option<Action> = None;
        let mut actions = actions;
        for _ in 0..2_000 {
            let mut waits = None;
            for action in actions {
                assert!(waits.is_none(), "one question at a time: {waits:?} and {action:?}");
                match action {
                    Action::Show => {}
                    Action::Finish(report) => {
                        assert!(registering.is_finished() && registering.question().is_none());
                        assert!(registering.on(Event::Cancel).is_empty());
                        return Ended::Finished(report, Box::new(registering));
                    }
                    action => waits = Some(action),
                }
            }
            pending = waits.or(pending);
            let trouble = troubles.next().flatten();
            match trouble {
                Some(Trouble::Cancel) => {
                    actions = registering.on(Event::Cancel);
                    continue;
                }
                Some(Trouble::Foreign) => {
                    let text = format!("foreign{}", self.foreign.len());
                    self.add_text(&text);
                }
                Some(Trouble::Elsewhere) => {
                    let at = key("www", RecordType::A);
                    let before = self.zone.get(&at);
                    let after = RrSet::new(300, vec![vec![192, 0, 2, self.zone.serial() as u8].into()]);
                    self.change(at, before, Some(after));
                }
                Some(Trouble::KilledBefore) => return Ended::Killed,
                _ => {}
            }
            let action = pending.take().expect("a job that is not over waits for something");
            let event = self.perform(action, trouble);
            if trouble == Some(Trouble::KilledAfter) {
                return Ended::Killed;
            }
            actions = registering.on(event);
        }
        panic!("it does not come to an end: {registering:?}");
    }

    /// Begins this job, or goes on with it, as often as the process is killed.
    pub fn run_through(
        &mut self,
        job: &Job,
        troubles: &mut dyn Iterator<Item = Option<Trouble>>,
    ) -> (Box<Report>, Box<Registering>) {
        loop {
            let start = match self.saved.clone() {
                Some(saved) if saved.doing == Doing::CleaningUp => Registering::clean_up(saved, self.terms()),
                Some(saved) => Registering::resume(job.clone(), saved, self.terms()),
                None => Registering::new(job.clone(), self.terms()),
            };
            if let Ended::Finished(report, registering) = self.run(start, troubles) {
                return (report, registering);
            }
        }
    }

    /// Without any trouble.
    pub fn simply(&mut self, job: &Job) -> (Box<Report>, Box<Registering>) {
        self.run_through(job, &mut std::iter::empty())
    }
}
