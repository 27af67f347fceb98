//! Questions that find out what a server lets us do. None of them can change anything: an update that is sent here
//! has an empty update section (RFC 2136 section 3.4 then has nothing to carry out), and transfers are left after their
//! first records.

use std::time::{Duration, Instant};

use super::failure::{Attempt, Purpose};
use super::trouble::Trouble;
use super::{Clock, Endpoint, Primary, exchange};
use crate::facts::Failure;
use crate::wire::answer::Asked;
use crate::wire::key::Key;
use crate::wire::peek::{Peek, Shape};
use crate::zone::update::{Prerequisite, Rcode, Update};
use crate::zone::{Name, RecordType, Soa};

/// How often a zone that changes while it is looked at is looked at again.
const ATTEMPTS: usize = 3;

/// The answer to a question for the zone's SOA, and what came with it.
#[derive(Debug, Clone)]
pub struct Answered {
    pub soa: Result<Soa, Failure>,
    /// Our clock minus the server's, in seconds: where the answer is signed, or refused for its time.
    pub clock_offset: Option<i64>,
    /// From the beginning of the connection to the answer.
    pub took: Duration,
}

/// Who asks whom for what zone.
#[derive(Debug, Clone, Copy)]
pub struct Asker<'a> {
    pub endpoint: &'a Endpoint,
    pub key: Option<&'a Key>,
    pub zone: &'a Name,
    /// For connecting, and for each message.
    pub timeout: Duration,
    pub clock: Clock,
}

impl<'a> Asker<'a> {
    fn attempt(&self, purpose: Purpose) -> Attempt<'a> {
        let Asker { endpoint, key, zone, timeout, .. } = *self;
        Attempt { purpose, zone, endpoint, key, patience: timeout }
    }

    /// Asks for the SOA. A signed question shows whether the server accepts the key, whatever the key may do.
    pub async fn soa(&self) -> Answered {
        let started = Instant::now();
        let (soa, clock_offset) = self.attempt(Purpose::Soa).timed_soa(self.clock).await;
        Answered { soa, clock_offset, took: started.elapsed() }
    }

    /// Sends an update that changes nothing, which most servers answer as they would a real one.
    ///
    /// # Errors
    /// As [`super::update`].
    pub async fn empty_update(&self, prerequisites: Vec<Prerequisite>) -> Result<Rcode, Failure> {
        let update = Update { zone: self.zone.clone(), prerequisites, operations: Vec::new() };
        self.attempt(Purpose::Update { is_trial: true }).update(&update, self.clock).await
    }

    /// Would the server transfer the whole zone? Ends after the first message.
    ///
    /// # Errors
    /// As [`super::transfer`].
    pub async fn may_transfer(&self) -> Result<(), Failure> {
        self.peek(None).await.map(|_| ())
    }

    /// What the server sends to those who have the version with this serial. Ends as soon as that is seen.
    ///
    /// # Errors
    /// As [`super::transfer`].
    pub async fn changes_since(&self, serial: u32) -> Result<Shape, Failure> {
        self.peek(Some(serial)).await
    }

    async fn peek(&self, since: Option<u32>) -> Result<Shape, Failure> {
        let attempt = self.attempt(Purpose::Transfer(0));
        let work = async {
            let id = exchange::random_id()?;
            let (asked, message) = match since {
                None => {
                    let asked = Asked::axfr(id, self.zone.clone());
                    let message = asked.to_message();
                    (asked, message)
                }
                Some(serial) => {
                    let asked = Asked::ixfr(id, self.zone.clone());
                    let message = asked.to_ixfr_message(serial);
                    (asked, message)
                }
            };
            let (mut connection, verifier) = attempt.send(message, self.clock).await?;
            let mut peek = Peek::new(asked, verifier, since.unwrap_or_default());
            loop {
                let message = exchange::receive(&mut connection, id, attempt.deadline()).await?;
                let now = (self.clock)();
                if let Some(shape) =
                    peek.feed(message, now).map_err(|error| Trouble::of_transfer(error, now))?
                {
                    return Ok(shape);
                }
            }
        };
        match work.await {
            Ok(shape) => Ok(shape),
            Err(trouble) => Err(attempt.failure(attempt.cleared_up(trouble, self.clock).await)),
        }
    }
}

/// Which SOA updates are held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoredSoa {
    /// The one that is served: an SOA prerequisite guards the whole zone.
    Served,
    /// Another one, as with BIND's inline signing and PowerDNS's SOA-EDIT: an SOA prerequisite never holds.
    Another,
    /// The server answered with this code, or the zone changed each time.
    NotKnown(Rcode),
}

/// Finds out which SOA updates are held against, by an update that requires the served one and changes nothing.
///
/// # Errors
/// As [`super::update`], or [`super::soa`].
pub async fn stored_soa(primary: &Primary, zone: &Name) -> Result<StoredSoa, Failure> {
    let asker = Asker {
        endpoint: &primary.update_to,
        key: primary.key.as_deref(),
        zone,
        timeout: primary.timeout,
        clock: primary.clock,
    };
    let mut served = asker.soa().await.soa?;
    for _ in 0..ATTEMPTS {
        let is_served = Prerequisite::RrsetIs(zone.clone(), RecordType::SOA, vec![served.to_rdata()]);
        match asker.empty_update(vec![is_served]).await? {
            Rcode::NOERROR => return Ok(StoredSoa::Served),
            Rcode::NXRRSET => {}
            code => return Ok(StoredSoa::NotKnown(code)),
        }
        let now = asker.soa().await.soa?;
        if now.serial == served.serial {
            return Ok(StoredSoa::Another);
        }
        served = now;
    }
    Ok(StoredSoa::NotKnown(Rcode::NXRRSET))
}
