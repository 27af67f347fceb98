//! Any keys at all: nothing breaks, undo leads back, and the disk holds what the screen shows.

use proptest::prelude::*;

use super::super::commands::all;
use super::super::rows::{Column, Row, SortBy};
use super::*;
use crate::bulk::{Filter, Subject};
use crate::zone::{Draft, RrSet};

fn any_key() -> impl Strategy<Value = Key> {
    let bound: Vec<Key> = all().flat_map(|command| command.sequences().flatten()).collect();
    let text: Vec<Key> = "amxw.1920:\"@*ü".chars().map(Key::char).collect();
    prop_oneof![4 => prop::sample::select(bound), 1 => prop::sample::select(text)]
}

/// What the rows must be, made the long way.
fn expected(open: &Open) -> Vec<Row> {
    let base = open.draft.base();
    let mut keys: Vec<RrKey> = base.set_ids().filter_map(|set| base.key(set)).collect();
    keys.extend(open.draft.changes().keys().cloned());
    keys.extend(open.parked.0.iter().map(|row| row.key.clone()));
    keys.sort();
    keys.dedup();
    keys.retain(|key| *key != open.apex());
    let conflicts = open.draft.conflicts();
    let rows = keys.iter().flat_map(|key| {
        let rows = match (open.draft.changes().get(key), base.get(key)) {
            (Some(change), _) => rows::changed_rows(key, change, conflicts.contains(key)),
            (None, Some(set)) => rows::unchanged_rows(key, &set),
            (None, None) => Vec::new(),
        };
        rows::with_parked(rows, open.parked.0.iter().filter(|row| row.key == *key).cloned().collect())
    });
    rows.collect()
}

