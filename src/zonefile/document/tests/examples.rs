//! One example for each promise of what an edit does to the text.

use super::*;

const ZONE: &str = "\
; the zone of the example company
$ORIGIN example.com.
$TTL 1h
@           SOA   ns1 hostmaster (
                2026010101 ; serial
                2h         ; refresh
                30m        ; retry
                2w         ; expire
                10m )      ; minimum
            NS    ns1
            NS    ns2      ; the second one

; mail
            MX    10 mail  ; ours
mail        A     192.0.2.2
            AAAA  2001:db8::2
; web
www     5m  A     192.0.2.10   ; first
        5m  A     192.0.2.11   ; second
shop        CNAME www
ns1         A     192.0.2.1
ns2         A     192.0.2.3
";

/// What goes and comes when one piece of the records of [`ZONE`] is another.
fn edit(old: &str, new: &str) -> Vec<String> {
    assert!(ZONE.contains(old), "{old}");
    lines_of(ZONE, &ZONE.replacen(old, new, 1))
}

#[test]
fn a_changed_record_replaces_its_own_data() {
    for (old, new, expected) in [
        // The comment stays in its column.
        (
            "192.0.2.10 ",
            "192.0.2.7 ",
            ["-www     5m  A     192.0.2.10   ; first", "+www     5m  A     192.0.2.7    ; first"],
        ),
        (
            "192.0.2.11 ",
            "203.0.113.111 ",
            ["-        5m  A     192.0.2.11   ; second", "+        5m  A     203.0.113.111 ; second"],
        ),
        ("10 mail ", "5 mail ", ["-            MX    10 mail  ; ours", "+            MX    5 mail  ; ours"]),
        ("CNAME www", "CNAME mail", ["-shop        CNAME www", "+shop        CNAME mail"]),
        // Of several lines only the field that changes.
        (
            "2026010101 ; ",
            "2026010102 ; ",
            ["-                2026010101 ; serial", "+                2026010102 ; serial"],
        ),
        (
            "2w    ",
            "9d    ",
            ["-                2w         ; expire", "+                9d         ; expire"],
        ),
        ("10m )", "1h )", ["-                10m )      ; minimum", "+                1h )      ; minimum"]),
    ] {
        assert_eq!(edit(old, new), expected);
    }
}

#[test]
fn a_ttl_is_written_where_it_belongs() {
    assert_eq!(
        lines_of(ZONE, &ZONE.replace("5m  A", "10m A")),
        [
            "-www     5m  A     192.0.2.10   ; first",
            "-        5m  A     192.0.2.11   ; second",
            "+www     10m A     192.0.2.10   ; first",
            "+        10m A     192.0.2.11   ; second",
        ]
    );
    assert_eq!(
        edit("shop        CNAME", "shop     5m CNAME"),
        ["-shop        CNAME www", "+shop     5m CNAME www"]
    );
    let text = "@ 60 IN SOA a b 1 2 3 4 5\nw\t60\tIN\tA\t192.0.2.1\nv\t60\tA\t192.0.2.1\n";
    assert_eq!(
        lines_of(text, &text.replace("w\t60", "w\t7200").replace("v\t60", "v\t1d")),
        [
            "-w\t60\tIN\tA\t192.0.2.1",
            "-v\t60\tA\t192.0.2.1",
            "+w\t7200\tIN\tA\t192.0.2.1",
            "+v\t86400\tA\t192.0.2.1"
        ]
    );
}

#[test]
fn a_new_record_lands_beside_its_siblings() {
    for (record, after, line) in [
        // The same owner and type.
        ("www 5m A 192.0.2.12", "second", "+        5m  A     192.0.2.12"),
        ("@ NS ns3", "the second one", "+            NS    ns3"),
        // The same owner.
        ("mail TXT \"x\"", "AAAA", "+            TXT   \"x\""),
        ("@ TXT \"v=spf1 -all\"", "; ours", "+            TXT   \"v=spf1 -all\""),
        // A new one: behind the nearest before it.
        ("mail2 A 192.0.2.9", "AAAA", "+mail2       A     192.0.2.9"),
        ("zz 7h A 192.0.2.9", "second", "+zz      7h  A     192.0.2.9"),
        ("a.mail 1d MX 0 .", "AAAA", "+a.mail   1d MX    0 ."),
        ("long-name-of-a-host A 192.0.2.9", "; ours", "+long-name-of-a-host A 192.0.2.9"),
    ] {
        let changes = between(ZONE, &format!("{ZONE}{record}\n"));
        let applied = document(ZONE).apply(&changes, None).unwrap();
        assert_eq!(difference(ZONE, applied.document.text()), [line], "{record}");
        let lines: Vec<&str> = applied.document.text().lines().collect();
        let at = lines.iter().position(|own| *own == &line[1..]).unwrap();
        assert!(lines[at - 1].contains(after), "{record} stands behind {}", lines[at - 1]);
    }
}

