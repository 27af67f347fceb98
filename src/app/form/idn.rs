//! Names with characters outside ASCII: typed as people write them (U-labels), stored as A-labels, both shown.
//!
//! Mapping is that of UTS 46 (non-transitional); what it lets through and IDNA 2008 does not, such as emoji, is
//! refused here.

use unicode_width::UnicodeWidthChar as _;

use crate::zone::Name;
use crate::zone::types::Kind;

/// The name with every label in ASCII. Labels in ASCII stay as they are.
///
/// # Errors
/// A sentence on what cannot stand in a name.
pub fn to_a_labels(text: &str) -> Result<String, String> {
    if text.is_ascii() {
        return Ok(text.to_owned());
    }
    if text.contains('\\') {
        return Err("write the name either with \\DDD escapes or with letters outside ASCII, not both".into());
    }
    // The full stops of other scripts are dots too (RFC 3490 section 3.1).
    let labels = text.split(['.', '\u{3002}', '\u{ff0e}', '\u{ff61}']).map(to_a_label);
    Ok(labels.collect::<Result<Vec<_>, _>>()?.join("."))
}

fn to_a_label(label: &str) -> Result<String, String> {
    if label.is_ascii() {
        return Ok(label.to_owned());
    }
    let ascii = idna::domain_to_ascii_strict(label)
        .map_err(|_| format!("{label} is no name by IDNA 2008: see its characters, hyphens and length"))?;
    let (unicode, _) = idna::domain_to_unicode(&ascii);
    match unicode.chars().find(|character| !is_allowed(*character)) {
        Some(character) => {
            Err(format!("{character} (U+{:04X}) cannot stand in a name (IDNA 2008)", u32::from(character)))
        }
        None => Ok(ascii),
    }
}

/// Letters, digits and marks, and the few signs that some scripts have inside of words (RFC 5892).
fn is_allowed(character: char) -> bool {
    let in_words = "-\u{b7}\u{375}\u{5f3}\u{5f4}\u{30fb}";
    character.is_alphanumeric() || character.width() == Some(0) || in_words.contains(character)
}

/// What is wrong with the characters of a name in a field.
pub fn problem(text: &str) -> Option<String> {
    to_a_labels(text.trim()).err()
}

/// The text of a field of RDATA as the parser takes it.
pub fn rdata_text(kind: Option<Kind>, text: String) -> String {
    match kind {
        Some(Kind::Name | Kind::PlainName) => to_a_labels(text.trim()).unwrap_or(text),
        _ => text,
    }
}

/// The name as it is stored, and beside it as people write it where that is something else.
pub fn with_u_labels(name: &Name) -> String {
    let ascii = name.to_string();
    match u_labels(&ascii) {
        Some(unicode) => format!("{ascii} ({unicode})"),
        None => ascii,
    }
}

/// A name in ASCII as people write it; `None` where it has no A-labels, or broken ones.
fn u_labels(ascii: &str) -> Option<String> {
    let has = |label: &str| label.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("xn--"));
    if ascii.contains('\\') || !ascii.split('.').any(has) {
        return None;
    }
    let labels = ascii.split('.').map(|label| {
        if !has(label) {
            return Some(label.to_owned());
        }
        let (unicode, result) = idna::domain_to_unicode(label);
        result.is_ok().then_some(unicode)
    });
    let unicode = labels.collect::<Option<Vec<_>>>()?.join(".");
    // Only what leads back to the same name.
    to_a_labels(&unicode).ok().filter(|back| back.eq_ignore_ascii_case(ascii)).map(|_| unicode)
}
