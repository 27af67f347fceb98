//! Filters over a few records, and what must hold for any of them.

mod pasting;
mod replacing;

use proptest::prelude::*;

use super::*;
use crate::zone::testing::*;
use crate::zone::{Name, Snapshot};

/// The records of a zone that a filter lets through, "owner TYPE data"; `*` is none of them changed but `www`.
fn shown(zone: &Snapshot, filter: &str) -> Vec<String> {
    let origin = zone.origin().as_ref();
    let filter = Filter::new(filter, origin);
    let mut buffer = String::new();
    let fits = |record: &crate::zone::RecordRef<'_>| {
        let changed = record.owner == name("www").as_ref();
        let subject = Subject {
            owner: record.owner,
            rtype: record.rtype,
            ttl: record.ttl,
            rdata: record.rdata,
            changed,
        };
        filter.fits(subject, origin, &mut buffer)
    };
    let records: Vec<_> = zone.records().filter(fits).collect();
    let line = |record: crate::zone::RecordRef<'_>| {
        format!("{} {}", record.owner.relative_to(origin), describe(record.rtype, record.rdata))
    };
    records.into_iter().map(line).collect()
}

fn small() -> Snapshot {
    zone(&[
        ("@", 3600, "SOA 1"),
        ("@", 3600, "NS ns1"),
        ("@", 3600, "MX 10 mail"),
        ("@", 300, "TXT v=spf1 ip4:192.0.2.1 a:mail.example.com -all"),
        ("@", 300, "TXT ip4:192.0.2.10 include:webmail.example.com"),
        ("mail", 3600, "A 192.0.2.1"),
        ("webmail", 60, "CNAME mail"),
        ("www", 300, "A 192.0.2.10"),
        ("xn--mnchen-3ya", 300, "A 198.51.100.1"),
    ])
}

#[test]
fn what_terms_let_through() {
    let zone = small();
    for (filter, lines) in [
        ("type:mx", &["@ MX 10 mail"] as &[&str]),
        ("TYPE:soa,ns", &["@ SOA 1", "@ NS ns1"]),
        ("name:mail", &["mail A 192.0.2.1", "webmail CNAME mail"]),
        ("ttl<300", &["webmail CNAME mail"]),
        ("ttl<=5m type:a", &["www A 192.0.2.10", "xn--mnchen-3ya A 198.51.100.1"]),
        ("ttl>=1h type:A", &["mail A 192.0.2.1"]),
        ("ttl:60", &["webmail CNAME mail"]),
        ("data:192.0.2.1 type:a", &["mail A 192.0.2.1", "www A 192.0.2.10"]),
        ("changed", &["www A 192.0.2.10"]),
        ("!changed type:a", &["mail A 192.0.2.1", "xn--mnchen-3ya A 198.51.100.1"]),
        ("net:192.0.2.0/24", &["mail A 192.0.2.1", "www A 192.0.2.10"]),
        ("net:192.0.2.8/29", &["www A 192.0.2.10"]),
        ("cname", &["webmail CNAME mail"]),
        ("MAIL !type:txt,mx !web", &["mail A 192.0.2.1"]),
        ("\"10 mail\"", &["@ MX 10 mail"]),
        ("data:\"10 mail\"", &["@ MX 10 mail"]),
        ("\"type:mx\"", &[]),
        ("münchen", &["xn--mnchen-3ya A 198.51.100.1"]),
        ("name:MÜNCHEN", &["xn--mnchen-3ya A 198.51.100.1"]),
        ("name:ünch", &["xn--mnchen-3ya A 198.51.100.1"]),
        ("name:ünchm", &[]),
        // What refers to a name, or to an address, and not to another one that begins alike.
        (
            "ref:mail",
            &[
                "@ MX 10 mail",
                "@ TXT v=spf1 ip4:192.0.2.1 a:mail.example.com -all",
                "mail A 192.0.2.1",
                "webmail CNAME mail",
            ],
        ),
        ("ref:192.0.2.1", &["@ TXT v=spf1 ip4:192.0.2.1 a:mail.example.com -all", "mail A 192.0.2.1"]),
    ] {
        assert_eq!(shown(&zone, filter), lines, "{filter}");
    }
}

#[test]
fn what_cannot_be_read_is_said_and_hides_nothing() {
    let zone = small();
    let origin = zone.origin().as_ref();
    for (filter, trouble) in [
        ("type:", "type: is followed by a value, such as type:mx"),
        ("type:mxx", "mxx is no record type; did you mean MX?"),
        ("ttl<", "ttl is compared with a TTL, such as ttl<300 or ttl>=1h"),
        ("ttl<soon", "soon is no TTL: a number of seconds, or 5m, 1h, 1d"),
        ("net:192.0.2.0", "192.0.2.0 is no range of addresses, such as 192.0.2.0/24"),
        ("net:192.0.2.0/33", "192.0.2.0/33: the length after the slash is 0 to 32"),
        ("net:192.0.2.1/24", "192.0.2.1/24 has bits after its length; 192.0.2.0/24 is the range"),
        ("!", "! is followed by what shall not fit, such as !text"),
        ("\"\"", "\"\" is no text"),
    ] {
        assert_eq!(Filter::new(filter, origin).troubles(), [trouble], "{filter}");
        assert_eq!(shown(&zone, filter).len(), zone.record_count(), "{filter}");
        assert_eq!(shown(&zone, &format!("{filter} cname")), shown(&zone, "cname"), "{filter}");
    }
    // These look like the language and are plain text.
    for filter in ["2001:db8::1", "include:_spf", "ttl", "v=spf1", "changes", "\"unclosed"] {
        assert_eq!(Filter::new(filter, origin).troubles(), [""; 0], "{filter}");
    }
}

