//! TSIG keys as values: algorithm, secret, name (RFC 8945 sections 4.2 and 6).
//!
//! Reading key files is `store`'s business, computing signatures that of the TSIG code. A secret is never
//! printed: it has no `Display`, its `Debug` shows nothing, and its octets are wiped when it is dropped.

use std::fmt;

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use zeroize::Zeroizing;

use crate::zone::Name;

/// The octets shared with the server.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<Vec<u8>>);

/// Why text is not a secret. Says nothing of the text itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    #[error("the secret is empty")]
    Empty,
    #[error("the secret is not valid base64")]
    NotBase64,
}

impl Secret {
    pub fn new(octets: Vec<u8>) -> Secret {
        Secret(Zeroizing::new(octets))
    }

    /// Reads the base64 form of key files. Blanks inside are passed over, since `K*.key` files have them; missing
    /// padding is accepted.
    ///
    /// # Errors
    /// [`SecretError`] when it is empty or not base64.
    pub fn from_base64(text: &str) -> Result<Secret, SecretError> {
        // Servers accept final bits that are not zero, so their keys may have them.
        const LENIENT: GeneralPurpose = GeneralPurpose::new(
            &alphabet::STANDARD,
            GeneralPurposeConfig::new()
                .with_decode_padding_mode(DecodePaddingMode::Indifferent)
                .with_decode_allow_trailing_bits(true),
        );
        let text: Zeroizing<Vec<u8>> =
            Zeroizing::new(text.bytes().filter(|octet| !octet.is_ascii_whitespace()).collect());
        let octets = LENIENT.decode(text.as_slice()).map_err(|_| SecretError::NotBase64)?;
        if octets.is_empty() {
            return Err(SecretError::Empty);
        }
        Ok(Secret::new(octets))
    }

    /// The octets, for signing.
    pub fn octets(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// What a TSIG signature is computed with (RFC 8945 section 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Algorithm {
    HmacMd5,
    HmacSha1,
    HmacSha224,
    HmacSha256,
    HmacSha384,
    HmacSha512,
}

impl Algorithm {
    pub const ALL: [Algorithm; 6] = [
        Algorithm::HmacMd5,
        Algorithm::HmacSha1,
        Algorithm::HmacSha224,
        Algorithm::HmacSha256,
        Algorithm::HmacSha384,
        Algorithm::HmacSha512,
    ];

    /// Reads the forms found in key files, in any case: `hmac-sha256`, `hmac-sha256.`, `sha256`, the long name of
    /// hmac-md5, and the numbers of `K*.private` files (157, 161 to 165).
    pub fn parse(text: &str) -> Option<Algorithm> {
        let text = text.trim().to_ascii_lowercase();
        let text = text.strip_suffix('.').unwrap_or(&text);
        let text = text.strip_suffix(".sig-alg.reg.int").unwrap_or(text);
        Algorithm::ALL.into_iter().find(|algorithm| {
            text == algorithm.name()
                || Some(text) == algorithm.name().strip_prefix("hmac-")
                || text == algorithm.key_file_number()
        })
    }

    /// As configuration files write it: "hmac-sha256".
    pub fn name(self) -> &'static str {
        match self {
            Algorithm::HmacMd5 => "hmac-md5",
            Algorithm::HmacSha1 => "hmac-sha1",
            Algorithm::HmacSha224 => "hmac-sha224",
            Algorithm::HmacSha256 => "hmac-sha256",
            Algorithm::HmacSha384 => "hmac-sha384",
            Algorithm::HmacSha512 => "hmac-sha512",
        }
    }

    /// The number that stands for it in the names and contents of BIND's `K*.private` files.
    fn key_file_number(self) -> &'static str {
        match self {
            Algorithm::HmacMd5 => "157",
            Algorithm::HmacSha1 => "161",
            Algorithm::HmacSha224 => "162",
            Algorithm::HmacSha256 => "163",
            Algorithm::HmacSha384 => "164",
            Algorithm::HmacSha512 => "165",
        }
    }

    /// The domain name that stands for it in a TSIG record, in uncompressed wire form.
    pub fn wire_name(self) -> &'static [u8] {
        match self {
            Algorithm::HmacMd5 => b"\x08hmac-md5\x07sig-alg\x03reg\x03int\0",
            Algorithm::HmacSha1 => b"\x09hmac-sha1\0",
            Algorithm::HmacSha224 => b"\x0bhmac-sha224\0",
            Algorithm::HmacSha256 => b"\x0bhmac-sha256\0",
            Algorithm::HmacSha384 => b"\x0bhmac-sha384\0",
            Algorithm::HmacSha512 => b"\x0bhmac-sha512\0",
        }
    }

    /// Should a person be told to move to a better one? (RFC 8945 section 6: MD5 and SHA-1)
    pub fn weak(self) -> bool {
        matches!(self, Algorithm::HmacMd5 | Algorithm::HmacSha1)
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A TSIG key. Its name and algorithm must be the server's too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    pub name: Name,
    pub algorithm: Algorithm,
    pub secret: Secret,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn algorithms_in_every_written_form() {
        for algorithm in Algorithm::ALL {
            let name = algorithm.name();
            let bare = name.strip_prefix("hmac-").unwrap();
            for form in [name, bare, algorithm.key_file_number(), &name.to_uppercase(), &format!("{name}.")] {
                assert_eq!(Algorithm::parse(form), Some(algorithm), "{form}");
            }
            let wire = Name::from_wire(algorithm.wire_name()).unwrap();
            assert_eq!(Algorithm::parse(&wire.to_string()), Some(algorithm));
        }
        for wrong in ["", "hmac", "hmac-", "sha3", "hmac-sha256-128", "166", "hmac-sha-256"] {
            assert_eq!(Algorithm::parse(wrong), None, "{wrong}");
        }
        assert!(Algorithm::HmacMd5.weak() && Algorithm::HmacSha1.weak() && !Algorithm::HmacSha224.weak());
    }

    #[test]
    fn secrets() {
        assert_eq!(Secret::from_base64("c2VjcmV0").unwrap().octets(), b"secret");
        assert_eq!(Secret::from_base64(" c2Vj\ncmV0cw").unwrap().octets(), b"secrets");
        assert_eq!(Secret::from_base64(" "), Err(SecretError::Empty));
        assert_eq!(Secret::from_base64("c2V*"), Err(SecretError::NotBase64));
        assert_eq!(Secret::from_base64("c2VjcmV0c2V"), Ok(Secret::new(b"secretse".to_vec())));
    }

    #[test]
    fn a_secret_is_never_shown() {
        let key = Key {
            name: Name::root(),
            algorithm: Algorithm::HmacSha256,
            secret: Secret::from_base64("c2VjcmV0").unwrap(),
        };
        assert_eq!(format!("{key:?}"), "Key { name: ., algorithm: HmacSha256, secret: Secret(..) }");
    }
}
