//! What to run on a server, by its make. A server that does not say what it is gets what to do on each.

use super::{Case, Step, plain};
use crate::facts::Make;
use crate::zone::Name;

/// The makes that a server may be of which does not say it.
const MAKES: [(Make, &str); 4] =
    [(Make::Bind, "BIND"), (Make::Knot, "Knot"), (Make::PowerDns, "PowerDNS"), (Make::Nsd, "NSD")];

/// The steps for the make of the case, or for each make.
pub(super) fn by_make(make: Make, steps: impl Fn(Make) -> Vec<Step>) -> Vec<Step> {
    if make != Make::Unknown {
        return steps(make);
    }
    let of_make = |(make, name): (Make, &str)| {
        let steps = steps(make).into_iter();
        steps.map(move |step| Step { text: format!("{name}: {}", step.text), ..step }).collect::<Vec<_>>()
    };
    MAKES.into_iter().flat_map(of_make).collect()
}

/// Text as one word for a shell. Names come from zones: whatever they are, nothing of them may be carried out.
pub(super) fn word(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-+@:,".contains(c);
    if !text.is_empty() && !text.starts_with('-') && text.chars().all(is_plain) {
        return text.to_owned();
    }
    let safe: String = text.chars().map(|c| if c.is_control() { '?' } else { c }).collect();
    format!("'{}'", safe.replace('\'', r"'\''"))
}

fn zone(case: &Case) -> String {
    word(&plain(&case.zone))
}

/// The key's name for a shell; a word in its place where there is none yet.
fn key(case: &Case) -> String {
    case.key.as_ref().map_or("KEY".into(), |key| word(&plain(&key.name)))
}

/// The same for a configuration file, in quotes.
fn quoted_key(case: &Case) -> String {
    let name = case.key.as_ref().map_or("KEY".into(), |key| plain(&key.name));
    format!("\"{}\"", name.replace('"', ""))
}

fn quoted_zone(case: &Case) -> String {
    format!("\"{}\"", plain(&case.zone).replace('"', ""))
}

pub(super) fn allow_transfer(case: &Case) -> Vec<Step> {
    by_make(case.make, |make| match make {
        Make::Bind => vec![Step::new(
            "Allow it in named.conf, beside those who may already:",
            [
                format!("zone {} {{ allow-transfer {{ key {}; }}; }};", quoted_zone(case), quoted_key(case)),
                "rndc reconfig".into(),
            ],
        )],
        Make::Knot => vec![knot_acl(case)],
        Make::PowerDns => vec![Step::new(
            "Allow it:",
            [format!("pdnsutil activate-tsig-key {} {} primary", zone(case), key(case))],
        )],
        Make::Nsd => vec![Step::new(
            "Allow it in nsd.conf, where the key must have the same algorithm:",
            [
                format!("zone: name: {}", quoted_zone(case)),
                format!("      provide-xfr: {} {}", address(case), plain_key(case)),
                "nsd-control reconfig".into(),
            ],
        )],
        _ => vec![Step::words("Allow it in the server's configuration, or use another key (--key).")],
    })
}

/// This machine's address, for a rule of the server.
fn address(case: &Case) -> String {
    case.from.map_or("ADDRESS".into(), |address| address.to_string())
}

fn plain_key(case: &Case) -> String {
    case.key.as_ref().map_or("NOKEY".into(), |key| plain(&key.name))
}

fn knot_acl(case: &Case) -> Step {
    let who = match &case.key {
        Some(_) => format!("    key: {}", quoted_key(case)),
        None => format!("    address: {}", address(case)),
    };
    Step::new(
        "Allow it in knot.conf:",
        [
            "acl:".into(),
            "  - id: zonewright".into(),
            who,
            "    action: [transfer, update]".into(),
            "zone:".into(),
            format!("  - domain: {}", quoted_zone(case)),
            "    acl: zonewright".into(),
            "knotc reload".into(),
        ],
    )
}

pub(super) fn allow_update(case: &Case) -> Vec<Step> {
    by_make(case.make, |make| match make {
        Make::Bind => vec![
            Step::new("See what the zone is there:", [format!("rndc zonestatus {}", zone(case))]),
            Step::words("If it is a secondary, name its primary with --update-to."),
            Step::new("If it is frozen, thaw it:", [format!("rndc thaw {}", zone(case))]),
            Step::new(
                "Else allow the key in named.conf; where the zone has allow-update, add the key there:",
                [
                    format!(
                        "zone {} {{ update-policy {{ grant {} zonesub any; }}; }};",
                        quoted_zone(case),
                        quoted_key(case)
                    ),
                    "rndc reconfig".into(),
                ],
            ),
        ],
        Make::Knot => vec![
            Step::new("See what the zone is there:", [format!("knotc zone-status {}", zone(case))]),
            Step::words("If its role is slave, name its primary with --update-to."),
            Step::new("If it is frozen, thaw it:", [format!("knotc zone-thaw {}", zone(case))]),
            Step { text: "Else allow it in knot.conf:".into(), ..knot_acl(case) },
        ],
        Make::PowerDns => vec![
            Step::new(
                "Allow the key, and this address where only some may:",
                [
                    format!("pdnsutil add-meta {} TSIG-ALLOW-DNSUPDATE {}", zone(case), key(case)),
                    format!("pdnsutil add-meta {} ALLOW-DNSUPDATE-FROM {}", zone(case), address(case)),
                ],
            ),
            Step::new("pdns.conf needs:", ["dnsupdate=yes"]),
        ],
        Make::Nsd => vec![no_updates()],
        _ => vec![Step::words("Allow it in the server's configuration, or use another key (--key).")],
    })
}

