//! Edits of a zone's text, judged by `named-compilezone`: what it reads from the new text is what the change meant.

use zonewright::zone::{ChangeMap, Name, RecordType, RrKey, Snapshot, changes};
use zonewright::zonefile::document::Document;
use zonewright::zonefile::{read_zone, unchanged};

use crate::lab::compiled;

const ZONE: &str = "\
$ORIGIN example.com.
$TTL 1h
@       IN  SOA   ns1 hostmaster (
                  2026010101 ; serial
                  2h 30m 2w  ; refresh, retry, expire
                  10m )
        IN  NS    ns1  ; here
        IN  NS    ns2.example.net.
        5m  MX    10 mail
ns1         A     192.0.2.1
mail    1d  A     192.0.2.2
        1d  AAAA  2001:db8::2
        TXT   ( \"v=spf1\" ; policy
                \" -all\" )
$ORIGIN sub
www         A     192.0.2.3
            A     192.0.2.4
\tIN\tTXT\twords;comment
$TTL 60
$GENERATE 1-4 host$ A 192.0.2.$ ; a range
 HINFO a b
$ORIGIN example.com.
; the end
*.wild  CNAME www.sub
";

/// A zone without `$TTL`, whose lines take their TTLs from each other.
const INHERITED: &str = "\
@ 300 SOA ns1 host 1 2 3 4 5
  NS ns1
ns1 A 192.0.2.1
  60 AAAA 2001:db8::1
  TXT a
b A 192.0.2.2
c 90 A 192.0.2.3
d A 192.0.2.4
";

fn zone(text: &str) -> Snapshot {
    let origin = Name::parse(b"example.com.", None).unwrap();
    read_zone(text.as_bytes(), Some(&origin)).unwrap_or_else(|problems| panic!("{text}\n{problems:?}")).0
}

/// Makes the change in the text and compares it with a plain text of the zone that is meant.
fn check(text: &str, changes: &ChangeMap) {
    let origin = Name::parse(b"example.com.", None).unwrap();
    let meant = zone(text).with_changes(changes).unwrap();
    let mut plain = Vec::new();
    zonewright::zonefile::print_plain(&meant, &mut plain).unwrap();
    let expected = compiled("example.com", &String::from_utf8(plain).unwrap());
    let applied = Document::new(text, origin.clone()).apply(changes, None).unwrap();
    assert_eq!(compiled("example.com", applied.document.text()), expected, "{}", applied.document.text());
    let reconciled = Document::new(text, origin).reconcile(unchanged(&meant), None).unwrap();
    assert_eq!(compiled("example.com", reconciled.document.text()), expected);
}

#[test]
fn bind_reads_what_a_change_meant() {
    let mut pairs = 0;
    for text in [ZONE, INHERITED, &ZONE.replace('\n', "\r\n")] {
        let base = zone(text);
        assert_eq!(compiled("example.com", text).len(), base.record_count());
        let printed = Document::print(unchanged(&base), None);
        assert_eq!(
            compiled("example.com", printed.text()),
            compiled("example.com", text),
            "{}",
            printed.text()
        );
        let keys: Vec<_> = base.set_ids().filter_map(|set| base.key(set)).collect();
        // BIND refuses a zone without SOA, NS, or an address for its nameserver.
        let needed = |key: &RrKey| {
            key.owner.to_string() == "ns1.example.com."
                || [RecordType::SOA, RecordType::NS].contains(&key.rtype)
        };
        let keys: Vec<_> = keys.into_iter().filter(|key| !needed(key)).collect();
        for (index, key) in keys.iter().enumerate() {
            // Each set goes; and each gets another TTL, together with a change of its neighbour.
            let gone = changes::Change { before: base.get(key), after: None };
            let mut other = base.get(key).unwrap();
            other.ttl = 7 + index as u32;
            other.mixed_ttls.clear();
            let other = changes::Change { before: base.get(key), after: Some(other) };
            let mut both = ChangeMap::from([(key.clone(), other)]);
            if let Some(next) = keys.get(index + 1) {
                both.insert(next.clone(), changes::Change { before: base.get(next), after: None });
            }
            for changes in [ChangeMap::from([(key.clone(), gone)]), both] {
                check(text, &changes);
                pairs += 1;
            }
        }
    }
    assert!(pairs >= 40, "{pairs}");
}

#[test]
fn bind_reads_new_records_where_they_land() {
    for (text, more) in [
        (ZONE, "www.sub 1h A 192.0.2.9\nhost2.sub 60 TXT x\nnew 1d A 192.0.2.8\n"),
        (ZONE, "zzz 1h MX 0 .\n0 1h AAAA ::1\ndeep.down.mail 1h A 192.0.2.7\n"),
        (INHERITED, "ns1 60 TXT b\naa 300 A 192.0.2.9\nzz 17 A 192.0.2.9\n"),
    ] {
        let wanted = zone(&format!("{text}\n$ORIGIN example.com.\n{more}"));
        check(text, &changes::diff(&zone(text), &wanted));
    }
}
