//! RFC 2136 section 3 by example, after the scenarios that were run against real servers, and by property.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::zone::changes::{Change, ChangeMap, Contents};
use crate::zone::testing::*;
use crate::zone::{RrKey, RrSet, Snapshot, Soa};

const BASE: &[(&str, u32, &str)] = &[
    ("@", 300, "SOA 100"),
    ("@", 300, "NS ns1"),
    ("@", 300, "NS ns2"),
    ("@", 300, "MX 10 mail"),
    ("@", 300, "TXT apex"),
    ("ns1", 300, "A 192.0.2.1"),
    ("ns2", 300, "A 192.0.2.2"),
    ("one", 300, "A 192.0.2.10"),
    ("two", 300, "A 192.0.2.11"),
    ("two", 300, "A 192.0.2.12"),
    ("two", 300, "TXT two"),
    ("alias", 300, "CNAME one"),
    ("deep.ent", 300, "TXT deep"),
    ("*.wild", 300, "A 192.0.2.20"),
    ("deleg", 300, "NS ns.deleg"),
    ("ns.deleg", 300, "A 192.0.2.30"),
    ("dn", 300, "DNAME other"),
];

fn run(prerequisites: Vec<Prerequisite>, operations: Vec<Operation>) -> Result<Applied, Rcode> {
    let base = zone(BASE);
    let update = Update { zone: name("@"), prerequisites, operations };
    apply(&Contents { base: &base, changes: &ChangeMap::new() }, &update)
}

fn guard(prerequisite: Prerequisite) -> Result<Applied, Rcode> {
    run(vec![prerequisite], vec![add("guarded", 60, "TXT x")])
}

fn add(owner: &str, ttl: u32, record: &str) -> Operation {
    let (rtype, rdata) = record_data(record);
    Operation::Add(name(owner), rtype, ttl, rdata)
}

fn delete(owner: &str, record: &str) -> Operation {
    let (rtype, rdata) = record_data(record);
    Operation::DeleteRecord(name(owner), rtype, rdata)
}

fn delete_set(owner: &str, rtype: RecordType) -> Operation {
    Operation::DeleteRrset(name(owner), rtype)
}

fn is(owner: &str, records: &[&str]) -> Prerequisite {
    let records: Vec<_> = records.iter().map(|record| record_data(record)).collect();
    Prerequisite::RrsetIs(name(owner), records[0].0, records.into_iter().map(|(_, rdata)| rdata).collect())
}

/// What operations make of the base zone: changed RRsets but the SOA, as text; `!` before the serial when it is not
/// one higher though something changed.
fn outcome(operations: Vec<Operation>) -> Vec<String> {
    changed(&run(Vec::new(), operations).unwrap())
}

fn changed(applied: &Applied) -> Vec<String> {
    let mut lines = Vec::new();
    for (key, change) in &applied.changes {
        let owner = key.owner.relative_to(&name("@"));
        if key.rtype == RecordType::SOA {
            let after = change.after.as_ref().unwrap();
            let serial = Soa::from_rdata(&after.rdata[0]).unwrap().serial;
            if serial != 101 || after.ttl != 300 {
                lines.push(format!("{owner} {} SOA {serial}", after.ttl));
            }
            continue;
        }
        match &change.after {
            None => lines.push(format!("{owner} {} gone", key.rtype.0)),
            Some(set) => {
                let records: Vec<String> = set.rdata.iter().map(|rdata| describe(key.rtype, rdata)).collect();
                lines.push(format!("{owner} {} {}", set.ttl, records.join(", ")));
            }
        }
    }
    lines
}

fn ignored(operations: Vec<Operation>) -> Vec<(usize, Ignored)> {
    run(Vec::new(), operations).unwrap().ignored
}

