//! The scenarios: what people do to zones. Pure data; `mod.rs` runs them against every server.
//!
//! A scenario is a list of states of one zone, as zone-file text. The server starts with the first; each
//! following state is reached by one push. Names are relative to the zone, which is called after the scenario.

/// What every zone has at its apex unless a scenario says otherwise.
const APEX: &str = "\
$TTL 3600
@ SOA ns1 hostmaster 2026010100 7200 900 1209600 300
@ NS ns1
@ NS ns2
ns1 A 192.0.2.1
ns1 AAAA 2001:db8::1
ns2 A 192.0.2.2
";

const DIGEST: &str = "0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF";
const OTHER_DIGEST: &str = "FEDCBA9876543210FEDCBA9876543210FEDCBA9876543210FEDCBA9876543210";

pub struct Scenario {
    /// Letters, digits and hyphens: it becomes the label of the zone.
    pub name: String,
    pub states: Vec<String>,
    pub meanwhile: Option<Meanwhile>,
}

/// What somebody else does with nsupdate during the (only) push of a scenario.
pub struct Meanwhile {
    pub when: When,
    /// nsupdate commands; `{zone}` is the zone.
    pub update: &'static str,
    pub ending: Ending,
    /// The zone at the end.
    pub result: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// After the zone was loaded and edited.
    BeforePush,
    /// After the push found the zone as it was, just before its update goes out.
    BeforeSend,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    Applied,
    Conflict,
    NothingToDo,
}

impl Scenario {
    pub fn zone(&self) -> String {
        format!("{}.test", self.name)
    }
}

/// A scenario over the usual apex.
fn scenario(name: &str, states: &[&str]) -> Scenario {
    let states = states.iter().map(|state| format!("{APEX}{state}")).collect();
    Scenario { name: name.into(), states, meanwhile: None }
}

/// A scenario whose states are whole zones.
fn whole(name: &str, states: &[&str]) -> Scenario {
    let states = states.iter().map(|state| format!("$TTL 3600\n{state}")).collect();
    Scenario { name: name.into(), states, meanwhile: None }
}

fn with_other(
    name: &str,
    states: [&str; 2],
    when: When,
    update: &'static str,
    ending: Ending,
    result: &str,
) -> Scenario {
    let meanwhile = Some(Meanwhile { when, update, ending, result: format!("{APEX}{result}") });
    Scenario { meanwhile, ..scenario(name, &states) }
}

