//! Connections that carry `wire`, and unsigned questions through the hickory client ([`questions`]).
//!
//! Zone transfers, updates and SOA polls go over TCP and are signed where there is a key. What goes wrong
//! comes back as a [`Failure`] in words. Dropping a future ends its exchange.

mod connection;
mod exchange;
mod failure;
pub mod probe;
pub mod questions;
mod reasons;
mod trouble;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use self::failure::{Attempt, Purpose};
use crate::facts::Failure;
use crate::wire::ixfr::past::Difference;
use crate::wire::key::Key;
use crate::zone::update::{Rcode, Update};
use crate::zone::{Name, Snapshot, Soa};

/// Where a server is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    pub address: SocketAddr,
    /// The local address to send from, for servers that go by it.
    pub source: Option<IpAddr>,
    /// As the person wrote it, for messages.
    pub name: String,
}

/// Tells the time that signatures carry, in seconds since 1970.
pub type Clock = fn() -> u64;

/// This machine's clock.
pub fn unix_time() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs())
}

/// How a zone is read from its primary nameserver and changed there.
#[derive(Debug, Clone)]
pub struct Primary {
    pub transfer_from: Endpoint,
    pub update_to: Endpoint,
    pub transfer_key: Option<Arc<Key>>,
    /// For updates. Without one they are not signed, and the server goes by the address.
    pub key: Option<Arc<Key>>,
    /// For connecting, and for each message.
    pub timeout: Duration,
    /// [`unix_time`] but in tests.
    pub clock: Clock,
}

/// Transfers the whole zone. `progress` is told the number of records every few thousand.
///
/// # Errors
/// [`Failure`]; then there is no zone, not even a part of one.
pub async fn transfer(primary: &Primary, zone: &Name, progress: impl Fn(usize)) -> Result<Snapshot, Failure> {
    let attempt = Attempt {
        purpose: Purpose::Transfer(0),
        zone,
        endpoint: &primary.transfer_from,
        key: primary.transfer_key.as_deref(),
        patience: primary.timeout,
    };
    attempt.transfer(primary.clock, progress).await
}

/// What came of [`refresh`].
#[derive(Debug)]
pub enum Refreshed {
    /// The server has the serial of the old version. Its contents are the same if its serials keep their promise.
    Unchanged,
    Zone(Snapshot),
}

/// Brings a zone up to date: transfers only what changed since `old` (RFC 1995), or the whole zone where the server
/// does not offer that, or where what it sends does not fit. `progress` is as in [`transfer`].
///
/// # Errors
/// As [`transfer`].
pub async fn refresh(
    primary: &Primary,
    old: &Arc<Snapshot>,
    progress: impl Fn(usize),
) -> Result<Refreshed, Failure> {
    let attempt = Attempt {
        purpose: Purpose::Transfer(0),
        zone: old.origin(),
        endpoint: &primary.transfer_from,
        key: primary.transfer_key.as_deref(),
        patience: primary.timeout,
    };
    match attempt.changes(old, primary.clock, &progress).await {
        Ok(refreshed) => Ok(refreshed),
        // Nobody is there; asking again takes as long and says the same.
        Err(trouble) if trouble.is_unreachable() => Err(attempt.failure(trouble)),
        Err(_) => attempt.transfer(primary.clock, progress).await.map(Refreshed::Zone),
    }
}

/// The steps that the zone went since the version with this serial, from the server's own journal (RFC 1995); `None` where
/// that does not reach so far back, or the server does not offer it.
///
/// # Errors
/// [`Failure`].
pub async fn past(primary: &Primary, zone: &Name, serial: u32) -> Result<Option<Vec<Difference>>, Failure> {
    let attempt = Attempt {
        purpose: Purpose::Transfer(0),
        zone,
        endpoint: &primary.transfer_from,
        key: primary.transfer_key.as_deref(),
        patience: primary.timeout,
    };
    attempt.past(serial, primary.clock).await
}

/// Asks for the zone's SOA, over TCP.
///
/// # Errors
/// [`Failure`], also when the server is not an authority for the zone.
pub async fn soa(
    endpoint: &Endpoint,
    key: Option<&Key>,
    zone: &Name,
    timeout: Duration,
) -> Result<Soa, Failure> {
    Attempt { purpose: Purpose::Soa, zone, endpoint, key, patience: timeout }.soa(unix_time).await
}

/// Sends an update, once. `Ok` is the server's own word, good or bad: its signature was verified, or there is
/// no key.
///
/// # Errors
/// [`Failure`]. Of kind [`Unreachable`](crate::facts::FailureKind::Unreachable) or
/// [`Local`](crate::facts::FailureKind::Local): nothing was sent. Of any other kind: the server may have
/// carried it out; also where an error code is given, since it came without the signature that makes it sure.
pub async fn update(primary: &Primary, update: &Update) -> Result<Rcode, Failure> {
    let attempt = Attempt {
        purpose: Purpose::Update { is_trial: update.operations.is_empty() },
        zone: &update.zone,
        endpoint: &primary.update_to,
        key: primary.key.as_deref(),
        patience: primary.timeout,
    };
    attempt.update(update, primary.clock).await
}

/// The addresses of a server that a person named: through the system's own lookup, so that `/etc/hosts`
/// counts.
///
/// It runs on a thread that cannot be stopped, up to the system's own timeout; leaving must not wait for it.
///
/// # Errors
/// [`Failure`] of kind [`Unreachable`](crate::facts::FailureKind::Unreachable).
pub async fn resolve(host: &str) -> Result<Vec<IpAddr>, Failure> {
    let found = tokio::net::lookup_host((host, 0)).await;
    let mut addresses: Vec<IpAddr> = found.into_iter().flatten().map(|address| address.ip()).collect();
    addresses.dedup();
    if addresses.is_empty() {
        return Err(failure::no_address(host));
    }
    Ok(addresses)
}
