//! Reading a text in parts gives what reading it in one gives: the same zone, the same problems.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};

use proptest::prelude::*;

use super::super::places::places_in_parts;
use super::super::zone::{read_in_parts, read_source_in_parts};
use super::super::{Lines, Place, Read, TextSource, parse, places, print_plain};
use super::name;
use crate::zone::{Rdata, RrKey};

/// What is read, in words.
fn read(text: &[u8], part: usize) -> String {
    told(read_in_parts(text, Some(&name("example.com.")), None, part, true))
}

/// The same from a text that is not in memory, and whether it was put there.
fn read_streamed(text: &[u8], part: usize) -> (String, bool) {
    let elsewhere = Elsewhere { text, was_read: AtomicBool::new(false) };
    let read = read_source_in_parts(&elsewhere, Some(&name("example.com.")), None, part, true);
    (told(read.unwrap()), elsewhere.was_read.into_inner())
}

struct Elsewhere<'t> {
    text: &'t [u8],
    was_read: AtomicBool,
}

impl TextSource for Elsewhere<'_> {
    fn length(&self) -> usize {
        self.text.len()
    }

    fn octets<'a>(&'a self, range: Range<usize>, room: &'a mut Vec<u8>) -> Option<&'a [u8]> {
        room.clear();
        room.extend_from_slice(self.text.get(range.start..range.end.min(self.text.len()))?);
        Some(room)
    }

    fn has_changed(&self) -> bool {
        false
    }

    fn whole(&self) -> Result<&[u8], String> {
        self.was_read.store(true, Ordering::Relaxed);
        Ok(self.text)
    }
}

fn told(read: Read) -> String {
    let (zone, problems) = match read {
        Ok((zone, problems)) => (Some(zone), problems),
        Err(problems) => (None, problems),
    };
    let mut out = Vec::new();
    if let Some(zone) = zone {
        print_plain(&zone, &mut out).unwrap();
    }
    let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
    String::from_utf8(out).unwrap() + &problems.join("\n")
}

const HEAD: &str = "$TTL 1h\n@ SOA ns1 host 1 2 3 4 5\n@ NS ns1\nns1 A 192.0.2.1\n";

/// Heads that say less of the TTLs of records without one.
const HEADS: [&str; 3] = [
    HEAD,
    "@ 60 SOA ns1 host 1 2 3 4 5\n@ 60 NS ns1\nns1 60 A 192.0.2.1\n",
    "@ SOA ns1 host 1 2 3 4 5\n@ NS ns1\nns1 A 192.0.2.1\n",
];

fn any_lines() -> impl Strategy<Value = String> {
    let line = prop::sample::select(vec![
        "www A 192.0.2.1\n",
        "www 60 A 192.0.2.2\n",
        " AAAA 2001:db8::1\n",
        " 5 TXT x\n",
        "a.b MX 10 c\n",
        "$ORIGIN sub.example.com.\n",
        "$ORIGIN example.com.\n",
        "$TTL 60\n",
        "$TTL 1h\n",
        "t TXT ( a\n b\nc )\n",
        "u TXT (\n",
        "v TXT \"open\n",
        ")\n",
        "bad\n",
        "; comment\n",
        "\n",
        "$GENERATE 1-3 g$ A 192.0.2.$\n",
        "$INCLUDE f\n",
        "x.example.net. A 192.0.2.1\n",
        "@ SOA ns1 host 1 2 3 4 5\n",
        "@ SOA ns1 host 2 2 3 4 5\n",
        "b\u{fc} A 192.0.2.1\n",
        "w TXT \"\u{e4}\"\n",
        "y A 192.0.2.1\r\n",
        "z TXT (( a ))\n",
    ]);
    let lines = prop::collection::vec(line, 0..60);
    (prop::sample::select(HEADS.to_vec()), lines).prop_map(|(head, lines)| head.to_owned() + &lines.concat())
}