#[test]
fn a_new_record_looks_like_its_neighbours() {
    for (text, record, line) in [
        (
            "$TTL 60\nexample.com. IN SOA a.b. c.d. 1 2 3 4 5\nexample.com. IN MX 1 www.example.com.\nwww.example.com. IN A 192.0.2.1\n",
            "z 90 MX 1 www",
            "+z.example.com. 90 IN MX 1 www.example.com.",
        ),
        (
            "@\t3600\tIN\tSOA\ta b 1 2 3 4 5\nwww\t3600\tIN\tA\t192.0.2.1\n",
            "www 3600 A 192.0.2.2",
            "+www\t3600\tIN\tA\t192.0.2.2",
        ),
        (
            "@\t\t3600\tIN\tSOA\ta b 1 2 3 4 5\nwww\t\t3600\tIN\tA\t192.0.2.1\n",
            "longer-name 60 AAAA ::1",
            "+longer-name\t60\tIN\tAAAA\t::1",
        ),
        ("$TTL 2h\n@ SOA a b 1 2 3 4 5\n  NS a\n", "@ 2h NS b", "+  NS b"),
        ("$TTL 2h\n@ SOA a b 1 2 3 4 5\n", "@ 2h NS b", "+@ NS b"),
        // Seconds are written as seconds, and relative to the origin that holds there.
        (
            "$TTL 7200\n@ SOA a b 1 2 3 4 5\n$ORIGIN sub\nx A 192.0.2.1\n",
            "y.sub 86400 A 192.0.2.2",
            "+y 86400 A 192.0.2.2",
        ),
        (
            "$TTL 7200\n@ SOA a b 1 2 3 4 5\n$ORIGIN sub\nx A 192.0.2.1\n",
            "y 7200 CNAME y.sub",
            "+y.example.com. CNAME y",
        ),
    ] {
        let origin = "$ORIGIN example.com.\n";
        assert_eq!(lines_of(text, &format!("{text}{origin}{record}\n")), [line], "{text}");
    }
}

#[test]
fn a_deleted_record_takes_its_line_and_its_comment() {
    assert_eq!(
        edit("            NS    ns2      ; the second one\n", ""),
        ["-            NS    ns2      ; the second one"]
    );
    assert_eq!(edit("ns2         A     192.0.2.3\n", ""), ["-ns2         A     192.0.2.3"]);
    // The comment above stays.
    assert_eq!(edit("            MX    10 mail  ; ours\n", ""), ["-            MX    10 mail  ; ours"]);
    let text = "@ 60 SOA a b ( 1 2\n 3 4 5 )\nx 60 TXT ( \"a\"\n ; comment\n \"b\" )\nz 60 A 192.0.2.1";
    assert_eq!(
        lines_of(text, "@ 60 SOA a b 1 2 3 4 5\nz 60 A 192.0.2.1\n"),
        ["-x 60 TXT ( \"a\"", "- ; comment", "- \"b\" )"]
    );
}

