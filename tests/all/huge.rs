//! A million records, signed by DNSSEC, from BIND and from Knot: `zonewright show` has all of them in each of ten
//! runs, and says how its time compares with `dig AXFR` into a file, run by run in turns.
//!
//! Takes some minutes, and the times mean something only in a release build on an idle machine:
//! `cargo test --release --test all huge -- --ignored --nocapture --test-threads 1`

use std::fmt::Write as _;
use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::lab::{Key, Lab, Make, Zone, compiled, is_available};
use super::large::write_key;

const ZONE: &str = "huge.test";
/// One signature and one NSEC with its signature for each of these names, and at half of them one more set.
const OWNERS: usize = 222_000;
const LEAST_RECORDS: usize = 990_000;
const RUNS: usize = 10;

#[test]
#[ignore = "takes minutes; see the head of the file"]
fn bind() {
    shows_all(Make::Bind);
}

#[test]
#[ignore = "takes minutes; see the head of the file"]
fn knot() {
    shows_all(Make::Knot);
}

fn shows_all(make: Make) {
    if !["dig", "named-compilezone", "dnssec-keygen", "dnssec-signzone"].into_iter().all(is_available) {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let text = signed(directory.path(), &zone_text());
    let Some(lab) = Lab::start(make, &[Zone::new(ZONE, text.as_str())], &Key::default()) else { return };
    let key = write_key(directory.path(), &lab.key);
    let shown = directory.path().join("shown");
    let (address, port) = (lab.address.to_string(), lab.address.port().to_string());
    let mut ours = Command::new(env!("CARGO_BIN_EXE_zonewright"));
    ours.args(["show", ZONE, "--timeout", "60", "--server", &address, "--key"]).arg(&key);
    ours.env("XDG_CONFIG_HOME", directory.path()).env("XDG_STATE_HOME", directory.path());
    let mut dig = Command::new("dig");
    dig.args(["@127.0.0.1", "-p", &port, "-y", &lab.key.triple(), "+time=60", ZONE, "AXFR"]);

    let mut first = Vec::new();
    let (mut ratios, mut peaks) = (Vec::new(), Vec::new());
    for run in 1..=RUNS {
        let (our_time, peak) = timed(&mut ours, &shown);
        let octets = std::fs::read(&shown).unwrap();
        if run == 1 {
            let lines = compiled(ZONE, &String::from_utf8(octets.clone()).unwrap());
            assert!(lines.len() > LEAST_RECORDS, "{make}: {} records", lines.len());
            assert!(lines == compiled(ZONE, &text), "{make}: what is shown is not the zone");
            first = octets;
        } else {
            assert!(octets == first, "{make}: run {run} shows something else");
        }
        let (dig_time, _) = timed(&mut dig, &directory.path().join("dug"));
        ratios.push(dig_time.as_secs_f64() / our_time.as_secs_f64());
        peaks.push(peak);
        println!(
            "{make} run {run}: {:.2} s and {} MiB; dig {:.2} s",
            our_time.as_secs_f64(),
            peak / 1024,
            dig_time.as_secs_f64()
        );
    }
    ratios.sort_by(f64::total_cmp);
    println!("{make}: dig takes {:.2} to {:.2} times as long", ratios[0], ratios[RUNS - 1]);
}

/// How long the program took and the most memory it had, in KiB, with its output in a file.
fn timed(command: &mut Command, output: &Path) -> (Duration, u64) {
    let start = Instant::now();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(File::create(output).unwrap())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap();
    let mut peak = 0;
    let status = loop {
        // The high-water mark only grows: the last reading before the end is close to it.
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let mark = status
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse().ok());
        peak = peak.max(mark.unwrap_or(0));
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    assert!(status.success(), "{command:?}: {status}");
    (start.elapsed(), peak)
}

fn zone_text() -> String {
    let mut text = String::from(
        "$TTL 3600\n@ SOA ns1 hostmaster 2026010100 7200 900 1209600 300\n@ NS ns1\nns1 A 127.0.0.1\n",
    );
    for number in 0..OWNERS {
        let (high, middle, low) = (number >> 16, number >> 8 & 255, number & 255);
        match number % 4 {
            0 => writeln!(text, "host{number} A 10.{high}.{middle}.{low}"),
            1 => writeln!(text, "host{number} AAAA 2001:db8::{:x}:{:x}", number >> 12, number & 0xfff),
            2 => {
                writeln!(text, "host{number} MX 10 mail{}\nhost{number} TXT \"number {number}\"", number % 7)
            }
            _ => writeln!(text, "alias{number} CNAME host{}", number - 3),
        }
        .unwrap();
    }
    text
}

/// The zone signed with a new key, with NSEC.
fn signed(directory: &Path, text: &str) -> String {
    std::fs::write(directory.join("plain"), text).unwrap();
    let run = |program: &str, arguments: &[&str]| {
        let output = Command::new(program).current_dir(directory).args(arguments).output().unwrap();
        assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    };
    run("dnssec-keygen", &["-q", "-a", "ECDSAP256SHA256", "-f", "KSK", ZONE]);
    run("dnssec-signzone", &["-q", "-S", "-z", "-O", "full", "-o", ZONE, "-f", "signed", "plain"]);
    std::fs::read_to_string(directory.join("signed")).unwrap()
}
