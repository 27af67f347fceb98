//! Properties over random texts and random changes.

use proptest::prelude::*;

use super::*;
use crate::zonefile::{EntryKind, Source, parse, unchanged};

/// Some lines of a zone file: a record in one of many forms, a directive, a comment.
fn any_lines() -> impl Strategy<Value = String> {
    let owner = prop::sample::select(vec!["a", "b", "c.a", "@", "", "", "", "b.example.com.", "A", "ü"]);
    let ttl = prop::sample::select(vec!["", "", "", "60", "5m", "60 IN", "IN 90", "in"]);
    let separator = prop::sample::select(vec![" ", "    ", "\t", "\t\t", " ( ", "  "]);
    let data = prop::sample::select(vec![
        "A 192.0.2.1",
        "A 192.0.2.2",
        "A  192.0.2.3",
        "TXT one",
        "TXT ( \"one\" ; c ( \"\n two )",
        "TXT \"a;b\" \"c\"",
        "MX 10 a",
        "MX ( 20\n\n b.example.com. )",
        "MX 10 A",
        "TYPE65400 \\# 2 abcd",
        "A \\# 4 c0000204",
        "NS a",
        "NS c.example.org.",
    ]);
    let comment = prop::sample::select(vec!["", "", " ; note", "   ;ä\u{7f}"]);
    let record = (owner, separator.clone(), ttl, separator, data, comment).prop_map(
        |(owner, first, ttl, second, data, comment)| {
            let open = first.contains('(') as usize + second.contains('(') as usize;
            // An indented line must not begin with the parenthesis of the column before the type.
            let close = " )".repeat(open);
            format!("{owner}{first}{ttl}{second}{data}{close}{comment}\n")
        },
    );
    let other = prop::sample::select(vec![
        "\n",
        "  \t\n",
        "; comment\n",
        ";~ parked A 192.0.2.1\n",
        "$TTL 60\n",
        "$TTL 1h ; x\n",
        "$ORIGIN a\n",
        "$ORIGIN example.com.\n",
        "$ORIGIN com.\n",
        "$GENERATE 1-3 g$ A 192.0.2.$\n",
        "$GENERATE 1-2 b 30 TXT $ ; gen\n",
        "$GENERATE 1-2 h$ IN CNAME g$\n",
        "bad line\n",
    ]);
    prop_oneof![4 => record, 1 => other.prop_map(str::to_owned)]
}

/// A text with an SOA somewhere near its start, and its line ends.
fn any_text() -> impl Strategy<Value = String> {
    let soa = prop::sample::select(vec![
        "@ SOA a b 1 2 3 4 5\n",
        "@ 60 IN SOA a b (\n 1 ; serial\n 2h 3 4 ; x\n 60 )\n",
        "example.com.\t30 SOA a b ( 1 2 3 4 5 ) ; x\n",
    ]);
    let start = prop::sample::select(vec!["", "$TTL 60\n", "; x\n$TTL 1h\n", "$ORIGIN example.com.\n"]);
    let end = prop::sample::select(vec!["\n", "\n", "\r\n"]);
    (start, soa, prop::collection::vec(any_lines(), 0..14), end, any::<bool>()).prop_map(
        |(start, soa, lines, end, cut)| {
            let mut text = format!("{start}{soa}{}", lines.concat());
            if cut {
                text.truncate(text.trim_end_matches('\n').len());
            }
            text.replace('\n', end)
        },
    )
}

/// Changes of a few RRsets, new ones among them.
fn any_changes() -> impl Strategy<Value = Vec<(String, RecordType, Option<RrSet>)>> {
    let owner = prop::sample::select(vec!["a", "b", "c.a", "@", "d", "x.b", "g2", "h1", "A"]);
    let data = prop_oneof![
        3 => (prop::collection::vec(1..6u8, 1..4)).prop_map(|last| {
            (RecordType::A, last.iter().map(|last| Rdata::from([192, 0, 2, *last])).collect::<Vec<_>>())
        }),
        1 => prop::collection::vec(prop::sample::select(vec!["one", "two\"", "a;b", " "]), 1..3).prop_map(|texts| {
            let rdata = |text: &&str| Rdata::from([&[text.len() as u8], text.as_bytes()].concat());
            (RecordType::TXT, texts.iter().map(rdata).collect())
        }),
        1 => prop::collection::vec((0..30u8, prop::sample::select(vec!["a", "b", "Z"])), 1..3).prop_map(|hosts| {
            let rdata = |(preference, host): &(u8, &str)| Rdata::from([&[0, *preference], name(host).wire()].concat());
            (RecordType::MX, hosts.iter().map(rdata).collect())
        }),
        1 => (1..9u32, prop::sample::select(vec![60u32, 61])).prop_map(|(serial, minimum)| {
            let soa = crate::zone::Soa { mname: name("a"), rname: name("b"), serial, minimum, ..Default::default() };
            (RecordType::SOA, vec![soa.to_rdata()])
        }),
    ];
    let ttl = prop::sample::select(vec![60u32, 300, 3600, 5]);
    let one = (owner, data, ttl, prop::bool::weighted(0.3)).prop_map(|(owner, (rtype, rdata), ttl, gone)| {
        let is_soa = rtype == RecordType::SOA;
        let owner = if is_soa { "@" } else { owner };
        (owner.to_owned(), rtype, (!gone || is_soa).then(|| RrSet::new(ttl, rdata).without_repeats(rtype)))
    });
    prop::collection::vec(one, 0..5)
}

