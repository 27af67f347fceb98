//! Predictions: what RFC 2136 ignores, and what was measured on single servers.

use super::*;
use crate::push::{Plan, PredictionKind, plan, predict};

fn predicted(kind: ServerKind, edits: Vec<(RrKey, Option<RrSet>)>) -> Vec<(String, PredictionKind)> {
    predicted_on(BASE, kind, edits)
}

fn predicted_on(
    records: &[(&str, u32, &str)],
    kind: ServerKind,
    edits: Vec<(RrKey, Option<RrSet>)>,
) -> Vec<(String, PredictionKind)> {
    let base = Arc::new(zone(records));
    let changes = changes_of(&base, edits);
    let plan = plan(&base, &changes, traits(kind)).unwrap();
    let predictions = predict(&base, &plan, &changes, traits(kind));
    for prediction in &predictions {
        assert!(prediction.message.ends_with('.'), "{}", prediction.message);
        assert!(!prediction.message.contains("  "), "{}", prediction.message);
    }
    predictions.into_iter().map(|found| (found.key.owner.relative_to(&name("@")), found.kind)).collect()
}

const IGNORED: PredictionKind = PredictionKind::Ignored;
const REFUSED: PredictionKind = PredictionKind::Refused;
const ALTERED: PredictionKind = PredictionKind::Altered;

/// What each server kind is expected to do with one edit; the embedded one does what the RFC says.
fn check(edits: impl Fn() -> Vec<(RrKey, Option<RrSet>)>, expected: [Option<PredictionKind>; 3]) {
    let kinds = [ServerKind::Bind, ServerKind::Knot, ServerKind::PowerDns];
    for (kind, expected) in kinds.into_iter().zip(expected) {
        let found: Vec<_> = predicted(kind, edits()).into_iter().map(|(_, kind)| kind).collect();
        assert_eq!(found, Vec::from_iter(expected), "{kind:?}");
    }
    assert_eq!(predicted(ServerKind::Embedded, edits()), []);
    // An unknown server may be any of them. What Knot alone needs a plan of its own for, it gets no plan for.
    let unknown = predicted(ServerKind::Unknown, edits()).len();
    assert!(unknown >= expected.iter().flatten().count(), "{unknown}");
}

#[test]
fn everyday_edits_need_no_word() {
    let edits = || {
        vec![
            edit("new", 60, &["A 192.0.2.50"]),
            edit("two", 60, &["A 192.0.2.11"]),
            gone("one", RecordType::A),
            edit("one", 60, &["CNAME two"]),
            edit("@", 300, &["NS ns1", "NS ns.example.net."]),
            edit("@", 300, &["MX 10 mail", "MX 20 mail.example.net."]),
            edit("_sip._tcp", 300, &["TXT x"]),
            edit("*.new", 300, &["A 192.0.2.1"]),
        ]
    };
    for kind in KINDS {
        assert_eq!(predicted(kind, edits()), [], "{kind:?}");
    }
}

#[test]
fn host_names() {
    check(|| vec![edit("_foo", 60, &["A 192.0.2.1"])], [Some(REFUSED), None, None]);
    check(|| vec![edit("a\\.b", 60, &["AAAA 2001:db8::1"])], [Some(REFUSED), None, None]);
    check(|| vec![edit("x", 60, &["MX 10 _foo.example.net."])], [Some(REFUSED), None, None]);
    check(|| vec![edit("-x", 60, &["MX 10 mail"])], [Some(REFUSED), None, None]);
    check(|| vec![edit("x", 60, &["NS foo-.example.net."])], [Some(REFUSED), None, None]);
}

#[test]
fn targets_without_address() {
    check(|| vec![edit("x", 60, &["MX 10 nowhere"])], [Some(REFUSED), None, None]);
    check(|| vec![edit("x", 60, &["MX 10 alias"])], [Some(REFUSED), None, None]);
    check(|| vec![edit("x", 60, &["MX 10 any.wild"])], [None; 3]);
    check(|| vec![edit("x", 60, &["MX 10 host.deleg"])], [None; 3]);
    check(|| vec![edit("@", 300, &["NS ns1", "NS ns9"])], [Some(REFUSED), None, None]);
    check(|| vec![edit("@", 300, &["NS ns1", "NS ns9"]), edit("ns9", 60, &["A 192.0.2.9"])], [None; 3]);
    check(|| vec![edit("sub", 300, &["NS ns9"])], [None; 3]);
}

