//! Warnings of what other servers make of a text that BIND reads.

use super::*;

const START: &str = "$TTL 1h\n@ SOA ns1 hostmaster 1 1h 15m 2w 5m\n NS ns1\nns1 A 192.0.2.1\n";

/// The problems of lines in a zone, and the zone's text.
fn problems(lines: &str) -> (Vec<Problem>, String) {
    let text = format!("{START}{lines}\n");
    let origin = Name::parse(b"example.com.", None).unwrap();
    let problems = match read_zone(text.as_bytes(), Some(&origin)) {
        Ok((_, problems)) | Err(problems) => problems,
    };
    (problems, text)
}

/// The messages for one line in a zone, all warnings, each with the fixed line where there is a fix.
fn said(line: &str) -> Vec<(String, Option<String>)> {
    let (problems, text) = problems(line);
    let fixed = |problem: &Problem| {
        let fixed = problem.fix.as_ref()?.apply(text.as_bytes())?;
        Some(String::from_utf8(fixed).unwrap()[START.len()..].trim_end().to_owned())
    };
    problems
        .iter()
        .map(|problem| {
            assert_eq!(problem.severity, Severity::Warning, "{problem}");
            (problem.message.clone(), fixed(problem))
        })
        .collect()
}

#[test]
fn what_only_some_servers_load() {
    for (line, words, fixed) in [
        ("x HIP 2 200100107B1A74DF365639CC39F1D578 AwEAAQ==", "Knot and NSD do not know HIP", None),
        ("x NID 10 14:4fff:ff20:ee64", "four digits", Some("x NID 10 0014:4fff:ff20:ee64")),
        ("x L64 10 2001:DB8:0:1", "four digits", Some("x L64 10 2001:0DB8:0000:0001")),
        ("x RRSIG A 8 3 60 20300101000000 1577836800 1 @ AAAA", "NSD refuses", None),
        ("x DS 1 8 9 1234", "digest types 1, 2 and 4", None),
        (
            "_dns SVCB 1 ns1 alpn=h2 dohpath=/q{?dns}",
            "does not know dohpath",
            Some("_dns SVCB 1 ns1 alpn=h2 key7=/q{?dns}"),
        ),
        (
            "x SVCB 1 . mandatory=alpn,ohttp alpn=h2 key8",
            "do not know ohttp",
            Some("x SVCB 1 . mandatory=alpn,key8 alpn=h2 key8"),
        ),
        ("x SVCB 1 . ohttp alpn=h2", "do not know ohttp", Some("x SVCB 1 . key8 alpn=h2")),
        ("x RRSIG A 8 3 60 21221222132804 20260101000000 1 @ AAAA", "1970 to 2106", None),
        ("x RRSIG A 8 3 60 20260101000000 19691231235959 1 @ AAAA", "1970 to 2106", None),
        ("x NS 192.0.2.1", "this is an address", None),
        ("x MX 10 192.0.2.1.", "this is an address", None),
        ("_dns SVCB 1 ns1", "has no alpn", None),
        ("_8443._DNS SVCB 1 ns1 alpn=dot,h3", "has no dohpath", None),
    ] {
        let said = said(line);
        let found = said.iter().find(|(message, _)| message.contains(words));
        let (_, fix) = found.unwrap_or_else(|| panic!("{line}: {said:?}"));
        assert_eq!(fix.as_deref(), fixed, "{line}");
    }
}

#[test]
fn what_all_load_is_not_warned_of() {
    for line in [
        "x NID 10 0014:4fff:ff20:ee64",
        "x DS 1 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D\nx NS ns1",
        "x MX 10 192.0.2",
        "1.2.0.192.in-addr PTR 192.0.2.1.example.net.",
        "_dns SVCB 0 ns1",
        "_dns SVCB 1 ns1 alpn=dot",
        "_dns SVCB 1 ns1 alpn=h2 key7=/q{?dns}",
        "_dnssd SVCB 1 ns1",
        "x SVCB 1 ns1",
        "x SVCB 1 . alpn=ohttp,dohpath",
        "x RRSIG A 8 3 60 21060207062815 19700101000000 1 @ AAAA",
        "a NS dead\ndead A 192.0.2.9",
        "b CNAME fe.example.net.",
    ] {
        assert!(said(line).is_empty(), "{line}: {:?}", said(line));
    }
}

