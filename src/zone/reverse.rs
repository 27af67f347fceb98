//! Names of addresses: where the PTR record of an address stands, and what changed addresses mean for the zones that hold
//! them. Reverse zones are those of IPv4, of IPv6 by nibbles, and parts of an IPv4 network that have a zone of their own
//! (RFC 2317).

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::changes::{ChangeMap, Contents};
use super::name::Name;
use super::rrset::{Rdata, RrKey, RrSet};
use super::rtype::RecordType;

/// The name that an address has in `in-addr.arpa` or `ip6.arpa`.
pub fn owner(address: IpAddr) -> Name {
    let text = match address {
        IpAddr::V4(address) => {
            let [a, b, c, d] = address.octets();
            format!("{d}.{c}.{b}.{a}.in-addr.arpa.")
        }
        IpAddr::V6(address) => {
            let nibbles = address.octets().into_iter().rev().flat_map(|octet| [octet & 15, octet >> 4]);
            let labels: String = nibbles.map(|nibble| format!("{nibble:x}.")).collect();
            format!("{labels}ip6.arpa.")
        }
    };
    // Always a name.
    Name::parse(text.as_bytes(), None).unwrap_or_else(|_| Name::root())
}

/// The address whose PTR record stands at a name; `None` for other names.
pub fn address_of(name: &Name) -> Option<IpAddr> {
    let labels: Vec<&[u8]> = name.as_ref().labels().collect();
    let digit = |label: &[u8], radix: u32| u8::from_str_radix(std::str::from_utf8(label).ok()?, radix).ok();
    let address = match labels.len() {
        // Both end in the label of the root or not, as names tell them.
        6.. if labels.iter().any(|label| label.eq_ignore_ascii_case(b"in-addr")) => {
            let mut octets = [0; 4];
            for (octet, label) in octets.iter_mut().rev().zip(&labels) {
                *octet = digit(label, 10)?;
            }
            IpAddr::from(octets)
        }
        34.. => {
            let mut octets = [0; 16];
            for (octet, pair) in octets.iter_mut().rev().zip(labels.chunks(2)) {
                let [low, high] = pair else { return None };
                *octet = digit(high, 16).filter(|_| high.len() == 1)? << 4
                    | digit(low, 16).filter(|_| low.len() == 1)?;
            }
            IpAddr::from(octets)
        }
        _ => return None,
    };
    (owner(address) == *name).then_some(address)
}

/// Can a zone hold PTR records of addresses?
pub fn is_reverse(zone: &Name) -> bool {
    let below = |text: &[u8]| Name::parse(text, None).is_ok_and(|above| zone.is_at_or_below(&above));
    below(b"in-addr.arpa.") || below(b"ip6.arpa.")
}

/// The last octets that a zone of RFC 2317 is for, by its first label: `0/26`, `0-63`, `128-26`. Of `0-25` the octets up to
/// 25 are no network, so that is a prefix.
fn part(label: &[u8]) -> Option<(u8, u8)> {
    let text = std::str::from_utf8(label).ok()?;
    let (sign, (first, second)) = match text.split_once('/') {
        Some(parts) => ('/', parts),
        None => ('-', text.split_once('-')?),
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|octet| octet.is_ascii_digit());
    let (first, second): (u8, u8) = if digits(first) && digits(second) {
        (first.parse().ok()?, second.parse().ok()?)
    } else {
        return None;
    };
    let is_network = |from: u8, to: u8| {
        let size = u16::from(to) - u16::from(from) + 1;
        size.is_power_of_two() && u16::from(from).is_multiple_of(size)
    };
    if sign == '-' && second >= first && is_network(first, second) {
        return Some((first, second));
    }
    let size = 1u16 << 32u8.checked_sub(second).filter(|bits| (0..8).contains(bits))?;
    let last = u8::try_from(u16::from(first).checked_add(size - 1)?).ok()?;
    is_network(first, last).then_some((first, last))
}

/// A place for a PTR record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub zone: Name,
    pub owner: Name,
}

/// Where the PTR record of an address stands among these zones, by their names alone: in the smallest part of its network
/// that has a zone, else in the nearest zone above. The second is that zone above, where there is one: it may have a CNAME
/// there that says otherwise.
pub fn places<'z>(
    address: IpAddr,
    zones: impl IntoIterator<Item = &'z Name>,
) -> (Option<Place>, Option<Place>) {
    let owner = owner(address);
    let network = owner.parent();
    let (mut above, mut within): (Option<&Name>, Option<(u16, &Name, Name)>) = (None, None);
    for zone in zones {
        if owner.is_at_or_below(zone) {
            if above.is_none_or(|other| zone.is_at_or_below(other)) {
                above = Some(zone);
            }
        } else if let (IpAddr::V4(address), true) = (address, zone.parent() == network)
            && let Some(label) = zone.as_ref().labels().next()
            && let Some((first, last)) = part(label)
        {
            let [.., octet] = address.octets();
            let size = u16::from(last) - u16::from(first);
            let is_smaller = within.as_ref().is_none_or(|(other, ..)| size < *other);
            if (first..=last).contains(&octet)
                && is_smaller
                && let Ok(owner) = Name::parse(octet.to_string().as_bytes(), Some(zone.as_ref()))
            {
                within = Some((size, zone, owner));
            }
        }
    }
    let above = above.map(|zone| Place { zone: zone.clone(), owner });
    let within = within.map(|(_, zone, owner)| Place { zone: zone.clone(), owner });
    (within.or_else(|| above.clone()), above)
}

