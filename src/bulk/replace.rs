//! Replacing in the data of many records: an address, a range of addresses, a target name, or text. A record keeps its
//! type; what cannot be replaced is named. A function of a zone and a choice of its records, so the same for one zone and
//! for several.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::network::{Network, address_of};
use crate::zone::types::{self, names_in, with_names};
use crate::zone::{Contents, Name, NameRef, Rdata, RecordType, RrKey, RrSet};
use crate::zonefile;

/// What is replaced by what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Replacement {
    Address(IpAddr, IpAddr),
    Network(Network, Network),
    /// Of the names that records refer to, never of owners.
    Name(Name, Name),
    /// Inside TXT and SPF records, as it stands there.
    Text(String, String),
}

/// What became of one record set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplacedSet {
    pub key: RrKey,
    pub before: RrSet,
    /// Without the records that became the same as another one.
    pub after: RrSet,
    /// How many of its records are different.
    pub records: usize,
}

/// What a replacement makes of the chosen records.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Replaced {
    pub sets: Vec<ReplacedSet>,
    /// Texts that name an address which is replaced (SPF does), with the new one: to be decided by a person.
    pub offered: Vec<ReplacedSet>,
    /// Records that have what is to be replaced where it cannot be: key, data and why.
    pub left: Vec<(RrKey, Rdata, String)>,
}

impl Replaced {
    /// How many records are different.
    pub fn records(&self) -> usize {
        self.sets.iter().map(|set| set.records).sum()
    }
}

impl Replacement {
    /// Reads what is replaced by what: two addresses, two ranges of the same length, two names (relative to `origin`), or,
    /// the first in quotes, two texts.
    ///
    /// # Errors
    /// What is wrong or still missing, as a sentence.
    pub fn new(text: &str, origin: NameRef<'_>) -> Result<Replacement, String> {
        let words = words(text)?;
        let [(from, quoted), (to, _)] = words.as_slice() else {
            return Err(match words.len() {
                0 => "what is replaced: an address, a range such as 192.0.2.0/24, a target name, or \"text\" in quotes"
                    .into(),
                1 => "and what takes its place".into(),
                _ => "two words: what is replaced, and what takes its place; texts with blanks stand in quotes".into(),
            });
        };
        if from == to {
            return Err("both are the same".into());
        }
        if *quoted {
            return match from.is_empty() {
                true => Err("\"\" is no text".into()),
                false => Ok(Replacement::Text(from.clone(), to.clone())),
            };
        }
        if from.contains('/') {
            let (from, to): (Network, Network) = (from.parse()?, to.parse()?);
            if from.is_ipv4() != to.is_ipv4() {
                return Err("one range is IPv4, the other IPv6: a record keeps its type".into());
            }
            if from.length() != to.length() {
                return Err(format!("{from} and {to} differ in length: which address shall become which?"));
            }
            return Ok(Replacement::Network(from, to));
        }
        if let Ok(from) = from.parse::<IpAddr>() {
            let to: IpAddr = to.parse().map_err(|_| format!("{to} is no address"))?;
            return match from.is_ipv4() == to.is_ipv4() {
                true => Ok(Replacement::Address(from, to)),
                false => Err("one address is IPv4, the other IPv6: a record keeps its type".into()),
            };
        }
        if to.parse::<IpAddr>().is_ok() {
            return Err(format!("{to} is an address, {from} is none"));
        }
        let name = |text: &str| {
            Name::parse(text.as_bytes(), Some(origin)).map_err(|error| format!("{text}: {error}"))
        };
        Ok(Replacement::Name(name(from)?, name(to)?))
    }

    /// What it is about, for a title: "192.0.2.1 -> 192.0.2.2".
    pub fn title(&self, origin: &Name) -> String {
        match self {
            Replacement::Address(from, to) => format!("{from} -> {to}"),
            Replacement::Network(from, to) => format!("{from} -> {to}"),
            Replacement::Name(from, to) => {
                format!("{} -> {}", from.relative_to(origin), to.relative_to(origin))
            }
            Replacement::Text(from, to) => format!("\"{from}\" -> \"{to}\""),
        }
    }

