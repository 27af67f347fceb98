//! The filter language: `type:mx name:www ttl<300 data:192.0.2. changed !text`. All terms must fit; plain text fits where
//! the name, the type or the data has it, whatever the case.
//!
//! A term that cannot be read is left out and named in [`Filter::troubles`], so that a filter in the middle of being
//! typed never hides everything. What is marked or changed is not the zone's to know: see [`Subject`] and
//! [`Filter::marked`].

use std::net::IpAddr;

use memchr::memmem;

use super::network::{Network, address_of};
use crate::zone::{Name, NameRef, RecordType, ttl, types};

/// What rows are chosen by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    terms: Vec<Term>,
    troubles: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Term {
    negated: bool,
    test: Test,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Test {
    Text(Words),
    Name(Words),
    Data(Words),
    Types(Vec<RecordType>),
    Ttl(Compare, u32),
    Inside(Network),
    Refers(Target),
    Changed,
    Marked,
}

/// Text in lower case; of a name with other letters than ASCII also the way that zones hold it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Words {
    text: String,
    ascii: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Compare {
    Less,
    AtMost,
    Equal,
    AtLeast,
    More,
}

/// What a record can refer to.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Target {
    Address(IpAddr, String),
    /// The name, and as texts write it: in lower case and without the final dot.
    Name(Name, String),
}

/// A record as a filter sees it.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    pub owner: NameRef<'a>,
    pub rtype: RecordType,
    /// Seconds.
    pub ttl: u32,
    pub rdata: &'a [u8],
    /// Is it edited and not pushed yet?
    pub changed: bool,
}

impl Filter {
    /// Reads a filter. Names in it are relative to `origin`.
    pub fn new(text: &str, origin: NameRef<'_>) -> Filter {
        let mut filter = Filter::default();
        for word in split(text) {
            match read_term(&word, origin) {
                Ok(term) => filter.terms.push(term),
                Err(trouble) => filter.troubles.push(trouble),
            }
        }
        filter
    }

    /// Does it let everything through?
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// What could not be read and is left out: sentences.
    pub fn troubles(&self) -> &[String] {
        &self.troubles
    }

    /// The same, taken away: then filters that let the same through are the same.
    pub fn take_troubles(&mut self) -> Vec<String> {
        std::mem::take(&mut self.troubles)
    }

    /// Must rows be marked (or, for false, not be marked)? The terms that [`Filter::fits`] leaves aside.
    pub fn marked(&self) -> impl Iterator<Item = bool> {
        self.terms.iter().filter(|term| term.test == Test::Marked).map(|term| !term.negated)
    }

    /// Is everything that this one lets through let through by the other one too? May say no where it is.
    pub fn narrows(&self, other: &Filter) -> bool {
        other.terms.iter().all(|wide| self.terms.iter().any(|term| term.implies(wide)))
    }

    /// Does a record fit, whether it is marked or not? `buffer` is room for texts.
    pub fn fits(&self, record: Subject<'_>, origin: NameRef<'_>, buffer: &mut String) -> bool {
        let mut fits =
            |term: &Term| term.test == Test::Marked || term.test.fits(record, origin, buffer) != term.negated;
        self.terms.iter().all(&mut fits)
    }
}

impl Term {
    fn implies(&self, wide: &Term) -> bool {
        let (narrow, wide, negated) = (&self.test, &wide.test, (self.negated, wide.negated));
        let has = |narrow: &Words, wide: &Words| match negated {
            (false, false) => narrow.has(wide),
            (true, true) => wide.has(narrow),
            _ => false,
        };
        match (narrow, wide) {
            (Test::Text(narrow), Test::Text(wide))
            | (Test::Name(narrow), Test::Name(wide))
            | (Test::Data(narrow), Test::Data(wide)) => has(narrow, wide),
            (Test::Name(narrow) | Test::Data(narrow), Test::Text(wide)) => {
                negated == (false, false) && narrow.has(wide)
            }
            _ => negated.0 == negated.1 && narrow == wide,
        }
    }
}