#[test]
fn prerequisites_on_names() {
    use Prerequisite::{NameInUse, NameNotInUse};
    assert!(guard(NameInUse(name("one"))).is_ok(), "P01");
    assert!(guard(NameInUse(name("ONE"))).is_ok());
    assert!(guard(NameInUse(name("@"))).is_ok(), "P02");
    assert_eq!(guard(NameInUse(name("nope"))), Err(Rcode::NXDOMAIN), "P03");
    assert!(guard(NameNotInUse(name("nope"))).is_ok(), "P04");
    assert_eq!(guard(NameNotInUse(name("one"))), Err(Rcode::YXDOMAIN), "P05");
    assert!(guard(NameNotInUse(name("ent"))).is_ok(), "P23: an empty non-terminal owns no record");
    assert_eq!(guard(NameInUse(name("ent"))), Err(Rcode::NXDOMAIN), "P23");
    assert_eq!(guard(NameInUse(name("a.wild"))), Err(Rcode::NXDOMAIN), "P21: no wildcard synthesis");
    assert!(guard(NameInUse(name("*.wild"))).is_ok(), "P22");
    assert_eq!(guard(NameInUse(name("example.net."))), Err(Rcode::NOTZONE), "P16");
    assert_eq!(guard(NameNotInUse(name("example.net."))), Err(Rcode::NOTZONE));
}

#[test]
fn prerequisites_on_rrsets() {
    use Prerequisite::{RrsetAbsent, RrsetExists};
    assert!(guard(RrsetExists(name("one"), RecordType::A)).is_ok(), "P06");
    assert_eq!(guard(RrsetExists(name("one"), RecordType::TXT)), Err(Rcode::NXRRSET), "P07");
    assert!(guard(RrsetAbsent(name("one"), RecordType::TXT)).is_ok(), "P08");
    assert_eq!(guard(RrsetAbsent(name("one"), RecordType::A)), Err(Rcode::YXRRSET), "P09");
    assert!(guard(RrsetAbsent(name("a.wild"), RecordType::A)).is_ok(), "P21");
    assert_eq!(guard(RrsetExists(name("one"), RecordType(0))), Err(Rcode::NXRRSET), "M15");
    assert_eq!(guard(RrsetExists(name("example.net."), RecordType::A)), Err(Rcode::NOTZONE));
    assert_eq!(guard(RrsetAbsent(name("example.net."), RecordType::A)), Err(Rcode::NOTZONE));
}

#[test]
fn prerequisites_on_contents() {
    assert!(guard(is("two", &["A 192.0.2.11", "A 192.0.2.12"])).is_ok(), "P10");
    assert!(guard(is("two", &["A 192.0.2.12", "A 192.0.2.11"])).is_ok(), "P11");
    assert_eq!(guard(is("two", &["A 192.0.2.11"])), Err(Rcode::NXRRSET), "P12");
    let more = ["A 192.0.2.11", "A 192.0.2.12", "A 192.0.2.13"];
    assert_eq!(guard(is("two", &more)), Err(Rcode::NXRRSET), "P13");
    assert_eq!(guard(is("nope", &["A 192.0.2.11"])), Err(Rcode::NXRRSET));
    assert_eq!(guard(is("example.net.", &["A 192.0.2.11"])), Err(Rcode::NOTZONE));
    assert!(guard(is("@", &["SOA 100"])).is_ok(), "P25");
    assert_eq!(guard(is("@", &["SOA 99"])), Err(Rcode::NXRRSET), "P26");
    // P14: parts of one set in several places count as one set.
    let parts =
        vec![is("two", &["A 192.0.2.11"]), is("one", &["A 192.0.2.10"]), is("two", &["A 192.0.2.12"])];
    assert!(run(parts, vec![]).is_ok());
}

#[test]
fn one_failing_prerequisite_fails_all() {
    let guards = vec![Prerequisite::NameInUse(name("one")), Prerequisite::NameNotInUse(name("two"))];
    assert_eq!(run(guards, vec![add("x", 60, "TXT x")]), Err(Rcode::YXDOMAIN), "P27");
    // Contents are compared last (RFC 2136 section 3.2.5).
    let guards = vec![is("one", &["A 192.0.2.99"]), Prerequisite::NameInUse(name("nope"))];
    assert_eq!(run(guards, vec![]), Err(Rcode::NXDOMAIN));
    let applied = run(vec![Prerequisite::NameInUse(name("one"))], vec![]).unwrap();
    assert!(applied.changes.is_empty(), "P24");
}

#[test]
fn another_zone() {
    let base = zone(BASE);
    let update = Update { zone: name("one"), prerequisites: vec![], operations: vec![] };
    let result = apply(&Contents { base: &base, changes: &ChangeMap::new() }, &update);
    assert_eq!(result, Err(Rcode::NOTAUTH), "M02");
}

