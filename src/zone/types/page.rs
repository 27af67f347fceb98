//! The help page of each type: what it is for, how it is written, examples, and the rules that it brings.
//!
//! The texts are in `assets/help`, one file for each standing. How a page looks on a screen is `app`'s business.

use super::super::rtype::RecordType;

/// A page for each type of the table, in files by standing.
pub(super) const TEXTS: [&str; 4] = [
    include_str!("../../../assets/help/everyday.md"),
    include_str!("../../../assets/help/special.md"),
    include_str!("../../../assets/help/managed.md"),
    include_str!("../../../assets/help/obsolete.md"),
];

/// What there is to say of a type beside its entry in the table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// What it is for.
    pub about: &'static str,
    /// How it is written, where there is more to say than the fields do.
    pub format: Option<&'static str>,
    /// Lines of a zone file, some of them comments.
    pub examples: Vec<&'static str>,
    /// The rules that come with it, a sentence or a few each.
    pub rules: Vec<&'static str>,
    /// Where that is written: RFCs with `; ` between.
    pub see: &'static str,
}

/// For types without an entry in the table (RFC 3597).
const UNKNOWN: &str = "\
A type without a name here. Its data is shown as octets and kept as it is.

Format: The number of octets, then the octets in hexadecimal. This generic form is valid for every type.

    new  TYPE65400  \\# 4 C0000201

- Servers keep and transfer it without knowing what it means.
- Names in it are not compressed, and case matters.

See: RFC 3597";

/// The page of a type; that of the unknown ones where the type has none of its own.
pub fn page(rtype: RecordType) -> Page {
    let mnemonic = super::info(rtype).map_or("", |info| info.mnemonic);
    let pages = TEXTS.iter().flat_map(|text| text.strip_prefix("# ").unwrap_or(text).split("\n# "));
    let own = pages.filter_map(|page| page.split_once('\n')).find(|(title, _)| *title == mnemonic);
    read(own.map_or(UNKNOWN, |(_, text)| text))
}

fn read(text: &'static str) -> Page {
    let mut page = Page::default();
    for line in text.lines() {
        if let Some(example) = line.strip_prefix("    ") {
            page.examples.push(example);
        } else if let Some(rule) = line.strip_prefix("- ") {
            page.rules.push(rule);
        } else if let Some(format) = line.strip_prefix("Format: ") {
            page.format = Some(format);
        } else if let Some(see) = line.strip_prefix("See: ") {
            page.see = see;
        } else if !line.is_empty() {
            page.about = line;
        }
    }
    page
}
