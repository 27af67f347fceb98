//! Parking: records that are comments for a while.

use super::*;

const ZONE: &str = "\
$TTL 1h
@ SOA ns1 host 1 2 3 4 5
www A 192.0.2.1 ; old
    A 192.0.2.2
    MX ( 10   ; first
         mail ) ; second
mail 5m A 192.0.2.3
";

fn key(owner: &str, rtype: RecordType) -> RrKey {
    RrKey::new(name(owner), rtype)
}

fn address(last: u8) -> Rdata {
    Box::new([192, 0, 2, last])
}

#[test]
fn there_and_back() {
    let parked = document(ZONE).park(&key("www", RecordType::A), &address(1), None).unwrap().document;
    assert_eq!(
        difference(ZONE, parked.text()),
        ["-www A 192.0.2.1 ; old", "-    A 192.0.2.2", "+;~ www A 192.0.2.1 ; old", "+www A 192.0.2.2"]
    );
    let [only] = parked.parked().try_into().unwrap();
    let Parked { owner, rtype, ttl, rdata, lines } = only.clone();
    assert_eq!((owner, rtype, ttl, rdata), (name("www"), RecordType::A, 3600, address(1)));
    assert_eq!(&parked.text()[lines], ";~ www A 192.0.2.1 ; old\n");
    let back = parked.unpark(&only, None).unwrap();
    assert_eq!(back.document.text(), ZONE.replace("    A 192.0.2.2", "www A 192.0.2.2"));
    assert_eq!(patched(parked.text(), &back.patch), back.document.text());
    assert_eq!(back.document.unpark(&only, None), Err(DocumentError::NotThere));
}

#[test]
fn several_lines_and_what_they_inherit() {
    let mx = snapshot(&document(ZONE)).get(&key("www", RecordType::MX)).unwrap().rdata[0].clone();
    let applied = document(ZONE).park(&key("www", RecordType::MX), &mx, None).unwrap();
    assert_eq!(
        difference(ZONE, applied.document.text()),
        [
            "-    MX ( 10   ; first",
            "-         mail ) ; second",
            "+;~ www MX ( 10   ; first",
            "+;~          mail ) ; second"
        ]
    );
    let parked = applied.document.parked();
    assert_eq!(parked.len(), 1);
    let back = applied.document.unpark(&parked[0], None).unwrap().document;
    assert_eq!(back.text(), ZONE.replace("    MX (", "www MX ("));
    // A TTL from the line before is written out in both.
    let text = "@ 60 SOA a b 1 2 3 4 5\nx 30 A 192.0.2.1\n\tA 192.0.2.2\ny A 192.0.2.3\n";
    let parked = document(text).park(&key("x", RecordType::A), &address(1), None).unwrap().document;
    assert_eq!(
        parked.text(),
        "@ 60 SOA a b 1 2 3 4 5\n;~ x 30 A 192.0.2.1\nx\t30\tA 192.0.2.2\ny A 192.0.2.3\n"
    );
    let both = parked.park(&key("x", RecordType::A), &address(2), None).unwrap().document;
    assert!(both.text().contains(";~ x\t30\tA 192.0.2.2\ny 30 A"), "{}", both.text());
    assert_eq!(both.parked().len(), 2);
}

#[test]
fn what_people_write_by_hand() {
    let text = format!(
        "{ZONE};~ a A 192.0.2.9\n;~   TXT x\n;~ nonsense\n;~b A 192.0.2.1\n; ~ c A 192.0.2.1\n\tTXT of-mail\n;~ mail A 192.0.2.8"
    );
    let parked = document(&text).parked();
    let owners: Vec<String> = parked.iter().map(|p| format!("{} {}", p.owner, p.rtype)).collect();
    assert_eq!(owners, ["a.example.com. A", "a.example.com. TXT", "mail.example.com. A"]);
    let back = document(&text).unpark(&parked[1], None).unwrap().document;
    assert_eq!(
        difference(&text, back.text()),
        ["-;~   TXT x", "+a TXT x", "-\tTXT of-mail", "+mail\tTXT of-mail"]
    );
    // It takes the TTL of the set that it comes to.
    let back = document(&text).unpark(&parked[2], None).unwrap().document;
    assert_eq!(difference(&text, back.text()), ["-;~ mail A 192.0.2.8", "+mail 5m A 192.0.2.8"]);
    assert!(document(&text).park(&key("a", RecordType::A), &address(9), None).is_err());
}

/// Found by fuzzing: the set has several TTLs, and the record stands in it besides being parked.
#[test]
fn a_parked_record_that_is_there_as_well_takes_its_ttl() {
    let text = "$TTL 60\n@ SOA a b 1 2 3 4 5\n;~ w A 192.0.2.7\nw A 192.0.2.7\n  9 A 192.0.2.2\n";
    let parked = document(text).parked();
    let back = document(text).unpark(&parked[0], None).unwrap().document;
    assert_eq!(back.text(), text.replace(";~ ", ""));
}
