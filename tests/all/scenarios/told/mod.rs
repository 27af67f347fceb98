//! What the person is told: the stories of `list.rs` and `people.rs`, run against BIND, Knot, PowerDNS and the embedded
//! primary. All that is said, in the review and after the push, is held in `told/*.snap`; the zone at the end is held
//! against `named-compilezone` by way of `dig AXFR`, so that what is said must be true.
//!
//! Which scenarios and traps of the project's reference pages the stories stand for is in `coverage.rs`.

mod access;
mod coverage;
mod list;
mod people;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use zonewright::dns;
use zonewright::facts::{Failure, ServerKind};
use zonewright::push::{Outcome, PredictionKind, Report, ServerTraits, Verdict, plan, predict};
use zonewright::server::{self, Options};
use zonewright::wire::key::{Algorithm, Key as WireKey, Secret};
use zonewright::zone::changes::diff;
use zonewright::zone::{Draft, Name, RecordType, RrKey};
use zonewright::zonefile;

use super::list::When;
use super::primary::{self, Primary};
use super::{check, difference, edited};
use crate::lab::{Key, Lab, Make, Zone, compiled, dig_axfr, nsupdate, try_compiled, without_serial};
use list::{Access, Edit, Story};

/// How many stories run against one server at a time: most of their time goes in waiting.
const AT_A_TIME: usize = 12;

#[test]
fn bind() {
    against(Make::Bind, ServerKind::Bind);
}

#[test]
fn knot() {
    against(Make::Knot, ServerKind::Knot);
}

#[test]
fn powerdns() {
    against(Make::PowerDns, ServerKind::PowerDns);
}

#[test]
fn embedded() {
    let key = Key::default();
    let zones = zones(ServerKind::Embedded).into_iter().map(|zone| {
        let origin = Name::parse(format!("{}.", zone.name).as_bytes(), None).unwrap();
        zonefile::read_zone(zone.text.as_bytes(), Some(&origin)).unwrap().0
    });
    let server = server::Primary::start(zones.collect(), vec![primary::wire_key(&key)], Options::default());
    let server = server.unwrap();
    run_all(server.address, ServerKind::Embedded, &key, &|_| panic!("no story is for the embedded primary"));
}

/// Every story: for all servers, and for single ones.
fn stories() -> Vec<Story> {
    let mut stories = list::all();
    stories.extend(people::all());
    stories
}

fn zones(kind: ServerKind) -> Vec<Zone> {
    let mut zones = Vec::new();
    for story in stories().into_iter().filter(|story| story.is_for(kind)) {
        zones
            .push(Zone { settings: story.settings.clone(), ..Zone::new(story.zone(), story.before.clone()) });
        zones.extend(story.child.as_ref().map(|text| Zone::new(story.child_zone(), text.clone())));
    }
    zones
}

fn against(make: Make, kind: ServerKind) {
    let Some(lab) = Lab::start(make, &zones(kind), &Key::default()) else { return };
    run_all(lab.address, kind, &lab.key, &|zone| lab.freeze(zone));
}

