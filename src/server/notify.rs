//! Tells secondaries that a zone has changed (RFC 1996): by UDP, again while nobody answers, but not for ever. A
//! secondary that never hears of it finds out by itself, by the times in the SOA.

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use tokio::net::UdpSocket;
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout_at};

use super::State;
use crate::wire::builder::Builder;
use crate::wire::reader::Reader;
use crate::wire::{Opcode, Section, class, flags};
use crate::zone::{Name, RecordType, Snapshot};

/// How often each is told of a change.
const ATTEMPTS: u32 = 5;
/// How long the first answer is waited for; twice as long each time.
const FIRST_WAIT: Duration = Duration::from_millis(500);
/// Tellings at a time; what is beyond waits.
const MAX_AT_A_TIME: usize = 32;
/// The largest message that needs no question about sizes.
const PLAIN_UDP: usize = 512;

/// Tells everybody of every change, as long as the server runs.
pub(super) async fn tell(state: Arc<State>) {
    let mut told: HashMap<(SocketAddr, Name), u32> = HashMap::new();
    let places = Arc::new(Semaphore::new(MAX_AT_A_TIME));
    loop {
        state.changed.notified().await;
        let secondaries = state.secondaries.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let zones: Vec<Arc<Snapshot>> =
            state.lock().values().map(|served| Arc::clone(&served.zone)).collect();
        for secondary in secondaries {
            for zone in &zones {
                let known = told.insert((secondary, zone.origin().clone()), zone.serial());
                if known == Some(zone.serial()) {
                    continue;
                }
                let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
                let zone = Arc::clone(zone);
                tokio::spawn(async move {
                    // Whether it was heard makes no difference here.
                    let _ = tell_one(secondary, &zone).await;
                    drop(place);
                });
            }
        }
    }
}

/// Tells one secondary until it answers.
async fn tell_one(secondary: SocketAddr, zone: &Snapshot) -> Option<()> {
    let mut octets = [0; 2];
    getrandom::fill(&mut octets).ok()?;
    let id = u16::from_be_bytes(octets);
    let message = message(id, zone)?;
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.ok()?;
    socket.connect(secondary).await.ok()?;
    let mut answer = [0; PLAIN_UDP];
    let mut wait = FIRST_WAIT;
    for _ in 0..ATTEMPTS {
        let deadline = Instant::now() + wait;
        // Nobody listening there shows only as an error of a later call.
        let _ = socket.send(&message).await;
        while let Ok(received) = timeout_at(deadline, socket.recv(&mut answer)).await {
            match received {
                Ok(length) if is_answer(answer.get(..length)?, id) => return Some(()),
                Ok(_) => {}
                Err(_) => {
                    tokio::time::sleep_until(deadline).await;
                    break;
                }
            }
        }
        wait *= 2;
    }
    None
}

/// With the new SOA, as a hint (RFC 1996 section 3.7).
fn message(id: u16, zone: &Snapshot) -> Option<Vec<u8>> {
    let mut message = Builder::new(id, Opcode::NOTIFY, flags::AA, PLAIN_UDP);
    message.question(zone.origin().as_ref(), RecordType::SOA, class::IN).ok()?;
    let soa = zone.record(0)?;
    // Without the hint where names are too long for it.
    let _ = message.record(Section::Answer, soa.owner, soa.rtype, class::IN, soa.ttl, soa.rdata);
    Some(message.finish())
}

/// Any response code will do: the secondary has heard it.
fn is_answer(octets: &[u8], id: u16) -> bool {
    Reader::new(octets).is_ok_and(|reader| {
        let header = reader.header();
        header.is_response() && header.id == id && header.opcode() == Opcode::NOTIFY
    })
}
