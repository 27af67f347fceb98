//! Finds the ownership challenge in an error of the API: the value of the TXT record `ownercheck` that OVH wants to see.
//!
//! The words around it come in any language, and neither status nor shape of the answer are promised. Common to all is
//! the label, and the value after it. So words are not looked at: the value is what looks like one.

use crate::facts::registration::Challenge;
use crate::zone::{Name, RecordType};

/// The name below the domain.
const LABEL: &str = "ownercheck";
/// The length of a character-string (RFC 1035 section 3.3).
const LONGEST: usize = 255;
/// Strings of one answer, and how deep they may stand.
const MAX_STRINGS: usize = 200;
const MAX_DEPTH: usize = 16;
/// Of each text, so much is looked through.
const MAX_TEXT: usize = 20_000;

/// The challenge for this domain in the body of an answer.
pub fn recognise(body: &[u8], domain: &Name) -> Option<Challenge> {
    let text = String::from_utf8_lossy(body.get(..body.len().min(8 * MAX_TEXT)).unwrap_or_default());
    let mut texts = Vec::new();
    match serde_json::from_slice(body) {
        Ok(json) => {
            strings(&json, 0, &mut texts);
            // Where label and value stand in strings of their own.
            texts.push(texts.join(" \n "));
        }
        Err(_) => texts.push(text.into_owned()),
    }
    let value = texts.iter().find_map(|text| value(text, domain))?;
    let owner = Name::parse(LABEL.as_bytes(), Some(domain.as_ref())).ok()?;
    Some(Challenge { owner, rtype: RecordType::TXT, value })
}

