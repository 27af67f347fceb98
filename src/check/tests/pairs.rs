//! For each rule a zone that it is silent about and one that it alone finds something in.

use std::collections::BTreeSet;

use super::super::{Finding, Needs, all, check, find};
use super::{BASE, NOW, zone};

const HEX: &str = "D4B7D520E7BB5F0F67674A0CCEB1E3E0614B93C4F9E99B8383F6A1E4469DA50A";
const KEY: &str = "@ DNSKEY 257 3 13 mdsswUyr3DPW132mOi8V9xESWE8jTo0dxCjjnopKl+GqJxpVXckHAeF+KkxLbxILfDLUT0rAK9iUzy1L53eKGQ==\n";
const REVERSE: &str = "$ORIGIN 2.0.192.in-addr.arpa.\n$TTL 1h\n@ SOA ns1.example.net. hostmaster.example.net. 1 2h 30m 2w 1h\n\
                       @ NS ns1.example.net.\n@ NS ns2.example.net.\n";
const CUT: &str = "sub NS a.example.net.\nsub NS b.example.net.\n";

/// A rule, a good zone, a bad zone, and the other rules that find the bad one bad as well.
pub struct Pair {
    pub id: &'static str,
    pub good: String,
    pub bad: String,
    also: &'static [&'static str],
}

/// Both as lines of [`BASE`].
fn lines(id: &'static str, good: &str, bad: &str) -> Pair {
    Pair { id, good: format!("{BASE}{good}\n"), bad: format!("{BASE}{bad}\n"), also: &[] }.tidy()
}

/// [`BASE`] with something else in place of a part of it.
fn swapped(id: &'static str, from: &str, to: &str) -> Pair {
    assert!(BASE.contains(from), "{from}");
    Pair { id, good: BASE.into(), bad: BASE.replace(from, to), also: &[] }.tidy()
}

fn whole(id: &'static str, good: String, bad: String) -> Pair {
    Pair { id, good, bad, also: &[] }.tidy()
}

impl Pair {
    fn also(self, also: &'static [&'static str]) -> Pair {
        Pair { also, ..self }
    }

    fn tidy(mut self) -> Pair {
        for text in [&mut self.good, &mut self.bad] {
            let lines: Vec<&str> = text.lines().filter(|line| !line.is_empty()).collect();
            *text = lines.join("\n") + "\n";
        }
        self
    }
}

pub fn pairs() -> Vec<Pair> {
    let mut pairs = structure();
    pairs.extend(hosts());
    pairs.extend(data());
    pairs.extend(signed());
    pairs
}