#[test]
fn neighbours_get_what_they_inherited_written_out() {
    let wanted =
        |gone: &str, more: &str| format!("$ORIGIN example.com.\n{}{more}", ZONE.replacen(gone, "", 1));
    assert_eq!(
        lines_of(
            ZONE,
            &wanted("mail        A     192.0.2.2\n            AAAA", "mail AAAA")
                .replace("mail AAAA", "mail AAAA 2001:db8::2 ;")
                .replace("  2001:db8::2\n; web", "; web")
        ),
        ["-mail        A     192.0.2.2", "-            AAAA  2001:db8::2", "+mail        AAAA  2001:db8::2"]
    );
    // TTLs that come from the line before.
    let text = "@ 60 SOA a b 1 2 3 4 5\nw 30 A 192.0.2.1\nv A 192.0.2.2\nu A 192.0.2.3\n";
    assert_eq!(
        lines_of(text, "@ 60 SOA a b 1 2 3 4 5\nv 30 A 192.0.2.2\nu 30 A 192.0.2.3\n"),
        ["-w 30 A 192.0.2.1", "-v A 192.0.2.2", "+v 30 A 192.0.2.2"]
    );
    assert_eq!(
        lines_of(text, &text.replace("w 30", "w 40").replace("v A", "v 30 A")),
        ["-w 30 A 192.0.2.1", "-v A 192.0.2.2", "+w 40 A 192.0.2.1", "+v 30 A 192.0.2.2"]
    );
    // An SOA without a TTL gives them all its minimum.
    let text = "@ SOA a b 1 2 3 4 60\nw A 192.0.2.1\nv 9 A 192.0.2.2\nu A 192.0.2.3\n";
    assert_eq!(
        lines_of(text, "$TTL 60\n@ SOA a b 1 2 3 4 70\nw A 192.0.2.1\nv 9 A 192.0.2.2\nu A 192.0.2.3\n"),
        // The first takes that of the line before now.
        ["-@ SOA a b 1 2 3 4 60", "+@ 60 SOA a b 1 2 3 4 70", "-u A 192.0.2.3", "+u 60 A 192.0.2.3"]
    );
    // An owner that a line far below takes.
    let text = "$TTL 60\n@ SOA a b 1 2 3 4 5\nw A 192.0.2.1 ; x\n\n; y\n$ORIGIN sub\n\tTXT a\n\tTXT b\n";
    assert_eq!(
        lines_of(text, "$TTL 60\n@ SOA a b 1 2 3 4 5\nw TXT a\nw TXT b\n"),
        ["-w A 192.0.2.1 ; x", "-\tTXT a", "+w.example.com.\tTXT a"]
    );
}

/// Readers take the octets of a name outside ASCII as they are; what is below it belongs to it all the same.
#[test]
fn neighbours_of_an_owner_outside_ascii_get_what_they_inherited_written_out() {
    let text = "@ 60 SOA a b 1 2 3 4 5\nbücher 300 A 192.0.2.2\n\tTXT x\n";
    assert_eq!(
        lines_of(text, &text.replace("300 A", "600 A").replace("TXT", "300 TXT")),
        ["-bücher 300 A 192.0.2.2", "-\tTXT x", "+bücher 600 A 192.0.2.2", "+\t300\tTXT x"]
    );
    assert_eq!(
        lines_of(text, "@ 60 SOA a b 1 2 3 4 5\nbücher 300 TXT x\n"),
        ["-bücher 300 A 192.0.2.2", "-\tTXT x", "+b\\195\\188cher\t300\tTXT x"]
    );
}

#[test]
fn a_touched_generate_is_written_out_and_kept_as_a_comment() {
    let text = "$TTL 60\n@ SOA a b 1 2 3 4 5\nx A 192.0.2.9\n$GENERATE 1-3 h$ A 192.0.2.$ ; hosts\n  TXT t\n$GENERATE 7-8 i$ 30 CNAME h$\n";
    let plain = "$TTL 60\n@ SOA a b 1 2 3 4 5\nx A 192.0.2.9\nx TXT t\nh1 A 192.0.2.1\nh3 A 192.0.2.77\ni7 30 CNAME h7\ni8 30 CNAME h8\n";
    assert_eq!(
        lines_of(text, plain),
        [
            "-$GENERATE 1-3 h$ A 192.0.2.$ ; hosts",
            "-  TXT t",
            "+; $GENERATE 1-3 h$ A 192.0.2.$ ; hosts",
            "+h1 A 192.0.2.1",
            "+h3 A 192.0.2.77",
            "+x TXT t"
        ]
    );
    // A record that comes to one of its names leaves it as it is.
    let wanted = plain.replace("192.0.2.77", "192.0.2.3\nh2 A 192.0.2.2\nh2 TXT new");
    assert_eq!(lines_of(text, &wanted), ["-  TXT t", "+h2 TXT \"new\"", "+x TXT t"]);
    // Its TTL may come from a line that goes.
    let text = "@ 9 SOA a b 1 2 3 4 5\nx 60 A 192.0.2.9\n$GENERATE 1-2 h$ A 192.0.2.$\n";
    assert_eq!(
        lines_of(text, "@ 9 SOA a b 1 2 3 4 5\nh1 60 A 192.0.2.1\nh2 60 A 192.0.2.2\n"),
        ["-x 60 A 192.0.2.9", "-$GENERATE 1-2 h$ A 192.0.2.$", "+$GENERATE 1-2 h$ 60 A 192.0.2.$"]
    );
}

struct Files(Vec<(&'static str, &'static str)>);

impl Loader for Files {
    fn load(&mut self, file: &str, _: Option<&str>, _: usize) -> Result<super::super::super::Loaded, String> {
        let (name, text) = self.0.iter().find(|(name, _)| *name == file).ok_or("no such file")?;
        Ok(super::super::super::Loaded { name: (*name).into(), text: text.as_bytes().to_vec() })
    }
}

