//! Signed exchanges over TCP: the SOA poll, the update, the zone transfer. Each has a connection of its own.

use tokio::time::Instant;

use super::Clock;
use super::connection::Connection;
use super::failure::{Attempt, Purpose};
use super::trouble::Trouble;
use crate::facts::{Failure, FailureKind};
use crate::wire::answer::Asked;
use crate::wire::reader::Reader;
use crate::wire::transfer::Axfr;
use crate::wire::tsig::{Verifier, sign_request};
use crate::wire::update::encode;
use crate::zone::update::{Rcode, Update};
use crate::zone::{Snapshot, Soa};

/// Most octets of one transfer: a snapshot holds 4 GiB of names and RDATA at most.
const MAX_TRANSFER: u64 = 1 << 32;
/// Progress is told each time that so many more records have come.
const PROGRESS_STEP: usize = 4096;

impl Attempt<'_> {
    pub(super) async fn soa(self, clock: Clock) -> Result<Soa, Failure> {
        let work = async {
            let asked = Asked::soa(random_id()?, self.zone.clone());
            let (mut connection, mut verifier) = self.send(asked.to_message(), clock).await?;
            let answer = receive(&mut connection, asked.id, self.deadline()).await?;
            let now = clock();
            asked.soa_answer(answer, verifier.as_mut(), now).map_err(|error| Trouble::of_answer(error, now))
        };
        work.await.map_err(|trouble| self.failure(trouble))
    }

    pub(super) async fn update(self, update: &Update, clock: Clock) -> Result<Rcode, Failure> {
        let work = async {
            let asked = Asked::update(random_id()?, self.zone.clone());
            let (mut connection, mut verifier) = self.send(encode(asked.id, update)?, clock).await?;
            let answer = receive(&mut connection, asked.id, self.deadline()).await?;
            let now = clock();
            asked
                .update_answer(answer, verifier.as_mut(), now)
                .map_err(|error| Trouble::of_answer(error, now))
        };
        match work.await {
            Ok(rcode) => Ok(rcode),
            Err(trouble) => Err(self.failure(self.cleared_up(trouble, clock).await)),
        }
    }

    pub(super) async fn transfer(
        mut self,
        clock: Clock,
        progress: impl Fn(usize),
    ) -> Result<Snapshot, Failure> {
        let mut records = 0;
        let work = async {
            let asked = Asked::axfr(random_id()?, self.zone.clone());
            let id = asked.id;
            let (mut connection, verifier) = self.send(asked.to_message(), clock).await?;
            let mut transfer = Axfr::new(asked, verifier);
            let mut octets: u64 = 0;
            loop {
                let message = receive(&mut connection, id, self.deadline()).await?;
                octets += message.len() as u64;
                if octets > MAX_TRANSFER {
                    return Err(Trouble::TooLarge);
                }
                let now = clock();
                let so_far = transfer.feed(message, now).map_err(|error| Trouble::of_transfer(error, now))?;
                if so_far.records / PROGRESS_STEP > records / PROGRESS_STEP {
                    progress(so_far.records);
                }
                records = so_far.records;
                if so_far.done {
                    return transfer.finish().map_err(|error| Trouble::of_transfer(error, now));
                }
            }
        };
        let result = work.await;
        self.purpose = Purpose::Transfer(records);
        match result {
            Ok(zone) => Ok(zone),
            Err(trouble) => Err(self.failure(self.cleared_up(trouble, clock).await)),
        }
    }

    /// PowerDNS, and Knot where no key is used, say the same to a wrong key, a missing permission and a zone
    /// that they do not have. Whether they have the zone can be asked.
    async fn cleared_up(&self, trouble: Trouble, clock: Clock) -> Trouble {
        let code = match trouble {
            Trouble::UnsignedRcode(code @ (Rcode::REFUSED | Rcode::NOTAUTH)) => code,
            Trouble::Rcode(code @ Rcode::NOTAUTH) if self.key.is_none() => code,
            trouble => return trouble,
        };
        let question = Attempt { purpose: Purpose::Soa, key: None, ..*self };
        match question.soa(clock).await.map_err(|failure| failure.kind) {
            Ok(_) => Trouble::Denied(code),
            Err(FailureKind::Refused | FailureKind::NotAuthoritative) if code == Rcode::NOTAUTH => {
                Trouble::NoZone(code)
            }
            Err(_) => trouble,
        }
    }

    /// Signs the message, connects and sends it; what is returned receives and verifies the answer.
    async fn send(
        &self,
        mut message: Vec<u8>,
        clock: Clock,
    ) -> Result<(Connection, Option<Verifier>), Trouble> {
        let mut connection = Connection::open(self.endpoint, self.patience).await?;
        // Signed only now: connecting may have taken a while.
        let verifier = self.key.map(|key| sign_request(key, &mut message, clock())).transpose()?;
        connection.send(&message, self.deadline()).await?;
        Ok((connection, verifier))
    }

    fn deadline(&self) -> Instant {
        Instant::now() + self.patience
    }
}

/// The next message with this id. Others are no answers to us and are passed over, within the same time; but
/// who sends what is no message at all is no nameserver, and not worth the wait.
async fn receive(connection: &mut Connection, id: u16, deadline: Instant) -> Result<&[u8], Trouble> {
    loop {
        connection.receive(deadline).await?;
        let mut reader = Reader::new(connection.message()).map_err(Trouble::Undecodable)?;
        if reader.header().id == id {
            return Ok(connection.message());
        }
        while reader.skip_record().map_err(Trouble::Undecodable)?.is_some() {}
    }
}

fn random_id() -> Result<u16, Trouble> {
    let mut octets = [0; 2];
    getrandom::fill(&mut octets)
        .map_err(|_| Trouble::CannotSend("this machine has no source of random numbers".into()))?;
    Ok(u16::from_be_bytes(octets))
}
