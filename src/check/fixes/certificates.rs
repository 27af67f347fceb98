//! CAA.

use super::super::fix::{Case, Fix, added, quoted};
use super::super::rules::certificates::{TAGS, caa};
use super::{MOST, nearest};
use crate::zone::Rdata;

fn with_fields(flags: u8, tag: &[u8], value: &[u8]) -> Option<Vec<u8>> {
    Some([&[flags, u8::try_from(tag.len()).ok()?], tag, value].concat())
}

/// The tag that was meant.
pub fn tag(case: &Case<'_>) -> Vec<Fix> {
    let Some((flags, tag, value)) = case.record().and_then(|record| caa(record)) else { return Vec::new() };
    let known: Vec<&str> = TAGS.iter().filter_map(|tag| std::str::from_utf8(tag).ok()).collect();
    let meant = std::str::from_utf8(tag).ok().and_then(|tag| nearest(tag, &known));
    let Some(meant) = meant else { return Vec::new() };
    let wrong = quoted(&String::from_utf8_lossy(tag));
    let rdata = with_fields(flags, meant.as_bytes(), value);
    rdata.map(|rdata| case.record_becomes(format!("Write {meant} for {wrong}"), &rdata)).unwrap_or_default()
}

/// 0; and 128, which those who write 1 may have meant.
pub fn flags(case: &Case<'_>) -> Vec<Fix> {
    let Some((_, tag, value)) = case.record().and_then(|record| caa(record)) else { return Vec::new() };
    let choices =
        [(0, "Set the flags to 0"), (128, "Set the flags to 128: who does not know the tag may not issue")];
    let fixes = choices.into_iter().filter_map(|(flags, title)| {
        Some(case.record_becomes(title.into(), &with_fields(flags, tag, value)?))
    });
    fixes.flatten().collect()
}

/// An address or a host as a URL.
pub fn iodef(case: &Case<'_>) -> Vec<Fix> {
    let Some((flags, tag, value)) = case.record().and_then(|record| caa(record)) else { return Vec::new() };
    let Some(text) = std::str::from_utf8(value).ok().filter(|text| !text.contains([':', ' '])) else {
        return Vec::new();
    };
    let url = match text.split_once('@') {
        Some((mailbox, domain)) if !mailbox.is_empty() && domain.contains('.') => format!("mailto:{text}"),
        None if text.contains('.') => format!("https://{text}"),
        _ => return Vec::new(),
    };
    let rdata = with_fields(flags, tag, url.as_bytes());
    rdata.map(|rdata| case.record_becomes(format!("Write {}", quoted(&url)), &rdata)).unwrap_or_default()
}

/// Those who may issue for wildcards may issue for other names.
pub fn incomplete(case: &Case<'_>) -> Vec<Fix> {
    let Some(set) = case.own_set() else { return Vec::new() };
    let wild = |rdata: &Rdata| -> Option<Fix> {
        let (flags, _, value) = caa(rdata).filter(|(_, tag, _)| tag.eq_ignore_ascii_case(b"issuewild"))?;
        let becomes = added(Some(set.clone()), case.rtype(), set.ttl, &with_fields(flags, b"issue", value)?);
        let text = std::str::from_utf8(value).ok()?;
        let title = match text.trim() {
            ";" | "" => format!("Add issue \";\" to {}: nobody may issue at all", case.owner()),
            _ => format!(
                "Add issue {} to {}: nobody else may issue",
                quoted(&format!("\"{text}\"")),
                case.owner()
            ),
        };
        Some(Fix::new(title, [case.own_becomes(Some(becomes))]))
    };
    set.rdata.iter().filter_map(wild).take(MOST).collect()
}
