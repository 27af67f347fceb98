use super::*;
use crate::zone::Name;
use crate::zone::changes::diff;
use crate::zonefile;

fn zone(text: &str) -> Snapshot {
    zonefile::read_zone(format!("$ORIGIN example.com.\n{text}").as_bytes(), None).unwrap().0
}

#[test]
fn old_records_and_old_absence() {
    let old = zone(
        "$TTL 3600\n@ 120 SOA ns1 mail 7 3600 900 604800 300\n@ NS ns1\nns1 A 192.0.2.1\n\
         www 600 A 192.0.2.2\ngone 60 A 192.0.2.3\n*.wild 86400 TXT \"w\"\nslow 7200 A 192.0.2.4\n",
    );
    let new = zone(
        "$TTL 3600\n@ 120 SOA ns1 mail 8 3600 900 604800 5\n@ NS ns1\nns1 A 192.0.2.1\n\
         www 60 A 192.0.2.9\nnew A 192.0.2.3\n*.wild 86400 TXT \"w\"\nx.wild TXT \"x\"\nslow 60 A 192.0.2.4\n",
    );
    let origin = Name::parse(b"example.com.", None).unwrap();
    let words = |clocks: Vec<Clock>| -> Vec<String> {
        let word = |clock: &Clock| {
            format!("{} {:?} {}", clock.key.owner.relative_to(&origin), clock.stale, clock.ttl)
        };
        clocks.iter().map(word).collect()
    };
    let changes = diff(&old, &new);
    assert_eq!(
        words(clocks(&old, &changes)),
        // A name that a wildcard answered for was not absent; a lower TTL counts only for what is fetched anew.
        [
            "x.wild Records 86400",
            "slow Records 7200",
            "www Records 600",
            // The lower of the SOA's TTL and its minimum, both of before.
            "new Absence 120",
            "gone Records 60",
        ]
    );
    assert!(words(clocks_without_zone(300, &changes)).contains(&"x.wild Absence 300".into()));
}
