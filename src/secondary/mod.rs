//! Secondary DNS services: one trait, one file a backend.
//!
//! Calls block: each runs on a thread of its own, which may be left alone at any time. None repeats what changes
//! something: where it is not known what became of a call ([`ProblemKind::Unknown`]), the caller asks with
//! [`Service::get`] and decides. What a service says is made printable and bounded before it leaves this module, and
//! credentials stay in it.
//!
//! What a registration needs around it, such as the proof of ownership, is not known here.

pub mod catalog;
pub mod command;
pub mod hetzner;
pub mod http;
mod list;
pub mod manual;
mod offered;
pub mod ovh;
pub mod powerdns;
mod words;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Builder;

use crate::config::{self, Config};
use crate::facts::clean::clean;
use crate::facts::registration::{
    Abilities, Challenge, Offered, Place, Problem, ProblemKind, Registration, Wanted,
};
use crate::zone::Name;

/// What a backend needs that does not stand in its own table: what `run` knows, and what `store` reads.
#[derive(Debug, Clone)]
pub struct Around {
    /// All of the configuration: a catalog zone is at one of its servers.
    pub config: Arc<Config>,
    /// The state directory, for backends that keep a list themselves.
    pub state: Option<PathBuf>,
    /// How long to wait for a nameserver.
    pub timeout: Duration,
}

impl Default for Around {
    fn default() -> Around {
        Around { config: Arc::default(), state: None, timeout: Duration::from_secs(10) }
    }
}

/// The service of `[secondary.NAME]`.
///
/// # Errors
/// [`ProblemKind::Local`] where its settings or its credentials are not such that it can be used.
pub fn open(name: &str, settings: &config::Secondary, around: &Around) -> Result<Box<dyn Service>, Problem> {
    match *settings.backend.get_ref() {
        config::Backend::Ovh => Ok(Box::new(ovh::open(name, settings)?)),
        config::Backend::Catalog => Ok(Box::new(catalog::Catalog::new(name, settings, around)?)),
        config::Backend::Powerdns => Ok(Box::new(powerdns::PowerDns::new(name, settings, around)?)),
        config::Backend::Hetzner => Ok(Box::new(hetzner::Hetzner::new(name, settings, around)?)),
        config::Backend::Command => Ok(Box::new(command::Programs::new(name, settings, around)?)),
        config::Backend::Manual => Ok(Box::new(manual::Manual::new(name, settings, around)?)),
    }
}

/// Text of others, for people: on one line, made printable, cut.
pub fn said(text: &str) -> String {
    const LONGEST: usize = 300;
    let mut line = String::new();
    // Long before it is joined: nobody reads a megabyte.
    let text: String = text.chars().take(4 * LONGEST).collect();
    for word in text.split(|c: char| c.is_whitespace() || c == '\0').filter(|word| !word.is_empty()) {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(&clean(word));
    }
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}...", line.get(..end).unwrap_or_default()),
        None => line,
    }
}

/// A secondary DNS service, as the configuration names it.
pub trait Service: Send + Sync {
    fn abilities(&self) -> Abilities;

    /// The places where something can be registered, as [`Place::service`] calls them; one `None` where there is no
    /// choice.
    ///
    /// # Errors
    /// [`Problem`].
    fn services(&self) -> Result<Vec<Option<String>>, Problem>;

    /// Everything that is registered. Each registration is told as soon as its name is known, and again with its
    /// details; `tell` returns whether anybody still wants to know.
    ///
    /// # Errors
    /// [`Problem`]; what was told before stays true.
    fn list(&self, tell: &mut (dyn FnMut(Registration) -> bool + Send)) -> Result<(), Problem>;

    /// One registration.
    ///
    /// # Errors
    /// [`ProblemKind::NotRegistered`] where there is none.
    fn get(&self, place: &Place) -> Result<Registration, Problem>;

    /// The nameservers that a domain is, or would be, served with.
    ///
    /// # Errors
    /// [`Problem`].
    fn offered(&self, place: &Place) -> Result<Vec<Offered>, Problem>;

    /// The record that a registration will ask for, where that can be asked beforehand.
    ///
    /// # Errors
    /// [`Problem`].
    fn challenge(&self, place: &Place) -> Result<Option<Challenge>, Problem>;

    /// Registers a domain.
    ///
    /// # Errors
    /// [`ProblemKind::Challenged`] where it wants proof first; others.
    fn add(&self, wanted: &Wanted) -> Result<(), Problem>;

    /// Removes a registration.
    ///
    /// # Errors
    /// [`ProblemKind::NotRegistered`] where there is none; others.
    fn remove(&self, place: &Place) -> Result<(), Problem>;

    /// Has a registered domain transferred from another address.
    ///
    /// # Errors
    /// [`ProblemKind::Unsupported`] where it must be removed and added; others.
    fn change_primary(&self, wanted: &Wanted) -> Result<(), Problem>;

    /// Puts right what others made wrong with a registration, as its note says ([`Abilities::mends`]).
    ///
    /// # Errors
    /// [`Problem`].
    fn mend(&self, place: &Place) -> Result<(), Problem> {
        Err(unsupported(place, "mended", "There is nothing that could be wrong with it in this way."))
    }

    /// Lets another catalog zone take a member over without its consumers dropping it ([`Abilities::hands_over`]).
    ///
    /// # Errors
    /// [`Problem`].
    fn hand_over(&self, place: &Place, to: &Name) -> Result<(), Problem> {
        let why = format!("Only members of catalog zones can be handed over, here to {to}.");
        Err(unsupported(place, "handed over", &why))
    }

    /// What a person has to do first, where the service is one that no program can talk to ([`Abilities::by_hand`]):
    /// for a registration, or for its end.
    fn instructions(&self, wanted: &Wanted, removal: bool) -> Option<String> {
        let _ = (wanted, removal);
        None
    }

    /// What a person should know of what was done, each told once: what could not be made sure of.
    fn warnings(&self) -> Vec<String> {
        Vec::new()
    }
}

/// Runs network work to its end, on a runtime of its own: the thread that calls has none. What it leaves behind, such as a
/// look-up that cannot be stopped, is not waited for.
fn block_on<T>(work: impl Future<Output = T>) -> Result<T, String> {
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| format!("The system gives no means for the network: {error}."))?;
    let done = runtime.block_on(work);
    runtime.shutdown_background();
    Ok(done)
}

fn unsupported(place: &Place, done: &str, why: &str) -> Problem {
    Problem {
        kind: ProblemKind::Unsupported,
        what: format!("The registration of {} cannot be {done}.", place.domain),
        why: why.into(),
        next: "Choose another service, or leave it.".into(),
    }
}
