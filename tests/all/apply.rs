//! Holds `zone::update::apply`, `wire::update` and the embedded primary against BIND and Knot: the same random
//! update messages go to each of these and to the embedded primary, and each time the response code and the whole
//! zone must be the same, but for the named deviations in `deviations.rs`.

mod connection;
mod deviations;
mod message;
mod random;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use zonewright::server::{Options, Primary};
use zonewright::zone::rrset::{same_contents, same_octets};
use zonewright::zone::update::Rcode;
use zonewright::zone::{ChangeMap, Name, RecordType, RrKey, Snapshot};
use zonewright::zonefile;

use self::connection::Connection;
use self::deviations::{Case, DEVIATIONS, Difference, UNSENDABLE};
use self::random::{Dice, START};
use super::lab::{Key, Lab, Make, Zone};
use super::primaries;

/// To each server.
const MESSAGES: usize = 10_000;
/// Zones that are changed at the same time, each over connections of its own.
const LANES: usize = 8;
/// How many unexplained differences are shown.
const SHOWN: usize = 25;

#[test]
fn as_bind_does_it() {
    same_as(Make::Bind);
}

#[test]
fn as_knot_does_it() {
    same_as(Make::Knot);
}

/// What all lanes have met.
#[derive(Default)]
struct Tally {
    codes: BTreeMap<Option<u16>, usize>,
    deviations: BTreeMap<&'static str, usize>,
    unexplained: Vec<String>,
}

fn same_as(make: Make) {
    let names: Vec<String> = (0..LANES).map(|lane| format!("z{lane}.test")).collect();
    let zones: Vec<Zone> = names.iter().map(|name| Zone::new(name, START)).collect();
    let Some(lab) = Lab::start(make, &zones, &Key::default()) else { return };
    let key = primaries::key(&lab.key);
    let origins: Vec<Name> =
        names.iter().map(|name| Name::parse(format!("{name}.").as_bytes(), None).unwrap()).collect();
    let zones: Vec<Snapshot> =
        origins.iter().map(|origin| zonefile::read_zone(START.as_bytes(), Some(origin)).unwrap().0).collect();
    let embedded = Primary::start(zones, vec![key.clone()], Options::default()).unwrap();
    let tally = Mutex::new(Tally::default());
    std::thread::scope(|scope| {
        for (lane, origin) in origins.iter().enumerate() {
            let (tally, embedded, key, address) = (&tally, &embedded, key.clone(), lab.address);
            scope.spawn(move || {
                let mut dice = Dice(20_260_101 + lane as u64);
                let mut ours = Connection::open(embedded.address, key.clone());
                let mut theirs = Connection::open(address, key);
                let mut before = embedded.snapshot(origin).unwrap();
                for _ in 0..MESSAGES / LANES {
                    let message = random::message(&mut dice, &before);
                    let unsendable =
                        UNSENDABLE.iter().find(|one| one.make == make && (one.is)(&message, &before));
                    if let Some(unsendable) = unsendable {
                        *tally.lock().unwrap().deviations.entry(unsendable.cause).or_default() += 1;
                        continue;
                    }
                    let codes = (ours.update(&message), theirs.update(&message));
                    let expected = embedded.snapshot(origin).unwrap();
                    let after = Arc::new(theirs.transfer(origin, &message));
                    let case = Case { message: &message, before: &before, ours: &expected, theirs: &after };
                    let differences = differences(make, &before, codes, &expected, &after);
                    tally.lock().unwrap().judge(make, &case, &differences, codes.1);
                    if !differences.is_empty() || !is_spelled_the_same(&expected, &after) {
                        embedded.replace(after.with_changes(&ChangeMap::new()).unwrap());
                    }
                    before = after;
                }
            });
        }
    });
    tally.into_inner().unwrap().finish(make);
}

