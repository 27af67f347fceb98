//! Registering a domain at a secondary DNS service, removing it there, and giving it another primary: a state machine
//! that is told what happened and says what to do next, the same for the screen and the command line. Pure.
//!
//! Where the service wants a proof of ownership, the record that it asks for is pushed into the zone by itself, and
//! taken out again when the registration stands or is given up. The state decides, never an answer alone: what became
//! of a call whose answer is lost is asked for, so that nothing is added or removed twice. Before each step that changes
//! something the intent is on the disk ([`Saved`]), and [`Registering::resume`] goes on from there.
//!
//! `machine` walks, `proof` puts the record in and takes it out, `steps` is what the person sees of it; `around` has what
//! belongs to a registration: the NS records, and what to configure on the primary.

mod around;
mod machine;
mod proof;
mod steps;
#[cfg(test)]
mod tests;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use crate::facts::registration::{Abilities, Challenge, Offered, Place, Problem, Registration, Wanted};
use crate::facts::{Failure, Parent, ServerKind};
use crate::push;
use crate::zone::{Name, Snapshot};

pub use around::{allow_transfers, nameservers_added, nameservers_removed};
pub use machine::Registering;
pub use proof::is_proof;
pub use steps::{Step, StepKind, StepState};

/// The TTL of the record that proves ownership, where it is alone.
pub const PROOF_TTL: u32 = 60;

/// What shall be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Goal {
    Add,
    Remove,
    /// Where the service cannot do that, the registration is removed and added.
    ChangePrimary,
}

/// What shall be done, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    pub goal: Goal,
    pub wanted: Wanted,
}

/// What the backend can do, and how long to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    pub abilities: Abilities,
    /// How long the service may take to see the proof. After that the job rests, and can be gone on with.
    pub acceptance: Duration,
    /// How long the new secondary may take to serve the zone; zero for not looking.
    pub serving: Duration,
}

impl Terms {
    /// As long as a person at a screen is likely to wait.
    pub fn new(abilities: Abilities) -> Terms {
        Terms { abilities, acceptance: Duration::from_secs(600), serving: Duration::from_secs(120) }
    }
}

/// A job as it is kept on the disk, in order to go on with it after a crash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saved {
    pub job: Job,
    /// The step that changes something and was about to be done.
    pub doing: Doing,
    /// Records that are ours in the zone, or about to be. All are to be taken out in the end.
    pub proofs: Vec<Challenge>,
    /// When the registration that is to be removed was made, as far as that is known: another one is not ours to remove.
    pub created: Option<i64>,
}

/// What was about to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doing {
    /// Registering the domain.
    Adding,
    /// Putting the proof into the zone.
    Proving,
    /// Removing the registration.
    Removing,
    /// Giving it another primary in one call.
    Changing,
    /// Taking the proof out of the zone: all else is done, or given up.
    CleaningUp,
}

/// What happened.
#[derive(Debug, Clone)]
pub enum Event {
    /// The answer to [`Action::Get`].
    Got(Result<Registration, Problem>),
    /// The answer to [`Action::AskOffered`].
    Offered(Result<Vec<Offered>, Problem>),
    /// The answer to [`Action::AskChallenge`].
    Challenge(Result<Option<Challenge>, Problem>),
    /// The answer to [`Action::Add`].
    Added(Result<(), Problem>),
    /// The answer to [`Action::Remove`].
    Removed(Result<(), Problem>),
    /// The answer to [`Action::ChangePrimary`].
    Changed(Result<(), Problem>),
    /// The answer to [`Action::Load`].
    Loaded(Result<Loaded, Failure>),
    /// The answer to [`Action::AskParent`].
    Parent(Parent),
    /// The answer to [`Action::LookForProof`].
    Proof(Vec<Sighting>),
    /// The answer to [`Action::LookForZone`].
    Serving(Vec<Sighting>),
    /// The answer to [`Action::Push`].
    Push(push::Event),
    /// How [`Action::Write`] or [`Action::Erase`] ended.
    Written(Result<(), Failure>),
    /// The answer to [`Action::Ask`].
    Answer(Answer),
    /// The time of [`Action::Wait`] is over.
    Woke,
    /// The person gives it up: what is in the zone is taken out. While that is being done, or while only the new
    /// secondary is waited for, it ends the waiting.
    Cancel,
}

