//! What stands in a catalog zone (RFC 9432 section 4): its members, by name. Pure.
//!
//! Consumers refuse a catalog that is broken as a whole, and each has its own idea of what a broken member is. Here a
//! member may stand at several labels, and a label may have several members: both are kept, to be told and mended.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use sha1::{Digest, Sha1};

use crate::zone::name::NameError;
use crate::zone::{Name, NameRef, Rdata, RecordType, RrKey, Snapshot};

/// The only version that there is a document for.
const VERSION: &[u8] = b"\x012";

/// Why a catalog zone cannot be used by anybody, as a clause.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    #[error("it does not say its version, so it is no catalog zone (or not yet)")]
    NoVersion,
    #[error("it says its version more than once")]
    SeveralVersions,
    #[error("its version is {0}, and only 2 is known")]
    OtherVersion(String),
}

/// A label below `zones`, where a member stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The whole name, as it came: `<label>.zones.<catalog>`.
    pub owner: Name,
    /// All its PTR records as they came: one where it is right.
    pub targets: Vec<Rdata>,
    pub groups: Vec<String>,
    /// The catalogs that may take the member over; one where it is right.
    pub coo: Vec<Name>,
    /// Where the member is transferred from, in BIND's way of saying it.
    pub primaries: Vec<IpAddr>,
}

impl Entry {
    /// Do other members stand at the same label?
    pub fn is_shared(&self) -> bool {
        self.targets.len() > 1
    }

    /// Is this its label?
    pub fn is_labelled(&self, label: &str) -> bool {
        let own = self.owner.as_ref().labels().next().unwrap_or_default();
        own.eq_ignore_ascii_case(label.as_bytes())
    }

    /// The label alone, for people.
    pub fn label(&self) -> String {
        let label = self.owner.as_ref().labels().next().unwrap_or_default();
        label.escape_ascii().to_string()
    }
}

/// A catalog zone that can be used.
#[derive(Debug)]
pub struct Contents<'a> {
    pub zone: &'a Snapshot,
    members: BTreeMap<Name, Vec<Entry>>,
}

