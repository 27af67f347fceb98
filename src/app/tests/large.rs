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
