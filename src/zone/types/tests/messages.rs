//! What people are told, what forms show, and names in messages.

use super::*;

#[test]
fn errors_say_what_is_expected_and_where() {
    for (mnemonic, line, message, field, token) in [
        ("MX", "ten mail", "the preference is a number from 0 to 65535", 0, 0),
        ("MX", "65536 mail", "the preference is a number from 0 to 65535", 0, 0),
        ("MX", "+10 mail", "the preference is a number from 0 to 65535", 0, 0),
        ("MX", "10", "the exchange is missing: the mail host", 1, 1),
        ("MX", "", "the preference is missing: a number; the lowest is tried first", 0, 0),
        ("MX", "10 mail extra", "MX ends with the exchange", 2, 2),
        ("MX", "10 a..b", "the exchange is not a domain name: a label is empty", 1, 1),
        ("A", "2001:db8::1", "this is an IPv6 address: it belongs in an AAAA record", 0, 0),
        ("A", "192.0.2.256", "four numbers from 0 to 255", 0, 0),
        ("A", "192.0.2.01", "four numbers from 0 to 255", 0, 0),
        ("AAAA", "192.0.2.1", "this is an IPv4 address: it belongs in an A record", 0, 0),
        ("AAAA", "fe80::1%eth0", "an IPv6 address such as 2001:db8::1", 0, 0),
        ("CAA", "256 issue x", "the flags are a number from 0 to 255", 0, 0),
        ("CAA", "0 is-sue x", "the tag is made of letters and digits", 1, 1),
        ("DS", "1 13 2 00", "the digest has 1 octets; one of type 2 has 32 (64 hexadecimal digits)", 3, 3),
        ("DS", "1 13 2 0g", "the digest is hexadecimal", 3, 3),
        ("DS", "1 FOO 2 00", "from 0 to 255, or a name such as ECDSAP256SHA256", 1, 1),
        ("TLSA", "3 1 1 a b c", "the data is hexadecimal", 3, 5),
        (
            "SOA",
            "a b 1 1h 1x 1 1",
            "the retry is a time: seconds such as 3600, or with units such as 1h30m",
            4,
            4,
        ),
        ("SOA", "a b 4294967296 1 1 1 1", "the serial is a number from 0 to 4294967295", 2, 2),
        ("RRSIG", "A 13 3 60 20231301000000 0 1 . AA==", "YYYYMMDDHHMMSS", 4, 4),
        ("NSEC", "a. A FOO", "FOO is not a record type", 1, 2),
        ("TXT", "a\\25", "a backslash must be followed", 0, 0),
        ("TYPE65400", "abc", "\\# length hexadecimal", 0, 0),
        ("A", "\\# 4 0A00", "the length says 4 octets, and 2 follow", 0, 0),
    ] {
        let told = refusal(mnemonic, line);
        assert!(told.0.contains(message), "{mnemonic} {line}: {}", told.0);
        assert_eq!((told.1, told.2), (field, token), "{mnemonic} {line}: {}", told.0);
    }
    let long = refusal("TXT", &format!("short {}", "x".repeat(300)));
    assert!(
        long.0.contains("has 300 octets") && long.0.contains("255") && long.0.contains("split it"),
        "{}",
        long.0
    );
    assert_eq!((long.1, long.2), (0, 1));
    let huge = refusal("TXT", &format!("{} ", "x".repeat(255)).repeat(257));
    assert!(huge.0.contains("may have 65535"), "{}", huge.0);
}

fn fields(mnemonic: &str, texts: &[&str]) -> Result<Vec<u8>, RdataError> {
    parse_fields(rtype(mnemonic), texts, name("example.com.").as_ref()).map(|rdata| rdata.into_vec())
}

