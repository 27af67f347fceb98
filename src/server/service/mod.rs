//! An embedded secondary DNS service that speaks OVH's API: for the demo, and as the strict counterpart of the tests.
//!
//! It is asked over plain HTTP on 127.0.0.1, verifies what OVH verifies (signature over the octets received, clock,
//! consumer key and its rules, shape of bodies), demands proof of ownership, really looks for it at the primary, and
//! then really transfers the zone and serves it. It counts what it did.
//!
//! `listen` has the sockets, `gate` decides who may ask, `calls` answers, `words` says things as OVH does, `proof` looks
//! for the TXT record. Nothing is kept on disk.

mod calls;
mod gate;
mod listen;
mod proof;
#[cfg(test)]
mod tests;
mod words;

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::wire::key::{Key, Secret};
use crate::zone::{Name, Snapshot};

pub use self::words::WORDINGS;

/// What a client signs in with.
#[derive(Debug, Clone)]
pub struct Credentials {
    pub application_key: String,
    pub application_secret: Secret,
    pub consumer_key: Secret,
    /// A service account (OAuth2).
    pub client_id: String,
    pub client_secret: Secret,
}

impl Credentials {
    /// New ones.
    ///
    /// # Errors
    /// Where the system has no random numbers.
    pub fn random() -> io::Result<Credentials> {
        let secret = |octets| random(octets).map(|text| Secret::new(text.into_bytes()));
        Ok(Credentials {
            application_key: random(8)?,
            application_secret: secret(16)?,
            consumer_key: secret(16)?,
            client_id: random(8)?,
            client_secret: secret(16)?,
        })
    }
}

/// How the service behaves. All of it can be changed while it runs.
#[derive(Debug, Clone)]
pub struct Options {
    /// `vps/NAME` or `dedicated/server/NAME`.
    pub services: Vec<String>,
    /// The nameserver that it serves zones with, as it calls it.
    pub nameserver: (Name, Ipv4Addr, Option<Ipv6Addr>),
    /// The address of the primary, where a registration does not say it.
    pub primary: Option<Ipv4Addr>,
    /// Where a nameserver really is that has this address. Others cannot be registered.
    pub routes: HashMap<IpAddr, SocketAddr>,
    /// What transfers are signed with. OVH itself goes by the address.
    pub key: Option<Key>,
    /// Is proof of ownership demanded, and how?
    pub challenge: Option<Challenge>,
    /// Errors as the gateway words them; otherwise as the services behind it do.
    pub errors_of_gateway: bool,
    /// How far its clock is ahead, in seconds.
    pub clock: i64,
    /// How much later than its clock `/auth/time` is.
    pub told_later: i64,
    pub consumer: Consumer,
    /// What goes wrong.
    pub trouble: Option<Trouble>,
    /// Nothing instead of `null`, where there is nothing to say.
    pub empty_bodies: bool,
    /// How long an access token of the service account is good for.
    pub token_life: Duration,
}

impl Options {
    /// A service with this nameserver, which has a VPS and a server of the account.
    pub fn new(nameserver: Name, address: Ipv4Addr) -> Options {
        Options {
            services: vec![
                "vps/vps-0a1b2c3d.vps.example".into(),
                "dedicated/server/ns1234567.example".into(),
            ],
            nameserver: (nameserver, address, None),
            primary: None,
            routes: HashMap::new(),
            key: None,
            challenge: Some(Challenge::default()),
            errors_of_gateway: false,
            clock: 0,
            told_later: 0,
            consumer: Consumer::Valid,
            trouble: None,
            empty_bodies: false,
            token_life: Duration::from_secs(3600),
        }
    }
}

/// How proof of ownership is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Challenge {
    /// Which of [`WORDINGS`].
    pub wording: usize,
    /// The HTTP status.
    pub status: u16,
}

impl Default for Challenge {
    fn default() -> Challenge {
        Challenge { wording: 0, status: 400 }
    }
}

/// The state of the consumer key among the [`Credentials`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consumer {
    Valid,
    /// Nobody has confirmed it yet.
    Pending,
    Expired,
}

/// What goes wrong with an answer. `/auth/time` always works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// 503 with HTML, before anything is done.
    Html,
    /// The details of a registration take this long.
    SlowDetails(Duration),
    /// The details of a registration cannot be had.
    NoDetails,
    /// More than two megabytes.
    Oversized,
    /// The body breaks off.
    Truncated,
    /// A change is not carried out, and the connection closed.
    LostBefore,
    /// A change is carried out, and the connection closed.
    LostAfter,
    TooMany,
}

