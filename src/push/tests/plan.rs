//! What is sent, by example, and the planner held against `apply`.

use proptest::prelude::*;

use super::*;
use crate::push::plan::{Guards, plan_with};
use crate::push::{PlanError, plan, predict};
use crate::wire::update::MAX_UPDATE;
use crate::zone::changes::diff;
use crate::zone::{Change, Name, Soa};

fn planned(kind: ServerKind, edits: Vec<(RrKey, Option<RrSet>)>) -> Vec<String> {
    let base = Arc::new(zone(BASE));
    lines(only(&plan(&base, &changes_of(&base, edits), traits(kind)).unwrap()))
}

fn error(edits: Vec<(RrKey, Option<RrSet>)>) -> PlanError {
    let base = Arc::new(zone(BASE));
    let error = plan(&base, &changes_of(&base, edits), traits(ServerKind::Bind)).unwrap_err();
    assert!(error.to_string().ends_with('.'), "{error}");
    error
}

#[test]
fn new_rrset() {
    for kind in KINDS {
        assert_eq!(
            planned(kind, vec![edit("new", 60, &["A 192.0.2.50", "A 192.0.2.51"])]),
            ["? new A absent", "? new CNAME absent", "+ new 60 A 192.0.2.50", "+ new 60 A 192.0.2.51"]
        );
    }
    assert_eq!(
        planned(ServerKind::Bind, vec![edit("new", 60, &["A 192.0.2.50"]), edit("new", 60, &["TXT x"])]),
        [
            "? new A absent",
            "? new CNAME absent",
            "? new TXT absent",
            "+ new 60 A 192.0.2.50",
            "+ new 60 TXT \"x\""
        ]
    );
}

#[test]
fn deleted_rrset() {
    for kind in KINDS {
        assert_eq!(
            planned(kind, vec![gone("two", RecordType::A)]),
            ["? two A is 192.0.2.11, 192.0.2.12", "- two A"]
        );
    }
}

#[test]
fn changed_records() {
    assert_eq!(
        planned(ServerKind::Bind, vec![edit("two", 300, &["A 192.0.2.12", "A 192.0.2.13"])]),
        ["? two A is 192.0.2.11, 192.0.2.12", "? @ SOA is", "- two A 192.0.2.11", "+ two 300 A 192.0.2.13"]
    );
    // A record less: no TTL can be overwritten.
    assert_eq!(
        planned(ServerKind::Bind, vec![edit("two", 300, &["A 192.0.2.12"])]),
        ["? two A is 192.0.2.11, 192.0.2.12", "- two A 192.0.2.11"]
    );
}

#[test]
fn a_ttl_that_cannot_be_guarded_is_said() {
    let base = Arc::new(zone(BASE));
    let changes = changes_of(&base, vec![edit("one", 300, &["A 192.0.2.10", "A 192.0.2.13"])]);
    let plan = plan(&base, &changes, traits(ServerKind::PowerDns)).unwrap();
    assert_eq!(lines(only(&plan)), ["? one A is 192.0.2.10", "+ one 300 A 192.0.2.13"]);
    assert!(plan.notes.iter().any(|note| note.starts_with("TTL not guarded")), "{:?}", plan.notes);
}

#[test]
fn ttl_change_replaces_the_whole_set() {
    let edits = || vec![edit("two", 60, &["A 192.0.2.11", "A 192.0.2.12"])];
    let body = ["- two A", "+ two 60 A 192.0.2.11", "+ two 60 A 192.0.2.12"];
    let guards = ["? two A is 192.0.2.11, 192.0.2.12", "? @ SOA is"];
    assert_eq!(planned(ServerKind::Bind, edits()), [&guards[..], &body[..]].concat());
    assert_eq!(planned(ServerKind::PowerDns, edits()), [&guards[..1], &body[..]].concat());
    // Knot drops a message of nothing but TTLs.
    let bump = ["+ @ 300 SOA ns1 hostmaster 101 7200 900 1209600 300"];
    assert_eq!(planned(ServerKind::Knot, edits()), [&guards[..], &bump[..], &body[..]].concat());
}

#[test]
fn mixed_ttls_become_one_when_edited_and_stay_else() {
    let mut records = BASE.to_vec();
    records.extend([("mixed", 10, "A 192.0.2.1"), ("mixed", 20, "A 192.0.2.2")]);
    let base = Arc::new(zone(&records));
    let changes = changes_of(&base, vec![edit("mixed", 10, &["A 192.0.2.1", "A 192.0.2.2"])]);
    let update = only(&plan(&base, &changes, traits(ServerKind::Bind)).unwrap()).clone();
    assert_eq!(lines(&update)[2..], ["- mixed A", "+ mixed 10 A 192.0.2.1", "+ mixed 10 A 192.0.2.2"]);
    assert!(
        base.get(&key("mixed", RecordType::A))
            .unwrap()
            .same(&base.get(&key("mixed", RecordType::A)).unwrap(), RecordType::A)
    );
}

