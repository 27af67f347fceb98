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

#[test]
fn marked_records_are_parked_and_taken_back_as_one_step() {
    let mut test = Test::new();
    let all = ["mail A 192.0.2.25", "www A 192.0.2.10", "www A 192.0.2.11"];
    test.select("www", "A", "192.0.2.10").keys("Space Space");
    test.select("mail", "A", "192.0.2.25").keys("Space");
    test.select("@", "SOA", "ns1 hostmaster 2026112101 3600 900 1209600 300").keys("Space x");
    assert_eq!(
        test.message(),
        "park 3 records: done; u undoes it; 1 record left: a zone cannot be without its SOA"
    );
    assert_eq!(parked(&test), all);
    assert_eq!(
        test.changes(),
        ["- mail 3600 A 192.0.2.25", "- www 3600 A 192.0.2.10", "- www 3600 A 192.0.2.11"]
    );
    test.keys("u");
    assert_eq!((test.changes().len(), parked(&test).len()), (0, 0));
    test.keys("U");
    assert_eq!(parked(&test), all);
    // Once more, all that are marked being parked: taken back, those of them.
    test.select("@", "SOA", "ns1 hostmaster 2026112101 3600 900 1209600 300").keys("Space");
    test.select("mail", "A", "192.0.2.25").keys("Space x");
    assert_eq!(test.message(), "take back 2 records: done; u undoes it");
    assert_eq!(parked(&test), ["mail A 192.0.2.25"]);
    assert_eq!(test.changes(), ["- mail 3600 A 192.0.2.25"]);
    test.keys("u");
    assert_eq!(parked(&test), all);
}

#[test]
fn records_that_inherit_their_owner_are_parked_together() {
    let mut test = Test::new();
    test.keys("t Ctrl-End").write("three 60 A 192.0.2.31\n 60 A 192.0.2.32\n 60 A 192.0.2.33\n").keys("F3");
    test.select("three", "A", "192.0.2.31").keys("Space");
    test.select("three", "A", "192.0.2.32").keys("Space x");
    assert_eq!(parked(&test), ["three A 192.0.2.31", "three A 192.0.2.32"]);
    assert_eq!(test.changes(), ["+ three 60 A 192.0.2.33"]);
    test.keys("u");
    assert_eq!(test.changes().len(), 3);
}

#[test]
fn many_records_are_parked_at_once() {
    let mut zone = ZONE.to_owned();
    (0..300).for_each(|host| zone.push_str(&format!("h{host} 3600 A 192.0.2.{}\n", host % 250)));
    let mut test = Test::with(&zone);
    test.keys("/ 'type:a' Space 'name:h' Enter");
    let shown = test.open().records.rows.len();
    test.keys("Ctrl-A x Esc Esc");
    assert!(shown >= 300 && test.changes().len() == shown, "{} of {shown}", test.changes().len());
    test.keys("u");
    assert_eq!(test.changes(), [""; 0]);
}