impl<'a> Contents<'a> {
    /// # Errors
    /// [`Unusable`].
    pub fn of(zone: &'a Snapshot) -> Result<Contents<'a>, Unusable> {
        let version = zone.get(&RrKey::new(below(zone.origin(), &[b"version"])?, RecordType::TXT));
        match version.map(|set| set.rdata).as_deref() {
            None => return Err(Unusable::NoVersion),
            Some([one]) if &**one == VERSION => {}
            Some([other]) => return Err(Unusable::OtherVersion(text_of(other))),
            Some(_) => return Err(Unusable::SeveralVersions),
        }
        let zones = below(zone.origin(), &[b"zones"])?;
        let depth = zones.as_ref().labels().count() + 1;
        let common = addresses(zone, &below(zone.origin(), &[b"primaries", b"ext"])?);
        let mut members: BTreeMap<Name, Vec<Entry>> = BTreeMap::new();
        for set in zone.sets_at_or_below(zones.as_ref()).map(crate::zone::SetId) {
            let Some(first) = zone.rows_of(set).next().and_then(|row| zone.record(row)) else { continue };
            if first.rtype != RecordType::PTR || first.owner.labels().count() != depth {
                continue;
            }
            let entry = entry(zone, first.owner, set, &common);
            let names: BTreeSet<Name> =
                entry.targets.iter().filter_map(|target| Name::from_wire(target).ok()).collect();
            for name in names {
                members.entry(name).or_default().push(entry.clone());
            }
        }
        Ok(Contents { zone, members })
    }

    /// The labels that a domain stands at.
    pub fn entries(&self, member: &Name) -> &[Entry] {
        self.members.get(member).map_or(&[], Vec::as_slice)
    }

    pub fn members(&self) -> impl Iterator<Item = (&Name, &[Entry])> {
        self.members.iter().map(|(name, entries)| (name, entries.as_slice()))
    }

    /// Everything that stands at a label and below it, but for what the server makes by itself.
    pub fn subtree(&self, owner: &Name) -> Vec<RrKey> {
        let sets = self.zone.sets_at_or_below(owner.as_ref()).map(crate::zone::SetId);
        let made = [RecordType::RRSIG, RecordType::NSEC, RecordType::NSEC3];
        sets.filter_map(|set| self.zone.key(set)).filter(|key| !made.contains(&key.rtype)).collect()
    }

    /// The name that a member's record stands at where we add it, which is free. The label is the SHA-1 of the name, so
    /// that two programs that do so agree, and a member that moves to another catalog keeps its state there; with a number
    /// where another member has that one.
    ///
    /// # Errors
    /// [`NameError`] where that name is too long.
    pub fn owner_for(&self, member: &Name) -> Result<Name, NameError> {
        let label = label_for(member);
        let mut chosen = label.clone();
        for number in 2_u32.. {
            let owner = wire_below(self.zone.origin(), &[chosen.as_bytes(), b"zones"])?;
            if self.zone.find(&RrKey::new(owner.clone(), RecordType::PTR)).is_none() {
                return Ok(owner);
            }
            chosen = format!("{label}-{number}");
        }
        Err(NameError::LabelTooLong)
    }
}

/// The lower-case hexadecimal SHA-1 of a name's wire form, itself in lower case.
pub fn label_for(member: &Name) -> String {
    let digest = Sha1::digest(member.wire().to_ascii_lowercase());
    digest.iter().map(|octet| format!("{octet:02x}")).collect()
}

/// The name of a property of the catalog or of a member.
///
/// # Errors
/// [`NameError`] where it is too long.
pub fn wire_below(name: &Name, labels: &[&[u8]]) -> Result<Name, NameError> {
    let mut wire = Vec::new();
    for label in labels {
        wire.push(u8::try_from(label.len()).map_err(|_| NameError::LabelTooLong)?);
        wire.extend_from_slice(label);
    }
    wire.extend_from_slice(name.wire());
    Name::from_wire(&wire)
}

/// The same of the catalog's own properties: in a name that has no room for them nothing can stand.
fn below(name: &Name, labels: &[&[u8]]) -> Result<Name, Unusable> {
    wire_below(name, labels).map_err(|_| Unusable::NoVersion)
}

fn entry(zone: &Snapshot, owner: NameRef<'_>, set: crate::zone::SetId, common: &[IpAddr]) -> Entry {
    let owner = owner.to_name();
    let at = |labels: &[&[u8]], rtype| {
        let key = wire_below(&owner, labels).ok().map(|name| RrKey::new(name, rtype));
        key.and_then(|key| zone.get(&key)).map(|set| set.rdata).unwrap_or_default()
    };
    let own = wire_below(&owner, &[b"primaries", b"ext"]);
    let own = own.map(|name| addresses(zone, &name)).unwrap_or_default();
    Entry {
        targets: zone.contents(set).map(|set| set.rdata).unwrap_or_default(),
        groups: at(&[b"group"], RecordType::TXT).iter().map(|rdata| text_of(rdata)).collect(),
        coo: at(&[b"coo"], RecordType::PTR).iter().filter_map(|rdata| Name::from_wire(rdata).ok()).collect(),
        primaries: if own.is_empty() { common.to_vec() } else { own },
        owner,
    }
}

/// The addresses at a name and below it.
fn addresses(zone: &Snapshot, name: &Name) -> Vec<IpAddr> {
    let sets = zone.sets_at_or_below(name.as_ref()).map(crate::zone::SetId);
    let records = sets.flat_map(|set| zone.rows_of(set)).filter_map(|row| zone.record(row));
    let mut found: Vec<IpAddr> = records
        .filter_map(|record| match record.rtype {
            RecordType::A => Some(Ipv4Addr::from(<[u8; 4]>::try_from(record.rdata).ok()?).into()),
            RecordType::AAAA => Some(Ipv6Addr::from(<[u8; 16]>::try_from(record.rdata).ok()?).into()),
            _ => None,
        })
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// The character-strings of a TXT record, printable.
fn text_of(rdata: &[u8]) -> String {
    let mut text = String::new();
    let mut rest = rdata;
    while let Some((length, after)) = rest.split_first() {
        let (part, others) = after.split_at_checked(usize::from(*length)).unwrap_or((after, &[]));
        text.push_str(&part.escape_ascii().to_string());
        rest = others;
    }
    text
}