/// What a change of an address wants in a reverse zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wish {
    /// The address shall lead to the name.
    Point,
    /// The name has the address no more.
    Forget,
}

/// What is done about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    Leave,
    /// Beside what is there.
    Add,
    /// In the place of what is there.
    Replace,
    Delete,
}

/// A PTR record that could be put into a reverse zone, or taken out of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    pub zone: Name,
    pub key: RrKey,
    pub address: IpAddr,
    /// The name that has or had the address.
    pub host: Name,
    pub wish: Wish,
    /// What the PTR records there point at now.
    pub there: Vec<Name>,
    pub choice: Choice,
    /// What overwrites nothing that is about another name.
    pub best: Choice,
}

impl Proposal {
    /// All that can be done, one after the other.
    pub fn choices(&self) -> &'static [Choice] {
        match self.wish {
            Wish::Forget => &[Choice::Leave, Choice::Delete],
            Wish::Point if self.there.is_empty() => &[Choice::Leave, Choice::Add],
            Wish::Point => &[Choice::Leave, Choice::Replace, Choice::Add],
        }
    }

    /// Goes on to the next choice.
    pub fn choose_next(&mut self) {
        let choices = self.choices();
        let at = choices.iter().position(|choice| *choice == self.choice).map_or(0, |at| at + 1);
        self.choice = choices.get(at).or(choices.first()).copied().unwrap_or(Choice::Leave);
    }
}

/// What changes of addresses mean for reverse zones.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proposals {
    pub list: Vec<Proposal>,
    /// Zones that must be looked into before all is known.
    pub missing: BTreeSet<Name>,
    /// Addresses that none of the zones is for.
    pub homeless: BTreeSet<IpAddr>,
}

/// The addresses that changes give to names (true) or take from them.
pub fn addresses(changes: &ChangeMap) -> BTreeSet<(IpAddr, Name, bool)> {
    let mut found = BTreeSet::new();
    let is_address = |key: &RrKey| matches!(key.rtype, RecordType::A | RecordType::AAAA);
    // No address leads back to a wildcard.
    for (key, change) in
        changes.iter().filter(|(key, _)| is_address(key) && !key.owner.as_ref().is_wildcard())
    {
        let of = |set: &Option<RrSet>| -> BTreeSet<IpAddr> {
            set.iter().flat_map(|set| &set.rdata).filter_map(address).collect()
        };
        let (before, after) = (of(&change.before), of(&change.after));
        found.extend(after.difference(&before).map(|address| (*address, key.owner.clone(), true)));
        found.extend(before.difference(&after).map(|address| (*address, key.owner.clone(), false)));
    }
    found
}

fn address(rdata: &Rdata) -> Option<IpAddr> {
    match rdata.len() {
        4 => <[u8; 4]>::try_from(&**rdata).ok().map(IpAddr::from),
        16 => <[u8; 16]>::try_from(&**rdata).ok().map(IpAddr::from),
        _ => None,
    }
}

/// What these changes of addresses mean for these zones; `look` shows what is in one, where that is known yet. Nothing is
/// proposed that is so already, and an old record only where it points at the very name.
pub fn propose<'a>(
    changed: &BTreeSet<(IpAddr, Name, bool)>,
    zones: &BTreeSet<Name>,
    look: impl Fn(&Name) -> Option<Contents<'a>>,
) -> Proposals {
    let mut proposals = Proposals::default();
    for (address, host, is_new) in changed {
        let Some(place) = settled(*address, zones, &look, &mut proposals) else { continue };
        let key = RrKey::new(place.owner, RecordType::PTR);
        let Some(contents) = look(&place.zone) else { continue };
        let set = contents.get(&key);
        let there: Vec<Name> =
            set.iter().flat_map(|set| &set.rdata).filter_map(|rdata| Name::from_wire(rdata).ok()).collect();
        let wish = if *is_new { Wish::Point } else { Wish::Forget };
        if there.contains(host) == (wish == Wish::Point) {
            continue;
        }
        proposals.list.push(Proposal {
            zone: place.zone,
            key,
            address: *address,
            host: host.clone(),
            wish,
            there,
            choice: Choice::Leave,
            best: Choice::Leave,
        });
    }
    weigh(&mut proposals.list, changed);
    proposals
        .list
        .sort_by(|a, b| (&a.zone, &a.key, a.wish, &a.host).cmp(&(&b.zone, &b.key, b.wish, &b.host)));
    proposals
}

