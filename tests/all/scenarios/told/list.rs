//! The stories: what people do to zones, one push each. Pure data; `mod.rs` runs them against every server.
//!
//! P, A, D, C, N, Z, K, M, T and X with a number are scenarios, T- with a number are traps; see `coverage.rs`.

use zonewright::facts::ServerKind;
use zonewright::zone::{Name, Rdata, RecordType, RrKey, RrSet};

use super::super::list::When;
use crate::lab::Make;

pub const APEX: &str = "\
$TTL 3600
@ SOA ns1 hostmaster 2026010100 7200 900 1209600 300
@ NS ns1
@ NS ns2
ns1 A 192.0.2.1
ns2 A 192.0.2.2
";

pub struct Story {
    /// Letters, digits and hyphens: it becomes the label of the zone.
    pub name: &'static str,
    /// The scenarios and traps that it stands for.
    pub covers: &'static str,
    /// The zone on the server.
    pub before: String,
    pub edit: Edit,
    pub other: Option<Other>,
    pub access: Access,
    /// Frozen by the server's keeper after the review.
    pub is_frozen: bool,
    /// The zone at the end, where it is not `before` or what the edit leads to.
    pub result: Option<String>,
    pub settings: Vec<(Make, String)>,
    /// A zone on the same server that begins at "child".
    pub child: Option<String>,
    /// Empty: for all.
    only: &'static [ServerKind],
}

/// Edits of the zone with a name.
pub type RawEdit = fn(&Name) -> Vec<(RrKey, Option<RrSet>)>;

pub enum Edit {
    /// The zone is edited until it is this.
    To(String),
    /// What no text can say: edits of the zone with this name.
    Raw(RawEdit),
}

/// What somebody else does with nsupdate meanwhile.
pub struct Other {
    pub when: When,
    /// Commands; `{zone}` is the zone.
    pub update: &'static str,
}

/// How the update is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    Good,
    NoKey,
    UnknownKey,
    WrongSecret,
    WrongAlgorithm,
    KeyInCapitals,
    /// By two hours, twelve minutes and a half.
    ClockAhead,
    ClockBehind,
}

impl Story {
    pub fn zone(&self) -> String {
        format!("{}.test", self.name)
    }

    pub fn child_zone(&self) -> String {
        format!("child.{}", self.zone())
    }

    pub fn is_for(&self, kind: ServerKind) -> bool {
        self.only.is_empty() || self.only.contains(&kind)
    }

    pub fn other(mut self, when: When, update: &'static str, result: &str) -> Story {
        self.other = Some(Other { when, update });
        self.result = Some(format!("{APEX}{result}"));
        self
    }

    pub fn result(mut self, result: &str) -> Story {
        self.result = Some(format!("{APEX}{result}"));
        self
    }

    pub fn with(mut self, make: Make, settings: &str) -> Story {
        self.settings.push((make, settings.into()));
        self
    }

    pub fn access(mut self, access: Access) -> Story {
        self.access = access;
        self
    }

    pub fn frozen(mut self) -> Story {
        self.is_frozen = true;
        self
    }

    pub fn only(mut self, kinds: &'static [ServerKind]) -> Story {
        self.only = kinds;
        self
    }

    pub fn child(mut self, text: &str) -> Story {
        self.child = Some(format!("{APEX}{text}"));
        self
    }
}

/// A story over the usual apex.
pub fn story(name: &'static str, covers: &'static str, before: &str, after: &str) -> Story {
    whole(name, covers, &format!("{APEX}{before}"), &format!("{APEX}{after}"))
}

/// A story whose states are whole zones.
fn whole(name: &'static str, covers: &'static str, before: &str, after: &str) -> Story {
    Story {
        name,
        covers,
        before: before.into(),
        edit: Edit::To(after.into()),
        other: None,
        access: Access::Good,
        is_frozen: false,
        result: None,
        settings: Vec::new(),
        child: None,
        only: &[],
    }
}

fn raw(name: &'static str, covers: &'static str, before: &str, edits: RawEdit) -> Story {
    Story { edit: Edit::Raw(edits), ..story(name, covers, before, "") }
}