/// The values of all strings, in their order.
fn strings(json: &serde_json::Value, depth: usize, found: &mut Vec<String>) {
    use serde_json::Value;
    if depth > MAX_DEPTH || found.len() >= MAX_STRINGS {
        return;
    }
    match json {
        Value::String(text) => found.push(text.chars().take(MAX_TEXT).collect()),
        Value::Array(items) => items.iter().for_each(|item| strings(item, depth + 1, found)),
        Value::Object(members) => members.values().for_each(|item| strings(item, depth + 1, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// How sure it is that a word is the value; the first is the surest.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Likeness {
    /// As all that were seen: eight hexadecimal digits in quotes.
    QuotedUsual,
    Usual,
    Quoted,
    /// Hexadecimal, with a digit in it.
    Hex,
    /// Letters and digits.
    Mixed,
}

/// The value in one text.
fn value(text: &str, domain: &Name) -> Option<String> {
    let text = without(&plain(text), domain);
    let lower = text.to_ascii_lowercase();
    let is_word = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    let labels = lower.match_indices(LABEL).map(|(at, _)| (at, at + LABEL.len())).filter(|(from, to)| {
        let before = lower.get(..*from).and_then(|before| before.chars().next_back());
        let after = lower.get(*to..).and_then(|after| after.chars().next());
        !before.is_some_and(is_word) && !after.is_some_and(is_word)
    });
    let labels: Vec<(usize, usize)> = labels.collect();
    let after =
        labels.iter().filter_map(|(_, to)| best(text.get(*to..)?, false)).min_by_key(|(like, _)| *like);
    // The other way round only what looks like all values so far.
    let before = || {
        let found = labels.iter().filter_map(|(from, _)| best(text.get(..*from)?, true));
        found.filter(|(like, _)| *like <= Likeness::Usual).min_by_key(|(like, _)| *like)
    };
    after.or_else(before).map(|(_, value)| value.to_owned())
}

/// The word that looks most like a value: of several the first, or the last.
fn best(text: &str, last: bool) -> Option<(Likeness, &str)> {
    // The label's own closing quote opens nothing.
    let text = if last { text } else { text.trim_start_matches(is_quote) };
    let mut best: Option<(Likeness, &str)> = None;
    for (likeness, word) in words(text) {
        if best.is_none_or(|(so_far, _)| if last { likeness <= so_far } else { likeness < so_far }) {
            best = Some((likeness, word));
        }
    }
    best
}

/// The words that can be a value.
fn words(text: &str) -> impl Iterator<Item = (Likeness, &str)> {
    let in_word = |c: char| c.is_ascii_alphanumeric() || "-_+/=.:~".contains(c);
    let mut rest = text;
    let mut before = ' ';
    std::iter::from_fn(move || {
        loop {
            let start = rest.find(in_word)?;
            let (skipped, from) = rest.split_at_checked(start)?;
            // Blanks may stand inside of quotes, as the French do.
            let inner =
                skipped.trim_end().chars().next_back().unwrap_or(if start == 0 { before } else { ' ' });
            let length = from.find(|c: char| !in_word(c)).unwrap_or(from.len());
            let (word, after) = from.split_at_checked(length)?;
            before = word.chars().next_back().unwrap_or(' ');
            rest = after;
            let quoted = is_quote(inner) && after.trim_start().chars().next().is_some_and(is_quote);
            // The full stop of the sentence, the colon before what comes.
            let word = word.trim_matches(['.', ':', '=', '-']);
            if let Some(likeness) = likeness(word, quoted) {
                return Some((likeness, word));
            }
        }
    })
}

fn likeness(word: &str, quoted: bool) -> Option<Likeness> {
    let hex = word.bytes().all(|octet| matches!(octet, b'0'..=b'9' | b'a'..=b'f'));
    let any_hex = word.bytes().all(|octet| octet.is_ascii_hexdigit());
    let digit = word.bytes().any(|octet| octet.is_ascii_digit());
    let letter = word.bytes().any(|octet| octet.is_ascii_alphabetic());
    let host = word.contains('.') || word.contains(':');
    let known = word.eq_ignore_ascii_case(LABEL)
        || word.bytes().all(|octet| octet.is_ascii_alphabetic()) && word.len() < 8
        || word.len() < 4
        || word.len() > LONGEST;
    match () {
        () if word.len() == 8 && hex => Some(if quoted { Likeness::QuotedUsual } else { Likeness::Usual }),
        () if known || host => None,
        () if quoted => Some(Likeness::Quoted),
        () if word.len() >= 6 && any_hex && digit && letter => Some(Likeness::Hex),
        () if word.len() >= 8 && digit && letter => Some(Likeness::Mixed),
        () => None,
    }
}

fn is_quote(c: char) -> bool {
    matches!(c, '\'' | '"' | '`' | '´' | '‘'..='‟' | '«' | '»' | '‹' | '›' | '「'..='』' | '＂' | '＇')
}

/// Without tags and character references of HTML, and without backslashes before quotes.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['<', '\\']) {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let tag = from.get(1..).filter(|_| from.starts_with('<')).and_then(|inside| {
            let named = inside.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '!');
            inside.find('>').filter(|_| named)
        });
        out.push(if from.starts_with('\\') || tag.is_some() { ' ' } else { '<' });
        rest = from.get(tag.map_or(1, |end| end + 2)..).unwrap_or_default();
    }
    out.push_str(rest);
    for (reference, meant) in [
        ("&quot;", "\""),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#x27;", "'"),
        ("&apos;", "'"),
        ("&laquo;", "«"),
        ("&raquo;", "»"),
        ("&nbsp;", " "),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&amp;", "&"),
    ] {
        out = out.replace(reference, meant);
    }
    out
}

/// Without the domain, which may look like anything.
fn without(text: &str, domain: &Name) -> String {
    let domain = domain.to_string().to_ascii_lowercase();
    let domain = domain.trim_end_matches('.');
    if !domain.contains('.') {
        return text.to_owned();
    }
    // The same length, so that what is found in one stands at the same place in the other.
    let lower = text.to_ascii_lowercase();
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for (at, found) in lower.match_indices(domain) {
        out.push_str(text.get(from..at).unwrap_or_default());
        out.push(' ');
        from = at + found.len();
    }
    out.push_str(text.get(from..).unwrap_or_default());
    out
}

#[cfg(test)]
mod tests;
