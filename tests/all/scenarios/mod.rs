//! The scenarios of `list.rs`, run against BIND, Knot, PowerDNS and the embedded primary: the zone is loaded,
//! edited in a draft and pushed, and then an independent `dig AXFR` must show exactly the zone that the next
//! state of the scenario means to `named-compilezone`, and the report must say so.
//!
//! And again on zones that the servers sign, where their own records are left out of the comparison.
//!
//! What a server cannot do is in `exceptions.rs`; the prediction must have said it.

mod exceptions;
mod list;
pub mod primary;
mod reverting;
mod told;

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use zonewright::facts::ServerKind;
use zonewright::push::{Outcome, PredictionKind, Report, ServerTraits, Verdict, plan, predict};
use zonewright::server::{self, Options};
use zonewright::zone::changes::diff;
use zonewright::zone::managed::without_managed;
use zonewright::zone::types::table;
use zonewright::zone::{Draft, Name, RecordType, RrKey, Snapshot};
use zonewright::zonefile;

use super::lab::{
    Key, Lab, Make, Signing, Zone, compiled, dig_axfr, nsupdate, without_serial, without_signing,
};
use exceptions::{EXCEPTIONS, find};
use list::{Ending, Meanwhile, Scenario, When};
use primary::Primary;

/// How many scenarios run against one server at a time.
const AT_A_TIME: usize = 6;

#[test]
fn bind() {
    against(Make::Bind, None);
}

#[test]
fn bind_signs() {
    against(Make::Bind, Some(Signing::Nsec));
}

#[test]
fn bind_signs_inline() {
    against(Make::Bind, Some(Signing::Inline));
}

#[test]
fn knot() {
    against(Make::Knot, None);
}

#[test]
fn knot_signs() {
    against(Make::Knot, Some(Signing::Nsec));
}

#[test]
fn knot_signs_with_nsec3() {
    against(Make::Knot, Some(Signing::Nsec3));
}

#[test]
fn powerdns() {
    against(Make::PowerDns, None);
}

#[test]
fn powerdns_signs_with_nsec3() {
    against(Make::PowerDns, Some(Signing::Nsec3));
}

#[test]
fn embedded() {
    let key = Key::default();
    let zones = zones().into_iter().map(|zone| {
        let origin = Name::parse(format!("{}.", zone.name).as_bytes(), None).unwrap();
        zonefile::read_zone(zone.text.as_bytes(), Some(&origin)).unwrap().0
    });
    let server = server::Primary::start(zones.collect(), vec![primary::wire_key(&key)], Options::default());
    let server = server.unwrap();
    run_all(server.address, ServerKind::Embedded, &key, None);
}

#[test]
fn every_exception_belongs_to_a_scenario() {
    let scenarios = list::all();
    let names: BTreeSet<&str> = scenarios.iter().map(|scenario| scenario.name.as_str()).collect();
    assert_eq!(names.len(), scenarios.len(), "two scenarios have the same name");
    for exception in EXCEPTIONS {
        let scenario = scenarios.iter().find(|scenario| scenario.name == exception.scenario);
        assert!(
            scenario.is_some_and(|scenario| exception.push < scenario.states.len()),
            "{}",
            exception.scenario
        );
        assert!(!exception.cause.is_empty());
    }
}

#[test]
fn every_type_of_the_table_is_there() {
    let listed: BTreeSet<&str> = list::types().iter().map(|(rtype, _, _)| *rtype).collect();
    // A zone has one SOA, and scenarios of its own for it; MD and MF (obsolete since 1987) and SIG cannot be
    // updated on BIND, nor can its tools print them from a zone file. Signatures and proofs are never sent
    // (`push::PlanError::Managed`), nor is what BIND notes of its signing; the servers that sign make enough of them.
    let elsewhere = ["SOA", "MD", "MF", "SIG", "RRSIG", "NSEC", "NSEC3", "TYPE65534"];
    for info in table() {
        if !elsewhere.contains(&info.mnemonic) {
            let by_number = format!("TYPE{}", info.rtype.0);
            let is_listed = listed.contains(info.mnemonic) || listed.contains(by_number.as_str());
            assert!(is_listed, "{} has no scenario", info.mnemonic);
        }
    }
}

