//! Tests of reading: what is accepted, what is refused and where, and that nothing is lost.

mod dialects;
mod layout;
mod parts;
mod printing;

use super::*;
use crate::zone::RrKey;

fn name(text: &str) -> Name {
    Name::parse(text.as_bytes(), Some(Name::root().as_ref())).unwrap()
}

/// `owner TTL TYPE rdata` of each record.
fn lines(text: &str) -> Vec<String> {
    let parsed = parse(text.as_bytes(), Some(&name("example.com.")));
    let errors: Vec<&Problem> = parsed.problems.iter().filter(|p| p.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "{text}: {errors:?}");
    let line = |r: &ParsedRecord| print_record(&r.owner, r.ttl, r.rtype, &r.rdata, None);
    parsed
        .records
        .iter()
        .map(|record| line(record).replace(".example.com.", "~").replace(" IN ", " "))
        .collect()
}

/// Severity, line, column and message of each problem.
fn problems(text: &[u8]) -> Vec<String> {
    let parsed = parse(text, Some(&name("example.com.")));
    parsed.problems.iter().map(ToString::to_string).collect()
}

fn assert_problem(text: &[u8], place: &str, part: &str) {
    let found = problems(text);
    let shown = String::from_utf8_lossy(text);
    let [only] = found.as_slice() else { panic!("{shown:?}: {found:#?}") };
    assert!(only.starts_with(place) && only.contains(part), "{shown:?}: {only}");
    assert!(!only.contains(char::is_control), "{only:?}");
}

#[test]
fn owners_ttls_classes_in_any_order() {
    let text = "\
$TTL 1h
www 300 IN A 192.0.2.1
 IN 5m A 192.0.2.2
\tin aaaa 2001:db8::1
@ NS ns1
mail CLASS1 TYPE15 \\# 6 000a 0277 77 00
$ORIGIN sub
a A 192.0.2.3
b.example.com. 1w A 192.0.2.4
$origin other.net.
@ 0 TXT x
";
    assert_eq!(
        lines(text),
        [
            "www~ 300 A 192.0.2.1",
            "www~ 300 A 192.0.2.2",
            "www~ 3600 AAAA 2001:db8::1",
            "example.com. 3600 NS ns1~",
            "mail~ 3600 MX 10 ww.",
            "a.sub~ 3600 A 192.0.2.3",
            "b~ 604800 A 192.0.2.4",
            "other.net. 0 TXT \"x\"",
        ]
    );
}

