//! An update of a small zone: what RFC 2136 protects stays, what comes out is what a plain reading of its section 3
//! says, and the changes that are told are those that were made.
//!
//! After an octet that is even, the octets are an update message. Else they are a script: each two octets are a
//! prerequisite or operation and a record of the pool that it is about.
#![no_main]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use zonewright::wire::update::{Received, decode, encode};
use zonewright::zone::update::{Applied, Operation, Prerequisite, Rcode, Update, apply, stands_beside_cname};
use zonewright::zone::{ChangeMap, Contents, Name, Rdata, RecordType, RrKey, Snapshot, Soa, serial, types};
use zonewright_fuzz::{Entry, ZONE, entries, origin, pick, zone};

fn from_script(script: &[u8]) -> Update {
    let mut update = Update { zone: origin(), prerequisites: Vec::new(), operations: Vec::new() };
    for [what, which] in script.as_chunks::<2>().0 {
        let Entry { owner, rtype, ttl, rdata } = pick(*which).clone();
        match what % 16 {
            0 => update.prerequisites.push(Prerequisite::NameInUse(owner)),
            1 => update.prerequisites.push(Prerequisite::NameNotInUse(owner)),
            2 => update.prerequisites.push(Prerequisite::RrsetExists(owner, rtype)),
            3 => update.prerequisites.push(Prerequisite::RrsetAbsent(owner, rtype)),
            4 => update.prerequisites.push(Prerequisite::RrsetIs(owner, rtype, vec![rdata])),
            5 => update.operations.push(Operation::DeleteName(owner)),
            6 => update.operations.push(Operation::DeleteRrset(owner, RecordType::ANY)),
            7 => update.operations.push(Operation::DeleteRrset(owner, rtype)),
            8..11 => update.operations.push(Operation::DeleteRecord(owner, rtype, rdata)),
            _ => update.operations.push(Operation::Add(owner, rtype, ttl, rdata)),
        }
    }
    update
}

/// One record of the plain reading.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Plain {
    /// In lower case.
    owner: Vec<u8>,
    rtype: u16,
    /// For RRSIG, the type covered.
    covered: u16,
    ttl: u32,
    rdata: Rdata,
}

impl Plain {
    fn new(owner: &Name, rtype: RecordType, ttl: u32, rdata: &[u8]) -> Plain {
        let covered = match rdata {
            [high, low, ..] if rtype == RecordType::RRSIG => u16::from_be_bytes([*high, *low]),
            _ => 0,
        };
        let owner = owner.wire().to_ascii_lowercase();
        Plain { owner, rtype: rtype.0, covered, ttl, rdata: rdata.into() }
    }

    fn canonical(&self) -> Vec<u8> {
        types::canonical(RecordType(self.rtype), &self.rdata).into_owned()
    }

    fn is_same(&self, other: &Plain) -> bool {
        self.is_in_set_of(other) && self.canonical() == other.canonical()
    }

    fn is_in_set_of(&self, other: &Plain) -> bool {
        self.stands_at(&other.owner, other.rtype) && self.covered == other.covered
    }

    fn stands_at(&self, owner: &[u8], rtype: u16) -> bool {
        self.owner == owner && self.rtype == rtype
    }

    fn is_at_apex(&self) -> bool {
        self.owner == origin().wire()
    }

    /// Is it the SOA, or one of the NS records, of the zone?
    fn is_protected(&self) -> bool {
        self.is_at_apex() && [RecordType::SOA.0, RecordType::NS.0].contains(&self.rtype)
    }
}

fn plain(zone: &Snapshot) -> Vec<Plain> {
    let one = |record: zonewright::zone::RecordRef<'_>| {
        Plain::new(&record.owner.to_name(), record.rtype, record.ttl, record.rdata)
    };
    zone.records().map(one).collect()
}

fn serial_of(records: &[Plain]) -> u32 {
    let soa = records.iter().find(|record| record.rtype == RecordType::SOA.0).expect("an SOA");
    Soa::from_rdata(&soa.rdata).expect("a readable SOA").serial
}

