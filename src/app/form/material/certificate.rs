//! Certificates and public keys (X.509) for TLSA and SMIMEA: PEM or DER, as far as to find the public key.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256, Sha512};

use super::{Made, hex, number};
use crate::zone::der::{SEQUENCE, element, public_key};

/// Most certificates of a file that are looked at.
const MOST: usize = 16;

/// A certificate or a key, in DER.
struct Block {
    der: Vec<u8>,
    is_key: bool,
}

/// What becomes of it; `None` where it is neither certificate nor key.
pub fn make(smime: bool, octets: &[u8], texts: &[String]) -> Option<Result<Made, String>> {
    let blocks = blocks(octets)?;
    Some(blocks.and_then(|blocks| from_blocks(smime, &blocks, texts)))
}

/// What becomes of a certificate in a CERT record: type 1 (PKIX), the whole of it.
pub fn whole(octets: &[u8]) -> Option<Result<Made, String>> {
    let blocks = blocks(octets)?;
    Some(blocks.and_then(|blocks| {
        let block = blocks.iter().find(|block| !block.is_key).ok_or("There is no certificate in it.")?;
        let fields = vec!["1".into(), "0".into(), "0".into(), STANDARD.encode(&block.der)];
        Ok(Made { fields, from: "the certificate".into(), owner: None })
    }))
}

fn from_blocks(smime: bool, blocks: &[Block], texts: &[String]) -> Result<Made, String> {
    let usage = number(texts, 0, &[0, 1, 2, 3], 3);
    // Who encrypts mail needs the whole certificate; who connects has seen it.
    let (selector, matching) = if smime { (0, 0) } else { (1, 1) };
    let selector = number(texts, 1, &[0, 1], selector);
    let matching = number(texts, 2, &[0, 1, 2], matching);
    // Usages 0 and 2 are about the authority, which follows the certificate that it issued.
    let at = if matches!(usage, 0 | 2) && blocks.len() > 1 { 1 } else { 0 };
    let block = blocks.get(at).ok_or("There is no certificate in it.")?;
    let (data, what) = match (block.is_key, selector) {
        (true, 0) => return Err("That is a public key alone: selector 0 wants a whole certificate.".into()),
        (true, _) => (block.der.clone(), "public key"),
        (false, 0) => (block.der.clone(), "certificate"),
        (false, _) => (public_key(&block.der).ok_or(BROKEN)?.to_vec(), "public key of the certificate"),
    };
    let digest = match matching {
        0 => hex(&data),
        1 => hex(&Sha256::digest(&data)),
        _ => hex(&Sha512::digest(&data)),
    };
    let count = blocks.len();
    let which = if count > 1 { format!(" ({} of {count} in the file)", at + 1) } else { String::new() };
    Ok(Made {
        fields: vec![usage.to_string(), selector.to_string(), matching.to_string(), digest],
        from: format!("the {what}{which}"),
        owner: None,
    })
}

const BROKEN: &str = "The certificate cannot be read.";

/// The blocks of a text in PEM, or the one of a file in DER.
fn blocks(octets: &[u8]) -> Option<Result<Vec<Block>, String>> {
    if octets.first() == Some(&SEQUENCE) && public_key(octets).is_some() {
        return Some(Ok(vec![Block { der: octets.to_vec(), is_key: false }]));
    }
    let text = String::from_utf8_lossy(octets);
    let mut blocks = Vec::new();
    let mut private = false;
    let mut rest = text.as_ref();
    while let Some((_, after)) = rest.split_once("-----BEGIN ") {
        let Some((label, after)) = after.split_once("-----") else { break };
        let end = format!("-----END {label}-----");
        let Some((body, after)) = after.split_once(end.as_str()) else {
            return Some(Err(format!("The end of it is missing: {}", "-----END ...-----")));
        };
        rest = after;
        private |= label.ends_with("PRIVATE KEY");
        let is_key = label == "PUBLIC KEY";
        if !is_key && !matches!(label, "CERTIFICATE" | "X509 CERTIFICATE" | "TRUSTED CERTIFICATE") {
            continue;
        }
        let body: String = body.chars().filter(|character| !character.is_whitespace()).collect();
        let Ok(der) = STANDARD.decode(body) else { return Some(Err(BROKEN.into())) };
        if !is_key && public_key(&der).is_none() || is_key && element(&der).is_none() {
            return Some(Err(BROKEN.into()));
        }
        blocks.push(Block { der, is_key });
        if blocks.len() == MOST {
            break;
        }
    }
    match (blocks.is_empty(), private) {
        (true, true) => {
            Some(Err("That is a private key, which belongs into no zone. Wanted is the certificate.".into()))
        }
        (true, false) => None,
        (false, _) => Some(Ok(blocks)),
    }
}