#[test]
fn adding() {
    assert_eq!(outcome(vec![add("new", 60, "A 192.0.2.50")]), ["new 60 A 192.0.2.50"], "A01");
    assert_eq!(outcome(vec![add("one", 300, "A 192.0.2.9")]), ["one 300 A 192.0.2.10, A 192.0.2.9"], "A02");
    assert_eq!(outcome(vec![add("*.new", 60, "A 192.0.2.50")]), ["*.new 60 A 192.0.2.50"], "A09");
    assert_eq!(outcome(vec![add("a.b.c", 0, "A 192.0.2.50")]), ["a.b.c 0 A 192.0.2.50"], "A10, A24");
    assert_eq!(outcome(vec![add("ONE", 60, "TXT x")]), ["ONE 60 TXT x"], "A14");
    assert_eq!(outcome(vec![add("ns2.deleg", 60, "TXT x")]), ["ns2.deleg 60 TXT x"], "A25: occluded");
}

#[test]
fn adding_what_is_there() {
    let same = vec![add("one", 300, "A 192.0.2.10")];
    assert_eq!(outcome(same.clone()), [""; 0], "A03: not even the serial");
    assert_eq!(run(vec![], same.clone()).unwrap().changes, ChangeMap::new());
    assert_eq!(ignored(same), [(0, Ignored::AlreadyThere)]);
    assert_eq!(outcome(vec![add("one", 60, "A 192.0.2.10")]), ["one 60 A 192.0.2.10"], "A04");
}

#[test]
fn a_ttl_belongs_to_the_set() {
    let wide = "two 60 A 192.0.2.11, A 192.0.2.12, A 192.0.2.13";
    assert_eq!(outcome(vec![add("two", 60, "A 192.0.2.13")]), [wide], "A05");
    let last_wins = vec![add("new", 60, "A 192.0.2.1"), add("new", 90, "A 192.0.2.2")];
    assert_eq!(outcome(last_wins), ["new 90 A 192.0.2.1, A 192.0.2.2"], "A06");
    let one_by_one = vec![delete("two", "A 192.0.2.11"), add("two", 60, "A 192.0.2.11")];
    assert_eq!(outcome(one_by_one), ["two 60 A 192.0.2.12, A 192.0.2.11"], "A36");
}

#[test]
fn mixed_ttls_stay_until_something_is_added() {
    let base = zone(&[
        ("@", 300, "SOA 100"),
        ("@", 300, "NS ns1"),
        ("m", 1, "A 192.0.2.1"),
        ("m", 2, "A 192.0.2.2"),
        ("m", 3, "A 192.0.2.3"),
    ]);
    let run = |operation| {
        let update = Update { zone: name("@"), prerequisites: vec![], operations: vec![operation] };
        let applied = apply(&Contents { base: &base, changes: &ChangeMap::new() }, &update).unwrap();
        applied.changes.get(&key("m", RecordType::A)).unwrap().after.clone().unwrap()
    };
    assert_eq!(run(delete("m", "A 192.0.2.1")).mixed_ttls, [2, 3]);
    assert_eq!(run(add("m", 9, "A 192.0.2.1")).mixed_ttls, [0u32; 0]);
    assert_eq!(run(add("m", 9, "A 192.0.2.1")).ttl, 9);
}

#[test]
fn the_last_of_mixed_ttls_is_already_there() {
    let base = zone(&[
        ("@", 300, "SOA 100"),
        ("@", 300, "NS ns1"),
        ("m", 1, "A 192.0.2.1"),
        ("m", 2, "A 192.0.2.2"),
    ]);
    for (ttl, ignored) in [(1, vec![]), (2, vec![(1, Ignored::AlreadyThere)])] {
        let operations = vec![delete("m", "A 192.0.2.1"), add("m", ttl, "A 192.0.2.2")];
        let update = Update { zone: name("@"), prerequisites: vec![], operations };
        let applied = apply(&Contents { base: &base, changes: &ChangeMap::new() }, &update).unwrap();
        assert_eq!(applied.ignored, ignored, "{ttl}");
    }
}