/// RFC 2136 section 3, read plainly: the records afterwards, and which operations had an effect.
fn plainly(before: &[Plain], update: &Update) -> Result<(BTreeSet<Plain>, Vec<bool>), Rcode> {
    if update.zone != origin() {
        return Err(Rcode::NOTAUTH);
    }
    check_prerequisites(before, &update.prerequisites)?;
    for operation in &update.operations {
        if !operation.owner().is_at_or_below(&origin()) {
            return Err(Rcode::NOTZONE);
        }
        let fits = match operation {
            Operation::DeleteName(_) | Operation::DeleteRrset(_, RecordType::ANY) => true,
            Operation::DeleteRrset(_, rtype) | Operation::DeleteRecord(_, rtype, _) => !rtype.is_meta(),
            Operation::Add(_, rtype, _, rdata) => !rtype.is_meta() && types::is_valid(*rtype, rdata),
        };
        fits.then_some(()).ok_or(Rcode::FORMERR)?;
    }
    let mut records = before.to_vec();
    let mut effects = Vec::new();
    for operation in &update.operations {
        let was = records.clone();
        perform(&mut records, operation, serial_of(before));
        effects.push(was.iter().collect::<BTreeSet<_>>() != records.iter().collect());
    }
    let mut after: BTreeSet<Plain> = records.iter().cloned().collect();
    let soas = |records: &[Plain]| -> Vec<Plain> {
        records.iter().filter(|record| record.rtype == RecordType::SOA.0).cloned().collect()
    };
    if after != before.iter().cloned().collect() && soas(before) == soas(&records) {
        let mut soa = soas(&records).remove(0);
        after.remove(&soa);
        let raised = Soa::from_rdata(&soa.rdata).unwrap();
        soa.rdata = Soa { serial: serial::next(raised.serial), ..raised }.to_rdata();
        after.insert(soa);
    }
    Ok((after, effects))
}

fn check_prerequisites(records: &[Plain], prerequisites: &[Prerequisite]) -> Result<(), Rcode> {
    let in_zone = |name: &Name| name.is_at_or_below(&origin()).then_some(()).ok_or(Rcode::NOTZONE);
    let at_name = |name: &Name| {
        let owner = name.wire().to_ascii_lowercase();
        records.iter().any(|record| record.owner == owner)
    };
    let at = |name: &Name, rtype: &RecordType| {
        let owner = name.wire().to_ascii_lowercase();
        records.iter().any(|record| record.stands_at(&owner, rtype.0))
    };
    let unless = |fails: bool, rcode: Rcode| if fails { Err(rcode) } else { Ok(()) };
    let mut wanted: BTreeMap<(Vec<u8>, u16), BTreeSet<Vec<u8>>> = BTreeMap::new();
    for prerequisite in prerequisites {
        match prerequisite {
            Prerequisite::NameInUse(name) => {
                in_zone(name)?;
                unless(!at_name(name), Rcode::NXDOMAIN)?;
            }
            Prerequisite::NameNotInUse(name) => {
                in_zone(name)?;
                unless(at_name(name), Rcode::YXDOMAIN)?;
            }
            Prerequisite::RrsetExists(name, rtype) => {
                in_zone(name)?;
                unless(!at(name, rtype), Rcode::NXRRSET)?;
            }
            Prerequisite::RrsetAbsent(name, rtype) => {
                in_zone(name)?;
                unless(at(name, rtype), Rcode::YXRRSET)?;
            }
            Prerequisite::RrsetIs(name, rtype, rdata) => {
                in_zone(name)?;
                let set = wanted.entry((name.wire().to_ascii_lowercase(), rtype.0)).or_default();
                set.extend(rdata.iter().map(|rdata| types::canonical(*rtype, rdata).into_owned()));
            }
        }
    }
    for ((owner, rtype), wanted) in wanted {
        let own = records.iter().filter(|record| record.stands_at(&owner, rtype));
        let own: BTreeSet<Vec<u8>> = own.map(Plain::canonical).collect();
        unless(own != wanted, Rcode::NXRRSET)?;
    }
    Ok(())
}

