//! The updates of a catalog zone: what is required of it, and what is changed. Pure.
//!
//! What was read is required: a label that is free, or its member as it was. Whether another program adds the same
//! member at another label at the same moment is only seen through the SOA, which is required wherever that can hold.

use super::contents::{Contents, Entry, label_for, wire_below};
use crate::zone::name::NameError;
use crate::zone::update::{Operation, Prerequisite, Update};
use crate::zone::{Name, Rdata, RecordType, RrKey, serial};

/// What we write has this TTL: it means nothing in a catalog.
const TTL: u32 = 0;

/// Adds a member at the label that is for it. What may be left below that label of an earlier member goes.
///
/// # Errors
/// [`NameError`] where the name of its record is too long.
pub fn add(
    contents: &Contents<'_>,
    member: &Name,
    group: Option<&str>,
    guarded: bool,
) -> Result<Update, NameError> {
    let owner = contents.owner_for(member)?;
    let mut update = update(contents, guarded);
    update.prerequisites.push(Prerequisite::RrsetAbsent(owner.clone(), RecordType::PTR));
    delete_subtree(contents, &owner, &mut update);
    put(&owner, member, group, &mut update)?;
    Ok(update)
}

/// Removes a member, with all labels that it has. Of a label with other members only its own record goes.
pub fn remove(contents: &Contents<'_>, member: &Name, guarded: bool) -> Update {
    let mut update = update(contents, guarded);
    for entry in contents.entries(member) {
        require(entry, &mut update);
        take_out(contents, entry, member, &mut update);
    }
    update
}

/// Leaves a member at one label that is its own. `None` where nothing is wrong.
///
/// # Errors
/// [`NameError`] where the name of its record is too long.
pub fn mend(contents: &Contents<'_>, member: &Name, guarded: bool) -> Result<Option<Update>, NameError> {
    let entries = contents.entries(member);
    if let [only] = entries
        && !only.is_shared()
    {
        return Ok(None);
    }
    // The one with settings of its own is the one that somebody meant; else the one that every program would choose.
    let own = || entries.iter().filter(|entry| !entry.is_shared());
    let kept = own()
        .find(|entry| !entry.groups.is_empty() || !entry.coo.is_empty())
        .or_else(|| own().find(|entry| entry.is_labelled(&label_for(member))))
        .or_else(|| own().next());
    let mut update = update(contents, guarded);
    for entry in entries {
        require(entry, &mut update);
        if kept.is_none_or(|kept| kept.owner != entry.owner) {
            take_out(contents, entry, member, &mut update);
        }
    }
    if kept.is_none() {
        let owner = contents.owner_for(member)?;
        update.prerequisites.push(Prerequisite::RrsetAbsent(owner.clone(), RecordType::PTR));
        delete_subtree(contents, &owner, &mut update);
        put(&owner, member, None, &mut update)?;
    }
    Ok(Some(update))
}

/// Lets another catalog take a member over (RFC 9432 section 4.3.1): consumers of both keep the zone, and what they
/// have of it, when it appears there and then disappears here.
///
/// # Errors
/// [`NameError`] where the name of its record is too long.
pub fn hand_over(
    contents: &Contents<'_>,
    entry: &Entry,
    to: &Name,
    guarded: bool,
) -> Result<Update, NameError> {
    let owner = wire_below(&entry.owner, &[b"coo"])?;
    let mut update = update(contents, guarded);
    require(entry, &mut update);
    let key = RrKey::new(owner.clone(), RecordType::PTR);
    match contents.zone.get(&key) {
        Some(before) => {
            update.prerequisites.push(Prerequisite::RrsetIs(owner.clone(), RecordType::PTR, before.rdata));
            update.operations.push(Operation::DeleteRrset(owner.clone(), RecordType::PTR));
        }
        None => update.prerequisites.push(Prerequisite::RrsetAbsent(owner.clone(), RecordType::PTR)),
    }
    update.operations.push(Operation::Add(owner, RecordType::PTR, TTL, to.wire().into()));
    Ok(update)
}

/// A change of nothing but the serial, which has consumers read the catalog again.
pub fn touch(contents: &Contents<'_>) -> Update {
    let mut update = update(contents, false);
    let origin = contents.zone.origin();
    let mut soa = contents.zone.soa().clone();
    soa.serial = serial::next(soa.serial);
    let ttl = contents.zone.get(&RrKey::new(origin.clone(), RecordType::SOA)).map_or(TTL, |set| set.ttl);
    update.operations.push(Operation::Add(origin.clone(), RecordType::SOA, ttl, soa.to_rdata()));
    update
}

fn update(contents: &Contents<'_>, guarded: bool) -> Update {
    let origin = contents.zone.origin().clone();
    let served = contents.zone.get(&RrKey::new(origin.clone(), RecordType::SOA));
    let guard = served
        .filter(|_| guarded)
        .map(|set| Prerequisite::RrsetIs(origin.clone(), RecordType::SOA, set.rdata));
    Update { zone: origin, prerequisites: guard.into_iter().collect(), operations: Vec::new() }
}

/// The label must be as it was read.
fn require(entry: &Entry, update: &mut Update) {
    update.prerequisites.push(Prerequisite::RrsetIs(
        entry.owner.clone(),
        RecordType::PTR,
        entry.targets.clone(),
    ));
}

fn take_out(contents: &Contents<'_>, entry: &Entry, member: &Name, update: &mut Update) {
    if !entry.is_shared() {
        return delete_subtree(contents, &entry.owner, update);
    }
    // As it came: PowerDNS compares with case.
    let own = entry.targets.iter().filter(|target| Name::from_wire(target).as_ref() == Ok(member));
    let delete =
        |target: &Rdata| Operation::DeleteRecord(entry.owner.clone(), RecordType::PTR, target.clone());
    update.operations.extend(own.map(delete));
}

fn delete_subtree(contents: &Contents<'_>, owner: &Name, update: &mut Update) {
    let keys = contents.subtree(owner).into_iter();
    update.operations.extend(keys.map(|key| Operation::DeleteRrset(key.owner, key.rtype)));
}

fn put(owner: &Name, member: &Name, group: Option<&str>, update: &mut Update) -> Result<(), NameError> {
    update.operations.push(Operation::Add(owner.clone(), RecordType::PTR, TTL, member.wire().into()));
    if let Some(group) = group {
        let mut rdata = vec![u8::try_from(group.len()).map_err(|_| NameError::LabelTooLong)?];
        rdata.extend_from_slice(group.as_bytes());
        let name = wire_below(owner, &[b"group"])?;
        update.operations.push(Operation::Add(name, RecordType::TXT, TTL, rdata.into()));
    }
    Ok(())
}

/// Takes a member out at the label that we chose, and nothing else.
pub fn take_back(contents: &Contents<'_>, member: &Name, label: &str) -> Update {
    let mut update = update(contents, false);
    for entry in contents.entries(member).iter().filter(|entry| entry.is_labelled(label)) {
        require(entry, &mut update);
        take_out(contents, entry, member, &mut update);
    }
    update
}
