//! The table's own promises.

use std::collections::HashSet;

use super::*;
use crate::zone::types::table::PRIVATE;

#[test]
fn entries_are_complete_and_unique() {
    let mut seen = HashSet::new();
    for entry in table() {
        assert!(seen.insert(entry.rtype.0.to_string()), "{} twice", entry.rtype.0);
        assert!(seen.insert(entry.mnemonic.to_string()), "{} twice", entry.mnemonic);
        assert!(!entry.rtype.is_meta());
        // Some types have a number, and no RFC.
        assert!(entry.rfc.starts_with("RFC ") || entry.rfc == "IANA registry", "{}", entry.mnemonic);
        assert!(entry.purpose.ends_with('.') && entry.purpose.len() < 120, "{}", entry.mnemonic);
        assert!(!entry.fields.is_empty());
        for field in entry.fields {
            assert!(!field.name.is_empty() && field.name == field.name.to_lowercase(), "{}", entry.mnemonic);
            assert!(!field.hint.is_empty() && field.hint.len() < 80, "{} {}", entry.mnemonic, field.name);
            assert!(!field.example.is_empty(), "{} {}", entry.mnemonic, field.name);
        }
        for (index, field) in entry.fields.iter().enumerate() {
            let open_end = field.kind.takes_the_rest() || field.kind == Kind::Text;
            assert!(
                !open_end || index + 1 == entry.fields.len(),
                "{}: only the last has no end",
                entry.mnemonic
            );
        }
    }
}

#[test]
fn standings_come_in_order() {
    let order = |standing| match standing {
        Standing::Everyday => 0,
        Standing::Special => 1,
        Standing::Managed => 2,
        Standing::Obsolete => 3,
    };
    assert!(table().is_sorted_by_key(|entry| order(entry.standing)));
    let first: Vec<_> = table().iter().take(9).map(|entry| entry.mnemonic).collect();
    assert_eq!(first, ["A", "AAAA", "CNAME", "MX", "TXT", "NS", "SRV", "CAA", "PTR"]);
}

#[test]
fn types_are_found_by_number_and_by_name() {
    for entry in table() {
        assert_eq!(info(entry.rtype).unwrap().mnemonic, entry.mnemonic);
        assert_eq!(entry.rtype.to_string(), entry.mnemonic);
        assert_eq!(parse_type(entry.mnemonic.to_lowercase().as_bytes()), Some(entry.rtype));
        assert_eq!(parse_type(format!("type{}", entry.rtype.0).as_bytes()), Some(entry.rtype));
    }
    assert_eq!(parse_type(b"TYPE65400"), Some(RecordType(65400)));
    assert_eq!(RecordType(65400).to_string(), "TYPE65400");
    assert_eq!(RecordType::ANY.to_string(), "TYPE255");
    for text in
        ["", "TYPE", "TYPE0", "TYPE41", "TYPE255", "TYPE65536", "TYPE-1", "ANY", "OPT", "FOO", "TYP1", "ü"]
    {
        assert_eq!(parse_type(text.as_bytes()), None, "{text}");
    }
    for number in 0..=u16::MAX {
        let known = table().iter().chain(PRIVATE).find(|entry| entry.rtype.0 == number);
        assert_eq!(info(RecordType(number)).map(|entry| entry.mnemonic), known.map(|entry| entry.mnemonic));
    }
}

#[test]
fn examples_make_a_record_that_comes_back() {
    let origin = name("example.com.");
    for entry in table() {
        let examples: Vec<_> = entry.fields.iter().map(|field| field.example).collect();
        let rdata = parse_fields(entry.rtype, &examples, origin.as_ref())
            .unwrap_or_else(|error| panic!("{}: {error}", entry.mnemonic));
        assert!(is_valid(entry.rtype, &rdata));
        let texts = format_fields(entry.rtype, &rdata, Some(origin.as_ref())).unwrap();
        let again: Vec<_> = texts.iter().map(String::as_str).collect();
        assert_eq!(parse_fields(entry.rtype, &again, origin.as_ref()).unwrap(), rdata, "{}", entry.mnemonic);
    }
}

#[test]
fn an_empty_form_names_its_first_field_that_needs_a_text() {
    let origin = name("example.com.");
    for entry in table() {
        let texts = vec![""; entry.fields.len()];
        match parse_fields(entry.rtype, &texts, origin.as_ref()) {
            Err(error) => assert!(error.message.contains(entry.fields[error.field].name), "{error}"),
            // Strings may be empty, and so may a list of prefixes.
            Ok(_) => {
                assert!(["HINFO", "GPOS", "ISDN", "APL"].contains(&entry.mnemonic), "{}", entry.mnemonic)
            }
        }
    }
}

#[test]
fn mistyped_mnemonics() {
    for (typed, meant) in [
        ("TX", "TXT"),
        ("cnmae", "CNAME"),
        ("AAA", "AAAA"),
        ("CNAM", "CNAME"),
        ("HTTP", "HTTPS"),
        ("NSS", "NS"),
        ("TSLA", "TLSA"),
        ("NATPR", "NAPTR"),
        ("TTX", "TXT"),
    ] {
        assert_eq!(suggest_type(typed).unwrap().to_string(), meant, "{typed}");
    }
    for typed in ["", "Z", "WHATEVER", "TYPE1X", "FOO", "äöü", &"A".repeat(100_000)] {
        assert_eq!(suggest_type(typed), None);
    }
}

#[test]
fn private_types_keep_their_numbers() {
    let origin = name("example.com.");
    for entry in PRIVATE {
        assert!((65280..=65534).contains(&entry.rtype.0));
        assert_eq!(entry.mnemonic, format!("TYPE{}", entry.rtype.0));
        assert_eq!(entry.rtype.to_string(), entry.mnemonic);
        assert_eq!(parse_type(entry.mnemonic.as_bytes()), Some(entry.rtype));
        assert!(table().iter().all(|other| other.rtype != entry.rtype));
        assert!(entry.purpose.len() < 120);
        for (line, octets) in [("\\# 0", &[][..]), ("\\# 3 0477FF", &[4, 0x77, 0xff])] {
            assert_eq!(parse(entry.mnemonic, line), Ok(octets.to_vec()));
            assert_eq!(format_rdata(entry.rtype, octets, Some(origin.as_ref())), line);
            assert_eq!(format_fields(entry.rtype, octets, None), Some(vec![line.to_owned()]));
            assert_eq!(parse_fields(entry.rtype, &[line], origin.as_ref()).unwrap()[..], *octets);
        }
        let (message, ..) = refusal(entry.mnemonic, "www.example.net.");
        assert!(message.contains("\\# length hexadecimal"), "{message}");
        parse_fields(entry.rtype, &[entry.fields[0].example], origin.as_ref()).unwrap();
    }
    for text in ["ALIAS", "LUA"] {
        assert_eq!(parse_type(text.as_bytes()), None, "{text} means this on PowerDNS only");
    }
}

/// Examples in all fields but one, which cannot be read: the error stands at that field.
#[test]
fn every_field_broken_says_so_there() {
    let origin = name("example.com.");
    for entry in table() {
        for index in 0..entry.fields.len() {
            let mut texts: Vec<_> = entry.fields.iter().map(|field| field.example).collect();
            texts[index] = "\"\\999\"";
            let error = parse_fields(entry.rtype, &texts, origin.as_ref()).expect_err(entry.mnemonic);
            assert_eq!(error.field, index, "{}: {error}", entry.mnemonic);
        }
    }
}