/// The records of a text, as a multiset that does not care for order or repetition.
fn contents(document: &Document) -> std::collections::BTreeMap<RrKey, RrSet> {
    let parsed = parse(document.text().as_bytes(), Some(document.origin()));
    let mut sets: std::collections::BTreeMap<RrKey, Vec<(u32, Rdata)>> = Default::default();
    for record in parsed.records {
        let key = RrKey::of_record(record.owner.as_ref(), record.rtype, &record.rdata);
        sets.entry(key).or_default().push((record.ttl, record.rdata));
    }
    let set = |(key, records): (RrKey, Vec<_>)| {
        let set = RrSet::of_records(records).unwrap().without_repeats(key.rtype);
        (key, set)
    };
    sets.into_iter().map(set).collect()
}

/// The lines of a text that no change may touch: all but those of records and `$GENERATE` lines with a record of a
/// touched RRset, and of records that take something from another line.
fn kept_lines(document: &Document, changes: &ChangeMap) -> Vec<String> {
    let text = document.text();
    let parsed = parse(text.as_bytes(), Some(document.origin()));
    let is_touched = |index: usize| {
        let record = &parsed.records[index];
        changes.contains_key(&RrKey::of_record(record.owner.as_ref(), record.rtype, &record.rdata))
    };
    let kept = parsed.entries.iter().filter(|entry| match entry.kind {
        EntryKind::Record(index) => {
            let Source::Written(layout) = &parsed.records[index].source else { panic!() };
            !is_touched(index) && layout.owner.is_some() && layout.ttl.is_some()
        }
        EntryKind::Generate { first, count } => {
            let touched = (first..first + count).any(is_touched);
            // Its own TTL may be inherited.
            !touched && text[entry.lines.clone()].contains(" 30 ")
        }
        _ => true,
    });
    kept.map(|entry| text[entry.lines.clone()].to_owned()).collect()
}

/// Lines that may only have got something written out: the words that they had are all still there, in order.
fn is_subsequence<T: PartialEq>(short: &[T], long: &[T]) -> bool {
    let mut rest = long.iter();
    short.iter().all(|own| rest.any(|other| other == own))
}

