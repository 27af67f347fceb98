//! The form of every type of the table: right input gives the record that text gives, and what is wrong is said
//! beside its field.

use super::*;
use crate::zone::types::tests::vectors::VECTORS;
use crate::zone::types::{Field as TableField, Token};

/// A form for a new record of the type; the SOA is edited, as there can be one only.
fn new_form(rtype: RecordType, draft: &Draft) -> Form {
    match rtype {
        RecordType::SOA => Form::edit(&key("@", RecordType::SOA), 0, draft.contents()).unwrap(),
        other => Form::add(other, Some(&name("new")), draft.contents(), 3600),
    }
}

fn fill(form: &mut Form, draft: &Draft, index: usize, text: &str) {
    go(form, draft, Part::Rdata(index));
    form.on_key(Key::plain(Code::End), draft.contents());
    form.on_key(Key::ctrl('u'), draft.contents());
    form.on_paste(text, draft.contents());
}

/// Accepts; doubts are answered.
fn accepted(form: &mut Form, draft: &Draft) -> Accepted {
    for _ in 0..2 {
        if let Outcome::Accept(accepted) = press(form, draft, "Enter") {
            return accepted;
        }
    }
    panic!("{} {:?} {:?}", form.rtype(), form.message(), problems(form));
}

/// The problems of fields that are no pieces of others.
fn own_problems(form: &Form) -> Vec<(Part, String)> {
    (form.inputs().iter().zip(form.problems()))
        .filter(|(input, _)| !input.is_piece())
        .filter_map(|(input, problem)| Some((input.part, problem?.to_owned())))
        .collect()
}

#[test]
fn every_type_from_its_examples() {
    let draft = draft();
    for info in types::table() {
        let mut form = example_form(info, &draft);
        assert!(problems(&form).is_empty(), "{} {:?}", info.mnemonic, problems(&form));
        let line = form.zone_file_line().unwrap();
        let accepted = accepted(&mut form, &draft);
        let parsed = zonefile::parse(line.as_bytes(), Some(&name("@")));
        // MD and MF are read, and refused by every server all the same.
        let errors = parsed.problems.iter().filter(|problem| problem.severity == zonefile::Severity::Error);
        assert!(errors.count() == 0 || matches!(info.mnemonic, "MD" | "MF"), "{line} {:?}", parsed.problems);
        let [record] = parsed.records.as_slice() else { panic!("{line}") };
        assert_eq!((&record.owner, record.rtype, record.ttl), (&accepted.owner, info.rtype, 3600), "{line}");
        assert_eq!(record.rdata, accepted.rdata, "{line}: the record that a zone file makes of it");
        assert!(!line.contains("\\#"), "{line}");
        let first = edits(draft.contents(), &accepted).remove(0);
        assert_eq!(first.0, accepted.key());
        assert!(first.1.unwrap().contains(info.rtype, &accepted.rdata), "{line}");
    }
}

/// Each vector of the RFCs, typed field by field, gives the octets that its text gives.
#[test]
fn every_type_the_same_as_from_text() {
    let draft = draft();
    let origin = name("@");
    let mut seen = std::collections::BTreeSet::new();
    for (mnemonic, line, _, printed) in VECTORS {
        let rtype = types::parse_type(mnemonic.as_bytes()).unwrap();
        let tokens = self::tokens(line);
        let tokens: Vec<Token<'_>> =
            tokens.iter().map(|(text, quoted)| Token { text: text.as_bytes(), quoted: *quoted }).collect();
        let rdata = types::parse_rdata(rtype, &tokens, origin.as_ref()).unwrap();
        // Octets that do not fit the type have no fields.
        let Some(fields) = types::format_fields(rtype, &rdata, Some(origin.as_ref())) else { continue };
        if types::info(rtype).is_some() && printed.starts_with("\\#") {
            continue;
        }
        let mut form = new_form(rtype, &draft);
        for (index, text) in fields.iter().enumerate() {
            fill(&mut form, &draft, index, text);
        }
        assert_eq!(own_problems(&form), [], "{mnemonic} {line}");
        assert_eq!(accepted(&mut form, &draft).rdata, rdata, "{mnemonic} {line} from {fields:?}");
        // And back: the record in a form shows the same, and is not changed by that.
        let mut draft = super::draft();
        let key = RrKey::of_record(name("again").as_ref(), rtype, &rdata);
        draft.edit("x", [(key.clone(), Some(RrSet::new(60, vec![rdata.clone()])))]);
        let mut form = Form::edit(&key, 0, draft.contents()).unwrap();
        assert_eq!(press(&mut form, &draft, "Enter"), Outcome::Cancel, "{mnemonic} {line}");
        press(&mut form, &draft, "");
        go(&mut form, &draft, Part::Ttl);
        press(&mut form, &draft, "Ctrl-U '61'");
        assert_eq!(accepted(&mut form, &draft).rdata, rdata, "{mnemonic} {line}: another TTL only");
        seen.insert(rtype);
    }
    assert!(seen.len() > 60, "{}", seen.len());
}