#[test]
fn addresses_move_with_their_range() {
    let network = |text: &str| text.parse::<Network>().unwrap();
    let moved = |from: &str, to: &str, address: &str| {
        let moved = network(from).moved(address.parse().unwrap(), &network(to));
        moved.map_or("-".into(), |address| address.to_string())
    };
    assert_eq!(moved("192.0.2.0/24", "198.51.100.0/24", "192.0.2.77"), "198.51.100.77");
    assert_eq!(moved("192.0.2.0/25", "198.51.100.128/25", "192.0.2.77"), "198.51.100.205");
    assert_eq!(moved("192.0.2.0/25", "198.51.100.128/25", "192.0.2.177"), "-");
    assert_eq!(moved("0.0.0.0/0", "0.0.0.0/0", "192.0.2.77"), "192.0.2.77");
    assert_eq!(moved("2001:db8::/32", "2001:db9::/32", "2001:db8:1::5"), "2001:db9:1::5");
    assert_eq!(moved("2001:db8::/32", "2001:db9::/32", "192.0.2.77"), "-");
    for wrong in
        ["", "192.0.2.0", "192.0.2.0/", "192.0.2.0/+8", "192.0.2.0/-1", "::/129", "x/8", "192.0.2.0/24/8"]
    {
        assert!(wrong.parse::<Network>().is_err(), "{wrong}");
    }
}

/// Words that filters are made of.
fn any_filter() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        "!?[a-c1 \"\\\\@.]{0,4}",
        "!?(type|name|data|ref|net|ttl)[:<>=]{1,2}[a-cmx0-9./]{0,4}",
        prop::sample::select(vec![
            "type:mx", "changed", "!changed", "marked", "!type:a", "ttl<300", "name:a", "ab", "!ab"
        ])
        .prop_map(str::to_string),
    ];
    prop::collection::vec(word, 0..4).prop_map(|words| words.join(" "))
}

proptest! {
    #[test]
    fn any_text_is_a_filter(text in any::<String>()) {
        let zone = small();
        let filter = Filter::new(&text, zone.origin().as_ref());
        if filter.is_empty() {
            prop_assert!(text.trim().is_empty() || !filter.troubles().is_empty());
            prop_assert_eq!(shown(&zone, &text).len(), zone.record_count());
        }
    }

    #[test]
    fn a_filter_that_narrows_lets_nothing_more_through(zone in any_zone(), wide in any_filter(), more in any_filter()) {
        for narrow in [format!("{wide}{more}"), format!("{wide} {more}"), more.clone()] {
            let origin = zone.origin().as_ref();
            if Filter::new(&narrow, origin).narrows(&Filter::new(&wide, origin)) {
                let through = shown(&zone, &wide);
                prop_assert!(shown(&zone, &narrow).iter().all(|line| through.contains(line)), "{} {}", narrow, wide);
            }
        }
    }

    #[test]
    fn a_term_and_its_opposite_part_the_zone(zone in any_zone(), filter in "[a-c]{1,2}|type:mx|ttl<300|name:a|changed|ref:a") {
        let fit = shown(&zone, &filter).len();
        prop_assert_eq!(fit + shown(&zone, &format!("!{filter}")).len(), zone.record_count());
    }

    #[test]
    fn moving_there_and_back(address in any::<u32>(), from in any::<u32>(), to in any::<u32>(), length in 0u8..=32) {
        let network = |first: u32| -> Network {
            let first = first & u32::MAX.checked_shl(32 - u32::from(length)).unwrap_or(0);
            format!("{}/{length}", std::net::Ipv4Addr::from(first)).parse().unwrap()
        };
        let (from, to) = (network(from), network(to));
        let address = std::net::IpAddr::from(address.to_be_bytes());
        match from.moved(address, &to) {
            Some(moved) => {
                prop_assert!(to.contains(moved));
                prop_assert_eq!(to.moved(moved, &from), Some(address));
            }
            None => prop_assert!(!from.contains(address)),
        }
    }
}

#[test]
fn a_name_of_the_zone_above_is_no_target_here() {
    let zone = small();
    assert_eq!(shown(&zone, "ref:com."), [""; 0]);
    assert_eq!(zone.origin(), &Name::parse(b"example.com.", None).unwrap());
}
