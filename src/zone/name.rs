//! Domain names: octets, order, text.
//!
//! A [`Name`] is an absolute domain name in uncompressed wire form (RFC 1035 section 3.1); a [`NameRef`] is
//! the same, borrowed. Equality, order and hash ignore ASCII case (RFC 4343) and follow the canonical order
//! of RFC 4034 section 6.1, so a name is found however a server spelled it; the octets themselves are kept
//! as they came. Compression belongs to `wire`, zone-file lexing to `zonefile`.

mod text;

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

pub use text::{append, unescape};

/// Longest name on the wire, in octets (RFC 1035 section 2.3.4).
pub const MAX_NAME: usize = 255;
/// Longest label, in octets (RFC 1035 section 2.3.4).
pub const MAX_LABEL: usize = 63;

/// Why octets or text are not a domain name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    #[error("the name is empty; write @ for the zone itself, or . for the root")]
    Empty,
    #[error("a label is empty: two dots in a row, or a dot at the start")]
    EmptyLabel,
    #[error("a label is longer than 63 octets")]
    LabelTooLong,
    #[error("the name is longer than 255 octets")]
    TooLong,
    #[error("a backslash must be followed by a character or by three digits up to 255")]
    BadEscape,
    #[error("the name is not below a known origin; end it with a dot")]
    NoOrigin,
    #[error("the name has a character outside ASCII; write it as an A-label (xn--...) or as \\DDD escapes")]
    NotAscii,
    #[error("the octets are not an uncompressed domain name")]
    BadWire,
}

/// An absolute domain name, owned.
#[derive(Clone)]
pub struct Name(Box<[u8]>);

/// An absolute domain name, borrowed.
#[derive(Clone, Copy)]
pub struct NameRef<'a>(&'a [u8]);

impl Name {
    /// The root, written `.`.
    pub fn root() -> Name {
        Name(Box::new([0]))
    }

    /// Takes exactly one uncompressed name.
    ///
    /// # Errors
    /// [`NameError::BadWire`] when the octets are anything but that.
    pub fn from_wire(wire: &[u8]) -> Result<Name, NameError> {
        match NameRef::split_from(wire) {
            Some((name, [])) => Ok(name.to_name()),
            _ => Err(NameError::BadWire),
        }
    }

    /// Reads presentation format: `@` is the origin, a final dot makes a name absolute, everything else is
    /// completed with the origin; `\X` and `\DDD` escapes as in RFC 1035 section 5.1.
    ///
    /// # Errors
    /// A [`NameError`] that says what is wrong with the text.
    pub fn parse(text: &[u8], origin: Option<NameRef<'_>>) -> Result<Name, NameError> {
        let mut wire = Vec::with_capacity(text.len() + 2);
        append(text, origin, &mut wire)?;
        Ok(Name(wire.into_boxed_slice()))
    }

    /// The borrowed form, which has the reading methods.
    pub fn as_ref(&self) -> NameRef<'_> {
        NameRef(&self.0)
    }

    /// The octets, uncompressed.
    pub fn wire(&self) -> &[u8] {
        &self.0
    }

    /// Is this name the other one or below it?
    pub fn is_at_or_below(&self, other: &Name) -> bool {
        self.as_ref().is_at_or_below(other.as_ref())
    }

    /// The name one label up; `None` for the root.
    pub fn parent(&self) -> Option<Name> {
        self.as_ref().parent().map(NameRef::to_name)
    }

    /// Text relative to `origin`: `@` for the origin itself, no final dot below it, absolute elsewhere.
    pub fn relative_to(&self, origin: &Name) -> String {
        self.as_ref().relative_to(origin.as_ref())
    }
}

/// Room for a name that is used again for the next one: a reader of a million names asks for memory once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameBuffer(Vec<u8>);

impl Default for NameBuffer {
    /// Holds the root.
    fn default() -> NameBuffer {
        NameBuffer(vec![0])
    }
}

impl NameBuffer {
    /// Reads another name, as [`Name::parse`] does.
    ///
    /// # Errors
    /// Those of [`Name::parse`]; then it holds the root.
    pub fn read(&mut self, text: &[u8], origin: Option<NameRef<'_>>) -> Result<(), NameError> {
        self.0.clear();
        let read = append(text, origin, &mut self.0);
        if read.is_err() {
            self.0.push(0);
        }
        read
    }

    pub fn as_ref(&self) -> NameRef<'_> {
        NameRef(&self.0)
    }
}

impl From<Name> for NameBuffer {
    fn from(name: Name) -> NameBuffer {
        NameBuffer(name.0.into_vec())
    }
}