fn perform(records: &mut Vec<Plain>, operation: &Operation, first_serial: u32) {
    let owner = operation.owner().wire().to_ascii_lowercase();
    match operation {
        Operation::DeleteName(_) | Operation::DeleteRrset(_, RecordType::ANY) => {
            records.retain(|record| record.owner != owner || record.is_protected());
        }
        Operation::DeleteRrset(_, rtype) => {
            records.retain(|record| !record.stands_at(&owner, rtype.0) || record.is_protected());
        }
        Operation::DeleteRecord(name, rtype, rdata) => {
            let deleted = Plain::new(name, *rtype, 0, rdata);
            let is_last = records.iter().filter(|record| record.is_in_set_of(&deleted)).count() == 1;
            let kept = deleted.is_protected() && (is_last || *rtype == RecordType::SOA);
            records.retain(|record| !record.is_same(&deleted) || kept);
        }
        Operation::Add(name, rtype, ttl, rdata) => {
            let added = Plain::new(name, *rtype, *ttl, rdata);
            let beside = |record: &&Plain| record.owner == added.owner;
            let in_the_way = if *rtype == RecordType::CNAME {
                records.iter().filter(beside).any(|record| !stands_beside_cname(RecordType(record.rtype)))
            } else {
                let is_alias = |record: &Plain| record.rtype == RecordType::CNAME.0;
                !stands_beside_cname(*rtype) && records.iter().filter(beside).any(is_alias)
            };
            let is_older = |current: u32| {
                Soa::from_rdata(rdata).is_none_or(|soa| !serial::is_after(soa.serial, current))
            };
            let useless = *rtype == RecordType::SOA
                && (!added.is_at_apex() || is_older(serial_of(records)) || is_older(first_serial));
            if in_the_way || useless {
                return;
            }
            let replaces = rtype.is_singleton();
            records.retain(|record| !(record.is_same(&added) || replaces && record.is_in_set_of(&added)));
            // A set has one TTL, that of its newest record (RFC 2181 section 5.2).
            for record in records.iter_mut().filter(|record| record.is_in_set_of(&added)) {
                record.ttl = *ttl;
            }
            records.push(added);
        }
    }
}

/// What must hold whatever the update says.
fn check(before: &Snapshot, update: &Update, applied: &Applied) {
    let Applied { changes, ignored } = applied;
    let after = before.with_changes(changes).expect("a zone with an SOA");
    for (key, change) in changes {
        assert!(key.owner.is_at_or_below(&origin()) && !change.is_empty());
        assert_eq!(change.before, before.get(key));
        assert_eq!(change.after, after.get(key));
    }
    for key in before.set_ids().filter_map(|set| before.key(set)) {
        assert!(changes.contains_key(&key) || before.get(&key) == after.get(&key));
    }
    for key in after.set_ids().filter_map(|set| after.key(set)) {
        assert!(changes.contains_key(&key) || before.get(&key).is_some());
        if key.rtype == RecordType::CNAME {
            let others = Contents { base: &after, changes: &ChangeMap::new() }.keys_at(&key.owner);
            assert!(others.iter().all(|other| stands_beside_cname(other.rtype)), "{others:?}");
            assert_eq!(after.get(&key).map(|set| set.rdata.len()), Some(1));
        }
    }
    assert!(after.get(&RrKey::new(origin(), RecordType::NS)).is_some());
    let moved = serial::compare(after.serial(), before.serial());
    let expected = if changes.is_empty() { std::cmp::Ordering::Equal } else { std::cmp::Ordering::Greater };
    assert_eq!(moved, Some(expected), "{} {}", before.serial(), after.serial());
    assert!(ignored.iter().map(|(index, _)| index).is_sorted_by(|a, b| a < b));

    let (records, effects) = plainly(&plain(before), update).expect("the same verdict");
    assert_eq!(plain(&after).into_iter().collect::<BTreeSet<_>>(), records);
    let idle: Vec<usize> = (0..effects.len()).filter(|index| !effects[*index]).collect();
    assert_eq!(ignored.iter().map(|(index, _)| *index).collect::<Vec<_>>(), idle);
}

fuzz_target!(|octets: &[u8]| {
    static BEFORE: LazyLock<Snapshot> = LazyLock::new(|| zone(&entries(ZONE)));
    let update = match octets.split_first() {
        None => return,
        Some((form, message)) if form % 2 == 0 => match decode(message) {
            Ok(received) => received.update,
            Err(_) => return,
        },
        Some((_, script)) => from_script(script),
    };
    let none = ChangeMap::new();
    let contents = Contents { base: &BEFORE, changes: &none };
    let applied = apply(&contents, &update);
    assert_eq!(applied, apply(&contents, &update));
    match &applied {
        Ok(applied) => check(&BEFORE, &update, applied),
        Err(rcode) => assert_eq!(plainly(&plain(&BEFORE), &update).err(), Some(*rcode)),
    }
    // What a message says of the update is carried out the same.
    let sent = encode(0, &update).map(|message| decode(&message));
    if let Ok(Ok(Received { update: read, flaw: None })) = sent {
        assert_eq!(applied, apply(&contents, &read));
    }
});
