//! Edits that need no form: delete, bring back. Those of several records at once are in `many`, undo and redo in `stepping`. And why an edit cannot be made now.

use super::describe;
use super::open::Open;
use super::rows::{Mark, Row};
use super::stepping::Kind;
use super::{App, Effect};
use crate::zone::draft::{Entry, Step};
use crate::zone::rrset::same_contents;
use crate::zone::{Change, ChangeMap, Contents, RecordType, RrKey, RrSet, Snapshot, types};

impl App {
    /// Makes an edit: one step that can be undone. False where it changes nothing.
    pub(super) fn edit(&mut self, label: String, edits: Vec<(RrKey, Option<RrSet>)>) -> bool {
        if self.is_refused() {
            return false;
        }
        let Some(open) = self.open_mut() else { return false };
        let touches_nameservers = concerns_nameservers(open, edits.iter().map(|(key, _)| key));
        // An edit ends what could have been done again, perhaps very much.
        let undone = open.draft.next_labels().1.is_some().then(|| open.draft.clone());
        let Some(entry) = open.draft.edit(label, edits) else { return false };
        open.refresh();
        if let Some(undone) = undone {
            self.let_go(undone, None);
        }
        self.journal(entry);
        if touches_nameservers {
            self.ask_nameservers();
        }
        true
    }

    /// The same as an edit of what the person saw in an earlier version of the zone: where others changed it since, that
    /// is a conflict and not overwritten.
    pub(super) fn edit_over(
        &mut self,
        seen: &Snapshot,
        label: String,
        edits: Vec<(RrKey, Option<RrSet>)>,
    ) -> bool {
        if self.is_refused() {
            return false;
        }
        let Some(open) = self.open_mut() else { return false };
        let is_moved = |key: &RrKey| {
            !open.draft.changes().contains_key(key)
                && !same_contents(seen.get(key).as_ref(), open.draft.base().get(key).as_ref(), key.rtype)
        };
        if !edits.iter().any(|(key, _)| is_moved(key)) {
            return self.edit(label, edits);
        }
        let zone = Contents { base: seen, changes: open.draft.changes() };
        let change = |(key, after): (RrKey, Option<RrSet>)| {
            let before = zone.get(&key);
            (key, Change { before, after: after.filter(|set| !set.rdata.is_empty()) })
        };
        let changes: ChangeMap =
            edits.into_iter().map(change).filter(|(_, change)| !change.is_empty()).collect();
        if changes.is_empty() {
            return false;
        }
        open.draft.replay([Entry::Step(Step::new(label, changes))]);
        open.refresh();
        self.rewrite_draft();
        true
    }

    /// Tries again what could not be saved.
    pub(super) fn save_again(&mut self) {
        if self.disk_trouble.is_some() {
            self.rewrite_draft();
        }
        if self.text.trouble.is_some() {
            self.save_texts();
        }
    }

    pub(super) fn journal(&mut self, entry: Entry) {
        if self.disk_trouble.is_some() {
            // A step is missing on the disk: appended to that, this one would not mean the same.
            self.rewrite_draft();
        } else if let Some(open) = self.open() {
            let base_serial = open.draft.base().serial();
            self.effect(Effect::Journal { entry, base_serial });
        }
    }
}

/// Do edits of these RRsets change whom to ask, or at which address?
pub(super) fn concerns_nameservers<'a>(open: &Open, mut keys: impl Iterator<Item = &'a RrKey>) -> bool {
    let apex = open.apex();
    let names: Vec<_> = open.nameservers.rows.iter().filter_map(super::nameservers::target).collect();
    keys.any(|key| *key == apex || names.contains(&key.owner))
}

pub fn may_edit(app: &App) -> Result<(), String> {
    app.editable()
}

/// Is there a record under the cursor that may be deleted, or brought back?
pub fn may_change_selected(app: &App) -> Result<(), String> {
    may_edit_selected(app)?;
    let row = selected(app)?;
    app.open().map_or(Ok(()), |open| may_change(open, &row))
}

/// May a record be changed, where the zone may?
pub fn may_change(open: &Open, row: &Row) -> Result<(), String> {
    let Row { key, conflict, mark, .. } = row;
    if *mark == Mark::Parked {
        return Err("this record is parked: a comment of the zone's text. x takes it back".into());
    }
    if *conflict {
        return Err(
            "others changed this record set as well: M shows both sides, choose one there first".into()
        );
    }
    if let Some(why) = open.file.as_ref().and_then(|file| file.why_read_only(key)) {
        return Err(why);
    }
    match describe::is_managed(open, key) {
        true if describe::is_never_edited(key.rtype) => {
            Err(format!("{} records are made by whoever signs the zone; no update can carry them", key.rtype))
        }
        true => Err(format!(
            "the zone is signed: its {} is made by the server, which changes it itself",
            key.rtype
        )),
        false => Ok(()),
    }
}