/// One RRset of the zone: its new contents, or none.
fn set(zone: &Name, owner: &str, rtype: u16, ttl: u32, rdata: &[&[u8]]) -> (RrKey, Option<RrSet>) {
    let owner = Name::parse(owner.as_bytes(), Some(zone.as_ref())).unwrap();
    let records: Vec<Rdata> = rdata.iter().map(|rdata| Rdata::from(*rdata)).collect();
    let after = (!records.is_empty()).then(|| RrSet::new(ttl, records));
    (RrKey::new(owner, RecordType(rtype)), after)
}

const DIGEST: &str = "0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF";

pub fn all() -> Vec<Story> {
    let mut stories = additions();
    stories.extend(changes());
    stories.extend(deletions());
    stories.extend(aliases());
    stories.extend(apex());
    stories.extend(signing());
    stories
}

fn additions() -> Vec<Story> {
    let long = "x".repeat(255);
    let many = |count: usize, text: &str| -> String {
        (0..count).map(|host| format!("host{host:04} 60 TXT \"{text}\"\n")).collect()
    };
    vec![
        story("add", "A01 P08 Z06 T-15", "", "www A 192.0.2.10\n"),
        story("add-to-a-set", "A02 P10 P25", "www A 192.0.2.10\n", "www A 192.0.2.10\nwww A 192.0.2.11\n"),
        story("add-two-with-two-ttls", "A06 T-11", "", "www 300 A 192.0.2.10\nwww 60 A 192.0.2.11\n")
            .result("www 60 A 192.0.2.10\nwww 60 A 192.0.2.11\n"),
        story("unknown-type", "A07 T-28", "", "host TYPE65280 \\# 4 01020304\n"),
        story("unknown-type-empty", "A08", "", "host TYPE65281 \\# 0\n"),
        story("wildcard", "A09 P22", "* A 192.0.2.10\n", "* A 192.0.2.11\n* TXT any\n"),
        story(
            "beside-a-wildcard",
            "P21",
            "*.wild A 192.0.2.10\n",
            "*.wild A 192.0.2.10\na.wild A 192.0.2.11\n",
        ),
        story("deep", "A10", "", "a.b.c.d.e A 192.0.2.10\n"),
        story(
            "at-an-empty-non-terminal",
            "P23 T-43",
            "a.ent A 192.0.2.10\n",
            "a.ent A 192.0.2.10\nent A 192.0.2.11\n",
        ),
        story("long-strings", "A11", "", &format!("host TXT \"{long}\" \"{long}\"\n")),
        story("odd-octets", "A12", "", "host TXT \"\\000\\027\\010\\\"\\\\\\255\"\n"),
        story("semicolon", "T-47", "", "host TXT \"v=DKIM1; p=abc\"\nother TXT \"a;b\"\n"),
        story("escaped-owner", "A13 T-26", "", "a\\.b A 192.0.2.10\n"),
        story("other-case-of-an-owner", "A14 T-22", "www A 192.0.2.10\n", "www A 192.0.2.10\nWWW TXT a\n"),
        story("underscore", "A28 X35 T-26", "", "_host A 192.0.2.10\n"),
        story("mail-to-an-address", "A27", "", "host MX 10 192.0.2.1.\n"),
        story("mail-to-nowhere", "X35 T-26", "", "host MX 10 nowhere\n"),
        story("ttl-zero", "A24", "", "host 0 A 192.0.2.10\n"),
        raw("ttl-too-high", "A23 T-42", "", |zone| vec![set(zone, "host", 1, 1 << 31, &[&[192, 0, 2, 1]])]),
        story("many", "A31", "", &many(400, "a")),
        story("nearly-too-many", "A32 T-33 T-32 M10", "", &many(500, "a")),
        raw("one-large-record", "A33", "", |zone| vec![set(zone, "host", 65290, 60, &[&[7; 60_000]])]),
        story(
            "below-a-delegation",
            "A25 T-28",
            "child NS ns.example.net.\n",
            "child NS ns.example.net.\nx.child TXT a\n",
        ),
        story(
            "into-a-child-zone-of-the-server",
            "X29 T-40",
            "child NS ns1\n",
            "child NS ns1\nwww.child A 192.0.2.10\n",
        )
        .child(""),
        story(
            "below-a-dname",
            "A26 T-27",
            "dn DNAME example.net.\n",
            "dn DNAME example.net.\nx.dn A 192.0.2.10\n",
        ),
        story("delegation-with-glue", "N07", "", "child NS ns.child\nns.child A 192.0.2.10\n"),
        story("wildcard-delegation", "T-25", "", "*.x NS ns1\n"),
        raw("out-of-the-zone", "A15 A16 P16 T-41", "", |zone| {
            vec![
                set(zone, "www", 1, 60, &[&[192, 0, 2, 1]]),
                set(zone, "www.elsewhere.example.", 1, 60, &[&[192, 0, 2, 1]]),
            ]
        }),
        raw("type-any", "A17", "", |zone| vec![set(zone, "www", 255, 60, &[&[]])]),
        raw("type-axfr", "A18", "", |zone| vec![set(zone, "www", 252, 60, &[&[]])]),
        raw("type-zero", "M14 M15", "", |zone| vec![set(zone, "www", 0, 60, &[&[]])]),
        raw("type-tkey", "M16", "", |zone| vec![set(zone, "www", 249, 60, &[&[0; 20]])]),
        raw("address-of-two-octets", "A22", "", |zone| vec![set(zone, "www", 1, 60, &[&[192, 0]])]),
        raw("ipsec-without-a-key", "A22", "", |zone| {
            vec![set(zone, "www", 45, 60, &[&[10, 1, 2, 192, 0, 2, 38]])]
        }),
        raw("lua", "T-37", "", |zone| vec![set(zone, "www", 65402, 60, &[b"\x00\x01\x03';'"])]),
        story("svcb-without-alpn", "K08", "", "_dns SVCB 1 ns1 port=53\n"),
        story("https-with-alpn", "P06", "www HTTPS 1 . alpn=h2\n", "www HTTPS 1 . alpn=\"h2,h3\"\n"),
    ]
}