#[test]
fn what_bind_ignores() {
    check(|| vec![edit("*.x", 60, &["NS ns1"])], [Some(IGNORED), None, None]);
    check(|| vec![edit("*.x", 60, &["DNAME one"])], [Some(IGNORED), None, None]);
    let digest = "DS 0123456789abcdef0123456789abcdef";
    check(|| vec![edit("@", 60, &[digest])], [Some(IGNORED), None, None]);
    check(|| vec![edit("one", 60, &[digest])], [Some(IGNORED), None, None]);
    check(|| vec![edit("sub", 60, &[digest]), edit("sub", 60, &["NS ns1"])], [None; 3]);
    let with_glue =
        |more| [vec![gone("deleg", RecordType::NS), gone("ns.deleg", RecordType::A)], more].concat();
    check(|| with_glue(vec![]), [Some(ALTERED), None, None]);
    check(|| with_glue(vec![gone("deleg", RecordType::DS)]), [None; 3]);
    check(
        || vec![edit("@", 60, &["CDS 0123456789abcdef0123456789abcdef"])],
        [Some(REFUSED), None, Some(IGNORED)],
    );
}

#[test]
fn what_knot_does_otherwise() {
    assert_eq!(
        predicted(ServerKind::Knot, vec![edit("wild", 60, &["DNAME one"])]),
        [("wild".into(), ALTERED), ("wild".into(), REFUSED)]
    );
    check(|| vec![edit("wild", 60, &["DNAME one"]), gone("*.wild", RecordType::A)], [None; 3]);
    let case = || vec![edit("alias", 300, &["CNAME ONE"])];
    assert_eq!(predicted(ServerKind::Knot, case()), [("alias".into(), IGNORED)]);
    assert_eq!(predicted(ServerKind::Bind, case()), [("alias".into(), IGNORED)]);
    let mail = || vec![edit("@", 300, &["MX 10 MAIL"])];
    assert_eq!(predicted(ServerKind::Knot, mail()), [("@".into(), IGNORED)]);
    assert_eq!(predicted(ServerKind::Bind, mail()), []);
    let mut records = BASE.to_vec();
    records.push(("dn", 300, "DNAME other"));
    let below = || vec![edit("x.dn", 60, &["A 192.0.2.1"])];
    assert_eq!(predicted_on(&records, ServerKind::Knot, below()), [("x.dn".into(), REFUSED)]);
    assert_eq!(predicted_on(&records, ServerKind::Bind, below()), [("x.dn".into(), ALTERED)]);
    let single = [("@", 300, "SOA 100"), ("@", 300, "NS ns.example.net.")];
    let ttl = || vec![edit("@", 60, &["NS ns.example.net."])];
    assert_eq!(predicted_on(&single, ServerKind::Unknown, ttl()), [("@".into(), IGNORED)]);
    assert_eq!(predicted_on(&single, ServerKind::Knot, ttl()), [], "the placeholder works there");
}

#[test]
fn what_powerdns_does_otherwise() {
    check(|| vec![edit("x", 60, &["TYPE65280 abc"])], [None, None, Some(REFUSED)]);
    check(|| vec![edit("@", 60, &["SOA 100"])], [None, None, Some(IGNORED)]);
}

/// An edit that makes a set of one record, of RDATA that has no text here.
fn raw(
    owner: &'static str,
    rtype: RecordType,
    rdata: &'static [u8],
) -> impl Fn() -> Vec<(RrKey, Option<RrSet>)> {
    move || vec![(key(owner, rtype), Some(RrSet::new(60, vec![rdata.into()])))]
}