#[test]
fn prescan() {
    let ok = add("x", 60, "TXT x");
    for (bad, rcode) in [
        (add("example.net.", 60, "TXT x"), Rcode::NOTZONE),
        (delete("example.net.", "TXT x"), Rcode::NOTZONE),
        (delete_set("example.net.", RecordType::TXT), Rcode::NOTZONE),
        (Operation::DeleteName(name("example.net.")), Rcode::NOTZONE),
        (Operation::Add(name("x"), RecordType::ANY, 60, Box::new([])), Rcode::FORMERR),
        (Operation::Add(name("x"), RecordType::AXFR, 60, Box::new([])), Rcode::FORMERR),
        (Operation::Add(name("x"), RecordType::TKEY, 60, Box::new([])), Rcode::FORMERR),
        (Operation::Add(name("x"), RecordType(0), 60, Box::new([])), Rcode::FORMERR),
        (Operation::Add(name("@"), RecordType::SOA, 60, Box::new([1])), Rcode::FORMERR),
        (delete_set("x", RecordType::AXFR), Rcode::FORMERR),
        (Operation::DeleteRecord(name("x"), RecordType::ANY, Box::new([])), Rcode::FORMERR),
    ] {
        assert_eq!(run(vec![], vec![ok.clone(), bad.clone(), ok.clone()]), Err(rcode), "{bad:?}");
    }
}

#[test]
fn deleting() {
    assert_eq!(outcome(vec![delete("two", "A 192.0.2.11")]), ["two 300 A 192.0.2.12"], "D01");
    assert_eq!(outcome(vec![delete_set("two", RecordType::A)]), ["two 1 gone"], "D02");
    assert_eq!(outcome(vec![Operation::DeleteName(name("TWO"))]), ["two 1 gone", "two 16 gone"], "D03");
    assert_eq!(outcome(vec![delete_set("two", RecordType::ANY)]), ["two 1 gone", "two 16 gone"]);
    for missing in [
        delete("two", "A 192.0.2.99"),
        delete("two", "MX 10 mail"),
        delete("nope", "A 192.0.2.1"),
        delete("@", "MX 20 mail"),
        delete("a.wild", "A 192.0.2.20"),
        delete_set("nope", RecordType::A),
        Operation::DeleteName(name("nope")),
        Operation::DeleteName(name("ent")),
    ] {
        let applied = run(vec![], vec![missing]).unwrap();
        assert!(applied.changes.is_empty(), "D04, D05, D07, D08");
        assert_eq!(applied.ignored, [(0, Ignored::NotThere)]);
    }
    let back = vec![delete_set("one", RecordType::A), add("one", 300, "A 192.0.2.10")];
    assert_eq!(outcome(back), [""; 0], "A30: what comes back unchanged is no change");
    let away = vec![add("new", 60, "TXT x"), delete("new", "TXT x")];
    assert_eq!(outcome(away), [""; 0], "A29");
    let rename = vec![Operation::DeleteName(name("one")), add("uno", 300, "A 192.0.2.10")];
    assert_eq!(outcome(rename), ["one 1 gone", "uno 300 A 192.0.2.10"], "A39");
}

#[test]
fn cname_rule() {
    let beside = vec![add("one", 60, "CNAME two")];
    assert_eq!(outcome(beside.clone()), [""; 0], "C01");
    assert_eq!(ignored(beside), [(0, Ignored::CnameBesideData)]);
    let beside = vec![add("alias", 60, "A 192.0.2.1")];
    assert_eq!(outcome(beside.clone()), [""; 0], "C02");
    assert_eq!(ignored(beside), [(0, Ignored::DataBesideCname)]);
    assert_eq!(outcome(vec![add("alias", 60, "CNAME two")]), ["alias 60 CNAME two"], "C03");
    let swap = vec![delete_set("one", RecordType::A), add("one", 60, "CNAME two")];
    assert_eq!(outcome(swap), ["one 1 gone", "one 60 CNAME two"], "C04");
    let wrong_order = vec![add("one", 60, "CNAME two"), delete_set("one", RecordType::A)];
    assert_eq!(outcome(wrong_order), ["one 1 gone"], "C05: nothing is left");
    let two = vec![add("new", 60, "CNAME one"), add("new", 60, "CNAME two")];
    assert_eq!(outcome(two), ["new 60 CNAME two"], "C06");
    let both = vec![add("new", 60, "CNAME one"), add("new", 60, "A 192.0.2.1")];
    assert_eq!(outcome(both), ["new 60 CNAME one"], "C07");
    assert_eq!(ignored(vec![add("@", 60, "CNAME one")]), [(0, Ignored::CnameBesideData)], "C08");
    assert_eq!(outcome(vec![add("dn", 60, "DNAME one")]), ["dn 60 DNAME one"], "C10");
    let signed = vec![add("alias", 60, "NSEC two")];
    assert_eq!(outcome(signed), ["alias 60 NSEC two"], "signed zones: NSEC beside a CNAME");
}