#[test]
fn cname_in_and_out() {
    assert_eq!(
        planned(ServerKind::Bind, vec![edit("new", 60, &["CNAME one"])]),
        ["? new not in use", "+ new 60 CNAME one"]
    );
    assert_eq!(
        planned(ServerKind::Bind, vec![gone("one", RecordType::A), edit("one", 60, &["CNAME two"])]),
        ["? one A is 192.0.2.10", "? one CNAME absent", "? @ SOA is", "- one A", "+ one 60 CNAME two"]
    );
    assert_eq!(
        planned(
            ServerKind::Bind,
            vec![gone("alias", RecordType::CNAME), edit("alias", 60, &["A 192.0.2.9"])]
        ),
        ["? alias A absent", "? alias CNAME is one", "- alias CNAME", "+ alias 60 A 192.0.2.9"]
    );
    assert_eq!(
        planned(ServerKind::Bind, vec![edit("alias", 300, &["CNAME two"])]),
        ["? alias CNAME is one", "? @ SOA is", "+ alias 300 CNAME two"]
    );
    let without_soa =
        planned(ServerKind::PowerDns, vec![gone("one", RecordType::A), edit("one", 60, &["CNAME two"])]);
    assert!(without_soa.contains(&"? one TXT absent".into()), "{without_soa:?}");
    assert_eq!(error(vec![edit("one", 60, &["CNAME two"])]), PlanError::CnameBesideData(name("one")));
    assert_eq!(error(vec![edit("alias", 60, &["A 192.0.2.9"])]), PlanError::CnameBesideData(name("alias")));
    assert_eq!(error(vec![edit("@", 60, &["CNAME two"])]), PlanError::CnameBesideData(name("@")));
    let two = vec![edit("new", 60, &["CNAME one", "CNAME two"])];
    assert_eq!(error(two), PlanError::Several(key("new", RecordType::CNAME)));
}

/// On a zone that it signs, Knot ignored the CNAME after it had carried out the deletion.
#[test]
fn a_cname_in_the_place_of_signed_data() {
    let mut signed = BASE.to_vec();
    signed.extend([("@", 300, "RRSIG 6"), ("one", 300, "RRSIG 1"), ("one", 300, "NSEC two")]);
    let base = Arc::new(zone(&signed));
    let operations = |kind, edits| {
        let changes = changes_of(&base, edits);
        let plan = plan(&base, &changes, traits(kind)).unwrap();
        assert_eq!(predict(&base, &plan, &changes, traits(kind)), [], "{kind:?}");
        plan.operations().cloned().collect::<Vec<_>>()
    };
    let swap = || vec![gone("one", RecordType::A), edit("one", 60, &["CNAME two"])];
    let clears = Operation::DeleteName(name("one"));
    for kind in KINDS {
        let cleared = operations(kind, swap()).contains(&clears);
        assert_eq!(cleared, matches!(kind, ServerKind::Knot | ServerKind::Unknown), "{kind:?}");
    }
    let other = vec![gone("one", RecordType::A), edit("one", 60, &["TXT x"])];
    assert!(!operations(ServerKind::Knot, other).contains(&clears));
    let unsigned = planned(ServerKind::Knot, swap());
    assert!(unsigned.contains(&"- one A".into()), "{unsigned:?}");
}

#[test]
fn what_the_server_makes_is_never_sent() {
    let with_signature = [BASE, &[("@", 300, "RRSIG 6")]].concat();
    let error = |records: &[(&str, u32, &str)], kind, edits| {
        let base = Arc::new(zone(records));
        plan(&base, &changes_of(&base, edits), traits(kind)).err()
    };
    let cds = || vec![edit("@", 60, &["CDS 0123456789abcdef0123456789abcdef"])];
    let param = || {
        let set = RrSet::new(0, vec![Box::from([1, 0, 0, 0, 0])]);
        vec![(key("@", RecordType::NSEC3PARAM), Some(set))]
    };
    for kind in KINDS {
        let managed = |rtype| Some(PlanError::Managed(key("@", rtype)));
        assert_eq!(error(&with_signature, kind, cds()), managed(RecordType::CDS));
        assert_eq!(error(BASE, kind, cds()), None);
        let refused = managed(RecordType::NSEC3PARAM).filter(|_| kind == ServerKind::PowerDns);
        assert_eq!(error(BASE, kind, param()), refused, "{kind:?}");
    }
}

