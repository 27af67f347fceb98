//! OpenPGP keys for OPENPGPKEY and CERT: as gpg exports them, with armour or without (RFC 9580), as far as to tell a public
//! key from others and to find whose it is.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use super::{Made, hex};
use crate::zone::Name;

/// Packets by their tags.
const SECRET_KEY: u8 = 5;
const PUBLIC_KEY: u8 = 6;
const USER_ID: u8 = 13;
const SECRET_SUBKEY: u8 = 7;
/// Most packets that are looked at.
const MOST: usize = 10_000;
/// What a record can hold.
const LARGEST: usize = 65_000;
const BEGIN: &str = "-----BEGIN PGP ";
/// So much of the digest of a mailbox's name stands in a record's name (RFC 7929 section 3).
const DIGEST: usize = 28;

/// What becomes of it in an OPENPGPKEY record; `None` where it is no OpenPGP key.
pub fn make(octets: &[u8]) -> Option<Result<Made, String>> {
    let key = key(octets)?;
    Some(key.map(|Key { key, user }| Made {
        fields: vec![STANDARD.encode(&key)],
        from: match &user {
            Some(user) => format!("the OpenPGP key of {}", crate::zonefile::shown(user.as_bytes())),
            None => "the OpenPGP key".into(),
        },
        owner: user.as_deref().and_then(owner),
    }))
}

/// A public key, and whose it is.
struct Key {
    /// Without armour.
    key: Vec<u8>,
    /// A mail address.
    user: Option<String>,
}

/// A public key without armour, and the mail address in its first user id that has one; `None` where it is no OpenPGP key.
fn key(octets: &[u8]) -> Option<Result<Key, String>> {
    let key = match unarmoured(octets)? {
        Ok(key) => key,
        Err(why) => return Some(Err(why)),
    };
    let (mut rest, mut user, mut first) = (key.as_slice(), None, None);
    for _ in 0..MOST {
        if rest.is_empty() {
            break;
        }
        let Some((tag, body, after)) = packet(rest) else {
            // A file that only looks a little like one is nothing of ours.
            return first.map(|_| Err("The key ends in the middle.".into()));
        };
        first.get_or_insert(tag);
        if matches!(tag, SECRET_KEY | SECRET_SUBKEY) {
            return Some(Err(
                "That is a private key, which belongs into no zone. gpg --export makes the public one."
                    .into(),
            ));
        }
        if tag == USER_ID && user.is_none() {
            user = address(body);
        }
        rest = after;
    }
    if first != Some(PUBLIC_KEY) {
        return None;
    }
    if key.len() > LARGEST {
        return Some(Err(format!(
            "The key has {} octets, more than a record can hold. gpg --export --export-options export-minimal makes a small one.",
            key.len()
        )));
    }
    Some(Ok(Key { key, user }))
}

/// The octets of a key: taken out of its armour, where it has one.
fn unarmoured(octets: &[u8]) -> Option<Result<Vec<u8>, String>> {
    // The first octet of every packet has its highest bit set, and no text begins so.
    if octets.first().is_some_and(|first| first & 0x80 != 0) {
        return Some(Ok(octets.to_vec()));
    }
    let text = String::from_utf8_lossy(octets);
    let (_, from) = text.split_once(BEGIN)?;
    if from.starts_with("PRIVATE KEY") {
        return Some(Err(
            "That is a private key, which belongs into no zone. gpg --export makes the public one.".into(),
        ));
    }
    let from = from.strip_prefix("PUBLIC KEY BLOCK-----")?;
    let Some((body, _)) = from.split_once("-----END PGP") else {
        return Some(Err("The end of it is missing: -----END PGP PUBLIC KEY BLOCK-----".into()));
    };
    // Headers end with an empty line; the checksum begins with =.
    let lines = body.lines().skip(1).map(str::trim).skip_while(|line| line.contains(": "));
    let base64: String = lines.filter(|line| line.len() != 5 || !line.starts_with('=')).collect();
    Some(STANDARD.decode(base64).map_err(|_| "The key cannot be read: it is not base 64.".into()))
}

/// The first packet: its tag, its body, and what follows.
fn packet(octets: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (first, rest) = octets.split_first().filter(|(first, _)| **first & 0x80 != 0)?;
    let number =
        |octets: &[u8]| octets.iter().fold(0usize, |number, octet| number << 8 | usize::from(*octet));
    let (tag, length, rest) = if first & 0x40 != 0 {
        let (length, after) = rest.split_first()?;
        let (length, after) = match *length {
            short @ 0..=191 => (usize::from(short), after),
            high @ 192..=223 => {
                let (low, after) = after.split_first()?;
                (((usize::from(high) - 192) << 8) + usize::from(*low) + 192, after)
            }
            255 => {
                let (digits, after) = after.split_at_checked(4)?;
                (number(digits), after)
            }
            // Lengths in parts are for data only.
            224..=254 => return None,
        };
        (first & 0x3f, length, after)
    } else {
        let digits = match first & 3 {
            0 => 1,
            1 => 2,
            2 => 4,
            _ => return None,
        };
        let (digits, after) = rest.split_at_checked(digits)?;
        (first >> 2 & 0x0f, number(digits), after)
    };
    let (body, rest) = rest.split_at_checked(length)?;
    Some((tag, body, rest))
}

/// The mail address of "Anna Example <anna@example.com>", or of the address alone.
fn address(user: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(user).ok()?;
    let inside = text.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map(|(inside, _)| inside);
    let address = inside.unwrap_or(text).trim();
    let (local, domain) = address.rsplit_once('@')?;
    (!local.is_empty() && !domain.is_empty() && !address.contains(char::is_whitespace))
        .then(|| address.to_owned())
}

/// The name at which the key of a mail address stands.
fn owner(address: &str) -> Option<Name> {
    let (local, domain) = address.rsplit_once('@')?;
    let digest = Sha256::digest(local.as_bytes());
    let label = hex(digest.get(..DIGEST)?).to_ascii_lowercase();
    Name::parse(format!("{label}._openpgpkey.{}.", domain.trim_end_matches('.')).as_bytes(), None).ok()
}
