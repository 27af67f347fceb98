//! What a list says of a zone's draft, without opening it: nothing is made, locked or changed.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::{Found, holder, journal_path, read_entries};
use crate::facts::zones::Waiting;
use crate::zone::Name;
use crate::zone::draft::{Entry, Step};
use crate::zone::rrset::{RrKey, RrSet, same_octets};

/// Longer journals are not gone through for a list, in octets.
const MAX_COUNTED: u64 = 4 << 20;

/// What is seen of a draft from outside.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Peek {
    pub draft: Option<Waiting>,
    /// A form that was being filled in.
    pub form: bool,
    /// Another editor that has it open.
    pub held: Option<String>,
}

/// Looks at the draft of `zone` at `server` below `state`.
pub fn peek(state: &Path, server: &str, zone: &Name) -> Peek {
    let path = journal_path(state, server, zone);
    // Asking who holds it makes a file, so only where somebody has.
    let is_locked = path.with_extension("lock").exists();
    let held = if is_locked { holder::seen(&path).ok().flatten() } else { None };
    let form = path.with_extension("form").exists();
    let draft = fs::metadata(&path).ok().and_then(|metadata| {
        if metadata.len() > MAX_COUNTED {
            let begun = metadata.modified().map_or(0, super::since_1970);
            return Some(Waiting { changes: None, begun });
        }
        let Found { entries, begun, .. } = read_entries(&fs::read(&path).ok()?).0?;
        let changes = count(entries);
        (changes > 0).then_some(Waiting { changes: Some(changes), begun })
    });
    Peek { draft, form, held }
}

/// How many record sets a draft changes.
fn count(entries: Vec<Entry>) -> usize {
    let (mut done, mut undone): (Vec<Step>, Vec<Step>) = (Vec::new(), Vec::new());
    for entry in entries {
        match entry {
            Entry::Step(step) => {
                done.push(step);
                undone.clear();
            }
            Entry::Undo => undone.extend(done.pop()),
            Entry::Redo => done.extend(undone.pop()),
        }
    }
    let mut sets: BTreeMap<&RrKey, (Option<&RrSet>, Option<&RrSet>)> = BTreeMap::new();
    for (key, change) in done.iter().flat_map(|step| &step.changes) {
        let set = sets.entry(key).or_insert((change.before.as_ref(), None));
        set.1 = change.after.as_ref();
    }
    sets.values().filter(|(before, after)| !same_octets(*before, *after)).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::drafts::{Journal, Opened};
    use crate::zone::{Change, ChangeMap, RecordType};

    fn step(owner: &str, before: Option<u8>, after: Option<u8>) -> Entry {
        let key = RrKey::new(Name::parse(owner.as_bytes(), None).unwrap(), RecordType::A);
        let set = |last: u8| RrSet::new(60, vec![vec![192, 0, 2, last].into()]);
        let change = Change { before: before.map(set), after: after.map(set) };
        Entry::Step(Step::new("", ChangeMap::from([(key, change)])))
    }

    #[test]
    fn only_what_is_left_of_the_steps_counts() {
        let steps =
            || vec![step("a.", None, Some(1)), step("b.", Some(1), Some(2)), step("a.", Some(1), Some(3))];
        let with = |more: Vec<Entry>| count(steps().into_iter().chain(more).collect());
        assert_eq!(with(vec![]), 2);
        assert_eq!(with(vec![step("a.", Some(3), None)]), 1);
        assert_eq!(with(vec![Entry::Undo, Entry::Undo]), 1);
        assert_eq!(with(vec![Entry::Undo, Entry::Undo, Entry::Redo]), 2);
        assert_eq!(count(vec![Entry::Undo, Entry::Redo]), 0);
    }

    #[test]
    fn looking_leaves_nothing_behind_and_says_who_is_there() {
        let state = tempfile::tempdir().unwrap();
        let zone = Name::parse(b"example.com.", None).unwrap();
        assert_eq!(peek(state.path(), "ns0", &zone), Peek::default());
        assert_eq!(fs::read_dir(state.path()).unwrap().count(), 0);
        let Opened::Ours(mut journal, None) = Journal::open(state.path(), "ns0", &zone).unwrap() else {
            panic!("held");
        };
        journal.append(&step("a.", None, Some(1))).unwrap();
        let seen = peek(state.path(), "ns0", &zone);
        assert_eq!(seen.draft.unwrap().changes, Some(1));
        assert!(seen.held.unwrap().starts_with("process "));
        drop(journal);
        assert_eq!(peek(state.path(), "ns0", &zone).held, None);
    }
}