#[test]
fn apex_nameservers() {
    for kind in KINDS {
        let swap = planned(kind, vec![edit("@", 300, &["NS a.example.net.", "NS b.example.net."])]);
        assert_eq!(
            swap[swap.len() - 4..],
            ["+ @ 300 NS a.example.net.", "+ @ 300 NS b.example.net.", "- @ NS ns1", "- @ NS ns2"]
        );
        // With a new record the TTL changes by itself.
        let with_ttl = planned(kind, vec![edit("@", 60, &["NS ns1", "NS ns3"])]);
        assert_eq!(with_ttl[with_ttl.len() - 3..], ["+ @ 60 NS ns1", "+ @ 60 NS ns3", "- @ NS ns2"]);
    }
    assert_eq!(error(vec![gone("@", RecordType::NS)]), PlanError::LastNameserver(name("@")));
}

#[test]
fn apex_nameservers_ttl() {
    let edits = || vec![edit("@", 60, &["NS ns1", "NS ns2"])];
    for kind in [ServerKind::Bind, ServerKind::PowerDns, ServerKind::Embedded] {
        let update = planned(kind, edits());
        assert_eq!(update[update.len() - 2..], ["+ @ 60 NS ns1", "+ @ 60 NS ns2"], "{kind:?}");
    }
    assert_eq!(planned(ServerKind::Knot, edits())[3..], ["- @ NS ns1", "+ @ 60 NS ns1"]);
    assert_eq!(
        planned(ServerKind::Unknown, edits())[3..],
        ["- @ NS ns1", "+ @ 60 NS ns1", "- @ NS ns2", "+ @ 60 NS ns2"]
    );
    let fewer = planned(ServerKind::Knot, vec![edit("@", 60, &["NS ns2"])]);
    assert_eq!(fewer[2..], ["- @ NS ns2", "+ @ 60 NS ns2", "- @ NS ns1"]);
}

#[test]
fn single_apex_nameserver_ttl() {
    let base = Arc::new(zone(&[("@", 300, "SOA 100"), ("@", 300, "NS ns1"), ("ns1", 300, "A 192.0.2.1")]));
    let changes = changes_of(&base, vec![edit("@", 60, &["NS ns1"])]);
    for kind in KINDS {
        let update = only(&plan(&base, &changes, traits(kind)).unwrap()).clone();
        let operations = lines(&update);
        match kind {
            ServerKind::Knot => assert_eq!(
                operations[3..],
                [
                    "+ @ 60 NS zonewright-placeholder.invalid.",
                    "- @ NS ns1",
                    "+ @ 60 NS ns1",
                    "- @ NS zonewright-placeholder.invalid."
                ]
            ),
            _ => assert_eq!(operations.last().unwrap(), "+ @ 60 NS ns1"),
        }
        let after = updated(&base, &update).unwrap().get(&key("@", RecordType::NS)).unwrap();
        assert_eq!((after.ttl, after.rdata.len()), (60, 1), "{kind:?}");
    }
}

#[test]
fn soa() {
    for (wanted, sent) in
        [("SOA 100 3600", 101), ("SOA 90 3600", 101), ("SOA 200 3600", 200), ("SOA 200 7200", 200)]
    {
        assert_eq!(
            planned(ServerKind::Bind, vec![edit("@", 300, &[wanted])])[1..],
            [format!("+ @ 300 SOA ns1 hostmaster {sent} {} 900 1209600 300", &wanted[wanted.len() - 4..])]
        );
    }
    let ttl = planned(ServerKind::Bind, vec![edit("@", 60, &["SOA 100"])]);
    assert_eq!(ttl, ["? @ SOA is", "+ @ 60 SOA ns1 hostmaster 101 7200 900 1209600 300"]);
    assert_eq!(
        planned(ServerKind::PowerDns, vec![edit("@", 300, &["SOA 100 3600"])]).len(),
        1,
        "no SOA guard"
    );
    let lower = vec![edit("@", 300, &["SOA 99"])];
    assert_eq!(error(lower), PlanError::SerialNotHigher { current: 100, wanted: 99 });
    let too_far = vec![edit("@", 300, &["SOA 2147483748"])];
    assert!(matches!(error(too_far), PlanError::SerialNotHigher { .. }));
    assert_eq!(error(vec![gone("@", RecordType::SOA)]), PlanError::SoaDeleted);
    assert_eq!(error(vec![edit("@", 300, &["SOA 101", "SOA 102"])]), PlanError::BadSoa);
    assert_eq!(error(vec![edit("one", 300, &["SOA 101"])]), PlanError::BadSoa);
}

