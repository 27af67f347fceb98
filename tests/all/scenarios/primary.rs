//! A primary as our own code reaches it: transfer, and a push from beginning to end.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use zonewright::dns::{self, Endpoint, Refreshed, questions};
use zonewright::facts::{Failure, ServerKind};
use zonewright::push::{Action, Event, Plan, Push, Recorded, Recording, Report, ServerTraits};
use zonewright::wire::key::{Algorithm, Key as WireKey, Secret};
use zonewright::zone::update::{Rcode, Update};
use zonewright::zone::{ChangeMap, Name, Snapshot};

use super::reverting::Past;
use crate::lab::Key;

const TIMEOUT: Duration = Duration::from_secs(10);

pub struct Primary {
    pub address: SocketAddr,
    pub kind: ServerKind,
    pub key: Key,
    ours: dns::Primary,
    /// Who updates.
    sender: dns::Primary,
    pub past: Past,
    runtime: tokio::runtime::Runtime,
}

impl Primary {
    pub fn new(address: SocketAddr, kind: ServerKind, key: Key) -> Primary {
        let endpoint = Endpoint { address, source: None, name: address.to_string() };
        let wire_key = Arc::new(wire_key(&key));
        let ours = dns::Primary {
            transfer_from: endpoint.clone(),
            update_to: endpoint,
            transfer_key: Some(Arc::clone(&wire_key)),
            key: Some(wire_key),
            timeout: TIMEOUT,
            clock: dns::unix_time,
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let sender = ours.clone();
        Primary { address, kind, key, ours, sender, past: Past::new(), runtime }
    }

    /// The same, but updates go out with another key, or none, and by another clock.
    pub fn sending_as(&self, key: Option<WireKey>, clock: dns::Clock) -> Primary {
        let new = Primary::new(self.address, self.kind, self.key.clone());
        Primary { sender: dns::Primary { key: key.map(Arc::new), clock, ..new.sender }, ..new }
    }

    /// Sends one update, once.
    pub fn update(&self, update: &Update) -> Result<Rcode, Failure> {
        self.runtime.block_on(dns::update(&self.sender, update))
    }

    /// What the server says it is.
    pub fn kind_as_told(&self) -> ServerKind {
        self.runtime.block_on(questions::server_kind(&self.ours.update_to, TIMEOUT))
    }

    pub fn transfer(&self, zone: &Name) -> Result<Snapshot, String> {
        self.runtime.block_on(dns::transfer(&self.ours, zone, |_| {})).map_err(|failure| failure.to_string())
    }

    /// The zone by way of what changed since this version; an equal serial proves nothing.
    async fn newest(&self, base: &Arc<Snapshot>) -> Result<Snapshot, Failure> {
        match dns::refresh(&self.ours, base, |_| {}).await? {
            Refreshed::Zone(zone) => Ok(zone),
            Refreshed::Unchanged => dns::transfer(&self.ours, base.origin(), |_| {}).await,
        }
    }

    /// Pushes and tells how it ended. `before_send` is called each time before an update goes out.
    pub fn push(
        &self,
        base: &Arc<Snapshot>,
        changes: &ChangeMap,
        traits: ServerTraits,
        plan: Plan,
        mut before_send: impl FnMut(),
    ) -> Report {
        let zone = base.origin();
        let push = Push::new(Arc::clone(base), changes.clone(), traits, plan);
        let (mut push, mut actions) = Recorded::new(push, Recording::default());
        loop {
            let mut events = Vec::new();
            for action in actions.drain(..) {
                events.push(match action {
                    Action::AskSoa => Event::Soa(self.runtime.block_on(dns::soa(
                        &self.ours.update_to,
                        self.ours.key.as_deref(),
                        zone,
                        TIMEOUT,
                    ))),
                    Action::Transfer => Event::Zone(self.runtime.block_on(self.newest(base)).map(Arc::new)),
                    Action::Send(update) => {
                        before_send();
                        Event::Answer(self.update(&update))
                    }
                    Action::Probe(update) => Event::Probed(self.update(&update)),
                    // Stories tell the same whatever a server keeps of its past.
                    Action::Trace(_) => Event::Traced(Ok(None)),
                    Action::Wait(time) => {
                        std::thread::sleep(time);
                        Event::Woke
                    }
                    Action::Record(records) => Event::Recorded(self.past.write(zone, &records)),
                    Action::Show(_) => continue,
                    Action::Finish(report) => return *report,
                });
            }
            assert!(!events.is_empty(), "the push waits for nothing");
            actions = events.into_iter().flat_map(|event| push.on(event)).collect();
        }
    }
}

/// The key as our own code has it.
pub fn wire_key(key: &Key) -> WireKey {
    WireKey {
        name: Name::parse(format!("{}.", key.name).as_bytes(), None).unwrap(),
        algorithm: Algorithm::parse(&key.algorithm).unwrap(),
        secret: Secret::from_base64(&key.secret).unwrap(),
    }
}
