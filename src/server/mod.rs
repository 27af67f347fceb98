//! The embedded primary, for the demo and for tests: an authoritative nameserver on loopback that serves zones
//! from memory, transfers them, and carries out signed updates.
//!
//! `lookup` finds the answer in a zone, `respond` turns a request into an answer, `transfer` sends a whole zone,
//! `net` has the sockets. Nothing is kept on disk. It signs and verifies like any other server, but it is not made
//! to stand in the open: it listens on 127.0.0.1 only.

mod lookup;
mod net;
mod respond;
#[cfg(test)]
mod tests;
mod transfer;

use std::collections::HashMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::oneshot;

use crate::wire::key::Key;
use crate::zone::{Name, Snapshot};

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
        let (tcp, udp) = bind()?;
        tcp.set_nonblocking(true)?;
        udp.set_nonblocking(true)?;
        let address = tcp.local_addr()?;
        let zones = zones.into_iter().map(|zone| (zone.origin().clone(), Arc::new(zone))).collect();
        let state = Arc::new(State { zones: Mutex::new(zones), keys, options });
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (stop, stopped) = oneshot::channel();
        let served = Arc::clone(&state);
        let thread = std::thread::Builder::new().name("embedded-primary".into()).spawn(move || {
            // Ends when the handle is dropped; what is still open is closed with the runtime.
            runtime.block_on(net::serve(tcp, udp, served, stopped))
        })?;
        Ok(Handle { address, state, stop: Some(stop), thread: Some(thread) })
    }
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
        self.state.lock().insert(zone.origin().clone(), Arc::new(zone));
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

/// What all connections share.
struct State {
    zones: Mutex<HashMap<Name, Arc<Snapshot>>>,
    keys: Vec<Key>,
    options: Options,
}

impl State {
    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Name, Arc<Snapshot>>> {
        // Zones are only ever replaced whole, so they are right even after a panic.
        self.zones.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The zone of exactly this name.
    fn zone(&self, name: &Name) -> Option<Arc<Snapshot>> {
        self.lock().get(name).cloned()
    }

    /// The zone that this name stands in: the deepest one.
    fn zone_of(&self, name: &Name) -> Option<Arc<Snapshot>> {
        let zones = self.lock();
        let mut name = Some(name.clone());
        while let Some(candidate) = name {
            if let Some(zone) = zones.get(&candidate) {
                return Some(Arc::clone(zone));
            }
            name = candidate.parent();
        }
        None
    }
}
