//! Undo and redo of a text: edits in groups, a group being what one press of undo takes back.

use std::collections::VecDeque;

/// One edit: at an offset, in octets, one text was put in the place of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    pub offset: usize,
    pub removed: String,
    pub inserted: String,
}

/// How an edit was made: typing a word is undone in one go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Typed,
    Erased,
    /// Stands for itself.
    Single,
}

/// What is undone in one go.
#[derive(Debug, Clone)]
pub struct Group {
    pub edits: Vec<Edit>,
    /// Where the cursor was before it.
    pub cursor: usize,
    kind: Kind,
}

/// Most octets kept; what is older cannot be undone any more.
const MOST: usize = 64 * 1024 * 1024;
/// What an edit takes besides its text.
const EACH: usize = 64;

#[derive(Debug, Clone, Default)]
pub struct History {
    undo: VecDeque<Group>,
    redo: Vec<Group>,
    /// Octets in `undo`.
    size: usize,
    /// May the next edit join the last group?
    open: bool,
    /// A command of several edits is under way: all of them make one group.
    whole: bool,
}

impl History {
    pub fn record(&mut self, edit: Edit, kind: Kind, cursor: usize) {
        self.redo.clear();
        self.size += size(&edit);
        match self.undo.back_mut().filter(|_| self.open) {
            Some(group) if self.whole => group.edits.push(edit),
            Some(group) if group.kind == kind && joins(group.edits.last(), &edit, kind) => {
                if let Some(last) = group.edits.last_mut() {
                    self.size -= EACH;
                    join(last, edit);
                }
            }
            _ => self.undo.push_back(Group { edits: vec![edit], cursor, kind }),
        }
        self.open = true;
        while self.size > MOST && self.undo.len() > 1 {
            let oldest = self.undo.pop_front();
            self.size -= oldest.iter().flat_map(|group| &group.edits).map(size).sum::<usize>();
        }
    }

    /// The next edit begins a group of its own.
    pub fn pause(&mut self) {
        if !self.whole {
            self.open = false;
        }
    }

    /// Until [`History::end`] all edits make one group.
    pub fn begin(&mut self) {
        self.open = false;
        self.whole = true;
    }

    pub fn end(&mut self) {
        (self.open, self.whole) = (false, false);
    }

    /// The last group, to be taken back.
    pub fn undo(&mut self) -> Option<Group> {
        self.open = false;
        let group = self.undo.pop_back()?;
        self.size -= group.edits.iter().map(size).sum::<usize>();
        self.redo.push(group.clone());
        Some(group)
    }

    /// The last group that was taken back, to be done again.
    pub fn redo(&mut self) -> Option<Group> {
        self.open = false;
        let group = self.redo.pop()?;
        self.size += group.edits.iter().map(size).sum::<usize>();
        self.undo.push_back(group.clone());
        Some(group)
    }

    pub fn can_undo(&self) -> bool {
        !self.undo.is_empty()
    }

    pub fn can_redo(&self) -> bool {
        !self.redo.is_empty()
    }
}

fn size(edit: &Edit) -> usize {
    edit.removed.len() + edit.inserted.len() + EACH
}

/// Does an edit go on where the last one ended? A new word begins a new group.
fn joins(last: Option<&Edit>, edit: &Edit, kind: Kind) -> bool {
    let Some(last) = last else { return false };
    match kind {
        Kind::Typed => {
            let blank = |text: Option<char>| text.is_some_and(char::is_whitespace);
            let new_word = blank(last.inserted.chars().next_back()) && !blank(edit.inserted.chars().next());
            edit.removed.is_empty() && edit.offset == last.offset + last.inserted.len() && !new_word
        }
        Kind::Erased => {
            let before = edit.offset + edit.removed.len() == last.offset;
            edit.inserted.is_empty() && last.inserted.is_empty() && (before || edit.offset == last.offset)
        }
        Kind::Single => false,
    }
}

fn join(last: &mut Edit, edit: Edit) {
    last.inserted.push_str(&edit.inserted);
    if edit.offset < last.offset {
        last.removed.insert_str(0, &edit.removed);
        last.offset = edit.offset;
    } else {
        last.removed.push_str(&edit.removed);
    }
}