/// Record types with two values each; for every one there is a scenario that adds, changes and deletes it.
pub fn types() -> Vec<(&'static str, String, String)> {
    let text = |rtype, first: &str, second: &str| (rtype, first.to_owned(), second.to_owned());
    let digest =
        |rtype, before: &str| (rtype, format!("{before} {DIGEST}"), format!("{before} {OTHER_DIGEST}"));
    vec![
        text("A", "192.0.2.80", "192.0.2.81"),
        text("AAAA", "2001:db8::80", "2001:db8:0:1::"),
        text("CAA", "0 issue \"ca.example.net; account=1\"", "128 iodef \"mailto:security@example.net\""),
        text("CNAME", "www.example.net.", "www.example.org."),
        text("DNAME", "example.net.", "example.org."),
        digest("DS", "12345 13 2"),
        text("HTTPS", "1 . alpn=\"h2,h3\" ipv4hint=192.0.2.80,192.0.2.81", "0 www.example.net."),
        text("MX", "10 mail.example.net.", "20 mail.example.net."),
        text(
            "NAPTR",
            "100 10 \"u\" \"E2U+sip\" \"!^.*$!sip:info@example.net!\" .",
            "100 20 \"s\" \"SIP+D2U\" \"\" _sip._udp.example.net.",
        ),
        text("NS", "ns.example.net.", "ns.example.org."),
        text("PTR", "host.example.net.", "host.example.org."),
        text("SPF", "\"v=spf1 mx -all\"", "\"v=spf1 -all\""),
        text("SRV", "0 5 5060 sip.example.net.", "10 0 5061 sip.example.net."),
        digest("SSHFP", "4 2"),
        text(
            "SVCB",
            "1 svc.example.net. port=8443 key65333=\"a\\001b\"",
            "2 svc.example.net. mandatory=alpn alpn=dot",
        ),
        digest("TLSA", "3 1 1"),
        text("TXT", "\"first\" \"second\"", "\"firstsecond\""),
        text("URI", "10 1 \"https://www.example.com/\"", "20 1 \"https://www.example.org/?a=%20\""),
        digest("SMIMEA", "3 1 1"),
        text("OPENPGPKEY", "mQENBFVHm5sBCACv", "mQENBFVHm5sBCACvAQ=="),
        text("CERT", "PKIX 0 0 MxFcby9k", "OID 12345 8 MxFcby9kAQ=="),
        text(
            "LOC",
            "52 22 23.000 N 4 53 32.000 E -2.00m 1m 10000m 10m",
            "10 0 0.001 S 0 0 0.000 W 100.00m 1m 1m 1m",
        ),
        text("HINFO", "\"PC\" \"Linux\"", "\"RFC8482\" \"\""),
        text("RP", "admin.example.net. .", "first\\.last.example.net. about.example.net."),
        text("AFSDB", "1 afs.example.net.", "2 afs.example.net."),
        text("KX", "10 kx.example.net.", "20 kx.example.net."),
        text("CSYNC", "2026112101 3 A NS AAAA", "2026112102 0 A"),
        text("KEY", "512 3 13 mdsswUyr3DPW132mOi8V9xESWE8jTo0d", "512 3 13 AQID"),
        text("RT", "10 relay.example.net.", "20 relay.example.net."),
        text("PX", "10 a.example.net. b.example.net.", "20 a.example.net. b.example.net."),
        text("MB", "mail.example.net.", "mail.example.org."),
        text("MG", "member.example.net.", "member.example.org."),
        text("MR", "mailbox.example.net.", "mailbox.example.org."),
        text("MINFO", "owner.example.net. errors.example.net.", "owner.example.net. ."),
        text(
            "IPSECKEY",
            "10 1 2 192.0.2.38 AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4AQ==",
            "10 3 2 gw.example.net. AQID",
        ),
        text("AMTRELAY", "10 0 1 203.0.113.15", "10 1 3 relay.example.net."),
        text("APL", "1:192.168.32.0/21 !1:192.168.38.0/28", "2:2001:db8::/32"),
        text("DHCID", "AAIBY2/AuCccgoJbsaxcQc9TUapptP69lOjxfNuVAA2kjEA=", "AAIBAQ=="),
        text("EUI48", "00-00-5e-00-53-2a", "00-00-5e-00-53-2b"),
        text("EUI64", "00-00-5e-ef-10-00-00-2a", "00-00-5e-ef-10-00-00-2b"),
        text(
            "HIP",
            "2 200100107B1A74DF365639CC39F1D578 AwEAAbdxyhNuSutc5EMzxTs9LBPCIkOFH8c= rvs.example.net.",
            "2 200100107B1A74DF365639CC39F1D578 AQID",
        ),
        text("NID", "10 0014:4fff:ff20:ee64", "20 0014:4fff:ff20:ee64"),
        text("L32", "10 10.1.2.0", "20 10.1.2.0"),
        text("L64", "10 2001:0db8:1140:1000", "20 2001:0db8:1140:1000"),
        text("LP", "10 l64.example.net.", "20 l64.example.net."),
        // By number: not every BIND 9.18 knows their names.
        text("TYPE66", "\\# 8 003b010035016e00", "\\# 8 003b010035016d00"),
        text("TYPE67", "\\# 3 010203", "\\# 3 010204"),
        text("TYPE68", "\\# 3 010203", "\\# 3 010204"),
        text("TYPE261", "\\# 9 08716e616d656d696e", "\\# 9 08716e616d656d6178"),
        text("TYPE262", "\\# 8 03425443 03626331", "\\# 8 03425443 03626332"),
        text("NXT", "www.example.net. A SIG NXT", "www.example.net. A NXT"),
        text("WKS", "192.0.2.1 6 25 80", "192.0.2.1 17 53"),
        text("GPOS", "\"116.8652\" \"-32.6882\" \"10.0\"", "\"116.8652\" \"-32.6882\" \"11.0\""),
        text("X25", "\"311061700956\"", "\"311061700957\""),
        text("ISDN", "\"150862028003217\" \"004\"", "\"150862028003217\""),
        text(
            "NSAP",
            "0x47000580005a0000000001e133ffffff00016100",
            "0x47000580005a0000000001e133ffffff00016200",
        ),
        text("NSAP-PTR", "host.example.net.", "host.example.org."),
        text("EID", "E32C6F78163A9348", "E32C6F78163A9349"),
        text("NIMLOC", "32251A030067", "32251A030068"),
        text("NINFO", "\"a\"", "\"b\""),
        text("RKEY", "0 1 13 AQID", "0 1 13 AQIE"),
        text("TALINK", ". next.example.net.", "last.example.net. ."),
        text("AVC", "\"a=b\"", "\"a=c\""),
        digest("TA", "60485 13 2"),
        digest("DLV", "60485 13 2"),
        // In zones that nobody signs, what a server makes elsewhere is data.
        text("DNSKEY", KEYS[0], KEYS[1]),
        text("CDNSKEY", KEYS[0], KEYS[1]),
        text("CDS", CDS[0], CDS[1]),
        text("NSEC3PARAM", "1 0 0 -", "1 0 0 AABB"),
        text("ZONEMD", &format!("2018031900 1 240 {DIGEST}"), &format!("2018031901 1 240 {DIGEST}")),
    ]
}

