//! Public keys of SSH for SSHFP: a line of a `.pub` file, of `known_hosts`, or of `ssh-keyscan`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

use super::{Made, hex, number};

/// Most lines that are looked at.
const MOST: usize = 1000;

/// The number of an algorithm (RFC 4255, RFC 6594, RFC 7479, RFC 8709).
fn algorithm(name: &str) -> Option<u8> {
    match name {
        "ssh-rsa" => Some(1),
        "ssh-dss" => Some(2),
        "ecdsa-sha2-nistp256" | "ecdsa-sha2-nistp384" | "ecdsa-sha2-nistp521" => Some(3),
        "ssh-ed25519" => Some(4),
        "ssh-ed448" => Some(6),
        _ => None,
    }
}

/// What becomes of it; `None` where there is no such key.
pub fn make(octets: &[u8], texts: &[String]) -> Option<Result<Made, String>> {
    let text = String::from_utf8_lossy(octets);
    if text.contains("PRIVATE KEY-----") {
        let why = "That is a private key, which belongs into no zone. The public one ends with .pub.";
        return Some(Err(why.into()));
    }
    let keys: Vec<(u8, &str, Vec<u8>)> = text.lines().take(MOST).filter_map(key).collect();
    // Of several the one whose algorithm is typed.
    let typed = texts.first().and_then(|text| text.parse::<u8>().ok());
    let wanted = keys.iter().find(|(algorithm, ..)| Some(*algorithm) == typed).or(keys.first());
    let (algorithm, name, blob) = wanted?;
    let kind = number(texts, 1, &[1, 2], 2);
    let digest = if kind == 1 { hex(&Sha1::digest(blob)) } else { hex(&Sha256::digest(blob)) };
    let which = if keys.len() > 1 { format!(", one of {} in it", keys.len()) } else { String::new() };
    Some(Ok(Made {
        fields: vec![algorithm.to_string(), kind.to_string(), digest],
        from: format!("the {name} key{which}"),
        owner: None,
    }))
}

/// The key of a line: its algorithm, and the octets that say the same.
fn key(line: &str) -> Option<(u8, &str, Vec<u8>)> {
    let mut words = line.split_whitespace();
    let name = words.find(|word| algorithm(word).is_some())?;
    let blob = STANDARD.decode(words.next()?).ok()?;
    let (length, rest) = blob.split_first_chunk::<4>()?;
    let inside = rest.get(..usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
    (inside == name.as_bytes()).then_some((algorithm(name)?, name, blob))
}
