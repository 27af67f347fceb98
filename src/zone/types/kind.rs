//! Field kinds: how one field of RDATA looks on the wire and in text. Nothing outside of this file and `read` knows it.
//!
//! A kind has three methods: [`Kind::length`] finds the field's octets, [`Kind::write`] makes text of them and
//! [`Kind::read`] (in the file `read`) makes them from text. Each sees the octets of the fields before; where these say what the field
//! is, [`Kind::given`] turns the kind into another. Everything else about a type follows from its list of kinds.

use std::fmt::Write;
use std::net::Ipv6Addr;

use super::super::name::NameRef;
use super::super::rtype::RecordType;
use super::scalar::digest_fits;
use super::{addresses, bitmap, generic, hip, loc, push_type, svcb, text, time};

/// Numbers that have a name, which is accepted in text; the number is printed.
pub type Codes = &'static [(&'static str, u16)];

/// What a field is on the wire and in text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    U8,
    U16,
    U32,
    /// One octet that may be given by name.
    Code8(Codes),
    /// Two octets that may be given by name.
    Code16(Codes),
    /// A record type, two octets.
    Type,
    /// Seconds, four octets; units are accepted.
    Seconds,
    /// A point in time, four octets, written YYYYMMDDHHmmSS (RFC 4034 section 3.2).
    Time,
    Ipv4,
    Ipv6,
    /// A domain name that servers may compress (RFC 3597 section 4).
    Name,
    /// A domain name that is never compressed.
    PlainName,
    /// Domain names that are never compressed, to the end; may be none.
    PlainNames,
    /// One character-string (RFC 1035 section 3.3).
    String,
    /// One character-string, or nothing, at the end (ISDN).
    OptionalString,
    /// One character-string of four digits or more (X25).
    Digits,
    /// One or more character-strings, to the end.
    Strings,
    /// A word of letters and digits after its length (CAA).
    Tag,
    /// Octets to the end, written as one quoted string (CAA, URI).
    Text,
    /// Hexadecimal to the end.
    Hex,
    /// Hexadecimal to the end; the octet before it says which digest, and so how long it is.
    Digest(&'static [(u8, usize)]),
    /// Base 64 to the end.
    Base64,
    /// Base 64 to the end, or nothing at all where the flags four octets before say "no key" (KEY).
    KeyIfAny,
    /// Hexadecimal after its length, `-` when empty (NSEC3).
    Salt,
    /// Base 32 with extended hex alphabet after its length (NSEC3).
    Hash,
    /// A list of record types, to the end (RFC 4034 section 4.1.2).
    Types,
    /// SvcParams, to the end (RFC 9460 section 2).
    SvcParams,
    /// A place on earth, sixteen octets (RFC 1876).
    Location,
    /// Types below 128 in one bitmap, to the end (NXT).
    OldTypes,
    /// Ports in a bitmap, to the end (WKS); some may be given by name.
    Ports(Codes),
    /// Address prefixes, to the end; may be none (APL).
    Prefixes,
    /// A hardware address of so many octets (EUI48, EUI64).
    Eui(usize),
    /// Eight octets in four groups (NID, L64).
    Groups,
    /// An NSAP address, to the end.
    Nsap,
    /// An address or name; the octet two before says which (IPSECKEY).
    Gateway,
    /// `.`, and nothing on the wire: no gateway.
    NoGateway,
    /// The upper bit of an octet (AMTRELAY).
    Discovery,
    /// The other seven bits of the octet before (AMTRELAY).
    RelayType,
    /// An address or name; the seven bits before say which (AMTRELAY).
    Relay,
    /// Lengths and algorithm of a host identity (HIP).
    HostAlgorithm,
    /// A host identity tag (HIP).
    HostTag,
    /// The key of a host identity (HIP).
    HostKey,
    /// Octets to the end, written in the generic form (RFC 3597 section 5).
    Opaque,
}

impl Kind {
    /// What the field is after the octets of the fields before. `None` where they say nothing that is defined.
    pub(super) fn given(self, before: &[u8]) -> Option<Kind> {
        match (self, before) {
            (Kind::Gateway, [.., gateway, _algorithm]) => gateway_kind(*gateway),
            (Kind::Relay, [.., relay]) => gateway_kind(relay & 0x7f),
            _ => Some(self),
        }
    }

    /// May its text stand in quotes? BIND refuses those of numbers, names and the like.
    pub(super) fn takes_quotes(self) -> bool {
        matches!(
            self,
            Kind::String | Kind::OptionalString | Kind::Strings | Kind::Digits | Kind::Text | Kind::SvcParams
        )
    }