#[test]
fn forms_take_strings_as_people_write_them() {
    for (mnemonic, texts, line) in [
        ("TXT", &["v=spf1 mx -all"][..], "\"v=spf1 mx -all\""),
        ("TXT", &["  back\\slash \"inside\" ; "], "\"back\\\\slash \\\"inside\\\" ;\""),
        ("TXT", &["\"two\" \"strings\""], "two strings"),
        ("TXT", &["\"\""], "\"\""),
        ("TXT", &["grün"], "\"gr\\195\\188n\""),
        ("TXT", &["\"\\# 4\""], "\"\\# 4\""),
        ("CAA", &["0", "issue", "ca.example.net; account=1"], "0 issue \"ca.example.net; account=1\""),
        (
            "NAPTR",
            &["1", "2", "u", "E2U+sip", "!^(.*)$!sip:\\1@example.com!", "."],
            "1 2 u E2U+sip \"!^(.*)$!sip:\\\\1@example.com!\" .",
        ),
        ("NAPTR", &["1", "2", "", "", "", "next"], "1 2 \"\" \"\" \"\" next"),
        ("HTTPS", &["1", ".", "alpn=\"h2,h3\" port=8443"], "1 . alpn=h2,h3 port=8443"),
        ("HTTPS", &["0", "www", ""], "0 www"),
        (
            "DS",
            &["1", "13", "2", "( D4B7D520E7BB5F0F67674A0CCEB1E3E0\n614B93C4F9E99B8383F6A1E4469DA50A )"],
            "1 13 2 D4B7D520E7BB5F0F67674A0CCEB1E3E0614B93C4F9E99B8383F6A1E4469DA50A",
        ),
        ("MX", &[" 10 ", " mail "], "10 mail"),
        ("A", &["\\# 3 010203"], "\\# 3 010203"),
        ("TYPE65400", &["\\# 2 0102"], "\\# 2 0102"),
    ] {
        assert_eq!(fields(mnemonic, texts), parse(mnemonic, line), "{mnemonic} {texts:?}");
        assert!(fields(mnemonic, texts).is_ok(), "{mnemonic} {texts:?}");
    }
}

#[test]
fn long_text_of_a_form_is_split() {
    let key = format!("v=DKIM1; k=rsa; p={}", "A".repeat(400));
    let rdata = fields("TXT", &[&key]).unwrap();
    assert_eq!((rdata.len(), rdata[0], rdata[256]), (key.len() + 2, 255, 163));
    assert_eq!(format_fields(RecordType::TXT, &rdata, None), Some(vec![key]));
    // Split elsewhere it is shown as it stands.
    let uneven = parse("TXT", "a b").unwrap();
    assert_eq!(format_fields(RecordType::TXT, &uneven, None), Some(vec!["\"a\" \"b\"".to_string()]));
}

#[test]
fn form_errors_stand_at_their_field() {
    for (mnemonic, texts, field, message) in [
        ("MX", &["10", ""][..], 1, "the exchange is missing"),
        ("MX", &["10", "mail example"], 1, "one value, without blanks"),
        ("MX", &["10"], 1, "the exchange is missing"),
        ("MX", &["x", ""], 0, "a number from 0 to 65535"),
        ("SRV", &["1", "2", "http", "www"], 2, "the port is a number"),
        ("TXT", &["\"open"], 0, "closing quote"),
        ("TXT", &[""], 0, "the text is missing"),
        ("CAA", &["0", "issue", ""], 2, "the value is missing"),
        ("NAPTR", &["1", "1", "\"a\" \"b\"", "", "", "."], 2, "one value"),
        ("HTTPS", &["1", ".", "alpn"], 2, "alpn needs a value"),
        ("TYPE65400", &["0102"], 0, "\\# length"),
        ("TYPE65400", &[], 0, "\\# length"),
    ] {
        let error = fields(mnemonic, texts).expect_err(mnemonic);
        assert_eq!(error.field, field, "{mnemonic} {texts:?}: {error}");
        assert!(error.message.contains(message), "{mnemonic} {texts:?}: {error}");
    }
}

/// Reads names with one level of pointers, as the messages below have them.
fn read_name(message: &[u8]) -> impl Fn(usize, &mut Vec<u8>) -> Option<usize> {
    move |mut at, out| loop {
        let length = usize::from(*message.get(at)?);
        if length >= 0xc0 {
            let to = (length & 63) << 8 | usize::from(*message.get(at + 1)?);
            out.extend_from_slice(NameRef::split_from(message.get(to..)?)?.0.wire());
            return Some(at + 2);
        }
        out.extend_from_slice(message.get(at..at + 1 + length)?);
        at += 1 + length;
        if length == 0 {
            return Some(at);
        }
    }
}

/// RDATA behind a question name `com.` at the start of a message, with a record after it.
fn expanded(mnemonic: &str, digits: &str) -> Option<Vec<u8>> {
    let rdata = hex(digits);
    let message = [&hex("03 636F6D 00")[..], &rdata, &hex("03 6E6574 00")].concat();
    let mut out = Vec::new();
    decompress(rtype(mnemonic), &message, 5..5 + rdata.len(), &mut out, read_name(&message))?;
    Some(out)
}

