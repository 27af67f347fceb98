//! What a secondary does: takes its zone over from a primary and keeps it up to date (RFC 1034 section 4.3.5).
//!
//! It looks when a NOTIFY comes and when the SOA's refresh time is over, takes over what changed, and stops serving
//! what could not be confirmed for the SOA's expire time.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep, timeout};

use super::State;
use crate::dns::{self, Endpoint, Primary, Refreshed};
use crate::facts::Failure;
use crate::wire::key::Key;
use crate::zone::{Name, Snapshot, Soa, serial};

/// How long the primary may take for each message.
const PATIENCE: Duration = Duration::from_secs(5);
/// The pause before asking again where no SOA tells it yet.
const RETRY: Duration = Duration::from_secs(1);
/// Times in an SOA that would mean asking all the time, or never, are brought to these.
const SHORTEST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(86_400);

/// How a secondary follows.
#[derive(Debug, Clone, Copy, Default)]
pub struct Following {
    /// How long it waits after a NOTIFY before it looks.
    pub lag: Duration,
}

/// Where a secondary has its zone from.
pub(super) struct Source {
    pub zone: Name,
    primary: Primary,
    following: Following,
    /// A NOTIFY has come.
    pub wake: Notify,
}

impl Source {
    pub fn new(zone: Name, address: SocketAddr, key: Option<Key>, following: Following) -> Source {
        let endpoint = Endpoint { address, source: None, name: address.to_string() };
        let key = key.map(Arc::new);
        let primary = Primary {
            transfer_from: endpoint.clone(),
            update_to: endpoint,
            transfer_key: key.clone(),
            key,
            timeout: PATIENCE,
            clock: dns::unix_time,
        };
        Source { zone, primary, following, wake: Notify::new() }
    }

    /// Takes over the primary's zone where it is newer than ours.
    async fn catch_up(&self, state: &State) -> Result<(), Failure> {
        let Some(own) = state.zone(&self.zone) else {
            let zone = dns::transfer(&self.primary, &self.zone, |_| {}).await?;
            state.take_over(self, zone);
            return Ok(());
        };
        let Primary { transfer_from, transfer_key, timeout, .. } = &self.primary;
        let soa = dns::soa(transfer_from, transfer_key.as_deref(), &self.zone, *timeout).await?;
        if serial::is_after(soa.serial, own.serial())
            && let Refreshed::Zone(zone) = dns::refresh(&self.primary, &own, |_| {}).await?
        {
            state.take_over(self, zone);
        }
        Ok(())
    }
}

/// Follows the primary as long as the server runs, or until [`State::let_go`].
pub(super) async fn follow(state: Arc<State>, source: Arc<Source>) {
    let mut confirmed = Instant::now();
    // What has been let go of is not asked for again.
    while state.source_of(&source.zone).is_some_and(|wanted| Arc::ptr_eq(&wanted, &source)) {
        let caught_up = source.catch_up(&state).await.is_ok();
        if caught_up {
            confirmed = Instant::now();
        }
        let zone = state.zone(&source.zone);
        let soa = zone.as_deref().map(Snapshot::soa);
        if soa.is_some_and(|soa| confirmed.elapsed() >= within(soa.expire)) {
            state.lock().remove(&source.zone);
        }
        if timeout(pause(soa, caught_up), source.wake.notified()).await.is_ok() {
            sleep(source.following.lag).await;
        }
    }
}

impl State {
    /// From now on this zone is had from there; from nowhere else any more.
    pub fn follow(&self, source: Arc<Source>) {
        let mut sources = self.sources();
        sources.retain(|other| other.zone != source.zone);
        sources.push(source);
    }

    /// Serves what was transferred, if it is still wanted.
    fn take_over(&self, source: &Source, zone: Snapshot) {
        let sources = self.sources();
        if sources.iter().any(|wanted| std::ptr::eq(&**wanted, source)) {
            self.replace(zone);
        }
    }

    /// Follows and serves the zone no longer.
    pub fn let_go(&self, zone: &Name) {
        let mut sources = self.sources();
        sources.iter().filter(|source| source.zone == *zone).for_each(|source| source.wake.notify_one());
        sources.retain(|source| source.zone != *zone);
        self.lock().remove(zone);
    }

    /// Where this zone is had from.
    pub fn source_of(&self, zone: &Name) -> Option<Arc<Source>> {
        self.sources().iter().find(|source| source.zone == *zone).cloned()
    }

    fn sources(&self) -> std::sync::MutexGuard<'_, Vec<Arc<Source>>> {
        // A list of whole values is right even after a panic.
        self.sources.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// How long to wait before looking without being told.
fn pause(soa: Option<&Soa>, caught_up: bool) -> Duration {
    match soa {
        Some(soa) => within(if caught_up { soa.refresh } else { soa.retry }),
        None => RETRY,
    }
}

fn within(seconds: u32) -> Duration {
    Duration::from_secs(seconds.into()).clamp(SHORTEST, LONGEST)
}
