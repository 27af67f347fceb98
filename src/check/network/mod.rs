//! The rules that need answers of others: asked for only where a person wants that.
//!
//! They are as pure as the others. An [`Inquiry`] holds a zone; each [`Inquiry::look`] judges it by the answers known so
//! far and says which are missing. Whoever asks goes on until nothing is missing: some questions come up only with an
//! answer, such as those for an SPF policy that another one includes. What nobody answered is no finding: it is told
//! apart, with the reason. Of each rule the number of things that it looks at is limited, and what is passed over is
//! counted.

mod addresses;
mod aliases;
mod delegation;
mod mail;
mod nameservers;
mod servers;
mod sites;
mod software;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::{Arc, LazyLock};

use super::rules;
use super::view::{Above, Census, Target, View};
use super::{Finding, Rule, Severity};
use crate::facts::answers::{Answer, Answers, Question, Records, address};
use crate::zone::{ChangeMap, Contents, Name, NameRef, Rdata, RecordType, RrKey, SetId, Snapshot};

/// No changes.
static UNCHANGED: LazyLock<ChangeMap> = LazyLock::new(ChangeMap::new);

/// What of a rule asks: its id, and how many things it looks at.
struct Asking {
    rule: &'static str,
    most: usize,
    look: fn(&mut Net<'_>),
}

const ASKING: &[Asking] = &[
    Asking { rule: "L-27", most: 100, look: delegation::glue },
    Asking { rule: "L-36", most: 500, look: aliases::outside },
    Asking { rule: "L-39", most: 100, look: aliases::nameservers },
    Asking { rule: "L-42", most: 32, look: nameservers::one_network },
    Asking { rule: "L-43", most: 32, look: nameservers::family },
    Asking { rule: "L-44", most: 1, look: delegation::parent },
    Asking { rule: "L-45", most: 32, look: servers::lame },
    Asking { rule: "L-46", most: 32, look: servers::serials },
    Asking { rule: "L-48", most: 100, look: aliases::mail_hosts },
    Asking { rule: "L-49", most: 100, look: aliases::mail_without_address },
    Asking { rule: "L-55", most: 250, look: addresses::back },
    Asking { rule: "L-57", most: 250, look: addresses::reverse },
    Asking { rule: "L-64", most: 50, look: mail::spf },
    Asking { rule: "L-68", most: 50, look: mail::reports },
    Asking { rule: "L-77", most: 10, look: sites::authority },
    Asking { rule: "L-92", most: 1, look: aliases::primary },
    Asking { rule: "L-99", most: 1, look: delegation::keys },
    Asking { rule: "L-110", most: 1, look: software::types },
];

/// Does the rule ask others, by itself or beside what it sees in the zone?
pub fn asks(rule: &Rule) -> bool {
    ASKING.iter().any(|asking| asking.rule == rule.id)
}

/// A zone, and the rules that ask others about it.
#[derive(Debug)]
pub struct Inquiry {
    zone: Arc<Snapshot>,
    rules: Vec<&'static Rule>,
    /// The RRsets of the types that the rules look at, in zone order.
    sets: BTreeMap<RecordType, Vec<SetId>>,
}

/// Something that could not be found out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unasked {
    pub rule: &'static Rule,
    /// What was asked for: "www.example.net. A".
    pub what: String,
    /// A clause.
    pub why: String,
}

/// What came of a look.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// The questions whose answers are missing.
    pub wanted: BTreeSet<Question>,
    pub findings: Vec<Finding>,
    pub unasked: Vec<Unasked>,
    /// How many things of a rule were not looked at.
    pub passed_over: Vec<(&'static Rule, usize)>,
}

const TYPES: [RecordType; 9] = [
    RecordType::A,
    RecordType::AAAA,
    RecordType::CNAME,
    RecordType::DNAME,
    RecordType::NS,
    RecordType::MX,
    RecordType::PTR,
    RecordType::TXT,
    RecordType::HTTPS,
];

impl Inquiry {
    /// About a zone, with those of the rules that are wanted.
    pub fn new(zone: Arc<Snapshot>, wanted: impl Fn(&Rule) -> bool) -> Inquiry {
        let rules = ASKING.iter().filter_map(|asking| rules::find(asking.rule)).filter(|rule| wanted(rule));
        let mut sets: BTreeMap<RecordType, Vec<SetId>> = BTreeMap::new();
        for set in zone.set_ids() {
            if let Some(rtype) = zone.rtype(zone.rows_of(set).start).filter(|rtype| TYPES.contains(rtype)) {
                sets.entry(rtype).or_default().push(set);
            }
        }
        Inquiry { rules: rules.collect(), sets, zone }
    }

    pub fn zone(&self) -> &Arc<Snapshot> {
        &self.zone
    }

    /// Judges by the answers that are known.
    pub fn look(&self, answers: &Answers) -> Outcome {
        let mut outcome = Outcome::default();
        let census = Census::UNKNOWN;
        let zone = Contents { base: &self.zone, changes: &UNCHANGED };
        let view = View { zone, index: None, census: &census, now: None, as_served: false };
        for rule in &self.rules {
            let Some(asking) = ASKING.iter().find(|asking| asking.rule == rule.id) else { continue };
            let mut net = Net {
                inquiry: self,
                view,
                answers,
                rule,
                left: asking.most,
                passed_over: 0,
                outcome: &mut outcome,
            };
            (asking.look)(&mut net);
            if net.passed_over > 0 {
                let passed_over = net.passed_over;
                outcome.passed_over.push((rule, passed_over));
            }
        }
        outcome.unasked.dedup();
        outcome
    }
}