#[test]
fn apex_is_protected() {
    for rtype in [RecordType::NS, RecordType::SOA] {
        assert_eq!(outcome(vec![delete_set("@", rtype)]), [""; 0], "N01, Z04");
        assert_eq!(ignored(vec![delete_set("@", rtype)]), [(0, Ignored::ApexProtected)]);
    }
    assert_eq!(ignored(vec![delete("@", "SOA 100")]), [(0, Ignored::ApexProtected)]);
    assert_eq!(outcome(vec![Operation::DeleteName(name("@"))]), ["@ 15 gone", "@ 16 gone"], "N02");
    let both = vec![delete("@", "NS ns1"), delete("@", "NS ns2")];
    assert_eq!(outcome(both.clone()), ["@ 300 NS ns2"], "N03");
    assert_eq!(ignored(both), [(1, Ignored::LastApexNs)]);
    let union = vec![delete_set("@", RecordType::NS), add("@", 300, "NS ns3")];
    assert_eq!(outcome(union), ["@ 300 NS ns1, NS ns2, NS ns3"], "N04");
    let right = vec![add("@", 300, "NS ns3"), delete("@", "NS ns1"), delete("@", "NS ns2")];
    assert_eq!(outcome(right), ["@ 300 NS ns3"], "N05");
    let not_there = vec![delete("@", "NS ns1"), delete("@", "NS nope")];
    assert_eq!(ignored(not_there), [(1, Ignored::NotThere)]);
    assert_eq!(outcome(vec![delete_set("deleg", RecordType::NS)]), ["deleg 2 gone"], "N08");
    assert_eq!(outcome(vec![delete("deleg", "NS ns.deleg")]), ["deleg 2 gone"], "N09");
}

#[test]
fn soa() {
    assert_eq!(outcome(vec![add("@", 300, "SOA 200")]), ["@ 300 SOA 200"], "Z01");
    for serial in ["SOA 99", "SOA 100", "SOA 2147483748", "SOA 2147483749"] {
        assert_eq!(outcome(vec![add("@", 300, serial)]), [""; 0], "Z02, Z03, Z07: {serial}");
        assert_eq!(ignored(vec![add("@", 300, serial)]), [(0, Ignored::SerialNotHigher)]);
    }
    assert_eq!(outcome(vec![add("@", 300, "SOA 2147483747")]), ["@ 300 SOA 2147483747"]);
    assert_eq!(outcome(vec![add("@", 60, "SOA 101")]), ["@ 60 SOA 101"], "Z08");
    assert_eq!(ignored(vec![add("one", 60, "SOA 101")]), [(0, Ignored::SoaNotAtApex)], "Z05");
    let with_data = vec![add("@", 300, "SOA 200"), add("x", 60, "TXT x")];
    assert_eq!(outcome(with_data), ["@ 300 SOA 200", "x 60 TXT x"], "a raised serial is not raised again");
}

#[test]
fn two_raised_serials_never_lead_round_to_a_lower_one() {
    let far = || add("@", 300, "SOA 2147483747");
    // Each is after the one before it; the last is before the zone's own.
    let round = vec![far(), add("@", 300, "SOA 99")];
    assert_eq!(outcome(round.clone()), ["@ 300 SOA 2147483747"]);
    assert_eq!(ignored(round), [(1, Ignored::SerialNotHigher)]);
    let back = vec![add("@", 300, "SOA 101"), add("@", 300, "SOA 2147483748")];
    assert_eq!(ignored(back), [(1, Ignored::SerialNotHigher)], "beyond comparing with the first");
}