    /// What takes the place of an address.
    fn address(&self, address: IpAddr) -> Option<IpAddr> {
        match self {
            Replacement::Address(from, to) => (address == *from).then_some(*to),
            Replacement::Network(from, to) => from.moved(address, to),
            _ => None,
        }
    }

    /// What the data of a record becomes; `None` where nothing of it is to be replaced.
    fn apply(&self, rtype: RecordType, rdata: &Rdata) -> Option<Made> {
        let certain = |made: Result<Rdata, String>| made.map_or_else(Made::Cannot, Made::Replaced);
        let is_text = matches!(rtype, RecordType::TXT | RecordType::SPF);
        match self {
            Replacement::Name(from, to) => {
                let is_it = |name: &NameRef<'_>| *name == from.as_ref();
                if !names_in(rtype, rdata).iter().any(is_it) {
                    let text = from.to_string().trim_end_matches('.').to_ascii_lowercase();
                    return mentions(is_text, rdata, &text).then(|| Made::Cannot(IN_TEXT.into()));
                }
                let renamed = with_names(rtype, rdata, |name| is_it(&name).then(|| to.clone()));
                Some(certain(renamed.ok_or_else(|| "the record would get too long".into())))
            }
            Replacement::Text(from, to) => {
                is_text.then(|| replaced_text(rdata, from, to)).flatten().map(certain)
            }
            _ => match address_of(rtype, rdata) {
                Some(address) => self.address(address).map(|address| Made::Replaced(octets(address))),
                None if is_text => self.addresses_in_text(rdata),
                None => self.addresses_in_fields(rtype, rdata).map(certain),
            },
        }
    }

    /// Addresses that a text names, as SPF does.
    fn addresses_in_text(&self, rdata: &Rdata) -> Option<Made> {
        let strings = strings(rdata)?;
        let text = String::from_utf8(strings.concat()).ok()?;
        let made = self.addresses_replaced(&text)?;
        let parts = if made.is_empty() { vec![&[][..]] } else { made.as_bytes().chunks(LONGEST).collect() };
        let long = || Made::Cannot("the text would get too long".into());
        Some(text_rdata(&parts).map_or_else(long, Made::Offered))
    }

    /// A text with its addresses replaced; `None` where it has none of them.
    fn addresses_replaced(&self, text: &str) -> Option<String> {
        let mut made = String::with_capacity(text.len());
        let mut end = 0;
        for (range, address) in addresses(text) {
            let Some(other) = self.address(address) else { continue };
            made.push_str(text.get(end..range.start).unwrap_or_default());
            made.push_str(&other.to_string());
            end = range.end;
        }
        made.push_str(text.get(end..).unwrap_or_default());
        (end > 0).then_some(made)
    }

    /// Addresses elsewhere than in A and AAAA records: hints of HTTPS, gateways. They are replaced in the record's text.
    fn addresses_in_fields(&self, rtype: RecordType, rdata: &Rdata) -> Option<Result<Rdata, String>> {
        const WITH_ADDRESSES: [&str; 6] = ["SVCB", "HTTPS", "IPSECKEY", "AMTRELAY", "APL", "WKS"];
        let mnemonic = types::info(rtype)?.mnemonic;
        if !WITH_ADDRESSES.contains(&mnemonic) {
            return None;
        }
        let made = self.addresses_replaced(&types::format_rdata(rtype, rdata, None))?;
        let line = format!(". 1 IN {mnemonic} {made}\n");
        let parsed = zonefile::parse(line.as_bytes(), Some(&Name::root()));
        let record = parsed.records.into_iter().next().map(|record| record.rdata);
        Some(record.ok_or_else(|| format!("its {mnemonic} data cannot hold that")))
    }
}