fn zones() -> Vec<Zone> {
    list::all()
        .into_iter()
        .map(|mut scenario| Zone::new(scenario.zone(), scenario.states.remove(0)))
        .collect()
}

fn against(make: Make, signing: Option<Signing>) {
    let kind = match make {
        Make::Bind => ServerKind::Bind,
        Make::Knot => ServerKind::Knot,
        Make::PowerDns => ServerKind::PowerDns,
        Make::Nsd => unreachable!("NSD takes no updates"),
    };
    let (zones, key) = (zones(), Key::default());
    let lab = match signing {
        None => Lab::start(make, &zones, &key),
        Some(signing) => Lab::start_signed(make, signing, &zones, &key),
    };
    let Some(lab) = lab else { return };
    run_all(lab.address, kind, &lab.key, signing);
}

/// Several scenarios at a time: most of their time goes in waiting.
fn run_all(address: SocketAddr, kind: ServerKind, key: &Key, signing: Option<Signing>) {
    let told = Primary::new(address, kind, key.clone()).kind_as_told();
    assert_eq!(told, kind, "the server is recognised");
    let waiting = Mutex::new(list::all());
    let wrong = Mutex::new(Vec::new());
    let work = || {
        let primary = Primary::new(address, kind, key.clone());
        loop {
            // A guard in the condition of `while let` would be held in the body.
            let Some(scenario) = waiting.lock().unwrap().pop() else { return };
            if let Err(why) = run(&primary, &scenario, signing) {
                wrong.lock().unwrap().push(format!("{}: {why}", scenario.name));
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..AT_A_TIME {
            scope.spawn(work);
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{kind:?}, signing {signing:?}:\n{}", wrong.join("\n\n"));
}

/// Runs one scenario; what went wrong, if anything did.
fn run(primary: &Primary, scenario: &Scenario, signing: Option<Signing>) -> Result<(), String> {
    let zone = scenario.zone();
    let mut before = reverting::Before::new(primary, scenario, signing.is_some());
    for (push, state) in scenario.states.iter().enumerate().skip(1) {
        let context = |why: String| format!("push {push}: {why}");
        before.note();
        let exception = find(primary.kind, signing.is_some(), &scenario.name, push);
        let result = push_to(
            primary,
            &zone,
            state,
            signing.is_some(),
            exception.is_some(),
            scenario.meanwhile.as_ref(),
        );
        match (result, exception) {
            (result, None) => result.map_err(context)?,
            (Err(why), Some(_)) => return Err(context(why)),
            // The later states stand on one that was not reached.
            (Ok(()), Some(_)) => return Ok(()),
        }
    }
    before.take_back()
}

fn push_to(
    primary: &Primary,
    zone: &str,
    state: &str,
    signed: bool,
    impossible: bool,
    meanwhile: Option<&Meanwhile>,
) -> Result<(), String> {
    let origin = Name::parse(format!("{zone}.").as_bytes(), None).unwrap();
    let base = Arc::new(primary.transfer(&origin)?);
    let (wanted, _) =
        zonefile::read_zone(state.as_bytes(), Some(&origin)).map_err(|why| format!("{why:?}"))?;
    let draft = edited(Arc::clone(&base), &wanted);
    if impossible && draft.changes().is_empty() {
        // Made by the server: shown, and never a change.
        return Ok(());
    }
    let traits = ServerTraits { kind: primary.kind };
    let plan = match plan(&base, draft.changes(), traits) {
        Ok(plan) => plan,
        // It is said before the review.
        Err(_) if impossible => return Ok(()),
        Err(error) => return Err(format!("no plan: {error}")),
    };
    let predictions = predict(&base, &plan, draft.changes(), traits);
    let fatal: Vec<String> = predictions
        .iter()
        .filter(|prediction| prediction.kind != PredictionKind::Altered)
        .map(|prediction| format!("{:?}: {}", prediction.key, prediction.message))
        .collect();
    check(impossible || fatal.is_empty(), || format!("predicted without reason: {fatal:?}"))?;
    check(!impossible || !predictions.is_empty(), || {
        "the prediction did not say that it cannot be done".into()
    })?;

    let disturb = || {
        let Meanwhile { update, .. } = meanwhile.unwrap();
        nsupdate(primary.address, &primary.key, zone, &update.replace("{zone}", zone));
    };
    let (mut before_push, mut before_send) = match meanwhile.map(|other| other.when) {
        None => (false, false),
        Some(When::BeforePush) => (true, false),
        Some(When::BeforeSend) => (false, true),
    };
    if std::mem::take(&mut before_push) {
        disturb();
    }
    let report = primary.push(&base, draft.changes(), traits, plan, || {
        // Only before the first of several attempts.
        if std::mem::take(&mut before_send) {
            disturb();
        }
    });

    let mut actual = without_serial(dig_axfr(primary.address, &primary.key, zone));
    if signed {
        actual = without_signing(zone, actual);
    }
    let result = meanwhile.map_or(state, |other| other.result.as_str());
    let intended = without_serial(compiled(zone, result));
    if impossible {
        return check(actual != intended && report.outcome != Outcome::Applied, || {
            format!("it was done although exceptions.rs says it cannot be: {:?}", report.outcome)
        });
    }
    let (missing, extra) = (difference(&intended, &actual), difference(&actual, &intended));
    check(actual == intended, || {
        format!("missing {missing:#?}, not wanted {extra:#?}; {}", in_words(&report))
    })?;
    match meanwhile.map(|other| other.ending).unwrap_or(Ending::Applied) {
        Ending::Applied => {
            let all_applied = report.verdicts.iter().all(|(_, _, verdict)| *verdict == Verdict::Applied);
            check(report.outcome == Outcome::Applied && all_applied, || in_words(&report))?;
            check(report.verdicts.len() == draft.changes().len(), || "a change has no verdict".into())?;
            nothing_left(primary, &origin, draft, meanwhile.is_none().then_some(&wanted))
        }
        Ending::Conflict => {
            let touched: Vec<RrKey> = draft.changes().keys().cloned().collect();
            check(report.outcome == Outcome::Conflict(touched), || in_words(&report))
        }
        Ending::NothingToDo => check(report.outcome == Outcome::NothingToDo, || in_words(&report)),
    }
}

/// A draft that makes the zone equal to `wanted`. The serial is the server's business, as is what it makes.
fn edited(base: Arc<Snapshot>, wanted: &Snapshot) -> Draft {
    let edits: Vec<_> = without_managed(diff(&base, wanted), &base, wanted)
        .into_iter()
        .map(|(key, change)| (key, change.after))
        .collect();
    let mut draft = Draft::new(base);
    draft.edit("the scenario", edits);
    draft
}

/// After a push, the draft is empty on the zone as loaded anew, and so is the difference to what was wanted.
fn nothing_left(
    primary: &Primary,
    origin: &Name,
    mut draft: Draft,
    wanted: Option<&Snapshot>,
) -> Result<(), String> {
    let now = Arc::new(primary.transfer(origin)?);
    draft.rebase(Arc::clone(&now));
    // The serial of an edited SOA is the server's.
    let soa = RrKey::new(origin.clone(), RecordType::SOA);
    let left: Vec<&RrKey> = draft.changes().keys().filter(|key| **key != soa).collect();
    check(left.is_empty(), || format!("the draft still holds {left:?}"))?;
    let phantom = wanted.map(|wanted| without_managed(diff(&now, wanted), &now, wanted)).unwrap_or_default();
    check(phantom.is_empty(), || format!("phantom differences {phantom:#?}"))
}

fn difference(a: &[String], b: &[String]) -> Vec<String> {
    a.iter().filter(|line| !b.contains(line)).take(10).cloned().collect()
}

fn in_words(report: &Report) -> String {
    format!("{:?}, answer {:?}, {:?}", report.outcome, report.answer, report.verdicts)
}

fn check(holds: bool, why: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(why()) }
}