fn changes() -> Vec<Story> {
    let mail = "www MX 10 Mail.Example.NET.\n";
    vec![
        story(
            "change",
            "A38 P11",
            "www A 192.0.2.10\nwww A 192.0.2.11\n",
            "www A 192.0.2.12\nwww A 192.0.2.11\n",
        ),
        story(
            "change-several-sets",
            "P14",
            "a A 192.0.2.10\nb A 192.0.2.11\nc TXT c\n",
            "a A 192.0.2.20\nb A 192.0.2.21\nc TXT d\n",
        ),
        story(
            "add-to-a-set-in-capitals",
            "P15 T-21",
            mail,
            "www MX 10 mail.example.net.\nwww MX 20 b.example.net.\n",
        ),
        story("ttl-of-one", "A04 A34 T-09", "www 300 A 192.0.2.10\n", "www 60 A 192.0.2.10\n"),
        story(
            "ttl-of-two",
            "A05 A35 A36 T-11",
            "www 300 A 192.0.2.10\nwww 300 A 192.0.2.11\n",
            "www 60 A 192.0.2.10\nwww 60 A 192.0.2.11\n",
        ),
        raw("case-of-an-alias", "A40 T-23", "www CNAME Host.example.net.\n", |zone| {
            vec![set(zone, "www", 5, 3600, &[b"\x04host\x07example\x03net\x00"])]
        }),
        story(
            "rename",
            "A39",
            "before A 192.0.2.10\nbefore TXT a\nx CNAME before\n",
            "after A 192.0.2.10\nafter TXT a\nx CNAME after\n",
        ),
        story("change-and-change-back", "A30 M07", "www A 192.0.2.10\n", "www A 192.0.2.10\n"),
        story(
            "strings-cut-elsewhere",
            "T-19",
            "host TXT \"ab\" \"c\"\n",
            "host TXT \"ab\" \"c\"\nhost TXT \"abc\"\n",
        ),
        story("alias-type-of-powerdns", "T-37 T-45", "www A 192.0.2.10\n", "www A 192.0.2.11\n"),
    ]
}