/// What becomes of the data of a record.
enum Made {
    Replaced(Rdata),
    Offered(Rdata),
    Cannot(String),
}

const IN_TEXT: &str = "in a text: replaced only as text, in quotes";

/// Replaces in the chosen records of a zone: whole sets come out, with their other records as they are.
pub fn replace(
    zone: Contents<'_>,
    chosen: impl IntoIterator<Item = (RrKey, Rdata)>,
    replacement: &Replacement,
) -> Replaced {
    let mut sets: BTreeMap<RrKey, ReplacedSet> = BTreeMap::new();
    let mut offered: BTreeMap<RrKey, ReplacedSet> = BTreeMap::new();
    let mut left = Vec::new();
    for (key, rdata) in chosen {
        let (sets, made) = match replacement.apply(key.rtype, &rdata) {
            None => continue,
            Some(Made::Replaced(made)) => (&mut sets, made),
            Some(Made::Offered(made)) => (&mut offered, made),
            Some(Made::Cannot(why)) => {
                left.push((key, rdata, why));
                continue;
            }
        };
        if !sets.contains_key(&key) {
            let Some(before) = zone.get(&key) else { continue };
            let after = RrSet::new(before.ttl, before.rdata.clone());
            sets.insert(key.clone(), ReplacedSet { key: key.clone(), before, after, records: 0 });
        }
        let Some(set) = sets.get_mut(&key) else { continue };
        // At its own place, so that it is seen as the same record with other data.
        let at = set.before.rdata.iter().position(|own| *own == rdata);
        if let Some(place) = at.and_then(|at| set.after.rdata.get_mut(at)) {
            *place = made;
            set.records += 1;
        }
    }
    let finished = |mut set: ReplacedSet| {
        set.after = set.after.without_repeats(set.key.rtype);
        set
    };
    let finish = |sets: BTreeMap<RrKey, ReplacedSet>| {
        sets.into_values().filter(|set| set.records > 0).map(finished).collect()
    };
    Replaced { sets: finish(sets), offered: finish(offered), left }
}

/// Every record of a zone.
pub fn all_records<'a>(zone: Contents<'a>) -> impl Iterator<Item = (RrKey, Rdata)> + 'a {
    let unchanged = zone.base.set_ids().filter_map(move |set| {
        let key = zone.base.key(set)?;
        (!zone.changes.contains_key(&key)).then_some((key, set))
    });
    let unchanged = unchanged.flat_map(move |(key, set)| {
        zone.base.rows_of(set).map(move |row| (key.clone(), Rdata::from(zone.base.rdata(row))))
    });
    let changed = zone.changes.iter().flat_map(|(key, change)| {
        change.after.iter().flat_map(|set| &set.rdata).map(move |rdata| (key.clone(), rdata.clone()))
    });
    unchanged.chain(changed)
}

fn octets(address: IpAddr) -> Rdata {
    match address {
        IpAddr::V4(address) => address.octets().into(),
        IpAddr::V6(address) => address.octets().into(),
    }
}

/// The addresses that stand in a text, and where.
fn addresses(text: &str) -> impl Iterator<Item = (std::ops::Range<usize>, IpAddr)> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let is_part = |character: char| character.is_ascii_hexdigit() || matches!(character, '.' | ':');
            let start = at + text.get(at..)?.find(is_part)?;
            let rest = text.get(start..)?;
            let end = start + rest.find(|character| !is_part(character)).unwrap_or(rest.len());
            at = end;
            // Before an address stands "ip4:", "ip6:" or "1:".
            let word = text.get(start..end)?;
            // Then this is the end of a longer word, as in "ip6:2001:db8::1".
            let goes_on = text.get(..start)?.ends_with(|before: char| before.is_ascii_alphanumeric());
            let whole = word.parse().ok().filter(|_: &IpAddr| !goes_on).map(|address| (start..end, address));
            let tail = || {
                let colon = word.find(':')?;
                let address = word.get(colon + 1..)?.parse().ok()?;
                Some((start + colon + 1..end, address))
            };
            let found = whole.or_else(tail).or_else(|| {
                let dot = word.strip_suffix('.')?;
                Some((start..end - 1, dot.parse().ok()?))
            });
            if found.is_some() {
                return found;
            }
        }
    })
}