#[test]
fn serial_is_computed_past_the_wrap() {
    let base = Arc::new(zone(&[("@", 300, "SOA 4294967295"), ("@", 300, "NS ns1")]));
    let changes = changes_of(&base, vec![edit("@", 300, &["SOA 4294967295 3600"])]);
    let update = only(&plan(&base, &changes, traits(ServerKind::Bind)).unwrap()).clone();
    assert_eq!(updated(&base, &update).unwrap().serial(), 1);
}

#[test]
fn powerdns_is_not_asked_what_it_gets_wrong() {
    let wildcard = planned(ServerKind::PowerDns, vec![edit("*.wild", 300, &["A 192.0.2.21"])]);
    assert_eq!(wildcard, ["- *.wild A 192.0.2.20", "+ *.wild 300 A 192.0.2.21"]);
    let https = planned(ServerKind::PowerDns, vec![gone("svc", RecordType::HTTPS)]);
    assert_eq!(https, ["? svc HTTPS is 1 one", "- svc HTTPS"]);
    let wildcard_https = planned(ServerKind::PowerDns, vec![edit("*.wild", 300, &["HTTPS one"])]);
    assert_eq!(wildcard_https, ["+ *.wild 300 HTTPS 1 one"]);
}

#[test]
fn contents_that_the_server_misjudges_are_guarded_by_existence() {
    let base = Arc::new(zone(BASE));
    let changes = changes_of(&base, vec![gone("svc", RecordType::HTTPS)]);
    let guards = Guards { contents: false, ..Guards::of(traits(ServerKind::PowerDns)) };
    let plan = plan_with(&base, &changes, traits(ServerKind::PowerDns), &guards, MAX_UPDATE).unwrap();
    assert_eq!(lines(only(&plan)), ["? svc HTTPS exists", "- svc HTTPS"]);
    assert_eq!(plan.notes.len(), 1);
}

#[test]
fn case_is_kept_as_received() {
    let base = Arc::new(zone(&[
        ("@", 300, "SOA 100"),
        ("@", 300, "NS NS1"),
        ("x", 300, "MX 10 Mail"),
        ("x", 300, "MX 20 other"),
    ]));
    let run = |edits| lines(only(&plan(&base, &changes_of(&base, edits), traits(ServerKind::Bind)).unwrap()));
    let less = run(vec![edit("x", 300, &["MX 20 other"])]);
    assert_eq!(less, ["? x MX is 10 Mail, 20 other", "- x MX 10 Mail"]);
    let other_case = run(vec![edit("x", 300, &["MX 10 MAIL", "MX 20 other"])]);
    assert_eq!(
        other_case[2..],
        ["- x MX 10 Mail", "+ x MX 10 MAIL"].map(|line| line.replace("+ x MX", "+ x 300 MX"))
    );
    let apex = run(vec![edit("@", 300, &["NS ns1"])]);
    assert_eq!(apex[2..], ["+ @ 300 NS ns1"], "a delete after it would take the new one away");
}

#[test]
fn nothing_to_send() {
    let base = Arc::new(zone(BASE));
    let (key, set) = edit("two", 300, &["A 192.0.2.12", "A 192.0.2.11"]);
    let reordered = ChangeMap::from([(key.clone(), Change { before: base.get(&key), after: set })]);
    assert_eq!(plan(&base, &reordered, traits(ServerKind::Bind)), Err(PlanError::Nothing));
    assert_eq!(plan(&base, &ChangeMap::new(), traits(ServerKind::Bind)), Err(PlanError::Nothing));
    // Already as wanted.
    let (key, set) = edit("one", 300, &["A 192.0.2.10"]);
    let done = ChangeMap::from([(key, Change { before: None, after: set })]);
    assert_eq!(plan(&base, &done, traits(ServerKind::Bind)), Err(PlanError::Nothing));
}

