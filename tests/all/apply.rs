//! Holds `zone::update::apply` against BIND and Knot: the same random updates go to both (by nsupdate), and each
//! time the response code and the whole zone must be the same.
//!
//! Left out is what these servers do otherwise than RFC 2136 (and `push` knows): data below a DNAME, an MX to an
//! alias, an NS at a wildcard and a DS without NS on BIND, a change of TTL or case by adding an equal record on
//! Knot.

use std::sync::Arc;

use zonewright::zone::update::{Operation, Prerequisite, Rcode, Update, apply};
use zonewright::zone::{ChangeMap, Contents, Name, Rdata, RecordType, Snapshot};
use zonewright::zonefile;

use super::lab::{Key, Lab, Make, Zone, compiled, dig_axfr, try_nsupdate};

const ZONE: &str = "apply.test";
const START: &str = "$TTL 300
@ SOA ns hostmaster 10 7200 900 1209600 300
@ NS ns.example.net.
@ NS ns.example.org.
a A 192.0.2.1
a A 192.0.2.2
a TXT x
b CNAME a
c NS ns.example.net.
*.w A 192.0.2.1
";
const OWNERS: [&str; 8] = ["@", "a", "b", "c", "d", "*.w", "x.y", "A"];
const DATA: [&str; 12] = [
    "A 192.0.2.1",
    "A 192.0.2.2",
    "A 192.0.2.3",
    "TXT x",
    "TXT X",
    "TXT \"x\" \"\"",
    "CNAME a",
    "CNAME B.example.net.",
    "NS ns.example.net.",
    "NS NS.example.org.",
    "AAAA 2001:db8::1",
    "TYPE65400 \\# 1 00",
];
const MESSAGES: usize = 80;

#[test]
fn as_bind_does_it() {
    same_as(Make::Bind, &[300, 60], |data| data);
}

#[test]
fn as_knot_does_it() {
    same_as(Make::Knot, &[300], |data| match data {
        "NS NS.example.org." => "NS ns.example.org.",
        other => other,
    });
}

/// `adapt` turns data that the server takes otherwise into data that it takes as the RFC wants.
fn same_as(make: Make, ttls: &[u32], adapt: fn(&'static str) -> &'static str) {
    let Some(lab) = Lab::start(make, &[Zone::new(ZONE, START)], &Key::default()) else { return };
    let origin = Name::parse(format!("{ZONE}.").as_bytes(), None).unwrap();
    let (zone, _) = zonefile::read_zone(START.as_bytes(), Some(&origin)).unwrap();
    let mut zone = Arc::new(zone);
    let mut dice = Dice(20_260_101);
    let mut refused = 0;
    for number in 0..MESSAGES {
        let (commands, update) = random_update(&mut dice, &zone, ttls, adapt);
        let expected = apply(&Contents { base: &zone, changes: &ChangeMap::new() }, &update);
        let answer = try_nsupdate(lab.address, &lab.key, ZONE, &commands);
        let context = format!("message {number} to {make}:\n{commands}");
        let code = expected.as_ref().err().copied().unwrap_or(Rcode::NOERROR);
        assert_eq!(answer, code.to_string(), "{context}");
        match expected {
            Ok(applied) => zone = Arc::new(zone.with_changes(&applied.changes).unwrap()),
            Err(_) => refused += 1,
        }
        // Both sides of the comparison are BIND's print; ours only has to be readable to it.
        let mut text = Vec::new();
        zonefile::print_plain(&zone, &mut text).unwrap();
        let ours = compiled(ZONE, &String::from_utf8(text).unwrap());
        assert_eq!(dig_axfr(lab.address, &lab.key, ZONE), ours, "{context}");
    }
    assert!((10..MESSAGES - 10).contains(&refused), "{refused} of {MESSAGES} were refused");
}

/// The same update for nsupdate and for us.
fn random_update(
    dice: &mut Dice,
    zone: &Snapshot,
    ttls: &[u32],
    adapt: fn(&'static str) -> &'static str,
) -> (String, Update) {
    let origin = zone.origin();
    let record = |dice: &mut Dice| random_record(dice, origin, adapt);
    let mut commands = String::new();
    let mut update = Update { zone: origin.clone(), prerequisites: Vec::new(), operations: Vec::new() };
    if dice.throw(3) == 0 {
        let (owner, rtype, rdata, text) = record(dice);
        let mnemonic = text.split(' ').next().unwrap();
        let (command, prerequisite) = match dice.throw(5) {
            0 => (format!("yxdomain {owner}"), Prerequisite::NameInUse(owner)),
            1 => (format!("nxdomain {owner}"), Prerequisite::NameNotInUse(owner)),
            2 => (format!("yxrrset {owner} {mnemonic}"), Prerequisite::RrsetExists(owner, rtype)),
            3 => (format!("nxrrset {owner} {mnemonic}"), Prerequisite::RrsetAbsent(owner, rtype)),
            _ => (format!("yxrrset {owner} {text}"), Prerequisite::RrsetIs(owner, rtype, vec![rdata])),
        };
        commands += &format!("prereq {command}\n");
        update.prerequisites.push(prerequisite);
    }
    for _ in 0..=dice.throw(4) {
        let (owner, rtype, rdata, text) = record(dice);
        let mnemonic = text.split(' ').next().unwrap();
        let (command, operation) = match dice.throw(8) {
            0 => (format!("delete {owner}"), Operation::DeleteName(owner)),
            1 => (format!("delete {owner} {mnemonic}"), Operation::DeleteRrset(owner, rtype)),
            2 | 3 => (format!("delete {owner} {text}"), Operation::DeleteRecord(owner, rtype, rdata)),
            _ => {
                let ttl = ttls[dice.throw(ttls.len())];
                (format!("add {owner} {ttl} {text}"), Operation::Add(owner, rtype, ttl, rdata))
            }
        };
        commands += &format!("update {command}\n");
        update.operations.push(operation);
    }
    (commands, update)
}

/// Owner, type, RDATA, and type and RDATA as text with absolute names.
fn random_record(
    dice: &mut Dice,
    origin: &Name,
    adapt: fn(&'static str) -> &'static str,
) -> (Name, RecordType, Rdata, String) {
    let (owner, data) = (OWNERS[dice.throw(OWNERS.len())], adapt(DATA[dice.throw(DATA.len())]));
    // BIND ignores an NS record at a wildcard.
    let owner = if data.starts_with("NS") { owner.trim_start_matches("*.") } else { owner };
    let line = format!("{owner} 1 {data}\n");
    let record = zonefile::parse(line.as_bytes(), Some(origin)).records.remove(0);
    let text = zonewright::zone::types::format_rdata(record.rtype, &record.rdata, None);
    (record.owner, record.rtype, record.rdata, format!("{} {text}", record.rtype))
}

/// Numbers that look random and are the same in every run (xorshift).
struct Dice(u64);

impl Dice {
    fn throw(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % sides as u64).unwrap()
    }
}
