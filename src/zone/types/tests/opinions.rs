//! Second opinions: `domain` reads our text, hickory-proto reads and writes our octets.
//!
//! Both are stricter than we are about content, so each has a list of what it is not asked about.

use domain::base::rdata::ComposeRecordData;
use domain::zonefile::inplace::{Entry, Zonefile};
use hickory_client::proto::rr::RData;
use hickory_client::proto::serialize::binary::{
    BinDecoder, BinEncodable, BinEncoder, NameEncoding, Restrict,
};
use proptest::prelude::*;

use super::properties::record;
use super::*;

/// Types that `domain` 0.12 reads in the generic form only.
const NOT_IN_DOMAIN: &[&str] = &[
    "AFSDB", "AMTRELAY", "APL", "AVC", "BRID", "CERT", "CSYNC", "DHCID", "DLV", "DSYNC", "EID", "EUI48",
    "EUI64", "GPOS", "HHIT", "HIP", "ISDN", "KEY", "KX", "L32", "L64", "LOC", "LP", "NID", "NIMLOC", "NINFO",
    "NSAP", "NSAP-PTR", "NXT", "PX", "RESINFO", "RKEY", "RT", "SIG", "SMIMEA", "SPF", "TA", "TALINK", "URI",
    "WALLET", "WKS", "X25",
];

/// What `domain` makes of RDATA in text; `None` where it refuses it.
fn read_by_domain(rtype: RecordType, line: &str) -> Option<Vec<u8>> {
    let mut zonefile = Zonefile::from(format!("x.example. 60 IN {rtype} {line}\n").as_str());
    let Ok(Some(Entry::Record(record))) = zonefile.next_entry() else { return None };
    let mut rdata = Vec::new();
    record.data().compose_rdata(&mut rdata).unwrap();
    Some(rdata)
}

/// What hickory-proto makes of RDATA on the wire; `None` where it refuses it.
fn through_hickory(rtype: RecordType, rdata: &[u8]) -> Option<Vec<u8>> {
    let mut decoder = BinDecoder::new(rdata);
    let length = Restrict::new(u16::try_from(rdata.len()).unwrap());
    let decoded = RData::read(&mut decoder, rtype.0.into(), length).ok()?;
    let mut written = Vec::new();
    let mut encoder = BinEncoder::new(&mut written);
    encoder.set_name_encoding(NameEncoding::Uncompressed);
    decoded.emit(&mut encoder).ok()?;
    Some(written)
}

/// Content that both are asked about: SvcParams as RFC 9460 has them, flags that RFC 3403 and RFC 7477 know.
fn is_ordinary(rtype: RecordType, rdata: &[u8]) -> bool {
    let Some(texts) = format_fields(rtype, rdata, None) else { return false };
    match (rtype.to_string().as_str(), texts.as_slice()) {
        ("SVCB" | "HTTPS", [_, _, params]) => !params.contains("key") && !params.contains('\\'),
        ("NAPTR", [_, _, flags, ..]) => flags.bytes().all(|octet| octet.is_ascii_alphanumeric()),
        ("CSYNC", [_, flags, _]) => ["0", "1", "2", "3"].contains(&flags.as_str()),
        _ => true,
    }
}

/// Ordinary SvcParams, in text.
fn ordinary_params() -> impl Strategy<Value = String> {
    let one = |strategy: &'static str| proptest::option::of(strategy);
    (
        one("alpn=\"[a-z0-9\\-]{1,9}(,[a-z0-9]{1,4}){0,2}\"( no-default-alpn)?"),
        one("port=[1-9][0-9]{0,3}"),
        one("ipv4hint=1[0-9]{1}\\.[1-9]\\.0\\.1(,192\\.0\\.2\\.1)?"),
        one("ech=[A-Za-z0-9+/]{8}"),
        one("ipv6hint=2001:db8::[1-9a-f]{1,4}"),
        one("dohpath=\"/[a-f]{0,8}\\{\\?dns\\}\""),
    )
        .prop_map(|(a, b, c, d, e, f)| [a, b, c, d, e, f].into_iter().flatten().collect::<Vec<_>>().join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn domain_reads_our_text((rtype, rdata) in record()) {
        if is_ordinary(rtype, &rdata) && !NOT_IN_DOMAIN.contains(&rtype.to_string().as_str()) {
            let line = format_rdata(rtype, &rdata, None);
            // Type 23 by its number: in bitmaps domain does not know the name.
            let line = line.replace("NSAP-PTR", "TYPE23");
            prop_assert_eq!(read_by_domain(rtype, &line), Some(rdata), "{} {}", rtype, line);
        }
    }

    #[test]
    fn hickory_writes_the_same_octets((rtype, rdata) in record()) {
        if is_ordinary(rtype, &rdata) {
            let line = format_rdata(rtype, &rdata, None);
            prop_assert_eq!(through_hickory(rtype, &rdata), Some(rdata), "{} {}", rtype, line);
        }
    }

    #[test]
    fn all_agree_on_ordinary_svcparams(params in ordinary_params()) {
        let rdata = parse("HTTPS", &format!("1 svc.example.net. {params}")).unwrap();
        let line = format_rdata(RecordType::HTTPS, &rdata, None);
        // Knot knows that key by its number only.
        let written = params.replace("dohpath", "key7");
        prop_assert_eq!(line.strip_prefix("1 svc.example.net.").unwrap().trim_start(), written);
        prop_assert_eq!(read_by_domain(RecordType::HTTPS, &line), Some(rdata.clone()));
        prop_assert_eq!(through_hickory(RecordType::HTTPS, &rdata), Some(rdata));
    }
}

/// The examples are ordinary records, so this asks about every type, whatever chance brings above.
#[test]
fn all_agree_on_the_examples() {
    let origin = name("example.com.");
    for entry in table() {
        let examples: Vec<_> = entry.fields.iter().map(|field| field.example).collect();
        let rdata = parse_fields(entry.rtype, &examples, origin.as_ref()).unwrap().into_vec();
        let line = format_rdata(entry.rtype, &rdata, None);
        assert_eq!(through_hickory(entry.rtype, &rdata).as_ref(), Some(&rdata), "{line}");
        let known = !NOT_IN_DOMAIN.contains(&entry.mnemonic);
        assert_eq!(read_by_domain(entry.rtype, &line), known.then_some(rdata), "{line}");
    }
}
