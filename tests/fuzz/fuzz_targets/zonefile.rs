//! Any octets as a zone file: what is read and printed, in either style, reads back as the same zone; the entries of
//! the text are the text; problems and their fixes point into it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use zonewright::zone::{Snapshot, changes};
use zonewright::zonefile::{EntryKind, Parsed, parse, print_aligned, print_plain, read_zone, unchanged};
use zonewright_fuzz::origin;

fn check_places(text: &[u8], parsed: &Parsed) {
    if text.starts_with(b"\xfe\xff") || text.starts_with(b"\xff\xfe") {
        // UTF-16 is refused as a whole.
        assert!(parsed.entries.is_empty() && !parsed.problems.is_empty());
        return;
    }
    let mut end = if text.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    for entry in &parsed.entries {
        assert_eq!(entry.lines.start, end, "a gap in the text");
        end = entry.lines.end;
        let records = match entry.kind {
            EntryKind::Record(record) => record..record + 1,
            EntryKind::Generate { first, count } | EntryKind::Include { first, count } => {
                first..first + count
            }
            _ => continue,
        };
        let records = parsed.records.get(records).expect("records of an entry");
        assert!(
            records.iter().all(|record| {
                entry.lines.start <= record.span.start && record.span.end <= entry.lines.end
            })
        );
    }
    assert_eq!(end, text.len());
    for problem in &parsed.problems {
        assert!(problem.span.end <= text.len() && !problem.message.contains(char::is_control));
        let Some(fix) = &problem.fix else { continue };
        let (mut end, mut fixed) = (0, Vec::new());
        for (span, replacement) in &fix.edits {
            fixed.extend_from_slice(&text[end..span.start]);
            fixed.extend_from_slice(replacement.as_bytes());
            end = span.end;
        }
        fixed.extend_from_slice(&text[end..]);
        assert!(fixed != text && !fix.message.contains(char::is_control), "{fix:?}");
    }
}

fn check_printing(zone: &Snapshot) {
    let mut plain = Vec::new();
    print_plain(zone, &mut plain).unwrap();
    let mut aligned = Vec::new();
    print_aligned(unchanged(zone), None, &mut aligned).unwrap();
    for printed in [plain, aligned] {
        let again = read_zone(&printed, None);
        let same = |again: &Snapshot| {
            changes::diff(zone, again).is_empty() && again.record_count() == zone.record_count()
        };
        assert!(again.as_ref().is_ok_and(|(again, _)| same(again)), "{}", String::from_utf8_lossy(&printed));
    }
}

/// May a line of the text stand for so many records that reading them takes seconds?
fn is_large(text: &[u8]) -> bool {
    let generates = text.windows(9).any(|word| word.eq_ignore_ascii_case(b"$GENERATE"));
    generates && text.windows(4).any(|digits| digits.iter().all(u8::is_ascii_digit))
}

fuzz_target!(|text: &[u8]| {
    if is_large(text) {
        return;
    }
    check_places(text, &parse(text, Some(&origin())));
    if let Ok((zone, _)) = read_zone(text, Some(&origin())) {
        check_printing(&zone);
    }
});