fn run_all(address: SocketAddr, kind: ServerKind, key: &Key, freeze: &(dyn Fn(&str) + Sync)) {
    let waiting: Vec<Story> = stories().into_iter().filter(|story| story.is_for(kind)).collect();
    let order: Vec<String> =
        waiting.iter().map(|story| format!("{} ({})", story.name, story.covers)).collect();
    let waiting = Mutex::new(waiting);
    let (told, wrong) = (Mutex::new(BTreeMap::new()), Mutex::new(Vec::new()));
    let work = || {
        let primary = Primary::new(address, kind, key.clone());
        loop {
            // A guard in the condition of `while let` would be held in the body.
            let Some(story) = waiting.lock().unwrap().pop() else { return };
            match run(&primary, &story, freeze) {
                Ok(text) => {
                    told.lock().unwrap().insert(format!("{} ({})", story.name, story.covers), text);
                }
                Err(why) => wrong.lock().unwrap().push(format!("{}: {why}", story.name)),
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..AT_A_TIME {
            scope.spawn(work);
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{kind:?}:\n{}", wrong.join("\n\n"));
    let told = told.into_inner().unwrap();
    let text: String = order.iter().map(|story| format!("== {story}\n{}", told[story])).collect();
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(".");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let name = format!("{kind:?}").to_lowercase();
    settings.bind(|| insta::assert_snapshot!(name, text));
}

/// Runs one story. What was told, or what is wrong: above all, where it was not true.
fn run(primary: &Primary, story: &Story, freeze: &dyn Fn(&str)) -> Result<String, String> {
    let zone = story.zone();
    let origin = Name::parse(format!("{zone}.").as_bytes(), None).unwrap();
    let base = Arc::new(primary.transfer(&origin)?);
    let draft = match &story.edit {
        Edit::To(text) => {
            let wanted =
                zonefile::read_zone(text.as_bytes(), Some(&origin)).map_err(|why| format!("{why:?}"))?;
            edited(Arc::clone(&base), &wanted.0)
        }
        Edit::Raw(edits) => {
            let mut draft = Draft::new(Arc::clone(&base));
            draft.edit("the story", edits(&origin));
            draft
        }
    };
    let traits = ServerTraits { kind: primary.kind };
    let mut told = Told {
        text: String::new(),
        origin: origin.clone(),
        server: primary.address.to_string(),
        // Then it is another one each second, pushed or not.
        serial_is_time: story.settings.iter().any(|(_, text)| text.contains("'SOA-EDIT', 'EPOCH'")),
    };
    let plan = match plan(&base, draft.changes(), traits) {
        Ok(plan) => plan,
        Err(error) => {
            told.line("cannot be sent", &error.to_string());
            return Ok(told.text);
        }
    };
    plan.notes.iter().for_each(|note| told.line("review", note));
    let predictions = predict(&base, &plan, draft.changes(), traits);
    for prediction in &predictions {
        told.line("review", &format!("{}: {}", told.key(&prediction.key), prediction.message));
    }
    let disturb = |when| match &story.other {
        Some(other) if other.when == when => {
            nsupdate(primary.address, &primary.key, &zone, &other.update.replace("{zone}", &zone));
        }
        _ => {}
    };
    disturb(When::BeforePush);
    let sender = sender(primary, story.access);
    let mut is_first = true;
    let report = sender.push(&base, draft.changes(), traits, plan, || {
        // Only before the first of several attempts.
        if std::mem::take(&mut is_first) {
            disturb(When::BeforeSend);
            if story.is_frozen {
                freeze(&zone);
            }
        }
    });
    told.report(&report);
    is_true(primary, story, &report, &told)?;
    let is_done = matches!(report.outcome, Outcome::Applied | Outcome::NothingToDo);
    let is_alone = story.other.is_none() && story.access == Access::Good && !story.is_frozen;
    let is_foreseen =
        !predictions.is_empty() || story.settings.iter().any(|(make, _)| is(*make, primary.kind));
    let is_doomed = predictions.iter().any(|prediction| prediction.kind != PredictionKind::Altered);
    check(!is_doomed || report.outcome != Outcome::Applied, || format!("wrongly foreseen:\n{}", told.text))?;
    check(is_done || !is_alone || is_foreseen, || format!("not foreseen:\n{}", told.text))?;
    Ok(told.text)
}

fn is(make: Make, kind: ServerKind) -> bool {
    let own = match make {
        Make::Bind => ServerKind::Bind,
        Make::Knot => ServerKind::Knot,
        Make::PowerDns => ServerKind::PowerDns,
        Make::Nsd => return false,
    };
    own == kind
}

/// The zone must be what the report says.
fn is_true(primary: &Primary, story: &Story, report: &Report, told: &Told) -> Result<(), String> {
    let zone = story.zone();
    let actual = without_serial(dig_axfr(primary.address, &primary.key, &zone));
    let intended = match (&story.result, &story.edit, &report.outcome) {
        (Some(result), ..) => Some(result),
        (None, Edit::To(after), Outcome::Applied | Outcome::NothingToDo) => Some(after),
        (None, _, Outcome::Applied | Outcome::NothingToDo | Outcome::Partly | Outcome::Unknown(_)) => None,
        _ => Some(&story.before),
    };
    let untouched = without_serial(compiled(&zone, &story.before));
    if let Some(intended) = intended {
        let (missing, extra) = match try_compiled(&zone, intended).map(without_serial) {
            Ok(intended) => (difference(&intended, &actual), difference(&actual, &intended)),
            // What BIND would not load, others serve.
            Err(_) => (ours_differs(primary, &zone, intended)?, Vec::new()),
        };
        check(missing.is_empty() && extra.is_empty(), || {
            format!("missing {missing:#?}, not wanted {extra:#?}, and this was told:\n{}", told.text)
        })?;
    }
    let none_applied = !report.verdicts.iter().any(|(_, _, verdict)| *verdict == Verdict::Applied);
    let all_kept = report.verdicts.iter().all(|(_, _, verdict)| matches!(verdict, Verdict::NotApplied(_)));
    check(story.other.is_some() || !(none_applied && all_kept) || actual == untouched, || {
        format!("told as not applied, but the zone is different:\n{}", told.text)
    })
}

/// In what the zone differs from this text, by our own reading of both.
fn ours_differs(primary: &Primary, zone: &str, text: &str) -> Result<Vec<String>, String> {
    let origin = Name::parse(format!("{zone}.").as_bytes(), None).unwrap();
    let (wanted, _) =
        zonefile::read_zone(text.as_bytes(), Some(&origin)).map_err(|why| format!("{why:?}"))?;
    let actual = primary.transfer(&origin)?;
    let soa = RrKey::new(origin, RecordType::SOA);
    Ok(diff(&actual, &wanted).into_keys().filter(|key| *key != soa).map(|key| format!("{key:?}")).collect())
}

/// Who sends the update, as the story has it.
fn sender(primary: &Primary, access: Access) -> Primary {
    let key = primary::wire_key(&primary.key);
    let named = |name: &str| WireKey { name: Name::parse(name.as_bytes(), None).unwrap(), ..key.clone() };
    // Far enough from a whole minute that the answer's way does not matter.
    fn ahead() -> u64 {
        dns::unix_time() + 2 * 3600 + 12 * 60 + 30
    }
    fn behind() -> u64 {
        dns::unix_time() - 2 * 3600 - 12 * 60 - 30
    }
    let (key, clock): (Option<WireKey>, dns::Clock) = match access {
        Access::Good => (Some(key), dns::unix_time),
        Access::NoKey => (None, dns::unix_time),
        Access::UnknownKey => (Some(named("other-key.")), dns::unix_time),
        Access::KeyInCapitals => (Some(named("LAB-Key.")), dns::unix_time),
        Access::WrongSecret => {
            (Some(WireKey { secret: Secret::new(b"quite another".to_vec()), ..key }), dns::unix_time)
        }
        Access::WrongAlgorithm => (Some(WireKey { algorithm: Algorithm::HmacSha512, ..key }), dns::unix_time),
        Access::ClockAhead => (Some(key), ahead),
        Access::ClockBehind => (Some(key), behind),
    };
    primary.sending_as(key, clock)
}

/// What is told, in lines.
struct Told {
    text: String,
    origin: Name,
    /// The address, which is another one each time.
    server: String,
    serial_is_time: bool,
}

impl Told {
    fn line(&mut self, what: &str, text: &str) {
        let text = text.replace(&self.server, "SERVER");
        writeln!(self.text, "  {what}: {text}").unwrap();
    }

    fn key(&self, key: &RrKey) -> String {
        format!("{} {}", key.owner.relative_to(&self.origin), key.rtype)
    }

    fn report(&mut self, report: &Report) {
        let keys = |keys: &[RrKey]| keys.iter().map(|key| self.key(key)).collect::<Vec<_>>().join(", ");
        let (ending, failure) = match &report.outcome {
            Outcome::Applied => ("applied".into(), None),
            Outcome::Partly => ("not as asked for".into(), None),
            Outcome::Refused(failure) => ("refused".into(), Some(failure)),
            Outcome::Conflict(touched) => (format!("conflict: {}", keys(touched)), None),
            Outcome::ReviewAgain => ("to be reviewed again".into(), None),
            Outcome::CannotSend(why) => (format!("not sent: {why}"), None),
            Outcome::CannotReach(failure) => (format!("not sent: {failure}"), None),
            Outcome::Unknown(failure) => ("not known".into(), Some(failure)),
            Outcome::NothingToDo => ("nothing to do".into(), None),
            // More may come, with messages that are sent one after the other.
            #[allow(unreachable_patterns)]
            other => (format!("{other:?}"), None),
        };
        self.line("ended", &ending);
        if let Some(Failure { what, why, next, .. }) = failure {
            [what, why, next].into_iter().for_each(|sentence| self.line("  ", sentence));
        }
        for note in &report.notes {
            self.line("note", note);
        }
        for (key, _, verdict) in &report.verdicts {
            let (word, why) = match verdict {
                Verdict::Applied => continue,
                Verdict::NotApplied(why) => ("not applied", why),
                Verdict::ChangedByServer(_, why) => ("changed by the server", why),
                Verdict::ChangedSince(_, why) => ("applied, then changed", why),
                Verdict::Unknown(why) => ("unknown", why),
            };
            self.line(&self.key(key), &format!("{word}. {why}"));
        }
        let applied = report.verdicts.iter().filter(|(_, _, verdict)| *verdict == Verdict::Applied).count();
        if !report.verdicts.is_empty() {
            self.line("applied", &format!("{applied} of {}", report.verdicts.len()));
        }
        let same_serial = report.serial_after.is_some_and(|after| after == report.serial_before);
        if same_serial && applied > 0 && !self.serial_is_time {
            self.line("serial", "as it was");
        }
    }
}
