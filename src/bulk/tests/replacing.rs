//! Replacing in a small zone, and what must hold for any.

use proptest::prelude::*;

use super::super::Replacement;
use super::super::replace::{Replaced, all_records, replace};
use super::*;
use crate::zone::{ChangeMap, Contents, Draft, RrSet};

fn replaced(zone: &Snapshot, text: &str) -> Replaced {
    let replacement = Replacement::new(text, zone.origin().as_ref()).unwrap();
    let changes = ChangeMap::new();
    let contents = Contents { base: zone, changes: &changes };
    replace(contents, all_records(contents), &replacement)
}

/// Sets as lines "owner: before -> after".
fn lines(sets: &[super::super::replace::ReplacedSet]) -> Vec<String> {
    let data = |key: &crate::zone::RrKey, set: &RrSet| {
        let texts: Vec<String> = set
            .rdata
            .iter()
            .map(|rdata| crate::zone::types::format_rdata(key.rtype, rdata, Some(name("@").as_ref())))
            .collect();
        texts.join(", ")
    };
    sets.iter()
        .map(|set| {
            let owner = set.key.owner.relative_to(&name("@"));
            format!("{owner}: {} -> {}", data(&set.key, &set.before), data(&set.key, &set.after))
        })
        .collect()
}

fn read(text: &str) -> Snapshot {
    let text = format!("$ORIGIN example.com.\n$TTL 1h\n@ SOA ns1 hostmaster 1 1h 1h 1w 1h\n@ NS ns1\n{text}");
    crate::zonefile::read_zone(text.as_bytes(), None).unwrap().0
}

#[test]
fn addresses_and_ranges() {
    let zone = read(
        "www A 192.0.2.10\nwww A 192.0.2.11\nwww A 198.51.100.9\nftp A 192.0.2.110\nwww AAAA 2001:db8::10\n\
         @ HTTPS 1 . ipv4hint=192.0.2.10,192.0.2.11 ipv6hint=2001:db8::10\n\
         @ TXT \"v=spf1 ip4:192.0.2.0/24 ip4:192.0.2.10 ip6:2001:db8::/32 -all\"\n",
    );
    let one = replaced(&zone, "192.0.2.10 198.51.100.10");
    assert_eq!(
        lines(&one.sets),
        [
            "@: 1 . ipv4hint=192.0.2.10,192.0.2.11 ipv6hint=2001:db8::10 -> 1 . ipv4hint=198.51.100.10,192.0.2.11 ipv6hint=2001:db8::10",
            "www: 192.0.2.10, 192.0.2.11, 198.51.100.9 -> 198.51.100.10, 192.0.2.11, 198.51.100.9",
        ]
    );
    // What a text says is for a person to decide.
    assert_eq!(
        lines(&one.offered),
        [
            "@: \"v=spf1 ip4:192.0.2.0/24 ip4:192.0.2.10 ip6:2001:db8::/32 -all\" -> \"v=spf1 ip4:192.0.2.0/24 ip4:198.51.100.10 ip6:2001:db8::/32 -all\""
        ]
    );
    let all = replaced(&zone, "192.0.2.0/24 -> 198.51.100.0/24");
    assert_eq!((all.records(), all.sets.len()), (4, 3));
    assert!(lines(&all.sets).contains(&"ftp: 192.0.2.110 -> 198.51.100.110".into()));
    assert!(
        lines(&all.offered)[0].ends_with("ip4:198.51.100.0/24 ip4:198.51.100.10 ip6:2001:db8::/32 -all\"")
    );
    let six = replaced(&zone, "2001:db8::/32 2001:db9::/32");
    assert!(lines(&six.sets).contains(&"www: 2001:db8::10 -> 2001:db9::10".into()));
    assert!(lines(&six.offered)[0].contains("ip6:2001:db9::/32"));
    // Two that become the same are one.
    let same = replaced(&zone, "192.0.2.10 192.0.2.11");
    assert!(
        lines(&same.sets)
            .contains(&"www: 192.0.2.10, 192.0.2.11, 198.51.100.9 -> 192.0.2.11, 198.51.100.9".into())
    );
}