/// May an RRset be given other contents?
pub fn may_change_set(app: &App, key: &RrKey) -> Result<(), String> {
    may_edit(app)?;
    let Some(open) = app.open() else { return Err("there is no zone yet".into()) };
    if open.draft.conflicts().contains(key) {
        return Err(
            "others changed that record set as well: M shows both sides, choose one there first".into()
        );
    }
    if let Some(why) = app.file().and_then(|file| file.why_read_only(key)) {
        return Err(why);
    }
    match describe::is_managed(open, key) {
        true => Err(format!("the zone is signed: its {} is made by the server", key.rtype)),
        false => Ok(()),
    }
}

pub fn may_edit_selected(app: &App) -> Result<(), String> {
    may_edit(app)?;
    has_selection(app)
}

pub fn has_selection(app: &App) -> Result<(), String> {
    selected(app).map(|_| ())
}

fn selected(app: &App) -> Result<Row, String> {
    app.open().and_then(Open::selected).ok_or_else(|| "no record is selected".into())
}

pub fn has_changes(app: &App) -> Result<(), String> {
    match app.open().is_some_and(|open| !open.draft.changes().is_empty()) {
        true => Ok(()),
        false => Err("nothing is changed".into()),
    }
}

pub fn can_undo(app: &App) -> Result<(), String> {
    match app.open().and_then(|open| open.draft.next_labels().0) {
        Some(_) => Ok(()),
        None if app.past.pushed => app.editable(),
        None => Err("nothing to undo".into()),
    }
}

pub fn can_redo(app: &App) -> Result<(), String> {
    match app.open().and_then(|open| open.draft.next_labels().1) {
        Some(_) => Ok(()),
        None => Err("nothing to do again".into()),
    }
}

/// Deletes the selected record, or brings a deleted one back; the marked ones as one step.
pub fn delete(app: &mut App) {
    if let Some(open) = app.open_mut() {
        open.take_range();
    }
    match app.open().is_some_and(Open::has_marks) {
        true => app.step(Kind::Delete),
        false => delete_selected(app),
    }
}

fn delete_selected(app: &mut App) {
    let Some(open) = app.open() else { return };
    let Some(row) = open.selected() else { return };
    let origin = open.draft.base().origin();
    let name = describe::set(&row.key, origin);
    if row.key.rtype == RecordType::SOA {
        return app.say("a zone cannot be without its SOA; Enter edits it");
    }
    let current = open.draft.get(&row.key);
    let seen = open.draft.changes().get(&row.key).and_then(|change| change.before.clone());
    let (verb, after) = match row.mark {
        Mark::Deleted => ("restore", restored(&row, current, seen)),
        _ => ("delete", without(&row, current)),
    };
    let word = if verb == "delete" { "deleted" } else { "brought back" };
    if app.edit(format!("{verb} {name}"), vec![(row.key.clone(), after)]) {
        app.say(format!("{word}: {name}; u undoes it"));
    }
}

fn without(row: &Row, current: Option<RrSet>) -> Option<RrSet> {
    let mut set = current?;
    if let Some(at) = set.position(row.key.rtype, &row.rdata) {
        set.rdata.remove(at);
        if !set.mixed_ttls.is_empty() {
            set.mixed_ttls.remove(at.min(set.mixed_ttls.len().saturating_sub(1)));
        }
        // Any edit of a set makes its TTLs one.
        set = RrSet::new(set.ttl, set.rdata);
    }
    Some(set)
}

/// The set with a deleted record back in its place: when that undoes the whole change, nothing is left of it.
pub(super) fn restored(row: &Row, current: Option<RrSet>, seen: Option<RrSet>) -> Option<RrSet> {
    let rtype = row.key.rtype;
    let seen = seen?;
    let current = current.unwrap_or_else(|| RrSet::new(seen.ttl, Vec::new()));
    let wanted = types::canonical(rtype, &row.rdata).into_owned();
    let back = |rdata: &[u8]| types::canonical(rtype, rdata) == wanted || current.contains(rtype, rdata);
    let old: Vec<_> = seen.rdata.iter().filter(|rdata| back(rdata)).cloned().collect();
    let new = current.rdata.iter().filter(|rdata| !seen.contains(rtype, rdata)).cloned();
    let records: Vec<_> = old.into_iter().chain(new).collect();
    let set = RrSet::new(current.ttl, records);
    Some(if set.same_records(&seen, rtype) && set.ttl == seen.ttl { seen } else { set })
}