#[test]
fn refused_plans() {
    let sig = vec![edit("one", 300, &["RRSIG 1"])];
    assert!(matches!(error(sig), PlanError::Managed(_)));
    assert!(matches!(error(vec![edit("one", 300, &["NSEC two"])]), PlanError::Managed(_)));
    assert_eq!(
        error(vec![edit("example.net.", 300, &["A 192.0.2.1"])]),
        PlanError::OutOfZone(name("example.net."))
    );
    let meta = vec![(key("one", RecordType::ANY), Some(RrSet::new(1, vec![Box::new([])])))];
    assert!(matches!(error(meta), PlanError::NotAType(_)));
    let base = Arc::new(zone(BASE));
    let seen = Change { before: edit("one", 300, &["A 192.0.2.99"]).1, after: None };
    let stale = ChangeMap::from([(key("one", RecordType::A), seen)]);
    let conflict = PlanError::Conflict(vec![key("one", RecordType::A)]);
    assert_eq!(plan(&base, &stale, traits(ServerKind::Bind)), Err(conflict));
}

#[test]
fn a_record_too_large_for_a_message() {
    let huge = RrSet::new(300, vec![vec![0; 64_000].into()]);
    let error = error(vec![(key("big", RecordType(65280)), Some(huge))]);
    assert!(matches!(&error, PlanError::TooLarge { octets: 64_001..64_100, .. }), "{error:?}");
}

pub fn without_serial(zone: &Snapshot) -> Vec<(Name, u16, u32, Vec<u8>)> {
    let mut records: Vec<_> = (zone.records())
        .map(|record| {
            let rdata = match Soa::from_rdata(record.rdata) {
                Some(soa) if record.rtype == RecordType::SOA => {
                    Soa { serial: 0, ..soa }.to_rdata().into_vec()
                }
                _ => record.rdata.to_vec(),
            };
            (record.owner.to_name(), record.rtype.0, record.ttl, rdata)
        })
        .collect();
    records.sort();
    records
}

proptest! {
    #[test]
    fn what_is_planned_is_what_happens(a in any_zone(), b in any_zone(), kind in prop::sample::select(KINDS.to_vec())) {
        let mut changes = diff(&a, &b);
        changes.remove(&key("@", RecordType::SOA));
        prop_assume!(!changes.is_empty());
        let update = only(&plan(&a, &changes, traits(kind)).unwrap()).clone();
        let after = updated(&a, &update).unwrap();
        prop_assert_eq!(without_serial(&after), without_serial(&b));
        prop_assert!(crate::zone::serial::is_after(after.serial(), a.serial()));
    }

    #[test]
    fn deletes_come_before_adds_and_nothing_is_both(a in any_zone(), b in any_zone()) {
        let mut changes = diff(&a, &b);
        changes.remove(&key("@", RecordType::SOA));
        prop_assume!(!changes.is_empty());
        let operations = only(&plan(&a, &changes, traits(ServerKind::PowerDns)).unwrap()).operations.clone();
        let mut added: Vec<&Operation> = Vec::new();
        for operation in operations.iter().filter(|op| op.rtype() != Some(RecordType::NS) || *op.owner() != name("@")) {
            match operation {
                Operation::Add(..) => added.push(operation),
                delete => prop_assert!(added.iter().all(|add| add.owner() != delete.owner())),
            }
        }
        for operation in &operations {
            if let Operation::DeleteRecord(owner, rtype, rdata) = operation {
                let is_added = operations.iter().any(|other| {
                    matches!(other, Operation::Add(o, t, _, r) if (o, t, r) == (owner, rtype, rdata))
                });
                prop_assert!(!is_added);
            }
        }
    }
}

/// Knot 3.2 and PowerDNS 4.7 take an IPSECKEY without its key, and then their transfers cannot be read.
#[test]
fn data_that_does_not_fit_its_type_is_not_sent() {
    let base = Arc::new(zone(BASE));
    let misfit =
        |rtype: RecordType, rdata: &[u8]| (key("x", rtype), Some(RrSet::new(60, vec![rdata.into()])));
    for (rtype, rdata) in [(RecordType::A, &[1, 2][..]), (RecordType(45), &[10, 1, 2, 192, 0, 2, 38])] {
        let changes = changes_of(&base, vec![edit("a", 60, &["TXT x"]), misfit(rtype, rdata)]);
        for kind in KINDS {
            let error = plan(&base, &changes, traits(kind)).unwrap_err();
            assert_eq!(error, PlanError::Misfit(key("x", rtype)));
        }
    }
    // Data that came so from the server can stay, and go.
    let mut odd = BASE.to_vec();
    odd.push(("odd", 60, "CDS x"));
    let base = Arc::new(zone(&odd));
    let changes = changes_of(&base, vec![gone("odd", RecordType::CDS)]);
    assert!(plan(&base, &changes, traits(ServerKind::Bind)).is_ok());
}
