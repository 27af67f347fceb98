//! The document: a zone as its owner wrote it. Changes of records become the smallest edits of its text.
//!
//! A [`Document`] is text and nothing else; where things stand in it is found by reading it. An application of changes
//! goes `survey` (one reading: entries, touched records) → `plan` (what happens to which entry) → `walk` (edits, with
//! what neighbours inherited written out), and then the new text is read: unless it says exactly what was meant, a
//! coarser plan is tried, and after that an error is given, never a wrong text.

mod line;
mod park;
mod plan;
mod style;
mod survey;
#[cfg(test)]
mod tests;
mod walk;

use std::ops::Range;

use super::include::Loader;
use super::printer::print_document;
use super::problem::Problem;
use super::zone::{read_zone_file, reborrow};
use crate::zone::changes::diff;
use crate::zone::managed::{is_managed, is_signed};
use crate::zone::snapshot::SnapshotError;
use crate::zone::{ChangeMap, Contents, Name, RrKey, RrSet, Snapshot, TextEdit, TextPatch, rrset};
pub use line::insert_ttl;
pub use park::{MARK, Parked};
use plan::Plan;
use survey::{Found, RowKind, Survey};
use walk::Edit;

/// Why changes cannot be made in a text. The text is then as it was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    #[error("{} in an included file; change {} there", of_sets(.0), if .0.len() == 1 { "it" } else { "them" })]
    ReadOnly(Vec<RrKey>),
    #[error("the text has errors: {}", .0.first().map_or_else(String::new, ToString::to_string))]
    Unreadable(Vec<Problem>),
    #[error("the changes do not make a zone: {0}")]
    NoZone(#[from] SnapshotError),
    #[error("the text is larger than 4 GiB")]
    TooLarge,
    /// A mistake of this program.
    #[error(
        "the changes could not be written into the text so that it reads back as they say; edit the text by hand"
    )]
    Unfit,
}

fn of_sets(keys: &[RrKey]) -> String {
    let named: Vec<String> = keys.iter().take(3).map(|key| format!("{} {}", key.owner, key.rtype)).collect();
    let more = keys.len().saturating_sub(named.len());
    let more = if more > 0 { format!(" and {more} others") } else { String::new() };
    format!("{}{more} {}", named.join(", "), if keys.len() == 1 { "stands" } else { "stand" })
}

/// The text of a zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    text: String,
    origin: Name,
}

/// Changes made in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    pub document: Document,
    /// What leads from the old text to the new one.
    pub patch: TextPatch,
}

impl Document {
    /// Octets that are no UTF-8 are for the caller to make text of (`edit::decode`); everything else stays as it is.
    pub fn new(text: impl Into<String>, origin: Name) -> Document {
        Document { text: text.into(), origin }
    }