/// Two keys, and what tells the parent of them in the zone type-cds.test.
const KEYS: [&str; 2] = [
    "257 3 13 BBDqLDwyFkSmy8OULU7Zsf1q0PClvgcNe4X8owVfS5MVo+HeiNuD75LSNy120HE1ndRlSF4rLhv6DKv+nSmwsA==",
    "257 3 13 J6cVuB31hvQIyZl0vxJfRExMNfDM8oaq0FZlDS8+f4WGz072NlFkan607yEJOEW73aUg4Db79z+wiEHncTzEww==",
];
const CDS: [&str; 2] = [
    "13313 13 2 0522499D636F9ED8D7F36BC83CCACFA6956E241D5223477113D7E09D3923FEB9",
    "58217 13 2 FD77D9821555139F565ADE486E9A03375DC8D06D91C18934F1ACAB3B96665916",
];

/// Types that mean something only at the name of the zone.
const APEX_TYPES: [&str; 5] = ["DNSKEY", "CDS", "CDNSKEY", "NSEC3PARAM", "ZONEMD"];

/// Every scenario.
pub fn all() -> Vec<Scenario> {
    let mut list = sets();
    list.extend(apex());
    list.extend(odd());
    list.extend(limits());
    list.extend(second_editor());
    list.extend(types().into_iter().map(|(rtype, first, second)| {
        let keys = format!("@ DNSKEY {}\n@ DNSKEY {}\n", KEYS[0], KEYS[1]);
        let around = match rtype {
            "DS" => "host NS ns.example.net.\n",
            "CDS" | "CDNSKEY" => &keys,
            _ => "",
        };
        let owner = match rtype {
            "SRV" => "_sip._udp",
            rtype if APEX_TYPES.contains(&rtype) => "@",
            _ => "host",
        };
        let state = |rdata: &str| format!("{around}{owner} {rtype} {rdata}\n");
        let name = format!("type-{}", rtype.to_ascii_lowercase());
        scenario(&name, &[around, &state(&first), &state(&second), around])
    }));
    list
}

