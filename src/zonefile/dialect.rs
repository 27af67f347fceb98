//! Where readers of zone files disagree: warnings that name who reads it how. `reference/zone-file-dialects.md` has
//! the measurements.

use std::ops::Range;

use super::entry::{Entry, Piece};
use super::expression;
use super::fix;
use super::head::Head;
use super::problem::{Fix, Problems, Severity, shown};
use super::reader::Fault;
use crate::zone::{NameRef, RecordType, types};

pub const NESTED: &str =
    "Parentheses within parentheses: BIND reads them, Knot and NSD refuse the file. One pair is enough.";
pub const BEFORE_OWNER: &str =
    "A parenthesis before the owner: BIND reads it, Knot and NSD refuse the file. Put it after the owner.";
pub const AFTER_BLANK: &str = "A parenthesis right after the blank that stands for the owner: BIND and Knot read it, NSD refuses the file. Put \
     it after the type.";
const OPEN_DIRECTIVE: &str =
    "The text ends with a directive that has no line end: BIND refuses the file. End the line.";
pub const COMMENT_BACKSLASH: &str =
    "A comment that ends in a backslash: the newest NSD takes the next line for a part of it.";
pub const TOUCHING: &str = "No blank parts this from the word before it: BIND and NSD take two words, Knot refuses the file. Put one in.";
pub const RAW_OCTETS: &str = "Control characters and characters outside ASCII: BIND and NSD keep the octets as they are, Knot \
     refuses the file. Octets are written \\DDD, with three decimal digits.";
pub const RELATIVE_INCLUDE: &str = "A relative path: here and in Knot it counts from the folder of this file, in BIND and NSD from the folder that \
     the server works in. Write the whole path where several read the file.";
const CUT_OFF: &str = "The text ends here: a ; outside quotes begins a comment. Put the text in quotes.";
const QUOTED_OWNER: &str = "The owner stands in quotes: BIND and NSD read that, Knot refuses the file.";
const CHARACTERS: &str = "The name has characters that Knot only takes with a backslash before them; BIND and NSD read them as \
     they are.";
const UNEVEN: &str = "Base64 is parted here within four characters that belong together: BIND and NSD read that, Knot refuses the \
     file.";
pub const CLASS_FIRST: &str = "The class stands before the TTL, here and perhaps below: every server reads that, the tools of ldns refuse \
     the file.";
const ODD: &str = "Two hexadecimal digits that make one octet are parted here: BIND and NSD read that, Knot refuses the file.";
const CLASS_NUMBER: &str = "Knot does not know CLASS1 and refuses the file. Write IN.";
const FROM_OUTSIDE: &str = "This record takes its owner from the file that includes this one. BIND reads that; Knot refuses the \
     file, and NSD does so in places. Write the owner.";