fn deletions() -> Vec<Story> {
    let name = "www A 192.0.2.10\nwww A 192.0.2.11\nwww TXT a\n";
    vec![
        story("delete-one-of-two", "D01", name, "www A 192.0.2.11\nwww TXT a\n"),
        story("delete-a-set", "D02", name, "www TXT a\n"),
        story("delete-a-name", "D03 D09", name, ""),
        story(
            "delete-in-capitals",
            "D06 T-21",
            "Mail MX 10 MX1.Example.NET.\nMail SRV 1 2 3 Host.Example.NET.\n",
            "",
        ),
        story(
            "delete-in-capitals-one-of-two",
            "D06 T-21",
            "x SRV 1 2 3 Host.Example.NET.\nx SRV 2 2 3 host.example.net.\n",
            "x SRV 2 2 3 host.example.net.\n",
        ),
        story(
            "delete-beside-a-wildcard",
            "D08",
            "*.wild A 192.0.2.10\na.wild A 192.0.2.11\n",
            "*.wild A 192.0.2.10\n",
        ),
        raw("delete-out-of-the-zone", "D10", "", |zone| vec![set(zone, "www.elsewhere.example.", 1, 0, &[])]),
    ]
}

fn aliases() -> Vec<Story> {
    vec![
        story("alias-at-a-new-name", "P04", "", "www CNAME host.example.net.\n"),
        story(
            "alias-beside-data",
            "C01 T-01 T-02",
            "www A 192.0.2.10\n",
            "www A 192.0.2.10\nwww CNAME host.example.net.\n",
        ),
        story(
            "data-beside-an-alias",
            "C02 T-01 T-02",
            "www CNAME host.example.net.\n",
            "www A 192.0.2.10\nwww CNAME host.example.net.\n",
        ),
        story("alias-to-elsewhere", "C03", "www CNAME a.example.net.\n", "www CNAME b.example.net.\n"),
        story(
            "data-to-alias",
            "C04 C05 T-03 T-04",
            "www A 192.0.2.10\nwww TXT a\n",
            "www CNAME host.example.net.\n",
        ),
        story("alias-to-data", "C04 T-03", "www CNAME host.example.net.\n", "www A 192.0.2.10\nwww TXT a\n"),
        raw("two-aliases", "C06", "", |zone| {
            vec![set(zone, "www", 5, 60, &[b"\x01a\x03net\x00", b"\x01b\x03net\x00"])]
        }),
        raw("alias-and-address-at-a-new-name", "C07", "", |zone| {
            vec![set(zone, "www", 5, 60, &[b"\x01a\x03net\x00"]), set(zone, "www", 1, 60, &[&[192, 0, 2, 1]])]
        }),
        raw("alias-at-the-apex", "C08", "", |zone| vec![set(zone, "@", 5, 60, &[b"\x01a\x03net\x00"])]),
        story("dname-over-names", "C09 T-27", "a.host TXT a\n", "a.host TXT a\nhost DNAME example.net.\n"),
        story("dname-to-elsewhere", "C10 T-27", "host DNAME example.net.\n", "host DNAME example.org.\n"),
    ]
}

