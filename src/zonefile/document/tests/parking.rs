//! Parked records are found, as they were parked and as people write them.

use super::*;

const ZONE: &str = "\
$TTL 1h
@ SOA ns1 host 1 2 3 4 5
;~ www A 192.0.2.1 ; old
www A 192.0.2.2
;~ www MX ( 10   ; first
;~          mail ) ; second
mail 5m A 192.0.2.3
";

#[test]
fn parked_records_are_found_with_their_lines() {
    let [first, second] = document(ZONE).parked().try_into().unwrap();
    let Parked { owner, rtype, ttl, rdata, lines } = first;
    assert_eq!((owner, rtype, ttl, &*rdata), (name("www"), RecordType::A, 3600, &[192, 0, 2, 1][..]));
    assert_eq!(&ZONE[lines], ";~ www A 192.0.2.1 ; old\n");
    assert_eq!((second.rtype, ZONE[second.lines].lines().count()), (RecordType::MX, 2));
}

#[test]
fn what_people_write_by_hand() {
    let text = format!(
        "{ZONE};~ a A 192.0.2.9\n;~   TXT x\n;~ nonsense\n;~b A 192.0.2.1\n; ~ c A 192.0.2.1\n\tTXT of-mail\n;~ mail A 192.0.2.8"
    );
    let parked = document(&text).parked();
    let owners: Vec<String> = parked.iter().map(|p| format!("{} {}", p.owner, p.rtype)).collect();
    assert_eq!(owners[2..], ["a.example.com. A", "a.example.com. TXT", "mail.example.com. A"]);
}