    /// A document for a zone that has none yet: grouped by owner, in columns, without what the server makes by itself.
    /// `default_ttl` becomes its `$TTL`; without one, the commonest TTL of the zone.
    pub fn print(contents: Contents<'_>, default_ttl: Option<u32>) -> Document {
        let mut text = Vec::new();
        // Writing to memory does not fail.
        let _ = print_document(contents, default_ttl, &mut text);
        Document { text: String::from_utf8(text).unwrap_or_default(), origin: contents.base.origin().clone() }
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    pub fn into_text(self) -> String {
        self.text
    }

    /// The name of the zone.
    pub fn origin(&self) -> &Name {
        &self.origin
    }

    /// The zone that the text means, and what is to be said of it. Parked records are comments.
    ///
    /// # Errors
    /// All problems, where one of them is an error.
    pub fn records(&self, loader: Option<&mut dyn Loader>) -> Result<(Snapshot, Vec<Problem>), Vec<Problem>> {
        read_zone_file(self.text.as_bytes(), Some(&self.origin), loader)
    }

    /// Gives RRsets their contents after the changes, whatever the text says of them now.
    ///
    /// # Errors
    /// [`DocumentError`]; the records of an `$INCLUDE` cannot be changed.
    pub fn apply(
        &self,
        changes: &ChangeMap,
        loader: Option<&mut dyn Loader>,
    ) -> Result<Applied, DocumentError> {
        self.change(changes, loader)
    }

    /// Brings the text to what the zone holds, but for what its server makes by itself.
    ///
    /// # Errors
    /// [`DocumentError`], also where the text cannot be read.
    pub fn reconcile(
        &self,
        contents: Contents<'_>,
        loader: Option<&mut dyn Loader>,
    ) -> Result<Applied, DocumentError> {
        let mut loader = loader;
        let (own, _) = self.records(reborrow(&mut loader)).map_err(DocumentError::Unreadable)?;
        let changed;
        let zone = match contents.changes.is_empty() {
            true => contents.base,
            false => {
                changed = contents.base.with_changes(contents.changes)?;
                &changed
            }
        };
        let signed = is_signed(contents.base);
        let mut changes = diff(&own, zone);
        changes.retain(|key, _| !is_managed(signed, contents.base, key));
        if changes.is_empty() {
            return Ok(Applied { document: self.clone(), patch: TextPatch::default() });
        }
        self.apply(&changes, loader)
    }

    /// The parked records, in the order of the text.
    pub fn parked(&self) -> Vec<Parked> {
        let none = ChangeMap::new();
        let Some(survey) = Survey::of(&self.text, &self.origin, &none, None) else { return Vec::new() };
        park::parked(&survey)
    }

    fn survey<'a>(
        &'a self,
        changes: &'a ChangeMap,
        loader: Option<&mut dyn Loader>,
    ) -> Result<Survey<'a>, DocumentError> {
        Survey::of(&self.text, &self.origin, changes, loader).ok_or(DocumentError::TooLarge)
    }

    fn change(&self, changes: &ChangeMap, loader: Option<&mut dyn Loader>) -> Result<Applied, DocumentError> {
        if changes.is_empty() {
            return Ok(Applied { document: self.clone(), patch: TextPatch::default() });
        }
        let mut loader = loader;
        let survey = self.survey(changes, reborrow(&mut loader))?;
        for plan in [Plan::new(&survey, changes), Plan::coarse(&survey, changes)] {
            if !plan.read_only.is_empty() {
                return Err(DocumentError::ReadOnly(plan.read_only));
            }
            let edits = walk::edits(&survey, &plan);
            if let Some(applied) = self.checked(&survey, &edits, changes, reborrow(&mut loader))? {
                return Ok(applied);
            }
        }
        Err(DocumentError::Unfit)
    }

    /// The text with these edits, if it then says what the changes mean and nothing else than before beside that.
    fn checked(
        &self,
        before: &Survey<'_>,
        edits: &[Edit],
        changes: &ChangeMap,
        loader: Option<&mut dyn Loader>,
    ) -> Result<Option<Applied>, DocumentError> {
        let Some(text) = edited(&self.text, edits) else { return Ok(None) };
        let document = Document { text, origin: self.origin.clone() };
        let after = document.survey(changes, loader)?;
        let bad = |survey: &Survey<'_>| survey.rows.iter().filter(|row| row.kind == RowKind::Bad).count();
        let others_stay = after.leaves_the_same(before) && bad(&after) == bad(before);
        let is_meant = others_stay
            && changes.iter().all(|(key, change)| {
                let has = set_of(after.found.get(key).into_iter().flatten());
                let has = has.map(|set| set.without_repeats(key.rtype));
                let meant = change.after.clone().filter(|set| !set.rdata.is_empty());
                let meant = meant.map(|set| set.without_repeats(key.rtype));
                rrset::same_contents(has.as_ref(), meant.as_ref(), key.rtype)
            });
        let patch = is_meant.then(|| patch(&self.text, edits));
        Ok(patch.map(|patch| Applied { document, patch }))
    }
}

fn set_of<'f>(found: impl IntoIterator<Item = &'f Found>) -> Option<RrSet> {
    RrSet::of_records(found.into_iter().map(|found| (found.ttl, found.rdata.clone())).collect())
}

/// The text with edits made; `None` where they are no edits of it.
fn edited(text: &str, edits: &[Edit]) -> Option<String> {
    let added: usize = edits.iter().map(|(_, new)| new.len()).sum();
    let mut new = String::with_capacity(text.len() + added);
    let mut at = 0;
    for (Range { start, end }, with) in edits {
        new.push_str(text.get(at..*start)?);
        new.push_str(with);
        at = *end;
    }
    new.push_str(text.get(at..)?);
    Some(new)
}

/// The edits as a patch: from the last to the first, so that every place is one of the old text.
fn patch(text: &str, edits: &[Edit]) -> TextPatch {
    let edits = edits.iter().rev().filter_map(|(range, inserted)| {
        let removed = text.get(range.clone())?;
        (removed != inserted).then(|| TextEdit {
            offset: range.start,
            removed: removed.into(),
            inserted: inserted.clone(),
        })
    });
    TextPatch(edits.collect())
}