/// Record sets and names.
fn sets() -> Vec<Scenario> {
    let delegation =
        format!("child NS ns.child\nchild NS ns1\nchild DS 12345 13 2 {DIGEST}\nns.child A 192.0.2.10\n");
    let changed = format!("child NS ns.child\nchild DS 12345 13 2 {OTHER_DIGEST}\nns.child A 192.0.2.11\n");
    let mail = "Mail MX 10 MX1.Example.NET.\nWWW A 192.0.2.1\nwww TXT \"Case Matters\"\n";
    let same_mail = "MAIL MX 10 mx1.example.net.\nwww A 192.0.2.1\nWWW TXT \"Case Matters\"\n";
    vec![
        scenario(
            "add-change-delete",
            &["old A 192.0.2.9\n", "old A 192.0.2.9\nwww A 192.0.2.10\n", "www A 192.0.2.11\n", ""],
        ),
        scenario(
            "several-records",
            &[
                "www A 192.0.2.10\nwww TXT a\n",
                "www A 192.0.2.10\nwww A 192.0.2.11\nwww A 192.0.2.12\nwww TXT a\nwww TXT b\nwww MX 10 mail.example.net.\n",
                "www A 192.0.2.12\nwww A 192.0.2.13\nwww TXT b\nwww AAAA 2001:db8::10\n",
                "www A 192.0.2.12\n",
            ],
        ),
        scenario(
            "ttl-of-three",
            &[
                "www 300 A 192.0.2.10\nwww 300 A 192.0.2.11\nwww 300 A 192.0.2.12\n",
                "www 60 A 192.0.2.10\nwww 60 A 192.0.2.11\nwww 60 A 192.0.2.12\n",
                "www 7200 A 192.0.2.10\nwww 7200 A 192.0.2.12\nwww 7200 A 192.0.2.13\n",
                "www 0 A 192.0.2.10\nwww 0 A 192.0.2.12\nwww 0 A 192.0.2.13\n",
            ],
        ),
        scenario(
            "address-to-cname-and-back",
            &[
                "www A 192.0.2.10\nwww A 192.0.2.11\nwww TXT a\n",
                "www CNAME host.example.net.\n",
                "www A 192.0.2.10\nwww TXT a\n",
            ],
        ),
        scenario(
            "ttl-of-a-cname",
            &[
                "www CNAME host.example.net.\n",
                "www 60 CNAME host.example.net.\n",
                "www 7200 CNAME a.example.net.\n",
            ],
        ),
        scenario(
            "delete-a-name",
            &[
                "www A 192.0.2.10\nwww AAAA 2001:db8::10\nwww TXT a\nwww MX 10 mail.example.net.\nbelow.www A 192.0.2.11\n",
                "below.www A 192.0.2.11\n",
            ],
        ),
        scenario(
            "rename-a-host",
            &[
                "before A 192.0.2.10\nbefore TXT a\nalias CNAME before\n",
                "after A 192.0.2.10\nafter TXT a\nalias CNAME after\n",
            ],
        ),
        scenario(
            "wildcard",
            &[
                "",
                "* A 192.0.2.10\n* TXT any\n*.sub MX 10 mail.example.net.\n",
                "* A 192.0.2.11\n* TXT any\n*.sub MX 20 mail.example.net.\nwww.sub TXT own\n",
                "www.sub TXT own\n",
            ],
        ),
        scenario("delegation", &["", &delegation, &changed, ""]),
        scenario("deep-name", &["", "a.b.c.d.e.f A 192.0.2.10\n", ""]),
        scenario(
            "case-of-names",
            &[
                mail,
                &format!("{same_mail}Other.Www A 192.0.2.2\n"),
                &format!("{mail}OTHER.www A 192.0.2.3\n"),
                mail,
            ],
        ),
        scenario(
            "many-at-once",
            &[
                "",
                &(0..300).map(|host| format!("host{host} A 192.0.2.{}\n", host % 250)).collect::<String>(),
                "",
            ],
        ),
    ]
}

/// SOA and apex NS.
fn apex() -> Vec<Scenario> {
    let rest =
        "@ MX 10 mail.example.net.\nns1 A 192.0.2.1\nns2 A 192.0.2.2\nns3 A 192.0.2.3\nns4 A 192.0.2.4\n";
    let soa = "@ SOA ns1 hostmaster 2026010100 7200 900 1209600 300\n";
    let zone = |soa: &str, ns: &str| format!("{soa}{ns}{rest}");
    vec![
        whole(
            "replace-both-apex-ns",
            &[
                &zone(soa, "@ NS ns1\n@ NS ns2\n"),
                &zone(soa, "@ NS ns3\n@ NS ns4\n"),
                &zone(soa, "@ NS ns1\n@ NS ns4\n"),
            ],
        ),
        whole(
            "replace-apex-ns-and-addresses",
            &[
                &format!("{soa}@ NS ns1\n@ NS ns2\nns1 A 192.0.2.1\nns2 A 192.0.2.2\n"),
                &format!("{soa}@ NS ns5\n@ NS ns.example.net.\nns5 A 192.0.2.5\n"),
            ],
        ),
        whole("replace-the-only-apex-ns", &[&zone(soa, "@ NS ns1\n"), &zone(soa, "@ NS ns2\n")]),
        whole(
            "ttl-of-a-single-apex-ns",
            &[&zone(soa, "@ 300 NS ns1\n"), &zone(soa, "@ 60 NS ns1\n"), &zone(soa, "@ 7200 NS ns1\n")],
        ),
        whole(
            "ttl-of-two-apex-ns",
            &[&zone(soa, "@ NS ns1\n@ NS ns2\n"), &zone(soa, "@ 60 NS ns1\n@ 60 NS ns2\n")],
        ),
        whole(
            "soa-timers",
            &[
                &zone(soa, "@ NS ns1\n"),
                &zone("@ SOA ns1 hostmaster 2026010100 3600 600 604800 60\n", "@ NS ns1\n"),
                &zone(
                    "@ SOA ns2 first\\.last.example.net. 2026010100 3600 600 604800 60\n",
                    "@ NS ns1\n@ NS ns2\n",
                ),
            ],
        ),
        whole(
            "soa-ttl",
            &[
                &zone(soa, "@ NS ns1\n"),
                &zone("@ 60 SOA ns1 hostmaster 2026010100 7200 900 1209600 300\n", "@ NS ns1\n"),
            ],
        ),
        scenario(
            "data-at-the-apex",
            &["@ A 192.0.2.9\n@ TXT a\n", "@ AAAA 2001:db8::9\n@ TXT a\n@ TXT b\n@ CAA 0 issue \";\"\n", ""],
        ),
    ]
}

