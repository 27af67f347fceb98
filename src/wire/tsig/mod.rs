//! Transaction signatures (RFC 8945): what both sides share. `client` signs requests and verifies answers,
//! `server` the other way round.
//!
//! Times are seconds since 1970, given by the caller. A MAC counts only at its full length: shorter ones are legal
//! where both sides agree on them beforehand (RFC 8945 section 5.2.2.1), which keys here have no way to say.

mod client;
mod mac;
mod record;
mod server;
#[cfg(test)]
mod tests;

pub use client::{TsigError, Verifier, sign_request};
pub use server::{Incoming, Rejection, Signer, check_request};

use mac::Mac;
use record::Variables;

use super::MAX_MESSAGE;
use super::key::Key;

/// How far two clocks may be apart, in seconds (RFC 8945 section 10 recommends it).
pub const FUDGE: u16 = 300;
/// Unsigned messages that may stand between two signed ones of a stream (RFC 8945 section 5.3.1).
pub const MAX_UNSIGNED: u32 = 99;

/// Why a message could not be signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    #[error("the message has no room for a signature: it would be larger than 65,535 octets")]
    TooLarge,
    #[error("the key's secret cannot be used with its algorithm")]
    UnusableKey,
}

/// One direction of a signed exchange: what the next signature covers besides its own message.
struct Chain {
    key: Key,
    /// Holds the last signature, and the unsigned messages since.
    mac: Mac,
    /// Later messages of a stream sign the time alone, not all variables (RFC 8945 section 5.3.1).
    is_first: bool,
}

impl Chain {
    /// The answers to a request that was signed with `mac`.
    fn answering(key: Key, mac: &[u8]) -> Result<Chain, SignError> {
        let mac = Chain::keyed(&key, mac)?;
        Ok(Chain { key, mac, is_first: true })
    }

    fn keyed(key: &Key, last: &[u8]) -> Result<Mac, SignError> {
        let mut mac = Mac::new(key).ok_or(SignError::UnusableKey)?;
        // A MAC has at most 64 octets.
        mac.update(&(last.len() as u16).to_be_bytes());
        mac.update(last);
        Ok(mac)
    }

    /// Covers a message that has no signature of its own.
    fn add_unsigned(&mut self, message: &[u8]) {
        self.mac.update(message);
    }

    /// The MAC over everything since the last one, this message (which `digest` adds) and its variables.
    fn close(&mut self, variables: &Variables<'_>, digest: impl FnOnce(&mut Mac)) -> Result<Mac, SignError> {
        let mut mac = std::mem::replace(&mut self.mac, Chain::keyed(&self.key, &[])?);
        digest(&mut mac);
        if self.is_first {
            variables.digest_all(&mut mac);
        } else {
            variables.digest_time(&mut mac);
        }
        Ok(mac)
    }

    /// Builds the next signature upon this one.
    fn start_next(&mut self, last: &[u8]) -> Result<(), SignError> {
        self.mac = Chain::keyed(&self.key, last)?;
        self.is_first = false;
        Ok(())
    }
}

/// Appends a TSIG record and counts it.
fn append(message: &mut Vec<u8>, variables: &Variables<'_>, id: u16, mac: &[u8]) -> Result<(), SignError> {
    let record = variables.to_record(id, mac);
    if message.len() + record.len() > MAX_MESSAGE {
        return Err(SignError::TooLarge);
    }
    let count = message.get(10..12).and_then(|octets| octets.try_into().ok()).map_or(0, u16::from_be_bytes);
    let count = count.checked_add(1).ok_or(SignError::TooLarge)?;
    for (place, octet) in message.iter_mut().skip(10).zip(count.to_be_bytes()) {
        *place = octet;
    }
    message.extend_from_slice(&record);
    Ok(())
}

/// The id in a message's header.
fn id_of(message: &[u8]) -> u16 {
    message.get(..2).and_then(|octets| octets.try_into().ok()).map_or(0, u16::from_be_bytes)
}
