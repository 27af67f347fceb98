//! `:replace`: an address, a range of addresses, a target or text replaced in the marked records, else in those that the
//! filter shows, else in the whole zone. What would become of them is a proposal; of very many only numbers are shown.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::describe::{self, count};
use super::dialog::{Dialog, Then};
use super::open::Open;
use super::proposal::{Item, Proposal, Ttl, Wish};
use super::rows::Chosen;
use super::stepping::{Kind, Wanted};
use super::work::Work;
use super::{App, Overlay, RequestId};
use crate::bulk::Replacement;
use crate::bulk::replace::{Replaced, ReplacedSet, all_records, replace};
use crate::zone::rrset::same_octets;
use crate::zone::{ChangeMap, Contents, Draft, RrKey, RrSet, Snapshot};

/// Up to so many records are looked at with each letter that is typed.
const PREVIEWED: usize = 2_000;
/// Up to so many sets are shown one by one.
const PROPOSED: usize = 5_000;
/// Most sentences of a kind.
const SAID: usize = 20;

/// Replacing to be done.
#[derive(Debug, Clone)]
pub struct Replacing {
    base: Arc<Snapshot>,
    changes: ChangeMap,
    replacement: Replacement,
    /// `None` for the whole zone.
    chosen: Option<Chosen>,
    /// "in the 3 marked records".
    place: String,
}

/// What came of it.
#[derive(Debug, Clone)]
pub struct Done {
    title: String,
    pub(super) replaced: Replaced,
}

/// An edit of very many sets, until it is decided.
#[derive(Debug)]
pub struct Many {
    title: String,
    sets: Vec<ReplacedSet>,
}

impl Many {
    pub fn sets(&self) -> usize {
        self.sets.len()
    }
}

impl Replacing {
    fn new(open: &Open, replacement: Replacement) -> Replacing {
        let rows = &open.records.rows;
        let chosen = match open {
            open if open.has_marks() => Some(rows.chosen_marked()),
            open if !open.records.filter.is_empty() => Some(rows.chosen_shown()),
            _ => None,
        };
        let (_, place) = place(open);
        let (base, changes) = (Arc::clone(open.draft.base()), open.draft.changes().clone());
        Replacing { base, changes, replacement, chosen, place }
    }

    /// In all of a zone as its draft makes it.
    pub(super) fn whole(draft: &Draft, replacement: Replacement) -> Replacing {
        let (base, changes) = (Arc::clone(draft.base()), draft.changes().clone());
        Replacing { base, changes, replacement, chosen: None, place: "in the whole zone".into() }
    }

    pub fn records(&self) -> usize {
        self.chosen.as_ref().map_or(self.base.record_count(), Chosen::len)
    }

    pub fn run(self) -> Done {
        let zone = Contents { base: &self.base, changes: &self.changes };
        let replaced = match &self.chosen {
            Some(chosen) => replace(zone, chosen.records(&self.base), &self.replacement),
            None => replace(zone, all_records(zone), &self.replacement),
        };
        Done {
            title: format!("Replace {} {}", self.replacement.title(self.base.origin()), self.place),
            replaced,
        }
    }
}

/// Where it is replaced: in how many records, and that in words.
fn place(open: &Open) -> (usize, String) {
    let rows = &open.records.rows;
    match open {
        open if open.has_marks() => (open.marked(), format!("in {} marked", count(open.marked(), "record"))),
        open if !open.records.filter.is_empty() => {
            (rows.len(), format!("in the {} shown", count(rows.len(), "row")))
        }
        open => (open.draft.base().record_count(), "in the whole zone".into()),
    }
}

pub fn ask(app: &mut App) {
    if let Some(open) = app.open_mut() {
        open.take_range();
    }
    super::palette::open_with(app, "replace ");
}

/// What it would do, while it is typed.
pub fn preview(app: &App, text: &str) -> String {
    let Some(open) = app.open() else { return String::new() };
    let replacement = match Replacement::new(text, open.draft.base().origin().as_ref()) {
        Ok(replacement) => replacement,
        Err(why) => return why,
    };
    let (records, place) = place(open);
    if records > PREVIEWED {
        return format!("{place}; Enter looks for what that is");
    }
    let replacing = Replacing::new(open, replacement);
    let Replaced { sets, offered, left } = replacing.run().replaced;
    let records = |sets: &[ReplacedSet]| sets.iter().map(|set| set.records).sum::<usize>();
    let mut said = format!("{} {place}", count(records(&sets), "record"));
    if !offered.is_empty() {
        said.push_str(&format!("; {} in texts, offered", count(records(&offered), "record")));
    }
    if !left.is_empty() {
        said.push_str(&format!("; {} cannot", count(left.len(), "record")));
    }
    said + "; Enter shows them"
}

