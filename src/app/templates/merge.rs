//! What records of a template mean for a zone that has records already: which of them they replace, and which they join.

use std::collections::BTreeSet;

use crate::app::forms::common_ttl;
use crate::app::open::Open;
use crate::app::proposal::{Item, Remove, Ttl, Wish};
use crate::zone::update::stands_beside_cname;
use crate::zone::{Name, Rdata, RecordType, RrKey, RrSet, Snapshot, Soa};
use crate::zonefile::{Problem, Severity, read_part};

/// The wishes of a text, one for each of its record sets, and for what must make room for them.
///
/// # Errors
/// The first problem of the text: line and message.
pub fn items(text: &str, open: &Open) -> Result<Vec<Item>, (usize, String)> {
    let base = open.draft.base();
    let ttl = common_ttl(base);
    let records = read(text, base.origin(), ttl)?;
    let keys = records.set_ids().filter_map(|set| records.key(set));
    let keys: Vec<RrKey> = keys.filter(|key| key.rtype != RecordType::SOA).collect();
    let mut room = Room { open, groups: Vec::new(), seen: BTreeSet::new() };
    let mut items = Vec::new();
    for key in keys {
        let Some(set) = records.get(&key) else { continue };
        items.extend(room.made_for(&key));
        let group = room.group(&key.owner);
        let item = item(key, set, ttl, open);
        items.push(match group {
            Some(group) => item.in_group(group),
            None => item,
        });
    }
    Ok(items)
}

/// The records of a text, and an SOA that is none of them.
///
/// # Errors
/// The first problem of the text: line and message.
pub fn read(text: &str, origin: &Name, ttl: u32) -> Result<Snapshot, (usize, String)> {
    let soa = Soa::default().to_rdata();
    let part = read_part(text.as_bytes(), origin, (ttl, &soa), ttl, None).map_err(first)?;
    if part.has_soa {
        return Err((1, "a template has no SOA record: :soa changes that of the zone".into()));
    }
    match part.outside {
        Some((_, owner)) => Err((1, format!("{owner} is not in the zone {origin}"))),
        None => Ok(part.records),
    }
}

fn first(problems: Vec<Problem>) -> (usize, String) {
    let error = problems.into_iter().find(|problem| problem.severity == Severity::Error);
    error.map_or_else(|| (1, "it cannot be read".into()), |error| (error.line, error.message))
}

/// What has to go where a CNAME comes, or other data where a CNAME is.
struct Room<'o> {
    open: &'o Open,
    /// Names at which changes are ticked together.
    groups: Vec<Name>,
    seen: BTreeSet<RrKey>,
}

impl Room<'_> {
    fn made_for(&mut self, key: &RrKey) -> Vec<Item> {
        let beside = |other: &RrKey| match key.rtype {
            RecordType::CNAME => other.rtype != RecordType::CNAME && !stands_beside_cname(other.rtype),
            rtype => other.rtype == RecordType::CNAME && !stands_beside_cname(rtype),
        };
        let there = self.open.draft.contents().keys_at(&key.owner);
        let in_the_way: Vec<RrKey> = there.into_iter().filter(beside).collect();
        if in_the_way.is_empty() {
            return Vec::new();
        }
        if !self.groups.contains(&key.owner) {
            self.groups.push(key.owner.clone());
        }
        let Some(group) = self.group(&key.owner) else { return Vec::new() };
        let new: Vec<RrKey> = in_the_way.into_iter().filter(|key| self.seen.insert(key.clone())).collect();
        let why = match key.rtype {
            RecordType::CNAME => "a CNAME stands alone at its name: this makes room for it".to_owned(),
            rtype => format!("a CNAME stands alone at its name: it gives way to {rtype}"),
        };
        new.into_iter()
            .map(|other| Item::new(Wish::delete(other)).in_group(group).note(why.clone()))
            .collect()
    }

    fn group(&self, owner: &Name) -> Option<usize> {
        self.groups.iter().position(|name| name == owner)
    }
}

fn item(key: RrKey, set: RrSet, default_ttl: u32, open: &Open) -> Item {
    // A TTL that the template does not name is that of the set that is there.
    let ttl = if set.ttl == default_ttl { Ttl::Own(default_ttl) } else { Ttl::Set(set.ttl) };
    let Some(now) = open.draft.get(&key).filter(|_| !key.rtype.is_singleton()) else {
        return Item::new(Wish::replace(key, set.rdata, ttl));
    };
    let replace = Wish::replace(key.clone(), set.rdata.clone(), ttl);
    let add = Wish::add(key.clone(), set.rdata.clone(), ttl);
    match key.rtype {
        RecordType::TXT => {
            let tags: Vec<String> = set.rdata.iter().filter_map(|rdata| tag(rdata)).collect();
            let same_kind = |rdata: &&Rdata| tag(rdata).is_some_and(|tag| tags.contains(&tag));
            let gone: Vec<Rdata> = now.rdata.iter().filter(same_kind).cloned().collect();
            match (gone.is_empty(), gone.len() == now.rdata.len()) {
                (true, _) => Item::new(add).or(replace),
                (false, true) => Item::new(replace),
                (false, false) => Item::new(Wish { remove: Remove::These(gone), ..add }).or(replace),
            }
        }
        // One more may issue certificates, or serve the zone below.
        RecordType::CAA => Item::new(add).or(replace),
        // It says that there is no mail: beside another MX it would be wrong.
        RecordType::MX if is_null_mx(&set) || is_null_mx(&now) => Item::new(replace),
        _ => Item::new(replace).or(add),
    }
}

fn is_null_mx(set: &RrSet) -> bool {
    set.rdata.iter().any(|rdata| rdata.get(2..) == Some(&[0]))
}

/// What a text says it is: "v=spf1", "v=dmarc1". A set holds one of each.
fn tag(rdata: &[u8]) -> Option<String> {
    let (length, rest) = rdata.split_first()?;
    let text = rest.get(..usize::from(*length))?;
    let text = std::str::from_utf8(text).ok()?.trim_start().to_ascii_lowercase();
    let tag = text.split([' ', ';']).next().unwrap_or_default().to_owned();
    tag.starts_with("v=").then_some(tag)
}