#[test]
fn records_of_an_included_file_are_read_only() {
    let mut files = Files(vec![("hosts", "$TTL 30\nx A 192.0.2.1\ny A 192.0.2.2\n")]);
    let own =
        document("$TTL 60\n@ SOA a b 1 2 3 4 5\n$INCLUDE hosts ; those\nz A 192.0.2.3\nx A 192.0.2.4\n");
    let zone = own.records(Some(&mut files)).unwrap().0;
    let key = |owner: &str| RrKey::new(name(owner), RecordType::A);
    let change = |owner: &str, last: &[u8]| {
        let after = last.iter().map(|last| Box::from([192, 0, 2, *last])).collect();
        let after = Some(RrSet::new(30, after)).filter(|set| !set.rdata.is_empty());
        ChangeMap::from([(key(owner), Change { before: zone.get(&key(owner)), after })])
    };
    let error = own.apply(&change("y", &[]), Some(&mut files)).unwrap_err();
    assert_eq!(error, DocumentError::ReadOnly(vec![key("y")]));
    assert_eq!(error.to_string(), "y.example.com. A stands in an included file; change it there");
    assert!(matches!(own.apply(&change("x", &[4]), Some(&mut files)), Err(DocumentError::ReadOnly(_))));
    let applied = own.apply(&change("x", &[1, 5]), Some(&mut files)).unwrap();
    assert_eq!(difference(own.text(), applied.document.text()), ["-x A 192.0.2.4", "+x A 192.0.2.5"]);
}

#[test]
fn words_of_data_are_replaced_one_by_one() {
    let soa = "$TTL 60\n@ SOA a b 1 2 3 4 5\n";
    for (old, new, expected) in [
        (
            "TXT ( \"one\" ; 1\n   two ; 2\n )",
            "TXT \"one\" \"three\"",
            "TXT ( \"one\" ; 1\n   \"three\" ; 2\n )",
        ),
        ("TXT ( \"one\" ; 1\n   two ; 2\n )", "TXT \"one\"", "TXT ( \"one\" ; 1\n   ; 2\n )"),
        ("TXT ( \"one\" ; 1\n )", "TXT one two", "TXT ( \"one\" \"two\" ; 1\n )"),
        ("MX 10 Mail.Example.COM. ; x", "MX 10 mail2", "MX 10 mail2.example.com. ; x"),
        ("MX ( 10 mail )", "MX 20 mail", "MX ( 20 mail )"),
        ("A \\# 4 c0000201", "A 192.0.2.2", "A 192.0.2.2"),
        ("HTTPS 1 . alpn=\"h2\" port=1 ; x", "HTTPS 1 . alpn=h3 port=1", "HTTPS 1 . alpn=\"h3\" port=1 ; x"),
        ("TYPE65400 \\# 0", "TYPE65400 \\# 1 ff", "TYPE65400 \\# 1 FF"),
        (
            "DS 1 13 2 ( 00000000000000000000000000000000\n 00000000000000000000000000000001 ) ; y",
            "DS 2 13 2 0000000000000000000000000000000000000000000000000000000000000001",
            "DS 2 13 2 ( 0000000000000000000000000000000000000000000000000000000000000001\n ) ; y",
        ),
    ] {
        let text = format!("{soa}x {old}\n");
        let changes = between(&text, &format!("{soa}x {new}\n"));
        let applied = document(&text).apply(&changes, None).unwrap();
        assert_eq!(applied.document.text(), format!("{soa}x {expected}\n"), "{old}");
    }
}

/// Found by fuzzing: the blank before a word that went was that of an escape at the end of the word before it, and an edit
/// of that word then reached beyond the text.
#[test]
fn a_protected_blank_belongs_to_its_word() {
    let soa = "$TTL 60\n@ SOA a b 1 2 3 4 5\n";
    for (old, new) in [
        ("TXT a\\  b", "TXT z"),
        ("TXT a\\  b c", "TXT z\\  c"),
        ("TXT a\\\t  b", "TXT a\\\t"),
        ("TXT ( a\\  b\\  c )", "TXT q\\ "),
        ("TXT a\\\\  b", "TXT z"),
    ] {
        for end in ["", "\n"] {
            let text = |line| format!("{soa}x {line}{end}");
            lines_of(&text(old), &text(new));
        }
    }
}