impl Test {
    fn fits(&self, record: Subject<'_>, origin: NameRef<'_>, buffer: &mut String) -> bool {
        match self {
            Test::Text(words) => {
                words.are_in_name(record, origin, buffer)
                    || words.are_in_type(record, buffer)
                    || words.are_in_data(record, origin, buffer)
            }
            Test::Name(words) => words.are_in_name(record, origin, buffer),
            Test::Data(words) => words.are_in_data(record, origin, buffer),
            Test::Types(types) => types.contains(&record.rtype),
            Test::Ttl(compare, ttl) => match compare {
                Compare::Less => record.ttl < *ttl,
                Compare::AtMost => record.ttl <= *ttl,
                Compare::Equal => record.ttl == *ttl,
                Compare::AtLeast => record.ttl >= *ttl,
                Compare::More => record.ttl > *ttl,
            },
            Test::Inside(network) => {
                address_of(record.rtype, record.rdata).is_some_and(|address| network.contains(address))
            }
            Test::Refers(target) => target.is_in(record, buffer),
            Test::Changed => record.changed,
            Test::Marked => true,
        }
    }
}

impl Words {
    fn new(text: &str) -> Words {
        let text = text.to_lowercase();
        let ascii = (!text.is_ascii())
            .then(|| idna::domain_to_ascii_cow(text.as_bytes(), idna::AsciiDenyList::EMPTY).ok())
            .flatten()
            .map(|ascii| ascii.into_owned())
            .filter(|ascii| *ascii != text);
        Words { text, ascii }
    }

    /// Does every text that has these words have the others?
    fn has(&self, others: &Words) -> bool {
        self == others || self.ascii.is_none() && others.ascii.is_none() && self.text.contains(&others.text)
    }

    fn are_in(&self, text: &mut String) -> bool {
        // Zones hold ASCII; everything else is escaped in their texts.
        text.make_ascii_lowercase();
        let has = |words: &str| memmem::find(text.as_bytes(), words.as_bytes()).is_some();
        if has(&self.text) || self.ascii.as_deref().is_some_and(has) {
            return true;
        }
        // A part of a U-label is no part of its A-label.
        !self.text.is_ascii() && has("xn--") && u_labels(text).contains(&self.text)
    }

    fn are_in_name(&self, record: Subject<'_>, origin: NameRef<'_>, buffer: &mut String) -> bool {
        buffer.clear();
        record.owner.push_relative(origin, buffer);
        self.are_in(buffer)
    }

    fn are_in_type(&self, record: Subject<'_>, buffer: &mut String) -> bool {
        buffer.clear();
        types::push_type(record.rtype, buffer);
        self.are_in(buffer)
    }

    fn are_in_data(&self, record: Subject<'_>, origin: NameRef<'_>, buffer: &mut String) -> bool {
        buffer.clear();
        types::push_rdata(record.rtype, record.rdata, Some(origin), buffer);
        self.are_in(buffer)
    }
}

/// A text with the A-labels in it as people read them.
fn u_labels(text: &str) -> String {
    let is_part = |character: char| character.is_ascii_alphanumeric() || character == '-';
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(is_part) {
        let (before, from) = rest.split_at(start);
        let (label, after) = from.split_at(from.find(|character| !is_part(character)).unwrap_or(from.len()));
        shown.push_str(before);
        match label.starts_with("xn--") {
            true => shown.push_str(&idna::domain_to_unicode(label).0),
            false => shown.push_str(label),
        }
        rest = after;
    }
    shown.push_str(rest);
    shown
}

impl Target {
    fn is_in(&self, record: Subject<'_>, buffer: &mut String) -> bool {
        match self {
            Target::Address(address, text) => match address_of(record.rtype, record.rdata) {
                Some(own) => own == *address,
                None => stands_in(text, record, buffer),
            },
            Target::Name(name, text) => {
                record.owner == name.as_ref()
                    || types::names_in(record.rtype, record.rdata).contains(&name.as_ref())
                    || matches!(record.rtype, RecordType::TXT | RecordType::SPF)
                        && stands_in(text, record, buffer)
            }
        }
    }
}

/// Does the data of a record have this text, with nothing before or behind it that would make it another one?
fn stands_in(wanted: &str, record: Subject<'_>, buffer: &mut String) -> bool {
    buffer.clear();
    types::push_rdata(record.rtype, record.rdata, None, buffer);
    buffer.make_ascii_lowercase();
    let octets = buffer.as_bytes();
    let is_part = |octet: Option<&u8>, also: &[u8]| {
        octet.is_some_and(|octet| octet.is_ascii_alphanumeric() || also.contains(octet))
    };
    memmem::find_iter(octets, wanted.as_bytes()).any(|start| {
        let before = start.checked_sub(1).and_then(|before| octets.get(before));
        let end = start + wanted.len();
        let dot_goes_on = octets.get(end) == Some(&b'.') && is_part(octets.get(end + 1), b"_-");
        !is_part(before, b"._-") && !is_part(octets.get(end), b"_-") && !dot_goes_on
    })
}