/// Cuts a line as zone files are cut; enough for the vectors.
fn tokens(line: &str) -> Vec<(String, bool)> {
    let mut tokens = Vec::new();
    let mut rest = line.trim_start_matches([' ', '\n', '(', ')']);
    while !rest.is_empty() {
        let (token, after, quoted) = match rest.strip_prefix('"') {
            Some(inside) => {
                let mut escaped = false;
                let end = inside
                    .find(|character| {
                        let ends = character == '"' && !escaped;
                        escaped = character == '\\' && !escaped;
                        ends
                    })
                    .unwrap();
                (&inside[..end], &inside[end + 1..], true)
            }
            None => {
                let mut escaped = false;
                let end = rest
                    .find(|character| {
                        let ends = " \n()\"".contains(character) && !escaped;
                        escaped = character == '\\' && !escaped;
                        ends
                    })
                    .unwrap_or(rest.len());
                (&rest[..end], &rest[end..], false)
            }
        };
        tokens.push((token.to_owned(), quoted));
        rest = after.trim_start_matches([' ', '\n', '(', ')']);
    }
    tokens
}

/// Text that is wrong in a field of a kind, and what is said of it. A new kind needs its own.
fn wrong(field: &TableField) -> Vec<(&'static str, &'static str)> {
    let out_of_range = "a number from 0 to";
    match field.kind {
        Kind::U8 | Kind::HostAlgorithm => {
            vec![("256", out_of_range), ("-1", out_of_range), ("x", out_of_range)]
        }
        Kind::U16 => vec![("65536", out_of_range), ("1.5", out_of_range), ("0x10", out_of_range)],
        Kind::U32 => vec![("4294967296", out_of_range), ("1 2", "one value, without blanks")],
        Kind::Code8(_) => vec![("256", "a number from 0 to 255"), ("FOO", "from 0 to 255")],
        Kind::Code16(_) => vec![("65536", "a number from 0 to 65535"), ("FOO", "from 0 to 65535")],
        Kind::Type => vec![("FOO", "record type")],
        Kind::Seconds => vec![("1y", "a time: seconds"), ("-1", "a time"), ("99999999999", "a time")],
        Kind::Time => vec![("20301320000000", "YYYYMMDDHHMMSS"), ("soon", "YYYYMMDDHHMMSS")],
        Kind::Ipv4 => vec![("192.0.2.256", "four numbers"), ("www", "IPv4"), ("2001:db8::1", "IPv6")],
        Kind::Ipv6 => vec![("2001:db8::g", "IPv6"), ("192.0.2.1", "IPv4")],
        Kind::Name | Kind::PlainName => {
            vec![("a..b", "a label is empty"), ("a b", "one value, without blanks"), ("\\999", "backslash")]
        }
        Kind::PlainNames => vec![("ok a..b", "a label is empty")],
        Kind::String | Kind::OptionalString | Kind::Strings => {
            vec![("\"\\999\"", "backslash"), ("\"open", "quote")]
        }
        Kind::Text => vec![("\"\\999\"", "backslash"), ("\"open", "quote")],
        Kind::Digits => vec![("12", "four digits or more"), ("12x4", "digits")],
        Kind::Tag => vec![("is-sue", "letters and digits"), ("a b", "one value")],
        Kind::Hex => vec![("0G", "hexadecimal"), ("ABC", "hexadecimal")],
        Kind::Digest(_) => vec![("0G", "hexadecimal"), ("AABB", "octets")],
        Kind::Base64 | Kind::KeyIfAny => vec![("!!", "base 64"), ("QUJ", "base 64")],
        Kind::HostKey => vec![("!!", "base 64")],
        Kind::Salt => vec![("0G", "hexadecimal")],
        Kind::Hash => vec![("xyz", "base 32")],
        Kind::Types | Kind::OldTypes => vec![("A FOO", "FOO")],
        Kind::SvcParams => vec![("foo=1", "not a parameter"), ("port=99999", "port"), ("alpn", "alpn")],
        Kind::Location => {
            vec![("91 N 0 E 0m", "latitude"), ("52 N 181 E 0", "longitude"), ("here", "latitude")]
        }
        Kind::Ports(_) => vec![("65536", "port"), ("nosuchservice", "port")],
        Kind::Prefixes => vec![("192.0.2.0/24", "such as 1:192.0.2.0/24"), ("1:192.0.2.0/33", "such as")],
        Kind::Eui(_) => vec![("00:00:5e", "hexadecimal digits with -")],
        Kind::Groups => vec![("1:2:3", "four groups")],
        Kind::Nsap => vec![("4700", "0x")],
        Kind::Gateway | Kind::Relay => vec![("gateway", "IPv4")],
        Kind::Discovery => vec![("2", "from 0 to 1")],
        Kind::RelayType => vec![("128", "from 0 to 127")],
        Kind::HostTag => vec![("0G", "hexadecimal")],
        Kind::Opaque => vec![("abc", "\\# length")],
        Kind::NoGateway => vec![],
    }
}