#[test]
fn serial_wraps_past_zero() {
    let base = zone(&[("@", 300, "SOA 4294967295"), ("@", 300, "NS ns1")]);
    let update = Update { zone: name("@"), prerequisites: vec![], operations: vec![add("x", 60, "TXT x")] };
    let applied = apply(&Contents { base: &base, changes: &ChangeMap::new() }, &update).unwrap();
    let soa = applied.changes.get(&key("@", RecordType::SOA)).unwrap().after.clone().unwrap();
    assert_eq!(Soa::from_rdata(&soa.rdata[0]).unwrap().serial, 1);
}

#[test]
fn works_over_changes_not_yet_in_the_snapshot() {
    let base = zone(BASE);
    let mut changes = ChangeMap::new();
    for operation in
        [add("one", 60, "TXT x"), delete_set("two", RecordType::A), add("three", 60, "A 192.0.2.3")]
    {
        let update = Update { zone: name("@"), prerequisites: vec![], operations: vec![operation] };
        let applied = apply(&Contents { base: &base, changes: &changes }, &update).unwrap();
        changes.extend(applied.changes);
    }
    let after = base.with_changes(&changes).unwrap();
    assert_eq!(after.serial(), 103);
    assert!(after.find(&key("two", RecordType::A)).is_none());
    assert!(after.find(&key("three", RecordType::A)).is_some());
}

#[test]
fn rrsig_sets_go_together() {
    let sig = |covered: u8| -> Box<[u8]> { Box::new([0, covered, 13, 2, 0, 0, 0, 0]) };
    let mut changes = ChangeMap::new();
    for covered in [1, 16] {
        let key = RrKey::of_record(name("one").as_ref(), RecordType::RRSIG, &sig(covered));
        let after = Some(RrSet::new(300, vec![sig(covered)]));
        changes.insert(key, Change { before: None, after });
    }
    let base = zone(BASE).with_changes(&changes).unwrap();
    let run = |prerequisites, operations| {
        let update = Update { zone: name("@"), prerequisites, operations };
        apply(&Contents { base: &base, changes: &ChangeMap::new() }, &update)
    };
    let both = Prerequisite::RrsetIs(name("one"), RecordType::RRSIG, vec![sig(16), sig(1)]);
    let applied = run(vec![both], vec![delete_set("one", RecordType::RRSIG)]).unwrap();
    assert_eq!(applied.changes.len(), 3, "two sets and the SOA");
    let exists = Prerequisite::RrsetExists(name("one"), RecordType::RRSIG);
    let one = Operation::DeleteRecord(name("one"), RecordType::RRSIG, sig(1));
    assert_eq!(run(vec![exists], vec![one]).unwrap().changes.len(), 2);
    assert_eq!(
        run(vec![Prerequisite::RrsetAbsent(name("one"), RecordType::RRSIG)], vec![]),
        Err(Rcode::YXRRSET)
    );
}

/// By owner and type: the TTL and the RDATA.
type Records = BTreeMap<(Name, u16), (u32, Vec<Vec<u8>>)>;

