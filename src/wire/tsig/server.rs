//! The answering side: verify a request, sign its answer or answers, or say what is wrong with its signature.

use super::record::{Record, Variables, time48};
use super::{Chain, FUDGE, Mac, SignError, append, id_of};
use crate::wire::key::Key;
use crate::wire::reader::{Problem, WireError};
use crate::zone::Name;
use crate::zone::update::Rcode;

/// What a request's signature says.
pub enum Incoming {
    Unsigned,
    /// Signed with this key, which also signs the answers.
    Signed(Signer),
    /// To be answered NOTAUTH, with the reason attached by [`Rejection::attach`].
    Rejected(Rejection),
}

/// Verifies a request against the keys of a server.
///
/// # Errors
/// [`WireError`] for a message to be answered FORMERR, or not at all where it has no header.
pub fn check_request(message: &[u8], keys: &[Key], now: u64) -> Result<Incoming, WireError> {
    let Some(record) = Record::find(message)? else {
        return Ok(Incoming::Unsigned);
    };
    let reject = |error, signer| {
        let (key_name, algorithm) = (record.key_name.clone(), record.algorithm.clone());
        Ok(Incoming::Rejected(Rejection { error, key_name, algorithm, time: record.time, signer }))
    };
    let Some(key) = keys.iter().find(|key| record.is_by(key)) else {
        return reject(Rcode::BADKEY, None);
    };
    // RFC 8945 section 5.2.2.1
    let whole = Mac::length(key.algorithm);
    if record.mac.len() > whole || record.mac.len() < (whole / 2).max(10) {
        return Err(WireError { at: record.start, problem: Problem::BadTsig });
    }
    let signer = Chain::answering(key.clone(), &record.mac).map(|chain| Signer { chain });
    let (true, Ok(signer)) = (is_verified(key, message, &record), signer) else {
        return reject(Rcode::BADSIG, None);
    };
    if record.mac.len() < whole {
        return reject(Rcode::BADTRUNC, Some(signer));
    }
    if !record.is_timely(now) {
        return reject(Rcode::BADTIME, Some(signer));
    }
    Ok(Incoming::Signed(signer))
}

fn is_verified(key: &Key, message: &[u8], record: &Record) -> bool {
    let Some(mut mac) = Mac::new(key) else { return false };
    record.digest_message(message, &mut mac);
    record.variables().digest_all(&mut mac);
    // The caller has seen to it that enough of the MAC is there.
    mac.verify_truncated(&record.mac)
}

/// Signs the answers to one request.
pub struct Signer {
    chain: Chain,
}

impl Signer {
    /// The key that signed the request.
    pub fn key(&self) -> &Key {
        &self.chain.key
    }

    /// Octets that a signature adds to a message.
    pub fn room(&self) -> usize {
        let Key { name, algorithm, .. } = &self.chain.key;
        // The record's fixed part, those of its RDATA, and other data.
        name.wire().len() + 10 + algorithm.wire_name().len() + 16 + Mac::length(*algorithm) + 6
    }

    /// Signs the next message of the answer.
    ///
    /// # Errors
    /// [`SignError`] where there is no room.
    pub fn sign(&mut self, message: &mut Vec<u8>, now: u64) -> Result<(), SignError> {
        self.sign_with(message, now, Rcode::NOERROR, &[])
    }

    /// Covers a message of a stream by the next signature instead of giving it one of its own. Neither the first nor
    /// the last may be left so, nor more than [`super::MAX_UNSIGNED`] in a row (RFC 8945 section 5.3.1).
    pub fn leave_unsigned(&mut self, message: &[u8]) {
        self.chain.add_unsigned(message);
    }

    fn sign_with(
        &mut self,
        message: &mut Vec<u8>,
        time: u64,
        error: Rcode,
        other: &[u8],
    ) -> Result<(), SignError> {
        let key = self.chain.key.clone();
        let algorithm = key.algorithm.wire_name();
        let variables = Variables { key_name: &key.name, algorithm, time, fudge: FUDGE, error, other };
        let id = id_of(message);
        let mac = self.chain.close(&variables, |mac| mac.update(message))?.finish();
        append(message, &variables, id, &mac)?;
        self.chain.start_next(&mac)
    }
}

/// What is wrong with a request's signature.
pub struct Rejection {
    error: Rcode,
    key_name: Name,
    algorithm: Name,
    time: u64,
    /// Where the key is right: the answer is signed, so that it can be believed (RFC 8945 section 5.2).
    signer: Option<Signer>,
}

impl Rejection {
    /// BADKEY, BADSIG, BADTIME or BADTRUNC.
    pub fn error(&self) -> Rcode {
        self.error
    }

    /// Attaches the reason to an answer, which should have the response code NOTAUTH.
    ///
    /// # Errors
    /// [`SignError`] where there is no room.
    pub fn attach(self, answer: &mut Vec<u8>, now: u64) -> Result<(), SignError> {
        if let Some(mut signer) = self.signer {
            return match self.error {
                // The client's own time, so that it can verify the answer, and ours beside it.
                Rcode::BADTIME => signer.sign_with(answer, self.time, self.error, &time48(now)),
                error => signer.sign_with(answer, now, error, &[]),
            };
        }
        let variables = Variables {
            key_name: &self.key_name,
            algorithm: self.algorithm.wire(),
            time: self.time,
            fudge: FUDGE,
            error: self.error,
            other: &[],
        };
        append(answer, &variables, id_of(answer), &[])
    }
}