/// A word of a filter: its text without quotes, and how much of it stood before the first quote.
struct Word {
    text: String,
    bare: usize,
}

/// Splits at blanks outside quotes. A quote that is not closed yet ends with the text.
fn split(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut word: Option<Word> = None;
    let mut quoted = false;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        if character.is_whitespace() && !quoted {
            words.extend(word.take());
            continue;
        }
        let word = word.get_or_insert(Word { text: String::new(), bare: usize::MAX });
        match character {
            '"' => {
                quoted = !quoted;
                word.bare = word.bare.min(word.text.len());
            }
            '\\' if quoted => {
                word.text.extend(characters.next_if(|next| matches!(next, '"' | '\\')).or(Some('\\')))
            }
            _ => word.text.push(character),
        }
    }
    words.extend(word);
    words
}

/// What begins a term that is no plain text, and what such terms look like.
const KEYS: [(&str, &str); 6] = [
    ("type:", "type:mx"),
    ("name:", "name:www"),
    ("data:", "data:192.0.2."),
    ("net:", "net:192.0.2.0/24"),
    ("ref:", "ref:www"),
    ("ttl", "ttl<300"),
];

fn read_term(word: &Word, origin: NameRef<'_>) -> Result<Term, String> {
    let (negated, rest) = match word.text.strip_prefix('!').filter(|_| word.bare > 0) {
        Some(rest) => (true, rest),
        None => (false, word.text.as_str()),
    };
    let bare = word.bare.saturating_sub(usize::from(negated));
    if rest.is_empty() {
        return Err(if negated {
            "! is followed by what shall not fit, such as !text"
        } else {
            "\"\" is no text"
        }
        .into());
    }
    let test = |test| Ok(Term { negated, test });
    if bare >= rest.len() && rest.eq_ignore_ascii_case("changed") {
        return test(Test::Changed);
    }
    if bare >= rest.len() && rest.eq_ignore_ascii_case("marked") {
        return test(Test::Marked);
    }
    let keyed = KEYS.iter().find_map(|(key, example)| {
        let (head, value) = rest.split_at_checked(key.len())?;
        let is_key = head.eq_ignore_ascii_case(key) && bare >= key.len();
        let is_key = is_key && (*key != "ttl" || value.starts_with(['<', '>', '=', ':']));
        is_key.then_some((*key, value, *example))
    });
    let Some((key, value, example)) = keyed else { return test(Test::Text(Words::new(rest))) };
    if value.is_empty() {
        return Err(format!("{key} is followed by a value, such as {example}"));
    }
    test(match key {
        "type:" => Test::Types(read_types(value)?),
        "name:" => Test::Name(Words::new(value)),
        "data:" => Test::Data(Words::new(value)),
        "net:" => Test::Inside(value.parse()?),
        "ref:" => Test::Refers(read_target(value, origin)?),
        _ => read_ttl(value)?,
    })
}

fn read_types(value: &str) -> Result<Vec<RecordType>, String> {
    let read = |text: &str| {
        types::parse_type(text.as_bytes()).ok_or_else(|| match types::suggest_type(text) {
            Some(meant) => format!("{text} is no record type; did you mean {meant}?"),
            None => format!("{text} is no record type"),
        })
    };
    value.split(',').filter(|text| !text.is_empty()).map(read).collect()
}

fn read_target(value: &str, origin: NameRef<'_>) -> Result<Target, String> {
    if let Ok(address) = value.parse::<IpAddr>() {
        return Ok(Target::Address(address, address.to_string()));
    }
    let name = Name::parse(value.as_bytes(), Some(origin)).map_err(|error| format!("{value}: {error}"))?;
    let text = name.to_string().trim_end_matches('.').to_ascii_lowercase();
    Ok(Target::Name(name, text))
}

fn read_ttl(value: &str) -> Result<Test, String> {
    let signs = [
        ("<=", Compare::AtMost),
        (">=", Compare::AtLeast),
        ("<", Compare::Less),
        (">", Compare::More),
        ("=", Compare::Equal),
        (":", Compare::Equal),
    ];
    let read = signs.iter().find_map(|(sign, compare)| Some((*compare, value.strip_prefix(sign)?)));
    let (compare, text) = read.unwrap_or((Compare::Equal, value));
    match ttl::parse(text.as_bytes()) {
        Some(seconds) => Ok(Test::Ttl(compare, seconds)),
        None if text.is_empty() => Err("ttl is compared with a TTL, such as ttl<300 or ttl>=1h".into()),
        None => Err(format!("{text} is no TTL: a number of seconds, or 5m, 1h, 1d")),
    }
}
