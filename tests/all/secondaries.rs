//! BIND and Knot as secondaries of the embedded primary: told of each change, they fetch all of the zone or the
//! differences, and hold the same zone.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use zonewright::server::Handle;

use super::embedded::{TEXT, ZONE, start};
use super::lab::{self, Lab, Make, compiled, dig_axfr, is_available, nsupdate};

const MAKES: [Make; 2] = [Make::Bind, Make::Knot];

/// A zone of so many records more.
fn with_hosts(count: usize) -> String {
    let hosts: String = (0..count).map(|number| format!("host{number} TXT \"number {number}\"\n")).collect();
    format!("{TEXT}{hosts}")
}

/// A primary, and a secondary that it tells of its changes.
fn pair(make: Make, text: &str, key: &lab::Key) -> Option<(Handle, Lab)> {
    if !is_available("dig") || !is_available("nsupdate") {
        return None;
    }
    let server = start(text, key);
    let secondary = Lab::follow(make, ZONE, server.address, key)?;
    server.notify(secondary.address);
    Some((server, secondary))
}

/// The serial that a server answers with, without keys and transfers.
fn serial(address: SocketAddr) -> String {
    let output = std::process::Command::new("dig")
        .args([&format!("@{}", address.ip()), "-p", &address.port().to_string()])
        .args(["+short", "+norec", "+tcp", ZONE, "SOA"])
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.split(' ').nth(2).unwrap_or_default().to_owned()
}

/// Waits until the secondary has the primary's serial; then it has the same zone.
fn caught_up(server: &Handle, secondary: &Lab, context: &str) {
    let begin = Instant::now();
    while serial(secondary.address) != serial(server.address) {
        let late = begin.elapsed() > Duration::from_secs(60);
        assert!(!late, "{context}: it did not follow\n{}", secondary.log());
        std::thread::sleep(Duration::from_millis(50));
    }
    let key = &secondary.key;
    assert!(dig_axfr(secondary.address, key, ZONE) == dig_axfr(server.address, key, ZONE), "{context}");
}

/// How often a secondary has taken over all of the zone, and differences.
fn transfers(make: Make, secondary: &Lab, largest: usize) -> (usize, usize) {
    let log = secondary.log();
    let finished = |kind| {
        log.lines()
            .filter(|line| line.contains(&format!("{kind}, incoming")) && line.contains("finished"))
            .count()
    };
    match make {
        // It does not say which it was; differences have few records.
        Make::Bind => {
            let records: Vec<usize> = log.lines().filter_map(records_of).collect();
            let whole = records.iter().filter(|records| **records > largest).count();
            (whole, records.len() - whole)
        }
        _ => (finished("AXFR"), finished("IXFR")),
    }
}

/// "Transfer completed: 1 messages, 7 records, ...": 7.
fn records_of(line: &str) -> Option<usize> {
    let (_, counts) = line.split_once("Transfer completed: ")?;
    counts.split_once(" messages, ")?.1.split(' ').next()?.parse().ok()
}

#[test]
fn each_change_is_fetched_as_a_difference() {
    for make in MAKES {
        let key = lab::Key::default();
        let Some((server, secondary)) = pair(make, &with_hosts(2_000), &key) else { continue };
        for commands in [
            "update add new.demo.test. 60 MX 5 mail.demo.test.\nupdate delete www.demo.test. AAAA",
            "update delete new.demo.test.\nupdate delete demo.test. MX\nupdate add demo.test. 60 MX 9 mail.demo.test.",
            "update delete host7.demo.test.\nupdate delete ns2.demo.test. A\nupdate add ns2.demo.test. 5 A 192.0.2.9",
        ] {
            nsupdate(server.address, &key, ZONE, commands);
            caught_up(&server, &secondary, &format!("{make}: {commands}"));
        }
        assert_eq!(transfers(make, &secondary, 20), (1, 3), "{make}:\n{}", secondary.log());
    }
}

#[test]
fn a_hundred_thousand_records() {
    for make in MAKES {
        let (text, key) = (with_hosts(100_000), lab::Key::default());
        let Some((server, secondary)) = pair(make, &text, &key) else { continue };
        caught_up(&server, &secondary, &format!("{make}"));
        assert!(dig_axfr(secondary.address, &key, ZONE) == compiled(ZONE, &text), "{make}");
        nsupdate(server.address, &key, ZONE, "update delete host77777.demo.test.");
        caught_up(&server, &secondary, &format!("{make}: a change"));
        assert_eq!(transfers(make, &secondary, 1_000), (1, 1), "{make}:\n{}", secondary.log());
    }
}

/// Changes one after the other, each of four records in the journal.
fn chain(server: &Handle, key: &lab::Key, numbers: std::ops::Range<usize>) {
    let commands: Vec<String> = numbers
        .map(|number| {
            let (old, new) = (number, number + 1);
            format!(
                "update delete chain.demo.test. 60 TXT \"{old}\"\nupdate add chain.demo.test. 60 TXT \"{new}\""
            )
        })
        .collect();
    nsupdate(server.address, key, ZONE, &commands.join("\nsend\n"));
}

/// The journal holds 1,000 records where the zone has fewer: 250 steps of four.
#[test]
fn a_secondary_that_was_away_comes_back() {
    for make in MAKES {
        let key = lab::Key::default();
        let Some((server, mut secondary)) = pair(make, &with_hosts(900), &key) else { continue };
        chain(&server, &key, 0..200);
        caught_up(&server, &secondary, &format!("{make}: a chain"));
        let (whole, differences) = transfers(make, &secondary, 900);
        assert!(whole == 1 && differences > 0, "{make}: {whole} and {differences}\n{}", secondary.log());

        secondary.stop();
        chain(&server, &key, 200..300);
        secondary.start_again();
        caught_up(&server, &secondary, &format!("{make}: away for 100 steps"));

        secondary.stop();
        chain(&server, &key, 300..600);
        let before = transfers(make, &secondary, 900).0;
        secondary.start_again();
        caught_up(&server, &secondary, &format!("{make}: away for more steps than are remembered"));
        let after = transfers(make, &secondary, 900).0;
        assert_eq!(after, before + 1, "{make}: the whole zone\n{}", secondary.log());
    }
}