fn map_of(document: &Document, changes: Vec<(String, RecordType, Option<RrSet>)>) -> ChangeMap {
    let has = contents(document);
    let change = |(owner, rtype, after): (String, RecordType, Option<RrSet>)| {
        let key = RrKey::new(name(&owner), rtype);
        (key.clone(), Change { before: has.get(&key).cloned(), after })
    };
    changes.into_iter().map(change).filter(|(_, change)| !change.is_empty()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn changes_are_made_and_nothing_else(text in any_text(), changes in any_changes()) {
        let own = document(&text);
        let changes = map_of(&own, changes);
        let before = contents(&own);
        let applied = own.apply(&changes, None)
            .map_err(|error| TestCaseError::fail(format!("{error}\n{text}\n{changes:?}")))?;
        prop_assert_eq!(patched(&text, &applied.patch), applied.document.text());
        prop_assert_eq!(patched(applied.document.text(), &applied.patch.inverse()), &*text);

        // The intended RRsets, and no others.
        let mut meant = before.clone();
        for (key, change) in &changes {
            match &change.after {
                Some(set) => drop(meant.insert(key.clone(), set.clone())),
                None => drop(meant.remove(key)),
            }
        }
        let after = contents(&applied.document);
        prop_assert_eq!(after.keys().collect::<Vec<_>>(), meant.keys().collect::<Vec<_>>());
        for (key, set) in &after {
            prop_assert!(set.same(&meant[key], key.rtype), "{} {}: {:?}\n{}", key.owner, key.rtype, set, text);
        }

        // Every line that is not named, and takes nothing from others, is still there, in its place.
        let lines: Vec<String> = applied.document.text().split_inclusive('\n').map(str::to_owned).collect();
        let kept: Vec<String> = kept_lines(&own, &changes).iter()
            .flat_map(|lines| lines.split_inclusive('\n').map(str::to_owned).collect::<Vec<_>>()).collect();
        let ended = |lines: Vec<String>| lines.iter().map(|line| line.trim_end_matches(['\r', '\n']).to_owned()).collect::<Vec<_>>();
        prop_assert!(
            is_subsequence(&ended(kept.clone()), &ended(lines.clone())),
            "{}\n->\n{}", text, applied.document.text()
        );

        // And back again.
        let back = applied.document.apply(&changes::inverse(&changes), None)
            .map_err(|error| TestCaseError::fail(format!("back: {error}\n{text}\n{changes:?}\n{}", applied.document.text())))?;
        let again = contents(&back.document);
        prop_assert_eq!(again.keys().collect::<Vec<_>>(), before.keys().collect::<Vec<_>>());
        for (key, set) in &again {
            prop_assert!(set.same(&before[key], key.rtype), "{} {}", key.owner, key.rtype);
        }
    }

    /// The surer way must not be needed in what people write; where it is taken all the same, it must be right.
    #[test]
    fn the_fine_plan_fits_and_the_coarse_one_too(text in any_text(), changes in any_changes()) {
        let own = document(&text);
        let changes = map_of(&own, changes);
        let survey = own.survey(&changes, None).unwrap();
        for (what, plan) in [("fine", Plan::new(&survey, &changes)), ("coarse", Plan::coarse(&survey, &changes))] {
            let applied = own.checked(&survey, &walk::edits(&survey, &plan), &changes, None).unwrap();
            prop_assert!(applied.is_some(), "{}: {}\n{:?}\n{:?}", what, text, changes, edited(&text, &walk::edits(&survey, &plan)));
        }
    }

    #[test]
    fn an_untouched_text_stays_byte_for_byte(text in any_text()) {
        let own = document(&text);
        let nothing = own.apply(&ChangeMap::new(), None).unwrap();
        prop_assert_eq!(nothing.document.text(), &*text);
        // Changes to what is there already change nothing, except that a set's TTLs are its own.
        let same: ChangeMap = contents(&own).into_iter()
            .map(|(key, set)| (key, Change { before: None, after: Some(set) })).collect();
        let repeated = parse(text.as_bytes(), Some(own.origin())).records.len()
            != contents(&own).values().map(|set| set.rdata.len()).sum::<usize>();
        let applied = own.apply(&same, None).unwrap();
        if !repeated {
            prop_assert_eq!(applied.document.text(), &*text);
        }
    }

    #[test]
    fn printed_documents_are_their_zone(text in any_text(), ttl in prop::option::of(1..9000u32)) {
        let Ok((zone, before)) = document(&text).records(None) else { return Ok(()) };
        let printed = Document::print(unchanged(&zone), ttl);
        let (again, problems) = printed.records(None).map_err(|problems| TestCaseError::fail(format!("{problems:?}")))?;
        prop_assert!(changes::diff(&zone, &again).is_empty());
        // What servers will not have in the zone, printing does not mend.
        let old = |message: &str| before.iter().any(|problem| problem.message == message);
        let known = |message: &str| message.contains("has the TTL") || old(message);
        prop_assert!(problems.iter().all(|problem| known(&problem.message)), "{:?}", problems);
        let same = printed.reconcile(unchanged(&zone), None).unwrap();
        prop_assert_eq!(same.document.text(), printed.text());
    }

    #[test]
    fn a_text_is_brought_to_any_zone(text in any_text(), other in any_text()) {
        let (Ok((own, _)), Ok((zone, _))) = (document(&text).records(None), document(&other).records(None)) else {
            return Ok(());
        };
        let applied = document(&text).reconcile(unchanged(&zone), None)
            .map_err(|error| TestCaseError::fail(format!("{error}\n{text}\n->\n{other}")))?;
        let (again, _) = applied.document.records(None).unwrap();
        prop_assert!(changes::diff(&zone, &again).is_empty());
        let drafted = changes::diff(&own, &zone);
        let over = document(&text).reconcile(Contents { base: &own, changes: &drafted }, None).unwrap();
        prop_assert_eq!(over.document.text(), applied.document.text());
    }

    #[test]
    fn any_octets_are_edited_or_refused(text in "[ -~\n\tä(;\"]{0,200}", changes in any_changes()) {
        let own = document(&text);
        let changes = map_of(&own, changes);
        if let Ok(applied) = own.apply(&changes, None) {
            prop_assert_eq!(patched(&text, &applied.patch), applied.document.text());
        }
        own.parked();
    }
}
