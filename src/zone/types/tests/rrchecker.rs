//! Text forms against `named-rrchecker`: what BIND accepts we accept, with the same octets, and what it refuses we
//! refuse; the differences are listed here with their reasons.

use std::collections::BTreeSet;
use std::io::Write;
use std::process::{Command, Stdio};

use super::*;
use crate::zone::types::table::PRIVATE;

const PROGRAM: &str = "named-rrchecker";

/// Types that some versions of the program do not know yet.
const NEW: [&str; 6] = ["BRID", "DSYNC", "HHIT", "RESINFO", "WALLET", "ZONEMD"];

/// Says so where the program is not installed, and fails there with `ZONEWRIGHT_SERVERS=require`.
fn is_available() -> bool {
    let found = Command::new(PROGRAM).arg("-h").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok();
    let required = std::env::var("ZONEWRIGHT_SERVERS").is_ok_and(|value| value == "require");
    assert!(found || !required, "{PROGRAM} is not installed, and ZONEWRIGHT_SERVERS=require");
    if !found {
        eprintln!("\n*** SKIPPED: {PROGRAM} is not installed ***\n");
    }
    found
}

/// Runs the program; what it printed, `None` where it refused its input.
fn ask(arguments: &[&str], input: &str) -> Option<String> {
    let mut child = Command::new(PROGRAM)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // It may end before it has read all.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    output.status.success().then(|| String::from_utf8(output.stdout).unwrap())
}

/// The types that the program has names for.
fn known_types() -> BTreeSet<String> {
    ask(&["-T"], "").unwrap().split_whitespace().map(str::to_owned).collect()
}

/// The octets that BIND makes of `MX 10 mail`, in hexadecimal.
fn theirs(line: &str) -> Option<String> {
    let printed = ask(&["-o", "example.com.", "-u"], &format!("IN {line}\n"))?;
    let (_, generic) = printed.split_once("\\#")?;
    Some(generic.split_whitespace().skip(1).collect::<String>().to_uppercase())
}

/// The octets that we make of it.
fn ours(line: &str) -> Option<String> {
    let (mnemonic, data) = line.split_once(' ').unwrap_or((line, ""));
    parse(mnemonic, data).ok().map(|rdata| digits(&rdata))
}

fn digits(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02X}")).collect()
}

