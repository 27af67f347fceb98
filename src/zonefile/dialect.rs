//! Where readers of zone files disagree: warnings that name who reads it how. `reference/zone-file-dialects.md` has
//! the measurements.

use super::entry::{Entry, Piece};
use super::expression;
use super::fix;
use super::head::Head;
use super::problem::{Fix, Problems, Severity, shown};
use super::rare::{self, ODD, SMIMEA, TLSA, uneven};
use super::reader::Fault;
use crate::zone::types::{self, Kind};
use crate::zone::{NameRef, RecordType};

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
pub const TOUCHING: &str = "No blank parts this from the word before it: BIND takes two words, Knot refuses the file, and NSD outside of \
     TXT. Put one in.";
pub const RAW_OCTETS: &str = "Control characters and characters outside ASCII: BIND and NSD keep the octets as they are, Knot \
     refuses the file. Octets are written \\DDD, with three decimal digits.";
pub const RELATIVE_INCLUDE: &str = "A relative path: here and in Knot it counts from the folder of this file, in BIND and NSD from the folder that \
     the server works in. Write the whole path where several read the file.";
const CUT_OFF: &str = "The text ends here: a ; outside quotes begins a comment. Put the text in quotes.";
const QUOTED_OWNER: &str = "The owner stands in quotes: BIND and NSD read that, Knot refuses the file.";
const QUOTED_DOLLAR: &str = "BIND takes a name that begins with $ for a directive, in quotes as well, and refuses the file. Write \\$.";
const CHARACTERS: &str = "The name has characters that Knot only takes with a backslash before them; BIND and NSD read them as \
     they are.";
pub const CLASS_FIRST: &str = "The class stands before the TTL, here and perhaps below: every server reads that, the tools of ldns refuse \
     the file.";
const CLASS_NUMBER: &str = "Knot does not know CLASS1 and refuses the file. Write IN.";
const FROM_OUTSIDE: &str = "This record takes its owner from the file that includes this one. BIND reads that; Knot refuses the \
     file, and NSD does so in places. Write the owner.";

/// Types that BIND reads by these names and Knot 3.2 does not.
fn is_unknown_to_knot(rtype: RecordType) -> bool {
    matches!(
        rtype.0,
        7..=11 | 19 | 20 | 22..=24 | 26 | 27 | 30..=32 | 34 | 38 | 40 | 56..=58 | 66..=68 | 258..=262 | 32768 | 32769
    )
}
const HIP: RecordType = RecordType(55);
const APL: RecordType = RecordType(42);
const LOC: RecordType = RecordType(29);
pub const MD: RecordType = RecordType(3);
pub const MF: RecordType = RecordType(4);
const URI: RecordType = RecordType(256);
/// Types whose last word is a name, where people write an address.
const ADDRESS_LIKE: [RecordType; 5] =
    [RecordType::NS, RecordType::CNAME, RecordType::MX, RecordType::SRV, RecordType::DNAME];

/// Is this a name that looks like an address?
fn is_address(word: &[u8]) -> bool {
    let word = word.strip_suffix(b".").unwrap_or(word);
    // Nearly every name is done with here.
    let may_be =
        word.first().is_some_and(u8::is_ascii_hexdigit) && word.last().is_some_and(u8::is_ascii_hexdigit);
    may_be && std::str::from_utf8(word).is_ok_and(|word| word.parse::<std::net::IpAddr>().is_ok())
}