/// The place of an address's PTR record, once the zones that decide it are known.
fn settled<'a>(
    address: IpAddr,
    zones: &BTreeSet<Name>,
    look: &impl Fn(&Name) -> Option<Contents<'a>>,
    proposals: &mut Proposals,
) -> Option<Place> {
    let (Some(place), above) = places(address, zones) else {
        proposals.homeless.insert(address);
        return None;
    };
    let mut known = |zone: &Name| {
        let contents = look(zone);
        if contents.is_none() {
            proposals.missing.insert(zone.clone());
        }
        contents
    };
    let mut place = place;
    if let Some(above) = above
        && let Some(alias) = known(&above.zone)?.get(&RrKey::new(above.owner, RecordType::CNAME))
    {
        // RFC 2317: the zone above says where it stands.
        let target = alias.rdata.first().and_then(|rdata| Name::from_wire(rdata).ok())?;
        let holds = |zone: &&Name| target.is_at_or_below(zone);
        let Some(zone) = zones.iter().filter(holds).max_by_key(|zone| zone.as_ref().labels().count()) else {
            proposals.homeless.insert(address);
            return None;
        };
        place = Place { zone: zone.clone(), owner: target };
    }
    known(&place.zone)?;
    Some(place)
}

/// Finds what overwrites nothing, and drops what another proposal does as well.
fn weigh(list: &mut Vec<Proposal>, changed: &BTreeSet<(IpAddr, Name, bool)>) {
    let mut pointed: BTreeMap<(Name, RrKey), bool> = BTreeMap::new();
    // Of several names of an address that one which an old address leads to goes on being the one.
    let known: BTreeSet<Name> = (list.iter().filter(|proposal| proposal.wish == Wish::Forget))
        .map(|proposal| proposal.host.clone())
        .collect();
    let mut in_turn: Vec<&mut Proposal> = list.iter_mut().collect();
    in_turn.sort_by_key(|proposal| !known.contains(&proposal.host));
    for proposal in in_turn {
        let goes = |host: &Name| changed.contains(&(proposal.address, host.clone(), false));
        proposal.best = match proposal.wish {
            Wish::Forget => Choice::Delete,
            // Of several names of an address the first; an address leads to one, as a rule.
            Wish::Point if pointed.contains_key(&(proposal.zone.clone(), proposal.key.clone())) => {
                Choice::Leave
            }
            Wish::Point if proposal.there.is_empty() => Choice::Add,
            Wish::Point if proposal.there.iter().all(goes) => Choice::Replace,
            Wish::Point => Choice::Leave,
        };
        if proposal.wish == Wish::Point {
            let replaces = proposal.best == Choice::Replace;
            *pointed.entry((proposal.zone.clone(), proposal.key.clone())).or_default() |= replaces;
        }
    }
    list.retain(|proposal| {
        let replaced = pointed.get(&(proposal.zone.clone(), proposal.key.clone()));
        proposal.wish == Wish::Point || replaced != Some(&true)
    });
}

/// The record sets that the chosen proposals for a zone lead to; new ones get this TTL.
pub fn edits(
    proposals: &[Proposal],
    zone: &Name,
    contents: Contents<'_>,
    ttl: u32,
) -> Vec<(RrKey, Option<RrSet>)> {
    let mut sets: BTreeMap<&RrKey, RrSet> = BTreeMap::new();
    let chosen =
        proposals.iter().filter(|proposal| proposal.zone == *zone && proposal.choice != Choice::Leave);
    for proposal in chosen.clone().filter(|proposal| proposal.choice == Choice::Replace) {
        let ttl = contents.get(&proposal.key).map_or(ttl, |set| set.ttl);
        sets.insert(&proposal.key, RrSet::new(ttl, Vec::new()));
    }
    for proposal in chosen {
        let there = || contents.get(&proposal.key).unwrap_or_else(|| RrSet::new(ttl, Vec::new()));
        let set = sets.entry(&proposal.key).or_insert_with(there);
        let host: Rdata = proposal.host.wire().into();
        match proposal.choice {
            Choice::Delete => {
                if let Some(at) = set.position(RecordType::PTR, &host) {
                    set.rdata.remove(at);
                }
            }
            _ if set.contains(RecordType::PTR, &host) => {}
            _ => set.rdata.push(host),
        }
    }
    // Any edit of a set makes its TTLs one.
    let set = |set: RrSet| Some(RrSet::new(set.ttl, set.rdata)).filter(|set| !set.rdata.is_empty());
    sets.into_iter().map(|(key, found)| (key.clone(), set(found))).collect()
}

#[cfg(test)]
mod tests;
