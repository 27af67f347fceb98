//! What independent programs say: the zone that a server holds (`dig AXFR`), the zone that a text means
//! (`named-compilezone`), and a second editor (`nsupdate`). None of our own code takes part.

use std::io::Write;
use std::net::SocketAddr;
use std::process::{Command, Stdio};

use super::Key;

/// The zone as `dig AXFR` prints it, sorted: one line a record, `owner ttl type rdata`, names in lower case, the
/// SOA once.
pub fn dig_axfr(address: SocketAddr, key: &Key, zone: &str) -> Vec<String> {
    let output = Command::new("dig")
        .arg(format!("@{}", address.ip()))
        .args(["-p", &address.port().to_string(), "-y", &key.triple(), "+tcp", "+time=10", "+tries=1"])
        .args(["+noall", "+answer", "+onesoa", zone, "AXFR"])
        .output()
        .expect("dig runs");
    let text = String::from_utf8(output.stdout).expect("dig prints ASCII");
    assert!(
        output.status.success() && !text.contains("\n;") && !text.starts_with(';'),
        "dig AXFR {zone} failed:\n{text}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    normalised(&text)
}

/// The zone that zone-file text means, in the form of [`dig_axfr`].
pub fn compiled(zone: &str, text: &str) -> Vec<String> {
    try_compiled(zone, text).unwrap_or_else(|said| panic!("named-compilezone refuses {zone}: {said}\n{text}"))
}

/// The same, or what named-compilezone has against the zone.
pub fn try_compiled(zone: &str, text: &str) -> Result<Vec<String>, String> {
    let mut child = Command::new("named-compilezone")
        .args(["-i", "none", "-k", "ignore", "-m", "ignore", "-M", "ignore", "-n", "ignore"])
        .args([
            "-r", "ignore", "-S", "ignore", "-T", "ignore", "-W", "ignore", "-s", "full", "-o", "-", zone,
            "-",
        ])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("named-compilezone runs");
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    if !output.status.success() {
        return Err(format!("{output:?}"));
    }
    Ok(normalised(&String::from_utf8(output.stdout).expect("named-compilezone prints ASCII")))
}

/// The same lines with the serial of the SOA replaced by a word.
pub fn without_serial(lines: Vec<String>) -> Vec<String> {
    let replace = |line: String| {
        let mut fields: Vec<&str> = line.split(' ').collect();
        if fields.get(2) == Some(&"SOA") {
            fields[5] = "SERIAL";
        }
        fields.join(" ")
    };
    lines.into_iter().map(replace).collect()
}

/// The same lines without what a server that signs this zone makes by itself: signatures and the proofs of what is
/// not there; and at the apex keys, what tells the parent of them, and the parameters and states of signing.
pub fn without_signing(zone: &str, mut lines: Vec<String>) -> Vec<String> {
    let apex = format!("{zone}.");
    lines.retain(|line| {
        let mut fields = line.split(' ');
        let (owner, rtype) = (fields.next(), fields.nth(1));
        match rtype {
            Some("RRSIG" | "NSEC" | "NSEC3") => false,
            Some("DNSKEY" | "CDS" | "CDNSKEY" | "NSEC3PARAM" | "TYPE65534") => owner != Some(&apex),
            _ => true,
        }
    });
    lines
}

/// Sends commands (`update add ...`) to the server with nsupdate, signed; they must be carried out.
pub fn nsupdate(address: SocketAddr, key: &Key, zone: &str, commands: &str) {
    assert_eq!(try_nsupdate(address, key, zone, commands), "NOERROR", "{commands}");
}

/// The same, with the response code as nsupdate prints it, or what else it says.
pub fn try_nsupdate(address: SocketAddr, key: &Key, zone: &str, commands: &str) -> String {
    try_update("nsupdate", address, key, zone, commands)
}

/// The same by nsupdate or knsupdate.
pub fn try_update(program: &str, address: SocketAddr, key: &Key, zone: &str, commands: &str) -> String {
    let mut child = Command::new(program)
        .args(["-v", "-y", &key.triple()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{program}: {error}"));
    let script = format!("server {} {}\nzone {zone}\n{commands}\nsend\n", address.ip(), address.port());
    child.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    match said.strip_prefix("update failed: ") {
        Some(code) => code.to_owned(),
        None if output.status.success() && said.is_empty() => "NOERROR".into(),
        None => said,
    }
}

/// Types whose RDATA may hold names and no text in which case matters.
const NAMES_INSIDE: [&str; 9] = ["NS", "CNAME", "SOA", "PTR", "MX", "SRV", "DNAME", "SVCB", "HTTPS"];

fn normalised(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = text.lines().filter_map(normalised_line).collect();
    lines.sort();
    lines
}

/// `owner ttl IN type rdata` with any white space becomes `owner ttl type rdata`; the class and comments go.
fn normalised_line(line: &str) -> Option<String> {
    let (owner, rest) = line.split_once(char::is_whitespace)?;
    let (ttl, rest) = rest.trim_start().split_once(char::is_whitespace)?;
    let (class, rest) = rest.trim_start().split_once(char::is_whitespace)?;
    let (rtype, rdata) = rest.trim_start().split_once(char::is_whitespace)?;
    assert_eq!(class, "IN", "{line}");
    let owner = owner.to_ascii_lowercase();
    let mut rdata = rdata.trim().to_owned();
    if NAMES_INSIDE.contains(&rtype) {
        rdata.make_ascii_lowercase();
    }
    Some(format!("{owner} {ttl} {rtype} {rdata}"))
}