fn mentions(is_text: bool, rdata: &[u8], text: &str) -> bool {
    is_text && String::from_utf8_lossy(rdata).to_ascii_lowercase().contains(text)
}

/// The strings of a TXT record with a text replaced. It is looked for in all of them put together, so a place where the
/// strings were parted does not hide it; they stay parted as they are where nothing crosses that, else anew.
fn replaced_text(rdata: &[u8], from: &str, to: &str) -> Option<Result<Rdata, String>> {
    let strings = strings(rdata)?;
    let whole = strings.concat();
    let count = memchr::memmem::find_iter(&whole, from).count();
    if count == 0 {
        return None;
    }
    let inside: usize = strings.iter().map(|string| memchr::memmem::find_iter(string, from).count()).sum();
    let single: Vec<Vec<u8>> = strings.iter().map(|string| replaced(string, from, to)).collect();
    let parts: Vec<Vec<u8>> = match inside == count && single.iter().all(|string| string.len() <= LONGEST) {
        true => single,
        false => {
            let whole = replaced(&whole, from, to);
            if whole.is_empty() {
                vec![Vec::new()]
            } else {
                whole.chunks(LONGEST).map(<[u8]>::to_vec).collect()
            }
        }
    };
    let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
    Some(text_rdata(&parts).ok_or_else(|| "the text would get too long".into()))
}

/// Most octets of one string of a TXT record.
const LONGEST: usize = 255;

/// The strings of a TXT record.
fn strings(rdata: &[u8]) -> Option<Vec<&[u8]>> {
    let mut strings = Vec::new();
    let mut rest = rdata;
    while let Some((length, after)) = rest.split_first() {
        let (string, after) = after.split_at_checked(usize::from(*length))?;
        strings.push(string);
        rest = after;
    }
    Some(strings)
}

/// The record of such strings; `None` where it is too long.
fn text_rdata(strings: &[&[u8]]) -> Option<Rdata> {
    let mut octets = Vec::new();
    for string in strings {
        octets.push(u8::try_from(string.len()).ok()?);
        octets.extend_from_slice(string);
    }
    (octets.len() <= usize::from(u16::MAX)).then(|| octets.into_boxed_slice())
}

fn replaced(text: &[u8], from: &str, to: &str) -> Vec<u8> {
    let mut made = Vec::with_capacity(text.len());
    let mut end = 0;
    for start in memchr::memmem::find_iter(text, from) {
        made.extend_from_slice(text.get(end..start).unwrap_or_default());
        made.extend_from_slice(to.as_bytes());
        end = start + from.len();
    }
    made.extend_from_slice(text.get(end..).unwrap_or_default());
    made
}

/// Words, and whether each stands in quotes.
fn words(text: &str) -> Result<Vec<(String, bool)>, String> {
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        if first != '"' {
            let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
            let (word, after) = rest.split_at(end);
            // An arrow between the two is left out: people write it.
            if !matches!(word, "->" | "=>") {
                words.push((word.to_owned(), false));
            }
            rest = after.trim_start();
            continue;
        }
        let mut word = String::new();
        let mut characters = rest.char_indices().skip(1);
        let end = loop {
            match characters.next() {
                None => return Err("the quote is not closed".into()),
                Some((at, '"')) => break at + 1,
                Some((_, '\\')) => word.extend(characters.next().map(|(_, character)| character)),
                Some((_, character)) => word.push(character),
            }
        };
        words.push((word, true));
        rest = rest.get(end..).unwrap_or_default().trim_start();
    }
    Ok(words)
}