/// Where the server went another way than the embedded primary.
fn differences(
    make: Make,
    before: &Snapshot,
    (ours, theirs): (Option<Rcode>, Option<Rcode>),
    expected: &Snapshot,
    actual: &Snapshot,
) -> Vec<Difference> {
    let mut differences = Vec::new();
    let mut expected = expected;
    if ours != theirs {
        differences.push(Difference::Code { ours, theirs });
        if theirs == Some(Rcode::NOERROR) {
            return differences;
        }
        // Whatever we did, an error changes nothing.
        expected = before;
    }
    let keys = |zone: &Snapshot| -> Vec<RrKey> { zone.set_ids().filter_map(|set| zone.key(set)).collect() };
    let all: BTreeSet<RrKey> = keys(expected).into_iter().chain(keys(actual)).collect();
    for key in all {
        let (ours, theirs) = (expected.get(&key), actual.get(&key));
        let is_same = match make {
            // It shortens names without regard to case, so that others than those sent come back.
            Make::Knot => same_contents(ours.as_ref(), theirs.as_ref(), key.rtype),
            _ => same_octets(ours.as_ref(), theirs.as_ref()),
        };
        if !is_same {
            differences.push(Difference::Set { key, ours, theirs });
        }
    }
    differences
}

/// Is each record spelled the same in both zones?
fn is_spelled_the_same(one: &Snapshot, other: &Snapshot) -> bool {
    let sorted = |zone: &Snapshot| {
        let mut records: Vec<_> = (zone.records())
            .map(|record| (record.owner.wire().to_vec(), record.rtype, record.rdata.to_vec()))
            .collect();
        records.sort();
        records
    };
    sorted(one) == sorted(other)
}

impl Tally {
    fn judge(&mut self, make: Make, case: &Case<'_>, differences: &[Difference], code: Option<Rcode>) {
        *self.codes.entry(code.map(|code| code.0)).or_default() += 1;
        let explained = |difference: &Difference| {
            DEVIATIONS.iter().find(|one| one.make == make && (one.explains)(case, difference))
        };
        // The serial follows from what else is different.
        let is_serial = |difference: &Difference| {
            differences.len() > 1
                && matches!(difference, Difference::Set { key, .. } if key.rtype == RecordType::SOA)
        };
        let (known, unknown): (Vec<_>, Vec<_>) = (differences.iter())
            .filter(|difference| !is_serial(difference))
            .map(|difference| (difference, explained(difference)))
            .partition(|(_, deviation)| deviation.is_some());
        for deviation in known.iter().filter_map(|(_, deviation)| *deviation) {
            *self.deviations.entry(deviation.cause).or_default() += 1;
        }
        // What is there otherwise decides what may come beside it.
        let follows =
            |difference: &Difference| known.iter().any(|(other, _)| other.owner() == difference.owner());
        let unexplained: Vec<String> = (unknown.iter())
            .filter(|(difference, _)| difference.owner().is_none() || !follows(difference))
            .map(|(difference, _)| difference.to_string())
            .collect();
        if !unexplained.is_empty() {
            self.unexplained.push(format!("{make}:\n{case}{}", unexplained.join("\n")));
        }
    }

    fn finish(self, make: Make) {
        let Tally { codes, deviations, unexplained } = self;
        println!("{make}: answers {codes:?}, deviations {deviations:#?}");
        let shown: Vec<&str> = unexplained.iter().take(SHOWN).map(String::as_str).collect();
        assert!(
            shown.is_empty(),
            "{} of {MESSAGES} are unexplained:\n{}",
            unexplained.len(),
            shown.join("\n")
        );
        let all = DEVIATIONS.iter().filter(|one| one.make == make).map(|one| one.cause);
        let all = all.chain(UNSENDABLE.iter().filter(|one| one.make == make).map(|one| one.cause));
        for cause in all {
            assert!(deviations.contains_key(cause), "{make}: never met: {cause}");
        }
        for code in [0, 1, 3, 6, 7, 8, 9, 10] {
            let met = codes.get(&Some(code)).copied().unwrap_or_default();
            assert!(met >= 5, "{make} answered {} only {met} times", Rcode(code));
        }
    }
}