/// What the look of one rule sees, and takes what it finds.
struct Net<'a> {
    inquiry: &'a Inquiry,
    view: View<'a>,
    answers: &'a Answers,
    rule: &'static Rule,
    left: usize,
    passed_over: usize,
    outcome: &'a mut Outcome,
}

/// The addresses of a host.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Host {
    addresses: Vec<IpAddr>,
    /// Is there such a name at all?
    exists: bool,
}

impl<'a> Net<'a> {
    fn origin(&self) -> &'a Name {
        self.inquiry.zone.origin()
    }

    fn apex(&self, rtype: RecordType) -> RrKey {
        RrKey::new(self.origin().clone(), rtype)
    }

    /// One more thing to look at: false where it is one too many.
    fn takes(&mut self) -> bool {
        match self.left.checked_sub(1) {
            Some(left) => self.left = left,
            None => {
                self.passed_over += 1;
                return false;
            }
        }
        true
    }

    /// Every record of a type at a name that nothing hides: with its owner.
    fn records_of(&self, rtype: RecordType) -> Vec<(NameRef<'a>, &'a [u8])> {
        let (zone, view) = (&self.inquiry.zone, self.view);
        let sets = self.inquiry.sets.get(&rtype).into_iter().flatten();
        let mut found = Vec::new();
        for set in sets {
            let rows = zone.rows_of(*set);
            let Some(first) = zone.record(rows.start) else { continue };
            if Above::find(&view, first.owner).hides() {
                continue;
            }
            found.extend(rows.filter_map(|row| zone.record(row)).map(|record| (record.owner, record.rdata)));
        }
        found
    }

    /// The records at a name of the zone.
    fn set(&self, owner: &Name, rtype: RecordType) -> Vec<Rdata> {
        let key = RrKey::new(owner.clone(), rtype);
        self.inquiry.zone.get(&key).map_or_else(Vec::new, |set| set.rdata)
    }

    /// The nameservers of the zone, with their records.
    fn nameservers(&self) -> Vec<(Name, Rdata)> {
        let records = self.set(self.origin(), RecordType::NS);
        records.into_iter().filter_map(|rdata| Some((Name::from_wire(&rdata).ok()?, rdata))).collect()
    }

    /// Is the name one whose records are all in this zone?
    fn is_ours(&self, name: &Name) -> bool {
        !matches!(
            self.view.target(name.as_ref()),
            Target::Outside | Target::Delegated(_) | Target::BelowDname
        )
    }

    /// The answer to a question; `None` where there is none, or not yet.
    fn ask(&mut self, question: Question) -> Option<&'a Answer> {
        match self.answers.get(&question) {
            None => {
                self.outcome.wanted.insert(question);
                None
            }
            Some(Answer::Unknown(why)) => {
                self.unasked(in_words(&question), why.clone());
                None
            }
            Some(answer) => Some(answer),
        }
    }

    fn unasked(&mut self, what: String, why: String) {
        self.outcome.unasked.push(Unasked { rule: self.rule, what, why });
    }

    /// What anybody is told who asks for these records.
    fn resolved(&mut self, name: &Name, rtype: RecordType) -> Option<&'a Records> {
        match self.ask(Question::Records { name: name.clone(), rtype })? {
            Answer::Records(records) => Some(records),
            _ => None,
        }
    }

    /// The addresses of a host: of this zone where it has them, else as the world finds them.
    fn host(&mut self, name: &Name) -> Option<Host> {
        let own = |rtype| self.set(name, rtype).into_iter().filter_map(move |rdata| address(rtype, &rdata));
        let own: Vec<IpAddr> = own(RecordType::A).chain(own(RecordType::AAAA)).collect();
        if !own.is_empty() || self.is_ours(name) && !self.zone_has(name, RecordType::CNAME) {
            return Some(Host { exists: !own.is_empty() || self.view.exists(name.as_ref()), addresses: own });
        }
        // Both are asked for at once.
        let answers = [RecordType::A, RecordType::AAAA].map(|rtype| self.resolved(name, rtype));
        let [Some(four), Some(six)] = answers else { return None };
        let addresses = four.addresses().chain(six.addresses()).collect();
        Some(Host { addresses, exists: four.exists || six.exists })
    }

    fn zone_has(&self, name: &Name, rtype: RecordType) -> bool {
        self.view.types_at(name.as_ref()).has(rtype)
    }

    fn found(&mut self, key: RrKey, record: Option<&[u8]>, message: String) {
        self.found_with(self.rule.severity, key, record, message);
    }

    fn found_with(&mut self, severity: Severity, key: RrKey, record: Option<&[u8]>, message: String) {
        let (record, message) = (record.map(Into::into), super::with_one_full_stop(message));
        self.outcome.findings.push(Finding { rule: self.rule, severity, key, record, message });
    }
}

/// What a question is about.
fn in_words(question: &Question) -> String {
    match question {
        Question::Records { name, rtype } | Question::Own { name, rtype, .. } => format!("{name} {rtype}"),
        Question::Serial { server } => format!("the nameserver at {server}"),
        Question::Recursion { server } => format!("recursion at {server}"),
        Question::Parent => "the zone above".into(),
        Question::Software => "what the server is".into(),
        Question::Certificate { site, .. } => format!("the certificate of {site}"),
    }
}

/// The name in RDATA, where it begins there.
fn name_at(rdata: &[u8], at: usize) -> Option<Name> {
    let (name, _) = NameRef::split_from(rdata.get(at..)?)?;
    Some(name.to_name())
}
