//! "Lower now, raise later": before a move all TTLs are lowered, so that resolvers ask again soon; what they were is kept,
//! and proposed back afterwards.

use std::collections::BTreeMap;

use super::describe::{self, count};
use super::many::read_ttl;
use super::open::Open;
use super::proposal::{Item, Proposal, Taken, Wish};
use super::{App, edits};
use crate::bulk::{Filter, Subject};
use crate::facts::remembered::Lowered;
use crate::zone::types::in_words;
use crate::zone::{RecordType, RrKey, RrSet, SetId};

/// To what TTLs are lowered where nothing else is said, in seconds.
const LOW: u32 = 300;

pub fn lower(app: &mut App) {
    lower_to(app, "");
}

/// `:lower-ttls [TTL] [FILTER]`: see [`Filter`].
pub fn lower_to(app: &mut App, argument: &str) {
    let (first, rest) = argument.split_once(' ').unwrap_or((argument, ""));
    let (ttl, filter) = match (first.is_empty(), read_ttl(first)) {
        (true, _) => (LOW, ""),
        (false, Some(ttl)) => (ttl, rest.trim()),
        (false, None) => (LOW, argument),
    };
    let Some(open) = app.open() else { return };
    let wanted = Filter::new(filter, open.draft.base().origin().as_ref());
    if let Some(trouble) = wanted.troubles().first() {
        let trouble = trouble.clone();
        return app.refuse(trouble);
    }
    let mut proposal = Proposal::new(format!("Lower TTLs to {}", describe::ttl(ttl)));
    let mut longest = 0;
    let mut lowered = Vec::new();
    for key in keys(open) {
        let Some(set) = open.draft.get(&key) else { continue };
        let highest = set.mixed_ttls.iter().copied().max().unwrap_or(set.ttl);
        if highest <= ttl || !fits(open, &key, &set, &wanted) {
            continue;
        }
        longest = longest.max(highest);
        lowered.push(Lowered { key: key.clone(), from: highest, to: ttl });
        proposal.push(Item::new(Wish::ttl(key, ttl)));
    }
    if proposal.is_empty() {
        let which = if filter.is_empty() { String::new() } else { format!(" among {filter}") };
        return app.refuse(format!("no TTL is above {}{which}", describe::ttl(ttl)));
    }
    let wait = describe::ttl(longest);
    let at = app.now.map(|now| format!(" (not before {})", in_words(now.saturating_add(u64::from(longest)))));
    proposal.note(format!(
        "Push this first. When every nameserver has it, wait {wait} more{}: from then on nobody keeps an old answer \
         for longer than {}. Then make the change itself.",
        at.unwrap_or_default(),
        describe::ttl(ttl)
    ));
    proposal.note("What they are now is kept: :raise-ttls proposes it again afterwards.");
    proposal.then(format!("push, then wait {wait}; :raise-ttls afterwards"));
    proposal.when_taken(Taken::Lowered(lowered));
    app.propose(proposal);
}

/// The keys of all RRsets that can have another TTL. The SOA's says how long it is remembered that something is not
/// there, which is for its form.
fn keys(open: &Open) -> Vec<RrKey> {
    let base = open.draft.base();
    let changes = open.draft.changes();
    let served = (0..base.set_count() as u32).filter_map(|set| base.key(SetId(set)));
    let mut keys: Vec<RrKey> = served.filter(|key| !changes.contains_key(key)).collect();
    keys.extend(changes.iter().filter(|(_, change)| change.after.is_some()).map(|(key, _)| key.clone()));
    keys.sort();
    keys.retain(|key| key.rtype != RecordType::SOA && !describe::is_managed(open, key));
    keys
}

/// Lets the filter one of its records through?
fn fits(open: &Open, key: &RrKey, set: &RrSet, filter: &Filter) -> bool {
    let changed = open.draft.changes().contains_key(key);
    let origin = open.draft.base().origin().as_ref();
    set.rdata.iter().any(|rdata| {
        let record = Subject { owner: key.owner.as_ref(), rtype: key.rtype, ttl: set.ttl, rdata, changed };
        filter.fits(record, origin, &mut String::new())
    })
}

pub fn may_raise(app: &App) -> Result<(), String> {
    edits::may_edit(app)?;
    match app.remembered.lowered.is_empty() {
        true => Err("no TTLs are lowered; :lower-ttls does that, and keeps what they were".into()),
        false => Ok(()),
    }
}

/// `:raise-ttls`.
pub fn raise(app: &mut App) {
    let Some(open) = app.open() else { return };
    let mut proposal = Proposal::new("Raise TTLs again");
    let (mut gone, mut other) = (0, 0);
    for lowered in &app.remembered.lowered {
        match open.draft.get(&lowered.key) {
            None => gone += 1,
            Some(set) if set.ttl == lowered.to => {
                proposal.push(Item::new(Wish::ttl(lowered.key.clone(), lowered.from)));
            }
            Some(set) if set.ttl == lowered.from => {}
            // Somebody set it by hand since.
            Some(_) => {
                other += 1;
                let item = Item::new(Wish::ttl(lowered.key.clone(), lowered.from));
                proposal.push(item.unticked().note("it has another TTL by now than it was lowered to"));
            }
        }
    }
    if gone > 0 {
        proposal.note(format!(
            "{} that had been lowered are not in the zone any more.",
            count(gone, "record set")
        ));
    }
    if other > 0 {
        proposal.note(format!("{} got another TTL since: not ticked.", count(other, "record set")));
    }
    proposal.when_taken(Taken::Raised);
    if proposal.is_empty() {
        app.say("nothing is left to raise: the TTLs are what they were");
        return app.keep(|remembered| remembered.lowered.clear());
    }
    app.propose(proposal);
}

/// What is kept of TTLs that were lowered, with those of now; of one lowered twice, what it was at first.
pub(super) fn together(before: &[Lowered], now: Vec<Lowered>) -> Vec<Lowered> {
    let mut all: BTreeMap<RrKey, Lowered> =
        before.iter().map(|lowered| (lowered.key.clone(), lowered.clone())).collect();
    for lowered in now {
        match all.get_mut(&lowered.key) {
            Some(known) if known.to == lowered.from || known.from >= lowered.from => known.to = lowered.to,
            _ => drop(all.insert(lowered.key.clone(), lowered)),
        }
    }
    all.into_values().collect()
}