    /// May it hold domain names? [`Kind::given`] makes sure of gateways.
    pub(super) fn is_name(self) -> bool {
        matches!(self, Kind::Name | Kind::PlainName | Kind::PlainNames | Kind::Gateway | Kind::Relay)
    }

    /// Does what is right here depend on the fields before?
    pub fn depends_on_others(self) -> bool {
        matches!(self, Kind::Digest(_) | Kind::KeyIfAny | Kind::Gateway | Kind::Relay)
    }

    /// Does the field take all tokens that are left?
    pub(super) fn takes_the_rest(self) -> bool {
        use Kind::*;
        matches!(
            self,
            PlainNames
                | Strings
                | Hex
                | Digest(_)
                | Base64
                | KeyIfAny
                | Types
                | SvcParams
                | Location
                | OldTypes
                | Ports(_)
                | Prefixes
                | Opaque
        )
    }

    /// How many octets of `rest` are the field, after those of the fields before; `None` when what stands there
    /// is not such a field.
    pub(super) fn length(self, before: &[u8], rest: &[u8]) -> Option<usize> {
        let all = rest.len();
        let string = || rest.first().map(|length| 1 + usize::from(*length));
        let all_if = |fits: bool| fits.then_some(all);
        let length = match self {
            Kind::NoGateway | Kind::RelayType => 0,
            Kind::U8 | Kind::Code8(_) | Kind::Discovery => 1,
            Kind::U16 | Kind::Code16(_) | Kind::Type => 2,
            Kind::U32 | Kind::Seconds | Kind::Time | Kind::Ipv4 => 4,
            Kind::Groups => 8,
            Kind::Ipv6 => 16,
            Kind::Eui(length) => length,
            Kind::Name | Kind::PlainName => NameRef::split_from(rest)?.0.wire().len(),
            Kind::PlainNames => {
                let mut names = rest;
                while !names.is_empty() {
                    names = NameRef::split_from(names)?.1;
                }
                all
            }
            Kind::String | Kind::Salt => string()?,
            Kind::OptionalString => string().unwrap_or(0),
            Kind::Hash => string().filter(|length| *length > 1)?,
            Kind::Tag => {
                let tag = rest.get(1..string()?)?;
                (!tag.is_empty() && tag.iter().all(u8::is_ascii_alphanumeric)).then_some(tag.len() + 1)?
            }
            Kind::Digits => {
                let digits = rest.get(1..string()?)?;
                are_digits(digits).then_some(digits.len() + 1)?
            }
            Kind::Strings => {
                (!rest.is_empty()).then_some(())?;
                let mut rest = rest;
                while let Some((length, tail)) = rest.split_first() {
                    rest = tail.get(usize::from(*length)..)?;
                }
                all
            }
            Kind::Text | Kind::Opaque => all,
            Kind::Hex | Kind::Base64 | Kind::Nsap => all_if(!rest.is_empty())?,
            Kind::KeyIfAny => all_if(has_key(before) != rest.is_empty())?,
            Kind::Digest(lengths) => all_if(digest_fits(lengths, before.last(), all))?,
            Kind::Types => all_if(bitmap::is_valid(rest))?,
            Kind::OldTypes => all_if(bitmap::is_old(rest))?,
            Kind::Ports(_) => all_if(bitmap::are_ports(rest))?,
            Kind::Prefixes => all_if(addresses::are_prefixes(rest))?,
            Kind::SvcParams => all_if(svcb::is_valid(rest))?,
            Kind::Location => loc::is_valid(rest.get(..16)?).then_some(16)?,
            Kind::HostAlgorithm => hip::HEAD,
            Kind::HostTag => hip::tag_length(before)?,
            Kind::HostKey => hip::key_length(before)?,
            // What they are is not known.
            Kind::Gateway | Kind::Relay => return None,
        };
        (length <= all).then_some(length)
    }

