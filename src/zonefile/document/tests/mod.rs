//! Tests of the document: by example for each promise, and properties over random texts.

mod examples;
mod parking;
mod properties;

use super::*;
use crate::zone::{Change, Rdata};
use crate::zone::{RecordType, changes};

fn name(text: &str) -> Name {
    let origin = Name::parse(b"example.com.", None).unwrap();
    Name::parse(text.as_bytes(), Some(origin.as_ref())).unwrap()
}

fn document(text: &str) -> Document {
    Document::new(text, name("@"))
}

fn snapshot(document: &Document) -> Snapshot {
    document.records(None).unwrap_or_else(|problems| panic!("{}\n{problems:?}", document.text())).0
}

/// The map from one text to another, as a table would make it.
fn between(old: &str, new: &str) -> ChangeMap {
    changes::diff(&snapshot(&document(old)), &snapshot(&document(new)))
}

/// The patch, made by the rules of [`TextPatch`].
fn patched(text: &str, patch: &TextPatch) -> String {
    let mut text = text.to_owned();
    for edit in &patch.0 {
        let range = edit.offset..edit.offset + edit.removed.len();
        assert_eq!(text.get(range.clone()), Some(&*edit.removed));
        text.replace_range(range, &edit.inserted);
    }
    text
}

/// The lines that went (`-`) and came (`+`) when the change was made that `wanted` describes: a text of the same
/// records in whatever form.
fn lines_of(text: &str, wanted: &str) -> Vec<String> {
    let changes = between(text, wanted);
    let applied = document(text).apply(&changes, None).unwrap();
    assert_eq!(patched(text, &applied.patch), applied.document.text());
    assert_eq!(patched(applied.document.text(), &applied.patch.inverse()), text);
    assert!(changes::diff(&snapshot(&applied.document), &snapshot(&document(wanted))).is_empty());
    difference(text, applied.document.text())
}

fn difference(old: &str, new: &str) -> Vec<String> {
    let mut lines = Vec::new();
    for edit in TextPatch::between(old, new).0.iter().rev() {
        lines.extend(edit.removed.lines().map(|line| format!("-{line}")));
        lines.extend(edit.inserted.lines().map(|line| format!("+{line}")));
    }
    lines
}
