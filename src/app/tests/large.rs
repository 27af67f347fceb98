//! A zone that is too large to be searched at once: keys never wait, and none hits a row that it was not meant for.

use super::*;

/// Presses keys while the searches that they begin are under way; those are returned, oldest first.
fn press(test: &mut Test, keys: &str) -> Vec<(RequestId, work::Work)> {
    let keys = keys.split(' ').map(|key| Key::parse(key).unwrap());
    let effects = keys.flat_map(|key| test.app.update(Msg::Key(key))).collect::<Vec<Effect>>();
    effects
        .into_iter()
        .filter_map(|effect| match effect {
            Effect::Work { request, work } => Some((request, *work)),
            _ => None,
        })
        .collect()
}

fn large() -> Test {
    let hosts: String = (0..25_000).map(|number| format!("host{number} 60 A 192.0.2.1\n")).collect();
    Test::with(&format!("{ZONE}{hosts}"))
}

fn shown(test: &Test) -> usize {
    test.open().records.rows.len()
}

#[test]
fn one_search_at_a_time_for_what_was_typed_last() {
    let mut test = large();
    let mut works = press(&mut test, "/ h o s t 1 7 7 7 7");
    assert_eq!(works.len(), 1, "one search is under way");
    assert!(test.screen(80, 24).contains("searching /host17777"));
    let (request, work) = works.remove(0);
    let worked = work.run();
    test.send(Msg::Worked { request, worked: worked.clone() });
    assert_eq!(shown(&test), 1);
    assert_eq!(test.selected(), "  host17777 1m A 192.0.2.1");
    // An answer that nobody waits for any more.
    test.send(Msg::Worked { request, worked });
    assert_eq!(shown(&test), 1);
    // Back to a shorter text, and to none, which needs no search.
    let works = press(&mut test, "Backspace");
    assert_eq!(works.len(), 1);
    assert!(press(&mut test, "Esc").is_empty());
    assert_eq!(shown(&test), 25_015);
    for (request, work) in works {
        test.send(Msg::Worked { request, worked: work.run() });
    }
    assert_eq!(shown(&test), 25_015, "found too late");
}

#[test]
fn keys_typed_ahead_wait_for_the_rows_that_they_are_meant_for() {
    let mut test = large();
    test.select("mail", "A", "192.0.2.25");
    let works = press(&mut test, "/ h o s t 5 0 0 0 Enter -");
    assert_eq!(test.changes(), [] as [&str; 0], "nothing is deleted before the rows are there");
    for (request, work) in works {
        test.send(Msg::Worked { request, worked: work.run() });
    }
    assert_eq!(shown(&test), 1);
    assert_eq!(test.changes(), ["- host5000 60 A 192.0.2.1"]);
}

#[test]
fn a_reload_during_the_search() {
    let mut test = large();
    let works = press(&mut test, "/ m a i l Enter R");
    let (request, work) = works.into_iter().next().unwrap();
    test.send(Msg::Worked { request, worked: work.run() });
    let hosts: String = (0..25_000).map(|number| format!("mail{number} 60 A 192.0.2.1\n")).collect();
    test.load(&format!("{ZONE}{hosts}"));
    assert_eq!(shown(&test), 25_003, "the filter is that of the new zone");
}

fn answer(test: &mut Test, works: Vec<(RequestId, work::Work)>) {
    for (request, work) in works {
        test.send(Msg::Worked { request, worked: work.run() });
    }
}

/// With all records marked.
fn all_marked() -> Test {
    let mut test = large();
    test.keys("*");
    assert_eq!(test.open().marked(), 25_015);
    test
}

#[test]
fn an_edit_of_very_many_records_is_made_beside_the_loop_and_keys_wait_for_it() {
    let mut test = all_marked();
    let works = press(&mut test, "- Down u + q");
    assert_eq!(works.len(), 1);
    assert!(matches!(works[0].1, work::Work::Step(_)));
    assert_eq!(test.message(), "deleting 25015 records: Esc stops it, other keys wait");
    assert_eq!(test.open().draft.changes().len(), 0);
    test.send(Msg::Paste("late 300 A 192.0.2.7".into()));
    test.effects.clear();
    answer(&mut test, works);
    // Down moved, u took it all back, + opened the choice of a type, and q was typed there; so was what was pasted.
    assert_eq!(test.open().draft.changes().len(), 0);
    assert_eq!(test.open().draft.next_labels(), (None, Some("delete 25014 records")));
    assert!(matches!(&test.app.overlay, Some(Overlay::Chooser(_))));
    let journal: Vec<&str> = (test.effects.iter())
        .filter_map(|effect| match effect {
            Effect::Journal { entry: Entry::Step(step), .. } => Some(step.label.as_str()),
            Effect::Journal { entry: Entry::Undo, .. } => Some("undo"),
            _ => None,
        })
        .collect();
    assert_eq!(journal, ["delete 25014 records", "undo"]);
}