#[test]
fn targets_are_names_and_not_texts() {
    let zone = read(
        "@ MX 10 mail\n@ MX 20 webmail\nimap CNAME mail\n_imap._tcp SRV 0 1 143 MAIL\nmail A 192.0.2.1\n\
         @ TXT \"v=spf1 a:mail.example.com -all\"\n",
    );
    let out = replaced(&zone, "mail mx.example.net.");
    assert_eq!(
        lines(&out.sets),
        [
            "@: 10 mail, 20 webmail -> 10 mx.example.net., 20 webmail",
            "_imap._tcp: 0 1 143 MAIL -> 0 1 143 mx.example.net.",
            "imap: mail -> mx.example.net.",
        ]
    );
    assert_eq!(out.left.len(), 1);
    assert_eq!(out.left[0].2, "in a text: replaced only as text, in quotes");
    // From absolute to relative.
    assert_eq!(
        lines(&replaced(&zone, "webmail.example.com. mail2").sets),
        ["@: 10 mail, 20 webmail -> 10 mail, 20 mail2"]
    );
    assert_eq!(replaced(&zone, "nobody mail").records(), 0);
}

#[test]
fn texts_are_replaced_over_the_ends_of_strings() {
    let long = "x".repeat(250);
    let zone = read(&format!(
        "a TXT \"v=spf1 include:old.example -all\"\nb TXT \"one o\" \"ld two\"\nc TXT \"{long}old\"\nd TXT \"old\" \"old\"\n"
    ));
    let out = replaced(&zone, "\"old\" \"brand new\"");
    let made = lines(&out.sets);
    assert_eq!(
        made[0],
        "a: \"v=spf1 include:old.example -all\" -> \"v=spf1 include:brand new.example -all\""
    );
    assert_eq!(made[1], "b: \"one o\" \"ld two\" -> \"one brand new two\"");
    assert!(made[2].ends_with(&format!("-> \"{long}brand\" \" new\"")), "{}", made[2]);
    assert_eq!(made[3], "d: \"old\" \"old\" -> \"brand new\" \"brand new\"");
    assert_eq!(lines(&replaced(&zone, "\"old\" \"\"").sets)[3], "d: \"old\" \"old\" -> \"\" \"\"");
}

#[test]
fn what_cannot_be_meant_is_said() {
    let wrong = |text: &str| Replacement::new(text, name("@").as_ref()).unwrap_err();
    assert_eq!(wrong("192.0.2.1"), "and what takes its place");
    assert_eq!(
        wrong("192.0.2.1 2001:db8::1"),
        "one address is IPv4, the other IPv6: a record keeps its type"
    );
    assert_eq!(
        wrong("192.0.2.0/24 198.51.100.0/25"),
        "192.0.2.0/24 and 198.51.100.0/25 differ in length: which address shall become which?"
    );
    assert_eq!(
        wrong("192.0.2.0/24 198.51.100.0"),
        "198.51.100.0 is no range of addresses, such as 192.0.2.0/24"
    );
    assert_eq!(wrong("192.0.2.1 www"), "www is no address");
    assert_eq!(wrong("www 192.0.2.1"), "192.0.2.1 is an address, www is none");
    assert_eq!(wrong("www www"), "both are the same");
    assert_eq!(wrong("\"www"), "the quote is not closed");
    assert_eq!(
        wrong("a b c"),
        "two words: what is replaced, and what takes its place; texts with blanks stand in quotes"
    );
}

proptest! {
    #[test]
    fn any_words_are_read(text in any::<String>()) {
        let _ = Replacement::new(&text, name("@").as_ref());
    }

    /// Types, owners, TTLs and all that is not meant stay; and the way back leads back.
    #[test]
    fn only_what_is_meant_changes(zone in any_zone(), from in 1u8..5, to in 100u8..105) {
        let zone = std::sync::Arc::new(zone);
        let (there, back) = (format!("192.0.2.{from} 192.0.2.{to}"), format!("192.0.2.{to} 192.0.2.{from}"));
        let out = replaced(&zone, &there);
        let mut draft = Draft::new(std::sync::Arc::clone(&zone));
        draft.edit("there", out.sets.iter().map(|set| (set.key.clone(), Some(set.after.clone()))));
        for set in &out.sets {
            prop_assert_eq!(set.key.rtype, crate::zone::RecordType::A);
            prop_assert_eq!((set.before.ttl, set.before.rdata.len()), (set.after.ttl, set.after.rdata.len()));
        }
        let replacement = Replacement::new(&back, zone.origin().as_ref()).unwrap();
        let home = replace(draft.contents(), all_records(draft.contents()), &replacement);
        prop_assert_eq!(home.records(), out.records());
        draft.edit("back", home.sets.into_iter().map(|set| (set.key, Some(set.after))));
        prop_assert!(draft.changes().is_empty());
    }
}