#[test]
fn records_about_signing_in_a_zone_that_is_not_signed() {
    check(raw("@", RecordType::DNSKEY, &[1, 1, 3, 13, 0]), [Some(REFUSED), None, Some(IGNORED)]);
    // The order to the parent to delete its DS records belongs to no key.
    check(raw("@", RecordType::CDS, &[0; 5]), [None, None, Some(IGNORED)]);
    check(raw("@", RecordType::CDNSKEY, &[0, 0, 3, 0, 0]), [None, None, Some(IGNORED)]);
    check(raw("host", RecordType::CDS, &[0, 1, 13, 240, 0]), [None, None, Some(IGNORED)]);
    check(raw("alias", RecordType::KEY, &[2, 0, 3, 13, 0]), [None, Some(IGNORED), None]);
    let param = raw("@", RecordType::NSEC3PARAM, &[1, 0, 0, 0, 0]);
    assert_eq!(predicted(ServerKind::Bind, param()), [("@".into(), IGNORED)]);
    assert_eq!(predicted(ServerKind::Knot, param()), []);
}

#[test]
fn a_huge_ttl_is_altered_everywhere() {
    for kind in KINDS {
        let found = predicted(kind, vec![edit("x", 0x8000_0000, &["A 192.0.2.1"])]);
        assert_eq!(found, [("x".into(), ALTERED)], "{kind:?}");
    }
}

#[test]
fn what_a_delegation_hides() {
    for kind in KINDS {
        let told = |edits| predicted(kind, edits);
        assert_eq!(told(vec![edit("x.deleg", 60, &["TXT x"])]), [("x.deleg".into(), ALTERED)], "{kind:?}");
        assert_eq!(told(vec![edit("deleg", 60, &["TXT x"])]), [("deleg".into(), ALTERED)], "{kind:?}");
        assert_eq!(told(vec![edit("a.b.deleg", 60, &["NS ns1"])]), [("a.b.deleg".into(), ALTERED)]);
        let over = || vec![edit("wild", 60, &["NS ns1"])];
        assert_eq!(told(over()), [("wild".into(), ALTERED)], "{kind:?}");
        assert_eq!(told(vec![edit("two", 60, &["NS two"])]), [("two".into(), ALTERED)], "its TXT");
        assert_eq!(told(vec![edit("one", 60, &["NS one"])]), [], "glue");
        // Glue, and the end of what was hidden.
        assert_eq!(told(vec![edit("ns.deleg", 60, &["AAAA 2001:db8::1"])]), []);
        assert_eq!(told(vec![gone("ns.deleg", RecordType::A)]), []);
        let edits = vec![gone("deleg", RecordType::NS), gone("deleg", RecordType::DS)];
        assert_eq!(told(edits), [("deleg".into(), ALTERED)], "{kind:?}");
    }
}

#[test]
fn bind_limits_the_records_of_a_set() {
    let records = |count: u8| (1..=count).map(|last| format!("A 192.0.2.{last}")).collect::<Vec<_>>();
    let set = |count| edit("many", 60, &records(count).iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(predicted(ServerKind::Bind, vec![set(100)]), []);
    assert_eq!(predicted(ServerKind::Bind, vec![set(101)]), [("many".into(), REFUSED)]);
    assert_eq!(predicted(ServerKind::Knot, vec![set(101)]), []);
}

#[test]
fn a_bad_plan_is_seen_through() {
    let base = Arc::new(zone(BASE));
    let changes = changes_of(&base, vec![gone("one", RecordType::A), edit("one", 60, &["CNAME two"])]);
    let plan = plan(&base, &changes, traits(ServerKind::Bind)).unwrap();
    let mut step = plan.steps[0].clone();
    step.update.operations.reverse();
    step.update.operations.push(Operation::DeleteName(name("two")));
    let plan = Plan { steps: [step].into(), ..plan };
    let found = predict(&base, &plan, &changes, traits(ServerKind::Embedded));
    let kinds: Vec<_> = found.iter().map(|found| (found.key.clone(), found.kind)).collect();
    assert_eq!(
        kinds,
        [
            (key("one", RecordType::CNAME), IGNORED),
            (key("two", RecordType::A), ALTERED),
            (key("two", RecordType::TXT), ALTERED)
        ]
    );
    assert!(found[0].message.contains("CNAME cannot stand beside"));
}