fn apex() -> Vec<Story> {
    let rest = "ns1 A 192.0.2.1\nns2 A 192.0.2.2\nns3 A 192.0.2.3\n";
    let soa = |ttl: u32, serial: u32, refresh: u32| {
        format!("$TTL 3600\n@ {ttl} SOA ns1 hostmaster {serial} {refresh} 900 1209600 300\n")
    };
    let usual = soa(3600, 2026010100, 7200);
    let zone = |soa: &str, ns: &str| format!("{soa}{ns}{rest}");
    let both = "@ NS ns1\n@ NS ns2\n";
    let with_soa = |name, covers, after: &str| whole(name, covers, &zone(&usual, both), &zone(after, both));
    vec![
        whole(
            "nameservers-replaced",
            "N05 N04 T-06 T-07",
            &zone(&usual, both),
            &zone(&usual, "@ NS ns3\n@ NS ns.example.net.\n"),
        ),
        whole("nameserver-deleted", "N03 T-06", &zone(&usual, both), &zone(&usual, "@ NS ns1\n")),
        raw("nameservers-deleted", "N01 T-05 T-06", "", |zone| vec![set(zone, "@", 2, 0, &[])]),
        story("apex-emptied", "N02 T-05", "@ MX 10 mail.example.net.\n@ TXT a\n", ""),
        story("nameserver-without-address", "N06 T-26", "", "@ NS ns9\n"),
        whole(
            "ttl-of-nameservers",
            "A37 T-08",
            &zone(&usual, both),
            &zone(&usual, "@ 60 NS ns1\n@ 60 NS ns2\n"),
        ),
        whole(
            "ttl-of-one-nameserver",
            "T-10 T-08",
            &zone(&usual, "@ NS ns1\n"),
            &zone(&usual, "@ 60 NS ns1\n"),
        ),
        story(
            "delegation-deleted",
            "N08 N09 T-44",
            "child NS ns.child\nns.child A 192.0.2.10\n",
            "ns.child A 192.0.2.10\n",
        ),
        with_soa("serial-raised", "Z01", &soa(3600, 2026010205, 7200)),
        raw("serial-raised-alone", "Z01", "", |zone| vec![soa_of(zone, 2026010205)]),
        with_soa("timers-under-a-lower-serial", "Z02 T-12", &soa(3600, 2026010000, 3600)),
        with_soa("timers-under-the-same-serial", "Z03 T-12", &soa(3600, 2026010100, 3600)),
        raw("serial-lowered", "Z02", "", |zone| vec![soa_of(zone, 2026010000)]),
        raw("serial-half-way-round", "Z07 T-14", "", |zone| {
            vec![soa_of(zone, 2026010100u32.wrapping_add(1 << 31))]
        }),
        raw("serial-nearly-half-way-round", "Z07 T-14", "", |zone| {
            vec![soa_of(zone, 2026010100u32.wrapping_add((1 << 31) - 1))]
        }),
        raw("soa-deleted", "Z04 T-05", "", |zone| vec![set(zone, "@", 6, 0, &[])]),
        raw("soa-below-the-apex", "Z05 T-28", "", |zone| {
            let (_, soa) = soa_of(zone, 7);
            vec![(RrKey::new(Name::parse(b"www", Some(zone.as_ref())).unwrap(), RecordType::SOA), soa)]
        }),
        with_soa("ttl-of-the-soa", "Z08 T-13", &soa(60, 2026010100, 7200)),
    ]
}

/// The usual SOA with this serial.
fn soa_of(zone: &Name, serial: u32) -> (RrKey, Option<RrSet>) {
    let name = |text: &str| Name::parse(text.as_bytes(), Some(zone.as_ref())).unwrap();
    let soa = zonewright::zone::Soa {
        mname: name("ns1"),
        rname: name("hostmaster"),
        serial,
        refresh: 7200,
        retry: 900,
        expire: 1_209_600,
        minimum: 300,
    };
    (RrKey::new(zone.clone(), RecordType::SOA), Some(RrSet::new(3600, vec![soa.to_rdata()])))
}

fn signing() -> Vec<Story> {
    let ds = format!("child DS 12345 13 2 {DIGEST}\n");
    vec![
        story("ds-at-a-delegation", "K01", "", &format!("child NS ns.example.net.\n{ds}")),
        story("ds-at-the-apex", "K02 T-25", "", &format!("@ DS 12345 13 2 {DIGEST}\n")),
        story("ds-without-ns", "K03 T-25", "child A 192.0.2.10\n", &format!("child A 192.0.2.10\n{ds}")),
        story("ns-gone-and-ds-kept", "T-25 T-44", &format!("child NS ns.example.net.\n{ds}"), &ds)
            .result("")
            .only(&[ServerKind::Bind]),
        story("ns-gone-and-ds-left", "T-25 T-44", &format!("child NS ns.example.net.\n{ds}"), &ds).only(&[
            ServerKind::Knot,
            ServerKind::PowerDns,
            ServerKind::Embedded,
        ]),
        raw("signature", "K04 T-29", "", |zone| vec![set(zone, "@", 46, 60, &[&[0; 30]])]),
        raw("proof", "K05 T-29", "", |zone| vec![set(zone, "@", 47, 60, &[b"\x01a\x00\x00\x01\x40"])]),
        raw("nsec3-parameters", "K06 T-29", "", |zone| vec![set(zone, "@", 51, 0, &[&[1, 0, 19, 136, 0]])]),
        story("cds-without-key", "K07", "", &format!("@ CDS 12345 13 2 {DIGEST}\n")),
    ]
}
