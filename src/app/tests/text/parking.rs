//! Records parked in the table and in the text: one and the same.

use super::*;

/// The rows of the table that are parked, as "owner type data".
fn parked(test: &Test) -> Vec<String> {
    let rows = (0..).map_while(|row| test.open().row(row));
    let parked = rows.filter(|row| row.mark == crate::app::rows::Mark::Parked);
    let origin = name("@");
    let line = |row: crate::app::rows::Row| {
        let data = describe::data(&row, &origin);
        format!("{} {} {data}", row.key.owner.relative_to(&origin), row.key.rtype)
    };
    parked.map(line).collect()
}

#[test]
fn a_record_is_parked_in_the_table_and_taken_back() {
    let mut test = Test::new();
    test.select("www", "A", "192.0.2.10").keys("x");
    assert_eq!(test.message(), "park www A: done; u undoes it");
    assert_eq!(
        test.changes(),
        ["- www 3600 A 192.0.2.10", "- www 3600 A 192.0.2.11", "+ www 3600 A 192.0.2.11"]
    );
    assert_eq!(test.selected(), "; www 1h A 192.0.2.10");
    assert_eq!(parked(&test), ["www A 192.0.2.10"]);
    let screen = test.screen(80, 24);
    assert!(screen.contains("▌;www"), "{screen}");
    // It is the same in the text, and can be taken back there.
    test.keys("t");
    assert!(test.line().starts_with(";~ www") || test.line().starts_with("|;~ www"), "{}", test.line());
    test.keys("F3").select("www", "A", "192.0.2.10").keys("x");
    assert_eq!((test.changes(), parked(&test)), (Vec::<String>::new(), Vec::<String>::new()));
}

#[test]
fn parking_is_undone_and_done_again() {
    let mut test = Test::new();
    test.select("www", "A", "192.0.2.10").keys("x u");
    assert_eq!((test.changes().len(), parked(&test).len()), (0, 0));
    test.keys("U");
    assert_eq!((test.changes().len(), parked(&test).len()), (3, 1));
    test.select("www", "A", "192.0.2.10").keys("x u");
    assert_eq!(parked(&test), ["www A 192.0.2.10"]);
    // What cannot be done with a parked record says so.
    test.select("www", "A", "192.0.2.10").keys("-");
    assert_eq!(test.message(), "this record is parked: a comment of the zone's text. x takes it back");
}

#[test]
fn what_was_parked_in_the_text_stands_in_the_table() {
    let mut test = Test::new();
    test.keys("t Ctrl-End").write(";~ later 5m A 192.0.2.99\n;~ www A 192.0.2.12\n;~ nonsense\n").keys("F3");
    assert_eq!(parked(&test), ["later A 192.0.2.99", "www A 192.0.2.12"]);
    assert_eq!(test.changes(), Vec::<String>::new());
    // Filters find it.
    test.keys("/").write("192.0.2.99").keys("Enter");
    assert_eq!(test.selected(), "; later 5m A 192.0.2.99");
    test.keys("x Esc");
    assert_eq!(test.changes(), ["+ later 300 A 192.0.2.99"]);
    assert_eq!(parked(&test), ["www A 192.0.2.12"]);
}

#[test]
fn a_set_with_one_record_is_parked_whole() {
    let mut test = Test::new();
    test.select("shop", "CNAME", "www").keys("x");
    assert_eq!(test.changes().len(), 1, "{:?}", test.changes());
    assert!(test.changes()[0].starts_with("- shop"));
    assert_eq!(parked(&test).len(), 1);
}

#[test]
fn the_soa_and_deleted_records_are_not_parked() {
    let mut test = Test::new();
    test.select("www", "A", "192.0.2.10").keys("- x");
    assert_eq!(test.message(), "this record is deleted: - brings it back, then it can be parked");
    assert_eq!(parked(&test).len(), 0);
}