#[test]
fn every_type_has_the_octets_that_bind_makes() {
    if !is_available() {
        return;
    }
    let known = known_types();
    let mut wrong = Vec::new();
    let origin = name("example.com.");
    for entry in table() {
        if !known.contains(entry.mnemonic) {
            eprintln!("\n*** SKIPPED: {PROGRAM} does not know {} ***\n", entry.mnemonic);
            assert!(NEW.contains(&entry.mnemonic), "{} is an old type", entry.mnemonic);
            continue;
        }
        let examples: Vec<_> = entry.fields.iter().map(|field| field.example).collect();
        let rdata = parse_fields(entry.rtype, &examples, origin.as_ref()).unwrap();
        for within in [None, Some(origin.as_ref())] {
            let text = format_rdata(entry.rtype, &rdata, within);
            let line = format!("{} {text}", entry.mnemonic);
            let found = theirs(&line);
            if found.as_ref() != Some(&digits(&rdata)) {
                wrong.push(format!("{line}: {found:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Every type that BIND has a name for and a record can have is in the table, but for these.
#[test]
fn the_table_has_the_types_of_bind() {
    const MISSING: [(&str, &str); 9] = [
        ("A6", "retired by RFC 6563; shown and kept in the generic form"),
        ("ATMA", "specified by the ATM Forum, not in an RFC; generic form"),
        ("DOA", "an expired draft; generic form"),
        ("GID", "has no format; generic form"),
        ("NULL", "has no text form in any program; generic form"),
        ("SINK", "an expired draft; generic form"),
        ("UID", "has no format; generic form"),
        ("UINFO", "has no format; generic form"),
        ("UNSPEC", "has no format; generic form"),
    ];
    if !is_available() {
        return;
    }
    let ours: BTreeSet<String> = table().iter().map(|entry| entry.mnemonic.to_owned()).collect();
    let missing: Vec<String> = known_types().difference(&ours).cloned().collect();
    assert_eq!(missing, MISSING.map(|(name, _)| name.to_owned()));
}

/// Types of private use are written so that BIND reads them.
#[test]
fn private_types_are_readable() {
    if !is_available() {
        return;
    }
    for entry in PRIVATE {
        let rtype = entry.rtype;
        let line = format!("{rtype} {}", format_rdata(rtype, &[4, 0x77, 0xff], None));
        assert_eq!(theirs(&line).as_deref(), Some("0477FF"), "{line}");
        assert_eq!(ours(&line), theirs(&line));
    }
}

/// Lines that one of us might refuse, or read in another way.
const LINES: &[&str] = &[
    "A 192.0.2.1",
    "A 192.0.2",
    "A 192.0.2.256",
    "A 192.0.2.1 192.0.2.2",
    "A 2001:db8::1",
    "A",
    "AAAA 2001:db8::1",
    "AAAA ::ffff:192.0.2.1",
    "AAAA 192.0.2.1",
    "AAAA 2001:db8::1::2",
    "AAAA fe80::1%eth0",
    "AAAA 2001:db8::/32",
    "MX 10 mail",
    "MX 65535 .",
    "MX 65536 mail",
    "MX -1 mail",
    "MX mail 10",
    "MX 10",
    r#"TXT a "b c" "" d\032e"#,
    "TXT",
    r#"TXT "\256""#,
    "NS ns1 ns2",
    "NS a..b.",
    "SRV 0 0 5060 sip",
    "SRV 0 0 sip",
    r#"CAA 0 issue "ca.example.net""#,
    r#"CAA 0 is-sue "ca.example.net""#,
    r#"CAA 256 issue "ca.example.net""#,
    "CAA 0 issue",
    "SOA ns1 hostmaster 1 1h 15m 2w 1h30m",
    "SOA ns1 hostmaster 1 1h 15m 2w",
    "SOA ns1 hostmaster 4294967296 1 1 1 1",
    "HTTPS 1 . alpn=h2 port=443",
    "HTTPS 1 . port=65536",
    "HTTPS 1 . alpn=h2 alpn=h3",
    "HTTPS 1 . mandatory=port",
    "TLSA 3 1 1 D4B7D520E7BB5F0F67674A0CCEB1E3E0614B93C4F9E99B8383F6A1E4469DA50A",
    "TLSA 3 1 1 D4B",
    "TLSA 3 1 1",
    "SSHFP 4 2 D4B7D520E7BB5F0F67674A0CCEB1E3E0614B93C4F9E99B8383F6A1E4469DA50A",
    "SSHFP 4 2 XX",
    "DS 60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118",
    "DS 60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A2921",
    "DS 60485 5 2 2BB183AF5F22588179A53B0A98631FAD1A292118",
    r#"NAPTR 100 10 "u" "E2U+sip" "!^.*$!sip:info@example.com!" ."#,
    r#"NAPTR 100 10 "u" "E2U+sip" ."#,
    r#"URI 10 1 "https://www.example.com/""#,
    "URI 10 1",
    "LOC 52 22 23.000 N 4 53 32.000 E -2.00m",
    "LOC 91 N 0 E 0",
    "LOC 52 60 0 N 0 E 0",
    "HINFO PC Linux",
    "HINFO PC",
    "CERT PKIX 0 0 MxFcby9k",
    "CERT PKIX 0 0 Mx!",
    "CSYNC 66 3 A NS AAAA",
    "CSYNC 66 3",
    "CSYNC 66 3 FOO",
    "NSEC www A RRSIG NSEC",
    "NSEC3PARAM 1 0 0 -",
    "NSEC3PARAM 1 0 0 ABC",
    "RRSIG A 13 3 3600 20301220000000 20301120000000 2642 @ AQID",
    "RRSIG A 13 3 3600 20301320000000 20301120000000 2642 @ AQID",
    "ZONEMD 1 1 1 AA",
    "DNSKEY 257 3 13 AQID",
    "DNSKEY 257 3 13 AQI",
    "DNSKEY 257 3 13",
    "DNSKEY 257 DNSSEC 13 AQID",
    "CDNSKEY 0 3 0 AA==",
    "CDS 0 0 0 00",
    "OPENPGPKEY AQID",
    "OPENPGPKEY",
    "APL",
    "APL 1:192.168.32.1/21",
    "APL 1:192.168.32.0/33",
    "APL 1:192.168.32.0",
    "APL 3:1/1",
    "APL 1:0.0.0.0/0",
    "APL 2:::/0 !2:2001:db8::1/128",
    "APL ! 1:10.0.0.0/8",
    r#"APL "1:10.0.0.0/8""#,
    r"APL \# 4 00030000",
    r"APL \# 4 00012100",
    "AMTRELAY 10 0 0 .",
    "AMTRELAY 10 0 0 x",
    "AMTRELAY 10 0 0",
    "AMTRELAY 10 1 2 2001:db8::15",
    "AMTRELAY 10 1 2 192.0.2.1",
    "AMTRELAY 10 2 2 2001:db8::15",
    "AMTRELAY 128 1 3 amt",
    "AMTRELAY 128 1 4 00",
    "AMTRELAY 128 1 128 00",
    r"AMTRELAY \# 3 0A0400",
    "IPSECKEY 10 0 2 . AQ==",
    "IPSECKEY 10 0 2 x AQ==",
    "IPSECKEY 10 0 0 .",
    "IPSECKEY 10 1 2 192.0.2.38",
    "IPSECKEY 10 1 2 gw AQ==",
    "IPSECKEY 10 2 2 2001:db8::1 AQ ID BA==",
    "IPSECKEY 10 3 2 gw AQ==",
    "IPSECKEY 10 4 2 gw AQ==",
    "HIP 2 20010010 AwEAAbdx",
    "HIP 2 20010010 AwEAAbdx rvs rvs.example.net.",
    "HIP 2 2001001 AwEAAbdx",
    "HIP 2 20010010",
    r#"HIP 2 "" AwEAAbdx"#,
    "HIP 256 20010010 AwEAAbdx",
    "HIP 2 20010010 AwE",
    "DHCID AAI BY2/A",
    r#"DHCID """#,
    "DSYNC CDS NOTIFY 53 x",
    "DSYNC CDS notify 53 x",
    "DSYNC CDS 2 53 x",
    "DSYNC CDS 256 53 x",
    "DSYNC CSYNC NOTIFY 65536 x",
    "EUI48 00-00-5E-00-53-2A",
    "EUI48 00-00-5e-00-53",
    "EUI48 00-00-5e-00-53-2",
    "EUI48 00:00:5e:00:53:2a",
    "EUI48 00005e00532a",
    "EUI64 00-00-5e-ef-10-00-00-2a",
    "EUI64 00-00-5e-ef-10-00-00",
    "NID 10 14:4fff:ff20:1",
    "NID 10 14:4fff:ff20",
    "NID 10 00014:4fff:ff20:1",
    "NID 10 1:2::4",
    "NID 10 g:0:0:0",
    "L64 10 2001:db8:1140:1000",
    "L64 65536 1:2:3:4",
    "L32 10 10.1.2.0",
    "L32 10 10.1.2",
    "LP 10 l64",
    "LP 10",
    "RESINFO a b",
    "RESINFO",
    "WALLET a",
    "WALLET",
    "NXT foo",
    "NXT foo A NXT SIG",
    "NXT foo TYPE127",
    "NXT foo TYPE128",
    "NXT foo TYPE0",
    "WKS 10.0.0.1 6",
    "WKS 10.0.0.1 tcp smtp 65535",
    "WKS 10.0.0.1 udp domain",
    "WKS 10.0.0.1 200 smtp",
    "WKS 10.0.0.1 256 1",
    "WKS 10.0.0.1 tcp 65536",
    "WKS 10.0.0.1 foo 1",
    "WKS 10.0.0.1 tcp foo",
    r"WKS \# 6 0A0000010600",
    "GPOS -32.6882 116.8652 10.0",
    r#"GPOS "" "" """#,
    "GPOS 1 2",
    "X25 3110",
    "X25 311",
    "X25 31106170095a",
    r#"X25 "3110 6170""#,
    "ISDN 150862028003217",
    r#"ISDN "" """#,
    "ISDN 1 2 3",
    "ISDN",
    "NSAP 0X4.7",
    "NSAP 0x47..00",
    "NSAP 47000580",
    "NSAP 0x",
    "NSAP 0x4",
    "NSAP 0x47 00",
    "EID 01 02",
    "EID 0",
    "NIMLOC 01",
    "TALINK a b",
    "TALINK a",
    "KEY 49152 3 0",
    "KEY 49152 3 0 AA==",
    "KEY 512 3 8",
    "KEY 512 DNSSEC RSASHA256 AA==",
    "KEY NOCONF 3 RSASHA1 AA==",
    "KEY 0x200 3 8 AA==",
    "RKEY 0 3 5 AQ==",
    "RKEY 0 3 5",
    "TA 1 5 1 00112233445566778899AABBCCDDEEFF00112233",
    "TA 1 5 1 0011",
];

/// Lines that one accepts and the other refuses, or reads in another way, and the reason.
const DIFFERENCES: &[(&str, &str)] = &[
    (r"WKS \# 6 0A0000010600", "zeros at the end of the bitmap: odd octets are kept"),
    (r"APL \# 4 00012100", "a prefix that is too long: odd octets are kept"),
    ("KEY NOCONF 3 RSASHA1 AA==", "flags by name are not read: nobody writes them"),
    ("KEY 0x200 3 8 AA==", "numbers are decimal (RFC 2535 section 7.1)"),
    ("EUI48 00-00-5e-00-53-2", "an octet has two digits (RFC 7043 section 3.2)"),
    (r#"APL "1:10.0.0.0/8""#, "quotes round a word change nothing"),
];

#[test]
fn lines_are_accepted_and_refused_as_bind_does() {
    if !is_available() {
        return;
    }
    let known = known_types();
    let mut wrong = Vec::new();
    let (mut accepted, mut refused) = (0, 0);
    for line in LINES {
        let mnemonic = line.split(' ').next().unwrap();
        if !known.contains(mnemonic) {
            assert!(NEW.contains(&mnemonic), "{mnemonic} is an old type");
            continue;
        }
        let (theirs, ours) = (theirs(line), ours(line));
        *if theirs.is_some() { &mut accepted } else { &mut refused } += 1;
        if (theirs == ours) == DIFFERENCES.iter().any(|(other, _)| other == line) {
            wrong.push(format!("{line}: BIND {theirs:?}, we {ours:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(accepted > 60 && refused > 60, "{accepted} accepted, {refused} refused");
}