#[test]
fn parentheses_quotes_comments_and_line_ends() {
    let soa = "@ 60 SOA ns1 host ( ; a comment (\r\n 1 ; serial\r\n\r\n 2 ( 3 ) 4\n5 ) ; end\r";
    assert_eq!(lines(soa), ["example.com. 60 SOA ns1~ host~ 1 2 3 4 5"]);
    let texts = "t 60 TXT \"a;b(\\\"\" c\\;d \"\" (\n\"e\" f)\rt 60 TXT no\\032newline";
    assert_eq!(lines(texts), [r#"t~ 60 TXT "a;b(\"" "c;d" "" "e" "f""#, r#"t~ 60 TXT "no newline""#]);
    assert_eq!(lines("\"quoted\" 60 TXT a\"b\"c"), [r#"quoted~ 60 TXT "a" "b" "c""#]);
    assert_eq!(lines("( w\n60 A\n192.0.2.1 )"), ["w~ 60 A 192.0.2.1"]);
    assert_eq!(
        lines("s 60 HTTPS 1 . alpn=\"h2,h3\" port=\"443\""),
        ["s~ 60 HTTPS 1 . alpn=\"h2,h3\" port=443"]
    );
    assert_eq!(lines("a\\.b\\@c\\032d 60 A 192.0.2.1"), ["a\\.b\\@c\\032d~ 60 A 192.0.2.1"]);
    for empty in ["", "\n", " \r\n\t;x\r; y"] {
        assert!(lines(empty).is_empty());
    }
}

#[test]
fn each_mistake_is_named_where_it_is() {
    for (text, place, part) in [
        ("a 60 A 192.0.2.256", "line 1, column 8: error", "A: "),
        ("a 60 A", "line 1, column 7: error", "A: "),
        ("a 60 A 192.0.2.1 x", "line 1, column 18: error", "more than"),
        ("a 60 ( ; (\n  A\n  x )", "line 3, column 3: error", "A: "),
        ("a 60 TXT \"open", "line 1, column 10: error", "quote that opens here"),
        ("\n\na 60 TXT (\n b\n c d", "line 3, column 10: error", "never closed"),
        ("a 60 A 192.0.2.1 )", "line 1, column 18: error", "closes nothing"),
        ("a 60 MXX 10 b", "line 1, column 6: error", "Is MX meant?"),
        ("MX 10 mail", "line 1, column 7: error", "begin the line with"),
        ("a 60 ANY x", "line 1, column 6: error", "no record type"),
        ("a 60 IN IN A 192.0.2.1", "line 1, column 9: error", "twice"),
        ("a 60 CH TXT x", "line 1, column 6: error", "class"),
        ("a CLASS3 60 TXT x", "line 1, column 3: error", "class"),
        ("a 60 60 TXT x", "line 1, column 6: error", "no record type"),
        ("a 1x TXT x", "line 1, column 3: error", "no TTL"),
        ("a 4294967296 TXT x", "line 1, column 3: error", "no TTL"),
        ("a 2147483648 TXT x", "line 1, column 3: warning", "2147483647"),
        ("a 60", "line 1, column 5: error", "ends before"),
        ("a", "line 1, column 2: error", "ends before"),
        (" 60 A 192.0.2.1", "line 1, column 2: error", "there is none"),
        ("a..b 60 A 192.0.2.1", "line 1, column 1: error", "two dots"),
        ("b\u{fc}ro 60 A 192.0.2.1", "line 1, column 1: warning", "A-label"),
        ("\u{fc}\u{fc} 60 A x", "line 1, column 1: error", "xn--"),
        ("a 60 A \u{e4} x", "line 1, column 8: error", "A: "),
        ("$TTL", "line 1, column 1: error", "$TTL 1h"),
        ("$TTL 1 2", "line 1, column 8: error", "Nothing more"),
        ("$TTL x", "line 1, column 6: error", "no TTL"),
        ("$ORIGIN a..b", "line 1, column 9: error", "two dots"),
        (" $TTL 60", "line 1, column 2: error", "very start"),
        ("$FOO", "line 1, column 1: error", "no directive"),
        ("$INCLUDE \x1b]x", "line 1, column 10: error", "not read here"),
        ("$GENERATE 1-x a 60 A 192.0.2.$", "line 1, column 11: error", "no range"),
        ("$GENERATE 1-2 a 60 A 192.0.2.$ x", "line 1, column 32: error", "one word"),
        ("$GENERATE 0-2147483647 a 60 A 192.0.2.$", "line 1, column 11: error", "2147483648 records"),
        ("a 60 \"TXT\" x", "line 1, column 7: error", "quotes"),
        ("a 60 TXT x\0y", "line 1, column 11: error", "NUL"),
        ("a 60 T\x1bT x", "line 1, column 6: error", "\"T\\027T\""),
        ("a 60 TXT x\\", "line 1, column 10: error", "TXT: "),
        ("\u{feff}$TTL 60\na A 192.0.2.1", "line 1, column 1: error", "byte-order mark"),
    ] {
        if text.starts_with("\u{fc}\u{fc}") {
            // A bad owner does not hide bad RDATA.
            assert_eq!(problems(text.as_bytes()).len(), 2);
            continue;
        }
        assert_problem(text.as_bytes(), place, part);
    }
    assert_problem(b"\xff\xfea\0 \0", "line 1, column 1: error", "UTF-16");
}

#[test]
fn one_bad_entry_never_hides_the_good_ones_after_it() {
    let text = "\
a 60 A 192.0.2.1
b 60 TXT ( \"never
 closed
c 60 A 192.0.2.3
 60 TXT ( in order )
d..d 60 A 192.0.2.4
 60 A 192.0.2.5
e 60 TXT \"open
 60 A 192.0.2.6
f 60 SOA ( ns1 host 1 2 3 4 5
g 60 A 192.0.2.7
";
    let parsed = parse(text.as_bytes(), Some(&name("example.com.")));
    let owners: Vec<(String, usize)> =
        parsed.records.iter().map(|r| (r.owner.relative_to(&name("example.com.")), r.line)).collect();
    // What d..d owned is nobody's.
    assert_eq!(
        owners,
        [("a".into(), 1), ("c".into(), 4), ("c".into(), 5), ("e".into(), 9), ("g".into(), 11)]
    );
    let lines: Vec<usize> = parsed.problems.iter().map(|problem| problem.line).collect();
    assert_eq!(lines, [2, 2, 6, 8, 10]);
}

#[test]
fn octets_outside_ascii_are_themselves_behind_a_backslash_too() {
    let text = "b\u{fc} 60 A 192.0.2.1\nb\\\u{fc} 60 A 192.0.2.1\nb\\\\\u{fc} 60 A 192.0.2.1\n";
    let owners = ["b\\195\\188~", "b\\195\\188~", "b\\\\\\195\\188~"];
    assert_eq!(lines(text), owners.map(|owner| format!("{owner} 60 A 192.0.2.1")));
}

#[test]
fn parentheses_by_the_million() {
    for text in
        ["(\n".repeat(300_000), "(".repeat(300_000), "a (\nb ) )\n".repeat(100_000), ")".repeat(300_000)]
    {
        let parsed = parse(text.as_bytes(), Some(&name("example.com.")));
        assert!(parsed.records.is_empty());
        assert!((1..=MAX_PROBLEMS + 1).contains(&parsed.problems.len()));
    }
    let text = "a 60 A x\n".repeat(MAX_PROBLEMS + 5);
    let found = problems(text.as_bytes());
    assert_eq!(found.len(), MAX_PROBLEMS + 1);
    assert!(found.last().unwrap().contains("And 5 more errors"));
    let deep = format!("a 60 A {}192.0.2.1{}", "(".repeat(64), ")".repeat(64));
    assert_eq!(lines(&deep), ["a~ 60 A 192.0.2.1"]);
}

#[test]
fn missing_ttls() {
    let soa = "SOA ns1 host 1 2 3 4 900";
    for (text, ttls, rule) in [
        (format!("$TTL 60\n@ {soa}\n@ 30 NS ns1\n NS ns2"), vec![60, 30, 60], None),
        (format!("@ {soa}\n@ 30 NS ns1\n NS ns2"), vec![900, 30, 900], Some("minimum of the SOA")),
        (
            format!("@ 50 {soa}\n@ NS ns1\n@ 30 NS ns2\na NS b"),
            vec![50, 50, 30, 30],
            Some("the last TTL before"),
        ),
        ("@ NS ns1\n@ 30 NS ns2\n".into(), vec![3600, 30], Some("BIND refuses the file")),
    ] {
        let parsed = parse(text.as_bytes(), Some(&name("example.com.")));
        assert_eq!(parsed.records.iter().map(|record| record.ttl).collect::<Vec<_>>(), ttls, "{text}");
        let messages: Vec<&str> = parsed.problems.iter().map(|problem| problem.message.as_str()).collect();
        match rule {
            None => assert!(messages.is_empty(), "{messages:?}"),
            Some(rule) => {
                assert!(matches!(messages.as_slice(), [only] if only.contains(rule)), "{messages:?}")
            }
        }
    }
}

const ZONE: &str = "\
example.com. 3600 IN SOA ns1 host 7 2 3 4 5
             3600 IN NS ns1
ns1          3600 IN A 192.0.2.1
";

#[test]
fn the_soa_names_the_zone() {
    let (zone, found) = read_zone(ZONE.as_bytes(), None).unwrap();
    assert!(found.is_empty(), "{found:?}");
    assert_eq!((zone.origin(), zone.serial(), zone.record_count()), (&name("example.com."), 7, 3));
    assert_eq!(zone.soa().mname, name("ns1.example.com."));
    let key = RrKey::new(name("ns1.example.com."), RecordType::A);
    assert!(zone.get(&key).is_some());

    let early = "ns1.example.com. 60 IN A 192.0.2.1\nx.org. 60 IN A 192.0.2.2\n";
    let (zone, found) = read_zone(format!("{early}{ZONE}").as_bytes(), None).unwrap();
    assert_eq!(zone.record_count(), 4 - 1, "the same record twice");
    assert!(found[0].message.contains("x.org. is not in the zone") && found[0].line == 2, "{found:?}");
    assert_eq!(found.iter().filter(|problem| problem.severity == Severity::Error).count(), 0);
}

#[test]
fn what_is_no_zone() {
    let wrong = |text: &str, origin: Option<&str>| {
        let problems = read_zone(text.as_bytes(), origin.map(name).as_ref()).unwrap_err();
        problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    };
    for (text, origin, part) in [
        (
            "@ 60 SOA a b 1 2 3 4 5\nwww 60 A 192.0.2.1\n",
            None,
            "line 1, column 1: error: The name is relative",
        ),
        ("www.example.com. 60 A 192.0.2.1\n", None, "no SOA record"),
        ("a. 60 MX 1 b\n", None, "line 1, column 10: error: The name is relative"),
        ("", None, "no SOA record"),
        (ZONE, Some("example.net."), "The SOA record stands at example.com., but the zone"),
        (ZONE, Some("com."), "The SOA record stands at example.com., but the zone"),
    ] {
        let found = wrong(text, origin);
        assert!(found.contains(part), "{text}: {found}");
        assert_eq!(found.lines().count(), 1, "{found}");
    }
    let second = format!("{ZONE}@ 60 SOA ns1 host 8 2 3 4 5\n");
    assert!(
        wrong(&second, None)
            .contains("line 4, column 1: error: This is a second SOA record; the first is on line 1")
    );
    let again = format!("{ZONE}example.com. 3600 SOA NS1 host 7 2 3 4 5\n");
    let (_, found) = read_zone(again.as_bytes(), None).unwrap();
    assert!(
        matches!(found.as_slice(), [only] if only.severity == Severity::Warning),
        "as dig ends a transfer"
    );
    let broken = ZONE.replace("192.0.2.1", "x");
    assert!(wrong(&broken, None).contains("line 3, column 24: error: A: "));
    let generic = "example.com. 60 SOA \\# 3 000000\n";
    assert!(wrong(generic, None).contains("line 1, column"));
}

#[test]
fn mixed_ttls_are_kept_and_reported() {
    let text = format!("{ZONE}w 60 A 192.0.2.1\nv 30 A 192.0.2.1\nw 90 A 192.0.2.2\n");
    let (zone, found) = read_zone(text.as_bytes(), None).unwrap();
    let [only] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((only.line, only.severity), (6, Severity::Warning));
    assert!(only.message.contains("has the TTL 90 here and 60 on line 4"), "{only}");
    let set = zone.get(&RrKey::new(name("w.example.com."), RecordType::A)).unwrap();
    assert_eq!(set.mixed_ttls, [60, 90]);
}

#[test]
fn the_demo_zone_has_every_everyday_type() {
    use crate::zone::types::{Standing, table};
    let (zone, found) = read_zone(include_bytes!("../../../assets/demo.zone"), None).unwrap();
    assert!(found.is_empty(), "{found:?}");
    assert_eq!(zone.origin(), &name("example.com."));
    let used = |rtype| zone.records().any(|record| record.rtype == rtype);
    let everyday = table().iter().filter(|info| info.standing == Standing::Everyday);
    // A forward zone has no use for PTR.
    let missing: Vec<&str> = everyday
        .filter(|info| !used(info.rtype) && info.mnemonic != "PTR")
        .map(|info| info.mnemonic)
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
    assert!(used(RecordType(65400)));
}

#[test]
fn what_was_read_before_is_taken_again_only_where_it_means_the_same() {
    let text = format!(
        "{ZONE}a 60 IN A 192.0.2.1\na 60 IN AAAA 2001:db8::1\n$ORIGIN b.example.com.\na 60 IN A 192.0.2.2\n\
         A 60 IN A 192.0.2.3\n60 60 IN A 192.0.2.4\na 60 INX A 192.0.2.5\na 61 IN A 192.0.2.6\n"
    );
    let found = read_zone(text.as_bytes(), None).unwrap_err();
    let [only] = found.as_slice() else { panic!("{found:?}") };
    assert!(only.message.contains("INX") && only.message.contains("is no record type"), "{only}");
    let (zone, _) = read_zone(text.replace("INX A", "A").as_bytes(), None).unwrap();
    let count = |owner, rtype| zone.get(&RrKey::new(name(owner), rtype)).map_or(0, |set| set.rdata.len());
    assert_eq!(count("a.example.com.", RecordType::A), 1);
    assert_eq!(count("a.example.com.", RecordType::AAAA), 1);
    assert_eq!(count("a.b.example.com.", RecordType::A), 4);
    assert_eq!(count("60.b.example.com.", RecordType::A), 1);
}