#[test]
fn every_wrong_field_says_so_there() {
    let draft = draft();
    for info in types::table() {
        for (index, field) in info.fields.iter().enumerate() {
            let cases = wrong(field);
            assert!(!cases.is_empty(), "{} {}", info.mnemonic, field.name);
            for (text, said) in cases {
                let mut form = example_form(info, &draft);
                fill(&mut form, &draft, index, text);
                let found = own_problems(&form);
                let [(part, message)] = found.as_slice() else {
                    panic!("{} {} {text}: {found:?}", info.mnemonic, field.name)
                };
                assert_eq!(*part, Part::Rdata(index), "{} {text}: {message}", info.mnemonic);
                assert!(message.contains(said), "{} {} {text}: {message}", info.mnemonic, field.name);
                // It is on the screen, Enter accepts nothing, and leads there from another field.
                let at = form.current();
                assert_eq!(form.inputs()[at].shown_problem(), Some(message.as_str()));
                assert_eq!(form.zone_file_line(), None);
                assert_eq!(press(&mut form, &draft, "Tab Enter"), Outcome::Stay);
                let led_to = &form.inputs()[form.current()];
                assert!(led_to.part == Part::Rdata(index) || led_to.is_piece(), "{}", info.mnemonic);
            }
        }
    }
}

#[test]
fn every_field_that_is_needed_says_so() {
    let draft = draft();
    for info in types::table() {
        for (index, field) in info.fields.iter().enumerate() {
            // These may be empty, and so may what is after them.
            let may = matches!(
                field.kind,
                Kind::PlainNames
                    | Kind::OptionalString
                    | Kind::SvcParams
                    | Kind::Prefixes
                    | Kind::Types
                    | Kind::OldTypes
                    | Kind::Ports(_)
                    | Kind::String
            );
            let mut form = example_form(info, &draft);
            fill(&mut form, &draft, index, "");
            let found = own_problems(&form);
            if found.is_empty() {
                assert!(may, "{} {}", info.mnemonic, field.name);
                continue;
            }
            assert_eq!(found[0].0, Part::Rdata(index), "{} {} {found:?}", info.mnemonic, field.name);
            assert!(found[0].1.contains("missing") || may, "{} {found:?}", info.mnemonic);
            // An empty field is not reproached before Enter.
            let input = form.inputs().iter().find(|input| input.part == Part::Rdata(index)).unwrap();
            assert_eq!(input.shown_problem(), None);
            press(&mut form, &draft, "Enter");
            let input = form.inputs().iter().find(|input| input.part == Part::Rdata(index)).unwrap();
            assert_eq!(input.shown_problem(), Some(found[0].1.as_str()), "{}", info.mnemonic);
        }
    }
}

#[test]
fn places_from_decimal_degrees() {
    let draft = draft();
    for (typed, meaning) in [
        ("52.5200 13.4050", "52 31 12.000 N 13 24 18.000 E 0m 1m 10000m 10m"),
        ("52.52, 13.405 34m", "52 31 12.000 N 13 24 18.000 E 34m 1m 10000m 10m"),
        ("-33.8688,151.2093", "33 52 7.680 S 151 12 33.480 E 0m 1m 10000m 10m"),
        ("0.0 -180.0 -2.5m 10m", "0 0 0.000 N 180 0 0.000 W -2.50m 10m 10000m 10m"),
        ("90.0000000001 0", "90 0 0.000 N 0 0 0.000 E 0m 1m 10000m 10m"),
    ] {
        let mut form = new_form(types::parse_type(b"LOC").unwrap(), &draft);
        fill(&mut form, &draft, 0, typed);
        let note = form.inputs()[form.current()].note.clone();
        assert_eq!(note, Some(Note::Means(meaning.into())), "{typed}");
        let rdata = accepted(&mut form, &draft).rdata;
        assert_eq!(types::format_rdata(form.rtype(), &rdata, None), meaning);
    }
    for wrong in
        ["90.1 0", "0 180.1", "1.2", "1.x 2", "1.2 3 4 5 6 7 8", "--1.0 2", "1.5e3 2", ". .", "é.0 1"]
    {
        let mut form = new_form(types::parse_type(b"LOC").unwrap(), &draft);
        fill(&mut form, &draft, 0, wrong);
        assert_eq!(own_problems(&form).len(), 1, "{wrong}");
    }
}