/// What is to be said of a record that could be read.
pub fn record(text: &[u8], entry: &Entry, head: &Head, rdata: &[u8], within: bool, problems: &mut Problems) {
    let Some(first) = entry.pieces.first() else { return };
    if !entry.indented {
        if first.quoted && first.text(text).starts_with(b"$") {
            let fix = Fix::new("Write \\$", vec![(first.start..first.start, "\\".into())]);
            problems.refused(first.outer(), QUOTED_DOLLAR, Some(fix));
        } else if first.quoted {
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
    if matches!(head.rtype, RecordType::A | RecordType::AAAA | RecordType::TXT) {
        return touching(text, entry, pieces, problems);
    }
    let word = text.get(head.rtype_at.clone()).unwrap_or_default();
    if head.rtype == HIP && word.eq_ignore_ascii_case(b"HIP") {
        let message = "Knot and NSD do not know HIP by its name and refuse the file; BIND reads it.";
        return problems.warning(head.rtype_at.clone(), message);
    }
    if is_unknown_to_knot(head.rtype) && !is_number(word) {
        let message = format!("Knot does not know {} and refuses the file; BIND reads it.", shown(word));
        return problems.warning(head.rtype_at.clone(), message);
    }
    if generic {
        return;
    }
    if ADDRESS_LIKE.contains(&head.rtype)
        && let Some(last) = entry.pieces.last().filter(|last| is_address(last.text(text)))
    {
        let message = format!(
            "{} takes a name, and this is an address: it is read as a name that nobody has. Give the host an A or AAAA \
             record, and write its name here.",
            head.rtype
        );
        problems.warning(last.span(), message);
    }
    names(text, pieces, head.rtype, problems);
    if rare::RARE.contains(&head.rtype) {
        if let Some((piece, message, fix)) = rare::found(text, pieces, head.rtype, rdata) {
            problems.add(Severity::Warning, piece.span(), message, fix);
        }
    } else if head.rtype != RecordType::NS {
        touching(text, entry, pieces, problems);
    }
}

/// A string that touches a word which ends with `=`: the value of a parameter, and outside of SVCB a word of its own.
fn touching(text: &[u8], entry: &Entry, pieces: &[Piece], problems: &mut Problems) {
    let follows = |pair: &&[Piece]| {
        let [word, value] = pair else { return false };
        value.quoted && word.outer().end == value.outer().start && word.text(text).ends_with(b"=")
    };
    if let Some([_, value]) = pieces.windows(2).find(|pair| !entry.plain && follows(pair)) {
        problems.warning(value.outer(), TOUCHING);
    }
}

/// TYPEnnn.
fn is_number(word: &[u8]) -> bool {
    word.get(..4).is_some_and(|start| start.eq_ignore_ascii_case(b"TYPE"))
}

/// Names of hosts and of types in the data, as far as Knot does not read them.
fn names(text: &[u8], pieces: &[Piece], rtype: RecordType, problems: &mut Problems) {
    let fields = types::info(rtype).map_or(&[][..], |info| info.fields);
    for (at, field) in fields.iter().enumerate() {
        let Some((piece, rest)) = pieces.get(at..).and_then(<[Piece]>::split_first) else { return };
        let is_name = || pieces.get(1).is_some_and(|kind| kind.text(text) == b"3");
        match field.kind {
            Kind::Name | Kind::PlainName => characters(text, piece, problems),
            Kind::Gateway if is_name() => characters(text, piece, problems),
            Kind::Type => type_name(text, piece, problems),
            Kind::Types => {
                std::iter::once(piece).chain(rest).for_each(|piece| type_name(text, piece, problems))
            }
            _ => {}
        }
    }
}

fn type_name(text: &[u8], piece: &Piece, problems: &mut Problems) {
    let word = piece.text(text);
    let Some(rtype) = types::parse_type(word).filter(|_| !is_number(word)) else { return };
    if is_unknown_to_knot(rtype) || matches!(rtype, HIP | MD | MF) {
        let number = format!("TYPE{}", rtype.0);
        let message = format!("Knot does not know {} and refuses the file; BIND reads it.", shown(word));
        let fix = Fix::new(format!("Write {number}"), vec![(piece.span(), number)]);
        problems.add(Severity::Warning, piece.span(), message, Some(fix));
    }
}

/// Characters of a name that Knot wants escaped.
pub fn characters(text: &[u8], piece: &Piece, problems: &mut Problems) {
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
    const RULED: [RecordType; 11] = [
        RecordType::NAPTR,
        RecordType::NSEC,
        RecordType::NSEC3,
        RecordType::RRSIG,
        RecordType::SIG,
        RecordType::SVCB,
        RecordType::HTTPS,
        TLSA,
        SMIMEA,
        LOC,
        URI,
    ];
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
    if matches!(head.rtype, RecordType::SVCB | RecordType::HTTPS)
        && let Some(key) = types::bad_parameter(rdata)
    {
        let message =
            format!("{}: the value of {key} is not of its form; BIND refuses the file.", head.rtype);
        return Some(Fault::new(first.start..last.end, message));
    }
    let times = pieces.get(4..6).unwrap_or_default().iter();
    if head.rtype == RecordType::SIG
        && !generic
        && let Some(piece) = times.into_iter().find(|time| time.text(text).len() != 14)
    {
        let message = "SIG: a time is written YYYYMMDDHHmmSS; BIND refuses seconds here.";
        return Some(Fault::new(piece.span(), message));
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
    let is_metres = |piece: &&Piece| piece.text(text).ends_with(b"M");
    if let Some(piece) = pieces.iter().find(is_metres).filter(|_| head.rtype == LOC && !generic) {
        let message = "LOC: the m of metres is written small; BIND refuses it otherwise.";
        let fix = Fix::new("Write m", vec![(piece.end - 1..piece.end, "m".into())]);
        return Some(Fault::new(piece.span(), message).with(Some(fix)));
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
    // CR alone ends a line there, but no comment.
    let ends = text.ends_with(b"\n") || text.ends_with(b"\r") && !entry.comment;
    if !opens && end == text.len() && !ends {
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
            "The lines end with CR LF, as on Windows. BIND and NSD read that, Knot only in comments. Save it with LF.",
        );
    }
    if let Some(bare) = std::iter::once(first).chain(places).find(|at| is_bare(*at)) {
        problems.warning(
            bare..bare + 1,
            "A line ends with CR alone. BIND reads that, but for a comment, which goes on there to the next LF; other servers \
             may refuse the file, or take the next line for a part of this one. Save it with LF.",
        );
    }
}
