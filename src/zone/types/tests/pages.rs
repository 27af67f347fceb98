//! The help pages: one for each type, whole, and with examples that are right.

use super::*;
use crate::zonefile::{self, Severity};

/// What a page's examples give. Comments and other types may stand among them.
fn examples(page: &Page) -> zonefile::Parsed {
    let text = format!("$TTL 3600\n{}\n", page.examples.join("\n"));
    zonefile::parse(text.as_bytes(), Some(&name("example.com.")))
}

#[test]
fn every_type_has_a_page_with_all_sections() {
    for info in table() {
        let page = page(info.rtype);
        assert_ne!(page, super::super::page(RecordType(65400)), "{} has a page of its own", info.mnemonic);
        assert!(page.about.len() > 20 && page.about.ends_with(['.', ')']), "{}", info.mnemonic);
        assert!(!page.examples.is_empty() && !page.rules.is_empty(), "{}", info.mnemonic);
        assert!(page.rules.iter().all(|rule| rule.len() > 10 && rule.ends_with('.')), "{}", info.mnemonic);
        assert!(page.format.is_none_or(|format| format.ends_with('.')), "{}", info.mnemonic);
        // The RFC that the table names, and perhaps more.
        let number = info.rfc.split_whitespace().nth(1).unwrap();
        assert!(page.see.contains(number), "{}: {} is not in {}", info.mnemonic, info.rfc, page.see);
    }
}

#[test]
fn every_page_is_that_of_a_type() {
    for text in super::super::page::TEXTS {
        for title in text.lines().filter_map(|line| line.strip_prefix("# ")) {
            assert!(table().iter().any(|info| info.mnemonic == title), "{title}");
        }
        for line in text.lines().filter(|line| !line.starts_with("    ")) {
            assert_eq!(line, line.trim(), "{line}");
        }
    }
}

#[test]
fn every_example_is_right() {
    let unknown = RecordType(65400);
    for rtype in table().iter().map(|info| info.rtype).chain([unknown]) {
        let page = page(rtype);
        let parsed = examples(&page);
        let wrong: Vec<_> = (parsed.problems.iter())
            // MD and MF are read, and refused by every server all the same.
            .filter(|problem| problem.severity == Severity::Error && ![3, 4].contains(&rtype.0))
            .collect();
        assert!(wrong.is_empty(), "{rtype}: {wrong:?}");
        assert!(parsed.records.iter().any(|record| record.rtype == rtype), "{rtype}");
        let lines = page.examples.iter().filter(|line| !line.starts_with(';')).count();
        assert_eq!(parsed.records.len(), lines, "{rtype}: a record for each line");
    }
}

#[test]
fn pages_say_what_has_to_be_said() {
    for (mnemonic, words) in [
        ("CNAME", &["apex|zone's own name", "Nothing else may stand"][..]),
        ("DNAME", &["subtree|below"]),
        ("A", &["wildcard", "round robin"]),
        ("MX", &["null MX"]),
        ("TXT", &["type SPF is retired"]),
        ("SPF", &["TXT"]),
        ("CAA", &["inherit", "Flags are 0 or 128"]),
        ("NS", &["glue"]),
        ("DS", &["beside the NS"]),
    ] {
        let rules = page(rtype(mnemonic)).rules.join("\n");
        for word in words {
            assert!(word.split('|').any(|word| rules.contains(word)), "{mnemonic}: {word}");
        }
    }
}
