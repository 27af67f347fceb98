//! DNSKEY records for DS and CDS: lines of a zone file, as K*.key files and `dig` have them.

use super::{Made, hex, number};
use crate::check::{digest, key_tag};
use crate::zone::{Name, RecordType};
use crate::zonefile;

/// Flags of a zone's key, and of one that a DS is for (RFC 4034 section 2.1.1).
const ZONE_KEY: u16 = 0x0100;
const ENTRY_POINT: u16 = 0x0001;

/// What becomes of a text; `None` where there is no such record in it.
pub fn make(octets: &[u8], owner: &Name, texts: &[String]) -> Option<Result<Made, String>> {
    let text = String::from_utf8_lossy(octets);
    if text.starts_with("Private-key-format:") {
        return Some(Err("That is a private key. The public one is in the file that ends with .key.".into()));
    }
    let mut keys = keys(&text, owner);
    if keys.is_empty() && text.trim_start().starts_with(|first: char| first.is_ascii_digit()) {
        // The data alone: flags, protocol, algorithm, key.
        keys = self::keys(&format!("@ DNSKEY {}", text.trim()), owner);
    }
    if keys.is_empty() { None } else { Some(from_keys(&keys, texts)) }
}

fn keys(text: &str, owner: &Name) -> Vec<(Name, Vec<u8>)> {
    if !text.to_ascii_uppercase().contains("DNSKEY") {
        return Vec::new();
    }
    let parsed = zonefile::parse(format!("$TTL 3600\n{text}\n").as_bytes(), Some(owner));
    (parsed.records.into_iter())
        .filter(|record| matches!(record.rtype, RecordType::DNSKEY | RecordType::CDNSKEY))
        .map(|record| (record.owner, record.rdata.to_vec()))
        .collect()
}

/// The record for the first key that a DS is for.
pub fn from_keys(keys: &[(Name, Vec<u8>)], texts: &[String]) -> Result<Made, String> {
    let flags = |key: &[u8]| match key {
        [high, low, ..] => u16::from_be_bytes([*high, *low]),
        _ => 0,
    };
    let of_zone = |key: &&(Name, Vec<u8>)| flags(&key.1) & ZONE_KEY != 0;
    let entry = |key: &&(Name, Vec<u8>)| of_zone(key) && flags(&key.1) & ENTRY_POINT != 0;
    let found = keys.iter().find(entry).or_else(|| keys.iter().find(of_zone));
    let (owner, key) = found.ok_or("That is no key of a zone: its flags are 256 or 257.")?;
    let algorithm = *key.get(3).ok_or("The key cannot be read.")?;
    let kind = number(texts, 2, &[1, 2, 4], 2);
    let digest = digest(owner.as_ref(), key, kind).ok_or("The digest type is not known.")?;
    let tag = key_tag(key);
    let which = if keys.len() > 1 { format!(", one of {}", keys.len()) } else { String::new() };
    Ok(Made {
        fields: vec![tag.to_string(), algorithm.to_string(), kind.to_string(), hex(&digest)],
        from: format!("the key {tag}{which}"),
        owner: Some(owner.clone()),
    })
}
