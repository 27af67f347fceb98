//! What holds for every type: octets come back from text, whatever they are.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::*;

/// Octets that make trouble in text, more often than by chance.
fn octet() -> impl Strategy<Value = u8> {
    prop_oneof![
        any::<u8>(),
        select(b"\"\\.;()@$ ,=#-\t\n\0aZ09".to_vec()),
        prop_oneof![b'a'..=b'z', b'A'..=b'Z', b'0'..=b'9'],
    ]
}

fn string(sizes: std::ops::RangeInclusive<usize>) -> impl Strategy<Value = Vec<u8>> {
    vec(octet(), sizes).prop_map(|octets| [&[octets.len() as u8], octets.as_slice()].concat())
}

fn wire_name() -> impl Strategy<Value = Vec<u8>> {
    let label =
        prop_oneof![string(1..=8), string(1..=1), Just(b"\x07example".to_vec()), Just(b"\x03com".to_vec())];
    vec(label, 0..6).prop_map(|mut labels| {
        labels.push(vec![0]);
        labels.concat()
    })
}

fn types_list() -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::btree_map(any::<u8>(), (vec(any::<u8>(), 0..31), 1u8..), 0..4).prop_map(|windows| {
        let one = |(window, (mut bits, last)): (u8, (Vec<u8>, u8))| {
            bits.push(last);
            [vec![window, bits.len() as u8], bits].concat()
        };
        windows.into_iter().flat_map(one).collect()
    })
}

fn svc_params() -> impl Strategy<Value = Vec<u8>> {
    let keys = vec(prop_oneof![0u16..10, Just(65535)], 1..4)
        .prop_map(|keys| keys.into_iter().flat_map(u16::to_be_bytes).collect::<Vec<u8>>());
    let value = prop_oneof![
        Just(Vec::new()),
        vec(octet(), 0..20),
        vec(octet(), 2),
        vec(octet(), 4),
        vec(octet(), 16),
        keys,
        vec(string(0..=4), 1..3).prop_map(|ids| ids.concat()),
        Just(b"/q{?dns}".to_vec()),
    ];
    proptest::collection::btree_map(prop_oneof![0u16..10, any::<u16>()], value, 0..6).prop_map(|params| {
        let one = |(key, value): (u16, Vec<u8>)| {
            [&key.to_be_bytes()[..], &(value.len() as u16).to_be_bytes(), &value].concat()
        };
        params.into_iter().flat_map(one).collect()
    })
}

/// An item of an APL record.
fn prefix() -> impl Strategy<Value = Vec<u8>> {
    (1u8..=2, 0u8..=32, any::<bool>(), vec(any::<u8>(), 0..4), 1u8..).prop_map(
        |(family, length, excluded, mut address, last)| {
            address.push(last);
            let size = address.len() as u8 | if excluded { 0x80 } else { 0 };
            [vec![0, family, length, size], address].concat()
        },
    )
}

