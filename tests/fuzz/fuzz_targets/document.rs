//! Any text as a document, and a second one as what some of its RRsets are to become (a TTL of 0: they go): what comes
//! out means just that, the patch leads there and back, and so do the changes turned round. Where the text has no
//! errors, there is always a way to write a change into it.
#![no_main]

use std::collections::BTreeMap;

use libfuzzer_sys::fuzz_target;
use zonewright::zone::{Change, ChangeMap, Rdata, RrKey, RrSet, TextPatch, changes};
use zonewright::zonefile::document::{Document, DocumentError};
use zonewright::zonefile::{Parsed, Severity, parse};
use zonewright_fuzz::origin;

type Sets = BTreeMap<RrKey, RrSet>;

fn sets(parsed: Parsed) -> Sets {
    let mut sets: BTreeMap<RrKey, Vec<(u32, Rdata)>> = BTreeMap::new();
    for record in parsed.records {
        let key = RrKey::of_record(record.owner.as_ref(), record.rtype, &record.rdata);
        sets.entry(key).or_default().push((record.ttl, record.rdata));
    }
    let set = |(key, records): (RrKey, _)| {
        let set = RrSet::of_records(records).expect("a record").without_repeats(key.rtype);
        (key, set)
    };
    sets.into_iter().map(set).collect()
}

fn of(text: &str) -> Sets {
    sets(parse(text.as_bytes(), Some(&origin())))
}

fn patched(text: &str, patch: &TextPatch) -> String {
    let mut text = text.to_owned();
    for edit in &patch.0 {
        let range = edit.offset..edit.offset + edit.removed.len();
        assert_eq!(text.get(range.clone()), Some(&*edit.removed));
        text.replace_range(range, &edit.inserted);
    }
    text
}

fn assert_same(has: &Sets, meant: &Sets, text: &str) {
    assert_eq!(has.keys().collect::<Vec<_>>(), meant.keys().collect::<Vec<_>>(), "{text}");
    for (key, set) in has {
        assert!(set.same(&meant[key], key.rtype), "{} {}\n{text}", key.owner, key.rtype);
    }
}

/// May a line of the text stand for so many records that reading them takes seconds?
fn is_large(text: &[u8]) -> bool {
    let generates = text.windows(9).any(|word| word.eq_ignore_ascii_case(b"$GENERATE"));
    generates && text.windows(4).any(|digits| digits.iter().all(u8::is_ascii_digit))
}

fuzz_target!(|octets: &[u8]| {
    let Ok(both) = std::str::from_utf8(octets) else { return };
    let (text, wanted) = both.split_once("%%\n").unwrap_or((both, ""));
    if is_large(octets) {
        return;
    }
    let document = Document::new(text, origin());
    let parsed = parse(text.as_bytes(), Some(&origin()));
    let has_errors = parsed.problems.iter().any(|problem| problem.severity == Severity::Error);
    let before = sets(parsed);
    let mut meant = before.clone();
    let mut map = ChangeMap::new();
    for (key, set) in of(wanted) {
        let after = (set.ttl > 0).then_some(set);
        match &after {
            Some(set) => meant.insert(key.clone(), set.clone()),
            None => meant.remove(&key),
        };
        let change = Change { before: before.get(&key).cloned(), after };
        if !change.is_empty() {
            map.insert(key, change);
        }
    }
    document.parked();
    let applied = match document.apply(&map, None) {
        Ok(applied) => applied,
        Err(DocumentError::Unfit) if has_errors => return,
        Err(error) => panic!("{error}\n{text}\n{map:?}"),
    };
    assert_eq!(patched(text, &applied.patch), applied.document.text());
    assert_eq!(patched(applied.document.text(), &applied.patch.inverse()), text);
    assert_same(&of(applied.document.text()), &meant, applied.document.text());
    match applied.document.apply(&changes::inverse(&map), None) {
        Ok(back) => assert_same(&of(back.document.text()), &before, back.document.text()),
        Err(error) => assert!(has_errors, "back: {error}\n{}", applied.document.text()),
    }
});