fn structure() -> Vec<Pair> {
    let nameservers = "@ NS ns1\n@ NS ns2.example.net.\n";
    let both = BASE.replace("ns2.example.net.", "ns2");
    let far = format!("{both}ns2 A 198.51.100.2\n");
    let many: String =
        (0..13).map(|at| format!("sub NS a{at}.a-provider-with-a-long-name.example.net.\n")).collect();
    vec![
        lines("L-01", "sub TXT x", "sub SOA ns1 hostmaster 1 2h 30m 2w 1h"),
        swapped("L-02", nameservers, ""),
        swapped("L-03", nameservers, "@ NS ns1\n"),
        lines("L-04", CUT, "sub NS a.example.net."),
        lines("L-07", "www A 192.0.2.9", "www.example.com A 192.0.2.9"),
        lines("L-08", "www CNAME www.example.net.", "www CNAME www.example.net"),
        lines("L-09", "www CNAME mail.example.com.", "www CNAME mail.example.com"),
        lines("L-10", "a-b A 192.0.2.9", "a\\032b A 192.0.2.9"),
        lines("L-11", "_a TXT x", "a_b A 192.0.2.9"),
        lines("L-12", "a-b A 192.0.2.9", "-ab A 192.0.2.9"),
        lines("L-13", "xn--bcher-kva A 192.0.2.9", "ab--cd A 192.0.2.9"),
        lines("L-14", "xn--bcher-kva A 192.0.2.9", "xn--a A 192.0.2.9"),
        lines("L-16", "xn--bcher-kva A 192.0.2.9", "xn--pple-43d A 192.0.2.9"),
        lines("L-17", "*.b TXT x", "a.*.b TXT x"),
        lines("L-18", CUT, "*.w NS a.example.net.\n*.w NS b.example.net."),
        lines("L-20", "www A 192.0.2.9\nwww A 192.0.2.10", "www 300 A 192.0.2.9\nwww 600 A 192.0.2.10"),
        lines("L-21", "www 604800 A 192.0.2.9", "www 3000000000 A 192.0.2.9"),
        lines("L-22", "www 60 A 192.0.2.9", "www 0 A 192.0.2.9"),
        lines("L-23", "www 60 A 192.0.2.9", "www 30 A 192.0.2.9"),
        lines(
            "L-24",
            "sub NS ns.sub\nsub NS b.example.net.\nns.sub A 192.0.2.9",
            &format!("{CUT}www.sub A 192.0.2.9"),
        ),
        lines("L-25", "ns1.old A 192.0.2.9\nold TXT x", "ns1.old A 192.0.2.9"),
        lines(
            "L-26",
            "sub NS ns.sub\nsub NS b.example.net.\nns.sub A 192.0.2.9",
            "sub NS ns.sub\nsub NS b.example.net.",
        ),
        lines("L-29", "www CNAME a.example.net.", "www CNAME a.example.net.\nwww TXT x"),
        lines("L-30", "www CNAME a.example.net.", "www CNAME a.example.net.\nwww CNAME b.example.net."),
        lines("L-31", "www CNAME a.example.net.", "@ CNAME a.example.net.").also(&["L-29"]),
        lines("L-32", "a CNAME mail", "a CNAME b\nb CNAME a"),
        lines("L-33", "a CNAME mail", "a CNAME a"),
        lines("L-34", "a CNAME mail", "a CNAME b\nb CNAME mail"),
        lines("L-35", "a CNAME x.b\n*.b A 192.0.2.9", "a CNAME nothing"),
        lines("L-37", "d DNAME a.example.net.", "d DNAME a.example.net.\nx.d A 192.0.2.9"),
        lines("L-38", "d DNAME a.example.net.", "d DNAME a.example.net.\nd DNAME b.example.net."),
        lines("L-39", "@ NS mail", "@ NS alias\nalias CNAME mail"),
        lines("L-40", "@ NS mail", "@ NS nowhere"),
        lines("L-41", "@ NS mail", "@ NS 192.0.2.1"),
        whole("L-42", far.clone(), format!("{both}ns2 A 192.0.2.2\n")),
        whole("L-43", far.clone(), format!("{far}www AAAA 2001:db8::1\n")),
        lines("L-47", CUT, &many),
        lines("L-97", &format!("{CUT}sub DS 1 13 2 {HEX}"), &format!("sub DS 1 13 2 {HEX}")),
        lines(
            "L-111",
            "* A 192.0.2.9\n* TXT x\nwww A 192.0.2.10\nwww TXT x\nns1 TXT x\nmail TXT x",
            "*.w A 192.0.2.9\n*.w TXT x\na.w A 192.0.2.10",
        ),
    ]
}

fn hosts() -> Vec<Pair> {
    let quiet = "@ A 192.0.2.9\n@ MX 0 .\n@ TXT \"v=spf1 -all\"\n_dmarc TXT \"v=DMARC1; p=reject\"\n";
    vec![
        lines("L-48", "@ MX 20 ns1", "@ MX 20 alias\nalias CNAME mail"),
        lines("L-49", "x MX 0 .", "@ MX 20 nowhere"),
        lines("L-50", "@ MX 20 ns1", "@ MX 20 192.0.2.1"),
        lines("L-51", "x MX 0 .", "x MX 0 .\nx MX 10 mail"),
        whole(
            "L-52",
            BASE.replace("@ MX 10 mail\n", quiet),
            BASE.replace("@ MX 10 mail\n", "@ A 192.0.2.9\n@ TXT \"v=spf1 -all\"\n"),
        ),
        lines("L-53", "_sip._tcp SRV 0 0 5060 mail", "sip SRV 0 0 5060 mail"),
        lines("L-54", "_sip._tcp SRV 0 0 0 .", "_sip._tcp SRV 0 0 5060 nowhere"),
        whole(
            "L-55",
            format!("{REVERSE}9 PTR a.example.net.\n"),
            format!("{REVERSE}9 PTR a.example.net.\n9 PTR b.example.net.\n"),
        ),
        whole(
            "L-56",
            format!("{REVERSE}0/26 PTR a.example.net.\n9 PTR a.example.net.\n"),
            format!("{REVERSE}9.9 PTR a.example.net.\n"),
        ),
        lines("L-87", "x RP hostmaster text\ntext TXT x", "x RP hostmaster nowhere"),
        lines("L-88", "x NAPTR 1 1 \"s\" \"\" \"\" _sip._tcp", "x NAPTR 1 1 \"s\" \"\" \"\" ."),
        lines("L-89", "x URI 1 1 \"https://example.com/\"", "x URI 1 1 \"nothing\""),
        lines("L-90", "x MX 1 mail", "x MB mail"),
        swapped("L-91", "hostmaster", "hostmaster\\@example.com."),
        swapped("L-92", "SOA ns1", "SOA nowhere").also(&["L-93"]),
        swapped("L-93", "SOA ns1", "SOA mail"),
        swapped("L-94", "2h 30m", "2h 3h"),
        swapped("L-95", "2w 1h", "2w 2w"),
        swapped("L-96", "2026010101", "2027010101"),
    ]
}

