//! Certificates and public keys (X.509) for TLSA and SMIMEA: PEM or DER, as far as to find the public key.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256, Sha512};

use super::{Made, hex, number};

/// Most certificates of a file that are looked at.
const MOST: usize = 16;
const SEQUENCE: u8 = 0x30;
/// The version of a certificate, which may be left out.
const VERSION: u8 = 0xa0;

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

/// An element of DER: its tag, the whole of it, its content, and what follows.
struct Element<'a> {
    tag: u8,
    whole: &'a [u8],
    content: &'a [u8],
    rest: &'a [u8],
}

fn element(octets: &[u8]) -> Option<Element<'_>> {
    let (tag, after) = octets.split_first()?;
    let (first, after) = after.split_first()?;
    let (length, body) = match first {
        0..=0x7f => (usize::from(*first), after),
        0x81..=0x83 => {
            let (digits, body) = after.split_at_checked(usize::from(first & 0x7f))?;
            (digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit)), body)
        }
        _ => return None,
    };
    let (content, rest) = body.split_at_checked(length)?;
    let whole = octets.get(..octets.len() - rest.len())?;
    Some(Element { tag: *tag, whole, content, rest })
}

/// The SubjectPublicKeyInfo of a certificate (RFC 5280 section 4.1): the seventh part, the version counted.
fn public_key(certificate: &[u8]) -> Option<&[u8]> {
    let outer = element(certificate).filter(|outer| outer.tag == SEQUENCE)?;
    let signed = element(outer.content).filter(|signed| signed.tag == SEQUENCE)?;
    let mut rest = signed.content;
    if element(rest)?.tag == VERSION {
        rest = element(rest)?.rest;
    }
    // Serial number, algorithm, issuer, validity, subject.
    for _ in 0..5 {
        rest = element(rest)?.rest;
    }
    element(rest).filter(|key| key.tag == SEQUENCE && !key.content.is_empty()).map(|key| key.whole)
}