/// RFC 2136 section 3.4.2 once more, as naively as possible: a list of records.
fn naive(base: &Snapshot, operations: &[Operation]) -> Records {
    let mut zone: Records = BTreeMap::new();
    for record in base.records() {
        let set = zone.entry((record.owner.to_name(), record.rtype.0)).or_insert((record.ttl, vec![]));
        set.1.push(record.rdata.to_vec());
    }
    let apex = base.origin();
    let serial = |rdata: &[u8]| Soa::from_rdata(rdata).unwrap().serial;
    for operation in operations {
        let owner = operation.owner();
        match operation {
            Operation::DeleteName(_) => {
                zone.retain(|(name, rtype), _| name != owner || name == apex && matches!(rtype, 2 | 6))
            }
            Operation::DeleteRrset(_, rtype) => {
                if !(owner == apex && matches!(rtype.0, 2 | 6)) {
                    zone.remove(&(owner.clone(), rtype.0));
                }
            }
            Operation::DeleteRecord(_, rtype, rdata) => {
                let key = (owner.clone(), rtype.0);
                if let Some((_, records)) = zone.get_mut(&key) {
                    let last = records.len() == 1;
                    if !(owner == apex && (rtype.0 == 6 || rtype.0 == 2 && last)) {
                        records.retain(|own| own[..] != rdata[..]);
                        if records.is_empty() {
                            zone.remove(&key);
                        }
                    }
                }
            }
            Operation::Add(_, rtype, ttl, rdata) => {
                let key = (owner.clone(), rtype.0);
                let has_cname = zone.contains_key(&(owner.clone(), 5));
                let has_other = zone.keys().any(|(name, other)| name == owner && *other != 5);
                if rtype.0 == 5 && has_other || rtype.0 != 5 && has_cname {
                    continue;
                }
                if rtype.0 == 6 {
                    let current = zone.get(&key).map(|(_, records)| serial(&records[0]));
                    if current.is_none_or(|current| !crate::zone::serial::is_after(serial(rdata), current)) {
                        continue;
                    }
                }
                let set = zone.entry(key).or_insert((*ttl, vec![]));
                set.0 = *ttl;
                if rtype.is_singleton() {
                    set.1.clear();
                }
                if !set.1.iter().any(|own| own[..] == rdata[..]) {
                    set.1.push(rdata.to_vec());
                }
            }
        }
    }
    zone.values_mut().for_each(|(_, records)| records.sort());
    zone
}

fn any_operation() -> impl Strategy<Value = Operation> {
    (any_record(), 0..8u8).prop_map(|((owner, ttl, record), kind)| {
        let (rtype, rdata) = record_data(&record);
        match kind {
            0 => Operation::DeleteName(name(&owner)),
            1 => Operation::DeleteRrset(name(&owner), rtype),
            2..=4 => Operation::DeleteRecord(name(&owner), rtype, rdata),
            _ => Operation::Add(name(&owner), rtype, ttl, rdata),
        }
    })
}

proptest! {
    #[test]
    fn does_what_the_naive_model_does(base in any_zone(), operations in prop::collection::vec(any_operation(), 0..20)) {
        let expected = naive(&base, &operations);
        let update = Update { zone: name("@"), prerequisites: vec![], operations };
        let applied = apply(&Contents { base: &base, changes: &ChangeMap::new() }, &update).unwrap();
        let after = base.with_changes(&applied.changes).unwrap();
        let mut actual = naive(&after, &[]);
        let soa_key = (name("@"), 6);
        if expected[&soa_key] == naive(&base, &[])[&soa_key] {
            // The update did not raise the serial itself: one higher exactly when something changed.
            prop_assert_eq!(after.serial(), base.serial() + u32::from(!applied.changes.is_empty()));
            actual.insert(soa_key.clone(), expected[&soa_key].clone());
        }
        prop_assert_eq!(actual, expected);
        for (key, change) in &applied.changes {
            prop_assert_eq!(&change.before, &base.get(key));
            prop_assert!(!change.is_empty());
        }
    }

    #[test]
    fn random_octets_never_panic(
        base in any_zone(),
        records in prop::collection::vec((any::<u16>(), any::<u32>(), prop::collection::vec(any::<u8>(), 0..30), any::<u8>()), 0..10),
    ) {
        let mut update = Update { zone: name("@"), prerequisites: vec![], operations: vec![] };
        for (rtype, ttl, rdata, kind) in records {
            let (owner, rtype, rdata) = (name(["@", "a", "example.net."][usize::from(kind % 16 / 7)]), RecordType(rtype % 70), Rdata::from(rdata));
            match kind % 7 {
                0 => update.prerequisites.push(Prerequisite::RrsetIs(owner, rtype, vec![rdata])),
                1 => update.prerequisites.push(Prerequisite::RrsetAbsent(owner, rtype)),
                2 => update.operations.push(Operation::DeleteRrset(owner, rtype)),
                3 => update.operations.push(Operation::DeleteRecord(owner, rtype, rdata)),
                _ => update.operations.push(Operation::Add(owner, rtype, ttl, rdata)),
            }
        }
        let _ = apply(&Contents { base: &base, changes: &ChangeMap::new() }, &update);
    }
}
