//! Records pasted into the table, from the terminal or from the editor's own clipboard, as a proposal; and deleting all.

use std::collections::{BTreeMap, BTreeSet};

use super::commands::Context;
use super::describe::{self, count};
use super::dialog::Dialog;
use super::forms::common_ttl;
use super::open::Open;
use super::proposal::{Item, Proposal, Ttl, Wish};
use super::stepping::Wanted;
use super::{App, Overlay, edits};
use crate::bulk::pasted::{MOST_OCTETS, Pasted, Place};
use crate::zone::{Contents, Name, Rdata, RecordType, RrKey};

/// Most bad lines that are named.
const NAMED: usize = 50;

/// `p`: what was copied or cut last, here or in another zone.
pub fn paste(app: &mut App) {
    let (text, from) = app.copied();
    match text.is_empty() {
        true => app.say("nothing has been copied; the terminal's own paste works too"),
        false => app.paste_records(&text, from.as_ref()),
    }
}

impl App {
    /// Takes text that the terminal pastes into the table.
    pub(super) fn on_pasted_records(&mut self, text: &str) {
        if self.context() != Context::Records && self.context() != Context::Nameservers {
            return self.say("pasted text goes into the fields of a form, or into the table");
        }
        let origin = foreign_origin(text, &self.settings.zone);
        self.paste_records(text, origin.as_ref());
        // Nothing of it is lost: the lines that are no records can be put into the zone's text.
        let end =
            text.char_indices().map(|(at, _)| at).take_while(|at| *at <= MOST_OCTETS).last().unwrap_or(0);
        let kept = if text.len() <= MOST_OCTETS { text } else { text.get(..end).unwrap_or_default() };
        self.keep_copied(kept.to_owned(), origin);
    }

    fn paste_records(&mut self, text: &str, from: Option<&Name>) {
        if let Err(reason) = edits::may_edit(self) {
            return self.say(reason);
        }
        let Some(open) = self.open() else { return };
        let base = open.draft.base();
        let ttl = common_ttl(base);
        let place = Place { origin: base.origin(), from, ttl };
        let pasted = Pasted::read(text, place);
        let named = |line: usize, text: &str, why: &str| {
            let text: String = text.chars().take(60).collect();
            format!("Left out: line {line}, {text}: {why}")
        };
        let mut notes: Vec<String> =
            pasted.bad.iter().take(NAMED).map(|bad| named(bad.line, &bad.text, &bad.why)).collect();
        if pasted.bad.len() > NAMED {
            notes.push(format!("And {} more.", count(pasted.bad.len() - NAMED, "line")));
        }
        if pasted.unread > 0 {
            notes.insert(
                0,
                format!(
                    "Left out: {} beyond what is read at once; :import FILE takes all of a file.",
                    count(pasted.unread, "line")
                ),
            );
        }
        if pasted.records.is_empty() {
            return match notes.into_iter().next() {
                Some(note) => {
                    let note = note.trim_end_matches('.');
                    self.complain(format!("no record in it: {note}; the text (t) takes it with Ctrl-U"))
                }
                None => self.say("there is no record in it"),
            };
        }
        if let Some(from) = from.filter(|from| *from != base.origin()) {
            notes.insert(0, format!("Names of {from} have become names of this zone."));
        }
        let mut proposal = Proposal::new(format!("Paste {}", count(pasted.records.len(), "record")));
        notes.into_iter().for_each(|note| proposal.note(note));
        let mut sets: BTreeMap<RrKey, (Option<u32>, Vec<Rdata>)> = BTreeMap::new();
        for record in pasted.records {
            let (own, records) = sets.entry(record.key).or_default();
            *own = own.or(record.ttl);
            records.push(record.rdata);
        }
        for (key, (own, mut records)) in sets {
            let there = open.draft.get(&key);
            let wanted = Ttl::Own(own.unwrap_or(ttl));
            let single = matches!(key.rtype, RecordType::CNAME | RecordType::DNAME);
            let mut item = match single {
                true => {
                    records.truncate(1);
                    Item::new(Wish::replace(key, records, wanted))
                }
                false => Item::new(Wish::add(key, records, wanted)),
            };
            if let (Some(set), Some(own)) = (&there, own.filter(|_| !single))
                && set.ttl != own
            {
                let (has, said) = (describe::ttl(set.ttl), describe::ttl(own));
                item = item.note(format!("the set keeps its TTL of {has}; the pasted line says {said}"));
            }
            proposal.push(item);
        }
        self.propose(proposal);
    }
}

