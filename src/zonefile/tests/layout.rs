//! Tests of the places that a parsed text has: an editor of the text relies on every octet of them.

use proptest::prelude::*;

use super::super::{EntryKind, Parsed, Source, TtlFrom, parse};
use super::name;

fn parsed(text: &str) -> Parsed {
    parse(text.as_bytes(), Some(&name("example.com.")))
}

/// Owner, TTL, class, type and RDATA of each written record, as they stand in the text.
fn parts(text: &str) -> Vec<[String; 5]> {
    let at =
        |range: Option<&std::ops::Range<usize>>| range.map_or("-", |range| &text[range.clone()]).to_owned();
    let written = |record: &super::ParsedRecord| match &record.source {
        Source::Written(l) => Some([
            at(l.owner.as_ref()),
            at(l.ttl.as_ref()),
            at(l.class.as_ref()),
            at(Some(&l.rtype)),
            at(Some(&l.rdata)),
        ]),
        _ => None,
    };
    parsed(text).records.iter().filter_map(written).collect()
}

#[test]
fn parts_of_records() {
    let text = "\
$TTL 60
a 5 IN A 192.0.2.1 ; x
 in 1h AAAA ( 2001:db8::1 )
\"q\" TXT ( \"one\" ; two
  three \"four\" ) ; five
b ( TXT a \"b\")
";
    let row = |parts: [&str; 5]| parts.map(str::to_owned);
    assert_eq!(
        parts(text),
        [
            row(["a", "5", "IN", "A", "192.0.2.1"]),
            row(["-", "1h", "in", "AAAA", "2001:db8::1"]),
            row(["\"q\"", "-", "-", "TXT", "\"one\" ; two\n  three \"four\""]),
            row(["b", "-", "-", "TXT", "a \"b\""]),
        ]
    );
    let text =
        "@ SOA a b 1 2 3 4 5\n\n; c\n$TTL 6\nx A 192.0.2.1\n$ORIGIN x\n$GENERATE 1-2 y$ A 192.0.2.$\nbad\n y";
    let parsed = parsed(text);
    let kinds: Vec<EntryKind> = parsed.entries.iter().map(|entry| entry.kind).collect();
    use EntryKind::*;
    assert_eq!(
        kinds,
        [Record(0), Blank, Comment, Ttl, Record(1), Origin, Generate { first: 2, count: 2 }, Bad, Bad]
    );
    let froms: Vec<Option<TtlFrom>> = (parsed.records.iter())
        .map(|record| match &record.source {
            Source::Written(layout) => Some(layout.ttl_from),
            _ => None,
        })
        .collect();
    assert_eq!(froms, [Some(TtlFrom::SoaMinimum), Some(TtlFrom::Directive), None, None]);
    let generated = &parsed.records[3];
    assert_eq!(generated.owner, name("y2.x.example.com."));
    assert_eq!(generated.source, Source::Generated(parsed.entries[6].lines.clone()));
    assert_eq!(generated.line, 7);
}

/// Text that is nearly a zone file.
fn any_text() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop::sample::select(vec![
        "a",
        "@",
        " ",
        "\t",
        "\n",
        "\r\n",
        "(",
        ")",
        ";x",
        "\"",
        "60",
        "IN",
        "A",
        "TXT",
        "192.0.2.1",
        "\\",
        "$TTL",
        "$ORIGIN",
        "$GENERATE",
        "1-3",
        "x$",
        "example.com.",
        "MX",
        "10",
        "\u{fc}",
        "SOA",
        "b c 1 2 3 4 5",
    ]);
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat().into_bytes())
}

proptest! {
    #[test]
    fn entries_are_the_whole_text(text in any_text()) {
        let parsed = parse(&text, Some(&name("example.com.")));
        let mut at = 0;
        let mut records = 0;
        for entry in &parsed.entries {
            prop_assert_eq!(entry.lines.start, at);
            prop_assert!(entry.lines.end > at);
            at = entry.lines.end;
            if let EntryKind::Record(index) = entry.kind {
                let Source::Written(layout) = &parsed.records[index].source else { panic!() };
                prop_assert_eq!(&layout.lines, &entry.lines);
                prop_assert!(layout.rtype.end <= layout.rdata.start && layout.rdata.end <= at);
                records += 1;
            }
        }
        prop_assert_eq!(at, text.len());
        prop_assert!(records <= parsed.records.len());
    }
}
