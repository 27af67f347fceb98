//! Any words as the data of a record of any type. The first two octets are the number of the type, the third says
//! whether the words, one a line, are those of a zone file or what stands in the fields of a form. What is accepted
//! is valid, prints, and reads back as the same octets, in every form of text that there is; what is not accepted has
//! a sentence that is fit for a terminal and points at what is wrong.
#![no_main]

use libfuzzer_sys::fuzz_target;
use zonewright::zone::types::{self, RdataError, Token};
use zonewright::zone::{NameRef, RecordType};
use zonewright::zonefile::{parse, print_record};
use zonewright_fuzz::origin;

/// Words as a lexer would give them: one that begins with a quote was quoted.
fn tokens(text: &[u8]) -> Vec<Token<'_>> {
    let lines = text.split(|octet| *octet == b'\n').filter(|line| !line.is_empty());
    lines
        .map(|line| match line.strip_prefix(b"\"") {
            Some(text) => Token { text, quoted: true },
            None => Token { text: line, quoted: false },
        })
        .collect()
}

fn check_accepted(rtype: RecordType, rdata: &[u8], generic: bool) {
    let valid = types::is_valid(rtype, rdata);
    assert!(valid || generic);
    for relative in [None, Some(origin())] {
        let line = print_record(&origin(), 60, rtype, rdata, relative.as_ref());
        let parsed = parse(line.as_bytes(), Some(&origin()));
        let [record] = parsed.records.as_slice() else { panic!("{line}: {:?}", parsed.problems) };
        assert_eq!(*record.rdata, *rdata, "{line}");
        let again = print_record(&record.owner, record.ttl, record.rtype, &record.rdata, relative.as_ref());
        assert_eq!(line, again);
    }
    // The generic form says the same of every type.
    let digits: String = rdata.iter().map(|octet| format!("{octet:02x}")).collect();
    let length = rdata.len().to_string();
    let words = ["\\#", &length, &digits].map(|word| Token { text: word.as_bytes(), quoted: false });
    let words = if rdata.is_empty() { &words[..2] } else { &words[..] };
    assert_eq!(types::parse_rdata(rtype, words, origin().as_ref()).as_deref(), Ok(rdata));
    for relative in [None, Some(origin().as_ref())] {
        check_form(rtype, rdata, relative);
    }
}

/// What a form shows reads back, and shows the same again.
fn check_form(rtype: RecordType, rdata: &[u8], relative: Option<NameRef<'_>>) {
    let Some(texts) = types::format_fields(rtype, rdata, relative) else { return };
    let fields: Vec<&str> = texts.iter().map(String::as_str).collect();
    assert!(!texts.iter().any(|text| text.contains(char::is_control)), "{texts:?}");
    let again = types::parse_fields(rtype, &fields, origin().as_ref());
    assert_eq!(again.as_deref(), Ok(rdata), "{fields:?}");
}

fn check_refused(error: &RdataError, tokens: usize, fields: usize) {
    assert!(error.token <= tokens && error.field <= fields, "{error:?}");
    assert!(!error.message.is_empty() && !error.message.contains(char::is_control), "{error:?}");
}

fuzz_target!(|octets: &[u8]| {
    let Some(([high, low, form], text)) = octets.split_first_chunk::<3>() else { return };
    let rtype = RecordType(u16::from_be_bytes([*high, *low]));
    if rtype.is_meta() || text.len() > 60_000 {
        return;
    }
    let known = types::info(rtype).map_or(1, |info| info.fields.len());
    if form % 2 == 0 {
        let tokens = tokens(text);
        let generic = tokens.first().is_some_and(|first| first.text == b"\\#" && !first.quoted);
        match types::parse_rdata(rtype, &tokens, origin().as_ref()) {
            Ok(rdata) => check_accepted(rtype, &rdata, generic),
            Err(error) => check_refused(&error, tokens.len(), known),
        }
    } else if let Ok(text) = std::str::from_utf8(text) {
        let fields: Vec<&str> = text.split('\n').collect();
        let generic = fields.len() == 1 && fields[0].split_ascii_whitespace().next() == Some("\\#");
        match types::parse_fields(rtype, &fields, origin().as_ref()) {
            Ok(rdata) => check_accepted(rtype, &rdata, generic),
            Err(error) => check_refused(&error, 0, known.saturating_sub(1)),
        }
    }
});