/// Octets that often are a field of this kind.
fn field_octets(kind: Kind) -> BoxedStrategy<Vec<u8>> {
    match kind {
        Kind::U8 | Kind::Code8(_) => prop_oneof![0u8..5, any::<u8>()].prop_map(|octet| vec![octet]).boxed(),
        Kind::U16 | Kind::Code16(_) | Kind::Type => vec(any::<u8>(), 2).boxed(),
        Kind::U32 | Kind::Seconds | Kind::Time | Kind::Ipv4 => vec(any::<u8>(), 4).boxed(),
        Kind::Ipv6 => prop_oneof![vec(any::<u8>(), 16), vec(select(vec![0, 1]), 16)].boxed(),
        Kind::Name | Kind::PlainName => wire_name().boxed(),
        Kind::String => string(0..=255).boxed(),
        Kind::Strings => prop_oneof![
            vec(string(0..=255), 1..4).prop_map(|strings| strings.concat()),
            // Long text as a form splits it.
            ("[ -~]{250,600}").prop_map(|text| {
                text.as_bytes().chunks(255).flat_map(|part| [&[part.len() as u8], part].concat()).collect()
            }),
        ]
        .boxed(),
        Kind::Tag => {
            "[a-zA-Z0-9]{1,15}".prop_map(|tag| [&[tag.len() as u8], tag.as_bytes()].concat()).boxed()
        }
        Kind::Text => prop_oneof![vec(octet(), 0..300), "\\PC{0,20}".prop_map(String::into_bytes)].boxed(),
        Kind::Hex | Kind::Base64 => vec(any::<u8>(), 1..70).boxed(),
        Kind::Digest(_) => {
            select(vec![1, 20, 32, 48, 64]).prop_flat_map(|size| vec(any::<u8>(), size)).boxed()
        }
        Kind::Salt => string(0..=255).boxed(),
        Kind::Hash => string(1..=255).boxed(),
        Kind::Types => types_list().boxed(),
        Kind::KeyIfAny => vec(any::<u8>(), 0..70).boxed(),
        Kind::PlainNames => vec(wire_name(), 0..3).prop_map(|names| names.concat()).boxed(),
        Kind::OptionalString => prop_oneof![Just(Vec::new()), string(0..=255)].boxed(),
        Kind::Digits => {
            "[0-9]{4,15}".prop_map(|text| [&[text.len() as u8], text.as_bytes()].concat()).boxed()
        }
        Kind::OldTypes => {
            vec(0..128u8, 0..17).prop_filter("zeros at the end", |bits| bits.last() != Some(&0)).boxed()
        }
        Kind::Ports(_) => vec(any::<u8>(), 0..80).boxed(),
        Kind::Prefixes => vec(prefix(), 0..4).prop_map(|prefixes| prefixes.concat()).boxed(),
        Kind::Eui(length) => vec(any::<u8>(), length).boxed(),
        Kind::Groups => vec(any::<u8>(), 8).boxed(),
        Kind::Nsap => vec(any::<u8>(), 1..30).boxed(),
        Kind::Gateway | Kind::Relay => {
            prop_oneof![Just(Vec::new()), vec(any::<u8>(), 4), vec(any::<u8>(), 16), wire_name()].boxed()
        }
        Kind::Discovery => {
            select(vec![0u8, 1, 2, 3, 4, 128, 129, 130, 131]).prop_map(|octet| vec![octet]).boxed()
        }
        Kind::NoGateway | Kind::RelayType => Just(Vec::new()).boxed(),
        Kind::HostAlgorithm => any::<u8>().prop_map(|algorithm| vec![2, algorithm, 0, 3]).boxed(),
        Kind::HostTag => vec(any::<u8>(), 2).boxed(),
        Kind::HostKey => vec(any::<u8>(), 3).boxed(),
        Kind::Opaque => vec(any::<u8>(), 0..20).boxed(),
        Kind::SvcParams => svc_params().boxed(),
        Kind::Location => (vec(0u8..10, 6), any::<[u8; 4]>(), 0u32..=648_000_000, 0u32..=1_296_000_000)
            .prop_map(|(digits, altitude, latitude, longitude)| {
                let sizes =
                    digits.chunks(2).map(|pair| if pair[0] == 0 { 0 } else { pair[0] << 4 | pair[1] });
                let mut octets: Vec<u8> = std::iter::once(0).chain(sizes).collect();
                octets.extend(((1u32 << 31) - 324_000_000 + latitude).to_be_bytes());
                octets.extend(((1u32 << 31) - 648_000_000 + longitude).to_be_bytes());
                octets.extend(altitude);
                octets
            })
            .boxed(),
    }
}

/// A type of the table and octets: mostly its fields, sometimes damaged, sometimes anything.
pub(super) fn record() -> impl Strategy<Value = (RecordType, Vec<u8>)> {
    (0..table().len()).prop_flat_map(|index| {
        let entry = &table()[index];
        let fields: Vec<_> = entry.fields.iter().map(|field| field_octets(field.kind)).collect();
        let damaged =
            (fields.clone(), any::<Index>(), any::<u8>(), 0..4).prop_map(|(fields, at, octet, how)| {
                let mut octets = fields.concat();
                match how {
                    0 if !octets.is_empty() => octets.truncate(at.index(octets.len())),
                    1 if !octets.is_empty() => {
                        let at = at.index(octets.len());
                        octets[at] = octet;
                    }
                    2 => octets.push(octet),
                    _ => {}
                }
                octets
            });
        let anything = vec(any::<u8>(), 0..60);
        prop_oneof![4 => fields.prop_map(|fields| fields.concat()), 2 => damaged, 1 => anything]
            .prop_map(move |octets| (entry.rtype, octets))
    })
}