/// For servers that have no dynamic updates.
pub(super) fn no_updates() -> Step {
    Step::words(
        "It has no dynamic updates: name the primary that takes them with --update-to, or in the configuration.",
    )
}

pub(super) fn know_key(case: &Case) -> Vec<Step> {
    let mut steps = by_make(case.make, |make| match make {
        Make::Bind => vec![Step::new(
            "Compare name and algorithm with the server's key, letter by letter:",
            ["named-checkconf -px | grep -A3 '^key'"],
        )],
        Make::Knot => vec![
            Step::new(
                "Compare name and algorithm with the server's key, letter by letter:",
                ["knotc conf-read key"],
            ),
            Step {
                text: "Knot says the same of a key that the zone's acl does not name. In knot.conf:".into(),
                ..knot_acl(case)
            },
        ],
        Make::PowerDns => vec![Step::new(
            "Compare name, algorithm and secret with the server's key, letter by letter, and the clocks:",
            ["pdnsutil list-tsig-keys", "date -u"],
        )],
        Make::Nsd => vec![Step::new(
            "Compare name and algorithm with the server's key, letter by letter:",
            ["grep -A3 key: /etc/nsd/nsd.conf"],
        )],
        _ => vec![Step::words("Compare name and algorithm with the server's key, letter by letter.")],
    });
    if case.make != Make::PowerDns {
        steps
            .push(Step::words("Is it a key for another server or view? Then name the right one with --key."));
    }
    steps
}

pub(super) fn copy_secret(case: &Case) -> Vec<Step> {
    by_make(case.make, |make| {
        let command = match make {
            Make::Bind => "named-checkconf -p | grep -A3 '^key'",
            Make::Knot => "knotc conf-read key",
            Make::PowerDns => "pdnsutil list-tsig-keys",
            Make::Nsd => "grep -A3 key: /etc/nsd/nsd.conf",
            _ => {
                return vec![Step::words(
                    "Copy the secret from the server's configuration into the key file.",
                )];
            }
        };
        vec![Step::new("Copy the secret from the server's configuration into the key file again:", [command])]
    })
}

pub(super) fn set_clock() -> Step {
    Step::new(
        "See on both machines which clock is wrong, and have NTP keep it:",
        ["date -u", "timedatectl set-ntp true"],
    )
}

/// For a server that does not answer for the zone.
pub(super) fn load_zone(case: &Case) -> Vec<Step> {
    by_make(case.make, |make| {
        let commands = match make {
            Make::Bind => vec![format!("rndc zonestatus {}", zone(case))],
            Make::Knot => vec![format!("knotc zone-status {}", zone(case))],
            Make::PowerDns => {
                vec![
                    format!("pdnsutil show-zone {}", zone(case)),
                    format!("pdnsutil check-zone {}", zone(case)),
                ]
            }
            Make::Nsd => vec![format!("nsd-control zonestatus {}", zone(case))],
            _ => return vec![Step::words("Look on the server whether the zone is configured and loaded.")],
        };
        vec![Step::new("Look on the server whether the zone is configured and loaded:", commands)]
    })
}

/// For a primary whose secondaries are not told of changes.
pub(super) fn notify(case: &Case) -> Vec<Step> {
    by_make(case.make, |make| match make {
        Make::Bind => vec![Step::new(
            "Tell them now; BIND does so by itself with notify yes, and those that are no NS of the zone with also-notify:",
            [format!("rndc notify {}", zone(case))],
        )],
        Make::Knot => vec![Step::new(
            "Tell them now; Knot does so by itself only for the remotes that notify: names in the zone:",
            [format!("knotc zone-notify {}", zone(case))],
        )],
        Make::PowerDns => vec![
            Step::new("Tell them now:", [format!("pdns_control notify {}", zone(case))]),
            Step::new("Have PowerDNS tell them after each dynamic update:", [notify_dnsupdate(case)]),
        ],
        Make::Nsd => vec![Step::new(
            "NSD tells those that notify: names in the zone. Look at the state of the transfers:",
            [format!("nsd-control zonestatus {}", zone(case))],
        )],
        _ => vec![Step::words("Have the server tell them of changes (NOTIFY).")],
    })
}

pub(super) fn notify_dnsupdate(case: &Case) -> String {
    format!("pdnsutil set-meta {} NOTIFY-DNSUPDATE 1", zone(case))
}

/// For a secondary that is behind, or serves nothing: its make is not known.
pub(super) fn fetch_again(zone: &Name) -> Step {
    let zone = word(&plain(zone));
    Step::new(
        "Have it fetch the zone again, and look into its log (BIND, Knot, PowerDNS, NSD):",
        [
            format!("rndc retransfer {zone}"),
            format!("knotc zone-retransfer {zone}"),
            format!("pdns_control retrieve {zone}"),
            format!("nsd-control force_transfer {zone}"),
        ],
    )
}
