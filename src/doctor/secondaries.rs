//! What to configure on a primary for secondaries that others run, who transfer by their addresses.

use std::net::IpAddr;

use super::remedy::{by_make, word};
use super::{Step, plain};
use crate::facts::Make;
use crate::zone::Name;

/// Steps that let these addresses transfer a zone, and have them told of changes.
pub fn allow_secondaries(make: Make, zone: &Name, addresses: &[IpAddr]) -> Vec<Step> {
    if addresses.is_empty() {
        return vec![Step::words(
            "Where the service transfers from is not known: look into its documentation, and allow those addresses.",
        )];
    }
    let quoted = format!("\"{}\"", plain(zone).replace('"', ""));
    by_make(make, |make| match make {
        Make::Bind => vec![Step::new(
            "Allow it in named.conf, beside those who may already:",
            [
                format!("zone {quoted} {{"),
                format!("    allow-transfer {{ {}}};", each(addresses, |address| format!("{address}; "))),
                format!("    also-notify {{ {}}};", each(addresses, |address| format!("{address}; "))),
                "};".into(),
                "rndc reconfig".into(),
            ],
        )],
        Make::Knot => {
            vec![Step::new("Allow it in knot.conf, beside those who may already:", knot(&quoted, addresses))]
        }
        Make::PowerDns => vec![Step::new(
            "Allow it, and have it told of changes:",
            addresses.iter().flat_map(|address| {
                let zone = word(&plain(zone));
                [
                    format!("pdnsutil add-meta {zone} ALLOW-AXFR-FROM {address}"),
                    format!("pdnsutil add-meta {zone} ALSO-NOTIFY {address}"),
                ]
            }),
        )],
        Make::Nsd => {
            let mut lines = vec!["zone:".to_owned(), format!("    name: {quoted}")];
            for address in addresses {
                lines.push(format!("    provide-xfr: {address} NOKEY"));
                lines.push(format!("    notify: {address} NOKEY"));
            }
            lines.push("nsd-control reconfig".into());
            vec![Step::new("Allow it in nsd.conf:", lines)]
        }
        _ => {
            let all = addresses.iter().map(IpAddr::to_string).collect::<Vec<_>>().join(", ");
            vec![Step::words(format!("Let {all} transfer the zone, and have them told of changes (NOTIFY)."))]
        }
    })
}

fn each(addresses: &[IpAddr], text: impl Fn(&IpAddr) -> String) -> String {
    addresses.iter().map(text).collect()
}

fn knot(zone: &str, addresses: &[IpAddr]) -> Vec<String> {
    let all = addresses.iter().map(IpAddr::to_string).collect::<Vec<_>>().join(", ");
    [
        "remote:".into(),
        "  - id: secondary-service".into(),
        format!("    address: [{all}]"),
        "acl:".into(),
        "  - id: secondary-service".into(),
        format!("    address: [{all}]"),
        "    action: transfer".into(),
        "zone:".into(),
        format!("  - domain: {zone}"),
        "    acl: secondary-service".into(),
        "    notify: secondary-service".into(),
        "knotc reload".into(),
    ]
    .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_make_gets_what_it_reads() {
        let zone = Name::parse(b"exa\\\"mple.com.", None).unwrap();
        let addresses: Vec<IpAddr> = vec!["192.0.2.1".parse().unwrap(), "2001:db8::1".parse().unwrap()];
        let text = |make| {
            let steps = allow_secondaries(make, &zone, &addresses);
            steps.iter().flat_map(|step| step.run.clone()).collect::<Vec<_>>().join("\n")
        };
        assert!(text(Make::Bind).contains("allow-transfer { 192.0.2.1; 2001:db8::1; };"));
        assert!(text(Make::Knot).contains("address: [192.0.2.1, 2001:db8::1]"));
        assert!(text(Make::Nsd).contains("provide-xfr: 2001:db8::1 NOKEY"));
        assert!(text(Make::PowerDns).contains(" ALSO-NOTIFY 2001:db8::1"));
        assert!(text(Make::PowerDns).contains(" 'exa\\\"mple.com' "));
        for make in [Make::Bind, Make::Knot, Make::Nsd] {
            // A name cannot leave its quotes.
            assert!(!text(make).contains("exa\\\"mple"), "{make:?}: {}", text(make));
        }
        assert_eq!(allow_secondaries(Make::Bind, &zone, &[])[0].run, Vec::<String>::new());
    }
}
