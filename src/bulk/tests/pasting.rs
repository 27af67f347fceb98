//! Pasted lines and tables.

use proptest::prelude::*;

use super::super::pasted::{MOST_LINES, Pasted, Place};
use super::*;

fn read_from(text: &str, from: Option<&Name>) -> Pasted {
    Pasted::read(text, Place { origin: &name("@"), from, ttl: 3600 })
}

fn read(text: &str) -> Pasted {
    read_from(text, None)
}

fn records(pasted: &Pasted) -> Vec<String> {
    let line = |record: &super::super::pasted::PastedRecord| {
        let data =
            crate::zone::types::format_rdata(record.key.rtype, &record.rdata, Some(name("@").as_ref()));
        let ttl = record.ttl.map_or("-".into(), |ttl| ttl.to_string());
        format!(
            "{}: {} {ttl} {} {data}",
            record.line,
            record.key.owner.relative_to(&name("@")),
            record.key.rtype
        )
    };
    pasted.records.iter().map(line).collect()
}

fn bad(pasted: &Pasted) -> Vec<String> {
    pasted.bad.iter().map(|bad| format!("{}: {}", bad.line, bad.text)).collect()
}

#[test]
fn lines_of_a_zone_file() {
    let text = "www 300 IN A 192.0.2.1\n    AAAA 2001:db8::1\nnonsense here\nmail.example.com. MX 10 mail ; comment\n\
                @ A 192.0.2.300\nother.example.net. A 192.0.2.1\n@ SOA a b 1 2 3 4 5\n";
    let pasted = read(text);
    assert_eq!(
        records(&pasted),
        ["1: www 300 A 192.0.2.1", "2: www - AAAA 2001:db8::1", "4: mail - MX 10 mail"]
    );
    assert_eq!(pasted.bad.iter().map(|bad| bad.line).collect::<Vec<_>>(), [3, 5, 6, 7]);
    assert_eq!(pasted.bad[0].text, "nonsense here");
    assert_eq!(pasted.bad[2].why, "other.example.net. is not in this zone");
    assert_eq!(records(&read("$TTL 60\na A 192.0.2.1")), ["2: a 60 A 192.0.2.1"]);
}

#[test]
fn tables_with_and_without_a_heading() {
    for text in [
        "name,ttl,type,data\nwww,300,A,192.0.2.1\n,,TXT,\"v=spf1, \"\"x\"\" -all\"\nwww,soon,A,192.0.2.1\n",
        "www;300;A;192.0.2.1\n@;;TXT;\"v=spf1, \"\"x\"\" -all\"\nwww;soon;A;192.0.2.1\n",
        "Type\tName\tContent\tTTL\r\nA\twww\t192.0.2.1\t5m\r\nTXT\t@\t\"v=spf1, \"\"x\"\" -all\"\t\r\nA\twww\t192.0.2.1\tsoon\r\n",
    ] {
        let pasted = read(text);
        let lines: Vec<String> = records(&pasted).iter().map(|line| line[3..].to_owned()).collect();
        assert_eq!(lines, ["www 300 A 192.0.2.1", "@ - TXT \"v=spf1, \\\"x\\\" -all\""], "{text}");
        assert_eq!(pasted.bad.len(), 1, "{text}");
        assert_eq!(pasted.bad[0].why, "soon is no TTL");
    }
    assert_eq!(records(&read("host,type,priority,value\n@,MX,10,mail\n")), ["2: @ - MX 10 mail"]);
    // Neither directives nor further lines come in by a field.
    for text in ["a,300,A,\"192.0.2.1\n$INCLUDE /etc/passwd\"", "$INCLUDE,300,A,x", "a,300,A,192.0.2.1 )"] {
        assert!(read(text).records.iter().all(|record| record.key.owner != name("$INCLUDE")), "{text}");
    }
}

#[test]
fn names_of_another_zone_become_names_of_this_one() {
    let other = Name::parse(b"example.net.", None).unwrap();
    let text = "www.example.net. 300 IN CNAME web.example.net.\n@ MX 10 mail.example.org.\n";
    assert_eq!(
        records(&read_from(text, Some(&other))),
        ["1: www 300 CNAME web", "2: @ - MX 10 mail.example.org."]
    );
    assert_eq!(bad(&read(text)), ["1: www.example.net. CNAME web.example.net."]);
}

#[test]
fn a_huge_paste_is_bounded() {
    let pasted = read(&"a A 192.0.2.1\n".repeat(MOST_LINES + 7));
    assert_eq!((pasted.records.len(), pasted.unread), (MOST_LINES, 7));
    assert!(read(&"x".repeat(3 << 20)).records.is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn any_text_can_be_pasted(text in "([a-z@$\", ;\t0-9.\\\\()]|\n|A|TXT){0,60}") {
        let pasted = read(&text);
        prop_assert!(pasted.records.iter().all(|record| record.key.owner.is_at_or_below(&name("@"))));
    }
}
