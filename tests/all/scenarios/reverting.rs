//! After a scenario its pushes are taken back by their history entries, the last one first: each time the zone must be
//! what it was before that push, with a higher serial. What cannot be taken back is in the table, with the reason.

use std::cell::RefCell;
use std::sync::Arc;

use zonewright::facts::history::{PushRecord, Record, Who};
use zonewright::facts::{Failure, ServerKind};
use zonewright::push::{Outcome, ServerTraits, plan};
use zonewright::store::history::{History, Recording};
use zonewright::zone::draft::{Draft, Entry};
use zonewright::zone::rrset::same_contents;
use zonewright::zone::{Name, RecordType, Snapshot, serial};

use super::list::Scenario;
use super::primary::Primary;
use super::{dig_axfr, in_words, without_serial, without_signing};

/// What a server does not let anybody take back.
struct Exception {
    server: ServerKind,
    scenario: &'static str,
    cause: &'static str,
}

const EXCEPTIONS: &[Exception] = &[];

/// The history that a primary's pushes are recorded in.
pub struct Past {
    root: tempfile::TempDir,
    recording: RefCell<Option<Recording>>,
}

impl Past {
    pub fn new() -> Past {
        Past { root: tempfile::tempdir().unwrap(), recording: RefCell::new(None) }
    }

    pub fn of(&self, zone: &Name) -> History {
        History::new(self.root.path(), "lab", zone)
    }

    pub fn write(&self, zone: &Name, records: &[Record]) -> Result<(), Failure> {
        let mut recording = self.recording.borrow_mut();
        for record in records {
            match (record, &mut *recording) {
                (Record::Begun(intent), place) => {
                    *place = Some(self.of(zone).begin(&Who::default(), intent)?)
                }
                (record, Some(begun)) => begun.write(std::slice::from_ref(record))?,
                (_, None) => panic!("written down before it was begun"),
            }
        }
        Ok(())
    }
}

/// What there was before each push of a scenario.
pub struct Before<'a> {
    primary: &'a Primary,
    scenario: &'a Scenario,
    zone: Name,
    signed: bool,
    /// The zone, and how many pushes were recorded by then.
    states: Vec<(Vec<String>, usize)>,
}

impl<'a> Before<'a> {
    pub fn new(primary: &'a Primary, scenario: &'a Scenario, signed: bool) -> Before<'a> {
        let zone = Name::parse(format!("{}.", scenario.zone()).as_bytes(), None).unwrap();
        Before { primary, scenario, zone, signed, states: Vec::new() }
    }

    /// To be called before each push.
    pub fn note(&mut self) {
        self.states.push((self.lines(), self.history().ids().unwrap().len()));
    }

    fn history(&self) -> History {
        self.primary.past.of(&self.zone)
    }

    fn lines(&self) -> Vec<String> {
        let zone = self.scenario.zone();
        let lines = without_serial(dig_axfr(self.primary.address, &self.primary.key, &zone));
        if self.signed { without_signing(&zone, lines) } else { lines }
    }

    /// Takes the pushes back, the last one first.
    pub fn take_back(&self) -> Result<(), String> {
        let ids = self.history().ids().unwrap();
        let exception = EXCEPTIONS.iter().find(|exception| {
            exception.server == self.primary.kind && exception.scenario == self.scenario.name
        });
        let mut end = ids.len();
        for (number, (before, recorded)) in self.states.iter().enumerate().rev() {
            for id in ids.get(*recorded..end).unwrap_or_default().iter().rev() {
                let record = self.history().read(id).unwrap();
                let result = self.take_back_one(&record, before);
                match exception {
                    None => result.map_err(|why| format!("reverting push {}: {why}", number + 1))?,
                    Some(exception) if result.is_ok() => {
                        return Err(format!("it was taken back, although: {}", exception.cause));
                    }
                    Some(_) => return Ok(()),
                }
            }
            end = *recorded;
        }
        Ok(())
    }

    fn take_back_one(&self, record: &PushRecord, before: &[String]) -> Result<(), String> {
        let base = Arc::new(self.primary.transfer(&self.zone)?);
        let mut draft = Draft::new(Arc::clone(&base));
        draft.replay([Entry::Step(record.reverse_step(&base))]);
        if !draft.conflicts().is_empty() {
            return Err(format!("conflicts {:?}", draft.conflicts()));
        }
        let mut now = Arc::clone(&base);
        if !draft.changes().is_empty() {
            let traits = ServerTraits { kind: self.primary.kind };
            let plan = plan(&base, draft.changes(), traits).map_err(|error| format!("no plan: {error}"))?;
            let report = self.primary.push(&base, draft.changes(), traits, plan, || {});
            if report.outcome != Outcome::Applied {
                return Err(in_words(&report));
            }
            now = Arc::new(self.primary.transfer(&self.zone)?);
            // SOA-EDIT=INCEPTION-INCREMENT serves the date of the signatures as long as the stored serial, which does go
            // on, is not past it.
            let may_stay = self.primary.kind == ServerKind::PowerDns && self.signed;
            let stays = may_stay && now.serial() == base.serial();
            if !stays && !serial::is_after(now.serial(), base.serial()) {
                return Err(format!("serial {} is not after {}", now.serial(), base.serial()));
            }
        }
        if self.scenario.meanwhile.is_none() {
            let lines = self.lines();
            let missing: Vec<_> = before.iter().filter(|line| !lines.contains(line)).collect();
            let extra: Vec<_> = lines.iter().filter(|line| !before.contains(line)).collect();
            if lines != before {
                return Err(format!("missing {missing:#?}, not wanted {extra:#?}"));
            }
        }
        as_before(record, &now)
    }
}

/// Is each set that was taken back what it was, whatever others did to the rest?
fn as_before(record: &PushRecord, now: &Snapshot) -> Result<(), String> {
    let taken = record.reverse();
    for (key, change) in &record.changes {
        let same = same_contents(change.before.as_ref(), now.get(key).as_ref(), key.rtype);
        // The serial of an SOA goes on.
        if !same && taken.contains_key(key) && key.rtype != RecordType::SOA {
            return Err(format!("{key:?} is {:?}", now.get(key)));
        }
    }
    Ok(())
}