fn read_back(rtype: RecordType, line: &str, origin: &Name) -> Result<Vec<u8>, RdataError> {
    let tokens = text::tokenise(line).unwrap();
    parse_rdata(rtype, &tokens, origin.as_ref()).map(|rdata| rdata.into_vec())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn octets_come_back_from_text((rtype, rdata) in record()) {
        let origin = name("example.com.");
        for written in [None, Some(origin.as_ref())] {
            let line = format_rdata(rtype, &rdata, written);
            prop_assert_eq!(line.starts_with("\\#"), !is_valid(rtype, &rdata), "{} {}", rtype, &line);
            prop_assert!(line.bytes().all(|octet| (b' '..=b'~').contains(&octet)), "{}", line);
            prop_assert_eq!(read_back(rtype, &line, &origin), Ok(rdata.clone()), "{} {}", rtype, line);
        }
    }

    #[test]
    fn octets_come_back_from_a_form((rtype, rdata) in record()) {
        let origin = name("example.com.");
        let texts = format_fields(rtype, &rdata, Some(origin.as_ref()));
        prop_assert_eq!(texts.is_some(), is_valid(rtype, &rdata));
        let texts = texts.unwrap_or_else(|| vec![format_rdata(rtype, &rdata, None)]);
        let fields: Vec<_> = texts.iter().map(String::as_str).collect();
        prop_assert_eq!(parse_fields(rtype, &fields, origin.as_ref()), Ok(rdata.clone().into()), "{} {:?}", rtype, texts);
    }

    #[test]
    fn unknown_types_keep_any_octets(number in 1000u16..32768, rdata: Vec<u8>) {
        let rtype = RecordType(number);
        let origin = name("example.com.");
        let line = format_rdata(rtype, &rdata, None);
        prop_assert_eq!(read_back(rtype, &line, &origin), Ok(rdata.clone()));
        prop_assert_eq!(format_fields(rtype, &rdata, None), Some(vec![line]));
        prop_assert_eq!(&*canonical(rtype, &rdata), &rdata[..]);
    }

    #[test]
    fn canonical_form_is_lower_case_names((rtype, rdata) in record()) {
        let lower = canonical(rtype, &rdata);
        prop_assert_eq!(lower.len(), rdata.len());
        prop_assert_eq!(canonical(rtype, &lower), &lower[..]);
        prop_assert_eq!(is_valid(rtype, &lower), is_valid(rtype, &rdata));
        prop_assert_eq!(names_in(rtype, &lower), names_in(rtype, &rdata));
        for name in names_in(rtype, &lower).iter().filter(|_| compares_names(rtype)) {
            prop_assert!(!name.wire().iter().any(u8::is_ascii_uppercase));
        }
        if lower == rdata {
            prop_assert!(matches!(canonical(rtype, &rdata), Cow::Borrowed(_)));
        }
    }

    #[test]
    fn uncompressed_rdata_is_copied((rtype, rdata) in record(), before: Vec<u8>, after: Vec<u8>) {
        let message = [before.as_slice(), &rdata, &after].concat();
        let range = before.len()..before.len() + rdata.len();
        let mut out = vec![7];
        // What stands behind a pointer does not matter here.
        let copied = decompress(rtype, &message, range, &mut out, |_, _| None);
        if copied.is_some() {
            prop_assert_eq!(out.strip_prefix(&[7]), Some(&rdata[..]));
        } else {
            prop_assert!(!is_valid(rtype, &rdata));
        }
    }

    #[test]
    fn any_text_is_read_or_refused(index in 0..table().len(), line in prop_oneof!["\\PC*", "[0-9a-zA-Z\\\\\". =,]*"]) {
        let rtype = table()[index].rtype;
        let origin = name("example.com.");
        if let Ok(tokens) = text::tokenise(&line) {
            match parse_rdata(rtype, &tokens, origin.as_ref()) {
                Ok(rdata) => prop_assert!(is_valid(rtype, &rdata) || line.trim().starts_with("\\#")),
                Err(error) => prop_assert!(error.token <= tokens.len() && !error.message.is_empty()),
            }
        }
        let texts = vec![line.as_str(); table()[index].fields.len()];
        if let Err(error) = parse_fields(rtype, &texts, origin.as_ref()) {
            prop_assert!(error.field < texts.len());
        }
    }
}