fn check_rows(open: &Open) -> Result<(), TestCaseError> {
    let expected = expected(open);
    let origin = name("@");
    let filter = Filter::new(&open.records.filter, origin.as_ref());
    let shown = |row: &&Row| {
        let subject = Subject {
            owner: row.key.owner.as_ref(),
            rtype: row.key.rtype,
            ttl: row.ttl,
            rdata: &row.rdata,
            changed: !matches!(row.mark, rows::Mark::Unchanged | rows::Mark::Parked),
        };
        filter.fits(subject, origin.as_ref(), &mut String::new())
    };
    let rows: Vec<Row> = (0..open.records.rows.len()).map(|index| open.row(index).unwrap()).collect();
    let wanted: Vec<Row> = expected.iter().filter(shown).cloned().collect();
    // What was edited since the filter was set stays, though it fits no more: until that is set again.
    let base = open.draft.base();
    let mut fitting = open.records.rows.clone();
    fitting.filter_again(base);
    let fitting: Vec<Row> = (0..fitting.len()).map(|index| fitting.get(base, index).unwrap()).collect();
    prop_assert_eq!(rows.len(), fitting.len() + open.records.rows.unfit());
    prop_assert!(fitting.iter().all(|row| rows.contains(row)));
    if open.records.sort.is_none() {
        prop_assert_eq!(&fitting, &wanted);
    } else {
        let in_any_order = |rows: &[Row]| {
            let mut texts: Vec<String> = rows.iter().map(|row| format!("{row:?}")).collect();
            texts.sort();
            texts
        };
        prop_assert_eq!(in_any_order(&fitting), in_any_order(&wanted));
    }
    // Each mark is that of a row.
    let marked = open.records.rows.marked_rows(open.draft.base());
    prop_assert_eq!(marked.len(), open.marked());
    prop_assert!(marked.iter().all(|row| expected.contains(row)));
    prop_assert_eq!(open.records.rows.total(), expected.len());
    prop_assert_eq!(open.row(rows.len()), None);
    for (index, row) in rows.iter().enumerate() {
        let found = open.records.rows.find(open.draft.base(), &row.key, &row.rdata);
        prop_assert_eq!(found, Some(index));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn keys(keys in prop::collection::vec(any_key(), 0..120), reload in any::<prop::sample::Index>()) {
        let mut test = Test::new();
        let sizes = [(80, 24), (132, 43), (40, 10), (20, 5), (1, 1)];
        let reload = reload.index(keys.len().max(1));
        for (index, key) in keys.iter().enumerate() {
            test.send(Msg::Key(*key));
            if index == reload {
                // Somebody else was at it too.
                let moved = ZONE.replace("192.0.2.25", "192.0.2.225").replace("192.0.2.10\n", "192.0.2.110\n");
                if let Zone::Open(_) = test.app.zone {
                    test.app.rebase(zone(&moved), crate::app::follow::Way::Followed);
                }
                let effects = std::mem::take(&mut test.app.effects);
                test.effects.extend(effects);
            }
            if index % 8 == 0 {
                let (width, height) = sizes[index / 8 % sizes.len()];
                test.screen(width, height);
            }
        }
        let Zone::Open(open) = &test.app.zone else { return Ok(()) };
        check_rows(open)?;
        let discarded = test.did(|effect| matches!(effect, Effect::Quit));
        if !discarded {
            let mut again = Draft::new(open.draft.base().clone());
            again.replay(disk(&test.effects));
            let wanted = |draft: &Draft| -> Vec<_> {
                draft.changes().iter().map(|(key, change)| (key.clone(), change.after.clone())).collect()
            };
            prop_assert_eq!(wanted(&again), wanted(&open.draft));
            // A conflict that was seen and redone away may come back, none may be forgotten.
            let remembered = again.conflicts();
            prop_assert!(open.draft.conflicts().iter().all(|key| remembered.contains(key)));
        }
    }

    #[test]
    fn undoing_everything_leads_back(keys in prop::collection::vec(any_key(), 0..120)) {
        let mut test = Test::new();
        for key in keys {
            test.send(Msg::Key(key));
        }
        test.app.overlay = None;
        test.app.pending = None;
        test.app.screen = Screen::Main;
        test.app.text = Texts::default();
        while edits::can_undo(&test.app).is_ok() {
            test.keys("u");
        }
        prop_assert_eq!(test.changes(), Vec::<String>::new());
    }

    /// Rows of random changes over a zone, in any order: edited ones keep their places, added ones get theirs.
    #[test]
    fn sorted_rows(
        edits in prop::collection::vec((0usize..6, prop::collection::vec(0u8..6, 0..4), 0u32..3), 0..8),
        column in prop::sample::select(vec![Column::Name, Column::Ttl, Column::Type, Column::Data]),
        reverse in any::<bool>(),
        filter in "(type:a)?|[a-c1]?",
    ) {
        let mut test = Test::new();
        let Zone::Open(open) = &mut test.app.zone else { unreachable!() };
        open.records.sort = Some(SortBy { column, reverse });
        open.set_filter(&filter);
        test.send(Msg::Woke);
        let selected = test.open().selected().unwrap();
        let Zone::Open(open) = &mut test.app.zone else { unreachable!() };
        let owners = ["@", "a", "ftp", "mail", "www", "zz"];
        for (owner, addresses, ttl) in edits {
            let key = RrKey::new(name(owners[owner]), RecordType::A);
            let records = addresses.iter().map(|last| vec![192, 0, 2, *last].into_boxed_slice()).collect();
            open.draft.edit("edit", [(key, Some(RrSet::new(ttl * 60, records)))]);
            open.refresh();
        }
        check_rows(open)?;
        if open.draft.changes().is_empty() {
            prop_assert_eq!(open.selected().unwrap(), selected);
        }
        // Sorted again, they are in order.
        test.app.sort_by(None);
        let Zone::Open(open) = &mut test.app.zone else { unreachable!() };
        open.records.sort = Some(SortBy { column, reverse });
        test.send(Msg::Woke);
        let open = test.open();
        check_rows(open)?;
        if column == Column::Ttl {
            // Deleted rows stand where they stood.
            let rows = (0..open.records.rows.len()).map(|index| open.row(index).unwrap());
            let ttls: Vec<u32> = rows.filter(|row| row.mark != rows::Mark::Added).map(|row| row.ttl).collect();
            prop_assert!(ttls.is_sorted_by(|a, b| if reverse { a >= b } else { a <= b }), "{:?}", ttls);
        }
    }

    /// Rows of random changes over a random zone.
    #[test]
    fn rows(edits in prop::collection::vec((0usize..12, prop::collection::vec(0u8..6, 0..4), 0u32..3), 0..12), filter in "[a-c1]?") {
        let mut test = Test::new();
        let Zone::Open(open) = &mut test.app.zone else { unreachable!() };
        open.set_filter(&filter);
        let owners = ["@", "*.dev", "a", "b.c", "ftp", "mail", "ns1", "old", "www", "z", "zz", "0"];
        for (owner, addresses, ttl) in edits {
            let key = RrKey::new(name(owners[owner]), RecordType::A);
            let records = addresses.iter().map(|last| vec![192, 0, 2, *last].into_boxed_slice()).collect();
            open.draft.edit("edit", [(key, Some(RrSet::new(ttl * 60, records)))]);
            open.refresh();
        }
        check_rows(open)?;
    }
}

#[test]
fn every_size_is_drawn() {
    let mut test = Test::new();
    for keys in ["", "Down -", "c", "w", "Esc Esc ?", "Esc : 'a'", "Esc +", "'mx' Enter", "Esc q", "Esc /"] {
        test.keys(keys);
        for size in
            [(0, 0), (1, 1), (20, 5), (39, 10), (40, 9), (40, 10), (60, 12), (79, 24), (80, 24), (300, 100)]
        {
            test.screen(size.0, size.1);
        }
    }
}
