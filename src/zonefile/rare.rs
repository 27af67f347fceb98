//! Types that are rare: what of their data Knot or NSD refuse, though BIND reads it.

use std::ops::Range;

use super::entry::Piece;
use super::problem::Fix;
use crate::zone::RecordType;

const UNEVEN: &str = "Base64 is parted here within four characters that belong together: BIND and NSD read that, Knot refuses the \
     file.";
pub const ODD: &str = "Two hexadecimal digits that make one octet are parted here: BIND and NSD read that, Knot refuses the file.";

const NID: RecordType = RecordType(104);
const L64: RecordType = RecordType(106);
const EUI48: RecordType = RecordType(108);
const EUI64: RecordType = RecordType(109);
const CERT: RecordType = RecordType(37);
const IPSECKEY: RecordType = RecordType(45);
const DHCID: RecordType = RecordType(49);
const OPENPGPKEY: RecordType = RecordType(61);
const SSHFP: RecordType = RecordType(44);
const CDS: RecordType = RecordType(59);
const ZONEMD: RecordType = RecordType(63);
pub const TLSA: RecordType = RecordType(52);
pub const SMIMEA: RecordType = RecordType(53);
/// Types with rules of [`found`].
pub const RARE: [RecordType; 22] = [
    RecordType::CAA,
    SSHFP,
    CDS,
    TLSA,
    SMIMEA,
    ZONEMD,
    NID,
    L64,
    EUI48,
    EUI64,
    CERT,
    IPSECKEY,
    DHCID,
    OPENPGPKEY,
    RecordType::DNSKEY,
    RecordType::CDNSKEY,
    RecordType::KEY,
    RecordType::RRSIG,
    RecordType::DS,
    RecordType::SVCB,
    RecordType::HTTPS,
    RecordType::NSEC3,
];
const NAMED: &str =
    "A name in place of this number: BIND reads it, Knot and NSD refuse the file. Write the number.";
const BY_NUMBER: &str =
    "NSD refuses the octets of a parameter that has a name; BIND and Knot read them. Write the name.";
const FAR: &str = "The 32 bits of this time reach from 1970 to 2106-02-07: BIND and NSD keep what is left over and so mean another \
     time, Knot refuses times far away.";

/// A parameter of SVCB that not every server knows by its name.
struct NewKey {
    name: &'static str,
    /// How all of them read it.
    number: &'static str,
    message: &'static str,
}

const NEW_KEYS: [NewKey; 2] = [
    NewKey {
        name: "dohpath",
        number: "key7",
        message: "Knot 3.2 does not know dohpath and refuses the file; key7 means the same everywhere.",
    },
    NewKey {
        name: "ohttp",
        number: "key8",
        message: "BIND 9.18, Knot 3.2, NSD and ldns do not know ohttp (RFC 9540) and refuse the file; key8 means the same \
                  everywhere.",
    },
];

/// Where such a name stands in a parameter: before its value, or in what `mandatory` lists.
fn new_key(parameter: &[u8]) -> Option<(Range<usize>, &'static NewKey)> {
    let mut start = 0;
    for (index, word) in parameter.split(|octet| matches!(octet, b'=' | b',')).enumerate() {
        let is_it = |key: &&NewKey| word.eq_ignore_ascii_case(key.name.as_bytes());
        if let Some(key) = NEW_KEYS.iter().find(is_it) {
            return Some((start..start + word.len(), key));
        }
        if index == 0 && !word.eq_ignore_ascii_case(b"mandatory") {
            return None;
        }
        start += word.len() + 1;
    }
    None
}

/// A word that parts characters which belong together, so many each, and is not the last.
pub fn uneven(text: &[u8], pieces: &[Piece], together: usize) -> Option<Piece> {
    let (_, front) = pieces.split_last()?;
    front.iter().find(|piece| piece.text(text).len() % together != 0).copied()
}