/// Types that BIND reads by these names and Knot 3.2 does not.
fn is_unknown_to_knot(rtype: RecordType) -> bool {
    matches!(
        rtype.0,
        7..=11 | 19 | 20 | 22 | 23 | 26 | 27 | 30..=32 | 34 | 38 | 40 | 56..=58 | 66..=68 | 258..=262 | 32768 | 32769
    )
}
const HIP: RecordType = RecordType(55);
const NID: RecordType = RecordType(104);
const L64: RecordType = RecordType(106);
const EUI48: RecordType = RecordType(108);
const EUI64: RecordType = RecordType(109);
const CERT: RecordType = RecordType(37);
const IPSECKEY: RecordType = RecordType(45);
const DHCID: RecordType = RecordType(49);
const OPENPGPKEY: RecordType = RecordType(61);
/// Types with rules of [`rare`].
const RARE: [RecordType; 22] = [
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
const APL: RecordType = RecordType(42);
const LOC: RecordType = RecordType(29);
const SSHFP: RecordType = RecordType(44);
const CDS: RecordType = RecordType(59);
const ZONEMD: RecordType = RecordType(63);
const TLSA: RecordType = RecordType(52);
const SMIMEA: RecordType = RecordType(53);
const MD: RecordType = RecordType(3);
const MF: RecordType = RecordType(4);
const URI: RecordType = RecordType(256);
/// Types whose last word is a name.
const NAME_LAST: [RecordType; 6] =
    [RecordType::NS, RecordType::CNAME, RecordType::PTR, RecordType::MX, RecordType::SRV, RecordType::DNAME];

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
fn uneven(text: &[u8], pieces: &[Piece], together: usize) -> Option<Piece> {
    let (_, front) = pieces.split_last()?;
    front.iter().find(|piece| piece.text(text).len() % together != 0).copied()
}

/// What Knot or NSD refuse in types that are rare: where, why, and the way out.
fn rare(text: &[u8], pieces: &[Piece], rtype: RecordType) -> Option<(Piece, &'static str, Option<Fix>)> {
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
            let (piece, digest) = word(2)?;
            let known = [&b"1"[..], b"2", b"4"].contains(&digest);
            let message = "Knot knows the digest types 1, 2 and 4 and refuses others; BIND and NSD take any.";
            (!known).then_some((piece, message, None))
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

/// Is this a name that looks like an address?
fn is_address(word: &[u8]) -> bool {
    let word = word.strip_suffix(b".").unwrap_or(word);
    // Nearly every name is done with here.
    let may_be =
        word.first().is_some_and(u8::is_ascii_hexdigit) && word.last().is_some_and(u8::is_ascii_hexdigit);
    may_be && std::str::from_utf8(word).is_ok_and(|word| word.parse::<std::net::IpAddr>().is_ok())
}

/// What is to be said of a record that could be read.
pub fn record(text: &[u8], entry: &Entry, head: &Head, within: bool, problems: &mut Problems) {
    let Some(first) = entry.pieces.first() else { return };
    if !entry.indented {
        if first.quoted {
            problems.warning(first.outer(), QUOTED_OWNER);
        } else {
            characters(text, first, problems);
        }
    } else if within {
        problems.warning(first.span(), ("L-28", FROM_OUTSIDE));
    }
    if let Some(class) = head.class.as_ref().filter(|class| class.len() > 2) {
        let fix = Fix::new("Write IN", vec![(class.clone(), "IN".into())]);
        problems.add(Severity::Warning, class.clone(), CLASS_NUMBER, Some(fix));
    }
    if matches!(head.rtype, RecordType::TXT | RecordType::SPF)
        && let Some(last) = entry.pieces.last().filter(|last| entry.comment && !last.quoted)
        && text.get(last.end) == Some(&b';')
    {
        problems.warning(last.end..last.end + 1, ("L-61", CUT_OFF));
    }
    let pieces = entry.pieces.get(head.rdata_from..).unwrap_or_default();
    let generic = pieces.first().is_some_and(|first| first.text(text) == b"\\#");
    if let Some(odd) = pieces.get(2..).filter(|_| generic).and_then(|digits| uneven(text, digits, 2)) {
        problems.warning(odd.span(), ODD);
    }
    if NAME_LAST.contains(&head.rtype) {
        if let Some(last) = entry.pieces.last() {
            characters(text, last, problems);
            if head.rtype != RecordType::PTR && is_address(last.text(text)) {
                let message = format!(
                    "{} takes a name, and this is an address: it is read as a name that nobody has. Give the host an A or \
                     AAAA record, and write its name here.",
                    head.rtype
                );
                problems.warning(last.span(), message);
            }
        }
    } else if RARE.contains(&head.rtype) {
        if let Some((piece, message, fix)) = rare(text, pieces, head.rtype) {
            problems.add(Severity::Warning, piece.span(), message, fix);
        }
    } else if head.rtype == HIP {
        let word = text.get(head.rtype_at.clone()).unwrap_or_default();
        if word.eq_ignore_ascii_case(b"HIP") {
            let message = "Knot and NSD do not know HIP by its name and refuse the file; BIND reads it.";
            problems.warning(head.rtype_at.clone(), message);
        }
    } else if head.rtype != RecordType::A && is_unknown_to_knot(head.rtype) {
        let word = text.get(head.rtype_at.clone()).unwrap_or_default();
        if !word.get(..4).is_some_and(|start| start.eq_ignore_ascii_case(b"TYPE")) {
            let message = format!("Knot does not know {} and refuses the file; BIND reads it.", shown(word));
            problems.warning(head.rtype_at.clone(), message);
        }
    }
}

fn characters(text: &[u8], piece: &Piece, problems: &mut Problems) {
    const ODD: [bool; 256] = {
        let mut odd = [true; 256];
        let mut octet = 0;
        while octet < 256 {
            odd[octet] = !matches!(octet as u8, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'*' | b'/');
            octet += 1;
        }
        odd
    };
    let word = piece.text(text);
    let is_odd = |octet: u8| ODD.get(usize::from(octet)).is_some_and(|odd| *odd);
    // To the end without a way out in between takes less time.
    let is_plain = !word.iter().fold(false, |odd, octet| odd | is_odd(*octet));
    if is_plain || word == b"@" || !word.is_ascii() {
        return;
    }
    let mut escaped = false;
    for (at, octet) in word.iter().enumerate() {
        if !escaped && *octet != b'\\' && is_odd(*octet) {
            let at = piece.start + at;
            return problems.warning(at..at + 1, CHARACTERS);
        }
        escaped = !escaped && *octet == b'\\';
    }
}

/// Can the signer of an RRSIG be the apex of the zone that has the signed name (RFC 4034 sections 3.1.3 and 3.1.7)?
fn signer_is_above(rdata: &[u8]) -> bool {
    const SIGNER: usize = 18;
    let labels = rdata.get(3).map_or(0, |labels| usize::from(*labels));
    let signer = rdata.get(SIGNER..).and_then(NameRef::split_from);
    signer.is_none_or(|(signer, _)| signer.labels().count() <= labels)
}

/// The third character-string of a NAPTR record, after flags and services.
fn naptr_expression(rdata: &[u8]) -> Option<&[u8]> {
    let mut rest = rdata.get(4..)?;
    for _before in ["flags", "services"] {
        let (length, after) = rest.split_first()?;
        rest = after.get(usize::from(*length)..)?;
    }
    let (length, rest) = rest.split_first()?;
    rest.get(..usize::from(*length))
}

/// What BIND refuses although the RDATA could be read.
pub fn refused(text: &[u8], pieces: &[Piece], head: &Head, rdata: &[u8]) -> Option<Fault> {
    let at = head.rtype_at.clone();
    if matches!(head.rtype, MD | MF) {
        let message = "MD and MF are obsolete and not loaded from files (RFC 1123 section 6.1.2.1): use MX.";
        return Some(Fault::new(at, message));
    }
    let (Some(first), Some(last)) = (pieces.first(), pieces.last()) else { return None };
    let generic = first.text(text) == b"\\#" && !first.quoted;
    const RULED: [RecordType; 8] =
        [RecordType::NAPTR, RecordType::NSEC, RecordType::NSEC3, RecordType::RRSIG, TLSA, SMIMEA, LOC, URI];
    if !generic && !RULED.contains(&head.rtype) {
        return None;
    }
    // Address families that have no text of their own are legal in an APL.
    if generic && head.rtype != APL && !types::is_valid(head.rtype, rdata) {
        let message = format!("These octets are no data of a {} record.", head.rtype);
        return Some(Fault::new(first.start..last.end, message));
    }
    if head.rtype == RecordType::NAPTR
        && let Some(why) = naptr_expression(rdata).and_then(expression::fault)
    {
        let at = pieces.get(4).filter(|_| !generic).map_or(at, |piece| piece.span());
        let message = format!("NAPTR: the expression {why}; BIND refuses the file.");
        return Some(Fault::new(at, message));
    }
    let no_types = || NameRef::split_from(rdata).is_some_and(|(_, types)| types.is_empty());
    if head.rtype == RecordType::NSEC && no_types() {
        let message = "NSEC: the list of types is empty; a name that has an NSEC record has at least that.";
        return Some(Fault::new(last.start..last.end, message));
    }
    let words = pieces.get(..3).unwrap_or_default();
    let is_word = |piece: &Piece| piece.text(text).first().is_some_and(u8::is_ascii_alphabetic);
    if matches!(head.rtype, TLSA | SMIMEA) && !generic && words.iter().any(is_word) {
        let edits =
            words.iter().zip(rdata).map(|(piece, number)| (piece.outer(), number.to_string())).collect();
        let message =
            format!("{}: BIND and NSD take only numbers here, not the names of RFC 7218.", head.rtype);
        let fault = Fault::new(first.start..words.last().unwrap_or(first).end, message);
        return Some(fault.with(Some(Fix::new("Write the numbers", edits))));
    }
    let salt = rdata.get(4).map_or(0, |length| usize::from(*length));
    let is_sha1 = head.rtype == RecordType::NSEC3 && rdata.first() == Some(&1);
    if is_sha1 && rdata.get(5 + salt) != Some(&20) {
        let at = pieces.get(4).filter(|_| !generic).map_or(at, |piece| piece.span());
        return Some(Fault::new(at, "NSEC3: a hash by SHA-1 has 32 characters; BIND refuses another."));
    }
    if head.rtype == RecordType::RRSIG && !signer_is_above(rdata) {
        let at = pieces.get(7).filter(|_| !generic).map_or(at, |piece| piece.span());
        let message =
            "RRSIG: the signer's name has more labels than the signed name; BIND refuses the record.";
        return Some(Fault::new(at, message));
    }
    let is_direction = |piece: &&Piece| matches!(piece.text(text), [b'n' | b's' | b'e' | b'w']);
    if let Some(piece) = pieces.iter().find(is_direction).filter(|_| head.rtype == LOC && !generic) {
        let upper = fix::lossless(piece.text(text)).to_ascii_uppercase();
        let message =
            format!("LOC: {upper} is written large (RFC 1876 section 3); BIND refuses it otherwise.");
        let fix = Fix::new(format!("Write {upper}"), vec![(piece.span(), upper)]);
        return Some(Fault::new(piece.span(), message).with(Some(fix)));
    }
    if head.rtype == URI && !generic && !last.quoted {
        let fix = Fix::new(
            "Put it in quotes",
            vec![(last.span(), format!("\"{}\"", fix::lossless(last.text(text))))],
        );
        let message = "URI: the target stands in quotes (RFC 7553 section 4.4); BIND refuses it without.";
        return Some(Fault::new(last.span(), message).with(Some(fix)));
    }
    None
}

/// A directive that ends with the text, without a line end: BIND wants one after it.
pub fn open_directive(text: &[u8], entry: &Entry, problems: &mut Problems) {
    let (Some(first), end) = (entry.pieces.first(), entry.lines.end) else { return };
    // It opens an included file before it looks for the end of the line; a directive alone has its own error.
    let includes = first.text(text).eq_ignore_ascii_case(b"$INCLUDE");
    let opens = entry.pieces.len() < if includes { 3 } else { 2 };
    if !opens && end == text.len() && !text.ends_with(b"\n") {
        let fix = Fix::new("End the line", vec![(end..end, "\n".into())]);
        problems.refused(first.span(), OPEN_DIRECTIVE, Some(fix));
    }
}

/// Line ends that are not `\n` alone.
pub fn line_ends(text: &[u8], problems: &mut Problems) {
    let mut places = memchr::memchr_iter(b'\r', text);
    let Some(first) = places.next() else { return };
    let is_bare = |at: usize| text.get(at + 1) != Some(&b'\n');
    if !is_bare(first) {
        problems.warning(
            first..first + 2,
            "The lines end with CR LF, as on Windows. BIND and NSD read that, Knot refuses the file. Save it with LF.",
        );
    }
    if let Some(bare) = std::iter::once(first).chain(places).find(|at| is_bare(*at)) {
        problems.warning(
            bare..bare + 1,
            "A line ends with CR alone. BIND reads that, but for a comment, which goes on there to the next LF; other servers \
             refuse the file or take the next line for a part of this one. Save it with LF.",
        );
    }
}
