//! Tests of printing: what is printed reads back as the same zone, also by somebody else's reader; and the
//! forms of a diff.

use proptest::prelude::*;

use super::super::diff::{diff_json, print_diff};
use super::super::nsupdate::print_nsupdate;
use super::super::*;
use super::name;
use crate::zone::{ChangeMap, Contents, Snapshot, SnapshotBuilder, Soa, changes, types};

fn plain(zone: &Snapshot) -> String {
    let mut out = Vec::new();
    print_plain(zone, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn aligned(contents: Contents<'_>, ttl: Option<u32>) -> String {
    let mut out = Vec::new();
    print_aligned(contents, ttl, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn zone(text: &str) -> Snapshot {
    read_zone(text.as_bytes(), None).unwrap().0
}

const ZONE: &str = "\
$ORIGIN example.com.
$TTL 1h
@ SOA ns1 host 2026112101 2h 30m 2w 10m
@ NS ns1
@ NS ns2.example.net.
@ MX 10 mail
@ 5m TXT \"v=spf1 -all\"
*.wild TXT x\\\"y
a\\.b A 192.0.2.3
mail A 192.0.2.2
mail AAAA 2001:db8::2
ns1 A 192.0.2.1
opaque TYPE65400 \\# 3 abcdef
";

#[test]
fn plain_style() {
    assert_eq!(
        plain(&zone(ZONE)),
        "\
example.com. 3600 IN SOA ns1.example.com. host.example.com. 2026112101 7200 1800 1209600 600
example.com. 3600 IN NS ns1.example.com.
example.com. 3600 IN NS ns2.example.net.
example.com. 3600 IN MX 10 mail.example.com.
example.com. 300 IN TXT \"v=spf1 -all\"
a\\.b.example.com. 3600 IN A 192.0.2.3
mail.example.com. 3600 IN A 192.0.2.2
mail.example.com. 3600 IN AAAA 2001:db8::2
ns1.example.com. 3600 IN A 192.0.2.1
opaque.example.com. 3600 IN TYPE65400 \\# 3 ABCDEF
*.wild.example.com. 3600 IN TXT \"x\\\"y\"
"
    );
    let mx = [
        0, 10, 4, b'm', b'a', b'i', b'l', 7, b'e', b'x', b'a', b'm', b'p', b'l', b'e', 3, b'c', b'o', b'm', 0,
    ];
    let origin = name("example.com.");
    assert_eq!(print_record(&origin, 60, RecordType::MX, &mx, Some(&origin)), "@ 60 IN MX 10 mail");
}

#[test]
fn aligned_style() {
    let zone = zone(ZONE);
    assert_eq!(
        aligned(unchanged(&zone), None),
        "\
$ORIGIN example.com.
$TTL 1h

@           SOA       ns1 host (
                    2026112101   ; serial
                    2h           ; refresh
                    30m          ; retry
                    2w           ; expire
                    10m )        ; minimum
            NS        ns1
            NS        ns2.example.net.
            MX        10 mail
         5m TXT       \"v=spf1 -all\"
a\\.b        A         192.0.2.3
mail        A         192.0.2.2
            AAAA      2001:db8::2
ns1         A         192.0.2.1
opaque      TYPE65400 \\# 3 ABCDEF
*.wild      TXT       \"x\\\"y\"
"
    );
}

#[test]
fn changes_are_seen_in_print() {
    let old = zone(ZONE);
    let new =
        zone(&ZONE.replace("a\\.b A 192.0.2.3\n", "").replace("mail A", "zz A").replace("@ MX 10", "@ MX 5"));
    let changes = changes::diff(&old, &new);
    let mut out = Vec::new();
    print_contents(Contents { base: &old, changes: &changes }, &mut out).unwrap();
    assert_eq!(String::from_utf8(out).unwrap(), plain(&new));
    assert_eq!(aligned(Contents { base: &old, changes: &changes }, None), aligned(unchanged(&new), None));
}

fn example_changes() -> (Snapshot, ChangeMap) {
    let old = zone(ZONE);
    let new = zone(
        &ZONE
            .replace("2026112101", "2026112102")
            .replace("@ NS ns2.example.net.", "@ NS ns3.example.net.")
            .replace("@ 5m TXT", "@ 10m TXT")
            .replace("*.wild TXT x", "*.wild TXT \"a;b\" ")
            .replace("a\\.b A 192.0.2.3", "a\\.b CNAME mail")
            .replace("mail A 192.0.2.2", "mail A 192.0.2.2\nmail A 192.0.2.22\nnew CNAME mail"),
    );
    let changes = changes::diff(&old, &new);
    (old, changes)
}

#[test]
fn diff_as_text() {
    let (_, changes) = example_changes();
    let mut out = Vec::new();
    print_diff(&changes, &mut out).unwrap();
    assert_eq!(
        String::from_utf8(out).unwrap(),
        "\
- example.com. 3600 IN SOA ns1.example.com. host.example.com. 2026112101 7200 1800 1209600 600
+ example.com. 3600 IN SOA ns1.example.com. host.example.com. 2026112102 7200 1800 1209600 600
- example.com. 3600 IN NS ns2.example.net.
+ example.com. 3600 IN NS ns3.example.net.
~ example.com. TXT TTL 300 -> 600 (1 record)
- a\\.b.example.com. 3600 IN A 192.0.2.3
+ a\\.b.example.com. 3600 IN CNAME mail.example.com.
+ mail.example.com. 3600 IN A 192.0.2.22
+ new.example.com. 3600 IN CNAME mail.example.com.
- *.wild.example.com. 3600 IN TXT \"x\\\"y\"
+ *.wild.example.com. 3600 IN TXT \"a;b\" \"\\\"y\"
"
    );
}

#[test]
fn diff_as_json() {
    let (_, changes) = example_changes();
    let json = diff_json(&changes);
    assert_eq!(json.as_array().unwrap().len(), changes.len());
    assert_eq!(
        json[2],
        serde_json::json!({
            "name": "example.com.", "type": "TXT",
            "before": { "ttl": 300, "records": ["\"v=spf1 -all\""] },
            "after": { "ttl": 600, "records": ["\"v=spf1 -all\""] },
        })
    );
    assert!(json.as_array().unwrap().iter().any(|set| set["before"].is_null()));
}

#[test]
fn diff_as_nsupdate_script() {
    let (old, changes) = example_changes();
    let mut out = Vec::new();
    print_nsupdate(old.origin(), None, &changes, &mut out).unwrap();
    assert_eq!(
        String::from_utf8(out).unwrap(),
        "\
zone example.com.
prereq yxrrset example.com. IN NS ns1.example.com.
prereq yxrrset example.com. IN NS ns2.example.net.
prereq yxrrset example.com. IN TXT \"v=spf1 -all\"
prereq yxrrset a\\.b.example.com. IN A 192.0.2.3
prereq nxrrset a\\.b.example.com. IN CNAME
prereq yxrrset mail.example.com. IN A 192.0.2.2
prereq nxrrset new.example.com. IN CNAME
prereq nxdomain new.example.com.
prereq yxrrset *.wild.example.com. IN TXT \"x\\\"y\"
update delete example.com. IN TXT
update add example.com. 3600 IN NS ns3.example.net.
update add example.com. 600 IN TXT \"v=spf1 -all\"
update delete example.com. IN NS ns2.example.net.
update delete a\\.b.example.com. IN A
update add a\\.b.example.com. 3600 IN CNAME mail.example.com.
update add mail.example.com. 3600 IN A 192.0.2.22
update add new.example.com. 3600 IN CNAME mail.example.com.
update delete *.wild.example.com. IN TXT \"x\\\"y\"
update add *.wild.example.com. 3600 IN TXT \"a;b\" \"\\\"y\"
send
"
    );
}

#[test]
fn nsupdate_soa_and_many_messages() {
    let script = |new: &str| {
        let old = zone(ZONE);
        let mut out = Vec::new();
        print_nsupdate(old.origin(), None, &changes::diff(&old, &zone(new)), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    };
    assert_eq!(script(ZONE), "zone example.com.\n", "nothing to send");
    assert_eq!(script(&ZONE.replace("2026112101", "2026112109")), "zone example.com.\n");
    // Names that nsupdate would not add: only then it is told not to look at them.
    let odd = script(&format!("{ZONE}_sip._tcp SRV 1 2 5060 my_sip\n"));
    assert!(odd.contains("zone example.com.\ncheck-names no\nprereq"), "{odd}");
    for usual in ["_sip._tcp SRV 1 2 5060 sip\n", "_dmarc TXT x\n", "_x CNAME _y\n", "*.w MX 1 a-b\n"] {
        assert!(!script(&format!("{ZONE}{usual}")).contains("check-names"), "{usual}");
    }
    let timers = script(&ZONE.replace("30m 2w", "15m 2w"));
    assert!(timers.contains(
        "update add example.com. 3600 IN SOA ns1.example.com. host.example.com. 2026112102 7200 900 "
    ));
    assert!(!timers.contains("update delete"));
    let ns_ttl = script(&ZONE.replace("@ NS ns1\n", "@ 60 NS ns1\n").replace("@ NS ns2", "@ 60 NS ns2"));
    assert!(
        ns_ttl.contains("update add example.com. 60 IN NS ns2.example.net.") && !ns_ttl.contains("delete")
    );

    let many: String = (0..3000).map(|n| format!("h{n} A 192.0.2.1\n")).collect();
    let big = script(&format!("{ZONE}{many}"));
    assert!((2..10).contains(&big.matches("send\n").count()), "{}", big.matches("send\n").count());
    assert_eq!(big.matches("zone example.com.\n").count(), big.matches("send\n").count());
    assert_eq!(big.matches("update add").count(), 3000);
}

/// Any octets as labels, but few different ones, so that names meet.
fn any_label() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        Just(b"a".to_vec()),
        Just(b"*".to_vec()),
        Just(b"@".to_vec()),
        Just(b"$TTL".to_vec()),
        prop::collection::vec(any::<u8>(), 1..12),
    ]
}

fn any_rdata() -> impl Strategy<Value = (RecordType, Vec<u8>)> {
    let strings = prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 1..4);
    prop_oneof![
        any::<[u8; 4]>().prop_map(|octets| (RecordType::A, octets.to_vec())),
        strings.prop_map(|strings| {
            let string = |s: &Vec<u8>| [&[s.len() as u8], s.as_slice()].concat();
            (RecordType::TXT, strings.iter().flat_map(string).collect())
        }),
        (any::<u16>(), prop::collection::vec(any_label(), 0..4)).prop_map(|(preference, labels)| {
            (RecordType::MX, [&preference.to_be_bytes(), wire_name(&labels).wire()].concat())
        }),
        (prop_oneof![Just(1u16), Just(15), Just(64), Just(65400), Just(46), Just(257)], any::<Vec<u8>>())
            .prop_map(|(number, octets)| (RecordType(number), octets)),
    ]
}

fn wire_name(labels: &[Vec<u8>]) -> Name {
    let label = |label: &Vec<u8>| [&[label.len() as u8], label.as_slice()].concat();
    let mut wire: Vec<u8> = labels.iter().flat_map(label).collect();
    wire.push(0);
    Name::from_wire(&wire).unwrap()
}

prop_compose! {
    fn any_zone()(
        origin in prop::collection::vec(any_label(), 0..3),
        minimum in any::<u32>(),
        records in prop::collection::vec(
            (prop::collection::vec(any_label(), 0..3), prop_oneof![Just(60u32), Just(3600), any::<u32>()], any_rdata()),
            0..12,
        ),
    ) -> Snapshot {
        let apex = wire_name(&origin);
        let soa = Soa { mname: apex.clone(), serial: minimum / 2, refresh: minimum, minimum, ..Soa::default() };
        let mut builder = SnapshotBuilder::new(apex.clone());
        builder.push(apex.as_ref(), RecordType::SOA, 3600, &soa.to_rdata()).unwrap();
        for (labels, ttl, (rtype, rdata)) in records {
            let owner = wire_name(&[labels, origin.clone()].concat());
            builder.push(owner.as_ref(), rtype, ttl, &rdata).unwrap();
        }
        builder.finish().unwrap()
    }
}

proptest! {
    #[test]
    fn what_is_printed_reads_back(zone in any_zone(), ttl in prop::option::of(any::<u32>())) {
        for text in [plain(&zone), aligned(unchanged(&zone), None), aligned(unchanged(&zone), ttl)] {
            let (again, _) = read_zone(text.as_bytes(), None)
                .map_err(|problems| TestCaseError::fail(format!("{text}\n{problems:?}")))?;
            prop_assert_eq!(again.origin(), zone.origin());
            prop_assert!(changes::diff(&zone, &again).is_empty(), "{}", text);
            prop_assert_eq!(again.record_count(), zone.record_count());
        }
    }

    /// Our plain style, read by the `domain` crate, gives the same records.
    #[test]
    fn others_read_what_is_printed(zone in any_zone()) {
        use domain::base::iana::Rtype;
        use domain::zonefile::inplace::{Entry, Zonefile};
        // Records that do not fit their type are printed in the generic form, which that crate reads by type.
        prop_assume!(zone.records().all(|r| types::is_valid(r.rtype, r.rdata) && r.rtype != RecordType(64)));
        let mut file = Zonefile::from(plain(&zone).as_bytes());
        let mut count = 0;
        while let Some(entry) = file.next_entry().map_err(|e| TestCaseError::fail(format!("{e} {}", plain(&zone))))? {
            let Entry::Record(record) = entry else { continue };
            let own = zone.record(count).unwrap();
            prop_assert_eq!(record.owner().to_string().trim_end_matches('.').is_empty(), own.owner.is_root());
            prop_assert_eq!(record.ttl().as_secs(), own.ttl);
            prop_assert_eq!(record.rtype(), Rtype::from_int(own.rtype.0));
            count += 1;
        }
        prop_assert_eq!(count, zone.record_count());
    }

    #[test]
    fn any_octets_are_read(text in prop::collection::vec(
        prop_oneof![any::<u8>(), prop::sample::select(b" \t\n\r\"();\\$@.0aA".to_vec())], 0..300,
    )) {
        let parsed = parse(&text, Some(&name("example.com.")));
        for problem in &parsed.problems {
            prop_assert!(problem.span.end <= text.len() && problem.line >= 1 && problem.column >= 1);
            prop_assert!(!problem.message.contains(char::is_control));
        }
        let _ = read_zone(&text, None);
    }

    #[test]
    fn any_words_are_read(words in prop::collection::vec(prop::sample::select(vec![
        "a", "@", " ", "\n", "(", ")", "\"", "A", "MX", "SOA", "TXT", "IN", "60", "192.0.2.1", "$ORIGIN", "$TTL",
        ";", "\\#", "4", "00", "ns1", "example.com.", "\r\n", "TYPE1", "HTTPS", "alpn=", "\\",
    ]), 0..60)) {
        let text = words.join(" ");
        let parsed = parse(text.as_bytes(), Some(&name("example.com.")));
        for record in &parsed.records {
            prop_assert!(record.span.end <= text.len());
        }
        let _ = read_zone(text.as_bytes(), None);
    }
}

/// Enough records to be printed in several pieces, in turn: none is lost, none is out of place, also where an owner's
/// records stand in two pieces, and a disk that is full ends it.
#[test]
fn a_large_zone_is_printed_record_by_record() {
    let mut text = String::from("$ORIGIN example.com.\n$TTL 1h\n@ SOA ns1 host 1 2 3 4 5\n@ NS ns1\n");
    for number in 0..6000 {
        text.push_str(&format!(
            "h\\;{number:04} A 192.0.2.1\n AAAA 2001:db8::{number:x}\n TXT \"{number}\"\n"
        ));
    }
    let zone = zone(&text);
    let lines: Vec<String> = (zone.records())
        .map(|record| print_record(&record.owner.to_name(), record.ttl, record.rtype, record.rdata, None))
        .collect();
    assert_eq!(lines.len(), 18_002);
    assert!(plain(&zone).lines().eq(lines));
    let mut small = [0; 100_000];
    assert!(print_plain(&zone, &mut small.as_mut_slice()).is_err());
}