impl<'a> NameRef<'a> {
    /// The uncompressed name at the start of `octets`, and what follows it.
    pub fn split_from(octets: &'a [u8]) -> Option<(NameRef<'a>, &'a [u8])> {
        let mut at = 0;
        loop {
            let length = usize::from(*octets.get(at)?);
            if length > MAX_LABEL {
                return None;
            }
            at += 1 + length;
            if at > MAX_NAME {
                return None;
            }
            if length == 0 {
                let (name, rest) = octets.split_at_checked(at)?;
                return Some((NameRef(name), rest));
            }
        }
    }

    /// The octets, uncompressed.
    pub fn wire(self) -> &'a [u8] {
        self.0
    }

    pub fn to_name(self) -> Name {
        Name(self.0.into())
    }

    /// The labels from left to right, without the root's empty one.
    pub fn labels(self) -> impl Iterator<Item = &'a [u8]> {
        let mut rest = self.0;
        std::iter::from_fn(move || {
            let (&length, tail) = rest.split_first()?;
            if length == 0 {
                return None;
            }
            let (label, after) = tail.split_at_checked(usize::from(length))?;
            rest = after;
            Some(label)
        })
    }

    fn first_label(self) -> &'a [u8] {
        self.labels().next().unwrap_or_default()
    }

    pub fn is_root(self) -> bool {
        self.0.len() == 1
    }

    /// Is the leftmost label `*` (RFC 4592)?
    pub fn is_wildcard(self) -> bool {
        self.0.starts_with(b"\x01*")
    }

    /// The name one label up; `None` for the root.
    pub fn parent(self) -> Option<NameRef<'a>> {
        let first = usize::from(*self.0.first()?);
        if first == 0 {
            return None;
        }
        self.0.get(first + 1..).map(NameRef)
    }

    /// Is this name the other one or below it?
    pub fn is_at_or_below(self, other: NameRef<'_>) -> bool {
        let Some(extra) = self.0.len().checked_sub(other.0.len()) else {
            return false;
        };
        let mut at = 0;
        while at < extra {
            at += 1 + self.0.get(at).map_or(0, |length| usize::from(*length));
        }
        let is_other = |suffix: &[u8]| suffix == other.0 || suffix.eq_ignore_ascii_case(other.0);
        at == extra && self.0.get(extra..).is_some_and(is_other)
    }

    /// A hash without case that costs little, for tables within this program. The seed is to be another one each time,
    /// so that nobody writes a zone whose names all have the same.
    pub fn quick_hash(self, seed: u64) -> u64 {
        const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
        let (eights, rest) = self.0.as_chunks::<8>();
        let factor = (FACTOR ^ seed) | 1;
        let mut hash = seed ^ self.0.len() as u64;
        let mut mix = |word: u64| {
            let product = u128::from(hash ^ in_lower_case(word)) * u128::from(factor);
            // Both halves.
            hash = product as u64 ^ (product >> 64) as u64;
        };
        eights.iter().for_each(|eight| mix(u64::from_le_bytes(*eight)));
        mix(rest.iter().fold(0, |word, octet| word << 8 | u64::from(*octet)));
        mix(0);
        hash
    }

    /// The same octets, case included?
    pub fn same_octets(self, other: NameRef<'_>) -> bool {
        self.0 == other.0
    }

    /// Appends the absolute presentation format, with the final dot.
    pub fn push_text(self, text: &mut String) {
        if self.is_root() {
            text.push('.');
        }
        let is_usual = |octet: &u8| octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'_');
        for label in self.labels() {
            match std::str::from_utf8(label) {
                // Nearly all of them: nothing is escaped.
                Ok(usual) if label.iter().all(is_usual) => text.push_str(usual),
                _ => push_label(text, label),
            }
            text.push('.');
        }
    }

    /// Text relative to `origin`: `@` for the origin itself, no final dot below it, absolute elsewhere.
    pub fn relative_to(self, origin: NameRef<'_>) -> String {
        let mut text = String::with_capacity(self.0.len());
        self.push_relative(origin, &mut text);
        text
    }

    /// Appends that text.
    pub fn push_relative(self, origin: NameRef<'_>, text: &mut String) {
        if self == origin {
            return text.push('@');
        }
        if origin.is_root() || !self.is_at_or_below(origin) {
            return self.push_text(text);
        }
        let kept = self.0.len() - origin.0.len();
        let mut used = 0;
        for label in self.labels() {
            if used == kept {
                break;
            }
            if used > 0 {
                text.push('.');
            }
            used += label.len() + 1;
            // A lone "@" label is escaped: it would read back as the origin.
            push_label(text, label);
        }
    }
}