/// Odd names and odd RDATA.
fn odd() -> Vec<Scenario> {
    let long = "x".repeat(255);
    let longer = format!("host TXT \"{long}\" \"{long}\" \"{}\"\n", "y".repeat(254));
    let other = format!("host TXT \"{long}\" \"{}\" \"{long}\"\n", "y".repeat(254));
    vec![
        scenario("text-of-255-octets", &["", &longer, &other, ""]),
        scenario(
            "text-with-odd-octets",
            &[
                "",
                "host TXT \"a \\\"quoted\\\" word\" \"back\\\\slash\" \"semi;colon (and) @ $\"\n",
                "host TXT \"\\000\\001\\009\\010\\027[31m\\127\\128\\255\" \"\"\n",
                "host TXT \"a \\\"quoted\\\" word\" \"\\000\\255\"\nhost TXT \"\\000\\254\"\n",
                "",
            ],
        ),
        scenario(
            "escaped-dots",
            &[
                "first\\.last TXT a\n",
                "first\\.last TXT b\na\\.b.c TXT x\na.b.c TXT y\nhost RP first\\.last.example.net. .\n",
                "a.b.c TXT y\n",
            ],
        ),
        scenario(
            "odd-octets-in-names",
            &["", "\\000\\032\\255\\\\\\\"\\;\\@ TXT a\n\\@ TXT b\n_-x TXT c\n", "\\@ TXT c\n"],
        ),
        scenario(
            "unknown-type",
            &["", "host TYPE65400 \\# 4 01020304\n", "host TYPE65400 \\# 3 ff0001\n", ""],
        ),
    ]
}

/// What some servers cannot do; `exceptions.rs` says which, and why.
fn limits() -> Vec<Scenario> {
    vec![
        scenario("unassigned-type", &["", "host TYPE65280 \\# 4 01020304\n", ""]),
        scenario("address-at-a-service-name", &["", "_service A 192.0.2.10\n", ""]),
        scenario("address-at-an-escaped-dot", &["", "first\\.last A 192.0.2.10\n", ""]),
        scenario("mx-to-an-escaped-dot", &["", "host MX 10 first\\.last.example.net.\n", ""]),
        scenario("text-stored-without-quotes", &["host TXT a\n", "host TXT a\nhost TXT b\n", "host TXT b\n"]),
        scenario(
            "mx-to-a-cname",
            &["alias CNAME mail.example.net.\n", "alias CNAME mail.example.net.\n@ MX 10 alias\n"],
        ),
        scenario("dname-over-a-subtree", &["a.host TXT a\n", "a.host TXT a\nhost DNAME example.net.\n"]),
        scenario(
            "data-below-a-dname",
            &["host DNAME example.net.\n", "host DNAME example.net.\na.host TXT a\n"],
        ),
        scenario(
            "ds-without-ns",
            &["host A 192.0.2.10\n", &format!("host A 192.0.2.10\nhost DS 12345 13 2 {DIGEST}\n")],
        ),
    ]
}

fn second_editor() -> Vec<Scenario> {
    let states = ["www A 192.0.2.10\nmail A 192.0.2.20\n", "www A 192.0.2.11\nmail A 192.0.2.20\n"];
    let elsewhere = "update add other.{zone} 3600 A 192.0.2.30";
    let both = "www A 192.0.2.11\nmail A 192.0.2.20\nother A 192.0.2.30\n";
    let here = "update add www.{zone} 3600 A 192.0.2.99";
    let theirs = "www A 192.0.2.10\nwww A 192.0.2.99\nmail A 192.0.2.20\n";
    let same = "update delete www.{zone} A\nupdate add www.{zone} 3600 A 192.0.2.11";
    let gone = "update delete www.{zone} A";
    vec![
        with_other("other-set-changed", states, When::BeforePush, elsewhere, Ending::Applied, both),
        with_other("other-set-changed-late", states, When::BeforeSend, elsewhere, Ending::Applied, both),
        with_other("touched-set-changed", states, When::BeforePush, here, Ending::Conflict, theirs),
        with_other("touched-set-changed-late", states, When::BeforeSend, here, Ending::Conflict, theirs),
        with_other(
            "touched-set-deleted",
            states,
            When::BeforePush,
            gone,
            Ending::Conflict,
            "mail A 192.0.2.20\n",
        ),
        with_other("same-change-by-both", states, When::BeforePush, same, Ending::NothingToDo, states[1]),
    ]
}
