//! Stories with other people in them: a second editor, and the keeper of the server.

use zonewright::facts::ServerKind;

use super::super::list::When::{BeforePush, BeforeSend};
use super::list::{Access, Story, story};
use crate::lab::Make;

pub fn all() -> Vec<Story> {
    let mut stories = second_editor();
    stories.extend(keeper());
    stories.extend(keys());
    stories
}

const BASE: &str = "www A 192.0.2.10\nmail A 192.0.2.20\n";

fn second_editor() -> Vec<Story> {
    let changed = "www A 192.0.2.11\nmail A 192.0.2.20\n";
    let edit = |name, covers| story(name, covers, BASE, changed);
    vec![
        edit("set-gone", "P07 X25 T-18").other(
            BeforeSend,
            "update delete www.{zone} A",
            "mail A 192.0.2.20\n",
        ),
        edit("set-grown", "P12 X25 T-18").other(
            BeforeSend,
            "update add www.{zone} 3600 A 192.0.2.99",
            "www A 192.0.2.10\nwww A 192.0.2.99\nmail A 192.0.2.20\n",
        ),
        story("set-shrunk", "P13 X25", "www A 192.0.2.10\nwww A 192.0.2.11\n", "www A 192.0.2.12\n").other(
            BeforeSend,
            "update delete www.{zone} A 192.0.2.11",
            "www A 192.0.2.10\n",
        ),
        story("set-appeared", "P09 X25 T-18", "", "www A 192.0.2.10\n").other(
            BeforeSend,
            "update add www.{zone} 3600 A 192.0.2.99",
            "www A 192.0.2.99\n",
        ),
        story("name-appeared", "P05 T-01 T-18", "", "www CNAME host.example.net.\n").other(
            BeforeSend,
            "update add www.{zone} 3600 TXT taken",
            "www TXT taken\n",
        ),
        story("alias-appeared", "P09 T-01", "", "www A 192.0.2.10\n").other(
            BeforeSend,
            "update add www.{zone} 3600 CNAME host.example.net.",
            "www CNAME host.example.net.\n",
        ),
        story("rare-data-appeared", "T-02 T-03 T-01", "www A 192.0.2.10\n", "www CNAME host.example.net.\n")
            .other(
                BeforeSend,
                "update add www.{zone} 3600 LOC 52 22 23.000 N 4 53 32.000 E -2.00m 1m 10000m 10m",
                "www A 192.0.2.10\nwww LOC 52 22 23.000 N 4 53 32.000 E -2.00m 1m 10000m 10m\n",
            ),
        story(
            "elsewhere-under-an-soa-guard",
            "P26 T-17 X24",
            BASE,
            "www A 192.0.2.10\nwww A 192.0.2.11\nmail A 192.0.2.20\n",
        )
        .other(
            BeforeSend,
            "update add other.{zone} 3600 A 192.0.2.30",
            "www A 192.0.2.10\nwww A 192.0.2.11\nmail A 192.0.2.20\nother A 192.0.2.30\n",
        ),
        edit("elsewhere", "X25 T-17").other(
            BeforePush,
            "update add other.{zone} 3600 A 192.0.2.30",
            "www A 192.0.2.11\nmail A 192.0.2.20\nother A 192.0.2.30\n",
        ),
        story("one-of-two-sets", "P27 T-18", BASE, "www A 192.0.2.11\nmail A 192.0.2.21\n").other(
            BeforeSend,
            "update delete mail.{zone} A",
            "www A 192.0.2.10\n",
        ),
        edit("same-change", "A03 M09 X30 T-24").other(
            BeforePush,
            "update delete www.{zone} A\nupdate add www.{zone} 3600 A 192.0.2.11",
            changed,
        ),
        edit("same-change-late", "A03 M09 X30 T-24").other(
            BeforeSend,
            "update delete www.{zone} A\nupdate add www.{zone} 3600 A 192.0.2.11",
            changed,
        ),
        story("already-deleted", "D04 X30 T-24", BASE, "mail A 192.0.2.20\n").other(
            BeforePush,
            "update delete www.{zone} A",
            "mail A 192.0.2.20\n",
        ),
        story("name-already-deleted-late", "D05 T-24", BASE, "mail A 192.0.2.20\n").other(
            BeforeSend,
            "update delete www.{zone}",
            "mail A 192.0.2.20\n",
        ),
        story("other-preference", "D07 T-18", "www MX 10 a.example.net.\n", "").other(
            BeforeSend,
            "update delete www.{zone} MX\nupdate add www.{zone} 3600 MX 20 a.example.net.",
            "www MX 20 a.example.net.\n",
        ),
        story("only-the-ttl", "T-20", BASE, "www A 192.0.2.10\nwww A 192.0.2.11\nmail A 192.0.2.20\n")
            .other(
                BeforeSend,
                "update delete www.{zone} A\nupdate add www.{zone} 60 A 192.0.2.10",
                "www 60 A 192.0.2.10\nmail A 192.0.2.20\n",
            )
            .only(&[ServerKind::Bind, ServerKind::Knot, ServerKind::Embedded]),
        // Not guarded there, which the review says.
        story(
            "only-the-ttl-unguarded",
            "T-20 T-16",
            BASE,
            "www A 192.0.2.10\nwww A 192.0.2.11\nmail A 192.0.2.20\n",
        )
        .other(
            BeforeSend,
            "update delete www.{zone} A\nupdate add www.{zone} 60 A 192.0.2.10",
            "www A 192.0.2.10\nwww A 192.0.2.11\nmail A 192.0.2.20\n",
        )
        .only(&[ServerKind::PowerDns]),
        edit("other-case", "P15 T-22 T-23").other(
            BeforePush,
            "update delete www.{zone} A\nupdate add WWW.{zone} 3600 A 192.0.2.10",
            changed,
        ),
    ]
}

