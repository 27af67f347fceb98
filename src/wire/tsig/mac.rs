//! The keyed hash of each algorithm behind one type.

use hmac::{Hmac, KeyInit};
use md5::Md5;
use sha1::Sha1;
use sha2::{Sha224, Sha256, Sha384, Sha512};

use crate::wire::key::{Algorithm, Key};

/// A MAC being computed.
pub(super) struct Mac(Box<dyn KeyedHash>);

trait KeyedHash: Send {
    fn update(&mut self, octets: &[u8]);
    fn finish(self: Box<Self>) -> Vec<u8>;
    fn verify(self: Box<Self>, mac: &[u8]) -> bool;
    fn verify_truncated(self: Box<Self>, mac: &[u8]) -> bool;
}

impl<M: hmac::Mac + Send> KeyedHash for M {
    fn update(&mut self, octets: &[u8]) {
        hmac::Mac::update(self, octets);
    }

    fn finish(self: Box<Self>) -> Vec<u8> {
        self.finalize().into_bytes().to_vec()
    }

    fn verify(self: Box<Self>, mac: &[u8]) -> bool {
        self.verify_slice(mac).is_ok()
    }

    fn verify_truncated(self: Box<Self>, mac: &[u8]) -> bool {
        self.verify_truncated_left(mac).is_ok()
    }
}

impl Mac {
    /// `None` where the secret does not suit the algorithm; HMAC takes secrets of every length.
    pub(super) fn new(key: &Key) -> Option<Mac> {
        fn keyed<M: hmac::Mac + KeyInit + Send + 'static>(secret: &[u8]) -> Option<Box<dyn KeyedHash>> {
            Some(Box::new(<M as KeyInit>::new_from_slice(secret).ok()?))
        }
        let secret = key.secret.octets();
        let hash = match key.algorithm {
            Algorithm::HmacMd5 => keyed::<Hmac<Md5>>(secret),
            Algorithm::HmacSha1 => keyed::<Hmac<Sha1>>(secret),
            Algorithm::HmacSha224 => keyed::<Hmac<Sha224>>(secret),
            Algorithm::HmacSha256 => keyed::<Hmac<Sha256>>(secret),
            Algorithm::HmacSha384 => keyed::<Hmac<Sha384>>(secret),
            Algorithm::HmacSha512 => keyed::<Hmac<Sha512>>(secret),
        };
        hash.map(Mac)
    }

    pub(super) fn update(&mut self, octets: &[u8]) {
        self.0.update(octets);
    }

    pub(super) fn finish(self) -> Vec<u8> {
        self.0.finish()
    }

    /// Is this the whole MAC? Takes a time that does not depend on where the two differ.
    pub(super) fn verify(self, mac: &[u8]) -> bool {
        self.0.verify(mac)
    }

    /// As [`Mac::verify`], for a MAC of which only the first octets are there.
    pub(super) fn verify_truncated(self, mac: &[u8]) -> bool {
        self.0.verify_truncated(mac)
    }

    /// Octets of a whole MAC.
    pub(super) fn length(algorithm: Algorithm) -> usize {
        match algorithm {
            Algorithm::HmacMd5 => 16,
            Algorithm::HmacSha1 => 20,
            Algorithm::HmacSha224 => 28,
            Algorithm::HmacSha256 => 32,
            Algorithm::HmacSha384 => 48,
            Algorithm::HmacSha512 => 64,
        }
    }
}