pub fn run(app: &mut App, text: &str) {
    let Some(open) = app.open() else { return };
    match Replacement::new(text, open.draft.base().origin().as_ref()) {
        Ok(replacement) => {
            let replacing = Replacing::new(open, replacement);
            app.say("looking for what is to be replaced");
            app.replacing = Some(app.work(Work::Replace(Box::new(replacing))));
        }
        Err(why) => app.refuse(why),
    }
}

impl App {
    pub(super) fn on_replaced(&mut self, request: RequestId, done: Done) {
        let Some(done) = self.on_replaced_in(request, done) else { return };
        if self.replacing.take_if(|asked| *asked == request).is_none() {
            return;
        }
        self.message = None;
        let Done { title, replaced } = done;
        let Some(open) = self.open() else { return };
        let origin = open.draft.base().origin();
        let Replaced { sets, offered, left } = replaced;
        let line = |(key, rdata, why): &(RrKey, crate::zone::Rdata, String)| {
            let data = crate::zone::types::format_rdata(key.rtype, rdata, Some(origin.as_ref()));
            let data: String = data.chars().take(60).collect();
            format!("Left out: {} {data}: {why}.", describe::set(key, origin))
        };
        let mut notes: Vec<String> = left.iter().take(SAID).map(line).collect();
        if left.len() > SAID {
            notes.push(format!("And {} more left out.", left.len() - SAID));
        }
        if sets.is_empty() && offered.is_empty() {
            let first = notes.first().map_or("no record there has it".to_owned(), Clone::clone);
            return self.refuse(format!("{title}: {first}"));
        }
        if sets.len() > PROPOSED {
            return self.ask_for_many(title, sets, notes);
        }
        let mut proposal = Proposal::new(title);
        notes.into_iter().for_each(|note| proposal.note(note));
        let wish = |set: ReplacedSet| {
            let merged = set.before.rdata.len() - set.after.rdata.len();
            let item = Item::new(Wish::replace(set.key, set.after.rdata, Ttl::Own(set.before.ttl)));
            match merged {
                0 => item,
                merged => item.note(format!("{} would be there twice: one is left", count(merged, "record"))),
            }
        };
        if !offered.is_empty() {
            proposal.note(format!(
                "{} of texts (SPF and the like) has such addresses as well: at the end, not ticked.",
                count(offered.len(), "record set")
            ));
        }
        sets.into_iter().map(wish).for_each(|item| proposal.push(item));
        for set in offered {
            proposal.push(wish(set).unticked().note("in a text: tick it (Space) if it shall go along"));
        }
        self.propose(proposal);
    }

    fn ask_for_many(&mut self, title: String, sets: Vec<ReplacedSet>, notes: Vec<String>) {
        let Some(open) = self.open() else { return };
        let origin = open.draft.base().origin();
        let records: usize = sets.iter().map(|set| set.records).sum();
        let mut text = vec![
            title.clone(),
            format!(
                "{} in {} become another, such as",
                count(records, "record"),
                count(sets.len(), "record set")
            ),
        ];
        for set in sets.iter().take(3) {
            let data = |set: &RrSet, rtype| {
                let first =
                    set.rdata.first().map(|rdata| crate::zone::types::format_rdata(rtype, rdata, None));
                first.unwrap_or_default()
            };
            let (before, after) = (data(&set.before, set.key.rtype), data(&set.after, set.key.rtype));
            text.push(format!("  {} {before} -> {after}", describe::set(&set.key, origin)));
        }
        text.extend(notes.into_iter().take(3));
        text.push("That is one step: u undoes it.".into());
        let buttons = vec![
            ("Replace", 'y', Then::ReplaceMany(Box::new(Many { title, sets }))),
            ("Cancel", 'n', Then::Close),
        ];
        self.overlay = Some(Overlay::Dialog(Dialog::new("Replace", text, buttons)));
    }

    pub(super) fn replace_many(&mut self, many: Many) {
        self.step(Kind::Replace(Arc::new(many)));
    }
}

/// What replaces in very many sets: in those that are as they were when they were looked for.
pub(super) fn replaced(open: &Open, many: &Many) -> Wanted {
    let conflicts: BTreeSet<RrKey> = open.draft.conflicts().into_iter().collect();
    let is_as_seen = |set: &&ReplacedSet| {
        same_octets(open.draft.get(&set.key).as_ref(), Some(&set.before))
            && !conflicts.contains(&set.key)
            && !describe::is_managed(open, &set.key)
            && open.file.as_ref().and_then(|file| file.why_read_only(&set.key)).is_none()
    };
    let edits: Vec<_> =
        many.sets.iter().filter(is_as_seen).map(|set| (set.key.clone(), Some(set.after.clone()))).collect();
    let (done, left) = (edits.len(), many.sets.len() - edits.len());
    let rest = if left > 0 { format!("; {} left as they are", count(left, "set")) } else { String::new() };
    Wanted {
        label: many.title.clone(),
        edits,
        done: format!("{} changed; u undoes it{rest}", count(done, "record set")),
        nothing: format!("nothing is different{rest}"),
    }
}