    /// Writes a field whose octets [`Kind::length`] has found.
    pub(super) fn write(self, before: &[u8], octets: &[u8], origin: Option<NameRef<'_>>, out: &mut String) {
        let number = || octets.iter().fold(0u32, |value, octet| value << 8 | u32::from(*octet));
        // Writing to a String cannot fail.
        let _ = match self {
            Kind::U8 | Kind::U16 | Kind::U32 | Kind::Code8(_) | Kind::Code16(_) | Kind::Seconds => {
                return text::push_number(number(), out);
            }
            // A Type field has two octets.
            Kind::Type => return push_type(RecordType(number() as u16), out),
            Kind::Time => return time::push(number(), out),
            Kind::Ipv4 => {
                for (at, octet) in octets.iter().enumerate() {
                    if at > 0 {
                        out.push('.');
                    }
                    text::push_number(u32::from(*octet), out);
                }
                return;
            }
            Kind::Ipv6 => {
                let address = octets.iter().fold(0u128, |value, octet| value << 8 | u128::from(*octet));
                write!(out, "{}", Ipv6Addr::from(address))
            }
            Kind::Name | Kind::PlainName => return write_name(octets, origin, out),
            Kind::PlainNames => return write_names(octets, origin, out),
            Kind::OptionalString if octets.is_empty() => return,
            Kind::String | Kind::OptionalString => {
                return text::quote(octets.get(1..).unwrap_or_default(), out);
            }
            Kind::Strings => {
                for (index, string) in text::strings(octets).enumerate() {
                    if index > 0 {
                        out.push(' ');
                    }
                    text::quote(string, out);
                }
                return;
            }
            Kind::Tag | Kind::Digits => {
                out.extend(octets.iter().skip(1).map(|octet| char::from(*octet)));
                return;
            }
            Kind::Text => return text::quote(octets, out),
            Kind::Hex | Kind::Digest(_) | Kind::HostTag => return text::hex(octets, out),
            Kind::Base64 | Kind::KeyIfAny | Kind::HostKey => return text::base64(octets, out),
            Kind::Salt => match octets.get(1..) {
                Some(salt) if !salt.is_empty() => return text::hex(salt, out),
                _ => out.write_char('-'),
            },
            Kind::Hash => return text::base32(octets.get(1..).unwrap_or_default(), out),
            Kind::Types => return bitmap::write(octets, out),
            Kind::SvcParams => return svcb::write(octets, out),
            Kind::Location => return loc::write(octets, out),
            Kind::OldTypes => return bitmap::write_old(octets, out),
            Kind::Ports(_) => return bitmap::write_ports(octets, out),
            Kind::Prefixes => return addresses::write_prefixes(octets, out),
            Kind::Eui(_) => return addresses::write_eui(octets, out),
            Kind::Groups => return addresses::write_groups(octets, out),
            Kind::Nsap => {
                out.push_str("0x");
                return text::hex(octets, out);
            }
            Kind::NoGateway => out.write_char('.'),
            Kind::Discovery => write!(out, "{}", number() >> 7),
            Kind::RelayType => write!(out, "{}", before.last().map_or(0, |octet| octet & 0x7f)),
            Kind::HostAlgorithm => write!(out, "{}", octets.get(1).copied().unwrap_or_default()),
            Kind::Opaque => return out.push_str(&generic::write(octets)),
            // Never written: [`Kind::given`] has turned them into something else.
            Kind::Gateway | Kind::Relay => Ok(()),
        };
    }
}

/// A name, relative to the origin only where reading it back gives the same octets.
fn write_name(octets: &[u8], origin: Option<NameRef<'_>>, out: &mut String) {
    let Some((name, _)) = NameRef::split_from(octets) else { return };
    match origin {
        Some(origin)
            if !origin.is_root() && name.wire().ends_with(origin.wire()) && name.is_at_or_below(origin) =>
        {
            out.push_str(&name.relative_to(origin));
        }
        _ => name.push_text(out),
    }
}

fn write_names(octets: &[u8], origin: Option<NameRef<'_>>, out: &mut String) {
    let mut rest = octets;
    while let Some((name, after)) = NameRef::split_from(rest) {
        if rest.len() < octets.len() {
            out.push(' ');
        }
        write_name(name.wire(), origin, out);
        rest = after;
    }
}

/// An X.25 address has four digits at least (RFC 1183 section 3.1).
pub(super) fn are_digits(text: &[u8]) -> bool {
    text.len() >= 4 && text.iter().all(u8::is_ascii_digit)
}

/// Does a KEY record that begins with these flags have a key? The two highest are "no confidentiality" and "no
/// authentication": both together, no key (RFC 2535 section 3.1.2).
pub(super) fn has_key(flags: &[u8]) -> bool {
    flags.first().is_none_or(|first| *first < 0xc0)
}

/// What a gateway of this type is (RFC 4025 section 2.3, RFC 8777 section 4.2.3).
fn gateway_kind(gateway: u8) -> Option<Kind> {
    match gateway {
        0 => Some(Kind::NoGateway),
        1 => Some(Kind::Ipv4),
        2 => Some(Kind::Ipv6),
        3 => Some(Kind::PlainName),
        _ => None,
    }
}
