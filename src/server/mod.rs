//! The embedded nameservers, for the demo and for tests: a primary on loopback that serves zones from memory, transfers
//! them, and carries out signed updates; secondaries that follow a primary; and a secondary DNS service ([`service`]).
//!
//! `lookup` finds the answer in a zone, `respond` turns a request into an answer, `transfer` sends a zone or what
//! `journal` knows of its changes, `notify` tells secondaries of them, `follow` is what a secondary does, `net` has
//! the sockets. Nothing is kept on disk. It signs and verifies like any other server, but it is not made
//! to stand in the open: it listens on 127.0.0.1 only.

mod follow;
mod journal;
mod lookup;
mod net;
mod notify;
mod respond;
pub mod service;
#[cfg(test)]
mod tests;
mod transfer;

use std::collections::HashMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::{Notify, oneshot};

pub use self::follow::Following;
use self::journal::Journal;
use crate::wire::key::Key;
use crate::zone::{ChangeMap, Name, Snapshot, changes};

/// How often a port is tried that is free for TCP but taken for UDP.
const PORT_ATTEMPTS: usize = 20;

/// How the server behaves.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Updates are refused, as by a server that does not take them from us.
    pub read_only: bool,
    /// Zones are transferred to everybody. Otherwise only to those who sign, if the server has keys.
    pub open_transfers: bool,
    /// How long every answer is held back.
    pub latency: Duration,
}

/// The embedded primary.
pub struct Primary;

impl Primary {
    /// Starts a server on a free port of 127.0.0.1, the same for UDP and TCP, in a thread of its own. Each key may
    /// transfer and update every zone.
    ///
    /// # Errors
    /// What the system says when there is no port or no thread.
    pub fn start(zones: Vec<Snapshot>, keys: Vec<Key>, options: Options) -> io::Result<Handle> {
        start(zones, keys, options)
    }
}

/// An embedded secondary.
pub struct Secondary;

impl Secondary {
    /// Starts a server like [`Primary::start`], which has one zone: that which it transfers from `primary` and keeps up
    /// to date, by the primary's NOTIFY (see [`Handle::notify`]) and by the times in the zone's SOA. It takes no
    /// updates. With a key it signs what it asks of the primary, and transfers the zone on to those who sign.
    ///
    /// # Errors
    /// As [`Primary::start`]. That the primary does not answer is no error: it is asked again.
    pub fn start(
        zone: Name,
        primary: SocketAddr,
        key: Option<Key>,
        options: Following,
    ) -> io::Result<Handle> {
        let keys = key.iter().cloned().collect();
        let handle = Secondary::idle(keys)?;
        handle.follow(zone, primary, key, options);
        Ok(handle)
    }

    /// Starts a secondary that has no zone yet: see [`Handle::follow`]. With keys it transfers its zones on to those
    /// who sign only.
    ///
    /// # Errors
    /// As [`Primary::start`].
    pub fn idle(keys: Vec<Key>) -> io::Result<Handle> {
        start(Vec::new(), keys, Options { read_only: true, ..Options::default() })
    }
}