#[test]
fn relative_includes_are_told_of_once() {
    struct Empty;
    impl Loader for Empty {
        fn load(&mut self, file: &str, _: Option<&str>, _: usize) -> Result<Loaded, String> {
            Ok(Loaded { name: file.into(), text: Vec::new() })
        }
    }
    let warnings = |text: &str| parse_file(text.as_bytes(), None, Some(&mut Empty)).problems.len();
    assert_eq!(warnings("$INCLUDE hosts\n$INCLUDE more/hosts\n"), 1);
    assert_eq!(warnings("$INCLUDE /etc/bind/hosts\n"), 0);
}

/// As named-checkzone 9.18 has it: each record with two octets more.
#[test]
fn sets_that_are_too_large() {
    let text_of = |octets: usize| {
        let mut strings = format!("\"{}\" ", "x".repeat(255)).repeat((octets - 1) / 256);
        strings += &format!("\"{}\"", "x".repeat((octets - 1) % 256));
        format!("x TXT {strings}")
    };
    let addresses = |count: u32| -> String {
        (0..count).map(|number| format!("x A {}\n", std::net::Ipv4Addr::from(0x0a00_0000 + number))).collect()
    };
    let refused = Some((Severity::Error, "BIND refuses the zone"));
    let lost = Some((Severity::Warning, "Nobody can get that"));
    for (lines, expected) in [
        (text_of(65_492), None),
        (text_of(65_493), lost),
        (text_of(65_510), lost),
        (text_of(65_511), refused),
        (addresses(4_094), None),
        (addresses(4_095), lost),
        (addresses(10_918), lost),
        (addresses(10_919), refused),
    ] {
        let (found, _) = problems(&lines);
        match (found.as_slice(), expected) {
            ([], None) => {}
            ([found], Some((severity, words))) => {
                assert!(found.severity == severity && found.message.contains(words), "{found}");
            }
            (found, expected) => panic!("{expected:?}: {found:?}"),
        }
    }
}

#[test]
fn nothing_is_said_of_what_every_server_loads() {
    for lines in [
        "( )",
        "(\n)",
        "d NS ns1\nd DS 1 8 02 0000000000000000000000000000000000000000000000000000000000000000",
        "a SVCB 1 . alpn=\"h2\" key7=/{?dns} key1000=x",
        "h NSEC3 1 0 0 - 00000000000000000000000000000000 A\nh CNAME ns1",
    ] {
        assert_eq!(said(lines), [], "{lines}");
    }
}

#[test]
fn the_sentence_names_who_refuses() {
    for (lines, words) in [
        ("a HINFO \"x\"\"y\"", "BIND takes two words, Knot refuses the file, and NSD outside of TXT"),
        ("a TXT k=\"v\"", "BIND takes two words"),
        ("$ORIGIN sub", "Knot and mostly NSD refuse"),
        ("$ORIGIN b\\.", "Knot and mostly NSD refuse"),
        ("d NS ns.d", "Servers load the zone, the kzonecheck of Knot may refuse it."),
        ("x DS 1 8 9 1234", "servers take any"),
        ("a RP a!b c", "Knot only takes with a backslash"),
        ("a NSEC b A HIP", "Knot does not know \"HIP\""),
        ("d DNAME x\nd NS ns1", "NS records beside a DNAME"),
        ("; x\r", "Knot only in comments"),
    ] {
        let said = said(lines);
        assert!(said.iter().any(|(message, _)| message.contains(words)), "{lines}: {said:?}");
    }
}