/// What deletes every record but the SOA and the nameservers of the zone.
pub(super) fn all_deleted(open: &Open) -> Wanted {
    let keys = all_but_apex(open.draft.contents());
    let all = keys.len();
    let conflicts: BTreeSet<RrKey> = open.draft.conflicts().into_iter().collect();
    let may = |key: &RrKey| {
        !conflicts.contains(key)
            && !describe::is_managed(open, key)
            && open.file.as_ref().and_then(|file| file.why_read_only(key)).is_none()
    };
    let edits: Vec<_> = keys.into_iter().filter(may).map(|key| (key, None)).collect();
    let (done, left) = (edits.len(), all - edits.len());
    let rest = match left {
        0 => String::new(),
        left => format!("; {} cannot be deleted here", count(left, "record set")),
    };
    Wanted {
        label: "delete all".into(),
        edits,
        done: format!("{} deleted, SOA and nameservers stay; u undoes it{rest}", count(done, "record set")),
        nothing: format!("there is nothing to delete{rest}"),
    }
}

/// Asks for the zone's name first.
pub fn ask_delete_all(app: &mut App) {
    let Some(open) = app.open() else { return };
    let sets = sets_but_apex(open.draft.contents());
    let origin = open.draft.base().origin();
    let (name, origin) = (super::zones::short(origin), origin.to_string());
    let text = vec![
        format!("Delete all {} of {name}?", count(sets, "record set")),
        "The SOA and the nameservers of the zone itself stay. Nothing is sent before you push; u undoes it."
            .into(),
        "Type the name of the zone:".into(),
    ];
    app.overlay = Some(Overlay::Dialog(Dialog::delete_all(text, origin)));
}

fn stays(zone: Contents<'_>, key: &RrKey) -> bool {
    key.owner == *zone.base.origin() && matches!(key.rtype, RecordType::SOA | RecordType::NS)
}

/// How many those are, of a million in no time; of sets that others changed as well, as the person saw them.
fn sets_but_apex(zone: Contents<'_>) -> usize {
    let apex = |rtype| RrKey::new(zone.base.origin().clone(), rtype);
    let at_apex = [apex(RecordType::SOA), apex(RecordType::NS)];
    let staying = at_apex.iter().filter(|key| zone.base.find(key).is_some()).count();
    let changes = || zone.changes.iter().filter(|(key, _)| !stays(zone, key)).map(|(_, change)| change);
    let added = changes().filter(|change| change.before.is_none() && change.after.is_some()).count();
    let gone = changes().filter(|change| change.before.is_some() && change.after.is_none()).count();
    (zone.base.set_count() - staying + added).saturating_sub(gone)
}

/// The sets of a zone without the SOA and the nameservers at its apex.
fn all_but_apex(zone: Contents<'_>) -> Vec<RrKey> {
    let own = zone.base.set_ids().filter_map(|set| zone.base.key(set));
    let own = own.filter(|key| !zone.changes.contains_key(key));
    let changed =
        zone.changes.iter().filter(|(_, change)| change.after.is_some()).map(|(key, _)| key.clone());
    own.chain(changed).filter(|key| !stays(zone, key)).collect()
}

/// The zone that a text says it is of, where that is not this one.
fn foreign_origin(text: &str, zone: &Name) -> Option<Name> {
    let first = text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with(';'))?;
    let (directive, rest) = first.split_once([' ', '\t'])?;
    let name = rest.split([' ', '\t', ';']).find(|word| !word.is_empty())?;
    let origin = Name::parse(name.as_bytes(), Some(Name::root().as_ref())).ok()?;
    (directive.eq_ignore_ascii_case("$ORIGIN") && !origin.is_at_or_below(zone)).then_some(origin)
}