/// What it did. Nothing is counted twice.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Requests that were understood as HTTP.
    pub requests: u32,
    /// Registrations made.
    pub adds: u32,
    /// Attempts at one: every POST that got as far as the service.
    pub add_attempts: u32,
    /// Registrations removed.
    pub removes: u32,
    /// Attempts at that.
    pub remove_attempts: u32,
    /// Primaries changed.
    pub changes: u32,
    /// Access tokens given out.
    pub tokens: u32,
}

/// A registered domain.
#[derive(Debug, Clone)]
struct Domain {
    service: String,
    primary: IpAddr,
    /// In seconds since 1970, by the service's clock.
    created: u64,
}

/// A consumer key that was asked for.
#[derive(Debug, Clone)]
struct Consented {
    rules: Vec<(String, String)>,
    /// The page where it is confirmed.
    page: String,
    confirmed: bool,
}

/// What all connections share.
struct Shared {
    credentials: Credentials,
    /// What the ownership values are made from.
    salt: String,
    secondary: super::Handle,
    stopping: AtomicBool,
    state: Mutex<State>,
}

struct State {
    options: Options,
    counts: Counts,
    domains: BTreeMap<Name, Domain>,
    /// By the consumer key.
    consented: HashMap<String, Consented>,
    /// Access tokens, and until when they are good.
    tokens: HashMap<String, std::time::Instant>,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Starts a service on a free port of 127.0.0.1, and its nameserver on another.
///
/// # Errors
/// What the system says when there is no port, no thread or no random number.
pub fn start(options: Options) -> io::Result<Handle> {
    let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    let credentials = Credentials::random()?;
    let shared = Arc::new(Shared {
        credentials: credentials.clone(),
        salt: random(8)?,
        secondary: super::Secondary::idle(Vec::new())?,
        stopping: AtomicBool::new(false),
        state: Mutex::new(State {
            options,
            counts: Counts::default(),
            domains: BTreeMap::new(),
            consented: HashMap::new(),
            tokens: HashMap::new(),
        }),
    });
    let served = Arc::clone(&shared);
    let thread = std::thread::Builder::new()
        .name("embedded-service".into())
        .spawn(move || listen::serve(&listener, &served))?;
    let url = format!("http://{address}/1.0");
    Ok(Handle { url, credentials, shared, address, thread: Some(thread) })
}

/// A running service; dropping it stops it and its nameserver.
pub struct Handle {
    /// Where the API is.
    pub url: String,
    pub credentials: Credentials,
    shared: Arc<Shared>,
    address: SocketAddr,
    thread: Option<JoinHandle<()>>,
}

impl Handle {
    /// Where its nameserver answers, by UDP and TCP.
    pub fn nameserver(&self) -> SocketAddr {
        self.shared.secondary.address
    }

    /// The zone as its nameserver serves it.
    pub fn snapshot(&self, zone: &Name) -> Option<Arc<Snapshot>> {
        self.shared.secondary.snapshot(zone)
    }

    /// What it did so far.
    pub fn counts(&self) -> Counts {
        self.shared.lock().counts
    }

    /// What is registered, and at which service.
    pub fn registered(&self) -> Vec<(Name, String)> {
        let state = self.shared.lock();
        state.domains.iter().map(|(name, domain)| (name.clone(), domain.service.clone())).collect()
    }

    /// Changes how it behaves from now on.
    pub fn change(&self, change: impl FnOnce(&mut Options)) {
        change(&mut self.shared.lock().options);
    }

    /// Does what a person does on the page that confirms a consumer key. Is there such a page?
    pub fn confirm(&self, page: &str) -> bool {
        let mut state = self.shared.lock();
        let asked = state.consented.values_mut().find(|consented| consented.page == page);
        asked.map(|consented| consented.confirmed = true).is_some()
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.shared.stopping.store(true, std::sync::atomic::Ordering::SeqCst);
        // It waits for a connection: here is one.
        let _ = std::net::TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            // A panic there has been reported there.
            let _ = thread.join();
        }
    }
}

/// So many random octets in hexadecimal.
fn random(octets: usize) -> io::Result<String> {
    let mut buffer = vec![0; octets];
    getrandom::fill(&mut buffer).map_err(|error| io::Error::other(error.to_string()))?;
    Ok(hex(&buffer))
}

fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}