proptest! {
    #[test]
    fn parts_make_the_whole(text in any_lines(), part in 1usize..200) {
        let whole = read(text.as_bytes(), usize::MAX / 2);
        prop_assert_eq!(&read(text.as_bytes(), part), &whole);
        prop_assert_eq!(&read_streamed(text.as_bytes(), part).0, &whole);
    }

    #[test]
    fn places_are_found_in_parts(
        text in any_lines(),
        part in 1usize..200,
        wanted in prop::collection::vec((any::<prop::sample::Index>(), 0..3), 0..6),
    ) {
        let records = parse(text.as_bytes(), Some(&name("example.com."))).records;
        let wanted: Vec<(RrKey, Option<Rdata>)> = wanted.iter().map(|(index, what)| {
            let record = &records[index.index(records.len())];
            let key = RrKey::of_record(record.owner.as_ref(), record.rtype, &record.rdata);
            // One in three is not there.
            let rdata: Option<Rdata> = match what {
                0 => None,
                1 => Some(record.rdata.clone()),
                _ => Some(Rdata::from([7])),
            };
            (key, rdata)
        }).collect();
        let mut lines = Lines::new(text.as_bytes());
        let meant: Vec<Option<(usize, Range<usize>)>> = wanted.iter().map(|(key, rdata)| {
            let of_set = |record: &&crate::zonefile::ParsedRecord| {
                RrKey::of_record(record.owner.as_ref(), record.rtype, &record.rdata) == *key
            };
            let exact = records.iter().filter(of_set).find(|record| Some(&record.rdata) == rdata.as_ref());
            let record = exact.or_else(|| records.iter().find(of_set))?;
            Some((lines.locate(record.span.start).0, record.span.clone()))
        }).collect();
        let asked = || wanted.iter().map(|(key, rdata)| (key, rdata.as_ref()));
        let told = |found: Vec<Option<Place>>| -> Vec<_> {
            found.into_iter().map(|place| place.map(|place| (place.line, place.span))).collect()
        };
        let origin = name("example.com.");
        let elsewhere = Elsewhere { text: text.as_bytes(), was_read: AtomicBool::new(false) };
        let streamed = places_in_parts(&elsewhere, Some(&origin), None, asked(), part).unwrap();
        prop_assert_eq!(&told(streamed), &meant, "{}", text);
        prop_assert_eq!(&told(places(text.as_bytes(), Some(&origin), None, asked())), &meant, "{}", text);
    }
}

#[test]
fn many_good_lines_are_read_in_parts() {
    let mut text = HEAD.to_owned();
    for number in 0..5000 {
        text.push_str(&format!("host{number} {} A 192.0.2.1\n AAAA 2001:db8::{number:x}\n", number % 7));
    }
    let whole = read(text.as_bytes(), usize::MAX / 2);
    assert_eq!(read(text.as_bytes(), 1000), whole);
    assert_eq!(read_streamed(text.as_bytes(), 1000), (whole, false));
    // Another origin and TTL from somewhere on, and something to be said at the end.
    let text =
        format!("{text}$ORIGIN sub.example.com.\n$TTL 60\n{text}www TXT (( a ))\n").replacen(HEAD, "", 2);
    let text = HEAD.to_owned() + &text;
    let whole = read(text.as_bytes(), usize::MAX / 2);
    assert!(whole.contains("Parentheses within parentheses"));
    assert_eq!(read(text.as_bytes(), 1000), whole);
    assert_eq!(read_streamed(text.as_bytes(), 1000), (whole, true));
}

/// Entries that end where the octets end which are taken with a part must not be taken for whole ones.
#[test]
fn long_entries_in_a_streamed_text() {
    for length in [10, 50, 100, 1000, 5000] {
        let long = format!("long TXT {}\n", "0123456789 ".repeat(length / 11));
        let text = HEAD.to_owned() + &format!("www A 192.0.2.1\n{long}").repeat(50);
        let whole = read(text.as_bytes(), usize::MAX / 2);
        for part in [60, 100, 400, 1000, 4000] {
            assert_eq!(read_streamed(text.as_bytes(), part).0, whole, "{length} {part}");
        }
    }
}

#[test]
fn records_with_ttls_of_their_own_are_read_in_parts() {
    let mut text = HEADS[1].to_owned();
    for number in 0..2000 {
        text.push_str(&format!("host{number} {} A 192.0.2.1\n", number % 7));
    }
    let whole = read(text.as_bytes(), usize::MAX / 2);
    assert_eq!(read(text.as_bytes(), 1000), whole);
    // One that takes the TTL of the record before it, which may stand in another part.
    for number in 1000..1100 {
        let line = format!("host{number} {} A", number % 7);
        let text = text.replace(&line, &format!("host{number} A"));
        assert_eq!(read(text.as_bytes(), 1000), read(text.as_bytes(), usize::MAX / 2), "{line}");
    }
}

/// What is looked for stands in the last part, and in the first; the text is put into memory for neither.
#[test]
fn places_in_a_large_text_need_little_memory() {
    let mut text = HEAD.to_owned();
    for number in 0..5000 {
        text.push_str(&format!("host{number} A 192.0.2.1\n AAAA 2001:db8::{number:x} ; \u{e4}\n"));
    }
    let origin = name("example.com.");
    let key = |owner: &str, rtype| RrKey::new(name(owner), rtype);
    let last = key("host4999.example.com.", crate::zone::RecordType::AAAA);
    let first = key("example.com.", crate::zone::RecordType::NS);
    let elsewhere = Elsewhere { text: text.as_bytes(), was_read: AtomicBool::new(false) };
    let found = places_in_parts(&elsewhere, Some(&origin), None, [(&last, None), (&first, None)], 1000);
    let found: Vec<_> = found.unwrap().into_iter().map(|place| place.map(|p| (p.line, p.column))).collect();
    assert_eq!(found, [Some((10_004, 2)), Some((3, 1))]);
    assert!(!elsewhere.was_read.into_inner());
}
