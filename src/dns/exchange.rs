//! Signed exchanges over TCP: the SOA poll, the update, the zone transfer. Each has a connection of its own.

use std::sync::Arc;

use tokio::time::Instant;

use super::connection::Connection;
use super::failure::{Attempt, Purpose};
use super::trouble::{self, Trouble};
use super::{Clock, Refreshed};
use crate::facts::{Failure, FailureKind};
use crate::wire::answer::{AnswerError, Asked};
use crate::wire::ixfr::past::{Difference, Past};
use crate::wire::ixfr::{Incremental, Ixfr};
use crate::wire::reader::Reader;
use crate::wire::transfer::{Axfr, Progress, TransferError};
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
        self.timed_soa(clock).await.0
    }

    /// Beside the SOA, how far the clocks differ: see [`Attempt::exchange`]. It is told of failures too.
    pub(super) async fn timed_soa(self, clock: Clock) -> (Result<Soa, Failure>, Option<i64>) {
        let work = async {
            let asked = Asked::soa(random_id()?, self.zone.clone());
            self.exchange(asked.id, asked.to_message(), clock, |message, verifier, now| {
                asked.soa_answer(message, verifier, now)
            })
            .await
        };
        match work.await {
            Ok((soa, offset)) => (Ok(soa), offset),
            Err(trouble) => {
                let offset = trouble.clock_offset();
                (Err(self.failure(trouble)), offset)
            }
        }
    }

    pub(super) async fn update(self, update: &Update, clock: Clock) -> Result<Rcode, Failure> {
        let work = async {
            let asked = Asked::update(random_id()?, self.zone.clone());
            self.exchange(asked.id, encode(asked.id, update)?, clock, |message, verifier, now| {
                asked.update_answer(message, verifier, now)
            })
            .await
        };
        match work.await {
            Ok((rcode, _)) => Ok(rcode),
            Err(trouble) => Err(self.failure(self.cleared_up(trouble, clock).await)),
        }
    }

    /// One question and its one answer, and our clock minus the server's in seconds, where the answer is signed.
    async fn exchange<T>(
        &self,
        id: u16,
        message: Vec<u8>,
        clock: Clock,
        read: impl FnOnce(&[u8], Option<&mut Verifier>, u64) -> Result<T, AnswerError>,
    ) -> Result<(T, Option<i64>), Trouble> {
        let (mut connection, mut verifier) = self.send(message, clock).await?;
        let answer = receive(&mut connection, id, self.deadline()).await?;
        let now = clock();
        let read = read(answer, verifier.as_mut(), now).map_err(|error| Trouble::of_answer(error, now))?;
        let signed_at = verifier.and_then(|verifier| verifier.server_time());
        Ok((read, signed_at.map(|theirs| trouble::difference(now, theirs))))
    }

    pub(super) async fn transfer(
        mut self,
        clock: Clock,
        progress: impl Fn(usize),
    ) -> Result<Snapshot, Failure> {
        let mut records = 0;
        let mut progress = in_steps(progress);
        let count = |so_far| {
            records = so_far;
            progress(so_far);
        };
        let work = async {
            let asked = Asked::axfr(random_id()?, self.zone.clone());
            let (id, message) = (asked.id, asked.to_message());
            let (mut connection, verifier) = self.send(message, clock).await?;
            let mut transfer = Axfr::new(asked, verifier);
            let take = |message: &[u8], now| transfer.feed(message, now);
            self.receive_all(&mut connection, id, clock, take, count).await?;
            transfer.finish().map_err(|error| Trouble::of_transfer(error, clock()))
        };
        let result = work.await;
        self.purpose = Purpose::Transfer(records);
        match result {
            Ok(zone) => Ok(zone),
            Err(trouble) => Err(self.failure(self.cleared_up(trouble, clock).await)),
        }
    }

    /// What changed since `old`. Trouble is not put into words: a full transfer comes next, and may have none.
    pub(super) async fn changes(
        &self,
        old: &Arc<Snapshot>,
        clock: Clock,
        progress: impl Fn(usize),
    ) -> Result<Refreshed, Trouble> {
        let asked = Asked::ixfr(random_id()?, self.zone.clone());
        let (id, message) = (asked.id, asked.to_ixfr_message(old.serial()));
        let (mut connection, verifier) = self.send(message, clock).await?;
        let mut transfer = Ixfr::new(asked, verifier, Arc::clone(old));
        let take = |message: &[u8], now| transfer.feed(message, now);
        self.receive_all(&mut connection, id, clock, take, in_steps(progress)).await?;
        let of_transfer = |error| Trouble::of_transfer(error, clock());
        match transfer.finish().map_err(of_transfer)? {
            Incremental::Unchanged => Ok(Refreshed::Unchanged),
            Incremental::Zone(zone) => Ok(Refreshed::Zone(zone)),
            Incremental::Changes { changes, .. } => {
                let zone = old.with_changes(&changes).map_err(|error| of_transfer(error.into()))?;
                Ok(Refreshed::Zone(zone))
            }
        }
    }

    /// What changed since a version, where the server still knows.
    pub(super) async fn past(self, serial: u32, clock: Clock) -> Result<Option<Vec<Difference>>, Failure> {
        let work = async {
            let asked = Asked::ixfr(random_id()?, self.zone.clone());
            let (id, message) = (asked.id, asked.to_ixfr_message(serial));
            let (mut connection, verifier) = self.send(message, clock).await?;
            let mut past = Past::new(asked, verifier, serial);
            let take = |message: &[u8], now| past.feed(message, now);
            self.receive_all(&mut connection, id, clock, take, |_| {}).await?;
            Ok(past.finish())
        };
        work.await.map_err(|trouble| self.failure(trouble))
    }

    /// Hands the messages of a transfer to `take` until it has them all; `count` is told the records so
    /// far, after each message.
    async fn receive_all(
        &self,
        connection: &mut Connection,
        id: u16,
        clock: Clock,
        mut take: impl FnMut(&[u8], u64) -> Result<Progress, TransferError>,
        mut count: impl FnMut(usize),
    ) -> Result<(), Trouble> {
        let mut octets: u64 = 0;
        loop {
            let message = receive(connection, id, self.deadline()).await?;
            octets += message.len() as u64;
            if octets > MAX_TRANSFER {
                return Err(Trouble::TooLarge);
            }
            let now = clock();
            let so_far = take(message, now).map_err(|error| Trouble::of_transfer(error, now))?;
            count(so_far.records);
            if so_far.done {
                return Ok(());
            }
        }
    }

    /// PowerDNS, and Knot where no key is used, say the same to a wrong key, a missing permission and a zone
    /// that they do not have. Whether they have the zone can be asked.
    pub(super) async fn cleared_up(&self, trouble: Trouble, clock: Clock) -> Trouble {
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
    pub(super) async fn send(
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

    pub(super) fn deadline(&self) -> Instant {
        Instant::now() + self.patience
    }
}

/// Tells `progress` only when another [`PROGRESS_STEP`] records have come.
fn in_steps(progress: impl Fn(usize)) -> impl FnMut(usize) {
    let mut steps = 0;
    move |records| {
        if records / PROGRESS_STEP > steps {
            steps = records / PROGRESS_STEP;
            progress(records);
        }
    }
}

/// The next message with this id. Others are no answers to us and are passed over, within the same time; but
/// who sends what is no message at all is no nameserver, and not worth the wait.
pub(super) async fn receive(
    connection: &mut Connection,
    id: u16,
    deadline: Instant,
) -> Result<&[u8], Trouble> {
    loop {
        connection.receive(deadline).await?;
        let mut reader = Reader::new(connection.message()).map_err(Trouble::Undecodable)?;
        if reader.header().id == id {
            return Ok(connection.message());
        }
        while reader.skip_record().map_err(Trouble::Undecodable)?.is_some() {}
    }
}

pub(super) fn random_id() -> Result<u16, Trouble> {
    let mut octets = [0; 2];
    getrandom::fill(&mut octets)
        .map_err(|_| Trouble::CannotSend("this machine has no source of random numbers".into()))?;
    Ok(u16::from_be_bytes(octets))
}