#[test]
fn compressed_names_are_expanded_in_the_types_that_have_them() {
    let com = "03 636F6D 00";
    for (mnemonic, digits, wanted) in [
        ("NS", "01 61 C000", format!("01 61 {com}")),
        ("MX", "000A C000", format!("000A {com}")),
        (
            "SOA",
            "C000 01 61 C000 0000000100000002000000030000000400000005",
            format!("{com} 01 61 {com} 0000000100000002000000030000000400000005"),
        ),
        ("SRV", "0001 0002 0003 C000", format!("0001 0002 0003 {com}")),
        ("NAPTR", "0001 0002 01 61 00 00 C000", format!("0001 0002 01 61 00 00 {com}")),
        ("RP", "C000 00", format!("{com} 00")),
        ("MINFO", "C000 C000", format!("{com} {com}")),
        ("PX", "0001 C000 C000", format!("0001 {com} {com}")),
        (
            "SIG",
            "0001 05 01 00000001 00000001 00000001 0001 C000 AA",
            format!("0001 05 01 00000001 00000001 00000001 0001 {com} AA"),
        ),
        ("NXT", "C000 40", format!("{com} 40")),
        ("NXT", "01 61 C000 40010082", format!("01 61 {com} 40010082")),
        // No compression in these, so a pointer is not a name and the octets stay.
        ("HTTPS", "0001 C000", "0001 C000".into()),
        (
            "RRSIG",
            "0001 05 01 00000001 00000001 00000001 0001 C000 AA",
            "0001 05 01 00000001 00000001 00000001 0001 C000 AA".into(),
        ),
        ("NSEC", "C000", "C000".into()),
        ("HIP", "01 02 0001 AA BB C000", "01 02 0001 AA BB C000".into()),
        ("IPSECKEY", "0A 03 02 C000 01", "0A 03 02 C000 01".into()),
        ("AMTRELAY", "0A 03 C000", "0A 03 C000".into()),
        ("NXT", "C000 00", "C000 00".into()),
        ("TYPE65400", "C000", "C000".into()),
        // RDATA that does not fit.
        ("MX", "000A", "000A".into()),
        ("MX", "", "".into()),
        ("MX", "000A C000 FF", "000A C000 FF".into()),
        ("MX", "000A 05 6161", "000A 05 6161".into()),
        ("MX", "000A 80", "000A 80".into()),
        ("NS", "C0", "C0".into()),
        ("NS", "01 61", "01 61".into()),
    ] {
        assert_eq!(expanded(mnemonic, digits), Some(hex(&wanted)), "{mnemonic} {digits}");
    }
    assert_eq!(expanded("NS", "C0FF"), None, "a pointer that leads nowhere");
    assert_eq!(decompress(RecordType::A, b"abc", 2..9, &mut Vec::new(), |_, _| None), None);
}

#[test]
fn names_of_a_record() {
    let rdata = parse("SOA", "ns1 Admin.example.com. 1 2 3 4 5").unwrap();
    let names: Vec<_> = names_in(RecordType::SOA, &rdata).iter().map(ToString::to_string).collect();
    assert_eq!(names, ["ns1.example.com.", "Admin.example.com."]);
    assert!(names_in(RecordType::MX, &[0, 10]).is_empty());
    assert!(names_in(RecordType::TXT, &parse("TXT", "a").unwrap()).is_empty());
}

#[test]
fn comparison_ignores_the_case_of_names_only() {
    let same = |mnemonic: &str, a: &str, b: &str| {
        let (a, b) = (parse(mnemonic, a).unwrap(), parse(mnemonic, b).unwrap());
        canonical(rtype(mnemonic), &a) == canonical(rtype(mnemonic), &b)
    };
    assert!(same("MX", "10 Mail.Example.COM.", "10 mail"));
    assert!(same("SRV", "1 2 3 A.", "1 2 3 a."));
    assert!(same(
        "RRSIG",
        "A 8 2 300 20300101000000 20200101000000 1 A. AAAA",
        "A 8 2 300 20300101000000 20200101000000 1 a. AAAA"
    ));
    assert!(!same("HTTPS", "1 A. alpn=h2", "1 a. alpn=h2"));
    assert!(!same("LP", "1 A.", "1 a."));
    assert!(!same("HTTPS", "1 a. alpn=H2", "1 a. alpn=h2"));
    assert!(!same("TXT", "A", "a"));
    assert!(!same("CAA", "0 Issue a", "0 issue a"));
    assert!(!same("NAPTR", "1 2 U \"\" \"\" .", "1 2 u \"\" \"\" ."));
    let lower = parse("MX", "10 mail").unwrap();
    assert!(matches!(canonical(RecordType::MX, &lower), Cow::Borrowed(_)));
    let text = parse("TXT", "UPPER").unwrap();
    assert!(matches!(canonical(RecordType::TXT, &text), Cow::Borrowed(_)));
}