#[test]
fn every_edit_of_very_many_records_is_made_beside_the_loop() {
    let renumber = "% ' 1 9 2 . 0 . 2 . 0 / 2 4 ' Space ' 1 9 8 . 5 1 . 1 0 0 . 0 / 2 4 ' Enter y";
    for (keys, said) in [
        (
            "-",
            "deleted: 25014 records; u undoes it; 1 record left as they are: a zone cannot be without its SOA",
        ),
        ("T ' 5 m ' Enter", "5m now: 25012 record sets (25013 records); u undoes it"),
        (": ' d e l e t e - a l l ' Enter ' e x a m p l e . c o m . ' Enter", "25013 record sets deleted"),
        (renumber, "25007 record sets changed; u undoes it"),
    ] {
        let mut test = all_marked();
        let mut edited = false;
        for key in keys.replace('\'', "").split_whitespace() {
            let effects = test.app.update(Msg::Key(Key::parse(key).unwrap()));
            for effect in effects {
                let Effect::Work { request, work } = effect else { continue };
                edited |= matches!(*work, work::Work::Step(_));
                assert_eq!(test.open().draft.changes().len(), 0, "{keys}");
                test.send(Msg::Worked { request, worked: work.run() });
            }
        }
        assert!(edited, "{keys}");
        assert!(test.message().starts_with(said), "{keys}: {}", test.message());
        let changed = test.changes();
        for (keys, word) in [("u", "undone"), ("U", "done again"), ("u", "undone")] {
            let works = press(&mut test, keys);
            assert!(matches!(works[0].1, work::Work::Step(_)));
            answer(&mut test, works);
            assert!(test.message().starts_with(word), "{}", test.message());
        }
        assert_eq!(test.open().draft.changes().len(), 0, "{keys}");
        let works = press(&mut test, "U");
        answer(&mut test, works);
        assert!(test.changes() == changed, "{keys}");
    }
}

#[test]
fn an_edit_of_very_many_records_is_stopped() {
    for stop in ["Esc", "Ctrl-C"] {
        let mut test = all_marked();
        let works = press(&mut test, "- +");
        press(&mut test, stop);
        assert_eq!(test.message(), "stopped: nothing is changed");
        assert!(test.app.overlay.is_none());
        answer(&mut test, works);
        assert_eq!(test.open().draft.changes().len(), 0);
        assert!(test.app.overlay.is_none(), "what was typed ahead was meant for what did not come");
        assert_eq!(test.open().marked(), 25_015);
        test.keys("Down");
        assert_eq!(test.message(), "");
    }
}

#[test]
fn the_zone_moves_on_while_very_many_records_are_edited() {
    let mut test = all_marked();
    let works = press(&mut test, "-");
    let hosts: String = (1..25_000).map(|number| format!("host{number} 60 A 192.0.2.1\n")).collect();
    test.app.rebase(zone(&format!("{ZONE}{hosts}new 60 A 192.0.2.1\n")), super::super::follow::Way::Followed);
    answer(&mut test, works);
    // What is marked and still there: host0 is not, and nobody has marked the new one.
    assert_eq!(test.open().draft.next_labels().0, Some("delete 25013 records"));
    assert!(test.changes().iter().all(|line| !line.contains(" new ")));
    assert!(test.open().draft.conflicts().is_empty());
}

#[test]
fn marked_records_that_are_gone_meanwhile_leave_the_selected_one_alone() {
    for keys in ["-", "T 5 m Enter"] {
        let mut test = large();
        test.keys("/ h o s t 1");
        let works = press(&mut test, "Enter *");
        answer(&mut test, works);
        assert_eq!(test.open().marked(), 11_111);
        let works = press(&mut test, keys);
        assert!(matches!(works[0].1, work::Work::Step(_)));
        test.app.rebase(zone(ZONE), super::super::follow::Way::Followed);
        answer(&mut test, works);
        assert_eq!(test.changes(), [] as [&str; 0], "{keys}");
    }
}

#[test]
fn a_step_that_the_zone_has_meanwhile_is_not_undone_in_the_place_of_another() {
    let mut test = large();
    test.select("mail", "A", "192.0.2.25");
    test.keys("-");
    let works = press(&mut test, "*");
    answer(&mut test, works);
    let works = press(&mut test, "T 5 m Enter");
    answer(&mut test, works);
    assert!(test.open().draft.changes().len() > 25_000);
    let works = press(&mut test, "u");
    assert!(matches!(works[0].1, work::Work::Step(_)));
    // Somebody else gives all of them that TTL.
    let draft = &test.open().draft;
    let others: crate::zone::ChangeMap = draft
        .changes()
        .iter()
        .filter(|(key, _)| *key != &RrKey::new(name("mail.example.com."), RecordType::A))
        .map(|(key, change)| (key.clone(), change.clone()))
        .collect();
    let moved = draft.base().with_changes(&others).unwrap();
    test.app.rebase(Arc::new(moved), super::super::follow::Way::Followed);
    answer(&mut test, works);
    assert_eq!(test.changes().len(), 1, "mail stays deleted: {:?}", test.changes());
}

/// Counted, not timed: of a million changes that are there, an edit touches those beside it.
#[test]
fn after_an_edit_of_very_many_records_one_edit_costs_what_it_costs_alone() {
    let costs = |test: &mut Test, keys: &str| {
        let (made, changes) = (test.open().records.rows.made(), test.open().draft.changes().clone());
        test.keys(keys);
        let open = test.open();
        (open.records.rows.made() - made, open.draft.changes().unshared(&changes))
    };
    let mut test = large();
    test.keys("*");
    test.keys("T ' 5 m ' Enter Esc".replace('\'', "").as_str());
    assert_eq!(test.open().draft.changes().len(), 25_012);
    for row in [("host777", 1), ("mail", 25), ("www", 10)] {
        test.select(row.0, "A", &format!("192.0.2.{}", row.1));
        for keys in ["-", "u", "U", "u"] {
            let (made, copied) = costs(&mut test, keys);
            assert!(made <= 2, "{keys}: {made} record sets were looked at");
            assert!(copied <= 16, "{keys}: {copied} changes were copied");
        }
        assert_eq!(costs(&mut test, "Down Up PgDn PgUp Space Space"), (0, 0));
    }
}
