//! The asking side: sign a request, verify its answer or the stream of its answers.

use super::record::{Record, Variables};
use super::{Chain, FUDGE, MAX_UNSIGNED, Mac, SignError, append, id_of};
use crate::wire::key::Key;
use crate::wire::reader::{Reader, WireError};
use crate::zone::update::Rcode;

/// Why an answer's signature cannot be accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TsigError {
    #[error(transparent)]
    Wire(#[from] WireError),
    /// The answer to a signed request has no signature; the response code it claims.
    #[error("the answer ({rcode}) is not signed, though the request was")]
    Unsigned { rcode: Rcode },
    /// The server says that it cannot accept ours: BADKEY, BADSIG, BADTIME or BADTRUNC.
    #[error("the server reports {error} for our signature")]
    Peer {
        error: Rcode,
        /// Was that answer itself signed with our key, so that it is surely from the server?
        signed: bool,
        /// The server's clock, where it tells it (BADTIME); seconds since 1970.
        server_time: Option<u64>,
    },
    #[error("the answer is signed with another key or algorithm than the request")]
    WrongKey,
    #[error("the answer's signature has {octets} octets where {expected} are expected")]
    WrongLength { octets: usize, expected: usize },
    #[error("the answer's signature is wrong")]
    WrongMac,
    /// The signature is right, but from another time; that of the server, in seconds since 1970.
    #[error("the answer was signed too far from the present time")]
    WrongTime { server_time: u64 },
    #[error("more than 99 messages in a row are not signed")]
    TooManyUnsigned,
    #[error("the last message is not signed")]
    LastUnsigned,
    #[error(transparent)]
    Sign(#[from] SignError),
}

/// Signs a request; what is returned verifies its answer.
///
/// # Errors
/// [`SignError`] where there is no room for the signature.
pub fn sign_request(key: &Key, message: &mut Vec<u8>, now: u64) -> Result<Verifier, SignError> {
    let variables = Variables {
        key_name: &key.name,
        algorithm: key.algorithm.wire_name(),
        time: now,
        fudge: FUDGE,
        error: Rcode::NOERROR,
        other: &[],
    };
    let mut mac = Mac::new(key).ok_or(SignError::UnusableKey)?;
    mac.update(message);
    variables.digest_all(&mut mac);
    let mac = mac.finish();
    append(message, &variables, id_of(message), &mac)?;
    Ok(Verifier { chain: Chain::answering(key.clone(), &mac)?, unsigned: 0, server_time: None })
}

/// Verifies the answer to one signed request: one message, or the messages of a stream in order.
///
/// After an error nothing more is accepted.
pub struct Verifier {
    chain: Chain,
    /// Messages since the last signed one.
    unsigned: u32,
    /// When the last signed one was signed, in seconds since 1970.
    server_time: Option<u64>,
}

impl Verifier {
    /// Takes the next message; was it signed? An unsigned one is only covered by the next signature, so nothing of
    /// it may be believed before that; the first one must be signed.
    ///
    /// # Errors
    /// [`TsigError`] where the message cannot be believed.
    pub fn verify(&mut self, message: &[u8], now: u64) -> Result<bool, TsigError> {
        let Some(record) = Record::find(message)? else {
            if self.chain.is_first {
                return Err(TsigError::Unsigned { rcode: Reader::new(message)?.header().rcode() });
            }
            self.unsigned += 1;
            if self.unsigned > MAX_UNSIGNED {
                return Err(TsigError::TooManyUnsigned);
            }
            self.chain.add_unsigned(message);
            return Ok(false);
        };
        let peer =
            |signed| TsigError::Peer { error: record.error, signed, server_time: record.server_time() };
        if record.error != Rcode::NOERROR && record.mac.is_empty() {
            return Err(peer(false));
        }
        if !record.is_by(&self.chain.key) {
            return Err(TsigError::WrongKey);
        }
        let expected = Mac::length(self.chain.key.algorithm);
        if record.mac.len() != expected {
            return Err(TsigError::WrongLength { octets: record.mac.len(), expected });
        }
        let mac = self.chain.close(&record.variables(), |mac| record.digest_message(message, mac))?;
        if !mac.verify(&record.mac) {
            return Err(TsigError::WrongMac);
        }
        if record.error != Rcode::NOERROR {
            // Later messages of a stream do not sign this field.
            return Err(peer(self.chain.is_first));
        }
        if !record.is_timely(now) {
            return Err(TsigError::WrongTime { server_time: record.time });
        }
        self.chain.start_next(&record.mac)?;
        self.unsigned = 0;
        self.server_time = Some(record.time);
        Ok(true)
    }

    /// The server's clock when it signed the last message that was verified, in seconds since 1970.
    pub fn server_time(&self) -> Option<u64> {
        self.server_time
    }

    /// Was the last message covered by a signature? Asked at the end of a stream.
    ///
    /// # Errors
    /// [`TsigError::LastUnsigned`].
    pub fn finish(&self) -> Result<(), TsigError> {
        if self.unsigned > 0 { Err(TsigError::LastUnsigned) } else { Ok(()) }
    }
}