fn data() -> Vec<Pair> {
    let includes: String = (0..11).map(|at| format!("include:a{at}.example.net ")).collect();
    let texts: String = (0..6).map(|_| format!("x TXT \"{}\"\n", "a".repeat(250))).collect();
    let texts: String =
        texts.lines().enumerate().map(|(at, line)| line.replacen('a', &at.to_string(), 1) + "\n").collect();
    let tlsa = format!("{KEY}_25._tcp.mail TLSA 3 1 1 {HEX}");
    vec![
        lines("L-58", "www A 192.0.2.9", "www A 10.0.0.1"),
        lines("L-59", "www AAAA 2001:db8::1", "www AAAA ::ffff:192.0.2.1"),
        lines(
            "L-62",
            "x TXT \"v=spf1 -all\"\nx TXT \"v=spf10\"",
            "x TXT \"v=spf1 -all\"\nx TXT \"v=spf1 mx -all\"",
        ),
        lines(
            "L-63",
            "x TXT \"v=spf1 a mx/24 a:a.example//64 ip4:192.0.2.0/24 ip6:2001:db8::/32 include:_spf.example.net exists:%{i}.example.net ~all exp=x.example.net\"",
            "x TXT \"v=spf1 ipv4:192.0.2.1 -all\"",
        ),
        lines(
            "L-64",
            "x TXT \"v=spf1 mx -all\"",
            &format!("x TXT \"v=spf1 \" \"{}\" \"{}-all\"", &includes[..125], &includes[125..]),
        ),
        lines("L-65", "x TXT \"v=spf1 redirect=_spf.example.net\"", "x TXT \"v=spf1 +all\""),
        lines("L-66", "x TXT \"v=spf1 -all\"", "x SPF \"v=spf1 -all\""),
        lines(
            "L-67",
            "_dmarc TXT \"v=DMARC1; p=none; rua=mailto:a@example.com\"",
            "_dmarc TXT \"v=DMARC1; rua=mailto:a@example.com\"",
        ),
        lines("L-69", "k._domainkey CNAME k.example.net.", "k._domainkey TXT \"v=DKIM1; p=MII!!\""),
        lines("L-70", "_mta-sts TXT \"v=STSv1; id=2026;\"", "_mta-sts TXT \"v=STSv1\""),
        lines("L-71", "x TXT x", "_acme-challenge TXT x"),
        lines("L-72", "x TXT x", &texts),
        lines("L-73", "@ CAA 0 issue \"ca.example.net\"", "@ CAA 0 isue \"ca.example.net\""),
        lines("L-74", "@ CAA 128 issue \"ca.example.net\"", "@ CAA 1 issue \"ca.example.net\""),
        lines(
            "L-75",
            "@ CAA 0 issue \";\"\n@ CAA 0 iodef \"mailto:a@example.com\"",
            "@ CAA 0 issue \";\"\n@ CAA 0 iodef \"a@example.com\"",
        ),
        lines("L-76", "@ CAA 0 issue \";\"", "@ CAA 0 issuewild \";\""),
        lines("L-78", &tlsa, &tlsa.replace(".mail", ".nowhere")),
        lines("L-79", &tlsa, &tlsa.replace(HEX, "AABB")),
        lines("L-80", &tlsa, &tlsa.replace(KEY, "")),
        lines("L-81", &format!("mail SSHFP 4 2 {HEX}"), &format!("mail SSHFP 9 2 {HEX}")),
        lines("L-82", "x HTTPS 0 mail", "x HTTPS 0 mail alpn=h2"),
        lines("L-83", "x HTTPS 0 mail", "x HTTPS 0 nowhere"),
        lines("L-84", "x HTTPS 1 mail mandatory=alpn alpn=h2", "x HTTPS \\# 9 000100000000020001"),
        lines("L-85", "mail HTTPS 1 . ipv4hint=192.0.2.20", "mail HTTPS 1 . ipv4hint=192.0.2.99"),
        lines("L-86", "_dns.mail SVCB 1 mail alpn=dot port=853", "_dns.mail SVCB 1 mail port=853"),
    ]
}

