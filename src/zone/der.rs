//! DER, the form of keys and certificates (X.690), as far as records hold or are made of them: a walk over elements, and
//! the few of them that are of use. Nothing is verified here.

/// The tag of a sequence.
pub const SEQUENCE: u8 = 0x30;
/// The version of a certificate, which may be left out.
const VERSION: u8 = 0xa0;
const SET: u8 = 0x31;
/// What names are made of: the object identifiers of organisation and common name, as contents.
const ORGANISATION: &[u8] = &[0x55, 4, 10];
const COMMON_NAME: &[u8] = &[0x55, 4, 3];

/// An element: its tag, the whole of it, its content, and what follows.
#[derive(Debug, Clone, Copy)]
pub struct Element<'a> {
    pub tag: u8,
    pub whole: &'a [u8],
    pub content: &'a [u8],
    pub rest: &'a [u8],
}

/// The first element; `None` where there is none.
pub fn element(octets: &[u8]) -> Option<Element<'_>> {
    let (tag, after) = octets.split_first()?;
    let (first, after) = after.split_first()?;
    let (length, body) = match first {
        0..=0x7f => (usize::from(*first), after),
        0x81..=0x83 => {
            let (digits, body) = after.split_at_checked(usize::from(first & 0x7f))?;
            (digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit)), body)
        }
        _ => return None,
    };
    let (content, rest) = body.split_at_checked(length)?;
    let whole = octets.get(..octets.len() - rest.len())?;
    Some(Element { tag: *tag, whole, content, rest })
}

/// The first element, where it has this tag.
pub fn tagged(octets: &[u8], tag: u8) -> Option<Element<'_>> {
    element(octets).filter(|element| element.tag == tag)
}

/// The parts of a certificate that is to be signed, from the serial number on (RFC 5280 section 4.1).
fn parts(certificate: &[u8]) -> Option<&[u8]> {
    let signed = tagged(tagged(certificate, SEQUENCE)?.content, SEQUENCE)?;
    let first = element(signed.content)?;
    Some(if first.tag == VERSION { first.rest } else { signed.content })
}

/// What follows so many elements.
fn skip(mut octets: &[u8], count: usize) -> Option<&[u8]> {
    for _ in 0..count {
        octets = element(octets)?.rest;
    }
    Some(octets)
}

/// The SubjectPublicKeyInfo of a certificate.
pub fn public_key(certificate: &[u8]) -> Option<&[u8]> {
    // Behind serial number, algorithm, issuer, validity and subject.
    let key = tagged(skip(parts(certificate)?, 5)?, SEQUENCE)?;
    (!key.content.is_empty()).then_some(key.whole)
}

/// Organisation and common name of the authority that issued a certificate; empty where it gives none.
pub fn issuer(certificate: &[u8]) -> Option<(String, String)> {
    let mut names = tagged(skip(parts(certificate)?, 2)?, SEQUENCE)?.content;
    let (mut organisation, mut common_name) = (String::new(), String::new());
    while !names.is_empty() {
        let set = tagged(names, SET)?;
        names = set.rest;
        let mut attributes = set.content;
        while !attributes.is_empty() {
            let attribute = tagged(attributes, SEQUENCE)?;
            attributes = attribute.rest;
            let kind = element(attribute.content)?;
            let value = element(kind.rest)?.content;
            match kind.content {
                ORGANISATION => organisation = String::from_utf8_lossy(value).into_owned(),
                COMMON_NAME => common_name = String::from_utf8_lossy(value).into_owned(),
                _ => {}
            }
        }
    }
    Some((organisation, common_name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_end_where_they_say() {
        let found = element(&[0x02, 0x01, 0x05, 0x30]).unwrap();
        assert_eq!(
            (found.tag, found.whole, found.content, found.rest),
            (2, &[2, 1, 5][..], &[5][..], &[0x30][..])
        );
        for broken in
            [&[][..], &[0x30], &[0x30, 2, 1], &[0x30, 0x80], &[0x30, 0x82, 1], &[0x30, 0x84, 0, 0, 0, 0]]
        {
            assert!(element(broken).is_none(), "{broken:?}");
        }
    }

    #[test]
    fn the_issuer_of_a_certificate() {
        fn der(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
            let content = parts.concat();
            [&[tag, content.len() as u8][..], &content].concat()
        }
        let attribute =
            |kind: &[u8], text: &str| der(SEQUENCE, &[&der(6, &[kind]), &der(12, &[text.as_bytes()])]);
        let issuer_name = der(
            SEQUENCE,
            &[
                &der(SET, &[&attribute(&[0x55, 4, 6], "US")]),
                &der(SET, &[&attribute(ORGANISATION, "An Authority"), &attribute(COMMON_NAME, "R3")]),
            ],
        );
        let number = der(2, &[&[1]]);
        let certificate = |version: &[u8]| {
            der(SEQUENCE, &[&der(SEQUENCE, &[version, &number, &der(SEQUENCE, &[]), &issuer_name])])
        };
        for version in [der(VERSION, &[&number]), Vec::new()] {
            let found = issuer(&certificate(&version)).unwrap();
            assert_eq!(found, ("An Authority".to_owned(), "R3".to_owned()));
        }
        assert!(issuer(&der(SEQUENCE, &[])).is_none() && public_key(&certificate(&[])).is_none());
    }
}