/// What to do next. Each but `Show` and `Finish` is answered by one [`Event`]; of several actions it is the last one. A
/// new one takes the place of the one before: its answer must not be told any more.
#[derive(Debug, Clone)]
pub enum Action {
    /// Ask the service for the registration.
    Get(Place),
    AskOffered(Place),
    AskChallenge(Place),
    Add(Wanted),
    Remove(Place),
    ChangePrimary(Wanted),
    /// Transfer the zone from its primary, and find out what that is and whether it takes updates.
    Load,
    /// Ask the zone above what it delegates to.
    AskParent,
    /// Ask the primary and every nameserver of the zone for this record.
    LookForProof(Box<Challenge>),
    /// Ask the nameservers of the service for the zone's SOA.
    LookForZone(Vec<Offered>),
    /// An action of a push of the zone ([`crate::run`] performs these for every push).
    Push(push::Action),
    Wait(Duration),
    /// Keep this on the disk, and see it there.
    Write(Box<Saved>),
    /// Nothing is left to do: remove what is kept.
    Erase,
    /// Ask the person.
    Ask(Box<Question>),
    /// Something of [`Registering::steps`] changed.
    Show,
    /// It is over.
    Finish(Box<Report>),
}

/// The zone at its primary.
#[derive(Debug, Clone)]
pub struct Loaded {
    pub zone: Arc<Snapshot>,
    pub kind: ServerKind,
    /// Why it cannot be changed, where that is so.
    pub editable: Result<(), String>,
}

/// What one nameserver answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    /// Its name; of the primary as the person named it.
    pub server: String,
    pub address: Option<IpAddr>,
    /// Is it the one that the zone is updated on?
    pub is_primary: bool,
    pub seen: Seen,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// What was looked for is there.
    There,
    /// It answers, without that.
    NotYet,
    /// Why it gives no useful answer, in a few words.
    Fault(String),
}

/// What the person is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// The service wants to see this record before it registers the domain. Answers: [`Answer::Yes`] puts it into the
    /// zone where `editable` says that this can be done; [`Answer::ByHand`] goes on once somebody else has created it.
    Proof(Proof),
    /// The registration is about to be removed.
    Removal(Removal),
    /// The primary can only be changed by removing the registration and adding it: in between the service does not
    /// serve the zone.
    Replacement(Removal),
}

/// The proof of ownership that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    pub challenge: Challenge,
    pub ttl: u32,
    /// How many other records stand in that RRset, which it joins. They stay.
    pub joins: usize,
    /// Why it cannot be put into the zone from here.
    pub editable: Result<(), String>,
    pub served_by: ServedBy,
}

/// Whom the world asks for the zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServedBy {
    /// Nameservers of the zone, says the zone above.
    Ours(Vec<Name>),
    /// Others: the record must be created there.
    Elsewhere(Vec<Name>),
    /// Nobody yet: it is not delegated.
    Nobody,
    /// Why that is not known.
    NotKnown(String),
}

/// What is about to be removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removal {
    pub registration: Registration,
    /// Nameservers of the service that are still in the zone's NS records.
    pub in_zone: Vec<Name>,
    /// Those that the zone above still delegates to.
    pub delegated: Vec<Name>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    Yes,
    /// Somebody has created the record elsewhere, or will.
    ByHand,
    No,
}

/// The end of a job.
#[derive(Debug, Clone)]
pub struct Report {
    pub outcome: Outcome,
    /// The nameservers of the service: for the NS records of the zone, and for what the primary must allow.
    pub offered: Vec<Offered>,
    /// Records of ours that are still in the zone, and why. They are on the disk, and [`Registering::resume`] tries again.
    pub left: Option<Left>,
    /// Do the nameservers of the service serve the zone? Empty where that was not looked at.
    pub serving: Vec<Sighting>,
    /// Sentences on what else there is to know.
    pub notes: Vec<String>,
    /// Is something kept on the disk to go on with?
    pub resumable: bool,
}

/// What could not be taken out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    pub proofs: Vec<Challenge>,
    /// A sentence.
    pub why: String,
}

/// How it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Registered(Registration),
    /// It was already, as it shall be.
    AlreadyRegistered(Registration),
    /// It is registered, with another primary: [`Goal::ChangePrimary`] changes that.
    OtherPrimary(Registration),
    PrimaryChanged(Registration),
    Removed,
    /// There was nothing to remove.
    NotRegistered,
    /// The person gave it up before anything was registered or removed.
    Cancelled,
    /// The service did not do it, which is certain.
    Refused(Problem),
    /// The proof cannot be put into the zone: a sentence on why and what to do. Nothing was registered.
    NotProved(String),
    /// The service has not done it so far; it can be gone on with.
    Resting(Problem),
    /// It is not known whether it was done; it can be gone on with.
    Unknown(Problem),
    /// Nothing was changed, since it could not be kept on the disk.
    NotKept(Failure),
    /// An earlier job was tidied up.
    CleanedUp,
}