/// Eight octets, those of them that are letters in lower case.
fn in_lower_case(octets: u64) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGHEST: u64 = 0x80 * ONES;
    // Sums of seven bits each: none reaches into the next octet.
    let seven = octets & !HIGHEST;
    let (from_a, behind_z) = (seven + (0x80 - 0x41) * ONES, seven + (0x80 - 0x5b) * ONES);
    let upper = from_a & !behind_z & !octets & HIGHEST;
    octets | upper >> 2
}

/// Writes one label, with everything escaped that a zone-file reader would take for something else.
fn push_label(text: &mut String, label: &[u8]) {
    for &octet in label {
        match octet {
            b'.' | b'\\' | b'"' | b'(' | b')' | b';' | b'@' | b'$' => {
                text.push('\\');
                text.push(char::from(octet));
            }
            0x21..=0x7e => text.push(char::from(octet)),
            _ => {
                text.push('\\');
                for digit in [octet / 100, octet / 10 % 10, octet % 10] {
                    text.push(char::from(b'0' + digit));
                }
            }
        }
    }
}

impl fmt::Display for NameRef<'_> {
    /// Absolute presentation format, with the final dot.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::with_capacity(self.0.len() + 1);
        self.push_text(&mut text);
        f.write_str(&text)
    }
}

impl fmt::Debug for NameRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl PartialEq for NameRef<'_> {
    fn eq(&self, other: &Self) -> bool {
        // Length octets are below 64, so folding ASCII case cannot touch them.
        self.0 == other.0 || self.0.eq_ignore_ascii_case(other.0)
    }
}

impl Eq for NameRef<'_> {}

impl Hash for NameRef<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // In one piece, which costs a hasher far less than octet by octet. No name is longer than this.
        let mut octets = [0; MAX_NAME];
        for (octet, own) in octets.iter_mut().zip(self.0) {
            *octet = own.to_ascii_lowercase();
        }
        state.write(octets.get(..self.0.len()).unwrap_or(&octets));
    }
}

impl Ord for NameRef<'_> {
    /// Label by label from the right. It is read from the left, so that nothing has to be kept: of the labels that
    /// stand above the same number of others, the last ones that differ decide.
    fn cmp(&self, other: &Self) -> Ordering {
        // Most names that are compared stand side by side in one zone: only their first labels can differ.
        if let (Some(parent), Some(its_parent)) = (self.parent(), other.parent())
            && parent.0 == its_parent.0
        {
            return compare_labels(self.first_label(), other.first_label());
        }
        let (mine, theirs) = (self.labels().count(), other.labels().count());
        let above = |name: Self, by: usize| (0..by).fold(name, |name, _| name.parent().unwrap_or(name));
        let (mut a, mut b) =
            (above(*self, mine.saturating_sub(theirs)), above(*other, theirs.saturating_sub(mine)));
        let mut order = mine.cmp(&theirs);
        while a.0 != b.0 {
            let (Some(label), Some(its)) = (a.labels().next(), b.labels().next()) else { break };
            if label != its {
                let by_label = compare_labels(label, its);
                if by_label != Ordering::Equal {
                    order = by_label;
                }
            }
            let (Some(next), Some(its_next)) = (a.parent(), b.parent()) else { break };
            (a, b) = (next, its_next);
        }
        order
    }
}

/// In canonical order (RFC 4034 section 6.1).
fn compare_labels(label: &[u8], other: &[u8]) -> Ordering {
    label.iter().map(u8::to_ascii_lowercase).cmp(other.iter().map(u8::to_ascii_lowercase))
}

impl PartialOrd for NameRef<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.as_ref(), f)
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.as_ref(), f)
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.as_ref() == other.as_ref()
    }
}

impl Eq for Name {}

impl Hash for Name {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_ref().hash(state);
    }
}

impl Ord for Name {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_ref().cmp(&other.as_ref())
    }
}

impl PartialOrd for Name {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn name(text: &str) -> Name {
        Name::parse(text.as_bytes(), Some(Name::root().as_ref())).unwrap()
    }

    #[test]
    fn text_forms() {
        let origin = name("example.com.");
        for (text, relative) in [
            ("www.example.com.", "www"),
            ("example.com.", "@"),
            ("EXAMPLE.com.", "@"),
            ("a\\.b.example.com.", "a\\.b"),
            ("\\@.example.com.", "\\@"),
            ("\\032\\009x\\255.example.com.", "\\032\\009x\\255"),
            ("*.example.com.", "*"),
            ("other.net.", "other.net."),
            ("notexample.com.", "notexample.com."),
            (".", "."),
        ] {
            let parsed = name(text);
            assert_eq!(parsed.relative_to(&origin), relative, "{text}");
            assert_eq!(Name::parse(relative.as_bytes(), Some(origin.as_ref())).unwrap(), parsed);
        }
    }