fn signed() -> Vec<Pair> {
    let signature = |end: &str, begin: &str| format!("mail RRSIG A 13 3 3600 {end} {begin} 1 @ AAAA");
    let right = signature("20301220000000", "20260101000000");
    let digest = crate::check::zonemd::digest(&zone(BASE), 1).unwrap();
    let digest: String = digest.iter().map(|octet| format!("{octet:02X}")).collect();
    vec![
        lines("L-98", &format!("{CUT}sub DS 1 13 2 {HEX}"), &format!("{CUT}sub DS 1 13 1 {}", &HEX[..40])),
        lines("L-100", "@ NSEC3PARAM 1 0 0 -", "@ NSEC3PARAM 1 0 10 -"),
        lines(
            "L-101",
            &format!("{KEY}{right}"),
            &format!("{KEY}{}", signature("20261101000000", "20260101000000")),
        ),
        lines("L-102", "@ CDS 0 0 0 00", &format!("@ CDS 1 13 2 {HEX}")),
        lines("L-103", &format!("{KEY}{right}"), &right),
        lines(
            "L-104",
            &format!("@ ZONEMD 2026010101 1 1 {digest}"),
            &format!("@ ZONEMD 2026010101 1 1 {HEX}{}", &HEX[..32]),
        ),
        lines("L-112", KEY, &KEY.replace('@', "x")),
    ]
}

fn ids(findings: &[Finding]) -> BTreeSet<&'static str> {
    findings.iter().map(|finding| finding.rule.id).collect()
}

#[test]
fn the_usual_zone_is_right() {
    assert_eq!(check(&zone(BASE), Some(NOW)), []);
}

#[test]
fn each_rule_finds_its_zone_and_nothing_else_does() {
    let mut wrong = Vec::new();
    for Pair { id, good, bad, also } in pairs() {
        let found = check(&zone(&good), Some(NOW));
        if ids(&found).contains(id) {
            wrong.push(format!("{id} in its good zone: {found:#?}"));
        }
        let found = check(&zone(&bad), Some(NOW));
        let expected: BTreeSet<&str> = also.iter().copied().chain([id]).collect();
        if ids(&found) != expected {
            wrong.push(format!("{id} in its bad zone: {found:#?}"));
        }
        for finding in &found {
            let message = &finding.message;
            if !message.ends_with(['.', '?']) || message.chars().any(char::is_control) || message.len() > 400
            {
                wrong.push(format!("{id}: {message:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_rule_has_a_pair() {
    let pairs: BTreeSet<&str> = pairs().iter().map(|pair| pair.id).collect();
    for rule in all() {
        assert_eq!(pairs.contains(rule.id), rule.needs == Needs::Zone, "{}", rule.id);
    }
}

#[test]
fn the_list_is_whole() {
    let numbers: Vec<u32> = all().map(|rule| rule.number()).collect();
    assert_eq!(numbers, (1..=112).collect::<Vec<u32>>());
    let names: BTreeSet<&str> = all().map(|rule| rule.name).collect();
    assert_eq!(names.len(), 112);
    for rule in all() {
        assert_eq!(find(rule.id), Some(rule));
        assert_eq!(find(&rule.name.to_uppercase()), Some(rule));
        assert!(rule.about.ends_with('.') && !rule.source.is_empty(), "{}", rule.id);
        assert!(
            rule.name
                .bytes()
                .all(|octet| octet.is_ascii_lowercase() || octet.is_ascii_digit() || octet == b'-')
        );
    }
    assert_eq!(find("L-0"), None);
}

#[test]
fn large_zones_are_walked_in_parts_with_the_same_findings() {
    let mut text = BASE.to_owned();
    // Delegations and DNAMEs whose hidden names reach over every possible cut.
    for number in 0..60_000 {
        match number % 20_000 {
            5 => text.push_str(&format!("d{number} DNAME a.example.net.\n")),
            6..9_000 => {
                text.push_str(&format!("h{number:06}.d{} A 192.0.2.9\n", number / 20_000 * 20_000 + 5))
            }
            _ => text.push_str(&format!("h{number:06} A 10.0.0.9\n")),
        }
    }
    let zone = zone(&text);
    let found = check(&zone, Some(NOW));
    let count = |id: &str| found.iter().filter(|finding| finding.rule.id == id).count();
    assert_eq!(count("L-37"), 3 * 8_994);
    assert_eq!(count("L-58"), 60_000 - 3 * 8_995);
    assert!(found.is_sorted_by_key(|finding| finding.key.owner.clone()));
}