#[test]
fn names_as_people_write_them() {
    let draft = draft();
    let mut form = Form::add(RecordType::CNAME, None, draft.contents(), 3600);
    press(&mut form, &draft, "'Bücher' Tab Tab 'straße.example.'");
    assert_eq!(
        form.inputs()[0].note,
        Some(Note::Means("xn--bcher-kva.example.com. (bücher.example.com.)".into()))
    );
    assert_eq!(form.inputs()[2].note, Some(Note::Means("xn--strae-oqa.example. (straße.example.)".into())));
    let Outcome::Accept(accepted) = press(&mut form, &draft, "Enter") else {
        panic!("{:?}", problems(&form))
    };
    assert_eq!(accepted.owner, name("xn--bcher-kva"));
    // Typed the other way round the other form is seen.
    let mut form = Form::add(RecordType::NS, None, draft.contents(), 3600);
    press(&mut form, &draft, "'sub' Tab Tab 'ns.xn--bcher-kva.example.'");
    assert_eq!(
        form.inputs()[2].note,
        Some(Note::Means("ns.xn--bcher-kva.example. (ns.bücher.example.)".into()))
    );
    for (typed, said) in [
        ("i♥dns", "♥ (U+2665) cannot stand in a name (IDNA 2008)"),
        ("☃", "☃ (U+2603) cannot stand in a name (IDNA 2008)"),
        ("-bü", "is no name by IDNA 2008"),
        ("ü\\032", "not both"),
        (&"ü".repeat(70), "is no name by IDNA 2008"),
    ] {
        let mut form = Form::add(RecordType::NS, Some(&name("sub")), draft.contents(), 3600);
        form.on_paste(typed, draft.contents());
        let found = own_problems(&form);
        assert!(found.len() == 1 && found[0].1.contains(said), "{typed} {found:?}");
    }
    // Words of other scripts, with the marks and signs that belong to them.
    for word in ["日本語", "हिन्दी", "ไทย", "l·l", "कॉम", "العربية", "_sip._tcp.münchen"]
    {
        let mut form = Form::add(RecordType::NS, Some(&name("sub")), draft.contents(), 3600);
        form.on_paste(word, draft.contents());
        assert_eq!(own_problems(&form), [], "{word}");
    }
}

#[test]
fn text_keeps_its_parts_until_it_is_edited() {
    let odd = types::parse_fields(RecordType::TXT, &["\"v=spf1 mx \" \"-all\""], name("@").as_ref()).unwrap();
    let mut draft = draft();
    let at = |owner: &str| key(owner, RecordType::TXT);
    for owner in ["odd-text", "_ipp._tcp"] {
        draft.edit("x", [(at(owner), Some(RrSet::new(60, vec![odd.clone()])))]);
    }
    let mut form = Form::edit(&at("odd-text"), 0, draft.contents()).unwrap();
    assert_eq!(form.inputs()[2].field.text(), "v=spf1 mx -all");
    assert!(form.summary().is_some());
    assert_eq!(press(&mut form, &draft, "Enter"), Outcome::Cancel);
    // Another TTL leaves the octets alone, and so does looking at the parts.
    press(&mut form, &draft, "Alt-p");
    assert_eq!(
        (form.inputs()[2].field.text().as_str(), form.is_changed()),
        ("\"v=spf1 mx \" \"-all\"", false)
    );
    assert_eq!(form.summary(), Some("14 octets in 2 parts (10, 4). Alt-P shows one text."));
    press(&mut form, &draft, "Alt-p");
    go(&mut form, &draft, Part::Ttl);
    press(&mut form, &draft, "Ctrl-U '61'");
    assert_eq!(accepted(&mut form, &draft).rdata, odd);
    // Edited, it is cut as usual.
    go(&mut form, &draft, Part::Rdata(0));
    press(&mut form, &draft, "End Left Left Left Left '+'");
    let rdata = accepted(&mut form, &draft).rdata;
    assert_eq!(types::format_rdata(RecordType::TXT, &rdata, None), "\"v=spf1 mx +-all\"");
    // Attributes of a service are things of their own.
    let form = Form::edit(&at("_ipp._tcp"), 0, draft.contents()).unwrap();
    let input = form.inputs().iter().find(|input| input.part == Part::Rdata(0)).unwrap();
    assert_eq!(input.field.text(), "\"v=spf1 mx \" \"-all\"");
    // A long one is cut at 255, and that is said.
    let mut form = Form::add(RecordType::TXT, Some(&name("long")), draft.contents(), 60);
    form.on_paste(&"x".repeat(300), draft.contents());
    assert_eq!(form.summary(), Some("300 octets in 2 parts (255, 45). Alt-P shows them."));
}