fn start(zones: Vec<Snapshot>, keys: Vec<Key>, options: Options) -> io::Result<Handle> {
    let (tcp, udp) = bind()?;
    tcp.set_nonblocking(true)?;
    udp.set_nonblocking(true)?;
    let address = tcp.local_addr()?;
    let zones = zones.into_iter().map(|zone| (zone.origin().clone(), Served::new(zone))).collect();
    let state = Arc::new(State {
        zones: Mutex::new(zones),
        keys,
        options,
        sources: Mutex::default(),
        secondaries: Mutex::default(),
        changed: Notify::new(),
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (stop, stopped) = oneshot::channel();
    let served = Arc::clone(&state);
    let tasks = runtime.handle().clone();
    let thread = std::thread::Builder::new().name("embedded-nameserver".into()).spawn(move || {
        // Ends when the handle is dropped; what is still open is closed with the runtime.
        runtime.block_on(net::serve(tcp, udp, served, stopped))
    })?;
    Ok(Handle { address, state, tasks, stop: Some(stop), thread: Some(thread) })
}

/// A TCP and a UDP socket with the same port.
fn bind() -> io::Result<(TcpListener, UdpSocket)> {
    let mut last = io::Error::from(io::ErrorKind::AddrInUse);
    for _ in 0..PORT_ATTEMPTS {
        let tcp = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        match UdpSocket::bind(tcp.local_addr()?) {
            Ok(udp) => return Ok((tcp, udp)),
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// A running server; dropping it stops the server and closes its connections.
pub struct Handle {
    /// Where it answers, by UDP and TCP.
    pub address: SocketAddr,
    state: Arc<State>,
    /// Runs what the server does beside answering.
    tasks: tokio::runtime::Handle,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Handle {
    /// The zone as it is served now.
    pub fn snapshot(&self, zone: &Name) -> Option<Arc<Snapshot>> {
        self.state.zone(zone)
    }

    /// Serves this zone from now on, in place of what was served under its name: somebody else's change.
    pub fn replace(&self, zone: Snapshot) {
        self.state.replace(zone);
    }

    /// Has this zone from a primary from now on, and keeps it up to date as [`Secondary::start`] does.
    pub fn follow(&self, zone: Name, primary: SocketAddr, key: Option<Key>, options: Following) {
        let source = Arc::new(follow::Source::new(zone, primary, key, options));
        self.state.follow(Arc::clone(&source));
        self.tasks.spawn(follow::follow(Arc::clone(&self.state), source));
    }

    /// Ends [`Handle::follow`]: the zone is not served any more.
    pub fn let_go(&self, zone: &Name) {
        self.state.let_go(zone);
    }

    /// Tells this secondary from now on of every change (RFC 1996), and of the zones as they are.
    pub fn notify(&self, secondary: SocketAddr) {
        self.state.secondaries.lock().unwrap_or_else(PoisonError::into_inner).push(secondary);
        self.state.changed.notify_one();
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic there has been reported there.
            let _ = thread.join();
        }
    }
}

/// A zone with its past.
struct Served {
    zone: Arc<Snapshot>,
    journal: Journal,
}

impl Served {
    fn new(zone: Snapshot) -> Served {
        Served { zone: Arc::new(zone), journal: Journal::default() }
    }

    /// Serves the next version, which these changes lead to.
    fn advance(&mut self, zone: Snapshot, changes: &ChangeMap) {
        self.journal.add(&self.zone, &zone, changes);
        self.zone = Arc::new(zone);
    }
}

/// What all connections share.
struct State {
    zones: Mutex<HashMap<Name, Served>>,
    keys: Vec<Key>,
    options: Options,
    /// Where a secondary has its zones from.
    sources: Mutex<Vec<Arc<follow::Source>>>,
    /// Who is told of changes.
    secondaries: Mutex<Vec<SocketAddr>>,
    /// Wakes what tells them.
    changed: Notify,
}

impl State {
    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Name, Served>> {
        // Zones are only ever replaced whole, so they are right even after a panic.
        self.zones.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The zone of exactly this name.
    fn zone(&self, name: &Name) -> Option<Arc<Snapshot>> {
        self.lock().get(name).map(|served| Arc::clone(&served.zone))
    }

    /// The zone that this name stands in: the deepest one.
    fn zone_of(&self, name: &Name) -> Option<Arc<Snapshot>> {
        let zones = self.lock();
        let mut name = Some(name.clone());
        while let Some(candidate) = name {
            if let Some(served) = zones.get(&candidate) {
                return Some(Arc::clone(&served.zone));
            }
            name = candidate.parent();
        }
        None
    }

    /// Serves this zone in place of what was served under its name.
    fn replace(&self, zone: Snapshot) {
        let mut zones = self.lock();
        match zones.get_mut(zone.origin()) {
            Some(served) => {
                let changes = changes::diff(&served.zone, &zone);
                served.advance(zone, &changes);
            }
            None => {
                zones.insert(zone.origin().clone(), Served::new(zone));
            }
        }
        self.changed.notify_one();
    }
}