/// What the keeper of the server has set up.
fn keeper() -> Vec<Story> {
    let policy = |grant: &str| format!("update-policy {{ {grant} }};");
    let www = "www A 192.0.2.10\n";
    vec![
        story("frozen", "X23 T-31 P24", www, "www A 192.0.2.11\n")
            .frozen()
            .only(&[ServerKind::Bind, ServerKind::Knot]),
        story("some-names-only", "X09 T-26", "", "www A 192.0.2.10\nmail A 192.0.2.11\n")
            .with(Make::Bind, &policy("grant lab-key name www.some-names-only.test. ANY;"))
            .with(Make::Knot, "    acl: [reader, www-only]\n")
            .only(&[ServerKind::Bind, ServerKind::Knot]),
        story("these-names-only", "X09", "", www)
            .with(Make::Bind, &policy("grant lab-key name www.these-names-only.test. ANY;"))
            .with(Make::Knot, "    acl: [reader, www-only]\n")
            .only(&[ServerKind::Bind, ServerKind::Knot]),
        story("some-types-only", "X10 T-26", "", "www A 192.0.2.10\nwww TXT a\n")
            .with(Make::Bind, &policy("grant lab-key zonesub A;"))
            .with(Make::Knot, "    acl: [reader, addresses-only]\n")
            .only(&[ServerKind::Bind, ServerKind::Knot]),
        story("no-updates-for-this-key", "T-34", "", www)
            .with(Make::Bind, "allow-update { none; };")
            .with(Make::Knot, "    acl: [reader]\n")
            .with(
                Make::PowerDns,
                "UPDATE domainmetadata SET content = 'other-key' WHERE kind = 'TSIG-ALLOW-DNSUPDATE' AND \
                 domain_id = {id};",
            )
            .only(&[ServerKind::Bind, ServerKind::Knot, ServerKind::PowerDns]),
        story(
            "two-records-of-a-type",
            "X11 T-25",
            "",
            "www A 192.0.2.10\nwww A 192.0.2.11\nwww A 192.0.2.12\n",
        )
        .with(Make::Bind, &policy("grant lab-key zonesub A(2);"))
        .result("www A 192.0.2.10\nwww A 192.0.2.11\n")
        .only(&[ServerKind::Bind]),
        story("ten-records", "X12 T-26", "", "a TXT a\nb TXT b\nc TXT c\nd TXT d\ne TXT e\nf TXT f\n")
            .with(Make::Bind, "max-records 10;")
            .only(&[ServerKind::Bind]),
        story(
            "zone-of-some-octets",
            "X13",
            "",
            &(0..40).map(|at| format!("host{at} TXT \"{}\"\n", "x".repeat(200))).collect::<String>(),
        )
        .with(Make::Knot, "    zone-max-size: 4K\n")
        .only(&[ServerKind::Knot]),
        story("ttl-of-an-hour-at-most", "X14 T-25", "", "www 86400 A 192.0.2.10\nmail 60 A 192.0.2.11\n")
            .with(Make::Bind, "max-zone-ttl 3600;")
            .result("www A 192.0.2.10\nmail 60 A 192.0.2.11\n")
            .only(&[ServerKind::Bind]),
        story("serial-by-date", "X31 T-15", "", www)
            .with(Make::Bind, "serial-update-method date;")
            .with(Make::Knot, "    serial-policy: dateserial\n")
            .with(
                Make::PowerDns,
                "UPDATE domainmetadata SET content = 'DEFAULT' WHERE kind = 'SOA-EDIT-DNSUPDATE' AND \
                 domain_id = {id};",
            ),
        story("serial-by-clock", "X31 T-15", "", www)
            .with(Make::Bind, "serial-update-method unixtime;")
            .with(Make::Knot, "    serial-policy: unixtime\n")
            .with(
                Make::PowerDns,
                "UPDATE domainmetadata SET content = 'EPOCH' WHERE kind = 'SOA-EDIT-DNSUPDATE' AND \
                 domain_id = {id};",
            ),
        story(
            "served-serial-is-not-the-stored-one",
            "T-16 T-17",
            www,
            "www A 192.0.2.10\nwww A 192.0.2.11\n",
        )
        .with(
            Make::PowerDns,
            "INSERT INTO domainmetadata (domain_id, kind, content) VALUES ({id}, 'SOA-EDIT', 'EPOCH');",
        )
        .only(&[ServerKind::PowerDns]),
    ]
}

fn keys() -> Vec<Story> {
    let with = |name, covers, access| story(name, covers, "", "www A 192.0.2.10\n").access(access);
    vec![
        with("no-key", "T01 T-34", Access::NoKey),
        with("unknown-key", "T02 T-34", Access::UnknownKey),
        with("wrong-secret", "T03 T-34", Access::WrongSecret),
        with("wrong-algorithm", "T04 T-35", Access::WrongAlgorithm),
        with("clock-behind", "T05 X37 T-34", Access::ClockBehind),
        with("clock-ahead", "T06 X37 T-34", Access::ClockAhead),
        with("key-in-capitals", "T09", Access::KeyInCapitals),
        with("good-key", "T10", Access::Good),
    ]
}