    #[test]
    fn refused_text() {
        let long = format!("{}.", "a".repeat(64));
        let many = "a.".repeat(128);
        for (text, error) in [
            ("", NameError::Empty),
            ("a..b.", NameError::EmptyLabel),
            (".a.", NameError::EmptyLabel),
            ("a\\", NameError::BadEscape),
            ("a\\25", NameError::BadEscape),
            ("a\\256.", NameError::BadEscape),
            ("www", NameError::NoOrigin),
            ("@", NameError::NoOrigin),
            ("ü.", NameError::NotAscii),
            (long.as_str(), NameError::LabelTooLong),
            (many.as_str(), NameError::TooLong),
        ] {
            assert_eq!(Name::parse(text.as_bytes(), None), Err(error), "{text}");
        }
    }

    #[test]
    fn longest_name_fits() {
        let label = "a".repeat(63);
        let text = format!("{label}.{label}.{label}.{}.", "a".repeat(61));
        assert_eq!(name(&text).wire().len(), MAX_NAME);
        let text = format!("{label}.{label}.{label}.{}.", "a".repeat(62));
        assert_eq!(Name::parse(text.as_bytes(), None), Err(NameError::TooLong));
    }

    #[test]
    fn canonical_order_of_rfc_4034() {
        let sorted = [
            "example.",
            "a.example.",
            "yljkjljk.a.example.",
            "Z.a.example.",
            "zABC.a.EXAMPLE.",
            "z.example.",
            "\\001.z.example.",
            "*.z.example.",
            "\\200.z.example.",
        ];
        let mut names: Vec<Name> = sorted.iter().map(|text| name(text)).collect();
        names.reverse();
        names.sort();
        let text: Vec<String> = names.iter().map(Name::to_string).collect();
        assert_eq!(text, sorted);
    }

    prop_compose! {
        fn any_name()(labels in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..=20), 0..8)) -> Name {
            let mut wire = Vec::new();
            for label in labels {
                wire.push(label.len() as u8);
                wire.extend(label);
            }
            wire.push(0);
            Name::from_wire(&wire).unwrap()
        }
    }

    proptest! {
        #[test]
        fn text_round_trip(name in any_name(), origin in any_name()) {
            let absolute = Name::parse(name.to_string().as_bytes(), None).unwrap();
            prop_assert!(absolute.as_ref().same_octets(name.as_ref()));
            let relative = Name::parse(name.relative_to(&origin).as_bytes(), Some(origin.as_ref())).unwrap();
            prop_assert_eq!(relative, name);
        }

        #[test]
        fn any_text_is_read_or_refused(text in any::<Vec<u8>>()) {
            if let Ok(name) = Name::parse(&text, Some(Name::root().as_ref())) {
                prop_assert!(Name::from_wire(name.wire()).is_ok());
            }
        }

        #[test]
        fn order_is_that_of_the_labels_from_the_right(texts in prop::collection::vec("([aAb]{1,2}\\.){0,4}", 2)) {
            let names: Vec<Name> = texts.iter().map(|text| if text.is_empty() { Name::root() } else { name(text) }).collect();
            let labels = |name: &Name| -> Vec<Vec<u8>> {
                let mut labels: Vec<Vec<u8>> = name.as_ref().labels().map(<[u8]>::to_ascii_lowercase).collect();
                labels.reverse();
                labels
            };
            let [a, b] = &names[..] else { panic!() };
            prop_assert_eq!(a.cmp(b), labels(a).cmp(&labels(b)));
        }

        #[test]
        fn case_says_nothing_to_the_quick_hash(name in any_name(), seed in any::<u64>()) {
            // Length octets are no letters.
            let upper = Name::from_wire(&name.wire().to_ascii_uppercase()).unwrap();
            prop_assert_eq!(upper.as_ref().quick_hash(seed), name.as_ref().quick_hash(seed));
        }

        #[test]
        fn names_that_differ_have_other_quick_hashes(a in any_name(), b in any_name(), seed in any::<u64>()) {
            prop_assert_eq!(a == b, a.as_ref().quick_hash(seed) == b.as_ref().quick_hash(seed));
        }

        #[test]
        fn eight_octets_are_in_lower_case_at_once(octets in any::<[u8; 8]>()) {
            let lower = octets.map(|octet| octet.to_ascii_lowercase());
            prop_assert_eq!(in_lower_case(u64::from_ne_bytes(octets)), u64::from_ne_bytes(lower));
        }

        #[test]
        fn order_agrees_with_equality(a in any_name(), b in any_name()) {
            prop_assert_eq!(a == b, a.cmp(&b) == Ordering::Equal);
            prop_assert_eq!(a.cmp(&b), b.cmp(&a).reverse());
        }
    }
}