#[test]
fn the_owners_spelling_stays_unless_that_is_the_change() {
    let text = "$TTL 60\n@ SOA a b 1 2 3 4 5\nWWW MX 10 Mail\n";
    let lower = "$TTL 60\n@ SOA a b 1 2 3 4 5\nwww MX 10 mail\n";
    let key = RrKey::new(name("www"), RecordType::MX);
    let (set, other) = (snapshot(&document(lower)).get(&key), snapshot(&document(text)).get(&key));
    // The server has it in lower case, and somebody adds a record.
    let more = snapshot(&document(&format!("{lower}www MX 20 mail2\n"))).get(&key);
    let changes = ChangeMap::from([(key.clone(), Change { before: set.clone(), after: more })]);
    let applied = document(text).apply(&changes, None).unwrap();
    assert_eq!(
        difference(text, applied.document.text()),
        ["+WWW MX 20 mail2"].map(|line| line.replace("WWW", "www"))
    );
    let changes = ChangeMap::from([(key, Change { before: other, after: set })]);
    let applied = document(text).apply(&changes, None).unwrap();
    assert_eq!(difference(text, applied.document.text()), ["-WWW MX 10 Mail", "+WWW MX 10 mail"]);
}

#[test]
fn nothing_changes_without_changes() {
    for text in [ZONE, "", "x", "; only a comment", "(", "a\r\n\tb\r"] {
        let applied = document(text).apply(&ChangeMap::new(), None).unwrap();
        assert_eq!((applied.document.text(), applied.patch.is_empty()), (text, true));
    }
    let zone = snapshot(&document(ZONE));
    let applied = document(ZONE).reconcile(crate::zonefile::unchanged(&zone), None).unwrap();
    assert_eq!(applied.document.text(), ZONE);
}

#[test]
fn line_ends_stay_what_they_are() {
    let text = ZONE.replace('\n', "\r\n");
    let wanted = format!("{ZONE}zz A 192.0.2.9\n").replacen("192.0.2.10", "192.0.2.99", 1);
    let changes = between(ZONE, &wanted);
    let applied = document(&text).apply(&changes, None).unwrap();
    let new = applied.document.text();
    assert!(
        new.contains("192.0.2.99   ; first\r\n") && new.contains("zz          A     192.0.2.9\r\n"),
        "{new}"
    );
    assert_eq!(new.matches('\n').count(), new.matches("\r\n").count());
    // A last line without an end.
    let text = "$TTL 60\n@ SOA a b 1 2 3 4 5\nx A 192.0.2.1";
    let changes = between(text, &format!("{text}\nx A 192.0.2.2\ny A 192.0.2.3\n"));
    let applied = document(text).apply(&changes, None).unwrap();
    assert_eq!(applied.document.text(), format!("{text}\nx A 192.0.2.2\ny A 192.0.2.3"));
}

#[test]
fn what_the_server_makes_is_no_business_of_the_text() {
    let signed = format!(
        "{ZONE}@ RRSIG SOA 13 2 3600 20300101000000 20260101000000 1 example.com. AAAA\n@ NSEC www SOA\nzz A 192.0.2.9\n"
    );
    let zone = snapshot(&document(&signed));
    let applied = document(ZONE).reconcile(crate::zonefile::unchanged(&zone), None).unwrap();
    assert_eq!(difference(ZONE, applied.document.text()), ["+zz          A     192.0.2.9"]);
    let printed = Document::print(crate::zonefile::unchanged(&zone), None);
    assert!(!printed.text().contains("RRSIG") && !printed.text().contains("NSEC"), "{}", printed.text());
    let again = printed.reconcile(crate::zonefile::unchanged(&zone), None).unwrap();
    assert!(again.patch.is_empty());
}

#[test]
fn a_text_with_mistakes_is_edited_around_them() {
    let text = "$TTL 60\n@ SOA a b 1 2 3 4 5\nx A 192.0.2.1\nbad bad bad\ny A 192.0.2.2\n TXT (\n";
    let key = RrKey::new(name("y"), RecordType::A);
    let after = Some(RrSet::new(60, vec![Box::new([192, 0, 2, 3])]));
    let changes = ChangeMap::from([(key, Change { before: None, after })]);
    let applied = document(text).apply(&changes, None).unwrap();
    assert_eq!(difference(text, applied.document.text()), ["-y A 192.0.2.2", "+y A 192.0.2.3"]);
    let zone = snapshot(&document(ZONE));
    let error = document(text).reconcile(crate::zonefile::unchanged(&zone), None).unwrap_err();
    assert!(error.to_string().contains("line 4"), "{error}");
}