/// What Knot or NSD refuse in types that are rare: where, why, and the way out.
pub fn found(
    text: &[u8],
    pieces: &[Piece],
    rtype: RecordType,
    rdata: &[u8],
) -> Option<(Piece, &'static str, Option<Fix>)> {
    let word = |at: usize| pieces.get(at).map(|piece| (*piece, piece.text(text)));
    if word(0)?.1 == b"\\#" {
        return None;
    }
    let from = match rtype {
        DHCID | OPENPGPKEY => Some(0),
        RecordType::DNSKEY | RecordType::CDNSKEY | RecordType::KEY | CERT => Some(3),
        IPSECKEY => Some(4),
        RecordType::RRSIG => Some(8),
        _ => None,
    };
    if let Some(uneven) = from.and_then(|from| uneven(text, pieces.get(from..)?, 4)) {
        return Some((uneven, UNEVEN, None));
    }
    let from = match rtype {
        SSHFP => Some(2),
        RecordType::DS | CDS | TLSA | SMIMEA | ZONEMD => Some(3),
        _ => None,
    };
    if let Some(uneven) = from.and_then(|from| uneven(text, pieces.get(from..)?, 2)) {
        return Some((uneven, ODD, None));
    }
    // Places of numbers, in words and on the wire, that have names.
    let (at, octet) = if matches!(rtype, RecordType::DS | CDS) { (2, 3) } else { (1, 2) };
    let has_names =
        matches!(rtype, RecordType::DS | CDS | RecordType::DNSKEY | RecordType::CDNSKEY | RecordType::KEY);
    if let (true, Some((piece, name)), Some(number)) = (has_names, word(at), rdata.get(octet))
        && !name.iter().all(u8::is_ascii_digit)
    {
        let fix = Fix::new(format!("Write {number}"), vec![(piece.span(), number.to_string())]);
        return Some((piece, NAMED, Some(fix)));
    }
    match rtype {
        NID | L64 => {
            let (piece, value) = word(1)?;
            let mut groups = value.split(|octet| *octet == b':');
            if groups.clone().all(|group| group.len() == 4) {
                return None;
            }
            let whole = groups.try_fold(String::new(), |whole, group| {
                let separator = if whole.is_empty() { "" } else { ":" };
                Some(format!("{whole}{separator}{:0>4}", std::str::from_utf8(group).ok()?))
            })?;
            let fix = Fix::new(format!("Write {whole}"), vec![(piece.span(), whole)]);
            let message =
                "Knot takes only groups of four digits here; BIND and NSD take shorter ones as well.";
            Some((piece, message, Some(fix)))
        }
        RecordType::RRSIG => {
            let far = |time: &[u8]| time < &b"19700101"[..] || time > &b"21060207062815"[..];
            let (piece, time) =
                [word(4)?, word(5)?].into_iter().find(|(_, time)| time.len() != 14 || far(time))?;
            let message = match time.len() {
                14 => FAR,
                _ => "A time in seconds: NSD refuses the file; BIND and Knot read it. Write YYYYMMDDHHmmSS.",
            };
            Some((piece, message, None))
        }
        EUI48 | EUI64 => {
            let (piece, value) = word(0)?;
            let mut pairs = value.split(|octet| *octet == b'-');
            let message = "Knot takes only pairs of two digits here; BIND and NSD take single ones as well.";
            pairs.any(|pair| pair.len() != 2).then_some((piece, message, None))
        }
        RecordType::DS => {
            let (piece, _) = word(2)?;
            let known = matches!(rdata.get(3), Some(1 | 2 | 4));
            let message = "The kzonecheck of Knot knows the digest types 1, 2 and 4 and refuses others; servers take any.";
            (!known).then_some((piece, message, None))
        }
        RecordType::KEY if pieces.len() == 3 => {
            Some((word(0)?.0, "A KEY without a key: BIND reads it, Knot and NSD refuse the file.", None))
        }
        RecordType::CAA => {
            let (piece, tag) = word(1)?;
            let message = "NSD wants the tag in small letters and refuses the file; BIND and Knot read it.";
            tag.iter().any(u8::is_ascii_uppercase).then_some((piece, message, None))
        }
        RecordType::NSEC3 => {
            let (piece, hash) = word(4)?;
            let message = "Knot reads only hashes of whole groups of eight characters (SHA-1 has four of them) and refuses the \
                 file; BIND and NSD read others.";
            (hash.len() % 8 != 0).then_some((piece, message, None))
        }
        RecordType::SVCB | RecordType::HTTPS => {
            let by_number = |word: &[u8]| matches!(word, [b'k', b'e', b'y', b'0' | b'3'..=b'6', b'=', _, ..]);
            if let Some(piece) = pieces.iter().find(|piece| by_number(piece.text(text))) {
                return Some((*piece, BY_NUMBER, None));
            }
            let (piece, at, key) = pieces
                .iter()
                .find_map(|piece| new_key(piece.text(text)).map(|(at, key)| (*piece, at, key)))?;
            let start = piece.span().start;
            let edit = (start + at.start..start + at.end, key.number.into());
            Some((piece, key.message, Some(Fix::new(format!("Write {}", key.number), vec![edit]))))
        }
        _ => None,
    }
}
